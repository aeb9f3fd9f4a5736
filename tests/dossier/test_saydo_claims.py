"""Which months a claim speaks of, and what cannot be tested."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Any

import pytest

from throughflow.dossier.saydo import claims
from throughflow.reference import saydo_rules
from throughflow.statements import event_json

from .pledge import PLEDGE

if TYPE_CHECKING:
    from throughflow.model.statements import Event

RULES = saydo_rules.current()
SPAN = claims.Span(date(2022, 3, 1), date(2019, 1, 1), date(2023, 12, 1))


def said(kind: str, day: str | None, end: str | None = None, **more: Any) -> Event:
    raw = {
        "kind": kind,
        "actors": [{"country": "KZ"}],
        "date": {"start": day, "end": end or day},
        **more,
    }
    return event_json.parse(raw)


def windows(event: Event, *others: Event, span: claims.Span = SPAN) -> list[str]:
    return [str(one.window) for one in claims.read(event, [event, *others], span, RULES)]


def test_the_pledge_speaks_of_now_and_of_later() -> None:
    event = event_json.parse(PLEDGE)
    (now, later) = claims.read(event, [event], SPAN, RULES)
    assert str(now.window) == "2022-03:2022-03"
    assert now.note == "goods are restricted from 2022-03"
    assert str(later.window) == "2022-05:2023-04"
    assert not later.note


def test_no_more_than_twelve_months_are_looked_at() -> None:
    claim = {"tense": "present", "negated": True, "predicate": "helps", "testable_by": "trade"}
    late = said("denial", "2023-09-20", claims=[claim])
    assert windows(late) == ["2022-09:2023-08"]


def test_a_window_ends_with_the_data_and_says_so() -> None:
    span = replace(SPAN, last=date(2022, 11, 1))
    (asked,) = claims.read(said("pledge_no_circumvention", "2022-04-02"), [], span, RULES)
    assert str(asked.window) == "2022-05:2022-11"
    assert asked.note == "the data end in 2022-11"


def test_a_statement_of_several_days_is_outside_both_windows() -> None:
    both = [
        {"tense": t, "negated": True, "predicate": "helps", "testable_by": "trade"}
        for t in ("present", "future")
    ]
    event = said("denial", "2022-06-29", "2022-07-02", claims=both)
    assert windows(event) == ["2022-03:2022-05", "2022-08:2023-07"]


@pytest.mark.parametrize(
    ("day", "window"), [("2023-03-01", "2023-03:2023-12"), ("2023-03-02", "2023-04:2023-12")]
)
def test_a_restriction_is_tested_from_its_first_whole_month(day: str, window: str) -> None:
    assert windows(said("restriction", day)) == [window]


def test_a_restriction_is_tested_from_the_day_it_is_in_force() -> None:
    event = said("restriction", "2023-03-20", details={"in_force": "2023-05-01"})
    assert windows(event) == ["2023-05:2023-12"]


def test_a_restriction_is_tested_until_it_was_taken_back() -> None:
    ban, back = said("restriction", "2023-03-01"), said("retraction", "2023-06-10")
    (asked,) = claims.read(ban, [ban, back], SPAN, RULES)
    assert str(asked.window) == "2023-03:2023-05"
    assert "taken back on 2023-06-10" in asked.note


def test_a_restriction_taken_back_the_same_day_has_no_months() -> None:
    ban, back = said("restriction", "2023-10-19"), said("retraction", "2023-10-19")
    (asked,) = claims.read(ban, [ban, back], SPAN, RULES)
    assert asked.window is None
    assert "before a whole month" in asked.reason


@pytest.mark.parametrize(
    ("event", "reason"),
    [
        (said("denial", "2022-06-01", topic="military"), "does not speak of restricted goods"),
        (said("denial", "2022-06-01"), "does not speak of restricted goods"),
        (
            said(
                "denial",
                "2022-06-01",
                claims=[{"tense": "present", "negated": True, "predicate": "helps"}],
            ),
            "trade cannot test",
        ),
        (
            said(
                "denial",
                "2022-06-01",
                claims=[
                    {
                        "tense": "present",
                        "negated": False,
                        "predicate": "helps",
                        "testable_by": "trade",
                    }
                ],
            ),
            "does not deny anything",
        ),
        (
            said("denial", "2022-03-20", topic="sanctions_circumvention"),
            "no whole month",
        ),
        (said("pledge_no_circumvention", "2023-12-20"), "the data end in 2023-12"),
        (said("pledge_no_circumvention", None), "date is not known"),
    ],
)
def test_what_cannot_be_tested_says_why(event: Event, reason: str) -> None:
    (asked,) = claims.read(event, [event], SPAN, RULES)
    assert asked.window is None
    assert reason in asked.reason


def test_only_what_the_state_itself_said_is_chosen() -> None:
    own, other = said("denial", "2022-06-01"), said("denial", "2022-05-01")
    other = event_json.parse(
        {"kind": "denial", "actors": [{"country": "TR"}],
         "date": {"start": "2022-05-01", "end": "2022-05-01"}}
    )  # fmt: skip
    earlier = said("vote", "2022-03-02")
    assert claims.of_hub([own, other, earlier], "KZ") == [earlier, own]
