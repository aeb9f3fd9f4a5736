"""What a run of figures can be in a date: a day, a year, a date written in full, a range."""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING, Any

from throughflow.statements.dates.tables import MONTHS

if TYPE_CHECKING:
    from collections.abc import Callable

    from throughflow.statements.dates.tables import Table

    Reading = tuple[str, Any]

FIRST_YEAR, LAST_YEAR = 1900, 2099
_NOTHING: Reading = ("#", None)
_LEAP_YEAR = 2000  # stands for the year where none is written, so that 29 February is a day
_SPLIT = re.compile(r"(\d+(?:[.,:/–-]+\d+)*)(.*)", re.DOTALL)
_NAMED_MONTH = re.compile(r"-([^\W\d_]+)-(\d{4}|\d{2})")


def read(piece: str, words: Table) -> Reading:
    """Tell what figures can be.

    Args:
        piece: Figures with the marks and letters that hold to them: ``18th``, ``14.10.2018``.
        words: Table of the language.

    Returns:
        Letter and value. ``D`` a day or small number, ``d`` the same with an ordinal ending, ``k``
        another number, ``Y`` a year, ``X`` first and last day, written in full, ``K`` day and
        month, ``O`` the same as 2/15, ``G`` first and last day of a month, ``J`` the same with the
        month, ``H`` first and last year, ``Q`` first day of a month that is written with its year;
        ``#`` none of these.
    """
    parts = _SPLIT.fullmatch(piece)
    if parts is None:
        return _NOTHING
    figures, suffix = parts[1], parts[2]
    try:
        if suffix:
            return _with_letters(figures, suffix, words)
        if figures.isdecimal():
            return _plain(figures)
        for pattern, reader in _WRITTEN:
            if found := pattern.fullmatch(figures):
                return reader(found, words)
    except ValueError:  # a month 13, a 31 February
        pass
    return _NOTHING


def _with_letters(figures: str, suffix: str, words: Table) -> Reading:
    if suffix.removeprefix("-").lower() in words.suffixes:
        if len(figures) == 4:
            return _plain(figures)
        if len(figures) > 2:
            return _NOTHING
        return ("d", int(figures)) if 1 <= int(figures) <= 31 else _NOTHING
    found = _NAMED_MONTH.fullmatch(suffix) if len(figures) <= 2 else None  # 31-Oct-1974
    letter, month = words.words.get(found[1].lower(), _NOTHING) if found else _NOTHING
    if found is None or letter not in MONTHS:
        return _NOTHING
    return _day(_year(found[2]), month + 1, int(figures))


def _plain(figures: str) -> Reading:
    if len(figures) > 4:
        return _NOTHING
    number = int(figures)
    if len(figures) == 4 and FIRST_YEAR <= number <= LAST_YEAR:
        return "Y", number
    return ("D" if len(figures) <= 2 and 1 <= number <= 31 else "k"), number


def _year(figures: str) -> int:
    """Complete a year of two figures: this century's up to 2068, as POSIX has it."""
    year = int(figures)
    if len(figures) == 4:
        return year
    return year + (1900 if year > 68 else 2000)


def _day(year: int, month: int, day: int) -> Reading:
    whole = date(year, month, day)
    return "X", (whole, whole)


def _iso(found: re.Match[str], words: Table) -> Reading:  # noqa: ARG001 - one shape for all readers
    return _day(int(found[1]), int(found[3]), int(found[4]))


def _three(found: re.Match[str], words: Table) -> Reading:
    """Order day and month; between 4/7 and 7/4 of English one cannot tell, so neither is taken."""
    day, month, dotted = int(found[1]), int(found[3]), found[2] == "."
    if found[2] == "-" and len(found[4]) == 2 and max(day, month) <= 12:
        return _NOTHING  # as likely a score, or a part of a number
    if not dotted:
        if words.month_before_day and day != month and max(day, month) <= 12:
            return _NOTHING
        if month > 12:
            day, month = month, day
    return _day(_year(found[4]), month, day)


def _day_and_month(found: re.Match[str], words: Table) -> Reading:  # noqa: ARG001
    date(_LEAP_YEAR, int(found[2]), int(found[1]))
    return "K", (int(found[1]), int(found[2]))


def _month_and_day(found: re.Match[str], words: Table) -> Reading:
    """Read 2/15, where nothing else can be meant."""
    month, day = int(found[1]), int(found[2])
    if not words.month_before_day or day <= 12:
        return _NOTHING
    date(_LEAP_YEAR, month, day)
    return "O", (day, month)


def _days(found: re.Match[str], words: Table) -> Reading:  # noqa: ARG001
    first, last = int(found[1]), int(found[2])
    return ("G", (first, last)) if 1 <= first < last <= 31 else _NOTHING


def _years(found: re.Match[str], words: Table) -> Reading:  # noqa: ARG001
    first, last = int(found[1]), int(found[2])
    return ("H", (first, last)) if FIRST_YEAR <= first < last <= LAST_YEAR else _NOTHING


def _days_of_month(found: re.Match[str], words: Table) -> Reading:  # noqa: ARG001
    first, last, month = int(found[1]), int(found[2]), int(found[3])
    year = int(found[4]) if found[4] else _LEAP_YEAR
    start, end = date(year, month, first), date(year, month, last)
    if start >= end:
        return _NOTHING
    return ("X", (start, end)) if found[4] else ("J", (first, last, month))


def _from_to(found: re.Match[str], words: Table) -> Reading:  # noqa: ARG001
    day, month, *year = (int(part) for part in found[1].split("."))
    last = [int(part) for part in found[2].split(".")]
    start, end = date(year[0] if year else last[2], month, day), date(last[2], last[1], last[0])
    return ("X", (start, end)) if start < end else _NOTHING


def _year_and_month(found: re.Match[str], words: Table) -> Reading:  # noqa: ARG001
    year = int(found[1])
    return ("Q", date(year, int(found[2]), 1)) if FIRST_YEAR <= year <= LAST_YEAR else _NOTHING


_WRITTEN: tuple[tuple[re.Pattern[str], Callable[[re.Match[str], Table], Reading]], ...] = (
    (re.compile(r"(\d{4})([-/.])(\d{1,2})\2(\d{1,2})"), _iso),
    (re.compile(r"(\d{1,2})([-/.])(\d{1,2})\2(\d{4}|\d{2})"), _three),
    (re.compile(r"(\d{1,2})\.(\d{1,2})"), _day_and_month),
    (re.compile(r"(\d{1,2})/(\d{1,2})"), _month_and_day),
    (re.compile(r"(\d{1,2})[-–](\d{1,2})"), _days),
    (re.compile(r"(\d{4})[-–](\d{4})"), _years),
    (re.compile(r"(\d{1,2})\.?[-–/](\d{1,2})\.(\d{1,2})(?:\.(\d{4}))?"), _days_of_month),
    (
        re.compile(r"(\d{1,2}\.\d{1,2}(?:\.\d{4})?)\.?[-–](\d{1,2}\.\d{1,2}\.\d{4})"),
        _from_to,
    ),
    (re.compile(r"(\d{4})-(\d{2})"), _year_and_month),
)
