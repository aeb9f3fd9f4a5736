"""When several sources tell of one event."""

from __future__ import annotations

import pytest

from throughflow.statements.ledger import identity, merging, sameness

URL = "https://b.example/2"


@pytest.fixture
def difference(told):
    def of(one, other):
        return sameness.difference(told(**one).telling.event, told(**other, url=URL).telling.event)

    return of


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({}, {}),
        ({"start": "2022-04-27", "end": "2022-04-30"}, {}),
        ({"targets": ["UA"]}, {}),
        ({"topic": ""}, {}),
        (
            {"actors": [{"country": "KZ", "person": "Mukhtar Tileuberdi"}]},
            {"actors": [{"country": "KZ", "person": "Mukhtar Tleuberdi"}]},
        ),
        (
            {"actors": [{"country": "KZ", "person": "Kassym-Jomart Tokayev"}]},
            {"actors": [{"country": "KZ", "person": "Qasym-Zhomart Toqaev"}]},
        ),
        ({"actors": [{"country": "KZ", "person": "Mukhtar Tileuberdi"}]}, {}),
        (
            {"kind": "vote", "details": {"un_resolution": "A/RES/ES-11/3", "vote": "N"}},
            {"kind": "vote", "details": {"un_resolution": "ES-11/3"}},
        ),
        ({"certainty": "quoted", "rule": "a"}, {"rule": "b"}),
    ],
)
def test_nothing_speaks_against_one_event(difference, one, other):
    assert difference(one, other) == ""
    assert difference(other, one) == ""


@pytest.mark.parametrize(
    ("one", "other", "words"),
    [
        ({}, {"start": "2022-04-30"}, "different days"),
        ({}, {"polarity": 1}, "polarity"),
        ({}, {"polarity": None}, "polarity"),
        ({}, {"kind": "accusation"}, "kind"),
        ({}, {"actors": ["KG"]}, "actor"),
        ({}, {"actors": ["KZ", "KG"]}, "actor"),
        ({}, {"actors": [{"country": "KZ", "sector": "ELI"}]}, "actor"),
        ({}, {"is_pledge": True}, "pledge"),
        ({"targets": ["UA"]}, {"targets": ["RU"]}, "different targets"),
        ({}, {"topic": "transit"}, "different topics"),
        (
            {"actors": [{"country": "KZ", "person": "Mukhtar Tileuberdi"}]},
            {"actors": [{"country": "KZ", "person": "Kassym-Jomart Tokayev"}]},
            "different persons",
        ),
        ({"kind": "vote"}, {"kind": "vote"}, "names no resolution"),
        (
            {"kind": "vote", "details": {"un_resolution": "A/RES/ES-11/3"}},
            {"kind": "vote", "details": {"un_resolution": "A/RES/ES-11/4"}},
            "resolution",
        ),
        (
            {"kind": "vote", "details": {"un_resolution": "ES-11/3", "vote": "N"}},
            {"kind": "vote", "details": {"un_resolution": "ES-11/3", "vote": "A"}},
            "different votes",
        ),
        ({"start": "2022-01-01", "end": "2022-04-30"}, {}, "spans 120 days"),
    ],
)
def test_what_speaks_against_it_is_said(difference, one, other, words):
    assert words in difference(one, other)
    assert words in difference(other, one)


def test_an_open_date_is_never_joined(told):
    open_end = told(date={"start": "2022-04-29", "end": None}).telling.event
    assert sameness.stands_alone(open_end) == "its date is open"
    assert sameness.difference(open_end, told().telling.event) == "its date is open"


def test_a_report_that_may_tell_of_either_stays_alone(ledger, told):
    wide = told("2022-04-01", "2022-04-30", url="https://w.example")
    early, late = told("2022-04-02"), told("2022-04-20", url=URL)
    ledger.add([wide, early, late], by="t")
    assert len(ledger.rows) == 3
    record = ledger.find(wide.telling.id)
    others = {ledger.find(entry.telling.id).id for entry in (early, late)}
    why = record.why[wide.telling.id]
    assert "may also belong to" in why
    assert all(other in why for other in others)


def test_a_joined_report_leaves_when_it_may_tell_of_another_day(ledger, told):
    wide, early = told("2022-04-01", "2022-04-30", url="https://w.example"), told("2022-04-02")
    ledger.add([wide], by="t")
    joined = ledger.add([early], by="t")
    assert len(ledger.rows) == 1
    assert joined.joined[0]["why"]
    kept = ledger.find(early.telling.id)
    assert kept.event.date.precision == "day"
    added = ledger.add([told("2022-04-20", url=URL)], by="t")
    assert added.regrouped == (kept.id,)
    assert len(ledger.rows) == 3
    # The id that somebody may have noted still names one of the two.
    assert ledger.find(kept.id).version == 3


def test_the_date_is_what_all_sources_allow(told):
    wide, narrow = told("2022-04-01", "2022-04-15"), told("2022-04-10", "2022-04-20", url=URL)
    merged = merging.merge([wide.telling, narrow.telling])
    assert (str(merged.date.start), str(merged.date.end)) == ("2022-04-10", "2022-04-15")
    assert merged.date.precision == "range"


def test_the_best_evidenced_source_leads_and_others_fill_its_gaps(told):
    reported = told(
        targets=["UA"], actors=[{"country": "KZ", "person": "M. Tileuberdi", "role": "minister"}],
        details={"place": "Berlin", "quote": "somebody else's words"},
    )  # fmt: skip
    quoted = told(certainty="quoted", details={"quote": "own words"}, topic="", url=URL)
    merged = merging.merge([reported.telling, quoted.telling])
    assert merged == merging.merge([quoted.telling, reported.telling])
    assert merged.certainty == "quoted"
    assert merged.details == {"place": "Berlin", "quote": "own words"}
    assert merged.actors[0].role == "minister"
    assert merged.targets[0].country == "UA"
    assert merged.topic == "sanctions_circumvention"


def test_no_id_is_given_out_twice(told):
    telling = told().telling
    taken = set()
    for _ in range(4):
        found = identity.free_id(telling, taken)
        assert found not in taken
        taken.add(found)
    assert identity.free_id(telling, ()) == identity.facts_id(telling.event)
    alone = identity.free_id(telling, (), is_alone=True)
    assert alone != identity.facts_id(telling.event)
    assert alone != identity.free_id(told(url=URL).telling, (), is_alone=True)


def test_ids_name_facts_and_not_words(told):
    one, same = told().telling, told(url=URL, rule="other", certainty="quoted").telling
    assert identity.facts_id(one.event) == identity.facts_id(same.event)
    assert one.id != same.id
    other = told("2022-04-30").telling
    assert identity.facts_id(one.event) != identity.facts_id(other.event)
    # What FollowTheMoney takes for an id of an entity (types/entity.py, REGEX_RAW).
    assert identity.facts_id(one.event).replace("-", "").isalnum()
    # The id that was given out once stays: notes and exports refer to it.
    assert identity.facts_id(one.event) == "st-5b561ab076640fa3d101"
