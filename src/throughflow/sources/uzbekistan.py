"""Uzbekistan's tables 1105 and 1176: exports and imports by country, from its data portal.

A CSV with an M49 code and the country's name in Uzbek, Russian and English, then one column per
year. The file does not say what it holds, neither direction nor unit. Both are told by comparison:
table 1176 gives Germany 1,071,296 for 2022, where Eurostat records German exports to Uzbekistan of
1,314 million euros; table 1105 gives 98,951. So 1176 are imports, 1105 exports, both in thousand US
dollars. Every cell is filled, so ``0.0`` may be a zero, less than 50 dollars or nothing recorded;
it is kept as the recorded zero that it says it is.
"""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Final

from throughflow.errors import InputError
from throughflow.sources import delimited, national
from throughflow.sources.base import Origin, Refusals
from throughflow.sources.sieve import exact

if TYPE_CHECKING:
    import pyarrow as pa

    from throughflow.sources.base import RawFile, Reading

PUBLISHER: Final = "National Statistics Committee of the Republic of Uzbekistan"
THOUSAND: Final = 1000
NOT_RECORDED: Final = frozenset({"", ":"})
_CODE: Final = "Code"
_LABELS: Final = ("Klassifikator_en", "Klassifikator_ru", "Klassifikator")
_YEAR: Final = re.compile(r"^(?:19|20)\d{2}$")
# Two pairs of partners, each larger in one direction: Uzbekistan buys machinery from the first and
# sells food, power and textiles to the second. Over 2010-2023 exports to Afghanistan are 12 times
# those to Germany and imports 1/211; exports to Tajikistan 9 times those to Italy, imports 1/3.6.
_SUPPLIERS: Final = ("276", "380")
_CUSTOMERS: Final = ("004", "762")
_CLEAR_FACTOR: Final = 2
_TITLES: Final = {"export": "Exports by country", "import": "Imports by country"}


class Uzbekistan:
    """Reads exports or imports by partner, whole years, thousand US dollars."""

    name = "uz-national"
    version = "1"

    def recognises(self, file: RawFile) -> bool:
        """Tell by the header: a code, names in three languages, then years only."""
        names = delimited.header(file)
        years = [name for name in names if _YEAR.match(name)]
        return bool(years) and names[: len(names) - len(years)] == [_CODE, *reversed(_LABELS)]

    def read(self, file: RawFile) -> Reading:
        """Read the table, telling exports from imports by its contents.

        Raises:
            InputError: The direction cannot be told.
        """
        refusals, cells = Refusals(), national.Cells()
        table = delimited.read(file, refusals)
        years = [name for name in table.column_names if _YEAR.match(name)]
        flow = _direction(file, table, years)
        for row in table.to_pylist():
            for year in years:
                cells.add(
                    row=row[delimited.ROW],
                    labels=[row[_CODE].strip(), *(row[name].strip() for name in _LABELS)],
                    flow=flow,
                    period=date(int(year), 1, 1),
                    value=row[year].strip(),
                    cell=year,
                )
        note = (
            "The file names neither direction nor unit: both are told by comparison with what "
            "partners record. A zero may be an absence. Imports taken as by country of origin."
        )
        origin = Origin(PUBLISHER, "uz-national-annual", _TITLES[flow], None, note)
        return national.reading(
            file, origin, "UZ", cells, refusals, units=THOUSAND, not_recorded=NOT_RECORDED
        )


def _direction(file: RawFile, table: pa.Table, years: list[str]) -> str:
    """Tell exports from imports by known facts; ambiguity is an error."""
    totals: dict[str, Decimal] = {}
    for row in table.to_pylist():
        code = row[_CODE].strip()
        if code in (*_SUPPLIERS, *_CUSTOMERS):
            values = (exact(row[year].strip()) for year in years)
            totals[code] = sum((v for v in values if v), totals.get(code, Decimal(0)))
    verdicts: set[str] = set()
    for supplier, customer in zip(_SUPPLIERS, _CUSTOMERS, strict=True):
        bought, sold = (totals.get(code, Decimal(0)) for code in (supplier, customer))
        if bought > _CLEAR_FACTOR * sold:
            verdicts.add("import")
        elif sold > _CLEAR_FACTOR * bought:
            verdicts.add("export")
    if len(verdicts) == 1:
        return verdicts.pop()
    raise InputError(
        "this file of Uzbekistan's does not say whether it holds exports or imports, "
        "and its figures do not tell either",
        where=str(file.path),
        remedy="Load the whole table 1105 (exports) or 1176 (imports), "
        "or convert it to the generic CSV",
    )
