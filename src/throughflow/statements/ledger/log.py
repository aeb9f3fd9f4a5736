r"""The file of a ledger: lines are added at its end, and none is ever changed.

A batch of records is followed by a *seal*: how many bytes it has and the SHA-256 of the seal
before with those bytes. What stands after the last seal was never finished: a reader passes over
it, the next writer cuts it off. So a process that is killed, or a disk that is full, leaves the
ledger as it was, and a byte changed later breaks the chain and is found.
"""

from __future__ import annotations

import hashlib
import json
import os
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from throughflow.errors import DataError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

NAME = "statements.jsonl"
_SEAL = b'{"seal":'
# Longest seal that is ever written, with room: its numbers and its digest are bounded.
_SEAL_BYTES = 200


@dataclass(frozen=True, slots=True)
class Seal:
    """The end of a batch.

    Attributes:
        number: 1 for the first batch; 0 before any.
        end: Position in the file just behind it.
        digest: SHA-256 over the seal before and the batch, hex.
    """

    number: int = 0
    end: int = 0
    digest: str = ""


@dataclass(frozen=True, slots=True)
class Batch:
    """Records that were added together.

    Attributes:
        start: Position of the first.
        data: Their lines.
        seal: What ends them.
    """

    start: int
    data: bytes
    seal: Seal


def encode(lines: Sequence[bytes], before: Seal) -> tuple[bytes, bytes]:
    """Write a batch and its seal."""
    data = b"".join(lines)
    seal = {"seal": before.number + 1, "bytes": len(data), "sha256": _chained(before, data)}
    return data, json.dumps(seal, separators=(",", ":")).encode() + b"\n"


def _chained(before: Seal, data: bytes) -> str:
    return hashlib.sha256(before.digest.encode() + data).hexdigest()


def batches(data: bytes, after: Seal, *, where: str) -> Iterator[Batch]:
    """Read the finished batches behind a seal.

    Args:
        data: The file from the end of that seal.
        after: The seal; an empty one for the whole file.
        where: Path, for errors.

    Yields:
        Batches in order; what is not sealed is left out.

    Raises:
        DataError: A sealed batch is not what its seal says.
    """
    begin, position, seal = 0, 0, after
    while True:
        # A record begins with {"id", so a line that begins like a seal is one.
        at = 0 if data.startswith(_SEAL, position) else data.find(b"\n" + _SEAL, position) + 1
        if at == 0 and not data.startswith(_SEAL, position):
            return
        at = max(at, position)
        stop = data.find(b"\n", at) + 1
        if stop == 0:
            return
        batch = data[begin:at]
        found = _read_seal(data[at:stop])
        if (
            found is None
            or found[0] != seal.number + 1
            or found[1] != len(batch)
            or found[2] != _chained(seal, batch)
        ):
            raise DataError(
                f"batch {seal.number + 1} at byte {after.end + begin:,} is not what its seal says",
                where=where,
                remedy="Restore the file from a copy; nothing of it was changed",
            )
        seal = Seal(found[0], after.end + stop, found[2])
        yield Batch(after.end + begin, batch, seal)
        begin = position = stop


def _read_seal(line: bytes) -> tuple[int, int, str] | None:
    try:
        found = json.loads(line)
        return int(found["seal"]), int(found["bytes"]), str(found["sha256"])
    except (ValueError, KeyError, TypeError):
        return None


def size(path: Path) -> int:
    """Return the size of the file, 0 where there is none."""
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return 0


def is_sealed_at(path: Path, seal: Seal) -> bool:
    """Tell whether the file still ends a batch with this seal, at its place."""
    if seal.number == 0:
        return True
    with path.open("rb") as stream:
        stream.seek(max(0, seal.end - _SEAL_BYTES))
        tail = stream.read(seal.end - stream.tell())
    last = tail[tail.rfind(b"\n", 0, -1) + 1 :]
    found = _read_seal(last) if last.endswith(b"\n") else None
    return found is not None and (found[0], found[2]) == (seal.number, seal.digest)


def read_behind(path: Path, seal: Seal) -> bytes:
    """Read what stands in the file behind a seal."""
    with path.open("rb") as stream:
        stream.seek(seal.end)
        return stream.read()


def append(path: Path, lines: Sequence[bytes], last: Seal) -> Seal:
    """Add a batch behind the last seal, all of it or none.

    The caller holds the writer lock and has read the file up to `last`.

    Raises:
        DataError: The disk is full or cannot be written; the file is as it was.
    """
    data, seal = encode(lines, last)
    is_new = not path.exists()
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o666)
    except OSError as error:
        raise _unwritten(error, path) from error
    try:
        # What an earlier process left unfinished was never acknowledged to anybody.
        os.ftruncate(descriptor, last.end)
        try:
            _write_all(descriptor, data, last.end)
            # The seal is written once the batch is on the disk: a machine that loses power may
            # keep the end of a file and lose its middle.
            os.fsync(descriptor)
            _write_all(descriptor, seal, last.end + len(data))
            os.fsync(descriptor)
        except OSError:
            with suppress(OSError):  # a reader passes over the rest even if this fails too
                os.ftruncate(descriptor, last.end)
            raise
        if is_new:
            _sync_folder(path.parent)
    except OSError as error:
        raise _unwritten(error, path) from error
    finally:
        os.close(descriptor)
    return next(batches(data + seal, last, where=str(path))).seal


def _write_all(descriptor: int, data: bytes, position: int) -> None:
    view = memoryview(data)
    while view:
        count = os.pwrite(descriptor, view, position)
        view, position = view[count:], position + count


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _unwritten(error: OSError, path: Path) -> DataError:
    return DataError(
        f"the ledger cannot be written ({error.strerror}); it is as it was before",
        where=str(path),
        remedy="Make room or allow writing, then run the command again",
    )
