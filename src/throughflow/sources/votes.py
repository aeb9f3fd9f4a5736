"""Read a user's file of votes in the UN General Assembly, whichever of the known layouts it has."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from throughflow.errors import UnrecognisedError
from throughflow.sources import delimited
from throughflow.sources.base import RawFile
from throughflow.sources.roll_call_grid import RollCallGrid
from throughflow.sources.un_digital_library import UnDigitalLibrary

if TYPE_CHECKING:
    from pathlib import Path

    from throughflow.sources.vote_file import VoteFile, VoteReader

READERS: Final[tuple[VoteReader, ...]] = (UnDigitalLibrary(), RollCallGrid())
LAYOUTS: Final = (
    "Read are the UN Digital Library's General Assembly voting data (CSV, one row per state's "
    "vote) and roll calls with a column per state (rcid,date,…); see docs/sources/un-votes.md"
)


def read(path: Path) -> VoteFile:
    """Read a file of votes.

    Args:
        path: A CSV file, or one compressed with gzip.

    Raises:
        InputError: Not there, not a table, or a row is not a vote; file, row and remedy are told.
        UnrecognisedError: Of another layout.
    """
    file = RawFile(path)
    for reader in READERS:
        if reader.recognises(file):
            return reader.read(file)
    names = delimited.header(file)
    if "undl_id" in names:
        raise UnrecognisedError(
            "this is the UN Digital Library's table of resolutions, with a column per state",
            where=str(path),
            remedy="Download the file with one row per state's vote from the same record",
        )
    begins = f" (it begins {file.first_line[:80]!r})" if file.first_line else ""
    raise UnrecognisedError(
        f"this is not a known file of votes{begins}", where=str(path), remedy=LAYOUTS
    )
