"""Files that people bring: taken whole or not at all, and every refusal says row and field."""

from __future__ import annotations

import json

import pytest

from throughflow.errors import InputError
from throughflow.statements.ledger import intake

HEADER = "kind,actors,start,polarity,quote,url\n"
GOOD = "denial,Kazakhstan,2022-04-29,-1,not true,https://a.example/1\n"


@pytest.fixture
def write(tmp_path):
    def make(name, content):
        path = tmp_path / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    return make


def test_a_short_table_is_enough(write):
    entries, refused = intake.read(write("a.csv", "\ufeff" + HEADER + GOOD + "\n"))
    assert refused == []
    (entry,) = entries
    event = entry.telling.event
    assert (event.actors[0].country, event.polarity, event.rule) == ("KZ", -1, "hand")
    assert (str(event.date.start), str(event.date.end)) == ("2022-04-29", "2022-04-29")
    assert event.details == {"quote": "not true"}
    assert entry.telling.source.url == "https://a.example/1"


EVENT = {"kind": "denial", "actors": ["KZ"], "date": "2022-04-29"}


@pytest.mark.parametrize(
    ("name", "content", "count"),
    [
        ("a.json", json.dumps(EVENT), 1),
        ("a.json", json.dumps([EVENT, EVENT | {"kind": "aid"}]), 2),
        ("a.json", json.dumps({"event": EVENT, "source": {"lang": "en"}}), 1),
        (
            "a.json",
            json.dumps({
                "source": {"url": "https://a.example"},
                "events": [EVENT], "candidates": [EVENT | {"unresolved": ["modality"]}],
            }),
            2,
        ),
        ("a.jsonl", json.dumps(EVENT) + "\n\n" + json.dumps(EVENT | {"kind": "aid"}), 2),
    ],
)  # fmt: skip
def test_json_in_every_form_that_is_documented(write, name, content, count):
    entries, refused = intake.read(write(name, content))
    assert (len(entries), refused) == (count, [])
    if "events" in content:
        assert {entry.telling.source.url for entry in entries} == {"https://a.example"}
        assert entries[1].telling.unresolved == ("modality",)


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ("denial,Kazakstan,2022-04-29,,,", ["line 2", "actors[0], country", "Kazakhstan"]),
        ("denail,KZ,2022-04-29,,,", ["line 2, kind", "denial"]),
        ("denial,KZ,29.4.2022,,,", ["line 2, date, start", "YYYY-MM-DD"]),
        ("denial,KZ,,,,", ["line 2, start", "missing"]),
        ("denial,KZ,2022-04-29,minus,,", ["line 2, polarity", "whole number"]),
        ("denial,KZ,2022-04-29,,,", []),
        ("denial,KZ,2022-04-29", ["line 2", "3 cells under 6 columns"]),
        ("denial,KZ,2022-04-29,,,ftp://x", ["line 2, url", "http"]),
        ("denial,KZ,2022-04-29,٣,,", ["line 2, polarity"]),
    ],
)
def test_a_wrong_row_says_where_what_and_what_to_do(write, row, words):
    path = write("a.csv", HEADER + row + "\n" + GOOD)
    entries, refused = intake.read(path)
    assert len(entries) + len(refused) == 2
    assert bool(refused) == bool(words)
    for word in words:
        assert word in refused[0].error
    if words:
        with pytest.raises(InputError, match="so none was"):
            intake.all_or_nothing(path, refused)


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("a.txt", "x", "are not read"),
        ("a.csv", "", "column kind is missing"),
        ("a.csv", HEADER, "holds no statement"),
        ("a.csv", "kind,start,actorz\n", "Did you mean actors"),
        ("a.csv", "kind,start,kind\n", "stands twice"),
        ("a.csv", HEADER + 'denial,"KZ,2022', "cannot be read as CSV"),
        ("a.csv", HEADER.encode() + b"denial,\xff\xfe,2022-04-29,,,\n", "not UTF-8"),
        ("a.csv", HEADER + "denial," + "x" * 300_000 + ",2022,,,\n", "cannot be read as CSV"),
        ("a.json", "{", "is not JSON"),
        ("a.json", "[" * 100_000, "nested too deep"),
        ("a.json", '{"kind": "denial", "kind": "aid"}', "stands twice"),
        ("a.json", '{"kind": NaN}', "no number of JSON"),
        ("a.json", "9" * 5_000, "is not JSON"),
        ("a.json", '{"date": 1}', "neither events"),
        ("a.json", '{"events": {}}', "is not a list"),
        ("a.json", "[]", "holds no statement"),
    ],
)
def test_a_file_that_is_wrong_as_a_whole(write, name, content, words):
    with pytest.raises(InputError, match=words) as caught:
        intake.read(write(name, content))
    assert name in caught.value.where


def test_sizes_are_bounded(write, monkeypatch):
    monkeypatch.setattr(intake, "MAX_ROWS", 2)
    with pytest.raises(InputError, match="more than 2 rows"):
        intake.read(write("a.csv", HEADER + GOOD * 3))
    long = json.dumps(EVENT | {"rule": "x" * 300_000})
    _, refused = intake.read(write("a.jsonl", long))
    assert "in one row" in refused[0].error
    monkeypatch.setattr(intake, "MAX_FILE_BYTES", 100)
    with pytest.raises(InputError, match="MB"):
        intake.read(write("b.csv", HEADER + GOOD * 3))


def test_a_formula_of_a_spreadsheet_is_data(write):
    row = "denial,KZ,2022-04-29,,'=1+1,https://a.example\n"
    entries, _ = intake.read(write("a.csv", HEADER + row))
    assert entries[0].telling.event.details["quote"] == "=1+1"


@pytest.mark.parametrize(
    ("status", "unresolved", "words"),
    [
        ("candidate", [], "unresolved is empty"),
        ("accepted", ["actor"], "unresolved is given"),
        ("maybe", [], "unknown status"),
    ],
)
def test_a_status_that_contradicts_itself(write, status, unresolved, words):
    event = EVENT | ({"unresolved": unresolved} if unresolved else {})
    _, refused = intake.read(write("a.json", json.dumps([{"event": event, "status": status}])))
    assert words in refused[0].error


def test_an_id_that_was_never_given_out_is_refused(write, ledger):
    rows = [{"event": EVENT, "id": "../../x", "reviewed": True}]
    entries, _ = intake.read(write("a.json", json.dumps(rows)))
    with pytest.raises(InputError, match="not an id"):
        ledger.add(entries, by="t")


def test_rows_of_one_id_must_tell_of_one_event(write, ledger):
    ours = "st-" + "0" * 20
    rows = [
        {"event": EVENT | {"date": day}, "id": ours, "reviewed": True}
        for day in ("2022-04-29", "2022-04-30")
    ]
    entries, _ = intake.read(write("a.json", json.dumps(rows)))
    with pytest.raises(InputError, match="different days"):
        ledger.add(entries, by="t")
    assert len(ledger.rows) == 0
