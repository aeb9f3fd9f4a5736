"""Build the embedded sample from the publishers' own files.

The sample is an ordinary warehouse, read-only, inside the package: every value at CN8 that
Eurostat's Data Browser workbooks record, the monthly and yearly totals, and the yearly totals the
hubs themselves publish. Four-digit headings are left out; they repeat their codes.

Publishers, as each edition in the sample's manifest names them with its day of extraction:
Eurostat (DS-045409, Easy Comext), the Bureau of National Statistics of Kazakhstan, the National
Statistical Committee of the Kyrgyz Republic, the National Statistics Committee of Uzbekistan and
the Statistical Committee of Armenia.

    THROUGHFLOW_TEST_DATA=DIR python scripts/build_sample.py
"""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from dataclasses import replace
from datetime import date
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from throughflow.warehouse import load, objects
from throughflow.warehouse import manifest as manifests
from throughflow.warehouse.store import sample_folder

COMPRESSION_LEVEL = 19
MOST_BYTES = 4_000_000
FIRST_YEAR = 2010
FOLDERS = (
    "trade/eurostat_databrowser",
    "trade/eurostat_easycomext/eu_year_export",
    "trade/eurostat_easycomext/armenia_export_eurostat",
    "trade/eurostat_easycomext/georgia_export_eurostat",
    "trade/eurostat_easycomext/kazakhstan_export_eurostat",
    "trade/eurostat_easycomext/kyrgyz_export_eurostat",
    "trade/eurostat_easycomext/russia_export_eurostat",
    "trade/eurostat_easycomext/uzbek_export_eurostat",
    "trade/national/armenia_data",
    "trade/national/kazakhstan_data",
    "trade/national/kyrgyzstan_data",
    "trade/national/uzbekistan_data",
)


def main() -> int:
    """Load, filter, compress, replace the sample folder."""
    data = os.environ.get("THROUGHFLOW_TEST_DATA")
    if not data:
        sys.exit("set THROUGHFLOW_TEST_DATA to the folder that holds trade/")
    with tempfile.TemporaryDirectory() as scratch:
        whole = Path(scratch) / "whole"
        report = load([Path(data) / folder for folder in FOLDERS], whole)
        if report.failed:
            sys.exit("\n".join(str(error) for _, error in report.failed))
        ready = Path(scratch) / "sample"
        _filtered(whole, ready)
        size = sum(path.stat().st_size for path in ready.rglob("*") if path.is_file())
        for path in sorted(ready.rglob("*")):
            if path.is_file():
                print(f"{path.stat().st_size:>10,} {path.name}")
        if size > MOST_BYTES:
            sys.exit(f"the sample takes {size:,} bytes, more than {MOST_BYTES:,}")
        target = sample_folder()
        shutil.rmtree(target, ignore_errors=True)
        shutil.copytree(ready, target)
    print(f"{size:,} bytes in {target}")
    return 0


def _filtered(whole: Path, ready: Path) -> None:
    """Copy a warehouse with the rows the sample keeps, as one object per table."""
    held = manifests.read(whole)
    stored = []
    for name in objects.ORDER:
        tables = [
            pq.read_table(whole / objects.FOLDER / entry.file)
            for entry in held.objects
            if entry.table == name
        ]
        if tables:
            table = _kept(name, pa.concat_tables(tables))
            stored.append(objects.put(ready, name, table, level=COMPRESSION_LEVEL))
    counts = pq.read_table(
        ready / objects.FOLDER / next(s.file for s in stored if s.table == "trade_flow"),
        columns=["edition"],
    )
    rows = {
        row["values"]: row["counts"]
        for row in pc.value_counts(counts.column("edition").combine_chunks()).to_pylist()
    }
    editions = tuple(replace(e, rows=rows.get(e.id, 0)) for e in held.editions)
    manifests.write(ready, manifests.Manifest(editions, tuple(stored), held.overlapping))


def _kept(name: str, table: pa.Table) -> pa.Table:
    if name in {"trade_flow", "coverage", "product_label"}:
        heading = pc.equal(pc.utf8_length(table.column("product")), 4)
        table = table.filter(pc.invert(heading))
    if name in {"trade_flow", "coverage"}:
        # What the sample leaves out it must not claim to cover.
        last = table.column("period" if name == "trade_flow" else "last_period")
        recent = pc.greater_equal(pc.year(last), FIRST_YEAR)
        national = pc.equal(table.column("dataset"), "am-national")
        monthly = pc.equal(table.column("freq"), "M")
        table = table.filter(pc.and_(recent, pc.invert(pc.and_(national, monthly))))
    if name == "coverage":
        place = table.column_names.index("first_period")
        start = pa.scalar(date(FIRST_YEAR, 1, 1), pa.date32())
        first = pc.max_element_wise(table.column("first_period"), start)
        table = table.set_column(place, table.schema.field(place), first)
    return table


if __name__ == "__main__":
    sys.exit(main())
