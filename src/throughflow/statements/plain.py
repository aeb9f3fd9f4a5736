"""An extraction as plain data: what ``--json`` prints, and what a ledger takes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from throughflow.statements import event_json

if TYPE_CHECKING:
    from collections.abc import Sequence

    from throughflow.model.statements import Candidate, Event
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
    return {
        "source": event_json.source_plain(document.source()),
        "document": {
            "title": document.title,
            "lang": document.lang,
            "published": document.published and document.published.isoformat(),
            "digest": document.digest,
            "characters": len(document.text),
            "sentences": len(document.sentences),
        },
        "events": _named(found.events, "E"),
        "candidates": _named(found.candidates, "C"),
        "quotes": [quote(one) for one in found.quotes],
    }


def _named(items: Sequence[Event | Candidate], letter: str) -> list[dict[str, Any]]:
    return [{"id": f"{letter}{n}", **event_json.plain(one)} for n, one in enumerate(items, 1)]


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
