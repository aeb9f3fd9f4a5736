"""Files come from outside and are treated as hostile until proven otherwise."""

from __future__ import annotations

import gzip
import io
import zipfile
import zlib
from contextlib import contextmanager
from typing import TYPE_CHECKING, BinaryIO

from python_calamine import CalamineWorkbook

from throughflow.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

# The largest staged workbook unpacks to 48 MB; ten times that is room, not an invitation.
MAX_UNPACKED_BYTES = 512 * 1024 * 1024
# Real sheets of mostly ":" compress about 30:1; a bomb starts in the hundreds.
MAX_COMPRESSION_RATIO = 200
MAX_MEMBERS = 10_000
# Below this much unpacked the ratio is not asked: small sheets of one repeated mark pack extremely.
RATIO_FREE_BYTES = 16 * 1024 * 1024
CHUNK_BYTES = 1024 * 1024
MAX_TEXT_BYTES = 2 * 1024**3


def read_head(path: Path, size: int) -> bytes:
    """Read the first bytes of a file.

    Raises:
        InputError: The path is missing, a directory, unreadable or empty.
    """
    where = str(path)
    if path.is_dir():
        raise InputError(
            "this is a directory, a file is expected", where=where, remedy="Name a file inside it"
        )
    try:
        with path.open("rb") as stream:
            head = stream.read(size)
    except FileNotFoundError as error:
        raise InputError("no such file", where=where, remedy="Check the path") from error
    except OSError as error:
        raise InputError(f"cannot be read ({error.strerror})", where=where) from error
    if not head:
        raise InputError("the file is empty", where=where, remedy="Download it again")
    return head


def is_gzip(head: bytes) -> bool:
    """Tell from the first bytes whether a file is compressed with gzip."""
    return head.startswith(b"\x1f\x8b")


def unpack_head(path: Path, size: int) -> bytes:
    """Read the first bytes of what a gzip file holds.

    Raises:
        InputError: The file is damaged, or holds nothing.
    """
    with open_bytes(path, packed=True) as stream:
        head = stream.read(size)
    if not head:
        raise InputError(
            "the compressed file holds nothing", where=str(path), remedy="Download it again"
        )
    return head


def open_bytes(path: Path, *, packed: bool) -> BinaryIO:
    """Open a file for reading, unpacked on the way where it is compressed with gzip.

    Raises:
        InputError: While reading, if the file is truncated, damaged, or unpacks to more than
            `MAX_TEXT_BYTES` or than a genuine table could.
    """
    return io.BufferedReader(_Unpacked(path), CHUNK_BYTES) if packed else path.open("rb")


class _Unpacked(io.RawIOBase):
    """What a gzip file holds, up to the limits: the size written in the file is not believed."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._packed = max(1, path.stat().st_size)
        self._stream = gzip.open(path)  # noqa: SIM115 - closed by `close`
        self._count = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: object) -> int:
        view = memoryview(buffer)  # type: ignore[arg-type]  # whatever may be written into
        try:
            data = self._stream.read(len(view))
        except (gzip.BadGzipFile, EOFError, zlib.error) as error:
            raise InputError(
                f"the compressed file is truncated or damaged ({error})",
                where=str(self._path),
                remedy="Download it again from the publisher",
            ) from error
        self._count += len(data)
        if self._count > MAX_TEXT_BYTES or (
            self._count > RATIO_FREE_BYTES and self._count / self._packed > MAX_COMPRESSION_RATIO
        ):
            raise _bomb(
                f"the file unpacks to more than {self._count / 1e6:,.0f} MB "
                f"from {self._packed / 1e6:,.1f} MB",
                str(self._path),
            )
        view[: len(data)] = data
        return len(data)

    def close(self) -> None:
        self._stream.close()
        super().close()


def kind_of(head: bytes, path: Path) -> str:
    """Tell what a file is from its first bytes, whatever its name says.

    Raises:
        InputError: The bytes are binary and of no kind that is read here.
    """
    if head.startswith(b"PK\x03\x04"):
        return "xlsx"
    if head.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        return "xls"
    if head.startswith(b"PAR1"):
        return "parquet"
    if head.startswith(b"7z\xbc\xaf\x27\x1c"):
        return "7z"
    if b"\x00" in head:
        raise InputError(
            "the file is binary and of no known kind",
            where=str(path),
            remedy="Workbooks (.xlsx, .xls), Parquet, .7z and UTF-8 text are read",
        )
    return "text"


def open_workbook(path: Path, kind: str) -> CalamineWorkbook:
    """Open a workbook after checking that it is whole and unpacks to a sane size.

    Raises:
        InputError: The archive is truncated, is a decompression bomb, or holds no workbook.
    """
    where = str(path)
    if kind == "xlsx":
        _check_archive(path)
    elif kind != "xls":
        raise InputError("not a workbook", where=where)
    with parsing("the workbook cannot be opened", where):
        return CalamineWorkbook.from_path(path)


@contextmanager
def parsing(what: str, where: str) -> Iterator[None]:
    """Turn whatever a parser of foreign files throws into one error that names the file.

    A panic in the Rust parser is not an `Exception` in Python; a file that causes one must not end
    the load of the others.
    """
    try:
        yield
    except (KeyboardInterrupt, SystemExit, InputError):
        raise
    except BaseException as error:
        remedy = "Download it again from the publisher"
        raise InputError(f"{what} ({error})", where=where, remedy=remedy) from error


def _check_archive(path: Path) -> None:
    """Unpack every member once, in chunks, and throw the bytes away.

    The sizes written in an archive's directory are the sender's claim: a bomb lies there, and
    `zipfile` would stop reading where the claim ends while calamine reads on. So the claim is set
    aside, a running total of bytes really unpacked decides, and only then is the claim compared.
    Reading to the end makes `zipfile` check the checksum of each member as well.

    Raises:
        InputError: Damaged, truncated, or larger than a genuine workbook could be.
    """
    where = str(path)
    unpacked = 0
    try:
        packed = max(1, path.stat().st_size)
        with zipfile.ZipFile(path) as archive:
            members = archive.infolist()
            if len(members) > MAX_MEMBERS:
                raise _bomb(f"the workbook has {len(members):,} parts", where)
            for member in members:
                claimed, member.file_size = member.file_size, MAX_UNPACKED_BYTES + CHUNK_BYTES
                before = unpacked
                with archive.open(member) as stream:
                    while chunk := stream.read(CHUNK_BYTES):
                        unpacked += len(chunk)
                        if unpacked > MAX_UNPACKED_BYTES or (
                            unpacked > RATIO_FREE_BYTES
                            and unpacked / packed > MAX_COMPRESSION_RATIO
                        ):
                            raise _bomb(
                                f"the workbook unpacks to more than {unpacked / 1e6:,.0f} MB "
                                f"from {packed / 1e6:,.1f} MB",
                                where,
                            )
                if unpacked - before != claimed:
                    raise zipfile.BadZipFile(f"{member.filename} lies about its size")  # noqa: TRY301
    # Encrypted parts raise RuntimeError, unknown compression NotImplementedError.
    except (
        zipfile.BadZipFile,
        zlib.error,
        EOFError,
        OSError,
        RuntimeError,
        NotImplementedError,
    ) as error:
        raise InputError(
            f"the workbook is truncated or damaged ({error})",
            where=where,
            remedy="Download it again from the publisher",
        ) from error


def _bomb(what: str, where: str) -> InputError:
    return InputError(
        f"{what}, which looks like a decompression bomb",
        where=where,
        remedy="If it is genuine, split it at the publisher's site",
    )


def check_size(path: Path) -> None:
    """Refuse a text or Parquet file too large to be held in memory.

    Raises:
        InputError: The file is larger than `MAX_TEXT_BYTES`.
    """
    size = path.stat().st_size
    if size > MAX_TEXT_BYTES:
        raise InputError(
            f"the file has {size / 1e9:,.1f} GB, at most {MAX_TEXT_BYTES / 1e9:,.1f} are read",
            where=str(path),
            remedy="Split it, for example by year",
        )


def read_text(path: Path, *, packed: bool = False) -> str:
    """Read a whole file as UTF-8, dropping a byte order mark.

    Args:
        path: The file.
        packed: Whether it is compressed with gzip.

    Raises:
        InputError: The file is larger than `MAX_TEXT_BYTES`, damaged, or its bytes are not UTF-8.
    """
    check_size(path)
    with open_bytes(path, packed=packed) as stream:
        data = stream.read()
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise InputError(
            f"not UTF-8 text (byte {error.start}, line {line})",
            where=str(path),
            remedy="Save the file as UTF-8",
        ) from error
