"""How one version of a statement follows another."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from throughflow.model.statements import Candidate, Source
from throughflow.statements.ledger import merging, record, table

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from throughflow.model.statements import Event
    from throughflow.statements.ledger.record import Record, Telling


@dataclass(frozen=True, slots=True)
class Stamp:
    """Who writes, when and why.

    Attributes:
        by: Who.
        reason: Why.
        recorded: When, UTC, ISO 8601.
    """

    by: str
    reason: str
    recorded: str


def first(
    ours: str,
    tellings: Sequence[Telling],
    status: str,
    stamp: Stamp,
    *,
    action: str,
    is_reviewed: bool = False,
) -> Record:
    """Return the first version of a statement."""
    ranked = merging.ranked(tellings)
    return record.Record(
        id=ours,
        version=1,
        previous="",
        recorded=stamp.recorded,
        by=stamp.by,
        reason=stamp.reason,
        action=action,
        status=status,
        is_reviewed=is_reviewed,
        event=merging.merge(ranked),
        unresolved=ranked[0].unresolved,
        tellings=ranked,
    )


def next_version(old: Record, stamp: Stamp, *, action: str, **changes: Any) -> Record:
    """Return the version after another; it names the other by the digest of its line."""
    return replace(
        old,
        version=old.version + 1,
        previous=hashlib.sha256(record.line(old)).hexdigest(),
        recorded=stamp.recorded,
        by=stamp.by,
        reason=stamp.reason,
        action=action,
        **changes,
    )


def effective(
    tellings: Sequence[Telling],
    edits: Mapping[str, str],
    *,
    unresolved: tuple[str, ...] | None = None,
    where: str = "",
) -> tuple[Event, tuple[str, ...]]:
    """Return what tellings say together once a person's edits are made.

    Args:
        tellings: At least one.
        edits: Columns of the table and their new texts.
        unresolved: Slots that are still open; None for those of the tellings.
        where: Place of the edits, for errors.

    Raises:
        InputError: An edit is not usable.
    """
    event = merging.merge(tellings)
    slots = tellings[0].unresolved if unresolved is None else unresolved
    if not edits:
        return event, slots
    row = table.row_of(event, slots, Source()) | dict(edits)
    if not row["unresolved"] and not row["actors"]:
        row["unresolved"] = "actor"
    read, _ = table.read_row(row, where=where)
    return (read.event, read.unresolved) if isinstance(read, Candidate) else (read, ())
