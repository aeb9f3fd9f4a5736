"""Files of statements that people bring: CSV, JSON, JSON Lines; hostile until proven otherwise."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NoReturn

from throughflow.errors import InputError
from throughflow.statements import event_json
from throughflow.statements.ledger import table
from throughflow.statements.ledger.adding import Entry
from throughflow.statements.ledger.record import ACCEPTED, CANDIDATE, STATUSES, Telling

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

MAX_FILE_BYTES = 512 * 1024**2
# A JSON document is held in memory as a whole, at some ten times its size.
MAX_JSON_BYTES = 64 * 1024**2
MAX_ROW_BYTES = 256 * 1024
MAX_ROWS = 500_000
# A file of which every row is wrong is wrong as a whole; nobody reads more messages than this.
MOST_ERRORS = 20
ROW_KEYS = ("id", "status", "reviewed", "event", "source")


@dataclass(frozen=True, slots=True)
class Refused:
    """A row that cannot be taken.

    Attributes:
        where: File and row.
        error: What is wrong and what to do.
        row: The row as it was read; empty where it could not be.
    """

    where: str
    error: str
    row: str


def read(path: Path) -> tuple[list[Entry], list[Refused]]:
    """Read a file; its ending says what it is.

    Args:
        path: A ``.csv``, ``.json``, ``.jsonl`` or ``.ndjson`` file.

    Returns:
        The usable rows, and the others.

    Raises:
        InputError: The file as a whole is not usable.
    """
    readers: dict[str, Callable[[bytes, str], Iterator[Entry | Refused]]] = {
        ".csv": _csv, ".json": _json, ".jsonl": _jsonl, ".ndjson": _jsonl,
    }  # fmt: skip
    reader = readers.get(path.suffix.lower())
    if reader is None:
        raise InputError(
            f"files that end in {path.suffix or 'nothing'!r} are not read",
            where=str(path),
            remedy="Give a .csv, .json or .jsonl file; --template prints a CSV to begin with",
        )
    most = MAX_JSON_BYTES if path.suffix.lower() == ".json" else MAX_FILE_BYTES
    entries: list[Entry] = []
    refused: list[Refused] = []
    for found in reader(_bytes(path, most), str(path)):
        if isinstance(found, Entry):
            entries.append(found)
        else:
            refused.append(found)
        if len(entries) + len(refused) > MAX_ROWS:
            raise InputError(
                f"more than {MAX_ROWS:,} rows", where=str(path), remedy="Split the file"
            )
    if not entries and not refused:
        raise InputError("holds no statement", where=str(path), remedy="Check the file")
    return entries, refused


def all_or_nothing(path: Path, refused: list[Refused]) -> None:
    """Refuse a file of which some rows cannot be taken.

    Raises:
        InputError: There are such rows; the message lists them.
    """
    if not refused:
        return
    listed = [f"  {row.error}" for row in refused[:MOST_ERRORS]]
    more = len(refused) - len(listed)
    if more:
        listed.append(f"  … and {more:,} more")
    count = f"{len(refused):,} row{'' if len(refused) == 1 else 's'}"
    raise InputError(
        f"{count} cannot be taken, so none was",
        where=str(path),
        remedy="Mend them, or take the others with --keep-going:\n" + "\n".join(listed),
    )


def _bytes(path: Path, most: int) -> bytes:
    try:
        with path.open("rb") as stream:
            data = stream.read(most + 1)
    except FileNotFoundError as error:
        raise InputError("no such file", where=str(path), remedy="Check the path") from error
    except OSError as error:
        raise InputError(f"cannot be read ({error.strerror})", where=str(path)) from error
    if len(data) > most:
        raise InputError(
            f"more than {most / 1024**2:.0f} MB", where=str(path), remedy="Split the file"
        )
    return data.removeprefix(b"\xef\xbb\xbf")


def _text(data: bytes, where: str) -> str:
    try:
        return data.decode()
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise InputError(
            f"is not UTF-8 (byte {error.start:,}, line {line:,})",
            where=where,
            remedy="Save it as UTF-8",
        ) from error


def _csv(data: bytes, where: str) -> Iterator[Entry | Refused]:
    csv.field_size_limit(MAX_ROW_BYTES)
    rows = csv.reader(io.StringIO(_text(data, where), newline=""), strict=True)
    try:
        header = [name.strip() for name in next(rows, [])]
        _check_header(header, where)
        for cells in rows:
            if not any(cell.strip() for cell in cells):
                continue
            place = f"{where}, line {rows.line_num}"
            yield _taken(cells, place, lambda cells, at: _csv_row(header, cells, at))
    except csv.Error as error:
        raise InputError(
            f"cannot be read as CSV ({error})",
            where=f"{where}, line {rows.line_num}",
            remedy="Close every quoted cell; a quote inside one is written twice",
        ) from error


def _check_header(header: list[str], where: str) -> None:
    place = f"{where}, line 1"
    for name in header:
        if name not in table.COLUMNS:
            raise InputError.unknown("column", name[:80], table.COLUMNS, where=place)
    double = next((name for name in header if header.count(name) > 1), None)
    if double:
        raise InputError(f"column {double} stands twice", where=place, remedy="Remove one")
    for needed in ("kind", "start"):
        if needed not in header:
            raise InputError(f"column {needed} is missing", where=place, remedy="Add it")


def _csv_row(header: list[str], cells: list[str], where: str) -> Entry:
    if len(cells) != len(header):
        raise InputError(
            f"{len(cells)} cells under {len(header)} columns",
            where=where,
            remedy="Put cells that contain a comma in double quotes",
        )
    row = {name: table.unguard(cell) for name, cell in zip(header, cells, strict=True)}
    return entry_of_row(row, where)


def entry_of_row(row: Mapping[str, str], where: str) -> Entry:
    """Read a row of the table with its columns of the statement.

    Raises:
        InputError: A cell is not usable.
    """
    event, source = table.read_row(row, where=where)
    reviewed = (row.get("reviewed") or "false").strip().casefold()
    if reviewed not in {"true", "false"}:
        raise InputError(
            f"{reviewed!r} is neither true nor false", where=f"{where}, reviewed", remedy="Clear it"
        )
    return _entry(
        Telling.of(event, source), where, row.get("id") or "", row.get("status") or "",
        is_reviewed=reviewed == "true",
    )  # fmt: skip


def _entry(telling: Telling, where: str, given_id: str, status: str, *, is_reviewed: bool) -> Entry:
    if status and status not in STATUSES:
        raise InputError.unknown("status", status, STATUSES, where=f"{where}, status")
    if (status == CANDIDATE and not telling.unresolved and not is_reviewed) or (
        status == ACCEPTED and telling.unresolved
    ):
        raise InputError(
            f"status is {status} and unresolved is {'given' if telling.unresolved else 'empty'}",
            where=f"{where}, status",
            remedy="Name the open slots of a candidate, and none of what is accepted",
        )
    return Entry(telling, where, given_id, status, is_reviewed)


def _jsonl(data: bytes, where: str) -> Iterator[Entry | Refused]:
    for number, line in enumerate(io.BytesIO(data), start=1):
        if line.strip():
            place = f"{where}, line {number}"
            yield _taken(line, place, _jsonl_row)


def _jsonl_row(line: bytes, where: str) -> Entry:
    if len(line) > MAX_ROW_BYTES:
        raise InputError(
            f"{len(line):,} bytes in one row, at most {MAX_ROW_BYTES:,} are taken", where=where
        )
    return _json_row(_loads(line, where), where, None)


def _json(data: bytes, where: str) -> Iterator[Entry | Refused]:
    found = _loads(data, where)
    common = None
    if isinstance(found, dict) and not {"kind", "event"} & found.keys():
        # What `statements extract --json` prints: one document with what it tells.
        unknown = found.keys() & {"events", "candidates", "statements"}
        if not unknown:
            raise InputError(
                "holds neither events nor candidates",
                where=where,
                remedy="Give an event, a list of them, or {events: […], candidates: […]}",
            )
        common = found.get("source")
        rows = [
            (item, f"{where}, {key}[{number}]")
            for key in ("events", "candidates", "statements")
            for number, item in enumerate(_items(found.get(key), f"{where}, {key}"))
        ]
    else:
        listed = found if isinstance(found, list) else [found]
        rows = [(item, f"{where}, row {number}") for number, item in enumerate(listed, start=1)]
    for item, place in rows:
        yield _taken(item, place, lambda value, at: _json_row(value, at, common))


def _items(value: Any, where: str) -> list[Any]:
    if value is None:
        return []
    if not isinstance(value, list):
        raise InputError("is not a list", where=where, remedy="Write a list")
    return value


def _json_row(value: Any, where: str, common: Any) -> Entry:
    """Read a row: an event with its source inside, or ``{event, source, id, status}``."""
    if not isinstance(value, dict):
        raise InputError(
            f"{str(value)[:80]!r} is not an object", where=where, remedy="Write an event as {…}"
        )
    if "event" in value:
        for key in value:
            if key not in ROW_KEYS:
                raise InputError.unknown("key", str(key)[:80], ROW_KEYS, where=where)
        event, outer = value["event"], value
    else:
        outer = {key: value[key] for key in ROW_KEYS if key in value}
        event = {key: item for key, item in value.items() if key not in ROW_KEYS}
    given_id, status = outer.get("id") or "", outer.get("status") or ""
    if not isinstance(given_id, str) or not isinstance(status, str):
        raise InputError("id and status are texts", where=where, remedy="Write texts")
    source = outer.get("source")
    return _entry(
        Telling.of(
            event_json.parse(event, where=where),
            event_json.parse_source(
                common if source is None else source, where=f"{where}, source"
            ),
        ),
        where, given_id, status, is_reviewed=outer.get("reviewed") is True,
    )  # fmt: skip


def _taken(row: Any, where: str, reader: Callable[[Any, str], Entry]) -> Entry | Refused:
    try:
        return reader(row, where)
    except InputError as error:
        return Refused(where, str(error), _shown(row))


def _shown(row: Any) -> str:
    if isinstance(row, bytes):
        return row[:MAX_ROW_BYTES].decode("utf-8", "replace").rstrip("\n")
    return json.dumps(row, ensure_ascii=True)[:MAX_ROW_BYTES]


def _loads(data: bytes, where: str) -> Any:
    text = _text(data, where)
    try:
        return json.loads(text, object_pairs_hook=_no_double, parse_constant=_no_constant)
    except RecursionError as error:
        raise InputError("is nested too deep", where=where, remedy="Flatten it") from error
    except ValueError as error:
        raise InputError(
            f"is not JSON ({error})", where=where, remedy="Check it with a JSON checker"
        ) from error


def _no_double(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a key stands twice in one object")
    return found


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no number of JSON")
