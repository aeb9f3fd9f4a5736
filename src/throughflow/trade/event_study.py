"""The event study of one hub: leads and lags, the test of the leads, fake dates, the break month.

`of` takes a `Study`, sums one hub's recorded trade to cohorts (families with the same restriction
date), HS4 headings and exporters, and sets every month against the highest comparison the data
support:

* rung A: the same headings at donor destinations, and both destinations' unrestricted goods;
* rung B: the hub's own season, times the growth of the pair's unrestricted goods;
* rung C: the hub's own season.

The season of B and C is one year's, the twelve months before the reference months, so these rungs
need that year as well as the reference, and the leads are not zero by construction. A drift that
went on steadily through both years passes for a season, though; it is tested by the growth from
one year to the next.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from throughflow.errors import ModelError, UsageError
from throughflow.model.periods import month_number, month_start
from throughflow.trade import breaks, counterfactual, event_path, pre_trend
from throughflow.trade.donors import SHRINKAGE
from throughflow.trade.event_path import YEAR, Blocks

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from numpy.typing import NDArray

    from throughflow.trade.breaks import Breaks
    from throughflow.trade.event_path import Band, Path
    from throughflow.trade.pre_trend import PreTrend
    from throughflow.trade.study import Study

    FloatArray = NDArray[np.float64]
    IntArray = NDArray[np.int64]
    BoolArray = NDArray[np.bool_]

SHORTEST_REFERENCE = 3
MOST_FAKE_DATES = 3
# At donors a heading borrows the growth of all headings: this share of all trade there is added.
HEADING_SHRINKAGE = 0.01


@dataclass(frozen=True, slots=True)
class EventMonth:
    """The effect in one month counted from each family's own restriction date.

    Attributes:
        tau: Months since the date; negative before it.
        effect: Log of recorded over expected; None where nothing was recorded or expected.
        error: Its standard error; None where one exporter or heading holds all of it.
        low: Lower end of its own 90 % interval.
        high: Upper end of the same.
        joint_low: Lower end of the 90 % band of the whole path.
        joint_high: Upper end of the same.
        actual: Recorded value.
        expected: Expected value, agreeing in sum with the recorded over the reference months.
        families: Families observed in this month.
        share: Their part of the families' trade in the reference months.
        placebo: Effects at fake dates, nearest first; None where a fake month is not untreated.
    """

    tau: int
    effect: float | None
    error: float | None
    low: float | None
    high: float | None
    joint_low: float | None
    joint_high: float | None
    actual: float
    expected: float
    families: int
    share: float
    placebo: tuple[float | None, ...]


@dataclass(frozen=True, slots=True)
class EventStudy:
    """Dates of one hub.

    Attributes:
        hub: Destination.
        goods: Product prefixes the study was cut to; empty for all tested families.
        currency: Of amounts.
        rung: Comparison the months are set against.
        reference: First and last event month whose average is zero.
        restricted: Month by which half of the trade of the reference months was restricted.
        months: Leads and lags.
        year_before: Log of recorded over expected in the year the season is from; None on rung A.
        pre_trend: Test of the leads.
        breaks: Changes of level of recorded over expected, in calendar time.
        breaks_own: The same against the hub's own season alone, what the series itself did.
        fake_shifts: Months each fake date lies before the real one, nearest first.
        no_fake: Why there is no fake date; empty where there is one.
        headings: HS4 headings with trade, the clusters of goods.
        exporters: Exporters with trade, the clusters of origins.
        by_exporter: Whether shocks shared by all goods of an exporter are in the intervals.
        degrees: Degrees of freedom of the intervals.
    """

    hub: str
    goods: tuple[str, ...]
    currency: str
    rung: str
    reference: tuple[int, int]
    restricted: date
    months: tuple[EventMonth, ...]
    year_before: float | None
    pre_trend: PreTrend
    breaks: Breaks
    breaks_own: Breaks
    fake_shifts: tuple[int, ...]
    no_fake: str
    headings: int
    exporters: int
    by_exporter: bool
    degrees: float


def of(
    study: Study,
    hub: str,
    *,
    goods: Sequence[str] = (),
    rung: str | None = None,
    leads: int = YEAR,
    confidence: float = event_path.CONFIDENCE,
) -> EventStudy:
    """Compute the event study of one hub.

    Args:
        study: What was read.
        hub: Destination, ISO alpha-2.
        goods: Families to take, by the beginning of their code; empty for all tested ones.
        rung: ``A``, ``B`` or ``C``; None for the highest the data support.
        leads: Months before the date whose average is the reference; fewer where the data begin
            too late.
        confidence: Of intervals and bands.

    Raises:
        UsageError: The hub is not in the data, or the rung is not supported by them.
        ModelError: The past is too short, or there is too little trade to tell.
    """
    if hub not in study.panel.partners:
        raise UsageError(
            f"{hub} is not in the data",
            where="HUB",
            remedy=f"In the data: {', '.join(study.panel.partners)}",
        )
    if study.calendar.per_year != YEAR:
        raise UsageError(
            f"dataset {study.series.dataset} is yearly: leads and lags need months",
            where="--dataset",
            remedy="Name a monthly dataset",
        )
    # Growth at other destinations without unrestricted goods has no monthly form here.
    highest = "C" if study.rungs[0] == "C+" else study.rungs[0]
    rung = rung or highest
    if rung not in study.rungs or rung == "C+":
        raise UsageError(
            f"the data do not support rung {rung}",
            where="--rung",
            remedy=f"Supported: {', '.join(study.rungs)}",
        )
    trade = _Trade.read(study, hub, tuple(goods), rung)
    begin = int(trade.dates.min())
    length = _reference_length(trade, begin, leads)
    blocks = trade.blocks(trade.dates, length, study.panel.last_month - begin)
    path = event_path.estimate(blocks)
    shifts = tuple(trade.fake_shifts(begin, study.panel.last_month - begin + 1))
    placebos = [
        trade.placebo(shift, _reference_length(trade, begin - shift, leads)) for shift in shifts
    ]
    restricted = trade.restricted(length)
    own = trade if rung == "C" else _Trade.read(study, hub, tuple(goods), "C")
    return EventStudy(
        hub=hub,
        goods=tuple(goods),
        currency=study.request.currency,
        rung=rung,
        reference=blocks.reference,
        restricted=month_start(restricted),
        months=_months(trade, path, event_path.band(path, confidence), blocks, placebos),
        year_before=None if path.year_before is None else _told(path.year_before),
        pre_trend=pre_trend.assess(path, confidence),
        breaks=_break(trade, begin, length, restricted),
        breaks_own=_break(own, begin, min(length, max(own.past(begin), 0)), restricted),
        fake_shifts=shifts,
        no_fake=""
        if shifts
        else "the past is too short for a fake date whose lags all lie before the real one",
        headings=path.headings,
        exporters=path.exporters,
        by_exporter=path.by_exporter,
        degrees=path.degrees,
    )


@dataclass(frozen=True, slots=True)
class _Trade:
    """One hub's recorded trade in calendar time.

    Attributes:
        value: Shape (n_cohorts, n_headings, n_exporters, n_months).
        whole: Months recorded in full, shape (n_exporters, n_months).
        growth: Path of the comparison, (n_headings or 1, n_exporters, n_months).
        seasonal: Whether a season is to be taken from the hub's own past.
        dates: Restriction month of each cohort, shape (n_cohorts,).
        families: Number of families of each cohort, shape (n_cohorts,).
        first: Month number of the first month.
    """

    value: FloatArray
    whole: BoolArray
    growth: FloatArray
    seasonal: bool
    dates: IntArray
    families: IntArray
    first: int

    @classmethod
    def read(cls, study: Study, hub: str, goods: tuple[str, ...], rung: str) -> _Trade:
        """Sum a hub's trade in the families asked for."""
        panel = study.panel
        n_exporters, n_hubs, n_families = panel.shape
        position = panel.partners.index(hub)
        begun = study.design.mask <= panel.last_month
        named = np.array([not goods or f.startswith(goods) for f in panel.families], dtype=bool)
        chosen = study.design.tested & begun & named
        if not chosen.any():
            raise ModelError(
                "no family that can be tested begins with "
                + ", ".join(goods or ("anything on the list",)),
                remedy="See the families with: throughflow excess --by product",
            )
        dates, cohort = np.unique(study.design.mask[chosen], return_inverse=True)
        cohort_of = np.full(n_families, -1)
        cohort_of[chosen] = cohort
        n_headings = len(panel.chapters)
        n_months = panel.last_month - panel.first_month + 1
        family = panel.cell % n_families
        at = panel.cell // n_families % n_hubs
        exporter = panel.cell // (n_families * n_hubs)
        usable = study.real.usable.reshape(-1)[panel.cell] & chosen[family]
        month = panel.month - panel.first_month

        def summed(rows: BoolArray, group: IntArray, groups: int) -> FloatArray:
            key = group[rows] * n_headings + panel.headings[family[rows]]
            key = (key * n_exporters + exporter[rows]) * n_months + month[rows]
            size = groups * n_headings * n_exporters * n_months
            return counterfactual.summed(key, panel.value[rows], size).reshape(
                groups, n_headings, n_exporters, n_months
            )

        value = summed(usable & (at == position), cohort_of[family], len(dates))
        whole = ~panel.closed.copy()
        for index, reporter in enumerate(panel.reporters):
            for partial in study.months.partial.get(reporter, ()):
                inside = month_number(partial) - panel.first_month
                if 0 <= inside < n_months:
                    whole[index, inside] = False
        growth = np.ones((1, n_exporters, n_months))
        if rung != "C":
            growth = _unrestricted_path(panel.unrestricted, [position])[None]
        if rung == "A":
            donors = np.flatnonzero(panel.is_donor & (np.arange(n_hubs) != position))
            at_donors = summed(usable & np.isin(at, donors), np.zeros_like(family), 1)[0]
            elsewhere = _unrestricted_path(panel.unrestricted, donors.tolist())[None]
            growth = _donor_path(at_donors) * np.divide(
                growth, elsewhere, out=np.zeros_like(growth), where=elsewhere > 0
            )
        return cls(
            value=value,
            whole=whole,
            growth=growth,
            seasonal=rung != "A",
            dates=dates,
            families=np.bincount(cohort),
            first=panel.first_month,
        )

    def past(self, date: int) -> int:
        """Return the months before a date that can be leads."""
        return date - self.first - (YEAR if self.seasonal else 0)

    def fake_shifts(self, begin: int, lags: int) -> range:
        """List the fake dates that leave a reference before them and untreated lags after."""
        latest = self.past(begin) - SHORTEST_REFERENCE
        return range(lags, min(latest, lags + MOST_FAKE_DATES - 1) + 1)

    def restricted(self, length: int) -> int:
        """Return the month by which half of the reference months' trade was restricted."""
        level = self._levels(length)
        return int(self.dates[np.searchsorted(np.cumsum(level), level.sum() / 2)])

    def shares(self, length: int) -> FloatArray:
        """Return each cohort's part of the trade in the reference months, (n_cohorts,)."""
        level = self._levels(length)
        share: FloatArray = level / level.sum()
        return share

    def _levels(self, length: int) -> FloatArray:
        sums = self.value.sum(axis=(1, 2))
        ends = self.dates - self.first
        return np.array(
            [row[end - length : end].sum() for row, end in zip(sums, ends, strict=True)]
        )

    def blocks(
        self, dates: IntArray, length: int, last_lag: int, until: int | None = None
    ) -> Blocks:
        """Lay the trade out in event time.

        Args:
            dates: Date of each cohort, real or fake, shape (n_cohorts,).
            length: Months of the reference, right before the date.
            last_lag: Last event month.
            until: First calendar month that must not be used, None for the end of the data.
        """
        n_cohorts, n_headings, n_exporters, n_months = self.value.shape
        tau = np.arange(-length, last_lag + 1)
        at = dates[:, None] + tau[None, :] - self.first
        limit = n_months if until is None else until - self.first
        inside = (at >= 0) & (at < limit)
        at_held = np.clip(at, 0, n_months - 1)
        actual = np.empty((n_cohorts, n_headings, n_exporters, len(tau)))
        growth = np.empty((n_cohorts, len(self.growth), n_exporters, len(tau)))
        is_open = np.empty((n_cohorts, n_exporters, len(tau)), dtype=bool)
        for cohort in range(n_cohorts):
            actual[cohort] = self.value[cohort][:, :, at_held[cohort]]
            growth[cohort] = self.growth[:, :, at_held[cohort]]
            is_open[cohort] = self.whole[:, at_held[cohort]] & inside[cohort]
        # An exporter without one whole reference month has no level to be measured against, and
        # one without comparison in a month has no expectation there.
        is_open &= is_open[:, :, :length].any(axis=2, keepdims=True)
        is_open &= (growth > 0).all(axis=1)
        return Blocks(
            actual=actual,
            is_open=is_open,
            growth=growth,
            season=self._season(int(dates.min()) - length) if self.seasonal else None,
            season_growth=self._season_growth(int(dates.min()) - length),
            calendar=(self.first + at) % YEAR,
            first=-length,
            reference=(-length, -1),
        )

    def _season(self, until: int) -> FloatArray:
        """Return trade net of the comparison's growth in the year before a month, by month.

        An exporter's partial months are filled at its own level with the season of the others.
        """
        months = np.arange(until - YEAR, until)
        at = months - self.first
        path = self.growth[0][:, at]
        level = path.mean(axis=1, keepdims=True)
        relative = np.divide(path, level, out=np.ones_like(path), where=(level > 0) & (path > 0))
        value = self.value.sum(axis=0)[:, :, at] / relative
        whole = self.whole[:, at]
        steady = whole.all(axis=1)
        if not steady.all():
            kept = value[:, steady] if steady.any() else value
            profile = kept.sum(axis=(0, 1)) + np.finfo(float).tiny
            seen = (whole * profile).sum(axis=1)
            fill = np.where(whole, value, 0.0).sum(axis=2) / np.where(seen > 0, seen, 1.0)
            value = np.where(whole, value, fill[:, :, None] * profile)
        out: FloatArray = np.empty(value.shape)
        out[:, :, months % YEAR] = value
        return out

    def _season_growth(self, until: int) -> FloatArray:
        """Return the comparison's mean in the year before a month, shape (n_exporters,)."""
        if not self.seasonal:
            return np.ones(self.growth.shape[1])
        year: FloatArray = self.growth[0][:, until - YEAR - self.first : until - self.first]
        return np.asarray(year.mean(axis=1), dtype=np.float64)

    def placebo(self, shift: int, length: int) -> dict[int, float]:
        """Return the effect by event month at a fake date, untreated months only."""
        fake = self.blocks(self.dates - shift, length, shift - 1, until=int(self.dates.min()))
        path = event_path.point(fake)
        return {int(t): float(e) for t, e in zip(path.tau, path.theta, strict=True) if t >= 0}


def _reference_length(trade: _Trade, date: int, leads: int) -> int:
    """Return how many months can be the reference of a date."""
    possible = min(leads, trade.past(date))
    if possible < SHORTEST_REFERENCE:
        needed = SHORTEST_REFERENCE + (YEAR if trade.seasonal else 0)
        raise ModelError(
            f"{date - trade.first} months lie before {month_start(date):%Y-%m}; leads need "
            f"{needed}",
            remedy="Load earlier months",
        )
    return possible


def _unrestricted_path(trade: FloatArray | None, hubs: list[int]) -> FloatArray:
    """Return unrestricted trade of pairs, shrunk to their hubs', (n_exporters, n_months)."""
    assert trade is not None  # noqa: S101 - rungs A and B exist only with totals
    pair = trade[:, hubs].sum(axis=1)
    # Each pair's path borrows from the whole hub's as much as a hundredth of the hub trades.
    path: FloatArray = pair + counterfactual.GROWTH_SHRINKAGE * pair.sum(axis=0)[None, :]
    return path


def _donor_path(value: FloatArray) -> FloatArray:
    """Return trade at donors by heading, exporter and month, borrowing where there is little."""
    heading = value.sum(axis=1, keepdims=True)
    whole = heading.sum(axis=0, keepdims=True)
    path: FloatArray = value + SHRINKAGE * heading + HEADING_SHRINKAGE * whole
    return path


def _break(trade: _Trade, begin: int, length: int, restricted: int) -> Breaks:
    """Search recorded over expected for changes of level, in calendar time."""
    last = trade.value.shape[3] + trade.first - 1
    if length < SHORTEST_REFERENCE:
        return breaks.none("the past is too short for a season", restricted)
    blocks = trade.blocks(np.full_like(trade.dates, begin), length, last - begin)
    path = event_path.point(blocks)
    # A month counts as whole if the exporters that recorded it in full hold most of the trade.
    level = trade.value.sum(axis=(0, 1, 3))
    whole = (level[:, None] * blocks.is_open.any(axis=0)).sum(axis=0) >= level.sum() / 2
    return breaks.search(
        np.nan_to_num(np.exp(path.theta)), begin - length, whole=whole, restricted=restricted
    )


def _months(
    trade: _Trade,
    path: Path,
    band: Band,
    blocks: Blocks,
    placebos: list[dict[int, float]],
) -> tuple[EventMonth, ...]:
    observed = np.asarray(blocks.is_open.any(axis=1), dtype=bool)
    shares = trade.shares(-blocks.first)
    out = []
    for index, tau in enumerate(path.tau.tolist()):
        fake = tuple(_told(placebo.get(tau, np.nan)) for placebo in placebos)
        out.append(
            EventMonth(
                tau=tau,
                effect=_told(path.theta[index]),
                error=_told(band.error[index]),
                low=_told(band.low[index]),
                high=_told(band.high[index]),
                joint_low=_told(band.joint_low[index]),
                joint_high=_told(band.joint_high[index]),
                actual=float(path.actual[index]),
                expected=float(path.expected[index]),
                families=int(trade.families[observed[:, index]].sum()),
                share=float(shares[observed[:, index]].sum()),
                placebo=fake,
            )
        )
    return tuple(out)


def _told(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None
