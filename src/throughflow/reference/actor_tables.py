"""How texts name states and those who speak for them: names, endings, office-holders.

Sources: see ``data/README.md``. Names are patterns of words, each ``stem/class``; a class is a set
of endings with the grammatical case they mark.
"""

from __future__ import annotations

import csv
import gzip
import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

from throughflow.reference.countries import DATA

CASES = ("nominative", "genitive", "dative", "accusative", "instrumental", "locative")
_CASE = {"nom": 0, "gen": 1, "dat": 2, "acc": 3, "ins": 4, "loc": 5}


@dataclass(frozen=True, slots=True)
class Name:
    """One way to name a state.

    Attributes:
        code: Alpha-2 code, ``EU`` for the Union, empty for a phrase that names no state.
        how: ``state``, ``capital``, ``adjective``, ``demonym`` or ``stop``.
        words: Stem and class of each word.
    """

    code: str
    how: str
    words: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Term:
    """One office held by one person.

    Attributes:
        name: Name in Latin script.
        code: State or union the office is of.
        role: The office.
        start: First day, month or year, ISO 8601; empty where not known.
        end: Last one; empty where the term is open or its end is not known.
        as_of: Year for which an open term is known to have lasted; empty where it is kept current.
        alone: Whether the surname alone is enough to know the person.
        aliases: Other spellings of the whole name.
    """

    name: str
    code: str
    role: str
    start: str
    end: str
    as_of: str
    alone: bool
    aliases: tuple[str, ...]


def _unpacked(name: str) -> list[str]:
    return gzip.decompress((DATA / name).read_bytes()).decode("utf-8").splitlines()


@lru_cache(maxsize=1)
def _lines() -> list[str]:
    return _unpacked("actor_names.csv.gz")


def names(lang: str) -> tuple[Name, ...]:
    """List the names of states in a language (ISO 639-1), none if it is not held."""
    found = []
    for line in _lines():
        if line.startswith(f"{lang},"):  # no field holds a comma or a quote
            _, code, how, pattern = line.split(",")
            words = (word.rpartition("/") for word in pattern.split(" "))
            found.append(Name(code, how, tuple((stem, kind) for stem, _, kind in words)))
    return tuple(found)


@lru_cache(maxsize=1)
def _endings() -> dict[str, dict[str, tuple[tuple[str, str], ...]]]:
    found: dict[str, dict[str, tuple[tuple[str, str], ...]]] = {}
    with (DATA / "actor_endings.csv").open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines):
            pairs = [item.partition(":") for item in row["endings"].split(" ")]
            found.setdefault(row["lang"], {})[row["class"]] = tuple(
                (ending, CASES[_CASE[case]] if case in _CASE else "") for ending, _, case in pairs
            )
    return found


def endings(lang: str) -> dict[str, tuple[tuple[str, str], ...]]:
    """Return the endings of each class of a language, with the case each marks ("" for none)."""
    return _endings().get(lang, {})


@lru_cache(maxsize=1)
def people() -> tuple[Term, ...]:
    """List the offices held, a row per person and term."""
    return tuple(
        Term(
            *(row[0], row[1], row[2], row[3], row[4], row[5], row[6] == "1"),
            tuple(filter(None, row[7].split(";"))),
        )
        for row in csv.reader(_unpacked("actor_people.csv.gz")[1:])
    )


# Letters of other scripts and marked letters, each as the sound that spellings share.
_LETTERS = str.maketrans(
    dict(
        zip(
            "абвгґдеёжзийклмнопрстуфхыэіўәғқңөұүһьъ'’ʼłđøıæçčćşšśżźžğčñ",
            (
                *("a", "b", "v", "h", "h", "d", "e", "io", "z", "z", "i", "i", "k", "l", "m"),
                *("n", "o", "p", "r", "s", "t", "u", "f", "h", "i", "e", "i", "u", "a", "h"),
                *("k", "n", "o", "u", "u", "h", "", "", "", "", "", "l", "d", "o", "i", "e"),
                *("C", "C", "C", "s", "s", "s", "z", "z", "z", "h", "C", "n"),
            ),
            strict=True,
        )
    )
    | {ord("ц"): "X", ord("ч"): "C", ord("ш"): "s", ord("щ"): "s", ord("є"): "ie"}
    | {ord("ї"): "ii", ord("ю"): "iu", ord("я"): "ia"}
)
_GROUPS = re.compile(r"tsch|tch|sch|dzh|dsch|ch|cz|sh|sz|zh|kh|gh|ph|th|ts|tz|ck|dz|dj|ou|oo")
_SOUND = {
    "tsch": "C",
    "tch": "C",
    "sch": "s",
    "dzh": "z",
    "dsch": "z",
    "ch": "C",
    "cz": "C",
    "sh": "s",
    "sz": "s",
    "zh": "z",
    "kh": "h",
    "gh": "h",
    "ph": "f",
    "th": "t",
    "ts": "X",
    "tz": "X",
    "ck": "k",
    "dz": "z",
    "dj": "z",
    "ou": "u",
    "oo": "u",
}
_PLAIN = str.maketrans({"w": "v", "y": "i", "j": "i", "g": "h", "q": "k"})
_SOFT = re.compile(r"i+(?=[aeou])")
_DOUBLED = re.compile(r"(.)\1+")
# Where "c" is read as "ts" and "ch" as "h".
_SLAVIC_LATIN = frozenset({"pl", "cs"})


@lru_cache(maxsize=16384)
def skeleton(word: str, lang: str) -> str:
    """Bring one word of a name to the sounds that its spellings in all scripts share.

    ``Kułeba`` (pl), ``Kuleba`` (en) and ``Кулеба`` give the same. Case endings stay.

    Args:
        word: In Latin or Cyrillic script.
        lang: Language of the text, ISO 639-1; it decides how ``ch`` and ``c`` sound.
    """
    text = word.replace("İ", "i").casefold().translate(_LETTERS)
    if not text.isascii():
        bare = unicodedata.normalize("NFD", text)
        text = "".join(c for c in bare if not unicodedata.combining(c)).translate(_LETTERS)
    if lang in _SLAVIC_LATIN:
        text = text.replace("sch", "sCh").replace("cz", "C").replace("ch", "h").replace("c", "X")
    text = _GROUPS.sub(lambda group: _SOUND[group[0]], text)
    text = text.replace("c", "k").replace("x", "ks").translate(_PLAIN)
    return _DOUBLED.sub(r"\1", _SOFT.sub("", text))


def skeletons(name: str, lang: str) -> tuple[str, ...]:
    """Bring each word of a name to its `skeleton`; hyphens divide words."""
    return tuple(form for word in re.split(r"[\s-]+", name) if (form := skeleton(word, lang))) or (
        "",
    )
