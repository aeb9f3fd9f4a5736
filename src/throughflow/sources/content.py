"""Is what arrived what was asked for? Checked before a download counts as one.

A publisher's error page comes with status 200, a cut archive with a plausible name, a selection
that is too large as its first rows. None of them may reach a reader as data.
"""

from __future__ import annotations

import gzip
import json
import re
import struct
import zipfile
import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from throughflow.errors import DataError

if TYPE_CHECKING:
    from pathlib import Path

HEAD_BYTES: Final = 512
# A JSON answer is held in memory to be checked; API answers are limited in rows well below this.
LARGEST_JSON: Final = 512 * 2**20
_SEVEN_ZIP: Final = b"7z\xbc\xaf\x27\x1c"
_SEVEN_ZIP_HEADER: Final = 32
_MAGIC: Final = {
    "7z": _SEVEN_ZIP,
    "zip": b"PK\x03\x04",
    "gz": b"\x1f\x8b",
}
_TITLE: Final = re.compile(rb"<title[^>]*>([^<]{1,200})", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Expected:
    """What an answer should be.

    Attributes:
        kind: ``"csv"``, ``"json"``, ``"7z"``, ``"zip"``, ``"gz"`` or ``"page"``.
        rows_at: Name under which a JSON answer holds its rows; empty for a bare array.
        row_limit: Rows at which the publisher cuts an answer; None where it does not.
        header_rows: Rows of a bare array that name columns.
    """

    kind: str
    rows_at: str = ""
    row_limit: int | None = None
    header_rows: int = 0


class LimitReachedError(DataError):
    """An answer has as many rows as the publisher gives at most, so some may be missing."""


class NoRowsError(DataError):
    """A publisher has nothing for a selection."""


def check_head(head: bytes, expected: Expected, where: str) -> None:
    """Look at the first bytes of an answer.

    Raises:
        DataError: They are a web page, or not the beginning of what was asked for.
    """
    if expected.kind == "page":
        return
    begin = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    if begin[:1] == b"<":
        title = _TITLE.search(head)
        named = f" ({title[1].decode('utf-8', 'replace').strip()!r})" if title else ""
        raise DataError(
            f"the server answered with a web page or message{named} where {expected.kind} was "
            "expected",
            where=where,
            remedy="The publisher may be down for maintenance, or may want a key or a smaller "
            "selection; nothing was stored",
        )
    if expected.kind in _MAGIC:
        # The first packet may be shorter than the mark; the whole file is looked at later.
        magic = _MAGIC[expected.kind]
        right = head[: len(magic)] == magic[: len(head)]
    elif expected.kind == "json":
        right = begin[:1] in {b"{", b"[", b""}
    else:
        right = b"\x00" not in head
    if not right:
        raise DataError(
            f"the answer is not {expected.kind} (it begins {head[:24]!r})",
            where=where,
            remedy="Nothing was stored. Try again later, or see `throughflow get --list`",
        )


def check_whole(path: Path, expected: Expected, where: str) -> None:
    """Look at a complete answer on disk.

    Raises:
        DataError: It is cut, damaged, empty, an error message, or was limited by the publisher.
    """
    with path.open("rb") as stream:
        head = stream.read(HEAD_BYTES)
    if not head:
        raise DataError("the answer is empty", where=where, remedy=_NO_DATA)
    check_head(head, expected, where)
    if expected.kind == "7z":
        _seven_zip(path, head, where)
    elif expected.kind == "zip":
        if not zipfile.is_zipfile(path):
            raise _cut("the archive has no directory at its end", where)
    elif expected.kind == "gz":
        _gzip(path, where)
    elif expected.kind == "json":
        if path.stat().st_size > LARGEST_JSON:
            raise DataError("the answer is too large to be checked", where=where, remedy=_LESS)
        rows_of(document(path.read_bytes(), where), expected, where)


_NO_DATA: Final = "The publisher has nothing for this selection; check codes and periods"
_LESS: Final = "Ask for less: fewer periods, reporters, partners or products in one call"


def document(data: bytes, where: str) -> Any:
    """Read JSON.

    Raises:
        DataError: It is not whole.
    """
    try:
        return json.loads(data)
    except (ValueError, RecursionError) as error:
        raise _cut(f"the answer is not whole JSON ({type(error).__name__})", where) from error


def rows_of(answer: Any, expected: Expected, where: str) -> list[Any]:
    """Return the rows of a JSON answer.

    Raises:
        DataError: It is an error message, has no rows, or was cut at the publisher's limit.
    """
    if expected.rows_at:
        rows = answer.get(expected.rows_at) if isinstance(answer, dict) else None
        told = answer.get("error") or answer.get("message") if isinstance(answer, dict) else None
        if not isinstance(rows, list):
            said = f": {str(told)[:200]}" if told else ""
            raise DataError(f"the publisher refused the question{said}", where=where)
        if told and not rows:
            raise DataError(f"the publisher answered: {str(told)[:200]}", where=where)
    else:
        rows = answer if isinstance(answer, list) else []
    found = len(rows) - expected.header_rows
    if found <= 0:
        raise NoRowsError("the answer holds no rows", where=where, remedy=_NO_DATA)
    if expected.row_limit is not None and found >= expected.row_limit:
        raise LimitReachedError(
            f"the publisher cuts an answer at {expected.row_limit:,} rows and this one has "
            f"{found:,}: some may be missing",
            where=where,
            remedy=_LESS,
        )
    return rows


def _seven_zip(path: Path, head: bytes, where: str) -> None:
    """Compare the length that the archive's first header states with the file's."""
    size = path.stat().st_size
    if len(head) < _SEVEN_ZIP_HEADER:
        raise _cut("the archive is shorter than its header", where)
    offset, length = struct.unpack_from("<QQ", head, 12)
    if zlib.crc32(head[12:32]) != struct.unpack_from("<I", head, 8)[0]:
        raise _cut("the archive's header is damaged", where)
    if size < _SEVEN_ZIP_HEADER + offset + length:
        raise _cut(
            f"the archive has {size:,} bytes and should have "
            f"{_SEVEN_ZIP_HEADER + offset + length:,}",
            where,
        )


def _gzip(path: Path, where: str) -> None:
    """Unpack to the end without keeping anything; the format carries its own checksum."""
    try:
        with gzip.open(path) as stream:
            while stream.read(2**20):
                pass
    except (EOFError, OSError, zlib.error) as error:
        raise _cut(f"the compressed file is cut or damaged ({error})", where) from error


def _cut(what: str, where: str) -> DataError:
    return DataError(what, where=where, remedy="Nothing was stored; run the command again")
