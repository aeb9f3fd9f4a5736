"""A part of the map and the pixels it is drawn on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from throughflow.report import svg

if TYPE_CHECKING:
    from collections.abc import Iterable

    from throughflow.reference.boundaries import Area, Ring


# Places tried along each side of a view for a label inside a shape.
SAMPLES = 16


@dataclass(frozen=True, slots=True)
class View:
    """A part of the map on the grid: its left and right edge, its top and bottom."""

    left: float
    right: float
    top: float
    bottom: float

    def holds(self, x: float, y: float) -> bool:
        """Tell whether a place lies inside."""
        return self.left <= x <= self.right and self.top <= y <= self.bottom

    def meets(self, ring: Ring) -> bool:
        """Tell whether a ring may be seen."""
        left, right, top, bottom = ring.box
        return (
            left <= self.right and right >= self.left and top <= self.bottom and bottom >= self.top
        )


class Plane:
    """From the grid of `reference.boundaries` to the pixels of one view.

    Args:
        view: The part of the grid that is shown.
        width: Its width in pixels; the height follows.
        top: Pixels above it.
    """

    def __init__(self, view: View, width: float, top: float) -> None:
        self.view, self.top, self.width = view, top, width
        self.scale = width / (view.right - view.left)
        self.height = (view.bottom - view.top) * self.scale
        # Where a pixel is wider than a step of the grid, finer steps would only add bytes.
        self.step = 0.1 if self.scale > 0.14 else 0.5

    def __call__(self, x: float, y: float) -> tuple[float, float]:
        """Return the pixel of a place on the grid."""
        return (x - self.view.left) * self.scale, self.top + (y - self.view.top) * self.scale

    def path(self, areas: Iterable[Area]) -> str:
        """Write what the view shows of some shapes as one path."""
        return "".join(
            self._ring(ring) for area in areas for ring in area.rings if self.view.meets(ring)
        )

    def middle(self, area: Area) -> tuple[float, float] | None:
        """Return the pixel in the middle of what the view shows of a shape; None for nothing."""
        view = self.view
        wide, high = view.right - view.left, view.bottom - view.top
        across = [view.left + (i + 0.5) / SAMPLES * wide for i in range(SAMPLES)]
        down = [view.top + (i + 0.5) / SAMPLES * high for i in range(SAMPLES)]
        inside = [(x, y) for x in across for y in down if area.holds(x, y)]
        if not inside:
            return None
        x, y = (sum(values) / len(inside) for values in zip(*inside, strict=True))
        return self(*min(inside, key=lambda p: (p[0] - x) ** 2 + (p[1] - y) ** 2))

    def _ring(self, ring: Ring) -> str:
        steps = 1 / self.step
        points: list[tuple[int, int]] = []
        for x, y in (self(*point) for point in ring.points):
            point = round(x * steps), round(y * steps)
            if not points or points[-1] != point:
                points.append(point)
        if len(points) < 3:
            return ""
        (x, y), *others = points
        out = [f"M{_short(x * self.step)} {_short(y * self.step)}l"]
        for a, b in others:
            out.append(f"{_short((a - x) * self.step)} {_short((b - y) * self.step)}")
            x, y = a, b
        return out[0] + " ".join(out[1:]).replace(" -", "-") + "z"


def _short(value: float) -> str:
    text = svg.number(value)
    return text.replace("0.", ".", 1) if text.lstrip("-").startswith("0.") else text
