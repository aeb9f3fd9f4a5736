"""One question put to one warehouse: the panel, the dates and the fake dates, read once.

A `Study` is what every trade finding is computed from. Building it reads the warehouse; nothing
after that does.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np

from throughflow.errors import DataError, UsageError
from throughflow.model.periods import month_number
from throughflow.reference import control_lists, countries, memberships
from throughflow.trade import (
    conformal,
    counterfactual,
    goods,
    levels,
    peers,
    placebo,
    series,
    unrestricted,
)
from throughflow.trade import panel as panels
from throughflow.trade.placebo import Placebo

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from numpy.typing import NDArray

    from throughflow.model.periods import Calendar, Window
    from throughflow.reference.control_lists import ControlList
    from throughflow.trade.completeness import MonthlyCompleteness
    from throughflow.trade.conformal import Calibration
    from throughflow.trade.counterfactual import Design, Panel, Prediction
    from throughflow.trade.goods import Goods
    from throughflow.trade.peers import Peers
    from throughflow.trade.request import Request
    from throughflow.trade.series import Series
    from throughflow.warehouse import Warehouse

# More fake dates than these overlap so much that they add time, not evidence; those of yearly data
# do not overlap.
MOST_SHIFTS = {12: 9, 1: 12}
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
        placebos: What shows the method's errors: fake dates, nearest first, then the placebos of
            the real window.
        peers: Goods on no list in the real window, as one of the placebos; None without any.
        shifts: Months each fake date lies before the real one.
        fold: Calibration fold of each family, shape (n_families,).
        months: Which months are whole.
        codes: Codes of the level that the dataset asked for.
        labels: The publisher's words for each code.
        rungs: Rungs the data support, highest first.
        ready: Calibrations made so far; see `calibration`.
    """

    request: Request
    series: Series
    goods: Goods
    panel: Panel
    design: Design
    real: Prediction
    placebos: tuple[Placebo, ...]
    peers: Peers | None
    shifts: tuple[int, ...]
    fold: NDArray[np.int64]
    months: MonthlyCompleteness
    codes: tuple[str, ...]
    labels: dict[str, str]
    rungs: tuple[str, ...]
    ready: dict[tuple[tuple[str, ...], str], Calibration] = field(
        default_factory=dict, compare=False, repr=False
    )

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

    def calibration(self, by: tuple[str, ...], rung: str) -> Calibration:
        """Return the placebos of a level and rung, sorted once however often they judge."""
        if (by, rung) not in self.ready:
            self.ready[by, rung] = levels.calibration(self, by, rung)
        return self.ready[by, rung]

    @property
    def fake_dates(self) -> tuple[Prediction, ...]:
        """Predictions at the fake dates, nearest first."""
        return tuple(p.prediction for p in self.placebos if p.kind == placebo.FAKE_DATE)

    @property
    def calendar(self) -> Calendar:
        """Whether the data are monthly or yearly."""
        return self.series.calendar

    @property
    def span(self) -> tuple[int, int]:
        """Numbers of the first and the last period of the window."""
        return self.calendar.span(self.window)


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
    calendar = chosen_series.calendar
    window = request.window
    assert window is not None  # noqa: S101 - `_dated` fills it in
    chosen = _goods(control_list, codes, chosen_series, months, request)
    later = [f.first_treated for f in chosen.families if f.reason == goods.NOT_YET_RESTRICTED]
    if later and not any(f.reason == goods.TESTED for f in chosen.families):
        first = min(later)
        raise DataError(
            f"no good of control list {control_list.name} that can be tested was restricted in "
            f"{window}",
            remedy="The earliest restriction takes effect in "
            f"{calendar.shown(calendar.start(first))}; choose a later --window",
        )
    panel = panels.read(warehouse, request, chosen_series, chosen, months, window)
    rest = unrestricted.read(warehouse, request, chosen_series, chosen, panel)
    panel = replace(panel, unrestricted=rest)
    labels = series.labels(warehouse, chosen_series)
    others = peers.read(warehouse, request, chosen_series, chosen, months, panel, codes)
    return _predicted(request, chosen_series, chosen, panel, others, months, codes, labels)


def whole_codes(study: Study) -> Study:
    """Ask the same question of wholly restricted codes only, from the end of their wind-down.

    Nothing is read again: the families are the same, only what is tested and from when differs.
    """
    request = replace(study.request, whole_codes_only=True)
    chosen = _goods(study.goods.control_list, study.codes, study.series, study.months, request)
    return _predicted(
        request, study.series, chosen, study.panel, study.peers, study.months, study.codes,
        study.labels,
    )  # fmt: skip


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
        window=series.calendar.span(window),
        treat_from=request.treat_from,
        whole_codes_only=request.whole_codes_only,
        calendar=series.calendar,
        edition=series.edition,
    )


def _predicted(
    request: Request,
    series: Series,
    chosen: Goods,
    panel: Panel,
    others: Peers | None,
    months: MonthlyCompleteness,
    codes: Sequence[str],
    labels: dict[str, str],
) -> Study:
    """Predict at the real date and for every placebo that the data hold."""
    window = request.window
    assert window is not None  # noqa: S101 - filled in by `_dated`
    design = design_of(chosen, window, months, panel.reporters)
    shifts = _shifts(design, panel)
    headings = tuple(family.heading for family in chosen.families)
    partners = np.array(panel.partners)
    free = ~np.isin(partners, memberships.restricted(request.target))
    predicted = placebo.predict(
        panel,
        design,
        shifts,
        headings,
        at=partners != request.target,
        others=None
        if others is None
        else placebo.Others(
            others.panel,
            design_of(others.goods, window, months, panel.reporters),
            tuple(family.heading for family in others.goods.families),
            free & ~panel.is_donor,
        ),
    )
    found = predicted.placebos
    if panel.is_donor.any():
        found.append(Placebo(placebo.NEVER_HUB, predicted.real, headings, panel.is_donor))
    later = _later(design, chosen, series.calendar.span(window))
    if later.tested.any():
        later_on = counterfactual.predict(panel, later, predicted.appearance)
        found.append(Placebo(placebo.LATER, later_on, headings, free))
    return Study(
        request=request,
        series=series,
        goods=chosen,
        panel=panel,
        design=design,
        real=predicted.real,
        placebos=tuple(found),
        peers=others,
        shifts=shifts,
        fold=conformal.fold_of(headings),
        months=months,
        codes=tuple(codes),
        labels=labels,
        rungs=_rungs(panel),
    )


def _rungs(panel: Panel) -> tuple[str, ...]:
    """Return the rungs the data support, highest first."""
    if panel.unrestricted is None:
        return ("C+", "C") if panel.is_donor.any() else ("C",)
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
    calendar = months.calendar
    first, last = calendar.number(months.first), calendar.number(months.last)
    if request.window is None:
        begins = goods.first_treated(request.treat_from, calendar)
        if last < begins:
            raise DataError(
                f"the data end in {calendar.shown(months.last)}, before treat-from "
                f"{request.treat_from:%Y-%m}",
                remedy="Load later data, or give --window and --treat-from",
            )
        request = replace(request, window=calendar.window(begins, last))
    window = request.window
    assert window is not None  # noqa: S101 - filled in above
    asked = calendar.span(window)
    if asked[1] > last or asked[0] < first:
        why = ""
        if last < asked[1] <= calendar.number(months.asked_until):
            why = (
                f" (the data were asked for until {calendar.shown(months.asked_until)}, "
                "and nobody had reported)"
            )
        raise DataError(
            f"window {window} reaches beyond the {calendar.word}s recorded, "
            f"{calendar.shown(months.first)} to {calendar.shown(months.last)}{why}",
            remedy=_advice(asked, request.treat_from, months),
        )
    twin = _untreated_twin(window, request.treat_from)
    base = request.base or twin
    years_apart, rest = divmod(month_number(window.first) - month_number(base.first), 12)
    if len(base) != len(window) or years_apart <= 0 or rest:
        raise UsageError(
            f"base {base} is not the same calendar months of an earlier year as window {window}",
            where="--base",
            remedy=f"Use --base {twin}",
        )
    base_span = calendar.span(base)
    if base_span[0] < first or base_span[1] > last:
        raise DataError(
            f"base {base} reaches beyond the {calendar.word}s recorded, "
            f"{calendar.shown(months.first)} to {calendar.shown(months.last)}",
            remedy=f"Name {calendar.word}s that are recorded with --base FIRST:LAST",
        )
    return replace(request, base=base)


def _advice(asked: tuple[int, int], treat_from: date, months: MonthlyCompleteness) -> str:
    """Say which window the data can answer."""
    calendar = months.calendar
    recorded = calendar.number(months.first), calendar.number(months.last)
    first, last = max(asked[0], recorded[0]), min(asked[1], recorded[1])
    if last < first:
        first, last = max(calendar.number(treat_from), recorded[0]), recorded[1]
    if first > last:
        return f"Load later {calendar.word}s"
    ends = (calendar.shown(calendar.start(number)) for number in (first, last))
    return f"Use --window {':'.join(ends)}"


def _untreated_twin(window: Window, treat_from: date) -> Window:
    """Return the same calendar months of the nearest year or years before any were treated."""
    treated = month_number(window.last) - month_number(treat_from) + 1
    return window.shifted(-12 * max(1, -(-treated // 12)))


def design_of(
    chosen: Goods, window: Window, months: MonthlyCompleteness, reporters: Sequence[str]
) -> Design:
    """Return the dates of some goods, and which exporters have a whole past before them."""
    first, last = months.calendar.span(window)
    mask = np.array([f.mask_from for f in chosen.families], dtype=np.int64)
    return counterfactual.Design(
        start=np.array([max(first, f.first_treated) for f in chosen.families], dtype=np.int64),
        mask=mask,
        last=last,
        tested=np.array([f.reason == goods.TESTED for f in chosen.families], dtype=bool),
        whole=whole_past(months, reporters, mask),
    )


def _later(design: Design, chosen: Goods, window: tuple[int, int]) -> Design:
    """Return the design that treats, in the window, goods restricted only after it."""
    later = np.array([f.reason == goods.NOT_YET_RESTRICTED for f in chosen.families], dtype=bool)
    begins = np.full_like(design.start, window[0])
    return replace(design, start=begins, mask=begins, tested=later)


def _shifts(design: Design, panel: Panel) -> tuple[int, ...]:
    """List the fake dates: as late as an untreated window allows, as early as the data reach."""
    if not design.tested.any():
        return ()
    first_treated = int(design.mask[design.tested].min())
    nearest = design.last - first_treated + 1
    farthest = int(design.mask[design.tested].min()) - panel.per_year - panel.first_month
    return tuple(range(nearest, farthest + 1))[: MOST_SHIFTS[panel.per_year]]


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
            before = mask - months.calendar.number(partial)
            whole[position] &= (before < 1) | (before > months.calendar.per_year)
    return whole


def placebo_windows(study: Study) -> tuple[Window, ...]:
    """Return the fake windows, nearest first."""
    months = 12 // study.calendar.per_year
    return tuple(study.window.shifted(-shift * months) for shift in study.shifts)


def treated_dates(study: Study) -> tuple[tuple[date, int], ...]:
    """Return the first treated periods of the tested families with the number of families each."""
    starts = [f.first_treated for f in study.goods.families if f.reason == goods.TESTED]
    return tuple((study.calendar.start(s), starts.count(s)) for s in sorted(set(starts)))
