"""What the documentation site makes while it is built.

Three kinds of page come from the code itself, so that none can be forgotten or go stale: the API
reference (one page per floor of the house, every public module on it), the canonical tables, and a
stand-in for the command-line page while it has not been written. A page that would make the
reader's browser ask another machine for something stops the build.
"""

from __future__ import annotations

import importlib
import re
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "src" / "throughflow"
FLOORS = (
    *("model", "reference", "sources", "warehouse", "evidence"),
    *("trade", "statements", "routes", "dossier", "report"),
)
# Anything that is fetched when the page opens; a plain link is not.
FETCHED = re.compile(
    r"<(?:script|img|iframe|source|video|audio)\b[^>]*\bsrc=[\"']?(?:https?:)?//[^\s\"'>]+"
    r"|<link\b(?=[^>]*rel=[\"']?(?:stylesheet|preconnect|preload|icon))[^>]*"
    r"\bhref=[\"']?(?:https?:)?//[^\s\"'>]+",
    re.IGNORECASE,
)


def public_modules(floor: str) -> list[str]:
    """List the importable modules of a floor, itself first, private ones left out."""
    folder = PACKAGE / floor
    if not (folder / "__init__.py").exists():
        return []
    names = [f"throughflow.{floor}"]
    for path in sorted(folder.rglob("*.py")):
        parts = path.relative_to(folder).with_suffix("").parts
        if any(part.startswith("_") for part in parts):
            continue
        names.append(".".join(("throughflow", floor, *parts)))
    return names


def floor_page(floor: str) -> str:
    """Write the API page of one floor."""
    lines = [f"# throughflow.{floor}", ""]
    for name in public_modules(floor):
        lines += [f"::: {name}", ""]
        if name == f"throughflow.{floor}":
            # Names that the floor's front door passes on are documented where they are defined.
            lines[-1:] = ["    options:", "      show_root_heading: false", ""]
    if len(lines) == 2:
        lines += ["This floor holds nothing yet.", ""]
    return "\n".join(lines)


def index_page() -> str:
    """Write the front page of the API reference."""
    lines = [
        "# Python API",
        "",
        "The floors of the house, from the ground up. Each imports only from those above it in",
        "this list; the contract is checked on every change.",
        "",
    ]
    for floor in FLOORS:
        source = PACKAGE / floor / "__init__.py"
        words = ""
        if source.exists():
            found = re.match(r'"""(.+?)(?:\n\n|""")', source.read_text(encoding="utf-8"), re.DOTALL)
            words = " ".join(found[1].split()) if found else ""
        lines.append(f"- [`throughflow.{floor}`]({floor}.md): {words or 'empty so far'}")
    lines += ["", "## Front door and errors", ""]
    for name in ("throughflow", "throughflow.errors"):
        path = PACKAGE / "__init__.py" if name == "throughflow" else PACKAGE / "errors.py"
        if path.exists():
            lines += [f"::: {name}", ""]
    return "\n".join(lines)


def tables_page() -> str:
    """Write the page of the canonical tables from their declaration."""
    schema: Any = importlib.import_module("throughflow.model.schema")
    lines = [
        "# Canonical tables",
        "",
        "Every publisher's file becomes rows of these tables, checked on every write. Values are",
        "in the currency of publication and are never converted on the way in.",
        "",
    ]
    for table in schema.TABLES.values():
        lines += [
            f"## {table.name}",
            "",
            "| column | type | empty? | meaning |",
            "|---|---|---|---|",
        ]
        for column in table.columns:
            allowed = f" ({', '.join(column.allowed)})" if column.allowed else ""
            empty = "may be" if column.nullable else "no"
            lines.append(
                f"| `{column.name}` | {column.type} | {empty} | {column.meaning}{allowed} |"
            )
        lines.append("")
    return "\n".join(lines)


def on_files(files: Any, config: Any) -> Any:
    """Add the generated pages to the site."""
    # mkdocs is not in the environment that checks types, hence the late import.
    file_class: Any = importlib.import_module("mkdocs.structure.files").File
    pages = {f"reference/api/{floor}.md": floor_page(floor) for floor in FLOORS}
    pages["reference/api/index.md"] = index_page()
    pages["reference/tables.md"] = tables_page()
    if files.get_file_from_path("reference/cli.md") is None:
        pages["reference/cli.md"] = "# Command line\n\nRun `throughflow --help`.\n"
    for uri, content in pages.items():
        files.append(file_class.generated(config, uri, content=content))
    return files


def on_post_page(output: str, page: Any, config: Any) -> str:  # noqa: ARG001  called by keyword
    """Refuse a page that would fetch something from another machine."""
    foreign = FETCHED.search(output)
    if foreign:
        message = f"{page.file.src_uri} fetches from another machine: {foreign[0]}"
        raise RuntimeError(message)
    return output
