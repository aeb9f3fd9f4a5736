"""The question about a road as plain data, and its answer as a run that can be replayed."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any, Final

from throughflow.evidence import runs
from throughflow.routes import places
from throughflow.routes.check import check

if TYPE_CHECKING:
    from collections.abc import Sequence

    from throughflow.evidence.runs import Run
    from throughflow.routes.result import Place, RouteFinding
    from throughflow.warehouse import Warehouse

VERB: Final = "route"
TABLES: Final = (
    "control_lists.csv", "countries.csv", "country_labels.csv", "hs_links.parquet",
    "list_chpl-2024-02.csv.gz", "list_eu-hs6.csv.gz", "memberships.csv", "roles.csv",
    "route_legs.csv", "route_nodes.csv", "transit_bans.csv", "transit_notes.csv",
)  # fmt: skip


def parameters(
    origin: str,
    destination: str,
    *,
    on: date,
    via: Sequence[str],
    avoid: Sequence[str],
    modes: Sequence[str],
    product: str | None,
) -> dict[str, Any]:
    """Return a question as plain data; two spellings of one place give the same question.

    Raises:
        InputError: A place is not known.
    """
    return {
        "origin": _asked(places.find(origin, where="ORIGIN")),
        "destination": _asked(places.find(destination, where="DESTINATION")),
        "on": on,
        "via": [places.stop(one, where="--via") for one in via],
        "avoid": [places.territory(one, where="--avoid") for one in avoid],
        "modes": list(modes),
        "product": product,
    }


def answer(_warehouse: Warehouse, asked: dict[str, Any]) -> RouteFinding:
    """Check a road from plain parameters; no warehouse is read."""
    return check(
        asked["origin"],
        asked["destination"],
        on=date.fromisoformat(asked["on"]),
        via=asked["via"],
        avoid=asked["avoid"],
        modes=asked["modes"],
        product=asked["product"],
    )


def run(warehouse: Warehouse, asked: dict[str, Any]) -> tuple[RouteFinding, Run]:
    """Check a road once, and return the finding both as itself and as a run to record."""
    return runs.both(warehouse, VERB, asked, answer)


def _asked(place: Place) -> str:
    return place.territory if place.stands_for else place.id


runs.register(VERB, answer, tables=TABLES)
