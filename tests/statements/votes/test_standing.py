"""A run of months: each component once, the months in order, and what it is not."""

from __future__ import annotations

from datetime import date

import pytest

from throughflow.errors import InputError, UsageError
from throughflow.model.periods import Window
from throughflow.statements import standing, vote_table
from throughflow.statements.stance import stance

from .test_stance import EVENTS


@pytest.fixture(scope="module")
def held() -> vote_table.HeldVotes:
    return vote_table.hold()


def test_months_are_those_of_the_witness_and_acts_are_told_once(
    held: vote_table.HeldVotes,
) -> None:
    window = Window.parse("2022-03:2022-05")
    found = standing.of(held, "KZ", window, events=EVENTS)
    assert found.months == stance("KZ", window.months(), held, events=EVENTS)
    # The aid reaches from April into May and the denial has no date: each is one act.
    assert [act.kind for act in found.acts] == [
        "denial", "restriction", "neutrality", "aid", "pledge_no_circumvention",
    ]  # fmt: skip
    assert found.has_content
    assert any("never added up" in limit for limit in found.limits)
    assert any("5 roll calls" not in limit and "3 roll calls" in limit for limit in found.limits)


def test_ties_that_begin_and_end_are_told_with_their_days(held: vote_table.HeldVotes) -> None:
    found = standing.of(held, "UZ", Window.parse("2012-06:2013-06"))
    told = {tie.group: (tie.since, tie.until) for tie in standing.ties(found.months)}
    assert told["CSTO"] == (date(2006, 8, 16), date(2012, 12, 18))
    assert set(told) == {"CSTO", "CIS"}


def test_a_state_of_which_nothing_is_held_has_no_content(held: vote_table.HeldVotes) -> None:
    assert not standing.of(held, "HK", Window.parse("2022-03:2022-05"), events=()).has_content
    assert standing.of(held, "UZ", Window.parse("2022-03:2022-05"), events=()).has_content


def test_the_months_asked_by_default(held: vote_table.HeldVotes) -> None:
    assert str(standing.default_window(held, "KZ")) == "2022-02:2022-11"
    late = [event for event in EVENTS if event.kind == "restriction"]
    assert str(standing.default_window(held, "KZ", events=late)) == "2022-02:2022-11"
    assert str(standing.default_window(held, "KZ", target="IR")) == "2014-03:2022-11"
    assert standing.earliest() == date(1991, 12, 1)


def test_groups_and_the_target_itself_are_refused(held: vote_table.HeldVotes) -> None:
    month = Window.parse("2022-03")
    with pytest.raises(UsageError, match="itself"):
        standing.of(held, "RU", month)
    with pytest.raises(InputError, match="group"):
        standing.of(held, "EU27", month)
    with pytest.raises(InputError, match="group"):
        standing.of(held, "KZ", month, target="EU27")
