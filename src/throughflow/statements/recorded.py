"""The question about votes as plain data, and its answer as a run that can be replayed."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from throughflow.evidence import runs
from throughflow.reference import countries
from throughflow.sources import votes as files
from throughflow.statements import vote_table, votes

if TYPE_CHECKING:
    from throughflow.evidence.runs import Run
    from throughflow.statements.vote_table import HeldVotes
    from throughflow.statements.votes import AllVotes, StateVotes
    from throughflow.warehouse import Warehouse

VERB: Final = "votes"
ALL: Final = "all"
TABLES: Final = (
    "countries.csv", "country_labels.csv", "memberships.csv", "roles.csv", "un_resolutions.csv",
    "un_vote_bases.csv", "un_votes.csv",
)  # fmt: skip


def parameters(country: str, *, target: str, file: Path | None) -> dict[str, Any]:
    """Return a question as plain data.

    Args:
        country: A state, or ``all``.
        target: The sanctioned state.
        file: Votes of the user's own; None for the shipped table alone.

    Raises:
        InputError: A country is not known.
    """
    return {
        "country": ALL if country.lower() == ALL else countries.parse(country, where="COUNTRY"),
        "target": countries.parse(target, where="--target"),
        "votes": named(file),
    }


def named(file: Path | None) -> str | None:
    """Name a file by its whole path, so that a replay finds it from anywhere."""
    return None if file is None else str(file.resolve())


def held(file: str | None) -> HeldVotes:
    """Read a file of votes, if one is named, beside the shipped table."""
    return vote_table.hold(files.read(Path(file)) if file else None)


def answer(_warehouse: Warehouse, asked: dict[str, Any]) -> StateVotes | AllVotes:
    """Tell votes from plain parameters; no warehouse is read."""
    table = held(asked["votes"])
    if asked["country"] == ALL:
        return votes.of_all(table, target=asked["target"])
    return votes.of_state(table, asked["country"], target=asked["target"])


def run(warehouse: Warehouse, asked: dict[str, Any]) -> tuple[StateVotes | AllVotes, Run]:
    """Ask once, and return the votes both as themselves and as a run to record."""
    return runs.both(warehouse, VERB, asked, answer)


runs.register(VERB, answer, tables=TABLES)
