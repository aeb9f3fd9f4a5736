"""The second leg: what hubs themselves record as exported to the target, judged like the first.

One leg alone says that more came; that it went on is another series, kept by another customs
service. Where a dataset holds both, a row is judged by both together (see `all_legs`).

Goods that never arrive on record leave no second leg. So a row may be found by the first alone as
well, at a tenth of the rate; the rest is kept for both together (see `discovery`).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from throughflow.trade import all_legs, peers, placebo, second_hub, unrestricted
from throughflow.trade import panel as panels
from throughflow.trade import study as studies

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from throughflow.trade.counterfactual import Panel
    from throughflow.trade.study import Study
    from throughflow.warehouse import Warehouse

    FloatArray = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Onward:
    """Hubs' exports of the same goods to the target.

    Attributes:
        study: The question turned round: hubs are the exporters, the target the destination.
        actual: Recorded over the window, shape (n_hubs, n_families); hubs as in the first leg.
        expected: Counterfactual of it, same shape.
        p: Share of placebos that deviate upwards at least as much, same shape; one where nothing
            was recorded, NaN where it cannot be told: the hub records no exports to the target.
        p_joint: P-value of all legs together, same shape; NaN where either cannot be told.
        pairs: Number of placebo pairs behind `p_joint`.
        through: Second hub, ISO alpha-2, same shape, of which the records say more than of the
            hub's own exports to the target; empty where they do not, or say little.
    """

    study: Study
    actual: FloatArray
    expected: FloatArray
    p: FloatArray
    p_joint: FloatArray
    pairs: int
    through: NDArray[np.str_]


def read(warehouse: Warehouse, study: Study, hubs: tuple[str, ...]) -> Onward | None:
    """Read and judge the second leg.

    Args:
        warehouse: Where the data are.
        study: The first leg.
        hubs: Destinations that may be hubs.

    Returns:
        The leg; None where the dataset holds no exports of hubs to the target, or no placebos.
    """
    turned = between(warehouse, study, hubs, (study.request.target,))
    if turned is None:
        return None
    at = np.array([study.panel.partners.index(hub) for hub in turned.panel.reporters])
    rung = turned.rungs[0]
    own = all_legs.second_leg(turned, turned.real, all_legs.headings_of(turned))
    shape = study.panel.shape[1:]
    actual, expected, p = np.zeros(shape), np.zeros(shape), np.full(shape, np.nan)
    actual[at] = turned.real.actual[:, 0, :]
    expected[at] = turned.real.expected(rung)[:, 0, :]
    p[at] = own.p
    among = None
    if second_hub.is_small_enough(study, hubs):
        among = between(warehouse, study, hubs, hubs)
    chain = all_legs.Chain(study, turned, among, at)
    joint, through = np.full(shape, np.nan), np.full(shape, "", dtype="U2")
    joint[at], through[at], pairs = all_legs.joint(chain, own)
    return Onward(turned, actual, expected, p, joint, pairs, through)


def between(
    warehouse: Warehouse, study: Study, hubs: tuple[str, ...], receivers: tuple[str, ...]
) -> Study | None:
    """Ask a study's question of what hubs record as exported to some destinations.

    Args:
        warehouse: Where the data are.
        study: The first leg.
        hubs: Destinations that may be hubs: the exporters of this leg.
        receivers: The target, or the hubs again.

    Returns:
        The same question turned round; None where nothing is recorded, or there are no placebos.
    """
    request = replace(study.request, reporters=())
    grid = panels.Between(hubs, receivers)
    panel = panels.read(
        warehouse, request, study.series, study.goods, study.months, study.window, grid
    )
    if not len(panel.value):
        return None
    rest = unrestricted.read(warehouse, request, study.series, study.goods, panel)
    panel = replace(panel, unrestricted=rest)
    design = studies.design_of(study.goods, study.window, study.months, panel.reporters)
    here = np.ones(len(panel.partners), dtype=bool)
    others = _peers(warehouse, study, panel, grid)
    predicted = placebo.predict(
        panel,
        design,
        study.shifts,
        all_legs.headings_of(study),
        at=here,
        others=None
        if others is None
        else placebo.Others(
            others.panel,
            studies.design_of(others.goods, study.window, study.months, panel.reporters),
            tuple(family.heading for family in others.goods.families),
            here,
        ),
    )
    if not predicted.placebos:
        return None
    return replace(
        study,
        request=request,
        panel=panel,
        design=design,
        real=predicted.real,
        placebos=tuple(predicted.placebos),
        peers=others,
        rungs=("B", "C") if rest is not None else ("C",),
        ready={},
    )


def _peers(
    warehouse: Warehouse, study: Study, panel: Panel, between: panels.Between
) -> peers.Peers | None:
    """Read the same never-restricted goods on the second leg."""
    if study.peers is None:
        return None
    goods = study.peers.goods
    trade = panels.read(
        warehouse, study.request, study.series, goods, study.months, study.window, between
    )
    on_grid = panels.on_grid(trade, panel)
    return peers.Peers(goods, replace(on_grid, unrestricted=panel.unrestricted))
