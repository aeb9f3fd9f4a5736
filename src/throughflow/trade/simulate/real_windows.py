"""Diversions planted into real trade: what the sample's own months let the product find.

The months before the restrictions are real, and nothing was diverted in them. Diversions are added
to the exports of some hub × good pairs in the last three of them, the whole is loaded as a dataset
of its own, and the question is put as if the list had come into force then. Hubs' own exports are
not in the sample, so the first leg stands alone, on rung B.
"""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import parquet

from throughflow.model.periods import Window
from throughflow.reference import control_lists
from throughflow.trade import ask
from throughflow.trade.request import Request
from throughflow.trade.simulate.report_card import LARGE, Q, rate
from throughflow.warehouse import Warehouse, load

if TYPE_CHECKING:
    from throughflow.trade.finding import Row
    from throughflow.trade.simulate.report_card import Rate

WINDOW = Window.parse("2021-12:2022-02")
BASE = Window.parse("2020-12:2021-02")
HUBS = ("AM", "GE", "KG", "KZ", "UZ")
MULTIPLES = (2.0, 3.0, 5.0, 10.0)
DATASET = "ds-045409"
# Pairs expected to trade less than this in the window are not planted in: nobody diverts a trifle.
# Chosen by what was expected, not by how much came, which would select on the outcome; something
# must have come, for there to be a row to raise.
LEAST = 1e4


@dataclass(frozen=True, slots=True)
class RealWindow:
    """What was found of diversions planted into real months.

    Attributes:
        window: The months.
        rung: Rung of the findings.
        prevalence: Share of hub × good pairs expected at `LEAST` or more that hold a diversion.
        planted: How many.
        false_discovery_rate: Share of discoveries in which nothing was planted.
        found: Share found by multiple, of a million a year and more.
        smallest_q: The smallest q of any row; None without one.
        coverage: Share of planted values inside the 90 % interval of the excess.
    """

    window: str
    rung: str
    prevalence: float
    planted: int
    false_discovery_rate: Rate
    found: dict[str, Rate]
    smallest_q: float | None
    coverage: Rate


def run(warehouse: Warehouse, prevalence: float, seed: int) -> RealWindow:
    """Plant into the sample's months and ask.

    Args:
        warehouse: The sample, or any that holds its monthly dataset.
        prevalence: Share of pairs to plant in.
        seed: The same seed plants the same.
    """
    rng = np.random.default_rng([seed, int(1e4 * prevalence)])
    with tempfile.TemporaryDirectory(prefix="throughflow-simulate-") as scratch:
        folder = Path(scratch)
        real = warehouse.query(
            "throughflow.trade", "real_months", parameters={"dataset": DATASET, "last": WINDOW.last}
        )
        months = pc.strftime(real.column("period"), "%Y-%m")
        real = real.set_column(real.schema.get_field_index("period"), "period", months)
        before = _asked(real, folder / "quiet", folder)
        units = [
            r
            for r in before
            if r.kind == "established" and (r.expected or 0.0) >= LEAST and r.actual > 0
        ]
        chosen = rng.choice(len(units), round(prevalence * len(units)), replace=False)
        truth = {
            (units[i].partner, units[i].family): (float(rng.choice(MULTIPLES)), units[i])
            for i in chosen
        }
        planted = _with(real, truth, rng)
        rows = _asked(planted, folder / "planted", folder)
    return _counted(rows, truth, prevalence)


def _asked(table: pa.Table, place: Path, folder: Path) -> list[Row]:
    """Load a table of one's own and ask of it, the list in force from the window on."""
    listed = folder / "list.csv"
    codes = sorted(entry.code for entry in control_lists.load("eu-2023-01").entries)
    lines = [f"{code},{WINDOW.first.isoformat()},CN,2022" for code in codes]
    listed.write_text("\n".join(["code,restricted_from,nomenclature,edition", *lines, ""]), "utf-8")
    place.mkdir()
    parquet.write_table(table, place / "trade.parquet")
    load([place / "trade.parquet"], place / "warehouse")
    question = Request(
        window=WINDOW, base=BASE, treat_from=WINDOW.first, control_list=str(listed),
        by=("product",), partners=HUBS,
    )  # fmt: skip
    with Warehouse(place / "warehouse") as warehouse:
        return ask.excess(warehouse, question).rows


def _with(
    table: pa.Table, truth: dict[tuple[str, str], tuple[float, Row]], rng: np.random.Generator
) -> pa.Table:
    """Multiply what one exporter sent of each chosen good in the window's months, totals too."""
    value = table.column("value").cast(pa.float64()).to_numpy(zero_copy_only=False).copy()
    partner = np.array(table.column("partner").to_pylist())
    product = np.array(table.column("product").to_pylist())
    reporter = np.array(table.column("reporter").to_pylist())
    period = np.array(table.column("period").to_pylist())
    inside = (period >= f"{WINDOW.first:%Y-%m}") & (period <= f"{WINDOW.last:%Y-%m}")
    total = {
        (reporter[i], partner[i], period[i]): i
        for i in np.flatnonzero(inside & (product == "TOTAL"))
    }
    for (hub, _), (multiple, row) in truth.items():
        at = np.flatnonzero(inside & (partner == hub) & np.isin(product, row.products))
        share = rng.dirichlet(np.ones(len(at)))
        added = (multiple - 1) * (row.expected or 0.0) * share
        value[at] += added
        for i, more in zip(at, added, strict=True):
            value[total[reporter[i], partner[i], period[i]]] += more
    column = pa.array(np.round(value, 2))
    return table.set_column(table.schema.get_field_index("value"), "value", column)


def _counted(
    rows: list[Row], truth: dict[tuple[str, str], tuple[float, Row]], prevalence: float
) -> RealWindow:
    discovered = {(r.partner, r.family) for r in rows if r.q is not None and r.q <= Q}
    by_unit = {(r.partner, r.family): r for r in rows}
    yearly = 12 / len(WINDOW)
    found = {}
    for multiple in MULTIPLES:
        large = [
            unit in discovered
            for unit, (times, row) in truth.items()
            if times == multiple and (multiple - 1) * (row.expected or 0.0) * yearly >= LARGE
        ]
        found[f"{multiple:g}"] = rate(sum(large), len(large))
    covered = []
    for unit, (multiple, row) in truth.items():
        after = by_unit[unit]
        if after.excess_low is not None and after.excess_high is not None:
            covered.append(
                after.excess_low <= (multiple - 1) * (row.expected or 0.0) <= after.excess_high
            )
    return RealWindow(
        window=str(WINDOW),
        rung=next((r.rung for r in rows if r.rung != "D"), "D"),
        prevalence=prevalence,
        planted=len(truth),
        false_discovery_rate=rate(len(discovered - truth.keys()), len(discovered)),
        found=found,
        smallest_q=min((r.q for r in rows if r.q is not None), default=None),
        coverage=rate(sum(covered), len(covered)),
    )
