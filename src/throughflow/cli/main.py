"""The ``throughflow`` command: finds the verb, runs it, turns errors into exit codes."""

from __future__ import annotations

import os
import sys
from importlib import import_module
from typing import Any, NoReturn

import click

from throughflow.errors import EngineError, ThroughflowError
from throughflow.version import __version__

# Verb: module and the line `--help` shows. The module is imported only when the verb is run.
VERBS = {
    "load": ("load", "Read publishers' files into a warehouse."),
    "get": ("get", "Download from a publisher, then load."),
    "hubs": ("hubs", "Rank hubs for a target."),
    "excess": ("excess", "Exports beyond the counterfactual, cell by cell."),
    "dates": ("dates", "Date the change in trade with one hub: leads, lags, break month."),
    "donors": ("donors", "Whether a hub's expectation hangs on one destination."),
    "decompose": ("decompose", "Where the excess of one hub went, product by product."),
    "route": ("route", "Roads between two places; check a declared one against the acts."),
    "saydo": ("saydo", "Whether trade is consistent with what a state says."),
    "dossier": ("dossier", "Write the dossier of one hub: the main job."),
    "votes": ("votes", "A state's votes in the UN General Assembly beside the target's."),
    "stance": ("stance", "A state's votes, acts and memberships, month by month."),
    "statements": ("statements", "What states said and did: add, list, review, export."),
    "replicate": ("replicate", "Published results beside ours."),
    "simulate": ("simulate", "Power and false-discovery rate on planted diversions."),
    "replay": ("replay", "Run an earlier finding again and compare byte for byte."),
    "schema": ("schema", "The JSON Schema of what a verb prints."),
}

EPILOG = """\b
Start here:
  throughflow dossier KZ -o kz.html       on the embedded sample, no download needed
  throughflow load FILES                  your own files, into ./throughflow-data

\b
Exit codes: 0 ran · 1 a replay that differs · 2 usage · 3 bad input or data ·
4 a publisher cannot be reached · 5 model or engine.
"""


class Verbs(click.Group):
    """A group whose commands are imported on demand, so that --help answers at once."""

    def list_commands(self, _ctx: click.Context) -> list[str]:
        """Return the verbs in the order a reader needs them."""
        return list(VERBS)

    def get_command(self, _ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import the module of a verb and return its command."""
        if cmd_name not in VERBS:
            return None
        module = import_module(f"throughflow.cli.{VERBS[cmd_name][0]}")
        command: click.Command = module.command
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the verb, and say which ones there are when it is misspelt."""
        if args and args[0] not in VERBS and not args[0].startswith("-"):
            import difflib

            near = difflib.get_close_matches(args[0], VERBS, n=2, cutoff=0.5)
            hint = f"did you mean {' or '.join(near)}?" if near else f"one of {', '.join(VERBS)}"
            ctx.fail(f"no such verb: {args[0]} ({hint})")
        return super().resolve_command(ctx, args)

    def format_commands(self, _ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List verbs without importing them."""
        with formatter.section("Verbs"):
            formatter.write_dl([(verb, line) for verb, (_, line) in VERBS.items()])


@click.command(cls=Verbs, epilog=EPILOG, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="throughflow")
def cli() -> None:
    """Measure, prove and watch sanctions circumvention through third countries.

    Works offline on official trade files. Every number comes with an interval, its sources and an
    id to replay it.
    """


def main(argv: list[str] | None = None) -> NoReturn:
    """Run the command line and exit with the code that says what happened."""
    try:
        code: Any = cli.main(args=argv, prog_name="throughflow", standalone_mode=False)
    except click.ClickException as error:
        error.show()
        sys.exit(2)
    except click.Abort:
        click.echo("stopped; nothing was changed", err=True)
        sys.exit(130)
    except ThroughflowError as error:
        click.echo(f"error: {error}", err=True)
        if isinstance(error, EngineError):
            click.echo(error.sql, err=True)
        sys.exit(error.exit_code)
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(0)
    except Exception as error:
        if os.environ.get("THROUGHFLOW_DEBUG"):
            raise
        click.echo(
            f"error: this should not have happened ({type(error).__name__}: {error}). "
            "Run it again with THROUGHFLOW_DEBUG=1 and report what it prints.",
            err=True,
        )
        sys.exit(5)
    sys.exit(code if isinstance(code, int) else 0)


if __name__ == "__main__":
    main()
