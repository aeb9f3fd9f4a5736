"""One question put to one warehouse: the panel, the dates and the fake dates, read once.

A `Study` is what every trade finding is computed from. Building it reads the warehouse; nothing
after that does.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from throughflow.errors import DataError, UsageError
from throughflow.model.periods import Window, month_number, month_start
from throughflow.reference import control_lists, countries
from throughflow.trade import conformal, counterfactual, goods, series
from throughflow.trade import panel as panels

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from numpy.typing import NDArray

    from throughflow.reference.control_lists import ControlList
    from throughflow.trade.completeness import MonthlyCompleteness
    from throughflow.trade.counterfactual import Design, Panel, Prediction
    from throughflow.trade.goods import Goods
    from throughflow.trade.request import Request
    from throughflow.trade.series import Series
    from throughflow.warehouse import Warehouse

YEAR = counterfactual.YEAR
# More fake dates than these overlap so much that they add time, not evidence.
MOST_SHIFTS = 6
INCOMPLETE_REPORTER = "the year before is incomplete for this exporter"
NOT_COVERED = "not asked for in the data"


@dataclass(frozen=True, slots=True)
class Study:
    """Everything read for one question.

    Attributes:
        request: The question, with window and base filled in.
        series: Where the data come from.
        goods: Control list, joined.
        panel: Recorded trade, all families of the list, tested or not.
        design: Dates of the real restriction.
        real: Prediction at the real date.
        placebos: Predictions at fake dates, nearest first.
        shifts: Months each fake date lies before the real one.
        fold: Calibration fold of each family, shape (n_families,).
        months: Which months are whole.
        codes: Codes of the level that the dataset asked for.
        labels: The publisher's words for each code.
        rungs: Rungs the data support, highest first.
    """

    request: Request
    series: Series
    goods: Goods
    panel: Panel
    design: Design
    real: Prediction
    placebos: tuple[Prediction, ...]
    shifts: tuple[int, ...]
    fold: NDArray[np.int64]
    months: MonthlyCompleteness
    codes: tuple[str, ...]
    labels: dict[str, str]
    rungs: tuple[str, ...]

    @property
    def window(self) -> Window:
        """The months asked about."""
        window = self.request.window
        assert window is not None  # noqa: S101 - `build` fills it in
        return window

    @property
    def base(self) -> Window:
        """The months shown for comparison."""
        base = self.request.base
        assert base is not None  # noqa: S101 - `build` fills it in
        return base


def build(warehouse: Warehouse, request: Request) -> Study:
    """Read everything one question needs.

    Raises:
        DataError: No loaded dataset holds goods of the list by month, or the window reaches
            beyond the months that are whole.
        InputError: An unknown country, list or currency.
    """
    control_list = control_lists.load(request.control_list)
    request = _named(request)
    chosen_series, codes = series.choose(warehouse, control_list, request)
    months = series.months_of(warehouse, chosen_series, request.target)
    request = _dated(request, months)
    window = request.window
    assert window is not None  # noqa: S101 - `_dated` fills it in
    chosen = _goods(control_list, codes, chosen_series, months, request)
    later = [f.first_treated for f in chosen.families if f.reason == goods.NOT_YET_RESTRICTED]
    if later and not any(f.reason == goods.TESTED for f in chosen.families):
        first = min(later)
        raise DataError(
            f"no good of control list {control_list.name} that can be tested was restricted in "
            f"{window}",
            remedy=f"The earliest restriction takes effect in {month_start(first):%Y-%m}; "
            "choose a later --window",
        )
    panel = panels.read(warehouse, request, chosen_series, chosen, months, window)
    labels = series.labels(warehouse, chosen_series)
    return _predicted(request, chosen_series, chosen, panel, months, codes, labels)


def whole_codes(study: Study) -> Study:
    """Ask the same question of wholly restricted codes only, from the end of their wind-down.

    Nothing is read again: the families are the same, only what is tested and from when differs.
    """
    request = replace(study.request, whole_codes_only=True)
    chosen = _goods(study.goods.control_list, study.codes, study.series, study.months, request)
    return _predicted(
        request, study.series, chosen, study.panel, study.months, study.codes, study.labels
    )


def _goods(
    control_list: ControlList,
    codes: Sequence[str],
    series: Series,
    months: MonthlyCompleteness,
    request: Request,
) -> Goods:
    window = request.window
    assert window is not None  # noqa: S101 - filled in by `_dated`
    return goods.assemble(
        control_list,
        codes,
        digits=series.digits,
        first=months.first,
        last=window.last,
        window=(month_number(window.first), month_number(window.last)),
        treat_from=request.treat_from,
        whole_codes_only=request.whole_codes_only,
    )


def _predicted(
    request: Request,
    series: Series,
    chosen: Goods,
    panel: Panel,
    months: MonthlyCompleteness,
    codes: Sequence[str],
    labels: dict[str, str],
) -> Study:
    """Predict at the real date and at every fake date that fits into the data."""
    window = request.window
    assert window is not None  # noqa: S101 - filled in by `_dated`
    design = _design(chosen, window, months, panel.reporters)
    shifts = _shifts(design, panel)
    fold = conformal.fold_of([family.heading for family in chosen.families])
    bare = [counterfactual.predict(panel, design.shifted(-shift)) for shift in shifts]
    rates = counterfactual.appearance_rates(panel, bare, fold)
    return Study(
        request=request,
        series=series,
        goods=chosen,
        panel=panel,
        design=design,
        real=counterfactual.predict(panel, design, rates),
        placebos=tuple(
            counterfactual.predict(panel, design.shifted(-shift), rates) for shift in shifts
        ),
        shifts=shifts,
        fold=fold,
        months=months,
        codes=tuple(codes),
        labels=labels,
        rungs=_rungs(panel),
    )


def _rungs(panel: Panel) -> tuple[str, ...]:
    """Return the rungs the data support, highest first."""
    if panel.unrestricted is None:
        return ("C",)
    return ("A", "B", "C") if panel.is_donor.any() else ("B", "C")


def _named(request: Request) -> Request:
    return replace(
        request,
        target=countries.parse(request.target, where="--target"),
        partners=tuple(countries.parse(p, where="--partner") for p in request.partners),
        reporters=tuple(countries.parse(r, where="--reporter") for r in request.reporters),
    )


def _dated(request: Request, months: MonthlyCompleteness) -> Request:
    """Fill in the window and the base, and refuse a window the data cannot answer."""
    if request.window is None:
        if months.last < request.treat_from:
            raise DataError(
                f"the data end in {months.last:%Y-%m}, before treat-from "
                f"{request.treat_from:%Y-%m}",
                remedy="Load later months, or give --window and --treat-from",
            )
        request = replace(request, window=Window(request.treat_from.replace(day=1), months.last))
    window = request.window
    assert window is not None  # noqa: S101 - filled in above
    if window.last > months.last or window.first < months.first:
        why = ""
        if months.last < window.last <= months.asked_until:
            why = (
                f" (the data were asked for until {months.asked_until:%Y-%m}, "
                "and nobody had reported)"
            )
        raise DataError(
            f"window {window} reaches beyond the months recorded, "
            f"{months.first:%Y-%m} to {months.last:%Y-%m}{why}",
            remedy=_advice(window, request.treat_from, months),
        )
    base = request.base or _untreated_twin(window, request.treat_from)
    apart = month_number(window.first) - month_number(base.first)
    if len(base) != len(window) or apart <= 0 or apart % YEAR:
        raise UsageError(
            f"base {base} is not the same calendar months of an earlier year as window {window}",
            where="--base",
            remedy=f"Use --base {_untreated_twin(window, request.treat_from)}",
        )
    if base.first < months.first or base.last > months.last:
        raise DataError(
            f"base {base} reaches beyond the months recorded, "
            f"{months.first:%Y-%m} to {months.last:%Y-%m}",
            remedy="Name months that are recorded with --base FIRST:LAST",
        )
    return replace(request, base=base)


def _advice(window: Window, treat_from: date, months: MonthlyCompleteness) -> str:
    """Say which window the data can answer."""
    first, last = max(window.first, months.first), min(window.last, months.last)
    if last < first:
        first, last = max(treat_from, months.first), months.last
    return f"Use --window {first:%Y-%m}:{last:%Y-%m}" if first <= last else "Load later months"


def _untreated_twin(window: Window, treat_from: date) -> Window:
    """Return the same calendar months of the nearest year or years before any were treated."""
    treated = month_number(window.last) - month_number(treat_from) + 1
    return window.shifted(-YEAR * max(1, -(-treated // YEAR)))


def _design(
    chosen: Goods, window: Window, months: MonthlyCompleteness, reporters: Sequence[str]
) -> Design:
    first, last = month_number(window.first), month_number(window.last)
    mask = np.array([f.mask_from for f in chosen.families], dtype=np.int64)
    return counterfactual.Design(
        start=np.array([max(first, f.first_treated) for f in chosen.families], dtype=np.int64),
        mask=mask,
        last=last,
        tested=np.array([f.reason == goods.TESTED for f in chosen.families], dtype=bool),
        whole=whole_past(months, reporters, mask),
    )


def _shifts(design: Design, panel: Panel) -> tuple[int, ...]:
    """List the fake dates: as late as an untreated window allows, as early as the data reach."""
    if not design.tested.any():
        return ()
    first_treated = int(design.mask[design.tested].min())
    nearest = design.last - first_treated + 1
    farthest = int(design.mask[design.tested].min()) - YEAR - panel.first_month
    return tuple(range(nearest, farthest + 1))[:MOST_SHIFTS]


def whole_past(
    months: MonthlyCompleteness, reporters: Sequence[str], mask: NDArray[np.int64]
) -> NDArray[np.bool_]:
    """Tell whether exporters recorded the year before each family's date in full.

    An exporter without a whole past has no counterfactual.

    Args:
        months: Which months are whole.
        reporters: Exporters.
        mask: First month after the past per family, shape (n_families,).

    Returns:
        Shape (n_exporters, n_families).
    """
    whole = np.ones((len(reporters), len(mask)), dtype=bool)
    for position, reporter in enumerate(reporters):
        for partial in months.partial.get(reporter, ()):
            before = mask - month_number(partial)
            whole[position] &= (before < 1) | (before > YEAR)
    return whole


def placebo_windows(study: Study) -> tuple[Window, ...]:
    """Return the fake windows, nearest first."""
    return tuple(study.window.shifted(-shift) for shift in study.shifts)


def treated_dates(study: Study) -> tuple[tuple[date, int], ...]:
    """Return the first treated months of the tested families with the number of families each."""
    starts = [f.first_treated for f in study.goods.families if f.reason == goods.TESTED]
    return tuple((month_start(s), starts.count(s)) for s in sorted(set(starts)))
