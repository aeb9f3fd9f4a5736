# ruff: noqa: RUF001 - the publisher writes Cyrillic
from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from throughflow.errors import InputError
from throughflow.sources import reasons
from throughflow.sources.base import RawFile

TITLE = "Основные показатели внешней торговли Республики Казахстан"
UNIT = ["", "", "", "", "тыс. долларов США"]
SHARE = "удельный вес страны, %"


def sheet(year, *rows, unit=UNIT, case=str):
    return [
        [TITLE],
        [year],
        unit,
        ["Наименование страны", "Товарооборот", "", case("Экспорт"), "", case("Импорт"), ""],
        ["", "Всего", SHARE, "Всего", SHARE, "Всего", SHARE],
        *rows,
    ]


GERMANY = ["Германия", 3.5, 1, 1.00052, 1, 2.5, 1]


def test_one_sheet_per_year_in_thousands_of_dollars(book_file, checked, value_of):
    reading = checked(
        book_file(
            {
                "12_2021": sheet(
                    "за январь-декабрь 2021 года",
                    ["Всего\nв том числе", 10, 100, 4, 100, 6, 100],
                    ["Страны ЕАЭС", 5, 50, 2, 50, 3, 50],
                    GERMANY,
                    ["Чад", 1, 0, None, None, 0, 0],
                ),
                "2020": sheet("за  2020 год", GERMANY, case=str.lower),
            }
        )
    )
    assert reading.origin.dataset == "kz-national-annual"
    assert reading.origin.as_of == date(2021, 12, 31)
    assert "2020 and 2021" in reading.origin.title
    assert len(reading.flows) == 9
    find = {"partner": "DE", "period": date(2021, 1, 1)}
    assert value_of(reading, flow="export", **find) == Decimal("1000.52")
    assert value_of(reading, flow="import", **find) == Decimal("2500.00")
    assert value_of(reading, flow="export", partner="WORLD") == Decimal("4000.00")
    assert value_of(reading, flow="import", partner="EAEU") == Decimal("3000.00")
    assert value_of(reading, flow="import", partner="TD") == Decimal("0.00")
    assert reading.not_recorded == 1
    row = next(row for row in reading.flows.to_pylist() if row["partner"] == "DE")
    assert (row["reporter"], row["freq"], row["currency"]) == ("KZ", "A", "USD")
    assert (row["source_sheet"], row["source_row"]) == ("12_2021", 8)
    assert {(r["flow"], r["partner_basis"], r["valuation"]) for r in reading.flows.to_pylist()} == {
        ("export", "destination", "FOB"),
        ("import", "origin", "CIF"),
    }


def test_the_cover_gives_the_day_of_publication(book_file, checked):
    reading = checked(
        book_file(
            {
                "Обложка": [["Дата опубликования: 25.07.2024"], [TITLE], ["2023 год"]],
                "2023": sheet("2023 год", GERMANY),
            }
        )
    )
    assert reading.origin.as_of == date(2024, 7, 25)
    assert "stands in" not in reading.origin.note


def test_what_cannot_be_read_is_refused_by_name(book_file, checked, refusals):
    reading = checked(
        book_file(
            {
                "2023": sheet(
                    "2023 год",
                    ["Атлантида", 1, 1, 1, 1, None, None],
                    ["Чад", 1, 1, "мало", 1, -2, 1],
                    ["Австрия", 1, 1, "1 376,4", 1, 5, 1],
                    ["Австрия", 1, 1, "1 376,4", 1, 6, 1],
                    ["* предварительные данные"],
                ),
                "2022": sheet("за январь-сентябрь 2022 года", GERMANY),
                "2021": sheet("2021 год", GERMANY, unit=["тонн"]),
                "other": [["text"]],
            }
        )
    )
    assert refusals(reading) == {
        reasons.UNKNOWN_COUNTRY: 2,
        reasons.NOT_A_NUMBER: 1,
        reasons.NEGATIVE: 1,
        reasons.DUPLICATE: 1,
        reasons.CONFLICT: 2,
        reasons.NOT_A_PERIOD: 1,
        reasons.WRONG_SHEET: 1,
    }
    [row] = reading.flows.to_pylist()
    assert (row["partner"], row["value"]) == ("AT", Decimal("1376400.00"))
    places = " ".join(reading.refused["place"].to_pylist())
    assert "sheet 2023, row 7, export" in places


def test_a_workbook_without_a_whole_year_is_refused(book_file, checked):
    with pytest.raises(InputError, match="whole year"):
        checked(book_file({"2022": sheet("за январь-март 2022 года", GERMANY)}))


@pytest.mark.data
def test_staged_workbooks(staged, checked, value_of):
    folder = staged / "trade" / "national" / "kazakhstan_data"
    readings = {}
    for path in sorted(folder.glob("*.xls")):
        reading = checked(RawFile(path))
        assert len(reading.refused) == 0
        readings[max(day.year for day in reading.flows["period"].to_pylist())] = reading
    assert {year: len(reading.flows) for year, reading in readings.items()} == {
        2019: 668,
        2020: 654,
        2021: 642,
        2022: 686,
        2023: 717,
    }
    # Read by hand from the workbooks with xlrd.
    for year, flow, partner, value in (
        (2022, "import", "DE", "2232665133.44"),
        (2023, "export", "RU", "10207415705.34"),
        (2018, "import", "RU", "13237470900.00"),
        (2019, "export", "WORLD", "58065588700.00"),
    ):
        reading = readings[max(year, 2019)]
        where = {"flow": flow, "partner": partner, "period": date(year, 1, 1)}
        assert value_of(reading, **where) == Decimal(value)
    assert readings[2023].origin.as_of == date(2024, 7, 25)
    assert readings[2019].origin.as_of < readings[2020].origin.as_of
