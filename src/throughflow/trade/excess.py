"""Excess exports: actual minus expected, with intervals, at any level of breakdown.

Every level is calibrated at that level: the placebo ratios of exporter sums judge exporter sums,
those of single cells judge single cells. Totals of a hub have as many placebos as there are hubs,
which is too few for a p-value; they get an interval from the spread between hubs and fake dates.
"""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
from scipy.special import stdtrit

from throughflow.errors import DataError
from throughflow.evidence import verdict
from throughflow.model.periods import month_number
from throughflow.reference import memberships
from throughflow.trade import conformal, counterfactual, goods
from throughflow.trade import study as studies
from throughflow.trade.request import LEVELS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from throughflow.trade.counterfactual import Prediction
    from throughflow.trade.study import Study

    FloatArray = NDArray[np.float64]
    IntArray = NDArray[np.int64]

ESTABLISHED = "established"
NEW_FLOW = "new flow"
NOT_TESTABLE = "not testable"
ALL = "*"


@dataclass(frozen=True, slots=True)
class Row:
    """One row of an excess table. Amounts are in `currency` over the window.

    Attributes:
        reporter: Exporter, or ``*`` for all of them together.
        partner: Destination.
        family: Product family, or ``*`` for all of them together.
        products: Codes of the family that the data hold.
        label: The publisher's words for the family's first code.
        tier: Category or tier on the control list.
        base_actual: Recorded in the base window, same calendar months as `actual`.
        actual: Recorded in the window, from the month the goods are restricted.
        expected: Counterfactual on `rung`; None where it cannot be told.
        low: Lower end of the 90 % interval of `expected`.
        high: Upper end of the 90 % interval of `expected`.
        excess: Actual minus expected.
        excess_low: Actual minus `high`.
        excess_high: Actual minus `low`.
        expected_c: Counterfactual on rung C, from the pair's own past.
        excess_c: Actual minus `expected_c`.
        currency: ISO 4217.
        ratio: Actual over expected; None for new flows.
        p: Share of placebos that deviate upwards at least as much.
        q: False-discovery rate at which the row is a discovery among the rows of all hubs.
        rung: Rung of `expected`.
        kind: ``established``, ``new flow`` or ``not testable``.
        verdict: Word of the rule table.
        reason: Why the verdict is no stronger, or why nothing can be told.
        minimum_detectable: Smallest excess whose lower end would be above zero.
        cells: Exporter × family cells behind the row.
    """

    reporter: str
    partner: str
    family: str
    products: tuple[str, ...]
    label: str
    tier: str
    base_actual: float
    actual: float
    expected: float | None
    low: float | None
    high: float | None
    excess: float | None
    excess_low: float | None
    excess_high: float | None
    expected_c: float | None
    excess_c: float | None
    currency: str
    ratio: float | None
    p: float | None
    q: float | None
    rung: str
    kind: str
    verdict: str
    reason: str
    minimum_detectable: float | None
    cells: int


@dataclass(frozen=True, slots=True)
class ExcessTable:
    """Rows of one breakdown, in order."""

    rows: tuple[Row, ...]

    def __len__(self) -> int:
        return len(self.rows)

    def __iter__(self) -> Iterator[Row]:
        return iter(self.rows)

    def to_arrow(self) -> pa.Table:
        """Return the rows as an Arrow table, a column per field of `Row`."""
        kinds = {"products": pa.list_(pa.string()), "cells": pa.int64()}
        texts = {
            "reporter", "partner", "family", "label", "tier", "currency", "rung", "kind",
            "verdict", "reason",
        }  # fmt: skip
        columns = {
            field.name: pa.array(
                [getattr(row, field.name) for row in self.rows],
                pa.string() if field.name in texts else kinds.get(field.name, pa.float64()),
            )
            for field in fields(Row)
        }
        return pa.table(columns)


@dataclass(frozen=True, slots=True)
class Spread:
    """How far hub totals strayed from their expectation when nothing was restricted.

    Attributes:
        rung: Rung of the expectation.
        log_ratio: Log of actual over expected, shape (n_hubs, n_fake_dates).
        hubs: Hubs behind the rows of `log_ratio`.
        sigma: Root mean square of `log_ratio`; bias counts as spread.
        monthly_sigma: The same for single months.
    """

    rung: str
    log_ratio: FloatArray
    hubs: tuple[str, ...]
    sigma: float
    monthly_sigma: float

    def factor(self, confidence: float, *, monthly: bool = False) -> float:
        """Return the factor by which an interval of a hub total reaches to either side.

        Student's t with one degree of freedom less than there are hubs: the fake dates overlap
        and add none.
        """
        t = float(stdtrit(max(len(self.hubs) - 1, 1), (1 + confidence) / 2))
        return float(np.exp(t * (self.monthly_sigma if monthly else self.sigma)))


def rows(study: Study, *, minimum: float = 0.0) -> list[Row]:
    """Return the excess table of a study at its request's level, largest excess first.

    Args:
        study: What was read.
        minimum: Leave out rows whose actual and base values are both below this amount.
    """
    by = study.request.by
    found = _judged_rows(study, by) if by else _hub_rows(study)
    found += _untestable_rows(study, by)
    partners = partners_shown(study)
    kept = [
        row
        for row in found
        if row.partner in partners and max(row.actual, row.base_actual) >= max(minimum, 1e-9)
    ]
    kept.sort(
        key=lambda r: (
            r.excess is None,
            -(r.excess if r.excess is not None else r.actual),
            r.partner,
            r.reporter,
            r.family,
        )
    )
    return kept


def partners_shown(study: Study) -> tuple[str, ...]:
    """Return the destinations asked for, or every one that may be a hub.

    Raises:
        DataError: A destination asked for is not in the data.
    """
    present = study.panel.partners
    for partner in study.request.partners:
        if partner not in present:
            raise DataError(
                f"no exports to {partner} are in the data",
                where="--partner",
                remedy=f"Destinations in the data: {', '.join(present)}",
            )
    return study.request.partners or _hubs(study)


def _hubs(study: Study) -> tuple[str, ...]:
    """Return the destinations that may be hubs: not the target, no donor, no coalition member."""
    coalition = memberships.members("coalition", study.window.last)
    return tuple(
        partner
        for partner, is_donor in zip(study.panel.partners, study.panel.is_donor, strict=True)
        if partner != study.request.target and not is_donor and partner not in coalition
    )


def _collapse(array: FloatArray, by: tuple[str, ...]) -> FloatArray:
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
    past = _collapse(np.where(keep, prediction.past, 0.0), by)
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
        actual=_collapse(actual, by),
        expected=_collapse(expected, by),
        is_new=past == 0,
        is_unit=_collapse(keep.astype(np.float64), by) > 0,
        regularity=regularity,
    )


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
            usable = units.is_unit & (units.expected > 0) & _is_placebo(study, rung)[None, :, None]
            yield units, folds, usable


def _unit_folds(study: Study, shape: tuple[int, ...], part: int) -> IntArray:
    per_family = study.fold[None, None, :] if part < 0 else np.full((1, 1, 1), part)
    return np.broadcast_to(per_family, shape)


def _is_placebo(study: Study, rung: str) -> NDArray[np.bool_]:
    """Tell which destinations show a method's errors: not the target, and on rung A no donor.

    A donor's own trade goes into rung A, so its errors there are smaller than a hub's.
    """
    not_target = np.array([partner != study.request.target for partner in study.panel.partners])
    return not_target & ~study.panel.is_donor if rung == "A" else not_target


def _judged_rows(study: Study, by: tuple[str, ...]) -> list[Row]:
    """Judge every unit of a level against the placebos of the other folds."""
    rung = study.rungs[0]
    units = level_of(study.real, by, rung)
    own_past = level_of(study.real, by, "C").expected
    base = _collapse(np.where(study.real.usable, base_values(study), 0.0), by)
    shown = units.is_unit & ((units.actual > 0) | (base > 0) | ~units.is_new)
    where = np.nonzero(shown)
    judged = judge(study, by, rung, units, shown)
    wanted = {study.panel.partners.index(partner) for partner in partners_shown(study)}
    # Every hub's rows take part in the false-discovery rate, though only those asked for are made;
    # the target's and the donors' are no tests.
    tests = wanted | {study.panel.partners.index(partner) for partner in _hubs(study)}
    q = conformal.benjamini_hochberg(np.where(np.isin(where[1], sorted(tests)), judged.p, np.nan))
    columns = zip(
        *(axis.tolist() for axis in where),
        base[shown].tolist(),
        units.actual[shown].tolist(),
        units.expected[shown].tolist(),
        judged.low.tolist(),
        judged.high.tolist(),
        own_past[shown].tolist(),
        judged.p.tolist(),
        q.tolist(),
        units.is_new[shown].tolist(),
        _collapse(study.real.usable.astype(np.int64), by)[shown].tolist(),
        judged.pool.tolist(),
        strict=True,
    )
    return [
        _row(
            study,
            by,
            at=(exporter, hub, family),
            base=before,
            actual=actual,
            expected=expected,
            interval=(low, high),
            expected_c=past,
            p=p,
            q=false_rate,
            kind=NEW_FLOW if is_new else ESTABLISHED,
            cells=cells,
            no_p=_thin(pool),
        )
        for (
            exporter, hub, family, before, actual, expected, low, high, past, p, false_rate,
            is_new, cells, pool,
        ) in columns
        if hub in wanted
    ]  # fmt: skip


def _thin(pool: int) -> str:
    """Say what a class with few placebos means for a row."""
    if pool < conformal.TOO_FEW:
        return f"only {pool} placebo values in its class"
    if pool < conformal.CLAIM:
        return f"thin class: its interval rests on {pool} placebo values, coverage is not claimed"
    return ""


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


def spread(study: Study, rung: str) -> Spread | None:
    """Measure how far hub totals strayed at fake dates; None where there are no fake dates."""
    if not study.placebos:
        return None
    hubs = np.flatnonzero(_is_placebo(study, rung)).tolist()
    columns, monthly = [], []
    for shift, prediction in zip(study.shifts, study.placebos, strict=True):
        actual = prediction.actual.sum(axis=(0, 2))
        expected = prediction.expected(rung).sum(axis=(0, 2))
        columns.append([_log_ratio(actual[h], expected[h]) for h in hubs])
        months = monthly_actual(study, -shift)[:, hubs].sum(axis=0)
        wanted = monthly_expected(study, prediction, rung, -shift)[:, hubs].sum(axis=0)
        monthly.append(_log_ratios(months, wanted))
    table = np.array(columns).T
    usable = ~np.isnan(table).any(axis=1)
    if not usable.any():
        return None
    table = table[usable]
    flat = np.concatenate([m.ravel() for m in monthly])
    return Spread(
        rung=rung,
        log_ratio=table,
        hubs=tuple(study.panel.partners[h] for h, use in zip(hubs, usable, strict=True) if use),
        sigma=float(np.sqrt(np.mean(table**2))),
        monthly_sigma=float(np.sqrt(np.nanmean(flat**2))),
    )


def _log_ratio(actual: float, expected: float) -> float:
    return float(np.log(actual / expected)) if actual > 0 and expected > 0 else float("nan")


def _log_ratios(actual: FloatArray, expected: FloatArray) -> FloatArray:
    ratio = np.divide(
        actual, expected, out=np.full_like(actual, np.nan), where=(expected > 0) & (actual > 0)
    )
    return np.log(ratio)


def monthly_actual(study: Study, shift: int = 0) -> FloatArray:
    """Return recorded values of tested cells by exporter, hub and month of the window.

    Args:
        study: What was read.
        shift: Months to move the window by.

    Returns:
        Shape (n_exporters, n_hubs, n_window_months); a family counts from its own start.
    """
    first = month_number(study.window.first) + shift
    return _monthly(study, first, len(study.window), study.design.start + shift)


def monthly_recorded(study: Study) -> FloatArray:
    """Return recorded values of tested families over all months of the data, whatever the date.

    Returns:
        Shape (n_exporters, n_hubs, n_months).
    """
    n = study.panel.last_month - study.panel.first_month + 1
    return _monthly(study, study.panel.first_month, n, np.zeros_like(study.design.start))


def _monthly(study: Study, first: int, length: int, start: IntArray) -> FloatArray:
    panel = study.panel
    n_o, n_h, n_f = panel.shape
    family = panel.cell % n_f
    usable = study.real.usable.reshape(-1)[panel.cell]
    inside = (
        usable
        & (panel.month >= first)
        & (panel.month < first + length)
        & (panel.month >= start[family])
    )
    key = (panel.cell[inside] // n_f) * length + panel.month[inside] - first
    sums = counterfactual.summed(key, panel.value[inside], n_o * n_h * length)
    return sums.reshape(n_o, n_h, length)


def monthly_expected(study: Study, prediction: Prediction, rung: str, shift: int = 0) -> FloatArray:
    """Spread expected values over the months of the window by each hub's calendar profile.

    Returns:
        Shape (n_exporters, n_hubs, n_window_months), adding up to the window's expectation.
    """
    first = month_number(study.window.first) + shift
    months = np.arange(first, first + len(study.window))
    start = study.design.start + shift
    expected = prediction.expected(rung)
    whole = counterfactual.open_months(study.panel, first, int(months[-1]))
    profile = prediction.profile[:, months % counterfactual.YEAR]
    out = np.zeros((*study.panel.shape[:2], len(months)))
    for begin in np.unique(start[study.design.tested]):
        weight = whole[:, None, :] * np.where(months >= begin, profile, 0.0)[None, :, :]
        sums = weight.sum(axis=2, keepdims=True)
        weight = np.divide(weight, sums, out=np.zeros_like(weight), where=sums > 0)
        out += expected[:, :, start == begin].sum(axis=2)[:, :, None] * weight
    return out


def _hub_rows(study: Study) -> list[Row]:
    rung = study.rungs[0]
    found = spread(study, rung)
    base = np.where(study.real.usable, base_values(study), 0.0).sum(axis=(0, 2))
    actual = study.real.actual.sum(axis=(0, 2))
    expected = study.real.expected(rung).sum(axis=(0, 2))
    own_past = study.real.expected_c.sum(axis=(0, 2))
    past = study.real.past.sum(axis=(0, 2))
    cells = study.real.usable.sum(axis=(0, 2))
    factor = found.factor(conformal.CONFIDENCE) if found else float("nan")
    no_p = (
        f"{len(found.hubs)} hubs at {len(study.shifts)} overlapping fake dates are too few placebos"
        if found
        else "no fake date fits into the data"
    )
    return [
        _row(
            study,
            (),
            at=(0, hub, 0),
            base=float(base[hub]),
            actual=float(actual[hub]),
            expected=float(expected[hub]),
            interval=_around(float(expected[hub]), factor),
            expected_c=float(own_past[hub]),
            p=float("nan"),
            q=float("nan"),
            kind=ESTABLISHED if past[hub] > 0 else NEW_FLOW,
            cells=int(cells[hub]),
            no_p=no_p if expected[hub] > 0 else "nothing was expected: no past to judge it by",
        )
        for hub in range(len(study.panel.partners))
    ]


def _around(expected: float, factor: float) -> tuple[float, float]:
    """Return the interval of a hub's total; without an expectation a factor says nothing."""
    if expected <= 0:
        return float("nan"), float("nan")
    return expected / factor, expected * factor


def _row(
    study: Study,
    by: tuple[str, ...],
    *,
    at: tuple[int, int, int],
    base: float,
    actual: float,
    expected: float,
    interval: tuple[float, float],
    expected_c: float,
    p: float,
    q: float,
    kind: str,
    cells: int,
    no_p: str,
) -> Row:
    exporter, hub, family = at
    low, high = interval
    ruled = verdict.decide(
        actual=actual,
        expected=expected,
        low=low,
        high=high,
        q=None if np.isnan(q) else q,
        rung=study.rungs[0],
        kinds=1,
    )
    goods_of = study.goods.families[family] if "product" in by else None
    return Row(
        reporter=study.panel.reporters[exporter] if "reporter" in by else ALL,
        partner=study.panel.partners[hub],
        family=goods_of.id if goods_of else ALL,
        products=goods_of.members if goods_of else (),
        label=_label(study, goods_of),
        tier=(goods_of.entry.tier or goods_of.entry.category or "") if goods_of else "",
        base_actual=base,
        actual=actual,
        expected=expected,
        low=_number(low),
        high=_number(high),
        excess=actual - expected,
        excess_low=_number(actual - high),
        excess_high=_number(actual - low),
        expected_c=expected_c,
        excess_c=actual - expected_c,
        currency=study.request.currency,
        ratio=actual / expected if expected > 0 and kind == ESTABLISHED else None,
        p=_number(p),
        q=_number(q),
        rung=study.rungs[0],
        kind=kind,
        verdict=ruled.word,
        reason="; ".join(part for part in (ruled.reason, no_p) if part),
        minimum_detectable=_number(high - expected),
        cells=cells,
    )


def _untestable_rows(study: Study, by: tuple[str, ...]) -> list[Row]:
    """Return rows of what is restricted in the window and cannot be told, by reason."""
    blocks: list[Row] = []
    actual, _ = counterfactual.cell_sums(
        study.panel, study.design.start, np.full_like(study.design.start, study.design.last)
    )
    base = base_values(study)
    for reason, mask in untestable(study).items():
        blocks += _blocks(study, by, reason, np.where(mask, actual, 0), np.where(mask, base, 0))
    return blocks


def untestable(study: Study) -> dict[str, NDArray[np.bool_]]:
    """Return, by reason, the cells that are restricted in the window and cannot be told."""
    found: dict[str, NDArray[np.bool_]] = {}
    covered = study.panel.covered.reshape(study.panel.shape)
    for reason in (goods.MISSING_MEMBERS, goods.RESTRICTED_BEFORE_DATA):
        families = np.array([f.reason == reason for f in study.goods.families])
        if families.any():
            found[reason] = np.broadcast_to(families[None, None, :], covered.shape)
    tested = study.design.tested[None, None, :]
    incomplete = covered & tested & ~study.design.whole[:, None, :]
    if incomplete.any():
        found[studies.INCOMPLETE_REPORTER] = incomplete
    absent = ~covered & tested
    if absent.any():
        found[studies.NOT_COVERED] = absent
    return found


def _blocks(
    study: Study, by: tuple[str, ...], reason: str, actual: FloatArray, base: FloatArray
) -> list[Row]:
    cells = _collapse(((actual > 0) | (base > 0)).astype(np.float64), by)
    actual, base = _collapse(actual, by), _collapse(base, by)
    where = np.nonzero((actual > 0) | (base > 0))
    out = []
    for exporter, hub, family in zip(*(axis.tolist() for axis in where), strict=True):
        goods_of = study.goods.families[family] if "product" in by else None
        out.append(
            Row(
                reporter=study.panel.reporters[exporter] if "reporter" in by else ALL,
                partner=study.panel.partners[hub],
                family=goods_of.id if goods_of else ALL,
                products=goods_of.members if goods_of else (),
                label=_label(study, goods_of),
                tier=(goods_of.entry.tier or goods_of.entry.category or "") if goods_of else "",
                base_actual=float(base[exporter, hub, family]),
                actual=float(actual[exporter, hub, family]),
                expected=None,
                low=None,
                high=None,
                excess=None,
                excess_low=None,
                excess_high=None,
                expected_c=None,
                excess_c=None,
                currency=study.request.currency,
                ratio=None,
                p=None,
                q=None,
                rung="D",
                kind=NOT_TESTABLE,
                verdict=verdict.CANNOT_TELL,
                reason=reason,
                minimum_detectable=None,
                cells=int(cells[exporter, hub, family]),
            )
        )
    return out


def _label(study: Study, family: goods.Family | None) -> str:
    return study.labels.get(family.members[0], "") if family else ""


def _number(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None
