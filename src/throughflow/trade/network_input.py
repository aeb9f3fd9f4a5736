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
import pyarrow as pa
import pyarrow.compute as pc

from throughflow.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from numpy.typing import NDArray

    from throughflow.trade.finding import Row

    FloatArray = NDArray[np.float64]
    IntArray = NDArray[np.int64]

LEVELS = ("low", "mid", "high")
ARC_COLUMNS = ("product", "tail", "head", *LEVELS)
SUPPLY_COLUMNS = ("product", "node", "value", "source")


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


def from_arrow(
    table: pa.Table,
    *,
    exporters: Sequence[str],
    target: str,
    currency: str,
    own_supply: pa.Table | None = None,
) -> tuple[Network, ...]:
    """Build one network per product from a table of arcs.

    Args:
        table: Columns ``product``, ``tail``, ``head`` (text) and ``low``, ``mid``, ``high`` (excess
            in `currency`). Each product keeps only the nodes that its own arcs touch, the target
            and the exporters among them.
        exporters: Names that are exporters of the coalition; those without an arc send nothing.
        target: Name of the target.
        currency: ISO 4217 code of every amount.
        own_supply: Columns ``product``, ``node``, ``value``, ``source``; a hub without a row, or
            with an empty value, has an unknown own supply.

    Returns:
        Networks in the order of their products.

    Raises:
        InputError: A column is missing or holds empty cells, the target or every exporter has no
            arc, a row of `own_supply` meets no hub, or a network is refused.
    """
    columns = {
        name: _column(table, name, pa.string() if name not in LEVELS else pa.float64())
        for name in ARC_COLUMNS
    }
    names = pc.unique(pa.chunked_array([*columns["tail"].chunks, *columns["head"].chunks]))
    names = names.take(pc.sort_indices(names))
    known = names.to_pylist()
    if target not in known:
        raise InputError.unknown("target", target, known, where="table of arcs")
    if not set(exporters) & set(known):
        raise InputError.unknown("exporter", ", ".join(exporters), known, where="table of arcs")
    products = pc.unique(columns["product"])
    products = products.take(pc.sort_indices(products))
    number = pc.index_in(columns["product"], value_set=products).to_numpy()
    order = np.argsort(number, kind="stable")
    tail, head = (pc.index_in(columns[c], value_set=names).to_numpy() for c in ("tail", "head"))
    amounts = {level: columns[level].to_numpy() for level in LEVELS}
    supplies = _supplies(own_supply)
    ends = np.searchsorted(number[order], np.arange(len(products) + 1))
    made = []
    for at, product in enumerate(products.to_pylist()):
        rows = order[ends[at] : ends[at + 1]]
        used = np.unique(np.concatenate([tail[rows], head[rows], [known.index(target)]]))
        made.append(
            _network(
                product,
                [known[i] for i in used],
                exporters,
                target,
                np.searchsorted(used, tail[rows]),
                np.searchsorted(used, head[rows]),
                [amounts[level][rows] for level in LEVELS],
                supplies,
                currency,
            )
        )
    _refuse_stray_supplies(supplies, made)
    return tuple(made)


def from_rows(
    rows: Iterable[Row],
    *,
    exporters: Sequence[str],
    target: str,
    own_supply: pa.Table | None = None,
) -> tuple[Network, ...]:
    """Build one network per product family from rows of excess tables.

    A row runs from its reporter to its partner. Its capacity is its excess and the ends of that;
    the ends are widened to hold the estimate where they do not. What is observed bounds what is
    not known: without an interval an arc has carried at least nothing and at most all that was
    recorded; a row whose excess cannot be told counts as nothing at low and mid and as all that was
    recorded at high, and is listed in `Network.cannot_tell`.

    Args:
        rows: Rows at the level of product and both ends, of the coalition and of hubs.
        exporters: Reporters that are exporters of the coalition, such as ``*`` for all together.
        target: Name of the target.
        own_supply: See `from_arrow`.

    Raises:
        InputError: Rows have several currencies, there are none, or see `from_arrow`.
    """
    kept = list(rows)
    currencies = sorted({row.currency for row in kept})
    if len(currencies) != 1:
        raise InputError(
            f"rows are in {' and '.join(currencies)}" if kept else "no rows to build a network of",
            where="rows of excess",
            remedy="Ask for all of them in one currency" if kept else "Ask for excess by product",
        )
    mid = [0.0 if row.excess is None else row.excess for row in kept]
    low = [min(m, _or(row.excess_low, 0.0)) for row, m in zip(kept, mid, strict=True)]
    high = [max(m, _or(row.excess_high, row.actual)) for row, m in zip(kept, mid, strict=True)]
    table = pa.table(
        {
            "product": pa.array([row.family for row in kept], pa.string()),
            "tail": pa.array([row.reporter for row in kept], pa.string()),
            "head": pa.array([row.partner for row in kept], pa.string()),
            "low": pa.array(low, pa.float64()),
            "mid": pa.array(mid, pa.float64()),
            "high": pa.array(high, pa.float64()),
        }
    )
    unclear: dict[str, list[tuple[str, str]]] = {}
    for row in kept:
        if row.excess is None:
            unclear.setdefault(row.family, []).append((row.reporter, row.partner))
    made = from_arrow(
        table,
        exporters=exporters,
        target=target,
        currency=currencies[0],
        own_supply=own_supply,
    )
    return tuple(
        _with_unclear(network, tuple(sorted(unclear.get(network.product, ())))) for network in made
    )


def _or(value: float | None, otherwise: float) -> float:
    return otherwise if value is None else value


def _with_unclear(network: Network, arcs: tuple[tuple[str, str], ...]) -> Network:
    return Network(
        network.product,
        network.nodes,
        network.sources,
        network.target,
        network.tail,
        network.head,
        network.low,
        network.mid,
        network.high,
        network.own_supply,
        network.supply_source,
        network.currency,
        arcs,
    )


def _network(
    product: str,
    nodes: list[str],
    exporters: Sequence[str],
    target: str,
    tail: IntArray,
    head: IntArray,
    amounts: list[FloatArray],
    supplies: Mapping[tuple[str, str], tuple[float, str]],
    currency: str,
) -> Network:
    sources = tuple(at for at, name in enumerate(nodes) if name in set(exporters))
    if not sources:
        # Nothing leaves the coalition in this product: the bounds are nought, not an error.
        nodes = [*nodes, exporters[0]]
        sources = (len(nodes) - 1,)
    found = [supplies.get((product, name), (float("nan"), "")) for name in nodes]
    low, mid, high = amounts
    return Network(
        product=product,
        nodes=tuple(nodes),
        sources=sources,
        target=nodes.index(target),
        tail=tail.astype(np.int64),
        head=head.astype(np.int64),
        low=low,
        mid=mid,
        high=high,
        own_supply=np.array([value for value, _ in found]),
        supply_source=tuple(source for _, source in found),
        currency=currency,
    )


def _column(table: pa.Table, name: str, kind: pa.DataType) -> pa.ChunkedArray:
    """Return a column in its type, with no empty cell.

    Raises:
        InputError: It is missing, of another kind, or has empty cells.
    """
    if name not in table.column_names:
        raise InputError.unknown("column", name, table.column_names, where="table of arcs")
    column = table.column(name)
    if column.null_count:
        row = pc.index(pc.is_null(column), value=True).as_py()
        raise InputError(
            f"{column.null_count} empty cells",
            where=f"table of arcs, column {name}, row {row}",
            remedy="Leave such arcs out; what is unknown has no capacity to give",
        )
    try:
        return column.cast(kind)
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError) as error:
        raise InputError(
            f"{column.type} cannot be read as {kind}: {error}",
            where=f"table of arcs, column {name}",
        ) from error


def _supplies(table: pa.Table | None) -> dict[tuple[str, str], tuple[float, str]]:
    """Return value and source of own supply by product and hub."""
    if table is None:
        return {}
    for name in SUPPLY_COLUMNS:
        if name not in table.column_names:
            raise InputError.unknown("column", name, table.column_names, where="own supply")
    found: dict[tuple[str, str], tuple[float, str]] = {}
    for row in table.select(SUPPLY_COLUMNS).to_pylist():
        key = (row["product"], row["node"])
        if key in found:
            raise InputError(f"{key[1]} occurs twice", where=f"own supply, {key[0]}")
        value = float("nan") if row["value"] is None else float(row["value"])
        found[key] = (value, row["source"] or "")
    return found


def _refuse_stray_supplies(
    supplies: Mapping[tuple[str, str], tuple[float, str]], made: Sequence[Network]
) -> None:
    hubs = {(n.product, n.nodes[node]) for n in made for node in n.hubs}
    for product, node in supplies:
        if (product, node) not in hubs:
            raise InputError(
                f"{node} is no hub of {product} in the table of arcs",
                where="own supply",
                remedy="Check product and name, or leave the row out",
            )
