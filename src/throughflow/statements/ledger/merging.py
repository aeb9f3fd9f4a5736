"""What several tellings of one event say together.

The best evidenced telling leads: direct speech before what is relayed, reported or framed, then
the one with words of the text, then the narrower date. Others fill only what it leaves open.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

from throughflow.statements.event_json import CERTAINTIES, QUOTE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from throughflow.model.statements import Actor, DateInterval, Event
    from throughflow.statements.ledger.record import Telling


def ranked(tellings: Iterable[Telling]) -> tuple[Telling, ...]:
    """Order tellings, the best evidenced first; the order does not depend on the given one."""
    return tuple(sorted(tellings, key=_rank))


def _rank(telling: Telling) -> tuple[int, bool, int, str]:
    event = telling.event
    return (
        CERTAINTIES.index(event.certainty),
        not (event.spans or event.details.get(QUOTE)),
        _width(event.date),
        telling.id,
    )


def _width(interval: DateInterval) -> int:
    return ((interval.end or date.max) - (interval.start or date.min)).days


def merge(tellings: Sequence[Telling]) -> Event:
    """Return what tellings that agree say together.

    Args:
        tellings: At least one, in any order.

    Returns:
        The event of the best evidenced telling, dated by the days common to all, with the persons,
        targets, topic, claims and details that only others name.
    """
    best_first = ranked(tellings)
    events = [telling.event for telling in best_first]
    lead = events[0]
    if len(events) == 1:
        return lead
    details: dict[str, str] = {}
    for event in reversed(events):
        details |= event.details
    # The words quoted are those of the leading source, never of another.
    details.pop(QUOTE, None)
    details |= {QUOTE: lead.details[QUOTE]} if QUOTE in lead.details else {}
    return replace(
        lead,
        actors=tuple(_fullest(actor, events, lambda event: event.actors) for actor in lead.actors),
        targets=next((event.targets for event in events if event.targets), ()),
        date=_common(events),
        claims=tuple(dict.fromkeys(claim for event in events for claim in event.claims)),
        topic=next((event.topic for event in events if event.topic), ""),
        details=dict(sorted(details.items())),
    )


def _fullest(
    actor: Actor, events: Iterable[Event], side: Callable[[Event], tuple[Actor, ...]]
) -> Actor:
    """Add a person and an office that another telling names for the same state and sector."""
    if actor.person and actor.role:
        return actor
    for event in events:
        same = [
            other
            for other in side(event)
            if (other.country, other.sector) == (actor.country, actor.sector)
        ]
        # Two ministers of one state: which of them is meant here is not known.
        if len(same) == 1 and same[0].person and actor.person in {None, same[0].person}:
            return replace(actor, person=same[0].person, role=actor.role or same[0].role)
    return actor


def _common(events: Sequence[Event]) -> DateInterval:
    narrowest = min(
        (event.date for event in events),
        key=lambda day: (_width(day), str(day.start), day.basis, day.expr or ""),
    )
    starts = [event.date.start for event in events if event.date.start]
    ends = [event.date.end for event in events if event.date.end]
    start = max(starts, default=None)
    end = min(ends, default=None)
    if start and end and start > end:  # a person has put tellings together that no rule would
        return narrowest
    return replace(
        narrowest,
        start=start,
        end=end,
        precision="day" if start is not None and start == end else "range",
    )
