"""The triple difference: what untreated trade says treated cells would have traded.

The mean of an untreated cell is the product of three factors, one for each pair and product, one
for each product and period, one for each destination and period, all of them the exporter's own::

    E[X | untreated] = exp(a[o,h,k] + g[o,k,t] + d[o,h,t])

It is fitted by Poisson pseudo-likelihood, which for effects alone means that observed and fitted
sums agree over every group. Exporters share no effect, so each is fitted by itself and the memory
is that of one. See docs/methods/kernel.md.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING

import numpy as np

from throughflow.trade.kernel.exporter import (
    MOST_ROUNDS,
    TOLERANCE,
    Block,
    block_of,
    check_cells,
    fit_exporter,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from numpy.typing import NDArray

    from throughflow.trade.kernel.exporter import ExporterFit, Shape

    FloatArray = NDArray[np.float64]
    IntArray = NDArray[np.int64]

__all__ = ["Block", "Fit", "Window", "block_of", "fit", "predict", "predict_window"]

# Cells predicted at once, which bounds the memory of that.
SLICE = 1 << 18


@dataclass(frozen=True, slots=True)
class Fit:
    """Fitted factors of all exporters, and what the data could not say.

    Cells are numbered ``((exporter * n_hubs + hub) * n_families + family) * n_periods + period``.
    A factor is zero where the group's untreated cells all recorded zero, NaN where it has none.
    Single factors mean nothing (only their product is identified); use `predict`.

    Attributes:
        level: Shape (n_exporters, n_hubs, n_families).
        product: Shape (n_exporters, n_families, n_periods).
        growth: Shape (n_exporters, n_hubs, n_periods).
        separated: Recorded zeros outside groups of zeros whose mean runs to zero in the limit of
            the likelihood, ascending; predicted as zero.
        undetermined: Left-out cells whose three factors exist while the untreated cells do not
            determine their product, ascending; predicted as NaN.
        zeros: Untreated cells in groups of zeros by exporter, shape (n_exporters,).
        predicted_zeros: Left-out cells in groups of zeros, predicted as zero, shape
            (n_exporters,).
        unidentified: Left-out cells without a prediction, `undetermined` and those of groups
            without any untreated cell, shape (n_exporters,).
        rounds: Rounds until the margins agreed, shape (n_exporters,).
        margin_error: Largest relative difference of fitted and observed sums at the factors
            returned, shape (n_exporters,).
    """

    level: FloatArray
    product: FloatArray
    growth: FloatArray
    separated: IntArray
    undetermined: IntArray
    zeros: IntArray
    predicted_zeros: IntArray
    unidentified: IntArray
    rounds: IntArray
    margin_error: FloatArray

    @property
    def shape(self) -> tuple[int, int, int, int]:
        """Number of exporters, hubs, families and periods."""
        return (*self.level.shape, self.growth.shape[2])


@dataclass(frozen=True, slots=True)
class Window:
    """Predicted means summed over the asked cells of each exporter, hub and family.

    Attributes:
        expected: Sum of predicted means, shape (n_exporters, n_hubs, n_families); NaN where a
            cell asked for has no prediction, zero where none is asked for.
        cells: Cells asked for, same shape.
        unidentified: Those without a prediction, same shape.
    """

    expected: FloatArray
    cells: IntArray
    unidentified: IntArray


def fit(
    blocks: Iterable[Block],
    shape: Shape,
    *,
    tolerance: float = TOLERANCE,
    most_rounds: int = MOST_ROUNDS,
    threads: int = 1,
) -> Fit:
    """Fit the triple difference on the untreated cells of each exporter.

    Args:
        blocks: Exporters in order; only `threads` of them are held at a time.
        shape: Number of hubs, families and periods.
        tolerance: Largest relative difference of fitted and observed sums that counts as agreed.
        most_rounds: Rounds per exporter after which the fit is given up.
        threads: Exporters fitted at once. The result does not depend on it.

    Raises:
        InputError: A cell is outside the grid, or a value is negative or not finite.
        ModelError: The margins of an exporter did not settle.
    """
    parts = list(_in_threads(blocks, shape, tolerance, most_rounds, threads))
    per_exporter = int(np.prod(shape))
    return Fit(
        level=_stacked([part.factors.level for part in parts], shape[0], shape[1]),
        product=_stacked([part.factors.product for part in parts], shape[1], shape[2]),
        growth=_stacked([part.factors.growth for part in parts], shape[0], shape[2]),
        separated=_numbered([part.separated for part in parts], per_exporter),
        undetermined=_numbered([part.undetermined for part in parts], per_exporter),
        zeros=np.array([part.zeros for part in parts], dtype=np.int64),
        predicted_zeros=np.array([part.predicted_zeros for part in parts], dtype=np.int64),
        unidentified=np.array([part.unidentified for part in parts], dtype=np.int64),
        rounds=np.array([part.rounds for part in parts], dtype=np.int64),
        margin_error=np.array([part.margin_error for part in parts], dtype=np.float64),
    )


def predict(fitted: Fit, cells: IntArray) -> FloatArray:
    """Return the mean of cells had nothing been restricted, shape (n_cells,).

    Zero in groups of zeros and for separated cells; NaN where the untreated cells do not say.

    Raises:
        InputError: A cell is outside the panel.
    """
    exporters, hubs, families, periods = fitted.shape
    check_cells(cells, exporters * hubs * families * periods, where="predict")
    means = np.empty(cells.shape)
    for low in range(0, len(cells), SLICE):
        asked = cells[low : low + SLICE]
        line, period = np.divmod(asked, periods)
        pair, family = np.divmod(line, families)
        exporter, hub = np.divmod(pair, hubs)
        found: FloatArray = fitted.level[exporter, hub, family]
        found *= fitted.product[exporter, family, period]
        found *= fitted.growth[exporter, hub, period]
        found[np.isin(asked, fitted.separated)] = 0.0
        found[np.isin(asked, fitted.undetermined)] = np.nan
        means[low : low + SLICE] = found
    return means


def predict_window(fitted: Fit, cells: IntArray) -> Window:
    """Sum predicted means over asked cells by exporter, hub and family.

    Args:
        fitted: The fit.
        cells: Cells asked for, each once, shape (n_cells,).

    Raises:
        InputError: A cell is outside the panel.
    """
    shape = fitted.shape[:3]
    size = int(np.prod(shape))
    means = predict(fitted, cells)
    line = cells // fitted.shape[3]
    missing = np.bincount(line[np.isnan(means)], minlength=size)
    sums = np.bincount(line, weights=np.nan_to_num(means, nan=0.0), minlength=size)
    expected = np.where(missing > 0, np.nan, sums)
    return Window(
        expected=expected.reshape(shape),
        cells=np.bincount(line, minlength=size).reshape(shape),
        unidentified=missing.reshape(shape),
    )


def _in_threads(
    blocks: Iterable[Block], shape: Shape, tolerance: float, most_rounds: int, threads: int
) -> Iterator[ExporterFit]:
    """Fit exporters a few at a time and hand them over in order."""
    waiting = iter(enumerate(blocks))
    with ThreadPoolExecutor(threads) as pool:
        while batch := list(islice(waiting, threads)):
            yield from pool.map(
                lambda item: fit_exporter(
                    item[1],
                    shape,
                    where=f"exporter {item[0]}",
                    tolerance=tolerance,
                    most_rounds=most_rounds,
                ),
                batch,
            )


def _stacked(parts: list[FloatArray], rows: int, columns: int) -> FloatArray:
    return np.stack(parts) if parts else np.zeros((0, rows, columns))


def _numbered(parts: list[IntArray], per_exporter: int) -> IntArray:
    """Number the cells of all exporters in one row."""
    shifted = [cells + at * per_exporter for at, cells in enumerate(parts)]
    return np.concatenate(shifted) if shifted else np.zeros(0, dtype=np.int64)
