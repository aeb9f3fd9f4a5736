"""How steadily a flow traded before the date: what tells which flows can be predicted.

Two flows of the same size may be as different as a monthly order of tyres and one turbine in a
year. Placebos show it: among families expected at a million or more, the upper 1 % of ratios lies
at 2.6 where trade was spread over the year and at 7 where it came in one or two months. An
interval made of both would be too wide for the first and too narrow for the second.

With monthly data steadiness is the number of months that trade is effectively spread over (the
inverse of the Herfindahl index of its months), as a share of twelve. With yearly data it is how
little the flow moved from year to year.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from throughflow.trade.counterfactual import Panel

    FloatArray = NDArray[np.float64]
    IntArray = NDArray[np.int64]

# Years looked back over, and the movement assumed of a flow with a short past: so much weight, in
# years, and so large, as the root mean square of yearly logs.
YEARS_BACK = 6
PRIOR_YEARS = 2
PRIOR_MOVE = 0.45
# A year without trade beside one with some counts as this move.
GAP = 1.5
# Lower ends of the classes by periods in a year, in the unit of `of_cells`.
CLASSES = {12: (0.0, 0.17, 0.33, 0.58, 0.79), 1: (0.0, 0.45, 0.64, 0.76, 0.86)}


@dataclass(frozen=True, slots=True)
class Steadiness:
    """Steadiness of one date's past, measured when a level is first asked for.

    A question reads a dozen fake dates and judges at one level of three; measuring all three for
    every date took as long as the predictions themselves.

    Attributes:
        panel: The data.
        mask: First period after the past per family, shape (n_families,).
        ready: What has been measured, by the axes that are summed over.
    """

    panel: Panel
    mask: IntArray
    ready: dict[tuple[int, ...], FloatArray] = field(default_factory=dict, compare=False)

    def summed_over(self, axes: tuple[int, ...]) -> FloatArray:
        """Return the steadiness of sums of cells; see `of_units`."""
        if axes not in self.ready:
            self.ready[axes] = of_units(self.panel, self.mask, axes)
        return self.ready[axes]


def class_of(steadiness: FloatArray, per_year: int) -> IntArray:
    """Return the index of the class of each flow, shape as given."""
    edges = np.array(CLASSES[per_year])
    return np.searchsorted(edges, steadiness, side="right").astype(np.int64) - 1


def of_units(panel: Panel, mask: IntArray, axes: tuple[int, ...]) -> FloatArray:
    """Measure how steadily sums of cells traded before each family's date.

    Args:
        panel: The data.
        mask: First period after the past per family, shape (n_families,).
        axes: Axes of (exporters, hubs, families) that are summed over.

    Returns:
        Between 0 and 1, panel's shape with the axes summed over kept at length one.
    """
    shape = tuple(1 if axis in axes else n for axis, n in enumerate(panel.shape))
    length = panel.per_year if panel.per_year > 1 else YEARS_BACK + 1
    cell, month, value = panel.rows_between(int(mask.min()) - length, int(mask.max()) - 1)
    where = list(np.unravel_index(cell, panel.shape))
    back = mask[where[2]] - 1 - month
    inside = (back >= 0) & (back < length)
    for axis in axes:
        where[axis] = np.zeros_like(where[axis])
    unit = np.ravel_multi_index(tuple(w[inside] for w in where), shape)
    size = int(np.prod(shape))
    series: FloatArray = (
        np.bincount(unit * length + back[inside], weights=value[inside], minlength=size * length)
        .astype(np.float64)
        .reshape(size, length)
    )
    if panel.per_year > 1:
        return _spread_over_year(series).reshape(shape)
    known = np.minimum(mask.min() - panel.first_month, length)
    return _yearly_calm(series[:, :known]).reshape(shape)


def _spread_over_year(series: FloatArray) -> FloatArray:
    squares = (series**2).sum(axis=1) * series.shape[1]
    total = series.sum(axis=1) ** 2
    shares: FloatArray = np.divide(total, squares, out=np.zeros_like(total), where=squares > 0)
    return shares


def _yearly_calm(series: FloatArray) -> FloatArray:
    """Turn the yearly moves of each row, newest first, into a number that falls with them."""
    here, before = series[:, :-1], series[:, 1:]
    both = (here > 0) & (before > 0)
    logs = np.log(series, out=np.zeros_like(series), where=series > 0)
    leap = np.where((here > 0) | (before > 0), GAP, 0.0)
    move = np.where(both, logs[:, :-1] - logs[:, 1:], leap)
    counted = ((here > 0) | (before > 0)).sum(axis=1)
    squares = (move**2).sum(axis=1) + PRIOR_YEARS * PRIOR_MOVE**2
    calm: FloatArray = np.exp(-np.sqrt(squares / (counted + PRIOR_YEARS)))
    return calm
