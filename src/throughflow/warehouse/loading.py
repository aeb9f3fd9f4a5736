"""Load publishers' files: recognise, read, check against what is held, store in one step.

Files that cannot be read are reported and left out; the good files of the same call are stored.
Nothing is visible until the manifest is swapped at the very end.
"""

from __future__ import annotations

import errno
import hashlib
import os
from collections import Counter
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from throughflow.errors import DataError, InputError, ThroughflowError, UnrecognisedError
from throughflow.model import schema
from throughflow.sources import registry
from throughflow.sources.base import RawFile
from throughflow.warehouse import lock, objects
from throughflow.warehouse import manifest as manifests
from throughflow.warehouse.manifest import Edition

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from datetime import date
    from pathlib import Path

    from throughflow.sources.base import Reader, Reading
    from throughflow.warehouse.manifest import Manifest, Stored

# An edition of a selection already held that records less than this share of what was held for
# the same periods is taken for a damaged download, not for news.
SHRUNKEN = 0.7
SELECTION_COLUMNS = ("freq", "reporter", "partner", "flow", "partner_basis", "product")


@dataclass(slots=True)
class LoadReport:
    """What a load did.

    Attributes:
        editions: Editions stored by this load.
        unchanged: Files whose bytes were held already, by name.
        failed: Files that were not stored, with the error of each.
        skipped: Files inside a folder whose layout no reader knows.
        rows: Recorded values stored.
        cells: Cells of the stored files, recorded or not.
        not_recorded: Cells that say "not recorded".
        refused: Cells refused, by reason.
        examples: The first refused place of each reason, with what was found there.
        warehouse: Folder loaded into.
    """

    warehouse: str
    editions: list[Edition] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)
    failed: list[tuple[str, ThroughflowError]] = field(default_factory=list)
    skipped: list[tuple[str, ThroughflowError]] = field(default_factory=list)
    rows: int = 0
    cells: int = 0
    not_recorded: int = 0
    refused: Counter[str] = field(default_factory=Counter)
    examples: dict[str, str] = field(default_factory=dict)


def files_of(
    paths: Iterable[Path], *, leave_out: Path | None = None
) -> tuple[list[Path], list[tuple[str, ThroughflowError]]]:
    """List the files of a mix of files and folders, folders searched to the bottom, in order.

    Inside a folder, hidden files and the lock files of spreadsheet programs are left alone.

    Args:
        paths: Files and folders.
        leave_out: A warehouse folder, whose own objects would otherwise be read as trade.

    Returns:
        The files, and the paths that cannot be used with the reason.
    """
    files: list[Path] = []
    failed: list[tuple[str, ThroughflowError]] = []
    warehouse = leave_out.resolve() if leave_out else None
    for path in paths:
        if path.is_file():
            files.append(path)
        elif path.is_dir():
            inside = sorted(file for file in path.rglob("*") if file.is_file())
            wanted = [
                file
                for file in inside
                if not any(part.startswith((".", "~$")) for part in file.relative_to(path).parts)
                and not (warehouse and file.resolve().is_relative_to(warehouse))
            ]
            files += wanted
            if not wanted:
                failed.append(
                    (
                        str(path),
                        InputError(
                            "the folder holds no file to load",
                            where=str(path),
                            remedy="Name the folder that holds the publishers' files",
                        ),
                    )
                )
        else:
            what = "not a file or folder" if path.exists() else "no such file"
            failed.append((str(path), InputError(what, where=str(path), remedy="Check the path")))
    return list(dict.fromkeys(files)), failed


def load(
    paths: Iterable[Path],
    folder: Path,
    *,
    progress: Callable[[int, int, str], None] | None = None,
) -> LoadReport:
    """Load files and folders into a warehouse folder, which is created if need be.

    Args:
        paths: Files, or folders that are searched to the bottom.
        folder: Warehouse folder.
        progress: Called before each file with its number from 0, the number of files, its name.

    Returns:
        What was stored, what was known already, and what failed.

    Raises:
        InputError: No path leads to any file.
        DataError: Another load is running, or the disk is full; the warehouse is as it was.
    """
    paths = list(paths)
    files, unusable = files_of(paths, leave_out=folder)
    if not files:
        raise _nothing_to_load(unusable)
    report = LoadReport(warehouse=str(folder), failed=unusable)
    with _writing(folder):
        folder.mkdir(parents=True, exist_ok=True)
        with lock.writer(folder):
            held = manifests.read(folder)
            _collect_garbage(folder)
            batch = _read(files, set(paths), held, report, progress)
            batch.settle(folder)
            if report.editions:
                try:
                    _commit(folder, held, batch)
                except BaseException:
                    with suppress(OSError):
                        _collect_garbage(folder)
                    raise
    return report


def _nothing_to_load(unusable: list[tuple[str, ThroughflowError]]) -> ThroughflowError:
    if len(unusable) == 1:
        return unusable[0][1]
    if not unusable:
        return InputError("no file or folder was named")
    reasons = "; ".join(f"{place}: {error.what}" for place, error in unusable)
    return InputError(f"none of the paths can be loaded ({reasons})", remedy="Check the paths")


def _collect_garbage(folder: Path) -> None:
    """Delete what no manifest refers to. The manifest is read again: it may be the new one."""
    manifests.discard_draft(folder)
    objects.collect_garbage(folder, {stored.file for stored in manifests.read(folder).objects})


def _read(
    files: list[Path],
    named: set[Path],
    held: Manifest,
    report: LoadReport,
    progress: Callable[[int, int, str], None] | None,
) -> _Batch:
    """Read all files; what cannot be read is noted in the report."""
    batch = _Batch(held, report)
    for number, path in enumerate(files):
        if progress:
            progress(number, len(files), path.name)
        try:
            batch.add(path)
        except UnrecognisedError as error:
            # A folder of downloads holds notes and label tables too; a file that was named
            # is expected to be trade.
            (report.failed if path in named else report.skipped).append((str(path), error))
        except ThroughflowError as error:
            report.failed.append((str(path), error))
        except OSError as error:
            report.failed.append(
                (
                    str(path),
                    InputError(
                        f"cannot be read ({error.strerror})",
                        where=str(path),
                        remedy="Check that the file is there and may be read",
                    ),
                )
            )
    return batch


@contextmanager
def _writing(folder: Path) -> Iterator[None]:
    """Turn a failed write into an error that says what became of the warehouse."""
    try:
        yield
    except OSError as error:
        full = error.errno in {errno.ENOSPC, errno.EDQUOT}
        raise DataError(
            "the disk is full" if full else f"cannot be written ({_reason(error)})",
            where=str(folder),
            remedy="Nothing was changed. "
            + ("Make room" if full else "Name another folder, or make this one writable")
            + " and load again",
        ) from error


def _reason(error: OSError) -> str:
    return os.strerror(error.errno) if error.errno else str(error)


@dataclass(frozen=True, slots=True)
class _Pending:
    """A file that was read and may be stored."""

    path: Path
    edition: Edition
    reading: Reading

    @property
    def recency(self) -> tuple[bool, date | int, int]:
        return self.edition.recency


class _Batch:
    """Readings of one load, waiting to be stored together."""

    def __init__(self, held: Manifest, report: LoadReport) -> None:
        self.held = held
        self.report = report
        self.pending: list[_Pending] = []
        self.tables: dict[str, list[pa.Table]] = {name: [] for name in schema.TABLES}
        self._known = {(edition.digest, edition.reader) for edition in held.editions}
        self._next = 1 + max((edition.sequence for edition in held.editions), default=-1)

    def add(self, path: Path) -> None:
        """Read a file, unless its bytes are held already.

        Raises:
            ThroughflowError: It cannot be read, or records nothing.
        """
        file = RawFile(path)
        reader = registry.recognise(file)
        with path.open("rb") as stream:
            digest = hashlib.file_digest(stream, "sha256").hexdigest()
        reader_id = f"{reader.name}/{reader.version}"
        if (digest, reader_id) in self._known:
            self.report.unchanged.append(path.name)
            return
        reading = reader.read(file)
        if not len(reading.flows):
            raise DataError(
                "the file records no value that can be used",
                where=str(path),
                remedy=_first_refusal(reading)
                + "Download it again; what was held before stays in use",
            )
        self._known.add((digest, reader_id))
        self.pending.append(_Pending(path, self._edition(path, digest, reader, reading), reading))

    def settle(self, folder: Path) -> None:
        """Refuse editions that shrank, and take the others over into tables and report.

        The check goes from old to new, whatever order the files came in.
        """
        history = _History(folder, self.held, self.pending)
        refused: set[str] = set()
        for one in sorted(self.pending, key=lambda one: one.recency):
            try:
                history.admit(one)
            except DataError as error:
                refused.add(one.edition.id)
                self.report.failed.append((str(one.path), error))
        for one in self.pending:
            if one.edition.id not in refused:
                self._take(one)

    def _take(self, one: _Pending) -> None:
        edition, reading, report = one.edition, one.reading, self.report
        for name, table in (
            ("trade_flow", reading.flows),
            ("coverage", reading.coverage),
            ("coverage_block", reading.blocks),
            ("product_label", reading.labels),
            ("refused", reading.refused),
        ):
            words = pa.DictionaryArray.from_arrays(
                pa.array(np.zeros(len(table), dtype=np.int32)), pa.array([edition.id])
            )
            named = table.set_column(0, "edition", words)
            self.tables[name].append(objects.compact(schema.TABLES[name].conform(named)))
        report.editions.append(edition)
        report.rows += edition.rows
        report.cells += edition.cells
        report.not_recorded += reading.not_recorded
        for row in reading.refused.to_pylist():
            report.refused[row["reason"]] += row["cells"]
            report.examples.setdefault(row["reason"], f"{row['place']}: {row['detail']}")

    def _edition(self, path: Path, digest: str, reader: Reader, reading: Reading) -> Edition:
        origin = reading.origin
        selection = _selection(reading)
        as_of = origin.as_of.isoformat() if origin.as_of else ""
        reader_id = f"{reader.name}/{reader.version}"
        named = (origin.publisher, origin.dataset, selection, as_of, digest, reader_id)
        identity = "\n".join(named)
        return Edition(
            id=hashlib.sha256(identity.encode()).hexdigest()[:16],
            publisher=origin.publisher,
            dataset=origin.dataset,
            title=origin.title,
            as_of=origin.as_of,
            selection=selection,
            digest=digest,
            reader=reader_id,
            file=path.name,
            rows=len(reading.flows),
            cells=reading.cells,
            refused=int(pc.sum(reading.refused.column("cells")).as_py() or 0),
            sequence=self._next + len(self.pending),
            note=origin.note,
        )


class _History:
    """How many values each selection records per period, edition by edition."""

    def __init__(self, folder: Path, held: Manifest, pending: list[_Pending]) -> None:
        wanted = {(one.edition.dataset, one.edition.selection) for one in pending}
        self._editions = [e for e in held.editions if (e.dataset, e.selection) in wanted]
        self._values = _values_held(folder, [e.id for e in self._editions])

    def admit(self, one: _Pending) -> None:
        """Take an edition into the history.

        Earlier editions of the same bytes do not count: a repaired reader may well find that
        fewer rows can be used.

        Raises:
            DataError: It records far less than what was held for the same periods.
        """
        edition = one.edition
        before: dict[date, int] = {}
        for earlier in sorted(self._editions, key=lambda e: e.recency):
            if (
                (earlier.dataset, earlier.selection) == (edition.dataset, edition.selection)
                and earlier.digest != edition.digest
                and earlier.recency < edition.recency
            ):
                before |= self._values[earlier.id]
        now = _values_per_period(one.reading.flows)
        ranges = {
            (row["first_period"], row["last_period"])
            for table in (one.reading.coverage, one.reading.blocks)
            for row in table.group_by(["first_period", "last_period"]).aggregate([]).to_pylist()
        }
        both = [p for p in before if any(first <= p <= last for first, last in ranges)]
        had, has = sum(before[p] for p in both), sum(now.get(p, 0) for p in both)
        if has < SHRUNKEN * had:
            raise DataError(
                f"the file records {has:,} values for periods of which the edition of the same "
                f"selection held before records {had:,}",
                where=str(one.path),
                remedy="Download it again; the edition held before stays in use",
            )
        self._editions.append(edition)
        self._values[edition.id] = now


def _values_per_period(flows: pa.Table) -> dict[date, int]:
    counts = pc.value_counts(flows.column("period").combine_chunks())
    return dict(zip(counts.field(0).to_pylist(), counts.field(1).to_pylist(), strict=True))


def _values_held(folder: Path, editions: list[str]) -> dict[str, dict[date, int]]:
    """Count the values per period of some editions held."""
    from throughflow.warehouse.store import Warehouse  # noqa: PLC0415 - store.load imports this

    values: dict[str, dict[date, int]] = {edition: {} for edition in editions}
    if editions:
        with Warehouse(folder) as warehouse:
            counted = warehouse.query(
                "throughflow.warehouse",
                "recorded_periods",
                tables={"asked_edition": pa.table({"edition": editions})},
            )
        for row in counted.to_pylist():
            values[row["edition"]][row["period"]] = row["cells"]
    return values


def _first_refusal(reading: Reading) -> str:
    """Say what the first refused cell was, for a file of which nothing is left."""
    if not len(reading.refused):
        return ""
    row = reading.refused.slice(0, 1).to_pylist()[0]
    return f"The first cell refused: {row['reason']}, {row['detail']} ({row['place']}). "


def _selection(reading: Reading) -> str:
    """Hash what a file asked for, without its periods: a later download asks for more of them."""
    parts = []
    for name in SELECTION_COLUMNS:
        values = sorted(pc.unique(reading.coverage.column(name)).to_pylist())
        parts.append(name + "=" + ",".join(values))
    if len(reading.blocks):
        # Who traded what differs from release to release of a world table; the question does not.
        columns = ("freq", "flow", "partner_basis", "nomenclature")
        asked = (pc.unique(reading.blocks.column(name)).to_pylist() for name in columns)
        parts = ["every pair and product shown", *(",".join(sorted(values)) for values in asked)]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:16]


def _commit(folder: Path, held: Manifest, batch: _Batch) -> None:
    """Write the objects of a batch, find overlaps, and swap the manifest."""
    from throughflow.warehouse.store import Warehouse  # noqa: PLC0415 - store.load imports this

    stored: list[Stored] = []
    for name, tables in batch.tables.items():
        table = pa.concat_tables(tables)
        if len(table):
            stored.append(objects.put(folder, name, table))
    editions = batch.report.editions
    with Warehouse(folder) as warehouse:
        warehouse.manifest = held.with_load(editions, stored, [])
        overlapping = warehouse.query("throughflow.warehouse", "overlapping")
    manifests.write(folder, held.with_load(editions, stored, overlapping.column(0).to_pylist()))
