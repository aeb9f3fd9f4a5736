"""The say-do test of one state as one HTML file, of the same make as the dossier's."""

from __future__ import annotations

from typing import TYPE_CHECKING

from markupsafe import Markup

from throughflow.reference import saydo_rules
from throughflow.report import saydo_figure, words
from throughflow.report.page import environment, policy, style

if TYPE_CHECKING:
    from throughflow.dossier.saydo.model import SayDo
    from throughflow.evidence.runs import Run


def saydo_text(found: SayDo, run: Run | None = None) -> str:
    """Return the test as one self-contained HTML page.

    Args:
        found: What it says.
        run: The recorded run it came from, for the replay id and the inputs.

    Returns:
        The page; the same result and run give the same bytes.
    """
    return (
        environment()
        .get_template("saydo.html.j2")
        .render(
            s=found,
            run=run,
            headline=saydo_figure.headline(found),
            **saydo_figure.context(found),
            rules=saydo_rules.edition(found.rules),
            millions_range=words.millions_range,
            style=Markup(style()),  # noqa: S704 - the package's own file
            policy=policy(),
        )
    )
