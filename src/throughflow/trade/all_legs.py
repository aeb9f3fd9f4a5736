"""All legs of a road judged together: their evidence, ranked among the placebos that have them.

The statistic is the sum of minus the logs of the legs' p-values, each capped and weighed by how its
size fits (see `leg_evidence`), the later ones straight to the target or through a second hub,
whichever says more; and the log of how much of the error rate the row may spend. Its p-value is its
rank among the same statistic of the placebos, and in the far tail by the tail's shape. No
independence of the legs is assumed: the placebos carry whatever the legs share.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from throughflow.trade import (
    conformal,
    discovery,
    leg_evidence,
    levels,
    placebo,
    second_hub,
    tail,
)
from throughflow.trade.leg_evidence import Leg
from throughflow.trade.request import LEVELS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from throughflow.trade.conformal import Judged
    from throughflow.trade.counterfactual import Prediction
    from throughflow.trade.placebo import Placebo
    from throughflow.trade.study import Study

    FloatArray = NDArray[np.float64]
    IntArray = NDArray[np.int64]
    BoolArray = NDArray[np.bool_]

# A leg that is no stranger than this is no second witness.
AGREES = 0.1
# Fewer placebo pairs than these do not rank anything.
FEWEST = 200


@dataclass(frozen=True, slots=True)
class Chain:
    """The studies of all legs, and how their hubs match.

    Attributes:
        study: The first leg.
        turned: From hubs to the target.
        among: From hubs to hubs; None where it is not recorded or too large.
        at: Place of each hub of `turned` among the destinations of `study`.
    """

    study: Study
    turned: Study
    among: Study | None
    at: IntArray

    @property
    def studies(self) -> tuple[Study, ...]:
        """The legs that are there, in the order of the road."""
        return tuple(s for s in (self.study, self.turned, self.among) if s is not None)


def joint(chain: Chain, own: Leg) -> tuple[FloatArray, NDArray[np.str_], int]:
    """Rank all legs together among the placebos that have them.

    Args:
        chain: The legs.
        own: The leg to the target in the window, judged; see `second_leg`.

    Returns:
        P-values, NaN where either leg cannot be told or too few placebos have both; second hubs,
        empty where the hub's own exports say more; both of shape (n_hubs, n_families). And the
        number of placebos that have all legs.
    """
    study, turned = chain.study, chain.turned
    pool: list[tuple[FloatArray, IntArray, BoolArray]] = []
    for fakes in _matched(chain):
        fake = fakes[0]
        second = second_leg(turned, fakes[1].prediction, fake.headings)
        told = _statistic(chain, [f.prediction for f in fakes], fake.headings, second)
        known = ~np.isnan(told.statistic) & fake.at[chain.at][:, None]
        folds = np.broadcast_to(conformal.fold_of(fake.headings)[None, :], known.shape)
        pool.append((told.statistic[known], folds[known], told.is_new[known]))
    values = np.concatenate([one for one, _, _ in pool])
    folds = np.concatenate([one for _, one, _ in pool])
    is_new = np.concatenate([one for _, _, one in pool])
    headings = headings_of(study)
    told = _statistic(chain, [one.real for one in chain.studies], headings, own)
    fold = np.broadcast_to(conformal.fold_of(headings)[None, :], told.statistic.shape)
    p = np.full(told.statistic.shape, np.nan)
    for part in range(conformal.FOLDS):
        for kind in (False, True):
            others = is_new == kind
            if levels.is_foldable(study):
                others &= folds != part
            mine = (fold == part) & (told.is_new == kind) & ~np.isnan(told.statistic)
            if others.sum() >= FEWEST:
                p[mine] = tail.exceeding(values[others], told.statistic[mine])
    return p, told.through, len(values)


def _matched(chain: Chain) -> list[tuple[Placebo, ...]]:
    """Match the placebos of all legs: the same fake dates, the same never-restricted goods."""
    kinds = (placebo.FAKE_DATE, placebo.NEVER_RESTRICTED)
    legs = [[p for p in one.placebos if p.kind in kinds] for one in chain.studies]
    return list(zip(*legs, strict=True))


@dataclass(frozen=True, slots=True)
class _Told:
    """What all legs say, every array of shape (n_hubs, n_families).

    Attributes:
        statistic: Their evidence, and how much of the error rate the row may spend; NaN where
            either leg is unknown.
        is_new: Rows without a past; all of them weigh the same.
        through: Second hub, where it says more than the hub's own exports to the target.
    """

    statistic: FloatArray
    is_new: BoolArray
    through: NDArray[np.str_]


def _statistic(
    chain: Chain, predictions: Sequence[Prediction], headings: tuple[str, ...], second: Leg
) -> _Told:
    """Add up the evidence of the legs at one date, or of one set of placebo goods."""
    whole, is_new = _judged(chain.study, predictions[0], headings, ("product",))
    is_new = is_new[0, chain.at]
    first = Leg(*(c[0, chain.at] for c in (whole.p, whole.actual, whole.excess)))
    carried = leg_evidence.carried(first)
    later = leg_evidence.of_later(second, carried)
    through = np.full(later.shape, "", dtype="U2")
    if chain.among is not None:
        between, _ = _judged(chain.among, predictions[2], headings, LEVELS)
        spots = second_hub.places(chain.among, chain.turned)
        handed, place = second_hub.evidence(between, second, carried, spots)
        is_more = (handed > later) & (handed >= -np.log(AGREES))
        names = np.array(chain.turned.panel.reporters)
        through[is_more] = names[place[is_more]]
        later = np.maximum(later, handed)
    spends = np.where(is_new, 0.0, np.log(discovery.weight(first.actual - first.excess)))
    return _Told(leg_evidence.of_first(first) + later + spends, is_new, through)


def second_leg(turned: Study, prediction: Prediction, headings: tuple[str, ...]) -> Leg:
    """Judge what hubs record as exported to the target.

    A hub that records some goods and not this one sent nothing of it, as far as it says.
    """
    judged, _ = _judged(turned, prediction, headings, LEVELS)
    p = judged.p[:, 0]
    says = ~np.isnan(p).all(axis=1, keepdims=True)
    return Leg(np.where(np.isnan(p) & says, 1.0, p), judged.actual[:, 0], judged.excess[:, 0])


def _judged(
    study: Study, prediction: Prediction, headings: tuple[str, ...], by: tuple[str, ...]
) -> tuple[Leg, BoolArray]:
    """Judge every unit of a prediction by the other folds, and say which have no past.

    A unit at which nothing was recorded in the window deviates upwards no less than any: one.
    """
    rung = study.rungs[0]
    units = levels.level_of(prediction, by, rung)
    shown = units.is_unit & (units.expected > 0)
    judged: Judged = levels.judge(study, by, rung, units, shown, headings=headings)
    p = np.full(units.actual.shape, np.nan)
    p[shown] = judged.p
    silent: BoolArray = units.is_unit & (units.actual <= 0)
    p[silent] = 1.0
    return Leg(p, units.actual, units.actual - units.expected), units.is_new


def headings_of(study: Study) -> tuple[str, ...]:
    """Return the HS4 heading of each family of a study."""
    return tuple(family.heading for family in study.goods.families)
