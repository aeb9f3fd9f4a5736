"""The network of one product from a study: every leg judged by the same counterfactual.

Exporters of the coalition are one node, since sums over them are judged more sharply than each
alone. Legs from hub to hub and from hubs to the target are what the hubs themselves record, in the
study's own dataset.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from throughflow.trade import excess, onward
from throughflow.trade.finding import ALL
from throughflow.trade.network.tables import from_rows
from throughflow.trade.request import LEVELS

if TYPE_CHECKING:
    from throughflow.trade.finding import Row
    from throughflow.trade.network.input import Network
    from throughflow.trade.onward import Onward
    from throughflow.trade.study import Study
    from throughflow.warehouse import Warehouse


def network(warehouse: Warehouse, study: Study, leg: Onward, family: str) -> Network | None:
    """Build the network of one product family.

    Args:
        warehouse: Where the data are.
        study: Exports of the coalition to the hubs.
        leg: The hubs' own exports to the target.
        family: Product family.

    Returns:
        The network, own supply of every hub unknown; None where flows between hubs are not
        recorded by product, or the product has no leg into the target.
    """
    hubs = excess.hubs_of(study)
    among = onward.between(warehouse, study, hubs, hubs)
    if among is None:
        return None
    first = replace(study, request=replace(study.request.at(("product",)), partners=hubs))
    rows = [
        row
        for one in (first, _whole(leg.study), _whole(among))
        for row in excess.rows(one)
        if row.family == family
    ]
    target = study.request.target
    if not any(row.partner == target for row in rows):
        return None
    return from_rows(rows, exporters=(ALL,), target=target)[0]


def _whole(leg: Study) -> Study:
    """Ask for every destination of a leg, by exporter and product."""
    return replace(leg, request=replace(leg.request.at(LEVELS), partners=leg.panel.partners))


def top_family(rows: list[Row]) -> str | None:
    """Return the family of which most can have gone on through its hub; None where none can.

    That is the smaller of both legs' excess, of rows by product whose second leg is told; all of
    the first, where the records fit a road through a second hub better.
    """
    both = {
        row.family: row.excess
        if row.onward_through
        else min(row.excess, row.onward_actual - row.onward_expected)
        for row in rows
        if row.excess is not None
        and row.onward_actual is not None
        and row.onward_expected is not None
    }
    told = {family: most for family, most in both.items() if most > 0}
    return max(told, key=lambda family: (told[family], family)) if told else None
