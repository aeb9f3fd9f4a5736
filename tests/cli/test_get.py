"""`throughflow get` through the real program, against a publisher on this machine."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from urllib.parse import parse_qs, urlsplit

import jsonschema
import pytest

from throughflow.cli import schemas
from throughflow.sources import catalogue
from throughflow.warehouse import Warehouse

HEADER = b"period,freq,reporter,partner,flow,product,nomenclature,value,currency\n"
TRADE = HEADER + b"".join(
    b"2022-%02d,M,DE,KZ,export,84715000,CN,%d,EUR\n" % (m, m) for m in range(1, 13)
)
KEY = "k3y-nobody-may-see"
PATH = (
    "/comext/dissemination/sdmx/2.1/data/DS-045409/"
    "M.DE.KZ.84715000.1+2.VALUE_IN_EUROS+QUANTITY_IN_100KG"
)
SELECTED = ["--reporter", "DE", "--partner", "KZ", "--product", "84715000", "--period", "2022-01"]


@pytest.fixture
def program(tmp_path):
    environment = {
        key: value
        for key, value in os.environ.items()
        if not key.startswith("THROUGHFLOW_") and not key.endswith("_API_KEY")
    }

    def run(*arguments, **extra):
        return subprocess.run(
            [sys.executable, "-m", "throughflow", "get", *map(str, arguments)],
            capture_output=True,
            text=True,
            cwd=tmp_path,
            env=environment | extra,
            check=False,
        )

    return run


@pytest.fixture
def comext(program, publisher):
    def run(*more, **extra):
        return program("comext", *SELECTED, "--address", publisher.url, *more, **extra)

    return run


def comtrade(rows):
    return json.dumps(
        {"elapsedTime": "1 s", "count": len(rows), "data": rows, "error": ""}
    ).encode()


def written(folder):
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


def valid(text):
    document = json.loads(text)
    jsonschema.validate(document, schemas.of("get"))
    return document


def test_get_downloads_and_loads(comext, publisher, tmp_path):
    publisher.answer(PATH, publisher.file(TRADE, etag='"1"'))
    done = comext()
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert lines[0] == f"got: Comext, a selection, {len(TRADE)} bytes"
    assert "Reuse with acknowledgement" in lines[1]
    assert "12 values recorded out of 12 cells (0 not recorded) in throughflow-data" in lines
    assert done.stderr == ""
    with Warehouse(tmp_path / "throughflow-data") as warehouse:
        assert [edition.rows for edition in warehouse.manifest.editions] == [12]
    again = comext()
    assert again.returncode == 0
    assert again.stdout.startswith("held already: Comext, a selection")
    assert "held already, nothing changed: 1 file" in again.stdout
    assert len(publisher.asked) == 2


def test_json_follows_the_schema(comext, publisher):
    publisher.answer(PATH, publisher.status(503, Retry_After="0"), publisher.file(TRADE))
    document = valid(comext("--json").stdout)
    assert document["files"][0]["state"] == "got"
    assert document["files"][0]["bytes"] == len(TRADE)
    assert document["load"]["rows"] == 12
    assert document["retried"] == ["the server asks us to slow down (status 503)"]
    publisher.answer(PATH, publisher.status(404))
    failed = comext("--json", "--warehouse", "other")
    assert failed.returncode == 4
    document = valid(failed.stdout)
    assert document["load"] is None
    assert "nothing at this address" in document["failed"][0]["error"]
    assert valid(comext("--dry-run", "--json").stdout)["requests"][0]["kind"] == "csv"


def test_the_list_says_what_there_is(program):
    done = program("--list")
    assert done.returncode == 0
    for source in catalogue.SOURCES:
        assert f"{source.name}: {source.publisher}" in done.stdout
        assert source.terms in done.stdout
    assert "COMTRADE_API_KEY" in done.stdout
    assert "NOT verified" in done.stdout
    one = program("comtrade", "--list")
    assert "comext" not in one.stdout
    sources = valid(program("--list", "--json").stdout)["sources"]
    assert [source["name"] for source in sources] == list(catalogue.NAMES)


def test_a_dry_run_sends_and_writes_nothing(comext, publisher, tmp_path):
    done = comext("--dry-run")
    assert done.returncode == 0
    assert f"GET {publisher.url}{PATH}?startPeriod=2022-01&endPeriod=2022-01" in done.stdout
    assert "1 request, none sent" in done.stdout
    assert publisher.asked == []
    assert list(tmp_path.iterdir()) == []


def test_a_dry_run_needs_no_key(program):
    done = program(
        *("comtrade", "--dataset", "data", "--reporter", "AM", "--period", "2022", "--dry-run")
    )
    assert done.returncode == 0
    assert "with your key in Ocp-Apim-Subscription-Key" in done.stdout


@pytest.mark.parametrize("how", ["option", "environment"])
def test_the_key_is_in_no_output_and_no_file(how, program, publisher, tmp_path):
    path = "/data/v1/get/C/A/HS"
    row = {"typeCode": "C", "freqCode": "A", "refYear": 2022, "period": "2022", "reporterCode": 51}
    row |= {"partnerCode": 643, "flowCode": "X", "classificationCode": "H6", "cmdCode": "851713"}
    rows = [row | {"aggrLevel": 6, "primaryValue": 1.5}]
    publisher.answer(path, publisher.broken(comtrade(rows), 40, etag='"1"'))
    call = ["comtrade", "--reporter", "AM", "--period", "2022", "--address", publisher.url]
    call += ["--attempts", "1"]
    given = ["--key", KEY] if how == "option" else []
    extra = {} if given else {"COMTRADE_API_KEY": KEY}
    shown = [program(*call, *given, **extra)]
    assert shown[0].returncode == 4
    assert [name for name in written(tmp_path) if name.endswith(".part")]
    assert publisher.headers()["ocp-apim-subscription-key"] == KEY
    assert KEY not in publisher.asked[0][0]
    half = written(tmp_path)
    publisher.answer(path, publisher.status(401, f"key {KEY} is unknown".encode()))
    shown.append(program(*call, *given, **extra))
    assert shown[1].returncode == 2
    publisher.answer(path, publisher.status(400, f"key {KEY} asks too much".encode()))
    shown.append(program(*call, *given, **extra))
    assert "key *** asks too much" in shown[2].stderr
    publisher.answer(path, publisher.file(comtrade(rows), etag='"1"'))
    shown.append(program(*call, *given, **extra))
    assert shown[3].returncode == 0, shown[3].stderr
    shown.append(program(*call, *given, "--dry-run", "--json", **extra))
    shown.append(program(*call, *given, "--json", **extra))
    for done in shown:
        assert KEY not in done.stdout + done.stderr
    for files in (half, written(tmp_path)):
        for name, data in files.items():
            assert KEY.encode() not in data, name


def test_a_key_in_the_query_is_in_no_output_and_no_file(program, publisher, tmp_path):
    path = "/data/timeseries/intltrade/exports/hs"
    table = [["CTY_CODE", "ALL_VAL_MO", "time"], ["4634", "100", "2024-01"]]
    publisher.answer(path, publisher.file(json.dumps(table).encode()))
    call = ["census", "--product", "854231", "--period", "2024-01", "--flow", "export"]
    done = program(*call, "--address", publisher.url, "--json", CENSUS_API_KEY=KEY)
    assert done.returncode == 0, done.stderr
    assert f"key={KEY}" in publisher.asked[0][0]
    assert KEY not in done.stdout + done.stderr
    assert all(KEY.encode() not in data for data in written(tmp_path).values())


def test_a_layout_without_a_reader_is_kept_and_told(program, publisher, tmp_path):
    path = "/data/timeseries/intltrade/exports/hs"
    table = [["CTY_CODE", "ALL_VAL_MO", "time"], ["4634", "100", "2024-01"]]
    publisher.answer(path, publisher.file(json.dumps(table).encode()))
    call = ["census", "--product", "854231", "--period", "2024-01", "--flow", "export"]
    done = program(*call, "--address", publisher.url, CENSUS_API_KEY=KEY)
    assert done.returncode == 0, done.stderr
    assert (
        "kept, but no reader knows its layout yet: census-export-854231-202401.json" in done.stdout
    )
    kept = tmp_path / "throughflow-data/downloads/census/census-export-854231-202401.json"
    assert json.loads(kept.read_text()) == table


def test_what_the_census_bureau_answers_is_loaded(program, publisher, tmp_path):
    names = ["CTY_NAME", "SUMMARY_LVL", "E_COMMODITY_SDESC", "ALL_VAL_MO", "QTY_1_MO", "UNIT_QY1"]
    names += ["time", "COMM_LVL", "E_COMMODITY", "DISTRICT", "DF", "CTY_CODE"]
    row = ["KAZAKHSTAN", "DET", "PROCESSORS", "125300", "0", "-"]
    row += ["2024-01", "HS6", "854231", "-", "-", "4634"]
    path = "/data/timeseries/intltrade/exports/hs"
    publisher.answer(path, publisher.file(json.dumps([names, row]).encode()))
    call = ["census", "--product", "854231", "--period", "2024-01", "--flow", "export"]
    done = program(
        *call, "--partner", "KZ", "--address", publisher.url, "--json", CENSUS_API_KEY=KEY
    )
    assert done.returncode == 0, done.stderr
    assert parse_qs(urlsplit(publisher.asked[0][0]).query)["CTY_CODE"] == ["4634"]
    query = "select partner, product, value, currency from trade_current"
    with Warehouse(tmp_path / "throughflow-data") as warehouse:
        rows = warehouse._connect().sql(query).to_arrow_table().to_pylist()
    assert [(r["partner"], r["product"], int(r["value"]), r["currency"]) for r in rows] == [
        ("KZ", "854231", 125300, "USD")
    ]


def test_pages_of_hm_revenue_and_customs_are_joined_and_loaded(program, publisher, tmp_path):
    row = {
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
    first = {"@odata.count": 2, "value": [row], "@odata.nextLink": f"{publisher.url}/OTS2"}
    publisher.answer("/OTS", publisher.file(json.dumps(first).encode()))
    second = {"value": [row | {"PortId": 101, "Value": 300.0}]}
    publisher.answer("/OTS2", publisher.file(json.dumps(second).encode()))
    call = ["hmrc", "--product", "85423190", "--period", "2024-01", "--flow", "export"]
    done = program(*call, "--partner", "KZ", "--address", publisher.url, "--json")
    assert done.returncode == 0, done.stderr
    asked = parse_qs(urlsplit(publisher.asked[0][0]).query)
    assert asked["$expand"] == ["Country($select=CountryCodeAlpha)"]
    query = "select partner, product, value, currency from trade_current"
    with Warehouse(tmp_path / "throughflow-data") as warehouse:
        rows = warehouse._connect().sql(query).to_arrow_table().to_pylist()
    assert [(r["partner"], r["product"], int(r["value"]), r["currency"]) for r in rows] == [
        ("KZ", "85423190", 1500, "GBP")
    ]


def test_bulk_files_are_found_by_their_listing(program, publisher, tmp_path):
    import gzip

    listing = comtrade(
        [{"fileUrl": f"{publisher.url}/files/51.gz", "publicationDate": "2023-06-01T00:00:00"}]
    )
    publisher.answer("/bulk/v1/get/C/A/HS", publisher.file(listing))
    publisher.answer("/files/51.gz", publisher.file(gzip.compress(b"typeCode\tfreqCode\n")))
    call = ["comtrade", "--dataset", "bulk", "--reporter", "AM", "--period", "2022", "--no-load"]
    done = program(*call, "--address", publisher.url, COMTRADE_API_KEY=KEY)
    assert done.returncode == 0, done.stderr
    (file,) = (tmp_path / "throughflow-data/downloads/comtrade").glob("*.gz")
    assert gzip.decompress(file.read_bytes()) == b"typeCode\tfreqCode\n"
    for number in range(2):
        assert publisher.headers(number)["ocp-apim-subscription-key"] == KEY


def test_the_newest_release_is_found_and_not_got_twice(program, publisher, tmp_path):
    import io
    import zipfile

    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        archive.writestr(
            "BACI_HS92_Y2022_V202601.csv", "t,i,j,k,v,q\n2022,276,398,847150,1.0,2.0\n"
        )
    page = b"<html>BACI_HS92_V202501.zip BACI_HS92_V202601.zip</html>"
    publisher.answer("/CEPII/en/bdd_modele/bdd_modele_item.asp", publisher.file(page))
    name = "BACI_HS92_V202601.zip"
    publisher.answer(
        f"/DATA_DOWNLOAD/baci/data/{name}", publisher.file(made.getvalue(), etag='"1"')
    )
    call = ["baci", "--edition", "HS92", "--address", publisher.url]
    first, second = program(*call), program(*call)
    assert (first.returncode, second.returncode) == (0, 0), first.stderr + second.stderr
    assert first.stdout.startswith("got: BACI HS92, release 202601")
    assert second.stdout.startswith("held already: BACI HS92, release 202601")
    kept = tmp_path / "throughflow-data/downloads/baci" / name
    assert kept.read_bytes() == made.getvalue()
    assert len(publisher.asked) == 4


def test_an_answer_cut_at_the_publishers_limit_is_refused(program, publisher, tmp_path):
    publisher.answer("/public/v1/preview/C/A/HS", publisher.file(comtrade([{}] * 500)))
    call = ["comtrade", "--reporter", "AM", "--period", "2022", "--flow", "export"]
    done = program(*call, "--address", publisher.url)
    assert done.returncode == 3
    assert "cuts an answer at 500 rows" in done.stderr
    assert "Ask for less" in done.stderr
    assert not [name for name in written(tmp_path) if "comtrade-" in name and ".lock" not in name]


def test_a_selection_that_is_too_large_is_asked_for_in_halves(program, publisher, tmp_path):
    rows = {"X": [{"flowCode": "X", "n": n} for n in range(300)]}
    rows |= {"M": [{"flowCode": "M", "n": n} for n in range(250)], "RX": []}

    def limited(handler):
        asked = parse_qs(urlsplit(handler.path).query)["flowCode"][0].split(",")
        found = [row for flow in asked for row in rows[flow]]
        publisher.file(comtrade(found[:500]))(handler)

    publisher.answer("/public/v1/preview/C/A/HS", limited)
    call = ["comtrade", "--reporter", "AM", "--period", "2022", "--no-load"]
    done = program(*call, "--address", publisher.url)
    assert done.returncode == 0, done.stderr
    assert "tried again: an answer was cut at the publisher's limit: asked in halves" in done.stderr
    kept = (tmp_path / "throughflow-data/downloads/comtrade").glob("comtrade-*-????????.json")
    got = [row for path in kept for row in json.loads(path.read_text())["data"]]
    assert len(got) == 550
    assert {(row["flowCode"], row["n"]) for row in got} == {
        (row["flowCode"], row["n"]) for flow in rows.values() for row in flow
    }


def test_a_publisher_that_is_away_is_left_alone(program, publisher):
    publisher.answer("/public/v1/preview/C/A/HS", publisher.status(404))
    years = ",".join(str(year) for year in range(2010, 2020))
    call = ["comtrade", "--reporter", "AM", "--period", years, "--address", publisher.url]
    done = program(*call)
    assert done.returncode == 4
    assert len(publisher.asked) == 3
    assert done.stderr.count("not got: ") == 10
    assert done.stderr.count("not tried") == 7


def test_good_answers_of_a_call_are_kept_when_others_fail(program, publisher, tmp_path):
    good = publisher.file(comtrade([{"reporterCode": 51}]))

    def by_period(handler):
        return (publisher.status(400, b"no") if "period=2021" in handler.path else good)(handler)

    publisher.answer("/public/v1/preview/C/A/HS", by_period)
    call = ["comtrade", "--reporter", "AM", "--period", "2020,2021,2022"]
    done = program(*call, "--address", publisher.url, "--no-load")
    assert done.returncode == 3
    assert done.stdout.count("got: ") == 2
    assert "not got: UN Comtrade, reporter 51, 2021" in done.stderr


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        ([], 2, ["no source was named", "comtrade, comext"]),
        (["comtrad"], 2, ["unknown source 'comtrad'. Did you mean comtrade"]),
        (["comext", "--dataset", "bluk"], 2, ["unknown dataset", "bulk"]),
        (["comtrade"], 2, ["needs --reporter and --period"]),
        (
            ["comtrade", "--dataset", "data", "--reporter", "AM", "--period", "2022"],
            2,
            ["needs a key", "https://comtradedeveloper.un.org", "COMTRADE_API_KEY"],
        ),
        (
            ["comext", *SELECTED, "--address", "http://mirror.example"],
            2,
            ["not an https address"],
        ),
        (["comtrade", "--reporter", "Atlantis", "--period", "2022"], 3, ["Atlantis"]),
        (["comext", "--dataset", "bulk", "--period", "2022-13"], 3, ["--period", "not a month"]),
    ],
)
def test_what_is_refused_beforehand(arguments, code, words, program, tmp_path):
    done = program(*arguments)
    assert done.returncode == code, done.stderr
    for word in words:
        assert word in done.stderr
    assert "Traceback" not in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_nobody_there_is_exit_code_4_and_leaves_other_verbs_alone(program, tmp_path):
    import socket

    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    call = ["comext", *SELECTED, "--address", f"http://127.0.0.1:{port}", "--attempts", "1"]
    done = program(*call)
    assert done.returncode == 4
    assert "no connection" in done.stderr
    assert "in 1 attempt" in done.stderr
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "throughflow-data" / "manifest.json").exists()


def test_a_month_that_is_not_out_yet(program, publisher):
    call = ["comext", "--dataset", "bulk", "--period", "2098-01", "--address", publisher.url]
    done = program(*call)
    assert done.returncode == 3
    assert "2098-01 is not published yet; it usually is by 2098-04-01" in done.stderr


def test_a_bad_row_is_reported_as_load_reports_it(comext, publisher):
    publisher.answer(
        PATH, publisher.file(TRADE + b"2022-01,M,DE,Atlantis,export,84715000,CN,1,EUR\n")
    )
    done = comext()
    assert done.returncode == 0
    assert "refused: 1 cell, unknown country" in done.stdout


def test_a_terminal_sees_bytes_and_rate(publisher, tmp_path):
    publisher.answer(PATH, publisher.stalled(TRADE, 100, 0.8), publisher.file(TRADE))
    terminal, end = os.openpty()
    environment = os.environ | {"TERM": "xterm", "COLUMNS": "120"}
    child = subprocess.Popen(
        [
            *(sys.executable, "-m", "throughflow", "get", "comext", *SELECTED),
            *("--address", publisher.url, "--no-load"),
        ],
        stdout=subprocess.DEVNULL,
        stderr=end,
        cwd=tmp_path,
        env=environment,
    )
    os.close(end)
    shown = b""
    while True:
        try:
            chunk = os.read(terminal, 4096)
        except OSError:
            break
        if not chunk:
            break
        shown += chunk
    os.close(terminal)
    assert child.wait(30) == 0
    assert b"1/1 Comext, a selection" in shown
    assert b"100/" in shown
    assert f"{len(TRADE)} bytes".encode() in shown


def test_no_bar_is_drawn_where_nobody_looks(comext, publisher):
    publisher.answer(PATH, publisher.file(TRADE))
    assert "\x1b" not in comext().stderr
