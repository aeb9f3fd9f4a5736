"""Sums over the kept cells of one exporter's grid of hubs, families and periods.

A mean that is a product of three factors has margins over the *whole* grid that are matrix
products. Cells that are left out are then taken off again, or, where little is kept, the kept
cells are added up one by one: whichever list is shorter.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    FloatArray = NDArray[np.float64]
    IntArray = NDArray[np.int64]
    BoolArray = NDArray[np.bool_]

# Where the kept part of a sum is smaller than this share of the whole, taking the rest off has
# cost four of sixteen digits; such groups are added up cell by cell.
CANCELLATION = 1e-4
# Rows of a group added up at once, which bounds the memory of that.
ROWS = 1 << 15
# OpenBLAS spreads a product over threads from 2^18 multiplications on, and the order of additions
# may then depend on the machine's load and settings. Products are cut into pieces below that.
PIECE = 1 << 17
DEPTH = 1 << 11


@dataclass(frozen=True, slots=True)
class Cells:
    """A list of cells of one grid by the three groups that each belongs to.

    Attributes:
        pair: ``hub * n_families + family``, shape (n_cells,).
        product: ``family * n_periods + period``, shape (n_cells,).
        growth: ``hub * n_periods + period``, shape (n_cells,).
    """

    pair: IntArray
    product: IntArray
    growth: IntArray

    def __len__(self) -> int:
        return len(self.pair)

    def where(self, chosen: BoolArray) -> Cells:
        """Return the cells that a mask of shape (n_cells,) chooses."""
        return Cells(self.pair[chosen], self.product[chosen], self.growth[chosen])

    def joined(self, other: Cells) -> Cells:
        """Return these cells and the others."""
        return Cells(
            np.concatenate([self.pair, other.pair]),
            np.concatenate([self.product, other.product]),
            np.concatenate([self.growth, other.growth]),
        )

    def means(self, factors: Factors) -> FloatArray:
        """Return the product of the three factors, shape (n_cells,)."""
        found: FloatArray = factors.level.ravel()[self.pair]
        found *= factors.product.ravel()[self.product]
        found *= factors.growth.ravel()[self.growth]
        return found


@dataclass(frozen=True, slots=True)
class Factors:
    """One number for each group of each effect; the mean of a cell is the product of its three.

    The same shape holds margins, counts and logarithms of factors.

    Attributes:
        level: By hub and family, shape (n_hubs, n_families).
        product: By family and period, shape (n_families, n_periods).
        growth: By hub and period, shape (n_hubs, n_periods).
    """

    level: FloatArray
    product: FloatArray
    growth: FloatArray

    @property
    def parts(self) -> tuple[FloatArray, FloatArray, FloatArray]:
        """The three arrays."""
        return self.level, self.product, self.growth

    def map(self, change: Callable[[FloatArray], FloatArray]) -> Factors:
        """Return the same change made to each of the three arrays."""
        return Factors(change(self.level), change(self.product), change(self.growth))


def cells_of(flat: IntArray, shape: tuple[int, int, int]) -> Cells:
    """Return the groups of cells numbered ``(hub * n_families + family) * n_periods + period``."""
    _, families, periods = shape
    pair, period = np.divmod(flat, periods)
    hub, family = np.divmod(pair, families)
    return Cells(pair, family * periods + period, hub * periods + period)


def matrix_product(left: FloatArray, right: FloatArray) -> FloatArray:
    """Multiply two matrices in pieces of a fixed size, so that thread settings change no bit."""
    rows, inner = left.shape
    columns = right.shape[1]
    depth = min(max(inner, 1), DEPTH)
    side = int(np.sqrt(PIECE / depth))
    out = np.zeros((rows, columns))
    for low in range(0, rows, side):
        for start in range(0, columns, side):
            piece = out[low : low + side, start : start + side]
            for deep in range(0, inner, depth):
                piece += (
                    left[low : low + side, deep : deep + depth]
                    @ right[deep : deep + depth, start : start + side]
                )
    return out


@dataclass(frozen=True, slots=True)
class Grid:
    """Which cells of one exporter are kept, and the shorter list of kept or left-out cells.

    Attributes:
        kept: Cells that take part, shape (n_hubs, n_families, n_periods).
        listed: The left-out cells if `is_complement`, else the kept ones; in either case only
            those in which no factor is zero.
        is_complement: Whether sums are taken over the whole grid less `listed`.
    """

    kept: BoolArray
    listed: Cells
    is_complement: bool

    def pair_sums(self, product: FloatArray, growth: FloatArray) -> FloatArray:
        """Sum ``product * growth`` over kept periods, shape (n_hubs, n_families)."""
        listed = product.ravel()[self.listed.product] * growth.ravel()[self.listed.growth]
        out = grouped(self.listed.pair, listed, (len(growth), len(product)))
        if not self.is_complement:
            return out
        whole = matrix_product(growth, product.T)
        hub, family = _cancelled(whole, out)
        exact = _row_sums(
            len(hub),
            lambda rows: np.einsum(
                "rt,rt,rt->r",
                self.kept[hub[rows], family[rows]],
                product[family[rows]],
                growth[hub[rows]],
            ),
        )
        whole -= out
        whole[hub, family] = exact
        return whole

    def product_sums(self, level: FloatArray, growth: FloatArray) -> FloatArray:
        """Sum ``level * growth`` over kept hubs, shape (n_families, n_periods)."""
        listed = level.ravel()[self.listed.pair] * growth.ravel()[self.listed.growth]
        out = grouped(self.listed.product, listed, (level.shape[1], growth.shape[1]))
        if not self.is_complement:
            return out
        whole = matrix_product(level.T, growth)
        family, period = _cancelled(whole, out)
        exact = _row_sums(
            len(family),
            lambda rows: np.einsum(
                "hr,hr,hr->r",
                self.kept[:, family[rows], period[rows]],
                level[:, family[rows]],
                growth[:, period[rows]],
            ),
        )
        whole -= out
        whole[family, period] = exact
        return whole

    def growth_sums(self, level: FloatArray, product: FloatArray) -> FloatArray:
        """Sum ``level * product`` over kept families, shape (n_hubs, n_periods)."""
        listed = level.ravel()[self.listed.pair] * product.ravel()[self.listed.product]
        out = grouped(self.listed.growth, listed, (len(level), product.shape[1]))
        if not self.is_complement:
            return out
        whole = matrix_product(level, product)
        hub, period = _cancelled(whole, out)
        exact = _row_sums(
            len(hub),
            lambda rows: np.einsum(
                "rk,rk,kr->r",
                self.kept[hub[rows], :, period[rows]],
                level[hub[rows]],
                product[:, period[rows]],
            ),
        )
        whole -= out
        whole[hub, period] = exact
        return whole

    def margins(self, factors: Factors) -> Factors:
        """Return the sums of the means over the kept cells of each group."""
        level, product, growth = factors.parts
        return Factors(
            level * self.pair_sums(product, growth),
            product * self.product_sums(level, growth),
            growth * self.growth_sums(level, product),
        )


def grid_of(kept: BoolArray, active: Factors) -> Grid:
    """Choose the shorter list of cells.

    Args:
        kept: Cells that take part, shape (n_hubs, n_families, n_periods).
        active: 1 for groups with a factor above zero, else 0.
    """
    level, product, growth = active.parts
    possible = float(np.sum(level * matrix_product(growth, product.T)))
    out = cells_of(np.flatnonzero(~kept), kept.shape)
    out = out.where(out.means(active) > 0)
    if len(out) <= possible - len(out):
        return Grid(kept, out, is_complement=True)
    inside = cells_of(np.flatnonzero(kept), kept.shape)
    return Grid(kept, inside.where(inside.means(active) > 0), is_complement=False)


def _cancelled(whole: FloatArray, out: FloatArray) -> tuple[IntArray, ...]:
    """Return the places where subtraction would lose digits."""
    return np.nonzero(whole - out < CANCELLATION * whole)


def _row_sums(n_rows: int, part: Callable[[slice], FloatArray]) -> FloatArray:
    """Evaluate `part` over slices of rows."""
    pieces = [part(slice(low, low + ROWS)) for low in range(0, n_rows, ROWS)]
    return np.concatenate(pieces) if pieces else np.zeros(0)


def grouped(group: IntArray, values: FloatArray, shape: tuple[int, int]) -> FloatArray:
    """Sum values by group, giving an array of `shape`."""
    # Without any value numpy counts in integers, weights or no weights.
    sums = np.bincount(group, weights=values, minlength=shape[0] * shape[1])
    return sums.astype(np.float64, copy=False).reshape(shape)
