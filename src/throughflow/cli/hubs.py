"""``throughflow hubs``: rank hubs for a target."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from throughflow.cli import options, printing

COLUMNS = (
    "partner", "name", "role", "is_comparison", "growth", "growth_without_new", "base_actual",
    "actual", "expected", "low", "high", "excess", "excess_low", "excess_high", "excess_c",
    "currency", "p", "q", "rung", "verdict", "reason",
)  # fmt: skip


@click.command()
@options.warehouse
@options.question
@options.output_format
@click.option("--html", "page", type=click.Path(path_type=Path), metavar="FILE",
              help="Also write a page with a map, the ranking and the table.")  # fmt: skip
def command(
    folder: str | None, form: str, page: Path | None, *, as_json: bool, **question: Any
) -> None:
    """Rank hubs for a target by excess exports of restricted goods, with intervals."""
    from throughflow.dossier import replays
    from throughflow.evidence import runs
    from throughflow.warehouse import open_warehouse

    request = options.request(by=(), partners=(), **question)
    with open_warehouse(folder) as warehouse:
        ranking, done = replays.hubs_run(warehouse, request.parameters())
        kept = runs.record(warehouse, done)
    if page is not None:
        from throughflow import report

        report.hubs_html(ranking, page, run=done)
        # What is printed may be read by a program.
        click.echo(f"written to {page}", err=True)
        if kept is None:
            click.echo("the run could not be recorded; replay will not find it", err=True)
    rows = [
        {k: line[k] for k in ("name", "role", "is_comparison", "growth", "growth_without_new")}
        | line["row"]
        for line in done.result["rows"]
    ]
    if as_json or form == "json":
        shown = [{column: row[column] for column in COLUMNS} for row in rows]
        printing.as_json(printing.envelope(done) | {"rows": shown})
    elif form == "csv":
        printing.as_csv(rows, COLUMNS)
    else:
        _table(done, rows)


def _goods(parameters: dict[str, Any]) -> str:
    return "all goods" if parameters["control_list"] == "all-goods" else "restricted goods"


def _table(done: Any, rows: list[dict[str, Any]]) -> None:
    from rich.table import Table

    table = Table(
        title=f"Hubs for {done.parameters['target']}, {done.result['window']}, "
        f"{_goods(done.parameters)}, {done.parameters['currency']} million",
        caption="excess with its 90 % interval on the highest rung; rung C is the pair’s own past "
        f"alone · {done.warehouse} · replay id {done.id}",
        box=None,
        title_justify="left",
        caption_justify="left",
    )
    for name in ("hub", "role"):
        table.add_column(name, no_wrap=True)
    for name in ("growth", "actual", "expected", "excess", "90 % interval", "rung C", "q"):
        table.add_column(name, justify="right", no_wrap=True)
    table.add_column("verdict", no_wrap=True)
    for row in rows:
        growth = "–" if row["growth"] is None else f"{row['growth'] * 100:+.0f} %"
        table.add_row(
            f"{row['name']} ({row['partner']})",
            row["role"] + (", comparison" if row["is_comparison"] else ""),
            growth,
            printing.millions(row["actual"]),
            printing.millions(row["expected"]),
            printing.millions(row["excess"]),
            f"{printing.millions(row['excess_low'])} to {printing.millions(row['excess_high'])}",
            printing.millions(row["excess_c"]),
            printing.number(row["q"], ".3f"),
            row["verdict"],
        )
    console = printing.console()
    console.print(table)
    if rows and all(row["q"] is None for row in rows):
        console.print(f"q: none; {rows[0]['reason'].split('; ')[-1]}")
    others = done.result["never_hubs"]
    if others:
        console.print(
            f"control: {others['accused']} of {others['judged']} destinations that are no hubs "
            "exceed their interval as well; one in twenty is expected to"
        )
        console.print("growth: everything recorded on the list, tested or not")
    if done.result["not_in_data"]:
        console.print(f"candidate hubs not in the data: {', '.join(done.result['not_in_data'])}")
