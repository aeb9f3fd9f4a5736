"""Writing a file whole or not at all."""

from __future__ import annotations

import os
import tempfile
from contextlib import suppress
from pathlib import Path

from throughflow.errors import InputError

READABLE = 0o644


def write_text(path: str | os.PathLike[str], text: str) -> Path:
    """Write text to a temporary file beside the path, then put it in its place.

    Args:
        path: Where to write; missing folders are made.
        text: What to write, as UTF-8 with its line ends as they are.

    Returns:
        The path.

    Raises:
        InputError: The path is a folder, or cannot be written to.
    """
    target = Path(path)
    if target.is_dir():
        raise InputError("is a folder, not a file", where=str(target), remedy="Name a file in it")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(prefix=f".{target.name}.", dir=target.parent)
    except OSError as error:
        raise _unwritable(target, error) from error
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="") as out:
            out.write(text)
        # mkstemp makes files that only their owner can read; a page is made to be passed on.
        Path(temporary).chmod(READABLE)
        Path(temporary).replace(target)
    except OSError as error:
        with suppress(OSError):
            Path(temporary).unlink()
        raise _unwritable(target, error) from error
    return target


def _unwritable(target: Path, error: OSError) -> InputError:
    return InputError(
        f"cannot be written ({error.strerror or error})",
        where=str(target),
        remedy="Choose a folder that you may write to, with room on it",
    )
