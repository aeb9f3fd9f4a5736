"""Invented trade of any size, laid out as a load would leave it: objects, manifest, coverage.

Exporters record where goods went, hubs record where they came from, each half of the rows, in euro
and in dollars. Values and gaps come from a hash of the cell, so every run draws the same world.
"""

from __future__ import annotations

import hashlib
from datetime import date
from typing import TYPE_CHECKING

import duckdb

from throughflow.warehouse import manifest as manifests
from throughflow.warehouse import objects
from throughflow.warehouse.manifest import Edition, Manifest, Stored

if TYPE_CHECKING:
    from pathlib import Path

EXPORTERS = (
    "AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GR", "HR", "HU", "IE",
    "IT", "LT", "LU", "LV", "MT", "NL", "PL", "PT", "RO", "SE", "SI", "SK",
)  # fmt: skip
HUBS = ("AE", "AM", "AZ", "CN", "GE", "HK", "KG", "KZ", "MD", "RS", "TR", "UZ")
# These record in dollars, so that every job has money to convert.
IN_DOLLARS = ("AE", "AM", "CN", "HK", "PL", "SE")
FIRST, MONTHS = date(2016, 1, 1), 96
SHARE_RECORDED = 0.5
PER_PRODUCT = 2 * len(EXPORTERS) * len(HUBS) * MONTHS * SHARE_RECORDED

ROWS = """
copy (
    with product as (
        select printf('%04d%02d%02d', 8401 + i // 60, 10 * (1 + i // 10 % 6), 10 * (i % 10))
                   as product
        from range({products}) as r(i)
    ),
    month as (
        select cast(date '{first}' + to_months(cast(m as integer)) as date) as period
        from range({months}) as r(m)
    ),
    pair as (
        select e as exporter, h as hub
        from (select unnest({exporters}) as e) cross join (select unnest({hubs}) as h)
    ),
    cell as (
        select c.*, hash(exporter, hub, product, period, '{flow}') as drawn
        from (select * from product cross join pair cross join month) as c
    )
    select '{edition}' as edition, '{dataset}' as dataset, 'M' as freq, period,
           {reporter} as reporter, {partner} as partner, '{flow}' as flow,
           '{basis}' as partner_basis,
           'CN' as nomenclature, cast(null as varchar) as nomenclature_edition, product,
           cast(round(exp(4 + 9 * (drawn % 1000003) / 1000003.0), 2) as decimal(18, 2)) as value,
           case when {reporter} in ({dollars}) then 'USD' else 'EUR' end as currency,
           cast(drawn % 90000 as double) as net_kg, cast(null as double) as quantity,
           cast(null as varchar) as quantity_unit, '{valuation}' as valuation, 'final' as status,
           'Sheet 1' as source_sheet, cast(drawn % 100000 as integer) as source_row
    from cell
    where drawn // 1000003 % 100 < {share}
    order by product, reporter, partner, period
) to '{file}' (format parquet, compression zstd, row_group_size 1048576)
"""
COVERAGE = """
copy (
    select distinct edition, dataset, freq, reporter, partner, flow, partner_basis, nomenclature,
           product, date '{first}' as first_period, date '{last}' as last_period
    from read_parquet('{file}')
) to '{coverage}' (format parquet, compression zstd)
"""


def make(folder: Path, rows: int) -> None:
    """Write a warehouse of about so many rows, unless it is there already."""
    if (folder / manifests.NAME).is_file():
        return
    (folder / objects.FOLDER).mkdir(parents=True, exist_ok=True)
    products = max(1, round(rows / PER_PRODUCT))
    connection = duckdb.connect(config={"temp_directory": str(folder / "spill")})
    connection.execute("set memory_limit = '4GB'")
    stored, editions = [], []
    for number, (flow, basis, reporter, partner, valuation) in enumerate(
        (
            ("export", "destination", "exporter", "hub", "FOB"),
            ("import", "origin", "hub", "exporter", "CIF"),
        )
    ):
        edition = hashlib.sha256(f"{flow} {rows}".encode()).hexdigest()[:16]
        file = folder / objects.FOLDER / f"trade_flow-{flow}.parquet"
        coverage = folder / objects.FOLDER / f"coverage-{flow}.parquet"
        connection.execute(
            ROWS.format(
                products=products, first=FIRST, months=MONTHS, exporters=list(EXPORTERS),
                hubs=list(HUBS),
                dataset=f"bulk-{flow}s", edition=edition, flow=flow, basis=basis,
                reporter=reporter, partner=partner, valuation=valuation,
                dollars=", ".join(f"'{code}'" for code in IN_DOLLARS),
                share=round(100 * SHARE_RECORDED), file=file,
            )
        )  # fmt: skip
        last = date(FIRST.year + MONTHS // 12 - 1, 12, 1)
        connection.execute(COVERAGE.format(first=FIRST, last=last, file=file, coverage=coverage))
        for table, path in (("trade_flow", file), ("coverage", coverage)):
            (held,) = connection.execute(f"select count(*) from '{path}'").fetchone() or (0,)
            stored.append(Stored(table, path.name, held))
        count = stored[-2].rows
        editions.append(
            Edition(
                edition, "invented", f"bulk-{flow}s", flow, date(2024, 1, 1), flow, edition,
                "bulk/1", file.name, count, count, 0, number,
            )
        )  # fmt: skip
    connection.close()
    manifests.write(folder, Manifest(tuple(editions), tuple(stored), ()))
