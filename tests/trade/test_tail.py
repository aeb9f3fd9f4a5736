"""P-values in the far tail: right on average where a rank among dependent placebos is not."""

from __future__ import annotations

import numpy as np
import pytest

from throughflow.trade import tail


def test_near_the_middle_a_p_value_is_a_rank():
    placebos = np.arange(1000.0)
    p = tail.exceeding(placebos, np.array([-1.0, 500.0, 900.0]))
    np.testing.assert_allclose(p, [1.0, 501 / 1001, 101 / 1001])


def test_the_tail_of_an_exponential_is_recovered():
    rng = np.random.default_rng(3)
    wanted = np.array([1e-3, 1e-4, 1e-5])
    found = [tail.exceeding(rng.exponential(size=20_000), -np.log(wanted)) for _ in range(50)]
    np.testing.assert_allclose(np.exp(np.mean(np.log(found), axis=0)), wanted, rtol=0.15)


def test_beyond_all_placebos_rarer_is_still_rarer():
    placebos = np.random.default_rng(4).exponential(size=5_000)
    p = tail.exceeding(placebos, placebos.max() + np.array([0.0, 1.0, 2.0]))
    assert p[0] > p[1] > p[2] > 0
    assert p[0] < 1e-3


def test_repeated_placebos_change_nothing_in_the_tail():
    """Overlapping fake dates tell the same series several times over."""
    placebos = np.random.default_rng(5).exponential(size=5_000)
    far = np.array([8.0, 10.0])
    once, often = (tail.exceeding(np.repeat(placebos, n), far) for n in (1, 7))
    np.testing.assert_allclose(often, once, rtol=0.02)


@pytest.mark.parametrize("placebos", [np.ones(500), np.zeros(0), np.arange(100.0)])
def test_without_a_tail_the_rank_stands(placebos):
    p = tail.exceeding(placebos, np.array([1e3]))
    assert p[0] == pytest.approx(1 / (1 + len(placebos)))
