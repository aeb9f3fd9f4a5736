"""Who says what stands at a word of a text."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from throughflow.model.statements import Actor
from throughflow.statements.discourse import party
from throughflow.statements.slots import roles
from throughflow.statements.slots.places import oblique, office_before

if TYPE_CHECKING:
    from throughflow.statements.discourse import Discourse
    from throughflow.statements.reading import Place, Reading

# A heading that names its speaker before a colon is short.
_LEAD = 9
_AFTER_SAYING = 8
_HEDGE_REACH, _HEDGE_BEHIND = 5, 3
_PARTING = {",", "–", "—", "-", "”", '"', "»"}


@dataclass(frozen=True, slots=True)
class Voice:
    """Who says it.

    Attributes:
        kind: ``state`` (a state or its official), ``opinion`` (an expert, a source, hearsay),
            ``unknown`` (somebody the text does not place) or ``none`` (the text itself).
        actor: The state; None unless `kind` is ``state``.
        direct: Whether it is quoted word for word.
        verb: Word of saying; empty for none.
    """

    kind: str
    actor: Actor | None = None
    direct: bool = False
    verb: str = ""


NOBODY = Voice("none")


def voice(reading: Reading, number: int, discourse: Discourse) -> Voice:
    """Tell who says what stands at a word.

    Args:
        reading: The sentence.
        number: Number of the word.
        discourse: What is known.
    """
    quoted = discourse.quote_at(reading.words[number].start)
    if quoted is not None:
        if quoted.opinion:
            return Voice("opinion", direct=True)
        if quoted.actor is not None and quoted.actor.country:
            return Voice("state", quoted.actor, direct=True, verb=quoted.verb)
    found = _reported(reading, number, discourse)
    if found is not None:
        return found
    if discourse.default is not None and discourse.default.country:
        return Voice("state", discourse.default)
    return Voice("unknown", direct=True) if quoted is not None else NOBODY


def _reported(reading: Reading, number: int, discourse: Discourse) -> Voice | None:
    """Find who says it outside of quotation marks: by verb, by "according to", by a colon."""
    if _hedged(reading, number):
        return Voice("opinion")
    said = _saying(reading, number)
    if said is not None:
        return _of_verb(reading, said, number, discourse)
    return _according(reading) or _before_colon(reading, number)


def _hedged(reading: Reading, number: int) -> bool:
    """Tell whether a word is only hearsay: "allegedly", but not "denied, jakoby …"."""
    above = {reading.owner[number], *reading.ancestors(number)}
    for hit in reading.of("hedge"):
        far = not (hit.first < 2 or -_HEDGE_REACH <= hit.first - number <= _HEDGE_BEHIND)
        joins = any(reading.at("deny", k) for k in range(max(0, hit.first - 3), hit.first))
        doubted = reading.at("nottrue", hit.first)
        if reading.owner[hit.first] in above and not (far or joins or doubted):
            return True
    return False


def _according(reading: Reading) -> Voice | None:
    for hit in reading.of("accord"):
        tail = range(hit.first, min(hit.last + 6, len(reading.words)))
        if any(reading.at("source", k) for k in tail):
            # What sources, papers and statements are cited for is told as a fact.
            return NOBODY
        if any(reading.at("opinion_holder", k) for k in tail):
            return Voice("opinion")
        for place in reading.places:
            if place.first in tail and place.mention.country:
                return Voice("state", party(place, reading))
    return None


def _before_colon(reading: Reading, number: int) -> Voice | None:
    """Read a heading that names its speaker: "Kuleba: Kazakhstan will not …"."""
    own = reading.clause(number)
    if own.kind != "colon" or own.parent is None:
        return None
    lead = reading.clauses[own.parent].tokens
    if len(lead) > _LEAD:
        return None
    if any(reading.at("opinion_holder", k) for k in lead):
        return Voice("opinion")
    places = [p for p in reading.places if p.first in lead and p.mention.country]
    return Voice("state", party(places[0], reading)) if places else None


def _saying(reading: Reading, number: int) -> int | None:
    """Find the verb of saying that a word stands under: before it, above it, or trailing."""
    own = reading.owner[number]
    above = {own, *reading.ancestors(number)}
    before = [
        hit.first
        for hit in reading.of("say|believe")
        if hit.last < number and reading.owner[hit.first] in above
    ]
    if before:
        return before[-1]
    for hit in reading.of("say|believe"):
        if hit.first <= number or not hit.first:
            continue
        lead = range(max(number + 1, hit.first - _LEAD), hit.first)
        if any(reading.words[k].text in _PARTING for k in lead):
            return hit.first
    return None


def _of_verb(reading: Reading, verb: int, number: int, discourse: Discourse) -> Voice:
    """Tell whose voice a verb of saying carries."""
    word = reading.words[verb].low
    trails = verb > number
    near = [
        k
        for k in range(max(0, verb - 6), min(len(reading.words), verb + 6))
        if reading.owner[k] == reading.owner[verb] or trails
    ]
    places = _trailing(reading, verb) if trails else roles.local_subject(reading, verb)
    official = any(p.mention.person or office_before(reading, p) for p in places)
    if not official and any(reading.at("opinion_holder", k) for k in near):
        return Voice("opinion", verb=word)
    if not official and any(
        reading.at("media", k) for k in near if reading.owner[k] == reading.owner[verb]
    ):
        return NOBODY
    actor = _named(reading, places, discourse)
    if actor is None and not trails and _bare(reading, verb):
        # "…, but said that …": whoever is the subject of the clause before.
        actor = next(iter(roles.inherited(reading, verb, discourse)), None)
    actor = actor or _understood(reading, verb, near, discourse)
    if actor is not None:
        return Voice("state", actor, verb=word)
    opinion = reading.at("believe", verb) and not reading.at("say", verb)
    return Voice("opinion" if opinion else "unknown", verb=word)


def _trailing(reading: Reading, verb: int) -> list[Place]:
    """Find the speaker around a verb that comes after what is said: ", said X", ", X said"."""
    mark = max((k for k in range(verb) if reading.words[k].text in _PARTING), default=0)
    return [
        p
        for p in reading.places
        if verb < p.first <= verb + _AFTER_SAYING
        or (mark < p.first <= p.last < verb and not oblique(reading, p))
    ][:1]


def _named(reading: Reading, places: list[Place], discourse: Discourse) -> Actor | None:
    for place in places:
        if place.mention.country:
            return party(place, reading)
        actor = discourse.anaphor(reading, place.first, ())
        if actor is not None:
            return actor
    return None


def _understood(reading: Reading, verb: int, near: list[int], discourse: Discourse) -> Actor | None:
    """Tell who "he said" or "the ministry said" means; None if the verb is one of opinion."""
    if reading.at("believe", verb) and not reading.at("say", verb):
        return None
    if reading.at("pron3", verb - 1) or _bare(reading, verb):
        return discourse.speaker or discourse.default
    if any(reading.at("office", k) for k in near if reading.owner[k] == reading.owner[verb]):
        main = Actor(discourse.main) if discourse.main else None
        return discourse.subject or main or discourse.default
    return discourse.default


def _bare(reading: Reading, verb: int) -> bool:
    """Tell whether a verb of saying stands without a subject of its own."""
    tokens = reading.clause(verb).tokens
    position = reading.position(verb)
    return not any(
        reading.words[k].is_word and not reading.at("light|neg|pron3|earlier|and", k)
        for k in tokens[:position]
    )
