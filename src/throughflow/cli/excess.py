"""``throughflow excess``: exports beyond the counterfactual, cell by cell."""

from __future__ import annotations

from typing import Any

import click

from throughflow.cli import options, printing

COLUMNS = (
    "reporter", "partner", "family", "products", "base_actual", "actual", "expected", "low", "high",
    "excess", "currency", "ratio", "p", "q", "rung", "class", "verdict", "reason",
    "onward_actual", "onward_expected", "onward_p", "p_joint", "onward_through",
    "excess_low", "excess_high", "expected_c", "excess_c", "minimum_detectable", "tier", "label",
    "cells",
)  # fmt: skip
SHOWN = 40


@click.command()
@options.warehouse
@click.option(
    "--partner",
    "partners",
    type=options.Countries(),
    default="",
    help="Destinations; may include the target. Default: all but the target.",
)
@options.question
@click.option("--by", default="reporter,product", show_default=True,
              help="Break down by reporter, product, both or (empty) neither.")  # fmt: skip
@click.option("--min-value", type=float, default=0.0,
              help="Leave out rows whose actual and base values are both smaller.")  # fmt: skip
@click.option(
    "--limit",
    type=click.IntRange(min=1),
    default=SHOWN,
    show_default=True,
    help="Rows of the table.",
)
@options.output_format
def command(
    folder: str | None, by: str, min_value: float, limit: int, form: str, *, as_json: bool,
    **question: Any,
) -> None:  # fmt: skip
    """Exports beyond the counterfactual, with intervals, cell by cell.

    LOW and HIGH are the ends of the 90 % interval of what was expected; EXCESS_LOW and EXCESS_HIGH
    those of the excess. Rows that cannot be tested are kept, with empty estimates.
    """
    from throughflow.dossier.replays import run_and_record
    from throughflow.warehouse import open_warehouse

    levels = tuple(part.strip() for part in by.split(",") if part.strip())
    request = options.request(by=levels, **question)
    with open_warehouse(folder) as warehouse:
        parameters = request.parameters() | {"minimum": min_value}
        done = run_and_record(warehouse, "excess", parameters)
    rows = [row | {"class": row["kind"]} for row in done.result["rows"]]
    if as_json or form == "json":
        shown = [{column: row[column] for column in COLUMNS} for row in rows]
        printing.as_json(printing.envelope(done) | {"rows": shown})
    elif form == "csv":
        printing.as_csv(rows, COLUMNS)
    else:
        _table(done, rows, limit)


def _table(done: Any, rows: list[dict[str, Any]], limit: int) -> None:
    from rich.table import Table

    console = printing.console()
    currency = done.parameters["currency"]
    table = Table(
        title=f"Excess exports, {done.result['window']} ({done.result['dataset']}), "
        f"{currency} million",
        caption=f"90 % interval of the expected value · rung {rows[0]['rung'] if rows else '–'} · "
        f"{done.warehouse} · replay id {done.id}",
        box=None,
        title_justify="left",
        caption_justify="left",
    )
    for name, side in (
        ("from", "left"), ("to", "left"), ("goods", "left"), ("base", "right"),
        ("actual", "right"), ("expected", "right"), ("interval", "right"), ("excess", "right"),
        ("q", "right"), ("class", "left"), ("verdict", "left"),
    ):  # fmt: skip
        table.add_column(name, justify=side, no_wrap=True)  # type: ignore[arg-type]
    for row in rows[:limit]:
        goods = row["family"] if row["family"] != "*" else "all"
        interval = (
            f"{printing.millions(row['low'])} to {printing.millions(row['high'])}"
            if row["high"] is not None
            else "–"
        )
        table.add_row(
            row["reporter"] if row["reporter"] != "*" else "all",
            row["partner"],
            f"{goods} {row['label'][:28]}".strip(),
            printing.millions(row["base_actual"]),
            printing.millions(row["actual"]),
            printing.millions(row["expected"]),
            interval,
            printing.millions(row["excess"]),
            printing.number(row["q"], ".3f"),
            row["kind"],
            row["verdict"],
        )
    console.print(table)
    if len(rows) > limit:
        console.print(f"{len(rows) - limit:,} more rows: --limit N, --format csv or --json")
