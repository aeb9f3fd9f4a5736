"""Rung A by the kernel: truth recovered, donors outside their own expectation, prior bounded."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from throughflow.trade import counterfactual, triple

MASK, MONTHS = 24, 33
HUBS = 5  # the first two are hubs, the others donors


def world(seed: int, *, noise: float = 0.0, exporters: int = 2, families: int = 4):
    """Draw trade that is exactly level × good's course × destination's course."""
    rng = np.random.default_rng(seed)
    level = rng.lognormal(8, 1, (exporters, HUBS, families + 1))
    course = np.exp(np.cumsum(rng.normal(0, 0.05, (exporters, 1, families + 1, MONTHS)), axis=3))
    growth = np.exp(np.cumsum(rng.normal(0, 0.05, (exporters, HUBS, 1, MONTHS)), axis=3))
    value = level[..., None] * course * growth
    return value * np.exp(noise * rng.normal(size=value.shape))


def panel_of(value: np.ndarray) -> counterfactual.Panel:
    goods = value[:, :, :-1]
    exporters, _, families, _ = goods.shape
    index = np.nonzero(goods)
    return counterfactual.Panel(
        reporters=("DE", "FR", "IT")[:exporters],
        partners=("KG", "KZ", "AR", "CL", "MA"),
        families=tuple(f"{k:06d}" for k in range(families)),
        headings=np.arange(families, dtype=np.int64),
        chapters=np.zeros(families, dtype=np.int64),
        cell=np.ravel_multi_index(index[:3], goods.shape[:3]),
        month=index[3],
        value=goods[index],
        covered=np.ones(goods[..., 0].size, dtype=bool),
        unrestricted=value[:, :, -1],
        first_month=0,
        last_month=MONTHS - 1,
        is_donor=np.array([False, False, True, True, True]),
        closed=np.zeros((exporters, MONTHS), dtype=bool),
    )


def design(families: int, **changes) -> counterfactual.Design:
    made = counterfactual.Design(
        start=np.full(families, MASK),
        mask=np.full(families, MASK),
        last=MONTHS - 1,
        tested=np.ones(families, dtype=bool),
        whole=np.ones((2, families), dtype=bool),
    )
    return replace(made, **changes)


def test_what_follows_the_model_is_recovered_at_hubs(monkeypatch):
    monkeypatch.setattr(triple, "LIKE_ALL_DONORS", 1e-9)
    monkeypatch.setattr(triple, "LIKE_EVERYTHING", 1e-9)
    value = world(1)
    truth = value[:, :2, :-1, MASK:].sum(axis=3)
    diverted = value.copy()
    diverted[:, :2, :-1, MASK:] *= 4  # nothing treated may enter the fit
    found = triple.expected(panel_of(diverted), design(4), with_donors=False)
    np.testing.assert_allclose(found[:, :2], truth, rtol=1e-4)


def test_the_prior_moves_an_exact_world_by_little():
    value = world(2)
    truth = value[:, :2, :-1, MASK:].sum(axis=3)
    found = triple.expected(panel_of(value), design(4), with_donors=False)[:, :2]
    assert np.abs(np.log(found / truth)).max() < 0.35


def test_one_donors_leap_does_not_become_everybodys(monkeypatch):
    """A donor that bought nothing and then much would multiply the good without the prior."""
    value = world(3)
    value[0, 2:, 0, :] = 0
    value[0, 2, 0, 5] = 1
    value[0, 2, 0, MASK:] = 5e4
    quiet = value[:, :2, :-1, MASK:].sum(axis=3)
    found = triple.expected(panel_of(value), design(4), with_donors=False)
    assert found[0, 0, 0] < 20 * quiet[0, 0, 0]
    monkeypatch.setattr(triple, "LIKE_ALL_DONORS", 1e-9)
    monkeypatch.setattr(triple, "LIKE_EVERYTHING", 1e-9)
    bare = triple.expected(panel_of(value), design(4), with_donors=False)
    assert bare[0, 0, 0] > 1000 * quiet[0, 0, 0]


def test_a_donors_own_trade_is_not_in_its_expectation():
    value = world(4)
    before = triple.expected(panel_of(value), design(4), with_donors=True)
    leapt = value.copy()
    leapt[:, 2, :-1, MASK:] *= 10
    after = triple.expected(panel_of(leapt), design(4), with_donors=True)
    np.testing.assert_allclose(after[:, 2], before[:, 2], rtol=1e-6)
    assert (after[:, :2] > before[:, :2]).all()  # but it carries the good's course for hubs


def test_months_an_exporter_did_not_record_are_on_neither_side():
    value = world(5)
    closed = np.zeros((2, MONTHS), dtype=bool)
    closed[1, 30] = True
    whole = triple.expected(panel_of(value), design(4), with_donors=False)
    cut = triple.expected(replace(panel_of(value), closed=closed), design(4), with_donors=False)
    np.testing.assert_allclose(cut[0], whole[0], rtol=1e-5)
    assert (cut[1, :2] < whole[1, :2]).all()


def test_goods_not_tested_and_pairs_not_covered_take_no_part():
    value = world(6)
    tested = np.array([True, True, True, False])
    panel = panel_of(value)
    covered = panel.covered.reshape(2, HUBS, 4).copy()
    covered[0, 1, 0] = False
    found = triple.expected(
        replace(panel, covered=covered.reshape(-1)), design(4, tested=tested), with_donors=False
    )
    assert (found[:, :, 3] == 0).all()
    assert np.isnan(found[0, 1, 0])
    assert not np.isnan(found[0, 0, 0])


@pytest.mark.parametrize("scale", [1e-3, 1e3])
def test_the_unit_of_value_does_not_matter(scale):
    value = world(7, noise=0.3)
    one = triple.expected(panel_of(value), design(4), with_donors=False)
    other = triple.expected(panel_of(value * scale), design(4), with_donors=False)
    np.testing.assert_allclose(other, one * scale, rtol=1e-5)
