"""Pass-through: how much of what more arrived in the hub the hub more sent on to the target.

It compares amounts under one code. It cannot see whether the goods are the same, so it is an upper
bound on identity of goods, at any level and however near to one.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import ndtri, stdtrit

from throughflow.trade import conformal

if TYPE_CHECKING:
    from numpy.typing import NDArray

    FloatArray = NDArray[np.float64]

LAGS = (0, 1, 2, 3)
MEANING = "an upper bound: the same code and month, not known to be the same goods"
SEED = 20220429
DRAWS = 2000
# Fewer months than this give no interval: blocks of three would leave fewer than three of them.
FEWEST_MONTHS = 9
FEWEST_CHANGES = 6


@dataclass(frozen=True, slots=True)
class LagResult:
    """Pass-through at one lag.

    Attributes:
        lag: Months from arriving to going on.
        correlation: Of monthly changes of both legs at that lag; None with too few months.
        ratio: What more went on over what more arrived; None where nothing more arrived.
        low: Lower end of the 90 % interval.
        high: Upper end.
        whole: All that went on over all that arrived, the base not taken off.
        months: Months compared.
    """

    lag: int
    correlation: float | None
    ratio: float | None
    low: float | None
    high: float | None
    whole: float | None
    months: int


@dataclass(frozen=True, slots=True)
class PassThrough:
    """Pass-through at the lag at which both legs move together, and at all others.

    Attributes:
        lag: Months from arriving to going on, chosen by correlation of monthly changes; 0 where
            no correlation can be computed.
        ratio: What more went on over what more arrived, at that lag; None with its reason.
        low: Lower end of the 90 % interval, by moving-block bootstrap.
        high: Upper end.
        whole: All that went on over all that arrived, at that lag, the base not taken off.
        lags: All lags.
        against: ``base`` where both legs are compared with their base years, ``nothing`` where
            the base years are not told and whole amounts are compared.
        meaning: What the figure is and is not.
        reason: Why there is no ratio or no interval; empty where there are.
    """

    lag: int
    ratio: float | None
    low: float | None
    high: float | None
    whole: float | None
    lags: tuple[LagResult, ...]
    against: str
    meaning: str
    reason: str


def measure(
    arrived: FloatArray,
    gone: FloatArray,
    arrived_base: FloatArray,
    gone_base: FloatArray,
    *,
    first: int,
    length: int,
    seed: int = SEED,
) -> PassThrough:
    """Compute pass-through at every lag from 0 to 3 months.

    Args:
        arrived: The hub's imports by month, shape (n_months,), NaN where not told.
        gone: The hub's exports to the target, same shape.
        arrived_base: What `arrived` was in the same calendar months of the base years, same
            shape; all NaN where the base years are not told.
        gone_base: The same of `gone`.
        first: Position of the window's first month.
        length: Months of the window.
        seed: Seed of the bootstrap.
    """
    against = "base"
    at = slice(first, first + length)
    if np.isnan(arrived_base[at]).any() or np.isnan(gone_base[at]).any():
        against = "nothing"
        arrived_base, gone_base = np.zeros_like(arrived), np.zeros_like(gone)
    lags = tuple(
        _at_lag(arrived, gone, arrived_base, gone_base, first, length, lag, seed) for lag in LAGS
    )
    best = max(
        (found for found in lags if found.correlation is not None),
        key=lambda found: (found.correlation, -found.lag),
        default=lags[0],
    )
    reason = ""
    if best.ratio is None:
        reason = "nothing more arrived, or not every month of both legs is told"
    elif best.low is None:
        reason = f"no interval: {best.months} months, {FEWEST_MONTHS} are needed"
    return PassThrough(
        best.lag, best.ratio, best.low, best.high, best.whole, lags, against, MEANING, reason
    )


def nothing(reason: str) -> PassThrough:
    """Return the result where a leg is not told at all."""
    return PassThrough(0, None, None, None, None, (), "nothing", MEANING, reason)


def _at_lag(
    arrived: FloatArray,
    gone: FloatArray,
    arrived_base: FloatArray,
    gone_base: FloatArray,
    first: int,
    length: int,
    lag: int,
    seed: int,
) -> LagResult:
    """Compare months of the window with the months `lag` later, as far as the data reach."""
    last = min(first + length, len(arrived) - lag)
    months = np.arange(first, last)
    if len(months) < length - lag or len(months) == 0:
        return LagResult(lag, None, None, None, None, None, 0)
    came, went = arrived[months], gone[months + lag]
    told = ~np.isnan(came) & ~np.isnan(went)
    if not told.all():
        return LagResult(lag, None, None, None, None, None, int(told.sum()))
    more = came - arrived_base[months]
    on = went - gone_base[months + lag]
    on = np.where(np.isnan(on), went, on)
    ratio = float(on.sum() / more.sum()) if more.sum() > 0 else None
    low = high = None
    if ratio is not None and len(months) >= FEWEST_MONTHS:
        low, high = block_bootstrap(more, on, seed=seed)
    whole = float(went.sum() / came.sum()) if came.sum() > 0 else None
    return LagResult(lag, correlation(came, went), ratio, low, high, whole, len(months))


def correlation(came: FloatArray, went: FloatArray) -> float | None:
    """Return the correlation of monthly changes; None with too few or where one leg stands still.

    Changes, not levels: two legs that both grew in 2022 correlate in levels at every lag.
    """
    left, right = np.diff(came), np.diff(went)
    if len(left) < FEWEST_CHANGES or left.std() == 0 or right.std() == 0:
        return None
    return float(np.corrcoef(left, right)[0, 1])


def block_length(months: int) -> int:
    """Return the length of blocks: the cube root of the number of months, rounded up."""
    return max(1, int(np.ceil(months ** (1 / 3) - 1e-9)))


def block_bootstrap(
    more: FloatArray,
    on: FloatArray,
    *,
    seed: int = SEED,
    draws: int = DRAWS,
    confidence: float = conformal.CONFIDENCE,
) -> tuple[float | None, float | None]:
    """Return the interval of `sum(on) / sum(more)` from resampled blocks of months.

    Blocks wrap around, so that every month is drawn as often. The interval is that of the residual
    `on - ratio * more`, whose sum is resampled, widened by Student's t for the few blocks there
    are: resampling the ratio itself would be too narrow with a year of months.

    Args:
        more: What more arrived by month, shape (n_months,).
        on: What more went on, same shape.
        seed: Seed of the draws.
        draws: Number of resamples.
        confidence: Confidence of the interval.

    Source: Künsch (1989), moving blocks; Politis & Romano (1992), the circular form.
    """
    n = len(more)
    length = block_length(n)
    blocks = -(-n // length)
    rng = np.random.default_rng(seed)
    start = rng.integers(0, n, size=(draws, blocks))
    taken = ((start[:, :, None] + np.arange(length)) % n).reshape(draws, -1)[:, :n]
    whole = float(more.sum())
    ratio = float(on.sum()) / whole
    residual = on - ratio * more
    sums = residual[taken].sum(axis=1) / whole
    tail = (1 - confidence) / 2
    # A residual whose ratio was fitted has lost one month, and the variance of few blocks is itself
    # uncertain: both widen what was resampled.
    freedom = max(n - 1, 1)
    widen = np.sqrt(n / freedom) * stdtrit(freedom, 1 - tail) / ndtri(1 - tail)
    ends = np.quantile(sums, [tail, 1 - tail]) * widen
    return ratio + float(ends[0]), ratio + float(ends[1])


def base_profile(value: FloatArray, first: int, length: int, years: tuple[int, ...]) -> FloatArray:
    """Return what each month from the window's first on was in the base years, on average.

    Args:
        value: Amounts by month, shape (n_months,).
        first: Position of the window's first month.
        length: Months of the window.
        years: How many years before the window each base lies.

    Returns:
        Shape (n_months,), NaN outside the window and up to three months after it, and wherever a
        base year is not told.
    """
    out = np.full(len(value), np.nan)
    # Months that a lag carries beyond the window have their twins beyond the base.
    for month in range(first, min(first + length + max(LAGS), len(value))):
        twins = [month - 12 * year for year in years]
        if all(0 <= twin < len(value) for twin in twins):
            out[month] = np.mean([value[twin] for twin in twins])
    return out
