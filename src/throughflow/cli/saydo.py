"""``throughflow saydo``: is trade consistent with what a state says?"""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any

import click

from throughflow.cli import options, printing

COLUMNS = (
    "kind", "start", "end", "says", "window", "leg", "actual", "expected", "excess", "excess_low",
    "excess_high", "margin", "told_from", "goods", "goods_multiple", "goods_low", "goods_high",
    "place", "missing", "verdict", "reason",
)  # fmt: skip
NO_LEG = dict.fromkeys(COLUMNS[5:18])


@click.command()
@click.argument("hub", metavar="HUB")
@options.warehouse
@partial(options.question, has_window=False)
@options.ledger
@options.statements
@click.option(
    "--margin",
    type=float,
    metavar="SHARE",
    help="Smallest excess that matters, a share of what was expected. Default: the pre-declared.",
)
@click.option("-o", "--output", type=click.Path(path_type=Path), help="Page to write as well.")
@options.output_format
def command(
    hub: str,
    folder: str | None,
    ledger: str | None,
    file: Path | None,
    margin: float | None,
    output: Path | None,
    form: str,
    *,
    as_json: bool,
    **question: Any,
) -> None:
    """Test what HUB pledged, denied or restricted against trade.

    Each claim is held against the level of restricted goods in the months it speaks of: "does
    not" against the months before, "will not" against the months after. The words describe data,
    not intent.
    """
    from throughflow import report
    from throughflow.dossier import replays, sayings
    from throughflow.evidence import runs
    from throughflow.reference import countries, saydo_rules
    from throughflow.statements.ledger import open_ledger
    from throughflow.warehouse import open_warehouse

    code = countries.parse(hub, where="HUB")
    said = (
        sayings.from_file(file, code)
        if file is not None
        else sayings.from_ledger(open_ledger(ledger), code)
    )
    request = options.request(by=(), partners=(), window=None, base=None, **question)
    parameters = request.parameters() | {
        "hub": code,
        "statements": said,
        "margin": margin,
        "rules": saydo_rules.current().edition,
    }
    with (
        open_warehouse(folder) as warehouse,
        printing.working() as say,
    ):
        say(f"holding what {countries.name(code)} said against {warehouse.name}")
        found, done = replays.saydo_run(warehouse, parameters)
        runs.record(warehouse, done)
    if output is not None:
        report.saydo_html(found, output, run=done)
    if as_json or form == "json":
        printing.as_json(printing.envelope(done))
    elif form == "csv":
        printing.as_csv(_rows(done.result), COLUMNS)
    else:
        _table(done)
        if output is not None:
            click.echo(f"\nwritten to {output}")


def _rows(found: dict[str, Any]) -> list[dict[str, Any]]:
    """Return a row per claim and leg; a claim without a leg keeps a row of its own."""
    return [
        {
            **{key: one[key] for key in ("kind", "start", "end")},
            **{key: test[key] for key in ("says", "window", "verdict", "reason")},
            "missing": [leg["leg"] for leg in test["missing"]],
            **{key: leg[key] for key in NO_LEG},
        }
        for one in found["statements"]
        for test in one["tests"]
        for leg in test["legs"] or [NO_LEG]
    ]


def _table(done: Any) -> None:
    from rich.table import Table

    found = done.result
    console = printing.console()
    if not found["statements"]:
        console.print(
            f"No pledge, denial or restriction of {found['hub_name']} is among the statements "
            f"({found['untested']} others). Name a file with --statements."
        )
        return
    table = Table(
        title=f"{found['title']}, {found['currency']} million",
        caption=_caption(done),
        box=None,
        title_justify="left",
        caption_justify="left",
    )
    for name in ("said", "claim", "months", "leg"):
        table.add_column(name, no_wrap=name != "leg")
    for name in ("recorded", "expected", "excess", "90 %", "margin"):
        table.add_column(name, justify="right", no_wrap=True)
    table.add_column("verdict", no_wrap=True)
    for one in found["statements"]:
        for test in one["tests"]:
            _claim(table, one, test)
    console.print(table)
    for one in found["statements"]:
        console.print()
        console.print(one["paragraph"], soft_wrap=True)
    console.print()
    console.print(f"{found['limits'][0]} The words describe data, not intent.", soft_wrap=True)


def _caption(done: Any) -> str:
    found = done.result
    margin = f"margin {100 * found['margin_share']:g} % of what was expected"
    declared = "pre-declared" if found["is_margin_declared"] else "set by --margin"
    floor = f"at least {printing.millions(found['margin_floor_month'])} a month"
    return (
        f"{margin} ({declared}, rules of {found['rules']}), {floor} · {done.warehouse} · "
        f"replay id {done.id}"
    )


def _claim(table: Any, one: dict[str, Any], test: dict[str, Any]) -> None:
    head = [one["start"] or "–", test["says"], test["window"] or "–"]
    verdict = test["verdict"]
    for leg in test["legs"]:
        low, high = (printing.millions(leg[key]) for key in ("excess_low", "excess_high"))
        table.add_row(
            *head,
            leg["leg"],
            *(printing.millions(leg[key]) for key in ("actual", "expected", "excess")),
            f"{low} to {high}",
            printing.millions(leg["margin"]),
            verdict,
        )
        head, verdict = ["", "", ""], ""
    for leg in test["missing"]:
        table.add_row(*head, f"{leg['leg']}: not told", *[""] * 5, verdict)
        head, verdict = ["", "", ""], ""
    if not test["legs"] and not test["missing"]:
        table.add_row(*head, "", *[""] * 5, verdict)
