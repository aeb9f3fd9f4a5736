"""The rolling year against sums over rows in Python, whatever the series look like."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from decimal import Decimal

import pyarrow as pa
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from throughflow.reference import fx
from throughflow.warehouse import engines
from throughflow.warehouse.store import sql_text

MONEY = pa.decimal128(18, 2)
MOST = Decimal("9999999999999999.99")
# Two dollars are a euro; ZZZ has no rate.
RATES = {"EUR": Decimal(1), "USD": Decimal(2)}
COLUMNS = {
    "reporter": pa.string(), "partner": pa.string(), "product": pa.string(),
    "period": pa.date32(), "currency": pa.string(), "value": MONEY,
}  # fmt: skip
ASKED = {
    "dataset": "world", "nomenclature": "CN", "freq": "M", "flow": "export",
    "partner_basis": "destination",
}  # fmt: skip


def month(number: int) -> date:
    return date(2020 + number // 12, 1 + number % 12, 1)


ANY = st.decimals(-MOST, MOST, places=2)
# Conversion goes through doubles, which hold fifteen digits: short amounts in dollars.
VALUES = st.one_of(
    st.tuples(st.just("EUR"), ANY | st.integers(-9, 9).map(Decimal)),
    st.tuples(st.just("USD"), st.integers(-9, 9).map(lambda half: Decimal(2 * half))),
    st.tuples(st.just("ZZZ"), ANY),
)
# Few texts, some of them the beginning of others, so that series meet and their order matters.
ROWS = st.lists(
    st.builds(
        lambda *row: (*row[:-1], *row[-1]),
        st.sampled_from(["A", "AB", "B"]),
        st.sampled_from(["KG", "KZ"]),
        st.sampled_from(["84715000", "84715010", "TOTAL"]),
        st.integers(0, 40).map(month),
        VALUES,
    ),
    max_size=60,
)
# Gaps, a series that begins late, a year with a missing rate, one that has left it behind, a month
# recorded twice, the most a column holds in every month of a year.
EDGES = [
    *[("A", "KZ", "84715000", month(n), "EUR", Decimal(n)) for n in (0, 1, 11, 12, 13, 30)],
    *[("A", "KZ", "84715010", month(n), "EUR", MOST) for n in range(14)],
    *[("AB", "KZ", "84715000", month(n), "USD", Decimal(2 * n)) for n in (27, 28, 40)],
    *[("AB", "KG", "84715000", month(n), "EUR", Decimal(-n)) for n in (0, 4, 15, 16)],
    ("AB", "KG", "84715000", month(3), "ZZZ", Decimal(5)),
    *[("B", "KG", "84715000", month(5), "EUR", Decimal(n)) for n in (1, 2)],
    ("B", "KG", "84715000", month(9), "ZZZ", -MOST),
]


def table(rows: list[tuple]) -> pa.Table:
    columns = list(zip(*rows, strict=True)) or [[] for _ in COLUMNS]
    held = {
        name: pa.array(column, kind)
        for (name, kind), column in zip(COLUMNS.items(), columns, strict=True)
    }
    return pa.table(
        held | {key: pa.array([one] * len(rows), pa.string()) for key, one in ASKED.items()}
    )


def rates() -> pa.Table:
    held = [(month(n), name, rate) for n in range(48) for name, rate in RATES.items()]
    days, names, per_eur = zip(*held, strict=True)
    return pa.table(
        {
            "month": pa.array(days, pa.date32()),
            "currency": names,
            "per_eur": pa.array(per_eur, fx.RATE),
        }
    )


def in_euro(currency: str, value: Decimal) -> Decimal | None:
    if currency == "EUR":
        return value
    return value / RATES[currency] if currency in RATES else None


def by_hand(rows: list[tuple], first: date, last: date) -> list[dict]:
    series = defaultdict(list)
    for reporter, partner, product, period, currency, value in rows:
        if len(product) == 8 and period <= last:
            series[product, reporter, partner].append((period, in_euro(currency, value)))
    found = []
    for (product, reporter, partner), records in sorted(series.items()):
        for period, amount in records:
            year = [
                other
                for then, other in records
                if 0 <= (period.year - then.year) * 12 + period.month - then.month < 12
            ]
            if period >= first:
                found.append(
                    {
                        "reporter": reporter, "partner": partner, "product": product,
                        "period": period, "amount": amount,
                        "year_amount": None if None in year else sum(year), "months": len(year),
                    }
                )  # fmt: skip
    return sorted(found, key=order)


def order(row: dict) -> tuple:
    # Within a month recorded twice the result has no order of its own.
    names = (row["product"], row["reporter"], row["partner"], row["period"])
    return (*names, row["amount"] is None, row["amount"] or 0)


def asked(engine: engines.Engine, first: date, last: date) -> pa.Table:
    parameters = {
        "dataset": "world", "nomenclature": "CN", "flow": "export", "basis": "destination",
        "digits": 8, "first": first, "last": last, "currency": "EUR",
    }  # fmt: skip
    return engine.query(
        "rolling_year", sql_text("throughflow.trade", "rolling_year"), parameters, {}
    )


@pytest.fixture(scope="module")
def duckdb():
    engine = engines.make("duckdb")
    engine.add_table("exchange_rate", rates())
    yield engine
    engine.close()


@given(ROWS, st.integers(0, 40).map(month), st.integers(0, 40).map(month))
@example(EDGES, month(0), month(40))
@example(EDGES, month(12), month(29))
@example([], month(0), month(40))
def test_a_year_is_the_sum_of_what_it_records(duckdb, rows, first, last):
    duckdb.add_table("trade_current", table(rows))
    found = asked(duckdb, first, last)
    names = found.select(["product", "reporter", "partner", "period"]).to_pylist()
    assert [tuple(row.values()) for row in names] == sorted(tuple(row.values()) for row in names)
    assert sorted(found.to_pylist(), key=order) == by_hand(rows, first, last)
    assert found.schema.field("amount").type == MONEY
    assert found.schema.field("year_amount").type == pa.decimal128(38, 2)
    assert found.schema.field("months").type == pa.int64()


@pytest.mark.spark
def test_spark_gives_the_same_years(duckdb):
    spark = engines.make("spark")
    try:
        tables = {"trade_current": table(EDGES), "exchange_rate": rates()}
        for engine in (duckdb, spark):
            for name, held in tables.items():
                engine.add_table(name, held)
        for first, last in ((month(0), month(40)), (month(12), month(29))):
            here, there = asked(duckdb, first, last), asked(spark, first, last)
            assert here.schema == there.schema
            assert sorted(there.to_pylist(), key=order) == by_hand(EDGES, first, last)
            assert there.drop_columns("amount").equals(here.drop_columns("amount"))
    finally:
        spark.close()
