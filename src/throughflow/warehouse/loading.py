"""Load publishers' files: recognise, read, check against what is held, store in one step.

Files that cannot be read are reported and left out; the good files of the same call are stored.
Nothing is visible until the manifest is swapped at the very end.
"""

from __future__ import annotations

import errno
import hashlib
from collections import Counter
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.compute as pc

from throughflow.errors import DataError, InputError, ThroughflowError, UnrecognisedError
from throughflow.model import schema
from throughflow.sources import registry
from throughflow.sources.base import RawFile
from throughflow.warehouse import lock, objects
from throughflow.warehouse import manifest as manifests
from throughflow.warehouse.manifest import Edition, Stored

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from throughflow.sources.base import Reader, Reading
    from throughflow.warehouse.manifest import Manifest

# An edition of a selection already held that records less than this share of the rows of the
# edition before it is taken for a damaged download, not for news.
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


def files_of(paths: Iterable[Path]) -> list[Path]:
    """List the files of a mix of files and folders, folders searched to the bottom, in order.

    Raises:
        InputError: A path does not exist, or a folder holds no file.
    """
    files: list[Path] = []
    for path in paths:
        if path.is_dir():
            inside = sorted(
                p for p in path.rglob("*") if p.is_file() and not p.name.startswith(".")
            )
            if not inside:
                raise InputError("the folder holds no file", where=str(path))
            files += inside
        elif path.exists():
            files.append(path)
        else:
            raise InputError("no such file", where=str(path), remedy="Check the path")
    return list(dict.fromkeys(files))


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
        InputError: A path does not exist.
        DataError: Another load is running, or the disk is full; the warehouse is as it was.
    """
    paths = list(paths)
    files, named = files_of(paths), set(paths)
    report = LoadReport(warehouse=str(folder))
    with _writing(folder):
        folder.mkdir(parents=True, exist_ok=True)
    with lock.writer(folder):
        held = manifests.read(folder)
        with _writing(folder):
            objects.collect_garbage(folder, {stored.file for stored in held.objects})
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
        if batch.editions:
            _commit(folder, held, batch)
    return report


@contextmanager
def _writing(folder: Path) -> Iterator[None]:
    """Turn a failed write into an error that says what became of the warehouse."""
    try:
        yield
    except OSError as error:
        full = error.errno in {errno.ENOSPC, errno.EDQUOT}
        raise DataError(
            "the disk is full" if full else f"cannot be written ({error.strerror})",
            where=str(folder),
            remedy="Nothing was changed" + (". Make room and load again" if full else ""),
        ) from error


class _Batch:
    """Readings of one load, waiting to be stored together."""

    def __init__(self, held: Manifest, report: LoadReport) -> None:
        self.held = held
        self.report = report
        self.editions: list[Edition] = []
        self.tables: dict[str, list[pa.Table]] = {name: [] for name in schema.TABLES}
        self._ids = {edition.id: edition for edition in held.editions}
        self._known = {(edition.digest, edition.reader) for edition in held.editions}

    def add(self, path: Path) -> None:
        file = RawFile(path)
        reader = registry.recognise(file)
        with path.open("rb") as stream:
            digest = hashlib.file_digest(stream, "sha256").hexdigest()
        reader_id = f"{reader.name}/{reader.version}"
        if (digest, reader_id) in self._known:
            self.report.unchanged.append(path.name)
            return
        reading = reader.read(file)
        edition = self._edition(path, digest, reader, reading)
        self._refuse_if_shrunken(edition, path)
        self._known.add((digest, reader_id))
        self._ids[edition.id] = edition
        self.editions.append(edition)
        for name, table in (
            ("trade_flow", reading.flows),
            ("coverage", reading.coverage),
            ("product_label", reading.labels),
            ("refused", reading.refused),
        ):
            named = table.set_column(0, "edition", pa.repeat(edition.id, len(table)))
            self.tables[name].append(schema.TABLES[name].conform(named))
        report = self.report
        report.editions.append(edition)
        report.rows += edition.rows
        report.cells += edition.cells
        report.not_recorded += reading.not_recorded
        for reason, cells in zip(
            reading.refused.column("reason").to_pylist(),
            reading.refused.column("cells").to_pylist(),
            strict=True,
        ):
            report.refused[reason] += cells

    def _edition(self, path: Path, digest: str, reader: Reader, reading: Reading) -> Edition:
        origin = reading.origin
        selection = _selection(reading)
        as_of = origin.as_of.isoformat() if origin.as_of else ""
        reader_id = f"{reader.name}/{reader.version}"
        identity = "\n".join(
            (origin.publisher, origin.dataset, selection, as_of, digest, reader_id)
        )
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
            sequence=len(self.held.editions) + len(self.editions),
            note=origin.note,
        )

    def _refuse_if_shrunken(self, edition: Edition, path: Path) -> None:
        if not edition.rows:
            raise DataError(
                "the file records no value at all",
                where=str(path),
                remedy="Download it again; what was held before stays in use",
            )
        before = [
            held
            for held in self._ids.values()
            if held.dataset == edition.dataset and held.selection == edition.selection
        ]
        if before:
            last = max(before, key=lambda held: held.sequence)
            if edition.rows < SHRUNKEN * last.rows:
                raise DataError(
                    f"the file records {edition.rows:,} values where the edition of the same "
                    f"selection held before records {last.rows:,}",
                    where=str(path),
                    remedy="Download it again; the edition held before stays in use",
                )


def _selection(reading: Reading) -> str:
    """Hash what a file asked for, without its periods: a later download asks for more of them."""
    parts = []
    for name in SELECTION_COLUMNS:
        values = sorted(pc.unique(reading.coverage.column(name)).to_pylist())
        parts.append(name + "=" + ",".join(values))
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:16]


def _commit(folder: Path, held: Manifest, batch: _Batch) -> None:
    """Write the objects of a batch, find overlaps, and swap the manifest."""
    from throughflow.warehouse.store import Warehouse  # noqa: PLC0415 - store.load imports this

    stored: list[Stored] = []
    with _writing(folder):
        for name, tables in batch.tables.items():
            table = pa.concat_tables(tables)
            if len(table):
                stored.append(objects.put(folder, name, table))
    draft = held.with_load(batch.editions, stored, [])
    with Warehouse(folder) as warehouse:
        warehouse.manifest = draft
        overlapping = warehouse.query("throughflow.warehouse", "overlapping")
    with _writing(folder):
        manifests.write(
            folder, held.with_load(batch.editions, stored, overlapping.column(0).to_pylist())
        )
