"""Goods that go on through a second hub: what hubs record as sent to each other, judged alike.

A hub that hands goods on to another records no exports to the target, so that its second leg is
silent. What speaks then is a pair of records kept by two customs services: the first hub sent more
to another, and that one more to the target. The weaker of the two is the evidence, each counted
only as far as its size fits what came before it, and of all hubs the one that fits best.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from throughflow.trade import leg_evidence
from throughflow.trade.leg_evidence import Leg

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from throughflow.trade.study import Study

    FloatArray = NDArray[np.float64]
    IntArray = NDArray[np.int64]

# More cells of hub, hub and product than these are not read: two hundred hubs by product would fill
# a laptop's memory for a road that few goods take.
MOST_CELLS = 500_000
NONE = -1


def is_small_enough(study: Study, hubs: tuple[str, ...]) -> bool:
    """Tell whether flows among hubs by product can be read and judged on a laptop."""
    return len(hubs) ** 2 * len(study.panel.families) <= MOST_CELLS


@dataclass(frozen=True, slots=True)
class Places:
    """Where the hubs of flows among hubs stand on the leg to the target.

    Attributes:
        senders: Place of each sending hub, shape (n_senders,); `NONE` where it has none.
        receivers: Place of each receiving hub, shape (n_receivers,), likewise.
    """

    senders: IntArray
    receivers: IntArray


def places(among: Study, turned: Study) -> Places:
    """Find the hubs of flows among hubs on the leg to the target."""
    where = {hub: i for i, hub in enumerate(turned.panel.reporters)}
    return Places(
        np.array([where.get(hub, NONE) for hub in among.panel.reporters]),
        np.array([where.get(hub, NONE) for hub in among.panel.partners]),
    )


def evidence(
    between: Leg, onwards: Leg, carried: FloatArray, at: Places
) -> tuple[FloatArray, IntArray]:
    """Return the evidence that a hub's goods went on through another.

    Args:
        between: Flows among hubs, arrays of shape (n_senders, n_receivers, n_families).
        onwards: The leg to the target, arrays of shape (n_hubs, n_families).
        carried: What the first leg can have brought to each hub, shape (n_hubs, n_families).
        at: Where the hubs of `between` stand among those of `onwards`.

    Returns:
        Minus the log of a p-value, zero where no second hub fits, and the place of the hub that
        fits best, `NONE` where none does; both of shape (n_hubs, n_families).
    """
    found = np.zeros(carried.shape)
    best = np.full(carried.shape, NONE)
    sends, receives = np.flatnonzero(at.senders != NONE), np.flatnonzero(at.receivers != NONE)
    if not (len(sends) and len(receives)):
        return found, best
    here, there = at.senders[sends], at.receivers[receives]
    first = Leg(*(c[np.ix_(sends, receives)] for c in (between.p, between.actual, between.excess)))
    last = Leg(*(c[there][None] for c in (onwards.p, onwards.actual, onwards.excess)))
    weaker = np.minimum(
        leg_evidence.of_later(first, carried[here][:, None]),
        leg_evidence.of_later(last, np.maximum(first.excess, 0.0)),
    )
    weaker = np.nan_to_num(weaker)
    weaker[here[:, None] == there[None, :]] = 0.0
    found[here] = weaker.max(axis=1)
    best[here] = np.where(weaker.max(axis=1) > 0, there[weaker.argmax(axis=1)], NONE)
    return found, best
