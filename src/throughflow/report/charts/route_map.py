"""The map of roads: the shortest, the permitted and the declared one, cropped to where they run.

Where roads share a way they lie one on the other, the shortest widest below, so that none hides
another. A sea leg is drawn straight and dashed: its length is routed, its course is not held.
"""

from __future__ import annotations

import math
import textwrap
from dataclasses import dataclass
from typing import TYPE_CHECKING

from throughflow.reference import boundaries, countries
from throughflow.report import svg
from throughflow.report.charts import map_labels
from throughflow.report.charts.map_labels import Label, Rect
from throughflow.report.charts.map_plane import Plane, View
from throughflow.routes.flags import km_words

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from markupsafe import Markup

    from throughflow.report.svg import Point
    from throughflow.routes.result import Place, Road

SEA = {"sea", "ferry"}
KEY_LINE = 22.0
NOTE_LINE = 17.0
CHARACTER = 7.0
DOT = 3.4
END = 5.2
PLACE = ("map-value",)
# A name farther from its place than this is left out: the table has it.
FAR = 34.0
NOTE = "Sea legs are dashed and drawn straight."


@dataclass(frozen=True, slots=True)
class Frame:
    """Sizes of one form of the figure.

    Attributes:
        width: Pixels.
        tallest: Height over width at the most.
        flattest: Height over width at the least.
        labels: Names of places at the most.
    """

    width: float
    tallest: float
    flattest: float
    labels: int


WIDE = Frame(960, 0.72, 0.42, 26)
NARROW = Frame(400, 1.15, 0.8, 10)
# Share of the roads' extent left free around them, and the least extent, in steps of the grid.
MARGIN = 0.09
LEAST = 420.0


@dataclass(frozen=True, slots=True)
class Line:
    """One road on the map.

    Attributes:
        road: The road.
        kind: ``best``, ``permitted`` or ``declared``: how it is drawn.
        words: What it is, for the key and for its label.
    """

    road: Road
    kind: str
    words: str

    @property
    def length(self) -> str:
        """Its length in words."""
        return f"{km_words(self.road.km)} km"


@dataclass(frozen=True, slots=True)
class Drawn:
    """What a map of roads says.

    Attributes:
        lines: The roads, the lowest first.
        banned: Codes of territories whose transit is banned.
        unsure: Codes of those where it cannot be told.
    """

    lines: Sequence[Line]
    banned: frozenset[str]
    unsure: frozenset[str]


def at(place: Place) -> Point:
    """Return where a place lies on the grid."""
    return boundaries.place(place.longitude, place.latitude)


def seen(drawn: Drawn, frame: Frame) -> View:
    """Return the part of the world that holds every road, in a shape that fits the frame."""
    points = [at(place) for line in drawn.lines for place in _places(line.road)]
    xs, ys = zip(*points, strict=True)
    across, down = max(xs) - min(xs), max(ys) - min(ys)
    width = max(across * (1 + 2 * MARGIN), LEAST)
    height = max(down * (1 + 2 * MARGIN), width * frame.flattest)
    width = max(width, height / frame.tallest)
    x, y = (max(xs) + min(xs)) / 2, (max(ys) + min(ys)) / 2
    return View(x - width / 2, x + width / 2, y - height / 2, y + height / 2)


def draw(drawn: Drawn, frame: Frame, name: str, title: str, description: str) -> Markup:
    """Draw the map with its key.

    Args:
        drawn: What it says; at least one road.
        frame: Which form.
        name: Unique on the page.
        title: Text alternative, short.
        description: Text alternative, long.
    """
    key, top = _key(drawn, frame, name)
    plane = Plane(seen(drawn, frame), frame.width, top + 6)
    known = boundaries.areas()
    marked = drawn.banned | drawn.unsure
    clip = svg.element(
        "clipPath", svg.rect(0, plane.top, frame.width, plane.height, ""), id=f"{name}-clip"
    )
    parts = [
        clip,
        svg.hatch(f"{name}-w", "warn-hatch"),
        key,
        svg.element(
            "g",
            _shape(plane, (area for code, area in known.items() if code not in marked), "map-land"),
            _shape(plane, _areas(drawn.unsure - drawn.banned), "map-unsure", f"{name}-w"),
            _shape(plane, _areas(drawn.banned), "map-banned"),
            *(part for line in drawn.lines for part in _course(line, plane)),
            *_dots(drawn, plane),
            clip_path=f"url(#{name}-clip)",
        ),
        *_labels(drawn, plane, frame),
    ]
    bottom = plane.top + plane.height + 4
    if any(leg.mode in SEA for line in drawn.lines for leg in line.road.legs):
        for text in textwrap.wrap(NOTE, int(frame.width / CHARACTER)):
            bottom += NOTE_LINE
            parts.append(svg.text(0, bottom - 3, text, "tick"))
    return svg.figure(name, title, description, frame.width, bottom, *parts)


def _areas(codes: Iterable[str]) -> Iterator[boundaries.Area]:
    known = boundaries.areas()
    return (known[code] for code in sorted(codes) if code in known)


def _shape(plane: Plane, areas: Iterable[boundaries.Area], class_: str, hatch: str = "") -> Markup:
    path = plane.path(areas)
    if not path:
        return svg.join(())
    return svg.element("path", d=path, class_=class_, fill=f"url(#{hatch})" if hatch else None)


def _places(road: Road) -> list[Place]:
    return [leg.start for leg in road.legs[:1]] + [leg.end for leg in road.legs]


def _course(line: Line, plane: Plane) -> list[Markup]:
    """Draw a road: runs over land in one path, sea legs in another."""
    runs: dict[bool, list[list[Point]]] = {False: [], True: []}
    before = None
    for leg in line.road.legs:
        by_sea = leg.mode in SEA
        if by_sea != before:
            runs[by_sea].append([plane(*at(leg.start))])
        runs[by_sea][-1].append(plane(*at(leg.end)))
        before = by_sea
    return [
        svg.lines(runs[by_sea], f"road road-{line.kind}" + (" road-sea" if by_sea else ""))
        for by_sea in (False, True)
        if runs[by_sea]
    ]


def _dots(drawn: Drawn, plane: Plane) -> list[Markup]:
    found: dict[str, Markup] = {}
    for line in drawn.lines:
        for place in _places(line.road):
            found[place.id] = svg.circle(*plane(*at(place)), DOT / 2, "road-place")
    for place in _ends(drawn):
        found[place.id] = svg.circle(*plane(*at(place)), END, "road-end")
    return list(found.values())


def _ends(drawn: Drawn) -> tuple[Place, Place]:
    legs = drawn.lines[-1].road.legs
    return legs[0].start, legs[-1].end


def _labels(drawn: Drawn, plane: Plane, frame: Frame) -> list[Markup]:
    """Name the ends, each road at its side, and the places where roads change state or mode."""
    ends = _ends(drawn)
    wanted = [Label((place.name,), ("map-name strong",), *plane(*at(place)), END) for place in ends]
    wanted += [_of_road(line, drawn, plane) for line in drawn.lines]
    wanted += _states(drawn, plane)
    named = {place.id for place in ends}
    for place in _turning(drawn):
        if place.id not in named and len(named) < frame.labels:
            named.add(place.id)
            wanted.append(Label((place.name,), PLACE, *plane(*at(place)), DOT))
    box = Rect(2, plane.top + 2, frame.width - 2, plane.top + plane.height - 2)
    taken = [Rect(x - END, y - END, x + END, y + END) for x, y in (plane(*at(p)) for p in ends)]
    taken += [
        Rect(x - 1.5, y - 1.5, x + 1.5, y + 1.5)
        for line in drawn.lines
        for x, y in _along(line.road, plane)
    ]
    return [
        map_labels.write(label, spot)
        for label, spot in map_labels.place(wanted, taken, box)
        if label.classes != PLACE or _reach(label, spot) <= FAR
    ]


def _reach(label: Label, spot: Rect) -> float:
    """Return how far a label stands from its place."""
    line = map_labels.leader(label, spot)
    return math.hypot(line[2] - line[0], line[3] - line[1]) if line else 0.0


def _states(drawn: Drawn, plane: Plane) -> list[Label]:
    """Name the states that are shaded."""
    middles = [(area, plane.middle(area)) for area in _areas(drawn.banned | drawn.unsure)]
    return [
        Label((countries.name(area.code),), ("map-note",), *middle, 0)
        for area, middle in middles
        if middle is not None
    ]


def _along(road: Road, plane: Plane) -> Iterator[Point]:
    """Give points along a road every few pixels, so that labels keep off it."""
    for leg in road.legs:
        (x1, y1), (x2, y2) = plane(*at(leg.start)), plane(*at(leg.end))
        steps = max(int(max(abs(x2 - x1), abs(y2 - y1)) / 9), 1)
        for step in range(steps + 1):
            yield x1 + step / steps * (x2 - x1), y1 + step / steps * (y2 - y1)


def _of_road(line: Line, drawn: Drawn, plane: Plane) -> Label:
    """Place a road's own label where it is farthest from the other roads."""
    others = [
        plane(*at(place))
        for other in drawn.lines
        if other is not line
        for place in _places(other.road)
    ]
    middle = _places(line.road)[1:-1] or _places(line.road)
    points = [plane(*at(place)) for place in middle]

    def away(point: Point) -> float:
        return min(((point[0] - x) ** 2 + (point[1] - y) ** 2 for x, y in others), default=0.0)

    best = max(points, key=away)
    if away(best) < 1:
        best = points[len(points) // 2]
    class_ = f"map-value road-label of-{line.kind}"
    return Label((line.words, line.length), (class_, class_), *best, DOT)


def _turning(drawn: Drawn) -> list[Place]:
    """Return ports first, then the first place in each state, of the declared road first."""
    ports: dict[str, Place] = {}
    borders: dict[str, Place] = {}
    for line in reversed(drawn.lines):
        for leg in line.road.legs:
            if leg.mode in SEA:
                ports |= {leg.start.id: leg.start, leg.end.id: leg.end}
            elif len(leg.territories) == 2:
                borders[leg.end.id] = leg.end
    return list((ports | borders).values())


def _key(drawn: Drawn, frame: Frame, name: str) -> tuple[Markup, float]:
    """Explain lines and shades in words beside them; return it with the place below it."""
    items = [
        (f"road road-{line.kind}", f"{line.words}, {line.length}") for line in reversed(drawn.lines)
    ]
    if drawn.banned:
        items.append(("map-banned", "transit banned"))
    if drawn.unsure:
        items.append(("hatch", "cannot tell"))
    parts, x, y = [], 0.0, KEY_LINE / 2
    for class_, text in items:
        wide = 28 + CHARACTER * len(text)
        if x and x + wide > frame.width:
            x, y = 0.0, y + KEY_LINE
        if class_ == "hatch":
            parts.append(svg.filled(x, y - 6, 20, 12, f"{name}-w"))
        elif class_.startswith("road"):
            parts.append(svg.line(x, y, x + 20, y, class_))
        else:
            parts.append(svg.rect(x, y - 6, 20, 12, class_))
        parts.append(svg.text(x + 27, y + 4.5, text, "tick"))
        x += wide + 16
    return svg.join(parts), y + KEY_LINE / 2
