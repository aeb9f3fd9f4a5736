"""What a load costs: CPU seconds and memory against size, and against pandas on the same files.

    THROUGHFLOW_TEST_DATA=DIR python benchmarks/load.py

Loads 1, 5 and all of the Eurostat Data Browser workbooks, each in a process of its own; then reads
the same workbooks with pandas, as an analyst without this package would.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
RESULT = ROOT / "build" / "benchmarks" / "load.json"
COUNTS = (1, 5, 23)
MEASURE = """
import resource, runpy, sys
sys.argv = sys.argv[1:]
try:
    runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)
except SystemExit:
    pass
used = resource.getrusage(resource.RUSAGE_SELF)
print(f"{used.ru_utime + used.ru_stime:.2f} {used.ru_maxrss / 1024:.0f}", file=sys.stderr)
"""
PANDAS = """
import resource, sys
import pandas as pd
frames = []
for path in sys.argv[1:]:
    for name, sheet in pd.read_excel(
        path, sheet_name=None, header=None, engine="calamine"
    ).items():
        if not name.startswith("Sheet"):
            continue
        months = sheet.iloc[8, 2:].tolist()
        body = sheet.iloc[11:].copy()
        body.columns = ["reporter", "partner", *months]
        long = body.melt(["reporter", "partner"], var_name="month", value_name="value")
        frames.append(long[pd.to_numeric(long["value"], errors="coerce").notna()])
rows = len(pd.concat(frames))
used = resource.getrusage(resource.RUSAGE_SELF)
print(f"{used.ru_utime + used.ru_stime:.2f} {used.ru_maxrss / 1024:.0f}", file=sys.stderr)
"""


def main() -> None:
    """Measure and print."""
    data = os.environ.get("THROUGHFLOW_TEST_DATA")
    if not data:
        sys.exit("set THROUGHFLOW_TEST_DATA to the folder that holds trade/")
    books = sorted((Path(data) / "trade" / "eurostat_databrowser").glob("*.xlsx"))
    results = []
    print(f"{'what':<24}{'workbooks':>10}{'CPU s':>10}{'MB':>8}")
    for count in COUNTS:
        with tempfile.TemporaryDirectory() as folder:
            chosen = [str(book) for book in books[:count]]
            command = [
                sys.executable, "-c", MEASURE, "throughflow", "load", *chosen,
                "--warehouse", f"{folder}/warehouse",
            ]  # fmt: skip
            results.append(_measured("throughflow load", count, command))
    try:
        import pandas as pd  # noqa: F401, PLC0415 - a peer, measured where it is installed
    except ImportError:
        print("pandas is not installed here; the comparison is left out")
    else:
        chosen = [str(book) for book in books[:5]]
        results.append(_measured("pandas + calamine", 5, [sys.executable, "-c", PANDAS, *chosen]))
    RESULT.parent.mkdir(parents=True, exist_ok=True)
    RESULT.write_text(json.dumps(results, indent=1), encoding="utf-8")


def _measured(what: str, count: int, command: list[str]) -> dict[str, str | float]:
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    seconds, megabytes = done.stderr.strip().splitlines()[-1].split()
    print(f"{what:<24}{count:>10}{seconds:>10}{megabytes:>8}")
    return {"what": what, "workbooks": count, "cpu_s": float(seconds), "mb": float(megabytes)}


if __name__ == "__main__":
    main()
