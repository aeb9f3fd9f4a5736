"""Units of a breakdown (cells, families, exporters), judged by placebos of their own kind.

Every level is calibrated at that level: the placebo ratios of exporter sums judge exporter sums,
those of single cells judge single cells.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from throughflow.model.periods import month_number
from throughflow.trade import conformal, counterfactual
from throughflow.trade.request import LEVELS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from throughflow.trade.counterfactual import Prediction
    from throughflow.trade.study import Study

    FloatArray = NDArray[np.float64]
    IntArray = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Level:
    """Units of one level at one date, every array of the collapsed shape.

    Attributes:
        actual: Recorded value.
        expected: Expected value.
        is_new: Units without a past.
        is_unit: Units with at least one usable cell.
        regularity: Months with trade in the year before, of the most regular cell.
    """

    actual: FloatArray
    expected: FloatArray
    is_new: NDArray[np.bool_]
    is_unit: NDArray[np.bool_]
    regularity: FloatArray


def level_of(
    prediction: Prediction, by: tuple[str, ...], rung: str, chosen: NDArray[np.bool_] | None = None
) -> Level:
    """Add up a prediction to a level, on some of the families only if asked."""
    keep = prediction.usable if chosen is None else prediction.usable & chosen[None, None, :]
    expected = np.where(keep, prediction.expected(rung), 0.0)
    actual = np.where(keep, prediction.actual, 0.0)
    past = collapse(np.where(keep, prediction.past, 0.0), by)
    if by == LEVELS:
        regularity = prediction.active_months
    else:
        # A family over all exporters is as regular as its most regular exporter; sums over goods
        # trade in every month and have no such classes.
        axes = tuple(a for a, level in ((0, "reporter"), (2, "product")) if level not in by)
        regularity = np.where(keep, prediction.active_months, 0).max(axis=axes, keepdims=True)
        if "product" not in by:
            regularity = np.full_like(regularity, counterfactual.YEAR)
    return Level(
        actual=collapse(actual, by),
        expected=collapse(expected, by),
        is_new=past == 0,
        is_unit=collapse(keep.astype(np.float64), by) > 0,
        regularity=regularity,
    )


def collapse(array: FloatArray, by: tuple[str, ...]) -> FloatArray:
    """Sum a (exporters, hubs, families) array over the levels not asked for, kept as axes."""
    axes = tuple(axis for axis, level in ((0, "reporter"), (2, "product")) if level not in by)
    return array.sum(axis=axes, keepdims=True) if axes else array


def base_values(study: Study) -> FloatArray:
    """Return recorded values of the base window, months matched to each cell's window.

    A month that an exporter has not recorded in the window is left out of its base as well.
    """
    panel = study.panel
    offset = month_number(study.base.first) - month_number(study.window.first)
    exporter = panel.cell // (len(panel.partners) * len(panel.families))
    twin = np.clip(panel.month - offset - panel.first_month, 0, panel.closed.shape[1] - 1)
    matched = ~panel.closed[exporter, twin]
    trimmed = replace(
        panel, cell=panel.cell[matched], month=panel.month[matched], value=panel.value[matched]
    )
    last = np.full_like(study.design.start, month_number(study.base.last))
    sums, _ = counterfactual.cell_sums(trimmed, study.design.start + offset, last)
    return sums


def calibration(
    study: Study,
    by: tuple[str, ...],
    rung: str,
    *,
    dates: slice = slice(None),
) -> conformal.Calibration:
    """Collect placebo ratios at one level over fake dates, the target left out.

    Args:
        study: What was read.
        by: Level.
        rung: Rung of the expectation.
        dates: Which of the study's fake dates to use.
    """
    ratio: list[FloatArray] = []
    size: list[IntArray] = []
    regularity: list[IntArray] = []
    fold: list[IntArray] = []
    new_positive: list[FloatArray] = []
    new_fold: list[IntArray] = []
    folds_in_use = conformal.FOLDS if "product" in by else 2 * conformal.SPLITS
    new_total = np.zeros(folds_in_use, dtype=np.int64)
    for units, folds, usable in placebo_levels(study, by, rung, dates):
        old = usable & ~units.is_new
        ratio.append(units.actual[old] / units.expected[old])
        size.append(conformal.size_class(units.expected[old]))
        regularity.append(conformal.regularity_class(units.regularity[old]))
        fold.append(folds[old])
        new = usable & units.is_new
        traded = new & (units.actual > 0)
        new_positive.append(units.actual[traded] / units.expected[traded])
        new_fold.append(folds[traded])
        new_total += np.bincount(folds[new], minlength=folds_in_use)
    none = np.zeros(0)
    return conformal.Calibration(
        np.concatenate(ratio or [none]),
        np.concatenate(size or [none.astype(np.int64)]),
        np.concatenate(regularity or [none.astype(np.int64)]),
        np.concatenate(fold or [none.astype(np.int64)]),
        new_positive=np.concatenate(new_positive or [none]),
        new_fold=np.concatenate(new_fold or [none.astype(np.int64)]),
        new_total=new_total,
        paired="product" not in by,
    )


def placebo_levels(
    study: Study, by: tuple[str, ...], rung: str, dates: slice
) -> Iterator[tuple[Level, IntArray, NDArray[np.bool_]]]:
    """Yield placebo units at fake dates: their values, their folds, and which of them count.

    The target takes no part, nor on rung A do the donors.
    """
    for prediction in study.placebos[dates]:
        for chosen, part in _splits(study, by):
            units = level_of(prediction, by, rung, chosen)
            folds = _unit_folds(study, units.actual.shape, part)
            usable = units.is_unit & (units.expected > 0) & is_placebo(study, rung)[None, :, None]
            yield units, folds, usable


def _splits(study: Study, by: tuple[str, ...]) -> list[tuple[NDArray[np.bool_] | None, int]]:
    """Return the parts of the goods that placebo sums are taken over, with their fold.

    Where units are single families, the fold belongs to the family; where units are sums over
    families, they are taken over halves of the headings, each half a fold of its own.
    """
    if "product" in by:
        return [(None, -1)]
    headings = [family.heading for family in study.goods.families]
    return [
        (conformal.half_of(headings, split) == half, 2 * split + half)
        for split in range(conformal.SPLITS)
        for half in (0, 1)
    ]


def _unit_folds(study: Study, shape: tuple[int, ...], part: int) -> IntArray:
    per_family = study.fold[None, None, :] if part < 0 else np.full((1, 1, 1), part)
    return np.broadcast_to(per_family, shape)


def is_placebo(study: Study, rung: str) -> NDArray[np.bool_]:
    """Tell which destinations show a method's errors: not the target, and on rung A no donor.

    A donor's own trade goes into rung A, so its errors there are smaller than a hub's.
    """
    not_target = np.array([partner != study.request.target for partner in study.panel.partners])
    return not_target & ~study.panel.is_donor if rung == "A" else not_target


def judge(
    study: Study,
    by: tuple[str, ...],
    rung: str,
    units: Level,
    shown: NDArray[np.bool_],
    *,
    tail: float = conformal.TAIL,
) -> conformal.Judged:
    """Judge the chosen units of a level; see `conformal.Calibration.judge`."""
    folds = study.fold[None, None, :] if "product" in by else np.full((1, 1, 1), -1)
    size = np.where(units.is_new, conformal.NEW, conformal.size_class(units.expected))
    return calibration(study, by, rung).judge(
        units.expected[shown],
        units.actual[shown],
        size[shown],
        conformal.regularity_class(units.regularity[shown]),
        np.broadcast_to(folds, units.actual.shape)[shown],
        tail=tail,
    )
