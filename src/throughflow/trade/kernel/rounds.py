"""The rounds of the kernel: match margins in turn, extrapolate, and never lose likelihood.

One round scales each factor so that fitted and observed sums agree over its groups, level first,
then product, then growth. That is coordinate ascent on the Poisson likelihood: it always climbs
and may be slow. Anderson's extrapolation of the logarithms, from the last few rounds, is taken
where it climbs too and thrown away where it does not.

Source: Anderson (1965), Journal of the ACM 12; Walker & Ni (2011), SIAM J. Numer. Anal. 49.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from throughflow.trade.kernel.sums import Factors, matrix_product

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from throughflow.trade.kernel.sums import Grid

    FloatArray = NDArray[np.float64]
    # Which product and growth factors are above zero.
    Active = tuple[NDArray[np.bool_], NDArray[np.bool_]]

# Rounds remembered for the extrapolation.
MEMORY = 10
# Directions of the remembered rounds closer to dependent than this are not told apart.
INDEPENDENT = 1e-12
# Loss of log likelihood, relative to its terms, that is rounding and no descent.
ROUNDING = 1e-14
# An extrapolation that brings the margins this many times further off is given up.
WORSE = 10.0


@dataclass(frozen=True, slots=True)
class Run:
    """Where a run of rounds ended.

    Attributes:
        factors: The factors after the last round.
        rounds: Rounds made, given-up extrapolations among them.
        margin_error: Largest relative difference of fitted and observed sums, over all groups
            with an observed sum above zero.
        converged: Whether `margin_error` is within the tolerance.
    """

    factors: Factors
    rounds: int
    margin_error: float
    converged: bool


@dataclass(frozen=True, slots=True)
class _Round:
    """One round: its image, its likelihood and how far the margins were off.

    Attributes:
        factors: Factors after the round.
        likelihood: Log likelihood at the round's level factors, up to a constant.
        slack: What of it is rounding.
        error: Largest relative margin error met in the round.
    """

    factors: Factors
    likelihood: float
    slack: float
    error: float


def run(grid: Grid, margins: Factors, start: Factors, *, tolerance: float, most_rounds: int) -> Run:
    """Match margins until they agree or the rounds are used up.

    Args:
        grid: Kept cells.
        margins: Observed sums over the kept cells of each group.
        start: Factors to begin with, above zero where `margins` are, zero elsewhere.
        tolerance: Largest relative margin error to stop at.
        most_rounds: Rounds after which to stop in any case.
    """
    # An extrapolation may overshoot beyond what a float holds; it is then given up.
    with np.errstate(over="ignore", divide="ignore", invalid="ignore"):
        return _run(grid, margins, start, tolerance, most_rounds)


def _run(grid: Grid, margins: Factors, start: Factors, tolerance: float, most_rounds: int) -> Run:
    active = (margins.product > 0, margins.growth > 0)
    weights = np.concatenate(
        [np.sqrt(margins.product[active[0]]), np.sqrt(margins.growth[active[1]])]
    )
    memory = _Memory(weights)
    position = start
    plain: Factors | None = None
    last: _Round | None = None
    error = np.inf
    made = 0
    while made < most_rounds:
        made += 1
        found = _round(grid, margins, position)
        if plain is not None and last is not None and not _climbs(found, last):
            memory.forget()
            position, plain = plain, None
            continue
        last = found
        if found.error <= tolerance:
            error = margin_error(grid, margins, found.factors)
            if error <= tolerance:
                return Run(found.factors, made, error, converged=True)
        ahead = memory.extrapolated(_logs(position, active), _logs(found.factors, active))
        plain = found.factors
        position = _with_logs(found.factors, ahead, active)
    factors = start if last is None else last.factors
    return Run(factors, made, margin_error(grid, margins, factors), converged=False)


def margin_error(grid: Grid, margins: Factors, factors: Factors) -> float:
    """Return the largest relative difference of fitted and observed sums where there are any."""
    fitted = grid.margins(factors)
    return max(
        _largest(ours, theirs) for ours, theirs in zip(fitted.parts, margins.parts, strict=True)
    )


def _round(grid: Grid, margins: Factors, at: Factors) -> _Round:
    level = _scaled(margins.level, grid.pair_sums(at.product, at.growth))
    product = _scaled(margins.product, grid.product_sums(level, at.growth))
    growth = _scaled(margins.growth, grid.growth_sums(level, product))
    # With the level just matched the fitted total is the observed one, a constant.
    terms = (
        _log_sum(margins.level, level),
        _log_sum(margins.product, at.product),
        _log_sum(margins.growth, at.growth),
    )
    error = max(_largest(product, at.product), _largest(growth, at.growth))
    return _Round(
        Factors(level, product, growth),
        likelihood=sum(value for value, _ in terms),
        slack=ROUNDING * sum(size for _, size in terms),
        error=error,
    )


def _climbs(found: _Round, last: _Round) -> bool:
    """Tell whether an extrapolation did not lose likelihood and did not throw the margins off."""
    return found.likelihood >= last.likelihood - last.slack and found.error <= WORSE * last.error


def _scaled(margin: FloatArray, below: FloatArray) -> FloatArray:
    scaled: FloatArray = np.divide(margin, below, out=np.zeros_like(below), where=margin > 0)
    return scaled


def _largest(ours: FloatArray, theirs: FloatArray) -> float:
    """Return the largest relative difference where `theirs` is above zero; inf for a NaN."""
    at = theirs > 0
    ratio = np.divide(ours, theirs, out=np.ones_like(ours), where=at)
    worst = float(np.max(np.abs(ratio - 1), initial=0.0))
    return worst if np.isfinite(worst) else np.inf


def _log_sum(margin: FloatArray, factor: FloatArray) -> tuple[float, float]:
    """Return the sum of margin times log factor, and of its absolute terms."""
    at = margin > 0
    terms = margin[at] * np.log(factor[at])
    return float(terms.sum()), float(np.abs(terms).sum())


def _logs(factors: Factors, active: Active) -> FloatArray:
    logs: FloatArray = np.log(
        np.concatenate([factors.product[active[0]], factors.growth[active[1]]])
    )
    return logs


def _with_logs(factors: Factors, logs: FloatArray, active: Active) -> Factors:
    product, growth = np.zeros_like(factors.product), np.zeros_like(factors.growth)
    n_product = int(np.count_nonzero(active[0]))
    product[active[0]] = np.exp(logs[:n_product])
    growth[active[1]] = np.exp(logs[n_product:])
    return Factors(factors.level, product, growth)


class _Memory:
    """The last few rounds, for Anderson's extrapolation.

    The level needs no memory: a round begins by computing it from the other two.
    """

    def __init__(self, weights: FloatArray) -> None:
        self._weights = weights
        self._size = min(MEMORY, max(len(weights) - 1, 0))
        self._steps = np.zeros((self._size, len(weights)))
        self._images = np.zeros((self._size, len(weights)))
        self.forget()

    def forget(self) -> None:
        """Begin anew."""
        self._count = 0
        self._last_step: FloatArray | None = None
        self._last_image: FloatArray | None = None

    def extrapolated(self, position: FloatArray, image: FloatArray) -> FloatArray:
        """Return the combination of the last images whose step is shortest, shape as given."""
        step = image - position
        if self._size == 0:
            return image
        if self._last_step is not None and self._last_image is not None:
            at = self._count % self._size
            np.subtract(step, self._last_step, out=self._steps[at])
            self._steps[at] *= self._weights
            np.subtract(image, self._last_image, out=self._images[at])
            self._count += 1
        self._last_step, self._last_image = step, image
        held = min(self._count, self._size)
        if held == 0:
            return image
        steps = self._steps[:held]
        gram = matrix_product(steps, steps.T)
        right = matrix_product(steps, (step * self._weights)[:, None])[:, 0]
        size = np.sqrt(np.diag(gram))
        if not size.all():
            return image
        gram /= size[:, None] * size[None, :]
        share = np.linalg.lstsq(gram, right / size, rcond=INDEPENDENT)[0] / size
        ahead: FloatArray = image - matrix_product(share[None, :], self._images[:held])[0]
        return ahead
