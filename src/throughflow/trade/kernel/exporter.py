"""The fit of one exporter: its margins, its rounds, and what its untreated cells cannot say."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from throughflow.errors import InputError, ModelError
from throughflow.trade.kernel import rounds as kernel_rounds
from throughflow.trade.kernel import support as kernel_support
from throughflow.trade.kernel.sums import Factors, cells_of, grid_of, grouped, matrix_product

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from throughflow.trade.kernel.rounds import Run
    from throughflow.trade.kernel.sums import Grid

    FloatArray = NDArray[np.float64]
    IntArray = NDArray[np.int64]
    BoolArray = NDArray[np.bool_]

    Shape = tuple[int, int, int]
    Corner = tuple[IntArray, IntArray, IntArray]

TOLERANCE = 1e-10
MOST_ROUNDS = 5000
# Rounds after which a fit that has not settled is searched for cells that run to zero; the next
# search comes after twice as many.
FIRST_SEARCH = 60


@dataclass(frozen=True, slots=True)
class Block:
    """One exporter's trade as sparse rows over a grid of hubs, families and periods.

    Cells are numbered ``(hub * n_families + family) * n_periods + period``.

    Attributes:
        cell: Cell of each recorded value, shape (n_rows,); values of the same cell add up. A cell
            that is neither here nor in `left_out` is a recorded zero.
        value: Recorded value, not negative, shape (n_rows,).
        left_out: Cells that take no part in the fit because they are treated or not observed,
            shape (n_left_out,), in any order.
    """

    cell: IntArray
    value: FloatArray
    left_out: IntArray


@dataclass(frozen=True, slots=True)
class ExporterFit:
    """One exporter's part of a `kernel.Fit`, cells numbered as in its `Block`.

    Attributes:
        factors: The fitted factors: zero for groups of zeros, NaN for groups without any
            untreated cell.
        separated: Recorded zeros outside groups of zeros whose mean runs to zero, ascending.
        undetermined: Left-out cells whose three factors exist while the untreated cells do not
            determine their product, ascending.
        zeros: Untreated cells in groups of zeros.
        predicted_zeros: Left-out cells in groups of zeros.
        unidentified: Left-out cells without a prediction.
        rounds: Rounds until the margins agreed.
        margin_error: Largest relative difference of fitted and observed sums.
    """

    factors: Factors
    separated: IntArray
    undetermined: IntArray
    zeros: int
    predicted_zeros: int
    unidentified: int
    rounds: int
    margin_error: float


def block_of(values: FloatArray, left_out: BoolArray) -> Block:
    """Make a block of dense arrays.

    Args:
        values: Recorded values, shape (n_hubs, n_families, n_periods); what stands in left-out
            cells is not looked at.
        left_out: Cells that take no part in the fit, same shape.
    """
    if values.shape != left_out.shape:
        raise InputError(f"values have shape {values.shape}, the mask has {left_out.shape}")
    kept = np.where(left_out, 0.0, values)
    cell = np.flatnonzero(kept)
    return Block(cell=cell, value=kept.ravel()[cell], left_out=np.flatnonzero(left_out))


def check_cells(cells: IntArray, size: int, *, where: str) -> None:
    """Refuse cells outside a grid.

    Raises:
        InputError: A number is negative or not below `size`.
    """
    if len(cells) and (cells.min() < 0 or cells.max() >= size):
        raise InputError(
            f"cells run from {cells.min()} to {cells.max()}, the grid has 0 to {size - 1}",
            where=where,
        )


def fit_exporter(
    block: Block,
    shape: Shape,
    *,
    where: str,
    tolerance: float = TOLERANCE,
    most_rounds: int = MOST_ROUNDS,
    start: Factors | None = None,
) -> ExporterFit:
    """Fit one exporter.

    Args:
        block: The exporter's trade.
        shape: Number of hubs, families and periods.
        where: The exporter's name for error messages.
        tolerance: Largest relative difference of fitted and observed sums that counts as agreed.
        most_rounds: Rounds after which the fit is given up.
        start: Factors to begin with, such as those of a fit on almost the same cells.

    Raises:
        InputError: A cell is outside the grid, or a value is negative or not finite.
        ModelError: The margins did not settle.
    """
    kept, cell, value = _checked(block, shape, where)
    margins = _margins(cell, value, shape)
    corner = (
        np.flatnonzero(margins.level.any(axis=1)),
        np.flatnonzero(margins.level.any(axis=0)),
        np.flatnonzero(margins.growth.any(axis=0)),
    )
    inner = _cut(margins, corner)
    active = inner.map(lambda part: (part > 0).astype(np.float64))
    grid = grid_of(kept[np.ix_(*corner)], active)
    tally = _Tally.of(block, shape, grid, active)
    begin = active if start is None else _begun(_cut(start, corner), active)
    positive = _moved_in(cell[value > 0], corner, shape)
    found, grid, separated = _settled(
        grid, inner, begin, positive, tolerance=tolerance, most_rounds=most_rounds, where=where
    )
    undetermined = np.setdiff1d(kernel_support.undetermined(grid, active), separated)
    return ExporterFit(
        factors=_moved_out_factors(found.factors, corner, tally.untreated),
        separated=_moved_out(separated, corner, shape),
        undetermined=_moved_out(undetermined, corner, shape),
        zeros=tally.zeros,
        predicted_zeros=tally.predicted_zeros,
        unidentified=tally.unidentified + len(undetermined),
        rounds=found.rounds,
        margin_error=found.margin_error,
    )


def predict_exporter(fitted: ExporterFit, cells: IntArray) -> FloatArray:
    """Return the means of one exporter's cells, numbered as in its `Block`, shape as given."""
    factors = fitted.factors
    shape = (len(factors.growth), *factors.product.shape)
    means = cells_of(cells, shape).means(factors)
    means[np.isin(cells, fitted.separated)] = 0.0
    means[np.isin(cells, fitted.undetermined)] = np.nan
    return means


@dataclass(frozen=True, slots=True)
class _Tally:
    """Cells by what becomes of them, from the groups alone.

    Attributes:
        untreated: Number of untreated cells of each group.
        zeros: Untreated cells in groups of zeros.
        predicted_zeros: Left-out cells in groups of zeros and in none without untreated cells.
        unidentified: Left-out cells in groups without untreated cells.
    """

    untreated: Factors
    zeros: int
    predicted_zeros: int
    unidentified: int

    @classmethod
    def of(cls, block: Block, shape: Shape, grid: Grid, active: Factors) -> _Tally:
        """Count.

        Args:
            block: The exporter's trade.
            shape: Number of hubs, families and periods.
            grid: Kept cells of the groups with trade.
            active: 1 for groups with trade, else 0.
        """
        hubs, families, periods = shape
        out = cells_of(block.left_out, shape)
        ones = np.ones(len(out))
        untreated = Factors(
            periods - grouped(out.pair, ones, (hubs, families)),
            hubs - grouped(out.product, ones, (families, periods)),
            families - grouped(out.growth, ones, (hubs, periods)),
        )
        size = hubs * families * periods
        # Every untreated cell lies in groups that have one, so the rest of these is left out.
        known = _possible(untreated.map(lambda part: (part > 0).astype(np.float64)))
        kept = size - len(block.left_out)
        possible = _possible(active)
        listed = len(grid.listed)
        fitted = possible - listed if grid.is_complement else listed
        return cls(
            untreated,
            zeros=kept - fitted,
            predicted_zeros=(known - kept) - (possible - fitted),
            unidentified=size - known,
        )


def _checked(block: Block, shape: Shape, where: str) -> tuple[BoolArray, IntArray, FloatArray]:
    """Return which cells are untreated, and the recorded values among them."""
    size = int(np.prod(shape))
    check_cells(block.cell, size, where=where)
    check_cells(block.left_out, size, where=where)
    if not np.all(np.isfinite(block.value)) or np.any(block.value < 0):
        raise InputError(
            "values must be finite and not negative",
            where=where,
            remedy="Leave cells out that were not recorded",
        )
    kept = np.ones(size, dtype=bool)
    kept[block.left_out] = False
    if np.count_nonzero(kept) != size - len(block.left_out):
        raise InputError("a cell is left out twice", where=where)
    inside = kept[block.cell]
    return kept.reshape(shape), block.cell[inside], block.value[inside]


def _margins(cell: IntArray, value: FloatArray, shape: Shape) -> Factors:
    groups = cells_of(cell, shape)
    return Factors(
        grouped(groups.pair, value, (shape[0], shape[1])),
        grouped(groups.product, value, (shape[1], shape[2])),
        grouped(groups.growth, value, (shape[0], shape[2])),
    )


def _possible(active: Factors) -> int:
    """Count the cells all of whose groups are active."""
    pairs = matrix_product(active.growth, active.product.T)
    return round(float(np.sum(active.level * pairs)))


def _settled(
    grid: Grid,
    margins: Factors,
    begin: Factors,
    positive: IntArray,
    *,
    tolerance: float,
    most_rounds: int,
    where: str,
) -> tuple[Run, Grid, IntArray]:
    """Run rounds and take separated cells out until the margins agree.

    Returns:
        The last run with the rounds of all, the grid without separated cells, and those cells.
    """
    active = margins.map(lambda part: (part > 0).astype(np.float64))
    removed = np.zeros(0, dtype=np.int64)
    made, until = 0, min(FIRST_SEARCH, most_rounds)
    factors, share = begin, kernel_support.SUSPECT
    while True:
        found = kernel_rounds.run(
            grid, margins, factors, tolerance=tolerance, most_rounds=until - made
        )
        made += found.rounds
        factors = found.factors
        suspected = kernel_support.suspects(grid, margins, factors, positive, share=share)
        gone = suspected[:0]
        if len(suspected):
            gone = kernel_support.separated(grid, active, suspected)
        if len(gone):
            grid.kept.ravel()[gone] = False
            grid = grid_of(grid.kept, active)
            removed = np.union1d(removed, gone)
            # On their way to zero the factors have become extreme, and they are now free.
            factors = begin
        elif found.converged:
            return replace(found, rounds=made), grid, removed
        if made >= most_rounds:
            raise ModelError(
                f"the margins did not settle in {made} rounds: fitted and observed sums differ "
                f"by up to {found.margin_error:.1e} of themselves, {tolerance:.0e} was asked for",
                where=where,
                remedy="Allow more rounds, or leave out hubs or families with hardly any trade",
            )
        # Means that run to zero do so ever more slowly: the net gets wider.
        share *= 10
        until = min(max(2 * made, FIRST_SEARCH), most_rounds)


def _begun(start: Factors, active: Factors) -> Factors:
    """Take given factors where they are usable, ones elsewhere, zeros in groups of zeros."""
    parts = [
        np.where(given > 0, given, 1.0) * mine
        for given, mine in zip(start.parts, active.parts, strict=True)
    ]
    return Factors(*parts)


def _cut(factors: Factors, corner: Corner) -> Factors:
    """Keep the hubs, families and periods that a corner of the grid has."""
    hubs, families, periods = corner
    return Factors(
        factors.level[np.ix_(hubs, families)],
        factors.product[np.ix_(families, periods)],
        factors.growth[np.ix_(hubs, periods)],
    )


def _moved_in(cell: IntArray, corner: Corner, shape: Shape) -> IntArray:
    """Number cells of the grid within a corner that holds them all."""
    places = [
        np.searchsorted(axis, at)
        for axis, at in zip(corner, np.unravel_index(cell, shape), strict=True)
    ]
    return np.ravel_multi_index(places, [len(axis) for axis in corner]).astype(np.int64)


def _moved_out(cell: IntArray, corner: Corner, shape: Shape) -> IntArray:
    """Number cells of a corner within the grid."""
    places = np.unravel_index(cell, [len(axis) for axis in corner])
    whole = [axis[at] for axis, at in zip(corner, places, strict=True)]
    return np.ravel_multi_index(whole, shape).astype(np.int64)


def _moved_out_factors(factors: Factors, corner: Corner, untreated: Factors) -> Factors:
    """Put a corner's factors back into the grid; NaN for groups without any untreated cell."""
    hubs, families, periods = corner
    whole = untreated.map(lambda part: np.where(part > 0, 0.0, np.nan))
    whole.level[np.ix_(hubs, families)] += factors.level
    whole.product[np.ix_(families, periods)] += factors.product
    whole.growth[np.ix_(hubs, periods)] += factors.growth
    return whole
