"""One writer at a time. Readers need no lock: what they read never changes."""

from __future__ import annotations

import fcntl
import os
from contextlib import contextmanager
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
    """
    path = folder / NAME
    with path.open("a+", encoding="utf-8") as stream:
        try:
            fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            stream.seek(0)
            holder = stream.read().strip() or "unknown"
            raise DataError(
                f"another load is writing to this warehouse (process {holder})",
                where=str(folder),
                remedy="Wait until it ends, then run the command again",
            ) from error
        stream.truncate(0)
        stream.write(str(os.getpid()))
        stream.flush()
        yield
