"""How far hub totals stray when nothing is restricted: the interval of a hub's total.

A level has thousands of placebos; hub totals have as many as there are hubs, which is too few for a
p-value and for a claim of coverage. They get an interval from the spread between hubs and fake
dates, and that is said.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import stdtrit

from throughflow.trade import months

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from throughflow.trade.study import Study

    FloatArray = NDArray[np.float64]
    IntArray = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Spread:
    """How far hub totals strayed from their expectation when nothing was restricted.

    Attributes:
        rung: Rung of the expectation.
        log_ratio: Log of actual over expected, shape (n_hubs, n_fake_dates).
        hubs: Hubs behind the rows of `log_ratio`.
        sigma: Root mean square of `log_ratio`; bias counts as spread.
        monthly_sigma: The same for single months.
    """

    rung: str
    log_ratio: FloatArray
    hubs: tuple[str, ...]
    sigma: float
    monthly_sigma: float

    def factor(self, confidence: float, *, monthly: bool = False) -> float:
        """Return the factor by which an interval of a hub total reaches to either side.

        Student's t with one degree of freedom less than there are hubs: the fake dates overlap
        and add none.
        """
        t = float(stdtrit(max(len(self.hubs) - 1, 1), (1 + confidence) / 2))
        return float(np.exp(t * (self.monthly_sigma if monthly else self.sigma)))


def measure(study: Study, rung: str) -> Spread | None:
    """Measure how far hub totals strayed at fake dates; None where there are no fake dates."""
    if not study.fake_dates:
        return None
    # Donors are larger and calmer than hubs: their totals say little of how far a hub's stray.
    is_target = np.array([partner == study.request.target for partner in study.panel.partners])
    hubs = np.flatnonzero(~is_target & ~study.panel.is_donor).tolist()
    columns, monthly = [], []
    for shift, prediction in zip(study.shifts, study.fake_dates, strict=True):
        actual = prediction.actual.sum(axis=(0, 2))
        expected = prediction.expected(rung).sum(axis=(0, 2))
        columns.append([_log_ratio(actual[h], expected[h]) for h in hubs])
        recorded = months.monthly_actual(study, -shift)[:, hubs].sum(axis=0)
        wanted = months.monthly_expected(study, prediction, rung, -shift)[:, hubs].sum(axis=0)
        monthly.append(_log_ratios(recorded, wanted))
    table = np.array(columns).T
    usable = ~np.isnan(table).any(axis=1)
    if not usable.any():
        return None
    table = table[usable]
    flat = np.concatenate([m.ravel() for m in monthly])
    return Spread(
        rung=rung,
        log_ratio=table,
        hubs=tuple(study.panel.partners[h] for h, use in zip(hubs, usable, strict=True) if use),
        sigma=float(np.sqrt(np.mean(table**2))),
        monthly_sigma=float(np.sqrt(np.nanmean(flat**2))),
    )


def _log_ratio(actual: float, expected: float) -> float:
    return float(np.log(actual / expected)) if actual > 0 and expected > 0 else float("nan")


def _log_ratios(actual: FloatArray, expected: FloatArray) -> FloatArray:
    ratio = np.divide(
        actual, expected, out=np.full_like(actual, np.nan), where=(expected > 0) & (actual > 0)
    )
    return np.log(ratio)
