"""What a ledger of 100,000 statements costs: to add, to list, to rebuild, to add one more.

    python benchmarks/ledger.py [--statements 100000]

Statements are invented: 60 states, 12 kinds, ten years of days, so that some are told twice. The
query part is what happens after the modules are imported: the index is loaded, the rows asked for
are chosen, their lines are put together and written. The process is all of it, with the start of
Python. It also compares two ways to keep batches: one file that grows, and a file for each.
"""

from __future__ import annotations

import argparse
import io
import json
import os
import random
import resource
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager, redirect_stdout
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from throughflow.cli import timeline
from throughflow.model.statements import Source
from throughflow.reference import countries, memberships
from throughflow.statements import event_json
from throughflow.statements.ledger import Entry, Ledger, Selection, Telling, log

if TYPE_CHECKING:
    from collections.abc import Iterator

RESULT = Path(__file__).resolve().parents[1] / "build" / "bench" / "ledger.json"
KINDS = (
    "pledge_no_circumvention", "denial", "refuse_to_join", "restriction", "retraction", "pressure",
    "accusation", "exoneration", "aid", "corridor", "neutrality", "consultation",
)  # fmt: skip
FIRST = date(2016, 1, 1)
DAYS = 3_652
SEED = 20220429
BATCHES = 2_000


class _Sink(io.TextIOWrapper):
    """Counts what is printed and keeps nothing."""

    def __init__(self) -> None:
        super().__init__(io.BufferedWriter(io.FileIO(os.devnull, "w")), encoding="utf-8")


def main() -> None:
    """Measure, print, and write the JSON."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--statements", type=int, default=100_000)
    count = parser.parse_args().statements
    found: dict[str, dict[str, float]] = {}
    print(f"{'what':<46}{'wall s':>9}{'CPU s':>9}")
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder) / "ledger"
        with timed("make up the entries", found):
            entries = invented(count)
        ledger = Ledger(place)
        with timed(f"add {count:,} in one batch", found):
            added = ledger.add(entries, by="benchmark")
        with timed("add one more", found):
            ledger.add(invented(1, seed=1), by="benchmark")
        print(
            f"  {len(added.recorded):,} statements, {len(added.joined):,} tellings joined, "
            f"log {log.size(place / log.NAME) / 1e6:.0f} MB"
        )
        for words, selection in (
            ("list all", Selection(statuses=("accepted", "candidate"))),
            ("list one state", Selection(country="KZ", statuses=("accepted", "candidate"))),
        ):
            listed(f"{words}: query part, timeline", place, selection, found)
        for form in ("table", "csv", "json"):
            process(f"list all: whole process, {form}", place, form, found)
        (place / "index.arrow").unlink()
        with timed("make the index anew", found):
            rows = len(Ledger(place).rows)
        assert rows == len(added.recorded) + 1  # noqa: S101
        kept_as(Path(folder), found)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"peak memory of this process {peak:,.0f} MB")
    RESULT.parent.mkdir(parents=True, exist_ok=True)
    RESULT.write_text(json.dumps({"statements": count, "peak_mb": peak, "costs": found}, indent=1))


def invented(count: int, *, seed: int = SEED) -> list[Entry]:
    """Make up tellings; the same seed gives the same ones."""
    chance = random.Random(seed)  # noqa: S311 - nothing is kept secret
    states = sorted(
        code for code in countries.all_codes() if countries.get(code).kind == countries.COUNTRY
    )[:50]
    states += sorted(set(memberships.candidate_hubs()) - set(states))[:10]
    made = []
    for number in range(count):
        day = FIRST + timedelta(days=chance.randrange(DAYS))
        kind = chance.choice(KINDS)
        actor, target = chance.sample(states, 2)
        event = event_json.parse(
            {
                "kind": kind,
                "actors": [{"country": actor, "person": f"Person {chance.choice('ABCDE')}ov"}],
                "targets": [target],
                "date": {"start": day.isoformat(), "end": day.isoformat()},
                "polarity": chance.choice((-1, 0, 1)),
                "certainty": "quoted",
                "topic": "sanctions_circumvention",
                "spans": [{"start": 10, "end": 74, "text": f"{number:>64}"}],
                "rule": "invented",
            }
        )
        url = f"https://example.org/{number}"
        made.append(Entry(Telling.of(event, Source(url=url, published=day, lang="en"))))
    return made


@contextmanager
def timed(what: str, found: dict[str, dict[str, float]]) -> Iterator[None]:
    """Print and keep wall and CPU seconds."""
    wall, cpu = time.perf_counter(), time.process_time()
    yield
    keep(what, time.perf_counter() - wall, time.process_time() - cpu, found)


def keep(what: str, wall: float, cpu: float, found: dict[str, dict[str, float]]) -> None:
    """Print a line and keep it."""
    found[what] = {"wall": round(wall, 3), "cpu": round(cpu, 3)}
    print(f"{what:<46}{wall:>9.3f}{cpu:>9.3f}")


def listed(
    what: str, place: Path, selection: Selection, found: dict[str, dict[str, float]]
) -> None:
    """Time loading the index, choosing and printing, modules already imported."""
    times = []
    for _ in range(3):
        wall, cpu = time.perf_counter(), time.process_time()
        with redirect_stdout(_Sink()):
            ledger = Ledger(place)
            timeline.as_lines(ledger, ledger.select(selection))
        times.append((time.perf_counter() - wall, time.process_time() - cpu))
    keep(what, *min(times), found)


def process(what: str, place: Path, form: str, found: dict[str, dict[str, float]]) -> None:
    """Time the command in a process of its own."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    wall = time.perf_counter()
    subprocess.run(
        [sys.executable, "-m", "throughflow", "statements", "list", "--ledger", str(place),
         "--format", form],
        check=True, stdout=subprocess.DEVNULL,
    )  # fmt: skip
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    keep(what, time.perf_counter() - wall, cpu, found)


def kept_as(folder: Path, found: dict[str, dict[str, float]]) -> None:
    """Compare one growing file with a file for each batch: to write, and to read back."""
    line = json.dumps({"id": "x", "text": "y" * 1_200}).encode() + b"\n"
    one = folder / "one.jsonl"
    with timed(f"one file: write {BATCHES:,} batches", found):
        seal = log.Seal()
        for _ in range(BATCHES):
            seal = log.append(one, [line], seal)
    with timed("one file: read them", found):
        assert sum(1 for _ in log.batches(one.read_bytes(), log.Seal(), where="")) == BATCHES  # noqa: S101
    many = folder / "many"
    many.mkdir()
    with timed(f"file for each: write {BATCHES:,} batches", found):
        for number in range(BATCHES):
            temporary = many / "temporary"
            with temporary.open("wb") as out:
                out.write(line)
                out.flush()
                os.fsync(out.fileno())
            temporary.replace(many / f"{number:08}.jsonl")
            descriptor = os.open(many, os.O_RDONLY)
            os.fsync(descriptor)
            os.close(descriptor)
    with timed("file for each: read them", found):
        assert sum(len(path.read_bytes()) for path in sorted(many.iterdir())) > 0  # noqa: S101


if __name__ == "__main__":
    main()
