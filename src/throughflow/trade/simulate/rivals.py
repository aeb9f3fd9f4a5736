"""What an analyst would use instead, implemented as its users describe it.

Each rival scores the same units, hub × good, from the same files; a higher score is a stronger
accusation. To compare at the same false-discovery rate, each rival's threshold is set with the
truth in hand, which no user has: the comparison errs in the rival's favour.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from throughflow.trade.simulate.planting import Planted

    FloatArray = NDArray[np.float64]
    BoolArray = NDArray[np.bool_]

GROWTH, GROWTH_FLOOR = 1.0, 10e6
Z = 1.96
MIRROR = 0.5
RULES = {
    "growth": f"growth above {GROWTH:.0%} and more than {GROWTH_FLOOR / 1e6:.0f} million",
    "z of growth": f"z of growth among all hubs and goods above {Z}",
    "mirror ratio": f"recorded on arrival below {MIRROR:.0%} of its former share, by value sent",
}


@dataclass(frozen=True, slots=True)
class Rival:
    """One rival's verdict on every unit.

    Attributes:
        name: Key of `RULES`.
        score: Higher accuses more, shape (n_hubs, n_listed); minus infinity where it says nothing.
        accused: What its own published threshold accuses, same shape.
    """

    name: str
    score: FloatArray
    accused: BoolArray


def all_of(planted: Planted) -> tuple[Rival, ...]:
    """Score every hub and listed good by each rival, window against the same months before."""
    world = planted.world
    hubs, listed = list(world.hubs), world.n_listed
    begins, length = world.begins, planted.sent.shape[3] - world.begins
    sent = planted.sent[:, hubs, :listed].sum(axis=0)
    arrived = planted.recorded[:, :, :listed].sum(axis=0)
    now = sent[:, :, begins:].sum(axis=2)
    base = sent[:, :, begins - 12 : begins - 12 + length].sum(axis=2)
    known = (base > 0) & (now > 0)
    growth = np.divide(now, base, out=np.full_like(now, -np.inf), where=known) - 1
    logs = np.log(np.divide(now, base, out=np.ones_like(now), where=known))
    z = np.full_like(now, -np.inf)
    z[known] = (logs[known] - logs[known].mean()) / logs[known].std()
    before = arrived[:, :, begins - 12 : begins - 12 + length].sum(axis=2)
    after = arrived[:, :, begins:].sum(axis=2)
    usable = known & (before > 0)
    share = np.divide(after, now, out=np.ones_like(now), where=known)
    former = np.divide(before, base, out=np.ones_like(now), where=known)
    ratio = np.divide(share, former, out=np.ones_like(now), where=usable)
    gap = np.where(usable, 1 - ratio, -np.inf)
    large = now > GROWTH_FLOOR
    return (
        Rival("growth", np.where(large, growth, -np.inf), (growth > GROWTH) & large),
        Rival("z of growth", z, z > Z),
        Rival("mirror ratio", gap, gap > 1 - MIRROR),
    )


def found_at(score: FloatArray, planted: BoolArray, rate: float) -> BoolArray:
    """Return the most units a score finds at a false-discovery rate, its threshold set by truth.

    Args:
        score: Higher accuses more, any shape.
        planted: Whether each unit holds a diversion, same shape.
        rate: Highest share of false accusations allowed.
    """
    flat, truth = score.ravel(), planted.ravel()
    order = np.argsort(-flat, kind="stable")
    order = order[np.isfinite(flat[order])]
    false = np.cumsum(~truth[order]) / np.arange(1, len(order) + 1)
    allowed = np.flatnonzero(false <= rate)
    found = np.zeros(len(flat), dtype=bool)
    if len(allowed):
        found[order[: allowed[-1] + 1]] = True
    return found.reshape(score.shape)
