"""Ranks, pools and false-discovery rates against plain re-implementations."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from throughflow.trade import conformal

TAIL = 0.05


def naive_bounds(ratios, tail):
    """Sort everything and take ranks as docs/methods/intervals.md says."""
    ordered = [0.0, *sorted(ratios)]  # ranks count from 1
    n = len(ratios)

    def at(rank):
        return ordered[rank] if rank <= n else float("inf")

    if sum(r == 0 for r in ratios) >= tail * n:
        return 0.0, at(int(np.ceil((1 - 2 * tail) * (n + 1))))
    return at(max(int(np.floor(tail * (n + 1))), 1)), at(int(np.ceil((1 - tail) * (n + 1))))


def calibrated(ratio, size, steadiness, fold, *, new=(), new_fold=(), new_total=None, **options):
    return conformal.Calibration(
        np.asarray(ratio, dtype=float),
        np.asarray(size),
        np.asarray(steadiness),
        np.asarray(fold),
        new_positive=np.asarray(new, dtype=float),
        new_fold=np.asarray(new_fold, dtype=np.int64),
        new_total=np.zeros(5, dtype=np.int64) if new_total is None else np.asarray(new_total),
        **options,
    )


@pytest.mark.parametrize("zeros", [0, 0.02, 0.3, 0.97])
def test_pool_quantiles_are_those_of_a_plain_sort(zeros):
    rng = np.random.default_rng(0)
    ratios = np.where(rng.random(400) < zeros, 0, rng.lognormal(0, 1, 400))
    fold = np.arange(400) % 5
    made = calibrated(ratios, np.full(400, 3), np.full(400, 1), fold)
    for own in range(5):
        others = ratios[fold != own]
        judged = made.judge(
            np.array([2000.0]), np.array([3000.0]), np.array([3]), np.array([1]), np.array([own])
        )
        low, high = naive_bounds(others.tolist(), TAIL)
        assert judged.low[0] == pytest.approx(2000 * low)
        assert judged.high[0] == pytest.approx(2000 * high)
        assert judged.pool[0] == len(others)
        larger = sum(r >= 1.5 for r in others)
        assert judged.p[0] == pytest.approx((1 + larger) / (1 + len(others)))


def test_a_cell_that_traded_nothing_is_as_ordinary_as_can_be():
    made = calibrated(np.linspace(0, 3, 300), np.full(300, 3), np.full(300, 1), np.zeros(300))
    judged = made.judge(
        np.array([10.0]), np.array([0.0]), np.array([3]), np.array([1]), np.array([1])
    )
    assert judged.p[0] == 1


def test_too_few_placebos_give_no_interval_and_no_p():
    n = conformal.TOO_FEW - 1
    made = calibrated(np.ones(n), np.full(n, 3), np.full(n, 1), np.zeros(n))
    judged = made.judge(
        np.array([1.0]), np.array([1.0]), np.array([3]), np.array([1]), np.array([1])
    )
    assert np.isnan([judged.low[0], judged.high[0], judged.p[0]]).all()
    assert judged.pool[0] == n


def test_too_few_placebos_for_the_tail_leave_the_upper_end_open():
    made = calibrated(np.full(60, 2.0), np.full(60, 3), np.full(60, 1), np.zeros(60))
    judged = made.judge(
        np.array([1.0]), np.array([1.0]), np.array([3]), np.array([1]), np.array([1]), tail=0.01
    )
    assert np.isinf(judged.high[0])
    assert judged.low[0] == 2


def test_a_thin_class_borrows_from_the_next_sizes_of_its_steadiness():
    size = np.repeat([2, 3, 4, 6], [100, 30, 100, 500])
    made = calibrated(np.ones(730), size, np.full(730, 1), np.zeros(730))
    judged = made.judge(
        np.ones(3), np.ones(3), np.array([3, 6, 3]), np.array([1, 1, 2]), np.array([1, 1, 1])
    )
    assert judged.pool.tolist() == [230, 500, 30]
    assert np.isnan(judged.low).tolist() == [False, False, True]


def test_a_thin_class_is_judged_by_the_harsher_of_two_pools():
    """Its neighbours in size and its like in size may both err less than it does."""
    quiet, wild = np.linspace(0.9, 1.1, 300), np.linspace(0.1, 9.0, 80)
    made = calibrated(
        np.concatenate([quiet, wild]),
        np.repeat([5, 6], [300, 80]),
        np.repeat([2, 0], [300, 80]),
        np.zeros(380),
    )
    judged = made.judge(np.ones(1), np.full(1, 3.0), np.array([6]), np.array([2]), np.array([1]))
    assert judged.pool[0] == 80
    assert judged.high[0] > 8
    assert judged.low[0] < 0.9
    assert judged.p[0] > 0.5


def test_units_without_a_past_have_a_pool_of_their_own():
    made = calibrated(
        np.ones(500), np.full(500, 0), np.full(500, 0), np.zeros(500),
        new=np.linspace(1, 20, 40), new_fold=np.zeros(40), new_total=[1000, 500, 0, 0, 0],
    )  # fmt: skip
    new = np.array([conformal.NEW])
    judged = made.judge(np.array([5.0]), np.array([40.0]), new, np.array([0]), np.array([1]))
    # 960 of 1000 traded nothing, so rank 901 is a zero and the upper end is the expected value.
    assert (judged.low[0], judged.high[0], judged.pool[0]) == (0, 5, 1000)
    larger = (np.linspace(1, 20, 40) >= 8).sum()
    assert judged.p[0] == pytest.approx((1 + larger) / 1001)
    own = made.judge(np.array([5.0]), np.array([40.0]), new, np.array([0]), np.array([0]))
    assert own.pool[0] == 500


def test_nothing_expected_is_no_claim():
    """A unit expected at exactly zero has no placebo like it: no interval, no p, not certainty."""
    made = calibrated(
        np.ones(500), np.full(500, 0), np.full(500, 0), np.zeros(500),
        new=np.ones(40), new_fold=np.zeros(40), new_total=[1000, 0, 0, 0, 0],
    )  # fmt: skip
    judged = made.judge(
        np.zeros(2), np.array([40.0, 40.0]), np.array([conformal.NEW, 0]), np.array([0, 0]),
        np.array([1, 1]),
    )  # fmt: skip
    assert np.isnan(judged.low).all()
    assert np.isnan(judged.high).all()
    assert np.isnan(judged.p).all()


def test_halves_are_judged_by_the_other_half_of_their_own_split():
    fold = np.repeat([0, 1, 2, 3], 100)
    ratio = np.repeat([1.0, 2.0, 3.0, 4.0], 100)
    made = calibrated(ratio, np.full(400, 3), np.full(400, 1), fold, paired=True)
    for own, other in ((0, 2.0), (1, 1.0), (2, 4.0), (3, 3.0)):
        judged = made.judge(
            np.array([1.0]), np.array([1.0]), np.array([3]), np.array([1]), np.array([own])
        )
        assert (judged.low[0], judged.high[0], judged.pool[0]) == (other, other, 100)
    whole = made.judge(
        np.array([1.0]), np.array([1.0]), np.array([3]), np.array([1]), np.array([-1])
    )
    assert whole.pool[0] == 400


def test_judging_together_is_judging_one_by_one():
    rng = np.random.default_rng(1)
    n = 3000
    size, steadiness = rng.integers(0, 8, n), rng.integers(0, 3, n)
    fold = rng.integers(0, 5, n)
    made = calibrated(rng.lognormal(0, 1, n), size, steadiness, fold)
    expected, actual = rng.lognormal(5, 2, 200), rng.lognormal(5, 2, 200)
    units = (size[:200], steadiness[:200], fold[:200])
    together = made.judge(expected, actual, *units)
    for i in range(0, 200, 7):
        one = made.judge(expected[i : i + 1], actual[i : i + 1], *(u[i : i + 1] for u in units))
        assert (one.low[0], one.high[0], one.p[0]) == (
            together.low[i], together.high[i], together.p[i],
        )  # fmt: skip


def test_nobody_to_judge():
    made = calibrated([], [], [], [])
    none = np.zeros(0, dtype=np.int64)
    assert len(made.judge(np.zeros(0), np.zeros(0), none, none, none).p) == 0


@pytest.mark.parametrize("seed", range(5))
def test_benjamini_hochberg_agrees_with_scipy(seed):
    rng = np.random.default_rng(seed)
    p = rng.random(200) ** 3
    p[::10] = 0.01  # ties
    np.testing.assert_allclose(
        conformal.benjamini_hochberg(p), stats.false_discovery_control(p, method="bh")
    )


def test_benjamini_hochberg_leaves_what_was_not_tested_out():
    p = np.array([0.01, np.nan, 0.04, np.nan])
    np.testing.assert_allclose(conformal.benjamini_hochberg(p), [0.02, np.nan, 0.04, np.nan])
    assert np.isnan(conformal.benjamini_hochberg(np.full(3, np.nan))).all()


def test_classes_begin_at_their_lower_ends():
    sizes = conformal.size_class(np.array([0.0, 99.99, 100.0, 1e5, 9.99e5, 1e6, 5e8]))
    assert sizes.tolist() == [0, 0, 1, 4, 4, 5, 7]


def test_headings_never_change_their_fold():
    """The split is part of the method: moving it would move published intervals."""
    assert conformal.fold_of(["8542", "8471", "8703", "2710"]).tolist() == [2, 0, 0, 0]
    halves = conformal.half_of([f"{n:04d}" for n in range(1000, 2000)], 0)
    assert 400 < halves.sum() < 600
    assert (halves != conformal.half_of([f"{n:04d}" for n in range(1000, 2000)], 1)).any()
