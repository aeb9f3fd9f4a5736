"""The excess table: sums, ends of intervals, reasons, months."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from throughflow.errors import UsageError
from throughflow.model.periods import Window, month_number
from throughflow.trade import (
    counterfactual,
    coverage_check,
    discovery,
    excess,
    finding,
    levels,
    months,
    spread,
)
from throughflow.trade.request import LEVELS, Request

LEVEL_SETS = ((), ("reporter",), ("product",), LEVELS)


def table(study, by, **options):
    return excess.rows(replace(study, request=study.request.at(by)), **options)


@pytest.mark.parametrize("column", ["actual", "base_actual"])
def test_every_level_adds_up_to_the_hub(quiet, column):
    totals = {}
    for by in LEVEL_SETS:
        for row in table(quiet, by):
            totals[row.partner, by] = totals.get((row.partner, by), 0) + getattr(row, column)
    for hub in ("AM", "GE", "KG", "KZ", "UZ"):
        for by in LEVEL_SETS[1:]:
            assert totals[hub, by] == pytest.approx(totals[hub, ()])


@pytest.mark.parametrize("rung", ["B", "C"])
def test_every_levels_expectations_add_up_to_the_hub(quiet, rung):
    hubs = {r.partner: r for r in table(quiet, ())}
    for by in LEVEL_SETS:
        level = levels.level_of(quiet.real, by, rung)
        for position, hub in enumerate(quiet.panel.partners):
            if hub in hubs:
                wanted = hubs[hub].expected if rung == "B" else hubs[hub].expected_c
                assert level.expected[:, position].sum() == pytest.approx(wanted)
                assert level.actual[:, position].sum() == pytest.approx(hubs[hub].actual)
    # Rows leave out cells that neither traded nor had a past, which hold a little expectation.
    shown = sum(r.expected for r in table(quiet, LEVELS))
    assert 0.9 < shown / sum(r.expected for r in hubs.values()) <= 1


def test_rows_are_consistent_with_themselves(quiet):
    for by in LEVEL_SETS:
        for row in table(quiet, by):
            assert row.excess == pytest.approx(row.actual - row.expected)
            assert row.excess_c == pytest.approx(row.actual - row.expected_c)
            if row.low is not None:
                assert row.low >= 0
                assert row.excess_high == pytest.approx(row.actual - row.low)
            if row.high is not None:
                assert row.low <= row.high
                assert row.minimum_detectable == pytest.approx(row.high - row.expected)
            assert (row.q is None) == (row.p is None)
            assert row.p is None or row.p <= row.q <= 1 + 1e-12
            assert (row.ratio is None) == (row.kind == finding.NEW_FLOW)
            assert row.cells > 0


def test_the_largest_excess_is_first_and_the_target_is_not_there(quiet):
    rows = table(quiet, LEVELS)
    assert [r.excess for r in rows] == sorted((r.excess for r in rows), reverse=True)
    assert {r.partner for r in rows} == {"AM", "GE", "KG", "KZ", "UZ"}


def test_the_target_can_be_asked_for(quiet):
    asked = replace(quiet, request=replace(quiet.request, partners=("RU",), by=()))
    (row,) = excess.rows(asked)
    assert row.partner == "RU"
    assert row.actual > 0


def test_asking_for_one_hub_changes_none_of_its_numbers(quiet):
    everyone = {(r.reporter, r.family): r for r in table(quiet, LEVELS) if r.partner == "KG"}
    one = replace(quiet, request=replace(quiet.request, partners=("KG",)))
    assert {(r.reporter, r.family): r for r in excess.rows(one)} == everyone


def test_the_targets_cells_are_no_tests(quiet):
    """Exports to the target fall by law; counted as tests they would hide discoveries."""
    units = levels.level_of(quiet.real, LEVELS, "B")
    shown = units.is_unit & ((units.actual > 0) | (levels.base_values(quiet) > 0) | ~units.is_new)
    shown[:, quiet.panel.partners.index("RU")] = False
    p = levels.judge(quiet, LEVELS, "B", units, shown).p
    no_leg = np.full(len(p), np.nan)
    q = discovery.q_values(p, no_leg, units.expected[shown], units.is_new[shown])
    wanted = dict(zip(zip(*np.nonzero(shown), strict=True), q, strict=True))
    for row in table(quiet, LEVELS)[::50]:
        at = (
            quiet.panel.reporters.index(row.reporter),
            quiet.panel.partners.index(row.partner),
            quiet.panel.families.index(row.family),
        )
        assert row.q == pytest.approx(wanted[at])


def test_the_least_value_leaves_small_rows_out(quiet):
    every, large = table(quiet, LEVELS), table(quiet, LEVELS, minimum=1e5)
    assert 0 < len(large) < len(every)
    assert all(max(r.actual, r.base_actual) >= 1e5 for r in large)
    left_out = {(r.partner, r.reporter, r.family) for r in every} - {
        (r.partner, r.reporter, r.family) for r in large
    }
    assert all(
        max(r.actual, r.base_actual) < 1e5
        for r in every
        if (r.partner, r.reporter, r.family) in left_out
    )


def test_base_values_are_the_twin_months(quiet, quiet_world):
    order = [quiet_world.codes.index(code) for code in quiet.panel.families]
    wanted = quiet_world.value[..., 14:23].sum(axis=3)[:, :, order]
    np.testing.assert_allclose(levels.base_values(quiet), wanted)
    early = replace(quiet, request=replace(quiet.request, base=Window.parse("2020-03:2020-11")))
    wanted = quiet_world.value[..., 2:11].sum(axis=3)[:, :, order]
    np.testing.assert_allclose(levels.base_values(early), wanted)


def test_months_add_up_to_the_window(quiet):
    actual = months.monthly_actual(quiet)
    assert actual.shape == (*quiet.panel.shape[:2], 9)
    np.testing.assert_allclose(actual.sum(axis=2), quiet.real.actual.sum(axis=2))
    for rung in quiet.rungs:
        expected = months.monthly_expected(quiet, quiet.real, rung)
        np.testing.assert_allclose(expected.sum(axis=2), quiet.real.expected(rung).sum(axis=2))


def test_months_of_a_fake_date_are_the_fake_months(quiet):
    shift = quiet.shifts[0]
    actual = months.monthly_actual(quiet, -shift)
    np.testing.assert_allclose(actual.sum(axis=2), quiet.fake_dates[0].actual.sum(axis=2))
    recorded = months.monthly_recorded(quiet)
    first = month_number(quiet.window.first) - shift - quiet.panel.first_month
    np.testing.assert_allclose(actual, recorded[:, :, first : first + 9])


def test_hub_spread_is_the_root_mean_square_of_the_log_ratios(quiet):
    for rung in quiet.rungs:
        found = spread.measure(quiet, rung)
        assert found.hubs == ("AM", "GE", "KG", "KZ", "UZ")
        wanted = [
            [np.log(p.actual[:, h].sum() / p.expected(rung)[:, h].sum()) for p in quiet.fake_dates]
            for h in (0, 1, 2, 3, 5)
        ]
        np.testing.assert_allclose(found.log_ratio, wanted)
        assert found.sigma == pytest.approx(np.sqrt(np.mean(np.square(wanted))))
        # Student's t at 95 % with four degrees of freedom: five hubs, and overlapping dates.
        assert found.factor(0.9) == pytest.approx(np.exp(2.1318468 * found.sigma))
        assert found.factor(0.9, monthly=True) == pytest.approx(
            np.exp(2.1318468 * found.monthly_sigma)
        )
        assert found.factor(0.5) < found.factor(0.9)


def test_fake_dates_reach_neither_the_restriction_nor_before_the_data(quiet):
    for shift, placebo in zip(quiet.shifts, quiet.fake_dates, strict=True):
        design = quiet.design.shifted(-shift)
        assert design.last < quiet.design.mask.min()
        assert design.mask.min() - 12 >= quiet.panel.first_month
        bare = counterfactual.predict(quiet.panel, design)
        np.testing.assert_allclose(
            placebo.expected_c.sum(axis=(0, 2)), bare.expected_c.sum(axis=(0, 2))
        )


def test_coverage_counts_every_placebo_unit_once(quiet):
    found = coverage_check.measure(quiet, LEVELS, "C")
    sizes = [c for c in found if c.size is not None]
    established = next(c for c in found if c.size is None and c.kind == finding.ESTABLISHED)
    assert sum(c.units for c in sizes) == established.units
    units = sum(
        int((p.usable & ~p.is_new & (p.expected_c > 0))[:, [0, 1, 2, 3, 5]].sum())
        for p in quiet.fake_dates
    )
    assert established.units + established.without == units
    new = next(c for c in found if c.kind == finding.NEW_FLOW)
    assert new.traded < established.traded
    later = [c.later_date for c in sizes if c.units > 2000]
    assert later
    assert np.mean(later) == pytest.approx(0.9, abs=0.06)


def test_questions_are_plain_data_and_back():
    asked = Request(
        target="RU", partners=("KZ",), reporters=("DE",), window=Window.parse("2022-03:2022-11"),
        base=Window.parse("2021-03:2021-11"), by=("product",), currency="USD",
        whole_codes_only=True, dataset="x",
    )  # fmt: skip
    assert Request.from_parameters(asked.parameters()) == asked
    assert Request.from_parameters(Request().parameters()) == Request()
    assert asked.at(("product", "reporter")).by == ("reporter", "product")
    with pytest.raises(UsageError, match="cannot break down by 'month'"):
        Request(by=("month",))
