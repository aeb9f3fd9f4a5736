"""HM Revenue & Customs: ports of one cell, what is hidden, and estimates without a code."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from throughflow.errors import InputError
from throughflow.sources.base import RawFile
from throughflow.sources.registry import recognise

ROW = {
    "MonthId": 202401,
    "FlowTypeId": 4,
    "SuppressionIndex": 0,
    "CommodityId": 85423190,
    "CommoditySitcId": 77641,
    "CountryId": 82,
    "PortId": 100,
    "Value": 1200.0,
    "NetMass": 10.0,
    "SuppUnit": 0.0,
    "Country": {"CountryCodeAlpha": "KZ"},
}


def country(letters, number=1):
    return {"CountryId": number, "Country": {"CountryCodeAlpha": letters}}


def answer(*rows, without=(), **frame):
    whole = {"@odata.context": "https://api.uktradeinfo.com/$metadata#OTS(Country())"}
    listed = [{name: v for name, v in (ROW | row).items() if name not in without} for row in rows]
    return json.dumps(whole | {"value": listed} | frame)


@pytest.fixture
def read(text_file, checked):
    return lambda *rows, **options: checked(text_file(answer(*rows, **options)))


def only(reading):
    (row,) = reading.flows.to_pylist()
    return row


def values(reading, *names):
    return {tuple(row[n] for n in names): row["value"] for row in reading.flows.to_pylist()}


def test_exports_of_a_month(read):
    row = only(read({}))
    assert {name: row[name] for name in row if name not in {"edition", "source_sheet"}} == {
        "dataset": "uk-ots",
        "freq": "M",
        "period": date(2024, 1, 1),
        "reporter": "GB",
        "partner": "KZ",
        "flow": "export",
        "partner_basis": "destination",
        "nomenclature": "CN",
        "nomenclature_edition": None,
        "product": "85423190",
        "value": Decimal("1200.00"),
        "currency": "GBP",
        "net_kg": 10.0,
        "quantity": None,
        "quantity_unit": None,
        "valuation": "FOB",
        "status": "final",
        "source_row": 1,
    }


def test_imports_carry_the_country_of_consignment(read):
    row = only(read({"FlowTypeId": 3}))
    assert (row["flow"], row["partner_basis"], row["valuation"]) == (
        "import",
        "consignment",
        "CIF",
    )


def test_ports_of_one_cell_are_added_up(read, refusals):
    reading = read({}, {"PortId": 101, "Value": 300.5, "NetMass": 1}, {"PortId": -1, "Value": 1})
    row = only(reading)
    assert (row["value"], row["net_kg"]) == (Decimal("1501.50"), 21.0)
    assert reading.cells == 1
    assert not refusals(reading)


def test_a_sum_lacks_the_mass_that_one_port_lacks(read):
    assert only(read({}, {"PortId": 101, "NetMass": None}))["net_kg"] is None
    assert only(read({}, {"PortId": 101, "NetMass": 0}))["net_kg"] is None


@pytest.mark.parametrize("amount", [None, "x", -5, "NaN", "1e300", "9" * 40])
def test_a_port_that_cannot_be_read_spoils_its_cell(read, refusals, amount):
    reading = read({}, {"PortId": 101, "Value": amount}, country("RU", 75))
    assert only(reading)["partner"] == "RU"
    assert sum(refusals(reading).values()) == 2
    assert "KZ" not in {row["partner"] for row in reading.coverage.to_pylist()}


def test_trade_with_the_eu_and_others_are_one_flow(read):
    rows = [{"FlowTypeId": n, **country("FR")} for n in (1, 2)]
    reading = read(*rows, {"FlowTypeId": 3}, {})
    assert set(values(reading, "flow", "partner")) == {
        ("import", "FR"),
        ("export", "FR"),
        ("import", "KZ"),
        ("export", "KZ"),
    }


@pytest.mark.parametrize(
    ("number", "product"),
    [
        (1012910, "01012910"),
        (85423190, "85423190"),
        (99500000, "99500000"),
        (5, None),
        (854231, None),
        (77000000, None),
        (854231900, None),
    ],
)
def test_a_commodity_is_its_code_without_a_leading_zero(read, refusals, number, product):
    reading = read({"CommodityId": number}, country("RU", 75))
    found = [row["product"] for row in reading.flows.to_pylist() if row["partner"] == "KZ"]
    assert found == ([product] if product else [])
    assert refusals(reading) == ({} if product else {"unknown product code": 1})


def test_the_publishers_own_code_must_be_the_same(read, refusals):
    reading = read(
        {"Commodity": {"Cn8Code": "85423190"}},
        {"Commodity": {"Cn8Code": "85423110"}, **country("RU", 75)},
    )
    assert only(reading)["partner"] == "KZ"
    assert refusals(reading) == {"contradicts another column": 1}


def test_estimates_stand_twice_and_are_kept_out(read, refusals):
    eu = {"FlowTypeId": 1, "PortId": -1, "NetMass": None, **country("QV", 959)}
    reading = read(
        {},
        eu | {"CommodityId": -850, "CommoditySitcId": -1},
        eu | {"CommodityId": 0, "CommoditySitcId": -770},
    )
    assert only(reading)["partner"] == "KZ"
    assert refusals(reading) == {"estimate or total without a product code": 2}


def test_hidden_countries_are_neither_recorded_nor_zero(read, refusals):
    """In February no country's trade in the code is told, so the cells are not covered."""
    other = {"CommodityId": 84715000, "CommoditySitcId": 75220}
    secret = {"MonthId": 202402, "SuppressionIndex": 2, "PortId": -1, **country("QZ", 958)}
    reading = read({}, {"MonthId": 202403}, other, other | {"MonthId": 202402}, secret)
    rows = {(r["product"], r["partner"], r["period"].month): r for r in reading.flows.to_pylist()}
    assert rows["85423190", "QZ", 2]["status"] == "confidential"
    ranges = sorted(
        (row["product"], row["partner"], row["first_period"].month, row["last_period"].month)
        for row in reading.coverage.to_pylist()
    )
    assert ("85423190", "KZ", 1, 1) in ranges
    assert ("85423190", "KZ", 3, 3) in ranges
    assert ("84715000", "KZ", 1, 3) in ranges
    assert ("85423190", "QZ", 1, 3) in ranges
    assert not refusals(reading)


@pytest.mark.parametrize("index", [1, 2, 3])
def test_a_hidden_row_that_names_a_country_is_refused(read, refusals, index):
    reading = read({"SuppressionIndex": index}, {"MonthId": 202402}, country("RU", 75))
    assert set(values(reading, "partner", "period")) == {("KZ", date(2024, 2, 1))} | {
        ("RU", date(2024, 1, 1))
    }
    assert refusals(reading) == {"suppressed by the publisher": 1}
    spans = [r["first_period"] for r in reading.coverage.to_pylist() if r["partner"] == "KZ"]
    assert spans == [date(2024, 2, 1)]


def test_nothing_is_kept_of_what_is_hidden_altogether(read, refusals):
    reading = read({}, {"SuppressionIndex": 1, **country("QZ", 958)})
    assert only(reading)["partner"] == "KZ"
    assert refusals(reading) == {"suppressed by the publisher": 1}


@pytest.mark.parametrize("index", [3, 4, 5])
def test_a_hidden_quantity_is_not_known(read, index):
    who = {} if index != 3 else country("QZ", 958)
    row = only(read({"SuppressionIndex": index, **who}))
    assert (row["value"], row["net_kg"]) == (1200, None)


def test_a_total_beside_the_values_of_countries_is_kept_out(read, refusals):
    hidden = {"SuppressionIndex": 4}
    reading = read(hidden, hidden | country("RU", 75), hidden | country("QW", 960))
    assert set(values(reading, "partner")) == {("KZ",), ("RU",)}
    assert refusals(reading) == {"aggregate beside its parts": 1}


def test_unknown_numbers_and_letters_are_refused_by_name(read, refusals):
    reading = read(
        {},
        {"SuppressionIndex": 9},
        {"FlowTypeId": 5},
        {"MonthId": 202413},
        {"MonthId": 209901},
        country("??", 7),
        {"CountryId": 8, "Country": None},
    )
    assert only(reading)["partner"] == "KZ"
    assert refusals(reading) == {
        "not one of the allowed words": 1,
        "unknown flow": 1,
        "not a period": 1,
        "future period": 1,
        "unknown country": 2,
    }
    details = {row["detail"] for row in reading.refused.to_pylist()}
    assert {"partner '??'", "partner 'number 8'"} <= details


def test_letters_of_the_publishers_own(read):
    rows = [country(letters, n) for n, letters in enumerate(("XS", "GR ", "XK", "QR"))]
    assert set(values(read(*rows), "partner")) == {("RS",), ("GR",), ("XK",), ("QR",)}


def test_the_same_row_twice_and_rows_that_contradict(read, refusals):
    reading = read({}, {}, country("RU", 75), country("RU", 75) | {"Value": 5})
    assert only(reading)["value"] == 1200
    assert refusals(reading) == {"duplicate row": 1, "conflicting duplicate": 2}


def test_numbers_of_countries_mean_nothing_alone(text_file):
    file = text_file(answer({}, without=("Country",)))
    with pytest.raises(InputError, match=r"numbers alone\. Run `throughflow get hmrc`") as caught:
        recognise(file).read(file)
    assert caught.value.where == str(file.path)


@pytest.mark.parametrize("name", ["PortId", "CommoditySitcId", "CountryId", "Value"])
def test_without_what_tells_rows_apart_nothing_is_read(text_file, name):
    file = text_file(answer({}, without=(name,)))
    with pytest.raises(InputError, match=f"missing from every row: {name}"):
        recognise(file).read(file)


def test_a_page_of_a_longer_answer_is_refused(text_file):
    frame = {"@odata.nextLink": "https://api.uktradeinfo.com/OTS?$skip=30000"}
    file = text_file(answer({}, **frame))
    with pytest.raises(InputError, match="one page of a longer answer"):
        recognise(file).read(file)


def test_fewer_rows_than_announced_are_refused(text_file):
    file = text_file(answer({}, **{"@odata.count": 2}))
    with pytest.raises(InputError, match="announces 2 rows and holds 1"):
        recognise(file).read(file)


def test_a_cut_answer_is_refused(text_file):
    file = text_file(answer({}, {"PortId": 101})[:-20])
    with pytest.raises(InputError, match="cut short or damaged"):
        recognise(file).read(file)


@pytest.mark.parametrize("rows", ["x", [], ["x"], None])
def test_what_is_not_a_list_of_rows_is_refused(text_file, rows):
    text = '{"MonthId":0,"FlowTypeId":0,"SuppressionIndex":0,"value":' + json.dumps(rows) + "}"
    file = text_file(text)
    with pytest.raises(InputError, match="no list of rows"):
        recognise(file).read(file)


def test_regional_statistics_are_not_recognised(text_file):
    with pytest.raises(InputError, match="no publisher's layout"):
        recognise(text_file(answer({}, without=("SuppressionIndex",))))


@given(
    st.dictionaries(
        st.tuples(st.sampled_from(["KZ", "RU", "FR", "CN"]), st.sampled_from([85423190, 1012910])),
        st.lists(st.integers(0, 10**10), min_size=1, max_size=4),
        min_size=1,
    ),
    st.randoms(use_true_random=False),
)
@settings(max_examples=40, deadline=None)
def test_no_aggregate_is_counted_twice(tmp_path_factory, checked, trade, random):
    """Ports add up to the cell; estimates by chapter and again by division add nothing."""
    rows = [
        country(letters) | {"CommodityId": code, "PortId": port, "Value": amount}
        for (letters, code), amounts in trade.items()
        for port, amount in enumerate(amounts)
    ]
    whole = sum(sum(amounts) for amounts in trade.values())
    rows += [
        {"CommodityId": -850, "CommoditySitcId": -1, "Value": whole},
        {"CommodityId": 0, "CommoditySitcId": -770, "Value": whole},
        country("QW") | {"SuppressionIndex": 4, "Value": whole},
    ]
    random.shuffle(rows)
    path = tmp_path_factory.mktemp("hmrc") / "download"
    path.write_text(answer(*rows), encoding="utf-8")
    reading = checked(RawFile(path))
    assert values(reading, "partner", "product") == {
        (letters, f"{code:08}"): sum(amounts) for (letters, code), amounts in trade.items()
    }
