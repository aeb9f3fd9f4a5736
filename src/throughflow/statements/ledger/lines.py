"""A statement in a line or two, for people: when, who, what, to whom, how surely, the words."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from throughflow.model.statements import KINDS
from throughflow.reference import countries
from throughflow.statements.event_json import QUOTE

if TYPE_CHECKING:
    from throughflow.model.statements import Actor, Event

_MOST_QUOTE = 160
# What a terminal would obey, or a reader be misled by: none of it gets into a ledger, but a ledger
# may come from elsewhere.
_UNSAFE = re.compile("[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
_UNSAFE_BUT_LINES = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


def line(found: dict[str, Any], event: Event) -> str:
    """Write a statement for a timeline, each line ended.

    Args:
        found: The record as it stands in the log.
        event: Its event.
    """
    start, end = event.date.start, event.date.end
    when = str(start or "..") if start == end else f"{start or '..'} to {end or '..'}"
    persons = ", ".join(actor.person for actor in event.actors if actor.person)
    to = _names(event.targets)
    relayed = event.relayed_by
    notes = [f"relayed by {_name(relayed.country)}" if relayed else event.certainty]
    about = _about(event)
    if about:
        notes.insert(0, about)
    sources = count_sources(found)
    if sources > 1:
        notes.append(f"{sources} sources")
    if found["status"] != "accepted":
        slots = ", ".join(found["unresolved"])
        notes.append(found["status"].upper() + (f" ({slots})" if slots else ""))
    if found["is_reviewed"]:
        notes.append("reviewed")
    words = (
        f"{when:<10}  {_names(event.actors) or 'somebody'}{f' ({persons})' if persons else ''}: "
        f"{KINDS[event.kind][2]}{f' ({to})' if to else ''} · {' · '.join(notes)} · {found['id']}"
    )
    quote = event.spans[0].text if event.spans else event.details.get(QUOTE, "")
    if not quote:
        return f"{_UNSAFE.sub('?', words)}\n"
    short = quote if len(quote) <= _MOST_QUOTE else f"{quote[: _MOST_QUOTE - 1]}…"
    return f"{_UNSAFE.sub('?', words)}\n            “{_UNSAFE.sub(' ', short)}”\n"


def count_sources(found: dict[str, Any]) -> int:
    """Count the documents that tell of a statement; one may tell of it in several places."""
    return len({str(told["source"]) for told in found["tellings"]})


def safe(text: str) -> str:
    """Return lines without anything that a terminal would obey."""
    return text if text.isprintable() else _UNSAFE_BUT_LINES.sub("?", text)


def _about(event: Event) -> str:
    """Say in a word or two what it is about: the vote, the corridor, the topic."""
    details = event.details
    named = " ".join(details[key] for key in ("un_resolution", "vote") if key in details)
    return named or details.get("corridor") or event.topic


def _names(actors: tuple[Actor, ...]) -> str:
    return ", ".join(dict.fromkeys(_name(actor.country) for actor in actors))


@lru_cache(maxsize=1024)
def _name(code: str) -> str:
    return countries.name(code)
