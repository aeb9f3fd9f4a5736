"""Both legs together: what the second adds, and what it cannot carry alone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pytest

from throughflow.model.periods import Window
from throughflow.trade import ask, onward
from throughflow.trade.request import Request

if TYPE_CHECKING:
    from throughflow.trade.ask import Answer

WINDOW = Window.parse("2022-03:2022-11")
CUT = 26
FIRST, SECOND, BOTH, UNRECORDED = 0, 1, 2, 3  # which legs of a good are diverted


def leg(p: float, excess: float, actual: float = 0.0) -> onward._Leg:
    return onward._Leg(np.array([[p]]), np.array([[max(actual, excess)]]), np.array([[excess]]))


def statistic(first: onward._Leg, second: onward._Leg) -> float:
    return float(onward._statistic(first, second)[0, 0])


def test_neither_leg_counts_for_more_than_its_most():
    weak = leg(0.5, 1e6)
    most = onward.MOST_FIRST - np.log(0.5)
    assert statistic(leg(1e-9, 1e6), weak) == pytest.approx(most)
    most = onward.MOST_SECOND - np.log(0.5)
    assert statistic(weak, leg(1e-9, 1e6)) == pytest.approx(most)


def test_a_second_leg_counts_as_far_as_its_size_fits():
    strange = leg(0.03, 1e6)
    one = -np.log(0.03)
    for share, counts in ((0.3, 1.0), (1.5, 1.0), (0.15, 0.5), (4.0, 0.5), (0.0, 0.0), (-1.0, 0.0)):
        assert statistic(strange, leg(0.03, share * 1e6)) == pytest.approx((1 + counts) * one)
    # Where the excess is small beside what was sent, a part of that may be the diversion.
    busy = leg(0.4, 1e3, actual=1e6)
    assert statistic(busy, leg(0.03, 0.12e6)) == pytest.approx(-np.log(0.4) + one)
    assert statistic(leg(0.8, -1e5, actual=1e6), leg(0.03, 0.12e6)) > one


def test_an_unknown_leg_leaves_the_row_to_the_first():
    p, joint = np.array([0.04, 0.04, 0.001]), np.array([np.nan, 0.009, 0.9])
    np.testing.assert_allclose(onward.combined(p, joint), [0.04, 0.01, 0.01])


@dataclass(frozen=True)
class Asked:
    answer: Answer
    codes: tuple[str, ...]

    def row(self, good: int, hub: str = "KZ"):
        return next(
            r
            for r in self.answer.rows
            if r.partner == hub and self.codes[good] in r.products and r.kind == "established"
        )


@pytest.fixture(scope="module")
def asked(quiet_world, tmp_path_factory) -> Asked:
    """A quiet world in which KZ and UZ also record what they send to RU."""
    rng = np.random.default_rng(11)
    world = quiet_world
    folder = tmp_path_factory.mktemp("legs")
    value = world.value.copy()
    kz = world.partners.index("KZ")
    steady = np.argsort(-(value[:, kz].sum(axis=0) > 0).sum(axis=1), kind="stable")[:4]
    codes = tuple(world.codes[k] for k in steady)
    base = value[:, kz, steady, :CUT].sum(axis=(0, 2)) / CUT
    added = 3 * base[:, None] * np.ones(value.shape[3] - CUT)
    for good in (FIRST, BOTH, UNRECORDED):
        value[0, kz, steady[good], CUT:] += added[good]
    own = rng.lognormal(7, 1.5, (2, len(world.codes), 1)) * (
        rng.random((2, len(world.codes), value.shape[3])) < 0.6
    )
    own *= rng.lognormal(0, 0.4, own.shape)
    for good in (SECOND, BOTH):
        own[0, steady[good], CUT:] += 0.7 * added[good]
    changed = world.changed(value=value)
    hub, good, month = np.nonzero(own)
    months = np.array(changed.months())
    n = len(hub)
    rows = pa.table(
        {
            "period": months[month],
            "freq": ["M"] * n,
            "reporter": np.array(["KZ", "UZ"])[hub],
            "partner": ["RU"] * n,
            "flow": ["export"] * n,
            "product": np.array(world.codes)[good],
            "nomenclature": ["CN"] * n,
            "value": np.round(own[hub, good, month], 2),
            "currency": ["EUR"] * n,
        }
    )
    rest = pa.table(
        {
            "period": np.tile(months, 2),
            "freq": ["M"] * (2 * len(months)),
            "reporter": np.repeat(["KZ", "UZ"], len(months)),
            "partner": ["RU"] * (2 * len(months)),
            "flow": ["export"] * (2 * len(months)),
            "product": ["TOTAL"] * (2 * len(months)),
            "nomenclature": ["TOTAL"] * (2 * len(months)),
            "value": np.round(own.sum(axis=1) * 1.0 + 5e6, 2).ravel(),
            "currency": ["EUR"] * (2 * len(months)),
        }
    )
    from throughflow.warehouse import Warehouse, load

    table = pa.concat_tables([changed.table(), rows, rest])
    load([changed.write(folder / "world.csv", table)], folder / "wh")
    question = Request(
        control_list=str(changed.list_file(folder / "list.csv")), window=WINDOW, by=("product",)
    )
    with Warehouse(folder / "wh") as warehouse:
        return Asked(ask.excess(warehouse, question), codes)


def test_hubs_are_no_exporters_of_the_coalition(asked):
    assert not {"KZ", "UZ"} & set(asked.answer.study.panel.reporters)
    assert asked.answer.leg is not None
    assert asked.answer.leg.study.panel.reporters == ("KZ", "UZ")
    assert asked.answer.leg.study.panel.partners == ("RU",)


def test_rows_show_what_the_hub_itself_sent_on(asked):
    row = asked.row(BOTH)
    assert row.onward_actual > 2 * row.onward_expected > 0
    assert row.onward_p < 0.05
    other = asked.row(FIRST)
    assert 0.2 < other.onward_actual / other.onward_expected < 5


def test_both_legs_find_what_one_alone_does_not(asked):
    both, first, second = (asked.row(good) for good in (BOTH, FIRST, SECOND))
    assert both.p_joint < 0.3 * min(first.p_joint, second.p_joint)
    assert both.q < min(first.q, second.q)


def test_a_hub_that_records_nothing_onwards_is_judged_by_the_first_leg(asked):
    rows = [r for r in asked.answer.rows if r.partner == "KG" and r.kind == "established"]
    assert rows
    assert all(r.onward_p is None and r.p_joint is None and r.onward_actual is None for r in rows)
    assert any(r.q is not None for r in rows)


def test_quiet_pairs_of_legs_are_as_rare_as_they_say(asked):
    """Among untouched goods at most one in ten is at or below p 0.1, up to chance."""
    p = [r.p_joint for r in asked.answer.rows if r.partner == "UZ" and r.p_joint is not None]
    assert len(p) > 80
    assert np.mean(np.array(p) <= 0.1) < 0.2
    assert 0.3 < np.median(p) < 0.7


def test_data_without_hubs_own_exports_have_no_second_leg(quiet_world, tmp_path):
    warehouse = quiet_world.warehouse(tmp_path)
    question = Request(
        control_list=str(quiet_world.list_file(tmp_path / "list.csv")),
        window=WINDOW,
        by=("product",),
    )
    answer = ask.excess(warehouse, question)
    assert answer.leg is None
    assert all(r.p_joint is None for r in answer.rows)
