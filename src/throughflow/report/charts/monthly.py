"""Figure 1: the whole story on one time axis.

Recorded exports to the hub as a line, expected exports as a band, the gap between them shaded;
below, on the same months, direct exports to the target.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from throughflow.report import svg, words
from throughflow.report.charts import said_lane
from throughflow.report.scale import Linear, nice_ticks, spread_apart

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from markupsafe import Markup

    from throughflow.dossier.model import Monthly, Restriction
    from throughflow.report.charts.said_lane import Said

    Values = Sequence[float | None]


@dataclass(frozen=True, slots=True)
class Frame:
    """Sizes of one form of the figure, in its own coordinates.

    Attributes:
        width: Whole width.
        left: Room for the labels of the value axis.
        right: Room for the labels of the lines.
        upper: Height of the main panel.
        lower: Height of the panel of direct exports.
        is_narrow: Whether labels are the short ones.
    """

    width: float
    left: float
    right: float
    upper: float
    lower: float
    is_narrow: bool


WIDE = Frame(960, 44, 150, 300, 96, is_narrow=False)
NARROW = Frame(400, 40, 74, 230, 84, is_narrow=True)
# Direct labels stand this far apart.
LINE = 17.0
# Room above the panel for the labels of restriction dates.
DATES = 58.0
ROW = 16.0
SHOWN_DATES = 3


@dataclass(frozen=True, slots=True)
class Story:
    """What the figure shows.

    Attributes:
        hub: Name of the hub.
        target: Name of the target.
        monthly: Exports of restricted goods to the hub.
        direct: The same goods' direct exports to the target, None where they are not loaded.
        restrictions: Months from which goods are restricted.
        gap: Words for the shaded gap, such as ``+€780 million``; empty for none.
        currency: Currency of the values.
        said: What the state said and did, for a lane below the axis.
    """

    hub: str
    target: str
    monthly: Monthly
    direct: Monthly | None
    restrictions: Sequence[Restriction]
    gap: str
    currency: str
    said: Sequence[Said] = ()


def draw(story: Story, frame: Frame, name: str, title: str, description: str) -> Markup:
    """Draw the figure in one of its forms."""
    series = story.monthly
    places = Linear(0, max(len(series.months) - 1, 1), frame.left, frame.width - frame.right)
    top = DATES
    bottom = top + frame.upper
    parts = [
        svg.hatch(f"{name}-h", "warn-hatch"),
        untold(series, places, top, bottom, f"{name}-h"),
        panel(story, frame, places, top, bottom),
    ]
    height = bottom + 26
    ends = [bottom]
    lane = said_lane.draw(
        story.said, series.months, places, bottom, (frame.left, frame.width - frame.right),
        f"Said and done by {story.hub}", is_narrow=frame.is_narrow,
    )  # fmt: skip
    if lane:
        height = bottom + said_lane.height(story.said, series.months)
    if story.direct is not None:
        second = height + 44
        height = second + frame.lower + 26
        ends.append(second + frame.lower)
        parts.append(_direct(story, story.direct, frame, places, second))
    parts += [_dates(story.restrictions, series.months, frame, places, top, ends[-1])]
    parts += [time_axis(series.months, places, end, frame) for end in ends]
    parts.append(lane)
    return svg.figure(name, title, description, frame.width, height, *parts)


def panel(story: Story, frame: Frame, places: Linear, top: float, bottom: float) -> Markup:
    """Draw recorded and expected exports with the gap between them, and the value axis."""
    series = story.monthly
    ticks = _ticks(series.actual, series.high_90, most=5)
    scale = Linear(0, ticks[-1], bottom, top)
    parts = [_grid(ticks, scale, frame, story.currency)]
    for low, high, class_ in (
        (series.low_90, series.high_90, "band-90"),
        (series.low_50, series.high_50, "band-50"),
    ):
        parts += [
            svg.area([(x, y) for x, _, y in run], [(x, y) for x, y, _ in run], class_)
            for run in _pairs(low, high, places, scale)
        ]
    parts += _gaps(series, places, scale)
    parts.append(svg.lines(_runs(series.expected, places, scale), "line-expected"))
    parts.append(svg.lines(_runs(series.actual, places, scale), "line-actual"))
    parts.append(_ends(story, frame, scale, top, bottom))
    return svg.join(parts)


def _direct(story: Story, series: Monthly, frame: Frame, places: Linear, top: float) -> Markup:
    bottom = top + frame.lower
    ticks = _ticks(series.actual, series.expected, most=2)
    scale = Linear(0, ticks[-1], bottom, top)
    heading = (
        f"Direct to {story.target}"
        if frame.is_narrow
        else f"The same goods sent directly to {story.target} (own scale)"
    )
    x = frame.width - frame.right + 10
    labels: list[tuple[float, str, str]] = []
    for values, text, class_ in (
        (series.actual, "recorded", "label-actual"),
        (series.expected, "expected", "label-expected"),
    ):
        last = _last(values)
        if last is not None:
            labels.append((scale(last), text, class_))
    heights = spread_apart([y for y, _, _ in labels], LINE, top, bottom)
    return svg.join(
        [
            svg.text(0, top - 14, heading, "panel-title"),
            _grid(ticks, scale, frame, story.currency, has_unit=False),
            svg.lines(_runs(series.expected, places, scale), "line-expected"),
            svg.lines(_runs(series.actual, places, scale), "line-actual"),
            *(
                svg.text(x, y + 4, text, class_)
                for y, (_, text, class_) in zip(heights, labels, strict=True)
            ),
        ]
    )


def _ends(story: Story, frame: Frame, scale: Linear, top: float, bottom: float) -> Markup:
    """Label each line and band where it ends, moved apart where they would touch."""
    series = story.monthly
    wanted: list[tuple[float, str, str]] = []

    def add(value: float | None, long: str, short: str, class_: str) -> None:
        if value is not None:
            wanted.append((scale(value), short if frame.is_narrow else long, class_))

    add(_last(series.actual), "Recorded", "Recorded", "label-actual strong")
    add(_last(series.high_90), f"90{words.THIN}% interval", f"90{words.THIN}%", "label-band")
    add(_last(series.high_50), f"50{words.THIN}% interval", f"50{words.THIN}%", "label-band")
    add(_last(series.expected), "Expected", "Expected", "label-expected strong")
    heights = spread_apart([y for y, _, _ in wanted], LINE, top + 4, bottom - 2)
    x = frame.width - frame.right + 10
    parts = [
        svg.text(x, y + 4, text, class_)
        for y, (_, text, class_) in zip(heights, wanted, strict=True)
    ]
    last, base = _last(series.actual), _last(series.expected)
    if story.gap and not frame.is_narrow and last is not None and base is not None:
        above = min(heights, default=top) + 4
        parts.append(svg.text(x, above - LINE - 16, story.gap, "label-gap"))
        parts.append(svg.text(x, above - LINE, "shaded, all months net", "label-band"))
    return svg.join(parts)


def _gaps(series: Monthly, places: Linear, scale: Linear) -> list[Markup]:
    """Shade between recorded and expected: more in the accent, less in grey.

    Where the two lines cross between months, both shades meet in the crossing.
    """
    both = _pairs(series.expected, series.actual, places, scale)
    parts = []
    for run in both:
        points = [run[0]]
        for (x0, a0, b0), (x1, a1, b1) in pairwise(run):
            before, after = b0 - a0, b1 - a1
            if before * after < 0:
                part = before / (before - after)
                at = a0 + (a1 - a0) * part
                points.append((x0 + (x1 - x0) * part, at, at))
            points.append((x1, a1, b1))
        more = [(x, expected, min(expected, actual)) for x, expected, actual in points]
        less = [(x, expected, max(expected, actual)) for x, expected, actual in points]
        for shape, class_ in ((more, "gap-more"), (less, "gap-less")):
            parts.append(
                svg.area([(x, y) for x, _, y in shape], [(x, y) for x, y, _ in shape], class_)
            )
    return parts


def untold(series: Monthly, places: Linear, top: float, bottom: float, pattern: str) -> Markup:
    """Hatch the months in which not every exporter had reported."""
    half = (places(1) - places(0)) / 2
    return svg.join(
        svg.filled(places(i) - half, top, 2 * half, bottom - top, pattern)
        for i, value in enumerate(series.actual)
        if value is None
    )


def _dates(
    restrictions: Sequence[Restriction],
    months: Sequence[date],
    frame: Frame,
    places: Linear,
    top: float,
    bottom: float,
) -> Markup:
    """Mark restriction dates; the largest are labelled, in rows so that labels do not touch."""
    inside = [r for r in restrictions if r.month in months]
    largest = sorted(inside, key=lambda r: -r.families)[:SHOWN_DATES]
    named = {r.month for r in largest}
    parts, row = [], len(named) - 1
    for entry in sorted(inside, key=lambda r: r.month):
        # Goods are restricted from the first day of the month, half a step before its point.
        x = places(months.index(entry.month) - 0.5)
        if entry.month not in named:
            parts.append(svg.line(x, top, x, bottom, "date-minor"))
            continue
        label = f"{words.month_short(entry.month)}: {words.exact(entry.families)} listed goods"
        if frame.is_narrow:
            label = f"{entry.month:%b %y}: {words.exact(entry.families)} goods"
        # Labels lie left of their mark; later ones lie higher, so that no mark crosses a label.
        high = top - 40 + ROW * row
        parts.append(svg.line(x, high - 11, x, bottom, "date"))
        parts.append(svg.text(x - 5, high, label, "date-label", "end"))
        row -= 1
    return svg.join(parts)


def time_axis(months: Sequence[date], places: Linear, bottom: float, frame: Frame) -> Markup:
    """Draw the time axis: a tick per January, the year under the middle of its months."""
    parts = [svg.line(frame.left, bottom, frame.width - frame.right, bottom, "axis")]
    years = sorted({m.year for m in months})
    for year in years:
        at = [i for i, m in enumerate(months) if m.year == year]
        start = places(at[0] - 0.5) if at[0] else places(0)
        parts.append(svg.line(start, bottom, start, bottom + 6, "axis"))
        middle = (places(at[0]) + places(at[-1])) / 2
        parts.append(svg.text(middle, bottom + 19, str(year), "tick", "middle"))
    return svg.join(parts)


def _grid(
    ticks: Sequence[float], scale: Linear, frame: Frame, currency: str, *, has_unit: bool = True
) -> Markup:
    parts = []
    for tick in ticks:
        y = scale(tick)
        if tick:
            parts.append(svg.line(frame.left, y, frame.width - frame.right, y, "grid"))
        label = words.millions(tick, 0 if tick >= 1e6 or not tick else 2)
        parts.append(svg.text(frame.left - 7, y + 4, label, "tick", "end"))
    if has_unit:
        y = scale(ticks[-1]) - 14
        parts.append(svg.text(0, y, f"{words.unit(currency)} a month", "tick"))
    return svg.join(parts)


def _ticks(*series: Values, most: int) -> list[float]:
    highest = max((v for values in series for v in values if v is not None), default=0.0)
    return nice_ticks(0.0, highest, most)


def _last(values: Values) -> float | None:
    return next((v for v in reversed(values) if v is not None), None)


def _runs(values: Values, places: Linear, scale: Linear) -> list[list[svg.Point]]:
    runs: list[list[svg.Point]] = [[]]
    for i, value in enumerate(values):
        if value is not None:
            runs[-1].append((places(i), scale(value)))
        elif runs[-1]:
            runs.append([])
    return [run for run in runs if run]


def _pairs(
    low: Values, high: Values, places: Linear, scale: Linear
) -> list[list[tuple[float, float, float]]]:
    """Return runs of months that have both values: places (x, y of low, y of high)."""
    runs: list[list[tuple[float, float, float]]] = [[]]
    for i, (a, b) in enumerate(zip(low, high, strict=True)):
        if a is not None and b is not None:
            runs[-1].append((places(i), scale(a), scale(b)))
        elif runs[-1]:
            runs.append([])
    return [run for run in runs if len(run) > 1]
