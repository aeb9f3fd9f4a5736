"""Write the data files so that the same input always gives the same bytes."""

from __future__ import annotations

import csv
import gzip
import io
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path


def csv_bytes(header: Iterable[str], rows: Iterable[Iterable[object]]) -> bytes:
    """Return rows as UTF-8 CSV with Unix line ends."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(rows)
    return text.getvalue().encode("utf-8")


def write_csv(path: Path, header: Iterable[str], rows: Iterable[Iterable[object]]) -> None:
    """Write a CSV file."""
    path.write_bytes(csv_bytes(header, rows))


def write_csv_gz(path: Path, header: Iterable[str], rows: Iterable[Iterable[object]]) -> None:
    """Write a gzipped CSV file without a time stamp or a file name inside."""
    path.write_bytes(gzip.compress(csv_bytes(header, rows), compresslevel=9, mtime=0))
