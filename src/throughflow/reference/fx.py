"""Euro reference rates by month, to convert money at query time.

Source: European Central Bank, euro foreign exchange reference rates; the mean of a month's daily
rates, 1999 onwards. The bank publishes no rate for the Kazakh tenge, Uzbek sum, Armenian dram,
Kyrgyz som or Georgian lari, and none for the rouble after 1 March 2022: trade recorded in those
currencies cannot be converted here and is refused, not guessed.
"""

from __future__ import annotations

import csv
import gzip
from datetime import date
from decimal import Decimal
from functools import lru_cache

import pyarrow as pa

from throughflow.errors import InputError
from throughflow.reference.countries import DATA

RATE = pa.decimal128(18, 6)
_COLUMNS: dict[str, pa.DataType] = {
    "month": pa.date32(),
    "currency": pa.string(),
    "per_eur": RATE,
}
_SCHEMA = pa.schema(_COLUMNS)


@lru_cache(maxsize=1)
def monthly_rates() -> pa.Table:
    """Return every monthly rate that ships.

    Returns:
        Columns `month` (date32, first day), `currency` (ISO 4217), `per_eur` (decimal128(18,6),
        units of the currency for one euro), sorted by month and currency; EUR itself is 1 in
        every month. A month is held if at least half of its publication days have a rate.
    """
    with gzip.open(DATA / "ecb_monthly.csv.gz", "rt", encoding="utf-8", newline="") as lines:
        rows = csv.reader(lines)
        next(rows)
        held = [(date.fromisoformat(f"{m}-01"), c, Decimal(per_eur)) for m, c, per_eur in rows]
    months = {month for month, _, _ in held}
    held.extend((month, "EUR", Decimal(1)) for month in months)
    return _table(sorted(held))


def _table(rows: list[tuple[date, str, Decimal]]) -> pa.Table:
    months, names, rates = zip(*rows, strict=True)
    return pa.table(
        [pa.array(months, pa.date32()), pa.array(names), pa.array(rates, RATE)],
        schema=_SCHEMA,
    )


@lru_cache(maxsize=1)
def annual_rates() -> pa.Table:
    """Return the mean of each year's monthly rates, for years with all twelve months.

    Returns:
        Columns `month` (date32, 1 January), `currency`, `per_eur`, as in `monthly_rates`.
    """
    sums: dict[tuple[int, str], list[Decimal]] = {}
    for row in monthly_rates().to_pylist():
        sums.setdefault((row["month"].year, row["currency"]), []).append(row["per_eur"])
    whole = [
        (date(year, 1, 1), currency, (sum(rates, Decimal(0)) / 12).quantize(Decimal("0.000001")))
        for (year, currency), rates in sorted(sums.items())
        if len(rates) == 12
    ]
    return _table(whole)


def period_rates(freq: str) -> pa.Table:
    """Return the rates that apply to monthly (``M``) or yearly (``A``) amounts."""
    return monthly_rates() if freq == "M" else annual_rates()


@lru_cache(maxsize=1)
def _lookup() -> dict[str, dict[date, Decimal]]:
    found: dict[str, dict[date, Decimal]] = {}
    for row in monthly_rates().to_pylist():
        found.setdefault(row["currency"], {})[row["month"]] = row["per_eur"]
    return found


def currencies() -> tuple[str, ...]:
    """List the currencies with a rate in at least one month."""
    return tuple(sorted(_lookup()))


def rate(currency: str, month: date) -> Decimal:
    """Return how many units of a currency one euro bought, on average over a month.

    Args:
        currency: ISO 4217 code.
        month: Any day of the month.

    Raises:
        InputError: The bank publishes no rate for the currency, or none in that month; the
            remedy names what is known.
    """
    held = _lookup()
    if currency not in held:
        raise InputError.unknown("currency", currency, held)
    found = held[currency].get(month.replace(day=1))
    if found is None:
        raise InputError(
            f"no ECB rate for {currency} in {month:%Y-%m}",
            remedy=f"Rates for {currency} are held from {min(held[currency]):%Y-%m} "
            f"to {max(held[currency]):%Y-%m}",
        )
    return found
