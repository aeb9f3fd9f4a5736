"""What is said of one state's votes, and of all."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest

from throughflow.errors import DataError, InputError, UsageError
from throughflow.reference import memberships
from throughflow.sources import votes as files
from throughflow.statements import vote_table, votes

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from throughflow.sources.vote_file import VoteFile


@pytest.fixture(scope="module")
def shipped() -> vote_table.HeldVotes:
    return vote_table.hold()


def test_kazakhstan_by_the_shipped_table(shipped: vote_table.HeldVotes) -> None:
    found = votes.of_state(shipped, "KZ")
    assert [(line.resolution, line.vote, line.relation) for line in found.votes] == [
        ("A/RES/68/262", "A", "half"),
        ("A/RES/ES-11/1", "A", "half"),
        ("A/RES/ES-11/3", "N", "same"),
        ("A/RES/ES-11/4", "A", "half"),
        ("A/RES/ES-11/5", "A", "half"),
    ]
    assert all(line.is_verified and line.target_vote == "N" for line in found.votes)
    before, since, overall = found.periods
    assert before.rollcalls == 0
    assert before.score is None
    assert (since.rollcalls, since.score) == (4, 0.625)
    assert (overall.rollcalls, overall.score) == (5, 0.6)
    assert [one.period for one in found.years] == ["2014", "2022"]


def test_few_votes_are_said_to_tell_little(shipped: vote_table.HeldVotes) -> None:
    found = votes.of_state(shipped, "KZ")
    assert "5 roll calls tell little" in found.limits[0]
    assert "Totals only, no rows of states: A/RES/ES-11/2, A/RES/ES-11/6" in found.limits
    assert any("ES-11/5 do not add up" in limit for limit in found.limits)
    since = found.periods[1]
    assert since.high - since.low > 0.5


def test_unverified_votes_are_marked_and_counted(shipped: vote_table.HeldVotes) -> None:
    found = votes.of_state(shipped, "NG")
    marked = [line.resolution for line in found.votes if not line.is_verified]
    assert "A/RES/ES-11/3" in marked
    # Only the abstention recalled in ES-11/3 is scored; nothing is counted that was not cast.
    assert found.periods[-1].unverified == 1
    assert any("unverified" in limit for limit in found.limits)
    assert not any("unverified" in limit for limit in votes.of_state(shipped, "KZ").limits)


def test_unsettled_votes_are_not_scored(shipped: vote_table.HeldVotes) -> None:
    (check,) = [c for c in shipped.checks if c.resolution == "A/RES/ES-11/5"]
    code = check.unsettled[0]
    line = votes.of_state(shipped, code).votes[-1]
    assert (line.vote, line.words, line.relation) == ("?", "abstained or did not vote", None)
    assert line.basis == "unsettled"
    assert not line.is_verified


def test_hubs_are_measured_over_the_same_roll_calls(shipped: vote_table.HeldVotes) -> None:
    found = votes.of_state(shipped, "KZ")
    names = {one.country for one in found.hubs}
    assert {"KZ", "KG", "UZ", "TR", "AE"} <= names
    assert names <= {*memberships.candidate_hubs(), "KZ"}
    assert "HK" in found.not_members
    own = next(one for one in found.hubs if one.country == "KZ")
    assert own.periods == found.periods
    year = next(one for one in found.other_hubs if one.period == "2022")
    scores = [
        one.score
        for hub in found.hubs
        if hub.country != "KZ"
        for one in votes.of_state(shipped, hub.country).years
        if one.period == "2022"
    ]
    assert year.hubs == len(scores)
    assert (year.low, year.high) == (min(scores), max(scores))
    assert year.low <= year.median <= year.high


def test_the_seat_of_china_before_1971_is_no_hub(vote_file: Callable[..., VoteFile]) -> None:
    file = vote_file(
        ["1960-12-01", "2020-12-01", "2023-12-01"],
        {"TR": "YYY", "RU": "NNY", "TW": "Y--", "CN": "-NY"},
    )
    found = votes.of_state(vote_table.hold(file), "TR")
    assert "TW" in found.not_members
    assert {one.country for one in found.hubs} >= {"TR", "CN"}
    assert "TW" not in {one.country for one in found.hubs}


def test_periods_meet_at_the_day_restrictions_began(vote_file: Callable[..., VoteFile]) -> None:
    days = ["2017-02-23", "2017-02-24", "2022-02-23", "2022-02-24"]
    found = votes.of_state(vote_table.hold(vote_file(days, {"KZ": "YYNN", "RU": "YYYY"})), "KZ")
    before, since, _ = found.periods
    assert before.period == "2017-02-24 to 2022-02-23"
    assert (before.rollcalls, before.first, before.last) == (
        2, date(2017, 2, 24), date(2022, 2, 23),
    )  # fmt: skip
    assert since.first == date(2022, 2, 24)


def test_a_year_mostly_without_votes_is_told(vote_file: Callable[..., VoteFile]) -> None:
    days = [f"2023-12-{day:02}" for day in range(1, 11)]
    file = vote_file(days, {"TR": "YYYXXXXX--", "RU": "YYYYYYYYYY"})
    found = votes.of_state(vote_table.hold(file), "TR")
    year = next(one for one in found.years if one.period == "2023")
    assert (year.rollcalls, year.left_out) == (3, 7)
    assert "2023 (7 of 10)" in found.limits[0]


def test_all_members_stand_beside_each_other(shipped: vote_table.HeldVotes) -> None:
    found = votes.of_all(shipped)
    assert len(found.members) == 192
    assert "RU" not in {one.country for one in found.members}
    kazakhstan = next(one for one in found.members if one.country == "KZ")
    assert kazakhstan.is_hub
    assert kazakhstan.periods == votes.of_state(shipped, "KZ").periods
    belarus = next(one for one in found.members if one.country == "BY")
    assert belarus.periods[-1].score == 1


def test_what_cannot_be_asked_is_refused(shipped: vote_table.HeldVotes) -> None:
    with pytest.raises(UsageError, match="itself"):
        votes.of_state(shipped, "RU")
    with pytest.raises(InputError, match="group"):
        votes.of_state(shipped, "EU27")
    with pytest.raises(DataError, match="Hong Kong has no vote"):
        votes.of_state(shipped, "HK")
    with pytest.raises(DataError, match="no vote"):
        votes.of_state(shipped, "KZ", target="TW")


def test_a_target_without_roles_has_no_hubs(shipped: vote_table.HeldVotes) -> None:
    found = votes.of_state(shipped, "KZ", target="IR")
    assert found.hubs == ()
    assert found.other_hubs == ()
    assert [one.period for one in found.periods] == ["all"]


@pytest.mark.data
def test_kazakhstan_by_the_staged_grid(staged: Path) -> None:
    held = vote_table.hold(files.read(staged / "votes" / "unga_rollcalls_1946_2024.csv"))
    found = votes.of_state(held, "KZ")
    assert found.years[0].period == "1992"
    by_year = {one.period: one for one in found.years}
    assert by_year["2021"].rollcalls == 79
    assert by_year["2021"].score == pytest.approx(0.747, abs=0.001)
    assert any("lacks A/RES/ES-11/1" in limit for limit in found.limits)
    assert not any("tell little" in limit for limit in found.limits)
    turkey = votes.of_state(held, "TR")
    assert "2023 (79 of 88)" in turkey.limits[0]
