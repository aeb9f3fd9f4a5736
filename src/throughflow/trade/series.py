"""Which dataset and level answer a question, which of its months are whole, what its codes are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pyarrow as pa

from throughflow.errors import DataError, InputError
from throughflow.reference import memberships
from throughflow.trade import completeness, goods

if TYPE_CHECKING:
    from throughflow.reference.control_lists import ControlList
    from throughflow.trade.completeness import MonthlyCompleteness
    from throughflow.trade.request import Request
    from throughflow.warehouse import Warehouse

PACKAGE = "throughflow.trade"
# Levels at which a control list can be joined: HS6 and CN8.
LEVEL_DIGITS = (6, 8)


@dataclass(frozen=True, slots=True)
class Series:
    """The dataset and product level a question is answered from.

    Attributes:
        dataset: Name of the dataset.
        nomenclature: CN or HS.
        digits: Number of digits of the codes in use.
        basis: What makes the partner; rows of another basis are the same trade told again.
    """

    dataset: str
    nomenclature: str
    digits: int
    basis: str = "destination"


def choose(
    warehouse: Warehouse, control_list: ControlList, request: Request
) -> tuple[Series, list[str]]:
    """Choose the dataset and level that record most of the listed goods by month."""
    asked = warehouse.query(PACKAGE, "observed_products")
    rows = list(zip(*(column.to_pylist() for column in asked.columns), strict=True))
    codes: dict[tuple[str, str, int], list[str]] = {}
    for dataset, nomenclature, product in rows:
        if len(product) in LEVEL_DIGITS and request.dataset in {None, dataset}:
            codes.setdefault((dataset, nomenclature, len(product)), []).append(product)
    if request.dataset and not codes:
        known = {dataset for dataset, _, product in rows if len(product) in LEVEL_DIGITS}
        raise InputError.unknown("dataset", request.dataset, known, where="--dataset")
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
            return Series(*key, row["partner_basis"]), codes[key]
    raise DataError(
        "no loaded dataset records exports of listed goods by month",
        where=warehouse.name,
        remedy="Load monthly exports by product",
    )


def monthly(warehouse: Warehouse) -> tuple[Series, ...]:
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


def months_of(warehouse: Warehouse, series: Series, target: str) -> MonthlyCompleteness:
    """Judge which months of a dataset are whole, states under restrictions left out."""
    counts = warehouse.query(
        PACKAGE,
        "recorded_codes",
        parameters={
            "dataset": series.dataset,
            "nomenclature": series.nomenclature,
            "digits": series.digits,
            "basis": series.basis,
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


def labels(warehouse: Warehouse, series: Series) -> dict[str, str]:
    """Return the publisher's words for each code."""
    table = warehouse.query(PACKAGE, "labels", parameters={"nomenclature": series.nomenclature})
    return dict(zip(table.column(0).to_pylist(), table.column(1).to_pylist(), strict=True))
