"""What readers get: HTML pages, Markdown and a few lines for a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from throughflow.report.files import write_text
from throughflow.report.hubs_page import hubs_text
from throughflow.report.markdown_page import markdown
from throughflow.report.page import html_text
from throughflow.report.route_page import route_text
from throughflow.report.saydo_page import saydo_text
from throughflow.report.terminal import summary

if TYPE_CHECKING:
    import os
    from pathlib import Path

    from throughflow.dossier.model import Dossier, Ranking
    from throughflow.dossier.saydo.model import SayDo
    from throughflow.evidence.runs import Run
    from throughflow.routes.result import RouteFinding

__all__ = [
    "html",
    "html_text",
    "hubs_html",
    "hubs_text",
    "markdown",
    "route_html",
    "route_text",
    "saydo_html",
    "saydo_text",
    "summary",
    "write_text",
]


def html(dossier: Dossier, path: str | os.PathLike[str], *, run: Run | None = None) -> Path:
    """Write a dossier as one self-contained HTML file.

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

    Raises:
        InputError: The path cannot be written to.
    """
    return write_text(path, hubs_text(ranking, run))


def route_html(
    found: RouteFinding, path: str | os.PathLike[str], *, run: Run | None = None
) -> Path:
    """Write the answer about a road as one self-contained HTML file, with a map.

    Raises:
        InputError: The path cannot be written to.
    """
    return write_text(path, route_text(found, run))


def saydo_html(found: SayDo, path: str | os.PathLike[str], *, run: Run | None = None) -> Path:
    """Write a say-do test as one self-contained HTML file, as `html` writes a dossier.

    Raises:
        InputError: The path cannot be written to.
    """
    return write_text(path, saydo_text(found, run))
