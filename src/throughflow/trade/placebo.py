"""Placebos: units on which nothing was done, so that what they show is error.

Four kinds, wherever the data carry them:

* **fake date**: the same goods and destinations at earlier dates;
* **never-hub destination**: the same goods in the real window, at donors;
* **never-restricted good**: goods on no list, in the real window, at the hubs themselves;
* **restricted later**: goods of the list whose restriction begins only after the window.

The first shows what the method's errors look like in quiet times, the others what they look like
in the window itself, with its prices and its shortages.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from throughflow.trade import conformal, counterfactual

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from throughflow.trade.counterfactual import Design, Panel, Prediction

    BoolArray = NDArray[np.bool_]
    FloatArray = NDArray[np.float64]

FAKE_DATE = "fake date"
NEVER_HUB = "never-hub destination"
NEVER_RESTRICTED = "never-restricted good"
LATER = "restricted later"
KINDS = (FAKE_DATE, NEVER_HUB, NEVER_RESTRICTED, LATER)


@dataclass(frozen=True, slots=True)
class Placebo:
    """One prediction whose errors are errors.

    Attributes:
        kind: One of `KINDS`.
        prediction: Expectation beside what was recorded.
        headings: HS4 heading of each family of the prediction.
        at: Which destinations count, shape (n_hubs,).
    """

    kind: str
    prediction: Prediction
    headings: tuple[str, ...]
    at: BoolArray


@dataclass(frozen=True, slots=True)
class Others:
    """Goods on no list, as a placebo: their trade, their dates, and where they count.

    Attributes:
        panel: Recorded trade, on the grid of the question's panel.
        design: Their dates, as if they had been restricted with the others.
        headings: HS4 heading of each.
        at: Destinations at which they count, shape (n_hubs,).
    """

    panel: Panel
    design: Design
    headings: tuple[str, ...]
    at: BoolArray


@dataclass(frozen=True, slots=True)
class Predicted:
    """A panel at its real date and at the placebos it carries.

    Attributes:
        real: Prediction at the real date.
        placebos: Fake dates, nearest first, then never-restricted goods.
        appearance: Trade that appears in cells without a past, shape (n_hubs, n_families).
    """

    real: Prediction
    placebos: list[Placebo]
    appearance: FloatArray


def predict(
    panel: Panel,
    design: Design,
    shifts: Sequence[int],
    headings: tuple[str, ...],
    *,
    at: BoolArray,
    others: Others | None,
) -> Predicted:
    """Predict a panel at its real date, at fake dates, and for goods on no list.

    Args:
        panel: The data.
        design: Real dates.
        shifts: Months or years each fake date lies before the real one.
        headings: HS4 heading of each family.
        at: Destinations whose fake dates count, shape (n_hubs,).
        others: Goods on no list; None where the data hold too few.
    """
    bare = [counterfactual.predict(panel, design.shifted(-shift)) for shift in shifts]
    rates = counterfactual.appearance_rates(panel, bare, conformal.fold_of(headings))
    found = [
        Placebo(
            FAKE_DATE,
            counterfactual.with_appearance(panel, design.shifted(-shift), one, rates),
            headings,
            at,
        )
        for shift, one in zip(shifts, bare, strict=True)
    ]
    if others is not None:
        # What appears in new cells of listed goods is what appears in those of others.
        mean = np.repeat(rates.mean(axis=1, keepdims=True), len(others.headings), axis=1)
        made = counterfactual.predict(others.panel, others.design, mean)
        found.append(Placebo(NEVER_RESTRICTED, made, others.headings, others.at))
    real = counterfactual.predict(panel, design, rates, with_donors=True)
    return Predicted(real, found, rates)
