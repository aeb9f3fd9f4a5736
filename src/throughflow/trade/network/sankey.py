"""Bounds on flows as nodes and links that a chart can draw; nothing is drawn here."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from throughflow.errors import InputError
from throughflow.trade.network.input import LEVELS

if TYPE_CHECKING:
    from collections.abc import Iterable

    from throughflow.trade.network.result import Flows, Levels


@dataclass(frozen=True, slots=True)
class Node:
    """One node of the chart.

    Attributes:
        name: Its name.
        value: Amount passing at the level drawn, in the chart's currency.
        low: Smallest amount passing in the flows found at the three levels; no bound.
        high: Largest of them.
        is_range: Whether `low` and `high` differ.
    """

    name: str
    value: float
    low: float
    high: float
    is_range: bool


@dataclass(frozen=True, slots=True)
class Link:
    """One link of the chart.

    Attributes:
        name: What it is called, such as ``DE → KZ``.
        tail: Name of the node it leaves.
        head: Name of the node it enters.
        value: Amount at the level drawn, in the chart's currency.
        low: Smallest amount in the flows found at the three levels; no bound.
        high: Largest of them.
        is_range: Whether `low` and `high` differ.
    """

    name: str
    tail: str
    head: str
    value: float
    low: float
    high: float
    is_range: bool


@dataclass(frozen=True, slots=True)
class Sankey:
    """Nodes and links of one product's flow. Links form no circle.

    Attributes:
        title: Product the chart is of.
        currency: ISO 4217.
        level: Level drawn.
        nodes: Exporters first, then hubs, then the target; each group by falling value.
        links: By falling value.
        notes: What must stand beside the chart.
    """

    title: str
    currency: str
    level: str
    nodes: tuple[Node, ...]
    links: tuple[Link, ...]
    notes: tuple[str, ...]


def sankey(flows: Flows, level: str = "mid") -> Sankey:
    """Return the example flow at one level, with what the same legs carry at the other two.

    Args:
        flows: Bounds of one product.
        level: ``low``, ``mid`` or ``high``: legs with flow at that level are drawn.

    Raises:
        InputError: The level is unknown.
    """
    if level not in LEVELS:
        raise InputError.unknown("level", level, LEVELS)
    drawn = [leg for leg in flows.legs if getattr(leg.flow, level) > 0]
    links = [
        Link(f"{leg.tail} → {leg.head}", leg.tail, leg.head, *_range([leg.flow], level))
        for leg in drawn
    ]
    exporters = set(flows.exporters)
    passing: dict[str, list[Levels]] = {}
    for leg in flows.legs:
        # What leaves a node has passed it; nothing leaves the target.
        passing.setdefault(leg.tail, []).append(leg.flow)
        if leg.head == flows.target:
            passing.setdefault(leg.head, []).append(leg.flow)
    names = {name for leg in drawn for name in (leg.tail, leg.head)}
    nodes = [Node(name, *_range(passing[name], level)) for name in names]
    return Sankey(
        title=flows.product,
        currency=flows.currency,
        level=level,
        nodes=tuple(
            sorted(
                nodes,
                key=lambda n: (n.name not in exporters, n.name == flows.target, -n.value, n.name),
            )
        ),
        links=tuple(sorted(links, key=lambda k: (-k.value, k.name))),
        notes=flows.notes,
    )


def _range(amounts: Iterable[Levels], level: str) -> tuple[float, float, float, bool]:
    """Add amounts up by level: the level's sum, the smallest, the largest, if they differ."""
    kept = list(amounts)
    sums = {name: sum(getattr(amount, name) for amount in kept) for name in LEVELS}
    low, high = min(sums.values()), max(sums.values())
    return sums[level], low, high, low != high
