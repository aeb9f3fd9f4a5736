"""What the say-do test holds: plain data, every amount in `currency` of the result."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date

    from throughflow.dossier.model import Monthly, Restriction, Source

CONSISTENT = "consistent"
INCONSISTENT = "inconsistent"
INCONCLUSIVE = "inconclusive"
UNTESTABLE = "untestable"

FIRST_LEG = "coalition to hub"
SECOND_LEG = "hub to target"

ABOVE, BELOW, BETWEEN = "above", "below", "between"


@dataclass(frozen=True, slots=True)
class LegLevel:
    """The level of restricted goods on one leg in one window, against the margin.

    Attributes:
        leg: `FIRST_LEG` or `SECOND_LEG`.
        dataset: Dataset that records it.
        rung: Rung of the expectation.
        actual: Recorded value.
        expected: Counterfactual.
        excess: Actual minus expected.
        excess_low: Lower end of its 90 % interval; None where there is no interval.
        excess_high: Upper end.
        goods: Number of goods with a past behind the second measure; 0 where there is none.
        goods_multiple: Recorded over expected of a good, the mean over goods by how exactly each
            can be told; None where it cannot be told.
        goods_low: Lower end of its 90 % interval.
        goods_high: Upper end.
        margin: Smallest excess that matters, in money over the window.
        told_from: Smallest excess that the total alone would have shown to be above the margin:
            what the interval leaves undecided is between the margin and this.
        place: ``above`` the margin, ``below`` it, or ``between``: the interval holds it.
    """

    leg: str
    dataset: str
    rung: str
    actual: float
    expected: float
    excess: float
    excess_low: float | None
    excess_high: float | None
    goods: int
    goods_multiple: float | None
    goods_low: float | None
    goods_high: float | None
    margin: float
    told_from: float | None
    place: str


@dataclass(frozen=True, slots=True)
class MissingLeg:
    """A leg that the data do not tell, and why."""

    leg: str
    reason: str


@dataclass(frozen=True, slots=True)
class ClaimTest:
    """One claim of a statement, tested.

    Attributes:
        tense: ``present`` ("does not") or ``future`` ("will not").
        says: The claim in words: ``does not``, ``will not`` or ``restricts``.
        predicate: The conduct it speaks of.
        rule: Which of the rules applies: ``conduct`` or ``restriction``.
        window: Months tested, ``YYYY-MM:YYYY-MM``; None where there are none.
        window_words: The same in prose; empty for none.
        months: Number of months tested.
        window_note: Why they are fewer than the rule allows; empty where they are not.
        legs: Legs used.
        missing: Legs that are not told.
        verdict: ``consistent``, ``inconsistent``, ``inconclusive`` or ``untestable``.
        reason: Why.
    """

    tense: str
    says: str
    predicate: str
    rule: str
    window: str | None
    window_words: str
    months: int
    window_note: str
    legs: tuple[LegLevel, ...]
    missing: tuple[MissingLeg, ...]
    verdict: str
    reason: str


@dataclass(frozen=True, slots=True)
class PlaceboChange:
    """The same change where nothing was said: at an earlier date, or at another destination."""

    what: str
    change: float


@dataclass(frozen=True, slots=True)
class Change:
    """What changed at the statement, as a description: a pledge has no identified effect.

    Attributes:
        before: Months before, ``YYYY-MM:YYYY-MM``; None where there are none.
        after: Months after.
        ratio_before: Recorded over expected before.
        ratio_after: The same after.
        change: Log of the one over the other.
        dates: The same change at fake dates of statement, in months without restrictions.
        p_dates: Share of fake dates and the real one that change at least as much, either way.
        hubs: The same change at other destinations in the same months.
        p_hubs: Share of destinations that change at least as much, this one counted.
        reason: Why there is none; empty where there is one.
    """

    before: str | None
    after: str | None
    ratio_before: float | None
    ratio_after: float | None
    change: float | None
    dates: tuple[PlaceboChange, ...]
    p_dates: float | None
    hubs: tuple[PlaceboChange, ...]
    p_hubs: float | None
    reason: str


@dataclass(frozen=True, slots=True)
class StatementTest:
    """One statement with all of its claims.

    Attributes:
        kind: Kind of statement, as in `model.statements.KINDS`.
        kind_words: The same for a reader.
        start: First day it can have been made; None where that is not known.
        end: Last day.
        speaker: Who said it: person and office where they are known.
        relayed_by: Who relayed it; empty for none.
        certainty: As in `model.statements.Event`.
        quote: Its words; empty where it was coded by hand.
        tests: Its claims, tested.
        change: What changed at its date.
        paragraph: All of it in plain words.
    """

    kind: str
    kind_words: str
    start: date | None
    end: date | None
    speaker: str
    relayed_by: str
    certainty: str
    quote: str
    tests: tuple[ClaimTest, ...]
    change: Change
    paragraph: str


@dataclass(frozen=True, slots=True)
class SayDo:
    """What a state said beside what trade did.

    Attributes:
        hub: The state, ISO alpha-2.
        hub_name: Its name.
        target: The sanctioned state.
        target_name: Its name.
        title: Title of the finding.
        currency: Of all amounts.
        list_name: Control list.
        list_title: Its title.
        rules: Edition of the rules.
        margin_share: Margin as a share of the expected value.
        margin_floor_month: The least the margin is, in `currency` a month, at the rate of the last
            month of the data.
        is_margin_declared: Whether the margin is the pre-declared one.
        confidence: Confidence of the intervals.
        exporters: Exporters counted.
        exporters_words: The same in words.
        data_first: First whole month of the data.
        data_last: Last whole month.
        monthly: Exports of restricted goods to the hub, with what was expected.
        restrictions: Months from which goods are restricted.
        statements: What was tested, in order of date.
        untested: Statements of the state that are neither pledge, denial nor restriction.
        limits: What this cannot tell.
        sources: Datasets.
        command: Command that asks again.
    """

    hub: str
    hub_name: str
    target: str
    target_name: str
    title: str
    currency: str
    list_name: str
    list_title: str
    rules: str
    margin_share: float
    margin_floor_month: float
    is_margin_declared: bool
    confidence: float
    exporters: tuple[str, ...]
    exporters_words: str
    data_first: date
    data_last: date
    monthly: Monthly
    restrictions: tuple[Restriction, ...]
    statements: tuple[StatementTest, ...]
    untested: int
    limits: tuple[str, ...]
    sources: tuple[Source, ...]
    command: str
