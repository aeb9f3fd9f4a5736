# ruff: noqa: RUF001 - the publisher writes Cyrillic
from __future__ import annotations

from datetime import date
from decimal import ROUND_HALF_EVEN, Decimal

import openpyxl
import pytest

from throughflow.errors import InputError
from throughflow.sources import reasons
from throughflow.sources.base import RawFile
from throughflow.sources.registry import recognise


def table(word="импорта", unit="(тыс. долларов США)", years=(2021, 2022, "2023 1"), rows=()):
    return [
        ["аталышы", f"4.03.00.20: Географическое распределение {word} товаров", "Distribution"],
        ["(миң АКШ доллары)", unit, "(thousand US dollars)"],
        ["", "", "", *years],
        *rows,
    ]


GERMANY = ["Германия", "Германия", "Germany", 1.5, 0, 2]


def test_years_across_names_in_three_languages(book_file, checked, value_of):
    rows = [
        ["Бардыгы", "Всего", "Total", 10, "-", 12],
        ["ЕС", "ЕС", "The EU", 3, 4, 5],
        [None],
        GERMANY,
        ["Бутан", "Бутан", "Butane", "1 376,4", "-", None],
        ["Европа Бирлиги (ЕБ)", "Европейский союз (ЕС)", "European Union (EU)", 7, 8, 9],
        [None],
        ["1 Алдын ала маалыматтар.", "1 Предварительные данные", "1 Рreliminary data"],
    ]
    reading = checked(book_file({"import": table(rows=rows), "Лист1": []}))
    assert reading.origin.dataset == "kg-national-annual"
    assert len(reading.refused) == 0
    assert reading.not_recorded == 3
    assert value_of(reading, partner="DE", period=date(2021, 1, 1)) == Decimal("1500.00")
    assert value_of(reading, partner="DE", period=date(2022, 1, 1)) == Decimal("0.00")
    assert value_of(reading, partner="BT", period=date(2021, 1, 1)) == Decimal("1376400.00")
    assert value_of(reading, partner="EU_NES", period=date(2021, 1, 1)) == Decimal("7000.00")
    assert {(r["period"].year, r["status"]) for r in reading.flows.to_pylist()} == {
        (2021, "final"),
        (2022, "final"),
        (2023, "provisional"),
    }
    row = reading.flows.to_pylist()[0]
    assert (row["reporter"], row["flow"], row["partner_basis"]) == ("KG", "import", "origin")
    assert (row["partner"], row["source_sheet"], row["source_row"]) == ("WORLD", "import", 4)
    [span] = [row for row in reading.coverage.to_pylist() if row["partner"] == "BT"]
    assert (span["first_period"].year, span["last_period"].year) == (2021, 2023)


def test_a_footnote_that_says_something_else_makes_nothing_provisional(book_file, checked):
    reading = checked(book_file({"s": table("экспорта", rows=[GERMANY])}))
    assert set(reading.flows["status"].to_pylist()) == {"final"}
    assert set(reading.flows["flow"].to_pylist()) == {"export"}


def test_labels_that_disagree_are_refused(book_file, checked, refusals):
    rows = [["Германия", "Германия", "France", 1, 2, 3], ["?", "?", "?", "-", "-", "-"], GERMANY]
    reading = checked(book_file({"s": table(rows=rows)}))
    assert refusals(reading) == {reasons.UNKNOWN_COUNTRY: 6}
    assert set(reading.flows["partner"].to_pylist()) == {"DE"}


def test_tables_in_soms_or_of_regions_are_not_read(book_file):
    for content in (table(unit="(тыс. сомов)"), [["a", "Экспорт товаров по регионам"]]):
        with pytest.raises(InputError, match=r"was recognised.*sheets 's'"):
            recognise(book_file({"s": content}))


def test_a_table_without_years_is_refused(book_file, checked):
    with pytest.raises(InputError, match="no row of years"):
        checked(book_file({"s": table(years=("x",), rows=[GERMANY])}))


@pytest.mark.data
@pytest.mark.parametrize(
    ("number", "expected"), [("4.03.00.18", ("export", 2523)), ("4.03.00.20", ("import", 3516))]
)
def test_staged_tables_again_with_openpyxl(staged, checked, value_of, number, expected):
    flow, rows = expected
    folder = staged / "trade" / "national" / "kyrgyzstan_data"
    [path] = folder.glob(f"{number}*")
    reading = checked(RawFile(path))
    assert (len(reading.flows), len(reading.refused)) == (rows, 0)
    cells = list(openpyxl.load_workbook(path).worksheets[0].iter_rows(values_only=True))
    years = next(row for row in cells if 2021 in row)
    for label, code in (("Germany", "DE"), ("Russia", "RU"), ("The EU", "EU"), ("USA", "US")):
        [row] = [row for row in cells if row[2] and row[2].strip() == label]
        for year in (2019, 2021, 2022):
            published = Decimal(repr(row[years.index(year)])) * 1000
            assert value_of(reading, partner=code, period=date(year, 1, 1), flow=flow) == (
                published.quantize(Decimal("0.01"), rounding=ROUND_HALF_EVEN)
            )
    latest = {r["status"] for r in reading.flows.to_pylist() if r["period"].year == 2023}
    assert latest == {"provisional" if flow == "import" else "final"}


@pytest.mark.data
def test_the_other_staged_tables_are_refused_with_their_sheets(staged):
    folder = staged / "trade" / "national" / "kyrgyzstan_data"
    others = [p for p in folder.iterdir() if not p.name.startswith(("4.03.00.18", "4.03.00.20"))]
    assert len(others) == 11
    for path in others:
        with pytest.raises(InputError, match="in this workbook \\(sheets '"):
            recognise(RawFile(path))
