"""Apache Spark: the same queries where the data or the cluster are.

A session of the user's is used where one is active, through a session of our own inside it, so
that no view or setting of ours is seen outside. Otherwise a local one is started, and stopped
again when the last warehouse that uses it is closed.
"""

from __future__ import annotations

import os
import sys
import warnings
from contextlib import contextmanager
from importlib import resources
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from throughflow.errors import EngineError, MissingExtraError
from throughflow.warehouse.engines import dialect
from throughflow.warehouse.engines.duckdb import DuckDBEngine

try:
    from pyspark import SparkContext
    from pyspark.errors import PySparkException
    from pyspark.sql import SparkSession, functions
    from pyspark.sql.pandas.types import from_arrow_schema
except ImportError as error:
    raise MissingExtraError("the Spark engine", "spark") from error

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from pyspark.sql import Column, DataFrame

    from throughflow.model.schema import TableSchema

MASTER = "THROUGHFLOW_SPARK_MASTER"
LOCAL = "local[2]"
MEBIBYTE = 1 << 20
# Characters Hadoop takes for a pattern in a path.
PATTERN = str.maketrans({character: "\\" + character for character in "*?[]{}"})


class _Session:
    """The Spark session in use, and whether it was started here.

    Attributes:
        users: Engines that use the one started here.
    """

    started: SparkSession | None = None
    users = 0

    @classmethod
    def take(cls, memory: int | None) -> tuple[SparkSession, bool]:
        """Return the session and whether it is ours to stop."""
        if cls.started is None:
            # The context may have been made on another thread, where its session is the active one.
            if SparkContext._active_spark_context is not None:  # noqa: SLF001 - no public question
                return SparkSession.builder.getOrCreate(), False
            cls.started = _start(memory)
        cls.users += 1
        return cls.started, True

    @classmethod
    def give_back(cls) -> None:
        """Stop the session started here if nobody uses it any more."""
        cls.users -= 1
        if cls.started is not None and cls.users == 0:
            cls.started.stop()
            cls.started = None


def _start(memory: int | None) -> SparkSession:
    # Workers would take the first python on the path, which may be another version.
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    log = resources.files("throughflow.warehouse.engines") / "spark_log4j2.properties"
    master = os.environ.get(MASTER, LOCAL)
    settings: dict[str, bool | float | int | str | None] = {
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
        "spark.log.level": "ERROR",
        "spark.driver.extraJavaOptions": f"-Dlog4j2.configurationFile=file:{log}",
        "spark.driver.maxResultSize": "0",
    }
    if master.startswith("local"):
        # A local session talks to itself only; the host's name need not resolve.
        settings |= {
            "spark.driver.bindAddress": "127.0.0.1",
            "spark.driver.host": "127.0.0.1",
            # The default of 200 parts is for clusters.
            "spark.sql.shuffle.partitions": "4",
        }
        os.environ.setdefault("SPARK_LOCAL_IP", "127.0.0.1")
    if memory is not None:
        settings["spark.driver.memory"] = f"{memory // MEBIBYTE}m"
    try:
        builder = SparkSession.builder.master(master).appName("throughflow")
        return builder.config(map=settings).getOrCreate()
    except (PySparkException, OSError) as error:
        raise EngineError(
            f"spark cannot start: {_first_line(error)}",
            sql="",
            remedy="It needs Java 17 or later: on Debian, sudo make java",
        ) from error


class SparkEngine:
    """Spark with temporary views over Parquet; see `Engine` for the methods.

    Beside it runs a DuckDB with the same tables, all empty: what it says a query's columns are is
    what Spark's answer is cast to.
    """

    def __init__(self, memory: int | None = None) -> None:
        """Join the active session or start one.

        Args:
            memory: Bytes for the driver of a session started here.
        """
        self._shape = DuckDBEngine()
        base, self._is_ours = _Session.take(memory)
        self._session: SparkSession | None = base.newSession()
        self.session.conf.set("spark.sql.session.timeZone", "UTC")
        # Overflows and impossible casts fail, as in DuckDB, instead of giving null.
        self.session.conf.set("spark.sql.ansi.enabled", "true")

    @property
    def session(self) -> SparkSession:
        """The session inside which our views are."""
        if self._session is None:
            raise EngineError("the engine is closed", sql="")
        return self._session

    def add_objects(
        self, table: TableSchema, files: Sequence[Path], *, leave_out: Sequence[str]
    ) -> None:
        """Make a temporary view over Parquet files, which every worker must be able to read."""
        self._shape.add_table(table.name, table.empty())
        with _errors(f"table {table.name} cannot be opened", ""):
            shape = from_arrow_schema(table.arrow)
            paths = ["file:" + str(file.resolve()).translate(PATTERN) for file in files]
            frame = (
                self.session.read.schema(shape).parquet(*paths)
                if paths
                else self.session.createDataFrame([], shape)
            )
            if leave_out:
                frame = frame.where(~frame["edition"].isin(list(leave_out)))
            frame.createOrReplaceTempView(table.name)

    def add_table(self, name: str, table: pa.Table) -> None:
        """Send a small table to Spark."""
        self._shape.add_table(name, table.slice(0, 0))
        with _errors(f"table {name} cannot be sent", ""):
            self._sent(table).createOrReplaceTempView(name)

    def _sent(self, table: pa.Table) -> DataFrame:
        with warnings.catch_warnings():
            # Spark warns of the pandas it finds, which is not used.
            warnings.simplefilter("ignore", FutureWarning)
            return self.session.createDataFrame(table)

    def add_view(self, name: str, sql: str) -> None:
        """Make a temporary view."""
        self._shape.add_view(name, sql)
        with _errors(f"view {name} failed", sql):
            self.session.sql(dialect.to_spark(name, sql))

    def add_derived(self, name: str, sql: str) -> None:
        """Make a query known as a temporary view; Spark works it out with each question."""
        self._shape.add_derived(name, sql)
        with _errors(f"query {name} failed", sql):
            self.session.sql(dialect.to_spark(name, sql)).createOrReplaceTempView(name)

    def query(
        self,
        name: str,
        sql: str,
        parameters: Mapping[str, Any],
        tables: Mapping[str, pa.Table],
    ) -> pa.Table:
        """Run a query and collect its rows."""
        text = dialect.to_spark(name, sql)
        empty = {key: table.slice(0, 0) for key, table in tables.items()}
        columns = self._shape.query(name, sql, parameters, empty).schema
        bound = {key: _bound(value) for key, value in parameters.items()}
        try:
            with _errors(f"query {name} failed on spark", text):
                for key, table in tables.items():
                    self._sent(table).createOrReplaceTempView(key)
                found = self._collected(self.session.sql(text, args=bound))
        finally:
            for key in tables:
                self.session.catalog.dropTempView(key)
        try:
            return found.rename_columns(columns.names).cast(columns)
        except (pa.ArrowInvalid, pa.ArrowNotImplementedError, ValueError) as error:
            raise EngineError(
                f"query {name} on spark gave columns that do not fit DuckDB's: {error}", sql=text
            ) from error

    def _collected(self, frame: DataFrame) -> pa.Table:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", FutureWarning)
            return frame.toArrow()

    def batches(
        self,
        name: str,
        sql: str,
        parameters: Mapping[str, Any],
        tables: Mapping[str, pa.Table],
    ) -> Iterator[pa.RecordBatch]:
        """Run a query, collect its rows, and hand them out in pieces."""
        yield from self.query(name, sql, parameters, tables).to_batches()

    def close(self) -> None:
        """Forget the views, and stop the session if it was started here and is not used else."""
        self._shape.close()
        if self._session is None:
            return
        self._session = None
        if self._is_ours:
            _Session.give_back()


@contextmanager
def _errors(what: str, sql: str) -> Iterator[None]:
    try:
        yield
    except PySparkException as error:
        raise EngineError(f"{what}: {_first_line(error)}", sql=sql) from error


def _first_line(error: Exception) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0]


def _bound(value: Any) -> Column:
    """Turn a Python value into a typed literal."""
    if isinstance(value, list | tuple):
        return functions.array(*(functions.lit(item) for item in value))
    return functions.lit(value)
