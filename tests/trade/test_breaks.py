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
    found = breaks.find(values, FIRST)
    assert found.month == date(2022, 3, 1)
    assert found.earliest <= found.month <= found.latest
    assert (found.latest - found.earliest).days < 70
    assert found.factor == pytest.approx(3, rel=0.15)


def test_a_vague_break_has_a_wide_interval():
    rng = np.random.default_rng(3)
    sharp = breaks.find(np.exp(rng.normal(0, 0.05, 40) + (np.arange(40) >= 20)), FIRST)
    vague = breaks.find(np.exp(rng.normal(0, 0.6, 40) + (np.arange(40) >= 20)), FIRST)
    assert (vague.latest - vague.earliest) > (sharp.latest - sharp.earliest)


def test_the_best_month_is_the_least_squares_one():
    values = np.exp(np.random.default_rng(4).normal(0, 0.2, 30) + (np.arange(30) >= 11))
    signal = np.log(values)
    cost = {
        k: ((signal[:k] - signal[:k].mean()) ** 2).sum()
        + ((signal[k:] - signal[k:].mean()) ** 2).sum()
        for k in range(breaks.MINIMUM_SEGMENT, 30 - breaks.MINIMUM_SEGMENT + 1)
    }
    assert breaks.find(values, FIRST).month == _month(min(cost, key=cost.get))


def _month(index):
    return date(2020 + index // 12, index % 12 + 1, 1)


def test_noise_alone_has_no_break():
    rng = np.random.default_rng(5)
    found = [breaks.find(np.exp(rng.normal(5, 0.3, 35)), FIRST) for _ in range(200)]
    assert sum(b is not None for b in found) <= 20


def test_a_constant_series_has_no_break():
    assert breaks.find(np.full(35, 7.0), FIRST) is None


@pytest.mark.parametrize("values", [[1.0] * 3 + [9.0] * 3, [1.0] * 10 + [0.0] + [9.0] * 10])
def test_too_short_or_with_gaps_there_is_no_answer(values):
    assert breaks.find(np.array(values), FIRST) is None
