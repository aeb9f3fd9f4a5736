"""What is found: a place in a text, the state meant, and who speaks for it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from throughflow.model.statements import Span


@dataclass(frozen=True, slots=True)
class Mention:
    """One naming of a state, or of someone or something that speaks for it.

    Attributes:
        span: Where it stands.
        country: ISO alpha-2 code, ``EU`` for the Union; empty where the text only points back
            ("that country's government"), for the caller to resolve.
        how: ``state``, ``adjective``, ``demonym``, ``capital``, ``seat`` (Kremlin, White House),
            ``leader`` (head of state or government), ``official``, ``institution`` or ``anaphor``.
        person: Name in Latin script for known persons, as written for others; None for none.
        role: Office, such as ``foreign minister``; None where none is told or known.
        sector: PLOVER sector such as ``GOV``, ``MIL``, ``ELI``, ``LEG``, ``BUS``, ``CVL``; empty
            for an adjective without a noun that tells it.
        case: ``nominative`` to ``locative``, a guess from the ending; empty where not known.
    """

    span: Span
    country: str
    how: str
    person: str | None
    role: str | None
    sector: str
    case: str


@dataclass(frozen=True, slots=True)
class Draft:
    """A mention by the numbers of its words, both inclusive; other fields as in `Mention`."""

    first: int
    last: int
    country: str
    how: str
    person: str | None
    role: str | None
    sector: str
    case: str
