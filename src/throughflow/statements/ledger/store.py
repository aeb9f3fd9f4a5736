"""A ledger: a folder with the log of statements, asked and added to."""

from __future__ import annotations

import json
import os
import time
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.compute as pc

from throughflow.errors import DataError, InputError
from throughflow.statements import event_json
from throughflow.statements.ledger import adding, deciding, index, log, record
from throughflow.statements.ledger.versions import Stamp

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from throughflow.statements.ledger.adding import Added, Entry
    from throughflow.statements.ledger.intake import Refused
    from throughflow.statements.ledger.record import Record
    from throughflow.statements.ledger.selection import Selection

ENVIRONMENT = "THROUGHFLOW_LEDGER"
DEFAULT_FOLDER = "throughflow-statements"
SAMPLE = "embedded sample"
QUARANTINE = "quarantine"
# A batch of 100,000 takes a minute; single ones take their turn within this.
PATIENCE = 10.0


class Ledger:
    """Statements of states in a folder.

    Attributes:
        folder: Where it lies; None for the sample that ships with the package.
        name: The folder's path, or ``embedded sample``.
    """

    def __init__(self, folder: Path | None) -> None:
        """Open a folder; use `open_ledger` to have it chosen.

        Raises:
            DataError: The log is damaged.
        """
        self.folder = folder
        self.name = str(folder) if folder else SAMPLE
        self._index: index.Index | None = None

    @property
    def rows(self) -> pa.Table:
        """One row per statement, its newest version, in order of time; see `index.SCHEMA`."""
        return self._current.rows

    @property
    def _current(self) -> index.Index:
        if self._index is None:
            try:
                self._index = index.load(self.folder) if self.folder else self._sample[1]
            except OSError as error:
                raise DataError(
                    f"the ledger cannot be read ({error.strerror})", where=self.name
                ) from error
        return self._index

    @cached_property
    def _sample(self) -> tuple[bytes, index.Index]:
        from throughflow.statements.ledger import sample  # noqa: PLC0415 - it is rarely asked

        data, seal = log.encode(sample.lines(), log.Seal())
        found = log.batches(data + seal, log.Seal(), where=SAMPLE)
        return data, index.extend(index.empty(), found)

    def select(self, selection: Selection) -> pa.Table:
        """Return the rows of the index that are asked for, in order of time."""
        return selection.of(self.rows)

    def lines(self, rows: pa.Table) -> Iterator[bytes]:
        """Read the newest version of statements as they stand in the log, JSON in bytes."""
        where = zip(rows["offset"].to_pylist(), rows["length"].to_pylist(), strict=True)
        yield from self._read(where)

    def _read(self, places: Iterable[tuple[int, int]]) -> Iterator[bytes]:
        if self.folder is None:
            data = self._sample[0]
            yield from (data[offset : offset + length] for offset, length in places)
            return
        path = self.folder / log.NAME
        if not path.exists():
            return
        with path.open("rb") as stream:
            for offset, length in places:
                stream.seek(offset)
                yield stream.read(length)

    def records(self, rows: pa.Table) -> list[Record]:
        """Read the newest version of statements."""
        return [record.read(line, where=self.name) for line in self.lines(rows)]

    def iterate(self, rows: pa.Table) -> Iterator[Record]:
        """Read the newest version of statements one after the other."""
        return (record.read(line, where=self.name) for line in self.lines(rows))

    def find(self, wanted: str) -> Record:
        """Read the newest version of one statement.

        Args:
            wanted: Its id, the beginning of it, or the id of one of its tellings.

        Raises:
            InputError: There is no such statement, or there are several.
        """
        found = self.rows.filter(pc.equal(self.rows["id"], wanted))
        if not len(found) and len(wanted) > len("st-"):
            found = self.rows.filter(pc.starts_with(self.rows["id"], wanted))
        if not len(found):
            tellings = self.rows["tellings"].combine_chunks()
            mask = pc.equal(pc.list_flatten(tellings), wanted)
            found = self.rows.take(pc.list_parent_indices(tellings).filter(mask))
            # A person may have joined it to one statement and rejected the other.
            standing = found.filter(pc.not_equal(found["status"], record.REJECTED))
            found = standing if len(standing) else found
        if len(found) > 1:
            some = ", ".join(found["id"].to_pylist()[:3])
            raise InputError(
                f"{wanted!r} is the beginning of {len(found)} ids",
                where=self.name,
                remedy=f"Write one out: {some}",
            )
        if not len(found):
            raise InputError(
                f"no statement {wanted[:80]!r}",
                where=self.name,
                remedy="throughflow statements list shows the ids",
            )
        return self.records(found)[0]

    def history(self, wanted: str) -> list[Record]:
        """Read every version of one statement, the first one first.

        Raises:
            InputError: There is no such statement.
        """
        newest = self.find(wanted)
        row = self.rows.filter(pc.equal(self.rows["id"], newest.id)).to_pylist()[0]
        if self.folder is None or not row["older"]:
            return [newest]
        with (self.folder / log.NAME).open("rb") as stream:
            older = []
            for offset in row["older"]:
                stream.seek(offset)
                older.append(record.read(stream.readline(), where=self.name))
        return [*older, newest]

    def add(
        self,
        entries: Sequence[Entry],
        *,
        by: str,
        reason: str = "",
        refused: Sequence[Refused] = (),
    ) -> Added:
        """Record tellings: all of them or, if anything is wrong, none.

        Args:
            entries: What is told.
            by: Who adds it.
            reason: Why.
            refused: Rows that were refused before; they are kept in the quarantine.

        Raises:
            InputError: This is the sample, or a value is not usable.
            DataError: The ledger cannot be written; it is as it was.
        """
        stamp = _stamp(by, reason)
        with self._writing() as folder:
            made, added = adding.plan(entries, self.rows, self._at, stamp)
            kept = _quarantine(folder, refused)
            self._write(folder, made)
        return replace(added, quarantined=len(refused), quarantine=kept)

    def review(
        self,
        wanted: str,
        *,
        by: str,
        reason: str,
        decision: str = "",
        edits: Mapping[str, str] | None = None,
    ) -> Record:
        """Record what a person decides; see `deciding.review`.

        Raises:
            UsageError: Nothing is decided, or no reason is given.
            InputError: No such statement, or an edit is not usable.
            DataError: The ledger cannot be written; it is as it was.
        """
        stamp = _stamp(by, reason)
        with self._writing() as folder:
            made = deciding.review(self.find(wanted), stamp, decision=decision, edits=edits)
            self._write(folder, [made])
        return made

    def split(
        self, wanted: str, tellings: Sequence[str], *, by: str, reason: str
    ) -> tuple[Record, Record]:
        """Record that tellings are of two events; see `deciding.split`.

        Raises:
            UsageError: No reason is given.
            InputError: No such statement or telling.
            DataError: The ledger cannot be written; it is as it was.
        """
        stamp = _stamp(by, reason)
        with self._writing() as folder:
            taken = set(self.rows["id"].to_pylist())
            made = deciding.split(self.find(wanted), tellings, stamp, taken)
            self._write(folder, made)
        return made

    def join(self, wanted: str, other: str, *, by: str, reason: str) -> tuple[Record, Record]:
        """Record that two statements are one event; see `deciding.join`.

        Raises:
            UsageError: No reason is given, or the two are one already.
            InputError: No such statement.
            DataError: The ledger cannot be written; it is as it was.
        """
        stamp = _stamp(by, reason)
        with self._writing() as folder:
            made = deciding.join(self.find(wanted), self.find(other), stamp)
            self._write(folder, made)
        return made

    def _at(self, positions: Iterable[int]) -> list[Record]:
        return self.records(self.rows.take(pa.array(list(positions), pa.int64())))

    @contextmanager
    def _writing(self) -> Iterator[Path]:
        """Hold the lock with the index as the log is now."""
        # Who only reads is spared the warehouse and its engine: half a second.
        from throughflow.warehouse import lock  # noqa: PLC0415

        if self.folder is None:
            raise InputError(
                "the embedded sample is read-only",
                remedy=f"Keep a ledger of your own: --ledger DIR, or ./{DEFAULT_FOLDER}",
            )
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            with lock.writer(
                self.folder, what="process is writing to this ledger", patience=PATIENCE
            ):
                self._index = None
                yield self.folder
        except OSError as error:
            raise DataError(
                f"the ledger cannot be written ({error.strerror}); it is as it was before",
                where=self.name,
                remedy="Make room or allow writing, then run the command again",
            ) from error

    def _write(self, folder: Path, made: Sequence[Record]) -> None:
        if not made:
            return
        lines = [record.line(one) for one in made]
        before = self._current
        seal = log.append(folder / log.NAME, lines, before.seal)
        batch = log.Batch(before.seal.end, b"".join(lines), seal)
        self._index = index.extend(before, [batch])
        try:
            index.keep(folder, self._index)
        except OSError:
            return  # the log has it; the next reader makes the table


def open_ledger(given: str | os.PathLike[str] | None = None, *, write: bool = False) -> Ledger:
    """Open the ledger given, the environment's, ./throughflow-statements, or the sample.

    Args:
        given: Folder; None to have it chosen.
        write: Whether something will be added: then a folder that is not there will be made, and
            the sample is never chosen.

    Raises:
        InputError: A folder was named and it holds no ledger, or it is a file.
    """
    named = given or os.environ.get(ENVIRONMENT)
    folder = Path(named or DEFAULT_FOLDER)
    if folder.exists() and not folder.is_dir():
        raise InputError(
            "this is a file, a ledger is a folder", where=str(folder), remedy="Name a folder"
        )
    if write or (folder / log.NAME).is_file():
        return Ledger(folder)
    if named:
        raise InputError(
            "there is no ledger here",
            where=str(folder),
            remedy=f"Make one with: throughflow statements add FILE --ledger {folder}",
        )
    return Ledger(None)


def _stamp(by: str, reason: str) -> Stamp:
    for name, text in (("--by", by), ("--reason", reason)):
        event_json.check_text(text, where=name)
    if not by.strip():
        raise InputError("nobody is named", where="--by", remedy="Say who you are: --by NAME")
    return Stamp(by, reason, datetime.now(UTC).isoformat(timespec="seconds"))


def _quarantine(folder: Path, refused: Sequence[Refused]) -> str:
    """Keep refused rows beside the ledger, each with its reason."""
    if not refused:
        return ""
    place = folder / QUARANTINE / f"{time.strftime('%Y%m%dT%H%M%SZ', time.gmtime())}-{os.getpid()}"
    path = place.with_suffix(".jsonl")
    path.parent.mkdir(exist_ok=True)
    with path.open("x", encoding="utf-8") as out:
        for row in refused:
            out.write(json.dumps({"where": row.where, "error": row.error, "row": row.row}) + "\n")
    return str(path)
