"""Hubs beside each other, as a ranking and on the map, for every page that compares them."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Protocol

from throughflow.reference import boundaries, memberships
from throughflow.report import headlines, tables, words
from throughflow.report.charts import intervals, world_map
from throughflow.report.figure import Figure, both

if TYPE_CHECKING:
    from throughflow.dossier.model import HubLine


class Compared(Protocol):
    """What a dossier and a ranking have in common."""

    @property
    def hubs(self) -> tuple[HubLine, ...]:
        """The destinations."""

    @property
    def exporters(self) -> tuple[str, ...]:
        """Exporters covered."""

    @property
    def target(self) -> str:
        """The sanctioned state."""

    @property
    def target_name(self) -> str:
        """Its name."""

    @property
    def window_words(self) -> str:
        """Months asked about."""

    @property
    def currency(self) -> str:
        """Currency of every amount."""


def hubs(c: Compared, number: int, headline: str, deck: str, source: str) -> Figure:
    """Return the ranking by excess."""
    wide = narrow = None
    if c.hubs:
        description = "Excess of restricted goods in the window by destination: " + "; ".join(
            f"{line.name} "
            + (
                f"{words.amount(line.row.excess, line.row.currency)} "
                f"({words.amount_range(line.row.excess_low, line.row.excess_high, c.currency)})"
                if line.row.excess is not None
                else "cannot tell"
            )
            for line in c.hubs
        )
        wide, narrow = both(
            lambda frame, name: intervals.hubs(
                c.hubs, frame, name, "Excess by destination", description
            ),
            intervals.WIDE,
            intervals.NARROW,
            "hubs",
        )
    return Figure("hubs", number, headline, deck, wide, narrow, tables.hubs(c), source)


def on_map(c: Compared, number: int, source: str) -> Figure:
    """Return the map of the same destinations."""
    wide = narrow = None
    if c.hubs:
        # Those the page is about, then the largest excess: labels are placed in this order.
        ordered = sorted(c.hubs, key=lambda line: not line.is_subject)
        drawn = world_map.Drawn(ordered, _senders(c.exporters), c.target, c.target_name)
        description = (
            f"Map of destinations, {c.window_words}; shade is recorded over expected, the area of "
            "a circle the excess: " + "; ".join(map(_told, c.hubs)) + "."
        )
        wide, narrow = both(
            lambda frame, name: world_map.draw(
                drawn, frame, name, "Recorded over expected on the map", description
            ),
            world_map.WIDE,
            world_map.NARROW,
            "map",
        )
    shapes = (
        f"Shapes: {boundaries.source()} to the borders recognised by the United Nations; they say "
        "nothing about the status of a territory."
    )
    return Figure(
        "map", number, headlines.on_map(c.hubs), headlines.on_map_deck(c.hubs),
        wide, narrow, tables.hubs(c), f"{source} {shapes}".strip(),
    )  # fmt: skip


def _senders(exporters: tuple[str, ...]) -> frozenset[str]:
    """Return the exporters' codes, a group by its members."""
    groups = memberships.groups()
    return frozenset(
        member
        for code in exporters
        for member in (memberships.members(code, date.max) if code in groups else (code,))
    )


def _told(line: HubLine) -> str:
    row = line.row
    if row.excess is None or not row.expected:
        return f"{line.name} cannot tell"
    return (
        f"{line.name} {words.multiple(row.actual / row.expected)}, "
        f"{words.signed_amount(row.excess, row.currency)}"
    )
