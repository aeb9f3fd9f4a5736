"""How well and how fast events are read from news.

    THROUGHFLOW_TEST_DATA=… python benchmarks/statements.py [--quick]

Prints, side by side, the part of each test set that the rules were written with and the part
kept aside. Rows of the part kept aside are counted and never shown. Short quotes are read twice:
as they stand, and with the person they are attributed to given as the speaker.
"""

from __future__ import annotations

import argparse
import csv
import hashlib
import json
import os
import time
from collections import Counter
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

from throughflow.reference import countries
from throughflow.statements import document
from throughflow.statements.extract import extract

ROOT = Path(__file__).resolve().parents[1]
RESULT = ROOT / "build" / "bench" / "statements.json"
SENTENCES = ROOT / "tests" / "statements" / "data" / "frame_sentences.tsv"
PUBLISHED = date(2023, 3, 20)
ARTICLES, LENGTH = 1000, 3000
LANGUAGES = ("pl", "en", "ru", "uk")
# A stride that is prime to the number of sentences mixes them.
STRIDE = 17
# The staged file writes the Union so.
UNION = "EUU"
# The staged file is itself the even half of a larger set, so the last bit cannot split it.
NEWS_BIT = 8
WRITING, ASIDE = "written with", "kept aside"


class Score(NamedTuple):
    """Counts of one setting: of rows, of what was asserted, and of what of it was right."""

    rows: int
    asserted: int
    kind: int
    actor: int
    joint: int
    rows_kind: int
    rows_actor: int
    rows_joint: int


def main() -> None:
    """Measure, print, write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a tenth of the articles")
    options = parser.parse_args()
    result: dict[str, Any] = {"sentences": _sentences()}
    staged = os.environ.get("THROUGHFLOW_TEST_DATA")
    if staged:
        result["news"] = _news(Path(staged) / "statements" / "news_events_dev.json")
    result["speed"] = _speed(ARTICLES // 10 if options.quick else ARTICLES)
    RESULT.parent.mkdir(parents=True, exist_ok=True)
    RESULT.write_text(json.dumps(result, indent=1), encoding="utf-8")


def half(text: str, *, bit: int = 0) -> str:
    """Tell which part a row belongs to: by one bit of the SHA-256 of its text or id."""
    even = (int(hashlib.sha256(text.encode()).hexdigest(), 16) >> bit) % 2 == 0
    return WRITING if even else ASIDE


def _sentences() -> dict[str, Any]:
    """Score the project's own sentences."""
    with SENTENCES.open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE))
    counts: dict[tuple[str, str], Counter[str]] = {}
    for row in rows:
        wanted = wanted_of(row["events"])
        got = asserted(row["text"], row["lang"], PUBLISHED, row["speaker"] or None)
        for lang in (row["lang"], "all"):
            one = counts.setdefault((half(row["text"]), lang), Counter())
            one["rows"] += 1
            one["right"] += len(wanted & got)
            one["asserted"] += len(got)
            one["wanted"] += len(wanted)
    print("Own sentences: kind and actors both right")
    print(f"{'part':14}{'lang':6}{'rows':>6}{'precision':>11}{'recall':>9}")
    table = []
    for (part, lang), one in sorted(counts.items(), reverse=True):
        precision, recall = one["right"] / one["asserted"], one["right"] / one["wanted"]
        print(f"{part:14}{lang:6}{one['rows']:6}{precision:11.2f}{recall:9.2f}")
        table.append({"part": part, "lang": lang, **one})
    return {"table": table}


def wanted_of(text: str) -> set[tuple[str, str]]:
    """Read ``KIND:XX+YY;KIND:ZZ``."""
    pairs = (part.split(":") for part in text.split(";") if part)
    return {(kind, "+".join(sorted(actors.split("+")))) for kind, actors in pairs}


def asserted(text: str, lang: str, day: date, speaker: str | None) -> set[tuple[str, str]]:
    """Return kinds and actors of what is asserted; an attack is background and not counted."""
    read = document.read(text.encode(), published=day, lang=lang)
    return {
        (one.kind, "+".join(sorted({who.country for who in one.actors})))
        for one in extract(read, speaker=speaker).events
        if one.kind != "attack"
    }


def _news(path: Path) -> dict[str, Any]:
    """Score the short quotes of the staged file."""
    rows = json.loads(path.read_text(encoding="utf-8"))["events"]
    result: dict[str, Any] = {}
    print("\nShort quotes of news (staged): precision / recall")
    print(f"{'part':14}{'speaker':10}{'rows':>5}{'kind':>14}{'actor':>14}{'both':>14}")
    for given in (False, True):
        for part in (WRITING, ASIDE):
            score = _score(
                [row for row in rows if half(row["id"], bit=NEWS_BIT) == part], given=given
            )
            name = "given" if given else "not given"
            cells = [
                f"{_ratio(right, score.asserted)} / {_ratio(found, score.rows)}"
                for right, found in (
                    (score.kind, score.rows_kind),
                    (score.actor, score.rows_actor),
                    (score.joint, score.rows_joint),
                )
            ]
            print(f"{part:14}{name:10}{score.rows:5}" + "".join(f"{cell:>14}" for cell in cells))
            result[f"{part}, speaker {name}"] = score._asdict()
    return result


def _ratio(part: int, whole: int) -> str:
    return f"{part / whole:.2f}" if whole else "–"


def _score(rows: list[dict[str, Any]], *, given: bool) -> Score:
    counts: Counter[str] = Counter()
    for row in rows:
        wanted = {
            "EU" if code == UNION else countries.parse(code, where=row["id"])
            for code in row["actors"]
        }
        got = asserted(
            row["quote"],
            row["lang"],
            _day(row["published"] or row["event_end"]),
            row["person"] if given else None,
        )
        kinds = [kind == row["kind"] for kind, _ in got]
        actors = [set(by.split("+")) <= wanted for _, by in got]
        both = [kind and by for kind, by in zip(kinds, actors, strict=True)]
        counts["asserted"] += len(got)
        for name, right in (("kind", kinds), ("actor", actors), ("joint", both)):
            counts[name] += sum(right)
            counts[f"rows_{name}"] += any(right)
    return Score(len(rows), *(counts[name] for name in Score._fields[1:]))


def _day(text: str) -> date:
    """Read a day; of a month alone, its last day."""
    if len(text) == len("2023-03"):
        year, month = map(int, text.split("-"))
        return date.fromordinal(date(year + month // 12, month % 12 + 1, 1).toordinal() - 1)
    return date.fromisoformat(text)


def _speed(number: int) -> dict[str, float]:
    """Time articles made of the project's own sentences."""
    with SENTENCES.open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE))
    articles = []
    taken = 0
    for order in range(number):
        lang = LANGUAGES[order % len(LANGUAGES)]
        texts = [row["text"] for row in rows if row["lang"] == lang]
        parts: list[str] = []
        while sum(map(len, parts)) < LENGTH:
            taken += STRIDE
            parts.append(texts[taken % len(texts)])
        articles.append((lang, " ".join(parts).encode()))
    extract(document.read(articles[0][1], published=PUBLISHED, lang="pl"))
    begun = time.process_time()
    for lang, text in articles:
        extract(document.read(text, published=PUBLISHED, lang=lang))
    seconds = time.process_time() - begun
    rate = 60 * number / seconds
    print(f"\nSpeed: {number} articles of {LENGTH} characters: {rate:,.0f} a minute on one core")
    return {"articles": number, "seconds": seconds, "a_minute": rate}


if __name__ == "__main__":
    main()
