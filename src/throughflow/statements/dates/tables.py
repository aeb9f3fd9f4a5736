"""The words of each language, read from the tables in `words/`.

A table lists plain words by what they are. Four signs keep it short:

* ``ubiegł+y`` stands for the stem with each ending of the list ``y`` in ``[endings]``;
* ``=`` before the name of a month: it may stand before the day ("August 8");
* ``*`` before the name of a unit: it stands for several ("weeks");
* ``?`` before a name: it is another word as well ("may", "sat") and needs a date beside it.

Words are met in lower case. Each is also known without its accents, as people type it.
"""

from __future__ import annotations

import tomllib
import unicodedata
from dataclasses import dataclass, field
from functools import lru_cache
from importlib import resources
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

# Each kind of word is one letter, so that the order of words can be read by regular expressions.
MONTH, MONTH_FIRST, MONTH_DOUBTFUL, MONTH_FIRST_DOUBTFUL = "M", "N", "m", "j"
MONTHS = MONTH + MONTH_FIRST + MONTH_DOUBTFUL + MONTH_FIRST_DOUBTFUL
WEEKDAY, WEEKDAY_DOUBTFUL = "W", "w"
ORDINAL, CARDINAL, FEW = "o", "n", "v"
RELATIVE, DAY, EDGE, EDGE_AFTER, SEASON = "R", "T", "E", "Z", "s"
UNITS = {
    "day": ("x", "day"),
    "fortnight": ("x", "fortnight"),
    "week": ("c", "week"),
    "month": ("u", "month"),
    "quarter": ("g", "quarter"),
    "year": ("y", "year"),
    "weekend": ("t", "weekend"),
}
RELATIVES = {"before_last": -2, "last": -1, "this": 0, "next": 1, "after_next": 2}
EDGES = {"start": 0, "middle": 1, "end": 2}
SEASONS = {"spring": 3, "summer": 6, "autumn": 9, "winter": 12}
# Name in the table: letter, value.
WORDS: dict[str, tuple[str, Any]] = {
    "on": ("P", None),
    "in": ("i", None),
    "in_certain": ("I", None),
    "ago": ("A", None),
    "before_or_ago": ("b", "before"),
    "since": ("S", "since"),
    "until": ("F", "until"),
    "before": ("B", "before"),
    "after": ("C", "after"),
    "between": ("V", None),
    "and": ("&", None),
    "filler": ("f", None),
    "later": ("l", None),
    "from_now": ("L", None),
    "year_mark": ("a", None),
    "day_mark": ("a", None),
    "this_year_mark": ("z", 0),
    "last_year_mark": ("z", -1),
    "year_before_last_mark": ("z", -2),
    "half": ("h", False),
    "half_or_middle": ("h", True),
    "half_year": ("p", None),
    "earlier": ("e", -1),
    "later_this": ("e", 1),
    "few": (FEW, None),
    "quarter": ("g", ("quarter", False)),
}
_NAMED = (
    ("relative", RELATIVE, RELATIVES),
    ("edges", EDGE, EDGES),
    ("edges_after", EDGE_AFTER, EDGES),
)
_NUMBERED = (("day", DAY), ("cardinals", CARDINAL), ("ordinals", ORDINAL))


@dataclass(frozen=True, slots=True)
class Table:
    """What is known of one language.

    Attributes:
        words: Lower-case word to its letter and value.
        phrases: First word of a phrase to the phrases it can begin, the longest first, each with
            its letter and value.
        suffixes: What may follow a number that counts days: ``th``, ``go``.
        month_before_day: Whether ``4/7/2022`` may be the 7th of April.
        dotless_i: Whether capital I is the capital of dotless i.
    """

    words: Mapping[str, tuple[str, Any]]
    phrases: Mapping[str, tuple[tuple[tuple[str, ...], str, Any], ...]]
    suffixes: frozenset[str]
    month_before_day: bool
    dotless_i: bool = False


_EMPTY = Table({}, {}, frozenset(), month_before_day=False)


def known() -> tuple[str, ...]:
    """List the languages that have a table, by their ISO 639-1 codes."""
    folder = resources.files(__package__) / "words"
    names = (entry.name for entry in folder.iterdir())
    return tuple(sorted(name.removesuffix(".toml") for name in names if name.endswith(".toml")))


@lru_cache(maxsize=64)
def table(lang: str) -> Table:
    """Read the table of a language.

    Args:
        lang: ISO 639-1 code.

    Returns:
        Its table; of a language without one, a table without words, by which dates in figures are
        still read.
    """
    if lang not in known():
        return _EMPTY
    path = resources.files(__package__) / "words" / f"{lang}.toml"
    raw = tomllib.loads(path.read_text("utf-8"))
    builder = _Builder(raw.get("endings", {}))
    builder.names(raw["months"]["names"], _month)
    builder.names(raw["weekdays"]["names"], _weekday)
    builder.sections(raw)
    for name, words in raw.get("words", {}).items():
        builder.add(words, *WORDS[name])
    for phrase, meaning in raw.get("phrases", {}).items():
        builder.phrase(phrase, *_meaning(meaning))
    return Table(
        builder.words,
        {head: tuple(sorted(tails, key=_length)) for head, tails in builder.phrases.items()},
        frozenset(raw["ordinal_suffixes"].split()),
        month_before_day=raw["numeric_order"] == "mdy",
        dotless_i=lang == "tr",
    )


def fold(word: str) -> str:
    """Take the accents off: ``środa`` is also typed ``sroda``."""
    # These letters do not come apart into a base and a mark.
    plain = word.translate(str.maketrans("ł\u0131ø", "lio"))
    parts = unicodedata.normalize("NFD", plain)
    return "".join(part for part in parts if not unicodedata.combining(part))


@dataclass(slots=True)
class _Builder:
    endings: Mapping[str, str]
    words: dict[str, tuple[str, Any]] = field(default_factory=dict)
    phrases: dict[str, list[tuple[tuple[str, ...], str, Any]]] = field(default_factory=dict)

    def names(self, rows: list[str], letter: Any) -> None:
        for number, row in enumerate(rows):
            for word in row.split():
                name = word.lstrip("?=")
                marks = word[: len(word) - len(name)]
                self.add(name, letter(marks), number)

    def add(self, words: str, letter: str, value: Any) -> None:
        """Add words; one that has a meaning keeps it, so the earlier sections win."""
        for word in self._forms(words):
            self.words.setdefault(word, (letter, value))
        for word in self._forms(words):
            self.words.setdefault(_folded(word), (letter, value))

    def sections(self, raw: Mapping[str, Any]) -> None:
        for name, words in raw.get("units", {}).items():
            letter, unit = UNITS[name]
            for word in words.split():
                several = word.startswith("*")
                self.add(word.lstrip("*"), letter, (unit, several))
        for section, letter, named in _NAMED:
            for name, words in raw.get(section, {}).items():
                self.add(words, letter, named[name])
        for name, words in raw.get("seasons", {}).items():
            for word in words.split():
                self.add(word.lstrip("!"), SEASON, (SEASONS[name], word.startswith("!")))
        for section, letter in _NUMBERED:
            for number, words in raw.get(section, {}).items():
                few = number == "few"
                self.add(words, FEW if few else letter, None if few else int(number))

    def phrase(self, phrase: str, letter: str, value: Any) -> None:
        for form in {phrase, _folded(phrase)}:
            head, *tail = form.split()
            self.phrases.setdefault(head, []).append((tuple(tail), letter, value))

    def _forms(self, words: str) -> Iterator[str]:
        for word in words.split():
            stem, plus, ending = word.partition("+")
            if not plus:
                yield stem
                continue
            listed = self.endings[ending]
            if listed.startswith(" "):
                yield stem
            yield from (stem + end for end in listed.split())


def _folded(word: str) -> str:
    # Of the Cyrillic letters with a mark only io is often written without it.
    return word.replace("\u0451", "\u0435") if _is_cyrillic(word) else fold(word)


def _is_cyrillic(word: str) -> bool:
    return any("Ѐ" <= letter <= "ӿ" for letter in word)


def _month(marks: str) -> str:
    if "?" in marks:
        return MONTH_FIRST_DOUBTFUL if "=" in marks else MONTH_DOUBTFUL
    return MONTH_FIRST if "=" in marks else MONTH


def _weekday(marks: str) -> str:
    return WEEKDAY_DOUBTFUL if marks else WEEKDAY


def _meaning(text: str) -> tuple[str, Any]:
    name, _, value = text.partition(":")
    if name == "day":
        return DAY, int(value)
    if name == "edge":
        return EDGE, EDGES[value]
    if name == "cardinal":
        return CARDINAL, int(value)
    return WORDS[name]


def _length(phrase: tuple[tuple[str, ...], str, Any]) -> int:
    return -len(phrase[0])
