"""Editions that came empty or shrunken, and cells that went to quarantine."""

from __future__ import annotations

import pytest

from throughflow.errors import InputError
from throughflow.warehouse import Warehouse, load
from throughflow.warehouse import manifest as manifests

CODES = [f"8471{number:04}" for number in range(10)]


def rows(codes, *, months=("2022-01",), value=1):
    return [(month, "DE", "KZ", code, value) for month in months for code in codes]


def recorded(codes, absent, *, value=2):
    """Rows of the same selection in which some cells say "not recorded"."""
    return [*rows(codes, value=value), *rows(absent, value=":")]


def test_an_edition_that_shrank_is_refused_whole_and_the_previous_one_stays(
    own, tmp_path, held, bytes_of
):
    folder = tmp_path / "wh"
    load([own("full.csv", rows(CODES))], folder)
    before = bytes_of(folder)
    good = own("good.csv", rows(CODES, value=9), dataset="other")
    report = load([own("shrunken.csv", recorded(CODES[:6], CODES[6:])), good], folder)
    ((place, error),) = report.failed
    assert place.endswith("shrunken.csv")
    assert "records 6 values" in error.what
    assert "records 10" in error.what
    assert "stays in use" in error.remedy
    assert error.exit_code == 3
    assert [edition.file for edition in report.editions] == ["good.csv"]
    kept = {key: value for key, value in held(folder).items() if key[0] == "own-data"}
    assert len(kept) == 10
    assert set(kept.values()) == {1}
    assert {name: body for name, body in before.items() if name != "manifest.json"}.items() <= (
        bytes_of(folder).items()
    )


def test_seventy_per_cent_is_still_news(own, tmp_path, held):
    folder = tmp_path / "wh"
    load([own("full.csv", rows(CODES))], folder)
    report = load([own("less.csv", recorded(CODES[:7], CODES[7:]))], folder)
    assert report.failed == []
    assert set(held(folder).values()) == {2}
    assert len(held(folder)) == 7


def test_the_order_of_the_files_in_one_call_does_not_matter(book, tmp_path, held):
    months = [f"2022-{month:02}" for month in range(1, 11)]
    full = book("z_full.xlsx", "20/11/2022", {"Kazakhstan": [1] * 10}, months)
    shrunken = book("a_shrunken.xlsx", "20/12/2022", {"Kazakhstan": [2] * 5 + [":"] * 5}, months)
    for number, order in enumerate(([full, shrunken], [shrunken, full])):
        folder = tmp_path / f"wh{number}"
        report = load(order, folder)
        assert [place.rsplit("/", 1)[1] for place, _ in report.failed] == ["a_shrunken.xlsx"]
        assert list(held(folder).values()) == [1] * 10
        assert [edition.sequence for edition in manifests.read(folder).editions] == [number]


def test_other_months_of_the_same_selection_are_not_a_shrunken_edition(own, tmp_path, held):
    folder = tmp_path / "wh"
    year = [f"2021-{month:02}" for month in range(1, 13)]
    load([own("2021.csv", rows(CODES, months=year))], folder)
    report = load([own("2022.csv", rows(CODES))], folder)
    assert report.failed == []
    assert len(held(folder)) == 130


def test_an_older_edition_loaded_later_replaces_nothing_and_is_not_measured(book, tmp_path, held):
    months = [f"2022-{month:02}" for month in range(1, 11)]
    folder = tmp_path / "wh"
    load([book("new.xlsx", "20/12/2022", {"Kazakhstan": [2] * 10}, months)], folder)
    old = book("old.xlsx", "20/05/2022", {"Kazakhstan": [1, 1, 1, *":" * 7]}, months)
    assert load([old], folder).failed == []
    assert list(held(folder).values()) == [2] * 10


def test_an_edition_without_any_value_is_refused(own, tmp_path, held):
    folder = tmp_path / "wh"
    load([own("full.csv", rows(CODES))], folder)
    report = load([own("empty.csv", rows(CODES, value=":"))], folder)
    ((_, error),) = report.failed
    assert "no value" in error.what
    assert "stays in use" in error.remedy
    assert len(held(folder)) == 10


def test_a_file_of_refused_cells_alone_names_the_first(own, tmp_path):
    report = load([own("bad.csv", rows(CODES, value="many"))], tmp_path / "wh")
    ((_, error),) = report.failed
    assert "not a number" in error.remedy
    assert "bad.csv, row 2" in error.remedy


def test_a_refused_edition_does_not_take_a_number(own, tmp_path):
    folder = tmp_path / "wh"
    load([own("full.csv", rows(CODES))], folder)
    load(
        [own("shrunken.csv", recorded(CODES[:1], CODES[1:])), own("b.csv", rows(CODES, value=3))],
        folder,
    )
    load([own("c.csv", rows(CODES, value=4))], folder)
    numbers = [edition.sequence for edition in manifests.read(folder).editions]
    assert numbers == sorted(set(numbers))


def test_refused_cells_go_to_quarantine_with_reason_and_place(own, tmp_path):
    path = own(
        "mixed.csv",
        [
            ("2022-01", "DE", "KZ", CODES[0], 1),
            ("2022-01", "DE", "Atlantis", CODES[0], 1),
            ("2022-01", "DE", "KZ", CODES[1], -5),
            ("2022-01", "DE", "KZ", CODES[2], "many"),
        ],
    )
    report = load([path], tmp_path / "wh")
    assert report.refused == {"unknown country": 1, "negative value": 1, "not a number": 1}
    assert report.cells == report.rows + report.not_recorded + sum(report.refused.values())
    with Warehouse(tmp_path / "wh") as warehouse:
        found = (
            warehouse._connect()
            .sql("select edition, reason, place, detail, cells from refused order by place")
            .fetchall()
        )
    assert [(reason, place, cells) for _, reason, place, _, cells in found] == [
        ("unknown country", "mixed.csv, row 3", 1),
        ("negative value", "mixed.csv, row 4", 1),
        ("not a number", "mixed.csv, row 5", 1),
    ]
    assert {edition for edition, *_ in found} == {report.editions[0].id}
    assert report.editions[0].refused == 3
    assert "Atlantis" in found[0][3]


def test_paths_that_lead_nowhere_do_not_keep_good_files_out(own, tmp_path, held):
    (tmp_path / "nothing").mkdir()
    report = load(
        [tmp_path / "typo.csv", tmp_path / "nothing", own("a.csv", rows(CODES))], tmp_path / "wh"
    )
    assert [error.what for _, error in report.failed] == [
        "no such file",
        "the folder holds no file to load",
    ]
    assert len(held(tmp_path / "wh")) == 10


def test_a_call_without_any_file_makes_no_warehouse(tmp_path):
    (tmp_path / "nothing").mkdir()
    with pytest.raises(InputError, match="no such file"):
        load([tmp_path / "typo.csv"], tmp_path / "wh")
    with pytest.raises(InputError, match=r"none of the paths.*typo\.csv: no such file"):
        load([tmp_path / "typo.csv", tmp_path / "nothing"], tmp_path / "wh")
    with pytest.raises(InputError, match="no file or folder was named"):
        load([], tmp_path / "wh")
    assert not (tmp_path / "wh").exists()


def test_a_pipe_is_not_waited_for(tmp_path):
    import os

    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(InputError, match="not a file or folder"):
        load([tmp_path / "pipe"], tmp_path / "wh")


def test_a_warehouse_inside_the_folder_is_not_read_as_trade(own, tmp_path):
    own("a.csv", rows(CODES))
    (tmp_path / ".hidden").mkdir()
    (tmp_path / ".hidden" / "x.csv").write_text("not trade")
    (tmp_path / "~$a.xlsx").write_bytes(b"\0owner")
    (tmp_path / "notes.txt").write_text("how this was downloaded")
    first = load([tmp_path], tmp_path / "wh")
    again = load([tmp_path], tmp_path / "wh")
    assert (len(first.editions), first.failed) == (1, [])
    assert [place.rsplit("/", 1)[1] for place, _ in first.skipped] == ["notes.txt"]
    assert (again.editions, again.unchanged) == ([], ["a.csv"])


def test_progress_names_each_file_before_it_is_read(own, tmp_path):
    seen = []
    load(
        [own("a.csv", rows(CODES)), own("b.csv", rows(CODES, value=3))],
        tmp_path / "wh",
        progress=lambda *step: seen.append(step),
    )
    assert seen == [(0, 2, "a.csv"), (1, 2, "b.csv")]
