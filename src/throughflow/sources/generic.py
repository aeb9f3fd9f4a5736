"""The product's own layout for users' trade: one table, CSV or Parquet, one row per value.

Header ``period,freq,reporter,partner,flow,product,nomenclature,value,currency``, optionally with
``net_kg,quantity,quantity_unit,partner_basis,valuation,status,dataset``, in any order, lower or
upper case; separated by commas, semicolons or tabs. An empty value or ``:`` is *not recorded*.
Columns of other names are not read, and the reading's note says which.
"""

from __future__ import annotations

import difflib
import re
from datetime import date
from typing import TYPE_CHECKING, Final

import pyarrow as pa
import pyarrow.compute as pc

from throughflow.errors import InputError
from throughflow.model import schema
from throughflow.reference import countries
from throughflow.sources import coverage, delimited, national, parquet, reasons
from throughflow.sources.base import Origin, Reading, Refusals
from throughflow.sources.sieve import ROW, Sieve, meanings

if TYPE_CHECKING:
    from collections.abc import Callable

    from throughflow.sources.base import RawFile

REQUIRED: Final = (
    "period",
    "freq",
    "reporter",
    "partner",
    "flow",
    "product",
    "nomenclature",
    "value",
    "currency",
)
OPTIONAL: Final = (
    "net_kg",
    "quantity",
    "quantity_unit",
    "partner_basis",
    "valuation",
    "status",
    "dataset",
)
NOT_RECORDED: Final = frozenset({"", ":"})
# Rows that agree in these are one row written twice; that differ in any, a conflict.
CONTENT: Final = (
    "value",
    "currency",
    "net_kg",
    "quantity",
    "quantity_unit",
    "valuation",
    "status",
)
_DELIMITERS: Final = ",;\t"
# A table with so many of the nine required columns is meant to be one; fewer is another layout.
_ENOUGH: Final = 5
_YEAR: Final = re.compile(r"^\d{4}$", re.ASCII)
_MONTH: Final = re.compile(r"^\d{4}-\d{2}$", re.ASCII)
_DAY: Final = re.compile(r"^\d{4}-\d{2}-\d{2}$", re.ASCII)
_EARLIEST_YEAR: Final = 1900
_NOMENCLATURE: Final = re.compile(r"^(CN|HS)[ -]?((?:19|20)\d{2})?$")
_CURRENCY: Final = re.compile(r"^[A-Z]{3}$")
# Chapters 01 to 99 of the Harmonized System; 77 is reserved and has never been used.
_PRODUCT: Final = re.compile(r"^(?!00|77)(?:\d{2}){1,5}$", re.ASCII)
_WRITTEN: Final = "period as written"
_NAMED: Final = "nomenclature as written"
_SLUG: Final = re.compile(r"[^a-z0-9]+")


class Generic:
    """Reads users' own trade."""

    name = "generic-table"
    version = "1"

    def recognises(self, file: RawFile) -> bool:
        """Tell by the column names; a header that lacks a few is recognised, then refused."""
        return len(set(_column_names(file)) & set(REQUIRED)) >= _ENOUGH

    def read(self, file: RawFile) -> Reading:
        """Read the table.

        Within a file, a series without a row in a period for which its reporter shows any row of
        that flow is taken as *not recorded*; a period for which the reporter shows none, or a
        series that never appears, is not covered.

        Raises:
            InputError: A required column is missing, no rows, several datasets in one file, or the
                file is not a readable table.
        """
        names = _column_names(file)
        _require(file, names)
        refusals = Refusals()
        table = _parquet(file) if file.kind == "parquet" else _text(file, refusals)
        cells = len(table) + len(refusals.rows)
        if not cells:
            raise InputError("the table has a header and no rows", where=str(file.path))
        ignored = [name for name in names if name not in (*REQUIRED, *OPTIONAL)]
        dataset = _dataset(file, table)
        sieve = Sieve(table, refusals, file.path.name)
        _keys(sieve)
        _content(sieve)
        known = sieve.rows
        sieve.drop_not_recorded("value", NOT_RECORDED)
        sieve.money("value")
        sieve.one_row_per_key(CONTENT)
        note = (
            "Supplied by the user. Where not given, partners of exports are destinations and "
            "partners of imports origins, and the status is final."
        )
        if ignored:
            note += f" Columns not read: {', '.join(ignored)}."
        origin = Origin("supplied by the user", dataset, "Own trade data", None, note)
        return Reading(
            origin=origin,
            flows=sieve.flows(dataset),
            coverage=coverage.reported(known, sieve.lost(), dataset),
            labels=schema.PRODUCT_LABEL.empty(),
            refused=refusals.table(),
            cells=cells,
            not_recorded=sieve.not_recorded,
        )


def _column_names(file: RawFile) -> list[str]:
    """Return the column names in lower case; empty if the file is no table."""
    if file.kind == "parquet":
        return [name.lower() for name in parquet.names(file)]
    if file.kind != "text":
        return []
    return [name.lower() for name in delimited.header(file, _delimiter(file))]


def _delimiter(file: RawFile) -> str:
    return max(_DELIMITERS, key=file.first_line.count)


def _require(file: RawFile, names: list[str]) -> None:
    missing = [name for name in REQUIRED if name not in names]
    if not missing:
        return
    spare = [name for name in names if name not in (*REQUIRED, *OPTIONAL)]
    near = [
        f"{match[0]!r} for {name!r}"
        for name in missing
        if (match := difflib.get_close_matches(name, spare, n=1, cutoff=0.6))
    ]
    hint = f"The header has {', '.join(near)}; " if near else ""
    raise InputError(
        f"missing columns: {', '.join(missing)}",
        where=f"{file.path}, row 1",
        remedy=f"{hint}{'name' if hint else 'Name'} the columns {', '.join(REQUIRED)}",
    )


def _text(file: RawFile, refusals: Refusals) -> pa.Table:
    table = delimited.read(file, refusals, delimiter=_delimiter(file))
    return _select(file, table.rename_columns([name.lower() for name in table.column_names]))


def _parquet(file: RawFile) -> pa.Table:
    """Read a Parquet file as texts, so that both kinds of file go the same way."""
    table = parquet.read(file)
    return _select(file, table.rename_columns([name.lower() for name in table.column_names]))


def _select(file: RawFile, table: pa.Table) -> pa.Table:
    """Keep the known columns as texts, absent ones blank, null as blank."""
    columns = {ROW: table.column(ROW)}
    for name in (*REQUIRED, *OPTIONAL):
        if name not in table.column_names:
            columns[name] = pa.chunked_array([pa.repeat(pa.scalar(""), len(table))])
            continue
        columns[name] = parquet.as_text(table.column(name), name, file)
    return pa.table(columns)


def _dataset(file: RawFile, table: pa.Table) -> str:
    names = set(pc.unique(table.column("dataset")).to_pylist()) - {""}
    if len(names) > 1:
        raise InputError(
            f"several datasets in one file: {', '.join(sorted(names)[:8])}",
            where=str(file.path),
            remedy="Write one file per dataset; rows of different datasets never mix",
        )
    slug = _SLUG.sub("-", names.pop().lower()).strip("-") if names else ""
    return f"own-{slug or 'data'}"


def _keys(sieve: Sieve) -> None:
    """Translate the columns that name a cell, refusing rows that cannot be named."""
    for column in ("reporter", "partner"):
        sieve.translate(column, _country, reasons.UNKNOWN_COUNTRY)
    sieve.translate("flow", _one_of(schema.FLOWS), reasons.UNKNOWN_FLOW)
    sieve.translate("freq", _one_of(schema.FREQUENCIES), reasons.UNKNOWN_WORD)
    together = pc.binary_join_element_wise(
        sieve.rows.column("freq"), sieve.rows.column("period"), " "
    )
    sieve.put(_WRITTEN, sieve.rows.column("period"))
    days = meanings(together, _period, pa.date32())
    sieve.refuse(days.is_null(), reasons.NOT_A_PERIOD, _WRITTEN)
    sieve.put("period", days.drop_null())
    sieve.translate("product", _product, reasons.UNKNOWN_PRODUCT)
    sieve.put(_NAMED, sieve.rows.column("nomenclature"))
    sieve.translate(_NAMED, _nomenclature, reasons.UNKNOWN_NOMENCLATURE, into="nomenclature")
    edition = meanings(sieve.rows.column(_NAMED), _edition, pa.string())
    is_total = pc.equal(sieve.rows.column("product"), pa.scalar(schema.TOTAL))
    no_text = pa.scalar(None, pa.string())
    sieve.put("nomenclature_edition", pc.if_else(is_total, no_text, edition))
    # The total of all goods is the same in every nomenclature.
    named = pc.if_else(is_total, pa.scalar(schema.TOTAL), sieve.rows.column("nomenclature"))
    sieve.put("nomenclature", named)
    mixed = pc.and_(pc.invert(is_total), pc.equal(named, pa.scalar(schema.TOTAL)))
    sieve.refuse(mixed, reasons.UNKNOWN_NOMENCLATURE, _NAMED)
    default = meanings(sieve.rows.column("flow"), _default_basis, pa.string())
    given = sieve.rows.column("partner_basis")
    sieve.put("partner_basis", pc.if_else(pc.equal(given, pa.scalar("")), default, given))
    sieve.translate("partner_basis", _one_of(schema.PARTNER_BASES), reasons.UNKNOWN_WORD)
    sieve.refuse_after(national.today())


def _content(sieve: Sieve) -> None:
    """Translate what is said of a cell beside its value."""
    sieve.translate("currency", _currency, reasons.UNKNOWN_CURRENCY)
    for column, words in (("status", schema.STATUSES), ("valuation", schema.VALUATIONS)):
        given = sieve.rows.column(column)
        default = pa.scalar("final") if column == "status" else pa.scalar(None, pa.string())
        sieve.put(column, pc.if_else(pc.equal(given, pa.scalar("")), default, given))
        word = _one_of(words)
        wrong = pc.and_(
            sieve.rows.column(column).is_valid(),
            meanings(sieve.rows.column(column), word, pa.string()).is_null(),
        )
        sieve.refuse(wrong, reasons.UNKNOWN_WORD, column)
        sieve.put(column, meanings(sieve.rows.column(column), word, pa.string()))
    for column in ("net_kg", "quantity"):
        sieve.floats(column)
    unit = sieve.rows.column("quantity_unit")
    blank = pc.equal(unit, pa.scalar(""))
    sieve.put("quantity_unit", pc.if_else(blank, pa.scalar(None, pa.string()), unit))


def _country(text: str) -> str | None:
    try:
        return countries.parse(text)
    except InputError:
        return None


def _one_of(words: tuple[str, ...]) -> Callable[[str], str | None]:
    known = {word.casefold(): word for word in words}
    return lambda text: known.get(text.casefold())


def _default_basis(flow: str) -> str:
    return "origin" if flow == "import" else "destination"


def _product(text: str) -> str | None:
    """Accept whole HS or CN levels; an odd number of digits betrays a lost leading zero."""
    if text.upper() == schema.TOTAL:
        return schema.TOTAL
    return text if _PRODUCT.match(text) else None


def _nomenclature(text: str) -> str | None:
    if text.upper() == schema.TOTAL:
        return schema.TOTAL
    match = _NOMENCLATURE.match(text.upper())
    return match[1] if match else None


def _edition(text: str) -> str | None:
    match = _NOMENCLATURE.match(text.upper())
    return match[2] if match else None


def _currency(text: str) -> str | None:
    return text.upper() if _CURRENCY.match(text.upper()) else None


def _period(text: str) -> date | None:
    """Read frequency and period together: a year for A, a month for M, or an ISO date for either.

    A date of a yearly row must be 1 January, so that a month labelled A by mistake is refused.
    """
    freq, _, written = text.partition(" ")
    if freq == "A" and _YEAR.match(written):
        written = f"{written}-01-01"
    elif freq == "M" and _MONTH.match(written):
        written = f"{written}-01"
    if not _DAY.match(written):
        return None
    try:
        day = date.fromisoformat(written)
    except ValueError:
        return None
    if day.year < _EARLIEST_YEAR or (freq == "A" and (day.month, day.day) != (1, 1)):
        return None
    return day.replace(day=1)
