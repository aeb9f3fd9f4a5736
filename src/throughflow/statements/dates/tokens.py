"""A text as a row of letters, one for each word or mark that can be part of a date.

``w ubiegłym tygodniu, 3 maja 2022 r.`` becomes ``PRc,DmYa.``; a word of no interest is ``#``. The
grammar then looks for patterns in the row, which is short and the same for every language.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from throughflow.statements.dates import figures

if TYPE_CHECKING:
    from throughflow.statements.dates.tables import Table

OTHER, MARK = "#", ";"
MAX_PHRASE = 5  # words and points of the longest phrase
_MARKS = {"-": "-", "–": "-", "—": "-", ",": ",", ".": ".", "/": "/"}
_TOKEN = re.compile(
    r"""
      (?P<opaque>
          \x00+                                    # an address, see `_hide_addresses`
        | [$€£₽₴¥№§\#+]\s?\d[\d.,:/–-]*            # money, the number of something, a telephone
        | (?<=[^\W\d_]-)\d{1,3}(?![\d.,/–-]*\d)    # COVID-19
      )
    | (?P<number>
          \d+(?:[.,:/–-]+\d+)*                     # all that figures hold together
          (?:-?[^\W\d_]+(?:[^\W_]|-)*)?            # with letters behind: 18th, 15-летний, 17ч10
      )
    | (?P<quarter>[Qq][1-4](?!\w))
    | (?P<word>[^\W\d_]+(?:['\u2019\u02bc`][^\W\d_]+)*)
    | (?P<gap>\n[^\S\n]*\n)
    | (?P<mark>[^\s\w]|_)
    | (?P<other>\w)
    """,
    re.VERBOSE,
)
_PATH = re.compile(r"[^\W\d_]{2}[^/]*/[^/]*\d|/\d{4}/\d{1,2}(?!\d)")
_NAMED_MONTH = re.compile(r"\W*\d{1,2}/[^\W\d_]+/\d{2,4}\W*")
# What is typed for an apostrophe inside a word.
_APOSTROPHES = re.compile("[\u2019\u02bc`]")
_NUMERALS = ("I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII")
_ROMAN = {numeral: number for number, numeral in enumerate(_NUMERALS, start=1)}
_PATH = re.compile(r"[^\W\d_]{2}[^/]*/[^/]*\d|/\d{4}/\d{1,2}(?!\d)")
_NAMED_MONTH = re.compile(r"\W*\d{1,2}/[^\W\d_]+/\d{2,4}\W*")
_NO_DATE = (OTHER, None)


@dataclass(frozen=True, slots=True)
class Tokens:
    """Words and marks of a text, as parallel rows.

    Attributes:
        letters: Kind of each, see `tables` and `figures`.
        values: What each stands for.
        starts: First code point of each.
        ends: One past the last code point of each.
    """

    letters: str
    values: list[Any]
    starts: list[int]
    ends: list[int]


def read(text: str, words: Table) -> Tokens:
    """Cut a text into words and marks and tell what each can be in a date."""
    letters: list[str] = []
    values: list[Any] = []
    starts: list[int] = []
    ends: list[int] = []
    lowered: list[str] = []
    lookup, heads = words.words, words.phrases
    last_head = -MAX_PHRASE
    begun = False
    for found in _TOKEN.finditer(_hide_addresses(text)):
        kind = found.lastgroup
        piece = found.group()
        lower = ""
        if kind == "word":
            lower = _lower(piece, words)
            # "I" is a numeral before it is a word: "w I kwartale".
            known = lookup.get(lower) if piece != "I" else None
            letter, value = known or _rarer(piece, lower, words)
            if lower in heads:
                begun, last_head = True, len(letters)
        elif kind == "number":
            letter, value = figures.read(piece, words)
        elif kind == "mark":
            letter, value = _MARKS.get(piece, MARK), None
        elif kind == "quarter":
            letter, value = "q", int(piece[1])
        else:
            letter, value = _NO_DATE
        # A run of words that mean nothing here is one token.
        if (
            letter == OTHER
            and letters
            and letters[-1] == OTHER
            and len(letters) - last_head > MAX_PHRASE
        ):
            ends[-1] = found.end()
            continue
        letters.append(letter)
        values.append(value)
        starts.append(found.start())
        ends.append(found.end())
        lowered.append(lower)
    row = Tokens("".join(letters), values, starts, ends)
    return _join_phrases(words, lowered, row) if begun else row


def _hide_addresses(text: str) -> str:
    """Blank out addresses of pages and mail: a date inside is that of the page, not of an event."""
    if "/" not in text and "@" not in text and "www." not in text:
        return text
    return re.sub(r"\S+", _hide, text)


def _hide(run: re.Match[str]) -> str:
    piece = run.group()
    hidden = (
        "://" in piece
        or "@" in piece
        or "www." in piece
        or ("/" in piece and _PATH.search(piece) and not _NAMED_MONTH.fullmatch(piece))
    )
    return "\0" * len(piece) if hidden else piece


def _lower(piece: str, words: Table) -> str:
    if words.dotless_i:
        piece = piece.replace("I", "\u0131").replace("\u0130", "i")
    return piece.lower()


def _rarer(piece: str, lower: str, words: Table) -> tuple[str, Any]:
    """Look up what is not listed as it stands: other apostrophes, endings behind one, numerals."""
    if piece in _ROMAN:
        return "r", _ROMAN[piece]
    plain = _APOSTROPHES.sub("'", lower)
    if "'" not in plain:
        return _NO_DATE
    head, _, tail = plain.partition("'")
    lookup = words.words
    return lookup.get(plain) or lookup.get(head) or lookup.get(tail) or _NO_DATE


def _join_phrases(words: Table, lowered: list[str], row: Tokens) -> Tokens:
    """Make one token of each phrase."""
    letters: list[str] = []
    joined = Tokens("", [], [], [])
    at = 0
    while at < len(lowered):
        letter, value, stop = row.letters[at], row.values[at], at + 1
        for tail, phrase_letter, phrase_value in words.phrases.get(lowered[at], ()):
            end = _phrase_end(tail, lowered, row.letters, at + 1)
            if end:
                letter, value, stop = phrase_letter, phrase_value, end
                break
        letters.append(letter)
        joined.values.append(value)
        joined.starts.append(row.starts[at])
        joined.ends.append(row.ends[stop - 1])
        at = stop
    return replace(joined, letters="".join(letters))


def _phrase_end(tail: tuple[str, ...], lowered: list[str], letters: str, at: int) -> int:
    """Give the index after the words that follow, points skipped; 0 if they do not follow."""
    for word in tail:
        if at < len(letters) and letters[at] == ".":
            at += 1
        if at >= len(lowered) or lowered[at] != word:
            return 0
        at += 1
    return at
