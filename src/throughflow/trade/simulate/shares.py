"""Where planted goods went, by the decomposition users ask for, held against the truth.

Scored are goods with a planted diversion whose share the product gives an interval: the others are
*cannot tell* or an excess that may be none. Goods on the road of another hub's diversion are left
out, and those that a second hub sent on: what they should read is a matter of definition.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from scipy.stats import binom

from throughflow.trade import decompose
from throughflow.trade.simulate.world import HUBS, SILENT_HUBS

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from throughflow.trade.decompose.decomposition import FamilySplit
    from throughflow.trade.simulate.planting import Diversion, Planted
    from throughflow.trade.study import Study
    from throughflow.warehouse import Warehouse

# The parts by their names in a row, and the truth of each.
PARTS = ("unrecorded", "arrived", "reexported_most", "absorbed_least")


@dataclass(frozen=True, slots=True)
class Scored:
    """One part of one planted diversion.

    Attributes:
        part: Name of the part, one of `PARTS`.
        truth: Share of the value diverted that took this way.
        share: What the product says.
        low: Lower end of its 90 % interval.
        high: Upper end.
        value: Value diverted.
        excess: What the product says was diverted.
    """

    part: str
    truth: float
    share: float
    low: float
    high: float
    value: float
    excess: float


@dataclass(frozen=True, slots=True)
class PartScore:
    """How far the product strays on one part, over all goods scored.

    Attributes:
        part: Name of the part.
        goods: Number of goods scored.
        truth: Mean planted share.
        median_error: Median of the share told minus the share planted.
        median_error_interval: 95 % interval of that median, by order statistics.
        by_value: Share told of all goods together, each weighing its excess.
        truth_by_value: The same as planted, each weighing its value.
        covered: Goods whose 90 % interval holds the share planted.
        beyond: Goods whose share planted lies above the upper end.
    """

    part: str
    goods: int
    truth: float
    median_error: float
    median_error_interval: tuple[float, float]
    by_value: float
    truth_by_value: float
    covered: int
    beyond: int


def of_world(
    warehouse: Warehouse, planted: Planted, study: Study, *, least: float
) -> tuple[Scored, ...]:
    """Decompose the excess of every hub that keeps books, and keep what was planted.

    Args:
        warehouse: The world, loaded.
        planted: The truth.
        study: What was read of it for the excess.
        least: Value diverted a year from which goods are scored.
    """
    truth = {(one.hub, one.product): one for one in planted.truth if not one.second_hub}
    on_the_road = {(one.second_hub, one.product) for one in planted.truth if one.second_hub}
    asked = replace(study.request, window=study.window, base=study.base)
    months = planted.world.sent.shape[3] - planted.world.begins
    found: list[Scored] = []
    for hub in HUBS:
        if hub in SILENT_HUBS:
            continue
        told = decompose.of(warehouse, asked, hub, expectation=decompose.expectation(study, hub))
        for row in told.results[0].rows:
            pairs = [(hub, product) for product in row.products]
            one = next((truth[pair] for pair in pairs if pair in truth), None)
            if (
                one is not None
                and one.value * 12 / months >= least
                and on_the_road.isdisjoint(pairs)
            ):
                found += _scored(row, one)
    return tuple(found)


def _scored(row: FamilySplit, one: Diversion) -> Iterator[Scored]:
    truth = {
        "unrecorded": one.unrecorded_share,
        "arrived": 1 - one.unrecorded_share,
        "reexported_most": one.sent_on_share,
        "absorbed_least": 1 - one.unrecorded_share - one.sent_on_share,
    }
    for part in PARTS:
        told = getattr(row.adjusted, part)
        if None not in (told.share, told.share_low, told.share_high):
            yield Scored(
                part, truth[part], told.share, told.share_low, told.share_high,
                one.value, row.excess_sent.value or 0.0,
            )  # fmt: skip


def score(found: Sequence[Scored]) -> tuple[PartScore, ...]:
    """Sum up, part by part; parts of which nothing was told are left out."""
    return tuple(
        _score(part, same) for part in PARTS if (same := [s for s in found if s.part == part])
    )


def _score(part: str, found: Sequence[Scored]) -> PartScore:
    truth = np.array([one.truth for one in found])
    share = np.array([one.share for one in found])
    value = np.array([one.value for one in found])
    excess = np.array([one.excess for one in found])
    error = np.sort(share - truth)
    n = len(error)
    # Order statistics between which the median lies 19 times in 20.
    below = int(binom.ppf(0.025, n, 0.5))
    ends = (float(error[max(below - 1, 0)]), float(error[min(n - below, n - 1)]))
    return PartScore(
        part=part,
        goods=n,
        truth=float(truth.mean()),
        median_error=float(np.median(error)),
        median_error_interval=ends,
        by_value=float((share * excess).sum() / excess.sum()),
        truth_by_value=float((truth * value).sum() / value.sum()),
        covered=sum(one.low <= one.truth <= one.high for one in found),
        beyond=sum(one.truth > one.high for one in found),
    )  # fmt: skip
