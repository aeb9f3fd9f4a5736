"""Substitution ratio: excess to the hubs over the fall in direct exports to the target."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from throughflow.trade.decompose import leg_draws, leg_spread

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from throughflow.trade.decompose.parts import Sums

    FloatArray = NDArray[np.float64]
    IntArray = NDArray[np.int64]

NO_FALL = "direct exports to the target did not fall"
UNSURE = "the fall in direct exports is not sure enough to divide by"


@dataclass(frozen=True, slots=True)
class Substitution:
    """How much of the fall in direct exports came back through hubs.

    Attributes:
        family: Product family, or ``*``.
        hubs: Hubs added up.
        excess: Excess to the hubs.
        fall: Fall in direct exports to the target.
        ratio: Excess over fall; None with its reason.
        low: Lower end of the 90 % interval.
        high: Upper end.
        reason: Why there is no ratio or no interval; empty where there are.
    """

    family: str
    hubs: tuple[str, ...]
    excess: float
    fall: float
    ratio: float | None
    low: float | None
    high: float | None
    reason: str


def ratio(
    to_hubs: list[Sums],
    direct: Sums,
    noise: leg_spread.Noise,
    *,
    families: tuple[str, ...],
    hubs: tuple[str, ...],
    seed: int = leg_draws.SEED,
    draws: int = leg_draws.DRAWS,
) -> list[Substitution]:
    """Compute the ratio of every family and of all together.

    Args:
        to_hubs: Exports to each hub, every array of shape (n_families,).
        direct: Exports to the target.
        noise: How far exports wander against their base years.
        families: Names of the families.
        hubs: The hubs, in the order of `to_hubs`.
        seed: Seed of the draws.
        draws: Number of draws.

    Returns:
        The total under ``*`` first, over families told on every leg, then each of those families.
    """
    excess = np.sum([leg.window - leg.base for leg in to_hubs], axis=0)
    fall = direct.base - direct.window
    told = ~np.isnan(excess) & ~np.isnan(fall)
    rng = np.random.default_rng(seed)
    # Amounts over several hubs are sums even of one family, so all draws are draws of money.
    drawn = [_drawn(leg, noise, rng, draws) for leg in (*to_hubs, direct)]
    whole = [d for d in drawn if d is not None]
    lacking = "" if len(whole) == len(drawn) else "no interval: too few placebo values"
    more = less = np.zeros((0, len(families)))
    if not lacking:
        more = np.sum([leg.window - d for leg, d in zip(to_hubs, whole[:-1], strict=True)], axis=0)
        less = whole[-1] - direct.window
    total = _one(
        "*", hubs, float(excess[told].sum()), float(fall[told].sum()),
        more[:, told].sum(axis=1), less[:, told].sum(axis=1), lacking,
    )  # fmt: skip
    return [total] + [
        _one(families[i], hubs, float(excess[i]), float(fall[i]), more[:, i], less[:, i], lacking)
        for i in np.flatnonzero(told)
    ]


def _drawn(
    leg: Sums, noise: leg_spread.Noise, rng: np.random.Generator, draws: int
) -> FloatArray | None:
    size = leg_spread.size_of(leg.base)
    change = noise.draw(size, rng, draws, is_total=True)
    return None if change is None else leg.base * np.exp(change)


def _one(
    family: str,
    hubs: tuple[str, ...],
    excess: float,
    fall: float,
    more: FloatArray,
    less: FloatArray,
    lacking: str,
) -> Substitution:
    if fall <= 0:
        return Substitution(family, hubs, excess, fall, None, None, None, NO_FALL)
    low = high = None
    reason = lacking
    if not lacking:
        low, high = leg_draws.numbers(*leg_draws.share_interval(excess / fall, more, less))
        reason = UNSURE if low is None or high is None else ""
    return Substitution(family, hubs, excess, fall, excess / fall, low, high, reason)
