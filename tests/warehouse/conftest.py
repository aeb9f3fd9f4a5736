"""Small files to load, and a plain view of what a warehouse then says."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest
from openpyxl import Workbook

from throughflow.warehouse.store import Warehouse

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

HEADER = "period,freq,reporter,partner,flow,product,nomenclature,value,currency"


@pytest.fixture
def own(tmp_path: Path) -> Callable[..., Path]:
    """Write trade of our own: rows of period, reporter, partner, product, value."""

    def write(
        name: str,
        rows: Sequence[tuple[str, str, str, str, object]],
        *,
        dataset: str = "",
        nomenclature: str = "CN",
    ) -> Path:
        lines = [HEADER + (",dataset" if dataset else "")]
        for period, reporter, partner, product, value in rows:
            line = f"{period},M,{reporter},{partner},export,{product},{nomenclature},{value},EUR"
            lines.append(line + (f",{dataset}" if dataset else ""))
        path = tmp_path / name
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
        return path

    return write


@pytest.fixture
def book(tmp_path: Path) -> Callable[..., Path]:
    """Write a Data Browser workbook of one product, Germany to Kazakhstan and to Georgia."""

    def write(
        name: str, extracted: str, values: Mapping[str, Sequence[object]], months: Sequence[str]
    ) -> Path:
        made = Workbook()
        summary = made.active
        summary.title = "Summary"
        title = "EU trade since 1988 by HS2-4-6 and CN8 [DS-045409__custom_1]"
        for row in (["", title], ["", "Contents"]):
            summary.append(row)
        sheet = made.create_sheet("Sheet 1")
        for row in (
            [f"Data extracted on {extracted} 10:00:00 from [ESTAT]"],
            ["Dataset: ", title],
            [],
            ["PRODUCT [PRODUCT]", "", "Digital processing units [84715000]"],
            ["FLOW", "", "EXPORT"],
            ["INDICATORS", "", "VALUE_IN_EUROS"],
            ["TIME", "TIME", *months],
            ["REPORTER (Labels)", "PARTNER (Labels)"],
            *(["Germany", partner, *cells] for partner, cells in values.items()),
        ):
            sheet.append(row)
        path = tmp_path / name
        made.save(path)
        return path

    return write


def cells(folder: Path, table: str = "trade_current") -> dict[tuple[str, ...], float]:
    """Return every value a warehouse holds by dataset, month, reporter, partner and product."""
    with Warehouse(folder) as warehouse:
        rows = (
            warehouse._connect()
            .sql(f"select dataset, period, reporter, partner, product, value from {table}")
            .fetchall()
        )
    found: dict[tuple[str, ...], float] = {}
    for dataset, period, reporter, partner, product, value in rows:
        key = (dataset, f"{period:%Y-%m}", reporter, partner, product)
        assert key not in found, f"{key} stands twice"
        assert isinstance(period, date)
        found[key] = float(value)
    return found


@pytest.fixture(scope="session")
def held() -> Callable[..., dict[tuple[str, ...], float]]:
    return cells


def snapshot(folder: Path) -> dict[str, bytes]:
    """Return the bytes of everything a reader of the warehouse may see."""
    files = [folder / "manifest.json", *sorted((folder / "objects").glob("*.parquet"))]
    return {file.name: file.read_bytes() for file in files if file.is_file()}


@pytest.fixture(scope="session")
def bytes_of() -> Callable[[Path], dict[str, bytes]]:
    return snapshot


def leftovers(folder: Path) -> list[str]:
    """List files that belong neither to the manifest nor to the lock."""
    with Warehouse(folder) as warehouse:
        known = {stored.file for stored in warehouse.manifest.objects}
    known |= {"manifest.json", "writer.lock"}
    return sorted(
        path.name for path in folder.rglob("*") if not path.is_dir() and path.name not in known
    )


@pytest.fixture(scope="session")
def strays() -> Callable[[Path], list[str]]:
    return leftovers
