"""What changed at the date of a statement, beside the same change where nothing was said.

A description, not a test: a pledge has no identified effect, trade had moved before it, and the
comparisons are few.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from throughflow.dossier.saydo.model import Change, PlaceboChange
from throughflow.model.periods import month_number
from throughflow.reference import countries
from throughflow.trade import excess, months

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from throughflow.model.periods import Window
    from throughflow.trade.study import Study

    FloatArray = NDArray[np.float64]


def of(study: Study, hub: str, before: Window | None, after: Window | None) -> Change:
    """Measure how recorded over expected changed from some months to others.

    Args:
        study: The coalition's exports over a window that holds both.
        hub: Whose.
        before: Months before the statement; None where there are none.
        after: Months after.
    """
    if before is None or after is None:
        missing = "before" if before is None else "after"
        return _nothing(before, after, f"no whole month {missing} it can be told")
    if hub not in study.panel.partners:
        return _nothing(before, after, "no exports to it are in the data")
    rung = study.rungs[0]
    actual = months.monthly_actual(study).sum(axis=0)
    expected = months.monthly_expected(study, study.real, rung).sum(axis=0)
    spans = [_places(study, window) for window in (before, after)]
    ratios = [_ratios(actual, expected, span) for span in spans]
    at = study.panel.partners.index(hub)
    own = _log(ratios)
    if np.isnan(own[at]):
        return _nothing(before, after, "nothing is recorded or expected in some of its months")
    dates = []
    for shift, fake in zip(study.shifts, study.fake_dates, strict=True):
        recorded = months.monthly_actual(study, -shift).sum(axis=0)
        wanted = months.monthly_expected(study, fake, rung, -shift).sum(axis=0)
        moved = float(_log([_ratios(recorded, wanted, span) for span in spans])[at])
        if np.isfinite(moved):
            dates.append(PlaceboChange(f"{after.shifted(-shift).first:%Y-%m}", moved))
    others = [
        PlaceboChange(countries.name(other), float(own[study.panel.partners.index(other)]))
        for other in sorted(excess.hubs_of(study))
        if other != hub and np.isfinite(own[study.panel.partners.index(other)])
    ]
    return Change(
        before=str(before),
        after=str(after),
        ratio_before=float(ratios[0][at]),
        ratio_after=float(ratios[1][at]),
        change=float(own[at]),
        dates=tuple(dates),
        p_dates=_share(float(own[at]), dates),
        hubs=tuple(others),
        p_hubs=_share(float(own[at]), others),
        reason="",
    )


def _nothing(before: Window | None, after: Window | None, reason: str) -> Change:
    ends = [None if window is None else str(window) for window in (before, after)]
    return Change(ends[0], ends[1], None, None, None, (), None, (), None, reason)


def _places(study: Study, window: Window) -> slice:
    first = month_number(study.window.first)
    return slice(month_number(window.first) - first, month_number(window.last) - first + 1)


def _ratios(actual: FloatArray, expected: FloatArray, span: slice) -> FloatArray:
    recorded, wanted = actual[:, span].sum(axis=1), expected[:, span].sum(axis=1)
    found: FloatArray = np.divide(
        recorded, wanted, out=np.full_like(recorded, np.nan), where=wanted > 0
    )
    return found


def _log(ratios: Sequence[FloatArray]) -> FloatArray:
    before, after = ratios
    told = (before > 0) & (after > 0)
    found = np.full_like(before, np.nan)
    found[told] = np.log(after[told] / before[told])
    return found


def _share(own: float, others: Sequence[PlaceboChange]) -> float | None:
    """Return the share that moved at least as far either way, the real one counted."""
    if not others:
        return None
    return (1 + sum(abs(one.change) >= abs(own) for one in others)) / (1 + len(others))
