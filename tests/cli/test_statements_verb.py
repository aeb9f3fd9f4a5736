"""``throughflow statements`` as a user runs it."""

from __future__ import annotations

import csv
import io
import json
import os
import subprocess
import sys
import time

import jsonschema
import pytest


@pytest.fixture
def run(tmp_path):
    environment = {
        key: value for key, value in os.environ.items() if not key.startswith("THROUGHFLOW_")
    }

    def go(*arguments, code=0):
        done = subprocess.run(
            [sys.executable, "-m", "throughflow", "statements", *arguments],
            capture_output=True, text=True, cwd=tmp_path, env=environment, check=False,
        )  # fmt: skip
        assert done.returncode == code, done.stderr
        assert "Traceback" not in done.stderr
        return done.stdout if code in {0, 1} else done.stdout + done.stderr

    return go


def test_the_template_is_a_file_that_can_be_added(run, tmp_path):
    (tmp_path / "mine.csv").write_text(run("add", "--template"), encoding="utf-8")
    assert "1 new" in run("add", "mine.csv", "--by", "ann")
    assert "1 there already" in run("add", "mine.csv", "--by", "ann")
    printed = json.loads(run("list", "--json"))
    assert printed["ledger"] == "throughflow-statements"
    assert printed["statements"][0]["by"] == "ann"


def test_one_statement_by_its_options_then_reviewed(run):
    added = json.loads(
        run(
            "add", "--kind", "pledge_no_circumvention", "--actor", "Kazakhstan", "--target", "UKR",
            "--on", "2022-04-29", "--quote", "nie będzie", "--url", "https://a.example/1",
            "--relayed-by", "UA", "--polarity", "-1", "--person", "Mukhtar Tileuberdi",
            "--detail", "beneficiary_denied=RU", "--json",
        )
    )  # fmt: skip
    (ours,) = added["recorded"]
    line = run("list", "--country", "KAZ", "--pledges")
    assert "2022-04-29  Kazakhstan (Mukhtar Tileuberdi): pledged" in line
    assert "relayed by Ukraine" in line
    assert "“nie będzie”" in line
    assert "version 2: rejected" in run("review", ours[:8], "--reject", "--reason", "a joke")
    assert "0 statements" in run("list")
    assert "REJECTED" in run("list", "--status", "rejected")
    history = run("list", "--history", ours)
    assert "version 1" in history
    assert "reason: a joke" in history


def test_what_the_list_prints_is_what_its_schema_says(run):
    schema = subprocess.run(
        [sys.executable, "-m", "throughflow", "schema", "statements"],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    printed = json.loads(run("list", "--json", "--country", "KZ"))
    jsonschema.validate(printed, json.loads(schema.stdout))
    assert printed["ledger"] == "embedded sample"
    assert printed["count"] == len(printed["statements"]) > 10
    one = json.loads(run("list", "--history", printed["statements"][0]["id"], "--json"))
    jsonschema.validate(one, json.loads(schema.stdout))


def test_csv_of_the_list(run):
    rows = list(csv.DictReader(io.StringIO(run("list", "--format", "csv", "--kind", "corridor"))))
    assert [row["actors"] for row in rows] == ["GE|AZ|TR|KZ"]
    assert rows[0]["is_pledge"] == "false"
    assert rows[0]["polarity"] == "-1"


def test_a_formula_does_not_reach_a_spreadsheet(run):
    run("add", "--kind", "denial", "--actor", "KZ", "--on", "2022-04-29", "--quote", "=1+1")
    rows = list(csv.DictReader(io.StringIO(run("list", "--format", "csv"))))
    assert rows[0]["quote"] == "'=1+1"


@pytest.mark.parametrize("form", ["csv", "jsonl"])
def test_an_export_is_read_back(run, tmp_path, form):
    run("export", "--format", form, "--status", "all", "-o", f"out.{form}")
    run("add", f"out.{form}")
    before = json.loads(run("list", "--json", "--ledger", "throughflow-statements"))
    assert before["count"] == 36
    again = run("export", "--format", form, "--status", "all")
    assert again == (tmp_path / f"out.{form}").read_text(encoding="utf-8")


def test_export_to_follow_the_money(run):
    lines = run("export", "--format", "ftm", "--country", "KZ", "--pledges").splitlines()
    assert {json.loads(line)["schema"] for line in lines} == {
        "Event", "Article", "Documentation", "Person", "PublicBody",
    }  # fmt: skip


def test_a_bad_file_is_refused_whole_or_by_row(run, tmp_path):
    bad = tmp_path / "bad.csv"
    bad.write_text("kind,actors,start\ndenial,KZ,2022-04-29\ndenial,Kazakstan,2022-04-29\n")
    refused = run("add", "bad.csv", code=3)
    assert "line 3" in refused
    assert "Kazakhstan" in refused
    assert not (tmp_path / "throughflow-statements").exists()
    kept = run("add", "bad.csv", "--keep-going", code=3)
    assert "1 new" in kept
    assert "1 rows refused" in kept
    assert len(list((tmp_path / "throughflow-statements" / "quarantine").iterdir())) == 1


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (("add",), 2, "give a FILE"),
        (("add", "x.csv", "--kind", "denial"), 2, "not both"),
        (("add", "--kind", "denial", "--actor", "KZ"), 2, "--on is missing"),
        (("add", "none.csv"), 3, "no such file"),
        (("list", "--kind", "pledg"), 3, "unknown kind"),
        (("list", "--country", "Kazakstan"), 3, "Kazakhstan"),
        (("list", "--since", "2022"), 3, "YYYY-MM-DD"),
        (("list", "--ledger", "nowhere"), 3, "no ledger here"),
        (("list", "--ledger", sys.executable), 3, "a ledger is a folder"),
        (("export", "--format", "csv", "-o", "none/x.csv"), 2, "cannot be written"),
        (("list", "--history", "st-x"), 3, "no statement"),
        (("review", "st-bc5441cdfaae", "--accept", "--reason", "x"), 3, "read-only"),
        (("review", "st-bc5441cdfaae", "--accept"), 2, "--reason"),
        (("review", "x", "--accept", "--split", "y", "--reason", "x"), 2, "stand alone"),
        (("review", "x", "--edit", "topic", "--reason", "x"), 2, "FIELD=VALUE"),
    ],
)
def test_errors_say_what_to_do(run, arguments, code, words):
    assert words in run(*arguments, code=code)


@pytest.mark.long
def test_a_hundred_thousand_are_listed_within_a_second(tmp_path):
    from contextlib import redirect_stdout

    from throughflow.cli import timeline
    from throughflow.model.statements import Actor, DateInterval, Event, Source, Span
    from throughflow.statements.ledger import Entry, Ledger, Selection, Telling

    entries = []
    for number in range(100_000):
        day = DateInterval(None, None, "range", None, "text")
        event = Event(
            kind="denial",
            type="STATEMENT",
            mode=None,
            actors=(Actor("KZ", person="Some Body"),),
            targets=(Actor("UA"),),
            date=day,
            polarity=0,
            is_pledge=False,
            certainty="quoted",
            spans=(Span(0, 60, f"{number:>60}"),),
            rule="invented",
        )
        entries.append(Entry(Telling.of(event, Source(url=f"https://a.example/{number}"))))
    Ledger(tmp_path).add(entries, by="t")
    best = 99.0
    for _ in range(3):
        begin = time.process_time()
        with (tmp_path / "out").open("w", encoding="utf-8") as out, redirect_stdout(out):
            ledger = Ledger(tmp_path)
            timeline.as_lines(ledger, ledger.select(Selection(country="KZ")))
        best = min(best, time.process_time() - begin)
    assert (tmp_path / "out").read_text(encoding="utf-8").count("Kazakhstan (Some Body)") == 100_000
    assert best < 1.0
