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
    IntArray = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class WithoutDonor:
    """What is expected of a hub without one donor.

    Attributes:
        donor: The donor left out, ISO alpha-2.
        name: Its name.
        share: Its share of what all donors bought of the tested goods in the window, 0 to 1.
        weight: The same of each good from each exporter, weighed by what is expected of the hub:
            how much of the comparison rests on it, 0 to 1.
        expected: Expected exports to the hub without it, in the question's currency; None where
            it was not left out.
        excess: Recorded minus that.
        undetermined: Part of the full expectation that the other donors do not determine; it is
            kept as it was.
    """

    donor: str
    name: str
    share: float
    weight: float
    expected: float | None
    excess: float | None
    undetermined: float | None


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
        left_out: Number of donors that were left out, those of the largest weight.
        donors: Each donor, the one that moves the excess most first; then those that were not
            left out, by weight.
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
    left_out: int
    donors: tuple[WithoutDonor, ...]


def of(study: Study, hub: str, *, most: int | None = None) -> Donors:
    """Leave each donor out of a hub's expectation in turn.

    Args:
        study: What was read; on rung A.
        hub: The hub, ISO alpha-2.
        most: Number of donors to leave out, those of the largest weight, since each of them costs
            a fit; None for all.

    Raises:
        DataError: The data hold no exports to the hub, do not carry rung A, or the hub is itself
            a donor.
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
    if study.panel.is_donor[at]:
        raise DataError(
            f"{countries.name(hub)} is itself one of the donors of this question",
            where="HUB",
            remedy=f"Ask for it alone: throughflow donors {hub}",
        )
    usable = study.real.usable[:, at]
    full = study.real.expected("A")[:, at]
    expected, actual = float(full[usable].sum()), float(study.real.actual[:, at][usable].sum())
    fitted = triple.expected(study.panel, study.design, with_donors=False)[:, at]
    told = usable & ~study.real.is_new[:, at] & (np.nan_to_num(fitted) > 0)
    donors = np.flatnonzero(study.panel.is_donor)
    bought = study.real.actual[:, donors].sum(axis=(0, 2))
    weight = _weights(study, donors, np.where(usable, full, 0.0))
    by_weight = np.argsort(-weight, kind="stable")
    moved: dict[int, tuple[float, float]] = {}
    for place in by_weight[:most].tolist():
        without = triple.without(study.panel, study.design, int(donors[place]))[:, at]
        lost = told & np.isnan(without)
        # Relative, since expectations make room for what appears in cells without a past.
        times = np.divide(without, fitted, out=np.ones_like(full), where=told & ~lost)
        moved[place] = float((full * times)[usable].sum()), float(full[lost].sum())
    found = []
    for place in by_weight.tolist():
        code = partners[donors[place]]
        new, undetermined = moved.get(place, (None, None))
        found.append(
            WithoutDonor(
                donor=code,
                name=countries.name(code),
                share=float(bought[place] / max(bought.sum(), 1e-9)),
                weight=float(weight[place]),
                expected=new,
                excess=None if new is None else actual - new,
                undetermined=undetermined,
            )
        )
    found.sort(key=lambda one: _by_effect(one, expected))
    excess = [one.excess for one in found if one.excess is not None]
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
        left_out=len(excess),
        donors=tuple(found),
    )


def _by_effect(one: WithoutDonor, expected: float) -> tuple[bool, float, str]:
    if one.expected is None:
        return True, -one.weight, one.donor
    return False, -abs(one.expected - expected), one.donor


def _weights(study: Study, donors: IntArray, expected: FloatArray) -> FloatArray:
    """Return each donor's part in what a hub is compared with, shape (n_donors,).

    Args:
        study: What was read.
        donors: Positions of the donors among the destinations, shape (n_donors,).
        expected: Expected of the hub, shape (n_exporters, n_families).
    """
    bought = study.real.actual[:, donors]
    whole = bought.sum(axis=1)
    # What an exporter sells to no donor is learned from other exporters, and tells none apart.
    known = np.where(whole > 0, expected, 0.0)
    share = np.divide(bought, whole[:, None], out=np.zeros_like(bought), where=whole[:, None] > 0)
    weight: FloatArray = np.einsum("odk,ok->d", share, known) / max(float(known.sum()), 1e-9)
    return weight
