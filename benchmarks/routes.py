"""What questions about roads cost: warm, cold, and with the whole check.

    python benchmarks/routes.py [--queries N]

Warm: random pairs of all places under eight settings (states left out, modes, days); the tree of
shortest roads from a place is made once for each setting and kept, and its making is inside the
time. Cold: everything thrown away before each question, with the table of legs already read.
"""

from __future__ import annotations

import argparse
import json
import random
import time
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from throughflow.reference import route_network
from throughflow.reference.route_network import LAND, MODES
from throughflow.routes import check, search

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT = Path(__file__).resolve().parents[1]
RESULT = ROOT / "build" / "bench" / "routes.json"
SEED = 7
WANTED = 10_000
SETTINGS: tuple[dict[str, Any], ...] = tuple(
    {"avoid": avoid, "modes": modes, "on": on}
    for avoid in ((), ("RU", "BY"))
    for modes in (MODES, LAND)
    for on in (date(2021, 6, 1), date(2024, 7, 1))
)
DECLARED = (
    ("LT", "KG", ("BY", "RU"), "854231"),
    ("CZ", "TR", ("LT", "BY", "RU"), None),
    ("DE", "KZ", ("TR", "GE", "AZ"), "853221"),
)


def main() -> None:
    """Measure, print, write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--queries", type=int, default=100_000)
    options = parser.parse_args()
    draw = random.Random(SEED)  # noqa: S311 - drawing questions, not secrets
    places = sorted(route_network.nodes())
    asked = [
        (draw.choice(places), draw.choice(places), draw.choice(SETTINGS))
        for _ in range(options.queries)
    ]
    rows = [
        ("length of the shortest road, warm", *_rate(_length, asked)),
        ("its legs, warm", *_rate(_legs, asked)),
        ("the road set out leg by leg, warm", *_rate(_road, asked)),
        ("length, cold: graph and tree made anew", *_rate(_cold, asked[:200], warm=False)),
        ("the whole check of a declared road", *_rate(_check, asked[:60], warm=False)),
    ]
    print(f"{len(places)} places, {len(route_network.legs())} legs, {len(SETTINGS)} settings")
    print(f"{'question':<42}{'asked':>9}{'a second':>12}{'ms each':>10}")
    for name, count, seconds in rows:
        print(f"{name:<42}{count:>9,}{count / seconds:>12,.0f}{1000 * seconds / count:>10.3f}")
    warm = rows[1][1] / rows[1][2]
    print(f"wanted: {WANTED:,} a second; {'reached' if warm >= WANTED else 'missed'}")
    RESULT.parent.mkdir(parents=True, exist_ok=True)
    RESULT.write_text(
        json.dumps(
            [{"question": n, "asked": c, "seconds": s, "per_second": c / s} for n, c, s in rows],
            indent=1,
        )
        + "\n",
        encoding="utf-8",
    )


def _rate(
    answer: Callable[..., object], asked: list[Any], *, warm: bool = True
) -> tuple[int, float]:
    if warm:
        search.forget()
    start = time.perf_counter()
    for origin, destination, setting in asked:
        answer(origin, destination, setting)
    return len(asked), time.perf_counter() - start


def _length(origin: str, destination: str, setting: dict[str, Any]) -> object:
    return search.distance_km(search.graph(**setting), origin, destination)


def _legs(origin: str, destination: str, setting: dict[str, Any]) -> object:
    return search.shortest(search.graph(**setting), origin, destination)


def _road(origin: str, destination: str, setting: dict[str, Any]) -> object:
    return search.find(origin, destination, **setting)


def _cold(origin: str, destination: str, setting: dict[str, Any]) -> object:
    search.forget()
    return _length(origin, destination, setting)


def _check(origin: str, destination: str, _setting: dict[str, Any]) -> object:
    start, end, via, product = DECLARED[(len(origin) + len(destination)) % len(DECLARED)]
    return check(start, end, via=via, product=product, on=date(2024, 7, 1))


if __name__ == "__main__":
    main()
