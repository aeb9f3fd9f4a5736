"""Which claims of a statement trade can test, and which months each of them speaks of."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from throughflow.dossier.saydo.rule import CONDUCT, RESTRICTION
from throughflow.model.periods import Window, month_number, month_start
from throughflow.model.statements import Claim

if TYPE_CHECKING:
    from collections.abc import Sequence

    from throughflow.model.statements import Event
    from throughflow.reference.saydo_rules import SayDoRules

PRESENT, FUTURE = "present", "future"
KEPT_BACK = "restriction"
TAKEN_BACK = "retraction"
TRADE = "trade"
CIRCUMVENTION = "helps to circumvent sanctions"
RESTRICTED = "restricts exports of such goods"


@dataclass(frozen=True, slots=True)
class Span:
    """Months the data hold whole, and the first month in which goods are restricted.

    Attributes:
        treat_from: First restricted month.
        first: First whole month.
        last: Last whole month.
    """

    treat_from: date
    first: date
    last: date


@dataclass(frozen=True, slots=True)
class Asked:
    """A claim with its window.

    Attributes:
        claim: What is claimed.
        rule: `rule.CONDUCT` or `rule.RESTRICTION`.
        window: Months to test; None where there are none.
        note: Why they are fewer than the rule allows; empty where they are not.
        reason: Why it cannot be tested; empty where it can.
    """

    claim: Claim
    rule: str
    window: Window | None
    note: str
    reason: str


def of_hub(statements: Sequence[Event], hub: str) -> list[Event]:
    """Return what a state said or did, in order of date."""
    own = [event for event in statements if any(a.country == hub for a in event.actors)]
    return sorted(own, key=lambda event: (event.date.start or date.max, event.kind))


def read(event: Event, said: Sequence[Event], span: Span, rules: SayDoRules) -> list[Asked]:
    """Give each claim of a statement its window.

    Args:
        event: A pledge, denial or restriction.
        said: Everything the same state said, for what took a restriction back.
        span: What the data hold.
        rules: How long windows are, and what is tested.
    """
    rule = RESTRICTION if event.kind == KEPT_BACK else CONDUCT
    claims = event.claims or _implied(event, rules)
    if not claims:
        unknown = Claim(PRESENT, negated=True, predicate="", testable_by="")
        return [Asked(unknown, rule, None, "", "it does not speak of restricted goods")]
    asked = []
    for claim in claims:
        reason = _untestable(claim, rule)
        if not reason and (event.date.start is None or event.date.end is None):
            reason = "its date is not known"
        if reason:
            asked.append(Asked(claim, rule, None, "", reason))
            continue
        if rule == RESTRICTION:
            asked.append(_in_force(claim, event, said, span, rules))
        elif claim.tense == FUTURE:
            asked.append(_after(claim, event, span, rules))
        else:
            asked.append(_before(claim, event, span, rules))
    return asked


def _implied(event: Event, rules: SayDoRules) -> tuple[Claim, ...]:
    """Return what a statement claims that spells no claim out."""
    if event.kind == KEPT_BACK:
        return (Claim(FUTURE, negated=False, predicate=RESTRICTED, testable_by=TRADE),)
    if event.topic and event.topic not in rules.topics:
        return ()
    if event.is_pledge or event.kind == "pledge_no_circumvention":
        return (Claim(FUTURE, negated=True, predicate=CIRCUMVENTION, testable_by=TRADE),)
    if event.topic:
        return (Claim(PRESENT, negated=True, predicate=CIRCUMVENTION, testable_by=TRADE),)
    return ()


def _untestable(claim: Claim, rule: str) -> str:
    if claim.testable_by != TRADE:
        return "trade cannot test what it says"
    if rule == CONDUCT and not claim.negated:
        return "it does not deny anything that trade would show"
    return ""


def months_before(day: date, span: Span, rules: SayDoRules) -> Window | None:
    """Return the months that "does not" speaks of, as far as the data hold them."""
    last = month_number(day) - 1
    first = max(last - rules.most_months + 1, month_number(span.treat_from))
    return _held(first, last, span)


def months_after(day: date, span: Span, rules: SayDoRules) -> Window | None:
    """Return the months that "will not" speaks of, as far as the data hold them."""
    first = max(month_number(day) + 1, month_number(span.treat_from))
    return _held(first, first + rules.most_months - 1, span)


def _held(first: int, last: int, span: Span) -> Window | None:
    first, last = max(first, month_number(span.first)), min(last, month_number(span.last))
    return Window(month_start(first), month_start(last)) if first <= last else None


def _before(claim: Claim, event: Event, span: Span, rules: SayDoRules) -> Asked:
    assert event.date.start is not None  # noqa: S101 - checked by `read`
    last = month_number(event.date.start) - 1
    wanted = last - rules.most_months + 1
    first = max(wanted, month_number(span.treat_from))
    if first > last:
        return _none(claim, "no whole month lies between the restriction and the statement")
    note = f"goods are restricted from {span.treat_from:%Y-%m}" if first > wanted else ""
    return _cut(claim, CONDUCT, (first, last), note, span)


def _after(claim: Claim, event: Event, span: Span, rules: SayDoRules) -> Asked:
    assert event.date.end is not None  # noqa: S101 - checked by `read`
    first = max(month_number(event.date.end) + 1, month_number(span.treat_from))
    return _cut(claim, CONDUCT, (first, first + rules.most_months - 1), "", span)


def _in_force(
    claim: Claim, event: Event, said: Sequence[Event], span: Span, rules: SayDoRules
) -> Asked:
    """Give a restriction the months in which it is in force."""
    assert event.date.end is not None  # noqa: S101 - checked by `read`
    day = event.date.end
    stated = event.details.get("in_force", "")
    if stated:
        try:
            day = date.fromisoformat(stated)
        except ValueError:
            return _none(claim, "the day it came into force cannot be read", RESTRICTION)
    first = month_number(day) + (day.day > 1)
    first = max(first, month_number(span.treat_from))
    last = first + rules.most_months - 1
    note = ""
    back = [
        other.date.start
        for other in said
        if other.kind == TAKEN_BACK and other.date.start is not None and other.date.start >= day
    ]
    if back and month_number(min(back)) - 1 < last:
        last = month_number(min(back)) - 1
        note = f"it was taken back on {min(back):%Y-%m-%d}"
        if last < first:
            reason = f"{note}, before a whole month had passed"
            return _none(claim, reason, RESTRICTION)
    return _cut(claim, RESTRICTION, (first, last), note, span)


def _cut(claim: Claim, rule: str, months: tuple[int, int], note: str, span: Span) -> Asked:
    """Cut a window to the months the data hold."""
    first, last = months
    begin, end = month_number(span.first), month_number(span.last)
    if first > end:
        reason = f"the data end in {span.last:%Y-%m}, before the months it speaks of"
        return _none(claim, reason, rule)
    if last < begin:
        reason = f"the data begin in {span.first:%Y-%m}, after the months it speaks of"
        return _none(claim, reason, rule)
    notes = [note] if note else []
    if last > end:
        notes.append(f"the data end in {span.last:%Y-%m}")
    window = Window(month_start(max(first, begin)), month_start(min(last, end)))
    return Asked(claim, rule, window, " and ".join(notes), "")


def _none(claim: Claim, reason: str, rule: str = CONDUCT) -> Asked:
    return Asked(claim, rule, None, "", reason)
