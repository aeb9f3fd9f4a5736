"""Totals that stand beside their parts in one column: keep the total, add parts up only without it.

Some publishers give a flow several times: whole, and by mode of transport, customs procedure or
second partner. The whole is kept and its parts are set aside by name; where a file gives the parts
alone, they are added up.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from throughflow.model import schema
from throughflow.sources import reasons
from throughflow.sources.sieve import KEY, row_numbers

if TYPE_CHECKING:
    from collections.abc import Sequence

    from throughflow.sources.sieve import Sieve

_PART: Final = "part"


@dataclass(frozen=True, slots=True)
class Breakdown:
    """A column that splits a flow into parts.

    Attributes:
        column: Name of the column, texts.
        label: What the parts are, in the plural, for notes.
        totals: Codes that stand for all parts together; empty if there is no such code.
        nested: Whether a code ending in zeros holds the codes that begin alike, as 2000 holds 2100.
    """

    column: str
    label: str
    totals: frozenset[str]
    nested: bool = False


def keep_totals(sieve: Sieve, breakdowns: Sequence[Breakdown]) -> tuple[list[str], int]:
    """Leave one row per canonical key, in which every column of a breakdown is whole.

    A sum of which a part was refused is refused with all its parts: it would be too small.

    Args:
        sieve: Rows with every column of `KEY`, the breakdowns, and value, net_kg, quantity and
            quantity_unit read; no two rows agree in all of key and breakdowns.
        breakdowns: In the order in which they are to be made whole.

    Returns:
        Sentences on what was added up, and by how many the rows became fewer by adding up.
    """
    notes: list[str] = []
    merged = 0
    # Not `lost`: another part of the same key does not make up for one that is unreadable.
    unreadable = list(sieve.holes)
    for place, breakdown in enumerate(breakdowns):
        key = [*KEY, *(later.column for later in breakdowns[place + 1 :])]
        _set_parts_aside(sieve, breakdown, key)
        cells, fewer = _add_up(sieve, breakdown, key, unreadable)
        merged += fewer
        if cells:
            notes.append(
                f"{cells:,} cells have no total over {breakdown.label} in the file: their parts "
                "are added up."
            )
    return notes, merged


def _set_parts_aside(sieve: Sieve, breakdown: Breakdown, key: Sequence[str]) -> None:
    """Refuse rows whose total, or whose next larger part, stands in the same file."""
    codes = sieve.rows.column(breakdown.column)
    is_total = pc.is_in(codes, pa.array(sorted(breakdown.totals), pa.string())).to_numpy()
    group = row_numbers([sieve.rows.column(name) for name in key])
    has_total = np.zeros(int(group.max(initial=-1)) + 1, dtype=bool)
    has_total[group[is_total]] = True
    inside = ~is_total & has_total[group]
    if breakdown.nested:
        inside |= _inside_another(group, codes)
    if not inside.any():
        return
    named = pc.binary_join_element_wise(pa.scalar(breakdown.label), codes, " ")
    sieve.put(_PART, named)
    sieve.refuse(pa.array(inside), reasons.PART, _PART)
    sieve.rows = sieve.rows.drop_columns([_PART])


def _inside_another(
    group: np.ndarray[tuple[int], np.dtype[np.int64]], codes: pa.ChunkedArray
) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """Tell which rows are part of another row of their group, as 2110 is of 2100 and of 2000."""
    words = pc.unique(codes).to_pylist()
    number = {word: place for place, word in enumerate(words)}
    own = codes.combine_chunks().dictionary_encode().indices.to_numpy().astype(np.int64)
    held = np.sort(group * len(words) + own)
    found = np.zeros(len(group), dtype=bool)
    for place, word in enumerate(words):
        larger = {word[:cut] + "0" * (len(word) - cut) for cut in range(1, len(word))} - {word}
        rows = np.flatnonzero(own == place)
        for parent in sorted(larger & number.keys()):
            wanted = group[rows] * len(words) + number[parent]
            at = np.minimum(np.searchsorted(held, wanted), len(held) - 1)
            found[rows] |= held[at] == wanted
    return found


def _add_up(
    sieve: Sieve, breakdown: Breakdown, key: Sequence[str], unreadable: Sequence[pa.Table]
) -> tuple[int, int]:
    """Replace the rows of each key by their sum.

    Returns:
        How many cells are sums, or a single part that stands for one, and how many rows fewer
        there are.
    """
    rows = sieve.rows
    if not len(rows):
        return 0, 0
    group = row_numbers([rows.column(name) for name in key])
    _, inverse, counts = np.unique(group, return_inverse=True, return_counts=True)
    is_part = pc.invert(
        pc.is_in(rows.column(breakdown.column), pa.array(sorted(breakdown.totals), pa.string()))
    ).to_numpy()
    if not breakdown.totals:
        is_part = counts[inverse] > 1
    if not is_part.any():
        return 0, 0
    spoilt = is_part & _is_among(rows, unreadable)
    if spoilt.any():
        sieve.refuse(pa.array(spoilt), reasons.PART_MISSING, breakdown.column)
        return _add_up(sieve, breakdown, key, unreadable)
    several = is_part & (counts[inverse] > 1)
    sums = _sums(rows.filter(pa.array(several)), inverse[several])
    sieve.rows = pa.concat_tables([rows.filter(pa.array(~several)), sums])
    cells = len(np.unique(inverse[is_part]))
    return cells, int(several.sum()) - len(sums)


def _is_among(
    rows: pa.Table, unreadable: Sequence[pa.Table]
) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    if not unreadable:
        return np.zeros(len(rows), dtype=bool)
    tables = [rows.select(KEY), *(part.select(KEY) for part in unreadable)]
    both = pa.concat_tables(tables, promote_options="permissive")
    numbers = row_numbers([both.column(name) for name in KEY])
    holed = np.zeros(int(numbers.max()) + 1, dtype=bool)
    holed[numbers[len(rows) :]] = True
    return holed[numbers[: len(rows)]]


def _sums(rows: pa.Table, group: np.ndarray[tuple[int], np.dtype[np.int64]]) -> pa.Table:
    """Add rows up; a weight or quantity that one part lacks is lacking in the sum."""
    if not len(rows):
        return rows
    whole = pc.ScalarAggregateOptions(skip_nulls=False)
    every = pc.CountOptions(mode="all")
    added = (
        rows.append_column("group", pa.array(group))
        .group_by("group", use_threads=False)
        .aggregate(
            [
                ("value", "sum"),
                ("net_kg", "sum", whole),
                ("quantity", "sum", whole),
                ("quantity_unit", "count_distinct", every),
                ("valuation", "count_distinct", every),
            ]
        )
        .sort_by("group")
    )
    _, first = np.unique(group, return_index=True)
    found = rows.take(pa.array(first))
    one_unit = pc.equal(added.column("quantity_unit_count_distinct"), 1)
    one_way = pc.equal(added.column("valuation_count_distinct"), 1)
    no_text, no_number = pa.scalar(None, pa.string()), pa.scalar(None, pa.float64())
    for name, values in (
        ("value", added.column("value_sum").cast(schema.MONEY)),
        ("net_kg", added.column("net_kg_sum")),
        ("quantity", pc.if_else(one_unit, added.column("quantity_sum"), no_number)),
        ("quantity_unit", pc.if_else(one_unit, found.column("quantity_unit"), no_text)),
        ("valuation", pc.if_else(one_way, found.column("valuation"), no_text)),
    ):
        found = found.set_column(found.column_names.index(name), name, values)
    return found
