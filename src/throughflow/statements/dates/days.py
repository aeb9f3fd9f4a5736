"""Rules for dates that are days, or run from day to day."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

from throughflow.statements.dates import spans_of_time as time
from throughflow.statements.dates.reading import (
    COUNTS,
    UNITS,
    Resolved,
    Words,
    month_days,
    ordered,
    single,
    yearly,
)
from throughflow.statements.dates.tables import MONTHS

if TYPE_CHECKING:
    from collections.abc import Callable

    from throughflow.statements.dates.spans_of_time import Days

WEEKDAYS = "Ww"
# "A few weeks ago" is taken as two to six; no source, but the text does not say.
FEW_AT_LEAST, FEW_AT_MOST = 2, 6


def _date(words: Words) -> Resolved | None:
    if "r" in words.letters:
        return single(date(words.first("Y"), words.first("r"), words.first("D")), "written")
    if "X" in words.letters:
        start, end = words.first("X")
        return Resolved((start, end), "day" if start == end else "range", "written")
    days, month, year = words.days(), words.first(MONTHS) + 1, words.year()
    if year is not None:
        return single(date(year, month, days[0]), "written")
    return single(yearly(words, month, days[0], words.first(WEEKDAYS)), "nearest")


def _days_of_month(words: Words) -> Resolved | None:
    month, year = words.first(MONTHS) + 1, words.year()
    first, last = words.first("G") or words.days()[:2]
    if year is not None:
        return ordered(date(year, month, first), date(year, month, last), "written")
    end = yearly(words, month, last)
    return ordered(end.replace(day=first), end, "nearest")


def _split_dates(words: Words) -> tuple[Words, Words]:
    """Cut a range of two dates at the month, or written date, that ends the first."""
    letters = words.letters
    cut = next(
        at for at in range(1, len(letters)) if letters[at] in "-F/&" and _complete(letters[:at])
    )
    parts = letters[:cut], letters[cut + 1 :]
    return (
        Words(parts[0], words.values[:cut], words.before, words.reference, words.prefer),
        Words(parts[1], words.values[cut + 1 :], "F", words.reference, words.prefer),
    )


def _complete(letters: str) -> bool:
    return "X" in letters or (
        any(kind in letters for kind in MONTHS) and any(kind in letters for kind in "Ddo")
    )


def _day_to_day(words: Words) -> Resolved | None:
    first, last = _split_dates(words)
    end = _date(last)
    if end is None:
        return None
    start = _date(first)
    if start is None:
        return None
    begin = start.days[0]
    if first.year() is None and "X" not in first.letters:
        # The year is said once: the beginning lies in the year before the end.
        begin = begin.replace(year=end.days[1].year)
        if begin > end.days[1]:
            begin = begin.replace(year=begin.year - 1)
    return ordered(begin, end.days[1], end.basis)


def _figures_to_figures(words: Words) -> Resolved | None:
    """Read "14 - 15.10.", "14.10. - 15.10.2018"."""
    if "X" in words.letters:
        end, basis = words.first("X")[1], "written"
    else:
        day, month = words.all("K")[-1]
        end, basis = yearly(words, month, day), "nearest"
    if "D" in words.letters:
        start = end.replace(day=words.first("D"))
    elif words.letters.count("K") + words.letters.count("X") > 1 and "K" in words.letters:
        day, month = words.all("K")[0]
        start = date(end.year, month, day)
    else:
        return None
    return ordered(start, end, basis)


def _days_in_figures(words: Words) -> Resolved | None:
    first, last, month = words.first("J")
    end = yearly(words, month, last)
    return ordered(end.replace(day=first), end, "nearest")


def _weekday_of_week(words: Words) -> Resolved | None:
    letters = words.letters
    if "R" in letters:
        step = words.first("R")
    else:
        behind = any(kind in letters for kind in "Ab")
        if not behind and "i" in letters and words.prefer == "past":
            return None
        step = words.count() * (-1 if behind else 1)
    monday, _ = time.of_unit("week", words.reference, step)
    return single(monday + timedelta(days=words.first(WEEKDAYS)), "counted")


def _within(words: Words) -> tuple[Days, str]:
    """Find the month, quarter or year of which a part is named."""
    months = words.all(MONTHS)
    if months:
        return month_days(words, months[0] + 1, words.year())
    if "Y" in words.letters:
        return time.of_year(words.first("Y")), "written"
    kind = words.letters[-1]
    relative = words.values[-2] if words.letters[-2:-1] == "R" else 0
    unit = "year" if kind == "y" else "month"
    return time.of_unit(unit, words.reference, relative), "counted"


def _rank(words: Words) -> int:
    """Give which one is meant: from the end where it is negative ("last", "second last").

    Raises:
        ValueError: "This" and "next" count nothing inside a month.
    """
    head = words.letters
    if head[0] in "od":
        number = int(words.values[0])
        if head[1] != "R":
            return number
        if words.values[1] != -1:
            raise ValueError(number)
        return -number
    if words.values[0] != -1:
        raise ValueError(head)
    return -1


def _weekday_of(words: Words) -> Resolved | None:
    rank, weekday = _rank(words), words.first(WEEKDAYS)
    (start, end), basis = _within(words)
    if rank > 0:
        day = time.weekday_after(start - timedelta(days=1), weekday, rank)
    else:
        day = time.weekday_after(end + timedelta(days=1), weekday, rank)
    return single(day, basis) if start <= day <= end else None


def _unit_of(words: Words) -> Resolved | None:
    rank, (unit, several) = _rank(words), words.first("xc")
    (start, end), basis = _within(words)
    if several or unit not in {"day", "week"}:
        return None  # "the last days of March" are no single day
    if unit == "day":
        day = start + timedelta(days=rank - 1) if rank > 0 else end + timedelta(days=rank + 1)
        return single(day, basis) if start <= day <= end else None
    # A week belongs to the month it lies in as a whole.
    if rank > 0:
        monday = time.weekday_after(start - timedelta(days=1), 0, rank)
    else:
        monday = time.weekday_after(end - timedelta(days=5), 0, rank)
    sunday = monday + timedelta(days=6)
    return Resolved((monday, sunday), "week", basis) if start <= monday <= end else None


def _day_of_month(words: Words) -> Resolved | None:
    step = words.first("R") or 0
    if step and not any(link in words.letters for link in "fx"):
        return None  # "two last months"
    month, _ = time.of_unit("month", words.reference, step)
    return single(month.replace(day=words.days()[0]), "counted")


def _weekday_and_figures(words: Words) -> Resolved | None:
    day, month = words.first("K")
    return single(yearly(words, month, day, words.first(WEEKDAYS)), "nearest")


def _figures(words: Words) -> Resolved | None:
    # "10.12." is a section of a paper as well.
    if words.before and words.before not in "PSFBbC":
        return None
    day, month = words.first("KO")
    return single(yearly(words, month, day), "nearest")


def _weekday_after_next(words: Words) -> Resolved | None:
    step = 2 * words.first("R")
    if step != (2 if "C" in words.letters else -2):
        return None
    return single(time.weekday_after(words.reference, words.first(WEEKDAYS), step), "counted")


def _weekday_counted(words: Words) -> Resolved | None:
    count = words.count()
    if count < 1:
        return None
    signed = -count if "A" in words.letters else count
    return single(time.weekday_after(words.reference, words.first(WEEKDAYS), signed), "counted")


def _counted_from(words: Words) -> Resolved | None:
    """Read "three days after 24 February"."""
    cut = next(at for at, kind in enumerate(words.letters) if kind in "CBb")
    counted, base = words.part(0, cut), words.part(cut + 1, len(words.letters))
    # "In the ten days before 5 May" is no day; nor is "the days after".
    alone = counted.letters == "x"
    if (alone and counted.values[0][1]) or (
        not alone and (words.before == "R" or words.after_filler)
    ):
        return None
    if "v" in counted.letters:
        return None
    if "T" in base.letters:
        origin = _day_word(base)
    elif "R" in base.letters and "y" not in base.letters:
        origin = _weekday_relative(base)
    elif base.letters[-1] == "W" and len(base.letters) == base.letters.count("f") + 1:
        origin = _weekday(base)
    else:
        origin = _date(base)
    if origin is None or origin.grain != "day":
        return None
    sign = 1 if words.letters[cut] == "C" else -1
    return single(time.moved(origin.days[0], counted.unit(), sign * counted.count()), origin.basis)


def _week_of(words: Words) -> Resolved | None:
    day = _date(words)
    if day is None or day.grain != "day":
        return None
    return Resolved(time.of_unit("week", day.days[0]), "week", day.basis)


def _weekday_relative(words: Words) -> Resolved | None:
    step, weekday = words.first("R"), words.first(WEEKDAYS)
    if step == 0:
        if words.prefer == "future":
            yesterday = words.reference - timedelta(days=1)
            return single(time.weekday_after(yesterday, weekday), "counted")
        monday, _ = time.of_unit("week", words.reference)
        return single(monday + timedelta(days=weekday), "counted")
    return single(time.weekday_after(words.reference, weekday, step), "counted")


def _weekday(words: Words) -> Resolved | None:
    if words.before in {"o", "d"}:
        return None  # "the third Tuesday after" something that is not known here
    weekday = words.first(WEEKDAYS)
    if words.prefer == "future":
        return single(time.weekday_after(words.reference, weekday), "nearest")
    # News of the same day names its weekday too.
    tomorrow = words.reference + timedelta(days=1)
    return single(time.weekday_after(tomorrow, weekday, -1), "nearest")


def _number_of_month(words: Words) -> Resolved | None:
    """Find the nearest month whose day of that number falls on the weekday, if one is named."""
    number, weekday = words.first("dD"), words.first(WEEKDAYS)
    candidates = []
    for step in range(-24, 25):
        month, _ = time.of_unit("month", words.reference, step)
        try:
            day = month.replace(day=number)
        except ValueError:
            continue
        if weekday is None or day.weekday() == weekday:
            candidates.append(day)
    if words.prefer == "future":
        day = next(day for day in candidates if day >= words.reference)
    else:
        day = [day for day in candidates if day <= words.reference][-1]
    # "On Monday 12 people" is no date, "Monday 12." of this or the next month is.
    if "D" in words.letters and abs((day - words.reference).days) > time.NEAR_DAYS:
        return None
    return single(day, "nearest")


def _counted(words: Words, sign: int) -> Resolved | None:
    unit, reference = words.unit(), words.reference
    if "G" in words.letters:
        few, many = words.first("G")
        ends = sorted(time.moved(reference, unit, sign * count) for count in (few, many))
        return Resolved((ends[0], ends[1]), "range", "counted")
    if "v" in words.letters:
        ends = sorted(
            time.moved(reference, unit, sign * count) for count in (FEW_AT_LEAST, FEW_AT_MOST)
        )
        return Resolved((ends[0], ends[1]), "range", "vague")
    if not any(kind in words.letters for kind in COUNTS):
        _, several = words.first(UNITS)
        if several or unit == "day":
            return None  # "years ago" may be any number
    day = time.moved(reference, unit, sign * words.count())
    if unit == "year":
        # Nobody counts years to the day.
        return Resolved(time.of_unit("month", day), "month", "counted")
    return single(day, "counted")


def _ago(words: Words) -> Resolved | None:
    return _counted(words, -1)


def _ahead(words: Words) -> Resolved | None:
    return _counted(words, 1)


def _ahead_or_later(words: Words) -> Resolved | None:
    """Count on from the reference, where nothing else can be meant.

    In a report of the past "two weeks later" counts from a day told before and "in two years" is
    how long something took, so neither is a date.
    """
    return _counted(words, 1) if words.prefer == "future" else None


def _day_word(words: Words) -> Resolved | None:
    return single(words.reference + timedelta(days=words.first("T")), "counted")


RULES: dict[str, Callable[[Words], Resolved | None]] = {
    "days_of_month": _days_of_month,
    "days_after_month": _days_of_month,
    "day_to_day": _day_to_day,
    "figures_to_figures": _figures_to_figures,
    "days_in_figures": _days_in_figures,
    "weekday_of_week": _weekday_of_week,
    "weekday_of": _weekday_of,
    "weekday_and_date": _date,
    "weekday_and_figures": _weekday_and_figures,
    "weekday_after_next": _weekday_after_next,
    "weekday_counted": _weekday_counted,
    "counted_from": _counted_from,
    "week_of": _week_of,
    "weekday_and_number": _number_of_month,
    "weekday_relative": _weekday_relative,
    "unit_of": _unit_of,
    "day_of_month": _day_of_month,
    "date": _date,
    "number_alone": _number_of_month,
    "figures": _figures,
    "ago": _ago,
    "ahead": _ahead,
    "ahead_or_later": _ahead_or_later,
    "day_word": _day_word,
    "weekday": _weekday,
}
