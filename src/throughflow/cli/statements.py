"""``throughflow statements``: keep, list, review and export what states said and did."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from throughflow.cli import printing
from throughflow.cli.statements_extract import extract

if TYPE_CHECKING:
    from collections.abc import Callable

    from throughflow.statements.ledger import Added, Entry, Ledger, Record, Selection
    from throughflow.statements.ledger.intake import Refused

LIST_COLUMNS = (
    "id", "version", "status", "is_reviewed", "start", "end", "kind", "actors", "targets",
    "persons", "relayed_by", "certainty", "is_pledge", "polarity", "topic", "unresolved", "sources",
    "quote", "url",
)  # fmt: skip


@click.group()
def command() -> None:
    """What states said and did: a ledger that only grows.

    The ledger is --ledger DIR, else the variable THROUGHFLOW_LEDGER, else
    ./throughflow-statements, else the sample that ships with the package, which is read-only.
    """


command.add_command(extract)


def _ledger(function: Callable[..., Any]) -> Callable[..., Any]:
    return click.option(
        "--ledger",
        "folder",
        metavar="DIR",
        help="Ledger folder. Default: $THROUGHFLOW_LEDGER, ./throughflow-statements, the sample.",
    )(function)


def _who(function: Callable[..., Any]) -> Callable[..., Any]:
    return click.option(
        "--by", default="", metavar="NAME", help="Who decides. Default: the name of the account."
    )(function)


def _selection(function: Callable[..., Any]) -> Callable[..., Any]:
    for option in (
        click.option("--country", metavar="STATE", help="Who said or did it."),
        click.option("--target", metavar="STATE", help="To whom."),
        click.option("--kind", "kinds", multiple=True, metavar="KIND", help="Repeatable."),
        click.option("--since", metavar="YYYY-MM-DD", help="From this day on."),
        click.option("--until", metavar="YYYY-MM-DD", help="Up to this day."),
        click.option("--pledges", is_flag=True, help="Only what commits the actor's own conduct."),
        click.option(
            "--status",
            "statuses",
            multiple=True,
            type=click.Choice(["accepted", "candidate", "rejected", "all"]),
            help="Repeatable. Default: accepted and candidate.",
        ),
    ):
        function = option(function)
    return function


@command.command()
@click.argument("file", required=False, type=click.Path(), metavar="[FILE]")
@_ledger
@_who
@click.option("--reason", default="", metavar="TEXT", help="Why it is added.")
@click.option("--keep-going", is_flag=True, help="Take the good rows, put the others aside.")
@click.option("--template", is_flag=True, help="Print a CSV to begin with and stop.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.option("--kind", metavar="KIND", help="One statement: what it is.")
@click.option("--actor", "actors", multiple=True, metavar="STATE", help="Who. Repeatable.")
@click.option("--person", metavar="NAME", help="Who in person, of the first actor.")
@click.option("--role", metavar="OFFICE", help="Office of that person.")
@click.option("--target", "targets", multiple=True, metavar="STATE", help="To whom. Repeatable.")
@click.option("--on", metavar="DAY[:DAY]", help="When: YYYY-MM-DD, or first and last day.")
@click.option("--basis", metavar="BASIS", help="Of the date. Default: text.")
@click.option("--polarity", type=click.Choice(["-1", "0", "1"]), help="Towards the target state.")
@click.option("--certainty", metavar="HOW", help="quoted, relayed, reported or journalist.")
@click.option("--relayed-by", metavar="STATE", help="Who relayed it.")
@click.option("--topic", metavar="TOPIC", help="Such as sanctions_circumvention.")
@click.option("--detail", "details", multiple=True, metavar="KEY=VALUE", help="Repeatable.")
@click.option("--quote", metavar="TEXT", help="The words.")
@click.option("--title", metavar="TEXT", help="Title of the document.")
@click.option("--publisher", metavar="NAME", help="Who published it.")
@click.option("--url", metavar="URL", help="Its address.")
@click.option("--published", metavar="YYYY-MM-DD", help="When it was published.")
@click.option("--lang", metavar="LL", help="Its language, two letters.")
def add(
    file: str | None,
    folder: str | None,
    by: str,
    reason: str,
    *,
    keep_going: bool,
    template: bool,
    as_json: bool,
    **one: Any,
) -> int:
    """Add statements: a FILE (.csv, .json, .jsonl), or one by its options.

    What several sources tell of one event becomes one statement; each join says why.
    """
    from pathlib import Path

    from throughflow.errors import UsageError
    from throughflow.statements.ledger import intake, open_ledger

    if template:
        _template()
        return 0
    given = {name: value for name, value in one.items() if value}
    if (file is None) == (not given):
        raise UsageError(
            "give a FILE or the options of one statement, and not both",
            remedy="throughflow statements add --template prints a CSV to begin with",
        )
    refused: list[Refused] = []
    if file is None:
        entries = [_one(**one)]
    else:
        entries, refused = intake.read(Path(file))
        if not keep_going:
            intake.all_or_nothing(Path(file), refused)
    ledger = open_ledger(folder, write=True)
    added = ledger.add(entries, by=_by(by), reason=reason, refused=refused)
    _print_added(ledger, added, as_json=as_json)
    return 3 if refused else 0


def _one(
    *,
    kind: str | None,
    actors: tuple[str, ...],
    person: str | None,
    role: str | None,
    targets: tuple[str, ...],
    on: str | None,
    details: tuple[str, ...],
    basis: str | None,
    **cells: str | None,
) -> Entry:
    from throughflow.errors import UsageError
    from throughflow.statements.ledger import intake, table

    for value, option in ((kind, "--kind"), (on, "--on")):
        if not value:
            raise UsageError(f"{option} is missing", remedy="--kind and --on must be given")
    start, _, end = (on or "").partition(":")
    others = len(actors) - 1
    row = {name: value or "" for name, value in cells.items()} | {
        "kind": kind or "",
        "actors": table.join(actors),
        "actor_persons": table.join([person or ""] + [""] * others),
        "actor_roles": table.join([role or ""] + [""] * others),
        "targets": table.join(targets),
        "start": start,
        "end": end,
        "date_basis": basis or "",
        "details": table.join(details),
    }
    if cells.get("relayed_by") and not cells.get("certainty"):
        row["certainty"] = "relayed"
    return intake.entry_of_row(row, "the options")


def _template() -> None:
    """Print the header, what each column means, and one row."""
    import csv
    import sys

    from throughflow.statements.ledger import table

    example = {
        "kind": "pledge_no_circumvention", "polarity": "-1", "actors": "KZ", "targets": "UA",
        "actor_persons": "Mukhtar Tileuberdi", "actor_roles": "foreign minister",
        "start": "2022-04-29", "certainty": "relayed", "relayed_by": "UA",
        "topic": "sanctions_circumvention", "details": "beneficiary_denied=RU",
        "publisher": "name of the publisher", "url": "https://example.org/article", "lang": "en",
    }  # fmt: skip
    columns = [name for name in table.COLUMNS if name not in {"id", "reviewed"}]
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(columns)
    writer.writerow([example.get(name, "") for name in columns])
    for name in columns:
        click.echo(f"{name}: {table.COLUMNS[name]}", err=True)


def _print_added(ledger: Ledger, added: Added, *, as_json: bool) -> None:
    if as_json:
        from throughflow.evidence import canonical

        printing.as_json({"ledger": ledger.name} | canonical.plain(added))
        return
    click.echo(
        f"{len(added.recorded):,} new, {len(added.joined):,} joined, {added.known:,} there already"
        f" · {ledger.name}"
    )
    for told in added.joined[:20]:
        click.echo(f"  {told['telling']} joined {told['statement']}: {told['why']}")
    if len(added.joined) > 20:
        click.echo(f"  … {len(added.joined) - 20:,} more; --json lists all")
    if len(added.recorded) == 1:
        click.echo(f"  recorded as {added.recorded[0]}")
    for ours in added.regrouped:
        click.echo(f"  {ours} lost a telling that may belong elsewhere as well")
    for ours in added.to_rejected:
        click.echo(f"  {ours} is rejected and is told again; it stays rejected")
    if added.quarantined:
        click.echo(f"{added.quarantined:,} rows refused, kept in {added.quarantine}", err=True)


@command.command(name="list")
@_ledger
@_selection
@click.option("--history", metavar="ID", help="Every version of one statement.")
@click.option(
    "--format", "form", type=click.Choice(["table", "csv", "json"]), default="table",
    help="Print a timeline, CSV or JSON.",
)  # fmt: skip
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def list_(
    folder: str | None, history: str | None, form: str, *, as_json: bool, **asked: Any
) -> None:
    """List statements in order of time."""
    from throughflow.cli import timeline
    from throughflow.statements.ledger import open_ledger

    ledger = open_ledger(folder)
    is_json = as_json or form == "json"
    if history:
        versions = ledger.history(history)
        if is_json:
            printing.as_json(_enveloped(ledger, versions))
        else:
            timeline.versions(versions)
        return
    rows = ledger.select(selection(**asked))
    if is_json:
        timeline.as_json(ledger, rows)
    elif form == "csv":
        timeline.as_csv(rows, LIST_COLUMNS)
    else:
        timeline.as_lines(ledger, rows)


def selection(
    *,
    country: str | None,
    target: str | None,
    kinds: tuple[str, ...],
    since: str | None,
    until: str | None,
    pledges: bool,
    statuses: tuple[str, ...],
) -> Selection:
    """Build the question from the options."""
    from throughflow.errors import InputError
    from throughflow.model.statements import KINDS
    from throughflow.statements import event_json
    from throughflow.statements.ledger import Selection

    for kind in kinds:
        if kind not in KINDS:
            raise InputError.unknown("kind of statement", kind, KINDS, where="--kind")
    known = () if "all" in statuses else statuses or ("accepted", "candidate")
    return Selection(
        country=event_json.country(country, where="--country") if country else "",
        target=event_json.country(target, where="--target") if target else "",
        kinds=kinds,
        since=event_json.day(since, where="--since"),
        until=event_json.day(until, where="--until"),
        pledges_only=pledges,
        statuses=known,
    )


@command.command()
@click.argument("statement", metavar="ID")
@_ledger
@_who
@click.option("--accept", "decision", flag_value="accept", default="", help="It is so.")
@click.option("--reject", "decision", flag_value="reject", help="It is not so.")
@click.option(
    "--edit", "edits", multiple=True, metavar="FIELD=VALUE",
    help="Correct a column of the table, such as start=2022-04-29. Repeatable.",
)  # fmt: skip
@click.option("--split", "tellings", multiple=True, metavar="TELLING", help="Tell it apart.")
@click.option("--join", "other", metavar="ID", help="It is the same event as this one.")
@click.option("--reason", required=True, metavar="TEXT", help="Why; it is kept.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def review(
    statement: str,
    folder: str | None,
    by: str,
    decision: str | None,
    edits: tuple[str, ...],
    tellings: tuple[str, ...],
    other: str | None,
    reason: str,
    *,
    as_json: bool,
) -> None:
    """Accept, reject, edit, split or join a statement; the version before stays.

    ID is a statement's id or the beginning of it. --split takes ids of its tellings, which
    `list --history ID` shows. --join puts the tellings of another statement to this one and
    rejects the other.
    """
    from throughflow.errors import UsageError
    from throughflow.statements.ledger import open_ledger

    if bool(tellings) + bool(other) + bool(decision or edits) > 1:
        raise UsageError(
            "--split and --join stand alone",
            remedy="Decide about each statement in a call of its own",
        )
    ledger = open_ledger(folder)
    if other:
        made = list(ledger.join(statement, other, by=_by(by), reason=reason))
    elif tellings:
        made = list(ledger.split(statement, tellings, by=_by(by), reason=reason))
    else:
        changed = _edits(edits)
        made = [
            ledger.review(
                statement, by=_by(by), reason=reason, decision=decision or "", edits=changed
            )
        ]
    if as_json:
        printing.as_json(_enveloped(ledger, made))
        return
    for record in made:
        click.echo(f"{record.id} version {record.version}: {record.status}, {record.action}")


def _edits(edits: tuple[str, ...]) -> dict[str, str]:
    from throughflow.errors import UsageError

    found = {}
    for edit in edits:
        field, equals, value = edit.partition("=")
        if not equals:
            raise UsageError(f"{edit!r} is no FIELD=VALUE", where="--edit", remedy="topic=transit")
        found[field.strip()] = value
    return found


@command.command()
@_ledger
@_selection
@click.option(
    "--format", "form", type=click.Choice(["csv", "jsonl", "ftm"]), required=True,
    help="CSV or JSON Lines that `add` reads back; FollowTheMoney entities.",
)  # fmt: skip
@click.option("--output", "-o", type=click.Path(dir_okay=False), help="File. Default: stdout.")
def export(folder: str | None, form: str, output: str | None, **asked: Any) -> None:
    """Export statements; with --status all, rejected ones too."""
    import sys

    from throughflow.errors import UsageError
    from throughflow.statements.ledger import open_ledger
    from throughflow.statements.ledger.export import as_csv, as_jsonl
    from throughflow.statements.ledger.ftm import as_ftm

    ledger = open_ledger(folder)
    rows = ledger.select(selection(**asked))
    write = {"csv": as_csv, "jsonl": as_jsonl, "ftm": as_ftm}[form]
    if output is None:
        write(ledger.iterate(rows), sys.stdout)
        return
    out: Any
    try:
        with click.open_file(output, "w", encoding="utf-8", atomic=True) as out:
            write(ledger.iterate(rows), out)
    except OSError as error:
        raise UsageError(
            f"cannot be written ({error.strerror})", where=output, remedy="Name another file"
        ) from error
    click.echo(f"{len(rows):,} statements in {output}")


def _enveloped(ledger: Ledger, records: list[Record]) -> dict[str, Any]:
    import json

    from throughflow.statements.ledger import record

    lines = [json.loads(record.line(one)) for one in records]
    return {"ledger": ledger.name, "count": len(lines), "statements": lines}


def _by(given: str) -> str:
    import getpass

    try:
        return given or getpass.getuser()
    except OSError:  # an account without a name
        return given
