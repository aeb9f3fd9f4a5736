"""Parts of an excess as estimates: value, interval, and both as shares of the excess."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from throughflow.trade.decompose import leg_draws
from throughflow.trade.decompose.decomposition import Estimate, Split

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from throughflow.trade.decompose.parts import Parts

    FloatArray = NDArray[np.float64]


def excess(total: Parts, drawn: Parts | None, *, is_told: bool) -> Estimate:
    """Return the excess itself, which is no share of anything."""
    if not is_told:
        return Estimate(None, None, None, None, None, None)
    value = float(total.excess_sent)
    low = high = None
    if drawn is not None:
        low, high = leg_draws.numbers(*leg_draws.interval(value, drawn.excess_sent))
    return Estimate(number(value), low, high, None, None, None)


def split(total: Parts, drawn: Parts | None, *, is_told: bool) -> Split:
    """Return every part with its interval, all empty where the row is not told."""
    return Split(
        **{
            name: _estimate(getattr(total, name), total.excess_sent, drawn, name, is_told=is_told)
            for name in Split.__slots__
        }
    )


def _estimate(
    value: FloatArray, whole: FloatArray, drawn: Parts | None, name: str, *, is_told: bool
) -> Estimate:
    if not is_told:
        return Estimate(None, None, None, None, None, None)
    amount, sent = number(float(value)), float(whole)
    share = amount / sent if amount is not None and sent > 0 else None
    if drawn is None or amount is None:
        return Estimate(amount, None, None, share, None, None)
    part = getattr(drawn, name)
    # What was re-exported cannot be less than nothing, whatever the draws' spread.
    least = 0.0 if name.startswith("reexported") else -np.inf
    low, high = leg_draws.numbers(*leg_draws.interval(amount, part))
    share_low = share_high = None
    if share is not None:
        ends = leg_draws.share_interval(share, part, drawn.excess_sent)
        share_low, share_high = leg_draws.numbers(*ends)
    return Estimate(
        amount, _at_least(low, least), high, share, _at_least(share_low, least), share_high
    )


def _at_least(value: float | None, least: float) -> float | None:
    return None if value is None else max(value, least)


def number(value: float) -> float | None:
    """Return a number, None for what is none."""
    return float(value) if np.isfinite(value) else None
