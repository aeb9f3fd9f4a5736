"""Pass-through: the planted share and lag come back, and the interval covers."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from throughflow.trade.decompose import leg_spread, parts, pass_through, substitution

SHARE = 0.7
# 400 worlds estimate a coverage of 90 % with a standard error of 1.5 points.
COVERED = (0.86, 0.94)


def legs(seed, *, lag=2, months=36, noise=0.15):
    """Draw what came and what went on: a known share of it, some months later."""
    rng = np.random.default_rng(seed)
    came = np.exp(rng.normal(0, 0.6, months)) * 1e6
    went = SHARE * np.concatenate([np.full(lag, 1e6), came])[:months]
    return came, went + 1e6 * noise * rng.normal(0, 1, months)


def measure(came, went, *, first=12, length=21, base=None):
    nothing = np.zeros(len(came)) if base is None else base
    return pass_through.measure(came, went, nothing, nothing, first=first, length=length)


def test_the_planted_share_and_lag_are_found():
    found = [measure(*legs(seed)) for seed in range(30)]
    assert np.mean([f.lag == 2 for f in found]) > 0.95
    # Thirty worlds whose ratio wanders by five hundredths each.
    assert np.mean([f.ratio for f in found]) == pytest.approx(SHARE, abs=0.05)
    assert all([lag.lag for lag in f.lags] == [0, 1, 2, 3] for f in found)
    assert "not known to be the same goods" in found[0].meaning


def test_the_interval_covers():
    inside = []
    for seed in range(400):
        came, went = legs(seed, lag=0, noise=0.4)
        told = measure(came, went, length=24)
        at_no_lag = told.lags[0]
        inside.append(at_no_lag.low <= SHARE <= at_no_lag.high)
    assert COVERED[0] <= np.mean(inside) <= COVERED[1], np.mean(inside)


def test_what_came_and_went_before_is_taken_off():
    came, went = np.full(36, 10.0), np.full(36, 4.0)
    rng = np.random.default_rng(0)
    extra = rng.uniform(5, 15, 12)
    came[24:] += extra
    went[24:] += 0.5 * extra
    profile = [pass_through.base_profile(leg, 24, 12, (1,)) for leg in (came, went)]
    found = pass_through.measure(came, went, *profile, first=24, length=12)
    assert found.against == "base"
    assert found.lag == 0
    assert found.ratio == pytest.approx(0.5)
    assert found.whole == pytest.approx(went[24:].sum() / came[24:].sum())
    untold = np.full(36, np.nan)
    found = pass_through.measure(came, went, untold, untold, first=24, length=12)
    assert found.against == "nothing"
    assert found.ratio == found.whole


def test_months_that_are_not_told_give_no_ratio():
    came, went = legs(1)
    went[20] = np.nan
    found = measure(came, went)
    assert found.ratio is None
    assert "not every month" in found.reason


def test_where_nothing_more_arrived_there_is_no_ratio():
    came = np.linspace(10, 9, 36)
    profile = np.full(36, 20.0)
    found = pass_through.measure(came, came, profile, profile, first=12, length=12)
    assert found.ratio is None
    assert found.reason


def test_few_months_give_a_ratio_without_an_interval():
    came, went = legs(2, lag=0)
    found = measure(came, went, length=6)
    assert found.ratio is not None
    assert found.low is None
    assert "9 are needed" in found.reason


@settings(max_examples=20, deadline=None)
@given(st.floats(1e-3, 1e3), st.integers(0, 30))
def test_the_currency_changes_nothing(factor, seed):
    came, went = legs(seed)
    one, other = measure(came, went), measure(came * factor, went * factor)
    assert other.lag == one.lag
    assert (other.ratio, other.low) == (pytest.approx(one.ratio), pytest.approx(one.low))


def test_base_years_are_averaged_month_by_month():
    value = np.arange(36.0)
    found = pass_through.base_profile(value, 24, 6, (1, 2))
    np.testing.assert_allclose(found[24:33], value[24:33] - 18)
    assert np.isnan(found[:24]).all()
    assert np.isnan(found[33:]).all()


# Substitution.


def noise():
    rng = np.random.default_rng(3)
    changes = rng.normal(0, 0.1, (10, 40))
    base = np.full(changes.shape, 1e6)
    return leg_spread.noise(base * np.exp(changes), base, scale=base, disjoint=5)


def test_the_substitution_ratio_is_excess_over_fall():
    base = np.full(3, 1e6)
    hub = parts.Sums(np.array([2e6, 1.5e6, np.nan]), base)
    other = parts.Sums(np.array([1e6, 1.5e6, 1e6]), base)
    direct = parts.Sums(np.array([0.0, 2e6, 0.0]), np.array([4e6, 1e6, 1e6]))
    found = substitution.ratio([hub, other], direct, noise(), families=("a", "b", "c"),
                               hubs=("KZ", "KG"))  # fmt: skip
    assert [f.family for f in found] == ["*", "a", "b"]
    total, first, second = found
    assert total.ratio == pytest.approx(2e6 / 3e6)
    assert first.ratio == pytest.approx(0.25)
    assert first.low < 0.25 < first.high
    assert (second.ratio, second.reason) == (None, substitution.NO_FALL)


def test_the_substitution_ratios_interval_covers():
    rng = np.random.default_rng(8)
    inside = []
    spread = noise()
    for _ in range(300):
        base = np.full(1, 1e6)
        hub = parts.Sums(base * np.exp(rng.normal(0, 0.1, 1)) + 1e6, base)
        direct = parts.Sums(base * 0.1, base)
        truth = 1e6 / (np.exp(rng.normal(0, 0.1)) * 1e6 - 1e5)
        (told, _) = substitution.ratio([hub], direct, spread, families=("a",), hubs=("KZ",),
                                       draws=500)  # fmt: skip
        inside.append(told.low <= truth <= told.high)
    assert COVERED[0] <= np.mean(inside) <= COVERED[1], np.mean(inside)


def test_without_placebos_the_ratio_has_no_interval():
    base = np.full(1, 1e6)
    none = leg_spread.noise(np.zeros((1, 1)), base[None], scale=base[None], disjoint=1)
    told = substitution.ratio([parts.Sums(base * 2, base)], parts.Sums(base * 0, base), none,
                              families=("a",), hubs=("KZ",))[0]  # fmt: skip
    assert told.ratio == pytest.approx(1)
    assert told.low is None
    assert "too few placebo" in told.reason
