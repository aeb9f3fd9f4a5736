"""Votes of the General Assembly as the UN Digital Library exports them: one row per state's vote.

Columns by name, in any order: ``ms_code, ms_vote, date, resolution`` are needed; ``undl_id, title,
total_yes, total_no, total_abstentions`` are read where they are, all others are not. Source of the
layout: UN Dag Hammarskjöld Library, "UN General Assembly Voting Data: Description and Terms of
Use", versions of September 2024 and July 2025; see docs/sources/un-votes.md.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pyarrow as pa

from throughflow.errors import InputError
from throughflow.model.votes import OFFICIAL, Basis, RollCall, Tally, Vote, VoteTable
from throughflow.sources import delimited, vote_file
from throughflow.sources.vote_file import VoteFile

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from throughflow.sources.base import RawFile

PUBLISHER: Final = "UN Digital Library"
REQUIRED: Final = ("ms_code", "ms_vote", "date", "resolution")
TOTALS: Final = ("total_yes", "total_no", "total_abstentions")
# "X" in the version of July 2025, "NV" in the description of September 2024.
VOTES: Final = {
    "Y": Vote.YES,
    "A": Vote.ABSTAIN,
    "N": Vote.NO,
    "X": Vote.ABSENT,
    "NV": Vote.ABSENT,
    "": Vote.ABSENT,
}


class UnDigitalLibrary:
    """Reads the file of single votes."""

    def recognises(self, file: RawFile) -> bool:
        """Tell by the two columns that no other layout has."""
        return {"ms_code", "ms_vote"} <= set(delimited.header(file))

    def read(self, file: RawFile) -> VoteFile:
        """Read the votes.

        Raises:
            InputError: A column is missing, or a row is not a vote; the message gives the row.
        """
        names = delimited.header(file)
        missing = [name for name in REQUIRED if name not in names]
        if missing:
            raise InputError(
                f"missing columns: {', '.join(missing)}",
                where=f"{file.path}, row 1",
                remedy="Download the General Assembly's voting data again; the Security Council's "
                "file has other columns",
            )
        if "permanent_member" in names:
            raise InputError(
                "these are votes of the Security Council",
                where=f"{file.path}, row 1",
                remedy="Download the General Assembly's voting data",
            )
        optional = [name for name in ("undl_id", "title", *TOTALS) if name in names]
        only = [*REQUIRED, *optional]
        table = vote_file.table_of(file, only, encoded=only)
        key = "undl_id" if "undl_id" in names else "resolution"
        lines, keys = _encode(table, key)
        states, codes = _encode(table, "ms_code")
        if blank := [text for text in keys if not text.strip()]:
            number = vote_file.first_row(table, key, blank[0])
            raise vote_file.wrong(file, number, f"{key} is empty", "Download the file again")
        read = [vote_file.state(code) for code in codes]
        members = tuple(sorted({code for code in read if code is not None}))
        place = {code: i for i, code in enumerate(members)}
        columns = np.array([-1 if code is None else place[code] for code in read], dtype=np.int64)
        grid = _grid(file, table, lines, columns[states], (len(keys), len(members)))
        firsts = np.unique(lines, return_index=True)[1]
        rollcalls = _rollcalls(file, table, lines, firsts)
        order = sorted(range(len(keys)), key=lambda i: (rollcalls[i].day, rollcalls[i].key))
        unread = {
            code: int(np.count_nonzero(states == i))
            for i, (code, known) in enumerate(zip(codes, read, strict=True))
            if known is None
        }
        whole = VoteTable(
            tuple(rollcalls),
            members,
            grid,
            np.zeros(grid.shape, dtype=np.int16),
            (Basis(OFFICIAL, f"UN Digital Library export, {file.path.name}"),),
        )
        ordered = whole.take(order)
        notes = [
            f"{count:,} votes of {vote_file.clean(code) or 'a blank code'} not read: no such state "
            "today"
            for code, count in sorted(unread.items())
        ]
        return VoteFile(
            name=file.path.name,
            publisher=PUBLISHER,
            digest=vote_file.digest(file),
            table=ordered,
            notes=(*notes, *_short_of_totals(ordered)),
        )


def _short_of_totals(table: VoteTable) -> list[str]:
    """Say how many roll calls have rows that do not add up to the totals beside them."""
    off = [
        one.resolution or one.key
        for i, one in enumerate(table.rollcalls)
        if one.tally and table.counted(i) != one.tally
    ]
    if not off:
        return []
    shown = ", ".join(off[-3:])
    return [f"rows of {len(off):,} roll calls do not add up to their totals, the latest {shown}"]


def _encode(table: pa.Table, column: str) -> tuple[NDArray[np.int64], list[str]]:
    """Return numbers and the texts they stand for."""
    encoded = table.column(column).combine_chunks()
    if isinstance(encoded, pa.ChunkedArray):
        encoded = encoded.chunk(0)
    return (
        encoded.indices.to_numpy(zero_copy_only=False).astype(np.int64),
        encoded.dictionary.to_pylist(),
    )


def _grid(
    file: RawFile,
    table: pa.Table,
    lines: NDArray[np.int64],
    columns: NDArray[np.int64],
    shape: tuple[int, int],
) -> NDArray[np.int8]:
    """Put each vote in its place.

    Raises:
        InputError: A letter is no vote, or a state votes twice on one thing in two ways.
    """
    numbers, letters = _encode(table, "ms_vote")
    meaning = [VOTES.get(letter.strip().upper()) for letter in letters]
    for letter, vote in zip(letters, meaning, strict=True):
        if vote is None:
            raise vote_file.wrong(
                file,
                vote_file.first_row(table, "ms_vote", letter),
                f"{letter!r} is not a vote",
                "Votes are Y, N, A and X; correct the row or download the file again",
            )
    given = np.array([vote or Vote.NO_ROW for vote in meaning], dtype=np.int8)[numbers]
    grid = np.full(shape, Vote.NO_ROW, dtype=np.int8)
    kept = columns >= 0
    grid[lines[kept], columns[kept]] = given[kept]
    differs = kept & (grid[lines, np.maximum(columns, 0)] != given)
    if differs.any():
        row = int(np.argmax(differs))
        raise vote_file.wrong(
            file,
            table.column(delimited.ROW)[row].as_py(),
            f"{table.column('ms_code')[row].as_py()} has two different votes on "
            f"{table.column('resolution')[row].as_py()}",
            "Keep one of the rows, or download the file again",
        )
    return grid


def _rollcalls(
    file: RawFile, table: pa.Table, lines: NDArray[np.int64], firsts: NDArray[np.int64]
) -> list[RollCall]:
    """Read what is said of each roll call from its first row; its days must agree.

    Raises:
        InputError: A date is none, or one roll call has two.
    """
    numbers, texts = _encode(table, "date")
    days = [vote_file.day(text) for text in texts]
    for text, day in zip(texts, days, strict=True):
        if day is None:
            raise vote_file.wrong(
                file,
                vote_file.first_row(table, "date", text),
                f"{text!r} is not a day of the Assembly",
                "Write days as YYYY-MM-DD, from 1945 to today",
            )
    differs = numbers != numbers[firsts][lines]
    if differs.any():
        raise vote_file.wrong(
            file,
            table.column(delimited.ROW)[int(np.argmax(differs))].as_py(),
            "one roll call has two dates",
            "Download the file again",
        )
    has_totals = set(TOTALS) <= set(table.column_names)
    heads = table.take(pa.array(firsts)).to_pylist()
    found = []
    for head, first in zip(heads, firsts, strict=True):
        day = days[numbers[first]]
        if day is None:
            raise AssertionError
        symbol = vote_file.clean(head["resolution"])
        found.append(
            RollCall(
                key=vote_file.clean(head.get("undl_id") or symbol),
                resolution=symbol,
                day=day,
                title=vote_file.clean(head.get("title") or ""),
                tally=_tally(file, head) if has_totals else None,
                issues=(),
                source=file.path.name,
            )
        )
    return found


def _tally(file: RawFile, head: dict[str, Any]) -> Tally | None:
    """Read the totals, written ``120`` or ``120.0``; None where one is empty.

    Raises:
        InputError: A total is no whole number.
    """
    numbers = []
    for name in TOTALS:
        text = (head[name] or "").strip()
        whole = text.removesuffix(".0")
        if not text:
            return None
        if not (whole.isascii() and whole.isdigit() and len(whole) <= 3):
            raise vote_file.wrong(
                file, head[delimited.ROW], f"{name} is {text!r}", "Totals are whole numbers"
            )
        numbers.append(int(whole))
    return Tally(*numbers)
