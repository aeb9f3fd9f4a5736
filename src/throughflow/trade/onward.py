"""The second leg: what hubs themselves record as exported to the target, judged like the first.

One leg alone says that more came; that it went on is another series, kept by another customs
service. Where a dataset holds both, a row is judged by both together: the statistic is the sum of
minus the logs of the two p-values, no leg counting for more than its cap so that neither can carry
the finding alone, and the second only as far as its size fits the first's: a trickle is no sequel,
and what is far more than came must have come from elsewhere. The p-value of both is the
statistic's rank among the same statistic of the placebos, times a guard for their overlap. No
independence of the legs is assumed: the placebos carry whatever the legs share.

Goods that never arrive on record leave no second leg. So a row may be found by the first alone as
well, at a tenth of the rate; the rest is kept for both together.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from throughflow.trade import conformal, levels, peers, placebo, unrestricted
from throughflow.trade import panel as panels
from throughflow.trade import study as studies
from throughflow.trade.request import LEVELS

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from throughflow.trade.conformal import Judged
    from throughflow.trade.counterfactual import Panel, Prediction
    from throughflow.trade.placebo import Placebo
    from throughflow.trade.study import Study
    from throughflow.warehouse import Warehouse

    FloatArray = NDArray[np.float64]
    IntArray = NDArray[np.int64]
    BoolArray = NDArray[np.bool_]

# Minus the log of the smallest p-value that each leg may contribute.
MOST_FIRST, MOST_SECOND = 5.0, 6.0
# A second leg counts in full when its excess is at least the first of these shares of what the
# first leg can have carried and at most the second; beyond either end in proportion.
FITS = (0.3, 2.0)
# What the first leg can have carried is its excess, which strays, and at least this share of all
# that was sent.
CARRIED = 0.4
# Share of the error rate that a row may spend on both legs together; the rest on the first alone.
JOINT_SHARE = 0.9
# Fake dates overlap, so placebo pairs come in clusters: a series that strays once counts several
# times or not at all, and a rank among them is less sure than their number says. Without this
# factor on it one discovery in eighteen was false where one in twenty was promised.
GUARD = 1.3
# A leg that is no stranger than this is no second witness.
AGREES = 0.1
# Fewer placebo pairs than these do not rank anything.
FEWEST = 200


@dataclass(frozen=True, slots=True)
class Onward:
    """Hubs' exports of the same goods to the target.

    Attributes:
        study: The question turned round: hubs are the exporters, the target the destination.
        actual: Recorded over the window, shape (n_hubs, n_families); hubs as in the first leg.
        expected: Counterfactual of it, same shape.
        p: Share of placebos that deviate upwards at least as much, same shape; one where nothing
            was recorded, NaN where it cannot be told: the hub records no exports to the target.
        p_joint: P-value of both legs together, same shape; NaN where either cannot be told.
        pairs: Number of placebo pairs behind `p_joint`.
    """

    study: Study
    actual: FloatArray
    expected: FloatArray
    p: FloatArray
    p_joint: FloatArray
    pairs: int


def read(warehouse: Warehouse, study: Study, hubs: tuple[str, ...]) -> Onward | None:
    """Read and judge the second leg.

    Args:
        warehouse: Where the data are.
        study: The first leg.
        hubs: Destinations that may be hubs.

    Returns:
        The leg; None where the dataset holds no exports of hubs to the target, or no placebos.
    """
    turned = between(warehouse, study, hubs, (study.request.target,))
    if turned is None:
        return None
    at = np.array([study.panel.partners.index(hub) for hub in turned.panel.reporters])
    rung = turned.rungs[0]
    own = _second(turned, turned.real, placebo_headings(turned))
    shape = study.panel.shape[1:]
    actual, expected, p = np.zeros(shape), np.zeros(shape), np.full(shape, np.nan)
    actual[at] = turned.real.actual[:, 0, :]
    expected[at] = turned.real.expected(rung)[:, 0, :]
    p[at] = own.p
    joint = np.full(shape, np.nan)
    joint[at], pairs = _joint(study, turned, at, own)
    return Onward(turned, actual, expected, p, joint, pairs)


def combined(p: FloatArray, p_joint: FloatArray) -> FloatArray:
    """Return the p-value that a row's q is made of, shape as given.

    Args:
        p: P-value of the first leg.
        p_joint: P-value of both; NaN where there is no second leg, and `p` then stands alone.
    """
    both = np.fmin(p_joint / JOINT_SHARE, p / (1 - JOINT_SHARE))
    made: FloatArray = np.where(np.isnan(p_joint), p, np.minimum(both, 1.0))
    return made


def placebo_headings(study: Study) -> tuple[str, ...]:
    """Return the HS4 heading of each family of a study."""
    return tuple(family.heading for family in study.goods.families)


def between(
    warehouse: Warehouse, study: Study, hubs: tuple[str, ...], receivers: tuple[str, ...]
) -> Study | None:
    """Ask a study's question of what hubs record as exported to some destinations.

    Args:
        warehouse: Where the data are.
        study: The first leg.
        hubs: Destinations that may be hubs: the exporters of this leg.
        receivers: The target, or the hubs again.

    Returns:
        The same question turned round; None where nothing is recorded, or there are no placebos.
    """
    request = replace(study.request, reporters=())
    grid = panels.Between(hubs, receivers)
    panel = panels.read(
        warehouse, request, study.series, study.goods, study.months, study.window, grid
    )
    if not len(panel.value):
        return None
    rest = unrestricted.read(warehouse, request, study.series, study.goods, panel)
    panel = replace(panel, unrestricted=rest)
    design = studies.design_of(study.goods, study.window, study.months, panel.reporters)
    here = np.ones(len(panel.partners), dtype=bool)
    others = _peers(warehouse, study, panel, grid)
    predicted = placebo.predict(
        panel,
        design,
        study.shifts,
        placebo_headings(study),
        at=here,
        others=None
        if others is None
        else placebo.Others(
            others.panel,
            studies.design_of(others.goods, study.window, study.months, panel.reporters),
            tuple(family.heading for family in others.goods.families),
            here,
        ),
    )
    if not predicted.placebos:
        return None
    return replace(
        study,
        request=request,
        panel=panel,
        design=design,
        real=predicted.real,
        placebos=tuple(predicted.placebos),
        peers=others,
        rungs=("B", "C") if rest is not None else ("C",),
        ready={},
    )


def _peers(
    warehouse: Warehouse, study: Study, panel: Panel, between: panels.Between
) -> peers.Peers | None:
    """Read the same never-restricted goods on the second leg."""
    if study.peers is None:
        return None
    goods = study.peers.goods
    trade = panels.read(
        warehouse, study.request, study.series, goods, study.months, study.window, between
    )
    on_grid = panels.on_grid(trade, panel)
    return peers.Peers(goods, replace(on_grid, unrestricted=panel.unrestricted))


@dataclass(frozen=True, slots=True)
class _Leg:
    """One leg of every hub and family, arrays of shape (n_hubs, n_families)."""

    p: FloatArray
    actual: FloatArray
    excess: FloatArray


def _joint(study: Study, turned: Study, at: IntArray, own: _Leg) -> tuple[FloatArray, int]:
    """Rank both legs together among the placebos that have both, (n_hubs, n_families)."""
    fold = conformal.fold_of(placebo_headings(study))
    pool, pool_fold = [], []
    for one, two in _pairs(study, turned):
        first = _first(study, one.prediction, one.headings, at)
        statistic = _statistic(first, _second(turned, two.prediction, two.headings))
        known = ~np.isnan(statistic) & one.at[at][:, None]
        pool.append(statistic[known])
        folds = conformal.fold_of(one.headings)
        pool_fold.append(np.broadcast_to(folds[None, :], statistic.shape)[known])
    statistic = _statistic(_first(study, study.real, placebo_headings(study), at), own)
    joint = np.full(statistic.shape, np.nan)
    values, folds = np.concatenate(pool), np.concatenate(pool_fold)
    if len(values) < FEWEST:
        return joint, len(values)
    for part in range(conformal.FOLDS):
        others = np.sort(values[folds != part]) if levels.is_foldable(study) else np.sort(values)
        mine = np.broadcast_to(fold == part, statistic.shape) & ~np.isnan(statistic)
        above = len(others) - np.searchsorted(others, statistic[mine], side="left")
        joint[mine] = np.minimum(GUARD * (1 + above) / (1 + len(others)), 1.0)
    return joint, len(values)


def _pairs(study: Study, turned: Study) -> list[tuple[Placebo, Placebo]]:
    """Match the placebos of both legs: the same fake dates, the same never-restricted goods."""
    kinds = (placebo.FAKE_DATE, placebo.NEVER_RESTRICTED)
    legs = [[p for p in one.placebos if p.kind in kinds] for one in (study, turned)]
    return list(zip(*legs, strict=True))


def _statistic(first: _Leg, second: _Leg) -> FloatArray:
    """Add up the evidence of both legs, NaN where either is unknown."""
    one = np.minimum(-np.log(first.p), MOST_FIRST)
    two = np.minimum(-np.log(second.p), MOST_SECOND)
    carried = np.maximum(first.excess, CARRIED * first.actual)
    both = (carried > 0) & (second.excess > 0)
    share = np.divide(second.excess, carried, out=np.zeros_like(one), where=both)
    least, most = FITS
    fits = np.minimum(share / least, 1.0) * (most / np.maximum(share, most))
    total: FloatArray = one + two * fits
    return total


def _first(study: Study, prediction: Prediction, headings: tuple[str, ...], at: IntArray) -> _Leg:
    """Judge the sums of all exporters to some hubs."""
    p, actual, excess = _judged(study, study.rungs[0], prediction, headings, ("product",))
    return _Leg(p[0, at], actual[0, at], excess[0, at])


def _second(turned: Study, prediction: Prediction, headings: tuple[str, ...]) -> _Leg:
    """Judge what hubs record as exported to the target.

    A hub that records some goods and not this one sent nothing of it, as far as it says.
    """
    p, actual, excess = (
        column[:, 0] for column in _judged(turned, turned.rungs[0], prediction, headings, LEVELS)
    )
    says = ~np.isnan(p).all(axis=1, keepdims=True)
    return _Leg(np.where(np.isnan(p) & says, 1.0, p), actual, excess)


def _judged(
    study: Study,
    rung: str,
    prediction: Prediction,
    headings: tuple[str, ...],
    by: tuple[str, ...],
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Judge every unit of a prediction by the other folds: p, actual, excess; p NaN if unknown.

    A unit at which nothing was recorded in the window deviates upwards no less than any: one.
    """
    units = levels.level_of(prediction, by, rung)
    shown = units.is_unit & (units.expected > 0)
    judged: Judged = levels.judge(study, by, rung, units, shown, headings=headings)
    p = np.full(units.actual.shape, np.nan)
    p[shown] = judged.p
    silent: BoolArray = units.is_unit & (units.actual <= 0)
    p[silent] = 1.0
    return p, units.actual, units.actual - units.expected
