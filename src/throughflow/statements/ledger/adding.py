"""What is recorded when tellings come in: new statements, and new versions of old ones."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.compute as pc

from throughflow.errors import InputError
from throughflow.statements.ledger import identity, merging, sameness
from throughflow.statements.ledger.record import ACCEPTED, CANDIDATE, REJECTED, Telling
from throughflow.statements.ledger.sameness import Node
from throughflow.statements.ledger.versions import effective, first, next_version

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from throughflow.statements.ledger.record import Record
    from throughflow.statements.ledger.versions import Stamp

_ID = re.compile(rf"{identity.PREFIX}[0-9a-f]{{20}}\Z")
LEAD = "first told"


@dataclass(frozen=True, slots=True)
class Entry:
    """A telling as it comes in.

    Attributes:
        telling: The telling.
        where: File and row, for errors.
        given_id: Id that an export wrote; kept for what a person decided, a wish otherwise.
        status: Status that was written; empty for the telling's own.
        is_reviewed: Whether a person decided, as an export wrote.
    """

    telling: Telling
    where: str = ""
    given_id: str = ""
    status: str = ""
    is_reviewed: bool = False


@dataclass(frozen=True, slots=True)
class Added:
    """What became of tellings.

    Attributes:
        recorded: Ids of new statements.
        joined: For each telling that joined an earlier one: its id, the statement's, and why.
        regrouped: Ids of statements from which a telling was taken, because it may belong
            elsewhere as well.
        known: Tellings that were there already, with the very same words.
        to_rejected: Ids of rejected statements that are told again.
        quarantined: Rows that were refused.
        quarantine: Where they are kept.
    """

    recorded: tuple[str, ...] = ()
    joined: tuple[dict[str, str], ...] = ()
    regrouped: tuple[str, ...] = ()
    known: int = 0
    to_rejected: tuple[str, ...] = ()
    quarantined: int = 0
    quarantine: str = ""


@dataclass(slots=True)
class _Plan:
    """What is to be written.

    Attributes:
        stamp: Who, when, why.
        taken: Ids that are in use.
        records: New records by the statement's id.
        written: What they follow: the newest version that is in the log.
        recorded: See `Added`, and so for the others.
    """

    stamp: Stamp
    taken: set[str]
    records: dict[str, Record] = field(default_factory=dict)
    written: dict[str, Record] = field(default_factory=dict)
    recorded: list[str] = field(default_factory=list)
    joined: list[dict[str, str]] = field(default_factory=list)
    regrouped: list[str] = field(default_factory=list)
    to_rejected: list[str] = field(default_factory=list)


def plan(
    entries: Sequence[Entry],
    rows: pa.Table,
    read: Callable[[Iterable[int]], list[Record]],
    stamp: Stamp,
) -> tuple[list[Record], Added]:
    """Work out the records that entries lead to.

    Args:
        entries: What comes in.
        rows: The index.
        read: Reads the newest records at positions of the index.
        stamp: Who adds, when and why.

    Returns:
        Records in the order in which they are to be written, and what became of the entries.

    Raises:
        InputError: An id that was given cannot be used.
    """
    there = _owners(rows, "tellings", [entry.telling.id for entry in entries])
    new = [entry for entry in entries if entry.telling.id not in there]
    todo = _Plan(stamp, set(rows["id"].to_pylist()))
    # A person may have put one telling under two statements: joined here, rejected there.
    decided = {
        (entry.telling.id, entry.given_id): entry
        for entry in new
        if entry.is_reviewed or entry.status == REJECTED
    }
    _take_over(todo, list(decided.values()), rows, read)
    done = {telling for telling, _ in decided}
    plain = {entry.telling.id: entry for entry in new if entry.telling.id not in done}
    rest = _join_known_facts(todo, list(plain.values()), rows, read)
    _regroup(todo, rest, rows, read)
    return list(todo.records.values()), Added(
        recorded=tuple(todo.recorded),
        joined=tuple(todo.joined),
        regrouped=tuple(todo.regrouped),
        known=len(entries) - len(decided) - len(plain),
        to_rejected=tuple(dict.fromkeys(todo.to_rejected)),
    )


def _owners(rows: pa.Table, column: str, wanted: Sequence[str]) -> dict[str, list[int]]:
    """Map each of the wanted items of a list column to the positions of the rows that have it."""
    found: dict[str, list[int]] = {}
    if not len(rows) or not wanted:
        return found
    lists = rows[column].combine_chunks()
    items = pc.list_flatten(lists)
    mask = pc.is_in(items, value_set=pa.array(wanted, pa.large_string()))
    pairs = zip(
        items.filter(mask).to_pylist(),
        pc.list_parent_indices(lists).filter(mask).to_pylist(),
        strict=True,
    )
    for item, position in pairs:
        found.setdefault(item, []).append(position)
    return found


def _take_over(
    todo: _Plan,
    entries: Sequence[Entry],
    rows: pa.Table,
    read: Callable[[Iterable[int]], list[Record]],
) -> None:
    """Record what a person has decided elsewhere, under the id it has there."""
    by_id: dict[str, list[Entry]] = {}
    for entry in entries:
        given = entry.given_id or identity.facts_id(entry.telling.event, entry.telling.unresolved)
        if not _ID.match(given):
            raise InputError(
                f"{given[:80]!r} is not an id of a statement",
                where=f"{entry.where}, id",
                remedy="Leave id and reviewed empty for new statements",
            )
        by_id.setdefault(given, []).append(entry)
    if not by_id:
        return
    ids = pa.array(list(by_id), pa.large_string())
    positions = pc.indices_nonzero(pc.is_in(rows["id"], value_set=ids)).to_pylist()
    before = {record.id: record for record in read(positions)}
    for given, same in by_id.items():
        tellings = [entry.telling for entry in same]
        _check_one_event(same)
        old = before.get(given)
        if old is not None:
            _join(todo, old, tellings, lambda _: "told under the same id")
            continue
        status = same[0].status or (CANDIDATE if tellings[0].unresolved else ACCEPTED)
        made = first(given, tellings, status, todo.stamp, action="import", is_reviewed=True)
        _record(todo, made)


def _check_one_event(entries: Sequence[Entry]) -> None:
    lead = entries[0].telling
    for entry in entries[1:]:
        reason = sameness.contradiction(lead.event, entry.telling.event)
        if reason:
            raise InputError(
                f"rows of one id tell of different events: {reason}",
                where=f"{entry.where}, id",
                remedy="Give them two ids, or none",
            )


def _join_known_facts(
    todo: _Plan,
    entries: Sequence[Entry],
    rows: pa.Table,
    read: Callable[[Iterable[int]], list[Record]],
) -> list[Entry]:
    """Join what tells the very facts of a statement that a person decided; return the others."""
    decided = rows.filter(rows["is_reviewed"])
    if not len(decided):
        return list(entries)
    facts = {
        entry.telling.id: identity.facts_id(entry.telling.event, entry.telling.unresolved)
        for entry in entries
    }
    owners = _owners(decided, "facts", list(facts.values()))
    rest, joining = [], dict[str, list[Telling]]()
    for entry in entries:
        own = set(owners.get(facts[entry.telling.id], ()))
        if len(own) == 1 and not sameness.stands_alone(entry.telling.event):
            owner = decided["id"][own.pop()].as_py()
            joining.setdefault(owner, []).append(entry.telling)
        else:
            rest.append(entry)
    if joining:
        ids = pa.array(list(joining), pa.large_string())
        positions = pc.indices_nonzero(pc.is_in(rows["id"], value_set=ids)).to_pylist()
        for record in read(positions):
            _join(todo, record, joining[record.id], lambda _: "the very same facts")
    return rest


def _regroup(
    todo: _Plan,
    entries: Sequence[Entry],
    rows: pa.Table,
    read: Callable[[Iterable[int]], list[Record]],
) -> None:
    """Divide every block that something comes into anew."""
    blocks: dict[str, list[Entry]] = {}
    for entry in entries:
        telling = entry.telling
        blocks.setdefault(sameness.block(telling.event, telling.unresolved), []).append(entry)
    there: dict[str, list[Record]] = {}
    if blocks and len(rows):
        names = pa.array(list(blocks), pa.large_string())
        positions = pc.indices_nonzero(pc.is_in(rows["block"], value_set=names)).to_pylist()
        for record in read(positions):
            # Something may have joined it a moment ago.
            newest = todo.records.get(record.id, record)
            there.setdefault(sameness.block(newest.event, newest.unresolved), []).append(newest)
    for name, coming in blocks.items():
        _regroup_block(todo, coming, there.get(name, []))


def _regroup_block(todo: _Plan, coming: Sequence[Entry], there: Sequence[Record]) -> None:
    fixed = [record for record in there if record.is_reviewed]
    loose = [record for record in there if not record.is_reviewed]
    tellings = [telling for record in loose for telling in record.tellings]
    owner = {telling.id: record for record in loose for telling in record.tellings}
    wishes = {entry.telling.id: entry.given_id for entry in coming}
    tellings += [entry.telling for entry in coming]
    nodes = [Node(record.id, record.event, is_fixed=True) for record in fixed]
    nodes += [Node(telling.id, telling.event) for telling in tellings]
    divided = _undisturbed(sameness.groups(nodes), nodes, owner)
    names: dict[int, str] = {number: record.id for number, record in enumerate(fixed)}
    heirs = _heirs(divided, nodes, owner)
    made: list[tuple[sameness.Group, str]] = []
    for group in divided:
        members = [tellings[n - len(fixed)] for n in group.members if n >= len(fixed)]
        kept = next((fixed[n] for n in group.members if n < len(fixed)), None)
        old = kept or heirs.get(group.members)
        ours = old.id if old else _free_id(todo, members, wishes)
        todo.taken.add(ours)
        names.update(dict.fromkeys(group.members, ours))
        made.append((group, ours))
    by_id = {record.id: record for record in there}
    for group, ours in made:
        members = [tellings[n - len(fixed)] for n in group.members if n >= len(fixed)]
        rivals = list(dict.fromkeys(names[n] for n in group.rivals))
        _settle(todo, ours, by_id.get(ours), members, rivals, owner)


def _undisturbed(
    divided: Sequence[sameness.Group], nodes: Sequence[Node], owner: dict[str, Record]
) -> list[sameness.Group]:
    """Keep statements that are recorded apart as they are.

    Tellings alone can only divide a group further. But once a person moves a statement elsewhere,
    two others that it kept apart would fall together: that is for a person to say.
    """
    found = []
    for group in divided:
        apart: dict[str, list[int]] = {}
        for number in group.members:
            old = owner.get(nodes[number].key)
            ours = old.id if old else nodes[number].key if nodes[number].is_fixed else ""
            apart.setdefault(ours, []).append(number)
        fresh = apart.pop("", [])
        # What is new goes to what a person has fixed, else to the least id.
        order = sorted(apart, key=lambda ours: (not nodes[apart[ours][0]].is_fixed, ours))
        for ours in order:
            found.append(sameness.Group(tuple(sorted(apart[ours] + fresh)), group.rivals))
            fresh = []
        if fresh:
            found.append(sameness.Group(tuple(fresh), group.rivals))
    return found


def _heirs(
    divided: Sequence[sameness.Group], nodes: Sequence[Node], owner: dict[str, Record]
) -> dict[tuple[int, ...], Record]:
    """Choose for each statement which group keeps its id: the one with most of its tellings."""
    best: dict[str, tuple[int, str, tuple[int, ...]]] = {}
    for group in divided:
        counts: dict[str, int] = {}
        for number in group.members:
            old = owner.get(nodes[number].key)
            if old:
                counts[old.id] = counts.get(old.id, 0) + 1
        least = min(nodes[number].key for number in group.members)
        for ours, count in counts.items():
            rank = (-count, least, group.members)
            best[ours] = min(best.get(ours, rank), rank)
    by_id = {record.id: record for record in owner.values()}
    return {members: by_id[ours] for ours, (_, _, members) in best.items()}


def _free_id(todo: _Plan, members: Sequence[Telling], wishes: dict[str, str]) -> str:
    lead = merging.ranked(members)[0]
    wish = wishes.get(lead.id, "")
    if _ID.match(wish) and wish not in todo.taken:
        return wish
    return identity.free_id(lead, todo.taken, is_alone=bool(sameness.stands_alone(lead.event)))


def _settle(
    todo: _Plan,
    ours: str,
    old: Record | None,
    members: Sequence[Telling],
    rivals: Sequence[str],
    owner: dict[str, Record],
) -> None:
    """Write what a group leads to: nothing, a new statement, or a new version."""
    if old is not None and old.is_reviewed:
        if members:
            _join(todo, old, members, lambda t: sameness.reason_to_join(old.event, t.event))
        return
    if old is not None and {t.id for t in members} == {t.id for t in old.tellings}:
        return
    ranked = merging.ranked(members)
    lead = ranked[0]
    why = {
        telling.id: sameness.reason_to_join(lead.event, telling.event) for telling in ranked[1:]
    } | {lead.id: LEAD}
    if rivals:
        note = "may also belong to " + ", ".join(rivals) + ", which differ from each other"
        why = {key: f"{text}; {note}" for key, text in why.items()}
    if old is None:
        status = CANDIDATE if lead.unresolved else ACCEPTED
        moved = [owner[t.id].id for t in members if t.id in owner]
        made = first(ours, ranked, status, todo.stamp, action="regroup" if moved else "add")
        _record(todo, replace(made, why=why))
        fresh = [t for t in ranked[1:] if t.id not in owner]
    else:
        gone = {t.id for t in old.tellings} - {t.id for t in members}
        event, unresolved = effective(ranked, old.edits)
        changed = next_version(
            old,
            todo.stamp,
            action="regroup" if gone else "join",
            tellings=ranked,
            event=event,
            unresolved=unresolved,
            why=why,
        )
        todo.records[ours] = changed
        if gone:
            todo.regrouped.append(ours)
        fresh = [t for t in ranked if t.id not in owner]
    todo.joined += [{"telling": t.id, "statement": ours, "why": why[t.id]} for t in fresh]


def _join(
    todo: _Plan, old: Record, tellings: Sequence[Telling], why: Callable[[Telling], str]
) -> None:
    """Add tellings to a statement that a person decided; what the person wrote stays."""
    written = todo.written.setdefault(old.id, old)
    newest = todo.records.get(old.id, old)
    ranked = merging.ranked([*newest.tellings, *tellings])
    event, _ = effective(ranked, old.edits, unresolved=old.unresolved)
    reasons = {telling.id: why(telling) for telling in tellings}
    todo.records[old.id] = next_version(
        written, todo.stamp, action="join", tellings=ranked, event=event, why=newest.why | reasons
    )
    todo.joined += [
        {"telling": key, "statement": old.id, "why": text} for key, text in reasons.items()
    ]
    if old.status == REJECTED:
        todo.to_rejected.append(old.id)


def _record(todo: _Plan, made: Record) -> None:
    todo.records[made.id] = made
    todo.taken.add(made.id)
    todo.recorded.append(made.id)
