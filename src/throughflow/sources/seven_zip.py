"""The one text inside a ``.7z`` archive, unpacked piece by piece into a file of our choosing.

`py7zr` pushes what it unpacks; nothing is written where the archive says, and nothing beyond the
limits. A name in the archive is therefore only a sign of what kind of archive it is.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from throughflow.errors import InputError, MissingExtraError
from throughflow.sources import hostile

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

EXTRA = "comext"


def first_bytes(path: Path, size: int) -> bytes:
    """Return the beginning of the archive's only member; unpacking stops there.

    Raises:
        InputError: Damaged, encrypted, or not exactly one plain file inside.
        MissingExtraError: The optional dependency is not installed.
    """
    found = bytearray()

    def keep(piece: bytes) -> None:
        found.extend(piece[: size - len(found)])
        if len(found) >= size:
            raise _EnoughError

    _unpack(path, keep)
    return bytes(found)


def unpack(path: Path, target: Path) -> None:
    """Write the archive's only member to `target`, whatever the archive calls it.

    Raises:
        InputError: Damaged, encrypted, not exactly one plain file inside, or unpacking to more
            than a genuine text could.
        MissingExtraError: The optional dependency is not installed.
    """
    packed = max(1, path.stat().st_size)
    unpacked = 0
    with target.open("wb") as stream:

        def write(piece: bytes) -> None:
            nonlocal unpacked
            unpacked += len(piece)
            if unpacked > hostile.MAX_TEXT_BYTES or (
                unpacked > hostile.RATIO_FREE_BYTES
                and unpacked / packed > hostile.MAX_COMPRESSION_RATIO
            ):
                raise InputError(
                    f"the archive unpacks to more than {unpacked / 1e6:,.0f} MB "
                    f"from {packed / 1e6:,.1f} MB, which looks like a decompression bomb",
                    where=str(path),
                    remedy="If it is genuine, unpack it and load the text inside",
                )
            stream.write(piece)

        _unpack(path, write)


class _EnoughError(Exception):
    """As much was unpacked as was asked for."""


class _Sink:
    """What `py7zr` writes a member to: a function that takes each piece."""

    def __init__(self, take: Callable[[bytes], None]) -> None:
        self._take = take
        self._size = 0

    def create(self, filename: str) -> _Sink:  # noqa: ARG002
        """Return the sink for a member; there is one member and one sink."""
        return self

    def write(self, piece: bytes | bytearray) -> int:
        """Take a piece."""
        self._take(bytes(piece))
        self._size += len(piece)
        return len(piece)

    def read(self, size: int | None = None) -> bytes:  # noqa: ARG002
        """Give nothing back."""
        return b""

    def seek(self, offset: int, whence: int = 0) -> int:  # noqa: ARG002
        """Stay where we are."""
        return 0

    def flush(self) -> None:
        """Hold nothing back."""

    def size(self) -> int:
        """Return how many bytes were taken."""
        return self._size

    def close(self) -> None:
        """Leave the target to its owner."""


def _unpack(path: Path, take: Callable[[bytes], None]) -> None:
    try:
        import py7zr  # noqa: PLC0415
    except ImportError as error:
        raise MissingExtraError("reading a .7z archive", EXTRA) from error
    sink: Any = _Sink(take)
    try:
        with (
            hostile.parsing("the archive is truncated or damaged", str(path)),
            py7zr.SevenZipFile(path) as archive,
        ):
            if archive.needs_password():
                raise _not_one_text("is protected by a password", path)
            _check_members(archive.list(), path)
            archive.extractall(factory=sink)
    except InputError as error:
        if not isinstance(error.__cause__, _EnoughError):
            raise


def _check_members(members: list[Any], path: Path) -> None:
    if len(members) != 1:
        raise _not_one_text(f"holds {len(members):,} members", path)
    member = members[0]
    if member.is_directory or member.is_symlink:
        raise _not_one_text("holds something else than a file", path)
    name = member.filename
    if any(sign in name for sign in ("/", "\\", ":", "\0")) or name in {"", ".", ".."}:
        raise _not_one_text(f"holds a path, {name[:80]!r}", path)


def _not_one_text(what: str, path: Path) -> InputError:
    return InputError(
        f"the archive {what}; one with a single plain text inside is read",
        where=str(path),
        remedy="Unpack it yourself and load the text",
    )
