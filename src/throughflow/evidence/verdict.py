"""Apply the rule table of `reference.verdicts` to one finding."""

from __future__ import annotations

import math
from dataclasses import dataclass

from throughflow.reference import verdicts

STRONG = "strong"
MODERATE = "moderate"
WEAK = "weak"
NONE = "none"
CANNOT_TELL = "cannot tell"

TREND = "trend"
SMALL_TREND = "small trend"
NO_TREND = "no trend found"
# A trend before the date takes one step off.
LOWER = {STRONG: MODERATE, MODERATE: WEAK, WEAK: WEAK}


@dataclass(frozen=True, slots=True)
class Ruled:
    """A verdict word and why it is not a stronger one."""

    word: str
    reason: str


@dataclass(frozen=True, slots=True)
class PreTrend:
    """What a test of the months before the date found.

    Attributes:
        p: Of the joint test that none of them moved; None where it could not be made.
        largest: Largest movement before the date, log.
        effect: Mean effect after the date, log.
        detectable: Smallest drift that the test finds with the power of the rules, as its largest
            movement, log; None where it finds none.
    """

    p: float | None
    largest: float | None
    effect: float | None
    detectable: float | None


def judge_pre_trend(found: PreTrend) -> tuple[str, str]:
    """Say whether a trend before the date was found, by the rules in force.

    Returns:
        One of ``TREND``, ``SMALL_TREND``, ``NO_TREND`` and ``CANNOT_TELL``, and why.
    """
    rule = verdicts.current().pre_trend
    if rule is None:
        return CANNOT_TELL, "the verdict rules have no clause on trends before the date"
    if found.p is None or found.largest is None:
        return CANNOT_TELL, "too few months before the date for a test"
    if found.effect is None or found.effect <= 0:
        return CANNOT_TELL, "no rise after the date to measure the months before it by"
    wanted = rule.share_of_effect * found.effect
    part = 100 * found.largest / found.effect
    size = f"largest movement {part:.0f} % of the effect, p {found.p:.3f}"
    if found.p <= rule.p_threshold:
        return (TREND if found.largest >= wanted else SMALL_TREND), size
    least = math.inf if found.detectable is None else found.detectable
    times = least / found.effect
    if least <= wanted:
        seen = f"a drift of {100 * times:.0f} % of the effect would have been found"
        return NO_TREND, f"{size}; {seen}"
    unseen = f"a drift below {times:.1f} times the effect would go unseen"
    return CANNOT_TELL, f"{size}; {unseen if least < math.inf else 'any drift would go unseen'}"


def decide(
    *,
    actual: float,
    expected: float,
    low: float,
    high: float,
    q: float | None,
    rung: str,
    kinds: int,
    other_rung_agrees: bool = False,
    not_rung_a: str = "other destinations are not in the data",
    pre_trend: PreTrend | None = None,
) -> Ruled:
    """Choose the verdict word of an excess.

    Args:
        actual: Recorded value.
        expected: Counterfactual value, same unit.
        low: Lower end of the interval of `expected`; NaN where there is none.
        high: Upper end of the interval of `expected`; NaN or infinite where there is none.
        q: False-discovery rate, None where placebos are too few.
        rung: Rung of the counterfactual, ``A`` to ``D``.
        kinds: Kinds of evidence that agree and do not share a series.
        other_rung_agrees: Whether rung C finds an excess as well as rung B.
        not_rung_a: Why the data do not support rung A, where they do not.
        pre_trend: Test of the months before the date; None where none was made. A trend found
            takes one step off `strong` and `moderate`.

    Returns:
        The word, and what it would take for more.
    """
    rules = verdicts.current()
    if rung == "D" or math.isnan(high) or math.isnan(low):
        return Ruled(CANNOT_TELL, "no interval: too few placebos")
    if actual - high <= 0:
        if actual - low < rules.margin_share * expected:
            return Ruled(NONE, "")
        return Ruled(
            CANNOT_TELL, "the interval holds both no excess and one of half the expected value"
        )
    lacking = _lacking(q, rung, kinds, other_rung_agrees, not_rung_a, threshold=rules.q_threshold)
    discovered = q is not None and q <= rules.q_threshold
    word = WEAK
    if discovered and rung == "A":
        word = MODERATE if lacking else STRONG
    elif discovered and rung == "B" and other_rung_agrees and kinds > 1:
        word = MODERATE
    return after_pre_trend(Ruled(word, lacking), pre_trend)


def after_pre_trend(ruled: Ruled, found: PreTrend | None) -> Ruled:
    """Take a step off where trade moved before the date, and say what the test showed.

    Args:
        ruled: The verdict without the test.
        found: The test; None where none was made, which changes nothing.
    """
    if found is None:
        return ruled
    state, why = judge_pre_trend(found)
    if state == NO_TREND:
        return ruled
    said = {
        TREND: f"trade moved before the date: {why}",
        SMALL_TREND: f"trade moved a little before the date: {why}",
        CANNOT_TELL: f"whether trade moved before the date cannot be told: {why}",
    }[state]
    word = LOWER[ruled.word] if state == TREND else ruled.word
    return Ruled(word, "; ".join(part for part in (ruled.reason, said) if part))


def _lacking(
    q: float | None,
    rung: str,
    kinds: int,
    other_rung_agrees: bool,  # noqa: FBT001 - private, and named as its caller's parameter
    not_rung_a: str,
    *,
    threshold: float,
) -> str:
    """Say what an excess lacks for the strongest word."""
    parts = []
    if rung != "A":
        parts.append(f"rung {rung}: {not_rung_a}")
    if kinds < 2:
        parts.append("one kind of evidence only")
    elif rung == "B" and not other_rung_agrees:
        parts.append("not on rung C as well")
    if q is not None and not q <= threshold:
        parts.append(f"q above {threshold:g}")
    return "; ".join(parts)
