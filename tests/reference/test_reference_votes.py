"""The votes that ship: totals as announced, rows with their basis, nothing adjusted."""

from __future__ import annotations

import csv
import importlib.util
import json
import sys
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from throughflow.model.votes import BASES, UNVERIFIED, Tally, Vote
from throughflow.reference import countries, votes

if TYPE_CHECKING:
    from types import ModuleType

# Announced in the Assembly: yes, no, abstain.
TOTALS = {
    "A/RES/68/262": (100, 11, 58),
    "A/RES/ES-11/1": (141, 5, 35),
    "A/RES/ES-11/2": (140, 5, 38),
    "A/RES/ES-11/3": (93, 24, 58),
    "A/RES/ES-11/4": (143, 5, 35),
    "A/RES/ES-11/5": (94, 14, 73),
    "A/RES/ES-11/6": (141, 7, 32),
}
UNSETTLED_ROWS = 27


def row_of(symbol: str) -> int:
    return [one.resolution for one in votes.shipped().rollcalls].index(symbol)


def test_totals_are_those_announced() -> None:
    held = {one.resolution: one.tally for one in votes.resolutions()}
    assert held == {symbol: Tally(*total) for symbol, total in TOTALS.items()}


def test_es_11_3_gives_93_24_58_with_kazakhstan_no() -> None:
    table, row = votes.shipped(), row_of("A/RES/ES-11/3")
    assert str(table.counted(row)) == "93–24–58"
    assert table.of("KZ")[row] == Vote.NO
    assert not table.unverified("KZ")[row]


def test_rows_add_up_to_the_total_or_the_shortfall_is_among_the_unsettled() -> None:
    table = votes.shipped()
    for row, one in enumerate(table.rollcalls):
        total = Tally(*TOTALS[one.resolution])
        if one.resolution == "A/RES/ES-11/5":
            assert table.counted(row) == Tally(94, 14, 52)
            assert int((table.votes[row] == Vote.UNSETTLED).sum()) == UNSETTLED_ROWS
        else:
            assert table.counted(row) == total


def test_every_member_has_one_row_for_each_resolution_with_rows() -> None:
    table = votes.shipped()
    assert table.votes.shape == (5, 193)
    assert (table.votes != Vote.NO_ROW).all()
    assert {"KZ", "RU", "TR", "SZ", "MK"} <= set(table.members)
    assert not {"TW", "XK", "HK", "PS", "VA"} & set(table.members)
    assert all(not countries.is_bloc(code) for code in table.members)


def test_each_row_keeps_its_basis_and_recall_is_unverified() -> None:
    table = votes.shipped()
    kinds = {
        one.resolution: Counter(table.basis[i].kind for i in table.bases[row])
        for row, one in enumerate(table.rollcalls)
    }
    assert kinds["A/RES/ES-11/3"] == {"recall": 80, "seen": 113}
    assert kinds["A/RES/ES-11/4"] == {"derived": 143, "recall": 6, "seen": 44}
    assert kinds["A/RES/ES-11/5"] == {"seen": 160, "unsettled": UNSETTLED_ROWS, "derived": 6}
    assert {basis.kind for basis in table.basis} <= set(BASES)
    assert all(basis.is_verified == (basis.kind not in UNVERIFIED) for basis in table.basis)
    row = row_of("A/RES/ES-11/3")
    assert {code for code in table.members if table.unverified(code)[row]} >= {"UA", "PL", "NG"}


# ── the script ───────────────────────────────────────────────────────────────────────────────────

SCRIPTS = Path(__file__).resolve().parents[2] / "scripts"


@pytest.fixture
def script(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    monkeypatch.syspath_prepend(str(SCRIPTS))
    spec = importlib.util.spec_from_file_location(
        "_reference_votes", SCRIPTS / "reference_votes.py"
    )
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def collected(tmp_path: Path) -> Path:
    """The staged layout again, from what ships, so that it can be spoilt."""
    table = votes.shipped()
    with (tmp_path / "unga_ukraine_votes.csv").open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(("resolution", "date", "title", "iso3", "vote", "basis"))
        for row, one in enumerate(table.rollcalls):
            for code in table.members:
                vote = Vote(table.of(code)[row])
                letter = "A?" if vote == Vote.UNSETTLED else vote.letter
                basis = table.basis[table.bases[row, table.column[code]]]
                text = f"seen: {basis.words}" if basis.kind == "seen" else basis.words
                iso3 = countries.get(code).iso3
                writer.writerow((one.resolution, one.day, one.title, iso3, letter, text))
    totals = {
        one.resolution: {"date": str(one.day), "title": one.title, "yes": one.tally.yes,
                         "no": one.tally.no, "abstain": one.tally.abstain}
        for one in votes.resolutions() if one.tally
    }  # fmt: skip
    (tmp_path / "unga_ukraine_tallies.json").write_text(json.dumps(totals), encoding="utf-8")
    return tmp_path


def spoil(folder: Path, before: str, after: str) -> None:
    path = folder / "unga_ukraine_votes.csv"
    text = path.read_text(encoding="utf-8")
    assert text.count(before) == 1
    path.write_text(text.replace(before, after), encoding="utf-8")


def test_the_build_says_which_resolution_is_short(
    script: ModuleType, collected: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = collected / "out"
    out.mkdir()
    script.build(collected, out)
    printed = capsys.readouterr().out
    assert "A/RES/ES-11/3: adds up" in printed
    assert "A/RES/ES-11/5: 21 abstain among 27 unsettled" in printed
    for path in out.iterdir():
        assert path.read_bytes() == (countries.DATA / path.name).read_bytes()


KAZAKH_NO = "Suspension of the Russian Federation from the Human Rights Council,KAZ,N"


@pytest.mark.parametrize(
    ("after", "words"),
    [
        (KAZAKH_NO.replace(",N", ",Y"), "94 rows say yes, the total 93"),
        (KAZAKH_NO.replace(",N", ",X"), "only 0 rows are unsettled"),
        (KAZAKH_NO.replace("KAZ", "KGZ"), "not one for each of 193 members"),
    ],
)
def test_the_build_stops_where_rows_and_total_cannot_both_be_right(
    script: ModuleType, collected: Path, after: str, words: str
) -> None:
    spoil(collected, KAZAKH_NO, after)
    with pytest.raises(SystemExit, match=words):
        script.build(collected, collected)
