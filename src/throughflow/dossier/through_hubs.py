"""What can have reached the target through several hubs, of the product that stands out in one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from throughflow.trade import network
from throughflow.trade.network import of_study

if TYPE_CHECKING:
    from throughflow.trade.finding import Row
    from throughflow.trade.network.result import Flows
    from throughflow.trade.onward import Onward
    from throughflow.trade.study import Study
    from throughflow.warehouse import Warehouse

NO_LEG = "exports of hubs to the target are not recorded by product in the data of the exporters"
NO_PRODUCT = "of no product did both more arrive and more go on than expected"
NO_BETWEEN = "flows between hubs are not recorded by product in the data of the exporters"
NOTHING = "the recorded legs allow nothing of it to have gone on"


def of(
    warehouse: Warehouse, study: Study, leg: Onward | None, families: list[Row]
) -> tuple[Flows | None, str]:
    """Bound the flow of the product of which most can have gone on through the hub.

    Args:
        warehouse: Where the data are.
        study: What the dossier was read from.
        leg: The hubs' own exports to the target; None where they are not recorded.
        families: The hub's rows by product.

    Returns:
        Bounds and no reason, or none and the reason in words.
    """
    if leg is None:
        return None, NO_LEG
    family = of_study.top_family(families)
    if family is None:
        return None, NO_PRODUCT
    made = of_study.network(warehouse, study, leg, family)
    if made is None:
        return None, NO_BETWEEN
    found = network.solve([made])[0]
    if found.most.mid <= 0:
        return None, NOTHING
    return found, ""
