"""A session started here is stopped, and a session of the user's is left as it was."""

from __future__ import annotations

import pytest

import throughflow as tf
from throughflow.warehouse import store

pytestmark = pytest.mark.spark


def ask(**options):
    with tf.open(store.sample_folder(), engine="spark", **options) as warehouse:
        found = warehouse.query(
            "throughflow.trade", "asked_until", parameters={"dataset": "ds-045409", "freq": "M"}
        )
        return found.column(0).to_pylist(), warehouse._engine.session.conf.get(
            "spark.driver.memory", "default"
        )


def test_a_session_started_here_is_stopped_when_the_last_warehouse_closes():
    from pyspark import SparkContext

    with tf.open(store.sample_folder(), engine="spark") as first:
        first.query("throughflow.trade", "mirror_datasets")
        last, memory = ask(memory_limit="1GB")
        assert str(last[0]) == "2022-12-01"
        assert SparkContext._active_spark_context is not None
    assert SparkContext._active_spark_context is None
    last, memory = ask(memory_limit="1GB")
    assert memory == "953m"
    assert SparkContext._active_spark_context is None


def test_a_session_of_the_users_is_used_and_left_alone():
    from pyspark.sql import SparkSession

    theirs = (
        SparkSession.builder.master("local[1]")
        .appName("theirs")
        .config("spark.ui.enabled", "false")
        .getOrCreate()
    )
    try:
        theirs.range(3).createOrReplaceTempView("coverage")
        zone = theirs.conf.get("spark.sql.session.timeZone")
        assert str(ask()[0][0]) == "2022-12-01"
        assert theirs.sql("select count(*) from coverage").collect()[0][0] == 3
        assert {table.name for table in theirs.catalog.listTables()} == {"coverage"}
        assert theirs.conf.get("spark.sql.session.timeZone") == zone
    finally:
        theirs.stop()
