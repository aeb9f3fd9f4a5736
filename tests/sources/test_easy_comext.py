from __future__ import annotations

import csv
from collections import Counter
from datetime import date
from decimal import Decimal

import pytest

from throughflow.errors import InputError
from throughflow.sources import reasons
from throughflow.sources.base import RawFile
from throughflow.sources.easy_comext import _period, _ungroup

HEADER = "REPORTER,PARTNER,PRODUCT,FLOW,STAT_PROCEDURE,PERIOD,VALUE_IN_EUR"
GERMANY = "\"Germany (incl. German Democratic Republic 'DD' from 1991)\""
MEMBERS = (
    *("Austria", "Bulgaria", "Croatia", "Cyprus", "Czechia", "Denmark", "Estonia"),
    *("Finland", "Hungary", "Latvia", "Lithuania", "Netherlands", "Poland", "Portugal"),
)


def view(*rows: str) -> str:
    return "\r\n".join([HEADER, *rows, ""])


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Aug. 2024", ("M", date(2024, 8, 1))),
        ("202408-Aug. 2024", ("M", date(2024, 8, 1))),
        ("May 2024", ("M", date(2024, 5, 1))),
        ("202402-févr. 2024", ("M", date(2024, 2, 1))),
        ("août 2023", ("M", date(2023, 8, 1))),
        ("Jan.-Dec. 2014", ("A", date(2014, 1, 1))),
        ("201952-Jan.-Dec. 2019", ("A", date(2019, 1, 1))),
        ("janv.-déc. 2010", ("A", date(2010, 1, 1))),
        ("Jan.-Aug. 2024", None),
        ("202407-Aug. 2024", None),
        ("202308-Aug. 2024", None),
        ("201912-Jan.-Dec. 2019", None),
        ("2024", None),
        ("Smarch 2024", None),
        ("", None),
    ],
)
def test_periods_in_all_their_forms(text, found):
    assert _period(text) == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("1,234,567", "1234567"),
        ("1 234 567", "1234567"),
        ("1\u00a0234.5", "1234.5"),
        ("1234", "1234"),
        ("1,23", "1,23"),
        ("1,234 567", "1,234 567"),
        ("12,34,567", "12,34,567"),
    ],
)
def test_only_groups_of_three_are_groups(text, found):
    assert _ungroup(text) == found


def test_both_text_forms_give_the_same_rows(text_file, checked):
    plain = checked(
        text_file(
            view(
                f"{GERMANY},Kazakhstan,Total,EXPORT,Total,Aug. 2024,1234",
                "France,Kazakhstan,Total,EXPORT,Total,Aug. 2024,:",
            )
        )
    )
    coded = checked(
        text_file(
            view(
                f'{GERMANY},"Kazakhstan","TOTAL-Total",2-EXPORT,"T-Total","202408-Aug. 2024",1234',
                '"France","Kazakhstan","TOTAL-Total","2-EXPORT","T-Total","202408-Aug. 2024",:',
            )
        )
    )
    assert plain.flows.equals(coded.flows)
    assert plain.coverage.equals(coded.coverage)
    [row] = plain.flows.to_pylist()
    assert row == {
        "edition": "",
        "dataset": "easy-comext-monthly",
        "freq": "M",
        "period": date(2024, 8, 1),
        "reporter": "DE",
        "partner": "KZ",
        "flow": "export",
        "partner_basis": "destination",
        "nomenclature": "TOTAL",
        "nomenclature_edition": None,
        "product": "TOTAL",
        "value": Decimal("1234.00"),
        "currency": "EUR",
        "net_kg": None,
        "quantity": None,
        "quantity_unit": None,
        "valuation": "FOB",
        "status": "final",
        "source_sheet": None,
        "source_row": 2,
    }
    assert plain.not_recorded == 1
    assert [row["reporter"] for row in plain.coverage.to_pylist()] == ["DE", "FR"]


def test_products_imports_and_groups_of_reporters(text_file, checked):
    reading = checked(
        text_file(
            view(
                'Italy,China,"85423119-Circuits, other",1-IMPORT,T-Total,202201-Jan. 2022,"1,234"',
                '"European Union - 27 countries (AT, BE)",China,8542,1-IMPORT,T-Total,'
                "202201-Jan. 2022,7",
            )
        )
    )
    first, second = reading.flows.to_pylist()
    assert (first["product"], first["nomenclature"]) == ("85423119", "CN")
    assert (first["value"], first["partner_basis"]) == (Decimal("1234.00"), "origin")
    assert (first["valuation"], second["reporter"]) == ("CIF", "EU27")
    [label] = reading.labels.to_pylist()
    assert (label["product"], label["label"]) == ("85423119", "Circuits, other")


def test_what_cannot_be_read_is_refused_by_name(text_file, checked, refusals):
    reading = checked(
        text_file(
            view(
                "Atlantis,Kazakhstan,Total,EXPORT,Total,Aug. 2024,1",
                "France,Kazakhstan,Total,TRANSIT,Total,Aug. 2024,1",
                "France,Kazakhstan,Total,EXPORT,NORMAL,Aug. 2024,1",
                "France,Kazakhstan,Circuits,EXPORT,Total,Aug. 2024,1",
                "France,Kazakhstan,854,EXPORT,Total,Aug. 2024,1",
                "France,Kazakhstan,Total,EXPORT,Total,Jan.-Aug. 2024,1",
                "France,Kazakhstan,Total,EXPORT,Total,Aug. 2224,1",
                "France,Kazakhstan,Total,EXPORT,Total,Aug. 2024,many",
                "Italy,Kazakhstan,Total,EXPORT,Total,Aug. 2024,-5",
                "Spain,Kazakhstan,Total,EXPORT,Total,Aug. 2024",
                "Latvia,Kazakhstan,Total,EXPORT,Total,Aug. 2024,1",
                "Latvia,Kazakhstan,Total,EXPORT,Total,Aug. 2024,1",
                "Malta,Kazakhstan,Total,EXPORT,Total,Aug. 2024,1",
                "Malta,Kazakhstan,Total,EXPORT,Total,Aug. 2024,2",
            )
        )
    )
    assert refusals(reading) == {
        reasons.UNKNOWN_COUNTRY: 1,
        reasons.UNKNOWN_FLOW: 1,
        reasons.UNKNOWN_PROCEDURE: 1,
        reasons.UNKNOWN_PRODUCT: 2,
        reasons.NOT_A_PERIOD: 1,
        reasons.FUTURE_PERIOD: 1,
        reasons.NOT_A_NUMBER: 1,
        reasons.NEGATIVE: 1,
        reasons.WRONG_COLUMNS: 1,
        reasons.DUPLICATE: 1,
        reasons.CONFLICT: 2,
    }
    assert any("Atlantis" in text for text in reading.refused["detail"].to_pylist())
    assert [row["reporter"] for row in reading.flows.to_pylist()] == ["LV"]
    # Refused cells are not "nothing recorded".
    assert [row["reporter"] for row in reading.coverage.to_pylist()] == ["LV"]


def members_view(year: int, *more: str) -> str:
    rows = [f"{name},Kazakhstan,Total,EXPORT,Total,Aug. {year},5" for name in MEMBERS]
    return view(*rows, *more)


def test_members_left_out_of_a_view_of_all_members_are_covered(text_file, checked):
    reading = checked(text_file(members_view(2022)))
    assert len(reading.coverage) == 27
    assert len(reading.flows) == len(MEMBERS)


def test_before_its_accession_a_member_was_not_asked(text_file, checked):
    rows = members_view(2012).replace("Croatia", "Sweden")
    assert "HR" not in checked(text_file(rows)).coverage["reporter"].to_pylist()


def test_an_unknown_reporter_may_be_the_absent_member(text_file, checked):
    reading = checked(
        text_file(members_view(2022, "Tchequie??,Kazakhstan,Total,EXPORT,Total,Aug. 2022,5"))
    )
    assert len(reading.coverage) == len(MEMBERS)


def test_several_partners_say_nothing_about_absent_members(text_file, checked):
    reading = checked(text_file(members_view(2022, "Spain,Georgia,Total,EXPORT,Total,Aug. 2022,5")))
    assert len(reading.coverage) == len(MEMBERS) + 1


def test_a_refused_value_is_a_hole_even_where_all_members_were_asked(text_file, checked):
    content = members_view(2022, "Spain,Kazakhstan,Total,EXPORT,Total,Aug. 2022,secret")
    assert "ES" not in checked(text_file(content)).coverage["reporter"].to_pylist()


def test_in_french_guinea_is_guinea_bissau(text_file, checked):
    rows = [
        f"France,{partner},Total,EXPORTATION,Total,Jan.-Dec. 2016,{value}"
        for partner, value in (("Guinea", 1), ("Guinée", 2), ("Allemagne", 3))
    ]
    reading = checked(text_file(view(*rows)))
    assert {row["partner"]: int(row["value"]) for row in reading.flows.to_pylist()} == {
        "GW": 1,
        "GN": 2,
        "DE": 3,
    }


def test_files_that_cannot_be_used_as_a_whole(text_file, checked):
    with pytest.raises(InputError, match="no rows"):
        checked(text_file(HEADER + "\n"))
    mixed = view(
        "France,Georgia,Total,EXPORT,Total,Aug. 2022,5",
        "France,Georgia,Total,EXPORT,Total,Jan.-Dec. 2022,5",
    )
    with pytest.raises(InputError, match="months and whole years"):
        checked(text_file(mixed))
    rows = [f"{name},Italy,TOTAL,IMPORT,NORMAL,Y2022,1" for name in ("Armenia", "Georgia")]
    converted = "\n".join([HEADER, *rows])
    with pytest.raises(InputError, match="2 reporters in one converted file: AM, GE"):
        checked(text_file(converted))


@pytest.mark.parametrize(
    ("country", "code", "basis"), [("Armenia", "AM", "consignment"), ("Kazakhstan", "KZ", "origin")]
)
def test_converted_national_tables_are_estimates_of_their_own(
    text_file, checked, country, code, basis
):
    reading = checked(text_file(f"{HEADER}\n{country},Italy,TOTAL,IMPORT,NORMAL,Y2022,1234.567\n"))
    [row] = reading.flows.to_pylist()
    assert reading.origin.dataset == f"national-converted-{code.lower()}"
    assert "third-party conversion" in reading.origin.note
    assert (row["status"], row["freq"], row["partner_basis"]) == ("estimated", "A", basis)
    assert row["value"] == Decimal("1234.57")


@pytest.mark.data
def test_every_staged_view_is_read_whole(staged, checked):
    rows, refused = Counter(), Counter()
    for path in sorted((staged / "trade" / "eurostat_easycomext").glob("*/*.csv")):
        reading = checked(RawFile(path))
        rows[path.parent.name] += len(reading.flows)
        refused[path.parent.name] += len(reading.refused)
        assert reading.origin.dataset == (
            "easy-comext-annual" if path.parent.name == "eu_year_export" else "easy-comext-monthly"
        )
    assert rows == {
        "armenia_export_eurostat": 2048,
        "eu_year_export": 3407,
        "georgia_export_eurostat": 2100,
        "kazahstan_export_eurostat": 2089,
        "kazakhstan_export_eurostat": 2089,
        "kyrgyz_export_eurostat": 1988,
        "kyrgyzstan_import_eurostat": 1734,
        "russia_export_eurostat": 2101,
        "uzbek_export_eurostat": 2032,
    }
    assert sum(refused.values()) == 0


@pytest.mark.data
def test_one_folder_under_two_spellings_is_the_same_twice(staged, checked):
    folder = staged / "trade" / "eurostat_easycomext"
    names = sorted(path.name for path in (folder / "kazahstan_export_eurostat").glob("*.csv"))
    assert names == sorted(path.name for path in (folder / "kazakhstan_export_eurostat").iterdir())
    for name in names[::8]:
        first = checked(RawFile(folder / "kazahstan_export_eurostat" / name))
        second = checked(RawFile(folder / "kazakhstan_export_eurostat" / name))
        assert first.flows.equals(second.flows)
        assert first.coverage.equals(second.coverage)


@pytest.mark.data
def test_staged_figures_again_with_the_standard_library(staged, checked, value_of):
    folder = staged / "trade" / "eurostat_easycomext" / "uzbek_export_eurostat"
    for path in sorted(folder.glob("*.csv"))[::20]:
        with path.open(encoding="utf-8-sig", newline="") as stream:
            rows = list(csv.DictReader(stream))
        reading = checked(RawFile(path))
        assert reading.cells == len(rows)
        for label, code in (("Germany", "DE"), ("Euro area - 20", "EA20"), ("Spain", "ES")):
            [row] = [row for row in rows if row["REPORTER"].startswith(label)]
            assert value_of(reading, reporter=code, partner="UZ") == int(row["VALUE_IN_EUR"])


@pytest.mark.data
def test_the_converted_armenian_2023_is_the_consignment_of_january(staged, checked, value_of):
    national = staged / "trade" / "national"
    converted = checked(RawFile(national / "national_data_converted" / "armenia_import_yearly.csv"))
    with (national / "armenia_data" / "armenia_data.csv").open(encoding="utf-8-sig") as stream:
        rows = {(r[0], r[4], r[5]): r for r in csv.reader(stream) if r}
    january = rows["Germany", "1", "2023"][2]
    assert rows["Germany", "Year", "2023"][2] == january
    value = value_of(converted, partner="DE", period=date(2023, 1, 1))
    assert float(january) * 1000 / float(value) == pytest.approx(1.07, abs=1e-4)
