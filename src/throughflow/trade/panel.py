"""Read recorded trade into the arrays that the counterfactual works on.

What comes out of the queries is checked here: amounts without an exchange rate, totals that do not
belong to their parts, and countries that are not in the data are refused, never filled in.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from throughflow.errors import DataError, InputError
from throughflow.reference import countries, fx, memberships
from throughflow.trade import counterfactual, covering, donors, grid

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import date

    from throughflow.model.periods import Window
    from throughflow.trade.completeness import MonthlyCompleteness
    from throughflow.trade.counterfactual import Panel
    from throughflow.trade.goods import Goods
    from throughflow.trade.request import Request
    from throughflow.trade.series import Series
    from throughflow.warehouse import Warehouse

PACKAGE = "throughflow.trade"


@dataclass(frozen=True, slots=True)
class Between:
    """Whose trade to read, where it is not the coalition's with everybody."""

    reporters: tuple[str, ...]
    partners: tuple[str, ...]


def read(
    warehouse: Warehouse,
    request: Request,
    series: Series,
    chosen: Goods,
    months: MonthlyCompleteness,
    window: Window,
    between: Between | None = None,
) -> Panel:
    """Read the recorded trade of a question's goods; `unrestricted` adds what else was traded.

    Args:
        warehouse: Where the data are.
        request: The question.
        series: Dataset and level.
        chosen: The goods.
        months: Which periods are whole.
        window: Periods asked about.
        between: Exporters and destinations; None for those of the question. Of those named, the
            ones in the data are read.

    Raises:
        InputError: Amounts have no exchange rate to the currency asked for.
        DataError: An exporter asked for is not in the data.
    """
    families = [family.id for family in chosen.families]
    members = chosen.members
    where = {
        "dataset": series.dataset,
        "nomenclature": series.nomenclature,
        "basis": series.basis,
        "freq": series.calendar.freq,
    }
    rates = {"period_rate": fx.period_rates(series.calendar.freq)}
    rows = warehouse.query(
        PACKAGE,
        "panel",
        parameters=where | {"currency": request.currency},
        tables={"family_member": members} | rates,
    )
    _refuse_unpriced(rows, request.currency)
    spanned = where | {
        "first": months.first,
        "last": series.calendar.start(series.calendar.span(window)[1]),
    }
    asked = covering.read(warehouse, spanned, chosen, series.calendar)
    if between is None:
        reporters = _exporters(asked.reporters, request, window)
        partners = _countries(asked.partners)
    else:
        reporters = tuple(c for c in _countries(asked.reporters) if c in between.reporters)
        partners = tuple(c for c in _countries(asked.partners) if c in between.partners)
    rows = grid.between(rows, reporters, partners)
    cell = grid.cells(rows, reporters, partners, families)
    is_covered = asked.on(reporters, partners)
    headings = sorted({family.heading for family in chosen.families})
    chapters = sorted({heading[:2] for heading in headings})
    calendar = series.calendar
    month = grid.numbers(rows.column("period"), calendar)
    value = rows.column("amount").cast(pa.float64()).to_numpy()
    first, last = calendar.number(months.first), calendar.number(months.last)
    # Trade with states under restrictions does not make a month, and may lie outside all others.
    inside = (month >= first) & (month <= last)
    cell, month, value = cell[inside], month[inside], value[inside]
    closed = np.zeros((len(reporters), last - first + 1), dtype=bool)
    for position, reporter in enumerate(reporters):
        for partial in closed_months(months, reporter, window):
            closed[position, calendar.number(partial) - first] = True
    whole_month = ~closed[cell // (len(partners) * len(families)), month - first]
    cell, month, value = cell[whole_month], month[whole_month], value[whole_month]
    # In order of time, so that the rows of a window are cut out and not searched.
    order = np.argsort((month - first).astype(np.uint16), kind="stable")
    cell, month, value = cell[order], month[order], value[order]
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
        unrestricted=None,
        first_month=first,
        last_month=last,
        is_donor=np.isin(
            partners,
            donors.choose(partners, request.partners, request.target, window.last)
            if between is None
            else (),
        ),
        closed=closed,
        per_year=calendar.per_year,
    )  # fmt: skip


def _refuse_unpriced(rows: pa.Table, currency: str) -> None:
    unpriced = pc.sum(rows.column("unpriced")).as_py() or 0
    if unpriced:
        raise InputError(
            f"{unpriced:,} values have no exchange rate to {currency}",
            where="--currency",
            remedy="Use EUR, USD or another currency of the European Central Bank's list",
        )


def on_grid(panel: Panel, other: Panel) -> Panel:
    """Lay a panel out over another's exporters and destinations; what that lacks is left out."""
    exporter, hub, family = np.unravel_index(panel.cell, panel.shape)
    places = [
        np.array([wanted.index(name) if name in wanted else -1 for name in names], dtype=np.int64)
        for names, wanted in (
            (panel.reporters, other.reporters),
            (panel.partners, other.partners),
        )
    ]
    shape = (*other.shape[:2], len(panel.families))
    here = (places[0][exporter] >= 0) & (places[1][hub] >= 0)
    cell = np.ravel_multi_index(
        (places[0][exporter[here]], places[1][hub[here]], family[here]), shape
    )
    covered = np.zeros(shape, dtype=bool)
    kept = [place >= 0 for place in places]
    covered[np.ix_(places[0][kept[0]], places[1][kept[1]])] = panel.covered.reshape(panel.shape)[
        np.ix_(kept[0], kept[1])
    ]
    return replace(
        panel,
        reporters=other.reporters,
        partners=other.partners,
        cell=cell,
        month=panel.month[here],
        value=panel.value[here],
        covered=covered.reshape(-1),
        is_donor=other.is_donor,
        closed=other.closed,
    )


def _exporters(asked: Collection[str], request: Request, window: Window) -> tuple[str, ...]:
    """Return the exporters asked for, by default the members of the coalition in the data.

    Where a dataset names nobody but blocs (the Union as one exporter), the bloc is the exporter.

    Raises:
        DataError: An exporter asked for is not in the data, or no member of the coalition is.
    """
    present = _countries(asked)
    if request.reporters:
        return _wanted(present, request.reporters, "reporter")
    if not present:
        blocs = sorted(set(asked))
        if len(blocs) == 1:
            return tuple(blocs)
        raise DataError(
            f"the data name no exporting country, and several blocs ({', '.join(blocs)}) overlap",
            where="--reporter",
            remedy="Load exports by country",
        )
    # A window before the restrictions is asked about to try the method: the same exporters count.
    day = max(window.last, memberships.first_day("coalition"))
    coalition = memberships.members("coalition", day)
    members = tuple(code for code in present if code in coalition)
    if not members:
        raise DataError(
            "no exporter in the data restricts its trade",
            where="--reporter",
            remedy=f"Name exporters among those in the data: {', '.join(present)}",
        )
    return members


def _wanted(present: tuple[str, ...], wanted: tuple[str, ...], kind: str) -> tuple[str, ...]:
    absent = [code for code in wanted if code not in present]
    if absent:
        raise DataError(
            f"{kind} {absent[0]} is not in the data",
            where=f"--{kind}",
            remedy=f"In the data: {', '.join(present)}",
        )
    return tuple(code for code in present if code in wanted)


def _countries(codes: Collection[str]) -> tuple[str, ...]:
    """Return the countries among some codes, blocs left out, sorted."""
    return tuple(sorted(code for code in set(codes) if not countries.is_bloc(code)))


def closed_months(months: MonthlyCompleteness, reporter: str, window: Window) -> tuple[date, ...]:
    """Return months of a window that an exporter has not recorded in full.

    They are left out of actual and expected alike.
    """
    return tuple(m for m in months.partial.get(reporter, ()) if window.first <= m <= window.last)
