"""Persons who speak for states: their spellings, their case endings, their terms of office."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from throughflow.reference import actor_tables
from throughflow.reference.actor_tables import skeleton, skeletons

if TYPE_CHECKING:
    from datetime import date

    from throughflow.reference.actor_tables import Term
    from throughflow.statements.actors.tokens import Token

LEADERS = frozenset(
    {
        "president",
        "prime minister",
        "chancellor",
        "monarch",
        "supreme leader",
        "leader",
        "chief executive",
    }
)
# Case endings of names in Polish, Russian and Ukrainian, as `skeleton` writes them.
_ENDINGS: dict[str, str] = {
    "": "nominative",
    "a": "genitive",
    "e": "locative",
    "i": "",
    "o": "",
    "u": "dative",
    "om": "instrumental",
    "em": "instrumental",
    "im": "instrumental",
    "am": "",
    "ovi": "dative",
    "evi": "dative",
    "oho": "genitive",
    "eho": "genitive",
    "omu": "dative",
    "emu": "dative",
    "oi": "genitive",
    "ei": "genitive",
    "ou": "instrumental",
    "eu": "instrumental",
}
_LONGEST = max(map(len, _ENDINGS))
_DECLINING = frozenset({"pl", "ru", "uk", "cs", "hr"})
_VOWELS = "aeiou"
_SHORT = 4  # a stem with fewer letters is taken alone only in its own form
_PARTICLES = frozenset(
    {
        *("von", "van", "de", "der", "di", "da", "bin", "ben", "ibn", "al", "el", "le"),
        *("фон", "ван", "дер", "бин", "бен", "ибн", "аль", "эль", "бін", "ібн", "ель"),
    }
)
# Names that begin with the surname.
_SURNAME_FIRST = frozenset({"CN", "KP", "KR", "VN", "TW", "SG"})


@dataclass(frozen=True, slots=True)
class Person:
    """One person with every office held.

    Attributes:
        name: In Latin script.
        terms: Offices, the earliest first.
    """

    name: str
    terms: tuple[Term, ...]

    @property
    def codes(self) -> frozenset[str]:
        """States that the person has spoken for."""
        return frozenset(term.code for term in self.terms)


@dataclass(frozen=True, slots=True)
class Sighting:
    """A person seen in a text.

    Attributes:
        person: Who.
        first: Number of the first word.
        last: Number of the last word.
        case: Grammatical case by the ending, empty where it does not show.
        sure: Whether the words alone are enough; else an office beside them must agree.
    """

    person: Person
    first: int
    last: int
    case: str
    sure: bool


def _stem(form: str) -> str:
    """Cut the last vowel, which changes with the case; short names keep it."""
    return form[:-1] if len(form) >= _SHORT and form[-1] in _VOWELS else form


@dataclass(frozen=True, slots=True)
class _Index:
    persons: tuple[Person, ...]
    whole: dict[str, list[tuple[tuple[str, ...], int]]]
    surname: dict[str, list[tuple[int, bool]]]
    firsts: dict[int, set[str]]
    own: frozenset[str]


@lru_cache(maxsize=1)
def _index() -> _Index:
    by_name: dict[str, list[Term]] = {}
    for term in actor_tables.people():
        by_name.setdefault(term.name, []).append(term)
    persons: list[Person] = []
    whole: dict[str, list[tuple[tuple[str, ...], int]]] = {}
    surname: dict[str, list[tuple[int, bool]]] = {}
    firsts: dict[int, set[str]] = {}
    own: set[str] = set()
    for name, terms in by_name.items():
        number = len(persons)
        persons.append(Person(name, tuple(sorted(terms, key=lambda term: term.start))))
        alone = any(term.alone for term in terms)
        spelled = {name, *(alias for term in terms for alias in term.aliases)}
        for spelling in sorted(spelled):
            for lang in ("en", "pl") if "c" in spelling.casefold() else ("en",):
                parts = skeletons(spelling, lang)
                place = 0 if terms[0].code in _SURNAME_FIRST else -1
                row = (number, alone)
                own.add(parts[place])
                rows = surname.setdefault(_stem(parts[place]), [])
                if row not in rows:
                    rows.append(row)
                if len(parts) > 1:
                    stems = tuple(_stem(part) for part in parts)
                    forms = whole.setdefault(stems[0], [])
                    if (stems, number) not in forms:
                        forms.append((stems, number))
                    firsts.setdefault(number, set()).add(parts[-1 - place])
    return _Index(tuple(persons), whole, surname, firsts, frozenset(own))


def _bare(text: str, lang: str) -> str:
    """Cut a Polish or Czech ending behind an apostrophe (``Price'a``); O'Sullivan stays whole."""
    for sign in ("'", "\u2019"):
        head, found, tail = text.rpartition(sign)
        if found and len(head) > 2 and len(tail) <= 3 and lang in {"pl", "cs"}:
            return head
    return text


@lru_cache(maxsize=65536)
def _heads(form: str, lang: str) -> list[tuple[str, str]]:
    """List what can be the stem of a form, with the ending that then follows."""
    longest = _LONGEST if lang in _DECLINING else 1
    cuts = range(min(longest, len(form) - 2) + 1) if len(form) > 2 else (0,)
    return [
        (form[: len(form) - cut], tail)
        for cut in cuts
        if (tail := form[len(form) - cut :]) in _ENDINGS
    ]


def see(words: list[Token], at: int, lang: str) -> Sighting | None:
    """Tell whether a known person's name begins at a word.

    Args:
        words: Words of the text.
        at: Number of the word; it must begin with a capital for most names.
        lang: ISO 639-1.

    Returns:
        The sighting; None where no name begins.
    """
    form = skeleton(_bare(words[at].text, lang), lang)
    if not form:
        return None
    heads = _heads(form, lang)
    whole = _whole(words, at, heads, lang)
    return whole or _by_surname(words, at, form, heads, lang)


def _whole(words: list[Token], at: int, heads: list[tuple[str, str]], lang: str) -> Sighting | None:
    """Find the longest whole name that begins at a word."""
    index = _index()
    best: Sighting | None = None
    for head, _ in heads:
        for stems, number in index.whole.get(head, ()):
            last, case = _rest(words, at, stems, lang)
            if last and (best is None or last > best.last):
                best = Sighting(index.persons[number], at, last, case, sure=True)
    return best


def _by_surname(
    words: list[Token], at: int, form: str, heads: list[tuple[str, str]], lang: str
) -> Sighting | None:
    """Find whose surname a word is; of several, the first, and not surely."""
    index = _index()
    for head, tail in heads:
        rows = index.surname.get(head, ())
        if not rows:
            continue
        # Two holders of one surname cannot be told apart by it.
        sure = len({number for number, _ in rows}) == 1 and rows[0][1]
        if len(head) < _SHORT:
            sure = sure and form in index.own and not words[at].first
        person = index.persons[rows[0][0]]
        return Sighting(person, at, at, _case(form, tail, lang), sure=sure)
    return None


def _case(form: str, ending: str, lang: str) -> str:
    """Guess the case of a surname: a form that is the name itself has no ending."""
    if lang not in _DECLINING:
        return ""
    return "nominative" if form in _index().own else _ENDINGS[ending]


def rivals(sighting: Sighting, words: list[Token], lang: str) -> list[Person]:
    """List everyone whose surname a word can be, for an office beside it to decide."""
    index = _index()
    form = skeleton(_bare(words[sighting.last].text, lang), lang)
    numbers = {
        number: None for head, _ in _heads(form, lang) for number, _ in index.surname.get(head, ())
    }
    return [index.persons[number] for number in numbers]


def _rest(words: list[Token], at: int, stems: tuple[str, ...], lang: str) -> tuple[int, str]:
    """Follow a whole name; return the number of its last word, 0 if it breaks off, and its case."""
    case = ""
    last = at
    for offset, stem in enumerate(stems[1:], 1):
        place = at + offset
        if place >= len(words) or not words[place].tight:
            return 0, ""
        form = skeleton(_bare(words[place].text, lang), lang)
        tails = [tail for head, tail in _heads(form, lang) if head == stem]
        if not tails:
            return 0, ""
        case = _case(form, tails[0], lang)
        last = place
    return last, case


def first_name_fits(person: Person, word: Token, lang: str) -> bool:
    """Tell whether a word can be the first name of a person: an initial, or the same beginning."""
    form = skeleton(word.text.rstrip("."), lang)
    index = _index()
    number = index.persons.index(person)
    return any(
        form[:1] == first[:1] and (len(form) == 1 or form[:2] == first[:2])
        for first in index.firsts.get(number, ())
    )


def _as_far(day: str, on: date, *, end: bool) -> bool:
    """Compare a day written as far as it is known with a date: not after it (start), not before."""
    shown = on.isoformat()[: len(day)]
    return shown <= day if end else day <= shown


def office(person: Person, on: date | None, code: str = "") -> tuple[str, str | None]:
    """Tell which state a person speaks for, and in which office, on a day.

    Args:
        person: Who.
        on: The day; None takes the last office known.
        code: State that the text names beside the person; its offices go first.

    Returns:
        Code and role. The role is ``former ...`` after a term that is known to have ended, None
        before every term, and where a term is only known to have lasted until an earlier year.
    """
    terms = [term for term in person.terms if term.code == code] or list(person.terms)
    if on is None:
        return terms[-1].code, terms[-1].role
    ended: Term | None = None
    unknown: Term | None = None
    for term in reversed(terms):
        if term.start and not _as_far(term.start, on, end=False):
            continue
        if term.end:
            if _as_far(term.end, on, end=True):
                return term.code, term.role
            ended = ended or term
        elif term.as_of and not _as_far(term.as_of, on, end=True):
            unknown = unknown or term
        else:
            return term.code, term.role
    if unknown:
        return unknown.code, None
    if ended:
        return ended.code, f"former {ended.role}"
    return terms[0].code, None


def same_person(one: str, other: str) -> bool:
    """Tell whether two spellings can be one person's name: ``Tileuberdi`` and ``Тлеуберди``.

    Args:
        one: A name in Latin or Cyrillic script, in the nominative.
        other: Another.
    """
    index = _index()
    known = []
    for name in (one, other):
        stems = tuple(_stem(part) for part in skeletons(name, "en"))
        known.append({number for held, number in index.whole.get(stems[0], ()) if held == stems})
    if known[0] & known[1]:
        return True
    return [_stem(part) for part in skeletons(one, "en")] == [
        _stem(part) for part in skeletons(other, "en")
    ]


# Romanisation of names that the table does not hold: as Russian passports do, the Ukrainian
# national system of 2010 for Ukrainian, Kazakh letters as they sound; all without marks.
_RUSSIAN = dict(
    zip("абвгдеёзийклмнопрстуфыэіәғқңөұүһ", "abvgdeeziiklmnoprstufyeiagqnouuh", strict=True)
) | {"ж": "zh", "\u0445": "kh", "ц": "ts", "ч": "ch", "ш": "sh", "щ": "shch", "ъ": "ie", "ь": ""}
_RUSSIAN |= {"ю": "iu", "я": "ia", "ё": "yo"}
_UKRAINIAN = _RUSSIAN | dict(zip("гґеиіїй", "hgeyiii", strict=True)) | {"є": "ie", "'": ""}


def in_latin(name: str, lang: str) -> str:
    """Write a name in Latin letters.

    Args:
        name: In any script; Latin letters stay.
        lang: ISO 639-1; Ukrainian reads some letters otherwise than Russian does.
    """
    letters = _UKRAINIAN if lang == "uk" else _RUSSIAN
    written = []
    for char in name:
        latin = letters.get(char.lower(), char)
        written.append(latin.capitalize() if char.isupper() else latin)
    return "".join(written)


def particles() -> frozenset[str]:
    """Small words that stand inside names."""
    return _PARTICLES
