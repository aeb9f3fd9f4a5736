"""Months and years as the tables hold them, and windows of months as users write them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from throughflow.errors import InputError

_MONTH = re.compile(r"^(\d{4})-(\d{2})(?:-\d{2})?$", re.ASCII)
_YEAR = re.compile(r"^\d{4}$", re.ASCII)


def month_number(day: date) -> int:
    """Count months since year 0, so that months can be subtracted and indexed."""
    return day.year * 12 + day.month - 1


def month_start(number: int) -> date:
    """Return the first day of the month that `month_number` counted."""
    return date(number // 12, number % 12 + 1, 1)


def parse_month(text: str, *, where: str = "") -> date:
    """Read ``2022-03`` (or a full ISO date) as the first day of its month.

    Raises:
        InputError: The text is not a month.
    """
    match = _MONTH.match(text.strip())
    if match and 1 <= int(match[2]) <= 12 and int(match[1]) >= 1900:
        return date(int(match[1]), int(match[2]), 1)
    raise InputError(
        f"{text!r} is not a month", where=where, remedy="Write a month as YYYY-MM, such as 2022-03"
    )


@dataclass(frozen=True, slots=True)
class Window:
    """A run of whole months, both ends included.

    Attributes:
        first: First day of the first month.
        last: First day of the last month.
    """

    first: date
    last: date

    def __post_init__(self) -> None:
        if self.last < self.first:
            raise InputError(
                f"window {self} ends before it begins",
                remedy="Write it as FIRST:LAST, such as 2022-03:2022-11",
            )

    @classmethod
    def parse(cls, text: str, *, where: str = "") -> Window:
        """Read ``2022-03:2022-11`` or ``2021:2022``; one month or year alone is a window of it.

        Raises:
            InputError: Either end is neither a month nor a year, or the ends are reversed.
        """
        first, _, last = (part.strip() for part in text.partition(":"))
        last = last or first
        return cls(
            parse_month(f"{first}-01" if _YEAR.match(first) else first, where=where),
            parse_month(f"{last}-12" if _YEAR.match(last) else last, where=where),
        )

    def __str__(self) -> str:
        return f"{self.first:%Y-%m}:{self.last:%Y-%m}"

    def __len__(self) -> int:
        return month_number(self.last) - month_number(self.first) + 1

    @property
    def is_whole_years(self) -> bool:
        """Whether the window begins in a January and ends in a December."""
        return self.first.month == 1 and self.last.month == 12

    def months(self) -> tuple[date, ...]:
        """List the first days of all months of the window, in order."""
        start = month_number(self.first)
        return tuple(month_start(start + offset) for offset in range(len(self)))

    def shifted(self, months: int) -> Window:
        """Return the same window moved by a number of months (negative: earlier)."""
        return Window(
            month_start(month_number(self.first) + months),
            month_start(month_number(self.last) + months),
        )

    def words(self) -> str:
        """Return the window as prose, such as ``March–November 2022`` or ``2021–2022``."""
        if self.is_whole_years:
            years = (self.first.year, self.last.year)
            return f"{years[0]}" if years[0] == years[1] else f"{years[0]}–{years[1]}"
        if self.first == self.last:
            return f"{self.first:%B %Y}"
        if self.first.year == self.last.year:
            return f"{self.first:%B}–{self.last:%B %Y}"
        return f"{self.first:%B %Y}–{self.last:%B %Y}"


@dataclass(frozen=True, slots=True)
class Calendar:
    """How a dataset counts time: in months or in years.

    Attributes:
        freq: ``M`` or ``A``, as in the tables.
        per_year: Periods in a year.
        word: What one period is called.
    """

    freq: str
    per_year: int
    word: str

    def number(self, day: date) -> int:
        """Count periods since year 0, so that they can be subtracted and indexed."""
        return month_number(day) * self.per_year // 12

    def start(self, number: int) -> date:
        """Return the first day of the period that `number` counted."""
        return month_start(number * 12 // self.per_year)

    def span(self, window: Window) -> tuple[int, int]:
        """Return the numbers of the first and the last period of a window.

        Raises:
            InputError: The window cuts a period.
        """
        if self.per_year == 1 and not window.is_whole_years:
            raise InputError(
                f"window {window} is not made of whole years, and the data are yearly",
                where="--window",
                remedy=f"Use {window.first.year}:{window.last.year}, or load monthly data",
            )
        return self.number(window.first), self.number(window.last)

    def window(self, first: int, last: int) -> Window:
        """Return the window from one period to another, both included, as months."""
        return Window(self.start(first), month_start((last + 1) * 12 // self.per_year - 1))

    def shown(self, day: date) -> str:
        """Write a period as its publishers do: ``2022-03`` or ``2022``."""
        return f"{day:%Y-%m}" if self.per_year == 12 else f"{day:%Y}"


MONTHLY = Calendar("M", 12, "month")
YEARLY = Calendar("A", 1, "year")
CALENDARS = {calendar.freq: calendar for calendar in (MONTHLY, YEARLY)}
