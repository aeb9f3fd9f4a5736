"""A document to be read for statements: its text, its day, its language, its sentences.

Positions are code points into `Document.text`. For a plain file that is the file as decoded, for a
saved page the article that was found in it.
"""

from __future__ import annotations

import codecs
import hashlib
import re
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from throughflow.errors import InputError
from throughflow.model.statements import Source
from throughflow.sources.hostile import read_head
from throughflow.statements import html_text, language, sentences

if TYPE_CHECKING:
    from throughflow.model.statements import Span

# A saved page with its pictures inside has a few; an article has a thousandth.
MAX_BYTES = 8 * 1024 * 1024
MAX_TITLE = 200
_HEAD = 4096
_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # begins like that of UTF-16, so it is asked first
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_DECLARED = re.compile(rb"""(?:charset|encoding)\s*=\s*["']?\s*([\w.:-]{1,40})""", re.IGNORECASE)
# Python knows encodings that are programs or packers; a page may only name one of these.
_ENCODINGS = re.compile(
    r"utf-?8|us-ascii|ascii|windows-125\d|cp125\d|iso-?8859-\d{1,2}|latin-?\d|koi8-[ru]|"
    r"(?:ibm|cp)866|(?:x-)?mac-?cyrillic"
)
_MARKUP = re.compile(rb"<(?:!doctype\s+html|html|head|body|meta|article)[\s>]", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Document:
    """A text with what is known of it.

    Attributes:
        title: Headline; of a plain file its first line if that is short; else empty.
        text: All that is read. A plain file as decoded, a page's headline and article.
        published: Day of publication; None where neither the caller nor the page tells.
        published_basis: ``given``, or where the page states it: ``json-ld``, ``meta NAME``,
            ``time``; empty where it is not known.
        lang: ISO 639-1 code; empty where it cannot be told.
        publisher: Who published it; empty where not known.
        url: Its address; empty where not known.
        digest: SHA-256 of the text in UTF-8, as hexadecimal figures.
        sentences: Sentences and headings in order; they do not overlap.
    """

    title: str
    text: str
    published: date | None
    published_basis: str
    lang: str
    publisher: str
    url: str
    digest: str
    sentences: tuple[Span, ...]

    def source(self) -> Source:
        """Give what an event keeps of the document it was read in."""
        return Source(self.title, self.publisher, self.url, self.published, self.lang, self.digest)


def read(
    path_or_bytes: Path | str | bytes,
    *,
    published: date | None = None,
    lang: str | None = None,
    url: str = "",
    publisher: str = "",
) -> Document:
    """Read plain text or a saved web page.

    Args:
        path_or_bytes: A file, or what it holds.
        published: Day of publication; what the page states if not given.
        lang: ISO 639-1 code; if not given, told from the words, else what the page declares.
        url: Address it was found at; what the page states if empty.
        publisher: Who published it; what the page states if empty.

    Returns:
        The document.

    Raises:
        InputError: There is no such file, it is larger than `MAX_BYTES`, binary, not in the
            encoding it declares (UTF-8 if it declares none), or holds no text.
    """
    data, where = _bytes(path_or_bytes)
    is_page = bool(_MARKUP.search(data[:_HEAD].replace(b"\0", b""))) or where.lower().endswith(
        (".html", ".htm", ".xhtml")
    )
    decoded = _decode(data, where, declared=is_page)
    if is_page:
        page = html_text.extract(decoded)
        text, title = page.text, page.title
    else:
        page = None
        text, title = decoded, _first_line(decoded)
    if not text.strip():
        raise InputError(
            "there is no text to read",
            where=where,
            remedy="Save the page with its text, or copy the text into a plain file",
        )
    basis = "given" if published else ""
    if page is not None:
        stated = _day(page.published)
        if published is None and stated is not None:
            published, basis = stated, page.published_basis
        url, publisher = url or page.url, publisher or page.publisher
    spoken = lang or language.detect(text) or (page.lang.partition("-")[0] if page else "")
    return Document(
        title=title,
        text=text,
        published=published,
        published_basis=basis,
        lang=spoken,
        publisher=publisher,
        url=url,
        digest=hashlib.sha256(text.encode("utf-8")).hexdigest(),
        sentences=sentences.split(text, spoken),
    )


def _bytes(path_or_bytes: Path | str | bytes) -> tuple[bytes, str]:
    if isinstance(path_or_bytes, bytes):
        data, where = path_or_bytes, ""
    else:
        path = Path(path_or_bytes)
        where = str(path)
        # One byte more than is allowed tells that there is more.
        data = read_head(path, MAX_BYTES + 1)
    if len(data) > MAX_BYTES:
        raise InputError(
            f"more than {MAX_BYTES // 2**20} MB, which no article has",
            where=where,
            remedy="Save the page without its pictures, or its text alone",
        )
    return data, where


def _decode(data: bytes, where: str, *, declared: bool) -> str:
    encoding = "utf-8"
    for mark, name in _BOMS:
        if data.startswith(mark):
            data, encoding = data[len(mark) :], name
            break
    else:
        if b"\0" in data[:_HEAD]:
            raise InputError(
                "the file is binary, a text or a saved page is expected",
                where=where,
                remedy="Plain text in UTF-8 and HTML are read",
            )
        found = _DECLARED.search(data[:_HEAD]) if declared else None
        if found:
            encoding = _known(found[1].decode("ascii", "replace").lower(), where)
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise InputError(
            f"not {encoding} text (byte {error.start}, line {line})",
            where=where,
            remedy="Save the file as UTF-8",
        ) from error


def _known(encoding: str, where: str) -> str:
    try:
        if _ENCODINGS.fullmatch(encoding):
            return codecs.lookup(encoding).name
    except LookupError:
        pass
    raise InputError(
        f"the page declares an unknown encoding, {encoding!r}",
        where=where,
        remedy="Save the page as UTF-8",
    )


def _first_line(text: str) -> str:
    line = next((line.strip() for line in text.splitlines() if line.strip()), "")
    return line if len(line) <= MAX_TITLE else ""


def _day(stated: str) -> date | None:
    try:
        return date.fromisoformat(stated)
    except ValueError:
        return None
