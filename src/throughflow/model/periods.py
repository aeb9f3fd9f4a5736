"""Months and years as the tables hold them, and windows of months as users write them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from throughflow.errors import InputError

_MONTH = re.compile(r"^(\d{4})-(\d{2})(?:-\d{2})?$")


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
        """Read ``2022-03:2022-11``; one month alone is a window of that month.

        Raises:
            InputError: Either end is not a month, or the ends are reversed.
        """
        first, _, last = text.partition(":")
        return cls(parse_month(first, where=where), parse_month(last or first, where=where))

    def __str__(self) -> str:
        return f"{self.first:%Y-%m}:{self.last:%Y-%m}"

    def __len__(self) -> int:
        return month_number(self.last) - month_number(self.first) + 1

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
        """Return the window as prose, such as ``March–November 2022``."""
        if self.first == self.last:
            return f"{self.first:%B %Y}"
        if self.first.year == self.last.year:
            return f"{self.first:%B}–{self.last:%B %Y}"
        return f"{self.first:%B %Y}–{self.last:%B %Y}"
