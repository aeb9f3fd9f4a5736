"""Mis-declaration: an excess, at the date, in an unrestricted code next to a restricted one.

A good may be declared under a code nobody restricts. Its trace is a neighbour on the tariff page
that grows at the hub, at the date, as it grows nowhere else and never grew before. The same trace
is left by an honest shift of demand; the list says where to open a container, no more.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from throughflow.errors import InputError
from throughflow.reference import countries, memberships, nomenclature
from throughflow.trade import conformal
from throughflow.trade.decompose.leg_sources import HS6, SENT

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import date

    from numpy.typing import NDArray

    from throughflow.trade.decompose.legs import Legs
    from throughflow.warehouse import Warehouse

    FloatArray = NDArray[np.float64]
    IntArray = NDArray[np.int64]

PACKAGE = "throughflow.trade"
NOT_IN_DATA = "the data hold listed codes only: no neighbour can be seen"
NO_EXPORTS = "the coalition's exports by product are not in the data"
RECODED = "cannot tell: the code was re-classified inside the span"
NOT_WHOLE = "window or base holds months not recorded in full"
NO_BASE = "nothing was sent in the base: no growth to judge"
# A code is shown with as many listed ones next to it.
MOST_NEAR = 5
ELSEWHERE, OWN_PAST = "the same codes elsewhere", "the code's own past"


@dataclass(frozen=True, slots=True)
class Neighbour:
    """One unrestricted code next to restricted ones.

    Attributes:
        product: The code.
        label: The publisher's words.
        listed: Restricted codes of the same heading, nearest first; where it has none, those
            directly before and after.
        base: Sent to the hub in the base years, yearly mean.
        actual: Sent to the hub in the window.
        expected: Base times the growth it is compared with.
        excess: Actual minus expected; None where it cannot be told.
        low: Lower end of the 90 % interval of the excess.
        high: Upper end.
        p: Share of placebo growths at least as large.
        q: False-discovery rate among the neighbours listed.
        reason: Why it cannot be told; empty where it can.
    """

    product: str
    label: str
    listed: tuple[str, ...]
    base: float
    actual: float
    expected: float | None
    excess: float | None
    low: float | None
    high: float | None
    p: float | None
    q: float | None
    reason: str


@dataclass(frozen=True, slots=True)
class Misdeclared:
    """Neighbours of restricted codes, largest excess first.

    Attributes:
        rows: The neighbours.
        compared_with: What their growth is compared with.
        placebos: Number of placebo growths.
        reason: Why there is no list; empty where there is one.
    """

    rows: tuple[Neighbour, ...]
    compared_with: str
    placebos: int
    reason: str


@dataclass(frozen=True, slots=True)
class Judged:
    """What neighbours did beside what was expected; every array of shape (n_codes,).

    Attributes:
        base: Yearly mean of the base.
        actual: Sum of the window.
        expected: Base times growth elsewhere; NaN where nothing was sent in the base.
        low: Lower end of the expected value; NaN with too few placebos.
        high: Upper end.
        p: Share of placebos at least as large; NaN with too few.
        placebos: Number of placebo growths.
    """

    base: FloatArray
    actual: FloatArray
    expected: FloatArray
    low: FloatArray
    high: FloatArray
    p: FloatArray
    placebos: int


def judge(
    hub: FloatArray,
    elsewhere: FloatArray | None,
    *,
    window: IntArray,
    base: IntArray,
    first_treated: int,
    fold: IntArray,
) -> Judged:
    """Compare the growth of codes at the hub with their growth elsewhere, and with fake dates.

    Args:
        hub: Sent to the hub, shape (n_codes, n_months).
        elsewhere: Sent to other destinations, same shape; None compares with the base alone.
        window: Positions of the window's months, shape (n_window,).
        base: Positions of base years' months, shape (n_years, n_window).
        first_treated: Position of the first month of restrictions; fake windows end before it.
        fold: Calibration fold of each code, shape (n_codes,); a code is judged by other folds.
    """
    before, actual, expected = _expected(hub, elsewhere, window, base)
    ratio, size, folds = [], [], []
    shift = max(int(window[-1]) - first_treated + 1, 1)
    while int(base.min()) - shift >= 0:
        was, did, should = _expected(hub, elsewhere, window - shift, base - shift)
        usable = (was > 0) & (should > 0)
        ratio.append(did[usable] / should[usable])
        size.append(conformal.size_class(should[usable]))
        folds.append(fold[usable])
        shift += 1
    none: FloatArray = np.zeros(0)
    of_size = np.concatenate(size or [none.astype(np.int64)])
    calibration = conformal.Calibration(
        np.concatenate(ratio or [none]), of_size, np.full_like(of_size, REGULAR),
        np.concatenate(folds or [none.astype(np.int64)]),
        new_positive=none, new_fold=none.astype(np.int64),
        new_total=np.zeros(conformal.FOLDS, dtype=np.int64),
    )  # fmt: skip
    known = expected > 0
    judged = calibration.judge(
        np.where(known, expected, 0.0), actual, conformal.size_class(np.where(known, expected, 0)),
        np.full(len(actual), REGULAR), fold,
    )  # fmt: skip
    return Judged(before, actual, expected, judged.low, judged.high, judged.p, len(of_size))


# Sums over a coalition's exporters are one kind of unit; there are no classes of regularity.
REGULAR = 2


def _expected(
    hub: FloatArray, elsewhere: FloatArray | None, window: IntArray, base: IntArray
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return base, window and expected amounts of each code, shape (n_codes,) each."""
    before = np.mean([hub[:, months].sum(axis=1) for months in base], axis=0)
    actual: FloatArray = hub[:, window].sum(axis=1)
    growth = np.ones(len(hub))
    if elsewhere is not None:
        was = np.mean([elsewhere[:, months].sum(axis=1) for months in base], axis=0)
        did = elsewhere[:, window].sum(axis=1)
        # Growth elsewhere is shrunk to the growth of all neighbours where little is traded, by as
        # much as a median code trades.
        total = did.sum() / was.sum() if was.sum() > 0 else 1.0
        weight = float(np.median(was[was > 0])) if (was > 0).any() else 1.0
        growth = (did + weight * total) / (was + weight)
    expected = np.where(before > 0, before * growth, np.nan)
    return before, actual, expected


def of(
    warehouse: Warehouse,
    legs: Legs,
    *,
    window: IntArray,
    base: IntArray,
    first_treated: int,
    codes_asked: Sequence[str],
    listed: Iterable[str],
    span: tuple[date, date],
) -> Misdeclared:
    """List the unrestricted neighbours of a question's goods at one hub.

    Args:
        warehouse: Where the records are.
        legs: The hub's legs; the source of exports to the hub is used.
        window: Positions of the window's months.
        base: Positions of base years' months.
        first_treated: Position of the first month of restrictions.
        codes_asked: Codes that source was asked for, listed or not, at its own level.
        listed: Those of them that are restricted.
        span: First and last month of the arrays.
    """
    leg = legs.legs.get(SENT)
    if leg is None:
        return Misdeclared((), "", 0, NO_EXPORTS)
    restricted = set(listed)
    neighbours = unlisted_neighbours(codes_asked, restricted, leg.source.digits)
    if not neighbours:
        return Misdeclared((), "", 0, NOT_IN_DATA)
    others = compared_destinations(legs.hub, legs.target)
    rows = warehouse.query(
        PACKAGE,
        "neighbours",
        parameters={
            "currency": legs.currency, "dataset": leg.source.dataset,
            "nomenclature": leg.source.nomenclature, "basis": leg.source.basis,
            "first": span[0], "last": span[1],
        },
        tables={
            "neighbour": pa.table({"product": pa.array(neighbours, pa.string())}),
            "exporter": pa.table({"reporter": pa.array(legs.origins, pa.string())}),
            "destination": pa.table(
                {
                    "partner": pa.array([legs.hub, *others], pa.string()),
                    "role": pa.array(["hub", *["elsewhere"] * len(others)], pa.string()),
                }
            ),
        },
    )  # fmt: skip
    unpriced = pc.sum(rows.column("unpriced")).as_py() or 0
    if unpriced:
        raise InputError(
            f"{unpriced:,} values have no exchange rate to {legs.currency}", where="--currency"
        )
    hub, elsewhere = (_grid(rows, role, neighbours, legs) for role in ("hub", "elsewhere"))
    months = np.concatenate([window, base.ravel()])
    held = (months >= 0) & (months < legs.n_months)
    if not len(months) or not held.all() or any(m in leg.refused for m in months):
        return Misdeclared((), "", 0, NOT_WHOLE)
    found = judge(
        hub, elsewhere if elsewhere.any() else None, window=window, base=base,
        first_treated=first_treated, fold=conformal.fold_of([c[:4] for c in neighbours]),
    )  # fmt: skip
    moved = recoded(leg.source.digits, span[0].year, span[1].year)
    stable = np.array([code not in moved for code in neighbours])
    q = conformal.benjamini_hochberg(np.where(stable & (found.base > 0), found.p, np.nan))
    beside = next_to((c for c in codes_asked if len(c) == leg.source.digits), restricted)
    in_order = sorted(restricted)
    near = {code: _near(code, in_order, beside) for code in neighbours}
    made = [
        _row(legs, found, q, code, near[code], i, is_recoded=not bool(stable[i]))
        for i, code in enumerate(neighbours)
        if found.base[i] > 0 or found.actual[i] > 0
    ]
    made.sort(key=lambda r: (-(r.excess if r.excess is not None else r.actual), r.product))
    return Misdeclared(tuple(made), ELSEWHERE if elsewhere.any() else OWN_PAST, found.placebos, "")


def unlisted_neighbours(codes: Iterable[str], listed: set[str], digits: int) -> tuple[str, ...]:
    """Return codes that are not listed and share a heading with, or stand next to, a listed one."""
    level = sorted({code for code in codes if len(code) == digits} | listed)
    headings = {code[:4] for code in listed}
    beside = next_to(level, listed)
    return tuple(c for c in level if c not in listed and (c[:4] in headings or c in beside))


def next_to(codes: Iterable[str], listed: set[str]) -> dict[str, list[str]]:
    """Return the listed codes directly before and after each unlisted one that has any."""
    level = sorted({*codes, *listed})
    found: dict[str, list[str]] = {}
    for before, after in pairwise(level):
        if (before in listed) != (after in listed):
            own, other = (after, before) if before in listed else (before, after)
            found.setdefault(own, []).append(other)
    return found


def compared_destinations(hub: str, target: str) -> tuple[str, ...]:
    """Return destinations that are free of the target's sanctions in every way."""
    return tuple(
        code
        for code in countries.all_codes()
        if code != hub
        and not countries.is_bloc(code)
        and memberships.role(code, target=target) == memberships.OTHER
    )


def _grid(rows: pa.Table, role: str, neighbours: Sequence[str], legs: Legs) -> FloatArray:
    chosen = rows.filter(pc.equal(rows.column("role"), role))
    code = pc.index_in(chosen.column("product"), pa.array(neighbours, pa.string())).to_numpy()
    period = chosen.column("period")
    month = pc.year(period).to_numpy() * 12 + pc.month(period).to_numpy() - 1 - legs.first_month
    out = np.zeros((len(neighbours), legs.n_months))
    np.add.at(
        out,
        (code.astype(np.int64), month.astype(np.int64)),
        chosen.column("amount").cast(pa.float64()).to_numpy(),
    )
    return out


def recoded(digits: int, first_year: int, last_year: int) -> set[str]:
    """Return codes whose number or scope changed between the editions of two years."""
    found: set[str] = set()
    for _, old, new in nomenclature.cn_links(first_year, last_year):
        here, there = old[:digits], new[:digits]
        # Links inside one six-digit code leave it as it was.
        if digits > HS6 or here != there:
            found |= {here, there}
    return found


def _near(code: str, listed: Sequence[str], beside: Mapping[str, Sequence[str]]) -> Sequence[str]:
    """Return the listed codes of a code's heading, else those it stands next to, nearest first."""
    near = [c for c in listed if c[:4] == code[:4]] or beside.get(code, ())
    return sorted(near, key=lambda c: (abs(int(c) - int(code)), c))


def _row(
    legs: Legs,
    found: Judged,
    q: FloatArray,
    code: str,
    near: Sequence[str],
    i: int,
    *,
    is_recoded: bool,
) -> Neighbour:
    expected = None if is_recoded else _number(found.expected[i])
    reason = ""
    if is_recoded:
        reason = RECODED
    elif expected is None:
        reason = NO_BASE
    elif np.isnan(found.p[i]):
        reason = f"cannot tell: too few placebos ({found.placebos}) for an interval"
    return Neighbour(
        product=code,
        label=legs.labels.get(code, ""),
        listed=tuple(near[:MOST_NEAR]),
        base=float(found.base[i]),
        actual=float(found.actual[i]),
        expected=expected,
        excess=None if expected is None else float(found.actual[i]) - expected,
        low=None if expected is None else _number(found.actual[i] - found.high[i]),
        high=None if expected is None else _number(found.actual[i] - found.low[i]),
        p=_number(found.p[i]) if expected is not None else None,
        q=_number(q[i]),
        reason=reason,
    )


def _number(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None
