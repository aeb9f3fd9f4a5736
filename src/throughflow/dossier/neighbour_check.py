"""Unlisted codes next to the listed ones: did they grow at the hub as nowhere else?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from throughflow.trade.decompose.misdeclared import Misdeclared, Neighbour

# A dossier holds what its page can show; the verb decompose holds them all.
MOST_ROWS = 60
# The false-discovery rate that the verdict words ask for, too.
SURE = 0.05


@dataclass(frozen=True, slots=True)
class NeighbourCheck:
    """Growth of unlisted neighbours.

    Attributes:
        rows: Those with the largest excess.
        rows_more: Neighbours that traded and are not in `rows`.
        judged: Neighbours of which it can be told.
        above: Those among them that stand above their interval.
        sure: Those among them with a false-discovery rate of at most 0.05.
        compared_with: What their growth is compared with.
        placebos: Number of placebo growths.
        reason: Why there are none; empty where there are.
    """

    rows: tuple[Neighbour, ...]
    rows_more: int
    judged: int
    above: int
    sure: int
    compared_with: str
    placebos: int
    reason: str


def nothing(reason: str) -> NeighbourCheck:
    """Return a check that could not be made, with the reason."""
    return NeighbourCheck((), 0, 0, 0, 0, "", 0, reason)


def of(found: Misdeclared) -> NeighbourCheck:
    """Take what a dossier shows out of the list of neighbours.

    Args:
        found: All neighbours, largest excess first.
    """
    return NeighbourCheck(
        rows=found.rows[:MOST_ROWS],
        rows_more=max(len(found.rows) - MOST_ROWS, 0),
        judged=sum(row.p is not None for row in found.rows),
        above=sum(is_above(row) for row in found.rows),
        sure=sum(is_above(row) and row.q is not None and row.q <= SURE for row in found.rows),
        compared_with=found.compared_with,
        placebos=found.placebos,
        reason=found.reason,
    )


def is_above(row: Neighbour) -> bool:
    """Tell whether a neighbour stands above its interval."""
    return row.low is not None and row.low > 0
