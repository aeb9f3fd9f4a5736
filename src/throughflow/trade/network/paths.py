"""What a maximum flow is made of: paths, and what can have passed each hub.

A flow splits into paths in many ways and is itself one of many maximum flows; one path is an
example, not evidence. What *is* determined by the capacities: the total, and for each hub the least
and the most of that total that passes it over all maximum flows.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy import sparse

from throughflow.trade.network import flow as network_flow

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from throughflow.trade.network.flow import Graph

    FloatArray = NDArray[np.float64]
    IntArray = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class UnitPath:
    """One way of goods from an exporter to the target.

    Attributes:
        nodes: Indices of the nodes passed, exporter first, target last.
        amount: Amount, in units.
    """

    nodes: tuple[int, ...]
    amount: int


def decompose(graph: Graph, flow: IntArray) -> list[UnitPath]:
    """Split a flow into paths, largest first; one split of many.

    From each node the walk takes the arc that carried most and is not used up. Flow that only goes
    round in a circle is left out, because it delivers nothing.

    Args:
        graph: The network.
        flow: A balanced flow, shape (n_arcs,), in units.

    Returns:
        Paths whose amounts sum to what reaches the target, ties in order of their nodes.
    """
    left = flow.tolist()
    head = graph.head.tolist()
    leaving: dict[int, list[int]] = {}
    # The last of each list is the arc that carried most.
    for arc in sorted(np.flatnonzero(flow > 0).tolist(), key=lambda a: (left[a], -a)):
        leaving.setdefault(int(graph.tail[arc]), []).append(arc)
    paths = []
    for source in sorted(graph.sources.tolist()):
        while True:
            walked = _walk(source, graph.target, leaving, head, left)
            if not walked:
                break
            amount = min(left[arc] for arc in walked)
            for arc in walked:
                left[arc] -= amount
            paths.append(UnitPath((source, *(head[arc] for arc in walked)), amount))
    return sorted(paths, key=lambda path: (-path.amount, path.nodes))


def _walk(
    source: int, target: int, leaving: dict[int, list[int]], head: list[int], left: list[int]
) -> list[int]:
    """Walk from an exporter to the target along what is left; empty where nothing leaves it."""
    node, walked, step_of = source, list[int](), {source: 0}
    while node != target:
        arcs = leaving.get(node, [])
        while arcs and left[arcs[-1]] == 0:
            arcs.pop()
        if not arcs:
            return []
        walked.append(arcs[-1])
        node = head[arcs[-1]]
        if node in step_of:
            circle = walked[step_of[node] :]
            amount = min(left[arc] for arc in circle)
            for arc in circle:
                left[arc] -= amount
            node, walked, step_of = source, [], {source: 0}
        else:
            step_of[node] = len(walked)
    return walked


def through(
    graph: Graph, capacity: FloatArray, total: int, hub: int, where: str
) -> tuple[int, int]:
    """Return the least and the most of the maximum flow that passes a hub, in units.

    The least is what the network without the hub cannot carry. The most is a program on two copies
    of the network, before and after the hub, which share the arcs' capacities: goods count once
    however often a circle would lead them back.

    Args:
        graph: The network.
        capacity: Capacity of each arc in units, shape (n_arcs,).
        total: Value of the maximum flow, in units.
        hub: Index of the hub.
        where: What the network is of, for errors.

    Raises:
        ModelError: The solver found no optimum.
    """
    beside = np.where((graph.tail == hub) | (graph.head == hub), 0.0, capacity)
    smallest = total - network_flow.most(graph, beside, where).total
    arcs = network_flow.useful_arcs(graph, capacity, np.zeros(graph.n_nodes))
    if hub not in graph.head[arcs]:
        return 0, 0
    tail, head = graph.tail[arcs], graph.head[arcs]
    before = np.flatnonzero(tail != hub)
    after = np.flatnonzero((head != hub) & ~graph.is_source[tail])
    touched = np.unique(np.concatenate([tail, head]))
    hubs = touched[~graph.is_source[touched] & (touched != graph.target)]
    others = hubs[hubs != hub]
    passed = (head[before] == hub).astype(np.float64)
    delivered = np.concatenate([head[before] == graph.target, head[after] == graph.target])
    equal = sparse.vstack(
        [
            sparse.block_diag(
                [
                    network_flow.balance(graph, arcs[before], others),
                    network_flow.balance(graph, arcs[after], others),
                ]
            ),
            np.concatenate([passed, -(tail[after] == hub).astype(np.float64)])[None, :],
            delivered.astype(np.float64)[None, :],
        ],
        format="csc",
    )
    balanced = np.zeros(equal.shape[0])
    balanced[-1] = total
    copies = [
        sparse.csc_array(
            (np.ones(len(chosen)), (chosen, np.arange(len(chosen)))),
            shape=(len(arcs), len(chosen)),
        )
        for chosen in (before, after)
    ]
    bound = network_flow.useful_capacity(graph, capacity, np.zeros(graph.n_nodes))[arcs]
    amounts, _ = network_flow.solve_program(
        np.concatenate([-passed, np.zeros(len(after))]),
        np.concatenate([bound[before], bound[after]]),
        (equal, balanced),
        where,
        (sparse.hstack(copies, format="csc"), bound),
    )
    return smallest, int(np.rint(passed @ amounts[: len(before)]))
