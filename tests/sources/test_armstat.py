from __future__ import annotations

from datetime import date
from decimal import Decimal

import pyarrow as pa
import pytest
from pyarrow import parquet

from throughflow.errors import InputError
from throughflow.sources import reasons
from throughflow.sources.armstat import ArmstatCountries, ArmstatProducts
from throughflow.sources.base import RawFile
from throughflow.sources.registry import recognise

# Thousand dollars as doubles against exact cents: half a cent per value.
CENT = Decimal("0.01")


def days(year, month):
    return float((date(int(year), int(month), 1) - date(1970, 1, 1)).days)


def heading(hs4, year, month, **values):
    row = dict.fromkeys(("export_tonn", "export", "import_tonn", "import"), 0.0)
    row |= {"commodity": f"Goods {hs4:.0f}", "hs4": hs4, "year": year, "month": month}
    return row | {"date": days(year, month), "hs2": hs4 // 100} | values


def partner(country, year, month, export=0.0, origin=0.0, consignment=0.0, **more):
    row = {"country": country, "year": year, "month": month, "export": export}
    row |= {"import_origin": origin, "import_consignment": consignment}
    return row | {"date": days(year, month)} | more


@pytest.fixture
def table_file(tmp_path):
    def write(*rows):
        path = tmp_path / "download"
        parquet.write_table(pa.Table.from_pylist(list(rows)), path)
        return RawFile(path)

    return write


def test_headings_get_their_zeros_weights_and_units_back(table_file, checked, value_of):
    reading = checked(
        table_file(
            heading(101.0, 2024.0, 7.0, **{"import": 1.33818, "import_tonn": 0.00035}),
            heading(8517.0, 2024.0, 7.0, export=2.5, export_tonn=0.1, **{"import": 1e-05}),
        )
    )
    assert reading.origin.dataset == "am-headings"
    assert (reading.cells, reading.not_recorded) == (4, 1)
    goods = {row["product"]: row for row in reading.flows.to_pylist() if row["flow"] == "import"}
    assert goods["0101"]["value"] == Decimal("1338.18")
    assert goods["0101"]["net_kg"] == pytest.approx(0.35)
    # A cent is not nothing, and a value without a weight has none recorded.
    assert goods["8517"]["value"] == CENT
    assert goods["8517"]["net_kg"] is None
    assert value_of(reading, flow="export") == Decimal("2500.00")
    assert {(row["nomenclature"], row["partner"]) for row in reading.flows.to_pylist()} == {
        ("HS", "WORLD")
    }
    assert reading.labels.column("label").to_pylist() == ["Goods 101", "Goods 8517"]


def test_a_filled_zero_is_not_recorded_unless_it_weighs_something(table_file, checked):
    reading = checked(
        table_file(
            heading(8410.0, 2010.0, 12.0, import_tonn=0.15),
            heading(8410.0, 2010.0, 11.0, export=1.0, export_tonn=1.0),
        )
    )
    found = {(row["flow"], row["period"].month): row for row in reading.flows.to_pylist()}
    assert set(found) == {("import", 12), ("export", 11)}
    assert found["import", 12]["value"] == 0
    assert reading.not_recorded == 2


def test_electricity_has_no_weight_whatever_the_file_says(table_file, checked):
    reading = checked(table_file(heading(2716.0, 2024.0, 1.0, export=5371.2, export_tonn=1e-6)))
    assert reading.flows.column("net_kg").to_pylist() == [None]


def test_headings_that_contradict_themselves_are_refused(table_file, checked, refusals):
    good = heading(101.0, 2024.0, 7.0, export=1.0, export_tonn=1.0)
    reading = checked(
        table_file(
            good,
            heading(8517.0, 2024.0, 7.0, hs2=84.0, export=1.0),
            heading(85.0, 2024.0, 7.0, export=1.0),
            heading(101.5, 2024.0, 7.0, hs2=1.0, export=1.0),
            heading(102.0, 2024.0, 7.0, date=days(2024, 8), export=1.0),
            heading(103.0, 2024.0, 1.0, export=1.0) | {"month": 13.0},
            heading(103.0, 2024.0, 1.0, date=999_999_999.0, export=1.0),
            heading(104.0, 2222.0, 1.0, export=1.0),
            heading(106.0, 2024.0, 1.0, export=-1.0),
        )
    )
    assert refusals(reading) == {
        reasons.UNKNOWN_PRODUCT: 6,
        reasons.NOT_A_PERIOD: 6,
        reasons.FUTURE_PERIOD: 2,
        reasons.NEGATIVE: 1,
    }
    assert reading.flows.column("product").to_pylist() == ["0101"]


def test_every_heading_is_covered_in_every_month_of_the_file(table_file, checked):
    reading = checked(
        table_file(
            heading(101.0, 2024.0, 7.0, export=1.0),
            heading(102.0, 2024.0, 8.0, export=1.0),
            heading(102.0, 2024.0, 10.0, export=1.0),
        )
    )
    ranges = {
        (row["product"], row["first_period"].month, row["last_period"].month)
        for row in reading.coverage.to_pylist()
        if row["flow"] == "export"
    }
    assert ranges == {("0101", 7, 8), ("0101", 10, 10), ("0102", 7, 8), ("0102", 10, 10)}


def test_origin_and_consignment_are_two_columns_of_one_trade(table_file, checked, value_of):
    reading = checked(
        table_file(
            partner("China", 2024.0, 2.0, export=1.0, origin=10.0, consignment=4.0),
            partner("Georgia", 2024.0, 2.0, consignment=6.0),
        )
    )
    assert reading.origin.dataset == "am-partners"
    china = {"partner": "CN", "flow": "import", "period": date(2024, 2, 1)}
    assert value_of(reading, partner_basis="origin", **china) == 10_000
    assert value_of(reading, partner_basis="consignment", **china) == 4_000
    by_basis = {}
    for row in reading.flows.to_pylist():
        if row["flow"] == "import":
            basis = row["partner_basis"]
            by_basis[basis] = by_basis.get(basis, 0) + row["value"]
    # The same goods twice: each basis adds up to all imports by itself.
    assert by_basis == {"origin": 10_000, "consignment": 10_000}
    assert reading.not_recorded == 2
    # Georgia's imports by origin were asked for and not recorded.
    assert ("GE", "origin") in {
        (row["partner"], row["partner_basis"]) for row in reading.coverage.to_pylist()
    }


def test_partners_nobody_knows_are_refused_by_name(table_file, checked, refusals):
    reading = checked(
        table_file(
            partner("Atlantis", 2024.0, 2.0, export=1.0),
            partner("China", 2024.0, 2.0, export=1.0),
            partner("China", 2024.0, 2.0, export=2.0),
        )
    )
    assert refusals(reading) == {reasons.UNKNOWN_COUNTRY: 3, reasons.CONFLICT: 2}
    assert "Atlantis" in reading.refused.to_pylist()[0]["detail"]
    # A conflict is not coverage: nobody may say that nothing went to China.
    assert "export" not in {row["flow"] for row in reading.coverage.to_pylist()}


def test_reexports_by_year(text_file, checked, value_of, refusals):
    reading = checked(
        text_file(
            "year,RX,X,RX_pct\n2010,10.004,100,10.0%\n2011,0,100,0.0%\n"
            "2012,20,100,25.0%\n2013,,100,\n12,1,1,100%\n"
        )
    )
    assert reading.origin.dataset == "am-reexports"
    assert refusals(reading) == {reasons.CONTRADICTION: 2, reasons.NOT_A_PERIOD: 2}
    year = {"period": date(2010, 1, 1), "freq": "A"}
    assert value_of(reading, flow="re-export", **year) == Decimal("10.00")
    assert value_of(reading, flow="export", **year) == 100
    # Here a printed 0 is a 0, and a blank is not recorded.
    assert value_of(reading, flow="re-export", period=date(2011, 1, 1)) == 0
    assert reading.not_recorded == 1


def test_reexports_by_chapter_refuse_what_has_no_chapter(text_file, checked, value_of, refusals):
    reading = checked(
        text_file(
            "commodity_code,trade_value_us,RX_pct,year\n"
            '"62. Textile, other",123792679.53,44.3%,2023\n77. None,1,0%,2023\nOther,5,1%,2023\n'
        )
    )
    assert refusals(reading) == {reasons.UNKNOWN_PRODUCT: 2}
    assert value_of(reading, product="62", flow="re-export") == Decimal("123792679.53")
    assert reading.labels.to_pylist()[0]["label"] == "Textile, other"


def test_truncated_empty_and_mislabelled_tables(table_file, checked, text_file):
    file = table_file(heading(101.0, 2024.0, 7.0, export=1.0))
    whole = file.path.read_bytes()
    file.path.write_bytes(whole[:-20])
    with pytest.raises(InputError, match="truncated or damaged"):
        recognise(RawFile(file.path))
    other = partner("China", 2024.0, 2.0, export=1.0)
    del other["import_consignment"]
    with pytest.raises(InputError, match="no publisher's layout"):
        recognise(table_file(other))
    wrong = table_file(partner(["China"], 2024.0, 2.0, export=1.0))
    with pytest.raises(InputError, match="column country has the type list"):
        checked(wrong)
    empty = pa.table({name: pa.array([], pa.float64()) for name in heading(101.0, 2024.0, 7.0)})
    parquet.write_table(empty, file.path)
    assert len(checked(RawFile(file.path)).flows) == 0
    assert len(checked(text_file("year,RX,X,RX_pct\n")).flows) == 0


@pytest.mark.data
def test_ten_figures_of_the_staged_headings_with_pandas(staged):
    import pandas as pd

    path = staged / "trade" / "armstat" / "arm_trade_commodity.parquet"
    reading = ArmstatProducts().read(RawFile(path))
    frame = pd.read_parquet(path)
    assert (reading.cells, len(reading.flows)) == (2 * len(frame), 285_961)
    assert reading.cells == len(reading.flows) + reading.not_recorded
    flows = reading.flows.to_pandas().set_index(["product", "period", "flow"])
    keyed = frame.set_index(["hs4", "year", "month"])
    seen = 0
    for hs4, year, month in (
        (8517, 2022, 11),
        (8517, 2023, 3),
        (7108, 2024, 1),
        (101, 2020, 7),
        (2204, 2010, 12),
        (8703, 2019, 6),
    ):
        row = keyed.loc[(hs4, year, month)]
        for flow in ("export", "import"):
            if row[flow]:
                found = flows.loc[(f"{hs4:04d}", date(year, month, 1), flow)]
                assert abs(found["value"] - Decimal(row[flow] * 1000)) <= CENT
                assert found["net_kg"] == pytest.approx(row[f"{flow}_tonn"] * 1000)
                seen += 1
    assert seen >= 10
    for flow in ("export", "import"):
        total = flows.xs(flow, level="flow")["value"].sum()
        assert float(total) == pytest.approx(frame[flow].sum() * 1000, rel=1e-9)


@pytest.mark.data
def test_staged_partners_add_up_to_the_headings_on_either_basis(staged):
    import pandas as pd

    folder = staged / "trade" / "armstat"
    reading = ArmstatCountries().read(RawFile(folder / "arm_trade_country.parquet"))
    assert reading.cells == len(reading.flows) + reading.not_recorded
    goods = pd.read_parquet(folder / "arm_trade_commodity.parquet")
    flows = reading.flows.to_pandas()
    flows["year"] = [day.year for day in flows["period"]]
    yearly = flows.groupby(["partner_basis", "year"])["value"].sum().astype(float)
    for basis, column in (
        ("destination", "export"),
        ("origin", "import"),
        ("consignment", "import"),
    ):
        expected = goods.groupby("year")[column].sum() * 1000
        # The two tables of the same trade differ by 14 thousand dollars in 2007, else by cents.
        assert yearly[basis].to_numpy() == pytest.approx(expected.to_numpy(), rel=2e-5)
    by_origin = flows[flows.partner_basis == "origin"].groupby("partner")["value"].sum()
    by_consignment = flows[flows.partner_basis == "consignment"].groupby("partner")["value"].sum()
    # Georgia sends on what others made.
    assert by_consignment["GE"] > by_origin["GE"]


@pytest.mark.data
def test_a_zero_of_the_staged_partners_is_what_the_committee_prints_as_not_recorded(
    staged, checked
):
    """Decides how a 0 is read: not one stands where the committee's own table has a number."""
    derived = checked(RawFile(staged / "trade" / "armstat" / "arm_trade_country.parquet"))
    own = checked(RawFile(staged / "trade" / "national" / "armenia_data" / "armenia_data.csv"))
    key = ("partner", "period", "flow", "partner_basis")
    held = {tuple(row[name] for name in key) for row in derived.flows.to_pylist()}
    months = [row for row in own.flows.to_pylist() if row["freq"] == "M"]
    assert len(months) > 19_000
    assert [row for row in months if tuple(row[name] for name in key) not in held] == []


@pytest.mark.data
def test_staged_reexports_with_pandas(staged, checked, value_of, refusals):
    import pandas as pd

    folder = staged / "trade" / "armstat"
    reading = checked(RawFile(folder / "official_RX_data.csv"))
    assert refusals(reading) == {}
    for row in pd.read_csv(folder / "official_RX_data.csv").itertuples():
        day = date(row.year, 1, 1)
        for flow, value in (("re-export", row.RX), ("export", row.X)):
            found = value_of(reading, flow=flow, period=day)
            assert abs(found - Decimal(str(value))) <= CENT / 2
    chapters = checked(RawFile(folder / "official_RX_2023_by_hs2.csv"))
    # "Other goods" has no chapter; with it the chapters are the year's re-exports.
    assert refusals(chapters) == {reasons.UNKNOWN_PRODUCT: 1}
    parts = sum(row["value"] for row in chapters.flows.to_pylist())
    assert parts + Decimal("9700930.67") == value_of(
        reading, flow="re-export", period=date(2023, 1, 1)
    )
