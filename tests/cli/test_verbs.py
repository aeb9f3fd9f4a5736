"""The verbs on the embedded sample, as a user runs them."""

from __future__ import annotations

import csv
import io
import json
import os
import subprocess
import sys

import jsonschema
import pytest


@pytest.fixture
def run(tmp_path):
    """Run the program in an empty folder with a state folder of its own."""
    environment = {
        key: value for key, value in os.environ.items() if not key.startswith("THROUGHFLOW_")
    } | {"THROUGHFLOW_STATE": str(tmp_path / "state")}

    def go(*arguments: str, code: int = 0) -> str:
        done = subprocess.run(
            [sys.executable, "-m", "throughflow", *arguments],
            capture_output=True, text=True, cwd=tmp_path, env=environment, check=False,
        )  # fmt: skip
        assert done.returncode == code, done.stderr
        assert "Traceback" not in done.stderr
        return done.stdout if code in {0, 1} else done.stderr

    return go


# Fifty goods instead of two thousand.
FEW = ("--list", "chpl-2024-02")
QUESTION = (
    "excess", "--target", "RU", "--partner", "KZ,KG", "--by", "reporter,product",
    "--window", "2022-03:2022-11", "--base", "2021-03:2021-11", "--list", "eu-2023-01",
    "--min-value", "10e6",
)  # fmt: skip
COLUMNS = [
    "reporter", "partner", "family", "products", "base_actual", "actual", "expected", "low",
    "high", "excess", "currency", "ratio", "p", "q", "rung", "class", "verdict", "reason",
]  # fmt: skip


def test_excess_prints_the_columns_of_the_contract(run):
    rows = list(csv.DictReader(io.StringIO(run(*QUESTION, "--format", "csv"))))
    assert list(rows[0])[: len(COLUMNS)] == COLUMNS
    told = [row for row in rows if row["expected"]]
    assert told
    assert all(float(r["low"]) <= float(r["high"]) for r in told)
    assert all(
        float(r["excess"]) == pytest.approx(float(r["actual"]) - float(r["expected"]), abs=1)
        for r in told
    )
    untold = [row for row in rows if not row["expected"]]
    assert untold
    assert {row["verdict"] for row in untold} == {"cannot tell"}
    assert all(max(float(r["actual"]), float(r["base_actual"])) >= 10e6 for r in rows)


def test_every_verb_prints_what_its_schema_says(run):
    for arguments in (
        QUESTION, ("hubs",), ("dates", "KZ"), ("dossier", "KZ", *FEW), ("replicate",),
    ):  # fmt: skip
        printed = json.loads(run(*arguments, "--json"))
        jsonschema.validate(printed, json.loads(run("schema", arguments[0])))


def test_the_same_question_has_the_same_id_and_replays(run):
    first = json.loads(run(*QUESTION, "--json"))
    second = json.loads(run(*QUESTION, "--json"))
    assert first == second
    replayed = json.loads(run("replay", first["id"], "--json"))
    assert replayed["same"]
    assert replayed["changes"] == []


def test_a_dossier_is_written_and_replays(run, tmp_path):
    printed = run("dossier", "kazakhstan", *FEW, "-o", "kz.html")
    page = (tmp_path / "kz.html").read_text(encoding="utf-8")
    assert "Kazakhstan → Russia" in page
    assert "Kazakhstan → Russia" in printed
    run_id = next((tmp_path / "state" / "runs").iterdir()).name.split(".")[0]
    assert run_id in page
    assert "the same bytes" in run("replay", run_id)


def test_hubs_write_a_page_that_replays(run, tmp_path):
    printed = json.loads(run("hubs", "--json", "--html", "new/hubs.html"))
    page = (tmp_path / "new" / "hubs.html").read_text(encoding="utf-8")
    assert printed["id"] in page
    assert "Hubs for Russia" in page
    assert all(row["name"] in page for row in printed["rows"])
    assert "the same bytes" in run("replay", printed["id"])
    run("hubs", "--html", "again.html")
    assert (tmp_path / "again.html").read_text(encoding="utf-8") == page
    assert [path.name for path in (tmp_path / "new").iterdir()] == ["hubs.html"]


def test_dates_are_printed_as_table_and_csv_and_replay(run):
    told = run("dates", "kazakhstan", "--rung", "C")
    assert "Kazakhstan: recorded over expected" in told
    assert "before the date: cannot tell" in told
    assert "level changed in 2022-04" in told
    assert "1 month after the restriction" in told
    rows = list(csv.DictReader(io.StringIO(run("dates", "KZ", "--rung", "C", "--format", "csv"))))
    assert [int(row["tau"]) for row in rows] == list(range(-12, 9))
    assert all(float(r["joint_low"]) < float(r["low"]) < float(r["effect"]) for r in rows)
    assert rows[-1]["placebo"].count("|") == 2
    printed = json.loads(run("dates", "KZ", "--rung", "C", "--json"))
    assert json.loads(run("replay", printed["id"], "--json"))["same"]


def test_the_target_may_be_asked_about(run):
    rows = json.loads(run("excess", "--partner", "RU", "--by", "", "--json"))["rows"]
    told = [row for row in rows if row["excess"] is not None]
    assert len(told) == 1
    assert told[0]["excess_high"] < -1e9


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (("excess", "--window", "2022-13:2022-14"), 3, "is not a month"),
        (("excess", "--window", "2022-11:2022-03"), 3, "ends before it begins"),
        (("excess", "--window", "2022-03:2022-12"), 3, "nobody had reported"),
        (("excess", "--partner", "Atlantis"), 3, "unknown country"),
        (("excess", "--by", "firm"), 2, "cannot break down by 'firm'"),
        (("excess", "--list", "no-such-list"), 3, "eu-2023-01"),
        (("excess", "--currency", "KZT"), 3, "--currency"),
        (("hubs", "--warehouse", "nowhere"), 3, "there is no warehouse here"),
        (("replay", "0123456789abcdef"), 3, "unknown replay id"),
        (("replay", "xyz"), 3, "is not a replay id"),
        (("dosier", "KZ"), 2, "dossier"),
        (("dossier",), 2, "HUB"),
        (("dates", "Atlantis"), 3, "unknown country"),
        (("dates", "TR"), 2, "TR is not in the data"),
        (("dates", "KZ", "--goods", "00"), 5, "begins with 00"),
    ],
)  # fmt: skip
def test_a_wrong_option_says_what_is_wrong_and_what_to_do(run, arguments, code, words):
    assert words in run(*arguments, code=code)


def test_q_does_not_depend_on_who_is_asked_about(run):
    def discovered(partners: str) -> dict[tuple[str, str], float]:
        rows = json.loads(run("excess", "--partner", partners, "--by", "product", "--json"))["rows"]
        return {(r["partner"], r["family"]): r["q"] for r in rows if r["partner"] == "KG"}

    assert discovered("KG") == discovered("KG,RU,KZ")


def test_a_changed_list_is_named_by_replay(run, tmp_path):
    own = tmp_path / "own.csv"
    own.write_text("code,restricted_from\n84713000,2022-02-26\n85171800,2022-02-26\n")
    first = json.loads(run("excess", "--list", "own.csv", "--by", "", "--json"))
    own.write_text("code,restricted_from\n84713000,2022-02-26\n")
    second = json.loads(run("excess", "--list", "own.csv", "--by", "", "--json"))
    assert first["id"] != second["id"]
    replayed = json.loads(run("replay", first["id"], "--json", code=1))
    assert any("own.csv" in change for change in replayed["changes"])


def test_a_label_cannot_become_a_formula(run, tmp_path):
    own = tmp_path / "own.csv"
    own.write_text('code,restricted_from,tier\n84713000,2022-02-26,"=HYPERLINK(1)"\n')
    printed = run("excess", "--list", "own.csv", "--by", "product", "--format", "csv")
    assert ",'=HYPERLINK(1)," in printed
