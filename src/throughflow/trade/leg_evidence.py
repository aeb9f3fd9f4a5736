"""What one leg of a road says: how strange it is, as far as its size fits what came before it.

The evidence is minus the log of a p-value, capped so that no leg carries a finding alone. A leg
counts in full only where its excess is a fitting share of what can have come: a trickle is no
sequel, and what is far more than came must have come from elsewhere.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    FloatArray = NDArray[np.float64]

# Minus the log of the smallest p-value that the first leg, and any later one, may contribute.
MOST_FIRST, MOST_LATER = 4.0, 7.0
# A later leg counts in full when its excess is at least the first of these shares of what the one
# before can have carried and at most the second; beyond either end in proportion.
FITS = (0.3, 2.0)
# What the first leg can have carried is its excess, which strays, and at least this share of all
# that was sent.
CARRIED = 0.4


@dataclass(frozen=True, slots=True)
class Leg:
    """One leg, arrays of one shape.

    Attributes:
        p: Share of placebos that deviate upwards at least as much; NaN where it cannot be told.
        actual: Recorded value.
        excess: What was recorded beyond what was expected.
    """

    p: FloatArray
    actual: FloatArray
    excess: FloatArray


def of_first(leg: Leg) -> FloatArray:
    """Return the evidence of the first leg, shape as the leg; NaN where it cannot be told."""
    capped: FloatArray = np.minimum(-np.log(leg.p), MOST_FIRST)
    return capped


def carried(leg: Leg) -> FloatArray:
    """Return what the first leg can have brought to a hub, shape as the leg."""
    most: FloatArray = np.maximum(leg.excess, CARRIED * leg.actual)
    return most


def of_later(leg: Leg, came: FloatArray) -> FloatArray:
    """Return the evidence of a later leg.

    Args:
        leg: The leg.
        came: What can have come before it, of a shape that the leg's broadcasts with.

    Returns:
        The broadcast shape; NaN where the leg cannot be told.
    """
    strange = np.minimum(-np.log(leg.p), MOST_LATER)
    more, came = np.broadcast_arrays(leg.excess, came)
    share = np.divide(more, came, out=np.zeros(more.shape), where=(came > 0) & (more > 0))
    least, most = FITS
    fits: FloatArray = np.minimum(share / least, 1.0) * (most / np.maximum(share, most))
    return strange * fits
