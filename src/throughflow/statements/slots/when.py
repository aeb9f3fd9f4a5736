"""When an event happened, as exactly as the text tells."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from functools import lru_cache
from typing import TYPE_CHECKING

from throughflow.model.statements import DateInterval
from throughflow.statements import dates
from throughflow.statements.frames.lexicon import table

if TYPE_CHECKING:
    from datetime import date

    from throughflow.statements.dates import DateMention
    from throughflow.statements.frames.engine import Match
    from throughflow.statements.reading import Reading

# Acts that happen by being said: undated, they are news of the day they are reported.
SAID = frozenset(
    {
        "pledge_no_circumvention", "denial", "refuse_to_join", "retraction", "pressure",
        "accusation", "exoneration", "noncommittal", "friendship", "consultation",
    }
)  # fmt: skip
# A title and the sentence under it tell what is new; later sentences also tell what is old.
_NEWS_SENTENCES = 2
# What goes on for long is no news of its day.
_LASTING = {"attack", "open_support", "quiet_support", "neutrality"}
_BESIDE = {"sub", "rel", "cond", "purpose"}
_MAIN = {"main", "dash", "colon"}


@dataclass(frozen=True, slots=True)
class Anchors:
    """Days that readers know.

    Attributes:
        war: First day of the war.
        soon: Last day that "soon after" it can mean.
        resolutions: Symbol, day of adoption and subject of UN resolutions.
    """

    war: date
    soon: date
    resolutions: tuple[tuple[str, date, str], ...]


@lru_cache(maxsize=1)
def anchors() -> Anchors:
    """Return the days of ``tables/anchors.toml``."""
    read = table("anchors")
    war = read["war"]["start"]
    rows = tuple((r["symbol"], r["adopted"], r.get("about", "")) for r in read["resolution"])
    return Anchors(war, war + timedelta(days=read["war"]["soon_days"]), rows)


def mentions(reading: Reading, published: date | None) -> tuple[DateMention, ...]:
    """Find the dates of a sentence; none without a day of publication to count from."""
    if published is None:
        return ()
    return tuple(
        dates.find(reading.span.text, reading.lexicon.lang, published, offset=reading.span.start)
    )


def interval(
    reading: Reading, match: Match, published: date | None, before: Reading | None
) -> tuple[DateInterval, str]:
    """Date a match.

    Args:
        reading: Its sentence.
        match: What was found.
        published: Day of publication.
        before: The sentence before it.

    Returns:
        The interval, and the symbol of the UN resolution that gave it, empty for none.
    """
    if match.frame.kind == "vote":
        return _vote(reading, match, published, before)
    # The war is background wherever it is spoken of; a day beside it dates something else.
    own = None if match.frame.kind == "attack" else _named(reading, match, published)
    return own or _undated(reading, match, published, before), ""


def _undated(
    reading: Reading, match: Match, published: date | None, before: Reading | None
) -> DateInterval:
    """Date what no word dates: by its kind, the sentence before it, its place in the text."""
    if match.frame.kind in SAID:
        return _published(published)
    beside = before is not None and before.span.end + 2 >= reading.span.start
    inherited = _relative(before, published) if beside and before is not None else None
    if inherited is not None:
        return inherited
    if reading.number < _NEWS_SENTENCES and match.frame.kind not in _LASTING:
        return _published(published)
    return _open(published)


def _open(published: date | None, expr: str | None = None) -> DateInterval:
    start = anchors().war
    if published is not None and published < start:
        return DateInterval(None, published, "range", expr, "text")
    return DateInterval(start, published, "range", expr, "text")


def _published(published: date | None) -> DateInterval:
    precision = "day" if published is not None else "range"
    return DateInterval(published, published, precision, None, "published")


def _named(reading: Reading, match: Match, published: date | None) -> DateInterval | None:
    relative = _relative(reading, published, match)
    if relative is not None:
        return relative
    found = mentions(reading, published)
    if not found:
        return None
    head = reading.words[match.head].start
    own = reading.owner[match.head]
    near = {own, *reading.ancestors(match.head)}
    ranked = []
    for one in found:
        token = next((k for k, word in enumerate(reading.words) if word.start >= one.span.start), 0)
        clause = reading.owner[token]
        # A date in a clause that hangs beside the event dates something else.
        if clause in near or reading.clauses[clause].kind in _MAIN:
            ranked.append((int(clause != own), abs(one.span.start - head), one))
    if not ranked:
        return None
    return _clip(min(ranked, key=lambda row: row[:2])[2].interval(), published)


def _relative(
    reading: Reading, published: date | None, match: Match | None = None
) -> DateInterval | None:
    """Read "after the start of the war" and "still earlier"."""
    for hit in reading.of("war_start"):
        soon = [one for one in reading.of("soon_after") if 0 <= hit.first - one.first <= 4]
        first = soon[0].first if soon else hit.first
        if first and reading.at("prep", first - 1):
            first -= 1
        text = _text(reading, first, hit.last)
        if soon:
            end = min(anchors().soon, published) if published else anchors().soon
            return DateInterval(anchors().war, end, "range", text, "text")
        return _open(published, text)
    for hit in reading.of("earlier"):
        beside = reading.clause(hit.first).kind in _BESIDE
        if match is not None and beside and reading.owner[hit.first] != reading.owner[match.head]:
            continue
        return _open(published, _text(reading, hit.first, hit.last))
    return None


def _text(reading: Reading, first: int, last: int) -> str:
    start = reading.words[first].start - reading.span.start
    return reading.span.text[start : reading.words[last].end - reading.span.start]


def _clip(found: DateInterval, published: date | None) -> DateInterval:
    """Close what the text leaves open: not before the war, not after the publication."""
    start, end = found.start, found.end
    if start is None and end is not None:
        start = min(anchors().war, end)
    if end is None and start is not None and published is not None:
        end = max(published, start)
    precision = "day" if start is not None and start == end else "range"
    return replace(found, start=start, end=end, precision=precision)


def _vote(
    reading: Reading, match: Match, published: date | None, before: Reading | None
) -> tuple[DateInterval, str]:
    near = [reading] + ([before] if before is not None else [])
    resolutions = anchors().resolutions
    if any(next(one.of("hrc"), None) for one in near) and (
        next(reading.of("expel"), None) or next(reading.of("hrc"), None)
    ):
        symbol, adopted, _ = next(row for row in resolutions if row[2] == "hrc")
        if published is None or adopted <= published:
            return DateInterval(adopted, adopted, "day", None, f"external: {symbol}"), symbol
    own = _named(reading, match, published)
    if own is not None and own.start is not None:
        return own, resolution_of(own)
    return _open(published), ""


def resolution_of(found: DateInterval) -> str:
    """Return the symbol of the UN resolution adopted on a day; empty for none."""
    known = anchors().resolutions
    return next((symbol for symbol, day, _ in known if day == found.start == found.end), "")


def voting_day(reading: Reading, published: date | None) -> DateInterval | None:
    """Return the day a sentence about the UN names; None for none."""
    if not reading.hits.get("un"):
        return None
    days = [one for one in mentions(reading, published) if one.grain == "day"]
    return _clip(days[0].interval(), published) if days else None
