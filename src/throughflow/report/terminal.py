"""The dossier in about 25 lines of plain text."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

from throughflow.report import donors, neighbours, prices, said, tables, went, words

if TYPE_CHECKING:
    from collections.abc import Iterable

    from throughflow.dossier.model import Dossier
    from throughflow.evidence.runs import Run
    from throughflow.trade.finding import Row

WIDTH = 100
TOP = 5
LABEL = 53


def summary(dossier: Dossier, run: Run | None = None) -> str:
    """Return the summary that is printed after a dossier has been written.

    Args:
        dossier: What it says.
        run: The recorded run it came from, for the replay id.

    Returns:
        Lines of at most 100 characters, without control characters, ending in a newline.
    """
    d = dossier
    currency = words.unit(d.currency)
    lines = [
        *_wrapped(d.title),
        f"Data as of {words.day(d.as_of)}",
        "",
        *_wrapped(d.paragraph),
        "",
        *_wrapped("Verdicts: " + " · ".join(f"{m.witness} {m.word}" for m in d.marks)),
        *_wrapped(_range(d)),
        "",
        _head("Largest excess by goods", currency),
        *(_row(f"{row.family} {words.short_label(row.label)}", row) for row in d.families[:TOP]),
        "",
        _head("Largest excess by exporter", currency),
        *(_row(e.name, e.row) for e in d.by_exporter[:TOP]),
        "",
        *(_wrapped(f"Where it went: {went.headline(d)}.") if d.decomposition else ()),
        *(line for told in _checked(d) for line in _wrapped(told)),
        *(_wrapped(_unrecorded(d)) if d.unrecorded or d.decomposition is None else ()),
        *(line for told in said.summary(d) for line in _wrapped(told)),
        *_wrapped(_cannot_tell(d)),
        _replay(run),
    ]  # fmt: skip
    return "\n".join(lines) + "\n"


def _wrapped(text: str) -> list[str]:
    # Thin spaces hold a number together, so only ordinary spaces may break a line.
    return textwrap.wrap(
        words.clean(text), WIDTH, subsequent_indent="", break_on_hyphens=False
    ) or [""]


def _head(title: str, currency: str) -> str:
    return f"{title + ', ' + currency:<57}{'expected':>10}{'recorded':>10}{'excess':>9}  verdict"


def _row(name: str, row: Row) -> str:
    label = textwrap.shorten(words.clean(name), LABEL, placeholder=" …")
    return (
        f"  {label:<55}{words.millions(row.expected):>10}{words.millions(row.actual):>10}"
        f"{words.millions(row.excess):>9}  {row.verdict}"
    )


def _range(d: Dossier) -> str:
    row = d.total
    if row.excess is None:
        return "Excess: cannot tell."
    text = (
        f"Excess {words.amount(row.excess, row.currency)} "
        f"({words.amount_range(row.excess_low, row.excess_high, row.currency)}) "
        f"on rung {row.rung}"
    )
    if row.excess_c is not None and row.rung != "C":
        text += f"; {words.amount(row.excess_c, row.currency)} on rung C"
    return text + "."


def _unrecorded(d: Dossier) -> str:
    if not d.unrecorded:
        return f"Not recorded on arrival: cannot tell, no records of {d.hub_name} are loaded."
    u = d.unrecorded[0]
    return (
        f"Not recorded on arrival, all goods, {tables.years(u)} over {tables.base_years(u)}: "
        f"{words.share(u.raw.share)} "
        f"({words.share_range(u.raw.share_low, u.raw.share_high)}) raw, "
        f"{words.share(u.adjusted.share)} "
        f"({words.share_range(u.adjusted.share_low, u.adjusted.share_high)}) ratio-adjusted."
    )


def _checked(d: Dossier) -> Iterable[str]:
    """Say what prices, neighbouring codes and donors tell; nothing of those that tell nothing."""
    if d.prices.sent is not None:
        yield f"Prices: {prices.headline(d)}."
    if d.neighbours.judged:
        yield f"Neighbouring codes: {neighbours.headline(d)}."
    if d.donors is not None:
        yield f"{donors.headline(d, d.donors)}."


def _cannot_tell(d: Dossier) -> str:
    named = [
        gap.what + (f" ({words.amount(gap.value, d.currency)})" if gap.value is not None else "")
        for gap in d.cannot_tell
    ]
    return "Cannot tell: " + ("; ".join(named) or "nothing listed") + "."


def _replay(run: Run | None) -> str:
    return f"Replay id {run.id} (throughflow replay {run.id})" if run else "No replay id."
