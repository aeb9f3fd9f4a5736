"""Does a declared road make sense, and may the goods take it?

Several answers side by side, never one score: the length against the shortest road and against the
shortest that is permitted, whether declared neighbours are neighbours at all, which territories
nobody declared, and for each leg and each territory what the acts held say on the day.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from throughflow.errors import InputError, UsageError
from throughflow.reference import route_network
from throughflow.reference.route_network import MODES
from throughflow.routes import flags as questions
from throughflow.routes import goods as lists
from throughflow.routes import places, rules, search
from throughflow.routes.declared import through
from throughflow.routes.flags import Roads
from throughflow.routes.result import (
    NOT_BANNED,
    LegAnswer,
    RouteFinding,
    Step,
    TerritoryAnswer,
)

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from throughflow.routes.result import Answer, GoodsFound, Place, Road


def check(
    origin: str,
    destination: str,
    *,
    on: date,
    via: Sequence[str] = (),
    avoid: Sequence[str] = (),
    modes: Sequence[str] = MODES,
    product: str | None = None,
) -> RouteFinding:
    """Find the roads between two places and check the declared one.

    Args:
        origin: Country or place, such as ``DE`` or ``LT:Klaipeda``.
        destination: The same.
        on: Day of the transport; closures and acts are those of this day.
        via: Territories and places of the declared road, in order; empty for none declared.
        avoid: States and territories to leave out.
        modes: Modes allowed.
        product: HS6 or CN8 code of the goods; None where they are not named.

    Returns:
        The finding.

    Raises:
        InputError: A place, country or code is not known.
        UsageError: The origin or destination is to be avoided, or no mode is left.
    """
    start = places.find(origin, where="ORIGIN")
    end = places.find(destination, where="DESTINATION")
    left_out = tuple(dict.fromkeys(places.territory(one, where="--avoid") for one in avoid))
    stops = tuple(places.stop(one, where="--via") for one in via)
    used = tuple(mode for mode in MODES if mode in modes)
    _refuse(start, end, left_out, modes)
    goods = lists.find(product, where="--product") if product else None

    best = search.find(start.id, end.id, modes=used, on=on)
    asked = search.find(start.id, end.id, modes=used, avoid=left_out, on=on) if avoid else best
    forbidden = tuple(
        territory
        for territory in route_network.territories()
        if territory not in {start.territory, end.territory}
        and rules.in_transit(territory, start.territory, on, goods).verdict != NOT_BANNED
    )
    without = tuple(dict.fromkeys((*left_out, *forbidden)))
    permitted = search.find(start.id, end.id, modes=used, avoid=without, on=on)
    declared, is_closed = _declared(start, end, stops, used, on)
    road = declared if stops else asked
    territories = road.territories if road else ()
    steps, named = _steps(start, end, stops, declared)
    undeclared = tuple(dict.fromkeys(t for t in territories if stops and t not in named))
    answers = _answers(road, start, on, goods, undeclared, is_declared=bool(stops))
    legs = _legs(road, start, end, on, goods)
    roads = Roads(best, asked, permitted, declared)
    flags = (
        *questions.of_length(roads, is_declared=bool(stops)),
        *questions.of_neighbours(steps, undeclared),
        *questions.of_closures(declared, on, is_closed=is_closed),
        *questions.of_law(answers, start, end, on),
    )
    named_by = [f"{one.name} ({one.territory})" for one in (start, end)]
    return RouteFinding(
        title=f"{named_by[0]} to {named_by[1]} on {on}",
        origin=start,
        destination=end,
        on=on,
        modes=used,
        avoid=left_out,
        via=stops,
        goods=goods,
        best=best,
        asked=asked,
        permitted=permitted,
        left_out=without,
        declared=declared,
        alternatives=search.alternatives(asked, modes=used, avoid=left_out, on=on) if asked else (),
        detour_best=roads.detour_best,
        detour_permitted=roads.detour_permitted,
        steps=steps,
        undeclared=undeclared,
        checked="declared" if stops else "asked",
        territories=answers,
        legs=legs,
        flags=flags,
        acts=rules.acts(territories, on),
        notes=rules.notes(territories, on),
        words=questions.paragraph(roads, answers, is_declared=bool(stops)),
    )


def _refuse(start: Place, end: Place, avoid: Sequence[str], modes: Sequence[str]) -> None:
    for one in (start, end):
        if search.covers(avoid, one.territory):
            raise UsageError(
                f"{one.name} lies in {route_network.name(one.territory)}, which is to be avoided",
                where="--avoid",
                remedy="Leave it out of --avoid, or name another place",
            )
    unknown = [mode for mode in modes if mode not in MODES]
    if unknown:
        raise InputError.unknown("mode", unknown[0], MODES, where="--mode")
    if not modes:
        raise UsageError("no mode is allowed", where="--mode", remedy=f"Name {', '.join(MODES)}")


def _declared(
    start: Place, end: Place, stops: Sequence[str], modes: Sequence[str], on: date
) -> tuple[Road | None, bool]:
    """Return the declared road, and whether it needs crossings that are closed on the day.

    Open crossings are taken where they lead through the same territories; a road that would have
    to go through others is not the one that was declared.
    """
    if not stops:
        return None, False
    without = search.between((), start.id, end.id, *stops)
    found = []
    for day in (on, None):
        legs = through(search.graph(modes=modes, avoid=without, on=day), start.id, stops, end.id)
        found.append(None if legs is None else search.road(legs, start.id, on=on))
    is_open, ever = found
    if is_open is not None and ever is not None and is_open.territories == ever.territories:
        return is_open, False
    return ever, ever is not None and not all(leg.is_open for leg in ever.legs)


def _steps(
    start: Place, end: Place, stops: Sequence[str], declared: Road | None
) -> tuple[tuple[Step, ...], tuple[str, ...]]:
    """Return the declared territories two by two, and all of them once."""
    if not stops:
        return (), ()
    nodes = route_network.nodes()
    turns = [nodes[one].territory if one in nodes else one for one in stops]
    chain = [start.territory]
    for turn in (*turns, end.territory):
        if turn != chain[-1]:
            chain.append(turn)
    driven = list(declared.territories) if declared else []
    at, found = 0, []
    for one, other in pairwise(chain):
        pair = frozenset((one, other))
        joined = (
            "land" if pair in route_network.neighbours(by_land=True)
            else "sea" if pair in route_network.neighbours(by_land=False)
            else "no"
        )  # fmt: skip
        between: tuple[str, ...] = ()
        if other in driven[at + 1 :]:
            there = driven.index(other, at + 1)
            between = tuple(driven[at + 1 : there])
            at = there
        found.append(Step(one, other, joined, between))
    return tuple(found), tuple(chain)


def _answer(
    territory: str, start: Place, end: str, on: date, goods: GoodsFound | None
) -> tuple[str, Answer]:
    if territory == start.territory:
        return "origin", rules.at_an_end(territory, "origin")
    if territory == end:
        return "destination", rules.at_an_end(territory, "destination")
    return "transit", rules.in_transit(territory, start.territory, on, goods)


def _answers(
    road: Road | None,
    start: Place,
    on: date,
    goods: GoodsFound | None,
    undeclared: Sequence[str],
    *,
    is_declared: bool,
) -> tuple[TerritoryAnswer, ...]:
    if road is None:
        return ()
    end = road.territories[-1]
    found = []
    for territory in dict.fromkeys(road.territories):
        role, answer = _answer(territory, start, end, on, goods)
        km = sum(leg.km for leg in road.legs if leg.territories == (territory,))
        found.append(
            TerritoryAnswer(
                territory,
                route_network.name(territory),
                role,
                territory not in undeclared if is_declared else None,
                km,
                answer,
            )
        )
    return tuple(found)


def _legs(
    road: Road | None, start: Place, end: Place, on: date, goods: GoodsFound | None
) -> tuple[LegAnswer, ...]:
    if road is None:
        return ()
    answers = {
        territory: _answer(territory, start, end.territory, on, goods)[1]
        for territory in road.territories
    }
    return tuple(
        LegAnswer(
            number,
            leg.start.name,
            leg.end.name,
            leg.territories,
            rules.worst(answers[territory] for territory in leg.territories),
        )
        for number, leg in enumerate(road.legs, start=1)
    )
