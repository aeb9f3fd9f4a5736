"""BACI: numbers read whole columns at a time, and every refused cell still named."""

from __future__ import annotations

import gzip
from datetime import date
from decimal import Decimal

import pytest

from throughflow.errors import InputError
from throughflow.model import schema
from throughflow.sources import baci
from throughflow.sources.base import RawFile
from throughflow.sources.registry import recognise

LONG = "12.3456789000000000001"
NAME = "BACI_HS17_Y2022_V202501.csv"
ROWS = (
    "t,i,j,k,v,q\n"
    "2022,704,51,851713,447.5125,1.25\n"
    "2022,51,643,851713,       0.001,           NA\n"
    "2022,842,490, 10121,12.3456789000000000001,\n"
    "2022,251,757,010121,3,0\n"
)


@pytest.fixture
def year(tmp_path):
    def write(text=ROWS, name=NAME, *, packed=False):
        path = tmp_path / name
        path.write_bytes(gzip.compress(text.encode()) if packed else text.encode())
        return RawFile(path)

    return write


@pytest.fixture
def read(year, refusals):
    """Read a file, and check what every reading promises."""

    def run(*arguments, **options):
        file = year(*arguments, **options)
        reader = recognise(file)
        assert reader.name == "baci"
        reading = reader.read(file)
        schema.TRADE_FLOW.conform(reading.flows)
        schema.COVERAGE.conform(reading.coverage)
        schema.COVERAGE_BLOCK.conform(reading.blocks)
        refused = sum(refusals(reading).values())
        assert reading.cells == len(reading.flows) + reading.not_recorded + refused
        cells = covered(reading)
        for row in reading.flows.to_pylist():
            assert (row["period"], row["reporter"], row["partner"], row["product"]) in cells
        return reading

    return run


def covered(reading):
    """Write the coverage out."""
    blocks = reading.blocks.to_pylist()
    cells = {
        (pair["first_period"], pair["reporter"], pair["partner"], good["product"])
        for pair in blocks
        for good in blocks
        if pair["product"] is None
        and good["product"] is not None
        and pair["first_period"] == good["first_period"]
    }
    for row in reading.coverage.to_pylist():
        cells.add((row["first_period"], row["reporter"], row["partner"], row["product"]))
    return cells


def test_a_year(read):
    # The third value has more digits than the quick way holds, so this file goes the careful one.
    for text in (ROWS, ROWS.replace(LONG, "12.345679")):
        reading = read(text)
        first, second, third, fourth = reading.flows.to_pylist()
        assert {name: first[name] for name in first if name not in {"edition", "source_sheet"}} == {
            "dataset": "baci-hs2017",
            "freq": "A",
            "period": date(2022, 1, 1),
            "reporter": "VN",
            "partner": "AM",
            "flow": "export",
            "partner_basis": "destination",
            "nomenclature": "HS",
            "nomenclature_edition": "2017",
            "product": "851713",
            "value": Decimal("447512.50"),
            "currency": "USD",
            "net_kg": 1250.0,
            "quantity": None,
            "quantity_unit": None,
            "valuation": "FOB",
            "status": "estimated",
            "source_row": 2,
        }
        assert (second["value"], second["net_kg"]) == (Decimal("1.00"), None)
        assert (third["reporter"], third["partner"], third["product"]) == ("US", "TW", "010121")
        assert third["value"] == Decimal("12345.68")
        assert (fourth["reporter"], fourth["partner"], fourth["net_kg"]) == ("FR", "CH", 0.0)
        assert [row["source_row"] for row in reading.flows.to_pylist()] == [2, 3, 4, 5]


def test_both_ways_give_the_same_rows(year, monkeypatch):
    text = ROWS.replace(LONG, "12.345679")
    quick = recognise(year(text)).read(year(text))
    table = baci.delimited.read
    monkeypatch.setattr(baci, "_table", table)
    careful = recognise(year(text)).read(year(text))
    for name in ("flows", "coverage", "blocks"):
        assert getattr(quick, name).to_pylist() == getattr(careful, name).to_pylist()


def test_the_release_is_in_the_name_alone(read):
    origin = read().origin
    assert (origin.dataset, origin.as_of) == ("baci-hs2017", date(2025, 1, 1))
    assert origin.title == "BACI, HS 2017, release 202501"
    other = read(name="BACI_HS92_Y2022_V202401b.csv")
    assert other.origin.dataset == "baci-hs1992"
    assert {row["nomenclature_edition"] for row in other.flows.to_pylist()} == {"1992"}


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("download.csv", "is not of BACI's form"),
        ("BACI_HS17_Y2021_V202501.csv", "speaks of 2021, the rows of 2022"),
        ("BACI_HS16_Y2022_V202501.csv", "is not of BACI's form"),
    ],
)
def test_a_name_that_cannot_be_believed_leaves_the_edition_unknown(read, name, words):
    reading = read(name=name)
    assert (reading.origin.dataset, reading.origin.as_of) == ("baci", None)
    assert words in reading.origin.note
    assert {row["nomenclature_edition"] for row in reading.flows.to_pylist()} == {None}


@pytest.mark.parametrize(
    ("row", "reason", "detail"),
    [
        ("2022,278,51,851713,1,1", "unknown country", "i '278'"),
        ("2022,51,997,851713,1,1", "unknown country", "j '997'"),
        ("2022,51,RU,851713,1,1", "unknown country", "j 'RU'"),
        ("2022,51,643,9999AA,1,1", "unknown product code", "k '9999AA'"),
        ("2022,51,643,8517,1,1", "unknown product code", "k '8517'"),
        ("1202,51,643,851713,1,1", "not a period", "t '1202'"),
        ("2999,51,643,851713,1,1", "future period", "period '2999-01-01'"),
        ("2022,51,156,851713,-1,1", "negative value", None),
        ("2022,51,156,851713,1,-1", "negative value", None),
        ("2022,51,156,851713,many,1", "not a number", "v 'many'"),
        ("2022,51,156,851713,1,many", "not a number", "net kg 'many'"),
        ("2022,51,156,851713,10000000000000,1", "number too large", None),
        ("2022,51,156,851713,1", "wrong number of columns", None),
    ],
)
def test_what_cannot_be_used_is_refused_by_name(read, refusals, row, reason, detail):
    plain = ROWS.replace(LONG, "12.345679")
    reading = read(plain + row + "\n")
    assert len(reading.flows) == 4
    assert refusals(reading) == {reason: 1}
    (refused,) = reading.refused.to_pylist()
    assert refused["place"].endswith("row 6")
    assert detail in (None, refused["detail"])


def test_the_same_row_twice_and_rows_that_contradict(read, refusals):
    more = "2022,704,51,851713,447.5125,1.25\n2022,251,757,10121,4,0\n"
    reading = read(ROWS + more)
    assert len(reading.flows) == 3
    assert refusals(reading) == {"duplicate row": 1, "conflicting duplicate": 2}
    assert not any(cell[1] == "FR" for cell in covered(reading))


def test_a_value_that_is_missing_is_not_recorded(read):
    for text in (ROWS, ROWS.replace(LONG, "12.345679")):
        reading = read(text + "2022,51,643,010121,           NA,1\n")
        assert reading.not_recorded == 1
        assert len(reading.flows) == 4


def test_coverage_is_every_pair_shown_for_every_product_shown(read):
    reading = read()
    cells = covered(reading)
    assert not len(reading.coverage)
    assert len(cells) == 4 * 2
    assert (date(2022, 1, 1), "AM", "RU", "010121") in cells
    # Vietnam and Russia have no row: nothing may be known of their trade.
    assert not any(cell[1:3] == ("VN", "RU") for cell in cells)


def test_a_pair_with_a_refused_cell_is_covered_only_where_it_was_read(read):
    reading = read(ROWS + "2022,51,643,010121,-1,1\n")
    cells = covered(reading)
    assert (date(2022, 1, 1), "AM", "RU", "851713") in cells
    assert (date(2022, 1, 1), "AM", "RU", "010121") not in cells
    assert (date(2022, 1, 1), "VN", "AM", "010121") in cells


def test_two_years_in_one_file_are_two_blocks(read):
    reading = read(ROWS + "2021,704,643,640110,1,1\n", name="download")
    cells = covered(reading)
    assert (date(2021, 1, 1), "VN", "RU", "640110") in cells
    assert len(cells) == 4 * 2 + 1


def test_compressed(read):
    assert read(packed=True).flows.to_pylist() == read().flows.to_pylist()


@pytest.mark.parametrize("text", ["t,i,j,k,v,q", "t,i,j,k,v,q\n"])
def test_a_header_alone(year, text):
    file = year(text)
    with pytest.raises(InputError, match="a header and no rows"):
        recognise(file).read(file)


def test_a_file_cut_short_loses_its_last_row_by_name(read, refusals):
    reading = read(ROWS[: ROWS.rindex(",") - 2])
    assert len(reading.flows) == 3
    assert refusals(reading) == {"wrong number of columns": 1}


def test_blank_lines_keep_the_numbers_of_rows(read):
    reading = read(ROWS.replace("2022,251", "\n2022,251"))
    assert [row["source_row"] for row in reading.flows.to_pylist()] == [2, 3, 4, 6]


def test_other_files_of_the_release_are_no_trade(year):
    for text in ("country_code,country_name,country_iso2,country_iso3\n4,Afghanistan,AF,AFG\n",
                 "code,description\n010121,Horses\n"):  # fmt: skip
        with pytest.raises(InputError, match="no publisher's layout"):
            recognise(year(text))
