"""What was said beside what trade did, on one time axis.

The trade series as in the dossier's first figure, the statements as labelled marks across it, and
below the axis a lane for each claim: the months it speaks of, with its verdict.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from throughflow.report import svg, words
from throughflow.report.charts import monthly, said_lane
from throughflow.report.scale import Linear

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from markupsafe import Markup

    from throughflow.dossier.model import Monthly
    from throughflow.report.charts.monthly import Frame, Story

WIDE = monthly.WIDE
NARROW = monthly.NARROW
ROW = 16.0
LANE, LANE_GAP = 20.0, 9.0
# Marks beyond these keep their line and lose their label; lanes beyond these are in the table.
MOST_LABELS, MOST_LANES = 8, 12
# About how wide a letter of a label is.
LETTER = 6.8


@dataclass(frozen=True, slots=True)
class Mark:
    """Something said or done on a day.

    Attributes:
        day: When.
        long: Label on wide pages.
        short: Label on narrow screens.
    """

    day: date
    long: str
    short: str


@dataclass(frozen=True, slots=True)
class Lane:
    """The months one claim speaks of.

    Attributes:
        first: First month.
        last: Last month.
        verdict: Its verdict, which gives it its shade.
        long: Its words on wide pages, the verdict among them.
        short: Its words on narrow screens.
    """

    first: date
    last: date
    verdict: str
    long: str
    short: str


def draw(
    story: Story,
    marks: Sequence[Mark],
    lanes: Sequence[Lane],
    frame: Frame,
    name: str,
    title: str,
    description: str,
) -> Markup:
    """Draw the figure in one of its forms.

    Args:
        story: The trade series; its panel of direct exports is not drawn.
        marks: Statements, and the month goods were restricted.
        lanes: Claims with their windows, in order.
        frame: Sizes.
        name: Unique on the page.
        title: What the figure is.
        description: What it shows, in words with numbers.
    """
    series = story.monthly
    places = Linear(0, max(len(series.months) - 1, 1), frame.left, frame.width - frame.right)
    shown = sorted((m for m in marks if _inside(m.day, series)), key=lambda m: m.day)
    labelled = shown[-MOST_LABELS:]
    top = 42.0 + ROW * len(labelled)
    bottom = top + frame.upper
    lowest = bottom + 36 + (LANE + LANE_GAP) * min(len(lanes), MOST_LANES)
    parts = [
        svg.hatch(f"{name}-h", "warn-hatch"),
        monthly.untold(series, places, top, bottom, f"{name}-h"),
        monthly.panel(story, frame, places, top, bottom),
        _marks(shown, labelled, series, frame, places, (top, lowest)),
        _lanes(lanes[:MOST_LANES], series, frame, places, bottom + 36),
        monthly.time_axis(series.months, places, bottom, frame),
    ]
    return svg.figure(name, title, description, frame.width, lowest + 4, *parts)


def _inside(day: date, series: Monthly) -> bool:
    return series.months[0] <= day.replace(day=1) <= series.months[-1]


def _place(day: date, series: Monthly, places: Linear) -> float:
    return said_lane.of_day(day, series.months, places)


def _marks(
    shown: Sequence[Mark],
    labelled: Sequence[Mark],
    series: Monthly,
    frame: Frame,
    places: Linear,
    ends: tuple[float, float],
) -> Markup:
    """Draw a line per mark; later labels lie higher, so that no line crosses one."""
    top, lowest = ends
    parts = []
    for mark in shown:
        x = _place(mark.day, series, places)
        if mark not in labelled:
            parts.append(svg.line(x, top, x, lowest, "date-minor"))
            continue
        row = len(labelled) - 1 - labelled.index(mark)
        high = top - 24 - ROW * (len(labelled) - 1 - row)
        text = mark.short if frame.is_narrow else mark.long
        parts.append(svg.line(x, high - 11, x, lowest, "date"))
        # Labels lie left of their line unless the page ends there.
        is_left = x - frame.left > LETTER * len(text)
        parts.append(
            svg.text(x - 5 if is_left else x + 5, high, text, "date-label",
                     "end" if is_left else "start")
        )  # fmt: skip
    return svg.join(parts)


def _lanes(
    lanes: Sequence[Lane], series: Monthly, frame: Frame, places: Linear, top: float
) -> Markup:
    """Shade the months of each claim, with its words and verdict beside or inside."""
    parts = []
    for number, lane in enumerate(lanes):
        y = top + number * (LANE + LANE_GAP)
        first = max(lane.first, series.months[0])
        last = min(lane.last, series.months[-1])
        if first > last:
            continue
        left = max(places(series.months.index(first) - 0.5), frame.left)
        right = min(places(series.months.index(last) + 0.5), frame.width - frame.right)
        parts.append(svg.rect(left, y, right - left, LANE, f"claim {lane.verdict}"))
        text = lane.short if frame.is_narrow else lane.long
        x, anchor = left - 7, "end"
        if left - frame.left < LETTER * len(text):
            x, anchor = right + 7, "start"
        parts.append(svg.text(x, y + LANE - 5.5, text, "claim-word", anchor))
    return svg.join(parts)


def label(mark: Mark) -> str:
    """Return a mark in words, for the text alternative."""
    return f"{words.day(mark.day)}: {mark.long.partition(': ')[2] or mark.long}"
