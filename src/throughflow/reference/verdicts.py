"""The verdict rules: dated data, declared before anything is measured."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from importlib import resources


@dataclass(frozen=True, slots=True)
class VerdictRules:
    """One edition of the rule table.

    Attributes:
        edition: Date of the edition.
        confidence: Confidence of the intervals the rules speak of.
        q_threshold: Largest false-discovery rate of a discovery.
        margin_share: Smallest excess that matters, as a share of the expected value.
        rules: What each verdict word requires, in words.
    """

    edition: str
    confidence: float
    q_threshold: float
    margin_share: float
    rules: dict[str, str]


@cache
def current() -> VerdictRules:
    """Return the edition in force."""
    path = resources.files("throughflow.reference") / "data" / "verdict_rules.json"
    raw = json.loads(path.read_text(encoding="utf-8"))
    return VerdictRules(
        edition=raw["edition"],
        confidence=raw["confidence"],
        q_threshold=raw["q_threshold"],
        margin_share=raw["margin_share_of_expected"],
        rules=raw["rules"],
    )
