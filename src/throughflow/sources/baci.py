"""BACI of CEPII: the world's trade by pair of countries and subheading, one file per year.

``t,i,j,k,v,q``: year, exporter, importer, HS code of six digits, thousand current US dollars,
metric tons. The values are CEPII's reconciliation of what both sides reported to UN Comtrade.

A file has some ten million rows, so columns are read as numbers at once; only a file in which
something is not a number is read again as text, where every refused cell can be named.
"""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import csv

from throughflow.errors import InputError
from throughflow.model import schema
from throughflow.reference import countries
from throughflow.sources import coverage, delimited, hostile, national, reasons
from throughflow.sources.base import Origin, Reading, Refusals
from throughflow.sources.sieve import ROW, Sieve, coded, constant, meanings

if TYPE_CHECKING:
    from throughflow.sources.base import RawFile

COLUMNS: Final = ("t", "i", "j", "k", "v", "q")
# The weight of two flows in a hundred is written as NA, padded with blanks to the column's width.
NOT_RECORDED: Final = ("", "NA", *(" " * width + "NA" for width in range(1, 25)))
_NAME: Final = re.compile(r"BACI_HS(\d\d)_Y(\d{4})_V(\d{4})(\d\d)[a-z]?(?!\d)")
# Two digits in the name of a file, and the edition of the Harmonized System they stand for.
_EDITIONS: Final = {
    "92": "1992",
    "96": "1996",
    "02": "2002",
    "07": "2007",
    "12": "2012",
    "17": "2017",
    "22": "2022",
}
_PRODUCT: Final = re.compile(r"^(?!00|77)\d{6}$", re.ASCII)
_FIRST_YEAR: Final = 1962  # UN Comtrade, which BACI is made from, begins here
# Releases differ in how many decimals they write; these hold any amount up to 10^20 thousand.
_AMOUNT: Final = pa.decimal128(38, 18)
_LARGEST: Final = Decimal(10) ** 16
_BLOCK_BYTES: Final = 16 * 1024 * 1024
_MONTHS: Final = 12


class Baci:
    """Reads one year of BACI."""

    name = "baci"
    version = "1"

    def recognises(self, file: RawFile) -> bool:
        """Tell by the header: six columns of one letter each."""
        return delimited.header(file) == list(COLUMNS)

    def read(self, file: RawFile) -> Reading:
        """Read the year.

        The edition of the Harmonized System and the release stand in the publisher's file name
        alone. They are taken from there if the name has BACI's form and agrees with the rows about
        the year; else the edition stays unknown and the note says so.

        Raises:
            InputError: No row at all, or not a readable table.
        """
        refusals = Refusals()
        table = _table(file, refusals)
        cells = len(table) + len(refusals.rows)
        if not cells:
            raise InputError(
                "the file has a header and no rows",
                where=str(file.path),
                remedy="Unpack it again from CEPII's archive",
            )
        sieve = Sieve(table, refusals, file.path.name)
        origin, edition = _origin(file, table)
        _keys(sieve, edition)
        if pa.types.is_decimal(table.schema.field("v").type):
            _amounts(sieve)
        else:
            _amounts_from_text(sieve)
        sieve.one_row_per_key(("value", "net_kg"))
        blocks, ranges = coverage.blocks(sieve.rows, sieve.lost(), origin.dataset)
        return Reading(
            origin=origin,
            flows=sieve.flows(origin.dataset),
            coverage=ranges,
            labels=schema.PRODUCT_LABEL.empty(),
            refused=refusals.table(),
            cells=cells,
            not_recorded=sieve.not_recorded,
            blocks=blocks,
        )


def _table(file: RawFile, refusals: Refusals) -> pa.Table:
    """Read the columns as numbers; as texts if one of them holds anything else."""
    hostile.check_size(file.path)
    if b"\n" not in file.head:
        return delimited.read(file, refusals)
    try:
        table = delimited.read_csv(
            file,
            read_options=csv.ReadOptions(
                block_size=_BLOCK_BYTES, column_names=list(COLUMNS), skip_rows=1
            ),
            parse_options=csv.ParseOptions(ignore_empty_lines=False),
            convert_options=csv.ConvertOptions(
                column_types={
                    "t": pa.int16(),
                    "i": pa.int16(),
                    "j": pa.int16(),
                    "k": schema.WORDS,
                    "v": _AMOUNT,
                    "q": pa.float64(),
                },
                null_values=list(NOT_RECORDED),
            ),
        )
    except pa.ArrowInvalid:
        return delimited.read(file, refusals)
    rows = np.arange(2, 2 + len(table), dtype=np.int32)
    return table.append_column(ROW, pa.array(rows))


def _origin(file: RawFile, table: pa.Table) -> tuple[Origin, str | None]:
    """Say which release this is, as far as its name can be believed.

    Returns:
        The origin, and the year of the edition of the Harmonized System or None.
    """
    note = (
        "Values are CEPII's reconciliation of what exporter and importer reported, without freight "
        "and insurance: an estimate for every flow. Flows of up to 1,000 dollars are left out."
    )
    match = _NAME.search(file.path.name)
    years = {str(year).strip() for year in pc.unique(table.column("t")).to_pylist()}
    if match and match[1] in _EDITIONS and years == {match[2]} and 1 <= int(match[4]) <= _MONTHS:
        release = f"{match[3]}{match[4]}"
        edition = _EDITIONS[match[1]]
        return (
            Origin(
                "CEPII",
                f"baci-hs{edition}",
                f"BACI, HS {edition}, release {release}",
                date(int(match[3]), int(match[4]), 1),
                note,
            ),
            edition,
        )
    why = "is not of BACI's form (BACI_HSxx_Yyyyy_Vyyyymm)"
    if match and match[1] in _EDITIONS:
        why = f"speaks of {match[2]}, the rows of {', '.join(sorted(years)[:3])}"
    note += (
        f" The edition of the Harmonized System is not known: only the file's name tells it, and "
        f"{file.path.name} {why}."
    )
    return Origin(
        "CEPII", "baci", "BACI, edition of the Harmonized System unknown", None, note
    ), None


def _keys(sieve: Sieve, edition: str | None) -> None:
    """Translate the columns that name a cell, refusing rows that cannot be named."""
    for column, into in (("i", "reporter"), ("j", "partner")):
        found = coded(sieve.rows.column(column), _country)
        if found.null_count:
            sieve.refuse(found.is_null(), reasons.UNKNOWN_COUNTRY, column)
            found = found.drop_null()
        sieve.put(into, found)
    products = coded(sieve.rows.column("k"), _product)
    if products.null_count:
        sieve.refuse(products.is_null(), reasons.UNKNOWN_PRODUCT, "k")
        products = products.drop_null()
    sieve.put("product", products)
    periods = meanings(sieve.rows.column("t"), _year, pa.date32())
    if periods.null_count:
        sieve.refuse(periods.is_null(), reasons.NOT_A_PERIOD, "t")
        periods = periods.drop_null()
    sieve.put("period", periods)
    sieve.refuse_after(national.today())
    for column, text in (
        ("freq", "A"),
        ("flow", "export"),
        ("partner_basis", "destination"),
        ("nomenclature", "HS"),
        ("currency", "USD"),
        ("valuation", "FOB"),
        ("status", "estimated"),
    ):
        sieve.put(column, constant(text, len(sieve.rows)))
    length = len(sieve.rows)
    known = constant(edition, length) if edition else pa.nulls(length, pa.string())
    sieve.put("nomenclature_edition", known)


def _amounts(sieve: Sieve) -> None:
    """Bring thousand dollars and tons to dollars and kilograms, whole columns at a time."""
    sieve.drop_null("v")
    negative = pc.less(sieve.rows.column("v"), pa.scalar(Decimal(0), _AMOUNT))
    sieve.refuse(negative, reasons.NEGATIVE, "v")
    weights = pc.multiply(sieve.rows.column("q"), 1000.0)
    sieve.put("net_kg", weights)
    sieve.refuse(pc.less(weights, 0.0), reasons.NEGATIVE, "q")
    dollars = pa.chunked_array(
        [_thousandfold(chunk) for chunk in sieve.rows.column("v").chunks],
        pa.decimal128(_AMOUNT.precision, _AMOUNT.scale - 3),
    )
    large = pc.greater_equal(dollars, pa.scalar(_LARGEST, dollars.type))
    sieve.refuse(large, reasons.TOO_LARGE, "v")
    dollars = dollars.filter(pc.invert(large))
    rounded = pc.round(dollars, ndigits=2, round_mode="half_to_even")
    sieve.put("value", rounded.cast(schema.MONEY))


def _thousandfold(values: pa.Array) -> pa.Array:
    """Multiply exact decimals by 1,000 by moving the point: the digits stay as they are."""
    moved = pa.decimal128(values.type.precision, values.type.scale - 3)
    return pa.Array.from_buffers(moved, len(values), values.buffers(), offset=values.offset)


def _amounts_from_text(sieve: Sieve) -> None:
    trimmed = pc.utf8_trim_whitespace(sieve.rows.column("v"))
    sieve.put("v", trimmed)
    sieve.drop_not_recorded("v", ("", "NA"))
    sieve.money("v", units=1000)
    weights = pc.utf8_trim_whitespace(sieve.rows.column("q"))
    sieve.put("net_kg", pc.if_else(pc.equal(weights, "NA"), "", weights))
    sieve.floats("net_kg")
    sieve.put("net_kg", pc.multiply(sieve.rows.column("net_kg"), 1000.0))


def _whole(value: object) -> int | None:
    text = str(value).strip()
    return int(text) if text.isascii() and text.isdigit() else None


def _country(value: object) -> str | None:
    number = _whole(value)
    return None if number is None else countries.comtrade(number)


def _year(value: object) -> date | None:
    year = _whole(value)
    return date(year, 1, 1) if year is not None and _FIRST_YEAR <= year <= date.max.year else None


def _product(value: object) -> str | None:
    """Give a code its six digits: programs that read it as a number lose the zero in front."""
    text = str(value).strip()
    if len(text) == 5:
        text = f"0{text}"
    return text if _PRODUCT.match(text) else None
