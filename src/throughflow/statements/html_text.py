"""The article in a saved web page: its title, its text, and what it says of itself."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from throughflow.statements.html_scan import scan

if TYPE_CHECKING:
    from collections.abc import Iterator

    from throughflow.statements.html_scan import Piece

# Deeper than any real page; below it tags are read but not remembered.
MAX_DEPTH = 512
MAX_ZONES = 16  # articles inside each other
MAX_JSON = 1_000_000  # characters of linked data that are read
MAX_NODES = 20_000  # of linked data that are looked at
# An article shorter than this is a teaser.
MIN_ARTICLE = 200
_SKIPPED = frozenset(
    (
        "script",
        "style",
        "noscript",
        "template",
        "svg",
        "math",
        "canvas",
        "nav",
        "footer",
        "aside",
        "form",
        "button",
        "select",
        "option",
        "iframe",
        "object",
        "embed",
        "audio",
        "video",
        "picture",
        "head",
        "dialog",
        "menu",
    )
)
_BLOCKS = frozenset(
    (
        "p",
        "div",
        "section",
        "article",
        "main",
        "body",
        "html",
        "header",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "ul",
        "ol",
        "li",
        "dl",
        "dt",
        "dd",
        "table",
        "tr",
        "td",
        "th",
        "blockquote",
        "pre",
        "figure",
        "figcaption",
        "address",
        "br",
        "hr",
    )
)
_VOID = frozenset(
    (
        "area",
        "base",
        "br",
        "col",
        "embed",
        "hr",
        "img",
        "input",
        "link",
        "meta",
        "param",
        "source",
        "track",
        "wbr",
    )
)
_HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
# Names that pages give to what is not the article.
_BOILERPLATE = re.compile(
    r"(?:comments?|share|sharing|social|related|promo\w*|advert\w*|ads?|banner|cookies?|consent|"
    r"newsletter|subscri\w*|sidebar|breadcrumbs?|menu|footer|nav|navbar|navigation|recommend\w*|"
    r"popup|modal|tags?|teasers?|sponsor\w*)"
)
_NAME_PARTS = re.compile(r"[^\W_]+")
_HIDDEN_STYLE = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
_ISO_DAY = re.compile(r"\s*(\d{4}-\d{2}-\d{2})(?!\d)")
# Where pages state the day of publication, the most exact first.
_DATE_NAMES = (
    "article:published_time",
    "og:published_time",
    "datepublished",
    "date",
    "dc.date",
    "dc.date.issued",
    "dcterms.created",
    "pubdate",
    "publish-date",
    "publishdate",
    "parsely-pub-date",
    "sailthru.date",
)
_SPACES = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class Page:
    """What a page holds.

    Attributes:
        title: Headline; empty where none is found.
        text: Headline and paragraphs, an empty line between them.
        published: Day of publication as ``YYYY-MM-DD``; empty where the page states none.
        published_basis: Where it is stated: ``json-ld``, ``meta NAME``, ``time``; empty for none.
        lang: Declared language, lower case; empty where none is.
        publisher: Name of the site; empty where not stated.
        url: Address the page gives itself; empty where it gives none.
    """

    title: str
    text: str
    published: str
    published_basis: str
    lang: str
    publisher: str
    url: str


def extract(page: str) -> Page:
    """Find the article in a page.

    Navigation, forms, comments, scripts and what the page hides from its reader are left out. The
    text is that of the largest ``article`` (or ``main``) element, else of the whole page.

    Args:
        page: The page, decoded.
    """
    reader = _Reader()
    for piece in scan(page):
        reader.take(piece)
    reader.flush()
    blocks = _article(reader.blocks, wary=True)
    wider = _article(reader.blocks, wary=False)
    # Some sites name the article itself as others name what surrounds it.
    if _length(blocks) < MIN_ARTICLE and _length(wider) > 2 * _length(blocks):
        blocks = wider
    facts = reader.facts
    facts.read_linked_data()
    title = reader.headline or facts.meta.get("og:title", "") or facts.title
    title = _clean(title)
    paragraphs = [block.text for block in blocks if block.text != title]
    published, basis = facts.published()
    return Page(
        title=title,
        text="\n\n".join([title, *paragraphs] if title else paragraphs),
        published=published,
        published_basis=basis,
        lang=facts.lang,
        publisher=_clean(facts.meta.get("og:site_name", "") or facts.publisher),
        url=_clean(facts.url or facts.meta.get("og:url", "")),
    )


@dataclass(frozen=True, slots=True)
class _Block:
    """A paragraph: its tag, the share of it inside links, the articles it lies in."""

    tag: str
    text: str
    linked: float
    zones: tuple[tuple[str, int], ...]
    boilerplate: bool


@dataclass(slots=True)
class _Facts:
    """What a page says of itself outside its text."""

    meta: dict[str, str] = field(default_factory=dict)
    linked_data: list[str] = field(default_factory=list)
    title: str = ""
    lang: str = ""
    url: str = ""
    publisher: str = ""
    stated: str = ""
    times: list[str] = field(default_factory=list)

    def take(self, piece: Piece) -> None:
        attributes = piece.attributes
        if piece.kind == "raw":
            if piece.name == "title" and not self.title:
                self.title = piece.text
            elif piece.name == "script" and "ld+json" in attributes.get("type", ""):
                self.linked_data.append(piece.text)
        elif piece.name == "meta":
            name = (
                attributes.get("property")
                or attributes.get("name")
                or attributes.get("itemprop")
                or ""
            )
            self.meta.setdefault(name.lower(), attributes.get("content", ""))
        elif piece.name == "link" and attributes.get("rel", "").lower() == "canonical":
            self.url = self.url or attributes.get("href", "")
        elif piece.name == "html":
            self.lang = self.lang or attributes.get("lang", "").lower()
        elif piece.name == "time":
            first = "datepublished" in attributes.get("itemprop", "").lower()
            self.times.insert(0 if first else len(self.times), attributes.get("datetime", ""))

    def read_linked_data(self) -> None:
        room = MAX_JSON
        for text in self.linked_data:
            room -= len(text)
            if room < 0:
                return
            try:
                tree = json.loads(text)
            except (ValueError, RecursionError):
                continue
            for node in _nodes(tree):
                self.stated = self.stated or _text(node.get("datePublished"))
                publisher = node.get("publisher")
                if isinstance(publisher, dict):
                    self.publisher = self.publisher or _text(publisher.get("name"))

    def published(self) -> tuple[str, str]:
        """Day of publication and where it is stated; both empty where it is not."""
        if found := _ISO_DAY.match(self.stated):
            return found[1], "json-ld"
        for name in _DATE_NAMES:
            if found := _ISO_DAY.match(self.meta.get(name, "")):
                return found[1], f"meta {name}"
        for value in self.times[:1]:
            if found := _ISO_DAY.match(value):
                return found[1], "time"
        return "", ""


class _Reader:
    """Gathers paragraphs from pieces; remembers open tags up to `MAX_DEPTH`."""

    def __init__(self) -> None:
        self.blocks: list[_Block] = []
        self.facts = _Facts()
        self.headline = ""
        # Tag, whether it is left out, whether named as boilerplate, article it opens.
        self._open: list[tuple[str, bool, bool, tuple[str, int] | None]] = []
        self._of_tag: dict[str, int] = {}
        self._left_out = 0
        self._boilerplate = 0
        self._zones: list[tuple[str, int]] = []
        self._links = 0
        self._count = 0
        self._parts: list[str] = []
        self._linked = 0
        self._tag = "body"

    def take(self, piece: Piece) -> None:
        if piece.kind == "text":
            if not self._left_out:
                self._parts.append(piece.text)
                if self._links:
                    self._linked += len(piece.text.strip())
            return
        if piece.kind == "end":
            self._close(piece.name)
            return
        self.facts.take(piece)
        if piece.kind == "start":
            self._start(piece.name, piece.attributes)

    def flush(self) -> None:
        """End the paragraph that is being gathered."""
        text = _clean("".join(self._parts))
        if text:
            linked = self._linked / len(text)
            named = self._boilerplate > 0
            if self._tag == "h1" and not self.headline and not named:
                self.headline = text
            self.blocks.append(_Block(self._tag, text, linked, tuple(self._zones), named))
        self._parts.clear()
        self._linked = 0

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        if name in _BLOCKS:
            self.flush()
            if name not in {"br", "hr"}:
                self._tag = name
        if name in _VOID or len(self._open) >= MAX_DEPTH:
            return
        left_out = name in _SKIPPED or _is_hidden(attributes)
        named = name not in {"html", "body", "main", "article"} and _is_boilerplate(attributes)
        zone = None
        kind = name if name in {"article", "main"} else attributes.get("itemprop", "")
        if kind in {"article", "main", "articleBody"} and len(self._zones) < MAX_ZONES:
            self._count += 1
            zone = kind, self._count
            self._zones.append(zone)
        self._open.append((name, left_out, named, zone))
        self._of_tag[name] = self._of_tag.get(name, 0) + 1
        self._left_out += left_out
        self._boilerplate += named
        self._links += name == "a"

    def _close(self, name: str) -> None:
        if name in _BLOCKS:
            self.flush()
        if not self._of_tag.get(name):
            return
        # What was left open inside ends with it.
        while self._open:
            tag, left_out, named, zone = self._open.pop()
            self._of_tag[tag] -= 1
            self._left_out -= left_out
            self._boilerplate -= named
            self._links -= tag == "a"
            if zone is not None:
                self._zones.remove(zone)
            if tag == name:
                break
        if name in _BLOCKS:
            self._tag = next((e[0] for e in reversed(self._open) if e[0] in _BLOCKS), "body")


def _article(blocks: list[_Block], *, wary: bool) -> list[_Block]:
    kept = [block for block in blocks if not (wary and block.boilerplate)]
    sizes: dict[tuple[str, int], int] = {}
    for block in kept:
        for zone in block.zones:
            sizes[zone] = sizes.get(zone, 0) + len(block.text) * _is_prose(block)
    for kind in ("article", "articleBody", "main"):
        of_kind = [zone for zone in sizes if zone[0] == kind]
        largest = max(of_kind, key=lambda zone: sizes[zone], default=None)
        if largest is not None and sizes[largest] >= MIN_ARTICLE:
            kept = [block for block in kept if largest in block.zones]
            break
    prose = [block for block in kept if _is_prose(block)]
    return prose or [block for block in kept if block.linked < 0.5]


def _is_prose(block: _Block) -> bool:
    """Tell paragraphs and headings from lists of links and scraps of page furniture."""
    if block.tag in {"p", "blockquote"} or block.tag in _HEADINGS:
        return block.linked < 0.6
    if block.tag in {"li", "dd", "td"}:
        return block.linked < 0.5 and len(block.text) >= 40
    return block.linked < 0.3 and len(block.text) >= 80


def _length(blocks: list[_Block]) -> int:
    return sum(len(block.text) for block in blocks)


def _is_hidden(attributes: dict[str, str]) -> bool:
    return (
        "hidden" in attributes
        or attributes.get("aria-hidden", "").lower() == "true"
        or bool(_HIDDEN_STYLE.search(attributes.get("style", "")))
    )


def _is_boilerplate(attributes: dict[str, str]) -> bool:
    for key in ("class", "id", "role"):
        for name in attributes.get(key, "")[:500].lower().split():
            parts = _NAME_PARTS.findall(name)
            # "has-sidebar" is what surrounds the sidebar.
            if not parts or parts[0] in {"has", "with", "no", "is"}:
                continue
            if any(_BOILERPLATE.fullmatch(part) for part in parts):
                return True
    return False


def _nodes(tree: Any) -> Iterator[dict[str, Any]]:
    """Every object of a JSON tree, outer ones first, `MAX_NODES` at most."""
    waiting = [tree]
    for _ in range(MAX_NODES):
        if not waiting:
            return
        node = waiting.pop(0) if len(waiting) < 100 else waiting.pop()
        if isinstance(node, dict):
            yield node
            waiting.extend(node.values())
        elif isinstance(node, list):
            waiting.extend(node)


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _clean(text: str) -> str:
    """Make one line of a text; half characters, which no encoding can write, become marks."""
    line = _SPACES.sub(" ", text.replace("\u00ad", "")).strip()
    return line.encode("utf-8", "replace").decode("utf-8")
