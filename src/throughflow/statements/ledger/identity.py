"""Ids: the hash of the facts by which a statement is known.

Ids are made of letters, digits and hyphens, as FollowTheMoney asks of an entity's id.
"""

from __future__ import annotations

import unicodedata
from functools import lru_cache
from itertools import count
from typing import TYPE_CHECKING, Any

from throughflow.statements.ledger.record import short_hash

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from throughflow.model.statements import Actor, Event
    from throughflow.statements.ledger.record import Telling

PREFIX = "st-"


def facts(event: Event, unresolved: Sequence[str] = ()) -> dict[str, Any]:
    """Return the facts that make an event this event; wording, source and rule are none of them."""
    return {
        "kind": event.kind,
        "actors": sorted(_who(actor) for actor in event.actors),
        "targets": sorted(actor.country for actor in event.targets),
        "start": event.date.start and event.date.start.isoformat(),
        "end": event.date.end and event.date.end.isoformat(),
        "polarity": event.polarity,
        "is_pledge": event.is_pledge,
        "topic": event.topic,
        "resolution": resolution(event),
        "vote": event.details.get("vote", ""),
        "unresolved": sorted(unresolved),
    }


def facts_id(event: Event, unresolved: Sequence[str] = ()) -> str:
    """Return the id that a statement of these facts has when it is recorded first."""
    return PREFIX + short_hash(facts(event, unresolved))


def free_id(telling: Telling, taken: Collection[str], *, is_alone: bool = False) -> str:
    """Return the id for a statement that a telling begins.

    Args:
        telling: The best evidenced telling.
        taken: Ids in use; none of them is returned.
        is_alone: Whether others of the very same facts would not be joined with it.

    Returns:
        The hash of the facts; where that is taken, or others may come, of the telling too.
    """
    plain = facts_id(telling.event, telling.unresolved)
    if not is_alone and plain not in taken:
        return plain
    for number in count():
        # A telling may begin a statement, join another and leave it again: the first keeps its id.
        salt = {"telling": telling.id} | ({"number": number} if number else {})
        found = PREFIX + short_hash(facts(telling.event, telling.unresolved) | salt)
        if found not in taken:
            return found
    raise AssertionError


def resolution(event: Event) -> str:
    """Return the resolution that was voted on, without the prefix of the General Assembly."""
    return event.details.get("un_resolution", "").upper().removeprefix("A/RES/").strip()


def _who(actor: Actor) -> list[str]:
    return [actor.country, actor.sector, name_key(actor.person or "")]


@lru_cache(maxsize=65536)
def name_key(name: str) -> str:
    """Bring a name to the form in which names are compared: no case, no accents, single spaces."""
    bare = unicodedata.normalize("NFKD", name.casefold())
    return " ".join("".join(c for c in bare if not unicodedata.combining(c)).split())
