"""Write the hashed requirements files from pyproject.toml, without any registry address.

Four files, each resolved within what the ones before it pin, so that one environment can be
built up step by step without a version ever changing:

* ``requirements/runtime.txt``  what the package needs;
* ``requirements/dev.txt``      plus the groups ``test`` and ``lint``;
* ``requirements/docs.txt``     plus the group ``docs``;
* ``requirements/peers.txt``    plus the group ``peers``, without ``docs``.

pip-tools does not read dependency groups, so they are expanded here and handed over on standard
input. Releases younger than a week are left out: most broken or hostile ones are withdrawn by then.
"""

from __future__ import annotations

import argparse
import datetime as dt
import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
COOL_DOWN = dt.timedelta(days=7)
PLAN: dict[str, tuple[str, ...]] = {
    "runtime": (),
    "dev": ("test", "lint"),
    "docs": ("test", "lint", "docs"),
    "peers": ("test", "lint", "peers"),
}
ADDRESS = re.compile(r"https?://|file://|--(?:extra-)?index-url|--find-links|--trusted-host")


def group_requirements(pyproject: dict[str, Any], name: str) -> list[str]:
    """Expand one dependency group, following ``include-group``.

    Args:
        pyproject: The parsed pyproject.toml.
        name: Name of the group.

    Returns:
        Requirement strings in the order of the file.

    Raises:
        KeyError: There is no such group.
    """
    found: list[str] = []
    for entry in pyproject["dependency-groups"][name]:
        if isinstance(entry, str):
            found.append(entry)
        else:
            found.extend(group_requirements(pyproject, entry["include-group"]))
    return found


def wanted(pyproject: dict[str, Any], groups: tuple[str, ...]) -> list[str]:
    """List the direct requirements of the package and of some groups, without duplicates."""
    listed = list(pyproject["project"]["dependencies"])
    for group in groups:
        listed.extend(group_requirements(pyproject, group))
    return list(dict.fromkeys(listed))


def addresses(text: str) -> list[str]:
    """Return the lines of an export that name a registry, a folder or a machine path."""
    return [
        line
        for line in text.splitlines()
        if ADDRESS.search(line) or re.search(r"(?:^|\s)/\w+/", line)
    ]


def export(name: str, *, constraints: list[Path], upgrade: bool) -> Path:
    """Resolve one file of the plan with pip-tools and check what it wrote.

    Args:
        name: Key of `PLAN`.
        constraints: Exports whose versions must be kept.
        upgrade: Take the newest versions instead of keeping the pinned ones.

    Returns:
        Path of the written file.

    Raises:
        RuntimeError: The export holds an address or a path.
        subprocess.CalledProcessError: pip-tools could not resolve the requirements.
    """
    pyproject = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    target = ROOT / "requirements" / f"{name}.txt"
    target.parent.mkdir(exist_ok=True)
    newest = dt.datetime.now(tz=dt.UTC).date() - COOL_DOWN
    command = [
        *(sys.executable, "-m", "piptools", "compile", "--quiet", "--generate-hashes"),
        *("--no-emit-index-url", "--no-emit-find-links", "--no-emit-trusted-host"),
        *("--no-emit-options", "--allow-unsafe", "--strip-extras", "--annotation-style", "line"),
        f"--pip-args=--uploaded-prior-to={newest.isoformat()}",
        *("--output-file", str(target.relative_to(ROOT))),
    ]
    if upgrade:
        command.append("--upgrade")
    for constraint in constraints:
        command += ["--constraint", str(constraint.relative_to(ROOT))]
    subprocess.run(  # noqa: S603  the command is built from constants above
        [*command, "-"],
        input="\n".join(wanted(pyproject, PLAN[name])) + "\n",
        text=True,
        check=True,
        cwd=ROOT,
        env={**os.environ, "CUSTOM_COMPILE_COMMAND": "make requirements"},
    )
    leaks = addresses(target.read_text(encoding="utf-8"))
    if leaks:
        raise RuntimeError(f"{target.name} holds an address or a path: {leaks[0]!r}")
    return target


def main() -> None:
    """Write all files."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--upgrade", action="store_true", help="take the newest versions")
    options = parser.parse_args()
    written: list[Path] = []
    for name in PLAN:
        written.append(export(name, constraints=written, upgrade=options.upgrade))
        print(f"wrote {written[-1].relative_to(ROOT)}")


if __name__ == "__main__":
    main()
