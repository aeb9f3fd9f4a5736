"""How the false-discovery rate is spent: more of it where more money is expected.

What was expected is known before the window, so a test may weigh as much without a loss of honesty.
The p-value of one leg is calibrated by size, and its weight is a factor. That of several legs is
the rank of a statistic in which the weight is a part (see `onward`), because few placebos of one
size have all legs: ranked together, large and small would otherwise be taken for equally restless.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from throughflow.trade import conformal

if TYPE_CHECKING:
    from numpy.typing import NDArray

    FloatArray = NDArray[np.float64]
    BoolArray = NDArray[np.bool_]

# Expected value, in the question's currency, from which a test weighs no more.
MOST = 1e6
# Share of the rate that a row may spend on all legs together; the rest on the first alone.
JOINT_SHARE = 0.9


def weight(expected: FloatArray) -> FloatArray:
    """Return how much of the rate a test may spend, in no unit, shape as `expected`."""
    clipped: FloatArray = np.clip(expected, 1.0, MOST) / MOST
    return clipped


def combined(p: FloatArray, p_joint: FloatArray) -> FloatArray:
    """Return the p-value that a row's q is made of, shape as given.

    Args:
        p: P-value of the first leg.
        p_joint: P-value of all legs; NaN where there is no second leg, and `p` then stands alone.
    """
    either = np.fmin(p_joint / JOINT_SHARE, p / (1 - JOINT_SHARE))
    made: FloatArray = np.minimum(np.where(np.isnan(p_joint), p, either), 1.0)
    return made


def q_values(
    p: FloatArray, p_joint: FloatArray, expected: FloatArray, is_new: BoolArray
) -> FloatArray:
    """Return q-values, established flows and new ones each a family of tests of their own.

    Args:
        p: P-values of the first leg, shape (n,); NaN where there is no test.
        p_joint: P-values of all legs, shape (n,); NaN where they cannot be told.
        expected: Expected value, shape (n,).
        is_new: Units without a past, shape (n,).

    Returns:
        Q-values, shape (n,); NaN where there is no test.
    """
    q = np.full(len(p), np.nan)
    tested = ~np.isnan(p)
    for family in (tested & ~is_new, tested & is_new):
        if not family.any():
            continue
        weights = np.ones(family.sum()) if is_new[family].all() else weight(expected[family])
        spent = np.minimum(p[family] * weights.mean() / weights, 1.0)
        q[family] = conformal.benjamini_hochberg(combined(spent, p_joint[family]))
    # Weights can put a large row's q below its p, which nobody would believe.
    larger: FloatArray = np.fmax(q, np.where(tested, np.fmin(p, p_joint), np.nan))
    return larger
