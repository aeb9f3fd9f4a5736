"""What the kept cells of a grid can say: cells without a finite mean, cells without any mean.

Two questions about the design alone, both answered by least squares on it. *Separation*: can some
cells that recorded zero run to a mean of zero while no other kept cell moves? The likelihood then
has no maximum, only a limit, in which they are zero. *Identification*: does the logarithm of a
left-out cell's mean follow from those of the kept cells, or could it be anything?

Source: Correia, Guimarães & Zylkin (2019), arXiv:1903.01633, for the rectified least squares.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from throughflow.trade.kernel_sums import Factors, cells_of, matrix_product

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from throughflow.trade.kernel_sums import Cells, Grid

    FloatArray = NDArray[np.float64]
    IntArray = NDArray[np.int64]

# A zero may be separated where its mean is below this share of its smallest margin; whether it is
# gets decided by the certificate, so a generous share only costs time.
SUSPECT = 1e-4
# Weight of suspects beside one for cells that must not move.
SUSPECT_WEIGHT = 1e-5
# How far a certificate may be off, where its entries are of the size of one.
SLACK = 1e-2
MOST_RECTIFICATIONS = 200
# Residual, relative to the first, at which least squares stop, and the most steps.
PRECISION = 1e-11
MOST_STEPS = 4000
# A random direction that no kept cell feels moves an undetermined cell by about one.
FELT = 1e-6
SEED = 20_220_224


def suspects(grid: Grid, margins: Factors, factors: Factors, positive: IntArray) -> IntArray:
    """List the recorded zeros whose mean has become very small.

    Args:
        grid: Kept cells.
        margins: Observed sums over the kept cells of each group.
        factors: Factors so far.
        positive: Cells with a recorded value above zero, numbered within the grid.

    Returns:
        Their numbers within the grid, ascending.
    """
    found = []
    size = grid.kept[0].size if len(grid.kept) else 0
    for hub, kept in enumerate(grid.kept):
        least = np.minimum(margins.level[hub][:, None], margins.product)
        np.minimum(least, margins.growth[hub], out=least)
        mean = factors.level[hub][:, None] * factors.product
        mean *= factors.growth[hub]
        found.append(hub * size + np.flatnonzero(kept & (mean < SUSPECT * least)))
    return np.setdiff1d(np.concatenate(found), positive) if found else np.zeros(0, dtype=np.int64)


def separated(grid: Grid, active: Factors, suspected: IntArray) -> IntArray:
    """Find the suspects that can run to zero while no other kept cell moves.

    Least squares of one on the suspects and zero elsewhere are rectified until no suspect is
    fitted below zero; what is then above zero is separated.

    Args:
        grid: Kept cells.
        active: 1 for groups with an observed sum above zero, else 0.
        suspected: Cells to decide on, numbered within the grid; all others are taken as fixed.

    Returns:
        The separated ones, ascending.
    """
    cells = cells_of(suspected, grid.kept.shape)
    design = _design(grid, active, extra=cells, extra_weight=SUSPECT_WEIGHT - 1)
    # One on all suspects, seen from the groups.
    wanted = np.ones(len(cells))
    solution = np.zeros(design.size)
    for _ in range(MOST_RECTIFICATIONS):
        right = SUSPECT_WEIGHT * design.gathered(cells, wanted)
        solution = _solved(design.applied, right, solution, design.diagonal)
        fitted = design.at(cells, solution)
        largest = float(fitted.max(initial=0.0))
        if largest < SLACK:
            break
        if fitted.min() > -SLACK * largest and np.all(np.abs(fitted - wanted) < SLACK * largest):
            return suspected[fitted > 10 * SLACK * largest]
        wanted = np.maximum(fitted, 0.0)
        # The certificate is a cone: only its direction matters, and it must not fade away.
    return np.zeros(0, dtype=np.int64)


def undetermined(grid: Grid, active: Factors) -> IntArray:
    """Find the left-out cells with three factors above zero whose mean could still be anything.

    A direction drawn at random is stripped of all that any kept cell feels. What remains moves
    exactly the cells that the kept ones do not determine.

    Returns:
        Their numbers within the grid, ascending.
    """
    design = _design(grid, active)
    drawn = np.random.default_rng(SEED).standard_normal(design.size) * design.support
    free = drawn - _solved(
        design.applied, design.applied(drawn), np.zeros(design.size), design.diagonal
    )
    found = []
    size = grid.kept[0].size if len(grid.kept) else 0
    for hub, kept in enumerate(grid.kept):
        possible = (active.level[hub] > 0)[:, None] & (active.product > 0)
        possible &= (active.growth[hub] > 0)[None, :] & ~kept
        flat = hub * size + np.flatnonzero(possible)
        moved = np.abs(design.at(cells_of(flat, grid.kept.shape), free)) > FELT
        found.append(flat[moved])
    return np.concatenate(found) if found else np.zeros(0, dtype=np.int64)


@dataclass(frozen=True, slots=True)
class _Design:
    """The normal equations of least squares on the groups' indicators, cells weighted.

    Attributes:
        active: 1 for groups that take part, else 0.
        whole: Number of cells of each group in the whole grid, zeros where sums are direct.
        listed: Cells whose weight differs from what `whole` says.
        weight: By how much, shape (n_listed,).
        is_complement: Whether the whole grid is counted.
        support: `active` as one array, shape (size,).
        diagonal: Weighted number of cells of each group, 1 where there is none, shape (size,).
    """

    active: Factors
    whole: Factors
    listed: Cells
    weight: FloatArray
    is_complement: bool
    support: FloatArray
    diagonal: FloatArray

    @property
    def size(self) -> int:
        """Number of groups."""
        return len(self.support)

    def split(self, flat: FloatArray) -> Factors:
        """Return one array as three."""
        return _split(flat, self.active)

    def at(self, cells: Cells, flat: FloatArray) -> FloatArray:
        """Return the sum of the three groups' numbers at each cell, shape (n_cells,)."""
        level, product, growth = self.split(flat).parts
        found: FloatArray = level.ravel()[cells.pair]
        found += product.ravel()[cells.product]
        found += growth.ravel()[cells.growth]
        return found

    def gathered(self, cells: Cells, values: FloatArray) -> FloatArray:
        """Sum values of cells over their groups, shape (size,)."""
        return _gathered(cells, values, self.active)

    def applied(self, flat: FloatArray) -> FloatArray:
        """Multiply by the normal matrix, shape (size,)."""
        out = self.gathered(self.listed, self.weight * self.at(self.listed, flat))
        if not self.is_complement:
            return out
        ours, theirs = self.split(flat), self.active
        level, product, growth = (
            mine * given for mine, given in zip(ours.parts, theirs.parts, strict=True)
        )
        pair = matrix_product(
            np.hstack([growth, theirs.growth]), np.hstack([theirs.product, product]).T
        )
        goods = matrix_product(
            np.vstack([level, theirs.level]).T, np.vstack([theirs.growth, growth])
        )
        pairs = matrix_product(
            np.hstack([level, theirs.level]), np.vstack([theirs.product, product])
        )
        out += np.concatenate(
            [
                (self.whole.level * level + theirs.level * pair).ravel(),
                (self.whole.product * product + theirs.product * goods).ravel(),
                (self.whole.growth * growth + theirs.growth * pairs).ravel(),
            ]
        )
        return out


def _design(
    grid: Grid, active: Factors, extra: Cells | None = None, extra_weight: float = 0.0
) -> _Design:
    """Set up least squares on the kept cells, some of them with another weight."""
    level, product, growth = active.parts
    whole = active.map(np.zeros_like)
    if grid.is_complement:
        whole = Factors(
            level * matrix_product(growth, product.T),
            product * matrix_product(level.T, growth),
            growth * matrix_product(level, product),
        )
    listed = grid.listed
    weight = np.full(len(listed), -1.0 if grid.is_complement else 1.0)
    if extra is not None:
        listed = listed.joined(extra)
        weight = np.concatenate([weight, np.full(len(extra), extra_weight)])
    diagonal = _flat(whole) + _gathered(listed, weight, active)
    support = _flat(active)
    diagonal[support == 0] = 1.0
    return _Design(active, whole, listed, weight, grid.is_complement, support, diagonal)


def _flat(factors: Factors) -> FloatArray:
    return np.concatenate([part.ravel() for part in factors.parts])


def _split(flat: FloatArray, like: Factors) -> Factors:
    first, second = like.level.size, like.level.size + like.product.size
    return Factors(
        flat[:first].reshape(like.level.shape),
        flat[first:second].reshape(like.product.shape),
        flat[second:].reshape(like.growth.shape),
    )


def _gathered(cells: Cells, values: FloatArray, like: Factors) -> FloatArray:
    groups = ((cells.pair, like.level), (cells.product, like.product), (cells.growth, like.growth))
    return np.concatenate(
        [np.bincount(group, weights=values, minlength=part.size) for group, part in groups]
    ).astype(np.float64, copy=False)


def _solved(
    applied: Callable[[FloatArray], FloatArray],
    right: FloatArray,
    start: FloatArray,
    diagonal: FloatArray,
) -> FloatArray:
    """Solve consistent normal equations by conjugate gradients, scaled by the diagonal."""
    solution = start.copy()
    residual = right - applied(solution)
    scaled = residual / diagonal
    direction = scaled.copy()
    size = float(np.einsum("i,i->", residual, scaled))
    enough = PRECISION**2 * float(np.einsum("i,i->", right, right / diagonal))
    for _ in range(MOST_STEPS):
        if size <= enough:
            break
        image = applied(direction)
        curvature = float(np.einsum("i,i->", direction, image))
        if curvature <= 0:
            break
        step = size / curvature
        solution += step * direction
        residual -= step * image
        scaled = residual / diagonal
        renewed = float(np.einsum("i,i->", residual, scaled))
        direction *= renewed / size
        direction += scaled
        size = renewed
    return solution
