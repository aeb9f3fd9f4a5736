"""What a user asks a publisher for, checked before any of it becomes part of an address."""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Final

from throughflow.errors import InputError, UsageError
from throughflow.model.periods import Window
from throughflow.reference import countries

if TYPE_CHECKING:
    from collections.abc import Iterable

FLOWS: Final = ("export", "import")
# Where UN Comtrade's number is not the M49 one. Source: its own list of reporters, as used by
# several public programs, read 2026-11-24.
COMTRADE_NUMBERS: Final = {
    "CH": "757",
    "FR": "251",
    "IN": "699",
    "NO": "579",
    "TW": "490",
    "US": "842",
    "WORLD": "0",
}
_YEAR: Final = re.compile(r"[0-9]{4}")
_PRODUCT: Final = re.compile(r"(?:[0-9]{2,10}|TOTAL|AG[246])")


@dataclass(frozen=True, slots=True)
class Selection:
    """What a user asked for, as written.

    Attributes:
        periods: Years, months or windows of months (``2022-01:2022-06``).
        reporters: Who reports: alpha-2, alpha-3, names, or the publisher's own numbers.
        partners: With whom; empty for all.
        products: HS or CN codes; empty for all.
        flows: ``export``, ``import``, UN Comtrade also ``re-export``; empty for all.
        freq: ``A``, ``M``, or empty to have it told by the periods.
        edition: HS edition of BACI.
        release: Release of BACI, empty for the newest.
    """

    periods: tuple[str, ...] = ()
    reporters: tuple[str, ...] = ()
    partners: tuple[str, ...] = ()
    products: tuple[str, ...] = ()
    flows: tuple[str, ...] = ()
    freq: str = ""
    edition: str = ""
    release: str = ""

    def given(self) -> set[str]:
        """Names of the options that were used."""
        values = {
            "period": self.periods,
            "reporter": self.reporters,
            "partner": self.partners,
            "product": self.products,
            "flow": self.flows,
            "freq": self.freq,
            "edition": self.edition,
            "release": self.release,
        }
        return {name for name, value in values.items() if value}


@dataclass(frozen=True, slots=True)
class Span:
    """A year or a month."""

    year: int
    month: int | None = None

    @property
    def compact(self) -> str:
        """``2022`` or ``202203``."""
        return f"{self.year}" if self.month is None else f"{self.year}{self.month:02}"

    @property
    def iso(self) -> str:
        """``2022`` or ``2022-03``."""
        return f"{self.year}" if self.month is None else f"{self.year}-{self.month:02}"

    @property
    def end(self) -> date:
        """Last day."""
        month = self.month or 12
        return date(self.year, month, calendar.monthrange(self.year, month)[1])


def spans(periods: Iterable[str]) -> tuple[Span, ...]:
    """Read years, months and windows of months.

    Raises:
        InputError: A period cannot be read, or years and months are mixed.
    """
    found: dict[Span, None] = {}
    for period in periods:
        first, _, last = period.partition(":")
        if _YEAR.fullmatch(first) and (not last or _YEAR.fullmatch(last)):
            years = range(int(first), int(last or first) + 1)
            if not years:
                raise InputError(f"{period!r} ends before it begins", where="--period")
            found |= {Span(year): None for year in years}
        else:
            window = Window.parse(period, where="--period").months()
            found |= {Span(month.year, month.month): None for month in window}
    if len({span.month is None for span in found}) > 1:
        raise InputError("years and months cannot be asked for together", where="--period")
    return tuple(found)


def months(periods: Iterable[str]) -> tuple[Span, ...]:
    """Read periods as months; a year is its twelve months."""
    return tuple(
        month
        for span in spans(periods)
        for month in (
            [span] if span.month is not None else [Span(span.year, m) for m in range(1, 13)]
        )
    )


def frequency(asked: str, periods: tuple[Span, ...]) -> str:
    """Tell whether periods are years (``A``) or months (``M``).

    Raises:
        UsageError: Something else was asked for.
    """
    told = "A" if periods[0].month is None else "M"
    if asked and asked != told:
        raise UsageError(
            f"--freq {asked} does not go with the periods",
            remedy="Write years for A (2022) and months for M (2022-03)",
        )
    return told


def flows(asked: tuple[str, ...], known: tuple[str, ...] = FLOWS) -> tuple[str, ...]:
    """Check directions of trade; none asked for means all.

    Raises:
        InputError: The publisher knows no such flow.
    """
    for flow in asked:
        if flow not in known:
            raise InputError.unknown("flow", flow, known, where="--flow")
    return asked or known


def products(asked: Iterable[str]) -> list[str]:
    """Check product codes.

    Raises:
        InputError: One is not made of digits.
    """
    for product in asked:
        if not _PRODUCT.fullmatch(product):
            raise InputError(
                f"{product!r} is not a product code",
                where="--product",
                remedy="Write digits only, such as 854231 or 85423190, or TOTAL",
            )
    return list(asked)


def comtrade_number(text: str) -> str:
    """Return UN Comtrade's number of a country, given as users write it or as that number.

    Raises:
        InputError: No such country, or none that UN Comtrade numbers.
    """
    if text.isascii() and text.isdigit():
        return text
    if text.upper() in COMTRADE_NUMBERS:
        return COMTRADE_NUMBERS[text.upper()]
    code = countries.parse(text, where="--reporter or --partner")
    number = COMTRADE_NUMBERS.get(code) or countries.get(code).m49.lstrip("0")
    if not number:
        raise InputError(
            f"UN Comtrade has no number for {countries.name(code)}",
            remedy="Give its own number, such as 842",
        )
    return number


def eurostat_code(text: str) -> str:
    """Return Eurostat's code of a country or bloc, given as users write it.

    Raises:
        InputError: No such country.
    """
    code = countries.parse(text, where="--reporter or --partner")
    return {"EU27": "EU27_2020"}.get(code, code)


def schedule_c_numbers(text: str) -> tuple[str, ...]:
    """Return the US Census Bureau's numbers of a country, given as users write it or so numbered.

    Raises:
        InputError: No such country, or none that the Bureau numbers.
    """
    if re.fullmatch(r"[0-9]{4}", text):
        return (text,)
    numbers = countries.schedule_c_numbers(countries.parse(text, where="--partner"))
    if not numbers:
        raise InputError(
            f"the Census Bureau has no number for {text!r}",
            where="--partner",
            remedy="Write its four digits, such as 4634 (Schedule C)",
        )
    return numbers
