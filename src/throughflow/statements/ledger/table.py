r"""Statements as rows of a table: one row per telling, in a spreadsheet's own terms.

Lists inside a cell are joined by ``|``; a bar or backslash inside an item is written ``\|`` or
``\\``. Columns that belong together (``actors``, ``actor_persons``, …) hold their items in the
same order.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from throughflow.errors import InputError
from throughflow.statements import event_json

if TYPE_CHECKING:
    from collections.abc import Mapping

    from throughflow.model.statements import Candidate, Event, Source

OPEN = ".."
_TRUE, _FALSE = {"true", "yes", "1"}, {"false", "no", "0"}
_ITEM = re.compile(r"(?:[^|\\]|\\.)*", re.DOTALL)
# A spreadsheet takes a cell that begins like this for a formula.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")

# Column: what it means, for the documentation and the template.
COLUMNS: dict[str, str] = {
    "id": "id of the statement; only an export fills it",
    "status": "accepted, candidate or rejected; empty: accepted, or candidate with unresolved",
    "reviewed": "true where a person decided; only an export fills it",
    "kind": "what it is, such as pledge_no_circumvention (required)",
    "type": "PLOVER category; empty: the kind's own",
    "mode": "PLOVER mode; empty: the kind's own; or none",
    "polarity": "-1 against the sanctioned state, 0, 1 in its favour; empty for its own acts",
    "is_pledge": "true or false; empty: true for the kind of pledge",
    "actors": "states: ISO codes or names (required unless unresolved)",
    "actor_sectors": "GOV, MIL, ELI, BUS …; empty: GOV",
    "actor_persons": "names in Latin script",
    "actor_roles": "offices",
    "targets": "to whom, like actors",
    "target_sectors": "like actor_sectors",
    "target_persons": "like actor_persons",
    "target_roles": "like actor_roles",
    "start": "first day it can have been, YYYY-MM-DD; .. for open (required)",
    "end": "last day; empty: the same day; .. for open",
    "date_expr": "words of the text that name the date",
    "date_basis": "text, published, inferred, or external: SOURCE; empty: text",
    "certainty": "quoted, relayed, reported or journalist; empty: reported",
    "relayed_by": "state that relayed it, where certainty is relayed",
    "relayed_by_sector": "like actor_sectors",
    "relayed_by_person": "like actor_persons",
    "relayed_by_role": "like actor_roles",
    "claim_tenses": "present (does not) or future (will not)",
    "claim_negated": "true where the conduct is denied",
    "claim_predicates": "the conduct, in words",
    "claim_testable_by": "trade, or empty",
    "topic": "such as sanctions_circumvention",
    "quote": "the words, for hand-coded rows",
    "details": "further facts as key=value",
    "span_starts": "first character of each quoted piece of the document",
    "span_ends": "one past its last",
    "span_texts": "the pieces",
    "rule": "rule that found it; empty: hand",
    "unresolved": "open slots of a candidate",
    "title": "title of the document",
    "publisher": "who published it",
    "url": "its address",
    "published": "day of publication, YYYY-MM-DD",
    "lang": "its language, two letters",
    "digest": "SHA-256 of its text",
}
SOURCE_COLUMNS = ("title", "publisher", "url", "published", "lang", "digest")
EDITABLE = tuple(
    column for column in COLUMNS if column not in {"id", "status", "reviewed", *SOURCE_COLUMNS}
)


def row_of(event: Event, unresolved: tuple[str, ...], source: Source) -> dict[str, str]:
    """Write a telling as a row, without the columns of the statement."""
    details = dict(event.details)
    quote = details.pop(event_json.QUOTE, "")
    relayed = event.relayed_by
    interval = event.date
    start = interval.start.isoformat() if interval.start else OPEN
    end = interval.end.isoformat() if interval.end else OPEN
    told = event_json.source_plain(source)
    return {
        "kind": event.kind,
        "type": event.type,
        "mode": event.mode or "none",
        "polarity": "" if event.polarity is None else str(event.polarity),
        "is_pledge": _flag_out(event.is_pledge),
        **_actors_out("actor", event.actors),
        **_actors_out("target", event.targets),
        "start": start,
        "end": end,
        "date_expr": interval.expr or "",
        "date_basis": interval.basis,
        "certainty": event.certainty,
        "relayed_by": relayed.country if relayed else "",
        "relayed_by_sector": relayed.sector if relayed else "",
        "relayed_by_person": (relayed and relayed.person) or "",
        "relayed_by_role": (relayed and relayed.role) or "",
        "claim_tenses": join(c.tense for c in event.claims),
        "claim_negated": join(_flag_out(c.negated) for c in event.claims),
        "claim_predicates": join(c.predicate for c in event.claims),
        "claim_testable_by": join(c.testable_by for c in event.claims),
        "topic": event.topic,
        "quote": quote,
        "details": join(f"{key}={value}" for key, value in sorted(details.items())),
        "span_starts": join(str(s.start) for s in event.spans),
        "span_ends": join(str(s.end) for s in event.spans),
        "span_texts": join(s.text for s in event.spans),
        "rule": event.rule,
        "unresolved": join(unresolved),
        **{column: told[column] or "" for column in SOURCE_COLUMNS},
    }


def read_row(row: Mapping[str, str], *, where: str = "") -> tuple[Event | Candidate, Source]:
    """Read a row; columns that are not there count as empty.

    Raises:
        InputError: A cell is not usable; the place names the column.
    """
    value: dict[str, Any] = {
        "kind": row.get("kind") or None,
        "type": row.get("type") or None,
        "polarity": _number(row, "polarity", where),
        "actors": _actors_in(row, "actor", where),
        "targets": _actors_in(row, "target", where),
        "date": _date_in(row, where),
        "claims": _claims_in(row, where),
        "certainty": row.get("certainty") or None,
        "relayed_by": _relayed_in(row),
        "topic": row.get("topic") or None,
        "details": _details_in(row, where),
        "spans": _spans_in(row, where),
        "rule": row.get("rule") or None,
    }
    if row.get("mode"):
        value["mode"] = None if row["mode"] == "none" else row["mode"]
    if row.get("is_pledge"):
        value["is_pledge"] = _flag_in(row["is_pledge"], f"{where}, is_pledge")
    if row.get("unresolved"):
        value["unresolved"] = [slot.strip() for slot in split(row["unresolved"])]
    source = {column: row.get(column) or None for column in SOURCE_COLUMNS}
    return event_json.parse(value, where=where), event_json.parse_source(source, where=where)


def join(items: Any) -> str:
    """Join the items of a cell; items that are all empty leave it empty."""
    texts = list(items)
    if not any(texts):
        return ""
    return "|".join(text.replace("\\", "\\\\").replace("|", "\\|") for text in texts)


def split(cell: str) -> list[str]:
    """Take a cell apart that `join` made; an empty one has no items."""
    if not cell:
        return []
    items, position = [], 0
    while True:
        found = _ITEM.match(cell, position)
        end = found.end() if found else position
        # A lone backslash at the end stands for itself.
        end = len(cell) if cell[end : end + 1] == "\\" else end
        items.append(re.sub(r"\\(.)", r"\1", cell[position:end], flags=re.DOTALL))
        if end >= len(cell):
            return items
        position = end + 1


def guard(cell: str) -> str:
    """Write a text so that no spreadsheet takes it for a formula; `unguard` takes it back."""
    risky = cell.startswith(_FORMULA) or (
        cell.startswith("'") and cell[1:].startswith((*_FORMULA, "'"))
    )
    return f"'{cell}" if risky else cell


def unguard(cell: str) -> str:
    """Take back what `guard` did."""
    return cell[1:] if cell.startswith("'") and cell[1:].startswith((*_FORMULA, "'")) else cell


def _flag_out(value: bool) -> str:  # noqa: FBT001 - it is the value itself
    return "true" if value else "false"


def _flag_in(text: str, where: str) -> bool:
    lowered = text.strip().casefold()
    if lowered not in _TRUE | _FALSE:
        raise InputError(f"{text!r} is neither true nor false", where=where, remedy="Write either")
    return lowered in _TRUE


def _number(row: Mapping[str, str], column: str, where: str) -> int | None:
    text = (row.get(column) or "").strip().replace("−", "-")
    if not text:
        return None
    if not re.fullmatch(r"[+-]?\d{1,9}", text, re.ASCII):
        raise InputError(
            f"{text[:80]!r} is not a whole number", where=f"{where}, {column}", remedy="Write one"
        )
    return int(text)


def _actors_out(side: str, actors: Any) -> dict[str, str]:
    return {
        f"{side}s": join(a.country for a in actors),
        f"{side}_sectors": join(a.sector for a in actors),
        f"{side}_persons": join(a.person or "" for a in actors),
        f"{side}_roles": join(a.role or "" for a in actors),
    }


def _actors_in(row: Mapping[str, str], side: str, where: str) -> list[dict[str, str | None]]:
    columns = {
        "country": f"{side}s",
        "sector": f"{side}_sectors",
        "person": f"{side}_persons",
        "role": f"{side}_roles",
    }
    return _aligned(row, columns, where)


def _aligned(
    row: Mapping[str, str], columns: Mapping[str, str], where: str
) -> list[dict[str, str | None]]:
    """Read columns that hold their items in the same order; the first says how many there are."""
    cells = {key: split(row.get(column) or "") for key, column in columns.items()}
    first, *others = columns
    count = len(cells[first])
    for key in others:
        if len(cells[key]) not in {0, count}:
            raise InputError(
                f"{len(cells[key])} items beside {count} in {columns[first]}",
                where=f"{where}, {columns[key]}",
                remedy="Give as many, empty ones too, joined by |",
            )
    return [
        {key: _item(cells[key][number], key) if cells[key] else None for key in columns}
        for number in range(count)
    ]


def _item(text: str, key: str) -> str | None:
    """Return an item of a cell; what is quoted from a text keeps its spaces, people's do not."""
    return (text if key in {"text", "predicate"} else text.strip()) or None


def _relayed_in(row: Mapping[str, str]) -> dict[str, str | None] | None:
    if not row.get("relayed_by"):
        return None
    return {
        "country": row["relayed_by"],
        "sector": row.get("relayed_by_sector") or None,
        "person": row.get("relayed_by_person") or None,
        "role": row.get("relayed_by_role") or None,
    }


def _date_in(row: Mapping[str, str], where: str) -> dict[str, str | None]:
    start, end = (row.get("start") or "").strip(), (row.get("end") or "").strip()
    if not start:
        raise InputError(
            "start is missing",
            where=f"{where}, start",
            remedy="Write the first day it can have been, YYYY-MM-DD, or .. if it is open",
        )
    days = [None if day == OPEN else day for day in (start, end or start)]
    return {
        "start": days[0],
        "end": days[1],
        "expr": row.get("date_expr") or None,
        "basis": row.get("date_basis") or None,
    }


def _claims_in(row: Mapping[str, str], where: str) -> list[dict[str, Any]]:
    columns = {
        "tense": "claim_tenses",
        "negated": "claim_negated",
        "predicate": "claim_predicates",
        "testable_by": "claim_testable_by",
    }
    return [
        claim | {"negated": _flag_in(claim["negated"] or "", f"{where}, claim_negated")}
        for claim in _aligned(row, columns, where)
    ]


def _spans_in(row: Mapping[str, str], where: str) -> list[dict[str, Any]]:
    columns = {"start": "span_starts", "end": "span_ends", "text": "span_texts"}
    return [
        span
        | {
            key: _number({key: span[key] or ""}, key, f"{where}, span_{key}s")
            for key in ("start", "end")
        }
        for span in _aligned(row, columns, where)
    ]


def _details_in(row: Mapping[str, str], where: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for item in split(row.get("details") or ""):
        key, equals, value = item.partition("=")
        if not equals:
            raise InputError(
                f"{item[:80]!r} is no key=value",
                where=f"{where}, details",
                remedy="Write key=value, several joined by |",
            )
        found[key.strip()] = value
    if row.get("quote"):
        found[event_json.QUOTE] = row["quote"]
    return found
