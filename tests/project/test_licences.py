"""The licence gate refuses what it should, and the installed runtime set passes it."""

from __future__ import annotations

import subprocess
import sys
from importlib import metadata
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


def strong(licence: str) -> bool:
    code = (
        "import sys; sys.path.insert(0, 'scripts'); import check_licences; "
        "print(check_licences.is_strong_copyleft(sys.argv[1]))"
    )
    answer = subprocess.run(
        [sys.executable, "-c", code, licence], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return answer.stdout.strip() == "True"


@pytest.mark.parametrize(
    "licence",
    [
        "GPL-3.0-or-later",
        "AGPL-3.0-only",
        "GNU General Public License v3 (GPLv3)",
        "GNU Affero General Public License v3",
        "MIT AND GPL-2.0-only",
    ],
)
def test_strong_copyleft_is_refused(licence: str) -> None:
    assert strong(licence)


@pytest.mark.parametrize(
    "licence",
    [
        "MIT",
        "BSD-3-Clause",
        "Apache-2.0",
        "LGPL-3.0-or-later",
        "GNU Lesser General Public License v3 (LGPLv3)",
        "MIT OR GPL-2.0-only",
        "GPL-3.0-or-later WITH GCC-exception-3.1",
    ],
)
def test_other_licences_pass(licence: str) -> None:
    assert not strong(licence)


def test_runtime_dependencies_pass_the_gate() -> None:
    try:
        metadata.distribution("throughflow")
    except metadata.PackageNotFoundError:
        pytest.skip("throughflow is not installed in this environment")
    answer = subprocess.run(
        [sys.executable, "scripts/check_licences.py"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert answer.returncode == 0, answer.stderr
    assert "duckdb" in answer.stdout
    assert "jinja2" in answer.stdout
