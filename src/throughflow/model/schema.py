"""The canonical tables: column names, types, units and nullability, declared once.

Every write to a warehouse goes through `TableSchema.conform`; every publisher's reader yields
tables that pass it. Units: `value` is in `currency` as published (never converted on the way in),
weights are kilograms, `period` is the first day of the month or year that `freq` names.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.compute as pc

from throughflow.errors import DataError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

MONEY = pa.decimal128(18, 2)

FREQUENCIES = ("A", "M")
FLOWS = ("export", "import", "re-export")
PARTNER_BASES = ("origin", "consignment", "destination")
VALUATIONS = ("FOB", "CIF")
STATUSES = ("final", "provisional", "estimated", "confidential")
TOTAL = "TOTAL"


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a canonical table.

    Attributes:
        name: Column name.
        type: Arrow type.
        meaning: What the column holds, with its unit.
        nullable: Whether a row may leave it empty.
        allowed: Closed set of values, empty where the set is open.
    """

    name: str
    type: pa.DataType
    meaning: str
    nullable: bool = False
    allowed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class TableSchema:
    """A canonical table: its name and its columns in order."""

    name: str
    columns: tuple[Column, ...]

    @property
    def arrow(self) -> pa.Schema:
        """The Arrow schema a conforming table has."""
        return pa.schema([pa.field(c.name, c.type, nullable=c.nullable) for c in self.columns])

    def empty(self) -> pa.Table:
        """Return a table of this schema without rows."""
        return self.arrow.empty_table()

    def build(
        self, columns: Mapping[str, Sequence[object] | pa.Array | pa.ChunkedArray]
    ) -> pa.Table:
        """Build a conforming table from columns; absent nullable columns are filled with null.

        Raises:
            DataError: A column is missing, unknown, of the wrong type, null where it may not be,
                or holds a value outside its closed set.
        """
        unknown = set(columns) - {c.name for c in self.columns}
        if unknown:
            raise DataError(f"unknown columns {sorted(unknown)}", where=f"table {self.name}")
        rows = max((len(values) for values in columns.values()), default=0)
        arrays: list[pa.Array | pa.ChunkedArray] = []
        for column in self.columns:
            values = columns.get(column.name)
            if values is None:
                arrays.append(pa.nulls(rows, column.type))
            elif isinstance(values, pa.Array | pa.ChunkedArray):
                arrays.append(values.cast(_kept_type(values.type, column.type)))
            else:
                arrays.append(pa.array(values, column.type))
        return self.conform(pa.table(arrays, names=[c.name for c in self.columns]))

    def conform(self, table: pa.Table) -> pa.Table:
        """Check a table against this schema and return it with columns in canonical order.

        A text column may be dictionary-encoded and stays so: ten million rows of words would
        otherwise fill the memory with copies of a few.

        Raises:
            DataError: See `build`.
        """
        where = f"table {self.name}"
        missing = [c.name for c in self.columns if c.name not in table.column_names]
        if missing:
            raise DataError(f"missing columns {missing}", where=where)
        fields = [
            pa.field(c.name, _kept_type(table.schema.field(c.name).type, c.type), c.nullable)
            for c in self.columns
        ]
        try:
            table = table.select([c.name for c in self.columns]).cast(pa.schema(fields))
        except (pa.ArrowInvalid, ValueError) as error:
            raise DataError(f"columns do not fit the schema: {error}", where=where) from error
        for column in self.columns:
            values = table.column(column.name)
            if not column.nullable and values.null_count:
                raise DataError(f"{values.null_count} empty values in {column.name}", where=where)
            if column.allowed and len(table):
                seen = _words(values)
                strange = sorted(seen - set(column.allowed))
                if strange:
                    raise DataError(
                        f"{column.name} holds {strange}, allowed are {list(column.allowed)}",
                        where=where,
                    )
        return table


_TEXT = pa.string()
WORDS = pa.dictionary(pa.int32(), _TEXT)


def _kept_type(found: pa.DataType, declared: pa.DataType) -> pa.DataType:
    """Return the type a column is brought to: as declared, or encoded texts for texts."""
    return found if found == WORDS and declared == _TEXT else declared


def _words(values: pa.ChunkedArray) -> set[str]:
    """List the texts that occur; chunks of encoded texts may have dictionaries of their own."""
    seen: set[str] = set()
    for chunk in values.chunks:
        seen.update(word for word in pc.unique(chunk).to_pylist() if word is not None)
    return seen


TRADE_FLOW = TableSchema(
    "trade_flow",
    (
        Column("edition", _TEXT, "edition the row came with"),
        Column("dataset", _TEXT, "dataset of that edition; datasets are never summed together"),
        Column("freq", _TEXT, "A yearly, M monthly", allowed=FREQUENCIES),
        Column("period", pa.date32(), "first day of the month or year"),
        Column("reporter", _TEXT, "who recorded the flow: ISO 3166-1 alpha-2 or a bloc code"),
        Column("partner", _TEXT, "the other side: ISO 3166-1 alpha-2 or a bloc code"),
        Column("flow", _TEXT, "direction seen from the reporter", allowed=FLOWS),
        Column("partner_basis", _TEXT, "what makes the partner", allowed=PARTNER_BASES),
        Column("nomenclature", _TEXT, "CN, HS or TOTAL"),
        Column("nomenclature_edition", _TEXT, "year; empty: in force in the period", nullable=True),
        Column("product", _TEXT, "code as digits, with letters where confidential, or TOTAL"),
        Column("value", MONEY, "value in `currency`, exact as published"),
        Column("currency", _TEXT, "ISO 4217"),
        Column("net_kg", pa.float64(), "net weight, kg", nullable=True),
        Column("quantity", pa.float64(), "in `quantity_unit`", nullable=True),
        Column("quantity_unit", _TEXT, "unit of `quantity`", nullable=True),
        Column("valuation", _TEXT, "FOB or CIF", nullable=True, allowed=VALUATIONS),
        Column("status", _TEXT, "publication status", allowed=STATUSES),
        Column("source_sheet", _TEXT, "sheet of the source file", nullable=True),
        Column("source_row", pa.int32(), "row of the source file, from 1", nullable=True),
    ),
)

COVERAGE = TableSchema(
    "coverage",
    (
        Column("edition", _TEXT, "edition that asked"),
        Column("dataset", _TEXT, "dataset of that edition"),
        Column("freq", _TEXT, "A yearly, M monthly", allowed=FREQUENCIES),
        Column("reporter", _TEXT, "reporter asked for"),
        Column("partner", _TEXT, "partner asked for"),
        Column("flow", _TEXT, "flow asked for", allowed=FLOWS),
        Column("partner_basis", _TEXT, "partner basis asked for", allowed=PARTNER_BASES),
        Column("nomenclature", _TEXT, "CN, HS or TOTAL"),
        Column("product", _TEXT, "product asked for"),
        Column("first_period", pa.date32(), "first period asked for"),
        Column("last_period", pa.date32(), "last period asked for"),
    ),
)

COVERAGE_BLOCK = TableSchema(
    "coverage_block",
    (
        Column("edition", _TEXT, "edition that asked"),
        Column("dataset", _TEXT, "dataset of that edition"),
        Column("freq", _TEXT, "A yearly, M monthly", allowed=FREQUENCIES),
        Column("flow", _TEXT, "flow asked for", allowed=FLOWS),
        Column("partner_basis", _TEXT, "partner basis asked for", allowed=PARTNER_BASES),
        Column("nomenclature", _TEXT, "CN, HS or TOTAL"),
        Column("first_period", pa.date32(), "first period asked for"),
        Column("last_period", pa.date32(), "last period asked for"),
        Column(
            "reporter", _TEXT, "reporter of a pair; empty in the row of a product", nullable=True
        ),
        Column("partner", _TEXT, "partner of a pair; empty in the row of a product", nullable=True),
        Column("product", _TEXT, "product; empty in the row of a pair", nullable=True),
    ),
)

PRODUCT_LABEL = TableSchema(
    "product_label",
    (
        Column("edition", _TEXT, "edition the label came with"),
        Column("nomenclature", _TEXT, "CN, HS or TOTAL"),
        Column("product", _TEXT, "code"),
        Column("label", _TEXT, "the publisher's own words"),
    ),
)

REFUSED = TableSchema(
    "refused",
    (
        Column("edition", _TEXT, "edition the row came with"),
        Column("reason", _TEXT, "short name of the reason"),
        Column("place", _TEXT, "file, sheet and row"),
        Column("detail", _TEXT, "what was found"),
        Column("cells", pa.int64(), "how many cells this entry stands for"),
    ),
)

TABLES = {
    table.name: table for table in (TRADE_FLOW, COVERAGE, COVERAGE_BLOCK, PRODUCT_LABEL, REFUSED)
}
