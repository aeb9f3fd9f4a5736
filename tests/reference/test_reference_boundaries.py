"""The shapes: whose land a point is, and that neighbours fit."""

from __future__ import annotations

import math
import os
import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import pytest

from throughflow.errors import InputError
from throughflow.reference import boundaries, countries, memberships
from throughflow.reference.countries import DATA

SCRIPT = Path(__file__).resolve().parents[2] / "scripts" / "build_boundaries.py"
LIMIT = 120_000


@pytest.mark.parametrize(
    ("place", "longitude", "latitude", "code"),
    [
        ("Simferopol", 34.10, 44.95, "UA"),
        ("Sevastopol", 33.52, 44.60, "UA"),
        ("Kerch", 36.40, 45.32, "UA"),
        ("Donetsk", 37.80, 48.00, "UA"),
        ("Luhansk", 39.30, 48.57, "UA"),
        ("Moscow", 37.60, 55.75, "RU"),
        ("Kaliningrad", 20.90, 54.60, "RU"),
        ("Chukotka, beyond 180 degrees", -175.0, 66.5, "RU"),
        ("Kyrenia", 33.30, 35.30, "CY"),
        ("Hargeisa", 44.06, 9.56, "SO"),
        ("Sukhumi", 41.05, 43.00, "GE"),
        ("Tskhinvali", 43.97, 42.23, "GE"),
        ("Tiraspol", 29.60, 46.84, "MD"),
        ("Laayoune", -13.00, 27.15, "EH"),
        ("Agadir", -9.20, 30.30, "MA"),
        ("the Golan", 35.80, 33.00, "SY"),
        ("Haifa", 35.10, 32.75, "IL"),
        ("the middle of the Black Sea", 34.0, 43.0, None),
        ("the Atlantic", -40.0, 30.0, None),
    ],
)
def test_whose_land_it_is(place, longitude, latitude, code):
    assert boundaries.area_at(longitude, latitude) == code


def test_no_point_of_crimea_is_russia():
    russia = boundaries.area("RU")
    for i in range(80):
        for j in range(40):
            # From the peninsula's west to the strait of Kerch, from its south to the Sivash.
            longitude, latitude = 32.4 + i * 0.05, 44.3 + j * 0.045
            assert not russia.holds(*boundaries.place(longitude, latitude)), (longitude, latitude)


def test_every_candidate_hub_has_a_shape_or_a_place():
    width, height = boundaries.frame()
    for code in (*memberships.candidate_hubs(), "RU", "BY", "UA"):
        found = boundaries.area(code)
        assert 0 < found.x < width
        assert 0 < found.y < height
        if found.rings:
            assert found.holds(found.x, found.y), code


def test_codes_are_those_of_the_reference_and_members_are_there():
    known = set(boundaries.areas()) - {""}
    assert known <= set(countries.all_codes())
    assert {"SG", "MT", "MV", "MU", "BH", "SC"} <= known
    with pytest.raises(InputError):
        boundaries.area("XX")


def test_neighbours_share_their_border_side_by_side():
    # Mongolia has two neighbours and no coast: each of its sides is one of theirs, run backwards.
    def sides(code):
        return {
            side
            for ring in boundaries.area(code).rings
            for side in pairwise([*ring.points, ring.points[0]])
        }

    theirs = sides("RU") | sides("CN")
    assert all((end, start) in theirs for start, end in sides("MN"))
    # The isthmus is no border: Crimea has no side left there.
    assert len(boundaries.area("UA").rings) == 1
    assert len(boundaries.area("CY").rings) == 1


def test_land_has_the_size_it_has():
    # Equal Earth keeps areas; square kilometres of land from the United Nations' yearbook, within
    # what simplifying and a globe taken as a sphere change.
    # The globe has 4 pi square radii, and its equator is as wide as the grid.
    radius = boundaries.GLOBE / (2 * boundaries.equal_earth(180, 0)[0])
    square = 510.1e6 / (4 * math.pi * radius**2)
    for code, size in (("KZ", 2_724_900), ("MN", 1_564_100), ("KG", 199_900), ("AM", 29_700)):
        assert boundaries.area(code).size * square == pytest.approx(size, rel=0.05), code


def test_the_projection_is_the_papers():
    x, y = boundaries.equal_earth(180, 0)
    assert (x, y) == (pytest.approx(2.706630, abs=1e-5), 0)
    assert boundaries.equal_earth(0, 90)[1] == pytest.approx(1.317363, abs=1e-5)
    # Poles are lines 0.59 times as long as the equator.
    assert boundaries.equal_earth(180, 90)[0] / x == pytest.approx(0.59, abs=0.005)


def test_the_file_is_small_and_says_what_it_is():
    assert (DATA / boundaries.FILE).stat().st_size < LIMIT
    assert "Natural Earth" in boundaries.source()


@pytest.mark.data
def test_a_rebuild_gives_the_same_bytes(staged: Path, tmp_path: Path) -> None:
    environment = os.environ | {
        "THROUGHFLOW_TEST_DATA": str(staged),
        "THROUGHFLOW_REFERENCE_OUT": str(tmp_path),
    }
    subprocess.run([sys.executable, str(SCRIPT)], check=True, env=environment)
    assert (tmp_path / boundaries.FILE).read_bytes() == (DATA / boundaries.FILE).read_bytes()
