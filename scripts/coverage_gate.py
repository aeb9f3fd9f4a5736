"""Fail when the floors that read, store or compute are not covered by tests.

Reads the data file that `pytest --cov --cov-branch` left in the current folder. Two shares are
printed and held to the gate for each floor: branches alone, and statements and branches together
(what coverage itself calls *cover*).
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

FLOORS = ("trade", "warehouse", "sources")


@dataclass(frozen=True, slots=True)
class Share:
    """How much of one floor the tests ran.

    Attributes:
        floor: Name of the floor.
        branches: Percentage of branches taken, 0 to 100.
        together: Percentage of statements and branches.
        worst: Up to three modules with the most lines and branches missed, worst first.
    """

    floor: str
    branches: float
    together: float
    worst: tuple[str, ...]


def share(report: dict[str, Any], floor: str) -> Share | None:
    """Add up one floor.

    Args:
        report: What `coverage json` writes.
        floor: Name of a folder of the package.

    Returns:
        The shares; None where the report has no file of that floor.
    """
    files = {
        name: entry["summary"]
        for name, entry in report["files"].items()
        if f"throughflow/{floor}/" in name.replace("\\", "/")
    }
    if not files:
        return None

    def total(key: str) -> int:
        return sum(int(summary[key]) for summary in files.values())

    def missed(name: str) -> int:
        return int(files[name]["missing_lines"]) + int(files[name]["missing_branches"])

    branches, taken = total("num_branches"), total("covered_branches")
    statements, run = total("num_statements"), total("covered_lines")
    worst = sorted((name for name in files if missed(name)), key=missed, reverse=True)[:3]
    return Share(
        floor=floor,
        branches=100 * taken / max(1, branches) if branches else 100.0,
        together=100 * (taken + run) / max(1, branches + statements),
        worst=tuple(f"{Path(name).name} ({missed(name)} missed)" for name in worst),
    )


def main() -> int:
    """Print the table and return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--gate", type=float, default=90.0, help="percentage, default 90")
    gate: float = parser.parse_args().gate
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / "coverage.json"
        subprocess.run(  # noqa: S603  a constant command
            [sys.executable, "-m", "coverage", "json", "--quiet", "-o", str(target)], check=True
        )
        report = json.loads(target.read_text(encoding="utf-8"))
    failed = False
    print(f"{'floor':12} {'branches':>9} {'together':>9}")
    for floor in FLOORS:
        found = share(report, floor)
        if found is None:
            print(f"{floor:12} {'no file':>9}  ← below the gate")
            failed = True
            continue
        low = min(found.branches, found.together) < gate
        failed = failed or low
        mark = f"  ← below {gate:g} %; most missed: {', '.join(found.worst)}" if low else ""
        print(f"{floor:12} {found.branches:8.1f}% {found.together:8.1f}%{mark}")
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
