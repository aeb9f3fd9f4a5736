"""Pauses and pace, with a clock in hand."""

from __future__ import annotations

import random
from email.utils import formatdate

import pytest
from hypothesis import given
from hypothesis import strategies as st

from throughflow.sources.politeness import LONGEST_PAUSE, Rate, asked_pause, pause_after

NOW = 1_800_000_000.0
# Sums of floating point times near 1e9 are exact to this.
TOLERANCE = 1e-5


class Clock:
    def __init__(self):
        self.time = NOW

    def now(self):
        return self.time

    def sleep(self, seconds):
        assert seconds > 0
        self.time += seconds


@given(
    rate=st.floats(0.1, 50),
    burst=st.integers(1, 5),
    idle=st.lists(st.floats(0, 10), min_size=1, max_size=60),
)
def test_no_span_of_time_sees_more_requests_than_the_rate_allows(rate, burst, idle):
    clock, bucket, times = Clock(), Rate(rate, burst), []
    for seconds in idle:
        clock.time += seconds
        bucket.wait("host", clock)
        times.append(clock.time)
    for first, begin in enumerate(times):
        for last in range(first, len(times)):
            allowed = burst + (times[last] - begin) * rate
            assert last - first + 1 <= allowed + TOLERANCE * (1 + rate)


def test_hosts_do_not_wait_for_each_other():
    clock, bucket = Clock(), Rate(1.0)
    bucket.wait("one", clock)
    bucket.wait("two", clock)
    assert clock.time == NOW
    bucket.wait("one", clock)
    assert clock.time == NOW + 1.0


@given(failure=st.integers(0, 40), first=st.floats(0.1, 5), seed=st.integers(0, 99))
def test_pauses_grow_and_are_spread(failure, first, seed):
    whole = min(first * 2**failure, LONGEST_PAUSE)
    chance = random.Random(seed)  # noqa: S311 - pauses, not secrets
    pause = pause_after(failure, first, chance)
    assert whole / 2 <= pause <= whole
    assert pause != pause_after(failure, first, chance)


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        (None, None),
        ("0", 0.0),
        (" 120 ", 120.0),
        (formatdate(NOW + 90, usegmt=True), 90.0),
        (formatdate(NOW - 90, usegmt=True), 0.0),
        (formatdate(NOW + 90).replace("-0000", "").strip(), 90.0),
        ("soon", None),
        ("-5", None),
        ("٣", None),
        ("", None),
        ("1.5", None),
    ],
)
def test_retry_after(header, seconds):
    assert asked_pause(header, NOW) == seconds
