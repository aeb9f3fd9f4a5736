"""How a single flow strays when nothing is done to it: the noise of the invented world.

A flow trades in shipments: their number in a month is Poisson, their sizes are gamma. Its level
wanders, jumps now and then, closes and reopens. Small flows ship less often, wander more and close
sooner, so the parameters move with the logarithm of the level. Of some goods a hub buys from many
exporters, of others from one, and at times its buyers turn away from a good whoever sells it. All
of it is fitted to the embedded sample by ``scripts/fit_noise.py`` on one half of the headings, and
held against the other half: see the report card.
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
# Standard deviation of the log of a jump that no flow exceeds.
MOST_JUMP = 2.5
# A contract is lost overnight and won step by step: jumps upwards are so much smaller.
UPWARDS = 0.4


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
        jump_mean: Mean of a jump.
        jump_size: Log of the standard deviation of a jump.
        jump_size_slope: Its slope.
        opening: Log-odds that a closed flow reopens in a month.
        occasional: Log-odds that a flow is occasional: a shipment now and then.
        occasional_slope: Its slope.
        occasional_shipments: Log of shipments a month of an occasional flow.
        occasional_level: Log of what an occasional flow trades over what a regular one would.
        absent: Log-odds that an exporter never sells a good to a hub.
        absent_spread: Standard deviation of those log-odds between goods and hubs.
        turning: Log-odds that a hub's buyers turn away from a good of all exporters in a month.
        turning_size: Log of the mean fall in log trade when they do.
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
    jump_mean: float
    jump_size: float
    jump_size_slope: float
    opening: float
    occasional: float
    occasional_slope: float
    occasional_shipments: float
    occasional_level: float
    absent: float
    absent_spread: float
    turning: float
    turning_size: float
    drift: float
    shared: float


FITTED = Noise(
    shipments=0.123,
    shipments_slope=0.981,
    shipments_spread=0.974,
    size=-0.621,
    wander=-2.952,
    wander_slope=-0.698,
    closing=-5.105,
    closing_slope=-1.100,
    jump=-5.236,
    jump_mean=0.146,
    jump_size=-1.392,
    jump_size_slope=1.434,
    opening=-4.058,
    occasional=-1.157,
    occasional_slope=0.220,
    occasional_shipments=-1.869,
    occasional_level=-1.076,
    absent=1.058,
    absent_spread=1.133,
    turning=-4.683,
    turning_size=1.369,
    drift=0.206,
    shared=0.534,
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
    jump_size = np.exp(noise.jump_size + noise.jump_size_slope * tenfold)
    jump = (
        noise.jump_mean + rng.normal(size=(n, months)) * np.minimum(jump_size, MOST_JUMP)[:, None]
    )
    step += jumps * np.where(jump > 0, UPWARDS * jump, jump)
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
    level = np.where(occasional, level * np.exp(noise.occasional_level), level)
    mean = level[:, None] / 12 * np.exp(np.clip(log, -FARTHEST, FARTHEST)) * open_
    drawn: FloatArray = mean * sent / shipments[:, None]
    return drawn


def absent(
    exporters: int, hubs: int, goods: int, rng: np.random.Generator, noise: Noise
) -> NDArray[np.bool_]:
    """Draw which exporters never sell a good to a destination, (exporters, hubs, goods).

    Of some goods a destination buys from many exporters, of others from one.
    """
    common = noise.absent + noise.absent_spread * rng.normal(size=(hubs, goods))
    never: NDArray[np.bool_] = rng.random((exporters, hubs, goods)) < _odds(common)
    return never


def turns(shape: tuple[int, ...], rng: np.random.Generator, noise: Noise) -> FloatArray:
    """Draw how buyers turn away from a good, whoever sells it: log falls by month, for good.

    Args:
        shape: Shape of the result, months last.
        rng: Source of randomness.
        noise: Parameters.
    """
    fall = rng.exponential(np.exp(noise.turning_size), shape)
    fallen: FloatArray = -np.cumsum((rng.random(shape) < _odds(noise.turning)) * fall, axis=-1)
    return fallen


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
