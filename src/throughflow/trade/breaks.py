"""When a monthly series changed level, how sure that month is, and how long after a date.

`find` looks for one change; `search` for any number of them (PELT), for the largest of which it
gives the months that cannot be told from the best and the lag from a restriction date.

Source: Killick, Fearnhead & Eckley (2012), PELT.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import ruptures

from throughflow.model.periods import month_number, month_start

if TYPE_CHECKING:
    from datetime import date

    from numpy.typing import NDArray

MINIMUM_SEGMENT = 3
# Months whose fit is within this much of the best, in units of the residual variance, cannot be
# told from it at 95 %. A break month is not a regular parameter: twice the drop of the likelihood
# is at most c with probability (1 - exp(-c / 2))^2, not chi-square, whose 3.84 held in 86 to 88 of
# 100 simulated series with a change of half again the level. Source: Bhattacharya & Brockwell
# (1976); Siegmund (1988).
LIKELIHOOD_DROP = -2 * math.log(1 - math.sqrt(0.95))
# Every break must improve the fit by this many times the log of the number of months: the
# modified information criterion. In noise alone one series of twenty then has a break.
# Source: Zhang & Siegmund (2007).
PENALTY = 3.0
# Median absolute deviation of a normal variable in standard deviations.
MAD = 0.6745


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


@dataclass(frozen=True, slots=True)
class Breaks:
    """All changes of level in a monthly series.

    Attributes:
        main: The change that explains most, None where there is none.
        every: All changes in order of time, `main` among them.
        restricted: Month the lags are counted from.
        lag: Months from `restricted` to the main change; negative before it.
        lag_earliest: The same to the earliest month that fits as well at 95 %.
        lag_latest: The same to the latest such month.
        first: First month used.
        last: Last month used; partial months after it were left out.
        reason: Why there is no main change; empty where there is one.
    """

    main: Break | None
    every: tuple[Break, ...]
    restricted: date | None
    lag: int | None
    lag_earliest: int | None
    lag_latest: int | None
    first: date | None
    last: date | None
    reason: str


def search(
    values: NDArray[np.float64],
    first_month: int,
    *,
    whole: NDArray[np.bool_] | None = None,
    restricted: int | None = None,
) -> Breaks:
    """Find every change of level in a positive series, such as recorded over expected.

    Args:
        values: Value per month, shape (n_months,); works on logs.
        first_month: Month number of the first value.
        whole: Which months are recorded in full, shape (n_months,); partial ones at the end are
            left out. None takes every month as whole.
        restricted: Month number that lags are counted from.

    Returns:
        The changes; none, with the reason, where the series is too short or has gaps.
    """
    usable = np.isfinite(values) & (values > 0)
    if whole is not None:
        usable &= whole
        ends = int(np.flatnonzero(whole).max()) + 1 if whole.any() else 0
        values, usable = values[:ends], usable[:ends]
    signal = np.log(values[usable])
    reason = _unusable(signal, usable)
    first = month_start(first_month) if len(usable) else None
    last = month_start(first_month + len(usable) - 1) if len(usable) else None
    if reason:
        return none(reason, restricted, first, last)
    noise = float(np.median(np.abs(np.diff(signal)))) / MAD / math.sqrt(2)
    # A series of exact steps has no noise, and without a penalty every month would be a step.
    variance = max(noise**2, 1e-9 * float(signal.var()))
    algorithm = ruptures.Pelt(model="l2", min_size=MINIMUM_SEGMENT, jump=1).fit(signal)
    places = algorithm.predict(pen=PENALTY * variance * math.log(len(signal)))
    edges = [0, *places]
    found = list(zip(edges, edges[1:], edges[2:], strict=False))
    if not found:
        return none("no change of level stands out", restricted, first, last)
    # With breaks known, what is left is the noise; the first guess served to find them.
    left_over = sum(_squares(signal[a:b]) for a, b in zip(edges, places, strict=False))
    variance = max(left_over / max(len(signal) - len(places), 1), 1e-9 * float(signal.var()))
    gains = [
        _squares(signal[a:c]) - _squares(signal[a:b]) - _squares(signal[b:c]) for a, b, c in found
    ]
    every = tuple(_between(signal, a, b, c, variance, first_month) for a, b, c in found)
    main = every[int(np.argmax(gains))]
    lags = [
        None if restricted is None else month_number(month) - restricted
        for month in (main.month, main.earliest, main.latest)
    ]
    start = None if restricted is None else month_start(restricted)
    return Breaks(main, every, start, lags[0], lags[1], lags[2], first, last, "")


def none(
    reason: str, restricted: int | None, first: date | None = None, last: date | None = None
) -> Breaks:
    """Return the answer without a change of level.

    Args:
        reason: Why there is none.
        restricted: Month number that lags would be counted from.
        first: First month used.
        last: Last month used.
    """
    start = None if restricted is None else month_start(restricted)
    return Breaks(None, (), start, None, None, None, first, last, reason)


def _unusable(signal: NDArray[np.float64], usable: NDArray[np.bool_]) -> str:
    """Say why a series cannot be searched; empty where it can."""
    if len(usable) < 2 * MINIMUM_SEGMENT + 1:
        return f"{len(usable)} whole months; at least {2 * MINIMUM_SEGMENT + 1} are needed"
    if not usable.all():
        return f"{int((~usable).sum())} months are partial or without trade"
    return "every month is the same" if np.ptp(signal) == 0 else ""


def _between(
    signal: NDArray[np.float64], left: int, place: int, right: int, variance: float, first: int
) -> Break:
    """Describe a change between two others, with the months that cannot be told from it."""
    places = np.arange(left + MINIMUM_SEGMENT, right - MINIMUM_SEGMENT + 1)
    cost = np.array([_squares(signal[left:k]) + _squares(signal[k:right]) for k in places])
    plausible = places[cost <= cost.min() + LIKELIHOOD_DROP * variance]
    return Break(
        month=month_start(first + place),
        # With neighbours moved by the search, the month given need not be the best between them.
        earliest=month_start(first + min(place, int(plausible.min()))),
        latest=month_start(first + max(place, int(plausible.max()))),
        factor=float(np.exp(signal[place:right].mean() - signal[left:place].mean())),
    )


def _squares(values: NDArray[np.float64]) -> float:
    return float(((values - values.mean()) ** 2).sum())
