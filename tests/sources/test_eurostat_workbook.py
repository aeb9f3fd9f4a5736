"""Data Browser workbooks: small ones with one trap each, and the staged ones against openpyxl."""

from __future__ import annotations

import json
import subprocess
import sys
import warnings
import zipfile
from datetime import date, datetime
from decimal import Decimal

import openpyxl
import pytest

from throughflow.errors import InputError
from throughflow.sources.base import RawFile
from throughflow.sources.eurostat_workbook import EurostatWorkbook
from throughflow.warehouse import Warehouse, load

TITLE = "EU trade since 1988 by HS2-4-6 and CN8 [DS-045409__custom_4624885]"
UNITS = "Digital processing units (excl. those of subheading 8471.41) [84715000]"
MONTHS = ("2022-01", "2022-02", "2022-03")
# Budget of a load of all staged workbooks on one core.
CPU_SECONDS = 60
MEGABYTES = 1500


def sheet(
    rows,
    *,
    product=UNITS,
    flow="EXPORT",
    indicator="VALUE_IN_EUROS",
    months=MONTHS,
    extracted="21/01/2023 20:19:52",
    title=TITLE,
    legend=True,
):
    """Rows of a data sheet in the publisher's layout."""
    return [
        [f"Data extracted on {extracted} from [ESTAT]"],
        ["Dataset: ", title],
        ["Last updated: ", "13/01/2023 11:00"],
        [],
        ["PRODUCT [PRODUCT]", "", product],
        ["FLOW", "", flow],
        ["INDICATORS", "", indicator],
        [],
        ["TIME", "TIME", *months],
        ["FREQ (Labels)", "FREQ (Labels)", *("Monthly" if month else "" for month in months)],
        ["REPORTER (Labels)", "PARTNER (Labels)"],
        *rows,
        *([[], ["Special value"], [":", "not available"]] if legend else []),
    ]


@pytest.fixture
def browser(book_file):
    """Write a workbook with the publisher's first two sheets and the given data sheets."""

    def write(*sheets, **named):
        numbered = {f"Sheet {number}": rows for number, rows in enumerate(sheets, start=1)}
        summary = [[], ["", TITLE], ["", "Open product page", "Open in Data Browser"]]
        return book_file({"Summary": summary, "Structure": [["Structure"]], **numbered, **named})

    return write


def places(reading):
    return [(row["reason"], row["place"], row["cells"]) for row in reading.refused.to_pylist()]


def ranges(reading):
    return [
        (row["partner"], f"{row['first_period']:%Y-%m}", f"{row['last_period']:%Y-%m}")
        for row in reading.coverage.to_pylist()
    ]


def test_a_sheet_becomes_rows_coverage_and_a_label(browser, checked, value_of):
    reading = checked(
        browser(
            sheet([["Germany", "Kazakhstan", 5, ":", 0], ["Austria", "Georgia", ":", ":", ":"]])
        )
    )
    assert reading.origin.publisher == "Eurostat"
    assert reading.origin.dataset == "ds-045409"
    assert reading.origin.title == TITLE
    assert reading.origin.as_of == date(2023, 1, 21)
    assert (reading.cells, reading.not_recorded, len(reading.flows)) == (6, 4, 2)
    assert value_of(reading, period=date(2022, 1, 1)) == 5
    row = reading.flows.to_pylist()[0]
    assert {name: row[name] for name in ("freq", "reporter", "partner", "flow", "product")} == {
        "freq": "M",
        "reporter": "DE",
        "partner": "KZ",
        "flow": "export",
        "product": "84715000",
    }
    assert (row["partner_basis"], row["valuation"], row["status"]) == (
        "destination",
        "FOB",
        "final",
    )
    assert (row["nomenclature"], row["currency"]) == ("CN", "EUR")
    assert (row["source_sheet"], row["source_row"]) == ("Sheet 1", 12)
    assert ranges(reading) == [("KZ", "2022-01", "2022-03"), ("GE", "2022-01", "2022-03")]
    (label,) = reading.labels.to_pylist()
    assert label["label"] == "Digital processing units (excl. those of subheading 8471.41)"


def test_a_colon_is_not_recorded_and_a_zero_is_a_value(browser, checked, value_of):
    reading = checked(browser(sheet([["Germany", "Kazakhstan", ":", 0, ""]])))
    assert len(reading.flows) == 1
    assert value_of(reading, period=date(2022, 2, 1)) == Decimal(0)
    assert reading.not_recorded == 2
    assert ranges(reading) == [("KZ", "2022-01", "2022-03")]


def test_imports_and_totals(browser, checked):
    rows = [["Germany", "Kazakhstan", 5, ":", ":"]]
    reading = checked(browser(sheet(rows, product="Total [TOTAL]", flow="IMPORT")))
    (row,) = reading.flows.to_pylist()
    assert (row["product"], row["nomenclature"]) == ("TOTAL", "TOTAL")
    assert (row["flow"], row["partner_basis"], row["valuation"]) == ("import", "origin", "CIF")


def test_levels_of_one_code_stay_products_of_their_own(browser, checked):
    rows = [["Germany", "Kazakhstan", 5, 6, 7]]
    reading = checked(browser(sheet(rows), sheet(rows, product="Machines [8471]")))
    assert set(reading.flows.column("product").to_pylist()) == {"84715000", "8471"}


def test_columns_of_flags_give_the_status(browser, checked):
    months = ("2022-01", "", "2022-02", "", "2022-03")
    rows = [
        ["Germany", "Kazakhstan", 1, "p", 2, "ce", 3],
        ["Austria", "Kazakhstan", 4, "", ":", "c", 6],
        ["France", "Kazakhstan", 7, "b", 8, "s"],
    ]
    reading = checked(browser(sheet(rows, months=months)))
    found = {int(row["value"]): row["status"] for row in reading.flows.to_pylist()}
    assert found == {
        1: "provisional",
        2: "confidential",
        3: "final",
        4: "final",
        6: "final",
        7: "final",
        8: "estimated",
    }
    assert reading.cells == 9
    assert reading.not_recorded == 2


def test_cents_are_exact(browser, checked):
    reading = checked(browser(sheet([["Germany", "Kazakhstan", 0.1, 8813.07, 5]])))
    assert reading.flows.column("value").to_pylist() == [
        Decimal("0.10"),
        Decimal("8813.07"),
        Decimal("5.00"),
    ]


def test_unknown_countries_are_refused_by_name(browser, checked, refusals):
    rows = [
        ["Germany", "Atlantis", 1, 2, 3],
        ["Utopia", "Kazakhstan", 1, 2, 3],
        ["", "Kazakhstan", 1, 2, 3],
        ["Germany", "Kazakhstan", 1, 2, 3],
    ]
    reading = checked(browser(sheet(rows)))
    assert refusals(reading) == {"unknown country": 9}
    details = [row["detail"] for row in reading.refused.to_pylist()]
    assert details == ["'Atlantis'", "'Utopia'", "''"]
    assert places(reading)[0] == ("unknown country", "download, Sheet 1, row 12", 3)
    assert ranges(reading) == [("KZ", "2022-01", "2022-03")]


@pytest.mark.parametrize(
    ("cell", "reason"),
    [
        ("about five", "not a number"),
        ("5", "not a number"),
        (True, "not a number"),
        (datetime(2022, 1, 1), "not a number"),  # noqa: DTZ001 - workbooks know no time zone
        (-5, "negative value"),
        (1e16, "number too large"),
        (1e300, "number too large"),
    ],
)
def test_a_cell_that_is_no_value_is_refused_and_leaves_a_hole_in_the_coverage(
    cell, reason, browser, checked
):
    reading = checked(browser(sheet([["Germany", "Kazakhstan", 1, cell, 3]])))
    assert places(reading) == [(reason, "download, Sheet 1, row 12, column 4", 1)]
    assert ranges(reading) == [("KZ", "2022-01", "2022-01"), ("KZ", "2022-03", "2022-03")]
    assert len(reading.flows) == 2


def test_future_months_are_refused_and_not_covered(browser, checked, refusals):
    rows = [["Germany", "Kazakhstan", 1, 2, 3], ["Austria", "Kazakhstan", 1, 2, ":"]]
    reading = checked(browser(sheet(rows, months=("2022-12", "2023-01", "2023-02"))))
    assert refusals(reading) == {"future period": 2}
    assert places(reading)[0][1] == "download, Sheet 1, column 5"
    assert ranges(reading) == [("KZ", "2022-12", "2023-01")] * 2


def test_a_month_that_stands_before_others_is_refused_too_if_it_is_in_the_future(browser, checked):
    rows = [["Germany", "Kazakhstan", 1, 2, 3]]
    reading = checked(browser(sheet(rows, months=("2031-01", "2022-02", "2022-01"))))
    values = {f"{r['period']:%Y-%m}": int(r["value"]) for r in reading.flows.to_pylist()}
    assert values == {"2022-02": 2, "2022-01": 3}
    assert ranges(reading) == [("KZ", "2022-01", "2022-02")]


@pytest.mark.parametrize(
    "heading", ["2022-13", "2022-00", "2022", "2022-Q1", "Total", "2022-02-01"]
)
def test_a_column_that_is_no_month_is_refused(heading, browser, checked, refusals):
    rows = [["Germany", "Kazakhstan", 1, 2, 3]]
    reading = checked(browser(sheet(rows, months=("2022-01", heading, "2022-03"))))
    assert refusals(reading) == {"not a period": 1}
    assert reading.refused.to_pylist()[0]["detail"] == heading
    assert ranges(reading) == [("KZ", "2022-01", "2022-01"), ("KZ", "2022-03", "2022-03")]


def test_a_month_that_stands_twice_counts_once(browser, checked, refusals):
    rows = [["Germany", "Kazakhstan", 1, 2, 3]]
    reading = checked(browser(sheet(rows, months=("2022-01", "2022-01", "2022-02"))))
    assert refusals(reading) == {"duplicate row": 1}
    assert [int(value) for value in reading.flows.column("value").to_pylist()] == [1, 3]


def test_equal_rows_of_a_pair_count_once_and_rows_that_differ_not_at_all(
    browser, checked, refusals
):
    rows = [
        ["Germany", "Kazakhstan", 1, 2, 3],
        ["Germany", "Georgia", 4, 5, 6],
        ["Germany", "Kazakhstan", 1, 2, 3],
        ["Germany", "Georgia", 4, 5, 7],
        ["Germany", "Armenia", 8, ":", ":"],
    ]
    reading = checked(browser(sheet(rows)))
    assert refusals(reading) == {"duplicate row": 3, "conflicting duplicate": 6}
    found = {(row["partner"], int(row["value"])) for row in reading.flows.to_pylist()}
    assert found == {("KZ", 1), ("KZ", 2), ("KZ", 3), ("AM", 8)}
    assert {partner for partner, *_ in ranges(reading)} == {"KZ", "AM"}


def test_a_country_under_two_names_is_one_pair(browser, checked, refusals):
    rows = [
        ["Belgium", "Kazakhstan", 1, 2, 3],
        ["Belgium (incl. Luxembourg 'LU' -> 1998)", "Kazakhstan", 1, 2, 3],
    ]
    assert refusals(checked(browser(sheet(rows)))) == {"duplicate row": 3}


def test_a_product_in_two_sheets_counts_once(browser, checked, refusals):
    first = sheet([["Germany", "Kazakhstan", 1, 2, 3]])
    second = sheet([["Germany", "Kazakhstan", 1, 2, 4], ["Germany", "Georgia", 5, 6, 7]])
    reading = checked(browser(first, second))
    assert refusals(reading) == {"duplicate row": 3}
    assert places(reading)[0][1] == "download, Sheet 2, row 12"
    assert [int(value) for value in reading.flows.column("value").to_pylist()] == [1, 2, 3, 5, 6, 7]


def test_a_blank_row_does_not_end_the_table_but_the_legend_does(browser, checked):
    rows = [
        ["Germany", "Kazakhstan", 1, 2, 3],
        [],
        ["Germany", "Georgia", 4, 5, 6],
        [],
        ["Available flags:"],
        ["p", "provisional"],
    ]
    reading = checked(browser(sheet(rows, legend=False)))
    assert len(reading.flows) == 6
    assert len(reading.refused) == 0


@pytest.mark.parametrize(
    ("changes", "reason", "words"),
    [
        ({"indicator": "QUANTITY_IN_100KG"}, "unreadable sheet", "quantity_in_100kg"),
        ({"flow": "STOCKS"}, "unreadable sheet", "stocks"),
        ({"product": "Beverages"}, "unknown product code", "Beverages"),
        ({"product": "Odd [123456789]"}, "unknown product code", "123456789"),
        ({"months": ("2022", "Q1", "x")}, "not a period", "no usable month"),
        ({"months": ("2031-01", "2031-02", "2031-03")}, "not a period", "no usable month"),
        ({"title": "Population [demo_pjan]"}, "unreadable sheet", "demo_pjan"),
        ({"title": "EU trade [DS-018995]"}, "unreadable sheet", "DS-018995"),
    ],
)
def test_a_sheet_that_is_something_else_is_refused_beside_good_ones(
    changes, reason, words, browser, checked
):
    rows = [["Germany", "Kazakhstan", 1, 2, 3]]
    reading = checked(browser(sheet(rows), sheet(rows, **changes)))
    assert places(reading) == [(reason, "download, Sheet 2", 1)]
    assert words.lower() in reading.refused.to_pylist()[0]["detail"].lower()
    assert len(reading.flows) == 3


def test_a_sheet_of_another_layout_is_refused_by_what_it_lacks(browser, checked):
    reading = checked(browser(sheet([["Germany", "Kazakhstan", 1, 2, 3]]), Notes=[["by hand"]]))
    (row,) = reading.refused.to_pylist()
    assert row["place"] == "download, Notes"
    assert row["detail"] == "no heading row for FLOW, INDICATORS, PRODUCT, REPORTER, TIME"


def test_a_damaged_sheet_is_refused_and_the_others_are_read(browser, checked, tmp_path):
    rows = [["Germany", "Kazakhstan", 1, 2, 3]]
    file = browser(sheet(rows, legend=False), sheet(rows, product="Other [84715001]"))
    damaged = tmp_path / "damaged"
    with zipfile.ZipFile(file.path) as whole, zipfile.ZipFile(damaged, "w") as copy:
        for name in whole.namelist():
            body = whole.read(name)
            copy.writestr(name, body[: len(body) // 2] if name.endswith("sheet4.xml") else body)
    reading = checked(RawFile(damaged))
    assert places(reading) == [("unreadable sheet", "damaged, Sheet 2", 1)]
    assert "cannot be read" in reading.refused.to_pylist()[0]["detail"]
    assert len(reading.flows) == 3


def test_a_workbook_without_a_readable_sheet_is_an_error(browser, checked):
    rows = [["Germany", "Kazakhstan", 1, 2, 3]]
    with pytest.raises(InputError, match=r"no sheet .* could be read") as caught:
        checked(browser(sheet(rows, product="Beverages")))
    assert "unknown product code: 'Beverages'" in caught.value.what
    assert caught.value.where == "download, Sheet 1"
    assert "one sheet per product" in caught.value.remedy
    with pytest.raises(InputError, match="no sheet"):
        checked(browser())
    with pytest.raises(InputError, match="unknown country: 'Atlantis'"):
        checked(browser(sheet([["Germany", "Atlantis", 1, 2, 3]])))


@pytest.mark.parametrize(
    ("extracted", "day"),
    [("21/01/2023 20:19:52", date(2023, 1, 21)), ("99/99/2023 20:19:52", None), ("soon", None)],
)
def test_the_day_of_extraction(extracted, day, browser, checked):
    rows = [["Germany", "Kazakhstan", 1, 2, 3]]
    assert checked(browser(sheet(rows, extracted=extracted))).origin.as_of == day


def test_the_latest_extraction_of_the_sheets_dates_the_workbook(browser, checked):
    rows = [["Germany", "Kazakhstan", 1, 2, 3]]
    sheets = [
        sheet(rows, product=f"Goods [8471500{number}]", extracted=f"{day}/01/2023 20:19:52")
        for number, day in enumerate((20, 22, 21))
    ]
    assert checked(browser(*sheets)).origin.as_of == date(2023, 1, 22)


def test_only_the_summary_of_a_trade_table_is_recognised(book_file, text_file):
    reader = EurostatWorkbook()
    assert not reader.recognises(text_file("a,b\n"))
    for first, title in (("Summary", "Population [demo_pjan]"), ("Sheet 1", TITLE)):
        assert not reader.recognises(book_file({first: [["", title]], "Other": [[TITLE]]}))
    assert reader.recognises(book_file({"Summary": [["", TITLE]]}))


# ── the staged workbooks ─────────────────────────────────────────────────────────────────────────


def oracle(path, code):
    """Read one product's sheets with openpyxl: reporter, partner and month to value, no ":"."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # "no default style"
        book = openpyxl.load_workbook(path, read_only=True)
    found = {}
    for name in book.sheetnames:
        rows = []
        book[name].reset_dimensions()
        for row in book[name].iter_rows(values_only=True):
            rows.append(row)
            if len(rows) == 5 and not str(row[2:3]).rstrip("',)\"").endswith(f"[{code}]"):
                break
        if len(rows) < 20 or rows[5][2] != "EXPORT":
            continue
        months = rows[8]
        for row in rows[11:]:
            if not row or not row[0]:
                break
            for month, value in zip(months[2:], row[2:], strict=False):
                if value not in {None, ":"}:
                    assert (row[0], row[1], month) not in found
                    found[row[0], row[1], month] = Decimal(str(value))
    book.close()
    assert found, f"openpyxl finds no sheet of {code}"
    return found


GERMANY = "Germany (incl. German Democratic Republic 'DD' from 1991)"
FIGURES = [
    ("17_4606328", "84433100", GERMANY, "DE", "Kazakhstan", "KZ", "2022-11"),
    ("18_4623849", "85023100", "Lithuania", "LT", "Kazakhstan", "KZ", "2022-09"),
    ("19_4623968", "87032390", GERMANY, "DE", "Belarus (Belorussia)", "BY", "2022-09"),
    ("20_4624110", "87163980", "Lithuania", "LT", "Uzbekistan", "UZ", "2022-09"),
    ("22_4624885", "21039090", "Austria", "AT", "Armenia", "AM", "2020-01"),
    ("01_4624976", "3304", "Poland", "PL", "Kazakhstan", "KZ", "2021-03"),
    ("eu_total_trade_4630244", "27", "Greece", "GR", "Kazakhstan", "KZ", "2021-11"),
]


def answer(warehouse, sql, *values):
    ((found,),) = warehouse._connect().execute(sql, list(values)).fetchall()
    return found


@pytest.mark.data
@pytest.mark.long
def test_ten_figures_are_those_openpyxl_reads_straight_from_the_workbooks(staged, tmp_path):
    folder = staged / "trade" / "eurostat_databrowser"
    paths = {name: folder / f"{name}_spreadsheet.xlsx" for name, *_ in FIGURES}
    load(paths.values(), tmp_path / "wh")
    current = "select sum(value) from trade_current where flow = 'export' and product = ?"
    checked = 0
    with Warehouse(tmp_path / "wh") as warehouse:
        books = {name: oracle(paths[name], code) for name, code, *_ in FIGURES}
        for name, code, reporter, r, partner, p, month in FIGURES:
            ours = answer(
                warehouse,
                f"{current} and reporter = ? and partner = ? and period = ?",
                *(code, r, p, f"{month}-01"),
            )
            theirs = books[name][reporter, partner, month]
            print(f"{code} {r} {p} {month}: {ours} = {theirs}")  # noqa: T201 - shown by -s
            assert ours == theirs
            checked += 1

        computers = books["17_4606328"]
        theirs = sum(v for (r, p, _), v in computers.items() if (r, p) == (GERMANY, "Kazakhstan"))
        ours = answer(warehouse, f"{current} and reporter = 'DE' and partner = 'KZ'", "84433100")
        assert ours == theirs
        vehicles = books["19_4623968"]
        theirs = sum(v for (_, p, m), v in vehicles.items() if (p, m) == ("Kyrgyzstan", "2022-09"))
        ours = answer(
            warehouse, f"{current} and partner = 'KG' and period = '2022-09-01'", "87032390"
        )
        assert ours == theirs
        oils = books["eu_total_trade_4630244"]
        ours = answer(warehouse, current, "27")
        assert ours == sum(oils.values())
        assert (checked + 3, len({name for name, *_ in FIGURES})) == (10, 7)
        # As many zeros, too: none of them comes from ":".
        zeros = answer(
            warehouse, "select count(*) from trade_current where value = 0 and product = '21039090'"
        )
        assert zeros == sum(value == 0 for value in books["22_4624885"].values())


MEASURED = """
import json, resource, subprocess, sys
with open(sys.argv[1], "wb") as out:
    code = subprocess.call(sys.argv[2:], stdout=out, stderr=subprocess.STDOUT)
used = resource.getrusage(resource.RUSAGE_CHILDREN)
print(json.dumps([code, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024]))
"""


@pytest.mark.data
@pytest.mark.long
def test_all_staged_workbooks_load_within_their_budget_and_a_second_load_adds_nothing(
    staged, tmp_path
):
    folder = staged / "trade" / "eurostat_databrowser"
    warehouse = tmp_path / "wh"
    command = [sys.executable, "-m", "throughflow", "load", folder, "--warehouse", warehouse]

    def run():
        # A small process in between: a child's peak counts that of the one that started it.
        done = subprocess.run(
            [sys.executable, "-c", MEASURED, tmp_path / "out", *command],
            capture_output=True, text=True, check=True,
        )  # fmt: skip
        code, cpu, peak = json.loads(done.stdout)
        assert code == 0, (tmp_path / "out").read_text()
        print(f"{cpu:.1f} CPU s, {peak:.0f} MB")  # noqa: T201 - shown by -s
        return cpu, peak

    cpu, peak = run()
    assert cpu <= CPU_SECONDS
    assert peak <= MEGABYTES
    assert "1,159,638 values recorded out of 15,934,968 cells" in (tmp_path / "out").read_text()
    manifest = (warehouse / "manifest.json").read_bytes()
    with Warehouse(warehouse) as opened:
        assert answer(opened, "select count(*) from trade_current where length(product) = 8") == (
            997_559
        )
        assert answer(opened, "select count(*) from refused") == 0
        asked = "select sum(datediff('month', first_period, last_period) + 1) from coverage"
        assert answer(opened, asked) == 15_934_968
    cpu, _ = run()
    assert cpu <= 5
    assert "held already, nothing changed: 23 files" in (tmp_path / "out").read_text()
    assert (warehouse / "manifest.json").read_bytes() == manifest
