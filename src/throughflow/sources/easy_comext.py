"""Easy Comext "relational views", and the national tables that others converted to that layout.

One row per reporter, partner, product, flow and period, labels in the language of the interface:
``Germany (incl. …),Kazakhstan,TOTAL-Total,2-EXPORT,T-Total,202408-Aug. 2024,1234``, with or without
the codes before the labels. The same facts give the same rows in either form.
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
from throughflow.sources import coverage, delimited, national, reasons
from throughflow.sources.base import Origin, Reading, Refusals
from throughflow.sources.sieve import KEY, Sieve, meanings

if TYPE_CHECKING:
    from collections.abc import Callable

    from throughflow.sources.base import RawFile

COLUMNS: Final = (
    "REPORTER",
    "PARTNER",
    "PRODUCT",
    "FLOW",
    "STAT_PROCEDURE",
    "PERIOD",
    "VALUE_IN_EUR",
)
NOT_RECORDED: Final = frozenset({"", ":"})
# Easy Comext's own totals over statistical procedures, and what converted tables write instead.
TOTAL_PROCEDURES: Final = frozenset({"TOTAL", "T-TOTAL"})
CONVERTED_PROCEDURES: Final = frozenset({"NORMAL"})
_FLOWS: Final = {
    **dict.fromkeys(("IMPORT", "IMPORTATION", "EINFUHR"), "import"),
    **dict.fromkeys(("EXPORT", "EXPORTATION", "AUSFUHR"), "export"),
}
_FRENCH_FLOWS: Final = frozenset({"EXPORTATION", "IMPORTATION"})
_LEADING_CODE: Final = re.compile(r"^\d-")
_PRODUCT: Final = re.compile(r"^(TOTAL|(?:\d{2}){1,5})(?:\s*-\s*(.*))?$", re.IGNORECASE | re.DOTALL)
_PERIOD: Final = re.compile(r"^(?:(\d{4})(\d{2})-)?([^\d]+?)\s*(\d{4})$")
_YEAR: Final = re.compile(r"^Y(\d{4})$")
_WHOLE_YEAR_CODE: Final = "52"
_MONTHS: Final = {
    word: number
    for number, words in enumerate(
        (
            "jan janv january janvier",
            "feb fev fév févr february février",
            "mar mars mär march",
            "apr avr april avril",
            "may mai",
            "jun juin june",
            "jul juil july juillet",
            "aug aoû août august",
            "sep sept september septembre",
            "oct okt october octobre",
            "nov november novembre",
            "dec déc dez december décembre",
        ),
        start=1,
    )
    for word in words.split()
}
# Groups of three digits only, so that a decimal point or comma is never taken for a separator.
_GROUPED: Final = re.compile(r"^\d{1,3}(?:([ ,\u00a0\u202f])\d{3})(?:\1\d{3})*(?:\.\d+)?$")
# Members of the EU since 2020 and the month of their accession.
# Source: europa.eu, "EU countries", dates of accession.
_ACCESSION: Final = {
    **dict.fromkeys(("BE", "DE", "FR", "IT", "LU", "NL"), date(1958, 1, 1)),
    **dict.fromkeys(("DK", "IE"), date(1973, 1, 1)),
    "GR": date(1981, 1, 1),
    **dict.fromkeys(("ES", "PT"), date(1986, 1, 1)),
    **dict.fromkeys(("AT", "FI", "SE"), date(1995, 1, 1)),
    **dict.fromkeys(("CY", "CZ", "EE", "HU", "LT", "LV", "MT", "PL", "SI", "SK"), date(2004, 5, 1)),
    **dict.fromkeys(("BG", "RO"), date(2007, 1, 1)),
    "HR": date(2013, 7, 1),
}
_MOST_MEMBERS: Final = 14


class EasyComext:
    """Reads relational views of months or of whole years, in euros."""

    name = "easy-comext"
    version = "1"

    def recognises(self, file: RawFile) -> bool:
        """Tell by the header and by a first period that Easy Comext would write."""
        return _has_header(file) and not _is_converted(file)

    def read(self, file: RawFile) -> Reading:
        """Read the view.

        Relational views leave out rows without trade. Coverage is every row shown; where most EU
        members appear with one single partner, the question was evidently put to all members, so
        a member without a row that month recorded nothing and is covered too. If a reporter's label
        was not understood the absent members stay uncovered: one of them may be it.

        Raises:
            InputError: No row at all, months and years in one file, or not a readable table.
        """
        refusals = Refusals()
        sieve, cells, labels = _sieve(file, refusals, _period, TOTAL_PROCEDURES)
        understood = not any(row[0] == reasons.UNKNOWN_COUNTRY for row in refusals.rows)
        freqs = set(sieve.rows.column("freq").to_pylist())
        if len(freqs) > 1:
            raise InputError(
                "months and whole years stand in one file",
                where=str(file.path),
                remedy="Download them as two relational views",
            )
        kind = "annual" if freqs == {"A"} else "monthly"
        origin = Origin(
            "Eurostat",
            f"easy-comext-{kind}",
            f"Easy Comext relational view, {kind}",
            None,
            "The file names neither its dataset nor the day of extraction.",
        )
        asked = [sieve.rows]
        if understood:
            asked.append(_absent_members(sieve.rows))
        return _finish(sieve, origin, asked, labels, cells, status="final")


class ConvertedNational:
    """Reads national imports by partner that a third party brought to Easy Comext's layout."""

    name = "national-converted"
    version = "1"

    def recognises(self, file: RawFile) -> bool:
        """Tell by the header and by a first period such as ``Y2019``."""
        return _has_header(file) and _is_converted(file)

    def read(self, file: RawFile) -> Reading:
        """Read the table; every row has the status *estimated*.

        Raises:
            InputError: No row at all, several reporters in one file, or not a readable table.
        """
        refusals = Refusals()
        sieve, cells, labels = _sieve(file, refusals, _converted_year, CONVERTED_PROCEDURES)
        reporters = sorted(set(sieve.rows.column("reporter").to_pylist()))
        if len(reporters) != 1:
            raise InputError(
                f"{len(reporters)} reporters in one converted file: {', '.join(reporters)}",
                where=str(file.path),
                remedy="Keep one reporter per file",
            )
        code = reporters[0]
        if code == "AM":
            # Known files divide the office's import_consigment, not import_origin, by one round
            # rate a year (1.12, 1.14, 1.18, 1.05 and 1.07 dollars per euro for 2019-2023).
            imports = pc.equal(sieve.rows.column("flow"), pa.scalar("import"))
            basis = sieve.rows.column("partner_basis")
            sieve.put("partner_basis", pc.if_else(imports, pa.scalar("consignment"), basis))
        origin = Origin(
            "unnamed third party, from the national statistics",
            f"national-converted-{code.lower()}",
            f"Imports of {countries.name(code)} by partner, converted to euros",
            None,
            "A third-party conversion from thousand US dollars at unstated exchange rates; "
            "prefer the office's own table. A year may hold less than twelve months.",
        )
        return _finish(sieve, origin, [sieve.rows], labels, cells, status="estimated")


def _has_header(file: RawFile) -> bool:
    return delimited.header(file) == list(COLUMNS)


def _is_converted(file: RawFile) -> bool:
    lines = file.head.split(b"\n", 2)
    fields = lines[1].decode("utf-8", errors="replace").split(",") if len(lines) > 1 else []
    return len(fields) > 1 and _YEAR.match(fields[-2].strip().strip('"')) is not None


def _sieve(
    file: RawFile,
    refusals: Refusals,
    period: Callable[[str], tuple[str, date] | None],
    procedures: frozenset[str],
) -> tuple[Sieve, int, dict[str, str]]:
    """Bring a file to complete keys.

    Returns:
        The sieve, the number of value cells of the file, and the publisher's product labels.
    """
    table = delimited.read(file, refusals)
    cells = len(table) + len(refusals.rows)
    if not cells:
        raise InputError(
            "the file has a header and no rows",
            where=str(file.path),
            remedy="Ask Easy Comext again; a view without trade is exported empty",
        )
    table = table.rename_columns([name.lower() for name in table.column_names])
    sieve = Sieve(table, refusals, file.path.name)
    sieve.translate("reporter", countries.resolve, reasons.UNKNOWN_COUNTRY)
    sieve.translate("partner", _partner(sieve.rows.column("flow")), reasons.UNKNOWN_COUNTRY)
    sieve.translate("flow", _flow, reasons.UNKNOWN_FLOW)
    sieve.translate(
        "stat_procedure",
        lambda text: text if text.strip().upper() in procedures else None,
        reasons.UNKNOWN_PROCEDURE,
    )
    labels = _labels(sieve.rows.column("product"))
    sieve.translate("product", _product, reasons.UNKNOWN_PRODUCT)
    sieve.translate(
        "period", lambda text: (period(text) or (None,))[0], reasons.NOT_A_PERIOD, into="freq"
    )
    sieve.put(
        "period",
        meanings(
            sieve.rows.column("period"), lambda text: (period(text) or ("", None))[1], pa.date32()
        ),
    )
    flows = sieve.rows.column("flow")
    for column, words in (("partner_basis", national.BASIS), ("valuation", national.VALUATION)):
        sieve.put(column, meanings(flows, words.get, pa.string()))
    sieve.put("nomenclature", meanings(sieve.rows.column("product"), _nomenclature, pa.string()))
    sieve.put("nomenclature_edition", pa.nulls(len(sieve.rows), pa.string()))
    sieve.refuse_after(national.today())
    return sieve, cells, labels


def _finish(
    sieve: Sieve,
    origin: Origin,
    asked: list[pa.Table],
    labels: dict[str, str],
    cells: int,
    *,
    status: str,
) -> Reading:
    """Read the values and put the tables together."""
    sieve.put("currency", "EUR")
    sieve.put("status", status)
    sieve.put("value", meanings(sieve.rows.column("value_in_eur"), _ungroup, pa.string()))
    sieve.drop_not_recorded("value", NOT_RECORDED)
    sieve.money("value")
    sieve.one_row_per_key()
    return Reading(
        origin=origin,
        flows=sieve.flows(origin.dataset),
        coverage=coverage.table(asked, sieve.lost(), origin.dataset),
        labels=schema.PRODUCT_LABEL.build(
            {
                "edition": [""] * len(labels),
                "nomenclature": [_nomenclature(code) for code in labels],
                "product": list(labels),
                "label": list(labels.values()),
            }
        ),
        refused=sieve.refusals.table(),
        cells=cells,
        not_recorded=sieve.not_recorded,
    )


def _absent_members(rows: pa.Table) -> pa.Table:
    """List the cells of EU members that the question covered and the answer leaves out."""
    shown = set(rows.column("reporter").to_pylist()) & set(_ACCESSION)
    partners = set(rows.column("partner").to_pylist())
    if len(shown) < _MOST_MEMBERS or len(partners) != 1:
        return rows.slice(0, 0).select(KEY)
    points = rows.select(KEY).drop_columns(["reporter"])
    points = points.group_by(points.column_names).aggregate([])
    parts = []
    for member, accession in _ACCESSION.items():
        since = pc.greater_equal(points.column("period"), pa.scalar(accession))
        part = points.filter(since)
        if member not in partners:
            parts.append(
                part.append_column("reporter", pa.array([member] * len(part), pa.string()))
            )
    return pa.concat_tables(parts).select(KEY)


def _partner(flows: pa.ChunkedArray) -> Callable[[str], str | None]:
    """Choose how partner labels are read: by Eurostat's French names where the file is French.

    In French Easy Comext calls Guinea-Bissau "Guinea" and Guinea "Guinée": in the view of EU27
    exports in 2016 the first has 126 million euros beside 117 and 148 for Guinea-Bissau in the
    English views of 2015 and 2017, the second 901 million.
    """
    words = {_LEADING_CODE.sub("", text.strip().upper()) for text in pc.unique(flows).to_pylist()}
    if words & _FRENCH_FLOWS:
        return lambda label: "GW" if label.strip() == "Guinea" else countries.resolve(label)
    return countries.resolve


def _flow(text: str) -> str | None:
    return _FLOWS.get(_LEADING_CODE.sub("", text.strip().upper()))


def _product(text: str) -> str | None:
    match = _PRODUCT.match(text.strip())
    return match[1].upper() if match else None


def _nomenclature(code: str) -> str:
    return schema.TOTAL if code == schema.TOTAL else "CN"


def _labels(products: pa.ChunkedArray) -> dict[str, str]:
    """Return the publisher's words for each code that has any."""
    found = {}
    for text in pc.unique(products).to_pylist():
        match = _PRODUCT.match(text.strip())
        if match and match[2]:
            found[match[1].upper()] = match[2].strip()
    return found


def _ungroup(text: str) -> str:
    """Take thousands separators out of a number; anything else stays as it is."""
    found = text.strip()
    grouped = _GROUPED.match(found)
    return found.replace(grouped[1], "") if grouped else found


def _period(text: str) -> tuple[str, date] | None:
    """Read ``Aug. 2024``, ``202408-Aug. 2024``, ``Jan.-Dec. 2014`` or ``201952-Jan.-Dec. 2019``.

    A code that contradicts the words, or a run of months other than the whole year, is no period.
    """
    match = _PERIOD.match(text.strip())
    if match is None:
        return None
    year = int(match[4])
    words = [word.strip(" .").casefold() for word in match[3].split("-")]
    months = [_MONTHS.get(word) for word in words]
    if match[1] and int(match[1]) != year:
        return None
    if months == [1, 12] and match[2] in {None, _WHOLE_YEAR_CODE}:
        return "A", date(year, 1, 1)
    if len(months) == 1 and months[0] and match[2] in {None, f"{months[0]:02d}"}:
        return "M", date(year, months[0], 1)
    return None


def _converted_year(text: str) -> tuple[str, date] | None:
    match = _YEAR.match(text.strip())
    return ("A", date(int(match[1]), 1, 1)) if match and int(match[1]) > 1900 else None
