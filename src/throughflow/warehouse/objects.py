"""Parquet objects named by their content."""

from __future__ import annotations

import hashlib
import os
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from throughflow.model import schema
from throughflow.warehouse import manifest as manifests
from throughflow.warehouse.manifest import Stored

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

FOLDER = "objects"
# zstd 19 is slow to write and as fast to read as any; a load writes once, findings read often.
COMPRESSION_LEVEL = 9
ROW_GROUP = 1 << 18
# Rows of one table lie in the order in which findings ask for them; it also compresses best.
ENCODINGS = {"value": "BYTE_STREAM_SPLIT", "source_row": "DELTA_BINARY_PACKED"}
ORDER = {
    "trade_flow": (
        "dataset",
        "freq",
        "flow",
        "partner_basis",
        "product",
        "reporter",
        "partner",
        "period",
        "edition",
    ),
    "coverage": ("dataset", "freq", "flow", "partner_basis", "product", "reporter", "partner"),
    "coverage_block": (
        "dataset",
        "edition",
        "freq",
        "flow",
        "partner_basis",
        "nomenclature",
        "first_period",
        "product",
        "reporter",
        "partner",
    ),
    "product_label": ("nomenclature", "product", "edition"),
    "refused": ("edition", "reason", "place"),
}


def put(folder: Path, name: str, table: pa.Table, *, level: int = COMPRESSION_LEVEL) -> Stored:
    """Write a table as an object and return its reference; the same rows give the same file.

    Rows are put in order and texts written out one row group at a time: a table of ten million
    rows is never held twice as plain text.

    Args:
        folder: Warehouse folder.
        name: Canonical table the rows belong to.
        table: Conforming rows.
        level: Compression level of zstd.
    """
    target = folder / FOLDER
    target.mkdir(parents=True, exist_ok=True)
    table = compact(table).unify_dictionaries().combine_chunks()
    order = _order(table, ORDER[name])
    plain = schema.TABLES[name].arrow
    temporary = target / f".{name}.{os.getpid()}.new"
    try:
        with pq.ParquetWriter(
            temporary,
            plain,
            compression="zstd",
            compression_level=level,
            store_schema=False,
            store_decimal_as_integer=True,
            **_encodings(table),
        ) as writer:
            for start in range(0, len(table), ROW_GROUP):
                part = table.take(order[start : start + ROW_GROUP]).cast(plain)
                writer.write_table(part, row_group_size=ROW_GROUP)
        with temporary.open("rb") as stream:
            digest = hashlib.file_digest(stream, "sha256").hexdigest()
            os.fsync(stream.fileno())
        final = target / f"{name}-{digest[:24]}.parquet"
        temporary.replace(final)
    finally:
        temporary.unlink(missing_ok=True)
    manifests.sync_folder(target)
    return Stored(name, final.name, len(table))


def compact(table: pa.Table) -> pa.Table:
    """Hold each word of a text column once; columns that are so already are left alone."""
    for place, column in enumerate(table.schema):
        if column.type == pa.string():
            encoded = table.column(place).dictionary_encode()
            table = table.set_column(place, column.with_type(schema.WORDS), encoded)
    return table


def _order(table: pa.Table, names: Sequence[str]) -> pa.Array:
    """Find the order of rows by some columns, ties as they stand and nulls last.

    Columns are packed into one integer per row: comparing nine texts at every step of a sort takes
    a minute for ten million rows, one integer a second.
    """
    packed = np.zeros(len(table), dtype=np.int64)
    for name in names:
        ranks, width = _ranks(table.column(name))
        if width > 1:
            if int(packed.max(initial=0)) > np.iinfo(np.int64).max // width - 1:
                packed = np.unique(packed, return_inverse=True)[1].astype(np.int64)
            packed = packed * width + ranks
    return pa.array(np.argsort(packed, kind="stable"))


def _ranks(column: pa.ChunkedArray) -> tuple[np.ndarray[tuple[int], np.dtype[np.int64]], int]:
    """Number the values of a column in their order, nulls after all others.

    Returns:
        Ranks, shape (n_rows,), and how many there are.
    """
    encoded = column if pa.types.is_dictionary(column.type) else column.dictionary_encode()
    encoded = encoded.unify_dictionaries()
    if not encoded.num_chunks:
        return np.zeros(0, dtype=np.int64), 0
    words = encoded.chunk(0).dictionary
    rank = np.empty(len(words) + 1, dtype=np.int64)
    rank[pc.sort_indices(words).to_numpy()] = np.arange(len(words))
    rank[-1] = len(words)
    indices = [pc.fill_null(chunk.indices, len(words)).to_numpy() for chunk in encoded.chunks]
    return rank[np.concatenate(indices)], len(rank)


def _encodings(table: pa.Table) -> dict[str, Any]:
    """Choose encodings per column: split bytes for money, deltas for row numbers, else words."""
    special = {name: how for name, how in ENCODINGS.items() if name in table.column_names}
    return {
        "use_dictionary": [name for name in table.column_names if name not in special],
        "column_encoding": special,
    }


def collect_garbage(folder: Path, keep: set[str]) -> list[str]:
    """Delete objects that no manifest refers to, left behind by a load that died.

    Args:
        folder: Warehouse folder.
        keep: File names of the objects in use.

    Returns:
        Names of the files deleted.
    """
    target = folder / FOLDER
    if not target.is_dir():
        return []
    stale = [path for path in sorted(target.iterdir()) if path.name not in keep]
    for path in stale:
        path.unlink()
    return [path.name for path in stale]
