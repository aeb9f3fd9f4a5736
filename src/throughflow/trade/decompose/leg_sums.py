"""What is asked of a basis, and the sums of each leg over window and base that answer it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from throughflow.trade.decompose import parts

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from throughflow.model.periods import Window
    from throughflow.trade.decompose.decomposition import Expectation
    from throughflow.trade.decompose.legs import Legs
    from throughflow.trade.decompose.parts import Sums
    from throughflow.trade.request import Request

    FloatArray = NDArray[np.float64]
    IntArray = NDArray[np.int64]
    BoolArray = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked of one basis.

    Attributes:
        request: The question.
        window: Months asked about.
        base: Same calendar months before.
        lag: Months from leaving to arriving.
        expectation: Counterfactual of exports to the hub; None compares with the base.
    """

    request: Request
    window: Window
    base: Window
    lag: int
    expectation: Expectation | None


@dataclass(frozen=True, slots=True)
class Taker:
    """Adds a leg up over the months asked about, with the lag of the leg.

    Attributes:
        window: Positions of the window's months, shape (n_window,).
        base: Positions of base years' months, shape (n_years, n_window).
        counted: Which months count for each family, shape (n_families, n_window).
        lag: Months from one leg to the next.
    """

    window: IntArray
    base: IntArray
    counted: BoolArray
    lag: int

    def __call__(self, value: FloatArray, lags: int) -> Sums:
        """Add up amounts of shape (n_families, n_months), so many lags after the first leg."""
        return parts.sums(value, self.window, self.base, self.counted, lag=self.lag * lags)


@dataclass(frozen=True, slots=True)
class LegSums:
    """Sums of each leg, shape (n_families,) throughout.

    Attributes:
        sent: Exports to the hub.
        arrived: The hub's imports from the coalition.
        forwarded: The hub's exports to the target.
        world: The hub's imports from everywhere.
    """

    sent: Sums
    arrived: Sums
    forwarded: Sums
    world: Sums

    @property
    def origin_share(self) -> FloatArray:
        """The coalition's share in the hub's imports, from 0 to 1."""
        whole = self.world.window
        share = np.divide(self.arrived.window, whole, out=np.zeros_like(whole), where=whole > 0)
        return np.clip(share, 0.0, 1.0)


def part_of_window(sent: FloatArray, take: Taker, every: BoolArray, base: FloatArray) -> FloatArray:
    """Return the part of each family's window that counts, as the base weighs its months.

    A counterfactual is told for the window as a whole; of a month that a leg has not recorded in
    full, what was sent leaves the sum, and what was expected must leave with it.
    """
    whole = parts.sums(sent, take.window, take.base, every).base
    months = take.counted.sum(axis=1) / np.maximum(every.sum(axis=1), 1)
    part: FloatArray = np.divide(base, whole, out=months.astype(np.float64), where=whole > 0)
    return np.where(np.isnan(part), months, part)


def with_expectation(
    legs: LegSums, expectation: Expectation, read: Legs, part: FloatArray
) -> tuple[LegSums, tuple[FloatArray, FloatArray]]:
    """Put the counterfactual in the place of the base, family by family."""
    at = {name: i for i, name in enumerate(expectation.families)}
    order = [at.get(family.id, -1) for family in read.families]
    known = np.array([i >= 0 for i in order])
    picked = np.array([max(i, 0) for i in order])

    def column(values: FloatArray) -> FloatArray:
        return np.where(known, part * np.asarray(values, dtype=float)[picked], np.nan)

    sent = parts.Sums(legs.sent.window, column(expectation.expected))
    ends = column(expectation.low), column(expectation.high)
    return replace(legs, sent=sent), ends
