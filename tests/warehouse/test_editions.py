"""Editions: what is loaded twice, what replaces what, and what never mixes."""

from __future__ import annotations

import time

import pytest

from throughflow.sources import registry
from throughflow.sources.generic import Generic
from throughflow.warehouse import Warehouse, load
from throughflow.warehouse import manifest as manifests

A, B = "84715000", "85423111"
JANUARY = [("2022-01", "DE", "KZ", A, 100), ("2022-01", "DE", "KZ", B, 50)]


class RepairedReader(Generic):
    """The generic reader as a later version that no longer believes the second product."""

    version = "99"

    def read(self, file):
        reading = super().read(file)
        keep = [product == A for product in reading.flows.column("product").to_pylist()]
        covered = [product == A for product in reading.coverage.column("product").to_pylist()]
        return type(reading)(
            origin=reading.origin,
            flows=reading.flows.filter(keep),
            coverage=reading.coverage.filter(covered),
            labels=reading.labels,
            refused=reading.refused,
            cells=reading.cells,
            not_recorded=reading.not_recorded,
        )


def test_the_id_of_an_edition_depends_on_content_alone(own, tmp_path):
    first = load([own("a.csv", JANUARY)], tmp_path / "one").editions[0]
    again = load([own("renamed.csv", JANUARY)], tmp_path / "two").editions[0]
    assert first.id == again.id
    assert len(first.id) == 16
    other = load([own("a.csv", [*JANUARY[:1], ("2022-01", "DE", "KZ", B, 51)])], tmp_path / "three")
    assert other.editions[0].id != first.id
    assert other.editions[0].selection == first.selection
    assert first.file == "a.csv"
    assert first.rows == 2


def test_the_same_bytes_twice_change_nothing(own, tmp_path, bytes_of, strays):
    folder = tmp_path / "wh"
    path = own("a.csv", JANUARY)
    load([path], folder)
    before = bytes_of(folder)
    report = load([path, own("copy.csv", JANUARY)], folder)
    assert report.unchanged == ["a.csv", "copy.csv"]
    assert (report.rows, report.cells, report.editions, report.failed) == (0, 0, [], [])
    assert bytes_of(folder) == before
    assert strays(folder) == []


def test_the_same_bytes_twice_are_not_even_read(tmp_path):
    path = tmp_path / "large.csv"
    rows = (
        f"2022-{m:02},M,DE,KZ,export,{c},CN,{c}.5,EUR"
        for m in range(1, 13)
        for c in range(10_000_000, 10_010_000)
    )
    path.write_text(
        "period,freq,reporter,partner,flow,product,nomenclature,value,currency\n" + "\n".join(rows)
    )
    started = time.process_time()
    load([path], tmp_path / "wh")
    first = time.process_time() - started
    started = time.process_time()
    assert load([path], tmp_path / "wh").unchanged == ["large.csv"]
    assert time.process_time() - started < first / 4


def test_one_call_with_the_same_bytes_under_two_names_stores_them_once(own, tmp_path, held):
    folder = tmp_path / "wh"
    report = load([own("a.csv", JANUARY), own("b.csv", JANUARY)], folder)
    assert len(report.editions) == 1
    assert report.unchanged == ["b.csv"]
    assert len(held(folder, "trade_flow")) == 2


def test_a_repaired_reader_makes_a_new_edition_that_replaces_the_old(
    own, tmp_path, held, monkeypatch
):
    folder = tmp_path / "wh"
    path = own("a.csv", JANUARY)
    load([path], folder)
    monkeypatch.setattr(registry, "READERS", (RepairedReader(),))
    report = load([path], folder)
    assert [edition.reader for edition in report.editions] == ["generic-table/99"]
    assert len({edition.id for edition in manifests.read(folder).editions}) == 2
    # What the repaired reader dropped is gone, although its coverage says nothing about it.
    assert held(folder) == {("own-data", "2022-01", "DE", "KZ", A): 100}
    assert load([path], folder).unchanged == ["a.csv"]
    monkeypatch.undo()
    assert load([path], folder).unchanged == ["a.csv"]


def test_a_newer_edition_wins_cell_by_cell_and_withdraws_what_it_no_longer_records(
    own, tmp_path, held
):
    folder = tmp_path / "wh"
    others = [("2022-01", "DE", "KZ", f"8471800{n}", n) for n in range(1, 5)]
    load([own("a.csv", [*JANUARY, *others, ("2021-12", "DE", "KZ", A, 7)])], folder)
    assert manifests.read(folder).overlapping == ()
    newer = [("2022-01", "DE", "KZ", A, 110), ("2022-02", "DE", "KZ", B, 5)]
    assert load([own("b.csv", [*newer, *others])], folder).failed == []
    assert manifests.read(folder).overlapping == ("own-data",)
    found = {key: value for key, value in held(folder).items() if key[4] in {A, B}}
    assert found == {
        ("own-data", "2021-12", "DE", "KZ", A): 7,  # not covered by the second file
        ("own-data", "2022-01", "DE", "KZ", A): 110,
        ("own-data", "2022-02", "DE", "KZ", B): 5,
        # B of January was 50; the second file covers it and records nothing.
    }


def test_the_day_of_extraction_decides_whatever_the_order_of_loading(book, tmp_path, held):
    months = ["2022-01", "2022-02"]
    old = book("old.xlsx", "20/03/2022", {"Kazakhstan": [10, 20]}, months)
    new = book("new.xlsx", "20/04/2022", {"Kazakhstan": [11, 0]}, months)
    expected = {
        ("ds-045409", "2022-01", "DE", "KZ", A): 11,
        ("ds-045409", "2022-02", "DE", "KZ", A): 0,
    }
    for number, order in enumerate(([old, new], [new, old])):
        for path in order:
            load([path], tmp_path / f"wh{number}")
        assert held(tmp_path / f"wh{number}") == expected
        load(order, tmp_path / f"together{number}")
        assert held(tmp_path / f"together{number}") == expected


def test_a_value_turned_into_not_recorded_is_withdrawn(book, tmp_path, held):
    months = ["2022-01", "2022-02", "2022-03", "2022-04"]
    folder = tmp_path / "wh"
    load([book("old.xlsx", "20/05/2022", {"Kazakhstan": [1, 2, 3, 4]}, months)], folder)
    load([book("new.xlsx", "20/06/2022", {"Kazakhstan": [1, ":", 3, 4]}, months)], folder)
    assert sorted(held(folder).values()) == [1, 3, 4]


def test_a_refused_cell_of_a_newer_edition_withdraws_nothing(book, tmp_path, held):
    months = ["2022-01", "2022-02", "2022-03", "2022-04"]
    folder = tmp_path / "wh"
    load([book("old.xlsx", "20/05/2022", {"Kazakhstan": [1, 2, 3, 4]}, months)], folder)
    load([book("new.xlsx", "20/06/2022", {"Kazakhstan": [1, "n/a", 3, 5]}, months)], folder)
    assert sorted(held(folder).values()) == [1, 2, 3, 5]


def test_datasets_never_replace_each_other(own, tmp_path, held):
    folder = tmp_path / "wh"
    load(
        [
            own("a.csv", JANUARY, dataset="one"),
            own("b.csv", [("2022-01", "DE", "KZ", A, 999)], dataset="two"),
        ],
        folder,
    )
    assert manifests.read(folder).overlapping == ()
    assert held(folder) == {
        ("own-one", "2022-01", "DE", "KZ", A): 100,
        ("own-one", "2022-01", "DE", "KZ", B): 50,
        ("own-two", "2022-01", "DE", "KZ", A): 999,
    }


def test_one_code_in_two_nomenclatures_is_two_goods(own, tmp_path):
    folder = tmp_path / "wh"
    load([own("a.csv", [("2022-01", "DE", "KZ", "847150", 1)], nomenclature="CN")], folder)
    load([own("b.csv", [("2022-01", "DE", "KZ", "847150", 2)], nomenclature="HS")], folder)
    assert manifests.read(folder).overlapping == ()
    with Warehouse(folder) as warehouse:
        values = warehouse._connect().sql("select value from trade_current").fetchall()
    assert sorted(int(value) for (value,) in values) == [1, 2]


def test_product_levels_stay_apart(own, tmp_path, held):
    folder = tmp_path / "wh"
    load([own("a.csv", [*JANUARY, ("2022-01", "DE", "KZ", "8471", 170)])], folder)
    load([own("b.csv", [("2022-01", "DE", "KZ", "8471", 171)])], folder)
    assert held(folder) == {
        ("own-data", "2022-01", "DE", "KZ", A): 100,
        ("own-data", "2022-01", "DE", "KZ", B): 50,
        ("own-data", "2022-01", "DE", "KZ", "8471"): 171,
    }


def test_coverage_is_kept_as_ranges(book, tmp_path):
    folder = tmp_path / "wh"
    months = ["2022-01", "2022-02", "2022-03", "2022-05"]
    values = {"Kazakhstan": [1, ":", 3, 4], "Georgia": [":", ":", ":", ":"]}
    load([book("a.xlsx", "20/06/2022", values, months)], folder)
    with Warehouse(folder) as warehouse:
        found = (
            warehouse._connect()
            .sql(
                "select partner, strftime(first_period, '%Y-%m'), strftime(last_period, '%Y-%m') "
                "from coverage order by all"
            )
            .fetchall()
        )
    assert found == [
        ("GE", "2022-01", "2022-03"),
        ("GE", "2022-05", "2022-05"),
        ("KZ", "2022-01", "2022-03"),
        ("KZ", "2022-05", "2022-05"),
    ]


def test_objects_are_named_by_their_content(own, tmp_path):
    rows = [("2022-01", "DE", "KZ", A, 1), ("2022-02", "DE", "KZ", A, 2)]
    for name in ("one", "two"):
        load([own("a.csv", rows)], tmp_path / name)
    one, two = (
        sorted(path.name for path in (tmp_path / name / "objects").iterdir())
        for name in ("one", "two")
    )
    assert one == two
    load([own("a.csv", rows[:1])], tmp_path / "three")
    three = {path.name for path in (tmp_path / "three" / "objects").iterdir()}
    assert not three & set(one)


def test_money_keeps_its_cents(own, tmp_path):
    rows = [("2022-01", "DE", "KZ", A, "9007199254740993.01"), ("2022-02", "DE", "KZ", A, "0.1")]
    load([own("a.csv", rows)], tmp_path / "wh")
    with Warehouse(tmp_path / "wh") as warehouse:
        total = warehouse._connect().sql("select sum(value) from trade_current").fetchall()
    assert str(total[0][0]) == "9007199254740993.11"


@pytest.mark.parametrize("table", ["trade_flow", "coverage", "product_label", "refused"])
def test_every_canonical_table_is_there_even_when_nothing_is(table, tmp_path):
    with Warehouse(tmp_path) as warehouse:
        assert warehouse._connect().sql(f"select count(*) from {table}").fetchall() == [(0,)]
