"""``throughflow votes``: how a state voted in the UN General Assembly, and how often with whom."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from throughflow.cli import options, printing

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from rich.table import Table

    from throughflow.evidence.runs import Run
    from throughflow.statements.agreement import Agreement
    from throughflow.statements.votes import AllVotes, Member, StateVotes, VoteLine

COLUMNS = (
    "country", "resolution", "day", "title", "vote", "words", "basis", "basis_words",
    "is_verified", "target", "target_vote", "relation", "yes", "no", "abstain", "issues", "source",
    "key",
)  # fmt: skip
# How many other roll calls and years a terminal shows; JSON and CSV hold all.
LATEST = 8
YEARS = 12


@click.command()
@click.argument("country", metavar="COUNTRY|all")
@click.option("--target", default="RU", show_default=True, help="The sanctioned state.")
@options.votes
@options.warehouse
@options.output_format
def command(
    country: str,
    target: str,
    path: Path | None,
    folder: str | None,
    form: str,
    *,
    as_json: bool,
) -> None:
    """Print votes with their basis, and agreement with the target by year.

    The shipped table holds five resolutions on Ukraine; rows that no publication stands behind
    are marked unverified. With --votes, your file comes first and shipped rows fill only the
    resolutions it lacks. COUNTRY is alpha-2, alpha-3 or a name; `all` prints every member.
    """
    from throughflow.evidence import runs
    from throughflow.statements import recorded, votes
    from throughflow.warehouse import open_warehouse

    asked = recorded.parameters(country, target=target, file=path)
    with open_warehouse(folder) as warehouse:
        found, done = recorded.run(warehouse, asked)
        runs.record(warehouse, done)
    if as_json or form == "json":
        printing.as_json(printing.envelope(done))
    elif form == "csv":
        members = found.members if isinstance(found, votes.AllVotes) else (found,)
        printing.as_csv(
            (_row(one.country, found.target, line) for one in members for line in one.votes),
            COLUMNS,
        )
    elif isinstance(found, votes.AllVotes):
        _all(found, done)
    else:
        _state(found, done)


def _row(country: str, target: str, line: VoteLine) -> dict[str, Any]:
    from throughflow.evidence import canonical

    total = line.total
    totals = {name: getattr(total, name) if total else None for name in ("yes", "no", "abstain")}
    row: dict[str, Any] = canonical.plain(line)
    return row | totals | {"country": country, "target": target}


def _plain_table(title: str, caption: str = "") -> Table:
    from rich.table import Table

    return Table(
        title=title, caption=caption or None, box=None, title_justify="left",
        caption_justify="left", padding=(0, 2, 0, 0),
    )  # fmt: skip


def _state(found: StateVotes, done: Run) -> None:
    from rich.markup import escape

    console = printing.console()
    known = [line for line in found.votes if line.resolution in _on_ukraine(found)]
    others = [line for line in found.votes if line.resolution not in _on_ukraine(found)]
    latest = others[-LATEST:]
    votes = _plain_table(
        f"{found.name}: votes in the UN General Assembly",
        f"{len(others) - len(latest):,} earlier votes: --format csv or --json"
        if len(others) > len(latest)
        else "",
    )
    for name in ("resolution", "day", "about", found.name, found.target_name, "yes–no–abst."):
        votes.add_column(name, no_wrap=name != "about")
    votes.add_column("basis")
    for line in (*known, *latest):
        votes.add_row(
            escape(line.resolution or line.key),
            str(line.day),
            escape(line.title),
            _marked(line),
            _words(line.target_vote),
            str(line.total) if line.total else "",
            escape(f"{line.basis}: {line.basis_words}"),
        )
    console.print(votes)
    console.print(_agreements(found))
    if found.hubs:
        console.print(_compared(found.hubs, found))
    _below(found, done)


def _on_ukraine(found: StateVotes | AllVotes) -> set[str]:
    return {check.resolution for check in found.checks}


def _marked(line: VoteLine) -> str:
    return line.words if line.is_verified else f"{line.words} (unverified)"


def _words(letter: str) -> str:
    from throughflow.model.votes import Vote

    return next((vote.words for vote in Vote if vote.letter == letter and letter), "–")


def _agreements(found: StateVotes) -> Table:
    caption = (
        f"share: same vote 1, one abstained ½, yes against no 0, absent left out · "
        f"{100 * found.confidence:.0f} % interval · * unverified votes among them"
    )
    table = _plain_table(f"Agreement with {found.target_name}", caption)
    table.add_column("year", no_wrap=True)
    heads = ("roll calls", "days", "same", "half", "opposite", "share", "interval", "unverified")
    for name in (*heads, "other hubs, median (range)"):
        table.add_column(name, justify="right", no_wrap=True)
    others = {one.period: one for one in found.other_hubs}
    for one in (*found.years[-YEARS:], *found.periods):
        other = others.get(one.period)
        table.add_row(
            one.period,
            *(f"{n:,}" for n in (one.rollcalls, one.days, one.same, one.half, one.opposite)),
            *_share(one),
            str(one.unverified or ""),
            f"{other.median:.2f} ({other.low:.2f}–{other.high:.2f})" if other else "",
        )
    return table


def _share(one: Agreement) -> tuple[str, str]:
    if one.score is None or one.low is None or one.high is None:
        return "–", ""
    mark = "*" if one.unverified else ""
    return f"{one.score:.2f}{mark}", f"{one.low:.2f}–{one.high:.2f}"


def _compared(members: Iterable[Member], found: StateVotes | AllVotes) -> Table:
    """Set hubs beside each other, the most agreeing in the latest period first."""
    rows = sorted(members, key=lambda one: -(_latest(one).score or 0))
    table = _plain_table(
        f"Agreement with {found.target_name}, hub by hub", "* unverified votes among them"
    )
    table.add_column("", no_wrap=True)
    for period in rows[0].periods:
        table.add_column(f"{period.period}", justify="right")
        table.add_column("roll calls", justify="right")
    own = getattr(found, "country", "")
    for one in rows:
        cells = []
        for period in one.periods:
            share, interval = _share(period)
            cells += [f"{share} ({interval})" if interval else share, f"{period.rollcalls:,}"]
        name = f"{one.name} ({one.country})"
        table.add_row(f"[bold]{name}[/bold]" if one.country == own else name, *cells)
    return table


def _latest(one: Member) -> Agreement:
    return one.periods[-2] if len(one.periods) > 1 else one.periods[-1]


def _all(found: AllVotes, done: Run) -> None:
    console = printing.console()
    symbols = [check.resolution for check in found.checks if check.rows is not None]
    table = _plain_table(
        f"Votes on Ukraine in the UN General Assembly, and agreement with {found.target_name}",
        "Y yes · N no · A abstained · X did not vote · ? abstained or did not vote · "
        "* unverified: no publication was seen",
    )
    table.add_column("", no_wrap=True)
    for symbol in symbols:
        table.add_column(symbol.removeprefix("A/RES/"), no_wrap=True)
    for name in ("share", "interval", "roll calls"):
        table.add_column(name, justify="right", no_wrap=True)
    for one in found.members:
        lines = {line.resolution: line for line in one.votes}
        overall = _latest(one)
        table.add_row(
            f"{one.name} ({one.country})",
            *(_letter(lines.get(symbol)) for symbol in symbols),
            *_share(overall),
            f"{overall.rollcalls:,}",
        )
    console.print(table)
    console.print(f"share: {_latest(found.members[0]).period}")
    _below(found, done)


def _letter(line: VoteLine | None) -> str:
    if line is None:
        return "–"
    return line.vote if line.is_verified else f"{line.vote}*"


def _below(found: StateVotes | AllVotes, done: Run) -> None:
    """Print totals, sources and limits: whatever a reader needs before quoting a line."""
    from rich.markup import escape

    console = printing.console()
    totals = _plain_table("Totals of the resolutions on Ukraine against the rows")
    for name in ("resolution", "total", "rows", "", "unverified rows", "rows from"):
        totals.add_column(name, no_wrap=bool(name))
    for check in found.checks:
        totals.add_row(
            check.resolution,
            str(check.total),
            str(check.rows) if check.rows else "–",
            "adds up" if check.adds_up else check.missing,
            f"{check.unverified} of {sum(check.by_basis.values())}" if check.rows else "",
            escape(check.source),
        )
    console.print(totals)
    for source in found.sources:
        span = f", {source.first} to {source.last}" if source.first else ""
        told = f"{source.name} ({source.publisher}): {source.rollcalls:,} roll calls{span}"
        console.print(escape(told))
        for note in source.notes:
            console.print(f"  {escape(note)}")
    if found.compared:
        console.print(
            f"{found.compared:,} shipped rows held against the file: "
            f"{len(found.differences)} differ"
        )
        for one in found.differences[:LATEST]:
            console.print(
                f"  {one.resolution}, {one.country}: shipped {one.shipped} ({one.basis}), "
                f"file {one.file}"
            )
    for limit in found.limits:
        console.print(f"note: {escape(limit)}")
    console.print(f"{done.warehouse} · replay id {done.id}", soft_wrap=True)
