"""Restricted goods through several hubs: the least and the most that the recorded legs allow.

Per product, *most* is the maximum flow from the coalition's exporters through hubs to the target,
each leg carrying at most its excess. *Least* fixes what hubs sent to the target at its estimate,
lets each hub's own supply explain as much of it as it can, and gives what must still have come from
the coalition: nothing where own supply is unknown, and the result says so.

Both speak of excess in the same code, not of the same goods. See docs/methods/networks.md.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from throughflow.errors import UsageError
from throughflow.trade.network import flow as network_flow
from throughflow.trade.network import paths as network_paths
from throughflow.trade.network.flow import Graph, from_units, to_units
from throughflow.trade.network.input import LEVELS
from throughflow.trade.network.result import (
    BelowExpected,
    Binding,
    Flows,
    Hub,
    LegFlow,
    Levels,
    Path,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from throughflow.trade.network.flow import Least, Most
    from throughflow.trade.network.input import Network

    FloatArray = NDArray[np.float64]

EXAMPLE = "flows by leg and paths are one example of many flows with the same total"
SAME_CODE = "excess in the same code; not the same goods, which no trade statistics can follow"
LOWEST = "own supply is not known for {}: taken as able to explain all that they sent"
OPEN_ENDS = "the excess of {} legs cannot be told and that of {} has no interval: see those lists"
REMAINDER = "more went to the target than the coalition's excess and own supply explain"


def solve(
    networks: Sequence[Network], *, with_hubs: bool = True, workers: int = 1
) -> tuple[Flows, ...]:
    """Bound the flow of each product through its network.

    Args:
        networks: One network per product.
        with_hubs: Whether to bound what passed each hub, two programs more per hub; worth leaving
            out in networks of hundreds of hubs.
        workers: Number of products worked on at the same time; the result does not depend on it.

    Returns:
        Bounds in the order of the networks.

    Raises:
        UsageError: `workers` is below 1.
        ModelError: The solver found no optimum, or its answer is not exact.
    """
    if workers < 1:
        raise UsageError(f"{workers} workers", where="workers", remedy="Give at least 1")

    def one(network: Network) -> Flows:
        return _solve_one(network, with_hubs=with_hubs)

    if workers == 1:
        return tuple(map(one, networks))
    # HiGHS lets other threads run while it works, so threads suffice.
    with ThreadPoolExecutor(workers) as pool:
        return tuple(pool.map(one, networks))


@dataclass(frozen=True, slots=True)
class _Problem:
    """A network in whole units.

    Attributes:
        graph: Its shape.
        capacity: Capacity by level, each of shape (n_arcs,), in units.
        supply: Own supply of each node, shape (n_nodes,), in units; infinite where unknown.
        decimals: A unit is 10^-decimals of the currency.
    """

    graph: Graph
    capacity: dict[str, FloatArray]
    supply: FloatArray
    decimals: int

    def money(self, amount: float) -> float:
        return from_units(amount, self.decimals)

    def levels(self, amount: Callable[[str], float]) -> Levels:
        return Levels(*(self.money(amount(level)) for level in LEVELS))

    def mixed(self, between: str, level: str) -> FloatArray:
        """Return capacities with legs between hubs at one level and all others at another."""
        graph = self.graph
        is_between = ~graph.is_source[graph.tail] & (graph.head != graph.target)
        return np.where(is_between, self.capacity[between], self.capacity[level])


def _solve_one(network: Network, *, with_hubs: bool) -> Flows:
    problem = _problem(network)
    graph, product = problem.graph, network.product
    most = {
        level: network_flow.most(graph, problem.capacity[level], f"{product}, most at {level}")
        for level in LEVELS
    }
    least = {
        level: network_flow.least(
            graph, problem.capacity[level], problem.supply, f"{product}, least at {level}"
        )
        for level in LEVELS
    }
    unknown = _unknown_supply(network, problem)
    unexplained = problem.levels(lambda level: least[level].asked - least[level].delivered)
    return Flows(
        product=product,
        currency=network.currency,
        exporters=tuple(network.nodes[node] for node in network.sources),
        target=network.nodes[network.target],
        least=_least(problem, most, least, product),
        most=problem.levels(lambda level: most[level].total),
        is_least_known=not unknown,
        unknown_supply=unknown,
        sent_to_target=problem.levels(lambda level: least[level].asked),
        unexplained=unexplained,
        legs=_legs(network, problem, most),
        paths=_paths(network, problem, most["mid"]),
        hubs=_hubs(network, problem, most["mid"].total, with_hubs=with_hubs),
        binding=_binding(network, most),
        below_expected=_below_expected(network),
        cannot_tell=network.cannot_tell,
        no_interval=network.no_interval,
        notes=_notes(network, unknown, unexplained),
    )


def _problem(network: Network) -> _Problem:
    graph = Graph(
        n_nodes=len(network.nodes),
        sources=np.array(sorted(network.sources), dtype=np.int64),
        target=network.target,
        tail=network.tail,
        head=network.head,
    )
    own = np.zeros(len(network.nodes))
    hubs = list(network.hubs)
    own[hubs] = np.where(np.isnan(network.own_supply[hubs]), np.inf, network.own_supply[hubs])
    # One unit for all levels, so that they can be compared exactly.
    useful = network_flow.useful_capacity(graph, network.capacity("high"), own)
    decimals = network_flow.decimals_for(float(useful.max(initial=0.0)))
    return _Problem(
        graph,
        {level: to_units(network.capacity(level), decimals) for level in LEVELS},
        to_units(own, decimals),
        decimals,
    )


def _least(
    problem: _Problem, most: dict[str, Most], least: dict[str, Least], product: str
) -> Levels:
    """Return the least at the estimates, with ends that hold for every excess between the ends.

    What must have come from the coalition is what can be delivered less what own supply alone can
    deliver. It grows with the legs from the coalition and with those into the target. More excess
    between hubs raises both terms, so each takes the end that is on the safe side.

    Source: Shapley (1961), *Naval Research Logistics Quarterly* 8: a source and a sink complement
    each other, two sources replace each other.
    """
    ends = {}
    for level, between in (("low", "high"), ("high", "low")):
        delivered = least[level].delivered
        own = delivered - least[level].needed
        mixed = problem.mixed(between, level)
        if (mixed != problem.capacity[level]).any():
            where = f"{product}, own supply at {level}"
            own = network_flow.without_exporters(problem.graph, mixed, problem.supply, where)
        ends[level] = min(max(delivered - own, 0), most[level].total)
    return Levels(
        problem.money(ends["low"]), problem.money(least["mid"].needed), problem.money(ends["high"])
    )


def _unknown_supply(network: Network, problem: _Problem) -> tuple[str, ...]:
    """Name the hubs without a figure of own supply from which something can reach the target."""
    is_open = problem.capacity["high"] > 0
    graph = problem.graph
    leads = network_flow.reach(
        graph.n_nodes, graph.head[is_open], graph.tail[is_open], np.array([graph.target])
    )
    return tuple(
        sorted(
            network.nodes[node]
            for node in network.hubs
            if leads[node] and np.isnan(network.own_supply[node])
        )
    )


def _excess(network: Network, arc: int) -> Levels:
    return Levels(*(float(getattr(network, level)[arc]) for level in LEVELS))


def _capacity(network: Network, arc: int) -> Levels:
    return Levels(*(max(float(getattr(network, level)[arc]), 0.0) for level in LEVELS))


def _ends(network: Network, arc: int) -> tuple[str, str]:
    return network.nodes[network.tail[arc]], network.nodes[network.head[arc]]


def _legs(network: Network, problem: _Problem, most: dict[str, Most]) -> tuple[LegFlow, ...]:
    carried = np.sum([most[level].flow > 0 for level in LEVELS], axis=0)
    legs = [
        LegFlow(
            *_ends(network, arc),
            Levels(*(problem.money(int(most[level].flow[arc])) for level in LEVELS)),
            _capacity(network, arc),
        )
        for arc in np.flatnonzero(carried).tolist()
    ]
    return tuple(sorted(legs, key=lambda leg: (-leg.flow.mid, leg.tail, leg.head)))


def _paths(network: Network, problem: _Problem, most: Most) -> tuple[Path, ...]:
    return tuple(
        Path(
            tuple(network.nodes[node] for node in path.nodes),
            problem.money(path.amount),
            path.amount / most.total,
        )
        for path in network_paths.decompose(problem.graph, most.flow)
    )


def _hubs(network: Network, problem: _Problem, total: int, *, with_hubs: bool) -> tuple[Hub, ...]:
    graph = problem.graph
    into_target = graph.head == graph.target
    sent = {}
    for level in LEVELS:
        amount = np.where(into_target, network.capacity(level), 0.0)
        sent[level] = graph.outgoing(amount)
    found = []
    for node in sorted(network.hubs, key=lambda n: network.nodes[n]):
        name, supply = network.nodes[node], float(network.own_supply[node])
        passed: tuple[float | None, float | None] = (None, None)
        shares = passed
        if with_hubs:
            where = f"{network.product}, through {name}"
            units = network_paths.through(graph, problem.capacity["mid"], total, node, where)
            passed = (problem.money(units[0]), problem.money(units[1]))
            shares = (units[0] / total, units[1] / total) if total else shares
        found.append(
            Hub(
                name,
                Levels(*(float(sent[level][node]) for level in LEVELS)),
                None if np.isnan(supply) else supply,
                network.supply_source[node],
                not np.isnan(supply),
                *passed,
                *shares,
            )
        )
    return tuple(found)


def _binding(network: Network, most: dict[str, Most]) -> tuple[Binding, ...]:
    marked = np.array([most[level].in_every_cut for level in LEVELS])
    return tuple(
        Binding(
            *_ends(network, arc),
            _capacity(network, arc),
            tuple(level for level, holds in zip(LEVELS, marked[:, arc], strict=True) if holds),
        )
        for arc in sorted(
            np.flatnonzero(marked.any(axis=0)).tolist(), key=lambda a: _ends(network, a)
        )
    )


def _below_expected(network: Network) -> tuple[BelowExpected, ...]:
    return tuple(
        BelowExpected(*_ends(network, arc), _excess(network, arc))
        for arc in sorted(np.flatnonzero(network.mid < 0).tolist(), key=lambda a: _ends(network, a))
    )


def _notes(network: Network, unknown: tuple[str, ...], unexplained: Levels) -> tuple[str, ...]:
    notes = [SAME_CODE, EXAMPLE]
    if unknown:
        notes.append(LOWEST.format(", ".join(unknown)))
    if max(unexplained.low, unexplained.mid, unexplained.high) > 0:
        notes.append(REMAINDER)
    if network.cannot_tell or network.no_interval:
        notes.append(OPEN_ENDS.format(len(network.cannot_tell), len(network.no_interval)))
    return tuple(notes)
