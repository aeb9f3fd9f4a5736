"""The state's votes, acts and memberships, month by month, for its dossier."""

from __future__ import annotations

from typing import TYPE_CHECKING

from throughflow.errors import InputError, UsageError
from throughflow.model.periods import Window
from throughflow.reference import countries
from throughflow.statements import standing, vote_table

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from throughflow.dossier.sayings import Saying
    from throughflow.statements.standing import Standing


def of(heard: Sequence[Saying], hub: str, target: str, last: date) -> tuple[Standing | None, str]:
    """Set the components beside each other, from the first restrictions on.

    Args:
        heard: Statements, from `sayings.read`.
        hub: The state, ISO alpha-2.
        target: The sanctioned state.
        last: Last month asked about; the months reach at least so far.

    Returns:
        The stance, and the reason where there is none.
    """
    held = vote_table.hold()
    events = [one.event for one in heard]
    try:
        months = standing.default_window(held, hub, target=target, events=events)
        found = standing.of(
            held,
            hub,
            Window(months.first, max(months.last, last, months.first)),
            target=target,
            events=events,
            ids=[one.id for one in heard],
        )
    except (InputError, UsageError) as error:
        return None, error.what
    if not found.has_content:
        return None, f"no vote, statement, act or membership of {countries.name(hub)} is held"
    return found, ""
