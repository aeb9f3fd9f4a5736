"""Where the excess went, product by product, where the hub's own records tell it.

Most data hold one side only. Whether both are there, or weights or unlisted codes on the one, is
asked first of the index of what is recorded, so that a dossier without them does not pay for it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from throughflow.dossier import neighbour_check, price_check
from throughflow.dossier.model import Sender, WhereItWent
from throughflow.errors import DataError, InputError, UsageError
from throughflow.reference import countries
from throughflow.trade import decompose, excess, onward
from throughflow.trade.decompose import leg_sources, legs, misdeclared, unit_values
from throughflow.trade.decompose.leg_sources import ARRIVED, FORWARDED, SENT, WORDS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from throughflow.dossier.neighbour_check import NeighbourCheck
    from throughflow.dossier.price_check import PriceCheck
    from throughflow.trade.decompose.decomposition import Decomposition, FamilySplit
    from throughflow.trade.decompose.leg_sources import LegSource
    from throughflow.trade.onward import Onward
    from throughflow.trade.request import Request
    from throughflow.trade.study import Study
    from throughflow.warehouse import Warehouse

    FloatArray = NDArray[np.float64]

# A dossier holds what its page can show; the verb decompose holds them all.
MOST_FAMILIES = 60
NOT_RECORDED = "not recorded by product in the data: cannot tell which goods"


@dataclass(frozen=True, slots=True)
class Told:
    """What the recorded legs of one hub tell, product by product.

    Attributes:
        went: Where the excess went; None where a leg is not told.
        reason: Why there is none; empty where there is one.
        prices: Unit values on each leg.
        neighbours: Unlisted codes next to the listed ones.
    """

    went: WhereItWent | None
    reason: str
    prices: PriceCheck
    neighbours: NeighbourCheck

    @property
    def datasets(self) -> tuple[str, ...]:
        """Datasets that tell any of it."""
        priced = (leg.dataset for leg in self.prices.legs if not leg.reason)
        return tuple(dict.fromkeys((*(self.went.datasets if self.went else ()), *priced)))


def of(warehouse: Warehouse, study: Study, hub: str, command: str) -> Told:
    """Decompose the excess of one hub for its dossier.

    Args:
        warehouse: Where the records are.
        study: What the dossier was read from.
        hub: The hub, ISO alpha-2.
        command: The command that prints all of it, but for what exports are compared with.
    """
    if study.series.is_total:
        return _untold("the question is about all goods together: cannot tell which goods")
    # The same record of exports as the rest of the dossier.
    request = replace(
        study.request, window=study.window, base=study.base, dataset=study.series.dataset
    )
    reason = ""
    try:
        level, sources, _ = leg_sources.choose(
            warehouse, hub, request.target, legs.listed_hs6(request), dataset=request.dataset
        )
        lacking = [WORDS[leg] for leg in (SENT, ARRIVED, FORWARDED) if leg not in sources]
        if lacking:
            reason = f"{NOT_RECORDED}. Missing: {'; '.join(lacking)}"
            if not _tells_more_than_values(warehouse, request, sources):
                return _untold(reason, unit_values.NO_WEIGHTS, misdeclared.NOT_IN_DATA)
        # A counterfactual of eight-digit codes says nothing of families of six.
        is_same_level = level == study.series.digits and not lacking
        expectation = decompose.expectation(study, hub) if is_same_level else None
        found = decompose.of(warehouse, request, hub, expectation=expectation)
    except (DataError, InputError, UsageError) as error:
        return _untold(reason or f"cannot tell which goods: {error.what}", *[error.what] * 2)
    first = found.results[0]
    if not reason and not first.total.families:
        reason = f"cannot tell which goods: {first.total.reason}"
    went = None if reason else _shown(study, hub, found, command, has_senders=is_same_level)
    return Told(went, reason, price_check.of(found), neighbour_check.of(found.misdeclared))


def _untold(reason: str, prices: str = "", neighbours: str = "") -> Told:
    return Told(
        None, reason, price_check.nothing(prices or reason),
        neighbour_check.nothing(neighbours or reason),
    )  # fmt: skip


def _tells_more_than_values(
    warehouse: Warehouse, request: Request, sources: Mapping[str, LegSource]
) -> bool:
    """Tell whether weights are recorded on a leg, or unlisted codes are among the exports."""
    if any(sources[leg].measured for leg in (SENT, ARRIVED, FORWARDED) if leg in sources):
        return True
    if SENT not in sources or request.window is None:
        return False
    sent = sources[SENT]
    codes, listed = legs.listed_codes(warehouse, request, sent, request.window.last.year)
    return bool(misdeclared.unlisted_neighbours(codes, listed, sent.digits))


def second_leg(warehouse: Warehouse, study: Study) -> Onward | None:
    """Judge what hubs themselves record as exported to the target; None where none of them does."""
    hubs = excess.hubs_of(study)
    listed = legs.listed_hs6(study.request)
    if study.series.is_total or not leg_sources.recording(
        warehouse, hubs, study.request.target, listed
    ):
        return None
    return onward.read(warehouse, study, hubs)


def datasets(warehouse: Warehouse, request: Request, hub: str) -> tuple[str, ...]:
    """Return the datasets that tell the legs of a hub, none where none does."""
    try:
        _, sources, _ = leg_sources.choose(
            warehouse, hub, request.target, legs.listed_hs6(request), dataset=request.dataset
        )
    except InputError:
        return ()
    return tuple(sorted({source.dataset for source in sources.values()}))


def is_told(row: FamilySplit) -> bool:
    """Tell whether a family is part of the total: it is told on every leg."""
    return row.excess_sent.value is not None and row.adjusted.absorbed_least.value is not None


def _shown(
    study: Study, hub: str, found: Decomposition, command: str, *, has_senders: bool
) -> WhereItWent:
    first = found.results[0]
    rows = first.rows
    told = {row.family for row in rows if is_told(row)}
    excess = first.total.excess_sent.value or 0.0
    senders = _senders(study, hub, told) if has_senders else ()
    return WhereItWent(
        basis=first.basis,
        other_bases=tuple(result.basis for result in found.results[1:]),
        total=first.total,
        rows=rows[:MOST_FAMILIES],
        families_more=max(len(rows) - MOST_FAMILIES, 0),
        senders=senders,
        sent_elsewise=excess - sum(sender.excess for sender in senders),
        left_out=first.left_out,
        window=found.window,
        base=found.base,
        months_left_out=found.months_left_out,
        expected_by=found.expected_by,
        meaning=found.meaning,
        noise=first.noise,
        notes=found.notes,
        datasets=tuple(sorted({leg.dataset for leg in found.legs if leg.dataset})),
        command=f"{command} --expected {found.expected_by}",
    )


def _senders(study: Study, hub: str, told: set[str]) -> tuple[Sender, ...]:
    """Return each exporter's excess over the families that are told on every leg."""
    at = study.panel.partners.index(hub)
    real = study.real
    chosen = np.array([family in told for family in study.panel.families])
    counted = real.usable[:, at] & chosen[None, :]
    beyond: FloatArray = np.where(
        counted, real.actual[:, at] - real.expected(study.rungs[0])[:, at], 0.0
    ).sum(axis=1)
    traded: Sequence[bool] = counted.any(axis=1).tolist()
    made = [
        Sender(code, countries.name(code), float(value))
        for code, value, has_any in zip(study.panel.reporters, beyond, traded, strict=True)
        if has_any
    ]
    return tuple(sorted(made, key=lambda sender: (-sender.excess, sender.code)))
