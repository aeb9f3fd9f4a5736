"""``throughflow simulate``: plant known diversions and count what is found."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from throughflow.cli import printing

if TYPE_CHECKING:
    from throughflow.trade.simulate.report_card import AtPrevalence, Rate, ReportCard

WORLDS = 5


@click.command()
@click.option("--seed", type=click.IntRange(min=0), default=1, show_default=True,
              help="Seed of the first world; the same seed gives the same card.")  # fmt: skip
@click.option("--worlds", type=click.IntRange(min=1), default=None,
              help=f"Worlds to make. Default: {WORLDS}, with --quick 1.")  # fmt: skip
@click.option("--quick", is_flag=True, help="One smaller world.")
@click.option("--write", "folder", type=click.Path(file_okay=False, path_type=Path), default=None,
              metavar="DIR", help="Leave trade.csv and truth.csv of every world.")  # fmt: skip
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def command(
    seed: int, worlds: int | None, folder: Path | None, *, quick: bool, as_json: bool
) -> None:
    """Measure power and false-discovery rate on invented trade with planted diversions.

    The worlds are written in the product's own layout, loaded, and judged by the same code as
    `throughflow excess`. Three rules that analysts use instead are scored beside it.
    """
    from rich.progress import Progress

    from throughflow.trade.simulate import report_card

    seeds = range(seed, seed + (worlds or (1 if quick else WORLDS)))
    with Progress(console=printing.console(stderr=True), transient=True) as bar:
        task = bar.add_task("asking of worlds", total=None)
        card = report_card.run(
            dict.fromkeys(report_card.PREVALENCES, seeds),
            quick=quick,
            folder=folder,
            parts_at=None if quick else max(report_card.PREVALENCES),
            progress=lambda number, total: bar.update(task, completed=number, total=total),
        )
    if as_json:
        from throughflow.evidence import canonical

        printing.as_json({"verb": "simulate", "quick": quick} | canonical.plain(card))
    else:
        _tables(card)


def _tables(card: ReportCard) -> None:
    from rich.table import Table

    console = printing.console()
    head = Table(
        title="Report card: invented trade, planted diversions",
        caption=f"rung {card.rung} · seeds {', '.join(map(str, card.seeds))} · a discovery is a "
        "row with q at most 0.05 · power from 1 million a year diverted",
        box=None, title_justify="left", caption_justify="left",
    )  # fmt: skip
    for name in ("", "share", "95 % interval"):
        head.add_column(name, justify="left" if not name else "right")
    for name, value, interval in (
        ("false-discovery rate", card.false_discovery_rate, card.false_discovery_rate_interval),
        ("found at twice the baseline", card.power_2x, card.power_2x_interval),
        ("found at three times", card.power_3x, card.power_3x_interval),
        ("of both, through a second hub", card.power_second_hub, card.power_second_hub_interval),
        ("90 % intervals that hold the value", card.coverage, card.coverage_interval),
    ):
        ends = f"{interval[0]:.1%} to {interval[1]:.1%}" if interval else "–"
        head.add_row(name, printing.number(value, ".1%"), ends)
    console.print(head)
    for one in card.by_prevalence:
        console.print(_at(one))
    if card.parts:
        console.print(_parts(card))


def _at(one: AtPrevalence) -> Any:
    from rich.table import Table

    least = one.smallest_multiple_at_80
    table = Table(
        title=f"{one.prevalence:.0%} of hub × good pairs hold a diversion: "
        f"{one.planted} in {one.worlds} worlds",
        caption=f"false-discovery rate {_rate(one.false_discovery_rate)} · found four times in "
        f"five from {'no multiple tried' if least is None else f'{least:g} times the baseline'}",
        box=None, title_justify="left", caption_justify="left",
    )  # fmt: skip
    for name in ("at the same false-discovery rate", "finds", "by its own rule", "finds"):
        table.add_column(name)
    for rival in one.rivals:
        table.add_row(
            rival.name,
            _rate(rival.power),
            f"{_rate(rival.own_false_discovery_rate)} false",
            _rate(rival.own_power),
        )
    if one.rivals:
        table.add_row("throughflow", _rate(one.rivals[0].ours), "", "")
    return table


def _parts(card: ReportCard) -> Any:
    from rich.table import Table

    table = Table(
        title="Where it went, goods of a million a year and more",
        caption="planted and told as shares of the excess; told beside planted in the median",
        box=None, title_justify="left", caption_justify="left",
    )  # fmt: skip
    for name in ("", "goods", "planted", "told beside it", "90 % interval holds it"):
        table.add_column(name, justify="left" if not name else "right")
    for one in card.parts:
        table.add_row(
            one.part.replace("_", " "),
            str(one.goods),
            f"{one.truth:.1%}",
            f"{one.median_error:+.1%}",
            f"{one.covered / one.goods:.1%}",
        )
    return table


def _rate(rate: Rate) -> str:
    return "–" if rate.value is None else f"{rate.value:.1%} ({rate.hits} of {rate.of})"
