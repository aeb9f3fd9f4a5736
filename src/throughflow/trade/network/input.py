"""The network of one product: exporters, hubs, target, and what each leg can have carried.

An arc's capacity is its *excess*: recorded trade beyond the counterfactual, given as an interval.
A negative excess can carry nothing, so it counts as capacity 0 and is reported. What a hub can have
sent on from its own production, stock or other origins is its *own supply*; it is either a figure
with a source or unknown, never assumed.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from throughflow.errors import InputError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    FloatArray = NDArray[np.float64]
    IntArray = NDArray[np.int64]

LEVELS = ("low", "mid", "high")


@dataclass(frozen=True, slots=True)
class Network:
    """Exporters, hubs and the target of one product. Amounts are in `currency` over one window.

    Attributes:
        product: Code or family; every arc is about it.
        nodes: Name of each node, distinct, shape (n_nodes,).
        sources: Index of each exporter of the coalition; no arc ends there.
        target: Index of the target; no arc starts there.
        tail: Index of the node each arc leaves, shape (n_arcs,).
        head: Index of the node each arc enters, shape (n_arcs,).
        low: Lower end of each arc's excess, shape (n_arcs,); may be negative.
        mid: Estimate of each arc's excess, shape (n_arcs,); may be negative.
        high: Upper end of each arc's excess, shape (n_arcs,); may be negative.
        own_supply: What each hub can have sent on without the coalition, shape (n_nodes,); NaN
            where it is unknown. Entries of exporters and of the target are not read.
        supply_source: Where each known figure of `own_supply` is from, shape (n_nodes,).
        currency: ISO 4217.
        cannot_tell: Arcs (tail, head) whose excess cannot be told; the caller chose their ends.
        no_interval: Arcs (tail, head) whose excess has no interval; likewise.

    Raises:
        InputError: An amount is not finite, an own supply is negative or has no source, ends are
            out of order, an arc occurs twice or leads where no arc can; the message names the arc.
    """

    product: str
    nodes: tuple[str, ...]
    sources: tuple[int, ...]
    target: int
    tail: IntArray
    head: IntArray
    low: FloatArray
    mid: FloatArray
    high: FloatArray
    own_supply: FloatArray
    supply_source: tuple[str, ...]
    currency: str
    cannot_tell: tuple[tuple[str, str], ...] = ()
    no_interval: tuple[tuple[str, str], ...] = ()

    def __post_init__(self) -> None:
        self._check_nodes()
        self._check_arcs()
        self._check_amounts()
        self._check_supply()

    @property
    def hubs(self) -> tuple[int, ...]:
        """Index of each node that is neither an exporter nor the target."""
        ends = {*self.sources, self.target}
        return tuple(node for node in range(len(self.nodes)) if node not in ends)

    def capacity(self, level: str) -> FloatArray:
        """Return each arc's capacity at ``low``, ``mid`` or ``high``, shape (n_arcs,)."""
        if level not in LEVELS:
            raise InputError.unknown("level", level, LEVELS, where=self.product)
        return np.maximum(np.asarray(getattr(self, level), dtype=np.float64), 0.0)

    def arc_name(self, arc: int) -> str:
        """Return an arc as people write it: ``DE -> KZ``."""
        return f"{self.nodes[self.tail[arc]]} -> {self.nodes[self.head[arc]]}"

    def _check_nodes(self) -> None:
        n = len(self.nodes)
        if len(set(self.nodes)) < n:
            repeated = next(name for name in self.nodes if self.nodes.count(name) > 1)
            raise InputError(f"node {repeated} occurs twice", where=self.product)
        if not self.sources:
            raise InputError("no exporter of the coalition is named", where=self.product)
        if any(not 0 <= node < n for node in (*self.sources, self.target)):
            raise InputError(
                f"exporters {self.sources} and target {self.target} must be indices below {n}",
                where=self.product,
            )
        if self.target in self.sources:
            raise InputError(
                f"{self.nodes[self.target]} is both an exporter and the target", where=self.product
            )
        if self.own_supply.shape != (n,) or len(self.supply_source) != n:
            raise InputError(
                f"own supply has {self.own_supply.shape} values and {len(self.supply_source)} "
                f"sources for {n} nodes",
                where=self.product,
            )

    def _check_arcs(self) -> None:
        shapes = {a.shape for a in (self.tail, self.head, self.low, self.mid, self.high)}
        if len(shapes) > 1 or len(self.tail.shape) != 1:
            raise InputError(f"the arcs' arrays differ in shape: {shapes}", where=self.product)
        ends = np.concatenate([self.tail, self.head])
        if len(ends) and not (ends.min() >= 0 and ends.max() < len(self.nodes)):
            raise InputError(
                f"an arc's end is not an index below {len(self.nodes)}", where=self.product
            )
        is_source = np.zeros(len(self.nodes), dtype=bool)
        is_source[list(self.sources)] = True
        self._refuse(is_source[self.head], "ends at an exporter of the coalition", "Leave it out")
        self._refuse(self.tail == self.target, "starts at the target", "Leave it out")
        self._refuse(self.tail == self.head, "ends where it starts", "Leave it out")
        self._refuse(
            is_source[self.tail] & (self.head == self.target),
            "passes no hub",
            "Leave it out: direct trade is no flow through hubs",
        )
        key = self.tail * len(self.nodes) + self.head
        order = np.argsort(key, kind="stable")
        again = np.zeros(len(key), dtype=bool)
        again[order[1:]] = key[order[1:]] == key[order[:-1]]
        self._refuse(again, "occurs twice", "Add its amounts up first, or keep products apart")

    def _check_amounts(self) -> None:
        for level in LEVELS:
            values = getattr(self, level)
            self._refuse(
                ~np.isfinite(values),
                f"has a {level} excess that is not a finite number",
                "Leave the arc out, or give the ends that its recorded value allows",
            )
        self._refuse(
            (self.low > self.mid) | (self.mid > self.high),
            "has ends out of order",
            "It must hold that low <= mid <= high",
        )

    def _check_supply(self) -> None:
        for node in self.hubs:
            value = self.own_supply[node]
            where = f"{self.product}, {self.nodes[node]}"
            if value < 0 or np.isinf(value):
                raise InputError(
                    f"own supply is {value}",
                    where=where,
                    remedy="Give a finite amount of at least 0, or NaN where it is unknown",
                )
            if np.isfinite(value) and not self.supply_source[node]:
                raise InputError(
                    f"own supply of {value:g} has no source",
                    where=where,
                    remedy="Say where the figure is from, or leave it unknown",
                )

    def _refuse(self, wrong: NDArray[np.bool_], what: str, remedy: str) -> None:
        """Raise for the first arc of which something is wrong."""
        found = np.flatnonzero(wrong)
        if len(found):
            more = f" ({len(found) - 1} more like it)" if len(found) > 1 else ""
            arc = int(found[0])
            amounts = f"{self.low[arc]:g}, {self.mid[arc]:g}, {self.high[arc]:g}"
            raise InputError(
                f"the arc [{amounts}] {what}{more}",
                where=f"{self.product}, {self.arc_name(arc)}",
                remedy=remedy,
            )
