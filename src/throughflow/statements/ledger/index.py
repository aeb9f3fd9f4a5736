"""The newest version of every statement as one Arrow table, kept beside the log.

The log is the truth; the table only answers questions fast. It names the seal up to which it was
made: where the log has gone on, the rest is read and added; where the log is another one, the
table is made anew. A folder that cannot be written keeps none.
"""

from __future__ import annotations

import json
import os
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.compute as pc

from throughflow.errors import DataError
from throughflow.statements import event_json
from throughflow.statements.ledger import identity, lines, log, sameness

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

NAME = "index.arrow"
# Goes up when a column changes its meaning, so that older tables are made anew.
EDITION = "1"
_TEXT = pa.large_string()
SCHEMA = pa.schema(
    [
        ("id", _TEXT), ("version", pa.int32()), ("status", _TEXT), ("is_reviewed", pa.bool_()),
        ("kind", _TEXT), ("actors", _TEXT), ("targets", _TEXT), ("persons", _TEXT),
        ("relayed_by", _TEXT), ("start", pa.date32()), ("end", pa.date32()),
        ("is_pledge", pa.bool_()), ("polarity", pa.int8()), ("certainty", _TEXT),
        ("topic", _TEXT), ("quote", _TEXT), ("url", _TEXT), ("unresolved", _TEXT),
        ("sources", pa.int32()), ("block", _TEXT), ("tellings", pa.large_list(_TEXT)),
        ("facts", pa.large_list(_TEXT)), ("offset", pa.int64()), ("length", pa.int64()),
        ("older", pa.large_list(pa.int64())), ("line", _TEXT),
    ]
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Index:
    """What the log held at a seal.

    Attributes:
        seal: The seal.
        rows: One row per statement, its newest version, in order of time.
    """

    seal: log.Seal
    rows: pa.Table


def empty() -> Index:
    """Return the index of a log without records."""
    return Index(log.Seal(), SCHEMA.empty_table())


def extend(index: Index, batches: Iterable[log.Batch]) -> Index:
    """Add what batches say to an index.

    Args:
        index: The index up to the first of them.
        batches: In order.

    Returns:
        The index up to the last of them; the same object if there are none.
    """
    newest: dict[str, dict[str, Any]] = {}
    seal = index.seal
    for batch in batches:
        for row in _rows(batch):
            before = newest.get(row["id"])
            if before is not None:
                row["older"] = [*before["older"], before["offset"]]
            newest[row["id"]] = row
        seal = batch.seal
    if seal == index.seal:
        return index
    kept = index.rows
    if len(kept) and newest:
        is_old = pc.is_in(kept["id"], value_set=pa.array(list(newest), _TEXT))
        replaced = kept.filter(is_old).select(["id", "older", "offset"]).to_pylist()
        for old in replaced:
            row = newest[old["id"]]
            row["older"] = [*old["older"], old["offset"], *row["older"]]
        kept = kept.filter(pc.invert(is_old))
    added = pa.Table.from_pylist(list(newest.values()), schema=SCHEMA)
    rows = pa.concat_tables([kept, added]).sort_by(
        [("start", "ascending"), ("end", "ascending"), ("kind", "ascending"), ("id", "ascending")]
    )
    return Index(seal, rows.combine_chunks())


def _rows(batch: log.Batch) -> Iterator[dict[str, Any]]:
    offset = batch.start
    for line in batch.data.splitlines(keepends=True):
        try:
            row = _row(json.loads(line))
        except (KeyError, TypeError, ValueError, AttributeError, IndexError) as error:
            raise DataError(
                f"the record at byte {offset:,} is not one of a ledger ({error!r})",
                remedy="Use the log as a ledger wrote it, or add its rows anew",
            ) from error
        yield row | {"offset": offset, "length": len(line) - 1, "older": []}
        offset += len(line)


def _row(found: dict[str, Any]) -> dict[str, Any]:
    event = found["event"]
    whole = event_json.restore(event)
    spans = event["spans"]
    people = [actor["person"] for actor in event["actors"] if actor["person"]]
    source = found["tellings"][0]["source"]
    return {
        "id": found["id"],
        "version": found["version"],
        "status": found["status"],
        "is_reviewed": found["is_reviewed"],
        "kind": event["kind"],
        "actors": _countries(event["actors"]),
        "targets": _countries(event["targets"]),
        "persons": ", ".join(people),
        "relayed_by": event["relayed_by"]["country"] if event["relayed_by"] else "",
        "start": _day(event["date"]["start"]),
        "end": _day(event["date"]["end"]),
        "is_pledge": event["is_pledge"],
        "polarity": event["polarity"],
        "certainty": event["certainty"],
        "topic": event["topic"],
        "quote": spans[0]["text"] if spans else event["details"].get(event_json.QUOTE, ""),
        "url": source["url"],
        "unresolved": ", ".join(found["unresolved"]),
        "sources": lines.count_sources(found),
        "block": sameness.block(whole, found["unresolved"]),
        "tellings": [told["id"] for told in found["tellings"]],
        "facts": [
            identity.facts_id(
                event_json.restore(told["event"]) if "event" in told else whole,
                told.get("unresolved", found["unresolved"]),
            )
            for told in found["tellings"]
        ],
        "line": lines.line(found, whole),
    }


def _countries(actors: list[dict[str, Any]]) -> str:
    """Return the states with a bar on both sides of each, so that one can be searched for."""
    return "".join(f"|{code}" for code in dict.fromkeys(a["country"] for a in actors)) + "|"


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def load(folder: Path) -> Index:
    """Return the index of a folder's log as it is now, and keep it there if it has changed.

    Raises:
        DataError: The log is damaged.
        OSError: The log cannot be read.
    """
    path = folder / log.NAME
    kept = _kept(folder)
    if not path.exists():
        return empty()
    if kept.seal.end > log.size(path) or not log.is_sealed_at(path, kept.seal):
        kept = empty()
    if kept.seal.end == log.size(path):
        return kept
    behind = log.read_behind(path, kept.seal)
    index = extend(kept, log.batches(behind, kept.seal, where=str(path)))
    if index is not kept:
        with suppress(OSError):  # a folder that cannot be written still answers
            keep(folder, index)
    return index


def keep(folder: Path, index: Index) -> None:
    """Write the index beside the log, whole or not at all.

    Raises:
        OSError: It cannot be written.
    """
    seal = index.seal
    stamp = {"edition": EDITION, "number": str(seal.number), "end": str(seal.end),
             "digest": seal.digest}  # fmt: skip
    temporary = folder / f".{NAME}.{os.getpid()}"
    try:
        table = index.rows.replace_schema_metadata(stamp)
        with pa.OSFile(str(temporary), "wb") as sink, pa.ipc.new_file(sink, table.schema) as out:
            out.write_table(table)
        temporary.replace(folder / NAME)
    finally:
        temporary.unlink(missing_ok=True)


def _kept(folder: Path) -> Index:
    """Read the table beside the log; one that cannot be read counts as none."""
    try:
        with pa.memory_map(str(folder / NAME)) as source:
            table = pa.ipc.open_file(source).read_all()
        stamp = table.schema.metadata or {}
        if stamp.get(b"edition") != EDITION.encode() or table.schema.names != SCHEMA.names:
            return empty()
        seal = log.Seal(int(stamp[b"number"]), int(stamp[b"end"]), stamp[b"digest"].decode())
        return Index(seal, table.replace_schema_metadata(None))
    except (OSError, pa.ArrowException, KeyError, ValueError):
        return empty()
