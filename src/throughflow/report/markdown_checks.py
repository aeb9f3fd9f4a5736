"""Prices, neighbouring codes and donors as Markdown, with the same numbers as the page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from throughflow.report import checks, neighbours, prices, words
from throughflow.report import donors as donor_words
from throughflow.report.marking import escaped, table

if TYPE_CHECKING:
    from collections.abc import Iterable

    from throughflow.dossier.model import Dossier
    from throughflow.report.figure import Figure
    from throughflow.trade.decompose.misdeclared import Neighbour


def goods(d: Dossier) -> Iterable[str]:
    """Write what prices and neighbouring codes say, or why they cannot be told."""
    unit = words.unit(d.currency)
    found = prices.figure(d)
    if found is not None:
        yield _finding(found)
        yield table(
            ["Goods", *prices.heads(d), f"Growth by quantity, {unit}", "Growth by price", "Price"],
            [
                (
                    escaped(f"{line.code} {line.label}".strip()),
                    *(f"{leg.value} ({leg.note})" if leg.note else leg.value for leg in line.legs),
                    line.volume,
                    line.price,
                    line.word,
                )
                for line in prices.lines(d)
            ],
        )
    near = neighbours.figure(d)
    if near is not None:
        yield _finding(near)
        yield table(
            ["Unlisted code", "Next to listed", "Expected", "Sent", "Excess", "q"],
            [_neighbour(row, d.currency) for row in neighbours.shown(d)],
            text_columns=2,
        )
    yield escaped(checks.untold(d))


def _neighbour(row: Neighbour, currency: str) -> tuple[str, ...]:
    ends = words.amount_range(row.low, row.high, currency)
    return (
        escaped(f"{row.product} {words.short_label(row.label)}".strip()),
        escaped(", ".join(row.listed[:3])),
        words.amount(row.expected or 0.0, currency),
        words.amount(row.actual, currency),
        f"{words.amount(row.excess or 0.0, currency)} ({ends})",
        words.rate(row.q),
    )


def donors(d: Dossier) -> Iterable[str]:
    """Write the excess without single donors, or why there are none."""
    found = donor_words.figure(d)
    if found is None:
        yield escaped(donor_words.untold(d))
        return
    yield _finding(found)
    yield table(
        ["Without", "Weight", f"Expected, {words.unit(d.currency)}", "Excess", "Moved by"],
        [
            (escaped(line.name), line.weight, line.expected, line.excess, line.moved)
            for line in donor_words.lines(d)
        ],
    )
    if rest := donor_words.others(d):
        yield f"{escaped(rest)} `{donor_words.command(d)}`."


def _finding(figure: Figure) -> str:
    return f"**{escaped(figure.headline)}.** {escaped(figure.deck)}"
