"""Rows that a publisher hands out page by page, put together without loss, repeats or loops.

The next page is where the page before says it is (``@odata.nextLink``). A service whose table
changes while it is read repeats rows or skips some: rows met again are counted and left out, and
where the publisher states how many rows there are, fewer than that is refused.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from throughflow.errors import DataError, SourceError
from throughflow.sources import content
from throughflow.sources.transport import joined, may_follow

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

NEXT: Final = "@odata.nextLink"
COUNT: Final = "@odata.count"
MOST_PAGES: Final = 10_000
_AGAIN: Final = "The table may have changed while it was read; run the command again"


@dataclass(slots=True)
class Tally:
    """What a walk over pages met.

    Attributes:
        pages: Pages read.
        rows: Distinct rows handed on.
        repeated: Rows met before and left out.
        stated: Rows the publisher says there are, None if it does not say.
    """

    pages: int = 0
    rows: int = 0
    repeated: int = 0
    stated: int | None = None


def walk(
    first: str, read: Callable[[str], bytes], *, rows_at: str = "value", tally: Tally | None = None
) -> Iterator[list[Any]]:
    """Read pages until there is none further.

    Args:
        first: Address of the first page.
        read: Gets the body of a page.
        rows_at: Name under which a page holds its rows.
        tally: Filled in while walking.

    Yields:
        The rows of each page that were not met before.

    Raises:
        DataError: A page repeats another, leads back to one that was read, is not whole, or the
            pages hold fewer rows than the publisher states.
        SourceError: A page leads to another publisher.
    """
    tally = tally if tally is not None else Tally()
    visited: set[str] = set()
    seen: set[bytes] = set()
    url: str | None = first
    while url is not None:
        if url in visited:
            raise DataError(f"page {tally.pages} leads back to one already read", where=url)
        if tally.pages == MOST_PAGES:
            raise DataError(f"there are more than {MOST_PAGES:,} pages", where=first)
        visited.add(url)
        page, rows = _page(read(url), rows_at, url)
        tally.pages += 1
        if tally.stated is None and isinstance(page.get(COUNT), int):
            tally.stated = page[COUNT]
        fresh = [row for row in rows if _is_new(row, seen)]
        if rows and not fresh:
            raise DataError(f"page {tally.pages} repeats earlier ones", where=url, remedy=_AGAIN)
        tally.repeated += len(rows) - len(fresh)
        tally.rows += len(fresh)
        yield fresh
        url = _next(first, url, page)
    if tally.stated is not None and tally.rows < tally.stated:
        raise DataError(
            f"the pages hold {tally.rows:,} rows and the publisher states {tally.stated:,}",
            where=first,
            remedy=_AGAIN,
        )
    if not tally.rows:
        raise DataError(
            "the publisher has nothing for this selection", where=first, remedy="Check the codes"
        )


def _page(body: bytes, rows_at: str, url: str) -> tuple[dict[str, Any], list[Any]]:
    page = content.document(body, url)
    rows = page.get(rows_at) if isinstance(page, dict) else None
    if not isinstance(rows, list):
        raise DataError(f"the page holds no list {rows_at!r}", where=url)
    return page, rows


def _is_new(row: Any, seen: set[bytes]) -> bool:
    """Tell whether a row was not met before, and remember it."""
    text = json.dumps(row, sort_keys=True).encode()
    digest = hashlib.blake2b(text, digest_size=16).digest()
    if digest in seen:
        return False
    seen.add(digest)
    return True


def _next(first: str, url: str, page: dict[str, Any]) -> str | None:
    link = page.get(NEXT)
    if not link:
        return None
    target = joined(url, str(link))
    if not target or not may_follow(first, target):
        raise SourceError("a page leads to another publisher's address", where=first)
    return target
