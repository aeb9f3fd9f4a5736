"""Coverage in blocks: said in two lists, true cell by cell."""

from __future__ import annotations

from datetime import date

import pytest

from throughflow.warehouse.loading import load
from throughflow.warehouse.store import Warehouse

YEAR = date(2022, 1, 1)


@pytest.fixture
def release(tmp_path):
    """Write one year of a release of BACI: rows of exporter, importer, product, value."""

    def write(rows, *, year=2022, month="202501"):
        path = tmp_path / f"BACI_HS17_Y{year}_V{month}.csv"
        lines = ["t,i,j,k,v,q", *(f"{year},{i},{j},{k},{v},1" for i, j, k, v in rows)]
        path.write_text("\n".join(lines) + "\n")
        return path

    return write


FIRST = [
    (704, 51, "851713", 1),
    (704, 51, "010121", 2),
    (51, 643, "851713", 3),
]


def values(folder):
    found = query(
        folder, "select reporter, partner, product, period, value from trade_current order by all"
    )
    cells = {(*row[:3], row[3].year): int(row[4]) // 1000 for row in found}
    assert len(cells) == len(found)
    return cells


def query(folder, sql):
    with Warehouse(folder) as warehouse:
        return warehouse._connect().sql(sql).fetchall()


def test_the_view_writes_every_pair_out_for_every_product(release, tmp_path):
    folder = tmp_path / "warehouse"
    load([release(FIRST)], folder)
    found = query(
        folder,
        "select dataset, freq, reporter, partner, flow, partner_basis, nomenclature, product, "
        "first_period, last_period from coverage order by all",
    )
    assert found == [
        ("baci-hs2017", "A", i, j, "export", "destination", "HS", k, YEAR, YEAR)
        for i, j, k in (
            ("AM", "RU", "010121"),
            ("AM", "RU", "851713"),
            ("VN", "AM", "010121"),
            ("VN", "AM", "851713"),
        )
    ]
    assert query(folder, "select count(*) from coverage_block") == [(4,)]
    assert query(folder, "select count(*) from coverage_range") == [(0,)]


def test_years_of_one_release_do_not_overlap(release, tmp_path):
    folder = tmp_path / "warehouse"
    load([release(FIRST), release(FIRST, year=2021)], folder)
    with Warehouse(folder) as warehouse:
        assert not warehouse.manifest.overlapping
    assert len(values(folder)) == 6
    assert query(folder, "select count(*) from coverage") == [(8,)]


def test_a_new_release_replaces_and_withdraws_what_it_covers(release, tmp_path):
    folder = tmp_path / "warehouse"
    load([release(FIRST)], folder)
    revised = [(704, 51, "851713", 5), (51, 643, "010121", 7), (704, 156, "640110", 9)]
    load([release(revised, month="202601")], folder)
    with Warehouse(folder) as warehouse:
        assert warehouse.manifest.overlapping == ("baci-hs2017",)
    assert values(folder) == {
        ("VN", "AM", "851713", 2022): 5,
        # VN to AM and 010121 are both shown by the new release: the value is withdrawn, as is
        # that of AM to RU in 851713.
        ("AM", "RU", "010121", 2022): 7,
        ("VN", "CN", "640110", 2022): 9,
    }


def test_an_older_release_loaded_later_replaces_nothing(release, tmp_path):
    folder = tmp_path / "warehouse"
    load([release(FIRST)], folder)
    before = values(folder)
    load([release([(i, j, k, 99) for i, j, k, _ in FIRST], month="202401")], folder)
    assert values(folder) == before


def test_what_a_new_release_does_not_cover_stays(release, tmp_path):
    folder = tmp_path / "warehouse"
    load([release(FIRST)], folder)
    load([release([*FIRST[:1], (704, 156, "640110", 9), (704, 156, "640210", 9)],
                  month="202601")], folder)  # fmt: skip
    found = values(folder)
    # The new release shows no row from AM to RU and no 010121: it says nothing about either.
    assert found["AM", "RU", "851713", 2022] == 3
    assert found["VN", "AM", "010121", 2022] == 2
    assert len(found) == 5


def test_ranges_of_one_edition_meet_blocks_of_another(release, tmp_path):
    folder = tmp_path / "warehouse"
    # A negative value makes the pair AM to RU be covered cell by cell.
    load([release([*FIRST, (51, 643, "640110", -1)])], folder)
    assert query(folder, "select count(*) from coverage_range") == [(1,)]
    load([release([(51, 643, "851713", 8), (643, 51, "010121", 1), (51, 643, "640110", 4)],
                  month="202601")], folder)  # fmt: skip
    with Warehouse(folder) as warehouse:
        assert warehouse.manifest.overlapping == ("baci-hs2017",)
    found = values(folder)
    assert found["AM", "RU", "851713", 2022] == 8
    assert found["AM", "RU", "640110", 2022] == 4


def test_a_newer_range_withdraws_from_an_older_block(release, tmp_path):
    folder = tmp_path / "warehouse"
    load([release(FIRST)], folder)
    newer = [
        (51, 643, "851713", 8),
        (51, 643, "640110", -1),
        (704, 156, "640110", 1),
        (704, 156, "640210", 1),
    ]
    load([release(newer, month="202601")], folder)
    assert values(folder)["AM", "RU", "851713", 2022] == 8


def test_a_release_that_shrank_is_refused(release, tmp_path):
    folder = tmp_path / "warehouse"
    many = [(704, 51, f"8501{n:02d}", 1) for n in range(10, 40)]
    load([release(many)], folder)
    report = load([release(many[:10], month="202601")], folder)
    assert not report.editions
    assert "records 10 values" in report.failed[0][1].what
    assert len(values(folder)) == 30


def test_the_same_rows_in_any_order_give_the_same_cells(release, tmp_path):
    stored = []
    for rows in (FIRST, FIRST[::-1]):
        folder = tmp_path / f"warehouse{len(stored)}"
        load([release(rows)], folder)
        stored.append(query(folder, "select * exclude (edition, source_row) from trade_flow"))
    assert stored[0] == stored[1]
    products = [row[9] for row in stored[0]]
    assert products == sorted(products) == ["010121", "851713", "851713"]
