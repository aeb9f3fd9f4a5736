"""The rules of the say-do test: dated data, declared before anything is measured."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from importlib import resources

from throughflow.reference import editions as dated


@dataclass(frozen=True, slots=True)
class SayDoRules:
    """One edition of the rules.

    Attributes:
        edition: Date of the edition.
        confidence: Confidence of the intervals the rules speak of.
        margin_share: Smallest excess that matters, as a share of the expected value.
        margin_floor_eur: The least the margin can be, euros a month of the window.
        borne_out: How many margins the best estimate of a total must exceed for the mean over goods
            to be believed.
        most_months: Longest window, in months.
        tested_kinds: Kinds of statements that are tested.
        topics: Topics that make a claim testable where the statement spells none out.
        words: The verdicts.
        windows: Which months a claim speaks of, in words.
        rules: What each verdict requires, in words.
    """

    edition: str
    confidence: float
    margin_share: float
    margin_floor_eur: float
    borne_out: float
    most_months: int
    tested_kinds: tuple[str, ...]
    topics: tuple[str, ...]
    words: tuple[str, ...]
    windows: dict[str, str]
    rules: dict[str, str]


@cache
def editions() -> tuple[SayDoRules, ...]:
    """Return every edition, the oldest first; a released one never changes."""
    path = resources.files("throughflow.reference") / "data" / "saydo_rules.json"
    raw = json.loads(path.read_text(encoding="utf-8"))
    found = (
        SayDoRules(
            edition=one["edition"],
            confidence=one["confidence"],
            margin_share=one["margin_share_of_expected"],
            margin_floor_eur=one["margin_floor_eur_per_month"],
            borne_out=one["borne_out_margins"],
            most_months=one["most_months"],
            tested_kinds=tuple(one["tested_kinds"]),
            topics=tuple(one["topics"]),
            words=tuple(one["words"]),
            windows=one["windows"],
            rules=one["rules"],
        )
        for one in raw["editions"]
    )
    return tuple(sorted(found, key=lambda rules: rules.edition))


def edition(name: str) -> SayDoRules:
    """Return an edition by its date.

    Raises:
        InputError: There is no such edition.
    """
    return dated.find(editions(), name, "say-do rules")


def current() -> SayDoRules:
    """Return the edition in force: the latest."""
    return editions()[-1]
