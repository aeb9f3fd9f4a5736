"""Kyrgyzstan's tables 4.03.00.18 and 4.03.00.20: exports and imports by country since 1994.

Titles, units and country names stand in three columns (Kyrgyz, Russian, English), years across.
``-`` is *not recorded*, ``0`` is recorded. A year written with a footnote mark, ``2023 1``, is
preliminary if the footnote says so. The office's tables by region, activity or main commodity, and
those in soms, have other titles and are not read.
"""

# ruff: noqa: RUF001 - the publisher writes Cyrillic
from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING, Final

from throughflow.errors import InputError
from throughflow.sources import national, sheets
from throughflow.sources.base import Origin, Refusals

if TYPE_CHECKING:
    from throughflow.sources.base import RawFile, Reading

PUBLISHER: Final = "National Statistical Committee of the Kyrgyz Republic"
THOUSAND: Final = 1000
NOT_RECORDED: Final = frozenset({"", "-", "–"})
_LABEL_COLUMNS: Final = 3
_HEADING_ROWS: Final = 8
_TITLE: Final = re.compile(r"Географическое распределение (экспорта|импорта) товаров")
_FLOWS: Final = {"экспорта": "export", "импорта": "import"}
_UNIT: Final = re.compile(r"тыс\w*\.?\s*долл\w*\.?\s*США", re.IGNORECASE)
_YEAR: Final = re.compile(r"^((?:19|20)\d{2})(?:\s+(\d))?$")
_PRELIMINARY: Final = re.compile(r"^(\d)\s*Предварительные", re.IGNORECASE)
# In the list of European countries this row is what came from the EU, country not stated; the
# total of the EU is another row. The two would meet under one code.
_EU_UNSPECIFIED: Final = "Европейский союз (ЕС)"
_EU_UNSPECIFIED_NAME: Final = "EU countries not specified"


class Kyrgyzstan:
    """Reads exports or imports by partner, whole years, thousand US dollars."""

    name = "kg-national"
    version = "1"

    def recognises(self, file: RawFile) -> bool:
        """Tell whether a sheet has the title of the tables by country, in dollars."""
        return any(_flow(file, name) for name in sheets.names(file))

    def read(self, file: RawFile) -> Reading:
        """Read the table.

        Raises:
            InputError: The title is there but no row of years.
        """
        name = next(name for name in sheets.names(file) if _flow(file, name))
        flow = _flow(file, name)
        rows = sheets.grid(file, name)
        first = next((i for i, row in enumerate(rows[:_HEADING_ROWS]) if len(_years(row)) > 1), -1)
        if first < 0:
            raise InputError(
                "no row of years above the table",
                where=f"{file.path}, sheet {name}",
                remedy="Download it again from the publisher",
            )
        marks = {match[1] for row in rows for match in [_PRELIMINARY.match(_russian(row))] if match}
        refusals, cells = Refusals(), national.Cells()
        for index in range(first + 1, len(rows)):
            _collect(
                cells,
                rows[index],
                sheet=name,
                number=index + 1,
                years=_years(rows[first]),
                flow=flow,
                preliminary=marks,
            )
        title = sheets.text(sheets.at(rows[0], 2)) or sheets.text(sheets.at(rows[0], 1))
        note = "Imports by country of origin, exports by country of destination."
        origin = Origin(PUBLISHER, "kg-national-annual", title, None, note)
        return national.reading(
            file, origin, "KG", cells, refusals, units=THOUSAND, not_recorded=NOT_RECORDED
        )


def _russian(row: list[object]) -> str:
    return sheets.text(sheets.at(row, 1))


def _flow(file: RawFile, name: str) -> str:
    """Tell which flow a sheet holds by its title; empty if it is another table."""
    heading = sheets.grid(file, name, top=_HEADING_ROWS)
    texts = [_russian(row) for row in heading]
    title = next((match for match in map(_TITLE.search, texts) if match), None)
    in_dollars = any(_UNIT.search(text) for text in texts)
    return _FLOWS[title[1]] if title and in_dollars else ""


def _years(row: list[object]) -> dict[int, tuple[int, str]]:
    """Read a row of years as column → year and footnote mark."""
    found = {}
    for column in range(_LABEL_COLUMNS, len(row)):
        match = _YEAR.match(sheets.text(row[column]))
        if match:
            found[column] = (int(match[1]), match[2] or "")
    return found


def _collect(
    cells: national.Cells,
    row: list[object],
    *,
    sheet: str,
    number: int,
    years: dict[int, tuple[int, str]],
    flow: str,
    preliminary: set[str],
) -> None:
    labels = [sheets.text(sheets.at(row, column)) for column in range(_LABEL_COLUMNS)]
    values = {column: sheets.number_text(sheets.at(row, column)) for column in years}
    if not any(values.values()):
        # A blank row, or a footnote; a country's row has at least a dash.
        return
    if _EU_UNSPECIFIED in labels:
        labels = [_EU_UNSPECIFIED_NAME]
    for column, (year, mark) in years.items():
        cells.add(
            sheet=sheet,
            row=number,
            labels=labels,
            flow=flow,
            period=date(year, 1, 1),
            value=values[column],
            cell=str(year),
            status="provisional" if mark in preliminary else "final",
        )
