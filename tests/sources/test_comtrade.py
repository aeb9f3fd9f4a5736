"""UN Comtrade: one flow stands in a file many times, and is counted once."""

from __future__ import annotations

import gzip
import json
from datetime import date
from decimal import Decimal

import pytest

from throughflow.errors import InputError
from throughflow.sources import comtrade_json
from throughflow.sources.base import RawFile
from throughflow.sources.registry import recognise

API = (
    "typeCode",
    "freqCode",
    "refPeriodId",
    "refYear",
    "refMonth",
    "period",
    "reporterCode",
    "reporterISO",
    "reporterDesc",
    "flowCode",
    "flowDesc",
    "partnerCode",
    "partnerISO",
    "partnerDesc",
    "partner2Code",
    "classificationCode",
    "isOriginalClassification",
    "cmdCode",
    "cmdDesc",
    "aggrLevel",
    "isLeaf",
    "customsCode",
    "mosCode",
    "motCode",
    "qtyUnitCode",
    "qtyUnitAbbr",
    "qty",
    "isQtyEstimated",
    "netWgt",
    "isNetWgtEstimated",
    "cifvalue",
    "fobvalue",
    "primaryValue",
    "isReported",
    "isAggregate",
)
ROW = {
    "typeCode": "C",
    "freqCode": "A",
    "refPeriodId": "20220101",
    "refYear": "2022",
    "refMonth": "52",
    "period": "2022",
    "reporterCode": "51",
    "reporterISO": "ARM",
    "reporterDesc": "Armenia",
    "flowCode": "M",
    "partnerCode": "156",
    "partner2Code": "0",
    "classificationCode": "H6",
    "isOriginalClassification": "true",
    "cmdCode": "851713",
    "aggrLevel": "6",
    "isLeaf": "true",
    "customsCode": "C00",
    "mosCode": "0",
    "motCode": "0",
    "qtyUnitCode": "5",
    "qtyUnitAbbr": "u",
    "qty": "10",
    "isQtyEstimated": "false",
    "netWgt": "2.5",
    "isNetWgtEstimated": "false",
    "cifvalue": "100",
    "fobvalue": "",
    "primaryValue": "100",
    "isReported": "false",
    "isAggregate": "true",
}


def table(*rows, separator=",", end="\n", header=API):
    lines = [separator.join(header)]
    lines += [separator.join((ROW | row).get(name, "") for name in API) for row in rows]
    return "".join(line + end for line in lines)


@pytest.fixture
def read(text_file, checked):
    return lambda *rows, **options: checked(text_file(table(*rows, **options)))


def only(reading):
    (row,) = reading.flows.to_pylist()
    return row


def test_a_record_of_the_api(read):
    reading = read({})
    row = only(reading)
    assert {name: row[name] for name in row if name not in {"edition", "source_sheet"}} == {
        "dataset": "comtrade",
        "freq": "A",
        "period": date(2022, 1, 1),
        "reporter": "AM",
        "partner": "CN",
        "flow": "import",
        "partner_basis": "origin",
        "nomenclature": "HS",
        "nomenclature_edition": "2022",
        "product": "851713",
        "value": Decimal("100.00"),
        "currency": "USD",
        "net_kg": 2.5,
        "quantity": 10.0,
        "quantity_unit": "u",
        "valuation": "CIF",
        "status": "final",
        "source_row": 2,
    }
    assert "may not be passed on" in reading.origin.note


@pytest.mark.parametrize(
    ("column", "total", "one", "other"),
    [
        ("motCode", "0", "1000", "2100"),
        ("customsCode", "C00", "C01", "C05"),
        ("partner2Code", "0", "392", "784"),
        ("mosCode", "0", "1", "2"),
    ],
)
def test_a_total_beside_its_parts_is_counted_once(read, refusals, column, total, one, other):
    whole = {column: total, "primaryValue": "100"}
    parts = [{column: one, "primaryValue": "70"}, {column: other, "primaryValue": "30"}]
    for rows in ([whole, *parts], [*parts, whole]):
        reading = read(*rows)
        assert only(reading)["value"] == 100
        assert refusals(reading) == {"part beside its total": 2}
    reading = read(*parts, {"partnerCode": "643", column: total})
    assert {row["partner"]: row["value"] for row in reading.flows.to_pylist()} == {
        "CN": 100,
        "RU": 100,
    }
    assert not refusals(reading)
    assert "1 cells have no total over" in reading.origin.note


def test_parts_in_four_columns_at_once(read, refusals):
    rows = [
        {"motCode": mot, "customsCode": customs, "partner2Code": second, "primaryValue": value}
        for mot, customs, second, value in (
            ("0", "C00", "0", "100"),
            ("2100", "C00", "0", "60"),
            ("0", "C01", "0", "55"),
            ("1000", "C01", "0", "5"),
            ("2100", "C01", "392", "7"),
            ("0", "C00", "392", "9"),
        )
    ]
    reading = read(*rows)
    assert only(reading)["value"] == 100
    assert refusals(reading) == {"part beside its total": 5}


def test_a_mode_of_transport_inside_another_is_not_added_twice(read, refusals):
    rows = [
        {"motCode": mot, "primaryValue": value, "netWgt": weight}
        for mot, value, weight in (
            ("2000", "60", "1"),
            ("2100", "40", "1"),
            ("2200", "20", "1"),
            ("3200", "15", "2"),
        )
    ]
    reading = read(*rows)
    row = only(reading)
    assert (row["value"], row["net_kg"], row["quantity"]) == (75, 3.0, 20.0)
    assert refusals(reading) == {"part beside its total": 2}
    assert "modes of transport in the file: their parts are added up" in reading.origin.note


def test_a_sum_lacks_what_one_part_lacks(read):
    reading = read(
        {"motCode": "1000", "primaryValue": "1", "netWgt": ""},
        {"motCode": "2100", "primaryValue": "2", "qtyUnitAbbr": "kg", "qtyUnitCode": "8"},
    )
    row = only(reading)
    assert row["value"] == 3
    assert row["net_kg"] is row["quantity"] is row["quantity_unit"] is None


def test_a_sum_of_which_a_part_is_unreadable_is_refused(read, refusals):
    reading = read(
        {"motCode": "1000", "primaryValue": "1"},
        {"motCode": "2100", "primaryValue": "x"},
        {"motCode": "0", "partnerCode": "643"},
    )
    assert only(reading)["partner"] == "RU"
    assert refusals(reading) == {"not a number": 1, "part of a sum that lacks another": 1}
    assert not any(row["partner"] == "CN" for row in reading.coverage.to_pylist())


def test_one_part_alone_is_not_the_whole(text_file):
    file = text_file(table({"motCode": "2100"}, {"motCode": "2100", "partnerCode": "643"}))
    with pytest.raises(InputError, match="of modes of transport the file has 2100 alone"):
        recognise(file).read(file)


def test_levels_and_the_world_stay_rows_of_their_own(read):
    reading = read(
        {},
        {"cmdCode": "8517", "aggrLevel": "4"},
        {"cmdCode": "85", "aggrLevel": "2"},
        {"cmdCode": "TOTAL", "aggrLevel": "0"},
        {"partnerCode": "0"},
        {"partnerCode": "899"},
    )
    rows = {(row["product"], row["partner"]): row for row in reading.flows.to_pylist()}
    assert set(rows) == {
        ("851713", "CN"),
        ("8517", "CN"),
        ("85", "CN"),
        ("TOTAL", "CN"),
        ("851713", "WORLD"),
        ("851713", "NES"),
    }
    assert rows["TOTAL", "CN"]["nomenclature"] == "TOTAL"
    assert rows["TOTAL", "CN"]["nomenclature_edition"] is None


def test_flows_that_are_not_trade_as_recorded_are_refused_by_name(read):
    rows = [{"flowCode": code} for code in ("M", "X", "RX", "RM", "DX", "MIP", "FM")]
    reading = read(*rows)
    assert {row["flow"]: row["partner_basis"] for row in reading.flows.to_pylist()} == {
        "import": "origin",
        "export": "destination",
        "re-export": "destination",
    }
    assert {row["detail"] for row in reading.refused.to_pylist()} == {
        "flow 'RM'",
        "flow 'DX'",
        "flow 'MIP'",
        "flow 'FM'",
    }


@pytest.mark.parametrize(
    ("code", "edition"),
    [
        ("H0", "1992"),
        ("H1", "1996"),
        ("H2", "2002"),
        ("H3", "2007"),
        ("H4", "2012"),
        ("H5", "2017"),
        ("H6", "2022"),
        ("HS", None),
    ],
)
def test_editions_of_the_harmonized_system(read, code, edition):
    assert only(read({"classificationCode": code}))["nomenclature_edition"] == edition


def test_other_classifications_are_refused_by_name(read, refusals):
    others = ("S1", "S2", "S3", "S4", "ST", "B4", "BE", "EB", "H7")
    rows = [{"classificationCode": code} for code in others]
    reading = read({}, *rows)
    assert len(reading.flows) == 1
    assert refusals(reading) == {"unknown nomenclature": len(others)}


@pytest.mark.parametrize(
    ("code", "level", "product"),
    [
        ("10121", "6", "010121"),
        ("101", "4", "0101"),
        ("1", "2", "01"),
        ("010121", "6", "010121"),
        ("9999", "4", "9999"),
        ("999999", "6", "999999"),
        ("010121", "", "010121"),
        ("10121", "", None),
        ("0101", "6", None),
        ("77", "2", None),
        ("0121", "6", None),
        ("9999AA", "6", None),
    ],
)
def test_lost_zeros_come_back_where_the_level_is_certain(read, code, level, product):
    reading = read({"cmdCode": code, "aggrLevel": level}, {"partnerCode": "643"})
    found = [row["product"] for row in reading.flows.to_pylist() if row["partner"] == "CN"]
    assert found == ([product] if product else [])


@pytest.mark.parametrize(
    ("number", "code"),
    [
        ("842", "US"),
        ("251", "FR"),
        ("757", "CH"),
        ("579", "NO"),
        ("699", "IN"),
        ("356", "IN"),
        ("490", "TW"),
        ("381", "IT"),
        ("492", "EU_NES"),
        ("4", "AF"),
        ("004", "AF"),
        ("839", "SECRET"),
        ("837", "STORES"),
        ("58", "BLEU"),
    ],
)
def test_numbers_of_its_own(read, number, code):
    assert only(read({"partnerCode": number}))["partner"] == code


def test_states_that_are_gone_are_refused_by_number(read):
    reading = read({"partnerCode": "278"}, {"partnerCode": "CHN"}, {})
    assert [row["detail"] for row in reading.refused.to_pylist()] == [
        "partner '278'",
        "partner 'CHN'",
    ]


def test_areas_without_a_name_of_their_own_are_one_partner(read, refusals):
    reading = read(
        {"partnerCode": "129", "primaryValue": "3"}, {"partnerCode": "636", "primaryValue": "4"}
    )
    row = only(reading)
    assert (row["partner"], row["value"]) == ("NES_AMERICA", 7)
    assert reading.cells == 1
    assert not refusals(reading)


def test_the_same_record_twice_and_records_that_contradict(read, refusals):
    reading = read({}, {}, {"partnerCode": "643"}, {"partnerCode": "643", "primaryValue": "5"})
    assert only(reading)["partner"] == "CN"
    assert refusals(reading) == {"duplicate row": 1, "conflicting duplicate": 2}


def test_what_the_un_estimated_is_left_out_and_counted(read):
    reading = read({"isNetWgtEstimated": "true", "isQtyEstimated": "True"}, {"partnerCode": "643"})
    by = {row["partner"]: row for row in reading.flows.to_pylist()}
    assert by["CN"]["net_kg"] is by["CN"]["quantity"] is None
    assert by["RU"]["net_kg"] == 2.5
    assert "1 quantities that the UN estimated" in reading.origin.note
    assert "1 net weights that the UN estimated" in reading.origin.note


def test_zero_weight_and_no_unit_are_nothing_known(read):
    row = only(read({"netWgt": "0", "qtyUnitCode": "-1", "qtyUnitAbbr": "N/A", "qty": "0"}))
    assert row["net_kg"] is row["quantity"] is row["quantity_unit"] is None
    row = only(read({"qtyUnitCode": "12", "qtyUnitAbbr": ""}))
    assert row["quantity_unit"] == "m³"


@pytest.mark.parametrize(
    ("flow", "cif", "fob", "valuation"),
    [
        ("M", "100", "", "CIF"),
        ("M", "", "100", "FOB"),
        ("M", "100", "100", "CIF"),
        ("X", "", "100", "FOB"),
        ("X", "100", "100", "FOB"),
        ("M", "", "", None),
        ("X", "99", "", None),
    ],
)
def test_the_valuation_is_what_the_record_says(read, flow, cif, fob, valuation):
    row = only(read({"flowCode": flow, "cifvalue": cif, "fobvalue": fob}))
    assert row["valuation"] == valuation


@pytest.mark.parametrize(
    ("freq", "period", "found"),
    [
        ("M", "202203", ("M", date(2022, 3, 1))),
        ("A", "2022", ("A", date(2022, 1, 1))),
        ("", "202203", ("M", date(2022, 3, 1))),
        ("A", "202203", None),
        ("M", "2022", None),
        ("M", "202252", None),
        ("A", "0000", None),
    ],
)
def test_periods(read, freq, period, found):
    reading = read({"freqCode": freq, "period": period}, {"partnerCode": "643"})
    rows = [row for row in reading.flows.to_pylist() if row["partner"] == "CN"]
    assert [(row["freq"], row["period"]) for row in rows] == ([found] if found else [])


def test_a_series_is_covered_where_its_reporter_shows_anything(read):
    reading = read(
        {"period": "2020"},
        {"period": "2021", "partnerCode": "643"},
        {"period": "2022", "partnerCode": "643"},
        {"period": "2022", "partnerCode": "643", "flowCode": "X"},
    )
    ranges = {
        (row["flow"], row["partner"]): (row["first_period"].year, row["last_period"].year)
        for row in reading.coverage.to_pylist()
    }
    assert ranges == {
        ("import", "CN"): (2020, 2022),
        ("import", "RU"): (2020, 2022),
        ("export", "RU"): (2022, 2022),
    }


def test_records_converted_to_an_older_edition_are_a_dataset_of_their_own(read, text_file):
    reading = read({"isOriginalClassification": "false", "classificationCode": "H4"})
    assert reading.origin.dataset == "comtrade-hs2012"
    file = text_file(
        table({"isOriginalClassification": "False", "classificationCode": "H4"}, {"period": "2023"})
    )
    with pytest.raises(InputError, match="stand beside others: 2012, 2022"):
        recognise(file).read(file)


def test_services_are_refused(read, refusals):
    reading = read({}, {"typeCode": "S", "partnerCode": "643"})
    assert refusals(reading) == {"not one of the allowed words": 1}


def test_an_answer_of_exactly_the_limit_may_be_cut(read):
    rows = [{"period": str(year), "cmdCode": f"{code:06d}"} for year in range(2000, 2025)
            for code in range(850110, 850310, 10)]  # fmt: skip
    assert len(rows) == 500
    assert "exactly 500 rows" in read(*rows).origin.note
    assert "exactly" not in read(*rows[1:]).origin.note


def test_bulk_files_are_tabs_in_gzip_with_capitals(tmp_path, checked):
    header = [name[0].upper() + name[1:] for name in API]
    path = tmp_path / "download"
    text = table({}, {"partnerCode": "643"}, separator="\t", header=header, end="\r\n")
    path.write_bytes(gzip.compress(text.encode()))
    file = RawFile(path)
    assert file.packed
    reading = checked(file)
    assert [row["partner"] for row in reading.flows.to_pylist()] == ["CN", "RU"]


@pytest.mark.parametrize("comma_in_header", [True, False])
def test_a_comma_at_the_end_of_each_line(text_file, checked, comma_in_header):
    lines = table({}).splitlines()
    text = f"{lines[0]}{',' * comma_in_header}\n{lines[1]},\n"
    assert only(checked(text_file(text)))["value"] == 100


def test_labels_in_another_encoding_do_no_harm(text_file, checked):
    text = table({"reporterDesc": "Curaçao", "partnerCode": "531"})
    assert only(checked(text_file(text, encoding="latin-1")))["partner"] == "CW"


def answer(*rows, **frame):
    records = []
    for row in rows:
        record = {name: (ROW | row).get(name) for name in API}
        for name in ("reporterCode", "partnerCode", "motCode", "aggrLevel", "qtyUnitCode"):
            record[name] = int(record[name])
        for name in ("isQtyEstimated", "isNetWgtEstimated", "isOriginalClassification"):
            record[name] = record[name] == "true"
        record["cifvalue"] = float(record["cifvalue"])
        record["primaryValue"] = float(record["primaryValue"])
        record["fobvalue"] = None
        records.append(record)
    whole = {"elapsedTime": "0.27 secs", "count": len(records), "data": records, "error": ""}
    return json.dumps(whole | frame)


def test_the_json_of_the_api_gives_the_same_rows(text_file, checked, read):
    rows = [{"primaryValue": "4136492.5", "cifvalue": "4136492.5"}, {"partnerCode": "643"}]
    plain = read(*rows).flows.to_pylist()
    from_json = checked(text_file(answer(*rows))).flows.to_pylist()
    for row in plain + from_json:
        del row["source_row"]
    assert from_json == plain


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (answer({})[:-30], "cut short or damaged"),
        (answer({}, count=5), "announces 5 records and holds 1"),
        (answer({}, error="quota exceeded"), "quota exceeded"),
        (answer({}, data=None), "no list of records"),
        (answer({}, data=[1]), "no list of records"),
        (answer(), "no record"),
        ('{"elapsedTime": 1, "data": [{"a": 1}]}', "missing columns: period"),
        ('{"elapsedTime": ' + "[" * 100_000, "cut short or damaged"),
    ],
)
def test_answers_that_are_none(text_file, words, text):
    file = text_file(text)
    with pytest.raises(InputError, match=words):
        recognise(file).read(file)


def test_an_answer_above_the_limit_is_not_parsed(text_file, monkeypatch):
    monkeypatch.setattr(comtrade_json, "MAX_TEXT", 10)
    file = text_file(answer({}))
    with pytest.raises(InputError, match="Ask for CSV"):
        recognise(file).read(file)


LEGACY = (
    "Classification,Year,Period,Period Desc.,Aggregate Level,Is Leaf Code,Trade Flow Code,"
    "Trade Flow,Reporter Code,Reporter,Reporter ISO,Partner Code,Partner,Partner ISO,"
    "2nd Partner Code,2nd Partner,2nd Partner ISO,Customs Proc. Code,Customs,"
    "Mode of Transport Code,Mode of Transport,Commodity Code,Commodity,Qty Unit Code,Qty Unit,Qty,"
    "Alt Qty Unit Code,Alt Qty Unit,Alt Qty,Netweight (kg),Gross weight (kg),Trade Value (US$),"
    "CIF Trade Value (US$),FOB Trade Value (US$),Flag\n"
)


def test_the_csv_of_the_old_site(text_file, checked, refusals):
    text = LEGACY + (
        "H5,2019,2019,2019,6,1,1,Import,842,USA,USA,490,Other Asia,,,,,,,,,010121,"
        "Horses,5,Number of items,3,,,,900,,12345,,,0\n"
        "H5,2019,201911,November 2019,6,1,3,Re-Export,842,USA,USA,156,China,CHN,,,,,,,,851762,"
        "Phones,5,Number of items,3,,,,900,,77,,,6\n"
        "H5,2019,2019,2019,6,1,4,Re-Import,842,USA,USA,156,China,CHN,,,,,,,,851762,"
        "Phones,5,Number of items,3,,,,900,,77,,,0\n"
    )  # fmt: skip
    reading = checked(text_file(text))
    first, second = reading.flows.to_pylist()
    assert (first["reporter"], first["partner"], first["flow"]) == ("US", "TW", "import")
    assert (first["product"], first["nomenclature_edition"]) == ("010121", "2017")
    assert (first["value"], first["net_kg"], first["quantity"]) == (12345, 900.0, 3.0)
    assert first["valuation"] is None
    assert (second["freq"], second["flow"], second["net_kg"]) == ("M", "re-export", None)
    assert refusals(reading) == {"unknown flow": 1}


def test_files_that_are_not_whole(text_file, read, refusals):
    whole = table({}, {"partnerCode": "643"})
    file = text_file(whole[:-80])
    reading = recognise(file).read(file)
    assert [row["partner"] for row in reading.flows.to_pylist()] == ["CN"]
    assert refusals(reading) == {"wrong number of columns": 1}
    for text in (table(), table()[:-1]):
        file = text_file(text)
        with pytest.raises(InputError, match="no record"):
            recognise(file).read(file)
    lacking = table({}).replace("period,", "when,", 1)
    file = text_file(lacking)
    assert recognise(file).name == "un-comtrade"
    with pytest.raises(InputError, match="missing columns: period"):
        recognise(file).read(file)


@pytest.mark.data
def test_armenian_phones(staged, checked):
    """Figures of the staged extract, added up again with pandas."""
    import pandas as pd

    path = staged / "trade" / "comtrade" / "mobile_phone_reexports.csv"
    plain = pd.read_csv(path, encoding="latin-1", dtype=str)
    plain["value"] = plain["trade_value_us"].map(Decimal)
    reading = checked(RawFile(path))
    rows = reading.flows.to_pandas()
    assert len(rows) == len(plain) == 286
    assert not len(reading.refused)
    in_2023 = rows[rows["period"].map(lambda day: day.year) == 2023]
    sums = in_2023.groupby(["flow", "partner", "partner_basis", "valuation"])["value"].sum()
    assert sums["import", "VN", "origin", "CIF"] == Decimal("463649225.36")
    assert sums["export", "RU", "destination", "FOB"] == Decimal("462201862.98")
    again = (
        plain[plain["period"].str[:4] == "2023"]
        .groupby(["trade_code", "partner_iso"])["value"]
        .sum()
    )
    assert again["M", "VNM"] == sums["import", "VN", "origin", "CIF"]
    assert again["X", "RUS"] == sums["export", "RU", "destination", "FOB"]
    assert sum(rows["value"]) == sum(plain["value"])
