"""Writing a dossier: as one HTML page, as Markdown, as a summary for the terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from throughflow.report.files import write_text
from throughflow.report.markdown_page import markdown
from throughflow.report.page import html_text
from throughflow.report.terminal import summary

if TYPE_CHECKING:
    import os
    from pathlib import Path

    from throughflow.dossier.model import Dossier
    from throughflow.evidence.runs import Run

__all__ = ["html", "html_text", "markdown", "summary", "write_text"]


def html(dossier: Dossier, path: str | os.PathLike[str], *, run: Run | None = None) -> Path:
    """Write the dossier as one self-contained HTML file.

    The file appears whole or not at all; a page that is already there is replaced.

    Args:
        dossier: What it says.
        path: Where to write; missing folders are made.
        run: The recorded run it came from, for the replay id and the inputs.

    Returns:
        The path.

    Raises:
        InputError: The path cannot be written to.
    """
    return write_text(path, html_text(dossier, run))
