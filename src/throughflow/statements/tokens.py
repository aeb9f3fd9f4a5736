"""Words and marks of a text, with their offsets."""

# ruff: noqa: RUF001 - letters of several alphabets

from __future__ import annotations

import re
from dataclasses import dataclass

# A word keeps its apostrophe and its hyphen: "won't", "п'ять", "Nur-Sułtan".
_TOKEN = re.compile(r"\w+(?:[’'ʼ-]\w+)*|[^\w\s]")


@dataclass(frozen=True, slots=True)
class Token:
    """A word or a mark.

    Attributes:
        start: First code point in the document.
        end: One past the last.
        text: As written.
        low: Case-folded, apostrophes and ``ё`` levelled.
    """

    start: int
    end: int
    text: str
    low: str

    @property
    def is_word(self) -> bool:
        """Whether it is a word rather than a mark."""
        return self.text[0].isalnum() or self.text[0] == "_"


def level(word: str) -> str:
    """Bring a word to the form in which the tables are written."""
    return word.casefold().replace("’", "'").replace("ʼ", "'").replace("ё", "е")


def tokens(text: str, *, offset: int = 0) -> list[Token]:
    """Cut a text into words and marks.

    Args:
        text: A sentence or any other piece.
        offset: Where it begins in its document.
    """
    return [
        Token(offset + m.start(), offset + m.end(), m[0], level(m[0]))
        for m in _TOKEN.finditer(text)
    ]
