"""Recorded and expected values month by month, for figures and for the spread of hub totals."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from throughflow.trade import counterfactual

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from throughflow.trade.counterfactual import Prediction
    from throughflow.trade.study import Study

    FloatArray = NDArray[np.float64]
    IntArray = NDArray[np.int64]


def monthly_actual(study: Study, shift: int = 0) -> FloatArray:
    """Return recorded values of tested cells by exporter, hub and month of the window.

    Args:
        study: What was read.
        shift: Months to move the window by.

    Returns:
        Shape (n_exporters, n_hubs, n_window_months); a family counts from its own start.
    """
    first, last = study.span
    return _monthly(study, first + shift, last - first + 1, study.design.start + shift)


def monthly_recorded(study: Study) -> FloatArray:
    """Return recorded values of tested families over all months of the data, whatever the date.

    Returns:
        Shape (n_exporters, n_hubs, n_months).
    """
    n = study.panel.last_month - study.panel.first_month + 1
    return _monthly(study, study.panel.first_month, n, np.zeros_like(study.design.start))


def monthly_expected(study: Study, prediction: Prediction, rung: str, shift: int = 0) -> FloatArray:
    """Spread expected values over the months of the window by each hub's calendar profile.

    Returns:
        Shape (n_exporters, n_hubs, n_window_months), adding up to the window's expectation.
    """
    first, last = (number + shift for number in study.span)
    months = np.arange(first, last + 1)
    start = study.design.start + shift
    expected = prediction.expected(rung)
    whole = counterfactual.open_months(study.panel, first, int(months[-1]))
    profile = prediction.profile[:, months % study.panel.per_year]
    out = np.zeros((*study.panel.shape[:2], len(months)))
    for begin in np.unique(start[study.design.tested]):
        weight = whole[:, None, :] * np.where(months >= begin, profile, 0.0)[None, :, :]
        sums = weight.sum(axis=2, keepdims=True)
        weight = np.divide(weight, sums, out=np.zeros_like(weight), where=sums > 0)
        out += expected[:, :, start == begin].sum(axis=2)[:, :, None] * weight
    return out


def _monthly(study: Study, first: int, length: int, start: IntArray) -> FloatArray:
    panel = study.panel
    n_o, n_h, n_f = panel.shape
    cell, month, value = panel.rows_between(first, first + length - 1)
    inside = study.real.usable.reshape(-1)[cell] & (month >= start[cell % n_f])
    key = (cell[inside] // n_f) * length + month[inside] - first
    sums = counterfactual.summed(key, value[inside], n_o * n_h * length)
    return sums.reshape(n_o, n_h, length)
