"""Small multiples: one panel per exporter, all on one scale."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from throughflow.report import svg, words
from throughflow.report.scale import Linear, nice_ticks

if TYPE_CHECKING:
    from collections.abc import Sequence

    from markupsafe import Markup

    from throughflow.dossier.model import Exporter


@dataclass(frozen=True, slots=True)
class Frame:
    """Sizes of one form of the figure."""

    width: float
    columns: int
    height: float


WIDE = Frame(960, 4, 150)
NARROW = Frame(400, 2, 140)
HEAD = 44.0
FOOT = 26.0
BETWEEN = 22.0
AXIS = 30.0


def draw(
    exporters: Sequence[Exporter], frame: Frame, name: str, title: str, description: str
) -> Markup:
    """Draw the panels, row by row, in the order given."""
    highest = max(
        (
            v
            for e in exporters
            for values in (e.monthly.actual, e.monthly.expected)
            for v in values
            if v is not None
        ),
        default=0.0,
    )
    ticks = nice_ticks(0.0, highest, 3)
    width = (frame.width - AXIS - BETWEEN * (frame.columns - 1)) / frame.columns
    rows = -(-len(exporters) // frame.columns)
    parts = []
    for i, exporter in enumerate(exporters):
        left = AXIS + (i % frame.columns) * (width + BETWEEN)
        top = (i // frame.columns) * frame.height
        has_axis = i % frame.columns == 0
        parts.append(_panel(exporter, ticks, left, top, width, frame, has_axis=has_axis))
    return svg.figure(name, title, description, frame.width, rows * frame.height, *parts)


def _panel(
    exporter: Exporter,
    ticks: Sequence[float],
    left: float,
    top: float,
    width: float,
    frame: Frame,
    *,
    has_axis: bool,
) -> Markup:
    months = exporter.monthly.months
    bottom = top + frame.height - FOOT
    scale = Linear(0, ticks[-1], bottom, top + HEAD)
    places = Linear(0, max(len(months) - 1, 1), left, left + width)
    row = exporter.row
    told = [i for i, v in enumerate(exporter.monthly.expected) if v is not None]
    parts = []
    if told:
        start = places(told[0] - 0.5)
        parts.append(
            svg.rect(start, top + HEAD, places(told[-1]) - start, bottom - top - HEAD, "window")
        )
    for tick in ticks:
        y = scale(tick)
        parts.append(svg.line(left, y, left + width, y, "grid" if tick else "axis"))
        if has_axis:
            parts.append(svg.text(left - 5, y + 4, words.millions(tick, 0), "tick", "end"))
    if row.excess is None:
        value, class_ = "cannot tell", "warn-label"
    else:
        value = ("+" if row.excess > 0 else "") + words.millions(row.excess, 0)
        value += f"  ({words.millions_range(row.excess_low, row.excess_high, 0)})"
        class_ = "panel-value"
    parts += [
        svg.text(left, top + 16, exporter.name, "panel-title"),
        svg.text(left, top + 33, value, class_),
        svg.lines(_runs(exporter.monthly.expected, places, scale), "line-expected thin"),
        svg.lines(_runs(exporter.monthly.actual, places, scale), "line-actual thin"),
    ]
    for year in sorted({m.year for m in months}):
        at = [i for i, m in enumerate(months) if m.year == year]
        middle = (places(at[0]) + places(at[-1])) / 2
        parts.append(svg.text(middle, bottom + 16, f"’{year % 100:02d}", "tick", "middle"))
    return svg.join(parts)


def _runs(values: Sequence[float | None], places: Linear, scale: Linear) -> list[list[svg.Point]]:
    runs: list[list[svg.Point]] = [[]]
    for i, value in enumerate(values):
        if value is not None:
            runs[-1].append((places(i), scale(value)))
        elif runs[-1]:
            runs.append([])
    return [run for run in runs if run]
