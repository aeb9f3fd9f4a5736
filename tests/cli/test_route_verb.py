"""``throughflow route`` as a user runs it."""

from __future__ import annotations

import csv
import io
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import jsonschema
import pytest


@pytest.fixture
def run(tmp_path):
    bare = {k: v for k, v in os.environ.items() if not k.startswith("THROUGHFLOW_")}
    bare |= {"THROUGHFLOW_STATE": str(tmp_path / "state")}

    def go(*arguments: str, code: int = 0, **variables: str) -> str:
        done = subprocess.run(
            [sys.executable, "-m", "throughflow", *arguments],
            capture_output=True, text=True, cwd=tmp_path, env=bare | variables, check=False,
        )  # fmt: skip
        assert done.returncode == code, done.stderr
        assert "Traceback" not in done.stderr
        return done.stdout if code == 0 else done.stderr

    return go


DECLARED = ("route", "LT", "KG", "--via", "BY,RU", "--on", "2024-07-05", "--product", "854231")


@pytest.mark.parametrize(
    "question",
    [
        DECLARED,
        ("route", "DE", "KZ", "--avoid", "RU,BY", "--on", "2023-07-01"),
        ("route", "DE", "KZ", "--avoid", "RU,BY,IR", "--mode", "rail,road"),
        ("route", "MT", "DE", "--mode", "rail"),
    ],
)
def test_json_is_what_the_schema_says(run, question):
    printed = json.loads(run(*question, "--json"))
    schema = json.loads(run("schema", "route"))
    jsonschema.validate(printed, schema, cls=jsonschema.Draft202012Validator)
    assert printed["verb"] == "route"


def test_json_is_the_object_of_the_python_api(run):
    from datetime import date

    from throughflow.evidence.canonical import plain
    from throughflow.routes import check

    printed = json.loads(run(*DECLARED, "--json"))
    found = check("LT", "KG", via=["BY", "RU"], on=date(2024, 7, 5), product="854231")
    assert {key: printed[key] for key in plain(found)} == plain(found)


def test_the_terminal_tells_the_road_and_an_answer_for_each_leg(run):
    text = run(*DECLARED)
    assert "Vilnius (LT) to Bishkek (KG) on 2024-07-05" in text
    found = json.loads(run(*DECLARED, "--json"))
    lines = text.splitlines()
    for leg in found["legs"]:
        row = next(line for line in lines if leg["start"] in line and leg["end"] in line)
        assert row.rstrip().endswith(leg["answer"]["verdict"])
    assert "Article 2a(1a)" in text
    assert re.search(r"permitted +\d+", text.replace("\u202f", ""))
    assert "customs union" in text
    assert "~ estimated" in text


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (("Almty", "DE"), 3, "Did you mean Almaty?"),
        (("DE", "KZ", "--on", "July"), 3, "--on"),
        (("DE", "KZ", "--product", "854299"), 3, "854231"),
        (("DE", "RU", "--avoid", "RU"), 2, "to be avoided"),
        (("DE",), 2, "DESTINATION"),
    ],
)
def test_a_mistake_is_answered_with_what_to_do(run, arguments, code, words):
    assert words in run("route", *arguments, code=code)


def test_a_page_is_written_beside_the_answer(run, tmp_path):
    printed = json.loads(run(*DECLARED, "--json", "-o", "road.html"))
    page = (tmp_path / "road.html").read_text(encoding="utf-8")
    assert "Content-Security-Policy" in page
    assert printed["words"] in page.replace("&#39;", "'")


def test_a_road_replays_by_the_id_it_prints_in_every_form(run, tmp_path):
    printed = json.loads(run(*DECLARED, "--json", "-o", "road.html"))
    assert f"replay id {printed['id']}" in run(*DECLARED)
    assert f"Replay id {printed['id']}" in (tmp_path / "road.html").read_text(encoding="utf-8")
    replayed = json.loads(run("replay", printed["id"], "--json"))
    jsonschema.validate(replayed, json.loads(run("schema", "replay")))
    assert (replayed["verb"], replayed["same"], replayed["changes"]) == ("route", True, [])
    # Two spellings of one question are one question.
    again = ("route", "Lithuania", "KGZ", "--via", "Belarus,RUS", *DECLARED[5:])
    assert json.loads(run(*again, "--json"))["id"] == printed["id"]
    other = json.loads(run(*DECLARED[:6], "2024-07-06", *DECLARED[7:], "--json"))
    assert other["id"] != printed["id"]


def test_the_day_of_today_is_part_of_the_question(run):
    printed = json.loads(run("route", "DE", "KZ", "--json"))
    assert printed["parameters"]["on"] == printed["on"]


def test_a_changed_table_of_roads_is_named(run, tmp_path):
    printed = json.loads(run(*DECLARED, "--json"))
    import throughflow

    shutil.copytree(Path(throughflow.__file__).parent, tmp_path / "other" / "throughflow",
                    copy_function=os.symlink)  # fmt: skip
    legs = tmp_path / "other" / "throughflow" / "reference" / "data" / "route_legs.csv"
    lines = legs.read_text(encoding="utf-8").splitlines(keepends=True)
    legs.unlink()
    legs.write_text("".join(lines[:-1]), encoding="utf-8")
    told = run("replay", printed["id"], PYTHONPATH=str(tmp_path / "other"))
    # The leg that is gone is on no road here: its table is named although the bytes are the same.
    assert "the same bytes" in told
    named = [line for line in told.splitlines() if "input" in line]
    assert [line.split(" of ")[0].strip() for line in named] == [
        "input gone: route_legs.csv", "input added: route_legs.csv",
    ]  # fmt: skip
    assert "the reference tables" in named[0]
    assert "code changed" in told


def test_csv_has_a_row_for_each_leg_of_each_road(run):
    rows = list(csv.DictReader(io.StringIO(run(*DECLARED, "--format", "csv"))))
    found = json.loads(run(*DECLARED, "--json"))
    declared = [row for row in rows if row["road"] == "declared"]
    assert sum(int(row["km"]) for row in declared) == found["declared"]["km"]
    assert [row["verdict"] for row in declared] == [
        leg["answer"]["verdict"] for leg in found["legs"]
    ]
    permitted = [row for row in rows if row["road"] == "permitted"]
    assert sum(int(row["km"]) for row in permitted) == found["permitted"]["km"]
    assert {row["verdict"] for row in permitted} == {""}
    none = list(
        csv.DictReader(io.StringIO(run("route", "MT", "DE", "--mode", "rail", "--format", "csv")))
    )
    assert [(row["road"], row["km"]) for row in none] == [("best", ""), ("permitted", "")]


def test_every_place_is_found_again_by_the_name_a_run_keeps():
    from throughflow.reference import route_network
    from throughflow.routes import places

    for node in route_network.nodes().values():
        assert places.find(node.id).id == node.id
        assert places.stop(node.id) == node.id
    for code in route_network.main_places():
        assert places.find(code).territory == code
        assert places.stop(code) == code
