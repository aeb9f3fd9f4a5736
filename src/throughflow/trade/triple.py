"""Rung A: the triple difference, fitted period by period with the kernel.

``E[X | untreated] = exp(a[o,h,k] + g[o,k,t] + d[o,h,t])``: every exporter's level with each
destination and good, the good's own course at destinations that no restriction touches, and the
destination's own course in goods that no list names, which enter as one more good. Treated cells
of every destination that is no donor are left out, and predicted.

Alone, `g` would follow every lump of a good that an exporter hardly sells to donors. So two more
destinations are put in beside the real ones, as large as stated shares of the exporter's own trade
in the good: one that buys the good as all donors together buy it from everybody, one that buys it
as unrestricted goods fare. They are a prior in the form of data, and the kernel needs not know.

A donor shows the method's errors only if its own trade does not enter its expectation, so donors
are predicted in turns: the treated cells of one part of them are left out, the others carry `g`.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from throughflow.trade import kernel

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from throughflow.trade.counterfactual import Design, Panel

    FloatArray = NDArray[np.float64]
    IntArray = NDArray[np.int64]
    BoolArray = NDArray[np.bool_]

# Periods of the past that the fit looks back over, by periods in a year. Levels wander: a longer
# past steadies the level of a lumpy flow and dates that of a growing one. Chosen on fake dates of
# invented worlds and of the sample's months, among 12, 18, 24 and 30.
PAST = {12: 24, 1: 3}
# Size of the two added destinations, as shares of an exporter's mean untreated trade in a good.
LIKE_ALL_DONORS, LIKE_EVERYTHING = 1.0, 0.15
# Parts the donors are predicted in.
TURNS = 4
# Agreement of margins at which predictions no longer move by more than a hundred-thousandth.
TOLERANCE = 1e-7


def expected(panel: Panel, design: Design, *, with_donors: bool) -> FloatArray:
    """Predict every cell's trade over the window from untreated trade.

    Args:
        panel: The data; its unrestricted trade must be known.
        design: Dates.
        with_donors: Whether donors are predicted as well, in turns; without, their values are
            zero.

    Returns:
        Panel's shape; NaN where the untreated cells do not determine the prediction.
    """
    panel = _in_order(panel)
    donors = np.flatnonzero(panel.is_donor)
    made = _predicted(panel, design, np.zeros(len(panel.partners), dtype=bool))
    for turn in range(TURNS if with_donors else 0):
        away = np.zeros(len(panel.partners), dtype=bool)
        away[donors[turn::TURNS]] = True
        if away.any() and not away[donors].all():
            made[:, away] = _predicted(panel, design, away)[:, away]
    return made


def without(panel: Panel, design: Design, donor: int) -> FloatArray:
    """Predict hubs' trade as `expected` does, with one donor treated like a hub.

    Args:
        panel: The data; its unrestricted trade must be known.
        design: Dates.
        donor: Position of the donor among the destinations.

    Returns:
        Panel's shape; NaN where the other untreated cells do not determine the prediction.
    """
    away = np.zeros(len(panel.partners), dtype=bool)
    away[donor] = True
    return _predicted(_in_order(panel), design, away)


def _in_order(panel: Panel) -> Panel:
    order = np.argsort(panel.cell, kind="stable")
    return replace(
        panel, cell=panel.cell[order], month=panel.month[order], value=panel.value[order]
    )


def _predicted(panel: Panel, design: Design, away: BoolArray) -> FloatArray:
    """Fit with the donors in `away` treated like hubs, and sum what is predicted."""
    n_hubs, n_families = panel.shape[1:]
    tested = design.tested
    first = max(int(design.mask[tested].min()) - PAST[panel.per_year], panel.first_month)
    periods = np.arange(first, design.last + 1)
    treated_at = ~panel.is_donor | away
    masked = periods[None, :] >= design.mask[:, None]
    left_out = np.zeros((n_hubs, n_families + 1, len(periods)), dtype=bool)
    left_out[:, :-1] = treated_at[:, None, None] & masked[None, :, :]
    left_out[:, :-1][:, ~tested] = True
    asked = masked & (periods[None, :] >= design.start[:, None]) & tested[:, None]
    blocks = [
        _of_exporter(panel, exporter, periods, left_out) for exporter in range(panel.shape[0])
    ]
    staying = panel.is_donor & ~away
    everybody = np.sum([values[staying].sum(axis=0) for values, _ in blocks], axis=0)
    made = np.zeros(panel.shape)
    for exporter, block in enumerate(blocks):
        values, out = _with_prior(*block, everybody)
        fitted = kernel.fit([kernel.block_of(values, out)], values.shape, tolerance=TOLERANCE)
        made[exporter] = _window(panel, exporter, periods, asked, treated_at, fitted)
    return made


def _of_exporter(
    panel: Panel, exporter: int, periods: IntArray, left_out: BoolArray
) -> tuple[FloatArray, BoolArray]:
    """Lay one exporter's trade out over destinations, goods and periods, unlisted goods last.

    The panel's rows are in order of their cells.
    """
    n_hubs, n_families = panel.shape[1:]
    size = n_hubs * n_families
    begin, end = np.searchsorted(panel.cell, [exporter * size, (exporter + 1) * size])
    rows = slice(begin, end)
    inside = (panel.month[rows] >= periods[0]) & (panel.month[rows] <= periods[-1])
    cell = panel.cell[rows][inside] - exporter * size
    values = np.zeros((n_hubs, n_families + 1, len(periods)))
    at = (cell // n_families, cell % n_families, panel.month[rows][inside] - periods[0])
    np.add.at(values, at, panel.value[rows][inside])
    rest = panel.unrestricted
    assert rest is not None  # noqa: S101 - rung A is asked for only where it is known
    values[:, -1] = rest[exporter][:, periods - panel.first_month]
    out = left_out.copy()
    is_covered = panel.covered.reshape(panel.shape)[exporter]
    out[:, :-1] |= ~is_covered[:, :, None]
    out |= panel.closed[exporter, periods - panel.first_month][None, None, :]
    return values, out


def _with_prior(
    values: FloatArray, left_out: BoolArray, everybody: FloatArray
) -> tuple[FloatArray, BoolArray]:
    """Put the two destinations of the prior below the real ones.

    Args:
        values: One exporter's trade, shape (n_hubs, n_families + 1, n_periods), unlisted goods
            last.
        left_out: Cells that take no part, same shape.
        everybody: What all exporters sold to donors, shape (n_families + 1, n_periods).
    """
    observed = (~left_out).sum(axis=(0, 2))
    known = np.where(left_out, 0.0, values).sum(axis=(0, 2))
    # Mean trade of a period, all destinations together.
    level = len(values) * np.divide(known, observed, out=np.zeros_like(known), where=observed > 0)
    course = everybody / np.maximum(everybody.mean(axis=1, keepdims=True), 1e-9)
    rest = course[-1]
    rows = np.stack(
        [
            LIKE_ALL_DONORS * level[:, None] * course,
            LIKE_EVERYTHING * level[:, None] * rest[None, :],
        ]
    )
    rows[:, -1] = level[-1] * rest
    # A good nobody sold to donors has no course there.
    out = np.zeros(rows.shape, dtype=bool)
    out[0, everybody.sum(axis=1) <= 0] = True
    return np.concatenate([values, rows]), np.concatenate([left_out, out])


def _window(
    panel: Panel,
    exporter: int,
    periods: IntArray,
    asked: BoolArray,
    treated_at: BoolArray,
    fitted: kernel.Fit,
) -> FloatArray:
    """Sum predictions over the open periods of the window, shape (n_hubs, n_families)."""
    n_hubs, n_families = panel.shape[1:]
    is_open = ~panel.closed[exporter, periods - panel.first_month]
    family, period = np.nonzero(asked & is_open[None, :])
    hubs = np.flatnonzero(treated_at)
    shape = (n_hubs + 2, n_families + 1, len(periods))
    cells = np.ravel_multi_index((hubs[:, None], family[None, :], period[None, :]), shape)
    means = kernel.predict(fitted, cells.ravel()).reshape(cells.shape)
    sums = np.zeros((n_hubs, n_families))
    np.add.at(sums, (hubs[:, None], family[None, :]), means)
    return sums
