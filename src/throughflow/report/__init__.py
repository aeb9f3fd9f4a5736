"""Writing findings: a dossier as a page, as Markdown or as a summary, a ranking as a page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from throughflow.report.files import write_text
from throughflow.report.hubs_page import hubs_text
from throughflow.report.markdown_page import markdown
from throughflow.report.page import html_text
from throughflow.report.terminal import summary

if TYPE_CHECKING:
    import os
    from pathlib import Path

    from throughflow.dossier.model import Dossier, Ranking
    from throughflow.evidence.runs import Run

__all__ = ["html", "html_text", "hubs_html", "hubs_text", "markdown", "summary", "write_text"]


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


def hubs_html(ranking: Ranking, path: str | os.PathLike[str], *, run: Run | None = None) -> Path:
    """Write a ranking of hubs as one self-contained HTML file, as `html` writes a dossier.

    Args:
        ranking: What it says.
        path: Where to write; missing folders are made.
        run: The recorded run it came from, for the replay id and the inputs.

    Returns:
        The path.

    Raises:
        InputError: The path cannot be written to.
    """
    return write_text(path, hubs_text(ranking, run))
