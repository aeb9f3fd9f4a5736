"""``throughflow votes`` as a user runs it."""

from __future__ import annotations

import csv
import io
import json
import os
import re
import subprocess
import sys

import jsonschema
import pytest

from throughflow.evidence import canonical
from throughflow.statements import vote_table, votes

EXPORT = """\
undl_id,ms_code,ms_name,ms_vote,date,session,resolution,title,total_yes,total_no,total_abstentions
1,KAZ,KAZAKHSTAN,Y,2021-12-06,76,A/RES/76/1,[red]On lakes[/red],1,1,0
1,RUS,RUSSIAN FEDERATION,N,2021-12-06,76,A/RES/76/1,[red]On lakes[/red],1,1,0
2,KAZ,KAZAKHSTAN,A,2022-04-07,ES-11,A/RES/ES-11/3,On a council,0,1,1
2,RUS,RUSSIAN FEDERATION,N,2022-04-07,ES-11,A/RES/ES-11/3,On a council,0,1,1
"""


@pytest.fixture
def run(tmp_path):
    """Run the program in an empty folder; settings of the machine do not reach it."""
    bare = {k: v for k, v in os.environ.items() if not k.startswith("THROUGHFLOW_")}
    bare |= {"THROUGHFLOW_STATE": str(tmp_path / "state")}

    def go(*arguments: str, code: int = 0, verb: str = "votes", **variables: str) -> str:
        done = subprocess.run(
            [sys.executable, "-m", "throughflow", verb, *arguments],
            capture_output=True, text=True, cwd=tmp_path, env=bare | variables, check=False,
        )  # fmt: skip
        assert done.returncode == code, done.stderr
        assert "Traceback" not in done.stderr
        return done.stdout if code == 0 else done.stderr

    return go


@pytest.fixture
def export(tmp_path):
    path = tmp_path / "export.csv"
    path.write_text(EXPORT, encoding="utf-8")
    return path


def rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


def test_the_table_shows_votes_basis_totals_and_limits(run):
    told = run("KZ")
    line = next(line for line in told.splitlines() if line.startswith("A/RES/ES-11/3"))
    assert line.split()[1] == "2022-04-07"
    assert "93–24–58" in line
    assert line.count(" no ") == 2
    assert "seen: tass.com" in line
    assert "5 roll calls tell little" in told
    assert "21 abstained missing" in told
    assert "80 of 193" in told
    assert re.search(r"since 2022-02-24 +4 +4 +1 +3 +0 +0\.62 +0\.18–0\.93", told)


def test_unverified_rows_are_marked_in_every_form(run):
    assert "abstained (unverified)" in run("nigeria")
    assert "A*" in next(line for line in run("all").splitlines() if line.startswith("Nigeria"))
    printed = json.loads(run("NGA", "--json"))
    unsure = [line for line in printed["votes"] if not line["is_verified"]]
    assert [line["basis"] for line in unsure] == ["recall"]
    table = rows(run("NG", "--format", "csv"))
    assert [row["is_verified"] for row in table if row["resolution"] == "A/RES/ES-11/3"] == [
        "false",
    ]  # fmt: skip
    assert next(row for row in table if row["basis"] == "recall")["basis_words"]


def test_json_is_what_the_schema_and_the_python_side_say(run):
    schema = json.loads(
        subprocess.run(
            [sys.executable, "-m", "throughflow", "schema", "votes"],
            capture_output=True, text=True, check=True,
        ).stdout
    )  # fmt: skip
    for arguments in (("KZ",), ("all",), ("KZ", "--target", "IR")):
        jsonschema.validate(json.loads(run(*arguments, "--json")), schema)
    printed = json.loads(run("kazakhstan", "--json"))
    found = canonical.plain(votes.of_state(vote_table.hold(), "KZ"))
    assert {key: printed[key] for key in found} == found
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(printed | {"votes": 1}, schema)


def test_all_members_as_csv(run):
    table = rows(run("all", "--format", "csv"))
    assert len(table) == 5 * 192
    no = [row for row in table if row["resolution"] == "A/RES/ES-11/3" and row["vote"] == "N"]
    assert len(no) == 23  # 24 with the target, which is not compared with itself
    assert "KZ" in {row["country"] for row in no}


def test_a_file_comes_first_by_option_or_variable(run, export):
    printed = json.loads(run("KZ", "--votes", str(export), "--json"))
    assert json.loads(run("KZ", "--json", THROUGHFLOW_VOTES=str(export))) == printed
    by_symbol = {line["resolution"]: line for line in printed["votes"]}
    assert by_symbol["A/RES/ES-11/3"]["vote"] == "A"
    assert by_symbol["A/RES/ES-11/3"]["basis"] == "official"
    assert by_symbol["A/RES/ES-11/1"]["source"] == "shipped table"
    assert by_symbol["A/RES/76/1"]["vote"] == "Y"
    assert printed["sources"][0]["fills"] == ["A/RES/ES-11/3"]
    assert len(printed["sources"][0]["digest"]) == 64
    assert "KZ" in {one["country"] for one in printed["differences"]}
    told = run("KZ", "--votes", str(export))
    assert "[red]On lakes[/red]" in told
    assert "export.csv (UN Digital Library): 2 roll calls, 2021-12-06 to 2022-04-07" in told
    assert "193 shipped rows held against the file" in told


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (("Atlantis",), 3, "unknown country"),
        (("EU27",), 3, "Name a state, or all"),
        (("RU",), 2, "itself"),
        (("HK",), 3, "has no vote"),
        (("KZ", "--target", "Atlantis"), 3, "--target"),
        (("KZ", "--votes", "nowhere.csv"), 3, "no such file"),
        ((), 2, "COUNTRY"),
    ],
)
def test_a_wrong_question_says_what_to_do(run, arguments, code, words):
    assert words in run(*arguments, code=code)


def test_a_broken_file_is_refused_by_row(run, export):
    export.write_text(EXPORT.replace(",A,2022", ",perhaps,2022"), encoding="utf-8")
    told = run("KZ", "--votes", str(export), code=3)
    assert "row 4" in told
    assert "'perhaps' is not a vote" in told


def test_votes_replay_by_the_id_they_print(run):
    for asked in ("KZ", "all"):
        printed = json.loads(run(asked, "--json"))
        assert f"replay id {printed['id']}" in run(asked)
        replayed = json.loads(run(printed["id"], "--json", verb="replay"))
        assert (replayed["verb"], replayed["same"], replayed["changes"]) == ("votes", True, [])
    assert json.loads(run("kazakhstan", "--json"))["id"] == json.loads(run("KAZ", "--json"))["id"]


def test_a_changed_file_of_votes_is_named_by_replay(run, export, tmp_path):
    printed = json.loads(run("KZ", "--votes", "export.csv", "--json"))
    assert printed["parameters"]["votes"] == str(export)
    assert json.loads(run(printed["id"], "--json", verb="replay"))["same"] is True
    export.write_text(EXPORT.replace("KAZAKHSTAN,A,", "KAZAKHSTAN,Y,"), encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "throughflow", "replay", printed["id"]],
        capture_output=True, text=True, check=False,
        env=os.environ | {"THROUGHFLOW_STATE": str(tmp_path / "state")},
    )  # fmt: skip
    assert done.returncode == 1
    named = [line for line in done.stdout.splitlines() if "input" in line]
    assert [line.split(" of ")[0].strip() for line in named] == [
        f"input gone: {export}", f"input added: {export}",
    ]  # fmt: skip
    assert "result.periods[1].half: 4 before, 3 now" in done.stdout
