"""``throughflow stance`` as a user runs it."""

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

EXPORT = """\
undl_id,ms_code,ms_name,ms_vote,date,session,resolution,title,total_yes,total_no,total_abstentions
1,KAZ,KAZAKHSTAN,Y,2021-12-06,76,A/RES/76/1,On lakes,1,1,0
1,RUS,RUSSIAN FEDERATION,N,2021-12-06,76,A/RES/76/1,On lakes,1,1,0
2,KAZ,KAZAKHSTAN,Y,2022-05-09,76,A/RES/76/2,On seas,2,0,0
2,RUS,RUSSIAN FEDERATION,Y,2022-05-09,76,A/RES/76/2,On seas,2,0,0
"""
SAID = [
    {
        "kind": kind, "polarity": polarity, "actors": [{"country": country}],
        "date": {"start": start, "end": end}, "topic": "sanctions",
    }
    for kind, polarity, country, start, end in (
        ("pledge_no_circumvention", -1, "KZ", "2022-04-29", "2022-04-29"),
        ("pledge_no_circumvention", -1, "KZ", "2022-04-05", "2022-04-05"),
        ("neutrality", 0, "KZ", "2022-04-01", "2022-04-03"),
        ("aid", -1, "KZ", "2022-04-20", "2022-05-10"),
        ("open_support", 1, "BY", "2022-04-04", "2022-04-04"),
    )
]  # fmt: skip
MONTH = ("KZ", "--statements", "said.json", "--month", "2022-04")


@pytest.fixture
def run(tmp_path):
    """Run the program in a folder of its own; settings of the machine do not reach it."""
    bare = {k: v for k, v in os.environ.items() if not k.startswith("THROUGHFLOW_")}
    bare |= {"THROUGHFLOW_STATE": str(tmp_path / "state")}
    (tmp_path / "said.json").write_text(json.dumps(SAID), encoding="utf-8")
    (tmp_path / "export.csv").write_text(EXPORT, encoding="utf-8")

    def go(*arguments: str, code: int = 0, verb: str = "stance", **variables: str) -> str:
        done = subprocess.run(
            [sys.executable, "-m", "throughflow", verb, *arguments],
            capture_output=True, text=True, cwd=tmp_path, env=bare | variables, check=False,
        )  # fmt: skip
        assert done.returncode == code, done.stderr
        assert "Traceback" not in done.stderr
        return done.stdout if code == 0 else done.stdout + done.stderr

    return go


def rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


def test_json_is_what_the_schema_says_and_replays(run):
    printed = json.loads(run("Kazakhstan", "--json"))
    schema = json.loads(run("stance", verb="schema"))
    jsonschema.validate(printed, schema)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(printed | {"months": 1}, schema)
    assert [one["month"] for one in printed["months"]][:2] == ["2022-02-01", "2022-03-01"]
    assert not {"score", "index", "rank", "total"} & {*printed, *printed["months"][0]}
    replayed = json.loads(run(printed["id"], "--json", verb="replay"))
    assert (replayed["verb"], replayed["same"], replayed["changes"]) == ("stance", True, [])


def test_components_of_one_month_stand_side_by_side(run):
    (one,) = json.loads(run(*MONTH, "--json"))["months"]
    assert [(line["resolution"], line["vote"]) for line in one["votes"]["in_month"]] == [
        ("A/RES/ES-11/3", "N")
    ]
    assert one["votes"]["agreement"]["rollcalls"] == 3
    assert one["acts"]["by_kind"] == {"neutrality": 1, "pledge_no_circumvention": 2}
    assert [act["kind"] for act in one["acts"]["maybe_in_month"]] == ["aid"]
    assert {tie["group"] for tie in one["ties"] if tie["is_member"]} == {
        "EAEU", "customs-union", "CSTO", "CIS",
    }  # fmt: skip
    assert one["borders_target"] is True
    assert one["diplomacy"] is None
    assert one["diplomacy_reason"]


def test_the_table_shows_every_component_with_its_interval_and_an_id(run):
    told = run(*MONTH)
    line = next(line for line in told.splitlines() if line.strip().startswith("2022-04"))
    assert "ES-11/3 no" in line
    assert re.search(r"0\.67 \(0\.12–0\.97\) +3 ", line)
    assert " 2–1–0 " in line
    assert "EAEU, CSTO, CIS  with it" in line
    assert "neutrality, 2 × pledge" in line
    assert "CSTO since 2003-09-18: Collective Security Treaty" in told
    assert "land border with Russia: yes" in told
    assert "never added up" in told
    assert f"replay id {json.loads(run(*MONTH, '--json'))['id']}" in told


def test_csv_has_a_row_for_each_month_and_says_the_same(run):
    table = rows(run(*MONTH[:-2], "--from", "2022-03", "--to", "2022-05", "--format", "csv"))
    assert [row["month"] for row in table] == ["2022-03", "2022-04", "2022-05"]
    april = table[1]
    assert april["votes"] == "A/RES/ES-11/3:N"
    assert april["acts"] == "neutrality:1|pledge_no_circumvention:2"
    assert (april["against"], april["neutral"], april["in_favour"]) == ("2", "1", "0")
    assert len(april["act_ids"].split("|")) == 3
    assert april["customs_union_with_target"] == "true"
    assert april["coalition"] == "false"
    assert float(april["agreement_low"]) < float(april["agreement"]) < float(
        april["agreement_high"]
    )  # fmt: skip
    assert table[2]["acts"] == ""
    assert table[2]["maybe"]


def test_ends_that_are_not_named_are_filled(run):
    said = ("--statements", "said.json")
    whole = json.loads(run("KZ", *said, "--json"))
    assert whole["window"] == "2022-02:2022-11"
    assert json.loads(run("KZ", *said, "--from", "2022-06", "--json"))["window"] == (
        "2022-06:2022-11"
    )
    assert json.loads(run("KZ", *said, "--to", "2015-01", "--json"))["window"] == "2015-01:2015-01"
    assert json.loads(run("KZ", *said, "--from", "2023-05", "--json"))["window"] == (
        "2023-05:2023-05"
    )


def test_states_outside_the_unions_and_without_a_vote(run):
    poland = rows(run("PL", "--month", "2022-04", "--format", "csv"))[0]
    assert (poland["alliances"], poland["customs_union_with_target"]) == ("", "false")
    assert (poland["coalition"], poland["role"]) == ("true", "coalition")
    hong_kong = rows(run("HK", "--month", "2022-04", "--format", "csv"))[0]
    assert hong_kong["agreement"] == ""
    assert "no vote of HK is held" in hong_kong["votes_reason"]
    assert "cannot tell: no vote of HK is held" in run("HK", "--month", "2022-04")


def test_a_file_of_votes_counts_and_is_named_when_it_changes(run, tmp_path):
    asked = ("KZ", "--votes", "export.csv", "--month", "2022-05", "--json")
    printed = json.loads(run(*asked))
    assert [line["title"] for line in printed["months"][0]["votes"]["in_month"]] == ["On seas"]
    assert json.loads(run(*asked[:1], *asked[3:], THROUGHFLOW_VOTES="export.csv")) == printed
    export = tmp_path / "export.csv"
    export.write_text(EXPORT.replace("2,KAZ,KAZAKHSTAN,Y", "2,KAZ,KAZAKHSTAN,A"), encoding="utf-8")
    told = run(printed["id"], code=1, verb="replay")
    assert f"input gone: {export} of votes" in told
    assert f"input added: {export} of votes" in told
    assert "in_month[0].vote: 'Y' before, 'A' now" in told


def test_a_replay_asks_about_the_same_words_whatever_was_written_since(run, tmp_path):
    printed = json.loads(run(*MONTH, "--json"))
    (tmp_path / "said.json").write_text(json.dumps(SAID[1:]), encoding="utf-8")
    assert json.loads(run(printed["id"], "--json", verb="replay"))["same"] is True
    assert json.loads(run(*MONTH, "--json"))["id"] != printed["id"]


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (("Atlantis",), 3, "unknown country"),
        (("EU27",), 3, "Name a state"),
        (("RU",), 2, "itself"),
        (("KZ", "--target", "Atlantis"), 3, "--target"),
        (("KZ", "--target", "EU27"), 3, "Name a state"),
        (("KZ", "--month", "2999-01"), 3, "it has not begun"),
        (("KZ", "--from", "1980-01"), 3, "Name a month from 1991-12"),
        (("KZ", "--month", "April"), 3, "--month"),
        (("KZ", "--month", "2022-04", "--to", "2022-05"), 2, "Give one or the other"),
        (("KZ", "--from", "2022-05", "--to", "2022-04"), 2, "earlier month first"),
        (("KZ", "--statements", "nowhere.json"), 3, "nowhere.json"),
        (("KZ", "--votes", "nowhere.csv"), 3, "no such file"),
        ((), 2, "HUB"),
    ],
)
def test_a_wrong_question_says_what_to_do(run, arguments, code, words):
    assert words in run(*arguments, code=code)
