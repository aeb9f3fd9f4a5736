"""The body of an answer: which version it is, how it is packed, how long it should be."""

from __future__ import annotations

import base64
import binascii
import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from throughflow.errors import DataError, SourceError

if TYPE_CHECKING:
    import http.client
    from collections.abc import Callable, Iterator

    from throughflow.sources.content import Expected
    from throughflow.sources.transport import Answer

CHUNK: Final = 2**16
MEBIBYTE: Final = 2**20
# Trade tables compress to a tenth at best; what unpacks to two hundred times its size is an attack.
BOMB_RATIO: Final = 200
BOMB_FLOOR: Final = 8 * MEBIBYTE


@dataclass(frozen=True, slots=True)
class Mark:
    """What tells one version of a file on a server from another.

    Attributes:
        etag: Entity tag as sent, with quotes and ``W/``; empty if none.
        last_modified: HTTP date as sent; empty if none.
        total: Length of the whole file in bytes; None if the server did not say.
        digest: ``sha256:…`` or ``md5:…`` in hexadecimal where the publisher sends one, else empty.
    """

    etag: str = ""
    last_modified: str = ""
    total: int | None = None
    digest: str = ""

    @property
    def resumable(self) -> str:
        """The mark a rest may be asked for with; weak tags do not promise the same bytes."""
        strong = self.etag if self.etag and not self.etag.startswith("W/") else ""
        return strong or ("" if self.etag else self.last_modified)


class PassingError(Exception):
    """This attempt failed in a way that may pass."""

    def __init__(self, what: str, *, pause: float | None = None, data: bool = False) -> None:
        super().__init__(what)
        self.what = what
        self.pause = pause
        self.data = data


def unless(mark: Mark) -> dict[str, str]:
    """Ask for the file only if it is another version than this one."""
    if mark.etag:
        return {"If-None-Match": mark.etag}
    return {"If-Modified-Since": mark.last_modified} if mark.last_modified else {}


def length_of(answer: Answer) -> int | None:
    """Read how many bytes are announced, None if that is not said."""
    stated = answer.headers.get("Content-Length", "")
    return int(stated) if stated.isascii() and stated.isdigit() else None


def coding_of(answer: Answer, expected: Expected) -> str:
    """Tell how the body is to be unpacked; empty if it is as asked for.

    Many servers describe a ``.gz`` file as a compressed answer; there the packed bytes are the
    file.
    """
    coding = answer.headers.get("Content-Encoding", "").strip().lower()
    if coding == "identity" or (expected.kind == "gz" and coding in {"gzip", "x-gzip"}):
        return ""
    return coding


def mark_of(answer: Answer, coding: str) -> Mark:
    """Read what tells this version from another; a body that is unpacked cannot be resumed."""
    if coding:
        return Mark()
    return Mark(
        answer.headers.get("ETag", "").strip(),
        answer.headers.get("Last-Modified", "").strip(),
        length_of(answer) if answer.status == 200 else None,
        _digest(answer),
    )


def _digest(answer: Answer) -> str:
    """Read a checksum of the whole file.

    An entity tag that looks like MD5 is none on encrypted or multi-part storage, so only headers
    that promise a checksum count. ``Content-MD5`` of a part is the part's own.
    """
    for header in ("Repr-Digest", "Digest"):
        for item in answer.headers.get(header, "").split(","):
            algorithm, _, value = item.strip().partition("=")
            if algorithm.lower() == "sha-256":
                return _hexadecimal("sha256", value.strip(":"))
    if answer.status == 200 and (value := answer.headers.get("Content-MD5", "")):
        return _hexadecimal("md5", value)
    return ""


def _hexadecimal(algorithm: str, value: str) -> str:
    try:
        return f"{algorithm}:{base64.b64decode(value, validate=True).hex()}"
    except (binascii.Error, ValueError):
        return ""


def chunks_of(body: http.client.HTTPResponse) -> Iterator[bytes]:
    """Hand on bytes as they arrive, so that a connection that breaks loses none of them."""
    while chunk := body.read1(CHUNK):
        yield chunk


def decoded(
    chunks: Iterator[bytes], coding: str, where: str, drop: Callable[[], None]
) -> Iterator[bytes]:
    """Undo a content coding that we did not ask for, within limits."""
    if not coding:
        yield from chunks
        return
    if coding not in {"gzip", "x-gzip"}:
        raise SourceError(f"the answer is encoded as {coding!r}, which is not read", where=where)
    engine, packed, unpacked = zlib.decompressobj(31), 0, 0
    for chunk in chunks:
        packed += len(chunk)
        rest = chunk
        while rest:
            try:
                out = engine.decompress(rest, MEBIBYTE)
            except zlib.error as error:
                raise PassingError(f"the compressed answer is damaged ({error})") from error
            unpacked += len(out)
            if unpacked > BOMB_FLOOR and unpacked > BOMB_RATIO * packed:
                drop()
                raise DataError(
                    f"the answer unpacks to more than {BOMB_RATIO} times its size, like a "
                    "decompression bomb",
                    where=where,
                    remedy="Nothing was stored. Tell the publisher",
                )
            if out:
                yield out
            rest = engine.unconsumed_tail
    if out := engine.flush():
        yield out
    if not engine.eof:
        raise PassingError("the compressed answer broke off")
