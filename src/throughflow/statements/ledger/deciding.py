"""What a person decides about a statement: accept, reject, edit, tell apart."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from throughflow.errors import InputError, UsageError
from throughflow.statements.ledger import identity, merging, sameness, table
from throughflow.statements.ledger.record import ACCEPTED, REJECTED
from throughflow.statements.ledger.versions import effective, first, next_version

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from throughflow.statements.ledger.record import Record
    from throughflow.statements.ledger.versions import Stamp

ACCEPT, REJECT = "accept", "reject"
# Columns that go with the states of one side.
ALIGNED = ("sectors", "persons", "roles")


def review(
    old: Record, stamp: Stamp, *, decision: str = "", edits: Mapping[str, str] | None = None
) -> Record:
    """Return the version in which a person accepts, rejects or edits a statement.

    Args:
        old: The newest version.
        stamp: Who decides, when and why; the reason may not be empty.
        decision: ``accept``, ``reject``, or empty to leave the status as it is.
        edits: Columns of the table and their new texts; an empty text clears the column.

    Raises:
        UsageError: Nothing is decided, or no reason is given.
        InputError: A column is unknown, a text is not usable, or a slot is still open.
    """
    _check_reason(stamp)
    edits = dict(edits or {})
    if not edits and not decision:
        raise UsageError(
            "nothing is decided", remedy="Give --accept, --reject, --edit FIELD=VALUE or --split"
        )
    for column in edits:
        if column not in table.EDITABLE:
            raise InputError.unknown("field", column, table.EDITABLE, where="--edit")
    if "start" in edits and "end" not in edits and old.event.date.precision == "day":
        edits["end"] = edits["start"]  # a day stays a day
    for side, actors in (("actor", old.event.actors), ("target", old.event.targets)):
        if len(table.split(edits.get(f"{side}s", ""))) != len(actors) and f"{side}s" in edits:
            # Sectors, persons and offices of other actors are not theirs.
            edits = dict.fromkeys((f"{side}_{what}" for what in ALIGNED), "") | edits
    made = dict(old.edits) | edits
    slots = () if decision == ACCEPT else old.unresolved
    if decision == ACCEPT:
        made.pop("unresolved", None)
    event, unresolved = effective(old.tellings, made, unresolved=slots, where="--edit")
    status = {ACCEPT: ACCEPTED, REJECT: REJECTED}.get(decision, old.status)
    unresolved = unresolved or (() if event.actors else ("actor",))
    if status == ACCEPTED and unresolved:
        raise InputError(
            f"an accepted statement has no open slot, and this leaves {', '.join(unresolved)} open",
            where=old.id,
            remedy="Fill it in the same call, or use --reject",
        )
    return next_version(
        old,
        stamp,
        action="review",
        status=status,
        is_reviewed=True,
        event=event,
        unresolved=unresolved,
        edits=made,
    )


def split(
    old: Record, tellings: Sequence[str], stamp: Stamp, taken: Collection[str]
) -> tuple[Record, Record]:
    """Tell some tellings of a statement apart from the others, for good.

    Args:
        old: The newest version.
        tellings: Ids of the tellings that are about something else.
        stamp: Who decides, when and why.
        taken: Ids in use.

    Returns:
        The statement without them, and the new one.

    Raises:
        UsageError: No reason is given.
        InputError: A telling is not one of the statement's, or none would be left.
    """
    _check_reason(stamp)
    known = [telling.id for telling in old.tellings]
    for telling in tellings:
        if telling not in known:
            raise InputError.unknown("telling", telling, known, where=old.id)
    leaving = [telling for telling in old.tellings if telling.id in tellings]
    staying = [telling for telling in old.tellings if telling.id not in tellings]
    if not staying:
        raise InputError(
            "no telling would stay", where=old.id, remedy="Leave at least one, or use --reject"
        )
    event, unresolved = effective(staying, old.edits, unresolved=old.unresolved)
    new_id = identity.free_id(merging.ranked(leaving)[0], taken)
    made = first(new_id, leaving, old.status, stamp, action="split", is_reviewed=True)
    if not old.unresolved and old.status == ACCEPTED:
        made = replace(made, unresolved=())
    lead = made.tellings[0]
    why = {lead.id: f"told apart from {old.id}"} | {
        telling.id: sameness.reason_to_join(lead.event, telling.event)
        for telling in made.tellings[1:]
    }
    kept = next_version(
        old,
        stamp,
        action="split",
        is_reviewed=True,
        event=event,
        unresolved=unresolved,
        tellings=merging.ranked(staying),
        why={telling.id: old.why.get(telling.id, "") for telling in staying},
        apart=(*old.apart, new_id),
    )
    return kept, replace(made, why=why, apart=(old.id,))


def join(old: Record, other: Record, stamp: Stamp) -> tuple[Record, Record]:
    """Put the tellings of another statement to one: they are the same event.

    Args:
        old: The statement that stays.
        other: The one whose tellings it gets; it is rejected and keeps its versions.
        stamp: Who decides, when and why.

    Returns:
        Both in their new versions.

    Raises:
        UsageError: No reason is given, or there is only one statement.
        InputError: One is rejected, or they differ in kind, actors, polarity, vote or day.
    """
    _check_reason(stamp)
    if old.id == other.id:
        raise UsageError("the two are one statement already", where="--join")
    for one in (old, other):
        if one.status == REJECTED:
            raise InputError(
                f"{one.id} is rejected", where="--join", remedy="Accept it first, with a reason"
            )
    reason = sameness.contradiction(old.event, other.event)
    if reason:
        raise InputError(
            f"{old.id} and {other.id} cannot be one event: {reason}",
            where="--join",
            remedy="Edit one of them first, or leave them apart",
        )
    known = {telling.id for telling in old.tellings}
    coming = [telling for telling in other.tellings if telling.id not in known]
    tellings = merging.ranked([*old.tellings, *coming])
    event, _ = effective(tellings, old.edits, unresolved=old.unresolved)
    kept = next_version(
        old,
        stamp,
        action="join",
        is_reviewed=True,
        event=event,
        tellings=tellings,
        why=old.why | {telling.id: f"joined by {stamp.by} from {other.id}" for telling in coming},
        apart=tuple(known for known in old.apart if known != other.id),
    )
    gone = next_version(other, stamp, action="join", status=REJECTED, is_reviewed=True)
    return kept, gone


def _check_reason(stamp: Stamp) -> None:
    if not stamp.reason.strip():
        raise UsageError(
            "no reason is given", where="--reason", remedy='Say why: --reason "seen the original"'
        )
