"""Parquet objects named by their content."""

from __future__ import annotations

import hashlib
import os
from typing import TYPE_CHECKING, Any

import pyarrow.parquet as pq

from throughflow.warehouse import manifest as manifests
from throughflow.warehouse.manifest import Stored

if TYPE_CHECKING:
    from pathlib import Path

    import pyarrow as pa

FOLDER = "objects"
# zstd 19 is slow to write and as fast to read as any; a load writes once, findings read often.
COMPRESSION_LEVEL = 9
ROW_GROUP = 1 << 20
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
    "product_label": ("nomenclature", "product", "edition"),
    "refused": ("edition", "reason", "place"),
}


def put(folder: Path, name: str, table: pa.Table, *, level: int = COMPRESSION_LEVEL) -> Stored:
    """Write a table as an object and return its reference; the same rows give the same file.

    Args:
        folder: Warehouse folder.
        name: Canonical table the rows belong to.
        table: Conforming rows.
        level: Compression level of zstd.
    """
    target = folder / FOLDER
    target.mkdir(parents=True, exist_ok=True)
    table = table.sort_by([(column, "ascending") for column in ORDER[name]])
    temporary = target / f".{name}.{os.getpid()}.new"
    try:
        pq.write_table(
            table,
            temporary,
            compression="zstd",
            compression_level=level,
            row_group_size=ROW_GROUP,
            store_schema=False,
            store_decimal_as_integer=True,
            **_encodings(table),
        )
        with temporary.open("rb") as stream:
            digest = hashlib.file_digest(stream, "sha256").hexdigest()
            os.fsync(stream.fileno())
        final = target / f"{name}-{digest[:24]}.parquet"
        temporary.replace(final)
    finally:
        temporary.unlink(missing_ok=True)
    manifests.sync_folder(target)
    return Stored(name, final.name, len(table))


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
