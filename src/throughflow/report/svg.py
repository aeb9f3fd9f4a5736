"""Small pure functions that write SVG as text; every value is escaped.

Colours are never written here: shapes carry classes, and the style sheet gives each class its
colour in light, dark and print.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from markupsafe import Markup, escape

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

Point = tuple[float, float]


def number(value: float) -> str:
    """Write a place with at most one decimal."""
    text = f"{value:.1f}".rstrip("0").rstrip(".")
    return "0" if text in {"-0", ""} else text


def element(name: str, /, *children: str, **attributes: str | float | None) -> Markup:
    """Write an element; text children are escaped, `Markup` children are not.

    Attribute names lose a trailing ``_`` and turn ``_`` into ``-``; attributes of None are left
    out.
    """
    written = "".join(
        f' {key.rstrip("_").replace("_", "-")}="'
        f'{escape(value) if isinstance(value, str) else number(value)}"'
        for key, value in attributes.items()
        if value is not None
    )
    inner = "".join(str(escape(child)) for child in children)
    return Markup(f"<{name}{written}>{inner}</{name}>")  # noqa: S704 - both parts are escaped


def join(parts: Iterable[str]) -> Markup:
    """Put elements one after another."""
    return Markup("").join(parts)


def figure(
    name: str,
    title: str,
    description: str,
    width: float,
    height: float,
    *children: str,
    class_: str = "chart",
) -> Markup:
    """Write a whole figure with its text alternative.

    Args:
        name: Unique on the page; the ids of title and description start with it.
        title: What the figure is.
        description: What it shows, in words with numbers.
        width: Width of its coordinates.
        height: Height of its coordinates.
        *children: Its shapes.
        class_: Class for the style sheet.
    """
    return element(
        "svg",
        element("title", title, id=f"{name}-t"),
        element("desc", description, id=f"{name}-d"),
        *children,
        viewBox=f"0 0 {number(width)} {number(height)}",
        role="img",
        aria_labelledby=f"{name}-t {name}-d",
        class_=class_,
    )


def line(x1: float, y1: float, x2: float, y2: float, class_: str) -> Markup:
    """Write a straight line."""
    return element("line", x1=x1, y1=y1, x2=x2, y2=y2, class_=class_)


def rect(x: float, y: float, width: float, height: float, class_: str) -> Markup:
    """Write a rectangle; a negative width or height counts as zero."""
    return element("rect", x=x, y=y, width=max(width, 0.0), height=max(height, 0.0), class_=class_)


def circle(x: float, y: float, radius: float, class_: str) -> Markup:
    """Write a circle."""
    return element("circle", cx=x, cy=y, r=radius, class_=class_)


def diamond(x: float, y: float, radius: float, class_: str) -> Markup:
    """Write a square standing on its corner."""
    corners = ((x, y - radius), (x + radius, y), (x, y + radius), (x - radius, y))
    return element("path", d=_path(corners) + "Z", class_=class_)


def text(x: float, y: float, words: str, class_: str = "", anchor: str = "start") -> Markup:
    """Write words, anchored at their ``start``, ``middle`` or ``end``."""
    return element(
        "text",
        words,
        x=x,
        y=y,
        class_=class_ or None,
        text_anchor=None if anchor == "start" else anchor,
    )


def polyline(points: Sequence[Point], class_: str) -> Markup:
    """Write an open line through points."""
    return element("path", d=_path(points), class_=class_)


def lines(runs: Iterable[Sequence[Point]], class_: str) -> Markup:
    """Write one path of several runs, so that gaps in the data stay gaps."""
    return element("path", d="".join(_path(run) for run in runs if run), class_=class_)


def area(upper: Sequence[Point], lower: Sequence[Point], class_: str) -> Markup:
    """Write the area between two lines that share their abscissae."""
    return element("path", d=_path([*upper, *reversed(lower)]) + "Z", class_=class_)


def hatch(name: str, class_: str, size: float = 6) -> Markup:
    """Write a pattern of slanted lines; shapes use it as ``fill="url(#name)"``."""
    return element(
        "pattern",
        rect(0, 0, size, size, f"{class_}-ground"),
        element("path", d=f"M-1,1 l2,-2 M0,{number(size)} l{number(size)},-{number(size)} "
                f"M{number(size - 1)},{number(size + 1)} l2,-2", class_=f"{class_}-line"),
        id=name,
        width=size,
        height=size,
        patternUnits="userSpaceOnUse",
    )  # fmt: skip


def filled(x: float, y: float, width: float, height: float, pattern: str) -> Markup:
    """Write a rectangle filled with a pattern of the same figure."""
    return element(
        "rect", x=x, y=y, width=max(width, 0.0), height=max(height, 0.0), fill=f"url(#{pattern})"
    )


def _path(points: Sequence[Point]) -> str:
    return "M" + "L".join(f"{number(x)},{number(y)}" for x, y in points)
