"""Networks from tables: arcs with their ends, or rows of excess tables."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from throughflow.errors import InputError
from throughflow.trade.network.input import LEVELS, Network

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from numpy.typing import NDArray

    from throughflow.trade.finding import Row

    FloatArray = NDArray[np.float64]
    IntArray = NDArray[np.int64]

ARC_COLUMNS = ("product", "tail", "head", *LEVELS)
SUPPLY_COLUMNS = ("product", "node", "value", "source")


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
    recorded, and is listed in `Network.no_interval`; a row whose excess cannot be told counts as
    nothing at low and mid and as all that was recorded at high, and is in `Network.cannot_tell`.

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
    made = from_arrow(
        table,
        exporters=exporters,
        target=target,
        currency=currencies[0],
        own_supply=own_supply,
    )
    unclear = [row for row in kept if row.excess is None]
    open_ended = [
        row
        for row in kept
        if row.excess is not None and (row.excess_low is None or row.excess_high is None)
    ]
    return tuple(
        replace(
            network,
            cannot_tell=_arcs_of(unclear, network.product),
            no_interval=_arcs_of(open_ended, network.product),
        )
        for network in made
    )


def _or(value: float | None, otherwise: float) -> float:
    return otherwise if value is None else value


def _arcs_of(rows: Sequence[Row], product: str) -> tuple[tuple[str, str], ...]:
    return tuple(sorted((row.reporter, row.partner) for row in rows if row.family == product))


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
