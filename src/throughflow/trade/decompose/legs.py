"""Both sides' monthly records of a hub's trade in listed goods: one array per leg, gaps kept.

A month of a family is told on a leg if the source was asked for it and the reporter recorded the
month in full; then a value that is not there is a recorded nothing. Everything else is NaN and has
its reason, and no sum is taken over it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from throughflow.errors import DataError
from throughflow.model.periods import month_number, month_start
from throughflow.reference import control_lists, countries, memberships
from throughflow.trade import goods
from throughflow.trade.decompose import leg_records, leg_sources
from throughflow.trade.decompose.leg_sources import ANY, ARRIVED, FORWARDED, SENT, WORDS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from numpy.typing import NDArray

    from throughflow.model.periods import Window
    from throughflow.trade.decompose.leg_records import Leg
    from throughflow.trade.decompose.leg_sources import LegSource
    from throughflow.trade.goods import Family
    from throughflow.trade.request import Request
    from throughflow.warehouse import Warehouse

    FloatArray = NDArray[np.float64]
    IntArray = NDArray[np.int64]

PACKAGE = "throughflow.trade"


@dataclass(frozen=True, slots=True)
class Legs:
    """Every leg of one hub that is told.

    Attributes:
        hub: The hub.
        target: The target.
        origins: Where the goods come from: the exporters, or the partners of the hub's imports.
        not_in_data: Origins asked for that the exporters' records do not hold.
        currency: ISO 4217.
        digits: Level at which the legs meet.
        families: Product families, in order of the arrays.
        labels: The publisher's words for each code.
        first_month: Number of the first month of the arrays.
        n_months: Number of months.
        legs: Legs that are told, by name; ``arrived`` from the origins, ``arrived:*`` from all.
        missing: Legs that are not told, with what is missing, in words.
        bases: What makes the partner in the hub's imports, nearest to the exports' first.
        notes: What was done to make the legs meet.
    """

    hub: str
    target: str
    origins: tuple[str, ...]
    not_in_data: tuple[str, ...]
    currency: str
    digits: int
    families: tuple[Family, ...]
    labels: Mapping[str, str]
    first_month: int
    n_months: int
    legs: Mapping[str, Leg]
    missing: Mapping[str, str]
    bases: tuple[str, ...]
    notes: tuple[str, ...]

    def value(self, leg: str) -> FloatArray:
        """Return a leg's amounts, all NaN where it is not told."""
        found = self.legs.get(leg)
        return found.value if found else np.full((len(self.families), self.n_months), np.nan)

    def positions(self, window: Window) -> IntArray:
        """Return the positions of a window's months, which may lie outside the arrays."""
        first = month_number(window.first) - self.first_month
        return np.arange(first, first + len(window), dtype=np.int64)


def listed_hs6(request: Request) -> set[str]:
    """Return the HS6 codes of a question's control list, as the list writes them."""
    named = control_lists.load(request.control_list)
    lists = named.parts or (named,)
    return {entry.code[:6] for part in lists for entry in part.entries}


def read(
    warehouse: Warehouse,
    request: Request,
    hub: str,
    span: tuple[date, date],
    *,
    basis: str | None = None,
    other_hubs: Sequence[str] = (),
) -> Legs:
    """Read every leg of one hub that is told.

    Args:
        warehouse: Where the records are.
        request: The question; its reporters are the origins, none stands for the coalition.
        hub: The hub, ISO alpha-2.
        span: First and last month to read.
        basis: What makes the partner in the hub's imports; None for the nearest to the exports'.
        other_hubs: Hubs whose exports are wanted for the substitution ratio.

    Raises:
        DataError: No leg at all is told by product and month.
        InputError: Amounts have no exchange rate, or the basis or dataset is unknown.
    """
    listed = listed_hs6(request)
    level, sources, bases = leg_sources.choose(
        warehouse, hub, request.target, listed,
        other_hubs=other_hubs, dataset=request.dataset, basis=basis,
    )  # fmt: skip
    if not any(leg in sources for leg in (SENT, ARRIVED, FORWARDED)):
        raise DataError(
            f"no leg of the trade of {countries.name(hub)} in goods of list "
            f"{request.control_list} is recorded by product and month",
            where=warehouse.name,
            remedy="Load monthly exports to the hub, or what the hub itself records, by product",
        )
    codes = _codes(warehouse, sources)
    members = {leg: {code: code[:level] for code in codes.get(leg, ())} for leg in sources}
    chosen = goods.assemble(
        control_lists.load(request.control_list),
        {short for of_leg in members.values() for short in of_leg.values()},
        digits=level, first=span[0], last=span[1],
        window=_window_numbers(request, span), treat_from=request.treat_from,
        whole_codes_only=request.whole_codes_only,
    )  # fmt: skip
    family_of = {m: i for i, family in enumerate(chosen.families) for m in family.members}
    joined = _members_table(members, family_of, chosen.families)
    records = leg_records.read(
        warehouse, sources, joined, span, target=request.target, currency=request.currency
    )
    wanted = request.reporters or tuple(sorted(memberships.members("coalition", span[1])))
    recorded = set(wanted)
    if SENT in sources:
        recorded = set(pc.unique(records.values[SENT].column("reporter")).to_pylist())
    origins = tuple(o for o in wanted if o in recorded)
    found: dict[str, Leg] = {}
    for leg in sources:
        found[leg] = records.leg(leg, origins, chosen.families, members[leg])
        if leg == ARRIVED:
            found[f"{leg}:{ANY}"] = records.leg(leg, None, chosen.families, members[leg])
    notes = _notes(level, sources, chosen.families)
    return Legs(
        hub=hub,
        target=request.target,
        origins=origins,
        not_in_data=tuple(o for o in wanted if o not in recorded),
        currency=request.currency,
        digits=level,
        families=chosen.families,
        labels=_labels(warehouse, sources),
        first_month=month_number(span[0]),
        n_months=month_number(span[1]) - month_number(span[0]) + 1,
        legs=found,
        missing={leg: words for leg, words in WORDS.items() if leg not in sources},
        bases=bases,
        notes=notes,
    )


def _window_numbers(request: Request, span: tuple[date, date]) -> tuple[int, int]:
    if request.window is None:
        return month_number(span[0]), month_number(span[1])
    return month_number(request.window.first), month_number(request.window.last)


def _codes(warehouse: Warehouse, sources: Mapping[str, LegSource]) -> dict[str, list[str]]:
    table = warehouse.query(PACKAGE, "leg_codes", tables={"leg_source": leg_sources.table(sources)})
    found: dict[str, list[str]] = {}
    for leg, product in zip(*(c.to_pylist() for c in table.columns), strict=True):
        found.setdefault(leg, []).append(product)
    return found


def listed_codes(
    warehouse: Warehouse, request: Request, source: LegSource, year: int
) -> tuple[list[str], set[str]]:
    """Return every code a source was asked for, at its own level, and the listed ones of them.

    Args:
        warehouse: Where the records are.
        request: The question.
        source: Where the leg is told.
        year: Year whose nomenclature the list is read in.
    """
    codes = _codes(warehouse, {source.leg: source}).get(source.leg, [])
    named = control_lists.load(request.control_list)
    return codes, set(goods.join(named, codes, digits=source.digits, year=year))


def _labels(warehouse: Warehouse, sources: Mapping[str, LegSource]) -> dict[str, str]:
    found: dict[str, str] = {}
    for nomenclature in sorted({source.nomenclature for source in sources.values()}):
        table = warehouse.query(PACKAGE, "labels", parameters={"nomenclature": nomenclature})
        found |= dict(zip(table.column(0).to_pylist(), table.column(1).to_pylist(), strict=True))
    return found


def _members_table(
    members: Mapping[str, Mapping[str, str]],
    family_of: Mapping[str, int],
    families: Sequence[Family],
) -> pa.Table:
    """Return leg, product at the source's own level, and family id, for listed goods only."""
    triples = [
        (leg, code, families[family_of[short]].id)
        for leg, of_leg in members.items()
        for code, short in of_leg.items()
        if short in family_of
    ]
    legs, products, ids = zip(*triples, strict=True) if triples else ((), (), ())
    return pa.table(
        {
            "leg": pa.array(legs, pa.string()),
            "product": pa.array(products, pa.string()),
            "family": pa.array(ids, pa.string()),
        }
    )


def _notes(
    level: int, sources: Mapping[str, LegSource], families: Sequence[Family]
) -> tuple[str, ...]:
    notes = []
    finer = sorted({s.dataset for s in sources.values() if s.digits > level})
    if finer:
        notes.append(
            f"legs meet at {level} digits: the eight-digit codes of {', '.join(finer)} are added "
            "up to six, where all of them are held"
        )
    datasets = sorted({s.dataset for s in sources.values()})
    if len(datasets) > 1:
        notes.append(f"each leg is told by one dataset: {', '.join(datasets)}")
    parts = sum(family.entry.is_part_of_code for family in families)
    if parts:
        notes.append(f"of {parts} of {len(families)} families only part is restricted")
    return tuple(notes)


def twin_base(window: Window, treat_from: date) -> Window:
    """Return the same calendar months of the nearest year or years before any were treated."""
    treated = month_number(window.last) - month_number(treat_from) + 1
    return window.shifted(-12 * max(1, -(-treated // 12)))


def month_of(legs: Legs, position: int) -> date:
    """Return the month of a position in the arrays."""
    return month_start(legs.first_month + position)
