"""Which states share a border on land with a target, within the borders the United Nations know."""

from __future__ import annotations

import csv
from functools import lru_cache

from throughflow.reference.countries import DATA


@lru_cache(maxsize=1)
def _neighbours() -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    with (DATA / "borders.csv").open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines):
            found.setdefault(row["code"], set()).add(row["neighbour"])
    return {code: frozenset(neighbours) for code, neighbours in found.items()}


def neighbours(code: str) -> frozenset[str] | None:
    """Return the states that border a state on land; None where its borders are not held."""
    return _neighbours().get(code)
