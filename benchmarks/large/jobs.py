"""One job by one tool, run in a process of its own: `python -m large.jobs JOB TOOL FOLDER`.

Every tool reads the same Parquet, converts dollars to euro, and hands its result over in the same
order; what is compared is the sums of that result. DuckDB's and ours are taken row batch by row
batch, which is how a result larger than memory is used.
"""

from __future__ import annotations

import json
import resource
import sys
import time
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.compute as pc

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

EXPORTS, IMPORTS = "bulk-exports", "bulk-imports"
# What a job's result is compared by: these columns' sums, money in cents, gaps in millionths.
SUMS = {
    "mirror": {"sent": 100, "received": 100, "gap_log": 10**6, "sent_cells": 1},
    "rolling": {"amount": 100, "year_amount": 100, "months": 1},
    "panel": {"amount": 100, "unpriced": 1},
}
PARAMETERS: dict[str, dict[str, Any]] = {
    "mirror": {
        "export_dataset": EXPORTS, "import_dataset": IMPORTS, "export_basis": "destination",
        "import_basis": "origin", "export_digits": 8, "import_digits": 8, "digits": 6,
        "freq": "M", "currency": "EUR",
    },
    "rolling": {
        "dataset": EXPORTS, "nomenclature": "CN", "flow": "export", "basis": "destination",
        "digits": 8, "first": date(2016, 1, 1), "last": date(2023, 12, 1), "currency": "EUR",
    },
    "panel": {
        "dataset": EXPORTS, "nomenclature": "CN", "freq": "M", "basis": "destination",
        "currency": "EUR",
    },
}  # fmt: skip
QUERIES = {"mirror": "mirror_gap", "rolling": "rolling_year", "panel": "panel"}
MEMORY_LIMIT = "2GB"


# ruff: noqa: PLC0415 - a process imports only the tool it measures


def files(folder: Path, flow: str) -> str:
    """Return the file of one flow."""
    return str(folder / "objects" / f"trade_flow-{flow}.parquet")


def rates() -> pa.Table:
    """Return the exchange rates every tool converts with."""
    from throughflow.reference import fx

    return fx.monthly_rates()


def families(folder: Path) -> pa.Table:
    """Put two thirds of the products into families of three."""
    import duckdb

    codes = duckdb.sql(f"select distinct product from '{files(folder, 'export')}' order by 1")
    products = [code for (code,) in codes.fetchall()]
    pairs = [(code, products[i - i % 3]) for i, code in enumerate(products) if i // 3 % 3]
    # A world of one or two products still has a family.
    pairs = pairs or [(code, products[0]) for code in products]
    return pa.table({"product": [p for p, _ in pairs], "family": [f for _, f in pairs]})


# ── ours ─────────────────────────────────────────────────────────────────────────────────────────


def ours(job: str, folder: Path) -> Iterable[pa.RecordBatch]:
    """Ask through the package's own interface, within the memory limit."""
    import throughflow as tf
    from throughflow.warehouse.store import sql_text

    package, name = "throughflow.trade", QUERIES[job]
    text = sql_text(package, name)
    tables = {"mirror": {"period_rate": rates()}, "rolling": {}}.get(job)
    with tf.open(folder, memory_limit=MEMORY_LIMIT) as warehouse:
        yield from warehouse.query_batches(
            package,
            name,
            parameters={k: v for k, v in PARAMETERS[job].items() if f"${k}" in text},
            tables={"family_member": families(folder), "period_rate": rates()}
            if tables is None
            else tables,
        )


# ── DuckDB by hand ───────────────────────────────────────────────────────────────────────────────

EURO = """case when f.currency = 'EUR' then f.value else cast(round(
    cast(f.value as double) / cast(r.per_eur as double), 2) as decimal(18, 2)) end"""
RATE = "left join rate r on r.currency = f.currency and r.month = f.period"
BY_HAND = {
    "mirror": """
with s as (select reporter o, partner h, left(product, 6) p, period t, sum({euro}) v, count(*) n
           from '{exports}' f {rate} group by all),
     m as (select partner o, reporter h, left(product, 6) p, period t, sum({euro}) v, count(*) n
           from '{imports}' f {rate} group by all)
select o, h, p, t, s.v sent, m.v received,
       cast(round(ln(cast(m.v as double) / cast(s.v as double)), 6) as decimal(9, 6)) gap_log,
       coalesce(s.n, 0) sent_cells, coalesce(m.n, 0) received_cells
from s full join m using (o, h, p, t) order by o, h, p, t
""",
    "rolling": """
with q as (select reporter::reporter reporter, partner::partner partner,
                  product::product product, period, year(period) * 12 + month(period) m,
                  {euro} amount
           from '{exports}' f {rate})
select reporter, partner, product, period, amount, sum(amount) over w year_amount,
       count(*) over w as months
from q window w as (partition by reporter, partner, product order by m
                    range between 11 preceding and current row)
order by product, reporter, partner, period
""",
    "panel": """
select reporter, partner, family, period, sum({euro}) amount, 0 unpriced
from '{exports}' f join family using (product) {rate}
group by all order by family, reporter, partner, period
""",
}


def by_hand(job: str, folder: Path) -> Iterable[pa.RecordBatch]:
    """Ask DuckDB directly, as one would write it for these files alone."""
    import duckdb

    connection = duckdb.connect(
        config={"memory_limit": MEMORY_LIMIT, "temp_directory": str(folder / "spill")}
    )
    connection.register("rate", rates())
    connection.register("family", families(folder))
    exports, imports = files(folder, "export"), files(folder, "import")
    for name in ("reporter", "partner", "product") if job == "rolling" else ():
        # A window and a sort carry the numbers of an enum in half the time they carry texts in.
        connection.execute(
            f"create type {name} as enum (select distinct {name} from '{exports}' order by 1)"
        )
    text = BY_HAND[job].format(euro=EURO, rate=RATE, exports=exports, imports=imports)
    yield from connection.sql(text).to_arrow_reader(1 << 17)


# ── polars ───────────────────────────────────────────────────────────────────────────────────────


def polars(job: str, folder: Path) -> Iterable[pa.RecordBatch]:
    """Do the same lazily on the streaming engine."""
    import polars as pl

    held = pl.from_arrow(rates()).lazy().with_columns(pl.col("per_eur").cast(pl.Float64))

    def euro(flow: str) -> Any:
        value = pl.col("value")
        in_euro = (value.cast(pl.Float64) / pl.col("per_eur") * 100 + 0.5).floor()
        cents = pl.when(pl.col("currency") == "EUR").then((value * 100).cast(pl.Int64))
        return (
            pl.scan_parquet(files(folder, flow))
            .join(held, left_on=["currency", "period"], right_on=["currency", "month"], how="left")
            .with_columns(amount=cents.otherwise(in_euro.cast(pl.Int64)))
        )

    def side(flow: str, origin: str, hub: str, value: str, cells: str) -> Any:
        return (
            euro(flow)
            .group_by(
                pl.col(origin).alias("o"), pl.col(hub).alias("h"),
                pl.col("product").str.slice(0, 6).alias("p"), pl.col("period").alias("t"),
            )
            .agg(pl.col("amount").sum().alias(value), pl.len().alias(cells))
        )  # fmt: skip

    keys = ["o", "h", "p", "t"]
    if job == "mirror":
        sent = side("export", "reporter", "partner", "sent", "sent_cells")
        received = side("import", "partner", "reporter", "received", "received_cells")
        gap = (pl.col("received") / pl.col("sent")).log().round(6)
        asked = (
            sent.join(received, on=keys, how="full", coalesce=True)
            .with_columns(gap_log=gap, sent_cells=pl.col("sent_cells").fill_null(0))
            .sort(keys)
        )
    elif job == "rolling":
        series = ["product", "reporter", "partner"]
        year = {"window_size": "12mo", "closed": "right"}
        asked = (
            euro("export")
            .select(*series, "period", "amount")
            .sort(*series, "period")
            .with_columns(
                year_amount=pl.col("amount").rolling_sum_by("period", **year).over(series),
                months=pl.col("period").is_not_null().cast(pl.Int64)
                .rolling_sum_by("period", **year).over(series),
            )
        )  # fmt: skip
    else:
        asked = (
            euro("export")
            .join(pl.from_arrow(families(folder)).lazy(), on="product")
            .group_by("family", "reporter", "partner", "period")
            .agg(pl.col("amount").sum(), pl.col("amount").null_count().alias("unpriced"))
            .sort("family", "reporter", "partner", "period")
        )
    yield from asked.collect(engine="streaming").to_arrow().to_batches()


# ── pandas ───────────────────────────────────────────────────────────────────────────────────────


def pandas(job: str, folder: Path) -> Iterable[pa.RecordBatch]:
    """Do the same in memory, text as categories and money as whole cents, its fastest form."""
    import pyarrow.parquet as pq

    def read(flow: str, columns: list[str]) -> Any:
        texts = ["reporter", "partner", "product", "currency"]
        table = pq.read_table(files(folder, flow), columns=columns, read_dictionary=texts)
        floats = table["value"].cast(pa.float64())
        return table.set_column(columns.index("value"), "value", floats).to_pandas(
            date_as_object=False
        )

    def to_hs6(product: Any) -> Any:
        import pandas as pd

        codes, six = pd.factorize(product.cat.categories.str[:6])
        return pd.Categorical.from_codes(codes[product.cat.codes], six)

    return _in_pandas(job, folder, read, to_hs6)


def plain_pandas(job: str, folder: Path) -> Iterable[pa.RecordBatch]:
    """Do the same as it is written first: `read_parquet` and its own types, money as floats."""
    import pandas as pd

    def read(flow: str, columns: list[str]) -> Any:
        frame = pd.read_parquet(files(folder, flow), columns=columns)
        frame["value"] = frame["value"].astype(float)
        frame["period"] = pd.to_datetime(frame["period"])
        return frame

    return _in_pandas(job, folder, read, lambda product: product.str[:6])


def _in_pandas(
    job: str,
    folder: Path,
    read: Callable[[str, list[str]], Any],
    to_hs6: Callable[[Any], Any],
) -> Iterable[pa.RecordBatch]:
    import numpy as np

    columns = ["reporter", "partner", "product", "period", "value", "currency"]
    held = rates().to_pandas().astype({"per_eur": "float64", "month": "datetime64[s]"})

    def euro(flow: str) -> Any:
        frame = read(flow, columns)
        frame["period"] = frame["period"].astype("datetime64[s]")
        frame["currency"] = frame["currency"].astype(str)
        joined = frame.merge(
            held, left_on=["currency", "period"], right_on=["currency", "month"], how="left"
        )
        converted = np.floor(joined["value"] / joined["per_eur"] * 100 + 0.5)
        kept = np.round(joined["value"] * 100)
        joined["amount"] = np.where(joined["currency"] == "EUR", kept, converted).astype("int64")
        return joined[["reporter", "partner", "product", "period", "amount"]]

    def side(flow: str, names: dict[str, str], value: str, cells: str) -> Any:
        frame = euro(flow).rename(columns=names)
        frame["p"] = to_hs6(frame["product"])
        grouped = frame.groupby(["o", "h", "p", "period"], observed=True)["amount"]
        return grouped.agg(["sum", "size"]).set_axis([value, cells], axis=1).reset_index()

    if job == "mirror":
        sent = side("export", {"reporter": "o", "partner": "h"}, "sent", "sent_cells")
        received = side("import", {"reporter": "h", "partner": "o"}, "received", "received_cells")
        done = sent.merge(received, on=["o", "h", "p", "period"], how="outer", sort=True)
        done["gap_log"] = np.log(done["received"] / done["sent"]).round(6)
        done["sent_cells"] = done["sent_cells"].fillna(0)
    elif job == "rolling":
        series = ["product", "reporter", "partner"]
        done = euro("export").sort_values([*series, "period"], ignore_index=True)
        year = done.groupby(series, observed=True).rolling("365D", on="period")["amount"]
        done["year_amount"] = year.sum().to_numpy()
        done["months"] = year.count().to_numpy()
    else:
        frame = euro("export").merge(families(folder).to_pandas(), on="product")
        keys = ["family", "reporter", "partner", "period"]
        grouped = frame.groupby(keys, observed=True)["amount"]
        done = grouped.sum().reset_index()
        done["unpriced"] = 0
    yield from pa.Table.from_pandas(done[list(SUMS[job])], preserve_index=False).to_batches(1 << 17)


TOOLS: dict[str, Callable[[str, Path], Iterable[pa.RecordBatch]]] = {
    "throughflow": ours,
    "duckdb by hand": by_hand,
    "polars": polars,
    "pandas": pandas,
    "plain pandas": plain_pandas,
}


def checked(job: str, tool: str, batches: Iterable[pa.RecordBatch]) -> dict[str, int]:
    """Return the number of rows and the sum of each compared column, as whole numbers."""
    # polars and pandas hold money in cents already.
    in_cents = tool in {"polars", "pandas", "plain pandas"}
    sums = dict.fromkeys(("rows", *SUMS[job]), 0)
    for batch in batches:
        sums["rows"] += len(batch)
        for column, scale in SUMS[job].items():
            values = batch.column(column)
            if pa.types.is_floating(values.type):
                by = 1 if in_cents and scale == 100 else scale
                values = pc.cast(pc.round(pc.multiply(values, float(by))), pa.int64(), safe=False)
                by = 1
            else:
                by = 1 if in_cents and scale == 100 else scale
            sums[column] += int((pc.sum(values).as_py() or 0) * by)
    return sums


def main() -> None:
    """Run one job by one tool and print what it took as JSON."""
    job, tool, folder = sys.argv[1], sys.argv[2], Path(sys.argv[3])
    began = time.perf_counter()
    sums = checked(job, tool, TOOLS[tool](job, folder))
    wall = time.perf_counter() - began
    used = resource.getrusage(resource.RUSAGE_SELF)
    print(
        json.dumps(
            {
                "cpu_s": round(used.ru_utime + used.ru_stime, 2),
                "wall_s": round(wall, 2),
                "peak_mb": used.ru_maxrss // 1024,
                "sums": sums,
            }
        )
    )


if __name__ == "__main__":
    main()
