"""A small invented trade world whose truth is known, written as files and loaded like any other."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pytest
from pyarrow import csv

from throughflow.model.periods import Window, month_number, month_start
from throughflow.reference import control_lists, nomenclature
from throughflow.trade import study
from throughflow.trade.request import Request
from throughflow.warehouse import Warehouse, load

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

FIRST = date(2020, 1, 1)
N_MONTHS = 35
CUT = month_number(date(2022, 3, 1)) - month_number(FIRST)
REPORTERS = ("AT", "BE", "CZ", "DE", "ES", "FR", "IT", "LT", "NL", "PL")
PARTNERS = ("AM", "GE", "KG", "KZ", "RU", "UZ")
WINDOW = Window.parse("2022-03:2022-11")


def stable_codes(headings: int, per_heading: int) -> tuple[str, ...]:
    """Take codes of the EU list that no edition from 2020 to 2022 re-classified."""
    listed = [entry.code for entry in control_lists.load("eu-2023-01").entries]
    grouped = nomenclature.families(listed, first_year=2020, last_year=2022).by_code
    found: dict[str, list[str]] = {}
    for code in listed:
        if grouped[code].members == (code,) and not code.startswith("27"):
            found.setdefault(code[:4], []).append(code)
    full = [codes[:per_heading] for codes in found.values() if len(codes) >= per_heading]
    return tuple(code for codes in full[:headings] for code in codes)


@dataclass(frozen=True)
class World:
    """Trade by exporter, partner, code and month, in euro, with totals and fuels beside it.

    `value` has shape (exporters, partners, codes, months); zero is written as no row at all.
    """

    reporters: tuple[str, ...]
    partners: tuple[str, ...]
    codes: tuple[str, ...]
    value: np.ndarray
    rest: np.ndarray
    fuels: np.ndarray
    first: date = FIRST
    has_totals: bool = True
    dates: dict[str, str] = field(default_factory=dict)

    def months(self) -> list[str]:
        start = month_number(self.first)
        return [f"{month_start(start + t):%Y-%m}" for t in range(self.value.shape[3])]

    def table(self) -> pa.Table:
        """Return the rows of the product's own layout."""
        months = np.array(self.months())
        reporters, partners = np.array(self.reporters), np.array(self.partners)
        parts = []
        o, h, k, t = np.nonzero(self.value)
        columns = (o, h, t, np.array(self.codes)[k], "CN", self.value[o, h, k, t])
        parts.append(columns)
        if self.has_totals:
            totals = self.value.sum(axis=2) + self.rest + self.fuels
            for product, level, values in (("TOTAL", "TOTAL", totals), ("27", "CN", self.fuels)):
                o, h, t = np.nonzero(values)
                parts.append((o, h, t, np.repeat(product, len(o)), level, values[o, h, t]))
        tables = [
            pa.table(
                {
                    "period": months[t],
                    "freq": np.repeat("M", len(t)),
                    "reporter": reporters[o],
                    "partner": partners[h],
                    "flow": np.repeat("export", len(t)),
                    "product": product,
                    "nomenclature": np.repeat(level, len(t)),
                    "value": np.round(value, 2),
                    "currency": np.repeat("EUR", len(t)),
                }
            )
            for o, h, t, product, level, value in parts
        ]
        return pa.concat_tables(tables)

    def write(self, path: Path, rows: pa.Table | None = None) -> Path:
        csv.write_csv(self.table() if rows is None else rows, path)
        return path

    def list_file(self, path: Path, default: str = "2022-02-26") -> Path:
        """Write a control list of all codes, each with its own date."""
        rows = [f"{code},{self.dates.get(code, default)}" for code in self.codes]
        header = "code,restricted_from,nomenclature,edition"
        path.write_text("\n".join([header, *(f"{row},CN,2022" for row in rows), ""]))
        return path

    def warehouse(self, folder: Path) -> Warehouse:
        folder.mkdir(parents=True, exist_ok=True)
        report = load([self.write(folder / "world.csv")], folder / "wh")
        assert not report.failed, report.failed
        return Warehouse(folder / "wh")

    def study(self, folder: Path, **question: Any) -> study.Study:
        """Load the world and put a question to it, by the whole path."""
        warehouse = self.warehouse(folder)
        named = question.pop("control_list", None) or str(self.list_file(folder / "list.csv"))
        question.setdefault("window", WINDOW)
        return study.build(warehouse, Request(control_list=named, **question))

    def changed(self, **values: Any) -> World:
        return replace(self, **values)


def simulate(
    seed: int,
    *,
    reporters: Sequence[str] = REPORTERS,
    partners: Sequence[str] = PARTNERS,
    codes: tuple[str, ...] | None = None,
    n_months: int = N_MONTHS,
) -> World:
    """Draw a world in which nothing happens: lumpy shipments, seasons, entry and exit.

    A cell's shipments are Poisson around a level of its own times the hub's season while the pair
    trades the good, and each shipment's size is lognormal. Trade in a good begins and ends at
    random at the same rates all the time, so every year is drawn like any other.
    """
    rng = np.random.default_rng(seed)
    codes = codes or stable_codes(40, 4)
    shape = (len(reporters), len(partners), len(codes))
    frequency = np.exp(rng.uniform(np.log(0.03), np.log(12), shape))
    price = np.exp(rng.normal(7.5, 1.5, shape))
    season = 1 + 0.4 * np.sin(
        2 * np.pi * (np.arange(12)[None, :] + rng.uniform(0, 12, (len(partners), 1))) / 12
    )
    alive = rng.random(shape) < 0.6
    value = np.zeros((*shape, n_months))
    for month in range(n_months):
        flips = rng.random(shape)
        alive = np.where(alive, flips >= 0.012, flips < 0.018)
        shipments = rng.poisson(frequency * season[None, :, None, month % 12] * alive)
        noise = np.exp(rng.normal(0, 0.5, shape))
        value[..., month] = np.round(shipments * price * noise, 2)
    pairs = np.exp(rng.normal(15, 1, shape[:2]))
    rest = pairs[:, :, None] * season[None, :, np.arange(n_months) % 12]
    rest = np.round(rest * np.exp(rng.normal(0, 0.05, rest.shape)), 2)
    fuels = np.round(0.2 * pairs[:, :, None] * rng.lognormal(0, 1, rest.shape), 2)
    return World(tuple(reporters), tuple(partners), codes, value, rest, fuels)


@pytest.fixture(scope="session")
def simulated() -> Callable[..., World]:
    """Draw worlds; see `simulate`."""
    return simulate


@pytest.fixture(scope="session")
def quiet_world() -> World:
    """Return a world in which nothing happens."""
    return simulate(1)


@pytest.fixture(scope="session")
def quiet(quiet_world, tmp_path_factory) -> study.Study:
    """Return the study of a world in which nothing happens."""
    return quiet_world.study(tmp_path_factory.mktemp("quiet"))


@pytest.fixture(scope="session")
def small_world() -> World:
    """Return a world small enough to be built often."""
    return simulate(
        2, reporters=("DE", "FR", "IT"), partners=("KG", "KZ", "RU"), codes=stable_codes(25, 4)
    )


@pytest.fixture(scope="session")
def small(small_world, tmp_path_factory) -> study.Study:
    return small_world.study(tmp_path_factory.mktemp("small"))
