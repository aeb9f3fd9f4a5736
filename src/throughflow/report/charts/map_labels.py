"""Placing labels on a map so that none covers another, a circle or the edge."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from throughflow.report import svg

if TYPE_CHECKING:
    from collections.abc import Sequence

    from markupsafe import Markup

Line = tuple[float, float, float, float]

LINE = 16.0
# Mean width of a character, on the safe side: fonts differ between machines.
CHARACTER = 7.1
BOLD_CHARACTER = 8.3
# Classes that the style sheet sets in bold.
BOLD = {"strong", "road-label"}
# Gaps between a circle and its label that are tried, nearest first; far ones get a leader line.
DISTANCES = (3.0, 9.0, 16.0, 26.0, 38.0, 50.0, 64.0, 80.0, 98.0, 118.0, 140.0)
LEADER_FROM = 15.0
# Which way from the circle, in the order tried: beside is read best, then above and below.
WAYS = (
    (1.0, 0.0), (-1.0, 0.0), (0.0, -1.0), (0.0, 1.0),
    (0.8, -0.6), (0.8, 0.6), (-0.8, -0.6), (-0.8, 0.6),
    (0.4, 0.9), (-0.4, 0.9), (0.4, -0.9), (-0.4, -0.9),
    (0.1, 1.0), (-0.1, 1.0), (0.1, -1.0), (-0.1, -1.0),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Rect:
    """A rectangle: left, top, right, bottom."""

    left: float
    top: float
    right: float
    bottom: float

    def overlaps(self, other: Rect, gap: float = 0.0) -> bool:
        """Tell whether two rectangles come closer than a gap."""
        return (
            self.left < other.right + gap
            and other.left < self.right + gap
            and self.top < other.bottom + gap
            and other.top < self.bottom + gap
        )

    def inside(self, other: Rect) -> bool:
        """Tell whether it lies wholly inside another."""
        return (
            self.left >= other.left
            and self.right <= other.right
            and self.top >= other.top
            and self.bottom <= other.bottom
        )


@dataclass(frozen=True, slots=True)
class Label:
    """Lines of words that belong to a circle.

    Attributes:
        lines: The words, line by line.
        classes: Class of each line.
        x: Middle of the circle.
        y: The same from the top.
        radius: Of the circle; 0 for a label that stands on its place.
    """

    lines: tuple[str, ...]
    classes: tuple[str, ...]
    x: float
    y: float
    radius: float

    @property
    def size(self) -> tuple[float, float]:
        """Width and height of the words."""
        widths = (
            len(line) * (BOLD_CHARACTER if BOLD & set(class_.split()) else CHARACTER)
            for line, class_ in zip(self.lines, self.classes, strict=True)
        )
        return max(widths), LINE * len(self.lines)


def place(labels: Sequence[Label], circles: Sequence[Rect], box: Rect) -> list[tuple[Label, Rect]]:
    """Find a place for each label, in order; a label without room is left out.

    Args:
        labels: The most important first.
        circles: What labels must not cover.
        box: What they must stay inside.

    Returns:
        The labels that found room, with where they stand.
    """
    placed: list[tuple[Label, Rect]] = []
    for label in labels:
        # Without room for all of its lines, the first one still says what a circle belongs to.
        short = replace(label, lines=label.lines[:1], classes=label.classes[:1])
        tries = [(form, at) for form in (label, short) for at in _tried(form)]
        free = (t for t in tries if t[1].inside(box) and _is_free(*t, circles, placed))
        placed += [found] if (found := next(free, None)) else []
    return placed


def _is_free(
    label: Label, at: Rect, circles: Sequence[Rect], placed: Sequence[tuple[Label, Rect]]
) -> bool:
    if any(at.overlaps(circle, 1) for circle in circles):
        return False
    own = leader(label, at)
    return all(
        not at.overlaps(other, 4)
        and not _crosses(own, other)
        and not _crosses(leader(whose, other), at)
        for whose, other in placed
    )


def leader(label: Label, at: Rect) -> Line | None:
    """Return the line from a circle to its label, None where they are close."""
    x = min(max(label.x, at.left), at.right)
    y = min(max(label.y, at.top), at.bottom)
    away = math.hypot(x - label.x, y - label.y)
    if away - label.radius <= LEADER_FROM:
        return None
    part = label.radius / away
    return label.x + part * (x - label.x), label.y + part * (y - label.y), x, y


def _crosses(line: Line | None, box: Rect) -> bool:
    """Tell whether a leader runs over a label; looking every few pixels is enough."""
    if line is None:
        return False
    x1, y1, x2, y2 = line
    steps = int(math.hypot(x2 - x1, y2 - y1) / 4) + 1
    return any(
        box.left <= x1 + i / steps * (x2 - x1) <= box.right
        and box.top <= y1 + i / steps * (y2 - y1) <= box.bottom
        for i in range(steps + 1)
    )


def _tried(label: Label) -> list[Rect]:
    wide, high = label.size
    tries = []
    if not label.radius and len(label.lines) == 1:
        tries.append((label.x, label.y))
    for distance in DISTANCES:
        for dx, dy in WAYS:
            reach = label.radius + distance
            tries.append(
                (
                    label.x + dx * reach + (dx > 0) * wide / 2 - (dx < 0) * wide / 2,
                    label.y + dy * reach + (dy > 0) * high / 2 - (dy < 0) * high / 2,
                )
            )
    return [Rect(x - wide / 2, y - high / 2, x + wide / 2, y + high / 2) for x, y in tries]


def write(label: Label, at: Rect) -> Markup:
    """Write a label where it stands, with a leader line if it stands far from its circle."""
    middle = (at.left + at.right) / 2
    if middle > label.x + label.radius:
        anchor, x = "start", at.left
    elif middle < label.x - label.radius:
        anchor, x = "end", at.right
    else:
        anchor, x = "middle", middle
    line = leader(label, at)
    parts = [svg.line(*line, "map-leader")] if line else []
    parts += [
        svg.text(x, at.top + LINE * (i + 0.78), words, class_, anchor)
        for i, (words, class_) in enumerate(zip(label.lines, label.classes, strict=True))
    ]
    return svg.join(parts)
