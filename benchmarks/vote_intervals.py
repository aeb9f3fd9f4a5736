"""Coverage of the interval of agreement, on real roll calls split in two.

    python benchmarks/vote_intervals.py [FILE] [--target RU]

FILE holds roll calls in one of the layouts of `throughflow votes`; by default the one of the staged
data (THROUGHFLOW_TEST_DATA). Without one there is nothing to measure.

The days of each year are shared out over two halves at random. Both estimate the same thing, so
the interval of their difference (Newcombe 1998, method 10) should hold nought as often as it says:
90 %. The interval was chosen on the years from 2000; the thirty years before were not looked at,
and are printed beside them. An interval for independent roll calls, not chosen, is printed too.
"""

from __future__ import annotations

import argparse
import json
import os
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from throughflow.sources import votes as files
from throughflow.statements import agreement

if TYPE_CHECKING:
    from numpy.typing import NDArray

ROOT = Path(__file__).resolve().parents[1]
STAGED = Path("votes") / "unga_rollcalls_1946_2024.csv"
RESULT = ROOT / "build" / "bench" / "vote_intervals.json"
SPANS = {"in sample, 2000 to 2023": (2000, 2023), "out of sample, 1970 to 1999": (1970, 1999)}
FEWEST = 40  # roll calls of a year, 10 of a half: below, there is nothing to split
NORMAL = 1.6449


def independent(values: NDArray[np.float64], _: NDArray[np.datetime64]) -> tuple[float, float]:
    """Return the interval for independent roll calls."""
    return agreement.wilson(float(values.mean()), len(values), NORMAL)


INTERVALS = {"by day": agreement.interval, "independent roll calls": independent}


def holds_nought(
    halves: tuple[NDArray[np.intp], NDArray[np.intp]],
    scores: NDArray[np.float64],
    days: NDArray[np.datetime64],
    name: str,
) -> bool:
    """Tell whether the interval of the difference of two halves holds nought."""
    (a, b), (low_a, high_a), (low_b, high_b) = (
        [float(scores[half].mean()) for half in halves],
        *(INTERVALS[name](scores[half], days[half]) for half in halves),
    )
    low = a - b - ((a - low_a) ** 2 + (high_b - b) ** 2) ** 0.5
    high = a - b + ((high_a - a) ** 2 + (b - low_b) ** 2) ** 0.5
    return low <= 0 <= high


def main() -> None:
    """Print coverage and write it as JSON."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    staged = Path(os.environ.get("THROUGHFLOW_TEST_DATA", ROOT.parent / "shared" / "data"))
    parser.add_argument("file", type=Path, nargs="?", default=staged / STAGED)
    parser.add_argument("--target", default="RU")
    options = parser.parse_args()
    if not options.file.exists():
        print(f"{options.file.name} is not here: nothing measured")
        return
    table = files.read(options.file).table
    days = np.array([one.day for one in table.rollcalls], dtype="datetime64[D]")
    year = days.astype("datetime64[Y]").astype(int) + 1970
    chance = np.random.default_rng(1)
    result: dict[str, dict[str, float]] = {}
    for span, (first, last) in SPANS.items():
        held: dict[str, list[bool]] = {name: [] for name in INTERVALS}
        for code in table.members:
            if code == options.target:
                continue
            scores = agreement.relations(table.of(code), table.of(options.target))
            for one in range(first, last + 1):
                rows = np.flatnonzero((year == one) & ~np.isnan(scores))
                if len(rows) < FEWEST:
                    continue
                shuffled = chance.permutation(np.unique(days[rows]))
                is_first = np.isin(days[rows], shuffled[::2])
                halves = rows[is_first], rows[~is_first]
                if min(map(len, halves)) < FEWEST // 4:
                    continue
                for name in INTERVALS:
                    held[name].append(holds_nought(halves, scores, days, name))
        result[span] = {name: float(np.mean(found)) for name, found in held.items()}
        result[span]["splits"] = len(held["by day"])
    for span, shares in result.items():
        print(span, {name: round(share, 3) for name, share in shares.items()})
    RESULT.parent.mkdir(parents=True, exist_ok=True)
    RESULT.write_text(json.dumps(result, indent=1), encoding="utf-8")


if __name__ == "__main__":
    main()
