"""``throughflow stance``: where a state stands towards the target, month by month."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import click

from throughflow.cli import options, printing
from throughflow.model.periods import Window, parse_month

if TYPE_CHECKING:
    from pathlib import Path

    from throughflow.dossier.sayings import Saying
    from throughflow.evidence.runs import Run
    from throughflow.statements.stance import Stance, Tie, VotesToDate
    from throughflow.statements.standing import Standing
    from throughflow.statements.vote_table import HeldVotes

COLUMNS = (
    "country", "target", "month", "votes", "unverified", "agreement", "agreement_low",
    "agreement_high", "rollcalls", "votes_note", "votes_reason", "acts", "against", "neutral",
    "in_favour", "maybe", "act_ids", "acts_to_date", "against_to_date", "neutral_to_date",
    "in_favour_to_date", "acts_reason", "alliances", "customs_union_with_target", "coalition",
    "borders_target", "borders_reason", "role", "role_reason", "diplomacy", "diplomacy_reason",
)  # fmt: skip
SIDES = {"against": -1, "neutral": 0, "in_favour": 1}
CUSTOMS_UNION, COALITION = "customs-union", "coalition"


class Month(click.ParamType[date]):
    """A month, written YYYY-MM."""

    name = "YYYY-MM"

    def convert(self, value: Any, param: Any, _ctx: Any) -> date:
        """Read the month; a malformed one is an input error that names the option."""
        if isinstance(value, date):
            return value
        return parse_month(value, where=param.opts[0] if param else "")


@click.command()
@click.argument("hub", metavar="HUB")
@click.option("--month", type=Month(), help="One month.")
@click.option("--from", "first", type=Month(), help="First month. Default: first restrictions.")
@click.option("--to", "last", type=Month(), help="Last month. Default: that of the last entry.")
@click.option("--target", default="RU", show_default=True, help="The sanctioned state.")
@options.ledger
@options.statements
@options.votes
@options.warehouse
@options.output_format
def command(
    hub: str,
    month: date | None,
    first: date | None,
    last: date | None,
    target: str,
    ledger: str | None,
    file: Path | None,
    path: Path | None,
    folder: str | None,
    form: str,
    *,
    as_json: bool,
) -> None:
    """Set what HUB voted, said, did and belongs to beside each other, month by month.

    Components only, each with its source or the reason why it cannot be told: votes and agreement
    with the target to date, acts by kind and side, alliances, the customs union with the target,
    a land border. They are never added up to one number.
    """
    from throughflow.dossier import replays, sayings
    from throughflow.evidence import runs
    from throughflow.reference import countries
    from throughflow.statements import recorded
    from throughflow.statements.ledger import open_ledger
    from throughflow.warehouse import open_warehouse

    code = countries.parse(hub, where="HUB")
    with_target = countries.parse(target, where="--target")
    _refuse(month, first, last)
    said = (
        sayings.from_file(file, code)
        if file is not None
        else sayings.from_ledger(open_ledger(ledger), code)
    )
    votes = recorded.named(path)
    first, last = month or first, month or last
    if first is None or last is None:
        first, last = _filled(
            recorded.held(votes), code, with_target, sayings.read(said), first, last
        )
    asked = {
        "hub": code, "target": with_target, "window": str(Window(first, last)), "votes": votes,
        "statements": said,
    }  # fmt: skip
    with open_warehouse(folder) as warehouse:
        found, done = replays.stance_run(warehouse, asked)
        runs.record(warehouse, done)
    if as_json or form == "json":
        printing.as_json(printing.envelope(done))
    elif form == "csv":
        printing.as_csv((_row(one) for one in found.months), COLUMNS)
    else:
        _table(found, done)


def _refuse(month: date | None, first: date | None, last: date | None) -> None:
    """Refuse months that contradict each other, or of which nothing can be held."""
    from throughflow.errors import InputError, UsageError
    from throughflow.statements import standing

    if month is not None and (first is not None or last is not None):
        raise UsageError(
            "--month names one month, --from and --to a run of them",
            where="--month",
            remedy="Give one or the other",
        )
    if first is not None and last is not None and last < first:
        raise UsageError(
            f"--to {last:%Y-%m} lies before --from {first:%Y-%m}",
            where="--to",
            remedy="Name the earlier month first",
        )
    begin, now = standing.earliest(), date.today()  # noqa: DTZ011 - where the user is
    for option, asked in (("--month", month), ("--from", first), ("--to", last)):
        if asked is not None and not begin <= asked <= now:
            raise InputError(
                f"{asked:%Y-%m} is out of range: "
                + ("it has not begun" if asked > now else "nothing is held of it"),
                where=option,
                remedy=f"Name a month from {begin:%Y-%m} to {now:%Y-%m}",
            )


def _filled(
    held: HeldVotes,
    code: str,
    target: str,
    said: tuple[Saying, ...],
    first: date | None,
    last: date | None,
) -> tuple[date, date]:
    """Fill the end that was not named; the one that was is kept, on whichever side it lies."""
    from throughflow.statements import standing

    whole = standing.default_window(held, code, target=target, events=[one.event for one in said])
    return (
        first or min(whole.first, last or whole.first),
        last or max(whole.last, first or whole.last),
    )


def _row(one: Stance) -> dict[str, Any]:
    row: dict[str, Any] = dict.fromkeys(COLUMNS)
    row |= {
        "country": one.country, "target": one.target, "month": f"{one.month:%Y-%m}",
        "votes_reason": one.votes_reason, "acts_reason": one.acts_reason,
        "alliances": [tie.group for tie in _alliances(one)],
        "customs_union_with_target": _in_customs_union(one),
        "coalition": _is_member(one, COALITION),
        "borders_target": one.borders_target, "borders_reason": one.borders_reason,
        "role": one.role, "role_reason": one.role_reason,
        "diplomacy_reason": one.diplomacy_reason,
    }  # fmt: skip
    if one.votes is not None:
        alike = one.votes.agreement
        row |= {
            "votes": [f"{line.resolution or line.key}:{line.vote}" for line in one.votes.in_month],
            "unverified": one.votes.unverified, "agreement": alike.score,
            "agreement_low": alike.low, "agreement_high": alike.high,
            "rollcalls": alike.rollcalls, "votes_note": one.votes.note,
        }  # fmt: skip
    if one.acts is not None:
        row |= {
            "acts": [f"{kind}:{count}" for kind, count in one.acts.by_kind.items()],
            "maybe": [act.id for act in one.acts.maybe_in_month],
            "act_ids": [act.id for act in one.acts.in_month],
            "acts_to_date": one.acts.to_date,
            **{name: _count(one.acts.by_polarity, side) for name, side in SIDES.items()},
            **{
                f"{name}_to_date": _count(one.acts.to_date_by_polarity, side)
                for name, side in SIDES.items()
            },
        }  # fmt: skip
    return row


def _count(counts: dict[str, int], side: int) -> int:
    from throughflow.statements.stance import POLARITIES

    return counts.get(POLARITIES[side], 0)


def _alliances(one: Stance) -> list[Tie]:
    """Return the groups it shares with the target, the customs union and the coalition apart."""
    return [
        tie
        for tie in one.ties
        if tie.is_member and tie.target_is_member and tie.group not in {CUSTOMS_UNION, COALITION}
    ]


def _in_customs_union(one: Stance) -> bool:
    return any(
        tie.group == CUSTOMS_UNION and tie.is_member and tie.target_is_member for tie in one.ties
    )


def _is_member(one: Stance, group: str) -> bool:
    return any(tie.group == group and tie.is_member for tie in one.ties)


def _table(found: Standing, done: Run) -> None:
    from rich.markup import escape
    from rich.table import Table

    from throughflow.statements import standing

    console = printing.console()
    table = Table(
        title=f"{found.name}: stance towards {found.target_name}, month by month",
        caption=f"agreement: share over all roll calls to date, {100 * found.confidence:.0f} % "
        "interval · acts to date: against, neutral, in favour · * unverified",
        box=None,
        title_justify="left",
        caption_justify="left",
    )
    for name in ("month", "votes", "agreement", "roll calls", "acts of the month", "to date",
                 "alliances", "customs union", "coalition"):  # fmt: skip
        table.add_column(
            name,
            justify="right" if name in {"roll calls", "to date"} else "left",
            no_wrap=name in {"month", "agreement", "to date"},
        )
    for one in found.months:
        acts = one.acts
        table.add_row(
            f"{one.month:%Y-%m}",
            escape(_votes(one)),
            *_agreement(one.votes),
            "–" if acts is None else escape(_kinds(acts.by_kind)),
            "–" if acts is None else "–".join(
                str(_count(acts.to_date_by_polarity, side)) for side in SIDES.values()
            ),
            ", ".join(tie.group for tie in _alliances(one)),
            "with it" if _in_customs_union(one) else "no",
            "yes" if _is_member(one, COALITION) else "no",
        )  # fmt: skip
    console.print(table)
    latest = found.months[-1]
    for tie in standing.ties(found.months):
        until = f" to {tie.until}" if tie.until else ""
        console.print(escape(f"{tie.group} since {tie.since}{until}: {tie.source}"))
    border = {True: "yes", False: "no", None: latest.borders_reason}[latest.borders_target]
    console.print(f"land border with {found.target_name}: {border}")
    console.print(f"role on {latest.month:%Y-%m}: {latest.role or latest.role_reason}")
    for reason in dict.fromkeys(
        reason for one in found.months for reason in (one.votes_reason, one.acts_reason) if reason
    ):
        console.print(f"cannot tell: {escape(reason)}")
    for limit in found.limits:
        console.print(f"note: {escape(limit)}")
    console.print(f"{done.warehouse} · replay id {done.id}", soft_wrap=True)


def _votes(one: Stance) -> str:
    if one.votes is None:
        return "–"
    return ", ".join(
        f"{(line.resolution or line.key).removeprefix('A/RES/')} {line.words}"
        + ("" if line.is_verified else "*")
        for line in one.votes.in_month
    )


def _agreement(told: VotesToDate | None) -> tuple[str, str]:
    if told is None:
        return "–", "–"
    one = told.agreement
    if one.score is None or one.low is None or one.high is None:
        return "–", f"{one.rollcalls:,}"
    mark = "*" if one.unverified else ""
    return f"{one.score:.2f}{mark} ({one.low:.2f}–{one.high:.2f})", f"{one.rollcalls:,}"


def _kinds(by_kind: dict[str, int]) -> str:
    return ", ".join(
        (f"{count} × " if count > 1 else "") + kind.replace("_", " ")
        for kind, count in by_kind.items()
    )
