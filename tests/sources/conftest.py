"""Small files in publishers' layouts, and the promises every reading keeps."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from openpyxl import Workbook

from throughflow.model import schema
from throughflow.sources.base import RawFile
from throughflow.sources.registry import recognise

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from throughflow.sources.base import Reading


@pytest.fixture
def text_file(tmp_path: Path) -> Callable[..., RawFile]:
    """Write text under a name that tells nothing and hand it over as a reader gets it."""

    def write(content: str, *, encoding: str = "utf-8") -> RawFile:
        path = tmp_path / "download"
        path.write_bytes(content.encode(encoding))
        return RawFile(path)

    return write


@pytest.fixture
def book_file(tmp_path: Path) -> Callable[..., RawFile]:
    """Write a workbook from sheets of rows."""

    def write(content: Mapping[str, Sequence[Sequence[object]]]) -> RawFile:
        book = Workbook()
        book.remove(book.active)
        for name, rows in content.items():
            sheet = book.create_sheet(name)
            for row in rows:
                sheet.append(list(row))
        path = tmp_path / "download"
        with path.open("wb") as stream:
            book.save(stream)
        return RawFile(path)

    return write


@pytest.fixture(scope="session")
def checked() -> Callable[[RawFile], Reading]:
    """Read a file with the reader that recognises it, and check what every reading promises."""

    def read(file: RawFile) -> Reading:
        reading = recognise(file).read(file)
        schema.TRADE_FLOW.conform(reading.flows)
        schema.COVERAGE.conform(reading.coverage)
        refused = sum(reading.refused.column("cells").to_pylist())
        assert reading.cells == len(reading.flows) + reading.not_recorded + refused
        assert set(reading.flows.column("dataset").to_pylist()) <= {reading.origin.dataset}
        assert set(reading.coverage.column("dataset").to_pylist()) <= {reading.origin.dataset}
        assert all(file.path.name in place for place in reading.refused.column("place").to_pylist())
        ranges: dict[tuple[str, ...], list[tuple[object, object]]] = {}
        series = (
            "freq",
            "reporter",
            "partner",
            "flow",
            "partner_basis",
            "nomenclature",
            "product",
        )
        for row in reading.coverage.to_pylist():
            key = tuple(row[name] for name in series)
            ranges.setdefault(key, []).append((row["first_period"], row["last_period"]))
        for row in reading.flows.to_pylist():
            spans = ranges[tuple(row[name] for name in series)]
            assert any(first <= row["period"] <= last for first, last in spans)
        return reading

    return read


@pytest.fixture(scope="session")
def refusals() -> Callable[[Reading], dict[str, int]]:
    """Count refused cells by reason."""

    def count(reading: Reading) -> dict[str, int]:
        found: dict[str, int] = {}
        for row in reading.refused.to_pylist():
            found[row["reason"]] = found.get(row["reason"], 0) + row["cells"]
        return found

    return count


@pytest.fixture(scope="session")
def value_of() -> Callable[..., object]:
    """Return the value of the one row that has the given columns."""

    def find(reading: Reading, **wanted: object) -> object:
        rows = [
            row
            for row in reading.flows.to_pylist()
            if all(row[name] == value for name, value in wanted.items())
        ]
        assert len(rows) == 1, f"{len(rows)} rows for {wanted}"
        return rows[0]["value"]

    return find
