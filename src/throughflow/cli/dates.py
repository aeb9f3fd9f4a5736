"""``throughflow dates``: leads and lags of one hub, the test of the leads, the break month."""

from __future__ import annotations

import math
from typing import Any

import click

from throughflow.cli import options, printing

COLUMNS = (
    "tau", "effect", "error", "low", "high", "joint_low", "joint_high", "actual", "expected",
    "families", "share", "placebo",
)  # fmt: skip


@click.command()
@click.argument("hub", metavar="HUB")
@options.warehouse
@options.question
@click.option(
    "--goods", type=options.Codes(), default="", help="Beginnings of product codes. Default: all."
)
@click.option(
    "--rung", type=click.Choice(["A", "B", "C"]), help="Comparison. Default: the highest there is."
)
@options.output_format
def command(
    hub: str,
    folder: str | None,
    form: str,
    goods: tuple[str, ...],
    rung: str | None,
    *,
    as_json: bool,
    **question: Any,
) -> None:
    """Date the change in trade with HUB: months before and after each good's own restriction.

    Effects are logs of recorded over expected trade, with the interval of each month and the band
    of the whole path. Beside them stand the effects at fake dates, the test that nothing moved
    before the date, and the month in which the level changed.
    """
    from throughflow.dossier.replays import run_and_record
    from throughflow.warehouse import open_warehouse

    request = options.request(by=(), partners=(), **question)
    asked = request.parameters() | {"hub": hub, "goods": list(goods), "rung": rung}
    with open_warehouse(folder) as warehouse:
        done = run_and_record(warehouse, "dates", asked)
    if as_json or form == "json":
        printing.as_json(printing.envelope(done))
    elif form == "csv":
        printing.as_csv(done.result["months"], COLUMNS)
    else:
        _table(done)


def _table(done: Any) -> None:
    from rich.table import Table

    found = done.result
    table = Table(
        title=f"{found['hub_name']}: recorded over expected, by month from each good’s own "
        "restriction",
        caption=f"90 % intervals · average of months {found['reference'][0]} to "
        f"{found['reference'][1]} is 1 · rung {found['rung']} · clusters: "
        f"{found['headings']} headings"
        + (f", {found['exporters']} exporters" if found["by_exporter"] else "")
        + f" · {done.warehouse} · replay id {done.id}",
        box=None,
        title_justify="left",
        caption_justify="left",
    )
    for name in ("month", "times", "interval", "band of the path", "fake date", "share"):
        table.add_column(name, justify="right", no_wrap=True)
    for row in found["months"]:
        table.add_row(
            f"{row['tau']:+d}",
            _times(row["effect"]),
            f"{_times(row['low'])} to {_times(row['high'])}",
            f"{_times(row['joint_low'])} to {_times(row['joint_high'])}",
            _times(row["placebo"][0] if row["placebo"] else None),
            f"{100 * row['share']:.0f} %",
        )
    console = printing.console()
    console.print(table)
    test = found["pre_trend"]
    console.print(f"before the date: {test['state']} ({test['reason']})")
    console.print(f"against the comparison: {_break(found['breaks'])}")
    console.print(f"against its own season: {_break(found['breaks_own'])}")
    if found["no_fake"]:
        console.print(f"no fake date: {found['no_fake']}")


def _times(effect: float | None) -> str:
    return "–" if effect is None else f"{math.exp(effect):.2f}"


def _break(found: dict[str, Any]) -> str:
    main = found["main"]
    if main is None:
        return f"no break month: {found['reason']}"
    lag = found["lag"]
    unit = "month" if abs(lag) == 1 else "months"
    side = "after" if lag > 0 else "before"
    when = "in the month of" if lag == 0 else f"{abs(lag)} {unit} {side}"
    return (
        f"level changed in {main['month'][:7]} (95 %: {main['earliest'][:7]} to "
        f"{main['latest'][:7]}), {when} the restriction, to {main['factor']:.2f} times"
    )
