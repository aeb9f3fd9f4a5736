"""What each publisher offers for download: addresses, keys, limits, pace, terms. Data, no code.

An address was never tried from here: `basis` says where it was read and `verified` whether that
was the publisher's own documentation or program. Every address can be replaced by the user.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final

MEBIBYTE: Final = 2**20
READ_ON: Final = date(2026, 11, 24)


@dataclass(frozen=True, slots=True)
class Key:
    """The key a publisher wants.

    Attributes:
        variable: Environment variable it is read from.
        header: Header that carries it, or empty.
        query: Query parameter that carries it, or empty.
        where: How to get one.
    """

    variable: str
    where: str
    header: str = ""
    query: str = ""


@dataclass(frozen=True, slots=True)
class Dataset:
    """One thing a publisher offers.

    Attributes:
        name: Name after ``--dataset``.
        title: What it is.
        path: Appended to the source's address.
        needs: Options a request must have.
        takes: Options a request may have.
        needs_key: Whether it is given only with a key.
        row_limit: Rows at which an answer is cut; None where it is not.
        largest: Bytes above which an answer is refused.
        size: What to expect, in words.
        lag_days: Days after the end of a period by which it is usually published.
    """

    name: str
    title: str
    path: str
    needs: tuple[str, ...]
    takes: tuple[str, ...] = ()
    needs_key: bool = False
    row_limit: int | None = None
    largest: int = 512 * MEBIBYTE
    size: str = ""
    lag_days: int = 120


@dataclass(frozen=True, slots=True)
class Source:
    """A publisher.

    Attributes:
        name: Name on the command line.
        publisher: Official name.
        address: Base address.
        datasets: What it offers; the first is the default.
        terms: Terms of use, in a sentence.
        per_second: Requests a second that are made at most.
        burst: Requests made without waiting.
        key: The key it wants, None if none.
        verified: Whether the address is from the publisher's own documentation or program.
        checked: Day the basis was read.
        basis: Where the address was read.
    """

    name: str
    publisher: str
    address: str
    datasets: tuple[Dataset, ...]
    terms: str
    per_second: float
    basis: str
    burst: int = 1
    key: Key | None = None
    verified: bool = False
    checked: date = READ_ON

    def dataset(self, name: str | None, *, with_key: bool = False) -> Dataset | None:
        """Return a dataset.

        Args:
            name: Its name, None for the default.
            with_key: Whether a key is at hand; the default then is the first that wants one.

        Returns:
            The dataset, None if there is no such name.
        """
        if name is None:
            wanting = (one for one in self.datasets if one.needs_key) if with_key else iter(())
            return next(wanting, self.datasets[0])
        return next((one for one in self.datasets if one.name == name), None)


SOURCES: Final = (
    Source(
        name="comtrade",
        publisher="United Nations Statistics Division, UN Comtrade",
        address="https://comtradeapi.un.org",
        datasets=(
            Dataset(
                "preview",
                "a selection, without a key",
                "/public/v1/preview/C/{freq}/HS",
                ("reporter", "period"),
                ("partner", "product", "flow", "freq"),
                row_limit=500,
                size="at most 500 rows an answer",
            ),
            Dataset(
                "data",
                "a selection, with a key",
                "/data/v1/get/C/{freq}/HS",
                ("reporter", "period"),
                ("partner", "product", "flow", "freq"),
                needs_key=True,
                row_limit=100_000,
                size="at most 100,000 rows an answer",
            ),
            Dataset(
                "bulk",
                "whole files, one per reporter and period, with a premium key",
                "/bulk/v1/get/C/{freq}/HS",
                ("reporter", "period"),
                ("freq",),
                needs_key=True,
                largest=4096 * MEBIBYTE,
                size="up to some hundred MB a file",
            ),
        ),
        terms="Free for own use; passing on in bulk needs an agreement with the United Nations.",
        per_second=1.0,
        key=Key(
            "COMTRADE_API_KEY",
            "Register at https://comtradedeveloper.un.org and subscribe to a product there",
            header="Ocp-Apim-Subscription-Key",
        ),
        verified=True,
        basis="paths and parameters from the publisher's own Python client",
    ),
    Source(
        name="comext",
        publisher="Eurostat",
        address="https://ec.europa.eu/eurostat/api",
        datasets=(
            Dataset(
                "selection",
                "DS-045409, EU trade since 1988 by HS2-4-6 and CN8: a selection as SDMX-CSV",
                "/comext/dissemination/sdmx/2.1/data/DS-045409/",
                ("reporter", "partner", "product", "period"),
                ("flow", "freq"),
                size="small; a selection that is too large is refused by the publisher",
                lag_days=60,
            ),
            Dataset(
                "bulk",
                "a month of all members by CN8 and partner (full_v2_YYYYMM.7z)",
                "/dissemination/files",
                ("period",),
                size="40 to 60 MB a month, packed",
                largest=1024 * MEBIBYTE,
                lag_days=60,
            ),
        ),
        terms="Reuse with acknowledgement of the source (Commission Decision 2011/833/EU).",
        per_second=1.0,
        basis="several public programs that use it, 2025 and 2026",
    ),
    Source(
        name="baci",
        publisher="CEPII",
        address="https://www.cepii.fr",
        datasets=(
            Dataset(
                "release",
                "BACI: reconciled yearly trade by HS6, one archive per HS edition",
                "/DATA_DOWNLOAD/baci/data/",
                (),
                ("edition", "release"),
                largest=8192 * MEBIBYTE,
                size="0.3 to 2.5 GB, depending on the HS edition",
            ),
        ),
        terms="Open Licence 2.0 (Etalab): reuse with acknowledgement.",
        per_second=0.5,
        basis="several public programs that use it; HS92 release 202601 seen in use in 2026",
    ),
    Source(
        name="census",
        publisher="U.S. Census Bureau",
        address="https://api.census.gov",
        datasets=(
            Dataset(
                "trade",
                "US exports, imports or re-exports by HS code, country and month",
                "/data/timeseries/intltrade/",
                ("period", "product"),
                ("partner", "flow"),
                needs_key=True,
                size="some MB for a code and a month",
                lag_days=60,
            ),
        ),
        terms="Public domain; the Bureau asks for a notice that it does not endorse the product.",
        per_second=1.0,
        key=Key(
            "CENSUS_API_KEY", "Sign up at https://api.census.gov/data/key_signup.html", query="key"
        ),
        basis="public programs and notes of 2026 that quote the publisher's user guide",
    ),
    Source(
        name="hmrc",
        publisher="HM Revenue & Customs, UK Trade Info",
        address="https://api.uktradeinfo.com",
        datasets=(
            Dataset(
                "ots",
                "UK overseas trade by CN8, country and month, read page by page",
                "/OTS",
                ("period", "product"),
                ("partner", "flow"),
                size="pages of 30,000 to 40,000 rows",
                lag_days=60,
            ),
        ),
        terms="Open Government Licence v3.0.",
        per_second=1.0,  # 60 requests a minute are allowed
        basis="the publisher's API documentation; limits from a public client",
        verified=True,
    ),
)
NAMES: Final = tuple(source.name for source in SOURCES)


def find(name: str) -> Source | None:
    """Return a source by name, None if there is none."""
    return next((source for source in SOURCES if source.name == name), None)
