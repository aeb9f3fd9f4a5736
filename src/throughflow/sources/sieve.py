"""Texts in, canonical columns out, and every cell that falls through is named.

A reader puts the cells of its file into one long table, one row per value cell, and lets each
column through a step of the `Sieve`. Work is done per distinct text or per Arrow column, never
per row, unless rows are refused.
"""

from __future__ import annotations

import re
from decimal import ROUND_HALF_EVEN, Decimal, InvalidOperation
from typing import TYPE_CHECKING, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from throughflow.model import schema
from throughflow.sources import reasons

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence
    from datetime import date

    from throughflow.sources.base import Refusals

# Columns that say where a cell stands; all but the row are optional.
ROW: Final = "row"
SHEET: Final = "sheet"
CELL: Final = "cell"

KEY: Final = (
    "freq",
    "period",
    "reporter",
    "partner",
    "flow",
    "partner_basis",
    "nomenclature",
    "nomenclature_edition",
    "product",
)

_PLAIN_NUMBER: Final = r"^[+-]?[0-9]{1,15}(\.[0-9]{0,18})?$"
_NUMBER: Final = re.compile(r"^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d{1,3})?$", re.ASCII)
_CENT: Final = Decimal("0.01")
_LARGEST: Final = Decimal(10) ** 16
# A refusal entry names so many rows, and a reason so many different texts, before it only counts.
_PLACES_SHOWN: Final = 5
_TEXTS_SHOWN: Final = 500


def exact(text: str, units: int = 1) -> Decimal | None:
    """Read a number and scale it exactly, rounded half-even to cents.

    Args:
        text: Digits with a decimal point, with or without exponent.
        units: What one unit of the text stands for, such as 1000.

    Returns:
        The amount, or None if the text is not a finite number.
    """
    if not _NUMBER.match(text):
        return None
    try:
        return (Decimal(text) * units).quantize(_CENT, rounding=ROUND_HALF_EVEN)
    except InvalidOperation:  # more digits than the context holds: far beyond any trade value
        return _LARGEST


class Sieve:
    """The cells of one file on their way to canonical rows.

    Attributes:
        rows: What is left, one row per value cell, with `ROW` and where it applies `SHEET`, `CELL`.
        refusals: Where refused cells are noted.
        place: Name of the file, for the places of refused cells.
        not_recorded: Cells that said "not recorded".
        holes: Columns of `KEY` of cells that were refused after their key was known: what the
            file said there is unusable, so coverage must not claim "nothing was recorded".
    """

    def __init__(self, rows: pa.Table, refusals: Refusals, place: str) -> None:
        self.rows = rows
        self.place = place
        self.refusals = refusals
        self.not_recorded = 0
        self.holes: list[pa.Table] = []

    def translate(
        self,
        column: str,
        convert: Callable[[str], object],
        reason: str,
        *,
        into: str | None = None,
        to: pa.DataType | None = None,
    ) -> None:
        """Replace a column of texts by what each distinct text means, refusing the unknown ones.

        Args:
            column: Column to read.
            convert: Meaning of one text, None if it has none.
            reason: Why rows whose text has no meaning are refused.
            into: Column to write, `column` itself if not given.
            to: Arrow type of the meanings, string if not given.
        """
        meaning = meanings(self.rows.column(column), convert, to or pa.string())
        if meaning.null_count:
            known = meaning.is_valid()
            self.refuse(pc.invert(known), reason, column)
            meaning = meaning.filter(known)
        self.put(into or column, meaning)

    def put(self, column: str, values: pa.Array | pa.ChunkedArray | str) -> None:
        """Set a column, to an array or to one text throughout."""
        if isinstance(values, str):
            values = pa.repeat(pa.scalar(values), len(self.rows))
        if column in self.rows.column_names:
            self.rows = self.rows.set_column(self.rows.column_names.index(column), column, values)
        else:
            self.rows = self.rows.append_column(column, values)

    def refuse(self, mask: pa.Array | pa.ChunkedArray, reason: str, column: str) -> None:
        """Take rows out and note them, one entry per distinct text of `column`."""
        mask = pc.fill_null(mask, fill_value=False)
        refused = self.rows.filter(mask)
        if not len(refused):
            return
        self.rows = self.rows.filter(pc.invert(mask))
        if set(KEY) <= set(refused.column_names):
            self.holes.append(refused.select(KEY))
        self._note(refused, reason, column)

    def _note(self, refused: pa.Table, reason: str, column: str) -> None:
        places: dict[str, list[str]] = {}
        counts: dict[str, int] = {}
        texts = refused.column(column).cast(pa.string()).to_pylist()
        sheets = _texts(refused, SHEET)
        cells = _texts(refused, CELL)
        rows = refused.column(ROW).to_pylist()
        for text, sheet, row, cell in zip(texts, sheets, rows, cells, strict=True):
            detail = f"{column.removeprefix('raw_').replace('_', ' ')} {(text or '')[:120]!r}"
            if detail not in counts and len(counts) >= _TEXTS_SHOWN:
                detail = f"{column.replace('_', ' ')}: further texts"
            counts[detail] = counts.get(detail, 0) + 1
            shown = places.setdefault(detail, [])
            if len(shown) < _PLACES_SHOWN:
                shown.append(
                    ", ".join(
                        part
                        for part in (f"sheet {sheet}" if sheet else "", f"row {row}", cell)
                        if part
                    )
                )
        for detail, count in counts.items():
            shown = list(dict.fromkeys(places[detail]))
            more = " and further" if count > len(places[detail]) else ""
            place = f"{self.place}, {'; '.join(shown)}{more}"
            self.refusals.add(reason, place, detail, cells=count)

    def drop_not_recorded(self, column: str, marks: Collection[str]) -> None:
        """Count and take out the cells that hold one of the format's marks for "not recorded"."""
        absent = pc.is_in(self.rows.column(column), value_set=pa.array(sorted(marks), pa.string()))
        self.not_recorded += pc.sum(absent).as_py() or 0
        self.rows = self.rows.filter(pc.invert(absent))

    def money(self, column: str, *, units: int = 1, into: str = "value") -> None:
        """Read a column of number texts as exact money, refusing texts, negatives and giants.

        Args:
            column: Texts with a decimal point and no thousands separators.
            units: What one unit of the text stands for.
            into: Column to write, of type `schema.MONEY`.
        """
        texts = pc.utf8_trim_whitespace(self.rows.column(column))
        if units == 1 and pc.all(pc.match_substring_regex(texts, _PLAIN_NUMBER)).as_py():
            amounts = pc.round(
                texts.cast(pa.decimal128(38, 18)), ndigits=2, round_mode="half_to_even"
            )
        else:
            wide = meanings(texts, lambda text: exact(text, units), pa.decimal256(60, 2))
            self.refuse(wide.is_null(), reasons.NOT_A_NUMBER, column)
            wide = wide.drop_null()
            large = pc.greater_equal(pc.abs(wide), pa.scalar(_LARGEST, wide.type))
            self.refuse(large, reasons.TOO_LARGE, column)
            amounts = wide.filter(pc.invert(large))
        amounts = amounts.cast(schema.MONEY)
        negative = pc.less(amounts, pa.scalar(Decimal(0), schema.MONEY))
        self.refuse(negative, reasons.NEGATIVE, column)
        self.put(into, amounts.filter(pc.invert(negative)))

    def floats(self, column: str) -> None:
        """Read an optional column of number texts as doubles in place; blank is null."""
        texts = pc.utf8_trim_whitespace(self.rows.column(column))
        texts = pc.if_else(pc.equal(texts, ""), pa.scalar(None, pa.string()), texts)
        if pc.all(pc.match_substring_regex(texts, _PLAIN_NUMBER)).as_py():
            numbers = texts.cast(pa.float64())
        else:
            numbers = meanings(
                texts, lambda text: float(text) if _NUMBER.match(text) else None, pa.float64()
            )
        bad = pc.and_(texts.is_valid(), numbers.is_null())
        self.refuse(bad, reasons.NOT_A_NUMBER, column)
        numbers = numbers.filter(pc.invert(bad))
        negative = pc.fill_null(pc.less(numbers, 0.0), fill_value=False)
        self.refuse(negative, reasons.NEGATIVE, column)
        self.put(column, numbers.filter(pc.invert(negative)))

    def refuse_after(self, day: date) -> None:
        """Refuse periods that begin after a day; `period` must be translated already."""
        late = pc.greater(self.rows.column("period"), pa.scalar(day))
        self.refuse(late, reasons.FUTURE_PERIOD, "period")

    def one_row_per_key(self, content: Sequence[str] = ("value", "currency")) -> None:
        """Keep the first of identical rows; refuse every row of a key whose rows differ.

        Args:
            content: Columns that make two rows of one key identical or not.
        """
        if len(self.rows) < 2:
            return
        keys = row_numbers([self.rows.column(name) for name in KEY])
        _, first, inverse, counts = np.unique(
            keys, return_index=True, return_inverse=True, return_counts=True
        )
        if len(first) == len(keys):
            return
        contents = row_numbers([self.rows.column(name) for name in content])
        differs = contents != contents[first][inverse]
        in_conflict = (np.bincount(inverse, weights=differs) > 0)[inverse]
        is_first = np.zeros(len(keys), dtype=bool)
        is_first[first] = True
        repeated = ~in_conflict & ~is_first & (counts[inverse] > 1)
        self.put("key", _key_texts(self.rows, in_conflict | repeated))
        # A repeated row is kept once, so it leaves no hole; a conflict does.
        kept_holes = list(self.holes)
        self.refuse(pa.array(repeated), reasons.DUPLICATE, "key")
        self.holes = kept_holes
        self.refuse(pa.array(in_conflict[~repeated]), reasons.CONFLICT, "key")
        self.rows = self.rows.drop_columns(["key"])

    def refuse_incomplete(self) -> None:
        """Refuse the lines of every key of which another line was refused.

        For formats whose lines of one key are parts to be added up: without one of them the sum
        would look whole and be too small.
        """
        if not self.holes or not len(self.rows):
            return
        holes = pa.concat_tables(self.holes)
        both = pa.concat_tables([holes, self.rows.select(KEY)])
        numbers = row_numbers([both.column(name) for name in KEY])
        torn = np.isin(numbers[len(holes) :], numbers[: len(holes)])
        self.refuse(pa.array(torn), reasons.INCOMPLETE, "value")

    def lost(self) -> list[pa.Table]:
        """Return the holes that no readable row of the same key has filled."""
        if not self.holes:
            return []
        holes = pa.concat_tables(self.holes)
        both = pa.concat_tables([holes, self.rows.select(KEY)])
        numbers = row_numbers([both.column(name) for name in KEY])
        filled = np.isin(numbers[: len(holes)], numbers[len(holes) :])
        return [holes.filter(pa.array(~filled))]

    def flows(self, dataset: str) -> pa.Table:
        """Return what is left as rows of `schema.TRADE_FLOW`, all of one dataset."""
        renamed = {SHEET: "source_sheet", ROW: "source_row"}
        columns = {
            renamed.get(name, name): self.rows.column(name) for name in self.rows.column_names
        }
        known = {c.name for c in schema.TRADE_FLOW.columns}
        columns = {name: values for name, values in columns.items() if name in known}
        for name, text in (("edition", ""), ("dataset", dataset)):
            columns[name] = pa.repeat(pa.scalar(text), len(self.rows))
        return schema.TRADE_FLOW.build(columns)


def meanings(
    texts: pa.Array | pa.ChunkedArray, convert: Callable[[str], object], to: pa.DataType
) -> pa.ChunkedArray:
    """Convert each distinct text once; null stays null."""
    encoded = pa.chunked_array([texts]) if isinstance(texts, pa.Array) else texts
    encoded = encoded.dictionary_encode().unify_dictionaries()
    if not encoded.num_chunks:
        return pa.chunked_array([], to)
    words = encoded.chunk(0).dictionary.to_pylist()
    values = pa.array([None if word is None else convert(word) for word in words], to)
    return pa.chunked_array([values.take(chunk.indices) for chunk in encoded.chunks], to)


def row_numbers(columns: Sequence[pa.ChunkedArray]) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    """Number rows so that two rows have one number exactly if all their columns agree.

    Returns:
        Integers, shape (n_rows,).
    """
    length = len(columns[0])
    numbers = np.zeros(length, dtype=np.int64)
    for column in columns:
        combined = column.combine_chunks()
        codes = combined.dictionary_encode(null_encoding="encode").indices.to_numpy()
        width = int(codes.max(initial=0)) + 1
        if width == 1:
            continue
        if int(numbers.max(initial=0)) > np.iinfo(np.int64).max // width - 1:
            numbers = np.unique(numbers, return_inverse=True)[1].astype(np.int64)
        numbers = numbers * width + codes
    return numbers


def _texts(table: pa.Table, column: str) -> list[str]:
    if column not in table.column_names:
        return [""] * len(table)
    return [text or "" for text in table.column(column).to_pylist()]


def _key_texts(
    rows: pa.Table, shown: np.ndarray[tuple[int], np.dtype[np.bool_]]
) -> pa.ChunkedArray:
    """Write the key of the shown rows as one text each; empty elsewhere."""
    texts = np.full(len(rows), "", dtype=object)
    chosen = np.flatnonzero(shown)
    part = rows.select(KEY).take(pa.array(chosen)).to_pylist()
    texts[chosen] = [
        " ".join(
            str(row[name])
            for name in (
                "reporter",
                "flow",
                "partner",
                "freq",
                "period",
                "product",
                "partner_basis",
            )
        )
        for row in part
    ]
    return pa.chunked_array([pa.array(texts.tolist(), pa.string())])
