"""The say-do test on planted truth: writes its section of docs/methods/say-do.md.

Three sets of worlds are printed side by side: those the rules were made with, those they are
reported on, and smaller ones whose totals are led by a few flows. A world has twelve hubs with two
claims each. Needs about fifteen seconds of a core for each.

Usage: python benchmarks/saydo.py [--making N] [--reporting N] [--lumpy N]
"""

from __future__ import annotations

import argparse
import json
import time
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

import throughflow
from throughflow.dossier.saydo import legs, model, planted
from throughflow.evidence import canonical
from throughflow.model.periods import Window
from throughflow.reference import saydo_rules
from throughflow.trade import study
from throughflow.trade.request import Request
from throughflow.trade.simulate import report_card, world

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from throughflow.dossier.saydo.planted import Trial, WorldTrials
    from throughflow.trade.simulate.world import Size

PAGE = Path("docs/methods/say-do.md")
BEGIN, END = "<!-- measured: begin -->", "<!-- measured: end -->"
# First seed of each set.
MAKING, REPORTING, LUMPY = 829, 901, 941
WORKERS = 2
QUIET = (0.0, 0.25, 0.5, 1.0, 2.0, 3.0, 4.0)
WINDOW = "2022-05:2022-11"


def share(trials: Sequence[Trial], chosen: Callable[[Trial], bool], of: str = "with_both",
          word: str = model.INCONSISTENT) -> str:  # fmt: skip
    """Write how many of the chosen trials have a verdict."""
    among = [trial for trial in trials if chosen(trial)]
    rate = report_card.rate(sum(getattr(t, of) == word for t in among), len(among))
    return "–" if rate.value is None else f"{rate.value:.0%} ({rate.hits} of {rate.of})"


def pair(sets: Sequence[Sequence[Trial]], chosen: Callable[[Trial], bool], **how: str) -> str:
    """Write the same share in both sets of worlds."""
    return " | ".join(share(trials, chosen, **how) for trials in sets)


def _at_least(level: float) -> Callable[[Trial], bool]:
    return lambda trial: min(trial.level) >= level


def _at_most(level: float) -> Callable[[Trial], bool]:
    return lambda trial: max(trial.level) <= level


def _at_most_one(trial: Trial) -> bool:
    return min(trial.level) <= 1


def _is_half(trial: Trial) -> bool:
    return min(trial.level) <= 1 < max(trial.level)


def tables(sets: Sequence[Sequence[Trial]]) -> list[str]:
    """Return every table of the section."""
    head = "| excess on each leg, in margins | making | reporting | lumpy |"
    first: tuple[tuple[str, Callable[[Trial], bool], dict[str, str]], ...] = (
        *(
            (f"*inconsistent* at {n} margins and more on both legs", _at_least(n), {})
            for n in (2, 3, 4, 6)
        ),
        ("false *inconsistent*: at most a margin on one leg or both", _at_most_one, {}),
        ("of these, at most a margin on both", _at_most(1), {}),
        ("of these, 4 margins on the first and at most one on the second", _is_half, {}),
        ("*inconsistent* with the first leg only", lambda _: True, {"of": "with_one"}),
        ("*consistent* at no excess", _at_most(0), {"word": model.CONSISTENT}),
        ("*consistent* at up to half a margin", _at_most(0.5), {"word": model.CONSISTENT}),
        ("false *consistent*: 2 margins and more", _at_least(2), {"word": model.CONSISTENT}),
    )
    lines = ["| | making | reporting | lumpy |", "|---|---:|---:|---:|"]
    lines += [f"| {name} | {pair(sets, chosen, **how)} |" for name, chosen, how in first]
    for design in (planted.SPREAD_OUT, planted.SAME_GOODS):
        lines += [
            "",
            f"*Inconsistent* by level, excess {design}:",
            "",
            head,
            "|---|---:|---:|---:|",
        ]
        for level in dict(planted.LEVELS):
            name = f"{level[0]:g} and {level[1]:g}"
            told = pair(sets, lambda t, at=level, how=design: (t.level, t.design) == (at, how))
            lines.append(f"| {name} | {told} |")
    lines += [
        "", "If only totals were looked at, without the mean over goods:", "",
        head, "|---|---:|---:|---:|",
    ]  # fmt: skip
    for least in (2, 3, 4, 6):
        told = pair(sets, _at_least(least), of="value_only")
        lines.append(f"| {least} and more on both | {told} |")
    told = pair(sets, _at_most_one, of="value_only")
    return [*lines, f"| at most 1 on one or both (false) | {told} |"]


def quiet(margin: legs.Margin) -> list[str]:
    """Return what the sample's own noise allows."""
    with throughflow.open() as warehouse:
        made = study.build(warehouse, Request(window=Window.parse(WINDOW), by=()))
    trials, sigma = planted.of_quiet_months(made, margin, QUIET)
    lines = [
        f"Totals of the sample stray by {sigma:.2f} in logs over seven months.", "",
        "| excess on each leg, in margins | consistent | inconclusive | inconsistent |",
        "|---:|---:|---:|---:|",
    ]  # fmt: skip
    for level in QUIET:
        found = Counter(t.verdict for t in trials if t.level == level)
        cells = (f"{found[w] / found.total():.0%}" for w in
                 (model.CONSISTENT, model.INCONCLUSIVE, model.INCONSISTENT))  # fmt: skip
        lines.append(f"| {level:g} | {' | '.join(cells)} |")
    return lines


def _worlds(name: str, first: int, count: int, size: Size) -> list[WorldTrials]:
    begun = time.monotonic()
    of_one = partial(
        planted.of_world, margin=legs.Margin.declared(saydo_rules.current()), size=size
    )
    found = []
    with ProcessPoolExecutor(WORKERS) as pool:
        for done in pool.map(of_one, range(first, first + count)):
            found.append(done)
            print(f"{name}: {len(found)} of {count}, {time.monotonic() - begun:.0f} s", flush=True)
    return found


def _described(
    sets: Sequence[Sequence[WorldTrials]], asked: argparse.Namespace, margin: legs.Margin
) -> list[str]:
    """Say which worlds these are and how restless, beside the sample."""
    with throughflow.open() as warehouse:
        sample = planted.strays(study.build(warehouse, Request(window=Window.parse(WINDOW), by=())))
    names = (
        ("making", MAKING, asked.making),
        ("reporting", REPORTING, asked.reporting),
        ("lumpy", LUMPY, asked.lumpy),
    )
    rows = [
        (f"{name}, seeds {first} to {first + count - 1}", *_strays(worlds))
        for (name, first, count), worlds in zip(names, sets, strict=True)
        if worlds
    ]
    rows.append(("embedded sample", sample.totals, sample.one_exporter))
    return [
        f"Margin {margin.share:.0%} of what was expected.", "",
        "At fake dates the log of recorded over expected strays by:", "",
        "| | totals of hubs | one exporter to one hub |", "|---|---:|---:|",
        *(f"| {name} | {totals:.2f} | {pair:.2f} |" for name, totals, pair in rows),
    ]  # fmt: skip


def _strays(worlds: Sequence[WorldTrials]) -> tuple[float, float]:
    return (
        median(one.strays.totals for one in worlds),
        median(one.strays.one_exporter for one in worlds),
    )


def main() -> None:
    """Measure, print, and write the section."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--making", type=int, default=12)
    parser.add_argument("--reporting", type=int, default=24)
    parser.add_argument("--lumpy", type=int, default=24)
    asked = parser.parse_args()
    rules = saydo_rules.current()
    margin = legs.Margin.declared(rules)
    sets = [
        _worlds("making", MAKING, asked.making, world.WIDE),
        _worlds("reporting", REPORTING, asked.reporting, world.WIDE),
        _worlds("lumpy", LUMPY, asked.lumpy, world.SMALL),
    ]
    trials = [[trial for one in worlds for trial in one.trials] for worlds in sets]
    section = "\n".join(
        [
            BEGIN, "", *_described(sets, asked, margin), "", *tables(trials), "",
            "### As calm as the sample", "", *quiet(margin), "", END,
        ]
    )  # fmt: skip
    print(section)
    text = PAGE.read_text(encoding="utf-8")
    before, rest = text.split(BEGIN)
    PAGE.write_text(before + section + rest.split(END)[1], encoding="utf-8")
    Path("build/bench").mkdir(parents=True, exist_ok=True)
    Path("build/bench/saydo.json").write_text(
        json.dumps(canonical.plain(trials), indent=1) + "\n", encoding="utf-8"
    )


if __name__ == "__main__":
    main()
