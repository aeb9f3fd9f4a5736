"""Where an excess went, in numbers: unrecorded on arrival, re-exported at most, absorbed.

Every function takes arrays and knows nothing of where they come from. In all of them the parts
add up to the whole: `unrecorded + reexported_most + absorbed_least = excess_sent`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    FloatArray = NDArray[np.float64]
    IntArray = NDArray[np.int64]
    BoolArray = NDArray[np.bool_]

# A family whose two sides both recorded something in fewer months than this before the restriction
# has no ratio of its own: it takes its heading's, else its hub's.
OWN_MONTHS = 12
OWN, HEADING, HUB, NO_RATIO = "family", "heading", "hub", ""
# A ratio so many times below or above the hub's own says that the hub records the good under
# another code or partner: multiplied out, a trifle that it does record would become millions.
USABLE = 5.0


@dataclass(frozen=True, slots=True)
class Sums:
    """A leg's sums over a window and over the same calendar months of the base years.

    Attributes:
        window: Sum over the window's counted months, shape (n_families,); NaN where not told.
        base: Mean over base years of the same sum, shape (n_families,); NaN where not told.
    """

    window: FloatArray
    base: FloatArray


def sums(
    value: FloatArray, window: IntArray, base: IntArray, counted: BoolArray, *, lag: int = 0
) -> Sums:
    """Add a leg up over a window and over its base years.

    Args:
        value: Amounts, shape (n_families, n_months); NaN where a month is not told.
        window: Positions of the window's months, shape (n_window,).
        base: Positions of the same calendar months of each base year, shape (n_years, n_window).
        counted: Which months of the window count for each family, shape (n_families, n_window).
        lag: Months by which this leg follows the first.

    Returns:
        NaN wherever a counted month is not told or lies outside the data: a sum over part of the
        months is no sum.
    """
    before = np.stack([_sum(value, months + lag, counted) for months in base])
    return Sums(_sum(value, window + lag, counted), before.mean(axis=0))


def _sum(value: FloatArray, months: IntArray, counted: BoolArray) -> FloatArray:
    inside = (months >= 0) & (months < value.shape[1])
    taken = np.full((value.shape[0], len(months)), np.nan)
    taken[:, inside] = value[:, months[inside]]
    out: FloatArray = np.where(counted, taken, 0.0).sum(axis=1)
    out[~counted.any(axis=1)] = np.nan
    return out


@dataclass(frozen=True, slots=True)
class Ratios:
    """Mirror ratios M/X before the restriction.

    Attributes:
        value: Ratio, shape (n_families,); NaN where not even the hub has one.
        level: What it was taken over: ``family``, ``heading``, ``hub`` or empty.
        is_usable: Whether it lies within a factor `USABLE` of the hub's, shape (n_families,); where
            the hub has none, nothing is held against it.
    """

    value: FloatArray
    level: tuple[str, ...]
    is_usable: BoolArray


def mirror_ratios(
    sent: FloatArray, arrived: FloatArray, heading: IntArray, past: BoolArray
) -> Ratios:
    """Compute how much of what is sent the hub usually records, before the restriction.

    Args:
        sent: What the coalition recorded, shape (n_families, n_months), NaN where not told.
        arrived: What the hub recorded from it, same shape, already moved by the lag.
        heading: Heading of each family, shape (n_families,).
        past: Untreated months, shape (n_families, n_months).

    Returns:
        The family's own ratio where at least `OWN_MONTHS` months have trade on both sides, else
        its heading's, else the hub's.
    """
    told = past & ~np.isnan(sent) & ~np.isnan(arrived)
    x, m = np.where(told, sent, 0.0), np.where(told, arrived, 0.0)
    both = (x > 0) & (m > 0)
    x_sum, m_sum, months = x.sum(axis=1), m.sum(axis=1), both.sum(axis=1)
    n_headings = int(heading.max()) + 1 if len(heading) else 0
    x_of = np.bincount(heading, x_sum, n_headings)
    m_of = np.bincount(heading, m_sum, n_headings)
    months_of = np.bincount(heading, months, n_headings)
    value = np.full(len(heading), np.nan)
    level = []
    hub = m_sum.sum() / x_sum.sum() if months.sum() >= OWN_MONTHS else np.nan
    for i, h in enumerate(heading):
        if months[i] >= OWN_MONTHS:
            value[i], name = m_sum[i] / x_sum[i], OWN
        elif months_of[h] >= OWN_MONTHS:
            value[i], name = m_of[h] / x_of[h], HEADING
        elif months.sum() >= OWN_MONTHS:
            value[i], name = hub, HUB
        else:
            name = NO_RATIO
        level.append(name)
    # What was sent for a year and hardly recorded says so itself, whatever ratio it is lent.
    own = np.divide(m_sum, x_sum, out=value.copy(), where=(x > 0).sum(axis=1) >= OWN_MONTHS)
    return Ratios(value, tuple(level), ~(_is_far(value, hub) | _is_far(own, hub)))


def _is_far(ratio: FloatArray, usual: float) -> BoolArray:
    return (ratio * USABLE < usual) | (ratio > USABLE * usual)


@dataclass(frozen=True, slots=True)
class Parts:
    """An excess and where it went, every array of one shape, in one currency.

    Attributes:
        excess_sent: What was sent beyond what was expected.
        unrecorded: Not recorded by the hub as coming from the coalition.
        arrived: Excess the hub recorded; `excess_sent` minus `unrecorded`.
        forwarded: Excess of the hub's exports to the target, whatever their origin.
        reexported_most: The most the recorded, same-code data allow to have gone on.
        reexported_proportional: Scenario: exports drawn from all origins alike.
        absorbed_least: Arrived and, if all that could go on did, still there.
        absorbed_most: Arrived, if nothing of it went on.
    """

    excess_sent: FloatArray
    unrecorded: FloatArray
    arrived: FloatArray
    forwarded: FloatArray
    reexported_most: FloatArray
    reexported_proportional: FloatArray
    absorbed_least: FloatArray
    absorbed_most: FloatArray

    def total(self, chosen: BoolArray) -> Parts:
        """Add up the chosen families along the last axis."""
        return Parts(
            **{name: getattr(self, name)[..., chosen].sum(axis=-1) for name in self.__slots__}
        )


def split(
    excess_sent: FloatArray, arrived: FloatArray, forwarded: FloatArray, origin_share: FloatArray
) -> Parts:
    """Split an excess into its parts.

    Args:
        excess_sent: Exports to the hub beyond what was expected, any shape.
        arrived: The hub's imports from the coalition beyond what was expected, same shape; on the
            exporter's scale (divided by the usual mirror ratio) for the adjusted form.
        forwarded: The hub's exports to the target beyond what was expected, same shape, as
            recorded in both forms.
        origin_share: The coalition's share in the hub's imports of the family in the window, from
            0 to 1, same shape.

    Returns:
        Parts of the same shape; an excess that did not arrive cannot have been re-exported.

    Source: docs/methods/decomposition.md.
    """
    most = np.maximum(np.minimum(arrived, forwarded), 0.0)
    return Parts(
        excess_sent=excess_sent,
        unrecorded=excess_sent - arrived,
        arrived=arrived,
        forwarded=forwarded,
        reexported_most=most,
        reexported_proportional=np.minimum(np.maximum(forwarded * origin_share, 0.0), most),
        absorbed_least=arrived - most,
        absorbed_most=arrived,
    )


def raw(sent: Sums, arrived: Sums, forwarded: Sums, origin_share: FloatArray) -> Parts:
    """Split by plain differences against the base years: `ΔX − ΔM`."""
    return split(
        sent.window - sent.base,
        arrived.window - arrived.base,
        forwarded.window - forwarded.base,
        origin_share,
    )


def adjusted(
    sent: Sums, arrived: Sums, forwarded: Sums, ratio: FloatArray, origin_share: FloatArray
) -> Parts:
    """Split with the hub's records of arrivals scaled by their usual ratio: `X − M/m₀`.

    What arrived is `M/m₀` minus what was expected to be sent. The hub's exports stay as recorded:
    a ratio strays from one because arrivals are booked under another partner or code, which says
    nothing of departures, and it would lend them its own error.
    """
    return split(
        sent.window - sent.base,
        arrived.window / ratio - sent.base,
        forwarded.window - forwarded.base,
        origin_share,
    )
