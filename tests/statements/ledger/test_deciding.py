"""What a person decides: every version stays, and no rule undoes it."""

from __future__ import annotations

import hashlib
import io
from itertools import pairwise

import pytest

from throughflow.errors import InputError, UsageError
from throughflow.statements.ledger import Ledger, intake, record
from throughflow.statements.ledger.export import as_jsonl

URL = "https://b.example/2"


def candidate(told, **changes):
    return told(actors=[], unresolved=["actor"], **changes)


def test_versions_follow_each_other_and_none_is_overwritten(ledger, told):
    (ours,) = ledger.add([told()], by="coder", reason="read it").recorded
    ledger.review(ours, by="ann", reason="checked", decision="accept")
    ledger.review(ours, by="bob", reason="it was the day before", edits={"start": "2022-04-28"})
    ledger.review(ours, by="ann", reason="no such words", decision="reject")
    versions = Ledger(ledger.folder).history(ours)
    assert [one.version for one in versions] == [1, 2, 3, 4]
    assert [one.by for one in versions] == ["coder", "ann", "bob", "ann"]
    assert [one.status for one in versions] == ["accepted"] * 3 + ["rejected"]
    assert [str(one.event.date.start) for one in versions] == ["2022-04-29"] * 2 + [
        "2022-04-28"
    ] * 2
    assert str(versions[2].event.date.end) == "2022-04-28"
    for before, after in pairwise(versions):
        assert after.previous == hashlib.sha256(record.line(before)).hexdigest()
    assert all(one.recorded.endswith("+00:00") for one in versions)


def test_a_candidate_is_completed_and_accepted_in_one_go(ledger, told):
    (ours,) = ledger.add([candidate(told)], by="t").recorded
    assert ledger.find(ours).status == "candidate"
    with pytest.raises(InputError, match="leaves actor open"):
        ledger.review(ours, by="t", reason="x", decision="accept")
    made = ledger.review(ours, by="t", reason="x", decision="accept", edits={"actors": "KAZ"})
    assert (made.status, made.unresolved) == ("accepted", ())
    assert made.event.actors[0].country == "KZ"
    assert made == Ledger(ledger.folder).find(ours)


def test_other_actors_do_not_inherit_persons_and_no_slot_is_opened_again(ledger, told):
    actors = [{"country": "KZ", "sector": "MIL", "person": "Mukhtar Tileuberdi"}]
    (ours,) = ledger.add([told(actors=actors)], by="t").recorded
    one = ledger.review(ours, by="t", reason="x", edits={"actors": "KG"})
    assert one.event.actors[0].person == "Mukhtar Tileuberdi"  # as many as before: only the state
    two = ledger.review(ours, by="t", reason="x", edits={"actors": "KZ|KG"})
    assert [(a.country, a.sector, a.person) for a in two.event.actors] == [
        ("KZ", "GOV", None), ("KG", "GOV", None),
    ]  # fmt: skip
    for edits in ({"actors": ""}, {"unresolved": "date"}):
        with pytest.raises(InputError, match="no open slot"):
            ledger.review(ours, by="t", reason="x", edits=edits)
    assert ledger.find(ours).version == 3


def test_a_rejected_candidate_without_an_actor_can_be_read(ledger, told):
    (ours,) = ledger.add([candidate(told)], by="t").recorded
    ledger.review(ours, by="t", reason="nobody said so", decision="reject")
    assert Ledger(ledger.folder).find(ours).status == "rejected"


def test_what_was_rejected_stays_rejected_when_it_is_told_again(ledger, told):
    (ours,) = ledger.add([told()], by="t").recorded
    ledger.review(ours, by="t", reason="invented", decision="reject")
    added = ledger.add([told(url=URL)], by="t")
    assert added.to_rejected == (ours,)
    assert added.recorded == ()
    found = ledger.find(ours)
    assert (found.status, len(found.tellings)) == ("rejected", 2)
    again = ledger.add([told("2022-04-27", "2022-04-30", url="https://c.example")], by="t")
    assert again.to_rejected == (ours,)


def test_an_edit_outlives_further_sources(ledger, told):
    (ours,) = ledger.add([told()], by="t").recorded
    ledger.review(ours, by="t", reason="typo", edits={"topic": "transit"})
    ledger.add([told(url=URL, certainty="quoted")], by="t")
    found = ledger.find(ours)
    assert found.event.topic == "transit"
    assert found.event.certainty == "quoted"  # what was not edited is free to be known better
    assert len(found.tellings) == 2


def test_split_tells_apart_for_good(ledger, told):
    one, two = told(), told(url=URL)
    ledger.add([one, two], by="t")
    (ours,) = ledger.rows["id"].to_pylist()
    kept, made = ledger.split(ours, [two.telling.id], by="t", reason="two interviews")
    assert kept.apart == (made.id,)
    assert made.apart == (kept.id,)
    assert kept.id != made.id
    assert len(ledger.rows) == 2
    ledger.add([one, two], by="t")
    assert len(ledger.rows) == 2
    # A third one of the same facts may belong to either, so it stays alone.
    added = ledger.add([told(url="https://c.example/3")], by="t")
    assert len(added.recorded) == 1
    assert len(Ledger(ledger.folder).rows) == 3
    assert "may also belong to" in next(iter(ledger.find(added.recorded[0]).why.values()))


@pytest.mark.parametrize(
    ("arguments", "error", "words"),
    [
        ({"reason": " ", "decision": "accept"}, UsageError, "no reason"),
        ({"reason": "x"}, UsageError, "nothing is decided"),
        ({"reason": "x", "edits": {"topik": "y"}}, InputError, "topic"),
        ({"reason": "x", "edits": {"url": "https://x.org"}}, InputError, "unknown field"),
        ({"reason": "x", "edits": {"start": "yesterday"}}, InputError, "--edit, date, start"),
        ({"reason": "x\x1b[2J", "decision": "accept"}, InputError, "U\\+001B"),
    ],
)
def test_a_decision_that_cannot_be_taken_changes_nothing(ledger, told, arguments, error, words):
    (ours,) = ledger.add([told()], by="t").recorded
    with pytest.raises(error, match=words):
        ledger.review(ours, by="t", **arguments)
    assert len(ledger.history(ours)) == 1


def test_split_needs_one_that_stays_and_one_that_is_there(ledger, told):
    one = told()
    (ours,) = ledger.add([one], by="t").recorded
    with pytest.raises(InputError, match="no telling would stay"):
        ledger.split(ours, [one.telling.id], by="t", reason="x")
    with pytest.raises(InputError, match="unknown telling"):
        ledger.split(ours, ["te-0"], by="t", reason="x")


def test_a_statement_is_found_by_the_beginning_of_its_id_and_by_a_telling(ledger, told):
    entry = told()
    (ours,) = ledger.add([entry, told("2022-05-05")], by="t").recorded[:1]
    first = ledger.find(entry.telling.id)
    assert ledger.find(first.id[:10]).id == first.id
    with pytest.raises(InputError, match="no statement 'st-zz'"):
        ledger.find("st-zz")
    assert ours


def test_join_puts_two_statements_together(ledger, told, tmp_path):
    one = told(actors=[{"country": "KZ", "person": "Roman Vassilenko"}])
    two = told(actors=[{"country": "KZ", "person": "R. Wasilenko-Borowski"}], url=URL)
    ledger.add([one, two], by="t")
    assert len(ledger.rows) == 2
    ours, theirs = (ledger.find(entry.telling.id).id for entry in (one, two))
    kept, gone = ledger.join(ours, theirs, by="ann", reason="one man")
    assert {t.id for t in kept.tellings} == {one.telling.id, two.telling.id}
    assert (kept.status, gone.status, gone.version) == ("accepted", "rejected", 2)
    assert "joined by ann" in kept.why[two.telling.id]
    assert ledger.find(two.telling.id).id == ours
    assert ledger.add([one, two], by="t").known == 2
    with pytest.raises(UsageError, match="already"):
        ledger.join(ours, ours, by="t", reason="x")
    with pytest.raises(InputError, match="is rejected"):
        ledger.join(ours, theirs, by="t", reason="x")
    (later,) = ledger.add([told("2022-05-05")], by="t").recorded
    with pytest.raises(InputError, match="different days"):
        ledger.join(ours, later, by="t", reason="x")
    out = io.StringIO()
    as_jsonl(ledger.iterate(ledger.rows), out)
    path = tmp_path / "out.jsonl"
    path.write_text(out.getvalue(), encoding="utf-8")
    other = Ledger(tmp_path / "other")
    other.add(intake.read(path)[0], by="t")
    assert other.rows.select(["id", "status", "tellings"]).equals(
        ledger.rows.select(["id", "status", "tellings"])
    )


def test_what_a_person_moves_away_lets_no_others_fall_together(ledger, told):
    wide = told("2022-04-01", "2022-04-30", url="https://w.example")
    early, late = told("2022-04-02"), told("2022-04-20", url=URL)
    ledger.add([wide, early, late], by="t")
    ours = ledger.find(early.telling.id).id
    ledger.review(ours, by="t", reason="wrong year", edits={"start": "2021-04-02"})
    added = ledger.add([told("2022-04-20", url="https://c.example/3")], by="t")
    assert len(added.joined) == 1
    counts = [len(cell) for cell in ledger.rows["tellings"].to_pylist()]
    assert sorted(counts) == [1, 1, 2]
    everything = [item for cell in ledger.rows["tellings"].to_pylist() for item in cell]
    assert len(everything) == len(set(everything)) == 4


def test_versions_follow_each_other_when_much_joins_at_once(ledger, told):
    (ours,) = ledger.add([told()], by="t").recorded
    ledger.review(ours, by="t", reason="seen", decision="accept")
    ledger.add([told(url=URL), told("2022-04-28", "2022-04-30", url="https://c.example/3")], by="t")
    versions = ledger.history(ours)
    assert [one.version for one in versions] == [1, 2, 3]
    assert len(versions[-1].tellings) == 3
    assert versions[2].previous == hashlib.sha256(record.line(versions[1])).hexdigest()
