"""How often two states voted alike: the index of agreement, with an interval.

A roll call on which both voted the same way counts 1, one on which one of them abstained 1/2, yes
against no 0; roll calls on which either did not vote are left out. Source: Lijphart (1963), "The
Analysis of Bloc Voting in the General Assembly", American Political Science Review 57, 902-917;
the same index as in Bailey, Strezhnev and Voeten (2017), "Estimating Dynamic State Preferences from
United Nations Voting Data", Journal of Conflict Resolution 61, 430-456. No ideal points are fitted.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
from scipy.special import stdtrit

from throughflow.model.votes import Vote

if TYPE_CHECKING:
    from datetime import date

    from numpy.typing import NDArray

CONFIDENCE: Final = 0.9
SAME: Final = "same"
HALF: Final = "half"
OPPOSITE: Final = "opposite"
_CAST: Final = (Vote.YES, Vote.ABSTAIN, Vote.NO)


@dataclass(frozen=True, slots=True)
class Agreement:
    """Agreement of one state with another over some roll calls.

    Attributes:
        period: What the roll calls have in common, such as ``2021`` or ``since 2022-02-24``.
        first: Day of the first roll call on which both voted; None if there is none.
        last: Day of the last one.
        rollcalls: On how many both voted.
        days: On how many days these were.
        same: Of these, the same way.
        half: Of these, one abstained and the other did not.
        opposite: Of these, yes against no.
        score: Share of agreement, 0 to 1; None without a roll call.
        low: Lower end of the interval of `CONFIDENCE`.
        high: Upper end.
        unverified: Of them, those on which either row is unverified.
        left_out: Roll calls of the period on which only the other state voted.
    """

    period: str
    first: date | None
    last: date | None
    rollcalls: int
    days: int
    same: int
    half: int
    opposite: int
    score: float | None
    low: float | None
    high: float | None
    unverified: int
    left_out: int


def relations(mine: NDArray[np.int8], theirs: NDArray[np.int8]) -> NDArray[np.float64]:
    """Score each roll call.

    Args:
        mine: `Vote` numbers of one state, shape (n,).
        theirs: The other's, shape (n,).

    Returns:
        1, 0.5 or 0 for each; NaN where either did not vote, is unsettled or has no row.
    """
    both = cast(mine) & cast(theirs)
    # Yes, abstain, no are 1, 2, 3: half a point is lost for each step between them.
    steps = np.abs(mine.astype(np.float64) - theirs)
    return np.where(both, 1 - steps / 2, np.nan)


def cast(votes: NDArray[np.int8]) -> NDArray[np.bool_]:
    """Tell which votes were cast: yes, no or an abstention."""
    return np.isin(votes, _CAST)


def word(score: float) -> str | None:
    """Name one roll call's score; None for NaN."""
    return {1.0: SAME, 0.5: HALF, 0.0: OPPOSITE}.get(score)


def wilson(mean: float, count: float, quantile: float) -> tuple[float, float]:
    """Return the score interval of a mean of values between 0 and 1.

    The variance of such values is at most that of a share with the same mean, so for independent
    values the interval is if anything too wide. Source: Wilson (1927), "Probable Inference",
    Journal of the American Statistical Association 22, 209-212.

    Args:
        mean: Mean of the values.
        count: How many, or how many independent ones they are worth.
        quantile: Of the standardised error, such as 1.645 for 90 % and many values.
    """
    z2 = quantile**2
    middle = (mean + z2 / (2 * count)) / (1 + z2 / count)
    half = (z2 / count * (mean * (1 - mean) + z2 / (4 * count))) ** 0.5 / (1 + z2 / count)
    return max(0.0, middle - half), min(1.0, middle + half)


def worth(values: NDArray[np.float64], days: NDArray[np.datetime64]) -> tuple[float, int]:
    """Tell how many independent roll calls some roll calls are worth.

    The Assembly votes on the resolutions of one committee on one day, so that the votes of a day
    are about one subject and go together. The variance of the mean is therefore taken between
    days, and compared with that of independent roll calls. Source: Liang and Zeger (1986),
    "Longitudinal Data Analysis Using Generalized Linear Models", Biometrika 73, 13-22.

    Args:
        values: Scores, shape (n,), n at least 1.
        days: Their days, shape (n,).

    Returns:
        A count between 1 and n, and the number of days. One day is worth one roll call.
    """
    _, which = np.unique(days, return_inverse=True)
    count, groups = len(values), int(which.max()) + 1
    if groups == 1:
        return 1.0, 1
    mean = float(values.mean())
    sums = np.bincount(which, weights=values - mean)
    between = groups / (groups - 1) * float(sums @ sums) / count**2
    if between <= 0:
        return float(count), groups
    return min(float(count), max(1.0, mean * (1 - mean) / between)), groups


def interval(
    values: NDArray[np.float64], days: NDArray[np.datetime64], confidence: float = CONFIDENCE
) -> tuple[float, float]:
    """Return the interval of a mean score, roll calls of one day taken together.

    Measured coverage: see docs/methods/votes.md.

    Args:
        values: Scores, shape (n,), n at least 1.
        days: Their days, shape (n,).
        confidence: Coverage aimed at.
    """
    count, groups = worth(values, days)
    quantile = float(stdtrit(max(groups - 1, 1), (1 + confidence) / 2))
    return wilson(float(values.mean()), count, quantile)


def summarise(
    period: str,
    days: NDArray[np.datetime64],
    scores: NDArray[np.float64],
    unverified: NDArray[np.bool_],
    theirs: NDArray[np.int8],
) -> Agreement:
    """Sum up the scores of some roll calls.

    Args:
        period: Name of what they have in common.
        days: Their days, ascending, shape (n,).
        scores: From `relations`, shape (n,).
        unverified: Whether either row is unverified, shape (n,).
        theirs: Votes of the other state, shape (n,).
    """
    told = ~np.isnan(scores)
    values, when = scores[told], days[told]
    count = len(values)
    mean = float(values.mean()) if count else None
    low, high = interval(values, when) if count else (None, None)
    return Agreement(
        period=period,
        first=when[0].item() if count else None,
        last=when[-1].item() if count else None,
        rollcalls=count,
        days=len(np.unique(when)),
        same=int(np.count_nonzero(values == 1)),
        half=int(np.count_nonzero(values == 0.5)),
        opposite=int(np.count_nonzero(values == 0)),
        score=mean,
        low=low,
        high=high,
        unverified=int(np.count_nonzero(unverified[told])),
        left_out=int(np.count_nonzero(cast(theirs) & ~told)),
    )
