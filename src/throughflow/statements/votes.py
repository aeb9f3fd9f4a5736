"""Witness: how a state voted in the UN General Assembly, and how often with the target.

The votes are shown one by one with their basis. Agreement is a description of votes on many
subjects, most of which have nothing to do with sanctions; it says nothing of trade.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from statistics import median
from typing import TYPE_CHECKING, Final

import numpy as np

from throughflow.errors import DataError, InputError, UsageError
from throughflow.model.votes import Vote
from throughflow.reference import countries, memberships
from throughflow.reference import votes as reference
from throughflow.statements import agreement

if TYPE_CHECKING:
    from datetime import date

    from numpy.typing import NDArray

    from throughflow.model.votes import Tally, VoteTable
    from throughflow.statements.agreement import Agreement
    from throughflow.statements.vote_table import (
        Difference,
        Gap,
        HeldVotes,
        TallyCheck,
        VoteSource,
    )

# Below this many roll calls an interval spans a quarter of the scale or more.
FEW: Final = 30
YEARS_BEFORE: Final = 5
OVERALL: Final = "all"


@dataclass(frozen=True, slots=True)
class VoteLine:
    """One state's vote on one roll call.

    Attributes:
        key: Unique name of the roll call in its source.
        resolution: Symbol; empty where the source gives none.
        day: Day of the vote.
        title: What it was about; empty where the source does not say.
        vote: ``Y``, ``N``, ``A``, ``X`` (did not vote), ``?`` (abstained or did not vote).
        words: The vote in words.
        basis: Kind of basis, one of `model.votes.BASES`.
        basis_words: The place it was read at, or how it was inferred.
        is_verified: False where no publication stands behind it.
        target_vote: The target's vote; empty where it has none.
        relation: ``same``, ``half`` or ``opposite``; None where either did not vote.
        total: As announced, or as the source gives it; None where neither is held.
        issues: Issue flags of the source, such as ``hr``.
        source: File or ``shipped table``.
    """

    key: str
    resolution: str
    day: date
    title: str
    vote: str
    words: str
    basis: str
    basis_words: str
    is_verified: bool
    target_vote: str
    relation: str | None
    total: Tally | None
    issues: tuple[str, ...]
    source: str


@dataclass(frozen=True, slots=True)
class Member:
    """One state beside the others.

    Attributes:
        country: Code.
        name: Name.
        is_hub: Whether it is a candidate hub for the target.
        periods: Its agreement with the target over the same periods as everybody's.
        votes: Its votes on the resolutions on Ukraine.
    """

    country: str
    name: str
    is_hub: bool
    periods: tuple[Agreement, ...]
    votes: tuple[VoteLine, ...]


@dataclass(frozen=True, slots=True)
class OtherHubs:
    """Agreement of the other hubs with the target in one year.

    Attributes:
        period: The year.
        hubs: How many of them voted.
        median: Median of their scores.
        low: Least.
        high: Greatest.
    """

    period: str
    hubs: int
    median: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class StateVotes:
    """What is held of one state's votes.

    Attributes:
        country: The state.
        name: Its name.
        target: The sanctioned state.
        target_name: Its name.
        confidence: Coverage of the intervals.
        votes: Its votes, by day.
        years: Its agreement with the target by year.
        periods: The same in the years before restrictions on the target began, since then, and
            overall.
        other_hubs: The same measure for the other hubs, by year.
        hubs: The same measure hub by hub, the state among them.
        not_members: Hubs without a vote beside the target's since then, such as territories.
        checks: Totals of the resolutions on Ukraine against the rows.
        gaps: Known roll calls that a file lacks.
        compared: How many shipped rows were held against a file's.
        differences: Those that the file contradicts.
        sources: Where the votes come from.
        limits: What must be known before using this, in words.
    """

    country: str
    name: str
    target: str
    target_name: str
    confidence: float
    votes: tuple[VoteLine, ...]
    years: tuple[Agreement, ...]
    periods: tuple[Agreement, ...]
    other_hubs: tuple[OtherHubs, ...]
    hubs: tuple[Member, ...]
    not_members: tuple[str, ...]
    checks: tuple[TallyCheck, ...]
    gaps: tuple[Gap, ...]
    compared: int
    differences: tuple[Difference, ...]
    sources: tuple[VoteSource, ...]
    limits: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class AllVotes:
    """All members beside each other; fields as in `StateVotes`."""

    target: str
    target_name: str
    confidence: float
    members: tuple[Member, ...]
    checks: tuple[TallyCheck, ...]
    gaps: tuple[Gap, ...]
    compared: int
    differences: tuple[Difference, ...]
    sources: tuple[VoteSource, ...]
    limits: tuple[str, ...]


def of_state(held: HeldVotes, country: str, *, target: str = "RU") -> StateVotes:
    """Return a state's votes and its agreement with the target.

    Args:
        held: The votes, from `vote_table.hold`.
        country: Code of the state.
        target: Code of the sanctioned state.

    Raises:
        UsageError: The state is the target.
        InputError: A group was named instead of a state.
        DataError: The state or the target has no vote in what is held.
    """
    if country == target:
        raise UsageError(
            f"{countries.name(country)} cannot be compared with itself",
            where="--target",
            remedy="Name another target, or another state",
        )
    table = held.table
    for code in (country, target):
        _require_votes(table, code)
    hubs = _hubs(target)
    voting = [code for code in hubs if _votes_today(table, code, target)]
    by_year = {code: _years(table, code, target) for code in {*voting, country}}
    years = by_year[country]
    periods = _periods(table, country, target)
    own = lines(table, country, target)
    return StateVotes(
        country=country,
        name=countries.name(country),
        target=target,
        target_name=countries.name(target),
        confidence=agreement.CONFIDENCE,
        votes=own,
        years=years,
        periods=periods,
        other_hubs=_others(years, {c: by_year[c] for c in voting if c != country}),
        hubs=tuple(
            _member(table, code, target, hubs) for code in sorted({*voting, country})
        ) if voting else (),
        not_members=tuple(code for code in hubs if code not in voting),
        checks=held.checks,
        gaps=held.gaps,
        compared=held.compared,
        differences=held.differences,
        sources=held.sources,
        limits=(
            *_mostly_absent(countries.name(country), years),
            *_limits(held, periods[-1], sum(not line.is_verified for line in own)),
        ),
    )  # fmt: skip


def of_all(held: HeldVotes, *, target: str = "RU") -> AllVotes:
    """Return every member's votes on the resolutions on Ukraine and agreement with the target.

    Raises:
        InputError: The target is a group.
        DataError: The target has no vote in what is held.
    """
    table = held.table
    _require_votes(table, target)
    hubs = _hubs(target)
    members = tuple(
        _member(table, code, target, hubs)
        for code in sorted(table.members, key=countries.name)
        if code != target and _has_votes(table, code)
    )
    unsure = sum(not line.is_verified for one in members for line in one.votes)
    most = max((one.periods[-1] for one in members), key=lambda one: one.rollcalls)
    return AllVotes(
        target=target,
        target_name=countries.name(target),
        confidence=agreement.CONFIDENCE,
        members=members,
        checks=held.checks,
        gaps=held.gaps,
        compared=held.compared,
        differences=held.differences,
        sources=held.sources,
        limits=_limits(held, most, unsure),
    )


def _hubs(target: str) -> tuple[str, ...]:
    """Return the candidate hubs; none where no roles are held for the target."""
    if target not in {row.target for row in memberships.roles()}:
        return ()
    return memberships.candidate_hubs(target=target)


def _has_votes(table: VoteTable, code: str) -> bool:
    return bool(np.any(~np.isin(table.of(code), (Vote.NO_ROW, Vote.NOT_MEMBER))))


def _votes_today(table: VoteTable, code: str, target: str) -> bool:
    """Tell whether a state and the target both voted since restrictions began.

    The seat of China was held by another government until 1971, which some files list apart.
    """
    periods = _periods(table, code, target)
    return periods[-2 if len(periods) > 1 else -1].rollcalls > 0


def _require_votes(table: VoteTable, code: str) -> None:
    if countries.is_bloc(code):
        raise InputError(
            f"{code} is a group, and votes are cast by states", remedy="Name a state, or all"
        )
    if not _has_votes(table, code):
        raise DataError(
            f"{countries.name(code)} has no vote in any of the {len(table.rollcalls):,} roll calls "
            "held",
            remedy="Only members of the United Nations vote; name one of them",
        )


def _days(table: VoteTable) -> NDArray[np.datetime64]:
    return np.array([one.day for one in table.rollcalls], dtype="datetime64[D]")


def _scored(
    table: VoteTable, country: str, target: str
) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Return the score of each roll call and whether either row is unverified."""
    scores = agreement.relations(table.of(country), table.of(target))
    return scores, table.unverified(country) | table.unverified(target)


def _years(table: VoteTable, country: str, target: str) -> tuple[Agreement, ...]:
    """Return the agreement in each year with a roll call on which both voted."""
    days = _days(table)
    scores, unsure = _scored(table, country, target)
    of_day = days.astype("datetime64[Y]").astype(int) + 1970
    found = []
    for year in np.unique(of_day[~np.isnan(scores)]):
        rows = of_day == year
        found.append(
            agreement.summarise(
                str(year), days[rows], scores[rows], unsure[rows], table.of(target)[rows]
            )
        )
    return tuple(found)


def _periods(table: VoteTable, country: str, target: str) -> tuple[Agreement, ...]:
    """Return the agreement in the years before the target's role began, since then, and overall."""
    days = _days(table)
    scores, unsure = _scored(table, country, target)
    parts = [(OVERALL, np.ones(len(days), dtype=bool))]
    start = next(
        (row.since for row in memberships.roles() if row.code == row.target == target), None
    )
    if start is not None:
        first = start.replace(year=start.year - YEARS_BEFORE)
        since = days >= np.datetime64(start)
        before = (days >= np.datetime64(first)) & ~since
        parts = [
            (f"{first} to {start - timedelta(days=1)}", before),
            (f"since {start}", since),
            *parts,
        ]
    theirs = table.of(target)
    return tuple(
        agreement.summarise(name, days[rows], scores[rows], unsure[rows], theirs[rows])
        for name, rows in parts
    )


def until(table: VoteTable, country: str, target: str, last: date) -> Agreement:
    """Return the agreement over all roll calls up to a day."""
    days = _days(table)
    rows = days <= np.datetime64(last)
    scores, unsure = _scored(table, country, target)
    return agreement.summarise(
        f"to {last}", days[rows], scores[rows], unsure[rows], table.of(target)[rows]
    )


def lines(
    table: VoteTable, country: str, target: str, *, only_known: bool = False
) -> tuple[VoteLine, ...]:
    """Return a state's votes; roll calls of which it was no member or has no row are left out."""
    mine, theirs = table.of(country), table.of(target)
    scores = agreement.relations(mine, theirs)
    known = {one.resolution for one in reference.resolutions()}
    found = []
    for i, one in enumerate(table.rollcalls):
        vote = Vote(mine[i])
        if vote in {Vote.NO_ROW, Vote.NOT_MEMBER} or (only_known and one.resolution not in known):
            continue
        basis = table.basis[table.bases[i, table.column[country]]]
        found.append(
            VoteLine(
                key=one.key,
                resolution=one.resolution,
                day=one.day,
                title=one.title,
                vote=vote.letter,
                words=vote.words,
                basis=basis.kind,
                basis_words=basis.words,
                is_verified=basis.is_verified,
                target_vote=Vote(theirs[i]).letter,
                relation=agreement.word(float(scores[i])),
                total=one.tally,
                issues=one.issues,
                source=one.source,
            )
        )
    return tuple(found)


def _member(table: VoteTable, code: str, target: str, hubs: tuple[str, ...]) -> Member:
    return Member(
        country=code,
        name=countries.name(code),
        is_hub=code in hubs,
        periods=_periods(table, code, target),
        votes=lines(table, code, target, only_known=True),
    )


def _others(
    years: tuple[Agreement, ...], by_year: dict[str, tuple[Agreement, ...]]
) -> tuple[OtherHubs, ...]:
    found = []
    for year in years:
        scores = [
            one.score
            for of_hub in by_year.values()
            for one in of_hub
            if one.period == year.period and one.score is not None
        ]
        if scores:
            middle = float(median(scores))
            found.append(OtherHubs(year.period, len(scores), middle, min(scores), max(scores)))
    return tuple(found)


def _mostly_absent(name: str, years: tuple[Agreement, ...]) -> tuple[str, ...]:
    """Say in which years a state did not vote on most of what the target voted on."""
    found = [
        f"{one.period} ({one.left_out} of {one.left_out + one.rollcalls})"
        for one in years
        if one.left_out > one.rollcalls
    ]
    if not found:
        return ()
    told = (
        f"{name} is without a vote on most roll calls of {', '.join(found)}: the share of such a "
        "year rests on the rest, and a vote may be missing in the file rather than not cast"
    )
    return (told,)


def _limits(held: HeldVotes, overall: Agreement, unverified: int) -> tuple[str, ...]:
    limits = []
    if overall.rollcalls < FEW:
        limits.append(
            f"{overall.rollcalls} roll calls tell little: read the votes, not the share. With "
            "--votes FILE the share rests on every roll call of the file"
        )
    if unverified:
        limits.append(
            f"{unverified} of the votes shown are unverified: no publication that lists them was "
            "seen. The UN Digital Library's export settles them"
        )
    no_rows = [check.resolution for check in held.checks if check.adds_up is None]
    if no_rows:
        limits.append(f"Totals only, no rows of states: {', '.join(no_rows)}")
    limits += [
        f"Rows of {check.resolution} do not add up to its total: {check.missing}"
        for check in held.checks
        if check.adds_up is False
    ]
    limits += [
        f"{gap.source} has no roll call between {gap.after} and {gap.before}: it lacks "
        f"{', '.join(gap.lacks)}"
        for gap in held.gaps
    ]
    limits.append(
        "Votes of one day are about one subject, so the interval counts days rather than roll "
        "calls; resolutions adopted without a vote are not counted"
    )
    return tuple(limits)
