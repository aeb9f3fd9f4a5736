"""Who acts and on whom: subject, object, owner and theme of the word a frame hangs on."""

# ruff: noqa: RUF001, RUF003 - words of several alphabets

from __future__ import annotations

from typing import TYPE_CHECKING

from throughflow.statements.discourse import party
from throughflow.statements.slots import verbs

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from throughflow.model.statements import Actor
    from throughflow.statements.discourse import Discourse
    from throughflow.statements.reading import Place, Reading

# Between an office and its state: "szef ukraińskiego MSZ", "minister of foreign affairs of …".
_OFFICE_REACH = 5
# A subject after its verb stands near it.
_AFTER = 6
_OFFICIAL = {"seat", "institution", "official", "leader"}
_FROM = {"from", "by", "od", "от", "від"}
_DETERMINERS = {"the", "neighbouring", "sąsiedni"}
_IMPERSONAL = ("ены", "ено", "ена", "ано", "аны", "ito", "ono", "ano")
_WHERE = {"w", "we", "в", "во", "у", "in", "at"}
_INSIDE = {"в", "во", "у", "w", "we"}
_AND = {"and", "i", "oraz", "и", "та", "і", "й", "und", "ve", "ir", "&", "мен"}
_JOINED = _AND | {",", "the"}


def office_before(reading: Reading, place: Place) -> int | None:
    """Return the token of the office whose state a mention names ("minister of …"), or None."""
    for here in range(place.first - 1, max(-1, place.first - 1 - _OFFICE_REACH), -1):
        word = reading.words[here]
        if not word.is_word or reading.owner[here] != reading.owner[place.first]:
            return None
        if any(p.first <= here <= p.last for p in reading.places if p is not place):
            return None
        if reading.at("office", here):
            return here
        if reading.at("say|urge|help|evade|neg|deny|accuse", here):
            return None
    return None


def oblique(reading: Reading, place: Place) -> bool:
    """Tell whether a mention cannot be the subject: behind a preposition, or by its case."""
    office = office_before(reading, place)
    if office is not None:
        return _oblique_office(reading, office)
    if any(reading.at("media", k) for k in range(place.last + 1, place.last + 3)):
        return True
    if _in_an_office(reading, place):
        return False
    if _has_suffix(reading, place):
        return True
    before = place.first - 1
    if before >= 0 and reading.words[before].low in _DETERMINERS:
        before -= 1
    if before >= 0 and reading.at("prep", before):
        return True
    other_case = reading.lexicon.case and place.case and "nom" not in place.case
    # An adjective whose ending is read as another case, beside an office that is the subject.
    after = place.last + 1
    return bool(other_case) and not (after < len(reading.words) and reading.at("office_nom", after))


def _has_suffix(reading: Reading, place: Place) -> bool:
    """Tell whether a Turkish or Kazakh name bears the ending of another case than the first."""
    endings = reading.lexicon.tense.get("oblique")
    last = reading.words[place.last].low
    return endings is not None and endings.fullmatch(last) is not None


def _oblique_office(reading: Reading, office: int) -> bool:
    while office > 0 and reading.at("office", office - 1):
        office -= 1
    if office > 0 and reading.at("prep", office - 1):
        return True
    return reading.lexicon.case and not reading.at("office_nom", office)


def _in_an_office(reading: Reading, place: Place) -> bool:
    """Read "в МИД Грузии заявили", "w Białym Domu": the office itself acts."""
    inside = place.first > 0 and reading.words[place.first - 1].low in _INSIDE
    if not inside or not reading.lexicon.case:
        return False
    after = reading.words[place.last + 1 : place.last + 3]
    plural = any(word.low.endswith(("ли", "ili", "yli")) for word in after)
    return place.mention.how in {"institution", "seat"} or (
        place.mention.how == "capital" and plural
    )


def _behind_preposition(reading: Reading, place: Place) -> bool:
    before = place.first - 1
    return before >= 0 and reading.at("prep", before)


def in_clause(reading: Reading, number: int) -> list[Place]:
    """List the mentions in the clause of a token."""
    own = reading.owner[number]
    return [p for p in reading.places if reading.owner[p.first] == own]


def local_subject(reading: Reading, number: int) -> list[Place]:
    """Return the subject of a word within its own clause, with all that is joined to it."""
    places = in_clause(reading, number)
    before = [p for p in places if p.last < number and not oblique(reading, p)]
    if before:
        # Where the verb comes last, the subject comes first; so does that of "… to urge".
        purpose = number > 0 and reading.words[number - 1].low == "to"
        nearest = before[0] if reading.lexicon.free_order or purpose else before[-1]
        if _pronoun_between(reading, nearest.last, number):
            return []
        return _group(reading, places, nearest)
    for p in places:
        if number < p.first <= number + _AFTER and _may_follow(reading, p, number):
            return _group(reading, places, p)
    # A name whose ending is read as another case: "Kułeba odbył …", "Biały Dom nie widzi …".
    names = [
        p for p in places if p.last < number and (p.mention.person or p.mention.how in _OFFICIAL)
    ]
    return [p for p in names if not _behind_preposition(reading, p)][:1]


def _may_follow(reading: Reading, place: Place, number: int) -> bool:
    """Tell whether a mention after a verb can be its subject: "заявил министр …", "wspiera …"."""
    saying = reading.at("say", number)
    inverted = reading.lexicon.lang == "de"  # "Im August warnten die USA …"
    if not (reading.lexicon.case or saying or inverted) or oblique(reading, place):
        return False
    if inverted:
        return True
    if office_before(reading, place) is not None:
        return True
    return "nom" in place.case or (saying and not place.case)


def _pronoun_between(reading: Reading, first: int, last: int) -> bool:
    own = reading.owner[last]
    return any(
        reading.owner[k] == own and reading.at("pron3|pron1", k) for k in range(first + 1, last)
    )


def _group(reading: Reading, places: list[Place], member: Place) -> list[Place]:
    """Return the mentions joined to one by commas and "and", in order."""
    at = places.index(member)
    first = last = at
    # Commas alone may only part two clauses: a list has an "and" before its last member.
    while first > 0 and _joined(reading, places[first - 1], places[first]):
        first -= 1
    while last < len(places) - 1 and _joined(reading, places[last], places[last + 1]):
        last += 1
    between = range(places[first].last + 1, places[last].first)
    if not any(reading.words[k].low in _AND for k in between):
        return [member]
    return places[first : last + 1]


def _joined(reading: Reading, left: Place, right: Place) -> bool:
    between = range(left.last + 1, right.first)
    words = [reading.words[k].low for k in between]
    return 0 < len(words) <= 3 and all(word in _JOINED for word in words)


def subjects(reading: Reading, number: int, discourse: Discourse) -> list[Actor]:
    """Return who acts at a word; empty if the text does not tell.

    In order: the subject in its clause; whoever speaks, if the word is in the first person; an
    anaphor in the clause; the subject of the clause it hangs on or follows; the speaker, if the
    document is a fragment; the state that acted last, if nothing but the verb could hold the
    subject.
    """
    return next((found for found in _ways(reading, number, discourse) if found is not None), [])


def _ways(reading: Reading, number: int, discourse: Discourse) -> Iterator[list[Actor] | None]:
    """Give what each way to find the subject yields, the surest way first."""
    if verbs.passive(reading, number):
        yield _by(reading, number)
    if verbs.first_person_form(reading, number):
        yield _speaker(reading, number, discourse)
    found = local_subject(reading, number)
    yield _resolve(reading, found, number, discourse) if found else None
    if verbs.first_person(reading, number):
        yield _speaker(reading, number, discourse)
    yield _inherited(reading, number, discourse) or None
    if _pronoun_between(reading, -1, number):
        yield _speaker(reading, number, discourse) or None
    if reading.lexicon.case and reading.words[number].low.endswith(_IMPERSONAL):
        # "В Узбекистане введены меры …": the state where it is done does it.
        inside = [p for p in in_clause(reading, number) if _is_location(reading, p)]
        yield _resolve(reading, inside[:1], number, discourse) or None
    if discourse.fragment and discourse.default is not None:
        yield [discourse.default]
    bare = _could_be_bare(reading, number) and not discourse.fragment
    if bare and discourse.subject is not None:
        yield [discourse.subject]


def _by(reading: Reading, number: int) -> list[Actor]:
    """Return who acts in the passive: "was banned by Kazakhstan"; empty if nobody is named."""
    for p in in_clause(reading, number):
        before = reading.words[max(0, p.first - 5) : p.first]
        if p.first > number and p.mention.country and any(word.low == "by" for word in before):
            return [party(p, reading)]
    return []


def _speaker(reading: Reading, number: int, discourse: Discourse) -> list[Actor]:
    from throughflow.statements.slots import speakers  # noqa: PLC0415 - they ask each other

    actor = speakers.voice(reading, number, discourse).actor
    return [actor] if actor is not None else []


def _resolve(
    reading: Reading, places: Iterable[Place], number: int, discourse: Discourse
) -> list[Actor]:
    actors = []
    for place in places:
        if place.mention.country:
            actors.append(party(place, reading))
            continue
        if verbs.first_person(reading, number) or reading.at("own_country", place.first):
            speaker = [one for one in _speaker(reading, number, discourse) if one.country]
            if speaker:
                actors += speaker
                continue
        beside = {
            p.mention.country
            for p in in_clause(reading, place.first)
            if p is not place and p.mention.country
        }
        actor = discourse.anaphor(reading, place.first, beside)
        if actor is not None:
            actors.append(actor)
    return actors


def _inherited(reading: Reading, number: int, discourse: Discourse) -> list[Actor]:
    """Take the subject of the clause above, or of the one before in the same sentence."""
    if not _could_be_bare(reading, number):
        return []
    if _is_relative(reading, number):
        first = reading.clause(number).tokens[0]
        antecedent = [p for p in reading.places if first - 3 <= p.last < first]
        return _resolve(reading, antecedent, number, discourse)
    for above in reading.ancestors(number):
        tokens = [k for k in reading.clauses[above].tokens if k < number]
        if not tokens:
            continue
        verb = next((k for k in reversed(tokens) if reading.at("say", k)), tokens[-1])
        places = (
            local_subject(reading, verb)
            or [p for p in in_clause(reading, verb) if p.last < number and not oblique(reading, p)][
                :1
            ]
        )
        if places:
            return _resolve(reading, places, verb, discourse)
    earlier = [
        p
        for p in reading.places
        if p.last < number
        and reading.owner[p.first] != reading.owner[number]
        and not oblique(reading, p)
    ]
    return _resolve(reading, earlier[:1], number, discourse)


def _is_relative(reading: Reading, number: int) -> bool:
    """Tell whether a clause tells of a noun before it: "the resolution that condemns …"."""
    clause = reading.clause(number)
    if any(reading.at("pron3|pron1", k) for k in clause.tokens if k < number):
        return False
    # "that" and "що" also join a clause to a noun.
    if clause.kind != "that" or clause.parent is None or reading.lexicon.lang not in {"en", "uk"}:
        return clause.kind == "rel"
    above = reading.clauses[clause.parent].tokens
    speaks = "say|believe|deny|nosign|nottrue|assure|promise|accuse|urge|allegation"
    return not any(reading.at(speaks, k) for k in above)


def _could_be_bare(reading: Reading, number: int) -> bool:
    """Tell whether the clause leaves its subject out: nothing before the verb could be it."""
    tokens = reading.clause(number).tokens
    position = reading.position(number)
    content = 0
    passing = (
        "light|neg|aux_future|aux_past|aux_present|intend|can|modal|pron3|pron1|that|coord|sub|keep"
    )
    for here in tokens[:position]:
        word = reading.words[here]
        if not word.is_word:
            content = 0
            continue
        if not reading.at(f"{passing}|say|own_country|earlier|begin|and|office", here):
            content += 1
    return content <= (1 if reading.lexicon.case else 0)


def objects(
    reading: Reading,
    number: int,
    discourse: Discourse,
    exclude: Collection[str],
    *,
    wide: bool,
    located: bool = True,
) -> list[Actor]:
    """Return whom an act is directed at: the nearest other state after the word, else before it.

    Args:
        reading: The sentence.
        number: Number of the word.
        discourse: What is known.
        exclude: States that cannot be it.
        wide: Whether to look beyond the clause.
        located: Whether a state that only says where ("in Kyiv") may be it.
    """
    places = reading.places if wide else in_clause(reading, number)
    if not located:
        places = [p for p in places if not _is_location(reading, p)]
    fitting = [p for p in places if p.mention.country and p.mention.country not in exclude]
    after = [p for p in fitting if p.first > number]
    # "Putina wspiera Białoruś": an object before its verb has no preposition but another case.
    before = [
        p
        for p in fitting
        if p.last < number and not _behind_preposition(reading, p) and oblique(reading, p)
    ]
    if not after and not before and reading.lexicon.free_order:
        before = fitting
    if after:
        nearest = after[0]
    elif before:
        nearest = before[-1]
    else:
        anaphors = [p for p in places if not p.mention.country and p.first > number]
        if anaphors:
            actor = discourse.anaphor(reading, anaphors[0].first, exclude)
            return [actor] if actor is not None else []
        return []
    group = _group(reading, fitting, nearest)
    return [party(p, reading) for p in group]


def _is_location(reading: Reading, place: Place) -> bool:
    return place.first > 0 and reading.words[place.first - 1].low in _WHERE


def patient(reading: Reading, number: int, exclude: Collection[str]) -> list[Actor]:
    """Return who is acted upon by a verb in the passive: the state before it."""
    places = [p for p in in_clause(reading, number) if p.last < number]
    fitting = [p for p in places if p.mention.country and p.mention.country not in exclude]
    return [party(fitting[-1], reading)] if fitting else []


def owner(reading: Reading, first: int, last: int) -> list[Actor]:
    """Return the state beside a noun that it belongs to: "prośbę Kremla", "Moscow's request"."""
    for p in reading.places:
        of_whom = not _behind_preposition(reading, p) or (
            reading.words[p.first - 1].low in _FROM and p.first == last + 2
        )
        if last < p.first <= last + 2 and of_whom:
            return [party(p, reading)]
    for p in reversed(reading.places):
        if first - 2 <= p.last < first and not _behind_preposition(reading, p):
            return [party(p, reading)]
    return []


def aggressor(reading: Reading, first: int, last: int) -> tuple[list[Actor], list[Actor]]:
    """Return who attacks and who is attacked, both named beside the word; empty if not."""
    places = [p for p in in_clause(reading, first) if p.mention.country]
    after = [p for p in places if last < p.first <= last + 6]
    before = [p for p in places if first - 4 <= p.last < first]
    if (
        len(after) > 1
        and after[0].first <= last + 1
        and not _behind_preposition(reading, after[0])
        and _behind_preposition(reading, after[1])
    ):
        return [party(after[0], reading)], [party(after[1], reading)]
    if before and after and before[-1].mention.country != after[0].mention.country:
        direct = after[0].case and "nom" not in after[0].case
        if reading.lexicon.case and not (direct or _behind_preposition(reading, after[0])):
            return [], []
        return [party(before[-1], reading)], [party(after[0], reading)]
    return [], []
