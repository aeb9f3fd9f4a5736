"""Kazakhstan's yearly tables of trade by country, as its Bureau of National Statistics writes them.

A workbook holds the year and the year before, one sheet each, in Russian: a title, the year, the
unit, two header rows (turnover, exports, imports, each with a share), then the total, groups of
countries and countries. Newer workbooks begin with a cover that gives the day of publication.
A blank cell is *not recorded*; ``0`` is a recorded negligible value, says the publisher's legend.
"""

# ruff: noqa: RUF001 - the publisher writes Cyrillic
from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING, Final

from throughflow.errors import InputError
from throughflow.sources import national, reasons, sheets
from throughflow.sources.base import Origin, Refusals

if TYPE_CHECKING:
    from throughflow.sources.base import RawFile, Reading

PUBLISHER: Final = (
    "Bureau of National Statistics of the Agency for Strategic Planning and Reforms "
    "of the Republic of Kazakhstan"
)
TITLE: Final = "Основные показатели внешней торговли Республики Казахстан"
THOUSAND: Final = 1000
NOT_RECORDED: Final = frozenset({"", "-", "–"})
_HEADING_ROWS: Final = 15
_FLOWS: Final = {"экспорт": "export", "импорт": "import"}
_WHOLE_YEAR: Final = re.compile(
    r"^(?:за\s+)?(?:январь\s*[-–]\s*декабрь\s+)?(\d{4})\s*год[а]?\.?$", re.IGNORECASE
)
_SOME_PERIOD: Final = re.compile(r"\d{4}\s*год", re.IGNORECASE)
_UNIT: Final = re.compile(r"тыс\w*\.?\s*долл\w*\.?\s*США", re.IGNORECASE)
_PUBLISHED: Final = re.compile(r"Дата опубликования:\s*(\d{2})\.(\d{2})\.(\d{4})")


class Kazakhstan:
    """Reads exports and imports by partner, whole years, thousand US dollars."""

    name = "kz-national"
    version = "1"

    def recognises(self, file: RawFile) -> bool:
        """Tell whether a sheet has the publisher's title above a turnover-export-import header."""
        return any(
            _is_titled(top) and _header(top) is not None
            for top in (sheets.grid(file, name, top=_HEADING_ROWS) for name in sheets.names(file))
        )

    def read(self, file: RawFile) -> Reading:
        """Read every sheet that holds a whole year.

        `Origin.as_of` is the day of publication on the cover. Without a cover it is the last day
        of the newest year in the workbook: a stand-in that orders the revisions of a year rightly,
        because each workbook repeats the year before.

        Raises:
            InputError: No sheet could be read.
        """
        refusals, cells = Refusals(), national.Cells()
        years: set[int] = set()
        published: date | None = None
        for name in sheets.names(file):
            rows = sheets.grid(file, name)
            published = _publication_day(rows) or published
            header = _header(rows[:_HEADING_ROWS])
            if header is not None and _is_titled(rows[:_HEADING_ROWS]):
                year = _year(file, name, rows[: header[0]], refusals)
                if year is not None:
                    years.add(year)
                    _collect(name, rows, header, year, cells)
        if not years:
            raise InputError(
                "no sheet of this workbook holds a whole year in thousand US dollars",
                where=str(file.path),
                remedy="Load the publisher's tables for January–December",
            )
        span = " and ".join(str(year) for year in sorted(years))
        as_of = published or date(max(years), 12, 31)
        note = "Imports by country of origin, exports by country of destination."
        if published is None:
            note += (
                " The file gives no day of publication; "
                "the last day of its newest year stands in for it."
            )
        origin = Origin(PUBLISHER, "kz-national-annual", f"{TITLE}, {span}", as_of, note)
        return national.reading(
            file, origin, "KZ", cells, refusals, units=THOUSAND, not_recorded=NOT_RECORDED
        )


def _is_titled(rows: sheets.Grid) -> bool:
    return any(TITLE in sheets.text(cell) for row in rows for cell in row)


def _header(rows: sheets.Grid) -> tuple[int, dict[int, str]] | None:
    """Find the header row and the flow each of its value columns holds."""
    for index, row in enumerate(rows):
        words = [sheets.text(cell).casefold() for cell in row]
        if "товарооборот" in words and set(_FLOWS) <= set(words):
            return index, {words.index(word): flow for word, flow in _FLOWS.items()}
    return None


def _year(file: RawFile, name: str, heading: sheets.Grid, refusals: Refusals) -> int | None:
    """Read the year of a sheet; a part of a year, or another unit, refuses the sheet."""
    place = f"{file.path.name}, sheet {name}"
    texts = [sheets.text(cell) for row in heading for cell in row if cell != ""]
    if not any(_UNIT.search(text) for text in texts):
        refusals.add(reasons.WRONG_SHEET, place, "the unit is not thousand US dollars")
        return None
    for text in texts:
        match = _WHOLE_YEAR.match(text)
        if match:
            return int(match[1])
    found = next((text for text in texts if _SOME_PERIOD.search(text)), "no year")
    refusals.add(reasons.NOT_A_PERIOD, place, f"not a whole year: {found[:120]}")
    return None


def _publication_day(rows: sheets.Grid) -> date | None:
    for row in rows[:_HEADING_ROWS]:
        for cell in row:
            match = _PUBLISHED.search(sheets.text(cell))
            if match:
                return date(int(match[3]), int(match[2]), int(match[1]))
    return None


def _collect(
    name: str,
    rows: sheets.Grid,
    header: tuple[int, dict[int, str]],
    year: int,
    cells: national.Cells,
) -> None:
    for index in range(header[0] + 1, len(rows)):
        row = rows[index]
        # The second line of the total's label says "of which".
        label = sheets.text(str(sheets.at(row, 0)).split("\n")[0])
        values = {
            flow: sheets.number_text(sheets.at(row, column)) for column, flow in header[1].items()
        }
        if label == "" and not any(values.values()):
            continue
        if label == "" and {value.casefold() for value in values.values()} == {"всего"}:
            continue  # the second header row
        if label and not any(values.values()) and national.same_country(label) is None:
            continue  # a line of text below the table
        for flow, value in values.items():
            cells.add(
                sheet=name,
                row=index + 1,
                labels=[label],
                flow=flow,
                period=date(year, 1, 1),
                value=value,
                cell=flow,
            )
