"""The words of a language, by concept.

A table lists for each concept its phrases. A phrase is words separated by spaces; a word is a
stem with ``*`` for any ending, alternatives parted by ``|``; ``~3`` stands for up to three words
in between. All is written in lower case.
"""

# ruff: noqa: RUF001 - quotation marks

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from throughflow.statements.tokens import level

if TYPE_CHECKING:
    from collections.abc import Sequence

    from throughflow.statements.tokens import Token

LANGUAGES = ("pl", "en", "ru", "uk", "de", "tr", "lt", "hr", "kk")
# Marks that part nothing within a phrase: 'imposition of "illegal" sanctions'.
QUOTATION = frozenset("\"“”„«»'‘’")
# A phrase with a gap of so many words may hold a participle set off by a comma.
_WIDE = 4
# Words remembered per language, so that a word seen before costs one look-up.
_MEMORY = 200_000


@dataclass(frozen=True, slots=True)
class Hit:
    """A concept found in a sentence.

    Attributes:
        concept: Its name.
        first: Number of its first token.
        last: Number of its last token.
    """

    concept: str
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class _Phrase:
    concept: str
    rest: tuple[tuple[int, re.Pattern[str]], ...]  # how many words may lie before, and the word


@dataclass(slots=True)
class Lexicon:
    """The concepts of one language.

    Attributes:
        lang: ISO 639-1 code.
        tense: Patterns of word forms: ``past``, ``future``, ``infinitive``, ``first_person``.
        case: Whether the language marks the subject by its ending.
        free_order: Whether what a rule puts after its head may as well stand before it.
    """

    lang: str
    tense: dict[str, re.Pattern[str]]
    case: bool
    free_order: bool
    _starts: list[tuple[re.Pattern[str], _Phrase]]
    _whole: dict[str, list[_Phrase]]
    _seen: dict[str, tuple[_Phrase, ...]] = field(default_factory=dict)

    def find(self, sentence: Sequence[Token]) -> list[Hit]:
        """Find the concepts of a sentence, in the order of their first words."""
        hits: list[Hit] = []
        for number, token in enumerate(sentence):
            for phrase in self._starting(token.low):
                last = _last_word(sentence, number, phrase.rest)
                if last is not None:
                    hits.append(Hit(phrase.concept, number, last))
        return hits

    def _starting(self, word: str) -> tuple[_Phrase, ...]:
        known = self._seen.get(word)
        if known is None:
            known = tuple(self._whole.get(word, ())) + tuple(
                phrase for pattern, phrase in self._starts if pattern.fullmatch(word)
            )
            if len(self._seen) >= _MEMORY:
                self._seen.clear()
            self._seen[word] = known
        return known


def _last_word(
    sentence: Sequence[Token], number: int, rest: tuple[tuple[int, re.Pattern[str]], ...]
) -> int | None:
    """Follow a phrase from its first word; return the number of its last word."""
    for gap, pattern in rest:
        for ahead in range(number + 1, min(number + 2 + gap, len(sentence))):
            if pattern.fullmatch(sentence[ahead].low):
                number = ahead
                break
            if not sentence[ahead].is_word and not _parts_nothing(sentence[ahead], gap):
                return None
        else:
            return None
    return number


def _parts_nothing(mark: Token, gap: int) -> bool:
    """Tell whether a phrase goes on over a mark: a quotation mark, or a comma in a wide gap."""
    return mark.text in QUOTATION or (mark.text == "," and gap >= _WIDE)


def _word(text: str) -> re.Pattern[str]:
    parts = (re.escape(part).replace(r"\*", r"[\w'-]*") for part in text.split("|"))
    return re.compile("|".join(parts))


def _phrase(concept: str, text: str) -> tuple[str, _Phrase]:
    words = text.split()
    rest: list[tuple[int, re.Pattern[str]]] = []
    gap = 0
    for word in words[1:]:
        if word.startswith("~"):
            gap = int(word[1:])
        else:
            rest.append((gap, _word(word)))
            gap = 0
    return words[0], _Phrase(concept, tuple(rest))


def table(name: str) -> dict[str, Any]:
    """Read a table of this folder."""
    path = files("throughflow.statements.frames") / "tables" / f"{name}.toml"
    return tomllib.loads(path.read_text(encoding="utf-8"))


@cache
def lexicon(lang: str) -> Lexicon:
    """Return the words of a language; an unknown one is read as English.

    Args:
        lang: ISO 639-1 code.
    """
    read = table(lang if lang in LANGUAGES else "en")
    starts: list[tuple[re.Pattern[str], _Phrase]] = []
    whole: dict[str, list[_Phrase]] = {}
    for concept, phrases in read["concepts"].items():
        for text in phrases:
            first, phrase = _phrase(concept, level(text))
            if "*" in first:
                starts.append((_word(first), phrase))
            else:
                for word in first.split("|"):
                    whole.setdefault(word, []).append(phrase)
    tense = {name: re.compile(pattern) for name, pattern in read["tense"].items()}
    return Lexicon(lang, tense, read["case"], read.get("free_order", False), starts, whole)
