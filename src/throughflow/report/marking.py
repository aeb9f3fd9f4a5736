"""Markdown's parts: words that stay words, bullets, tables."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from throughflow.report import words

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_SPECIAL = re.compile(r"([\\`*_{}\[\]<>|#~])")


def escaped(text: str) -> str:
    """Write untrusted words so that Markdown takes none of them for markup."""
    return _SPECIAL.sub(r"\\\1", words.clean(text))


def bullets(items: Iterable[str]) -> str:
    """Write a list."""
    return "\n".join(f"- {item}" for item in items)


def table(head: Sequence[str], rows: Iterable[Sequence[str]], text_columns: int = 1) -> str:
    """Write a table, its first columns set to the left; empty without rows."""
    lines = ["| " + " | ".join(head) + " |"]
    align = ["---"] * text_columns + ["---:"] * (len(head) - text_columns)
    lines.append("| " + " | ".join(align) + " |")
    lines += ["| " + " | ".join(row) + " |" for row in rows]
    return "\n".join(lines) if len(lines) > 2 else ""
