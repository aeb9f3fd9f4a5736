"""The votes that are held: the user's file first, shipped rows only where it has no roll call.

A resolution is known again by its symbol, or, in a file without symbols, by its day together with
its totals. Rows are never mixed inside one roll call and never adjusted to a total.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

import numpy as np

from throughflow.model.votes import UNSETTLED, Tally, Vote, joined
from throughflow.reference import votes as reference

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from throughflow.model.votes import RollCall, VoteTable
    from throughflow.sources.vote_file import VoteFile

SHIPPED_PUBLISHER: Final = "UN General Assembly (totals); rows as each basis says"


@dataclass(frozen=True, slots=True)
class VoteSource:
    """One table the votes come from.

    Attributes:
        name: Name of the file, or ``shipped table``.
        publisher: Who compiled it.
        digest: SHA-256 of the file's bytes; empty for the shipped table.
        rollcalls: How many of its roll calls are used.
        first: Day of the first one; None if none is used.
        last: Day of the last one.
        fills: Resolutions on Ukraine whose rows come from it.
        notes: What it does not hold, and what was not read.
    """

    name: str
    publisher: str
    digest: str
    rollcalls: int
    first: date | None
    last: date | None
    fills: tuple[str, ...]
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TallyCheck:
    """The rows of one resolution against its total.

    Attributes:
        resolution: Its symbol.
        day: Day of the vote.
        title: What it was about.
        total: As announced in the Assembly.
        rows: As the rows add up; None where no rows are held.
        adds_up: Whether they are equal; None where no rows are held.
        missing: What the rows lack, in words; empty where they add up.
        unsettled: States that abstained or did not vote: which of the two is not known.
        by_basis: How many rows rest on which kind of basis.
        unverified: How many rows are unverified.
        source: Where the rows come from; empty where none are held.
    """

    resolution: str
    day: date
    title: str
    total: Tally
    rows: Tally | None
    adds_up: bool | None
    missing: str
    unsettled: tuple[str, ...]
    by_basis: dict[str, int]
    unverified: int
    source: str


@dataclass(frozen=True, slots=True)
class Gap:
    """Known roll calls that a file lacks although its days reach beyond them.

    Attributes:
        source: The file.
        after: Day of its last roll call before them.
        before: Day of its first one after them.
        lacks: The resolutions.
    """

    source: str
    after: date
    before: date
    lacks: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Difference:
    """A shipped row that a user's file contradicts.

    Attributes:
        resolution: Symbol.
        country: The state.
        shipped: What the shipped row says, in words.
        basis: Kind of its basis.
        file: What the file says, in words.
    """

    resolution: str
    country: str
    shipped: str
    basis: str
    file: str


@dataclass(frozen=True)
class HeldVotes:
    """All roll calls that are held.

    Attributes:
        table: The roll calls; known resolutions carry symbol, title and total.
        sources: Where they come from, the user's file first.
        checks: Known resolutions against their totals.
        gaps: What the file lacks.
        compared: How many shipped rows were held against rows of a file.
        differences: Those that the file contradicts.
    """

    table: VoteTable
    sources: tuple[VoteSource, ...]
    checks: tuple[TallyCheck, ...]
    gaps: tuple[Gap, ...]
    compared: int
    differences: tuple[Difference, ...]


def hold(file: VoteFile | None = None) -> HeldVotes:
    """Put the votes of a user's file and the shipped ones together.

    Args:
        file: The user's file. All of its roll calls are used; shipped rows fill only the
            resolutions that it lacks.
    """
    known = reference.resolutions()
    shipped = reference.shipped()
    found = _known(file.table, known) if file else {}
    left = [i for i, one in enumerate(shipped.rollcalls) if one.resolution not in found]
    rest = shipped.take(left)
    tables = [rest]
    sources: list[VoteSource] = []
    compared = 0
    differences: list[Difference] = []
    if file:
        own = _named(file.table, found, known)
        tables.append(own)
        sources.append(
            _source(file.name, file.publisher, file.digest, own, tuple(found), file.notes)
        )
        compared, differences = _against_shipped(own, found, shipped)
    if left:
        symbols = tuple(one.resolution for one in rest.rollcalls)
        sources.append(_source(reference.SOURCE, SHIPPED_PUBLISHER, "", rest, symbols, ()))
    whole = joined(tables)
    lacking = [one for one in known if one.resolution not in found]
    return HeldVotes(
        table=whole,
        sources=tuple(sources),
        checks=tuple(_check(one, whole) for one in known),
        gaps=tuple(_gaps(file, lacking)) if file else (),
        compared=compared,
        differences=tuple(differences),
    )


def _known(table: VoteTable, known: Sequence[RollCall]) -> dict[str, int]:
    """Map known resolutions to their rows in a table."""
    by_symbol = {one.resolution: i for i, one in enumerate(table.rollcalls) if one.resolution}
    unnamed: dict[date, list[int]] = {}
    for i, one in enumerate(table.rollcalls):
        if not one.resolution:
            unnamed.setdefault(one.day, []).append(i)
    found: dict[str, int] = {}
    for one in known:
        if one.resolution in by_symbol:
            found[one.resolution] = by_symbol[one.resolution]
            continue
        same = [i for i in unnamed.get(one.day, ()) if table.counted(i) == one.tally]
        if len(same) == 1:
            found[one.resolution] = same[0]
    return found


def _named(table: VoteTable, found: dict[str, int], known: Sequence[RollCall]) -> VoteTable:
    """Give known roll calls the symbol, the title and the total that the Assembly gave them."""
    by_symbol = {one.resolution: one for one in known}
    rows = {i: by_symbol[symbol] for symbol, i in found.items()}
    rollcalls = tuple(
        replace(one, resolution=rows[i].resolution, title=rows[i].title, tally=rows[i].tally)
        if i in rows
        else one
        for i, one in enumerate(table.rollcalls)
    )
    return replace(table, rollcalls=rollcalls)


def _source(
    name: str,
    publisher: str,
    digest: str,
    table: VoteTable,
    fills: tuple[str, ...],
    notes: tuple[str, ...],
) -> VoteSource:
    days = [one.day for one in table.rollcalls]
    return VoteSource(
        name=name,
        publisher=publisher,
        digest=digest,
        rollcalls=len(days),
        first=days[0] if days else None,
        last=days[-1] if days else None,
        fills=fills,
        notes=notes,
    )


def _check(known: RollCall, table: VoteTable) -> TallyCheck:
    total = known.tally or Tally(0, 0, 0)
    rows = [i for i, one in enumerate(table.rollcalls) if one.resolution == known.resolution]
    if not rows:
        return TallyCheck(
            resolution=known.resolution, day=known.day, title=known.title, total=total, rows=None,
            adds_up=None, missing="no rows of states are held", unsettled=(), by_basis={},
            unverified=0, source="",
        )  # fmt: skip
    (row,) = rows
    counted = table.counted(row)
    unsettled = tuple(
        code
        for code, vote in zip(table.members, table.votes[row], strict=True)
        if vote == Vote.UNSETTLED
    )
    has_row = ~np.isin(table.votes[row], (Vote.NO_ROW, Vote.NOT_MEMBER))
    by_basis: dict[str, int] = {}
    for number in table.bases[row][has_row]:
        kind = table.basis[number].kind
        by_basis[kind] = by_basis.get(kind, 0) + 1
    return TallyCheck(
        resolution=known.resolution,
        day=known.day,
        title=known.title,
        total=total,
        rows=counted,
        adds_up=counted == total,
        missing=_missing(total, counted, len(unsettled)),
        unsettled=unsettled,
        by_basis=dict(sorted(by_basis.items())),
        unverified=int(np.count_nonzero(table.is_unverified[table.bases[row]] & has_row)),
        source=table.rollcalls[row].source,
    )


def _missing(total: Tally, rows: Tally, unsettled: int) -> str:
    parts = []
    for name, there, here in (
        ("yes", total.yes, rows.yes),
        ("no", total.no, rows.no),
        ("abstained", total.abstain, rows.abstain),
    ):
        if there != here:
            parts.append(f"{abs(there - here)} {name} {'missing' if there > here else 'too many'}")
    if parts and unsettled:
        parts.append(f"{unsettled} states abstained or did not vote, which is not known")
    return "; ".join(parts)


def _gaps(file: VoteFile, lacking: Sequence[RollCall]) -> list[Gap]:
    days = np.array([one.day for one in file.table.rollcalls], dtype="datetime64[D]")
    grouped: dict[tuple[date, date], list[str]] = {}
    for one in lacking:
        day = np.datetime64(one.day)
        after, before = days[days <= day], days[days > day]
        if len(after) and len(before):
            ends = (after[-1].item(), before[0].item())
            grouped.setdefault(ends, []).append(one.resolution)
    return [
        Gap(file.name, after, before, tuple(symbols))
        for (after, before), symbols in grouped.items()
    ]


def _against_shipped(
    own: VoteTable, found: dict[str, int], shipped: VoteTable
) -> tuple[int, list[Difference]]:
    """Hold shipped rows against a file's; an unsettled one is contradicted by yes or no only."""
    compared, differences = 0, []
    for line, one in enumerate(shipped.rollcalls):
        if one.resolution not in found:
            continue
        row = found[one.resolution]
        for code, column in shipped.column.items():
            mine, theirs = Vote(shipped.votes[line, column]), Vote(own.of(code)[row])
            basis = shipped.basis[shipped.bases[line, column]]
            compared += 1
            fits = mine == theirs or (
                basis.kind == UNSETTLED and theirs in {Vote.ABSTAIN, Vote.ABSENT}
            )
            if not fits:
                differences.append(
                    Difference(one.resolution, code, mine.words, basis.kind, theirs.words)
                )
    return compared, differences
