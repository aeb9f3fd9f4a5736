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


@dataclass(frozen=True, slots=True)
class Ruled:
    """A verdict word and why it is not a stronger one."""

    word: str
    reason: str


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
    if discovered and rung == "A":
        return Ruled(MODERATE if lacking else STRONG, lacking)
    if discovered and rung == "B" and other_rung_agrees and kinds > 1:
        return Ruled(MODERATE, lacking)
    return Ruled(WEAK, lacking)


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
