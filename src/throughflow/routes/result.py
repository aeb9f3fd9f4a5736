"""What the witness says of a road; every answer with its reason, and never a single score."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date

BANNED, NOT_BANNED, CANNOT_TELL = "banned", "not banned", "cannot tell"


@dataclass(frozen=True, slots=True)
class Place:
    """A place on a road.

    Attributes:
        id: Short name in the table of places.
        name: Name in English.
        territory: Alpha-2 code of its state, or of a territory apart such as ``RU-KGD``.
        kind: ``city``, ``border``, ``port`` or ``terminal``.
        stands_for: Name of the territory that was asked for; None where the place was named.
        latitude: Degrees north.
        longitude: Degrees east.
    """

    id: str
    name: str
    territory: str
    kind: str
    stands_for: str | None
    latitude: float
    longitude: float


@dataclass(frozen=True, slots=True)
class Answer:
    """Whether goods may pass.

    Attributes:
        verdict: ``banned``, ``not banned`` or ``cannot tell``.
        reason: Why, in a sentence.
        scope: Which of the goods under the code it holds for; empty where it is all or none.
        bans: Ids of the prohibitions that decide.
    """

    verdict: str
    reason: str
    scope: str = ""
    bans: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RoadLeg:
    """One leg of a road, in the direction it is driven.

    Attributes:
        start: Where it begins.
        end: Where it ends.
        mode: ``rail``, ``road``, ``ferry`` or ``sea``.
        km: Length in kilometres.
        km_basis: ``published``, ``estimated`` or ``searoute``.
        territories: Territories it touches: one, or the two it joins.
        crossing: Name of the border crossing; empty within a territory and by sea.
        is_open: Whether goods could pass on the day, as far as closures are held.
        note: What else is known.
    """

    start: Place
    end: Place
    mode: str
    km: int
    km_basis: str
    territories: tuple[str, ...]
    crossing: str
    is_open: bool
    note: str


@dataclass(frozen=True, slots=True)
class Road:
    """A way from one place to another.

    Attributes:
        km: Length in kilometres.
        rail_km: Of it by rail.
        road_km: By road.
        sea_km: By sea and ferry.
        estimated_km: Of the whole, what was estimated and not published or routed.
        territories: Territories in the order they are entered.
        legs: The legs in order.
    """

    km: int
    rail_km: int
    road_km: int
    sea_km: int
    estimated_km: int
    territories: tuple[str, ...]
    legs: tuple[RoadLeg, ...]


@dataclass(frozen=True, slots=True)
class LegAnswer:
    """The answer for one leg of the road that is checked.

    Attributes:
        number: Place in the road, from 1.
        start: Name of the place it begins at.
        end: Name of the place it ends at.
        territories: Territories it touches.
        answer: The answer.
    """

    number: int
    start: str
    end: str
    territories: tuple[str, ...]
    answer: Answer


@dataclass(frozen=True, slots=True)
class TerritoryAnswer:
    """The answer for one territory that the road crosses.

    Attributes:
        territory: Its code.
        name: Its name.
        role: ``origin``, ``transit`` or ``destination``.
        is_declared: Whether it was declared; None where no road was.
        km: Kilometres within it; crossings and sea legs are not counted.
        answer: The answer.
    """

    territory: str
    name: str
    role: str
    is_declared: bool | None
    km: int
    answer: Answer


@dataclass(frozen=True, slots=True)
class Step:
    """Two consecutive declared territories.

    Attributes:
        start: Code of the first.
        end: Code of the second.
        joined: ``land``, ``sea`` or ``no``: how the table of legs joins them directly.
        between: Territories the road crosses between them.
    """

    start: str
    end: str
    joined: str
    between: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Flag:
    """Something about the road that asks for a question.

    Attributes:
        kind: ``illogical``, ``long``, ``gap``, ``sanctioned``, ``banned``, ``closed``,
            ``no road``, ``customs union`` or ``Kaliningrad``.
        words: What it is, in a sentence.
    """

    kind: str
    words: str


@dataclass(frozen=True, slots=True)
class GoodsFound:
    """What the lists say of the goods.

    Attributes:
        product: Digits as given.
        hs6: Its first six.
        kinds: Kinds of restricted goods that the code is listed under; empty for none.
        is_part: Whether only part of the goods under the code is listed.
        tier: Tier on the list of common high priority items; empty where it is not on it.
        words: The same in a sentence.
        source: The list.
    """

    product: str
    hs6: str
    kinds: tuple[str, ...]
    is_part: bool
    tier: str
    words: str
    source: str


@dataclass(frozen=True, slots=True)
class Act:
    """A prohibition that was looked at.

    Attributes:
        id: Short name.
        territory: Through which territory goods may not pass.
        cited: The act, its article and annex; what was not verified says so.
        goods: What it names.
        since: First day in force; None where the act is not held.
        until: Last day; None while in force.
        in_force: Whether it is in force on the day asked about; None where the act is not held.
        wind_down_until: Last day for older contracts; None where none is known.
        derogation: Exceptions known.
        verified: Parts that were verified.
        source: Where.
    """

    id: str
    territory: str
    cited: str
    goods: str
    since: date | None
    until: date | None
    in_force: bool | None
    wind_down_until: date | None
    derogation: str
    verified: tuple[str, ...]
    source: str


@dataclass(frozen=True, slots=True)
class Note:
    """A national measure that concerns the road.

    Attributes:
        authority: Who took it.
        since: First day.
        words: What it says.
        source: Where it was reported.
    """

    authority: str
    since: date
    words: str
    source: str


@dataclass(frozen=True, slots=True)
class RouteFinding:
    """What is said of a road.

    Attributes:
        title: From where to where, on which day.
        origin: Where it begins.
        destination: Where it ends.
        on: Day asked about.
        modes: Modes allowed.
        avoid: Territories left out by request.
        via: Declared territories and places, in order; empty where no road was declared.
        goods: What the lists say of the goods; None where none were named.
        best: Shortest road; None where there is none.
        asked: Shortest road that leaves out what was asked to be left out; None where there is
            none.
        permitted: Shortest road that leaves out what was asked to be left out and every transit
            territory whose answer is not ``not banned``; None where there is none.
        left_out: Territories that the permitted road leaves out.
        declared: Shortest road through the declared territories in order; None where none was
            declared or there is no such road.
        alternatives: Further roads than the one asked for, through other territories, shortest
            first.
        detour_best: Length of the declared road over the best; None without both.
        detour_permitted: The same over the permitted road.
        steps: Consecutive declared territories.
        undeclared: Territories that the declared road crosses and nobody declared.
        checked: ``declared`` or ``asked``: which road the answers are about.
        territories: One answer for each territory of that road.
        legs: One answer for each of its legs.
        flags: What asks for a question.
        acts: The prohibitions that were looked at.
        notes: National measures that concern the road.
        words: The finding in a paragraph.
    """

    title: str
    origin: Place
    destination: Place
    on: date
    modes: tuple[str, ...]
    avoid: tuple[str, ...]
    via: tuple[str, ...]
    goods: GoodsFound | None
    best: Road | None
    asked: Road | None
    permitted: Road | None
    left_out: tuple[str, ...]
    declared: Road | None
    alternatives: tuple[Road, ...]
    detour_best: float | None
    detour_permitted: float | None
    steps: tuple[Step, ...]
    undeclared: tuple[str, ...]
    checked: str
    territories: tuple[TerritoryAnswer, ...]
    legs: tuple[LegAnswer, ...]
    flags: tuple[Flag, ...]
    acts: tuple[Act, ...]
    notes: tuple[Note, ...]
    words: str
