"""The map of hubs: shade for recorded over expected, circles for the excess in money.

Both are shown because each misleads alone: a small expectation makes a large multiple, and a large
country a large sum. No country is red, and land that nothing is said of stays grey.
"""

from __future__ import annotations

import textwrap
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from throughflow.reference import boundaries
from throughflow.report import svg, words
from throughflow.report.charts import map_labels
from throughflow.report.charts.map_labels import Label, Rect
from throughflow.report.charts.map_plane import Plane, View
from throughflow.report.scale import nice_ticks

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from markupsafe import Markup

    from throughflow.dossier.model import HubLine
    from throughflow.reference.boundaries import Area

# Recorded over expected from which the next, darker shade begins.
EDGES = (1.0, 1.5, 2.0, 3.0)
# A shape of fewer square pixels than this gets a dot of its shade, or nobody would see it.
SMALL = 30.0
DOT = 4.0
KEY_LINE = 22.0
NOTE_LINE = 17.0
CHARACTER = 7.0


@dataclass(frozen=True, slots=True)
class Frame:
    """Sizes of one form of the figure, and the parts of the world it may show, narrowest first."""

    width: float
    views: tuple[View, ...]
    largest: float
    labels: int


_WORLD = View(0, boundaries.frame()[0], 0, boundaries.frame()[1])
# Europe to Central Asia, and Europe to the Pacific with the Gulf and the Strait of Malacca.
_NEAR = View(3320, 5340, 110, 1230)
_FAR = View(3120, 6560, 60, 1880)
WIDE = Frame(960, (_NEAR, _FAR, _WORLD), 26, 10)
# A telephone shows less of the exporters, so that hubs keep their size, and never the whole world:
# what lies outside is named below the map.
NARROW = Frame(400, (View(3960, 5300, 60, 1320), View(3860, 6420, 60, 1960)), 20, 6)


@dataclass(frozen=True, slots=True)
class Drawn:
    """What a map says.

    Attributes:
        hubs: Destinations, those to be labelled first in front.
        exporters: Codes of the exporters covered.
        target: Code of the sanctioned state.
        target_name: Its name.
    """

    hubs: Sequence[HubLine]
    exporters: Collection[str]
    target: str
    target_name: str


def shade(line: HubLine) -> int | None:
    """Return the shade of a destination, 0 for less than expected; None where it cannot be told."""
    row = line.row
    if row.excess is None or not row.expected:
        return None
    return sum(row.actual / row.expected >= edge for edge in EDGES)


def seen(drawn: Drawn, frame: Frame) -> View:
    """Return the narrowest part of the world that holds every destination with a place on it."""
    known = boundaries.areas()
    places = [(known[h.code].x, known[h.code].y) for h in drawn.hubs if h.code in known]
    return next(
        (view for view in frame.views if all(view.holds(*place) for place in places)),
        frame.views[-1],
    )


def draw(drawn: Drawn, frame: Frame, name: str, title: str, description: str) -> Markup:
    """Draw the map with its key.

    Args:
        drawn: What it says.
        frame: Which form.
        name: Unique on the page.
        title: Text alternative, short.
        description: Text alternative, long.
    """
    excesses = [h.row.excess for h in drawn.hubs if h.row.excess is not None]
    most = max([*excesses, 0.0])
    key, top = _key(drawn, frame, name, most)
    plane = Plane(seen(drawn, frame), frame.width, top + 6)
    known = boundaries.areas()
    hubs = [(h, known[h.code]) for h in drawn.hubs if h.code in known]
    own = {h.code for h, _ in hubs} | {drawn.target}
    senders = [known[c] for c in sorted(drawn.exporters) if c in known and c not in own]
    given = own | {area.code for area in senders}
    rest = [area for code, area in known.items() if code not in given]
    shapes = [
        _shape(plane, rest, "map-land"),
        _shape(plane, senders, "map-exporter"),
        _shape(plane, [known[drawn.target]], "map-target") if drawn.target in known else "",
        *(_hub(plane, line, area, name) for line, area in hubs),
    ]
    circles = [
        (line, (*plane(area.x, area.y), _radius(line.row.excess, most, frame)))
        for line, area in hubs
        if plane.view.holds(area.x, area.y)
    ]
    edge = svg.element(
        "clipPath",
        svg.rect(0, plane.top, frame.width, plane.height, ""),
        id=f"{name}-clip",
    )
    parts = [
        edge,
        svg.hatch(f"{name}-w", "warn-hatch"),
        key,
        svg.element("g", *shapes, clip_path=f"url(#{name}-clip)"),
        *(_circle(line, at) for line, at in circles),
        *_labels(drawn, plane, frame, circles),
    ]
    bottom = plane.top + plane.height + 2
    beyond = [line.name for line, area in hubs if not plane.view.holds(area.x, area.y)]
    beyond += [line.name for line in drawn.hubs if line.code not in known]
    if beyond:
        for text in textwrap.wrap(
            f"Not on this part of the map: {words.listed(beyond)}.", int(frame.width / CHARACTER)
        ):
            bottom += NOTE_LINE
            parts.append(svg.text(0, bottom - 2, text, "tick"))
        bottom += 4
    return svg.figure(name, title, description, frame.width, bottom, *parts)


def _shape(plane: Plane, areas: Iterable[Area], class_: str) -> Markup:
    path = plane.path(areas)
    return svg.element("path", d=path, class_=class_) if path else svg.join(())


def _hub(plane: Plane, line: HubLine, area: Area, name: str) -> Markup:
    """Draw the mark of one destination: its shape in its shade, a dot where it has none."""
    found = shade(line)
    class_ = "map-hub" + (" own" if line.is_subject else "")
    fill = None if found is not None else f"url(#{name}-w)"
    class_ += f" heat-{found}" if found is not None else ""
    parts = []
    path = plane.path([area])
    if path:
        parts.append(svg.element("path", d=path, class_=class_, fill=fill))
    if not path or area.size * plane.scale**2 < SMALL:
        x, y = plane(area.x, area.y)
        parts.append(svg.element("circle", cx=x, cy=y, r=DOT, class_=class_, fill=fill))
    return svg.element("g", *parts, data_hub=line.code)


def _radius(excess: float | None, most: float, frame: Frame) -> float:
    """Return the radius whose circle has an area in proportion to the excess."""
    return frame.largest * (excess / most) ** 0.5 if excess and excess > 0 else 0.0


def _circle(line: HubLine, at: tuple[float, float, float]) -> Markup:
    x, y, radius = at
    if radius < 0.5:
        return svg.join(())
    low = line.row.excess_low
    return svg.circle(x, y, radius, "bubble" if low is not None and low > 0 else "bubble open")


def _labels(
    drawn: Drawn,
    plane: Plane,
    frame: Frame,
    circles: Sequence[tuple[HubLine, tuple[float, float, float]]],
) -> list[Markup]:
    wanted = [_words(line, at) for line, at in circles[: frame.labels]]
    target = _target(drawn, plane)
    if target is not None:
        # The target's own name gives way to nothing: it says which way the goods would go.
        wanted.insert(0, Label((f"{drawn.target_name}, the target",), ("map-note",), *target, 0))
    box = Rect(2, plane.top + 2, frame.width - 2, plane.top + plane.height - 2)
    taken = [Rect(x - r, y - r, x + r, y + r) for _, (x, y, r) in circles]
    return [map_labels.write(label, at) for label, at in map_labels.place(wanted, taken, box)]


def _words(line: HubLine, at: tuple[float, float, float]) -> Label:
    row = line.row
    x, y, radius = at
    name = line.name if line.role == "hub" else f"{line.name} ({line.role})"
    strong = "map-name strong" if line.is_subject else "map-name"
    if row.excess is None or not row.expected:
        return Label((name, "cannot tell"), (strong, "map-value warn-label"), x, y, radius)
    value = f"{words.multiple(row.actual / row.expected)}, " + words.signed_amount(
        row.excess, row.currency
    )
    return Label((name, value), (strong, "map-value"), x, y, radius)


def _target(drawn: Drawn, plane: Plane) -> tuple[float, float] | None:
    """Return a place on what the view shows of the target, in its middle as far as can be."""
    area = boundaries.areas().get(drawn.target)
    return None if area is None else plane.middle(area)


def _key(drawn: Drawn, frame: Frame, name: str, most: float) -> tuple[Markup, float]:
    """Explain shades and circles in words beside them; return it with the place below it."""
    sample, amount = _sample(drawn, most)
    bounds = [f"{edge:g}" for edge in EDGES]
    items = [
        ("", "Recorded over expected:"),
        ("map-hub heat-0", f"below {bounds[0]}×"),
        *(
            (f"map-hub heat-{i}", f"{low}–{high}×")
            for i, (low, high) in enumerate(pairwise(bounds), start=1)
        ),
        (f"map-hub heat-{len(EDGES)}", f"{bounds[-1]}× and more"),
    ]
    if any(shade(line) is None for line in drawn.hubs):
        items.append(("hatch", "cannot tell"))
    if drawn.exporters:
        items.append(("map-exporter", "exporters covered"))
    if most > 0:
        items.append(("bubble", f"area: excess, {amount}"))
        items.append(("bubble open", "interval reaches down to none"))
    parts, x, y = [], 0.0, KEY_LINE / 2
    for class_, text in items:
        before = 0.0 if not class_ else 36.0 if class_.startswith("bubble") else 24.0
        wide = before + CHARACTER * len(text)
        if x and x + wide > frame.width:
            x, y = 0.0, y + KEY_LINE
        if class_ == "hatch":
            parts.append(svg.filled(x, y - 6, 18, 12, f"{name}-w"))
        elif class_.startswith("bubble"):
            radius = _radius(sample, most, frame) if class_ == "bubble" else 7.0
            parts.append(svg.circle(x + 15, y, min(radius, 15.0), class_))
        elif class_:
            parts.append(svg.rect(x, y - 6, 18, 12, class_))
        parts.append(svg.text(x + before, y + 4.5, text, "tick"))
        x += wide + 16
    return svg.join(parts), y + KEY_LINE / 2


def _sample(drawn: Drawn, most: float) -> tuple[float, str]:
    """Return a round excess for the key, small enough for its circle to fit there, in words."""
    if most <= 0:
        return 0.0, ""
    value = nice_ticks(0, most / 4, 1)[-1]
    value = value if value <= most / 3 else value / 2
    return value, words.amount(value, drawn.hubs[0].row.currency)
