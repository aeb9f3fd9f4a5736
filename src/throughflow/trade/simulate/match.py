"""Does invented trade stray like real trade? Placebo quantiles of both, class by class."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from throughflow.trade.simulate import world

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from throughflow.trade.counterfactual import Prediction
    from throughflow.trade.simulate.noise import Noise

    FloatArray = NDArray[np.float64]

WINDOW = 9
YEAR = 12
# Lower ends of the size classes compared, and the last one's upper end.
CLASSES = {"flows": (1e3, 1e4, 1e5, 1e6, 1e7), "hub × good": (1e4, 1e5, 1e6, 1e7)}
LEVELS = (0.05, 0.5, 0.95, 0.99)
STEADY = (0.25, 0.5, 0.75)
# A newcomer counts if it brings more than this share of what was expected.
NEWCOMER = 0.2
# How much a column counts in `distance`, and in what unit it differs: the share of silent flows in
# tenths of itself, medians in tenths of a log, other quantiles in tenths of themselves.
WEIGHTS = np.array([0.5, 0.5, 1.0, 2.0, 2.0, 0.5, 0.3, 0.3, 0.3])
FEWEST = 60


@dataclass(frozen=True, slots=True)
class Quantiles:
    """Placebo quantiles by level.

    Attributes:
        rows: By name of the level, an array of shape (n_classes, 9): share of units that traded
            nothing; quantiles `LEVELS` of log actual over expected, the first among those that
            traded; share of units in which exporters new to the hub bring more than `NEWCOMER` of
            what was expected; quantiles `STEADY` of steadiness. NaN for classes of fewer than
            `FEWEST` units.
    """

    rows: dict[str, FloatArray]


def of_predictions(
    predictions: Sequence[Prediction], keep: NDArray[np.bool_], at: NDArray[np.bool_]
) -> Quantiles:
    """Take the quantiles of real placebos on rung C.

    Args:
        predictions: Predictions at fake dates.
        keep: Which families take part, shape (n_families,).
        at: Which destinations take part, shape (n_hubs,).
    """
    flows: list[list[FloatArray]] = [[], [], [], []]
    sums: list[list[FloatArray]] = [[], [], [], []]
    for one in predictions:
        known = one.usable & ~one.is_new & keep[None, None, :] & at[None, :, None]
        known &= one.expected_c > 0
        nothing = np.zeros_like(one.actual)
        of_flows = (one.expected_c, one.actual, nothing, one.steady_cells)
        for column, values in zip(flows, of_flows, strict=True):
            column.append(values[known])
        expected = np.where(one.usable, one.expected_c, 0).sum(axis=0)
        some = (expected > 0) & (one.past.sum(axis=0) > 0) & keep[None, :] & at[:, None]
        value = np.where(one.usable, one.actual, 0)
        new = np.where(one.past > 0, 0, value).sum(axis=0)
        of_sums = (expected, value.sum(axis=0), new, one.steady_families[0])
        for column, values in zip(sums, of_sums, strict=True):
            column.append(values[some])
    return Quantiles(
        {
            name: _classes(name, *(np.concatenate(column) for column in columns))
            for name, columns in (("flows", flows), ("hub × good", sums))
        }
    )


def of_world(errors: Noise, seed: int) -> Quantiles:
    """Take the same quantiles of an invented world, in the window before anything is restricted."""
    made = world.generate(seed, size=replace(world.SMALL, donors=0), errors=errors)
    hubs = list(made.hubs)
    value = made.sent[:, hubs, :, made.begins - WINDOW - YEAR : made.begins]
    new = value[..., YEAR:].sum(axis=3) * (value[..., :YEAR].sum(axis=3) == 0)
    return Quantiles(
        {
            "flows": _of_series("flows", value, np.zeros_like(new)),
            "hub × good": _of_series("hub × good", value.sum(axis=0), new.sum(axis=0)),
        }
    )


def _of_series(name: str, value: FloatArray, new: FloatArray) -> FloatArray:
    series = value.reshape(-1, WINDOW + YEAR)
    past, window = series[:, :YEAR], series[:, YEAR:].sum(axis=1)
    level = past.sum(axis=1)
    known = level > 0
    steady = level[known] ** 2 / ((past[known] ** 2).sum(axis=1) * YEAR)
    expected = level[known] * WINDOW / YEAR
    return _classes(name, expected, window[known], new.ravel()[known], steady)


def _classes(
    name: str, expected: FloatArray, actual: FloatArray, new: FloatArray, steady: FloatArray
) -> FloatArray:
    edges = CLASSES[name]
    found = np.full((len(edges) - 1, 2 + len(LEVELS) + len(STEADY)), np.nan)
    for row, (low, high) in enumerate(itertools.pairwise(edges)):
        inside = (expected >= low) & (expected < high)
        if inside.sum() >= FEWEST:
            ratio = actual[inside] / expected[inside]
            with np.errstate(divide="ignore"):
                logs = np.log(ratio)
            found[row] = [
                (ratio == 0).mean(),
                np.quantile(logs[ratio > 0], LEVELS[0]),
                *np.quantile(logs, LEVELS[1:], method="higher"),
                (new[inside] > NEWCOMER * expected[inside]).mean(),
                *np.quantile(steady[inside], STEADY),
            ]
    return found


def mean(several: Sequence[Quantiles]) -> Quantiles:
    """Average the quantiles of several invented worlds."""
    names = several[0].rows
    return Quantiles({n: np.mean([one.rows[n] for one in several], axis=0) for n in names})


def distance(one: Quantiles, other: Quantiles) -> float:
    """Return how far two sets of quantiles lie apart, in tenths of what is compared, squared."""
    total = 0.0
    for name, rows in one.rows.items():
        apart = relative(rows, other.rows[name])
        total += float(np.nansum(WEIGHTS * apart**2))
    return total


def relative(rows: FloatArray, target: FloatArray) -> FloatArray:
    """Return differences in tenths of the target, of medians in tenths of a log."""
    unit = np.maximum(np.abs(target), 0.05)
    unit[:, 2] = 1.0
    differences: FloatArray = (rows - target) / unit * 10
    return differences


def near(invented: Quantiles, fitted_to: Quantiles, held_out: Quantiles) -> tuple[int, int]:
    """Count quantiles that lie between the halves of the real data, or within a tenth of one.

    Returns:
        How many do, and of how many; steadiness left out.
    """
    hits, of = 0, 0
    for name, rows in invented.rows.items():
        columns = slice(0, 2 + len(LEVELS)) if name != "flows" else slice(0, 1 + len(LEVELS))
        halves = np.stack([one.rows[name] for one in (fitted_to, held_out)])
        beside = np.stack([relative(rows, half) for half in halves])
        is_near: NDArray[np.bool_] = np.any(np.abs(beside) <= 1, axis=0)
        is_near |= (rows >= halves.min(axis=0)) & (rows <= halves.max(axis=0))
        known = np.all(~np.isnan(beside), axis=0)[:, columns]
        hits += int((is_near[:, columns] & known).sum())
        of += int(known.sum())
    return hits, of


def table(invented: Quantiles, fitted_to: Quantiles, held_out: Quantiles) -> str:
    """Return a Markdown table of the invented world beside both halves of the real data."""
    head = ("units", "expected at least", "what", "fitted half", "other half", "invented")
    lines = ["| " + " | ".join(head) + " |", "|---|---:|---|---:|---:|---:|"]
    names = (
        "trade nothing",
        f"{LEVELS[0]:.0%} of log ratio where it traded",
        *(f"{q:.0%} of log ratio" for q in LEVELS[1:]),
        f"newcomers bring over {NEWCOMER:.0%}",
    )
    for name, edges in CLASSES.items():
        for row, low in enumerate(edges[:-1]):
            for column, what in enumerate(names):
                if name == "flows" and column == len(names) - 1:
                    continue  # a flow has one exporter, and no newcomers
                values = (q.rows[name][row, column] for q in (fitted_to, held_out, invented))
                shown = " | ".join("–" if np.isnan(v) else f"{v:.2f}" for v in values)
                lines.append(f"| {name} | {low:,.0f} | {what} | {shown} |")
    return "\n".join(lines)
