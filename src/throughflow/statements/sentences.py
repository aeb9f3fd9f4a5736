"""Sentences and headings of a text, with their positions."""

from __future__ import annotations

import re
import tomllib
from functools import lru_cache
from importlib import resources
from typing import TYPE_CHECKING, NamedTuple

from throughflow.model.statements import Span
from throughflow.statements.language import frequent_words

if TYPE_CHECKING:
    from collections.abc import Iterator

# Marks that end a sentence, with the quotes and brackets that close behind them.
_END = re.compile(r"[.!?…]+[\"'»”“’)\]]*(?=\s)")
_WORD_BEFORE = re.compile(r"[^\W_](?:[\w.'’-]*[^\W_])?$|[^\W_]$")
_NEXT = re.compile(r"\s+(?:[–—-]\s*)?([\"'«„“\u2018\u201a(\[]*)([^\W_]?)([^\W_]*)")
# A dash at the beginning of a line opens speech as often as a list, so it stays.
_DASH = re.compile(r"[–—-]\s+")
_BULLET = re.compile(r"(?:[•‣◦▪●*·]|\(?\d{1,2}\))\s+")
_LINE = re.compile(r"[^\n\r\u2028\u2029]+")
# An abbreviation is at most this long, points included.
_LONGEST = 16
# A text typed to a narrow column goes on over the ends of its lines.
_NARROW, _LEAST_LINE, _FULL_LINE = 100, 40, 0.6


class _Abbreviations(NamedTuple):
    inside: frozenset[str]
    either: frozenset[str]
    ordinal_point: bool


def split(text: str, lang: str) -> tuple[Span, ...]:
    """Cut a text into sentences.

    A heading on a line of its own counts as one; bullets are left out. Lines of a text typed to a
    narrow column are joined.

    Args:
        text: The text.
        lang: Its language, ISO 639-1, for abbreviations; may be empty.

    Returns:
        Spans in order, without white space around; each is the text between its positions.
    """
    known = _abbreviations(lang)
    frequent = frequent_words(lang)
    return tuple(
        Span(start, end, text[start:end])
        for first, last in _paragraphs(text)
        for start, end in _in_paragraph(text, first, last, known, frequent)
    )


def _in_paragraph(
    text: str, start: int, stop: int, known: _Abbreviations, frequent: frozenset[str]
) -> Iterator[tuple[int, int]]:
    for found in _END.finditer(text, start, stop):
        if found.end() < stop and _ends(text, found, start, stop, known, frequent):
            yield from _trimmed(text, start, found.end())
            start = found.end()
    yield from _trimmed(text, start, stop)


def _ends(
    text: str,
    found: re.Match[str],
    start: int,
    stop: int,
    known: _Abbreviations,
    frequent: frozenset[str],
) -> bool:
    """Tell whether the marks end the sentence, by the words before and behind."""
    following = _NEXT.match(text, found.end(), stop)
    # A small letter does not begin a sentence, nor does what says who spoke; a figure may.
    if following is None or following[2].islower():
        return following is None
    before = _WORD_BEFORE.search(text[max(start, found.start() - _LONGEST) : found.start()])
    if found.group() != "." or before is None:
        return True
    word, first = before.group(), following[2]
    if word.isdecimal():
        # "24. Februar" goes on; a year ends the sentence.
        return not (known.ordinal_point and len(word) <= 2 and first.isalpha())
    lowered = word.lower()
    if (len(word) == 1 and word.isupper() and first.isalpha()) or lowered in known.inside:
        return False  # an initial, a title
    if lowered in known.either or "." in lowered:
        return first.isalpha() and (first + following[3]).lower() in frequent
    return True


def _paragraphs(text: str) -> Iterator[tuple[int, int]]:
    """Give the first and last position of each piece that no sentence goes across."""
    lines = [found.span() for found in _LINE.finditer(text)]
    width = _column(text, lines)
    open_from: int | None = None
    last = 0
    for start, end in lines:
        content = text[start:end]
        if not content.strip():
            if open_from is not None:
                yield open_from, last
                open_from = None
            continue
        indent = len(content) - len(content.lstrip())
        bullet = _BULLET.match(content, indent)
        goes_on = (
            open_from is not None
            and width
            and not bullet
            and not _DASH.match(content, indent)
            and len(text[last - 1 : start]) <= 3  # no empty line between
            and last - _line_start(text, last) >= _FULL_LINE * width
        )
        if not goes_on:
            if open_from is not None:
                yield open_from, last
            open_from = start + (bullet.end() if bullet else 0)
        last = end
    if open_from is not None:
        yield open_from, last


def _line_start(text: str, end: int) -> int:
    return text.rfind("\n", 0, end) + 1


def _column(text: str, lines: list[tuple[int, int]]) -> int:
    """Width of the column a text is typed to; 0 where each line is a paragraph."""
    full = [end - start for start, end in lines if text[start:end].strip()]
    if len(full) < 3 or max(full) > _NARROW:
        return 0
    long = sum(length >= _LEAST_LINE for length in full)
    cut = sum(
        text[start:end].rstrip()[-1:].isalpha() or text[start:end].rstrip().endswith(",")
        for start, end in lines
        if end - start >= _LEAST_LINE
    )
    # Headlines end in a letter too, so most lines must.
    return max(full) if long >= 3 and cut > long / 2 else 0


def _trimmed(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    piece = text[start:end]
    start += len(piece) - len(piece.lstrip())
    end -= len(piece) - len(piece.rstrip())
    if start < end:
        yield start, end


@lru_cache(maxsize=64)
def _abbreviations(lang: str) -> _Abbreviations:
    path = resources.files(__package__) / "abbreviations.toml"
    raw = tomllib.loads(path.read_text("utf-8"))
    entry = raw.get(lang, {}) if lang != "ordinal_point" else {}
    return _Abbreviations(
        frozenset(entry.get("inside", "").split()),
        frozenset(entry.get("either", "").split()),
        lang in raw["ordinal_point"]["languages"].split(),
    )
