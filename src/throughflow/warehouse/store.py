"""A warehouse: a folder of immutable Parquet behind one manifest, questioned in SQL."""

from __future__ import annotations

import os
from functools import cache
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import duckdb
import pyarrow as pa

from throughflow.errors import DataError, EngineError, InputError
from throughflow.model import schema
from throughflow.reference import fx
from throughflow.warehouse import manifest as manifests
from throughflow.warehouse import objects

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from throughflow.warehouse.manifest import Manifest

ENVIRONMENT = "THROUGHFLOW_WAREHOUSE"
DEFAULT_FOLDER = "throughflow-data"
SAMPLE = "embedded sample"


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
    """

    def __init__(self, folder: Path) -> None:
        """Open a folder; use `open_warehouse` to have the folder chosen."""
        self.folder = folder
        self.manifest: Manifest = manifests.read(folder)
        self._connection: duckdb.DuckDBPyConnection | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the engine."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

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
        connection = self._connect()
        for key, table in (tables or {}).items():
            connection.register(key, table)
        try:
            return connection.sql(sql, params=dict(parameters or {})).to_arrow_table()
        except duckdb.Error as error:
            raise EngineError(
                f"query {name} failed: {str(error).splitlines()[0]}", sql=sql, where=self.name
            ) from error
        finally:
            for key in tables or {}:
                connection.unregister(key)

    def _connect(self) -> duckdb.DuckDBPyConnection:
        """Open the engine with the canonical tables as views."""
        if self._connection is not None:
            return self._connection
        connection = duckdb.connect(":memory:", config={"autoinstall_known_extensions": False})
        try:
            self._make_views(connection)
        except BaseException:
            connection.close()
            raise
        self._connection = connection
        return connection

    def _make_views(self, connection: duckdb.DuckDBPyConnection) -> None:
        # Ordered insertion costs nothing here and keeps results the same from run to run.
        connection.execute("set preserve_insertion_order = true")
        replaced = sorted(self.manifest.replaced)
        in_force = f" where edition not in ({_literals(replaced)})" if replaced else ""
        for table in schema.TABLES.values():
            # `coverage` is what ranges and blocks say together.
            view = "coverage_range" if table is schema.COVERAGE else table.name
            files = [
                str(self.folder / objects.FOLDER / stored.file)
                for stored in self.manifest.objects
                if stored.table == table.name and stored.rows
            ]
            missing = [file for file in files if not Path(file).is_file()]
            if missing:
                raise DataError(
                    f"objects named in the manifest are missing ({len(missing)})",
                    where=missing[0],
                    remedy="Restore them from a backup, or load the publishers' files into a "
                    "new folder",
                )
            if files:
                try:
                    connection.execute(
                        f"create view {view} as select * "
                        f"from read_parquet([{_literals(files)}]){in_force}"
                    )
                except duckdb.Error as error:
                    raise DataError(
                        f"an object of table {table.name} is damaged "
                        f"({str(error).splitlines()[0]})",
                        where=str(self.folder),
                        remedy="Restore it from a backup, or load the publishers' files into a "
                        "new folder",
                    ) from error
            else:
                connection.register(view, table.empty())
        connection.register("edition", self._editions())
        connection.register("exchange_rate", fx.monthly_rates())
        overlapping = pa.table({"dataset": pa.array(self.manifest.overlapping, pa.string())})
        connection.register("overlapping_dataset", overlapping)
        for view in ("coverage", "trade_current"):
            connection.execute(sql_text("throughflow.warehouse", view))

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


def _literals(texts: Iterable[str]) -> str:
    return ", ".join("'" + text.replace("'", "''") + "'" for text in texts)


def open_warehouse(
    folder: str | os.PathLike[str] | None = None, *, create: bool = False
) -> Warehouse:
    """Open a warehouse.

    Args:
        folder: Where it lies; None takes ``THROUGHFLOW_WAREHOUSE``, else ``./throughflow-data``
            if that exists, else the embedded sample.
        create: Make an empty warehouse when the named folder holds none.

    Raises:
        InputError: The named folder holds no warehouse and `create` is false.
    """
    if create and folder is not None:
        path = Path(folder)
        path.mkdir(parents=True, exist_ok=True)
        if not (path / manifests.NAME).is_file():
            manifests.write(path, manifests.Manifest())
    return Warehouse(choose_folder(folder))
