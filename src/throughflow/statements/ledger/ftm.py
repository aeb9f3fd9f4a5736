"""Statements as entities of FollowTheMoney, one JSON object a line.

A statement is an ``Event`` with the bodies and persons ``involved``; each document that tells it
is an ``Article``, tied to it by a ``Documentation`` that carries the quote. Schemata and properties
are those of followthemoney 4: Thing, Interval, Interest, Document, Event, Documentation, Person,
PublicBody.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, TextIO

from throughflow.model.statements import KINDS
from throughflow.reference import countries
from throughflow.statements import event_json
from throughflow.statements.ledger import identity
from throughflow.statements.ledger.record import short_hash

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from throughflow.model.statements import Actor, Event, Source
    from throughflow.statements.ledger.record import Record

# FollowTheMoney writes languages in three letters (ISO 639-3); others are left out.
_LANGUAGES = {
    "ar": "ara", "az": "aze", "be": "bel", "bg": "bul", "cs": "ces", "de": "deu", "el": "ell",
    "en": "eng", "es": "spa", "et": "est", "fa": "fas", "fi": "fin", "fr": "fra", "he": "heb",
    "hr": "hrv", "hu": "hun", "hy": "hye", "it": "ita", "ja": "jpn", "ka": "kat", "kk": "kaz",
    "ky": "kir", "lt": "lit", "lv": "lav", "mn": "mon", "nl": "nld", "pl": "pol", "pt": "por",
    "ro": "ron", "ru": "rus", "sk": "slk", "sl": "slv", "sr": "srp", "sv": "swe", "tg": "tgk",
    "tk": "tuk", "tr": "tur", "uk": "ukr", "uz": "uzb", "zh": "zho",
}  # fmt: skip
_BODIES = {
    "GOV": "Government of {}",
    "MIL": "Armed forces of {}",
    "ELI": "Political elites of {}",
}


def as_ftm(records: Iterable[Record], out: TextIO) -> None:
    """Write the entities of statements; an entity that several statements share is written once."""
    seen: set[str] = set()
    for record in records:
        for entity in entities(record):
            if entity["id"] not in seen:
                seen.add(entity["id"])
                out.write(json.dumps(entity, ensure_ascii=False) + "\n")


def entities(record: Record) -> Iterator[dict[str, Any]]:
    """Return the entities of one statement, those it points to first."""
    event = record.event
    people = [*event.actors, *event.targets, *([event.relayed_by] if event.relayed_by else [])]
    involved: list[str] = []
    for actor in people:
        for entity in _party(actor):
            if entity["id"] not in involved:
                involved.append(entity["id"])
                yield entity
    documents = []
    for telling in record.tellings:
        article = _article(telling.source, telling.id)
        documents.append(article["id"])
        yield article
        yield _documentation(record.id, article["id"], telling.id, telling.event)
    yield _entity(
        record.id,
        "Event",
        name=caption(event),
        startDate=event.date.start and event.date.start.isoformat(),
        endDate=event.date.end and event.date.end.isoformat(),
        summary=f"{record.status}, {event.certainty}"
        + (f", open: {', '.join(record.unresolved)}" if record.unresolved else ""),
        description=[f"{key}: {value}" for key, value in event.details.items()],
        country=[actor.country.lower() for actor in (*event.actors, *event.targets)],
        keywords=[event.kind, event.type, *([event.topic] if event.topic else [])],
        sourceUrl=[telling.source.url for telling in record.tellings],
        publisher=[telling.source.publisher for telling in record.tellings],
        involved=involved,
        proof=documents,
    )


def caption(event: Event) -> str:
    """Say a statement in one line, such as ``Kazakhstan pledged … to Ukraine``."""
    who = ", ".join(countries.name(actor.country) for actor in event.actors) or "somebody"
    words = KINDS[event.kind][2]
    to = ", ".join(countries.name(actor.country) for actor in event.targets)
    return f"{who}: {words}" + (f" ({to})" if to else "")


def _party(actor: Actor) -> Iterator[dict[str, Any]]:
    country = actor.country.lower()
    name = countries.name(actor.country)
    if actor.country != "EU":
        name = _BODIES.get(actor.sector, f"{actor.sector} of {{}}").format(name)
    yield _entity(
        f"tf-body-{country}-{actor.sector.lower()}", "PublicBody", name=name, country=country
    )
    if actor.person:
        known = short_hash([actor.country, identity.name_key(actor.person)])
        yield _entity(
            f"tf-person-{known}", "Person", name=actor.person, country=country, position=actor.role
        )


def _article(source: Source, telling: str) -> dict[str, Any]:
    content = event_json.source_plain(source)
    known = short_hash(content) if source.url or source.digest else telling.removeprefix("te-")
    return _entity(
        f"tf-article-{known}",
        "Article",
        name=source.title or source.url or "document without a title",
        title=source.title,
        publisher=source.publisher,
        sourceUrl=source.url,
        publishedAt=source.published and source.published.isoformat(),
        language=_LANGUAGES.get(source.lang),
    )


def _documentation(statement: str, article: str, telling: str, event: Event) -> dict[str, Any]:
    quotes = [span.text for span in event.spans] or [event.details.get(event_json.QUOTE, "")]
    return _entity(
        f"tf-doc-{statement}-{telling}",
        "Documentation",
        document=article,
        entity=statement,
        role=event.certainty,
        description=quotes,
        startDate=event.date.start and event.date.start.isoformat(),
        endDate=event.date.end and event.date.end.isoformat(),
    )


def _entity(known: str, schema: str, **properties: Any) -> dict[str, Any]:
    """Make an entity; every property is a list of texts, and empty ones are left out."""
    found: dict[str, list[str]] = {}
    for name, value in properties.items():
        texts = [text for text in (value if isinstance(value, list) else [value]) if text]
        if texts:
            found[name] = list(dict.fromkeys(texts))
    return {"id": known, "schema": schema, "properties": found}
