"""What the repository's text may not contain, and what its parts must say."""

from __future__ import annotations

import re
import tomllib
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SKIPPED_FOLDERS = {
    *(".git", ".venv", "build", "dist", "site", "node_modules", "throughflow-data"),
    *("__pycache__", ".mypy_cache", ".ruff_cache", ".pytest_cache", ".hypothesis", ".benchmarks"),
    *(".import_linter_cache", "htmlcov"),
}
# Written with gaps, so that this file does not contain what it forbids.
GAP = ""
FORBIDDEN = {
    "a path of somebody's machine": rf"(?<![\w.])/(?:w{GAP}ork|(?:h{GAP}ome|U{GAP}sers)/\w+)/",
    "the address of a package registry": rf"py{GAP}pi\.org/simple|files\.python{GAP}hosted\.org",
    "unfinished work": rf"\bTO{GAP}DO\b|\bFIX{GAP}ME\b|\bXX{GAP}X\b",
    "a marker of a merge conflict": r"^(?:<{7}|>{7}) ",
}
EXAMPLES = {
    "a path of somebody's machine": f"see /w{GAP}ork/main/x",
    "the address of a package registry": f"https://py{GAP}pi.org/simple/click",
    "unfinished work": f"# TO{GAP}DO: later",
    "a marker of a merge conflict": f"{'<' * 7} HEAD",
}
FRAGMENT_KINDS = {"added", "changed", "fixed", "removed", "numbers", "data"}


@cache
def texts() -> dict[str, str]:
    found = {}
    for path in sorted(ROOT.rglob("*")):
        inside = path.relative_to(ROOT)
        if not path.is_file() or SKIPPED_FOLDERS & set(inside.parts) or ".egg-info" in str(inside):
            continue
        try:
            found[str(inside)] = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue
    return found


def pyproject() -> dict[str, object]:
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def test_the_walk_sees_the_repository() -> None:
    assert {"README.md", "Makefile", ".ci/run", "src/throughflow/errors.py"} <= set(texts())


@pytest.mark.parametrize("what", FORBIDDEN)
def test_forbidden_text(what: str) -> None:
    pattern = re.compile(FORBIDDEN[what], re.MULTILINE)
    hits = [
        f"{name}:{text.count(chr(10), 0, hit.start()) + 1}: {hit[0].strip()}"
        for name, text in texts().items()
        for hit in pattern.finditer(text)
    ]
    assert hits == []


@pytest.mark.parametrize("what", FORBIDDEN)
def test_forbidden_text_would_be_found(what: str) -> None:
    assert re.search(FORBIDDEN[what], EXAMPLES[what], re.MULTILINE)


def test_licence_is_the_whole_apache_licence() -> None:
    licence = texts()["LICENSE"]
    assert "Version 2.0, January 2004" in licence
    assert "END OF TERMS AND CONDITIONS" in licence
    for section in range(1, 10):
        assert re.search(rf"^\s+{section}\. [A-Z]", licence, re.MULTILINE), f"section {section}"


@pytest.mark.parametrize("name", ["runtime", "dev", "docs"])
def test_exports_are_pinned_and_hashed(name: str) -> None:
    text = texts()[f"requirements/{name}.txt"]
    pins = [line for line in text.splitlines() if re.match(r"[A-Za-z]", line)]
    assert len(pins) > 10
    assert all(re.match(r"[A-Za-z0-9._-]+==\S+", pin) for pin in pins)
    assert text.count("--hash=sha256:") >= len(pins)
    assert not re.search(r"https?:|file:|--index|--find-links|--trusted", text)


def test_exports_cover_the_direct_requirements() -> None:
    project = pyproject()["project"]
    assert isinstance(project, dict)
    wanted = {
        re.split(r"[\[<>=!~; ]", text)[0].lower().replace("_", "-")
        for text in project["dependencies"]
    }
    pinned = set(
        re.findall(r"^([a-z0-9._-]+)==", texts()["requirements/runtime.txt"], re.MULTILINE)
    )
    assert wanted - pinned == set(), "run: make requirements"


def test_each_export_keeps_the_pins_of_the_one_before() -> None:
    pins = {
        name: set(re.findall(r"^\S+==\S+", texts()[f"requirements/{name}.txt"], re.MULTILINE))
        for name in ("runtime", "dev", "docs")
    }
    assert pins["runtime"] < pins["dev"] < pins["docs"]


def test_change_fragments_have_a_kind() -> None:
    names = [path.name for path in (ROOT / "changes").iterdir() if path.name != "README.md"]
    wrong = [
        name
        for name in names
        if not re.fullmatch(rf"[a-z0-9-]+\.(?:{'|'.join(FRAGMENT_KINDS)})\.md", name)
    ]
    assert wrong == []


def test_change_log_has_an_unreleased_section() -> None:
    assert re.search(r"^## Unreleased$", texts()["CHANGELOG.md"], re.MULTILINE)
