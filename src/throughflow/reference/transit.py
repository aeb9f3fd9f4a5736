"""Acts that forbid the transit of goods through a state, and national measures beside them.

Kept by hand. Each row says in ``verified`` which of its parts were read in the act or in an
authority's or a lawyer's account of it; what could not be verified is empty and makes an answer
*cannot tell*. Dates are those of entry into force, not of adoption.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from throughflow.reference.countries import DATA

# How a row tells which goods it names.
BY_KIND = "kind"
NOT_HELD = "not held"
ANY_KIND = "*"


@dataclass(frozen=True, slots=True)
class Ban:
    """One prohibition of transit.

    Attributes:
        id: Unique short name.
        territory: State through whose territory goods may not pass.
        regulation: The act in force.
        article: Article and paragraph; empty where not verified.
        amended_by: The act that brought it.
        goods: What it names, in words.
        kind: Kind of goods as `control_lists` writes it; ``*`` for unknown, empty for codes alone.
        codes: ``kind`` where the list of control_lists tells its codes, ``not held``, or HS codes
            joined by ``|``.
        annex: Annex that lists the goods; empty where not verified.
        since: First day in force; None where the act is not held.
        until: Last day; None while in force.
        codes_until: Last day on which the codes held are known to be all.
        wind_down_until: Last day for older contracts; None where none is known.
        derogation: Exceptions known; empty where none is.
        verified: Parts of this row that were verified.
        source: Where.
    """

    id: str
    territory: str
    regulation: str
    article: str
    amended_by: str
    goods: str
    kind: str
    codes: str
    annex: str
    since: date | None
    until: date | None
    codes_until: date | None
    wind_down_until: date | None
    derogation: str
    verified: tuple[str, ...]
    source: str

    @property
    def is_held(self) -> bool:
        """Whether the act itself is held, so that its dates mean something."""
        return self.since is not None

    def in_force(self, on: date) -> bool:
        """Tell whether it is in force on a day; an act that is not held may always be."""
        if self.since is None:
            return True
        return self.since <= on and (self.until is None or on <= self.until)

    @property
    def cited(self) -> str:
        """The citation; what was not verified says so."""
        unsure = "" if "article" in self.verified else " (article not verified)"
        article = f", Article {self.article}{unsure}" if self.article else ""
        annex = f", {self.annex}" if self.annex else ""
        by = f", as amended by {self.amended_by}" if self.amended_by else ""
        return f"{self.regulation}{article}{annex}{by}"


@dataclass(frozen=True, slots=True)
class Measure:
    """A national measure or guidance beside the acts.

    Attributes:
        territory: Whose it is; ``EU`` for the Union.
        through: Territories that a road must touch for it to matter.
        since: First day.
        until: Last day; None while in force.
        authority: Who took it.
        measure: What it says.
        verified: Parts of this row that were verified.
        source: Where it was reported.
    """

    territory: str
    through: tuple[str, ...]
    since: date
    until: date | None
    authority: str
    measure: str
    verified: tuple[str, ...]
    source: str

    def in_force(self, on: date) -> bool:
        """Tell whether it is in force on a day."""
        return self.since <= on and (self.until is None or on <= self.until)


@lru_cache(maxsize=1)
def bans() -> tuple[Ban, ...]:
    """Return every prohibition held."""
    with (DATA / "transit_bans.csv").open(encoding="utf-8", newline="") as lines:
        return tuple(
            Ban(
                row["id"],
                row["territory"],
                row["regulation"],
                row["article"],
                row["amended_by"],
                row["goods"],
                row["kind"],
                row["codes"],
                row["annex"],
                _day(row["from"]),
                _day(row["to"]),
                _day(row["codes_until"]),
                _day(row["wind_down_until"]),
                row["derogation"],
                _parts(row["verified"]),
                row["source"],
            )
            for row in csv.DictReader(lines)
        )


@lru_cache(maxsize=1)
def measures() -> tuple[Measure, ...]:
    """Return every national measure held, the oldest first."""
    with (DATA / "transit_notes.csv").open(encoding="utf-8", newline="") as lines:
        found = [
            Measure(
                row["territory"],
                _parts(row["through"]),
                date.fromisoformat(row["from"]),
                _day(row["to"]),
                row["authority"],
                row["measure"],
                _parts(row["verified"]),
                row["source"],
            )
            for row in csv.DictReader(lines)
        ]
    return tuple(sorted(found, key=lambda one: one.since))


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


def _parts(text: str) -> tuple[str, ...]:
    return tuple(part for part in text.split("|") if part)
