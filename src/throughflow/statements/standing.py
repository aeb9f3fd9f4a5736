"""A state's stance over a run of months, with where it comes from and what it is not."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Final

from throughflow.errors import InputError, UsageError
from throughflow.model.periods import Window
from throughflow.reference import countries, memberships
from throughflow.statements import agreement, stance, votes

if TYPE_CHECKING:
    from collections.abc import Sequence

    from throughflow.model.statements import Event
    from throughflow.statements.stance import Act, Stance, Tie
    from throughflow.statements.vote_table import HeldVotes, VoteSource

NOT_ADDED: Final = (
    "The components are never added up: no weights between a vote, an act and a treaty could be "
    "defended"
)
LEDGER: Final = (
    "A month without an act is one without a statement in the ledger; an act whose dates reach "
    "beyond a month is listed with it and not counted"
)
# An entry does not say towards which target its side was coded; the sample's is Russia.
CODED_TOWARDS: Final = "RU"
LEGAL: Final = "A membership is a legal fact: it says nothing of what the state did with it"


@dataclass(frozen=True, slots=True)
class Standing:
    """One state, month by month, its components side by side.

    Attributes:
        country: The state.
        name: Its name.
        target: The sanctioned state.
        target_name: Its name.
        window: Months, ``2022-02:2023-10``.
        confidence: Coverage of the intervals of agreement.
        months: Its stance in each of them, in order.
        acts: What it said and did in or around these months, each once, votes left out.
        sources: Where the votes come from.
        limits: What must be known before using this, in words.
    """

    country: str
    name: str
    target: str
    target_name: str
    window: str
    confidence: float
    months: tuple[Stance, ...]
    acts: tuple[Act, ...]
    sources: tuple[VoteSource, ...]
    limits: tuple[str, ...]

    @property
    def is_side_of_target(self) -> bool:
        """Whether the side of acts can be taken as towards the target without a look at them."""
        return self.target == CODED_TOWARDS

    @property
    def has_content(self) -> bool:
        """Whether a vote, an act or a membership is held in any of the months."""
        return bool(self.acts) or any(
            one.votes is not None or any(tie.is_member for tie in one.ties) for one in self.months
        )


def of(
    held: HeldVotes,
    country: str,
    window: Window,
    *,
    target: str = "RU",
    events: Sequence[Event] | None = None,
    ids: Sequence[str] = (),
) -> Standing:
    """Return a state's stance in each month of a window.

    Args:
        held: The votes, from `vote_table.hold`.
        country: Code of the state.
        window: The months.
        target: Code of the sanctioned state.
        events: Statements, of any state and in any order; None if there is no ledger.
        ids: Their ids, in the same order; empty to number them.

    Raises:
        UsageError: The state is the target.
        InputError: A group was named instead of a state.
    """
    for code, where in ((country, "HUB"), (target, "--target")):
        if countries.is_bloc(code):
            raise InputError(
                f"{code} is a group, and stance is a state's", where=where, remedy="Name a state"
            )
    if country == target:
        raise UsageError(
            f"{countries.name(country)} has no stance towards itself",
            where="--target",
            remedy="Name another target, or another state",
        )
    months = stance.stance(country, window.months(), held, target=target, events=events, ids=ids)
    return Standing(
        country=country,
        name=countries.name(country),
        target=target,
        target_name=countries.name(target),
        window=str(window),
        confidence=agreement.CONFIDENCE,
        months=months,
        acts=_acts(months),
        sources=held.sources,
        limits=tuple(_limits(months, target)),
    )


def earliest() -> date:
    """Return the first month of which anything is held: that of the oldest group."""
    return min(memberships.first_day(group) for group in stance.GROUPS).replace(day=1)


def default_window(
    held: HeldVotes, country: str, *, target: str = "RU", events: Sequence[Event] = ()
) -> Window:
    """Return the months from the target's first restrictions to the last thing that is held.

    Args:
        held: The votes.
        country: The state.
        target: The sanctioned state; where no roles are held for it, the first roll call counts.
        events: Statements, of any state.
    """
    days = [one.day for one in held.table.rollcalls]
    since = next(
        (
            row.since
            for row in memberships.roles()
            if row.code == row.target == target and row.since
        ),
        days[0],
    )
    said = [
        event.date.start
        for event in events
        if event.date.start is not None and any(one.country == country for one in event.actors)
    ]
    first = since.replace(day=1)
    return Window(first, max(first, *(day.replace(day=1) for day in (days[-1], *said))))


def ties(months: Sequence[Stance]) -> tuple[Tie, ...]:
    """Return each membership of a run of months once, with its first and last day."""
    return tuple(dict.fromkeys(tie for one in months for tie in one.ties if tie.is_member))


def _acts(months: Sequence[Stance]) -> tuple[Act, ...]:
    found: dict[str, Act] = {}
    for one in months:
        if one.acts is not None:
            found |= {act.id: act for act in (*one.acts.in_month, *one.acts.maybe_in_month)}
    return tuple(
        sorted(found.values(), key=lambda a: (a.start or date.min, a.end or date.max, a.id))
    )


def _limits(months: Sequence[Stance], target: str) -> list[str]:
    last = months[-1].votes
    limits = [NOT_ADDED]
    if last is not None and last.agreement.rollcalls < votes.FEW:
        limits.append(
            f"Agreement rests on {last.agreement.rollcalls} roll calls: read the votes, not the "
            "share"
        )
    if last is not None and last.unverified:
        limits.append(
            f"{last.unverified} of its votes on Ukraine are unverified: no publication that lists "
            "them was seen"
        )
    if target != CODED_TOWARDS:
        limits.append(
            f"The side of an act is as the ledger codes it, by default towards "
            f"{countries.name(CODED_TOWARDS)}: read the entries before using it for "
            f"{countries.name(target)}"
        )
    limits += [LEDGER, LEGAL, f"Diplomacy cannot be told: {stance.NO_DIPLOMACY}"]
    return limits
