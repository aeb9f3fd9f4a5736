"""From a year of world trade to ranked hubs: seconds, memory, and where the time goes.

    python benchmarks/baci.py [--rows 11000000] [--years 2] [--folder DIR]

Writes files in BACI's layout first: 220 countries, the HS 2017 subheadings, trade concentrated on
few countries and goods as the real one is, values with a heavy tail, one weight in fifty missing,
nine flows in ten there again the next year. A ranking needs a year to compare with, so the rows are
shared out over two years unless told otherwise. Then loads them in a process of its own, once as a
user would and once with the steps timed, and ranks the hubs of the last year.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import csv

from throughflow.reference import countries, nomenclature

ROOT = Path(__file__).resolve().parents[1]
RESULT = ROOT / "build" / "bench" / "baci.json"
COUNTRIES = 220
LAST_YEAR = 2022
STRUCTURE = 7
# Share of flows that trade in a given year.
KEPT = 0.9
# The working set, not the peak that a mapped file may count for.
MEASURE = """
import resource, runpy, sys, time
sys.argv = sys.argv[1:]
began = time.perf_counter()
try:
    runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)
except SystemExit:
    pass
wall = time.perf_counter() - began
used = resource.getrusage(resource.RUSAGE_SELF)
print(f"{wall:.2f} {used.ru_utime + used.ru_stime:.2f} {used.ru_maxrss / 1024:.0f}",
      file=sys.stderr)
"""
STEPS = """
import sys, time
from pathlib import Path
from throughflow.sources import baci
from throughflow.warehouse import loading, objects, store
from throughflow.model import schema

spent = {}

def timed(owner, name, label):
    plain = getattr(owner, name)
    def run(*args, **options):
        began = time.perf_counter()
        try:
            return plain(*args, **options)
        finally:
            spent[label] = spent.get(label, 0.0) + time.perf_counter() - began
    setattr(owner, name, run)

timed(baci, "_table", "parse")
timed(baci.Baci, "read", "read (with parse)")
timed(loading.hashlib, "file_digest", "digests")
timed(loading._Batch, "_take", "conform")
timed(objects, "_order", "sort")
timed(objects, "put", "write (with sort and its digest)")
timed(store.Warehouse, "query", "overlaps")
began = time.perf_counter()
loading.load([Path(name) for name in sys.argv[2:]], Path(sys.argv[1]))
spent["load"] = time.perf_counter() - began
import json
print(json.dumps(spent))
"""


def main() -> None:
    """Write files, load them, print what it cost."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=11_000_000, help="rows of all years")
    parser.add_argument("--years", type=int, default=2)
    parser.add_argument("--folder", type=Path, help="write the files here and keep them")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder = options.folder or Path(temporary)
        folder.mkdir(parents=True, exist_ok=True)
        files = []
        for year in range(LAST_YEAR - options.years + 1, LAST_YEAR + 1):
            path = folder / f"BACI_HS17_Y{year}_V202501.csv"
            if not path.is_file():
                write(path, year, options.rows // options.years)
            files.append(path)
        result = measure(files, Path(temporary))
    result["rows"] = options.rows // options.years * options.years
    print(f"{result['rows']:,} rows in {len(files)} file(s)")
    for name, number in result.items():
        print(f"  {name:<36}{number:>14,.2f}")
    RESULT.parent.mkdir(parents=True, exist_ok=True)
    RESULT.write_text(json.dumps(result, indent=1), encoding="utf-8")


def measure(files: list[Path], folder: Path) -> dict[str, float]:
    """Load the files twice, each time into a new warehouse, and return what it cost."""
    names = [str(path) for path in files]
    command = [
        sys.executable, "-c", MEASURE, "throughflow", "load", *names,
        "--warehouse", str(folder / "whole"),
    ]  # fmt: skip
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    wall, seconds, megabytes = done.stderr.strip().splitlines()[-1].split()
    command = [sys.executable, "-c", STEPS, str(folder / "steps"), *names]
    steps = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    stored = sum(path.stat().st_size for path in (folder / "whole").rglob("*") if path.is_file())
    command = [
        sys.executable, "-c", MEASURE, "throughflow", "hubs", "--warehouse", str(folder / "whole"),
        "--window", str(LAST_YEAR), "--currency", "USD",
    ]  # fmt: skip
    ranked = subprocess.run(command, capture_output=True, text=True, check=True)
    hubs_wall, hubs_seconds, hubs_megabytes = ranked.stderr.strip().splitlines()[-1].split()
    return {
        "load, wall s": float(wall),
        "load, CPU s": float(seconds),
        "load, peak MB": float(megabytes),
        "hubs, wall s": float(hubs_wall),
        "hubs, CPU s": float(hubs_seconds),
        "hubs, peak MB": float(hubs_megabytes),
        "files to ranked hubs, wall s": float(wall) + float(hubs_wall),
        "CSV MB": sum(path.stat().st_size for path in files) / 1e6,
        "warehouse MB": stored / 1e6,
        **{f"step: {name}, s": float(number) for name, number in json.loads(steps).items()},
    }


def write(path: Path, year: int, rows: int) -> None:
    """Write one year in BACI's layout, sorted by exporter, importer and product."""
    source = np.random.default_rng(STRUCTURE)
    numbers = _numbers()
    products = sorted(nomenclature.hs_correspondence(2017, 2017))
    size = source.pareto(0.8, len(numbers)) + 0.02
    size /= size.sum()
    goods = source.pareto(1.2, len(products)) + 0.3
    goods /= goods.sum()
    packed = np.empty(0, dtype=np.int64)
    wanted = int(rows / KEPT)
    while len(packed) < wanted:
        count = int(1.3 * (wanted - len(packed))) + 1_000
        exporter = source.choice(len(numbers), count, p=_flatter(size, 0.45))
        importer = source.choice(len(numbers), count, p=_flatter(size, 0.3))
        product = source.choice(len(products), count, p=_flatter(goods, 0.4))
        drawn = (exporter * len(numbers) + importer) * len(products) + product
        packed = np.unique(np.concatenate([packed, drawn[exporter != importer]]))
    level = source.normal(2.2, 3.0, len(packed))
    source = np.random.default_rng(year)
    kept = np.sort(source.choice(len(packed), rows, replace=False))
    packed, level = packed[kept], level[kept]
    pair, product = np.divmod(packed, len(products))
    exporter, importer = np.divmod(pair, len(numbers))
    value = np.maximum(np.exp(level + source.normal(0, 0.5, rows)), 0.001)
    weight = value / np.exp(source.normal(2.0, 1.5, rows))
    missing = source.random(rows) < 0.02
    table = pa.table(
        {
            "t": pa.array(np.full(rows, year, dtype=np.int16)),
            "i": pa.array(numbers[exporter]),
            "j": pa.array(numbers[importer]),
            "k": pa.DictionaryArray.from_arrays(pa.array(product), pa.array(products)).cast(
                pa.string()
            ),
            "v": pa.array(np.round(value, 3)),
            "q": pa.array(np.round(weight, 3), mask=missing),
        }
    )
    weights = pc.fill_null(table.column("q").cast(pa.string()), "           NA")
    table = table.set_column(5, "q", weights)
    options = csv.WriteOptions(quoting_style="none")
    csv.write_csv(table, path, options)


def _numbers() -> np.ndarray[tuple[int], np.dtype[np.int16]]:
    """Choose the numbers of countries as BACI writes them, one for each country."""
    of_code: dict[str, int] = {}
    for number in range(1, 900):
        code = countries.comtrade(number)
        if code and not countries.is_bloc(code):
            of_code[code] = number
    return np.array(sorted(of_code.values())[:COUNTRIES], dtype=np.int16)


def _flatter(
    shares: np.ndarray[tuple[int], np.dtype[np.float64]], power: float
) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """Flatten shares of value to shares of rows: small traders trade many things too."""
    flat = shares**power
    return np.asarray(flat / flat.sum())


if __name__ == "__main__":
    main()
