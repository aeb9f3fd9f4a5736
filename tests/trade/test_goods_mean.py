"""The mean over goods: recovers a level that one lumpy good hides in the total."""

from __future__ import annotations

import numpy as np
import pytest

from throughflow.trade import goods_mean
from throughflow.trade.goods_mean import Goods

HUBS, FAMILIES, DATES = 10, 200, 6
CONFIDENCE = 0.9


def drawn(rng: np.random.Generator, times: float = 1.0) -> Goods:
    """Hubs whose goods are of very different size and stray by half of it."""
    expected = np.exp(rng.normal(10, 2, (HUBS, FAMILIES)))
    actual = times * expected * rng.lognormal(-0.125, 0.5, (HUBS, FAMILIES))
    return Goods(actual, expected, np.ones((HUBS, FAMILIES), dtype=bool))


def test_a_common_level_is_recovered_and_its_interval_covers() -> None:
    covered, n = 0, 0
    for seed in range(20):
        rng = np.random.default_rng(seed)
        fakes = [drawn(rng) for _ in range(DATES)]
        found = goods_mean.measure(drawn(rng, 2.0), fakes, CONFIDENCE)
        # The cut at five times takes little off goods that double.
        assert found.multiple.mean() == pytest.approx(2.0, abs=0.1)
        null = goods_mean.measure(drawn(rng), fakes, CONFIDENCE)
        covered += int(((null.low <= 1) & (null.high >= 1)).sum())
        n += HUBS
    # Nine in ten are claimed; three standard errors of 200 trials are six points.
    assert 0.84 <= covered / n <= 0.97


def test_one_large_good_moves_the_total_and_not_the_mean() -> None:
    rng = np.random.default_rng(3)
    fakes = [drawn(rng) for _ in range(DATES)]
    real = drawn(rng)
    before = goods_mean.measure(real, fakes, CONFIDENCE).multiple[0]
    largest = int(real.expected[0].argmax())
    real.actual[0, largest] *= 100
    after = goods_mean.measure(real, fakes, CONFIDENCE).multiple[0]
    assert real.actual[0].sum() > 2 * real.expected[0].sum()
    assert after - before < 0.1


def test_a_total_that_few_goods_lead_strays_farther() -> None:
    rng = np.random.default_rng(4)
    fakes = [drawn(rng) for _ in range(DATES)]
    real = drawn(rng)
    real.expected[0] = 1e5
    real.expected[1] = 1.0
    real.expected[1, 0] = 1e5
    factor = goods_mean.measure(real, fakes, CONFIDENCE).total_factor
    assert factor[0] < np.median(factor) < factor[1]


def test_without_fake_dates_or_goods_there_is_no_number() -> None:
    rng = np.random.default_rng(5)
    real = drawn(rng)
    nothing = goods_mean.measure(real, [], CONFIDENCE)
    assert np.isnan(nothing.multiple).all()
    assert np.isnan(nothing.total_factor).all()
    real.known[0, goods_mean.FEWEST_GOODS - 1 :] = False
    some = goods_mean.measure(real, [drawn(rng) for _ in range(DATES)], CONFIDENCE)
    assert np.isnan(some.multiple[0])
    assert some.count[0] == goods_mean.FEWEST_GOODS - 1
    assert not np.isnan(some.multiple[1:]).any()


def test_units_of_money_do_not_matter_where_classes_do_not_change() -> None:
    rng = np.random.default_rng(6)
    # All goods of one size class, in either unit.
    expected = rng.uniform(2e4, 4e4, (HUBS, FAMILIES))
    known = np.ones_like(expected, dtype=bool)
    goods = [Goods(expected * rng.lognormal(0, 0.5, expected.shape), expected, known)
             for _ in range(DATES)]  # fmt: skip
    doubled = [Goods(2 * one.actual, 2 * one.expected, known) for one in goods]
    one = goods_mean.measure(goods[0], goods[1:], CONFIDENCE)
    other = goods_mean.measure(doubled[0], doubled[1:], CONFIDENCE)
    np.testing.assert_allclose(one.low, other.low)
    np.testing.assert_allclose(one.total_factor, other.total_factor)
