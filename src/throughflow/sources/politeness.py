"""How long to wait: the rate a publisher allows, the pause after a failure, the pause it asks for.

The clock is handed in, so that a test can let an hour pass in no time; nothing here sleeps by
itself.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Final, Protocol

if TYPE_CHECKING:
    import random

GROWTH: Final = 2.0
LONGEST_PAUSE: Final = 60.0


class Clock(Protocol):
    """What the transport needs to know of time."""

    def now(self) -> float:
        """Seconds since the epoch."""
        ...

    def sleep(self, seconds: float) -> None:
        """Wait."""
        ...


class SystemClock:
    """The clock of the machine."""

    def now(self) -> float:
        """Seconds since the epoch."""
        return time.time()

    def sleep(self, seconds: float) -> None:
        """Wait."""
        time.sleep(seconds)


@dataclass(slots=True)
class Rate:
    """A token bucket per host: `burst` requests at once, then `per_second`.

    Attributes:
        per_second: Requests a second in the long run.
        burst: Requests that may be made without waiting after a rest.
    """

    per_second: float
    burst: int = 1
    _buckets: dict[str, tuple[float, float]] = field(default_factory=dict)

    def wait(self, host: str, clock: Clock) -> None:
        """Take a token for a request to `host`, sleeping until there is one."""
        now = clock.now()
        tokens, seen = self._buckets.get(host, (float(self.burst), now))
        tokens = min(float(self.burst), tokens + (now - seen) * self.per_second)
        if tokens < 1.0:
            pause = (1.0 - tokens) / self.per_second
            clock.sleep(pause)
            now, tokens = now + pause, 1.0
        self._buckets[host] = (tokens - 1.0, now)


def pause_after(failure: int, first: float, chance: random.Random) -> float:
    """Return the seconds to wait after a failure.

    The pause doubles with each failure up to a minute; half of it is drawn at random, so that
    many machines that failed together do not come back together.

    Args:
        failure: Number of the failure, from 0.
        first: Pause after the first failure, in seconds.
        chance: Source of the random half.
    """
    whole = min(first * GROWTH**failure, LONGEST_PAUSE)
    return whole / 2 + chance.random() * whole / 2


def asked_pause(header: str | None, now: float) -> float | None:
    """Read ``Retry-After``: seconds, or the date to wait for.

    Args:
        header: The header's value, None when it was not sent.
        now: Seconds since the epoch.

    Returns:
        Seconds to wait, never negative; None when there is no header or it cannot be read.
    """
    if header is None:
        return None
    text = header.strip()
    # Unicode digits are not what the protocol calls digits.
    if text.isascii() and text.isdigit():
        return float(text)
    try:
        when = parsedate_to_datetime(text)
    except ValueError:
        return None
    if when.tzinfo is None:
        when = when.replace(tzinfo=UTC)
    return max(0.0, (when - datetime.fromtimestamp(now, UTC)).total_seconds())
