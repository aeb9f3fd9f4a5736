"""What a state said or did: who, to whom, when, how surely, and where it stands in a text.

An `Event` is asserted; a `Candidate` is what a rule saw but could not complete, for a person to
decide. Offsets are code points into the document's text, the end exclusive. Categories are those
of PLOVER 2.0, with ``STATEMENT`` for attributed positions that PLOVER drops.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date


@dataclass(frozen=True, slots=True)
class Span:
    """A piece of a document.

    Attributes:
        start: First code point.
        end: One past the last code point.
        text: The piece itself.
    """

    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class DateInterval:
    """When something happened, as exactly as the text tells.

    Attributes:
        start: First day it can have been; None where the interval is open.
        end: Last day it can have been; None where the interval is open.
        precision: ``day`` where both ends are one day, else ``range``.
        expr: Words of the text that name it; None where none do.
        basis: ``text``, ``published`` (from the date of publication), ``inferred`` (from another
            event of the text) or ``external: SOURCE``.
    """

    start: date | None
    end: date | None
    precision: str
    expr: str | None
    basis: str


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts, or is acted upon.

    Attributes:
        country: Alpha-2 code of the state or bloc.
        sector: PLOVER sector, such as ``GOV``, ``MIL``, ``ELI`` (elites), ``BUS``.
        person: Name in Latin script; None where no person is named.
        role: Office, such as ``foreign minister``; None where none is known.
    """

    country: str
    sector: str = "GOV"
    person: str | None = None
    role: str | None = None


@dataclass(frozen=True, slots=True)
class Claim:
    """What an event says about conduct, so that a witness can test it.

    Attributes:
        tense: ``present`` ("does not") or ``future`` ("will not").
        negated: Whether the conduct is denied.
        predicate: The conduct, in words.
        testable_by: Witness that can test it: ``trade``, or empty.
    """

    tense: str
    negated: bool
    predicate: str
    testable_by: str = ""


@dataclass(frozen=True, slots=True)
class Source:
    """Where a statement was read.

    Attributes:
        title: Title of the document.
        publisher: Who published it; empty where not known.
        url: Its address; empty where not known.
        published: Day of publication; None where not known.
        lang: Language, ISO 639-1.
        digest: SHA-256 of the document's text; empty for what a person coded by hand.
    """

    title: str = ""
    publisher: str = ""
    url: str = ""
    published: date | None = None
    lang: str = ""
    digest: str = ""


@dataclass(frozen=True, slots=True)
class Event:
    """One saying or act of a state.

    Attributes:
        kind: What it is, one of `KINDS`.
        type: PLOVER category.
        mode: PLOVER mode, or ``pledge``, ``declaration``, ``vote``, ``neutrality``; None for none.
        actors: Who said or did it; all parties where it is mutual.
        targets: To whom; empty where it is mutual or addressed to nobody.
        date: When.
        polarity: -1 against, 0 neutral, 1 in favour of the sanctioned state; None for acts of that
            state itself.
        is_pledge: Whether it commits the actor's own future or continuing conduct.
        certainty: ``quoted``, ``relayed`` (one says that another said), ``reported``, or
            ``journalist`` (framing without a source).
        spans: Where it stands in the text, the fullest wording first; empty for hand-coded ones.
        rule: Name of the rule that found it; ``hand`` for what a person coded.
        claims: Conduct that it speaks of.
        relayed_by: Who relayed it; None unless `certainty` is ``relayed``.
        topic: What it is about, such as ``sanctions_circumvention``; empty for none.
        details: Further named facts: ``un_resolution``, ``vote``, ``corridor``, ``context``.
    """

    kind: str
    type: str
    mode: str | None
    actors: tuple[Actor, ...]
    targets: tuple[Actor, ...]
    date: DateInterval
    polarity: int | None
    is_pledge: bool
    certainty: str
    spans: tuple[Span, ...]
    rule: str
    claims: tuple[Claim, ...] = ()
    relayed_by: Actor | None = None
    topic: str = ""
    details: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Candidate:
    """What a rule saw and could not complete.

    Attributes:
        event: As far as it goes.
        unresolved: Slots that could not be filled, such as ``actor``, or why it is not asserted:
            ``modality``, ``attribution``.
    """

    event: Event
    unresolved: tuple[str, ...]


# Kind: PLOVER category, mode, words for a reader.
KINDS: dict[str, tuple[str, str | None, str]] = {
    "pledge_no_circumvention": ("AGREE", "pledge", "pledged not to help circumvent sanctions"),
    "denial": ("STATEMENT", None, "denied"),
    "refuse_to_join": ("REJECT", None, "refused to join sanctions"),
    "restriction": ("SANCTION", None, "restricted exports or transit"),
    "retraction": ("STATEMENT", None, "took a restriction back"),
    "pressure": ("REQUEST", None, "pressed"),
    "accusation": ("ACCUSE", None, "accused"),
    "criticism": ("ACCUSE", "disapprove", "criticised"),
    "exoneration": ("STATEMENT", None, "cleared or thanked"),
    "aid": ("AID", None, "sent aid"),
    "refuse_military_support": ("REJECT", "assist", "refused military support"),
    "request": ("REQUEST", "assist", "asked for support"),
    "corridor": ("AGREE", "declaration", "signed a declaration on a corridor"),
    "agreement": ("AGREE", None, "agreed"),
    "withdrawal": ("SANCTION", "discontinue", "left a joint project"),
    "vote": ("STATEMENT", "vote", "voted"),
    "neutrality": ("STATEMENT", "neutrality", "declared itself neutral"),
    "noncommittal": ("STATEMENT", None, "would not promise"),
    "open_support": ("SUPPORT", None, "supports openly"),
    "quiet_support": ("COOPERATE", None, "supports quietly"),
    "cooperation": ("COOPERATE", None, "began to cooperate"),
    "friendship": ("SUPPORT", None, "affirmed friendly relations"),
    "consultation": ("CONSULT", None, "spoke with each other"),
    "sanction_on_third_country": ("SANCTION", None, "listed firms of a third country"),
    "attack": ("ASSAULT", None, "attacked"),
}
