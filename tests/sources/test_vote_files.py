"""Files of votes in two layouts, and broken ones of both."""

from __future__ import annotations

import gzip
from datetime import date
from typing import TYPE_CHECKING

import pytest

from throughflow.errors import InputError, UnrecognisedError
from throughflow.model.votes import Tally, Vote
from throughflow.sources import votes

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

# Columns of the export of July 2025, in its order; the votes and titles below are invented.
HEADER = (
    "undl_id,ms_code,ms_name,ms_vote,date,session,resolution,draft,committee_report,meeting,title,"
    "agenda_title,subjects,vote_note,total_yes,total_no,total_abstentions,total_non_voting,"
    "total_ms,undl_link"
)
ORDER = ("KAZ", "RUS", "TUR", "SUN", "DDR")


def vote(code: str, letter: str, *, number: str = "7", day: str = "2021-12-06",
         symbol: str = "A/RES/76/1", title: str = '"On lakes, and rivers"',
         totals: str = "1.0,1.0,0.0,1.0,3.0") -> str:  # fmt: skip
    return (
        f"{number},{code},NAME,{letter},{day},76,{symbol},,,A/76/PV.1,{title},,,,{totals},"
        f"https://digitallibrary.un.org/record/{number}"
    )


GRID_STATES = (
    "AFG", "AGO", "ALB", "ARE", "ARM", "AUS", "AUT", "AZE", "BEL", "BLR", "CHN", "DEU", "FRA",
    "GBR", "GEO", "IND", "KAZ", "KGZ", "RUS", "TUR", "TWN", "USA", "UZB",
)  # fmt: skip
GRID_HEADER = "rcid,date,me,nu,di,hr,co,ec," + ",".join(GRID_STATES)


def grid_row(number: str, day: str, flags: str = "FALSE,FALSE,FALSE,TRUE,FALSE,FALSE",
             default: str = "1", **codes: str) -> str:  # fmt: skip
    return f"{number},{day},{flags}," + ",".join(codes.get(c, default) for c in GRID_STATES)


@pytest.fixture
def write(tmp_path: Path) -> Callable[..., Path]:
    def go(*lines: str, header: str = HEADER) -> Path:
        path = tmp_path / "votes.csv"
        path.write_text("\n".join((header, *lines)) + "\n", encoding="utf-8")
        return path

    return go


# ── UN Digital Library ───────────────────────────────────────────────────────────────────────────


def test_an_export_is_read(write: Callable[..., Path]) -> None:
    found = votes.read(
        write(
            vote("KAZ", "Y"), vote("RUS", "N"), vote("TUR", "X"),
            *(
                vote(code, "A", number="6", day="2020-11-02", symbol="A/RES/75/9",
                     totals="0,0,2,1,3")
                for code in ("KAZ", "RUS")
            ),
        )
    )  # fmt: skip
    assert found.publisher == "UN Digital Library"
    assert found.notes == ()
    table = found.table
    assert [one.resolution for one in table.rollcalls] == ["A/RES/75/9", "A/RES/76/1"]
    assert [one.day for one in table.rollcalls] == [date(2020, 11, 2), date(2021, 12, 6)]
    assert table.rollcalls[1].title == "On lakes, and rivers"
    assert table.rollcalls[1].tally == Tally(1, 1, 0)
    assert table.of("KZ").tolist() == [Vote.ABSTAIN, Vote.YES]
    assert table.of("RU").tolist() == [Vote.ABSTAIN, Vote.NO]
    # Türkiye has no row in the first: that is not the same as not voting.
    assert table.of("TR").tolist() == [Vote.NO_ROW, Vote.ABSENT]
    assert table.basis[0].kind == "official"
    assert not table.unverified("KZ").any()


def test_the_order_of_rows_and_columns_changes_nothing(write: Callable[..., Path]) -> None:
    rows = [vote("KAZ", "Y"), vote("RUS", "N"), vote("TUR", "NV", number="6", day="2020-11-02")]
    first = votes.read(write(*rows)).table
    second = votes.read(write(*reversed(rows))).table
    assert first.rollcalls == second.rollcalls
    assert (first.votes == second.votes).all()
    short = "date,ms_vote,resolution,ms_code"
    plain = votes.read(write("2021-12-06,Y,A/RES/76/1,KAZ", header=short)).table
    assert plain.of("KZ").tolist() == [Vote.YES]
    assert plain.rollcalls[0].key == "A/RES/76/1"
    assert plain.rollcalls[0].tally is None


def test_a_compressed_export_is_read(write: Callable[..., Path], tmp_path: Path) -> None:
    path = write(vote("KAZ", "Y"), vote("RUS", "N"))
    packed = tmp_path / "votes.csv.gz"
    packed.write_bytes(gzip.compress(path.read_bytes()))
    assert (votes.read(packed).table.votes == votes.read(path).table.votes).all()


def test_former_states_keep_their_votes_or_are_named(write: Callable[..., Path]) -> None:
    found = votes.read(
        write(vote("SUN", "N", day="1985-12-06"), vote("DDR", "N", day="1985-12-06"))
    )
    assert found.table.of("SU").tolist() == [Vote.NO]
    assert "RU" not in found.table.members
    assert found.notes[0] == "1 votes of DDR not read: no such state today"
    # Without that row the rest does not add up, which is said as well.
    assert found.notes[1] == (
        "rows of 1 roll calls do not add up to their totals, the latest A/RES/76/1"
    )


def test_control_characters_of_a_title_are_not_passed_on(write: Callable[..., Path]) -> None:
    found = votes.read(write(vote("KAZ", "Y", title='"On \x1b[31mred\x07 lakes"')))
    assert found.table.rollcalls[0].title == "On [31mred lakes"


@pytest.mark.parametrize(
    ("rows", "place", "words"),
    [
        ((vote("KAZ", "Y"), vote("RUS", "maybe")), "row 3", "'maybe' is not a vote"),
        ((vote("KAZ", "Y", day="06/12/2021"),), "row 2", "not a day of the Assembly"),
        ((vote("KAZ", "Y", day="2999-01-01"),), "row 2", "not a day of the Assembly"),
        ((vote("KAZ", "Y"), vote("RUS", "N", day="2021-12-07")), "row 3", "two dates"),
        ((vote("KAZ", "Y"), vote("KAZ", "N")), "", "two different votes"),
        ((vote("KAZ", "Y"), "7,RUS,NAME,N,2021-12-06"), "row 3", "another number of columns"),
        ((vote("KAZ", "Y", number=""),), "row 2", "undl_id is empty"),
        ((vote("KAZ", "Y", totals="many,1,0,1,3"),), "row 2", "total_yes is 'many'"),
        ((), "", "no votes"),
    ],
)
def test_a_broken_export_is_refused_with_its_row(
    write: Callable[..., Path], rows: tuple[str, ...], place: str, words: str
) -> None:
    path = write(*rows)
    with pytest.raises(InputError, match=words) as caught:
        votes.read(path)
    assert caught.value.where.startswith(str(path))
    assert place in caught.value.where
    assert caught.value.remedy


def test_other_files_of_the_library_are_told_apart(write: Callable[..., Path]) -> None:
    wide = write("7,A/RES/76/1,2021-12-06,Y,N", header="undl_id,resolution,date,KAZ,RUS")
    with pytest.raises(UnrecognisedError, match="table of resolutions") as caught:
        votes.read(wide)
    assert "one row per state's vote" in caught.value.remedy
    council = write(
        "7,KAZ,Y,2021-12-06,S/RES/1,no", header="undl_id,ms_code,ms_vote,date,resolution,"
        "permanent_member",
    )  # fmt: skip
    with pytest.raises(InputError, match="Security Council"):
        votes.read(council)
    with pytest.raises(InputError, match="missing columns: date, resolution"):
        votes.read(write("KAZ,Y", header="ms_code,ms_vote"))
    with pytest.raises(UnrecognisedError, match="not a known file of votes"):
        votes.read(write("1,2", header="a,b"))


def test_a_missing_binary_or_mis_encoded_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no such file"):
        votes.read(tmp_path / "nowhere.csv")
    path = tmp_path / "x.csv"
    path.write_bytes(b"\x00\x01\x02")
    with pytest.raises(InputError, match="binary"):
        votes.read(path)
    path.write_bytes((HEADER + "\n" + vote("KAZ", "Y", title="\xe9t\xe9")).encode("latin-1"))
    with pytest.raises(InputError, match="not UTF-8"):
        votes.read(path)


# ── a column per state ───────────────────────────────────────────────────────────────────────────


def test_a_grid_is_read(write: Callable[..., Path]) -> None:
    found = votes.read(
        write(
            grid_row("12", "2021-12-06", KAZ="2", RUS="3.0", TUR="8", TWN="9"),
            grid_row("11", "2020-11-02", flags="TRUE,0,FALSE,1,FALSE,FALSE", KAZ=""),
            header=GRID_HEADER,
        )
    )
    table = found.table
    assert [one.key for one in table.rollcalls] == [
        "roll call 11 of 2020-11-02", "roll call 12 of 2021-12-06",
    ]  # fmt: skip
    assert [one.issues for one in table.rollcalls] == [("me", "hr"), ("hr",)]
    assert table.of("KZ").tolist() == [Vote.NO_ROW, Vote.ABSTAIN]
    assert table.of("RU").tolist() == [Vote.YES, Vote.NO]
    assert table.of("TR").tolist() == [Vote.YES, Vote.ABSENT]
    assert {basis.kind for basis in table.basis} == {"compiled"}


def test_a_number_may_come_back_on_another_day_but_not_on_the_same(
    write: Callable[..., Path],
) -> None:
    again = (grid_row("411", "1954-12-03"), grid_row("411", "2023-12-04"))
    assert len(votes.read(write(*again, header=GRID_HEADER)).table.rollcalls) == 2
    with pytest.raises(InputError, match="stands here twice"):
        votes.read(write(again[0], again[0], header=GRID_HEADER))


def test_a_member_that_vanishes_is_named(write: Callable[..., Path]) -> None:
    found = votes.read(
        write(
            grid_row("1", "1970-12-06", GEO="9"),
            grid_row("2", "2023-10-27", GEO="9", TWN="9"),
            grid_row("3", "2023-12-19", GEO="9", TWN="9", TUR="9"),
            header=GRID_HEADER,
        )
    )
    told = " ".join(found.notes)
    assert "Türkiye voted last on 2023-10-27" in told
    assert "China until October 1971 stands under TW" in told
    assert "Georgia" not in told


def test_flags_that_exclude_each_other_are_named(write: Callable[..., Path]) -> None:
    together = "FALSE,TRUE,TRUE,FALSE,TRUE,TRUE"
    rows = [grid_row(str(i), f"2021-12-0{i}", flags=together) for i in range(1, 6)]
    rows.append(grid_row("6", "2020-12-01", flags=together))
    told = " ".join(votes.read(write(*rows, header=GRID_HEADER)).notes)
    assert "issue flags of 2021 are mixed up" in told
    assert "2020" not in told


@pytest.mark.parametrize(
    ("row", "words"),
    [
        (grid_row("1", "2021-12-06", RUS="4"), "column RUS: '4' is not a vote"),
        (grid_row("1", "2021-13-06"), "not a day of the Assembly"),
        (grid_row("1", "2021-12-06", flags="FALSE,FALSE,FALSE,maybe,FALSE,FALSE"), "flag hr"),
        (grid_row("1", "2021-12-06") + ",1", "another number of columns"),
    ],
)
def test_a_broken_grid_is_refused_with_its_row(
    write: Callable[..., Path], row: str, words: str
) -> None:
    with pytest.raises(InputError, match=words) as caught:
        votes.read(write(row, header=GRID_HEADER))
    assert "row 2" in caught.value.where


@pytest.mark.data
def test_the_staged_grid(staged: Path) -> None:
    found = votes.read(staged / "votes" / "unga_rollcalls_1946_2024.csv")
    table = found.table
    assert table.votes.shape == (6551, 194)
    assert table.of("KZ")[-1] == Vote.ABSTAIN
    cast = {int(v): int((table.of("KZ") == v).sum()) for v in (Vote.YES, Vote.ABSTAIN, Vote.NO)}
    assert cast == {1: 2310, 2: 353, 3: 62}
    assert any("Türkiye" in note for note in found.notes)
    assert any("2019, 2020, 2021, 2022, 2023 are mixed up" in note for note in found.notes)
