"""The words of one date, and what its parts stand for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, NamedTuple

from throughflow.statements.dates import spans_of_time as time

if TYPE_CHECKING:
    from throughflow.statements.dates.spans_of_time import Days

COUNTS = "Ddnkv"
UNITS = "xcugyt"
# What must stand before a name that is another word as well, such as "May", for it to be a month.
INTRODUCE = frozenset("PiSFBbCE")
FEW = 3
# 29 February returns within eight years, on a given weekday within forty.
_SHORT_YEARS, _YEARS = 8, 40


class Resolved(NamedTuple):
    """Days a date means, how finely, and on what grounds; as in `DateMention`."""

    days: Days
    grain: str
    basis: str


@dataclass(frozen=True, slots=True)
class Words:
    """The words of one date.

    Attributes:
        letters: Their kinds.
        values: What they stand for.
        before: Kind of the word before, fillers skipped; empty at the beginning of the text.
        reference: Day to count from.
        prefer: ``past`` or ``future``.
        after_filler: Whether a filler ("the") stands before.
    """

    letters: str
    values: list[Any]
    before: str
    reference: date
    prefer: str
    after_filler: bool = False

    def part(self, start: int, stop: int) -> Words:
        """Give some of the words, as if nothing stood before them."""
        return Words(
            self.letters[start:stop], self.values[start:stop], "", self.reference, self.prefer
        )

    def all(self, kinds: str) -> list[Any]:
        """Values of the words of some kinds, in order."""
        return [v for k, v in zip(self.letters, self.values, strict=True) if k in kinds]

    def first(self, kinds: str) -> Any:
        """Value of the first word of some kinds; None where there is none."""
        return next(iter(self.all(kinds)), None)

    def days(self) -> list[int]:
        """Numbers that count days, "twenty-fourth" put together.

        Raises:
            ValueError: Two numerals that make none.
        """
        found: list[int] = []
        tens = 0
        for kind, value in zip(self.letters, self.values, strict=True):
            if kind in "no":
                if tens:
                    if not (tens in {20, 30} and value < 10):
                        raise ValueError(value)
                    found[-1] = tens + value
                    tens = 0
                else:
                    found.append(value)
                    tens = value
            elif kind in "Dd":
                found.append(value)
                tens = 0
            elif kind != "-":
                tens = 0
        return found

    def year(self) -> int | None:
        """Year that is written, or told by "last year"; None where neither."""
        if "Y" in self.letters:
            return int(self.first("Y"))
        if "Ry" in self.letters:
            return self.reference.year + int(self.values[self.letters.index("Ry")])
        if "z" in self.letters:
            return self.reference.year + int(self.first("z"))
        return None

    def unit(self) -> str:
        """Name of the first unit of time."""
        return str(self.first(UNITS)[0])

    def count(self) -> int:
        """How many units; one where no number stands, three for a few."""
        for kind, value in zip(self.letters, self.values, strict=True):
            if kind in COUNTS:
                return FEW if kind == "v" else int(value)
        return 1


def single(day: date, basis: str) -> Resolved:
    """Make one day of a date."""
    return Resolved((day, day), "day", basis)


def ordered(start: date, end: date, basis: str) -> Resolved | None:
    """Make a range of two days; None where the second is not later."""
    return Resolved((start, end), "range", basis) if start < end else None


def yearly(words: Words, month: int, day: int, weekday: int | None = None) -> date:
    """Give the return of a day that fits the reference best, or the weekday beside it.

    Args:
        words: The words of the date.
        month: 1 to 12.
        day: Day of the month.
        weekday: 0 for Monday; None where none is named.

    Raises:
        ValueError: No year near has such a day.
    """
    reference = words.reference
    around = _YEARS if weekday is not None else _SHORT_YEARS
    candidates = []
    for year in range(max(1, reference.year - around), min(9999, reference.year + around) + 1):
        try:
            candidate = date(year, month, day)
        except ValueError:
            continue
        if weekday is None or candidate.weekday() == weekday:
            candidates.append(candidate)
    if not candidates:
        raise ValueError(day)
    if weekday is not None:
        return min(candidates, key=lambda each: abs((each - reference).days))
    return time.nearest([(each, each) for each in candidates], reference, words.prefer)[0]


def month_days(words: Words, month: int, year: int | None) -> tuple[Days, str]:
    """Give the days of a month (1 to 12) and how its year was found."""
    if year is not None:
        return time.of_month(year, month), "written"
    now = words.reference.year
    candidates = [
        time.of_month(each, month) for each in range(max(1, now - 1), min(9999, now + 1) + 1)
    ]
    return time.nearest(candidates, words.reference, words.prefer), "nearest"
