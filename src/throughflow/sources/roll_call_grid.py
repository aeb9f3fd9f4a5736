"""Roll calls in the wide layout of the research literature: one row each, one column per state.

Header ``rcid,date``, optionally issue flags ``me,nu,di,hr,co,ec``, then alpha-3 codes. Votes are 1
yes, 2 abstain, 3 no, 8 absent, 9 not a member, also written ``1.0``. Source of the codes: Strezhnev
and Voeten, United Nations General Assembly Voting Data, codebook. The layout gives no resolutions
and no totals; a number of a roll call may occur twice, on days decades apart.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final

import numpy as np

from throughflow.errors import InputError
from throughflow.model.votes import COMPILED, Basis, RollCall, Vote, VoteTable
from throughflow.reference import countries
from throughflow.sources import delimited, vote_file
from throughflow.sources.vote_file import VoteFile

if TYPE_CHECKING:
    import pyarrow as pa
    from numpy.typing import NDArray

    from throughflow.sources.base import RawFile

PUBLISHER: Final = "Compilation of roll calls"
FLAGS: Final[tuple[str, ...]] = ("me", "nu", "di", "hr", "co", "ec")
# Nuclear matters, disarmament, colonies and development: hardly one resolution is on all four.
_TOGETHER: Final = frozenset({"nu", "di", "co", "ec"})
_MIXED_UP: Final = 5
# A table with fewer columns of states is another layout.
_ENOUGH: Final = 20
NO_LONGER: Final = frozenset({"TW"})  # General Assembly resolution 2758 (XXVI)
_VOTES: Final = {
    "1": Vote.YES,
    "2": Vote.ABSTAIN,
    "3": Vote.NO,
    "8": Vote.ABSENT,
    "9": Vote.NOT_MEMBER,
    "": Vote.NO_ROW,
    "NA": Vote.NO_ROW,
}
_SET: Final = frozenset({"TRUE", "1", "1.0"})
_CLEAR: Final = frozenset({"FALSE", "0", "0.0", "", "NA"})


class RollCallGrid:
    """Reads the wide layout."""

    def recognises(self, file: RawFile) -> bool:
        """Tell by ``rcid``, ``date`` and many columns named by states."""
        names = delimited.header(file)
        if not {"rcid", "date"} <= set(names):
            return False
        return sum(vote_file.state(name) is not None for name in names) >= _ENOUGH

    def read(self, file: RawFile) -> VoteFile:
        """Read the roll calls.

        Raises:
            InputError: A cell is no vote, a date is none, or a roll call stands there twice.
        """
        names = delimited.header(file)
        flags = [name for name in FLAGS if name in names]
        states = {name: vote_file.state(name) for name in names}
        codes = {name: code for name, code in states.items() if code is not None}
        if len(set(codes.values())) != len(codes):
            raise InputError("two columns are one state", where=f"{file.path}, row 1")
        unread = [name for name in names if name not in {*codes, *flags, "rcid", "date"}]
        only = ["rcid", "date", *flags, *codes]
        table = vote_file.table_of(file, only, encoded=[*flags, *codes])
        columns = sorted(codes, key=lambda name: codes[name])
        grid = np.column_stack([_column(file, table, name) for name in columns])
        rollcalls = _rollcalls(file, table, flags)
        order = sorted(range(len(rollcalls)), key=lambda i: (rollcalls[i].day, rollcalls[i].key))
        whole = VoteTable(
            tuple(rollcalls),
            tuple(codes[name] for name in columns),
            grid,
            np.zeros(grid.shape, dtype=np.int16),
            (Basis(COMPILED, f"roll-call file {file.path.name}"),),
        )
        notes = ["The file names no resolutions; those known are told by day and totals"]
        notes += [*_lost_members(whole.take(order)), *_mixed_flags(rollcalls)]
        if unread:
            notes.append(f"Columns not read: {', '.join(unread[:12])}")
        return VoteFile(
            name=file.path.name,
            publisher=PUBLISHER,
            digest=vote_file.digest(file),
            table=whole.take(order),
            notes=tuple(notes),
        )


def _lost_members(table: VoteTable) -> list[str]:
    """Say which states end as "not a member" after they had voted.

    No member has left since 1971, when the seat of China passed on; a state that was renamed may
    have lost its votes in the compilation: Türkiye has, from November 2023.
    """
    notes = []
    for code in table.members:
        votes = table.of(code)
        cast = np.flatnonzero(np.isin(votes, (Vote.YES, Vote.ABSTAIN, Vote.NO)))
        if code in NO_LONGER:
            notes.append(f"the seat of China until October 1971 stands under {code}")
            continue
        if not len(cast) or votes[-1] != Vote.NOT_MEMBER:
            continue
        last = table.rollcalls[cast[-1]].day
        notes.append(
            f"{countries.name(code)} voted last on {last} and then counts as no member: its later "
            "votes are missing, not its membership"
        )
    return notes


def _mixed_flags(rollcalls: list[RollCall]) -> list[str]:
    """Say in which years issue flags are set that exclude each other."""
    years = Counter(one.day.year for one in rollcalls if set(one.issues) >= _TOGETHER)
    wrong = sorted(year for year, count in years.items() if count >= _MIXED_UP)
    if not wrong:
        return []
    told = ", ".join(map(str, wrong))
    return [f"issue flags of {told} are mixed up: nu, di, co and ec are set together"]


def _column(file: RawFile, table: pa.Table, name: str) -> NDArray[np.int8]:
    cells = table.column(name)
    out = []
    for chunk in cells.chunks:
        texts = chunk.dictionary.to_pylist()
        votes = [_VOTES.get(text.strip().removesuffix(".0")) for text in texts]
        for text, vote in zip(texts, votes, strict=True):
            if vote is None:
                raise vote_file.wrong(
                    file,
                    vote_file.first_row(table, name, text),
                    f"column {name}: {text!r} is not a vote",
                    "Votes are 1 yes, 2 abstain, 3 no, 8 absent, 9 not a member",
                )
        numbers = np.array([int(vote or 0) for vote in votes], dtype=np.int8)
        out.append(numbers[chunk.indices.to_numpy(zero_copy_only=False)])
    return np.concatenate(out)


def _rollcalls(file: RawFile, table: pa.Table, flags: list[str]) -> list[RollCall]:
    rows = table.select(["rcid", "date", *flags, delimited.ROW]).to_pylist()
    seen: set[str] = set()
    found = []
    for row in rows:
        number = row[delimited.ROW]
        day = vote_file.day(row["date"])
        if day is None:
            raise vote_file.wrong(
                file,
                number,
                f"{row['date']!r} is not a day of the Assembly",
                "Write days as YYYY-MM-DD, from 1945 to today",
            )
        for flag in flags:
            if row[flag].strip().upper() not in _SET | _CLEAR:
                raise vote_file.wrong(
                    file, number, f"issue flag {flag} is {row[flag]!r}", "Write TRUE or FALSE"
                )
        key = f"roll call {vote_file.clean(row['rcid'])} of {day}"
        if key in seen:
            raise vote_file.wrong(file, number, f"{key} stands here twice", "Keep one of the rows")
        seen.add(key)
        found.append(
            RollCall(
                key=key,
                resolution="",
                day=day,
                title="",
                tally=None,
                issues=tuple(flag for flag in flags if row[flag].strip().upper() in _SET),
                source=file.path.name,
            )
        )
    return found
