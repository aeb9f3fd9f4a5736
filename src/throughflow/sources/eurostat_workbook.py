"""Eurostat Data Browser workbooks: one sheet per product and flow, months across, pairs down.

Layout of a data sheet (rows from 1): 1 extraction time, 2 dataset, 3 last update, then the fixed
dimensions (``PRODUCT [PRODUCT]``, ``FLOW``, ``INDICATORS``), a row ``TIME`` with the periods, a row
``FREQ (Labels)``, a row ``REPORTER (Labels) | PARTNER (Labels)``, then one row per pair. ``:`` is
*not available* and is never read as zero. Where a period's column is followed by one without a
heading, that one holds flags.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import TYPE_CHECKING

import pyarrow as pa

from throughflow.errors import InputError
from throughflow.model import schema
from throughflow.reference import countries
from throughflow.sources import reasons
from throughflow.sources.base import Origin, Reading, Refusals

if TYPE_CHECKING:
    from collections.abc import Sequence

    from throughflow.sources.base import RawFile

    Cell = str | float | int | bool | object

DATASET = re.compile(r"\[(DS-\d+)(?:__custom_\d+)?\]")
EXTRACTED = re.compile(r"extracted on (\d{2}/\d{2}/\d{4} \d{2}:\d{2}:\d{2}) from \[ESTAT\]")
PRODUCT = re.compile(r"^(?P<label>.*)\[(?P<code>TOTAL|\d{2,8})\]$", re.DOTALL)
PERIOD = re.compile(r"^(\d{4})-(\d{2})$")
NOT_AVAILABLE = ":"
# Flags as the Data Browser's own legend names them.
STATUS_OF_FLAG = {"p": "provisional", "e": "estimated", "c": "confidential"}
INDICATOR = "VALUE_IN_EUROS"
HEADER_SEARCH_ROWS = 40


@dataclass(slots=True)
class _Columns:
    """Rows being collected, one list per column."""

    period: list[date] = field(default_factory=list)
    reporter: list[str] = field(default_factory=list)
    partner: list[str] = field(default_factory=list)
    flow: list[str] = field(default_factory=list)
    product: list[str] = field(default_factory=list)
    value: list[float] = field(default_factory=list)
    status: list[str] = field(default_factory=list)
    sheet: list[str] = field(default_factory=list)
    row: list[int] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Sheet:
    """The heading of one data sheet.

    Attributes:
        code: Product code, or TOTAL.
        label: The publisher's words for it.
        flow: ``export`` or ``import``.
        months: Column index and first day of each period column.
        flag_columns: Column index of the flags of each period column, where there are any.
        first_row: Index of the first row of values.
    """

    code: str
    label: str
    flow: str
    months: tuple[tuple[int, date], ...]
    flag_columns: dict[int, int]
    first_row: int


class EurostatWorkbook:
    """Reads DS-045409 and its sister tables as the Data Browser exports them to ``.xlsx``."""

    name = "eurostat-data-browser"
    version = "1"

    def recognises(self, file: RawFile) -> bool:
        """Tell whether the first sheet is the Data Browser's ``Summary`` of a trade table."""
        if file.kind != "xlsx":
            return False
        book = file.workbook
        if not book.sheet_names or book.sheet_names[0] != "Summary":
            return False
        rows = book.get_sheet_by_name("Summary").to_python(skip_empty_area=False, nrows=12)
        return any(isinstance(cell, str) and DATASET.search(cell) for row in rows for cell in row)

    def read(self, file: RawFile) -> Reading:
        """Read every data sheet of the workbook.

        Raises:
            InputError: No data sheet is left that can be read.
        """
        columns, refusals = _Columns(), Refusals()
        coverage: list[tuple[str, str, str, str, date, date]] = []
        labels: dict[str, str] = {}
        title, as_of, dataset = "", None, ""
        cells = not_recorded = 0
        names = [n for n in file.workbook.sheet_names if n not in {"Summary", "Structure"}]
        for name in names:
            place = f"{file.path.name}, {name}"
            rows = file.workbook.get_sheet_by_name(name).to_python(skip_empty_area=False)
            sheet = _heading(rows, place, refusals)
            if sheet is None:
                continue
            title, dataset, as_of = _provenance(rows, place, as_of)
            labels[sheet.code] = sheet.label
            seen, empty, pairs = _values(rows, sheet, name, place, columns, refusals, as_of)
            cells += seen
            not_recorded += empty
            first, last = sheet.months[0][1], sheet.months[-1][1]
            coverage += [(r, p, sheet.flow, sheet.code, first, last) for r, p in pairs]
        if not coverage:
            raise InputError(
                "no sheet of this Data Browser workbook could be read",
                where=str(file.path),
                remedy="Export it again as one sheet per product with labels",
            )
        return Reading(
            origin=Origin("Eurostat", dataset.lower(), title, as_of),
            flows=_flow_table(columns, dataset.lower()),
            coverage=_coverage_table(coverage, dataset.lower()),
            labels=schema.PRODUCT_LABEL.build(
                {
                    "edition": [""] * len(labels),
                    "nomenclature": [_nomenclature(code) for code in labels],
                    "product": list(labels),
                    "label": list(labels.values()),
                }
            ),
            refused=refusals.table(),
            cells=cells,
            not_recorded=not_recorded,
        )


def _heading(rows: list[list[Cell]], place: str, refusals: Refusals) -> _Sheet | None:
    """Find the dimensions of a sheet; a sheet that is not a product × pair table is refused."""
    found: dict[str, tuple[int, list[Cell]]] = {}
    for index, row in enumerate(rows[:HEADER_SEARCH_ROWS]):
        key = str(row[0]).split(" ")[0] if row else ""
        if key in {"PRODUCT", "FLOW", "INDICATORS", "TIME", "REPORTER"}:
            found.setdefault(key, (index, row))
    missing = {"PRODUCT", "FLOW", "INDICATORS", "TIME", "REPORTER"} - set(found)
    if missing:
        refusals.add(reasons.WRONG_SHEET, place, f"no heading row for {sorted(missing)}")
        return None
    product = PRODUCT.match(_third(found["PRODUCT"][1]))
    if product is None:
        refusals.add(reasons.UNKNOWN_PRODUCT, place, _third(found["PRODUCT"][1])[-80:])
        return None
    flow = _third(found["FLOW"][1]).lower()
    if flow not in schema.FLOWS or _third(found["INDICATORS"][1]) != INDICATOR:
        refusals.add(
            reasons.WRONG_SHEET, place, f"{flow} / {_third(found['INDICATORS'][1])}, not values"
        )
        return None
    months, flags = _periods(found["TIME"][1])
    if not months:
        refusals.add(reasons.NOT_A_PERIOD, place, "no month in the TIME row")
        return None
    return _Sheet(
        product["code"],
        product["label"].strip(),
        flow,
        months,
        flags,
        found["REPORTER"][0] + 1,
    )


def _third(row: list[Cell]) -> str:
    return str(row[2]).strip() if len(row) > 2 else ""


def _periods(row: list[Cell]) -> tuple[tuple[tuple[int, date], ...], dict[int, int]]:
    months: list[tuple[int, date]] = []
    flags: dict[int, int] = {}
    for column, cell in enumerate(row[2:], start=2):
        match = PERIOD.match(str(cell))
        if match:
            months.append((column, date(int(match[1]), int(match[2]), 1)))
        elif cell == "" and months and months[-1][0] == column - 1:
            flags[column - 1] = column
    return tuple(months), flags


def _provenance(
    rows: list[list[Cell]], place: str, known: date | None
) -> tuple[str, str, date | None]:
    """Return title, dataset and day of extraction from the first rows of a sheet."""
    extracted = EXTRACTED.search(str(rows[0][0])) if rows and rows[0] else None
    title = str(rows[1][1]) if len(rows) > 1 and len(rows[1]) > 1 else ""
    dataset = DATASET.search(title)
    if dataset is None:
        raise InputError(
            "the sheet does not name its dataset",
            where=place,
            remedy="Export the workbook again from the Data Browser",
        )
    day = None
    if extracted:
        day = datetime.strptime(extracted[1], "%d/%m/%Y %H:%M:%S").date()  # noqa: DTZ007 - a day only
    return title, dataset[1], max((d for d in (day, known) if d), default=None)


def _values(
    rows: list[list[Cell]],
    sheet: _Sheet,
    name: str,
    place: str,
    columns: _Columns,
    refusals: Refusals,
    as_of: date | None,
) -> tuple[int, int, list[tuple[str, str]]]:
    """Collect the values of one sheet; return cells seen, cells not recorded, and the pairs."""
    months = [(c, d) for c, d in sheet.months if as_of is None or d <= as_of]
    for column, day in sheet.months[len(months) :]:
        refusals.add(reasons.FUTURE_PERIOD, f"{place}, column {column + 1}", f"{day:%Y-%m}")
    empty = 0
    pairs: list[tuple[str, str]] = []
    met: set[tuple[str, str]] = set()
    seen = 0
    for index in range(sheet.first_row, len(rows)):
        row = rows[index]
        if not row or row[0] in {"", "Special value"}:
            break
        seen += len(months)
        reporter, partner = _country(str(row[0])), _country(str(row[1]))
        if reporter is None or partner is None:
            label = str(row[0] if reporter is None else row[1])
            refusals.add(
                reasons.UNKNOWN_COUNTRY, f"{place}, row {index + 1}", label, cells=len(months)
            )
            continue
        if (reporter, partner) in met:
            refusals.add(
                reasons.DUPLICATE,
                f"{place}, row {index + 1}",
                f"{reporter} to {partner} stands twice",
                cells=len(months),
            )
            continue
        met.add((reporter, partner))
        pairs.append((reporter, partner))
        for column, day in months:
            value = row[column] if column < len(row) else NOT_AVAILABLE
            if value == NOT_AVAILABLE or value == "":
                empty += 1
                continue
            if type(value) is not float and type(value) is not int:
                refusals.add(
                    reasons.NOT_A_NUMBER,
                    f"{place}, row {index + 1}, column {column + 1}",
                    str(value)[:40],
                )
                continue
            if value < 0:
                refusals.add(
                    reasons.NEGATIVE, f"{place}, row {index + 1}, column {column + 1}", str(value)
                )
                continue
            columns.period.append(day)
            columns.reporter.append(reporter)
            columns.partner.append(partner)
            columns.flow.append(sheet.flow)
            columns.product.append(sheet.code)
            columns.value.append(value)
            columns.status.append(_status(row, sheet.flag_columns.get(column)))
            columns.sheet.append(name)
            columns.row.append(index + 1)
    return seen, empty, pairs


@lru_cache(maxsize=4096)
def _country(label: str) -> str | None:
    return countries.resolve(label)


def _status(row: Sequence[Cell], flag_column: int | None) -> str:
    if flag_column is None or flag_column >= len(row):
        return "final"
    return STATUS_OF_FLAG.get(str(row[flag_column]).strip(), "final")


def _nomenclature(code: str) -> str:
    return "TOTAL" if code == schema.TOTAL else "CN"


def _flow_table(columns: _Columns, dataset: str) -> pa.Table:
    rows = len(columns.period)
    constant = {
        "edition": "",
        "dataset": dataset,
        "freq": "M",
        "currency": "EUR",
    }
    arrays: dict[str, pa.Array | list[object]] = {
        key: pa.repeat(value, rows) for key, value in constant.items()
    }
    basis = {"export": "destination", "import": "origin"}
    valuation = {"export": "FOB", "import": "CIF"}
    arrays |= {
        "period": pa.array(columns.period, pa.date32()),
        "reporter": pa.array(columns.reporter),
        "partner": pa.array(columns.partner),
        "flow": pa.array(columns.flow),
        "partner_basis": pa.array([basis[flow] for flow in columns.flow], pa.string()),
        "nomenclature": pa.array([_nomenclature(code) for code in columns.product], pa.string()),
        "product": pa.array(columns.product),
        "value": _money(columns.value),
        "valuation": pa.array([valuation[flow] for flow in columns.flow], pa.string()),
        "status": pa.array(columns.status),
        "source_sheet": pa.array(columns.sheet),
        "source_row": pa.array(columns.row, pa.int32()),
    }
    return schema.TRADE_FLOW.build(arrays)


def _money(values: list[float]) -> pa.Array:
    """Turn floats into exact money; whole euros (all of them so far) take the fast way."""
    array = pa.array(values, pa.float64())
    if all(value.is_integer() for value in values):
        # An int64 may need 19 digits before the point; these do not, and the second cast checks it.
        return array.cast(pa.int64()).cast(pa.decimal128(21, 2)).cast(schema.MONEY)
    return pa.array(
        [Decimal(repr(value)).quantize(Decimal("0.01")) for value in values], schema.MONEY
    )


def _coverage_table(rows: list[tuple[str, str, str, str, date, date]], dataset: str) -> pa.Table:
    basis = {"export": "destination", "import": "origin"}
    return schema.COVERAGE.build(
        {
            "edition": pa.repeat("", len(rows)),
            "dataset": pa.repeat(dataset, len(rows)),
            "freq": pa.repeat("M", len(rows)),
            "reporter": [row[0] for row in rows],
            "partner": [row[1] for row in rows],
            "flow": [row[2] for row in rows],
            "partner_basis": [basis[row[2]] for row in rows],
            "nomenclature": [_nomenclature(row[3]) for row in rows],
            "product": [row[3] for row in rows],
            "first_period": [row[4] for row in rows],
            "last_period": [row[5] for row in rows],
        }
    )
