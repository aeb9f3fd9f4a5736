"""Do the intervals cover what they say? Measured on fake dates, in sample and out of sample.

*In sample* judges each placebo with a pool that holds its own fold. *Out of sample* leaves the
fold out, which is how findings are made. *Later date* also leaves out time: pools from the fake
dates farthest back judge the nearest one.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from throughflow.trade import conformal, finding, levels

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from throughflow.trade.levels import PlaceboUnits
    from throughflow.trade.study import Study

NOMINAL = conformal.CONFIDENCE


@dataclass(frozen=True, slots=True)
class ClassCoverage:
    """Coverage of one class of placebo units; units without an interval make no claim.

    Attributes:
        level: What the units are: ``cells``, ``families``, ``exporters`` or ``all exporters``.
        rung: Rung of the expectation.
        size: Smallest expected value of the class, in the question's currency; None for units
            without a past and for all sizes together.
        kind: ``established`` or ``new flow``.
        units: Number of placebo units with an interval.
        without: Number of placebo units without one, for want of placebos in other folds.
        in_sample: Share covered when the pool holds the unit's own fold.
        out_of_sample: Share covered when it does not.
        later_date: Share of the nearest fake date's units covered by the earlier dates' pools.
        median_width: Median width of the interval over the expected value.
        traded: Share of units that traded at all.
    """

    level: str
    rung: str
    size: float | None
    kind: str
    units: int
    without: int
    in_sample: float | None
    out_of_sample: float | None
    later_date: float | None
    median_width: float | None
    traded: float


LEVEL_NAMES = {
    ("reporter", "product"): "cells",
    ("product",): "families",
    ("reporter",): "exporters",
}


def measure(study: Study, by: tuple[str, ...], rung: str) -> list[ClassCoverage]:
    """Measure coverage at one level, by size class, then of all sizes together.

    Args:
        study: What was read; its fake dates are the test.
        by: Level; hub totals have too few placebos for a coverage claim and are not accepted.
        rung: Rung of the expectation.

    Returns:
        One row per size class, one for units without a past, one for all units with a past; none
        where no fake date fits into the data.
    """
    if not study.fake_dates:
        return []
    units = levels.placebo_units(study, by, rung, slice(None))
    own = levels.calibration(study, by, rung)
    inside = {
        "out": _covered(own, units, units.fold),
        "in": _covered(own, units, np.full_like(units.fold, -2)),
    }
    late = levels.placebo_units(study, by, rung, slice(0, 1))
    half = len(study.fake_dates) // 2
    earlier = levels.calibration(study, by, rung, dates=slice(half, None))
    inside_late = _covered(earlier, late, late.fold)
    found = []
    for size in range(len(conformal.SIZES)):
        chosen = units.size == size
        if chosen.any():
            found.append(
                _class(by, rung, conformal.SIZES[size], units, inside, chosen,
                       inside_late, late.size == size)
            )  # fmt: skip
    for kind_new, size_shown in ((False, None), (True, None)):
        chosen = (units.size == conformal.NEW) == kind_new
        chosen_late = (late.size == conformal.NEW) == kind_new
        if chosen.any():
            found.append(
                _class(by, rung, size_shown, units, inside, chosen,
                       inside_late, chosen_late)
            )  # fmt: skip
    return found


def _covered(
    calibration: conformal.Calibration, units: PlaceboUnits, fold: NDArray[np.int64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    judged = calibration.judge(units.expected, units.actual, units.size, units.steadiness, fold)
    inside = (units.actual >= judged.low) & (units.actual <= judged.high)
    return inside.astype(float), judged.high - judged.low


def _class(
    by: tuple[str, ...],
    rung: str,
    size: float | None,
    units: PlaceboUnits,
    inside: dict[str, tuple[NDArray[np.float64], NDArray[np.float64]]],
    chosen: NDArray[np.bool_],
    inside_late: tuple[NDArray[np.float64], NDArray[np.float64]],
    chosen_late: NDArray[np.bool_],
) -> ClassCoverage:
    width = inside["out"][1]
    judged = chosen & ~np.isnan(width)
    late_judged = chosen_late & ~np.isnan(inside_late[1])
    relative = (width[judged] / units.expected[judged])[np.isfinite(width[judged])]
    is_new = (units.size[chosen] == conformal.NEW).all()
    return ClassCoverage(
        level=LEVEL_NAMES[by],
        rung=rung,
        size=size,
        kind=finding.NEW_FLOW if is_new else finding.ESTABLISHED,
        units=int(judged.sum()),
        without=int(chosen.sum() - judged.sum()),
        in_sample=_mean(inside["in"][0][judged]),
        out_of_sample=_mean(inside["out"][0][judged]),
        later_date=_mean(inside_late[0][late_judged]),
        median_width=float(np.median(relative)) if len(relative) else None,
        traded=float((units.actual[chosen] > 0).mean()),
    )


def _mean(values: NDArray[np.float64]) -> float | None:
    return float(values.mean()) if len(values) else None
