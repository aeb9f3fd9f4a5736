"""When a monthly series changed level, and how sure that month is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import ruptures

from throughflow.model.periods import month_start

if TYPE_CHECKING:
    from datetime import date

    from numpy.typing import NDArray

MINIMUM_SEGMENT = 3
# Months whose fit is within this much of the best, in units of the residual variance, cannot be
# told from it at 95 %: the chi-square quantile with one degree of freedom.
LIKELIHOOD_DROP = 3.84
# A break must improve the fit by this much, in the same units, to be one at all: in noise the best
# of all months does so in one series of twenty. Source: Andrews (1993), table I, one parameter,
# 5 % trimmed, 5 % level.
LEAST_GAIN = 9.84


@dataclass(frozen=True, slots=True)
class Break:
    """A change of level in a monthly series.

    Attributes:
        month: First month of the new level.
        earliest: Earliest month that fits as well at 95 %.
        latest: Latest month that fits as well at 95 %.
        factor: New level over old.
    """

    month: date
    earliest: date
    latest: date
    factor: float


def find(values: NDArray[np.float64], first_month: int) -> Break | None:
    """Find the one largest change of level in a positive series.

    Args:
        values: Value per month, shape (n_months,); works on logs.
        first_month: Month number of the first value.

    Returns:
        The change, or None where the series is too short, holds months without trade, or is
        described as well by one level.
    """
    if len(values) < 2 * MINIMUM_SEGMENT + 1 or (values <= 0).any():
        return None
    signal = np.log(values)
    if np.ptp(signal) == 0:
        return None
    algorithm = ruptures.Binseg(model="l2", min_size=MINIMUM_SEGMENT, jump=1).fit(signal)
    best = int(algorithm.predict(n_bkps=1)[0])
    places = np.arange(MINIMUM_SEGMENT, len(signal) - MINIMUM_SEGMENT + 1)
    cost = np.array([_squares(signal[:k]) + _squares(signal[k:]) for k in places])
    variance = cost.min() / max(len(signal) - 2, 1)
    if _squares(signal) - cost.min() <= LEAST_GAIN * variance:
        return None
    plausible = places[cost <= cost.min() + LIKELIHOOD_DROP * variance]
    return Break(
        month=month_start(first_month + best),
        earliest=month_start(first_month + int(plausible.min())),
        latest=month_start(first_month + int(plausible.max())),
        factor=float(np.exp(signal[best:].mean() - signal[:best].mean())),
    )


def _squares(values: NDArray[np.float64]) -> float:
    return float(((values - values.mean()) ** 2).sum())
