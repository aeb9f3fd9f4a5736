"""ECB monthly rates."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pyarrow as pa
import pyarrow.compute as pc
import pytest

from throughflow.errors import InputError
from throughflow.reference.fx import annual_rates, currencies, monthly_rates, rate


def test_shape_and_order() -> None:
    table = monthly_rates()
    assert table.schema.types == [pa.date32(), pa.string(), pa.decimal128(18, 6)]
    rows = list(zip(table["month"].to_pylist(), table["currency"].to_pylist(), strict=True))
    assert rows == sorted(set(rows))
    assert rows[0][0] == date(1999, 1, 1)
    euro = table.filter(pc.field("currency") == "EUR")
    assert set(euro["per_eur"].to_pylist()) == {Decimal(1)}
    assert euro.num_rows == len(set(table["month"].to_pylist()))


def test_known_rates() -> None:
    # The ECB publishes these monthly averages itself: 1.1019 and 1.1304.
    assert round(rate("USD", date(2022, 3, 15)), 4) == Decimal("1.1019")
    assert round(rate("USD", date(2021, 12, 1)), 4) == Decimal("1.1304")
    assert rate("EUR", date(2022, 3, 1)) == 1


def test_annual_is_the_mean_of_twelve_months() -> None:
    years = annual_rates().filter(pc.field("currency") == "USD").to_pylist()
    held = {row["month"].year: row["per_eur"] for row in years}
    months = [rate("USD", date(2021, month, 1)) for month in range(1, 13)]
    assert held[2021] == (sum(months, Decimal(0)) / 12).quantize(Decimal("0.000001"))
    newest = max(monthly_rates()["month"].to_pylist())
    assert newest.month == 12 or newest.year not in held


def test_the_rouble_ends_and_the_tenge_never_was() -> None:
    assert rate("RUB", date(2022, 2, 1)) > 80
    with pytest.raises(InputError, match="2005-04 to 2022-02"):
        rate("RUB", date(2022, 3, 1))
    for currency in ("KZT", "UZS", "AMD", "KGS"):
        assert currency not in currencies()
        with pytest.raises(InputError, match="currency"):
            rate(currency, date(2022, 1, 1))
