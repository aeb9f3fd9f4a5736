"""What was promised, whether it was kept, and by which road, as Markdown."""

from __future__ import annotations

from typing import TYPE_CHECKING

from throughflow.report import said, saydo_figure, stance_panel, words
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


def stance(d: Dossier) -> Iterable[str]:
    """Write the months with a vote or an act, and the memberships; nothing where none is held."""
    found = d.stance
    if found is None:
        return
    headline = f"**{escaped(stance_panel.headline(found))}.**"
    yield f"{headline} {escaped(stance_panel.more(found))}".rstrip()
    yield table(
        ["Month", "Votes", "Agreement to date", "Acts", "Against", "Neutral", "In favour"],
        [
            (
                words.month(one.month),
                escaped(stance_panel.votes(one)),
                escaped(stance_panel.agreement(one)),
                escaped(stance_panel.kinds(one.acts.in_month)) if one.acts else "",
                *(words.exact(count) for count in stance_panel.by_side(one)),
            )
            for one in stance_panel.eventful(found)
        ],
        text_columns=4,
    )
    yield bullets(escaped(f"Member of {told}") for told in stance_panel.memberships(found))
    yield escaped(". ".join(found.limits) + ".")


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
