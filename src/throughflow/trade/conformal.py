"""Prediction intervals and p-values from fake dates: split conformal by size class.

At a fake date nothing was restricted, so the ratio of actual to expected shows what the method's
errors look like. Cells are classed by the size of their *expected* value and by how steadily they
traded (see `steadiness`); a cell's interval comes from the ratios of its class in the other folds
(folds are disjoint by HS4 heading). Where at least `TAIL` of a class trades nothing, the lower
end is zero and the whole error goes to the upper tail, so that the interval still covers what it
says and no more.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    FloatArray = NDArray[np.float64]
    IntArray = NDArray[np.int64]

FOLDS = 5
# Sums over goods are calibrated on sums over the other half of the headings, halved in this many
# ways; one way alone would leave the result to the luck of the split.
SPLITS = 6
CONFIDENCE = 0.9
TAIL = (1 - CONFIDENCE) / 2
# Lower ends of the size classes, in units of the question's currency.
SIZES = (0.0, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8)
# A class with fewer placebo ratios than this outside a unit's fold borrows from its neighbours.
ENOUGH = 200
# Fewer than this many placebo ratios give neither an interval nor a p-value.
TOO_FEW = 60
# Classes with fewer placebo ratios than this make no claim to cover what they say.
CLAIM = 300
NEW = -1


def fold_of(names: Sequence[str], folds: int = FOLDS) -> IntArray:
    """Assign HS4 headings, or destinations, to calibration folds by a hash that never moves.

    Returns:
        Fold of each, shape (n_names,).
    """
    return np.array(
        [int(hashlib.sha256(h.encode()).hexdigest()[:8], 16) % folds for h in names],
        dtype=np.int64,
    )


def half_of(headings: Sequence[str], split: int) -> IntArray:
    """Assign HS4 headings to two halves, another way for each `split`, shape (n_headings,)."""
    return np.array(
        [hashlib.sha256(f"{split}/{h}".encode()).digest()[0] % 2 for h in headings],
        dtype=np.int64,
    )


def size_class(expected: FloatArray) -> IntArray:
    """Return the index of the size class of each expected value, shape as given."""
    return np.searchsorted(np.array(SIZES), expected, side="right").astype(np.int64) - 1


@dataclass(frozen=True, slots=True)
class _Pool:
    """Placebo ratios of one class outside one fold: the positive ones sorted, and how many."""

    positive: FloatArray
    total: int

    def at_rank(self, rank: int) -> float:
        """Return the ratio of a rank from 1; ranks among the zeros give 0, beyond the end inf."""
        zeros = self.total - len(self.positive)
        if rank <= zeros:
            return 0.0
        if rank > self.total:
            return float("inf")
        return float(self.positive[rank - zeros - 1])

    def bounds(self, tail: float) -> tuple[float, float]:
        """Return the lower and upper ratio that leave out `tail` on each side."""
        zeros = self.total - len(self.positive)
        if zeros >= tail * self.total:
            return 0.0, self.at_rank(int(np.ceil((1 - 2 * tail) * (self.total + 1))))
        low = int(np.floor(tail * (self.total + 1)))
        return self.at_rank(max(low, 1)), self.at_rank(int(np.ceil((1 - tail) * (self.total + 1))))

    def exceeding(self, ratio: FloatArray) -> FloatArray:
        """Return the share of placebo ratios at least as large, counted with the cell itself."""
        above = len(self.positive) - np.searchsorted(self.positive, ratio, side="left")
        above = np.where(ratio <= 0, self.total, above)
        share: FloatArray = (1 + above) / (self.total + 1)
        return share


@dataclass(frozen=True, slots=True)
class Judged:
    """Intervals and p-values of a set of units.

    Attributes:
        low: Lower end of the expected value, shape (n,); NaN where placebos are too few.
        high: Upper end, shape (n,); NaN where placebos are too few.
        p: Share of placebos that deviate upwards at least as much, shape (n,); NaN likewise.
            Units expected at exactly zero have no placebos like them and no interval either.
        pool: Number of placebo ratios behind each, shape (n,).
    """

    low: FloatArray
    high: FloatArray
    p: FloatArray
    pool: IntArray


class Calibration:
    """Placebo ratios, sorted into classes and folds."""

    def __init__(
        self,
        ratio: FloatArray,
        size: IntArray,
        steadiness: IntArray,
        fold: IntArray,
        *,
        new_positive: FloatArray,
        new_fold: IntArray,
        new_total: IntArray,
        paired: bool = False,
    ) -> None:
        """Take placebo ratios of units with a past, and of units without one.

        Args:
            ratio: Actual over expected of units with a past, shape (n,).
            size: Size class of each, shape (n,).
            steadiness: Steadiness class of each, shape (n,).
            fold: Calibration fold of each, shape (n,).
            new_positive: Ratios of units without a past that traded, shape (m,).
            new_fold: Fold of each, shape (m,).
            new_total: Number of units without a past per fold, shape (n_folds,).
            paired: Folds 2k and 2k+1 are the halves of one split: a unit is judged by the other
                half of its own split, because halves of different splits share goods.
        """
        self._ratio, self._size, self._steadiness = ratio, size, steadiness
        self._fold = fold
        self._new = (new_positive, new_fold, new_total)
        self._paired = paired
        self._pools: dict[tuple[int, int, int], tuple[_Pool, ...]] = {}

    def judge(
        self,
        expected: FloatArray,
        actual: FloatArray,
        size: IntArray,
        steadiness: IntArray,
        fold: IntArray,
        *,
        tail: float = TAIL,
    ) -> Judged:
        """Give each unit the interval of its class from the other folds.

        Args:
            expected: Expected value, shape (n,).
            actual: Recorded value, shape (n,).
            size: Size class, or `NEW` for units without a past, shape (n,).
            steadiness: Steadiness class, shape (n,).
            fold: Calibration fold of each unit, -1 for units that belong to none, shape (n,).
            tail: Share left out on each side.
        """
        n = len(expected)
        low, high, p = np.full(n, np.nan), np.full(n, np.nan), np.full(n, np.nan)
        pool_size = np.zeros(n, dtype=np.int64)
        ratio = np.divide(actual, expected, out=np.zeros(n), where=expected > 0)
        for (s, r, f), chosen in _groups(size, steadiness, fold):
            chosen = chosen[expected[chosen] > 0]  # noqa: PLW2901 - the rest cannot be judged
            pools = [pool for pool in self._pools_of(s, r, f) if pool.total >= TOO_FEW]
            if not pools:
                pool_size[chosen] = max(pool.total for pool in self._pools_of(s, r, f))
                continue
            pool_size[chosen] = min(pool.total for pool in pools)
            bounds = [pool.bounds(tail) for pool in pools]
            top = max(upper for _, upper in bounds)
            low[chosen] = min(lower for lower, _ in bounds) * expected[chosen]
            # A finite pool cannot bound what its largest ratio has not reached.
            high[chosen] = top * expected[chosen] if np.isfinite(top) else np.inf
            if s == NEW:
                high[chosen] = np.maximum(high[chosen], expected[chosen])
            p[chosen] = np.max([pool.exceeding(ratio[chosen]) for pool in pools], axis=0)
        return Judged(low, high, p, pool_size)

    def _pools_of(self, size: int, steadiness: int, fold: int) -> tuple[_Pool, ...]:
        key = (size, steadiness, fold)
        if key not in self._pools:
            self._pools[key] = self._make_pools(*key)
        return self._pools[key]

    def _make_pools(self, size: int, steadiness: int, fold: int) -> tuple[_Pool, ...]:
        """Return the pools that judge a class; a thin class is judged by the harsher of two."""
        if size == NEW:
            positive, folds, totals = self._new
            total = int(totals[self._disjoint(np.arange(len(totals)), fold)].sum())
            return (_Pool(np.sort(positive[self._disjoint(folds, fold)]), total),)
        others = self._disjoint(self._fold, fold)
        near = np.abs(self._size - size)
        like = others & (self._steadiness == steadiness)
        if np.count_nonzero(like & (near == 0)) >= ENOUGH:
            return (self._pool(like & (near == 0)),)
        # Neighbouring sizes may err less, other steadinesses may err otherwise; neither alone can
        # stand in for a class that is too thin to speak for itself.
        step = 1
        while np.count_nonzero(like & (near <= step)) < ENOUGH and step < len(SIZES):
            step += 1
        return self._pool(like & (near <= step)), self._pool(others & (near == 0))

    def _pool(self, chosen: NDArray[np.bool_]) -> _Pool:
        ratios = self._ratio[chosen]
        return _Pool(np.sort(ratios[ratios > 0]), len(ratios))

    def _disjoint(self, folds: IntArray, fold: int) -> NDArray[np.bool_]:
        """Tell which folds share no goods with a fold; a fold below zero stands for none."""
        other: NDArray[np.bool_] = folds != fold
        if fold >= 0 and self._paired:
            other = folds == (fold ^ 1)
        return other


def _groups(
    size: IntArray, steadiness: IntArray, fold: IntArray
) -> Iterator[tuple[tuple[int, int, int], IntArray]]:
    """Yield each combination that occurs with the positions of its units."""
    # Small keys sort by radix, in linear time; placebo cells without a past come in millions.
    key = (((size + 1) * 8 + steadiness) * 32 + fold + 2).astype(np.int16)
    order = np.argsort(key, kind="stable")
    starts = np.flatnonzero(np.diff(key[order], prepend=-1))
    for chosen in np.split(order, starts[1:]):
        if len(chosen):
            first = chosen[0]
            yield (int(size[first]), int(steadiness[first]), int(fold[first])), chosen


def benjamini_hochberg(p: FloatArray, weight: FloatArray | None = None) -> FloatArray:
    """Return q-values: the smallest false-discovery rate at which each test is a discovery.

    Args:
        p: P-values, shape (n,); NaN where there is no test.
        weight: How much of the rate each test may spend, shape (n,), positive, in any unit, known
            without looking at what the test looks at; None for the same everywhere.

    Returns:
        Q-values, shape (n,); NaN where there is no test.

    Source: Benjamini & Hochberg (1995), the step-up procedure; weights after Genovese, Roeder &
        Wasserman (2006).
    """
    q = np.full(len(p), np.nan)
    tested = np.flatnonzero(~np.isnan(p))
    if not len(tested):
        return q
    if weight is not None:
        p = p * weight[tested].mean() / weight
    order = tested[np.argsort(p[tested], kind="stable")]
    ranks = np.arange(1, len(order) + 1)
    raw = p[order] * len(order) / ranks
    q[order] = np.minimum(np.minimum.accumulate(raw[::-1])[::-1], 1.0)
    return q
