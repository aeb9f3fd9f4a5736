"""Build `un_resolutions.csv`, `un_votes.csv` and `un_vote_bases.csv`.

Official source of the facts: United Nations General Assembly, resolutions 68/262 and ES-11/1 to
ES-11/6, whose totals are those announced in the Assembly. The rows of single states were collected
from publications that are not the United Nations' own; each keeps its basis, and what rests on
memory says so. Nothing is adjusted: rows that do not add up to the totals stay as they are.
"""

from __future__ import annotations

import csv
import json
from collections import Counter
from typing import TYPE_CHECKING

from reference_files import write_csv
from throughflow.model.votes import DERIVED, RECALL, SEEN, UNSETTLED
from throughflow.reference import countries

if TYPE_CHECKING:
    from pathlib import Path

MEMBERS = 193  # of the United Nations since 14 July 2011
# The staged sign of a state behind the end of the list that was seen, and ours.
UNSETTLED_SIGN = "A?"
LETTERS = {"Y": "Y", "N": "N", "A": "A", "X": "X", UNSETTLED_SIGN: "?"}
KINDS = {"seen": SEEN, "derived": DERIVED, "recall": RECALL, "abstained or absent": UNSETTLED}


def build(votes: Path, out: Path) -> None:
    """Write the three files.

    Args:
        votes: Folder with the collected rows and the totals.
        out: Folder to write to.

    Raises:
        SystemExit: A state is unknown, twice, or missing; a row is not a vote; or the rows of a
            resolution hold more votes than its total.
    """
    tallies = json.loads((votes / "unga_ukraine_tallies.json").read_text(encoding="utf-8"))
    with (votes / "unga_ukraine_votes.csv").open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    bases = {text: f"b{i}" for i, text in enumerate(sorted({row["basis"] for row in rows}), 1)}
    by_alpha3 = {countries.get(code).iso3: code for code in countries.all_codes()}
    held = [
        (row["resolution"], by_alpha3[row["iso3"]], LETTERS[row["vote"]], bases[row["basis"]])
        for row in rows
    ]
    for resolution in dict.fromkeys(row[0] for row in held):
        _check(resolution, [row for row in held if row[0] == resolution], tallies[resolution])
    write_csv(
        out / "un_resolutions.csv",
        ("resolution", "day", "title", "yes", "no", "abstain"),
        (
            (symbol, one["date"], one["title"], one["yes"], one["no"], one["abstain"])
            for symbol, one in tallies.items()
        ),
    )
    write_csv(out / "un_votes.csv", ("resolution", "code", "vote", "basis"), sorted(held))
    write_csv(
        out / "un_vote_bases.csv",
        ("basis", "kind", "words"),
        ((number, _kind(text), text.removeprefix("seen: ")) for text, number in bases.items()),
    )


def _kind(text: str) -> str:
    for start, kind in KINDS.items():
        if text.startswith(start):
            return kind
    raise SystemExit(f"no kind is known for the basis {text!r}")


def _check(symbol: str, rows: list[tuple[str, str, str, str]], total: dict[str, int]) -> None:
    """Print how the rows compare with the total; stop where they cannot both be right."""
    if len({row[1] for row in rows}) != len(rows) or len(rows) != MEMBERS:
        raise SystemExit(f"{symbol}: {len(rows)} rows, not one for each of {MEMBERS} members")
    found = Counter(row[2] for row in rows)
    short = {}
    for letter, name in (("Y", "yes"), ("N", "no"), ("A", "abstain")):
        if found[letter] > total[name]:
            raise SystemExit(f"{symbol}: {found[letter]} rows say {name}, the total {total[name]}")
        if found[letter] < total[name]:
            short[name] = total[name] - found[letter]
    if sum(short.values()) > found["?"]:
        raise SystemExit(f"{symbol}: {short} missing, only {found['?']} rows are unsettled")
    told = ", ".join(
        f"{count} {name} among {found['?']} unsettled" for name, count in short.items()
    )
    print(f"{symbol}: {told or 'adds up'}")
