"""A figure as the pages set it: its finding, its drawing in two forms, its data, its source."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from throughflow.report import words

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from markupsafe import Markup

    from throughflow.dossier.model import Source
    from throughflow.report.tables import Table


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure in both forms, with its words and its data.

    Attributes:
        name: Id on the page.
        number: Number of the figure, 0 for none.
        headline: What it finds.
        deck: The line below, empty for none.
        wide: Drawing for wide pages and print; None where nothing can be drawn.
        narrow: Drawing for narrow screens.
        table: Its data.
        source: Where the data come from.
    """

    name: str
    number: int
    headline: str
    deck: str
    wide: Markup | None
    narrow: Markup | None
    table: Table
    source: str


def source_line(sources: Sequence[Source]) -> str:
    """Name the first dataset used; empty where none is known."""
    if not sources:
        return ""
    first = sources[0]
    return f"Source: {words.clean(first.publisher)}, {words.day(first.as_of)}; throughflow."


def both(draw: Callable[[Any, str], Markup], wide: Any, narrow: Any, name: str) -> Any:
    """Draw a figure in both its frames, under names of their own."""
    return draw(wide, f"{name}-w"), draw(narrow, f"{name}-n")
