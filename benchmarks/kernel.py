"""What the counterfactual kernel costs: against pyfixest on 5 million cells, and as cells grow.

    python benchmarks/kernel.py [--quick]

Panels look like monthly trade: 95 % of the cells are zero, levels are lognormal by exporter,
destination and product, noise is autocorrelated, about 5 % of the cells are left out (30 hubs ×
a third of the products × the last nine months, and scattered cells that were not observed). They
are written to disk first; each fit then runs in a process of its own, so that neither the data's
making nor the other fit counts.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
import warnings
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from throughflow.trade import kernel

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    Shape = tuple[int, int, int, int]

ROOT = Path(__file__).resolve().parents[1]
RESULT = ROOT / "build" / "bench" / "kernel.json"
# Exporters, destinations, families, months.
SIZES: dict[str, Shape] = {
    "1 M": (10, 50, 40, 50),
    "5 M": (14, 70, 85, 60),
    "20 M": (20, 110, 152, 60),
    "100 M": (27, 200, 310, 60),
}
HUBS, WINDOW, MISSING, PRESENT = 30, 9, 0.03, 0.05
SEED = 11


def main() -> None:
    """Measure, print, write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="1 M and 5 M cells, peer on 1 M")
    parser.add_argument("--one", nargs=2, metavar=("WHO", "DIR"), help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.one:
        print(json.dumps(_one(options.one[0], Path(options.one[1]))))
        return
    sizes = ["1 M", "5 M"] if options.quick else list(SIZES)
    raced = "1 M" if options.quick else "5 M"
    results = []
    print(
        f"{'cells':>7} {'fit':<22}{'wall s':>8}{'CPU s':>8}{'peak MB':>9}{'rounds':>8}"
        f"{'left out':>10}{'zeros':>8}"
    )
    for size in sizes:
        with tempfile.TemporaryDirectory() as folder:
            about = _write(Path(folder), SIZES[size], for_peer=size == raced)
            runs = ["throughflow"]
            runs += ["pyfixest", "pyfixest, tight"] if size == raced and _has_peer() else []
            runs += ["throughflow, 2 threads"] if size == sizes[-1] else []
            for who in runs:
                done = {"cells": size, "fit": who, **about, **_measured(who, folder)}
                results.append(done)
                print(
                    f"{size:>7} {who:<22}{done['wall_s']:>8.2f}{done['cpu_s']:>8.2f}"
                    f"{done['mb']:>9.0f}{done['rounds']:>8}{about['left_out']:>10.1%}"
                    f"{about['zeros']:>8.1%}",
                    flush=True,
                )
            for who in runs:
                if who.startswith("pyfixest"):
                    results.append(_compared(Path(folder), who, results))
    RESULT.parent.mkdir(parents=True, exist_ok=True)
    RESULT.write_text(json.dumps(results, indent=1), encoding="utf-8")


def _has_peer() -> bool:
    try:
        import pyfixest  # noqa: F401, PLC0415 - a peer, measured where it is installed
    except ImportError:
        print("pyfixest is not installed here; the comparison is left out")
        return False
    return True


def _measured(who: str, folder: str) -> dict[str, float]:
    done = subprocess.run(
        [sys.executable, __file__, "--one", who, folder],
        stdout=subprocess.PIPE,
        text=True,
        check=True,
        env={**os.environ, "PYTHONWARNINGS": "ignore"},
    )
    found: dict[str, float] = json.loads(done.stdout.strip().splitlines()[-1])
    return found


def _one(who: str, folder: Path) -> dict[str, float]:
    """Fit and predict in this process, and say what it cost."""
    shape: Shape = tuple(json.loads((folder / "shape.json").read_text(encoding="utf-8")))
    if who.startswith("pyfixest"):
        rounds, wall, cpu = _peer(folder, who)
    else:
        wall, cpu = time.perf_counter(), time.process_time()
        fitted = kernel.fit(
            _blocks(folder, shape[0]), shape[1:], threads=1 + who.endswith("threads")
        )
        means = _predictions(fitted, folder)
        wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
        rounds = int(fitted.rounds.max())
        if (folder / "untreated.npy").exists():
            np.save(folder / "ours.npy", means)
            np.save(folder / "separated.npy", fitted.separated)
    return {"wall_s": wall, "cpu_s": cpu, "mb": _peak_megabytes(), "rounds": rounds}


def _peak_megabytes() -> float:
    # On Linux ru_maxrss of a child begins at its parent's size, and the parent made the data.
    status = Path("/proc/self/status")
    if status.exists():
        lines = status.read_text(encoding="ascii").splitlines()
        return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM")) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _blocks(folder: Path, exporters: int) -> Iterator[kernel.Block]:
    for at in range(exporters):
        with np.load(folder / f"{at}.npz") as held:
            yield kernel.Block(held["cell"], held["value"], held["left_out"])


def _predictions(fitted: kernel.Fit, folder: Path) -> NDArray[np.float64]:
    """Predict what the peer predicts, else the left-out cells, exporter by exporter."""
    exporters, hubs, families, periods = fitted.shape
    if (folder / "untreated.npy").exists():
        return kernel.predict(fitted, np.load(folder / "untreated.npy"))
    size = hubs * families * periods
    sums = []
    for at in range(exporters):
        with np.load(folder / f"{at}.npz") as held:
            asked = kernel.predict(fitted, held["left_out"] + at * size)
        sums.append(np.nansum(asked))
    return np.array(sums)


def _peer(folder: Path, who: str) -> tuple[int, float, float]:
    import pandas as pd  # noqa: PLC0415 - the peers' own
    import pyfixest  # noqa: PLC0415

    warnings.simplefilter("ignore")
    rows = pd.read_parquet(folder / "rows.parquet")
    # With separated cells among the rows its weights run to zero and its inner solver gives up,
    # so it is handed the rows without those that the kernel found.
    rows = rows[~rows["cell"].isin(np.load(folder / "separated.npy"))].reset_index(drop=True)
    wall, cpu = time.perf_counter(), time.process_time()
    fitted = pyfixest.fepois(
        "value ~ 1 | level + product + growth",
        rows,
        fixef_rm="none",
        iwls_maxiter=200,
        iwls_tol=1e-12 if who.endswith("tight") else 1e-8,
        demeaner=pyfixest.MapDemeaner(fixef_maxiter=200_000),
    )
    means = fitted.predict(type="response")
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    np.savez(folder / f"{who}.npz", cell=fitted._data["cell"], mean=means)  # noqa: SLF001
    return 0, wall, cpu


def _compared(folder: Path, who: str, results: list[dict[str, object]]) -> dict[str, object]:
    """Hold one run of the peer against ours on the same panel, and print it."""
    cells, ours = np.load(folder / "untreated.npy"), np.load(folder / "ours.npy")
    with np.load(folder / f"{who}.npz") as held:
        cell, theirs = held["cell"], held["mean"]
    at = np.searchsorted(cells, cell)
    # Its rounds stop on the deviance, which does not feel means far below a unit of money.
    felt = theirs >= 1
    apart = np.abs(ours[at] - theirs)[felt] / theirs[felt]
    last = results[-1]["cells"]
    run = {str(row["fit"]): row for row in results if row["cells"] == last and "fit" in row}
    own, peer = run["throughflow"], run[who]
    both: dict[str, object] = {
        "cells": last,
        "against": who,
        "compared": len(apart),
        "largest_difference": float(apart.max()),
        "beyond_1e-6": float(np.mean(apart > 1e-6)),
        "median_difference": float(np.median(apart)),
        "its_margin_error": _margin_error(folder, cell, theirs),
        "dropped_by_it": len(ours) - len(cell),
        "of_these_not_zero_here": int(np.count_nonzero(np.delete(ours, at))),
        "times_faster_wall": float(peer["wall_s"]) / float(own["wall_s"]),  # type: ignore[arg-type]
        "times_less_cpu": float(peer["cpu_s"]) / float(own["cpu_s"]),  # type: ignore[arg-type]
        "share_of_memory": float(own["mb"]) / float(peer["mb"]),  # type: ignore[arg-type]
    }
    print("  " + ", ".join(f"{name} {value}" for name, value in both.items()), flush=True)
    return both


def _margin_error(folder: Path, cell: NDArray[np.int64], means: NDArray[np.float64]) -> float:
    """Return the largest relative difference of the peer's fitted sums and the observed ones."""
    import pandas as pd  # noqa: PLC0415

    rows = pd.read_parquet(folder / "rows.parquet").set_index("cell").loc[cell]
    worst = 0.0
    for group in ("level", "product", "growth"):
        key = rows[group].to_numpy()
        seen = np.bincount(key, weights=rows["value"].to_numpy())
        fitted = np.bincount(key, weights=means)
        worst = max(worst, float(np.max(np.abs(fitted[seen > 0] / seen[seen > 0] - 1))))
    return worst


def _write(folder: Path, shape: Shape, *, for_peer: bool) -> dict[str, float]:
    """Write one file per exporter, and long rows for the peer."""
    exporters = shape[0]
    (folder / "shape.json").write_text(json.dumps(shape), encoding="utf-8")
    size = int(np.prod(shape[1:]))
    left_out = positive = 0
    long = []
    for at in range(exporters):
        values, out = _panel(np.random.default_rng([SEED, at]), shape[1:])
        block = kernel.block_of(values, out)
        np.savez(folder / f"{at}.npz", cell=block.cell, value=block.value, left_out=block.left_out)
        left_out += len(block.left_out)
        positive += int(np.count_nonzero(values))
        if for_peer:
            kept = np.flatnonzero(~out)
            long.append((kept + at * size, values.ravel()[kept]))
    if for_peer:
        _write_rows(folder, shape, *(np.concatenate(part) for part in zip(*long, strict=True)))
    total = exporters * size
    return {"left_out": left_out / total, "zeros": 1 - positive / total}


def _write_rows(
    folder: Path, shape: Shape, cell: NDArray[np.int64], value: NDArray[np.float64]
) -> None:
    import pyarrow as pa  # noqa: PLC0415
    import pyarrow.parquet as pq  # noqa: PLC0415

    o, h, k, t = np.unravel_index(cell, shape)
    table = {
        "cell": cell,
        "value": value,
        "level": (o * shape[1] + h) * shape[2] + k,
        "product": (o * shape[2] + k) * shape[3] + t,
        "growth": (o * shape[1] + h) * shape[3] + t,
    }
    pq.write_table(pa.table(table), folder / "rows.parquet")
    np.save(folder / "untreated.npy", cell)


def _panel(
    generator: np.random.Generator, shape: tuple[int, int, int]
) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Draw one exporter's values and left-out cells."""
    hubs, families, periods = shape
    level = (
        generator.normal(8, 1.2)
        + generator.normal(0, 1.5, (hubs, 1))
        + generator.normal(0, 1.5, (1, families))
        + generator.normal(0, 1.5, (hubs, families))
    )
    product = np.cumsum(generator.normal(0, 0.1, (families, periods)), axis=1)
    growth = np.cumsum(generator.normal(0, 0.06, (hubs, periods)), axis=1)
    # Large flows trade in most months, small ones in few; the cut is where 5 % are present.
    present = np.exp(1.2 * (level - level.mean()))
    low, high = 1e-12, 1e12
    for _ in range(80):
        cut = np.sqrt(low * high)
        low, high = (cut, high) if np.mean(present / (present + cut)) > PRESENT else (low, cut)
    noise = generator.normal(0, 0.8, shape)
    for month in range(1, periods):
        noise[:, :, month] = 0.6 * noise[:, :, month - 1] + 0.8 * noise[:, :, month]
    values = np.exp(level[:, :, None] + product + growth[:, None, :] + noise)
    values[generator.random(shape) >= (present / (present + cut))[:, :, None]] = 0.0
    out = generator.random(shape) < MISSING
    out[:HUBS, : families // 3, -WINDOW:] = True
    return np.round(values), out


if __name__ == "__main__":
    main()
