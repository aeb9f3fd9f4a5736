"""US Census Bureau, international trade by HS code: what the API answers, month by month.

A JSON array of arrays whose first names the columns. The value in dollars is that of all exports
(``ALL_VAL_MO``, free alongside ship) or of general imports (``GEN_VAL_MO``, customs value).

A dimension that was asked for without a value comes as its total, written ``-``, and beside it
every part: customs districts, domestic and foreign exports, rate provisions. Country groups stand
among the countries. Only the total of a dimension is trade; nothing here is added up, but for
areas that are one partner.
"""

from __future__ import annotations

import json
import re
from datetime import date
from typing import TYPE_CHECKING, Any, Final

import pyarrow as pa
import pyarrow.compute as pc

from throughflow.errors import InputError
from throughflow.model import schema
from throughflow.reference import countries
from throughflow.sources import coverage, json_answer, national, parts, reasons
from throughflow.sources.base import Origin, Reading, Refusals
from throughflow.sources.parts import Breakdown
from throughflow.sources.sieve import KEY, ROW, Sieve

if TYPE_CHECKING:
    from collections.abc import Callable

    from throughflow.sources.base import RawFile

TOTAL: Final = "-"
_PRODUCTS: Final = {"E_COMMODITY": "export", "I_COMMODITY": "import"}
# Value and quantity, best first; imports for consumption are another measure of imports.
_MEASURES: Final = {
    "export": (("ALL_VAL_MO", "QTY_1_MO", "us-census"),),
    "import": (
        ("GEN_VAL_MO", "GEN_QY1_MO", "us-census"),
        ("CON_VAL_MO", "CON_QY1_MO", "us-census-consumption"),
    ),
}
# What splits trade beside country, product and month.
# Source: the API's lists of variables; their total is "-" (user guide, default values).
_DIMENSIONS: Final = {"export": ("DISTRICT",), "import": ("DISTRICT", "CTY_SUBCODE", "RP")}
_OPTIONAL: Final = ("SUMMARY_LVL", "COMM_LVL", "DF", "UNIT_QY1", "time", "YEAR", "MONTH")
# Source: user guide: "DF - Domestic(1) or Foreign(2)". Foreign exports leave as they arrived.
_FOREIGN: Final = {TOTAL: "export", "2": "re-export"}
_DOMESTIC: Final = "1"
# Country groups, by their numbers: 0003 is the European Union, 5XXX Asia. The mark beside them is
# not enough, because the world is marked as detail. Source: user guide, appendix E.
_GROUP: Final = r"^(?:0[0-9]{3}|[0-9]X{3})$"
_DETAIL: Final = ("", "DET", "CGP")
_CODE: Final = re.compile(r"^(?!00|77)(?:\d{2}|\d{4}|\d{6}|\d{10})$", re.ASCII)
_MONTH: Final = re.compile(r"^(\d{4})-(\d{2})$", re.ASCII)
# The Bureau's estimates of trade below the value that must be declared.
# Source: guide to foreign trade statistics, section 14: 9880.00.4000 and 9999.95.0000.
_ESTIMATES: Final = ("9880004000", "9999950000")
_NO_UNIT: Final = ("", TOTAL, "X")
_DIGITS_WITH_UNIT: Final = 10
_AREAS: Final = Breakdown("number", "areas of one partner", frozenset())
_AGAIN: Final = "`throughflow get census` asks for what is needed"


class Census:
    """Reads the API's answer for exports or imports by HS code."""

    name = "us-census"
    version = "1"

    def recognises(self, file: RawFile) -> bool:
        """Tell by the row of column names, which names the commodity in the Bureau's way."""
        return bool(_PRODUCTS.keys() & set(_header(file)))

    def read(self, file: RawFile) -> Reading:
        """Read the rows.

        Coverage is that of `coverage.reported`: the answer holds what occurred and does not repeat
        the question, so a series that never appears is not covered.

        Raises:
            InputError: Cut short, a column is missing or ambiguous, or the answer holds parts of
                trade alone.
        """
        refusals = Refusals()
        table, flow, dataset = _table(file, refusals)
        cells = len(table) + len(refusals.rows)
        sieve = Sieve(table, refusals, file.path.name)
        _whole(sieve, flow, str(file.path))
        _keys(sieve, flow)
        _content(sieve)
        known = sieve.rows
        sieve.drop_not_recorded("value", ("",))
        sieve.money("value")
        sieve.one_row_per_key(
            ("value", "net_kg", "quantity", "quantity_unit", "valuation"), key=(*KEY, "number")
        )
        sieve.refuse_incomplete()
        added, fewer = parts.keep_totals(sieve, (_AREAS,))
        origin = _origin(flow, dataset, added)
        return Reading(
            origin=origin,
            flows=sieve.flows(dataset),
            coverage=coverage.reported(known, sieve.lost(), dataset),
            labels=schema.PRODUCT_LABEL.empty(),
            refused=refusals.table(),
            cells=cells - fewer,
            not_recorded=sieve.not_recorded,
        )


def _header(file: RawFile) -> list[str]:
    """Return the column names that an array of arrays begins with; empty for anything else."""
    head = json_answer.begins(file)
    inner = head[1:].lstrip()
    if not head.startswith(b"[") or not inner.startswith(b"["):
        return []
    try:
        names: Any = json.loads(inner[: inner.find(b"]") + 1])
    except ValueError:
        return []
    return names if all(isinstance(name, str) for name in names) else []


def _table(file: RawFile, refusals: Refusals) -> tuple[pa.Table, str, str]:
    """Read the columns that are known as texts; say the flow and the dataset.

    A dimension that is not in the answer was not asked for, so the answer is its total.
    """
    where = str(file.path)
    names = _header(file)
    products = [name for name in _PRODUCTS if name in names]
    if len(products) != 1:
        raise InputError("exports and imports in one answer", where=where, remedy=_AGAIN)
    flow = _PRODUCTS[products[0]]
    measure = next((one for one in _MEASURES[flow] if one[0] in names), None)
    if measure is None:
        needed = " or ".join(one[0] for one in _MEASURES[flow])
        found = ", ".join(name for name in names if "_VAL_" in name) or "none"
        raise InputError(
            f"no value of the month: {needed} is needed, values in the answer: {found}",
            where=where,
            remedy=_AGAIN,
        )
    if "CTY_CODE" not in names:
        raise InputError(
            "the answer has no CTY_CODE: it adds all countries up", where=where, remedy=_AGAIN
        )
    if "time" not in names and not {"YEAR", "MONTH"} <= set(names):
        raise InputError("the answer names no month", where=where, remedy=_AGAIN)
    value, quantity, dataset = measure
    wanted = {"product": products[0], "partner": "CTY_CODE", "value": value, "quantity": quantity}
    wanted |= {name: name for name in (*_OPTIONAL, *_DIMENSIONS[flow])}
    rows = _rows(file, len(names), refusals)
    columns: dict[str, Any] = {}
    for ours, theirs in wanted.items():
        columns[ours] = _column(rows, names, theirs, where)
    columns[ROW] = pa.array([row[0] for row in rows], pa.int32())
    return pa.table(columns), flow, dataset


def _rows(file: RawFile, width: int, refusals: Refusals) -> list[tuple[int, list[Any]]]:
    """Return the rows of values with their number in the answer, the column names being 1."""
    answer: Any = json_answer.document(file)
    if not isinstance(answer, list) or not all(isinstance(row, list) for row in answer):
        raise InputError(
            "the answer is not a list of rows", where=str(file.path), remedy="Download it again"
        )
    if len(answer) < 2:
        raise InputError(
            "the answer has column names and no rows", where=str(file.path), remedy="Ask again"
        )
    rows = []
    for number, row in enumerate(answer[1:], start=2):
        if len(row) == width:
            rows.append((number, row))
        else:
            refusals.add(
                reasons.WRONG_COLUMNS,
                f"{file.path.name}, row {number}",
                f"{len(row)} instead of {width}",
            )
    return rows


def _column(rows: list[tuple[int, list[Any]]], names: list[str], name: str, where: str) -> pa.Array:
    """Return a column as trimmed texts; a condition comes back as a second column of its name."""
    places = [place for place, known in enumerate(names) if known == name]
    if not places:
        blank = TOTAL if name in {"DF", *_DIMENSIONS["import"]} else ""
        return pa.array([blank] * len(rows), pa.string())
    columns = [[(json_answer.text(row[at]) or "").strip() for _, row in rows] for at in places]
    if any(column != columns[0] for column in columns[1:]):
        raise InputError(
            f"{name} stands in the answer twice and differs", where=where, remedy=_AGAIN
        )
    return pa.array(columns[0], pa.string())


def _whole(sieve: Sieve, flow: str, where: str) -> None:
    """Leave the rows of single countries and of the world, whole in every dimension.

    Raises:
        InputError: Nothing but parts is there.
    """
    sieve.translate("SUMMARY_LVL", _among(_DETAIL), reasons.UNKNOWN_WORD)
    group = pc.or_(
        pc.match_substring_regex(sieve.rows.column("partner"), _GROUP),
        pc.equal(sieve.rows.column("SUMMARY_LVL"), "CGP"),
    )
    sieve.refuse(group, reasons.AGGREGATE, "partner")
    before = len(sieve.rows)
    for name in _DIMENSIONS[flow]:
        part = pc.not_equal(sieve.rows.column(name), TOTAL)
        sieve.refuse(part, reasons.PART_ALONE, name)
    if flow == "export":
        domestic = pc.equal(sieve.rows.column("DF"), _DOMESTIC)
        sieve.refuse(domestic, reasons.PART_ALONE, "DF")
        sieve.translate("DF", _FOREIGN.get, reasons.UNKNOWN_WORD, into="flow")
    else:
        sieve.put("flow", flow)
    if before and not len(sieve.rows):
        split = ", ".join((*_DIMENSIONS[flow], *(("DF",) if flow == "export" else ())))
        raise InputError(
            f"the answer has parts of trade alone (one of {split} is never '-')",
            where=where,
            remedy=_AGAIN,
        )


def _keys(sieve: Sieve, flow: str) -> None:
    """Translate the columns that name a cell, refusing rows that cannot be named."""
    sieve.put("number", sieve.rows.column("partner"))
    sieve.translate("partner", _partner, reasons.UNKNOWN_COUNTRY)
    level_and_code = pc.binary_join_element_wise(
        sieve.rows.column("COMM_LVL"), sieve.rows.column("product"), " "
    )
    sieve.put("level and code", level_and_code)
    sieve.translate("level and code", _product, reasons.UNKNOWN_PRODUCT, into="product")
    written = [sieve.rows.column(name) for name in ("time", "YEAR", "MONTH")]
    sieve.put("month", pc.binary_join_element_wise(*written, "|"))
    sieve.translate("month", _month, reasons.NOT_A_PERIOD, into="period", to=pa.date32())
    total = pc.equal(sieve.rows.column("product"), schema.TOTAL)
    sieve.put("nomenclature", pc.if_else(total, schema.TOTAL, "HS"))
    sieve.put("nomenclature_edition", pa.nulls(len(sieve.rows), pa.string()))
    sieve.put("freq", "M")
    sieve.put("reporter", "US")
    sieve.put("partner_basis", national.BASIS[flow])
    sieve.refuse_after(national.today())


def _content(sieve: Sieve) -> None:
    """Say what is known of a cell beside its value.

    Neither value is FOB or CIF: free alongside ship leaves out the loading, customs value leaves
    out freight and insurance. Quantities are read at ten digits only, where one unit holds.
    """
    rows = sieve.rows
    sieve.put("currency", "USD")
    sieve.put("valuation", pa.nulls(len(rows), pa.string()))
    estimated = pc.is_in(rows.column("product"), pa.array(_ESTIMATES, pa.string()))
    sieve.put("status", pc.if_else(estimated, pa.scalar("estimated"), pa.scalar("final")))
    sieve.put("net_kg", pa.nulls(len(rows), pa.float64()))
    unit = rows.column("UNIT_QY1")
    has_unit = pc.and_(
        pc.invert(pc.is_in(unit, pa.array(_NO_UNIT, pa.string()))),
        pc.equal(pc.utf8_length(rows.column("product")), _DIGITS_WITH_UNIT),
    )
    sieve.put("quantity", pc.if_else(has_unit, rows.column("quantity"), ""))
    sieve.put("quantity_unit", pc.if_else(has_unit, unit, pa.scalar(None, pa.string())))
    sieve.floats("quantity")
    numbers = sieve.rows.column("quantity")
    # Zero beside a value: nothing is known of the quantity.
    nothing = pa.scalar(None, pa.float64())
    sieve.put("quantity", pc.if_else(pc.equal(numbers, 0.0), nothing, numbers))


def _origin(flow: str, dataset: str, added: list[str]) -> Origin:
    title, value = "general imports", "customs value, without freight and insurance"
    if flow == "export":
        title, value = "exports", "free alongside ship (FAS)"
    if dataset == "us-census-consumption":
        title = "imports for consumption"
    notes = [
        f"Values are {value}.",
        "The answer names no day of revision; recent months and years are revised.",
        *added,
    ]
    return Origin(
        "U.S. Census Bureau", dataset, f"US international trade by HS: {title}", None,
        " ".join(notes),
    )  # fmt: skip


def _partner(number: str) -> str | None:
    return "WORLD" if number == TOTAL else countries.schedule_c(number)


def _product(text: str) -> str | None:
    """Read level and code together; the level must be what the code's length says."""
    level, _, code = text.partition(" ")
    if code == TOTAL:
        return schema.TOTAL if level in {"", TOTAL} else None
    if not _CODE.match(code) or level not in {"", f"HS{len(code)}"}:
        return None
    return code


def _month(text: str) -> date | None:
    """Read ``2024-01``, year and month, or both if they agree."""
    written, year, month = text.split("|", 2)
    if year and month:
        apart = f"{year}-{month.zfill(2)}"
        if written and written != apart:
            return None
        written = apart
    match = _MONTH.match(written)
    try:
        return date(int(match[1]), int(match[2]), 1) if match else None
    except ValueError:
        return None


def _among(words: tuple[str, ...]) -> Callable[[str], str | None]:
    return lambda text: text if text in words else None
