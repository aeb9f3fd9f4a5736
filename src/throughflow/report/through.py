"""Several hubs, in words and as rows: what can have reached the target through all of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from throughflow.reference import countries
from throughflow.report import words
from throughflow.report.tables import Column, Table
from throughflow.trade.finding import ALL

if TYPE_CHECKING:
    from throughflow.dossier.model import Dossier
    from throughflow.report.tables import Cell
    from throughflow.trade.network.result import Flows, Levels


def name_of(node: str) -> str:
    """Return a node's name for people."""
    return "Exporters" if node == ALL else countries.name(node)


def _label(d: Dossier, flows: Flows) -> str:
    """Return the product's words as a sentence of its own; empty where the data give none."""
    row = next((r for r in (*d.families, *d.new_flows) if r.family == flows.product), None)
    return f"{words.clean(words.short_label(row.label, 90))}. " if row and row.label else ""


def headline(d: Dossier, flows: Flows) -> str:
    """Return what the figure finds."""
    through = sum((hub.most_through or 0.0) > 0 for hub in flows.hubs)
    hubs = "one hub" if through == 1 else f"{through} hubs"
    return (
        f"Through {hubs}, at most {words.amount(flows.most.mid, flows.currency)} of "
        f"{words.clean(flows.product)} can have reached {d.target_name}"
    )


def deck(d: Dossier, flows: Flows) -> str:
    """Return both bounds with their ends, and what the drawing is not."""
    least = (
        f"the least is {_levels(flows.least, flows.currency)}"
        if flows.is_least_known
        else "the least is not known to be more than nothing, since what hubs could send on from "
        "their own supply is not known"
    )
    hub = next((h for h in flows.hubs if h.name == d.hub), None)
    passed = ""
    if hub is not None and hub.least_through is not None and hub.most_through is not None:
        ends = _span(hub.least_through, hub.most_through, flows.currency)
        passed = f" Of the most, {ends} passes {d.hub_name}, whichever way the rest goes."
    return (
        f"{_label(d, flows)}Of all products, most of this one can have gone on through "
        f"{d.hub_name}. Each leg can have carried what its sender recorded beyond "
        f"expectation under this code: the most is {_levels(flows.most, flows.currency)}; {least}."
        f"{passed} What hubs record as arriving is not asked here, so a hub’s part can exceed what "
        "its own records allow. Drawn is one example of many flows with the same total, at the "
        "estimates; hatched is what the low ends of the legs’ intervals do not hold. Ranges at the "
        "nodes are this example’s at the low and high ends. Legs of less than one part in 500 are "
        "in the table only. The same code is not known to be the same goods."
    )


def description(d: Dossier, flows: Flows) -> str:
    """Return the figure's long text alternative."""
    legs = "; ".join(
        f"{name_of(leg.tail)} to {name_of(leg.head)} {_levels(leg.flow, flows.currency)}"
        for leg in flows.legs
    )
    return (
        f"Flows drawn as ribbons from the exporters through hubs to {d.target_name}: at most "
        f"{_levels(flows.most, flows.currency)}. One example: {legs}."
    )


def _levels(levels: Levels, currency: str) -> str:
    ends = words.amount_range(levels.low, levels.high, currency)
    return f"{words.amount(levels.mid, currency)} ({ends})"


def _span(low: float, high: float, currency: str) -> str:
    ends = words.amount(low, currency), words.amount(high, currency)
    return ends[0] if ends[0] == ends[1] else f"{ends[0]} to {ends[1]}"


def table(d: Dossier, flows: Flows) -> Table:
    """Return the legs of the example, with the excess each of them can have carried."""
    rows: tuple[tuple[Cell, ...], ...] = tuple(
        (
            name_of(leg.tail), name_of(leg.head), leg.capacity.mid, leg.capacity.low,
            leg.capacity.high, leg.flow.mid, leg.flow.low, leg.flow.high,
        )
        for leg in flows.legs
    )  # fmt: skip
    return Table(
        "through-hubs",
        f"Legs of {words.clean(flows.product)} through hubs to {d.target_name}, {d.window_words}, "
        f"{flows.currency}; the flow is one example",
        (
            Column("from", "From"),
            Column("to", "To"),
            Column("excess", "Can have carried", "money"),
            Column("excess_low", "Can have carried, low", "money"),
            Column("excess_high", "Can have carried, high", "money"),
            Column("flow", "Flow drawn", "money"),
            Column("flow_low", "Flow at low ends", "money"),
            Column("flow_high", "Flow at high ends", "money"),
        ),
        rows,
    )
