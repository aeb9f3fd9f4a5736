"""The month a series changed level."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from throughflow.trade import breaks

FIRST = 2020 * 12


def test_a_planted_break_is_found_with_its_month_and_factor():
    noise = np.exp(np.random.default_rng(0).normal(0, 0.1, 35))
    values = 100 * noise * np.where(np.arange(35) >= 26, 3.0, 1.0)
    found = breaks.search(values, FIRST).main
    assert found.month == date(2022, 3, 1)
    assert found.earliest <= found.month <= found.latest
    assert (found.latest - found.earliest).days < 70
    assert found.factor == pytest.approx(3, rel=0.15)


def test_a_vague_break_has_a_wide_interval():
    rng = np.random.default_rng(3)
    sharp = breaks.search(np.exp(rng.normal(0, 0.05, 40) + (np.arange(40) >= 20)), FIRST).main
    vague = breaks.search(np.exp(rng.normal(0, 0.6, 40) + (np.arange(40) >= 20)), FIRST).main
    assert (vague.latest - vague.earliest) > (sharp.latest - sharp.earliest)


def test_the_best_month_is_the_least_squares_one():
    values = np.exp(np.random.default_rng(4).normal(0, 0.2, 30) + (np.arange(30) >= 11))
    signal = np.log(values)
    cost = {
        k: ((signal[:k] - signal[:k].mean()) ** 2).sum()
        + ((signal[k:] - signal[k:].mean()) ** 2).sum()
        for k in range(breaks.MINIMUM_SEGMENT, 30 - breaks.MINIMUM_SEGMENT + 1)
    }
    assert breaks.search(values, FIRST).main.month == _month(min(cost, key=cost.get))


def _month(index):
    return date(2020 + index // 12, index % 12 + 1, 1)


def test_noise_alone_has_no_break():
    rng = np.random.default_rng(5)
    found = [breaks.search(np.exp(rng.normal(5, 0.3, 35)), FIRST).main for _ in range(200)]
    assert sum(b is not None for b in found) <= 20


def test_a_constant_series_has_no_break():
    assert breaks.search(np.full(35, 7.0), FIRST).main is None


@pytest.mark.parametrize("values", [[1.0] * 3 + [9.0] * 3, [1.0] * 10 + [0.0] + [9.0] * 10])
def test_too_short_or_with_gaps_there_is_no_answer(values):
    assert breaks.search(np.array(values), FIRST).main is None


def test_several_breaks_are_found_and_the_largest_is_the_main_one():
    level = np.where(np.arange(48) < 15, 0.0, np.where(np.arange(48) < 30, 0.6, 2.0))
    values = np.exp(np.random.default_rng(6).normal(0, 0.1, 48) + level)
    found = breaks.search(values, FIRST, restricted=FIRST + 26)
    assert [b.month for b in found.every] == [_month(15), _month(30)]
    assert found.main.month == _month(30)
    assert (found.lag, found.restricted) == (4, _month(26))
    assert found.lag_earliest <= 4 <= found.lag_latest
    assert found.reason == ""


@pytest.mark.parametrize(("jump", "n", "place"), [(0.5, 35, 26), (0.8, 35, 26), (0.8, 21, 12)])
def test_the_true_month_is_within_the_range_nine_times_in_ten(jump, n, place):
    rng = np.random.default_rng(7)
    held, found = 0, 0
    for _ in range(200):
        values = np.exp(rng.normal(0, 0.3, n) + jump * (np.arange(n) >= place))
        told = breaks.search(values, FIRST, restricted=FIRST + place)
        if told.main is not None:
            found += 1
            held += told.lag_earliest <= 0 <= told.lag_latest
    assert found > 150
    assert held / found >= 0.9


def test_noise_alone_seldom_has_breaks():
    rng = np.random.default_rng(8)
    found = [breaks.search(np.exp(rng.normal(5, 0.3, 35)), FIRST) for _ in range(200)]
    assert sum(b.main is not None for b in found) <= 20
    assert {b.reason for b in found if b.main is None} == {"no change of level stands out"}


def test_partial_months_at_the_end_are_left_out():
    values = np.exp(np.random.default_rng(9).normal(0, 0.1, 30) + (np.arange(30) >= 15))
    whole = np.arange(30) < 27
    spoilt = np.where(whole, values, values / 50)
    found = breaks.search(spoilt, FIRST, whole=whole)
    assert found == breaks.search(values[:27], FIRST)
    assert found.last == _month(26)


@pytest.mark.parametrize(
    ("values", "whole", "reason"),
    [
        ([1.0] * 5, None, "5 whole months; at least 7 are needed"),
        ([1.0] * 10 + [0.0] + [9.0] * 10, None, "1 months are partial or without trade"),
        ([1.0] * 10 + [2.0] * 10, [True] * 5 + [False] * 2 + [True] * 13, "2 months are partial"),
        ([7.0] * 20, None, "every month is the same"),
        ([1.0] * 20, [False] * 20, "0 whole months"),
    ],
)
def test_without_an_answer_there_is_a_reason(values, whole, reason):
    found = breaks.search(np.array(values), FIRST, whole=None if whole is None else np.array(whole))
    assert found.main is None
    assert found.lag is None
    assert reason in found.reason


def test_the_unit_does_not_move_a_break():
    values = np.exp(np.random.default_rng(10).normal(0, 0.2, 40) + (np.arange(40) >= 18))
    one, other = (breaks.search(values * scale, FIRST) for scale in (1, 1e6))
    assert one.main.month == other.main.month == _month(18)
    assert one.main.factor == pytest.approx(other.main.factor)


def test_exact_steps_are_found_without_noise():
    found = breaks.search(np.repeat([1.0, 3.0, 2.0], 8), FIRST)
    assert [b.month for b in found.every] == [_month(8), _month(16)]
    assert found.main.factor == pytest.approx(3)
