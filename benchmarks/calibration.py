"""Interval calibration on fake dates: prints the table and writes it into the documentation.

    python benchmarks/calibration.py [--warehouse DIR]

Uses the embedded sample by default, so anybody can repeat it.
"""

from __future__ import annotations

import argparse
import json
import time
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import throughflow as tf
from throughflow.trade import coverage_check, spread
from throughflow.trade import study as studies
from throughflow.trade.request import Request

if TYPE_CHECKING:
    from throughflow.trade.coverage_check import ClassCoverage
    from throughflow.trade.study import Study

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs" / "methods" / "calibration.md"
RESULT = ROOT / "build" / "benchmarks" / "calibration.json"


def main() -> None:
    """Measure, print, write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--warehouse")
    began = time.process_time()
    with tf.open(parser.parse_args().warehouse) as warehouse:
        study = studies.build(warehouse, Request())
        name = warehouse.name
    rows = [
        row
        for by in coverage_check.LEVEL_NAMES
        for rung in study.rungs
        for row in coverage_check.measure(study, by, rung)
    ]
    text = page(study, rows, name)
    print(text)
    print(f"{time.process_time() - began:.1f} CPU s")
    PAGE.write_text(text, encoding="utf-8")
    RESULT.parent.mkdir(parents=True, exist_ok=True)
    RESULT.write_text(json.dumps([asdict(row) for row in rows], indent=1), encoding="utf-8")


def page(study: Study, rows: list[ClassCoverage], name: str) -> str:
    """Write the documentation page."""
    windows = ", ".join(str(window) for window in studies.placebo_windows(study))
    lines = [
        "# Calibration of the intervals",
        "",
        (
            "**In one sentence:** at dates on which nothing was restricted, intervals that say "
            "90 % hold close to 90 % of what really came."
        ),
        "",
        (
            f"Measured by `make bench` on the {name}: fake windows {windows}; real window "
            f"{study.window}. *In sample* judges a unit with placebos of its own goods among them, "
            "*out of sample* without them (that is how findings are made), *later date* with the "
            "earlier fake dates only, judging the latest. Width is the median width of the "
            "interval as a multiple of the expected value."
        ),
        "",
        (
            "| units | rung | expected at least | class | n | in sample | out of sample "
            "| later date | median width | traded at all |"
        ),
        "|---|---|---:|---|---:|---:|---:|---:|---:|---:|",
    ]
    lines += [_line(row) for row in rows]
    lines += ["", "## Hub totals: placebo spread, no coverage claim", ""]
    lines += [
        "| rung | hub | log of actual over expected, nearest fake date first | root mean square |",
        "|---|---|---|---:|",
    ]
    for rung in study.rungs:
        found = spread.measure(study, rung)
        if found is None:
            continue
        for hub, values in zip(found.hubs, found.log_ratio, strict=True):
            listed = ", ".join(f"{value:+.2f}" for value in values)
            lines.append(f"| {rung} | {hub} | {listed} | {(values**2).mean() ** 0.5:.3f} |")
        lines.append(f"| {rung} | all | | **{found.sigma:.3f}** |")
    lines += [
        "",
        (
            "A hub's interval reaches Student's t with one degree of freedom less than there are "
            "hubs, times the last figure, to either side on the log scale."
        ),
        "",
        "## What this does not show",
        "",
        (
            "- Classes with fewer than 300 units make no claim; the largest single cells are among "
            "them, and their intervals are too narrow."
        ),
        (
            "- A unit without a past mostly trades nothing, so its interval cannot be made to "
            "cover 90 %: it covers what does not trade. Such units are shown apart."
        ),
        (
            "- All fake windows lie in 2021 and early 2022. What every hub had in common in the "
            "real window and not in those is not in the spread."
        ),
        "",
    ]
    return "\n".join(lines)


def _line(row: ClassCoverage) -> str:
    size = "all" if row.size is None else f"{row.size:,.0f}"
    return (
        f"| {row.level} | {row.rung} | {size} | {row.kind} | {row.units:,} "
        f"| {_share(row.in_sample)} | {_share(row.out_of_sample)} | {_share(row.later_date)} "
        f"| {'' if row.median_width is None else f'{row.median_width:.2f}'} "
        f"| {_share(row.traded)} |"
    )


def _share(value: float | None) -> str:
    return "" if value is None else f"{value:.1%}"


if __name__ == "__main__":
    main()
