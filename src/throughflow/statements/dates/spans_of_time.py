"""Weeks, months, quarters and years as first and last day, and how they are counted."""

from __future__ import annotations

import calendar
from datetime import date, timedelta

Days = tuple[date, date]

MONTHS_OF = {"month": 1, "quarter": 3, "year": 12}
# A day without its year is taken from the past unless its next return is this near.
NEAR_DAYS = 92


def of_unit(unit: str, day: date, step: int = 0) -> Days:
    """Find the week, month, quarter, year or weekend a day lies in, or one some steps away.

    Args:
        unit: ``day``, ``week`` (Monday to Sunday), ``month``, ``quarter``, ``year`` or ``weekend``.
        day: Where to start from.
        step: How many units later; negative for earlier.

    Raises:
        ValueError: It lies outside the calendar.
        OverflowError: It lies outside the calendar.
    """
    if unit == "day":
        moved = day + timedelta(days=step)
        return moved, moved
    if unit in {"week", "weekend"}:
        monday = day - timedelta(days=day.weekday()) + timedelta(weeks=step)
        first = 5 if unit == "weekend" else 0
        return monday + timedelta(days=first), monday + timedelta(days=6)
    if unit not in MONTHS_OF:
        raise ValueError(unit)
    months = MONTHS_OF[unit]
    first_month = (day.month - 1) // months * months + 1
    start = _month_later(date(day.year, first_month, 1), step * months)
    return start, last_day(_month_later(start, months - 1))


def of_month(year: int, month: int) -> Days:
    """Give the first and last day of a month."""
    start = date(year, month, 1)
    return start, last_day(start)


def of_year(year: int) -> Days:
    """Give the first and last day of a year."""
    return date(year, 1, 1), date(year, 12, 31)


def last_day(day: date) -> date:
    """Give the last day of the month a day lies in."""
    return day.replace(day=calendar.monthrange(day.year, day.month)[1])


def moved(day: date, unit: str, count: int) -> date:
    """Count days, weeks, months or years on from a day.

    From the 31st a month without one gives its last day.

    Raises:
        ValueError: The result lies outside the calendar.
        OverflowError: The result lies outside the calendar.
    """
    if unit in {"day", "weekend"}:
        return day + timedelta(days=count)
    if unit in {"week", "fortnight"}:
        return day + timedelta(weeks=count * (2 if unit == "fortnight" else 1))
    first = _month_later(day.replace(day=1), count * MONTHS_OF[unit])
    return first.replace(day=min(day.day, last_day(first).day))


def weekday_after(day: date, weekday: int, count: int = 1) -> date:
    """Give the `count`-th such weekday after a day, itself left out; before it, if negative."""
    ahead = (weekday - day.weekday()) % 7
    if count > 0:
        return day + timedelta(days=(ahead or 7) + 7 * (count - 1))
    behind = (day.weekday() - weekday) % 7
    return day - timedelta(days=(behind or 7) + 7 * (-count - 1))


def part(days: Days, unit: str, edge: int) -> Days:
    """Give the beginning (0), middle (1) or end (2) of a span of time.

    A month has three parts of ten days, the last with the rest; a quarter its three months; of a
    year they are the first three months, the middle four and the last four; of a week Monday to
    Wednesday, Tuesday to Thursday, Friday to Sunday.
    """
    start, end = days
    if unit == "week":
        first, last = ((0, 2), (1, 3), (4, 6))[edge]
        return start + timedelta(days=first), start + timedelta(days=last)
    if unit == "month":
        first, last = ((1, 10), (11, 20), (21, end.day))[edge]
        return start.replace(day=first), start.replace(day=last)
    if unit == "quarter":
        return of_month(start.year, start.month + edge)
    first, last = ((1, 3), (5, 8), (9, 12))[edge]
    return start.replace(month=first), last_day(start.replace(month=last))


def half(days: Days, unit: str, number: int) -> Days:
    """Give the first (1) or second (2) half; a month's ends on the 15th.

    Raises:
        ValueError: There is no such half, or none of this unit.
    """
    start, end = days
    if number not in {1, 2} or unit not in {"month", "year"}:
        raise ValueError(number)
    middle = start.replace(day=15) if unit == "month" else start.replace(month=6, day=30)
    return (start, middle) if number == 1 else (middle + timedelta(days=1), end)


def nearest(candidates: list[Days], reference: date, prefer: str) -> Days:
    """Choose among the returns of a yearly date.

    Args:
        candidates: The same days of several years, in order; at least one.
        reference: Day of publication.
        prefer: ``past``: the latest that has begun, unless the next begins within `NEAR_DAYS` and
            sooner than the other is ago; ``future``: the first that is not over.
    """
    begun = [days for days in candidates if days[0] <= reference]
    ahead = [days for days in candidates if days[1] >= reference]
    if prefer == "future":
        return ahead[0] if ahead else begun[-1]
    if not begun:
        return ahead[0]
    coming = [days for days in candidates if days[0] > reference]
    if coming:
        wait = (coming[0][0] - reference).days
        ago = (reference - begun[-1][1]).days
        if wait <= min(NEAR_DAYS, ago):
            return coming[0]
    return begun[-1]


def _month_later(first: date, months: int) -> date:
    number = first.year * 12 + first.month - 1 + months
    return date(number // 12, number % 12 + 1, 1)
