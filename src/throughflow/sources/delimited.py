"""Delimited text as an Arrow table of texts, one row per record, with the record's number."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import csv

from throughflow.errors import InputError
from throughflow.sources import hostile, reasons

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence

    from throughflow.sources.base import RawFile, Refusals

ROW: Final = "row"
_BYTE_ORDER_MARK: Final = "\ufeff"
_BLOCK_BYTES: Final = 16 * 1024 * 1024


def header(file: RawFile, delimiter: str = ",") -> list[str]:
    """Return the column names of a text file, unquoted; empty for binary files."""
    line = file.first_line.lstrip(_BYTE_ORDER_MARK)
    return [name.strip().strip('"').strip() for name in line.split(delimiter)] if line else []


def read(
    file: RawFile,
    refusals: Refusals,
    *,
    delimiter: str = ",",
    names: Sequence[str] | None = None,
    only: Sequence[str] = (),
    encoded: Collection[str] = (),
) -> pa.Table:
    """Read a whole file without interpreting anything.

    Blank records are left out and counted in the numbering, so that `ROW` is the record's number
    in the file, the header being 1 (a quoted line break does not start a record).

    Args:
        file: A text file whose first record names the columns.
        refusals: Receives records with another number of columns than the header.
        delimiter: One character.
        names: Names for the columns in place of the header's.
        only: Columns to read, in this order; all if empty. The bytes of others are not looked at,
            so that a label in another encoding does no harm. Those that are never blank should
            come first.
        encoded: Columns of few different texts, kept as dictionaries: a tenth of the memory.

    Returns:
        Columns named as in the file (trimmed), of type string or dictionary of strings, and `ROW`
        (int32).

    Raises:
        InputError: Too large, not UTF-8, two columns of one name, or not readable as a table.
    """
    where = str(file.path)
    hostile.check_size(file.path)
    names = list(names or header(file, delimiter))
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise InputError(f"columns named twice: {', '.join(twice)}", where=where)
    if b"\n" not in file.head:  # Arrow does not take a header without a line end
        empty = {name: pa.array([], pa.string()) for name in list(only) or names}
        return pa.table({**empty, ROW: pa.array([], pa.int32())})
    kept = list(only) or names
    skipped: list[int] = []
    try:
        table = read_csv(
            file,
            read_options=csv.ReadOptions(
                # One thread: only then does the handler learn the record's number.
                use_threads=False,
                block_size=_BLOCK_BYTES,
                column_names=names,
                skip_rows=1,
            ),
            parse_options=csv.ParseOptions(
                delimiter=delimiter,
                newlines_in_values=True,
                ignore_empty_lines=False,
                invalid_row_handler=_refuse_into(refusals, skipped, file.path.name),
            ),
            convert_options=csv.ConvertOptions(
                include_columns=kept,
                column_types={
                    name: pa.dictionary(pa.int32(), pa.string()) if name in encoded else pa.string()
                    for name in kept
                },
            ),
        )
    except (pa.ArrowInvalid, pa.ArrowKeyError) as error:
        _ = file.text  # says precisely where, if the encoding is at fault
        raise InputError(
            f"cannot be read as a table ({error})", where=where, remedy="Save it as plain CSV"
        ) from error
    numbers = np.arange(2, 2 + len(table) + len(skipped), dtype=np.int32)
    numbers = np.delete(numbers, [number - 2 for number in skipped])
    table = table.append_column(ROW, pa.array(numbers))
    return table.filter(pc.invert(_is_blank(table, kept)))


def read_csv(file: RawFile, **options: Any) -> pa.Table:
    """Read a file with Arrow, unpacked on the way if it is compressed.

    Args:
        file: A text file.
        options: As for `pyarrow.csv.read_csv`.

    Raises:
        pa.ArrowInvalid: Not readable with these options.
        InputError: What is compressed is damaged or too large.
    """
    if not file.packed:  # Arrow reads a file by its path faster than through Python
        return csv.read_csv(file.path, **options)
    with file.open() as stream:
        return csv.read_csv(stream, **options)


def _refuse_into(
    refusals: Refusals, skipped: list[int], place: str
) -> Callable[[csv.InvalidRow], str]:
    def handle(row: csv.InvalidRow) -> str:
        skipped.append(row.number)
        refusals.add(
            reasons.WRONG_COLUMNS,
            f"{place}, row {row.number}",
            f"{row.actual_columns} instead of {row.expected_columns}: {row.text[:120]}",
        )
        return "skip"

    return handle


def _is_blank(table: pa.Table, names: list[str]) -> pa.Array | pa.ChunkedArray:
    blank: pa.Array | pa.ChunkedArray = pa.array(np.ones(len(table), dtype=bool))
    for name in names:
        texts = table.column(name)
        if pa.types.is_dictionary(texts.type):
            texts = texts.cast(pa.string())
        blank = pc.and_(blank, pc.equal(texts, ""))
        if not pc.any(blank).as_py():
            break
    return blank
