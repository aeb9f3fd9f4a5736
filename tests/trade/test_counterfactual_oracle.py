"""The numerical kernel against slow re-implementations from its definition, and against a fit."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy import optimize

from throughflow.trade import counterfactual
from throughflow.trade.counterfactual import Design, Panel

N_O, N_H, N_K, N_T = 3, 2, 5, 30
FIRST = 2020 * 12


def panel_of(values, unrestricted=None, *, covered=None, closed=None, headings=None):
    """Make a panel of a dense (exporters, hubs, families, months) array."""
    n_o, n_h, n_k, n_t = values.shape
    o, h, k, t = np.nonzero(values)
    headings = np.arange(n_k) // 2 if headings is None else np.asarray(headings)
    closed = np.zeros((n_o, n_t), dtype=bool) if closed is None else closed
    kept = ~closed[o, t]
    o, h, k, t = o[kept], h[kept], k[kept], t[kept]
    return Panel(
        reporters=tuple("ABCDEFGH"[:n_o]),
        partners=tuple("STUVWX"[:n_h]),
        families=tuple(f"f{i}" for i in range(n_k)),
        headings=headings,
        chapters=np.arange(int(headings.max()) + 1) // 2,
        cell=(o * n_h + h) * n_k + k,
        month=FIRST + t,
        value=values[o, h, k, t],
        covered=np.ones(n_o * n_h * n_k, dtype=bool) if covered is None else covered,
        unrestricted=unrestricted,
        first_month=FIRST,
        last_month=FIRST + n_t - 1,
        is_donor=np.zeros(n_h, dtype=bool),
        closed=closed,
    )


def design_of(start, mask, last, tested=True, n_o=N_O):  # noqa: FBT002
    start, mask = np.asarray(start), np.asarray(mask)
    return Design(
        start=start,
        mask=mask,
        last=last,
        tested=np.broadcast_to(tested, start.shape),
        whole=np.ones((n_o, len(start)), dtype=bool),
    )


@pytest.fixture
def dense():
    rng = np.random.default_rng(5)
    values = rng.poisson(1.5, (N_O, N_H, N_K, N_T)) * rng.lognormal(3, 1, (N_O, N_H, N_K, N_T))
    values[0, 0, 1, :24] = 0  # a cell without a past
    values[1, 1, 3] = 0
    return values


@pytest.fixture
def design():
    first = FIRST + 18
    # Families treated at once, two months later, and half a month before the window's start.
    return design_of(
        [first, first, first + 2, first + 2, first],
        [first, first - 1, first + 2, first + 2, first],
        FIRST + 26,
        [True, True, True, True, False],
    )


def slow_expected(values, design, closed=None):
    """Follow docs/methods/counterfactual.md word for word, one cell at a time."""
    n_o, n_h, n_k, n_t = values.shape
    closed = np.zeros((n_o, n_t), dtype=bool) if closed is None else closed
    until = min(design.mask[k] for k in range(n_k) if design.tested[k]) - FIRST
    expected = np.zeros((n_o, n_h, n_k))
    for h in range(n_h):
        season = dict.fromkeys(range(12), 0.0)
        for t in range(until - 12, until):
            for o in range(n_o):
                for k in range(n_k):
                    if design.tested[k] and not closed[o, t]:
                        season[(FIRST + t) % 12] += values[o, h, k, t]
        whole = sum(season.values())
        for o in range(n_o):
            for k in range(n_k):
                if not design.tested[k]:
                    continue
                mask, start = design.mask[k] - FIRST, design.start[k] - FIRST
                level = sum(values[o, h, k, t] for t in range(mask - 12, mask) if not closed[o, t])
                share = sum(
                    season[(FIRST + t) % 12] / whole
                    for t in range(start, design.last - FIRST + 1)
                    if not closed[o, t]
                )
                expected[o, h, k] = level * share
    return expected


def slow_growth(unrestricted, design, closed=None):
    n_o, n_h, n_t = unrestricted.shape
    closed = np.zeros((n_o, n_t), dtype=bool) if closed is None else closed
    growth = np.ones((n_o, n_h, len(design.start)))
    for k in range(len(design.start)):
        if not design.tested[k]:
            continue
        start, mask = design.start[k] - FIRST, design.mask[k] - FIRST
        before, after = np.zeros((n_o, n_h)), np.zeros((n_o, n_h))
        for o in range(n_o):
            for h in range(n_h):
                for t in range(start, design.last - FIRST + 1):
                    if closed[o, t]:
                        continue
                    twin = t - 12
                    while twin >= mask:
                        twin -= 12
                    after[o, h] += unrestricted[o, h, t]
                    before[o, h] += unrestricted[o, h, twin]
        for h in range(n_h):
            hub = after[:, h].sum() / before[:, h].sum()
            weight = counterfactual.GROWTH_SHRINKAGE * before[:, h].sum()
            for o in range(n_o):
                growth[o, h, k] = (after[o, h] + weight * hub) / (before[o, h] + weight)
    return growth


def test_rung_c_is_the_past_year_times_the_share_of_the_windows_months(dense, design):
    found = counterfactual.predict(panel_of(dense), design)
    np.testing.assert_allclose(found.expected_c, slow_expected(dense, design))
    assert not found.usable[:, :, 4].any()


def test_actual_is_counted_from_each_familys_own_month(dense, design):
    found = counterfactual.predict(panel_of(dense), design)
    for k in range(4):
        start = design.start[k] - FIRST
        np.testing.assert_allclose(found.actual[:, :, k], dense[:, :, k, start:27].sum(axis=2))
    assert not found.actual[:, :, 4].any()


def test_rung_b_is_rung_c_times_the_growth_of_the_pairs_unrestricted_goods(dense, design):
    rng = np.random.default_rng(6)
    unrestricted = rng.lognormal(8, 0.5, (N_O, N_H, N_T))
    found = counterfactual.predict(panel_of(dense, unrestricted), design)
    np.testing.assert_allclose(found.growth[:, :, :4], slow_growth(unrestricted, design)[:, :, :4])
    np.testing.assert_allclose(found.expected("B"), found.expected_c * found.growth)


def test_closed_months_are_left_out_of_both_sides(dense, design):
    closed = np.zeros((N_O, N_T), dtype=bool)
    closed[1, 24:26] = True
    closed[2, 18:27] = True
    unrestricted = np.random.default_rng(7).lognormal(8, 0.5, (N_O, N_H, N_T))
    found = counterfactual.predict(panel_of(dense, unrestricted, closed=closed), design)
    np.testing.assert_allclose(found.expected_c, slow_expected(dense, design, closed))
    np.testing.assert_allclose(
        found.growth[:, :, :4], slow_growth(unrestricted, design, closed)[:, :, :4]
    )
    assert not found.actual[2, :, :2].any()
    assert not found.expected_c[2, :, :2].any()


def test_a_window_longer_than_a_year_repeats_the_shares_and_the_past(dense):
    mask = FIRST + 13
    design = design_of(np.full(N_K, mask), np.full(N_K, mask), mask + 15)
    unrestricted = np.random.default_rng(8).lognormal(8, 0.5, (N_O, N_H, N_T))
    found = counterfactual.predict(panel_of(dense, unrestricted), design)
    np.testing.assert_allclose(found.expected_c, slow_expected(dense, design))
    np.testing.assert_allclose(found.growth, slow_growth(unrestricted, design))
    assert (found.expected_c.sum(axis=2) > dense[..., 1:13].sum(axis=(2, 3))).all()


def test_a_window_later_than_the_restriction_still_uses_the_year_before_the_restriction(dense):
    design = design_of(np.full(N_K, FIRST + 22), np.full(N_K, FIRST + 14), FIRST + 25)
    unrestricted = np.random.default_rng(9).lognormal(8, 0.5, (N_O, N_H, N_T))
    found = counterfactual.predict(panel_of(dense, unrestricted), design)
    np.testing.assert_allclose(found.past, dense[..., 2:14].sum(axis=3))
    np.testing.assert_allclose(found.expected_c, slow_expected(dense, design))
    np.testing.assert_allclose(found.growth, slow_growth(unrestricted, design))


def test_rung_c_is_the_poisson_fit_with_pair_product_and_hub_month_effects():
    """First-order conditions are solved by Newton's method, without margin matching."""
    rng = np.random.default_rng(10)
    n_o, n_k = 2, 3
    values = rng.gamma(1.5, 20, (n_o, 1, n_k, 24))
    start = FIRST + 12
    design = design_of(np.full(n_k, start), np.full(n_k, start), start + 8, n_o=n_o)
    cells = n_o * n_k
    x = values[:, 0, :, :12].reshape(cells, 12)

    def log_mean(parameters):
        season = np.concatenate([[0.0], parameters[cells:]])
        return parameters[:cells, None] + season[None, :]

    def loss(parameters):
        eta = log_mean(parameters)
        return (np.exp(eta) - x * eta).sum()

    def slope(parameters):
        residual = np.exp(log_mean(parameters)) - x
        return np.concatenate([residual.sum(axis=1), residual.sum(axis=0)[1:]])

    start_at = np.concatenate([np.log(x.mean(axis=1)), np.zeros(11)])
    fit = optimize.minimize(loss, start_at, jac=slope, method="BFGS", options={"gtol": 1e-7})
    fitted = np.exp(log_mean(fit.x))
    months = np.arange(start, start + 9) % 12
    wanted = fitted[:, months].sum(axis=1).reshape(n_o, n_k)
    found = counterfactual.predict(panel_of(values), design).expected_c[:, 0]
    np.testing.assert_allclose(found, wanted, rtol=1e-5)


def test_new_flows_take_from_a_hubs_expectation_and_add_nothing(dense, design):
    panel = panel_of(dense)
    bare = counterfactual.predict(panel, design)
    appearance = np.full((N_H, N_K), 0.4)
    found = counterfactual.predict(panel, design, appearance)
    assert found.is_new[0, 0, 1]
    assert found.expected_c[0, 0, 1] > 0
    np.testing.assert_allclose(found.expected_c.sum(axis=(0, 2)), bare.expected_c.sum(axis=(0, 2)))
    # The level of a new cell is the mean of its hub and heading, here families 0 and 1.
    mean = bare.expected_c[:, 0, :2].sum() / (2 * N_O)
    assert found.expected_c[0, 0, 1] == pytest.approx(0.4 * mean)


def test_with_almost_no_past_new_cells_take_all_of_it_and_no_more(dense, design):
    values = dense.copy()
    values[:, 0, :, :24] = 0
    values[0, 0, 0, 10] = 100.0
    panel = panel_of(values)
    bare = counterfactual.predict(panel, design)
    found = counterfactual.predict(panel, design, np.full((N_H, N_K), 50.0))
    assert found.expected_c[0, 0, 0] == 0
    assert found.expected_c[:, 0].sum() == pytest.approx(bare.expected_c[:, 0].sum())
    assert (found.expected_c >= 0).all()


def test_a_heading_without_a_past_borrows_its_chapters_mean_at_a_discount(dense, design):
    values = dense.copy()
    values[:, 0, 2:4] = 0  # heading 1, in the chapter of heading 0
    panel = panel_of(values)
    bare = counterfactual.predict(panel, design)
    level = counterfactual.heading_level(panel, bare.expected_c, bare.usable)
    chapter = bare.expected_c[:, 0, :4].sum() / (4 * N_O)
    assert level[0, 2] == pytest.approx(counterfactual.CHAPTER_DISCOUNT * chapter)


def test_appearance_rates_come_from_the_other_folds(dense, design):
    panel = panel_of(dense)
    bare = counterfactual.predict(panel, design)
    fold = np.array([0, 0, 1, 1, 1])
    rates = counterfactual.appearance_rates(panel, [bare], fold)
    base = counterfactual.heading_level(panel, bare.expected_c, bare.usable)
    for hub in range(N_H):
        for own, others in ((0, [2, 3, 4]), (2, [0, 1])):
            new = bare.is_new[:, hub, others]
            seen = bare.actual[:, hub, others][new].sum()
            possible = (new * base[hub, others]).sum()
            wanted = seen / possible if possible else 0
            assert rates[hub, own] == pytest.approx(wanted)


def test_no_fake_dates_leave_new_cells_at_zero(dense):
    rates = counterfactual.appearance_rates(panel_of(dense), [], np.zeros(N_K, dtype=np.int64))
    assert rates.shape == (N_H, N_K)
    assert not rates.any()


def test_without_tested_families_nothing_is_expected(dense, design):
    none = design_of(design.start, design.mask, design.last, False)  # noqa: FBT003
    found = counterfactual.predict(panel_of(dense), none)
    assert not found.usable.any()
    assert not found.expected_c.any()
    np.testing.assert_allclose(found.profile, 1 / 12)


def test_pairs_without_unrestricted_trade_take_their_hubs_growth(dense, design):
    unrestricted = np.random.default_rng(11).lognormal(8, 0.5, (N_O, N_H, N_T))
    unrestricted[1, 0] = 0
    rates = counterfactual.pair_growth(
        panel_of(dense, unrestricted), FIRST + 18, FIRST + 18, FIRST + 26
    )
    after = unrestricted[:, 0, 18:27].sum()
    before = unrestricted[:, 0, 6:15].sum()
    assert rates[1, 0] == pytest.approx(after / before)


def test_without_totals_nothing_grows(dense):
    rates = counterfactual.pair_growth(panel_of(dense), FIRST + 18, FIRST + 18, FIRST + 26)
    assert (rates == 1).all()
    assert rates.shape == (N_O, N_H)


def test_an_exporter_without_a_whole_past_has_no_expectation(dense, design):
    whole = design.whole.copy()
    whole[1, 2] = False
    found = counterfactual.predict(panel_of(dense), replace(design, whole=whole))
    assert not found.usable[1, :, 2].any()
    assert not found.expected_c[1, :, 2].any()
    assert not found.actual[1, :, 2].any()
    assert found.usable[1, :, 1].all()


def test_a_window_may_begin_before_the_data(dense):
    closed = np.zeros((N_O, N_T), dtype=bool)
    closed[0, 1] = True
    found = counterfactual.open_months(panel_of(dense, closed=closed), FIRST - 2, FIRST + 2)
    assert found.tolist() == [[1, 1, 1, 0, 1], [1] * 5, [1] * 5]


def test_rows_in_order_of_time_are_cut_and_give_what_searching_gives(dense, design):
    searched = panel_of(dense)
    order = np.argsort(searched.month, kind="stable")
    cut = replace(
        searched,
        cell=searched.cell[order],
        month=searched.month[order],
        value=searched.value[order],
    )
    found = cut.rows_between(FIRST + 3, FIRST + 5)
    assert found[1].tolist() == sorted(found[1].tolist())
    assert np.shares_memory(found[2], cut.value)
    assert found[2].sum() == pytest.approx(dense[..., 3:6].sum())
    low, high = design.start - 12, design.mask + 3
    for one, other in zip(
        counterfactual.cell_sums(cut, low, high),
        counterfactual.cell_sums(searched, low, high),
        strict=True,
    ):
        assert np.array_equal(one, other)
        assert one.any()
