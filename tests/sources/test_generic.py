from __future__ import annotations

import random
import time
from datetime import date
from decimal import Decimal

import pyarrow as pa
import pytest
from pyarrow import parquet

from throughflow.errors import InputError
from throughflow.sources import generic, reasons
from throughflow.sources import parquet as parquet_files
from throughflow.sources.base import RawFile

REQUIRED = "period,freq,reporter,partner,flow,product,nomenclature,value,currency"
GOOD = "2022-03,M,DE,KZ,export,85423119,CN,12.5,EUR"
# CPU seconds for 200,000 rows; measured 0.5 on a slow core, so a tenfold slowdown is noticed.
BUDGET_SECONDS = 5.0


def table(*rows, header=REQUIRED):
    return "\n".join([header, *rows, ""])


def test_one_row(text_file, checked):
    reading = checked(text_file(table(GOOD)))
    assert reading.flows.to_pylist() == [
        {
            "edition": "",
            "dataset": "own-data",
            "freq": "M",
            "period": date(2022, 3, 1),
            "reporter": "DE",
            "partner": "KZ",
            "flow": "export",
            "partner_basis": "destination",
            "nomenclature": "CN",
            "nomenclature_edition": None,
            "product": "85423119",
            "value": Decimal("12.50"),
            "currency": "EUR",
            "net_kg": None,
            "quantity": None,
            "quantity_unit": None,
            "valuation": None,
            "status": "final",
            "source_sheet": None,
            "source_row": 2,
        }
    ]


def test_every_optional_column_and_every_spelling(text_file, checked):
    header = (
        "Dataset;Period;Freq;Reporter;Partner;Flow;Product;Nomenclature;Value;Currency;Net_kg;"
        "quantity;quantity_unit;partner_basis;valuation;status;remark"
    )
    rows = (
        "Mine;2022;A;DEU;Казахстан;IMPORT;8542;hs2017;1e3;usd;1.5;3;t;consignment;cif;Estimated;-",
        "Mine;2022-03-01;M;Germany;KAZ;re-export;TOTAL;CN2022;7;EUR;;;;;;;y",
    )
    reading = checked(text_file("\ufeff" + table(*rows, header=header)))
    year, month = reading.flows.to_pylist()
    assert reading.origin.dataset == "own-mine"
    assert "not read: remark" in reading.origin.note
    assert (year["freq"], year["period"]) == ("A", date(2022, 1, 1))
    assert (year["reporter"], year["partner"], year["flow"]) == ("DE", "KZ", "import")
    assert (year["nomenclature"], year["nomenclature_edition"]) == ("HS", "2017")
    assert (year["value"], year["currency"]) == (Decimal("1000.00"), "USD")
    assert (year["net_kg"], year["quantity"], year["quantity_unit"]) == (1.5, 3.0, "t")
    assert (year["partner_basis"], year["valuation"]) == ("consignment", "CIF")
    assert (year["status"], month["status"]) == ("estimated", "final")
    assert (month["nomenclature"], month["nomenclature_edition"]) == ("TOTAL", None)
    assert (month["partner_basis"], month["net_kg"], month["valuation"]) == (
        "destination",
        None,
        None,
    )


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("2022-03,M,ZZ,KZ,export,85,HS,1,EUR", reasons.UNKNOWN_COUNTRY),
        ("2022-03,M,DE,,export,85,HS,1,EUR", reasons.UNKNOWN_COUNTRY),
        ("2022-03,M,DE,KZ,transit,85,HS,1,EUR", reasons.UNKNOWN_FLOW),
        ("2022-03,Q,DE,KZ,export,85,HS,1,EUR", reasons.UNKNOWN_WORD),
        ("2022-13,M,DE,KZ,export,85,HS,1,EUR", reasons.NOT_A_PERIOD),
        ("2022,M,DE,KZ,export,85,HS,1,EUR", reasons.NOT_A_PERIOD),
        ("2022-03,A,DE,KZ,export,85,HS,1,EUR", reasons.NOT_A_PERIOD),
        ("2022-03-01,A,DE,KZ,export,85,HS,1,EUR", reasons.NOT_A_PERIOD),
        ("2022-02-30,M,DE,KZ,export,85,HS,1,EUR", reasons.NOT_A_PERIOD),
        ("0022-02,M,DE,KZ,export,85,HS,1,EUR", reasons.NOT_A_PERIOD),
        ("2222-03,M,DE,KZ,export,85,HS,1,EUR", reasons.FUTURE_PERIOD),
        ("2022-03,M,DE,KZ,export,8,HS,1,EUR", reasons.UNKNOWN_PRODUCT),
        ("2022-03,M,DE,KZ,export,10121,HS,1,EUR", reasons.UNKNOWN_PRODUCT),
        ("2022-03,M,DE,KZ,export,770000,HS,1,EUR", reasons.UNKNOWN_PRODUCT),
        ("2022-03,M,DE,KZ,export,8542.31,HS,1,EUR", reasons.UNKNOWN_PRODUCT),
        ("2022-03,M,DE,KZ,export,chips,HS,1,EUR", reasons.UNKNOWN_PRODUCT),
        ("2022-03,M,DE,KZ,export,85,SITC,1,EUR", reasons.UNKNOWN_NOMENCLATURE),
        ("2022-03,M,DE,KZ,export,85,TOTAL,1,EUR", reasons.UNKNOWN_NOMENCLATURE),
        ("2022-03,M,DE,KZ,export,85,HS,much,EUR", reasons.NOT_A_NUMBER),
        ('2022-03,M,DE,KZ,export,85,HS,"1,5",EUR', reasons.NOT_A_NUMBER),
        ("2022-03,M,DE,KZ,export,85,HS,-1,EUR", reasons.NEGATIVE),
        ("2022-03,M,DE,KZ,export,85,HS,1e20,EUR", reasons.TOO_LARGE),
        ("2022-03,M,DE,KZ,export,85,HS,1,euros", reasons.UNKNOWN_CURRENCY),
        ("2022-03,M,DE,KZ,export,85,HS,1", reasons.WRONG_COLUMNS),
    ],
)
def test_a_bad_row_is_refused_and_the_others_are_read(text_file, checked, refusals, row, reason):
    reading = checked(text_file(table(GOOD, row)))
    assert refusals(reading) == {reason: 1}
    assert len(reading.flows) == 1
    assert "row 3" in reading.refused["place"][0].as_py()


@pytest.mark.parametrize(
    ("column", "text", "reason"),
    [
        ("net_kg", "heavy", reasons.NOT_A_NUMBER),
        ("quantity", "-2", reasons.NEGATIVE),
        ("partner_basis", "sender", reasons.UNKNOWN_WORD),
        ("valuation", "EXW", reasons.UNKNOWN_WORD),
        ("status", "sure", reasons.UNKNOWN_WORD),
    ],
)
def test_a_bad_optional_cell_refuses_its_row(text_file, checked, column, text, reason):
    reading = checked(text_file(table(f"{GOOD},", f"{GOOD},{text}", header=f"{REQUIRED},{column}")))
    [refused] = reading.refused.to_pylist()
    assert refused["reason"] == reason
    assert text in refused["detail"]


def test_duplicates_conflicts_and_levels(text_file, checked, refusals):
    reading = checked(
        text_file(
            table(
                GOOD,
                GOOD,
                "2022-03,M,DE,KG,export,85,HS,1,EUR",
                "2022-03,M,DE,KG,export,85,HS,1,USD",
                "2022-03,M,DE,KG,export,8542,HS,1,EUR",
                "2022-03,M,DE,KG,export,854231,HS,1,EUR",
                "2022,A,DE,KG,export,854231,HS,1,EUR",
            )
        )
    )
    assert refusals(reading) == {reasons.DUPLICATE: 1, reasons.CONFLICT: 2}
    products = [(row["freq"], row["product"]) for row in reading.flows.to_pylist()]
    assert products == [("M", "85423119"), ("M", "8542"), ("M", "854231"), ("A", "854231")]


def test_not_recorded_is_counted_and_covered_and_refused_is_neither(text_file, checked):
    rows = [
        "2022-01,M,DE,KZ,export,85,HS,1,EUR",
        "2022-02,M,DE,KZ,export,85,HS,:,EUR",
        "2022-03,M,DE,KZ,export,85,HS,,EUR",
        "2022-04,M,DE,KZ,export,85,HS,lots,EUR",
        "2022-05,M,DE,KG,export,85,HS,1,EUR",
        "2022-07,M,DE,KG,export,85,HS,1,EUR",
    ]
    reading = checked(text_file(table(*rows)))
    assert reading.not_recorded == 2
    spans = [
        (row["partner"], row["first_period"].month, row["last_period"].month)
        for row in reading.coverage.to_pylist()
    ]
    # In April the reporter did report, only one cell cannot be read; in June it did not.
    assert spans == [("KG", 1, 5), ("KG", 7, 7), ("KZ", 1, 3), ("KZ", 5, 5), ("KZ", 7, 7)]


def test_missing_columns_are_named_with_the_nearest_present(text_file, checked):
    header = REQUIRED.replace("value", "values").replace("freq,", "")
    with pytest.raises(InputError) as caught:
        checked(text_file(table("x", header=header)))
    assert caught.value.what == "missing columns: freq, value"
    assert "'values' for 'value'" in caught.value.remedy
    assert "download, row 1" in caught.value.where


def test_several_datasets_or_no_rows_refuse_the_file(text_file, checked):
    with pytest.raises(InputError, match="several datasets in one file: a, b"):
        checked(text_file(table(f"{GOOD},a", f"{GOOD},b", header=f"{REQUIRED},dataset")))
    with pytest.raises(InputError, match="no rows"):
        checked(text_file(table()))


def columns(**changes):
    full = dict(zip(REQUIRED.split(","), ([text] for text in GOOD.split(",")), strict=True))
    return {name: pa.array(values) for name, values in (full | changes).items()}


def test_parquet_goes_the_same_way_as_text(tmp_path, text_file, checked):
    expected = checked(text_file(table(GOOD))).flows.drop_columns(["source_row"])
    path = tmp_path / "p"
    for change in (
        {},
        {"value": [12.5]},
        {"value": [Decimal("12.50")]},
        {"period": [date(2022, 3, 1)]},
        {"period": pa.array([date(2022, 3, 1)]).cast(pa.timestamp("ns"))},
        {"product": [85423119]},
        {"reporter": pa.array(["DE"]).dictionary_encode()},
        {"net_kg": pa.array([None], pa.float64())},
    ):
        parquet.write_table(pa.table(columns(**change)), path)
        reading = checked(RawFile(path))
        assert reading.flows.drop_columns(["source_row"]).equals(expected), change
        assert reading.flows["source_row"].to_pylist() == [1]


def test_codes_stored_as_numbers_show_their_lost_zero(tmp_path, checked, refusals):
    path = tmp_path / "p"
    parquet.write_table(pa.table(columns(product=[1012100])), path)
    assert refusals(checked(RawFile(path))) == {reasons.UNKNOWN_PRODUCT: 1}


def test_unusable_parquet(tmp_path, checked, monkeypatch):
    path = tmp_path / "p"
    parquet.write_table(pa.table(columns(value=[[1.0]])), path)
    with pytest.raises(InputError, match="column value has the type list"):
        checked(RawFile(path))
    parquet.write_table(pa.table(columns()), path)
    with monkeypatch.context() as patch:
        patch.setattr(parquet_files, "MAX_UNPACKED_BYTES", 10)
        with pytest.raises(InputError, match="unpacks to"):
            checked(RawFile(path))
    path.write_bytes(path.read_bytes()[:-9])
    with pytest.raises(InputError, match="truncated or damaged"):
        checked(RawFile(path))


def test_a_large_table_is_read_in_few_seconds(text_file):
    pick = random.Random(20220301)  # noqa: S311
    keys = [
        f"{year}-{month:02d},M,{reporter},{partner},export,{code},CN"
        for year in (2020, 2021)
        for month in range(1, 13)
        for reporter in ("DE", "FR", "IT", "PL")
        for partner in ("KZ", "KG", "AM", "GE", "UZ")
        for code in range(85000000, 85000417)
    ]
    rows = [f"{key},{pick.randrange(10**9) / 100},EUR" for key in pick.sample(keys, 200_000)]
    file = text_file(table(*rows))
    began = time.process_time()
    reading = generic.Generic().read(file)
    assert time.process_time() - began < BUDGET_SECONDS
    assert (len(reading.flows), len(reading.refused)) == (200_000, 0)
    total = sum(Decimal(row.split(",")[-2]) for row in rows)
    assert sum(reading.flows["value"].to_pylist()) == total
