"""US Census Bureau: groups beside countries, parts beside totals, and a country by its number."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from throughflow.errors import InputError
from throughflow.sources import json_answer
from throughflow.sources.base import RawFile
from throughflow.sources.registry import recognise

EXPORT = {
    "CTY_CODE": "4634",
    "CTY_NAME": "KAZAKHSTAN",
    "SUMMARY_LVL": "DET",
    "E_COMMODITY_SDESC": "PROCESSORS AND CONTROLLERS",
    "ALL_VAL_MO": "125300",
    "QTY_1_MO": "10",
    "UNIT_QY1": "NO",
    "time": "2024-01",
    "COMM_LVL": "HS6",
    "E_COMMODITY": "854231",
    "DISTRICT": "-",
    "DF": "-",
}
IMPORT = {
    "CTY_CODE": "4634",
    "CTY_NAME": "KAZAKHSTAN",
    "SUMMARY_LVL": "DET",
    "I_COMMODITY_SDESC": "PROCESSORS AND CONTROLLERS",
    "GEN_VAL_MO": "700",
    "GEN_QY1_MO": "3",
    "UNIT_QY1": "NO",
    "time": "2024-01",
    "COMM_LVL": "HS10",
    "I_COMMODITY": "8542310001",
    "DISTRICT": "-",
    "CTY_SUBCODE": "-",
    "RP": "-",
}


def answer(*rows, base=EXPORT, without=()):
    names = [name for name in base if name not in without]
    return json.dumps([names, *([(base | row)[name] for name in names] for row in rows)])


@pytest.fixture
def read(text_file, checked):
    return lambda *rows, **options: checked(text_file(answer(*rows, **options)))


def only(reading):
    (row,) = reading.flows.to_pylist()
    return row


def values(reading, *names):
    return {tuple(row[n] for n in names): row["value"] for row in reading.flows.to_pylist()}


def test_exports_of_a_month(read):
    reading = read({})
    row = only(reading)
    assert {name: row[name] for name in row if name not in {"edition", "source_sheet"}} == {
        "dataset": "us-census",
        "freq": "M",
        "period": date(2024, 1, 1),
        "reporter": "US",
        "partner": "KZ",
        "flow": "export",
        "partner_basis": "destination",
        "nomenclature": "HS",
        "nomenclature_edition": None,
        "product": "854231",
        "value": Decimal("125300.00"),
        "currency": "USD",
        "net_kg": None,
        "quantity": None,
        "quantity_unit": None,
        "valuation": None,
        "status": "final",
        "source_row": 2,
    }
    assert reading.origin.publisher == "U.S. Census Bureau"
    assert "free alongside ship" in reading.origin.note


def test_imports_at_ten_digits_have_a_quantity(read):
    row = only(read({}, base=IMPORT))
    assert (row["flow"], row["partner_basis"]) == ("import", "origin")
    assert (row["quantity"], row["quantity_unit"]) == (3.0, "NO")
    row = only(read({"UNIT_QY1": "X"}, base=IMPORT))
    assert row["quantity"] is row["quantity_unit"] is None
    assert only(read({"GEN_QY1_MO": "0"}, base=IMPORT))["quantity"] is None


def test_groups_of_countries_never_stand_beside_them(read, refusals):
    reading = read(
        {},
        {"CTY_CODE": "4621"},
        {"CTY_CODE": "-", "CTY_NAME": "TOTAL FOR ALL COUNTRIES"},
        {"CTY_CODE": "0003", "SUMMARY_LVL": "CGP"},
        {"CTY_CODE": "0027", "SUMMARY_LVL": "DET"},
        {"CTY_CODE": "5XXX", "SUMMARY_LVL": "CGP"},
        {"CTY_CODE": "5700", "SUMMARY_LVL": "CGP"},
    )
    assert set(values(reading, "partner")) == {("KZ",), ("RU",), ("WORLD",)}
    assert refusals(reading) == {"aggregate beside its parts": 4}


def test_groups_are_known_without_their_mark(read, refusals):
    reading = read({}, {"CTY_CODE": "0022"}, {"CTY_CODE": "4XXX"}, without=("SUMMARY_LVL",))
    assert only(reading)["partner"] == "KZ"
    assert refusals(reading) == {"aggregate beside its parts": 2}


def test_levels_stay_rows_of_their_own(read):
    reading = read(
        {},
        {"E_COMMODITY": "85", "COMM_LVL": "HS2"},
        {"E_COMMODITY": "8542", "COMM_LVL": "HS4"},
        {"E_COMMODITY": "8542310001", "COMM_LVL": "HS10"},
        {"E_COMMODITY": "-", "COMM_LVL": "-"},
    )
    rows = {row["product"]: row["nomenclature"] for row in reading.flows.to_pylist()}
    assert rows == {
        "85": "HS",
        "8542": "HS",
        "854231": "HS",
        "8542310001": "HS",
        "TOTAL": "TOTAL",
    }


@pytest.mark.parametrize(
    ("code", "level"),
    [("854231", "HS4"), ("85423", ""), ("77", "HS2"), ("00", "HS2"), ("-", "HS2"), ("85423A", "")],
)
def test_a_code_that_is_not_of_its_level_is_refused(read, refusals, code, level):
    reading = read({}, {"CTY_CODE": "4621", "E_COMMODITY": code, "COMM_LVL": level})
    assert only(reading)["partner"] == "KZ"
    assert refusals(reading) == {"unknown product code": 1}


def test_districts_are_parts(read, refusals):
    reading = read({"DISTRICT": "13", "ALL_VAL_MO": "100000"}, {}, {"DISTRICT": "27"})
    assert only(reading)["value"] == 125300
    assert refusals(reading) == {"part of trade, not the whole": 2}


def test_rate_provisions_and_subcodes_are_parts(read, refusals):
    reading = read({"RP": "61"}, {"CTY_SUBCODE": "P+"}, {}, base=IMPORT)
    assert only(reading)["value"] == 700
    assert refusals(reading) == {"part of trade, not the whole": 2}


def test_foreign_exports_are_re_exports_and_domestic_ones_a_part(read, refusals):
    reading = read({}, {"DF": "1", "ALL_VAL_MO": "100000"}, {"DF": "2", "ALL_VAL_MO": "25300"})
    assert values(reading, "flow") == {("export",): 125300, ("re-export",): 25300}
    assert refusals(reading) == {"part of trade, not the whole": 1}
    reading = read({}, {"CTY_CODE": "4621", "DF": ""})
    assert refusals(reading) == {"not one of the allowed words": 1}


@pytest.mark.parametrize("part", [{"DF": "1"}, {"DISTRICT": "13"}])
def test_parts_alone_are_not_the_whole(text_file, part):
    file = text_file(answer(part, part | {"CTY_CODE": "4621"}))
    with pytest.raises(InputError, match="parts of trade alone"):
        recognise(file).read(file)


def test_a_dimension_that_was_not_asked_for_is_its_total(read):
    assert only(read({}, without=("DISTRICT", "DF")))["flow"] == "export"


def test_an_unknown_country_is_refused_by_number(read):
    reading = read({}, {"CTY_CODE": "8220"}, {"CTY_CODE": "KZ"}, {"CTY_CODE": ""})
    assert only(reading)["partner"] == "KZ"
    details = [row["detail"] for row in reading.refused.to_pylist()]
    assert details == ["partner '8220'", "partner 'KZ'", "partner ''"]


def test_two_areas_of_one_partner_are_added_up(read):
    reading = read({"CTY_CODE": "5082", "ALL_VAL_MO": "3"}, {"CTY_CODE": "5083"})
    row = only(reading)
    assert (row["partner"], row["value"]) == ("PS", 125303)
    assert "areas of one partner" in reading.origin.note


def test_an_area_that_cannot_be_read_spoils_its_sum(read, refusals):
    reading = read({}, {"CTY_CODE": "5082", "ALL_VAL_MO": "(D)"}, {"CTY_CODE": "5083"})
    assert only(reading)["partner"] == "KZ"
    assert refusals(reading) == {"not a number": 1, "part of a sum cannot be read": 1}
    assert "PS" not in {row["partner"] for row in reading.coverage.to_pylist()}


def test_a_zero_is_recorded_and_a_null_is_not(read):
    reading = read({"ALL_VAL_MO": "0"}, {"CTY_CODE": "4621", "ALL_VAL_MO": None})
    assert only(reading)["value"] == 0
    assert reading.not_recorded == 1


def test_imports_for_consumption_are_a_dataset_of_their_own(read):
    base = {
        {"GEN_VAL_MO": "CON_VAL_MO", "GEN_QY1_MO": "CON_QY1_MO"}.get(name, name): value
        for name, value in IMPORT.items()
    }
    reading = read({}, base=base)
    assert reading.origin.dataset == "us-census-consumption"
    both = read({"CON_VAL_MO": "1"}, base=IMPORT | {"CON_VAL_MO": "1"})
    assert (both.origin.dataset, only(both)["value"]) == ("us-census", 700)


def test_the_bureaus_estimates_say_so(read):
    reading = read({}, {"E_COMMODITY": "9880004000", "COMM_LVL": "HS10"})
    status = {row["product"]: row["status"] for row in reading.flows.to_pylist()}
    assert status == {"854231": "final", "9880004000": "estimated"}


@pytest.mark.parametrize(
    ("month", "found"),
    [
        ({"time": "2024-01"}, date(2024, 1, 1)),
        ({"time": "2024-01", "YEAR": "2024", "MONTH": "1"}, date(2024, 1, 1)),
        ({"time": "", "YEAR": "2024", "MONTH": "02"}, date(2024, 2, 1)),
        ({"time": "2024-01", "YEAR": "2024", "MONTH": "02"}, None),
        ({"time": "2024-13"}, None),
        ({"time": "2024"}, None),
        ({"time": "2999-01"}, None),
    ],
)
def test_months(read, month, found):
    blank = {"YEAR": "", "MONTH": ""}
    row = EXPORT | blank | month
    reading = read(row, {"CTY_CODE": "4621"}, base=EXPORT | blank)
    rows = [r["period"] for r in reading.flows.to_pylist() if r["partner"] == "KZ"]
    assert rows == ([found] if found else [])


def test_a_condition_comes_back_as_a_second_column(text_file, checked):
    rows = json.loads(answer({}, {"CTY_CODE": "4621"}))
    twice = [[*row, row[0]] for row in rows]
    assert len(checked(text_file(json.dumps(twice))).flows) == 2
    twice[2][-1] = "4634"
    file = text_file(json.dumps(twice))
    with pytest.raises(InputError, match="CTY_CODE stands in the answer twice and differs"):
        recognise(file).read(file)


def test_the_same_row_twice_and_rows_that_contradict(read, refusals):
    reading = read({}, {}, {"CTY_CODE": "4621"}, {"CTY_CODE": "4621", "ALL_VAL_MO": "1"})
    assert only(reading)["partner"] == "KZ"
    assert refusals(reading) == {"duplicate row": 1, "conflicting duplicate": 2}


def test_a_series_is_covered_where_the_answer_shows_its_flow(read):
    reading = read(
        {"time": "2024-01"}, {"time": "2024-02", "CTY_CODE": "4621"}, {"time": "2024-03"}
    )
    ranges = {
        row["partner"]: (row["first_period"].month, row["last_period"].month)
        for row in reading.coverage.to_pylist()
    }
    assert ranges == {"KZ": (1, 3), "RU": (1, 3)}


@pytest.mark.parametrize("amount", ["1" * 40, "1e300", "-5", "NaN", "Infinity", "1,000", "(S)"])
def test_hostile_values_are_refused_by_name(read, amount):
    reading = read({}, {"CTY_CODE": "4621", "ALL_VAL_MO": amount})
    assert only(reading)["partner"] == "KZ"
    assert sum(reading.refused.column("cells").to_pylist()) == 1


def test_a_number_of_a_million_digits_does_no_harm(text_file, checked, refusals):
    text = answer({}, {"CTY_CODE": "4621", "ALL_VAL_MO": "HERE"}).replace('"HERE"', "9" * 10**6)
    assert refusals(checked(text_file(text))) == {"number too large": 1}


@pytest.mark.parametrize(
    ("names", "words"),
    [
        (("ALL_VAL_MO",), "no value of the month: ALL_VAL_MO is needed"),
        (("CTY_CODE",), "it adds all countries up"),
        (("time",), "names no month"),
    ],
)
def test_an_answer_that_lacks_a_column_is_refused(text_file, names, words):
    file = text_file(answer({}, without=names))
    with pytest.raises(InputError, match=words):
        recognise(file).read(file)


def test_a_year_to_date_is_not_a_month(text_file):
    base = {{"ALL_VAL_MO": "ALL_VAL_YR"}.get(name, name): text for name, text in EXPORT.items()}
    file = text_file(answer({}, base=base))
    with pytest.raises(InputError, match="values in the answer: ALL_VAL_YR"):
        recognise(file).read(file)


def test_both_flows_in_one_answer_are_refused(text_file):
    file = text_file(answer({}, base=EXPORT | {"I_COMMODITY": "854231"}))
    with pytest.raises(InputError, match="exports and imports in one answer"):
        recognise(file).read(file)


def test_a_cut_answer_is_refused(text_file):
    file = text_file(answer({}, {"CTY_CODE": "4621"})[:-30])
    with pytest.raises(InputError, match="cut short or damaged"):
        recognise(file).read(file)


def test_a_row_of_another_width_is_refused(text_file, checked, refusals):
    rows = json.loads(answer({}, {"CTY_CODE": "4621"}))
    rows[2].pop()
    reading = checked(text_file(json.dumps(rows)))
    assert only(reading)["partner"] == "KZ"
    assert refusals(reading) == {"wrong number of columns": 1}


@pytest.mark.parametrize("tail", [[], [{}], "x"])
def test_what_is_not_a_list_of_rows_is_refused(text_file, tail):
    rows = json.loads(answer({}))[:1]
    file = text_file(json.dumps([*rows, *tail]))
    with pytest.raises(InputError, match=r"not a list of rows|no rows"):
        recognise(file).read(file)


def test_nesting_without_end_is_refused(text_file):
    file = text_file(answer({})[:-1] + "," + "[" * 200_000)
    with pytest.raises(InputError, match="cut short or damaged"):
        recognise(file).read(file)


def test_an_answer_above_the_limit_is_not_parsed(text_file):
    file = text_file(answer({}))
    with pytest.raises(InputError, match=r"more than 0 MB\. Ask for less"):
        json_answer.document(file, most=10)


@pytest.mark.parametrize("text", ["[", "[[", '[["a",1]]', "[]", '{"a":1}', '[["a","b"],["c"]]'])
def test_other_json_is_not_recognised(text_file, text):
    with pytest.raises(InputError, match="no publisher's layout"):
        recognise(text_file(text))


@given(
    st.dictionaries(
        st.sampled_from(["4634", "4621", "5700", "4890", "5082", "5083"]),
        st.tuples(st.integers(0, 10**12), st.integers(0, 10**12)),
        min_size=1,
    ),
    st.randoms(use_true_random=False),
)
@settings(max_examples=40, deadline=None)
def test_no_aggregate_is_counted_twice(tmp_path_factory, checked, trade, random):
    """Whatever stands beside it and in whatever order, the countries add up to the world once."""
    rows = []
    for code, amounts in trade.items():
        for df, amount in (("1", amounts[0]), ("2", amounts[1]), ("-", sum(amounts))):
            row = {"CTY_CODE": code, "DF": df, "ALL_VAL_MO": str(amount)}
            rows += [row, row | {"DISTRICT": "13"}]
    whole = str(sum(sum(amounts) for amounts in trade.values()))
    for code in ("-", "0003", "0022", "4XXX", "5XXX"):
        rows.append({"CTY_CODE": code, "ALL_VAL_MO": whole, "SUMMARY_LVL": "DET"})
    rows += [row | {"E_COMMODITY": "8542", "COMM_LVL": "HS4"} for row in rows if len(row) == 3]
    random.shuffle(rows)
    path = tmp_path_factory.mktemp("census") / "download"
    path.write_text(answer(*rows), encoding="utf-8")
    reading = checked(RawFile(path))
    for product in ("854231", "8542"):
        exports = [
            row
            for row in reading.flows.to_pylist()
            if (row["flow"], row["product"]) == ("export", product)
        ]
        world = {row["value"] for row in exports if row["partner"] == "WORLD"} or {int(whole)}
        countries = [row["value"] for row in exports if row["partner"] != "WORLD"]
        assert sum(countries) in world
    foreign = [r["value"] for r in reading.flows.to_pylist() if r["flow"] == "re-export"]
    assert sum(foreign) == 2 * sum(amounts[1] for amounts in trade.values())
