"""Downloads that are killed, run out of disk or meet each other leave what was there before."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time

import pytest

from throughflow.errors import DataError
from throughflow.sources.body import Mark
from throughflow.sources.content import Expected
from throughflow.sources.fetch import Fetcher, Patience, Request
from throughflow.sources.politeness import Rate
from throughflow.warehouse.downloads import FileSink

CSV = b"period,freq,reporter,partner,flow,product,nomenclature,value,currency\n" + b"".join(
    b"2022-%02d,M,DE,KZ,export,%d,CN,%d,EUR\n" % (n % 12 + 1, 10_000_000 + n, n)
    for n in range(20_000)
)
HALF = len(CSV) // 2
NAME = "comext-M-2022-01-2022-12"
GET = [sys.executable, "-m", "throughflow", "get", "comext", "--reporter", "DE", "--partner", "KZ"]
SELECTED = ["--product", "84715000", "--period", "2022-01:2022-12"]
PATH = (
    "/comext/dissemination/sdmx/2.1/data/DS-045409/"
    "M.DE.KZ.84715000.1+2.VALUE_IN_EUROS+QUANTITY_IN_100KG"
)
PATIENCE = 30.0


def command(publisher, folder, *more):
    return [*GET, *SELECTED, "--address", publisher.url, "--warehouse", str(folder), *more]


def until(what):
    end = time.monotonic() + PATIENCE
    while not what():
        assert time.monotonic() < end, "it never happened"
        time.sleep(0.01)


def names(folder):
    place = folder / "downloads" / "comext"
    return sorted(path.name for path in place.iterdir() if not path.name.startswith("."))


def held_up(publisher, release):
    """Send half, then nothing until `release` is set."""

    def step(handler):
        handler.send_response(200)
        handler.send_header("Content-Length", str(len(CSV)))
        handler.send_header("ETag", '"1"')
        handler.end_headers()
        handler.wfile.write(CSV[:HALF])
        handler.wfile.flush()
        release.wait(PATIENCE)
        handler.wfile.write(CSV[HALF:])

    return step


def test_a_killed_download_goes_on_where_it_stopped(publisher, tmp_path):
    release = threading.Event()
    publisher.answer(PATH, held_up(publisher, release), publisher.file(CSV, etag='"1"'))
    child = subprocess.Popen(
        command(publisher, tmp_path / "wh"), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        place = tmp_path / "wh" / "downloads" / "comext"
        until(lambda: [p for p in place.glob("*.part") if p.stat().st_size])
        os.kill(child.pid, signal.SIGKILL)
        assert child.wait(PATIENCE) == -signal.SIGKILL
    finally:
        child.kill()
        release.set()
    assert [name.rpartition(".csv")[2] for name in names(tmp_path / "wh")] == [
        ".part",
        ".part.json",
    ]
    got = next(place.glob("*.part")).stat().st_size
    done = subprocess.run(
        command(publisher, tmp_path / "wh"), capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert publisher.headers()["range"] == f"bytes={got}-"
    assert [name.rpartition(".csv")[2] for name in names(tmp_path / "wh")] == ["", ".origin.json"]
    assert next(place.glob("*.csv")).read_bytes() == CSV
    assert "20,000 values recorded" in done.stdout


def test_two_programs_do_not_write_one_file(publisher, tmp_path):
    release = threading.Event()
    publisher.answer(PATH, held_up(publisher, release))
    child = subprocess.Popen(
        command(publisher, tmp_path / "wh"), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        place = tmp_path / "wh" / "downloads" / "comext"
        until(lambda: [p for p in place.glob("*.part") if p.stat().st_size])
        second = subprocess.run(
            command(publisher, tmp_path / "wh"), capture_output=True, text=True, check=False
        )
        release.set()
        assert child.wait(PATIENCE) == 0
    finally:
        release.set()
        child.kill()
    assert second.returncode == 3
    assert "another process is getting this file" in second.stderr
    assert len(publisher.asked) == 1
    assert next(place.glob("*.csv")).read_bytes() == CSV


def test_a_full_disk_is_named_and_the_file_held_stays(publisher, tmp_path):
    publisher.answer(PATH, publisher.file(CSV[:200], etag='"1"'))
    mount = tmp_path / "small"
    mount.mkdir()
    # Without a length the program cannot know beforehand that there is no room.
    new = CSV * 4

    def endless(handler):
        handler.send_response(200)
        handler.send_header("ETag", '"2"')
        handler.end_headers()
        handler.wfile.write(new)
        handler.close_connection = True

    publisher.answer("/second" + PATH, endless)
    get = [*GET, *SELECTED, "--no-load", "--warehouse", f"{mount}/wh", "--address"]
    script = """
        mount -t tmpfs -o size=3m tmpfs "$1" || exit 99
        shift
        url="$1"; shift
        "$@" "$url" > /dev/null || exit 98
        cat "$0"/small/wh/downloads/comext/*.csv | wc -c
        "$@" "$url/second"; echo "code $?"
        cat "$0"/small/wh/downloads/comext/*.csv | wc -c
    """
    try:
        done = subprocess.run(
            ["unshare", "-rm", "sh", "-c", script, str(tmp_path), str(mount), publisher.url, *get],
            capture_output=True,
            text=True,
            check=False,
        )
    except FileNotFoundError:
        pytest.skip("no unshare here")
    if done.returncode == 99 or "unshare" in done.stderr:
        pytest.skip("a small disk cannot be mounted here")
    assert done.stdout.split() == ["200", "code", "3", "200"], done.stderr
    assert "the disk is full. What was held before is untouched" in done.stderr
    assert "Traceback" not in done.stderr


def sink(folder, name="x.csv", url="http://127.0.0.1/x.csv"):
    return FileSink(folder / name, "test", Request(url, name, "a table", Expected("csv")))


def test_no_room_is_found_out_before_the_first_byte(tmp_path):
    with sink(tmp_path) as target, pytest.raises(DataError, match=r"the disk has .* free"):
        target.begin(Mark(total=10**18))
    assert [path.name for path in tmp_path.iterdir()] == [".x.csv.lock"]


def test_a_folder_that_cannot_be_written_is_named(tmp_path):
    (tmp_path / "x.csv.part").mkdir()
    with sink(tmp_path) as target, pytest.raises(DataError, match="cannot be written"):
        target.begin(Mark())


def test_a_crash_between_note_and_file_costs_one_more_download(publisher, tmp_path):
    publisher.answer("/x.csv", publisher.file(CSV, etag='"1"'))
    fetcher = Fetcher(Rate(1000.0), Patience(1))
    with sink(tmp_path, url=f"{publisher.url}/x.csv") as target:
        fetcher.fetch(target._request, target)
    note = tmp_path / "x.csv.origin.json"
    note.write_text(json.dumps(json.loads(note.read_text()) | {"sha256": "0" * 64}))
    with sink(tmp_path, url=f"{publisher.url}/x.csv") as target:
        assert target.held() is None
        assert fetcher.fetch(target._request, target)
    assert (tmp_path / "x.csv").read_bytes() == CSV


@pytest.mark.parametrize("note", ["", "{}", "[]", '{"url": 1, "sha256": 2, "bytes": "x"}', "null"])
def test_a_note_that_cannot_be_read_counts_for_nothing(note, tmp_path):
    (tmp_path / "x.csv").write_bytes(CSV)
    (tmp_path / "x.csv.origin.json").write_text(note)
    with sink(tmp_path) as target:
        assert target.held() is None
