"""Scales of figures: from values to places, and where the ticks go."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass(frozen=True, slots=True)
class Linear:
    """A linear scale from the values `low`…`high` to the places `start`…`end`."""

    low: float
    high: float
    start: float
    end: float

    def __call__(self, value: float) -> float:
        """Return the place of a value."""
        span = self.high - self.low
        return self.start + (value - self.low) / span * (self.end - self.start)


@dataclass(frozen=True, slots=True)
class Log:
    """A logarithmic scale; values at or below `low` are put at its end, see `holds`."""

    low: float
    high: float
    start: float
    end: float

    def __call__(self, value: float) -> float:
        """Return the place of a value, kept inside the scale."""
        inside = min(max(value, self.low), self.high)
        part = math.log(inside / self.low) / math.log(self.high / self.low)
        return self.start + part * (self.end - self.start)

    def holds(self, value: float) -> bool:
        """Return whether a value lies on the scale rather than beyond its end."""
        return self.low <= value <= self.high


def nice_ticks(low: float, high: float, most: int = 5) -> list[float]:
    """Return round values from at or below `low` to at or above `high`.

    Args:
        low: Smallest value to hold.
        high: Largest value to hold.
        most: About how many steps.
    """
    if high <= low:
        high = low + 1.0
    raw = (high - low) / most
    power = 10.0 ** math.floor(math.log10(raw))
    step = next(power * m for m in (1, 2, 2.5, 5, 10) if raw <= power * m * (1 + 1e-9))
    first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    return [round(step * k, 12) for k in range(first, last + 1)]


def decades(low: float, high: float) -> list[float]:
    """Return the powers of ten that enclose two positive values."""
    first, last = math.floor(math.log10(low)), math.ceil(math.log10(high))
    return [10.0**k for k in range(first, max(last, first + 1) + 1)]


def spread_apart(places: Sequence[float], gap: float, lowest: float, highest: float) -> list[float]:
    """Move places so that neighbours are at least `gap` apart, each as little as it can.

    Args:
        places: Wanted places, in any order.
        gap: Smallest distance between two of them.
        lowest: No place goes below this.
        highest: No place goes above this, unless there is no room.

    Returns:
        New places, in the order of the wanted ones.
    """
    order = sorted(range(len(places)), key=lambda i: places[i])
    moved = [places[i] for i in order]
    for _ in range(len(moved)):
        for k in range(1, len(moved)):
            short = gap - (moved[k] - moved[k - 1])
            if short > 0:
                moved[k - 1] -= short / 2
                moved[k] += short / 2
    for k in range(len(moved) - 1, -1, -1):
        moved[k] = min(moved[k], highest if k == len(moved) - 1 else moved[k + 1] - gap)
    for k in range(len(moved)):
        moved[k] = max(moved[k], lowest if k == 0 else moved[k - 1] + gap)
    out = [0.0] * len(moved)
    for place, i in zip(moved, order, strict=True):
        out[i] = place
    return out
