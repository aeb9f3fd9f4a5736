"""One writer at a time. Readers need no lock: what they read never changes."""

from __future__ import annotations

import fcntl
import os
import time
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from throughflow.errors import DataError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

NAME = "writer.lock"
_BETWEEN_TRIES = 0.02


@contextmanager
def writer(
    folder: Path, *, what: str = "load is writing to this warehouse", patience: float = 0
) -> Iterator[None]:
    """Hold the writer lock of a folder; the system lets go of it when the process ends.

    Args:
        folder: The folder.
        what: What another process does that holds it, for the error.
        patience: Seconds to wait for it.

    Raises:
        DataError: Another process is writing.
        OSError: The lock file cannot be opened.
    """
    descriptor = os.open(folder / NAME, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o666)
    try:
        try:
            _lock(descriptor, patience)
        except BlockingIOError as error:
            holder = os.read(descriptor, 20).decode("ascii", "replace") or "unknown"
            raise DataError(
                f"another {what} (process {holder})",
                where=str(folder),
                remedy="Wait until it ends, then run the command again",
            ) from error
        # The number only helps a reader of the message above; a full disk may lack room for it.
        with suppress(OSError):
            os.ftruncate(descriptor, 0)
            os.write(descriptor, str(os.getpid()).encode())
        yield
    finally:
        os.close(descriptor)


def _lock(descriptor: int, patience: float) -> None:
    deadline = time.monotonic() + patience
    while True:
        try:
            return fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() >= deadline:
                raise
            time.sleep(_BETWEEN_TRIES)
