"""The shortest road that takes declared territories and places in their order."""

from __future__ import annotations

import heapq
from dataclasses import dataclass
from typing import TYPE_CHECKING

from throughflow.reference import route_network

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from throughflow.reference.route_network import Leg
    from throughflow.routes.search import Graph

# A place, and how many of the stops lie behind.
State = tuple[str, int]


@dataclass(frozen=True, slots=True)
class _Order:
    """The stops and where each may be entered.

    A declared territory is entered in its turn and only then: a road declared by Lithuania,
    Belarus and Russia does not go back to Lithuania from Russia, nor touch Russia first.
    Territories that nobody declared may be crossed.
    """

    stops: tuple[str, ...]
    turns: tuple[str, ...]
    home: str
    end: str
    territory: Mapping[str, str]

    def reached(self, place: str, turn: int) -> int:
        """Return how many stops lie behind once a place is reached."""
        here = {place, self.territory[place]}
        while turn < len(self.stops) and self.stops[turn] in here:
            turn += 1
        return turn

    def may_enter(self, place: str, before: int, turn: int) -> bool:
        """Tell whether a place may be entered when a number of stops lay behind."""
        territory = self.territory[place]
        current = self.turns[turn - 1] if turn else self.home
        if turn > before or territory == current:
            return True
        is_next = turn < len(self.turns) and territory == self.turns[turn]
        if is_next:
            # On the way to a place that was named; a territory would have been reached.
            return self.stops[turn] in self.territory
        if territory == self.end:
            return turn == len(self.stops)
        return territory not in self.turns and territory != self.home


def through(
    on: Graph, origin: str, stops: Sequence[str], destination: str
) -> tuple[Leg, ...] | None:
    """Return the shortest road that takes some stops in order; None where there is none.

    Args:
        on: The legs that may be used.
        origin: Id of the place it begins at.
        stops: Ids of places and codes of territories.
        destination: Id of the place it ends at.
    """
    territory = {node.id: node.territory for node in route_network.nodes().values()}
    order = _Order(
        tuple(stops),
        tuple(territory.get(stop, stop) for stop in stops),
        territory[origin],
        territory[destination],
        territory,
    )
    first, last = (origin, order.reached(origin, 0)), (destination, len(stops))
    km: dict[State, int] = {first: 0}
    by: dict[State, tuple[State, Leg]] = {}
    waiting = [(0, first)]
    while waiting:
        far, state = heapq.heappop(waiting)
        if state == last:
            return tuple(reversed(list(_back(by, last))))
        if far > km[state]:
            continue
        for there, length, leg in on.ways.get(state[0], ()):
            turn = order.reached(there, state[1])
            total = far + length
            known = km.get((there, turn))
            if (known is None or total < known) and order.may_enter(there, state[1], turn):
                km[there, turn] = total
                by[there, turn] = state, leg
                heapq.heappush(waiting, (total, (there, turn)))
    return None


def _back(by: Mapping[State, tuple[State, Leg]], state: State) -> Iterator[Leg]:
    while state in by:
        state, leg = by[state]
        yield leg
