"""A load that is killed, runs out of disk or meets another load leaves what was there before.

The loads here are real processes, killed with SIGKILL and limited by the system, never simulated.
"""

from __future__ import annotations

import os
import resource
import signal
import subprocess
import sys
import time
from contextlib import contextmanager

import pytest

from throughflow.errors import DataError
from throughflow.warehouse import load, lock, objects
from throughflow.warehouse import manifest as manifests

LOAD = [sys.executable, "-m", "throughflow", "load"]
HEADER = "period,freq,reporter,partner,flow,product,nomenclature,value,currency\n"
PATIENCE = 60.0
ATTEMPTS = 5


@pytest.fixture(scope="module")
def large(tmp_path_factory):
    """A file that takes a good part of a second to read and tens of milliseconds to store."""
    path = tmp_path_factory.mktemp("large") / "large.csv"
    with path.open("w", encoding="utf-8") as stream:
        stream.write(HEADER)
        stream.writelines(
            f"{2021 + month // 12}-{month % 12 + 1:02},M,DE,KZ,export,{10_000_000 + code},CN,"
            f"{(code * 7919 + month * 104729) % 1000003}.{month:02},EUR\n"
            for code in range(10_000)
            for month in range(24)
        )
    return path


@pytest.fixture
def small(own):
    return own("small.csv", [("2022-01", "DE", "KZ", "84715000", 1)])


@pytest.fixture
def folder(small, tmp_path):
    """A warehouse that holds the small file."""
    load([small], tmp_path / "wh")
    return tmp_path / "wh"


@contextmanager
def loading(path, folder):
    """A load in a process of its own; yields it once it holds the lock."""
    child = subprocess.Popen(
        [*LOAD, str(path), "--warehouse", str(folder)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        until(child, lambda: (folder / lock.NAME).read_text() == str(child.pid))
        yield child
    finally:
        child.kill()
        child.wait()


def until(child, happened):
    """Wait until something happened, as closely as the clock allows.

    Returns:
        Whether it did before the process ended.
    """
    end = time.monotonic() + PATIENCE
    while not happened():
        if child.poll() is not None:
            return False
        assert time.monotonic() < end, "the load neither got there nor ended"
        time.sleep(0.0002)
    return True


def new_objects(folder, before):
    names = {path.name for path in (folder / objects.FOLDER).glob("*.parquet")}
    return {name.partition("-")[0] for name in names - before.keys()}


def kill_while_reading(child, folder, before):
    time.sleep(0.05)
    child.kill()
    child.wait()
    return not new_objects(folder, before) and not list((folder / objects.FOLDER).glob(".*"))


def kill_while_objects_are_written(child, folder, before):
    begun = until(child, lambda: list((folder / objects.FOLDER).glob(".trade_flow.*.new")))
    child.kill()
    child.wait()
    return begun and bool(list((folder / objects.FOLDER).glob(".*.new")))


def kill_before_the_manifest_is_swapped(child, folder, before):
    # The new manifest is written beside the old one. A pipe of its name, which nobody reads,
    # holds the load in the very moment before the swap.
    os.mkfifo(folder / manifests.DRAFT)
    there = until(child, lambda: new_objects(folder, before) == {"trade_flow", "coverage"})
    time.sleep(0.5)
    there = there and child.poll() is None
    child.kill()
    child.wait()
    return there


@pytest.mark.parametrize(
    "kill",
    [
        kill_while_reading,
        kill_while_objects_are_written,
        kill_before_the_manifest_is_swapped,
    ],
)
def test_a_killed_load_leaves_the_previous_state_and_a_second_run_completes(
    kill, large, small, tmp_path, held, bytes_of, strays
):
    for attempt in range(ATTEMPTS):
        folder = tmp_path / f"wh{attempt}"
        load([small], folder)
        before, values = bytes_of(folder), held(folder)
        with loading(large, folder) as child:
            if kill is kill_before_the_manifest_is_swapped:
                time.sleep(0.05)  # the load first clears away what an earlier one left behind
            hit = kill(child, folder, before)
        if hit:
            break
    assert hit, f"the moment was missed {ATTEMPTS} times"
    assert child.returncode == -signal.SIGKILL
    after = bytes_of(folder)
    assert {name: after[name] for name in before} == before
    assert held(folder) == values

    done = subprocess.run(
        [*LOAD, str(large), "--warehouse", str(folder)], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert strays(folder) == []
    undisturbed = tmp_path / "undisturbed"
    load([small], undisturbed)
    load([large], undisturbed)
    assert bytes_of(folder) == bytes_of(undisturbed)
    assert len(held(folder)) == 240_001


def test_one_writer_at_a_time_and_readers_do_not_wait(large, small, folder, held):
    with loading(large, folder) as first:
        first.send_signal(signal.SIGSTOP)
        second = subprocess.run(
            [*LOAD, str(small), "--warehouse", str(folder)],
            capture_output=True,
            text=True,
            check=False,
        )
        assert second.returncode == 3
        assert f"another load is writing to this warehouse (process {first.pid})" in second.stderr
        assert "Wait until it ends" in second.stderr
        assert "Traceback" not in second.stderr
        assert len(held(folder)) == 1
        first.send_signal(signal.SIGCONT)
        assert first.wait(PATIENCE) == 0
    assert len(held(folder)) == 240_001
    third = subprocess.run([*LOAD, str(small), "--warehouse", str(folder)], check=False)
    assert third.returncode == 0


def limited(blocks, path, folder):
    """Load with every file limited to a number of 512-byte blocks, as a full disk limits it."""
    return subprocess.run(
        [
            "sh",
            "-c",
            f'ulimit -f {blocks}; exec "$@"',
            "sh",
            *LOAD,
            str(path),
            "--warehouse",
            str(folder),
        ],
        capture_output=True,
        text=True,
        check=False,
    )


def test_an_object_that_cannot_be_written_leaves_the_previous_state(
    large, folder, bytes_of, strays, held
):
    before = bytes_of(folder)
    done = limited(100, large, folder)
    assert done.returncode == 3
    assert str(folder) in done.stderr
    assert "File too large" in done.stderr
    assert "Nothing was changed" in done.stderr
    assert "Traceback" not in done.stderr
    assert bytes_of(folder) == before
    assert strays(folder) == []
    assert len(held(folder)) == 1


def test_a_manifest_that_cannot_be_written_leaves_the_previous_state(
    own, tmp_path, bytes_of, strays
):
    folder = tmp_path / "wh"
    many = [own(f"{n}.csv", [("2022-01", "DE", "KZ", f"847150{n:02}", 1)]) for n in range(60)]
    load(many, folder)
    before = bytes_of(folder)
    size = len(before["manifest.json"])
    last = own("last.csv", [("2022-01", "DE", "KZ", "85423111", 1)])
    done = limited(size // 512, last, folder)
    assert done.returncode == 3
    assert "Nothing was changed" in done.stderr
    assert bytes_of(folder) == before
    assert strays(folder) == []
    assert load([last], folder).rows == 1


def test_a_write_that_fails_in_the_middle_of_a_session_is_an_error(large, folder, bytes_of, strays):
    before = bytes_of(folder)
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (50_000, hard))
    try:
        with pytest.raises(DataError, match="File too large"):
            load([large], folder)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert bytes_of(folder) == before
    assert strays(folder) == []
    assert load([large], folder).rows == 240_000


def test_the_lock_names_its_holder_and_is_free_afterwards(folder, small):
    with lock.writer(folder), pytest.raises(DataError, match=f"process {os.getpid()}"):
        load([small], folder)
    assert load([small], folder).unchanged == ["small.csv"]


def test_a_full_disk_is_named(large, small, tmp_path):
    mount = tmp_path / "disk"
    mount.mkdir()
    script = """
        mount -t tmpfs -o size=96k tmpfs "$1" || exit 99
        "$2" -m throughflow load "$3" --warehouse "$1/wh" >&2
        find "$1/wh" -type f ! -name writer.lock | sort | xargs sha256sum
        echo ---
        "$2" -m throughflow load "$4" --warehouse "$1/wh"
        echo $?
        echo ---
        find "$1/wh" -type f ! -name writer.lock | sort | xargs sha256sum
    """
    arguments = [str(mount), sys.executable, str(small), str(large)]
    try:
        done = subprocess.run(
            ["unshare", "-rm", "sh", "-c", script, "sh", *arguments],
            capture_output=True,
            text=True,
            check=False,
        )
    except FileNotFoundError:
        pytest.skip("no unshare here")
    if done.returncode == 99 or "unshare" in done.stderr:
        pytest.skip("a small disk cannot be mounted here")
    before, code, after = done.stdout.split("---\n")
    assert code.strip() == "3"
    assert "the disk is full. Nothing was changed. Make room and load again." in done.stderr
    assert "Traceback" not in done.stderr
    assert before == after
    assert "manifest.json" in before


def test_what_a_dead_load_left_behind_is_cleared_away(folder, small, strays, held):
    target = folder / objects.FOLDER
    (target / "trade_flow-000000000000000000000000.parquet").write_bytes(b"PAR1")
    (target / ".coverage.1.new").write_bytes(b"PAR1 half of it")
    (folder / manifests.DRAFT).write_text('{"format": 1, "edi')
    assert len(strays(folder)) == 3
    assert len(held(folder)) == 1
    load([small], folder)
    assert strays(folder) == []
    assert len(held(folder)) == 1


def test_garbage_is_collected_by_name(folder, tmp_path):
    (folder / objects.FOLDER / "x.parquet").touch()
    keep = {stored.file for stored in manifests.read(folder).objects}
    assert objects.collect_garbage(folder, keep) == ["x.parquet"]
    assert objects.collect_garbage(folder, keep) == []
    assert objects.collect_garbage(tmp_path / "none", set()) == []


@pytest.mark.parametrize("name", ["file", "file/below"])
def test_a_warehouse_that_cannot_be_made_is_an_error_with_a_remedy(name, small, tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(DataError, match="cannot be written") as caught:
        load([small], tmp_path / name)
    assert "Name another folder" in caught.value.remedy
    assert caught.value.where == str(tmp_path / name)


def test_an_interrupt_while_storing_clears_up(large, folder, bytes_of, strays):
    before = bytes_of(folder)
    for _ in range(ATTEMPTS):
        with loading(large, folder) as child:
            begun = until(child, lambda: list((folder / objects.FOLDER).glob(".trade_flow.*.new")))
            child.send_signal(signal.SIGINT)
            code = child.wait(PATIENCE)
        if begun and code == 130:
            break
    assert code == 130
    assert bytes_of(folder) == before
    assert strays(folder) == []
