"""What the national statistical offices' tables of totals by partner have in common.

Each office's reader turns its own layout into `Cells`; everything from there on is shared.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

import pyarrow as pa

from throughflow.model import schema
from throughflow.reference import countries
from throughflow.sources import coverage, reasons
from throughflow.sources.base import Reading
from throughflow.sources.sieve import ROW, SHEET, Sieve

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable
    from datetime import date

    from throughflow.sources.base import Origin, RawFile, Refusals

BETWEEN_LABELS: Final = " | "
BASIS: Final = {"export": "destination", "import": "origin"}
VALUATION: Final = {"export": "FOB", "import": "CIF"}


def today() -> date:
    """Return the day after which a period is in the future when the file says no better."""
    return datetime.now(tz=UTC).date()


def same_country(labels: str) -> str | None:
    """Resolve the labels of one row, joined by `BETWEEN_LABELS`.

    Returns:
        The code, or None if no label is known or two labels mean different countries.
    """
    found = {countries.resolve(label) for label in labels.split(BETWEEN_LABELS) if label} - {None}
    return found.pop() if len(found) == 1 else None


@dataclass(slots=True)
class Cells:
    """Value cells of one file, one list per column."""

    sheet: list[str | None] = field(default_factory=list)
    row: list[int] = field(default_factory=list)
    cell: list[str] = field(default_factory=list)
    partner: list[str] = field(default_factory=list)
    flow: list[str] = field(default_factory=list)
    partner_basis: list[str] = field(default_factory=list)
    freq: list[str] = field(default_factory=list)
    period: list[date] = field(default_factory=list)
    status: list[str] = field(default_factory=list)
    value: list[str] = field(default_factory=list)

    def add(
        self,
        *,
        row: int,
        labels: Iterable[str],
        flow: str,
        period: date,
        value: str,
        cell: str,
        sheet: str | None = None,
        freq: str = "A",
        basis: str = "",
        status: str = "final",
    ) -> None:
        """Note one value cell as the file writes it.

        Args:
            row: Row of the file or sheet, from 1.
            labels: What the row calls the partner, in one or more languages.
            flow: ``export`` or ``import``.
            period: First day of the period.
            value: Text of the value, with a decimal point where it is a number.
            cell: Column, in words, for the place of a refusal.
            sheet: Sheet, None for text files.
            freq: ``A`` or ``M``.
            basis: Partner basis; destination for exports and origin for imports if empty.
            status: Publication status.
        """
        self.sheet.append(sheet)
        self.row.append(row)
        self.cell.append(cell)
        self.partner.append(BETWEEN_LABELS.join(dict.fromkeys(labels)))
        self.flow.append(flow)
        self.partner_basis.append(basis or BASIS[flow])
        self.freq.append(freq)
        self.period.append(period)
        self.status.append(status)
        self.value.append(value)

    def table(self) -> pa.Table:
        """Return the cells as the long table a `Sieve` takes."""
        texts = ("cell", "partner", "flow", "partner_basis", "freq", "status", "value")
        return pa.table(
            {
                SHEET: pa.array(self.sheet, pa.string()),
                ROW: pa.array(self.row, pa.int32()),
                "period": pa.array(self.period, pa.date32()),
                **{name: pa.array(getattr(self, name), pa.string()) for name in texts},
            }
        )


def reading(
    file: RawFile,
    origin: Origin,
    reporter: str,
    cells: Cells,
    refusals: Refusals,
    *,
    units: int,
    not_recorded: Collection[str],
) -> Reading:
    """Turn the cells of a table of totals in US dollars into a `Reading`.

    Coverage is every partner the file lists, over every period it has a cell for.

    Args:
        file: Where the cells come from.
        origin: Who published it.
        reporter: Code of the state whose office it is.
        cells: Value cells, recorded or not.
        refusals: What the layout's own reader has refused already.
        units: Dollars per unit of the file.
        not_recorded: The file's marks for "not recorded".

    Returns:
        The reading.
    """
    table = cells.table()
    before = sum(row[3] for row in refusals.rows)
    sieve = Sieve(table, refusals, file.path.name)
    sieve.translate("partner", same_country, reasons.UNKNOWN_COUNTRY)
    for name, text in (
        ("reporter", reporter),
        ("nomenclature", schema.TOTAL),
        ("product", schema.TOTAL),
        ("currency", "USD"),
    ):
        sieve.put(name, text)
    sieve.put("nomenclature_edition", pa.nulls(len(sieve.rows), pa.string()))
    valuation = [VALUATION[flow] for flow in sieve.rows.column("flow").to_pylist()]
    sieve.put("valuation", pa.array(valuation, pa.string()))
    sieve.refuse_after(origin.as_of or today())
    asked = sieve.rows
    sieve.drop_not_recorded("value", not_recorded)
    sieve.money("value", units=units)
    sieve.one_row_per_key()
    return Reading(
        origin=origin,
        flows=sieve.flows(origin.dataset),
        coverage=coverage.table([asked], sieve.lost(), origin.dataset),
        labels=schema.PRODUCT_LABEL.empty(),
        refused=refusals.table(),
        cells=len(table) + before,
        not_recorded=sieve.not_recorded,
    )
