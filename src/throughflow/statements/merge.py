"""One event for what a document tells twice."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from throughflow.model.statements import Actor, DateInterval, Event

# How well a date is known, the best first.
_BASIS = ("text", "external", "inferred", "published")
# Wordings of an event that a further one is compared with.
_COMPARED = 8
_CERTAINTY = ("relayed", "quoted", "reported", "journalist")


def merge(events: Sequence[Event]) -> tuple[Event, ...]:
    """Join events that a document tells more than once, in the order of their first wording.

    Two are the same if kind, topic, vote and acting states agree, and one's targets are among the
    other's or one has none.
    """
    groups: list[list[Event]] = []
    for event in events:
        home = next(
            (group for group in groups if all(_same(event, one) for one in group[:_COMPARED])), None
        )
        if home is None:
            groups.append([event])
        else:
            home.append(event)
    return tuple(_joined(group) for group in groups)


def _states(actors: Iterable[Actor]) -> frozenset[str]:
    return frozenset(actor.country for actor in actors)


def _same(one: Event, other: Event) -> bool:
    if (one.kind, one.topic) != (other.kind, other.topic):
        return False
    if one.details.get("vote") != other.details.get("vote"):
        return False
    if _states(one.actors) != _states(other.actors):
        return False
    a, b = _states(one.targets), _states(other.targets)
    agree = a <= b or b <= a or one.kind == "pledge_no_circumvention"
    return agree and _dates_agree(one.date, other.date)


def _dates_agree(one: DateInterval, other: DateInterval) -> bool:
    if "published" in {one.basis, other.basis}:
        # "Earlier, he said …" tells of another day than what is news today.
        dated = other if one.basis == "published" else one
        return (
            dated.basis == "published" or dated.precision == "day" or not _open(dated, one, other)
        )
    ends = (one.start, one.end, other.start, other.end)
    if any(day is None for day in ends):
        return True
    assert one.start and one.end and other.start and other.end  # noqa: S101, PT018 - for the types
    return one.start <= other.end and other.start <= one.end


def _open(dated: DateInterval, one: DateInterval, other: DateInterval) -> bool:
    """Tell whether an interval runs from long before to the day of publication."""
    ends = {one.end, other.end}
    return dated.precision == "range" and len(ends) == 1 and dated.start != dated.end


def _fullness(event: Event) -> tuple[int, ...]:
    named = sum(actor.person is not None for actor in event.actors)
    own_date = int(event.date.expr is not None)
    return (
        own_date,
        len(event.claims),
        int(event.relayed_by is not None),
        named,
        len(event.spans[0].text),
    )


def _joined(group: list[Event]) -> Event:
    ranked = sorted(group, key=_fullness, reverse=True)
    best = ranked[0]
    spans = tuple(dict.fromkeys(span for event in ranked for span in event.spans))
    addressed = next((e.targets for e in ranked if e.details.get("addressee")), None)
    targets = addressed or max((e.targets for e in ranked), key=len)
    dated = min(ranked, key=lambda e: _basis_rank(e.date))
    claims = tuple(dict.fromkeys(claim for event in ranked for claim in event.claims))
    details: dict[str, str] = {}
    for event in reversed(ranked):
        details |= event.details
    return replace(
        best,
        actors=_named(ranked, best.actors),
        targets=targets,
        date=dated.date,
        certainty=min((e.certainty for e in ranked), key=_CERTAINTY.index),
        relayed_by=next((e.relayed_by for e in ranked if e.relayed_by is not None), None),
        spans=spans,
        claims=claims,
        details=details,
    )


def _basis_rank(found: DateInterval) -> tuple[int, int, int]:
    basis = _BASIS.index(found.basis.partition(":")[0])
    return basis, int(found.precision != "day"), int(found.expr is None)


def _named(group: list[Event], actors: tuple[Actor, ...]) -> tuple[Actor, ...]:
    """Take a person named in one wording into the others."""
    known: dict[str, Actor] = {}
    for event in group:
        for actor in event.actors:
            if actor.person is not None:
                known.setdefault(actor.country, actor)
    return tuple(known.get(actor.country, actor) for actor in actors)
