"""Map, table and words of a finding on roads, for its own page and for the dossier."""

from __future__ import annotations

from typing import TYPE_CHECKING

from throughflow.reference import route_network
from throughflow.report import words
from throughflow.report.charts import route_map
from throughflow.report.figure import Figure, both
from throughflow.report.tables import Column, Table
from throughflow.routes import rules
from throughflow.routes.flags import km_words
from throughflow.routes.result import BANNED, CANNOT_TELL

if TYPE_CHECKING:
    from throughflow.routes.result import Road, RouteFinding

SOURCE = (
    "Source: throughflow's table of legs; lengths as published by operators, by searoute at sea, "
    "or estimated; borders Natural Earth, as recognised by the United Nations."
)


def named_roads(found: RouteFinding) -> list[tuple[str, Road | None]]:
    """Return the roads of a finding with their names; no road is said twice but the best."""
    roads: list[tuple[str, Road | None]] = [("Shortest", found.best)]
    if found.via:
        roads.append(("Declared", found.declared))
    if found.avoid:
        roads.append(("As asked", found.asked))
    roads.append(("Permitted", found.permitted))
    shown = {road.territories for _, road in roads if road}
    others = [road for road in found.alternatives if road.territories not in shown]
    return roads + [(f"Alternative {number}", road) for number, road in enumerate(others, start=1)]


def checked(found: RouteFinding) -> Road | None:
    """Return the road that the answers are about."""
    return found.declared if found.checked == "declared" else found.asked


def headline(found: RouteFinding) -> str:
    """Say in one line what the page finds."""
    road = checked(found)
    if road is None:
        return "There is no such road"
    banned = [one.name for one in found.territories if one.answer.verdict == BANNED]
    unsure = [
        one.name
        for one in found.territories
        if one.answer.verdict == CANNOT_TELL and one.role == "transit"
    ]
    if found.via and found.detour_best is not None:
        long = next((flag.kind for flag in found.flags if flag.kind in {"illogical", "long"}), "")
        length = f"{found.detour_best:.2f} times the shortest road"
        first = {
            "illogical": f"A road that makes no sense: {length}",
            "long": f"A long way round: {length}",
            "": "A plausible road",
        }[long]
    else:
        first = f"{km_words(road.km)} km from {found.origin.name} to {found.destination.name}"
    if banned:
        return f"{first}; transit banned through {words.listed(banned)}"
    if unsure:
        return f"{first}; transit through {words.listed(unsure)} cannot be told"
    return first


def on_map(found: RouteFinding) -> Figure | None:
    """Return the map of the roads; None where there is none to draw."""
    lines = _lines(found)
    if not lines:
        return None
    states = _states(found)
    what = route_map.Drawn(
        lines,
        frozenset(code for code, verdict in states.items() if verdict == BANNED),
        frozenset(code for code, verdict in states.items() if verdict == CANNOT_TELL),
    )
    description = "; ".join(
        f"{line.words}, {line.length}: "
        + " – ".join(route_network.name(code) for code in line.road.territories)
        for line in lines
    )
    wide, narrow = both(
        lambda frame, name: route_map.draw(what, frame, name, "Map of the roads", description),
        route_map.WIDE,
        route_map.NARROW,
        "roads",
    )
    return Figure("roads", 1, headline(found), found.words, wide, narrow, table(found), SOURCE)


def _states(found: RouteFinding) -> dict[str, str]:
    """Return the answer for each state that the checked road or the shortest one crosses.

    A territory apart has no shape of its own and leaves the rest of its state as it is.
    """
    told = {one.territory: one.answer.verdict for one in found.territories}
    for territory in found.best.territories[1:-1] if found.best else ():
        if territory not in told:
            told[territory] = rules.in_transit(
                territory, found.origin.territory, found.on, found.goods
            ).verdict
    return {code: verdict for code, verdict in told.items() if code not in route_network.APART}


def _lines(found: RouteFinding) -> tuple[route_map.Line, ...]:
    """Return the roads to draw, the lowest first; roads of one course are one line."""
    roads = (
        ("best", "shortest", found.best),
        ("permitted", "permitted", found.permitted),
        ("declared", "declared" if found.via else "as asked", checked(found)),
    )
    courses: dict[tuple[str, ...], tuple[str, list[str], Road]] = {}
    for kind, word, road in roads:
        if road is None or not road.legs:
            continue
        course = tuple(leg.end.id for leg in road.legs)
        named = courses[course][1] if course in courses else []
        if kind == "declared" and not found.via and not found.avoid:
            continue  # nothing was asked but the shortest
        courses[course] = kind, [*named, word], road
    order = [kind for kind, _, _ in roads]
    return tuple(
        route_map.Line(road, kind, words.listed(named))
        for kind, named, road in sorted(courses.values(), key=lambda one: order.index(one[0]))
    )


def table(found: RouteFinding) -> Table:
    """Return every leg of every road."""
    columns = (
        Column("road", "Road"),
        Column("number", "No.", "count"),
        Column("from", "From"),
        Column("to", "To"),
        Column("mode", "By"),
        Column("km", "km", "count"),
        Column("basis", "Length is"),
        Column("in", "In"),
        Column("crossing", "Crossing"),
    )
    rows = tuple(
        (
            name, float(number), leg.start.name, leg.end.name, leg.mode, float(leg.km),
            leg.km_basis, " / ".join(leg.territories), leg.crossing,
        )
        for name, road in named_roads(found)
        if road is not None
        for number, leg in enumerate(road.legs, start=1)
    )  # fmt: skip
    return Table("roads", "Legs of each road", columns, rows)
