"""P-values of a statistic among placebos: by rank, and in the far tail by the tail's own shape.

The last few placebos in a thousand are few and, where fake dates overlap, the same series several
times over: a rank among them says little. Sums of minus logs of p-values fall off exponentially, so
beyond `START` the mean distance of the placebos from there says how fast.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    FloatArray = NDArray[np.float64]

# Share of the placebos that make the tail, and how many of them it takes to know its shape.
START = 0.1
ENOUGH = 50


def exceeding(placebos: FloatArray, statistic: FloatArray) -> FloatArray:
    """Return the share of placebos that are at least as large.

    Args:
        placebos: Statistic of the placebos, shape (n,).
        statistic: Statistic to judge, any shape, without NaN.

    Returns:
        P-values, shape as `statistic`, never zero: the row itself counts as one.
    """
    n = len(placebos)
    ordered = np.sort(placebos)
    above = n - np.searchsorted(ordered, statistic, side="left")
    p: FloatArray = (1 + above) / (1 + n)
    start = ordered[int((1 - START) * n)] if n else np.inf
    beyond = ordered[ordered > start]
    if len(beyond) < ENOUGH:
        return p
    distance = (statistic - start) / (beyond.mean() - start)
    return np.where(distance > 0, len(beyond) / n * np.exp(-np.maximum(distance, 0)), p)
