"""``throughflow route``: roads between two places, and whether a declared one makes sense."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from throughflow.cli import options, printing

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rich.console import Console

    from throughflow.evidence.runs import Run
    from throughflow.routes.result import Answer, Road, RouteFinding

COLUMNS = (
    "road", "is_checked", "number", "start", "end", "mode", "km", "km_basis", "territories",
    "crossing", "is_open", "verdict", "reason", "scope", "bans",
)  # fmt: skip
STYLES = {"banned": "bold red", "cannot tell": "yellow", "not banned": ""}


class Day(click.ParamType[date]):
    """A day, written YYYY-MM-DD."""

    name = "YYYY-MM-DD"

    def convert(self, value: Any, _param: Any, _ctx: Any) -> date:
        """Read the day; a malformed one is an input error."""
        from throughflow.errors import InputError

        if isinstance(value, date):
            return value
        try:
            return date.fromisoformat(value)
        except ValueError as problem:
            raise InputError(
                f"{value!r} is not a day",
                where="--on",
                remedy="Write it as 2023-06-24",
            ) from problem


@click.command()
@click.argument("origin", metavar="ORIGIN")
@click.argument("destination", metavar="DESTINATION")
@click.option("--avoid", type=options.Countries(), default="", help="States to leave out.")
@click.option(
    "--via",
    type=options.Countries(),
    default="",
    help="The declared road: countries or places, in order.",
)
@click.option("--on", "day", type=Day(), help="Day of the transport. Default: today.")
@click.option("--product", metavar="HS", help="HS6 or CN8 code of the goods.")
@click.option(
    "--mode",
    "modes",
    type=options.Codes(),
    default="rail,road,ferry,sea",
    show_default=True,
    help="Modes allowed.",
)
@click.option("-o", "--output", "page", type=click.Path(path_type=Path), metavar="FILE",
              help="Also write a page with a map.")  # fmt: skip
@options.warehouse
@options.output_format
def command(
    origin: str,
    destination: str,
    avoid: tuple[str, ...],
    via: tuple[str, ...],
    day: date | None,
    product: str | None,
    modes: tuple[str, ...],
    page: Path | None,
    folder: str | None,
    form: str,
    *,
    as_json: bool,
) -> None:
    """Find roads from ORIGIN to DESTINATION, and check a declared one.

    Places are countries (KZ, Kazakhstan), cities, ports and crossings (Almaty, Poti,
    LT:Medininkai) or Kaliningrad. With --via the declared road is held against the shortest and
    the shortest permitted one, and each leg is answered by the transit bans of the day.
    """
    from throughflow.evidence import runs
    from throughflow.routes import recorded
    from throughflow.warehouse import open_warehouse

    asked = recorded.parameters(
        origin,
        destination,
        on=day or date.today(),  # noqa: DTZ011 - a day of the calendar, where the user is
        via=via,
        avoid=avoid,
        modes=tuple(mode.lower() for mode in modes),
        product=product,
    )
    with open_warehouse(folder) as warehouse:
        finding, done = recorded.run(warehouse, asked)
        runs.record(warehouse, done)
    if page is not None:
        from throughflow import report

        report.route_html(finding, page, run=done)
        click.echo(f"written to {page}", err=True)
    if as_json or form == "json":
        printing.as_json(printing.envelope(done))
    elif form == "csv":
        printing.as_csv(_rows(finding), COLUMNS)
    else:
        _print(finding, done, printing.console())


def _rows(found: RouteFinding) -> Iterator[dict[str, Any]]:
    """Give a row per road and leg; a road that does not exist keeps a row of its own."""
    from throughflow.evidence import canonical

    checked = found.declared if found.checked == "declared" else found.asked
    for name, road in named_roads(found):
        if road is None:
            yield dict.fromkeys(COLUMNS) | {"road": name}
            continue
        is_checked = road == checked
        for number, leg in enumerate(road.legs, start=1):
            answer = found.legs[number - 1].answer if is_checked else None
            row: dict[str, Any] = canonical.plain(leg)
            yield row | _answered(answer) | {
                "road": name, "is_checked": is_checked, "number": number,
                "start": leg.start.name, "end": leg.end.name,
            }  # fmt: skip


def _answered(answer: Answer | None) -> dict[str, Any]:
    if answer is None:
        return dict.fromkeys(("verdict", "reason", "scope", "bans"))
    from throughflow.evidence import canonical

    row: dict[str, Any] = canonical.plain(answer)
    return row


def _print(found: RouteFinding, done: Run, console: Console) -> None:
    console.print(found.title, style="bold")
    for place in (found.origin, found.destination):
        if place.stands_for:
            console.print(f"{place.stands_for} is taken as {place.name}", style="dim")
    console.print(found.words)
    console.print()
    _roads(found, console)
    road = found.declared if found.checked == "declared" else found.asked
    if road is not None:
        console.print()
        _legs(found, road, console)
    _lists(found, console)
    console.print(f"\n{done.warehouse} · replay id {done.id}", soft_wrap=True)


def _roads(found: RouteFinding, console: Console) -> None:
    from rich.table import Table

    table = Table(title="Roads, km", box=None, title_justify="left")
    table.add_column("road", no_wrap=True)
    for name in ("km", "rail", "road", "sea", "× best"):
        table.add_column(name, justify="right", no_wrap=True)
    table.add_column("through")
    for name, road in named_roads(found):
        if road is None:
            table.add_row(name, "–", "", "", "", "", "no such road")
            continue
        table.add_row(
            name,
            *(f"{km:,}".replace(",", "\u202f") for km in (
                road.km, road.rail_km, road.road_km, road.sea_km
            )),
            f"{road.km / found.best.km:.2f}" if found.best and found.best.km else "–",
            " – ".join(road.territories),
        )  # fmt: skip
    console.print(table)


def named_roads(found: RouteFinding) -> Iterator[tuple[str, Road | None]]:
    """Give each road of a finding its name, without saying the same road twice."""
    yield "best", found.best
    if found.via:
        yield "declared", found.declared
    if found.avoid:
        yield "as asked", found.asked
    yield "permitted", found.permitted
    shown = {road.territories for road in (found.best, found.asked, found.permitted) if road}
    yield from (
        (f"alternative {number}", road)
        for number, road in enumerate(
            (road for road in found.alternatives if road.territories not in shown), start=1
        )
    )


def _legs(found: RouteFinding, road: Road, console: Console) -> None:
    from rich.table import Table
    from rich.text import Text

    from throughflow.reference import route_network

    title = "The declared road, leg by leg" if found.via else "The road, leg by leg"
    estimated = f"{road.estimated_km:,}".replace(",", "\u202f")
    table = Table(
        title=title,
        caption=f"~ estimated: {estimated} of {road.km:,} km".replace(",", "\u202f"),
        box=None,
        title_justify="left",
        caption_justify="left",
    )
    for name in ("in", "from", "to", "by"):
        table.add_column(name, no_wrap=True)
    table.add_column("km", justify="right", no_wrap=True)
    table.add_column("transit", no_wrap=True)
    before = ""
    for leg, answer in zip(road.legs, found.legs, strict=True):
        here = " / ".join(route_network.name(code) for code in leg.territories)
        mark = "~" if leg.km_basis == "estimated" else ""
        closed = "" if leg.is_open else ", closed"
        verdict = answer.answer.verdict
        table.add_row(
            "" if here == before else here,
            leg.start.name,
            leg.end.name,
            leg.mode + closed,
            f"{mark}{leg.km}",
            Text(verdict, style=STYLES[verdict]),
        )
        before = here
    console.print(table)


def _lists(found: RouteFinding, console: Console) -> None:
    if found.goods is not None:
        console.print(f"\n{found.goods.words} ({found.goods.source})")
    told = [one for one in found.territories if one.role != "origin"]
    decided = [one for one in told if one.answer.verdict != "not banned" or one.answer.bans]
    if decided:
        console.print("\nWhy", style="bold")
    for one in decided:
        scope = f" Holds for {one.answer.scope}." if one.answer.scope else ""
        console.print(f"  {one.name}: {one.answer.verdict}. {one.answer.reason}.{scope}")
    if found.flags:
        console.print("\nTo ask about", style="bold")
    for flag in found.flags:
        console.print(f"  {flag.kind}: {flag.words}")
    if found.notes:
        console.print("\nNational measures and guidance", style="bold")
    for note in found.notes:
        console.print(f"  {note.authority}, from {note.since}: {note.words} ({note.source})")
    left_out = [code for code in found.left_out if code not in found.avoid]
    if left_out:
        console.print(
            f"\nThe permitted road also leaves out {', '.join(left_out)}: banned, or cannot tell."
        )
