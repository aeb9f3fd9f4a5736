"""Rows of a decomposition, one family each or all together, made of the arrays of one basis."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from throughflow.trade import goods
from throughflow.trade.decompose import estimates, leg_records, parts, pass_through
from throughflow.trade.decompose.decomposition import ALL, NO_EXCESS, NO_RECORDS, FamilySplit
from throughflow.trade.decompose.leg_sources import ARRIVED, FORWARDED, MIRRORED, SENT, WORDS

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from throughflow.trade.decompose.leg_draws import Drawn
    from throughflow.trade.decompose.leg_sums import LegSums, Question, Taker
    from throughflow.trade.decompose.legs import Legs
    from throughflow.trade.decompose.parts import Parts, Ratios
    from throughflow.trade.decompose.pass_through import PassThrough

    FloatArray = NDArray[np.float64]
    IntArray = NDArray[np.int64]
    BoolArray = NDArray[np.bool_]

NO_MIRROR = (
    f"before the restriction the hub recorded less than 1/{parts.USABLE:.0f} of what it usually "
    f"records of a good, or more than {parts.USABLE:.0f} times: it stands under another code or "
    "partner"
)
BASE_TREATED = "the good was restricted before the base ends: no untreated past"


@dataclass(frozen=True, slots=True)
class RowBuilder:
    """Makes rows of the arrays of one basis."""

    read: Legs
    legs: LegSums
    ratios: Ratios
    take: Taker
    question: Question
    counted: BoolArray
    past_until: IntArray
    raw: Parts
    adjusted: Parts
    mirror: FloatArray

    def told(self) -> BoolArray:
        """Tell which families are told on every leg that is told at all."""
        told = np.asarray(self.counted.any(axis=1))
        if SENT in self.read.legs:
            told = told & ~np.isnan(self.legs.sent.window + self.legs.sent.base)
        for name, leg in ((ARRIVED, self.legs.arrived), (FORWARDED, self.legs.forwarded)):
            if name in self.read.legs:
                told = told & ~np.isnan(leg.window)
                if SENT in self.read.legs:
                    told = told & ~np.isnan(leg.base)
        return told & self.ratios.is_usable

    def is_shown(self, i: int) -> bool:
        """Tell whether a family traded at all, on any leg."""
        legs = (self.legs.sent, self.legs.arrived, self.legs.forwarded)
        return any(float(np.nan_to_num(s.window[i]) + np.nan_to_num(s.base[i])) > 0 for s in legs)

    def total(self, told: BoolArray, drawn: Drawn) -> FamilySplit:
        """Add up the families that are told; `drawn` holds draws of their sum."""
        raw, adjusted = self.raw, self.adjusted
        reason = "" if told.any() else self.why(told)
        return FamilySplit(
            family=ALL,
            products=(),
            label="all families that can be told",
            sent=_sum(self.legs.sent.window, told),
            excess_sent=estimates.excess(raw.total(told), drawn.raw, is_told=bool(told.any())),
            arrived=_sum(self.legs.arrived.window, told),
            forwarded=_sum(self.legs.forwarded.window, told),
            excess_forwarded=_sum(self.legs.forwarded.window - self.legs.forwarded.base, told),
            forwarded_mirror=self.mirrored(told),
            raw=estimates.split(raw.total(told), drawn.raw, is_told=bool(told.any())),
            adjusted=estimates.split(
                adjusted.total(told), drawn.adjusted, is_told=bool(told.any())
            ),
            base_ratio=None,
            ratio_level="",
            pass_through=self.passed(told),
            families=int(told.sum()),
            reason=reason or self.lacking(raw.total(told), drawn),
        )

    def why(self, told: BoolArray) -> str:
        """Say why no family is told."""
        if not len(told):
            return "no good of the list is in the data"
        reasons = [self.family_reason(i) for i in range(len(told))]
        return max(set(reasons), key=reasons.count)

    def row(self, i: int, drawn: Drawn) -> FamilySplit:
        """Return one family's row."""
        family = self.read.families[i]
        raw, adjusted = self.raw, self.adjusted
        one = np.zeros(len(self.read.families), dtype=bool)
        one[i] = True
        mine = drawn.total(one)
        ratio = float(self.ratios.value[i])
        return FamilySplit(
            family=family.id,
            products=family.members,
            label=next((self.read.labels[m] for m in family.members if m in self.read.labels), ""),
            sent=estimates.number(self.legs.sent.window[i]),
            excess_sent=estimates.excess(raw.total(one), mine.raw, is_told=True),
            arrived=estimates.number(self.legs.arrived.window[i]),
            forwarded=estimates.number(self.legs.forwarded.window[i]),
            excess_forwarded=estimates.number(
                self.legs.forwarded.window[i] - self.legs.forwarded.base[i]
            ),
            forwarded_mirror=self.mirrored(one),
            raw=estimates.split(raw.total(one), mine.raw, is_told=True),
            adjusted=estimates.split(adjusted.total(one), mine.adjusted, is_told=True),
            base_ratio=estimates.number(ratio),
            ratio_level=self.ratios.level[i],
            pass_through=self.passed(one),
            families=1,
            reason=self.family_reason(i) or self.lacking(raw.total(one), drawn),
        )

    def lacking(self, total: Parts, drawn: Drawn) -> str:
        """Say what keeps a row that is told from being whole."""
        if SENT not in self.read.legs:
            return WORDS[SENT] + ": not in the data"
        if ARRIVED not in self.read.legs:
            return NO_RECORDS
        if float(total.excess_sent) <= 0:
            return NO_EXCESS
        return drawn.reason

    def family_reason(self, i: int) -> str:
        """Say why a family cannot be told, leg by leg."""
        if self.read.families[i].reason in {goods.NOT_YET_RESTRICTED, goods.PART_OF_CODE}:
            return self.read.families[i].reason
        if not self.counted[i].any():
            return "no month of the window is recorded in full on every leg"
        reasons = []
        for name, leg in (
            (SENT, self.legs.sent), (ARRIVED, self.legs.arrived), (FORWARDED, self.legs.forwarded),
        ):  # fmt: skip
            if name not in self.read.legs:
                continue
            why = self.read.legs[name].untold.get(i)
            if why:
                reasons.append(f"{name}: {why}")
            elif np.isnan(leg.window[i]):
                reasons.append(f"{name}: {leg_records.NOT_ASKED}, in some months of the window")
            elif name == SENT and int(self.take.base.max()) >= self.past_until[i]:
                reasons.append(BASE_TREATED)
            elif np.isnan(leg.base[i]):
                reasons.append(f"{name}: {leg_records.NOT_ASKED}, in some months of the base")
        if not reasons and not self.ratios.is_usable[i]:
            reasons.append(NO_MIRROR)
        return f"cannot tell: {'; '.join(reasons)}" if reasons else ""

    def mirrored(self, chosen: BoolArray) -> float | None:
        """Return what the target recorded of the hub's exports; None where it is not loaded."""
        if MIRRORED not in self.read.legs:
            return None
        return _sum(self.mirror, chosen)

    def passed(self, chosen: BoolArray) -> PassThrough:
        """Measure pass-through of some families together, month by month."""
        if not {ARRIVED, FORWARDED} <= self.read.legs.keys():
            return pass_through.nothing(NO_RECORDS)
        years = (self.question.window.first.year - self.question.base.first.year,)
        arrived = self.read.value(ARRIVED)
        # Families that start to count later are compared from the window's first month on all the
        # same: a month before the date is part of both legs.
        came = _monthly(arrived, chosen)
        went = _monthly(self.read.value(FORWARDED), chosen)
        first = int(self.take.window[0])
        length = len(self.take.window)
        return pass_through.measure(
            came, went,
            pass_through.base_profile(came, first, length, years),
            pass_through.base_profile(went, first, length, years),
            first=first, length=length,
        )  # fmt: skip


def _monthly(value: FloatArray, chosen: BoolArray) -> FloatArray:
    if not chosen.any():
        return np.full(value.shape[1], np.nan)
    together: FloatArray = value[chosen].sum(axis=0)
    return together


def _sum(value: FloatArray, chosen: BoolArray) -> float | None:
    return estimates.number(float(value[chosen].sum())) if chosen.any() else None
