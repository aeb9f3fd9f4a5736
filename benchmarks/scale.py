"""Three jobs on trade of one to 110 million rows: ours, DuckDB by hand, polars and pandas twice.

Each run is a process of its own and gives CPU seconds, wall seconds and the most memory it held;
all results of a job must agree. Prints a table and writes build/bench/scale.json.

    python benchmarks/scale.py --quick           1 and 10 million rows
    python benchmarks/scale.py --rows 50         so many million rows
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
RESULT = HERE.parent / "build" / "bench" / "scale.json"
SIZES, QUICK = (1, 10, 50, 110), (1, 10)
MILLION = 1_000_000
JOBS = {
    "mirror": "(a) mirror join by HS6 and month, log gap",
    "rolling": "(b) sums over the last twelve months, every series and month",
    "panel": "(c) exporter × destination × family × month",
}
TOOLS = ("throughflow", "duckdb by hand", "polars", "pandas", "plain pandas")
KIB = 1024


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="1 and 10 million rows only")
    parser.add_argument("--rows", type=int, nargs="+", help="sizes in million rows")
    parser.add_argument("--jobs", nargs="+", choices=JOBS, default=list(JOBS))
    parser.add_argument("--tools", nargs="+", choices=TOOLS, default=list(TOOLS))
    parser.add_argument("--timeout", type=float, default=900, help="most seconds per run")
    parser.add_argument("--memory", type=float, default=16, help="most GB per run")
    parser.add_argument("--folder", type=Path, help="where generated data stay; else discarded")
    given = parser.parse_args()
    sizes = given.rows or (QUICK if given.quick else SIZES)
    results: list[dict[str, Any]] = []
    with tempfile.TemporaryDirectory() as scratch:
        for size in sizes:
            folder = (given.folder or Path(scratch)) / str(size * MILLION)
            _run("make", [str(folder), str(size * MILLION)], given)
            for job in given.jobs:
                measured = [_measure(job, tool, size, folder, given) for tool in given.tools]
                _agree(measured)
                results += measured
    RESULT.parent.mkdir(parents=True, exist_ok=True)
    RESULT.write_text(json.dumps(results, indent=1), encoding="utf-8")


def _measure(
    job: str, tool: str, size: int, folder: Path, given: argparse.Namespace
) -> dict[str, Any]:
    found: dict[str, Any] = {"job": job, "rows_million": size, "tool": tool}
    found |= _run("jobs", [job, tool, str(folder)], given)
    if "failed" in found:
        figures = found["failed"]
    else:
        figures = f"{found['cpu_s']:>9.1f}{found['wall_s']:>9.1f}{found['peak_mb']:>9,}"
    print(f"{job:<9}{size:>5} M  {tool:<16}{figures}", flush=True)
    return found


def _run(module: str, arguments: list[str], given: argparse.Namespace) -> dict[str, Any]:
    """Run one module in a process of its own, and end it where it takes too much."""
    command = [sys.executable, "-m", f"large.{module}", *arguments]
    began = time.monotonic()
    with tempfile.TemporaryFile("w+") as out:
        process = subprocess.Popen(command, cwd=HERE, stdout=out, env=os.environ)
        while process.poll() is None:
            held = _resident(process.pid)
            if time.monotonic() - began > given.timeout and module != "make":
                process.kill()
                process.wait()
                return {"failed": f"   over {given.timeout:.0f} s"}
            if held > given.memory * 1e9:
                process.kill()
                process.wait()
                return {"failed": f"   over {given.memory:g} GB"}
            time.sleep(0.05)
        out.seek(0)
        printed = out.read()
    if process.returncode:
        sys.exit(f"{' '.join(command)} failed")
    return json.loads(printed) if printed else {}


def _resident(process: int) -> int:
    try:
        text = Path(f"/proc/{process}/status").read_text(encoding="utf-8")
    except OSError:
        return 0
    held = [line.split()[1] for line in text.splitlines() if line.startswith("VmRSS:")]
    return int(held[0]) * KIB if held else 0


def _agree(measured: list[dict[str, Any]]) -> None:
    """Stop where two tools that finished give different sums: then speed says nothing."""
    done = [one for one in measured if "sums" in one]
    for one in done[1:]:
        if one["sums"] != done[0]["sums"]:
            sys.exit(f"{one['tool']} and {done[0]['tool']} disagree: {one} {done[0]}")


if __name__ == "__main__":
    main()
