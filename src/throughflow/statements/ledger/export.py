"""Statements as files that can be read back: one row per telling."""

from __future__ import annotations

import csv
import json
from dataclasses import replace
from typing import TYPE_CHECKING, TextIO

from throughflow.model.statements import Candidate
from throughflow.statements import event_json
from throughflow.statements.ledger import table

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from throughflow.model.statements import Event
    from throughflow.statements.ledger.record import Record, Telling


def told(record: Record) -> Iterator[tuple[Telling, Event]]:
    """Return each telling with what is exported of it.

    Once a person has edited a statement, each of its tellings carries the edited facts; the pieces
    of the document that it quotes stay its own.
    """
    for telling in record.tellings:
        event = telling.event
        if record.edits or record.unresolved != telling.unresolved:
            event = replace(record.event, spans=telling.event.spans)
        yield telling, event


def as_jsonl(records: Iterable[Record], out: TextIO) -> None:
    """Write JSON Lines that `intake` reads back."""
    for record in records:
        for telling, event in told(record):
            item = Candidate(event, record.unresolved) if record.unresolved else event
            row = {
                "id": record.id,
                "status": record.status,
                "reviewed": record.is_reviewed,
                "event": event_json.plain(item),
                "source": event_json.source_plain(telling.source),
            }
            out.write(json.dumps(row, ensure_ascii=False) + "\n")


def as_csv(records: Iterable[Record], out: TextIO) -> None:
    """Write a CSV that `intake` reads back."""
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(table.COLUMNS)
    for record in records:
        for telling, event in told(record):
            row = {
                "id": record.id,
                "status": record.status,
                "reviewed": "true" if record.is_reviewed else "false",
            } | table.row_of(event, record.unresolved, telling.source)
            # A polarity of -1 is a number, and stays one for a spreadsheet.
            writer.writerow(
                row[column] if column == "polarity" else table.guard(row[column])
                for column in table.COLUMNS
            )
