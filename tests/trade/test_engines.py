"""Both engines give equal tables for every query of the package, and equal verdicts.

A query is found by walking the package, so a new one fails here until it has parameters.
"""

from __future__ import annotations

import importlib
from dataclasses import dataclass
from datetime import date
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pytest
from sqlglot import exp

import throughflow as tf
from throughflow.errors import EngineError
from throughflow.evidence import canonical, runs
from throughflow.reference import fx
from throughflow.trade.request import Request
from throughflow.warehouse import Warehouse, load, store
from throughflow.warehouse.engines import dialect

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.spark

PACKAGE = Path(str(resources.files("throughflow")))
# A reader's own query runs where the file is read, on no warehouse.
QUERIES = sorted(
    path.relative_to(PACKAGE).as_posix()
    for path in PACKAGE.rglob("sql/*.sql")
    if "sources" not in path.parts
)
MEMBERS = ("AT", "BE", "CZ", "DE", "ES", "FR", "IT", "NL", "PL")
HUBS = ("AM", "GE", "KG", "KZ", "UZ")
CODES = ("84715000", "84717050", "85423190", "85423290", "85423990", "90318080")
HEADER = "period,freq,reporter,partner,flow,product,nomenclature,value,currency,dataset"

# What each query is asked, beyond the defaults of `Asked`; one entry is one question.
QUESTIONS: dict[str, list[dict[str, Any]]] = {
    "dossier/sql/replicate_change.sql": [{}],
    "dossier/sql/replicate_coverage.sql": [{}, {"base_first": date(2021, 9, 1)}],
    "trade/sql/asked_until.sql": [{}],
    "trade/sql/basis_totals.sql": [{}, {"currency": "USD"}],
    "trade/sql/covered.sql": [{}],
    "trade/sql/covered_goods.sql": [{}],
    "trade/sql/covered_pairs.sql": [{}],
    "trade/sql/labels.sql": [{}],
    "trade/sql/leg_codes.sql": [{}],
    "trade/sql/leg_coverage.sql": [{}],
    "trade/sql/leg_months.sql": [{}],
    "trade/sql/leg_pairs.sql": [{}],
    "trade/sql/leg_series.sql": [{}],
    "trade/sql/leg_values.sql": [{}, {"currency": "USD"}],
    "trade/sql/mirror_datasets.sql": [{}],
    "trade/sql/mirror_exports.sql": [{}, {"currency": "USD"}],
    "trade/sql/mirror_gap.sql": [{}, {"currency": "USD"}],
    "trade/sql/mirror_imports.sql": [{}, {"currency": "USD"}],
    "trade/sql/neighbours.sql": [{}, {"currency": "USD"}],
    "trade/sql/observed_products.sql": [{}],
    "trade/sql/panel.sql": [{}, {"currency": "USD"}, {"currency": "KZT"}],
    "trade/sql/real_months.sql": [{}],
    "trade/sql/recorded_codes.sql": [{}],
    "trade/sql/rolling_year.sql": [{}, {"currency": "USD", "first": date(2022, 10, 1)}],
    "trade/sql/series.sql": [{}],
    "trade/sql/totals.sql": [{}, {"currency": "USD"}],
    "trade/sql/unlisted.sql": [{}, {"currency": "USD"}],
    "warehouse/sql/coverage.sql": [{}],
    "warehouse/sql/overlapping.sql": [{}],
    "warehouse/sql/recorded_periods.sql": [{}],
    "warehouse/sql/superseded.sql": [{}],
    "warehouse/sql/trade_current.sql": [{}],
}
# A world table, which covers pairs and products as a block.
WORLD = {
    "dataset": "baci-hs2017", "nomenclature": "HS", "freq": "A", "first": date(2021, 1, 1),
    "last": date(2022, 1, 1),
}  # fmt: skip
QUESTIONS |= {f"trade/sql/covered_{part}.sql": [WORLD] for part in ("goods", "pairs")}
# Own data bring no words for products.
ONLY_ON_SAMPLE = {"trade/sql/labels.sql"}
# The sample has a million rows; all of them with all their columns would only take time.
NOT_ON_SAMPLE = {
    "warehouse/sql/coverage.sql", "warehouse/sql/trade_current.sql", "trade/sql/rolling_year.sql",
    "trade/sql/real_months.sql",
}  # fmt: skip


@dataclass(frozen=True)
class Asked:
    """A warehouse on both engines, and the parameters and tables that fit what it holds."""

    name: str
    duckdb: Warehouse
    spark: Warehouse
    parameters: dict[str, Any]
    tables: dict[str, pa.Table]


def tables_of(warehouse: Warehouse, codes: tuple[str, ...], sent: str) -> dict[str, pa.Table]:
    editions = [edition.id for edition in warehouse.manifest.editions]
    # Two codes are on no list; a world table knows them by six digits.
    listed = [*codes[:4], *(code[:6] for code in codes[:4])]
    families = [listed[i - i % 2] for i in range(len(listed))]
    legs = {
        "leg": ["sent", "received"], "flow": ["export", "import"], "reporter": ["*", "KZ"],
        "partner": ["KZ", "*"],
    }  # fmt: skip
    source = {
        "dataset": [sent, "own-hubs"], "nomenclature": ["CN", "CN"],
        "basis": ["destination", "origin"], "digits": [8, 8],
    }  # fmt: skip
    return {
        "family_member": pa.table({"product": listed, "family": families}),
        "leg_side": pa.table(legs),
        "leg_source": pa.table(legs | source),
        "leg_member": pa.table(
            {
                "leg": ["sent"] * len(codes) + ["received"] * len(codes),
                "product": [*codes, *codes],
                "family": [code[:6] for code in (*codes, *codes)],
            }
        ),
        "neighbour": pa.table({"product": list(codes[4:])}),
        "exporter": pa.table({"reporter": list(MEMBERS)}),
        "destination": pa.table(
            {"partner": list(HUBS), "role": ["hub", *["elsewhere"] * (len(HUBS) - 1)]}
        ),
        "dated_rate": pa.concat_tables(
            [
                table.append_column("freq", pa.repeat(pa.scalar(freq), len(table)))
                for freq, table in (("M", fx.monthly_rates()), ("A", fx.annual_rates()))
            ]
        ),
        "listed_product": pa.table({"product": [*codes, *(code[:6] for code in codes)]}),
        "restricted_state": pa.table({"partner": ["BY", "RU"]}),
        "mirror_hub": pa.table({"hub": list(HUBS)}),
        "annual_rate": fx.annual_rates(),
        "period_rate": fx.monthly_rates(),
        "claimed_product": pa.table(
            {"product": ["TOTAL", "27", *codes], "sign": pa.array([1, -1, *[1] * len(codes)])}
        ),
        "claimed_partner": pa.table({"partner": list(HUBS)}),
        "eu_member": pa.table({"reporter": list(MEMBERS)}),
        "asked_edition": pa.table({"edition": editions}),
    }


DEFAULTS: dict[str, Any] = {
    "nomenclature": "CN", "freq": "M", "flow": "export", "basis": "destination", "digits": 8,
    "currency": "EUR", "first": date(2021, 6, 1), "last": date(2022, 11, 1),
    "base_first": date(2021, 3, 1), "base_last": date(2021, 11, 1), "sender": "DE",
    "export_basis": "destination", "import_basis": "origin", "export_digits": 8,
    "import_digits": 8, "hub": "KZ", "months": 1,
}  # fmt: skip


def invented(folder: Path) -> Path:
    """Load exports in two editions, the later one correcting, and the hubs' own imports."""
    rng = np.random.default_rng(20221124)
    months = [f"{year}-{month:02d}" for year in (2021, 2022) for month in range(1, 13)]

    def lines(dataset: str, flow: str, chosen: list[str], share: float) -> list[str]:
        written = []
        for reporter in MEMBERS if flow == "export" else HUBS:
            # Half of the exporters write dollars; hubs too.
            currency = "USD" if flow == "import" or reporter in MEMBERS[::2] else "EUR"
            for partner in (*HUBS, "RU") if flow == "export" else MEMBERS:
                for month in chosen:
                    for product in (*CODES, "27", "TOTAL"):
                        if rng.random() > share:
                            continue
                        # Short amounts meet the halves at which engines round apart.
                        value = round(float(rng.choice([10, 30, 1e3, 1e7])) * rng.random(), 2)
                        level = "TOTAL" if product == "TOTAL" else "CN"
                        written.append(
                            f"{month},M,{reporter},{partner},{flow},{product},{level},"
                            f"{value},{currency},{dataset}"
                        )
        return written

    def yearly(dataset: str, flow: str) -> list[str]:
        pairs = [(m, h) if flow == "export" else (h, m) for m in MEMBERS for h in HUBS]
        return [
            f"{year},A,{r},{p},{flow},TOTAL,TOTAL,{rng.integers(1, 10**9) / 100},USD,{dataset}"
            for r, p in pairs
            for year in (2020, 2021, 2022)
        ]

    for name, rows in (
        ("first.csv", lines("world", "export", months[:20], 0.5)),
        ("second.csv", lines("world", "export", months[6:], 0.5)),
        ("imports.csv", lines("hubs", "import", months, 0.4)),
        ("yearly.csv", yearly("yearly", "import")),
        ("sent.csv", yearly("sent", "export")),
    ):
        path = folder / name
        path.write_text("\n".join([HEADER, *rows, ""]), encoding="utf-8")
        report = load([path], folder / "wh")
        assert not report.failed, report.failed
    for year in (2021, 2022):
        rows = [
            f"{year},{source},{sink},{code[:6]},{rng.integers(1, 10**6) / 1000},1.5"
            for source in (276, 251)
            for sink in (398, 417, 643)
            for code in CODES
            if rng.random() < 0.8
        ]
        path = folder / f"BACI_HS17_Y{year}_V202501.csv"
        path.write_text("\n".join(["t,i,j,k,v,q", *rows, ""]), encoding="utf-8")
        report = load([path], folder / "wh")
        assert not report.failed, report.failed
    return folder / "wh"


@pytest.fixture(scope="module")
def session():
    """Keep one session for the whole module, by way of a warehouse that stays open."""
    with tf.open(store.sample_folder(), engine="spark") as held:
        held.query("throughflow.trade", "asked_until", parameters={"dataset": "none", "freq": "M"})
        yield held


def on_both(name: str, folder: Path, more: dict[str, Any]) -> Asked:
    here = Warehouse(folder)
    there = Warehouse(folder, engine="spark")
    return Asked(name, here, there, DEFAULTS | more, tables_of(here, CODES, more["dataset"]))


@pytest.fixture(scope="module")
def worlds(session, tmp_path_factory) -> Iterator[dict[str, Asked]]:
    made = {
        "sample": on_both(
            "sample",
            store.sample_folder(),
            {"dataset": "ds-045409", "export_dataset": "ds-045409", "import_dataset": "ds-045409",
             "digits": 6},
        ),
        "invented": on_both(
            "invented",
            invented(tmp_path_factory.mktemp("invented")),
            {"dataset": "own-world", "export_dataset": "own-world", "import_dataset": "own-hubs",
             "digits": 8},
        ),
    }  # fmt: skip
    yield made
    for one in made.values():
        one.duckdb.close()
        one.spark.close()


def question(query: str, text: str, asked: Asked, more: dict[str, Any]):
    """Pick the parameters and tables a query names, and say so where one is not known."""
    statement = dialect.parse(text)
    named = {node.name for node in statement.find_all(exp.Placeholder)}
    known = asked.parameters | more
    absent = sorted(named - known.keys())
    if absent:
        pytest.fail(f"{query} names ${absent[0]}: give it a value in DEFAULTS or QUESTIONS")
    tables = {node.name for node in statement.find_all(exp.Table)}
    return (
        {key: known[key] for key in sorted(named)},
        {key: table for key, table in asked.tables.items() if key in tables},
    )


def difference(left: pa.Table, right: pa.Table) -> str:
    """Say where two tables part, in words; empty where they are equal."""
    if left.schema != right.schema:
        return f"schemas differ: {left.schema} and {right.schema}"
    if left.equals(right):
        return ""
    if len(left) != len(right):
        return f"{len(left)} and {len(right)} rows"
    rows = zip(left.to_pylist(), right.to_pylist(), strict=True)
    return next(f"row {i}: {a} and {b}" for i, (a, b) in enumerate(rows) if a != b)


def answer(warehouse: Warehouse, query: str, text: str, parameters: dict, tables: dict) -> pa.Table:
    if isinstance(dialect.parse(text), exp.Create):
        view = Path(query).stem
        day = "first_period" if view == "coverage" else "period"
        columns = f"edition, dataset, freq, flow, product, reporter, partner, {day}"
        sql = f"select * from {view} order by {columns}"
        return warehouse._started(sql).query(query, sql, {}, {})
    package = ".".join(("throughflow", *Path(query).parent.parent.parts))
    return warehouse.query(package, Path(query).stem, parameters=parameters, tables=tables)


@pytest.mark.parametrize("query", QUERIES)
@pytest.mark.parametrize("world", ["invented", "sample"])
def test_both_engines_give_equal_tables(world, query, worlds):
    if query not in QUESTIONS:
        pytest.fail(f"{query} has no parameters registered: add it to QUESTIONS in this file")
    asked = worlds[world]
    text = (PACKAGE / query).read_text(encoding="utf-8")
    # The sample is large: one question each, and none that returns all of it.
    few = 0 if query in NOT_ON_SAMPLE else 1
    questions = QUESTIONS[query][: few if world == "sample" else None]
    rows = 0
    for more in questions:
        parameters, tables = question(query, text, asked, more)
        here = answer(asked.duckdb, query, text, parameters, tables)
        there = answer(asked.spark, query, text, parameters, tables)
        assert difference(here, there) == "", more
        rows += len(here)
    expected = world == ("sample" if query in ONLY_ON_SAMPLE else "invented")
    assert rows or not expected, "only empty answers, which compare nothing"


def test_questions_are_for_queries_that_exist():
    assert sorted(QUESTIONS.keys() - set(QUERIES)) == []


def test_the_verdict_on_excess_is_the_same_byte_for_byte(session, small_world, tmp_path):
    importlib.import_module("throughflow.dossier.replays")  # registers what can be run
    here = small_world.warehouse(tmp_path)
    parameters = Request(
        control_list=str(small_world.list_file(tmp_path / "list.csv")), window=None
    ).parameters() | {"minimum": 0.0}
    with here, Warehouse(here.folder, engine="spark") as there:
        results = [canonical.dumps(runs.run(w, "excess", parameters).result) for w in (here, there)]
    assert results[0] == results[1]
    assert '"verdict"' in results[0]


def engines_of(worlds) -> tuple[Warehouse, Warehouse]:
    return worlds["invented"].duckdb, worlds["invented"].spark


def test_values_of_every_kind_are_bound_alike(worlds):
    sql = """
        select $day as day, $word as word, $whole as whole, $number as number,
               list_contains($several, $word) as is_in, cast($nothing as varchar) as nothing
        order by day
    """
    values = {
        "day": date(2022, 2, 28), "word": "l'été; --", "whole": 7, "number": 0.1,
        "several": ["x", "l'été; --"], "nothing": None,
    }  # fmt: skip
    here, there = (
        w._started(sql).query("q", sql, values, {})
        for w in (worlds["invented"].duckdb, worlds["invented"].spark)
    )
    assert difference(here, there) == ""
    assert there.to_pylist() == [
        {"day": date(2022, 2, 28), "word": "l'été; --", "whole": 7, "number": 0.1,
         "is_in": True, "nothing": None}
    ]  # fmt: skip


def test_halves_are_rounded_alike(worlds):
    """1.005 is a little less than it looks; engines that round its text say 1.01."""
    numbers = [1.005, 2.675, 10.235, -1.005, -2.5, 0.5, 1.5, 1e12 + 0.125]
    sql = """
        select x, round(cast(x as double), 2) as places,
               cast(cast(x as double) as decimal(18, 2)) as money,
               round(cast(x as double)) as whole
        from number order by x
    """
    tables = {"number": pa.table({"x": numbers})}
    here, there = (
        w._started(sql).query("q", sql, {}, tables)
        for w in (worlds["invented"].duckdb, worlds["invented"].spark)
    )
    assert difference(here, there) == ""
    assert 1.0 in there.column("places").to_pylist()


def test_a_construct_spark_lacks_is_refused_by_name(worlds):
    spark = worlds["invented"].spark._started("")
    with pytest.raises(EngineError, match="query q cannot run on spark: slice") as caught:
        spark.query("q", "select product[1:4] as p from trade_flow order by p", {}, {})
    assert "trade_flow" in caught.value.sql


def test_a_query_that_fails_on_spark_keeps_its_text(worlds):
    sql = "select cast(edition as integer) as e from trade_flow order by e"
    with pytest.raises(EngineError, match="query q failed on spark") as caught:
        worlds["invented"].spark._started("").query("q", sql, {}, {})
    assert "CAST" in caught.value.sql


def test_small_tables_are_gone_after_the_query(worlds):
    spark = worlds["invented"].spark
    tables = {"asked_edition": worlds["invented"].tables["asked_edition"]}
    spark.query("throughflow.warehouse", "recorded_periods", tables=tables)
    with pytest.raises(EngineError):
        spark.query("throughflow.warehouse", "recorded_periods")


def test_batches_are_the_rows_of_the_query(worlds):
    parameters, tables = question(
        "panel", store.sql_text("throughflow.trade", "panel"), worlds["invented"], {}
    )
    whole = worlds["invented"].spark.query(
        "throughflow.trade", "panel", parameters=parameters, tables=tables
    )
    pieces = worlds["invented"].spark.query_batches(
        "throughflow.trade", "panel", parameters=parameters, tables=tables
    )
    assert pa.Table.from_batches(list(pieces)).equals(whole)
