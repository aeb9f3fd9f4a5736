"""Figure 2: what became of the additional exports, on the hub's own records.

The bar is all additional exports. Its hatched part is what the interval leaves open: it may have
been recorded on arrival or not.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from throughflow.report import svg, words
from throughflow.report.scale import Linear

if TYPE_CHECKING:
    from markupsafe import Markup

    from throughflow.trade.mirror import Share


@dataclass(frozen=True, slots=True)
class Frame:
    """Sizes of one form of the figure."""

    width: float
    is_narrow: bool


WIDE = Frame(960, is_narrow=False)
NARROW = Frame(400, is_narrow=True)
BAR = 46.0


def draw(
    share: Share,
    hub: str,
    frame: Frame,
    name: str,
    title: str,
    description: str,
    *,
    is_told_above: bool = False,
) -> Markup:
    """Draw the bar for one estimate.

    Args:
        share: The part not recorded on arrival, with its interval.
        hub: Name of the hub.
        frame: Which form.
        name: Unique on the page.
        title: Text alternative, short.
        description: Text alternative, long.
        is_told_above: Whether another figure tells it for the goods that are recorded by product.
    """
    scale = Linear(0, 1, 1, frame.width - 1)
    low, middle, high = (
        min(max(v, 0.0), 1.0) for v in (share.share_low, share.share, share.share_high)
    )
    surely, open_until, marked = scale(1 - high), scale(1 - low), scale(1 - middle)
    top = 58.0
    bottom = top + BAR
    parts = [
        svg.hatch(f"{name}-o", "open-hatch", 8),
        svg.hatch(f"{name}-w", "warn-hatch"),
        svg.rect(scale(0), top, surely - scale(0), BAR, "arrived"),
        svg.filled(surely, top, open_until - surely, BAR, f"{name}-o"),
        svg.rect(open_until, top, scale(1) - open_until, BAR, "unrecorded"),
        svg.rect(scale(0), top, scale(1) - scale(0), BAR, "bar-edge"),
        svg.line(marked, top - 30, marked, bottom + 6, "estimate"),
        _estimate(share, frame, scale, marked, top),
        _bounds(low, high, frame, scale, bottom + 20),
        _onward(hub, scale, marked, bottom + 52, f"{name}-w", is_told_above=is_told_above),
    ]
    return svg.figure(name, title, description, frame.width, bottom + 120, *parts)


def _estimate(share: Share, frame: Frame, scale: Linear, marked: float, top: float) -> Markup:
    """Write the best estimate over the bar, each part on its side of the mark."""
    missing = f"{words.share(share.share)} not recorded"
    arrived = f"{words.share(1 - share.share)} recorded on arrival"
    parts = [svg.text(scale(0), 16, "Best estimate", "tick")]
    if frame.is_narrow:
        arrived = f"{words.share(1 - share.share)} recorded"
    room = (0.3 if frame.is_narrow else 0.2) * frame.width
    if marked - scale(0) > room:
        parts.append(svg.text(marked - 9, top - 12, arrived, "bar-label", "end"))
    if scale(1) - marked > room:
        parts.append(svg.text(marked + 9, top - 12, missing, "bar-label"))
    return svg.join(parts)


def _bounds(low: float, high: float, frame: Frame, scale: Linear, y: float) -> Markup:
    """Write under each part of the bar what the 90 % interval makes of it."""
    surely, open_until = scale(1 - high), scale(1 - low)
    parts = []
    if 1 - high > 0:
        text = f"at least {words.share(1 - high)} recorded"
        parts.append(svg.text(scale(0), y, text, "tick"))
    else:
        parts.append(svg.text(scale(0), y, "possibly none recorded", "tick"))
    text = f"at least {words.share(low)} not recorded" if low > 0 else "possibly all recorded"
    parts.append(svg.text(scale(1), y, text, "tick", "end"))
    if not frame.is_narrow and open_until - surely > frame.width / 2:
        middle = (max(surely, frame.width / 4) + open_until) / 2
        parts.append(
            svg.text(
                middle, y, "hatched: recorded or not, the interval holds both", "tick", "middle"
            )
        )
    return svg.join(parts)


def _onward(
    hub: str, scale: Linear, marked: float, top: float, pattern: str, *, is_told_above: bool
) -> Markup:
    """Say that nothing is known of what was recorded, from there on."""
    label = "Sent on or kept: cannot tell"
    why = (
        "these are all goods, not only those above"
        if is_told_above
        else f"{hub}’s exports by product are not loaded"
    )
    rows = [(label, "warn-label"), (why, "warn-note")]
    return (
        svg.join(
            [
                svg.element(
                    "path",
                    d=f"M{svg.number(scale(0))},{svg.number(top - 8)}v6H{svg.number(marked)}v-6",
                    class_="bracket",
                ),
                svg.filled(scale(0), top + 6, marked - scale(0), 14, pattern),
                *(
                    svg.text(scale(0), top + 38 + 18 * i, text, class_)
                    for i, (text, class_) in enumerate(rows)
                ),
            ]
        )
        if marked > scale(0)
        else svg.join(())
    )
