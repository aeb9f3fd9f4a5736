"""In which order the words of a date stand: patterns over the letters of `tokens`.

One set serves every language; what differs between languages is which words there are. Where two
patterns fit at the same place the first in the list is taken, so the fuller ones come first.

The letters, by what they stand for:

* numbers: ``D`` figures up to 31, ``d`` with an ordinal ending, ``k`` others, ``n`` and ``o`` in
  words, ``v`` a few, ``r`` Roman, ``q`` quarter; dates in figures: see `figures.read`;
* names: ``M N m j`` months (``N j`` may stand before the day, ``m j`` are other words too), ``W w``
  weekdays (``w`` is another word too), ``s`` seasons, ``T`` "yesterday";
* units: ``x`` day, ``c`` week, ``u`` month, ``g`` quarter, ``y`` year, ``t`` weekend, ``p`` half a
  year; ``E Z`` their beginning, middle and end, ``h`` half, ``a z`` abbreviations behind a year;
* words between: ``R`` last, this, next; ``P i`` on, in; ``f`` of, the; ``S`` since, ``F`` until,
  ``B`` before, ``C`` after, ``b`` before or ago, ``A`` ago, ``I`` in (so many days from now),
  ``L`` from now, ``l`` later, ``e`` earlier, ``V`` between, ``&`` and.
"""

from __future__ import annotations

import re

_MONTH = "[MNmj]"
# A point behind a short name, but not one that ends a sentence: "since May. In 2021".
_POINT = r"(?:\.(?![PiRS]))?"
_WEEKDAY = rf"[Ww]{_POINT},?"
_DAY = r"(?:[no]-?o|[Ddo]\.?)"
_COUNT = "[Ddnkv]"
_UNIT = "[xcugyt]"
_SPAN = "[cugy]"  # units that have a beginning, a middle and an end
_LINK = "[fPi]*"
_TO = r"(?:-|F|/)"
_WRITTEN_YEAR = r"(?:Y(?:[ya]\.?)?)"
_YEAR = rf"(?:,?{_LINK}{_WRITTEN_YEAR}|{_LINK}Ry|{_LINK}z\.?)"
_DAY_MONTH = rf"{_DAY}[f/-]*{_MONTH}{_POINT}(?:[/-]?{_YEAR})?"
_MONTH_DAY = rf"[Nj]\.?f*{_DAY}{_YEAR}?"
_YEAR_BEFORE = r"Y(?:\.?y|a\.?)?"
_YEAR_FIRST = rf"{_YEAR_BEFORE}f*(?:{_DAY}{_MONTH}|{_MONTH}{_DAY}a?)"
_DATE = rf"(?:{_YEAR_FIRST}|{_DAY_MONTH}|{_MONTH_DAY}|X|D\.?r\.?Y[ya]?)"
_MONTH_YEAR = rf"{_MONTH}{_POINT}{_YEAR}"
_WHOLE = rf"(?:{_MONTH}{_POINT}{_YEAR}?|R{_MONTH}|R?{_SPAN}|{_WRITTEN_YEAR})"

_PATTERNS: tuple[tuple[str, str], ...] = (
    # Ranges.
    (
        "days_of_month",
        rf"(?:(?:Sf*)?{_DAY}(?:{_TO})f*{_DAY}|(?:Sf*)?G|Vf*{_DAY}&f*{_DAY})f*{_MONTH}{_POINT}{_YEAR}?",
    ),
    (
        "days_after_month",
        rf"(?:Sf*)?[Nj]\.?f*(?:{_DAY}(?:-|F)f*{_DAY}|G)(?!{_LINK}{_MONTH}){_YEAR}?",
    ),
    ("day_to_day", rf"(?:(?:Sf*)?{_DATE}{_TO}f*{_DATE}|Vf*{_DATE}&f*{_DATE})"),
    ("figures_to_figures", rf"(?:Sf*)?[DK]\.?{_TO}f*(?:K\.|X)|Sf*[DK]\.?{_TO}f*K"),
    ("days_in_figures", r"J\.?"),
    (
        "month_to_month",
        rf"(?:(?:Sf*)?{_MONTH}{_POINT}{_YEAR}?{_TO}f*{_MONTH}|Vf*{_MONTH}{_YEAR}?&f*{_MONTH}){_YEAR}?(?!f*[Dd])",
    ),
    (
        "year_to_year",
        rf"Hy?|{_WRITTEN_YEAR}{_TO}{_WRITTEN_YEAR}|Vf*{_WRITTEN_YEAR}&{_WRITTEN_YEAR}",
    ),
    # Days by their name.
    (
        "weekday_of_week",
        rf"W{_POINT},?{_LINK}Rf*c|Rc,?{_LINK}W|W{_LINK}I{_COUNT}?c|Wi{_COUNT}c|W{_COUNT}?cA|W[Ab]{_COUNT}?c",
    ),
    ("weekday_of", rf"(?:[od]R?|R)f*W{_LINK}(?:{_MONTH}{_POINT}{_YEAR}?(?!f*[Dd])|R?u)"),
    ("weekday_and_date", rf"{_WEEKDAY}{_LINK}{_DATE}|{_DATE}W"),
    ("weekday_and_figures", rf"{_WEEKDAY}{_LINK}K\.?"),
    ("weekday_after_next", r"W[CBb]f*R(?![WcugytMNmj])"),
    ("weekday_counted", rf"{_COUNT}W[LA]"),
    ("weekday_and_number", rf"{_WEEKDAY}f*d|WD(?=[;,.]|$)"),
    ("weekday_relative", r"RW"),
    # Counted from another day.
    ("counted_from", rf"(?:{_COUNT}(?:{_UNIT})|x)[CBb]f*(?:{_DATE}|T|R?W)"),
    ("week_of", rf"cf+{_DATE}"),
    # Parts of a month or a year.
    (
        "unit_of",
        rf"(?:[od]R?|R)[xc]{_LINK}(?:{_MONTH}{_POINT}{_YEAR}?(?!f*[Dd])|R?u|R?y|{_WRITTEN_YEAR})",
    ),
    ("day_of_month", rf"{_DAY}(?:xf*R?u|f+Ru|Ru(?=[#;,.]|$))"),
    ("quarter", rf"(?:[odr]\.?g|q)\.?(?:{_LINK}(?:{_WRITTEN_YEAR}|Ry))?"),
    ("half_year", rf"[odr]\.?p(?:{_LINK}(?:{_WRITTEN_YEAR}|Ry))?"),
    ("half", rf"[odr]?h{_LINK}{_WHOLE}(?!{_LINK}[Dd])"),
    ("edge", rf"E{_LINK}-?{_WHOLE}|{_MONTH}f*Z|R?{_SPAN}Z|{_WRITTEN_YEAR}Z"),
    ("earlier", rf"e{_LINK}R?{_SPAN}"),
    # Days by date.
    ("date", _DATE),
    ("number_alone", r"(?:(?<=[PFSBb])|(?<=[PFSBb]f))d(?![#.])"),
    ("figures", r"K\.|O"),
    # Counted from the reference.
    ("ago", rf"(?:{_COUNT}|G)?{_UNIT}A|[Ab]f*(?:{_COUNT}{_UNIT}|[cuy])"),
    ("ahead", rf"If*{_COUNT}?{_UNIT}|{_COUNT}?{_UNIT}L"),
    ("ahead_or_later", rf"i{_COUNT}{_UNIT}|i[cuy]|{_COUNT}?{_UNIT}l"),
    ("units", rf"Rf*{_COUNT}{_UNIT}|{_COUNT}R{_UNIT}"),
    # Longer spans.
    ("month_of_year", rf"{_MONTH_YEAR}|{_YEAR_BEFORE}{_MONTH}|Ry{_LINK}{_MONTH}(?!f*[Dd])"),
    ("month_relative", rf"R{_MONTH}(?!f*[Dd])"),
    ("season", rf"Rs|s(?:{_LINK}(?:{_WRITTEN_YEAR}|Ry))?"),
    ("month", _MONTH),
    ("figures_month", "Q"),
    ("unit", r"R[cugyt]"),
    ("year", rf"{_WRITTEN_YEAR}|z"),
    ("day_word", "T"),
    ("weekday", "W"),
)
PATTERN = re.compile("|".join(f"(?P<{name}>{pattern})" for name, pattern in _PATTERNS))
# Words of no interest, and marks, cut a text into stretches; one without an anchor has no date.
STRETCH = re.compile(r"[^#;]+")
ANCHOR = re.compile(r"[MNmjWwTXKOJHQqGsYcugythxdzp]")
