"""Sentences of the say-do test. The words describe data, not intent."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from throughflow.dossier import words
from throughflow.dossier.saydo.model import BETWEEN, CONSISTENT, INCONSISTENT, UNTESTABLE
from throughflow.dossier.saydo.rule import RESTRICTION
from throughflow.model.statements import KINDS
from throughflow.reference import countries

if TYPE_CHECKING:
    from collections.abc import Sequence

    from throughflow.dossier.saydo.claims import Asked
    from throughflow.dossier.saydo.model import Change, ClaimTest, LegLevel
    from throughflow.model.statements import Actor, Event

DATA_NOT_INTENT = "The words describe data, not intent."
SAYS = {"present": "does not", "future": "will not"}


def says(asked: Asked) -> str:
    """Return how a claim speaks: ``does not``, ``will not`` or ``restricts``."""
    return "restricts" if asked.rule == RESTRICTION else SAYS[asked.claim.tense]


def person(actor: Actor | None) -> str:
    """Name somebody with the office and the state."""
    if actor is None:
        return ""
    state = countries.name(actor.country)
    office = f"{actor.role} of {state}" if actor.role else state
    return f"{actor.person}, {office}" if actor.person else office


def speaker(event: Event, hub: str) -> str:
    """Name who spoke for the state."""
    return person(next(actor for actor in event.actors if actor.country == hub))


def day(event: Event) -> str:
    """Write when it was, in prose."""
    start, end = event.date.start, event.date.end
    if start is None or end is None:
        return "on a day not known"
    if start == end:
        return f"on {start.day} {start:%B} {start.year}"
    return f"between {start.day} {start:%B} {start.year} and {end.day} {end:%B} {end.year}"


def paragraph(
    event: Event, hub: str, target: str, tests: Sequence[ClaimTest], change: Change, currency: str
) -> str:
    """Say what was said, and how trade stood to it, claim by claim."""
    state = countries.name(hub)
    opening = f"{day(event)[:1].upper()}{day(event)[1:]}, {state} {KINDS[event.kind][2]}"
    if event.kind == "denial" and tests and tests[0].predicate:
        opening += f" that it {tests[0].predicate}"
    spoke = speaker(event, hub)
    if spoke != state:
        opening += f" ({spoke})"
    if event.relayed_by is not None:
        opening += f", as relayed by {person(event.relayed_by)}"
    parts = [f"{opening}."]
    parts += [_claim(test, hub, target, currency) for test in tests]
    if change.change is not None:
        parts.append(changed(change))
    return " ".join(parts)


def _claim(test: ClaimTest, hub: str, target: str, currency: str) -> str:
    name = {"restricts": "The restriction"}.get(test.says, f"“{test.says.capitalize()}”")
    if test.verdict == UNTESTABLE:
        return f"{name}: untestable, {test.reason}."
    when = f"in {test.window_words}"
    if test.window_note:
        when += f" ({_months(test.months)} only: {test.window_note})"
    told = "; ".join(_leg(leg, hub, target, currency) for leg in test.legs)
    missing = "".join(f" Not told: {leg.leg}, since {leg.reason}." for leg in test.missing)
    word = {
        CONSISTENT: "Trade is consistent with it",
        INCONSISTENT: "Trade is inconsistent with it",
    }.get(test.verdict, "That is inconclusive")
    return f"{name}, {when}: {told}. {word}: {test.reason}.{missing}"


def _leg(leg: LegLevel, hub: str, target: str, currency: str) -> str:
    state = countries.name(hub)
    where = (
        f"exports to {state}"
        if leg.leg.endswith("to hub")
        else f"{state}’s exports to {countries.name(target)}"
    )
    ends = [words.amount(end or 0.0, currency) for end in (leg.excess_low, leg.excess_high)]
    told = (
        f"{where} of restricted goods were {words.amount(leg.actual, currency)}, "
        f"{words.amount(abs(leg.excess), currency)} {'more' if leg.excess >= 0 else 'less'} than "
        f"expected (90{words.THIN}% interval of the excess {ends[0]} to {ends[1]}, margin "
        f"{words.amount(leg.margin, currency)})"
    )
    if leg.place == BETWEEN and leg.told_from is not None:
        told += (
            f"; an excess of {words.amount(leg.told_from, currency)} or more would have been "
            "told by the total alone"
        )
    if leg.goods_multiple is not None:
        told += (
            f"; the mean over {leg.goods} goods is {words.times(leg.goods_multiple)} what was "
            "expected"
        )
    return told


def _months(count: int) -> str:
    return "one month" if count == 1 else f"{count} months"


def changed(change: Change) -> str:
    """Describe what changed at the date."""
    assert change.ratio_before is not None  # noqa: S101 - the caller has a change
    assert change.ratio_after is not None  # noqa: S101 - the caller has a change
    assert change.change is not None  # noqa: S101 - the caller has a change
    told = (
        f"As a description only: recorded over expected went from {change.ratio_before:.2f} before "
        f"it to {change.ratio_after:.2f} after it, {_percent(change.change)}"
    )
    beside = []
    if change.p_dates is not None:
        beside.append(
            f"{_as_large(change.p_dates, len(change.dates))} of {len(change.dates)} fake dates "
            f"moved as far (small-sample p {change.p_dates:.2f})"
        )
    if change.p_hubs is not None:
        beside.append(
            f"{_as_large(change.p_hubs, len(change.hubs))} of {len(change.hubs)} other "
            f"destinations did (small-sample p {change.p_hubs:.2f})"
        )
    return f"{told}; {'; '.join(beside) or 'nothing is there to compare it with'}."


def _as_large(p: float, count: int) -> int:
    return round(p * (count + 1)) - 1


def _percent(log: float) -> str:
    change = float(np.expm1(log))
    return f"{'+' if change > 0 else ''}{words.share(change)}"
