"""One version of a statement, as it stands in the ledger."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from throughflow.model.statements import Candidate
from throughflow.statements import event_json

if TYPE_CHECKING:
    from collections.abc import Iterable

    from throughflow.model.statements import Event, Source

ACCEPTED, CANDIDATE, REJECTED = "accepted", "candidate", "rejected"
STATUSES = (ACCEPTED, CANDIDATE, REJECTED)


@dataclass(frozen=True, slots=True)
class Telling:
    """What one source says of one event; it never changes.

    Attributes:
        event: As this source tells it.
        source: Which source.
        unresolved: Open slots of a candidate; empty for an event.
        id: Hash of all of the above.
    """

    event: Event
    source: Source
    unresolved: tuple[str, ...] = ()
    id: str = ""

    @classmethod
    def of(cls, item: Event | Candidate, source: Source) -> Telling:
        """Make the telling of an event or a candidate."""
        event, unresolved = (
            (item.event, item.unresolved) if isinstance(item, Candidate) else (item, ())
        )
        content = {
            "event": event_json.plain(event),
            "source": event_json.source_plain(source),
            "unresolved": unresolved,
        }
        return cls(event, source, unresolved, f"te-{short_hash(content)}")


@dataclass(frozen=True, slots=True)
class Record:
    """One version of one statement.

    Attributes:
        id: Id of the statement, the same for all its versions.
        version: 1 for the first.
        previous: SHA-256 of the line of the version before; empty for the first.
        recorded: When, UTC, ISO 8601.
        by: Who wrote it.
        reason: Why.
        action: ``add``, ``join``, ``regroup``, ``review``, ``split`` or ``import``.
        status: ``accepted``, ``candidate`` or ``rejected``.
        is_reviewed: Whether a person decided; what was decided is never regrouped by rule.
        event: What all tellings together say, with a person's edits.
        unresolved: Open slots of a candidate.
        tellings: Who tells it, the best evidenced first.
        why: For each telling's id, why it belongs here.
        edits: What a person changed: column of the table, new text.
        apart: Ids of statements that a person has told apart from this one.
    """

    id: str
    version: int
    previous: str
    recorded: str
    by: str
    reason: str
    action: str
    status: str
    is_reviewed: bool
    event: Event
    unresolved: tuple[str, ...]
    tellings: tuple[Telling, ...]
    why: dict[str, str] = field(default_factory=dict)
    edits: dict[str, str] = field(default_factory=dict)
    apart: tuple[str, ...] = ()


def short_hash(content: Any) -> str:
    """Return 80 bits of the SHA-256 of plain data, as 20 hex digits."""
    text = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()[:20]


def line(record: Record) -> bytes:
    """Write a record as one line of JSON; a telling that says just the same leaves it unsaid."""
    event = event_json.plain(record.event)
    text = json.dumps(
        {
            "id": record.id,
            "version": record.version,
            "previous": record.previous or None,
            "recorded": record.recorded,
            "by": record.by,
            "reason": record.reason,
            "action": record.action,
            "status": record.status,
            "is_reviewed": record.is_reviewed,
            "event": event,
            "unresolved": list(record.unresolved),
            "tellings": [_telling_out(telling, event, record) for telling in record.tellings],
            "edits": record.edits,
            "apart": list(record.apart),
        },
        ensure_ascii=False,
        separators=(",", ":"),
        allow_nan=False,
    )
    return text.encode() + b"\n"


def _telling_out(telling: Telling, event: dict[str, Any], record: Record) -> dict[str, Any]:
    found: dict[str, Any] = {
        "id": telling.id,
        "source": event_json.source_plain(telling.source),
        "why": record.why.get(telling.id, ""),
    }
    own = event_json.plain(telling.event)
    if own != event:
        found["event"] = own
    if telling.unresolved != record.unresolved:
        found["unresolved"] = list(telling.unresolved)
    return found


def read(text: bytes | str, *, where: str = "") -> Record:
    """Read a line that `line` wrote.

    Raises:
        InputError: The line holds something else.
    """
    found = json.loads(text)
    event = _event(found["event"], found["unresolved"], where)
    unresolved = tuple(found["unresolved"])
    tellings = tuple(
        Telling(
            event=_event(told["event"], told.get("unresolved", unresolved), where)
            if "event" in told
            else event,
            source=event_json.parse_source(told["source"], where=where),
            unresolved=tuple(told.get("unresolved", unresolved)),
            id=told["id"],
        )
        for told in found["tellings"]
    )
    return Record(
        id=found["id"],
        version=found["version"],
        previous=found["previous"] or "",
        recorded=found["recorded"],
        by=found["by"],
        reason=found["reason"],
        action=found["action"],
        status=found["status"],
        is_reviewed=found["is_reviewed"],
        event=event,
        unresolved=unresolved,
        tellings=tellings,
        why={told["id"]: told["why"] for told in found["tellings"]},
        edits=found["edits"],
        apart=tuple(found["apart"]),
    )


def _event(value: dict[str, Any], unresolved: Iterable[str], where: str) -> Event:
    # A candidate may lack its actor, and so may one that a person rejected.
    slots = list(unresolved) or ([] if value["actors"] else ["actor"])
    read_as = event_json.parse(value | ({"unresolved": slots} if slots else {}), where=where)
    return read_as.event if isinstance(read_as, Candidate) else read_as
