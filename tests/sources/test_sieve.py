from __future__ import annotations

from datetime import date
from decimal import Decimal

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from throughflow.model import schema
from throughflow.sources import coverage, reasons
from throughflow.sources.base import Refusals
from throughflow.sources.sieve import KEY, Sieve, exact, row_numbers


def sieve(**columns):
    size = len(next(iter(columns.values())))
    key = {
        "freq": "M",
        "period": date(2022, 3, 1),
        "reporter": "DE",
        "partner": "KZ",
        "flow": "export",
        "partner_basis": "destination",
        "nomenclature": "CN",
        "nomenclature_edition": None,
        "product": "85423119",
        "currency": "EUR",
    }
    full = {name: [value] * size for name, value in key.items()}
    full |= {"row": list(range(2, 2 + size)), **columns}
    table = pa.table(full).set_column(
        list(full).index("nomenclature_edition"),
        "nomenclature_edition",
        pa.array(full["nomenclature_edition"], pa.string()),
    )
    return Sieve(table, Refusals(), "f.csv")


@pytest.mark.parametrize(
    ("text", "units", "amount"),
    [
        ("28048.90452", 1000, "28048904.52"),
        ("0.005", 1, "0.00"),
        ("0.015", 1, "0.02"),
        ("0.025", 1, "0.02"),
        ("5e-05", 1000, "0.05"),
        ("1e3", 1, "1000.00"),
        (".5", 1, "0.50"),
        ("7.", 1, "7.00"),
    ],
)
def test_exact_rounds_half_even_to_cents(text, units, amount):
    assert exact(text, units) == Decimal(amount)


@pytest.mark.parametrize("text", ["", "1,5", "1 5", "nan", "inf", "--1", "0x1", "٣", "1e9999"])
def test_exact_takes_finite_ascii_numbers_only(text):
    assert exact(text) is None


def test_a_number_beyond_any_trade_is_too_large_not_an_accident():
    it = sieve(value=["1e90", "1" * 17, "9" * 10**6, "12"])
    it.money("value")
    assert it.rows["value"].to_pylist() == [Decimal("12.00")]
    assert {row[0] for row in it.refusals.rows} == {reasons.TOO_LARGE}


@given(
    st.lists(
        st.decimals(min_value=0, max_value=10**12, places=4, allow_nan=False, allow_infinity=False),
        min_size=1,
        max_size=20,
    )
)
def test_the_fast_way_and_the_exact_way_agree(amounts):
    fast, slow = (sieve(value=[f"{a:f}" for a in amounts]) for _ in range(2))
    fast.money("value")
    slow.rows = pa.concat_tables([slow.rows, slow.rows.slice(0, 1)])
    texts = [*slow.rows["value"].to_pylist()[:-1], "1e1"]
    slow.put("value", pa.array(texts))
    slow.money("value")
    assert fast.rows["value"].to_pylist() == slow.rows["value"].to_pylist()[:-1]


def test_each_bad_text_is_named_once_with_its_places():
    it = sieve(value=["x"] * 7 + ["-1", "3"], sheet=["S"] * 9)
    it.money("value")
    assert it.rows["value"].to_pylist() == [Decimal("3.00")]
    text, negative = it.refusals.rows
    assert text == (
        "not a number",
        f"f.csv, {'; '.join(f'sheet S, row {row}' for row in range(2, 7))} and further",
        "value 'x'",
        7,
    )
    assert negative[0] == reasons.NEGATIVE
    assert len(it.holes) == 2


def test_too_many_different_texts_are_counted_together():
    it = sieve(value=[f"x{i}" for i in range(700)])
    it.money("value")
    assert sum(row[3] for row in it.refusals.rows) == 700
    assert len(it.refusals.rows) == 501


def test_a_row_written_twice_is_kept_once_and_leaves_no_hole():
    it = sieve(value=["5", "5", "5"])
    it.money("value")
    it.one_row_per_key()
    assert it.rows["row"].to_pylist() == [2]
    assert [(row[0], row[3]) for row in it.refusals.rows] == [(reasons.DUPLICATE, 2)]
    assert it.holes == []


def test_a_contradiction_refuses_every_row_of_its_key():
    it = sieve(value=["5", "6", "5", "9"], partner=["KZ", "KZ", "KZ", "KG"])
    it.money("value")
    it.one_row_per_key()
    assert it.rows["partner"].to_pylist() == ["KG"]
    [(reason, place, detail, cells)] = it.refusals.rows
    assert (reason, cells) == (reasons.CONFLICT, 3)
    assert "row 2; row 3; row 4" in place
    assert "KZ" in detail
    assert len(it.holes[0]) == 3


def test_levels_of_a_nomenclature_are_different_keys():
    it = sieve(value=["5", "6", "7"], product=["8542", "854231", "85423119"])
    it.money("value")
    it.one_row_per_key()
    assert len(it.rows) == 3


def test_row_numbers_agree_exactly_where_rows_do():
    columns = [
        pa.chunked_array([["a", "b", "a"], ["a", None]]),
        pa.chunked_array([[1, 1, 1], [2, 1]]),
    ]
    numbers = row_numbers(columns)
    assert numbers[0] == numbers[2]
    assert len(set(numbers.tolist())) == 4


def test_row_numbers_do_not_overflow():
    wide = [pa.chunked_array([list(range(5000))]) for _ in range(8)]
    assert len(set(row_numbers(wide).tolist())) == 5000


def months(*numbers, **columns):
    it = sieve(period=[date(2022, number, 1) for number in numbers], **columns)
    return it.rows.select(KEY)


def spans(table):
    return [(row["first_period"].month, row["last_period"].month) for row in table.to_pylist()]


def test_coverage_is_ranges_without_the_holes():
    asked = months(1, 2, 3, 4, 6, 7, 3)
    assert spans(coverage.table([asked], [months(2)], "d")) == [(1, 1), (3, 4), (6, 7)]
    assert spans(coverage.table([asked], [asked], "d")) == []
    assert len(coverage.table([asked.slice(0, 0)], [], "d")) == 0


def test_ranges_cross_the_new_year():
    it = sieve(period=[date(2021, 12, 1), date(2022, 1, 1)])
    [row] = coverage.table([it.rows], [], "d").to_pylist()
    assert (row["first_period"], row["last_period"]) == (date(2021, 12, 1), date(2022, 1, 1))


def test_years_are_ranges_of_years():
    days = [date(2019, 1, 1), date(2020, 1, 1), date(2022, 1, 1)]
    it = sieve(period=days, freq=["A"] * 3)
    found = coverage.table([it.rows], [], "d").to_pylist()
    assert [(r["first_period"].year, r["last_period"].year) for r in found] == [
        (2019, 2020),
        (2022, 2022),
    ]


def test_a_reporter_covers_its_series_where_it_reports_at_all():
    rows = months(1, 2, 4, 2, partner=["KZ", "KZ", "KZ", "KG"])
    found = coverage.reported(rows, [], "d")
    assert [
        (row["partner"], span) for row, span in zip(found.to_pylist(), spans(found), strict=True)
    ] == [
        ("KG", (1, 2)),
        ("KG", (4, 4)),
        ("KZ", (1, 2)),
        ("KZ", (4, 4)),
    ]


def test_a_refused_cell_is_a_hole_in_its_own_series_only():
    rows = months(1, 2, 3, 1, partner=["KZ", "KZ", "KZ", "KG"])
    found = coverage.reported(rows, [months(2)], "d")
    assert [
        (row["partner"], span) for row, span in zip(found.to_pylist(), spans(found), strict=True)
    ] == [
        ("KG", (1, 3)),
        ("KZ", (1, 1)),
        ("KZ", (3, 3)),
    ]
    schema.COVERAGE.conform(found)
