"""Which donors carry the comparison: predictions without each of them, and their shares.

A product's own cycle `g` is learned from the destinations whose cells are untreated. A finding
that hangs on one of them is weak, whoever it is; so each is left out in turn, and their shares in
the fitted trade are published.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from throughflow.errors import InputError
from throughflow.trade import kernel
from throughflow.trade.kernel.exporter import (
    MOST_ROUNDS,
    TOLERANCE,
    check_cells,
    fit_exporter,
    predict_exporter,
)
from throughflow.trade.kernel.sums import Factors

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from throughflow.trade.kernel.exporter import Block

    FloatArray = NDArray[np.float64]
    IntArray = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class WithoutDonor:
    """Predictions of one exporter's cells with each donor left out of the fit.

    Attributes:
        donors: Hub index of each donor, shape (n_donors,).
        mean: Predicted means, shape (n_donors, n_cells); NaN where the other destinations do not
            determine the cell.
        rounds: Rounds of each fit, shape (n_donors,).
    """

    donors: IntArray
    mean: FloatArray
    rounds: IntArray


@dataclass(frozen=True, slots=True)
class DonorShares:
    """Who the product effects of one exporter are learned from.

    Attributes:
        share: Share of each hub in the fitted untreated trade of a family over the periods asked
            about, shape (n_hubs, n_families); columns sum to one, or are zero where there is no
            such trade.
        fitted: That trade, shape (n_families,).
    """

    share: FloatArray
    fitted: FloatArray


def leave_one_out(
    fitted: kernel.Fit,
    block: Block,
    exporter: int,
    donors: Sequence[int],
    cells: IntArray,
    *,
    tolerance: float = TOLERANCE,
    most_rounds: int = MOST_ROUNDS,
) -> WithoutDonor:
    """Fit one exporter again without each donor and predict the asked cells.

    Each fit begins with the factors of the full one, from which it is seldom far.

    Args:
        fitted: The full fit.
        block: The exporter's trade, as it was fitted.
        exporter: The exporter's index in `fitted`.
        donors: Hub index of each donor to leave out.
        cells: Cells to predict, numbered as in the block, shape (n_cells,).
        tolerance: As in `kernel.fit`.
        most_rounds: As in `kernel.fit`.

    Raises:
        InputError: A donor or cell is outside the grid.
        ModelError: The margins did not settle without some donor.
    """
    shape = fitted.shape[1:]
    check_cells(cells, int(np.prod(shape)), where=f"exporter {exporter}")
    start = _factors(fitted, exporter)
    per_hub = shape[1] * shape[2]
    mean = np.empty((len(donors), len(cells)))
    rounds = np.empty(len(donors), dtype=np.int64)
    for at, donor in enumerate(donors):
        if not 0 <= donor < shape[0]:
            raise InputError(f"there is no hub {donor}, the last one is {shape[0] - 1}")
        whole = np.arange(donor * per_hub, (donor + 1) * per_hub)
        outside = block.left_out[block.left_out // per_hub != donor]
        found = fit_exporter(
            kernel.Block(block.cell, block.value, np.concatenate([outside, whole])),
            shape,
            where=f"exporter {exporter} without hub {donor}",
            tolerance=tolerance,
            most_rounds=most_rounds,
            start=start,
        )
        mean[at] = predict_exporter(found, cells)
        rounds[at] = found.rounds
    return WithoutDonor(np.asarray(donors, dtype=np.int64), mean, rounds)


def donor_shares(
    fitted: kernel.Fit, block: Block, exporter: int, periods: Sequence[int]
) -> DonorShares:
    """Return each destination's share in the trade that identifies the product effects.

    Args:
        fitted: The fit.
        block: The exporter's trade, as it was fitted.
        exporter: The exporter's index in `fitted`.
        periods: Periods asked about, such as those of the window.

    Raises:
        InputError: A period is outside the grid.
    """
    shape = fitted.shape[1:]
    asked = np.zeros(shape[2], dtype=bool)
    if not all(0 <= period < shape[2] for period in periods):
        raise InputError(f"periods run from 0 to {shape[2] - 1}, asked for {list(periods)}")
    asked[list(periods)] = True
    untreated = np.ones(shape, dtype=bool)
    untreated.ravel()[block.left_out] = False
    untreated &= asked
    factors = _factors(fitted, exporter).map(np.nan_to_num)
    # Groups without an untreated cell carry nothing, and separated cells are recorded zeros.
    first = exporter * untreated.size
    mine = (fitted.separated >= first) & (fitted.separated < first + untreated.size)
    untreated.ravel()[fitted.separated[mine] - first] = False
    by_hub = np.stack(
        [
            np.einsum("k,kt,t,kt->k", level, factors.product, growth, inside)
            for level, growth, inside in zip(factors.level, factors.growth, untreated, strict=True)
        ]
    )
    total = by_hub.sum(axis=0)
    share = np.divide(by_hub, total, out=np.zeros_like(by_hub), where=total > 0)
    return DonorShares(share, total)


def _factors(fitted: kernel.Fit, exporter: int) -> Factors:
    return Factors(fitted.level[exporter], fitted.product[exporter], fitted.growth[exporter])
