"""How the error rate is spent: on money, and never more of it than promised."""

from __future__ import annotations

import numpy as np
import pytest

from throughflow.trade import conformal, discovery

NONE = np.full(4, np.nan)
OLD = np.zeros(4, dtype=bool)


def test_an_unknown_leg_leaves_the_row_to_the_first():
    p, joint = np.array([0.04, 0.04, 0.001]), np.array([np.nan, 0.009, 0.9])
    np.testing.assert_allclose(discovery.combined(p, joint), [0.04, 0.01, 0.01])


def test_a_larger_expectation_may_spend_more():
    p = np.array([0.02, 0.02, 0.5, 0.9])
    expected = np.array([1e6, 1e3, 1e5, 1e5])
    q = discovery.q_values(p, NONE, expected, OLD)
    assert q[0] < q[1]
    # Above the most, money counts no more.
    more = discovery.q_values(p, NONE, np.array([1e9, 1e3, 1e5, 1e5]), OLD)
    np.testing.assert_allclose(more, q)


def test_legs_together_carry_their_weight_themselves():
    joint = np.array([0.001, 0.001, 0.5, 0.9])
    q = discovery.q_values(np.full(4, 0.9), joint, np.array([1e6, 1e3, 1e5, 1e5]), OLD)
    assert q[0] == q[1] == pytest.approx(0.001 / 0.9 * 2)


def test_new_flows_are_a_family_of_their_own_and_weigh_the_same():
    p = np.array([0.01, 0.02, 0.5, 0.9])
    is_new = np.array([True, True, False, False])
    q = discovery.q_values(p, NONE, np.array([1.0, 1e9, 1e5, 1e5]), is_new)
    np.testing.assert_allclose(q[:2], conformal.benjamini_hochberg(p[:2]))
    np.testing.assert_allclose(q[2:], conformal.benjamini_hochberg(p[2:]))


def test_no_q_is_below_its_p():
    p = np.array([0.04, 0.9, 0.9, 0.9])
    q = discovery.q_values(p, NONE, np.array([1e6, 1.0, 1.0, 1.0]), OLD)
    assert q[0] >= 0.04


def test_rows_without_a_test_have_no_q():
    p = np.array([0.01, np.nan, 0.2, 0.3])
    q = discovery.q_values(p, np.full(4, 0.001), np.full(4, 1e5), OLD)
    assert np.isnan(q[1])
    assert np.isfinite(q[[0, 2, 3]]).all()


@pytest.mark.long
def test_false_discoveries_are_as_rare_as_promised():
    """Weights known beforehand do not raise the rate: nothing is true here, so each is false."""
    rng = np.random.default_rng(8)
    found = []
    for _ in range(2000):
        expected = rng.lognormal(11, 3, 200)
        q = discovery.q_values(rng.random(200), np.full(200, np.nan), expected, np.zeros(200, bool))
        found.append((q <= 0.05).any())
    assert np.mean(found) < 0.07
