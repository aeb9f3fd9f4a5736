"""The words of one language that name states, offices, institutions and groups."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from throughflow.reference import actor_tables
from throughflow.statements.actors import tags
from throughflow.statements.actors.tokens import fold

if TYPE_CHECKING:
    from throughflow.statements.actors.tokens import Token

Endings = dict[str, tuple[str, ...]]
Words = tuple[tuple[str, str], ...]

WORDS = Path(__file__).parent / "words"

# Of two readings of the same words the earlier is taken.
_ORDER = "!SPRIQqCTAfdDGmOcti&e"
_REMEMBERED = 50_000  # forms
_CAPITAL_NEEDED = frozenset({tags.STATE, tags.CAPITAL, tags.SEAT})
# Ukrainian and Russian writers put Russia's names in small letters.
_SMALL_LETTERS = frozenset({"uk", "ru"})
_CAPITALISING_DEMONYMS = frozenset({"pl", "en", "de", "cs", "hr", "tr"})
_CAPITALISING_ADJECTIVES = frozenset({"en", "tr"})


# Letters that an entry takes: any; a capital first; capitals only; small ones, but for the first
# word of a sentence.
ANY, CAPITAL, CAPITALS, SMALL = range(4)
# Surnames made of demonyms (Чехов, Поляков) end like their genitive plural.
_SURNAME_ENDINGS = ("ов", "ев", "ів", "єв")


def _written_as(word: Token, need: int) -> bool:
    """Tell whether a word has the capitals that an entry needs."""
    if need == SMALL:
        if not word.capital or (word.upper and len(word.text) > 1):
            return True
        return word.first and not word.key.endswith(_SURNAME_ENDINGS)
    return word.upper if need == CAPITALS else word.capital or need == ANY


@dataclass(frozen=True, slots=True)
class Entry:
    """One reading of a word or phrase.

    Attributes:
        tag: What it is.
        code: State, empty for none.
        value: Role, kind of institution, or empty.
        sector: PLOVER sector, or empty.
        stem: Stem of the first word.
        endings: Its endings, each with the cases it can mark, the likelier first.
        rest: Further words, each a stem and its endings.
        need: Letters it takes: one of `ANY`, `CAPITAL`, `CAPITALS`, `SMALL`.
    """

    tag: str
    code: str
    value: str
    sector: str
    stem: str
    endings: Endings
    rest: tuple[tuple[str, Endings], ...]
    need: int

    def cases(self, words: list[Token], at: int) -> tuple[str, ...]:
        """Return the grammatical cases of a phrase that begins at a word.

        The first word tells them; where it does not decline, the last does (``Nur-Sułtanie``).
        """
        cases = self.endings.get(words[at].key[len(self.stem) :], ())
        if cases or not self.rest:
            return cases
        stem, endings = self.rest[-1]
        return endings[words[at + len(self.rest)].key[len(stem) :]]

    def fits(self, words: list[Token], at: int) -> bool:
        """Tell whether the words from a place on are this phrase."""
        first = words[at]
        if not _written_as(first, self.need):
            return False
        last = at + len(self.rest)
        if last >= len(words):
            return False
        for place, (stem, endings) in enumerate(self.rest, at + 1):
            word = words[place]
            if not word.tight or words[place - 1].possessive:
                return False
            if not (word.key.startswith(stem) and word.key[len(stem) :] in endings):
                return False
        return True


@dataclass(frozen=True, slots=True)
class Lexicon:
    """What one language knows.

    Attributes:
        lang: ISO 639-1.
        entries: Readings by the stem of the first word, the longest phrase first.
        longest: Letters of the longest ending.
        sets: Plain sets of words by kind, as named in ``words/``.
        seen: Readings of the forms met so far, at most `_REMEMBERED`.
    """

    lang: str
    entries: dict[str, tuple[Entry, ...]]
    longest: int
    sets: dict[str, frozenset[str]]
    seen: dict[str, list[Entry]] = field(default_factory=dict)

    def set(self, kind: str) -> frozenset[str]:
        """Return a plain set of words, empty where the language has none."""
        return self.sets.get(kind, frozenset())

    def readings(self, key: str) -> list[Entry]:
        """List every entry whose first word a form can be, the longest and likeliest first."""
        known = self.seen.get(key)
        if known is None:
            if len(self.seen) >= _REMEMBERED:
                self.seen.clear()
            known = self.seen[key] = sorted(self._readings(key), key=_rank)
        return known

    def _readings(self, key: str) -> list[Entry]:
        found: list[Entry] = []
        for end in range(max(len(key) - self.longest, 1), len(key) + 1):
            known = self.entries.get(key[:end], ())
            found.extend(entry for entry in known if key[end:] in entry.endings)
        return found

    def read(self, words: list[Token], at: int) -> Entry | None:
        """Return the longest known phrase that begins at a word, the likeliest of equals."""
        for entry in self.readings(words[at].key):
            if entry.fits(words, at):
                return entry
        return None


def _rank(entry: Entry) -> tuple[int, int]:
    return -len(entry.rest), _ORDER.index(entry.tag)


class _Builder:
    """Gathers the entries of one language."""

    def __init__(self, lang: str) -> None:
        self.lang = lang
        self.found: dict[str, list[Entry]] = {}
        self.classes: dict[str, Endings] = {"0": {"": ()}}
        for kind, pairs in actor_tables.endings(lang).items():
            merged: Endings = {}
            for ending, case in pairs:
                merged[ending] = (*merged.get(ending, ()), *((case,) if case else ()))
            self.classes[kind] = merged
        # Any ending of a noun or an adjective; the noun's cases where both have it.
        self.classes["*"] = {"": ()} | self.classes.get("ad", {}) | self.classes.get("nn", {})

    def word(self, stem: str, kind: str) -> tuple[str, Endings]:
        """Return the stem of a word as texts are compared, and its endings."""
        return fold(stem), self.classes[kind]

    def add(self, words: Words, tag: str, code: str, value: str, sector: str) -> None:
        """Add a phrase."""
        rest = tuple(self.word(stem, kind) for stem, kind in words[1:])
        stem, kind = words[0]
        need = self.need(tag, code, stem, kind, len(words))
        if kind.startswith("="):
            forms: Endings = {}
            for form, case in zip(kind[1:].split(";"), actor_tables.CASES, strict=False):
                forms[fold(form)] = (*forms.get(fold(form), ()), case)
            firsts = [(form, {"": cases}) for form, cases in forms.items() if form]
        else:
            firsts = [self.word(stem, kind)]
        for first, endings in firsts:
            entry = Entry(tag, code, value, sector, first, endings, rest, need)
            self.found.setdefault(first, []).append(entry)

    def need(self, tag: str, code: str, stem: str, kind: str, length: int) -> int:
        """Tell which capitals a phrase needs."""
        if self.lang in _SMALL_LETTERS and code == "RU" and tag in _CAPITAL_NEEDED:
            return ANY
        if kind == "0" and stem.isupper() and length == 1 and len(stem) > 1 and "." not in stem:
            return CAPITALS
        if tag == tags.DEMONYM and self.lang in _SMALL_LETTERS:
            return SMALL
        proper = (
            tag in _CAPITAL_NEEDED
            or (tag == tags.DEMONYM and self.lang in _CAPITALISING_DEMONYMS)
            or (tag == tags.ADJECTIVE and self.lang in _CAPITALISING_ADJECTIVES)
            or (tag == tags.STOP and stem[:1].isupper())
        )
        return CAPITAL if proper else ANY


def _phrase(text: str) -> Words:
    """Read a phrase of the word tables: a word with ``~`` takes any ending."""
    return tuple((word.rstrip("~"), "*" if word.endswith("~") else "0") for word in text.split())


def _table(lang: str) -> list[tuple[str, str, str, list[str]]]:
    path = WORDS / f"{lang}.tsv"
    if not path.is_file():
        return []
    rows = []
    for line in path.read_text(encoding="utf-8").splitlines():
        kind, value, sector, phrases = line.split("\t")
        rows.append((kind, value, sector, [phrase for phrase in phrases.split(",") if phrase]))
    return rows


@lru_cache(maxsize=16)
def of_language(lang: str) -> Lexicon:
    """Return what is known of a language, nothing if it is not held."""
    builder = _Builder(lang)
    for name in actor_tables.names(lang):
        builder.add(name.words, tags.OF_KIND[name.how], name.code, "", "")
    sets: dict[str, frozenset[str]] = {}
    table = _table(lang)
    for kind, value, sector, phrases in table:
        if kind in tags.OF_KIND:
            inner, code = value, ""
            if kind == "seat":
                code, _, inner = value.partition(":")
            elif kind == "role":
                inner, _, code = value.partition(":")
            for phrase in phrases:
                builder.add(_phrase(phrase), tags.OF_KIND[kind], code, inner, sector)
        elif kind == "minister":
            for phrase in phrases:
                builder.add(_phrase(phrase), tags.ROLE, "", f"{value}minister", "GOV")
        elif kind != "ministry":
            known = [builder.word(*_phrase(phrase)[0]) for phrase in phrases]
            sets[kind] = frozenset(stem + ending for stem, endings in known for ending in endings)
    _ministries(builder, table)
    entries = {stem: tuple(found) for stem, found in builder.found.items()}
    longest = max(len(ending) for kind in builder.classes.values() for ending in kind)
    return Lexicon(lang, entries, longest, sets)


def _ministries(builder: _Builder, table: list[tuple[str, str, str, list[str]]]) -> None:
    """Name the minister and the ministry of each department as the language does."""
    for kind, value, _, departments in table:
        if kind != "dept":
            continue
        ministry = "mfa" if value == "foreign" else f"ministry:{value}"
        for head, prefix, _, phrases in table:
            if head not in {"minister", "ministry"}:
                continue
            tag = tags.ROLE if head == "minister" else tags.INSTITUTION
            named = f"{prefix}{value} minister" if head == "minister" else ministry
            for department in departments:
                for phrase in phrases:
                    for text in _joined(builder.lang, phrase, department):
                        builder.add(_phrase(text), tag, "", named, "GOV")


def _joined(lang: str, head: str, department: str) -> list[str]:
    if lang != "en":
        return [f"{head} {department}"]
    before, _, noun = head.rpartition(" ")
    return [
        f"{head} of {department}",
        f"{head} for {department}",
        f"{before} {department} {noun}".strip(),
    ]
