"""Build `actor_names.csv.gz` and `actor_people.csv.gz`: how texts name states and those who speak.

Sources: Unicode CLDR territory names (through `babel`), for the members of the United Nations and
the few other places that trade is reported for; adjectives, demonyms, capitals and further names
kept by hand in ``reference_actors/words_*.tsv``; heads of state and government of 2021-22 from
Wikidata (CC0); other officials kept by hand in ``reference_actors/people.tsv``.

A row of names is a pattern: words, each as ``stem/class``; the endings of a class stand in
`actor_endings.csv`, kept by hand. Class ``0`` is a word that never changes, ``*`` any noun or
adjective ending, and a class that begins with ``=`` lists the cases (nominative to locative).
"""

# ruff: noqa: RUF001 - endings of Cyrillic languages stand beside Latin letters

from __future__ import annotations

import csv
import re
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from babel import Locale

from reference_files import write_csv_gz
from throughflow.reference import countries
from throughflow.reference.actor_tables import skeletons

if TYPE_CHECKING:
    from collections.abc import Iterator

HAND = Path(__file__).resolve().parent / "reference_actors"
READ_WHOLE = frozenset({"pl", "en", "ru", "uk"})
LANGUAGES = ("pl", "en", "ru", "uk", "de", "lt", "tr", "kk", "hr", "lv", "et", "cs")
VOWELS = "aeiouyąęóаеёиоуыэюяієїāēīūėįųõäöüıəәөұүі"
LOOSE_ENDING = re.compile(
    rf"(?:(?<=ск|ов|ан|ен|дн)(?:ая|ое|ие|ые)|(?<=[sc]k)ie|[{VOWELS}])$", re.IGNORECASE
)
# Nouns that stand first in a name of several words and decline as nouns.
NOUNS_FIRST = re.compile(
    r"^(?:republik|korea|arabi|federac|unia|bośni|macedoni|gwine|autonomi|stolic|stany|wybrz|"
    r"республик|босни|штат|союз|нью|шри|сан|кот|коста|гвине|папуа|боснія|республік)",
    re.IGNORECASE,
)
ADJECTIVE_FIRST = {
    "pl": re.compile(r"(?:sk|ck|dzk|lk|ow|n)[aei]$"),
    "ru": re.compile(r"(?:ая|ое|ые|ие|ий|ый|ой)$"),
    "uk": re.compile(r"(?:ськ|цьк|н|к|ов|ан)(?:а|і|е|ий)$|ий$"),
}
PL_ENDINGS = (
    ("ka", "fk", 2),
    ("ga", "fg", 2),
    ("da", "fd", 2),
    ("ta", "ft", 2),
    ("ra", "fr", 2),
    *((ending, "fi", 1) for ending in ("ia", "ja", "ea", "la", "ua", "oa")),
    ("a", "fa", 1),
    ("ko", "ko", 2),
    ("o", "no", 1),
    ("y", "pl", 1),
    ("ś", "fs", 1),
    ("k", "mk", 1),
    ("g", "mg", 1),
    ("r", "mr", 1),
    ("t", "mt", 1),
    ("d", "md", 1),
    *((ending, "ms", 0) for ending in ("l", "j", "sz", "cz", "ż")),
)
RU_ENDINGS = (
    ("ия", "fi", 1),
    ("ея", "fi", 1),
    *((letter + "а", "fk", 1) for letter in "гкхжшщч"),
    ("а", "fa", 1),
    ("русь", "fs", 1),
    ("ь", "ms", 1),
    ("й", "mj", 1),
    ("о", "no", 1),
    ("ы", "pl", 1),
)
UK_ENDINGS = (
    ("ія", "fi", 1),
    ("ея", "fi", 1),
    ("ка", "fk", 2),
    ("га", "fg", 2),
    *((letter + "а", "fx", 1) for letter in "щчжш"),
    ("ця", "fc", 1),
    ("а", "fa", 1),
    ("русь", "fs", 1),
    ("ь", "ms", 1),
    ("й", "mj", 1),
    ("о", "no", 1),
    ("и", "pl", 1),
    ("ти", "pl", 1),
    ("ати", "pl", 1),
    ("рати", "pl", 1),
)
ENDINGS = {"pl": PL_ENDINGS, "ru": RU_ENDINGS, "uk": UK_ENDINGS}
HARD = {"pl": "mn", "ru": "mn", "uk": "mn"}
# The last vowel or case ending of a name in the nominative, in languages read by table.
STRIPPED = {
    "lt": re.compile(r"(?:as|is|us|ys|a|ė|os|ai)$"),
    "lv": re.compile(r"(?:is|s|a|e)$"),
    "cs": re.compile(r"[oaey]$|(?<=i)e$"),
    "hr": re.compile(r"[oaei]$"),
}
ADJECTIVE_CLASS = {"pl": "ad", "ru": "ad", "uk": "ad", "de": "ad", "cs": "ad", "hr": "ad"}
# Not states as the United Nations know them, or offices held by one person for many states.
SKIPPED_STATES = frozenset(
    {
        "Andorra",
        "Republic of Abkhazia",
        "Republic of Artsakh",
        "Republika Srpska",
        "Sahrawi Arab Democratic Republic",
        "Somaliland",
        "South Ossetia",
        "Transnistria",
        "Turkish Republic of Northern Cyprus",
    }
)
OFFICES = (
    (re.compile(r"chancellor", re.IGNORECASE), "chancellor"),
    (re.compile(r"prime minister|premier|taoiseach|council of ministers", re.IGNORECASE), ""),
    (re.compile(r"executive yuan|minister of state|chief minister", re.IGNORECASE), ""),
    (re.compile(r"^president", re.IGNORECASE), "president"),
    (re.compile(r"supreme leader", re.IGNORECASE), "supreme leader"),
    (re.compile(r"monarch|king|emir|sultan|emperor|prince", re.IGNORECASE), "monarch"),
    (re.compile(r"federal council", re.IGNORECASE), "minister"),
)
# Wikidata's names of states where the labels of statistics offices do not hold them.
WIKIDATA_STATES = {
    "Kingdom of Denmark": "DK",
    "Kingdom of the Netherlands": "NL",
    "People's Republic of China": "CN",
    "Republic of Ireland": "IE",
    "Republic of the Congo": "CG",
    "Democratic Republic of the Congo": "CD",
    "State of Palestine": "PS",
    "Vatican City": "VA",
    "The Bahamas": "BS",
    "The Gambia": "GM",
    "North Korea": "KP",
    "South Korea": "KR",
    "Taiwan": "TW",
    "Kosovo": "XK",
    "Ivory Coast": "CI",
    "East Timor": "TL",
    "Federated States of Micronesia": "FM",
    "Cape Verde": "CV",
    "São Tomé and Príncipe": "ST",
    "United States of America": "US",
    "Turkey": "TR",
    "Eswatini": "SZ",
    "Czech Republic": "CZ",
    "Syria": "SY",
}
SNAPSHOT = "2022"  # the year of the Wikidata export: an open term is known to last until then

Row = tuple[str, str, str, str]


def build(statements: Path, out: Path) -> None:
    """Write both files.

    Args:
        statements: Folder with ``world_leaders_2021_wikidata.csv``.
        out: Folder to write to.
    """
    rows = sorted(set(_names()))
    write_csv_gz(out / "actor_names.csv.gz", ("lang", "code", "how", "pattern"), rows)
    write_csv_gz(
        out / "actor_people.csv.gz",
        ("name", "code", "role", "start", "end", "as_of", "alone", "aliases", "source"),
        _people(statements),
    )


@cache
def _forms() -> dict[str, str]:
    return {row["word"]: row["forms"] for row in _table(HAND / "forms.tsv")}


def _table(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as lines:
        kept = (line for line in lines if not line.startswith("#"))
        return list(csv.DictReader(kept, delimiter="\t"))


def _names() -> Iterator[Row]:
    more = _table(HAND / "words_more.tsv")
    for lang in LANGUAGES:
        words = (
            _table(HAND / f"words_{lang}.tsv")
            if lang in READ_WHOLE
            else [row for row in more if row["lang"] == lang]
        )
        yield from _cldr(lang)
        for row in words:
            yield from _of_row(lang, row)
    for row in _table(HAND / "stops.tsv"):
        for phrase in row["phrases"].split(","):
            pattern = " ".join(f"{word}/0" for word in _words(phrase))
            yield row["lang"], "", "stop", pattern


def _cldr(lang: str) -> Iterator[Row]:
    territories = Locale(lang).territories
    for state in _table(HAND / "states.tsv"):
        code = state["code"]
        if lang not in READ_WHOLE and not state["table"]:
            continue
        name = str(territories.get(code, ""))
        if name and not re.search(r"[(,\u2013\u2014/]", name):
            yield lang, code, "state", _pattern(lang, name)


def _of_row(lang: str, row: dict[str, str]) -> Iterator[Row]:
    code = row["code"]
    for name in filter(None, row["names"].split(",")):
        yield lang, code, "state", _pattern(lang, name)
    for name in filter(None, row["capitals"].split(",")):
        if name != "-":
            yield lang, code, "capital", _pattern(lang, name)
    for stem in filter(None, row["adjectives"].split(",")):
        for pattern in _adjective(lang, stem):
            yield lang, code, "adjective", pattern
    for item in re.split(r"[,|]", row.get("demonyms") or ""):
        if item and item != "-":
            stem, _, kind = item.partition("/")
            if lang == "en":
                yield lang, code, "demonym", " ".join(f"{word}/0" for word in _words(stem))
            else:
                yield lang, code, "demonym", f"{stem}/{kind or 'dm'}"
                if lang == "pl" and stem.endswith("czyk"):
                    yield lang, code, "demonym", f"{stem[:-1]}c/dm"  # Duńczyk: Duńczycy


def _adjective(lang: str, stem: str) -> Iterator[str]:
    stem, _, kind = stem.partition("/")
    if kind == "0" or lang in {"en", "tr", "kk"}:
        yield " ".join(f"{word}/0" for word in _words(stem))
    elif lang == "pl" and stem.endswith("k"):
        yield f"{stem}/sk"
        yield f"{stem[:-1]}c/sc"  # turecki: tureccy
    else:
        yield f"{stem}/{ADJECTIVE_CLASS[lang]}"


def _words(name: str) -> list[str]:
    """Split a name as the reader of texts does: at spaces and hyphens."""
    return [word for word in re.split(r"[\s-]+", re.sub("[\u2019\u02bc]", "'", name)) if word]


def _pattern(lang: str, name: str) -> str:
    stem, slash, kind = name.partition("/")
    if slash:
        return (
            f"{stem}/{kind}"
            if kind.startswith("=")
            else " ".join(f"{word}/0" for word in _words(stem))
        )
    words = _words(name)
    if lang in {"en", "tr", "kk"}:
        last = f"{words[-1]}/nn" if lang == "kk" and len(words[-1]) > 3 else f"{words[-1]}/0"
        return " ".join([*(f"{word}/0" for word in words[:-1]), last])
    hyphened = "-" in name and " " not in name
    if hyphened:  # Nur-Sultan: the last part alone declines
        return " ".join([*(f"{word}/0" for word in words[:-1]), _declined(lang, words[-1])])
    if len(words) == 1:
        return _declined(lang, words[0])
    first, *rest = words
    marked = ADJECTIVE_FIRST.get(lang)
    if marked and marked.search(first) and not NOUNS_FIRST.match(first):
        cut = 2 if lang == "ru" or first.endswith("ий") else 1
        head = f"{first[:-cut]}/ad"
    else:
        head = _declined(lang, first)
    return " ".join([head, *(_loose(word) for word in rest)])


def _loose(word: str) -> str:
    """Write a word of a name that is not its first: connectives stay, the rest takes any ending."""
    if len(word) <= 3 or word.isupper():
        return f"{word}/0"
    return f"{LOOSE_ENDING.sub('', word)}/*"


def _declined(lang: str, word: str) -> str:
    folded = word.casefold()
    forms = _forms().get(folded, "")
    if word.isupper() or forms == "0" or len(word) <= 2:
        return f"{word}/0"
    if forms:
        return f"{word}/={forms}"
    if lang in ENDINGS:
        for ending, kind, cut in ENDINGS[lang]:
            if folded.endswith(ending):
                return f"{word[: len(word) - cut]}/{kind}"
        return f"{word}/0" if folded[-1] in VOWELS else f"{word}/{HARD[lang]}"
    stripped = STRIPPED[lang].sub("", word) if lang in STRIPPED else word
    return f"{stripped}/nn"


def _people(statements: Path) -> list[tuple[str, ...]]:
    rows = []
    known = set()
    for row in _table(HAND / "people.tsv"):
        name = row["name"].rstrip("+")
        alone = "1" if row["name"].endswith("+") else ""
        for spelling in (name, *row["aliases"].split(";")):
            known.add((row["code"], skeletons(spelling, "en")[-1]))
        rows.append(
            (
                *(name, row["code"], row["role"], row["start"], row["end"], ""),
                *(alone, row["aliases"], row["source"]),
            )
        )
    with (statements / "world_leaders_2021_wikidata.csv").open(encoding="utf-8") as lines:
        leaders = list(csv.DictReader(lines))
    for row in leaders:
        code = WIKIDATA_STATES.get(row["country"]) or countries.resolve(row["country"])
        role = _office(row["positionLabel"])
        name = re.sub(r",? of .*|,.*| Jr\.|\"[^\"]*\" ", "", row["officeholderLabel"])
        if row["country"] in SKIPPED_STATES or not role or re.match(r"Q\d", name):
            continue
        if role == "monarch" and code != "GB" and name in {"Elizabeth II", "Charles III"}:
            continue
        if not code:
            raise SystemExit(f"no code for {row['country']!r}")
        if (code, skeletons(name, "en")[-1]) in known:
            continue
        end = row["end_year"] or _successor(row, leaders)
        rows.append(
            (name, code, role, row["start_year"], end, SNAPSHOT, "", "", "Wikidata, CC0, 2022")
        )
    return sorted(set(rows))


def _office(label: str) -> str:
    for words, role in OFFICES:
        if words.search(label):
            return role or "prime minister"
    return ""


def _successor(row: dict[str, str], leaders: list[dict[str, str]]) -> str:
    """Close an open term where the same seat has a later holder; councils have several seats."""
    if "Council" in row["positionLabel"] or "Captain" in row["positionLabel"]:
        return ""
    later = [
        other["start_year"]
        for other in leaders
        if other["position"] == row["position"]
        and other["officeholder"] != row["officeholder"]
        and other["start_year"] > row["start_year"]
    ]
    return min(later, default="")
