"""All readers, and the one question asked of them: who knows this file?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from throughflow.errors import UnrecognisedError
from throughflow.sources import sheets
from throughflow.sources.armenia import Armenia
from throughflow.sources.armstat import ArmstatCountries, ArmstatProducts, ArmstatReexports
from throughflow.sources.baci import Baci
from throughflow.sources.base import unrecognised
from throughflow.sources.census import Census
from throughflow.sources.comext_bulk import ComextBulk
from throughflow.sources.comtrade import Comtrade
from throughflow.sources.easy_comext import ConvertedNational, EasyComext
from throughflow.sources.eurostat_workbook import EurostatWorkbook
from throughflow.sources.generic import Generic
from throughflow.sources.hmrc import Hmrc
from throughflow.sources.india_russia import IndiaRussia
from throughflow.sources.kazakhstan import Kazakhstan
from throughflow.sources.kyrgyzstan import Kyrgyzstan
from throughflow.sources.uzbekistan import Uzbekistan

if TYPE_CHECKING:
    from throughflow.sources.base import RawFile, Reader

# The first that recognises a file reads it. The Data Browser's workbooks, which are large, are told
# by their first sheet alone; the generic table comes last because it asks least.
READERS: Final[tuple[Reader, ...]] = (
    EurostatWorkbook(),
    ComextBulk(),
    Baci(),
    EasyComext(),
    ConvertedNational(),
    Comtrade(),
    Census(),
    Hmrc(),
    Kazakhstan(),
    Kyrgyzstan(),
    Uzbekistan(),
    Armenia(),
    ArmstatProducts(),
    ArmstatCountries(),
    ArmstatReexports(),
    # Has most of the generic columns, and one of its own.
    IndiaRussia(),
    Generic(),
)
_NAMES_SHOWN: Final = 8


def recognise(file: RawFile) -> Reader:
    """Find the reader of a file by the file's content.

    Raises:
        InputError: No reader knows the layout, or the file is damaged; for a workbook the message
            lists its sheets, for a text its first line.
    """
    for reader in READERS:
        if reader.recognises(file):
            return reader
    error = unrecognised(file)
    names = sheets.names(file)
    if names:
        shown = ", ".join(repr(name) for name in names[:_NAMES_SHOWN])
        more = f" and {len(names) - _NAMES_SHOWN} more" if len(names) > _NAMES_SHOWN else ""
        what = f"no publisher's layout was recognised in this workbook (sheets {shown}{more})"
        raise UnrecognisedError(what, where=error.where, remedy=error.remedy)
    if file.first_line:
        what = f"{error.what} (it begins {file.first_line[:80]!r})"
        raise UnrecognisedError(what, where=error.where, remedy=error.remedy)
    raise error
