"""Reading small workbook sheets as grids of cells, and cells as exact texts."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from throughflow.sources import hostile

if TYPE_CHECKING:
    from throughflow.sources.base import RawFile

Grid = list[list[object]]

_SPACES: Final = re.compile(r"\s+")
# Publishers in Russian and Kyrgyz write 1 376,4: groups of three, then a decimal comma.
_RUSSIAN_NUMBER: Final = re.compile(r"^[+-]?(?:\d{1,3}(?: \d{3})+|\d+)(?:,\d+)?$", re.ASCII)


def names(file: RawFile) -> list[str]:
    """List the sheets of a workbook; empty for anything else.

    Raises:
        InputError: The workbook is damaged.
    """
    if file.kind not in {"xlsx", "xls"}:
        return []
    return list(file.workbook.sheet_names)


def grid(file: RawFile, sheet: str, *, top: int | None = None) -> Grid:
    """Read one sheet, or its top rows; row and column 0 are the sheet's row 1 and column A.

    Raises:
        InputError: The sheet cannot be read (a chart sheet, a damaged part).
    """
    with hostile.parsing("the sheet cannot be read", f"{file.path}, sheet {sheet}"):
        rows = file.workbook.get_sheet_by_name(sheet).to_python(skip_empty_area=False, nrows=top)
    return [list(row) for row in rows]


def text(cell: object) -> str:
    """Write a cell as text: runs of spaces as one, numbers as their shortest exact decimal."""
    if isinstance(cell, bool):
        return str(cell)
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < 1e15 else repr(cell)
    return _SPACES.sub(" ", str(cell)).strip()


def number_text(cell: object) -> str:
    """Write a value cell as a number with a decimal point where it is one, else as it stands."""
    found = text(cell)
    if isinstance(cell, str) and _RUSSIAN_NUMBER.match(found):
        return found.replace(" ", "").replace(",", ".")
    return found


def at(row: list[object], column: int) -> object:
    """Return a cell, or an empty text beyond the end of the row."""
    return row[column] if column < len(row) else ""
