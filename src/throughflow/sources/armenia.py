"""Armenia's trade by country and month, with imports by origin and by consignment side by side.

A CSV ``country,export,import_consigment,import_origin,timeperiod,year`` in thousand US dollars,
with a blank line after each row. ``timeperiod`` is a month from 1 to 12, or ``Year`` for the sum of
the months published so far: in a file that ends in January, the last ``Year`` is that month alone.
It is read as it stands; whether a year is complete is asked later, beside the months.
``-`` is *not recorded*.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Final

from throughflow.sources import delimited, national, reasons
from throughflow.sources.base import Origin, Refusals

if TYPE_CHECKING:
    from throughflow.sources.base import RawFile, Reading

PUBLISHER: Final = "Statistical Committee of the Republic of Armenia"
TITLE: Final = "External trade of Armenia by country and month"
THOUSAND: Final = 1000
NOT_RECORDED: Final = frozenset({"", "-"})
# The publisher's spelling of "consignment".
_VALUES: Final = (
    ("export", "export", "destination"),
    ("import_consigment", "import", "consignment"),
    ("import_origin", "import", "origin"),
)
_HEADER: Final = ["country", *(column for column, _, _ in _VALUES), "timeperiod", "year"]


class Armenia:
    """Reads exports by destination and imports by origin and by consignment."""

    name = "am-national"
    version = "1"

    def recognises(self, file: RawFile) -> bool:
        """Tell by the header."""
        return delimited.header(file) == _HEADER

    def read(self, file: RawFile) -> Reading:
        """Read months and years; `freq` keeps them apart.

        Raises:
            InputError: The file is not a readable table.
        """
        refusals, cells = Refusals(), national.Cells()
        for row in delimited.read(file, refusals).to_pylist():
            when = _when(row["year"].strip(), row["timeperiod"].strip())
            if when is None:
                refusals.add(
                    reasons.NOT_A_PERIOD,
                    f"{file.path.name}, row {row[delimited.ROW]}",
                    f"timeperiod {row['timeperiod']!r}, year {row['year']!r}",
                    cells=len(_VALUES),
                )
                continue
            for column, flow, basis in _VALUES:
                cells.add(
                    row=row[delimited.ROW],
                    labels=[row["country"].strip()],
                    flow=flow,
                    period=when[1],
                    value=row[column].strip(),
                    cell=column,
                    freq=when[0],
                    basis=basis,
                )
        origin = Origin(
            PUBLISHER,
            "am-national",
            TITLE,
            None,
            "A yearly row is the sum of the months published so far, not always of twelve.",
        )
        return national.reading(
            file, origin, "AM", cells, refusals, units=THOUSAND, not_recorded=NOT_RECORDED
        )


def _when(year: str, part: str) -> tuple[str, date] | None:
    """Read a year and a month or ``Year`` as frequency and first day."""
    if not (len(year) == 4 and year.isdecimal() and int(year) >= 1900):
        return None
    if part == "Year":
        return "A", date(int(year), 1, 1)
    if part.isdecimal() and 1 <= int(part) <= 12:
        return "M", date(int(year), int(part), 1)
    return None
