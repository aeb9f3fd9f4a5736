"""Flows as ribbons: who sent, where it came through, what can have gone on, what stayed.

Widths are proportional to value. The hatched part of a ribbon is what is not sure of it; what that
means is said beside each figure. Labels stand at their nodes, with intervals in words.
"""

from __future__ import annotations

import textwrap
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from throughflow.report import svg
from throughflow.report.charts import sankey_layout
from throughflow.report.scale import spread_apart

if TYPE_CHECKING:
    from collections.abc import Sequence

    from markupsafe import Markup

    from throughflow.report.charts.sankey_layout import Box, Course, Diagram, Node, Ribbon


@dataclass(frozen=True, slots=True)
class Frame:
    """Sizes of one form of the figure.

    Attributes:
        width: Whole width.
        left: Where the first column begins.
        right: Where the last column begins.
        second: Where the second of three columns begins, as a share of the way.
        height: Height of the fullest column's ribbons.
        is_narrow: Whether labels stand above their nodes, those of the last column apart.
        is_last_beside: Whether labels of the last column stand to the right of it.
    """

    width: float
    left: float
    right: float
    second: float
    height: float
    is_narrow: bool
    is_last_beside: bool


WIDE = Frame(960, 246, 620, 0.5, 270, is_narrow=False, is_last_beside=True)
NARROW = Frame(400, 0, 192, 0.6, 260, is_narrow=True, is_last_beside=True)
WIDE_NETWORK = Frame(960, 236, 716, 0.5, 250, is_narrow=False, is_last_beside=True)
# Several columns of hubs need the whole width of a narrow page, and the target's label is short.
NARROW_NETWORK = Frame(400, 0, 392, 0.42, 240, is_narrow=True, is_last_beside=False)
BAR = 8.0
LINE = 17.0
NARROW_LINE = 15.5
# Letters of a line on a narrow page: beside the last column, and above nodes of many columns.
NARROW_LETTERS = 27
FEWEST_LETTERS = 18
SENDER_LETTERS = 13
# Thinner than this a ribbon or a node would not be seen.
THINNEST = 1.2
# A hatched rest thinner than this beside a solid part says nothing.
UNSEEN = 0.3


def draw(diagram: Diagram, frame: Frame, name: str, title: str, description: str) -> Markup:
    """Draw a diagram in one of its forms.

    Args:
        diagram: Nodes and ribbons.
        frame: Which form.
        name: Unique on the page.
        title: Text alternative, short.
        description: Text alternative, long.
    """
    last = max(node.column for node in diagram.nodes)
    diagram = _wrapped(diagram, frame)
    rooms = _rooms(diagram, last, frame)
    begin = _begin(diagram, rooms, frame)
    layout = sankey_layout.place(diagram, rooms, frame.height, begin=begin)
    places = [_x(column, last, frame) for column in range(last + 1)]
    parts = [svg.hatch(f"{name}-f", "flow-hatch", 7)]
    # The widest first, so that thin ones lie on top where they cross.
    drawn = sorted(
        zip(diagram.ribbons, layout.courses, strict=True), key=lambda pair: -pair[0].value
    )
    for ribbon, course in drawn:
        parts += _ribbon(ribbon, course, places, f"{name}-f")
    for node in diagram.nodes:
        box = layout.boxes[node.key]
        class_ = f"flow-node {node.place}"
        x = places[node.column]
        parts.append(svg.rect(x, box.top, BAR, max(box.height, THINNEST), class_))
    lowest = layout.height
    for column in range(last + 1):
        nodes = [node for node in diagram.nodes if node.column == column]
        made, reach = _labels(
            nodes,
            [layout.boxes[n.key] for n in nodes],
            places[column],
            column,
            last,
            frame,
            begin or 0.0,
        )
        parts += made
        lowest = max(lowest, reach)
    return svg.figure(name, title, description, frame.width, lowest + 12, *parts)


def _x(column: int, last: int, frame: Frame) -> float:
    if last == 0:
        return frame.left
    part = column / last
    # The exporters' labels are short and the last ones long, so the hub stands off the middle.
    if last == 2 and column == 1:
        part = frame.second
    return frame.left + (frame.right - frame.left) * part


def _wrapped(diagram: Diagram, frame: Frame) -> Diagram:
    """Break labels where a narrow page has no room for them."""
    if not frame.is_narrow:
        return diagram

    def broken(node: Node) -> Node:
        letters = FEWEST_LETTERS
        if frame.is_last_beside:
            letters = NARROW_LETTERS if node.column else SENDER_LETTERS
        parts = [textwrap.wrap(line, letters, break_long_words=False) for line in node.lines]
        lines = tuple(part for line in parts for part in line)
        return replace(node, lines=lines, name_lines=len(parts[0]))

    return replace(diagram, nodes=tuple(broken(node) for node in diagram.nodes))


def _is_above(column: int, last: int, frame: Frame) -> bool:
    """Tell whether the labels of a column stand above its nodes."""
    if column == last:
        return not frame.is_last_beside
    return frame.is_narrow or column > 0


def _rooms(diagram: Diagram, last: int, frame: Frame) -> dict[str, float]:
    """Return the room above each node: for its label, or to stand apart from the next."""
    line = NARROW_LINE if frame.is_narrow else LINE
    return {
        node.key: line * len(node.lines) + 9
        if _is_above(node.column, last, frame)
        else (9.0 if node.column == 0 else 18.0)
        for node in diagram.nodes
    }


def _begin(diagram: Diagram, rooms: dict[str, float], frame: Frame) -> float | None:
    """Return where narrow columns begin: at one line, below the highest of their first labels."""
    if not frame.is_narrow:
        return None
    first = {node.column: node.key for node in reversed(diagram.nodes)}
    return max(rooms[key] for key in first.values())


def _ribbon(ribbon: Ribbon, course: Course, places: Sequence[float], pattern: str) -> list[Markup]:
    """Draw a ribbon: the sure part solid above, the rest hatched below."""
    if ribbon.value <= 0:
        return []
    sure = course.thickness * min(max(ribbon.sure / ribbon.value, 0.0), 1.0)
    parts = []
    if sure > 0:
        path = _path(course, places, 0.0, max(sure, THINNEST))
        parts.append(svg.element("path", d=path, class_=f"flow {ribbon.kind}"))
    if course.thickness - sure > UNSEEN or not sure:
        path = _path(course, places, sure, max(course.thickness, sure + THINNEST))
        parts.append(svg.element("path", d=path, fill=f"url(#{pattern})"))
    return parts


def _path(course: Course, places: Sequence[float], above: float, below: float) -> str:
    """Write the outline of a ribbon between two distances from its upper edge."""
    n = len(course.columns)
    x_in = [places[c] for c in course.columns]
    x_out = [x + BAR for x in x_in]
    upper = [top + above for top in course.tops]
    lower = [top + below for top in course.tops]
    out = [f"M{_at(x_out[0], upper[0])}"]
    for i in range(1, n):
        middle = (x_out[i - 1] + x_in[i]) / 2
        out.append(f"C{_at(middle, upper[i - 1])} {_at(middle, upper[i])} {_at(x_in[i], upper[i])}")
        if i < n - 1:
            out.append(f"L{_at(x_out[i], upper[i])}")
    out.append(f"L{_at(x_in[-1], lower[-1])}")
    for i in range(n - 1, 0, -1):
        middle = (x_out[i - 1] + x_in[i]) / 2
        end = _at(x_out[i - 1], lower[i - 1])
        out.append(f"C{_at(middle, lower[i])} {_at(middle, lower[i - 1])} {end}")
        if i > 1:
            out.append(f"L{_at(x_in[i - 1], lower[i - 1])}")
    return "".join(out) + "Z"


def _at(x: float, y: float) -> str:
    return f"{svg.number(x)},{svg.number(y)}"


def _labels(
    nodes: Sequence[Node],
    boxes: Sequence[Box],
    x: float,
    column: int,
    last: int,
    frame: Frame,
    begin: float,
) -> tuple[list[Markup], float]:
    """Write the labels of a column; also return how far down they reach."""
    line = NARROW_LINE if frame.is_narrow else LINE
    if _is_above(column, last, frame):
        at, anchor = x + BAR / 2, "middle"
        if frame.is_narrow:
            at, anchor = (x + BAR, "end") if column == last else (x, "start")
        parts = [
            _lines(node, at, box.top - 7 - line * (len(node.lines) - 1), line, anchor)
            for node, box in zip(nodes, boxes, strict=True)
        ]
        return parts, 0.0
    at, anchor = (x - 9, "end") if column == 0 else (x + BAR + 9, "start")
    most = max((len(node.lines) for node in nodes), default=1)
    # A name and an amount stand in one line, so that exporters who sent little can be told apart.
    is_inline = column == 0 and most <= 2
    tall = line * (1 if is_inline else most)
    middles = [box.top + box.height / 2 for box in boxes]
    # Beside a narrow last column, labels stay below the hub's, which stands above its node.
    lowest = begin + tall / 2 if begin else tall / 2
    middles = spread_apart(middles, tall + (2 if is_inline else 9), lowest, float("inf"))
    parts = []
    for node, middle in zip(nodes, middles, strict=True):
        if is_inline:
            parts.append(_inline(node, at, middle + 5, anchor))
        else:
            first = middle - line * (len(node.lines) - 1) / 2 + 5
            parts.append(_lines(node, at, first, line, anchor))
    return parts, max(middles, default=0.0) + tall / 2


def _inline(node: Node, x: float, y: float, anchor: str) -> Markup:
    spans = [
        svg.element("tspan", text, class_="flow-name" if i == 0 else "flow-note")
        for i, text in enumerate((node.lines[0], *(f"  {line}" for line in node.lines[1:])))
    ]
    return svg.element("text", *spans, x=x, y=y, text_anchor=anchor, class_="flow-label")


def _lines(node: Node, x: float, first: float, line: float, anchor: str) -> Markup:
    return svg.join(
        svg.text(
            x, first + line * i, text, "flow-name" if i < node.name_lines else "flow-note", anchor
        )
        for i, text in enumerate(node.lines)
    )
