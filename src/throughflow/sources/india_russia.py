"""Trade of India with Russia as each side records it, in one Parquet table that others made.

Columns ``period, reporter, partner, flow, product, value, weight, quantity, unit, set``. ``set`` is
FTS for Russia's customs service (ten digits, one row per code and month) and MIRROR for India's
commerce department. India's lines are its eight-digit items cut to six digits, so a code stands in
several lines of one month, some of them equal: they are *parts* and are added up. Codes have lost
their leading zeros and get them back by their level, six digits for India, ten for Russia.

Values are US dollars. India prints millions with two decimals: a 0 is a recorded value below 5,000
dollars, a blank is *not recorded*. Russia's code ``XXXXXXXXXX`` holds what it keeps secret, 19 % of
its exports to India in 2021; it is kept, with the status *confidential*, so that totals add up.
"""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING, Final

import pyarrow as pa
import pyarrow.compute as pc

from throughflow.errors import InputError
from throughflow.model import schema
from throughflow.reference import countries
from throughflow.sources import coverage, national, parquet, reasons
from throughflow.sources.base import Origin, Reading, Refusals
from throughflow.sources.sieve import KEY, ROW, Sieve, meanings, row_numbers

if TYPE_CHECKING:
    from throughflow.sources.base import RawFile

DATASET: Final = "india-russia"
MASKED: Final = "XXXXXXXXXX"
COLUMNS: Final = (
    "period",
    "reporter",
    "partner",
    "flow",
    "product",
    "value",
    "weight",
    "quantity",
    "unit",
    "set",
)
MISSING: Final = frozenset({"", "nan", "NaN"})
_RECORDER: Final = {"MIRROR": "IN", "FTS": "RU"}
_DIGITS: Final = {"IN": 6, "RU": 10}
# India prints quantities in thousands of the unit: rice comes to 420 dollars for 1,000 KGS.
_KG_PER_UNIT: Final = {"KGS": 1e3, "KG": 1e3, "TON": 1e6}
# In ores (26) and fuels (27) the unit's label is of another year than the number: coal comes to
# 110,000 dollars for "1,000 kg" until 2020 and to 215 in 2021. Such a weight is not a weight.
_MISLABELLED: Final = frozenset({"26", "27"})
_THOUSAND: Final = 1e3
_MONTH: Final = re.compile(r"^(\d{4})-(\d{2})$", re.ASCII)
_CODE: Final = re.compile(r"^(?!00|77)\d{2,10}$", re.ASCII)


class IndiaRussia:
    """Reads both sides' records; the reporter tells whose it is."""

    name = "india-russia"
    version = "1"

    def recognises(self, file: RawFile) -> bool:
        """Tell by the column names, of which ``set`` is the telling one."""
        return set(parquet.names(file)) >= set(COLUMNS)

    def read(self, file: RawFile) -> Reading:
        """Read the table; a cell is one code in one month, however many lines it has.

        Raises:
            InputError: The file is not a readable table.
        """
        lines = parquet.texts(file, COLUMNS)
        refusals = Refusals()
        sieve = Sieve(lines, refusals, file.path.name)
        _keys(sieve)
        asked = sieve.rows
        _quantities(sieve)
        blank = pc.is_in(sieve.rows.column("value"), value_set=pa.array(sorted(MISSING)))
        unrecorded = sieve.rows.filter(blank).select(KEY)
        sieve.rows = sieve.rows.filter(pc.invert(blank))
        sieve.money("value")
        _one_line_per_code(sieve)
        sieve.refuse_incomplete()
        sieve.rows = _added_up(sieve.rows)
        not_recorded = _cells_without_value(unrecorded, sieve.rows)
        refused = sum(row[3] for row in refusals.rows)
        origin = Origin(
            "Department of Commerce of India; Federal Customs Service of Russia",
            DATASET,
            "Trade of India and Russia as each side records it",
            None,
            "Put together by a third party. India's values are rounded to 10,000 dollars per item "
            "and its items added up to six digits; the secret code of Russia holds any goods.",
        )
        return Reading(
            origin=origin,
            flows=sieve.flows(DATASET),
            coverage=coverage.reported(asked, sieve.lost(), DATASET),
            labels=schema.PRODUCT_LABEL.empty(),
            refused=refusals.table(),
            cells=len(sieve.rows) + not_recorded + refused,
            not_recorded=not_recorded,
        )


def _keys(sieve: Sieve) -> None:
    """Name the cell of every line, refusing lines that cannot be named."""
    sieve.translate("set", _RECORDER.get, reasons.UNKNOWN_WORD, into="recorder")
    for column in ("reporter", "partner"):
        sieve.translate(column, _country, reasons.UNKNOWN_COUNTRY)
    recorder = sieve.rows.column("recorder")
    own = pc.equal(recorder, sieve.rows.column("reporter"))
    sieve.refuse(pc.invert(own), reasons.CONTRADICTION, "reporter")
    alone = pc.equal(sieve.rows.column("reporter"), sieve.rows.column("partner"))
    sieve.refuse(alone, reasons.CONTRADICTION, "partner")
    known = {flow: flow for flow in ("export", "import")}
    sieve.translate("flow", known.get, reasons.UNKNOWN_FLOW)
    sieve.translate("period", _month, reasons.NOT_A_PERIOD, to=pa.date32())
    written = pc.binary_join_element_wise(
        sieve.rows.column("reporter"), sieve.rows.column("product"), " "
    )
    sieve.put("reporter and product", written)
    sieve.translate("reporter and product", _product, reasons.UNKNOWN_PRODUCT, into="product")
    for name, text in (("freq", "M"), ("nomenclature", "HS"), ("currency", "USD")):
        sieve.put(name, text)
    sieve.put("nomenclature_edition", pa.nulls(len(sieve.rows), pa.string()))
    flows = sieve.rows.column("flow")
    for column, words in (("partner_basis", national.BASIS), ("valuation", national.VALUATION)):
        sieve.put(column, meanings(flows, words.get, pa.string()))
    secret = pc.equal(sieve.rows.column("product"), pa.scalar(MASKED))
    sieve.put("status", pc.if_else(secret, pa.scalar("confidential"), pa.scalar("final")))
    sieve.refuse_after(national.today())


def _quantities(sieve: Sieve) -> None:
    """Bring weights to kilograms and other quantities to single units.

    For Russia ``weight`` is kilograms and ``quantity`` counts the unit, a number of the Russian
    classifier OKEI. For India ``weight`` is thousands of ``unit``, whatever that is.
    """
    for column in ("weight", "quantity"):
        written = sieve.rows.column(column)
        missing = pc.is_in(written, value_set=pa.array(sorted(MISSING)))
        sieve.put(column, pc.if_else(missing, pa.scalar(""), written))
        sieve.floats(column)
    unit = sieve.rows.column("unit")
    chapter = pc.utf8_slice_codeunits(sieve.rows.column("product"), 0, 2)
    is_india = pc.equal(sieve.rows.column("reporter"), pa.scalar("IN"))
    label = pc.binary_join_element_wise(unit, chapter, " ")
    factor = pc.if_else(is_india, meanings(label, _kilograms, pa.float64()), pa.scalar(1.0))
    weight = sieve.rows.column("weight")
    sieve.put("net_kg", pc.multiply(weight, factor))
    other = pc.if_else(is_india, pc.multiply(weight, _THOUSAND), sieve.rows.column("quantity"))
    named = pc.if_else(
        is_india,
        meanings(unit, _indian_unit, pa.string()),
        meanings(unit, lambda text: f"OKEI {text}" if text not in MISSING else None, pa.string()),
    )
    none = pa.scalar(None, pa.float64())
    sieve.put("quantity", pc.if_else(named.is_valid(), other, none))
    sieve.put("quantity_unit", named)


def _one_line_per_code(sieve: Sieve) -> None:
    """Russia's codes stand once a month each; a second line is a repetition or a conflict."""
    is_india = pc.equal(sieve.rows.column("reporter"), pa.scalar("IN"))
    india = sieve.rows.filter(is_india)
    sieve.rows = sieve.rows.filter(pc.invert(is_india))
    sieve.one_row_per_key(("value", "net_kg", "quantity", "quantity_unit"))
    sieve.rows = pa.concat_tables([sieve.rows, india.select(sieve.rows.column_names)])


def _added_up(lines: pa.Table) -> pa.Table:
    """Add up the lines of each cell.

    A weight is the cell's only if every line has one, and a quantity only if every line counts the
    same unit: the sum of some lines would be less than what the value stands for.
    """
    named = ("currency", "valuation", "status")
    grouped = lines.group_by([*KEY, *named], use_threads=False).aggregate(
        [
            ("value", "sum"),
            ("value", "count"),
            ("net_kg", "sum"),
            ("net_kg", "count"),
            ("quantity", "sum"),
            ("quantity", "count"),
            ("quantity_unit", "min"),
            ("quantity_unit", "max"),
            (ROW, "min"),
        ]
    )
    count = grouped.column("value_count")
    weighed = pc.and_(
        pc.equal(grouped.column("net_kg_count"), count),
        pc.fill_null(pc.greater(grouped.column("net_kg_sum"), 0.0), fill_value=False),
    )
    unit = grouped.column("quantity_unit_min")
    counted = pc.and_(
        pc.equal(grouped.column("quantity_count"), count),
        pc.fill_null(pc.equal(unit, grouped.column("quantity_unit_max")), fill_value=False),
    )
    none = pa.scalar(None, pa.float64())
    columns = {name: grouped.column(name) for name in (*KEY, *named)}
    columns["value"] = grouped.column("value_sum").cast(schema.MONEY)
    columns["net_kg"] = pc.if_else(weighed, grouped.column("net_kg_sum"), none)
    columns["quantity"] = pc.if_else(counted, grouped.column("quantity_sum"), none)
    columns["quantity_unit"] = pc.if_else(counted, unit, pa.scalar(None, pa.string()))
    columns[ROW] = grouped.column(f"{ROW}_min")
    return pa.table(columns)


def _cells_without_value(unrecorded: pa.Table, recorded: pa.Table) -> int:
    """Count the cells of which no line records a value."""
    if not len(unrecorded):
        return 0
    cells = unrecorded.group_by(list(KEY), use_threads=False).aggregate([])
    both = pa.concat_tables([cells.select(KEY), recorded.select(KEY)])
    numbers = row_numbers([both.column(name) for name in KEY])
    held = set(numbers[len(cells) :].tolist())
    return sum(number not in held for number in numbers[: len(cells)].tolist())


def _country(text: str) -> str | None:
    try:
        return countries.get(text).code
    except InputError:
        return None


def _month(text: str) -> date | None:
    match = _MONTH.match(text)
    if match is None or not 1 <= int(match[2]) <= 12 or int(match[1]) < 1900:
        return None
    return date(int(match[1]), int(match[2]), 1)


def _product(text: str) -> str | None:
    """Give a code its leading zero back; a code that lacks more than one is no code."""
    reporter, _, code = text.partition(" ")
    if code == MASKED:
        return code
    digits = _DIGITS.get(reporter, 0)
    full = code.zfill(digits) if len(code) == digits - 1 else code
    return full if len(full) == digits and _CODE.match(full) else None


def _kilograms(text: str) -> float | None:
    unit, _, chapter = text.partition(" ")
    if chapter in _MISLABELLED and unit != "TON":
        return None
    return _KG_PER_UNIT.get(unit)


def _indian_unit(text: str) -> str | None:
    return None if text in MISSING or text in _KG_PER_UNIT else text
