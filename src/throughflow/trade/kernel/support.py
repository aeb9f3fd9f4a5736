"""What the kept cells of a grid can say: cells without a finite mean, cells without any mean.

Two questions about the design alone, both answered by least squares on it. *Separation*: can some
cells that recorded zero run to a mean of zero while no other kept cell moves? The likelihood then
has no maximum, only a limit, in which they are zero. *Identification*: does the logarithm of a
left-out cell's mean follow from those of the kept cells, or could it be anything?

Source: Correia, Guimarães & Zylkin (2019), arXiv:1903.01633, for what is separated and why.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from throughflow.errors import ModelError
from throughflow.trade.kernel.sums import Factors, cells_of, matrix_product

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from throughflow.trade.kernel.sums import Cells, Grid

    FloatArray = NDArray[np.float64]
    IntArray = NDArray[np.int64]
    BoolArray = NDArray[np.bool_]

# A zero may be separated where its mean is below this share of its smallest margin; whether it is
# gets decided exactly, so a generous share only costs time.
SUSPECT = 1e-4
# Draws added at a time to span the directions that only suspects feel. Where more than all of
# these are free, what is found among them is still separated, but more may be.
DRAWS = (7, 24, 96)
# Bound of a direction's coordinates, so that rounding is not scaled up to a movement.
FARTHEST = 1e4
# Residual, relative to the first, at which least squares stop, and the most steps.
PRECISION = 1e-11
MOST_STEPS = 1000
# A random direction that no kept cell feels moves an undetermined cell by about one.
FELT = 1e-6
SEED = 20_220_224


def suspects(
    grid: Grid,
    margins: Factors,
    factors: Factors,
    positive: IntArray,
    *,
    share: float = SUSPECT,
) -> IntArray:
    """List the recorded zeros whose mean has become very small.

    Args:
        grid: Kept cells.
        margins: Observed sums over the kept cells of each group.
        factors: Factors so far.
        positive: Cells with a recorded value above zero, numbered within the grid.
        share: Share of a cell's smallest margin below which its mean counts as very small.

    Returns:
        Their numbers within the grid, ascending.
    """
    found = []
    size = grid.kept[0].size if len(grid.kept) else 0
    for hub, kept in enumerate(grid.kept):
        # Factors of a likelihood without a maximum may be beyond what a float holds.
        least = np.minimum(margins.level[hub][:, None], margins.product)
        np.minimum(least, margins.growth[hub], out=least)
        with np.errstate(over="ignore", invalid="ignore"):
            mean = factors.level[hub][:, None] * factors.product
            mean *= factors.growth[hub]
        found.append(hub * size + np.flatnonzero(kept & (mean < share * least)))
    return np.setdiff1d(np.concatenate(found), positive) if found else np.zeros(0, dtype=np.int64)


def separated(grid: Grid, active: Factors, suspected: IntArray) -> IntArray:
    """Find the suspects that can run to zero while no other kept cell moves.

    The directions that only suspects feel are spanned by random draws; a linear programme looks
    among them for one that lowers as many suspects as can be and raises none.

    Args:
        grid: Kept cells.
        active: 1 for groups with an observed sum above zero, else 0.
        suspected: Cells to decide on, numbered within the grid; all others are taken as fixed.

    Returns:
        The separated ones, ascending.
    """
    cells = cells_of(suspected, grid.kept.shape)
    design = _design(grid, active, without=cells)
    generator = np.random.default_rng(SEED)
    first = design.at(cells, _free(design, generator))
    # What one random direction does not move, none does.
    loose = np.abs(first) > FELT
    suspected, cells, moves = suspected[loose], cells.where(loose), first[loose, None]
    if not len(suspected):
        return suspected
    for draws in DRAWS:
        drawn = [design.at(cells, _free(design, generator)) for _ in range(draws)]
        moves = np.hstack([moves, np.array(drawn).T])
        span, size, _ = np.linalg.svd(moves, full_matrices=False)
        # As soon as a draw adds nothing the directions are all there.
        rank = int(np.count_nonzero(size > FELT))
        if rank < moves.shape[1]:
            break
    return suspected[_lowered(span[:, :rank])]


def _lowered(moves: FloatArray) -> BoolArray:
    """Choose the rows that some combination of columns lowers while it raises no row.

    Args:
        moves: Orthonormal columns, shape (n_cells, n_directions).
    """
    from scipy import optimize, sparse  # noqa: PLC0415 - only where something is suspected

    n_cells, n_directions = moves.shape
    moves = np.where(np.abs(moves) > FELT, moves, 0.0)
    found = optimize.linprog(
        np.r_[np.zeros(n_directions), -np.ones(n_cells)],
        A_ub=sparse.hstack([sparse.csr_matrix(moves), sparse.eye(n_cells)], format="csr"),
        b_ub=np.zeros(n_cells),
        bounds=[(-FARTHEST, FARTHEST)] * n_directions + [(0, 1)] * n_cells,
        method="highs",
    )
    if found.x is None:
        raise ModelError(f"the search for separated cells failed: {found.message}")
    lowered: BoolArray = found.x[n_directions:] > 0.5
    return lowered


def undetermined(grid: Grid, active: Factors) -> IntArray:
    """Find the left-out cells with three factors above zero whose mean could still be anything.

    A direction drawn at random is stripped of all that any kept cell feels. What remains moves
    exactly the cells that the kept ones do not determine.

    Returns:
        Their numbers within the grid, ascending.
    """
    design = _design(grid, active)
    free = _free(design, np.random.default_rng(SEED))
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


def _free(design: _Design, generator: np.random.Generator) -> FloatArray:
    """Draw a direction and strip it of all that the design feels, shape (size,)."""
    drawn = generator.standard_normal(design.size) * design.support
    felt = _solved(design.applied, design.applied(drawn), design.diagonal)
    return drawn - felt


def _design(grid: Grid, active: Factors, without: Cells | None = None) -> _Design:
    """Set up least squares on the kept cells, or on all but some of them."""
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
    if without is not None:
        listed = listed.joined(without)
        weight = np.concatenate([weight, np.full(len(without), -1.0)])
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
    applied: Callable[[FloatArray], FloatArray], right: FloatArray, diagonal: FloatArray
) -> FloatArray:
    """Solve consistent normal equations by conjugate gradients, scaled by the diagonal."""
    solution = np.zeros_like(right)
    residual = right.copy()
    scaled = residual / diagonal
    direction = scaled.copy()
    size = float(np.einsum("i,i->", residual, scaled))
    enough = PRECISION**2 * size
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
