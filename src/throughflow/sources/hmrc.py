"""HM Revenue & Customs, Overseas Trade Statistics: what the API answers (OData), by CN8 and month.

One object with its rows under ``value``; a row is one month, flow, commodity, country and port, in
pounds sterling. Ports are added up. A row names its country and commodity by numbers of the
publisher's own: the commodity's is its CN8 code without leading zeros, the country's means nothing
without the publisher's list, so the row must carry the country's letters (``$expand=Country``).

Rows whose commodity is no code are estimates of trade below the thresholds, given once by chapter
and again by SITC division: they are set aside. Where the publisher hides countries, nothing is
known of any of them, and coverage says so.
"""

from __future__ import annotations

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
from throughflow.sources.sieve import KEY, ROW, Sieve, meanings, row_numbers

if TYPE_CHECKING:
    from collections.abc import Callable

    from throughflow.sources.base import RawFile

DATASET: Final = "uk-ots"
REQUIRED: Final = (
    "MonthId",
    "FlowTypeId",
    "SuppressionIndex",
    "CommodityId",
    "CommoditySitcId",
    "CountryId",
    "PortId",
    "Value",
)
_MARKS: Final = (b'"MonthId"', b'"FlowTypeId"', b'"SuppressionIndex"')
# EU imports, EU exports, imports and exports of all others. Source: the API's FlowType list.
_FLOWS: Final = {"1": "import", "2": "export", "3": "import", "4": "export"}
# Source: HMRC, methodology and quality report, annex A: imports are recorded by the country from
# which goods are consigned, which is not necessarily where they were made.
_BASIS: Final = {"import": "consignment", "export": "destination"}
# 1 all is hidden; 2 countries and ports are; 3 the quantity too; 4 countries have values and no
# quantities; 5 no quantities at all. Source: the API guidance, as public clients repeat it.
_SUPPRESSIONS: Final = ("0", "1", "2", "3", "4", "5")
_ALL_HIDDEN: Final = "1"
_COUNTRIES_HIDDEN: Final = ("1", "2", "3")
_TOTAL_BESIDE: Final = "4"
_QUANTITY_HIDDEN: Final = ("3", "4", "5")
_NO_CODE: Final = r"^(?:-[0-9]+|0)$"
_CN8: Final = re.compile(r"^(?!00|77)\d{8}$", re.ASCII)
_MONTH: Final = re.compile(r"^((?:19|20)\d{2})(\d{2})$", re.ASCII)
_LINE: Final = ("FlowTypeId", "SuppressionIndex", "CommoditySitcId", "PortId")
_PORTS: Final = Breakdown("line", "ports", frozenset())
_AGAIN: Final = (
    "Run `throughflow get hmrc`, which asks for all of it, or add $expand=Country to your question"
)


class Hmrc:
    """Reads the answer of the API's entity ``OTS``, all its pages in one file."""

    name = "uk-ots"
    version = "1"

    def recognises(self, file: RawFile) -> bool:
        """Tell by the fields of the first row."""
        head = json_answer.begins(file)
        return head.startswith(b"{") and all(mark in head for mark in _MARKS)

    def read(self, file: RawFile) -> Reading:
        """Read every row and add ports up.

        Coverage is that of `coverage.reported`, less what the publisher hides: a commodity whose
        countries are hidden in a month is not covered there for any single country.

        Raises:
            InputError: Cut short, one page of several, without the letters of the countries, or
                without a column that tells rows apart.
        """
        refusals = Refusals()
        table = _table(file)
        sieve = Sieve(table, refusals, file.path.name)
        hidden = _keys(sieve)
        _content(sieve)
        known = sieve.rows
        sieve.money("value")
        sieve.one_row_per_key(("value", "net_kg"), key=(*KEY, "line"))
        sieve.refuse_incomplete()
        _, fewer = parts.keep_totals(sieve, (_PORTS,))
        return Reading(
            origin=_origin(),
            flows=sieve.flows(DATASET),
            coverage=coverage.reported(
                known, [*sieve.lost(), _hidden(known, hidden, sieve.rows)], DATASET
            ),
            labels=schema.PRODUCT_LABEL.empty(),
            refused=refusals.table(),
            cells=len(table) - fewer,
            not_recorded=0,
        )


def _table(file: RawFile) -> pa.Table:
    """Read the rows as texts with their number from 1."""
    where = str(file.path)
    answer: Any = json_answer.document(file)
    rows = answer.get("value") if isinstance(answer, dict) else None
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows) or not rows:
        raise InputError(
            "there is no list of rows under value", where=where, remedy="Download it again"
        )
    if answer.get("@odata.nextLink"):
        raise InputError(
            "this is one page of a longer answer", where=where, remedy="Put the rows of all pages "
            "into one file, as `throughflow get hmrc` does"
        )  # fmt: skip
    count = str(answer.get("@odata.count", ""))
    if count.isascii() and count.isdigit() and len(count) < 16 and int(count) > len(rows):
        raise InputError(
            f"the answer announces {int(count):,} rows and holds {len(rows):,}",
            where=where,
            remedy="Download it again",
        )
    missing = [name for name in REQUIRED if not any(name in row for row in rows)]
    if missing:
        raise InputError(
            f"missing from every row: {', '.join(missing)}", where=where, remedy=_AGAIN
        )
    if not any(isinstance(row.get("Country"), dict) for row in rows):
        raise InputError(
            "the rows name countries by the publisher's numbers alone", where=where, remedy=_AGAIN
        )
    columns = {name: _column(rows, name) for name in (*REQUIRED, "NetMass")}
    columns["letters"] = pa.array([_inside(row, "Country", "CountryCodeAlpha") for row in rows])
    columns["code beside"] = pa.array([_inside(row, "Commodity", "Cn8Code") for row in rows])
    columns[ROW] = pa.array(range(1, len(rows) + 1), pa.int32())
    return pa.table(columns)


def _column(rows: list[dict[str, Any]], name: str) -> pa.Array:
    texts = [(json_answer.text(row.get(name)) or "").strip() for row in rows]
    return pa.array(texts, pa.string())


def _inside(row: dict[str, Any], outer: str, inner: str) -> str:
    found = row.get(outer)
    return (json_answer.text(found.get(inner)) or "").strip() if isinstance(found, dict) else ""


def _keys(sieve: Sieve) -> pa.Table:
    """Translate the columns that name a cell, refusing rows that cannot be named.

    Returns:
        Period, flow and product of what is hidden for single countries.
    """
    sieve.refuse(
        pc.match_substring_regex(sieve.rows.column("CommodityId"), _NO_CODE),
        reasons.ESTIMATE,
        "CommodityId",
    )
    sieve.translate("SuppressionIndex", _among(_SUPPRESSIONS), reasons.UNKNOWN_WORD)
    sieve.translate("FlowTypeId", _FLOWS.get, reasons.UNKNOWN_FLOW, into="flow")
    sieve.translate("MonthId", _month, reasons.NOT_A_PERIOD, into="period", to=pa.date32())
    sieve.translate("CommodityId", _product, reasons.UNKNOWN_PRODUCT, into="product")
    beside = sieve.rows.column("code beside")
    other = pc.and_(pc.not_equal(beside, ""), pc.not_equal(beside, sieve.rows.column("product")))
    sieve.refuse(other, reasons.CONTRADICTION, "code beside")
    index = sieve.rows.column("SuppressionIndex")
    is_hidden = pc.is_in(index, pa.array(_COUNTRIES_HIDDEN, pa.string()))
    cells = ["period", "flow", "product"]
    hidden = sieve.rows.filter(is_hidden).select(cells).group_by(cells).aggregate([])
    letters = sieve.rows.column("letters")
    number = pc.binary_join_element_wise("number", sieve.rows.column("CountryId"), " ")
    sieve.put("partner", pc.if_else(pc.equal(letters, ""), number, letters))
    sieve.translate("partner", countries.from_geonomenclature, reasons.UNKNOWN_COUNTRY)
    for name, text in (("freq", "M"), ("reporter", "GB"), ("nomenclature", "CN")):
        sieve.put(name, text)
    sieve.put("nomenclature_edition", pa.nulls(len(sieve.rows), pa.string()))
    sieve.put("partner_basis", meanings(sieve.rows.column("flow"), _BASIS.get, pa.string()))
    sieve.put(
        "line", pc.binary_join_element_wise(*[sieve.rows.column(name) for name in _LINE], "|")
    )
    sieve.refuse_after(national.today())
    _suppressed(sieve)
    return hidden


def _suppressed(sieve: Sieve) -> None:
    """Refuse what is hidden, and a total of all countries beside their values."""
    index = sieve.rows.column("SuppressionIndex")
    nowhere = meanings(sieve.rows.column("partner"), countries.is_bloc, pa.bool_())
    one_country = pc.and_(
        pc.is_in(index, pa.array(_COUNTRIES_HIDDEN, pa.string())), pc.invert(nowhere)
    )
    gone = pc.or_(pc.equal(index, _ALL_HIDDEN), one_country)
    total = pc.and_(pc.equal(index, _TOTAL_BESIDE), nowhere)
    sieve.refuse(gone, reasons.SUPPRESSED, "SuppressionIndex")
    sieve.refuse(total.filter(pc.invert(gone)), reasons.AGGREGATE, "SuppressionIndex")


def _content(sieve: Sieve) -> None:
    """Say what is known of a cell beside its value."""
    rows = sieve.rows
    sieve.put("value", rows.column("Value"))
    sieve.put("currency", "GBP")
    sieve.put("valuation", meanings(rows.column("flow"), national.VALUATION.get, pa.string()))
    index = rows.column("SuppressionIndex")
    confidential = pc.is_in(index, pa.array(_COUNTRIES_HIDDEN, pa.string()))
    sieve.put("status", pc.if_else(confidential, pa.scalar("confidential"), pa.scalar("final")))
    # The unit of SuppUnit is in another of the publisher's lists.
    sieve.put("quantity", pa.nulls(len(rows), pa.float64()))
    sieve.put("quantity_unit", pa.nulls(len(rows), pa.string()))
    no_mass = pc.is_in(index, pa.array(_QUANTITY_HIDDEN, pa.string()))
    sieve.put("net_kg", pc.if_else(no_mass, "", rows.column("NetMass")))
    sieve.floats("net_kg")
    mass = sieve.rows.column("net_kg")
    # Zero beside a value: nothing is known of the mass.
    sieve.put("net_kg", pc.if_else(pc.equal(mass, 0.0), pa.scalar(None, pa.float64()), mass))


def _hidden(known: pa.Table, hidden: pa.Table, recorded: pa.Table) -> pa.Table:
    """List the cells of single countries that are hidden in a month, but for recorded ones."""
    series = [name for name in KEY if name not in {"period", "nomenclature_edition"}]
    listed = known.select(series).group_by(series).aggregate([])
    cells = listed.join(hidden, keys=["flow", "product"], join_type="inner", use_threads=False)
    names = [*series, "period"]
    both = pa.concat_tables([recorded.select(names), cells.select(names)])
    numbers = row_numbers([both.column(name) for name in names])
    shown, asked = pa.array(numbers[: len(recorded)]), pa.array(numbers[len(recorded) :])
    return cells.select(names).filter(pc.invert(pc.is_in(asked, value_set=shown)))


def _origin() -> Origin:
    return Origin(
        "HM Revenue & Customs",
        DATASET,
        "UK overseas trade in goods statistics (OTS), by CN8 code",
        None,
        "Imports carry the country of consignment, not of origin. Lines of several ports are added "
        "up. Estimates of trade below the thresholds have no product code and are left out. The "
        "answer names no day of revision; recent months and years are revised.",
    )


def _among(words: tuple[str, ...]) -> Callable[[str], str | None]:
    return lambda text: text if text in words else None


def _month(text: str) -> date | None:
    match = _MONTH.match(text)
    try:
        return date(int(match[1]), int(match[2]), 1) if match else None
    except ValueError:
        return None


def _product(text: str) -> str | None:
    """Give a CN8 code its leading zero back; a number of any other length is no code."""
    code = text.zfill(8) if len(text) == 7 else text
    return code if _CN8.match(code) else None
