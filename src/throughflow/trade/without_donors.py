"""Does a hub's expectation hang on one donor? Each is left out in turn, and all are published.

A good's course is learned from destinations that no restriction touches. Without a donor, its
trade from the treated months on takes no part; its past still does, as a hub's does.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from throughflow.errors import DataError
from throughflow.reference import countries
from throughflow.trade import triple

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from throughflow.trade.study import Study

    FloatArray = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class WithoutDonor:
    """What is expected of a hub without one donor.

    Attributes:
        donor: The donor left out, ISO alpha-2.
        name: Its name.
        share: Its share of what all donors bought of the tested goods in the window, 0 to 1.
        expected: Expected exports to the hub without it, in the question's currency.
        excess: Recorded minus that.
        undetermined: Part of the full expectation that the other donors do not determine; it is
            kept as it was.
    """

    donor: str
    name: str
    share: float
    expected: float
    excess: float
    undetermined: float


@dataclass(frozen=True, slots=True)
class Donors:
    """A hub's expectation, and how far it moves without each donor.

    Attributes:
        hub: The hub, ISO alpha-2.
        hub_name: Its name.
        target: The sanctioned state.
        window: The window.
        dataset: Dataset the exports come from.
        currency: ISO 4217.
        actual: Recorded exports of the tested goods to the hub.
        expected: Expected with all donors, on rung A.
        excess: Recorded minus expected.
        excess_least: Smallest excess without one donor.
        excess_most: Largest excess without one donor.
        donors: Each donor, the one that moves the excess most first.
    """

    hub: str
    hub_name: str
    target: str
    window: str
    dataset: str
    currency: str
    actual: float
    expected: float
    excess: float
    excess_least: float
    excess_most: float
    donors: tuple[WithoutDonor, ...]


def of(study: Study, hub: str) -> Donors:
    """Leave each donor out of a hub's expectation in turn.

    Args:
        study: What was read; on rung A.
        hub: The hub, ISO alpha-2.

    Raises:
        DataError: The data hold no exports to the hub, or do not carry rung A.
    """
    partners = study.panel.partners
    if hub not in partners:
        raise DataError(
            f"no exports to {countries.name(hub)} are in the data",
            where="HUB",
            remedy=f"Destinations in the data: {', '.join(partners)}",
        )
    if study.rungs[0] != "A":
        raise DataError(
            f"the expectation rests on rung {study.rungs[0]}, which has no donors",
            where=study.series.dataset,
            remedy="Load exports to other destinations and totals of all goods, by month",
        )
    if study.calendar.per_year == 1:
        raise DataError(
            f"dataset {study.series.dataset} is yearly, and its expectation is not fitted by month",
            where="--dataset",
            remedy="Load monthly data",
        )
    at = partners.index(hub)
    usable = study.real.usable[:, at]
    full = study.real.expected("A")[:, at]
    expected, actual = float(full[usable].sum()), float(study.real.actual[:, at][usable].sum())
    fitted = triple.expected(study.panel, study.design, with_donors=False)[:, at]
    told = usable & ~study.real.is_new[:, at] & (np.nan_to_num(fitted) > 0)
    bought = _bought(study)
    donors = np.flatnonzero(study.panel.is_donor)
    found = []
    for donor in donors.tolist():
        without = triple.without(study.panel, study.design, donor)[:, at]
        lost = told & np.isnan(without)
        # Relative, since expectations make room for what appears in cells without a past.
        times = np.divide(without, fitted, out=np.ones_like(full), where=told & ~lost)
        moved = float((full * times)[usable].sum())
        found.append(
            WithoutDonor(
                donor=partners[donor],
                name=countries.name(partners[donor]),
                share=float(bought[donor] / max(bought[donors].sum(), 1e-9)),
                expected=moved,
                excess=actual - moved,
                undetermined=float(full[lost].sum()),
            )
        )
    found.sort(key=lambda one: (-abs(one.expected - expected), one.donor))
    excess = [one.excess for one in found]
    return Donors(
        hub=hub,
        hub_name=countries.name(hub),
        target=study.request.target,
        window=str(study.window),
        dataset=study.series.dataset,
        currency=study.request.currency,
        actual=actual,
        expected=expected,
        excess=actual - expected,
        excess_least=min(excess),
        excess_most=max(excess),
        donors=tuple(found),
    )


def _bought(study: Study) -> FloatArray:
    """Return what each destination bought of the tested goods in the window, (n_hubs,)."""
    bought: FloatArray = study.real.actual.sum(axis=(0, 2))
    return bought
