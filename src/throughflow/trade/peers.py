"""Goods on no list, traded with the same hubs in the same window: placebos of the real window."""

from __future__ import annotations

import hashlib
from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from throughflow.reference import control_lists
from throughflow.reference.control_lists import ControlList, ListEntry
from throughflow.trade import goods
from throughflow.trade import panel as panels

if TYPE_CHECKING:
    from collections.abc import Sequence

    from throughflow.trade.completeness import MonthlyCompleteness
    from throughflow.trade.counterfactual import Panel
    from throughflow.trade.goods import Goods
    from throughflow.trade.request import Request
    from throughflow.trade.series import Series
    from throughflow.warehouse import Warehouse

# More goods than these add time, not resolution; the choice is by a hash, so that it never moves.
MOST = 400
FEWEST = 20


@dataclass(frozen=True, slots=True)
class Peers:
    """Never-restricted goods and their recorded trade, on the grid of the question's panel."""

    goods: Goods
    panel: Panel


def read(
    warehouse: Warehouse,
    request: Request,
    series: Series,
    chosen: Goods,
    months: MonthlyCompleteness,
    panel: Panel,
    codes: Sequence[str],
) -> Peers | None:
    """Read goods on no list that ships, nor on the question's, as if restricted with the others.

    Returns:
        The goods; None where the data hold fewer than `FEWEST` of them.
    """
    window = request.window
    dates = Counter(f.first_treated for f in chosen.families if f.reason == goods.TESTED)
    if series.is_total or window is None or not dates:
        return None
    listed = goods.join(
        control_lists.load(control_lists.ALL),
        list(codes),
        digits=series.digits,
        year=months.last.year,
        edition=series.edition,
    )
    free = sorted((code for code in chosen.unlisted if code not in listed), key=_drawn)[:MOST]
    if len(free) < FEWEST:
        return None
    found = goods.assemble(
        _as_list(free),
        codes,
        digits=series.digits,
        first=months.first,
        last=window.last,
        window=series.calendar.span(window),
        treat_from=series.calendar.start(dates.most_common(1)[0][0]),
        whole_codes_only=False,
        calendar=series.calendar,
        edition=series.edition,
    )
    trade = panels.read(warehouse, request, series, found, months, window)
    if (trade.reporters, trade.partners) != (panel.reporters, panel.partners):
        trade = panels.on_grid(trade, panel)
    return Peers(found, replace(trade, unrestricted=panel.unrestricted))


def _drawn(code: str) -> bytes:
    return hashlib.sha256(code.encode()).digest()


def _as_list(codes: Sequence[str]) -> ControlList:
    return ControlList(
        name="never-restricted",
        title="Goods on no list",
        nomenclature="",
        edition=None,
        legal_reference="",
        source="",
        licence="",
        entries=tuple(
            ListEntry(
                code=code,
                category="",
                tier="",
                restricted_from=None,
                wind_down_until=None,
                is_part_of_code=False,
                price_limit_eur=None,
            )
            for code in sorted(codes)
        ),
    )
