"""Leads and lags from simulated trade whose path is known: truth, size, coverage, invariance."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from throughflow.errors import ModelError
from throughflow.evidence import verdict
from throughflow.trade import event_path, pre_trend

# Panels per simulation: a rate of 5 % is then known to within 2.5 points at 95 %.
PANELS = 300
# The test must reject about one true null in twenty. It is built to err towards fewer: its degrees
# of freedom lie below the months' median.
LARGEST_SIZE = 0.075
# Share of 90 % intervals that hold the truth: single months, then whole paths.
POINTWISE = (0.87, 0.97)
JOINT = (0.85, 0.99)
EFFECT = np.linspace(0.2, 1.0, 9)
LEADS = 12


def panel(
    rng, *, headings=60, exporters=12, effect=EFFECT, drift=0.0, shocks=(0.3, 0.2, 0.5), skew=True
):
    """Draw one hub's trade: unequal clusters, seasons, lasting shocks by heading and exporter."""
    n_months = 12 + LEADS + len(effect)
    size = rng.lognormal(0, 1.2, (headings, 1)) * rng.lognormal(0, 0.8, (headings, exporters))
    if skew:
        size /= 1 + np.arange(exporters)
    month = np.arange(n_months)
    log = sum(
        scale * _lasting(rng, (*shape, n_months))
        for scale, shape in zip(
            shocks, ((headings, 1), (1, exporters), (headings, exporters)), strict=True
        )
    )
    log[..., 12 + LEADS :] += effect
    log += drift * (month - 12 - LEADS)
    value = size[..., None] * (1 + 0.3 * np.sin(2 * np.pi * month / 12)) * np.exp(log)
    n = LEADS + len(effect)
    return event_path.Blocks(
        actual=value[None, ..., 12:],
        is_open=np.ones((1, exporters, n), dtype=bool),
        growth=np.ones((1, 1, exporters, n)),
        season=value[..., :12],
        season_growth=np.ones(exporters),
        calendar=month[None, 12:] % 12,
        first=-LEADS,
        reference=(-LEADS, -1),
    )


def _lasting(rng, shape, memory=0.5):
    drawn = rng.normal(size=shape)
    for t in range(1, shape[-1]):
        drawn[..., t] = memory * drawn[..., t - 1] + np.sqrt(1 - memory**2) * drawn[..., t]
    return drawn


def quiet_panel(seed=0, **options):
    return panel(np.random.default_rng(seed), shocks=(0.0, 0.0, 0.0), **options)


def test_without_shocks_the_path_is_the_truth():
    path = event_path.estimate(quiet_panel())
    np.testing.assert_allclose(path.theta, [*np.zeros(LEADS), *EFFECT], atol=1e-12)
    assert path.tau.tolist() == list(range(-12, 9))
    assert path.actual[:LEADS].sum() == pytest.approx(path.expected[:LEADS].sum())
    np.testing.assert_allclose(path.covariance, 0, atol=1e-12)
    assert path.year_before == pytest.approx(0, abs=1e-12)


def test_a_steady_drift_shows_in_the_year_before_and_not_in_the_leads():
    path = event_path.estimate(quiet_panel(drift=0.02))
    np.testing.assert_allclose(path.theta[:LEADS], 0, atol=1e-9)
    assert path.year_before == pytest.approx(-12 * 0.02)


def test_the_path_is_recovered_on_average():
    rng = np.random.default_rng(1)
    found = np.mean([event_path.point(panel(rng)).theta for _ in range(150)], axis=0)
    # Twelve exporters of unequal size: a mean over 150 panels is known to about 0.02.
    np.testing.assert_allclose(found, [*np.zeros(LEADS), *EFFECT], atol=0.06)


def test_cohorts_with_their_own_dates_are_lined_up():
    one = quiet_panel(2)
    later = quiet_panel(3)
    both = replace(
        one,
        actual=np.concatenate([one.actual, later.actual]),
        is_open=np.repeat(one.is_open, 2, axis=0),
        growth=np.repeat(one.growth, 2, axis=0),
        season=one.season + later.season,
        calendar=np.repeat(one.calendar, 2, axis=0),
    )
    np.testing.assert_allclose(
        event_path.estimate(both).theta, [*np.zeros(LEADS), *EFFECT], atol=1e-9
    )


def test_growth_of_the_comparison_is_taken_off():
    blocks = quiet_panel(4)
    growth = np.exp(np.linspace(0, 0.5, LEADS + len(EFFECT)))
    grown = replace(blocks, actual=blocks.actual * growth, growth=blocks.growth * growth)
    np.testing.assert_allclose(
        event_path.point(grown).theta, [*np.zeros(LEADS), *EFFECT], atol=1e-12
    )


def test_a_comparison_by_heading_carries_season_and_cycle():
    rng = np.random.default_rng(5)
    blocks = quiet_panel(5)
    shape = rng.lognormal(0, 0.5, (1, 60, 12, LEADS + len(EFFECT)))
    lift = np.exp([*np.zeros(LEADS), *EFFECT])
    level = rng.lognormal(0, 1, (1, 60, 12, 1))
    donors = replace(blocks, actual=level * shape * lift, growth=shape, season=None)
    path = event_path.estimate(donors)
    np.testing.assert_allclose(path.theta, [*np.zeros(LEADS), *EFFECT], atol=1e-9)
    np.testing.assert_allclose(path.covariance, 0, atol=1e-9)


def test_partial_months_are_left_out_on_both_sides():
    blocks = quiet_panel(6)
    is_open = blocks.is_open.copy()
    is_open[0, 0, [3, 15]] = False
    path = event_path.estimate(replace(blocks, is_open=is_open))
    np.testing.assert_allclose(path.theta, [*np.zeros(LEADS), *EFFECT], atol=1e-9)
    assert path.actual[15] < event_path.estimate(blocks).actual[15]


def test_the_jackknife_is_the_one_by_hand():
    blocks = panel(np.random.default_rng(7), headings=8, exporters=7)
    theta = event_path.point(blocks).theta

    def left_out(axis):
        away = []
        for index in range(blocks.actual.shape[axis]):
            kept = np.arange(blocks.actual.shape[axis]) != index
            away.append(
                event_path.point(
                    replace(
                        blocks,
                        actual=np.compress(kept, blocks.actual, axis),
                        season=np.compress(kept, blocks.season, axis - 1),
                        is_open=blocks.is_open if axis == 1 else blocks.is_open[:, kept],
                        growth=blocks.growth if axis == 1 else blocks.growth[:, :, kept],
                        season_growth=blocks.season_growth[: None if axis == 1 else kept.sum()],
                    )
                ).theta
                - theta
            )
        away = np.array(away)
        return (len(away) - 1) / len(away) * (away.T @ away)

    sums = event_path._Sums.of(blocks)
    for axis, samples in ((1, sums.without_headings), (2, sums.without_exporters)):
        paths = event_path._paths(blocks, samples(np.arange(blocks.actual.shape[axis])))[0]
        np.testing.assert_allclose(
            event_path._jackknife(theta, paths[:, :-1]), left_out(axis), rtol=1e-7
        )


def test_the_influence_of_a_block_is_its_derivative():
    blocks = panel(np.random.default_rng(8), headings=6, exporters=6)
    step = 1e-6
    moved = []
    for g in range(6):
        for o in range(6):
            actual, season = blocks.actual.copy(), blocks.season.copy()
            actual[:, g, o] *= 1 + step
            season[g, o] *= 1 + step
            theta = event_path.point(replace(blocks, actual=actual, season=season)).theta
            moved.append((theta - event_path.point(blocks).theta) / step)
    moved = np.array(moved)
    sums = event_path._Sums.of(blocks)
    _, actual, expected = event_path._paths(blocks, sums)
    found = event_path._blocks_spread(blocks, sums, actual[0], expected[0])
    np.testing.assert_allclose(found[:-1, :-1], moved.T @ moved, rtol=1e-3, atol=1e-6)


@settings(deadline=None, max_examples=15)
@given(seed=st.integers(0, 1000), scale=st.floats(1e-6, 1e6))
def test_neither_unit_nor_order_matters(seed, scale):
    rng = np.random.default_rng(seed)
    blocks = panel(rng, headings=10, exporters=7)
    g, o = rng.permutation(10), rng.permutation(7)
    other = replace(
        blocks,
        actual=blocks.actual[:, g][:, :, o] * scale,
        season=blocks.season[g][:, o] * scale,
    )
    one, two = event_path.estimate(blocks), event_path.estimate(other)
    np.testing.assert_allclose(one.theta, two.theta, atol=1e-9)
    np.testing.assert_allclose(one.covariance, two.covariance, rtol=1e-6, atol=1e-9)


def test_a_month_without_trade_is_told_as_none():
    blocks = panel(np.random.default_rng(9))
    actual = blocks.actual.copy()
    actual[..., 14] = 0
    path = event_path.estimate(replace(blocks, actual=actual))
    assert np.flatnonzero(np.isnan(path.theta)).tolist() == [14]
    assert np.isfinite(event_path.band(path).joint_low[13])


def test_too_few_headings_are_refused():
    with pytest.raises(ModelError, match="3 HS4 headings"):
        event_path.estimate(panel(np.random.default_rng(0), headings=3))


def test_with_few_exporters_the_clusters_are_headings_alone():
    path = event_path.estimate(panel(np.random.default_rng(0), exporters=3))
    assert not path.by_exporter
    assert path.exporters == 3


def test_a_reference_of_one_month_has_no_interval():
    blocks = replace(panel(np.random.default_rng(1)), reference=(-1, -1))
    band = event_path.band(event_path.estimate(blocks))
    assert band.error[LEADS - 1] == pytest.approx(0, abs=1e-9)
    assert (band.error[: LEADS - 1] > 0.01).all()


@pytest.mark.long
@pytest.mark.parametrize(
    "options",
    [
        {},
        {"shocks": (0.3, 0.4, 0.5)},
        {"shocks": (0.4, 0.0, 0.5)},
        {"exporters": 27, "shocks": (0.3, 0.3, 0.5)},
    ],
    ids=["both", "exporters", "headings", "many exporters"],
)
def test_size_and_coverage_under_clustered_shocks(options):
    rng = np.random.default_rng(20)
    truth = np.concatenate([np.zeros(LEADS), EFFECT])
    single, whole, rejected = [], [], []
    for _ in range(PANELS):
        path = event_path.estimate(panel(rng, **options))
        band = event_path.band(path)
        single.append(((band.low <= truth) & (truth <= band.high)).mean())
        whole.append(((band.joint_low <= truth) & (truth <= band.joint_high)).all())
        rejected.append(pre_trend.assess(path).p <= 0.05)
    assert POINTWISE[0] <= np.mean(single) <= POINTWISE[1]
    assert JOINT[0] <= np.mean(whole) <= JOINT[1]
    assert np.mean(rejected) <= LARGEST_SIZE


def test_a_drift_before_the_date_is_found_and_named():
    rng = np.random.default_rng(21)
    found = pre_trend.assess(
        event_path.estimate(
            panel(rng, drift=0.15, shocks=(0.05, 0.05, 0.1), effect=np.full(9, 0.3))
        )
    )
    assert found.state == verdict.TREND
    assert found.p < 0.01
    assert found.slope_low < 0.15 < found.slope_high
    assert found.largest_at == -24
    assert found.evidence().p == found.p


def test_without_a_drift_and_with_power_none_is_found():
    rng = np.random.default_rng(22)
    found = pre_trend.assess(event_path.estimate(panel(rng, shocks=(0.05, 0.02, 0.1))))
    assert found.state == verdict.NO_TREND
    assert found.detectable <= 0.5 * found.effect


def test_without_power_the_test_cannot_tell():
    rng = np.random.default_rng(23)
    found = pre_trend.assess(
        event_path.estimate(panel(rng, shocks=(0.6, 0.5, 0.8), effect=np.full(9, 0.4)))
    )
    assert found.state == verdict.CANNOT_TELL
    assert "would go unseen" in found.reason


def test_the_smallest_drift_found_is_found_four_times_in_five():
    rng = np.random.default_rng(24)
    path = event_path.estimate(panel(rng))
    told = pre_trend.assess(path)
    lead = np.append(path.tau < 0, True)
    drawn = event_path.draws(path, lead)
    critical = np.quantile(np.abs(drawn).max(axis=1), 0.95)
    drift = np.append(np.zeros(LEADS), told.detectable)
    error = np.sqrt(path.covariance.diagonal())[lead]
    power = (np.abs(drawn + drift / error).max(axis=1) > critical).mean()
    assert power == pytest.approx(0.8, abs=0.01)


def test_with_one_lead_there_is_no_test():
    blocks = panel(np.random.default_rng(25))
    path = event_path.estimate(
        replace(
            blocks,
            actual=blocks.actual[..., 11:],
            is_open=blocks.is_open[..., 11:],
            growth=blocks.growth[..., 11:],
            calendar=blocks.calendar[:, 11:],
            first=-1,
            reference=(-1, -1),
        )
    )
    found = pre_trend.assess(path)
    assert found.p is None
    assert found.state == verdict.CANNOT_TELL
