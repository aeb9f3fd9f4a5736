"""DuckDB, inside this process: the engine every installation has."""

from __future__ import annotations

import secrets
import shutil
import tempfile
import weakref
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb

from throughflow.errors import EngineError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    import pyarrow as pa

    from throughflow.model.schema import TableSchema

BATCH = 1 << 17


class DuckDBEngine:
    """A DuckDB database in memory with views over Parquet; see `Engine` for the methods.

    Attributes:
        connection: DuckDB's own connection.
    """

    def __init__(self, memory: int | None = None) -> None:
        """Start.

        Args:
            memory: Most bytes to hold in memory; None lets DuckDB choose.
        """
        # DuckDB would spill into the current folder, which may be anyone's.
        scratch = Path(tempfile.gettempdir()) / f"throughflow-{secrets.token_hex(8)}"
        settings: dict[str, str | bool | int | float | list[str]] = {
            "autoinstall_known_extensions": False,
            "temp_directory": str(scratch),
            # Every query says its own order at its end; holding the order of the files as well
            # keeps whole row groups waiting in memory.
            "preserve_insertion_order": False,
        }
        if memory is not None:
            settings["memory_limit"] = f"{memory}B"
        self.connection = duckdb.connect(":memory:", config=settings)
        self._end = weakref.finalize(self, _end, self.connection, scratch)

    def add_objects(
        self, table: TableSchema, files: Sequence[Path], *, leave_out: Sequence[str]
    ) -> None:
        """Make a view over Parquet files."""
        if not files:
            self.connection.register(table.name, table.empty())
            return
        in_force = f" where edition not in ({literals(leave_out)})" if leave_out else ""
        sql = (
            f"create view {table.name} as select * "
            f"from read_parquet([{literals(map(str, files))}]){in_force}"
        )
        with _errors(f"table {table.name} cannot be opened", sql):
            self.connection.execute(sql)

    def add_table(self, name: str, table: pa.Table) -> None:
        """Make a small table known by name."""
        self.connection.register(name, table)

    def add_view(self, name: str, sql: str) -> None:
        """Make a view known."""
        with _errors(f"view {name} failed", sql):
            self.connection.execute(sql)

    def add_derived(self, name: str, sql: str) -> None:
        """Work out the rows of a query now and keep them; they may lie in scratch files."""
        with _errors(f"query {name} failed", sql):
            self.connection.execute(f"create table {name} as {sql}")

    def query(
        self,
        name: str,
        sql: str,
        parameters: Mapping[str, Any],
        tables: Mapping[str, pa.Table],
    ) -> pa.Table:
        """Run a query."""
        with self._beside(tables), _errors(f"query {name} failed", sql):
            return self.connection.sql(sql, params=dict(parameters)).to_arrow_table()

    def batches(
        self,
        name: str,
        sql: str,
        parameters: Mapping[str, Any],
        tables: Mapping[str, pa.Table],
    ) -> Iterator[pa.RecordBatch]:
        """Run a query and hand out its rows as they come, so that they need not fit in memory."""
        with self._beside(tables), _errors(f"query {name} failed", sql):
            asked = self.connection.sql(sql, params=dict(parameters))
            yield from asked.to_arrow_reader(BATCH)

    @contextmanager
    def _beside(self, tables: Mapping[str, pa.Table]) -> Iterator[None]:
        for key, table in tables.items():
            self.connection.register(key, table)
        try:
            yield
        finally:
            for key in tables:
                self.connection.unregister(key)

    def close(self) -> None:
        """Close the database and delete its scratch files."""
        self._end()


@contextmanager
def _errors(what: str, sql: str) -> Iterator[None]:
    try:
        yield
    # Arrow's stream hands on what goes wrong while rows are read as an OSError.
    except (duckdb.Error, OSError) as error:
        raise EngineError(f"{what}: {str(error).splitlines()[0]}", sql=sql) from error


def _end(connection: duckdb.DuckDBPyConnection, scratch: Path) -> None:
    connection.close()
    shutil.rmtree(scratch, ignore_errors=True)


def literals(texts: Iterable[str]) -> str:
    """Quote texts as a list of SQL literals."""
    return ", ".join("'" + text.replace("'", "''") + "'" for text in texts)
