"""Simplify outlines so that neighbours stay neighbours.

Every border is simplified once, as a line between the points where three or more lines meet, and
both sides get the same line. Simplifying country by country would leave gaps and overlaps.
"""

from __future__ import annotations

import heapq
from collections import defaultdict
from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

Point = tuple[int, int]
Ring = list[Point]


def doubled_area(ring: Sequence[Point]) -> int:
    """Return twice the signed area of a ring whose first point is not repeated."""
    return sum(a * d - c * b for (a, b), (c, d) in pairwise([*ring, ring[0]]))


def cleaned(points: Iterable[Point]) -> Ring:
    """Drop repeated points and lines that go out and back."""
    kept: Ring = []
    for point in points:
        if kept and kept[-1] == point:
            continue
        if len(kept) > 1 and kept[-2] == point:
            kept.pop()
            continue
        kept.append(point)
    while len(kept) > 1 and kept[0] == kept[-1]:
        kept.pop()
    return kept if len(kept) > 2 else []


def dissolved(rings: Iterable[Ring]) -> list[Ring]:
    """Join rings that share sides: a side that runs both ways is inside and goes.

    Outlines must run one way and holes the other.
    """
    onward: dict[Point, list[Point]] = defaultdict(list)
    for ring in rings:
        for start, end in pairwise([*ring, ring[0]]):
            if start in onward[end]:
                onward[end].remove(start)
            else:
                onward[start].append(end)
    joined = []
    for first in list(onward):
        while onward[first]:
            ring = [first]
            place = onward[first].pop()
            while place != first:
                ring.append(place)
                place = onward[place].pop()
            if len(ring) > 2:
                joined.append(ring)
    return joined


def simplified(shapes: Mapping[str, list[Ring]], tolerance: float) -> dict[str, list[Ring]]:
    """Simplify all shapes together.

    Args:
        shapes: Rings of each shape, on one grid.
        tolerance: Corners whose triangle is smaller than this area go, smallest first.
    """
    beside: dict[Point, set[Point]] = defaultdict(set)
    for rings in shapes.values():
        for ring in rings:
            for start, end in pairwise([*ring, ring[0]]):
                beside[start].add(end)
                beside[end].add(start)
    nodes = {point for point, found in beside.items() if len(found) != 2}
    known: dict[tuple[Point, ...], list[Point]] = {}
    out = {}
    for code, rings in shapes.items():
        made = [cleaned(_ring(ring, nodes, known, tolerance)) for ring in rings]
        out[code] = [ring for ring in made if ring]
    return out


def _ring(
    ring: Ring, nodes: set[Point], known: dict[tuple[Point, ...], list[Point]], tolerance: float
) -> list[Point]:
    stops = [i for i, point in enumerate(ring) if point in nodes]
    if len(stops) < 2:
        # Both sides of a border without end must cut it at the same two points.
        first = stops[0] if stops else ring.index(min(ring))
        x, y = ring[first]
        far = max(range(len(ring)), key=lambda i: ((ring[i][0] - x) ** 2 + (ring[i][1] - y) ** 2,
                                                   ring[i]))  # fmt: skip
        stops = sorted({first, far})
    turned = [*ring[stops[0] :], *ring[: stops[0] + 1]]
    ends = [*(stop - stops[0] for stop in stops), len(ring)]
    out: list[Point] = []
    for start, end in pairwise(ends):
        arc = tuple(turned[start : end + 1])
        key = min(arc, arc[::-1])
        if key not in known:
            known[key] = _line(key, tolerance)
        out += (known[key] if arc == key else known[key][::-1])[:-1]
    return out


def _line(points: Sequence[Point], tolerance: float) -> list[Point]:
    """Simplify an open line after Visvalingam & Whyatt (1993): the least corner goes first."""
    before = list(range(-1, len(points) - 1))
    after = list(range(1, len(points) + 1))
    gone = [False] * len(points)

    def corner(i: int) -> float:
        (a, b), (c, d), (e, f) = points[before[i]], points[i], points[after[i]]
        return abs((c - a) * (f - b) - (e - a) * (d - b)) / 2

    queue = [(corner(i), i) for i in range(1, len(points) - 1)]
    heapq.heapify(queue)
    while queue:
        size, i = heapq.heappop(queue)
        if gone[i] or size != corner(i):
            continue
        if size >= tolerance:
            break
        gone[i] = True
        after[before[i]], before[after[i]] = after[i], before[i]
        for j in (before[i], after[i]):
            if 0 < j < len(points) - 1:
                heapq.heappush(queue, (corner(j), j))
    return [point for i, point in enumerate(points) if not gone[i]]
