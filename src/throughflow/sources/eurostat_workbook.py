"""Eurostat Data Browser workbooks: one sheet per product and flow, months across, pairs down.

Layout of a data sheet (rows from 1): 1 extraction time, 2 dataset, 3 last update, then the fixed
dimensions (``PRODUCT [PRODUCT]``, ``FLOW``, ``INDICATORS``), a row ``TIME`` with the periods, a row
``FREQ (Labels)``, a row ``REPORTER (Labels) | PARTNER (Labels)``, then one row per pair. ``:`` is
*not available* and is never read as zero. Where a period's column is followed by one without a
heading, that one holds flags. A legend follows the table.

A cell that is refused leaves a hole in the coverage: the file does not say "not recorded" there.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import TYPE_CHECKING

import pyarrow as pa

from throughflow.errors import InputError
from throughflow.model import schema
from throughflow.model.periods import month_number
from throughflow.reference import countries
from throughflow.sources import reasons, sheets
from throughflow.sources.base import Origin, Reading, Refusals

if TYPE_CHECKING:
    from collections.abc import Iterable

    from throughflow.sources.base import RawFile

    Row = list[object]
    Pair = tuple[str, str]
    # Reporter, partner, flow, product, first and last period.
    Covered = tuple[str, str, str, str, date, date]

DATASET = re.compile(r"\[(DS-\d+)(?:__custom_\d+)?\]")
EXTRACTED = re.compile(r"extracted on (\d{2}/\d{2}/\d{4}) \d{2}:\d{2}:\d{2} from \[ESTAT\]")
PRODUCT = re.compile(r"^(?P<label>.*)\[(?P<code>TOTAL|\d{2,8})\]$", re.DOTALL)
PERIOD = re.compile(r"^(\d{4})-(0[1-9]|1[0-2])$")
NOT_RECORDED = frozenset({":", ""})
HEADINGS = {"PRODUCT", "FLOW", "INDICATORS", "TIME", "REPORTER"}
# Flags as the Data Browser's own legend names them; a cell may carry several, the first here
# decides. The others ("b" for a break in the series, say) do not make a value less final.
STATUS_OF_FLAG = {
    "c": "confidential",
    "e": "estimated",
    "s": "estimated",
    "p": "provisional",
}
LEGEND = ("Special value", "Available flags")
INDICATOR = "VALUE_IN_EUROS"
BASIS = {"export": "destination", "import": "origin"}
VALUATION = {"export": "FOB", "import": "CIF"}
LARGEST = 1e16  # money has 16 digits before the point
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
    """A data sheet with its heading understood.

    Attributes:
        name: Name of the sheet.
        place: File and sheet, for messages.
        rows: All its rows.
        title: The publisher's title of the table.
        dataset: Dataset in lower case.
        as_of: Day of extraction, if the sheet says.
        code: Product code, or TOTAL.
        label: The publisher's words for it.
        flow: ``export`` or ``import``.
        months: Column index and first day of each period column, in order of time.
        runs: First and last month of each run of months without a gap.
        unusable: Column index of the other headed columns, the reason and what stands there.
        flag_columns: Column index of the flags of each period column, where there are any.
        first_row: Index of the first row of values.
    """

    name: str
    place: str
    rows: list[Row]
    title: str
    dataset: str
    as_of: date | None
    code: str
    label: str
    flow: str
    months: tuple[tuple[int, date], ...]
    runs: tuple[tuple[date, date], ...]
    unusable: tuple[tuple[int, str, str], ...]
    flag_columns: dict[int, int]
    first_row: int

    @property
    def width(self) -> int:
        """How many value cells a row has."""
        return len(self.months) + len(self.unusable)


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
        rows = sheets.grid(file, "Summary", top=12)
        return any(isinstance(cell, str) and DATASET.search(cell) for row in rows for cell in row)

    def read(self, file: RawFile) -> Reading:
        """Read every data sheet of the workbook.

        Raises:
            InputError: No data sheet is left that can be read.
        """
        columns, refusals = _Columns(), Refusals()
        coverage: list[Covered] = []
        labels: dict[str, str] = {}
        read: list[_Sheet] = []
        cells = not_recorded = 0
        met: set[tuple[str, str, Pair]] = set()
        for name in file.workbook.sheet_names:
            if name in {"Summary", "Structure"}:
                continue
            sheet = _sheet(file, name, refusals, read[0].dataset if read else "")
            if sheet is None:
                cells += 1  # an unreadable sheet has an unknown number of cells, refused as one
                continue
            read.append(replace(sheet, rows=[]))
            labels[sheet.code] = sheet.label
            pairs, seen = _pairs(sheet, refusals)
            cells += seen
            for pair, row in pairs.items():
                if (sheet.code, sheet.flow, pair) in met:
                    _refuse_row(sheet, row, reasons.DUPLICATE, "in an earlier sheet too", refusals)
                    continue
                met.add((sheet.code, sheet.flow, pair))
                not_recorded += _values(
                    sheet, pair, row, columns=columns, refusals=refusals, coverage=coverage
                )
        if not coverage:
            raise _unreadable(file, refusals)
        first, last = read[0], max(read, key=lambda sheet: sheet.as_of or date.min)
        return Reading(
            origin=Origin("Eurostat", first.dataset, first.title, last.as_of),
            flows=_flow_table(columns, first.dataset),
            coverage=_coverage_table(coverage, first.dataset),
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


def _unreadable(file: RawFile, refusals: Refusals) -> InputError:
    why = f" ({refusals.rows[0][0]}: {refusals.rows[0][2]})" if refusals.rows else ""
    return InputError(
        f"no sheet of this Data Browser workbook could be read{why}",
        where=refusals.rows[0][1] if refusals.rows else str(file.path),
        remedy="Export it again as one sheet per product with labels",
    )


class _RefusedError(Exception):
    """A sheet is refused: reason and detail."""


def _sheet(file: RawFile, name: str, refusals: Refusals, dataset: str) -> _Sheet | None:
    """Understand the heading of a sheet; one that is no table of values by pair is refused.

    Args:
        file: The workbook.
        name: Name of the sheet.
        refusals: Receives the reason where there is no result.
        dataset: Dataset of the sheets before, if there are any.
    """
    place = f"{file.path.name}, {name}"
    try:
        return _understood(name, place, sheets.grid(file, name), dataset)
    except InputError as error:
        refusals.add(reasons.WRONG_SHEET, place, error.what)
    except _RefusedError as error:
        refusals.add(error.args[0], place, error.args[1])
    return None


def _understood(name: str, place: str, rows: list[Row], dataset: str) -> _Sheet:
    found: dict[str, tuple[int, Row]] = {}
    for index, row in enumerate(rows[:HEADER_SEARCH_ROWS]):
        key = str(row[0]).split(" ")[0]
        if key in HEADINGS:
            found.setdefault(key, (index, row))
    missing = sorted(HEADINGS - set(found))
    if missing:
        raise _RefusedError(reasons.WRONG_SHEET, f"no heading row for {', '.join(missing)}")
    title = str(sheets.at(rows[1], 1))
    named = DATASET.search(title)
    if named is None:
        raise _RefusedError(reasons.WRONG_SHEET, f"no dataset named in row 2: {title[:80]!r}")
    if dataset and named[1].lower() != dataset:
        raise _RefusedError(reasons.WRONG_SHEET, f"{named[1]} in a workbook of {dataset}")
    product = PRODUCT.match(_third(found["PRODUCT"][1]))
    if product is None:
        raise _RefusedError(reasons.UNKNOWN_PRODUCT, repr(_third(found["PRODUCT"][1])[-80:]))
    flow, indicator = _third(found["FLOW"][1]).lower(), _third(found["INDICATORS"][1])
    if flow not in BASIS or indicator != INDICATOR:
        raise _RefusedError(reasons.WRONG_SHEET, f"{flow} / {indicator}, not values in euro")
    as_of = _extracted(rows)
    months, unusable, flags = _periods(found["TIME"][1], as_of)
    if not months:
        raise _RefusedError(reasons.NOT_A_PERIOD, "no usable month in the TIME row")
    return _Sheet(
        name=name,
        place=place,
        rows=rows,
        title=title,
        dataset=named[1].lower(),
        as_of=as_of,
        code=product["code"],
        label=product["label"].strip(),
        flow=flow,
        months=months,
        runs=_runs(day for _, day in months),
        unusable=unusable,
        flag_columns=flags,
        first_row=found["REPORTER"][0] + 1,
    )


def _third(row: Row) -> str:
    return str(sheets.at(row, 2)).strip()


def _extracted(rows: list[Row]) -> date | None:
    found = EXTRACTED.search(str(rows[0][0]))
    try:
        return datetime.strptime(found[1], "%d/%m/%Y").date() if found else None  # noqa: DTZ007 - a day
    except ValueError:
        return None


def _periods(
    row: Row, as_of: date | None
) -> tuple[tuple[tuple[int, date], ...], tuple[tuple[int, str, str], ...], dict[int, int]]:
    """Sort the columns of the TIME row into months, unusable columns and flags of months."""
    months: dict[date, int] = {}
    unusable: list[tuple[int, str, str]] = []
    flags: dict[int, int] = {}
    for column, cell in enumerate(row[2:], start=2):
        match = PERIOD.match(str(cell))
        day = date(int(match[1]), int(match[2]), 1) if match else None
        if cell == "":
            if column - 1 in months.values():
                flags[column - 1] = column
        elif day is None:
            unusable.append((column, reasons.NOT_A_PERIOD, str(cell)[:40]))
        elif as_of is not None and day > as_of:
            unusable.append((column, reasons.FUTURE_PERIOD, f"{cell} in a table of {as_of}"))
        elif day in months:
            unusable.append((column, reasons.DUPLICATE, f"{cell} stands twice"))
        else:
            months[day] = column
    ordered = tuple((months[day], day) for day in sorted(months))
    return ordered, tuple(unusable), flags


def _pairs(sheet: _Sheet, refusals: Refusals) -> tuple[dict[Pair, int], int]:
    """Find the row of each pair, refusing rows of no known pair.

    Returns:
        Index of the row of each usable pair, and how many cells the table has.
    """
    found: dict[Pair, list[int]] = {}
    count = 0
    for index in range(sheet.first_row, len(sheet.rows)):
        row = sheet.rows[index]
        if str(row[0]).startswith(LEGEND):
            break
        if not any(cell != "" for cell in row):
            continue
        count += 1
        reporter, partner = _country(str(row[0])), _country(str(row[1]))
        if reporter is None or partner is None:
            label = str(row[0] if reporter is None else row[1])
            _refuse_row(sheet, index, reasons.UNKNOWN_COUNTRY, repr(label), refusals)
            continue
        found.setdefault((reporter, partner), []).append(index)
    for column, reason, detail in sheet.unusable:
        refusals.add(reason, f"{sheet.place}, column {column + 1}", detail, cells=count)
    return _unambiguous(sheet, found, refusals), count * sheet.width


def _unambiguous(
    sheet: _Sheet, found: dict[Pair, list[int]], refusals: Refusals
) -> dict[Pair, int]:
    """Keep the first of equal rows of a pair; refuse all rows of a pair whose rows differ."""
    pairs: dict[Pair, int] = {}
    for pair, (first, *others) in found.items():
        words = f"{pair[0]} to {pair[1]} stands in {1 + len(others)} rows"
        if all(sheet.rows[index][2:] == sheet.rows[first][2:] for index in others):
            pairs[pair] = first
            for index in others:
                _refuse_row(sheet, index, reasons.DUPLICATE, f"{words}, all the same", refusals)
        else:
            for index in (first, *others):
                _refuse_row(sheet, index, reasons.CONFLICT, f"{words} that differ", refusals)
    return pairs


def _refuse_row(sheet: _Sheet, row: int, reason: str, detail: str, refusals: Refusals) -> None:
    """Refuse the cells of a row in all usable months."""
    refusals.add(reason, f"{sheet.place}, row {row + 1}", detail, cells=len(sheet.months))


def _values(
    sheet: _Sheet,
    pair: Pair,
    index: int,
    *,
    columns: _Columns,
    refusals: Refusals,
    coverage: list[Covered],
) -> int:
    """Collect the values and the coverage of one row; return how many cells are not recorded."""
    row = sheet.rows[index]
    empty = 0
    holes: set[date] = set()
    for column, day in sheet.months:
        value = row[column]
        if value in NOT_RECORDED:
            empty += 1
            continue
        # Workbooks know one kind of number; calamine gives it as a float.
        reason = _refused(value) if isinstance(value, float) else reasons.NOT_A_NUMBER
        if reason or not isinstance(value, float):
            place = f"{sheet.place}, row {index + 1}, column {column + 1}"
            refusals.add(reason, place, str(value)[:40])
            holes.add(day)
            continue
        columns.period.append(day)
        columns.reporter.append(pair[0])
        columns.partner.append(pair[1])
        columns.flow.append(sheet.flow)
        columns.product.append(sheet.code)
        columns.value.append(value)
        columns.status.append(_status(row, sheet.flag_columns.get(column)))
        columns.sheet.append(sheet.name)
        columns.row.append(index + 1)
    runs = _runs(day for _, day in sheet.months if day not in holes) if holes else sheet.runs
    coverage += [(*pair, sheet.flow, sheet.code, first, last) for first, last in runs]
    return empty


def _refused(value: float) -> str:
    """Say why a number is not a value, or nothing if it is one."""
    if value < 0:
        return reasons.NEGATIVE
    return reasons.TOO_LARGE if value >= LARGEST else ""


def _runs(days: Iterable[date]) -> tuple[tuple[date, date], ...]:
    """Join months that follow each other."""
    runs: list[tuple[date, date]] = []
    for day in days:
        if runs and month_number(day) == month_number(runs[-1][1]) + 1:
            runs[-1] = (runs[-1][0], day)
        else:
            runs.append((day, day))
    return tuple(runs)


@lru_cache(maxsize=4096)
def _country(label: str) -> str | None:
    return countries.resolve(label)


def _status(row: Row, flag_column: int | None) -> str:
    flags = "" if flag_column is None else str(row[flag_column])
    return next((status for flag, status in STATUS_OF_FLAG.items() if flag in flags), "final")


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
    arrays |= {
        "period": pa.array(columns.period, pa.date32()),
        "reporter": pa.array(columns.reporter),
        "partner": pa.array(columns.partner),
        "flow": pa.array(columns.flow),
        "partner_basis": pa.array([BASIS[flow] for flow in columns.flow], pa.string()),
        "nomenclature": pa.array([_nomenclature(code) for code in columns.product], pa.string()),
        "product": pa.array(columns.product),
        "value": _money(columns.value),
        "valuation": pa.array([VALUATION[flow] for flow in columns.flow], pa.string()),
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


def _coverage_table(rows: list[Covered], dataset: str) -> pa.Table:
    return schema.COVERAGE.build(
        {
            "edition": pa.repeat("", len(rows)),
            "dataset": pa.repeat(dataset, len(rows)),
            "freq": pa.repeat("M", len(rows)),
            "reporter": [row[0] for row in rows],
            "partner": [row[1] for row in rows],
            "flow": [row[2] for row in rows],
            "partner_basis": [BASIS[row[2]] for row in rows],
            "nomenclature": [_nomenclature(row[3]) for row in rows],
            "product": [row[3] for row in rows],
            "first_period": [row[4] for row in rows],
            "last_period": [row[5] for row in rows],
        }
    )
