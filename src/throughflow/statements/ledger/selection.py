"""Which statements are asked for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pyarrow.compute as pc

if TYPE_CHECKING:
    from datetime import date

    import pyarrow as pa


@dataclass(frozen=True, slots=True)
class Selection:
    """A question to a ledger; what is left empty does not narrow it.

    Attributes:
        country: Alpha-2 code of who said or did it.
        target: Alpha-2 code of to whom.
        kinds: Kinds.
        since: First day; what may have happened on it or later is found.
        until: Last day; what may have happened on it or before is found.
        pledges_only: Only what commits the actor's own conduct.
        statuses: ``accepted``, ``candidate``, ``rejected``.
    """

    country: str = ""
    target: str = ""
    kinds: tuple[str, ...] = ()
    since: date | None = None
    until: date | None = None
    pledges_only: bool = False
    statuses: tuple[str, ...] = ()

    def of(self, rows: pa.Table) -> pa.Table:
        """Return the rows of an index that are asked for, in their order."""
        masks = []
        for column, code in (("actors", self.country), ("targets", self.target)):
            if code:
                masks.append(pc.match_substring(rows[column], f"|{code}|"))
        for column, allowed in (("kind", self.kinds), ("status", self.statuses)):
            if allowed:
                masks.append(_any_of(rows[column], allowed))
        if self.since:
            masks.append(pc.fill_null(pc.greater_equal(rows["end"], self.since), fill_value=True))
        if self.until:
            masks.append(pc.fill_null(pc.less_equal(rows["start"], self.until), fill_value=True))
        if self.pledges_only:
            masks.append(rows["is_pledge"])
        for mask in masks[1:]:
            masks[0] = pc.and_(masks[0], mask)
        return rows.filter(masks[0]) if masks else rows


def _any_of(column: pa.ChunkedArray, allowed: tuple[str, ...]) -> pa.ChunkedArray:
    mask = pc.equal(column, allowed[0])
    for value in allowed[1:]:
        mask = pc.or_(mask, pc.equal(column, value))
    return mask
