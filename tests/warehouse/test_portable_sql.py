"""Every query of the package keeps to what DuckDB and Spark both understand in the same way.

No Spark runs here: each file is parsed as DuckDB's SQL, written as Spark's by sqlglot, and searched
for constructs that are known to be missing there or, worse, to mean something else.
"""

from __future__ import annotations

from importlib import resources
from pathlib import Path

import pytest
import sqlglot
from sqlglot import exp

from throughflow.errors import EngineError
from throughflow.warehouse.engines import dialect

PACKAGE = Path(str(resources.files("throughflow")))
QUERIES = sorted(PACKAGE.rglob("*.sql"))


def faults(sql: str) -> list[str]:
    """Name what in a query file is not portable, or lets its result depend on the run."""
    statement = dialect.parse(sql)
    found = dialect.unsupported(statement)
    found += ["sum of doubles" for node in statement.walk() if _is_sum_of_doubles(node)]
    is_view = isinstance(statement, exp.Create)
    if not is_view and not statement.args.get("order") and not _has_one_row(statement):
        found.append("no order by at the end")
    try:
        sqlglot.parse(dialect.to_spark("this", sql), read="spark")
    except (EngineError, sqlglot.errors.SqlglotError) as error:
        found.append(f"not written as Spark: {error}")
    return found


def _has_one_row(statement: exp.Expression) -> bool:
    """Tell whether all that is selected is aggregated over everything."""
    return (
        isinstance(statement, exp.Select)
        and not statement.args.get("group")
        and all(isinstance(item.unalias(), exp.AggFunc) for item in statement.expressions)
    )


def _is_sum_of_doubles(node: exp.Expression) -> bool:
    """Tell whether numbers are made floating and summed without being made exact again."""
    if not isinstance(node, exp.Sum) or _casts_to(node.this, exp.DataType.Type.DECIMAL):
        return False
    return any(
        _casts_to(cast, exp.DataType.Type.DOUBLE, exp.DataType.Type.FLOAT)
        for cast in node.find_all(exp.Cast)
    )


def _casts_to(node: exp.Expression, *types: exp.DataType.Type) -> bool:
    return isinstance(node, exp.Cast) and node.to.this in types


def label(path: Path) -> str:
    return str(path.relative_to(PACKAGE))


def test_there_are_queries():
    folders = {path.parent.parent.name for path in QUERIES}
    assert {"warehouse", "trade"} <= folders
    assert all(path.parent.name == "sql" for path in QUERIES)


@pytest.mark.parametrize("path", QUERIES, ids=label)
def test_a_query_is_portable(path):
    assert faults(path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize("path", QUERIES, ids=label)
def test_a_query_file_says_what_a_row_is(path):
    assert path.read_text(encoding="utf-8").startswith("-- ")


@pytest.mark.parametrize(
    ("sql", "fault"),
    [
        (r"select regexp_replace(a, '(x)', '\1y') as b from t order by b", "back reference"),
        (r"select regexp_replace(a, '(x)', '\\1y', 'g') as b from t order by b", "back reference"),
        ("select a[:4] as b from t order by b", "slice"),
        ("select a[2:4] as b from t order by b", "slice"),
        ("select quantile_cont(a, 0.5) as b from t order by b", "quantile"),
        ("select quantile_disc(a, 0.5) as b from t order by b", "quantile"),
        ("select quantile(a, 0.5) as b from t order by b", "quantile"),
        ("select t.a from t asof join u on t.k = u.k and t.d >= u.d order by 1", "asof join"),
        ("select * from (pivot t on a using sum(v)) order by 1", "pivot"),
        ("select * from t pivot (sum(v) for a in ('x', 'y')) order by 1", "pivot"),
        ("select jaro_winkler_similarity(a, b) as s from t order by s", "jaro_winkler"),
        ("select list(distinct a order by a) as s from t order by s", "ordered list"),
        ("select array_agg(distinct a order by a) as s from t order by s", "ordered list"),
        ("select list(a order by b) as s from t order by s", "ordered list"),
        ("select a[n] as b from t order by b", "computed index"),
        ("select k, sum(cast(v as double)) as v from t group by k order by k", "sum of doubles"),
        ("select k, sum(v::double * 2) as v from t group by k order by k", "sum of doubles"),
        ("select k, sum(v) as v from t group by k", "no order by"),
        ("select max(v) as v, k from t", "no order by"),
        ("with s as (select a from t order by a) select a from s", "no order by"),
        ("select a from t union all select a from u", "no order by"),
    ],
)
def test_the_search_finds_what_it_is_for(sql, fault):
    assert any(fault in found for found in faults(sql))


@pytest.mark.parametrize(
    "sql",
    [
        "select left(a, 4) as b from t order by b",
        "select regexp_replace(a, 'x', 'y') as b from t order by b",
        "select percentile_cont(0.5) within group (order by a) as b from t order by b",
        "select max(a) as a, count(*) as n from t",
        "select sum(cast(cast(a as double) * 2 as decimal(18, 2))) as a from t",
        "create view v as select k, sum(v) as v from t group by k",
        "select k, $p as p, sum(v) as v from t group by k order by k",
        "select a from t union all select a from u order by a",
        "select list(distinct a) as s from t order by s",
        "select list_extract(list_sort(list(a)), n) as s from t group by n order by s",
        "select a[1] as b from t order by b",
    ],
)
def test_the_search_lets_portable_queries_pass(sql):
    assert faults(sql) == []
