"""What must hold of every panel, whatever it contains."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from throughflow.trade import conformal, counterfactual
from throughflow.trade.counterfactual import Design, Panel

FIRST = 2020 * 12
N_O, N_H, N_K, N_T = 3, 3, 4, 28
START = 18

amounts = st.one_of(st.just(0.0), st.integers(1, 10**6).map(float))
values = arrays.arrays(np.float64, (N_O, N_H, N_K, N_T), elements=amounts)
totals = arrays.arrays(np.float64, (N_O, N_H, N_T), elements=st.integers(0, 10**7).map(float))
appearances = arrays.arrays(np.float64, (N_H, N_K), elements=st.floats(0, 3))
quick = settings(max_examples=40, deadline=None)


def panel_of(value, unrestricted=None):
    o, h, k, t = np.nonzero(value)
    return Panel(
        reporters=("A", "B", "C"),
        partners=("S", "T", "U"),
        families=("f0", "f1", "f2", "f3"),
        headings=np.array([0, 0, 1, 2]),
        chapters=np.array([0, 0, 1]),
        cell=(o * N_H + h) * N_K + k,
        month=FIRST + t,
        value=value[o, h, k, t],
        covered=np.ones(N_O * N_H * N_K, dtype=bool),
        unrestricted=unrestricted,
        first_month=FIRST,
        last_month=FIRST + N_T - 1,
        is_donor=np.zeros(N_H, dtype=bool),
        closed=np.zeros((N_O, N_T), dtype=bool),
    )


DESIGN = Design(
    start=np.array([START, START, START + 2, START]) + FIRST,
    mask=np.array([START, START - 2, START + 2, START]) + FIRST,
    last=FIRST + START + 8,
    tested=np.array([True, True, True, False]),
    whole=np.ones((N_O, N_K), dtype=bool),
)


def predict(panel, appearance=None):
    return counterfactual.predict(panel, DESIGN, appearance)


@quick
@given(values, totals, appearances, st.randoms(use_true_random=False))
def test_the_order_of_the_rows_does_not_matter(value, unrestricted, appearance, random):
    panel = panel_of(value, unrestricted)
    order = list(range(len(panel.cell)))
    random.shuffle(order)
    order = np.array(order, dtype=np.int64)
    shuffled = replace(
        panel, cell=panel.cell[order], month=panel.month[order], value=panel.value[order]
    )
    one, other = predict(panel, appearance), predict(shuffled, appearance)
    for rung in "BC":
        np.testing.assert_allclose(one.expected(rung), other.expected(rung), rtol=1e-12)
    np.testing.assert_allclose(one.actual, other.actual, rtol=1e-12)


@quick
@given(values, totals, appearances, st.sampled_from([-3, -1, 2, 6]))
def test_another_unit_of_money_scales_everything(value, unrestricted, appearance, power):
    unit = 10.0**power
    one = predict(panel_of(value, unrestricted), appearance)
    other = predict(panel_of(value * unit, unrestricted * unit), appearance)
    for rung in "BC":
        np.testing.assert_allclose(other.expected(rung), one.expected(rung) * unit, rtol=1e-9)
    np.testing.assert_allclose(other.actual, one.actual * unit, rtol=1e-12)
    np.testing.assert_allclose(other.growth, one.growth, rtol=1e-9)
    assert (other.is_new == one.is_new).all()


@quick
@given(values, appearances)
def test_new_flows_move_a_hubs_expectation_and_never_change_it(value, appearance):
    panel = panel_of(value)
    bare, moved = predict(panel), predict(panel, appearance)
    np.testing.assert_allclose(
        moved.expected_c.sum(axis=(0, 2)), bare.expected_c.sum(axis=(0, 2)), rtol=1e-9, atol=1e-9
    )
    assert (moved.expected_c >= 0).all()
    # Cells with a past give, cells without one take.
    assert (moved.expected_c <= bare.expected_c + 1e-9)[~bare.is_new].all()
    assert (moved.expected_c[bare.is_new] >= 0).all()


@quick
@given(values)
def test_a_year_expects_what_the_year_before_recorded(value):
    """Over twelve months the seasons cancel: the expectation is the past, cell by cell."""
    start = np.full(N_K, FIRST + 14)
    design = replace(DESIGN, start=start, mask=start, last=FIRST + 25)
    found = counterfactual.predict(panel_of(value), design)
    wanted = value[..., 2:14].sum(axis=3) * design.tested
    has_season = wanted.sum(axis=(0, 2)) > 0
    np.testing.assert_allclose(
        found.expected_c[:, has_season], wanted[:, has_season], rtol=1e-9, atol=1e-9
    )


@quick
@given(
    values, totals,
    st.tuples(*(st.integers(0, n - 1) for n in (N_O, N_H, 3))), st.integers(1, 10**6),
)  # fmt: skip
def test_one_more_export_in_the_window_is_one_more_of_excess(value, unrestricted, cell, more):
    """On either rung, where the listed goods are already out of the totals."""
    month = START + 3
    raised = value.copy()
    raised[(*cell, month)] += more
    one, other = (predict(panel_of(v, unrestricted)) for v in (value, raised))
    # The month may be another family's past; the cell's own past it is not.
    for rung in "BC":
        before = (one.actual - one.expected(rung))[cell]
        after = (other.actual - other.expected(rung))[cell]
        np.testing.assert_allclose(after - before, more, rtol=1e-6, atol=1e-3)


ratios = arrays.arrays(np.float64, 200, elements=st.one_of(st.just(0.0), st.floats(0.01, 100)))


@quick
@given(ratios, st.floats(0, 1e6), st.floats(0, 1e6), st.floats(1, 1e6))
def test_more_trade_never_has_a_larger_p(ratio, one, other, expected):
    size = int(conformal.size_class(np.array([expected]))[0])
    made = conformal.Calibration(
        ratio, np.full(200, size), np.full(200, 1), np.zeros(200, dtype=np.int64),
        new_positive=np.zeros(0), new_fold=np.zeros(0, dtype=np.int64),
        new_total=np.zeros(5, dtype=np.int64),
    )  # fmt: skip
    two = np.array([min(one, other), max(one, other)])
    judged = made.judge(np.full(2, expected), two, np.full(2, size), np.full(2, 1), np.full(2, 1))
    assert judged.p[1] <= judged.p[0]
    assert (judged.p > 0).all()
    assert (judged.p <= 1).all()
    assert judged.low[0] == judged.low[1] <= judged.high[0] == judged.high[1]


@quick
@given(ratios)
def test_a_pools_own_ratios_fall_inside_as_often_as_promised(ratio):
    """At least nine in ten, up to the finite-sample correction, whatever the distribution."""
    made = conformal.Calibration(
        ratio, np.full(200, 2), np.full(200, 1), np.zeros(200, dtype=np.int64),
        new_positive=np.zeros(0), new_fold=np.zeros(0, dtype=np.int64),
        new_total=np.zeros(5, dtype=np.int64),
    )  # fmt: skip
    judged = made.judge(np.full(200, 1.0), ratio, np.full(200, 2), np.full(200, 1), np.full(200, 1))
    assert ((ratio >= judged.low) & (ratio <= judged.high)).mean() >= 0.9


@quick
@given(arrays.arrays(np.float64, st.integers(1, 60), elements=st.floats(1e-6, 1)))
def test_q_is_never_below_p_and_keeps_its_order(p):
    q = conformal.benjamini_hochberg(p)
    assert (q >= p - 1e-12).all()
    assert (q <= 1).all()
    order = np.argsort(p, kind="stable")
    assert (np.diff(q[order]) >= -1e-12).all()
