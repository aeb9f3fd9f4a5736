"""A warehouse: a folder of immutable Parquet behind one manifest, questioned in SQL."""

from __future__ import annotations

import os
from contextlib import contextmanager
from dataclasses import replace
from functools import cache
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import pyarrow as pa

from throughflow.errors import DataError, EngineError, InputError
from throughflow.model import schema
from throughflow.reference import fx
from throughflow.warehouse import engines, objects
from throughflow.warehouse import manifest as manifests
from throughflow.warehouse.answers import Answers
from throughflow.warehouse.engines.duckdb import DuckDBEngine

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    import duckdb

    from throughflow.warehouse.engines import Engine
    from throughflow.warehouse.manifest import Manifest

ENVIRONMENT = "THROUGHFLOW_WAREHOUSE"
ENGINE = "THROUGHFLOW_ENGINE"
DEFAULT_FOLDER = "throughflow-data"
SAMPLE = "embedded sample"
CURRENT = "trade_current"
RANGES = "coverage_range"


def sample_folder() -> Path:
    """Return the folder of the sample that ships with the package."""
    return Path(str(resources.files("throughflow.reference") / "data" / "sample"))


def choose_folder(given: str | os.PathLike[str] | None) -> Path:
    """Pick the warehouse folder: the one given, the environment's, ./throughflow-data, the sample.

    Raises:
        InputError: A folder was named and it holds no warehouse.
    """
    named = given or os.environ.get(ENVIRONMENT)
    if named:
        folder = Path(named)
        if not (folder / manifests.NAME).is_file():
            raise InputError(
                "there is no warehouse here",
                where=str(folder),
                remedy=f"Make one with: throughflow load FILES --warehouse {folder}",
            )
        return folder
    local = Path(DEFAULT_FOLDER)
    return local if (local / manifests.NAME).is_file() else sample_folder()


@cache
def sql_text(package: str, name: str) -> str:
    """Return the text of a query that ships with the package.

    Args:
        package: Package whose ``sql`` folder holds it, such as ``throughflow.trade``.
        name: File name without ``.sql``.
    """
    return (resources.files(package) / "sql" / f"{name}.sql").read_text(encoding="utf-8")


class Warehouse:
    """What a folder holds, frozen at the moment of opening.

    Attributes:
        folder: Where it lies.
        manifest: What it held when it was opened.
        engine: Name of the engine that answers.
    """

    def __init__(
        self, folder: Path, *, engine: str = engines.DEFAULT, memory_limit: str | None = None
    ) -> None:
        """Open a folder; use `open_warehouse` to have the folder chosen.

        Args:
            folder: Where it lies.
            engine: ``duckdb`` or ``spark``; it starts with the first question.
            memory_limit: See `throughflow.warehouse.engines.make`.

        Raises:
            InputError: The engine is unknown, or the limit is not a size.
            DataError: The manifest is damaged.
        """
        engines.check_name(engine)
        engines.memory_bytes(memory_limit)
        self.folder = folder
        self.manifest: Manifest = manifests.read(folder)
        self.engine = engine
        self._memory_limit = memory_limit
        self._engine: Engine | None = None
        self._is_settled = False
        self._answers = Answers()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the engine, and of the answers held."""
        self._answers.clear()
        if self._engine is not None:
            self._engine.close()
            self._engine, self._is_settled = None, False

    @property
    def name(self) -> str:
        """The folder's path, or ``embedded sample``."""
        return SAMPLE if self.is_sample else str(self.folder)

    @property
    def is_sample(self) -> bool:
        """Whether this is the sample that ships with the package."""
        return self.folder == sample_folder()

    def load(self, *paths: str | os.PathLike[str]) -> object:
        """Load files or folders into this warehouse; see `throughflow.warehouse.loading.load`.

        Raises:
            InputError: This is the embedded sample, which is read-only.
        """
        from throughflow.warehouse.loading import load  # noqa: PLC0415 - loading imports this

        if self.is_sample:
            raise InputError(
                "the embedded sample is read-only",
                remedy="Open a folder of your own: throughflow.open('my-warehouse', create=True)",
            )
        report = load([Path(path) for path in paths], self.folder)
        self.close()
        self.manifest = manifests.read(self.folder)
        return report

    def query(
        self,
        package: str,
        name: str,
        *,
        parameters: Mapping[str, Any] | None = None,
        tables: Mapping[str, pa.Table] | None = None,
    ) -> pa.Table:
        """Run a query that ships with the package.

        Args:
            package: Package whose ``sql`` folder holds the query.
            name: File name without ``.sql``.
            parameters: Values for the query's ``$name`` parameters.
            tables: Small tables the query joins, by name.

        Raises:
            EngineError: The query failed; the error keeps the text.
        """
        sql = sql_text(package, name)
        values, beside = parameters or {}, tables or {}
        with self._placed():
            return self._answers.get(
                sql, values, beside, lambda: self._started(sql).query(name, sql, values, beside)
            )

    def query_batches(
        self,
        package: str,
        name: str,
        *,
        parameters: Mapping[str, Any] | None = None,
        tables: Mapping[str, pa.Table] | None = None,
    ) -> Iterator[pa.RecordBatch]:
        """Run a query as `query` does, for results larger than memory.

        DuckDB hands out rows as they come; Spark collects them first. Read to the end, or close
        the iterator, before the next question.

        Raises:
            EngineError: The query failed; the error keeps the text.
        """
        sql = sql_text(package, name)
        with self._placed():
            yield from self._started(sql).batches(name, sql, parameters or {}, tables or {})

    @contextmanager
    def _placed(self) -> Iterator[None]:
        """Add to an engine's error where it happened."""
        try:
            yield
        except EngineError as error:
            error.where = error.where or self.name
            raise

    def _connect(self) -> duckdb.DuckDBPyConnection:
        """Return DuckDB's own connection, for looking at tables by hand."""
        started = self._started(CURRENT)
        if not isinstance(started, DuckDBEngine):
            raise EngineError("only engine duckdb has a connection", sql="", where=self.engine)
        return started.connection

    def _started(self, sql: str) -> Engine:
        """Start the engine unless it runs already, with what a text asks for made known."""
        if self._engine is None:
            engine = engines.make(self.engine, self._memory_limit)
            try:
                self._fill(engine)
            except BaseException:
                engine.close()
                raise
            self._engine = engine
        if not self._is_settled and CURRENT in sql:
            self._settle(self._engine)
        return self._engine

    def _fill(self, engine: Engine) -> None:
        replaced = sorted(self.manifest.replaced)
        for table in schema.TABLES.values():
            files = [
                self.folder / objects.FOLDER / stored.file
                for stored in self.manifest.objects
                if stored.table == table.name and stored.rows
            ]
            missing = [file for file in files if not file.is_file()]
            if missing:
                raise DataError(
                    f"objects named in the manifest are missing ({len(missing)})",
                    where=str(missing[0]),
                    remedy="Restore them from a backup, or load the publishers' files into a "
                    "new folder",
                )
            try:
                # `coverage` is what ranges and blocks say together.
                stored_as = replace(table, name=RANGES) if table is schema.COVERAGE else table
                engine.add_objects(stored_as, files, leave_out=replaced)
            except EngineError as error:
                raise DataError(
                    f"an object of table {table.name} is damaged ({error.what})",
                    where=str(self.folder),
                    remedy="Restore it from a backup, or load the publishers' files into a "
                    "new folder",
                ) from error
        engine.add_table("edition", self._editions())
        engine.add_table("exchange_rate", fx.monthly_rates())
        overlapping = pa.table({"dataset": pa.array(self.manifest.overlapping, pa.string())})
        engine.add_table("overlapping_dataset", overlapping)
        engine.add_view("coverage", sql_text("throughflow.warehouse", "coverage"))

    def _settle(self, engine: Engine) -> None:
        """Work out which edition decides about each cell, once a question needs it."""
        package = "throughflow.warehouse"
        engine.add_derived("superseded", sql_text(package, "superseded"))
        engine.add_view(CURRENT, sql_text(package, CURRENT))
        self._is_settled = True

    def _editions(self) -> pa.Table:
        """Return editions with their recency: by day of extraction, then by order of loading."""
        ordered = sorted(self.manifest.editions, key=lambda e: e.recency)
        recency = {edition.id: rank for rank, edition in enumerate(ordered)}
        editions = self.manifest.editions
        return pa.table(
            {
                "edition": pa.array([e.id for e in editions], pa.string()),
                "recency": pa.array([recency[e.id] for e in editions], pa.int32()),
            }
        )


def open_warehouse(
    folder: str | os.PathLike[str] | None = None,
    *,
    create: bool = False,
    engine: str | None = None,
    memory_limit: str | None = None,
) -> Warehouse:
    """Open a warehouse.

    Args:
        folder: Where it lies; None takes ``THROUGHFLOW_WAREHOUSE``, else ``./throughflow-data``
            if that exists, else the embedded sample.
        create: Make an empty warehouse when the named folder holds none.
        engine: ``duckdb``, or ``spark`` to run the same queries on Apache Spark; None takes
            ``THROUGHFLOW_ENGINE``, else ``duckdb``. Results are the same.
        memory_limit: Size such as ``2GB``; None takes ``THROUGHFLOW_MEMORY_LIMIT``, else the
            engine's own choice.

    Raises:
        InputError: The named folder holds no warehouse and `create` is false, the engine is
            unknown, or the limit is not a size.
    """
    if create and folder is not None:
        path = Path(folder)
        path.mkdir(parents=True, exist_ok=True)
        if not (path / manifests.NAME).is_file():
            manifests.write(path, manifests.Manifest())
    chosen = engine or os.environ.get(ENGINE) or engines.DEFAULT
    return Warehouse(choose_folder(folder), engine=chosen, memory_limit=memory_limit)
