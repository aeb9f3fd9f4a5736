"""Shapes of countries and territories, for drawing.

Made from Natural Earth by ``scripts/build_boundaries.py``, which says what was changed: states are
the members of the United Nations in the borders it recognises, so Crimea and Sevastopol are
Ukraine. Coordinates are on the plane of the Equal Earth projection, on a grid of whole numbers that
neighbours share, so that they fit without gaps. A shape says nothing about a border in law.

Source of the projection: Šavrič, Patterson & Jenny (2018), *The Equal Earth map projection*,
International Journal of Geographical Information Science 33(3).
"""

from __future__ import annotations

import json
import math
import re
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from throughflow.errors import InputError
from throughflow.reference.countries import DATA

if TYPE_CHECKING:
    from collections.abc import Mapping

Point = tuple[int, int]
Box = tuple[float, float, float, float]

FILE = "boundaries.json"
# The cut then runs through the Bering Strait and Russia's east stays in one piece.
CENTRAL_MERIDIAN = 11.0
# Width of the whole globe on the grid: a step is half a pixel where a map of 960 pixels shows a
# quarter of the globe, and about five kilometres at the equator.
GLOBE = 7680
# Northern edge of the plane: just north of Greenland.
NORTH = 84.0
# Coefficients of the Equal Earth polynomial, table 1 of the paper.
_A = (1.340264, -0.081106, 0.000893, 0.003796)
_HALF = math.sqrt(3) / 2
_NUMBERS = re.compile(r"-?\d+")


def equal_earth(longitude: float, latitude: float) -> tuple[float, float]:
    """Project degrees from the central meridian, and degrees of latitude, to the plane.

    Returns:
        Eastward and northward place, in radii of the globe.

    Source: Šavrič, Patterson & Jenny (2018), eqs. 6-8.
    """
    a1, a2, a3, a4 = _A
    t = math.asin(_HALF * math.sin(math.radians(latitude)))
    square = t * t
    sixth = square**3
    slope = a1 + 3 * a2 * square + sixth * (7 * a3 + 9 * a4 * square)
    x = math.radians(longitude) * math.cos(t) / (_HALF * slope)
    return x, t * (a1 + a2 * square + sixth * (a3 + a4 * square))


# Radii of the globe to the grid.
_SCALE = GLOBE / (2 * equal_earth(180, 0)[0])
_TOP = equal_earth(0, NORTH)[1]


def on_grid(longitude: float, latitude: float) -> tuple[float, float]:
    """Return the place on the grid of degrees from the central meridian; y grows southward."""
    x, y = equal_earth(longitude, latitude)
    return GLOBE / 2 + x * _SCALE, (_TOP - y) * _SCALE


def place(longitude: float, latitude: float) -> tuple[float, float]:
    """Return the place on the grid of a point in degrees east and north."""
    return on_grid((longitude - CENTRAL_MERIDIAN + 180) % 360 - 180, latitude)


@dataclass(frozen=True, slots=True)
class Ring:
    """One closed line of a shape.

    Attributes:
        points: Its corners on the grid; the first is not repeated.
        box: Smallest and largest x, then smallest and largest y.
    """

    points: tuple[Point, ...]
    box: Box

    def crosses(self, x: float, y: float) -> int:
        """Count the sides that a ray from a point to the right crosses."""
        left, right, top, bottom = self.box
        if not (left <= x <= right and top <= y <= bottom):
            return 0
        closed = (*self.points, self.points[0])
        return sum(
            (b > y) != (d > y) and x < (c - a) * (y - b) / (d - b) + a
            for (a, b), (c, d) in pairwise(closed)
        )

    @property
    def area(self) -> float:
        """Area on the grid; negative for a hole."""
        closed = (*self.points, self.points[0])
        return sum(a * d - c * b for (a, b), (c, d) in pairwise(closed)) / 2


@dataclass(frozen=True, slots=True)
class Area:
    """The shape of one code.

    Attributes:
        code: ISO 3166-1 alpha-2, ``XK``, or empty for land that no state is given.
        rings: Its outlines and holes; empty where it is too small to be drawn.
        x: A place well inside it, for a label or a dot.
        y: The same from the top.
    """

    code: str
    rings: tuple[Ring, ...]
    x: float
    y: float

    @property
    def size(self) -> float:
        """Area on the grid; equal areas on the globe are equal here."""
        return sum(ring.area for ring in self.rings)

    def holds(self, x: float, y: float) -> bool:
        """Tell whether a place on the grid lies inside."""
        return sum(ring.crosses(x, y) for ring in self.rings) % 2 == 1


@lru_cache(maxsize=1)
def _file() -> dict[str, Any]:
    text = (DATA / FILE).read_text(encoding="utf-8")
    read: dict[str, Any] = json.loads(text)
    return read


@lru_cache(maxsize=1)
def areas() -> Mapping[str, Area]:
    """Return every shape by its code, in order of the codes."""
    return {code: _area(code, raw) for code, raw in _file()["areas"].items()}


def area(code: str) -> Area:
    """Return the shape of a code.

    Raises:
        InputError: The map holds no such code.
    """
    found = areas().get(code)
    if found is None:
        raise InputError.unknown("code on the map", code, areas())
    return found


def area_at(longitude: float, latitude: float) -> str | None:
    """Tell which code holds a point in degrees east and north; None at sea."""
    x, y = place(longitude, latitude)
    return next((code for code, found in areas().items() if found.holds(x, y)), None)


def frame() -> tuple[int, int]:
    """Return width and height of the grid."""
    return GLOBE, int(_file()["height"])


def source() -> str:
    """Return the publisher and edition, for a line under a figure."""
    return str(_file()["source"])


def _area(code: str, raw: dict[str, Any]) -> Area:
    rings = tuple(_ring(text) for text in raw["path"].split("z") if text)
    return Area(code, rings, *raw["at"])


def _ring(text: str) -> Ring:
    """Read ``M12 34l5-6…``: a first place, then steps."""
    steps = [int(number) for number in _NUMBERS.findall(text)]
    x = y = 0
    points = []
    for dx, dy in zip(steps[::2], steps[1::2], strict=True):
        x, y = x + dx, y + dy
        points.append((x, y))
    xs, ys = zip(*points, strict=True)
    return Ring(tuple(points), (min(xs), max(xs), min(ys), max(ys)))
