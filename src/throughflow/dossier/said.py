"""What a state said and did, and what others said to it, in order of time.

Votes come from the table of votes, which names the basis of each; a ledger's entry of the same
vote is left out.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from throughflow.errors import DataError, InputError
from throughflow.model.statements import KINDS
from throughflow.reference import countries
from throughflow.statements import event_json, vote_table, votes

if TYPE_CHECKING:
    from collections.abc import Sequence

    from throughflow.dossier.sayings import Saying
    from throughflow.model.statements import Actor
    from throughflow.statements.agreement import Agreement
    from throughflow.statements.votes import VoteLine

UNVERIFIED = "unverified"
# Votes before the year of the first restrictions are another story.
SINCE = date(2022, 1, 1)


@dataclass(frozen=True, slots=True)
class SaidLine:
    """One line of the timeline.

    Attributes:
        id: Id in the ledger; the resolution of a vote.
        start: First day it can have been; None where that is open.
        end: Last day.
        date_basis: What the date rests on.
        kind: Kind of statement.
        words: What was said or done, in words.
        who: Who: states, with person and office where they are named.
        to_whom: To whom; empty for nobody.
        is_own: Whether the state itself said or did it; else it was said to the state.
        certainty: How it is known: ``quoted``, ``relayed``, ``reported``, ``journalist``, or
            ``recorded`` for a vote.
        relayed_by: Who relayed it; empty for nobody.
        polarity: -1 against, 0 neutral, 1 in favour of the target; None where it has none.
        quote: Its words, where the source gives them.
        publishers: Who publishes it.
        urls: Where, beside each publisher.
        check: What has been checked, in words; ``unverified`` somewhere in it where nothing has.
    """

    id: str
    start: date | None
    end: date | None
    date_basis: str
    kind: str
    words: str
    who: str
    to_whom: str
    is_own: bool
    certainty: str
    relayed_by: str
    polarity: int | None
    quote: str
    publishers: tuple[str, ...]
    urls: tuple[str, ...]
    check: str

    @property
    def is_verified(self) -> bool:
        """Whether a publication stands behind it."""
        return UNVERIFIED not in self.check


@dataclass(frozen=True, slots=True)
class StateSaid:
    """Everything said and done, with what the votes say together.

    Attributes:
        lines: In order of time.
        agreement: How often the state voted like the target, by period; empty where it has no
            vote.
        limits: What must be known before using the votes.
    """

    lines: tuple[SaidLine, ...]
    agreement: tuple[Agreement, ...]
    limits: tuple[str, ...]

    @property
    def own(self) -> tuple[SaidLine, ...]:
        """What the state itself said and did."""
        return tuple(line for line in self.lines if line.is_own)


def of(sayings: Sequence[Saying], hub: str, target: str) -> StateSaid:
    """Put statements and votes of a state on one timeline.

    Args:
        sayings: Statements, from `sayings.read`.
        hub: The state, ISO alpha-2.
        target: The sanctioned state.
    """
    try:
        cast = votes.of_state(vote_table.hold(), hub, target=target)
    except (DataError, InputError):
        cast = None
    voted = [one for one in cast.votes if one.day >= SINCE] if cast else []
    known = {one.resolution for one in voted}
    lines = [
        _line(one, hub) for one in sayings if one.event.details.get("un_resolution") not in known
    ]
    lines += [_vote(one, hub) for one in voted]
    lines.sort(key=lambda line: (line.start or date.min, line.end or date.max, line.id))
    return StateSaid(tuple(lines), cast.periods if cast else (), cast.limits if cast else ())


def _line(saying: Saying, hub: str) -> SaidLine:
    event = saying.event
    is_own = any(one.country == hub for one in event.actors)
    return SaidLine(
        id=saying.id,
        start=event.date.start,
        end=event.date.end,
        date_basis=event.date.basis,
        kind=event.kind,
        words=KINDS[event.kind][2],
        who=_names(event.actors),
        to_whom=_names(event.targets),
        is_own=is_own,
        certainty=event.certainty,
        relayed_by=_names((event.relayed_by,)) if event.relayed_by else "",
        polarity=event.polarity,
        quote=event.spans[0].text if event.spans else event.details.get(event_json.QUOTE, ""),
        publishers=tuple(one.publisher or one.title for one in saying.sources),
        urls=tuple(one.url for one in saying.sources),
        check=event.details.get("checked", ""),
    )


def _vote(line: VoteLine, hub: str) -> SaidLine:
    polarity = {"same": 1, "half": 0, "opposite": -1}.get(line.relation or "")
    return SaidLine(
        id=line.resolution or line.key,
        start=line.day,
        end=line.day,
        date_basis="record of the vote",
        kind="vote",
        words=f"{line.words} on {line.resolution or line.key}, {line.title}".rstrip(", "),
        who=countries.name(hub),
        to_whom="",
        is_own=True,
        certainty="recorded",
        relayed_by="",
        polarity=polarity,
        quote="",
        publishers=("United Nations General Assembly",),
        urls=("",),
        check=line.basis_words if line.is_verified else f"{UNVERIFIED}: {line.basis_words}",
    )


def _names(actors: Sequence[Actor]) -> str:
    return ", ".join(_name(one) for one in actors)


def _name(actor: Actor) -> str:
    state = countries.name(actor.country)
    if actor.person is None:
        return state
    office = f", {actor.role}" if actor.role else ""
    return f"{state} ({actor.person}{office})"
