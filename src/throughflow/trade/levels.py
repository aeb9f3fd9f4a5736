"""Units of a breakdown (cells, families, exporters), judged by placebos of their own kind.

Every level is calibrated at that level: the placebo ratios of exporter sums judge exporter sums,
those of single cells judge single cells.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from throughflow.trade import conformal, counterfactual, placebo, steadiness
from throughflow.trade.request import LEVELS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from throughflow.trade.counterfactual import Prediction
    from throughflow.trade.study import Study

    FloatArray = NDArray[np.float64]
    IntArray = NDArray[np.int64]


# With fewer destinations than these, a hub's total has no placebos like it.
MANY_DESTINATIONS = 30


@dataclass(frozen=True, slots=True)
class Level:
    """Units of one level at one date, every array of the collapsed shape.

    Attributes:
        actual: Recorded value.
        expected: Expected value.
        is_new: Units without a past.
        is_unit: Units with at least one usable cell.
        steadiness: How steadily the unit traded before; see `steadiness`.
    """

    actual: FloatArray
    expected: FloatArray
    is_new: NDArray[np.bool_]
    is_unit: NDArray[np.bool_]
    steadiness: FloatArray


def level_of(
    prediction: Prediction, by: tuple[str, ...], rung: str, chosen: NDArray[np.bool_] | None = None
) -> Level:
    """Add up a prediction to a level, on some of the families only if asked."""
    keep = prediction.usable if chosen is None else prediction.usable & chosen[None, None, :]
    expected = np.where(keep, prediction.expected(rung), 0.0)
    actual = np.where(keep, prediction.actual, 0.0)
    past = collapse(np.where(keep, prediction.past, 0.0), by)
    if by == LEVELS:
        steady = prediction.steady_cells
    elif by == ("product",):
        steady = prediction.steady_families
    else:
        # An exporter's goods together trade in every month and have no classes of their own.
        steady = prediction.steady_hubs if not by else np.ones_like(past)
    return Level(
        actual=collapse(actual, by),
        expected=collapse(expected, by),
        is_new=past == 0,
        is_unit=collapse(keep.astype(np.float64), by) > 0,
        steadiness=steady,
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
    base_first, base_last = study.calendar.span(study.base)
    offset = base_first - study.span[0]
    first = study.design.start + offset
    cell, month, value = panel.rows_between(int(first.min()), base_last)
    exporter = cell // (len(panel.partners) * len(panel.families))
    twin = np.clip(month - offset - panel.first_month, 0, panel.closed.shape[1] - 1)
    matched = ~panel.closed[exporter, twin]
    trimmed = replace(panel, cell=cell[matched], month=month[matched], value=value[matched])
    last = np.full_like(first, base_last)
    sums, _ = counterfactual.cell_sums(trimmed, first, last)
    return sums


def calibration(
    study: Study,
    by: tuple[str, ...],
    rung: str,
    *,
    dates: slice = slice(None),
) -> conformal.Calibration:
    """Collect placebo ratios at one level, the target left out.

    Args:
        study: What was read.
        by: Level.
        rung: Rung of the expectation.
        dates: Which of the study's fake dates to use; less than all of them leaves the placebos
            of the real window out as well.
    """
    units = placebo_units(study, by, rung, dates)
    old, new = units.size != conformal.NEW, units.size == conformal.NEW
    traded = new & (units.actual > 0)
    return conformal.Calibration(
        units.actual[old] / units.expected[old],
        units.size[old],
        units.steadiness[old],
        units.fold[old],
        new_positive=units.actual[traded] / units.expected[traded],
        new_fold=units.fold[traded],
        new_total=np.bincount(units.fold[new], minlength=_n_folds(by)),
        paired=_is_paired(by),
    )


@dataclass(frozen=True, slots=True)
class PlaceboUnits:
    """Placebo units of a level, one after the other, every array of shape (n,).

    Attributes:
        expected: Expected value.
        actual: Recorded value.
        size: Size class, or `conformal.NEW`.
        steadiness: Class of steadiness.
        fold: Calibration fold.
        kind: Index in `placebo.KINDS`.
    """

    expected: FloatArray
    actual: FloatArray
    size: IntArray
    steadiness: IntArray
    fold: IntArray
    kind: IntArray


def placebo_units(study: Study, by: tuple[str, ...], rung: str, dates: slice) -> PlaceboUnits:
    """Gather the placebo units of one level and rung."""
    columns: list[list[NDArray[np.float64]]] = [[], [], [], [], [], []]
    per_year = study.panel.per_year
    for one in _in_use(study, dates):
        for chosen, part in _splits(by, one.headings):
            units = level_of(one.prediction, by, rung, chosen)
            at = one.at
            if rung == "A" and one.kind == placebo.FAKE_DATE:
                # Donors carry the fit at fake dates; only in the real window are they left out.
                at = at & ~study.panel.is_donor
            usable = units.is_unit & (units.expected > 0) & at[None, :, None]
            shape = units.actual.shape
            kind = placebo.KINDS.index(one.kind)
            for column, values in zip(
                columns,
                (
                    units.expected,
                    units.actual,
                    np.where(units.is_new, conformal.NEW, conformal.size_class(units.expected)),
                    steadiness.class_of(units.steadiness, per_year),
                    _folds(study, by, one.headings, part),
                    np.full((1, 1, 1), kind),
                ),
                strict=True,
            ):
                column.append(np.broadcast_to(values, shape)[usable])
    joined = [np.concatenate(column or [np.zeros(0)]) for column in columns]
    size, steady, fold, kinds = (column.astype(np.int64) for column in joined[2:])
    return PlaceboUnits(joined[0], joined[1], size, steady, fold, kinds)


def _in_use(study: Study, dates: slice) -> list[placebo.Placebo]:
    """Return the placebos in use: all of them, or some of the fake dates."""
    if dates == slice(None):
        return list(study.placebos)
    return [one for one in study.placebos if one.kind == placebo.FAKE_DATE][dates]


def _is_paired(by: tuple[str, ...]) -> bool:
    return by == ("reporter",)


def _n_folds(by: tuple[str, ...]) -> int:
    return 2 * conformal.SPLITS if _is_paired(by) else conformal.FOLDS


def _splits(
    by: tuple[str, ...], headings: Sequence[str]
) -> list[tuple[NDArray[np.bool_] | None, int]]:
    """Return the parts of the goods that placebo sums are taken over, with their fold.

    An exporter's goods are summed over halves of the headings, each half a fold of its own; other
    units are taken whole.
    """
    if not _is_paired(by):
        return [(None, -1)]
    return [
        (conformal.half_of(headings, split) == half, 2 * split + half)
        for split in range(conformal.SPLITS)
        for half in (0, 1)
    ]


def _folds(study: Study, by: tuple[str, ...], headings: Sequence[str], part: int) -> IntArray:
    """Return the folds of units, to be broadcast: by heading, or else by destination.

    Destinations make the folds where a unit holds all goods, or the question knows hardly any.
    """
    if part >= 0:
        return np.full((1, 1, 1), part)
    if "product" in by and is_foldable(study):
        return conformal.fold_of(headings)[None, None, :]
    return conformal.fold_of(study.panel.partners)[None, :, None]


def counts_at_hub_level(study: Study) -> NDArray[np.bool_]:
    """Tell which destinations show how far totals stray: every one that is no target."""
    return np.array([partner != study.request.target for partner in study.panel.partners])


def is_foldable(study: Study) -> bool:
    """Tell whether the goods have headings enough to be folded by them."""
    return len({family.heading for family in study.goods.families}) >= 2 * conformal.FOLDS


def judge(
    study: Study,
    by: tuple[str, ...],
    rung: str,
    units: Level,
    shown: NDArray[np.bool_],
    *,
    tail: float = conformal.TAIL,
    headings: Sequence[str] | None = None,
) -> conformal.Judged:
    """Judge the chosen units of a level; see `conformal.Calibration.judge`.

    Args:
        study: What was read.
        by: Level.
        rung: Rung of the expectation.
        units: The units of the level.
        shown: Which of them to judge, the level's shape.
        tail: Share left out on each side.
        headings: HS4 heading of each family of the units; None for the question's own goods.
    """
    headings = headings or [family.heading for family in study.goods.families]
    none = np.full((1, 1, 1), -1)
    folds = none if _is_paired(by) else _folds(study, by, headings, -1)
    size = np.where(units.is_new, conformal.NEW, conformal.size_class(units.expected))
    steady = steadiness.class_of(units.steadiness, study.panel.per_year)
    return study.calibration(by, rung).judge(
        units.expected[shown],
        units.actual[shown],
        size[shown],
        np.broadcast_to(steady, units.actual.shape)[shown],
        np.broadcast_to(folds, units.actual.shape)[shown],
        tail=tail,
    )
