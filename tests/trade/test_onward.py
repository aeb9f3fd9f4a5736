"""Both legs together: what the second adds, and what it cannot carry alone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pytest

from throughflow.model.periods import Window
from throughflow.trade import ask
from throughflow.trade.request import Request

if TYPE_CHECKING:
    from throughflow.trade.ask import Answer

WINDOW = Window.parse("2022-03:2022-11")
CUT = 26
KZ, UZ = TO_TARGET, TO_HUB = 0, 1
FIRST, SECOND, BOTH, UNRECORDED, HANDED = range(5)  # which legs of a good are diverted


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


def _exports(world, value, codes, nomenclature):
    """Write what KZ and UZ record: value of shape (hubs, to RU or the other, goods, months)."""
    hub, receiver, good, month = np.nonzero(value)
    n = len(hub)
    return pa.table(
        {
            "period": np.array(world.months())[month],
            "freq": ["M"] * n,
            "reporter": np.array(["KZ", "UZ"])[hub],
            "partner": np.array([["RU", "UZ"], ["RU", "KZ"]])[hub, receiver],
            "flow": ["export"] * n,
            "product": np.array(codes)[good],
            "nomenclature": [nomenclature] * n,
            "value": np.round(value[hub, receiver, good, month], 2),
            "currency": ["EUR"] * n,
        }
    )


@pytest.fixture(scope="module")
def asked(quiet_world, tmp_path_factory) -> Asked:
    """A quiet world in which KZ and UZ also record what they send to RU and to each other."""
    rng = np.random.default_rng(11)
    world = quiet_world
    folder = tmp_path_factory.mktemp("legs")
    value = world.value.copy()
    kz = world.partners.index("KZ")
    steady = np.argsort(-(value[:, kz].sum(axis=0) > 0).sum(axis=1), kind="stable")[:5]
    codes = tuple(world.codes[k] for k in steady)
    base = value[:, kz, steady, :CUT].sum(axis=(0, 2)) / CUT
    added = 3 * base[:, None] * np.ones(value.shape[3] - CUT)
    for good in (FIRST, BOTH, UNRECORDED, HANDED):
        value[0, kz, steady[good], CUT:] += added[good]
    # To RU and to the other hub, of KZ and UZ.
    own = rng.lognormal(7, 1.5, (2, 2, len(world.codes), 1)) * (
        rng.random((2, 2, len(world.codes), value.shape[3])) < 0.6
    )
    own *= rng.lognormal(0, 0.4, own.shape)
    for good in (SECOND, BOTH):
        own[KZ, TO_TARGET, steady[good], CUT:] += 0.7 * added[good]
    for hub, receiver in ((KZ, TO_HUB), (UZ, TO_TARGET)):
        own[hub, receiver, steady[HANDED], CUT:] += 0.7 * added[HANDED]
    changed = world.changed(value=value)
    rest = own.sum(axis=2, keepdims=True) + 5e6
    rows = [
        _exports(changed, own, [*world.codes], "CN"),
        _exports(changed, rest, ["TOTAL"], "TOTAL"),
    ]
    from throughflow.warehouse import Warehouse, load

    table = pa.concat_tables([changed.table(), *rows])
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


def test_goods_handed_to_another_hub_are_followed_through_it(asked):
    handed, first = asked.row(HANDED), asked.row(FIRST)
    assert (handed.onward_through, first.onward_through) == ("UZ", "")
    assert handed.p_joint < 0.3 * first.p_joint
    assert handed.onward_p > 0.05


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
