"""The five small verdict marks of the masthead."""

from __future__ import annotations

from typing import TYPE_CHECKING

from throughflow.report import svg

if TYPE_CHECKING:
    from markupsafe import Markup

# How much of the mark is filled; words that make no claim have shapes of their own.
FILLED = {
    "none": 0.0, "weak": 1 / 3, "moderate": 2 / 3, "strong": 1.0,
    "consistent": 0.0, "inconsistent": 1.0,
}  # fmt: skip
UNTOLD = frozenset({"cannot tell", "inconclusive", "untestable"})
SIZE = 22.0


def mark(word: str) -> Markup:
    """Draw a verdict word: a disc filled from below, a question mark, or a dashed ring.

    The word stands beside it on the page, so the drawing itself is hidden from screen readers.
    """
    middle, radius = SIZE / 2, SIZE / 2 - 1.5
    if word in UNTOLD:
        shapes = [
            svg.circle(middle, middle, radius, "mark-warn"),
            svg.text(middle, middle + 5, "?", "mark-ask", "middle"),
        ]
    elif word in FILLED:
        shapes = [
            _filled(middle, radius, FILLED[word]),
            svg.circle(middle, middle, radius, "mark-ring"),
        ]
    else:
        shapes = [svg.circle(middle, middle, radius, "mark-absent")]
    return svg.element(
        "svg", *shapes, viewBox=f"0 0 {SIZE:.0f} {SIZE:.0f}", class_="mark", aria_hidden="true"
    )


def _filled(middle: float, radius: float, part: float) -> Markup:
    if part >= 1:
        return svg.circle(middle, middle, radius, "mark-fill")
    if part <= 0:
        return svg.join(())
    top = middle + radius - 2 * radius * part
    half = (radius**2 - (top - middle) ** 2) ** 0.5
    arc = int(part > 0.5)
    return svg.element(
        "path",
        d=f"M{svg.number(middle - half)},{svg.number(top)}"
        f"A{svg.number(radius)},{svg.number(radius)} 0 {arc} 0 "
        f"{svg.number(middle + half)},{svg.number(top)}Z",
        class_="mark-fill",
    )
