"""``throughflow donors``: does the expectation of one hub hang on one destination?"""

from __future__ import annotations

from typing import Any

import click

from throughflow.cli import options, printing

COLUMNS = ("donor", "name", "share", "weight", "expected", "excess", "undetermined")


@click.command()
@click.argument("hub", metavar="HUB")
@options.warehouse
@options.question
@options.output_format
def command(hub: str, folder: str | None, form: str, *, as_json: bool, **question: Any) -> None:
    """Expect exports to HUB again without each donor.

    Donors are the destinations without restrictions that rung A compares with. A finding that
    hangs on one of them is weak, whoever it is. Needs monthly exports to other destinations.
    """
    from throughflow.dossier.replays import run_and_record
    from throughflow.warehouse import open_warehouse

    request = options.request(by=(), partners=(), **question)
    with (
        open_warehouse(folder) as warehouse,
        printing.working() as say,
    ):
        say(f"fitting {warehouse.name} without each donor")
        done = run_and_record(warehouse, "donors", request.parameters() | {"hub": hub})
    if as_json or form == "json":
        printing.as_json(printing.envelope(done))
    elif form == "csv":
        printing.as_csv(done.result["donors"], COLUMNS)
    else:
        _table(done)


def _table(done: Any) -> None:
    from rich.table import Table

    found = done.result
    table = Table(
        title=f"{found['hub_name']} without each donor, {found['window']} ({found['dataset']}), "
        f"{found['currency']} million",
        caption="share: of what all donors bought of the tested goods · weight: of each good, by "
        "what is expected of the hub · rung A · "
        f"{done.warehouse} · replay id {done.id}",
        box=None,
        title_justify="left",
        caption_justify="left",
    )
    table.add_column("without", no_wrap=True)
    for name in ("share", "weight", "expected", "excess"):
        table.add_column(name, justify="right", no_wrap=True)
    table.add_row(
        "nobody", "", "", printing.millions(found["expected"]), printing.millions(found["excess"])
    )
    for one in found["donors"]:
        table.add_row(
            f"{one['name']} ({one['donor']})",
            f"{100 * one['share']:.1f} %",
            f"{100 * one['weight']:.1f} %",
            printing.millions(one["expected"]),
            printing.millions(one["excess"]),
        )
    console = printing.console()
    console.print(table)
    console.print(
        f"excess {printing.millions(found['excess'])}, without one donor "
        f"{printing.millions(found['excess_least'])} to {printing.millions(found['excess_most'])}"
    )
    lost = max(one["undetermined"] for one in found["donors"])
    if lost > 0:
        console.print(
            f"up to {printing.millions(lost)} of the expectation hang on one donor alone and are "
            "kept as they were"
        )
