"""Goods handed from hub to hub: which pair of records speaks, and for how much."""

from __future__ import annotations

import numpy as np
import pytest

from throughflow.trade import second_hub
from throughflow.trade.leg_evidence import Leg
from throughflow.trade.second_hub import NONE, Places

HUBS = 3
ALL = Places(np.arange(HUBS), np.arange(HUBS))
CAME = np.full((HUBS, 1), 1e6)


def quiet() -> tuple[np.ndarray, np.ndarray]:
    """P-values and excesses between three hubs of one good, nothing strange anywhere."""
    p, excess = np.full((HUBS, HUBS, 1), 0.5), np.full((HUBS, HUBS, 1), 1e6)
    own = np.arange(HUBS)
    p[own, own] = np.nan
    return p, excess


def told(p, excess) -> Leg:
    return Leg(np.asarray(p), np.abs(excess), np.asarray(excess))


def test_the_weaker_of_both_records_is_the_evidence():
    p, excess = quiet()
    p[0, 2] = 0.01
    onwards = told([[0.9], [0.9], [0.05]], np.full((HUBS, 1), 1e6))
    found, best = second_hub.evidence(told(p, excess), onwards, CAME, ALL)
    assert found[0, 0] == pytest.approx(-np.log(0.05))
    assert best[0, 0] == 2
    # The hub that sent it on itself gets nothing from its own exports.
    assert found[2, 0] == pytest.approx(-np.log(0.9))


def test_a_record_that_does_not_fit_in_size_does_not_count():
    p, excess = quiet()
    p[0, 1] = p[0, 2] = 0.01
    excess[0, 2] = 0.03e6
    onwards = told([[0.9], [0.02], [0.01]], np.full((HUBS, 1), 1e6))
    found, best = second_hub.evidence(told(p, excess), onwards, CAME, ALL)
    assert (best[0, 0], found[0, 0]) == (1, pytest.approx(-np.log(0.02)))
    excess[0, 1] = -1.0
    _, best = second_hub.evidence(told(p, excess), onwards, CAME, ALL)
    assert best[0, 0] == 2


def test_hubs_that_keep_no_books_hand_nothing_on():
    p, excess = quiet()
    p[0] = 0.01
    onwards = told(np.full((2, 1), 0.01), np.full((2, 1), 1e6))
    # The third hub records flows to hubs but none to the target.
    at = Places(np.array([0, 1, NONE]), np.array([0, 1, NONE]))
    found, best = second_hub.evidence(told(p, excess), onwards, CAME[:2], at)
    assert found.shape == (2, 1)
    assert best[0, 0] == 1
    nobody = Places(np.full(HUBS, NONE), np.full(HUBS, NONE))
    found, best = second_hub.evidence(told(p, excess), onwards, CAME[:2], nobody)
    assert not found.any()
    assert (best == NONE).all()


def test_what_cannot_be_told_is_no_evidence():
    p, excess = quiet()
    p[:] = np.nan
    onwards = told(np.full((HUBS, 1), 0.01), np.full((HUBS, 1), 1e6))
    found, best = second_hub.evidence(told(p, excess), onwards, CAME, ALL)
    assert not found.any()
    assert (best == NONE).all()
