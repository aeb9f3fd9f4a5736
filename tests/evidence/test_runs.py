"""Run records and replay, on a small function over a real warehouse."""

from __future__ import annotations

import gzip
import json
import os
import subprocess
import sys

import pyarrow as pa
import pytest

from throughflow.errors import DataError, InputError
from throughflow.evidence import canonical, runs
from throughflow.warehouse import load, open_warehouse

HEADER = "period,freq,reporter,partner,flow,product,nomenclature,value,currency,dataset\n"
VERB = "test-values-per-period"
# What the module below and a process of its own run alike.
PROGRAM = """
import sys
import pyarrow as pa
from throughflow.evidence import runs
from throughflow.warehouse import open_warehouse

def values_per_period(warehouse, parameters):
    editions = [e.id for e in warehouse.manifest.editions if e.dataset == parameters["dataset"]]
    asked = pa.table({"edition": pa.array(editions, pa.string())})
    rows = warehouse.query(
        "throughflow.warehouse", "recorded_periods", tables={"asked_edition": asked}
    )
    counted = {}
    for row in rows.to_pylist():
        period = row["period"].isoformat()
        counted[period] = counted.get(period, 0) + row["cells"]
    return {"periods": counted, "share": 1 / 3}

def register():
    runs.register("test-values-per-period", values_per_period, lambda _, p: [p["dataset"]])
"""


@pytest.fixture(autouse=True)
def registered(monkeypatch):
    monkeypatch.setattr(runs, "_replayable", dict(runs._replayable))
    namespace: dict[str, object] = {}
    exec(PROGRAM, namespace)  # noqa: S102 - the text above, shared with a process of its own
    namespace["register"]()


@pytest.fixture
def trade(tmp_path):
    def write(name, dataset, *values):
        path = tmp_path / name
        lines = (
            f"2022-{month:02},M,DE,KZ,export,84715000,CN,{value},EUR,{dataset}\n"
            for month, value in enumerate(values, start=1)
        )
        path.write_text(HEADER + "".join(lines))
        return path

    return write


@pytest.fixture
def folder(trade, tmp_path):
    load([trade("a.csv", "one", 1, 2, 3)], tmp_path / "wh")
    return tmp_path / "wh"


def done(folder, **parameters):
    with open_warehouse(folder) as warehouse:
        made = runs.run(warehouse, VERB, {"dataset": "own-one"} | parameters)
        assert runs.record(warehouse, made) is not None
        return made


def replayed(folder, run_id):
    with open_warehouse(folder) as warehouse:
        return runs.replay(warehouse, run_id)


def test_a_run_says_what_was_asked_of_what(folder):
    made = done(folder)
    assert made.verb == VERB
    assert made.parameters == {"dataset": "own-one"}
    assert [(entry.file, entry.dataset) for entry in made.inputs] == [("a.csv", "own-one")]
    assert made.result["periods"] == {"2022-01-01": 1, "2022-02-01": 1, "2022-03-01": 1}
    assert made.result["share"] == 0.333333333333
    assert made.code == runs.code_version()
    assert made.warehouse == str(folder)


def test_the_id_is_the_same_wherever_the_question_is_asked(folder, trade, tmp_path):
    elsewhere = tmp_path / "elsewhere"
    load([trade("renamed.csv", "one", 1, 2, 3), trade("other.csv", "two", 9)], elsewhere)
    here, there = done(folder), done(elsewhere)
    assert here.id == there.id
    assert here.result_digest == there.result_digest
    code = (
        PROGRAM + "register()\n"
        f"made = runs.run(open_warehouse(sys.argv[1]), {VERB!r}, {{'dataset': 'own-one'}})\n"
        "print(made.id, made.result_digest)\n"
    )
    for seed in ("0", "4711"):
        told = subprocess.run(
            [sys.executable, "-c", code, str(folder)],
            capture_output=True,
            text=True,
            check=True,
            env=os.environ | {"PYTHONHASHSEED": seed},
        ).stdout
        assert told.split() == [here.id, here.result_digest]


def test_the_id_changes_with_parameters_inputs_and_code(folder, trade, monkeypatch):
    first = done(folder)
    assert done(folder, extra=1).id != first.id
    load([trade("b.csv", "two", 5)], folder)
    assert done(folder).id == first.id  # another dataset is no input
    load([trade("c.csv", "one", 1, 2, 4)], folder)
    second = done(folder)
    assert second.id != first.id
    monkeypatch.setattr(runs, "code_version", lambda: "9.9+changed")
    assert done(folder).id != second.id


def test_a_replay_gives_the_same_bytes(folder):
    made = done(folder)
    again = replayed(folder, made.id)
    assert again.same
    assert again.changes == ()
    assert again.before == again.after == made
    assert canonical.dumps(again.before) == canonical.dumps(again.after)


def test_a_changed_input_is_named_and_so_is_what_it_changed(folder, trade):
    made = done(folder)
    load([trade("more.csv", "one", 1, 2, 3, 4)], folder)
    again = replayed(folder, made.id)
    assert not again.same
    assert again.changes[0].startswith("input added: more.csv of own-one (sha256 ")
    assert "read by generic-table/" in again.changes[0]
    assert "result.periods.2022-04-01: nothing before, 1 now" in again.changes


def test_an_input_that_is_gone_is_named(folder, trade, tmp_path):
    made = done(folder)
    other = tmp_path / "other"
    load([trade("b.csv", "one", 1, 2)], other)
    (folder / "runs").rename(other / "runs")
    again = replayed(other, made.id)
    assert not again.same
    assert again.changes[0].startswith("input gone: a.csv of own-one")
    assert again.changes[1].startswith("input added: b.csv of own-one")


def test_changed_code_is_named_even_when_the_result_is_the_same(folder, monkeypatch):
    made = done(folder)
    monkeypatch.setattr(runs, "code_version", lambda: "9.9+changed")
    again = replayed(folder, made.id)
    assert again.same
    assert again.changes == (f"code changed: {made.code} before, 9.9+changed now",)


def test_the_version_of_the_code_is_a_digest_of_what_decides():
    version, _, digest = runs.code_version().partition("+")
    assert version
    assert len(digest) == 12


def test_a_record_is_the_same_bytes_every_time(folder):
    made = done(folder)
    path = folder / "runs" / f"{made.id}.json.gz"
    before = path.read_bytes()
    done(folder)
    assert path.read_bytes() == before
    assert [file.name for file in (folder / "runs").iterdir()] == [path.name]


def test_a_replaced_edition_is_no_input(folder, trade, monkeypatch):
    from throughflow.sources import registry
    from throughflow.sources.generic import Generic

    class Repaired(Generic):
        version = "99"

    made = done(folder)
    monkeypatch.setattr(registry, "READERS", (Repaired(),))
    load([trade("a.csv", "one", 1, 2, 3)], folder)
    assert [entry.reader for entry in done(folder).inputs] == ["generic-table/99"]
    changes = replayed(folder, made.id).changes
    assert changes[0].startswith("input gone: a.csv")
    assert changes[1].startswith("input added: a.csv")


def test_a_reference_table_is_an_input_of_its_own(folder, tmp_path, monkeypatch):
    table = tmp_path / "few.csv"
    table.write_text("code\nKZ\n", encoding="utf-8")
    monkeypatch.setattr(runs, "DATA", tmp_path)
    runs.register("test-table", lambda _w, _p: {"rows": 1}, tables=["few.csv"])

    def made():
        with open_warehouse(folder) as warehouse:
            told = runs.run(warehouse, "test-table", {})
            runs.record(warehouse, told)
            return told

    first = made()
    assert [(entry.file, entry.dataset) for entry in first.inputs] == [("few.csv", runs.TABLE)]
    table.write_text("code\nKG\n", encoding="utf-8")
    assert made().id != first.id
    again = replayed(folder, first.id)
    assert again.same
    assert [change.partition(" (")[0] for change in again.changes] == [
        "input gone: few.csv of the reference tables",
        "input added: few.csv of the reference tables",
    ]
    assert not any("read by" in change for change in again.changes)


def test_a_result_comes_as_itself_and_as_a_run(folder):
    with open_warehouse(folder) as warehouse:
        runs.register("test-both", lambda _w, p: {"twice": 2 * p["n"]})
        found, made = runs.both(
            warehouse, "test-both", {"n": 2}, lambda _w, p: {"twice": 2 * p["n"]}
        )
        assert found == made.result == {"twice": 4}
        assert made == runs.run(warehouse, "test-both", {"n": 2})


@pytest.mark.parametrize(
    "run_id", ["", "zz", "0123456789ABCDEF", "0" * 16 + "\n", "../../x", "0" * 17]
)
def test_a_malformed_id_is_refused(run_id, folder):
    with pytest.raises(InputError, match="is not a replay id"):
        replayed(folder, run_id)


def test_an_unknown_id_names_the_near_ones(folder):
    with pytest.raises(InputError, match="No run is kept for this warehouse"):
        replayed(folder, "0" * 16)
    made = done(folder)
    near = ("0" if made.id[0] != "0" else "1") + made.id[1:]
    with pytest.raises(InputError, match=f"Did you mean {made.id}"):
        replayed(folder, near)


def damage(path, how):
    raw = json.loads(gzip.decompress(path.read_bytes()))
    if how == "truncated":
        path.write_bytes(path.read_bytes()[:-20])
    elif how == "flipped":
        body = bytearray(path.read_bytes())
        body[len(body) // 2] ^= 0xFF
        path.write_bytes(bytes(body))
    elif how == "not gzip":
        path.write_bytes(b"{}")
    elif how == "not json":
        path.write_bytes(gzip.compress(b"{"))
    elif how == "a list":
        path.write_bytes(gzip.compress(b"[]"))
    else:
        raw = {
            "a field less": {key: raw[key] for key in raw if key != "code"},
            "a field more": raw | {"more": 1},
            "another result": raw | {"result": {"periods": {}, "share": 0.5}},
            "another id": raw | {"id": "0" * 16},
        }[how]
        path.write_bytes(gzip.compress(json.dumps(raw).encode()))


@pytest.mark.parametrize(
    "how",
    [
        "truncated",
        "flipped",
        "not gzip",
        "not json",
        "a list",
        "a field less",
        "a field more",
        "another result",
        "another id",
    ],
)
def test_a_damaged_record_is_an_error_that_names_the_file(how, folder):
    made = done(folder)
    path = folder / "runs" / f"{made.id}.json.gz"
    damage(path, how)
    with pytest.raises(DataError, match="record of this run is damaged") as caught:
        replayed(folder, made.id)
    assert caught.value.where == str(path)
    assert caught.value.remedy


def test_a_verb_that_is_not_replayable_is_refused(folder):
    with open_warehouse(folder) as warehouse, pytest.raises(InputError, match=VERB):
        runs.run(warehouse, "test-values-per-perid", {})


def test_a_function_may_be_given_for_the_same_verb(folder):
    with open_warehouse(folder) as warehouse:
        kept = []

        def remember(_, parameters):
            kept.append(parameters)
            return {"x": pa.scalar(1).as_py()}

        made = runs.run(warehouse, VERB, {"dataset": "own-one"}, function=remember)
    assert made.result == {"x": 1}
    assert kept == [{"dataset": "own-one"}]


def test_runs_on_the_sample_go_to_the_state_folder(tmp_path, monkeypatch):
    monkeypatch.delenv("THROUGHFLOW_WAREHOUSE", raising=False)
    monkeypatch.chdir(tmp_path)
    with open_warehouse() as sample:
        monkeypatch.setenv(runs.STATE, str(tmp_path / "state"))
        assert runs.folder_of(sample) == tmp_path / "state" / "runs"
        monkeypatch.delenv(runs.STATE)
        monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "xdg"))
        assert runs.folder_of(sample) == tmp_path / "xdg" / "throughflow" / "runs"
        monkeypatch.delenv("XDG_STATE_HOME")
        monkeypatch.setenv("HOME", str(tmp_path / "home"))
        expected = tmp_path / "home" / ".local" / "state" / "throughflow" / "runs"
        assert runs.folder_of(sample) == expected


def test_a_record_that_cannot_be_kept_does_not_lose_the_result(folder):
    (folder / "runs").write_text("a file where the folder should be")
    with open_warehouse(folder) as warehouse:
        made = runs.run(warehouse, VERB, {"dataset": "own-one"})
        assert runs.record(warehouse, made) is None
    assert made.result["periods"]


def test_a_record_that_cannot_be_swapped_in_leaves_nothing_behind(folder):
    with open_warehouse(folder) as warehouse:
        made = runs.run(warehouse, VERB, {"dataset": "own-one"})
        (folder / "runs" / f"{made.id}.json.gz").mkdir(parents=True)
        assert runs.record(warehouse, made) is None
    assert [path.name for path in (folder / "runs").iterdir()] == [f"{made.id}.json.gz"]
