"""Fixtures every test may use."""

from __future__ import annotations

import os
from pathlib import Path

import pytest


def _staged_folder() -> Path | None:
    named = os.environ.get("THROUGHFLOW_TEST_DATA")
    candidates = [Path(named)] if named else []
    candidates.append(Path(__file__).resolve().parents[2] / "shared" / "data")
    return next((folder for folder in candidates if (folder / "trade").is_dir()), None)


@pytest.fixture(scope="session")
def staged() -> Path:
    """Folder of publishers' original files; the tests that need it skip where it is absent."""
    folder = _staged_folder()
    if folder is None:
        if os.environ.get("THROUGHFLOW_TEST_DATA"):
            pytest.fail("THROUGHFLOW_TEST_DATA is set but holds no trade/ folder")
        pytest.skip("the publishers' files are not here; set THROUGHFLOW_TEST_DATA to their folder")
    return folder


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    """Where the publishers' files must be present, a skipped data test is a failure."""
    report = yield
    required = os.environ.get("THROUGHFLOW_REQUIRE_DATA") == "1"
    if (
        required
        and report.skipped
        and not hasattr(report, "wasxfail")
        and item.get_closest_marker("data")
    ):
        report.outcome = "failed"
        report.longrepr = f"{item.nodeid} was skipped although its data must be present"
    return report
