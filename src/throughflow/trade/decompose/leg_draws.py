"""Intervals of the parts of an excess: draws of what the legs would have done, by Monte Carlo.

The seed is fixed: the same legs give the same interval.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import ndtri

from throughflow.trade import conformal
from throughflow.trade.decompose import parts
from throughflow.trade.decompose.leg_spread import TOO_FEW, size_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from throughflow.trade.decompose.leg_spread import LegNoise
    from throughflow.trade.decompose.parts import Parts, Sums

    FloatArray = NDArray[np.float64]
    BoolArray = NDArray[np.bool_]

SEED = 20220429
DRAWS = 1000


@dataclass(frozen=True, slots=True)
class Drawn:
    """Parts in many draws, in both forms; None where placebos are too few.

    Attributes:
        raw: Raw form, arrays of shape (n_draws, n_families).
        adjusted: Ratio-adjusted form, same shape.
        reason: Why there are no draws; empty where there are.
    """

    raw: Parts | None
    adjusted: Parts | None
    reason: str

    def total(self, chosen: BoolArray) -> Drawn:
        """Add up the chosen families in every draw; nothing is drawn of no family."""
        if self.raw is None or self.adjusted is None or not chosen.any():
            return Drawn(None, None, self.reason)
        return Drawn(self.raw.total(chosen), self.adjusted.total(chosen), self.reason)


def draw(
    sent: Sums,
    arrived: Sums,
    forwarded: Sums,
    *,
    ratio: FloatArray,
    origin_share: FloatArray,
    spread: LegNoise,
    counterfactual: tuple[FloatArray, FloatArray] | None = None,
    is_total: bool = False,
    seed: int = SEED,
    draws: int = DRAWS,
) -> Drawn:
    """Draw what the parts may be, given how far each leg wanders.

    Args:
        sent: Exports to the hub; its base is the expectation.
        arrived: The hub's imports from the coalition.
        forwarded: The hub's exports to the target.
        ratio: Usual mirror ratio, shape (n_families,).
        origin_share: See `parts.split`.
        spread: Noise of each leg.
        counterfactual: Lower and upper 90 % ends of the expected exports; None draws them from
            the leg's own wandering.
        is_total: The draws will be added up; see `Noise.draw`.
        seed: Seed of the draws.
        draws: Number of draws.
    """
    rng = np.random.default_rng(seed)
    if counterfactual is None:
        change = spread.sent.draw(size_of(sent.base), rng, draws, is_total=is_total)
        expected = None if change is None else sent.base * np.exp(change)
    else:
        expected = _two_sided(sent.base, *counterfactual, rng=rng, draws=draws)
    size = size_of(sent.window)
    wander = spread.ratio.draw(size, rng, draws, is_total=is_total)
    wander_base = spread.ratio.draw(size, rng, draws, is_total=is_total)
    exits = spread.forwarded.draw(size_of(forwarded.base), rng, draws, is_total=is_total)
    lacking = [
        f"{len(found.change)} placebo values of {name}"
        for name, found, drawn in (
            ("exports to the hub", spread.sent, expected),
            ("the mirror ratio", spread.ratio, wander),
            ("exports to the target", spread.forwarded, exits),
        )
        if drawn is None
    ]
    reason = f"no interval: only {', '.join(lacking)}, {TOO_FEW} are needed" if lacking else ""
    if expected is None:
        return Drawn(None, None, reason)
    if wander is None or wander_base is None:
        # How far the mirror wanders is not known: nothing but the excess itself has an interval.
        wander = wander_base = np.full(expected.shape, np.nan)
    # Without placebos the hub's own exports have no interval, and nothing that is made of them.
    exits = np.full(expected.shape, np.nan) if exits is None else exits
    before = forwarded.base * np.exp(exits)
    gone = forwarded.window - before
    seen = arrived.window * np.exp(-wander)
    # The hub's base records stray with the ratio as well, and with what was expected to be sent.
    scaled = np.divide(expected, sent.base, out=np.ones_like(expected), where=sent.base > 0)
    seen_before = arrived.base * scaled * np.exp(-wander_base)
    excess = sent.window - expected
    return Drawn(
        parts.split(excess, seen - seen_before, gone, origin_share),
        parts.split(excess, seen / ratio - expected, gone, origin_share),
        reason,
    )


def _two_sided(
    middle: FloatArray, low: FloatArray, high: FloatArray, *, rng: np.random.Generator, draws: int
) -> FloatArray:
    """Draw around an expectation with two half-normals that meet its 90 % ends."""
    step = rng.standard_normal((draws, len(middle))) / ndtri(1 - conformal.TAIL)
    drawn = middle + np.where(step < 0, (middle - low) * step, (high - middle) * step)
    positive: FloatArray = np.maximum(drawn, 0.0)
    return positive


def interval(
    value: FloatArray | float, drawn: FloatArray, confidence: float = conformal.CONFIDENCE
) -> tuple[FloatArray, FloatArray]:
    """Return the interval of an estimate from draws along the first axis.

    The draws say how wide, the estimate where. Where their middle lies beside the estimate, as
    after years of growth or by the chance of few fake dates, that distance is added in quadrature
    on both sides: bias counts as spread.

    Args:
        value: The estimate, shape of one draw.
        drawn: The draws, shape (n_draws, ...).
        confidence: Confidence of the interval.

    Returns:
        Lower and upper end, shape of one draw; NaN where any draw is not a number.
    """
    tail = (1 - confidence) / 2
    low, middle, high = np.quantile(drawn, [tail, 0.5, 1 - tail], axis=0)
    beside = middle - value
    return value - np.hypot(middle - low, beside), value + np.hypot(high - middle, beside)


def share_interval(
    share: FloatArray | float,
    part: FloatArray,
    whole: FloatArray,
    confidence: float = conformal.CONFIDENCE,
) -> tuple[FloatArray, FloatArray]:
    """Return the interval of a share of an excess, NaN where the excess may be none.

    A share of a whole that is not above zero in nearly every draw is not a number anybody can
    use.
    """
    tail = (1 - confidence) / 2
    sure = ((whole > 0).mean(axis=0) >= 1 - tail / 2) & ~np.isnan(part).any(axis=0)
    # A draw without a whole lies beyond either end; it is rarer than a tail where a share is told.
    beyond = np.where(part > 0, np.finfo(float).max / 4, -np.finfo(float).max / 4)
    ratio = np.divide(part, whole, out=beyond, where=whole > 0)
    low, high = interval(share, np.where(sure, ratio, 0.0), confidence)
    return np.where(sure, low, np.nan), np.where(sure, high, np.nan)


def numbers(low: FloatArray, high: FloatArray) -> tuple[float | None, float | None]:
    """Return ends as numbers, both None where either is none."""
    if not (np.isfinite(low) and np.isfinite(high)):
        return None, None
    return float(low), float(high)
