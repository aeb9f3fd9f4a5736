"""Armenia's trade in the long tables that others made of the statistical committee's figures.

Three layouts. Parquet by HS heading and month: ``commodity, hs4, year, month, export_tonn, export,
import_tonn, import, date, hs2``. Parquet by partner and month: ``country, year, month, export,
import_origin, import_consignment, date``. CSV of re-exports in whole dollars, by year
(``year,RX,X,RX_pct``) or by chapter of one year (``commodity_code,trade_value_us,RX_pct,year``).

The Parquet files hold thousand US dollars and tonnes as doubles, so codes have lost their leading
zeros. A row is there if *any* of its values is: the others are filled with 0. Beside the
committee's own table (`armenia`) such a 0 always stands where it prints "not recorded", so a value
of 0 is *not recorded*, unless a weight beside it says that goods crossed the border: then the value
was rounded away and 0 is recorded.
"""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING, Final

import pyarrow as pa
import pyarrow.compute as pc

from throughflow.model import schema
from throughflow.reference import countries
from throughflow.sources import coverage, delimited, national, parquet, reasons
from throughflow.sources.base import Origin, Reading, Refusals
from throughflow.sources.sieve import CELL, ROW, Sieve, exact, meanings

if TYPE_CHECKING:
    from collections.abc import Sequence

    from throughflow.sources.base import RawFile

PUBLISHER: Final = "Statistical Committee of the Republic of Armenia, tables made by others"
REPORTER: Final = "AM"
THOUSAND: Final = 1000
KG_PER_TONNE: Final = 1000.0
# Electrical energy (HS 2716) has no weight; the file writes 0.000001 tonnes.
WEIGHTLESS: Final = "2716"
# What a pandas or R writer leaves where a number was missing.
MISSING: Final = frozenset({"", "nan", "NaN", "NA"})
_PRODUCT_COLUMNS: Final = (
    "commodity",
    "hs4",
    "year",
    "month",
    "export_tonn",
    "export",
    "import_tonn",
    "import",
    "date",
    "hs2",
)
_COUNTRY_COLUMNS: Final = (
    "country",
    "year",
    "month",
    "export",
    "import_origin",
    "import_consignment",
    "date",
)
_YEARLY_HEADER: Final = ["year", "RX", "X", "RX_pct"]
_CHAPTER_HEADER: Final = ["commodity_code", "trade_value_us", "RX_pct", "year"]
_NOT_RECORDED: Final = "not recorded"
_VALUATION: Final = {"export": "FOB", "re-export": "FOB", "import": "CIF"}
_WHOLE: Final = re.compile(r"^(\d{1,9})(?:\.0+)?$", re.ASCII)
_CHAPTER: Final = re.compile(r"^(\d{2})\.\s*(.*)$", re.ASCII | re.DOTALL)
_EPOCH: Final = date(1970, 1, 1)
_FIRST_YEAR: Final = 1991


class ArmstatProducts:
    """Reads exports and imports by HS heading and month, with weights."""

    name = "am-headings"
    version = "1"

    def recognises(self, file: RawFile) -> bool:
        """Tell by the column names."""
        return set(parquet.names(file)) >= set(_PRODUCT_COLUMNS)

    def read(self, file: RawFile) -> Reading:
        """Read both flows; the partner is the world.

        Raises:
            InputError: The file is not a readable table.
        """
        table = parquet.texts(file, _PRODUCT_COLUMNS)
        flows = (("export", "export_tonn", "destination"), ("import", "import_tonn", "origin"))
        long = pa.concat_tables(
            _one_value(table, ("commodity", "hs4", "hs2"), flow, flow, basis, weight)
            for flow, weight, basis in flows
        )
        origin = Origin(
            PUBLISHER,
            "am-headings",
            "External trade of Armenia by HS heading and month",
            None,
            "A third party's table. All partners together: imports are the same total by origin "
            "and by consignment.",
        )
        refusals = Refusals()
        sieve = Sieve(long, refusals, file.path.name)
        _periods(sieve)
        sieve.put("hs4 and hs2", _joined(sieve, "hs4", "hs2"))
        labels = dict(
            zip(
                meanings(sieve.rows.column("hs4 and hs2"), _heading, pa.string()).to_pylist(),
                sieve.rows.column("commodity").to_pylist(),
                strict=True,
            )
        )
        sieve.translate("hs4 and hs2", _heading, reasons.UNKNOWN_PRODUCT, into="product")
        sieve.put("partner", "WORLD")
        sieve.put("nomenclature", "HS")
        return _monthly(sieve, origin, labels, len(long))


class ArmstatCountries:
    """Reads exports by destination, imports by origin and imports by consignment, by month."""

    name = "am-partners"
    version = "1"

    def recognises(self, file: RawFile) -> bool:
        """Tell by the column names."""
        return set(parquet.names(file)) >= set(_COUNTRY_COLUMNS)

    def read(self, file: RawFile) -> Reading:
        """Read the three columns, each with its partner basis; the two of imports never add up.

        Raises:
            InputError: The file is not a readable table.
        """
        table = parquet.texts(file, _COUNTRY_COLUMNS)
        values = (
            ("export", "export", "destination"),
            ("import_origin", "import", "origin"),
            ("import_consignment", "import", "consignment"),
        )
        long = pa.concat_tables(
            _one_value(table, ("country",), column, flow, basis) for column, flow, basis in values
        )
        origin = Origin(
            PUBLISHER,
            "am-partners",
            "External trade of Armenia by partner and month",
            None,
            "A third party's table. Imports by origin and by consignment are the same goods "
            "seen twice.",
        )
        sieve = Sieve(long, Refusals(), file.path.name)
        _periods(sieve)
        sieve.translate("country", countries.resolve, reasons.UNKNOWN_COUNTRY, into="partner")
        for column in ("nomenclature", "product"):
            sieve.put(column, schema.TOTAL)
        return _monthly(sieve, origin, {}, len(long))


class ArmstatReexports:
    """Reads yearly re-exports beside total exports, or re-exports of one year by chapter."""

    name = "am-reexports"
    version = "1"

    def recognises(self, file: RawFile) -> bool:
        """Tell by the header."""
        return delimited.header(file) in (_YEARLY_HEADER, _CHAPTER_HEADER)

    def read(self, file: RawFile) -> Reading:
        """Read whole dollars. Goods without a chapter of their own ("other") are refused by name.

        Raises:
            InputError: The file is not a readable table.
        """
        refusals = Refusals()
        table = delimited.read(file, refusals)
        yearly = delimited.header(file) == _YEARLY_HEADER
        values = (
            [("RX", "re-export"), ("X", "export")] if yearly else [("trade_value_us", "re-export")]
        )
        # A record of the wrong width was refused once, whatever number of values it meant to hold.
        cells = len(table) * len(values) + len(refusals.rows)
        contradictory = _contradictory(table) if yearly else pa.array([False] * len(table))
        table = table.append_column("contradictory", contradictory)
        long = pa.concat_tables(
            pa.table(
                {
                    ROW: table.column(ROW),
                    CELL: pa.repeat(pa.scalar(column), len(table)),
                    "flow": pa.repeat(pa.scalar(flow), len(table)),
                    "value": pc.utf8_trim_whitespace(table.column(column)),
                    "share": table.column("RX_pct"),
                    "year": table.column("year"),
                    "goods": table.column("commodity_code") if not yearly else table.column("year"),
                    "contradictory": table.column("contradictory"),
                }
            )
            for column, flow in values
        )
        sieve = Sieve(long, refusals, file.path.name)
        sieve.translate("year", _year, reasons.NOT_A_PERIOD, into="period", to=pa.date32())
        labels: dict[str | None, str] = {}
        if yearly:
            for column in ("nomenclature", "product"):
                sieve.put(column, schema.TOTAL)
        else:
            labels = {
                found[1]: found[2]
                for text in pc.unique(sieve.rows.column("goods")).to_pylist()
                if (found := _CHAPTER.match(text.strip()))
            }
            sieve.translate("goods", _chapter, reasons.UNKNOWN_PRODUCT, into="product")
            sieve.put("nomenclature", "HS")
        sieve.put("freq", "A")
        sieve.put("partner", "WORLD")
        sieve.put("partner_basis", "destination")
        _common(sieve)
        sieve.refuse(sieve.rows.column("contradictory"), reasons.CONTRADICTION, "share")
        asked = sieve.rows
        sieve.drop_not_recorded("value", MISSING)
        sieve.money("value")
        sieve.one_row_per_key()
        origin = Origin(
            PUBLISHER,
            "am-reexports",
            "Re-exports of Armenia",
            None,
            "A third party's table of official figures; the file names no table of the committee. "
            "Exports beside re-exports include them.",
        )
        covered = coverage.table([asked], sieve.lost(), origin.dataset)
        return _reading(sieve, origin, covered, labels, cells)


def _one_value(
    table: pa.Table,
    kept: Sequence[str],
    value: str,
    flow: str,
    basis: str,
    weight: str = "",
) -> pa.Table:
    """Make one long table of a column of values, its weights and what names the row."""
    columns = {name: table.column(name) for name in (ROW, *kept, "year", "month", "date")}
    columns["value"] = table.column(value)
    columns["net_kg"] = table.column(weight) if weight else _same(table, "")
    for name, text in ((CELL, value), ("flow", flow), ("partner_basis", basis), ("freq", "M")):
        columns[name] = _same(table, text)
    return pa.table(columns)


def _same(table: pa.Table, text: str) -> pa.ChunkedArray:
    return pa.chunked_array([pa.repeat(pa.scalar(text), len(table))])


def _joined(sieve: Sieve, *names: str) -> pa.ChunkedArray:
    return pc.binary_join_element_wise(*(sieve.rows.column(name) for name in names), " ")


def _periods(sieve: Sieve) -> None:
    """Read year and month, which the column `date` (days since 1970) must repeat."""
    sieve.put("year, month and date", _joined(sieve, "year", "month", "date"))
    sieve.translate(
        "year, month and date", _month, reasons.NOT_A_PERIOD, into="period", to=pa.date32()
    )


def _common(sieve: Sieve) -> None:
    """Set what all layouts share, once flow, partner, product and period are known."""
    sieve.put("reporter", REPORTER)
    sieve.put("nomenclature_edition", pa.nulls(len(sieve.rows), pa.string()))
    sieve.put("currency", "USD")
    sieve.put("status", "final")
    sieve.put("valuation", meanings(sieve.rows.column("flow"), _VALUATION.get, pa.string()))
    sieve.refuse_after(national.today())


def _monthly(sieve: Sieve, origin: Origin, labels: dict[str | None, str], cells: int) -> Reading:
    """Read thousands and tonnes; the file could have shown every series in each of its months."""
    _common(sieve)
    asked = sieve.rows
    _weights(sieve)
    _blank_filled_zeros(sieve)
    sieve.drop_not_recorded("value", {_NOT_RECORDED})
    sieve.money("value", units=THOUSAND)
    sieve.one_row_per_key(("value", "currency", "net_kg"))
    covered = coverage.reported(asked, sieve.lost(), origin.dataset)
    return _reading(sieve, origin, covered, labels, cells)


def _reading(
    sieve: Sieve, origin: Origin, covered: pa.Table, labels: dict[str | None, str], cells: int
) -> Reading:
    known = {label: labels[label] for label in sorted(filter(None, labels))}
    return Reading(
        origin=origin,
        flows=sieve.flows(origin.dataset),
        coverage=covered,
        labels=schema.PRODUCT_LABEL.build(
            {
                "edition": [""] * len(known),
                "nomenclature": ["HS"] * len(known),
                "product": list(known),
                "label": list(known.values()),
            }
        ),
        refused=sieve.refusals.table(),
        cells=cells,
        not_recorded=sieve.not_recorded,
    )


def _weights(sieve: Sieve) -> None:
    """Bring tonnes to kilograms; where a value has no weight, none is recorded."""
    missing = pc.is_in(sieve.rows.column("net_kg"), value_set=pa.array(sorted(MISSING)))
    sieve.put("net_kg", pc.if_else(missing, pa.scalar(""), sieve.rows.column("net_kg")))
    sieve.floats("net_kg")
    tonnes = sieve.rows.column("net_kg")
    weightless = pc.equal(sieve.rows.column("product"), pa.scalar(WEIGHTLESS))
    none = pc.or_(pc.fill_null(pc.equal(tonnes, 0.0), fill_value=True), weightless)
    kilograms = pc.multiply(tonnes, KG_PER_TONNE)
    sieve.put("net_kg", pc.if_else(none, pa.scalar(None, pa.float64()), kilograms))


def _blank_filled_zeros(sieve: Sieve) -> None:
    """Write zeros without a weight beside them as "not recorded"."""
    values = sieve.rows.column("value")
    # Scaled up, so that what is smaller than a cent is not taken for zero.
    zero = meanings(values, lambda text: exact(text, 1_000_000) == 0, pa.bool_())
    filled = pc.and_(zero, sieve.rows.column("net_kg").is_null())
    absent = pc.or_(filled, pc.is_in(values, value_set=pa.array(sorted(MISSING))))
    sieve.put("value", pc.if_else(absent, pa.scalar(_NOT_RECORDED), values))


def _contradictory(table: pa.Table) -> pa.Array:
    """Tell for each year whether its share in per cent is not re-exports over exports."""
    return pa.array(
        [
            not _agree(total, part, share)
            for total, part, share in zip(
                table.column("X").to_pylist(),
                table.column("RX").to_pylist(),
                table.column("RX_pct").to_pylist(),
                strict=True,
            )
        ],
        pa.bool_(),
    )


def _agree(total: str, part: str, share: str) -> bool:
    whole, piece, percent = (
        exact(text.strip().removesuffix("%").strip()) for text in (total, part, share)
    )
    if not whole or piece is None or percent is None:
        return True  # nothing to compare with; the values themselves are judged later
    # Printed with one decimal.
    return abs(float(piece / whole * 100 - percent)) <= 0.051


def _whole(text: str) -> int | None:
    match = _WHOLE.match(text)
    return int(match[1]) if match else None


def _month(text: str) -> date | None:
    """Read ``2024.0 7.0 19905.0``: the month, if the day number is its first day."""
    parts = [_whole(part) for part in text.split(" ")]
    if len(parts) != 3:
        return None
    year, month, day = parts
    if year is None or month is None or day is None:
        return None
    if not (_FIRST_YEAR <= year < 10_000 and 1 <= month <= 12):
        return None
    first = date(year, month, 1)
    return first if (first - _EPOCH).days == day else None


def _heading(text: str) -> str | None:
    """Read ``101.0 1.0`` as 0101: a heading, if the chapter beside it is its own."""
    parts = [_whole(part) for part in text.split(" ")]
    if len(parts) != 2 or parts[0] is None or not 101 <= parts[0] <= 9999:
        return None
    return f"{parts[0]:04d}" if parts[0] // 100 == parts[1] else None


def _chapter(text: str) -> str | None:
    match = _CHAPTER.match(text.strip())
    return match[1] if match and match[1] not in {"00", "77"} else None


def _year(text: str) -> date | None:
    year = _whole(text.strip())
    return date(year, 1, 1) if year and _FIRST_YEAR <= year < 10_000 else None
