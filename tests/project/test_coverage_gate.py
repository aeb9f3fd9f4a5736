"""The coverage gate adds up floors rightly and fails when it should."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
GATE = ROOT / "scripts" / "coverage_gate.py"
HALF = "def f(x):\n    if x:\n        return 1\n    return 2\n\n\nf(1)\n"
WHOLE = HALF + "f(0)\n"


def run_gate(folder: Path, **floors: str) -> subprocess.CompletedProcess[str]:
    for floor, code in floors.items():
        path = folder / "throughflow" / floor / "module.py"
        path.parent.mkdir(parents=True)
        path.write_text(code, encoding="utf-8")
        subprocess.run(
            [sys.executable, "-m", "coverage", "run", "--branch", "--append", str(path)],
            cwd=folder,
            check=True,
        )
    return subprocess.run(
        [sys.executable, str(GATE)], cwd=folder, capture_output=True, text=True, check=False
    )


def test_floors_that_are_covered_pass(tmp_path: Path) -> None:
    answer = run_gate(tmp_path, trade=WHOLE, warehouse=WHOLE, sources=WHOLE)
    assert answer.returncode == 0, answer.stdout + answer.stderr
    assert answer.stdout.count("100.0%") == 6


def test_one_branch_of_two_fails_and_is_named(tmp_path: Path) -> None:
    answer = run_gate(tmp_path, trade=WHOLE, warehouse=HALF, sources=WHOLE)
    assert answer.returncode == 1
    line = next(line for line in answer.stdout.splitlines() if line.startswith("warehouse"))
    # One of two branches; four of five statements ran.
    assert "50.0%" in line
    assert f"{100 * 5 / 7:.1f}%" in line
    assert "module.py (2 missed)" in line


def test_a_floor_without_files_fails(tmp_path: Path) -> None:
    assert run_gate(tmp_path, trade=WHOLE, warehouse=WHOLE).returncode == 1
