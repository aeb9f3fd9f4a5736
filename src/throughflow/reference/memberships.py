"""Who belongs to which group when, and which part each state plays for a sanctioned target.

Coalition membership follows the list of states the United States treat as applying substantially
similar export controls on Russia (15 CFR Part 746, Supplement No. 3: the Global Export Control
Coalition), plus the United States. States with controls of their own that the list does not name
(Singapore) are not members here.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from throughflow.errors import InputError
from throughflow.reference.countries import DATA

TARGET = "target"
CO_SANCTIONED = "co-sanctioned"
ATTACKED = "attacked"
HUB = "hub"
COALITION = "coalition"
OTHER = "other"


@dataclass(frozen=True, slots=True)
class Membership:
    """One state's time in one group.

    Attributes:
        group: Name of the group, such as ``"EU27"`` or ``"coalition"``.
        code: The member.
        since: First day; None for a group fixed once and for all by the statistical office.
        until: Last day; None while it lasts.
        source: Where the dates come from.
    """

    group: str
    code: str
    since: date | None
    until: date | None
    source: str

    def covers(self, day: date) -> bool:
        """Tell whether the membership holds on a day."""
        return (self.since is None or self.since <= day) and (
            self.until is None or day <= self.until
        )


@dataclass(frozen=True, slots=True)
class Role:
    """The part one state plays for one target.

    Attributes:
        target: The sanctioned state.
        code: The state.
        role: ``"target"``, ``"co-sanctioned"``, ``"attacked"`` or ``"hub"``.
        since: First day.
        until: Last day; None while it lasts.
        is_comparison: Whether it is a hub outside the target's customs union, held beside the
            others because losses inside a customs union have an innocent explanation there.
        source: Why it has this role.
    """

    target: str
    code: str
    role: str
    since: date | None
    until: date | None
    is_comparison: bool
    source: str


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


@lru_cache(maxsize=1)
def memberships() -> tuple[Membership, ...]:
    """Return every dated membership that ships."""
    with (DATA / "memberships.csv").open(encoding="utf-8", newline="") as lines:
        return tuple(
            Membership(row["group"], row["code"], _day(row["from"]), _day(row["to"]), row["source"])
            for row in csv.DictReader(lines)
        )


def groups() -> tuple[str, ...]:
    """List the groups whose members are known."""
    return tuple(sorted({row.group for row in memberships()}))


@lru_cache(maxsize=256)
def members(group: str, on: date) -> frozenset[str]:
    """Return the members of a group on a day.

    Args:
        group: One of `groups`: ``EU27`` and ``EA20`` are fixed groups, the same on every day;
            ``EU``, ``EA``, ``EAEU``, ``CIS``, ``coalition`` and ``customs-union`` change.
        on: The day.

    Returns:
        Codes; empty before the group existed.

    Raises:
        InputError: The group is not known.
    """
    if group not in groups():
        raise InputError.unknown("group of states", group, groups())
    return frozenset(row.code for row in memberships() if row.group == group and row.covers(on))


def first_day(group: str) -> date:
    """Return the first day on which a group had a member."""
    return min(row.since or date.min for row in memberships() if row.group == group)


@lru_cache(maxsize=1)
def roles() -> tuple[Role, ...]:
    """Return every dated role that ships."""
    with (DATA / "roles.csv").open(encoding="utf-8", newline="") as lines:
        return tuple(
            Role(
                row["target"],
                row["code"],
                row["role"],
                _day(row["from"]),
                _day(row["to"]),
                row["comparison"] == "yes",
                row["source"],
            )
            for row in csv.DictReader(lines)
        )


def role(code: str, *, target: str = "RU", on: date | None = None) -> str:
    """Return the part a state plays for a target.

    Args:
        code: The state.
        target: The sanctioned state.
        on: The day; None asks for the latest known role.

    Returns:
        ``"target"``, ``"co-sanctioned"``, ``"attacked"``, ``"hub"``, ``"coalition"`` or
        ``"other"``. Only ``"other"`` states are free of the target's sanctions in every way
        and can serve as donors of a counterfactual.

    Raises:
        InputError: No roles are held for the target.
    """
    _check(target)
    for row in roles():
        if row.target == target and row.code == code and _holds(row, on):
            return row.role
    day = on or date.max
    return COALITION if code in members("coalition", day) else OTHER


def candidate_hubs(*, target: str = "RU", on: date | None = None) -> tuple[str, ...]:
    """List the states through which goods may reach a target, sorted.

    Every one of them must be left out of a counterfactual's fit, not only the one under study.

    Raises:
        InputError: No roles are held for the target.
    """
    _check(target)
    return tuple(
        sorted(r.code for r in roles() if r.target == target and r.role == HUB and _holds(r, on))
    )


def comparison_hubs(*, target: str = "RU") -> tuple[str, ...]:
    """List the hubs outside the target's customs union that are shown beside those inside it.

    Raises:
        InputError: No roles are held for the target.
    """
    _check(target)
    return tuple(sorted(r.code for r in roles() if r.target == target and r.is_comparison))


def _holds(row: Role, on: date | None) -> bool:
    if on is None:
        return row.until is None
    return (row.since is None or row.since <= on) and (row.until is None or on <= row.until)


def _check(target: str) -> None:
    targets = {row.target for row in roles()}
    if target not in targets:
        raise InputError.unknown("target", target, targets)


def restricted(target: str) -> tuple[str, ...]:
    """List the states under restrictions themselves: the target and those sanctioned with it."""
    sanctioned = {r.code for r in roles() if r.target == target and r.role == CO_SANCTIONED}
    return tuple(sorted(sanctioned | {target}))
