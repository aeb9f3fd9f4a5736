"""The log survives what kills it: signals, full disks, several writers, changed bytes."""

from __future__ import annotations

import json
import random
import signal
import subprocess
import sys
import time

import pytest

from throughflow.errors import DataError
from throughflow.statements.ledger import Ledger, index, log

LINES = [b'{"id":"a"}\n', b'{"id":"b"}\n']


def read(path):
    return list(log.batches(path.read_bytes(), log.Seal(), where=str(path)))


@pytest.fixture
def path(tmp_path):
    return tmp_path / log.NAME


def test_batches_come_back_with_their_places(path):
    first = log.append(path, LINES, log.Seal())
    second = log.append(path, LINES[:1], first)
    found = read(path)
    assert [batch.data for batch in found] == [b"".join(LINES), LINES[0]]
    assert [batch.seal for batch in found] == [first, second]
    assert second.end == path.stat().st_size
    data = path.read_bytes()
    assert all(data[b.start : b.start + len(b.data)] == b.data for b in found)


def test_every_way_of_breaking_off_leaves_the_batches_before(path):
    first = log.append(path, LINES, log.Seal())
    log.append(path, LINES[:1], first)
    whole = path.read_bytes()
    for length in range(first.end, len(whole)):
        path.write_bytes(whole[:length])
        assert [batch.seal for batch in read(path)] == [first]
    # The next writer cuts the rest off and goes on.
    again = log.append(path, LINES[:1], first)
    assert [batch.seal for batch in read(path)] == [first, again]
    assert path.read_bytes() == whole


def test_a_changed_byte_is_found_wherever_it_is(path):
    first = log.append(path, LINES, log.Seal())
    log.append(path, LINES[:1], first)
    whole = path.read_bytes()
    chance = random.Random(1)  # noqa: S311
    for position in chance.sample(range(len(whole) - 1), 60):
        changed = bytearray(whole)
        changed[position] ^= 1
        path.write_bytes(changed)
        try:
            seals = [batch.seal for batch in read(path)]
        except DataError as error:
            assert "batch" in str(error)  # noqa: PT017
            assert str(path) in str(error)  # noqa: PT017
        else:
            # A seal that no longer looks like one ends what is finished; nothing false is read.
            assert seals in ([], [first])
            assert position >= first.end - 200


def test_a_damaged_log_is_not_written_to(ledger, told):
    ledger.add([told()], by="t")
    ledger.add([told("2022-05-05")], by="t")
    path = ledger.folder / log.NAME
    damaged = path.read_bytes().replace(b"2022-05-05", b"2022-05-06")
    path.write_bytes(damaged)
    (ledger.folder / index.NAME).unlink()
    with pytest.raises(DataError, match="not what its seal says"):
        Ledger(ledger.folder).add([told("2022-06-06")], by="t")
    assert path.read_bytes() == damaged


@pytest.mark.parametrize("line", [b'{"id":"a"}\n', b"[]\n", b"no JSON\n", b'{"event":{}}\n'])
def test_a_sealed_log_that_holds_something_else_is_refused(path, line):
    log.append(path, [line], log.Seal())
    with pytest.raises(DataError, match="byte 0 is not one of a ledger"):
        _ = Ledger(path.parent).rows


ADDER = """
import sys
from pathlib import Path
from throughflow.statements import event_json
from throughflow.statements.ledger import Entry, Ledger, Telling
folder, name, size = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])
for number in range(int(sys.argv[4])):
    entries = [
        Entry(Telling.of(
            event_json.parse({
                "kind": "denial", "actors": ["KZ"],
                "date": f"2022-{1 + number % 12:02}-{1 + item % 28:02}",
                "details": {"note": f"{name} {number} {item}"},
            }),
            event_json.parse_source({"url": f"https://{name}.example/{number}/{item}"}),
        ))
        for item in range(size)
    ]
    Ledger(folder).add(entries, by=name)
    print(number, flush=True)
"""


def adder(folder, name, size, batches, **options):
    return subprocess.Popen(
        [sys.executable, "-c", ADDER, str(folder), name, str(size), str(batches)],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, **options,
    )  # fmt: skip


def tellings(ledger):
    return {item for cell in ledger.rows["tellings"].to_pylist() for item in cell}


def test_a_killed_process_leaves_a_whole_ledger(tmp_path):
    folder = tmp_path / "ledger"
    chance = random.Random(7)  # noqa: S311
    acknowledged = 0
    for attempt in range(6):
        process = adder(folder, f"p{attempt}", 40, 100)
        assert process.stdout.readline().strip() == "0"
        time.sleep(chance.random() * 0.12)
        process.send_signal(signal.SIGKILL)
        rest, _ = process.communicate()
        acknowledged += 40 * (1 + len(rest.split()))
        found = len(tellings(Ledger(folder)))
        # What was acknowledged is there; a batch is there as a whole or not at all.
        assert found >= acknowledged
        assert found % 40 == 0
        acknowledged = found
    (folder / index.NAME).unlink()
    assert len(tellings(Ledger(folder))) == acknowledged


def test_several_writers_lose_nothing(tmp_path):
    folder = tmp_path / "ledger"
    processes = [adder(folder, f"w{number}", 3, 8) for number in range(3)]
    for process in processes:
        _, errors = process.communicate(timeout=120)
        assert process.returncode == 0, errors
    found = Ledger(folder)
    assert len(tellings(found)) == 3 * 3 * 8
    (folder / index.NAME).unlink()
    assert Ledger(folder).rows.equals(found.rows)


FULL = """
import resource, sys
from pathlib import Path
from throughflow.errors import DataError
from throughflow.statements.ledger import Ledger, intake, log
folder, size = Path(sys.argv[1]), int(sys.argv[3])
resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))
entries, _ = intake.read(Path(sys.argv[2]))
try:
    Ledger(folder).add(entries, by="t")
except DataError as error:
    print(error)
"""


def test_a_full_disk_is_told_and_changes_nothing(ledger, told, tmp_path):
    ledger.add([told()], by="t")
    path = ledger.folder / log.NAME
    before = path.read_bytes()
    rows = [
        {"kind": "denial", "actors": ["KG"], "date": f"2022-05-{1 + number % 28:02}",
         "details": {"note": "x" * 500 + str(number)}}
        for number in range(50)
    ]  # fmt: skip
    more = tmp_path / "more.json"
    more.write_text(json.dumps(rows))
    done = subprocess.run(
        [sys.executable, "-c", FULL, str(ledger.folder), str(more), str(len(before) + 10_000)],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert "cannot be written (File too large); it is as it was before" in done.stdout
    assert "Make room" in done.stdout
    assert path.read_bytes() == before
    assert len(Ledger(ledger.folder).rows) == 1
    entries = [told("2022-05-01")]
    assert Ledger(ledger.folder).add(entries, by="t").recorded


def test_the_index_is_made_anew_where_it_is_stale_absent_or_broken(ledger, told, tmp_path):
    ledger.add([told()], by="t")
    kept = ledger.folder / index.NAME
    older = kept.read_bytes()
    ledger.add([told("2022-05-05"), told(url="https://b.example/2")], by="t")
    expected = ledger.rows
    assert len(expected) == 2
    assert expected["older"].to_pylist()[0] == [0]
    for content in (older, b"", b"ARROW1 and then nothing", None):
        kept.unlink()
        if content is not None:
            kept.write_bytes(content)
        assert Ledger(ledger.folder).rows.equals(expected)
    # Another log in the same place is not answered from the old table.
    other = Ledger(tmp_path / "other")
    other.add([told("2023-01-01"), told("2023-02-02")], by="t")
    (other.folder / log.NAME).replace(ledger.folder / log.NAME)
    assert str(Ledger(ledger.folder).rows["start"][0]) == "2023-01-01"


def test_a_folder_that_cannot_be_written_still_answers(ledger, told, monkeypatch):
    ledger.add([told()], by="t")
    (ledger.folder / index.NAME).unlink()
    monkeypatch.setattr(index, "keep", _refuse)
    assert len(Ledger(ledger.folder).rows) == 1


def _refuse(*_):
    raise PermissionError(13, "Permission denied")
