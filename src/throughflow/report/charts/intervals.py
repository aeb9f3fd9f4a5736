"""Intervals drawn as dots and whiskers: families in a table, shares in a table, and hubs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from throughflow.report import svg, words
from throughflow.report.scale import Linear, Log, decades, nice_ticks

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from markupsafe import Markup

    from throughflow.dossier.model import HubLine
    from throughflow.trade.finding import Row
    from throughflow.trade.mirror import Share

CELL_WIDTH = 190.0
CELL_HEIGHT = 22.0
SHARE_WIDTH = 132.0
MOST_LABELS = 5
BEYOND = "\N{SINGLE LEFT-POINTING ANGLE QUOTATION MARK}"


def family_scale(rows: Iterable[Row]) -> Log:
    """Return the one scale that all rows of the table share."""
    values = [
        v
        for row in rows
        for v in (row.actual, row.expected, row.low, row.high)
        if v is not None and v > 0
    ]
    # An interval that reaches down to nothing would stretch the scale without end.
    highest = max(values, default=1e6)
    lowest = max(min(values, default=1e4), highest / 1e4)
    ends = decades(lowest, highest)
    return Log(ends[0], ends[-1], 14, CELL_WIDTH - 16)


def family_axis(scale: Log) -> Markup:
    """Draw the scale's labels, for the head of the column."""
    ticks = decades(scale.low, scale.high)
    # Labels of neighbours would touch on a scale of many decades; the largest is always labelled.
    step = 1 if len(ticks) <= MOST_LABELS else 2
    labelled = set(ticks[::-1][::step])
    parts = []
    for tick in ticks:
        x = scale(tick)
        parts.append(svg.line(x, 15, x, CELL_HEIGHT, "axis"))
        if tick in labelled:
            decimals = 0 if tick >= 1e6 else 1 if tick >= 1e5 else 2 if tick >= 1e4 else 3
            parts.append(svg.text(x, 11, words.millions(tick, decimals), "tick", "middle"))
    return _cell(parts, CELL_WIDTH)


def family(row: Row, scale: Log) -> Markup:
    """Draw one row: the expected interval in grey, what was recorded as a dot."""
    middle = CELL_HEIGHT / 2
    parts = [
        svg.line(scale(tick), 0, scale(tick), CELL_HEIGHT, "grid")
        for tick in decades(scale.low, scale.high)
    ]
    if row.low is not None and row.high is not None and row.high > 0:
        start, end = scale(row.low), scale(row.high)
        parts.append(svg.rect(start, middle - 4, max(end - start, 1.5), 8, "interval"))
        if row.low < scale.low:
            # The interval goes on beyond the scale.
            parts.append(svg.text(2, middle + 5, BEYOND, "beyond"))
    if row.expected is not None and scale.holds(row.expected):
        x = scale(row.expected)
        parts.append(svg.line(x, middle - 7, x, middle + 7, "expected-tick"))
    if row.actual > 0:
        parts.append(svg.circle(scale(row.actual), middle, 4.5, "dot-actual"))
    return _cell(parts, CELL_WIDTH)


def share_scale(shares: Iterable[Share]) -> Linear:
    """Return the one scale that all shares of the table use; it always holds none and all."""
    values = [v for s in shares for v in (s.share_low, s.share_high)]
    return Linear(min([0.0, *values]) - 0.02, max([1.0, *values]) + 0.02, 4, SHARE_WIDTH - 4)


def share(value: Share, scale: Linear) -> Markup:
    """Draw one share with its interval; lines stand at none and at all."""
    middle = CELL_HEIGHT / 2
    return _cell(
        [
            svg.line(scale(0), 0, scale(0), CELL_HEIGHT, "zero"),
            svg.line(scale(1), 0, scale(1), CELL_HEIGHT, "grid"),
            svg.line(scale(value.share_low), middle, scale(value.share_high), middle, "whisker"),
            svg.circle(scale(value.share), middle, 4, "dot"),
        ],
        SHARE_WIDTH,
    )


def share_axis(scale: Linear) -> Markup:
    """Draw the labels of none and all, for the head of the column."""
    return _cell(
        [
            svg.text(scale(0), 14, "none", "tick", "middle"),
            svg.text(scale(1), 14, "all", "tick", "middle"),
        ],
        SHARE_WIDTH,
    )


def _cell(parts: Iterable[str], width: float) -> Markup:
    # The numbers stand in the same row of the table, so the drawing is hidden from screen readers.
    return svg.element(
        "svg",
        *parts,
        viewBox=f"0 0 {svg.number(width)} {svg.number(CELL_HEIGHT)}",
        width=width,
        height=CELL_HEIGHT,
        class_="cell",
        aria_hidden="true",
    )


@dataclass(frozen=True, slots=True)
class Frame:
    """Sizes of one form of the figure of hubs."""

    width: float
    left: float
    right: float
    row: float
    is_narrow: bool


WIDE = Frame(960, 190, 250, 38, is_narrow=False)
NARROW = Frame(400, 8, 14, 60, is_narrow=True)


def hubs(lines: Sequence[HubLine], frame: Frame, name: str, title: str, description: str) -> Markup:
    """Draw one row per hub: the excess on its rung with the interval, and on rung C."""
    told = [line for line in lines if line.row.excess is not None]
    values = [
        v
        for line in told
        for v in (line.row.excess, line.row.excess_low, line.row.excess_high, line.excess_c)
        if v is not None
    ]
    ticks = nice_ticks(min([0.0, *values]), max([0.0, *values]), 4 if frame.is_narrow else 7)
    scale = Linear(ticks[0], ticks[-1], frame.left, frame.width - frame.right)
    currency = lines[0].row.currency
    top = 60.0
    bottom = top + frame.row * len(lines)
    parts = [_key(lines[0].row.rung, frame, top - 48)]
    for tick in ticks:
        x = scale(tick)
        class_ = "zero" if not tick else "grid"
        parts.append(svg.line(x, top, x, bottom, class_))
        parts.append(svg.text(x, bottom + 18, words.millions(tick, 0), "tick", "middle"))
    parts.append(svg.text(frame.left, bottom + 36, f"Excess, {words.unit(currency)}", "tick"))
    for i, line in enumerate(lines):
        parts.append(_hub(line, scale, frame, top + frame.row * i))
    return svg.figure(name, title, description, frame.width, bottom + 44, *parts)


def _key(rung: str, frame: Frame, top: float) -> Markup:
    """Explain the two marks in words beside them."""
    first = "Excess with its 90 % interval"
    second = "on the pair’s own past alone (rung C)"
    if rung == "C":
        second = ""
    x = frame.left + 8
    parts = [
        svg.line(x - 8, top + 8, x + 24, top + 8, "whisker strong"),
        svg.circle(x + 8, top + 8, 5, "dot"),
        svg.text(x + 32, top + 12, first + (f" (rung {rung})" if rung else ""), "tick"),
    ]
    if second:
        at = (x, top + 28) if frame.is_narrow else (x + 290, top + 8)
        parts.append(svg.diamond(at[0] + 8, at[1], 5.5, "dot-hollow"))
        parts.append(svg.text(at[0] + 22, at[1] + 4, second, "tick"))
    return svg.join(parts)


def _hub(line: HubLine, scale: Linear, frame: Frame, top: float) -> Markup:
    row = line.row
    middle = top + (frame.row - 16 if frame.is_narrow else frame.row / 2)
    parts = []
    if line.is_subject:
        parts.append(svg.rect(0, top, frame.width, frame.row, "subject"))
    note = line.role if line.role != "hub" else "comparison" if line.is_comparison else ""
    name = svg.element(
        "text",
        line.name,
        svg.element("tspan", f"  {note}", class_="tick") if note else "",
        x=10 if not frame.is_narrow else 8,
        y=top + 18 if frame.is_narrow else middle + 5,
        class_="hub-name strong" if line.is_subject else "hub-name",
    )
    parts.append(name)
    if row.excess is None:
        parts.append(svg.text(scale(0) + 6, middle + 4, "cannot tell", "warn-label"))
        return svg.join(parts)
    x = scale(row.excess)
    if line.excess_c is not None and row.rung != "C":
        other = scale(line.excess_c)
        parts.append(svg.line(x, middle, other, middle, "between"))
        parts.append(svg.diamond(other, middle, 5.5, "dot-hollow"))
    if row.excess_low is not None and row.excess_high is not None:
        low, high = scale(row.excess_low), scale(row.excess_high)
        class_ = "whisker strong" if line.is_subject else "whisker"
        parts.append(svg.line(low, middle, high, middle, class_))
    parts.append(svg.circle(x, middle, 5, "dot"))
    interval = words.millions_range(row.excess_low, row.excess_high, 0)
    value = f"{words.millions(row.excess, 0)} ({interval})"
    y = top + 18 if frame.is_narrow else middle + 5
    parts.append(svg.text(frame.width - 10, y, value, "hub-value", "end"))
    return svg.join(parts)
