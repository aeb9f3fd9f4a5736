"""Bounds on flow through several hubs, held against enumeration and other algorithms."""

from __future__ import annotations

import itertools
import json
from dataclasses import asdict, replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse
from scipy.optimize import linprog
from scipy.sparse.csgraph import maximum_flow

from throughflow.errors import InputError, ModelError, UsageError
from throughflow.trade import network
from throughflow.trade.network import flow as network_flow
from throughflow.trade.network import input as network_input
from throughflow.trade.network import paths as network_paths
from throughflow.trade.network.input import Network
from throughflow.trade.network.result import Levels
from throughflow.trade.network.sankey import sankey

# Whole amounts are exact in units of ten digits and come back as they went in; others are rounded
# to ten digits of the largest, once per arc and sum.
TEN_DIGITS = 1e-8

quick = settings(max_examples=20, deadline=None)


def make(arcs, *, exporters=("EU",), target="RU", supply=None, order=None, **more):
    """Build a network from {(tail, head): amount or (low, mid, high)}."""
    names = {name for arc in arcs for name in arc} | {target, *exporters}
    nodes = tuple(order or sorted(names))
    amounts = [(a, a, a) if np.isscalar(a) else a for a in arcs.values()]
    low, mid, high = (np.array(x, dtype=np.float64) for x in zip(*amounts, strict=True))
    own = np.full(len(nodes), np.nan)
    for name, value in (supply or {}).items():
        own[nodes.index(name)] = value
    fields = {
        "product": "8542",
        "nodes": nodes,
        "sources": tuple(nodes.index(name) for name in exporters),
        "target": nodes.index(target),
        "tail": np.array([nodes.index(tail) for tail, _ in arcs]),
        "head": np.array([nodes.index(head) for _, head in arcs]),
        "low": low,
        "mid": mid,
        "high": high,
        "own_supply": own,
        "supply_source": tuple("stated" if np.isfinite(value) else "" for value in own),
        "currency": "EUR",
    }
    return Network(**(fields | more))


def solve(made, **how):
    return network.solve([made], **how)[0]


def draw(seed, n_hubs, *, n_exporters=1, largest=9, density=0.7, known=1.0):
    """Draw legs with whole amounts, exporters, and the own supply of some hubs."""
    rng = np.random.default_rng(seed)
    exporters = [f"E{i}" for i in range(n_exporters)]
    hubs = [f"H{i}" for i in range(n_hubs)]
    pairs = [*itertools.product(exporters, hubs), *((h, "RU") for h in hubs)]
    pairs += itertools.permutations(hubs, 2)
    arcs = {pair: int(rng.integers(0, largest + 1)) for pair in pairs if rng.random() < density}
    arcs[exporters[0], hubs[0]] = largest
    supply = {h: int(rng.integers(0, largest + 1)) for h in hubs if rng.random() < known}
    nodes = {*exporters, "RU", *(name for arc in arcs for name in arc)}
    supply = {h: value for h, value in supply.items() if h in nodes}
    return arcs, tuple(exporters), supply


def cuts(arcs, exporters, supply=None):
    """Yield value and arcs with capacity of every cut; own supply has a node of its own."""
    supply = supply or {}
    all_arcs = dict(arcs) | {("own", hub): value for hub, value in supply.items()}
    starts = {*exporters, "own"}
    hubs = sorted({name for arc in all_arcs for name in arc} - starts - {"RU"})
    for chosen in itertools.product((False, True), repeat=len(hubs)):
        near = starts | {hub for hub, is_near in zip(hubs, chosen, strict=True) if is_near}
        cut = {
            arc
            for arc, value in all_arcs.items()
            if arc[0] in near and arc[1] not in near and value
        }
        yield sum(all_arcs[arc] for arc in cut), cut


def smallest_cut(arcs, exporters, supply=None):
    return min(value for value, _ in cuts(arcs, exporters, supply))


def without(arcs, nodes):
    return {arc: value for arc, value in arcs.items() if not set(arc) & set(nodes)}


# The most


@pytest.mark.parametrize("seed", range(30))
def test_most_and_binding_legs_equal_the_enumeration_of_all_cuts(seed):
    arcs, exporters, _ = draw(seed, 1 + seed % 5, n_exporters=1 + seed % 2)
    found = solve(make(arcs, exporters=exporters), with_hubs=False)
    every = list(cuts(arcs, exporters))
    best = min(value for value, _ in every)
    assert found.most == Levels(best, best, best)
    in_all = set.intersection(*(cut for value, cut in every if value == best))
    assert {(leg.tail, leg.head) for leg in found.binding} == in_all
    assert all(leg.levels == ("low", "mid", "high") for leg in found.binding)


@pytest.mark.parametrize("seed", range(8))
def test_binding_legs_are_those_that_let_more_through(seed):
    arcs, exporters, _ = draw(seed, 4)
    found = solve(make(arcs, exporters=exporters))
    binding = {(leg.tail, leg.head) for leg in found.binding}
    for arc, value in arcs.items():
        if value:
            more = solve(make(arcs | {arc: value + 1}, exporters=exporters), with_hubs=False)
            assert (more.most.mid > found.most.mid) == (arc in binding)


@pytest.mark.parametrize(("n_hubs", "seed"), [(30, 0), (30, 1), (60, 2), (60, 3), (90, 4)])
def test_most_equals_scipys_maximum_flow_on_large_networks(n_hubs, seed):
    """Dense enough that the program must ask for legs it left out at first."""
    rng = np.random.default_rng(seed)
    arcs, exporters, _ = draw(seed, n_hubs, n_exporters=3, largest=10**5)
    for arc in arcs:
        # Some hubs only receive from outside and others only send on.
        outward = arc[1] == "RU" and int(arc[0][1:]) % 2
        inward = arc[0] in exporters and not int(arc[1][1:]) % 2
        if outward or inward or rng.random() < 0.2:
            arcs[arc] = 0
    made = make(arcs, exporters=exporters)
    n = len(made.nodes)
    tail = np.concatenate([made.tail, np.full(len(exporters), n)])
    head = np.concatenate([made.head, made.sources])
    capacity = np.concatenate([made.mid, np.full(len(exporters), 2**30)]).astype(np.int32)
    graph = sparse.csr_array((capacity, (tail, head)), shape=(n + 1, n + 1))
    expected = maximum_flow(graph, n, made.target).flow_value
    assert expected > 0
    assert solve(made, with_hubs=False).most.mid == expected


def test_small_legs_are_asked_for_when_they_are_the_ones_that_matter():
    """The larger legs between hubs, which a dense program begins with, all lead backwards here."""
    entries, exits = [f"A{i}" for i in range(20)], [f"B{i}" for i in range(20)]
    arcs = {("EU", hub): 100 for hub in entries} | {(hub, "RU"): 100 for hub in exits}
    arcs |= dict.fromkeys(itertools.product(exits, entries), 50)
    arcs |= dict.fromkeys(itertools.product(entries, exits), 2)
    assert len(arcs) > 2 * (network_flow.FIRST_PER_HUB * 40 + 40)
    assert solve(make(arcs), with_hubs=False).most.mid == 2.0 * 20 * 20


def test_amounts_beyond_32_bits_are_exact():
    """scipy's maximum flow would wrap around here without a word."""
    arcs = {("EU", "KZ"): 5e12, ("EU", "KG"): 7e12, ("KG", "KZ"): 1e12}
    arcs |= {("KZ", "RU"): 5.5e12, ("KG", "RU"): 3e12}
    assert solve(make(arcs)).most.mid == 8.5e12


@pytest.mark.parametrize("magnitude", [1e-9, 1e-3, 1.0, 1e9, 1e18])
def test_a_small_leg_beside_a_capacity_nobody_can_fill(magnitude):
    """The unit follows what can flow, not the largest number written down."""
    arcs = {("EU", "KZ"): 1e9 * magnitude, ("KZ", "RU"): 3 * magnitude}
    arcs |= {("EU", "KG"): 2 * magnitude, ("KG", "RU"): 1e12 * magnitude}
    found = solve(make(arcs, supply={"KZ": 1e15 * magnitude, "KG": magnitude}))
    assert found.most.mid == pytest.approx(5 * magnitude, rel=TEN_DIGITS)
    assert found.least.mid == pytest.approx(2 * magnitude, rel=TEN_DIGITS)


# The least


@pytest.mark.parametrize("seed", range(30))
def test_least_equals_the_difference_of_two_enumerated_cuts(seed):
    """What can be delivered, less what own supply alone can deliver."""
    arcs, exporters, supply = draw(seed, 1 + seed % 4, n_exporters=1 + seed % 2)
    hubs = {name for arc in arcs for name in arc} - {*exporters, "RU"}
    supply = dict.fromkeys(hubs, 0) | supply
    found = solve(make(arcs, exporters=exporters, supply=supply), with_hubs=False)
    together = smallest_cut(arcs, exporters, supply)
    alone = smallest_cut(without(arcs, exporters), (), supply)
    sent = sum(value for (_, head), value in arcs.items() if head == "RU")
    assert found.least.mid == together - alone
    assert found.least == Levels(*[together - alone] * 3)
    assert found.unexplained.mid == sent - together
    assert found.is_least_known


@pytest.mark.parametrize("seed", range(12))
def test_least_equals_the_enumeration_of_all_whole_flows(seed):
    """By the definition itself: deliver all that can be, then take the fewest from exporters."""
    arcs, exporters, supply = draw(seed, 2, largest=3, density=0.9)
    hubs = sorted({name for arc in arcs for name in arc} - {"E0", "RU"})
    supply = dict.fromkeys(hubs, 0) | supply
    names = list(arcs)
    best = None
    for flow in itertools.product(*(range(arcs[arc] + 1) for arc in names)):
        given = [
            sum(f for f, arc in zip(flow, names, strict=True) if arc[0] == hub)
            - sum(f for f, arc in zip(flow, names, strict=True) if arc[1] == hub)
            for hub in hubs
        ]
        if all(0 <= g <= supply[hub] for g, hub in zip(given, hubs, strict=True)):
            delivered = sum(f for f, arc in zip(flow, names, strict=True) if arc[1] == "RU")
            needed = sum(f for f, arc in zip(flow, names, strict=True) if arc[0] == "E0")
            best = min(best, (-delivered, needed)) if best else (-delivered, needed)
    found = solve(make(arcs, exporters=exporters, supply=supply), with_hubs=False)
    assert (found.unexplained.mid, found.least.mid) == (found.sent_to_target.mid + best[0], best[1])


def test_unknown_own_supply_can_explain_everything_and_is_flagged():
    arcs = {("EU", "KZ"): 100, ("EU", "KG"): 50, ("KZ", "RU"): 80, ("KG", "RU"): 40}
    nobody = solve(make(arcs))
    assert nobody.least == Levels(0.0, 0.0, 0.0)
    assert (nobody.is_least_known, nobody.unknown_supply) == (False, ("KG", "KZ"))
    assert any("KG, KZ" in note for note in nobody.notes)
    one = solve(make(arcs, supply={"KZ": 30}))
    assert one.least.mid == 50
    assert (one.is_least_known, one.unknown_supply) == (False, ("KG",))
    both = solve(make(arcs, supply={"KZ": 30, "KG": 0}))
    assert (both.least.mid, both.is_least_known, both.unknown_supply) == (90.0, True, ())
    kazakhstan = next(hub for hub in both.hubs if hub.name == "KZ")
    assert (kazakhstan.own_supply, kazakhstan.supply_source) == (30.0, "stated")
    assert nobody.hubs[0].own_supply is None
    assert not nobody.hubs[0].is_supply_known


def test_an_unknown_supply_explains_what_a_neighbour_sent():
    arcs = {("EU", "KZ"): 100, ("KZ", "RU"): 80, ("EU", "CN"): 9, ("CN", "KZ"): 60}
    found = solve(make(arcs, supply={"KZ": 0}))
    assert (found.least.mid, found.unknown_supply) == (20.0, ("CN",))


def test_more_sent_than_anybody_explains_is_a_remainder_not_a_failure():
    arcs = {("EU", "KZ"): (5, 10, 20), ("KZ", "RU"): (40, 50, 60)}
    found = solve(make(arcs, supply={"KZ": 15}))
    assert found.sent_to_target == Levels(40.0, 50.0, 60.0)
    assert found.unexplained == Levels(20.0, 25.0, 25.0)
    assert found.least == Levels(5.0, 10.0, 20.0)
    assert network.REMAINDER in found.notes
    assert network.REMAINDER not in solve(make(arcs, supply={"KZ": 60})).notes


def test_excess_between_hubs_gives_own_supply_a_way_to_explain():
    """The least falls when it grows, so its interval takes that end the other way round."""
    arcs = {("EU", "KG"): 10, ("CN", "KG"): (0, 4, 10), ("KG", "RU"): 10}
    found = solve(make(arcs, supply={"CN": 10, "KG": 0}))
    assert found.least == Levels(0.0, 6.0, 10.0)
    assert found.most == Levels(10.0, 10.0, 10.0)


def test_the_least_is_never_above_the_most():
    """What own supply delivers at one end and not at the other is not the coalition's."""
    arcs = {("EU", "KG"): 3, ("CN", "KG"): (0, 4, 10), ("KG", "RU"): 10}
    found = solve(make(arcs, supply={"CN": 10, "KG": 0}))
    assert (found.least, found.most) == (Levels(0.0, 3.0, 3.0), Levels(3.0, 3.0, 3.0))


@pytest.mark.parametrize("seed", range(10))
def test_ends_hold_for_every_excess_between_the_ends(seed):
    arcs, exporters, supply = draw(seed, 4, known=0.9)
    rng = np.random.default_rng(seed + 1000)
    wide = {
        arc: (max(value - int(rng.integers(0, 5)), -2), value, value + int(rng.integers(0, 5)))
        for arc, value in arcs.items()
    }
    found = solve(make(wide, exporters=exporters, supply=supply), with_hubs=False)
    assert found.least.low <= found.least.mid <= found.least.high
    assert found.most.low <= found.most.mid <= found.most.high
    for level in network_input.LEVELS:
        assert 0 <= getattr(found.least, level) <= getattr(found.most, level)
    for _ in range(8):
        between = {
            arc: int(rng.integers(max(low, 0), max(high, 0) + 1))
            for arc, (low, _, high) in wide.items()
        }
        one = solve(make(between, exporters=exporters, supply=supply), with_hubs=False)
        assert found.least.low <= one.least.mid <= found.least.high
        assert found.most.low <= one.most.mid <= found.most.high


# Properties

seeds = st.integers(0, 10**6)


@quick
@given(seeds, st.integers(0, 30), st.integers(1, 5))
def test_bounds_are_monotone(seed, which, more):
    arcs, exporters, supply = draw(seed, 4, known=0.9)
    arc = list(arcs)[which % len(arcs)]
    one = solve(make(arcs, exporters=exporters, supply=supply), with_hubs=False)
    wider = make(arcs | {arc: arcs[arc] + more}, exporters=exporters, supply=supply)
    two = solve(wider, with_hubs=False)
    assert one.most.mid <= two.most.mid <= one.most.mid + more
    if arc[0] in exporters or arc[1] == "RU":
        assert one.least.mid <= two.least.mid
    for hub in supply:
        richer = supply | {hub: supply[hub] + more}
        made = make(arcs, exporters=exporters, supply=richer)
        assert solve(made, with_hubs=False).least.mid <= one.least.mid


@quick
@given(seeds, st.floats(1e-6, 1e6))
def test_bounds_scale_with_the_amounts(seed, factor):
    arcs, exporters, supply = draw(seed, 4, known=0.9)
    one = solve(make(arcs, exporters=exporters, supply=supply))
    scaled = {arc: value * factor for arc, value in arcs.items()}
    stock = {hub: value * factor for hub, value in supply.items()}
    two = solve(make(scaled, exporters=exporters, supply=stock))
    near = {"rel": TEN_DIGITS, "abs": TEN_DIGITS * 9 * factor}
    assert two.most.mid == pytest.approx(one.most.mid * factor, **near)
    assert two.least.mid == pytest.approx(one.least.mid * factor, **near)
    assert two.unexplained.mid == pytest.approx(one.unexplained.mid * factor, **near)
    for hub, again in zip(one.hubs, two.hubs, strict=True):
        assert again.least_through == pytest.approx(hub.least_through * factor, **near)
        assert again.most_through == pytest.approx(hub.most_through * factor, **near)


@quick
@given(seeds, st.randoms(use_true_random=False))
def test_order_of_nodes_and_arcs_does_not_matter(seed, random):
    arcs, exporters, supply = draw(seed, 4, n_exporters=2, known=0.9)
    made = make(arcs, exporters=exporters, supply=supply)
    nodes, pairs = list(made.nodes), list(arcs)
    random.shuffle(nodes)
    random.shuffle(pairs)
    again = make(
        {pair: arcs[pair] for pair in pairs}, exporters=exporters, supply=supply, order=nodes
    )
    one, two = solve(made), solve(again)
    for name in ("most", "least", "unexplained", "hubs", "binding", "unknown_supply"):
        assert getattr(one, name) == getattr(two, name)


# What the flow is made of


@pytest.mark.parametrize("seed", range(12))
def test_paths_add_up_and_respect_every_leg(seed):
    arcs, exporters, _ = draw(seed, 6, n_exporters=2, density=0.8)
    found = solve(make(arcs, exporters=exporters))
    assert sum(path.amount for path in found.paths) == found.most.mid
    assert [p.amount for p in found.paths] == sorted((p.amount for p in found.paths), reverse=True)
    carried = dict.fromkeys(arcs, 0.0)
    for path in found.paths:
        assert path.nodes[0] in exporters
        assert path.nodes[-1] == "RU"
        assert len(set(path.nodes)) == len(path.nodes)
        assert path.share == pytest.approx(path.amount / found.most.mid)
        for leg in itertools.pairwise(path.nodes):
            carried[leg] += path.amount
    assert all(carried[leg] <= arcs[leg] for leg in arcs)
    assert {leg: flow for leg, flow in carried.items() if flow} == {
        (leg.tail, leg.head): leg.flow.mid for leg in found.legs
    }


def test_a_circle_is_no_path():
    graph = network_flow.Graph(
        n_nodes=5,
        sources=np.array([0]),
        target=1,
        tail=np.array([0, 2, 3, 4, 3]),
        head=np.array([2, 3, 4, 2, 1]),
    )
    paths = network_paths.decompose(graph, np.array([4, 11, 7, 7, 4]))
    assert [(path.nodes, path.amount) for path in paths] == [((0, 2, 3, 1), 4)]


def test_the_fewest_legs_are_preferred():
    """Nothing goes through a second hub where one suffices."""
    arcs = {("EU", "KZ"): 10, ("EU", "KG"): 10, ("KZ", "RU"): 10, ("KG", "RU"): 10}
    arcs |= {("KZ", "KG"): 10, ("KG", "KZ"): 10}
    found = solve(make(arcs))
    assert sorted(path.nodes for path in found.paths) == [("EU", "KG", "RU"), ("EU", "KZ", "RU")]


def walks(arcs, exporters, hub):
    """Return the legs of every way through a hub, and of every way beside it."""

    def simple(starts, end, banned):
        stack = [(start,) for start in starts]
        while stack:
            path = stack.pop()
            if path[-1] == end:
                yield tuple(itertools.pairwise(path))
                continue
            stack += [
                (*path, head)
                for (tail, head), value in arcs.items()
                if tail == path[-1] and value and head not in path and head not in banned
            ]

    beside = list(simple(exporters, "RU", {hub}))
    passing = [
        into + out for into in simple(exporters, hub, {"RU"}) for out in simple([hub], "RU", set())
    ]
    return passing, beside


@pytest.mark.parametrize("seed", range(16))
def test_what_can_pass_a_hub_equals_a_program_over_all_ways(seed):
    arcs, exporters, _ = draw(seed, 3 + seed % 2, density=0.85, largest=6)
    found = solve(make(arcs, exporters=exporters))
    for hub in found.hubs:
        assert hub.least_through == found.most.mid - smallest_cut(
            without(arcs, {hub.name}) | {("E0", "nowhere"): 0}, exporters
        )
        passing, beside = walks(arcs, exporters, hub.name)
        ways = passing + beside
        if not passing or not found.most.mid:
            assert hub.most_through == 0
            continue
        used = np.array([[way.count(arc) for way in ways] for arc in arcs])
        best = linprog(
            np.concatenate([-np.ones(len(passing)), np.zeros(len(beside))]),
            A_ub=used,
            b_ub=list(arcs.values()),
            A_eq=np.ones((1, len(ways))),
            b_eq=[found.most.mid],
        )
        assert hub.most_through == pytest.approx(-best.fun, rel=TEN_DIGITS, abs=TEN_DIGITS)
        assert hub.most_share == pytest.approx(hub.most_through / found.most.mid)


def test_goods_led_in_a_circle_pass_a_hub_once():
    arcs = {("EU", "KZ"): 4, ("KZ", "RU"): 4, ("KZ", "KG"): 9, ("KG", "KZ"): 9}
    found = {hub.name: hub for hub in solve(make(arcs)).hubs}
    assert (found["KZ"].least_through, found["KZ"].most_through) == (4.0, 4.0)
    assert (found["KG"].least_through, found["KG"].most_through) == (0.0, 4.0)


def test_a_hub_that_can_be_avoided_or_not():
    arcs = {("EU", "KZ"): 10, ("EU", "KG"): 6, ("KG", "KZ"): 6, ("KZ", "RU"): 12}
    arcs |= {("EU", "AM"): 3, ("AM", "RU"): 3, ("EU", "GE"): 5}
    found = {hub.name: hub for hub in solve(make(arcs)).hubs}
    assert (found["KG"].least_through, found["KG"].most_through) == (2.0, 6.0)
    assert (found["AM"].least_share, found["AM"].most_share) == (0.2, 0.2)
    assert (found["GE"].least_through, found["GE"].most_through) == (0.0, 0.0)


def test_a_network_worked_by_hand():
    """Kyrgyzstan's goods go on through Kazakhstan; Armenia's leg to Russia is the bottleneck."""
    arcs = {
        ("DE", "KG"): (20, 30, 40),
        ("FR", "AM"): (50, 60, 70),
        ("DE", "KZ"): (-5, 10, 25),
        ("KG", "KZ"): (10, 20, 30),
        ("KZ", "RU"): (60, 80, 90),
        ("AM", "RU"): (15, 20, 25),
    }
    found = solve(
        make(arcs, exporters=("DE", "FR"), supply={"KZ": 55, "KG": 0, "AM": 0}),
    )
    assert found.most == Levels(10.0 + 15, 20.0 + 10 + 20, 30.0 + 25 + 25)
    # At the estimates Kazakhstan's own 55 leave 25 of its 80 to the coalition, and Armenia's 20.
    assert found.least.mid == 45.0
    assert found.unexplained == Levels(0.0, 0.0, 0.0)
    assert {(leg.tail, leg.head, leg.levels) for leg in found.binding} == {
        ("KG", "KZ", ("low", "mid", "high")),
        ("DE", "KZ", ("mid", "high")),
        ("AM", "RU", ("low", "mid", "high")),
    }
    assert found.below_expected == ()
    assert {path.nodes: path.amount for path in found.paths} == {
        ("DE", "KG", "KZ", "RU"): 20.0,
        ("FR", "AM", "RU"): 20.0,
        ("DE", "KZ", "RU"): 10.0,
    }


def test_negative_excess_carries_nothing_and_is_reported():
    arcs = {("EU", "KZ"): (-9, -4, 2), ("KZ", "RU"): (5, 6, 7)}
    found = solve(make(arcs))
    assert found.most == Levels(0.0, 0.0, 2.0)
    assert [(leg.tail, leg.head, leg.excess) for leg in found.below_expected] == [
        ("EU", "KZ", Levels(-9.0, -4.0, 2.0))
    ]
    assert (found.hubs[0].most_share, found.hubs[0].most_through) == (None, 0.0)


def test_products_in_parallel_give_what_they_give_alone():
    made = [make(draw(seed, 5)[0], exporters=("E0",)) for seed in range(6)]
    assert network.solve(made, workers=3) == network.solve(made)
    with pytest.raises(UsageError, match="0 workers"):
        network.solve(made, workers=0)


def test_a_stopped_solver_is_an_error_with_the_product_in_it():
    impossible = (sparse.csc_array(np.ones((1, 1))), np.array([5.0]))
    with pytest.raises(ModelError, match="8542: HiGHS found no optimum of 1 flows"):
        network_flow.solve_program(np.ones(1), np.ones(1), impossible, "8542")


def test_results_are_ready_for_json():
    arcs, exporters, supply = draw(3, 4, known=0.5)
    found = solve(make(arcs, exporters=exporters, supply=supply))
    text = json.dumps([asdict(found), asdict(sankey(found))], allow_nan=False)
    assert json.loads(text)[0]["most"]["mid"] == found.most.mid


# The chart's data


def test_sankey_nodes_balance_and_ranges_hold_the_value():
    arcs, exporters, _ = draw(5, 5, n_exporters=2)
    wide = {arc: (value // 2, value, value * 2) for arc, value in arcs.items()}
    found = solve(make(wide, exporters=exporters))
    chart = sankey(found)
    assert (chart.title, chart.currency, chart.level) == ("8542", "EUR", "mid")
    into, out = {}, {}
    for link in chart.links:
        assert link.name == f"{link.tail} → {link.head}"
        assert link.low <= link.value <= link.high
        assert link.is_range == (link.low != link.high)
        into[link.head] = into.get(link.head, 0) + link.value
        out[link.tail] = out.get(link.tail, 0) + link.value
    by_name = {node.name: node for node in chart.nodes}
    assert by_name.keys() == into.keys() | out.keys()
    for name, node in by_name.items():
        assert node.value == out.get(name, into.get(name))
        if name in into and name in out:
            assert into[name] == out[name]
    assert by_name["RU"].value == found.most.mid
    assert (by_name["RU"].low, by_name["RU"].high) == (found.most.low, found.most.high)
    assert chart.nodes[-1].name == "RU"
    assert chart.nodes[0].name in exporters
    assert chart.notes == found.notes
    assert sum(k.value for k in sankey(found, "high").links if k.head == "RU") == found.most.high


def test_sankey_of_an_unknown_level():
    found = solve(make({("EU", "KZ"): 1, ("KZ", "RU"): 1}))
    with pytest.raises(InputError, match="unknown level 'middle'"):
        sankey(found, "middle")


# What is refused

GOOD = {("EU", "KZ"): 3, ("KZ", "KG"): 2, ("KG", "RU"): 3}


@pytest.mark.parametrize(
    ("arcs", "message"),
    [
        ({("EU", "KZ"): (1, 2, np.nan)}, "8542, EU -> KZ: .* high excess that is not a finite"),
        ({("KZ", "KG"): (-np.inf, 2, 3)}, "8542, KZ -> KG: .* low excess that is not a finite"),
        ({("KZ", "KG"): (1, np.inf, np.inf)}, "8542, KZ -> KG: .* mid excess that is not a finite"),
        ({("KZ", "KG"): (3, 2, 4)}, r"8542, KZ -> KG: the arc \[3, 2, 4\] has ends out of order"),
        ({("KZ", "EU"): 1}, "8542, KZ -> EU: .* ends at an exporter"),
        ({("RU", "KZ"): 1}, "8542, RU -> KZ: .* starts at the target"),
        ({("KZ", "KZ"): 1}, "8542, KZ -> KZ: .* ends where it starts"),
        ({("EU", "RU"): 1}, "8542, EU -> RU: .* passes no hub"),
    ],
)
def test_arcs_that_cannot_be(arcs, message):
    with pytest.raises(InputError, match=message):
        make(GOOD | arcs)


def test_an_arc_given_twice():
    good = make(GOOD)
    again = {
        name: np.append(getattr(good, name), getattr(good, name)[1])
        for name in ("tail", "head", "low", "mid", "high")
    }
    with pytest.raises(InputError, match=r"8542, KZ -> KG: .* occurs twice"):
        replace(good, **again)


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"nodes": ("EU", "KG", "EU", "RU")}, "8542: node EU occurs twice"),
        ({"sources": ()}, "no exporter of the coalition is named"),
        ({"sources": (7,)}, "must be indices below 4"),
        ({"target": 0}, "EU is both an exporter and the target"),
        ({"supply_source": ()}, "0 sources for 4 nodes"),
        ({"low": np.zeros(2)}, "arrays differ in shape"),
        ({"head": np.array([2, 1, 9])}, "not an index below 4"),
        ({"own_supply": np.array([np.nan, np.inf, 1, 1])}, "8542, KG: own supply is inf"),
        ({"own_supply": np.array([np.nan, 5, 1, 1])}, "8542, KG: own supply of 5 has no source"),
    ],
)
def test_networks_that_cannot_be(changed, message):
    with pytest.raises(InputError, match=message):
        replace(make(GOOD), **changed)


def test_an_empty_network_carries_nothing():
    empty = make({("EU", "KZ"): 0, ("KZ", "RU"): 0})
    none = {name: getattr(empty, name)[:0] for name in ("tail", "head", "low", "mid", "high")}
    found = solve(replace(empty, **none))
    assert (found.most.high, found.least.high, found.legs, found.binding) == (0.0, 0.0, (), ())
