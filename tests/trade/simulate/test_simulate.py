"""The report card's own parts: worlds, planting, rivals, counting."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyarrow import csv
from scipy import stats

import throughflow as tf
from throughflow.sources.base import RawFile
from throughflow.sources.india_russia import IndiaRussia
from throughflow.trade import placebo, study
from throughflow.trade.request import Request
from throughflow.trade.simulate import (
    match,
    mirror,
    noise,
    planting,
    real_windows,
    report_card,
    rivals,
    shares,
    tables,
    world,
)

RELATIVE = 1e-9


@pytest.fixture(scope="module")
def made() -> world.World:
    return world.generate(3, size=world.SMALL)


@pytest.fixture(scope="module")
def planted(made) -> planting.Planted:
    return planting.plant(made, 0.05, 3)


def test_the_same_seed_gives_the_same_world(made):
    again = world.generate(3, size=world.SMALL)
    np.testing.assert_array_equal(made.sent, again.sent)
    np.testing.assert_array_equal(made.onward, again.onward)
    assert not np.array_equal(made.sent, world.generate(4, size=world.SMALL).sent)


def test_codes_are_what_they_are_taken_for(made):
    listed = made.codes[: made.n_listed]
    assert len(set(made.codes)) == len(made.codes)
    assert set(made.destinations[: len(world.HUBS)]) == set(world.HUBS)
    changed = [(old, new) for old, new in zip(made.former, made.codes, strict=True) if old != new]
    assert changed
    assert {new for _, new in changed} <= set(listed)


def test_noise_keeps_its_level_on_average():
    """Shipments, gaps and lumps change when a flow trades, not how much it trades while open."""
    calm = noise.Noise(
        shipments=1.0, shipments_slope=0.0, shipments_spread=0.0, size=-1.0, wander=-9.0,
        wander_slope=0.0, closing=-30.0, closing_slope=0.0, jump=-30.0, jump_mean=0.0,
        jump_size=-3.0, jump_size_slope=0.0, opening=30.0, occasional=-30.0, occasional_slope=0.0,
        occasional_shipments=0.0, occasional_level=0.0, absent=-30.0, absent_spread=0.0,
        turning=-30.0, turning_size=0.0, drift=0.0, shared=0.0,
    )  # fmt: skip
    drawn = noise.draw(np.full(20_000, 1.2e6), 3, np.random.default_rng(0), calm)
    assert drawn.mean() == pytest.approx(1e5, rel=0.02)
    assert (drawn == 0).mean() == pytest.approx(np.exp(-np.e), abs=0.005)  # Poisson of mean e


def test_goods_handed_on_pass_two_hubs(made):
    planted = planting.plant(made, 0.2, 3)
    handed = [one for one in planted.truth if one.second_hub]
    assert handed
    for one in handed[:10]:
        first, second = world.HUBS.index(one.hub), world.HUBS.index(one.second_hub)
        good = made.codes.index(one.product)
        added = (planted.among - made.among)[first, second, good]
        assert added[: made.begins].max() == 0
        assert added.sum() > one.value * (1 - one.unrecorded_share)
        assert (planted.onward - made.onward)[second, good].sum() > 0
    hubs = np.arange(len(world.HUBS))
    assert not planted.among[hubs, hubs].any()


def test_what_is_planted_is_what_is_added(made, planted):
    extra = planted.sent - made.sent
    assert extra.min() >= 0
    assert extra[..., : made.begins].max() == 0
    wanted = sum(one.value + one.wrong_code_value for one in planted.truth)
    assert extra.sum() == pytest.approx(wanted, rel=RELATIVE)
    hubs = list(made.hubs)
    length = made.sent.shape[3] - made.begins
    years = [slice(made.begins - 12 * n, made.begins - 12 * n + length) for n in (1, 2)]
    for one in planted.truth[:20]:
        hub, good = made.destinations.index(one.hub), made.codes.index(one.product)
        assert extra[:, hub, good].sum() == pytest.approx(one.value, rel=1e-6) or one.wrong_code
        usual = np.mean([made.sent[:, hub, good, year].sum() for year in years])
        assert one.value == pytest.approx((one.multiple - 1) * usual, rel=1e-6)
    declared = planted.arrived - made.sent[:, hubs]
    unrecorded = sum(one.value * one.unrecorded_share for one in planted.truth)
    assert extra.sum() - declared.sum() == pytest.approx(unrecorded, rel=1e-6)
    assert planted.onward.sum() > made.onward.sum()
    assert len(planted.truth) == round(0.05 * planted.units)


def test_tables_hold_the_world_in_cents(made, planted):
    table = tables.trade(planted, 3)
    exports = table.filter(
        pc.and_(
            pc.equal(table["flow"], "export"),
            pc.and_(
                pc.is_in(table["reporter"], pa.array(made.exporters)),
                pc.not_equal(table["product"], "TOTAL"),
            ),
        )
    )
    share = pc.sum(exports["value"]).as_py() / planted.sent.sum()
    assert 0.98 < share < 1  # confidential cells are missing, totals hold them
    totals = table.filter(
        pc.and_(pc.equal(table["product"], "TOTAL"), pc.not_equal(table["partner"], "XX"))
    )
    known = planted.sent.sum() + made.other.sum() + planted.onward.sum() + made.onward_other.sum()
    known += planted.among.sum() + made.among_other.sum()
    assert pc.sum(totals["value"]).as_py() == pytest.approx(known, rel=1e-6)
    imports = table.filter(pc.equal(table["flow"], "import"))
    assert not set(imports["reporter"].unique().to_pylist()) & set(world.SILENT_HUBS)
    # A renamed good has its old code before 2022 and its new one from then on.
    old, new = next((o, n) for o, n in zip(made.former, made.codes, strict=True) if o != n)
    when = {code: table.filter(pc.equal(table["product"], code))["period"] for code in (old, new)}
    assert pc.max(when[old]).as_py() < "2022-01" <= pc.min(when[new]).as_py()


@given(
    st.lists(st.tuples(st.floats(-5, 5), st.booleans()), min_size=1, max_size=30),
    st.floats(0, 0.5),
)
def test_a_rivals_threshold_gives_as_much_as_any(units, allowed):
    """Against brute force over every threshold."""
    score = np.array([s for s, _ in units])
    truth = np.array([t for _, t in units])
    found = rivals.found_at(score, truth, allowed)
    if found.any():
        assert (found & ~truth).sum() <= allowed * found.sum() + 1e-9
    best = 0
    for threshold in np.unique(score):
        chosen = score >= threshold
        if (chosen & ~truth).sum() <= allowed * chosen.sum():
            best = max(best, int((chosen & truth).sum()))
    assert int((found & truth).sum()) >= best


def test_likeness_counts_what_lies_near_either_half():
    def rows(value):
        flows = np.full((4, 9), 1.0)
        flows[1, 3] = value
        return match.Quantiles({"flows": flows, "hub × good": np.full((3, 9), np.nan)})

    for value, is_near in ((1.05, True), (1.5, True), (2.15, True), (2.3, False), (0.85, False)):
        near, of = match.near(rows(value), rows(1.0), rows(2.0))
        assert (near, of) == (20 if is_near else 19, 20)
    assert match.distance(rows(1.0), rows(1.0)) == 0


def test_invented_flows_stray_like_the_samples():
    """The quantiles that power rests on: sums of a good to a hub from a hundred thousand up."""
    with tf.open() as warehouse:
        asked = study.build(warehouse, Request())
    fakes = [p for p in asked.placebos if p.kind == placebo.FAKE_DATE]
    keep = np.ones(len(fakes[0].headings), dtype=bool)
    real = match.of_predictions([p.prediction for p in fakes], keep, fakes[0].at)
    made = match.mean([match.of_world(noise.FITTED, seed) for seed in (301, 302, 303, 304)])
    upper = [1 + match.LEVELS.index(level) for level in (0.95, 0.99)]
    of_sums = made.rows["hub × good"][1:, upper] - real.rows["hub × good"][1:, upper]
    assert np.abs(of_sums).max() < 0.45
    assert np.abs(made.rows["flows"][:3, 0] - real.rows["flows"][:3, 0]).max() < 0.06


def test_hubs_record_about_what_a_real_one_does():
    """Medians within a factor of 1.5, quartiles 1.6, the upper tail 1.8."""
    told = [i for i, hub in enumerate(world.HUBS) if hub not in world.SILENT_HUBS]
    silent = [i for i in range(len(world.HUBS)) if i not in told]
    sent, recorded = [], []
    for seed in (3, 4, 5, 6):
        made = world.generate(seed, size=replace(world.SMALL, donors=0))
        year = slice(made.begins - 12, made.begins)
        of_year = made.sent[:, told, :, year]
        sent.append(of_year.sum(axis=3).ravel())
        recorded.append((of_year * made.mirror[:, told, :, year]).sum(axis=3).ravel())
        assert not made.mirror[:, silent].any()
    found = np.array(mirror.quantiles(np.concatenate(sent), np.concatenate(recorded)))
    apart = np.abs(found - np.array(mirror.MEASURED))
    assert apart[:, 0].max() < 0.06
    assert apart[:, 3].max() < 0.4
    assert apart[:, [2, 4]].max() < 0.48
    assert apart[:, 5].max() < 0.6


@pytest.mark.data
def test_the_mirror_is_measured_on_what_both_sides_recorded(staged):
    """The table in the code, again from the file: India to Russia by code, 2021."""
    file = staged / "trade" / "india_russia" / "india_russia_2010_2021.parquet"
    flows = IndiaRussia().read(RawFile(file)).flows.to_pandas()
    flows = flows[
        flows.period.astype(str).str.startswith("2021") & (flows.status != "confidential")
    ]
    flows["value"] = flows.value.astype(float)
    sums = flows.groupby(["reporter", "flow", flows["product"].str[:6]])["value"].sum()
    sent = sums["IN", "export"]
    recorded = sums["RU", "import"].reindex(sent.index, fill_value=0.0)
    found = mirror.quantiles(sent.to_numpy(), recorded.to_numpy())
    np.testing.assert_allclose(found, mirror.MEASURED, atol=0.011)


def scored(part, truth, share, low, high, value=1.0, excess=1.0):
    return shares.Scored(part, truth, share, low, high, value, excess)


def test_parts_are_scored_one_vote_a_good_and_by_money():
    found = [
        scored("arrived", 0.5, 0.4, 0.3, 0.6),
        scored("arrived", 0.5, 0.7, 0.6, 0.8, value=2.0, excess=3.0),
        scored("arrived", 0.5, 0.6, 0.4, 0.7),
        scored("unrecorded", 0.5, 0.1, 0.0, 0.2),
    ]
    one, other = shares.score(found)
    assert (one.part, one.goods, other.goods) == ("unrecorded", 1, 3)
    assert other.median_error == pytest.approx(0.1)
    assert other.median_error_interval == pytest.approx((-0.1, 0.2))
    assert other.by_value == pytest.approx((0.4 + 3 * 0.7 + 0.6) / 5)
    assert (other.covered, other.beyond) == (2, 0)
    assert one.beyond == 1


def test_rates_have_the_exact_interval():
    found = report_card.rate(3, 50)
    wanted = stats.binomtest(3, 50).proportion_ci(0.95, method="exact")
    assert found.interval == pytest.approx((wanted.low, wanted.high))
    upper = stats.binomtest(3, 50, alternative="less").proportion_ci(0.95, method="exact").high
    assert found.upper == pytest.approx(upper)
    assert report_card.rate(0, 0).value is None
    assert report_card.rate(0, 9).interval[0] == 0
    assert report_card.rate(9, 9).interval[1] == 1


@pytest.mark.long
def test_the_quick_card_finds_planted_diversions_and_little_else(tmp_path):
    """One world a prevalence: bounds are wide, the report card's own are narrow."""
    card = report_card.run({0.05: (31,), 0.2: (31,)}, quick=True, folder=tmp_path, parts_at=0.2)
    assert card.rung == "A"
    assert card.false_discovery_rate < 0.12
    assert card.power_3x > 0.6
    assert card.power_2x > 0.35
    assert 0.82 < card.coverage < 0.96
    parts = {one.part: one for one in card.parts}
    assert list(parts) == list(shares.PARTS)
    assert all(abs(parts[name].median_error) < 0.25 for name in ("unrecorded", "arrived"))
    assert parts["unrecorded"].covered > 0.75 * parts["unrecorded"].goods > 8
    for one in card.by_prevalence:
        assert all(r.power.value <= r.ours.value for r in one.rivals)
    truth = csv.read_csv(tmp_path / "seed-31-at-0.2" / "truth.csv")
    assert len(truth) == card.by_prevalence[1].planted
    assert json.dumps([r.name for r in card.by_prevalence[0].rivals])


@pytest.mark.long
def test_planted_into_the_samples_own_months():
    """One leg of three real months: values are covered, and nobody is accused falsely."""
    with tf.open() as warehouse:
        found = real_windows.run(warehouse, 0.2, 5)
    assert found.rung == "B"
    assert found.planted > 300
    assert found.false_discovery_rate.hits <= 0.1 * max(found.false_discovery_rate.of, 1)
    assert 0.8 < found.coverage.value < 0.95
