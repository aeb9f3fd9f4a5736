"""Shortest roads, against an oracle and the properties every shortest road has."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components, dijkstra

from throughflow.reference import memberships, route_network
from throughflow.reference.route_network import LAND, MODES
from throughflow.routes import search
from throughflow.routes.declared import through

NODES = sorted(route_network.nodes())
node = st.sampled_from(NODES)
avoided = st.frozensets(st.sampled_from(["RU", "BY", "IR", "TM", "TR", "PL", "UA"]), max_size=3)
modes = st.sampled_from([MODES, LAND, ("rail",), ("rail", "sea", "ferry")])
days = st.none() | st.dates(date(2013, 1, 1), date(2026, 11, 1))


def all_distances(graph: search.Graph) -> np.ndarray:
    index = {name: i for i, name in enumerate(NODES)}
    rows, columns, values = [], [], []
    for start, ways in graph.ways.items():
        for end, km, _ in ways:
            rows.append(index[start])
            columns.append(index[end])
            values.append(km)
    size = len(NODES)
    return dijkstra(csr_array((values, (rows, columns)), shape=(size, size)))


@pytest.mark.parametrize("on", [None, date(2014, 1, 1), date(2023, 7, 1), date(2025, 9, 15)])
@pytest.mark.parametrize("avoid", [frozenset(), frozenset({"RU", "BY"})])
@pytest.mark.parametrize("used", [MODES, LAND, ("rail",)])
def test_lengths_are_those_of_scipy(on, avoid, used):
    graph = search.graph(modes=used, avoid=avoid, on=on)
    theirs = all_distances(graph)
    for i, origin in enumerate(NODES):
        for j, destination in enumerate(NODES):
            ours = search.distance_km(graph, origin, destination)
            assert (np.inf if ours is None else ours) == theirs[i, j]


@given(one=node, other=node, avoid=avoided, used=modes, on=days)
@settings(max_examples=200, deadline=None)
def test_roads_are_as_long_there_as_back(one, other, avoid, used, on):
    graph = search.graph(modes=used, avoid=avoid, on=on)
    assert search.distance_km(graph, one, other) == search.distance_km(graph, other, one)


@given(one=node, middle=node, other=node, avoid=avoided, on=days)
@settings(max_examples=200, deadline=None)
def test_no_detour_is_shorter(one, middle, other, avoid, on):
    graph = search.graph(avoid=avoid, on=on)
    first = search.distance_km(graph, one, middle)
    second = search.distance_km(graph, middle, other)
    straight = search.distance_km(graph, one, other)
    if first is not None and second is not None:
        assert straight is not None
        assert straight <= first + second


@given(one=node, other=node, avoid=avoided, used=modes, on=days)
@settings(max_examples=200, deadline=None)
def test_a_road_keeps_what_was_asked(one, other, avoid, used, on):
    found = search.find(one, other, modes=used, avoid=avoid, on=on)
    if found is None:
        return
    assert not [code for code in found.territories if search.covers(avoid, code) and found.legs]
    assert {leg.mode for leg in found.legs} <= set(used)
    assert all(leg.is_open for leg in found.legs)
    assert found.km == sum(leg.km for leg in found.legs)
    assert found.km == found.rail_km + found.road_km + found.sea_km
    places = [one] + [leg.end.id for leg in found.legs]
    assert places[-1] == other
    assert [leg.start.id for leg in found.legs] == places[:-1]


@given(one=node, other=node, avoid=avoided, on=days)
@settings(max_examples=100, deadline=None)
def test_leaving_more_out_is_never_shorter(one, other, avoid, on):
    free = search.distance_km(search.graph(on=on), one, other)
    held = search.distance_km(search.graph(avoid=avoid, on=on), one, other)
    if held is not None:
        assert free is not None
        assert free <= held


def test_no_land_road_joins_the_union_to_kazakhstan_without_russia_belarus_and_iran():
    """The Black Sea and the Caspian part them: every land road goes north or south of both.

    Holds for every place of the Union, on every day: closed crossings are used as well.
    """
    graph = search.graph(modes=LAND, avoid={"RU", "BY", "IR"})
    nodes = route_network.nodes().values()
    union = memberships.members("EU", date(2024, 1, 1))
    starts = [one.id for one in nodes if one.country in union]
    ends = [one.id for one in nodes if one.country == "KZ"]
    assert len(starts) > 80
    assert len(ends) > 20
    assert {search.distance_km(graph, start, end) for start in starts for end in ends} == {None}


def test_the_theorem_needs_russia_and_iran_and_not_belarus():
    def reaches(avoid: set[str]) -> bool:
        graph = search.graph(modes=LAND, avoid=avoid)
        return search.distance_km(graph, "berlin", "almaty") is not None

    assert not reaches({"RU", "IR"})  # Belarus leads nowhere but to Russia and the Union's east
    assert reaches({"RU", "BY"})
    assert reaches({"BY", "IR"})
    # By ship it can be done.
    by_ship = search.graph(avoid={"RU", "BY", "IR"})
    assert search.distance_km(by_ship, "berlin", "almaty") is not None


def test_the_theorem_holds_for_borders_alone():
    """The same from the states that legs join; `test_route_network` asks the map of the world."""
    borders = route_network.neighbours(by_land=True)
    states = [code for code in route_network.territories() if code[:2] not in {"RU", "BY", "IR"}]
    joined = [
        [int(frozenset((one, other)) in borders) for other in states] for one in states
    ]  # fmt: skip
    _, part = connected_components(np.array(joined), directed=False)
    of = dict(zip(states, part, strict=True))
    union = memberships.members("EU", date(2024, 1, 1))
    assert of["KZ"] not in {of[code] for code in union}
    assert of["KZ"] == of["CN"] == of["UZ"]


def test_the_middle_corridor_has_its_length():
    """About 4,250 km of railway and 500 km of sea from Khorgos to Poti."""
    graph = search.graph(modes=MODES, avoid={"RU", "IR"}, on=date(2024, 7, 1))
    legs = through(graph, "khorgos", ["aktau", "AZ"], "poti")
    road = search.road(legs, "khorgos")
    assert road.territories == ("KZ", "AZ", "GE")
    assert road.rail_km == pytest.approx(4250, rel=0.10)
    assert road.sea_km == pytest.approx(500, rel=0.10)
    assert road.road_km == 0


@pytest.mark.parametrize(
    ("origin", "stops", "destination", "published"),
    [
        ("xian", ["khorgos"], "tashkent", 4486),  # Kazakhstan Temir Zholy, August 2024
        ("moscow", [], "vladivostok", 9288),  # Trans-Siberian Railway
        ("moscow", ["MN"], "beijing", 7621),  # Trans-Mongolian Railway
    ],
)
def test_railways_are_as_long_as_published_totals_say(origin, stops, destination, published):
    """Totals that the table was not made from."""
    legs = through(search.graph(modes=["rail"]), origin, stops, destination)
    assert sum(leg.km for leg in legs) == pytest.approx(published, rel=0.08)


def test_kaliningrad_is_no_way_through():
    road = search.find("gdansk", "kaunas")
    assert "RU-KGD" not in road.territories
    inside = search.find("gdansk", "kaliningrad")
    assert inside.territories == ("PL", "RU-KGD")
    # From the rest of Russia to Kaliningrad by land there is none but through others.
    between = search.find("moscow", "kaliningrad", modes=LAND)
    assert set(between.territories) - {"RU", "RU-KGD"}


def test_closed_crossings_are_left_out_on_their_days():
    def road(day: date) -> list[str]:
        legs = search.find("warsaw", "minsk", modes=LAND, on=day).legs
        return [leg.crossing for leg in legs if leg.crossing]

    assert road(date(2025, 9, 11))[0] in {"Terespol – Brest", "Kuźnica Białostocka – Hrodna"}
    assert not any("Brest" in crossing for crossing in road(date(2025, 9, 12)))
    assert road(date(2025, 9, 25)) == road(date(2025, 9, 11))


@pytest.mark.parametrize(
    ("origin", "stops", "destination", "crossed"),
    [
        ("prague", ["LT", "BY", "RU"], "istanbul", ["LT", "BY", "RU"]),
        ("vilnius", ["BY", "RU"], "bishkek", ["BY", "RU"]),
        ("berlin", ["TR", "GE", "AZ"], "almaty", ["TR", "GE", "AZ"]),
        ("berlin", ["TR", "IR", "TM"], "almaty", ["TR", "IR", "TM"]),
    ],
)
def test_declared_territories_are_taken_once_and_in_order(origin, stops, destination, crossed):
    legs = through(search.graph(), origin, stops, destination)
    entered = search.road(legs, origin).territories
    assert [code for code in entered if code in crossed] == crossed


def test_a_declared_road_is_the_shortest_of_its_order():
    """Against joining the shortest roads at the place that was named."""
    graph = search.graph(avoid={"RU-KGD"})
    for middle, end in (("malaszewicze", "minsk"), ("odesa", "poti"), ("alat", "ashgabat")):
        legs = through(graph, "berlin", [middle], end)
        parts = [("berlin", middle), (middle, end)]
        straight = sum(search.distance_km(graph, *part) for part in parts)
        # Never shorter; longer only where the straight one would enter a state twice.
        assert straight <= sum(leg.km for leg in legs) <= 1.3 * straight


def test_an_order_that_cannot_be_driven_gives_none():
    graph = search.graph(modes=LAND)
    assert through(graph, "berlin", ["JP"], "warsaw") is None
    assert through(graph, "vilnius", ["BY", "RU"], "almaty") is not None
    # Belarus after Russia, and then to Kazakhstan without Russia: by no land road, Iran closed off.
    without = search.graph(modes=LAND, avoid={"IR"})
    assert through(without, "riga", ["RU", "BY"], "almaty") is None


def test_alternatives_cross_other_states():
    best = search.find("berlin", "almaty", on=date(2023, 5, 2))
    others = search.alternatives(best, on=date(2023, 5, 2))
    sets = [frozenset(road.territories) for road in (best, *others)]
    assert len(others) == 3
    assert len(set(sets)) == 4
    assert [road.km for road in others] == sorted(road.km for road in others)
    assert all(road.km >= best.km for road in others)


def test_a_road_to_where_one_is_has_no_legs():
    road = search.find("berlin", "berlin")
    assert (road.km, road.legs, road.territories) == (0, (), ("DE",))
    assert search.alternatives(road) == ()
