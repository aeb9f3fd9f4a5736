"""Which dataset and level answer a question, which of its months are whole, what its codes are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from throughflow.errors import DataError, InputError
from throughflow.model.periods import CALENDARS
from throughflow.reference import control_lists, memberships
from throughflow.trade import completeness, goods

if TYPE_CHECKING:
    from throughflow.model.periods import Calendar
    from throughflow.reference.control_lists import ControlList
    from throughflow.trade.completeness import MonthlyCompleteness
    from throughflow.trade.request import Request
    from throughflow.warehouse import Warehouse

PACKAGE = "throughflow.trade"
# Levels at which a control list can be joined: HS6 and CN8.
LEVEL_DIGITS = (6, 8)
TOTAL = control_lists.TOTAL


@dataclass(frozen=True, slots=True)
class Series:
    """The dataset and product level a question is answered from.

    Attributes:
        dataset: Name of the dataset.
        nomenclature: CN or HS.
        digits: Number of digits of the codes in use; the length of ``TOTAL`` where all goods are
            one.
        basis: What makes the partner; rows of another basis are the same trade told again.
        calendar: Whether the data are monthly or yearly.
        edition: The one edition every code is written in; None where codes follow the edition in
            force in their period, or where that is not known.
    """

    dataset: str
    nomenclature: str
    digits: int
    basis: str = "destination"
    calendar: Calendar = CALENDARS["M"]
    edition: int | None = None

    @property
    def is_total(self) -> bool:
        """Whether all goods are taken as one."""
        return self.nomenclature == TOTAL


def choose(
    warehouse: Warehouse, control_list: ControlList, request: Request
) -> tuple[Series, list[str]]:
    """Choose the dataset and level that record most of the listed goods, monthly before yearly."""
    codes = _codes_by_level(warehouse, request.dataset, is_total=control_list.is_all_goods)
    listed: set[str] = set()
    year = request.treat_from.year
    for (_, _, _, digits), level in codes.items():
        listed |= set(goods.join(control_list, level, digits=digits, year=year))
    if not listed:
        raise DataError(
            f"no loaded dataset asks for goods of control list {control_list.name}",
            where=warehouse.name,
            remedy="Load trade by product (throughflow load FILE...), "
            "or name another list with --list",
        )
    found = warehouse.query(
        PACKAGE, "series", tables={"listed_product": pa.table({"product": sorted(listed)})}
    ).to_pylist()
    for row in found:
        level_of = (row["dataset"], row["freq"], row["nomenclature"], row["digits"])
        if level_of in codes:
            return _series(row), codes[level_of]
    raise DataError(
        "no loaded dataset records exports of listed goods",
        where=warehouse.name,
        remedy="Load exports by product, monthly or yearly",
    )


def _codes_by_level(
    warehouse: Warehouse, dataset: str | None, *, is_total: bool
) -> dict[tuple[str, str, str, int], list[str]]:
    """Return the codes each dataset asked for, by dataset, frequency, nomenclature and length."""
    asked = warehouse.query(PACKAGE, "observed_products")
    codes: dict[tuple[str, str, str, int], list[str]] = {}
    for name, freq, nomenclature, product in zip(
        *(column.to_pylist() for column in asked.columns), strict=True
    ):
        if product == TOTAL if is_total else len(product) in LEVEL_DIGITS:
            codes.setdefault((name, freq, nomenclature, len(product)), []).append(product)
    if dataset is None:
        return codes
    chosen = {level: products for level, products in codes.items() if level[0] == dataset}
    if not chosen:
        known = {level[0] for level in codes}
        raise InputError.unknown("dataset", dataset, known, where="--dataset")
    return chosen


def _series(row: dict[str, Any]) -> Series:
    oldest, newest = row["oldest_edition"], row["newest_edition"]
    return Series(
        dataset=row["dataset"],
        nomenclature=row["nomenclature"],
        digits=row["digits"],
        basis=row["partner_basis"],
        calendar=CALENDARS[row["freq"]],
        edition=int(oldest) if oldest == newest and oldest.isdecimal() else None,
    )


def datasets(warehouse: Warehouse) -> tuple[str, ...]:
    """List the datasets that questions about goods may be answered from."""
    levels = {
        *_codes_by_level(warehouse, None, is_total=False),
        *_codes_by_level(warehouse, None, is_total=True),
    }
    return tuple(sorted({level[0] for level in levels}))


def months_of(warehouse: Warehouse, series: Series, target: str) -> MonthlyCompleteness:
    """Judge which periods of a dataset are whole, states under restrictions left out."""
    counts = warehouse.query(
        PACKAGE,
        "recorded_codes",
        parameters={
            "dataset": series.dataset,
            "nomenclature": series.nomenclature,
            "digits": series.digits,
            "basis": series.basis,
            "freq": series.calendar.freq,
        },
        tables={"restricted_state": pa.table({"partner": list(memberships.restricted(target))})},
    )
    if not len(counts):
        raise DataError(
            f"no exports but to {target} and states restricted with it are loaded",
            where=warehouse.name,
            remedy="Load exports to other destinations as well",
        )
    until = warehouse.query(
        PACKAGE,
        "asked_until",
        parameters={"dataset": series.dataset, "freq": series.calendar.freq},
    )
    return completeness.monthly(counts, until.column(0)[0].as_py(), series.calendar)


def labels(warehouse: Warehouse, series: Series) -> dict[str, str]:
    """Return the publisher's words for each code."""
    table = warehouse.query(PACKAGE, "labels", parameters={"nomenclature": series.nomenclature})
    return dict(zip(table.column(0).to_pylist(), table.column(1).to_pylist(), strict=True))
