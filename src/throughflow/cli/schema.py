"""``throughflow schema``: the JSON Schema of what a verb prints."""

from __future__ import annotations

import click

from throughflow.cli import printing

PRINTED = (
    "load", "get", "hubs", "excess", "dates", "donors", "decompose", "route", "saydo", "dossier",
    "votes", "stance", "statements", "replicate", "simulate", "replay",
)  # fmt: skip


@click.command()
@click.argument("verb", type=click.Choice(PRINTED))
def command(verb: str) -> None:
    """Print the JSON Schema of what VERB prints with --json."""
    from throughflow.cli import schemas

    printing.as_json(schemas.of(verb))
