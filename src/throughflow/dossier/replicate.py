"""Published results, beside what the same data give here.

Each published figure is a dated fact with its source; tolerances are declared with it. A row that
the loaded data cannot answer says why instead of giving a number.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from importlib import resources
from typing import TYPE_CHECKING

import pyarrow as pa

from throughflow.errors import DataError
from throughflow.model.periods import Window
from throughflow.reference import control_lists, memberships
from throughflow.trade import mirror

if TYPE_CHECKING:
    from collections.abc import Callable

    from throughflow.warehouse import Warehouse

PACKAGE = "throughflow.dossier"
WINDOW = Window.parse("2022-03:2022-11")
BASE = Window.parse("2021-03:2021-11")
NEIGHBOURS = ("AM", "BY", "GE", "KG", "KZ", "UZ")
TARGET = ("RU",)
LIST = "eu-2023-01"
MIRROR_HUBS = ("AM", "KG", "KZ", "UZ")
# All 27 members, seven partners and two windows of nine months: what a complete answer rests on.
MEMBERS = 27


# One number, or the counts of a claim that has parts.
Figure = float | tuple[int, ...]
# Ours, and what it rests on.
Answer = tuple[Figure, str]


@dataclass(frozen=True, slots=True)
class Published:
    """A published figure.

    Attributes:
        id: Short name.
        claim: What was claimed.
        value: The figure; several counts where the claim has parts.
        unit: ``pct`` or ``count``.
        tolerance: Largest difference that still counts as reproduced, in the figure's unit.
        source: Who published it.
    """

    id: str
    claim: str
    value: Figure
    unit: str
    tolerance: float
    source: str


@dataclass(frozen=True, slots=True)
class Replicated:
    """A published figure beside ours.

    Attributes:
        id: Short name.
        claim: What was claimed.
        published: The published figure.
        ours: Ours; None where the loaded data cannot give it.
        difference: Ours minus the published one; None where either is not a single number.
        tolerance: Largest difference that counts as reproduced.
        ok: Whether it is reproduced; None where it cannot be told.
        reason: Why there is no figure, or what ours rests on.
        source: Who published it.
    """

    id: str
    claim: str
    published: Figure
    ours: Figure | None
    difference: float | None
    tolerance: float
    ok: bool | None
    reason: str
    source: str


def published() -> tuple[Published, ...]:
    """Return the published figures that ship with the package."""
    path = resources.files("throughflow.reference") / "data" / "published.csv"
    with path.open(encoding="utf-8") as stream:
        return tuple(
            Published(
                id=row["id"],
                claim=row["claim"],
                value=_figure(row["value"]),
                unit=row["unit"],
                tolerance=float(row["tolerance"]),
                source=row["source"],
            )
            for row in csv.DictReader(stream)
        )


def _figure(text: str) -> Figure:
    return tuple(int(part) for part in text.split("|")) if "|" in text else float(text)


def rows(warehouse: Warehouse) -> list[Replicated]:
    """Compute every published figure from the loaded data."""
    found = []
    for claim in published():
        try:
            ours, reason = _METHODS[claim.id](warehouse)
        except DataError as error:
            found.append(_unanswered(claim, error.what))
            continue
        found.append(_compared(claim, ours, reason))
    return found


def _unanswered(claim: Published, reason: str) -> Replicated:
    return Replicated(
        claim.id, claim.claim, claim.value, None, None, claim.tolerance, None, reason, claim.source
    )


def _compared(claim: Published, ours: Figure, reason: str) -> Replicated:
    difference = None
    if isinstance(claim.value, tuple) or isinstance(ours, tuple):
        ok = ours == claim.value
    else:
        difference = round(ours - claim.value, 4)
        ok = abs(difference) <= claim.tolerance
    return Replicated(
        claim.id, claim.claim, claim.value, ours, difference, claim.tolerance, ok, reason,
        claim.source,
    )  # fmt: skip


def _without_fuels(partners: tuple[str, ...]) -> Callable[[Warehouse], Answer]:
    def change(warehouse: Warehouse) -> Answer:
        codes = pa.table({"product": ["TOTAL", "27"], "sign": [1, -1]})
        return _change(warehouse, partners, codes)

    return change


def _listed(partners: tuple[str, ...]) -> Callable[[Warehouse], Answer]:
    def change(warehouse: Warehouse) -> Answer:
        codes = [entry.code for entry in control_lists.load(LIST).entries]
        table = pa.table({"product": codes, "sign": pa.array([1] * len(codes), pa.int32())})
        return _change(warehouse, partners, table)

    return change


def _change(warehouse: Warehouse, partners: tuple[str, ...], codes: pa.Table) -> Answer:
    """Return the change between the windows, if every pair was asked for in every code."""
    tables = {
        "claimed_product": codes,
        "claimed_partner": pa.table({"partner": list(partners)}),
        "eu_member": pa.table({"reporter": sorted(memberships.members("EU27", WINDOW.last))}),
    }
    windows = {
        "base_first": BASE.first,
        "base_last": BASE.last,
        "first": WINDOW.first,
        "last": WINDOW.last,
    }
    held = warehouse.query(
        PACKAGE, "replicate_coverage",
        parameters={"base_first": BASE.first, "last": WINDOW.last},
        tables=tables,
    ).to_pylist()  # fmt: skip
    wanted = len(codes) * len(partners) * MEMBERS
    complete = [row for row in held if row["cells"] >= wanted]
    if not complete:
        best = max((row["cells"] for row in held), default=0)
        raise DataError(
            f"only {best:,} of the {wanted:,} exporter × partner × code cells behind this figure "
            "are loaded"
        )
    sums = warehouse.query(
        PACKAGE, "replicate_change",
        parameters=windows | {"dataset": complete[0]["dataset"]},
        tables=tables,
    ).to_pylist()[0]  # fmt: skip
    change = (float(sums["after"]) / float(sums["before"]) - 1) * 100
    return round(change, 4), f"{complete[0]['dataset']}, {wanted:,} cells"


def _annual(partner: str) -> Callable[[Warehouse], Answer]:
    def change(warehouse: Warehouse) -> Answer:
        sent = mirror.read(warehouse, (), "EUR").yearly_exports.get(partner, {})
        if 2021 not in sent or 2022 not in sent:
            raise DataError(f"yearly totals of EU27 exports to {partner} are not loaded")
        change = (sent[2022] / sent[2021] - 1) * 100
        return round(change, 4), "Easy Comext yearly totals, reporter EU27"

    return change


def _sanctioned_codes(_warehouse: Warehouse) -> Answer:
    control_list = control_lists.load("eu-hs6")
    return float(len(control_list.entries)), f"of {control_list.considered:,} HS6 codes examined"


def _category_split(_warehouse: Warehouse) -> Answer:
    counts = control_lists.category_counts("eu-hs6")
    ours = tuple(counts[name] for name in ("dual", "industrial", "luxury"))
    return ours, (
        "dual: dual use, military and technological, or firearms; industrial: whatever else is "
        "not luxury alone (industrial capacity, aviation, oil); luxury: luxury and nothing else"
    )


def _unrecorded(hubs: tuple[str, ...], *, converted: bool = False) -> Callable[[Warehouse], Answer]:
    def share(warehouse: Warehouse) -> Answer:
        both = mirror.read(warehouse, MIRROR_HUBS, "EUR", converted=converted)
        found = mirror.unrecorded(both, hubs, (2022, 2023), (2021,))
        if found is None or set(found.hubs) != set(hubs):
            raise DataError("the hubs' own totals are not loaded")
        source = "a third party's conversion" if converted else "official files at ECB rates"
        low, high = found.raw.share_low * 100, found.raw.share_high * 100
        return round(found.raw.share * 100, 4), (
            f"raw, base 2021, {source}; 90 % interval {low:.0f} to {high:.0f}; "
            f"ratio-adjusted {found.adjusted.share * 100:.0f}; years {_years(found.years)}"
        )

    return share


def _years(years: dict[str, tuple[int, ...]]) -> str:
    return ", ".join(f"{hub} {'+'.join(map(str, found))}" for hub, found in years.items())


_METHODS: dict[str, Callable[[Warehouse], Answer]] = {
    "rui1": _without_fuels(TARGET),
    "rui2": _without_fuels(NEIGHBOURS),
    "rui3": _listed(TARGET),
    "rui4": _listed(NEIGHBOURS),
    "mary1": _annual("KG"),
    "mary2": _annual("AM"),
    "mary3": _annual("KZ"),
    "mary4": _annual("UZ"),
    "aea1": _sanctioned_codes,
    "aea2": _category_split,
    "cepr1": _unrecorded(("AM", "KG", "KZ")),
    "ghost-pooled": _unrecorded(("AM", "KG", "KZ")),
    "ghost-pooled-converted": _unrecorded(("AM", "KG", "KZ"), converted=True),
    "ghost-kg": _unrecorded(("KG",)),
    "ghost-kz": _unrecorded(("KZ",)),
    "ghost-am": _unrecorded(("AM",)),
    "ghost-uz": _unrecorded(("UZ",)),
}
