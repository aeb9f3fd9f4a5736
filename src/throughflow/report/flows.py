"""Flow diagrams of what the dossier holds: one hub's decomposition, or a network of hubs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from throughflow.report import words
from throughflow.report.charts.sankey_layout import Diagram, Node, Ribbon

if TYPE_CHECKING:
    from collections.abc import Callable

    from throughflow.dossier.model import Dossier, WhereItWent
    from throughflow.trade.decompose.decomposition import Estimate
    from throughflow.trade.network.sankey import Link, Sankey

SHOWN_SENDERS = 5
# Thinner parts of a network would not be seen; its table holds them.
LEAST_DRAWN = 1 / 500
TARGET, KEPT, MISSING, OFF = "target", "kept", "missing", "off"


def has_excess(went: WhereItWent | None) -> bool:
    """Tell whether there is an excess to divide, and every part of it is told."""
    return went is not None and (went.total.excess_sent.value or 0.0) > 0


def of_hub(d: Dossier) -> Diagram | None:
    """Return the diagram of one hub's decomposition; None where there is no excess to divide.

    Parts add up to the excess. One that is below nothing by best estimate cannot be drawn as an
    outflow: it comes in from the left instead, so that both sides are still equal.
    """
    went = d.decomposition
    if went is None or not has_excess(went):
        return None
    split, currency = went.total.adjusted, d.currency
    nodes, ribbons = _senders(went, currency)
    inward = [
        (split.unrecorded, MISSING, "More arrived"),
        (split.absorbed_least, KEPT, "Others arrived less"),
    ]
    for part, key, title in inward:
        value = part.value or 0.0
        if value < 0:
            nodes.append(Node(f"{key}-in", 0, (title, _amount(-value, currency)), key))
            ribbons.append(Ribbon(f"{key}-in", "hub", -value, -value, key))
    nodes.append(_hub(d.hub_name, went.total.excess_sent, currency))
    nodes += [
        Node(TARGET, 2, _target_lines(d.target_name, split.reexported_most, currency), TARGET),
        Node(KEPT, 2, _kept_lines(went, currency), KEPT),
        Node(MISSING, 2, _missing_lines(split.unrecorded, currency), MISSING),
    ]
    most = split.reexported_most.value or 0.0
    for key, value, sure in (
        (TARGET, most, 0.0),
        (KEPT, split.absorbed_least.value or 0.0, split.absorbed_least.value or 0.0),
        (MISSING, split.unrecorded.value or 0.0, split.unrecorded.value or 0.0),
    ):
        if value > 0:
            ribbons.append(Ribbon("hub", key, value, sure, key if key != TARGET else "sent"))
    return _balanced(Diagram(tuple(nodes), tuple(ribbons)), went, currency)


def _senders(went: WhereItWent, currency: str) -> tuple[list[Node], list[Ribbon]]:
    """Return the largest exporters, then all others together; one node where none is told."""
    excess = went.total.excess_sent.value or 0.0
    shown = [sender for sender in went.senders if sender.excess > 0][:SHOWN_SENDERS]
    # A last one alone needs no name for a group.
    if len(went.senders) == SHOWN_SENDERS + 1 and went.senders[-1].excess > 0:
        shown = list(went.senders)
    parts = [(s.code, s.name, s.excess) for s in shown]
    rest = excess - sum(value for _, _, value in parts)
    others = len(went.senders) - len(shown)
    if not went.senders:
        parts = [("all", "Exporters covered", excess)]
    elif rest > 0 and others:
        parts.append(("others", f"{others} other{'s' if others > 1 else ''}", rest))
    nodes = [Node(key, 0, (name, _amount(value, currency)), "sender") for key, name, value in parts]
    return nodes, [Ribbon(key, "hub", value, value, "sent") for key, _, value in parts]


def _balanced(diagram: Diagram, went: WhereItWent, currency: str) -> Diagram:
    """Take off what the exporters that are not shown sent less than expected."""
    came = sum(ribbon.value for ribbon in diagram.ribbons if ribbon.head == "hub")
    went_out = sum(ribbon.value for ribbon in diagram.ribbons if ribbon.tail == "hub")
    less = came - went_out
    # Cents that the two sources round differently are no part of the story.
    if less <= 1e-3 * (went.total.excess_sent.value or 0.0):
        return diagram
    lines = ("Taken off", "others together sent less than expected", _amount(less, currency))
    return Diagram(
        (*diagram.nodes, Node(OFF, 2, lines, OFF)),
        (*diagram.ribbons, Ribbon("hub", OFF, less, less, OFF)),
    )


def _amount(value: float, currency: str) -> str:
    """Write an amount that no line break divides."""
    return words.amount(value, currency).replace(" ", "\N{NO-BREAK SPACE}")


def _range(low: float | None, high: float | None, currency: str) -> str:
    if low is None or high is None:
        return "no interval"
    return f"{_amount(low, currency)} to {_amount(high, currency)}"


def _interval(part: Estimate, currency: str) -> str:
    if part.low is None or part.high is None:
        return "no interval: too few placebos"
    return f"90{words.THIN}% interval {_range(part.low, part.high, currency)}"


def _hub(name: str, excess: Estimate, currency: str) -> Node:
    lines = [name, f"{_amount(excess.value or 0.0, currency)} more"]
    if excess.low is not None and excess.high is not None:
        lines.append(f"{_amount(excess.low, currency)} to")
        lines.append(_amount(excess.high, currency))
    return Node("hub", 1, tuple(lines), "hub")


def _target_lines(target: str, most: Estimate, currency: str) -> tuple[str, ...]:
    found = f"at most {_amount(most.value, currency)}" if most.value else "no more than before"
    return f"Re-exported to {target}", found, _interval(most, currency)


def _kept_lines(went: WhereItWent, currency: str) -> tuple[str, ...]:
    least, most = went.total.adjusted.absorbed_least, went.total.adjusted.absorbed_most
    span = _range(least.value, most.value, currency)
    if least.low is None or most.high is None:
        return "Absorbed", span, "no interval: too few placebos"
    ends = _range(least.low, most.high, currency)
    return "Absorbed", span, f"90{words.THIN}% interval {ends}"


def _missing_lines(part: Estimate, currency: str) -> tuple[str, ...]:
    value = part.value or 0.0
    found = _amount(value, currency) if value > 0 else "none by best estimate"
    return "Not recorded on arrival", found, _interval(part, currency)


def of_network(chart: Sankey, name_of: Callable[[str], str], target: str) -> Diagram | None:
    """Return the diagram of a network's example flow; None where nothing flows.

    Args:
        chart: Nodes and links of one product.
        name_of: Names a node for people.
        target: Name of the target's node.
    """
    if not chart.links:
        return None
    whole = max(node.value for node in chart.nodes)
    links = tuple(link for link in chart.links if link.value >= LEAST_DRAWN * whole)
    column = _depth(links, target)
    nodes = tuple(
        Node(
            node.name,
            column[node.name],
            (name_of(node.name), *_range_lines(node.value, node.low, node.high, chart.currency)),
            "target" if node.name == target else "sender" if not column[node.name] else "hub",
        )
        for node in chart.nodes
        if node.name in column
    )
    ribbons = tuple(
        Ribbon(link.tail, link.head, link.value, min(link.low, link.value), "sent")
        for link in links
    )
    return Diagram(nodes, ribbons)


def _range_lines(value: float, low: float, high: float, currency: str) -> tuple[str, ...]:
    lines = [_amount(value, currency)]
    if _amount(low, currency) != _amount(high, currency):
        lines.append(_range(low, high, currency))
    return tuple(lines)


def _depth(links: tuple[Link, ...], target: str) -> dict[str, int]:
    """Return each node's column: the longest way to it; the target stands last."""
    names = {name for link in links for name in (link.tail, link.head)}
    depth = dict.fromkeys(names, 0)
    # Links form no circle, so this ends after at most one pass per node.
    for _ in names:
        for link in links:
            depth[link.head] = max(depth[link.head], depth[link.tail] + 1)
    depth[target] = max(depth.values())
    return depth
