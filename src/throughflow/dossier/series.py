"""Monthly series for the figures."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from throughflow.dossier.model import Monthly
from throughflow.model.periods import month_number, month_start
from throughflow.trade import conformal, months

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from throughflow.trade.spread import Spread
    from throughflow.trade.study import Study

    FloatArray = NDArray[np.float64]

NARROW = 0.5


def monthly(
    study: Study, exporters: list[int], hub: int, rung: str, spread: Spread | None
) -> Monthly:
    """Build the series of some exporters' restricted goods to one destination.

    Before its own date a good counts on both sides with what was recorded, so the basket is the
    same in every month and the gap is the goods then restricted.

    Args:
        study: What was read.
        exporters: Positions of the exporters taken together.
        hub: Position of the destination.
        rung: Rung of the expectation.
        spread: Spread of hub totals for the bands; None leaves the bands empty.
    """
    panel = study.panel
    first, last = panel.first_month, panel.last_month
    recorded = months.monthly_recorded(study)[exporters, hub].sum(axis=0)
    inside = month_number(study.window.first) - first
    length = len(study.window)
    treated = months.monthly_actual(study)[exporters, hub].sum(axis=0)
    wanted = months.monthly_expected(study, study.real, rung)[exporters, hub].sum(axis=0)
    untreated = recorded[inside : inside + length] - treated
    expected = np.full(last - first + 1, np.nan)
    expected[inside : inside + length] = wanted + untreated
    bands = {}
    for confidence in (NARROW, conformal.CONFIDENCE):
        factor = spread.factor(confidence, monthly=True) if spread else np.nan
        low, high = np.full_like(expected, np.nan), np.full_like(expected, np.nan)
        low[inside : inside + length] = wanted / factor + untreated
        high[inside : inside + length] = wanted * factor + untreated
        bands[confidence] = (_listed(low), _listed(high))
    return Monthly(
        months=tuple(month_start(number) for number in range(first, last + 1)),
        actual=_listed(np.where(study.panel.closed[exporters].all(axis=0), np.nan, recorded)),
        expected=_listed(expected),
        low_50=bands[NARROW][0],
        high_50=bands[NARROW][1],
        low_90=bands[conformal.CONFIDENCE][0],
        high_90=bands[conformal.CONFIDENCE][1],
    )


def _listed(values: FloatArray) -> tuple[float | None, ...]:
    return tuple(float(v) if np.isfinite(v) else None for v in values)
