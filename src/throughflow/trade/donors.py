"""Rungs C+ and A: how the same goods fared at destinations that no restriction touches.

The two-period form: exporter × destination growth `d` and exporter × product growth `g` relative to
unrestricted goods, found by matching margins in turn over the untreated cells, listed goods at
donors, unrestricted goods everywhere. Where no unrestricted goods are known, `g` alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from throughflow.errors import ModelError
from throughflow.reference import memberships

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from numpy.typing import NDArray

    FloatArray = NDArray[np.float64]

# Members of the coalition receive restricted goods as freely as ever.
UNTOUCHED = (memberships.OTHER, memberships.COALITION)
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
        if code not in asked and memberships.role(code, target=target, on=on) in UNTOUCHED
    )
    return found if len(found) >= FEWEST else ()


@dataclass(frozen=True, slots=True)
class ProductGrowth:
    """How each product grew at donors.

    Attributes:
        overall: Growth by exporter and family, shape (n_exporters, n_families); one where donors
            never bought the product.
        without_one: The same with one donor's trade left out, for that donor's own expectation,
            shape (n_exporters, n_donors, n_families).
    """

    overall: FloatArray
    without_one: FloatArray


def product_growth(
    actual: FloatArray, past: FloatArray, pair_actual: FloatArray, pair_past: FloatArray
) -> ProductGrowth:
    """Estimate each product's growth at donors, relative to unrestricted goods.

    Args:
        actual: Listed goods at donors over the window, shape (exporters, donors, families).
        past: The same expected from their own past, same shape.
        pair_actual: Unrestricted goods at donors over the window, shape (exporters, donors);
            zeros where none are recorded, and donors' own growth is then not taken out.
        pair_past: The same over the twin months of the past, same shape.

    Raises:
        ModelError: The margins did not settle.
    """
    pair = np.ones(pair_past.shape)
    own = np.ones((actual.shape[0], actual.shape[2]))
    if pair_past.any():
        own, pair = _matched(actual, past, pair_actual, pair_past)
    fitted = past * pair[:, :, None]
    known = fitted.sum(axis=1)
    # Sales to donors that an exporter never made before count in the pool, not as its own growth.
    sold = actual.sum(axis=1)
    overall = _shrunk(np.where(known > 0, sold, 0.0), known, sold.sum(axis=0), known.sum(axis=0))
    without = np.empty(actual.shape)
    for donor in range(actual.shape[1]):
        rest, rest_sold = known - fitted[:, donor], sold - actual[:, donor]
        without[:, donor] = _shrunk(
            np.where(rest > 0, rest_sold, 0.0), rest, rest_sold.sum(axis=0), rest.sum(axis=0)
        )
    return ProductGrowth(overall if not pair_past.any() else own, without)


def _matched(
    actual: FloatArray, past: FloatArray, pair_actual: FloatArray, pair_past: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Match the margins of products and of pairs in turn until neither moves."""
    own = np.ones((actual.shape[0], actual.shape[2]))
    for _ in range(MOST_ROUNDS):
        below = pair_past + np.einsum("ohk,ok->oh", past, own)
        above = pair_actual + actual.sum(axis=2)
        pair = np.divide(above, below, out=np.ones_like(below), where=below > 0)
        fitted = np.einsum("ohk,oh->ok", past, pair)
        sold = actual.sum(axis=1)
        renewed = _shrunk(
            np.where(fitted > 0, sold, 0.0), fitted, sold.sum(axis=0), fitted.sum(axis=0)
        )
        change = float(np.max(np.abs(renewed - own), initial=0.0))
        own = renewed
        if change < TOLERANCE:
            return own, pair
    raise ModelError(
        f"the growth of products at donors did not settle in {MOST_ROUNDS} rounds",
        remedy="Leave out destinations with hardly any trade",
    )


def _shrunk(
    own: FloatArray, fitted: FloatArray, all_actual: FloatArray, all_fitted: FloatArray
) -> FloatArray:
    """Divide own sales by fitted ones, borrowing from all exporters where one has little."""
    pooled = np.divide(all_actual, all_fitted, out=np.ones_like(all_fitted), where=all_fitted > 0)
    weight = SHRINKAGE * np.maximum(all_fitted, 0.0)
    below = np.maximum(fitted, 0.0) + weight[None, :]
    rates: FloatArray = np.divide(
        own + weight[None, :] * pooled[None, :], below, out=np.ones_like(below), where=below > 0
    )
    return rates
