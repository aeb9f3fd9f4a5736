"""Rebuild the shapes of countries that maps are drawn from.

Usage: ``THROUGHFLOW_TEST_DATA=FOLDER python scripts/build_boundaries.py``, where FOLDER holds
``routes/ne_50m_admin_0_countries.json``: Natural Earth, 1:50 million, Admin 0 - Countries, as
GeoJSON (public domain). The same input gives the same bytes.

Natural Earth draws who controls a place. The map draws the members of the United Nations in the
borders that it recognises, so some land changes hands here; each change names its ground.
"""

from __future__ import annotations

import hashlib
import json
import os
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from reference_topology import cleaned, dissolved, doubled_area, simplified
from throughflow.reference import boundaries, countries

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from reference_topology import Ring

    Place = tuple[float, float]
    Rings = list[list[Place]]

OUT = Path(__file__).resolve().parents[1] / "src" / "throughflow" / "reference" / "data"
INPUT = Path("routes") / "ne_50m_admin_0_countries.json"

NOBODY = ""
# Natural Earth's code to ours, where its ISO code is missing or not the one to use.
CODES = {
    "FRA": "FR",
    "NOR": "NO",
    "CYN": "CY",  # Security Council resolution 541 (1983): the island's north is Cyprus
    "SOL": "SO",  # a part of Somalia, no member of the United Nations
    "ALD": "FI",  # a part of Finland, whose trade statistics include it
    "ATC": "AU",
    "IOA": "AU",
    "KAS": NOBODY,  # the Siachen glacier, where no line was ever agreed
}
LEFT_OUT = {"ATA"}
# Crimea is a polygon of its own inside Natural Earth's Russia. General Assembly resolutions 68/262
# (27 March 2014) and ES-11/4 (12 October 2022): it is Ukraine, with Sevastopol.
CRIMEA = (34.1, 45.2)
# Western Sahara ends at 27°40' N; Natural Earth gives Morocco what lies west of the berm.
SAHARA_NORTH = 27.0 + 40 / 60
# Security Council resolution 497 (1981): the Golan is Syria. Natural Earth has no line there; at
# this scale two straight ones along the Jordan and the Yarmouk tell it apart.
GOLAN_WEST, GOLAN_SOUTH = 35.64, 32.69

# In squares of the grid, of about 20 square kilometres each: what is smaller goes.
CORNER = 10.0
ISLAND = 40.0
SHAPE = 30.0
# Places tried along each side of a shape for its label.
TRIED = 48


def main() -> None:
    """Write the file."""
    folder = os.environ.get("THROUGHFLOW_TEST_DATA")
    path = Path(folder or ".") / INPUT
    if not folder or not path.is_file():
        raise SystemExit(f"set THROUGHFLOW_TEST_DATA to the folder that holds {INPUT}")
    out = Path(os.environ.get("THROUGHFLOW_REFERENCE_OUT", OUT))
    raw = path.read_bytes()
    detailed = _shapes(json.loads(raw)["features"])
    shapes = simplified(detailed, CORNER)
    height = max(y for rings in shapes.values() for ring in rings for _, y in ring) + 4
    lines = ",\n".join(
        f"{json.dumps(code)}:{json.dumps(_entry(detailed[code], rings), separators=(',', ':'))}"
        for code, rings in sorted(shapes.items())
    )
    head = {
        "source": "Natural Earth, 1:50 million, changed",
        "publisher": "Natural Earth",
        "title": "Admin 0 - Countries, 1:50 million",
        "edition": "not stated in the file; attributes of version 4, population of 2017",
        "sha256": hashlib.sha256(raw).hexdigest(),
        "licence": "public domain",
        "changes": "simplified; borders as recognised by the United Nations, see "
        "scripts/build_boundaries.py",
        "projection": "Equal Earth (Šavrič, Patterson & Jenny 2018), central meridian 11 degrees "
        "east",
        "height": height,
    }
    text = json.dumps(head, ensure_ascii=False, indent=0)[:-2] + ',\n"areas":{\n' + lines + "}}\n"
    (out / boundaries.FILE).write_text(text, encoding="utf-8")
    print(f"built {boundaries.FILE}: {len(shapes)} shapes, {len(text.encode()):,} bytes")


def _shapes(features: list[dict[str, Any]]) -> dict[str, list[Ring]]:
    """Return rings by code, on the grid; a shape of small islands keeps its largest."""
    pieces: dict[str, list[Ring]] = {}
    for code, polygon in _given(features):
        pieces.setdefault(code, []).extend(_snapped(polygon))
    whole = {}
    for code, rings in pieces.items():
        joined = dissolved(rings)
        largest = max(joined, key=doubled_area)
        whole[code] = [r for r in joined if r is largest or abs(doubled_area(r)) / 2 >= ISLAND]
    return whole


def _given(features: list[dict[str, Any]]) -> Iterator[tuple[str, Rings]]:
    """Give every polygon its code, after the changes above."""
    for feature in features:
        own = feature["properties"]
        if own["ADM0_A3"] in LEFT_OUT:
            continue
        code = CODES.get(own["ADM0_A3"], own["ISO_A2"])
        if code != NOBODY:
            countries.get(code)
        shape = feature["geometry"]
        polygons = [shape["coordinates"]] if shape["type"] == "Polygon" else shape["coordinates"]
        for polygon in polygons:
            rings = [[(x, y) for x, y, *_ in ring[:-1]] for ring in polygon]
            if code == "RU" and _holds(rings, *CRIMEA):
                yield "UA", rings
            elif code == "MA":
                yield "MA", _cut(rings, lambda p: p[1] - SAHARA_NORTH)
                yield "EH", _cut(rings, lambda p: SAHARA_NORTH - p[1])
            elif code == "IL":
                east = _cut(rings, lambda p: p[0] - GOLAN_WEST)
                yield "IL", _cut(rings, lambda p: GOLAN_WEST - p[0])
                yield "IL", _cut(east, lambda p: GOLAN_SOUTH - p[1])
                yield "SY", _cut(east, lambda p: p[1] - GOLAN_SOUTH)
            else:
                yield code, rings


def _holds(rings: Rings, x: float, y: float) -> bool:
    return (
        sum(
            (b > y) != (d > y) and x < (c - a) * (y - b) / (d - b) + a
            for ring in rings
            for (a, b), (c, d) in pairwise([*ring, ring[0]])
        )
        % 2
        == 1
    )


def _cut(rings: Rings, inside: Callable[[Place], float]) -> Rings:
    """Keep what lies on one side of a straight line (Sutherland & Hodgman 1974)."""
    out = []
    for ring in rings:
        kept: list[Place] = []
        for start, end in pairwise([*ring, ring[0]]):
            here, there = inside(start), inside(end)
            if here >= 0:
                kept.append(start)
            if here * there < 0:
                part = here / (here - there)
                kept.append(
                    (start[0] + part * (end[0] - start[0]), start[1] + part * (end[1] - start[1]))
                )
        if kept:
            out.append(kept)
    return out


def _snapped(polygon: Rings) -> Iterator[Ring]:
    """Project a polygon to the grid; its outline runs one way, its holes the other."""
    for number, ring in enumerate(polygon):
        degrees = [x - boundaries.CENTRAL_MERIDIAN for x, _ in ring]
        # A ring is moved across the cut whole, so that none is torn.
        shift = 360 if sum(degrees) / len(degrees) < -180 else 0
        places = (boundaries.on_grid(x + shift, y) for x, (_, y) in zip(degrees, ring, strict=True))
        made = cleaned((round(x), round(y)) for x, y in places)
        if not made:
            if number == 0:
                x, y = boundaries.on_grid(degrees[0] + shift, ring[0][1])
                yield [(round(x), round(y)), (round(x) + 1, round(y)), (round(x), round(y) + 1)]
            continue
        outward = doubled_area(made) > 0
        yield made if outward == (number == 0) else made[::-1]


def _entry(detailed: list[Ring], rings: list[Ring]) -> dict[str, Any]:
    """Write a shape: its path if it is not too small to be drawn, and a place well inside it."""
    shown = rings if sum(map(doubled_area, rings)) / 2 >= SHAPE else []
    largest = max(shown or detailed, key=doubled_area)
    return {"at": _inside(largest), "path": "".join(map(_path, sorted(shown)))}


def _path(ring: Ring) -> str:
    start = ring.index(min(ring))
    turned = [*ring[start:], *ring[:start]]
    steps = "".join(
        f"{c - a}{'' if d - b < 0 else ' '}{d - b}{' '}" for (a, b), (c, d) in pairwise(turned)
    )
    x, y = turned[0]
    return f"M{x} {y}l{steps.strip().replace(' -', '-')}z"


def _inside(ring: Ring) -> tuple[float, float]:
    """Return the tried place that is farthest from the outline."""
    line = np.array([*ring, ring[0]], dtype=float)
    start, step = line[:-1], np.diff(line, axis=0)
    low, high = line.min(axis=0), line.max(axis=0)
    part = (np.arange(TRIED) + 0.5) / TRIED
    xs, ys = np.meshgrid(*(low[i] + part * (high[i] - low[i]) for i in (0, 1)))
    tried = np.stack([xs.ravel(), ys.ravel()], axis=1)[:, None, :]
    offset = tried - start
    along = np.clip((offset * step).sum(-1) / (step**2).sum(-1), 0, 1)
    distance = np.hypot(*np.moveaxis(offset - along[..., None] * step, -1, 0)).min(axis=1)
    y = tried[..., 1]
    crossed = (start[:, 1] > y) != (start[:, 1] + step[:, 1] > y)
    with np.errstate(divide="ignore", invalid="ignore"):
        at = start[:, 0] + step[:, 0] * (y - start[:, 1]) / step[:, 1]
    inside = (crossed & (tried[..., 0] < at)).sum(axis=1) % 2 == 1
    if not inside.any():
        return round(float(line[:-1, 0].mean()), 1), round(float(line[:-1, 1].mean()), 1)
    best = tried[np.where(inside, distance, -1).argmax(), 0]
    return round(float(best[0]), 1), round(float(best[1]), 1)


if __name__ == "__main__":
    main()
