"""What a reader of roll calls gives, and the parts the readers share."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Final, Protocol

import pyarrow as pa
import pyarrow.compute as pc

from throughflow.errors import InputError
from throughflow.reference import countries
from throughflow.sources import delimited
from throughflow.sources.base import Refusals

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from throughflow.model.votes import VoteTable
    from throughflow.sources.base import RawFile

MAX_TEXT: Final = 300  # the longest titles of resolutions have some 250 characters
FIRST_DAY: Final = date(1945, 10, 24)  # the Charter enters into force
# Codes of states that no longer exist, under which the UN Digital Library keeps their votes and
# which ISO 3166-1 has withdrawn: Southern Yemen and the German Democratic Republic.
WITHOUT_CODE: Final = frozenset({"YMD", "DDR"})


@dataclass(frozen=True)
class VoteFile:
    """One file of roll calls, read.

    Attributes:
        name: Name of the file.
        publisher: Who compiled it.
        digest: SHA-256 of its bytes.
        table: Its roll calls.
        notes: What a reader of a result must know: states not read, rows left out.
    """

    name: str
    publisher: str
    digest: str
    table: VoteTable
    notes: tuple[str, ...]


class VoteReader(Protocol):
    """A reader of one layout."""

    def recognises(self, file: RawFile) -> bool:
        """Tell whether the file has this layout."""

    def read(self, file: RawFile) -> VoteFile:
        """Read it."""


def digest(file: RawFile) -> str:
    """Return the SHA-256 of the file's bytes."""
    with file.path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def table_of(file: RawFile, only: Sequence[str], encoded: Collection[str]) -> pa.Table:
    """Read columns as texts; a row with another number of columns refuses the whole file.

    One vote that is missing changes an agreement without a trace, so nothing is skipped.

    Raises:
        InputError: Not readable as a table, a row of another length, or no rows.
    """
    refusals = Refusals()
    table = delimited.read(file, refusals, only=only, encoded=encoded)
    if refusals.rows:
        _, place, detail, _ = refusals.rows[0]
        raise InputError(
            f"a row has another number of columns than the header ({detail[:160]})",
            where=f"{file.path}, {place.rpartition(', ')[2]}",
            remedy="Download the file again; it may have been cut off",
        )
    if not len(table):
        raise InputError(
            "the file has a header and no votes", where=str(file.path), remedy="Download it again"
        )
    return table


def wrong(file: RawFile, row: int, what: str, remedy: str) -> InputError:
    """Return the error for one row of a file."""
    return InputError(what, where=f"{file.path}, row {row}", remedy=remedy)


def first_row(table: pa.Table, column: str, text: str) -> int:
    """Return the number of the first row in which a column holds a text."""
    cells = table.column(column)
    if pa.types.is_dictionary(cells.type):
        cells = cells.cast(pa.string())
    index = pc.index(cells, pa.scalar(text)).as_py()
    number: int = table.column(delimited.ROW)[index].as_py()
    return number


def clean(text: str) -> str:
    """Return a text of the file as one short line without control characters."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())[:MAX_TEXT]


def day(text: str) -> date | None:
    """Read a day; None where it is none, or no day of the Assembly."""
    try:
        found = date.fromisoformat(text.strip())
    except ValueError:
        return None
    return found if FIRST_DAY <= found <= datetime.now(UTC).date() else None


def state(text: str) -> str | None:
    """Tell which state an alpha-3 code of a vote file means; None for those without a code."""
    code = text.strip().upper()
    if len(code) != 3 or not code.isascii() or not code.isalpha() or code in WITHOUT_CODE:
        return None
    found = countries.from_alpha3(code)
    return found if found and not countries.is_bloc(found) else None
