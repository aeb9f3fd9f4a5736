"""The ranking of hubs as one HTML file, of the same make as the dossier's."""

from __future__ import annotations

from typing import TYPE_CHECKING

from markupsafe import Markup

from throughflow.model.periods import Window
from throughflow.reference import countries
from throughflow.report import compared, headlines, words
from throughflow.report.figure import source_line
from throughflow.report.page import environment, policy, style, why_no_q

if TYPE_CHECKING:
    from throughflow.dossier.model import Ranking
    from throughflow.evidence.runs import Run


def hubs_text(ranking: Ranking, run: Run | None = None) -> str:
    """Return the ranking as one self-contained HTML page.

    Args:
        ranking: What it says.
        run: The recorded run it came from, for the replay id and the inputs.

    Returns:
        The page; the same ranking and run give the same bytes.
    """
    first, _, rest = ranking.title.partition(": ")
    source = source_line(ranking.sources)
    headline = headlines.ranking(ranking.rows)
    names = [countries.name(code) for code in ranking.not_in_data]
    return (
        environment()
        .get_template("hubs.html.j2")
        .render(
            r=ranking,
            run=run,
            title_first=first,
            title_rest=rest,
            headline=headline,
            lead=headlines.ranking_lead(ranking.rows, ranking.window_words),
            control=headlines.control(ranking.never_hubs),
            base_words=Window.parse(ranking.base).words(),
            absent=words.listed(names) if names else "",
            map=compared.on_map(ranking, 1, source),
            hubs=compared.hubs(
                ranking, 2, headline, headlines.beside(ranking.rows, ranking.target_name), source
            ),
            style=Markup(style()),  # noqa: S704 - the package's own file
            policy=policy(),
            unit=words.unit(ranking.currency),
            millions_range=words.millions_range,
            why_no_q=why_no_q,
        )
    )
