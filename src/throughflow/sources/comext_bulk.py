"""Eurostat's Comext bulk files: all trade of the EU members of one month or year, by CN8.

Comma-separated text, mostly inside a ``.7z``. Two layouts: until 2024 ``DECLARANT,DECLARANT_ISO,
PARTNER,PARTNER_ISO,…,STAT_REGIME,…,VALUE_IN_EUROS,…``, since then ``REPORTER,PARTNER,…,
STAT_PROCEDURE,…,VALUE_EUR,…``. A month has millions of lines, so every step works on columns.

A line is one statistical procedure of a cell; procedures are added up. Loaded are CN8 codes and
TOTAL; headings and chapters beside them repeat the same trade and are set aside, counted. A code
with X or S among its characters (``39XXXXXX``) holds goods whose code is confidential: it is kept
with that status, because the products of a chapter add up to its trade only with it.
"""

from __future__ import annotations

import re
import tempfile
from datetime import date
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pyarrow as pa
import pyarrow.compute as pc

from throughflow.errors import InputError
from throughflow.model import schema
from throughflow.reference import countries
from throughflow.sources import delimited, national, reasons, seven_zip
from throughflow.sources.base import Origin, RawFile, Reading, Refusals
from throughflow.sources.sieve import KEY, ROW, Sieve, meanings, row_numbers

if TYPE_CHECKING:
    from collections.abc import Callable

DATASET: Final = "comext-bulk"
NOT_RECORDED: Final = frozenset({"", ":"})
# What each layout calls the columns that are read; value first, because it is never blank.
_NEW: Final = {
    "VALUE_EUR": "value",
    "QUANTITY_KG": "net_kg",
    "QUANTITY_SUPPL_UNIT": "quantity",
    "REPORTER": "reporter",
    "PARTNER": "partner",
    "TRADE_TYPE": "trade_type",
    "PRODUCT_NC": "product",
    "FLOW": "flow",
    "STAT_PROCEDURE": "procedure",
    "SUPPL_UNIT": "unit",
    "PERIOD": "period",
}
_OLD: Final = {
    "VALUE_IN_EUROS": "value",
    "QUANTITY_IN_KG": "net_kg",
    "SUP_QUANTITY": "quantity",
    "DECLARANT_ISO": "reporter",
    "PARTNER_ISO": "partner",
    "TRADE_TYPE": "trade_type",
    "PRODUCT_NC": "product",
    "FLOW": "flow",
    "STAT_REGIME": "procedure",
    "SUPP_UNIT": "unit",
    "PERIOD": "period",
}
_NUMBERS: Final = 3  # how many of them are numbers of many different texts
_FLOWS: Final = {"1": "import", "2": "export"}
# Source: Eurostat, Comext metadata, TRADE_TYPE.txt: within the EU, outside it, the United Kingdom
# in older files, Northern Ireland, the rest of the United Kingdom.
_TRADE_TYPES: Final = frozenset({"I", "E", "K", "L", "M"})
# Within the EU's own market an arrival carries the member it came from, not where it was made. The
# United Kingdom took part until the end of 2020, Northern Ireland still does.
_INTERNAL: Final = frozenset({"I", "L"})
_UK: Final = "K"
_UK_LEFT: Final = date(2021, 1, 1)
# Normal, inward processing, outward processing, not recorded from customs declarations.
# Source: Eurostat, Comext metadata, STATISTICAL_PROCEDURES.txt.
_PROCEDURES: Final = frozenset({"1", "2", "3", "9"})
# The regime that older files give *beside* its parts. Source: Eurostat, "COMEXT - ASCII version"
# (2001): normal trade is regime 4 less regimes 3, 5, 6 and 7.
_ALL_PROCEDURES: Final = "4"
_WHOLE_UK: Final = "GB"
_PARTS_OF_UK: Final = ("XI", "XU")
_NO_UNIT: Final = frozenset({"", "-", "NO_SU"})
_CN8: Final = re.compile(r"^(?!00|77)\d{8}$", re.ASCII)
_MASKED: Final = re.compile(r"^(?!00|77)\d{2}(?=[0-9A-Z]*[XS])[0-9XS]{6}$", re.ASCII)
_HIGHER_LEVEL: Final = r"^[0-9]{1,6}$"
_PERIOD: Final = re.compile(r"^((?:19|20)\d{2})(\d{2})$", re.ASCII)
_WHOLE_YEAR: Final = 52
_HEAD_BYTES: Final = 4096


class ComextBulk:
    """Reads the text, or the archive that holds it."""

    name = "comext-bulk"
    version = "1"

    def recognises(self, file: RawFile) -> bool:
        """Tell by the header; of an archive only the first bytes are unpacked.

        Raises:
            InputError: An archive that is damaged or holds something else than one text.
            MissingExtraError: An archive, and the optional dependency is not installed.
        """
        if file.kind != "7z":
            return _layout(delimited.header(file)) is not None
        head = seven_zip.first_bytes(file.path, _HEAD_BYTES)
        line = head.split(b"\n", 1)[0].decode("utf-8-sig", errors="replace").strip()
        return _layout([name.strip().strip('"') for name in line.split(",")]) is not None

    def read(self, file: RawFile) -> Reading:
        """Read every line.

        Covered are the series that the file records, and the total of every pair of reporter and
        partner where totals are given. A product that is absent is not covered: all the products
        that a file could have shown, times partners, would be a hundred times the file.

        Raises:
            InputError: The file is not a readable table, or a damaged archive.
            MissingExtraError: An archive, and the optional dependency is not installed.
        """
        if file.kind != "7z":
            return _read(file)
        with tempfile.TemporaryDirectory(prefix="throughflow-") as folder:
            text = Path(folder) / file.path.name
            seven_zip.unpack(file.path, text)
            unpacked = RawFile(text)
            if unpacked.kind != "text" or _layout(delimited.header(unpacked)) is None:
                raise InputError("the archive does not hold a table", where=str(file.path))
            return _read(unpacked)


def _layout(names: list[str]) -> dict[str, str] | None:
    return next((known for known in (_NEW, _OLD) if set(known) <= set(names)), None)


def _read(file: RawFile) -> Reading:
    layout = _layout(delimited.header(file)) or {}
    refusals = Refusals()
    table = delimited.read(
        file, refusals, only=list(layout), encoded=frozenset(list(layout)[_NUMBERS:])
    )
    if not len(table):
        raise InputError("the file has a header and no rows", where=str(file.path))
    sieve = Sieve(table.rename_columns([*layout.values(), ROW]), refusals, file.path.name)
    del table
    _keys(sieve, is_old=layout is _OLD)
    blank = pc.is_in(sieve.rows.column("value"), value_set=pa.array(sorted(NOT_RECORDED)))
    unrecorded = sieve.rows.filter(blank).select(KEY)
    sieve.rows = sieve.rows.filter(pc.invert(blank))
    sieve.money("value")
    for column in ("net_kg", "quantity"):
        sieve.floats(column)
    sieve.refuse_incomplete()
    _add_up(sieve)
    missing = _without_value(unrecorded, sieve.rows)
    refused = sum(row[3] for row in refusals.rows)
    origin = Origin(
        "Eurostat",
        DATASET,
        "Comext, detailed trade in goods, bulk file",
        None,
        "The file names no day of extraction; its last months are provisional and revised for "
        "years. Imports from members carry the member of consignment, others the origin.",
    )
    return Reading(
        origin=origin,
        flows=sieve.flows(DATASET),
        coverage=_coverage([sieve.rows.select(KEY), missing]),
        labels=schema.PRODUCT_LABEL.empty(),
        refused=refusals.table(),
        cells=len(sieve.rows) + len(missing) + refused,
        not_recorded=len(missing),
    )


def _keys(sieve: Sieve, *, is_old: bool) -> None:
    """Name the cell of every line; set aside what repeats the trade of other lines."""
    products = sieve.rows.column("product").cast(pa.string())
    higher = pc.match_substring_regex(products, _HIGHER_LEVEL)
    _set_aside(sieve, higher, "headings and chapters beside their CN8 codes")
    procedures = sieve.rows.column("procedure").cast(pa.string())
    if is_old and pc.any(pc.equal(procedures, _ALL_PROCEDURES)).as_py():
        part = pc.not_equal(procedures, _ALL_PROCEDURES)
        _set_aside(sieve, part, "procedures beside the regime that adds them up")
    else:
        sieve.translate("procedure", _among(_PROCEDURES), reasons.UNKNOWN_WORD)
    for column in ("reporter", "partner"):
        sieve.translate(column, countries.from_geonomenclature, reasons.UNKNOWN_COUNTRY)
    partners = sieve.rows.column("partner")
    if pc.any(pc.equal(partners, _WHOLE_UK)).as_py():
        parts = pc.is_in(partners, value_set=pa.array(_PARTS_OF_UK))
        _set_aside(sieve, parts, "parts of the United Kingdom beside the whole")
    sieve.translate("flow", _FLOWS.get, reasons.UNKNOWN_FLOW)
    sieve.translate("trade_type", _among(_TRADE_TYPES), reasons.UNKNOWN_WORD)
    sieve.translate("period", _freq, reasons.NOT_A_PERIOD, into="freq")
    sieve.put("period", meanings(sieve.rows.column("period"), _day, pa.date32()))
    sieve.translate("product", _product, reasons.UNKNOWN_PRODUCT)
    products = sieve.rows.column("product")
    total = pa.scalar(schema.TOTAL)
    sieve.put("nomenclature", pc.if_else(pc.equal(products, total), total, pa.scalar("CN")))
    sieve.put("nomenclature_edition", pa.nulls(len(sieve.rows), pa.string()))
    sieve.put("partner_basis", _bases(sieve))
    sieve.refuse_after(national.today())


def _bases(sieve: Sieve) -> pa.ChunkedArray:
    trade_type = sieve.rows.column("trade_type")
    uk_inside = pc.and_(
        pc.equal(trade_type, _UK), pc.less(sieve.rows.column("period"), pa.scalar(_UK_LEFT))
    )
    internal = pc.or_(pc.is_in(trade_type, value_set=pa.array(sorted(_INTERNAL))), uk_inside)
    imports = pc.if_else(internal, pa.scalar("consignment"), pa.scalar("origin"))
    exports = pc.equal(sieve.rows.column("flow"), "export")
    return pc.if_else(exports, pa.scalar("destination"), imports)


def _set_aside(sieve: Sieve, mask: pa.ChunkedArray, what: str) -> None:
    """Take out many lines for one reason, counted together with the first of them."""
    count = pc.sum(mask).as_py() or 0
    if not count:
        return
    first = pc.min(sieve.rows.column(ROW).filter(mask)).as_py()
    sieve.rows = sieve.rows.filter(pc.invert(mask))
    place = f"{sieve.place}, row {first}" + (" and further" if count > 1 else "")
    sieve.refusals.add(reasons.AGGREGATE, place, what, cells=count)


def _add_up(sieve: Sieve) -> None:
    """Add procedures up, refusing repeated lines and cells that contradict themselves."""
    import duckdb  # noqa: PLC0415

    lines = sieve.rows
    if not len(lines):
        _canonical(sieve, lines, lines)
        return
    cells = row_numbers([lines.column(name) for name in KEY])
    amounts = {
        name: pc.round(lines.column(name), 3).cast(pa.decimal128(24, 3), safe=False)
        for name in ("net_kg", "quantity")
    }
    unit = meanings(
        lines.column("unit"), lambda text: None if text in _NO_UNIT else text, pa.string()
    )
    masked = pc.match_substring_regex(lines.column("product"), "^..[0-9]*[XS]")
    query = resources.files(__package__) / "sql" / "comext_cells.sql"
    with duckdb.connect() as connection:
        connection.register(
            "comext_line",
            pa.table(
                {
                    "cell": cells,
                    "procedure": lines.column("procedure"),
                    "is_confidential": masked,
                    "source_row": lines.column(ROW),
                    "value": lines.column("value"),
                    "kilograms": amounts["net_kg"],
                    "counted": pc.if_else(unit.is_valid(), amounts["quantity"], None),
                    "unit": unit,
                }
            ),
        )
        found = connection.sql(query.read_text(encoding="utf-8")).to_arrow_table()
    torn = pc.equal(found.column("is_torn"), 1)
    if pc.any(torn).as_py():
        broken = found.column("cell").filter(torn)
        mask = pc.is_in(pa.array(cells), value_set=broken.combine_chunks())
        sieve.put("line", pc.cast(sieve.rows.column(ROW), pa.string()))
        sieve.refuse(mask, reasons.CONFLICT, "line")
        found = found.filter(pc.invert(torn))
    repeated = found.filter(pc.greater(found.column("repeated"), 0))
    for row in repeated.to_pylist():
        sieve.refusals.add(
            reasons.DUPLICATE,
            f"{sieve.place}, row {row['source_row']}",
            "the same procedure of the same cell again",
            cells=int(row["repeated"]),
        )
    at = pc.index_in(found.column("source_row"), value_set=lines.column(ROW).combine_chunks())
    _canonical(sieve, lines.take(at), found)


def _canonical(sieve: Sieve, keys: pa.Table, found: pa.Table) -> None:
    """Put keys and sums of the cells together; a sum of nothing is no weight and no quantity."""
    columns = {name: keys.column(name) for name in KEY}
    columns[ROW] = keys.column(ROW)
    columns["value"] = found.column("value").cast(schema.MONEY)
    for name in ("net_kg", "quantity"):
        amount = found.column(name).cast(pa.float64())
        positive = pc.fill_null(pc.greater(amount, 0.0), fill_value=False)
        columns[name] = pc.if_else(positive, amount, pa.scalar(None, pa.float64()))
    if "quantity_unit" in found.column_names:
        columns["quantity_unit"] = pc.if_else(
            columns["quantity"].is_valid(), found.column("quantity_unit"), None
        ).cast(pa.string())
    sieve.rows = pa.table(columns)
    products = sieve.rows.column("product")
    masked = pc.match_substring_regex(products, "^..[0-9]*[XS]")
    sieve.put("status", pc.if_else(masked, pa.scalar("confidential"), pa.scalar("final")))
    sieve.put("currency", "EUR")
    flows = sieve.rows.column("flow")
    sieve.put("valuation", meanings(flows, national.VALUATION.get, pa.string()))


def _without_value(unrecorded: pa.Table, recorded: pa.Table) -> pa.Table:
    """Return the cells of which no line records a value, once each."""
    if not len(unrecorded):
        return recorded.select(KEY).slice(0, 0)
    cells = unrecorded.group_by(list(KEY), use_threads=False).aggregate([]).select(KEY)
    both = pa.concat_tables([cells, recorded.select(KEY)])
    numbers = row_numbers([both.column(name) for name in KEY])
    held = pc.is_in(pa.array(numbers[: len(cells)]), value_set=pa.array(numbers[len(cells) :]))
    return cells.filter(pc.invert(held))


def _coverage(asked: list[pa.Table]) -> pa.Table:
    """Cover what is recorded, and the totals of all pairs of a reporter and a partner."""
    cells = pa.concat_tables(asked)
    names = [name for name in KEY if name != "nomenclature_edition"]
    totals = cells.filter(pc.equal(cells.column("product"), schema.TOTAL))
    if len(totals):
        sides = ["freq", "period", "flow", "partner_basis", "nomenclature", "product"]
        who = totals.select([*sides, "reporter"]).group_by([*sides, "reporter"]).aggregate([])
        whom = totals.select([*sides, "partner"]).group_by([*sides, "partner"]).aggregate([])
        pairs = who.join(whom, keys=sides, join_type="inner", use_threads=False)
        pairs = pairs.filter(pc.not_equal(pairs.column("reporter"), pairs.column("partner")))
        everything = pa.concat_tables([totals.select(names), pairs.select(names)])
        totals = everything.group_by(names, use_threads=False).aggregate([])
        others = cells.filter(pc.not_equal(cells.column("product"), schema.TOTAL))
        cells = pa.concat_tables([others.select(names), totals.select(names)])
    columns = {name: cells.column(name) for name in names if name != "period"}
    for name in ("first_period", "last_period"):
        columns[name] = cells.column("period")
    for name, text in (("edition", ""), ("dataset", DATASET)):
        columns[name] = pa.repeat(pa.scalar(text), len(cells))
    return schema.COVERAGE.build(columns)


def _among(words: frozenset[str]) -> Callable[[str], str | None]:
    return lambda text: text if text in words else None


def _freq(text: str) -> str | None:
    match = _PERIOD.match(text)
    if match is None:
        return None
    return "M" if 1 <= int(match[2]) <= 12 else "A" if int(match[2]) == _WHOLE_YEAR else None


def _day(text: str) -> date | None:
    freq = _freq(text)
    return date(int(text[:4]), 1 if freq == "A" else int(text[4:]), 1) if freq else None


def _product(text: str) -> str | None:
    """Keep CN8, masked codes and the total; seven digits have lost a leading zero."""
    if text == schema.TOTAL or _MASKED.match(text):
        return text
    full = text.zfill(8) if len(text) == 7 else text
    return full if _CN8.match(full) else None
