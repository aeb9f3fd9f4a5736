"""Witness: where a state stands towards the target, month by month, in components.

The components are never added up. Votes, acts, ties and a border are different things, and no
weights between them could be defended; one that cannot be told is None, with the reason beside it.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from throughflow.errors import UsageError
from throughflow.model.periods import month_number, month_start
from throughflow.model.statements import KINDS
from throughflow.reference import borders, memberships
from throughflow.statements import votes

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from throughflow.model.statements import Event
    from throughflow.statements.agreement import Agreement
    from throughflow.statements.vote_table import HeldVotes
    from throughflow.statements.votes import VoteLine

GROUPS: Final = ("EAEU", "customs-union", "CSTO", "CIS", "coalition")
POLARITIES: Final = {-1: "against the target", 0: "neutral", 1: "in favour of the target"}
UNPOLARISED: Final = "none given"
NO_EVENTS: Final = "no statements were given"
NO_DIPLOMACY: Final = (
    "no table of embassies, recalls or expulsions is held; consultations and pressure stand "
    "among the acts"
)


@dataclass(frozen=True, slots=True)
class VotesToDate:
    """Votes up to the end of a month.

    Attributes:
        in_month: The state's votes of the month.
        on_ukraine: Its votes to date on the resolutions on Ukraine.
        agreement: Its agreement with the target over all roll calls held to date.
        unverified: How many of the votes on Ukraine are unverified.
        note: Why the month may look emptier than it was; empty for no reason.
    """

    in_month: tuple[VoteLine, ...]
    on_ukraine: tuple[VoteLine, ...]
    agreement: Agreement
    unverified: int
    note: str


@dataclass(frozen=True, slots=True)
class Act:
    """One saying or act, as the ledger has it.

    Attributes:
        id: Its id in the ledger, or its number in the list given, such as ``#3``.
        kind: One of `model.statements.KINDS`.
        words: The kind in words.
        polarity: -1 against the target, 0 neutral, 1 in favour; None where none is given.
        is_pledge: Whether it commits the state.
        certainty: How surely it is known, as in `Event.certainty`.
        start: First day it can have been; None where open.
        end: Last day it can have been; None where open.
        quote: The fullest wording; empty for hand-coded ones.
    """

    id: str
    kind: str
    words: str
    polarity: int | None
    is_pledge: bool
    certainty: str
    start: date | None
    end: date | None
    quote: str


@dataclass(frozen=True, slots=True)
class Acts:
    """What a state said and did, votes left out because they stand by themselves.

    Attributes:
        in_month: Acts that fall into the month whole.
        maybe_in_month: Acts whose dates reach into it from outside; not counted.
        by_kind: Acts of the month counted by kind.
        by_polarity: The same by polarity, in words.
        to_date: How many acts to the end of the month.
        to_date_by_polarity: The same by polarity.
    """

    in_month: tuple[Act, ...]
    maybe_in_month: tuple[Act, ...]
    by_kind: dict[str, int]
    by_polarity: dict[str, int]
    to_date: int
    to_date_by_polarity: dict[str, int]


@dataclass(frozen=True, slots=True)
class Tie:
    """Membership in one group on the last day of the month.

    Attributes:
        group: ``EAEU``, ``customs-union``, ``CSTO``, ``CIS`` or ``coalition`` (states that restrict
            exports to the target).
        is_member: Whether the state is one.
        since: First day of its membership; None if it is no member.
        until: Last day, where it has ended since; None while it lasts.
        target_is_member: Whether the target is one.
        source: Where the dates come from; empty if it is no member.
    """

    group: str
    is_member: bool
    since: date | None
    until: date | None
    target_is_member: bool
    source: str


@dataclass(frozen=True, slots=True)
class Stance:
    """One state in one month; each component is None for the reason beside it.

    Attributes:
        country: The state.
        target: The sanctioned state.
        month: First day of the month.
        votes: Its votes.
        votes_reason: Why there are none.
        acts: Its sayings and acts.
        acts_reason: Why there are none.
        ties: Its memberships; groups that did not exist yet are left out.
        borders_target: Whether it borders the target on land.
        borders_reason: Why that is not known.
        role: Its part for the target, such as ``hub`` or ``coalition``.
        role_reason: Why it has none.
        diplomacy: Always None so far.
        diplomacy_reason: Why.
    """

    country: str
    target: str
    month: date
    votes: VotesToDate | None
    votes_reason: str
    acts: Acts | None
    acts_reason: str
    ties: tuple[Tie, ...]
    borders_target: bool | None
    borders_reason: str
    role: str | None
    role_reason: str
    diplomacy: None
    diplomacy_reason: str


def stance(
    country: str,
    months: Sequence[date],
    held: HeldVotes,
    *,
    target: str = "RU",
    events: Sequence[Event] | None = None,
    ids: Sequence[str] = (),
) -> tuple[Stance, ...]:
    """Return a state's stance in each month.

    Args:
        country: Code of the state.
        months: Any day of each month.
        held: The votes, from `vote_table.hold`.
        target: Code of the sanctioned state.
        events: Statements, of any state and in any order; None if there is no ledger.
        ids: Their ids, in the same order; empty to number them.

    Raises:
        UsageError: Not as many ids as events.
    """
    if ids and len(ids) != len(events or ()):
        raise UsageError(
            f"{len(ids)} ids for {len(events or ())} events", remedy="Give one id for each event"
        )
    acts = None if events is None else _acts_of(country, events, ids)
    lines = votes.lines(held.table, country, target)
    near = borders.neighbours(target)
    known_target = target in {row.target for row in memberships.roles()}
    found = []
    for any_day in months:
        month = any_day.replace(day=1)
        last = month_start(month_number(month) + 1) - timedelta(days=1)
        to_date, reason = _votes(held, lines, country, target, month, last)
        found.append(
            Stance(
                country=country,
                target=target,
                month=month,
                votes=to_date,
                votes_reason=reason,
                acts=None if acts is None else _acts(acts, month, last),
                acts_reason=NO_EVENTS if acts is None else "",
                ties=_ties(country, target, last),
                borders_target=None if near is None else country in near,
                borders_reason="" if near is not None else f"no borders of {target} are held",
                role=memberships.role(country, target=target, on=last) if known_target else None,
                role_reason="" if known_target else f"no roles are held for {target}",
                diplomacy=None,
                diplomacy_reason=NO_DIPLOMACY,
            )
        )
    return tuple(found)


def _votes(
    held: HeldVotes,
    lines: tuple[VoteLine, ...],
    country: str,
    target: str,
    month: date,
    last: date,
) -> tuple[VotesToDate | None, str]:
    so_far = [line for line in lines if line.day <= last]
    if not so_far:
        return None, f"no vote of {country} is held up to {last}"
    known = {check.resolution for check in held.checks}
    on_ukraine = tuple(line for line in so_far if line.resolution in known)
    return VotesToDate(
        in_month=tuple(line for line in so_far if line.day >= month),
        on_ukraine=on_ukraine,
        agreement=votes.until(held.table, country, target, last),
        unverified=sum(not line.is_verified for line in on_ukraine),
        note=_vote_note(held, month, last),
    ), ""


def _vote_note(held: HeldVotes, month: date, last: date) -> str:
    """Say what the tables cannot have shown in the month."""
    notes = [
        f"{check.resolution} was voted on {check.day}; no rows of states are held"
        for check in held.checks
        if check.rows is None and month <= check.day <= last
    ]
    notes += [
        f"{gap.source} has no roll call between {gap.after} and {gap.before}"
        for gap in held.gaps
        if gap.after <= last and gap.before >= month
    ]
    latest = held.table.rollcalls[-1].day
    if latest < month:
        notes.append(f"the last roll call held is of {latest}")
    if all(not source.digest for source in held.sources):
        notes.append("only resolutions on Ukraine are held")
    return "; ".join(notes)


def _acts_of(country: str, events: Sequence[Event], ids: Sequence[str]) -> tuple[Act, ...]:
    names = ids or [f"#{i}" for i in range(1, len(events) + 1)]
    return tuple(
        Act(
            id=name,
            kind=event.kind,
            words=KINDS[event.kind][2] if event.kind in KINDS else event.kind,
            polarity=event.polarity,
            is_pledge=event.is_pledge,
            certainty=event.certainty,
            start=event.date.start,
            end=event.date.end,
            quote=event.spans[0].text if event.spans else "",
        )
        for name, event in zip(names, events, strict=True)
        if event.kind != "vote" and any(actor.country == country for actor in event.actors)
    )


def _acts(acts: tuple[Act, ...], month: date, last: date) -> Acts:
    def begins(act: Act) -> bool:
        return act.start is not None and month <= act.start

    def ends(act: Act) -> bool:
        return act.end is not None and act.end <= last

    inside = tuple(act for act in acts if begins(act) and ends(act))
    maybe = tuple(
        act
        for act in acts
        if act not in inside
        and (act.start is None or act.start <= last)
        and (act.end is None or act.end >= month)
    )
    so_far = [act for act in acts if ends(act)]
    return Acts(
        in_month=inside,
        maybe_in_month=maybe,
        by_kind=dict(sorted(Counter(act.kind for act in inside).items())),
        by_polarity=_by_polarity(inside),
        to_date=len(so_far),
        to_date_by_polarity=_by_polarity(so_far),
    )


def _by_polarity(acts: Sequence[Act]) -> dict[str, int]:
    counted = Counter(
        UNPOLARISED if act.polarity is None else POLARITIES[act.polarity] for act in acts
    )
    return {name: counted[name] for name in (*POLARITIES.values(), UNPOLARISED) if counted[name]}


def _ties(country: str, target: str, last: date) -> tuple[Tie, ...]:
    found = []
    for group in GROUPS:
        if memberships.first_day(group) > last:
            continue
        own = next(
            (
                row
                for row in memberships.memberships()
                if row.group == group and row.code == country and row.covers(last)
            ),
            None,
        )
        found.append(
            Tie(
                group=group,
                is_member=own is not None,
                since=own.since if own else None,
                until=own.until if own else None,
                target_is_member=target in memberships.members(group, last),
                source=own.source if own else "",
            )
        )
    return tuple(found)
