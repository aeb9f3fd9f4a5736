"""The verb ``decompose`` on a small warehouse, as a user runs it."""

from __future__ import annotations

import csv
import io
import json
import os
import subprocess
import sys

import jsonschema
import pytest

MONTHS = [f"{2019 + t // 12}-{t % 12 + 1:02d}" for t in range(48)]
HEADER = "period,freq,reporter,partner,flow,product,nomenclature,value,currency,dataset,net_kg"


@pytest.fixture
def run(tmp_path):
    """Load both sides' books of a hub that loses half of what more is sent, and run the program."""
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

    books = {"coalition": [HEADER], "hub": [HEADER]}
    for t, month in enumerate(MONTHS):
        extra = 0 if t < 38 else 200
        legs = (
            ("coalition", "DE,KZ,export", 100 + extra), ("coalition", "DE,RU,export", 400 - extra),
            ("hub", "KZ,DE,import", 80 + extra // 2), ("hub", "KZ,RU,export", 10 + extra // 4),
        )  # fmt: skip
        for book, pair, value in legs:
            books[book].append(f"{month},M,{pair},847130,HS2017,{value},EUR,{book},5")
    for book, lines in books.items():
        (tmp_path / f"{book}.csv").write_text("\n".join([*lines, ""]))
    (tmp_path / "list.csv").write_text(
        "code,restricted_from,nomenclature,edition\n847130,2022-02-26,HS,2017\n"
    )
    go("load", "coalition.csv", "hub.csv")
    return go


QUESTION = ("decompose", "Kazakhstan", "--list", "list.csv", "--window", "2022-03:2022-11")


def test_the_rows_add_up_and_say_what_is_lacking(run):
    total, family = csv.DictReader(io.StringIO(run(*QUESTION, "--format", "csv")))
    assert (total["family"], family["family"]) == ("*", "847130")
    for row in (total, family):
        assert float(row["excess_sent"]) == 1800
        added = sum(
            float(row[f"raw_{part}"])
            for part in ("unrecorded", "reexported_most", "absorbed_least")
        )
        assert added == pytest.approx(1800)
        assert float(row["raw_unrecorded_share"]) == pytest.approx(0.5)
        assert float(row["adjusted_unrecorded"]) == pytest.approx(2700 - 9 * 180 / 0.8)
        assert float(row["pass_through"]) == pytest.approx(0.5)
        assert row["raw_unrecorded_low"] == ""
        assert "60 are needed" in row["reason"]


def test_the_json_keeps_its_schema_and_the_run_replays(run):
    printed = json.loads(run(*QUESTION, "--json"))
    jsonschema.validate(printed, json.loads(run("schema", "decompose")))
    assert printed["meaning"] == "not recorded by the hub as coming from the coalition"
    assert printed["substitution"][0]["ratio"] == pytest.approx(1)
    assert json.loads(run("replay", printed["id"], "--json"))["same"]


def test_the_table_names_what_is_missing(run):
    shown = run(*QUESTION)
    assert "not in the data: imports of the target from the hub" in shown
    assert "unrestricted neighbours: cannot tell" in shown
    assert "all that can be told" in shown


def test_a_lag_of_four_months_and_an_unknown_hub_are_refused(run):
    assert "0<=x<=3" in run(*QUESTION, "--lag", "4", code=2)
    assert "Kazachstan" in run("decompose", "Kazachstan", "--list", "list.csv", code=3)
