"""Labels of states: everything the publishers print resolves, nothing unknown does."""

# ruff: noqa: RUF001  # Cyrillic labels are the point

from __future__ import annotations

import csv
import re
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from python_calamine import CalamineWorkbook

from throughflow.errors import InputError
from throughflow.reference import countries
from throughflow.reference.countries import is_bloc, key, name, parse, resolve

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path


@pytest.mark.parametrize(
    ("label", "code"),
    [
        ("Germany (incl. German Democratic Republic 'DD' from 1991)", "DE"),
        ("Belarus (Belorussia)", "BY"),
        ("Russian Federation (Russia)", "RU"),
        ("United States (incl. Navassa Island (part of 'UM') from 1995 -> 2000)", "US"),
        ("European Union - 27 countries (AT, BE, BG, CY)", "EU27"),
        ("Union européenne - 27 pays (AT, BE)", "EU27"),
        ("European Union (AT-01/1995, GB-01/1973->01/2020)", "EU"),
        ("Euro area - 20 countries (AT, BE)", "EA20"),
        ("Euro area (AT-01/1999, BE-01/1999)", "EA"),
        ("  СТРАНЫ   СНГ ", "CIS"),
        ("Всего 2", "WORLD"),
        ("Бардыгы2", "WORLD"),
        ("Orusia", None),
        ("Орусия", "RU"),
        ("Monako", "MC"),
        ("American Saoma", "AS"),
        ("Saint-Barth?lemy", "BL"),
        ("Côte d\u2019Ivoire", "CI"),
        ("cote d'ivoire", "CI"),
        ("China (Sar Hong Kong)", "HK"),
        ("398", "KZ"),
        ("736", "SD"),
        ("Гвинея - Бисау", "GW"),
        ("Unknown country", "NES"),
    ],
)
def test_publishers_spellings(label: str, code: str | None) -> None:
    assert resolve(label) == code


@pytest.mark.parametrize(
    "label",
    [
        "",
        "0",
        "Atlantis",
        "EU28 2",
        "Euro area 19",
        "European Union - 12 countries (AT, BE)",
        "China (Taiwan)",
        "Congo (Atlantis)",
        "Korea",
        "999",
        "2022",
    ],
)
def test_unknown_labels_do_not_resolve(label: str) -> None:
    assert resolve(label) is None


def test_users_write_codes_and_names() -> None:
    given = ["KZ", "kaz", "Kazakhstan", "Казахстан", " kz ", "Qozogʻiston"]
    assert {parse(text) for text in given} == {"KZ"}
    assert [parse("uk"), parse("turkiye"), parse("eu27")] == ["GB", "TR", "EU27"]


@pytest.mark.parametrize("text", ["Kazahstan", "Казхстан"])
def test_a_near_miss_is_named(text: str) -> None:
    with pytest.raises(InputError, match="Kazakhstan") as caught:
        parse(text, where="--partner")
    assert caught.value.where == "--partner"


def test_an_unlike_text_is_refused() -> None:
    with pytest.raises(InputError, match="unknown country"):
        parse("xx")


def test_names_and_kinds() -> None:
    assert [name(c) for c in ("RU", "KZ", "TR", "EU27", "TW")] == [
        "Russia",
        "Kazakhstan",
        "Türkiye",
        "EU27",
        "Taiwan",
    ]
    assert [is_bloc(c) for c in ("EU27", "WORLD", "QZ", "NES", "KZ", "XK")] == [
        *[True] * 4,
        *[False] * 2,
    ]
    with pytest.raises(InputError, match="country code"):
        name("ZZ")


def test_bloc_codes_cannot_be_iso_codes() -> None:
    """ISO assigns neither EU, EA nor the ranges QM-QZ and XA-XZ to states."""
    for code in countries.all_codes():
        if is_bloc(code) and re.fullmatch(r"[A-Z]{2}", code):
            assert code in {"EU", "EA"} or re.fullmatch(r"Q[M-Z]|X[A-Z]", code)


def test_the_tables_are_consistent() -> None:
    labels = countries._labels()
    assert all(key(label) == label for label in labels)
    assert set(labels.values()) <= set(countries.all_codes())
    for code in countries.all_codes():
        assert resolve(name(code)) == code or is_bloc(code) or countries.get(code).kind == "former"


def test_first_use_is_fast() -> None:
    program = (
        "import throughflow.errors, dataclasses, re, csv, difflib, time; t=time.process_time();"
        "from throughflow.reference.countries import resolve; resolve('Казахстан');"
        "print(time.process_time()-t)"
    )
    spent = min(
        float(
            subprocess.run([sys.executable, "-c", program], capture_output=True, check=True).stdout
        )
        for _ in range(3)
    )
    assert spent < 0.03


def _converted(trade: Path) -> Iterator[tuple[str, str]]:
    """Easy Comext exports, and files in their layout."""
    comext = list((trade / "eurostat_easycomext").glob("*/*.csv"))
    assert comext
    for path in comext + list((trade / "national" / "national_data_converted").glob("*.csv")):
        with path.open(encoding="utf-8-sig", newline="") as lines:
            for row in csv.DictReader(lines):
                yield path.name, row["REPORTER"]
                yield path.name, row["PARTNER"]


def _armenian(trade: Path) -> Iterator[tuple[str, str]]:
    path = trade / "national" / "armenia_data" / "armenia_data.csv"
    with path.open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines):
            if row["country"]:
                yield path.name, row["country"]


def _uzbek(trade: Path) -> Iterator[tuple[str, str]]:
    for path in (trade / "national" / "uzbekistan_data").glob("*.csv"):
        with path.open(encoding="utf-8-sig", newline="") as lines:
            for row in csv.DictReader(lines):
                for column in ("Klassifikator", "Klassifikator_ru", "Klassifikator_en"):
                    yield path.name, row[column]
                if row["Code"] != "0":
                    yield path.name, row["Code"]


def _kazakh(trade: Path) -> Iterator[tuple[str, str]]:
    for path in (trade / "national" / "kazakhstan_data").glob("*.xls"):
        workbook = CalamineWorkbook.from_path(path)
        for sheet in workbook.sheet_names:
            for row in workbook.get_sheet_by_name(sheet).to_python():
                # A row of the table has a number beside its label.
                if row[0] and any(isinstance(cell, float) for cell in row[1:]):
                    yield f"{path.name} {sheet}", str(row[0])


def _kyrgyz(trade: Path) -> Iterator[tuple[str, str]]:
    folder = trade / "national" / "kyrgyzstan_data"
    for path in [p for n in (17, 18, 20) for p in folder.glob(f"4.03.00.{n}*.xlsx")]:
        for row in CalamineWorkbook.from_path(path).get_sheet_by_index(0).to_python():
            recorded = any(isinstance(cell, float) or cell == "-" for cell in row[4:])
            if recorded and all(row[:3]) and row[2] != "Items":
                yield from ((path.name, str(cell)) for cell in row[:3])


def _data_browser(trade: Path) -> Iterator[tuple[str, str]]:
    for path in (trade / "eurostat_databrowser").glob("*.xlsx"):
        workbook = CalamineWorkbook.from_path(path)
        sheet = next(s for s in workbook.sheet_names if s.startswith("Sheet"))
        rows = workbook.get_sheet_by_name(sheet).to_python()
        first = next(i for i, row in enumerate(rows) if str(row[0]).startswith("REPORTER")) + 1
        last = next(i for i, row in enumerate(rows) if row[0] == "Special value")
        for row in rows[first:last]:
            yield from ((path.name, str(cell)) for cell in row[:2] if cell)


@pytest.mark.data
@pytest.mark.parametrize(
    ("labels", "distinct"),
    [
        (_converted, 500),
        (_armenian, 190),
        (_uzbek, 800),
        (_kazakh, 230),
        (_kyrgyz, 450),
        (_data_browser, 34),
    ],
)
def test_every_staged_label_resolves(
    staged: Path, labels: Callable[[Path], Iterator[tuple[str, str]]], distinct: int
) -> None:
    seen = set(labels(staged / "trade"))
    assert len({label for _, label in seen}) >= distinct
    assert not {(place, label) for place, label in seen if resolve(label) is None}


def test_a_part_of_the_united_kingdom_is_not_the_whole():
    assert countries.resolve("United Kingdom") == "GB"
    assert countries.resolve("United Kingdom (excluding Northern Ireland)") == "XU"
    assert countries.resolve("United Kingdom (Northern Ireland)") == "XI"


def test_geonomenclature_is_read_by_code_and_nothing_is_guessed():
    found = {code: countries.from_geonomenclature(code) for code in ("EL", "gr ", "XS", "QU", "QX")}
    assert found == {"EL": "GR", "gr ": "GR", "XS": "RS", "QU": "NES", "QX": "SECRET"}
    assert countries.from_geonomenclature("QQ") == "STORES"
    assert countries.from_geonomenclature("ZZ") is None


@pytest.mark.parametrize(
    ("number", "code"),
    [
        (0, "WORLD"),
        (51, "AM"),
        (842, "US"),
        (840, "US"),
        (490, "TW"),
        (158, "TW"),
        (492, "EU_NES"),
        (711, "SACU"),
        (839, "SECRET"),
        (278, None),
        (975, None),
        (998, None),
    ],
)
def test_numbers_of_un_comtrade(number: int, code: str | None) -> None:
    assert countries.comtrade(number) == code


@pytest.mark.parametrize(
    ("number", "code"),
    [
        ("4634", "KZ"),
        ("4621", "RU"),
        ("4803", "XK"),
        ("5460", "MM"),
        ("5082", "PS"),
        ("0003", None),
        ("KZ", None),
    ],
)
def test_numbers_of_the_census_bureau(number: str, code: str | None) -> None:
    assert countries.schedule_c(number) == code


def test_every_number_of_the_census_bureau_means_a_known_code() -> None:
    with (countries.DATA / "schedule_c.csv").open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    assert len(rows) == 241
    assert all(re.fullmatch("[0-9]{4}", row["number"]) for row in rows)
    assert {row["code"] for row in rows} <= set(countries.all_codes())
    assert countries.schedule_c_numbers("PS") == ("5082", "5083")
    assert countries.schedule_c_numbers("EU27") == ()
    # The Bureau's own names, where they are known labels, mean the same.
    assert all(countries.resolve(row["name"]) in {None, row["code"]} for row in rows)


def test_every_number_of_un_comtrade_means_a_known_code_or_none() -> None:
    with (countries.DATA / "comtrade_areas.csv").open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    assert len(rows) == 294
    assert {row["code"] for row in rows} - {""} <= set(countries.all_codes())
    assert sum(row["code"] == "" for row in rows) == 21
