"""Where did the excess go? Each hub's legs, put together product by product.

`of` answers for one hub: what more was sent, what of it the hub does not record as coming from the
coalition, what can have gone on to the target at most, what stayed; how much of what arrived went
on and how fast; how much of it is price; what came the long way; and which unrestricted neighbours
grew. What is not told stays untold, with its reason.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from throughflow.errors import DataError, UsageError
from throughflow.model.periods import Window, month_number, month_start
from throughflow.reference import countries, memberships
from throughflow.trade import levels, mirror
from throughflow.trade.decompose import (
    basis_gap,
    leg_sources,
    misdeclared,
    parts,
    split_rows,
    substitution,
    unit_values,
)
from throughflow.trade.decompose import legs as legs_of_trade
from throughflow.trade.decompose.decomposition import (
    MEANING,
    Decomposition,
    Expectation,
    LegTold,
    YearTotal,
)
from throughflow.trade.decompose.leg_sources import ARRIVED, DIRECT, FORWARDED, SENT, WORDS
from throughflow.trade.decompose.leg_sums import Question
from throughflow.trade.decompose.split_rows import LAGS

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from numpy.typing import NDArray

    from throughflow.trade.decompose.legs import Legs
    from throughflow.trade.decompose.misdeclared import Misdeclared
    from throughflow.trade.decompose.split_rows import Answer
    from throughflow.trade.decompose.substitution import Substitution
    from throughflow.trade.decompose.unit_values import Prices
    from throughflow.trade.request import Request
    from throughflow.trade.study import Study
    from throughflow.warehouse import Warehouse

    IntArray = NDArray[np.int64]

# The years read before the base, for mirror ratios and fake dates.
PAST_YEARS = 6


def of(
    warehouse: Warehouse,
    request: Request,
    hub: str,
    *,
    lag: int = 0,
    basis: str | None = None,
    expectation: Expectation | None = None,
) -> Decomposition:
    """Decompose the excess of one hub.

    Args:
        warehouse: Where the records are.
        request: The question. `reporters` are the origins of the goods, none stands for the
            coalition; `window` None takes the last twelve months told since `treat_from`; `base`
            None takes the same months of the nearest year before.
        hub: The hub: alpha-2, alpha-3 or a name.
        lag: Months from leaving to arriving; 0 to 3.
        basis: Answer for one basis of the hub's imports only; None for each that is told.
        expectation: Counterfactual of exports to the hub; None compares with the base.

    Raises:
        DataError: Neither records by product nor yearly totals of the hub are loaded.
        InputError: An unknown country, list, basis, dataset or currency.
        UsageError: The base is not the same calendar months of earlier years, or the lag is not
            0 to 3.
    """
    if lag not in LAGS:
        raise UsageError(f"a lag of {lag} months is not measured", where="--lag",
                         remedy="Use 0, 1, 2 or 3")  # fmt: skip
    code = countries.parse(hub, where="HUB")
    request = replace(
        request,
        target=countries.parse(request.target, where="--target"),
        reporters=tuple(countries.parse(r, where="--origin") for r in request.reporters),
    )
    window, span = _window(warehouse, request, code)
    base = request.base or legs_of_trade.twin_base(window, request.treat_from)
    _check_base(window, base)
    request = replace(request, window=window, base=base)
    others = tuple(h for h in memberships.candidate_hubs(target=request.target) if h != code)
    read = legs_of_trade.read(warehouse, request, code, span, basis=basis, other_hubs=others)
    all_reads = [read]
    if basis is None:
        all_reads += [
            legs_of_trade.read(warehouse, request, code, span, basis=other)
            for other in read.bases[1:]
        ]
    question = Question(request, window, base, lag, expectation)
    totals, totals_reason = _totals(warehouse, code, window, base, request.currency)
    answers = [split_rows.answer(question, found) for found in all_reads]
    first = answers[0]
    return Decomposition(
        hub=code,
        target=request.target,
        origins=read.origins,
        not_in_data=read.not_in_data,
        window=str(window),
        base=str(base),
        months_left_out=first.left_out_months,
        currency=request.currency,
        expected_by="base" if expectation is None else "counterfactual",
        level=read.digits,
        meaning=MEANING,
        legs=_told(read, first.window),
        missing=tuple(read.missing.values()),
        results=tuple(answer.result for answer in answers),
        substitution=tuple(_substitution(read, first, (code, *others))),
        prices_sent=_prices(read, SENT, first),
        prices_arrived=_prices(read, ARRIVED, first),
        prices_forwarded=_prices(read, FORWARDED, first),
        basis_gap=basis_gap.of(
            warehouse, code, request.reporters, request.treat_from, request.currency
        ),
        misdeclared=_misdeclared(warehouse, request, read, first, span),
        totals=totals,
        totals_reason=totals_reason,
        notes=_notes(read, expectation is not None),
    )


def _notes(read: Legs, has_expectation: bool) -> tuple[str, ...]:  # noqa: FBT001 - private
    notes = [
        *read.notes,
        (
            f"unrecorded means {MEANING}: clearance elsewhere in a customs union, transit, origin "
            "against consignment, lag and exchange rates are other explanations"
        ),
        (
            "exports to the target hold goods of every origin under the code; re-exported is the "
            "most they allow, and the proportional figure is a scenario"
        ),
    ]
    if has_expectation:
        notes.append(
            "exports to the hub are compared with the counterfactual, the hub's own records with "
            "their base years"
        )
    if SENT in read.missing or ARRIVED in read.missing:
        notes.append(
            "one side of the mirror is not told by product: only totals of all goods can be set "
            "against each other"
        )
    return tuple(notes)


def _window(warehouse: Warehouse, request: Request, hub: str) -> tuple[Window, tuple[date, date]]:
    """Return the window, and the first and last month to read."""
    listed = legs_of_trade.listed_hs6(request)
    first, last = leg_sources.months_told(warehouse, hub, request.target, listed)
    if first is None or last is None:
        raise DataError(
            f"no leg of the trade of {countries.name(hub)} in goods of list "
            f"{request.control_list} is recorded by product and month",
            where=warehouse.name,
            remedy="Load monthly exports to the hub, or what the hub itself records, by product",
        )
    window = request.window
    if window is None:
        begin = max(month_number(request.treat_from), month_number(last) - 11)
        if month_number(last) < begin:
            raise DataError(
                f"the data end in {last:%Y-%m}, before treat-from {request.treat_from:%Y-%m}",
                remedy="Load later months, or give --window and --treat-from",
            )
        window = Window(month_start(begin), last)
    base = request.base or legs_of_trade.twin_base(window, request.treat_from)
    reach = month_number(min(base.first, window.first)) - 12 * PAST_YEARS
    start = month_start(max(month_number(first), reach))
    # Some months more, for what arrives and goes on later.
    later = min(month_number(last), month_number(window.last) + 2 * max(LAGS))
    end = month_start(max(month_number(window.last), later))
    return window, (min(start, window.first), end)


def _check_base(window: Window, base: Window) -> None:
    apart = month_number(window.first) - month_number(base.first)
    if len(base) != len(window) or apart <= 0 or apart % 12:
        raise UsageError(
            f"base {base} is not the same calendar months of an earlier year as window {window}",
            where="--base",
            remedy=f"Use --base {window.shifted(-12 * max(1, -(-len(window) // 12)))}",
        )


def _told(read: Legs, window: IntArray) -> tuple[LegTold, ...]:
    found = []
    for name, words in WORDS.items():
        leg = read.legs.get(name)
        if leg is None:
            found.append(LegTold(name, words, "", "", None, (), len(read.families)))
            continue
        inside = window[(window >= 0) & (window < read.n_months)]
        untold = int(np.isnan(leg.value[:, inside]).any(axis=1).sum())
        refused = tuple(
            f"{legs_of_trade.month_of(read, at):%Y-%m}: {why}"
            for at, why in leg.refused.items()
            if at in inside
        )
        source = leg.source
        found.append(
            LegTold(name, words, source.dataset, source.basis, source.digits, refused, untold)
        )
    return tuple(found)


def _prices(read: Legs, name: str, answer: Answer) -> Prices:
    """Compare unit values on one leg, over the months and goods that the parts count."""
    leg = read.legs.get(name)
    if leg is None:
        return unit_values.nothing(f"{WORDS[name]}: not told")
    kept = answer.kept
    window, base = answer.window[kept], answer.base[:, kept]
    months = np.concatenate([window, base.ravel()])
    inside = months[(months >= 0) & (months < read.n_months)]
    told = ~np.isnan(leg.value[:, inside]).any(axis=1) & answer.counted.any(axis=1)
    if not len(months) or len(inside) < len(months) or not told.any():
        return unit_values.nothing(misdeclared.NOT_WHOLE)
    cells, origins = leg.cells, read.origins
    if name == FORWARDED:
        # What the hub sends on has one sender, whatever its origin.
        cells, origins = replace(cells, origin=np.zeros_like(cells.origin)), (read.hub,)
    return unit_values.measure(
        cells, origins=origins, families=tuple(f.id for f in read.families),
        window=window, base=base, told=np.asarray(told),
    )  # fmt: skip


def _substitution(read: Legs, answer: Answer, hubs: Sequence[str]) -> list[Substitution]:
    """Compute excess to all hubs in the data over the fall in direct exports."""
    if SENT not in read.legs or DIRECT not in read.legs:
        return []
    names = {SENT: hubs[0]} | {f"{SENT}:{h}": h for h in hubs[1:]}
    held = {leg: hub for leg, hub in names.items() if leg in read.legs}
    taken = [
        parts.sums(read.value(leg), answer.window, answer.base, answer.counted)
        for leg in (*held, DIRECT)
    ]
    return substitution.ratio(
        taken[:-1], taken[-1], answer.noise.sent,
        families=tuple(f.id for f in read.families), hubs=tuple(held.values()),
    )  # fmt: skip


def _misdeclared(
    warehouse: Warehouse,
    request: Request,
    read: Legs,
    answer: Answer,
    span: tuple[date, date],
) -> Misdeclared:
    if SENT not in read.legs:
        return misdeclared.Misdeclared((), "", 0, misdeclared.NO_EXPORTS)
    source = read.legs[SENT].source
    codes, listed = legs_of_trade.listed_codes(warehouse, request, source, span[1].year)
    return misdeclared.of(
        warehouse, read, window=answer.window[answer.kept], base=answer.base[:, answer.kept],
        first_treated=month_number(request.treat_from) - read.first_month,
        codes_asked=codes, listed=listed, span=span,
    )  # fmt: skip


def _totals(
    warehouse: Warehouse, hub: str, window: Window, base: Window, currency: str
) -> tuple[YearTotal | None, str]:
    """Return the unrecorded part of all goods by whole years, from both sides' totals."""
    try:
        both = mirror.read(warehouse, memberships.candidate_hubs(), currency)
    except DataError as error:
        return None, error.what
    if hub not in both.hubs:
        return None, f"{countries.name(hub)} publishes no yearly totals in the data"
    years = tuple(range(window.first.year, window.last.year + 1))
    bases = tuple(sorted({base.first.year, base.last.year}))
    found = mirror.unrecorded(both, [hub], years, bases)
    if found is None:
        return None, "no whole year of both sides' totals in window and base, or no growth"
    return YearTotal(
        years=found.years[hub], base=found.base, additional_exports=found.additional_exports,
        raw_share=found.raw.share, raw_low=found.raw.share_low, raw_high=found.raw.share_high,
        adjusted_share=found.adjusted.share, adjusted_low=found.adjusted.share_low,
        adjusted_high=found.adjusted.share_high,
    ), ""  # fmt: skip


def expectation(study: Study, hub: str) -> Expectation:
    """Take the counterfactual of a study for exports to one hub, family by family.

    Args:
        study: What was read for the same question.
        hub: The hub, ISO alpha-2.

    Raises:
        DataError: The study's data hold no exports to the hub.
    """
    if hub not in study.panel.partners:
        raise DataError(
            f"no exports to {hub} are in the data",
            remedy=f"Destinations in the data: {', '.join(study.panel.partners)}",
        )
    by, rung = ("product",), study.rungs[0]
    units = levels.level_of(study.real, by, rung)
    shown = np.zeros(units.is_unit.shape, dtype=bool)
    at = study.panel.partners.index(hub)
    shown[:, at] = units.is_unit[:, at]
    judged = levels.judge(study, by, rung, units, shown)
    told = units.is_unit[0, at]
    expected = np.where(told, units.expected[0, at], np.nan)
    low, high = np.full(len(told), np.nan), np.full(len(told), np.nan)
    low[told], high[told] = judged.low, judged.high
    return Expectation(study.panel.families, expected, low, high)
