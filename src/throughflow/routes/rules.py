"""Whether goods may pass through a territory on a day: one answer, with its reason.

The acts bind exports from the Union, so an origin elsewhere is *cannot tell*: the law of that
state is not held. A missing act, a missing list of codes and a missing product give *cannot tell*
as well, never *not banned*.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from throughflow.reference import memberships, route_network, transit
from throughflow.routes.result import BANNED, CANNOT_TELL, NOT_BANNED, Act, Answer, Note
from throughflow.routes.search import covers

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable
    from datetime import date

    from throughflow.reference.transit import Ban
    from throughflow.routes.result import GoodsFound

_ORDER = {BANNED: 2, CANNOT_TELL: 1, NOT_BANNED: 0}
# No code is dual-use as a whole: Annex I names goods by what they can do.
_DUAL_USE = (
    "goods under this code that Annex I to Regulation (EU) 2021/821 describes; the code alone does "
    "not tell"
)


@lru_cache(maxsize=256)
def bans_through(territory: str) -> tuple[Ban, ...]:
    """Return the prohibitions for a territory; a territory apart falls under its state's."""
    return tuple(ban for ban in transit.bans() if covers([ban.territory], territory))


def in_transit(territory: str, origin: str, on: date, goods: GoodsFound | None) -> Answer:
    """Tell whether goods may pass in transit through a territory.

    Args:
        territory: The territory.
        origin: State the goods are exported from.
        on: The day.
        goods: What the lists say of the goods; None where none were named.
    """
    place = route_network.name(territory)
    known = bans_through(territory)
    if not known:
        return Answer(NOT_BANNED, f"no act held forbids transit through {place}")
    if origin[:2] not in memberships.members("EU", on):
        return Answer(
            CANNOT_TELL,
            f"the acts held bind exports from the Union; what {route_network.name(origin)} forbids "
            "is not held",
        )
    missing = [ban for ban in known if not ban.is_held]
    if missing:
        return Answer(
            CANNOT_TELL,
            f"{missing[0].regulation} concerns {place} and is not held",
            bans=tuple(ban.id for ban in missing),
        )
    force = [ban for ban in known if ban.in_force(on)]
    if not force:
        first = min(ban.since for ban in known if ban.since is not None)
        return Answer(
            NOT_BANNED,
            f"no act held forbids transit through {place} on {on}; the first one is in force from "
            f"{first}",
        )
    if goods is None:
        return Answer(
            CANNOT_TELL,
            f"{len(force)} prohibitions are in force on {on} for some goods; name the product",
            bans=tuple(ban.id for ban in force),
        )
    return _of_goods(place, force, on, goods)


def _of_goods(place: str, force: list[Ban], on: date, goods: GoodsFound) -> Answer:
    certain = [(ban, scope) for ban in force if (scope := _named(ban, goods)) is not None]
    if certain:
        # The widest one first: an act without limits says more than one with.
        certain.sort(key=lambda found: (bool(found[1]), found[0].since or on))
        first, scope = certain[0]
        return Answer(
            BANNED,
            f"{first.cited}, in force from {first.since}: {first.goods}",
            scope,
            tuple(ban.id for ban, _ in certain),
        )
    unsure = [ban for ban in force if ban.codes == transit.NOT_HELD and ban.kind in goods.kinds]
    if unsure:
        return Answer(
            CANNOT_TELL,
            f"{unsure[0].cited} forbids transit of {unsure[0].goods}; which codes is not held",
            bans=tuple(ban.id for ban in unsure),
        )
    grown = [ban for ban in force if ban.codes_until is not None and on > ban.codes_until]
    if grown:
        return Answer(
            CANNOT_TELL,
            f"HS {goods.hs6} is on no list held for transit through {place}, and the lists have "
            f"grown since {grown[0].codes_until}",
            bans=tuple(ban.id for ban in grown),
        )
    return Answer(
        NOT_BANNED,
        f"HS {goods.hs6} is on none of the lists whose transit through {place} is forbidden on "
        f"{on}",
    )


def _named(ban: Ban, goods: GoodsFound) -> str | None:
    """Return the limits within which an act names the goods; None where it does not."""
    if ban.codes == transit.BY_KIND:
        if ban.kind not in goods.kinds:
            return None
        if ban.kind == "dual_use":
            return _DUAL_USE
        return "part of the goods under this code" if goods.is_part else ""
    if ban.codes != transit.NOT_HELD and goods.hs6 in ban.codes.split("|"):
        return ban.goods
    return None


def at_an_end(territory: str, role: str) -> Answer:
    """Answer for the territory that a road begins or ends in: there is no transit through it."""
    place = route_network.name(territory)
    if role == "destination" and bans_through(territory):
        return Answer(
            CANNOT_TELL,
            f"goods that end in {place} are delivered there and not in transit; whether they may "
            "be is for the export restrictions, which this check does not read",
        )
    return Answer(NOT_BANNED, f"the road {'begins' if role == 'origin' else 'ends'} in {place}")


def worst(answers: Iterable[Answer]) -> Answer:
    """Return the answer that decides among several: banned, then cannot tell."""
    return max(answers, key=lambda answer: _ORDER[answer.verdict])


def acts(territories: Collection[str], on: date) -> tuple[Act, ...]:
    """Return the prohibitions for some territories, those in force first."""
    found = {
        ban.id: Act(
            ban.id,
            ban.territory,
            ban.cited,
            ban.goods,
            ban.since,
            ban.until,
            ban.in_force(on) if ban.is_held else None,
            ban.wind_down_until,
            ban.derogation,
            ban.verified,
            ban.source,
        )
        for territory in territories
        for ban in bans_through(territory)
    }
    return tuple(sorted(found.values(), key=lambda act: (not act.in_force, act.territory, act.id)))


def notes(territories: Collection[str], on: date) -> tuple[Note, ...]:
    """Return the national measures that concern a road through some territories on a day."""
    members = memberships.members("EU", on)
    return tuple(
        Note(one.authority, one.since, one.measure, one.source)
        for one in transit.measures()
        if one.in_force(on)
        and (
            one.territory in territories
            or (one.territory == "EU" and any(code in members for code in territories))
        )
        and _touched(one.through, territories)
    )


def _touched(through: tuple[str, ...], territories: Collection[str]) -> bool:
    # A measure on Kaliningrad concerns a road between it and the rest of Russia.
    if route_network.KALININGRAD in through:
        return set(through) <= set(territories)
    return any(code in territories for code in through)
