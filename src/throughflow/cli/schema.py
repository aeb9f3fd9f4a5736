"""``throughflow schema``: the JSON Schema of what a verb prints."""

from __future__ import annotations

import click

from throughflow.cli import printing

PRINTED = (
    "load", "get", "hubs", "excess", "dates", "donors", "decompose", "dossier", "votes",
    "load", "get", "hubs", "excess", "dates", "donors", "decompose", "route", "dossier",
    "load", "get", "hubs", "excess", "dates", "donors", "decompose", "saydo", "dossier",
    "replicate", "simulate", "replay",
    "load", "get", "hubs", "excess", "dates", "donors", "decompose", "dossier", "replicate",
    "simulate", "replay", "statements",
)  # fmt: skip


@click.command()
@click.argument("verb", type=click.Choice(PRINTED))
def command(verb: str) -> None:
    """Print the JSON Schema of what VERB prints with --json."""
    from throughflow.cli import schemas

    printing.as_json(schemas.of(verb))
