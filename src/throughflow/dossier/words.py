"""Sentences: amounts, shares and the one paragraph a reader may stop after."""

from __future__ import annotations

from typing import TYPE_CHECKING

from throughflow.evidence import verdict
from throughflow.reference import countries, memberships

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from throughflow.dossier.model import WhereItWent
    from throughflow.trade.finding import Row
    from throughflow.trade.mirror import Unrecorded
    from throughflow.trade.study import Study

SIGNS = {"EUR": "€", "USD": "US$", "GBP": "£"}
THIN = "\u202f"


def amount(value: float, currency: str) -> str:
    """Write an amount in prose, two or three significant digits: ``€2.83 billion``."""
    sign = SIGNS.get(currency, currency + THIN)
    size = abs(value)
    minus = "−" if value < 0 else ""
    if size >= 1e9:
        return f"{minus}{sign}{_digits(size / 1e9)} billion"
    if size >= 1e6:
        return f"{minus}{sign}{_digits(size / 1e6)} million"
    return f"{minus}{sign}{f'{size:,.0f}'.replace(',', THIN)}"


def _digits(value: float) -> str:
    if value >= 100:
        return f"{value:.0f}"
    return f"{value:.1f}" if value >= 10 else f"{value:.2f}"


def share(value: float) -> str:
    """Write a share as a percentage: ``44 %``."""
    return f"{value * 100:.0f}{THIN}%".replace("-", "−")


def times(ratio: float) -> str:
    """Write a multiple: ``1.4 times``."""
    return f"{ratio:.1f} times" if ratio < 10 else f"{ratio:.0f} times"


def names(codes: Sequence[str]) -> str:
    """Join country names: ``Armenia, Kazakhstan and Kyrgyzstan``."""
    found = [countries.name(code) for code in codes]
    return found[0] if len(found) == 1 else ", ".join(found[:-1]) + " and " + found[-1]


def exporters(codes: Sequence[str], day: date) -> str:
    """Describe a set of exporters: the whole EU by its name, others one by one."""
    union = memberships.members("EU27", day)
    if set(codes) == union:
        return "the 27 member states of the European Union"
    if set(codes) < union and len(codes) > 5:
        missing = names(sorted(union - set(codes)))
        return f"{len(codes)} member states of the European Union (all but {missing})"
    return names(codes) if len(codes) <= 8 else f"{len(codes)} exporting states"


_BASIS = {
    "A": "past sales, the growth of unrestricted trade with {hub} and that of the same "
    "goods at unrestricted destinations",
    "B": "past sales and the growth of unrestricted trade with {hub}",
    "C": "past sales",
}


def _range(low: float, high: float) -> str:
    return f"{times(low).removesuffix(' times')} to {times(high)}"


def paragraph(
    study: Study,
    total: Row,
    gap: Unrecorded | None,
    untold: float,
    went: WhereItWent | None = None,
    *,
    has_second: bool = False,
) -> str:
    """Write the finding of one hub in plain words, each number with its range.

    Args:
        study: What was read.
        total: The hub's total.
        gap: What the hub did not record as arriving, all goods together; None if unknown.
        untold: Recorded value in the window that could not be tested.
        went: Where the excess went, product by product; None where that is not told.
        has_second: Whether the hub's own exports to the target are told by product.
    """
    hub = countries.name(total.partner)
    currency = total.currency
    when = study.window.words()
    senders = exporters(study.panel.reporters, study.window.last)
    opening = (
        f"In {when}, {senders} recorded exports worth {amount(total.actual, currency)} to {hub} "
        "in restricted goods that can be tested"
    )
    if not total.expected or not total.low or not total.high:
        first = f"{opening}. What to expect cannot be told: {total.reason}."
    else:
        first = (
            f"{opening}, {times(total.actual / total.expected)} what "
            f"{_BASIS[total.rung].format(hub=hub)} would lead one to expect (90{THIN}% interval "
            f"{_range(total.actual / total.high, total.actual / total.low)})."
        )
    return " ".join(
        part
        for part in (
            first,
            _excess_words(total),
            _gap_words(gap, hub),
            _caveat(total, untold, hub, study.request.target, went, has_second=has_second),
        )
        if part
    )


def _excess_words(total: Row) -> str:
    if total.excess is None or total.excess_low is None or total.excess_high is None:
        return ""
    currency = total.currency
    if total.verdict == verdict.CANNOT_TELL:
        return (
            f"The difference may be anything from {amount(total.excess_low, currency)} to "
            f"{amount(total.excess_high, currency)}: the data cannot tell."
        )
    if total.excess_low <= 0 < total.excess_high:
        return (
            f"The difference, {amount(total.excess, currency)}, lies within what chance alone "
            "produces at dates when nothing was restricted."
        )
    if total.excess_low > 0:
        other = ""
        if total.rung != "C" and total.excess_c is not None:
            other = (
                f", or {amount(total.excess_c, currency)} if the growth of other trade is not "
                "taken as a measure"
            )
        return (
            f"That is {amount(total.excess, currency)} more than expected "
            f"({amount(total.excess_low, currency)} to {amount(total.excess_high, currency)})"
            f"{other}."
        )
    return f"That is {amount(-total.excess, currency)} less than expected."


def _gap_words(gap: Unrecorded | None, hub: str) -> str:
    if gap is None:
        return ""
    years = sorted({year for found in gap.years.values() for year in found})
    when = f"{years[0]}–{years[-1]}" if len(years) > 1 else str(years[0])
    return (
        f"Of all additional exports to {hub} in {when}, restricted or not, {share(gap.raw.share)} "
        f"({share(gap.raw.share_low)} to {share(gap.raw.share_high)}) was not recorded by {hub} "
        "as coming from there."
    )


def _onwards(went: WhereItWent, hub: str, target: str, currency: str) -> str:
    """Say what the hub's own records allow to have gone on, as a most."""
    most, sent = went.total.adjusted.reexported_most, went.total.excess_sent
    if most.value is None or (sent.value or 0.0) <= 0:
        return (
            f"In the goods that both sides record, {hub} was sent no more than expected by best "
            "estimate, so there is nothing of which it could be said where it went"
        )
    ends = (
        f" ({amount(most.low, currency)} to {amount(most.high, currency)})"
        if most.low is not None and most.high is not None
        else " (no interval can be given)"
    )
    return (
        f"{hub}’s own records by product allow at most {amount(most.value, currency)}{ends} of it "
        f"to have gone on to {target} under the same codes; whether it was the same goods cannot "
        "be told"
    )


def _caveat(
    total: Row, untold: float, hub: str, target: str, went: WhereItWent | None, *, has_second: bool
) -> str:
    """Say the largest thing that is not known."""
    missing = "imports" if has_second else "exports"
    onwards = (
        f"How much went on to the sanctioned state cannot be told: {hub}’s own {missing} by "
        "product are not in the data"
        if went is None
        else _onwards(went, hub, countries.name(target), total.currency)
    )
    if memberships.role(total.partner, target=target) == memberships.CO_SANCTIONED:
        onwards = f"{hub} is itself under restrictions; it is shown beside the hubs, not as one"
    if untold <= 0:
        return f"{onwards}."
    return (
        f"{onwards}, and restricted goods worth {amount(untold, total.currency)} could not be "
        "tested at all."
    )
