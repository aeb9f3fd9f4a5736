"""A date as a text names it: the days it can mean, how finely, and on what grounds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from throughflow.model.statements import DateInterval

if TYPE_CHECKING:
    from datetime import date

    from throughflow.model.statements import Span


@dataclass(frozen=True, slots=True)
class DateMention:
    """One naming of a date.

    Attributes:
        span: The words, with what bears on their meaning ("since March", "na początku kwietnia").
        start: First day that is named.
        end: Last day that is named, `start` or later.
        grain: ``day``, ``week``, ``month``, ``quarter``, ``year`` or ``range``.
        basis: How the year and the day were found: ``written`` (all of it stands there),
            ``nearest`` (a part was missing and taken as near to the reference), ``counted`` (from
            the reference: "three days ago"; the text may mean it loosely) or ``vague`` ("a few
            weeks ago").
        relation: Where what happened lies: ``in`` the interval, or ``since``, ``until``,
            ``before`` or ``after`` it.
    """

    span: Span
    start: date
    end: date
    grain: str
    basis: str
    relation: str = "in"

    def interval(self) -> DateInterval:
        """When something happened that the text dates by this mention.

        An end that the text leaves open is None: "since March" has no last day. ``until`` holds
        the last day that is named, ``before`` and ``after`` leave the named days out.
        """
        start: date | None = self.start
        end: date | None = self.end
        if self.relation == "since":
            end = None
        elif self.relation == "until":
            start = None
        elif self.relation == "before":
            start, end = None, _neighbour(self.start, -1)
        elif self.relation == "after":
            start, end = _neighbour(self.end, 1), None
        precision = "day" if start is not None and start == end else "range"
        return DateInterval(start, end, precision, self.span.text, "text")


def _neighbour(day: date, step: int) -> date:
    """Give the day before or after; the calendar's own first and last day stay where they are."""
    ordinal = day.toordinal() + step
    return day.fromordinal(min(max(ordinal, 1), type(day).max.toordinal()))
