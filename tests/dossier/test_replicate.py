"""Published results, reproduced; and what happens when a file behind them is missing."""

from __future__ import annotations

import pytest

import throughflow as tf
from throughflow.dossier import replicate
from throughflow.warehouse import load, open_warehouse


@pytest.fixture(scope="module")
def rows():
    with tf.open() as warehouse:
        return {row.id: row for row in replicate.rows(warehouse)}


@pytest.mark.parametrize(
    ("claim", "ours"),
    [
        ("rui1", -47.46), ("rui2", 47.72), ("rui3", -71.57), ("rui4", 94.59),
        ("mary1", 344.8), ("mary2", 148.9), ("mary3", 88.6), ("mary4", 63.8),
        ("aea1", 2304), ("ghost-pooled", 44.2), ("ghost-kg", 73.3), ("ghost-uz", 35.5),
    ],
)  # fmt: skip
def test_a_published_figure_is_reproduced(rows, claim, ours):
    assert rows[claim].ours == pytest.approx(ours, abs=0.06)
    assert rows[claim].ok


def test_the_split_by_category_is_reproduced(rows):
    assert rows["aea2"].ours == (1067, 667, 570)
    assert rows["aea2"].ok


def test_every_published_figure_has_a_row(rows):
    assert set(rows) == {claim.id for claim in replicate.published()}


def test_what_the_sample_does_not_hold_is_not_guessed(rows):
    row = rows["ghost-pooled-converted"]
    assert row.ours is None
    assert row.ok is None
    assert row.reason


@pytest.mark.data
def test_every_row_of_the_staged_table_is_here(staged, rows):
    import csv

    with (staged / "trade" / "published_reference_numbers.csv").open() as stream:
        for row in csv.DictReader(stream):
            figure = rows[row["id"]].published
            stated = "|".join(map(str, figure)) if isinstance(figure, tuple) else f"{figure:g}"
            assert stated == row["value"]


@pytest.mark.data
@pytest.mark.long
def test_without_one_workbook_two_figures_are_refused(staged, tmp_path):
    books = sorted((staged / "trade" / "eurostat_databrowser").glob("*.xlsx"))
    load(books[:-3] + books[-2:], tmp_path / "short")
    with open_warehouse(tmp_path / "short") as warehouse:
        found = {row.id: row for row in replicate.rows(warehouse)}
    for claim in ("rui3", "rui4"):
        assert found[claim].ours is None
        assert "are loaded" in found[claim].reason
    assert found["rui1"].ours == pytest.approx(-47.46, abs=0.01)


@pytest.mark.data
@pytest.mark.long
def test_a_third_partys_conversion_gives_the_recomputed_figure(staged, tmp_path):
    folder = staged / "trade"
    load(
        [folder / "eurostat_easycomext" / "eu_year_export",
         folder / "national" / "national_data_converted"],
        tmp_path / "converted",
    )  # fmt: skip
    with open_warehouse(tmp_path / "converted") as warehouse:
        found = {row.id: row for row in replicate.rows(warehouse)}
    assert found["ghost-pooled-converted"].ours == pytest.approx(43.5, abs=0.05)
