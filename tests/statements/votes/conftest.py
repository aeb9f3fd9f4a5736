"""Small tables of votes, and files of them as the readers hand them over."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import numpy as np
import pytest

from throughflow.model.votes import OFFICIAL, Basis, RollCall, Vote, VoteTable
from throughflow.sources.vote_file import VoteFile

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from throughflow.model.votes import Tally

LETTERS = {"Y": Vote.YES, "A": Vote.ABSTAIN, "N": Vote.NO, "X": Vote.ABSENT, "-": Vote.NOT_MEMBER,
           ".": Vote.NO_ROW}  # fmt: skip


def table(
    days: list[str],
    votes: Mapping[str, str],
    *,
    symbols: list[str] | None = None,
    tallies: list[Tally | None] | None = None,
) -> VoteTable:
    """Make a table: one letter per day and state."""
    members = tuple(sorted(votes))
    rollcalls = tuple(
        RollCall(
            key=f"call {i}",
            resolution=symbols[i] if symbols else "",
            day=date.fromisoformat(day),
            title="",
            tally=tallies[i] if tallies else None,
            issues=(),
            source="votes.csv",
        )
        for i, day in enumerate(days)
    )
    grid = np.array([[LETTERS[c] for c in votes[code]] for code in members], dtype=np.int8).T
    bases = np.zeros(grid.shape, dtype=np.int16)
    return VoteTable(rollcalls, members, grid, bases, (Basis(OFFICIAL, "votes.csv"),))


@pytest.fixture
def vote_file() -> Callable[..., VoteFile]:
    def make(*arguments: object, **named: object) -> VoteFile:
        made = table(*arguments, **named)
        return VoteFile("votes.csv", "UN Digital Library", "ab" * 32, made, ())

    return make
