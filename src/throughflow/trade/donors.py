"""How the same goods fared at destinations that no restriction touches, in two periods.

What donors bought in the window over what their own past, and their growth in unrestricted goods,
would have had them buy. Rung C+ rests on it where no unrestricted goods are known; on rung A it
stands in for the kernel (see `triple`) where that cannot tell.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

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
    """
    pair = np.divide(pair_actual, pair_past, out=np.ones_like(pair_past), where=pair_past > 0)
    fitted = past * pair[:, :, None]
    known, sold = fitted.sum(axis=1), actual.sum(axis=1)
    without = np.empty(actual.shape)
    for donor in range(actual.shape[1]):
        without[:, donor] = _shrunk(sold - actual[:, donor], known - fitted[:, donor])
    return ProductGrowth(_shrunk(sold, known), without)


def _shrunk(sold: FloatArray, fitted: FloatArray) -> FloatArray:
    """Divide own sales by fitted ones, borrowing from all exporters where one has little.

    Sales to donors that an exporter never made before count in the pool, not as its own growth.
    """
    fitted = np.maximum(fitted, 0.0)
    all_sold, all_fitted = np.maximum(sold, 0.0).sum(axis=0), fitted.sum(axis=0)
    pooled = np.divide(all_sold, all_fitted, out=np.ones_like(all_fitted), where=all_fitted > 0)
    weight = SHRINKAGE * all_fitted
    below = fitted + weight[None, :]
    own = np.where(fitted > 0, np.maximum(sold, 0.0), 0.0)
    rates: FloatArray = np.divide(
        own + weight[None, :] * pooled[None, :], below, out=np.ones_like(below), where=below > 0
    )
    return rates
