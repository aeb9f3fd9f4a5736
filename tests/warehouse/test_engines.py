"""DuckDB's memory limit and scratch files, and what is said of engines that are not there."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

import throughflow as tf
from throughflow.errors import EngineError, InputError
from throughflow.warehouse import engines, load, store
from throughflow.warehouse.engines import dialect
from throughflow.warehouse.engines.duckdb import DuckDBEngine

ROW = ("2022-01", "DE", "KZ", "84715000", 1)


@pytest.fixture
def folder(own, tmp_path):
    load([own("a.csv", [ROW])], tmp_path / "wh")
    return tmp_path / "wh"


@pytest.mark.parametrize(
    ("text", "size"),
    [("2GB", 2 * 10**9), ("1.5 GiB", 3 * 2**29), ("500mb", 5 * 10**8), (" 4 MiB ", 2**22)],
)
def test_a_limit_is_a_number_and_a_unit(text, size, monkeypatch):
    assert engines.memory_bytes(text) == size
    monkeypatch.setenv(engines.MEMORY, text)
    assert engines.memory_bytes(None) == size


@pytest.mark.parametrize("text", ["2", "2 G", "lots", "-1GB", "1KB", "GB"])
def test_what_is_not_a_size_is_refused_at_opening(text, folder, monkeypatch):
    with pytest.raises(InputError, match="is not a size") as caught:
        tf.open(folder, memory_limit=text)
    assert caught.value.where == "memory_limit"
    monkeypatch.setenv(engines.MEMORY, text)
    with pytest.raises(InputError, match="is not a size") as caught:
        tf.open(folder)
    assert caught.value.where == engines.MEMORY


def test_a_warehouse_keeps_to_its_limit(folder):
    with tf.open(folder, memory_limit="300MB") as warehouse:
        sql = "select current_setting('memory_limit')"
        assert warehouse._connect().sql(sql).fetchall() == [("286.1 MiB",)]


def test_beyond_the_limit_rows_go_to_scratch_files_that_are_deleted(tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    engine = DuckDBEngine(100 * 10**6)
    sql = "select i, hash(i) as h from range(6000000) as r(i) order by h"
    rows = engine.batches("sorted", sql, {}, {})
    first = next(rows)
    spilled = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert spilled
    assert len(first) + sum(len(batch) for batch in rows) == 6_000_000
    engine.close()
    assert list(tmp_path.iterdir()) == []


def test_a_limit_that_is_too_small_is_an_error_of_the_query():
    engine = DuckDBEngine(20 * 10**6)
    sql = "select i, printf('%0400d', hash(i)) as text from range(1500000) as r(i) order by text"
    with pytest.raises(EngineError, match="query sorted failed: Out of Memory") as caught:
        for _ in engine.batches("sorted", sql, {}, {}):
            pass
    assert caught.value.sql == sql
    engine.close()


def test_an_engine_that_is_forgotten_leaves_nothing(tmp_path):
    code = (
        "from throughflow.warehouse.engines.duckdb import DuckDBEngine\n"
        "engine = DuckDBEngine(100 * 10**6)\n"
        "sql = 'select i, hash(i) as h from range(6000000) as r(i) order by h'\n"
        "next(engine.batches('q', sql, {}, {}))\n"
    )
    subprocess.run(
        [sys.executable, "-c", code], check=True, env={"TMPDIR": str(tmp_path), **_path()}
    )
    assert list(tmp_path.iterdir()) == []


def _path() -> dict[str, str]:
    return {"PYTHONPATH": str(Path(tf.__file__).parents[1])}


def test_an_unknown_engine_is_refused_with_the_known_ones(folder, monkeypatch):
    with pytest.raises(InputError, match=r"unknown engine 'sparc'.* Did you mean spark\?"):
        tf.open(folder, engine="sparc")
    monkeypatch.setenv(store.ENGINE, "duck")
    with pytest.raises(InputError, match="unknown engine 'duck'"):
        tf.open(folder)


@pytest.mark.parametrize("absent", ["pyspark", "sqlglot"])
def test_without_the_extra_spark_names_it(absent, folder):
    """A module that is None in `sys.modules` cannot be imported, as if it were not installed."""
    code = (
        f"import sys; sys.modules[{absent!r}] = None\n"
        "import throughflow as tf\n"
        "from throughflow.errors import MissingExtraError\n"
        f"warehouse = tf.open({str(folder)!r}, engine='spark')\n"
        "try: warehouse.query('throughflow.trade', 'mirror_datasets')\n"
        "except MissingExtraError as error: print(error.extra, error)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], check=True, capture_output=True, text=True, env=_path()
    )
    assert done.stdout.startswith("spark the Spark engine needs an optional dependency.")
    assert "pip install 'throughflow[spark]'" in done.stdout


@pytest.mark.parametrize(
    ("sql", "spark"),
    [
        (
            "select round(cast(a as double), 2) as b",
            "ROUND((CAST(a AS DOUBLE)) * CAST(100 AS DOUBLE)) / CAST(100 AS DOUBLE) AS b",
        ),
        (
            "select round(cast(a as decimal(9, 4)), 2) as b",
            "ROUND(CAST(a AS DECIMAL(9, 4)), 2) AS b",
        ),
        ("select $first as b", ":first AS b"),
        ("select 1 as b order by b", "ORDER BY b NULLS LAST"),
        ("create view v as select 1 as b", "CREATE TEMPORARY VIEW v AS"),
    ],
)
def test_what_spark_understands_differently_is_rewritten(sql, spark):
    assert spark in dialect.to_spark("q", sql)


def test_money_that_was_rounded_is_not_rounded_again():
    sql = "select cast(round(cast(a as double), 2) as decimal(18, 2)) as b"
    assert dialect.to_spark("q", sql).count("ROUND") == 1
    sql = "select cast(round(cast(a as double), 4) as decimal(18, 2)) as b"
    assert dialect.to_spark("q", sql).count("ROUND") == 2


@pytest.mark.parametrize(
    ("sql", "construct"),
    [
        ("select a[1:4] as b from t", "slice"),
        ("select round(a, 2) as b from t", "does not say whether it rounds doubles"),
        ("select from where", ""),
    ],
)
def test_what_spark_lacks_is_refused_by_name(sql, construct):
    with pytest.raises(EngineError, match=f"query q cannot run on spark: .*{construct}") as caught:
        dialect.to_spark("q", sql)
    assert caught.value.sql == sql
