"""How steadily flows trade: by hand, and as a property."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from throughflow.trade import counterfactual, steadiness


def panel(series: np.ndarray, per_year: int) -> counterfactual.Panel:
    """Lay rows of one exporter and hub out as families; months count from 0."""
    families, months = series.shape
    family, month = np.nonzero(series)
    return counterfactual.Panel(
        reporters=("DE",),
        partners=("KZ",),
        families=tuple(f"{k:06d}" for k in range(families)),
        headings=np.zeros(families, dtype=np.int64),
        chapters=np.zeros(1, dtype=np.int64),
        cell=family,
        month=month,
        value=series[family, month].astype(float),
        covered=np.ones(families, dtype=bool),
        unrestricted=None,
        first_month=0,
        last_month=months - 1,
        is_donor=np.zeros(1, dtype=bool),
        closed=np.zeros((1, months), dtype=bool),
        per_year=per_year,
    )


def measured(series: np.ndarray, per_year: int = 12) -> np.ndarray:
    made = panel(np.asarray(series, dtype=float), per_year)
    mask = np.full(len(series), series.shape[1], dtype=np.int64)
    return steadiness.of_units(made, mask, ())[0, 0]


def test_trade_in_every_month_is_steady_and_in_one_month_is_not():
    series = np.zeros((4, 12))
    series[0] = 5
    series[1, 3] = 60
    series[2, :6] = 10
    np.testing.assert_allclose(measured(series), [1, 1 / 12, 0.5, 0])
    assert steadiness.class_of(measured(series), 12).tolist() == [4, 0, 2, 0]


def test_only_the_year_before_the_date_counts():
    series = np.zeros((1, 24))
    series[0, :12] = 7
    series[0, 20] = 7
    assert measured(series)[0] == pytest.approx(1 / 12)


def test_a_flow_that_hardly_moves_from_year_to_year_is_calmer_than_one_that_leaps():
    years = np.array([[100, 104, 99, 103, 101.0], [10, 300, 4, 90, 2.0], [0, 0, 0, 0, 50.0]])
    calm, wild, fresh = measured(years, 1)
    assert wild < 0.4
    assert calm > 0.75
    assert wild < fresh < calm
    assert steadiness.class_of(np.array([calm, wild]), 1).tolist() == [3, 0]


def test_sums_are_steadier_than_their_lumps():
    series = np.zeros((1, 12))
    series[0, ::2] = 10
    one = panel(series, 12)
    both = replace(
        one,
        reporters=("DE", "FR"),
        cell=np.concatenate([one.cell, one.cell + 1]),
        month=np.concatenate([one.month, one.month + 1]),
        value=np.concatenate([one.value, one.value]),
        covered=np.ones(2, dtype=bool),
        closed=np.zeros((2, 12), dtype=bool),
    )
    mask = np.array([12])
    np.testing.assert_allclose(steadiness.of_units(both, mask, ())[:, 0, 0], [0.5, 0.5])
    assert steadiness.of_units(both, mask, (0,))[0, 0, 0] == pytest.approx(1)


@given(
    st.lists(st.just(0.0) | st.floats(0.01, 1e6), min_size=12, max_size=12),
    st.floats(1e-3, 1e3),
    st.sampled_from([1, 12]),
)
def test_the_unit_of_value_does_not_matter(values, scale, per_year):
    series = np.array([values])
    np.testing.assert_allclose(
        measured(series, per_year), measured(series * scale, per_year), rtol=1e-6, atol=1e-9
    )
