from __future__ import annotations

import csv
from datetime import date
from decimal import Decimal

import pytest

from throughflow.sources import reasons
from throughflow.sources.base import RawFile

HEADER = "country,export,import_consigment,import_origin,timeperiod,year"


def table(*rows):
    return "\r\n\r\n".join([HEADER, *rows, ""])


def test_months_years_and_both_bases(text_file, checked, value_of):
    reading = checked(
        text_file(table("Germany,1.5,2.5,-,5,2022", "Germany,10.0,20.0,30.1,Year,2022"))
    )
    assert reading.origin.dataset == "am-national"
    assert reading.not_recorded == 1
    assert {(row["flow"], row["partner_basis"]) for row in reading.flows.to_pylist()} == {
        ("export", "destination"),
        ("import", "consignment"),
        ("import", "origin"),
    }
    month = {"freq": "M", "period": date(2022, 5, 1)}
    year = {"freq": "A", "period": date(2022, 1, 1), "flow": "import"}
    assert value_of(reading, flow="export", **month) == Decimal("1500.00")
    assert value_of(reading, partner_basis="origin", **year) == Decimal("30100.00")
    assert value_of(reading, partner_basis="consignment", **year) == Decimal("20000.00")
    # Blank lines count: the publisher's line is the one to look up.
    assert set(reading.flows["source_row"].to_pylist()) == {3, 5}


def test_what_cannot_be_read_is_refused_by_name(text_file, checked, refusals):
    reading = checked(
        text_file(
            table(
                ",1.0,-,-,1,2022",
                "Atlantis,1.0,1.0,-,1,2022",
                "Italy,1.0,1.0,1.0,13,2022",
                "Italy,1.0,1.0,1.0,Year,22",
                "Italy,few,1.0,1.0,1,2222",
                "Italy,few,1.0,1.0,1,2022",
                "Italy,1.0,1.0,1.0",
            )
        )
    )
    assert refusals(reading) == {
        reasons.UNKNOWN_COUNTRY: 6,
        reasons.NOT_A_PERIOD: 6,
        reasons.FUTURE_PERIOD: 3,
        reasons.NOT_A_NUMBER: 1,
        reasons.WRONG_COLUMNS: 1,
    }


@pytest.mark.data
def test_the_staged_file_again_with_the_standard_library(staged, checked, value_of, refusals):
    path = staged / "trade" / "national" / "armenia_data" / "armenia_data.csv"
    reading = checked(RawFile(path))
    # 67 rows without a country name.
    assert refusals(reading) == {reasons.UNKNOWN_COUNTRY: 67 * 3}
    assert len(reading.flows) == 22535
    with path.open(encoding="utf-8-sig", newline="") as stream:
        rows = {(r[0], r[4], r[5]): r for r in csv.reader(stream) if r}
    for label, code in (
        ("Germany", "DE"),
        ("Russian Federation", "RU"),
        ("Iran, Islamic Republic of", "IR"),
    ):
        for part, day in (("Year", date(2022, 1, 1)), ("3", date(2022, 3, 1))):
            where = {"partner": code, "period": day, "freq": "A" if part == "Year" else "M"}
            published = rows[label, part, "2022"]
            for column, basis in ((1, "destination"), (2, "consignment"), (3, "origin")):
                assert value_of(reading, partner_basis=basis, **where) == (
                    Decimal(published[column]) * 1000
                )


@pytest.mark.data
def test_the_staged_year_2023_is_one_month_and_is_loaded_as_it_stands(staged, checked):
    path = staged / "trade" / "national" / "armenia_data" / "armenia_data.csv"
    rows = [row for row in checked(RawFile(path)).flows.to_pylist() if row["period"].year == 2023]
    series = ("partner", "flow", "partner_basis", "value")
    months = {tuple(r[name] for name in series) for r in rows if r["freq"] == "M"}
    years = {tuple(r[name] for name in series) for r in rows if r["freq"] == "A"}
    assert {r["period"] for r in rows} == {date(2023, 1, 1)}
    assert months == years
