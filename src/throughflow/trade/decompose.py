"""Where did the excess go? Each hub's legs, put together product by product.

`of` answers for one hub: what more was sent, what of it the hub does not record as coming from the
coalition, what can have gone on to the target at most, what stayed; how much of what arrived went
on and how fast; how much of it is price; what came the long way; and which unrestricted neighbours
grew. What is not told stays untold, with its reason.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from throughflow.errors import DataError, UsageError
from throughflow.model.periods import Window, month_number, month_start
from throughflow.reference import control_lists, countries, memberships
from throughflow.trade import (
    basis_gap,
    goods,
    leg_sources,
    leg_spread,
    misdeclared,
    mirror,
    parts,
    pass_through,
    substitution,
    unit_values,
)
from throughflow.trade import legs as legs_of_trade
from throughflow.trade.leg_sources import ANY, ARRIVED, DIRECT, FORWARDED, MIRRORED, SENT, WORDS

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from numpy.typing import NDArray

    from throughflow.trade.basis_gap import BasisGap
    from throughflow.trade.leg_spread import Drawn
    from throughflow.trade.legs import Legs
    from throughflow.trade.misdeclared import Misdeclared
    from throughflow.trade.parts import Parts, Ratios, Sums
    from throughflow.trade.pass_through import PassThrough
    from throughflow.trade.request import Request
    from throughflow.trade.substitution import Substitution
    from throughflow.trade.unit_values import Prices
    from throughflow.warehouse import Warehouse

    FloatArray = NDArray[np.float64]
    IntArray = NDArray[np.int64]
    BoolArray = NDArray[np.bool_]

PACKAGE = "throughflow.trade"
LAGS = (0, 1, 2, 3)
MEANING = "not recorded by the hub as coming from the coalition"
NO_EXCESS = "exports to the hub did not grow: there is no excess to divide"
NO_RECORDS = "the hub's own records by product and month are not in the data"
# The years read before the base, for mirror ratios and fake dates.
PAST_YEARS = 6


@dataclass(frozen=True, slots=True)
class Estimate:
    """A value with its 90 % interval, and both as shares of the excess sent.

    Attributes:
        value: The value; None where a leg is not told.
        low: Lower end; None where placebos are too few.
        high: Upper end.
        share: Value over the excess sent; None where there is no excess.
        share_low: Lower end of the share.
        share_high: Upper end.
    """

    value: float | None
    low: float | None
    high: float | None
    share: float | None
    share_low: float | None
    share_high: float | None


@dataclass(frozen=True, slots=True)
class Split:
    """Where an excess went, in one form; the first, third and fifth part add up to the excess.

    Attributes:
        unrecorded: Not recorded by the hub as coming from the coalition.
        arrived: Recorded as arrived, beyond the base.
        reexported_most: The most the recorded, same-code data allow to have gone on.
        reexported_proportional: Scenario: exports to the target drawn from all origins alike.
        absorbed_least: Arrived and not gone on, if all that could did.
        absorbed_most: The same, if nothing did.
    """

    unrecorded: Estimate
    arrived: Estimate
    reexported_most: Estimate
    reexported_proportional: Estimate
    absorbed_least: Estimate
    absorbed_most: Estimate


@dataclass(frozen=True, slots=True)
class FamilySplit:
    """One product family, or ``*`` for all that are told on every leg.

    Attributes:
        family: Product family.
        products: Its codes.
        label: The publisher's words.
        sent: Exports to the hub in the window.
        excess_sent: Beyond what was expected.
        arrived: The hub's imports from the coalition in the window, as it records them.
        forwarded: The hub's exports to the target in the window, as it records them.
        excess_forwarded: Beyond the base.
        forwarded_mirror: The same flow as the target records it; None where not told.
        raw: Parts by plain differences.
        adjusted: Parts with the hub's records scaled by their usual ratio.
        base_ratio: That ratio.
        ratio_level: What it was taken over: ``family``, ``heading`` or ``hub``.
        pass_through: How much of what more arrived went on.
        families: Families behind the row.
        reason: Why something cannot be told; empty where all can.
    """

    family: str
    products: tuple[str, ...]
    label: str
    sent: float | None
    excess_sent: Estimate
    arrived: float | None
    forwarded: float | None
    excess_forwarded: float | None
    forwarded_mirror: float | None
    raw: Split
    adjusted: Split
    base_ratio: float | None
    ratio_level: str
    pass_through: PassThrough
    families: int
    reason: str


@dataclass(frozen=True, slots=True)
class LagShare:
    """The total's unrecorded share with the hub's records some months after the exports.

    Attributes:
        lag: Months from leaving to arriving.
        raw: Share by plain differences; None where months are not told.
        adjusted: Share scaled by the usual ratio.
    """

    lag: int
    raw: float | None
    adjusted: float | None


@dataclass(frozen=True, slots=True)
class LegTold:
    """Which record tells a leg.

    Attributes:
        leg: Name.
        meaning: What it is, in words.
        dataset: Dataset; empty where it is not told.
        basis: What makes the partner in it.
        digits: Digits of its codes; None where it is not told.
        refused: Months not recorded in full, with the reason.
        untold: Families not told on this leg in the window.
    """

    leg: str
    meaning: str
    dataset: str
    basis: str
    digits: int | None
    refused: tuple[str, ...]
    untold: int


@dataclass(frozen=True, slots=True)
class BasisResult:
    """The decomposition with the hub's imports by one basis; bases are never added.

    Attributes:
        basis: ``consignment`` or ``origin``; empty where the hub's imports are not told.
        total: All families that are told on every leg that is told at all.
        rows: Each family, largest excess first.
        lags: The total's unrecorded share at each lag.
        left_out: Amount sent in the window in families that cannot be told.
        noise: What the intervals rest on, in words.
    """

    basis: str
    total: FamilySplit
    rows: tuple[FamilySplit, ...]
    lags: tuple[LagShare, ...]
    left_out: float | None
    noise: str


@dataclass(frozen=True, slots=True)
class YearTotal:
    """The unrecorded part over all goods, from yearly totals; see docs/methods/unrecorded.md.

    Attributes:
        years: Years taken together.
        base: Base years.
        additional_exports: Exports above the base.
        raw_share: Unrecorded share by plain differences.
        raw_low: Lower end of its 90 % interval.
        raw_high: Upper end.
        adjusted_share: Unrecorded share, ratio-adjusted.
        adjusted_low: Lower end of its 90 % interval.
        adjusted_high: Upper end.
    """

    years: tuple[int, ...]
    base: tuple[int, ...]
    additional_exports: float
    raw_share: float
    raw_low: float
    raw_high: float
    adjusted_share: float
    adjusted_low: float
    adjusted_high: float


@dataclass(frozen=True, slots=True)
class Decomposition:
    """Where the excess of one hub went.

    Attributes:
        hub: The hub.
        target: The target.
        origins: Where the goods come from.
        not_in_data: Origins asked for that the exporters' records do not hold.
        window: Months asked about.
        base: Same calendar months before.
        months_left_out: Months of the window left out with their twins, with the reason.
        currency: ISO 4217.
        expected_by: What the expectation is: ``base`` or ``counterfactual``.
        level: Digits at which the legs meet; None where no leg is told by product.
        meaning: What *unrecorded* means.
        legs: Which record tells each leg.
        missing: Legs that are not told, in words.
        results: One per basis of the hub's imports, the nearest to the exports' first.
        substitution: Excess to hubs over the fall in direct exports, the total first.
        prices_sent: Price and volume of what was sent.
        prices_arrived: Price and volume of what arrived.
        basis_gap: Origin against consignment, all goods, by year.
        misdeclared: Unrestricted neighbours that grew at the date.
        totals: All goods by year, from both sides' totals; None where they are not loaded.
        totals_reason: Why there are no totals; empty where there are.
        notes: What was done to make the legs meet, and what the figures are not.
    """

    hub: str
    target: str
    origins: tuple[str, ...]
    not_in_data: tuple[str, ...]
    window: Window
    base: Window
    months_left_out: tuple[str, ...]
    currency: str
    expected_by: str
    level: int | None
    meaning: str
    legs: tuple[LegTold, ...]
    missing: tuple[str, ...]
    results: tuple[BasisResult, ...]
    substitution: tuple[Substitution, ...]
    prices_sent: Prices
    prices_arrived: Prices
    basis_gap: BasisGap
    misdeclared: Misdeclared
    totals: YearTotal | None
    totals_reason: str
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Expectation:
    """A counterfactual of exports to the hub, to be used in place of the base years.

    Attributes:
        families: Product families, as ids.
        expected: Expected exports over the window, shape (n_families,).
        low: Lower end of its 90 % interval, shape (n_families,); NaN where there is none.
        high: Upper end, shape (n_families,); NaN where there is none.
    """

    families: tuple[str, ...]
    expected: FloatArray
    low: FloatArray
    high: FloatArray


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
    question = _Question(request, window, base, lag, expectation)
    totals, totals_reason = _totals(warehouse, code, window, base, request.currency)
    answers = [_answer(question, found) for found in all_reads]
    first = answers[0]
    return Decomposition(
        hub=code,
        target=request.target,
        origins=read.origins,
        not_in_data=read.not_in_data,
        window=window,
        base=base,
        months_left_out=first.left_out_months,
        currency=request.currency,
        expected_by="base" if expectation is None else "counterfactual",
        level=read.digits,
        meaning=MEANING,
        legs=_told(read, first.window),
        missing=tuple(read.missing.values()),
        results=tuple(answer.result for answer in answers),
        substitution=tuple(_substitution(question, read, first, (code, *others))),
        prices_sent=_prices(read, SENT, first),
        prices_arrived=_prices(read, ARRIVED, first),
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
        f"unrecorded means {MEANING}: clearance elsewhere in a customs union, transit, origin "
        "against consignment, lag and exchange rates are other explanations",
        "exports to the target hold goods of every origin under the code; re-exported is the most "
        "they allow, and the proportional figure is a scenario",
    ]
    if has_expectation:
        notes.append("exports to the hub are compared with the counterfactual, the hub's own "
                     "records with their base years")  # fmt: skip
    if SENT in read.missing or ARRIVED in read.missing:
        notes.append(
            "one side of the mirror is not told by product: only totals of all goods can be set "
            "against each other"
        )
    return tuple(notes)


@dataclass(frozen=True, slots=True)
class _Question:
    request: Request
    window: Window
    base: Window
    lag: int
    expectation: Expectation | None


@dataclass(frozen=True, slots=True)
class _Answer:
    """What one basis says, with the arrays the other results need."""

    result: BasisResult
    left_out_months: tuple[str, ...]
    window: IntArray
    base: IntArray
    counted: BoolArray
    past_until: IntArray
    noise: leg_spread.LegNoise


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
    end = month_start(max(month_number(window.last), min(month_number(last),
                                                         month_number(window.last) + 6)))  # fmt: skip
    return window, (min(start, window.first), end)


def _check_base(window: Window, base: Window) -> None:
    apart = month_number(window.first) - month_number(base.first)
    if len(base) != len(window) or apart <= 0 or apart % 12:
        raise UsageError(
            f"base {base} is not the same calendar months of an earlier year as window {window}",
            where="--base",
            remedy=f"Use --base {window.shifted(-12 * max(1, -(-len(window) // 12)))}",
        )


def _answer(question: _Question, read: Legs) -> _Answer:
    window = read.positions(question.window)
    base = read.positions(question.base)[None, :]
    sent, arrived = read.value(SENT), read.value(ARRIVED)
    world, forwarded = read.value(f"{ARRIVED}:{ANY}"), read.value(FORWARDED)
    kept, left_out = _whole_months(read, window, base, question.lag)
    starts = np.array([f.first_treated for f in read.families]) - read.first_month
    counted = kept[None, :] & (window[None, :] >= starts[:, None])
    past_until = np.array([f.mask_from for f in read.families]) - read.first_month
    past = np.arange(read.n_months)[None, :] < past_until[:, None]
    headings = sorted({f.heading for f in read.families})
    heading = np.array([headings.index(f.heading) for f in read.families], dtype=np.int64)
    ratios = parts.mirror_ratios(sent, _earlier(arrived, question.lag), heading, past)
    take = _Taker(window, base, counted, question.lag)
    legs = _Three(take(sent, 0), take(arrived, 1), take(forwarded, 1), take(world, 1))
    counterfactual = None
    if question.expectation is not None:
        legs, counterfactual = _with_expectation(legs, question.expectation, read)
    noise = leg_spread.measure(
        sent, arrived, forwarded, window=window, base=base, counted=counted,
        ratio=ratios.value, past_until=past_until, lag=question.lag,
    )  # fmt: skip
    drawn = leg_spread.draw(
        legs.sent, legs.arrived, legs.forwarded, ratio=ratios.value,
        origin_share=legs.origin_share, spread=noise, counterfactual=counterfactual,
    )  # fmt: skip
    builder = _Builder(read, legs, ratios, drawn, take, question, counted)
    told = builder.told()
    rows = [builder.row(i) for i in range(len(read.families)) if builder.is_shown(i)]
    rows.sort(key=lambda r: (-(r.excess_sent.value or 0.0), -(r.arrived or 0.0), r.family))
    untold = ~told & ~np.isnan(legs.sent.window)
    result = BasisResult(
        basis=read.legs[ARRIVED].source.basis if ARRIVED in read.legs else "",
        total=builder.total(told),
        rows=tuple(rows),
        lags=tuple(_lag_share(read, question, n, heading, past) for n in LAGS),
        left_out=float(legs.sent.window[untold].sum()) if SENT in read.legs else None,
        noise=_noise_words(noise, drawn),
    )
    return _Answer(result, left_out, window, base, counted, past_until, noise)


def _noise_words(noise: leg_spread.LegNoise, drawn: Drawn) -> str:
    if drawn.raw is None:
        return drawn.reason
    found = (
        f"90 % intervals by Monte Carlo, {leg_spread.DRAWS} draws with seed {leg_spread.SEED}, from "
        f"{len(noise.ratio.change)} placebo changes of the mirror ratio and "
        f"{len(noise.sent.change)} of exports at {noise.dates} fake dates"
    )
    return f"{found}; {drawn.reason}" if drawn.reason else found


def _earlier(value: FloatArray, lag: int) -> FloatArray:
    """Move a leg `lag` months back, so that it stands beside the leg it follows."""
    if not lag:
        return value
    out = np.full_like(value, np.nan)
    out[:, :-lag] = value[:, lag:]
    return out


def _whole_months(
    read: Legs, window: IntArray, base: IntArray, lag: int
) -> tuple[BoolArray, tuple[str, ...]]:
    """Leave out months that a leg has not recorded in full, and their twins in the base."""
    kept = np.ones(len(window), dtype=bool)
    why: dict[int, str] = {}
    for name, leg in read.legs.items():
        if name not in {SENT, ARRIVED, FORWARDED}:
            continue
        ahead = 0 if name == SENT else lag
        for i, month in enumerate(window):
            for at in (month + ahead, *(base[:, i] + ahead)):
                # A base that the data do not reach at all is another matter than a gap in it.
                if 0 <= at < read.n_months and int(at) in leg.refused:
                    outside = leg.refused[int(at)].endswith(legs_of_trade.OUTSIDE)
                    if outside and int(at) != month + ahead:
                        continue
                    kept[i] = False
                    when = f"{legs_of_trade.month_of(read, int(at)):%Y-%m}"
                    why.setdefault(int(at), f"{when}: {leg.refused[int(at)]} ({name})")
    return kept, tuple(why[at] for at in sorted(why))


@dataclass(frozen=True, slots=True)
class _Taker:
    window: IntArray
    base: IntArray
    counted: BoolArray
    lag: int

    def __call__(self, value: FloatArray, lags: int) -> Sums:
        return parts.sums(value, self.window, self.base, self.counted, lag=self.lag * lags)


@dataclass(frozen=True, slots=True)
class _Three:
    sent: Sums
    arrived: Sums
    forwarded: Sums
    world: Sums

    @property
    def origin_share(self) -> FloatArray:
        whole = self.world.window
        share = np.divide(self.arrived.window, whole, out=np.zeros_like(whole), where=whole > 0)
        return np.clip(share, 0.0, 1.0)


def _with_expectation(
    legs: _Three, expectation: Expectation, read: Legs
) -> tuple[_Three, tuple[FloatArray, FloatArray]]:
    """Put the counterfactual in the place of the base, family by family."""
    at = {name: i for i, name in enumerate(expectation.families)}
    order = [at.get(family.id, -1) for family in read.families]
    known = np.array([i >= 0 for i in order])
    picked = np.array([max(i, 0) for i in order])

    def column(values: FloatArray) -> FloatArray:
        return np.where(known, np.asarray(values, dtype=float)[picked], np.nan)

    sent = parts.Sums(legs.sent.window, column(expectation.expected))
    ends = column(expectation.low), column(expectation.high)
    return replace(legs, sent=sent), ends


@dataclass(frozen=True, slots=True)
class _Builder:
    """Makes rows of the arrays of one basis."""

    read: Legs
    legs: _Three
    ratios: Ratios
    drawn: Drawn
    take: _Taker
    question: _Question
    counted: BoolArray

    def told(self) -> BoolArray:
        """Tell which families are told on every leg that is told at all."""
        told = self.counted.any(axis=1)
        if SENT in self.read.legs:
            told &= ~np.isnan(self.legs.sent.window) & ~np.isnan(self.legs.sent.base)
        for name, leg in ((ARRIVED, self.legs.arrived), (FORWARDED, self.legs.forwarded)):
            if name in self.read.legs:
                told &= ~np.isnan(leg.window)
                if SENT in self.read.legs:
                    told &= ~np.isnan(leg.base)
        return told

    def is_shown(self, i: int) -> bool:
        """Tell whether a family traded at all, on any leg."""
        legs = (self.legs.sent, self.legs.arrived, self.legs.forwarded)
        return any(float(np.nan_to_num(s.window[i]) + np.nan_to_num(s.base[i])) > 0 for s in legs)

    def total(self, told: BoolArray) -> FamilySplit:
        raw, adjusted = self.parts()
        reason = "" if told.any() else self.why(told)
        return FamilySplit(
            family="*",
            products=(),
            label="all families that can be told",
            sent=_sum(self.legs.sent.window, told),
            excess_sent=self.excess(raw, self.drawn.raw, told),
            arrived=_sum(self.legs.arrived.window, told),
            forwarded=_sum(self.legs.forwarded.window, told),
            excess_forwarded=_sum(self.legs.forwarded.window - self.legs.forwarded.base, told),
            forwarded_mirror=self.mirrored(told),
            raw=_split(raw.total(told), _total(self.drawn.raw, told), told.any()),
            adjusted=_split(adjusted.total(told), _total(self.drawn.adjusted, told), told.any()),
            base_ratio=None,
            ratio_level="",
            pass_through=self.passed(told),
            families=int(told.sum()),
            reason=reason or self.lacking(raw.total(told)),
        )

    def why(self, told: BoolArray) -> str:
        """Say why no family is told."""
        if not len(told):
            return "no good of the list is in the data"
        reasons = [self.family_reason(i) for i in range(len(told))]
        return max(set(reasons), key=reasons.count)

    def row(self, i: int) -> FamilySplit:
        family = self.read.families[i]
        raw, adjusted = self.parts()
        one = np.zeros(len(self.read.families), dtype=bool)
        one[i] = True
        ratio = float(self.ratios.value[i])
        return FamilySplit(
            family=family.id,
            products=family.members,
            label=next((self.read.labels[m] for m in family.members if m in self.read.labels), ""),
            sent=_number(self.legs.sent.window[i]),
            excess_sent=self.excess(raw, self.drawn.raw, one),
            arrived=_number(self.legs.arrived.window[i]),
            forwarded=_number(self.legs.forwarded.window[i]),
            excess_forwarded=_number(self.legs.forwarded.window[i] - self.legs.forwarded.base[i]),
            forwarded_mirror=self.mirrored(one),
            raw=_split(raw.total(one), _total(self.drawn.raw, one), is_told=True),
            adjusted=_split(adjusted.total(one), _total(self.drawn.adjusted, one), is_told=True),
            base_ratio=_number(ratio),
            ratio_level=self.ratios.level[i],
            pass_through=self.passed(one),
            families=1,
            reason=self.family_reason(i) or self.lacking(raw.total(one)),
        )

    def parts(self) -> tuple[Parts, Parts]:
        legs = self.legs
        return (
            parts.raw(legs.sent, legs.arrived, legs.forwarded, legs.origin_share),
            parts.adjusted(
                legs.sent, legs.arrived, legs.forwarded, self.ratios.value, legs.origin_share
            ),
        )

    def excess(self, raw: Parts, drawn: Parts | None, chosen: BoolArray) -> Estimate:
        value = float(raw.excess_sent[chosen].sum()) if chosen.any() else float("nan")
        low = high = np.array(np.nan)
        if drawn is not None and chosen.any():
            low, high = leg_spread.interval(drawn.excess_sent[:, chosen].sum(axis=1))
        return Estimate(_number(value), _number(float(low)), _number(float(high)), None, None, None)

    def lacking(self, total: Parts) -> str:
        if SENT not in self.read.legs:
            return WORDS[SENT] + ": not in the data"
        if ARRIVED not in self.read.legs:
            return NO_RECORDS
        if float(total.excess_sent) <= 0:
            return NO_EXCESS
        return self.drawn.reason

    def family_reason(self, i: int) -> str:
        """Say why a family cannot be told, leg by leg."""
        if self.read.families[i].reason in {goods.NOT_YET_RESTRICTED, goods.PART_OF_CODE}:
            return self.read.families[i].reason
        if not self.counted[i].any():
            return "no month of the window is recorded in full on every leg"
        reasons = []
        for name, leg in (
            (SENT, self.legs.sent), (ARRIVED, self.legs.arrived), (FORWARDED, self.legs.forwarded),
        ):  # fmt: skip
            if name not in self.read.legs:
                continue
            why = self.read.legs[name].untold.get(i)
            if why:
                reasons.append(f"{name}: {why}")
            elif np.isnan(leg.window[i]):
                reasons.append(f"{name}: {legs_of_trade.NOT_ASKED}, in some months of the window")
            elif np.isnan(leg.base[i]):
                reasons.append(f"{name}: {legs_of_trade.NOT_ASKED}, in some months of the base")
        return f"cannot tell: {'; '.join(reasons)}" if reasons else ""

    def mirrored(self, chosen: BoolArray) -> float | None:
        if MIRRORED not in self.read.legs:
            return None
        return _sum(self.take(self.read.value(MIRRORED), 1).window, chosen)

    def passed(self, chosen: BoolArray) -> PassThrough:
        """Measure pass-through of some families together, month by month."""
        years = (self.question.window.first.year - self.question.base.first.year,)
        whole = self.read.value(f"{ARRIVED}:{ANY}") if not self.read.origins else None
        arrived = self.read.value(ARRIVED) if whole is None else whole
        # Families that start to count later are compared from the window's first month on all the
        # same: a month before the date is part of both legs.
        came = _monthly(arrived, chosen)
        went = _monthly(self.read.value(FORWARDED), chosen)
        first = int(self.take.window[0])
        length = len(self.take.window)
        return pass_through.measure(
            came, went,
            pass_through.base_profile(came, first, length, years),
            pass_through.base_profile(went, first, length, years),
            first=first, length=length,
        )  # fmt: skip


def _monthly(value: FloatArray, chosen: BoolArray) -> FloatArray:
    if not chosen.any():
        return np.full(value.shape[1], np.nan)
    return value[chosen].sum(axis=0)


def _sum(value: FloatArray, chosen: BoolArray) -> float | None:
    return _number(float(value[chosen].sum())) if chosen.any() else None


def _total(drawn: Parts | None, chosen: BoolArray) -> Parts | None:
    return None if drawn is None or not chosen.any() else drawn.total(chosen)


def _split(total: Parts, drawn: Parts | None, is_told: bool) -> Split:  # noqa: FBT001 - private
    return Split(
        **{
            name: _estimate(getattr(total, name), total.excess_sent, drawn, name, is_told=is_told)
            for name in Split.__slots__
        }
    )


def _estimate(
    value: FloatArray, whole: FloatArray, drawn: Parts | None, name: str, *, is_told: bool
) -> Estimate:
    if not is_told:
        return Estimate(None, None, None, None, None, None)
    amount, excess = _number(float(value)), float(whole)
    share = amount / excess if amount is not None and excess > 0 else None
    if drawn is None or amount is None:
        return Estimate(amount, None, None, share, None, None)
    part = getattr(drawn, name)
    low, high = leg_spread.interval(part)
    ends = (np.array(np.nan), np.array(np.nan))
    if share is not None and not np.isnan(part).any():
        ends = leg_spread.share_interval(part, drawn.excess_sent)
    return Estimate(
        amount, _number(float(low)), _number(float(high)),
        share, _number(float(ends[0])), _number(float(ends[1])),
    )  # fmt: skip


def _number(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None


def _lag_share(
    read: Legs, question: _Question, lag: int, heading: IntArray, past: BoolArray
) -> LagShare:
    """Return the total's unrecorded share with the hub's records `lag` months later."""
    window, base = read.positions(question.window), read.positions(question.base)[None, :]
    kept, _ = _whole_months(read, window, base, lag)
    starts = np.array([f.first_treated for f in read.families]) - read.first_month
    counted = kept[None, :] & (window[None, :] >= starts[:, None])
    sent = parts.sums(read.value(SENT), window, base, counted)
    arrived = parts.sums(read.value(ARRIVED), window, base, counted, lag=lag)
    told = ~np.isnan(sent.window + sent.base + arrived.window + arrived.base)
    excess = float((sent.window - sent.base)[told].sum())
    if not told.any() or excess <= 0:
        return LagShare(lag, None, None)
    ratios = parts.mirror_ratios(
        read.value(SENT), _earlier(read.value(ARRIVED), lag), heading, past
    )
    more = float((arrived.window - arrived.base)[told].sum())
    scaled = float((sent.window - arrived.window / ratios.value)[told].sum())
    return LagShare(lag, 1 - more / excess, _number(scaled / excess))


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


def _prices(read: Legs, name: str, answer: _Answer) -> Prices:
    leg = read.legs.get(name)
    if leg is None:
        return unit_values.Prices((), None, None, None, None, None, 0, f"{WORDS[name]}: not told")
    months = np.concatenate([answer.window, answer.base.ravel()])
    inside = months[(months >= 0) & (months < read.n_months)]
    told = ~np.isnan(leg.value[:, inside]).any(axis=1) & (len(inside) == len(months))
    return unit_values.measure(
        leg.cells, origins=read.origins, families=tuple(f.id for f in read.families),
        window=answer.window, base=answer.base, told=told,
    )  # fmt: skip


def _substitution(
    question: _Question, read: Legs, answer: _Answer, hubs: Sequence[str]
) -> list[Substitution]:
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
    answer: _Answer,
    span: tuple[date, date],
) -> Misdeclared:
    if SENT not in read.legs:
        return misdeclared.Misdeclared((), "", 0, misdeclared.NO_EXPORTS)
    source = read.legs[SENT].source
    codes = legs_of_trade.codes_of(warehouse, source)
    listed = goods.join(
        control_lists.load(request.control_list), codes, digits=source.digits, year=span[1].year
    )
    return misdeclared.of(
        warehouse, read, window=answer.window, base=answer.base,
        first_treated=int(answer.past_until.min()), codes_asked=codes, listed=listed, span=span,
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
