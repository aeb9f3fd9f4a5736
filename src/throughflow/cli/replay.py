"""``throughflow replay``: run an earlier finding again."""

from __future__ import annotations

import click

from throughflow.cli import options, printing


@click.command()
@click.argument("run_id", metavar="ID")
@options.warehouse
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def command(run_id: str, folder: str | None, *, as_json: bool) -> int:
    """Run an earlier finding again and compare byte for byte.

    Exits with 1 when the result differs, and names the inputs, the code and the values that do.
    """
    import throughflow.dossier.replays  # noqa: F401 - registers what can be replayed
    from throughflow.evidence import runs
    from throughflow.warehouse import open_warehouse

    with open_warehouse(folder) as warehouse:
        replayed = runs.replay(warehouse, run_id)
    before = replayed.before
    if as_json:
        printing.as_json(
            {
                "id": before.id,
                "verb": before.verb,
                "warehouse": replayed.after.warehouse,
                "same": replayed.same,
                "changes": list(replayed.changes),
                "result_digest": {
                    "before": before.result_digest,
                    "after": replayed.after.result_digest,
                },
            }
        )
    else:
        state = "the same bytes" if replayed.same else "a DIFFERENT result"
        click.echo(f"{before.verb} {before.id}: {state} (sha256 {before.result_digest[:16]}…)")
        for change in replayed.changes:
            click.echo(f"  {change}")
    return 0 if replayed.same else 1
