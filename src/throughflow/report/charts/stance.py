"""A state's stance as a quiet strip: votes, acts and memberships on one axis of months.

What is like the target lies high, what is unlike it low; nothing is added up.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from throughflow.report import svg, words
from throughflow.report.scale import Linear
from throughflow.statements.agreement import HALF, OPPOSITE, SAME

if TYPE_CHECKING:
    from collections.abc import Sequence

    from markupsafe import Markup

    from throughflow.statements.agreement import Agreement
    from throughflow.statements.stance import Act, Stance, Tie
    from throughflow.statements.standing import Standing
    from throughflow.statements.votes import VoteLine


@dataclass(frozen=True, slots=True)
class Frame:
    """Sizes of one form of the figure."""

    width: float
    left: float
    right: float
    panel: float
    most_months: int
    is_narrow: bool


WIDE: Final = Frame(960, 112, 176, 84, 120, is_narrow=False)
NARROW: Final = Frame(400, 104, 8, 72, 48, is_narrow=True)
LANE: Final = 21.0
TIE: Final = 9.0
# Room above a panel for its title, and between panels.
TITLE: Final = 30.0
GAP: Final = 16.0
HEIGHTS: Final = {SAME: 1.0, HALF: 0.5, OPPOSITE: 0.0}
MARK: Final = 7.5
# The label of a year needs this much room.
YEAR: Final = 24.0
# A number fits into a mark of this size.
HOLDS_NUMBER: Final = 6.5
GROUPS: Final = {
    "EAEU": "EAEU", "customs-union": "customs union", "CSTO": "CSTO", "CIS": "CIS",
    "coalition": "coalition",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Lane:
    """Acts of one side, month by month.

    Attributes:
        side: -1 against the target, 0 neutral, 1 in favour, None where none is given.
        label: Its name on the page.
        class_: Class of its marks.
        months: Acts that fall into each month whole.
    """

    side: int | None
    label: str
    class_: str
    months: tuple[tuple[Act, ...], ...]

    @property
    def count(self) -> int:
        """How many acts there are in all months."""
        return sum(len(one) for one in self.months)


LANES: Final = (
    (1, "in favour", "act in-favour"),
    (0, "neutral", "act neutral"),
    (-1, "against", "act against"),
    (None, "no side given", "act no-side"),
)


def draw(found: Standing, frame: Frame, name: str, title: str, description: str) -> Markup:
    """Draw the figure in one of its forms: the latest months, as many as fit.

    Args:
        found: A state's stance.
        frame: `WIDE` or `NARROW`.
        name: Unique on the page.
        title: What the figure is.
        description: What it shows, in words with numbers.
    """
    months = found.months[-frame.most_months :]
    places = Linear(-0.5, len(months) - 0.5, frame.left, frame.width - frame.right)
    parts: list[Markup] = []
    top = TITLE
    bottom = top + frame.panel
    parts.append(_votes(found, months, places, frame, top, bottom))
    end = bottom
    rows = lanes(months)
    if rows:
        top = end + GAP + TITLE
        end = top + LANE * len(rows)
        parts.append(_acts(found, rows, months, places, frame, top))
    groups = memberships(months)
    if groups:
        top = end + GAP + TITLE
        end = top + LANE * len(groups)
        parts.append(_ties(groups, places, frame, top))
    grid = _years(months, places, TITLE, end + 4)
    axis = _axis(months, places, end + 4, frame)
    return svg.figure(name, title, description, frame.width, end + 30, grid, *parts, axis)


def lanes(months: Sequence[Stance]) -> list[Lane]:
    """Return the sides with the acts of each month; a side no act takes is kept if it has a name.

    Without any act in any month there is nothing to draw.
    """
    acts = [one.acts.in_month if one.acts else () for one in months]

    def of_side(side: int | None) -> tuple[tuple[Act, ...], ...]:
        return tuple(tuple(act for act in one if act.polarity == side) for one in acts)

    found = [Lane(side, label, class_, of_side(side)) for side, label, class_ in LANES]
    if not any(lane.count for lane in found):
        return []
    return [lane for lane in found if lane.side is not None or lane.count]


def memberships(months: Sequence[Stance]) -> dict[str, tuple[Tie | None, ...]]:
    """Return the state's membership in each month, group by group; None where it is no member."""
    found: dict[str, list[Tie | None]] = {}
    for number, one in enumerate(months):
        for tie in one.ties:
            if tie.is_member:
                found.setdefault(tie.group, [None] * len(months))[number] = tie
    return {group: tuple(found[group]) for group in GROUPS if group in found}


def _votes(
    found: Standing,
    months: Sequence[Stance],
    places: Linear,
    frame: Frame,
    top: float,
    bottom: float,
) -> Markup:
    """Draw single votes as dots, and the share of agreement to date as a line in its band."""
    scale = Linear(0, 1, bottom, top)
    latest = months[-1].votes
    heading = "Votes" if frame.is_narrow else "Votes in the General Assembly"
    if frame.is_narrow and latest is not None and latest.agreement.score is not None:
        heading += f": {_share(latest.agreement)}"
    parts = [svg.text(0, top - 16, heading, "panel-title")]
    for value, label in ((1.0, f"as {found.target_name}"), (0.5, "half"), (0.0, "opposite")):
        y = scale(value)
        parts.append(svg.line(frame.left, y, frame.width - frame.right, y, "grid"))
        parts.append(svg.text(frame.left - 9, y + 4, label, "tick", "end"))
    if all(one.votes is None for one in months):
        parts.append(svg.text(frame.left + 8, (top + bottom) / 2 + 5, "cannot tell", "warn-label"))
        return svg.join(parts)
    runs = _agreement(months)
    for run in runs:
        upper = [(places(at + side), scale(one.high)) for at, one in run for side in (-0.5, 0.5)]
        lower = [(places(at + side), scale(one.low)) for at, one in run for side in (-0.5, 0.5)]
        parts.append(svg.area(upper, lower, "band-90"))
    parts.append(
        svg.lines(
            [[(places(at + s), scale(one.score)) for at, one in run for s in (-0.5, 0.5)]
             for run in runs],
            "line-expected thin",
        )
    )  # fmt: skip
    for at, one in enumerate(months):
        if one.votes is not None:
            parts += _dots(one.votes.in_month, places, at, scale, found.target_name)
    if not frame.is_narrow and latest is not None and latest.agreement.score is not None:
        x, y = frame.width - frame.right + 12, scale(latest.agreement.score)
        parts.append(svg.text(x, y, _share(latest.agreement), "label-expected strong"))
        calls = words.count(latest.agreement.rollcalls, "roll call", "roll calls")
        parts.append(svg.text(x, y + 16, f"{calls} to date", "tick"))
    return svg.join(parts)


@dataclass(frozen=True, slots=True)
class _Told:
    score: float
    low: float
    high: float


def _agreement(months: Sequence[Stance]) -> list[list[tuple[int, _Told]]]:
    """Return runs of months whose agreement is told."""
    runs: list[list[tuple[int, _Told]]] = [[]]
    for at, one in enumerate(months):
        told = one.votes.agreement if one.votes else None
        if told is None or told.score is None or told.low is None or told.high is None:
            runs.append([])
        else:
            runs[-1].append((at, _Told(told.score, told.low, told.high)))
    return [run for run in runs if run]


def _dots(
    votes: Sequence[VoteLine], places: Linear, at: int, scale: Linear, target: str
) -> list[Markup]:
    """Draw the votes of a month; those with no relation, such as absences, are in the words."""
    parts = []
    for line in votes:
        if line.relation is None:
            continue
        x, y = places(at), scale(HEIGHTS[line.relation])
        dot = svg.circle(x, y, 4.5, "dot" if line.is_verified else "dot-hollow")
        parts.append(told(vote_words(line, target), dot))
    return parts


def vote_words(line: VoteLine, target: str) -> str:
    """Say a vote in words."""
    unsure = "" if line.is_verified else ", unverified"
    relation = {SAME: f"as {target}", HALF: f"half as {target}", OPPOSITE: f"opposite to {target}"}
    beside = f" ({relation[line.relation]}{unsure})" if line.relation else unsure
    return f"{words.day(line.day)}, {line.resolution or line.key}: {line.words}{beside}"


def _share(one: Agreement) -> str:
    return f"{words.number(one.score)} ({words.number(one.low)} to {words.number(one.high)})"


def _acts(
    found: Standing,
    rows: Sequence[Lane],
    months: Sequence[Stance],
    places: Linear,
    frame: Frame,
    top: float,
) -> Markup:
    """Draw a mark for each month and side, with its number where there are several acts."""
    heading = "Acts and statements"
    if found.is_side_of_target:
        heading += f", towards {found.target_name}"
    parts = [svg.text(0, top - 16, heading, "panel-title")]
    size = min(MARK, (places(1) - places(0)) / 2 - 0.5)
    for number, lane in enumerate(rows):
        y = top + LANE * (number + 0.5)
        parts.append(svg.line(frame.left, y, frame.width - frame.right, y, "grid"))
        parts.append(svg.text(frame.left - 9, y + 4, lane.label, "tick", "end"))
        for at, acts in enumerate(lane.months):
            if acts:
                shapes = [svg.circle(places(at), y, max(size, 2.0), lane.class_)]
                if len(acts) > 1 and size >= HOLDS_NUMBER:
                    shapes.append(
                        svg.text(places(at), y + 4, str(len(acts)), f"{lane.class_}-n", "middle")
                    )
                parts.append(told(f"{words.month(months[at].month)}: {_said(acts)}", *shapes))
        if not frame.is_narrow:
            x = frame.width - frame.right + 12
            parts.append(svg.text(x, y + 4, words.exact(lane.count), "tick"))
    return svg.join(parts)


def _said(acts: Sequence[Act]) -> str:
    return "; ".join(f"{act.words} ({_when(act)})" for act in acts)


def _when(act: Act) -> str:
    if act.start is not None and act.start == act.end:
        return words.day(act.start)
    return f"{words.day(act.start)} to {words.day(act.end)}"


def _ties(
    groups: dict[str, tuple[Tie | None, ...]],
    places: Linear,
    frame: Frame,
    top: float,
) -> Markup:
    """Draw a bar over the months of each membership; hollow where the target is no member."""
    parts = [svg.text(0, top - 12, "Member of", "panel-title")]
    for number, (group, ties) in enumerate(groups.items()):
        y = top + LANE * (number + 0.5)
        parts.append(svg.text(frame.left - 9, y + 4, GROUPS[group], "tick", "end"))
        for first, last, tie in _spans(ties):
            left, right = places(first - 0.5), places(last + 0.5)
            class_ = "tie" if tie.target_is_member else "tie apart"
            bar = svg.rect(left, y - TIE / 2, right - left, TIE, class_)
            parts.append(told(tie_words(tie), bar))
        tie_now = ties[-1]
        if tie_now is not None and tie_now.since is not None and not frame.is_narrow:
            text = f"since {words.month_short(tie_now.since)}"
            parts.append(svg.text(frame.width - frame.right + 12, y + 4, text, "tick"))
    return svg.join(parts)


def tie_words(tie: Tie) -> str:
    """Say a membership in words."""
    until = f" to {words.day(tie.until)}" if tie.until else ""
    since = f" since {words.day(tie.since)}" if tie.since else ""
    return f"{GROUPS[tie.group]}{since}{until}"


def _spans(ties: Sequence[Tie | None]) -> list[tuple[int, int, Tie]]:
    """Return runs of months of one membership: first, last, and the membership."""
    found: list[tuple[int, int, Tie]] = []
    for at, tie in enumerate(ties):
        if tie is None:
            continue
        before = found[-1] if found else None
        if before and before[1] == at - 1 and before[2] == tie:
            found[-1] = (before[0], at, tie)
        else:
            found.append((at, at, tie))
    return found


def told(title: str, *shapes: Markup) -> Markup:
    """Give shapes a title of their own, which a pointer brings up."""
    return svg.element("g", svg.element("title", title), *shapes)


def _years(months: Sequence[Stance], places: Linear, top: float, bottom: float) -> Markup:
    """Draw a line through all panels where each year begins."""
    return svg.join(
        svg.line(places(at - 0.5), top, places(at - 0.5), bottom, "grid")
        for at, one in enumerate(months)
        if one.month.month == 1 and at
    )


def _axis(months: Sequence[Stance], places: Linear, y: float, frame: Frame) -> Markup:
    """Draw the axis: a tick where each year begins, the year under the middle of its months."""
    parts = [svg.line(frame.left, y, frame.width - frame.right, y, "axis")]
    years: dict[int, list[int]] = {}
    for at, one in enumerate(months):
        years.setdefault(one.month.year, []).append(at)
    for year, inside in years.items():
        start, end = places(inside[0]), places(inside[-1])
        tick = places(inside[0] - 0.5)
        parts.append(svg.line(tick, y, tick, y + 6, "axis"))
        if end - start > YEAR or len(years) == 1:
            parts.append(svg.text((start + end) / 2, y + 20, str(year), "tick", "middle"))
    return svg.join(parts)
