"""The level of restricted goods on both legs of every hub in one window, against the margin."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from throughflow.dossier.saydo import rule
from throughflow.dossier.saydo.model import FIRST_LEG, SECOND_LEG, LegLevel, MissingLeg
from throughflow.reference import countries, fx
from throughflow.trade import excess, finding, goods_mean, onward
from throughflow.trade import study as studies
from throughflow.trade.decompose import leg_sources, legs

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from throughflow.model.periods import Window
    from throughflow.reference.saydo_rules import SayDoRules
    from throughflow.trade.goods_mean import GoodsMean
    from throughflow.trade.request import Request
    from throughflow.trade.study import Study
    from throughflow.warehouse import Warehouse


@dataclass(frozen=True, slots=True)
class Margin:
    """The smallest excess that matters.

    Attributes:
        share: Share of the expected value.
        floor_eur: The least it can be, euros a month.
        confidence: Confidence of the intervals it is held against.
        borne_out: How many margins the best estimate of a total must exceed for the mean over goods
            to be believed.
    """

    share: float
    floor_eur: float
    confidence: float
    borne_out: float

    @classmethod
    def declared(cls, rules: SayDoRules, share: float | None = None) -> Margin:
        """Return the margin of an edition of the rules, or another share of the expected value."""
        return cls(
            rules.margin_share if share is None else share,
            rules.margin_floor_eur,
            rules.confidence,
            rules.borne_out,
        )

    def floor(self, window: Window, currency: str) -> float:
        """Return the least the margin can be over a window, in a currency."""
        return self.floor_month(window.months()[len(window) // 2], currency) * len(window)

    def floor_month(self, month: date, currency: str) -> float:
        """Return the least the margin can be in a month, in a currency."""
        return self.floor_eur * float(fx.rate(currency, month))

    def of(self, expected: float, window: Window, currency: str) -> float:
        """Return the margin of an expected value over a window."""
        return max(self.share * expected, self.floor(window, currency))


@dataclass(frozen=True, slots=True)
class Levels:
    """Both legs of every hub in one window.

    Attributes:
        first: Level of each hub on the first leg, or why there is none.
        second: The same on the second.
    """

    first: Mapping[str, LegLevel | MissingLeg]
    second: Mapping[str, LegLevel | MissingLeg]


def read(
    warehouse: Warehouse, request: Request, hubs: Sequence[str], margin: Margin
) -> tuple[Study, Levels]:
    """Read both legs of some hubs in the window of a request.

    Args:
        warehouse: Where the data are.
        request: The question, with its window.
        hubs: Hubs to tell; they are no donors.
        margin: What to hold the excess against.

    Returns:
        The study of the first leg, large and not needed for the levels, and the levels.

    Raises:
        DataError: The data cannot answer for that window.
    """
    study = studies.build(warehouse, replace(request, partners=tuple(hubs), by=()))
    return study, of_study(warehouse, study, hubs, margin)


def of_study(warehouse: Warehouse, study: Study, hubs: Sequence[str], margin: Margin) -> Levels:
    """Read both legs of some hubs in the window of a study, in which none of them is a donor."""
    return Levels(_first(study, hubs, margin), _second(warehouse, study, hubs, margin))


def _first(study: Study, hubs: Sequence[str], margin: Margin) -> dict[str, LegLevel | MissingLeg]:
    # The hubs that show how far a hub strays are all of them, whoever is asked about.
    everyone = replace(study, request=replace(study.request, partners=()))
    shown = sorted({*excess.hubs_of(everyone), *(h for h in hubs if h in study.panel.partners)})
    places = [study.panel.partners.index(hub) for hub in shown]
    rung = study.rungs[0]
    mean = goods_mean.measure(
        goods_mean.goods_of(study.real, rung, places, 1),
        [goods_mean.goods_of(fake, rung, places, 1) for fake in study.fake_dates],
        margin.confidence,
    )
    rows = {
        row.partner: row
        for row in excess.rows(
            replace(study, request=replace(study.request, partners=tuple(shown)))
        )
        if row.kind != finding.NOT_TESTABLE
    }
    found: dict[str, LegLevel | MissingLeg] = {}
    for hub in hubs:
        row = rows.get(hub)
        if hub not in study.panel.partners:
            found[hub] = MissingLeg(
                FIRST_LEG, f"no exports to {countries.name(hub)} are in the data"
            )
        elif row is None or row.expected is None or not row.cells:
            found[hub] = MissingLeg(FIRST_LEG, "nothing recorded in these months can be tested")
        else:
            low = None if row.high is None else row.actual - row.high
            high = None if row.low is None else row.actual - row.low
            found[hub] = _level(
                study, FIRST_LEG, (row.actual, row.expected, low, high), row.reason,
                mean, shown.index(hub), margin,
            )  # fmt: skip
    return found


def _second(
    warehouse: Warehouse, study: Study, hubs: Sequence[str], margin: Margin
) -> dict[str, LegLevel | MissingLeg]:
    target = study.request.target
    everyone = replace(study, request=replace(study.request, partners=()))
    asked = tuple(sorted({*excess.hubs_of(everyone), *hubs}))
    missing = {
        hub: MissingLeg(
            SECOND_LEG,
            f"what {countries.name(hub)} itself records as exported to {countries.name(target)}, "
            "by product and month, is not in the data",
        )
        for hub in hubs
    }
    if study.series.is_total:
        return dict(missing)
    recorded = leg_sources.recording(warehouse, asked, target, legs.listed_hs6(study.request))
    missing |= {hub: _elsewhere(study, hub) for hub in hubs if hub in recorded}
    turned = onward.between(warehouse, study, asked, (target,)) if recorded else None
    if turned is None:
        return dict(missing)
    rung = turned.rungs[0]
    senders = turned.panel.reporters
    places = list(range(len(senders)))
    real = goods_mean.goods_of(turned.real, rung, places, 0)
    fakes = [goods_mean.goods_of(fake, rung, places, 0) for fake in turned.fake_dates]
    mean = goods_mean.measure(real, fakes, margin.confidence)
    found: dict[str, LegLevel | MissingLeg] = dict(missing)
    for hub in hubs:
        if hub not in senders:
            continue
        at = senders.index(hub)
        silent = _silent_months(turned, at)
        if silent:
            found[hub] = MissingLeg(
                SECOND_LEG,
                f"{countries.name(hub)} records nothing in {', '.join(silent)}, after recording "
                "something in every month of the year before: months may be missing",
            )
            continue
        actual, expected = float(real.actual[at].sum()), float(real.expected[at].sum())
        if actual <= 0 and expected <= 0:
            continue
        ends: tuple[float | None, float | None] = (None, None)
        factor = float(mean.total_factor[at])
        if expected > 0 and np.isfinite(factor):
            ends = (actual - expected * factor, actual - expected / factor)
        found[hub] = _level(
            turned, SECOND_LEG, (actual, expected, *ends), "no fake date fits into the data",
            mean, at, margin,
        )  # fmt: skip
    return found


def _silent_months(turned: Study, sender: int) -> list[str]:
    """List the months of the window in which a hub that always recorded something does not.

    A hub that stopped publishing would else read as one that stopped exporting.
    """
    panel = turned.panel
    own = panel.cell // (panel.shape[1] * panel.shape[2]) == sender
    recorded = set(panel.month[own & (panel.value > 0)].tolist())
    first, last = turned.span
    begins = int(turned.design.mask[turned.design.tested].min())
    if not recorded.issuperset(range(begins - panel.per_year, begins)):
        return []
    return [
        turned.calendar.shown(turned.calendar.start(month))
        for month in range(first, last + 1)
        if month not in recorded
    ]


def _elsewhere(study: Study, hub: str) -> MissingLeg:
    """Say why a leg that some dataset records is not told."""
    return MissingLeg(
        SECOND_LEG,
        f"what {countries.name(hub)} itself records as exported to "
        f"{countries.name(study.request.target)} is in the data, but not in dataset "
        f"{study.series.dataset} with a past to compare with",
    )


def _level(
    study: Study,
    leg: str,
    value: tuple[float, float, float | None, float | None],
    no_interval: str,
    mean: GoodsMean,
    at: int,
    margin: Margin,
) -> LegLevel | MissingLeg:
    """Put one hub's total and its mean over goods against the margin."""
    actual, expected, low, high = value
    if low is None or high is None:
        return MissingLeg(leg, f"no interval: {no_interval}")
    currency = study.request.currency
    least = margin.of(expected, study.window, currency)
    multiples = [_number(column[at]) for column in (mean.multiple, mean.low, mean.high)]
    multiple, goods_low, goods_high = multiples
    told = None
    if multiple is not None and goods_low is not None and goods_high is not None:
        told = rule.Measure(*((one - 1) * expected for one in (multiple, goods_low, goods_high)))
    return LegLevel(
        leg=leg,
        dataset=study.series.dataset,
        rung=study.rungs[0],
        actual=actual,
        expected=expected,
        excess=actual - expected,
        excess_low=low,
        excess_high=high,
        goods=int(mean.count[at]),
        goods_multiple=multiple,
        goods_low=goods_low,
        goods_high=goods_high,
        margin=least,
        # The interval reaches down from the best estimate as far wherever that lies.
        told_from=least + (actual - expected - low),
        place=rule.place(rule.Measure(actual - expected, low, high), told, least, margin.borne_out),
    )


def _number(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None
