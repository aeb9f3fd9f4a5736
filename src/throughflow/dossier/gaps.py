"""What cannot be told, what must be said in every dossier, and what it would take to know."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from throughflow.dossier import words
from throughflow.dossier.model import CannotTell
from throughflow.evidence import verdict
from throughflow.reference import countries, memberships
from throughflow.trade import counterfactual, excess, finding, goods
from throughflow.trade import study as studies

if TYPE_CHECKING:
    from collections.abc import Sequence

    from throughflow.dossier.model import WhereItWent
    from throughflow.dossier.price_check import LegPrice
    from throughflow.trade.finding import Row
    from throughflow.trade.study import Study

REMEDIES = {
    goods.MISSING_MEMBERS: "Load the predecessor and successor codes of these families",
    goods.RESTRICTED_BEFORE_DATA: "Load the year before these goods were first restricted",
    studies.INCOMPLETE_REPORTER: "Load a later edition of this exporter's data",
    studies.NOT_COVERED: "Ask the publisher for these pairs and codes",
}


def recorded_total(study: Study, hub: int, *, base: bool = False) -> float:
    """Return all listed goods recorded to a destination in the window, or in the base window."""
    window = study.base if base else study.window
    panel = study.panel
    chosen = (panel.cell // len(panel.families) % len(panel.partners)) == hub
    first, last = study.calendar.span(window)
    inside = (panel.month >= first) & (panel.month <= last)
    return float(panel.value[chosen & inside].sum())


def cannot_tell(
    study: Study,
    hub: int,
    cells: Sequence[Row],
    went: WhereItWent | None = None,
    *,
    has_second: bool = False,
    prices: LegPrice | None = None,
) -> tuple[CannotTell, ...]:
    """List what the data cannot tell about one hub, with the value it affects.

    Args:
        study: What was read.
        hub: Position of the hub.
        cells: Its rows at the finest level.
        went: Where the excess went, product by product; None where that is not told.
        has_second: Whether the hub's own exports to the target are told by product.
        prices: Prices of what was sent; None where none can be told.
    """
    whole = recorded_total(study, hub)
    found = []
    actual, _ = counterfactual.cell_sums(
        study.panel, study.design.start, np.full_like(study.design.start, study.design.last)
    )
    for reason, mask in excess.untestable(study).items():
        value = float(actual[:, hub][mask[:, hub]].sum())
        n = int((mask[:, hub] & (actual[:, hub] > 0)).sum())
        if n:
            found.append(_gap(reason, reason, value, whole, n, REMEDIES.get(reason, "")))
    told = [r for r in cells if r.kind != finding.NOT_TESTABLE and r.verdict == verdict.CANNOT_TELL]
    wide = [r for r in told if r.high is not None]
    bare = [r for r in told if r.high is None]
    if bare:
        found.append(
            _gap(
                "no interval",
                "too few placebo values in the class of these cells",
                sum(r.actual for r in bare),
                whole,
                len(bare),
                "Longer history",
            )
        )
    if wide:
        found.append(
            _gap(
                "interval too wide",
                "single exporter × product cells swing so much in quiet times that neither "
                "“no excess” nor “an excess of half the expected value” can be ruled out; "
                "their totals are still tested",
                sum(r.actual for r in wide),
                whole,
                len(wide),
                "Longer history, or other destinations of the same goods (rung A)",
            )
        )
    late = [f for f in study.goods.families if f.reason == goods.NOT_YET_RESTRICTED]
    if late:
        positions = [study.goods.families.index(f) for f in late]
        chosen = np.isin(study.panel.cell % len(study.panel.families), positions)
        hub_of = study.panel.cell // len(study.panel.families) % len(study.panel.partners)
        months = np.isin(study.panel.month, np.arange(study.span[0], study.span[1] + 1))
        value = float(study.panel.value[chosen & months & (hub_of == hub)].sum())
        found.append(
            _gap(
                goods.NOT_YET_RESTRICTED,
                f"{len(late)} families of the list were restricted only after the window and are "
                "left out of every total",
                value,
                whole,
                None,
                "Choose a later window",
            )
        )
    before = _recorded_before_own_date(study, hub)
    if before > 0:
        found.append(
            _gap(
                "months before a good's own date",
                "goods restricted during the window count only from their own month",
                before,
                whole,
                None,
                "",
            )
        )
    found += _without_value(study, prices, _road_onwards(went, has_second=has_second))
    return tuple(found)


def _recorded_before_own_date(study: Study, hub: int) -> float:
    panel = study.panel
    family = panel.cell % len(panel.families)
    hub_of = panel.cell // len(panel.families) % len(panel.partners)
    first = study.span[0]
    counted = np.array([f.reason != goods.NOT_YET_RESTRICTED for f in study.goods.families])
    inside = (
        (hub_of == hub)
        & counted[family]
        & (panel.month >= first)
        & (panel.month < study.design.start[family])
        & (panel.month <= study.design.last)
    )
    return float(panel.value[inside].sum())


def _gap(
    what: str, why: str, value: float, whole: float, cells: int | None, remedy: str
) -> CannotTell:
    return CannotTell(what, why, value, value / whole if whole > 0 else None, cells, remedy)


def _road_onwards(went: WhereItWent | None, *, has_second: bool) -> CannotTell:
    """Say what is not known of the way from the hub to the target."""
    if went is not None:
        return CannotTell(
            "whether the same goods went on",
            "both sides record the same codes, and no statistics follow a good through a hub; what "
            "went on is known as a most, not as an amount",
            went.total.adjusted.reexported_most.value,
            None,
            None,
            "Declarations of single shipments",
        )
    if has_second:
        return CannotTell(
            "what arrived",
            "the hub's own imports by product are not in the data, so what went on cannot be set "
            "against what came",
            None,
            None,
            None,
            "Load the hub's monthly imports by product",
        )
    return CannotTell(
        "the road onwards",
        "the hub's own exports by product to the target are not in the data",
        None,
        None,
        None,
        "Load the hub's or the target's monthly trade by product",
    )


def _price_or_quantity(prices: LegPrice | None) -> CannotTell:
    """Say what is not known of prices: nothing is, or those of some goods are not."""
    name, remedy = "price or quantity", "Load data with net weights"
    if prices is None:
        return CannotTell(
            name,
            "the data hold values only; whether more goods or dearer goods were sent is unknown",
            None,
            None,
            None,
            remedy,
        )
    return CannotTell(
        name,
        f"prices can be told of {words.share(prices.told_share or 0.0)} of the value sent; of the "
        "rest whether more goods or dearer goods were sent is unknown, and of all goods whether "
        "the mix under a code changed",
        None,
        None,
        None,
        remedy,
    )


def _without_value(study: Study, prices: LegPrice | None, onwards: CannotTell) -> list[CannotTell]:
    found = [
        _price_or_quantity(prices),
        onwards,
        CannotTell(
            "firms",
            "trade statistics do not name them; the parties witness has not been asked",
            None,
            None,
            None,
            "",
        ),
    ]
    if study.goods.unobservable:
        n = len(study.goods.unobservable)
        found.insert(
            0,
            CannotTell(
                "listed codes that the data never asked for",
                f"{n} codes of the list are represented by no code in the data",
                None,
                None,
                n,
                "Ask the publisher for these codes",
            ),
        )
    return found


def limits(
    study: Study, hub: str, *, has_second: bool = False, prices: LegPrice | None = None
) -> tuple[str, ...]:
    """Return what every dossier must say about itself."""
    hubs = memberships.candidate_hubs(target=study.request.target)
    absent = [code for code in hubs if code not in study.panel.partners]
    target = countries.name(study.request.target)
    senders = words.exporters(study.panel.reporters, study.window.last)
    absent_words = (
        f"Hubs that are not in the data: {words.names(absent)}."
        if absent
        else "All candidate hubs are in the data."
    )
    origin = (
        "The state that declares an export is not always the state the goods come from, and "
        f"{countries.name(hub)} as declared destination is not always where they went."
    )
    onwards = (
        f"What {countries.name(hub)} records as exported to {target} is shown by code. No finding "
        f"here says that the same goods reached {target}: statistics do not follow a good."
        if has_second
        else f"No finding here says that goods reached {target}: that leg is not in the data."
    )
    nature = (
        "A finding speaks of risk and of evidence in trade statistics. It says nothing about any "
        "firm, and it does not say that any law was broken."
    )
    compliance = (
        "For compliance: which restrictions bind the reader depends on the jurisdiction of the "
        "exporter, the goods, the currency and the persons involved. The list used here is "
        f"{study.goods.control_list.title}."
    )
    return (
        f"Exporters covered: {senders}. Exports of other coalition states are not in it.",
        absent_words,
        origin,
        "Publishers suppress confidential codes; a suppressed export is not in the figures.",
        "Prices could not be checked: the data hold values, not weights."
        if prices is None
        else "Prices are unit values, value over weight or pieces: they move as well when the mix "
        "of goods under a code does.",
        onwards,
        nature,
        compliance,
    )
