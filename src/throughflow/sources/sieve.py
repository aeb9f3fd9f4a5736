"""Texts in, canonical columns out, and every cell that falls through is named.

A reader puts the cells of its file into one long table, one row per value cell, and lets each
column through a step of the `Sieve`. Work is done per distinct text or per Arrow column, never
per row, unless rows are refused.
"""

from __future__ import annotations

import re
from decimal import ROUND_HALF_EVEN, Decimal, InvalidOperation, Overflow
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
_DETAIL_LENGTH: Final = 120


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
    except (
        InvalidOperation,
        Overflow,
    ):  # more digits than the context holds: far beyond any trade value
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
        """Enter refused rows in order of first appearance, one entry per distinct text."""
        name = column.removeprefix("raw_").replace("_", " ")
        texts = pc.fill_null(refused.column(column).cast(pa.string()), "").combine_chunks()
        shown = [text[:_DETAIL_LENGTH] for text in pc.unique(texts).to_pylist()]
        details = list(dict.fromkeys(f"{name} {text!r}" for text in shown))
        entry = {detail: number for number, detail in enumerate(details[:_TEXTS_SHOWN])}
        if len(details) > _TEXTS_SHOWN:
            entry[f"{name}: further texts"] = _TEXTS_SHOWN
        of_text = np.array([entry.get(f"{name} {text!r}", _TEXTS_SHOWN) for text in shown])
        entries = of_text[texts.dictionary_encode().indices.to_numpy()]
        order = np.argsort(entries, kind="stable")
        starts = np.flatnonzero(np.diff(entries[order], prepend=-1))
        for start, end in zip(starts, np.append(starts[1:], len(order)), strict=True):
            places = _places(refused, order[start : start + _PLACES_SHOWN])
            more = " and further" if end - start > _PLACES_SHOWN else ""
            detail = list(entry)[entries[order[start]]]
            place = f"{self.place}, {'; '.join(dict.fromkeys(places))}{more}"
            self.refusals.add(reason, place, detail, cells=int(end - start))

    def drop_not_recorded(self, column: str, marks: Collection[str]) -> None:
        """Count and take out the cells that hold one of the format's marks for "not recorded"."""
        absent = pc.is_in(self.rows.column(column), value_set=pa.array(sorted(marks), pa.string()))
        self.not_recorded += pc.sum(absent).as_py() or 0
        self.rows = self.rows.filter(pc.invert(absent))

    def drop_null(self, column: str) -> None:
        """Count and take out the cells of a typed column that hold nothing."""
        absent = self.rows.column(column).null_count
        if absent:
            self.not_recorded += absent
            self.rows = self.rows.filter(self.rows.column(column).is_valid())

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

    def one_row_per_key(
        self,
        content: Sequence[str] = ("value", "currency"),
        *,
        key: Sequence[str] = KEY,
    ) -> None:
        """Keep the first of identical rows; refuse every row of a key whose rows differ.

        Args:
            content: Columns that make two rows of one key identical or not.
            key: Columns that name a row, where the format has more than the canonical ones.
        """
        if len(self.rows) < 2:
            return
        keys = row_numbers([self.rows.column(name) for name in key])
        ordered = np.sort(keys)
        if (ordered[1:] != ordered[:-1]).all():
            return
        _, first, inverse, counts = np.unique(
            keys, return_index=True, return_inverse=True, return_counts=True
        )
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
        both = pa.concat_tables([holes, self.rows.select(KEY)], promote_options="permissive")
        numbers = row_numbers([both.column(name) for name in KEY])
        lost, read = numbers[: len(holes)], numbers[len(holes) :]
        # Holes are few and rows may be millions: look the rows up among the holes first.
        ordered = np.sort(lost)
        at = np.minimum(np.searchsorted(ordered, read), len(ordered) - 1)
        filled = np.isin(lost, read[ordered[at] == read])
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
            columns[name] = constant(text, len(self.rows))
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


def coded(
    texts: pa.Array | pa.ChunkedArray, convert: Callable[[object], str | None]
) -> pa.ChunkedArray:
    """Convert each distinct value once and keep the words apart from the rows.

    Returns:
        Texts of type `schema.WORDS`, each word once; null where a value is null or has no meaning.
    """
    encoded = pa.chunked_array([texts]) if isinstance(texts, pa.Array) else texts
    encoded = encoded.dictionary_encode().unify_dictionaries()
    if not encoded.num_chunks:
        return pa.chunked_array([], schema.WORDS)
    meant = [
        None if value is None else convert(value)
        for value in encoded.chunk(0).dictionary.to_pylist()
    ]
    words = list(dict.fromkeys(word for word in meant if word is not None))
    number = {word: place for place, word in enumerate(words)}
    place = pa.array([None if word is None else number[word] for word in meant], pa.int32())
    dictionary = pa.array(words, pa.string())
    return pa.chunked_array(
        [
            pa.DictionaryArray.from_arrays(place.take(chunk.indices), dictionary)
            for chunk in encoded.chunks
        ],
        schema.WORDS,
    )


def constant(text: str, length: int) -> pa.DictionaryArray:
    """Return one text for every row, held once."""
    indices = pa.array(np.zeros(length, dtype=np.int32))
    return pa.DictionaryArray.from_arrays(indices, pa.array([text], pa.string()))


def row_numbers(columns: Sequence[pa.ChunkedArray]) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    """Number rows so that two rows have one number exactly if all their columns agree.

    Returns:
        Integers, shape (n_rows,).
    """
    length = len(columns[0])
    numbers = np.zeros(length, dtype=np.int64)
    for column in columns:
        codes = _codes(column)
        width = int(codes.max(initial=0)) + 1
        if width == 1:
            continue
        if int(numbers.max(initial=0)) > np.iinfo(np.int64).max // width - 1:
            numbers = np.unique(numbers, return_inverse=True)[1].astype(np.int64)
        numbers = numbers * width + codes
    return numbers


def _codes(column: pa.ChunkedArray) -> np.ndarray[tuple[int], np.dtype[np.int32]]:
    """Number the distinct values of a column from 0, null being one of them."""
    if pa.types.is_dictionary(column.type):
        encoded = column.unify_dictionaries().combine_chunks()
        indices = encoded.indices if isinstance(encoded, pa.DictionaryArray) else None
        if indices is None or not len(encoded):
            return np.zeros(0, dtype=np.int32)
        return np.asarray(pc.fill_null(indices, len(encoded.dictionary)).to_numpy())
    combined = column.combine_chunks()
    return np.asarray(combined.dictionary_encode(null_encoding="encode").indices.to_numpy())


def _places(refused: pa.Table, numbers: np.ndarray[tuple[int], np.dtype[np.int64]]) -> list[str]:
    """Say where some rows stand: sheet, row and cell, as far as the format has them."""
    some = refused.select([n for n in (SHEET, ROW, CELL) if n in refused.column_names])
    return [
        ", ".join(
            part
            for part in (
                f"sheet {row[SHEET]}" if row.get(SHEET) else "",
                f"row {row[ROW]}",
                row.get(CELL) or "",
            )
            if part
        )
        for row in some.take(pa.array(numbers)).to_pylist()
    ]


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
