"""The say-do test held against planted truth: invented worlds with excess of known level."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from pyarrow import parquet
from scipy.special import stdtrit

from throughflow.dossier.saydo import legs, rule
from throughflow.dossier.saydo.model import FIRST_LEG, SECOND_LEG, LegLevel, MissingLeg
from throughflow.model.periods import Window, month_number
from throughflow.trade import spread
from throughflow.trade.request import Request
from throughflow.trade.simulate import planting, tables, world
from throughflow.warehouse import Warehouse, load

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from throughflow.dossier.saydo.legs import Levels, Margin
    from throughflow.trade.simulate.planting import Planted
    from throughflow.trade.simulate.world import Size, World
    from throughflow.trade.spread import Spread
    from throughflow.trade.study import Study

    FloatArray = NDArray[np.float64]

# Excess on each leg in margins of its own, and how many trials in so many have it. The last two are
# goods that came and stayed, and goods that came of which just a margin went on.
LEVELS = (
    ((0.0, 0.0), 2),
    ((0.25, 0.25), 1),
    ((0.5, 0.5), 2),
    ((1.0, 1.0), 3),
    ((2.0, 2.0), 4),
    ((3.0, 3.0), 4),
    ((4.0, 4.0), 4),
    ((6.0, 6.0), 2),
    ((4.0, 0.0), 1),
    ((4.0, 1.0), 3),
)
# How an excess lies on the goods: on each leg as its goods usually trade, or on the same goods in
# the same parts on both; and how often in three.
SPREAD_OUT, SAME_GOODS = "spread over each leg's goods", "the same goods on both legs"
SPREAD_IN_THREE = 2
# Share of a hub's goods that carry the excess, and how unevenly they do.
SHARE = (0.3, 1.0)
UNEVEN = 0.5
# Size of the exporter-hub pairs that stand for a hub's own exports to the target, a year.
ONE_EXPORTER = (1e7, 1e8)
# Months of the window in which the statement may be made; months before and after are left.
FIRST_STATEMENT, LAST_STATEMENT = 3, 6


@dataclass(frozen=True, slots=True)
class Trial:
    """One claim of one hub in one world.

    Attributes:
        seed: Of the world.
        hub: Who claims.
        tense: ``present`` or ``future``.
        level: Excess planted on each leg, in margins of its own.
        design: How it lies on the goods, `SPREAD_OUT` or `SAME_GOODS`.
        with_both: Verdict with both legs.
        with_one: Verdict with the first leg only.
        value_only: Verdict with both legs if only the total were looked at.
    """

    seed: int
    hub: str
    tense: str
    level: tuple[float, float]
    design: str
    with_both: str
    with_one: str
    value_only: str


@dataclass(frozen=True, slots=True)
class Strays:
    """How far what was recorded lay from what was expected when nothing was restricted.

    Attributes:
        totals: Of hubs' totals: root mean square of the log of recorded over expected.
        one_exporter: Of what one exporter sends to one hub, of `ONE_EXPORTER` a year: the median
            over such pairs of the same; the nearest real data have to a hub's own exports.
    """

    totals: float
    one_exporter: float


@dataclass(frozen=True, slots=True)
class WorldTrials:
    """What one world showed."""

    trials: tuple[Trial, ...]
    strays: Strays


def of_world(seed: int, margin: Margin, *, size: Size = world.WIDE) -> WorldTrials:
    """Invent a world, plant, load it as any user's file, and judge every hub's two claims."""
    made = world.generate(seed, size=size)
    rng = np.random.default_rng([seed, 41])
    said = int(rng.integers(FIRST_STATEMENT, LAST_STATEMENT + 1))
    length = made.sent.shape[3] - made.begins
    months = {"present": (0, said), "future": (said + 1, length)}
    planted = planting.plant(made, 0.0, seed)
    levels = {tense: _plant(planted, rng, span, margin) for tense, span in months.items()}
    with tempfile.TemporaryDirectory(prefix="throughflow-saydo-") as scratch:
        file = Path(scratch) / "trade.parquet"
        parquet.write_table(tables.trade(planted, seed), file)
        load([file], Path(scratch) / "warehouse")
        with Warehouse(Path(scratch) / "warehouse") as warehouse:
            asked = {
                tense: legs.read(warehouse, _request(made, span), world.HUBS, margin)
                for tense, span in months.items()
            }
    trials = [
        trial
        for tense, (_, told) in asked.items()
        for trial in _judge(told, (seed, tense), levels[tense])
    ]
    return WorldTrials(tuple(trials), strays(asked["future"][0]))


def _plant(
    planted: Planted, rng: np.random.Generator, span: tuple[int, int], margin: Margin
) -> list[tuple[tuple[float, float], str]]:
    """Plant in some months of every hub, in place, and return the levels and designs."""
    made = planted.world
    kinds = [level for level, count in LEVELS for _ in range(count)]
    window = _window(made, span)
    months = slice(made.begins + span[0], made.begins + span[1])
    chosen = []
    for hub, place in enumerate(made.hubs):
        level = kinds[int(rng.integers(0, len(kinds)))]
        design = SPREAD_OUT if rng.integers(0, 3) < SPREAD_IN_THREE else SAME_GOODS
        bought = made.sent[:, place, : made.n_listed, : made.begins].sum(axis=(0, 2))
        sold = made.onward[hub, : made.n_listed, : made.begins].sum(axis=1)
        # A good is passed on the more, the more a hub already buys of it and sells of it.
        both = np.sqrt(bought * sold)
        weight = _uneven(rng, len(both))
        for leg, (times, past) in enumerate(zip(level, (bought, sold), strict=True)):
            flow = (
                planted.sent[:, place, : made.n_listed]
                if leg == 0
                else planted.onward[None, hub, : made.n_listed]
            )
            usual = float(flow[:, :, months].sum())
            part = weight * (past if design == SPREAD_OUT else both)
            worth = times * margin.of(usual, window, world.CURRENCY)
            flow[:, :, months] += worth * _laid_out(rng, flow, part / part.sum(), months)
        chosen.append((level, design))
    return chosen


def _uneven(rng: np.random.Generator, n_goods: int) -> FloatArray:
    """Choose the goods that carry an excess, and how much more than their part each does."""
    some = rng.random(n_goods) < rng.uniform(*SHARE)
    weight: FloatArray = np.where(some, rng.lognormal(0, UNEVEN, n_goods), 0.0)
    return weight


def _laid_out(
    rng: np.random.Generator, flow: FloatArray, goods: FloatArray, months: slice
) -> FloatArray:
    """Lay one unit of money out over exporters, goods and months."""
    past = flow[:, :, : months.start].sum(axis=2)
    # A good that this leg never carried is laid out like the others of the leg.
    whole = past.sum(axis=1) / past.sum()
    of_good = np.where(past.sum(axis=0) > 0, past / np.maximum(past.sum(axis=0), 1e-9),
                       whole[:, None])  # fmt: skip
    path = rng.lognormal(0, 0.4, months.stop - months.start)
    laid: FloatArray = of_good[:, :, None] * goods[None, :, None] * (path / path.sum())
    return laid


def _window(made: World, span: tuple[int, int]) -> Window:
    first = month_number(made.first) + made.begins
    whole = Window(world.TREATED, world.LAST).months()
    assert month_number(whole[0]) == first  # noqa: S101 - the world begins where it says
    return Window(whole[span[0]], whole[span[1] - 1])


def strays(study: Study) -> Strays:
    """Measure how far totals and single exporters' legs strayed at fake dates."""
    rung = study.rungs[0]
    totals = spread.measure(study, rung)
    hubs = [i for i, partner in enumerate(study.panel.partners) if partner != study.request.target]
    past = np.where(study.real.usable, study.real.past, 0.0)[:, hubs].sum(axis=2)
    of_size = (past >= ONE_EXPORTER[0]) & (past < ONE_EXPORTER[1])
    actual = np.array([fake.actual[:, hubs].sum(axis=2)[of_size] for fake in study.fake_dates])
    expected = np.array(
        [fake.expected(rung)[:, hubs].sum(axis=2)[of_size] for fake in study.fake_dates]
    )
    known = (actual > 0) & (expected > 0)
    logs = np.log(np.where(known, actual, 1.0)) - np.log(np.where(known, expected, 1.0))
    of_pair = np.sqrt((logs**2).sum(axis=0) / np.maximum(known.sum(axis=0), 1))
    return Strays(
        totals.sigma if totals else float("nan"),
        float(np.median(of_pair)) if of_pair.size else float("nan"),
    )


def _request(made: World, span: tuple[int, int]) -> Request:
    return Request(
        currency=world.CURRENCY, control_list=world.CONTROL_LIST, window=_window(made, span)
    )


def _judge(
    told: Levels,
    which: tuple[int, str],
    levels: Sequence[tuple[tuple[float, float], str]],
) -> list[Trial]:
    nothing = MissingLeg(SECOND_LEG, "left out")
    seed, tense = which
    found = []
    for hub, (level, design) in zip(world.HUBS, levels, strict=True):
        first, second = told.first[hub], told.second[hub]
        found.append(
            Trial(
                seed, hub, tense, level, design,
                rule.decide(rule.CONDUCT, first, second).word,
                rule.decide(rule.CONDUCT, first, nothing).word,
                rule.decide(rule.CONDUCT, _by_value(first), _by_value(second)).word,
            )
        )  # fmt: skip
    return found


def _by_value(leg: LegLevel | MissingLeg) -> LegLevel | MissingLeg:
    """Judge a leg again by its total alone."""
    if isinstance(leg, MissingLeg) or leg.excess_low is None or leg.excess_high is None:
        return leg
    value = rule.Measure(leg.excess, leg.excess_low, leg.excess_high)
    return replace(leg, place=rule.place(value, None, leg.margin, 0))


@dataclass(frozen=True, slots=True)
class QuietTrial:
    """One pair of hubs at one fake date of real data, with excess of known level added to both.

    Attributes:
        first: Hub whose total stands for the first leg.
        second: Hub whose total stands for the second.
        level: Excess added to each leg, in margins of its own.
        verdict: Verdict with both legs, by their totals alone.
    """

    first: str
    second: str
    level: float
    verdict: str


def of_quiet_months(
    study: Study, margin: Margin, levels: Sequence[float]
) -> tuple[list[QuietTrial], float]:
    """Add excess to what real totals did when nothing was restricted.

    Totals of two hubs stand for the two legs, so this shows what noise like that of the data
    allows, not how a second leg strays. Each hub's interval comes from the other hubs. Hubs and
    fake dates are few and overlap: the shares say about what, not exactly what.

    Args:
        study: Real data with fake dates.
        margin: Its share counts; totals are relative, so its floor does not.
        levels: Excess in margins.

    Returns:
        A trial per pair, date and level, and how far totals stray: the standard deviation of the
        log of recorded over expected.
    """
    found = spread.measure(study, study.rungs[0])
    if found is None:
        return [], float("nan")
    trials = []
    for date in range(found.log_ratio.shape[1]):
        for level in levels:
            places = [
                _quiet_place(found, hub, date, level, margin) for hub in range(len(found.hubs))
            ]
            for one, first in enumerate(places):
                for two, second in enumerate(places):
                    if one != two:
                        word = rule.decide(rule.CONDUCT, replace(first, leg=FIRST_LEG), second).word
                        trials.append(QuietTrial(found.hubs[one], found.hubs[two], level, word))
    return trials, found.sigma


def _quiet_place(found: Spread, hub: int, date: int, level: float, margin: Margin) -> LegLevel:
    """Judge one hub's total at one fake date, with an excess added, by the other hubs' totals."""
    others = np.delete(found.log_ratio, hub, axis=0)
    t = float(stdtrit(len(others) - 1, (1 + margin.confidence) / 2))
    factor = float(np.exp(t * np.sqrt(np.mean(others**2))))
    actual = float(np.exp(found.log_ratio[hub, date])) * (1 + level * margin.share)
    value = rule.Measure(actual - 1, actual - factor, actual - 1 / factor)
    return LegLevel(
        SECOND_LEG, "", "", actual, 1.0, value.best, value.low, value.high, 0, None, None, None,
        margin.share, None, rule.place(value, None, margin.share, 0),
    )  # fmt: skip
