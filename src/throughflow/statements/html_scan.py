"""HTML as a row of tags and texts, in time that grows with its size whatever it holds.

The standard library's parser is not used: that of Python 3.11 takes time by the square of the size
on unclosed tags (``<a <a <a …``: 5 s for 20 kB, 31 s for 40 kB), so that a small saved page could
stop a run. This scanner goes forward only, knows nothing of nesting, and asks nothing of a network.
"""

from __future__ import annotations

import re
from html import unescape
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator

# Attributes of one tag that are kept; the tag is read to its end in any case.
MAX_ATTRIBUTES = 64
# What stands inside is no markup.
_RAW = frozenset({"script", "style", "textarea", "title", "noscript", "xmp", "iframe", "noembed"})
_NAME = re.compile(r"[A-Za-z][^\s/>]*")
_ATTRIBUTE = re.compile(
    r"""[\s/]*([^\s/>=][^\s/>=]*)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s>]*)))?|[\s/]*=+"""
)
_CLOSING = re.compile(r"[\s/]*(>?)")
_END_OF = {name: re.compile(rf"</{name}(?=[\s/>])", re.IGNORECASE) for name in _RAW}


class Piece(NamedTuple):
    """A tag or a text.

    Attributes:
        kind: ``start``, ``end``, ``text``, or ``raw`` for what a script, style or title holds.
        name: Tag in lower case; of ``raw`` the tag it stands in; empty for ``text``.
        text: Text with its character references resolved; as it stands for ``raw``.
        attributes: Of ``start`` and ``raw``: of the tag, by lower-case name.
    """

    kind: str
    name: str
    text: str
    attributes: dict[str, str]


def scan(page: str) -> Iterator[Piece]:
    """Cut a page into tags and texts.

    Args:
        page: The page, well formed or not.

    Yields:
        Its pieces in order. Comments and declarations are left out, and what follows a tag that is
        never closed.
    """
    at = 0
    while at < len(page):
        bracket = page.find("<", at)
        if bracket < 0:
            bracket = len(page)
        if bracket > at:
            yield Piece("text", "", unescape(page[at:bracket]), {})
        name = _NAME.match(page, bracket + 1)
        if name is None:
            at = yield from _no_start(page, bracket)
            continue
        tag, attributes, at = _start_tag(page, name)
        if at > len(page):
            return
        yield Piece("start", tag, "", attributes)
        if tag in _RAW:
            closing = _END_OF[tag].search(page, at)
            stop = closing.start() if closing else len(page)
            yield Piece("raw", tag, page[at:stop], attributes)
            at = stop


def _no_start(page: str, bracket: int) -> Generator[Piece, None, int]:
    """Read a closing tag, a comment, a declaration or a bare bracket; returns where it ends."""
    if page.startswith(("<!", "<?"), bracket):
        return _after_declaration(page, bracket)
    if not page.startswith("</", bracket):
        if bracket < len(page):
            yield Piece("text", "", "<", {})
        return bracket + 1
    if name := _NAME.match(page, bracket + 2):
        yield Piece("end", name.group().lower(), "", {})
    return _after(page, ">", bracket + 2)


def _start_tag(page: str, name: re.Match[str]) -> tuple[str, dict[str, str], int]:
    """Read a tag; its end lies past the page where it is never closed."""
    attributes: dict[str, str] = {}
    at = name.end()
    while True:
        closing = _CLOSING.match(page, at)
        if closing is None or closing.end() >= len(page):
            ended = closing is not None and closing[1]
            return name.group().lower(), attributes, len(page) + (0 if ended else 1)
        if closing[1]:
            return name.group().lower(), attributes, closing.end()
        found = _ATTRIBUTE.match(page, at)
        if found is None or found.end() == at:
            return name.group().lower(), attributes, len(page) + 1
        at = found.end()
        if found[1] and len(attributes) < MAX_ATTRIBUTES:
            value = next((part for part in found.groups()[1:] if part is not None), "")
            attributes.setdefault(found[1].lower(), unescape(value))


def _after_declaration(page: str, bracket: int) -> int:
    if page.startswith("<!--", bracket):
        # "<!-->" is a comment too, an empty one.
        if page.startswith("<!-->", bracket):
            return bracket + 5
        return _after(page, "-->", bracket + 4)
    return _after(page, ">", bracket + 2)


def _after(page: str, mark: str, start: int) -> int:
    """Find where a mark ends; the end of the page where there is none."""
    found = page.find(mark, start)
    return len(page) if found < 0 else found + len(mark)
