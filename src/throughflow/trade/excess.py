"""Excess exports: actual minus expected, with intervals, at any level of breakdown."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from throughflow.errors import DataError
from throughflow.evidence import verdict
from throughflow.reference import memberships
from throughflow.trade import (
    all_legs,
    conformal,
    counterfactual,
    discovery,
    goods,
    levels,
    spread,
)
from throughflow.trade import study as studies
from throughflow.trade.finding import ALL, ESTABLISHED, NEW_FLOW, NOT_TESTABLE, Row

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from throughflow.trade.onward import Onward
    from throughflow.trade.study import Study

    FloatArray = NDArray[np.float64]
    IntArray = NDArray[np.int64]


def rows(study: Study, *, minimum: float = 0.0, leg: Onward | None = None) -> list[Row]:
    """Return the excess table of a study at its request's level, largest excess first.

    Args:
        study: What was read.
        leg: The hubs' own exports to the target, where they are recorded; rows by product are
            then judged by both legs.
        minimum: Leave out rows whose actual and base values are both below this amount.
    """
    by = study.request.by
    found = _judged_rows(study, by, leg) if by or has_many_destinations(study) else _hub_rows(study)
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


def has_many_destinations(study: Study) -> bool:
    """Tell whether hub totals can be judged by the totals of other destinations."""
    traded = (study.real.expected(study.rungs[0]) > 0).any(axis=(0, 2))
    return int((traded & levels.counts_at_hub_level(study)).sum()) >= levels.MANY_DESTINATIONS


@dataclass(frozen=True, slots=True)
class NeverHubs:
    """How the test fares where it should find nothing: destinations that are no hubs.

    Attributes:
        accused: Those whose trade in the window exceeds the upper end of their interval.
        judged: How many have an interval.
        exceed: Which ones do.
    """

    accused: int
    judged: int
    exceed: tuple[str, ...]


def never_hubs(study: Study) -> NeverHubs | None:
    """Judge the totals of destinations that are no hubs, as hubs' totals are judged.

    Returns:
        The count; None where the data hold too few destinations to judge a total.
    """
    if not has_many_destinations(study):
        return None
    units = levels.level_of(study.real, (), study.rungs[0])
    shown = units.is_unit & (units.expected > 0) & study.panel.is_donor[None, :, None]
    judged = levels.judge(study, (), study.rungs[0], units, shown)
    known = ~np.isnan(judged.high)
    above = known & (units.actual[shown] > judged.high)
    names = np.array(study.panel.partners)[np.nonzero(shown)[1]]
    return NeverHubs(int(above.sum()), int(known.sum()), tuple(names[above].tolist()))


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
    return study.request.partners or hubs_of(study)


def hubs_of(study: Study) -> tuple[str, ...]:
    """Return the destinations that may be hubs: not the target, no donor, no coalition member."""
    coalition = memberships.members("coalition", study.window.last)
    return tuple(
        partner
        for partner, is_donor in zip(study.panel.partners, study.panel.is_donor, strict=True)
        if partner != study.request.target and not is_donor and partner not in coalition
    )


def _judged_rows(study: Study, by: tuple[str, ...], leg: Onward | None) -> list[Row]:
    """Judge every unit of a level against the placebos of the other folds."""
    rung = study.rungs[0]
    units = levels.level_of(study.real, by, rung)
    own_past = levels.level_of(study.real, by, "C").expected
    base = levels.collapse(np.where(study.real.usable, levels.base_values(study), 0.0), by)
    shown = units.is_unit & ((units.actual > 0) | (base > 0) | ~units.is_new)
    where = np.nonzero(shown)
    judged = levels.judge(study, by, rung, units, shown)
    wanted = {study.panel.partners.index(partner) for partner in partners_shown(study)}
    # Every hub's rows take part in the false-discovery rate, whichever are asked for, so that q
    # does not depend on who is looked at; the target's and the donors' are no tests.
    tests = {study.panel.partners.index(partner) for partner in hubs_of(study)}
    leg = leg if "product" in by else None
    second = _second_leg(leg, where)
    through = np.full(len(where[1]), "") if leg is None else leg.through[where[1], where[2]]
    tested = np.where(np.isin(where[1], sorted(tests)), judged.p, np.nan)
    q = discovery.q_values(tested, second[3], units.expected[shown], units.is_new[shown])
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
        levels.collapse(study.real.usable.astype(np.int64), by)[shown].tolist(),
        judged.pool.tolist(),
        through.tolist(),
        *(column.tolist() for column in second),
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
            no_p=_thin(pool) if hub in tests else "not a hub: no test, so no q",
            is_thin=pool < conformal.CLAIM,
            through=second_hub,
            second=onward_of,
        )
        for (
            exporter, hub, family, before, actual, expected, low, high, past, p, false_rate,
            is_new, cells, pool, second_hub, *onward_of,
        ) in columns
        if hub in wanted
    ]  # fmt: skip


def _second_leg(leg: Onward | None, where: tuple[IntArray, ...]) -> tuple[FloatArray, ...]:
    """Return the second leg of each row: actual, expected, p, p of both legs; NaN without one."""
    if leg is None:
        return (np.full(len(where[1]), np.nan),) * 4
    hub, family = where[1], where[2]
    unknown = np.isnan(leg.p[hub, family])
    return tuple(
        np.where(unknown, np.nan, column[hub, family])
        for column in (leg.actual, leg.expected, leg.p, leg.p_joint)
    )


def _thin(pool: int) -> str:
    """Say what a class with few placebos means for a row."""
    if pool < conformal.TOO_FEW:
        return f"only {pool} placebo values in its class"
    if pool < conformal.CLAIM:
        return f"thin class: its interval rests on {pool} placebo values, coverage is not claimed"
    return ""


def _hub_rows(study: Study) -> list[Row]:
    rung = study.rungs[0]
    found = spread.measure(study, rung)
    base = np.where(study.real.usable, levels.base_values(study), 0.0).sum(axis=(0, 2))
    actual = study.real.actual.sum(axis=(0, 2))
    expected = study.real.expected(rung).sum(axis=(0, 2))
    own_past = study.real.expected_c.sum(axis=(0, 2))
    past = study.real.past.sum(axis=(0, 2))
    cells = study.real.usable.sum(axis=(0, 2))
    factor = found.factor(conformal.CONFIDENCE) if found else float("nan")
    no_p = (
        f"{len(found.hubs)} hubs are too few for a p-value"
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
    is_thin: bool = False,
    through: str = "",
    second: Sequence[float] = (float("nan"),) * 4,
) -> Row:
    exporter, hub, family = at
    onward_actual, onward_expected, onward_p, p_joint = map(_number, second)
    low, high = interval
    ruled = verdict.decide(
        actual=actual,
        expected=expected,
        low=low,
        high=high,
        # A class too thin to claim its coverage cannot carry more than a weak finding.
        q=None if np.isnan(q) or is_thin else q,
        rung=study.rungs[0],
        # The hub's own customs keep the second leg: it shares no series with the first.
        kinds=2 if through or (onward_p is not None and onward_p <= all_legs.AGREES) else 1,
        not_rung_a=_not_rung_a(study),
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
        onward_actual=onward_actual,
        onward_expected=onward_expected,
        onward_p=onward_p,
        p_joint=p_joint,
        onward_through=through,
        rung=study.rungs[0],
        kind=kind,
        verdict=ruled.word,
        reason="; ".join(part for part in (ruled.reason, no_p) if part),
        minimum_detectable=_number(high - expected),
        cells=cells,
    )


def _not_rung_a(study: Study) -> str:
    """Say what keeps the data from rung A."""
    if study.panel.unrestricted is None:
        return "totals of all goods by month are not in the data"
    return "other destinations are not in the data"


def _untestable_rows(study: Study, by: tuple[str, ...]) -> list[Row]:
    """Return rows of what is restricted in the window and cannot be told, by reason."""
    blocks: list[Row] = []
    actual, _ = counterfactual.cell_sums(
        study.panel, study.design.start, np.full_like(study.design.start, study.design.last)
    )
    base = levels.base_values(study)
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
    cells = levels.collapse(((actual > 0) | (base > 0)).astype(np.float64), by)
    actual, base = levels.collapse(actual, by), levels.collapse(base, by)
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
                onward_actual=None,
                onward_expected=None,
                onward_p=None,
                p_joint=None,
                onward_through="",
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
