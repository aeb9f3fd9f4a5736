"""How far legs wander when nothing is restricted.

At a fake date the window lies before the restriction, so what a leg does against its base is noise:
how far exports stray from the base years, how far the mirror ratio strays from its usual level, how
far the hub's exports to the target stray. Those log changes are pooled over families by size class,
and what all families of a hub share at a date is kept apart, so that a total is not more certain
than its dates allow.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import ndtri, stdtrit

from throughflow.trade import conformal
from throughflow.trade.decompose import parts

if TYPE_CHECKING:
    from numpy.typing import NDArray

    FloatArray = NDArray[np.float64]
    IntArray = NDArray[np.int64]
    BoolArray = NDArray[np.bool_]

# Fewer placebo values than this in all give no interval (as for cells of the counterfactual).
TOO_FEW = conformal.TOO_FEW
# A size class with fewer borrows from its neighbours.
ENOUGH = 100
NAMES = ("sent", "sent_base", "arrived", "ratio", "forwarded", "forwarded_base")
# Sums over families wander by chance too; only beyond twice that do families share something.
SHARED = 2.0
# Degrees of freedom of what families share are few; fewer than this and draws explode.
LEAST_FREEDOM = 2


@dataclass(frozen=True, slots=True)
class Noise:
    """Log changes of one leg at fake dates.

    Attributes:
        change: What a family did beside its hub, by placebo, shape (n,); minus infinity where a
            leg that was expected recorded nothing.
        scale: Amount behind each, shape (n,).
        common: Standard deviation of what the families of the hub share at a date.
        freedom: Degrees of freedom of `common`.
        overlap: Fake dates per window that overlaps no other: so many placebos tell one thing.
        zeros: Placebos whose window recorded nothing.
    """

    change: FloatArray
    scale: FloatArray
    common: float
    freedom: int
    overlap: float
    zeros: int

    def draw(
        self, size: IntArray, rng: np.random.Generator, draws: int, *, is_total: bool = False
    ) -> FloatArray | None:
        """Draw log changes for families, shape (draws, n_families); None with too few placebos.

        Args:
            size: Size class of each family, shape (n_families,).
            rng: Source of randomness.
            draws: Number of draws.
            is_total: Draw in proportion to the amount behind each placebo. A family is any of its
                class; a total is money, and small amounts that multiply must not count like large
                ones that cannot.
        """
        if len(self.change) < TOO_FEW:
            return None
        out = np.empty((draws, len(size)))
        classes = conformal.size_class(self.scale)
        for wanted in np.unique(size):
            pool = self._pool(np.abs(classes - int(wanted)))
            columns = np.flatnonzero(size == wanted)
            weight = self.scale[pool] / self.scale[pool].sum() if is_total else None
            picked = rng.choice(pool, size=(draws, len(columns)), p=weight)
            out[:, columns] = self.change[picked]
            if is_total:
                # A total rests on the few large families, whose pool is small: their spread is
                # itself uncertain, which a family's coverage, averaged over pools, is not.
                out[:, columns] *= small_sample(len(pool) / self.overlap)
        shared = self.common * rng.standard_t(self.freedom, size=(draws, 1))
        return out + shared

    def _pool(self, distance: IntArray) -> IntArray:
        """Return the placebos of a class, with neighbours where it is thin."""
        for step in range(len(conformal.SIZES) + 1):
            near = np.flatnonzero(distance <= step)
            if len(near) >= min(ENOUGH, len(distance)):
                return near
        return np.arange(len(distance))


def small_sample(independent: float) -> float:
    """Return the factor by which Student's t widens an interval from few independent values."""
    freedom = max(independent - 1, float(LEAST_FREEDOM))
    tail = (1 - conformal.CONFIDENCE) / 2
    return float(stdtrit(freedom, 1 - tail) / ndtri(1 - tail))


def noise(
    window: FloatArray,
    expected: FloatArray,
    *,
    scale: FloatArray,
    disjoint: int,
    shrink: float = 1.0,
    has_zeros: bool = True,
) -> Noise:
    """Pool the log changes of one leg over fake dates.

    Args:
        window: What was recorded in fake windows, shape (n_dates, n_families).
        expected: What the base or the usual ratio says, same shape.
        scale: Amount by which families are classed and weighted, same shape.
        disjoint: Number of fake windows that do not overlap.
        has_zeros: Whether a window that recorded nothing is a change like others; a mirror ratio
            of nought is none, because it says that nothing can be learnt of the rest.
        shrink: Factor on every change, where `expected` is known less well than it will be.
    """
    told = ~np.isnan(window) & ~np.isnan(expected) & (expected > 0)
    positive = told & (window > 0)
    change = np.full(window.shape, np.nan)
    change[positive] = shrink * np.log(window[positive] / expected[positive])
    usable = positive
    if has_zeros:
        usable = told
        change[told & ~positive] = -np.inf
    common, freedom = 0.0, max(disjoint - 1, LEAST_FREEDOM)
    centre = np.zeros(len(window))
    if np.count_nonzero(positive) >= TOO_FEW:
        common, centre = _shared(
            np.where(usable, window, 0.0), np.where(usable, expected, 0.0),
            weight=np.where(positive, scale, 0.0), change=change, positive=positive,
        )  # fmt: skip
    beside = change - centre[:, None] if common > 0 else change
    return Noise(
        change=beside[usable],
        scale=scale[usable],
        common=common,
        freedom=freedom,
        overlap=len(window) / max(disjoint, 1),
        zeros=int(np.count_nonzero(told & ~positive)),
    )


def _shared(
    window: FloatArray,
    expected: FloatArray,
    *,
    weight: FloatArray,
    change: FloatArray,
    positive: BoolArray,
) -> tuple[float, FloatArray]:
    """Return what families share at a date: its standard deviation, and its value by date."""
    centre = np.zeros(len(window))
    was, did = expected.sum(axis=1), window.sum(axis=1)
    dates = (was > 0) & (did > 0)
    if not dates.any():
        return 0.0, centre
    centre[dates] = np.log(did[dates] / was[dates])
    share = weight / np.maximum(weight.sum(axis=1, keepdims=True), 1e-300)
    squares = (share * np.where(positive, change, 0.0)) ** 2
    chance = float(squares[dates].sum(axis=1).mean())
    seen = float(np.mean(centre[dates] ** 2))
    return (float(np.sqrt(seen - chance)) if seen > SHARED * chance else 0.0), centre


@dataclass(frozen=True, slots=True)
class LegNoise:
    """Noise of the three legs of a hub.

    Attributes:
        sent: Of exports to the hub against their base years.
        ratio: Of the mirror ratio against its usual level.
        forwarded: Of the hub's exports to the target against their base years.
        dates: Number of fake dates.
    """

    sent: Noise
    ratio: Noise
    forwarded: Noise
    dates: int


def measure(
    sent: FloatArray,
    arrived: FloatArray,
    forwarded: FloatArray,
    *,
    window: IntArray,
    base: IntArray,
    counted: BoolArray,
    ratio: FloatArray,
    past_until: IntArray,
    lag: int = 0,
    exit_lag: int = 0,
) -> LegNoise:
    """Measure how far the legs wandered at every fake date the data allow.

    Args:
        sent: What the coalition recorded, shape (n_families, n_months), NaN where not told.
        arrived: What the hub recorded from it, same shape.
        forwarded: What the hub recorded as sent to the target, same shape.
        window: Positions of the window's months, shape (n_window,).
        base: Positions of base years' months, shape (n_years, n_window).
        counted: Which months of the window count, shape (n_families, n_window).
        ratio: Usual mirror ratio, shape (n_families,).
        past_until: First month that is no longer past, shape (n_families,).
        lag: Months from leaving to arriving.
        exit_lag: Months from arriving to going on.
    """
    # Families are restricted at different dates: each fake window counts for those whose own past
    # it lies in.
    last_treated = int(past_until.max()) if len(past_until) else 0
    nearest = int(window[-1]) - last_treated + 1
    columns: dict[str, list[FloatArray]] = {name: [] for name in NAMES}
    dates = 0
    hidden = _until(arrived, past_until)
    both = ~np.isnan(hidden[:, lag:]) & ~np.isnan(sent[:, : sent.shape[1] - lag])
    past_months = int(both.sum(axis=1).max(initial=0))
    past_sent = np.where(both, sent[:, : sent.shape[1] - lag], 0.0).sum(axis=1)
    past_arrived = np.where(both, hidden[:, lag:], 0.0).sum(axis=1)
    shift = max(nearest, 1)
    while int(window[0]) - shift >= 0:
        moved, before = window - shift, base - shift
        dates += 1
        # The fake window ends before the restriction reaches the leg itself.
        x = parts.sums(_until(sent, past_until), moved, before, counted)
        m = parts.sums(hidden, moved, before, counted, lag=lag)
        e = parts.sums(_until(forwarded, past_until), moved, before, counted, lag=lag + exit_lag)
        without = _without(past_sent, past_arrived, x.window, m.window, ratio)
        for name, column in zip(
            columns, (x.window, x.base, m.window, without, e.window, e.base), strict=True
        ):
            columns[name].append(column)
        shift += 1
    if not dates:
        none = noise(*(np.zeros((0, 0)),) * 2, scale=np.zeros((0, 0)), disjoint=0)
        return LegNoise(none, none, none, 0)
    found = {name: np.stack(column) for name, column in columns.items()}
    spans = max(1, -(-dates // max(len(window), 1)))
    return LegNoise(
        sent=noise(found["sent"], found["sent_base"], scale=found["sent_base"], disjoint=spans),
        ratio=noise(
            found["arrived"], found["sent"] * found["ratio"],
            scale=found["sent"], disjoint=spans, has_zeros=False,
            shrink=_shorter(past_months, len(window)),
        ),
        forwarded=noise(
            found["forwarded"], found["forwarded_base"],
            scale=found["forwarded_base"], disjoint=spans,
        ),
        dates=dates,
    )  # fmt: skip


def _shorter(past: int, window: int) -> float:
    """Return by how much changes against the rest of the past exceed those against all of it.

    The variance of a mean of months falls with their number; the rest is a window shorter.
    """
    rest = past - window
    if rest <= 0:
        return 1.0
    return float(np.sqrt((1 / window + 1 / past) / (1 / window + 1 / rest)))


def _without(
    past_sent: FloatArray,
    past_arrived: FloatArray,
    window_sent: FloatArray,
    window_arrived: FloatArray,
    ratio: FloatArray,
) -> FloatArray:
    """Return the usual ratio without a fake window's own months, shape (n_families,).

    A window that helped to make the usual ratio lies nearer to it than a later one will.
    """
    rest = past_sent - window_sent
    usable = (rest > 0) & (past_arrived > window_arrived)
    without: FloatArray = np.divide(
        past_arrived - window_arrived, rest, out=ratio.copy(), where=usable
    )
    return without


def _until(value: FloatArray, past_until: IntArray) -> FloatArray:
    """Hide what is no longer past."""
    months = np.arange(value.shape[1])
    return np.where(months[None, :] < past_until[:, None], value, np.nan)


def size_of(value: FloatArray) -> IntArray:
    """Return the size class of amounts; what is not told is of the smallest."""
    return conformal.size_class(np.where(np.isnan(value), 0.0, value))
