"""The coded news text of 29 April 2022: in-sample, the rules were written with it at hand."""

from __future__ import annotations

import json
from datetime import date

import pytest

from throughflow.reference import countries
from throughflow.statements import document
from throughflow.statements.extract import extract

pytestmark = pytest.mark.data
NAME = "natemat_2022-04-29_kazakhstan"


@pytest.fixture(scope="module")
def gold(staged):
    path = staged / "statements" / f"{NAME}.gold.json"
    return json.loads(path.read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def found(staged):
    read = document.read(
        staged / "statements" / f"{NAME}.txt", published=date(2022, 4, 29), lang="pl"
    )
    return extract(read)


def states(actors):
    return {countries.parse(one["country"]) for one in actors}


def overlaps(span, other):
    return span.start < other["end"] and other["start"] < span.end


def partner(event, found):
    """The found event of the same category and mode, with a span that overlaps the coded one."""
    types = {event["type"], *event.get("alternatives", ())}
    for one in found.events:
        same = one.type in types and {who.country for who in one.actors} == states(event["actors"])
        if same and any(overlaps(span, coded) for span in one.spans for coded in event["spans"]):
            yield one


def test_every_coded_event_is_found(gold, found):
    assert len(gold["events"]) == 17
    for event in gold["events"]:
        matches = list(partner(event, found))
        assert matches, event["id"]
        fits = [
            one
            for one in matches
            if {who.country for who in one.targets} == states(event["targets"])
            and one.polarity == event["polarity"]
            and one.is_pledge == event["is_pledge"]
            and one.date.start.isoformat() == event["date"]["start"]
            and one.date.end.isoformat() == event["date"]["end"]
        ]
        assert fits, (event["id"], matches)


def test_nothing_else_is_asserted(gold, found):
    assert len(found.events) == len(gold["events"])
    for event in gold["events"]:
        assert list(partner(event, found)), event["id"]


def test_each_wording_of_an_event_is_listed_where_it_stands(gold, found):
    missed = [
        (event["id"], coded["start"])
        for event in gold["events"]
        for coded in event["spans"]
        if not any(overlaps(span, coded) for one in partner(event, found) for span in one.spans)
    ]
    assert missed == []


def test_the_pledge_is_relayed_and_speaks_of_now_and_later(gold, found):
    pledge = next(one for one in found.events if one.is_pledge)
    coded = next(event for event in gold["events"] if event["is_pledge"])
    assert pledge.certainty == coded["certainty"] == "relayed"
    assert pledge.relayed_by is not None
    assert pledge.relayed_by.person == coded["relayed_by"]["person"]
    wanted = {(claim["tense"], claim["negated"]) for claim in coded["claims"]}
    assert wanted <= {(claim.tense, claim.negated) for claim in pledge.claims}
    assert {claim.testable_by for claim in pledge.claims} == {"trade"}
    assert pledge.actors[0].role == "foreign minister"


def test_the_vote_takes_its_day_from_the_resolution(found):
    vote = next(one for one in found.events if one.kind == "vote")
    assert vote.date.basis == "external: A/RES/ES-11/3"
    assert vote.details["un_resolution"] == "A/RES/ES-11/3"
    assert vote.details["vote"] == "N"


def test_three_quotes_with_their_speakers_and_no_irony(gold, found):
    direct = [one for one in found.quotes if one.direct]
    assert [(one.start, one.end) for one in direct] == [
        (quote["start"], quote["end"]) for quote in gold["quotes"]
    ]
    for one, quote in zip(direct, gold["quotes"], strict=True):
        assert one.speaker == quote["speaker"]
        assert one.speaker_country == countries.parse(quote["speaker_country"])
        assert one.verb == quote["verb"]
