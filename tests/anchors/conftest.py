"""The publishers' files, loaded once for all tests that need them."""

from __future__ import annotations

import fcntl

import pytest

from throughflow.model.periods import Window
from throughflow.trade import study
from throughflow.trade.request import Request
from throughflow.warehouse import Warehouse, load


@pytest.fixture(scope="session")
def official(staged, tmp_path_factory) -> Warehouse:
    """Return the monthly workbooks, the yearly totals and the hubs' own files in one warehouse."""
    # Parallel workers share the folder; the first to come loads it.
    shared = tmp_path_factory.getbasetemp().parent / "official"
    shared.mkdir(exist_ok=True)
    with (shared / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (shared / "done").exists():
            trade = staged / "trade"
            paths = [trade / name for name in ("eurostat_databrowser", "eurostat_easycomext")]
            paths += [trade / name for name in ("national", "armstat")]
            report = load([path for path in paths if path.exists()], shared / "wh")
            assert report.rows > 1_000_000
            (shared / "done").touch()
    return Warehouse(shared / "wh")


@pytest.fixture(scope="session")
def asked(official) -> study.Study:
    """Return the study of March to November 2022."""
    return study.build(official, Request(window=Window.parse("2022-03:2022-11")))
