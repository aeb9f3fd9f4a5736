"""The index of agreement and its interval."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest

from throughflow.model.votes import Vote
from throughflow.statements import agreement

CAST = [Vote.YES, Vote.ABSTAIN, Vote.NO]
ANY = [*CAST, Vote.ABSENT, Vote.NOT_MEMBER, Vote.UNSETTLED, Vote.NO_ROW]
Z90 = 1.6448536269514722
pairs = st.lists(st.tuples(st.sampled_from(ANY), st.sampled_from(ANY)), min_size=1, max_size=60)


def arrays(found: list[tuple[Vote, Vote]]) -> tuple[np.ndarray, np.ndarray]:
    mine, theirs = zip(*found, strict=True)
    return np.array(mine, dtype=np.int8), np.array(theirs, dtype=np.int8)


@pytest.mark.parametrize(
    ("mine", "theirs", "score"),
    [
        (Vote.YES, Vote.YES, 1), (Vote.ABSTAIN, Vote.ABSTAIN, 1), (Vote.NO, Vote.NO, 1),
        (Vote.YES, Vote.ABSTAIN, 0.5), (Vote.ABSTAIN, Vote.NO, 0.5), (Vote.YES, Vote.NO, 0),
        (Vote.YES, Vote.ABSENT, None), (Vote.UNSETTLED, Vote.NO, None),
        (Vote.NOT_MEMBER, Vote.NOT_MEMBER, None), (Vote.ABSENT, Vote.ABSENT, None),
        (Vote.NO_ROW, Vote.YES, None),
    ],
)  # fmt: skip
def test_one_roll_call(mine: Vote, theirs: Vote, score: float | None) -> None:
    for one, other in ((mine, theirs), (theirs, mine)):
        found = float(agreement.relations(*arrays([(one, other)]))[0])
        assert (None if np.isnan(found) else found) == score
    expected = {1: "same", 0.5: "half", 0: "opposite", None: None}[score]
    assert agreement.word(found) == expected


@given(pairs)
def test_the_parts_make_the_whole(found: list[tuple[Vote, Vote]]) -> None:
    mine, theirs = arrays(found)
    days = np.arange(len(found)).astype("datetime64[D]")
    scores = agreement.relations(mine, theirs)
    one = agreement.summarise("x", days, scores, np.zeros(len(found), bool), theirs)
    assert one.same + one.half + one.opposite == one.rollcalls == one.days
    assert one.rollcalls + one.left_out == sum(their in CAST for _, their in found)
    if one.score is None:
        assert one.rollcalls == 0
        assert one.low is None
        assert one.first is None
    else:
        assert one.score == pytest.approx((one.same + one.half / 2) / one.rollcalls)
        assert 0 <= one.low <= one.score <= one.high <= 1


@pytest.mark.parametrize(("hits", "count"), [(0, 5), (3, 7), (40, 50), (12, 12)])
def test_wilson_is_scipys(hits: int, count: int) -> None:
    exact = binomtest(hits, count).proportion_ci(0.9, method="wilson")
    assert agreement.wilson(hits / count, count, Z90) == pytest.approx((exact.low, exact.high))


def test_votes_of_one_day_that_go_together_count_once() -> None:
    days = np.repeat(np.arange(6), 20).astype("datetime64[D]")
    together = np.repeat([1.0, 0.0, 1.0, 1.0, 0.0, 1.0], 20)
    count, groups = agreement.worth(together, days)
    # Six days worth one roll call each; the variance between them loses one degree of freedom.
    assert groups == 6
    assert count == pytest.approx(5)
    low, high = agreement.interval(together, days)
    assert high - low > 0.6
    single = agreement.interval(together, np.arange(120).astype("datetime64[D]"))
    assert single[1] - single[0] < 0.16


def test_one_day_tells_next_to_nothing() -> None:
    low, high = agreement.interval(np.ones(50), np.zeros(50).astype("datetime64[D]"))
    assert high == 1
    assert low < 0.05


def test_independent_roll_calls_keep_their_coverage() -> None:
    """Days that differ only by chance: the truth is held at least as often as is said."""
    chance = np.random.default_rng(3)
    days = np.repeat(np.arange(12), 6).astype("datetime64[D]")
    held = []
    for _ in range(600):
        values = chance.choice([1.0, 0.5, 0.0], size=72, p=[0.6, 0.25, 0.15])
        low, high = agreement.interval(values, days)
        held.append(low <= 0.725 <= high)
    assert np.mean(held) > 0.9


def test_days_that_differ_in_subject_are_covered() -> None:
    """Each day its own level of agreement: the truth is the mean over days one might have seen."""
    chance = np.random.default_rng(4)
    days = np.repeat(np.arange(12), 8).astype("datetime64[D]")
    held, naive = Counter(), Counter()
    for _ in range(600):
        levels = chance.beta(2, 1, size=12)
        values = (chance.random(96) < np.repeat(levels, 8)).astype(float)
        low, high = agreement.interval(values, days)
        held[low <= 2 / 3 <= high] += 1
        low, high = agreement.wilson(float(values.mean()), 96, Z90)
        naive[low <= 2 / 3 <= high] += 1
    # 600 draws of a share of 0.9 have a standard error of 0.012.
    assert held[True] / 600 > 0.865
    assert naive[True] / 600 < 0.8
