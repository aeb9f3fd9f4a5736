"""What a file could have shown, written as ranges of periods.

A cell inside a range that has no row is "not recorded": the file would have held it had there been
anything. A cell outside every range was not asked, and a refused cell is neither.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypeAlias

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from throughflow.model import schema
from throughflow.model.periods import month_start
from throughflow.sources.sieve import row_numbers

if TYPE_CHECKING:
    from collections.abc import Sequence

Integers: TypeAlias = np.ndarray[tuple[int], np.dtype[np.int64]]

SERIES: Final = (
    "freq",
    "reporter",
    "partner",
    "flow",
    "partner_basis",
    "nomenclature",
    "product",
)
_POINT: Final = (*SERIES, "period")


def table(asked: Sequence[pa.Table], holes: Sequence[pa.Table], dataset: str) -> pa.Table:
    """Compress single asked-for periods to ranges.

    Args:
        asked: Tables with the columns of `SERIES` and `period`, one row per asked-for cell,
            repeats allowed.
        holes: Tables of the same columns: cells that must not be covered, whoever asked.
        dataset: Dataset of all of them.

    Returns:
        Rows of `schema.COVERAGE`, sorted.
    """
    points = pa.concat_tables([part.select(_POINT) for part in asked])
    if not len(points):
        return schema.COVERAGE.empty()
    unusable = [part.select(_POINT) for part in holes]
    everything = pa.concat_tables([points, *unusable]).combine_chunks()
    series = row_numbers([everything.column(name) for name in SERIES])
    steps = _steps(everything)
    span = int(steps.max()) + 2
    numbers = series * span + steps
    count = len(points)
    kept = np.setdiff1d(numbers[:count], numbers[count:])
    if not len(kept):
        return schema.COVERAGE.empty()
    starts = np.flatnonzero(np.diff(kept, prepend=kept[0] - 2) != 1)
    ends = np.append(starts[1:], len(kept)) - 1
    _, sample = np.unique(series, return_index=True)
    named = everything.take(pa.array(sample[np.searchsorted(series[sample], kept[starts] // span)]))
    return _ranges(named, kept[starts] % span, kept[ends] % span, dataset)


def reported(rows: pa.Table, holes: Sequence[pa.Table], dataset: str) -> pa.Table:
    """Cover every series of a reporter in every period in which that reporter shows anything.

    Tables of trade leave out what did not occur, so a series without a row in a month for which
    its reporter did report is "not recorded"; a month for which it reported nothing is not covered.

    Args:
        rows: Recorded and not recorded cells with the columns of `SERIES` and `period`.
        holes: As for `table`.
        dataset: Dataset of all of them.

    Returns:
        Rows of `schema.COVERAGE`, sorted.
    """
    if not len(rows):
        return schema.COVERAGE.empty()
    known = rows.select(_POINT)
    everything = pa.concat_tables([known, *(part.select(_POINT) for part in holes)])
    series = row_numbers([everything.column(name) for name in SERIES])
    reporter = row_numbers([everything.column(name) for name in ("freq", "reporter", "flow")])
    steps = _steps(everything)
    is_hole = np.arange(len(everything)) >= len(known)
    order = np.argsort(reporter, kind="stable")
    samples: list[Integers] = []
    firsts: list[Integers] = []
    lasts: list[Integers] = []
    for group in np.split(order, np.flatnonzero(np.diff(reporter[order])) + 1):
        start = int(steps[group].min())
        shown = np.zeros(int(steps[group].max()) - start + 1, dtype=bool)
        shown[steps[group][~is_hole[group]] - start] = True
        _, sample, number = np.unique(series[group], return_index=True, return_inverse=True)
        asked = np.tile(shown, (len(sample), 1))
        asked[number[is_hole[group]], steps[group][is_hole[group]] - start] = False
        edges = np.diff(np.pad(asked.astype(np.int8), ((0, 0), (1, 1))), axis=1)
        which, first = np.nonzero(edges == 1)
        samples.append(group[sample[which]])
        firsts.append(first + start)
        lasts.append(np.nonzero(edges == -1)[1] - 1 + start)
    named = everything.take(pa.array(np.concatenate(samples)))
    return _ranges(named, np.concatenate(firsts), np.concatenate(lasts), dataset)


def blocks(rows: pa.Table, holes: Sequence[pa.Table], dataset: str) -> tuple[pa.Table, pa.Table]:
    """Cover every pair of countries shown in a period for every product shown in that period.

    A world table of one year names some 45,000 pairs and 5,000 products: 50,000 rows say what
    200 million would. A pair without any row is not covered: nothing may be known of it. A pair of
    which a cell was refused is covered in the cells that were read, and in no others.

    Args:
        rows: Recorded cells with the columns of `SERIES` and `period`, all of one frequency, flow,
            partner basis and nomenclature.
        holes: As for `table`.
        dataset: Dataset of all of them.

    Returns:
        Rows of `schema.COVERAGE_BLOCK`, and rows of `schema.COVERAGE` for the pairs with a refused
        cell.
    """
    if not len(rows):
        return schema.COVERAGE_BLOCK.empty(), schema.COVERAGE.empty()
    unusable = pa.concat_tables([part.select(_POINT) for part in holes]) if holes else None
    open_pairs, ranges = rows, schema.COVERAGE.empty()
    if unusable is not None and len(unusable):
        both = pa.concat_tables([rows.select(_POINT), unusable], promote_options="permissive")
        pair = row_numbers([both.column(name) for name in ("period", "reporter", "partner")])
        holed = np.zeros(int(pair.max()) + 1, dtype=bool)
        holed[pair[len(rows) :]] = True
        spoilt = holed[pair[: len(rows)]]
        open_pairs = rows.filter(pa.array(~spoilt))
        known = rows.select(_POINT).filter(pa.array(spoilt))
        ranges = table([_plain(known)], [_plain(unusable)], dataset)
    shared = ("freq", "flow", "partner_basis", "nomenclature")
    names = {name: _first(rows.column(name)) for name in shared}
    parts = []
    for axis in (("reporter", "partner"), ("product",)):
        distinct = open_pairs.select(["period", *axis])
        _, sample = np.unique(
            row_numbers([distinct.column(name) for name in distinct.column_names]),
            return_index=True,
        )
        members = _plain(distinct.take(pa.array(sample)))
        columns = {name: members.column(name) for name in axis}
        period = members.column("period")
        parts.append(
            schema.COVERAGE_BLOCK.build(
                columns
                | {name: [text] * len(members) for name, text in names.items()}
                | {"edition": [""] * len(members), "dataset": [dataset] * len(members)}
                | {"first_period": period, "last_period": period}
            )
        )
    return pa.concat_tables(parts), ranges


def _plain(points: pa.Table) -> pa.Table:
    """Write encoded texts out, for the few rows that coverage is counted on."""
    for place, column in enumerate(points.schema):
        if pa.types.is_dictionary(column.type):
            points = points.set_column(
                place, column.name, points.column(place).cast(column.type.value_type)
            )
    return points


def _first(column: pa.ChunkedArray) -> str:
    return str(column[0].as_py())


def _steps(points: pa.Table) -> Integers:
    """Count periods so that consecutive ones differ by one: years for A, months for M."""
    day = points.column("period")
    year = pc.year(day).to_numpy().astype(np.int64)
    month = pc.month(day).to_numpy().astype(np.int64)
    yearly = pc.equal(points.column("freq"), "A").to_numpy()
    steps: Integers = np.where(yearly, year, year * 12 + month - 1)
    return steps


def _ranges(series: pa.Table, first: Integers, last: Integers, dataset: str) -> pa.Table:
    yearly = pc.equal(series.column("freq"), "A").to_numpy()
    columns: dict[str, Sequence[object] | pa.Array | pa.ChunkedArray] = {
        name: series.column(name) for name in SERIES
    }
    for name, steps in (("first_period", first), ("last_period", last)):
        months = np.where(yearly, steps * 12, steps)
        distinct, number = np.unique(months, return_inverse=True)
        days = pa.array([month_start(int(month)) for month in distinct], pa.date32())
        columns[name] = days.take(pa.array(number))
    columns["edition"] = [""] * len(series)
    columns["dataset"] = [dataset] * len(series)
    return schema.COVERAGE.build(columns).sort_by(
        [(name, "ascending") for name in (*SERIES, "first_period")]
    )
