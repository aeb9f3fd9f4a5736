"""One question, one answer: what the command line, the Python API and the report card all call."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from throughflow.trade import excess as rows_of
from throughflow.trade import onward
from throughflow.trade import study as studies

if TYPE_CHECKING:
    from throughflow.trade.finding import Row
    from throughflow.trade.onward import Onward
    from throughflow.trade.request import Request
    from throughflow.trade.study import Study
    from throughflow.warehouse import Warehouse


@dataclass(frozen=True, slots=True)
class Answer:
    """The excess table of a question, with what it was computed from.

    Attributes:
        study: Everything read for the question.
        leg: The hubs' own exports to the target; None where they are not recorded.
        rows: The table, largest excess first.
    """

    study: Study
    leg: Onward | None
    rows: list[Row]


def excess(warehouse: Warehouse, request: Request, *, minimum: float = 0.0) -> Answer:
    """Compute the excess table of a question.

    Args:
        warehouse: Where the data are.
        request: The question.
        minimum: Leave out rows whose actual and base values are both below this amount.

    Raises:
        InputError: An unknown country, list or currency.
        DataError: No loaded dataset can answer.
    """
    study = studies.build(warehouse, request)
    leg = None
    if "product" in request.by:
        leg = onward.read(warehouse, study, rows_of.hubs_of(study))
    return Answer(study, leg, rows_of.rows(study, minimum=minimum, leg=leg))
