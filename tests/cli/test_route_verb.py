"""``throughflow route`` as a user runs it."""

from __future__ import annotations

import json
import re
import subprocess
import sys

import jsonschema
import pytest


@pytest.fixture
def run(tmp_path):
    def go(*arguments: str, code: int = 0) -> str:
        done = subprocess.run(
            [sys.executable, "-m", "throughflow", *arguments],
            capture_output=True, text=True, cwd=tmp_path, check=False,
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
    assert printed == {"verb": "route", **plain(found)}


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
