"""Finds the dates in a text: words to letters, letters to patterns, patterns to days."""

from __future__ import annotations

from typing import TYPE_CHECKING

from throughflow.model.statements import Span
from throughflow.statements.dates import tokens
from throughflow.statements.dates.grammar import ANCHOR, PATTERN, STRETCH
from throughflow.statements.dates.mention import DateMention
from throughflow.statements.dates.reading import Words
from throughflow.statements.dates.resolve import resolve
from throughflow.statements.dates.tables import table

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from throughflow.statements.dates.tokens import Tokens

_RELATIONS = "SFBbC"
# "At the end of March": the preposition belongs to the words.
_WITH_PLACE = frozenset({"edge", "half"})
# Marks that end a date but do not belong to it.
_TRAILING = ".,-/f"


def find(
    text: str, lang: str, reference: date, *, offset: int = 0, prefer: str = "past"
) -> tuple[DateMention, ...]:
    """Find the dates a text names.

    Dates inside addresses of pages and mail are left alone: they are the page's, not the event's.

    Args:
        text: The text, a sentence or more.
        lang: Its language, ISO 639-1; of one without a table only dates in figures are found.
        reference: Day the text was published, from which "yesterday" counts.
        offset: Added to the positions, for a text that is a piece of a longer one.
        prefer: What a day without its year, or a bare weekday, means: ``past``, as in news, or
            ``future``, as in appointments.

    Returns:
        Mentions in the order of the text; they do not overlap.
    """
    row = tokens.read(text, table(lang))
    letters = row.letters
    mentions: list[DateMention] = []
    for stretch in STRETCH.finditer(letters):
        if ANCHOR.search(letters, *stretch.span()):
            mentions.extend(_in_stretch(text, row, stretch.span(), reference, offset, prefer))
    return tuple(mentions)


def _in_stretch(
    text: str,
    row: Tokens,
    stretch: tuple[int, int],
    reference: date,
    offset: int,
    prefer: str,
) -> Iterator[DateMention]:
    letters = row.letters
    at, limit = stretch
    # One letter more, for the patterns that ask what follows.
    while found := PATTERN.search(letters, at, limit + 1):
        name = found.lastgroup or ""
        begin, stop = found.span()
        while stop > begin + 1 and letters[stop - 1] in _TRAILING:
            stop -= 1
        around = begin - 1
        while around >= 0 and letters[around] == "f":
            around -= 1
        before = letters[around] if around >= 0 else ""
        words = Words(
            letters[begin:stop],
            row.values[begin:stop],
            before,
            reference,
            prefer,
            around < begin - 1,
        )
        resolved = resolve(name, words)
        if resolved is None:
            at = begin + 1
            continue
        relation = "in"
        if letters[begin] == "b":
            before = ""
        if before and name in _WITH_PLACE and before in "PiI":
            begin = around
            around -= 1
            before = letters[around] if around >= 0 else ""
        if before and before in _RELATIONS and letters[begin] not in "SV":
            relation = row.values[around]
            begin = around
        start, end = row.starts[begin], row.ends[stop - 1]
        span = Span(start + offset, end + offset, text[start:end])
        days, grain, basis = resolved
        yield DateMention(span, days[0], days[1], grain, basis, relation)
        at = found.end()
