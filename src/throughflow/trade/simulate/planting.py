"""Plant diversions of known size, lag, chain, wrong code and unrecorded share into a world."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from throughflow.trade.simulate.world import World

    FloatArray = NDArray[np.float64]

# What usually comes plus the diversion, over what usually comes: the mean of the same months of
# `USUAL` years before; and how often each multiple is planted.
MULTIPLES = (1.5, 2.0, 3.0, 5.0, 10.0)
WEIGHTS = (0.1, 0.35, 0.35, 0.1, 0.1)
LAGS = (0, 1, 2, 3)
USUAL = 2
WRONG_CODE, CHAINED = 0.15, 0.1
MARGIN = 0.1


@dataclass(frozen=True, slots=True)
class Diversion:
    """One planted diversion: goods of one code through one hub.

    Attributes:
        hub: Hub that the goods were sent to.
        product: HS6 code they were declared under.
        multiple: One plus the value diverted over what usually came in the same months.
        value: Value diverted under that code over the window.
        lag: Months until they left for the target.
        unrecorded_share: Share that the hub never recorded as arriving.
        wrong_code: Unlisted code that part was declared under, empty if none.
        wrong_code_value: Value diverted under that code, besides `value`.
        second_hub: Hub that sent them on to the target, if it was not the first.
        begins: Month of the window in which it began, from 0.
        sent_on_share: Share that left the hub for the target before the window ended; none where a
            second hub sent it.
    """

    hub: str
    product: str
    multiple: float
    value: float
    lag: int
    unrecorded_share: float
    wrong_code: str
    wrong_code_value: float
    second_hub: str
    begins: int
    sent_on_share: float = 0.0


@dataclass(frozen=True, slots=True)
class Planted:
    """A world after planting.

    Attributes:
        world: The world without.
        sent: Exports, shape as `World.sent`.
        arrived: What of them is declared at hubs, before freight, shape (n_o, n_hubs, n_k,
            n_months).
        recorded: What hubs record as arriving, shape as `arrived`.
        onward: Hubs' exports to the target, shape as `World.onward`.
        among: Hubs' exports to each other, shape as `World.among`.
        truth: What was planted.
        units: Number of hub and good pairs that could have been chosen.
    """

    world: World
    sent: FloatArray
    arrived: FloatArray
    recorded: FloatArray
    onward: FloatArray
    among: FloatArray
    truth: tuple[Diversion, ...]
    units: int


def plant(world: World, prevalence: float, seed: int) -> Planted:
    """Divert goods through some hubs.

    Args:
        world: A world without diversions.
        prevalence: Share of pairs of hub and listed good, with trade in the same months of the
            years before, to choose.
        seed: The same seed plants the same.
    """
    rng = np.random.default_rng([seed, int(1e4 * prevalence)])
    hubs = world.hubs
    sent, onward, among = world.sent.copy(), world.onward.copy(), world.among.copy()
    arrived = world.sent[:, list(hubs)].copy()
    length = sent.shape[3] - world.begins
    usual = _usual(world)
    units = np.argwhere(usual > 0)
    count = round(prevalence * len(units))
    # Nobody sets up a channel for a trifle: two units in three are drawn among the larger half.
    size = usual[tuple(units.T)]
    weight = np.where(size >= np.median(size), 2.0, 1.0)
    chosen = rng.choice(len(units), count, replace=False, p=weight / weight.sum())
    truth = []
    for hub, good in units[chosen]:
        one, flows = _divert(world, rng, int(hub), int(good), float(usual[hub, good]))
        place = hubs[hub]
        sent[:, place, good, world.begins :] += flows
        known = flows * (1 - one.unrecorded_share)
        in_time = 0.0 if one.second_hub else known[:, : length - one.lag].sum() / one.value
        truth.append(replace(one, sent_on_share=float(in_time)))
        arrived[:, hub, good, world.begins :] += known
        if one.wrong_code:
            other = world.codes.index(one.wrong_code)
            hidden = flows * one.wrong_code_value / one.value
            sent[:, place, other, world.begins :] += hidden
            arrived[:, hub, other, world.begins :] += hidden
            known = known + hidden
        left = known.sum(axis=0) * (1 + MARGIN)
        sender = int(hub)
        if one.second_hub:
            sender = [world.destinations[h] for h in hubs].index(one.second_hub)
            among[hub, sender, good, world.begins :] += left
        onward[sender, good, world.begins + one.lag :] += left[: length - one.lag]
    recorded = arrived * world.mirror
    return Planted(world, sent, arrived, recorded, onward, among, tuple(truth), len(units))


def _usual(world: World) -> FloatArray:
    """Return what usually comes in the months of the window, (n_hubs, n_listed)."""
    length = world.sent.shape[3] - world.begins
    starts = [world.begins - 12 * (year + 1) for year in range(USUAL)]
    years = [world.sent[:, world.hubs, : world.n_listed, s : s + length] for s in starts]
    mean: FloatArray = np.mean([year.sum(axis=(0, 3)) for year in years], axis=0)
    return mean


def _divert(
    world: World, rng: np.random.Generator, hub: int, good: int, usual: float
) -> tuple[Diversion, FloatArray]:
    """Draw one diversion and lay it out over exporters and months of the window."""
    months = world.sent.shape[3] - world.begins
    multiple = float(rng.choice(MULTIPLES, p=WEIGHTS))
    value = (multiple - 1) * usual
    begins = int(rng.integers(0, 3))
    path = rng.lognormal(0, 0.4, months) * (np.arange(months) >= begins)
    past = world.sent[:, world.hubs[hub], good, : world.begins].sum(axis=1)
    share = rng.dirichlet(0.05 + 3 * past / past.sum() if past.sum() > 0 else np.ones(len(past)))
    flows = value * share[:, None] * (path / path.sum())[None, :]
    wrong = value * 0.3 if rng.random() < WRONG_CODE else 0.0
    names = [world.destinations[place] for place in world.hubs]
    others = [name for name in names if name != names[hub]]
    return (
        Diversion(
            hub=names[hub],
            product=world.codes[good],
            multiple=multiple,
            value=value,
            lag=int(rng.choice(LAGS)),
            unrecorded_share=float(rng.beta(2, 4)),
            wrong_code=str(rng.choice(world.codes[world.n_listed :])) if wrong else "",
            wrong_code_value=wrong,
            second_hub=str(rng.choice(others)) if rng.random() < CHAINED else "",
            begins=begins,
        ),
        flows,
    )
