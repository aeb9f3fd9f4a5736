"""The verdict of a claim from where its legs lie: every combination, and the rules' own words."""

from __future__ import annotations

import itertools

import pytest

from throughflow.dossier.saydo import model, rule
from throughflow.dossier.saydo.rule import CONDUCT, RESTRICTION, Measure
from throughflow.errors import InputError
from throughflow.reference import saydo_rules

PLACES = (model.ABOVE, model.BELOW, model.BETWEEN)


def leg(name: str, place: str) -> model.LegLevel | model.MissingLeg:
    if not place:
        return model.MissingLeg(name, "not loaded")
    return model.LegLevel(
        name, "d", "B", 2.0, 1.0, 1.0, 0.5, 1.5, 0, None, None, None, 0.5, 1.0, place
    )


def place(value: Measure, goods: Measure | None) -> str:
    return rule.place(value, goods, 1.0, 1.5)


def decided(kind: str, first: str, second: str) -> str:
    legs = leg(model.FIRST_LEG, first), leg(model.SECOND_LEG, second)
    return rule.decide(kind, *legs).word


@pytest.mark.parametrize("kind", [CONDUCT, RESTRICTION])
def test_inconsistent_needs_both_legs_above(kind: str) -> None:
    found = {
        places
        for places in itertools.product((*PLACES, ""), repeat=2)
        if decided(kind, *places) == model.INCONSISTENT
    }
    assert found == {(model.ABOVE, model.ABOVE)}


@pytest.mark.parametrize(
    ("first", "second", "word"),
    [
        (model.BELOW, "", model.CONSISTENT),
        (model.BELOW, model.BELOW, model.CONSISTENT),
        (model.BELOW, model.BETWEEN, model.CONSISTENT),
        (model.BELOW, model.ABOVE, model.INCONCLUSIVE),
        (model.ABOVE, "", model.INCONCLUSIVE),
        (model.ABOVE, model.BELOW, model.INCONCLUSIVE),
        (model.BETWEEN, model.ABOVE, model.INCONCLUSIVE),
        ("", model.ABOVE, model.UNTESTABLE),
        ("", "", model.UNTESTABLE),
    ],
)
def test_what_a_state_denies_doing(first: str, second: str, word: str) -> None:
    assert decided(CONDUCT, first, second) == word


@pytest.mark.parametrize(
    ("first", "second", "word"),
    [
        (model.ABOVE, model.BELOW, model.CONSISTENT),
        ("", model.BELOW, model.CONSISTENT),
        (model.BELOW, model.ABOVE, model.INCONCLUSIVE),
        ("", model.ABOVE, model.INCONCLUSIVE),
        (model.ABOVE, "", model.UNTESTABLE),
    ],
)
def test_what_a_state_forbids_is_read_from_its_own_exports(
    first: str, second: str, word: str
) -> None:
    assert decided(RESTRICTION, first, second) == word


def test_the_reason_names_the_leg_that_is_missing() -> None:
    found = rule.decide(CONDUCT, leg(model.FIRST_LEG, model.ABOVE), leg(model.SECOND_LEG, ""))
    assert "hub to target is not told" in found.reason
    assert "one leg alone never" in found.reason


def test_a_leg_is_above_only_where_an_interval_is() -> None:
    assert place(Measure(2, 1.1, 3), None) == model.ABOVE
    assert place(Measure(2, 0.9, 3), None) == model.BETWEEN
    # The mean over goods may decide where the total cannot tell ...
    assert place(Measure(2, 0.9, 3), Measure(2, 1.1, 3)) == model.ABOVE
    # ... but not against it: little excess in money, or an interval wholly below the margin.
    assert place(Measure(1.4, -2, 3), Measure(2, 1.1, 3)) == model.BETWEEN
    assert place(Measure(1.6, -2, 3), Measure(2, 1.1, 3)) == model.ABOVE
    assert place(Measure(1.6, -2, 3), Measure(2, 0.9, 3)) == model.BETWEEN
    assert place(Measure(0.7, -1, 0.9), Measure(2, 1.1, 3)) == model.BETWEEN


def test_only_the_money_clears_a_state() -> None:
    assert place(Measure(0.2, 0, 0.9), None) == model.BELOW
    assert place(Measure(0.2, 0, 0.9), Measure(0.1, 0, 0.5)) == model.BELOW
    assert place(Measure(0.2, 0, 0.9), Measure(1.2, 0.8, 2)) == model.BETWEEN
    assert place(Measure(0.2, 0, 1.9), Measure(0.1, 0, 0.5)) == model.BETWEEN


def test_the_rules_speak_of_every_verdict() -> None:
    rules = saydo_rules.current()
    assert set(rules.words) <= set(rules.rules)
    assert set(rules.words) == {
        model.CONSISTENT,
        model.INCONSISTENT,
        model.INCONCLUSIVE,
        model.UNTESTABLE,
    }
    assert saydo_rules.edition(rules.edition) == rules


def test_an_unknown_edition_is_an_error_that_names_the_known_ones() -> None:
    with pytest.raises(InputError, match=saydo_rules.current().edition):
        saydo_rules.edition("2001-01-01")
