"""What one leg says: capped, and only as far as its size fits."""

from __future__ import annotations

import numpy as np
import pytest

from throughflow.trade import leg_evidence
from throughflow.trade.leg_evidence import Leg


def leg(p: float, excess: float, actual: float = 0.0) -> Leg:
    return Leg(np.array([[p]]), np.array([[max(actual, excess)]]), np.array([[excess]]))


def statistic(first: Leg, second: Leg) -> float:
    later = leg_evidence.of_later(second, leg_evidence.carried(first))
    return float((leg_evidence.of_first(first) + later)[0, 0])


def test_neither_leg_counts_for_more_than_its_most():
    weak = leg(0.5, 1e6)
    most = leg_evidence.MOST_FIRST - np.log(0.5)
    assert statistic(leg(1e-9, 1e6), weak) == pytest.approx(most)
    most = leg_evidence.MOST_LATER - np.log(0.5)
    assert statistic(weak, leg(1e-9, 1e6)) == pytest.approx(most)


def test_a_later_leg_counts_as_far_as_its_size_fits():
    strange = leg(0.03, 1e6)
    one = -np.log(0.03)
    for share, counts in ((0.3, 1.0), (1.5, 1.0), (0.15, 0.5), (4.0, 0.5), (0.0, 0.0), (-1.0, 0.0)):
        assert statistic(strange, leg(0.03, share * 1e6)) == pytest.approx((1 + counts) * one)
    # Where the excess is small beside what was sent, a part of that may be the diversion.
    busy = leg(0.4, 1e3, actual=1e6)
    assert statistic(busy, leg(0.03, 0.12e6)) == pytest.approx(-np.log(0.4) + one)
    assert statistic(leg(0.8, -1e5, actual=1e6), leg(0.03, 0.12e6)) > one
