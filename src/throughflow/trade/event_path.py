"""Leads and lags around a restriction date, as pure functions of arrays.

The model is Poisson in event time: with ``tau`` the months since a family's own date,
``E[X] = level x comparison(month) x exp(theta[tau])``. Levels come from the reference months alone,
never from treated ones, so families with different dates do not contaminate each other (the
imputation form of a staggered difference in differences). `theta` is then the log of recorded over
expected trade, added up over cells, which is what Poisson pseudo-likelihood gives.

Every lead and lag is set against the *same* comparison months. Leads and lags made from different
bases bend at the date without any effect.

Source: Borusyak, Jaravel & Spiess (2024); Roth (2024), on unequal construction of leads and lags.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import stdtrit

from throughflow.errors import ModelError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    FloatArray = NDArray[np.float64]
    IntArray = NDArray[np.int64]
    BoolArray = NDArray[np.bool_]

YEAR = 12
CONFIDENCE = 0.9
# Fewer clusters than these say nothing about how shocks differ between them.
FEWEST_CLUSTERS = 6
DRAWS = 2000
SEED = 20220226
STEP = 1e-6
# An error below this is a rounding error of a number that is fixed by definition.
NO_ERROR = 1e-9
# With more degrees of freedom than these a standard error is as good as known.
MOST_DEGREES = 40


@dataclass(frozen=True, slots=True)
class Blocks:
    """One hub's trade in event time, summed to the clusters that shocks are shared in.

    Cohorts are families with the same restriction date; months are event months, the same for
    every cohort.

    Attributes:
        actual: Recorded value, shape (n_cohorts, n_headings, n_exporters, n_months).
        is_open: Whether the exporter recorded the cohort's month in full and it lies in the data,
            shape (n_cohorts, n_exporters, n_months).
        growth: Path of the comparison, in any unit, shape (n_cohorts, 1 or n_headings,
            n_exporters, n_months). With `season` its second axis has length one.
        season: Value in each calendar month of the year before the reference months, shape
            (n_headings, n_exporters, 12), or None where the comparison carries the season.
        season_growth: Path of the comparison in that year, its mean, shape (n_exporters,).
        calendar: Calendar month of each cohort's months, 0 to 11, shape (n_cohorts, n_months).
        first: Event month of the first column; negative before the date.
        reference: First and last event month of the reference; both before the date.
    """

    actual: FloatArray
    is_open: BoolArray
    growth: FloatArray
    season: FloatArray | None
    season_growth: FloatArray
    calendar: IntArray
    first: int
    reference: tuple[int, int]


@dataclass(frozen=True, slots=True)
class Path:
    """Effects by event month with their covariance.

    Attributes:
        tau: Event months, shape (n_months,).
        theta: Log of recorded over expected, shape (n_months,); NaN where nothing was recorded or
            expected.
        year_before: Log of recorded over expected in the year the season is from, None where the
            comparison carries the season. A steady drift over both years looks like a season and
            bends no lead; it shows here.
        covariance: Of `theta`, then of `year_before` where there is one, under two-way clustering,
            shape (n_months, n_months) or one more each way; NaN where `theta` is or where one
            cluster holds all that was recorded.
        actual: Recorded value, shape (n_months,).
        expected: Expected value, shape (n_months,).
        headings: Number of HS4 headings with trade.
        exporters: Number of exporters with trade.
        by_exporter: Whether shocks shared by an exporter are in `covariance`; they are not where
            there are too few exporters.
        degrees: Degrees of freedom of the t-distribution behind intervals.
    """

    tau: IntArray
    theta: FloatArray
    year_before: float | None
    covariance: FloatArray
    actual: FloatArray
    expected: FloatArray
    headings: int
    exporters: int
    by_exporter: bool
    degrees: float


@dataclass(frozen=True, slots=True)
class Point:
    """Effects by event month alone; fields as in `Path`."""

    tau: IntArray
    theta: FloatArray
    actual: FloatArray
    expected: FloatArray


@dataclass(frozen=True, slots=True)
class Band:
    """Ends of intervals of `Path.theta`, each of shape (n_months,).

    Attributes:
        error: Standard error.
        low: Lower end of the interval of each month by itself.
        high: Upper end of the same.
        joint_low: Lower end of the band that holds the whole path.
        joint_high: Upper end of the same.
    """

    error: FloatArray
    low: FloatArray
    high: FloatArray
    joint_low: FloatArray
    joint_high: FloatArray


def point(blocks: Blocks) -> Point:
    """Estimate the effect of every event month without its covariance."""
    theta, actual, expected = _paths(blocks, _Sums.of(blocks))
    n = blocks.actual.shape[3]
    tau = np.arange(blocks.first, blocks.first + n)
    return Point(tau, theta[0, :n], actual[0, :n], expected[0, :n])


def estimate(blocks: Blocks) -> Path:
    """Estimate the effect of every event month.

    The covariance is the two-way cluster jackknife, by HS4 heading and by exporter: leave each
    cluster out, estimate everything again (levels and season too), add the two spreads and take
    off the part counted twice. A bootstrap of two dozen exporters, one of which holds a third of
    the trade, hardly ever draws a world without the large one; leaving it out does.

    Raises:
        ModelError: There are too few headings, or no trade in the reference months.

    Source: Cameron, Gelbach & Miller (2011) for the sum; MacKinnon, Nielsen & Webb (2023) for the
    jackknife (CV3) and for taking the largest of the two-way and one-way errors.
    """
    sums = _Sums.of(blocks)
    theta, actual, expected = _paths(blocks, sums)
    if not sums.level.sum() > 0:
        raise ModelError(
            "no trade was recorded in the reference months",
            remedy="Choose other goods, or another reference",
        )
    traded = blocks.actual.sum(axis=(0, 3))
    headings = np.flatnonzero(traded.sum(axis=1) > 0)
    exporters = np.flatnonzero(traded.sum(axis=0) > 0)
    if len(headings) < FEWEST_CLUSTERS:
        raise ModelError(
            f"goods of {len(headings)} HS4 headings were traded; below {FEWEST_CLUSTERS} nothing "
            "says how far a path strays by itself",
            remedy="Take more goods together",
        )
    by_exporter = len(exporters) >= FEWEST_CLUSTERS
    spread = _jackknife(theta[0], _paths(blocks, sums.without_headings(headings))[0])
    variances = [spread.diagonal()]
    sides = [(spread.diagonal(), _even(traded.sum(axis=1)))]
    if by_exporter:
        other = _jackknife(theta[0], _paths(blocks, sums.without_exporters(exporters))[0])
        both = _blocks_spread(blocks, sums, actual[0], expected[0])
        variances += [other.diagonal()]
        sides.append((other.diagonal(), _even(traded.sum(axis=0))))
        spread = spread + other - both
    n = blocks.actual.shape[3]
    return Path(
        tau=np.arange(blocks.first, blocks.first + n),
        theta=theta[0, :n],
        year_before=None if blocks.season is None else float(theta[0, n]),
        covariance=_proper(spread, np.max(variances, axis=0)),
        actual=actual[0, :n],
        expected=expected[0, :n],
        headings=len(headings),
        exporters=len(exporters),
        by_exporter=by_exporter,
        degrees=_degrees(sides),
    )


def band(path: Path, confidence: float = CONFIDENCE) -> Band:
    """Return intervals month by month and for the whole path (sup-t).

    Source: Montiel Olea & Plagborg-Møller (2019), the sup-t band.
    """
    every = np.sqrt(path.covariance.diagonal())
    error = every[: len(path.tau)]
    single = reach(path, confidence)
    # A reference of one month is zero by definition: its interval has no width and no part here.
    free = every > NO_ERROR
    free[len(path.tau) :] = False
    joint = float(np.quantile(largest(path, free), confidence)) if free.any() else np.nan
    return Band(
        error=error,
        low=path.theta - single * error,
        high=path.theta + single * error,
        joint_low=path.theta - joint * error,
        joint_high=path.theta + joint * error,
    )


def reach(path: Path, confidence: float = CONFIDENCE) -> float:
    """Return how many standard errors the interval of one number reaches to either side."""
    return float(stdtrit(path.degrees, (1 + confidence) / 2))


def draws(path: Path, chosen: BoolArray) -> FloatArray:
    """Draw errors of chosen rows of the covariance, in estimated standard errors, seed fixed.

    Each month's standard error is an estimate of its own from few clusters, and the largest of many
    such ratios is larger than a multivariate t, which has one error in common, lets it be. So the
    standard errors are drawn as well, from the Wishart distribution of the covariance.

    Returns:
        Shape (DRAWS, n_chosen).
    """
    covariance = path.covariance[np.ix_(chosen, chosen)]
    error = np.sqrt(covariance.diagonal())
    values, vectors = np.linalg.eigh(covariance / np.outer(error, error))
    root = vectors * np.sqrt(np.maximum(values, 0))
    rng = np.random.default_rng(SEED)
    drawn: FloatArray = rng.standard_normal((DRAWS, len(error))) @ root.T
    squares = np.zeros_like(drawn)
    degrees = int(np.clip(round(path.degrees), 1, MOST_DEGREES))
    for _ in range(degrees):
        squares += (rng.standard_normal((DRAWS, len(error))) @ root.T) ** 2
    return drawn / np.sqrt(squares / degrees)


def largest(path: Path, chosen: BoolArray) -> FloatArray:
    """Draw the largest absolute error among chosen rows, in standard errors, shape (DRAWS,)."""
    found: FloatArray = np.abs(draws(path, chosen)).max(axis=1)
    return found


@dataclass(frozen=True, slots=True)
class _Sums:
    """Sums over headings, for each of some samples.

    Attributes:
        actual: Shape (n_samples, n_cohorts, n_exporters, n_months).
        level: Recorded in the reference months, shape (n_samples, n_cohorts, n_exporters).
        season: Shape (n_samples, n_exporters, 12).
        expected: Shape (n_samples, n_cohorts, n_exporters, n_months) where no season is to be
            estimated again in every sample, else empty.
        parts: The blocks that were summed.
    """

    actual: FloatArray
    level: FloatArray
    season: FloatArray
    expected: FloatArray
    parts: tuple[FloatArray, FloatArray, FloatArray, FloatArray]

    @classmethod
    def of(cls, blocks: Blocks) -> _Sums:
        """Lay out the blocks with headings first."""
        is_open = blocks.is_open[:, None]
        actual = np.where(is_open, blocks.actual, 0.0).swapaxes(0, 1)
        level = actual[..., _reference(blocks)].sum(axis=3)
        n_headings, _, n_exporters, _ = actual.shape
        if blocks.season is None:
            shape = np.where(is_open, blocks.growth, 0.0).swapaxes(0, 1)
            norm = shape[..., _reference(blocks)].sum(axis=3)
            share = np.divide(level, norm, out=np.zeros_like(level), where=norm > 0)
            expected, season = share[..., None] * shape, np.zeros((n_headings, n_exporters, YEAR))
        else:
            expected, season = np.zeros((n_headings, 0)), blocks.season
            # The year the season is from, all cohorts together, is one more column.
            before = np.zeros((n_headings, len(blocks.actual), n_exporters, 1))
            before[:, 0, :, 0] = season.sum(axis=2)
            actual = np.concatenate([actual, before], axis=3)
        return cls(
            actual.sum(axis=0, keepdims=True),
            level.sum(axis=0, keepdims=True),
            season.sum(axis=0, keepdims=True),
            expected.sum(axis=0, keepdims=True),
            (actual, level, season, expected),
        )

    def without_headings(self, headings: IntArray) -> _Sums:
        """Return the samples that leave out one heading each."""
        actual, level, season, expected = self.parts
        return _Sums(
            self.actual - actual[headings],
            self.level - level[headings],
            self.season - season[headings],
            self.expected - expected[headings],
            self.parts,
        )

    def without_exporters(self, exporters: IntArray) -> _Sums:
        """Return the samples that leave out one exporter each."""
        kept = 1.0 - np.eye(self.level.shape[2])[exporters]
        expected = self.expected
        if expected.ndim == 4:
            expected = expected * kept[:, None, :, None]
        return _Sums(
            self.actual * kept[:, None, :, None],
            self.level * kept[:, None, :],
            self.season * kept[:, :, None],
            expected,
            self.parts,
        )


def _reference(blocks: Blocks) -> slice:
    low, high = blocks.reference
    return slice(low - blocks.first, high - blocks.first + 1)


def _paths(blocks: Blocks, sums: _Sums) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return theta, recorded and expected of every sample, each (n_samples, n_months)."""
    actual = sums.actual.sum(axis=(1, 2))
    if blocks.season is None:
        expected = sums.expected.sum(axis=(1, 2))
    else:
        expected = _seasonal(blocks, sums.level, sums.season.sum(axis=1)).sum(axis=(1, 2))
    # Sums with a cluster taken off may leave a rounding error where there is nothing.
    tiny = 1e-12 * np.abs(sums.level).sum(axis=(1, 2))[:, None]
    told = (actual > tiny) & (expected > tiny)
    ratio = np.divide(actual, expected, out=np.full_like(actual, np.nan), where=told)
    return np.log(ratio), actual, expected


def _seasonal(blocks: Blocks, level: FloatArray, season: FloatArray) -> FloatArray:
    """Spread reference levels over the months and, last, the year the season is from.

    Returns:
        Shape (n_samples, n_cohorts, n_exporters, n_months + 1).
    """
    path = np.where(blocks.is_open, blocks.growth[:, 0], 0.0)
    shape = path[None] * season[:, blocks.calendar][:, :, None, :]
    norm = shape[..., _reference(blocks)].sum(axis=3)
    share = np.divide(level, norm, out=np.zeros_like(level), where=norm > 0)
    whole_year = season.sum(axis=1)[:, None, None] * blocks.season_growth
    before = np.broadcast_to(whole_year, share.shape)[..., None]
    spread: FloatArray = share[..., None] * np.concatenate([shape, before], axis=3)
    return spread


def _jackknife(theta: FloatArray, left_out: FloatArray) -> FloatArray:
    """Return the covariance that leaving out one cluster at a time shows."""
    away = left_out - theta[None, :]
    spread: FloatArray = (len(away) - 1) / len(away) * (away.T @ away)
    return spread


def _blocks_spread(
    blocks: Blocks, whole: _Sums, actual: FloatArray, expected: FloatArray
) -> FloatArray:
    """Return the covariance from single heading-exporter blocks, by their linear influence."""
    recorded, level, season, fixed = whole.parts
    with np.errstate(divide="ignore", invalid="ignore"):
        influence = recorded.sum(axis=1) / actual
        if blocks.season is None:
            influence = influence - fixed.sum(axis=1) / expected
        else:
            per_level = _seasonal(blocks, np.ones_like(whole.level), whole.season.sum(axis=1))[0]
            influence = influence - np.einsum("gqo,qot->got", level, per_level) / expected
            months = whole.season.sum(axis=1)[0]
            moved = months[None, :] + STEP * months.sum() * np.eye(YEAR)
            repeated = np.repeat(whole.level, YEAR, axis=0)
            after = _seasonal(blocks, repeated, moved).sum(axis=(1, 2))
            slope = (after - expected) / (STEP * months.sum())
            influence = influence - season @ (slope / expected)
    flat = influence.reshape(-1, influence.shape[2])
    spread: FloatArray = flat.T @ flat
    return spread


def _even(traded: FloatArray) -> float:
    """Return how many clusters of equal size would be as informative as these."""
    return float(traded.sum() ** 2 / (traded**2).sum())


def _degrees(sides: list[tuple[FloatArray, float]]) -> float:
    """Return the degrees of freedom of the months' errors, each a sum over kinds of clusters.

    Args:
        sides: Variance of each month, shape (n_months,), and number of clusters, by kind.

    Source: Satterthwaite (1946) for a sum of variances; Carter, Schnepel & Steigerwald (2017) for
    counting clusters by their size.
    """
    whole = np.sum([variance for variance, _ in sides], axis=0)
    parts = np.sum([variance**2 / max(size - 1, 1.0) for variance, size in sides], axis=0)
    told = whole > 0
    if not told.any():
        return min(max(size - 1, 1.0) for _, size in sides)
    # Between the months' median, under which bands hold too rarely, and their least, under which
    # they hold too often.
    return float(np.quantile(whole[told] ** 2 / parts[told], 0.25))


def _proper(covariance: FloatArray, least: FloatArray) -> FloatArray:
    """Make a difference of covariances a covariance: no negative part, no error below `least`."""
    told = np.isfinite(covariance.diagonal())
    out = np.full_like(covariance, np.nan)
    inner = covariance[np.ix_(told, told)]
    if not len(inner):
        return out
    values, vectors = np.linalg.eigh(inner)
    inner = (vectors * np.maximum(values, 0)) @ vectors.T
    variance = inner.diagonal()
    wanted = np.maximum(variance, least[told])
    factor = np.sqrt(np.divide(wanted, variance, out=np.ones_like(wanted), where=variance > 0))
    out[np.ix_(told, told)] = inner * np.outer(factor, factor)
    return out
