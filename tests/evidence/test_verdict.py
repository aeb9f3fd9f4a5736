"""The rule table: every word can be reached, and none too easily."""

from __future__ import annotations

import itertools
import math

import pytest

from throughflow.errors import InputError
from throughflow.evidence import verdict
from throughflow.reference import verdicts

ABOVE = {"actual": 100.0, "expected": 50.0, "low": 30.0, "high": 80.0}
BELOW = {"actual": 40.0, "expected": 50.0, "low": 30.0, "high": 80.0}
WIDE = {"actual": 70.0, "expected": 50.0, "low": 10.0, "high": 90.0}
NO_INTERVAL = {"actual": 100.0, "expected": 50.0, "low": math.nan, "high": math.nan}


def decide(numbers, *, q=0.01, rung="A", kinds=2, **other):
    return verdict.decide(**numbers, q=q, rung=rung, kinds=kinds, **other)


@pytest.mark.parametrize(
    ("numbers", "options", "word"),
    [
        (ABOVE, {}, "strong"),
        (ABOVE, {"q": 0.05}, "strong"),
        (ABOVE, {"kinds": 1}, "moderate"),
        (ABOVE, {"q": 0.051}, "weak"),
        (ABOVE, {"q": None}, "weak"),
        (ABOVE, {"rung": "B"}, "weak"),
        (ABOVE, {"rung": "B", "other_rung_agrees": True}, "moderate"),
        (ABOVE, {"rung": "B", "other_rung_agrees": True, "kinds": 1}, "weak"),
        (ABOVE, {"rung": "B", "other_rung_agrees": True, "q": None}, "weak"),
        (ABOVE, {"rung": "C", "other_rung_agrees": True}, "weak"),
        (ABOVE, {"rung": "D"}, "cannot tell"),
        (BELOW, {}, "none"),
        (BELOW, {"rung": "C", "kinds": 1, "q": None}, "none"),
        (WIDE, {}, "cannot tell"),
        (NO_INTERVAL, {}, "cannot tell"),
        (ABOVE | {"high": math.inf}, {}, "cannot tell"),
        (ABOVE | {"low": math.nan}, {}, "cannot tell"),
        (ABOVE | {"high": 100.0}, {}, "cannot tell"),  # a lower end of exactly zero is not above it
        (BELOW | {"low": 15.0}, {}, "cannot tell"),  # an upper end of exactly the margin
        (BELOW | {"low": 15.01}, {}, "none"),
    ],
)
def test_the_rule_table(numbers, options, word):
    assert decide(numbers, **options).word == word


def test_b_or_c_alone_is_never_strong_and_c_never_more_than_weak():
    for rung, q, kinds, agrees, numbers in itertools.product(
        "BCD", (None, 0.0, 0.05, 1.0), (1, 2, 5), (False, True), (ABOVE, BELOW, WIDE)
    ):
        word = decide(numbers, q=q, rung=rung, kinds=kinds, other_rung_agrees=agrees).word
        assert word != "strong"
        if rung != "B" or not agrees:
            assert word != "moderate"


def test_every_word_of_the_table_is_reached():
    reached = {
        decide(numbers, rung=rung, kinds=kinds).word
        for numbers, rung, kinds in itertools.product((ABOVE, BELOW, WIDE), "ABCD", (1, 2))
    }
    assert reached == set(verdicts.current().rules)


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        ({}, ""),
        ({"kinds": 1}, "one kind of evidence only"),
        ({"q": 0.3}, "q above 0.05"),
        ({"rung": "C"}, "rung C: other destinations are not in the data"),
        ({"rung": "B", "kinds": 1},
         "rung B: other destinations are not in the data; one kind of evidence only"),
        ({"rung": "B"},
         "rung B: other destinations are not in the data; not on rung C as well"),
        ({"rung": "B", "other_rung_agrees": True},
         "rung B: other destinations are not in the data"),
    ],
)  # fmt: skip
def test_the_reason_names_what_is_lacking_and_nothing_else(options, reason):
    assert decide(ABOVE, **options).reason == reason


def test_without_a_verdict_the_reason_says_why():
    assert decide(NO_INTERVAL).reason == "no interval: too few placebos"
    assert "half the expected value" in decide(WIDE).reason
    assert decide(BELOW).reason == ""


def test_the_rules_are_dated_and_agree_with_the_intervals_in_use():
    from throughflow.trade import conformal

    rules = verdicts.current()
    assert rules.edition
    assert rules.confidence == conformal.CONFIDENCE
    assert 0 < rules.q_threshold < 1
    assert 0 < rules.margin_share < 1


TREND = verdict.PreTrend(p=0.01, largest=0.6, effect=1.0, detectable=0.4)
SMALL = verdict.PreTrend(p=0.01, largest=0.4, effect=1.0, detectable=0.4)
QUIET = verdict.PreTrend(p=0.3, largest=0.1, effect=1.0, detectable=0.4)
WEAK_TEST = verdict.PreTrend(p=0.3, largest=0.1, effect=1.0, detectable=0.51)


@pytest.mark.parametrize(
    ("options", "before", "after"),
    [
        ({}, "strong", "moderate"),
        ({"kinds": 1}, "moderate", "weak"),
        ({"rung": "B", "other_rung_agrees": True}, "moderate", "weak"),
        ({"q": None}, "weak", "weak"),
        ({"rung": "D"}, "cannot tell", "cannot tell"),
    ],
)
def test_a_trend_before_the_date_takes_one_step_off(options, before, after):
    assert decide(ABOVE, **options).word == before
    ruled = decide(ABOVE, **options, pre_trend=TREND)
    assert ruled.word == after
    if after != "cannot tell":
        assert "trade moved before the date: largest movement 60 % of the effect, p 0.010" in (
            ruled.reason
        )


def test_no_trend_and_no_test_leave_a_verdict_as_it_was():
    for options in ({}, {"kinds": 1}, {"rung": "C"}):
        assert decide(ABOVE, **options, pre_trend=QUIET) == decide(ABOVE, **options)
    assert decide(BELOW, pre_trend=TREND).word == "none"


def test_a_small_trend_and_a_test_without_power_are_said_and_cost_nothing():
    small = decide(ABOVE, pre_trend=SMALL)
    weak = decide(ABOVE, pre_trend=WEAK_TEST)
    assert (small.word, weak.word) == ("strong", "strong")
    assert small.reason.startswith("trade moved a little before the date")
    assert "cannot be told" in weak.reason
    assert "a drift below 0.5 times the effect would go unseen" in weak.reason


@pytest.mark.parametrize(
    ("found", "state"),
    [
        (TREND, verdict.TREND),
        (verdict.PreTrend(0.05, 0.5, 1.0, None), verdict.TREND),
        (SMALL, verdict.SMALL_TREND),
        (QUIET, verdict.NO_TREND),
        (verdict.PreTrend(0.3, 0.1, 1.0, 0.5), verdict.NO_TREND),
        (WEAK_TEST, verdict.CANNOT_TELL),
        (verdict.PreTrend(0.3, 0.1, 1.0, None), verdict.CANNOT_TELL),
        (verdict.PreTrend(0.01, 0.1, 0.0, 0.1), verdict.CANNOT_TELL),
        (verdict.PreTrend(None, None, 1.0, None), verdict.CANNOT_TELL),
    ],
)
def test_the_clause_on_trends(found, state):
    assert verdict.judge_pre_trend(found)[0] == state


def test_the_released_edition_is_what_it_was():
    released = verdicts.edition("2026-11-22")
    assert released.pre_trend is None
    assert (released.confidence, released.q_threshold, released.margin_share) == (0.9, 0.05, 0.5)
    assert released.rules == verdicts.current().rules
    assert verdicts.current().edition == "2026-11-24"
    assert verdicts.current().pre_trend.power == 0.8
    with pytest.raises(InputError, match="2026-11-22, 2026-11-24"):
        verdicts.edition("2020-01-01")
