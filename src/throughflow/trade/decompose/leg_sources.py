"""Which dataset tells each leg of a hub's trade, and at which product level the legs can meet.

A hub's trade in a good is told by up to five records: what the coalition says it sent to the hub,
what the hub says it received, what the hub says it sent to the target, what the target says it
received from the hub, and what the coalition sent to the target directly. They come from different
offices, in different nomenclatures; each leg has one source, and sources are never added up.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from throughflow.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import date

    from throughflow.warehouse import Warehouse

PACKAGE = "throughflow.trade"
ANY = "*"
SENT, ARRIVED, FORWARDED, MIRRORED, DIRECT = "sent", "arrived", "forwarded", "mirrored", "direct"
WORDS = {
    SENT: "exports of the coalition to the hub, as the coalition records them",
    ARRIVED: "imports of the hub, as the hub records them",
    FORWARDED: "exports of the hub to the target, as the hub records them",
    MIRRORED: "imports of the target from the hub, as the target records them",
    DIRECT: "exports of the coalition to the target, as the coalition records them",
}
# The coalition records where goods were sent, so consignment is the nearer match; see `mirror`.
BASIS_ORDER = ("consignment", "origin", "destination")
CN8, HS6 = 8, 6


@dataclass(frozen=True, slots=True)
class LegSource:
    """Where one leg is told.

    Attributes:
        leg: One of the five legs; legs to other hubs are ``sent:XX``.
        dataset: Name of the dataset.
        nomenclature: CN or HS.
        digits: Digits of the codes read, 6 or 8.
        basis: What makes the partner in it.
        flow: Direction seen from the reporter.
        reporter: Who records it, ``*`` for every exporter.
        partner: The other side, ``*`` for every one.
        measured: Its records of listed goods that carry a weight or a quantity.
    """

    leg: str
    dataset: str
    nomenclature: str
    digits: int
    basis: str
    flow: str
    reporter: str
    partner: str
    measured: int


def sides(hub: str, target: str, other_hubs: Sequence[str] = ()) -> dict[str, tuple[str, str, str]]:
    """Return flow, reporter and partner of each leg.

    The hub's legs are read with every partner: what it imports from all the world is needed too,
    and so is whether it records a good at all. A hub's ``export`` holds its re-exports already;
    the flow ``re-export`` is a part of it and is never added.
    """
    found = {
        SENT: ("export", ANY, hub),
        ARRIVED: ("import", hub, ANY),
        FORWARDED: ("export", hub, ANY),
        MIRRORED: ("import", target, hub),
        DIRECT: ("export", ANY, target),
    }
    return found | {f"{SENT}:{other}": ("export", ANY, other) for other in other_hubs}


def choose(
    warehouse: Warehouse,
    hub: str,
    target: str,
    listed: Iterable[str],
    *,
    other_hubs: Sequence[str] = (),
    dataset: str | None = None,
    basis: str | None = None,
) -> tuple[int, dict[str, LegSource], tuple[str, ...]]:
    """Choose a source for each leg that is told, and the level at which they meet.

    Args:
        warehouse: Where the records are.
        hub: The hub.
        target: The target.
        listed: Listed goods as HS6 codes; sources that record more of them come first.
        other_hubs: Hubs whose exports are wanted for the substitution ratio.
        dataset: Dataset of the coalition's exports, None for the fullest.
        basis: What makes the partner in the hub's imports, None for the nearest to the exports'.

    Returns:
        Digits of the common level (8 only where every leg is told in the CN, else 6), the source
        of each leg that is told, and the bases the hub's imports are told by, nearest first.

    Raises:
        InputError: The dataset or the basis asked for does not record the leg.
    """
    asked = sides(hub, target, other_hubs)
    rows = _series(warehouse, asked, listed)
    told: dict[str, list[dict[str, Any]]] = {leg: [] for leg in asked}
    for row in rows:
        if row["listed"]:
            told[row["leg"]].append(row)
    exports = [leg for leg in told if leg == DIRECT or leg.startswith(SENT)]
    if dataset is not None:
        known = {str(row["dataset"]) for row in told[SENT]}
        if dataset not in known:
            raise InputError.unknown("dataset", dataset, known, where="--dataset")
        for leg in exports:
            told[leg] = [row for row in told[leg] if row["dataset"] == dataset]
    bases = tuple(b for b in BASIS_ORDER if any(r["partner_basis"] == b for r in told[ARRIVED]))
    if basis is not None:
        if basis not in bases:
            raise InputError.unknown("partner basis", basis, bases, where="--basis")
        told[ARRIVED] = [row for row in told[ARRIVED] if row["partner_basis"] == basis]
    main = [told[leg] for leg in (SENT, ARRIVED, FORWARDED) if told[leg]]
    level = CN8 if main and all(_has(rows_of, CN8) for rows_of in main) else HS6
    sources: dict[str, LegSource] = {}
    for leg, candidates in told.items():
        best = _best(candidates, level)
        if best is not None:
            sources[leg] = LegSource(
                leg,
                str(best["dataset"]),
                str(best["nomenclature"]),
                int(best["digits"]),
                str(best["partner_basis"]),
                *asked[leg],
                int(best["measured"]),
            )
    _align(sources, told, asked)
    return level, sources, bases


def _align(
    sources: dict[str, LegSource],
    told: Mapping[str, list[dict[str, Any]]],
    asked: Mapping[str, tuple[str, str, str]],
) -> None:
    """Take exports to other destinations from the source of those to the hub, or not at all.

    They are set against each other, so they come from one record. Without it, what any other
    reporter sent to the target is not the coalition's direct trade.
    """
    first = sources.get(SENT)
    for leg in asked:
        if leg == DIRECT or leg.startswith(f"{SENT}:"):
            sources.pop(leg, None)
            same = next((row for row in told[leg] if first and _row_is(row, first)), None)
            if first is not None and same is not None:
                sources[leg] = LegSource(
                    leg, first.dataset, first.nomenclature, first.digits, first.basis, *asked[leg],
                    int(same["measured"]),
                )  # fmt: skip


def months_told(
    warehouse: Warehouse, hub: str, target: str, listed: Iterable[str]
) -> tuple[date | None, date | None]:
    """Return the first and last month in which any of the hub's own legs records a listed good.

    The last is the earliest of the legs' last months: later ones are told on one side only.
    """
    rows = [
        row
        for row in _series(warehouse, sides(hub, target), listed)
        if row["listed"] and row["leg"] in {SENT, ARRIVED, FORWARDED}
    ]
    if not rows:
        return None, None
    last: dict[str, date] = {}
    for row in rows:
        last[row["leg"]] = max(last.get(row["leg"], row["last_period"]), row["last_period"])
    return min(row["first_period"] for row in rows), min(last.values())


def recording(
    warehouse: Warehouse, hubs: Iterable[str], target: str, listed: Iterable[str]
) -> tuple[str, ...]:
    """Return the hubs that record exports of listed goods to the target, in order of code."""
    asked = {hub: ("export", hub, target) for hub in hubs}
    return tuple(sorted({row["leg"] for row in _series(warehouse, asked, listed) if row["listed"]}))


def _series(
    warehouse: Warehouse, asked: Mapping[str, tuple[str, str, str]], listed: Iterable[str]
) -> list[dict[str, Any]]:
    """Return which datasets record which leg, at which level."""
    found: list[dict[str, Any]] = warehouse.query(
        PACKAGE,
        "leg_series",
        tables={
            "leg_side": pa.table(
                {
                    "leg": list(asked),
                    "flow": [side[0] for side in asked.values()],
                    "reporter": [side[1] for side in asked.values()],
                    "partner": [side[2] for side in asked.values()],
                }
            ),
            "listed_product": pa.table({"product": pa.array(sorted(set(listed)), pa.string())}),
        },
    ).to_pylist()
    return found


def table(sources: Mapping[str, LegSource]) -> pa.Table:
    """Return sources as the table that the queries join."""
    found = list(sources.values())
    return pa.table(
        {
            "leg": pa.array([s.leg for s in found], pa.string()),
            "dataset": pa.array([s.dataset for s in found], pa.string()),
            "nomenclature": pa.array([s.nomenclature for s in found], pa.string()),
            "digits": pa.array([s.digits for s in found], pa.int64()),
            "basis": pa.array([s.basis for s in found], pa.string()),
            "flow": pa.array([s.flow for s in found], pa.string()),
            "reporter": pa.array([s.reporter for s in found], pa.string()),
            "partner": pa.array([s.partner for s in found], pa.string()),
        }
    )


def _has(rows: list[dict[str, Any]], digits: int) -> bool:
    return any(row["digits"] == digits and row["nomenclature"] == "CN" for row in rows)


def _best(rows: list[dict[str, Any]], level: int) -> dict[str, Any] | None:
    """Return the row with the nearest basis, the right level and most listed goods."""
    usable = [r for r in rows if level == HS6 or (r["digits"] == CN8 and r["nomenclature"] == "CN")]
    return min(
        usable,
        key=lambda r: (
            BASIS_ORDER.index(str(r["partner_basis"])),
            r["digits"] != level,
            -int(r["listed"]),
            str(r["dataset"]),
        ),
        default=None,
    )


def _row_is(row: dict[str, Any], source: LegSource) -> bool:
    return (row["dataset"], row["nomenclature"], row["digits"], row["partner_basis"]) == (
        source.dataset, source.nomenclature, source.digits, source.basis,
    )  # fmt: skip
