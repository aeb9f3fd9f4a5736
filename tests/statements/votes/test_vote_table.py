"""A user's file beside the shipped rows: who wins, what is lacking, what is contradicted."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import numpy as np
import pytest

from throughflow.model.votes import Tally, Vote, joined
from throughflow.reference import votes as reference
from throughflow.sources import votes as files
from throughflow.statements import vote_table

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from throughflow.sources.vote_file import VoteFile


def of(held: vote_table.HeldVotes, symbol: str, code: str) -> tuple[str, str]:
    """Return vote and kind of basis."""
    (row,) = [i for i, one in enumerate(held.table.rollcalls) if one.resolution == symbol]
    basis = held.table.basis[held.table.bases[row, held.table.column[code]]]
    return Vote(held.table.of(code)[row]).letter, basis.kind


def test_without_a_file_the_shipped_rows_are_held() -> None:
    held = vote_table.hold()
    assert len(held.table.rollcalls) == 5
    assert [source.name for source in held.sources] == ["shipped table"]
    assert held.compared == 0
    assert not held.gaps


def test_totals_are_checked_and_the_shortfall_is_told() -> None:
    checks = {check.resolution: check for check in vote_table.hold().checks}
    assert len(checks) == 7
    assert checks["A/RES/ES-11/3"].adds_up
    assert checks["A/RES/ES-11/3"].rows == Tally(93, 24, 58)
    assert checks["A/RES/ES-11/3"].unverified == 80
    assert checks["A/RES/ES-11/3"].by_basis == {"recall": 80, "seen": 113}
    short = checks["A/RES/ES-11/5"]
    assert short.adds_up is False
    assert "21 abstained missing" in short.missing
    assert len(short.unsettled) == 27
    for symbol in ("A/RES/ES-11/2", "A/RES/ES-11/6"):
        assert checks[symbol].rows is None
        assert checks[symbol].adds_up is None


def test_the_file_wins_and_shipped_rows_fill_what_it_lacks(
    vote_file: Callable[..., VoteFile],
) -> None:
    file = vote_file(
        ["2022-04-07", "2022-12-01"], {"KZ": "YN", "RU": "NN", "AO": "A."},
        symbols=["A/RES/ES-11/3", "A/RES/77/1"],
    )  # fmt: skip
    held = vote_table.hold(file)
    assert of(held, "A/RES/ES-11/3", "KZ") == ("Y", "official")
    assert of(held, "A/RES/ES-11/1", "KZ") == ("A", "seen")
    # A state that the file leaves out of a resolution is not filled from the shipped rows.
    assert of(held, "A/RES/ES-11/3", "NG")[0] == ""
    assert [source.name for source in held.sources] == ["votes.csv", "shipped table"]
    assert held.sources[0].fills == ("A/RES/ES-11/3",)
    assert held.sources[1].fills == (
        "A/RES/68/262", "A/RES/ES-11/1", "A/RES/ES-11/4", "A/RES/ES-11/5",
    )  # fmt: skip
    check = next(c for c in held.checks if c.resolution == "A/RES/ES-11/3")
    assert check.source == "votes.csv"
    assert check.total == Tally(93, 24, 58)
    assert check.rows == Tally(1, 1, 1)
    assert "92 yes missing" in check.missing
    assert [one.day for one in held.table.rollcalls] == sorted(
        one.day for one in held.table.rollcalls
    )


def test_shipped_rows_are_held_against_the_file(vote_file: Callable[..., VoteFile]) -> None:
    shipped = reference.shipped()
    row = [one.resolution for one in shipped.rollcalls].index("A/RES/ES-11/3")
    letters = {code: Vote(shipped.of(code)[row]).letter for code in shipped.members}
    file = vote_file(["2022-04-07"], letters | {"UA": "N"}, symbols=["A/RES/ES-11/3"])
    held = vote_table.hold(file)
    assert held.compared == 193
    assert held.differences == (
        vote_table.Difference("A/RES/ES-11/3", "UA", "yes", "recall", "no"),
    )


def test_an_unsettled_row_is_contradicted_by_yes_or_no_alone(
    vote_file: Callable[..., VoteFile],
) -> None:
    (check,) = [c for c in vote_table.hold().checks if c.resolution == "A/RES/ES-11/5"]
    second, third = check.unsettled[1:3]
    shipped = reference.shipped()
    letters = {code: Vote(shipped.of(code)[-1]).letter for code in shipped.members}
    letters |= dict.fromkeys(check.unsettled, "A") | {second: "X", third: "Y"}
    held = vote_table.hold(vote_file(["2022-11-14"], letters, symbols=["A/RES/ES-11/5"]))
    assert [one.country for one in held.differences] == [third]


def test_without_symbols_day_and_totals_tell(vote_file: Callable[..., VoteFile]) -> None:
    shipped = reference.shipped()
    letters = {code: Vote(shipped.of(code)[0]).letter for code in shipped.members}
    right = vote_table.hold(vote_file(["2014-03-27"], letters))
    assert of(right, "A/RES/68/262", "KZ") == ("A", "official")
    assert right.table.rollcalls[0].title == "Territorial integrity of Ukraine"
    other_total = vote_table.hold(vote_file(["2014-03-27"], letters | {"KZ": "Y"}))
    assert of(other_total, "A/RES/68/262", "KZ") == ("A", "seen")
    other_day = vote_table.hold(vote_file(["2014-03-28"], letters))
    assert of(other_day, "A/RES/68/262", "KZ") == ("A", "seen")


def test_known_roll_calls_inside_the_days_of_a_file_are_a_gap(
    vote_file: Callable[..., VoteFile],
) -> None:
    file = vote_file(["2021-12-24", "2022-11-03", "2022-12-01"], {"KZ": "YYY", "RU": "YYY"})
    gaps = vote_table.hold(file).gaps
    assert [(gap.after, gap.before, gap.lacks) for gap in gaps] == [
        (
            date(2021, 12, 24), date(2022, 11, 3),
            ("A/RES/ES-11/1", "A/RES/ES-11/2", "A/RES/ES-11/3", "A/RES/ES-11/4"),
        ),
        (date(2022, 11, 3), date(2022, 12, 1), ("A/RES/ES-11/5",)),
    ]  # fmt: skip
    # A file that ends before them lacks nothing: it says nothing about those days.
    early = vote_table.hold(vote_file(["2013-01-01", "2013-12-01"], {"KZ": "YY", "RU": "YY"}))
    assert early.gaps == ()


def test_joining_keeps_every_row_with_its_basis(vote_file: Callable[..., VoteFile]) -> None:
    shipped = reference.shipped()
    other = vote_file(["2020-01-01"], {"KZ": "N", "TW": "Y"}).table
    whole = joined([shipped, other])
    assert len(whole.rollcalls) == 6
    assert int((whole.votes != Vote.NO_ROW).sum()) == 5 * 193 + 2
    for row, one in enumerate(whole.rollcalls):
        source = shipped if one.resolution else other
        line = source.rollcalls.index(one)
        for code in source.members:
            assert whole.of(code)[row] == source.of(code)[line]
            assert (
                whole.basis[whole.bases[row, whole.column[code]]]
                == source.basis[source.bases[line, source.column[code]]]
            )


@pytest.mark.data
def test_the_staged_grid_agrees_with_what_ships_and_its_gap_is_told(staged: Path) -> None:
    held = vote_table.hold(files.read(staged / "votes" / "unga_rollcalls_1946_2024.csv"))
    assert held.sources[0].fills == ("A/RES/68/262",)
    assert held.compared == 193
    assert held.differences == ()
    gap = held.gaps[0]
    assert (gap.after, gap.before) == (date(2021, 12, 24), date(2022, 11, 3))
    assert gap.lacks == ("A/RES/ES-11/1", "A/RES/ES-11/2", "A/RES/ES-11/3", "A/RES/ES-11/4")
    assert np.all(np.diff([one.day.toordinal() for one in held.table.rollcalls]) >= 0)
