"""What every publisher's reader takes and gives.

A reader recognises a file by its content, never by its name, and turns it into one `Reading`:
canonical rows, the coverage the file could have shown, the publisher's product labels, and every
cell it refused with the reason. A reader never writes and never guesses: an unknown label or a
value that is not a number is refused by name, not dropped.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, BinaryIO, Protocol

from throughflow.errors import InputError, UnrecognisedError
from throughflow.model import schema
from throughflow.sources import hostile

if TYPE_CHECKING:
    from datetime import date
    from pathlib import Path

    import pyarrow as pa
    from python_calamine import CalamineWorkbook

HEAD_BYTES = 65_536


class RawFile:
    """A file on disk that nobody trusts yet.

    Attributes:
        path: Where it lies.
        head: Its first 64 KiB, unpacked if it is compressed with gzip.
        kind: ``"xlsx"``, ``"xls"``, ``"parquet"``, ``"7z"`` or ``"text"``, told by the first bytes.
        packed: Whether it is text compressed with gzip.
    """

    def __init__(self, path: Path) -> None:
        """Look at the first bytes of a file.

        Raises:
            InputError: The path does not exist, is a directory, cannot be read, or is empty.
        """
        self.path = path
        self.head = hostile.read_head(path, HEAD_BYTES)
        self.packed = hostile.is_gzip(self.head)
        if self.packed:
            self.head = hostile.unpack_head(path, HEAD_BYTES)
        self.kind = hostile.kind_of(self.head, path)
        if self.packed and self.kind != "text":
            raise InputError(
                "a workbook or Parquet file inside a compressed file is not read",
                where=str(path),
                remedy="Unpack it",
            )

    @cached_property
    def workbook(self) -> CalamineWorkbook:
        """The file opened as a workbook, after the checks of `hostile`.

        Raises:
            InputError: The workbook is truncated, too large when unpacked, or not a workbook.
        """
        return hostile.open_workbook(self.path, self.kind)

    @cached_property
    def text(self) -> str:
        """The whole file as text (UTF-8, with or without byte order mark).

        Raises:
            InputError: The bytes are not UTF-8; the message gives the offset.
        """
        return hostile.read_text(self.path, packed=self.packed)

    def open(self) -> BinaryIO:
        """Open the file for reading, unpacked on the way if it is compressed.

        Raises:
            InputError: While reading, if what is compressed is damaged or too large.
        """
        return hostile.open_bytes(self.path, packed=self.packed)

    @property
    def first_line(self) -> str:
        """The first line of a text file without its byte order mark; empty for binary files."""
        if self.kind != "text":
            return ""
        line = self.head.split(b"\n", 1)[0]
        return line.decode("utf-8-sig", errors="replace").strip()


@dataclass(frozen=True, slots=True)
class Origin:
    """Who published a file, and which part of which dataset it is.

    Attributes:
        publisher: Official name of the publisher.
        dataset: Stable name of the dataset inside that publisher. Rows of one dataset may
            supersede each other; rows of different datasets never mix.
        title: The publisher's own title of the table.
        as_of: Day the data were extracted or last updated; None when the file does not say.
        note: Anything a reader of a finding must know about this file, or empty.
    """

    publisher: str
    dataset: str
    title: str
    as_of: date | None = None
    note: str = ""


@dataclass(slots=True)
class Refusals:
    """Collects what a reader could not use."""

    rows: list[tuple[str, str, str, int]] = field(default_factory=list)

    def add(self, reason: str, place: str, detail: str, *, cells: int = 1) -> None:
        """Note `cells` refused cells at one place for one reason."""
        self.rows.append((reason, place, detail, cells))

    def table(self) -> pa.Table:
        """Return the refusals as a canonical table; the warehouse fills in the edition."""
        return schema.REFUSED.build(
            {
                "edition": [""] * len(self.rows),
                "reason": [row[0] for row in self.rows],
                "place": [row[1] for row in self.rows],
                "detail": [row[2] for row in self.rows],
                "cells": [row[3] for row in self.rows],
            }
        )


@dataclass(frozen=True, slots=True)
class Reading:
    """One file, read.

    The `edition` column of every table is the empty string: the warehouse names editions.

    Attributes:
        origin: Who published it.
        flows: Rows of `schema.TRADE_FLOW`.
        coverage: Rows of `schema.COVERAGE`: what the file could have shown.
        labels: Rows of `schema.PRODUCT_LABEL`.
        refused: Rows of `schema.REFUSED`.
        cells: How many value cells the file has, recorded or not.
        not_recorded: How many of them say "not recorded".
        blocks: Rows of `schema.COVERAGE_BLOCK`: coverage of a file too dense to list cell by cell.
    """

    origin: Origin
    flows: pa.Table
    coverage: pa.Table
    labels: pa.Table
    refused: pa.Table
    cells: int
    not_recorded: int
    blocks: pa.Table = field(default_factory=schema.COVERAGE_BLOCK.empty)


class Reader(Protocol):
    """Reads one publisher's format."""

    @property
    def name(self) -> str:
        """Short name, such as ``eurostat-data-browser``."""
        ...

    @property
    def version(self) -> str:
        """Raised whenever the same bytes would give different rows."""
        ...

    def recognises(self, file: RawFile) -> bool:
        """Tell from the content whether this reader can read the file. Must be cheap."""
        ...

    def read(self, file: RawFile) -> Reading:
        """Read the whole file.

        Raises:
            InputError: The file is recognised but unusable as a whole.
        """
        ...


def unrecognised(file: RawFile) -> UnrecognisedError:
    """Build the error for a file no reader knows."""
    return UnrecognisedError(
        "no publisher's layout was recognised in this file",
        where=str(file.path),
        remedy="See `throughflow load --help` for the layouts that are read, "
        "or convert it to the generic CSV",
    )
