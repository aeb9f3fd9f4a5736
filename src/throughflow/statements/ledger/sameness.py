"""When two sources tell of the same event, and why.

Two tellings *agree* when nothing in them speaks against one event. That relation is not
transitive: a report dated "in March" agrees with one of the 2nd and with one of the 20th, which do
not agree with each other. So tellings are joined only where they agree with exactly the same
others; one that could belong to either stays alone. The outcome depends on the set of tellings
alone, never on the order in which they came.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from difflib import SequenceMatcher
from functools import lru_cache
from typing import TYPE_CHECKING

from throughflow.statements.ledger.identity import name_key, resolution

if TYPE_CHECKING:
    from collections.abc import Sequence

    from throughflow.model.statements import Actor, Event

# An overlap of two windows longer than a quarter says little about one day.
MOST_DAYS = 92
# "Tileuberdi" and "Tleuberdi" are 0.95 alike, "Tokayev" and "Toqaev" 0.77, two different surnames
# rarely more than 0.6.
LIKE = 0.75


# What must be equal where both name it.
SLOTS = ("targets", "topics", "votes", "corridors")
# How many others a telling that stays alone names.
MOST_RIVALS = 3


@dataclass(frozen=True, slots=True)
class Group:
    """Tellings of one statement.

    Attributes:
        members: Positions of its nodes.
        rivals: Positions of some nodes outside that it agrees with, but not with all the same
            others: it may belong to one of them, and cannot tell to which.
    """

    members: tuple[int, ...]
    rivals: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Node:
    """What is to be grouped.

    Attributes:
        key: Its id.
        event: What it says.
        is_fixed: Whether a person has fixed it; two fixed ones are never joined.
    """

    key: str
    event: Event
    is_fixed: bool = False


def block(event: Event, unresolved: Sequence[str] = ()) -> str:
    """Return what must be equal for two tellings to agree: only within it are any compared."""
    actors = sorted(f"{actor.country}:{actor.sector}" for actor in event.actors)
    return "/".join(
        (
            event.kind,
            "+".join(actors),
            "" if event.polarity is None else str(event.polarity),
            "pledge" if event.is_pledge else "",
            resolution(event),
            "+".join(sorted(unresolved)),
        )
    )


def stands_alone(event: Event) -> str:
    """Say why an event can never be joined by rule; empty if it can."""
    start, end = event.date.start, event.date.end
    if start is None or end is None:
        return "its date is open"
    if (end - start).days >= MOST_DAYS:
        return f"its date spans {(end - start).days + 1} days"
    if event.kind == "vote" and not resolution(event):
        return "it names no resolution"
    if not event.actors:
        return "it names no actor"
    return ""


def difference(one: Event, other: Event) -> str:
    """Say what speaks against two events of a block being the same; empty if nothing does."""
    for event in (one, other):
        reason = stands_alone(event)
        if reason:
            return reason
    found = contradiction(one, other)
    if found:
        return found
    for what, ours, theirs in zip(SLOTS, _slots(one), _slots(other), strict=True):
        if ours and theirs and ours != theirs:
            return f"different {what} ({ours}; {theirs})"
    return _other_persons(_named(one), _named(other))


def contradiction(one: Event, other: Event) -> str:
    """Say why two events cannot be one, not even by a person's word; empty if they can."""
    first, last = _overlap(one, other)
    if first > last:
        return f"different days ({_days(one)}; {_days(other)})"
    if block(one) != block(other):
        return "another kind, actor, polarity, pledge or resolution"
    ours, theirs = one.details.get("vote", ""), other.details.get("vote", "")
    return f"different votes ({ours}; {theirs})" if ours and theirs and ours != theirs else ""


def reason_to_join(one: Event, other: Event) -> str:
    """Say in words why two events that agree are taken for the same."""
    first, last = _overlap(one, other)
    day = first.isoformat() if first == last else f"{first} to {last}"
    parts = ["same kind and actors", f"dates meet on {day}"]
    if _countries(one.targets) != _countries(other.targets):
        parts.append("a target is named by one only")
    if one.topic != other.topic:
        parts.append("a topic is named by one only")
    if resolution(one):
        parts.append(f"same resolution {resolution(one)}")
    if _named(one) != _named(other):
        parts.append("persons spelt differently or named by one only")
    return "; ".join(parts)


def groups(nodes: Sequence[Node]) -> list[Group]:
    """Divide the nodes of one block into statements.

    Args:
        nodes: Tellings, and what a person has fixed.

    Returns:
        The statements, in order of their first position; each node is in one of them.
    """
    by_form: dict[object, list[int]] = {}
    for position, node in enumerate(nodes):
        by_form.setdefault(_form(node), []).append(position)
    forms = sorted(by_form.values(), key=lambda positions: _when(nodes[positions[0]]))
    agrees = _agreements([nodes[positions[0]] for positions in forms])
    joined: dict[object, list[int]] = {}
    for number, positions in enumerate(forms):
        if stands_alone(nodes[positions[0]].event):
            joined.update({("alone", position): [number] for position in positions})
        else:
            joined.setdefault(frozenset(agrees[number]), []).append(number)
    found = []
    for key, numbers in joined.items():
        if isinstance(key, tuple):
            found.append(Group((key[1],)))
            continue
        outside = sorted(agrees[numbers[0]] - set(numbers))[:MOST_RIVALS]
        members = sorted(position for number in numbers for position in forms[number])
        found.append(Group(tuple(members), tuple(forms[number][0] for number in outside)))
    return sorted(found, key=lambda group: group.members)


def _agreements(nodes: Sequence[Node]) -> list[set[int]]:
    """Return which nodes each agrees with, itself included; they are in order of the first day."""
    # What `difference` asks, taken apart once: a block may hold thousands that overlap.
    agrees: list[set[int]] = [{number} for number in range(len(nodes))]
    slots = [_slots(node.event) for node in nodes]
    named = [_named(node.event) for node in nodes]
    days = [_when(node)[:2] for node in nodes]
    running: list[int] = []  # only those whose days are not over are compared
    for number, node in enumerate(nodes):
        if stands_alone(node.event):
            continue
        running = [other for other in running if days[other][1] >= days[number][0]]
        for other in running:
            if node.is_fixed and nodes[other].is_fixed:
                continue
            if any(a and b and a != b for a, b in zip(slots[number], slots[other], strict=True)):
                continue
            if named[number] == named[other] or not _other_persons(named[number], named[other]):
                agrees[number].add(other)
                agrees[other].add(number)
        running.append(number)
    return agrees


def _form(node: Node) -> object:
    """Return what the rules look at; tellings equal in it agree with the same others."""
    event = node.event
    if node.is_fixed or stands_alone(event):
        return node.key
    return event.date.start, event.date.end, _named(event), _slots(event)


def _slots(event: Event) -> tuple[str, ...]:
    """Return what must be equal where both name it, in the order of `SLOTS`."""
    details = event.details
    return (
        _countries(event.targets), event.topic, details.get("vote", ""),
        details.get("corridor", ""),
    )  # fmt: skip


def _when(node: Node) -> tuple[date, date, str]:
    interval = node.event.date
    return interval.start or date.min, interval.end or date.max, node.key


def _overlap(one: Event, other: Event) -> tuple[date, date]:
    return (
        max(one.date.start or date.min, other.date.start or date.min),
        min(one.date.end or date.max, other.date.end or date.max),
    )


def _days(event: Event) -> str:
    start, end = event.date.start, event.date.end
    return str(start) if start == end else f"{start} to {end}"


def _countries(actors: Sequence[Actor]) -> str:
    return ", ".join(sorted({actor.country for actor in actors}))


def _named(event: Event) -> tuple[tuple[str, str], ...]:
    """Return the persons an event names, by country."""
    return tuple(
        sorted((actor.country, name_key(actor.person)) for actor in event.actors if actor.person)
    )


@lru_cache(maxsize=65536)
def _other_persons(one: tuple[tuple[str, str], ...], other: tuple[tuple[str, str], ...]) -> str:
    """Say which persons of one state differ, of what `_named` gives; empty if none."""
    theirs: dict[str, list[str]] = {}
    for country, name in other:
        theirs.setdefault(country, []).append(name)
    ours: dict[str, list[str]] = {}
    for country, name in one:
        ours.setdefault(country, []).append(name)
    for country in ours.keys() & theirs.keys():
        # Each name must have a namesake, so that two ministers do not pass as one.
        if not all(
            any(alike(*sorted((name, namesake))) for namesake in theirs[country])
            for name in ours[country]
        ) or not all(
            any(alike(*sorted((name, namesake))) for namesake in ours[country])
            for name in theirs[country]
        ):
            return f"different persons ({', '.join(ours[country])}; {', '.join(theirs[country])})"
    return ""


@lru_cache(maxsize=65536)
def alike(one: str, other: str) -> bool:
    """Tell whether two names, in the form of `name_key` and in order, may be of one person.

    Surnames are compared, and first names where both have one.
    """
    if one == other:
        return True
    a, b = one.split(), other.split()
    if not a or not b or not _like(a[-1], b[-1]):
        return False
    return len(a) == 1 or len(b) == 1 or a[0][0] == b[0][0] or _like(a[0], b[0])


def _like(one: str, other: str) -> bool:
    # No two texts are alike that have too few letters in common, wherever these stand; to count
    # them is cheap, and most names differ.
    shared = sum(min(one.count(letter), other.count(letter)) for letter in set(one))
    if 2 * shared < LIKE * (len(one) + len(other)):
        return False
    return SequenceMatcher(None, one, other, autojunk=False).ratio() >= LIKE
