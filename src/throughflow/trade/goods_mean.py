"""How much more of a good than expected, on average over goods: a level no single good decides.

The total of a hub is led by its few largest goods, and one contract can move it by half. Here
every good counts by how exactly its trade can be told: by the inverse of how far goods of its size
strayed at fake dates. Ratios are cut at `CUT`, and divided by what the same ratios were on average
at fake dates, so that a hub at which nothing happens reads one.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import stdtrit

from throughflow.trade import conformal

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from throughflow.trade.counterfactual import Prediction

    FloatArray = NDArray[np.float64]
    BoolArray = NDArray[np.bool_]

# A good that trades more than this many times its expectation counts as that many.
CUT = 5.0
# A size class with fewer placebo goods than this says nothing of its own; neither does a hub with
# fewer goods.
FEWEST_IN_CLASS = 30
FEWEST_GOODS = 5


@dataclass(frozen=True, slots=True)
class Goods:
    """Goods of hubs in one window, every array of shape (n_hubs, n_families).

    Attributes:
        actual: Recorded value.
        expected: Expected value.
        known: Goods with a past and an expectation.
    """

    actual: FloatArray
    expected: FloatArray
    known: BoolArray


@dataclass(frozen=True, slots=True)
class GoodsMean:
    """The mean over goods at each hub, every array of shape (n_hubs,).

    Attributes:
        multiple: Recorded over expected; NaN where too few goods or fake dates tell it.
        low: Lower end of its interval.
        high: Upper end.
        count: Number of goods.
        total_factor: Factor by which the interval of a hub's total reaches to either side: the
            wider, the fewer goods lead it; NaN where fake dates do not tell it.
    """

    multiple: FloatArray
    low: FloatArray
    high: FloatArray
    count: NDArray[np.int64]
    total_factor: FloatArray


def goods_of(prediction: Prediction, rung: str, places: Sequence[int], side: int) -> Goods:
    """Add a prediction up to the goods of some hubs.

    Args:
        prediction: Of all cells.
        rung: Rung of the expectation.
        places: Positions of the hubs.
        side: Axis that the hubs are on: 1 where they receive, 0 where they send.
    """
    usable = prediction.usable

    def summed(array: FloatArray) -> FloatArray:
        whole: FloatArray = np.where(usable, array, 0.0).sum(axis=1 - side)
        chosen: FloatArray = whole[list(places)]
        return chosen

    expected = summed(prediction.expected(rung))
    known = (expected > 0) & (summed(prediction.past) > 0)
    return Goods(summed(prediction.actual), expected, known)


def measure(real: Goods, fakes: Sequence[Goods], confidence: float) -> GoodsMean:
    """Measure the mean over goods of each hub.

    Args:
        real: The window.
        fakes: The same hubs and goods at fake dates.
        confidence: Confidence of the intervals: Student's t with one degree of freedom less than
            there are hubs, as overlapping fake dates add none.
    """
    count = real.known.sum(axis=1).astype(np.int64)
    classes = _classes(fakes)
    told = [_mean(fake, classes) for fake in fakes]
    t_scale = _t_scale([mean for mean, _ in told], [error for _, error in told], confidence)
    mean, error = _mean(real, classes)
    factor = np.where(count >= FEWEST_GOODS, np.exp(t_scale * error), np.nan)
    totals = [_total_ratio(fake) for fake in fakes]
    apart = [_total_error(fake, classes) for fake in fakes]
    return GoodsMean(
        np.where(np.isnan(factor), np.nan, mean),
        # What goods stray by is times what they trade, an excess that lies on all of them included.
        mean / factor,
        mean * factor,
        count,
        np.exp(_t_scale(totals, apart, confidence) * _total_error(real, classes)),
    )


def _t_scale(
    ratios: Sequence[FloatArray], errors: Sequence[FloatArray], confidence: float
) -> float:
    """Return how many of the errors that its goods make a hub strays at most.

    Args:
        ratios: Of each fake date, a ratio that would be one, shape (n_hubs,).
        errors: Standard error of its log if goods strayed on their own, same shapes.
        confidence: How often at most is.

    Returns:
        The root mean square of what was measured over what goods alone make, times the quantile
        of Student's t; NaN where nothing was measured.
    """
    if not ratios:
        return float("nan")
    table, error = np.array(ratios), np.array(errors)
    told = (table > 0) & (error > 0)
    if not told.any():
        return float("nan")
    strayed = np.log(table[told]) / error[told]
    hubs = int(told.any(axis=0).sum())
    t = float(stdtrit(max(hubs - 1, 1), (1 + confidence) / 2))
    return t * float(np.sqrt(np.mean(strayed**2)))


def _total_ratio(goods: Goods) -> FloatArray:
    actual, expected = goods.actual.sum(axis=1), goods.expected.sum(axis=1)
    ratio: FloatArray = np.divide(
        actual, expected, out=np.full_like(actual, np.nan), where=expected > 0
    )
    return ratio


def _total_error(goods: Goods, classes: dict[int, tuple[float, float]]) -> FloatArray:
    """Return the standard error of the log of a hub's total if its goods strayed on their own."""
    size = conformal.size_class(goods.expected)
    widest = max((variance for _, variance in classes.values()), default=float("nan"))
    variance = np.full_like(goods.expected, widest)
    for one, (_, own) in classes.items():
        variance[size == one] = own
    total = goods.expected.sum(axis=1, keepdims=True)
    share = np.divide(goods.expected, total, out=np.zeros_like(goods.expected), where=total > 0)
    # The variance of a ratio, as that of its log; a hub of one good strays far, but not as far as
    # its square.
    error: FloatArray = np.sqrt(np.log1p((share**2 * variance).sum(axis=1)))
    return error


def _ratio(goods: Goods) -> FloatArray:
    ratio = np.divide(
        goods.actual, goods.expected, out=np.zeros_like(goods.actual), where=goods.known
    )
    cut: FloatArray = np.minimum(ratio, CUT)
    return cut


def _classes(fakes: Sequence[Goods]) -> dict[int, tuple[float, float]]:
    """Return the mean ratio at fake dates and the variance around it, by size class."""
    if not fakes:
        return {}
    ratio = np.concatenate([_ratio(fake)[fake.known] for fake in fakes])
    size = np.concatenate([conformal.size_class(fake.expected[fake.known]) for fake in fakes])
    found = {}
    for one in np.unique(size).tolist():
        same = ratio[size == one]
        mean = float(same.mean())
        if len(same) >= FEWEST_IN_CLASS and mean > 0:
            # Relative to the mean, since ratios are divided by it.
            found[int(one)] = (mean, float(same.var()) / mean**2)
    return {one: (mean, variance) for one, (mean, variance) in found.items() if variance > 0}


def _mean(goods: Goods, classes: dict[int, tuple[float, float]]) -> tuple[FloatArray, FloatArray]:
    """Return the weighted mean of each hub, and its standard error if goods strayed on their own.

    Both are NaN at hubs none of whose goods has a class.
    """
    size = conformal.size_class(goods.expected)
    weight, usual = np.zeros_like(goods.expected), np.ones_like(goods.expected)
    for one, (mean, variance) in classes.items():
        inside = goods.known & (size == one)
        weight[inside], usual[inside] = 1 / variance, mean
    total = weight.sum(axis=1)
    total = np.where(total > 0, total, np.nan)
    return (weight * _ratio(goods) / usual).sum(axis=1) / total, 1 / np.sqrt(total)
