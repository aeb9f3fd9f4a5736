"""``throughflow dossier``: the main job."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from throughflow.cli import options, printing


@click.command()
@click.argument("hub")
@options.warehouse
@options.question
@options.ledger
@click.option("-o", "--output", type=click.Path(path_type=Path),
              help="File to write. Default: the hub's name with the format's suffix.")  # fmt: skip
@click.option("--format", "form", type=click.Choice(["html", "json", "md"]), default="html",
              show_default=True, help="What to write.")  # fmt: skip
@click.option("--json", "as_json", is_flag=True, help="Print JSON instead of writing a file.")
def command(
    hub: str,
    folder: str | None,
    ledger: str | None,
    output: Path | None,
    form: str,
    *,
    as_json: bool,
    **question: Any,
) -> None:
    """Write the dossier of one hub and print its summary.

    HUB is a country: alpha-2, alpha-3 or a name. The page is one file that can be read offline,
    forwarded and printed.
    """
    from throughflow import report
    from throughflow.dossier import replays, sayings
    from throughflow.evidence import runs
    from throughflow.reference import countries
    from throughflow.statements.ledger import open_ledger
    from throughflow.warehouse import open_warehouse

    code = countries.parse(hub, where="HUB")
    request = options.request(by=(), partners=(), **question)
    parameters = request.parameters() | {
        "hub": code,
        "statements": sayings.from_ledger(open_ledger(ledger), code),
    }
    with (
        open_warehouse(folder) as warehouse,
        printing.working() as say,
    ):
        say(f"asking {warehouse.name} about {countries.name(code)}")
        built, done = replays.dossier_run(warehouse, parameters)
        kept = runs.record(warehouse, done)
    if as_json:
        printing.as_json(printing.envelope(done))
        return
    path = output or Path(f"{countries.name(code).lower().replace(' ', '-')}.{form}")
    if form == "html":
        report.html(built, path, run=done)
    else:
        text = report.markdown(built, run=done) if form == "md" else _json_text(done)
        report.write_text(path, text)
    click.echo(report.summary(built, run=done))
    click.echo(f"\nwritten to {path}")
    if kept is None:
        click.echo("the run could not be recorded; replay will not find it", err=True)


def _json_text(done: Any) -> str:
    import json

    return json.dumps(printing.envelope(done), ensure_ascii=False, indent=1) + "\n"
