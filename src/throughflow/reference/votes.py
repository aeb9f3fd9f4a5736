"""Votes of the UN General Assembly on Ukraine: totals of seven resolutions, rows of five.

The totals are the Assembly's. The rows of single states were collected from other publications;
each keeps its basis, and `Basis.is_verified` is False where none was seen. A user
who needs more than that reads the export of the UN Digital Library beside them.
"""

from __future__ import annotations

import csv
from datetime import date
from functools import lru_cache
from typing import TYPE_CHECKING, Final

import numpy as np

from throughflow.model.votes import Basis, RollCall, Tally, Vote, VoteTable
from throughflow.reference.countries import DATA

if TYPE_CHECKING:
    from collections.abc import Iterator

SOURCE: Final = "shipped table"
_VOTES: Final = {vote.letter: vote for vote in Vote if vote.letter}


def _rows(name: str) -> Iterator[dict[str, str]]:
    with (DATA / name).open(encoding="utf-8", newline="") as lines:
        yield from csv.DictReader(lines)


@lru_cache(maxsize=1)
def resolutions() -> tuple[RollCall, ...]:
    """Return the resolutions whose official totals are held, by day; not all have rows."""
    found = (
        RollCall(
            key=row["resolution"],
            resolution=row["resolution"],
            day=date.fromisoformat(row["day"]),
            title=row["title"],
            tally=Tally(int(row["yes"]), int(row["no"]), int(row["abstain"])),
            issues=(),
            source=SOURCE,
        )
        for row in _rows("un_resolutions.csv")
    )
    return tuple(sorted(found, key=lambda one: one.day))


@lru_cache(maxsize=1)
def shipped() -> VoteTable:
    """Return the rows that ship: one per member of the UN and resolution that has rows."""
    rows = list(_rows("un_votes.csv"))
    with_rows = {row["resolution"] for row in rows}
    rollcalls = tuple(one for one in resolutions() if one.resolution in with_rows)
    members = tuple(sorted({row["code"] for row in rows}))
    line = {one.resolution: i for i, one in enumerate(rollcalls)}
    column = {code: i for i, code in enumerate(members)}
    numbered = list(_rows("un_vote_bases.csv"))
    number = {row["basis"]: i for i, row in enumerate(numbered)}
    votes = np.full((len(rollcalls), len(members)), Vote.NO_ROW, dtype=np.int8)
    bases = np.zeros(votes.shape, dtype=np.int16)
    for row in rows:
        place = line[row["resolution"]], column[row["code"]]
        votes[place], bases[place] = _VOTES[row["vote"]], number[row["basis"]]
    basis = tuple(Basis(row["kind"], row["words"]) for row in numbered)
    return VoteTable(rollcalls, members, votes, bases, basis)
