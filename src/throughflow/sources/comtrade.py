"""UN Comtrade: what each state reported to the United Nations, by partner, HS code and period.

Four layouts of the same records: the API's JSON, its CSV and the bulk files (tab-separated, mostly
compressed), the CSV of the site until 2022, and extracts with words of their own. US dollars.
One flow stands in a file several times: whole, and by mode of transport, customs procedure or
second partner; `parts` keeps the whole.
"""

from __future__ import annotations

import csv
import re
from datetime import date
from typing import TYPE_CHECKING, Final

import pyarrow as pa
import pyarrow.compute as pc

from throughflow.errors import InputError
from throughflow.model import schema
from throughflow.reference import countries
from throughflow.sources import (
    comtrade_json,
    coverage,
    delimited,
    national,
    parts,
    reasons,
)
from throughflow.sources.base import Origin, Reading, Refusals
from throughflow.sources.parts import Breakdown
from throughflow.sources.sieve import KEY, ROW, Sieve, meanings

if TYPE_CHECKING:
    from throughflow.sources.base import RawFile

# Column of ours, and what the layouts call it, lower case and without signs between letters.
COLUMNS: Final = {
    "type": ("typecode",),
    "freq": ("freqcode",),
    "period": ("period",),
    "reporter": ("reportercode",),
    "partner": ("partnercode",),
    "flow": ("flowcode", "tradeflowcode", "tradecode"),
    "classification": ("classificationcode", "classification"),
    "is_original": ("isoriginalclassification",),
    "product": ("cmdcode", "commoditycode"),
    "level": ("aggrlevel", "aggregatelevel"),
    "second_partner": ("partner2code", "2ndpartnercode"),
    "procedure": ("customscode", "customsproccode"),
    "supply": ("moscode",),
    "transport": ("motcode", "modeoftransportcode"),
    "unit": ("qtyunitcode",),
    "unit_name": ("qtyunitabbr", "qtyunit"),
    "quantity": ("qty",),
    "quantity_estimated": ("isqtyestimated",),
    "net_kg": ("netwgt", "netweightkg"),
    "weight_estimated": ("isnetwgtestimated",),
    "estimation": ("flag",),
    "cif": ("cifvalue", "ciftradevalueus"),
    "fob": ("fobvalue", "fobtradevalueus"),
    "value": ("primaryvalue", "tradevalueus"),
}
REQUIRED: Final = ("period", "reporter", "partner", "flow", "product", "value")
_MARKS: Final = ("reporter", "partner", "flow", "product", "value")
BLANK: Final = ("", "NA", "N/A", "null", "NULL", "None")
_DELIMITERS: Final = ",\t;"
_SIGNS: Final = re.compile(r"[^a-z0-9]+")
_FLOWS: Final = {
    **dict.fromkeys(("M", "1"), "import"),
    **dict.fromkeys(("X", "2"), "export"),
    **dict.fromkeys(("RX", "3"), "re-export"),
}
_BASIS: Final = {"import": "origin", "export": "destination", "re-export": "destination"}
# Editions of the Harmonized System; HS is "as reported", of which the file then says no more.
_CLASSIFICATIONS: Final = {
    "": "",
    "HS": "",
    "H0": "1992",
    "H1": "1996",
    "H2": "2002",
    "H3": "2007",
    "H4": "2012",
    "H5": "2017",
    "H6": "2022",
}
_CODE: Final = re.compile(r"^(?!00|77)(?:\d{2}){1,3}$", re.ASCII)
_PERIOD: Final = re.compile(r"^(\d{4})(\d{2})?$", re.ASCII)
# Codes of the World Customs Organization's units as UN Comtrade numbers them.
_UNITS: Final = {
    "2": "m²",
    "3": "1000 kWh",
    "4": "m",
    "5": "u",
    "6": "2u",
    "7": "l",
    "8": "kg",
    "9": "1000u",
    "10": "u (jeu/pack)",
    "11": "12u",
    "12": "m³",
    "13": "carat",
}
_NO_UNIT: Final = frozenset({"", "-1", "0", "1"})
_QUANTITY_FLAGS: Final = ("2", "6")
_WEIGHT_FLAGS: Final = ("4", "6")
_TRUE: Final = ("true", "1", "t")
_BREAKDOWNS: Final = (
    Breakdown("supply", "modes of supply", frozenset({"0", ""})),
    Breakdown("transport", "modes of transport", frozenset({"0", ""}), nested=True),
    Breakdown("procedure", "customs procedures", frozenset({"C00", "0", ""})),
    Breakdown("second_partner", "second partners", frozenset({"0", ""})),
    # Several areas without a name of their own are one unspecified partner here.
    Breakdown("partner_number", "areas not specified", frozenset()),
)
# An answer of exactly so many rows was probably cut there.
_LIMITS: Final = frozenset({500, 50_000, 100_000, 250_000})


class Comtrade:
    """Reads UN Comtrade in any of its layouts."""

    name = "un-comtrade"
    version = "1"

    def recognises(self, file: RawFile) -> bool:
        """Tell by the column names, or by the frame of the API's JSON."""
        if comtrade_json.recognises(file):
            return True
        names = set(_found(_names(file)))
        return names >= set(_MARKS)

    def read(self, file: RawFile) -> Reading:
        """Read the records.

        Coverage is that of `coverage.reported`: an answer leaves out what is nil, so a series that
        appears is covered in every period in which its reporter shows anything of that flow.

        Raises:
            InputError: No row, a column is missing, converted rows of several editions, one part
                alone in place of the whole, or not a readable table.
        """
        refusals = Refusals()
        table = _table(file, refusals)
        cells = len(table) + len(refusals.rows)
        if not cells:
            raise InputError(
                "there is no record in the file",
                where=str(file.path),
                remedy="Ask UN Comtrade again; a question without an answer gives an empty file",
            )
        _refuse_a_part_alone(file, table)
        origin, notes = _origin(file, table, cells)
        sieve = Sieve(table, refusals, file.path.name)
        _keys(sieve)
        notes += _content(sieve)
        known = sieve.rows
        sieve.drop_not_recorded("value", BLANK)
        sieve.money("value")
        sieve.one_row_per_key(
            ("value", "net_kg", "quantity", "quantity_unit", "valuation"),
            key=(*KEY, *(breakdown.column for breakdown in _BREAKDOWNS)),
        )
        added, fewer = parts.keep_totals(sieve, _BREAKDOWNS)
        origin = Origin(
            origin.publisher, origin.dataset, origin.title, None, " ".join([*notes, *added])
        )
        return Reading(
            origin=origin,
            flows=sieve.flows(origin.dataset),
            coverage=coverage.reported(known, sieve.lost(), origin.dataset),
            labels=schema.PRODUCT_LABEL.empty(),
            refused=refusals.table(),
            cells=cells - fewer,
            not_recorded=sieve.not_recorded,
        )


def _names(file: RawFile) -> list[str]:
    """Return the names of the columns; a column beyond the header gets a name of its own.

    The site's CSV ends every line with a comma, in some years the header excepted.
    """
    if file.kind != "text":
        return []
    delimiter = _delimiter(file)
    names = delimited.header(file, delimiter)
    lines = file.head.split(b"\n", 2)
    if len(lines) > 1:
        second = lines[1].decode("latin-1").rstrip("\r")
        fields = next(csv.reader([second], delimiter=delimiter), [])
        if len(fields) == len(names) + 1 and not fields[-1]:
            names = [*names, ""]
    return [name or f"column {place}" for place, name in enumerate(names, start=1)]


def _delimiter(file: RawFile) -> str:
    return max(_DELIMITERS, key=file.first_line.count)


def _found(names: list[str]) -> dict[str, str]:
    """Say which column of the file holds each of ours."""
    bare = {_SIGNS.sub("", name.lower()): name for name in reversed(names)}
    found = {
        ours: bare[theirs[0]]
        for ours, candidates in COLUMNS.items()
        if (theirs := [name for name in candidates if name in bare])
    }
    if "tradecode" in bare and "perioddesc" in bare:
        # Extracts write the period as a day; the number that says year or month is beside it.
        found["period"] = bare["perioddesc"]
    return found


def _table(file: RawFile, refusals: Refusals) -> pa.Table:
    """Read the columns that are known as trimmed texts; absent ones and marks for nothing blank."""
    if comtrade_json.recognises(file):
        raw = comtrade_json.table(file)
        found = _found([name for name in raw.column_names if name != ROW])
    else:
        names = _names(file)
        found = _found(names)
        raw = None
    missing = [COLUMNS[name][0] for name in REQUIRED if name not in found]
    if missing:
        raise InputError(
            f"missing columns: {', '.join(missing)}",
            where=str(file.path),
            remedy="Download all columns from UN Comtrade",
        )
    if raw is None:
        # Only these are read: labels may be in another encoding than UTF-8 and are not needed.
        raw = delimited.read(
            file,
            refusals,
            delimiter=_delimiter(file),
            names=names,
            only=list(dict.fromkeys(found.values())),
        )
    columns = {ROW: raw.column(ROW)}
    nothing = pa.array(BLANK, pa.string())
    for name in COLUMNS:
        if name not in found:
            columns[name] = pa.chunked_array([pa.repeat(pa.scalar(""), len(raw))])
            continue
        texts = pc.utf8_trim_whitespace(pc.fill_null(raw.column(found[name]), ""))
        columns[name] = pc.if_else(pc.is_in(texts, nothing), pa.scalar(""), texts)
    return pa.table(columns)


def _refuse_a_part_alone(file: RawFile, table: pa.Table) -> None:
    """Refuse a file that was asked for one part: nothing in it says how much the whole is.

    Raises:
        InputError: A breakdown has one code in the whole file, and it is not the total.
    """
    for breakdown in _BREAKDOWNS:
        if breakdown.totals:
            codes = pc.unique(table.column(breakdown.column)).to_pylist()
            if len(codes) == 1 and codes[0] not in breakdown.totals:
                raise InputError(
                    f"of {breakdown.label} the file has {codes[0]} alone, which is a part of trade",
                    where=str(file.path),
                    remedy=f"Ask UN Comtrade for the total over {breakdown.label}",
                )


def _origin(file: RawFile, table: pa.Table, cells: int) -> tuple[Origin, list[str]]:
    """Name the dataset: records as reported, or converted by the UN to one older edition."""
    notes = ["UN Comtrade data are for your own use and may not be passed on in bulk."]
    if cells in _LIMITS:
        notes.append(
            f"The file has exactly {cells:,} rows, a limit of UN Comtrade: it may have been cut."
        )
    if pc.unique(table.column("classification")).to_pylist() == [""]:
        notes.append("The file names no classification: its codes are taken for HS codes.")
    original = set(pc.unique(pc.utf8_lower(table.column("is_original"))).to_pylist())
    if not original & {"false", "0"}:
        return Origin("United Nations Statistics Division", "comtrade", "UN Comtrade"), notes
    used = [
        _CLASSIFICATIONS[code]
        for code in pc.unique(table.column("classification")).to_pylist()
        if _CLASSIFICATIONS.get(code)
    ]
    if len(used) != 1:
        raise InputError(
            "records converted to another edition of the Harmonized System stand beside others: "
            f"{', '.join(sorted(used)) or 'the edition is not named'}",
            where=str(file.path),
            remedy="Download one classification per file",
        )
    notes.append(
        f"The UN converted records to HS {used[0]}; what states reported is in another dataset."
    )
    title = f"UN Comtrade, converted to HS {used[0]}"
    return Origin("United Nations Statistics Division", f"comtrade-hs{used[0]}", title), notes


def _keys(sieve: Sieve) -> None:
    """Translate the columns that name a cell, refusing rows that cannot be named."""
    sieve.translate("type", lambda text: text if text in {"", "C"} else None, reasons.UNKNOWN_WORD)
    sieve.put("partner_number", sieve.rows.column("partner"))
    sieve.translate("reporter", _country, reasons.UNKNOWN_COUNTRY)
    sieve.translate("partner", _country, reasons.UNKNOWN_COUNTRY)
    sieve.translate("flow", lambda text: _FLOWS.get(text.upper()), reasons.UNKNOWN_FLOW)
    sieve.translate(
        "classification",
        lambda text: _CLASSIFICATIONS.get(text.upper()),
        reasons.UNKNOWN_NOMENCLATURE,
        into="edition of the classification",
    )
    _join(sieve, "freq", "period")
    sieve.translate(
        "joined", lambda text: (_period(text) or (None,))[0], reasons.NOT_A_PERIOD, into="freq"
    )
    found = meanings(
        sieve.rows.column("joined"), lambda text: (_period(text) or ("", None))[1], pa.date32()
    )
    sieve.put("period", found)
    _join(sieve, "level", "product")
    sieve.translate("joined", _product, reasons.UNKNOWN_PRODUCT, into="product")
    is_total = pc.equal(sieve.rows.column("product"), schema.TOTAL)
    no_text = pa.scalar(None, pa.string())
    edition = sieve.rows.column("edition of the classification")
    unknown = pc.or_(is_total, pc.equal(edition, ""))
    sieve.put("nomenclature_edition", pc.if_else(unknown, no_text, edition))
    sieve.put("nomenclature", pc.if_else(is_total, schema.TOTAL, "HS"))
    sieve.put("partner_basis", meanings(sieve.rows.column("flow"), _BASIS.get, pa.string()))
    sieve.refuse_after(national.today())


def _join(sieve: Sieve, one: str, other: str) -> None:
    """Write two columns as one text, for meanings that need both."""
    columns = [sieve.rows.column(name) for name in (one, other)]
    sieve.put("joined", pc.binary_join_element_wise(*columns, " "))


def _content(sieve: Sieve) -> list[str]:
    """Translate what is said of a cell beside its value.

    Returns:
        Sentences for the note.
    """
    sieve.put("currency", "USD")
    sieve.put("status", "final")
    _valuation(sieve)
    rows = sieve.rows
    unit = rows.column("unit")
    no_unit = pc.is_in(unit, pa.array(sorted(_NO_UNIT), pa.string()))
    named = rows.column("unit_name")
    table = meanings(unit, lambda code: _UNITS.get(code, f"UN unit {code}"), pa.string())
    named = pc.if_else(pc.equal(named, ""), table, named)
    sieve.put("quantity_unit", pc.if_else(no_unit, pa.scalar(None, pa.string()), named))
    notes = []
    for column, flag, codes, drop in (
        ("quantity", "quantity_estimated", _QUANTITY_FLAGS, no_unit),
        ("net_kg", "weight_estimated", _WEIGHT_FLAGS, None),
    ):
        texts = rows.column(column)
        lowered = pc.utf8_lower(rows.column(flag))
        guessed = pc.or_(
            pc.is_in(lowered, pa.array(_TRUE, pa.string())),
            pc.is_in(rows.column("estimation"), pa.array(codes, pa.string())),
        )
        count = pc.sum(pc.and_(guessed, pc.not_equal(texts, ""))).as_py() or 0
        if count:
            what = "quantities" if column == "quantity" else "net weights"
            notes.append(f"{count:,} {what} that the UN estimated are left out.")
        blank = pc.or_(guessed, pc.is_in(texts, pa.array(("-1",), pa.string())))
        blank = blank if drop is None else pc.or_(blank, drop)
        sieve.put(column, pc.if_else(blank, "", texts))
    for column in ("quantity", "net_kg"):
        sieve.floats(column)
        # The UN writes zero where nothing is known.
        numbers = sieve.rows.column(column)
        sieve.put(
            column, pc.if_else(pc.equal(numbers, 0.0), pa.scalar(None, pa.float64()), numbers)
        )
    return notes


def _valuation(sieve: Sieve) -> None:
    """Read from the value beside it whether a value has freight and insurance in it."""
    value = sieve.rows.column("value")
    said = pc.not_equal(value, "")
    is_cif = pc.and_(said, pc.equal(value, sieve.rows.column("cif")))
    is_fob = pc.and_(said, pc.equal(value, sieve.rows.column("fob")))
    imports = pc.equal(sieve.rows.column("flow"), "import")
    no_text = pa.scalar(None, pa.string())
    sieve.put(
        "valuation",
        pc.case_when(
            pc.make_struct(pc.and_(imports, is_cif), is_fob, is_cif),
            pa.scalar("CIF"),
            pa.scalar("FOB"),
            pa.scalar("CIF"),
            no_text,
        ),
    )


def _country(text: str) -> str | None:
    return countries.comtrade(int(text)) if text.isascii() and text.isdigit() else None


def _period(joined: str) -> tuple[str, date] | None:
    """Read ``A 2022``, ``M 202203``, or either without its letter."""
    freq, _, written = joined.partition(" ")
    match = _PERIOD.match(written)
    if match is None or (freq and freq != ("M" if match[2] else "A")):
        return None
    try:
        return ("M" if match[2] else "A"), date(int(match[1]), int(match[2] or 1), 1)
    except ValueError:
        return None


def _product(joined: str) -> str | None:
    """Read level and code together, and give a code its lost zero back where that is certain.

    A code of the Harmonized System has as many digits as its level says, two, four or six.
    """
    level, _, code = joined.partition(" ")
    if code.upper() == schema.TOTAL:
        return schema.TOTAL
    if level.isdigit() and len(code) == int(level) - 1:
        code = f"0{code}"
    if level and str(len(code)) != level:
        return None
    return code if _CODE.match(code) else None
