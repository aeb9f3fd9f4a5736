"""The answer of UN Comtrade's API: one JSON object with the records under ``data``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import pyarrow as pa

from throughflow.errors import InputError
from throughflow.sources import json_answer
from throughflow.sources.sieve import ROW

if TYPE_CHECKING:
    from throughflow.sources.base import RawFile

# The API gives at most 250,000 records of about 1 kB; parsed they take several times that.
MAX_TEXT: Final = 512 * 1024 * 1024


def recognises(file: RawFile) -> bool:
    """Tell by the frame the API puts around its records."""
    head = json_answer.begins(file)
    return head.startswith(b"{") and (b'"elapsedTime"' in head or b'"primaryValue"' in head)


def table(file: RawFile) -> pa.Table:
    """Return the records as texts, exactly as the numbers are written, with their number from 1.

    Raises:
        InputError: Too large, not JSON, cut short, an error message, or not a list of records.
    """
    where = str(file.path)
    answer: Any = json_answer.document(
        file, most=MAX_TEXT, smaller="Ask for CSV, or for less at a time"
    )
    records = answer.get("data") if isinstance(answer, dict) else None
    if isinstance(answer, dict) and answer.get("error"):
        raise InputError(
            f"the file holds an error of the API: {str(answer['error'])[:200]}",
            where=where,
            remedy="Ask again",
        )
    if not isinstance(records, list) or not all(isinstance(record, dict) for record in records):
        raise InputError(
            "there is no list of records under data", where=where, remedy="Download it again"
        )
    if not records:
        raise InputError(
            "there is no record in the answer", where=where, remedy="Ask a question that has one"
        )
    count = str(answer.get("count", ""))
    if count.isdigit() and int(count) > len(records):
        raise InputError(
            f"the answer announces {int(count):,} records and holds {len(records):,}",
            where=where,
            remedy="Download it again",
        )
    names = list(dict.fromkeys(name for record in records for name in record))
    columns: dict[str, pa.Array] = {
        name: pa.array([json_answer.text(record.get(name)) for record in records], pa.string())
        for name in names
    }
    columns[ROW] = pa.array(range(1, len(records) + 1), pa.int32())
    return pa.table(columns)
