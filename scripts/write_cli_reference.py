"""Write docs/reference/cli.md from the program's own help, so that it cannot go stale.

``--check`` writes nothing and exits with 1 when the page differs from what it would write.
"""

from __future__ import annotations

import argparse
import importlib
import sys
from pathlib import Path

import click

PAGE = Path(__file__).resolve().parents[1] / "docs" / "reference" / "cli.md"
WIDTH = 88
HEAD = """\
# Command line

Written by `make cli-reference` from `throughflow --help`; edit the help, not this page.

Every verb takes `--json`, which prints the same objects as the Python API; `throughflow schema
VERB` prints their JSON Schema. Countries are accepted as ISO alpha-2, alpha-3 or names, and always
given back as alpha-2. Months are `YYYY-MM`; a window is `FIRST:LAST`, both ends included.

The warehouse is `--warehouse DIR`, else the variable `THROUGHFLOW_WAREHOUSE`, else
`./throughflow-data`, else the embedded sample. Every result names the one it used.

| exit code | meaning |
|---|---|
| 0 | it ran |
| 1 | a replay that differs |
| 2 | usage, or a missing extra |
| 3 | bad input or data; good files of the same call are still loaded |
| 4 | a publisher cannot be reached |
| 5 | the model or the engine failed |
"""


def program() -> click.Group:
    """Return the program's top group.

    Raises:
        ImportError: The package has no command line.
    """
    group: click.Group = importlib.import_module("throughflow.cli.main").cli
    return group


def _section(command: click.Command, info: str, parent: click.Context) -> list[str]:
    context = click.Context(command, info_name=info, parent=parent, max_content_width=WIDTH)
    context.terminal_width = WIDTH
    level = "#" * (context.command_path.count(" ") + 1)
    lines = [f"{level} {context.command_path}", "", "```text", context.get_help(), "```", ""]
    if isinstance(command, click.Group):
        for name in command.list_commands(context):
            child = command.get_command(context, name)
            if child is not None and not child.hidden:
                lines += _section(child, name, context)
    return lines


def page(group: click.Group) -> str:
    """Write the whole page: conventions, then the help of every verb.

    Args:
        group: The program's top group.

    Returns:
        Markdown, ending in a newline.
    """
    # The names that the program itself sets; verbs take them over from it.
    names = group.context_settings["help_option_names"]
    top = click.Context(
        group, info_name="throughflow", max_content_width=WIDTH, help_option_names=names
    )
    top.terminal_width = WIDTH
    lines = [HEAD]
    for name in group.list_commands(top):
        command = group.get_command(top, name)
        if command is not None and not command.hidden:
            lines += _section(command, name, top)
    return "\n".join(lines).rstrip() + "\n"


def main() -> int:
    """Write or check the page and return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--check", action="store_true", help="write nothing; fail if it differs")
    options = parser.parse_args()
    text = page(program())
    if options.check:
        if not PAGE.exists() or PAGE.read_text(encoding="utf-8") != text:
            print(f"{PAGE.name} is out of date; run: make cli-reference", file=sys.stderr)
            return 1
        return 0
    PAGE.parent.mkdir(parents=True, exist_ok=True)
    PAGE.write_text(text, encoding="utf-8")
    print(f"wrote docs/reference/{PAGE.name}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
