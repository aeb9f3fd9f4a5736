"""Prices: how much of an excess is dearer goods rather than more of them.

A unit value is money over weight. It moves when prices move, and also when the mix under a code
does; it is taken within one origin and product so that a change of origins is not read as one.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from throughflow.trade.decompose.leg_records import Cells

    FloatArray = NDArray[np.float64]
    IntArray = NDArray[np.int64]
    BoolArray = NDArray[np.bool_]

# Months with a weight needed on either side; fewer have no median worth the name.
FEWEST_MONTHS = 3
# A change is a jump where it lies this many robust deviations from the usual one; the constant
# makes the median absolute deviation of normal noise one standard deviation.
JUMP = 3.5
MAD_TO_SIGMA = 1.4826
# A price list that never moves in the base has no deviation; below this factor nothing has jumped.
SMALLEST_JUMP = 0.1
NO_WEIGHTS = "weights and quantities are not recorded"
MIXED_UNITS = "quantities are in several units"
CHANGED_UNIT = "the unit of quantity changes between base and window"
FEW_MONTHS = f"fewer than {FEWEST_MONTHS} months with weights on one side"
KILOGRAMS = "kg"


@dataclass(frozen=True, slots=True)
class PriceChange:
    """What happened to the unit value of one product from one origin.

    Attributes:
        origin: Where it comes from.
        family: Product family.
        unit: ``kg``, or the unit of quantity; empty where it cannot be told.
        before: Median monthly unit value in the base years, currency per unit.
        after: The same in the window.
        log_change: Natural log of `after` over `before`.
        deviation: Standard deviation of monthly log unit values in the base, by their median
            absolute deviation.
        is_jump: Whether the change is more than 3.5 such deviations, and more than a tenth; None
            where it cannot be told.
        amount: Amount of the window.
        excess: Amount of the window beyond the base.
        excess_at_base_prices: The same with the window's quantity at the base's unit value.
        reason: Why it cannot be told; empty where it can.
    """

    origin: str
    family: str
    unit: str
    before: float | None
    after: float | None
    log_change: float | None
    deviation: float | None
    is_jump: bool | None
    amount: float
    excess: float
    excess_at_base_prices: float | None
    reason: str


@dataclass(frozen=True, slots=True)
class Prices:
    """All price changes, and what they mean for the excess.

    Attributes:
        changes: One per origin and family that traded, largest excess first.
        told_share: Share of the window's amount whose price can be told.
        excess: Excess of the cells whose price can be told.
        volume: That excess at base-year prices.
        price: The rest of it.
        usual: Median log change of unit values.
        jumps: Number of price jumps.
        reason: Why nothing can be told; empty where something can.
    """

    changes: tuple[PriceChange, ...]
    told_share: float | None
    excess: float | None
    volume: float | None
    price: float | None
    usual: float | None
    jumps: int
    reason: str


def nothing(reason: str) -> Prices:
    """Return prices of which nothing can be told, with the reason."""
    return Prices((), None, None, None, None, None, 0, reason)


def measure(
    cells: Cells,
    *,
    origins: tuple[str, ...],
    families: tuple[str, ...],
    window: IntArray,
    base: IntArray,
    told: BoolArray,
) -> Prices:
    """Compare unit values of the window with those of the base years.

    Args:
        cells: Records by origin, family and month.
        origins: Names of the origins.
        families: Names of the families.
        window: Positions of the window's months, shape (n_window,).
        base: Positions of base years' months, shape (n_years, n_window).
        told: Which families are told in the window and the base, shape (n_families,).
    """
    inside = np.isin(cells.month, window)
    earlier = np.isin(cells.month, base)
    years = len(base)
    key = cells.origin * len(families) + cells.family
    order = np.argsort(key, kind="stable")
    key_in_order = key[order]
    starts = np.flatnonzero(np.diff(key_in_order, prepend=-1))
    found: list[_Cell] = []
    for chosen in np.split(order, starts[1:]) if len(order) else []:
        origin, family = int(cells.origin[chosen[0]]), int(cells.family[chosen[0]])
        now, then = chosen[inside[chosen]], chosen[earlier[chosen]]
        if origin < 0 or not told[family] or not (len(now) or len(then)):
            continue
        found.append(_cell(cells, origin, family, now, then, years))
    changes = np.array([c.log_change for c in found if c.log_change is not None])
    usual = float(np.median(changes)) if len(changes) else None
    result = [
        PriceChange(
            origin=origins[c.origin], family=families[c.family], unit=c.unit,
            before=c.before, after=c.after, log_change=c.log_change, deviation=c.deviation,
            is_jump=_is_jump(c), amount=c.amount, excess=c.excess,
            excess_at_base_prices=c.volume, reason=c.reason,
        )
        for c in found
    ]  # fmt: skip
    result.sort(key=lambda r: (-r.excess, r.origin, r.family))
    priced = [c for c in found if c.volume is not None]
    amount = sum(c.amount for c in found)
    if not priced:
        reasons = sorted({c.reason for c in found}) or ["nothing was traded"]
        told_share = 0.0 if amount else None
        return Prices(tuple(result), told_share, None, None, None, None, 0, "; ".join(reasons))
    excess = sum(c.excess for c in priced)
    volume = sum(c.volume for c in priced if c.volume is not None)
    return Prices(
        changes=tuple(result),
        told_share=sum(c.amount for c in priced) / amount if amount else None,
        excess=excess,
        volume=volume,
        price=excess - volume,
        usual=usual,
        jumps=sum(bool(r.is_jump) for r in result),
        reason="",
    )


@dataclass(frozen=True, slots=True)
class _Cell:
    origin: int
    family: int
    unit: str
    before: float | None
    after: float | None
    log_change: float | None
    deviation: float | None
    amount: float
    excess: float
    volume: float | None
    reason: str


def _cell(
    cells: Cells, origin: int, family: int, now: IntArray, then: IntArray, years: int
) -> _Cell:
    amount = float(cells.value[now].sum())
    excess = amount - float(cells.value[then].sum()) / years
    unit, measured, reason = _measure_of(cells, now, then)
    nothing = (None, None, None, None)
    if reason:
        return _Cell(origin, family, "", *nothing, amount, excess, None, reason)
    price_now, price_then = (_prices(cells.value[c], measured[c]) for c in (now, then))
    if min(len(price_now), len(price_then)) < FEWEST_MONTHS:
        return _Cell(origin, family, unit, *nothing, amount, excess, None, FEW_MONTHS)
    before, after = float(np.median(price_then)), float(np.median(price_now))
    logs = np.log(price_then)
    deviation = MAD_TO_SIGMA * float(np.median(np.abs(logs - np.median(logs))))
    change = float(np.log(after / before))
    # Amounts of the window at base prices: every month deflated by the change of the median, so
    # that the mix within the window does not count as price.
    volume = amount / float(np.exp(change)) - (amount - excess)
    return _Cell(origin, family, unit, before, after, change, deviation, amount, excess, volume, "")


def _measure_of(cells: Cells, now: IntArray, then: IntArray) -> tuple[str, FloatArray, str]:
    """Choose weight where both sides have it, else quantity in one and the same unit."""
    both = np.concatenate([now, then])
    if not np.isnan(cells.net_kg[both]).any() and len(both):
        return KILOGRAMS, cells.net_kg, ""
    units_now, units_then = (sorted(set(cells.unit[c].tolist()) - {""}) for c in (now, then))
    if not units_now or not units_then:
        return "", cells.quantity, NO_WEIGHTS
    if len(units_now) > 1 or len(units_then) > 1:
        return "", cells.quantity, MIXED_UNITS
    if units_now != units_then:
        return "", cells.quantity, CHANGED_UNIT
    if np.isnan(cells.quantity[both]).any():
        return "", cells.quantity, NO_WEIGHTS
    return units_now[0], cells.quantity, ""


def _prices(value: FloatArray, measured: FloatArray) -> FloatArray:
    usable = (value > 0) & (measured > 0)
    return value[usable] / measured[usable]


def _is_jump(cell: _Cell) -> bool | None:
    """Tell whether the window's unit value lies outside what the base's months did by themselves.

    Other cells are no yardstick: where every price jumps at the date, none would stand out.
    """
    if cell.log_change is None or cell.deviation is None:
        return None
    return abs(cell.log_change) > max(JUMP * cell.deviation, SMALLEST_JUMP)
