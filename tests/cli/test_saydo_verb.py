"""``throughflow saydo`` as a user runs it."""

from __future__ import annotations

import csv
import io
import json
import os
import subprocess
import sys

import jsonschema
import pytest

# Fifty codes are read within seconds.
FEW = ("--list", "chpl-2024-02")


PLEDGED = ("--statements", "pledge.json")
PLEDGE = {
    "kind": "pledge_no_circumvention",
    "actors": [{"country": "KZ"}],
    "date": {"start": "2022-04-29", "end": "2022-04-29"},
    "topic": "sanctions_circumvention",
    "claims": [
        {"tense": tense, "negated": True, "predicate": "helps", "testable_by": "trade"}
        for tense in ("present", "future")
    ],
}


@pytest.fixture
def run(tmp_path):
    environment = {
        key: value for key, value in os.environ.items() if not key.startswith("THROUGHFLOW_")
    } | {"THROUGHFLOW_STATE": str(tmp_path / "state")}

    (tmp_path / "pledge.json").write_text(json.dumps([PLEDGE]), encoding="utf-8")

    def go(*arguments: str, code: int = 0) -> str:
        done = subprocess.run(
            [sys.executable, "-m", "throughflow", *arguments],
            capture_output=True, text=True, cwd=tmp_path, env=environment, check=False,
        )  # fmt: skip
        assert done.returncode == code, done.stderr
        assert "Traceback" not in done.stderr
        return done.stdout if code == 0 else done.stderr

    return go


def test_the_result_is_as_its_schema_says_and_replays(run):
    printed = json.loads(run("saydo", "Kazakhstan", *FEW, *PLEDGED, "--json"))
    jsonschema.validate(printed, json.loads(run("schema", "saydo")))
    assert [t["says"] for t in printed["statements"][0]["tests"]] == ["does not", "will not"]
    replayed = json.loads(run("replay", printed["id"], "--json"))
    assert replayed["same"] is True


def test_a_person_reads_both_claims_and_the_missing_leg_and_gets_a_page(run, tmp_path):
    printed = run("saydo", "KZ", *FEW, *PLEDGED, "--margin", "0.25", "-o", "page.html")
    assert "does not" in printed
    assert "will not" in printed
    assert "hub to target: not told" in printed
    assert "25 % of what was expected (set by --margin" in printed
    assert "The words describe data, not intent." in printed
    page = (tmp_path / "page.html").read_text(encoding="utf-8")
    assert "set by the user, not the pre-declared one" in page
    assert "<script" not in page


def test_rows_are_claims_by_leg(run):
    rows = list(csv.DictReader(io.StringIO(run("saydo", "KZ", *FEW, *PLEDGED, "--format", "csv"))))
    assert [(row["says"], row["leg"], row["missing"]) for row in rows] == [
        ("does not", "coalition to hub", "hub to target"),
        ("will not", "coalition to hub", "hub to target"),
    ]
    assert all(float(row["excess_low"]) <= float(row["excess"]) for row in rows)


def test_statements_come_from_a_file(run, tmp_path):
    said = [
        {
            "kind": "denial",
            "actors": [{"country": "ARM"}],
            "date": {"start": "2022-08-10", "end": "2022-08-10"},
            "topic": "sanctions_circumvention",
        },
        {
            "kind": "vote",
            "actors": [{"country": "AM"}],
            "date": {"start": "2022-03-02", "end": "2022-03-02"},
        },
    ]
    (tmp_path / "said.json").write_text(json.dumps(said), encoding="utf-8")
    printed = json.loads(run("saydo", "AM", *FEW, "--statements", "said.json", "--json"))
    (one,) = printed["statements"]
    assert one["tests"][0]["window"] == "2022-03:2022-07"
    assert printed["untested"] == 1
    assert len(printed["parameters"]["statements"]) == 2


def test_a_bad_file_is_bad_input(run, tmp_path):
    (tmp_path / "said.json").write_text('[{"kind": "promise"}]', encoding="utf-8")
    printed = run("saydo", "KZ", "--statements", "said.json", code=3)
    assert "row 1, kind: unknown kind of statement 'promise'" in printed
    assert "positive share" in run("saydo", "KZ", *FEW, "--margin", "-1", code=3)


def test_who_said_nothing_is_told_so(run):
    assert "No pledge, denial or restriction of Kyrgyzstan" in run("saydo", "KG", *FEW)
