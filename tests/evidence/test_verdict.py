"""The rule table: every word can be reached, and none too easily."""

from __future__ import annotations

import itertools
import math

import pytest

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
