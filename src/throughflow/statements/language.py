"""The language of a text, told by its letters and its small words."""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from functools import lru_cache
from importlib import resources
from typing import NamedTuple

# Enough to tell by, and the beginning of an article is as good as the rest.
SAMPLE = 6_000
# A letter of its own tells more than its share of the text: one in twenty letters is many.
LETTER_WEIGHT = 3.0
# Below this the text is a list of names, or in a language that is not in the table.
LEAST = 0.06
# Neighbours share words; the first must be ahead of the second by this factor.
LEAD = 1.15
_WORD = re.compile(r"[^\W\d_]+(?:['\u2019\u02bb\u02bc][^\W\d_]+)*")
# A language loses this share of its score for a letter it does not have, or for having none of
# its own in a text of so many letters; names and quotations bring a few foreign ones.
DISBELIEF, FOREIGN, MANY = 0.3, 0.01, 40
# Scripts of one language.
_SCRIPTS = (
    ("hy", "\u0531", "\u058f"),
    ("ka", "\u10a0", "\u10ff"),
    ("el", "\u0370", "\u03ff"),
    ("he", "\u0590", "\u05ff"),
    ("ko", "\uac00", "\ud7af"),
)


class _Table(NamedTuple):
    words: dict[str, tuple[tuple[str, float], ...]]
    letters: dict[str, tuple[tuple[str, float], ...]]


def detect(text: str) -> str:
    """Tell the language of a text.

    Args:
        text: The text; its beginning is looked at.

    Returns:
        ISO 639-1 code; empty where it cannot be told.
    """
    sample = text[:SAMPLE].lower()
    words = _WORD.findall(sample)
    letters = [letter for letter in sample if letter.isalpha()]
    if not words:
        return ""
    for lang, first, last in _SCRIPTS:
        if sum(first <= letter <= last for letter in letters) > len(letters) / 2:
            return lang
    table = _table()
    scores: dict[str, float] = {}
    for word in words:
        for lang, weight in table.words.get(word, ()):
            scores[lang] = scores.get(lang, 0) + weight / len(words)
    for letter in letters:
        for lang, weight in table.letters.get(letter, ()):
            scores[lang] = scores.get(lang, 0) + LETTER_WEIGHT * weight / len(letters)
    present = Counter(letters)
    ranked = sorted(
        ((score * _belief(lang, present, len(letters)), lang) for lang, score in scores.items()),
        reverse=True,
    )
    ranked += [(0.0, ""), (0.0, "")]
    (best, lang), (second, _) = ranked[:2]
    return lang if best >= LEAST and best >= LEAD * second else ""


def _belief(lang: str, present: Counter[str], total: int) -> float:
    entry = _raw()[lang]
    foreign = sum(present[letter] for letter in entry.get("never", ""))
    own = sum(present[letter] for letter in entry["letters"])
    belief = 1.0
    if foreign > FOREIGN * total:
        belief *= DISBELIEF
    if entry["letters"] and not own and total >= MANY:
        belief *= DISBELIEF
    return belief


def frequent_words(lang: str) -> frozenset[str]:
    """Small words of a language, in lower case; none for a language without a table."""
    return _frequent().get(lang, frozenset())


@lru_cache(maxsize=1)
def _raw() -> dict[str, dict[str, str]]:
    path = resources.files(__package__) / "languages.toml"
    return tomllib.loads(path.read_text("utf-8"))


@lru_cache(maxsize=1)
def _frequent() -> dict[str, frozenset[str]]:
    return {lang: frozenset(entry["words"].split()) for lang, entry in _raw().items()}


@lru_cache(maxsize=1)
def _table() -> _Table:
    """Turn the table round: each word to its languages, its weight shared among them."""
    return _Table(_shared(_frequent()), _shared({k: set(v["letters"]) for k, v in _raw().items()}))


def _shared(
    of_language: dict[str, frozenset[str]] | dict[str, set[str]],
) -> dict[str, tuple[tuple[str, float], ...]]:
    owners: dict[str, list[str]] = {}
    for lang, items in of_language.items():
        for item in items:
            owners.setdefault(item, []).append(lang)
    return {item: tuple((lang, 1 / len(langs)) for lang in langs) for item, langs in owners.items()}
