"""The data files are what the script makes of the publishers' files, and stay small."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from throughflow.reference.countries import DATA

SCRIPT = Path(__file__).resolve().parents[2] / "scripts" / "build_reference.py"


def test_the_data_files_are_small() -> None:
    assert sum(path.stat().st_size for path in DATA.iterdir() if path.is_file()) < 600_000


@pytest.mark.data
@pytest.mark.parametrize("step", ["countries", "nomenclature", "lists", "fx", "votes", "actors"])
def test_a_rebuild_gives_the_same_bytes(staged: Path, tmp_path: Path, step: str) -> None:
    if step == "lists":
        pytest.importorskip("pyreadstat", reason="the dependency group reference")
    if step == "actors":
        pytest.importorskip("babel", reason="the dependency group reference")
    if step == "fx":
        pytest.importorskip("currency_converter", reason="the dependency group reference")
    environment = os.environ | {
        "THROUGHFLOW_TEST_DATA": str(staged),
        "THROUGHFLOW_REFERENCE_OUT": str(tmp_path),
    }
    subprocess.run([sys.executable, str(SCRIPT), step], check=True, env=environment)
    built = sorted(tmp_path.iterdir())
    assert built
    for path in built:
        assert path.read_bytes() == (DATA / path.name).read_bytes(), path.name
