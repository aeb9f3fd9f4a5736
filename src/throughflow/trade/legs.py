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

from throughflow.errors import DataError, InputError
from throughflow.model.periods import month_number, month_start
from throughflow.reference import control_lists, countries, memberships
from throughflow.trade import completeness, goods, leg_sources
from throughflow.trade.leg_sources import ANY, ARRIVED, FORWARDED, MIRRORED, SENT, WORDS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from numpy.typing import NDArray

    from throughflow.model.periods import Window
    from throughflow.trade.goods import Family
    from throughflow.trade.leg_sources import LegSource
    from throughflow.trade.request import Request
    from throughflow.warehouse import Warehouse

    FloatArray = NDArray[np.float64]
    IntArray = NDArray[np.int64]

PACKAGE = "throughflow.trade"
NOT_WHOLE = "only some of the eight-digit codes of the six-digit code are held"
NOT_ASKED = "not asked for in the data of this leg"
RECORDED_NOTHING = "recorded nothing at all"
PARTIAL = "recorded far less than usual"
OUTSIDE = "outside the months asked for"


@dataclass(frozen=True, slots=True)
class Cells:
    """Single records of a leg, one per partner of the coalition, family and month.

    Attributes:
        origin: Position of the coalition's side in `Legs.origins`, shape (n,).
        family: Position of the family, shape (n,).
        month: Position of the month, shape (n,).
        value: Amount, shape (n,).
        net_kg: Weight, kg; NaN where any record behind it lacks one, shape (n,).
        quantity: Quantity in `unit`; NaN where missing or where units differ, shape (n,).
        unit: Unit of `quantity`, shape (n,); empty where there is none.
    """

    origin: IntArray
    family: IntArray
    month: IntArray
    value: FloatArray
    net_kg: FloatArray
    quantity: FloatArray
    unit: NDArray[np.str_]


@dataclass(frozen=True, slots=True)
class Leg:
    """One leg: its source and its amounts.

    Attributes:
        source: Where it is told.
        value: Amount by family and month, shape (n_families, n_months); NaN where not told.
        refused: Months that were not recorded in full, with the reason, by month position.
        untold: Why a family is not told at all, by family position.
        cells: Records by origin; only of the legs that touch the coalition.
    """

    source: LegSource
    value: FloatArray
    refused: Mapping[int, str]
    untold: Mapping[int, str]
    cells: Cells


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
    reading = _Reading(warehouse, request, sources, joined, span)
    rows = reading.rows()
    wanted = request.reporters or tuple(sorted(_coalition(span[1])))
    recorded = set(rows[SENT].column("reporter").to_pylist()) if SENT in rows else set(wanted)
    origins = tuple(o for o in wanted if o in recorded)
    found: dict[str, Leg] = {}
    for leg, source in sources.items():
        found[leg] = reading.leg(leg, source, rows[leg], origins, chosen.families, members[leg])
        if leg == ARRIVED:
            world = reading.leg(leg, source, rows[leg], None, chosen.families, members[leg])
            found[f"{ARRIVED}:{ANY}"] = world
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


def _coalition(day: date) -> frozenset[str]:
    return memberships.members("coalition", day)


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


def codes_of(warehouse: Warehouse, source: LegSource) -> list[str]:
    """Return every code a source was asked for, listed or not, at its own level."""
    return _codes(warehouse, {source.leg: source}).get(source.leg, [])


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


@dataclass(frozen=True, slots=True)
class _Reading:
    """One reading of the warehouse; every leg is cut from it."""

    warehouse: Warehouse
    request: Request
    sources: Mapping[str, LegSource]
    members: pa.Table
    span: tuple[date, date]

    @property
    def tables(self) -> dict[str, pa.Table]:
        return {"leg_source": leg_sources.table(self.sources), "leg_member": self.members}

    @property
    def n_months(self) -> int:
        return month_number(self.span[1]) - month_number(self.span[0]) + 1

    def rows(self) -> dict[str, pa.Table]:
        """Return the records of each leg."""
        table = self.warehouse.query(
            PACKAGE,
            "leg_values",
            parameters={
                "currency": self.request.currency, "first": self.span[0], "last": self.span[1],
            },
            tables=self.tables,
        )  # fmt: skip
        unpriced = pc.sum(table.column("unpriced")).as_py() or 0
        if unpriced:
            raise InputError(
                f"{unpriced:,} values have no exchange rate to {self.request.currency}",
                where="--currency",
                remedy="Use EUR, USD or another currency of the European Central Bank's list",
            )
        return {leg: table.filter(pc.equal(table.column("leg"), leg)) for leg in self.sources}

    def leg(
        self,
        name: str,
        source: LegSource,
        rows: pa.Table,
        origins: tuple[str, ...] | None,
        families: Sequence[Family],
        members: Mapping[str, str],
    ) -> Leg:
        """Cut one leg out of the records; `origins` of None stands for all the world."""
        side = "partner" if name == ARRIVED else "reporter"
        if name == FORWARDED:
            rows = rows.filter(pc.equal(rows.column("partner"), self.request.target))
        elif name != MIRRORED:
            known = pc.unique(rows.column(side)).to_pylist()
            kept = [
                code for code in known
                if (code in origins if origins is not None else not countries.is_bloc(code))
            ]  # fmt: skip
            rows = rows.filter(pc.is_in(rows.column(side), pa.array(kept, pa.string())))
        of_origin = origins if origins and name not in {FORWARDED, MIRRORED} else ()
        cells = _cells(rows, side, of_origin, families, month_number(self.span[0]))
        value = np.zeros((len(families), self.n_months))
        np.add.at(value, (cells.family, cells.month), cells.value)
        refused = self._refused(name, source, origins)
        told, untold = self._told(name, families, members)
        for month in refused:
            told[:, month] = False
        return Leg(source, np.where(told, value, np.nan), refused, untold, cells)

    def _told(
        self, leg: str, families: Sequence[Family], members: Mapping[str, str]
    ) -> tuple[NDArray[np.bool_], dict[int, str]]:
        """Tell for which months a leg was asked for every code of each family."""
        table = self.warehouse.query(PACKAGE, "leg_coverage", tables=self.tables)
        table = table.filter(pc.equal(table.column("leg"), leg))
        by_code: dict[str, NDArray[np.bool_]] = {}
        for product, first, last in zip(
            *(table.column(c).to_pylist() for c in ("product", "first_period", "last_period")),
            strict=True,
        ):
            mask = by_code.setdefault(members[product], np.zeros(self.n_months, dtype=bool))
            _mark(mask, first, last, self.span[0])
        partial = _partial_codes(members, set(self.members.column("product").to_pylist()))
        told = np.zeros((len(families), self.n_months), dtype=bool)
        untold = {}
        for position, family in enumerate(families):
            held = [by_code.get(m) for m in family.members]
            if family.missing:
                untold[position] = goods.MISSING_MEMBERS
            elif any(m in partial for m in family.members):
                untold[position] = NOT_WHOLE
            elif any(mask is None for mask in held):
                untold[position] = NOT_ASKED
            else:
                told[position] = np.all([mask for mask in held if mask is not None], axis=0)
        return told, untold

    def _refused(
        self, leg: str, source: LegSource, origins: tuple[str, ...] | None
    ) -> dict[int, str]:
        """Find the months that a leg's reporters have not recorded in full."""
        tables = self.tables | {
            "restricted_state": pa.table(
                {"partner": list(memberships.restricted(self.request.target))}
            )
        }
        counts = self.warehouse.query(PACKAGE, "leg_months", tables=tables)
        counts = counts.filter(pc.equal(counts.column("leg"), leg))
        pairs = self.warehouse.query(PACKAGE, "leg_pairs", tables=self.tables)
        pairs = pairs.filter(pc.equal(pairs.column("leg"), leg))
        reporters = origins if source.reporter == ANY and origins else (source.reporter,)
        refused: dict[int, str] = {}
        start = month_number(self.span[0])
        if len(counts):
            for reporter, short in completeness.monthly(counts, self.span[1]).partial.items():
                if reporter in reporters:
                    for month in short:
                        at = month_number(month) - start
                        if 0 <= at < self.n_months:
                            refused[at] = f"{reporter} {PARTIAL}"
        masks: dict[str, NDArray[np.bool_]] = {}
        wanted = set(origins or ())
        for row in pairs.to_pylist():
            if leg == FORWARDED and row["partner"] != self.request.target:
                continue
            if leg == ARRIVED and wanted and row["partner"] not in wanted:
                continue
            mask = masks.setdefault(row["reporter"], np.zeros(self.n_months, dtype=bool))
            _mark(mask, row["first_period"], row["last_period"], self.span[0])
        recorded = _recorded_months(counts, self.n_months, start)
        for reporter in reporters:
            if reporter not in masks and source.reporter == ANY:
                continue  # an exporter that never sent anything there is no gap
            asked = masks.get(reporter, np.zeros(self.n_months, dtype=bool))
            silent = ~recorded.get(reporter, np.zeros(self.n_months, dtype=bool))
            for at in np.flatnonzero(~asked).tolist():
                refused.setdefault(at, f"{reporter} {OUTSIDE}")
            # Trade of a small exporter with free states may be nil; a hub that records no partner
            # at all has not reported.
            if source.reporter != ANY:
                for at in np.flatnonzero(silent).tolist():
                    refused.setdefault(at, f"{reporter} {RECORDED_NOTHING}")
        if source.reporter == ANY and recorded:
            everybody = np.any([m for r, m in recorded.items() if r in reporters], axis=0)
            for at in np.flatnonzero(~np.atleast_1d(everybody)).tolist():
                refused.setdefault(at, f"the exporters {RECORDED_NOTHING}")
        return dict(sorted(refused.items()))


def _recorded_months(counts: pa.Table, n_months: int, start: int) -> dict[str, NDArray[np.bool_]]:
    found: dict[str, NDArray[np.bool_]] = {}
    for reporter, period in zip(
        counts.column("reporter").to_pylist(), counts.column("period").to_pylist(), strict=True
    ):
        mask = found.setdefault(reporter, np.zeros(n_months, dtype=bool))
        at = month_number(period) - start
        if 0 <= at < n_months:
            mask[at] = True
    return found


def _mark(mask: NDArray[np.bool_], first: date, last: date, start: date) -> None:
    begin = max(month_number(first) - month_number(start), 0)
    end = month_number(last) - month_number(start) + 1
    if end > begin:
        mask[begin:end] = True


def _partial_codes(members: Mapping[str, str], listed: set[str]) -> set[str]:
    """Return six-digit codes of which only some eight-digit codes can be held.

    A CN code that ends in 00 is its whole HS code. For others the Combined Nomenclature is not
    held year by year, so a dataset that asks for nothing but listed codes of a heading is taken
    to lack the rest of it, and one that asks for others of the heading as well to be whole.
    """
    finer = {code: short for code, short in members.items() if len(code) > len(short)}
    open_headings = {code[:4] for code in finer if code not in listed}
    return {
        short
        for code, short in finer.items()
        if not code.endswith("00") and code[:4] not in open_headings
    }


def _cells(
    rows: pa.Table,
    side: str,
    origins: Sequence[str],
    families: Sequence[Family],
    first_month: int,
) -> Cells:
    def numbers(name: str) -> FloatArray:
        column = rows.column(name).cast(pa.float64())
        out: FloatArray = pc.fill_null(column, float("nan")).to_numpy()
        return out

    period = rows.column("period")
    month = pc.year(period).to_numpy() * 12 + pc.month(period).to_numpy() - 1 - first_month
    ids = pa.array([family.id for family in families], pa.string())
    if origins:
        origin = pc.index_in(rows.column(side), pa.array(origins, pa.string())).to_numpy()
    else:
        origin = np.full(len(rows), -1)
    weighed = rows.column("unweighed").to_numpy() == 0
    counted = (rows.column("uncounted").to_numpy() == 0) & (rows.column("units").to_numpy() == 1)
    return Cells(
        origin=origin.astype(np.int64),
        family=pc.index_in(rows.column("family"), ids).to_numpy().astype(np.int64),
        month=month.astype(np.int64),
        value=numbers("amount"),
        net_kg=np.where(weighed, numbers("net_kg"), np.nan),
        quantity=np.where(counted, numbers("quantity"), np.nan),
        unit=np.array(pc.fill_null(rows.column("unit"), "").to_pylist(), dtype=np.str_),
    )


def twin_base(window: Window, treat_from: date) -> Window:
    """Return the same calendar months of the nearest year or years before any were treated."""
    treated = month_number(window.last) - month_number(treat_from) + 1
    return window.shifted(-12 * max(1, -(-treated // 12)))


def month_of(legs: Legs, position: int) -> date:
    """Return the month of a position in the arrays."""
    return month_start(legs.first_month + position)
