"""The command itself, and its verb `load`."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time

import pytest

import throughflow
from throughflow.cli import main as program_module

HEADER = "period,freq,reporter,partner,flow,product,nomenclature,value,currency\n"
# The promise is 0.3 s; machines that run tests are shared.
HELP_SECONDS = 0.6


@pytest.fixture
def program(tmp_path):
    environment = {key: v for key, v in os.environ.items() if not key.startswith("THROUGHFLOW_")}

    def run(*arguments, **extra):
        return subprocess.run(
            [sys.executable, "-m", "throughflow", *map(str, arguments)],
            capture_output=True,
            text=True,
            cwd=tmp_path,
            env=environment | extra,
            check=False,
        )

    return run


@pytest.fixture
def trade(tmp_path):
    path = tmp_path / "trade.csv"
    path.write_text(
        HEADER
        + "2022-01,M,DE,KZ,export,84715000,CN,100,EUR\n"
        + "2022-02,M,DE,KZ,export,84715000,CN,:,EUR\n"
        + "2022-02,M,DE,KG,export,84715000,CN,-1,EUR\n"
    )
    return path


def test_help_answers_at_once(program):
    times = []
    for _ in range(3):
        started = time.monotonic()
        done = program("--help")
        times.append(time.monotonic() - started)
    assert done.returncode == 0
    print(f"--help: {min(times):.2f} s, best of 3")  # noqa: T201 - shown by -s
    assert min(times) <= HELP_SECONDS
    for verb in program_module.VERBS:
        assert f"  {verb} " in done.stdout
    assert "throughflow dossier KZ -o kz.html" in done.stdout


def test_help_imports_nothing_heavy():
    code = (
        "import sys; from throughflow.cli.main import cli; "
        "cli.main(['--help'], standalone_mode=False); "
        "print(sorted({'duckdb', 'pyarrow', 'numpy', 'scipy', 'rich'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"


def test_every_verb_has_help(program):
    for verb in program_module.VERBS:
        done = program(verb, "--help")
        assert done.returncode == 0, done.stderr
        assert done.stdout.startswith(f"Usage: throughflow {verb}")


def test_the_version(program):
    assert program("--version").stdout == f"throughflow, version {throughflow.__version__}\n"


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["lod", "x"], "no such verb: lod (did you mean load?)"),
        (["dosier"], "did you mean dossier"),
        (["xyzzy"], "one of load, get, hubs"),
        (["load"], "Missing argument"),
        (["load", "--jsn", "x"], "'--json'"),
    ],
)
def test_a_misspelt_command_is_a_usage_error_with_a_hint(arguments, words, program):
    done = program(*arguments)
    assert done.returncode == 2
    assert words in done.stderr
    assert "Traceback" not in done.stderr


def test_load_reports_what_it_did(program, trade):
    done = program("load", trade, "--warehouse", "wh")
    assert done.returncode == 0
    assert done.stdout.splitlines() == [
        "supplied by the user, own-data: 1 file, 1 value",
        "1 value recorded out of 3 cells (1 not recorded) in wh",
        "refused: 1 cell, negative value (trade.csv, row 4: value '-1')",
        "Refused cells are kept in quarantine. Correct the file and load it again.",
    ]
    assert done.stderr == ""
    again = program("load", trade, "--warehouse", "wh")
    assert again.returncode == 0
    assert "held already, nothing changed: 1 file" in again.stdout


def test_load_as_json_has_one_shape_whatever_happened(program, trade, tmp_path):
    (tmp_path / "empty.csv").touch()
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "notes.txt").write_text("notes")
    arguments = ("load", trade, "empty.csv", "folder", "--warehouse", "wh", "--json")
    first, second = program(*arguments), program(*arguments)
    assert (first.returncode, second.returncode) == (3, 3)
    assert first.stderr == ""
    told = json.loads(first.stdout)
    assert told.keys() == json.loads(second.stdout).keys()
    (loaded,) = told["loaded"]
    assert len(loaded.pop("edition")) == 16
    assert loaded == {"file": "trade.csv", "dataset": "own-data", "rows": 1, "cells": 3}
    assert (told["rows"], told["cells"], told["not_recorded"]) == (1, 3, 1)
    assert told["refused"] == {"negative value": 1}
    assert [failed["error"] for failed in told["failed"]] == ["the file is empty"]
    assert told["failed"][0]["remedy"]
    assert [skipped["file"] for skipped in told["skipped"]] == ["folder/notes.txt"]
    assert told["warehouse"] == "wh"
    assert json.loads(second.stdout)["unchanged"] == ["trade.csv"]


def test_what_load_prints_as_json_is_what_its_schema_says(program, trade):
    jsonschema = pytest.importorskip("jsonschema")
    schema = json.loads(program("schema", "load").stdout)
    told = json.loads(program("load", trade, "none.csv", "--warehouse", "wh", "--json").stdout)
    jsonschema.validate(told, schema)


def test_where_load_stores(program, trade, tmp_path):
    assert program("load", trade).returncode == 0
    assert (tmp_path / "throughflow-data" / "manifest.json").is_file()
    assert program("load", trade, THROUGHFLOW_WAREHOUSE="named").returncode == 0
    assert (tmp_path / "named" / "manifest.json").is_file()
    done = program("load", trade, "--warehouse", "given", THROUGHFLOW_WAREHOUSE="named")
    assert "given" in done.stdout
    assert (tmp_path / "given" / "manifest.json").is_file()


def test_files_of_no_known_layout_are_left_alone_in_folders_and_refused_by_name(
    program, trade, tmp_path
):
    (tmp_path / "in").mkdir()
    trade.rename(tmp_path / "in" / "trade.csv")
    notes = tmp_path / "in" / "notes.txt"
    notes.write_text("downloaded on Monday")
    done = program("load", "in")
    assert done.returncode == 0
    assert done.stderr.startswith("left alone: notes.txt: no publisher's layout was recognised")
    done = program("load", notes)
    assert done.returncode == 3
    assert done.stderr.startswith(f"not loaded: {notes}: no publisher's layout was recognised")


def test_the_program_ends_with_the_code_of_what_happened(tmp_path, capsys):
    with pytest.raises(SystemExit) as ended:
        program_module.main(["load", str(tmp_path / "none")])
    assert ended.value.code == 3
    assert "no such file" in capsys.readouterr().err
    with pytest.raises(SystemExit) as ended:
        program_module.main(["--version"])
    assert ended.value.code == 0


def test_a_reader_that_closes_the_pipe_is_no_error(trade, tmp_path):
    done = subprocess.run(
        ["sh", "-c", '"$0" -m throughflow schema load | head -c 10', sys.executable],
        capture_output=True,
        text=True,
        cwd=tmp_path,
        check=False,
    )
    assert "Traceback" not in done.stderr
    assert done.returncode == 0
