"""Invented worlds with a known truth, by the whole path from file to rows."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from throughflow.trade import conformal, coverage_check, excess, finding, levels

CUT = 26
CELLS = ("reporter", "product")


def table(study, by):
    return excess.rows(replace(study, request=study.request.at(by)))


def cell(world, row):
    return (
        world.reporters.index(row.reporter),
        world.partners.index(row.partner),
        world.codes.index(row.family),
    )


def test_nothing_happened_cells_are_covered_as_often_as_promised(quiet):
    rows = [r for r in table(quiet, CELLS) if r.kind == finding.ESTABLISHED]
    inside = [r.low <= r.actual <= (np.inf if r.high is None else r.high) for r in rows]
    assert len(rows) > 3000
    # Three standard errors of as many independent cells are 0.015; the worlds' common draws of
    # season and level add as much again.
    assert np.mean(inside) == pytest.approx(0.9, abs=0.03)
    regular = [r.low <= r.actual <= r.high for r in rows if r.low > 0 and r.high is not None]
    assert len(regular) > 500
    assert np.mean(regular) == pytest.approx(0.9, abs=0.04)


def test_nothing_happened_few_are_flagged_and_next_to_none_discovered(quiet):
    rows = [r for r in table(quiet, CELLS) if r.kind == finding.ESTABLISHED]
    flagged = np.mean([r.excess_low is not None and r.excess_low > 0 for r in rows])
    # 5 % where both tails are shared, 10 % where the lower end is zero.
    assert 0.03 < flagged < 0.13
    assert np.mean([r.q is not None and r.q <= 0.05 for r in rows]) < 0.01
    p = np.array([r.p for r in rows if r.p is not None])
    assert np.mean(p <= 0.05) == pytest.approx(0.05, abs=0.02)
    assert np.mean(p <= 0.5) == pytest.approx(0.5, abs=0.06)


def test_nothing_happened_new_flows_are_expected_in_sum(quiet):
    units = levels.level_of(quiet.real, CELLS, "C")
    hubs = [i for i, p in enumerate(quiet.panel.partners) if p != "RU"]
    new = np.where(units.is_new, 1.0, 0.0)[:, hubs]
    actual = (units.actual[:, hubs] * new).sum()
    expected = (units.expected[:, hubs] * new).sum()
    assert actual > 0
    assert expected == pytest.approx(actual, rel=0.5)


def test_nothing_happened_hub_totals_are_near_one(quiet):
    rows = table(quiet, ())
    assert len(rows) == 5
    # Five hubs make no calibration: the interval may miss one of them, not most.
    assert sum(row.low < row.actual < row.high for row in rows) >= 3
    for row in rows:
        assert row.ratio == pytest.approx(1, abs=0.25)
        assert row.p is None
        assert row.q is None
        assert "too few for a p-value" in row.reason


def test_measured_coverage_agrees_with_the_promise(quiet):
    for by in coverage_check.LEVEL_NAMES:
        for rung in quiet.rungs:
            for found in coverage_check.measure(quiet, by, rung):
                if found.kind == finding.ESTABLISHED and found.units >= 1000:
                    assert found.out_of_sample == pytest.approx(0.9, abs=0.04), found
                    assert found.in_sample >= found.out_of_sample - 0.03
                    assert found.median_width > 0


@pytest.fixture(scope="module")
def diverted(simulated, tmp_path_factory):
    """A world in which 25 regular cells of Kazakhstan grow eightfold from March 2022."""
    world = simulated(3)
    kz = world.partners.index("KZ")
    past = (world.value[:, kz, :, CUT - 12 : CUT] > 0).sum(axis=2)
    size = world.value[:, kz, :, CUT - 12 : CUT].sum(axis=2)
    regular = np.argsort(np.where(past >= 11, size, 0).ravel())[-25:]
    chosen = [(o, kz, k) for o, k in zip(*np.unravel_index(regular, size.shape), strict=True)]
    value = world.value.copy()
    planted = {}
    for at in chosen:
        planted[at] = 7 * value[at][CUT:].sum()
        value[at][CUT:] *= 8
    world = world.changed(value=value)
    return world, planted, world.study(tmp_path_factory.mktemp("diverted"))


def test_planted_diversion_is_found_first(diverted):
    world, planted, study = diverted
    rows = table(study, CELLS)
    assert all(cell(world, r) in planted for r in rows[:10])
    assert sum(cell(world, r) in planted for r in rows[:25]) >= 22
    found = {cell(world, r): r for r in rows if cell(world, r) in planted}
    assert len(found) == 25
    assert all(r.excess_low > 0 for r in found.values())
    # Five thousand tests and a few thousand placebos: single cells seldom survive the correction.
    assert np.mean([r.p <= 0.02 for r in found.values()]) > 0.9
    assert max(r.q for r in found.values()) < np.median([r.q for r in rows if r.q is not None])
    assert {r.verdict for r in found.values()} == {"weak"}


@pytest.mark.parametrize("rung", ["B", "C"])
def test_planted_diversion_is_recovered_in_size(diverted, rung):
    world, planted, study = diverted
    prediction = study.real.expected(rung)
    order = [study.panel.families.index(code) for code in world.codes]
    found = sum(
        study.real.actual[o, h, order[k]] - prediction[o, h, order[k]] for o, h, k in planted
    )
    assert found == pytest.approx(sum(planted.values()), rel=0.1)


def test_planted_diversion_shows_at_every_level_and_nowhere_else(diverted):
    _, planted, study = diverted
    hubs = {r.partner: r for r in table(study, ())}
    assert hubs["KZ"].excess == pytest.approx(sum(planted.values()), rel=0.2)
    assert hubs["KZ"].excess_low > 0
    assert all(hubs[hub].excess_low < 0 for hub in hubs if hub != "KZ")
    by_family = table(study, ("product",))
    assert {r.partner for r in by_family[:10]} == {"KZ"}


def test_rung_b_takes_a_pairs_common_growth_out_and_rung_c_does_not(simulated, tmp_path):
    world = simulated(4)
    kg = world.partners.index("KG")
    pair = (int(world.rest[:, kg].sum(axis=1).argmax()), kg)
    grown, other = world.reporters[pair[0]], world.reporters[pair[0] - 1]
    value, rest = world.value.copy(), world.rest.copy()
    value[pair][:, CUT:] *= 3
    rest[pair][CUT:] *= 3
    study = world.changed(value=value, rest=rest).study(tmp_path)
    exporters = {(r.reporter, r.partner): r for r in table(study, ("reporter",))}
    row = exporters[grown, "KG"]
    assert row.rung == "B"
    assert row.expected / row.expected_c == pytest.approx(3, rel=0.1)
    assert row.low < row.actual < row.high
    judged = levels.level_of(study.real, ("reporter",), "C")
    assert judged.actual[pair].sum() / judged.expected[pair].sum() == pytest.approx(3, rel=0.25)
    still = exporters[other, "KG"]
    assert still.expected / still.expected_c == pytest.approx(1, abs=0.2)


def test_without_totals_only_rung_c_is_left(quiet_world, quiet, tmp_path):
    study = quiet_world.changed(has_totals=False).study(tmp_path)
    assert study.rungs == ("C",)
    rows = table(study, CELLS)
    assert {r.rung for r in rows} == {"C"}
    assert all(r.expected == r.expected_c for r in rows)
    np.testing.assert_allclose(study.real.expected_c, quiet.real.expected_c)


def test_intervals_are_calibrated_on_other_headings_only(quiet):
    """Placebo ratios of a unit's own fold never judge it."""
    own = levels.calibration(quiet, CELLS, "C")
    everything = own._pools_of(4, 2, -2)[0].total
    parts = [own._pools_of(4, 2, fold)[0].total for fold in range(conformal.FOLDS)]
    assert sum(everything - part for part in parts) == everything
    assert all(part < everything for part in parts)
