"""An event from a match: every slot filled, or named as open."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from throughflow.model.statements import KINDS, Claim, Event, Span
from throughflow.statements.slots import speakers, verbs, when
from throughflow.statements.slots.parties import addressee, parties

if TYPE_CHECKING:
    from datetime import date

    from throughflow.model.statements import Actor
    from throughflow.statements.discourse import Discourse
    from throughflow.statements.frames.engine import Frame, Match
    from throughflow.statements.reading import Reading
    from throughflow.statements.slots.parties import Parties
    from throughflow.statements.slots.speakers import Voice

# What one state may tell of another's intentions.
_RELAYED = frozenset({"pledge_no_circumvention", "refuse_to_join", "neutrality"})
# What has not happened as long as it is only planned.
_ACTS = frozenset(
    {
        "sanction_on_third_country", "aid", "withdrawal", "attack", "vote", "corridor",
        "agreement", "restriction",
    }
)  # fmt: skip
# A refusal stands this near before what is refused.
_REFUSED_REACH = 3
# What a journalist says on his own account, unless somebody is quoted for it.
_FRAMING = frozenset({"attack", "open_support", "quiet_support"})
_CONTEXTS = {"aid": "humanitarian", "refuse_military_support": "military", "request": "military"}
# A vote for the sanctioned state, against it, or neither.
_VOTE_TYPES = {1: "SUPPORT", -1: "REJECT", 0: "STATEMENT"}
_VOTE_POLARITY = {"N": 1, "Y": -1}
_CLAIM_TENSES = {"both": "present", "bare": "future"}
# The state that the sanctioned one makes war on: aid to it is an act against the latter.
_ATTACKED = "UA"


@dataclass(frozen=True, slots=True)
class Found:
    """An event and how it was found.

    Attributes:
        event: As far as it goes.
        unresolved: What is open; empty for an event that may be asserted.
        match: The match of its frame.
        reading: Its sentence.
    """

    event: Event
    unresolved: tuple[str, ...]
    match: Match
    reading: Reading


def fill(
    reading: Reading,
    match: Match,
    discourse: Discourse,
    published: date | None,
    before: Reading | None,
) -> Found | None:
    """Fill the slots of a match.

    Args:
        reading: Its sentence.
        match: What was found.
        discourse: What is known at this point.
        published: Day of publication.
        before: The sentence before it.

    Returns:
        The event with what is open, or None for what is no event of a third country.
    """
    voice = speakers.voice(reading, match.head, discourse)
    who = parties(reading, match, voice, discourse)
    if who is None:
        return None
    who = _with_person(who, voice)
    found_date, symbol = when.interval(reading, match, published, before)
    details = _details(match, who, discourse.sanctioned, symbol)
    targets = who.targets
    if who.kind == "pledge_no_circumvention":
        addressed = addressee(reading, match, who.actors, discourse)
        if addressed:
            targets = addressed
            details["addressee"] = addressed[0].country
    polarity = _polarity(match.frame, who, reading, discourse.sanctioned)
    category, mode, _ = KINDS[who.kind]
    if who.kind == "vote":
        category = _VOTE_TYPES[polarity or 0]
    relayed = _relayed(who, voice)
    event = Event(
        kind=who.kind,
        type=category,
        mode=mode,
        actors=who.actors,
        targets=targets,
        date=found_date,
        polarity=polarity,
        is_pledge=who.kind == "pledge_no_circumvention",
        certainty=_certainty(who.kind, voice, relayed),
        spans=(_span(reading, match, discourse),),
        rule=match.frame.name,
        claims=_claims(match, who.kind),
        relayed_by=relayed,
        topic=match.frame.topic if who.kind == match.frame.kind else "",
        details=details,
    )
    planned = who.kind in _ACTS and verbs.planned(reading, match.head)
    unresolved = dict.fromkeys(
        (*_doubts(reading, match, voice), *(["modality"] if planned else []), *who.unresolved)
    )
    return Found(event, tuple(unresolved), match, reading)


def _with_person(who: Parties, voice: Voice) -> Parties:
    """Name the person who speaks for a state that is named only as such."""
    said = voice.actor
    if said is None or said.person is None:
        return who
    actors = tuple(
        said if one.country == said.country and one.person is None else one for one in who.actors
    )
    return replace(who, actors=actors)


def _relayed(who: Parties, voice: Voice) -> Actor | None:
    if voice.kind != "state" or voice.actor is None or who.kind not in _RELAYED:
        return None
    return voice.actor if voice.actor.country not in {one.country for one in who.actors} else None


def _certainty(kind: str, voice: Voice, relayed: Actor | None) -> str:
    if relayed is not None:
        return "relayed"
    if kind in _FRAMING and voice.kind == "none":
        return "journalist"
    return "quoted" if voice.direct else "reported"


def _doubts(reading: Reading, match: Match, voice: Voice) -> list[str]:
    """Say why a match may not be asserted, whoever acts."""
    found = []
    if match.governed_by is not None:
        found.append("embedded")
    if match.frame.negated != "any" and match.negated != (match.frame.negated == "yes"):
        found.append("negation")
    if _refused(reading, match):
        found.append("negation")
    if match.modal:
        found.append("modality")
    if voice.kind == "opinion" or _of_a_report(reading, match):
        found.append("attribution")
    clause = reading.clause(match.head)
    if "cond" in (clause.kind, *(reading.clauses[k].kind for k in reading.ancestors(match.head))):
        found.append("conditional")
    if clause.kind == "purpose" and not (
        match.frame.mutual
        or match.frame.in_purpose
        or _striven_for(reading, match)
        or verbs.unwanted(reading, match.head)
    ):
        found.append("purpose")
    if reading.words and reading.words[-1].text == "?":
        found.append("question")
    return found


def _of_a_report(reading: Reading, match: Match) -> bool:
    """Tell whether somebody only speaks of reports: "is looking into reports that …"."""
    clause = reading.clause(match.head)
    if match.frame.kind != "accusation" or clause.kind != "that":
        return False
    first = clause.tokens[0]
    near = range(max(0, first - 2), first)
    return any(reading.at("report_noun", k) and not reading.at("say", k) for k in near)


def _refused(reading: Reading, match: Match) -> bool:
    """Tell whether an act is what somebody refused to do: "refused to ban exports"."""
    if match.frame.kind not in {*_ACTS, "criticism"} or match.frame.head.startswith("refuse"):
        return False
    near = range(max(0, match.head - _REFUSED_REACH), match.head)
    # "blocked the listing of …"
    names = "refuse|shrink|halt|lift" if match.frame.head == "imposition" else "refuse|shrink"
    return any(reading.at(names, k) and reading.owner[k] == reading.owner[match.head] for k in near)


def _striven_for(reading: Reading, match: Match) -> bool:
    """Tell whether a purpose is told as conduct: "does everything to prevent evasion"."""
    above = set(reading.ancestors(match.head))
    strives = any(reading.owner[hit.first] in above for hit in reading.of("strive"))
    return strives and match.frame.is_pledge and match.negated == (match.frame.negated == "yes")


def _details(match: Match, who: Parties, sanctioned: str, symbol: str) -> dict[str, str]:
    named = {
        "vote": match.frame.vote,
        "un_resolution": symbol,
        "context": _CONTEXTS.get(who.kind, ""),
    }
    if match.frame.is_pledge and sanctioned in {one.country for one in who.targets}:
        named["beneficiary_denied"] = sanctioned
    return {name: value for name, value in named.items() if value}


def _polarity(frame: Frame, who: Parties, reading: Reading, sanctioned: str) -> int | None:
    """Give the sign towards the sanctioned state."""
    aimed = {one.country for one in who.targets}
    favour = int(sanctioned in aimed)
    if who.kind == "restriction":
        return -int(bool(favour or reading.hits.get("sanctions")))
    if who.kind in {"denial", "exoneration"}:
        return 0
    signs = {
        "target": favour,
        "against": -favour,
        "against_enemy": favour or -int(_ATTACKED in aimed),
        "actor": int(sanctioned in {one.country for one in who.actors}),
        "vote": _VOTE_POLARITY.get(frame.vote, 0),
        "own": None,
    }
    return signs[frame.polarity] if isinstance(frame.polarity, str) else frame.polarity


def _claims(match: Match, kind: str) -> tuple[Claim, ...]:
    frame = match.frame
    if not frame.claim or kind not in {"pledge_no_circumvention", "denial"}:
        return ()
    tense = _CLAIM_TENSES.get(match.tense, match.tense)
    return (Claim(tense, frame.negated == "yes", frame.claim, "trade"),)


def _span(reading: Reading, match: Match, discourse: Discourse) -> Span:
    """Give the words of an event: its clause and the verb of saying above it, within a quote."""
    chosen = {reading.owner[k] for k in match.tokens}
    for above in reading.ancestors(match.head):
        if any(
            reading.owner[hit.first] == above and hit.first < match.head
            for hit in reading.of("say|deny|nosign|nottrue|urge|accuse")
        ):
            chosen.add(above)
    tokens = sorted(k for number in chosen for k in reading.clauses[number].tokens)
    first, last = tokens[0], tokens[-1]
    speech = discourse.quote_at(reading.words[match.head].start)
    if speech is not None:
        inside = [k for k in tokens if speech.start <= reading.words[k].start < speech.end]
        first, last = inside[0], inside[-1]
    while first < match.head and not reading.words[first].is_word:
        first += 1
    while last > match.head and not reading.words[last].is_word:
        last -= 1
    start, end = reading.words[first].start, reading.words[last].end
    offset = reading.span.start
    return Span(start, end, reading.span.text[start - offset : end - offset])
