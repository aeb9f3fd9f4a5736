"""Twelve kinds of bad input, each given to the real program: what it says and how it ends.

The table is printed (`pytest -s`) and written for users in docs/guide/bad-input.md.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import pyarrow as pa
import pytest
from openpyxl import Workbook

from throughflow.reference import fx
from throughflow.warehouse import Warehouse

HEADER = "period,freq,reporter,partner,flow,product,nomenclature,value,currency\n"
GOOD = "2022-01,M,DE,KZ,export,84715000,CN,100,EUR\n"
DOCUMENTATION = Path(__file__).resolve().parents[2] / "docs" / "guide" / "bad-input.md"


def text(path, *lines, encoding="utf-8"):
    path.write_bytes((HEADER + "".join(line + "\n" for line in lines)).encode(encoding))
    return path


def workbook(path):
    book = Workbook()
    book.active.title = "Accounts"
    for number in range(200):
        book.active.append([number, f"entry {number}"])
    book.save(path)
    return path


def truncated_xlsx(folder):
    path = workbook(folder / "truncated.xlsx")
    path.write_bytes(path.read_bytes()[:-400])
    return [path]


def zip_bomb(folder):
    path = folder / "bomb.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", b"0" * 60_000_000)
    return [path]


def wrong_sheet(folder):
    return [workbook(folder / "accounts.xlsx")]


def text_for_number(folder):
    return [text(folder / "text.csv", GOOD.strip(), "2022-02,M,DE,KZ,export,84715000,CN,many,EUR")]


def future_period(folder):
    return [text(folder / "future.csv", GOOD.strip(), "2091-01,M,DE,KZ,export,84715000,CN,1,EUR")]


def unknown_country(folder):
    line = "2022-01,M,DE,Atlantis,export,84715000,CN,1,EUR"
    return [text(folder / "country.csv", GOOD.strip(), line)]


def unknown_code(folder):
    return [text(folder / "code.csv", GOOD.strip(), "2022-01,M,DE,KZ,export,8471X,CN,1,EUR")]


def duplicate_rows(folder):
    conflict = [f"2022-02,M,DE,KZ,export,84715000,CN,{value},EUR" for value in (1, 2)]
    return [text(folder / "twice.csv", GOOD.strip(), GOOD.strip(), *conflict)]


def mixed_aggregates(folder):
    return [
        text(
            folder / "mixed.csv",
            GOOD.strip(),
            "2022-01,M,DE,KZ,export,84714900,CN,30,EUR",
            "2022-01,M,DE,KZ,export,8471,CN,130,EUR",
            "2022-01,M,DE,KZ,export,TOTAL,TOTAL,5000,EUR",
            "2022-01,M,EU27,KZ,export,84715000,CN,900,EUR",
        )
    ]


def empty_file(folder):
    (folder / "empty.csv").touch()
    return [folder / "empty.csv"]


def wrong_encoding(folder):
    line = "2022-01,M,DE,Казахстан,export,84715000,CN,1,EUR"
    return [text(folder / "cp1251.csv", GOOD.strip(), line, encoding="cp1251")]


def directory(folder):
    (folder / "nothing-inside").mkdir()
    return [folder / "nothing-inside"]


def only_refused(folder):
    return [text(folder / "hopeless.csv", "2022-01,M,DE,Atlantis,export,84715000,CN,1,EUR")]


# Kind, maker, exit code, what the message must say.
KINDS = [
    ("truncated workbook", truncated_xlsx, 3, ["truncated or damaged", "Download it again"]),
    ("zip bomb", zip_bomb, 3, ["decompression bomb", "split it"]),
    ("wrong sheet", wrong_sheet, 3, ["no publisher's layout", "'Accounts'", "load --help"]),
    ("text for a number", text_for_number, 0, ["1 cell, not a number", "row 3", "'many'"]),
    ("future period", future_period, 0, ["1 cell, future period", "row 3", "2091-01"]),
    ("unknown country", unknown_country, 0, ["1 cell, unknown country", "row 3", "'Atlantis'"]),
    ("unknown code", unknown_code, 0, ["1 cell, unknown product code", "row 3", "'8471X'"]),
    ("duplicate rows", duplicate_rows, 0, ["1 cell, duplicate row", "2 cells, conflicting"]),
    ("mixed aggregates", mixed_aggregates, 0, ["6 values recorded out of 6 cells"]),
    ("empty file", empty_file, 3, ["the file is empty", "Download it again"]),
    ("wrong encoding", wrong_encoding, 3, ["not UTF-8", "line 3", "Save the file as UTF-8"]),
    ("a directory for a file", directory, 3, ["holds no file", "Name the folder"]),
    ("nothing but refused cells", only_refused, 3, ["no value", "unknown country", "row 2"]),
]


@pytest.fixture
def program(tmp_path):
    environment = {key: v for key, v in os.environ.items() if not key.startswith("THROUGHFLOW_")}

    def run(*arguments):
        return subprocess.run(
            [sys.executable, "-m", "throughflow", *map(str, arguments)],
            capture_output=True,
            text=True,
            cwd=tmp_path,
            env=environment | {"THROUGHFLOW_STATE": str(tmp_path / "state")},
            check=False,
        )

    return run


@pytest.mark.parametrize(
    ("kind", "make", "code", "words"), KINDS, ids=[kind.replace(" ", "-") for kind, *_ in KINDS]
)
def test_a_bad_file_is_named_with_a_remedy_and_the_good_one_is_loaded(
    kind, make, code, words, program, tmp_path
):
    (tmp_path / "in").mkdir()
    bad = make(tmp_path / "in")
    good = text(tmp_path / "good.csv", "2022-03,M,DE,KZ,export,84715000,CN,7,EUR")
    done = program("load", *bad, good, "--warehouse", "wh")
    said = done.stdout + done.stderr
    shown = re.sub(rf"{re.escape(str(tmp_path))}/(in/)?", "", said).strip()
    print(f"\n{kind} (exit {done.returncode})\n{shown}")  # noqa: T201 - shown by -s
    assert done.returncode == code
    assert "Traceback" not in said
    assert bad[0].name in said or (code == 0 and "refused" not in said)
    for word in words:
        assert word in said
    with Warehouse(tmp_path / "wh") as warehouse:
        assert "good.csv" in {edition.file for edition in warehouse.manifest.editions}


def test_the_guide_shows_every_kind_with_its_exit_code():
    page = DOCUMENTATION.read_text(encoding="utf-8")
    for kind, _, code, words in KINDS:
        (line,) = [line for line in page.splitlines() if line.startswith(f"| {kind} |")]
        assert line.endswith(f"| {code} |")
        assert any(word in line for word in words), line


def test_parts_and_their_aggregates_are_never_summed_together(program, tmp_path):
    (path,) = mixed_aggregates(tmp_path)
    assert program("load", path, "--warehouse", "wh").returncode == 0
    members = pa.table({"product": ["84715000", "84714900"], "family": ["F1", "F1"]})
    with Warehouse(tmp_path / "wh") as warehouse:
        panel = warehouse.query(
            "throughflow.trade",
            "panel",
            parameters={
                "dataset": "own-data",
                "nomenclature": "CN",
                "basis": "destination",
                "currency": "EUR",
                "freq": "M",
            },
            tables={"family_member": members, "period_rate": fx.period_rates("M")},
        ).to_pylist()
        levels = (
            warehouse._connect()
            .sql(
                "select reporter, nomenclature, length(product), sum(value) from trade_current "
                "group by all order by all"
            )
            .fetchall()
        )
    # The two codes of eight digits only; the bloc stays a reporter of its own.
    assert [(row["reporter"], float(row["amount"])) for row in panel] == [
        ("DE", 130),
        ("EU27", 900),
    ]
    assert [(*key, float(value)) for *key, value in levels] == [
        ("DE", "CN", 4, 130),
        ("DE", "CN", 8, 130),
        ("DE", "TOTAL", 5, 5000),
        ("EU27", "CN", 8, 900),
    ]


def test_a_directory_in_place_of_a_list_or_a_file_in_place_of_a_warehouse(program, tmp_path):
    (tmp_path / "folder").mkdir()
    done = program("excess", "--list", tmp_path / "folder")
    assert (done.returncode, "Traceback" in done.stderr) == (3, False)
    assert str(tmp_path / "folder") in done.stderr
    text(tmp_path / "file.csv", GOOD.strip())
    for verb in (("dossier", "KZ"), ("hubs",)):
        done = program(*verb, "--warehouse", tmp_path / "file.csv")
        assert done.returncode == 3
        assert "there is no warehouse here" in done.stderr
        assert "throughflow load FILES --warehouse" in done.stderr
    done = program("load", tmp_path / "file.csv", "--warehouse", tmp_path / "file.csv")
    assert done.returncode == 3
    assert "cannot be written (File exists)" in done.stderr


def test_a_path_that_is_not_there(program):
    done = program("load", "typo.xlsx")
    assert done.returncode == 3
    assert done.stderr == "error: typo.xlsx: no such file. Check the path.\n"
