"""Parquet files of others, opened with the same suspicion as any file, and read as texts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import parquet

from throughflow.errors import InputError
from throughflow.sources import hostile
from throughflow.sources.sieve import ROW

if TYPE_CHECKING:
    from collections.abc import Sequence

    from throughflow.sources.base import RawFile

MAX_UNPACKED_BYTES: Final = 4 * 1024**3


def names(file: RawFile) -> list[str]:
    """Return the column names as the file writes them, trimmed; empty if it is no Parquet file.

    Raises:
        InputError: The file begins like Parquet and is truncated or damaged.
    """
    if file.kind != "parquet":
        return []
    return [name.strip() for name in _open(file).schema_arrow.names]


def read(file: RawFile) -> pa.Table:
    """Read a whole file, columns as they are, with `ROW` numbered from 1.

    Raises:
        InputError: Truncated, damaged, or larger than `MAX_UNPACKED_BYTES` when unpacked.
    """
    opened = _open(file)
    groups = range(opened.metadata.num_row_groups)
    size = sum(opened.metadata.row_group(group).total_byte_size for group in groups)
    if size > MAX_UNPACKED_BYTES:
        raise InputError(
            f"the Parquet file unpacks to {size / 1e9:,.1f} GB",
            where=str(file.path),
            remedy="Split it, for example by year",
        )
    try:
        table = opened.read()
    except (pa.ArrowInvalid, OSError) as error:
        raise InputError(f"the Parquet file is damaged ({error})", where=str(file.path)) from error
    table = table.rename_columns([name.strip() for name in table.column_names])
    return table.append_column(ROW, pa.array(np.arange(1, len(table) + 1, dtype=np.int32)))


def texts(file: RawFile, columns: Sequence[str]) -> pa.Table:
    """Read some columns as texts, null as blank, numbers as their shortest decimal, and `ROW`.

    Raises:
        InputError: See `read`; or a column has a type that is neither text, number nor day.
    """
    table = read(file)
    found = {name: as_text(table.column(name), name, file) for name in columns}
    return pa.table({ROW: table.column(ROW), **found})


def as_text(values: pa.ChunkedArray, name: str, file: RawFile) -> pa.ChunkedArray:
    """Write a column as trimmed texts, null as blank.

    Raises:
        InputError: The type is neither text, number nor day.
    """
    if pa.types.is_dictionary(values.type):
        values = values.cast(values.type.value_type)
    try:
        if pa.types.is_timestamp(values.type):
            values = values.cast(pa.timestamp("s"), safe=False).cast(pa.date32())
        written = values if pa.types.is_string(values.type) else values.cast(pa.string())
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError) as error:
        raise InputError(
            f"column {name} has the type {values.type}, a text or number is expected",
            where=str(file.path),
        ) from error
    return pc.utf8_trim_whitespace(pc.fill_null(written, ""))


def _open(file: RawFile) -> parquet.ParquetFile:
    hostile.check_size(file.path)
    try:
        return parquet.ParquetFile(file.path)
    except (pa.ArrowInvalid, OSError) as error:
        raise InputError(
            "the Parquet file is truncated or damaged",
            where=str(file.path),
            remedy="Write it again",
        ) from error
