"""How hubs' records stray from what was sent: two customs services never agree.

Measured on the one pair of countries whose both sides are staged by product and month, India's
exports to Russia in 2021 (docs/sources/india-russia.md); a hub's own drift on the yearly totals of
four hubs. `MEASURED` holds what was measured, `quantiles` measures the same of anything.
"""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    FloatArray = NDArray[np.float64]
    BoolArray = NDArray[np.bool_]

FREIGHT = 0.06
# In logs: a level that is wider for smaller flows, and much wider for some goods; what lasts some
# months; single months, for goods under way; the hub's own drift by month. And the share of flows
# recorded under another partner or code. One exporter does not tell what its level shares with
# others: half its variance is taken to be the good's, another classification, half the exporter's,
# another partner.
LEVEL, LEVEL_BY_DECADE = 0.45, -0.25
LEAST_LEVEL, MOST_LEVEL = 0.15, 1.5
LOOSE, LOOSE_TIMES = 0.2, 3.0
LASTING, KEPT_A_MONTH = 0.4, 0.9
MONTH = 0.8
DRIFT = 0.02
ELSEWHERE = 0.035
# Flows of this much a year have the level `LEVEL`.
SIZE = 3e6

# Lower ends of size classes by value sent in the year, US dollars.
CLASSES = (1e5, 1e6, 1e7, np.inf)
LEVELS = (0.05, 0.25, 0.5, 0.75, 0.95)
# By class, India's exports to Russia in 2021: share of codes that Russia records nothing of, then
# quantiles `LEVELS` of the log of what Russia records over what India does.
MEASURED = (
    (0.08, -3.75, -0.49, 0.18, 0.87, 2.29),
    (0.03, -2.76, -0.37, 0.15, 0.55, 1.41),
    (0.03, -2.18, -0.22, 0.04, 0.19, 0.89),
)


def draw(rng: np.random.Generator, sent: FloatArray, silent: BoolArray) -> FloatArray:
    """Draw what hubs record over what arrives.

    Args:
        rng: Source of chance.
        sent: Exports to hubs, shape (n_o, n_hubs, n_k, n_months).
        silent: Hubs that publish nothing, shape (n_hubs,).

    Returns:
        Ratios, freight included, shape as `sent`.
    """
    *shape, months = sent.shape
    yearly = np.maximum(sent.mean(axis=3) * 12, 1.0)
    level = np.clip(LEVEL + LEVEL_BY_DECADE * np.log10(yearly / SIZE), LEAST_LEVEL, MOST_LEVEL)
    of_good = (1, *shape[1:])
    loose = np.where(rng.random(of_good) < LOOSE, LOOSE_TIMES, 1.0)
    own = level * (loose * rng.normal(size=of_good) + rng.normal(size=shape)) / np.sqrt(2)
    lasting = LASTING * rng.normal(size=shape)
    hub = DRIFT * np.cumsum(rng.normal(size=(1, shape[1], 1, months)), axis=3)
    is_nought = (rng.random(shape) < ELSEWHERE) | silent[None, :, None]
    # Neither what lasts nor what is under way adds or takes away on average.
    mean = (LASTING**2 + MONTH**2) / 2
    made = np.empty_like(sent)
    for month in range(months):
        log = own + lasting + hub[..., month] + MONTH * rng.normal(size=shape) - mean
        made[..., month] = np.where(is_nought, 0.0, (1 + FREIGHT) * np.exp(log))
        fresh = LASTING * np.sqrt(1 - KEPT_A_MONTH**2) * rng.normal(size=shape)
        lasting = KEPT_A_MONTH * lasting + fresh
    return made


def quantiles(sent: FloatArray, recorded: FloatArray) -> tuple[tuple[float, ...], ...]:
    """Measure what `MEASURED` holds.

    Args:
        sent: What one side records in a year, shape (n,).
        recorded: What the other side does, shape (n,).

    Returns:
        By class, the share recorded as nothing and quantiles of the log ratio of the others; NaN
        for a class without members.
    """
    found = []
    for low, high in itertools.pairwise(CLASSES):
        chosen = (sent >= low) & (sent < high)
        some = chosen & (recorded > 0)
        if not some.any():
            found.append((np.nan,) * (1 + len(LEVELS)))
            continue
        logs = np.log(recorded[some] / sent[some])
        found.append((1 - float(some.sum() / chosen.sum()), *np.quantile(logs, LEVELS).tolist()))
    return tuple(found)
