"""By which road goods reach a hub: the shortest, and the shortest that the target does not see.

No consignment is asked about. What the table of roads tells of a hub is which states lie between it
and the exporters, how much longer the way around the target is, and which transit is banned.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from throughflow import routes
from throughflow.errors import InputError, UsageError
from throughflow.reference import memberships, route_network

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from throughflow.routes import Road, RouteFinding

LAND = ("rail", "road")


@dataclass(frozen=True, slots=True)
class Roads:
    """Roads from the largest exporter to the hub.

    Attributes:
        origin: The exporter, ISO alpha-2.
        around: The target and the states restricted with it, which the second road avoids.
        finding: What the table says; its `asked` road avoids `around`.
        by_land: Shortest road by rail and road alone that avoids `around` too; None where there
            is none.
    """

    origin: str
    around: tuple[str, ...]
    finding: RouteFinding
    by_land: Road | None

    @property
    def detour(self) -> float | None:
        """Length of the road around over the shortest; None where either is missing."""
        best, asked = self.finding.best, self.finding.asked
        return asked.km / best.km if best and asked and best.km else None


def of(exporters: Sequence[str], hub: str, target: str, on: date) -> tuple[Roads | None, str]:
    """Look up the roads to a hub.

    Args:
        exporters: ISO alpha-2, the largest first; the first that the table knows is taken.
        hub: The hub.
        target: The sanctioned state.
        on: Day on which roads are open and acts in force.

    Returns:
        The roads, and the reason where there are none.
    """
    held = {code[:2] for code in route_network.territories()}
    origin = next((code for code in exporters if code in held and code != hub), None)
    if origin is None or hub not in held:
        return None, "the table of roads does not reach it"
    around = tuple(
        code
        for code in (target, *_restricted_with(target))
        if code in held and code not in {origin, hub}
    )
    try:
        finding = routes.check(origin, hub, on=on, avoid=around)
        by_land = routes.check(origin, hub, on=on, avoid=around, modes=LAND).asked
    except (InputError, UsageError) as error:
        return None, error.what
    return Roads(origin, around, finding, by_land), ""


def _restricted_with(target: str) -> tuple[str, ...]:
    return tuple(
        row.code
        for row in memberships.roles()
        if row.target == target and row.role == memberships.CO_SANCTIONED
    )
