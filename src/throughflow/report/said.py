"""What was said and done, as a timeline; and whether the word was kept, in words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from throughflow.reference import countries
from throughflow.report import saydo_figure, words
from throughflow.report.charts import said_lane
from throughflow.report.charts.said_lane import Said
from throughflow.report.tables import Column, Table

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date

    from throughflow.dossier.model import Dossier
    from throughflow.dossier.said import SaidLine
    from throughflow.statements.agreement import Agreement

STANDS = {-1: "against", 0: "neither", 1: "in favour"}
# What trade can test, and what a label calls it.
CLAIMS = {
    "pledge_no_circumvention": "pledge",
    "denial": "denial",
    "restriction": "restriction",
}


@dataclass(frozen=True, slots=True)
class TimelineRow:
    """One line of the timeline, ready to be set.

    Attributes:
        when: Day or days.
        basis: What the date rests on, where it is not the text.
        who: Who said or did it.
        what: What, and to whom.
        quote: Its words; empty for none.
        stands: Whether it is against the target, in favour, or neither.
        source: Who publishes it, and how many others.
        url: Where; empty for none, or for an address that is no web page.
        how: How it is known, with who relayed it.
        is_own: Whether the state itself said or did it.
        is_verified: Whether a publication stands behind it.
    """

    when: str
    basis: str
    who: str
    what: str
    quote: str
    stands: str
    source: str
    url: str
    how: str
    is_own: bool
    is_verified: bool


def rows(d: Dossier) -> list[TimelineRow]:
    """Return the timeline."""
    return [_row(line) for line in d.said.lines]


def _row(line: SaidLine) -> TimelineRow:
    to_whom = f" (to {line.to_whom})" if line.to_whom else ""
    more = len(line.publishers) - 1
    url = line.urls[0] if line.urls else ""
    how = line.certainty + (f" by {line.relayed_by}" if line.relayed_by else "")
    return TimelineRow(
        when=when(line.start, line.end),
        basis="" if line.date_basis in {"text", "record of the vote"} else line.date_basis,
        who=line.who,
        what=f"{line.words}{to_whom}",
        quote=line.quote,
        stands=STANDS.get(line.polarity, "–") if line.polarity is not None else "–",
        source=(line.publishers[0] if line.publishers else "")
        + (f" and {more} more" if more > 0 else ""),
        url=url if url.startswith(("https://", "http://")) else "",
        how=how if line.is_verified else f"{how}, unverified",
        is_own=line.is_own,
        is_verified=line.is_verified,
    )


def when(start: date | None, end: date | None) -> str:
    """Write a day or an interval of days."""
    if start is None and end is None:
        return "date not known"
    if start is None or end is None:
        return f"from {words.day(start)}" if start else f"until {words.day(end)}"
    if start == end:
        return words.day(start)
    return f"{words.day(start)} to {words.day(end)}"


def headline(d: Dossier) -> str:
    """Say how much was said, in one line."""
    own = d.said.own
    if not d.said.lines:
        return f"Nothing that {d.hub_name} said or did is in the ledger"
    pledges = sum(line.kind == "pledge_no_circumvention" for line in own)
    votes = sum(line.kind == "vote" for line in own)
    told = [words.count(len(own), "statement, act or vote", "statements, acts and votes")]
    if pledges:
        told.append(words.count(pledges, "pledge", "pledges") + " not to help circumvent sanctions")
    if votes:
        told.append(words.count(votes, "vote", "votes") + " in the General Assembly")
    return f"{d.hub_name}: {told[0]}" + (
        f", among them {words.listed(told[1:])}" if told[1:] else ""
    )


def agreement(d: Dossier) -> str:
    """Say how often the state voted like the target; empty where no votes are held."""
    periods = [one for one in d.said.agreement if one.score is not None]
    if not periods:
        return ""
    return (
        f"Votes like {d.target_name}’s count 1, an abstention beside a yes or no ½: "
        f"{'; '.join(_period(one) for one in periods)}."
    )


def _period(one: Agreement) -> str:
    ends = ""
    if one.low is not None and one.high is not None:
        ends = f" (90 % interval {one.low:.2f} to {one.high:.2f})"
    return f"{one.period} {one.score:.2f}{ends} over {words.count(one.rollcalls, 'vote', 'votes')}"


def table(d: Dossier) -> Table:
    """Return every line with every source."""
    return Table(
        "said",
        f"What {d.hub_name} said and did, and what was said to it",
        (
            Column("start", "From"),
            Column("end", "To"),
            Column("date_basis", "Date rests on"),
            Column("who", "Who"),
            Column("what", "What"),
            Column("to_whom", "To whom"),
            Column("certainty", "Known as"),
            Column("relayed_by", "Relayed by"),
            Column("polarity", "Towards the target", "count"),
            Column("quote", "Words"),
            Column("publishers", "Published by"),
            Column("urls", "Where"),
            Column("check", "Checked"),
            Column("id", "Id"),
        ),
        tuple(
            (
                str(line.start or ""), str(line.end or ""), line.date_basis, line.who, line.words,
                line.to_whom, line.certainty, line.relayed_by,
                None if line.polarity is None else float(line.polarity), line.quote,
                "|".join(line.publishers), "|".join(line.urls), line.check, line.id,
            )
            for line in d.said.lines
        ),
    )  # fmt: skip


def marks(d: Dossier) -> list[Said]:
    """Return what the state itself said and did on a known day, for the lane below an axis."""
    return [
        Said(line.start, _shape(line.kind), CLAIMS.get(line.kind, line.kind), _told(line))
        for line in d.said.own
        if line.start is not None
    ]


def marks_words(d: Dossier, months: Sequence[date]) -> str:
    """Say how to read the lane of marks; empty where there is none."""
    if not said_lane.inside(marks(d), months):
        return ""
    return (
        "Below the axis, what the state said and did: a diamond is a pledge, denial or "
        "restriction, a dot another act, a tick a vote."
    )


def marks_description(d: Dossier, months: Sequence[date]) -> str:
    """Tell the lane of marks in words; empty where there is none."""
    shown = said_lane.inside(marks(d), months)
    if not shown:
        return ""
    return f"Marks below the axis: {'; '.join(one.words for one in shown)}. "


def _shape(kind: str) -> str:
    if kind in CLAIMS:
        return said_lane.CLAIM
    return said_lane.VOTE if kind == "vote" else said_lane.ACT


def _told(line: SaidLine) -> str:
    unsure = "" if line.is_verified else " (unverified)"
    return words.clean(f"{when(line.start, line.end)}: {line.words}{unsure}")


def roads_headline(d: Dossier) -> str:
    """Say by which road goods can come, in one line."""
    roads = d.roads
    if roads is None:
        return f"By which road goods reach {d.hub_name} cannot be told: {d.roads_reason}"
    best, around = roads.finding.best, roads.finding.asked
    origin = countries.name(roads.origin)
    avoided = words.listed([countries.name(code) for code in roads.around])
    if best is None:
        return f"No road from {origin} to {d.hub_name} is in the table"
    if around is None:
        return f"No road from {origin} to {d.hub_name} avoids {avoided}"
    if around.territories == best.territories:
        return f"The shortest road from {origin} to {d.hub_name} does not cross {avoided}"
    return (
        f"From {origin} to {d.hub_name}, the road that avoids {avoided} is "
        f"{words.number(roads.detour)} times as long as the shortest"
    )


def roads_deck(d: Dossier) -> str:
    """Say which states lie on each road, and whether there is one by land alone."""
    roads = d.roads
    if roads is None:
        return ""
    told = []
    names = {"The shortest": roads.finding.best, "The one around": roads.finding.asked}
    for name, road in names.items():
        if road is not None:
            through = " – ".join(countries.name(code[:2]) for code in road.territories)
            told.append(
                f"{name}: {words.exact(road.km)} km, of it {words.exact(road.sea_km)} by sea "
                f"({through})."
            )
    avoided = words.listed([countries.name(code) for code in roads.around], "or")
    if roads.by_land is None:
        told.append(f"No road by land alone avoids {avoided}.")
    else:
        inner = [
            countries.name(code[:2])
            for code in roads.by_land.territories
            if code[:2] not in {roads.origin, d.hub}
        ]
        told.append(
            f"By land alone it is {words.exact(roads.by_land.km)} km, through "
            f"{words.listed(inner)}."
        )
    told.append("No consignment’s own road is in the data.")
    return " ".join(told)


def summary(d: Dossier) -> Iterable[str]:
    """Return lines for a terminal: one on what was said, one on the roads."""
    if d.said.lines:
        yield f"{headline(d)}."
    if d.saydo is not None:
        yield f"Was it kept? {saydo_figure.headline(d.saydo)}."
    if d.roads is not None:
        yield f"{words.clean(roads_headline(d))}."
