"""``throughflow replicate``: published results beside ours."""

from __future__ import annotations

from typing import Any

import click

from throughflow.cli import options, printing

COLUMNS = (
    "id", "claim", "published", "ours", "difference", "tolerance", "ok", "reason", "source",
)  # fmt: skip


@click.command()
@options.warehouse
@options.output_format
def command(folder: str | None, form: str, *, as_json: bool) -> None:
    """Print published results beside what the loaded data give.

    A row that the data cannot answer says why and gives no number.
    """
    from throughflow.dossier.replays import run_and_record
    from throughflow.warehouse import open_warehouse

    with open_warehouse(folder) as warehouse:
        done = run_and_record(warehouse, "replicate", {})
    rows = done.result["rows"]
    if as_json or form == "json":
        printing.as_json(printing.envelope(done))
    elif form == "csv":
        printing.as_csv(rows, COLUMNS)
    else:
        _table(done, rows)


def _table(done: Any, rows: list[dict[str, Any]]) -> None:
    from rich.table import Table

    words = {True: "reproduced", False: "differs", None: "cannot tell"}
    table = Table(
        title="Published results beside ours",
        caption=f"{done.warehouse} · replay id {done.id}",
        box=None,
        title_justify="left",
        caption_justify="left",
        padding=(0, 1),
    )
    table.add_column("id", no_wrap=True)
    table.add_column("claim", ratio=2)
    for name in ("published", "ours", "difference", "tolerance"):
        table.add_column(name, justify="right", no_wrap=True)
    table.add_column("", no_wrap=True)
    table.add_column("rests on", ratio=2)
    for row in rows:
        table.add_row(
            row["id"], row["claim"], _figure(row["published"]), _figure(row["ours"]),
            printing.number(row["difference"], "+.2f"), printing.number(row["tolerance"], "g"),
            words[row["ok"]], row["reason"],
        )  # fmt: skip
    printing.console().print(table)


def _figure(value: float | list[int] | None) -> str:
    if isinstance(value, list):
        return " | ".join(map(str, value))
    return printing.number(value, ".4g")
