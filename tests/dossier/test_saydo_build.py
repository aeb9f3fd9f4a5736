"""The say-do test on the embedded sample, and on planted truth."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import replace
from datetime import date

import pyarrow.compute as pc
import pytest
from pyarrow import parquet

import throughflow
from throughflow.dossier.saydo import build, claims, legs, model, planted, rule
from throughflow.errors import DataError, InputError
from throughflow.evidence import canonical
from throughflow.reference import saydo_rules
from throughflow.statements import event_json
from throughflow.trade import study as studies
from throughflow.trade.request import Request
from throughflow.trade.simulate import planting, tables, world
from throughflow.warehouse import Warehouse, load

from .pledge import PLEDGE

# Fifty codes are read within seconds; the whole list is asked for in the long tests.
FEW = Request(control_list="chpl-2024-02")
RULES = saydo_rules.current()
MARGIN = legs.Margin.declared(RULES)


def events(*raw):
    return tuple(event_json.parse(one) for one in raw)


@pytest.fixture(scope="module")
def warehouse():
    with throughflow.open() as opened:
        yield opened


@pytest.fixture(scope="module")
def pledge():
    return events(PLEDGE)


@pytest.fixture(scope="module")
def found(warehouse, pledge):
    return build.of(warehouse, FEW, "KZ", pledge)


def test_the_claims_of_the_pledge_are_tested_apart(found):
    (one,) = found.statements
    assert one.start == date(2022, 4, 29)
    now, later = one.tests
    assert (now.says, now.window, now.months) == ("does not", "2022-03:2022-03", 1)
    assert (later.says, later.window, later.months) == ("will not", "2022-05:2022-11", 7)
    assert later.window_note == "the data end in 2022-11"


def test_the_missing_leg_is_named_and_nothing_is_inconsistent(found):
    for test in found.statements[0].tests:
        assert [leg.leg for leg in test.legs] == [model.FIRST_LEG]
        assert [leg.leg for leg in test.missing] == [model.SECOND_LEG]
        assert "Kazakhstan itself records" in test.missing[0].reason
        assert test.verdict != model.INCONSISTENT
    assert "Not told: hub to target" in found.statements[0].paragraph


def test_the_level_is_that_of_the_excess_table(warehouse, found):
    from throughflow.model.periods import Window
    from throughflow.trade import excess

    for test in found.statements[0].tests:
        window = Window.parse(test.window)
        study = studies.build(warehouse, replace(FEW, window=window, by=(), partners=("KZ",)))
        row = next(r for r in excess.rows(study) if r.kind != "not testable")
        (leg,) = test.legs
        assert leg.actual == pytest.approx(row.actual)
        assert (leg.excess_low, leg.excess_high) == pytest.approx((row.excess_low, row.excess_high))
        assert leg.margin == pytest.approx(RULES.margin_share * row.expected)


def test_the_verdict_follows_from_the_numbers_shown(found):
    for test in found.statements[0].tests:
        (leg,) = test.legs
        value = rule.Measure(leg.excess, leg.excess_low, leg.excess_high)
        goods = rule.Measure(
            *((m - 1) * leg.expected for m in (leg.goods_multiple, leg.goods_low, leg.goods_high))
        )
        assert leg.place == rule.place(value, goods, leg.margin, RULES.borne_out)
        missing = model.MissingLeg(model.SECOND_LEG, "")
        assert test.verdict == rule.decide(test.rule, leg, missing).word


def test_a_change_is_described_beside_its_placebos(found):
    change = found.statements[0].change
    assert len(change.dates) == 6
    assert change.p_dates * 7 == pytest.approx(
        1 + sum(abs(one.change) >= abs(change.change) for one in change.dates)
    )
    assert {one.what for one in change.hubs} >= {"Armenia", "Kyrgyzstan"}
    assert "Kazakhstan" not in {one.what for one in change.hubs}
    assert "small-sample p" in found.statements[0].paragraph
    assert " q " not in found.statements[0].paragraph


def test_another_margin_is_used_and_recorded(warehouse, pledge, found):
    other = build.of(warehouse, FEW, "KZ", pledge, margin=0.01)
    assert (other.margin_share, other.is_margin_declared) == (0.01, False)
    assert found.is_margin_declared
    assert other.command.endswith("--margin 0.01")
    before, after = (one.statements[0].tests[1].legs[0] for one in (found, other))
    assert after.margin < before.margin
    assert after.margin >= MARGIN.floor(claims.Window.parse("2022-05:2022-11"), "EUR") * 0.999
    with pytest.raises(InputError, match="not a positive share"):
        build.of(warehouse, FEW, "KZ", pledge, margin=0)


def test_a_ban_needs_the_hubs_own_exports(warehouse):
    ban = {"kind": "restriction", "actors": [{"country": "KZ"}], "date": {"start": "2022-08-27",
           "end": "2022-08-27"}}  # fmt: skip
    found = build.of(warehouse, FEW, "KZ", events(ban))
    (test,) = found.statements[0].tests
    assert test.window == "2022-09:2022-11"
    assert test.verdict == model.UNTESTABLE
    assert "hub to target cannot be told" in test.reason


def test_a_state_that_said_nothing_has_nothing_tested(warehouse, pledge):
    found = build.of(warehouse, FEW, "AM", pledge)
    assert found.statements == ()
    assert found.monthly.months


def test_a_state_that_is_not_in_the_data_is_refused(warehouse, pledge):
    with pytest.raises(DataError, match="no exports to"):
        build.of(warehouse, FEW, "TR", pledge)


def test_a_result_is_plain_data(found):
    assert json.loads(canonical.dumps(found))["hub"] == "KZ"


@pytest.mark.long
def test_the_pledge_on_the_whole_list(warehouse, pledge):
    found = build.of(warehouse, Request(), "KZ", pledge)
    now, later = found.statements[0].tests
    assert now.verdict == model.CONSISTENT
    assert later.verdict == model.INCONCLUSIVE
    assert later.legs[0].excess == pytest.approx(757.3e6, rel=1e-3)
    (leg,) = later.legs
    assert leg.excess_low < leg.margin < leg.excess_high
    # So much more would have been told: the interval's lower end would lie at the margin.
    assert leg.excess_low + (leg.told_from - leg.excess) == pytest.approx(leg.margin)


@pytest.fixture(scope="module")
def two_legs(tmp_path_factory):
    """A world in which eight times as much goes both ways at KZ, and AM stops publishing."""
    folder = tmp_path_factory.mktemp("two-legs")
    made = world.generate(701, size=world.SMALL)
    planted_there = planting.plant(made, 0.0, 701)
    hub, months = world.HUBS.index("KZ"), slice(made.begins + 2, None)
    planted_there.sent[:, made.hubs[hub], : made.n_listed, months] *= 8
    planted_there.onward[hub, : made.n_listed, months] *= 8
    rows = tables.trade(planted_there, 701)
    stopped = pc.and_(pc.equal(rows["reporter"], "AM"), pc.equal(rows["flow"], "export"))
    stopped = pc.and_(stopped, pc.greater_equal(rows["period"], "2022-10"))
    parquet.write_table(rows.filter(pc.invert(stopped)), folder / "trade.parquet")
    load([folder / "trade.parquet"], folder / "warehouse")
    with Warehouse(folder / "warehouse") as opened:
        yield opened


WORLD = Request(currency=world.CURRENCY, control_list=world.CONTROL_LIST)


@pytest.mark.long
def test_both_legs_above_the_margin_are_inconsistent_and_the_months_before_are_not(
    two_legs, pledge
):
    now, later = build.of(two_legs, WORLD, "KZ", pledge).statements[0].tests
    assert later.verdict == model.INCONSISTENT
    assert [leg.place for leg in later.legs] == [model.ABOVE, model.ABOVE]
    assert later.missing == ()
    assert now.verdict != model.INCONSISTENT
    # The second leg is what the hub itself records.
    assert later.legs[1].actual < later.legs[0].actual


@pytest.mark.long
def test_a_hub_that_stopped_publishing_has_not_stopped_exporting(two_legs):
    ban = {"kind": "restriction", "actors": [{"country": "AM"}], "date": {"start": "2022-08-10",
           "end": "2022-08-10"}}  # fmt: skip
    found = build.of(two_legs, WORLD, "AM", events(ban))
    (test,) = found.statements[0].tests
    assert test.verdict == model.UNTESTABLE
    assert "records nothing in 2022-10, 2022-11, 2022-12" in test.reason


@pytest.mark.long
def test_planted_excess_is_told_on_both_legs_and_never_on_one():
    """Few worlds, so loose bounds: the report is docs/methods/say-do.md."""
    worlds = [planted.of_world(seed, MARGIN, size=world.SMALL) for seed in (701, 702, 703)]
    trials = [trial for one in worlds for trial in one.trials]
    assert model.INCONSISTENT not in {trial.with_one for trial in trials}
    large = Counter(t.with_both for t in trials if min(t.level) >= 4)
    assert large[model.INCONSISTENT] > large.total() / 2
    small = Counter(t.with_both for t in trials if min(t.level) <= 1)
    # At most one in twenty is claimed; three standard errors of thirty trials are twelve points.
    assert small[model.INCONSISTENT] <= 0.17 * small.total()
    none = Counter(t.with_both for t in trials if max(t.level) == 0)
    assert none[model.CONSISTENT] > 0


@pytest.mark.long
def test_in_data_as_calm_as_the_sample_twice_the_margin_is_mostly_told(warehouse):
    window = claims.Window.parse("2022-05:2022-11")
    study = studies.build(warehouse, Request(window=window, by=()))
    trials, sigma = planted.of_quiet_months(study, MARGIN, (0.0, 1.0, 2.0, 3.0))
    assert sigma == pytest.approx(0.128, abs=0.005)
    told = {
        level: Counter(t.verdict for t in trials if t.level == level) for level in (0.0, 1.0, 3.0)
    }
    assert told[0.0][model.CONSISTENT] > 0.9 * told[0.0].total()
    assert told[1.0][model.INCONSISTENT] <= 0.05 * told[1.0].total()
    assert told[3.0][model.INCONSISTENT] > 0.9 * told[3.0].total()
