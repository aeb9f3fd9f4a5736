"""One question put to one warehouse: the panel, the dates and the fake dates, read once.

A `Study` is what every trade finding is computed from. Building it reads the warehouse; nothing
after that does.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from throughflow.errors import DataError, InputError
from throughflow.model.periods import Window, month_number, month_start
from throughflow.reference import control_lists, countries, memberships
from throughflow.trade import completeness, conformal, counterfactual, donors, goods

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from numpy.typing import NDArray

    from throughflow.reference.control_lists import ControlList
    from throughflow.trade.completeness import MonthlyCompleteness
    from throughflow.trade.counterfactual import Design, Panel, Prediction
    from throughflow.trade.goods import Goods
    from throughflow.trade.request import Request
    from throughflow.warehouse import Warehouse

PACKAGE = "throughflow.trade"
YEAR = counterfactual.YEAR
# More fake dates than these overlap so much that they add time, not evidence.
MOST_SHIFTS = 6
INCOMPLETE_REPORTER = "the year before is incomplete for this exporter"
NOT_COVERED = "not asked for in the data"
# Listed goods may exceed the totals by this share of themselves.
ROUNDING = 0.01
# Levels at which a control list can be joined: HS6 and CN8.
LEVEL_DIGITS = (6, 8)


@dataclass(frozen=True, slots=True)
class Series:
    """The dataset and product level a question is answered from.

    Attributes:
        dataset: Name of the dataset.
        nomenclature: CN or HS.
        digits: Number of digits of the codes in use.
    """

    dataset: str
    nomenclature: str
    digits: int


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
    asked = warehouse.query(PACKAGE, "observed_products")
    series, codes = _choose_series(warehouse, asked, control_list, request)
    months = _months(warehouse, series, request.target)
    request = _dated(request, months)
    window = request.window
    assert window is not None  # noqa: S101 - `_dated` fills it in
    chosen = _goods(control_list, codes, series, months, request)
    panel = _panel(warehouse, request, series, chosen, months, window)
    return _predicted(request, series, chosen, panel, months, codes, _labels(warehouse, series))


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


def _choose_series(
    warehouse: Warehouse,
    asked: pa.Table,
    control_list: ControlList,
    request: Request,
) -> tuple[Series, list[str]]:
    """Choose the dataset and level that record most of the listed goods by month."""
    rows = list(zip(*(column.to_pylist() for column in asked.columns), strict=True))
    codes: dict[tuple[str, str, int], list[str]] = {}
    for dataset, nomenclature, product in rows:
        if len(product) in LEVEL_DIGITS and request.dataset in {None, dataset}:
            codes.setdefault((dataset, nomenclature, len(product)), []).append(product)
    listed: set[str] = set()
    year = request.treat_from.year
    for (_, _, digits), level in codes.items():
        listed |= set(goods.join(control_list, level, digits=digits, year=year))
    if not listed:
        raise DataError(
            f"no loaded dataset asks for goods of control list {control_list.name} by month",
            where=warehouse.name,
            remedy="Load monthly trade by product (throughflow load FILE...), "
            "or name another list with --list",
        )
    found = warehouse.query(
        PACKAGE, "series", tables={"listed_product": pa.table({"product": sorted(listed)})}
    ).to_pylist()
    for row in found:
        key = (row["dataset"], row["nomenclature"], row["digits"])
        if key in codes:
            return Series(*key), codes[key]
    raise DataError(
        "no loaded dataset records exports of listed goods by month",
        where=warehouse.name,
        remedy="Load monthly exports by product",
    )


def monthly_series(warehouse: Warehouse) -> tuple[Series, ...]:
    """List the dataset levels that monthly questions may be answered from."""
    asked = warehouse.query(PACKAGE, "observed_products")
    found = {
        Series(dataset, nomenclature, len(product))
        for dataset, nomenclature, product in zip(
            *(column.to_pylist() for column in asked.columns), strict=True
        )
        if len(product) in LEVEL_DIGITS
    }
    return tuple(sorted(found, key=lambda s: (s.dataset, s.nomenclature, s.digits)))


def _months(warehouse: Warehouse, series: Series, target: str) -> MonthlyCompleteness:
    counts = warehouse.query(
        PACKAGE,
        "recorded_codes",
        parameters={
            "dataset": series.dataset,
            "nomenclature": series.nomenclature,
            "digits": series.digits,
        },
        tables={"restricted_state": pa.table({"partner": list(memberships.restricted(target))})},
    )
    if not len(counts):
        raise DataError(
            f"no monthly exports but to {target} and states restricted with it are loaded",
            where=warehouse.name,
            remedy="Load exports to other destinations as well",
        )
    until = warehouse.query(PACKAGE, "asked_until", parameters={"dataset": series.dataset})
    return completeness.monthly(counts, until.column(0)[0].as_py())


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
            remedy=f"Use --window {max(window.first, months.first):%Y-%m}:"
            f"{min(window.last, months.last):%Y-%m}",
        )
    base = request.base or _untreated_twin(window, request.treat_from)
    if base.first < months.first or base.last > months.last:
        raise DataError(
            f"base {base} reaches beyond the months recorded, "
            f"{months.first:%Y-%m} to {months.last:%Y-%m}",
            remedy="Name months that are recorded with --base FIRST:LAST",
        )
    return replace(request, base=base)


def _untreated_twin(window: Window, treat_from: date) -> Window:
    """Return the same calendar months of the nearest year or years before any were treated."""
    treated = month_number(window.last) - month_number(treat_from) + 1
    return window.shifted(-YEAR * max(1, -(-treated // YEAR)))


def _panel(
    warehouse: Warehouse,
    request: Request,
    series: Series,
    chosen: Goods,
    months: MonthlyCompleteness,
    window: Window,
) -> Panel:
    families = [family.id for family in chosen.families]
    members = pa.table(
        {
            "product": pa.array([m for f in chosen.families for m in f.members], pa.string()),
            "family": pa.array([f.id for f in chosen.families for _ in f.members], pa.string()),
        }
    )
    where = {"dataset": series.dataset, "nomenclature": series.nomenclature}
    rows = warehouse.query(
        PACKAGE,
        "panel",
        parameters=where | {"currency": request.currency},
        tables={"family_member": members},
    )
    _refuse_unpriced(rows, request.currency)
    covered = warehouse.query(
        PACKAGE,
        "covered",
        parameters=where | {"first": months.first, "last": window.last},
        tables={"family_member": members},
    )
    reporters = _kept(covered.column("reporter"), request.reporters, "reporter")
    partners = _kept(covered.column("partner"), (), "partner")
    shape = (len(reporters), len(partners), len(families))
    rows, covered = (_between(table, reporters, partners) for table in (rows, covered))
    cell = _cells(rows, reporters, partners, families)
    whole = np.array([len(family.members) for family in chosen.families])
    is_covered = np.zeros(int(np.prod(shape)), dtype=bool)
    covered_cell = _cells(covered, reporters, partners, families)
    counted = covered.column("members").to_numpy()
    is_covered[covered_cell] = counted == whole[covered_cell % len(families)]
    headings = sorted({family.heading for family in chosen.families})
    chapters = sorted({heading[:2] for heading in headings})
    month = _month_numbers(rows.column("period"))
    value = rows.column("amount").cast(pa.float64()).to_numpy()
    first = month_number(months.first)
    last = month_number(months.last)
    # Trade with states under restrictions does not make a month, and may lie outside all others.
    inside = (month >= first) & (month <= last)
    cell, month, value = cell[inside], month[inside], value[inside]
    closed = np.zeros((len(reporters), last - first + 1), dtype=bool)
    for position, reporter in enumerate(reporters):
        for partial in closed_months(months, reporter, window):
            closed[position, month_number(partial) - first] = True
    whole_month = ~closed[cell // (len(partners) * len(families)), month - first]
    cell, month, value = cell[whole_month], month[whole_month], value[whole_month]
    return counterfactual.Panel(
        reporters=reporters,
        partners=partners,
        families=tuple(families),
        headings=np.array([headings.index(f.heading) for f in chosen.families], dtype=np.int64),
        chapters=np.array([chapters.index(h[:2]) for h in headings], dtype=np.int64),
        cell=cell,
        month=month,
        value=value,
        covered=is_covered,
        unrestricted=_unrestricted(
            warehouse, request, series, reporters, partners, (first, last), cell, month, value,
            np.array([f.heading.startswith("27") for f in chosen.families]),
        ),
        first_month=first,
        last_month=last,
        is_donor=np.isin(
            partners, donors.choose(partners, request.partners, request.target, window.last)
        ),
        closed=closed,
    )  # fmt: skip


def _unrestricted(
    warehouse: Warehouse,
    request: Request,
    series: Series,
    reporters: Sequence[str],
    partners: Sequence[str],
    span: tuple[int, int],
    cell: NDArray[np.int64],
    month: NDArray[np.int64],
    value: NDArray[np.float64],
    is_fuel: NDArray[np.bool_],
) -> NDArray[np.float64] | None:
    """Return total minus fuels minus listed goods, (exporters, hubs, months), None without totals.

    Fuels are left out because their price, not their volume, moved in 2022.
    """
    totals = warehouse.query(
        PACKAGE,
        "totals",
        parameters={"dataset": series.dataset, "currency": request.currency},
    )
    totals = _between(totals, reporters, partners)
    if not len(totals) or not pc.any(pc.greater(totals.column("total"), 0)).as_py():
        return None
    first, last = span
    n_months = last - first + 1
    shape = (len(reporters), len(partners), n_months)
    out = np.zeros(int(np.prod(shape)))
    pair = _cells(totals, reporters, partners, None)
    when = _month_numbers(totals.column("period")) - first
    inside = (when >= 0) & (when < n_months)
    rest = (
        totals.column("total").cast(pa.float64()).to_numpy()
        - totals.column("fuels").cast(pa.float64()).to_numpy()
    )
    np.add.at(out, pair[inside] * n_months + when[inside], rest[inside])
    listed = ~is_fuel[cell % len(is_fuel)] & (month >= first) & (month <= last)
    np.subtract.at(
        out, (cell[listed] // len(is_fuel)) * n_months + month[listed] - first, value[listed]
    )
    rest_of = out.reshape(shape)
    _refuse_foreign_totals(rest_of, reporters, partners, summed_listed=float(value[listed].sum()))
    return np.maximum(rest_of, 0)


def _refuse_foreign_totals(
    rest: NDArray[np.float64],
    reporters: Sequence[str],
    partners: Sequence[str],
    *,
    summed_listed: float,
) -> None:
    """Refuse totals that are smaller than the goods they should hold.

    Confidential detail can make listed codes exceed a revised total by a rounding; a large
    negative rest means that totals and goods do not belong together, or that totals are missing.
    """
    short = -np.minimum(rest, 0).sum(axis=2)
    if short.sum() <= ROUNDING * summed_listed:
        return
    exporter, hub = divmod(int(short.argmax()), len(partners))
    raise DataError(
        f"the listed goods {reporters[exporter]} exported to {partners[hub]} exceed the totals "
        f"loaded for the pair by {short[exporter, hub]:,.0f}",
        remedy="Load TOTAL rows of the same dataset for every exporter, destination and month",
    )


def _between(table: pa.Table, reporters: Sequence[str], partners: Sequence[str]) -> pa.Table:
    """Keep the rows between some exporters and some destinations."""
    return table.filter(
        pc.and_(
            pc.is_in(table.column("reporter"), pa.array(reporters, pa.string())),
            pc.is_in(table.column("partner"), pa.array(partners, pa.string())),
        )
    )


def _refuse_unpriced(rows: pa.Table, currency: str) -> None:
    unpriced = pc.sum(rows.column("unpriced")).as_py() or 0
    if unpriced:
        raise InputError(
            f"{unpriced:,} values have no exchange rate to {currency}",
            where="--currency",
            remedy="Use EUR, USD or another currency of the European Central Bank's list",
        )


def _kept(column: pa.ChunkedArray, wanted: tuple[str, ...], kind: str) -> tuple[str, ...]:
    """Return the countries of a column, blocs left out, restricted to those wanted."""
    present = sorted(code for code in pc.unique(column).to_pylist() if not countries.is_bloc(code))
    if not wanted:
        return tuple(present)
    absent = [code for code in wanted if code not in present]
    if absent:
        raise DataError(
            f"{kind} {absent[0]} is not in the data",
            where=f"--{kind}",
            remedy=f"In the data: {', '.join(present)}",
        )
    return tuple(code for code in present if code in wanted)


def _cells(
    table: pa.Table,
    reporters: Sequence[str],
    partners: Sequence[str],
    families: Sequence[str] | None,
) -> NDArray[np.int64]:
    """Number the rows of a table by their place in the grid."""
    cell = _positions(table.column("reporter"), reporters) * len(partners)
    cell = cell + _positions(table.column("partner"), partners)
    if families is not None:
        cell = cell * len(families) + _positions(table.column("family"), families)
    return cell


def _positions(column: pa.ChunkedArray, values: Sequence[str]) -> NDArray[np.int64]:
    found = pc.index_in(column, pa.array(values, pa.string()))
    positions: NDArray[np.int64] = found.to_numpy().astype(np.int64)
    return positions


def _month_numbers(column: pa.ChunkedArray) -> NDArray[np.int64]:
    years = pc.year(column).to_numpy()
    months = pc.month(column).to_numpy()
    numbers: NDArray[np.int64] = (years * YEAR + months - 1).astype(np.int64)
    return numbers


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


def _labels(warehouse: Warehouse, series: Series) -> dict[str, str]:
    table = warehouse.query(PACKAGE, "labels", parameters={"nomenclature": series.nomenclature})
    return dict(zip(table.column(0).to_pylist(), table.column(1).to_pylist(), strict=True))


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


def closed_months(months: MonthlyCompleteness, reporter: str, window: Window) -> tuple[date, ...]:
    """Return months of a window that an exporter has not recorded in full.

    They are left out of actual and expected alike.
    """
    return tuple(m for m in months.partial.get(reporter, ()) if window.first <= m <= window.last)


def placebo_windows(study: Study) -> tuple[Window, ...]:
    """Return the fake windows, nearest first."""
    return tuple(study.window.shifted(-shift) for shift in study.shifts)


def treated_dates(study: Study) -> tuple[tuple[date, int], ...]:
    """Return the first treated months of the tested families with the number of families each."""
    starts = [f.first_treated for f in study.goods.families if f.reason == goods.TESTED]
    return tuple((month_start(s), starts.count(s)) for s in sorted(set(starts)))
