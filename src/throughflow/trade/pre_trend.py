"""Did the path move before the date? The leads tested together, and what would have been missed.

A test that finds nothing says something only if it could have found something. So beside p stands
the smallest drift that the same test finds with 80 % power, and where that is too large to matter
less than the effect, the answer is *cannot tell*.

Source: Roth (2022), on the low power of pre-trend tests; Freyaldenhoven, Hansen & Shapiro (2019).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import stdtr

from throughflow.evidence import verdict
from throughflow.reference import verdicts
from throughflow.trade import event_path

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from throughflow.trade.event_path import Path

    FloatArray = NDArray[np.float64]

FEWEST_LEADS = 3
YEAR = event_path.YEAR
HALVINGS = 40
# A drift of this many standard errors at its end is found whatever the draws.
FARTHEST = 200.0


@dataclass(frozen=True, slots=True)
class PreTrend:
    """The test that nothing moved before the date.

    Attributes:
        leads: Number of leads tested, the year before them among them.
        p: Probability of a largest lead, in standard errors, as large as this without any trend.
        largest: Largest absolute lead, log.
        largest_at: Event month of it; a year before the first month for the year before them.
        slope: Change of the log per month: from the year before to the reference months where the
            season is the hub's own, else over the leads.
        slope_low: Lower end of its 90 % interval.
        slope_high: Upper end of it.
        slope_p: Probability of a slope as steep as this without any trend.
        effect: Mean of the lags, log: what the leads are measured by.
        detectable: Largest lead of the smallest straight drift that the joint test finds with the
            power that the verdict rules name, log; None where no drift would be found.
        state: ``trend``, ``small trend``, ``no trend found`` or ``cannot tell``.
        reason: The same in words.
    """

    leads: int
    p: float | None
    largest: float | None
    largest_at: int | None
    slope: float | None
    slope_low: float | None
    slope_high: float | None
    slope_p: float | None
    effect: float | None
    detectable: float | None
    state: str
    reason: str

    def evidence(self) -> verdict.PreTrend:
        """Return what a verdict needs of the test."""
        return verdict.PreTrend(self.p, self.largest, self.effect, self.detectable)


def assess(path: Path, confidence: float = event_path.CONFIDENCE) -> PreTrend:
    """Test that the leads of a path are zero.

    Args:
        path: The path; leads are its event months before zero and, where the season is the hub's
            own, the year the season is from. A steady drift bends the season and not the leads; it
            moves that year against the next.
        confidence: Of the slope's interval.
    """
    has_year = path.year_before is not None
    tau, theta = path.tau, path.theta
    if path.year_before is not None:
        # One more lead, the year before all others; its middle is a year before theirs.
        tau = np.append(tau, int(path.tau[0]) - YEAR)
        theta = np.append(theta, path.year_before)
    error = np.sqrt(path.covariance.diagonal())
    # A reference of one month is zero by definition and cannot fail.
    free = (tau < 0) & (error > event_path.NO_ERROR)
    lags = (path.tau >= 0) & np.isfinite(path.theta)
    effect = float(path.theta[lags].mean()) if lags.any() else None
    if free.sum() < FEWEST_LEADS:
        found = verdict.PreTrend(None, None, effect, None)
        return _told(int(free.sum()), found, None, (None, None, None, None))
    tau, theta = tau[free], theta[free]
    error = error[free]
    ratio = np.abs(theta) / error
    drawn = event_path.draws(path, free)
    most = np.abs(drawn).max(axis=1)
    p = float((1 + (most >= ratio.max()).sum()) / (len(most) + 1))
    if has_year:
        weights = np.where(tau == tau.min(), -1 / YEAR, 0.0)
        drift = np.where(tau == tau.min(), 1.0, 0.0) / error
    else:
        away = tau - tau.mean()
        weights = away / (away @ away)
        drift = away / np.abs(away).max() / error
    slope = float(weights @ theta)
    spread = float(np.sqrt(weights @ path.covariance[np.ix_(free, free)] @ weights))
    reach = event_path.reach(path, confidence) * spread
    slope_p = float(2 * stdtr(path.degrees, -abs(slope) / spread)) if spread > 0 else None
    rule = verdicts.current().pre_trend
    detectable = None
    if rule is not None:
        critical = float(np.quantile(most, 1 - rule.p_threshold))
        detectable = _detectable(drawn, drift, critical, rule.power)
    found = verdict.PreTrend(p, float(np.abs(theta).max()), effect, detectable)
    at = int(tau[np.abs(theta).argmax()])
    return _told(int(free.sum()), found, at, (slope, slope - reach, slope + reach, slope_p))


def _told(
    leads: int,
    found: verdict.PreTrend,
    at: int | None,
    slope: tuple[float | None, float | None, float | None, float | None],
) -> PreTrend:
    state, reason = verdict.judge_pre_trend(found)
    return PreTrend(
        leads=leads,
        p=found.p,
        largest=found.largest,
        largest_at=at,
        slope=slope[0],
        slope_low=slope[1],
        slope_high=slope[2],
        slope_p=slope[3],
        effect=found.effect,
        detectable=found.detectable,
        state=state,
        reason=reason,
    )


def _detectable(
    drawn: FloatArray, drift: FloatArray, critical: float, power: float
) -> float | None:
    """Return the height of the smallest straight drift found with the power asked for.

    Args:
        drawn: Errors of the leads in standard errors, shape (n_draws, n_leads).
        drift: Drift of height one at its ends, in standard errors, shape (n_leads,).
        critical: Largest error, in standard errors, that the test lets pass.
        power: Share of draws that must be found.
    """

    def found(height: float) -> bool:
        return bool((np.abs(drawn + height * drift).max(axis=1) > critical).mean() >= power)

    low, high = 0.0, FARTHEST / float(np.abs(drift).max())
    if not found(high):
        return None
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        low, high = (low, middle) if found(middle) else (middle, high)
    return high
