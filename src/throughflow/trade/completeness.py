"""Which months and years are whole: nothing is tested on a period that is only partly there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from throughflow.model.periods import MONTHLY

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    import pyarrow as pa

    from throughflow.model.periods import Calendar

# An exporter's month is partial when it records fewer cells than this share of its own median of
# the twelve whole months before. The restrictions of 2022 cut the number of cells Germany records
# in the staged table by a fifth; a month cut short loses more than half.
PARTIAL_SHARE = 0.5
# Below this median a low count is ordinary (Cyprus, Malta).
ENOUGH_CELLS = 50
# A year whose partners all stand at less than this share of the neighbouring year is not a year.
PARTIAL_YEAR = 0.35
# Below this number of partners in both years the share says nothing.
ENOUGH_PARTNERS = 20


@dataclass(frozen=True, slots=True)
class MonthlyCompleteness:
    """Which months, or years, of a dataset are whole.

    Attributes:
        first: First period that anybody recorded, its first day.
        last: Last period that anybody recorded, its first day.
        asked_until: Last period the dataset was asked for, its first day.
        partial: Periods in which an exporter recorded far less than usual, by exporter.
        calendar: What a period is.
    """

    first: date
    last: date
    asked_until: date
    partial: Mapping[str, tuple[date, ...]]
    calendar: Calendar = MONTHLY


def monthly(
    counts: pa.Table, asked_until: date, calendar: Calendar = MONTHLY
) -> MonthlyCompleteness:
    """Judge periods from the number of cells each exporter recorded.

    Args:
        counts: Columns reporter, period, cells (query ``recorded_codes``).
        asked_until: Last period the dataset was asked for.
        calendar: What a period is.
    """
    reporters = counts.column("reporter").to_pylist()
    periods = counts.column("period").to_pylist()
    cells = counts.column("cells").to_pylist()
    first, last = min(periods), max(periods)
    start, length = calendar.number(first), calendar.number(last) - calendar.number(first) + 1
    table: dict[str, np.ndarray] = {}
    for reporter, period, count in zip(reporters, periods, cells, strict=True):
        row = table.setdefault(reporter, np.zeros(length))
        row[calendar.number(period) - start] = count
    partial = {}
    for reporter, row in sorted(table.items()):
        short = _short_months(row)
        if short:
            partial[reporter] = tuple(calendar.start(start + index) for index in short)
    return MonthlyCompleteness(first, last, asked_until, partial, calendar)


def _short_months(counts: np.ndarray) -> list[int]:
    """Return the positions of months far below the usual one of the twelve whole months before.

    Months found short are not part of what is usual: an exporter that falls silent stays missing
    however long the silence lasts, and never turns into one that trades nothing.
    """
    whole = [counts[0]]
    short = []
    for index in range(1, len(counts)):
        usual = float(np.median(whole[-12:]))
        if usual >= ENOUGH_CELLS and counts[index] < PARTIAL_SHARE * usual:
            short.append(index)
        else:
            whole.append(counts[index])
    return short


def partial_years(values: Mapping[int, Mapping[str, float]]) -> dict[int, tuple[float, int]]:
    """Find years that hold only some of their months.

    Args:
        values: Value by year and partner, one reporter and one flow.

    Returns:
        For each year that is not whole, the median over partners of its value against the year
        before (or after, for the first year), and the number of partners compared.
    """
    found = {}
    for year, row in sorted(values.items()):
        neighbour = values.get(year - 1) or values.get(year + 1)
        if not neighbour:
            continue
        ratios = [
            row[partner] / neighbour[partner]
            for partner in row
            if neighbour.get(partner, 0) > 0 and row[partner] > 0
        ]
        if len(ratios) >= ENOUGH_PARTNERS and float(np.median(ratios)) < PARTIAL_YEAR:
            found[year] = (float(np.median(ratios)), len(ratios))
    return found
