"""How much of an excess is dearer goods rather than more of them, leg by leg and good by good."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from throughflow.trade.decompose import family_prices
from throughflow.trade.decompose.leg_sources import ARRIVED, FORWARDED, SENT, WORDS

if TYPE_CHECKING:
    from throughflow.trade.decompose.decomposition import Decomposition, FamilySplit
    from throughflow.trade.decompose.family_prices import FamilyPrice

# A dossier holds what its page can show; the verb decompose holds every origin and product.
MOST_FAMILIES = 60
LEGS = (SENT, ARRIVED, FORWARDED)


@dataclass(frozen=True, slots=True)
class LegPrice:
    """Prices on one leg, all goods together; `excess` is `volume` and `price`.

    Attributes:
        leg: ``sent``, ``arrived`` or ``forwarded``.
        meaning: What it is, in words.
        dataset: Dataset that tells it; empty where none does.
        told_share: Share of the window's amount whose price can be told, of goods that are told in
            window and base; None where nothing can.
        excess: Amount of the window beyond the base, of goods whose price can be told.
        volume: That excess at base prices: more goods.
        price: The rest of it: dearer goods; below nothing where they became cheaper.
        log_change: Natural log of the window's amount over the same quantities at base prices.
        pairs: Pairs of origin and family whose price can be told.
        jumps: Those among them whose unit value jumped.
        reason: Why nothing can be told; empty where something can.
    """

    leg: str
    meaning: str
    dataset: str
    told_share: float | None
    excess: float | None
    volume: float | None
    price: float | None
    log_change: float | None
    pairs: int
    jumps: int
    reason: str


@dataclass(frozen=True, slots=True)
class FamilyOnLegs:
    """Unit values of one family on each leg that has them; None where a leg has none.

    Attributes:
        family: Product family.
        products: Its codes.
        label: The publisher's words.
        sent: What the exporters recorded as sent to the hub.
        arrived: What the hub recorded as arriving from them.
        forwarded: What the hub recorded as sent on to the target.
    """

    family: str
    products: tuple[str, ...]
    label: str
    sent: FamilyPrice | None
    arrived: FamilyPrice | None
    forwarded: FamilyPrice | None


@dataclass(frozen=True, slots=True)
class PriceCheck:
    """Unit values of the window beside those of the base.

    Attributes:
        legs: Each leg, told or not; none where weights are recorded on no leg.
        families: Families whose price is told on some leg, largest excess sent first.
        families_more: Families told that are not in `families`.
        reason: Why there are no legs; empty where there are.
    """

    legs: tuple[LegPrice, ...]
    families: tuple[FamilyOnLegs, ...]
    families_more: int
    reason: str

    @property
    def sent(self) -> LegPrice | None:
        """Prices of what was sent to the hub; None where nothing can be told of them."""
        return next((leg for leg in self.legs if leg.leg == SENT and not leg.reason), None)


def nothing(reason: str) -> PriceCheck:
    """Return a check that could not be made, with the reason."""
    return PriceCheck((), (), 0, reason)


def of(found: Decomposition) -> PriceCheck:
    """Take prices out of a decomposition.

    Args:
        found: The decomposition of the hub's legs, told or not.
    """
    by_leg = {
        SENT: found.prices_sent, ARRIVED: found.prices_arrived, FORWARDED: found.prices_forwarded,
    }  # fmt: skip
    dataset = {told.leg: told.dataset for told in found.legs}
    legs = tuple(
        LegPrice(
            leg=leg,
            meaning=WORDS[leg],
            dataset=dataset[leg],
            told_share=prices.told_share,
            excess=prices.excess,
            volume=prices.volume,
            price=prices.price,
            log_change=family_prices.log_change(prices),
            pairs=sum(c.excess_at_base_prices is not None for c in prices.changes),
            jumps=prices.jumps,
            reason=prices.reason,
        )
        for leg, prices in by_leg.items()
    )
    grouped = {leg: family_prices.by_family(prices) for leg, prices in by_leg.items()}
    families = [
        made
        for row in found.results[0].rows
        if (made := _family(row, {leg: of_leg.get(row.family) for leg, of_leg in grouped.items()}))
    ]
    more = max(len(families) - MOST_FAMILIES, 0)
    return PriceCheck(legs, tuple(families[:MOST_FAMILIES]), more, "")


def _family(row: FamilySplit, on_leg: dict[str, FamilyPrice | None]) -> FamilyOnLegs | None:
    if not any(found is not None and not found.reason for found in on_leg.values()):
        return None
    return FamilyOnLegs(
        row.family, row.products, row.label, on_leg[SENT], on_leg[ARRIVED], on_leg[FORWARDED]
    )
