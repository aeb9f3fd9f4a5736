"""Trade that no list restricts: what tells how a pair would have grown anyway."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from throughflow.errors import DataError
from throughflow.reference import fx
from throughflow.trade import grid

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from throughflow.trade.counterfactual import Panel
    from throughflow.trade.goods import Goods
    from throughflow.trade.request import Request
    from throughflow.trade.series import Series
    from throughflow.warehouse import Warehouse

PACKAGE = "throughflow.trade"
# Listed goods may exceed the totals by this share of themselves.
ROUNDING = 0.01
# Where no totals are published, the unlisted codes of a dataset stand for them if they reach over
# this many chapters; fewer say how a branch fared, not a pair.
FEWEST_CHAPTERS = 5


def read(
    warehouse: Warehouse,
    request: Request,
    series: Series,
    chosen: Goods,
    panel: Panel,
) -> NDArray[np.float64] | None:
    """Return unrestricted trade by exporter, destination and period.

    Totals minus fuels minus listed goods where the dataset publishes totals, else the sum of its
    unlisted codes. Fuels are left out because their price, not their volume, moved in 2022.

    Args:
        warehouse: Where the data are.
        request: The question; its currency counts.
        series: Dataset and level.
        chosen: The listed goods.
        panel: Their recorded trade, on whose grid the result lies.

    Returns:
        Shape (n_exporters, n_destinations, n_periods); None where the data hold too little
        besides listed goods.

    Raises:
        DataError: Totals are smaller than the goods they should hold.
    """
    if series.is_total:
        return None
    where = {
        "dataset": series.dataset,
        "basis": series.basis,
        "currency": request.currency,
        "freq": series.calendar.freq,
    }
    rates = {"period_rate": fx.period_rates(series.calendar.freq)}
    totals = grid.between(
        warehouse.query(PACKAGE, "totals", parameters=where, tables=rates),
        panel.reporters,
        panel.partners,
    )
    if len(totals) and pc.any(pc.greater(totals.column("total"), 0)).as_py():
        amount = (
            totals.column("total").cast(pa.float64()).to_numpy()
            - totals.column("fuels").cast(pa.float64()).to_numpy()
        )
        return _without_listed(_on_grid(totals, amount, series, panel), chosen, panel)
    if not _is_broad(chosen):
        return None
    unlisted = grid.between(
        warehouse.query(
            PACKAGE,
            "unlisted",
            parameters=where | {"nomenclature": series.nomenclature, "digits": series.digits},
            tables={"family_member": chosen.members} | rates,
        ),
        panel.reporters,
        panel.partners,
    )
    amount = unlisted.column("amount").cast(pa.float64()).to_numpy()
    return _on_grid(unlisted, amount, series, panel)


def _is_broad(chosen: Goods) -> bool:
    return len({code[:2] for code in chosen.unlisted}) >= FEWEST_CHAPTERS


def _on_grid(
    table: pa.Table, amount: NDArray[np.float64], series: Series, panel: Panel
) -> NDArray[np.float64]:
    shape = (*panel.shape[:2], panel.last_month - panel.first_month + 1)
    pair = grid.cells(table, panel.reporters, panel.partners, None)
    when = grid.numbers(table.column("period"), series.calendar) - panel.first_month
    inside = (when >= 0) & (when < shape[2])
    key = pair[inside] * shape[2] + when[inside]
    sums: NDArray[np.float64] = np.bincount(
        key, weights=amount[inside], minlength=int(np.prod(shape))
    ).astype(np.float64)
    return sums.reshape(shape)


def _without_listed(rest: NDArray[np.float64], chosen: Goods, panel: Panel) -> NDArray[np.float64]:
    is_fuel = np.array([family.heading.startswith("27") for family in chosen.families])
    counted = ~is_fuel[panel.cell % len(is_fuel)]
    key = (panel.cell // len(is_fuel)) * rest.shape[2] + panel.month - panel.first_month
    sums = np.bincount(key[counted], weights=panel.value[counted], minlength=rest.size)
    left: NDArray[np.float64] = rest - sums.reshape(rest.shape)
    _refuse_foreign_totals(left, panel.reporters, panel.partners, summed_listed=float(sums.sum()))
    return np.maximum(left, 0)


def _refuse_foreign_totals(
    rest: NDArray[np.float64],
    reporters: Sequence[str],
    partners: Sequence[str],
    *,
    summed_listed: float,
) -> None:
    """Refuse totals that are smaller than the goods they should hold.

    Confidential detail can make listed codes exceed a revised total by a rounding; a large
    negative rest means that totals and goods do not belong together, or that totals are missing.
    """
    short = -np.minimum(rest, 0).sum(axis=2)
    if short.sum() <= ROUNDING * summed_listed:
        return
    exporter, hub = divmod(int(short.argmax()), len(partners))
    raise DataError(
        f"the listed goods {reporters[exporter]} exported to {partners[hub]} exceed the totals "
        f"loaded for the pair by {short[exporter, hub]:,.0f}",
        remedy="Load TOTAL rows of the same dataset for every exporter, destination and month",
    )
