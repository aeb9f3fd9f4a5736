"""How statements are listed: a timeline for people, CSV and JSON for programs.

A ledger may hold a hundred thousand of them, so lines come ready from the index, cells are made
column by column, and JSON is copied from the log without being read.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import pyarrow as pa

    from throughflow.statements.ledger import Ledger, Record

# At once; a pipe that is closed early then stops the rest.
LINES_AT_ONCE = 5_000


def as_lines(ledger: Ledger, rows: pa.Table) -> None:
    """Print a timeline: day, who, what, to whom, how surely, the words."""
    from throughflow.statements.ledger import lines

    for batch in rows.select(["line"]).to_batches(max_chunksize=LINES_AT_ONCE):
        sys.stdout.write(lines.safe("".join(batch.column("line").to_pylist())))
    count = len(rows)
    click.echo(f"{count:,} statement{'' if count == 1 else 's'} · {ledger.name}")


def as_csv(rows: pa.Table, columns: Sequence[str]) -> None:
    """Print the columns of the index; states in a cell are joined by ``|``."""
    import csv

    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(columns)
    cells = [_cells(rows[column], column) for column in columns]
    writer.writerows(zip(*cells, strict=True))


def _cells(column: pa.ChunkedArray, name: str) -> list[str]:
    """Write a whole column as texts, as `printing.as_csv` writes a cell."""
    import pyarrow as pa
    import pyarrow.compute as pc

    is_text = pa.types.is_large_string(column.type)
    texts = pc.fill_null(pc.cast(column, pa.large_string()), "")
    if name in {"actors", "targets"}:
        texts = pc.utf8_trim(texts, "|")
    if is_text:
        risky = pc.match_substring_regex(texts, "^[=+\\-@\t\r]")
        mark = pa.scalar("'", pa.large_string())
        nothing = pa.scalar("", pa.large_string())
        texts = pc.if_else(risky, pc.binary_join_element_wise(mark, texts, nothing), texts)
    return list(texts.to_pylist())


def as_json(ledger: Ledger, rows: pa.Table) -> None:
    """Print the newest versions just as they stand in the log."""
    import json

    out = sys.stdout.buffer
    sys.stdout.flush()
    name = json.dumps(ledger.name, ensure_ascii=False).encode()
    out.write(b'{"ledger": %b,\n"count": %d,\n"statements": [' % (name, len(rows)))
    before = b"\n"
    for line in ledger.lines(rows):
        out.write(before + line)
        before = b",\n"
    out.write(b"\n]}\n")
    out.flush()


def versions(records: Sequence[Record]) -> None:
    """Print every version of one statement: who changed what, when and why."""
    from throughflow.statements.ledger import lines

    for record in records:
        click.echo(
            lines.safe(
                f"{record.id} version {record.version} · {record.recorded} · {record.by} · "
                f"{record.action} · {record.status}"
            )
        )
        for text in _about(record):
            click.echo(f"  {lines.safe(text)}")


def _about(record: Record) -> Iterator[str]:
    event: Any = record.event
    if record.reason:
        yield f"reason: {record.reason}"
    for field, value in record.edits.items():
        yield f"edited: {field} = {value or 'nothing'}"
    who = ", ".join(actor.country for actor in event.actors)
    yield f"{event.date.start or '..'} to {event.date.end or '..'} · {who} · {event.kind}"
    for telling in record.tellings:
        place = telling.source.url or telling.source.title or telling.source.publisher or "by hand"
        yield f"{telling.id} {place}: {record.why.get(telling.id, '')}"
    for other in record.apart:
        yield f"told apart from {other}"
