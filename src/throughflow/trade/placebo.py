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

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from throughflow.trade.counterfactual import Prediction

    BoolArray = NDArray[np.bool_]

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
