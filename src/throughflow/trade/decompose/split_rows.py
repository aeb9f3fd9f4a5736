"""From legs to rows: one basis of the hub's imports, family by family and in total."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from throughflow.trade import goods
from throughflow.trade.decompose import (
    estimates,
    leg_draws,
    leg_records,
    leg_spread,
    parts,
    pass_through,
)
from throughflow.trade.decompose import legs as legs_of_trade
from throughflow.trade.decompose.decomposition import (
    ALL,
    NO_EXCESS,
    NO_RECORDS,
    BasisResult,
    FamilySplit,
    LagShare,
)
from throughflow.trade.decompose.leg_sources import ANY, ARRIVED, FORWARDED, MIRRORED, SENT, WORDS

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from throughflow.model.periods import Window
    from throughflow.trade.decompose.decomposition import Expectation
    from throughflow.trade.decompose.leg_draws import Drawn
    from throughflow.trade.decompose.legs import Legs
    from throughflow.trade.decompose.parts import Parts, Ratios, Sums
    from throughflow.trade.decompose.pass_through import PassThrough
    from throughflow.trade.request import Request

    FloatArray = NDArray[np.float64]
    IntArray = NDArray[np.int64]
    BoolArray = NDArray[np.bool_]

LAGS = pass_through.LAGS
NO_MIRROR = (
    f"before the restriction the hub recorded less than 1/{parts.USABLE:.0f} of what it usually "
    f"records of a good, or more than {parts.USABLE:.0f} times: it stands under another code or "
    "partner"
)
BASE_TREATED = "the good was restricted before the base ends: no untreated past"


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked of one basis.

    Attributes:
        request: The question.
        window: Months asked about.
        base: Same calendar months before.
        lag: Months from leaving to arriving.
        expectation: Counterfactual of exports to the hub; None compares with the base.
    """

    request: Request
    window: Window
    base: Window
    lag: int
    expectation: Expectation | None


@dataclass(frozen=True, slots=True)
class Answer:
    """What one basis says, with the arrays the other results need.

    Attributes:
        result: What it says.
        left_out_months: Months left out, with the reason.
        window: Positions of the window's months, shape (n_window,).
        base: Positions of base years' months, shape (n_years, n_window).
        kept: Months of the window that every leg has whole, shape (n_window,).
        counted: Which of them count for each family, shape (n_families, n_window).
        noise: How far the legs wander.
    """

    result: BasisResult
    left_out_months: tuple[str, ...]
    window: IntArray
    base: IntArray
    kept: BoolArray
    counted: BoolArray
    noise: leg_spread.LegNoise


def answer(question: Question, read: Legs) -> Answer:
    """Decompose with one basis of the hub's imports."""
    window = read.positions(question.window)
    base = read.positions(question.base)[None, :]
    sent, arrived = read.value(SENT), read.value(ARRIVED)
    world, forwarded = read.value(f"{ARRIVED}:{ANY}"), read.value(FORWARDED)
    kept, left_out = _whole_months(read, window, base, question.lag)
    starts = np.array([f.first_treated for f in read.families]) - read.first_month
    whole = np.array([f.reason != goods.PART_OF_CODE for f in read.families])
    counted = kept[None, :] & (window[None, :] >= starts[:, None]) & whole[:, None]
    past_until = np.array([f.mask_from for f in read.families]) - read.first_month
    past = np.arange(read.n_months)[None, :] < past_until[:, None]
    headings = sorted({f.heading for f in read.families})
    heading = np.array([headings.index(f.heading) for f in read.families], dtype=np.int64)
    ratios = parts.mirror_ratios(sent, _earlier(arrived, question.lag), heading, past)
    take = _Taker(window, base, counted, question.lag)
    legs = _Three(take(sent, 0), take(arrived, 1), take(forwarded, 1), take(world, 1))
    # What the base holds of goods restricted before it is no untreated past.
    untreated = np.where(base.max() < past_until, legs.sent.base, np.nan)
    legs = replace(legs, sent=parts.Sums(legs.sent.window, untreated))
    counterfactual = None
    if question.expectation is not None:
        every = (window[None, :] >= starts[:, None]) & whole[:, None]
        part = _part_of_window(sent, take, every, legs.sent.base)
        legs, counterfactual = _with_expectation(legs, question.expectation, read, part)
    noise = leg_spread.measure(
        sent, arrived, forwarded, window=window, base=base, counted=counted,
        ratio=ratios.value, past_until=past_until, lag=question.lag,
    )  # fmt: skip
    usable = np.where(ratios.is_usable, ratios.value, np.nan)
    builder = _Builder(
        read, legs, ratios, take, question, counted, past_until,
        raw=parts.raw(legs.sent, legs.arrived, legs.forwarded, legs.origin_share),
        adjusted=parts.adjusted(
            legs.sent, legs.arrived, legs.forwarded, usable, legs.origin_share
        ),
        mirror=take(read.value(MIRRORED), 1).window,
    )  # fmt: skip
    told = builder.told()

    def draw(*, is_total: bool) -> Drawn:
        return leg_draws.draw(
            legs.sent, legs.arrived, legs.forwarded, ratio=usable,
            origin_share=legs.origin_share, spread=noise, counterfactual=counterfactual,
            is_total=is_total,
        )  # fmt: skip

    # One after the other: draws of two thousand families take hundreds of megabytes.
    total = builder.total(told, draw(is_total=True).total(told))
    drawn = draw(is_total=False)
    rows = [builder.row(i, drawn) for i in range(len(read.families)) if builder.is_shown(i)]
    rows.sort(key=lambda r: (-(r.excess_sent.value or 0.0), -(r.arrived or 0.0), r.family))
    untold = ~told & ~np.isnan(legs.sent.window)
    result = BasisResult(
        basis=read.legs[ARRIVED].source.basis if ARRIVED in read.legs else "",
        total=total,
        rows=tuple(rows),
        lags=tuple(_lag_share(read, question, n, heading, past, told) for n in LAGS),
        left_out=float(legs.sent.window[untold].sum()) if SENT in read.legs else None,
        noise=_noise_words(noise, drawn),
    )
    return Answer(result, left_out, window, base, kept, counted, noise)


def _noise_words(noise: leg_spread.LegNoise, drawn: Drawn) -> str:
    if drawn.raw is None or len(noise.ratio.change) < leg_spread.TOO_FEW:
        return drawn.reason
    found = (
        f"90 % intervals by Monte Carlo, {leg_draws.DRAWS} draws with seed {leg_draws.SEED}, "
        f"from {len(noise.ratio.change)} placebo changes of the mirror ratio and "
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
                    outside = leg.refused[int(at)].endswith(leg_records.OUTSIDE)
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


def _part_of_window(
    sent: FloatArray, take: _Taker, every: BoolArray, base: FloatArray
) -> FloatArray:
    """Return the part of each family's window that counts, as the base weighs its months.

    A counterfactual is told for the window as a whole; of a month that a leg has not recorded in
    full, what was sent leaves the sum, and what was expected must leave with it.
    """
    whole = parts.sums(sent, take.window, take.base, every).base
    months = take.counted.sum(axis=1) / np.maximum(every.sum(axis=1), 1)
    part: FloatArray = np.divide(base, whole, out=months.astype(np.float64), where=whole > 0)
    return np.where(np.isnan(part), months, part)


def _with_expectation(
    legs: _Three, expectation: Expectation, read: Legs, part: FloatArray
) -> tuple[_Three, tuple[FloatArray, FloatArray]]:
    """Put the counterfactual in the place of the base, family by family."""
    at = {name: i for i, name in enumerate(expectation.families)}
    order = [at.get(family.id, -1) for family in read.families]
    known = np.array([i >= 0 for i in order])
    picked = np.array([max(i, 0) for i in order])

    def column(values: FloatArray) -> FloatArray:
        return np.where(known, part * np.asarray(values, dtype=float)[picked], np.nan)

    sent = parts.Sums(legs.sent.window, column(expectation.expected))
    ends = column(expectation.low), column(expectation.high)
    return replace(legs, sent=sent), ends


@dataclass(frozen=True, slots=True)
class _Builder:
    """Makes rows of the arrays of one basis."""

    read: Legs
    legs: _Three
    ratios: Ratios
    take: _Taker
    question: Question
    counted: BoolArray
    past_until: IntArray
    raw: Parts
    adjusted: Parts
    mirror: FloatArray

    def told(self) -> BoolArray:
        """Tell which families are told on every leg that is told at all."""
        told = np.asarray(self.counted.any(axis=1))
        if SENT in self.read.legs:
            told = told & ~np.isnan(self.legs.sent.window + self.legs.sent.base)
        for name, leg in ((ARRIVED, self.legs.arrived), (FORWARDED, self.legs.forwarded)):
            if name in self.read.legs:
                told = told & ~np.isnan(leg.window)
                if SENT in self.read.legs:
                    told = told & ~np.isnan(leg.base)
        return told & self.ratios.is_usable

    def is_shown(self, i: int) -> bool:
        """Tell whether a family traded at all, on any leg."""
        legs = (self.legs.sent, self.legs.arrived, self.legs.forwarded)
        return any(float(np.nan_to_num(s.window[i]) + np.nan_to_num(s.base[i])) > 0 for s in legs)

    def total(self, told: BoolArray, drawn: Drawn) -> FamilySplit:
        """Add up the families that are told; `drawn` holds draws of their sum."""
        raw, adjusted = self.raw, self.adjusted
        reason = "" if told.any() else self.why(told)
        return FamilySplit(
            family=ALL,
            products=(),
            label="all families that can be told",
            sent=_sum(self.legs.sent.window, told),
            excess_sent=estimates.excess(raw.total(told), drawn.raw, is_told=bool(told.any())),
            arrived=_sum(self.legs.arrived.window, told),
            forwarded=_sum(self.legs.forwarded.window, told),
            excess_forwarded=_sum(self.legs.forwarded.window - self.legs.forwarded.base, told),
            forwarded_mirror=self.mirrored(told),
            raw=estimates.split(raw.total(told), drawn.raw, is_told=bool(told.any())),
            adjusted=estimates.split(
                adjusted.total(told), drawn.adjusted, is_told=bool(told.any())
            ),
            base_ratio=None,
            ratio_level="",
            pass_through=self.passed(told),
            families=int(told.sum()),
            reason=reason or self.lacking(raw.total(told), drawn),
        )

    def why(self, told: BoolArray) -> str:
        """Say why no family is told."""
        if not len(told):
            return "no good of the list is in the data"
        reasons = [self.family_reason(i) for i in range(len(told))]
        return max(set(reasons), key=reasons.count)

    def row(self, i: int, drawn: Drawn) -> FamilySplit:
        """Return one family's row."""
        family = self.read.families[i]
        raw, adjusted = self.raw, self.adjusted
        one = np.zeros(len(self.read.families), dtype=bool)
        one[i] = True
        mine = drawn.total(one)
        ratio = float(self.ratios.value[i])
        return FamilySplit(
            family=family.id,
            products=family.members,
            label=next((self.read.labels[m] for m in family.members if m in self.read.labels), ""),
            sent=estimates.number(self.legs.sent.window[i]),
            excess_sent=estimates.excess(raw.total(one), mine.raw, is_told=True),
            arrived=estimates.number(self.legs.arrived.window[i]),
            forwarded=estimates.number(self.legs.forwarded.window[i]),
            excess_forwarded=estimates.number(
                self.legs.forwarded.window[i] - self.legs.forwarded.base[i]
            ),
            forwarded_mirror=self.mirrored(one),
            raw=estimates.split(raw.total(one), mine.raw, is_told=True),
            adjusted=estimates.split(adjusted.total(one), mine.adjusted, is_told=True),
            base_ratio=estimates.number(ratio),
            ratio_level=self.ratios.level[i],
            pass_through=self.passed(one),
            families=1,
            reason=self.family_reason(i) or self.lacking(raw.total(one), drawn),
        )

    def lacking(self, total: Parts, drawn: Drawn) -> str:
        """Say what keeps a row that is told from being whole."""
        if SENT not in self.read.legs:
            return WORDS[SENT] + ": not in the data"
        if ARRIVED not in self.read.legs:
            return NO_RECORDS
        if float(total.excess_sent) <= 0:
            return NO_EXCESS
        return drawn.reason

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
                reasons.append(f"{name}: {leg_records.NOT_ASKED}, in some months of the window")
            elif name == SENT and int(self.take.base.max()) >= self.past_until[i]:
                reasons.append(BASE_TREATED)
            elif np.isnan(leg.base[i]):
                reasons.append(f"{name}: {leg_records.NOT_ASKED}, in some months of the base")
        if not reasons and not self.ratios.is_usable[i]:
            reasons.append(NO_MIRROR)
        return f"cannot tell: {'; '.join(reasons)}" if reasons else ""

    def mirrored(self, chosen: BoolArray) -> float | None:
        if MIRRORED not in self.read.legs:
            return None
        return _sum(self.mirror, chosen)

    def passed(self, chosen: BoolArray) -> PassThrough:
        """Measure pass-through of some families together, month by month."""
        if not {ARRIVED, FORWARDED} <= self.read.legs.keys():
            return pass_through.nothing(NO_RECORDS)
        years = (self.question.window.first.year - self.question.base.first.year,)
        arrived = self.read.value(ARRIVED)
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
    together: FloatArray = value[chosen].sum(axis=0)
    return together


def _sum(value: FloatArray, chosen: BoolArray) -> float | None:
    return estimates.number(float(value[chosen].sum())) if chosen.any() else None


def _lag_share(
    read: Legs,
    question: Question,
    lag: int,
    heading: IntArray,
    past: BoolArray,
    usable: BoolArray,
) -> LagShare:
    """Return the total's unrecorded share with the hub's records `lag` months later.

    Always against the base: a counterfactual says nothing of the hub's own months.
    """
    window, base = read.positions(question.window), read.positions(question.base)[None, :]
    kept, _ = _whole_months(read, window, base, lag)
    starts = np.array([f.first_treated for f in read.families]) - read.first_month
    counted = kept[None, :] & (window[None, :] >= starts[:, None])
    sent = parts.sums(read.value(SENT), window, base, counted)
    arrived = parts.sums(read.value(ARRIVED), window, base, counted, lag=lag)
    told = usable & ~np.isnan(sent.window + sent.base + arrived.window + arrived.base)
    excess = float((sent.window - sent.base)[told].sum())
    if not told.any() or excess <= 0:
        return LagShare(lag, None, None)
    ratios = parts.mirror_ratios(
        read.value(SENT), _earlier(read.value(ARRIVED), lag), heading, past
    )
    more = float((arrived.window - arrived.base)[told].sum())
    scaled = float((sent.window - arrived.window / ratios.value)[told].sum())
    return LagShare(lag, 1 - more / excess, estimates.number(scaled / excess))
