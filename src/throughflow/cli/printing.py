"""How results are printed: tables for people, CSV and JSON for programs."""

from __future__ import annotations

import csv
import json
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from rich.console import Console

    from throughflow.evidence.runs import Run


def envelope(done: Run) -> dict[str, Any]:
    """Return what ``--json`` prints for a run: where it came from, then the result's fields."""
    return {
        "verb": done.verb,
        "id": done.id,
        "warehouse": done.warehouse,
        "code": done.code,
        "parameters": done.parameters,
        **done.result,
    }


def as_json(value: Any) -> None:
    """Print plain data as JSON, readable and stable."""
    json.dump(value, sys.stdout, ensure_ascii=False, indent=1, allow_nan=False)
    sys.stdout.write("\n")


@contextmanager
def working() -> Iterator[Callable[[str], object]]:
    """Show a spinner and the time on stderr, with what is said to the function it gives."""
    from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    with Progress(
        SpinnerColumn(),
        TextColumn("{task.description}"),
        TimeElapsedColumn(),
        console=console(stderr=True),
        transient=True,
    ) as bar:
        yield bar.add_task


# A spreadsheet takes a cell that begins like this for a formula; labels come from untrusted files.
FORMULA = ("=", "+", "-", "@", "\t", "\r")


def as_csv(rows: Iterable[Mapping[str, Any]], columns: Sequence[str]) -> None:
    """Print rows as CSV; lists inside a cell are joined by ``|``, nothing stays empty."""
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(columns)
    for row in rows:
        writer.writerow([_cell(row[column]) for column in columns])


def _cell(value: Any) -> Any:
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, list):
        return "|".join("" if item is None else str(item) for item in value)
    if isinstance(value, str) and value.startswith(FORMULA):
        return f"'{value}"
    return value


def console(*, stderr: bool = False) -> Console:
    """Return a console that wraps nowhere when it is not a terminal."""
    from rich.console import Console

    made = Console(stderr=stderr, highlight=False)
    return made if made.is_terminal else Console(stderr=stderr, highlight=False, width=140)


def millions(value: float | None) -> str:
    """Write an amount in millions with one decimal and thin groups; a dash for no number."""
    if value is None:
        return "–"
    return f"{value / 1e6:,.1f}".replace(",", "\u202f")


def number(value: float | None, form: str = ".2f") -> str:
    """Write a number, a dash for none."""
    return "–" if value is None else format(value, form)
