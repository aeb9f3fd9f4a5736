"""The mirror gap and the rolling year, against sums over rows in Python."""

from __future__ import annotations

import math
from collections import defaultdict
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

import numpy as np
import pyarrow as pa
import pytest

from throughflow.reference import fx
from throughflow.warehouse import Warehouse, load

HEADER = "period,freq,reporter,partner,flow,product,nomenclature,value,currency,dataset"
EXPORTERS, HUBS = ("DE", "FR", "PL"), ("KG", "KZ")
CODES = ("84715000", "84715010", "85423190")
MONTHS = [f"{year}-{month:02d}" for year in (2020, 2021, 2022) for month in range(1, 13)]
CURRENCIES = {"DE": "EUR", "FR": "EUR", "PL": "USD", "KG": "USD", "KZ": "EUR"}
CENT = Decimal("0.01")
# Conversion goes through doubles, so a half cent may fall either way in each of the values summed.
PER_VALUE = CENT


def rows(flow, seed):
    rng = np.random.default_rng(seed)
    pairs = [(o, h) if flow == "export" else (h, o) for o in EXPORTERS for h in HUBS]
    return [
        (month, reporter, partner, code, Decimal(int(rng.integers(0, 10**7))) / 100)
        for reporter, partner in pairs
        for code in CODES
        for month in MONTHS
        if rng.random() < 0.6
    ]


SENT, RECEIVED = rows("export", 1), rows("import", 2)


@pytest.fixture(scope="module")
def warehouse(tmp_path_factory):
    folder = tmp_path_factory.mktemp("both")
    # A currency without a rate, and totals, which belong to no product.
    extra = {
        "export": ["2021-05,M,DE,KZ,export,TOTAL,TOTAL,1e9,EUR,export"],
        "import": ["2021-05,M,AM,DE,import,84715000,CN,5,AMD,import"],
    }
    for flow, held in (("export", SENT), ("import", RECEIVED)):
        lines = [
            f"{month},M,{reporter},{partner},{flow},{code},CN,{value},{CURRENCIES[reporter]},{flow}"
            for month, reporter, partner, code, value in held
        ]
        path = folder / f"{flow}.csv"
        path.write_text("\n".join([HEADER, *lines, *extra[flow], ""]))
        assert not load([path], folder / "wh").failed
    with Warehouse(folder / "wh") as opened:
        yield opened


def euro(reporter: str, month: str, value: Decimal) -> Decimal:
    if CURRENCIES[reporter] == "EUR":
        return value
    per_euro = fx.rate(CURRENCIES[reporter], date.fromisoformat(month + "-01"))
    return (value / per_euro).quantize(CENT, ROUND_HALF_UP)


def gaps(warehouse, **more):
    parameters = {
        "export_dataset": "own-export", "import_dataset": "own-import",
        "export_basis": "destination", "import_basis": "origin",
        "export_digits": 8, "import_digits": 8, "digits": 6,
        "freq": "M", "currency": "EUR",
    } | more  # fmt: skip
    return warehouse.query(
        "throughflow.trade",
        "mirror_gap",
        parameters=parameters,
        tables={"period_rate": fx.monthly_rates()},
    ).to_pylist()


def test_the_mirror_gap_meets_both_sides_by_hand(warehouse):
    sides = []
    for held, turned in ((SENT, False), (RECEIVED, True)):
        side = defaultdict(list)
        for month, reporter, partner, code, value in held:
            pair = (partner, reporter) if turned else (reporter, partner)
            side[*pair, code[:6], f"{month}-01"].append(euro(reporter, month, value))
        sides.append(side)
    sent, received = sides
    found = [row for row in gaps(warehouse) if row["hub"] != "AM"]
    keys = [(r["origin"], r["hub"], r["product"], str(r["period"])) for r in found]
    assert keys == sorted(sent.keys() | received.keys())
    for key, row in zip(keys, found, strict=True):
        for name, side in (("sent", sent), ("received", received)):
            values = side.get(key)
            assert row[f"{name}_cells"] == len(values or ())
            if values is None:
                assert row[name] is None
            else:
                assert abs(row[name] - sum(values)) <= PER_VALUE * len(values)
        if row["sent"] and row["received"]:
            gap = math.log(float(row["received"]) / float(row["sent"]))
            assert float(row["gap_log"]) == pytest.approx(gap, abs=5.1e-7)  # six decimals
        else:
            assert row["gap_log"] is None
    assert any(row["sent"] is None for row in found)
    assert any(row["received"] is None for row in found)
    assert any(row["sent_cells"] == 2 for row in found), "two CN8 codes meet in one HS6"


def test_a_value_without_a_rate_is_no_value_and_is_counted(warehouse):
    (row,) = [row for row in gaps(warehouse) if row["hub"] == "AM"]
    assert (row["received"], row["received_cells"], row["unpriced"]) == (None, 1, 1)
    assert row["gap_log"] is None


def test_in_one_currency_the_parts_add_up_exactly(warehouse):
    in_euro = [value for _, reporter, _, _, value in SENT if reporter != "PL"]
    found = [row["sent"] for row in gaps(warehouse) if row["origin"] != "PL" and row["sent"]]
    assert sum(found) == sum(in_euro)


def years(warehouse, first, last, **more):
    parameters = {
        "dataset": "own-export", "nomenclature": "CN", "flow": "export", "basis": "destination",
        "digits": 8, "first": first, "last": last, "currency": "EUR",
    } | more  # fmt: skip
    return warehouse.query("throughflow.trade", "rolling_year", parameters=parameters)


def ordinal(month: str) -> int:
    return int(month[:4]) * 12 + int(month[5:7])


def test_a_rolling_year_is_the_sum_of_its_recorded_months(warehouse):
    found = years(warehouse, date(2020, 1, 1), date(2022, 12, 1)).to_pylist()
    assert len(found) == len(SENT)
    by_series = defaultdict(dict)
    for month, reporter, partner, code, value in SENT:
        by_series[reporter, partner, code][ordinal(month)] = euro(reporter, month, value)
    for row in found:
        series = by_series[row["reporter"], row["partner"], row["product"]]
        end = ordinal(str(row["period"]))
        inside = [value for month, value in series.items() if end - 12 < month <= end]
        assert row["months"] == len(inside)
        assert abs(row["year_amount"] - sum(inside)) <= PER_VALUE * len(inside)
        if row["reporter"] != "PL":
            assert row["year_amount"] == sum(inside)


def test_months_before_the_first_shown_count_but_are_not_shown(warehouse):
    first, last = date(2021, 6, 1), date(2022, 3, 1)
    whole = years(warehouse, date(2020, 1, 1), date(2022, 12, 1))
    inside = [row for row in whole.to_pylist() if first <= row["period"] <= last]
    assert years(warehouse, first, last).to_pylist() == inside


def test_a_year_with_an_unpriced_month_is_null(warehouse):
    found = years(
        warehouse, date(2020, 1, 1), date(2022, 12, 1), dataset="own-import", flow="import",
        basis="origin",
    ).to_pylist()  # fmt: skip
    (row,) = [row for row in found if row["reporter"] == "AM"]
    assert (row["amount"], row["year_amount"], row["months"]) == (None, None, 1)


def test_batches_are_the_rows_of_the_query(warehouse):
    parameters = {
        "dataset": "own-export", "nomenclature": "CN", "flow": "export", "basis": "destination",
        "digits": 8, "first": date(2020, 1, 1), "last": date(2022, 12, 1), "currency": "EUR",
    }  # fmt: skip
    pieces = warehouse.query_batches("throughflow.trade", "rolling_year", parameters=parameters)
    whole = years(warehouse, parameters["first"], parameters["last"])
    assert pa.Table.from_batches(list(pieces)).equals(whole)
