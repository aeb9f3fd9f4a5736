"""The JSON that an API answered with, read as it is written: numbers stay texts."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from throughflow.errors import InputError

if TYPE_CHECKING:
    from throughflow.sources.base import RawFile

# Parsed, an answer takes several times its length.
MAX_TEXT: Final = 512 * 1024 * 1024


def begins(file: RawFile) -> bytes:
    """Return the first bytes of a text without what may stand before its first sign."""
    return file.head.lstrip(b"\xef\xbb\xbf \t\r\n") if file.kind == "text" else b""


def document(
    file: RawFile, *, most: int = MAX_TEXT, smaller: str = "Ask for less at a time"
) -> Any:
    """Parse the whole file; every number is kept as the text that stands there.

    Args:
        file: A text file.
        most: Bytes above which nothing is parsed.
        smaller: What to do about a larger file.

    Raises:
        InputError: Too large, not UTF-8, not JSON, or cut short.
    """
    where = str(file.path)
    if file.path.stat().st_size > most:
        raise InputError(
            f"the answer has more than {most / 1e6:,.0f} MB", where=where, remedy=smaller
        )
    try:
        return json.loads(file.text, parse_float=str, parse_int=str, parse_constant=str)
    except (json.JSONDecodeError, RecursionError) as error:
        raise InputError(
            f"the JSON is cut short or damaged ({error})", where=where, remedy="Download it again"
        ) from error


def text(value: Any) -> str | None:
    """Write one value of a row as text; null stays null."""
    if value is None or isinstance(value, str):
        return value
    return str(value).lower() if isinstance(value, bool) else json.dumps(value)
