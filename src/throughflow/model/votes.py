"""Roll calls of the UN General Assembly: who voted how, and on what basis that is known.

Votes are held as a grid of small numbers, one row per roll call and one column per state, because
a user's file may hold a million of them.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from functools import cached_property
from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date

    from numpy.typing import NDArray


class Vote(IntEnum):
    """One state's vote; the numbers of cast votes are those of the research literature."""

    NO_ROW = 0
    YES = 1
    ABSTAIN = 2
    NO = 3
    UNSETTLED = 7
    ABSENT = 8
    NOT_MEMBER = 9

    @property
    def letter(self) -> str:
        """Return the letter the UN Digital Library uses; ``?`` for unsettled, empty for none."""
        return _LETTERS[self]

    @property
    def words(self) -> str:
        """Return the vote in words."""
        return _WORDS[self]


_LETTERS: Final = {
    Vote.NO_ROW: "",
    Vote.YES: "Y",
    Vote.ABSTAIN: "A",
    Vote.NO: "N",
    Vote.UNSETTLED: "?",
    Vote.ABSENT: "X",
    Vote.NOT_MEMBER: "",
}
_WORDS: Final = {
    Vote.NO_ROW: "not in the table",
    Vote.YES: "yes",
    Vote.ABSTAIN: "abstained",
    Vote.NO: "no",
    Vote.UNSETTLED: "abstained or did not vote",
    Vote.ABSENT: "did not vote",
    Vote.NOT_MEMBER: "not a member",
}

# What stands behind a vote, the surest first; the last two are unverified.
OFFICIAL: Final = "official"
COMPILED: Final = "compiled"
SEEN: Final = "seen"
DERIVED: Final = "derived"
RECALL: Final = "recall"
UNSETTLED: Final = "unsettled"
BASES: Final = {
    OFFICIAL: "export of the UN Digital Library",
    COMPILED: "research compilation of roll calls",
    SEEN: "list of votes seen in a publication that is not the UN's",
    DERIVED: "by elimination from the lists of the other votes",
    RECALL: "unverified: recalled, not seen in any publication",
    UNSETTLED: "unverified: the list seen ends before this state",
}
UNVERIFIED: Final = frozenset({RECALL, UNSETTLED})


@dataclass(frozen=True, slots=True)
class Basis:
    """On what a vote rests.

    Attributes:
        kind: One of `BASES`.
        words: The place it was read at, or how it was inferred.
    """

    kind: str
    words: str

    @property
    def is_verified(self) -> bool:
        """Tell whether a publication stands behind it."""
        return self.kind not in UNVERIFIED


@dataclass(frozen=True, slots=True)
class Tally:
    """Votes counted: those published, or the rows of a table.

    Attributes:
        yes: In favour.
        no: Against.
        abstain: Abstentions.
    """

    yes: int
    no: int
    abstain: int

    def __str__(self) -> str:
        return f"{self.yes}–{self.no}–{self.abstain}"


@dataclass(frozen=True, slots=True)
class RollCall:
    """One vote of the Assembly.

    Attributes:
        key: Unique in its table.
        resolution: Symbol of the resolution, such as ``A/RES/ES-11/3``; empty where not given.
        day: Day of the vote.
        title: What it was about; empty where not given.
        tally: Totals as published; None where the source gives none.
        issues: Issue flags of the source.
        source: Name of the table or file.
    """

    key: str
    resolution: str
    day: date
    title: str
    tally: Tally | None
    issues: tuple[str, ...]
    source: str


@dataclass(frozen=True)
class VoteTable:
    """Roll calls in the order of their days.

    Attributes:
        rollcalls: The roll calls.
        members: Codes of the states, sorted.
        votes: `Vote` numbers, shape (n_rollcalls, n_members).
        bases: Index into `basis`, shape (n_rollcalls, n_members); means nothing where there is no
            row.
        basis: The bases that occur.
    """

    rollcalls: tuple[RollCall, ...]
    members: tuple[str, ...]
    votes: NDArray[np.int8]
    bases: NDArray[np.int16]
    basis: tuple[Basis, ...]

    @cached_property
    def column(self) -> dict[str, int]:
        """Map each member to its column."""
        return {code: i for i, code in enumerate(self.members)}

    @cached_property
    def is_unverified(self) -> NDArray[np.bool_]:
        """Tell for each index into `basis` whether it is unverified."""
        return np.array([not basis.is_verified for basis in self.basis], dtype=bool)

    def of(self, code: str) -> NDArray[np.int8]:
        """Return a state's votes, shape (n_rollcalls,); a state without a column has no rows."""
        if code in self.column:
            return self.votes[:, self.column[code]]
        return np.full(len(self.rollcalls), Vote.NO_ROW, dtype=np.int8)

    def unverified(self, code: str) -> NDArray[np.bool_]:
        """Tell which of a state's rows are unverified, shape (n_rollcalls,)."""
        if code not in self.column:
            return np.zeros(len(self.rollcalls), dtype=bool)
        has_row: NDArray[np.bool_] = self.of(code) != Vote.NO_ROW
        unsure: NDArray[np.bool_] = self.is_unverified[self.bases[:, self.column[code]]]
        return has_row & unsure

    def counted(self, row: int) -> Tally:
        """Count the rows of a roll call; unsettled ones are none of the three."""
        votes = self.votes[row]
        yes, no, abstain = (
            int(np.count_nonzero(votes == v)) for v in (Vote.YES, Vote.NO, Vote.ABSTAIN)
        )
        return Tally(yes, no, abstain)

    def take(self, rows: Sequence[int]) -> VoteTable:
        """Return some of the roll calls, in the order given."""
        index = np.array(rows, dtype=np.intp)
        return VoteTable(
            tuple(self.rollcalls[i] for i in rows),
            self.members,
            self.votes[index],
            self.bases[index],
            self.basis,
        )


def joined(tables: Iterable[VoteTable]) -> VoteTable:
    """Put roll calls of several tables into one, by day; nothing is compared or dropped."""
    parts = tuple(tables)
    members = tuple(sorted({code for part in parts for code in part.members}))
    place = {code: i for i, code in enumerate(members)}
    count = sum(len(part.rollcalls) for part in parts)
    votes = np.full((count, len(members)), Vote.NO_ROW, dtype=np.int8)
    bases = np.zeros((count, len(members)), dtype=np.int16)
    rollcalls: list[RollCall] = []
    basis: list[Basis] = []
    for part in parts:
        rows = slice(len(rollcalls), len(rollcalls) + len(part.rollcalls))
        columns = [place[code] for code in part.members]
        votes[rows, columns] = part.votes
        bases[rows, columns] = part.bases + len(basis)
        rollcalls += part.rollcalls
        basis += part.basis
    order = sorted(range(count), key=lambda i: (rollcalls[i].day, rollcalls[i].key))
    whole = VoteTable(tuple(rollcalls), members, votes, bases, tuple(basis))
    return whole.take(order)
