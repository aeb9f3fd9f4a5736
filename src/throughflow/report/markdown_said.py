"""What was promised, whether it was kept, and by which road, as Markdown."""

from __future__ import annotations

from typing import TYPE_CHECKING

from throughflow.report import said, saydo_figure
from throughflow.report.marking import bullets, escaped, table

if TYPE_CHECKING:
    from collections.abc import Iterable

    from throughflow.dossier.model import Dossier


def promised(d: Dossier) -> Iterable[str]:
    """Write the timeline of statements, acts and votes."""
    yield f"**{escaped(said.headline(d))}.** {escaped(said.agreement(d))}".rstrip()
    rows = said.rows(d)
    if rows:
        yield table(
            ["When", "Who", "What", f"Towards {escaped(d.target_name)}", "Known from"],
            [
                (
                    row.when,
                    escaped(row.who),
                    escaped(row.what),
                    row.stands,
                    escaped(f"{row.source} ({row.how})"),
                )
                for row in rows
            ],
        )


def kept(d: Dossier) -> Iterable[str]:
    """Write what became of each statement, or why that cannot be told."""
    if d.saydo is None:
        yield f"What was promised cannot be held against trade: {escaped(d.saydo_reason)}."
        return
    yield f"**{escaped(saydo_figure.headline(d.saydo))}.** The words describe data, not intent."
    yield bullets(escaped(one.paragraph) for one in d.saydo.statements)


def roads(d: Dossier) -> Iterable[str]:
    """Write the shortest road, and the one that avoids the target."""
    yield f"**{escaped(said.roads_headline(d))}.** {escaped(said.roads_deck(d))}".rstrip()
