"""Other explanations of an excess: what was checked, what it showed, what could not be checked."""

from __future__ import annotations

from statistics import mean
from typing import TYPE_CHECKING

from throughflow.dossier import words
from throughflow.dossier.model import Alternative
from throughflow.errors import InputError
from throughflow.evidence import verdict
from throughflow.model.periods import month_number
from throughflow.reference import countries, fx
from throughflow.trade import counterfactual, goods
from throughflow.trade import panel as panels

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from throughflow.dossier.price_check import LegPrice
    from throughflow.trade.breaks import Break
    from throughflow.trade.event_study import EventStudy
    from throughflow.trade.finding import Row
    from throughflow.trade.study import Study
    from throughflow.trade.without_donors import Donors

FOUND = "checked and found"
NOT_FOUND = "checked and not found"
UNCHECKED = "could not be checked"
# An explanation that moves the excess by less than this share is called not found.
NOTABLE = 0.1
LARGEST = 3


def check(
    study: Study,
    total: Row,
    families: Sequence[Row],
    broke: Break | None,
    dated: EventStudy | None,
    lags: Mapping[int, float],
    *,
    prices: LegPrice | None = None,
    donors: Donors | None = None,
) -> tuple[Alternative, ...]:
    """Check every explanation that the data allow.

    Args:
        study: What was read.
        total: The hub's total.
        families: Its rows by family.
        broke: Break month of its series.
        dated: Leads and lags around the goods' own dates.
        lags: Unrecorded share of all goods by lag in months between export and import.
        prices: Prices of what was sent; None where none can be told.
        donors: The expectation without single donors; None where it has none.
    """
    hub = study.panel.partners.index(total.partner)
    return (
        _growth(study, total, hub),
        _few_deliveries(total, families),
        _recoding(study),
        _incomplete(study),
        _timing(study, broke),
        _moved_before(dated),
        _currency(study),
        _lag(lags),
        Alternative(
            "Seasons",
            NOT_FOUND,
            "the counterfactual uses each hub's own calendar profile, and every comparison is "
            "between the same months",
        ),
        _dearer(prices, total.currency),
        *(() if donors is None else (_one_donor(donors),)),
        Alternative(
            "Goods that used to arrive through distributors in the target and now come directly",
            UNCHECKED,
            "needs the hub's imports from the target by product",
        ),
        Alternative(
            "Transit that is declared as export to the hub",
            UNCHECKED,
            "needs the hub's imports by product, by origin and by consignment",
        ),
        Alternative(
            "A new plant or a single investment project",
            UNCHECKED,
            "needs knowledge of the country; look first at the families in the table above",
        ),
    )


def _dearer(prices: LegPrice | None, currency: str) -> Alternative:
    """Tell how much of what was sent beyond the base months is price."""
    name = "Dearer goods rather than more goods"
    if prices is None or prices.excess is None or prices.price is None:
        return Alternative(name, UNCHECKED, "needs net weights, which the data do not hold")
    told = f"prices can be told of {words.share(prices.told_share or 0.0)} of the value sent"
    if prices.excess <= 0:
        return Alternative(
            name, NOT_FOUND, f"{told}; of these goods no more was sent than in the base months"
        )
    part = prices.price / prices.excess
    return Alternative(
        name,
        FOUND if part >= NOTABLE else NOT_FOUND,
        f"{told}; against the base months {words.amount(prices.excess, currency)} more of these "
        f"goods was sent, of which {words.amount(prices.price, currency)} is a change of unit "
        "values",
    )


def _one_donor(donors: Donors) -> Alternative:
    """Tell whether the headline hangs on one destination it is compared with."""
    moved = max(abs(donors.excess_least - donors.excess), abs(donors.excess_most - donors.excess))
    crosses = donors.excess_least <= 0 < donors.excess
    return Alternative(
        "One destination that the comparison hangs on",
        FOUND if crosses or moved >= NOTABLE * abs(donors.excess) else NOT_FOUND,
        f"without one of the {donors.left_out} weightiest of {len(donors.donors)} donors the "
        f"excess is between {words.amount(donors.excess_least, donors.currency)} and "
        f"{words.amount(donors.excess_most, donors.currency)}",
    )


def _moved_before(dated: EventStudy | None) -> Alternative:
    """Tell whether trade was on its way already before the goods were restricted."""
    name = "Trade that was growing before the restrictions"
    if dated is None:
        return Alternative(name, UNCHECKED, "the past is too short for leads and lags")
    test = dated.pre_trend
    outcome = {
        verdict.TREND: FOUND,
        verdict.SMALL_TREND: FOUND,
        verdict.NO_TREND: NOT_FOUND,
        verdict.CANNOT_TELL: UNCHECKED,
    }[test.state]
    return Alternative(name, outcome, f"{test.reason}; month by month: throughflow dates")


def _growth(study: Study, total: Row, hub: int) -> Alternative:
    name = f"{countries.name(total.partner)} buys more of everything"
    if total.rung == "C" or study.panel.unrestricted is None:
        return Alternative(name, UNCHECKED, "needs totals of all goods by month")
    before, after = counterfactual.pair_trade(
        study.panel,
        month_number(study.window.first),
        int(study.design.mask[study.design.tested].min()),
        month_number(study.window.last),
    )
    growth = float(after[:, hub].sum() / before[:, hub].sum()) - 1 if before[:, hub].any() else 0.0
    grew = f"unrestricted goods changed by {words.share(growth)} over the same months"
    if not total.excess_c or total.excess is None:
        return Alternative(name, FOUND, grew)
    if not 0 <= total.excess <= total.excess_c:
        return Alternative(
            name,
            NOT_FOUND,
            f"{grew}; the headline sets restricted goods against that, and the past alone would "
            f"leave an excess of {words.amount(total.excess_c, total.currency)}",
        )
    part = 1 - total.excess / total.excess_c
    state = FOUND if abs(part) >= NOTABLE else NOT_FOUND
    return Alternative(
        name,
        state,
        f"{grew}; taking that as the measure accounts for {words.share(part)} of the excess over "
        "the past alone, and is already taken off the headline",
    )


def _few_deliveries(total: Row, families: Sequence[Row]) -> Alternative:
    name = "A few large deliveries, such as aircraft or engines"
    positive = sorted((r.excess for r in families if r.excess and r.excess > 0), reverse=True)
    if not positive or not total.excess or total.excess <= 0:
        return Alternative(name, NOT_FOUND, "no family stands out")
    largest = sum(positive[:LARGEST])
    part = largest / sum(positive)
    state = FOUND if part > 1 / 3 else NOT_FOUND
    return Alternative(
        name,
        state,
        f"the {LARGEST} families with the largest excess hold {words.share(part)} of all that "
        f"families show above expectation ({words.amount(largest, total.currency)})",
    )


def _recoding(study: Study) -> Alternative:
    lost = [f for f in study.goods.families if f.reason == goods.MISSING_MEMBERS]
    kept = [f for f in study.goods.families if f.id.endswith("+") and f.reason == goods.TESTED]
    return Alternative(
        "Re-classification of goods at the turn of a year",
        FOUND if lost else NOT_FOUND,
        f"{len(kept)} families were compared across editions as a whole; {len(lost)} have members "
        "that the data do not hold and are left out as cannot tell",
    )


def _incomplete(study: Study) -> Alternative:
    closed = [
        f"{countries.name(code)} {month:%B %Y}"
        for code in study.panel.reporters
        for month in panels.closed_months(study.months, code, study.window)
    ]
    name = "Months that are only partly reported"
    if not closed:
        return Alternative(name, NOT_FOUND, "every exporter's months look whole")
    return Alternative(
        name, FOUND, f"left out on both sides of the comparison: {', '.join(closed)}"
    )


def _timing(study: Study, broke: Break | None) -> Alternative:
    name = "A change that began before the restrictions"
    if broke is None:
        return Alternative(name, UNCHECKED, "no single change of level stands out in the series")
    before = broke.latest < study.request.treat_from
    when = f"{broke.month:%B %Y}"
    spread = f"{broke.earliest:%B %Y} to {broke.latest:%B %Y}"
    return Alternative(
        name,
        FOUND if before else NOT_FOUND,
        f"against its own season the series changed level in {when} (95 % range {spread}), to "
        f"{words.times(broke.factor)} what it was",
    )


def _lag(lags: Mapping[int, float]) -> Alternative:
    name = "Goods still on the road at the turn of the year"
    if 0 not in lags or len(lags) < 2:
        return Alternative(name, UNCHECKED, "needs monthly totals on the sending side")
    last = max(lags)
    moved = lags[0] - lags[last]
    return Alternative(
        name,
        FOUND if abs(moved) >= NOTABLE else NOT_FOUND,
        f"counting exports {last} months before imports moves the share not recorded on arrival "
        f"from {words.share(lags[0])} to {words.share(lags[last])}",
    )


def _currency(study: Study) -> Alternative:
    name = "Exchange rates"
    currency = study.request.currency
    if currency != "EUR":
        return Alternative(name, UNCHECKED, f"amounts were converted to {currency} month by month")
    try:
        now = mean(float(fx.rate("USD", m)) for m in study.window.months())
        then = mean(float(fx.rate("USD", m)) for m in study.base.months())
    except InputError:
        return Alternative(name, UNCHECKED, "no exchange rates for these months")
    change = then / now - 1
    return Alternative(
        name,
        FOUND if abs(change) >= NOTABLE else NOT_FOUND,
        f"a euro bought {words.share(abs(change))} {'less' if change > 0 else 'more'} in US "
        "dollars than in the base months, so goods priced in dollars would show "
        f"{'more' if change > 0 else 'fewer'} euros without any change in trade"
        + ("; unrestricted goods share this" if study.panel.unrestricted is not None else ""),
    )
