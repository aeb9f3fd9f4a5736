"""The report card: what the product finds, misses and accuses falsely, where the truth is known.

Every world is written in the product's own layout, loaded like any user's file and judged by the
same `throughflow.trade.ask.excess` that the command line calls. A discovery is a row with q at
most `Q`; a false one is a row in which nothing was planted. A second hub that sent planted goods on
is on the road of a diversion: found, it is no false discovery, and missed, it does not count.
"""

from __future__ import annotations

import tempfile
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from pyarrow import csv, parquet
from scipy.stats import beta

from throughflow.trade import ask
from throughflow.trade.finding import NOT_TESTABLE
from throughflow.trade.request import Request
from throughflow.trade.simulate import planting, rivals, shares, tables, world
from throughflow.warehouse import Warehouse, load

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from numpy.typing import NDArray

    from throughflow.trade.finding import Row
    from throughflow.trade.simulate.planting import Planted
    from throughflow.trade.simulate.shares import PartScore, Scored
    from throughflow.trade.simulate.world import World

    BoolArray = NDArray[np.bool_]

Q = 0.05
PREVALENCES = (0.02, 0.05, 0.20)
# Diversions of less than this a year are reported apart: power is claimed from here on.
LARGE = 1e6
CONFIDENCE = 0.95
# Files hold cents: sums of rounded values may differ from the value planted by so much.
CENTS = 1.0
# Upper ends of the sizes of the power table, in value diverted a year.
SIZES = (1e5, 1e6, 1e7, np.inf)
QUESTION = Request(currency=world.CURRENCY, by=("product",), control_list=world.CONTROL_LIST)


@dataclass(frozen=True, slots=True)
class Rate:
    """A share with its exact binomial interval (Clopper and Pearson), at 95 %.

    Attributes:
        hits: Numerator.
        of: Denominator.
        value: Share; None without a denominator.
        interval: Lower and upper end; None without a denominator.
        upper: One-sided upper bound at 95 %; None without a denominator.
    """

    hits: int
    of: int
    value: float | None
    interval: tuple[float, float] | None
    upper: float | None


@dataclass(frozen=True, slots=True)
class Power:
    """How many diversions of one multiple and size were found."""

    multiple: float
    least_value: float
    most_value: float | None
    found: Rate


@dataclass(frozen=True, slots=True)
class RivalPower:
    """A rival at the product's realised false-discovery rate, and by its own rule.

    Attributes:
        name: Which.
        rule: Its own rule in words.
        power: Share of all diversions found at the product's false-discovery rate.
        ours: Share that the product found.
        own_false_discovery_rate: What its own rule accuses falsely.
        own_power: What its own rule finds.
    """

    name: str
    rule: str
    power: Rate
    ours: Rate
    own_false_discovery_rate: Rate
    own_power: Rate


@dataclass(frozen=True, slots=True)
class AtPrevalence:
    """Everything at one prevalence."""

    prevalence: float
    worlds: int
    planted: int
    false_discovery_rate: Rate
    power: tuple[Power, ...]
    smallest_multiple_at_80: float | None
    rivals: tuple[RivalPower, ...]


@dataclass(frozen=True, slots=True)
class ReportCard:
    """The whole card.

    Attributes:
        seeds: Seeds of the worlds.
        rung: Rung of the findings.
        false_discovery_rate: Over all prevalences together; `by_prevalence` has each.
        power_2x: Share found of diversions to twice the baseline, of 1 M a year and more.
        power_3x: The same at three times.
        power_second_hub: Share found of both of them that a second hub sent on.
        coverage: Share of planted values inside the 90 % interval of the excess.
        median_bias: Median of excess over value planted, minus one.
        parts: Where planted goods went, part by part; empty unless asked for.
    """

    seeds: tuple[int, ...]
    rung: str
    false_discovery_rate: float | None
    false_discovery_rate_interval: tuple[float, float] | None
    power_2x: float | None
    power_2x_interval: tuple[float, float] | None
    power_3x: float | None
    power_3x_interval: tuple[float, float] | None
    power_second_hub: float | None
    power_second_hub_interval: tuple[float, float] | None
    coverage: float | None
    coverage_interval: tuple[float, float] | None
    median_bias: float | None
    parts: tuple[PartScore, ...]
    by_prevalence: tuple[AtPrevalence, ...]


@dataclass(frozen=True, slots=True)
class _Outcome:
    """What one world gave: units, and a row per diversion. The world itself is let go."""

    # Multiple, value a year, whether found, whether a second hub sent it on.
    diversions: tuple[tuple[float, float, bool, bool], ...]
    rivals: tuple[rivals.Rival, ...]
    found: BoolArray
    truth: BoolArray
    false: int
    discoveries: int
    is_covered: tuple[bool, ...]
    bias: tuple[float, ...]
    rung: str
    parts: tuple[Scored, ...] = ()


def run(
    seeds_at: Mapping[float, Sequence[int]],
    *,
    quick: bool = False,
    folder: Path | None = None,
    parts_at: float | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> ReportCard:
    """Make worlds, plant in them, ask the product, and count.

    Args:
        seeds_at: Seeds of the worlds to plant in, by prevalence: the share of hub × good pairs
            that hold a diversion. A seed named twice gives one world, planted twice.
        quick: Smaller worlds.
        folder: Where to leave the files of each world: ``trade.csv`` and ``truth.csv``; None
            leaves nothing.
        parts_at: Prevalence whose worlds are decomposed too, which takes as long again; None for
            none.
        progress: Called before each question with its number and how many there are.
    """
    outcomes: dict[float, list[_Outcome]] = {p: [] for p in seeds_at}
    total = sum(len(seeds) for seeds in seeds_at.values())
    for number, (seed, prevalence, made) in enumerate(_worlds(seeds_at, quick=quick)):
        if progress:
            progress(number, total)
        planted = planting.plant(made, prevalence, seed)
        place = folder / f"seed-{seed}-at-{prevalence:g}" if folder else None
        has_parts = prevalence == parts_at
        outcomes[prevalence].append(_ask(planted, seed, place, has_parts=has_parts))
    return _card(tuple(sorted({seed for seeds in seeds_at.values() for seed in seeds})), outcomes)


def _worlds(
    seeds_at: Mapping[float, Sequence[int]], *, quick: bool
) -> Iterator[tuple[int, float, World]]:
    for seed in sorted({seed for seeds in seeds_at.values() for seed in seeds}):
        made = world.generate(seed, size=world.SMALL if quick else world.USUAL)
        for prevalence, seeds in seeds_at.items():
            if seed in seeds:
                yield seed, prevalence, made


def _ask(planted: Planted, seed: int, place: Path | None, *, has_parts: bool) -> _Outcome:
    """Write a world, load it, ask, and hold the answer against the truth."""
    trade = tables.trade(planted, seed)
    if place is not None:
        place.mkdir(parents=True, exist_ok=True)
        csv.write_csv(trade, place / "trade.csv")
        csv.write_csv(tables.truth(planted), place / "truth.csv")
    with tempfile.TemporaryDirectory(prefix="throughflow-simulate-") as scratch:
        file = Path(scratch) / "trade.parquet"
        parquet.write_table(trade, file)
        load([file], Path(scratch) / "warehouse")
        with Warehouse(Path(scratch) / "warehouse") as warehouse:
            answer = ask.excess(warehouse, QUESTION)
            parts = (
                shares.of_world(warehouse, planted, answer.study, least=LARGE) if has_parts else ()
            )
    return replace(_outcome(planted, answer.rows), parts=parts)


def _outcome(planted: Planted, rows: Sequence[Row]) -> _Outcome:
    made = planted.world
    names = [made.destinations[place] for place in made.hubs]
    shape = (len(names), made.n_listed)
    found, truth = np.zeros(shape, dtype=bool), np.zeros(shape, dtype=bool)
    of_code = {code: k for k, code in enumerate(made.codes[: made.n_listed])}
    of_code |= {code: k for k, code in enumerate(made.former[: made.n_listed])}
    by_unit: dict[tuple[int, int], Row] = {}
    for row in rows:
        if row.kind == NOT_TESTABLE:
            continue  # exporters of the same good that cannot be told, in a row of their own
        unit = (names.index(row.partner), of_code[row.products[0]])
        by_unit[unit] = row
        found[unit] = row.q is not None and row.q <= Q
    covered, bias = [], []
    on_the_road = np.zeros(shape, dtype=bool)
    for one in planted.truth:
        unit = (names.index(one.hub), of_code[one.product])
        truth[unit] = True
        if one.second_hub:
            on_the_road[names.index(one.second_hub), of_code[one.product]] = True
        told = by_unit.get(unit)
        if told is None or told.excess is None:
            continue
        if told.excess_low is not None and told.excess_high is not None:
            covered.append(told.excess_low - CENTS <= one.value <= told.excess_high + CENTS)
            bias.append(told.excess / one.value - 1)
    found &= truth | ~on_the_road
    yearly = 12 / (made.sent.shape[3] - made.begins)
    return _Outcome(
        tuple(
            (
                one.multiple,
                one.value * yearly,
                bool(found[names.index(one.hub), of_code[one.product]]),
                bool(one.second_hub),
            )
            for one in planted.truth
        ),
        rivals.all_of(planted),
        found,
        truth,
        int((found & ~truth).sum()),
        int(found.sum()),
        tuple(covered),
        tuple(bias),
        next((row.rung for row in rows if row.rung != "D"), "D"),
    )


def _card(seeds: tuple[int, ...], outcomes: dict[float, list[_Outcome]]) -> ReportCard:
    everything = [one for group in outcomes.values() for one in group]
    false = rate(sum(o.false for o in everything), sum(o.discoveries for o in everything))
    twice, thrice = (_found_at(everything, multiple, LARGE, np.inf) for multiple in (2.0, 3.0))
    handed = _handed(everything)
    covered = [c for o in everything for c in o.is_covered]
    coverage = rate(sum(covered), len(covered))
    bias = [b for o in everything for b in o.bias]
    return ReportCard(
        seeds=seeds,
        rung=everything[0].rung,
        false_discovery_rate=false.value,
        false_discovery_rate_interval=false.interval,
        power_2x=twice.value,
        power_2x_interval=twice.interval,
        power_3x=thrice.value,
        power_3x_interval=thrice.interval,
        power_second_hub=handed.value,
        power_second_hub_interval=handed.interval,
        coverage=coverage.value,
        coverage_interval=coverage.interval,
        median_bias=float(np.median(bias)) if bias else None,
        parts=shares.score([part for o in everything for part in o.parts]),
        by_prevalence=tuple(_at(p, group) for p, group in outcomes.items()),
    )


def _at(prevalence: float, group: list[_Outcome]) -> AtPrevalence:
    powers = tuple(
        Power(multiple, low, high if np.isfinite(high) else None,
              _found_at(group, multiple, low, high))
        for multiple in planting.MULTIPLES
        for low, high in zip((0.0, *SIZES[:-1]), SIZES, strict=True)
    )  # fmt: skip
    large = [(m, _found_at(group, m, LARGE, np.inf)) for m in planting.MULTIPLES]
    enough = [m for m, r in large if r.value is not None and r.value >= 0.8]
    false = rate(sum(o.false for o in group), sum(o.discoveries for o in group))
    return AtPrevalence(
        prevalence=prevalence,
        worlds=len(group),
        planted=sum(int(o.truth.sum()) for o in group),
        false_discovery_rate=false,
        power=powers,
        smallest_multiple_at_80=min(enough, default=None),
        rivals=_rivals(group, false.value or 0.0),
    )  # fmt: skip


def _found_at(group: Sequence[_Outcome], multiple: float, low: float, high: float) -> Rate:
    """Count what was found of diversions of one multiple, by value diverted a year."""
    found = [
        is_found
        for outcome in group
        for times, value, is_found, _ in outcome.diversions
        if times == multiple and low <= value < high
    ]
    return rate(sum(found), len(found))


def _handed(outcomes: Sequence[_Outcome]) -> Rate:
    """Count what was found of large diversions at two and three times that two hubs handled."""
    found = [
        is_found
        for outcome in outcomes
        for times, value, is_found, is_handed in outcome.diversions
        if is_handed and times in (2.0, 3.0) and value >= LARGE
    ]
    return rate(sum(found), len(found))


def _rivals(group: Sequence[_Outcome], allowed: float) -> tuple[RivalPower, ...]:
    scored = [outcome.rivals for outcome in group]
    truth = np.stack([outcome.truth for outcome in group])
    ours = np.stack([outcome.found for outcome in group])
    n = int(truth.sum())
    result = []
    for index, name in enumerate(rivals.RULES):
        score = np.stack([one[index].score for one in scored])
        accused = np.stack([one[index].accused for one in scored])
        found = rivals.found_at(score, truth, allowed)
        result.append(
            RivalPower(
                name=name,
                rule=rivals.RULES[name],
                power=rate(int((found & truth).sum()), n),
                ours=rate(int((ours & truth).sum()), n),
                own_false_discovery_rate=rate(int((accused & ~truth).sum()), int(accused.sum())),
                own_power=rate(int((accused & truth).sum()), n),
            )
        )
    return tuple(result)


def rate(hits: int, of: int) -> Rate:
    """Return a share with its exact binomial interval."""
    if not of:
        return Rate(hits, of, None, None, None)
    tail = (1 - CONFIDENCE) / 2

    def low(p: float) -> float:
        return float(beta.ppf(p, hits, of - hits + 1)) if hits else 0.0

    def high(p: float) -> float:
        return float(beta.ppf(1 - p, hits + 1, of - hits)) if hits < of else 1.0

    return Rate(hits, of, hits / of, (low(tail), high(tail)), high(1 - CONFIDENCE))
