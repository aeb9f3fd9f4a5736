"""The Makefile, the README and the CI script agree with each other."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PROMISED = {
    *("demo", "test", "test-long", "test-all", "check", "bench", "docs", "system-deps"),
    *("help", "clean", "sample", "reference", "requirements"),
}


def makefile() -> str:
    return (ROOT / "Makefile").read_text(encoding="utf-8")


def targets() -> set[str]:
    return set(re.findall(r"^([a-z][a-z-]*):(?!=)", makefile(), re.MULTILINE))


def make_commands(text: str) -> set[str]:
    # In running text "make" is also a verb; commands stand at the start of a line or of code.
    return set(re.findall(r"(?:^|`)make ([a-z][a-z-]*)", text, re.MULTILINE))


def setup_commands() -> list[str]:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    block = re.search(r"```sh\n(make demo.*?)```", readme, re.DOTALL)
    assert block, "the README has no block that begins with `make demo`"
    return [line.partition("#")[0].strip() for line in block[1].splitlines() if line.strip()]


def test_promised_targets_exist() -> None:
    assert targets() >= PROMISED


def test_every_target_has_a_help_line() -> None:
    described = set(re.findall(r"^([a-z][a-z-]*):.*?## \S", makefile(), re.MULTILINE))
    assert targets() - described == set()


def test_every_target_is_phony() -> None:
    found = re.search(r"^\.PHONY: (.*?)(?<!\\)\n", makefile(), re.MULTILINE | re.DOTALL)
    assert found
    assert set(found[1].replace("\\", " ").split()) == targets()


def test_help_lists_every_target() -> None:
    answer = subprocess.run(
        ["make", "--no-print-directory", "help"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    listed = {line.split()[0] for line in answer.stdout.splitlines() if line.startswith("  ")}
    assert listed == targets()


def test_commands_named_in_the_documents_exist() -> None:
    named: dict[str, set[str]] = {}
    for page in [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]:
        for command in make_commands(page.read_text(encoding="utf-8")):
            named.setdefault(command, set()).add(page.name)
    assert {command: pages for command, pages in named.items() if command not in targets()} == {}
    assert {"demo", "test", "check"} <= set(named)


def test_the_readme_sets_up_with_two_commands() -> None:
    assert setup_commands() == ["make demo", "make test"]


def test_ci_runs_the_commands_of_the_readme() -> None:
    script = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    steps = re.findall(r"^step \S+ (.+)$", script, re.MULTILINE)
    # `tests TARGET` is `make TARGET` with a look at what was skipped.
    commands = [re.sub(r"^tests ", "make ", step) for step in steps]
    first = commands.index("make demo")
    assert commands[first : first + 2] == setup_commands()


def test_ci_script_is_sound_bash() -> None:
    path = ROOT / ".ci" / "run"
    assert path.stat().st_mode & 0o111
    assert "set -euo pipefail" in path.read_text(encoding="utf-8")
    subprocess.run(["bash", "-n", str(path)], check=True)
