"""One writer at a time. Readers need no lock: what they read never changes."""

from __future__ import annotations

import fcntl
import os
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from throughflow.errors import DataError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

NAME = "writer.lock"


@contextmanager
def writer(folder: Path) -> Iterator[None]:
    """Hold the writer lock of a folder; the system lets go of it when the process ends.

    Raises:
        DataError: Another process is writing.
        OSError: The lock file cannot be opened.
    """
    descriptor = os.open(folder / NAME, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o666)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            holder = os.read(descriptor, 20).decode("ascii", "replace") or "unknown"
            raise DataError(
                f"another load is writing to this warehouse (process {holder})",
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
