"""Rules for dates that are weeks, months, seasons, years, or parts of them."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from throughflow.statements.dates import spans_of_time as time
from throughflow.statements.dates.reading import (
    FEW,
    INTRODUCE,
    UNITS,
    Resolved,
    month_days,
    ordered,
)
from throughflow.statements.dates.tables import MONTHS, SEASONS

if TYPE_CHECKING:
    from collections.abc import Callable

    from throughflow.statements.dates.reading import Words
    from throughflow.statements.dates.spans_of_time import Days

DOUBTFUL = "mj"


def _quarter(words: Words) -> Resolved | None:
    number = words.first("odrq")
    if not 1 <= number <= 4:
        return None
    year, month = words.year(), 3 * number - 2
    if year is not None:
        return Resolved(time.of_unit("quarter", date(year, month, 1)), "quarter", "written")
    now = words.reference.year
    candidates = [time.of_unit("quarter", date(each, month, 1)) for each in range(now - 1, now + 2)]
    days = time.nearest(candidates, words.reference, words.prefer)
    return Resolved(days, "quarter", "nearest")


def _half_year(words: Words) -> Resolved | None:
    number, year = words.first("odr"), words.year()
    if year is not None:
        days = time.half(time.of_year(year), "year", number)
        return Resolved(days, "range", "written")
    now = words.reference.year
    candidates = [time.half(time.of_year(each), "year", number) for each in range(now - 1, now + 2)]
    days = time.nearest(candidates, words.reference, words.prefer)
    return Resolved(days, "range", "nearest")


def _whole(words: Words) -> tuple[Days, str, str] | None:
    """Find the week, month, quarter or year of which an edge or a half is named."""
    months = words.all(MONTHS)
    if months:
        if "R" in words.letters and "Ry" not in words.letters:
            found = _month_relative(words)
            return (found.days, "month", found.basis) if found else None
        return (*_month_and_basis(words, months[0]),)
    if "Y" in words.letters:
        return time.of_year(words.first("Y")), "year", "written"
    unit = words.unit()
    return time.of_unit(unit, words.reference, words.first("R") or 0), unit, "counted"


def _month_and_basis(words: Words, month: int) -> tuple[Days, str, str]:
    days, basis = month_days(words, month + 1, words.year())
    return days, "month", basis


def _edge(words: Words) -> Resolved | None:
    whole = _whole(words)
    if whole is None:
        return None
    days, unit, basis = whole
    return Resolved(time.part(days, unit, words.first("EZ")), "range", basis)


def _half(words: Words) -> Resolved | None:
    whole = _whole(words)
    if whole is None:
        return None
    days, unit, basis = whole
    number = words.first("odr")
    if number is not None:
        return Resolved(time.half(days, unit, number), "range", basis)
    # Polish says "the half of March" for its middle; elsewhere a bare half is not a time.
    return Resolved(time.part(days, unit, 1), "range", basis) if words.first("h") else None


def _earlier(words: Words) -> Resolved | None:
    start, end = time.of_unit(words.unit(), words.reference, words.first("R") or 0)
    earlier = words.first("e") < 0
    if not start <= words.reference <= end:
        return None
    days = (start, words.reference) if earlier else (words.reference, end)
    return Resolved(days, "range", "counted")


def _units(words: Words) -> Resolved | None:
    step, count, unit = words.first("R"), words.count(), words.unit()
    if step not in {-1, 1} or count < 1:
        return None
    if step < 0 and words.prefer == "past":
        # "In the last three years" runs up to the day it is said.
        start = time.moved(words.reference, unit, -count)
        basis = "vague" if "v" in words.letters else "counted"
        return Resolved((start, words.reference), "range", basis)
    near, _ = time.of_unit(unit, words.reference, step)
    far, _ = time.of_unit(unit, words.reference, step * count)
    start, end = min(near, far), time.of_unit(unit, max(near, far))[1]
    grain = unit if start == time.of_unit(unit, end)[0] and unit != "weekend" else "range"
    return Resolved((start, end), grain, "vague" if "v" in words.letters else "counted")


def _month_of_year(words: Words) -> Resolved | None:
    days, basis = month_days(words, words.first(MONTHS) + 1, words.year())
    return Resolved(days, "month", basis)


def _month_relative(words: Words) -> Resolved | None:
    step, month = words.first("R"), words.first(MONTHS) + 1
    now = words.reference
    if step == 0:
        return Resolved(time.of_month(now.year, month), "month", "counted")
    if step > 0:
        year = now.year + (month <= now.month) + step - 1
    else:
        year = now.year - (month >= now.month) + step + 1
    return Resolved(time.of_month(year, month), "month", "counted")


def _month_alone(words: Words) -> Resolved | None:
    doubtful = words.letters[0] in DOUBTFUL
    if doubtful and words.before not in INTRODUCE:
        return None
    return _month_of_year(words)


def _month_to_month(words: Words) -> Resolved | None:
    months = [value + 1 for value in words.all(MONTHS)]
    years = words.all("Y")
    if not years and "Ry" in words.letters:
        years = [words.year()]
    if any(kind in words.letters for kind in DOUBTFUL) and words.letters[0] not in "SV":
        return None
    basis = "written" if years else "nearest"
    (_, end), _ = month_days(words, months[1], years[-1] if years else None)
    year = years[0] if len(years) > 1 else end.year - (months[0] > months[1])
    return ordered(date(year, months[0], 1), end, basis)


def _year_to_year(words: Words) -> Resolved | None:
    first, last = words.first("H") or words.all("Y")[:2]
    return ordered(date(first, 1, 1), date(last, 12, 31), "written")


def _season(words: Words) -> Resolved | None:
    month, alone = words.first("s")
    year, reference = words.year(), words.reference
    if year is not None:
        # "The winter of 2022" is two winters.
        if month == SEASONS["winter"]:
            return None
        return Resolved(_season_of(year, month), "range", "written")
    candidates = [_season_of(each, month) for each in range(reference.year - 2, reference.year + 2)]
    if "R" in words.letters:
        step = words.first("R")
        if step < 0:
            return Resolved([c for c in candidates if c[1] < reference][-1], "range", "counted")
        if step > 0:
            return Resolved(next(c for c in candidates if c[0] > reference), "range", "counted")
    elif not alone and words.before not in {"P", "i"}:
        return None
    return Resolved(time.nearest(candidates, reference, words.prefer), "range", "nearest")


def _season_of(year: int, month: int) -> Days:
    start = date(year, month, 1)
    return start, time.last_day(time.moved(start, "month", 2))


def _figures_month(words: Words) -> Resolved | None:
    # Also the number of a paper, so only where a date is announced.
    if words.before and words.before not in INTRODUCE:
        return None
    first = words.first("Q")
    return Resolved((first, time.last_day(first)), "month", "written")


def _relative_unit(words: Words) -> Resolved | None:
    unit, several = words.first(UNITS)
    if several:
        return _some_units(words, unit)
    days = time.of_unit(unit, words.reference, words.first("R"))
    return Resolved(days, "range" if unit == "weekend" else unit, "counted")


def _some_units(words: Words, unit: str) -> Resolved | None:
    """Read "in the last weeks": a few of them, up to now."""
    step, reference = words.first("R"), words.reference
    if step not in {-1, 1}:
        return None
    other = time.moved(reference, unit, step * FEW)
    return Resolved((min(other, reference), max(other, reference)), "range", "vague")


def _year(words: Words) -> Resolved | None:
    # Four figures alone count anything; a year is announced or called one.
    if words.letters == "z":
        return Resolved(time.of_year(words.reference.year + words.first("z")), "year", "counted")
    if not any(mark in words.letters for mark in "ya") and words.before not in INTRODUCE:
        return None
    return Resolved(time.of_year(words.first("Y")), "year", "written")


RULES: dict[str, Callable[[Words], Resolved | None]] = {
    "month_to_month": _month_to_month,
    "year_to_year": _year_to_year,
    "quarter": _quarter,
    "half_year": _half_year,
    "half": _half,
    "edge": _edge,
    "earlier": _earlier,
    "units": _units,
    "month_of_year": _month_of_year,
    "month_relative": _month_relative,
    "season": _season,
    "month": _month_alone,
    "figures_month": _figures_month,
    "unit": _relative_unit,
    "year": _year,
}
