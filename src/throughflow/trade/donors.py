"""Rung A: how the same goods fared at destinations that no restriction touches.

Rung B knows that a pair trades more of everything; it does not know that the whole world buys more
of one good. Donors do: destinations that are neither restricted nor candidate hubs. With exporter
× destination growth `d` and exporter × product growth `g` relative to unrestricted goods, the
expectation is ``past × d × g``, the two-period form of the triple difference. Both are found by
matching margins in turn over the untreated cells, as in iterative proportional fitting: listed
goods at donors, unrestricted goods everywhere.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from throughflow.errors import ModelError
from throughflow.reference import memberships

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from numpy.typing import NDArray

    FloatArray = NDArray[np.float64]

# With fewer donors one of them can carry the whole comparison.
FEWEST = 3
# A product that an exporter hardly sells to donors borrows the growth of all exporters: this share
# of their trade in it is added to both sides.
SHRINKAGE = 0.1
TOLERANCE = 1e-10
MOST_ROUNDS = 2000


def choose(partners: Sequence[str], asked: Sequence[str], target: str, on: date) -> tuple[str, ...]:
    """Return the destinations that can serve as donors, none where they are too few.

    Args:
        partners: Destinations in the data.
        asked: Destinations the question is about; a state under study is no donor.
        target: The sanctioned state.
        on: Last day of the window, for dated roles.
    """
    found = tuple(
        code
        for code in partners
        if code not in asked and memberships.role(code, target=target, on=on) == memberships.OTHER
    )
    return found if len(found) >= FEWEST else ()


def product_growth(
    actual: FloatArray, past: FloatArray, pair_actual: FloatArray, pair_past: FloatArray
) -> FloatArray:
    """Estimate each product's growth at donors, relative to unrestricted goods.

    Args:
        actual: Listed goods at donors over the window, shape (exporters, donors, families).
        past: The same expected from their own past, same shape.
        pair_actual: Unrestricted goods at donors over the window, shape (exporters, donors).
        pair_past: The same over the twin months of the past, same shape.

    Returns:
        Growth by exporter and family, shape (exporters, families); one where donors never
        bought the product.

    Raises:
        ModelError: The margins did not settle.
    """
    own = np.ones((actual.shape[0], actual.shape[2]))
    for _ in range(MOST_ROUNDS):
        below = pair_past + np.einsum("ohk,ok->oh", past, own)
        above = pair_actual + actual.sum(axis=2)
        pair = np.divide(above, below, out=np.ones_like(below), where=below > 0)
        fitted = np.einsum("ohk,oh->ok", past, pair)
        renewed = _shrunk(actual.sum(axis=1), fitted)
        change = float(np.max(np.abs(renewed - own), initial=0.0))
        own = renewed
        if change < TOLERANCE:
            return own
    raise ModelError(
        f"the growth of products at donors did not settle in {MOST_ROUNDS} rounds",
        remedy="Leave out destinations with hardly any trade",
    )


def _shrunk(actual: FloatArray, fitted: FloatArray) -> FloatArray:
    """Divide actual by fitted, borrowing from all exporters where one has little."""
    all_actual, all_fitted = actual.sum(axis=0), fitted.sum(axis=0)
    pooled = np.divide(all_actual, all_fitted, out=np.ones_like(all_fitted), where=all_fitted > 0)
    weight = SHRINKAGE * all_fitted
    below = fitted + weight[None, :]
    # Sales to donors that an exporter never made before count in the pool, not as its own growth.
    own = np.where(fitted > 0, actual, 0.0)
    rates: FloatArray = np.divide(
        own + weight[None, :] * pooled[None, :], below, out=np.ones_like(below), where=below > 0
    )
    return rates
