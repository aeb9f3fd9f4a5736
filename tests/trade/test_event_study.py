"""The event study of a study: worlds with a known effect, and the embedded sample."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pytest

import throughflow as tf
from throughflow.errors import ModelError, UsageError
from throughflow.model.periods import Window
from throughflow.trade import event_study, study
from throughflow.trade.request import Request

# A hub of ten exporters and forty headings: a month's effect is known to about a quarter.
MONTH = 0.25
LIFT = np.log(2.5)


def lifted(world, code_dates, *, partner="KZ", lift=LIFT):
    """Multiply trade with a hub from each good's own month on."""
    value = world.value.copy()
    hub = world.partners.index(partner)
    for index, code in enumerate(world.codes):
        value[:, hub, index, code_dates[code] :] *= np.exp(lift)
    return world.changed(value=value)


@pytest.fixture(scope="module")
def with_effect(quiet_world, tmp_path_factory):
    """Return the study of a world where trade with KZ rose at each good's own date."""
    half = quiet_world.codes[::2]
    months = {code: 26 if code in half else 28 for code in quiet_world.codes}
    dates = {code: "2022-05-01" for code in quiet_world.codes if code not in half}
    world = lifted(quiet_world, months).changed(dates=dates)
    return world.study(tmp_path_factory.mktemp("effect"))


def test_a_rise_at_each_goods_own_date_is_recovered(with_effect):
    found = event_study.of(with_effect, "KZ")
    lags = [m for m in found.months if m.tau >= 0]
    leads = [m for m in found.months if m.tau < 0]
    assert [m.tau for m in found.months] == list(range(-12, 9))
    assert np.mean([m.effect for m in lags]) == pytest.approx(LIFT, abs=MONTH)
    assert np.mean([m.effect for m in leads]) == pytest.approx(0, abs=0.1)
    assert all(m.joint_low <= m.low <= m.effect <= m.high <= m.joint_high for m in found.months)
    assert all(m.joint_low < 0 < m.joint_high for m in leads)
    # Families restricted in May are not observed as long after their date.
    assert lags[0].families == len(with_effect.panel.families)
    assert lags[-1].families == len(with_effect.panel.families) // 2
    assert found.restricted in {date(2022, 3, 1), date(2022, 5, 1)}
    assert found.breaks.main is not None
    assert date(2022, 2, 1) <= found.breaks.main.month <= date(2022, 6, 1)
    assert found.breaks.lag_earliest <= found.breaks.lag <= found.breaks.lag_latest


def test_another_hub_has_no_rise(with_effect):
    found = event_study.of(with_effect, "UZ")
    assert np.mean([m.effect for m in found.months if m.tau >= 0]) == pytest.approx(0, abs=MONTH)


def test_levels_are_what_was_recorded(quiet, quiet_world):
    found = event_study.of(quiet, "GE")
    hub = quiet_world.partners.index("GE")
    recorded = quiet_world.value[:, hub].sum(axis=(0, 1))[14:]
    np.testing.assert_allclose([m.actual for m in found.months], recorded)
    leads = found.months[:12]
    assert sum(m.actual for m in leads) == pytest.approx(sum(m.expected for m in leads))


def test_fake_dates_come_before_the_real_one_and_show_nothing(quiet):
    found = event_study.of(quiet, "KZ")
    assert found.fake_shifts == (9, 10, 11)
    assert all(m.placebo == (None, None, None) for m in found.months if m.tau < 0)
    told = np.array([m.placebo for m in found.months if m.tau >= 0], dtype=float)
    assert np.isfinite(told).all()
    assert np.abs(told.mean(axis=0)).max() < 2 * MONTH


def test_what_happens_from_the_date_on_does_not_move_fake_dates(quiet, with_effect):
    before = event_study.of(quiet, "KZ").months
    after = event_study.of(with_effect, "KZ").months
    # The families of May end their fake lags two months later; March's are the same.
    assert before[12].placebo[0] == pytest.approx(after[12].placebo[0], abs=2 * MONTH)
    same = event_study.of(quiet, "AM").months
    assert same == event_study.of(quiet, "AM").months


def test_the_order_of_exporters_does_not_matter(quiet_world, quiet, tmp_path):
    names = dict(zip(quiet_world.reporters, reversed(quiet_world.reporters), strict=True))
    renamed = quiet_world.changed(reporters=tuple(names[r] for r in quiet_world.reporters))
    one = event_study.of(quiet, "KZ")
    two = event_study.of(renamed.study(tmp_path), "KZ")
    for first, second in zip(one.months, two.months, strict=True):
        assert first.effect == pytest.approx(second.effect)
        assert first.error == pytest.approx(second.error, rel=1e-6)


def test_goods_can_be_chosen_by_their_beginning(quiet):
    chapters = sorted({family[:2] for family in quiet.panel.families})
    chosen = tuple(chapters[: len(chapters) // 2])
    found = event_study.of(quiet, "KZ", goods=chosen)
    assert found.goods == chosen
    assert found.months[0].families == sum(f.startswith(chosen) for f in quiet.panel.families)
    with pytest.raises(ModelError, match="begins with 0000"):
        event_study.of(quiet, "KZ", goods=("0000",))


def test_donors_carry_the_season_where_there_are_any(simulated, tmp_path):
    world = simulated(5, partners=("AR", "CL", "KZ", "MA", "RU"))
    months = dict.fromkeys(world.codes, 26)
    asked = lifted(world, months).study(tmp_path, partners=("KZ",))
    assert asked.rungs == ("A", "B", "C")
    found = event_study.of(asked, "KZ")
    assert found.rung == "A"
    assert found.year_before is None
    lags = [m.effect for m in found.months if m.tau >= 0]
    assert np.mean(lags) == pytest.approx(LIFT, abs=2 * MONTH)
    assert len(found.fake_shifts) == 3
    own = event_study.of(asked, "KZ", rung="C")
    assert own.year_before is not None
    assert own.breaks == own.breaks_own


def test_without_totals_the_own_season_is_all_there_is(quiet_world, tmp_path):
    bare = quiet_world.changed(has_totals=False).study(tmp_path)
    assert event_study.of(bare, "KZ").rung == "C"
    with pytest.raises(UsageError, match="do not support rung A"):
        event_study.of(bare, "KZ", rung="A")


def test_a_hub_that_is_not_there_and_a_past_too_short_are_refused(quiet, simulated, tmp_path):
    with pytest.raises(UsageError, match="TR is not in the data"):
        event_study.of(quiet, "TR")
    world = simulated(1, partners=("KZ", "RU"), codes=quiet.panel.families[:40])
    dates = dict.fromkeys(world.codes, "2021-03-01")
    early = world.changed(dates=dates).study(tmp_path, window=Window.parse("2021-03:2021-11"))
    with pytest.raises(ModelError, match="leads need 15"):
        event_study.of(early, "KZ")


def test_a_partial_month_leaves_both_sides(quiet, quiet_world, tmp_path):
    value = quiet_world.value.copy()
    value[0, :, 3:, 30] = 0
    found = event_study.of(quiet_world.changed(value=value).study(tmp_path), "KZ")
    whole = event_study.of(quiet, "KZ")
    cut, full = (e.months[16] for e in (found, whole))
    assert cut.expected < full.expected
    assert cut.effect == pytest.approx(full.effect, abs=MONTH)


@pytest.fixture(scope="module")
def sample():
    with tf.open() as warehouse:
        yield study.build(warehouse, Request())


def test_the_sample_has_dates_for_kazakhstan(sample):
    found = event_study.of(sample, "KZ", rung="C")
    lags = {m.tau: m for m in found.months if m.tau >= 0}
    # Trade with Kazakhstan more than doubled by summer 2022, and both ends of the band say rise.
    assert lags[5].effect > np.log(2)
    assert lags[5].joint_low > 0
    assert found.breaks.main.month == date(2022, 4, 1)
    assert found.breaks.lag == 1
    assert found.restricted == date(2022, 3, 1)
    assert found.months[0].families == 2025
    assert all(abs(e) < lags[5].effect for m in found.months for e in m.placebo if e is not None)


def test_the_same_question_has_the_same_dates(sample):
    asked = replace(sample, request=replace(sample.request, partners=("KZ",)))
    assert event_study.of(sample, "KG") == event_study.of(asked, "KG")
