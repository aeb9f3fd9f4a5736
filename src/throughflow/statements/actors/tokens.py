"""Words of a text with their offsets."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

_MARKS = "\u0300-\u036f"
_APOSTROPHES = "'\u2019\u02bc`"
_CAPITALS = "A-Z\u00c0-\u00de\u0141\u015a\u017b\u0179\u0106\u0400-\u042f\u0490"
_LETTER = rf"[^\W\d_][{_MARKS}]*"
# U.S., and the initial of a name with its dot: it does not end the sentence.
_DOTTED = rf"(?:[^\W\d_]\.){{2,}}|[{_CAPITALS}]\.(?=[ \u00a0-]{{0,2}}[{_CAPITALS}])"
_WITH_APOSTROPHE = re.compile(
    rf"{_DOTTED}|{_LETTER}(?:{_LETTER}|[{_APOSTROPHES}](?=[^\W\d_]))*|\d+"
)
# Turkish and Kazakh put case endings of names behind an apostrophe: Rusya'ya.
_WITHOUT_APOSTROPHE = re.compile(rf"{_DOTTED}|(?:{_LETTER})+|\d+")
_POSSESSIVE = re.compile(rf"[{_APOSTROPHES}]s$", re.IGNORECASE)
_TIGHT = re.compile(r"^[ \t\u00a0]?[-\u2010\u2011]?[ \t\u00a0]?$")
_SAME = str.maketrans(
    {"İ": "i", "\u0451": "\u0435", "\u0401": "\u0435", "\u2019": "'", "\u02bc": "'", "`": "'"}
)
_ENDS_SENTENCE = re.compile(r"[.!?\u2026\n:]|^\s*[\"\u201e\u201c\u00ab(\u2022]")


@dataclass(frozen=True, slots=True)
class Token:
    """One word.

    Attributes:
        start: First code point.
        end: One past the last, a possessive "'s" not counted.
        text: The word as written.
        key: The form in which words are compared.
        capital: Whether its first letter is a capital.
        upper: Whether all its letters are capitals.
        tight: Whether only a space or a hyphen stands before it.
        before: What stands between it and the word before.
        possessive: Whether "'s" or "s'" follows.
        first: Whether it begins a sentence.
    """

    start: int
    end: int
    text: str
    key: str
    capital: bool
    upper: bool
    tight: bool
    before: str
    possessive: bool
    first: bool


def fold(word: str) -> str:
    """Bring a word to the form in which words are compared: case, ё and apostrophes levelled."""
    folded = word.translate(_SAME).casefold()
    if folded.isascii():
        return folded
    return unicodedata.normalize("NFC", folded)


def tokens(text: str, lang: str) -> list[Token]:
    """Split a text into words.

    Args:
        text: Any text.
        lang: ISO 639-1.
    """
    pattern = _WITHOUT_APOSTROPHE if lang in {"tr", "kk"} else _WITH_APOSTROPHE
    found: list[Token] = []
    last = 0
    for match in pattern.finditer(text):
        start, end = match.span()
        word = match[0]
        possessive = False
        if lang == "en":
            if cut := _POSSESSIVE.search(word):
                word = word[: cut.start()]
                possessive = True
            elif word[-1:] in {"s", "S"} and text[end : end + 1] in {"'", "\u2019"}:
                possessive = True
        before = text[last:start]
        found.append(
            Token(
                start=start,
                end=start + len(word),
                text=word,
                key=fold(word),
                capital=word[:1].isupper(),
                upper=word.isupper(),
                tight=bool(found) and bool(_TIGHT.match(before)),
                before=before,
                possessive=possessive,
                first=not found or bool(_ENDS_SENTENCE.search(before)),
            )
        )
        last = end + 1 if possessive and end == start + len(word) else end
    return found
