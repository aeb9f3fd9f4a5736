"""The manifest: the one file that says what a warehouse holds.

Everything else in the folder is immutable and named by its content. A load writes new objects
first and swaps the manifest last, so a reader sees either the old state or the new one, and a
load that dies half-way leaves only files that nobody refers to.
"""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass, field, replace
from datetime import date
from typing import TYPE_CHECKING, Any

from throughflow.errors import DataError

if TYPE_CHECKING:
    from pathlib import Path

FORMAT = 1
NAME = "manifest.json"
DRAFT = "manifest.json.new"


@dataclass(frozen=True, slots=True)
class Edition:
    """One file as one reader read it.

    Attributes:
        id: Hash of everything below that identifies the edition.
        publisher: Official name of the publisher.
        dataset: Dataset inside that publisher.
        title: The publisher's title of the table.
        as_of: Day of extraction or publication, None when the file does not say.
        selection: Hash of reporters, partners, flows and products asked for.
        digest: SHA-256 of the file's bytes.
        reader: Reader's name and version.
        file: File name at the time of loading; never used to identify anything.
        rows: Recorded values.
        cells: Cells the file has, recorded or not.
        refused: Cells refused, with the reasons in table `refused`.
        sequence: Position in the order of loading; the later wins where `as_of` ties.
        note: What a reader of a finding must know about the file.
    """

    id: str
    publisher: str
    dataset: str
    title: str
    as_of: date | None
    selection: str
    digest: str
    reader: str
    file: str
    rows: int
    cells: int
    refused: int
    sequence: int
    note: str = ""

    @property
    def recency(self) -> tuple[bool, date | int, int]:
        """Order of editions: undated ones first, then by day, then by order of loading."""
        return (self.as_of is not None, self.as_of or 0, self.sequence)


@dataclass(frozen=True, slots=True)
class Stored:
    """A Parquet object: which table it belongs to, its file name and its number of rows."""

    table: str
    file: str
    rows: int


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a warehouse holds.

    Attributes:
        editions: All editions, in order of loading.
        objects: All Parquet objects.
        overlapping: Datasets in which some cell is covered by more than one edition.
    """

    editions: tuple[Edition, ...] = ()
    objects: tuple[Stored, ...] = ()
    overlapping: tuple[str, ...] = field(default=())

    @property
    def replaced(self) -> frozenset[str]:
        """Editions whose bytes a later version of a reader has read again: they count no more."""
        last = {
            (edition.dataset, edition.digest): edition.id
            for edition in sorted(self.editions, key=lambda edition: edition.sequence)
        }
        return frozenset(edition.id for edition in self.editions) - set(last.values())

    def with_load(
        self, editions: list[Edition], objects: list[Stored], overlapping: list[str]
    ) -> Manifest:
        """Return the manifest after a load."""
        return replace(
            self,
            editions=(*self.editions, *editions),
            objects=(*self.objects, *objects),
            overlapping=tuple(sorted(overlapping)),
        )


def read(folder: Path) -> Manifest:
    """Read the manifest of a folder; a folder without one is an empty warehouse.

    Raises:
        DataError: The manifest is damaged or written by a newer version.
    """
    path = folder / NAME
    try:
        raw: Any = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return Manifest()
    except (OSError, UnicodeDecodeError, json.JSONDecodeError) as error:
        raise DataError(
            f"the manifest cannot be read ({error})",
            where=str(path),
            remedy="Restore the file from a backup, or load the publishers' files again",
        ) from error
    if not isinstance(raw, dict) or "format" not in raw:
        raise _damaged(path, "it is not a manifest")
    if raw["format"] != FORMAT:
        raise DataError(
            f"the warehouse has format {raw.get('format')}, this version reads {FORMAT}",
            where=str(path),
            remedy="Use the version of throughflow that wrote it, or load into a new folder",
        )
    try:
        return Manifest(
            tuple(
                Edition(**(row | {"as_of": row["as_of"] and date.fromisoformat(row["as_of"])}))
                for row in raw["editions"]
            ),
            tuple(Stored(**row) for row in raw["objects"]),
            tuple(raw["overlapping"]),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise _damaged(path, repr(error)) from error


def _damaged(path: Path, how: str) -> DataError:
    return DataError(
        f"the manifest is damaged ({how})",
        where=str(path),
        remedy="Restore the file from a backup, or load the publishers' files into a new folder",
    )


def write(folder: Path, manifest: Manifest) -> None:
    """Swap the manifest of a folder in one step that survives a crash or a power cut."""
    body = {
        "format": FORMAT,
        "editions": [
            asdict(edition) | {"as_of": edition.as_of and edition.as_of.isoformat()}
            for edition in manifest.editions
        ],
        "objects": [asdict(stored) for stored in manifest.objects],
        "overlapping": list(manifest.overlapping),
    }
    temporary = folder / DRAFT
    try:
        with temporary.open("w", encoding="utf-8") as stream:
            json.dump(body, stream, ensure_ascii=False, separators=(",", ":"))
            stream.write("\n")
            stream.flush()
            os.fsync(stream.fileno())
        temporary.replace(folder / NAME)
    finally:
        discard_draft(folder)
    sync_folder(folder)


def discard_draft(folder: Path) -> None:
    """Delete a manifest that was never swapped in."""
    (folder / DRAFT).unlink(missing_ok=True)


def sync_folder(folder: Path) -> None:
    """Make renames inside a folder durable."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
