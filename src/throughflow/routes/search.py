"""Shortest roads between places, leaving states out, by mode, on a day.

Dijkstra's algorithm on a graph of some three hundred places. The tree of shortest roads from one
place is kept, so that the next question from there only walks back along it.

Source: Dijkstra (1959), A note on two problems in connexion with graphs, Numerische Mathematik 1.
"""

from __future__ import annotations

import heapq
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from throughflow.reference import route_network
from throughflow.reference.route_network import FERRY, KALININGRAD, MODES, RAIL, ROAD, SEA
from throughflow.routes import places
from throughflow.routes.result import Road, RoadLeg

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import date

    from throughflow.reference.route_network import Leg

_UNREACHED = 1 << 60


@dataclass(frozen=True, slots=True)
class Graph:
    """The legs that may be used.

    Attributes:
        ways: For each place the places one leg away, with the kilometres and the leg.
        links: The same by the numbers of `_numbers`.
    """

    ways: Mapping[str, tuple[tuple[str, int, Leg], ...]]
    links: tuple[tuple[tuple[int, int, Leg], ...], ...]


@lru_cache(maxsize=1)
def _numbers() -> Mapping[str, int]:
    """Number the places, so that the search compares whole numbers."""
    return {place: number for number, place in enumerate(sorted(route_network.nodes()))}


def covers(codes: Iterable[str], territory: str) -> bool:
    """Tell whether a territory is among some codes; a state includes its territories apart."""
    return any(territory == code or territory.startswith(f"{code}-") for code in codes)


@lru_cache(maxsize=4096)
def _closed(on: date | None) -> frozenset[int]:
    """Return the numbers of the legs that are closed on a day; none where no day is given."""
    if on is None:
        return frozenset()
    return frozenset(i for i, leg in enumerate(route_network.legs()) if not leg.is_open(on))


@lru_cache(maxsize=256)
def _graph(modes: frozenset[str], avoid: frozenset[str], closed: frozenset[int]) -> Graph:
    without = {one for one in route_network.territories() if covers(avoid, one)}
    ways: dict[str, dict[str, Leg]] = {}
    for number, leg in _ranked():
        if (
            leg.mode in modes
            and number not in closed
            and leg.country_from not in without
            and leg.country_to not in without
        ):
            # The shortest comes first; of equal ones the mode that comes first in `MODES`.
            ways.setdefault(leg.start, {}).setdefault(leg.end, leg)
            ways.setdefault(leg.end, {}).setdefault(leg.start, leg)
    numbers = _numbers()
    made = {
        start: tuple((end, leg.km, leg) for end, leg in sorted(found.items(), key=_first))
        for start, found in ways.items()
    }
    links = tuple(
        tuple((numbers[end], km, leg) for end, km, leg in made.get(place, ())) for place in numbers
    )
    return Graph(made, links)


def _first(item: tuple[str, Leg]) -> str:
    return item[0]


@lru_cache(maxsize=1)
def _ranked() -> tuple[tuple[int, Leg], ...]:
    """Return the legs with their numbers, the shortest first."""
    numbered = enumerate(route_network.legs())
    return tuple(sorted(numbered, key=lambda one: (one[1].km, MODES.index(one[1].mode), one[0])))


def graph(
    *,
    modes: Iterable[str] = MODES,
    avoid: Iterable[str] = (),
    on: date | None = None,
) -> Graph:
    """Return the legs that may be used.

    Args:
        modes: Modes allowed.
        avoid: States and territories to leave out; a state includes its territories apart.
        on: Day whose closed crossings are left out; None to use every leg ever open.
    """
    return _graph(frozenset(modes), frozenset(avoid), _closed(on))


def between(avoid: Iterable[str], *named: str) -> frozenset[str]:
    """Return what to leave out between some places: Kaliningrad as well, unless one lies there.

    On paper the shortest way from Gdańsk to Kaunas crosses Kaliningrad; no exporter would take it.

    Args:
        avoid: States and territories to leave out.
        *named: Ids of the places, and codes of territories, that the road is to touch.
    """
    nodes = route_network.nodes()
    touched = {nodes[one].territory if one in nodes else one for one in named}
    return frozenset(avoid) | ({KALININGRAD} - touched)


# Kilometres to every place, and the leg by which it is reached, by the places' numbers.
_Tree = tuple[list[int], list["Leg | None"]]
# By identity: graphs are made once for each setting and kept by `_graph`.
_TREES: dict[tuple[int, str], tuple[Graph, _Tree]] = {}
# Some twenty megabytes.
_MOST_TREES = 4_000


def _tree(on: Graph, source: str) -> _Tree:
    """Return the tree of shortest roads from a place."""
    kept = _TREES.get((id(on), source))
    if kept is not None and kept[0] is on:
        return kept[1]
    size, first = len(on.links), _numbers()[source]
    km: list[int] = [_UNREACHED] * size
    by: list[Leg | None] = [None] * size
    km[first] = 0
    # A place and its distance in one whole number: the heap compares nothing else.
    waiting = [first]
    while waiting:
        far, here = divmod(heapq.heappop(waiting), size)
        if far > km[here]:
            continue
        for there, length, leg in on.links[here]:
            total = far + length
            if total < km[there]:
                km[there] = total
                by[there] = leg
                heapq.heappush(waiting, total * size + there)
    if len(_TREES) >= _MOST_TREES:
        _TREES.clear()
    _TREES[id(on), source] = (on, (km, by))
    return km, by


def forget() -> None:
    """Throw away every graph and tree that is kept, to free memory or to measure."""
    _TREES.clear()
    _graph.cache_clear()
    _closed.cache_clear()


def distance_km(on: Graph, origin: str, destination: str) -> int | None:
    """Return the length of the shortest road between two places; None where there is none."""
    found = _tree(on, origin)[0][_numbers()[destination]]
    return None if found == _UNREACHED else found


def shortest(on: Graph, origin: str, destination: str) -> tuple[Leg, ...] | None:
    """Return the legs of the shortest road between two places; None where there is none.

    Args:
        on: The legs that may be used.
        origin: Id of the place it begins at.
        destination: Id of the place it ends at.
    """
    _, by = _tree(on, origin)
    numbers = _numbers()
    found: list[Leg] = []
    here = destination
    while here != origin:
        leg = by[numbers[here]]
        if leg is None:
            return None
        found.append(leg)
        here = leg.start if leg.end == here else leg.end
    found.reverse()
    return tuple(found)


def road(legs: Sequence[Leg], origin: str, *, on: date | None = None) -> Road:
    """Set out a road from its legs.

    Args:
        legs: The legs in order.
        origin: Id of the place it begins at.
        on: Day for which closed legs are marked.
    """
    nodes = route_network.nodes()
    here = origin
    territories = [nodes[origin].territory]
    driven: list[RoadLeg] = []
    km = dict.fromkeys(MODES, 0)
    estimated = 0
    for leg in legs:
        there = leg.end if leg.start == here else leg.start
        is_open = on is None or not leg.closed or leg.is_open(on)
        driven.append(_driven(leg, here, is_open=is_open))
        km[leg.mode] += leg.km
        estimated += leg.km if leg.km_basis == "estimated" else 0
        if nodes[there].territory != territories[-1]:
            territories.append(nodes[there].territory)
        here = there
    return Road(
        sum(km.values()),
        km[RAIL],
        km[ROAD],
        km[FERRY] + km[SEA],
        estimated,
        tuple(territories),
        tuple(driven),
    )


# By the leg's ends and mode, the end it begins at, and whether it is open.
_DRIVEN: dict[tuple[str, str, str, str, bool], RoadLeg] = {}


def _driven(leg: Leg, here: str, *, is_open: bool) -> RoadLeg:
    key = (leg.start, leg.end, leg.mode, here, is_open)
    made = _DRIVEN.get(key)
    if made is None:
        nodes = route_network.nodes()
        start = places.place(nodes[here])
        end = places.place(nodes[leg.end if leg.start == here else leg.start])
        made = _DRIVEN[key] = RoadLeg(
            start,
            end,
            leg.mode,
            leg.km,
            leg.km_basis,
            tuple(dict.fromkeys((start.territory, end.territory))),
            leg.crossing and f"{start.name} – {end.name}",
            is_open,
            leg.note,
        )
    return made


def find(
    origin: str,
    destination: str,
    *,
    modes: Iterable[str] = MODES,
    avoid: Iterable[str] = (),
    on: date | None = None,
) -> Road | None:
    """Return the shortest road between two places; None where there is none.

    Args:
        origin: Id of the place it begins at.
        destination: Id of the place it ends at.
        modes: Modes allowed.
        avoid: States and territories to leave out.
        on: Day whose closed crossings are left out.
    """
    without = between(avoid, origin, destination)
    legs = shortest(graph(modes=modes, avoid=without, on=on), origin, destination)
    return None if legs is None else road(legs, origin, on=on)


def alternatives(
    best: Road,
    *,
    modes: Iterable[str] = MODES,
    avoid: Iterable[str] = (),
    on: date | None = None,
    most: int = 3,
) -> tuple[Road, ...]:
    """Return further roads between the same places, each through other territories.

    Each leaves out one more of the territories that a road found so far crosses; of those that
    cross the same territories, the shortest is kept.

    Args:
        best: The shortest road.
        modes: Modes allowed.
        avoid: States and territories to leave out.
        on: Day whose closed crossings are left out.
        most: How many.
    """
    if not best.legs:
        return ()
    origin, destination = best.legs[0].start.id, best.legs[-1].end.id
    found = {frozenset(best.territories): best}
    waiting = [(best, frozenset(avoid))]
    tried = {frozenset(avoid)}
    # Two rounds of leaving out reach every corridor of the table that a reader would name.
    for _ in range(2):
        further: list[tuple[Road, frozenset[str]]] = []
        for known, without in waiting:
            for territory in known.territories[1:-1]:
                if territory in {best.territories[0], best.territories[-1]}:
                    continue
                wider = without | {territory}
                if wider in tried:
                    continue
                tried.add(wider)
                other = find(origin, destination, modes=modes, avoid=wider, on=on)
                if other is None:
                    continue
                further.append((other, wider))
                kept = found.setdefault(frozenset(other.territories), other)
                if other.km < kept.km:
                    found[frozenset(other.territories)] = other
        waiting = further
    others = [one for one in found.values() if one is not best]
    return tuple(sorted(others, key=lambda one: (one.km, one.territories))[:most])
