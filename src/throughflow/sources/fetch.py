"""Get one answer whole: resume what was broken off, wait when asked to, refuse what is not data.

This floor never writes. The bytes go to a `Sink`, which the warehouse implements with files and
this module with memory; what was got before, and by which mark of the publisher the file on the
server can be told to be the same, comes from the sink too.

A broken connection is resumed with ``Range`` and ``If-Range``: the server sends the rest if its
file is still the one we began, and the whole file otherwise. A server that knows no ranges sends
the whole file as well; then what was got before is dropped.
"""

from __future__ import annotations

import http.client
import random
import re
import urllib.parse
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final, Protocol

from throughflow.errors import DataError, SourceError, UsageError
from throughflow.sources import body, content
from throughflow.sources.body import Mark, PassingError
from throughflow.sources.politeness import SystemClock, asked_pause, pause_after
from throughflow.sources.transport import Timeouts, ask

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date

    from throughflow.errors import ThroughflowError
    from throughflow.sources.content import Expected
    from throughflow.sources.politeness import Clock, Rate
    from throughflow.sources.transport import Answer, Secret

MEBIBYTE: Final = 2**20
BUSY: Final = frozenset({429, 503})
PASSING: Final = frozenset({408, 425, 500, 502, 504}) | BUSY
REFUSED: Final = frozenset({401, 403})
_RANGE: Final = re.compile(r"bytes (\d+)-(\d+)/(\d+|\*)$")


@dataclass(frozen=True, slots=True)
class Partial:
    """The beginning of a file: how many bytes there are, and of which version."""

    size: int
    mark: Mark


class Sink(Protocol):
    """Where the bytes of one answer go."""

    def partial(self) -> Partial | None:
        """What an earlier attempt left."""
        ...

    def held(self) -> Mark | None:
        """The version that is held whole, if any."""
        ...

    def begin(self, mark: Mark) -> None:
        """Drop what an earlier attempt left and start with nothing.

        Raises:
            DataError: There is no room for a file of this length.
        """
        ...

    def append(self, chunk: bytes) -> None:
        """Add bytes at the end."""
        ...

    def finish(self, expected: Expected, mark: Mark) -> None:
        """Check that all is there and is what was asked for, and keep it.

        Raises:
            DamagedError: Length or checksum differ; what was got is dropped.
            DataError: It is not what was asked for; what was got is dropped.
        """
        ...

    def discard(self) -> None:
        """Drop what an earlier attempt left."""
        ...


@dataclass(frozen=True, slots=True)
class Request:
    """One thing to get.

    Attributes:
        url: Address, without any key.
        name: File name to keep it under.
        what: What it is, in words.
        expected: What the answer should be.
        shape: ``"file"``, ``"pages"`` (rows that continue at a next address) or ``"listing"`` (an
            answer that names files).
        secret: Key to send, or None.
        largest: Bytes above which the answer is refused.
        due: Day by which the publisher has usually published it; None where that says nothing.
        lists: Query parameters whose comma-separated values may be asked for in several requests.
        is_half: Whether it is a part of a request that was too large; a half may be empty.
    """

    url: str
    name: str
    what: str
    expected: Expected
    shape: str = "file"
    secret: Secret | None = None
    largest: int = 1024 * MEBIBYTE
    due: date | None = None
    lists: tuple[str, ...] = ()
    is_half: bool = False


@dataclass(frozen=True, slots=True)
class Patience:
    """How much failure is borne.

    Attributes:
        attempts: Attempts in all for one answer.
        first_pause: Seconds after the first failure.
        longest_wait: Longest ``Retry-After`` that is obeyed by waiting; above it the call ends.
    """

    attempts: int = 5
    first_pause: float = 1.0
    longest_wait: float = 300.0


class DamagedError(Exception):
    """What arrived is not what the publisher's length or checksum says; a sink raises it."""


@dataclass(slots=True)
class Fetcher:
    """Gets answers, at the publisher's pace.

    Attributes:
        rate: Pace per host.
        patience: How much failure is borne.
        timeouts: How long one connection may be silent.
        clock: Time; handed in so that tests need not wait.
        chance: Random half of the pauses.
        progress: Called with bytes got and bytes expected (None if unknown).
        retried: What went wrong in attempts that were repeated, for the report.
    """

    rate: Rate
    patience: Patience = field(default_factory=Patience)
    timeouts: Timeouts = field(default_factory=Timeouts)
    clock: Clock = field(default_factory=SystemClock)
    chance: random.Random = field(default_factory=random.Random)
    progress: Callable[[int, int | None], None] = lambda _got, _total: None
    retried: list[str] = field(default_factory=list)

    def fetch(self, request: Request, sink: Sink) -> bool:
        """Get one answer whole into a sink.

        Args:
            request: What to get.
            sink: Where it goes.

        Returns:
            False if the sink held this version already, True if it was got.

        Raises:
            SourceError: The publisher cannot be reached, or keeps failing.
            DataError: What arrived is not what was asked for, or is not published yet.
            UsageError: The publisher does not accept the key.
        """
        hide = request.secret.hide if request.secret else str
        where = _where(request)
        for attempt in range(self.patience.attempts):
            self.rate.wait(urllib.parse.urlsplit(request.url).netloc, self.clock)
            try:
                return self._attempt(request, sink, where)
            except PassingError as failure:
                again = failure
            except TimeoutError:
                again = PassingError("the server fell silent")
            except DamagedError as error:
                again = PassingError(str(error), data=True)
            except OSError as error:
                again = PassingError(f"no connection ({hide(str(error) or type(error).__name__)})")
            except http.client.HTTPException as error:
                again = PassingError(f"the connection broke off ({type(error).__name__})")
            self._pause(again, attempt, where)
        made = self.patience.attempts
        kind = DataError if again.data else SourceError
        raise kind(
            f"{again.what}, in {made} attempt{'s' if made > 1 else ''}",
            where=where,
            remedy="What was got is kept; run the command again to go on from there",
        )

    def _pause(self, failure: PassingError, attempt: int, where: str) -> None:
        """Wait after a failure, unless it was the last one.

        Raises:
            SourceError: The publisher asks for a longer wait than is borne.
        """
        if failure.pause is not None and failure.pause > self.patience.longest_wait:
            raise SourceError(
                f"{failure.what}; the publisher asks to wait {failure.pause:,.0f} seconds",
                where=where,
                remedy="Run the command again after that; what was got is kept",
            )
        if attempt + 1 == self.patience.attempts:
            return
        self.retried.append(failure.what)
        own = pause_after(attempt, self.patience.first_pause, self.chance)
        self.clock.sleep(own if failure.pause is None else max(failure.pause, 0.0))

    def _attempt(self, request: Request, sink: Sink, where: str) -> bool:
        partial, held = sink.partial(), sink.held()
        if partial and not (partial.size and partial.mark.resumable):
            partial = None
        # Killed between the last byte and the check: all is there, if it is still current.
        arrived = partial if partial and partial.size == partial.mark.total else None
        if arrived:
            headers = body.unless(arrived.mark)
        elif partial:
            headers = {"Range": f"bytes={partial.size}-", "If-Range": partial.mark.resumable}
        else:
            headers = body.unless(held) if held else {}
        with ask(request.url, headers, request.secret, self.timeouts) as answer:
            if answer.status == 304 and arrived:
                sink.finish(request.expected, arrived.mark)
                return True
            if answer.status == 304 and held and not partial:
                return False
            if answer.status == 416 and partial:
                sink.discard()
                raise PassingError("the server has no rest of the file that was begun", pause=0.0)
            if answer.status not in {200, 206}:
                raise self._refused(answer, request, where)
            coding = body.coding_of(answer, request.expected)
            mark = body.mark_of(answer, coding)
            got = 0
            if answer.status == 206:
                got, mark = self._resumed(answer, partial, mark, sink)
            else:
                if mark.total is not None and mark.total > request.largest:
                    raise _too_long(mark.total, request.largest, where)
                sink.begin(mark)
            self._receive(answer, request, sink, mark, got, coding)
        sink.finish(request.expected, mark)
        return True

    def _resumed(
        self, answer: Answer, partial: Partial | None, mark: Mark, sink: Sink
    ) -> tuple[int, Mark]:
        """Check that a rest belongs to the beginning we have."""
        part = _RANGE.match(answer.headers.get("Content-Range", ""))
        fits = (
            partial is not None
            and part is not None
            and int(part[1]) == partial.size
            and (not mark.etag or not partial.mark.etag or mark.etag == partial.mark.etag)
            and (part[3] == "*" or partial.mark.total in {None, int(part[3])})
        )
        if not fits or partial is None or part is None:
            sink.discard()
            raise PassingError("the rest the server sent is not of the file that was begun")
        total = partial.mark.total if part[3] == "*" else int(part[3])
        return partial.size, Mark(
            partial.mark.etag, partial.mark.last_modified, total, partial.mark.digest
        )

    def _receive(
        self, answer: Answer, request: Request, sink: Sink, mark: Mark, got: int, coding: str
    ) -> None:
        """Take the body in, chunk by chunk, within the limits."""
        where = _where(request)
        length = body.length_of(answer)
        begun = got
        self.progress(got, mark.total)
        for chunk in body.decoded(body.chunks_of(answer.body), coding, where, sink.discard):
            try:
                if got == 0:
                    content.check_head(chunk[: content.HEAD_BYTES], request.expected, where)
                if got + len(chunk) > request.largest:
                    raise _too_long(got + len(chunk), request.largest, where)
            except DataError:
                sink.discard()
                raise
            got += len(chunk)
            sink.append(chunk)
            self.progress(got, mark.total)
        whole = mark.total if mark.total is not None or length is None else begun + length
        if coding or whole is None:
            return
        if got < whole:
            raise PassingError(f"the connection broke off after {got:,} of {whole:,} bytes")
        if got > whole:
            sink.discard()
            raise PassingError(f"{got:,} bytes arrived where {whole:,} were announced")

    def _refused(self, answer: Answer, request: Request, where: str) -> Exception:
        """Turn a status that is no answer into the error that says what to do."""
        status = answer.status
        if status in PASSING:
            pause = asked_pause(answer.headers.get("Retry-After"), self.clock.now())
            busy = "asks us to slow down" if status in BUSY else "fails"
            return PassingError(f"the server {busy} (status {status})", pause=pause)
        if status == 204:
            return DataError(
                "the publisher has nothing for this selection (status 204)",
                where=where,
                remedy="Check codes and periods",
            )
        if status in REFUSED:
            return UsageError(
                f"the publisher does not let us in (status {status})",
                where=where,
                remedy="Check the key; `throughflow get --list` says where to get one",
            )
        if status in {404, 410}:
            return self._missing(request, status, where)
        hide = request.secret.hide if request.secret else str
        said = " ".join(hide(answer.body.read(HEAD).decode("utf-8", "replace")).split())
        return DataError(
            f"the publisher refused the question (status {status}): {said[:200] or 'no reason'}",
            where=where,
            remedy="Check codes and periods; a smaller selection may help",
        )

    def _missing(self, request: Request, status: int, where: str) -> ThroughflowError:
        today = datetime.fromtimestamp(self.clock.now(), UTC).date()
        if request.due and today < request.due:
            return DataError(
                f"{request.what} is not published yet; it usually is by {request.due.isoformat()}",
                where=where,
                remedy="Run the command again then",
            )
        return SourceError(
            f"the publisher has nothing at this address (status {status})",
            where=where,
            remedy="If the publisher moved, give the new address with --address; "
            "`throughflow get --list` says which addresses were checked",
        )


HEAD: Final = 4096


def _where(request: Request) -> str:
    return request.secret.hide(request.url) if request.secret else request.url


def _too_long(got: int, largest: int, where: str) -> DataError:
    return DataError(
        f"the answer has {got:,} bytes or more; at most {largest:,} are taken",
        where=where,
        remedy="Ask for less, or raise --largest if the publisher's files have grown",
    )


class Memory:
    """A sink in memory, for answers that are read and not kept."""

    def __init__(self) -> None:
        """Start empty."""
        self.data = bytearray()

    def partial(self) -> Partial | None:
        """Nothing is resumed."""
        return None

    def held(self) -> Mark | None:
        """Nothing is held."""
        return None

    def begin(self, _mark: Mark) -> None:
        """Start with nothing."""
        self.data.clear()

    def append(self, chunk: bytes) -> None:
        """Add bytes at the end."""
        self.data += chunk

    def finish(self, _expected: Expected, _mark: Mark) -> None:
        """The reader of the answer checks it."""

    def discard(self) -> None:
        """Drop everything."""
        self.data.clear()
