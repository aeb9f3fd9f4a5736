"""Build `cn_links.parquet` and `hs_links.parquet`.

Official sources: Eurostat, Combined Nomenclature concordances between successive years;
United Nations Statistics Division, correlation tables HS 2022 to HS 2017 and HS 2017 to HS 2012
(after the World Customs Organization's tables).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.parquet as pq
from python_calamine import CalamineWorkbook

if TYPE_CHECKING:
    from pathlib import Path

FIRST_TRANSITION = 2009  # 2009 to 2010: windows of study begin in 2010 at the earliest.
CN_FILE = "CN_concordances_1988_2025_XLS_FORMAT.xls"
HS_FILES = {
    2022: "HS 2022 to HS 2017 ConversionAndCorrelationTables.xlsx",
    2017: "HS 2017 to HS 2012 ConversionAndCorrelationTables.xlsx",
}


def cn_links(folder: Path) -> list[tuple[int, str, str]]:
    """Read Eurostat's links.

    The period is a number in some rows ("19992000.0") and text in others, and some editions print
    codes with spaces ("0307 41 91").
    """
    rows = CalamineWorkbook.from_path(folder / CN_FILE).get_sheet_by_index(0).to_python()
    links = {
        (int(str(period)[:4]), str(old).replace(" ", ""), str(new).replace(" ", ""))
        for period, old, new in rows[1:]
    }
    for _, old, new in links:
        if len(old) != 8 or len(new) != 8:
            raise SystemExit(f"{CN_FILE}: {old!r} to {new!r} is not a link between CN8 codes")
    return sorted(link for link in links if link[0] >= FIRST_TRANSITION)


def hs_links(folder: Path) -> list[tuple[int, str, str]]:
    """Read the United Nations' correlations as (newer edition, newer code, older code)."""
    links: set[tuple[int, str, str]] = set()
    for edition, name in HS_FILES.items():
        sheet = CalamineWorkbook.from_path(folder / name).get_sheet_by_name("Correlation Tables")
        for row in sheet.to_python():
            newer, older = str(row[0]).strip(), str(row[1]).strip()
            if newer.isdigit() and newer != "999999":  # 999999 is "not specified", in any edition
                links.add((edition, newer, older))
    return sorted(links)


def build(trade: Path, out: Path) -> None:
    """Write both files."""
    folder = trade / "nomenclature"
    cn, hs = cn_links(folder), hs_links(folder)
    _write(out / "cn_links.parquet", ("year_from", "old", "new"), cn)
    _write(out / "hs_links.parquet", ("edition", "newer", "older"), hs)


def _write(path: Path, names: tuple[str, str, str], rows: list[tuple[int, str, str]]) -> None:
    number, left, right = zip(*rows, strict=True)
    table = pa.table(
        {
            names[0]: pa.array(number, pa.int16()),
            names[1]: pa.array(left),
            names[2]: pa.array(right),
        }
    )
    pq.write_table(
        table,
        path,
        compression="zstd",
        compression_level=19,
        store_schema=False,
        use_dictionary=True,
    )
