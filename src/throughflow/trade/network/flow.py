"""Flows through a network by linear programming, in whole units so that answers are exact.

Capacities become integers of a unit that leaves the largest useful one ten digits. A network
matrix is totally unimodular, so the solver's corner is integral up to noise far below that unit;
rounded, it is checked for balance and capacity, and a maximum is proven by a cut in its residual
graph. scipy's own `maximum_flow` is not used: its capacities are 32-bit, and wider ones wrap around
without a word.

Among all optimal flows the one with the fewest legs (weighted by amount) is taken: it has no
cycles, and it is found about twice as fast as an arbitrary one.

Source: Ahuja, Magnanti & Orlin, *Network Flows* (1993), ch. 6 and 11; docs/methods/networks.md.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy import sparse
from scipy.optimize import linprog
from scipy.sparse.csgraph import breadth_first_order

from throughflow.errors import ModelError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    FloatArray = NDArray[np.float64]
    IntArray = NDArray[np.int64]
    BoolArray = NDArray[np.bool_]

# The largest useful capacity has this many digits as an integer.
DIGITS = 10
# HiGHS works to 1e-7 in its own numbers, and a double holds sums of 1e7 to 1e-8. A unit of 1e-5 is
# far above both, so rounding to whole units cannot go astray.
SOLVER_UNIT = 1e-5
# Few of the legs between hubs of a dense network carry anything: a program begins with this many
# per hub and asks for others as prices show them useful.
FIRST_PER_HUB = 8


@dataclass(frozen=True, slots=True)
class Graph:
    """The shape of a network, without amounts.

    Attributes:
        n_nodes: Number of nodes.
        sources: Exporters, shape (n_sources,); no arc ends there.
        target: Target; no arc starts there.
        tail: Node each arc leaves, shape (n_arcs,).
        head: Node each arc enters, shape (n_arcs,).
    """

    n_nodes: int
    sources: IntArray
    target: int
    tail: IntArray
    head: IntArray

    @property
    def is_source(self) -> BoolArray:
        """Whether each node is an exporter, shape (n_nodes,)."""
        flags = np.zeros(self.n_nodes, dtype=bool)
        flags[self.sources] = True
        return flags

    def outgoing(self, amount: IntArray | FloatArray) -> FloatArray:
        """Add up what leaves each node, shape (n_nodes,)."""
        return np.bincount(self.tail, amount, self.n_nodes).astype(np.float64)

    def incoming(self, amount: IntArray | FloatArray) -> FloatArray:
        """Add up what enters each node, shape (n_nodes,)."""
        return np.bincount(self.head, amount, self.n_nodes).astype(np.float64)


@dataclass(frozen=True, slots=True)
class Most:
    """A maximum flow.

    Attributes:
        total: What reaches the target, in units.
        flow: Amount on each arc, shape (n_arcs,), in units; one of many flows of this total.
        in_every_cut: Whether more capacity on the arc alone would let more through, shape
            (n_arcs,); only arcs with some capacity are marked.
    """

    total: int
    flow: IntArray
    in_every_cut: BoolArray


@dataclass(frozen=True, slots=True)
class Least:
    """The flow that own supply leaves to be explained.

    Attributes:
        needed: What must still have left the exporters, in units.
        delivered: What exporters and own supply together can have sent to the target, in units.
        asked: What was sent to the target by estimate, in units.
    """

    needed: int
    delivered: int
    asked: int


def useful_capacity(graph: Graph, capacity: FloatArray, supply: FloatArray) -> FloatArray:
    """Cut each capacity to what its tail can receive and its head can pass on, shape (n_arcs,).

    Args:
        graph: The network.
        capacity: Capacity of each arc, shape (n_arcs,), at least 0.
        supply: Own supply of each node, shape (n_nodes,), infinite where unknown.
    """
    received = np.where(graph.is_source, np.inf, graph.incoming(capacity) + supply)
    passed = graph.outgoing(capacity)
    passed[graph.target] = np.inf
    return np.minimum(capacity, np.minimum(received[graph.tail], passed[graph.head]))


def decimals_for(largest: float) -> int:
    """Return how many decimal places leave the largest amount `DIGITS` digits; may be negative."""
    if largest <= 0:
        return 0
    # Beyond 300 the power itself would leave the range of a double.
    return int(np.clip(DIGITS - np.ceil(np.log10(largest)), -300, 300))


def to_units(amount: FloatArray, decimals: int) -> FloatArray:
    """Return amounts in units of 10^-decimals, rounded, as floats so that infinity is kept."""
    scaled = amount * 10.0**decimals if decimals >= 0 else amount / 10.0**-decimals
    return np.rint(scaled)


def from_units(units: float, decimals: int) -> float:
    """Return an amount in money; dividing keeps decimal amounts the nearest double."""
    return float(units / 10.0**decimals if decimals >= 0 else units * 10.0**-decimals)


def most(graph: Graph, capacity: FloatArray, where: str) -> Most:
    """Find a maximum flow from the exporters to the target.

    Args:
        graph: The network.
        capacity: Capacity of each arc in units, whole numbers of at least 0, shape (n_arcs,).
        where: What the network is of, for errors.

    Raises:
        ModelError: The solver stopped early, or its answer does not balance or is no maximum.
    """
    nothing = np.zeros(graph.n_nodes)
    flow, _ = _cheapest(graph, capacity, nothing, where, source_cost=0)
    after, before = _residual_reach(graph, capacity, flow)
    if after[graph.target]:
        raise ModelError("the solver's flow is not a maximum", where=where)
    total = int(flow[graph.head == graph.target].sum())
    return Most(total, flow, (capacity > 0) & after[graph.tail] & before[graph.head])


def least(graph: Graph, capacity: FloatArray, supply: FloatArray, where: str) -> Least:
    """Find what the exporters must have sent when own supply explains first.

    What goes from hubs to the target is fixed at its estimate, or as near to it as exporters and
    own supply together can reach.

    Args:
        graph: The network.
        capacity: Capacity of each arc in units, shape (n_arcs,); of arcs into the target it is
            the estimate of what was sent.
        supply: Own supply of each node in units, shape (n_nodes,), infinite where unknown.
        where: What the network is of, for errors.

    Raises:
        ModelError: The solver stopped early, or its answer does not balance.
    """
    into_target = graph.head == graph.target
    asked = int(capacity[into_target].sum())
    senders = graph.tail[into_target & (capacity > 0)]
    if np.isinf(supply[senders]).all():
        # Whatever was sent can have been each sender's own: no program needed.
        return Least(0, asked, asked)
    flow, _ = _cheapest(graph, capacity, supply, where, source_cost=1)
    needed = int(flow[graph.is_source[graph.tail]].sum())
    return Least(needed, int(flow[into_target].sum()), asked)


def without_exporters(graph: Graph, capacity: FloatArray, supply: FloatArray, where: str) -> int:
    """Return the most that own supply alone can have sent to the target, in units."""
    closed = np.where(graph.is_source[graph.tail], 0.0, capacity)
    return least(graph, closed, supply, where).delivered


def useful_arcs(graph: Graph, capacity: FloatArray, supply: FloatArray) -> IntArray:
    """Return the arcs that can carry anything from where goods start to the target."""
    is_open = capacity > 0
    starts = np.flatnonzero(graph.is_source | (supply > 0))
    tail, head = graph.tail[is_open], graph.head[is_open]
    fed = reach(graph.n_nodes, tail, head, starts)
    leads = reach(graph.n_nodes, head, tail, np.array([graph.target]))
    return np.flatnonzero(is_open & fed[graph.tail] & leads[graph.head])


def reach(n_nodes: int, tail: IntArray, head: IntArray, starts: IntArray) -> BoolArray:
    """Return which nodes can be reached along arcs from some nodes, shape (n_nodes,)."""
    # One node before all starts makes it one search.
    tails = np.concatenate([tail, np.full(len(starts), n_nodes)])
    heads = np.concatenate([head, starts])
    ones = np.ones(len(tails), dtype=np.int8)
    links = sparse.csr_array((ones, (tails, heads)), shape=(n_nodes + 1, n_nodes + 1))
    found = np.zeros(n_nodes + 1, dtype=bool)
    found[breadth_first_order(links, n_nodes, return_predecessors=False)] = True
    return found[:n_nodes]


def solve_program(
    cost: FloatArray,
    upper: FloatArray,
    equal: tuple[sparse.sparray, FloatArray],
    where: str,
    at_most: tuple[sparse.sparray, FloatArray] | None = None,
) -> tuple[FloatArray, FloatArray]:
    """Minimise a cost over amounts between 0 and `upper` with HiGHS.

    Args:
        cost: Cost per unit, shape (n,).
        upper: Upper ends in units, shape (n,).
        equal: Matrix and right-hand side in units of what must hold with equality.
        where: What the program is of, for errors.
        at_most: Matrix and right-hand side in units of what must not be exceeded.

    Returns:
        Amounts in units, shape (n,), with the solver's noise, and the price of each equality,
        shape (n_rows,).

    Raises:
        ModelError: The solver found no optimum.
    """
    found = linprog(
        cost,
        A_ub=None if at_most is None else at_most[0],
        b_ub=None if at_most is None else at_most[1] * SOLVER_UNIT,
        A_eq=equal[0],
        b_eq=equal[1] * SOLVER_UNIT,
        bounds=np.column_stack([np.zeros(len(upper)), upper * SOLVER_UNIT]),
        method="highs",
    )
    if found.status != 0:
        raise ModelError(
            f"HiGHS found no optimum of {len(cost)} flows: {found.message.strip()}", where=where
        )
    return found.x / SOLVER_UNIT, found.eqlin.marginals


def balance(graph: Graph, arcs: IntArray, hubs: IntArray) -> sparse.csc_array:
    """Return the matrix of what enters minus what leaves each hub, shape (n_hubs, n_arcs)."""
    row = np.full(graph.n_nodes, -1)
    row[hubs] = np.arange(len(hubs))
    column = np.arange(len(arcs))
    rows = np.concatenate([row[graph.head[arcs]], row[graph.tail[arcs]]])
    columns = np.concatenate([column, column])
    signs = np.repeat([1.0, -1.0], len(arcs))
    inside = rows >= 0
    return sparse.csc_array(
        (signs[inside], (rows[inside], columns[inside])), shape=(len(hubs), len(arcs))
    )


def _cheapest(
    graph: Graph, capacity: FloatArray, supply: FloatArray, where: str, *, source_cost: int
) -> tuple[IntArray, IntArray]:
    """Deliver as much as possible, then take as little from exporters as asked, then few legs.

    The three aims are ranked by weights: the legs of a simple path or cycle number at most
    `n_hubs` + 3, so nothing they save is worth a unit of what ranks above them. One unit more
    delivered needs at most one unit more from the exporters.

    Returns:
        Flow of each arc, shape (n_arcs,), and own supply used, shape (n_nodes,), in units.
    """
    arcs = useful_arcs(graph, capacity, supply)
    flow = np.zeros(len(graph.tail), dtype=np.int64)
    used = np.zeros(graph.n_nodes, dtype=np.int64)
    if not len(arcs):
        return flow, used
    tail, head = graph.tail[arcs], graph.head[arcs]
    touched = np.unique(np.concatenate([tail, head]))
    hubs = touched[~graph.is_source[touched] & (touched != graph.target)]
    givers = hubs[supply[hubs] > 0]
    bound = useful_capacity(graph, capacity, supply)[arcs]
    given = np.minimum(supply, graph.outgoing(capacity))[givers]
    from_source = 2 * (len(hubs) + 3) * source_cost
    delivered = 3 * max(from_source, len(hubs) + 3)
    cost = 1.0 + from_source * graph.is_source[tail] - delivered * (head == graph.target)
    own = sparse.csc_array(
        (np.ones(len(givers)), (np.searchsorted(hubs, givers), np.arange(len(givers)))),
        shape=(len(hubs), len(givers)),
    )
    matrix = balance(graph, arcs, hubs)
    asked = _first_asked(graph, arcs, bound, len(hubs))
    while True:
        amounts, price = solve_program(
            np.concatenate([cost[asked], np.zeros(len(givers))]),
            np.concatenate([bound[asked], given]),
            (sparse.hstack([matrix[:, asked], own], format="csc"), np.zeros(len(hubs))),
            where,
        )
        # An arc left out that would lower the cost at these prices is asked in the next round;
        # when there is none, the answer is the optimum over all arcs. Costs are whole numbers.
        better = np.flatnonzero(cost - matrix.T @ price < -0.5)
        missing = np.setdiff1d(better, asked, assume_unique=True)
        if not len(missing):
            break
        asked = np.union1d(asked, missing)
    whole = np.rint(amounts).astype(np.int64)
    flow[arcs[asked]], used[givers] = whole[: len(asked)], whole[len(asked) :]
    kept = graph.incoming(flow) + used - graph.outgoing(flow)
    if kept[hubs].any() or (flow < 0).any() or (flow > capacity).any():
        raise ModelError("the solver's flow does not balance in whole units", where=where)
    return flow, used


def _first_asked(graph: Graph, arcs: IntArray, bound: FloatArray, n_hubs: int) -> IntArray:
    """Choose the arcs to begin with: all but the smaller ones between hubs of a dense network."""
    ends = graph.is_source[graph.tail[arcs]] | (graph.head[arcs] == graph.target)
    rank = np.where(ends, -np.inf, -bound)
    kept = int(ends.sum()) + FIRST_PER_HUB * n_hubs
    return np.sort(np.argsort(rank, kind="stable")[:kept])


def _residual_reach(
    graph: Graph, capacity: FloatArray, flow: IntArray
) -> tuple[BoolArray, BoolArray]:
    """Return the nodes that exporters reach, and those that reach the target, with what is left."""
    spare, back = capacity > flow, flow > 0
    tail = np.concatenate([graph.tail[spare], graph.head[back]])
    head = np.concatenate([graph.head[spare], graph.tail[back]])
    return (
        reach(graph.n_nodes, tail, head, graph.sources),
        reach(graph.n_nodes, head, tail, np.array([graph.target])),
    )
