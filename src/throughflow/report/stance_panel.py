"""The panel on a state's stance: its figure, its table and its words."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from throughflow.model.periods import Window
from throughflow.report import words
from throughflow.report.charts import stance as chart
from throughflow.report.figure import Figure, both
from throughflow.report.tables import Column, Table
from throughflow.statements import standing
from throughflow.statements.agreement import HALF, OPPOSITE, SAME

if TYPE_CHECKING:
    from collections.abc import Sequence

    from throughflow.statements.stance import Act, Stance, Tie
    from throughflow.statements.standing import Standing

NAMES = {
    "EAEU": "the Eurasian Economic Union",
    "customs-union": "the customs union",
    "CSTO": "the Collective Security Treaty Organization",
    "CIS": "the Commonwealth of Independent States",
    "coalition": "the coalition of states that restrict exports",
}
DECK = (
    "Side by side, never added up. A dot is a vote: as {target}, half (one of the two abstained) "
    f"or opposite; the line is the share over all roll calls to date, in its 90{words.THIN}% "
    "interval. A mark is a month with an act, with its number where there are several. A bar is a "
    "membership, hollow where {target} is no member."
)
SOURCE = (
    "Sources: votes of the General Assembly as each basis says, the ledger of statements, the "
    "treaties of each group; throughflow."
)


def figure(found: Standing | None) -> Figure | None:
    """Return the panel; None where there is nothing to show."""
    if found is None:
        return None
    title = f"{found.name}: votes, acts and memberships by month"
    wide, narrow = both(
        lambda frame, name: chart.draw(found, frame, name, title, description(found)),
        chart.WIDE,
        chart.NARROW,
        "stance",
    )
    return Figure(
        "stance", 0, headline(found), deck(found), wide, narrow, table(found), SOURCE
    )  # fmt: skip


def deck(found: Standing) -> str:
    """Say how to read the panel, and what it does not draw."""
    return f"{DECK.format(target=found.target_name)} {more(found)}".rstrip()


def more(found: Standing) -> str:
    """Say how many acts fall into no month whole; empty for none."""
    counted = sum(len(one.acts.in_month) for one in found.months if one.acts)
    rest = len(found.acts) - counted
    if not rest:
        return ""
    acts = words.count(rest, "more act is", "more acts are")
    return f"{acts} dated to no single month: listed, not counted."


def headline(found: Standing) -> str:
    """Count votes, acts and memberships, in one line and without a sum."""
    told = [part for part in (_votes(found), _acts(found), _ties(found)) if part]
    return f"{found.name}, {Window.parse(found.window).words()}: {'; '.join(told)}"


def description(found: Standing) -> str:
    """Tell in words what the figure shows."""
    last = found.months[-1].votes
    votes = [
        chart.vote_words(line, found.target_name)
        for one in found.months
        if one.votes
        for line in one.votes.in_month
    ]
    told = [f"Votes: {'; '.join(votes[-12:])}." if votes else "No vote falls into these months."]
    if len(votes) > 12:
        told.append(f"{words.exact(len(votes) - 12)} earlier votes are in the table.")
    if last is not None and last.agreement.score is not None:
        told.append(f"Agreement to date {agreement(found.months[-1])}.")
    acts = [
        f"{words.month_short(one.month)} {kinds(one.acts.in_month)}"
        for one in found.months
        if one.acts and one.acts.in_month
    ]
    told.append(f"Acts: {'; '.join(acts)}." if acts else "No act falls into these months.")
    ties = [chart.tie_words(tie) for tie in standing.ties(found.months)]
    told.append(f"Member of: {'; '.join(ties)}." if ties else "Member of none of the groups held.")
    return " ".join(told)


def agreement(one: Stance) -> str:
    """Write the agreement to date with its interval and the number of roll calls."""
    told = one.votes.agreement if one.votes else None
    if told is None or told.score is None or told.low is None or told.high is None:
        return "cannot tell"
    calls = words.count(told.rollcalls, "roll call", "roll calls")
    return f"{told.score:.2f} ({told.low:.2f} to {told.high:.2f}), {calls}"


def kinds(acts: Sequence[Act]) -> str:
    """Name acts by kind, with their number where there are several."""
    counted = Counter(act.words for act in acts)
    return ", ".join(
        f"{kind} ({number} times)" if number > 1 else kind for kind, number in counted.items()
    )


def votes(one: Stance) -> str:
    """Name the votes of a month."""
    if one.votes is None:
        return ""
    return ", ".join(
        f"{(line.resolution or line.key).removeprefix('A/RES/')} {line.words}"
        + ("" if line.is_verified else " (unverified)")
        for line in one.votes.in_month
    )


def by_side(one: Stance) -> tuple[int | None, int | None, int | None]:
    """Count the acts of a month against the target, neutral, and in its favour."""
    if one.acts is None:
        return None, None, None
    counted = Counter(act.polarity for act in one.acts.in_month)
    return counted[-1], counted[0], counted[1]


def eventful(found: Standing) -> list[Stance]:
    """Return the months with a vote or an act, and the last one."""
    return [
        one
        for one in found.months
        if (one.votes and one.votes.in_month)
        or (one.acts and one.acts.in_month)
        or one is found.months[-1]
    ]


def memberships(found: Standing) -> list[str]:
    """Say each membership with its days and whether the target is a member too."""
    return [_membership(tie, found) for tie in standing.ties(found.months)]


def table(found: Standing) -> Table:
    """Return every month with its components."""
    return Table(
        "stance",
        f"{found.name}: votes, acts and memberships by month",
        (
            Column("month", "Month"),
            Column("votes", "Votes"),
            Column("agreement", "Agreement to date", "ratio"),
            Column("low_90", "90 % low", "ratio"),
            Column("high_90", "90 % high", "ratio"),
            Column("rollcalls", "Roll calls", "count"),
            Column("against", "Acts against", "count"),
            Column("neutral", "Neutral", "count"),
            Column("in_favour", "In favour", "count"),
            Column("acts", "Acts"),
            Column("not_counted", "Reach beyond the month", "count"),
            Column("groups", "Member with the target"),
            Column("coalition", "In the coalition"),
            Column("why", "Cannot tell"),
        ),
        tuple(_row(one) for one in found.months),
    )


def _row(one: Stance) -> tuple[str | float | None, ...]:
    told = one.votes.agreement if one.votes else None
    shared = [tie.group for tie in one.ties if tie.is_member and tie.target_is_member]
    alone = any(tie.group == "coalition" and tie.is_member for tie in one.ties)
    return (
        f"{one.month:%Y-%m}",
        votes(one),
        *(
            (told.score, told.low, told.high, told.rollcalls)
            if told is not None
            else (None, None, None, None)
        ),
        *by_side(one),
        kinds(one.acts.in_month) if one.acts else "",
        len(one.acts.maybe_in_month) if one.acts else None,
        "|".join(shared),
        "yes" if alone else "no",
        "; ".join(reason for reason in (one.votes_reason, one.acts_reason) if reason),
    )


def _votes(found: Standing) -> str:
    lines = [line for one in found.months if one.votes for line in one.votes.in_month]
    if not lines:
        return "no vote held in these months"
    counted = Counter(line.relation for line in lines)
    relations = {
        SAME: f"as {found.target_name}", HALF: "half", OPPOSITE: "opposite",
        None: "where one of them did not vote",
    }  # fmt: skip
    parts = [f"{counted[key]} {text}" for key, text in relations.items() if counted[key]]
    return f"{words.count(len(lines), 'vote', 'votes')} ({', '.join(parts)})"


def _acts(found: Standing) -> str:
    acts = [act for one in found.months if one.acts for act in one.acts.in_month]
    if not acts:
        return "no act in the ledger"
    counted = Counter(act.polarity for act in acts)
    against = f"against {found.target_name}" if found.is_side_of_target else "against"
    sides = {-1: against, 0: "neutral", 1: "in favour", None: "of no side given"}
    parts = [f"{counted[key]} {text}" for key, text in sides.items() if counted[key]]
    return f"{words.count(len(acts), 'act', 'acts')} ({', '.join(parts)})"


def _ties(found: Standing) -> str:
    shared = [t for t in found.months[-1].ties if t.is_member and t.target_is_member]
    if not shared:
        return f"in no group with {found.target_name}"
    return f"in {words.count(len(shared), 'group', 'groups')} with {found.target_name}"


def _membership(tie: Tie, found: Standing) -> str:
    until = f" to {words.day(tie.until)}" if tie.until else ""
    beside = found.target_name if tie.target_is_member else f"{found.target_name} not"
    member = "a member too" if tie.target_is_member else "a member"
    return f"{NAMES[tie.group]}, since {words.day(tie.since)}{until}; {beside} {member}"
