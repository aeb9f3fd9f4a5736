"""Engines that answer the package's SQL: DuckDB in this process, Spark where a cluster is.

Everything above sees one small interface, `Engine`, and equal tables from either side. What the
two understand differently is settled in `dialect`, nowhere else.
"""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING, Any, Protocol

from throughflow.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    import pyarrow as pa

    from throughflow.model.schema import TableSchema

NAMES = ("duckdb", "spark")
DEFAULT = "duckdb"
MEMORY = "THROUGHFLOW_MEMORY_LIMIT"
UNITS = {
    "KB": 10**3, "MB": 10**6, "GB": 10**9, "TB": 10**12,
    "KIB": 2**10, "MIB": 2**20, "GIB": 2**30, "TIB": 2**40,
}  # fmt: skip
SIZE = re.compile(r"\s*(\d+(?:\.\d+)?)\s*([KMGT]I?B)\s*", re.IGNORECASE)


class Engine(Protocol):
    """What a warehouse asks of an engine. Tables and views live until `close`."""

    def add_objects(
        self, table: TableSchema, files: Sequence[Path], *, leave_out: Sequence[str]
    ) -> None:
        """Make Parquet files known as one table.

        Args:
            table: Name and columns.
            files: The files; none makes an empty table.
            leave_out: Editions whose rows are not to be seen.

        Raises:
            EngineError: A file is damaged, as far as the engine looks now.
        """

    def add_table(self, name: str, table: pa.Table) -> None:
        """Make a small table known by name."""

    def add_view(self, name: str, sql: str) -> None:
        """Make a view known.

        Args:
            name: Name of the file the text comes from, for messages.
            sql: A ``create view`` statement in DuckDB's dialect.
        """

    def add_derived(self, name: str, sql: str) -> None:
        """Make the rows of a query known as a table, worked out once where that is cheaper.

        Args:
            name: Name of the table, and of the file the text comes from.
            sql: A ``select`` in DuckDB's dialect.
        """

    def query(
        self,
        name: str,
        sql: str,
        parameters: Mapping[str, Any],
        tables: Mapping[str, pa.Table],
    ) -> pa.Table:
        """Run a query.

        Args:
            name: Name of the query, for messages.
            sql: A ``select`` in DuckDB's dialect.
            parameters: Values of its ``$name`` parameters: text, dates, numbers, lists of them.
            tables: Small tables the query joins, known only while it runs.

        Returns:
            The rows in the query's order, with the columns and types DuckDB gives them.

        Raises:
            EngineError: It failed, or uses a construct the engine does not have.
        """

    def batches(
        self,
        name: str,
        sql: str,
        parameters: Mapping[str, Any],
        tables: Mapping[str, pa.Table],
    ) -> Iterator[pa.RecordBatch]:
        """Run a query as `query` does and hand out the rows piece by piece."""

    def close(self) -> None:
        """Let go of everything, scratch files included."""


def make(name: str, memory_limit: str | None = None) -> Engine:
    """Start an engine.

    Args:
        name: One of `NAMES`.
        memory_limit: Size such as ``2GB``; None takes ``THROUGHFLOW_MEMORY_LIMIT``, else the
            engine's own choice. DuckDB goes on in scratch files beyond it; Spark gives it to the
            driver of a session started here, and has none over a session of the user's.

    Raises:
        InputError: The name is unknown, or the limit is not a size.
        MissingExtraError: The engine is not installed.
    """
    check_name(name)
    memory = memory_bytes(memory_limit)
    if name == "spark":
        from throughflow.warehouse.engines.spark import SparkEngine  # noqa: PLC0415 - an extra

        return SparkEngine(memory)
    from throughflow.warehouse.engines.duckdb import DuckDBEngine  # noqa: PLC0415 - imports this

    return DuckDBEngine(memory)


def check_name(name: str) -> None:
    """Refuse a name that is no engine.

    Raises:
        InputError: It is unknown.
    """
    if name not in NAMES:
        raise InputError.unknown("engine", name, NAMES, where="engine")


def memory_bytes(given: str | None) -> int | None:
    """Return a memory limit in bytes, from what was given or else the environment.

    Raises:
        InputError: It is not a size, or less than any engine starts with.
    """
    text, where = (given, "memory_limit") if given else (os.environ.get(MEMORY), MEMORY)
    if not text:
        return None
    found = SIZE.fullmatch(text)
    size = int(float(found[1]) * UNITS[found[2].upper()]) if found else 0
    if size < UNITS["MB"]:
        raise InputError(
            f"{text!r} is not a size of at least 1MB",
            where=where,
            remedy="Write a number and a unit, such as 500MB or 2GB",
        )
    return size
