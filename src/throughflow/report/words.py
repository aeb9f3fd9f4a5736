"""How numbers, months, codes and labels are written.

Prose has two or three significant digits, tables are exact; groups are set with a thin space that
does not break, minus signs are minus signs.
"""

from __future__ import annotations

import re
import textwrap
import unicodedata
from typing import TYPE_CHECKING

from throughflow.dossier.words import SIGNS, THIN, amount, share

if TYPE_CHECKING:
    from datetime import date

__all__ = [
    "DASH",
    "SIGNS",
    "THIN",
    "amount",
    "amount_range",
    "capitalize_first",
    "clean",
    "day",
    "exact",
    "full_label",
    "growth",
    "listed",
    "lower_first",
    "millions",
    "millions_range",
    "month",
    "month_short",
    "multiple",
    "number",
    "percent",
    "rate",
    "share",
    "share_range",
    "short_label",
    "sign",
    "signed_amount",
    "signed_millions",
    "tier",
    "unit",
]

DASH = "–"
MINUS = "−"
# Eurostat joins all wordings a code ever had, each with the years in which it was valid.
_OLDER_WORDING = re.compile(r"\s*\((?:19|20)\d\d-(?:19|20|25)\d\d\)\s*(?:;.*)?$", re.DOTALL)
_EXCLUSION = "(excl"
_TIERS = {
    "dual": "dual use",
    "industrial": "industrial",
    "luxury": "luxury",
    "common-high-priority": "common high priority",
    "undated": "listed, no date",
}


def grouped(value: float, decimals: int = 0) -> str:
    """Write a number with thin groups: ``1 234.5``; a value that rounds to zero has no sign."""
    text = f"{abs(value):,.{decimals}f}".replace(",", THIN)
    return MINUS + text if value < 0 and text.strip("0.") else text


def number(value: float | None, decimals: int = 2) -> str:
    """Write a number, a dash for none."""
    return DASH if value is None else grouped(value, decimals)


def millions(value: float | None, decimals: int = 1) -> str:
    """Write an amount in millions without its unit, a dash for none."""
    return DASH if value is None else grouped(value / 1e6, decimals)


def signed_millions(value: float, decimals: int = 1) -> str:
    """Write a difference in millions with its sign and without its unit: ``+1.2``."""
    text = millions(value, decimals)
    return f"+{text}" if value > 0 and text.strip("0.") else text


def exact(value: float | None) -> str:
    """Write an amount in full units, a dash for none."""
    return DASH if value is None else grouped(value)


def multiple(ratio: float | None) -> str:
    """Write a ratio as a multiple: ``1.4×``, ``110×``."""
    if ratio is None:
        return DASH
    return f"{grouped(ratio, 1 if ratio < 10 else 0)}×"


def rate(value: float | None) -> str:
    """Write a p-value or false-discovery rate; very small ones as a bound."""
    if value is None:
        return DASH
    if value < 0.001:
        return "<0.001"
    return f"{value:.3f}" if value < 0.1 else f"{value:.2f}"


def sign(currency: str) -> str:
    """Return the sign of a currency, its code where it has none."""
    return SIGNS.get(currency, currency)


def unit(currency: str) -> str:
    """Return the unit of a table in millions: ``€ million``."""
    return f"{sign(currency)} million"


def signed_amount(value: float, currency: str) -> str:
    """Write a difference with its sign: ``+€780 million``."""
    return ("+" if value > 0 else "") + amount(value, currency)


def amount_range(low: float | None, high: float | None, currency: str) -> str:
    """Write an interval of amounts: ``€226 million to €1.22 billion``."""
    if low is None or high is None:
        return "no interval"
    return f"{amount(low, currency)} to {amount(high, currency)}"


def millions_range(low: float | None, high: float | None, decimals: int = 1) -> str:
    """Write an interval in millions without its unit: ``225.7 to 1 216.8``."""
    if low is None or high is None:
        return DASH
    return f"{millions(low, decimals)} to {millions(high, decimals)}"


def growth(value: float | None) -> str:
    """Write a growth with its sign: ``+144 %``; a dash for none."""
    return DASH if value is None else ("+" if value > 0 else "") + share(value)


def share_range(low: float, high: float) -> str:
    """Write an interval of shares: ``−32 % to 84 %``."""
    return f"{share(low)} to {share(high)}"


def month(value: date) -> str:
    """Write a month: ``March 2022``."""
    return f"{value:%B} {value.year}"


def month_short(value: date) -> str:
    """Write a month where space is short: ``Mar 2022``."""
    return f"{value:%b} {value.year}"


def day(value: date | None) -> str:
    """Write a day: ``22 January 2023``; ``day not stated`` for none."""
    return f"{value.day} {value:%B} {value.year}" if value else "day not stated"


def percent(value: float | None) -> str:
    """Write a share with one decimal where it is exact: ``89.9 %``; a dash for none."""
    return DASH if value is None else f"{grouped(value * 100, 1)}{THIN}%"


def capitalize_first(text: str) -> str:
    """Begin a sentence: only the first letter changes, and a full stop at the end goes."""
    return (text[:1].upper() + text[1:]).rstrip(".")


def lower_first(text: str) -> str:
    """Continue a sentence: only the first letter changes, and a full stop at the end goes."""
    return (text[:1].lower() + text[1:]).rstrip(".")


def listed(names: list[str], last: str = "and") -> str:
    """Join names: ``Germany, Czechia and Lithuania``."""
    if len(names) < 2:
        return "".join(names)
    return ", ".join(names[:-1]) + f" {last} " + names[-1]


def count(number: int, one: str, many: str) -> str:
    """Write a number of things: ``1 vote``, ``12 votes``."""
    return f"{exact(number)} {one if number == 1 else many}"


def tier(text: str) -> str:
    """Write a list's category or tier in words; unknown words stay as they are."""
    return _TIERS.get(text, f"tier {text}" if text.isdigit() else clean(text))


def clean(text: str) -> str:
    """Take control and formatting characters out of a label: files may come from anybody.

    Escape sequences would reach the reader's terminal, bidirectional marks would reorder a line.
    """
    kept = "".join(" " if unicodedata.category(c) in {"Cc", "Cf"} else c for c in text)
    return re.sub(" {2,}", " ", kept).strip()


def full_label(text: str) -> str:
    """Return the wording in force of an official label, without its older wordings."""
    return clean(_OLDER_WORDING.sub("", text))


def short_label(text: str, width: int = 130) -> str:
    """Shorten an official label: exclusions go first, then whole words from its middle.

    Codes of one heading begin alike and differ at their end, so the end is what must stay.
    """
    label = _without_exclusions(full_label(text))
    if len(label) <= width:
        return label
    beginning = textwrap.shorten(label, width * 2 // 5, placeholder="")
    end: list[str] = []
    for word in reversed(label.split(" ")):
        if len(beginning) + 3 + len(" ".join([word, *end])) > width:
            break
        end.insert(0, word)
    return f"{beginning} … {' '.join(end)}".rstrip()


def _without_exclusions(label: str) -> str:
    """Take out brackets that begin with ``excl``, with the brackets inside them."""
    start = label.lower().find(_EXCLUSION)
    while start >= 0:
        depth, end = 0, len(label)
        for place in range(start, len(label)):
            depth += {"(": 1, ")": -1}.get(label[place], 0)
            if not depth:
                end = place + 1
                break
        shorter = (label[:start].rstrip() + label[end:]).strip(" ,;")
        if not shorter:
            return label
        label = shorter
        start = label.lower().find(_EXCLUSION)
    return re.sub(r"\s+,", ",", label)
