"""Asking a ledger, and where it is."""

from __future__ import annotations

import io
import json
from datetime import date

import pytest

from throughflow.errors import InputError
from throughflow.statements.ledger import Ledger, Selection, intake, open_ledger, store
from throughflow.statements.ledger.export import as_csv, as_jsonl


@pytest.fixture
def several(ledger, told):
    entries = [
        told("2022-04-01", targets=["UA"], kind="pledge_no_circumvention"),
        told("2022-04-05", "2022-04-20", actors=["KZ", "EU"], targets=["RU"]),
        told("2022-05-01", actors=[], unresolved=["actor"]),
        told(date={"start": "2022-06-01", "end": None}, actors=["KG"], targets=["RU"]),
    ]
    ledger.add(entries, by="t")
    return ledger


@pytest.mark.parametrize(
    ("asked", "starts"),
    [
        ({}, ["04-01", "04-05", "05-01", "06-01"]),
        ({"country": "KZ"}, ["04-01", "04-05"]),
        ({"country": "EU"}, ["04-05"]),
        ({"country": "K"}, []),
        ({"target": "RU"}, ["04-05", "06-01"]),
        ({"kinds": ("denial",)}, ["04-05", "05-01", "06-01"]),
        ({"kinds": ("pledge_no_circumvention", "aid")}, ["04-01"]),
        ({"pledges_only": True}, ["04-01"]),
        ({"statuses": ("candidate",)}, ["05-01"]),
        ({"statuses": ("accepted", "rejected")}, ["04-01", "04-05", "06-01"]),
        ({"since": date(2022, 4, 20)}, ["04-05", "05-01", "06-01"]),
        ({"since": date(2023, 1, 1)}, ["06-01"]),
        ({"until": date(2022, 4, 4)}, ["04-01"]),
        ({"since": date(2022, 4, 10), "until": date(2022, 4, 10)}, ["04-05"]),
        ({"country": "KZ", "target": "UA", "pledges_only": True}, ["04-01"]),
    ],
)
def test_a_selection_finds_what_may_fit(several, asked, starts):
    found = several.select(Selection(**asked))
    assert [day.isoformat()[5:] for day in found["start"].to_pylist()] == starts
    assert [record.event.date.start for record in several.records(found)] == found[
        "start"
    ].to_pylist()


def test_the_place_is_chosen_in_order(tmp_path, monkeypatch, told):
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv(store.ENVIRONMENT, raising=False)
    assert open_ledger().name == "embedded sample"
    assert open_ledger(write=True).folder.name == store.DEFAULT_FOLDER
    open_ledger(write=True).add([told()], by="t")
    assert open_ledger().folder.name == store.DEFAULT_FOLDER
    monkeypatch.setenv(store.ENVIRONMENT, str(tmp_path / "env"))
    with pytest.raises(InputError, match="no ledger here"):
        open_ledger()
    open_ledger(write=True).add([told()], by="t")
    assert open_ledger().folder == tmp_path / "env"
    with pytest.raises(InputError, match="no ledger here"):
        open_ledger(tmp_path / "given")


def test_the_sample_is_read_only():
    with pytest.raises(InputError, match="read-only"):
        Ledger(None).review("st-", by="t", reason="x", decision="reject")


@pytest.mark.parametrize("form", ["csv", "jsonl"])
def test_decisions_go_along_with_an_export(several, told, tmp_path, form):
    first, second = told("2022-07-01"), told("2022-07-01", url="https://b.example/2")
    several.add([first, second], by="t")
    several.split(
        several.find(first.telling.id).id, [second.telling.id], by="t", reason="two of them"
    )
    ids = several.rows["id"].to_pylist()
    several.review(ids[0], by="t", reason="x", decision="reject")
    several.review(ids[2], by="t", reason="x", decision="accept", edits={"actors": "UZ"})
    several.review(ids[1], by="t", reason="x", edits={"quote": "=a|b", "start": "2022-04-06"})
    out = io.StringIO()
    (as_csv if form == "csv" else as_jsonl)(several.iterate(several.rows), out)
    path = tmp_path / f"out.{form}"
    path.write_text(out.getvalue(), encoding="utf-8")
    entries, refused = intake.read(path)
    assert refused == []
    other = Ledger(tmp_path / "other")
    other.add(entries, by="u")
    columns = ["id", "status", "kind", "actors", "targets", "start", "end", "quote", "is_reviewed"]
    assert other.rows.select(columns).equals(several.rows.select(columns))
    # Once more changes nothing.
    assert other.add(entries, by="u").recorded == ()
    assert other.rows["version"].to_pylist() == [1] * len(ids)


def test_refused_rows_are_kept_with_their_reason(ledger, tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("kind,actors,start\ndenial,KZ,2022-04-29\ndenial,Kazakstan,2022-04-29\n")
    entries, refused = intake.read(path)
    added = ledger.add(entries, by="t", refused=refused)
    assert (len(added.recorded), added.quarantined) == (1, 1)
    kept = json.loads((tmp_path / added.quarantine).read_text())
    assert "line 3" in kept["where"]
    assert "Kazakhstan" in kept["error"]
    assert "Kazakstan" in kept["row"]


def test_all_sources_of_a_statement_stay_with_it(ledger, told):
    ledger.add([told(url=f"https://{name}.example") for name in "abc"], by="t")
    (record,) = ledger.records(ledger.rows)
    assert {telling.source.url[8] for telling in record.tellings} == set("abc")
    assert set(record.why) == {telling.id for telling in record.tellings}
    assert all(record.why.values())
