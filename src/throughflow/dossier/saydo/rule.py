"""The verdict of a claim, from where its legs lie against the margin: pure functions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from throughflow.dossier.saydo.model import (
    ABOVE,
    BELOW,
    BETWEEN,
    CONSISTENT,
    FIRST_LEG,
    INCONCLUSIVE,
    INCONSISTENT,
    SECOND_LEG,
    UNTESTABLE,
)

if TYPE_CHECKING:
    from throughflow.dossier.saydo.model import LegLevel, MissingLeg

CONDUCT, RESTRICTION = "conduct", "restriction"


@dataclass(frozen=True, slots=True)
class Measure:
    """One measure of the excess on a leg, in money, with its interval."""

    best: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Ruled:
    """A verdict and why."""

    word: str
    reason: str


def place(value: Measure, goods: Measure | None, margin: float, borne_out: float) -> str:
    """Tell where a leg lies against the margin.

    Args:
        value: Excess of the total, every unit of money counting the same.
        goods: Excess that the mean over goods makes of the expected total; None without it.
        margin: Smallest excess that matters.
        borne_out: How many margins the best estimate of the total must exceed for the mean over
            goods to be believed.

    Returns:
        ``above``, ``below`` or ``between``.
    """
    # A hub's total may stray so far that it tells nothing; the mean over goods then may, as long as
    # the money bears it out: goods of little worth alone are not enough.
    is_above = value.low > margin or (
        goods is not None
        and goods.low > margin
        and value.best > borne_out * margin
        and value.high > margin
    )
    # One large consignment can hide in the mean over goods: only the money clears a state.
    is_below = value.high < margin and (goods is None or goods.best < margin)
    if is_above:
        return ABOVE
    return BELOW if is_below else BETWEEN


def decide(rule: str, first: LegLevel | MissingLeg, second: LegLevel | MissingLeg) -> Ruled:
    """Decide one claim.

    Args:
        rule: `CONDUCT` for what a state denies doing, `RESTRICTION` for what it forbids.
        first: From the coalition to the hub.
        second: From the hub to the target.
    """
    led, other = (second, first) if rule == RESTRICTION else (first, second)
    at, beside = _place(led), _place(other)
    name, beside_name = (SECOND_LEG, FIRST_LEG) if rule == RESTRICTION else (FIRST_LEG, SECOND_LEG)
    if not at:
        reason = getattr(led, "reason", "")
        return Ruled(UNTESTABLE, f"{name} cannot be told: {reason}")
    if at == BELOW:
        return _below(rule, name, beside_name, beside)
    if at == ABOVE:
        return _above(name, beside_name, beside)
    return Ruled(
        INCONCLUSIVE,
        f"the interval of the excess from {name} holds the margin{_alone(beside)}",
    )


def _below(rule: str, name: str, beside_name: str, beside: str) -> Ruled:
    if rule == CONDUCT and beside == ABOVE:
        return Ruled(
            INCONCLUSIVE,
            f"the excess from {name} is below the margin but that from {beside_name} is above it: "
            "the legs disagree",
        )
    return Ruled(CONSISTENT, f"the excess from {name} is below the margin{_alone(beside)}")


def _above(name: str, beside_name: str, beside: str) -> Ruled:
    if beside == ABOVE:
        return Ruled(INCONSISTENT, "the excess is above the margin on both legs")
    if not beside:
        return Ruled(
            INCONCLUSIVE,
            f"the excess from {name} is above the margin, but {beside_name} is not told, and one "
            "leg alone never makes a statement inconsistent",
        )
    return Ruled(
        INCONCLUSIVE,
        f"the excess from {name} is above the margin, that from {beside_name} is "
        f"{'below it' if beside == BELOW else 'not told apart from it'}",
    )


def _place(leg: LegLevel | MissingLeg) -> str:
    found = getattr(leg, "place", "")
    return found if found in {ABOVE, BELOW, BETWEEN} else ""


def _alone(beside: str) -> str:
    return "" if beside else " (the other leg is not told)"
