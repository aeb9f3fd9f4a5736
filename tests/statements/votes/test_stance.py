"""Stance: components side by side, None with a reason, nothing added up."""

from __future__ import annotations

import dataclasses
from datetime import date

import pytest

from throughflow.errors import UsageError
from throughflow.evidence import canonical
from throughflow.model.statements import Actor, DateInterval, Event, Span
from throughflow.statements import vote_table
from throughflow.statements.stance import NO_EVENTS, Stance, stance


def event(
    kind: str, start: str | None, end: str | None, *, country: str = "KZ",
    polarity: int | None = -1, quote: str = "", target: str = "UA",
) -> Event:  # fmt: skip
    return Event(
        kind=kind, type="STATEMENT", mode=None, actors=(Actor(country),), targets=(Actor(target),),
        date=DateInterval(
            date.fromisoformat(start) if start else None,
            date.fromisoformat(end) if end else None,
            "day" if start == end else "range", None, "text",
        ),
        polarity=polarity, is_pledge=kind.startswith("pledge"), certainty="quoted",
        spans=(Span(0, len(quote), quote),) if quote else (), rule="hand",
    )  # fmt: skip


EVENTS = (
    event("pledge_no_circumvention", "2022-04-29", "2022-04-29", quote="we shall not help"),
    event("neutrality", "2022-04-01", "2022-04-30", polarity=0),
    event("aid", "2022-04-20", "2022-05-10"),
    event("open_support", "2022-04-03", "2022-04-03", country="BY", polarity=1),
    event("vote", "2022-04-07", "2022-04-07", polarity=1),
    event("accusation", "2022-04-10", "2022-04-10", country="UA", target="KZ"),
    event("restriction", "2022-03-05", "2022-03-05"),
    event("denial", None, None, polarity=None),
)


@pytest.fixture(scope="module")
def held() -> vote_table.HeldVotes:
    return vote_table.hold()


def of_month(held: vote_table.HeldVotes, month: str, country: str = "KZ", **more: object) -> Stance:
    (found,) = stance(country, [date.fromisoformat(f"{month}-15")], held, **more)
    return found


def test_votes_of_the_month_and_to_date(held: vote_table.HeldVotes) -> None:
    found = of_month(held, "2022-04").votes
    assert found is not None
    assert [(line.resolution, line.vote) for line in found.in_month] == [("A/RES/ES-11/3", "N")]
    assert [line.resolution for line in found.on_ukraine] == [
        "A/RES/68/262", "A/RES/ES-11/1", "A/RES/ES-11/3",
    ]  # fmt: skip
    assert found.agreement.rollcalls == 3
    assert found.agreement.period == "to 2022-04-30"
    march = of_month(held, "2022-03").votes
    assert march is not None
    assert [line.resolution for line in march.in_month] == ["A/RES/ES-11/1"]
    assert "A/RES/ES-11/2 was voted on 2022-03-24; no rows" in march.note
    late = of_month(held, "2023-05").votes
    assert late is not None
    assert late.in_month == ()
    assert "the last roll call held is of 2022-11-14" in late.note


def test_unverified_votes_are_counted(held: vote_table.HeldVotes) -> None:
    found = of_month(held, "2022-04", "NG").votes
    assert found is not None
    assert found.unverified == 1
    assert not found.in_month[0].is_verified


def test_acts_are_counted_by_kind_and_polarity_with_their_quotes(
    held: vote_table.HeldVotes,
) -> None:
    found = of_month(held, "2022-04", events=EVENTS).acts
    assert found is not None
    assert found.by_kind == {"neutrality": 1, "pledge_no_circumvention": 1}
    assert found.by_polarity == {"against the target": 1, "neutral": 1}
    pledge = found.in_month[0]
    assert (pledge.id, pledge.quote, pledge.is_pledge) == ("#1", "we shall not help", True)
    # An act that may have fallen into May, and one without a date, are shown and not counted.
    assert [act.kind for act in found.maybe_in_month] == ["aid", "denial"]
    assert found.to_date == 3
    assert found.to_date_by_polarity == {"against the target": 2, "neutral": 1}


def test_ids_of_the_ledger_are_kept(held: vote_table.HeldVotes) -> None:
    names = [f"e{i}" for i in range(len(EVENTS))]
    found = of_month(held, "2022-03", events=EVENTS, ids=names).acts
    assert found is not None
    assert [act.id for act in found.in_month] == ["e6"]
    with pytest.raises(UsageError, match="1 ids for 8 events"):
        of_month(held, "2022-03", events=EVENTS, ids=["e0"])


def test_no_acts_is_not_no_ledger(held: vote_table.HeldVotes) -> None:
    without = of_month(held, "2022-04")
    assert without.acts is None
    assert without.acts_reason == NO_EVENTS
    empty = of_month(held, "2022-04", "UZ", events=EVENTS)
    assert empty.acts is not None
    assert empty.acts.by_kind == {}
    assert empty.acts_reason == ""


def test_ties_hold_on_the_last_day_of_the_month(held: vote_table.HeldVotes) -> None:
    def groups(month: str, country: str = "KZ") -> set[str]:
        return {tie.group for tie in of_month(held, month, country).ties if tie.is_member}

    assert groups("2022-04") == {"EAEU", "customs-union", "CSTO", "CIS"}
    assert groups("2014-12") == {"customs-union", "CSTO", "CIS"}
    assert groups("2022-03", "PL") == {"coalition"}
    assert groups("2022-01", "PL") == set()
    assert groups("2022-04", "UZ") == {"CIS"}
    assert groups("2012-11", "UZ") == {"CSTO", "CIS"}
    tie = of_month(held, "2022-04").ties[0]
    assert tie.target_is_member
    assert tie.source
    # The union did not exist: that is not the same as staying out.
    assert "EAEU" not in {tie.group for tie in of_month(held, "2014-12").ties}


def test_border_and_role(held: vote_table.HeldVotes) -> None:
    assert of_month(held, "2022-04").borders_target is True
    assert of_month(held, "2022-04", "KG").borders_target is False
    assert of_month(held, "2022-04").role == "hub"
    assert of_month(held, "2022-01").role == "other"
    assert of_month(held, "2022-04", "PL").role == "coalition"


def test_a_component_without_data_is_none_with_its_reason(held: vote_table.HeldVotes) -> None:
    found = of_month(held, "2013-01", target="IR")
    assert found.votes is None
    assert "no vote of KZ is held up to 2013-01-31" in found.votes_reason
    assert found.borders_target is None
    assert "no borders of IR" in found.borders_reason
    assert found.role is None
    assert "no roles are held for IR" in found.role_reason
    assert found.diplomacy is None
    assert found.diplomacy_reason


def test_months_come_in_order_without_a_score(held: vote_table.HeldVotes) -> None:
    found = stance("KZ", [date(2022, 5, 31), date(2022, 4, 1)], held, events=EVENTS)
    assert [one.month for one in found] == [date(2022, 5, 1), date(2022, 4, 1)]
    names = {field.name for field in dataclasses.fields(Stance)}
    assert not {"score", "index", "total", "rank"} & names
    assert canonical.plain(found[0])["month"] == "2022-05-01"
