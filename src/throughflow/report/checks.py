"""What else a finding is held against: prices, neighbouring codes, donors."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from throughflow.report import donors, neighbours, prices

if TYPE_CHECKING:
    from throughflow.dossier.model import Dossier


def context(d: Dossier) -> dict[str, Any]:
    """Return what the page sets of each: a table, or the sentence that says why there is none."""
    return {
        "prices": prices.figure(d),
        "price_heads": prices.heads(d),
        "price_lines": prices.lines(d),
        "neighbours": neighbours.figure(d),
        "neighbour_lines": neighbours.shown(d),
        "goods_unchecked": untold(d),
        "donors": donors.figure(d),
        "donor_lines": donors.lines(d),
        "donor_command": donors.command(d),
        "donor_others": donors.others(d),
        "no_donors": donors.untold(d),
    }


def untold(d: Dossier) -> str:
    """Say of prices and of neighbouring codes why they cannot be told; empty where both can."""
    return " ".join(filter(None, (prices.untold(d), neighbours.untold(d))))
