"""The documentation is complete: every page in the site, every decision whole, every verb there."""

from __future__ import annotations

import importlib.util
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from types import ModuleType

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"
GENERATED = re.compile(r"^reference/(?:api/\w+|tables|cli)\.md$")
ADR_SECTIONS = ["Context", "Decision", "Consequences", "What would change our mind"]


def script(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(
        f"_script_{name}", ROOT / "scripts" / f"{name}.py"
    )
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def pages() -> set[str]:
    return {str(path.relative_to(DOCS)) for path in DOCS.rglob("*.md")}


def navigation() -> set[str]:
    config = (ROOT / "mkdocs.yml").read_text(encoding="utf-8")
    return set(re.findall(r": ([\w/-]+\.md)$", config.partition("\nnav:\n")[2], re.MULTILINE))


def command_line() -> ModuleType:
    """Return the script that writes the page, once every verb it would describe is there."""
    writer = script("write_cli_reference")
    try:
        writer.page(writer.program())
    except ModuleNotFoundError as error:
        if not (error.name or "").startswith("throughflow.cli"):
            raise
        pytest.skip(f"not written yet: {error.name}")
    return writer


def test_every_page_is_in_the_navigation() -> None:
    assert pages() - navigation() == set()


def test_navigation_names_only_pages_that_exist() -> None:
    missing = navigation() - pages()
    assert {name for name in missing if not GENERATED.match(name)} == set()


def test_the_site_asks_no_other_machine_for_fonts_or_counts() -> None:
    config = (ROOT / "mkdocs.yml").read_text(encoding="utf-8")
    assert re.search(r"^  font: false\b", config, re.MULTILINE)
    assert not re.search(r"analytics|extra_javascript|googleapis|repo_url|inventories", config)


def test_a_page_that_fetches_from_elsewhere_is_refused() -> None:
    hooks = script("mkdocs_hooks")
    for bad in (
        '<script src="https://cdn.example/x.js"></script>',
        '<link rel="stylesheet" href="//fonts.example/css">',
        "<link href=https://cdn.example rel=preconnect>",
        '<img alt="a" src="http://tracker.example/p.gif">',
    ):
        assert hooks.FETCHED.search(bad), bad
    for good in (
        '<a href="https://semver.org">x</a>',
        '<link rel="canonical" href="https://docs.example/">',
        '<script src="../assets/x.js"></script>',
    ):
        assert not hooks.FETCHED.search(good), good


def test_every_floor_has_an_api_page() -> None:
    hooks = script("mkdocs_hooks")
    folders = {
        path.parent.name
        for path in (ROOT / "src" / "throughflow").glob("*/__init__.py")
        if not path.parent.name.startswith("_")
    }
    assert folders - {"cli"} <= set(hooks.FLOORS)
    assert "throughflow.model.periods" in hooks.public_modules("model")


def test_every_canonical_column_is_described() -> None:
    from throughflow.model import schema

    page = script("mkdocs_hooks").tables_page()
    for table in schema.TABLES.values():
        assert f"## {table.name}" in page
        for column in table.columns:
            assert f"| `{column.name}` |" in page
            assert column.meaning


@pytest.mark.parametrize("path", sorted((DOCS / "adr").glob("0*.md")), ids=lambda path: path.stem)
def test_a_decision_is_whole(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert re.match(rf"# {path.stem[:4]} \S", text)
    assert re.search(r"\*\*Status\*\* \w+ · \*\*Date\*\* \d{4}-\d{2}-\d{2}", text)
    assert re.findall(r"^## (.+)$", text, re.MULTILINE) == ADR_SECTIONS
    assert re.search(r"\d", text.partition("## Context")[2].partition("## Decision")[0])
    assert path.name in (DOCS / "adr" / "index.md").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "path", sorted([*ROOT.glob("*.md"), *DOCS.rglob("*.md")]), ids=lambda path: path.name
)
def test_links_to_files_lead_somewhere(path: Path) -> None:
    text = re.sub(r"```.*?```", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
    for target in re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", text):
        if "://" in target or target == "docs/assets/dossier.png":
            continue
        inside = (path.parent / target).resolve()
        generated = inside.is_relative_to(DOCS) and GENERATED.match(str(inside.relative_to(DOCS)))
        assert generated or inside.exists(), target


def test_every_verb_is_documented() -> None:
    writer = command_line()
    verbs = writer.program().list_commands(None)
    prose = "\n".join(
        path.read_text(encoding="utf-8")
        for path in [ROOT / "README.md", *DOCS.rglob("*.md")]
        if path != writer.PAGE  # written from the help itself, so it proves nothing
    )
    assert "dossier" in verbs
    assert [verb for verb in verbs if f"throughflow {verb}" not in prose] == []


def test_verbs_of_the_documents_exist() -> None:
    known = set(command_line().program().list_commands(None))
    for path in [ROOT / "README.md", *(DOCS / "guide").glob("*.md"), DOCS / "index.md"]:
        for verb in re.findall(r"^throughflow ([a-z]+)", path.read_text("utf-8"), re.MULTILINE):
            assert verb in known, f"{path.name}: throughflow {verb}"


def test_the_command_line_page_is_fresh() -> None:
    writer = command_line()
    assert writer.PAGE.exists(), "run: make cli-reference"
    assert writer.PAGE.read_text(encoding="utf-8") == writer.page(writer.program())
