"""The verdict rules: dated data, declared before anything is measured."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from importlib import resources

from throughflow.reference import editions as dated


@dataclass(frozen=True, slots=True)
class PreTrendRule:
    """When a movement before the date counts against a verdict.

    Attributes:
        p_threshold: Largest p of the joint test of the leads at which a trend is found.
        share_of_effect: Smallest lead that matters, as a share of the mean effect after the date.
        power: Power with which a lead of that size must be found before "no trend" is said.
        words: The clause in words.
    """

    p_threshold: float
    share_of_effect: float
    power: float
    words: str


@dataclass(frozen=True, slots=True)
class VerdictRules:
    """One edition of the rule table.

    Attributes:
        edition: Date of the edition.
        confidence: Confidence of the intervals the rules speak of.
        q_threshold: Largest false-discovery rate of a discovery.
        margin_share: Smallest excess that matters, as a share of the expected value.
        rules: What each verdict word requires, in words.
        pre_trend: What a trend before the date does; None in editions without the clause.
    """

    edition: str
    confidence: float
    q_threshold: float
    margin_share: float
    rules: dict[str, str]
    pre_trend: PreTrendRule | None


@cache
def editions() -> tuple[VerdictRules, ...]:
    """Return every edition, the oldest first; a released one never changes."""
    path = resources.files("throughflow.reference") / "data" / "verdict_rules.json"
    raw = json.loads(path.read_text(encoding="utf-8"))
    found = (
        VerdictRules(
            edition=one["edition"],
            confidence=one["confidence"],
            q_threshold=one["q_threshold"],
            margin_share=one["margin_share_of_expected"],
            rules=one["rules"],
            pre_trend=PreTrendRule(**one["pre_trend"]) if "pre_trend" in one else None,
        )
        for one in raw["editions"]
    )
    return tuple(sorted(found, key=lambda rules: rules.edition))


def edition(name: str) -> VerdictRules:
    """Return an edition by its date.

    Raises:
        InputError: There is no such edition.
    """
    return dated.find(editions(), name, "verdict rules")


def current() -> VerdictRules:
    """Return the edition in force: the latest."""
    return editions()[-1]
