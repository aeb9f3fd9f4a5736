"""JSON Schemas of what the verbs print, made from the result types themselves."""

from __future__ import annotations

import dataclasses
import sys
import types
import typing
from datetime import date
from typing import Any

from throughflow.cli import excess as excess_verb
from throughflow.cli import hubs as hubs_verb

DRAFT = "https://json-schema.org/draft/2020-12/schema"
_SCALARS: dict[Any, dict[str, Any]] = {
    str: {"type": "string"},
    int: {"type": "integer"},
    float: {"type": "number"},
    bool: {"type": "boolean"},
    date: {"type": "string", "format": "date"},
    Any: {},
}


def of(verb: str) -> dict[str, Any]:
    """Return the schema of what a verb prints with ``--json``."""
    body = _BODIES[verb]()
    return {"$schema": DRAFT, "title": f"throughflow {verb} --json"} | body


def _type(annotation: Any) -> dict[str, Any]:
    """Return the schema of a type that `evidence.canonical.plain` can turn into JSON."""
    if annotation in _SCALARS:
        return dict(_SCALARS[annotation])
    if annotation is type(None):
        return {"type": "null"}
    if dataclasses.is_dataclass(annotation):
        return _object(annotation)
    origin, arguments = typing.get_origin(annotation), typing.get_args(annotation)
    if origin in {typing.Union, types.UnionType}:
        return {"anyOf": [_type(argument) for argument in arguments]}
    if origin is dict:
        return {"type": "object", "additionalProperties": _type(arguments[1])}
    if origin in {tuple, list}:
        return {"type": "array", "items": _type(arguments[0])}
    raise TypeError(f"no JSON Schema for {annotation!r}")


def _object(kind: Any) -> dict[str, Any]:
    from throughflow.dossier import model as dossier_model
    from throughflow.dossier import neighbour_check, price_check, roads, said
    from throughflow.dossier.saydo import model as saydo_model
    from throughflow.model import votes as model_votes
    from throughflow.routes import result as route_result
    from throughflow.statements import agreement, stance, standing, vote_table, votes
    from throughflow.trade import (
        breaks,
        coverage_check,
        event_study,
        excess,
        finding,
        mirror,
        pre_trend,
        without_donors,
    )
    from throughflow.trade.decompose import (
        basis_gap,
        decomposition,
        family_prices,
        misdeclared,
        pass_through,
        substitution,
        unit_values,
    )
    from throughflow.trade.network import result as network_result

    # Result types name each other under TYPE_CHECKING only; resolve them where they are defined.
    scope = {"date": date}
    modules = (
        agreement, basis_gap, breaks, coverage_check, decomposition, dossier_model, event_study,
        excess, family_prices, finding, mirror, misdeclared, model_votes, neighbour_check,
        network_result, pass_through, pre_trend, price_check, roads, route_result, said,
        saydo_model, stance, standing, substitution, unit_values, vote_table, votes,
        without_donors,
        sys.modules[kind.__module__],
    )  # fmt: skip
    for module in modules:
        scope |= vars(module)
    hints = typing.get_type_hints(kind, globalns=scope)
    properties = {field.name: _type(hints[field.name]) for field in dataclasses.fields(kind)}
    return {"type": "object", "properties": properties, "required": list(properties)}


def _envelope(result: dict[str, Any]) -> dict[str, Any]:
    """Return the schema of a run: where it came from, then the fields of its result."""
    text = {"type": "string"}
    properties = {
        "verb": text,
        "id": {"type": "string", "pattern": "^[0-9a-f]{16}$"},
        "warehouse": text,
        "code": text,
        "parameters": {"type": "object"},
        **result["properties"],
    }
    return {"type": "object", "properties": properties, "required": list(properties)}


def _fields(columns: typing.Iterable[str], *sources: Any, **extra: Any) -> dict[str, Any]:
    known: dict[str, Any] = {}
    for source in sources:
        known |= _object(source)["properties"]
    known |= extra
    properties = {column: known[column] for column in columns}
    return {"type": "object", "properties": properties, "required": list(properties)}


def _excess() -> dict[str, Any]:
    from throughflow.trade.finding import Row

    row = _fields(excess_verb.COLUMNS, Row, **{"class": {"type": "string"}})
    text, texts = {"type": "string"}, {"type": "array", "items": {"type": "string"}}
    return _envelope(
        {
            "type": "object",
            "properties": {
                "window": text, "base": text, "dataset": text, "rungs": texts,
                "fake_windows": texts, "second_leg": {"type": "boolean"},
                "rows": {"type": "array", "items": row},
            },
            "required": [
                "window", "base", "dataset", "rungs", "fake_windows", "second_leg", "rows",
            ],
        }
    )  # fmt: skip


def _hubs() -> dict[str, Any]:
    from throughflow.dossier.model import HubLine, Ranking
    from throughflow.trade.finding import Row

    found = _object(Ranking)
    row = _fields(hubs_verb.COLUMNS, HubLine, Row)
    found["properties"]["rows"] = {"type": "array", "items": row}
    return _envelope(found)


def _decompose() -> dict[str, Any]:
    from throughflow.trade.decompose.decomposition import Decomposition

    return _envelope(_object(Decomposition))


def _dossier() -> dict[str, Any]:
    from throughflow.dossier.model import Dossier

    return _envelope(_object(Dossier))


def _dates() -> dict[str, Any]:
    from throughflow.trade.event_study import EventStudy

    found = _object(EventStudy)
    text = {"type": "string"}
    named = dict.fromkeys(("hub_name", "target", "window", "dataset"), text)
    return _envelope({"type": "object", "properties": named | found["properties"]})


def _donors() -> dict[str, Any]:
    from throughflow.trade.without_donors import Donors

    return _envelope(_object(Donors))


def _votes() -> dict[str, Any]:
    """Return the schema for one state and for all."""
    from throughflow.statements.votes import AllVotes, StateVotes

    return {"anyOf": [_envelope(_object(kind)) for kind in (StateVotes, AllVotes)]}


def _stance() -> dict[str, Any]:
    from throughflow.statements.standing import Standing

    return _envelope(_object(Standing))


def _route() -> dict[str, Any]:
    from throughflow.routes.result import RouteFinding

    return _envelope(_object(RouteFinding))


def _saydo() -> dict[str, Any]:
    from throughflow.dossier.saydo.model import SayDo

    return _envelope(_object(SayDo))


def _replicate() -> dict[str, Any]:
    from throughflow.dossier.replicate import Replicated

    rows = {"type": "array", "items": _object(Replicated)}
    return _envelope({"type": "object", "properties": {"rows": rows}, "required": ["rows"]})


def _simulate() -> dict[str, Any]:
    from throughflow.trade.simulate.report_card import ReportCard

    card = _object(ReportCard)
    own = {"verb": {"type": "string"}, "quick": {"type": "boolean"}}
    properties = own | card["properties"]
    return {"type": "object", "properties": properties, "required": list(properties)}


def _load() -> dict[str, Any]:
    text, count = {"type": "string"}, {"type": "integer"}
    error = {
        "type": "object",
        "properties": {"file": text, "error": text, "where": text, "remedy": text},
        "required": ["file", "error", "where", "remedy"],
    }
    loaded = {
        "type": "object",
        "properties": {
            "file": text, "edition": text, "dataset": text, "rows": count, "cells": count,
        },
        "required": ["file", "edition", "dataset", "rows", "cells"],
    }  # fmt: skip
    properties = {
        "warehouse": text,
        "loaded": {"type": "array", "items": loaded},
        "unchanged": {"type": "array", "items": text},
        "failed": {"type": "array", "items": error},
        "skipped": {"type": "array", "items": error},
        "rows": count,
        "cells": count,
        "not_recorded": count,
        "refused": {"type": "object", "additionalProperties": count},
    }
    return {"type": "object", "properties": properties, "required": list(properties)}


def _get() -> dict[str, Any]:
    """Return the schema of a download, of ``--dry-run`` and of ``--list``."""
    from throughflow.cli import get as verb
    from throughflow.sources.catalogue import Source

    text = {"type": "string"}
    error = _load()["properties"]["failed"]["items"]
    downloaded = {
        "source": text,
        "dataset": text,
        "warehouse": text,
        "files": {"type": "array", "items": _object(verb.file_type())},
        "failed": {"type": "array", "items": error},
        "unread": {"type": "array", "items": error},
        "retried": {"type": "array", "items": text},
        "load": {"anyOf": [_load(), {"type": "null"}]},
    }
    requests = {"type": "array", "items": _object(verb.Planned)}
    planned = {"source": text, "dataset": text, "requests": requests}
    offered = {"sources": {"type": "array", "items": _object(Source)}}
    return {
        "anyOf": [
            {"type": "object", "properties": body, "required": list(body)}
            for body in (downloaded, planned, offered)
        ]
    }


def _replay() -> dict[str, Any]:
    text = {"type": "string"}
    digests = {
        "type": "object",
        "properties": {"before": text, "after": text},
        "required": ["before", "after"],
    }
    properties = {
        "id": text,
        "verb": text,
        "warehouse": text,
        "same": {"type": "boolean"},
        "changes": {"type": "array", "items": text},
        "result_digest": digests,
    }
    return {"type": "object", "properties": properties, "required": list(properties)}


def _statements() -> dict[str, Any]:
    """Return the schema of what ``list`` and ``review`` print: statements as the log has them."""
    from throughflow.model.statements import Event, Source

    text, texts = {"type": "string"}, {"type": "array", "items": {"type": "string"}}
    event = _object(Event)
    telling = {
        "type": "object",
        "required": ["id", "source", "why"],
        "additionalProperties": False,
        "properties": {
            "id": text, "source": _object(Source), "why": text, "event": event, "unresolved": texts,
        },
    }  # fmt: skip
    statement = {
        "id": text, "version": {"type": "integer"}, "previous": {"type": ["string", "null"]},
        "recorded": {"type": "string", "format": "date-time"}, "by": text, "reason": text,
        "action": text, "status": {"enum": ["accepted", "candidate", "rejected"]},
        "is_reviewed": {"type": "boolean"}, "event": event, "unresolved": texts,
        "tellings": {"type": "array", "minItems": 1, "items": telling},
        "edits": {"type": "object", "additionalProperties": text}, "apart": texts,
    }  # fmt: skip
    listed = {
        "type": "object",
        "required": list(statement),
        "additionalProperties": False,
        "properties": statement,
    }
    return {
        "type": "object",
        "required": ["ledger", "count", "statements"],
        "additionalProperties": False,
        "properties": {
            "ledger": text,
            "count": {"type": "integer"},
            "statements": {"type": "array", "items": listed},
        },
    }


_BODIES = {
    "load": _load,
    "get": _get,
    "hubs": _hubs,
    "excess": _excess,
    "dates": _dates,
    "donors": _donors,
    "saydo": _saydo,
    "decompose": _decompose,
    "route": _route,
    "dossier": _dossier,
    "votes": _votes,
    "stance": _stance,
    "replicate": _replicate,
    "simulate": _simulate,
    "replay": _replay,
    "statements": _statements,
}
