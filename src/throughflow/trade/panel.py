"""Read recorded trade into the arrays that the counterfactual works on.

What comes out of the queries is checked here: amounts without an exchange rate, totals that do not
belong to their parts, and countries that are not in the data are refused, never filled in.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from throughflow.errors import DataError, InputError
from throughflow.model.periods import month_number
from throughflow.reference import countries
from throughflow.trade import counterfactual, donors

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from numpy.typing import NDArray

    from throughflow.model.periods import Window
    from throughflow.trade.completeness import MonthlyCompleteness
    from throughflow.trade.counterfactual import Panel
    from throughflow.trade.goods import Goods
    from throughflow.trade.request import Request
    from throughflow.trade.series import Series
    from throughflow.warehouse import Warehouse

PACKAGE = "throughflow.trade"
YEAR = counterfactual.YEAR
# Listed goods may exceed the totals by this share of themselves.
ROUNDING = 0.01


def read(
    warehouse: Warehouse,
    request: Request,
    series: Series,
    chosen: Goods,
    months: MonthlyCompleteness,
    window: Window,
) -> Panel:
    """Read the recorded trade of a question's goods.

    Raises:
        InputError: Amounts have no exchange rate to the currency asked for.
        DataError: An exporter asked for is not in the data, or totals contradict their parts.
    """
    families = [family.id for family in chosen.families]
    members = pa.table(
        {
            "product": pa.array([m for f in chosen.families for m in f.members], pa.string()),
            "family": pa.array([f.id for f in chosen.families for _ in f.members], pa.string()),
        }
    )
    where = {
        "dataset": series.dataset,
        "nomenclature": series.nomenclature,
        "basis": series.basis,
    }
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
        parameters={
            "dataset": series.dataset,
            "basis": series.basis,
            "currency": request.currency,
        },
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


def closed_months(months: MonthlyCompleteness, reporter: str, window: Window) -> tuple[date, ...]:
    """Return months of a window that an exporter has not recorded in full.

    They are left out of actual and expected alike.
    """
    return tuple(m for m in months.partial.get(reporter, ()) if window.first <= m <= window.last)
