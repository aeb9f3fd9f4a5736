"""Agreement with the target in the General Assembly by year, beside the median of other hubs."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from throughflow.report import svg, words
from throughflow.report.scale import Linear, spread_apart

if TYPE_CHECKING:
    from datetime import date

    from markupsafe import Markup

    from throughflow.statements.agreement import Agreement
    from throughflow.statements.votes import StateVotes


@dataclass(frozen=True, slots=True)
class Frame:
    """Sizes of one form of the figure."""

    width: float
    left: float
    right: float
    panel: float
    most_years: int
    is_narrow: bool


WIDE = Frame(960, 44, 190, 240, 35, is_narrow=False)
NARROW = Frame(400, 40, 122, 200, 15, is_narrow=True)
TOP = 40.0
LINE = 17.0
# Fewer roll calls than this are drawn as a hollow dot: the whisker says how little they tell.
FEW = 30
TICKS = (0.0, 0.25, 0.5, 0.75, 1.0)
# One label of a year needs this much room.
YEAR = 46.0


def draw(
    found: StateVotes, frame: Frame, name: str, title: str, *, since: date | None = None
) -> Markup:
    """Draw the figure in one of its forms: the latest years, as many as fit.

    Args:
        found: A state's votes.
        frame: `WIDE` or `NARROW`.
        name: Unique on the page.
        title: What the figure is.
        since: Day from which the target is under restrictions; None to mark none.
    """
    found = _latest(found, frame.most_years)
    first, last = (int(found.years[i].period) for i in (0, -1)) if found.years else (0, 0)
    places = Linear(first - 0.5, last + 0.5, frame.left, frame.width - frame.right)
    bottom = TOP + frame.panel
    scale = Linear(0, 1, bottom, TOP)
    parts = [_axes(scale, frame)]
    if not found.years:
        parts.append(svg.text(frame.left + 8, (TOP + bottom) / 2, "cannot tell", "warn-label"))
    else:
        parts += [
            _ticks(first, last, places, bottom),
            _since(since, places, bottom, frame),
            _others(found, places, scale),
            *(_year(one, places, scale) for one in found.years),
            _ends(found, frame, scale, bottom),
        ]
    if not frame.is_narrow and any(one.rollcalls < FEW for one in found.years):
        note = f"Hollow: fewer than {FEW} roll calls. Whiskers: 90{words.THIN}% interval."
        parts.append(svg.text(frame.left, bottom + 42, note, "tick"))
    return svg.figure(name, title, describe(found), frame.width, bottom + 50, *parts)


def _latest(found: StateVotes, most: int) -> StateVotes:
    """Leave out years that lie further back than a number of years."""
    if not found.years:
        return found
    first = int(found.years[-1].period) - most + 1
    return replace(
        found,
        years=tuple(one for one in found.years if int(one.period) >= first),
        other_hubs=tuple(one for one in found.other_hubs if int(one.period) >= first),
    )


def describe(found: StateVotes) -> str:
    """Tell in words what the figure shows."""
    if not found.years:
        return (
            f"No roll call is held on which {found.name} and {found.target_name} both voted: "
            "cannot tell."
        )
    said = "; ".join(_said(one) for one in found.years)
    others = {one.period: one for one in found.other_hubs}
    beside = others.get(found.years[-1].period)
    compared = (
        f" The median of {beside.hubs} other hubs in {beside.period} is {beside.median:.2f}."
        if beside
        else ""
    )
    return (
        f"Share of agreement of {found.name} with {found.target_name} by year, from 0 to 1, with "
        f"90 % interval and number of roll calls: {said}.{compared}"
    )


def _said(one: Agreement) -> str:
    return (
        f"{one.period} {words.number(one.score)} ({words.number(one.low)} to "
        f"{words.number(one.high)}), {one.rollcalls}"
    )


def _axes(scale: Linear, frame: Frame) -> Markup:
    parts = []
    for tick in TICKS:
        y = scale(tick)
        parts.append(
            svg.line(frame.left, y, frame.width - frame.right, y, "grid" if tick else "zero")
        )
        parts.append(svg.text(frame.left - 8, y + 4, f"{tick:g}", "tick", "end"))
    heading = "Agreement" if frame.is_narrow else "Agreement: 1 always the same vote, 0 opposite"
    parts.append(svg.text(0, TOP - 18, heading, "panel-title"))
    return svg.join(parts)


def _ticks(first: int, last: int, places: Linear, bottom: float) -> Markup:
    room = (places(1) - places(0)) or 1.0
    step = next((n for n in (1, 2, 5, 10, 20) if n * room >= YEAR), 20)
    shown = [year for year in range(first, last + 1) if year % step == 0]
    return svg.join(
        svg.text(places(year), bottom + 20, str(year), "tick", "middle")
        for year in (shown or [first])
    )


def _since(since: date | None, places: Linear, bottom: float, frame: Frame) -> Markup:
    """Mark the day from which restrictions hold; a year's dot stands in the middle of the year."""
    if since is None:
        return svg.join(())
    x = places(since.year - 0.5 + (since.timetuple().tm_yday - 1) / 365)
    if not frame.left <= x <= frame.width - frame.right:
        return svg.join(())
    label = "restrictions" if frame.is_narrow else f"restrictions from {since}"
    return svg.join(
        [
            svg.line(x, TOP, x, bottom, "date"),
            svg.text(x - 5, bottom - 8, label, "date-label", "end"),
        ]
    )


def _others(found: StateVotes, places: Linear, scale: Linear) -> Markup:
    """Draw the median of the other hubs; years without one break the line."""
    runs: list[list[svg.Point]] = []
    before = None
    for one in found.other_hubs:
        year = int(one.period)
        if before is None or year != before + 1:
            runs.append([])
        runs[-1].append((places(year), scale(one.median)))
        before = year
    alone = [run[0] for run in runs if len(run) == 1]
    return svg.join(
        [
            svg.lines([run for run in runs if len(run) > 1], "line-expected"),
            *(svg.line(x - 5, y, x + 5, y, "line-expected") for x, y in alone),
        ]
    )


def _year(one: Agreement, places: Linear, scale: Linear) -> Markup:
    if one.score is None or one.low is None or one.high is None:
        return svg.join(())
    x = places(int(one.period))
    return svg.join(
        [
            svg.line(x, scale(one.low), x, scale(one.high), "whisker"),
            svg.circle(x, scale(one.score), 4.5, "dot" if one.rollcalls >= FEW else "dot-hollow"),
        ]
    )


def _ends(found: StateVotes, frame: Frame, scale: Linear, bottom: float) -> Markup:
    """Label both series at their last year."""
    last = found.years[-1]
    others = {one.period: one for one in found.other_hubs}
    wanted = []
    if last.score is not None:
        wanted.append((scale(last.score), f"{found.name} {last.score:.2f}", "strong"))
        if not frame.is_narrow:
            calls = f"{last.rollcalls} roll call{'s' if last.rollcalls > 1 else ''}"
            wanted.append((scale(last.score) + 1, f"{last.period}, {calls}", "tick"))
    if last.period in others:
        text = "other hubs" if frame.is_narrow else "median of other hubs"
        wanted.append(
            (scale(others[last.period].median), f"{text} {others[last.period].median:.2f}",
             "label-expected")
        )  # fmt: skip
    heights = spread_apart([y for y, _, _ in wanted], LINE, TOP + 4, bottom - 2)
    x = frame.width - frame.right + 10
    return svg.join(
        svg.text(x, y + 4, text, class_)
        for y, (_, text, class_) in zip(heights, wanted, strict=True)
    )
