"""Statements of a ledger as plain data, so that a run carries the words it was asked about.

A replay asks about the same statements, whatever has been written into the ledger since.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from throughflow.errors import InputError
from throughflow.model.statements import Candidate
from throughflow.statements import event_json
from throughflow.statements.ledger import Selection, intake, open_ledger
from throughflow.statements.ledger.record import ACCEPTED

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from throughflow.model.statements import Event, Source
    from throughflow.statements.ledger import Ledger, Record


@dataclass(frozen=True, slots=True)
class Saying:
    """One statement as a ledger has it.

    Attributes:
        id: Its id in the ledger.
        event: What was said or done.
        sources: Who tells it, the best evidenced first.
    """

    id: str
    event: Event
    sources: tuple[Source, ...]


def from_ledger(ledger: Ledger, country: str) -> list[dict[str, Any]]:
    """Return what a state said and did, and what others said to it, as plain data.

    Args:
        ledger: Where statements are kept; rejected ones and candidates are left out.
        country: ISO alpha-2.
    """
    accepted = Selection(statuses=(ACCEPTED,))
    rows = ledger.select(accepted)
    return [
        plain(record)
        for record in ledger.iterate(rows)
        if any(country == one.country for one in (*record.event.actors, *record.event.targets))
    ]


def from_file(path: Path, country: str) -> list[dict[str, Any]]:
    """Read a file that a ledger would take, without keeping it; see `from_ledger`.

    Raises:
        InputError: The file cannot be read, or a row of it is no statement.
    """
    entries, refused = intake.read(path)
    intake.all_or_nothing(path, refused)
    tellings = [
        one.telling
        for one in entries
        if one.status in {"", ACCEPTED} and not one.telling.unresolved
    ]
    return [
        {
            "id": one.id,
            "event": event_json.plain(one.event),
            "sources": [event_json.source_plain(one.source)],
        }
        for one in tellings
        if any(country == actor.country for actor in (*one.event.actors, *one.event.targets))
    ]


def of_state(country: str) -> tuple[Saying, ...]:
    """Return what the ledger in use holds of a state."""
    return read(from_ledger(open_ledger(), country))


def plain(record: Record) -> dict[str, Any]:
    """Return a record as plain data; `read` takes it back."""
    return {
        "id": record.id,
        "event": event_json.plain(record.event),
        "sources": [event_json.source_plain(one.source) for one in record.tellings],
    }


def read(raw: Iterable[dict[str, Any]]) -> tuple[Saying, ...]:
    """Read plain data back.

    Raises:
        InputError: An object is no statement.
    """
    return tuple(_read(one, f"statement {number}") for number, one in enumerate(raw, start=1))


def events(sayings: Sequence[Saying]) -> tuple[Event, ...]:
    """Return the statements without their sources."""
    return tuple(one.event for one in sayings)


def _read(raw: dict[str, Any], where: str) -> Saying:
    event = event_json.parse(raw["event"], where=where)
    if isinstance(event, Candidate):
        raise InputError("is a candidate, which nobody has accepted", where=where)
    return Saying(
        raw["id"],
        event,
        tuple(event_json.parse_source(one, where=where) for one in raw["sources"]),
    )
