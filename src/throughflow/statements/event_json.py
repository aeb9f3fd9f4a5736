"""Events as plain data and back: the one JSON form of a statement, checked on the way in.

Whatever comes in was written by somebody else, so every value is checked, every length is bounded
and an error names the place, the field, what is wrong and what to write instead.
"""

from __future__ import annotations

import re
from contextlib import suppress
from datetime import date
from typing import TYPE_CHECKING, Any

from throughflow.errors import InputError
from throughflow.model.statements import (
    KINDS,
    Actor,
    Candidate,
    Claim,
    DateInterval,
    Event,
    Source,
    Span,
)
from throughflow.reference import countries

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

EVENT_KEYS = (
    "kind", "type", "mode", "actors", "targets", "date", "polarity", "is_pledge", "claims",
    "certainty", "relayed_by", "topic", "details", "spans", "rule", "unresolved",
)  # fmt: skip
ACTOR_KEYS = ("country", "sector", "person", "role")
DATE_KEYS = ("start", "end", "precision", "expr", "basis")
CLAIM_KEYS = ("tense", "negated", "predicate", "testable_by")
SPAN_KEYS = ("start", "end", "text")
SOURCE_KEYS = ("title", "publisher", "url", "published", "lang", "digest")

# The sixteen categories of PLOVER 2.0 and the one that the product adds.
TYPES = (
    "AGREE", "CONSULT", "SUPPORT", "CONCEDE", "COOPERATE", "AID", "RETREAT", "REQUEST", "ACCUSE",
    "REJECT", "THREATEN", "SANCTION", "PROTEST", "MOBILIZE", "COERCE", "ASSAULT", "STATEMENT",
)  # fmt: skip
CERTAINTIES = ("quoted", "relayed", "reported", "journalist")
TENSES = ("present", "future")
PLEDGES = frozenset({"pledge_no_circumvention"})
# Where a person who codes by hand keeps the words that were said.
QUOTE = "quote"

MAX_TEXT = 4_000
MAX_WORD = 200
MAX_URL = 2_000
MAX_ITEMS = 60
# Written for the European Union where only three letters are allowed.
_BLOCS = {"EUU": "EU"}
_CODE = re.compile(r"[a-z][a-z0-9_-]{0,59}\Z")
_SECTOR = re.compile(r"[A-Z]{3}\Z")
_LANG = re.compile(r"[a-z]{2}\Z")
_DIGEST = re.compile(r"[0-9a-f]{64}\Z")
_URL = re.compile(r"https?://[^\s/?#\"<>\\]+[^\s\"<>\\]*\Z")
# Control characters, halves of surrogate pairs, and marks that turn the direction of writing
# round: a terminal would obey them, and a reader would see another text than the one stored.
_UNSAFE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\u202a-\u202e\u2066-\u2069]")


def plain(item: Event | Candidate) -> dict[str, Any]:
    """Return an event or a candidate as plain data, with every key of the form."""
    event = item.event if isinstance(item, Candidate) else item
    found: dict[str, Any] = {
        "kind": event.kind,
        "type": event.type,
        "mode": event.mode,
        "actors": [_actor_out(actor) for actor in event.actors],
        "targets": [_actor_out(actor) for actor in event.targets],
        "date": {
            "start": event.date.start and event.date.start.isoformat(),
            "end": event.date.end and event.date.end.isoformat(),
            "precision": event.date.precision,
            "expr": event.date.expr,
            "basis": event.date.basis,
        },
        "polarity": event.polarity,
        "is_pledge": event.is_pledge,
        "claims": [
            {"tense": c.tense, "negated": c.negated, "predicate": c.predicate,
             "testable_by": c.testable_by}
            for c in event.claims
        ],
        "certainty": event.certainty,
        "relayed_by": event.relayed_by and _actor_out(event.relayed_by),
        "topic": event.topic,
        "details": dict(event.details),
        "spans": [{"start": s.start, "end": s.end, "text": s.text} for s in event.spans],
        "rule": event.rule,
    }  # fmt: skip
    if isinstance(item, Candidate):
        found["unresolved"] = list(item.unresolved)
    return found


def _actor_out(actor: Actor) -> dict[str, Any]:
    return {
        "country": actor.country,
        "sector": actor.sector,
        "person": actor.person,
        "role": actor.role,
    }


def source_plain(source: Source) -> dict[str, Any]:
    """Return a source as plain data."""
    return {
        "title": source.title,
        "publisher": source.publisher,
        "url": source.url,
        "published": source.published and source.published.isoformat(),
        "lang": source.lang,
        "digest": source.digest,
    }


def parse(value: Any, *, where: str = "") -> Event | Candidate:
    """Read an event, or a candidate where there is a key ``unresolved``.

    Only ``kind``, ``actors`` and ``date`` must be there. `KINDS` gives the category and the mode
    that a kind has by itself; the sector is ``GOV``, the certainty ``reported``, the rule ``hand``.

    Args:
        value: A JSON object.
        where: File and row, for errors.

    Returns:
        The event, countries as alpha-2.

    Raises:
        InputError: A key is unknown or missing, or a value is not usable.
    """
    found = _object(value, EVENT_KEYS, where)
    kind = _choice(_required(found, "kind", where), KINDS, "kind of statement", f"{where}, kind")
    unresolved = tuple(
        _word(item, at) for item, at in _list(found.get("unresolved"), f"{where}, unresolved")
    )
    is_candidate = "unresolved" in found
    if is_candidate and not unresolved:
        raise InputError(
            "nothing is named that is unresolved",
            where=f"{where}, unresolved",
            remedy="Name the open slots, such as actor or date; leave the key out of an event",
        )
    own_type, own_mode, _ = KINDS[kind]
    certainty = _choice(
        found.get("certainty") or "reported", CERTAINTIES, "certainty", f"{where}, certainty"
    )
    relayed_by = found.get("relayed_by")
    event = Event(
        kind=kind,
        type=_choice(found.get("type") or own_type, TYPES, "category", f"{where}, type"),
        mode=_optional(found.get("mode", own_mode), _word, f"{where}, mode"),
        actors=_actors(_required(found, "actors", where), f"{where}, actors"),
        targets=_actors(found.get("targets"), f"{where}, targets"),
        date=_interval(_required(found, "date", where), f"{where}, date"),
        polarity=_polarity(found.get("polarity"), f"{where}, polarity"),
        is_pledge=_flag(found.get("is_pledge", kind in PLEDGES), f"{where}, is_pledge"),
        certainty=certainty,
        spans=tuple(_span(item, at) for item, at in _list(found.get("spans"), f"{where}, spans")),
        rule=_text(found.get("rule") or "hand", f"{where}, rule", MAX_WORD),
        claims=tuple(
            _claim(item, at) for item, at in _list(found.get("claims"), f"{where}, claims")
        ),
        relayed_by=_optional(relayed_by, _actor, f"{where}, relayed_by"),
        topic=_optional(found.get("topic") or None, _word, f"{where}, topic") or "",
        details=_details(found.get("details"), f"{where}, details"),
    )
    _check_whole(event, where, is_candidate=is_candidate)
    return Candidate(event, unresolved) if is_candidate else event


def _check_whole(event: Event, where: str, *, is_candidate: bool) -> None:
    if not event.actors and not is_candidate:
        raise InputError(
            "an event without an actor",
            where=f"{where}, actors",
            remedy="Name who said or did it, or make it a candidate: unresolved = actor",
        )
    if (event.certainty == "relayed") != (event.relayed_by is not None):
        raise InputError(
            f"certainty is {event.certainty!r} and relayed_by is "
            f"{'given' if event.relayed_by else 'empty'}",
            where=f"{where}, relayed_by",
            remedy="Say who relayed it with certainty = relayed, and only then",
        )


def restore(value: dict[str, Any]) -> Event:
    """Read what `plain` wrote, without checking it again: some ten times as fast as `parse`.

    Only for rows that this program has written and whose digest has been checked.
    """
    days = value["date"]
    return Event(
        kind=value["kind"],
        type=value["type"],
        mode=value["mode"],
        actors=tuple(Actor(**actor) for actor in value["actors"]),
        targets=tuple(Actor(**actor) for actor in value["targets"]),
        date=DateInterval(
            start=days["start"] and date.fromisoformat(days["start"]),
            end=days["end"] and date.fromisoformat(days["end"]),
            precision=days["precision"],
            expr=days["expr"],
            basis=days["basis"],
        ),
        polarity=value["polarity"],
        is_pledge=value["is_pledge"],
        certainty=value["certainty"],
        spans=tuple(Span(**span) for span in value["spans"]),
        rule=value["rule"],
        claims=tuple(Claim(**claim) for claim in value["claims"]),
        relayed_by=value["relayed_by"] and Actor(**value["relayed_by"]),
        topic=value["topic"],
        details=value["details"],
    )


def parse_source(value: Any, *, where: str = "") -> Source:
    """Read where a statement was told.

    Raises:
        InputError: A key is unknown or a value is not usable.
    """
    found = _object(value or {}, SOURCE_KEYS, where)
    return Source(
        title=_text(found.get("title") or "", f"{where}, title", MAX_TEXT),
        publisher=_text(found.get("publisher") or "", f"{where}, publisher", MAX_WORD),
        url=_shaped(
            found.get("url") or "", _URL, f"{where}, url", "an http or https address", MAX_URL
        ),
        published=day(found.get("published") or None, where=f"{where}, published"),
        lang=_shaped(found.get("lang") or "", _LANG, f"{where}, lang", "two letters such as en"),
        digest=_shaped(
            found.get("digest") or "", _DIGEST, f"{where}, digest", "a SHA-256 of 64 hex digits"
        ),
    )


def country(text: Any, *, where: str = "") -> str:
    """Read a state or the European Union: alpha-2, alpha-3 or a name.

    Raises:
        InputError: It is not known, or it is a group of states that does not act as one.
    """
    label = _text(text, where, MAX_WORD)
    code = _BLOCS.get(label.strip().upper()) or countries.parse(label, where=where)
    if countries.get(code).kind != countries.COUNTRY and code != "EU":
        raise InputError(
            f"{label!r} is not a state",
            where=where,
            remedy="Name a state by its ISO code, or the European Union as EU",
        )
    return code


def check_text(text: str, *, where: str = "") -> str:
    """Check a text that a person wrote about a statement, such as a reason.

    Raises:
        InputError: It is too long or contains a control character.
    """
    return _text(text, where, MAX_TEXT)


def _actors(value: Any, where: str) -> tuple[Actor, ...]:
    return tuple(_actor(item, at) for item, at in _list(value, where))


def _actor(value: Any, where: str) -> Actor:
    found = _object({"country": value} if isinstance(value, str) else value, ACTOR_KEYS, where)
    return Actor(
        country=country(_required(found, "country", where), where=f"{where}, country"),
        sector=_shaped(
            found.get("sector") or "GOV", _SECTOR, f"{where}, sector", "three capitals such as GOV"
        ),
        person=_optional(found.get("person") or None, _name, f"{where}, person"),
        role=_optional(found.get("role") or None, _name, f"{where}, role"),
    )


def _interval(value: Any, where: str) -> DateInterval:
    found = _object(
        {"start": value, "end": value} if isinstance(value, str) else value, DATE_KEYS, where
    )
    start = day(found.get("start"), where=f"{where}, start")
    end = day(found.get("end"), where=f"{where}, end")
    if start and end and start > end:
        raise InputError(
            f"starts on {start} and ends before, on {end}", where=where, remedy="Swap the two days"
        )
    precision = "day" if start is not None and start == end else "range"
    given = found.get("precision") or precision
    if given != precision:
        raise InputError(
            f"precision is {given!r} for {start or '..'} to {end or '..'}",
            where=f"{where}, precision",
            remedy=f"Write {precision} or leave it out",
        )
    basis = _text(found.get("basis") or "text", f"{where}, basis", MAX_WORD)
    if basis not in {"text", "published", "inferred"} and not basis.startswith("external: "):
        raise InputError(
            f"unknown basis of a date {basis!r}",
            where=f"{where}, basis",
            remedy="Write text, published, inferred, or external: SOURCE",
        )
    return DateInterval(
        start, end, precision, _optional(found.get("expr") or None, _name, f"{where}, expr"), basis
    )


def _claim(value: Any, where: str) -> Claim:
    found = _object(value, CLAIM_KEYS, where)
    return Claim(
        tense=_choice(_required(found, "tense", where), TENSES, "tense", f"{where}, tense"),
        negated=_flag(_required(found, "negated", where), f"{where}, negated"),
        predicate=_text(_required(found, "predicate", where), f"{where}, predicate", MAX_TEXT),
        testable_by=_optional(found.get("testable_by") or None, _word, f"{where}, testable_by")
        or "",
    )


def _span(value: Any, where: str) -> Span:
    found = _object(value, SPAN_KEYS, where)
    start = _count(_required(found, "start", where), f"{where}, start")
    end = _count(_required(found, "end", where), f"{where}, end")
    text = _text(_required(found, "text", where), f"{where}, text", MAX_TEXT)
    if end - start != len(text):
        raise InputError(
            f"from {start} to {end} there are {end - start} characters, the text has {len(text)}",
            where=where,
            remedy="Offsets count code points, the end is one past the last; "
            f"words without a place in a text go to details.{QUOTE}",
        )
    return Span(start, end, text)


def _details(value: Any, where: str) -> dict[str, str]:
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise _wrong_type(value, "an object of texts", where)
    if len(value) > MAX_ITEMS:
        raise _too_many(len(value), where)
    return {
        _word(key, where): _text(item, f"{where}.{key}", MAX_TEXT)
        for key, item in sorted(value.items())
        if item not in {None, ""}
    }


def _object(value: Any, keys: Iterable[str], where: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise _wrong_type(value, "an object", where)
    for key in value:
        if key not in keys:
            raise InputError.unknown("key", str(key)[:MAX_WORD], keys, where=where)
    return value


def _required(found: dict[str, Any], key: str, where: str) -> Any:
    if found.get(key) is None:
        raise InputError(f"{key} is missing", where=where, remedy=f"Add {key}")
    return found[key]


def _list(value: Any, where: str) -> list[tuple[Any, str]]:
    if value is None:
        return []
    if not isinstance(value, list | tuple):
        raise _wrong_type(value, "a list", where)
    if len(value) > MAX_ITEMS:
        raise _too_many(len(value), where)
    return [(item, f"{where}[{number}]") for number, item in enumerate(value)]


def _optional(value: Any, read: Callable[[Any, str], Any], where: str) -> Any:
    return None if value is None else read(value, where)


def _choice(value: Any, known: Iterable[str], what: str, where: str) -> str:
    text = _text(value, where, MAX_WORD)
    if text not in known:
        raise InputError.unknown(what, text, known, where=where)
    return text


def _text(value: Any, where: str, most: int) -> str:
    if not isinstance(value, str):
        raise _wrong_type(value, "a text", where)
    if len(value) > most:
        raise InputError(
            f"{len(value):,} characters, at most {most:,} are taken",
            where=where,
            remedy="Shorten it",
        )
    unsafe = _UNSAFE.search(value)
    if unsafe:
        raise InputError(
            f"contains the control character U+{ord(unsafe[0]):04X} at {unsafe.start() + 1}",
            where=where,
            remedy="Remove it; texts are plain Unicode",
        )
    return value


def _name(value: Any, where: str) -> str:
    return _text(value, where, MAX_WORD).strip()


def _word(value: Any, where: str) -> str:
    return _shaped(
        value, _CODE, where, "small letters, digits, _ and -, such as sanctions_circumvention"
    )


def _shaped(value: Any, form: re.Pattern[str], where: str, what: str, most: int = MAX_WORD) -> str:
    text = _text(value, where, most)
    if text and not form.match(text):
        raise InputError(f"{text[:80]!r} cannot be read", where=where, remedy=f"Write {what}")
    return text


def day(value: Any, *, where: str = "") -> date | None:
    """Read a day, None for none.

    Raises:
        InputError: It is not written YYYY-MM-DD.
    """
    if value is None:
        return None
    text = _text(value, where, MAX_WORD)
    found = None
    if len(text) == len("2022-04-29"):  # other forms of ISO 8601 are not the one form
        with suppress(ValueError):
            found = date.fromisoformat(text)
    if found is None:
        raise InputError(
            f"{text!r} is not a day", where=where, remedy="Write YYYY-MM-DD, such as 2022-04-29"
        )
    return found


def _polarity(value: Any, where: str) -> int | None:
    if value is None:
        return None
    if isinstance(value, bool) or value not in {-1, 0, 1}:
        raise InputError(
            f"{value!r} is not a polarity",
            where=where,
            remedy="Write -1 (against the sanctioned state), 0, 1 (in its favour), or leave it out",
        )
    return int(value)


def _flag(value: Any, where: str) -> bool:
    if not isinstance(value, bool):
        raise _wrong_type(value, "true or false", where)
    return value


def _count(value: Any, where: str) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value < 2**31:
        raise _wrong_type(value, "a number of characters", where)
    return value


def _wrong_type(value: Any, wanted: str, where: str) -> InputError:
    return InputError(
        f"{str(value)[:80]!r} stands where {wanted} is expected",
        where=where,
        remedy=f"Write {wanted}",
    )


def _too_many(count: int, where: str) -> InputError:
    return InputError(f"{count:,} items, at most {MAX_ITEMS} are taken", where=where)
