"""The JSON form of a statement: there and back, and what it refuses."""

from __future__ import annotations

import json

import pytest

from throughflow.errors import InputError
from throughflow.model.statements import KINDS, Candidate, Event
from throughflow.statements import event_json

PLEDGE = {
    "kind": "pledge_no_circumvention",
    "type": "AGREE",
    "mode": "pledge",
    "actors": [
        {"country": "KAZ", "sector": "GOV", "person": "Mukhtar Tileuberdi", "role": "minister"}
    ],
    "targets": [{"country": "Ukraine"}],
    "date": {"start": "2022-04-29", "end": "2022-04-29", "basis": "text", "expr": "29 kwietnia"},
    "polarity": -1,
    "is_pledge": True,
    "claims": [{"tense": "future", "negated": True, "predicate": "help", "testable_by": "trade"}],
    "certainty": "relayed",
    "relayed_by": {"country": "UA", "person": "Dmytro Kuleba"},
    "topic": "sanctions_circumvention",
    "details": {"beneficiary_denied": "RU"},
    "spans": [{"start": 5, "end": 9, "text": "nie…"}],
    "rule": "pl.pledge",
}


def test_an_event_comes_back_with_exactly_the_keys_of_the_form():
    event = event_json.parse(PLEDGE)
    assert isinstance(event, Event)
    out = event_json.plain(event)
    assert tuple(out) == event_json.EVENT_KEYS[:-1]
    assert event_json.parse(json.loads(json.dumps(out))) == event
    assert event_json.restore(json.loads(json.dumps(out))) == event
    assert [actor.country for actor in (*event.actors, *event.targets)] == ["KZ", "UA"]
    assert event.date.precision == "day"


def test_a_candidate_keeps_its_open_slots():
    read = event_json.parse(PLEDGE | {"actors": [], "unresolved": ["actor", "modality"]})
    assert isinstance(read, Candidate)
    assert read.unresolved == ("actor", "modality")
    assert event_json.parse(event_json.plain(read)) == read


@pytest.mark.parametrize(
    ("written", "code"),
    [("KZ", "KZ"), ("kaz", "KZ"), ("Kazakhstan", "KZ"), ("EUU", "EU"), ("EU", "EU"), ("HKG", "HK")],
)
def test_countries_are_taken_in_any_form_and_given_as_alpha_2(written, code):
    assert event_json.parse(PLEDGE | {"actors": [written]}).actors[0].country == code


@pytest.mark.parametrize("kind", KINDS)
def test_a_kind_brings_its_category_and_mode(kind):
    event = event_json.parse({"kind": kind, "actors": ["KZ"], "date": "2022-04-29"})
    assert (event.type, event.mode) == KINDS[kind][:2]
    assert event.is_pledge == (kind == "pledge_no_circumvention")
    assert event.type in event_json.TYPES


@pytest.mark.parametrize(
    ("change", "place", "words"),
    [
        ({"kind": "pledge_circumvention"}, "kind", "Did you mean"),
        ({"kind": None}, "", "kind is missing"),
        ({"knd": "x"}, "", "kind"),
        ({"actors": []}, "actors", "without an actor"),
        ({"actors": [{"country": "Kazakstan"}]}, "actors[0], country", "Kazakhstan"),
        ({"actors": [{"country": "WORLD"}]}, "actors[0], country", "not a state"),
        ({"actors": "KZ"}, "actors", "a list"),
        ({"actors": ["KZ"] * 61}, "actors", "61 items"),
        ({"actors": [{"country": "KZ", "sector": "gov"}]}, "sector", "capitals"),
        ({"date": {"start": "2022-13-01", "end": None}}, "date, start", "YYYY-MM-DD"),
        ({"date": {"start": "20220429", "end": None}}, "date, start", "YYYY-MM-DD"),
        ({"date": {"start": "2022-05-01", "end": "2022-04-01"}}, "date", "Swap"),
        (
            {"date": {"start": "2022-05-01", "end": "2022-05-02", "precision": "day"}},
            "date, precision",
            "range",
        ),
        ({"date": {"start": None, "end": None, "basis": "memory"}}, "date, basis", "external"),
        ({"polarity": 2}, "polarity", "-1"),
        ({"polarity": True}, "polarity", "-1"),
        ({"is_pledge": "yes"}, "is_pledge", "true or false"),
        ({"certainty": "sure"}, "certainty", "quoted"),
        ({"relayed_by": None}, "relayed_by", "certainty = relayed"),
        ({"certainty": "quoted"}, "relayed_by", "certainty = relayed"),
        ({"claims": [{"tense": "past", "negated": True, "predicate": "x"}]}, "tense", "present"),
        ({"spans": [{"start": 0, "end": 3, "text": "four"}]}, "spans[0]", "code points"),
        ({"spans": [{"start": -1, "end": 3, "text": "four"}]}, "spans[0], start", "number"),
        ({"rule": "a\x1b[2Jb"}, "rule", "U+001B"),
        ({"details": {"note": "a\u202eb"}}, "details.note", "U+202E"),
        ({"details": {"note": "x" * 4_001}}, "details.note", "4,001"),
        ({"details": {"not a word": "x"}}, "details", "small letters"),
        ({"details": {"note": 3}}, "details.note", "a text"),
        ({"unresolved": []}, "unresolved", "open slots"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_with_its_place_and_remedy(change, place, words):
    with pytest.raises(InputError) as caught:
        event_json.parse(PLEDGE | change, where="f.json, row 3")
    assert caught.value.where.startswith("f.json, row 3")
    assert place in caught.value.where
    assert words in str(caught.value)


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ({"url": "javascript:alert(1)"}, "http"),
        ({"url": "https://a b"}, "http"),
        ({"url": "https://x/" + "y" * 2_000}, "2,010"),
        ({"lang": "english"}, "two letters"),
        ({"published": "2023-10"}, "YYYY-MM-DD"),
        ({"digest": "abc"}, "64 hex"),
        ({"author": "x"}, "unknown key"),
        ("https://x.org", "an object"),
    ],
)
def test_a_source_is_checked_too(source, words):
    with pytest.raises(InputError, match=words):
        event_json.parse_source(source)


def test_offsets_count_code_points():
    text = "𝔎азах"
    event = event_json.parse(PLEDGE | {"spans": [{"start": 0, "end": 5, "text": text}]})
    assert event.spans[0].text == text
