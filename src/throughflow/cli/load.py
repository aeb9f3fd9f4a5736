"""``throughflow load``: read publishers' files into a warehouse."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from throughflow.cli import printing

if TYPE_CHECKING:
    from throughflow.errors import ThroughflowError
    from throughflow.warehouse.loading import LoadReport

LAYOUTS = """\b
Layouts that are read, recognised by content:
  Eurostat Data Browser workbooks (.xlsx, one sheet per product)
  Eurostat Easy Comext CSV (Relational_View)
  national tables of Kazakhstan (.xls), Kyrgyzstan (.xlsx), Uzbekistan, Armenia (.csv)
  UN Comtrade CSV, tab-separated bulk files (.gz) and JSON
  BACI CSV of CEPII, one file per year
  US Census Bureau, exports or imports by HS code (JSON of the API)
  UK HM Revenue & Customs, OTS with the letters of countries (JSON of the API)
  your own CSV or Parquet: period,freq,reporter,partner,flow,product,nomenclature,value,currency
"""


@click.command(epilog=LAYOUTS)
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--warehouse", "folder", metavar="DIR", help="Folder. Default: ./throughflow-data.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def command(paths: tuple[Path, ...], folder: str | None, *, as_json: bool) -> int:
    """Read files or folders, and report what was stored and what was refused.

    Loading the same bytes twice changes nothing. A file that cannot be read is reported and left
    out; the good files of the same call are stored.
    """
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    from throughflow.warehouse import load
    from throughflow.warehouse.store import DEFAULT_FOLDER, ENVIRONMENT

    target = Path(folder or os.environ.get(ENVIRONMENT) or DEFAULT_FOLDER)
    console = printing.console(stderr=True)
    with Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        console=console,
        transient=True,
        disable=not console.is_terminal,
    ) as bar:
        task = bar.add_task("reading", total=None)

        def advance(done: int, total: int, name: str) -> None:
            bar.update(task, completed=done, total=total, description=name[:48])

        report = load(paths, target, progress=advance)
    if as_json:
        printing.as_json(plain(report))
    else:
        tell(report)
    return 3 if report.failed else 0


def plain(report: LoadReport) -> dict[str, Any]:
    """Return what ``--json`` prints of a load."""
    return {
        "warehouse": report.warehouse,
        "loaded": [
            {
                "file": e.file,
                "edition": e.id,
                "dataset": e.dataset,
                "rows": e.rows,
                "cells": e.cells,
            }
            for e in report.editions
        ],
        "unchanged": report.unchanged,
        "failed": errors(report.failed),
        "skipped": errors(report.skipped),
        "rows": report.rows,
        "cells": report.cells,
        "not_recorded": report.not_recorded,
        "refused": dict(sorted(report.refused.items())),
    }


def errors(failed: list[tuple[str, ThroughflowError]]) -> list[dict[str, str]]:
    """Return errors as plain data, each with the file it is about."""
    return [
        {"file": file, "error": error.what, "where": error.where, "remedy": error.remedy}
        for file, error in failed
    ]


def tell(report: LoadReport) -> None:
    """Print what a load did, for people."""
    by_dataset: dict[str, list[int]] = {}
    for edition in report.editions:
        entry = by_dataset.setdefault(f"{edition.publisher}, {edition.dataset}", [0, 0])
        entry[0] += 1
        entry[1] += edition.rows
    for name, (files, rows) in sorted(by_dataset.items()):
        click.echo(f"{name}: {count(files, 'file')}, {count(rows, 'value')}")
    if report.editions or report.unchanged:
        click.echo(
            f"{count(report.rows, 'value')} recorded out of {count(report.cells, 'cell')} "
            f"({report.not_recorded:,} not recorded) in {report.warehouse}"
        )
    if report.unchanged:
        click.echo(f"held already, nothing changed: {count(len(report.unchanged), 'file')}")
    for reason, cells in sorted(report.refused.items(), key=lambda item: -item[1]):
        example = report.examples[reason]
        click.echo(f"refused: {count(cells, 'cell')}, {reason} ({example})")
    if report.refused:
        click.echo("Refused cells are kept in quarantine. Correct the file and load it again.")
    for file, error in report.skipped:
        click.echo(f"left alone: {Path(file).name}: {error.what}", err=True)
    for file, error in report.failed:
        message = str(error)
        click.echo(f"not loaded: {message if file in message else f'{file}: {message}'}", err=True)


def count(number: int, noun: str) -> str:
    """Write a number with its noun, such as ``1 file`` or ``2,000 values``."""
    return f"{number:,} {noun}" + ("" if number == 1 else "s")
