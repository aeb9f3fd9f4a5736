"""Place rows of a table on the grid of exporters, destinations, families and periods."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from throughflow.model.periods import Calendar


def between(table: pa.Table, reporters: Sequence[str], partners: Sequence[str]) -> pa.Table:
    """Keep the rows between some exporters and some destinations."""
    return table.filter(
        pc.and_(
            pc.is_in(table.column("reporter"), pa.array(reporters, pa.string())),
            pc.is_in(table.column("partner"), pa.array(partners, pa.string())),
        )
    )


def cells(
    table: pa.Table,
    reporters: Sequence[str],
    partners: Sequence[str],
    families: Sequence[str] | None,
) -> NDArray[np.int64]:
    """Number the rows of a table by their place in the grid."""
    cell = positions(table.column("reporter"), reporters) * len(partners)
    cell = cell + positions(table.column("partner"), partners)
    if families is not None:
        cell = cell * len(families) + positions(table.column("family"), families)
    return cell


def positions(column: pa.ChunkedArray, values: Sequence[str]) -> NDArray[np.int64]:
    """Return the position of each country or family of a column in a sequence, shape (n_rows,)."""
    found = pc.index_in(column, pa.array(values, pa.string()))
    positions: NDArray[np.int64] = found.to_numpy().astype(np.int64)
    return positions


def numbers(column: pa.ChunkedArray, calendar: Calendar) -> NDArray[np.int64]:
    """Number the periods of a column of first days, shape (n_rows,)."""
    months = pc.year(column).to_numpy() * 12 + pc.month(column).to_numpy() - 1
    counted: NDArray[np.int64] = (months * calendar.per_year // 12).astype(np.int64)
    return counted
