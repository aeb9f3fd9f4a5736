"""From the words of a date to its days: one rule for each pattern of `grammar`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from throughflow.statements.dates import days, longer

if TYPE_CHECKING:
    from throughflow.statements.dates.reading import Resolved, Words

_RULES = days.RULES | longer.RULES


def resolve(name: str, words: Words) -> Resolved | None:
    """Find the days of a date.

    Args:
        name: Pattern of `grammar` that fits.
        words: The words.

    Returns:
        Its days; None where there are none (31 February) or the words name no date after all.
    """
    try:
        return _RULES[name](words)
    except (ValueError, OverflowError):
        return None
