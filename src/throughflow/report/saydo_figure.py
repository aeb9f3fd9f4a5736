"""Figure, table and words of a say-do test, for its own page and for the dossier."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from throughflow.model.periods import Window, month_number, month_start
from throughflow.reference import saydo_rules
from throughflow.report import words
from throughflow.report.charts import monthly
from throughflow.report.charts import saydo as chart
from throughflow.report.figure import Figure, both, source_line
from throughflow.report.tables import Column, Table

if TYPE_CHECKING:
    from collections.abc import Sequence

    from throughflow.dossier.model import Monthly
    from throughflow.dossier.saydo.model import Change, ClaimTest, LegLevel, SayDo, StatementTest

# The chart begins so many months before the first restriction.
MONTHS_BEFORE = 26
SHORT = {
    "pledge_no_circumvention": "pledge",
    "denial": "denial",
    "restriction": "restriction",
}


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the table of claims: one leg of one claim, ready to be set.

    Attributes:
        said: Day and kind; empty where the line above has them.
        claim: What is claimed; empty likewise.
        months: Months tested; empty likewise.
        leg: Leg.
        told: Recorded, expected, excess with interval, margin and mean over goods; None where the
            leg is not told.
        why: Why it is not told; empty where it is.
        verdict: Verdict of the claim; empty where the line above has it.
    """

    said: str
    claim: str
    months: str
    leg: str
    told: LegLevel | None
    why: str
    verdict: str


def context(found: SayDo | None) -> dict[str, Any]:
    """Return what the templates need to show a test; all of it empty where there is none."""
    if found is None:
        return dict.fromkeys(("kept", "kept_figure", "kept_lines", "kept_said", "kept_untested"))
    return {
        "kept": found,
        "kept_figure": figure(found),
        "kept_lines": [line for one in found.statements for line in _lines(one)],
        "kept_untested": _untested(found),
        "kept_said": [(one, _attribution(one), _changes(one.change)) for one in found.statements],
        "kept_unit": words.unit(found.currency),
        "kept_floor": words.amount(found.margin_floor_month, found.currency),
    }


def headline(found: SayDo) -> str:
    """Return what was found, claim by claim, in one sentence."""
    tests = [(one, test) for one in found.statements for test in one.tests]
    if not tests:
        return f"No pledge, denial or restriction of {found.hub_name} is among the statements"
    if len(tests) > 4:
        counts = {word: sum(test.verdict == word for _, test in tests) for word in
                  saydo_rules.edition(found.rules).words}  # fmt: skip
        told = [f"{count} {word}" for word, count in counts.items() if count]
        return f"Of {len(tests)} claims of {found.hub_name}, {words.listed(told)}"
    told = [f"{_claim_name(test)} {_window(test)}: {test.verdict}" for _, test in tests]
    return f"{found.hub_name}, {'; '.join(told)}"


def figure(found: SayDo) -> Figure:
    """Return the chart of statements over trade, with its data."""
    series = _recent(found.monthly, found)
    story = monthly.Story(found.hub_name, found.target_name, series, None, (), "", found.currency)
    marks = _statement_marks(found)
    lanes = [
        chart.Lane(window.first, window.last, test.verdict, *_lane_words(one, test))
        for one in found.statements
        for test in one.tests
        if test.window is not None
        for window in (Window.parse(test.window),)
    ]
    description = (
        f"Line of recorded exports of restricted goods to {found.hub_name} by month with what was "
        f"expected and its 90 % band, {words.month_short(series.months[0])} to "
        f"{words.month_short(series.months[-1])}. Marks: "
        f"{'; '.join(chart.label(mark) for mark in marks)}. Claims: "
        + "; ".join(
            f"{_claim_name(test)} {_window(test)}, {test.verdict}"
            for one in found.statements
            for test in one.tests
        )
        + "."
    )
    wide, narrow = both(
        lambda frame, name: chart.draw(
            story, marks, lanes, frame, name,
            f"Restricted goods to {found.hub_name} and what was said", description,
        ),
        chart.WIDE,
        chart.NARROW,
        "saydo",
    )  # fmt: skip
    return Figure(
        "saydo", 1, headline(found),
        "Recorded exports to it as a line, what was expected as a band; each statement is a mark "
        "across both. Below the axis, the months each claim speaks of, with the verdict.",
        wide, narrow, table(found, series), source_line(found.sources),
    )  # fmt: skip


def table(found: SayDo, series: Monthly) -> Table:
    """Return the series of the chart."""
    return Table(
        "saydo",
        f"Exports of restricted goods to {found.hub_name} by month, {found.currency}",
        (
            Column("month", "Month"),
            Column("recorded", "Recorded", "money"),
            Column("expected", "Expected", "money"),
            Column("low_90", "90 % low", "money"),
            Column("high_90", "90 % high", "money"),
        ),
        tuple(
            (f"{month:%Y-%m}", actual, expected, low, high)
            for month, actual, expected, low, high in zip(
                series.months, series.actual, series.expected, series.low_90, series.high_90,
                strict=True,
            )
        ),
    )  # fmt: skip


def _recent(series: Monthly, found: SayDo) -> Monthly:
    """Leave out months long before the first restriction, and those after the last expectation."""
    told = [m for m, value in zip(series.months, series.expected, strict=True) if value is not None]
    begin = month_start(month_number(told[0]) - MONTHS_BEFORE) if told else series.months[0]
    days = [one.start for one in found.statements if one.start is not None]
    begin = min([begin, *(day.replace(day=1) for day in days)])
    end = max([told[-1] if told else series.months[-1],
               *(day.replace(day=1) for day in days)])  # fmt: skip
    kept = [i for i, month in enumerate(series.months) if begin <= month <= end]
    span = slice(kept[0], kept[-1] + 1)
    return replace(
        series,
        **{
            name: getattr(series, name)[span]
            for name in ("months", "actual", "expected", "low_50", "high_50", "low_90", "high_90")
        },
    )


def _statement_marks(found: SayDo) -> list[chart.Mark]:
    marks = [
        chart.Mark(
            one.start,
            f"{one.start.day} {words.month_short(one.start)}: {one.kind_words}",
            f"{one.start.day} {one.start:%b %y}: {SHORT.get(one.kind, one.kind)}",
        )
        for one in found.statements
        if one.start is not None
    ]
    if found.restrictions:
        first = found.restrictions[0]
        when = first.month
        marks.append(
            chart.Mark(
                when,
                f"{words.month_short(when)}: {words.exact(first.families)} goods restricted",
                f"{when:%b %y}: restricted",
            )
        )
    return sorted(marks, key=lambda mark: mark.day)


def _lane_words(one: StatementTest, test: ClaimTest) -> tuple[str, str]:
    name = _claim_name(test).removeprefix("the ")
    short = f"{name}: {test.verdict}"
    if one.start is None:
        return short, short
    return f"{one.start.day} {words.month_short(one.start)}, {short}", short


def _claim_name(test: ClaimTest) -> str:
    return "the restriction" if test.says == "restricts" else f"“{test.says}”"


def _window(test: ClaimTest) -> str:
    return f"({test.window_words})" if test.window_words else "(no months)"


def _untested(found: SayDo) -> str:
    """Name the claims that have no months to be held against, with the reason of each."""
    told = [
        f"{words.day(one.start)}, {_claim_name(test)}: {test.reason}"
        for one in found.statements
        for test in one.tests
        if test.window is None
    ]
    return f"Not testable: {'; '.join(told)}" if told else ""


def _lines(one: StatementTest) -> list[Line]:
    """Return a line for each leg of each claim that has months to be held against."""
    lines = []
    said = f"{words.day(one.start)}: {one.kind_words}"
    for test in one.tests:
        if test.window is None:
            continue
        note = f" ({test.window_note})" if test.window_note else ""
        head = (said, words.capitalize_first(_claim_name(test)), f"{test.window_words}{note}")
        said, verdict = "", test.verdict
        legs: Sequence[tuple[str, LegLevel | None, str]] = [
            *((leg.leg, leg, "") for leg in test.legs),
            *((leg.leg, None, leg.reason) for leg in test.missing),
        ]
        for leg, told, why in legs or [("", None, test.reason)]:
            lines.append(Line(*head, leg, told, why, verdict))
            head, verdict = ("", "", ""), ""
    return lines


def _attribution(one: StatementTest) -> str:
    told = f"{words.day(one.start)}, {one.speaker}"
    if one.relayed_by:
        told += f", as relayed by {one.relayed_by}"
    return told


def _changes(change: Change) -> list[tuple[str, str]]:
    """Return the change and its placebos as rows of a small table."""
    if change.change is None:
        return []
    rows = [("at the statement", f"{change.change:+.2f}")]
    rows += [(f"fake date {one.what}", f"{one.change:+.2f}") for one in change.dates]
    rows += [(one.what, f"{one.change:+.2f}") for one in change.hubs]
    return [(what, value.replace("-", "−")) for what, value in rows]
