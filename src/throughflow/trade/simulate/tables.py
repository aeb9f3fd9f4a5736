"""Write an invented world in the product's own layout, as users write theirs."""

from __future__ import annotations

from dataclasses import asdict, fields
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from throughflow.model.periods import month_number, month_start
from throughflow.trade.simulate.planting import Diversion
from throughflow.trade.simulate.world import (
    CONFIDENTIAL_SHARE,
    CURRENCY,
    TARGET,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from throughflow.trade.simulate.planting import Planted

    FloatArray = NDArray[np.float64]


def trade(planted: Planted, seed: int) -> pa.Table:
    """Return every recorded value: exports, what hubs record of them, and what they send on.

    Args:
        planted: A world after planting.
        seed: Decides which cells are confidential.
    """
    world = planted.world
    rng = np.random.default_rng([seed, 7])
    names = [world.destinations[place] for place in world.hubs]
    confidential = rng.random(planted.sent.shape) < CONFIDENTIAL_SHARE
    sent = np.where(confidential, 0.0, planted.sent)
    totals = planted.sent.sum(axis=2) + world.other
    among_totals = planted.among.sum(axis=2) + world.among_other
    onward_totals = planted.onward.sum(axis=1) + world.onward_other
    parts = [
        _rows(planted, sent, world.exporters, world.destinations, "export"),
        _rows(planted, planted.recorded.swapaxes(0, 1), names, world.exporters, "import"),
        _rows(planted, planted.onward[:, None], names, (TARGET,), "export"),
        _rows(planted, totals[:, :, None], world.exporters, world.destinations, "export"),
        _rows(planted, onward_totals[:, None, None], names, (TARGET,), "export"),
        _rows(planted, planted.among, names, names, "export"),
        _rows(planted, among_totals[:, :, None], names, names, "export"),
    ]
    return pa.concat_tables(parts)


def _rows(
    planted: Planted,
    values: FloatArray,
    reporters: Sequence[str],
    partners: Sequence[str],
    flow: str,
) -> pa.Table:
    """Return a row per positive value of a (reporters, partners, goods or all, months) array."""
    reporter, partner, good, month = np.nonzero(values >= 0.01)
    whole = values.shape[2] == 1
    return _table(
        planted,
        pa.array(reporters).take(pa.array(reporter)),
        pa.array(partners).take(pa.array(partner)),
        np.full_like(good, -1) if whole else good,
        month,
        values[reporter, partner, good, month],
        flow,
    )


def _table(
    planted: Planted,
    reporters: Sequence[str] | pa.Array,
    partners: Sequence[str] | pa.Array,
    goods: Sequence[int] | NDArray[np.int64],
    months: Sequence[int] | NDArray[np.int64],
    values: Sequence[float] | FloatArray,
    flow: str,
) -> pa.Table:
    world = planted.world
    first = month_number(world.first)
    renamed_in = month_number(world.first.replace(year=2022)) - first
    good, month = np.asarray(goods), np.asarray(months)
    now = pa.array([*world.codes, "TOTAL"]).take(pa.array(good % (len(world.codes) + 1)))
    before = pa.array([*world.former, "TOTAL"]).take(pa.array(good % (len(world.codes) + 1)))
    periods = [f"{month_start(first + m):%Y-%m}" for m in range(world.sent.shape[3])]
    n = len(good)
    names = pa.array(["HS", "TOTAL"]).take(pa.array((good < 0).astype(np.int64)))
    return pa.table(
        {
            "period": pa.array(periods).take(pa.array(month)),
            "freq": pa.repeat(pa.scalar("M"), n),
            "reporter": pa.array(reporters, pa.string()),
            "partner": pa.array(partners, pa.string()),
            "flow": pa.repeat(pa.scalar(flow), n),
            "product": pa.compute.if_else(pa.array(month >= renamed_in), now, before),
            "nomenclature": names,
            "value": np.round(np.asarray(values, dtype=np.float64), 2),
            "currency": pa.repeat(pa.scalar(CURRENCY), n),
        }
    )


def truth(planted: Planted) -> pa.Table:
    """Return what was planted, a row per diversion."""
    rows = [asdict(one) for one in planted.truth]
    return pa.table({f.name: [row[f.name] for row in rows] for f in fields(Diversion)})
