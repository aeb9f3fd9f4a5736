"""Unlisted codes next to the listed ones, in words and as rows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from throughflow.dossier.neighbour_check import SURE, is_above
from throughflow.report import words
from throughflow.report.figure import Figure
from throughflow.report.tables import Column, Table
from throughflow.trade.decompose.misdeclared import OWN_PAST

if TYPE_CHECKING:
    from throughflow.dossier.model import Dossier
    from throughflow.trade.decompose.misdeclared import Neighbour

SHOWN = 8


def figure(d: Dossier) -> Figure | None:
    """Return the table of neighbours with its finding; None where there are none."""
    if not d.neighbours.rows:
        return None
    return Figure("neighbours", 0, headline(d), deck(d), None, None, table(d), "")


def untold(d: Dossier) -> str:
    """Say why there is no list; empty where there is one."""
    if d.neighbours.rows:
        return ""
    why = d.neighbours.reason or "none of them was sent to the hub"
    return f"Unlisted codes next to the listed ones: cannot tell, {words.clean(why)}."


def headline(d: Dossier) -> str:
    """Return how many grew as they grew nowhere else."""
    found = d.neighbours
    if not found.judged:
        return "Whether unlisted codes next to the listed ones grew cannot be told"
    of_all = f"of {words.exact(found.judged)} unlisted codes next to listed ones"
    if not found.above:
        return f"None {of_all} stands above its interval"
    verb, whose = ("stands", "its") if found.above == 1 else ("stand", "their")
    return f"{words.exact(found.above)} {of_all} {verb} above {whose} interval"


def deck(d: Dossier) -> str:
    """Return what they are compared with, and what the list is not."""
    found = d.neighbours
    against = (
        f"the base months times the growth of {found.compared_with}"
        if found.compared_with != OWN_PAST
        else "the base months alone, since the same codes are not recorded elsewhere"
    )
    compared = (
        "A restricted good may be declared under an unrestricted code next to its own. What was "
        f"sent to {d.hub_name} is compared with {against}."
    )
    parts = [compared]
    untold = len(found.rows) + found.rows_more - found.judged
    if found.judged:
        parts.append(
            "By chance one in twenty would stand above; of those that do, "
            f"{words.exact(found.sure) if found.sure else 'none'} "
            f"{'have' if found.sure > 1 else 'has'} a false-discovery rate q at or below {SURE}. "
            f"Placebos: {words.exact(found.placebos)} at fake dates."
        )
    if untold:
        reasons = sorted({words.clean(r.reason) for r in found.rows if r.reason})
        parts.append(f"Not told: {words.exact(untold)} ({'; '.join(reasons)}).")
    parts.append(
        "An honest shift of demand leaves the same trace; the list says where to look, no more."
    )
    return " ".join(parts)


def shown(d: Dossier) -> list[Neighbour]:
    """Return the neighbours that a page shows: those above their interval."""
    return [row for row in d.neighbours.rows if is_above(row)][:SHOWN]


def table(d: Dossier) -> Table:
    """Return every neighbour the dossier holds."""
    return Table(
        "neighbours",
        f"Unlisted codes next to listed ones, sent to {d.hub_name}, {d.window_words}, "
        f"{d.currency}",
        (
            Column("code", "Code"),
            Column("label", "Label"),
            Column("listed", "Next to listed codes"),
            Column("base", "Sent in base months", "money"),
            Column("sent", "Sent", "money"),
            Column("expected", "Expected", "money"),
            Column("excess", "Excess", "money"),
            Column("excess_low", "Excess, low", "money"),
            Column("excess_high", "Excess, high", "money"),
            Column("p", "p", "rate"),
            Column("q", "q", "rate"),
            Column("reason", "Why not told"),
        ),
        tuple(
            (
                words.clean(row.product), words.short_label(row.label, 90),
                " ".join(map(words.clean, row.listed)), row.base, row.actual, row.expected,
                row.excess, row.low, row.high, row.p, row.q, words.clean(row.reason),
            )
            for row in d.neighbours.rows
        ),
    )  # fmt: skip
