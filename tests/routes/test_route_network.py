"""The table of places and legs: every place in its country, every leg in one or between two."""

from __future__ import annotations

import json
import math
import os
import subprocess
import sys
from collections import Counter
from datetime import date
from itertools import combinations, pairwise
from pathlib import Path

import pytest

from throughflow.errors import InputError
from throughflow.reference import boundaries, countries, memberships, route_network
from throughflow.reference.countries import DATA

ROOT = Path(__file__).resolve().parents[2]
# The shipped shapes are drawn for the eye: corners and islands are simplified, coasts are off.
DRAWN_KM = 25
EARTH_KM = 6371.0088


def great_circle_km(one, other) -> float:
    lat, lon = math.radians(one.latitude), math.radians(one.longitude)
    lat2, lon2 = math.radians(other.latitude), math.radians(other.longitude)
    cosine = math.sin(lat) * math.sin(lat2) + math.cos(lat) * math.cos(lat2) * math.cos(lon2 - lon)
    return EARTH_KM * math.acos(min(1.0, cosine))


def test_there_are_enough_places_and_they_cover_the_union():
    nodes = route_network.nodes()
    assert len(nodes) >= 110
    assert {node.kind for node in nodes.values()} == {"city", "border", "port", "terminal"}
    held = {node.country for node in nodes.values()}
    assert memberships.members("EU", date(2024, 1, 1)) <= held
    assert {"TR", "GE", "AM", "AZ", "UA", "MD", "BY", "RU", "KZ", "KG", "UZ", "TM", "TJ"} <= held
    assert {"CN", "IR", "AF", "AE"} <= held


def test_every_territory_but_one_has_a_main_place():
    without = set(route_network.territories()) - set(route_network.main_places())
    assert without == {"AZ-NX"}


def test_legs_join_places_that_exist_and_store_their_countries():
    nodes = route_network.nodes()
    for leg in route_network.legs():
        ends = nodes[leg.start], nodes[leg.end]
        assert (leg.country_from, leg.country_to) == tuple(end.territory for end in ends)
        assert bool(leg.crossing) == (leg.is_land and leg.country_from != leg.country_to)
        assert leg.mode in route_network.MODES
        assert leg.km_basis in {"published", "estimated", "searoute"}
        assert (leg.km_basis == "searoute") == (not leg.is_land)
        assert leg.source


def test_no_leg_is_listed_twice():
    keys = [(frozenset((leg.start, leg.end)), leg.mode) for leg in route_network.legs()]
    assert len(keys) == len(set(keys))


def test_no_leg_is_shorter_than_the_great_circle_or_absurdly_long():
    nodes = route_network.nodes()
    for leg in route_network.legs():
        straight = great_circle_km(nodes[leg.start], nodes[leg.end])
        # Whole kilometres, and places of a hundredth of a degree.
        assert leg.km >= straight * 0.95 - 3, leg
        if leg.km_basis != "searoute" and straight > 60:
            most = 4.6 if leg.start == "stockholm" and leg.end == "helsinki" else 1.85
            assert leg.km <= straight * most, leg


def test_every_place_is_reached_by_some_leg():
    reached = {end for leg in route_network.legs() for end in (leg.start, leg.end)}
    assert reached == set(route_network.nodes())


def test_land_neighbours_share_a_border_in_the_world():
    """Pairs that a land leg joins, against a list of pairs that share none."""
    apart = [
        ("LT", "CZ"), ("RU", "KG"), ("RU", "TR"), ("DE", "LT"), ("RU", "AM"), ("AZ", "KZ"),
        ("GE", "IR"), ("UA", "KZ"), ("BY", "KZ"), ("RU", "RU-KGD"), ("BY", "RU-KGD"),
    ]  # fmt: skip
    by_land = route_network.neighbours(by_land=True)
    assert not [pair for pair in apart if frozenset(pair) in by_land]
    assert {
        frozenset(("LT", "BY")),
        frozenset(("RU", "GE")),
        frozenset(("PL", "RU-KGD")),
    } <= by_land


def test_kaliningrad_touches_its_neighbours_alone():
    joined = {
        other
        for pair in route_network.neighbours(by_land=True)
        if "RU-KGD" in pair
        for other in pair - {"RU-KGD"}
    }
    assert joined == {"LT", "PL"}
    by_ship = [pair for pair in route_network.neighbours(by_land=False) if "RU-KGD" in pair]
    assert by_ship == [frozenset(("RU", "RU-KGD"))]


def test_no_place_in_crimea_is_russian():
    inside = [
        node
        for node in route_network.nodes().values()
        if 32.4 < node.longitude < 36.4 and 44.3 < node.latitude < 46.1
    ]
    assert {node.country for node in inside} <= {"UA"}


def test_closures_are_dated():
    legs = {(leg.start, leg.end, leg.mode): leg for leg in route_network.legs()}
    terespol = legs["terespol", "brest", "rail"]
    days = [date(2025, 9, 11), date(2025, 9, 12), date(2025, 9, 24), date(2025, 9, 25)]
    assert [terespol.is_open(day) for day in days] == [True, False, False, True]
    assert not legs["kharkiv", "belgorod", "rail"].is_open(date(2022, 2, 24))
    assert legs["kharkiv", "belgorod", "rail"].is_open(date(2022, 2, 23))
    assert not legs["shalkar", "beyneu", "rail"].is_open(date(2014, 8, 21))


@pytest.mark.parametrize("text", ["2024-01-01", "2024-1-1..", "x..y"])
def test_an_interval_that_cannot_be_read_is_refused(text):
    with pytest.raises(InputError, match="interval of days"):
        route_network.span(text)


def test_places_lie_in_their_country_as_it_is_drawn():
    """Within a few steps of the simplified grid, for every country that is drawn at all."""
    areas = boundaries.areas()
    step = DRAWN_KM * 7680 / 40075
    for node in route_network.nodes().values():
        area = areas[node.country]
        if not area.rings:
            continue
        x, y = boundaries.place(node.longitude, node.latitude)
        tried = [(x, y)]
        for way in range(16):
            east, south = math.cos(way / 8 * math.pi), math.sin(way / 8 * math.pi)
            tried += [
                (x + part * step * east, y + part * step * south) for part in (0.25, 0.5, 0.75, 1)
            ]
        assert any(area.holds(*place) for place in tried), node.id


def _outlines(path: Path) -> dict[str, list]:
    codes = {"FRA": "FR", "NOR": "NO"}
    found: dict[str, list] = {}
    for feature in json.loads(path.read_bytes())["features"]:
        own, shape = feature["properties"], feature["geometry"]
        many = [shape["coordinates"]] if shape["type"] == "Polygon" else shape["coordinates"]
        # Areas without a code keep their own: one code for all would join Kosovo to Kashmir.
        given = own["ISO_A2"] if own["ISO_A2"] != "-99" else own["ADM0_A3"]
        found.setdefault(codes.get(own["ADM0_A3"], given), []).extend(many)
    return found


def _crossings(ring, x, y) -> int:
    return sum(
        (b > y) != (d > y) and x < (c - a) * (y - b) / (d - b) + a
        for (a, b, *_), (c, d, *_) in pairwise(ring)
    )


@pytest.mark.data
def test_every_place_lies_inside_its_country(staged):
    """Strictly inside Natural Earth's polygon: no tolerance, coasts included."""
    outlines = _outlines(staged / "routes" / "ne_50m_admin_0_countries.json")
    outside = [
        node.id
        for node in route_network.nodes().values()
        if not any(
            sum(_crossings(ring, node.longitude, node.latitude) for ring in polygon) % 2
            for polygon in outlines[node.country]
        )
    ]
    assert outside == []


@pytest.fixture(scope="module")
def borders(staged) -> set[frozenset[str]]:
    """Pairs of states whose outlines share corners in Natural Earth."""
    outlines = _outlines(staged / "routes" / "ne_50m_admin_0_countries.json")
    holders: dict[tuple[float, float], set[str]] = {}
    for code, polygons in outlines.items():
        for polygon in polygons:
            for ring in polygon:
                for x, y, *_ in ring:
                    holders.setdefault((x, y), set()).add(code)
    shared: Counter[frozenset[str]] = Counter(
        frozenset(pair)
        for codes in holders.values()
        if len(codes) > 1
        for pair in combinations(sorted(codes), 2)
    )
    return {pair for pair, corners in shared.items() if corners >= 2}


@pytest.mark.data
def test_land_legs_cross_real_borders(borders):
    """Every pair that a land leg joins shares a border, but for a tunnel, a bridge and a city."""
    joined = {
        frozenset(code[:2] for code in pair) for pair in route_network.neighbours(by_land=True)
    }
    others = {pair for pair in joined if len(pair) == 2} - borders
    assert others <= {frozenset(("GB", "FR")), frozenset(("DK", "SE")), frozenset(("HK", "CN"))}


@pytest.mark.data
def test_the_theorem_holds_on_the_map_of_the_world(borders):
    """Without Russia, Belarus and Iran no chain of land borders joins the Union to Kazakhstan."""

    def reached(avoid: set[str]) -> set[str]:
        found, waiting = {"DE"}, ["DE"]
        while waiting:
            here = waiting.pop()
            for pair in borders:
                if here in pair:
                    (other,) = pair - {here}
                    if other not in found | avoid:
                        found.add(other)
                        waiting.append(other)
        return found

    apart = reached({"RU", "BY", "IR"})
    assert {"PL", "TR", "GE", "AZ", "IQ", "EG"} <= apart
    assert not {"KZ", "TM", "UZ", "CN", "MN", "AF", "PK"} & apart
    assert reached({"RU", "IR"}) & {"KZ"} == set()
    assert "KZ" in reached({"RU", "BY"})


@pytest.mark.data
def test_a_rebuild_gives_the_same_bytes(staged, tmp_path):
    pytest.importorskip("searoute", reason="the dependency group reference")
    environment = os.environ | {
        "THROUGHFLOW_TEST_DATA": str(staged),
        "THROUGHFLOW_REFERENCE_OUT": str(tmp_path),
    }
    script = ROOT / "scripts" / "reference_routes.py"
    subprocess.run([sys.executable, str(script)], check=True, env=environment)
    for name in ("route_nodes.csv", "route_legs.csv"):
        assert (tmp_path / name).read_bytes() == (DATA / name).read_bytes()


def test_names_of_territories():
    assert route_network.name("RU-KGD") == "Kaliningrad"
    assert route_network.name("KZ") == countries.name("KZ")
