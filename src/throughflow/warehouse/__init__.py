"""Load and store: immutable content-addressed Parquet, a manifest, coverage, refused rows."""

from throughflow.warehouse.loading import LoadReport, load
from throughflow.warehouse.store import Warehouse, open_warehouse

__all__ = ["LoadReport", "Warehouse", "load", "open_warehouse"]
