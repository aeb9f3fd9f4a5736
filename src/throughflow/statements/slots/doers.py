"""Who does what a passive, a noun or a participle tells of: the doer that is no plain subject."""

from __future__ import annotations

from typing import TYPE_CHECKING

from throughflow.statements.slots.places import (
    behind_preposition,
    group,
    in_clause,
    is_location,
    oblique,
)

if TYPE_CHECKING:
    from collections.abc import Collection

    from throughflow.statements.reading import Place, Reading

# What leads to the doer of a passive; a bare instrumental does so as well.
_DOERS = {"by", "przez", "стороны", "боку", "strony"}
_PART = {"стороны", "боку", "strony"}
_DOER_REACH = 5
_DECREES = (
    "решени", "указ", "постановлени", "приказ", "рішення", "постанов", "наказ", "decyzj",
    "dekret", "rozporządzeni", "uchwał", "decree", "decision", "order",
)  # fmt: skip
_OUT_OF = {"из", "з", "із", "зі", "z", "ze", "from"}
# Behind these it is the state named before that does it: "criticised X for refusing".
_BLAMING = {"за", "for", "over", "of", "from", "za", "через", "из-за", "despite"}
_NEAR_OWNER = 4


def agent(reading: Reading, number: int) -> list[Place]:
    """Return who does what a passive tells: "by the government", "правительством", "przez"."""
    for p in in_clause(reading, number):
        if not p.mention.country:
            continue
        before = reading.words[max(0, p.first - _DOER_REACH) : p.first]
        led = p.first > number and any(word.low in _DOERS for word in before)
        decreed = any(word.low.startswith(_DECREES) for word in before[-2:])
        bare = (
            reading.lexicon.lang in {"ru", "uk"}
            and "instr" in p.case
            and not behind_preposition(reading, p)
        )
        if led or decreed or bare:
            return group(reading, in_clause(reading, number), p)
    return []


def on_whose_part(reading: Reading, number: int) -> list[Place]:
    """Return who is said to do it in so many words: "with the support on the part of X"."""
    for p in in_clause(reading, number):
        before = reading.words[max(0, p.first - 3) : p.first]
        led = any(word.low in _PART for word in before)
        if number < p.first <= number + 8 and led and not reading.at("sanctioned_state", p.first):
            return [p]
    return []


def where(reading: Reading, number: int, sanctioned: str) -> list[Place]:
    """Return the state in which, or out of which, a thing is done that names no doer."""
    places = [p for p in in_clause(reading, number) if p.mention.country not in {"", sanctioned}]
    if reading.hits.get("war"):
        # "in Ukraine" is where the war is.
        places = [p for p in places if p.mention.country != "UA"]
    inside = [p for p in places if is_location(reading, p)]
    if not reading.at("ban|ban_verb|halt|export_verb", number):
        return inside[:1]
    leaving = [
        p
        for p in places
        if p.first
        and reading.words[p.first - 1].low in _OUT_OF
        # "firms from Uzbekistan" is not where goods leave.
        and not reading.at("firms", p.first - 2)
    ]
    return (inside or leaving)[:1]


def acted_on(reading: Reading, number: int) -> set[str]:
    """Return the states before a passive: what it tells is done to them."""
    places = in_clause(reading, number)
    return {p.mention.country for p in places if p.last < number}


def of_noun(reading: Reading, number: int) -> list[Place]:
    """Return whose act a noun tells of: "Georgia's refusal", "отказ Грузии", "за отказ"."""
    named = agent(reading, number)
    if named:
        return named
    places = [p for p in in_clause(reading, number) if p.mention.country]
    after = [
        p
        for p in places
        if number < p.first <= number + _NEAR_OWNER and not behind_preposition(reading, p)
    ]
    of = [
        p
        for p in places
        if number < p.first <= number + 3 and reading.words[number + 1].low in {"of", "by", "from"}
    ]
    before = [
        p for p in places if number - 2 <= p.last < number and not _parted(reading, p.last, number)
    ]
    if reading.lexicon.case:
        return (after or before)[:1] or blamed(reading, number)
    return (before[-1:] or of[:1]) or blamed(reading, number)


def blamed(reading: Reading, number: int) -> list[Place]:
    """Return who is blamed or thanked for an act: the state before "for refusing", "за отказ"."""
    lead = reading.words[max(0, number - 3) : number]
    if not any(word.low in _BLAMING for word in lead):
        return []
    before = [p for p in in_clause(reading, number) if p.last < number and p.mention.country]
    return before[-1:]


def after_gerund(reading: Reading, number: int) -> list[Place]:
    """Return the subject that follows an opening participle: "Having rejected …, X said"."""
    own = reading.owner[number]
    marks = [k for k in range(number, len(reading.words)) if reading.words[k].low == ","]
    for p in reading.places:
        later = p.first > number and any(number < mark < p.first for mark in marks)
        if later and reading.owner[p.first] == own and not oblique(reading, p):
            return [p]
    return []


def _parted(reading: Reading, first: int, last: int) -> bool:
    return any(not reading.words[k].is_word for k in range(first + 1, last))


def lister(reading: Reading, first: int, last: int) -> list[Place]:
    """Return whose sanctions or whose list it is: "EU sanctions", "чёрный список США"."""
    named = agent(reading, first)
    if named:
        return named
    whole = range(first - 1, last + 3)
    for hit in reading.of("sanctions|blacklist"):
        for p in reading.places:
            beside = p.last == hit.first - 1 or p.first in {hit.last + 1, hit.last + 2}
            if beside and p.first in whole and not behind_preposition(reading, p):
                return [p]
    return []


def lister_before(reading: Reading, number: int) -> list[Place]:
    """Return whose sanctions do it, where sanctions are the subject of the verb."""
    first = min(reading.clause(number).tokens)
    for hit in reading.of("sanctions"):
        if first <= hit.first < number:
            for p in in_clause(reading, number):
                if hit.last < p.first <= hit.last + 2 <= number and "gen" in (p.case or "gen"):
                    return [] if behind_preposition(reading, p) else [p]
    return []


def listed(reading: Reading, number: int, exclude: Collection[str]) -> list[Place]:
    """Return the states whose firms are listed: those beside the firms, else all of them."""
    places = [p for p in in_clause(reading, number) if p.mention.country not in {"", *exclude}]
    firms = [hit.first for hit in reading.of("firms")]
    near = [p for p in places if any(abs(p.first - k) <= _NEAR_OWNER for k in firms)]
    return near or places


def on_the_way(reading: Reading, number: int) -> list[Place]:
    """Return the states that goods pass through: "via Georgia and Armenia", "через Грузию"."""
    places = reading.places
    for hit in reading.of("flow_through"):
        if reading.owner[hit.first] != reading.owner[number]:
            continue
        for p in places:
            if hit.last < p.first <= hit.last + _NEAR_OWNER:
                return [p, *_listed_after(reading, places, p)]
    return []


def _listed_after(reading: Reading, places: list[Place], first: Place) -> list[Place]:
    """Return what a list goes on with, commas and "and" between its members."""
    found, last = [], first
    for p in places[places.index(first) + 1 :]:
        between = range(last.last + 1, p.first)
        if any(reading.words[k].is_word and not reading.at("and", k) for k in between):
            break
        found.append(p)
        last = p
    return found
