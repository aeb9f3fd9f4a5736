"""How well states and persons are found: precision and recall on sentences written for it, speed.

    python benchmarks/actors.py [--errors] [--plover FOLDER]

The sentences were split, before any rule was written, by a hash of the expected answer into those
that rules are written on and those kept aside; not of the sentence, so that translations of one
sentence are never on both sides; a third round was run once and then joined the writing half.
``--errors`` lists what goes wrong in the writing half only.

``--plover`` adds the English validation records of PLOVER, written by others: how many of the
states coded as source or target are found (recall), and how many of those found are coded (a
lower bound of precision: a state that is only the place of an event is not coded).
"""

from __future__ import annotations

import argparse
import json
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from throughflow.reference import countries
from throughflow.statements import actors

ROOT = Path(__file__).resolve().parents[1]
SENTENCES = ROOT / "tests" / "statements" / "data" / "actor_sentences.jsonl"
RESULT = ROOT / "build" / "bench" / "actors.json"
LANGUAGES = ("pl", "en", "ru", "uk")


@dataclass(slots=True)
class Score:
    """Mentions and persons found, expected and right."""

    sentences: int = 0
    found: int = 0
    expected: int = 0
    right: int = 0
    persons_found: int = 0
    persons_expected: int = 0
    persons_right: int = 0

    def figures(self) -> dict[str, float]:
        """Return precision and recall of states and of persons."""
        return {
            "sentences": self.sentences,
            "precision": self.right / max(self.found, 1),
            "recall": self.right / max(self.expected, 1),
            "person_precision": self.persons_right / max(self.persons_found, 1),
            "person_recall": self.persons_right / max(self.persons_expected, 1),
        }


def rows() -> list[dict[str, object]]:
    """Read the sentences."""
    return [json.loads(line) for line in SENTENCES.read_text(encoding="utf-8").splitlines()]


def measure(*, errors: bool = False) -> dict[tuple[str, str], Score]:
    """Score every half and language; ``("all", half)`` sums the languages."""
    scores: dict[tuple[str, str], Score] = {}
    for row in rows():
        side, lang, text = str(row["half"]), str(row["lang"]), str(row["text"])
        found = actors.find(text, lang)
        countries = Counter(mention.country for mention in found)
        persons = Counter(mention.person for mention in found if mention.person)
        wanted = Counter(mention["country"] for mention in row["mentions"])
        names = Counter(mention["person"] for mention in row["mentions"] if mention["person"])
        same = sum(_matches(persons, names))
        for key in ((lang, side), ("all", side), (f"round {row['round']}", side)):
            score = scores.setdefault(key, Score())
            score.sentences += 1
            score.found += countries.total()
            score.expected += wanted.total()
            score.right += (countries & wanted).total()
            score.persons_found += persons.total()
            score.persons_expected += names.total()
            score.persons_right += same
        wrong = countries != wanted or same != max(persons.total(), names.total())
        if errors and side == "writing" and wrong:
            shown = [(m.country, m.span.text, m.person) for m in found]
            print(f"{lang}: {text}\n    found {shown}\n    wanted {row['mentions']}")
    return scores


def _matches(persons: Counter[str | None], names: Counter[str]) -> list[bool]:
    left = list(names.elements())
    right = []
    for person in persons.elements():
        known = next((name for name in left if actors.same_person(str(person), name)), None)
        if known is not None:
            left.remove(known)
        right.append(known is not None)
    return right


def plover(folder: Path) -> tuple[float, float, int]:
    """Return recall, the lower bound of precision and the number of coded states."""
    iso2 = {countries.get(code).iso3: code for code in countries.all_codes()}
    decoder = json.JSONDecoder()
    coded = found = right = 0
    for path in sorted(folder.glob("*.txt")):
        text = path.read_text(encoding="utf-8", errors="replace")
        at = text.find("{")
        while at >= 0:
            record, end = decoder.raw_decode(text, at)
            parties = [*record.get("source", ()), *record.get("target", ())]
            # The records write JAP for Japan.
            codes = {
                one["code"][:3].replace("JAP", "JPN")
                for one in parties
                if isinstance(one, dict) and "code" in one
            }
            wanted = {iso2[code] for code in codes if code in iso2}
            seen = {one.country for one in actors.find(record.get("text", ""), "en")} - {""}
            coded, found, right = coded + len(wanted), found + len(seen), right + len(wanted & seen)
            at = text.find("{", end)
    return right / coded, right / found, coded


def speed() -> dict[str, float]:
    """Measure milliseconds of processor time: to load a language, to read 3,000 characters."""
    figures = {}
    for lang in LANGUAGES:
        began = time.process_time()
        actors.find("", lang)
        actors.find("Ankara.", lang)
        figures[f"load_{lang}_ms"] = 1000 * (time.process_time() - began)
    for lang in LANGUAGES:
        text = " ".join(str(row["text"]) for row in rows() if row["lang"] == lang)[:3000]
        actors.find(text, lang)
        runs = 20
        began = time.process_time()
        for _ in range(runs):
            actors.find(text, lang)
        figures[f"read_{lang}_ms"] = 1000 * (time.process_time() - began) / runs
    return figures


def main() -> None:
    """Measure, print, write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--errors", action="store_true", help="list errors of the writing half")
    parser.add_argument("--plover", type=Path, help="folder of PLOVER's validation records")
    options = parser.parse_args()
    times = speed()
    scores = measure(errors=options.errors)
    print("| language | half | sentences | precision | recall | person precision | person recall |")
    print("|---|---|---:|---:|---:|---:|---:|")
    for lang in (*LANGUAGES, "round 1", "round 2", "round 3", "all"):
        for side in ("writing", "aside"):
            if (lang, side) not in scores:
                continue
            figures = scores[lang, side].figures()
            print(
                f"| {lang} | {side} | {figures['sentences']} | {figures['precision']:.3f} | "
                f"{figures['recall']:.3f} | {figures['person_precision']:.3f} | "
                f"{figures['person_recall']:.3f} |"
            )
    if options.plover:
        recall, precision, coded = plover(options.plover)
        print(f"PLOVER: recall {recall:.3f} of {coded}, precision at least {precision:.3f}")
    for name, value in times.items():
        print(f"{name}: {value:.1f}")
    RESULT.parent.mkdir(parents=True, exist_ok=True)
    written = {f"{lang} {side}": score.figures() for (lang, side), score in scores.items()}
    RESULT.write_text(json.dumps(written | {"speed": times}, indent=1), encoding="utf-8")


if __name__ == "__main__":
    main()
