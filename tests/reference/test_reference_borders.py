"""Land borders, held against two sources that do not know of each other."""

from __future__ import annotations

import csv
import json
from typing import TYPE_CHECKING

import pytest

from throughflow.reference import countries
from throughflow.reference.borders import neighbours

if TYPE_CHECKING:
    from pathlib import Path

# Codes of the Correlates of War project for those that border Russia.
STATE_NUMBERS = {
    "290": "PL", "366": "EE", "367": "LV", "368": "LT", "369": "UA", "370": "BY", "372": "GE",
    "373": "AZ", "375": "FI", "385": "NO", "705": "KZ", "710": "CN", "712": "MN", "731": "KP",
}  # fmt: skip
RUSSIA = "365"
ON_LAND = "1.0"


def test_borders_of_russia() -> None:
    found = neighbours("RU")
    assert found is not None
    assert len(found) == 14
    assert {"KZ", "GE", "CN"} <= found
    assert not {"KG", "AM", "TR", "JP", "US"} & found
    assert neighbours("IR") is None


@pytest.mark.data
def test_they_agree_with_the_correlates_of_war(staged: Path) -> None:
    with (staged / "votes" / "cow_contdir.csv").open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    last = max((row["enddate"] for row in rows), key=float)
    found = {
        row["ccode2"].removesuffix(".0")
        for row in rows
        if row["ccode1"].removesuffix(".0") == RUSSIA
        and row["conttype"] == ON_LAND
        and row["enddate"] == last
    }
    assert {STATE_NUMBERS[number] for number in found} == neighbours("RU")


@pytest.mark.data
def test_they_agree_with_natural_earth(staged: Path) -> None:
    path = staged / "routes" / "ne_50m_admin_0_countries.json"
    shapes = {
        one["properties"]["ADM0_A3"]: _points(one["geometry"])
        for one in json.loads(path.read_text(encoding="utf-8"))["features"]
    }
    touching = {code for code, points in shapes.items() if points & shapes["RUS"]} - {"RUS"}
    assert {countries.from_alpha3(code) for code in touching} == neighbours("RU")


def _points(geometry: dict[str, object]) -> set[tuple[float, float]]:
    shapes = geometry["coordinates"]
    parts = shapes if geometry["type"] == "MultiPolygon" else [shapes]
    return {(x, y) for part in parts for ring in part for x, y in ring}
