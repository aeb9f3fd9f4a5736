"""An extraction as plain data: what ``--json`` prints."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from throughflow.model.statements import Actor, Candidate, DateInterval, Event
    from throughflow.statements.document import Document
    from throughflow.statements.extract import Extraction, Quote


def plain(document: Document, found: Extraction) -> dict[str, Any]:
    """Return the document, its events, candidates and quotes as JSON can hold them.

    Ids are ``E1``, ``E2``, … and ``C1``, ``C2``, … in the order of the text; they name the rows
    of this answer and nothing else.

    Args:
        document: What was read.
        found: What was found in it.
    """
    published = document.published
    return {
        "document": {
            "title": document.title,
            "lang": document.lang,
            "published": published.isoformat() if published is not None else None,
            "digest": document.digest,
            "characters": len(document.text),
            "sentences": len(document.sentences),
        },
        "events": [event(one, f"E{n}") for n, one in enumerate(found.events, 1)],
        "candidates": [candidate(one, f"C{n}") for n, one in enumerate(found.candidates, 1)],
        "quotes": [quote(one) for one in found.quotes],
    }


def event(one: Event, name: str) -> dict[str, Any]:
    """Return an event as plain data."""
    return {
        "id": name,
        "kind": one.kind,
        "type": one.type,
        "mode": one.mode,
        "actors": [actor(who) for who in one.actors],
        "targets": [actor(who) for who in one.targets],
        "date": interval(one.date),
        "polarity": one.polarity,
        "is_pledge": one.is_pledge,
        "claims": [
            {
                "tense": claim.tense,
                "negated": claim.negated,
                "predicate": claim.predicate,
                "testable_by": claim.testable_by,
            }
            for claim in one.claims
        ],
        "certainty": one.certainty,
        "relayed_by": actor(one.relayed_by) if one.relayed_by is not None else None,
        "topic": one.topic,
        "details": dict(one.details),
        "spans": [{"start": s.start, "end": s.end, "text": s.text} for s in one.spans],
        "rule": one.rule,
    }


def candidate(one: Candidate, name: str) -> dict[str, Any]:
    """Return a candidate as plain data: its event as far as it goes, and what is open."""
    return {**event(one.event, name), "unresolved": list(one.unresolved)}


def actor(one: Actor) -> dict[str, Any]:
    """Return an actor as plain data."""
    return {
        "country": one.country,
        "sector": one.sector,
        "person": one.person,
        "role": one.role,
    }


def interval(one: DateInterval) -> dict[str, Any]:
    """Return a date interval as plain data."""
    return {
        "start": one.start.isoformat() if one.start is not None else None,
        "end": one.end.isoformat() if one.end is not None else None,
        "precision": one.precision,
        "expr": one.expr,
        "basis": one.basis,
    }


def quote(one: Quote) -> dict[str, Any]:
    """Return a quote as plain data."""
    return {
        "start": one.start,
        "end": one.end,
        "text": one.text,
        "speaker": one.speaker,
        "speaker_country": one.speaker_country,
        "verb": one.verb,
        "direct": one.direct,
    }
