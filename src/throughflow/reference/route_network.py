"""Places and the legs between them: what roads are searched on.

Both tables are reviewed by hand and completed by ``scripts/reference_routes.py``, which says where
each coordinate and each length comes from. A leg lies in one country, or is a crossing between
two; both are stored with the leg and never inferred from a line on a map. Kaliningrad (``RU-KGD``)
and Nakhchivan (``AZ-NX``) are territories apart: a road through them does not pass through the
rest of their state.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import TYPE_CHECKING

from throughflow.errors import InputError
from throughflow.reference import countries
from throughflow.reference.countries import DATA

if TYPE_CHECKING:
    from collections.abc import Mapping

RAIL, ROAD, FERRY, SEA = "rail", "road", "ferry", "sea"
# In the order a leg is chosen where two are equally long.
MODES = (RAIL, ROAD, FERRY, SEA)
LAND = (RAIL, ROAD)
KALININGRAD = "RU-KGD"
APART = {KALININGRAD: "Kaliningrad", "AZ-NX": "Nakhchivan"}


@dataclass(frozen=True, slots=True)
class Span:
    """Days, both ends included; None where an end is open."""

    first: date | None
    last: date | None

    def holds(self, on: date) -> bool:
        """Tell whether a day lies inside."""
        return (self.first is None or self.first <= on) and (self.last is None or on <= self.last)


@dataclass(frozen=True, slots=True)
class Node:
    """A place on the network.

    Attributes:
        id: Unique short name.
        name: Name in English.
        also: Other spellings.
        country: ISO 3166-1 alpha-2 code of the state it lies in.
        territory: The same, or the code of a territory apart such as ``RU-KGD``.
        kind: ``city``, ``border``, ``port`` or ``terminal``.
        is_main: Whether it stands for its territory where only that is named.
        latitude: Degrees north.
        longitude: Degrees east.
        source: Where the coordinates come from.
    """

    id: str
    name: str
    also: tuple[str, ...]
    country: str
    territory: str
    kind: str
    is_main: bool
    latitude: float
    longitude: float
    source: str


@dataclass(frozen=True, slots=True)
class Leg:
    """A way between two places, open in both directions.

    Attributes:
        start: Id of one end.
        end: Id of the other.
        mode: ``rail``, ``road``, ``ferry`` or ``sea``.
        km: Length in kilometres.
        km_basis: ``published`` by the operator, ``estimated`` from the great circle, ``searoute``.
        country_from: Territory of the start.
        country_to: Territory of the end; the same unless it is a crossing or goes by sea.
        crossing: Name of the border crossing; empty within a country and by sea.
        gauge: Gauge in millimetres, two where it changes; empty where not known or not a railway.
        closed: When goods could not pass.
        note: What else is known.
        source: Where the length comes from.
    """

    start: str
    end: str
    mode: str
    km: int
    km_basis: str
    country_from: str
    country_to: str
    crossing: str
    gauge: str
    closed: tuple[Span, ...]
    note: str
    source: str

    @property
    def is_land(self) -> bool:
        """Whether it runs over land."""
        return self.mode in LAND

    @property
    def territories(self) -> tuple[str, ...]:
        """The territories it touches: one, or the two it joins."""
        if self.country_from == self.country_to:
            return (self.country_from,)
        return (self.country_from, self.country_to)

    def is_open(self, on: date) -> bool:
        """Tell whether goods could pass on a day, as far as closures are held."""
        return not any(span.holds(on) for span in self.closed)


@lru_cache(maxsize=1)
def nodes() -> Mapping[str, Node]:
    """Return every place by its id."""
    with (DATA / "route_nodes.csv").open(encoding="utf-8", newline="") as lines:
        return {
            row["id"]: Node(
                row["id"],
                row["name"],
                tuple(name for name in row["also"].split("|") if name),
                row["country"],
                row["territory"],
                row["kind"],
                row["is_main"] == "1",
                float(row["lat"]),
                float(row["lon"]),
                row["source"],
            )
            for row in csv.DictReader(lines)
        }


@lru_cache(maxsize=1)
def legs() -> tuple[Leg, ...]:
    """Return every leg."""
    with (DATA / "route_legs.csv").open(encoding="utf-8", newline="") as lines:
        return tuple(
            Leg(
                row["from"],
                row["to"],
                row["mode"],
                int(row["km"]),
                row["km_basis"],
                row["country_from"],
                row["country_to"],
                row["crossing"],
                row["gauge"],
                tuple(span(text) for text in row["closed"].split(";") if text),
                row["note"],
                row["source"],
            )
            for row in csv.DictReader(lines)
        )


@lru_cache(maxsize=1)
def territories() -> tuple[str, ...]:
    """Return every territory that has a place in the table, sorted."""
    return tuple(sorted({node.territory for node in nodes().values()}))


@lru_cache(maxsize=1)
def main_places() -> Mapping[str, Node]:
    """Return the place that stands for each territory, where there is one."""
    return {node.territory: node for node in nodes().values() if node.is_main}


@lru_cache(maxsize=2)
def neighbours(*, by_land: bool) -> frozenset[frozenset[str]]:
    """Return the pairs of territories that a leg joins, over land or by ship, open or closed."""
    return frozenset(
        frozenset(leg.territories)
        for leg in legs()
        if leg.is_land == by_land and len(leg.territories) == 2
    )


def span(text: str) -> Span:
    """Read ``2025-09-12..2025-09-24``, either end of which may be missing.

    Raises:
        InputError: It is not written so.
    """
    first, dots, last = text.partition("..")
    try:
        days = [date.fromisoformat(day) if day else None for day in (first, last)]
    except ValueError:
        days = []
    if not dots or not days:
        raise InputError(
            f"{text!r} is not an interval of days", remedy="Write it as 2025-09-12..2025-09-24"
        )
    return Span(*days)


def name(territory: str) -> str:
    """Return the name of a territory for display.

    Raises:
        InputError: There is none of that code.
    """
    return APART.get(territory) or countries.name(territory)
