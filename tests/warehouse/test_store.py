"""Opening a warehouse: which folder, and what is said when it is damaged."""

from __future__ import annotations

import json

import pytest

import throughflow as tf
from throughflow.errors import DataError, EngineError, InputError
from throughflow.warehouse import Warehouse, load, open_warehouse, store
from throughflow.warehouse import manifest as manifests

ROW = ("2022-01", "DE", "KZ", "84715000", 1)


@pytest.fixture
def folder(own, tmp_path):
    load([own("a.csv", [ROW, ("2022-02", "DE", "KZ", "84715000", 2)])], tmp_path / "wh")
    return tmp_path / "wh"


def rows_of(warehouse):
    return warehouse.query("throughflow.warehouse", "recorded_periods", tables=asked(warehouse))


def asked(warehouse):
    import pyarrow as pa

    return {"asked_edition": pa.table({"edition": [e.id for e in warehouse.manifest.editions]})}


def test_the_folder_is_the_one_given_then_the_environments_then_the_local_then_the_sample(
    folder, tmp_path, monkeypatch
):
    monkeypatch.delenv(store.ENVIRONMENT, raising=False)
    monkeypatch.chdir(tmp_path)
    assert store.choose_folder(None) == store.sample_folder()
    assert open_warehouse().name == "embedded sample"
    folder.rename(tmp_path / store.DEFAULT_FOLDER)
    assert store.choose_folder(None).name == store.DEFAULT_FOLDER
    open_warehouse(tmp_path / "other", create=True)
    monkeypatch.setenv(store.ENVIRONMENT, str(tmp_path / "other"))
    assert store.choose_folder(None) == tmp_path / "other"
    assert store.choose_folder(tmp_path / store.DEFAULT_FOLDER) == tmp_path / store.DEFAULT_FOLDER
    assert open_warehouse(tmp_path / "other").name == str(tmp_path / "other")


@pytest.mark.parametrize("name", ["nowhere", "a.csv"])
def test_a_folder_without_a_warehouse_is_refused_with_the_command_that_makes_one(
    name, folder, tmp_path
):
    with pytest.raises(InputError, match=f"load FILES --warehouse .*{name}"):
        open_warehouse(tmp_path / name)


def test_an_empty_warehouse_is_made_on_request_and_never_emptied(tmp_path, folder):
    with tf.open(tmp_path / "new", create=True) as warehouse:
        assert warehouse.manifest == manifests.Manifest()
        assert len(rows_of(warehouse)) == 0
    with tf.open(folder, create=True) as warehouse:
        assert len(warehouse.manifest.editions) == 1


def test_a_warehouse_sees_what_it_loads(folder, own):
    with tf.open(folder) as warehouse:
        assert len(rows_of(warehouse)) == 2
        report = warehouse.load(own("b.csv", [("2022-03", "DE", "KZ", "84715000", 3)]))
        assert report.rows == 1
        assert len(rows_of(warehouse)) == 3


def test_the_sample_is_read_only(own):
    with tf.open(store.sample_folder()) as warehouse, pytest.raises(InputError, match="read-only"):
        warehouse.load(own("a.csv", [ROW]))


def test_an_open_warehouse_keeps_the_state_of_its_opening(folder, own):
    with tf.open(folder) as before:
        load([own("b.csv", [("2022-03", "DE", "KZ", "84715000", 3)])], folder)
        assert len(rows_of(before)) == 2
    with tf.open(folder) as after:
        assert len(rows_of(after)) == 3


def test_a_manifest_is_written_as_it_was_read(folder):
    held = manifests.read(folder)
    before = (folder / manifests.NAME).read_bytes()
    manifests.write(folder, held)
    assert (folder / manifests.NAME).read_bytes() == before
    assert not (folder / manifests.DRAFT).exists()


def spoil(path, **changes):
    raw = json.loads(path.read_text())
    path.write_text(json.dumps(raw | changes))


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b"{}",
        b"\xff\xfe",
        b'{"format": 1}',
        b'{"format": 1, "editions": [{}], "objects": [], "overlapping": []}',
        b'{"format": 1, "editions": 5, "objects": [], "overlapping": []}',
    ],
)
def test_a_damaged_manifest_is_an_error_that_names_it(body, folder):
    (folder / manifests.NAME).write_bytes(body)
    with pytest.raises(DataError, match="the manifest") as caught:
        Warehouse(folder)
    assert caught.value.where == str(folder / manifests.NAME)
    assert "Restore the file from a backup" in caught.value.remedy
    assert caught.value.exit_code == 3


def test_a_damaged_date_in_the_manifest_is_an_error(folder):
    raw = json.loads((folder / manifests.NAME).read_text())
    raw["editions"][0]["as_of"] = "yesterday"
    (folder / manifests.NAME).write_text(json.dumps(raw))
    with pytest.raises(DataError, match="damaged"):
        Warehouse(folder)


def test_a_warehouse_of_a_newer_version_is_left_alone(folder, own):
    spoil(folder / manifests.NAME, format=2)
    before = (folder / manifests.NAME).read_bytes()
    for attempt in (lambda: Warehouse(folder), lambda: load([own("b.csv", [ROW])], folder)):
        with pytest.raises(DataError, match="format 2, this version reads 1") as caught:
            attempt()
        assert "Use the version of throughflow that wrote it" in caught.value.remedy
    assert (folder / manifests.NAME).read_bytes() == before


def test_a_missing_object_is_an_error_that_names_it(folder):
    lost = next((folder / "objects").glob("trade_flow-*"))
    lost.unlink()
    with Warehouse(folder) as warehouse, pytest.raises(DataError, match="missing") as caught:
        rows_of(warehouse)
    assert caught.value.where == str(lost)
    assert "backup" in caught.value.remedy


def test_a_truncated_object_is_an_error_that_says_which_table(folder):
    path = next((folder / "objects").glob("trade_flow-*"))
    path.write_bytes(path.read_bytes()[:-100])
    with Warehouse(folder) as warehouse, pytest.raises(DataError, match="table trade_flow is dam"):
        rows_of(warehouse)


def test_a_query_that_fails_keeps_its_text(folder):
    with Warehouse(folder) as warehouse:
        with pytest.raises(EngineError, match="query recorded_periods failed") as caught:
            warehouse.query("throughflow.warehouse", "recorded_periods")
        assert "from trade_flow as f" in caught.value.sql
        assert caught.value.exit_code == 5
        assert len(rows_of(warehouse)) == 2


def test_a_folder_with_quotes_in_its_name_works(own, tmp_path, held):
    folder = tmp_path / "l'entrepôt; drop"
    load([own("a.csv", [ROW])], folder)
    assert len(held(folder)) == 1
