"""Unit values family by family: what the same exporters' goods cost before, and what in the window.

Averages over origins weigh both sides by the window's quantities, so that a change of origins is
not read as a change of price.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from throughflow.trade.decompose.unit_values import PriceChange, Prices

DEARER, CHEAPER, AS_BEFORE, CANNOT_TELL = "dearer", "cheaper", "no jump", "cannot tell"


@dataclass(frozen=True, slots=True)
class FamilyPrice:
    """What happened to the unit values of one family on one leg.

    Attributes:
        family: Product family.
        unit: ``kg``, or the unit of quantity; empty where origins differ in it or none is told.
        before: Unit value of the base at the window's mix of origins, currency per unit; None
            without one unit.
        after: Unit value of the window.
        log_change: Natural log of the window's amount over the same quantities at base prices;
            None where no origin's price can be told.
        told_share: Share of the family's amount in the window whose price can be told; None where
            nothing was traded in the window.
        excess: Amount of the window beyond the base, of origins whose price can be told.
        volume: That excess at base prices.
        price: The rest of it.
        word: ``dearer`` or ``cheaper`` where origins with a jump that way hold more than half of
            the amount told, else ``no jump``; ``cannot tell`` where no price is told.
        reason: Why it cannot be told; empty where something can.
    """

    family: str
    unit: str
    before: float | None
    after: float | None
    log_change: float | None
    told_share: float | None
    excess: float | None
    volume: float | None
    price: float | None
    word: str
    reason: str


def by_family(prices: Prices) -> dict[str, FamilyPrice]:
    """Put the price changes of each family's origins together, by family.

    Args:
        prices: Price changes by origin and family.
    """
    grouped: dict[str, list[PriceChange]] = {}
    for change in prices.changes:
        grouped.setdefault(change.family, []).append(change)
    return {family: _one(family, changes) for family, changes in grouped.items()}


def log_change(prices: Prices) -> float | None:
    """Return the log of the window's amount over the same quantities at base prices.

    Args:
        prices: Price changes by origin and family; those that cannot be told do not count.
    """
    told = sum(c.amount for c in prices.changes if c.excess_at_base_prices is not None)
    return None if prices.price is None else math.log(told / (told - prices.price))


def _one(family: str, changes: Sequence[PriceChange]) -> FamilyPrice:
    amount = sum(change.amount for change in changes)
    told = [change for change in changes if change.excess_at_base_prices is not None]
    told_amount = sum(change.amount for change in told)
    share = told_amount / amount if amount else None
    if not told:
        reason = "; ".join(sorted({change.reason for change in changes}))
        return FamilyPrice(
            family, "", None, None, None, share, None, None, None, CANNOT_TELL, reason
        )
    excess = sum(change.excess for change in told)
    volume = sum(change.excess_at_base_prices or 0.0 for change in told)
    # Every month is deflated by its origin's change, so the rest of the excess is price.
    at_base_prices = told_amount - (excess - volume)
    unit, before, after = _unit_values(told)
    return FamilyPrice(
        family=family,
        unit=unit,
        before=before,
        after=after,
        log_change=math.log(told_amount / at_base_prices),
        told_share=share,
        excess=excess,
        volume=volume,
        price=excess - volume,
        word=_word(told, told_amount),
        reason="",
    )


def _unit_values(told: Sequence[PriceChange]) -> tuple[str, float | None, float | None]:
    units = {change.unit for change in told}
    if len(units) > 1:
        return "", None, None
    prices = [(c.amount, c.before, c.after) for c in told if c.before and c.after]
    quantity = sum(amount / after for amount, _, after in prices)
    before = sum(amount / after * base for amount, base, after in prices) / quantity
    return units.pop(), before, sum(amount for amount, _, _ in prices) / quantity


def _word(told: Sequence[PriceChange], amount: float) -> str:
    for word, sign in ((DEARER, 1), (CHEAPER, -1)):
        jumped = sum(c.amount for c in told if c.is_jump and (c.log_change or 0.0) * sign > 0)
        if jumped > amount / 2:
            return word
    return AS_BEFORE
