"""How a single flow strays when nothing is done to it: the noise of the invented world.

A flow trades in shipments: their number in a month is Poisson, their sizes are gamma. Its level
wanders, jumps now and then, closes and reopens. Small flows ship less often, wander more and close
sooner, so the parameters move with the logarithm of the level. They are fitted to the embedded
sample by ``scripts/fit_noise.py`` on one half of the headings, and held against the other half:
see the report card.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    FloatArray = NDArray[np.float64]

# The level at which the parameters below hold as they stand, per year.
REFERENCE_LEVEL = 1e5
# Logs of levels further from their start than this are cut: no flow grows a hundred-thousandfold.
FARTHEST = 12.0
# Monthly standard deviation of a level that even the smallest flows do not exceed.
MOST_WANDER = 0.4


@dataclass(frozen=True, slots=True)
class Noise:
    """Parameters; each ``_slope`` is the change per tenfold level.

    Attributes:
        shipments: Log of shipments a month of a regular flow.
        shipments_slope: Its slope.
        shipments_spread: Standard deviation of that log between flows.
        size: Log of the spread of shipment sizes.
        wander: Log of the monthly standard deviation of the level, shared shocks included.
        wander_slope: Its slope.
        closing: Log-odds that a flow closes in a month.
        closing_slope: Its slope.
        jump: Log-odds that a level jumps in a month.
        jump_size: Log of the standard deviation of a jump.
        opening: Log-odds that a closed flow reopens in a month.
        occasional: Log-odds that a flow is occasional: a shipment now and then.
        occasional_slope: Its slope.
        occasional_shipments: Log of shipments a month of an occasional flow.
        drift: Yearly growth common to all flows, log.
        shared: Share of the shared shocks' measured variance that flows of all sizes bear.
    """

    shipments: float
    shipments_slope: float
    shipments_spread: float
    size: float
    wander: float
    wander_slope: float
    closing: float
    closing_slope: float
    jump: float
    jump_size: float
    opening: float
    occasional: float
    occasional_slope: float
    occasional_shipments: float
    drift: float
    shared: float


FITTED = Noise(
    shipments=0.049,
    shipments_slope=0.748,
    shipments_spread=0.832,
    size=-0.947,
    wander=-2.027,
    wander_slope=-0.418,
    closing=-4.799,
    closing_slope=-0.515,
    jump=-3.994,
    jump_size=-0.3,
    opening=-3.159,
    occasional=-1.054,
    occasional_slope=-0.436,
    occasional_shipments=-2.042,
    drift=0.08,
    shared=0.355,
)


def draw(
    level: FloatArray,
    months: int,
    rng: np.random.Generator,
    noise: Noise = FITTED,
    *,
    shared_variance: float = 0.0,
    shared: FloatArray | None = None,
) -> FloatArray:
    """Draw monthly values of flows.

    Args:
        level: Value a year that each flow would trade at the start, shape (n_flows,).
        months: Number of months.
        rng: Source of randomness.
        noise: Parameters.
        shared_variance: Monthly variance that shared shocks bring, taken off each flow's own.
        shared: Log shocks that flows share, shape (n_flows, months); None without.

    Returns:
        Values a month, shape (n_flows, months), zero in months without a shipment.
    """
    n = len(level)
    tenfold = np.log10(np.maximum(level, 1.0) / REFERENCE_LEVEL)
    wander = np.minimum(np.exp(noise.wander + noise.wander_slope * tenfold), MOST_WANDER)
    own = np.sqrt(np.maximum(wander**2 - shared_variance, 0.02**2))
    step = own[:, None] * rng.normal(size=(n, months))
    jumps = rng.random((n, months)) < _odds(noise.jump)
    step += jumps * rng.normal(size=(n, months)) * np.exp(noise.jump_size)
    log = np.cumsum(step, axis=1) + noise.drift * np.arange(months) / 12
    log -= log[:, :1]
    if shared is not None:
        log += shared
    shipments = np.exp(
        noise.shipments
        + noise.shipments_slope * tenfold
        + noise.shipments_spread * rng.normal(size=n)
    )
    occasional = rng.random(n) < _odds(noise.occasional + noise.occasional_slope * tenfold)
    rarely = np.exp(noise.occasional_shipments + 0.3 * rng.normal(size=n))
    shipments = np.where(occasional, rarely, shipments)
    open_ = _open(tenfold, months, rng, noise)
    kappa = 1 / (np.exp(np.exp(noise.size) ** 2) - 1)
    count = rng.poisson(np.broadcast_to(shipments[:, None], (n, months)))
    sent = np.where(count > 0, rng.gamma(np.maximum(count, 1) * kappa) / kappa, 0.0)
    mean = level[:, None] / 12 * np.exp(np.clip(log, -FARTHEST, FARTHEST)) * open_
    drawn: FloatArray = mean * sent / shipments[:, None]
    return drawn


def _open(
    tenfold: FloatArray, months: int, rng: np.random.Generator, noise: Noise
) -> NDArray[np.bool_]:
    """Let flows close and reopen, starting from the balance of the two."""
    closing = _odds(noise.closing + noise.closing_slope * tenfold)
    opening = _odds(noise.opening)
    state = rng.random(len(tenfold)) < opening / (opening + closing)
    states = np.empty((len(tenfold), months), dtype=bool)
    for month in range(months):
        states[:, month] = state
        drawn = rng.random(len(tenfold))
        state = np.where(state, drawn > closing, drawn < opening)
    return states


def _odds(log_odds: FloatArray | float) -> FloatArray:
    probability: FloatArray = 1 / (1 + np.exp(-np.asarray(log_odds, dtype=np.float64)))
    return probability
