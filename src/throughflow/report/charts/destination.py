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


def draw(share: Share, hub: str, frame: Frame, name: str, title: str, description: str) -> Markup:
    """Draw the bar for one estimate.

    Args:
        share: The part not recorded on arrival, with its interval.
        hub: Name of the hub.
        frame: Which form.
        name: Unique on the page.
        title: Text alternative, short.
        description: Text alternative, long.
    """
    scale = Linear(0, 1, 1, frame.width - 1)
    low, middle, high = (
        min(max(v, 0.0), 1.0) for v in (share.share_low, share.share, share.share_high)
    )
    surely, open_until, marked = scale(1 - high), scale(1 - low), scale(1 - middle)
    top = 66.0
    bottom = top + BAR
    parts = [
        svg.hatch(f"{name}-o", "open-hatch", 8),
        svg.hatch(f"{name}-w", "warn-hatch"),
        svg.rect(scale(0), top, surely - scale(0), BAR, "arrived"),
        svg.filled(surely, top, open_until - surely, BAR, f"{name}-o"),
        svg.rect(open_until, top, scale(1) - open_until, BAR, "unrecorded"),
        svg.rect(scale(0), top, scale(1) - scale(0), BAR, "bar-edge"),
        svg.line(marked, top - 8, marked, bottom + 8, "estimate"),
        _above(frame, scale, marked, share),
        _axis(scale, bottom),
        _onward(hub, frame, scale, marked, bottom + 46, f"{name}-w"),
    ]
    return svg.figure(name, title, description, frame.width, bottom + 112, *parts)


def _above(frame: Frame, scale: Linear, marked: float, share: Share) -> Markup:
    left, right = (
        ("Recorded", "Not recorded")
        if frame.is_narrow
        else ("Recorded on arrival", "Not recorded on arrival")
    )
    estimate = f"best estimate {words.share(share.share)}"
    anchor = "start" if marked < frame.width / 2 else "end"
    shift = 6 if anchor == "start" else -6
    return svg.join(
        [
            svg.text(scale(0), 16, f"← {left}", "bar-label"),
            svg.text(scale(1), 16, f"{right} →", "bar-label", "end"),
            svg.line(marked, 36, marked, 58, "estimate-lead"),
            svg.text(
                marked + shift,
                46,
                f"{estimate} not recorded" if not frame.is_narrow else estimate,
                "bar-note",
                anchor,
            ),
        ]
    )


def _axis(scale: Linear, bottom: float) -> Markup:
    """Label shares not recorded, which grow from right to left like the part they measure."""
    parts = []
    for tick in (0.0, 0.25, 0.5, 0.75, 1.0):
        x = scale(1 - tick)
        parts.append(svg.line(x, bottom, x, bottom + 6, "axis"))
        anchor = {0.0: "end", 1.0: "start"}.get(tick, "middle")
        parts.append(svg.text(x, bottom + 21, words.share(tick), "tick", anchor))
    return svg.join(parts)


def _onward(
    hub: str, frame: Frame, scale: Linear, marked: float, top: float, pattern: str
) -> Markup:
    """Say that nothing is known of what was recorded, from there on."""
    label = "Sent on or kept: cannot tell"
    why = f"{hub}’s exports by product are not loaded"
    rows = [(label, "warn-label"), (why, "warn-note")]
    return svg.join(
        [
            svg.element(
                "path",
                d=f"M{svg.number(scale(0))},{svg.number(top - 8)}v6"
                f"H{svg.number(marked)}v-6",
                class_="bracket",
            ),
            svg.filled(scale(0), top + 6, marked - scale(0), 14, pattern),
            *(
                svg.text(scale(0), top + 38 + 18 * i, text, class_)
                for i, (text, class_) in enumerate(rows)
            ),
        ]
    ) if marked > scale(0) else svg.join(())
