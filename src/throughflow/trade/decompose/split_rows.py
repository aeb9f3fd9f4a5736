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
    BasisResult,
    LagShare,
)
from throughflow.trade.decompose.family_rows import RowBuilder
from throughflow.trade.decompose.leg_sources import ANY, ARRIVED, FORWARDED, MIRRORED, SENT
from throughflow.trade.decompose.leg_sums import (
    LegSums,
    Taker,
    part_of_window,
    with_expectation,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from throughflow.trade.decompose.leg_draws import Drawn
    from throughflow.trade.decompose.leg_sums import Question
    from throughflow.trade.decompose.legs import Legs

    FloatArray = NDArray[np.float64]
    IntArray = NDArray[np.int64]
    BoolArray = NDArray[np.bool_]

LAGS = pass_through.LAGS


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
    take = Taker(window, base, counted, question.lag)
    legs = LegSums(take(sent, 0), take(arrived, 1), take(forwarded, 1), take(world, 1))
    # What the base holds of goods restricted before it is no untreated past.
    untreated = np.where(base.max() < past_until, legs.sent.base, np.nan)
    legs = replace(legs, sent=parts.Sums(legs.sent.window, untreated))
    counterfactual = None
    if question.expectation is not None:
        every = (window[None, :] >= starts[:, None]) & whole[:, None]
        part = part_of_window(sent, take, every, legs.sent.base)
        legs, counterfactual = with_expectation(legs, question.expectation, read, part)
    noise = leg_spread.measure(
        sent, arrived, forwarded, window=window, base=base, counted=counted,
        ratio=ratios.value, past_until=past_until, lag=question.lag,
    )  # fmt: skip
    usable = np.where(ratios.is_usable, ratios.value, np.nan)
    builder = RowBuilder(
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
