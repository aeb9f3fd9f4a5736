"""What the expectation is compared with, in words and as rows: its donors, and each left out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from throughflow.report import words
from throughflow.report.figure import Figure
from throughflow.report.tables import Column, Table

if TYPE_CHECKING:
    from throughflow.dossier.model import Dossier
    from throughflow.trade.without_donors import Donors

# More names than these in a sentence nobody reads; the CSV holds them all.
NAMED = 12


@dataclass(frozen=True, slots=True)
class Line:
    """One donor that was left out, ready to be set."""

    name: str
    weight: str
    expected: str
    excess: str
    moved: str


def figure(d: Dossier) -> Figure | None:
    """Return the table of donors with its finding; None where there are none."""
    if d.donors is None:
        return None
    return Figure(
        "donors", 0, headline(d, d.donors), deck(d, d.donors), None, None, table(d, d.donors), ""
    )


def untold(d: Dossier) -> str:
    """Say why nothing is compared with; empty where something is."""
    if d.donors is not None:
        return ""
    return (
        "Other destinations of the same goods, and the excess without each of them: cannot tell, "
        f"{words.clean(d.donors_reason)}."
    )


def headline(d: Dossier, found: Donors) -> str:
    """Return whether the excess hangs on one donor."""
    least = min(found.donors, key=lambda one: found.excess if one.excess is None else one.excess)
    if found.excess > 0 and found.excess_least <= 0:
        return f"Without {least.name} no excess is left: the finding hangs on one destination"
    # Of those that were not left out nothing is claimed.
    count = len(found.donors)
    who = (
        f"of the {found.left_out} weightiest destinations"
        if found.left_out < count
        else "destination"
    )
    ends = [words.amount(end, d.currency) for end in (found.excess_least, found.excess_most)]
    span = f"still {ends[0]}" if ends[0] == ends[1] else f"between {ends[0]} and {ends[1]}"
    return f"Without any one {who} it is compared with, the excess is {span}"


def deck(d: Dossier, found: Donors) -> str:
    """Return who is compared with, which of them were left out, and what to set it against."""
    count = len(found.donors)
    compared = (
        f"{words.exact(count)} destinations that no restriction touches tell how the same goods "
        f"fared elsewhere. With all of them the excess is {words.amount(found.excess, d.currency)}."
    )
    parts = [compared]
    if found.left_out < count:
        parts.append(
            f"The {found.left_out} of the largest weight were left out in turn, since each costs a "
            "fit."
        )
    total = d.total
    if total.excess_low is not None and total.excess_high is not None:
        parts.append(
            "For scale, the headline’s interval is "
            f"{words.amount_range(total.excess_low, total.excess_high, d.currency)}."
        )
    lost = max(one.undetermined or 0.0 for one in found.donors)
    if lost > 0:
        parts.append(
            f"Up to {words.amount(lost, d.currency)} of the expectation hang on one destination "
            "alone and were kept as they were."
        )
    return " ".join(parts)


def command(d: Dossier) -> str:
    """Return the command that leaves out every donor."""
    return f"throughflow donors {d.hub}{d.command.partition(f' dossier {d.hub}')[2]}"


def lines(d: Dossier) -> list[Line]:
    """Return the donors that were left out, ready to be set."""
    found = d.donors
    if found is None:
        return []
    return [
        Line(
            name=one.name,
            weight=words.percent(one.weight),
            expected=words.millions(one.expected, 2),
            excess=words.millions(one.excess, 2),
            moved=words.signed_millions(one.excess - found.excess, 2),
        )
        for one in found.donors
        if one.excess is not None
    ]


def others(d: Dossier) -> str:
    """Name the donors that were not left out; empty where there are none."""
    rest = [one for one in (d.donors.donors if d.donors else ()) if one.excess is None]
    if not rest:
        return ""
    named = [f"{one.name} {words.percent(one.weight)}" for one in rest[:NAMED]]
    if len(rest) > NAMED:
        named.append(f"{len(rest) - NAMED} more")
    return f"Not left out, by weight: {words.listed(named)}. To leave out each:"


def table(d: Dossier, found: Donors) -> Table:
    """Return every donor."""
    return Table(
        "donors",
        f"Destinations the expectation is compared with, {d.hub_name}, {d.window_words}, "
        f"{d.currency}",
        (
            Column("donor", "Code"),
            Column("name", "Destination"),
            Column("weight", "Weight", "share"),
            Column("share", "Share of what all of them bought", "share"),
            Column("expected", "Expected without it", "money"),
            Column("excess", "Excess without it", "money"),
            Column("undetermined", "Kept as it was", "money"),
        ),
        tuple(
            (one.donor, one.name, one.weight, one.share, one.expected, one.excess,
             one.undetermined)
            for one in found.donors
        ),
    )  # fmt: skip
