"""Keep what was downloaded: one folder beside the warehouse's tables, one file per answer.

``downloads/SOURCE/NAME`` appears in one step, whole and checked, and ``NAME.origin.json`` beside
it says where it came from. What is not whole yet is ``NAME.part``, with the publisher's mark of
the version in ``NAME.part.json``; the next call goes on from there. Keys are in none of them.

The transport below (`throughflow.sources.fetch`) decides what to ask; this module only writes.
"""

from __future__ import annotations

import errno
import fcntl
import hashlib
import json
import os
import shutil
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final, Self

from throughflow.errors import (
    DataError,
    InputError,
    SourceError,
    ThroughflowError,
    UsageError,
)
from throughflow.sources import content, paging, plans, registry
from throughflow.sources.base import RawFile
from throughflow.sources.body import Mark
from throughflow.sources.fetch import DamagedError, Memory, Partial
from throughflow.warehouse.manifest import sync_folder

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path
    from typing import BinaryIO

    from throughflow.sources.catalogue import Dataset, Source
    from throughflow.sources.content import Expected
    from throughflow.sources.fetch import Fetcher, Request
    from throughflow.sources.selection import Selection

FOLDER: Final = "downloads"
# Room that is left on a disk for notes and for what others write meanwhile.
SPARE_BYTES: Final = 2**20
# A publisher that failed so often in a row, each time after several attempts, is left alone.
GIVE_UP_AFTER: Final = 3
GOT, HELD = "got", "held already"


@dataclass(frozen=True, slots=True)
class Downloaded:
    """One file that is held.

    Attributes:
        path: Where it lies.
        what: What it is, in words.
        url: Where it came from, without a key.
        bytes: Its length.
        sha256: Its digest.
        state: ``"got"`` or ``"held already"``.
        note: What a reader must know, such as rows that came twice; empty otherwise.
    """

    path: str
    what: str
    url: str
    bytes: int
    sha256: str
    state: str
    note: str = ""


@dataclass(slots=True)
class DownloadReport:
    """What a call of `download` did.

    Attributes:
        files: Files that are held now, in the order of the requests.
        failed: What could not be got: what it is, and why.
        retried: What went wrong in attempts that were repeated.
    """

    files: list[Downloaded] = field(default_factory=list)
    failed: list[tuple[str, ThroughflowError]] = field(default_factory=list)
    retried: list[str] = field(default_factory=list)


def download(
    requests: Sequence[Request],
    folder: Path,
    fetcher: Fetcher,
    *,
    source: Source,
    dataset: Dataset,
    selection: Selection,
    starting: Callable[[Request, int, int], None] = lambda _request, _number, _total: None,
) -> DownloadReport:
    """Get all that was asked for; one failure does not stop the others.

    Args:
        requests: What to get.
        folder: Warehouse folder; files go into its `FOLDER`.
        fetcher: Gets the answers.
        source: The publisher.
        dataset: What of it.
        selection: What the user asked for; needed to read listings.
        starting: Called before each request with its number from 0 and how many there are.

    Returns:
        What is held and what failed.

    Raises:
        DataError: The folder cannot be written.
    """
    report = DownloadReport(retried=fetcher.retried)
    place = folder / FOLDER / source.name
    with writing(place):
        place.mkdir(parents=True, exist_ok=True)
    waiting = list(requests)
    number = in_a_row = 0
    while waiting:
        request = waiting.pop(0)
        starting(request, number, number + 1 + len(waiting))
        number += 1
        try:
            if request.shape == "listing":
                memory = Memory()
                fetcher.fetch(request, memory)
                body = bytes(memory.data)
                waiting[:0] = plans.listed(source, dataset, selection, request, body)
            else:
                report.files.append(_keep(request, place, fetcher, source))
            in_a_row = 0
        except content.LimitReachedError as error:
            smaller = plans.halves(request)
            waiting[:0] = smaller
            if smaller:
                report.retried.append("an answer was cut at the publisher's limit: asked in halves")
            else:
                report.failed.append((request.what, error))
        except ThroughflowError as error:
            if isinstance(error, content.NoRowsError) and request.is_half:
                continue
            report.failed.append((request.what, error))
            in_a_row = in_a_row + 1 if isinstance(error, SourceError) else 0
            if waiting and (in_a_row == GIVE_UP_AFTER or isinstance(error, UsageError)):
                report.failed += [(one.what, _not_tried()) for one in waiting]
                break
    return report


def _not_tried() -> SourceError:
    return SourceError(
        "not tried, because the requests before it were not answered",
        remedy="Run the command again later; what was got is kept",
    )


def _keep(request: Request, place: Path, fetcher: Fetcher, source: Source) -> Downloaded:
    with FileSink(place / request.name, source.name, request) as sink:
        if request.shape != "pages":
            new = fetcher.fetch(request, sink)
            return sink.downloaded(GOT if new else HELD)
        before = sink.origin.get("sha256")
        tally = paging.Tally()
        try:
            _join(request, fetcher, sink, tally)
        except BaseException:
            # Pages of two visits do not fit together; the next call begins with the first.
            sink.discard()
            raise
        note = f"{tally.repeated:,} rows came twice" if tally.repeated else ""
        same = before == sink.origin.get("sha256")
        return sink.downloaded(HELD if same else GOT, note)


def _join(request: Request, fetcher: Fetcher, sink: FileSink, tally: paging.Tally) -> None:
    """Write the rows of all pages as one document of the publisher's layout."""
    rows_at = request.expected.rows_at

    def read(url: str) -> bytes:
        memory = Memory()
        fetcher.fetch(replace(request, url=url), memory)
        return bytes(memory.data)

    sink.begin(Mark())
    sink.append(f'{{"{rows_at}":['.encode())
    first = True
    for rows in paging.walk(request.url, read, rows_at=rows_at, tally=tally):
        for row in rows:
            text = json.dumps(row, ensure_ascii=False, separators=(",", ":"))
            sink.append(f"{'' if first else ','}\n{text}".encode())
            first = False
    sink.append(b"\n]}\n")
    sink.finish(request.expected, Mark())


def readable(paths: Sequence[Path]) -> tuple[list[Path], list[tuple[str, ThroughflowError]]]:
    """Divide files into those a reader knows and the others.

    The files were whole when they were kept, so one that cannot be recognised is of a layout that
    no reader knows yet, not a damaged one.

    Args:
        paths: Files that were downloaded.

    Returns:
        The files that can be loaded, and the others with what was found in them.
    """
    known: list[Path] = []
    unknown: list[tuple[str, ThroughflowError]] = []
    for path in paths:
        try:
            registry.recognise(RawFile(path))
            known.append(path)
        except InputError as error:
            unknown.append((str(path), error))
    return known, unknown


@contextmanager
def writing(place: Path) -> Iterator[None]:
    """Turn a failed write into an error that says what became of the download.

    Raises:
        DataError: Instead of any `OSError`.
    """
    try:
        yield
    except OSError as error:
        full = error.errno in {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
        raise DataError(
            "the disk is full" if full else f"cannot be written ({error.strerror or error})",
            where=str(place),
            remedy="What was held before is untouched, and what was got of this file is kept. "
            + ("Make room" if full else "Name another folder, or make this one writable")
            + " and run the command again",
        ) from error


class FileSink:
    """A file that grows, is checked and appears in one step; a `throughflow.sources.fetch.Sink`.

    Attributes:
        path: Where the whole file will lie.
        origin: What is known of the file that is held; empty if none is.
    """

    def __init__(self, path: Path, source: str, request: Request) -> None:
        """Look at what earlier calls left; use it as a context manager, which holds the lock."""
        self.path = path
        self.origin: dict[str, Any] = {}
        self._source = source
        self._request = request
        self._part = path.with_name(path.name + ".part")
        self._part_mark = path.with_name(path.name + ".part.json")
        self._origin_file = path.with_name(path.name + ".origin.json")
        self._stream: BinaryIO | None = None
        self._lock = -1

    def __enter__(self) -> Self:
        """Take the lock of this file.

        Raises:
            DataError: Another process is getting it.
        """
        lock = self.path.with_name(f".{self.path.name}.lock")
        with writing(lock):
            self._lock = os.open(lock, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o666)
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            os.close(self._lock)
            raise DataError(
                "another process is getting this file",
                where=str(self.path),
                remedy="Wait until it ends, then run the command again",
            ) from error
        self.origin = self._read_origin()
        return self

    def __exit__(self, *_: object) -> None:
        self._close()
        os.close(self._lock)

    def partial(self) -> Partial | None:
        """What an earlier attempt left, if its mark can be read."""
        self._close()
        try:
            raw = json.loads(self._part_mark.read_text(encoding="utf-8"))
            if raw.pop("url") != self._request.url or not _is_mark(raw):
                return None
            return Partial(self._part.stat().st_size, Mark(**raw))
        except (OSError, ValueError, TypeError, KeyError, AttributeError):
            return None

    def held(self) -> Mark | None:
        """The version that is held, if the file is as long as it was when it was got."""
        if not self.origin:
            return None
        return Mark(self.origin["etag"], self.origin["last_modified"])

    def begin(self, mark: Mark) -> None:
        """Start with nothing.

        Raises:
            DataError: There is no room, or the folder cannot be written.
        """
        self.discard()
        with writing(self._part):
            if mark.total is not None:
                free = shutil.disk_usage(self.path.parent).free
                if mark.total + SPARE_BYTES > free:
                    raise DataError(
                        f"the file has {mark.total:,} bytes and the disk has {free:,} free",
                        where=str(self.path.parent),
                        remedy="Make room, or name a warehouse on another disk with --warehouse",
                    )
            # The mark first: bytes without one are never resumed, a mark without bytes is harmless.
            self._write(self._part_mark, asdict(mark) | {"url": self._request.url})
            self._stream = self._part.open("wb")

    def append(self, chunk: bytes) -> None:
        """Add bytes at the end.

        Raises:
            DataError: The disk is full.
        """
        with writing(self._part):
            if self._stream is None:
                self._stream = self._part.open("ab")
            self._stream.write(chunk)

    def finish(self, expected: Expected, mark: Mark) -> None:
        """Check the file, note where it came from, and let it appear.

        Raises:
            DamagedError: Its checksum is not the publisher's.
            DataError: It is not what was asked for, or the disk is full.
        """
        with writing(self._part):
            if self._stream is None:
                self._stream = self._part.open("ab")
            self._stream.flush()
            os.fsync(self._stream.fileno())
            self._close()
            digests = _digests(self._part, mark.digest)
            size = self._part.stat().st_size
        if mark.digest and mark.digest not in digests:
            self.discard()
            raise DamagedError("the publisher's checksum does not fit what arrived")
        try:
            content.check_whole(self._part, expected, self._request.url)
        except DataError:
            self.discard()
            raise
        origin = {
            "source": self._source,
            "what": self._request.what,
            "url": self._request.url,
            "bytes": size,
            "sha256": digests[0].removeprefix("sha256:"),
            "etag": mark.etag,
            "last_modified": mark.last_modified,
            "got_at": datetime.now(UTC).isoformat(timespec="seconds"),
        }
        with writing(self.path):
            # A note that does not fit the file next to it is ignored, so a crash between the two
            # steps costs one more download and nothing else.
            self._write(self._origin_file, origin)
            self._part.replace(self.path)
            self._part_mark.unlink(missing_ok=True)
            sync_folder(self.path.parent)
        self.origin = origin

    def discard(self) -> None:
        """Drop what an earlier attempt left."""
        self._close()
        with suppress(OSError):
            self._part.unlink(missing_ok=True)
            self._part_mark.unlink(missing_ok=True)

    def downloaded(self, state: str, note: str = "") -> Downloaded:
        """Describe the file that is held."""
        return Downloaded(
            path=str(self.path),
            what=self._request.what,
            url=self._request.url,
            bytes=self.origin["bytes"],
            sha256=self.origin["sha256"],
            state=state,
            note=note,
        )

    def _read_origin(self) -> dict[str, Any]:
        try:
            raw: dict[str, Any] = json.loads(self._origin_file.read_text(encoding="utf-8"))
            fits = (
                raw["url"] == self._request.url
                and self.path.stat().st_size == raw["bytes"]
                and f"sha256:{raw['sha256']}" == _digests(self.path, "")[0]
            )
            return raw if fits and _is_mark(raw) else {}
        except (OSError, ValueError, TypeError, KeyError):
            return {}

    def _write(self, path: Path, value: dict[str, Any]) -> None:
        temporary = path.with_name(path.name + ".new")
        temporary.write_text(json.dumps(value, indent=1) + "\n", encoding="utf-8")
        temporary.replace(path)

    def _close(self) -> None:
        if self._stream is not None:
            stream, self._stream = self._stream, None
            with writing(self._part):
                stream.close()


def _is_mark(raw: dict[str, Any]) -> bool:
    """Tell whether what was written beside a file can be sent to a server again."""
    texts = (raw["etag"], raw["last_modified"], raw.get("digest", ""))
    return all(isinstance(text, str) for text in texts) and isinstance(raw.get("total"), int | None)


def _digests(path: Path, also: str) -> list[str]:
    """Return the file's SHA-256, and MD5 where the publisher gives that."""
    engines = [hashlib.sha256()]
    if also.startswith("md5:"):
        # Compared with what the publisher sends; nothing rests on it being hard to forge.
        engines.append(hashlib.md5(usedforsecurity=False))
    with path.open("rb") as stream:
        while chunk := stream.read(2**20):
            for engine in engines:
                engine.update(chunk)
    return [f"{engine.name}:{engine.hexdigest()}" for engine in engines]
