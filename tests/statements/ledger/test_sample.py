"""The ledger that ships: facts with their sources, joined as the rules say."""

from __future__ import annotations

import pytest

from throughflow.statements.ledger import Ledger, Selection, intake, sample


@pytest.fixture(scope="module")
def shipped():
    return Ledger(None)


def one(ledger, start, kind, country="KZ"):
    rows = ledger.select(Selection(country=country, kinds=(kind,)))
    found = [r for r in ledger.records(rows) if str(r.event.date.start) == start]
    assert len(found) == 1
    return found[0]


def test_every_row_names_its_source_and_how_it_was_checked():
    entries, refused = intake.read(sample.path())
    assert refused == []
    for entry in entries:
        telling = entry.telling
        assert telling.source.url.startswith("http")
        assert telling.source.publisher
        assert telling.event.date.basis
        assert telling.event.details["checked"] in {
            "read", "coded by one person", "unverified date", "unverified address",
        }  # fmt: skip
        quote = telling.event.details.get("quote", "")
        assert len(quote.split()) < 20
        assert telling.event.spans == ()


def test_the_pledge_of_april_2022(shipped):
    record = one(shipped, "2022-04-29", "pledge_no_circumvention")
    event = record.event
    assert event.is_pledge
    assert event.polarity == -1
    assert (event.certainty, event.relayed_by.country) == ("relayed", "UA")
    assert [actor.country for actor in event.targets] == ["UA"]
    assert [(claim.tense, claim.negated, claim.testable_by) for claim in event.claims] == [
        ("present", True, "trade"), ("future", True, "trade"),
    ]  # fmt: skip


def test_three_sources_of_one_interview_are_one_statement_on_its_day(shipped):
    record = one(shipped, "2022-03-29", "pledge_no_circumvention")
    assert len(record.tellings) == 3
    assert record.event.date.precision == "day"
    assert any(t.event.date.precision == "range" for t in record.tellings)


def test_a_ban_and_its_retraction_on_one_day_are_two_statements(shipped):
    ban, back = (one(shipped, "2023-10-19", kind) for kind in ("restriction", "retraction"))
    assert ban.id != back.id
    assert (ban.event.polarity, back.event.polarity) == (-1, 1)


def test_votes_point_to_the_vote_table_and_repeat_none(shipped):
    votes = shipped.records(shipped.select(Selection(kinds=("vote",))))
    assert [r.event.details["un_resolution"] for r in votes] == [
        "A/RES/ES-11/1", "A/RES/ES-11/3", "A/RES/ES-11/4", "A/RES/ES-11/5",
    ]  # fmt: skip
    assert not any("vote" in r.event.details for r in votes)


def test_what_the_dossier_of_kazakhstan_needs_is_there(shipped):
    for start, kind in (
        ("2022-03-31", "corridor"), ("2022-08-27", "restriction"), ("2022-12-26", "refuse_to_join"),
        ("2023-03-23", "restriction"), ("2023-09-28", "pledge_no_circumvention"),
    ):  # fmt: skip
        one(shipped, start, kind)
    one(shipped, "2023-03-01", "restriction", "TR")
    one(shipped, "2022-03-13", "refuse_to_join", "TR")
    assert len(shipped.rows) >= 25


def test_ids_of_the_sample_are_the_same_on_every_machine(shipped):
    again = Ledger(None)
    assert again.rows.equals(shipped.rows)
    assert one(shipped, "2022-04-29", "pledge_no_circumvention").id == "st-bc5441cdfaae814d5a6d"
