"""Recorded months of each leg as arrays, and what keeps a month or a family from being told."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from throughflow.errors import InputError
from throughflow.model.periods import month_number
from throughflow.reference import countries, fx, memberships
from throughflow.trade import completeness, goods
from throughflow.trade.decompose import leg_sources
from throughflow.trade.decompose.leg_sources import ANY, ARRIVED, FORWARDED, MIRRORED

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from numpy.typing import NDArray

    from throughflow.trade.decompose.leg_sources import LegSource
    from throughflow.trade.goods import Family
    from throughflow.warehouse import Warehouse

    FloatArray = NDArray[np.float64]
    IntArray = NDArray[np.int64]

PACKAGE = "throughflow.trade"
NOT_WHOLE = "only some of the eight-digit codes of the six-digit code are held"
NOT_ASKED = "not asked for in the data of this leg"
RECORDED_NOTHING = "recorded nothing at all"
PARTIAL = "recorded far less than usual"
NO_RATE = "amounts without an exchange rate"
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
class Records:
    """Everything the sources of a question's legs record; every leg is cut from it.

    Attributes:
        target: The target.
        sources: Source of each leg.
        members: Codes of each leg at its source's own level, as leg, product, family.
        span: First and last month read.
        values: Recorded amounts by leg.
        coverage: What each leg was asked for, by product.
        counts: How many cells each reporter of a leg recorded by month.
        pairs: What each leg was asked for, by pair of countries.
    """

    target: str
    sources: Mapping[str, LegSource]
    members: pa.Table
    span: tuple[date, date]
    values: Mapping[str, pa.Table]
    coverage: Mapping[str, pa.Table]
    counts: Mapping[str, pa.Table]
    pairs: Mapping[str, pa.Table]

    @property
    def n_months(self) -> int:
        """Number of months read."""
        return month_number(self.span[1]) - month_number(self.span[0]) + 1

    @property
    def start(self) -> int:
        """Number of the first month read."""
        return month_number(self.span[0])

    def leg(
        self,
        name: str,
        origins: tuple[str, ...] | None,
        families: Sequence[Family],
        short: Mapping[str, str],
    ) -> Leg:
        """Cut one leg out of the records.

        Args:
            name: The leg.
            origins: The coalition's side; None stands for all the world.
            families: Product families.
            short: Code at the common level of each code at the source's own level.
        """
        side = "partner" if name == ARRIVED else "reporter"
        rows = self.values[name]
        if name == FORWARDED:
            rows = rows.filter(pc.equal(rows.column("partner"), self.target))
        elif name != MIRRORED:
            kept = [
                code
                for code in pc.unique(rows.column(side)).to_pylist()
                if (code in origins if origins is not None else not countries.is_bloc(code))
            ]
            rows = rows.filter(pc.is_in(rows.column(side), pa.array(kept, pa.string())))
        of_origin = origins if origins and name not in {FORWARDED, MIRRORED} else ()
        cells = _cells(rows, side, of_origin, families, self.start)
        value = np.zeros((len(families), self.n_months))
        np.add.at(value, (cells.family, cells.month), cells.value)
        refused = self._refused(name, origins)
        told, untold = self._told(name, families, short)
        for month in refused:
            told[:, month] = False
        return Leg(self.sources[name], np.where(told, value, np.nan), refused, untold, cells)

    def _told(
        self, leg: str, families: Sequence[Family], short: Mapping[str, str]
    ) -> tuple[NDArray[np.bool_], dict[int, str]]:
        """Tell for which months a leg was asked for every code of each family."""
        table = self.coverage[leg]
        by_code: dict[str, NDArray[np.bool_]] = {}
        for product, first, last in zip(
            *(table.column(c).to_pylist() for c in ("product", "first_period", "last_period")),
            strict=True,
        ):
            mask = by_code.setdefault(short[product], np.zeros(self.n_months, dtype=bool))
            self._mark(mask, first, last)
        partial = _partial_codes(short, set(self.members.column("product").to_pylist()))
        told = np.zeros((len(families), self.n_months), dtype=bool)
        untold = {}
        for position, family in enumerate(families):
            held = [by_code[m] for m in family.members if m in by_code]
            if family.missing:
                untold[position] = goods.MISSING_MEMBERS
            elif partial.intersection(family.members):
                untold[position] = NOT_WHOLE
            elif len(held) < len(family.members):
                untold[position] = NOT_ASKED
            else:
                told[position] = np.all(held, axis=0)
        return told, untold

    def _refused(self, leg: str, origins: tuple[str, ...] | None) -> dict[int, str]:
        """Find the months that a leg's reporters have not recorded in full."""
        source = self.sources[leg]
        several = source.reporter == ANY
        reporters = origins if several and origins else (source.reporter,)
        refused = self._short(leg, reporters) | self._unpriced(leg)
        asked = self._asked(leg, origins)
        recorded = self._recorded(leg)
        nothing = np.zeros(self.n_months, dtype=bool)
        for reporter in reporters:
            if several and reporter not in asked:
                continue  # an exporter that never sent anything there is no gap
            for at in np.flatnonzero(~asked.get(reporter, nothing)).tolist():
                refused.setdefault(at, f"{reporter} {OUTSIDE}")
        # Trade of one small exporter may be nil in a month; that of all together, or of a hub
        # with all its partners, is nil only where nothing was reported.
        whole = np.any([nothing, *(recorded.get(r, nothing) for r in reporters)], axis=0)
        who = "the exporters" if several else source.reporter
        for at in np.flatnonzero(~whole).tolist():
            refused.setdefault(at, f"{who} {RECORDED_NOTHING}")
        return dict(sorted(refused.items()))

    def _short(self, leg: str, reporters: Sequence[str]) -> dict[int, str]:
        """Find months in which a reporter recorded far less than usual."""
        if not len(self.counts[leg]):
            return {}
        partial = completeness.monthly(self.counts[leg], self.span[1]).partial
        return {
            month_number(month) - self.start: f"{reporter} {PARTIAL}"
            for reporter, months in partial.items()
            for month in months
            if reporter in reporters and 0 <= month_number(month) - self.start < self.n_months
        }

    def _unpriced(self, leg: str) -> dict[int, str]:
        """Find months with amounts that no exchange rate converts: their sum would be a part."""
        rows = self.values[leg]
        rows = rows.filter(pc.greater(rows.column("unpriced"), 0))
        return {
            month_number(month) - self.start: NO_RATE
            for month in pc.unique(rows.column("period")).to_pylist()
        }

    def _asked(self, leg: str, origins: tuple[str, ...] | None) -> dict[str, NDArray[np.bool_]]:
        """Tell for which months each reporter of a leg was asked for a partner of it."""
        masks: dict[str, NDArray[np.bool_]] = {}
        for row in self.pairs[leg].to_pylist():
            other = row["partner"]
            if (leg == FORWARDED and other != self.target) or (
                leg == ARRIVED and origins and other not in origins
            ):
                continue
            mask = masks.setdefault(row["reporter"], np.zeros(self.n_months, dtype=bool))
            self._mark(mask, row["first_period"], row["last_period"])
        return masks

    def _recorded(self, leg: str) -> dict[str, NDArray[np.bool_]]:
        """Tell in which months each reporter of a leg recorded anything."""
        found: dict[str, NDArray[np.bool_]] = {}
        counts = self.counts[leg]
        columns = (counts.column(c).to_pylist() for c in ("reporter", "period"))
        for reporter, period in zip(*columns, strict=True):
            mask = found.setdefault(reporter, np.zeros(self.n_months, dtype=bool))
            self._mark(mask, period, period)
        return found

    def _mark(self, mask: NDArray[np.bool_], first: date, last: date) -> None:
        begin = max(month_number(first) - self.start, 0)
        end = month_number(last) - self.start + 1
        if end > begin:
            mask[begin:end] = True


def read(
    warehouse: Warehouse,
    sources: Mapping[str, LegSource],
    members: pa.Table,
    span: tuple[date, date],
    *,
    target: str,
    currency: str,
) -> Records:
    """Read what the sources of some legs record.

    Args:
        warehouse: Where the records are.
        sources: Source of each leg.
        members: Codes of each leg, as leg, product, family.
        span: First and last month to read.
        target: The target.
        currency: Currency of every amount.

    Raises:
        InputError: No exchange rate to the currency is held in any month.
    """
    if currency not in fx.currencies():
        raise InputError.unknown("currency", currency, fx.currencies(), where="--currency")
    joined = {"leg_source": leg_sources.table(sources), "leg_member": members}
    period = {"currency": currency, "first": span[0], "last": span[1]}
    values = warehouse.query(PACKAGE, "leg_values", parameters=period, tables=joined)
    restricted = pa.table({"partner": list(memberships.restricted(target))})
    counts = warehouse.query(
        PACKAGE, "leg_months", tables=joined | {"restricted_state": restricted}
    )
    return Records(
        target=target,
        sources=sources,
        members=members,
        span=span,
        values=_by_leg(values, sources),
        coverage=_by_leg(warehouse.query(PACKAGE, "leg_coverage", tables=joined), sources),
        counts=_by_leg(counts, sources),
        pairs=_by_leg(warehouse.query(PACKAGE, "leg_pairs", tables=joined), sources),
    )


def _by_leg(table: pa.Table, sources: Mapping[str, LegSource]) -> dict[str, pa.Table]:
    return {leg: table.filter(pc.equal(table.column("leg"), leg)) for leg in sources}


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
