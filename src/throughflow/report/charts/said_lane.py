"""What a state said and did, as a lane of small marks below the axis of months.

A claim that trade can test is a diamond, any other act a dot, a vote a tick. Only claims are
labelled, those that lie close together by one label; every mark has its words as its title.
"""

from __future__ import annotations

from calendar import monthrange
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from throughflow.report import svg, words

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from markupsafe import Markup

    from throughflow.report.scale import Linear

CLAIM, ACT, VOTE = "claim", "act", "vote"
# From the axis above: its years, then the title, then the lane.
TITLE_AT: Final = 42.0
LANE_AT: Final = 62.0
LABELS: Final = 21.0
# About how wide a letter of a label is; labels stand this far apart.
LETTER: Final = 6.6
APART: Final = 10.0


@dataclass(frozen=True, slots=True)
class Said:
    """Something a state said or did.

    Attributes:
        day: When; the first day it can have been.
        shape: ``claim``, ``act`` or ``vote``.
        name: What its label calls it, such as ``pledge``.
        words: What was said, for its title.
    """

    day: date
    shape: str
    name: str
    words: str


@dataclass(frozen=True, slots=True)
class Label:
    """One label for the claims that lie close together: its middle and its words."""

    x: float
    text: str

    @property
    def half(self) -> float:
        """Half of about how wide it is."""
        return LETTER * len(self.text) / 2


def of_day(day: date, months: Sequence[date], places: Linear) -> float:
    """Return where a day lies: a month's point stands for its middle."""
    month = months.index(day.replace(day=1))
    return places(month - 0.5 + (day.day - 1) / monthrange(day.year, day.month)[1])


def inside(said: Sequence[Said], months: Sequence[date]) -> list[Said]:
    """Leave out what was said before the first month or after the last one, in order of time."""
    kept = [one for one in said if months[0] <= one.day.replace(day=1) <= months[-1]]
    return sorted(kept, key=lambda one: (one.day, one.name))


def height(said: Sequence[Said], months: Sequence[date]) -> float:
    """Return how far below the axis the lane reaches; 0 where there is none."""
    shown = inside(said, months)
    if not shown:
        return 0.0
    return LANE_AT + (LABELS if any(one.shape == CLAIM for one in shown) else 8.0)


def draw(
    said: Sequence[Said],
    months: Sequence[date],
    places: Linear,
    axis: float,
    ends: tuple[float, float],
    title: str,
    *,
    is_narrow: bool,
) -> Markup:
    """Draw the lane.

    Args:
        said: What was said and done; what lies outside the months is only counted.
        months: Months of the axis.
        places: Places of the months.
        axis: Height of the axis above.
        ends: Left and right end of the axis.
        title: Title of the lane.
        is_narrow: Whether labels are the short ones.
    """
    shown = inside(said, months)
    if not shown:
        return svg.join(())
    y = axis + LANE_AT
    parts = [
        svg.text(0, axis + TITLE_AT, title, "panel-title"),
        svg.line(ends[0], y, ends[1], y, "grid"),
    ]
    claims_last = sorted(shown, key=lambda one: one.shape == CLAIM)
    parts += [_mark(one, of_day(one.day, months, places), y) for one in claims_last]
    claims = [(of_day(one.day, months, places), one.name) for one in shown if one.shape == CLAIM]
    parts += [
        svg.text(label.x, y + LABELS - 3, label.text, "date-label", "middle")
        for label in labels(claims, ends[1])
    ]
    parts.append(svg.text(ends[1] + 10, y + 4, f"{words.exact(len(shown))} shown", "tick"))
    outside = len(said) - len(shown)
    if outside:
        told = f"{words.exact(outside)} {'outside' if is_narrow else 'in other months'}"
        parts.append(svg.text(ends[1] + 10, y + 20, told, "tick"))
    return svg.join(parts)


def _mark(one: Said, x: float, y: float) -> Markup:
    if one.shape == CLAIM:
        shape = svg.diamond(x, y, 5.5, "said-claim")
    elif one.shape == VOTE:
        shape = svg.line(x, y - 5.5, x, y + 5.5, "said-vote")
    else:
        shape = svg.circle(x, y, 3.2, "said-act")
    return svg.element("g", svg.element("title", one.words), shape)


def labels(claims: Sequence[tuple[float, str]], right: float) -> list[Label]:
    """Return labels that do not touch: neighbours that would are told by one label.

    Args:
        claims: Place and name of each, in order.
        right: Where the page's own labels begin.
    """
    groups: list[list[tuple[float, str]]] = [[one] for one in claims]
    number = 1
    while number < len(groups):
        before, after = (_label(groups[i], right) for i in (number - 1, number))
        if after.x - before.x < before.half + after.half + APART:
            groups[number - 1 : number + 1] = [groups[number - 1] + groups[number]]
            number = max(number - 1, 1)
        else:
            number += 1
    return [_label(group, right) for group in groups]


def _label(group: Sequence[tuple[float, str]], right: float) -> Label:
    counted = Counter(name for _, name in group)
    text = ", ".join(
        name if len(group) == 1 else words.count(number, name, f"{name}s")
        for name, number in counted.items()
    )
    label = Label((group[0][0] + group[-1][0]) / 2, text)
    return Label(min(label.x, right - label.half), text)
