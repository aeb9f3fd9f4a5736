"""Where the excess went, in words and as rows: what the page, Markdown and the terminal share."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from throughflow.reference import countries
from throughflow.report import flows, words
from throughflow.report.tables import Column, Table

if TYPE_CHECKING:
    from throughflow.dossier.model import Dossier, WhereItWent
    from throughflow.report.tables import Cell
    from throughflow.trade.decompose.decomposition import Estimate, FamilySplit
    from throughflow.trade.finding import Row

SHOWN = 10
NOTHING = "cannot tell"


@dataclass(frozen=True, slots=True)
class Part:
    """One estimate as it is set in a table: in millions, with its interval below."""

    value: str
    ends: str


@dataclass(frozen=True, slots=True)
class Line:
    """One family, or all that are told, ready to be set."""

    code: str
    label: str
    title: str
    is_total: bool
    sent: Part
    missing: Part
    most: Part
    kept: Part
    passed: Part
    reason: str


def headline(d: Dossier) -> str:
    """Return what the figure finds, no more than its intervals hold."""
    went = d.decomposition
    if went is None:
        return ""
    sent, most = went.total.excess_sent, went.total.adjusted.reexported_most
    if not flows.has_excess(went) or sent.value is None:
        return (
            f"In the goods that both sides record, {d.hub_name} was sent no more than expected by "
            "best estimate"
        )
    more = words.amount(sent.value, d.currency)
    if not most.value:
        found = (
            f"{d.hub_name} records no more of these goods going on to {d.target_name} than before"
        )
    else:
        # The smaller of two figures that stray errs low: as a bound, its upper end is the one.
        end = "" if most.high is None else f", {words.amount(most.high, d.currency)} at the outside"
        found = (
            f"Of {more} more sent to {d.hub_name}, its own records allow at most "
            f"{words.amount(most.value, d.currency)} to have gone on to {d.target_name}{end}"
        )
    if sent.low is not None and sent.low <= 0:
        return f"{found}; chance alone could have produced that excess"
    return found


def deck(d: Dossier) -> str:
    """Return what is compared, what *not recorded* means and what hatching means."""
    went = d.decomposition
    if went is None:
        return ""
    count = went.total.families
    by = (
        "their counterfactual"
        if went.expected_by == "counterfactual"
        else "the same months of the base year"
    )
    basis = f" by {went.basis}" if went.basis else ""
    noun = "family" if count == 1 else "families"
    compared = (
        f"{words.exact(count)} {noun} of goods that both sides record by month, all together. "
        f"Exports are compared with {by}, the records of {d.hub_name}{basis} with the same months "
        "of the base year, on the exporters’ scale."
    )
    hatched = "Hatched: the records allow it to have gone on or to have stayed."
    meaning = (
        f"Not recorded means {went.meaning}, and no more. The same code is not known to be the "
        "same goods."
    )
    parts = [compared, *([hatched] if flows.has_excess(went) else []), meaning]
    split = went.total.adjusted
    if flows.has_excess(went) and (split.unrecorded.value or 0.0) < 0:
        parts.append(
            f"More arrived on the records of {d.hub_name} than the exporters’ records explain; it "
            "comes in from the left."
        )
    if flows.has_excess(went) and (split.absorbed_least.value or 0.0) < 0:
        parts.append(
            "Of other goods less arrived than before; that comes in from the left, so that both "
            "sides are equal."
        )
    if went.left_out:
        parts.append(
            f"Goods sent for {words.amount(went.left_out, d.currency)} cannot be told and are not "
            "in it."
        )
    if went.months_left_out:
        parts.append(f"Months left out with their twins: {'; '.join(went.months_left_out)}.")
    return " ".join(parts)


def description(d: Dossier) -> str:
    """Return the figure's long text alternative."""
    went = d.decomposition
    if went is None:
        return ""
    split, sent = went.total.adjusted, went.total.excess_sent
    senders = "; ".join(f"{s.name} {words.amount(s.excess, d.currency)}" for s in went.senders)
    least, most = (_words(p, d.currency) for p in (split.absorbed_least, split.absorbed_most))
    onwards = _words(split.reexported_most, d.currency)
    parts = (
        f"Flows drawn as ribbons. More sent than expected: {_words(sent, d.currency)}.",
        f"By exporter: {senders}." if senders else "",
        f"Re-exported to {d.target_name}: at most {onwards}.",
        f"Absorbed: from {least} to {most}.",
        f"Not recorded on arrival: {_words(split.unrecorded, d.currency)}.",
    )
    return " ".join(part for part in parts if part)


def _words(part: Estimate, currency: str) -> str:
    if part.value is None:
        return NOTHING
    if part.low is None or part.high is None:
        return f"{words.amount(part.value, currency)} (no interval)"
    ends = words.amount_range(part.low, part.high, currency)
    return f"{words.amount(part.value, currency)} ({ends})"


def lines(went: WhereItWent) -> list[Line]:
    """Return the total and the families that a page shows, ready to be set."""
    return [line(row) for row in (went.total, *went.rows[:SHOWN])]


def line(row: FamilySplit) -> Line:
    """Set one row."""
    split, passed = row.adjusted, row.pass_through
    is_total = row.family == "*"
    codes = ", ".join(words.clean(c) for c in (row.products or (row.family,))[:3])
    count = words.exact(row.families)
    return Line(
        code="" if is_total else codes,
        label=f"All {count} families told" if is_total else words.short_label(row.label),
        title="" if is_total else words.full_label(row.label),
        is_total=is_total,
        sent=_part(row.excess_sent),
        missing=_part(split.unrecorded),
        most=_part(split.reexported_most),
        kept=Part(
            words.millions_range(split.absorbed_least.value, split.absorbed_most.value, 2),
            words.millions_range(split.absorbed_least.low, split.absorbed_most.high, 2),
        ),
        passed=Part(
            words.number(passed.ratio),
            f"{_span(passed.low, passed.high)}, lag {passed.lag}" if passed.ratio is not None
            else "",
        ),
        reason=words.clean(row.reason),
    )  # fmt: skip


def _part(part: Estimate) -> Part:
    return Part(words.millions(part.value, 2), words.millions_range(part.low, part.high, 2))


def _span(low: float | None, high: float | None) -> str:
    if low is None or high is None:
        return "no interval"
    return f"{words.number(low)} to {words.number(high)}"


_PARTS = (
    ("unrecorded", "Not recorded on arrival"),
    ("reexported_most", "Re-exported at most"),
    ("reexported_proportional", "Re-exported, scenario of proportions"),
    ("absorbed_least", "Absorbed, least"),
    ("absorbed_most", "Absorbed, most"),
)


def table(d: Dossier) -> Table:
    """Return every part of the rows the dossier holds, with all ends."""
    went = d.decomposition
    columns = [
        Column("family", "Family"),
        Column("codes", "Codes"),
        Column("label", "Official label, shortened"),
        Column("sent", "Sent", "money"),
        Column("excess_sent", "Excess sent", "money"),
        Column("excess_sent_low", "Excess sent, low", "money"),
        Column("excess_sent_high", "Excess sent, high", "money"),
    ]
    for key, title in _PARTS:
        columns += [
            Column(key, title, "money"),
            Column(f"{key}_low", f"{title}, low", "money"),
            Column(f"{key}_high", f"{title}, high", "money"),
        ]
    columns += [
        Column("pass_through", "Pass-through", "ratio"),
        Column("pass_through_low", "Pass-through, low", "ratio"),
        Column("pass_through_high", "Pass-through, high", "ratio"),
        Column("pass_through_lag", "Lag, months", "count"),
        Column("reason", "Why not all can be told"),
    ]
    rows = () if went is None else tuple(_cells(row) for row in (went.total, *went.rows))
    return Table(
        "where-it-went",
        f"Where the excess went, {d.hub_name}, {d.window_words}, ratio-adjusted, {d.currency}",
        tuple(columns),
        rows,
    )


def _cells(row: FamilySplit) -> tuple[Cell, ...]:
    cells: list[Cell] = [
        row.family,
        " ".join(map(words.clean, row.products)),
        words.short_label(row.label, 90),
        row.sent,
    ]
    for part in (row.excess_sent, *(getattr(row.adjusted, key) for key, _ in _PARTS)):
        cells += [part.value, part.low, part.high]
    passed = row.pass_through
    return (
        *cells, passed.ratio, passed.low, passed.high, passed.lag, words.clean(row.reason),
    )  # fmt: skip


def second_leg(row: Row, target: str) -> str:
    """Say what the hub itself recorded as exported to the target; empty where it is not told."""
    if row.onward_actual is None:
        return ""
    told = (
        f"On to {target}, as the hub records it: {words.millions(row.onward_actual, 2)}; expected "
        f"{words.millions(row.onward_expected, 2)}"
    )
    if row.onward_through:
        told += f". The records fit a road through {countries.name(row.onward_through)} better"
    return told
