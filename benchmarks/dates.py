"""How many labelled date expressions are read rightly, and how fast dates and sentences are found.

    python benchmarks/dates.py [FOLDER]

`FOLDER` (or the variable THROUGHFLOW_TEST_DATA) holds ``statements/date_expressions.json``:
expressions in six languages with the day each names when said on 12 February 2013, from the test
corpus of the date parser duckling (BSD). Half of them, by the hash of the text, were looked at when
the rules were written; the other half was not. Both shares are printed side by side.

*Names a day* means: labelled with the grain "Day", without an end, and not labelled a holiday.
Feasts (Easter, Diwali, Walentynki) need a calendar of feasts, which the package does not have; the
share with them, most of them wrong, is printed too. An expression is read rightly if exactly one
date is found in it and that is the labelled one. The corpus is of appointments, so the dates are
read with ``prefer="future"``.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import time
from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from throughflow.statements import document
from throughflow.statements.dates import find

REFERENCE = date(2013, 2, 12)
FULL = ("pl", "ru", "uk", "en")  # languages whose tables are whole
GRAINS = ("Day", "Week", "Month", "Quarter", "Year")
CHARACTERS = 3_000  # of a typical article


@dataclass(frozen=True)
class Case:
    """One labelled expression.

    Attributes:
        lang: Language.
        text: Expression.
        start: First day it means.
        end: Last day, None where one day, week, month ... is meant as such.
        grain: Grain of the label.
        is_holiday: Whether it is a feast.
    """

    lang: str
    text: str
    start: date
    end: date | None
    grain: str
    is_holiday: bool

    @property
    def names_day(self) -> bool:
        """Whether it names one day without a calendar of feasts."""
        return self.grain == "Day" and self.end is None and not self.is_holiday

    @property
    def was_seen(self) -> bool:
        """Whether the rules were written looking at it."""
        return hashlib.sha256(self.text.encode()).digest()[0] % 2 == 0

    @property
    def is_right(self) -> bool:
        """Whether exactly the labelled date is found."""
        found = find(self.text, self.lang, REFERENCE, prefer="future")
        if len(found) != 1 or found[0].start != self.start:
            return False
        if self.end is not None:
            return found[0].end == self.end
        if self.grain == "Day":
            return found[0].end == self.start
        return found[0].grain == self.grain.lower()


def cases(path: Path) -> list[Case]:
    """Read the labelled expressions; those of hours and minutes are left out."""
    rows = json.loads(path.read_text("utf-8"))["cases"]
    return [_case(row) for row in rows if row["grain"] in GRAINS]


def _case(row: dict[str, Any]) -> Case:
    # The corpus writes a month as "2013-05-00" or "2013-05-01", and ends a range on the day after.
    end = _day(row["end"]) - timedelta(days=1) if row["end"] else None
    is_holiday = "Holiday" in row["kind"]
    return Case(row["lang"], row["text"], _day(row["start"]), end, row["grain"], is_holiday)


def _day(text: str) -> date:
    year, month, day = (max(1, int(part)) for part in text.split("-"))
    return date(year, month, day)


def share(chosen: list[Case]) -> tuple[int, int]:
    """Count those read rightly, and all."""
    return sum(case.is_right for case in chosen), len(chosen)


def main() -> None:
    """Score, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, nargs="?", help="folder that holds statements/")
    named = parser.parse_args().folder or os.environ.get("THROUGHFLOW_TEST_DATA")
    if not named:
        print("no labelled expressions: set THROUGHFLOW_TEST_DATA to their folder")
        return
    folder = Path(named) / "statements"
    every = cases(folder / "date_expressions.json")
    print(f"{'':26}{'in-sample':>22}{'out-of-sample':>22}")
    for title, chosen in _groups(every):
        parts = [[c for c in chosen if c.was_seen is seen] for seen in (True, False)]
        print(f"{title:26}" + "".join(f"{_shown(share(part)):>22}" for part in parts))
    _speed(folder)


def _groups(every: list[Case]) -> list[tuple[str, list[Case]]]:
    full = [case for case in every if case.lang in FULL]
    groups = [
        ("names a day, pl ru uk en", [case for case in full if case.names_day]),
        ("  with feasts", [c for c in full if c.grain == "Day" and c.end is None]),
        ("all grains, pl ru uk en", [case for case in full if not case.is_holiday]),
    ]
    by_kind: dict[tuple[str, int, str], list[Case]] = defaultdict(list)
    for case in every:
        kind = "feast" if case.is_holiday else case.grain + (" range" if case.end else "")
        by_kind[case.lang, GRAINS.index(case.grain), kind].append(case)
    order = Counter(case.lang for case in every)
    for lang in sorted(order, key=lambda each: (each not in FULL, each)):
        groups += [
            (f"{lang} {kind}", chosen)
            for (of, _, kind), chosen in sorted(by_kind.items())
            if of == lang
        ]
    return groups


def _shown(counts: tuple[int, int]) -> str:
    right, number = counts
    return f"{right / number:.2f} ({right}/{number})" if number else "-"


def _speed(folder: Path) -> None:
    text = (folder / "natemat_2022-04-29_kazakhstan.txt").read_text("utf-8")
    data = (text + text)[:CHARACTERS].encode()
    published = date(2022, 4, 29)

    def read() -> int:
        article = document.read(data, published=published)
        for sentence in article.sentences:
            find(sentence.text, article.lang, published, offset=sentence.start)
        return len(article.sentences)

    sentences = read()
    for title, job in (
        ("dates of an article at once", lambda: find(data.decode(), "pl", published)),
        ("document, sentences, dates of each", read),
    ):
        runs, start = 0, time.process_time()
        while time.process_time() - start < 2:
            job()
            runs += 1
        each = (time.process_time() - start) / runs
        print(
            f"{title}: {each * 1000:.2f} ms an article of {CHARACTERS:,} characters, "
            f"{CHARACTERS / each / 1e6:.2f} million characters and {sentences / each:,.0f} "
            f"sentences a second of one core"
        )


if __name__ == "__main__":
    main()
