from __future__ import annotations

import itertools
from datetime import date
from decimal import Decimal

import pyarrow as pa
import pytest
from pyarrow import parquet

from throughflow.errors import InputError
from throughflow.reference import control_lists, nomenclature
from throughflow.sources import reasons
from throughflow.sources.base import RawFile
from throughflow.sources.india_russia import MASKED, IndiaRussia
from throughflow.sources.registry import recognise

# Doubles of whole cents, added in another order.
CENT = Decimal("0.01")


def india(product, value, weight=0.0, unit="KGS", **more):
    row = {"period": "2021-03", "reporter": "IN", "partner": "RU", "flow": "export"}
    row |= {"product": product, "value": value, "weight": weight, "quantity": None}
    return row | {"unit": unit, "set": "MIRROR"} | more


def russia(product, value, weight=1.0, quantity=0.0, unit=None, **more):
    row = {"period": "2021-03", "reporter": "RU", "partner": "IN", "flow": "import"}
    row |= {"product": product, "value": value, "weight": weight, "quantity": quantity}
    return row | {"unit": unit, "set": "FTS"} | more


SCHEMA = pa.schema(
    [
        *((name, pa.string()) for name in ("period", "reporter", "partner", "flow", "product")),
        *((name, pa.float64()) for name in ("value", "weight", "quantity")),
        *((name, pa.string()) for name in ("unit", "set")),
    ]
)


@pytest.fixture
def table_file(tmp_path):
    def write(*rows):
        path = tmp_path / "download"
        parquet.write_table(pa.Table.from_pylist(list(rows), SCHEMA), path)
        return RawFile(path)

    return write


def test_each_side_keeps_its_own_record(table_file, checked, value_of):
    reading = checked(
        table_file(
            india("851712", 30_000.0, 0.5, "NOS"),
            russia("8517120000", 29_000.55, 120.5, 480.0, "796"),
        )
    )
    assert value_of(reading, reporter="IN", partner="RU", flow="export") == 30_000
    theirs = {"reporter": "RU", "partner": "IN", "flow": "import", "product": "8517120000"}
    assert value_of(reading, **theirs) == Decimal("29000.55")
    rows = {row["reporter"]: row for row in reading.flows.to_pylist()}
    # India counts thousands; Russia weighs in kilograms and counts in its classifier's units.
    assert (rows["IN"]["quantity"], rows["IN"]["quantity_unit"]) == (500.0, "NOS")
    assert (rows["RU"]["quantity"], rows["RU"]["quantity_unit"]) == (480.0, "OKEI 796")
    assert (rows["IN"]["net_kg"], rows["RU"]["net_kg"]) == (None, 120.5)
    assert (rows["IN"]["valuation"], rows["RU"]["valuation"]) == ("FOB", "CIF")
    assert (rows["IN"]["partner_basis"], rows["RU"]["partner_basis"]) == ("destination", "origin")


def test_leading_zeros_come_back_by_level_and_no_further(table_file, checked, refusals):
    reading = checked(
        table_file(
            india("71310", 10_000.0),
            russia("306179200", 5.0),
            india("7131", 10_000.0),
            india("07131000", 10_000.0),
            india("001310", 10_000.0),
            russia("851712", 5.0),
        )
    )
    assert set(reading.flows.column("product").to_pylist()) == {"071310", "0306179200"}
    assert refusals(reading) == {reasons.UNKNOWN_PRODUCT: 4}


def test_lines_of_one_code_are_parts_even_if_they_are_equal(table_file, checked):
    reading = checked(
        table_file(
            india("300420", 30_000.0, 1.5),
            india("300420", 30_000.0, 1.5),
            india("300420", 0.0, 0.06),
            india("300420", None, 0.01),
            india("300431", None, 0.01),
            india("300431", None, 0.0),
        )
    )
    (row,) = reading.flows.to_pylist()
    assert row["value"] == 60_000
    assert row["net_kg"] == pytest.approx(3_060.0)
    # A cell is a code in a month: one is recorded, one is not.
    assert (reading.cells, reading.not_recorded) == (2, 1)
    assert "300431" in reading.coverage.column("product").to_pylist()


def test_a_weight_that_does_not_stand_for_the_whole_value_is_no_weight(table_file, checked):
    reading = checked(
        table_file(
            india("842199", 10_000.0, 1.0),
            india("842199", 10_000.0, 1.0, "NOS"),
            india("270119", 10_000.0, 1.0),
            india("271019", 10_000.0, 0.01, "TON"),
            india("711319", 10_000.0, None),
            india("610910", 10_000.0, 0.0),
        )
    )
    kilograms = {row["product"]: row["net_kg"] for row in reading.flows.to_pylist()}
    assert kilograms == {
        "842199": None,  # kilograms and pieces
        "270119": None,  # fuels: the unit's label cannot be trusted
        "271019": 10_000.0,  # thousand tonnes
        "711319": None,
        "610910": None,
    }
    assert reading.flows.column("quantity").null_count == len(reading.flows)


def test_the_secret_code_is_kept_as_confidential(table_file, checked):
    reading = checked(table_file(russia(MASKED, 5.5), russia("8517120000", 1.0)))
    assert {row["product"]: row["status"] for row in reading.flows.to_pylist()} == {
        MASKED: "confidential",
        "8517120000": "final",
    }


def test_russian_lines_are_not_parts(table_file, checked, refusals):
    reading = checked(
        table_file(
            russia("8517120000", 1.0),
            russia("8517120000", 1.0),
            russia("8518100000", 1.0),
            russia("8518100000", 2.0),
        )
    )
    assert refusals(reading) == {reasons.DUPLICATE: 1, reasons.CONFLICT: 2}
    assert reading.flows.column("product").to_pylist() == ["8517120000"]


def test_a_sum_with_an_unreadable_part_is_refused_whole(table_file, checked, refusals):
    reading = checked(
        table_file(
            india("300420", 30_000.0),
            india("300420", -1.0),
            india("300431", 10_000.0),
        )
    )
    assert refusals(reading) == {reasons.NEGATIVE: 1, reasons.INCOMPLETE: 1}
    assert reading.flows.column("product").to_pylist() == ["300431"]
    assert "300420" not in reading.coverage.column("product").to_pylist()


def test_rows_that_contradict_themselves_are_refused(table_file, checked, refusals):
    reading = checked(
        table_file(
            india("300420", 1.0, set="FTS"),
            india("300420", 1.0, partner="IN"),
            india("300420", 1.0, set="OTHER"),
            india("300420", 1.0, partner="Russia"),
            india("300420", 1.0, flow="transit"),
            india("300420", 1.0, period="2021-13"),
            india("300420", 1.0, period="2222-01"),
        )
    )
    assert refusals(reading) == {
        reasons.CONTRADICTION: 2,
        reasons.UNKNOWN_WORD: 1,
        reasons.UNKNOWN_COUNTRY: 1,
        reasons.UNKNOWN_FLOW: 1,
        reasons.NOT_A_PERIOD: 1,
        reasons.FUTURE_PERIOD: 1,
    }
    assert len(reading.flows) == 0


def test_truncated_empty_and_mislabelled_tables(table_file, checked, tmp_path):
    file = table_file(india("300420", 1.0))
    file.path.write_bytes(file.path.read_bytes()[:-9])
    with pytest.raises(InputError, match="truncated or damaged"):
        recognise(RawFile(file.path))
    assert len(checked(table_file()).flows) == 0
    path = tmp_path / "other"
    parquet.write_table(pa.table({"period": ["2021-01"], "set": ["FTS"]}), path)
    with pytest.raises(InputError, match="no publisher's layout"):
        recognise(RawFile(path))


def staged_table(staged):
    return staged / "trade" / "india_russia" / "india_russia_2010_2021.parquet"


@pytest.mark.data
def test_staged_totals_and_ten_figures_with_pandas(staged):
    import pandas as pd

    reading = IndiaRussia().read(RawFile(staged_table(staged)))
    frame = pd.read_parquet(staged_table(staged))
    assert len(reading.refused) == 0
    flows = reading.flows.to_pandas()
    totals = flows.groupby(["reporter", "flow"])["value"].sum()
    expected = frame.groupby(["reporter", "flow"])["value"].sum()
    for key, value in expected.items():
        assert abs(totals[key] - Decimal(value)) <= CENT
    # The headline figures of both sides, as their publishers give them, in billions.
    assert float(totals["RU", "import"]) / 1e9 == pytest.approx(4.43, abs=0.005)
    assert float(totals["RU", "export"]) / 1e9 == pytest.approx(9.13, abs=0.005)
    secret = flows[flows.status == "confidential"].groupby("flow")["value"].agg(["size", "sum"])
    assert secret["size"].to_dict() == {"export": 12, "import": 9}
    assert float(secret["sum"]["export"] / totals["RU", "export"]) == pytest.approx(0.185, abs=1e-3)
    keyed = flows.set_index(["reporter", "flow", "product", "period"])["value"]
    for reporter, flow, written, product, month in (
        ("IN", "export", "300490", "300490", "2010-01"),
        ("IN", "export", "300420", "300420", "2010-01"),
        ("IN", "export", "80132", "080132", "2012-12"),
        ("IN", "export", "854231", "854231", "2021-05"),
        ("IN", "import", "710231", "710231", "2019-03"),
        ("IN", "import", "310420", "310420", "2018-07"),
        ("IN", "import", "71310", "071310", "2016-02"),
        ("RU", "import", "8517120000", "8517120000", "2021-06"),
        ("RU", "import", "0904110000", "0904110000", "2021-01"),
        ("RU", "export", "7601100000", "7601100000", "2021-02"),
        ("RU", "export", MASKED, MASKED, "2021-11"),
    ):
        mask = (frame.reporter == reporter) & (frame.flow == flow)
        mask &= (frame["product"] == written) & (frame.period == month)
        value = frame[mask]["value"].sum()
        day = date.fromisoformat(f"{month}-01")
        found = keyed.get((reporter, flow, product, day), Decimal(0))
        assert abs(found - Decimal(value)) <= CENT


def followed(codes, edition, to):
    """Follow HS6 codes to the next or the previous edition by Eurostat's CN8 links.

    A code keeps its number where the other edition has it, whatever goods joined or left it.
    """
    newest = max(edition, to)
    links = {(old[:6], new[:6]) for _, old, new in nomenclature.cn_links(newest - 1, newest)}
    if to < edition:
        links = {(new, old) for old, new in links}
    other = {2012: 2017, 2017: 2012, 2022: 2017}[to]
    return {there for here, there in links if here in codes} | (
        codes & set(nomenclature.hs_correspondence(to, other))
    )


def listed_codes(year):
    """Bound the Common High Priority items in the HS edition of a year.

    Returns:
        Codes all of whose goods are on the list today, and codes any of whose goods are.
    """
    listed = {entry.code for entry in control_lists.load("chpl-2024-02").entries}
    edition = nomenclature.hs_edition(year)
    path = [held for held in (2022, 2017, 2012) if held >= edition]
    some = listed
    for newer, older in itertools.pairwise(path):
        some = followed(some, newer, older)
    whole = set()
    for code in some:
        now = {code}
        for newer, older in reversed(list(itertools.pairwise(path))):
            now = followed(now, older, newer)
        if now <= listed:
            whole.add(code)
    return whole, some


@pytest.mark.data
def test_common_high_priority_goods_from_india_to_russia_by_year(staged, record_property):
    """India's record since 2012 and Russia's of 2021 agree with pandas on both bounds.

    The list is written in HS 2022 and the trade in HS 2012 and 2017, so a year has no one number:
    a lower bound from codes that are on the list whole, an upper one from those that are in part
    (8541.40, photovoltaic cells among them, 8525.80, 9013.80, 9013.90, 8529.90). The United
    Nations' correlation is too wide to bound anything: by it no code is on the list whole.
    HS 2007, in force in 2010 and 2011, is not held: those years cannot be told.
    """
    import pandas as pd

    reading = IndiaRussia().read(RawFile(staged_table(staged)))
    flows = reading.flows.to_pandas()
    flows["year"] = [day.year for day in flows["period"]]
    flows["hs6"] = flows["product"].str[:6]
    frame = pd.read_parquet(staged_table(staged))
    raw = frame[~frame["product"].str.startswith("X")].copy()
    width = raw["set"].map({"MIRROR": 6, "FTS": 10})
    raw["hs6"] = [code.rjust(n, "0")[:6] for code, n in zip(raw["product"], width, strict=True)]
    raw["year"] = raw.period.str[:4].astype(int)
    found = {}
    for reporter, flow, years in (("IN", "export", range(2012, 2022)), ("RU", "import", [2021])):
        ours = flows[(flows.reporter == reporter) & (flows.flow == flow)]
        theirs = raw[(raw.reporter == reporter) & (raw.flow == flow)]
        for year in years:
            bounds = []
            for codes in listed_codes(year):
                total = ours[(ours.year == year) & ours.hs6.isin(codes)]["value"].sum()
                again = theirs[(theirs.year == year) & theirs.hs6.isin(codes)]["value"].sum()
                assert abs(Decimal(total) - Decimal(again)) <= CENT
                bounds.append(round(float(total) / 1e6, 2))
            found[reporter, year] = tuple(bounds)
            record_property(f"{reporter} {year} million USD", str(found[reporter, year]))
    with pytest.raises(InputError, match="2011 is not held"):
        listed_codes(2011)
    # Million US dollars.
    assert found == {
        ("IN", 2012): (71.77, 78.42),
        ("IN", 2013): (33.98, 41.38),
        ("IN", 2014): (81.84, 91.14),
        ("IN", 2015): (36.51, 37.97),
        ("IN", 2016): (46.3, 64.62),
        ("IN", 2017): (62.61, 62.64),
        ("IN", 2018): (59.03, 59.04),
        ("IN", 2019): (28.75, 28.75),
        ("IN", 2020): (45.75, 45.84),
        ("IN", 2021): (62.45, 62.48),
        ("RU", 2021): (55.52, 56.01),
    }
