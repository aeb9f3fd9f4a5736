"""Origin against consignment: whether a hub began to receive the coalition's goods from elsewhere.

A good made in Germany and bought from a dealer in Dubai is an import from Germany by origin and
from the Emirates by consignment. Where a hub publishes both, the coalition's share by origin minus
its share by consignment says how much comes the long way; that gap widening at the date is a signal
of its own. The two bases are the same trade told twice and are compared, never added.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from throughflow.model.periods import month_number
from throughflow.reference import countries, fx, memberships
from throughflow.trade import completeness

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from throughflow.warehouse import Warehouse

PACKAGE = "throughflow.trade"
ORIGIN, CONSIGNMENT = "origin", "consignment"
# Rank p-values cannot fall below one over their number plus one.
FEWEST_PLACEBOS = 9
ONE_BASIS = "the hub's imports are not published by origin and by consignment"


@dataclass(frozen=True, slots=True)
class BasisYear:
    """Both shares of one year.

    Attributes:
        year: The year.
        origin_share: The coalition's share in the hub's imports by origin.
        consignment_share: The same by consignment.
        gap: The first minus the second.
    """

    year: int
    origin_share: float
    consignment_share: float
    gap: float


@dataclass(frozen=True, slots=True)
class BasisGap:
    """The gap between the bases, year by year, and its change at the date. All goods together.

    Attributes:
        dataset: Dataset of the hub's imports; empty where there is none.
        years: Years told on both bases.
        before: Mean gap of the years before the date.
        after: Mean gap of the whole years from the date's own on.
        change: `after` minus `before`, in shares of all imports.
        low: Lower end of its 90 % interval, from changes between years before the date.
        high: Upper end.
        p: Share of changes before the date at least as large.
        placebos: Number of changes between years before the date.
        reason: Why there is no change, interval or p; empty where there are.
    """

    dataset: str
    years: tuple[BasisYear, ...]
    before: float | None
    after: float | None
    change: float | None
    low: float | None
    high: float | None
    p: float | None
    placebos: int
    reason: str


def change(years: Sequence[BasisYear], date_year: int, dataset: str = "") -> BasisGap:
    """Compare the gap from a year on with the gap before it.

    Args:
        years: Both shares by year.
        date_year: First year that counts as after.
        dataset: Where they come from.
    """
    early = [y.gap for y in years if y.year < date_year]
    late = [y.gap for y in years if y.year >= date_year]
    if not early or not late:
        return BasisGap(dataset, tuple(years), None, None, None, None, None, None, 0,
                        "no year on one side of the date")  # fmt: skip
    before, after = float(np.mean(early)), float(np.mean(late))
    placebos = np.array([b - a for i, a in enumerate(early) for b in early[i + 1 :]])
    moved = after - before
    if not len(placebos):
        return BasisGap(dataset, tuple(years), before, after, moved, None, None, None, 0,
                        "one year before the date shows no wandering")  # fmt: skip
    # Few years: the largest change either way bounds what years did by themselves.
    reach = float(np.abs(placebos).max())
    enough = len(placebos) >= FEWEST_PLACEBOS
    p = float((1 + np.count_nonzero(placebos >= moved)) / (1 + len(placebos)))
    return BasisGap(
        dataset=dataset,
        years=tuple(years),
        before=before,
        after=after,
        change=moved,
        low=moved - reach,
        high=moved + reach,
        p=p if enough else None,
        placebos=len(placebos),
        reason=""
        if enough
        else f"no p: {len(placebos)} changes before the date, {FEWEST_PLACEBOS} are needed",
    )


def of(
    warehouse: Warehouse, hub: str, origins: Sequence[str], treat_from: date, currency: str
) -> BasisGap:
    """Measure the gap of one hub's yearly imports of all goods.

    Args:
        warehouse: Where the records are.
        hub: The hub.
        origins: The coalition's members; empty for all on the day of `treat_from`.
        treat_from: The date.
        currency: Currency the shares are computed in.
    """
    annual = fx.annual_rates()
    rates = pa.concat_tables(
        [
            annual.append_column("freq", pa.array(["A"] * len(annual))),
            fx.monthly_rates().append_column("freq", pa.array(["M"] * len(fx.monthly_rates()))),
        ]
    )
    rows = warehouse.query(
        PACKAGE,
        "basis_totals",
        parameters={"hub": hub, "currency": currency},
        tables={"dated_rate": rates},
    ).to_pylist()
    members = frozenset(origins) or memberships.members("coalition", treat_from)
    by_dataset: dict[str, dict[str, dict[int, dict[str, float]]]] = {}
    for row in rows:
        if row["freq"] == "A" and row["amount"] is not None:
            years = by_dataset.setdefault(row["dataset"], {}).setdefault(row["partner_basis"], {})
            partners = years.setdefault(row["period"].year, {})
            partners[row["partner"]] = float(row["amount"])
    for dataset, bases in sorted(by_dataset.items()):
        if ORIGIN in bases and CONSIGNMENT in bases:
            return change(_years(bases, members), month_number(treat_from) // 12, dataset)
    return BasisGap("", (), None, None, None, None, None, None, 0, ONE_BASIS)


def _years(
    bases: Mapping[str, Mapping[int, Mapping[str, float]]], members: frozenset[str]
) -> list[BasisYear]:
    """Return both shares of the years that both bases tell in full."""
    partial = {
        year for basis in (ORIGIN, CONSIGNMENT) for year in completeness.partial_years(bases[basis])
    }
    found = []
    for year in sorted((bases[ORIGIN].keys() & bases[CONSIGNMENT].keys()) - partial):
        share = {}
        for basis in (ORIGIN, CONSIGNMENT):
            single = {p: v for p, v in bases[basis][year].items() if not countries.is_bloc(p)}
            whole = sum(single.values())
            if whole > 0:
                share[basis] = sum(v for p, v in single.items() if p in members) / whole
        if len(share) == 2:
            gap = share[ORIGIN] - share[CONSIGNMENT]
            found.append(BasisYear(year, share[ORIGIN], share[CONSIGNMENT], gap))
    return found
