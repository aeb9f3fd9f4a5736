"""Rebuild the places and legs that roads are searched on.

Usage: ``THROUGHFLOW_TEST_DATA=FOLDER python scripts/reference_routes.py``, where FOLDER holds
``routes/unlocode_2019_2.csv`` and ``routes/ne_50m_admin_0_countries.json``. Needs the package
``searoute`` (group ``reference``), and only here. The same input gives the same bytes.

`route_places.csv` and `route_roads.csv` beside this script are kept by hand and reviewed. The
script adds what can be looked up or computed, and says of every figure where it comes from:

- places: latitude and longitude of UN/LOCODE (United Nations Economic Commission for Europe,
  edition 2019-2) where the place has them and they agree with the hand's within `AGREES_KM`; else
  those set by hand, to a hundredth of a degree. A place that falls outside its country in Natural
  Earth's outlines (1:50 million, so coasts and rivers are off by a few kilometres) is moved to the
  nearest place inside, and its source says how far.
- kilometres: as published by the operator where the row gives them; by sea from searoute; else
  marked as estimated: roads over borders as set by hand, the others the great circle times
  `WINDING`.
- roads beside railways: where the table has a railway between two places and no road, a road of
  the same length, unless the row is in `NO_ROAD`.
"""

from __future__ import annotations

import csv
import json
import math
import os
from itertools import pairwise
from pathlib import Path
from typing import Any

import searoute

from reference_files import write_csv

SCRIPTS = Path(__file__).resolve().parent
OUT = SCRIPTS.parent / "src" / "throughflow" / "reference" / "data"

EARTH_KM = 6371.0088
# UN/LOCODE gives minutes of arc, and in a few rows another place of the same name.
AGREES_KM = 15.0
# Way over great circle. The railways with published lengths have a median of 1.18.
WINDING = {"rail": 1.2, "road": 1.25}
# Railways without a road of the same course: tunnels, ferries, crossings for trains alone.
NO_ROAD = {
    ("paris", "london"),
    ("ankara", "van"),
    ("vainikkala", "vyborg"),
    ("helsinki", "vainikkala"),
    ("daugavpils", "bigosovo"),
    ("kena", "gudogai"),
    ("cierna", "chop"),
    ("malaszewicze", "terespol"),
}
NODE_COLUMNS = (
    "id", "name", "also", "country", "territory", "kind", "is_main", "lat", "lon", "source",
)  # fmt: skip
LEG_COLUMNS = (
    "from", "to", "mode", "km", "km_basis", "country_from", "country_to", "crossing", "gauge",
    "closed", "note", "source",
)  # fmt: skip

Row = dict[str, str]
Place = tuple[float, float]
Polygon = list[list[tuple[float, float]]]

# Natural Earth leaves the code of two states open and draws Crimea with who controls it.
CODES = {"FRA": "FR", "NOR": "NO"}
# Farther than this a place is wrong, not the outline.
FARTHEST_KM = 10.0
STEP_KM = 0.5


def main() -> None:
    """Write both files."""
    folder = os.environ.get("THROUGHFLOW_TEST_DATA")
    path = Path(folder or ".") / "routes" / "unlocode_2019_2.csv"
    if not folder or not path.is_file():
        raise SystemExit("set THROUGHFLOW_TEST_DATA to the folder that holds routes/")
    shapes = outlines(path.parent / "ne_50m_admin_0_countries.json")
    out = Path(os.environ.get("THROUGHFLOW_REFERENCE_OUT", OUT))
    places = _rows(SCRIPTS / "route_places.csv")
    official = {row["locode"]: row for row in _rows(path)}
    nodes = {row["id"]: _node(row, official, shapes[row["country"]]) for row in places}
    write_csv(
        out / "route_nodes.csv",
        NODE_COLUMNS,
        ([node[column] for column in NODE_COLUMNS] for _, node in sorted(nodes.items())),
    )
    legs = [_leg(row, nodes) for row in _with_roads(_rows(SCRIPTS / "route_roads.csv"))]
    legs.sort(key=lambda leg: (leg["from"], leg["to"], leg["mode"]))
    write_csv(
        out / "route_legs.csv",
        LEG_COLUMNS,
        ([leg[column] for column in LEG_COLUMNS] for leg in legs),
    )
    print(f"built {len(nodes)} places and {len(legs)} legs")


def _rows(path: Path) -> list[Row]:
    with path.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def _node(row: Row, official: dict[str, Row], shape: list[Polygon]) -> dict[str, Any]:
    by_hand = float(row["lat"]), float(row["lon"])
    at, source = by_hand, "set by hand"
    found = official.get(row["locode"])
    if found is not None and found["lat"]:
        there = float(found["lat"]), float(found["lon"])
        if great_circle_km(by_hand, there) <= AGREES_KM:
            at, source = there, f"UN/LOCODE 2019-2, {row['locode']}"
    inside = nearest_inside(at, shape)
    if inside != at:
        source += f", moved {great_circle_km(at, inside):.1f} km into the outline"
        at = inside
    return row | {
        "is_main": row["main"],
        "lat": f"{at[0]:.4f}",
        "lon": f"{at[1]:.4f}",
        "source": source,
    }


def _with_roads(rows: list[Row]) -> list[Row]:
    roads = {frozenset((row["from"], row["to"])) for row in rows if row["mode"] == "road"}
    beside = [
        row | {"mode": "road", "gauge": "", "source": "", "note": "beside the railway"}
        for row in rows
        if row["mode"] == "rail"
        and frozenset((row["from"], row["to"])) not in roads
        and (row["from"], row["to"]) not in NO_ROAD
    ]
    return rows + beside


def _leg(row: Row, nodes: dict[str, dict[str, Any]]) -> dict[str, Any]:
    start, end = nodes[row["from"]], nodes[row["to"]]
    km, basis, source = _length(row, start, end)
    crosses = start["territory"] != end["territory"]
    is_land = row["mode"] in {"rail", "road"}
    return row | {
        "km": f"{km:.0f}",
        "km_basis": basis,
        "country_from": start["territory"],
        "country_to": end["territory"],
        "crossing": f"{start['name']} – {end['name']}" if crosses and is_land else "",
        "source": source,
    }


def _length(row: Row, start: dict[str, Any], end: dict[str, Any]) -> tuple[float, str, str]:
    straight = great_circle_km(_at(start), _at(end))
    if row["mode"] in {"sea", "ferry"}:
        return max(_by_sea(start, end), straight), "searoute", "searoute 1.6, Apache-2.0"
    if row["km"] and row["mode"] == "road" and row["source"]:
        return float(row["km"]), "estimated", f"{row['source']}, set by hand"
    if row["km"] and row["source"]:
        return float(row["km"]), "published", row["source"]
    if row["km"]:
        return max(float(row["km"]), straight), "estimated", "length of the railway"
    times = WINDING["rail" if row["note"] == "beside the railway" else row["mode"]]
    return straight * times, "estimated", f"great circle × {times}"


def _by_sea(start: dict[str, Any], end: dict[str, Any]) -> float:
    places = [(float(node["lon"]), float(node["lat"])) for node in (start, end)]
    return float(searoute.searoute(*places, units="km").properties["length"])


def _at(node: dict[str, Any]) -> Place:
    return float(node["lat"]), float(node["lon"])


def outlines(path: Path) -> dict[str, list[Polygon]]:
    """Return the polygons of each country in Natural Earth: an outline, then its holes."""
    found: dict[str, list[Polygon]] = {}
    for feature in json.loads(path.read_bytes())["features"]:
        own, shape = feature["properties"], feature["geometry"]
        code = CODES.get(own["ADM0_A3"], own["ISO_A2"])
        many = [shape["coordinates"]] if shape["type"] == "Polygon" else shape["coordinates"]
        found.setdefault(code, []).extend(
            [[(x, y) for x, y, *_ in ring] for ring in polygon] for polygon in many
        )
    return found


def holds(shape: list[Polygon], place: Place) -> bool:
    """Tell whether a place in degrees north and east lies inside a country."""
    y, x = place
    return any(
        sum(
            (b > y) != (d > y) and x < (c - a) * (y - b) / (d - b) + a
            for ring in polygon
            for (a, b), (c, d) in pairwise(ring)
        )
        % 2
        == 1
        for polygon in shape
    )


def nearest_inside(place: Place, shape: list[Polygon]) -> Place:
    """Return the place itself, or the nearest one inside on rings of growing radius around it.

    Raises:
        SystemExit: There is none within `FARTHEST_KM`.
    """
    if holds(shape, place):
        return place
    for ring in range(int(FARTHEST_KM / STEP_KM)):
        for way in range(36):
            angle = math.radians(10 * way)
            degrees = math.degrees((ring + 1) * STEP_KM / EARTH_KM)
            lat = place[0] + degrees * math.cos(angle)
            lon = place[1] + degrees * math.sin(angle) / math.cos(math.radians(place[0]))
            # Rounded as it is written, so that what ships is what was tried.
            tried = round(lat, 4), round(lon, 4)
            if holds(shape, tried):
                return tried
    raise SystemExit(f"{place} lies outside its country by more than {FARTHEST_KM} km")


def great_circle_km(one: Place, other: Place) -> float:
    """Return the distance on the sphere between two places in degrees north and east."""
    lat, lon, lat2, lon2 = map(math.radians, (*one, *other))
    half = (
        math.sin((lat2 - lat) / 2) ** 2
        + math.cos(lat) * math.cos(lat2) * math.sin((lon2 - lon) / 2) ** 2
    )
    return 2 * EARTH_KM * math.asin(math.sqrt(half))


if __name__ == "__main__":
    main()
