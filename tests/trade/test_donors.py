"""Rung A: what all the world bought more of is not excess."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from throughflow.trade import donors, excess, spread

CUT = 26
DONORS = ("AR", "CL", "MA", "US")


def test_hubs_and_partners_asked_for_are_no_donors():
    on = date(2022, 11, 1)
    partners = ("AR", "BY", "CL", "KZ", "MA", "RU", "UA", "US")
    assert donors.choose(partners, (), "RU", on) == DONORS
    assert donors.choose(partners, ("AR", "CL"), "RU", on) == ()  # two are too few


def test_growth_relative_to_the_pairs_own_is_recovered():
    rng = np.random.default_rng(0)
    past = rng.lognormal(3, 1, (3, 4, 5))
    pair_past = rng.lognormal(6, 1, (3, 4))
    pair = rng.lognormal(0, 0.2, (3, 4))
    own = np.exp(rng.normal(0, 0.5, (1, 5)).repeat(3, axis=0))  # one growth for all exporters
    actual = past * pair[:, :, None] * own[:, None, :]
    found = donors.product_growth(actual, past, pair_past * pair, pair_past)
    np.testing.assert_allclose(found.overall, own, rtol=1e-9)
    everyone = np.broadcast_to(own[:, None], actual.shape)
    np.testing.assert_allclose(found.without_one, everyone, rtol=1e-9)


def test_a_donors_leap_is_not_in_its_own_growth():
    past = np.ones((2, 4, 3))
    actual = past.copy()
    actual[:, 1] = 50
    found = donors.product_growth(actual, past, np.zeros((2, 4)), np.zeros((2, 4)))
    np.testing.assert_allclose(found.without_one[:, 1], 1)
    assert (found.overall > 10).all()


def test_a_product_donors_never_bought_did_not_grow():
    past, actual = np.ones((2, 3, 2)), np.ones((2, 3, 2))
    past[:, :, 1] = 0
    actual[:, :, 1] = 7
    found = donors.product_growth(actual, past, np.ones((2, 3)), np.ones((2, 3)))
    np.testing.assert_allclose(found.overall[:, 1], 1)


@pytest.fixture(scope="module")
def booming(simulated, tmp_path_factory):
    """A world with donors, in which half of the goods sell threefold everywhere from March 2022."""
    partners = ("AR", "CL", "KG", "KZ", "MA", "RU")
    world = simulated(7, partners=partners)
    value = world.value.copy()
    value[:, :, ::2, CUT:] *= 3
    world = world.changed(value=value)
    return world, world.study(tmp_path_factory.mktemp("booming"))


def test_a_boom_everywhere_is_excess_on_rung_b_and_not_on_rung_a(booming):
    world, study = booming
    assert study.rungs == ("A", "B", "C")
    goods = [study.panel.families.index(code) for code in world.codes[::2]]
    hubs = [study.panel.partners.index(hub) for hub in ("KG", "KZ")]
    actual = study.real.actual[:, hubs][:, :, goods].sum()
    by_rung = {
        rung: actual / study.real.expected(rung)[:, hubs][:, :, goods].sum() for rung in "ABC"
    }
    assert by_rung["B"] == pytest.approx(3, rel=0.25)
    assert by_rung["A"] == pytest.approx(1, abs=0.3)


def test_donors_are_not_shown_and_hub_totals_do_not_stray_like_theirs(booming):
    _, study = booming
    rows = excess.rows(replace(study, request=study.request.at(())))
    assert {r.partner for r in rows} == {"KG", "KZ"}
    assert {r.rung for r in rows} == {"A"}
    assert spread.measure(study, "A").hubs == ("KG", "KZ")
    assert spread.measure(study, "B").hubs == ("KG", "KZ")
