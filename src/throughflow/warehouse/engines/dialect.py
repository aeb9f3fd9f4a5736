"""The one place that knows what DuckDB and Spark understand differently.

Queries are written in DuckDB's dialect. sqlglot turns them into Spark's; what it would turn into
something else, or into something that fails only while it runs, is named by `unsupported` and
refused, and what means nearly the same is rewritten here so that it means the same.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from throughflow.errors import EngineError, MissingExtraError

try:
    import sqlglot
    from sqlglot import exp
    from sqlglot.optimizer.annotate_types import annotate_types
except ImportError as error:  # the base installation has no second engine
    raise MissingExtraError("the Spark engine", "spark") from error

if TYPE_CHECKING:
    from collections.abc import Iterator

BACKREFERENCE = re.compile(r"\\\d")
# Notes on a node of the syntax tree to how many places it has been rounded already.
ROUNDED = "rounded"
FLOATING = (exp.DataType.Type.DOUBLE, exp.DataType.Type.FLOAT)


def parse(sql: str) -> exp.Expr:
    """Parse one statement of DuckDB's dialect.

    Raises:
        ValueError: The text is not exactly one statement; sqlglot's own error is one.
    """
    (statement,) = sqlglot.parse(sql, read="duckdb")
    if statement is None:
        raise ValueError("no statement")
    return statement


def unsupported(statement: exp.Expr) -> list[str]:
    """Name the constructs of a statement that Spark lacks or takes for something else."""
    return [fault for node in statement.walk() for fault in _unsupported(node)]


def _unsupported(node: exp.Expr) -> Iterator[str]:
    name = node.name.lower() if isinstance(node, exp.Anonymous) else ""
    # Spark writes $1 where DuckDB writes \1 and takes \1 for a digit, without a word.
    if isinstance(node, exp.RegexpReplace) and any(
        BACKREFERENCE.search(text.name) for text in node.find_all(exp.Literal)
    ):
        yield "back reference in regexp_replace"
    if isinstance(node, exp.Bracket) and any(node.find_all(exp.Slice)):
        yield "slice"
    # DuckDB counts from one and Spark from zero; sqlglot moves only an index it can read.
    elif isinstance(node, exp.Bracket) and not all(
        isinstance(index, exp.Literal) for index in node.expressions
    ):
        yield "computed index (list_extract is understood)"
    if name in {"quantile_cont", "quantile_disc"} or (
        isinstance(node, exp.PercentileCont | exp.PercentileDisc | exp.Quantile)
        and not isinstance(node.parent, exp.WithinGroup)
    ):
        yield "quantile"
    if isinstance(node, exp.Join) and str(node.args.get("method") or "").upper() == "ASOF":
        yield "asof join"
    if isinstance(node, exp.Pivot):
        yield "pivot"
    if name == "jaro_winkler_similarity" or isinstance(node, exp.JarowinklerSimilarity):
        yield "jaro_winkler_similarity"
    # Spark's list has no order; sqlglot leaves it out without a word.
    if isinstance(node, exp.ArrayAgg | exp.List) and any(node.find_all(exp.Order)):
        yield "ordered list (list_sort(list()) is understood)"


def to_spark(name: str, sql: str) -> str:
    """Write a statement of DuckDB's dialect in Spark's; ``$name`` becomes ``:name``.

    Args:
        name: Name of the query, for messages.
        sql: One ``select`` or ``create view``.

    Raises:
        EngineError: It uses a construct that Spark does not have; the message names it.
    """
    try:
        statement = parse(sql)
        faults = unsupported(statement)
        if faults:
            raise _refused(name, ", ".join(dict.fromkeys(faults)), sql)
        return _rewritten(statement).sql(
            dialect="spark", unsupported_level=sqlglot.ErrorLevel.RAISE, comments=False
        )
    except (sqlglot.errors.SqlglotError, ValueError) as error:
        raise _refused(name, str(error).splitlines()[0], sql) from error


def _refused(name: str, construct: str, sql: str) -> EngineError:
    return EngineError(
        f"query {name} cannot run on spark: {construct}",
        sql=sql,
        remedy="Use engine duckdb for it, or a construct that both engines have",
    )


def _rewritten(statement: exp.Expr) -> exp.Expr:
    if isinstance(statement, exp.Create):
        # A view of Spark's is kept in its catalogue for everybody unless it is temporary.
        statement.set("properties", exp.Properties(expressions=[exp.TemporaryProperty()]))
    for call in statement.find_all(exp.Anonymous):
        if call.name.lower() == "list_extract":  # null, too, where the list has no such place
            call.set("this", "try_element_at")
    typed = annotate_types(statement, dialect="duckdb")
    # From the inside out: what is rounded may hold what is rounded.
    for node in reversed(list(typed.find_all(exp.Round, exp.Cast))):
        node.replace(_rounded(node))
    return typed


def _rounded(node: exp.Expr) -> exp.Expr:
    """Round doubles as DuckDB does.

    DuckDB multiplies, rounds and divides; Spark rounds the shortest decimal text of the double.
    They part at 1.005, which is a little less than it looks: 1.00 there, 1.01 here.

    Raises:
        ValueError: What is rounded has a type only the tables know.
    """
    if isinstance(node, exp.Round):
        if node.this.type is None or node.this.type.this == exp.DataType.Type.UNKNOWN:
            raise ValueError(f"{node.sql()} does not say whether it rounds doubles: cast to a type")
        digits = node.args.get("decimals")
        places = int(digits.name) if digits is not None else 0
        return _scaled(node.this, places) if places and _is_floating(node.this) else node
    if (
        isinstance(node, exp.Cast)
        and node.to.this == exp.DataType.Type.DECIMAL
        and _is_floating(node.this)
        and len(node.to.expressions) == 2
        and node.this.meta.get(ROUNDED) != node.to.expressions[1].name
    ):
        return exp.cast(_scaled(node.this, int(node.to.expressions[1].name)), node.to)
    return node


def _scaled(number: exp.Expr, places: int) -> exp.Expr:
    scale = exp.cast(exp.Literal.number(10**places), "double")
    rounded = exp.Round(this=exp.Mul(this=exp.paren(number.copy()), expression=scale))
    scaled = exp.Div(this=rounded, expression=scale.copy())
    scaled.type = "double"
    scaled.meta[ROUNDED] = str(places)
    return scaled


def _is_floating(node: exp.Expr) -> bool:
    return node.type is not None and node.type.this in FLOATING
