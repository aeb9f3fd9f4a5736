"""Who acts and on whom: subject, object, owner and theme of the word a frame hangs on."""

# ruff: noqa: RUF001, RUF003 - words of several alphabets

from __future__ import annotations

from typing import TYPE_CHECKING

from throughflow.statements.discourse import party
from throughflow.statements.slots import doers, verbs
from throughflow.statements.slots.places import (
    behind_preposition,
    group,
    in_clause,
    is_location,
    oblique,
    office_before,
)

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from throughflow.model.statements import Actor
    from throughflow.statements.discourse import Discourse
    from throughflow.statements.reading import Place, Reading

# A subject after its verb stands near it.
_AFTER = 6
_OFFICIAL = {"seat", "institution", "official", "leader"}
_FROM = {"from", "by", "od", "от", "від"}
# Concepts whose words take the name that follows them as their object.
_TAKE_OBJECTS = (
    "urge|accuse|help|criticise|thank|summon|ask|support|sanction_verb|list_firms|deny|assure|send|"
    "ban_verb|halt"
)
_DOES = "deny|refuse|urge|say|accuse|lift|criticise|thank|introduce|that|call"
_OF_STATES = "sanctions|pressure_noun|charge_noun"
_CALLED = 10
_JOINING = {"and", "i", "oraz", "и", "та", "і", "й"}
_BEFORE_NAME = {"the", "new", "by", "of", "under", "existing", "further", "recent"}
_TOLD = {"told", "tells", "telling", "assured", "informed", "warned", "reminded"}
# Between a verb and its object: "sanctioned four other Kyrgyz firms".
_BEFORE_OBJECT = 3


def local_subject(reading: Reading, number: int) -> list[Place]:
    """Return the subject of a word within its own clause, with all that is joined to it."""
    places = in_clause(reading, number)
    before = _before(reading, number)
    if before:
        # Where the verb comes last, the subject comes first; so does that of "… to urge".
        purpose = number > 0 and reading.words[number - 1].low == "to"
        nearest = before[0] if reading.lexicon.free_order or purpose else before[-1]
        if _pronoun_between(reading, nearest.last, number):
            return []
        return group(reading, places, nearest)
    for p in places:
        if _pronoun_between(reading, -1, number):
            break  # "we warned Chinese officials"
        if number < p.first <= number + _AFTER and _may_follow(reading, p, number):
            return group(reading, places, p)
    listed = _after_colon(reading, number)
    if listed:
        return listed
    # A name whose ending is read as another case: "Kułeba odbył …", "Biały Dom nie widzi …".
    names = [
        p for p in places if p.last < number and (p.mention.person or p.mention.how in _OFFICIAL)
    ]
    return [p for p in names if not behind_preposition(reading, p)][:1]


def _after_colon(reading: Reading, number: int) -> list[Place]:
    """Return who is listed behind the colon after a verb: "voted against: X, Y and Z"."""
    marks = [k for k in range(number, number + 3) if k < len(reading.words)]
    colon = next((k for k in marks if reading.words[k].low == ":"), None)
    if colon is None:
        return []
    first = [p for p in reading.places if colon < p.first <= colon + 2]
    return group(reading, reading.places, first[0]) if first else []


def _before(reading: Reading, number: int) -> list[Place]:
    """List what stands before a word and may be its subject, without the objects of others."""
    found: list[Place] = []
    for p in in_clause(reading, number):
        if p.last >= number or oblique(reading, p) or _only_describes(reading, p):
            continue
        if not (found and _is_object(reading, p)):
            found.append(p)
    return found


def _only_describes(reading: Reading, place: Place) -> bool:
    """Tell whether an adjective stands beside no one who could act: "Russian exports fell"."""
    if reading.lexicon.lang == "en" and reading.at(_OF_STATES, place.last + 1):
        # "called the US sanctions …", but "China sanctions …"
        return place.first > 0 and reading.words[place.first - 1].low in _BEFORE_NAME
    initials = reading.words[place.first].text.isupper() and place.first == place.last
    if reading.lexicon.case and initials and reading.at(_OF_STATES, place.first - 1):
        return True  # "назвал санкции США …"
    owned = place.mention.person is not None and reading.words[place.last].low.endswith("'s")
    adjective = place.mention.how == "adjective" and not place.mention.sector
    # "the Georgian Revenue Service"
    office = range(place.last + 1, place.last + (4 if reading.lexicon.lang == "en" else 2))
    acts = any(reading.at("office|firms|politicians", k) for k in office)
    return (owned or adjective) and not acts


def _is_object(reading: Reading, place: Place) -> bool:
    """Tell whether a name that no case marks is the object of the verb right before it."""
    named = reading.words[place.first].text
    marked = reading.lexicon.case and place.mention.sector != "BUS" and not named.isupper()
    # "призвал Киев": the ending does not tell, the verb right before it does.
    reach = 0 if marked else _BEFORE_OBJECT
    for here in range(place.first - 1, max(-1, place.first - 2 - reach), -1):
        word = reading.words[here]
        if not word.is_word or reading.at("and", here):
            return False
        if word.low in _TOLD or reading.at(_TAKE_OBJECTS, here):
            return True
    return False


def _may_follow(reading: Reading, place: Place, number: int) -> bool:
    """Tell whether a mention after a verb can be its subject: "заявил министр …", "wspiera …"."""
    saying = reading.at("say", number)
    inverted = reading.lexicon.lang == "de"  # "Im August warnten die USA …"
    if not (reading.lexicon.case or saying or inverted) or oblique(reading, place):
        return False
    if _only_describes(reading, place):
        return False
    if inverted:
        return True
    if office_before(reading, place) is not None:
        return True
    return "nom" in place.case or (saying and not place.case)


def _pronoun_between(reading: Reading, first: int, last: int) -> bool:
    own = reading.owner[last]
    return any(
        reading.owner[k] == own
        and reading.at("pron3|pron1", k)
        # "does everything it can to …"
        and not (k and reading.words[k - 1].low in {"everything", "all", "whatever"})
        for k in range(first + 1, last)
    )


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
    yield from _told_otherwise(reading, number, discourse)
    if verbs.first_person_form(reading, number):
        yield _speaker(reading, number, discourse)
    if verbs.gerund(reading, number):
        if reading.lexicon.lang == "en" and _of_nobody(reading, number):
            yield []
        yield _parties(reading, doers.blamed(reading, number)) or None
        if not _before(reading, number):
            yield _parties(reading, doers.after_gerund(reading, number)) or None
    found = local_subject(reading, number)
    yield _resolve(reading, found, number, discourse) if found else None
    if verbs.first_person(reading, number):
        yield _speaker(reading, number, discourse)
    yield inherited(reading, number, discourse) or None
    yield from _left_open(reading, number, discourse)


def _told_otherwise(
    reading: Reading, number: int, discourse: Discourse
) -> Iterator[list[Actor] | None]:
    """Give who does what a noun or a passive tells: no plain subject of a verb."""
    yield _parties(reading, doers.on_whose_part(reading, number)) or None
    named = _calling(reading, number)
    if named is not None:
        yield subjects(reading, named, discourse)
    if reading.at("imposition", number):
        yield _parties(reading, doers.agent(reading, number)) or None
    if reading.at("list_firms", number):
        # "Новые санкции ЕС затронули …": whose sanctions they are.
        yield _parties(reading, doers.lister_before(reading, number)) or None
    if reading.at("act_noun", number):
        yield _parties(reading, doers.of_noun(reading, number)) or None
    if reading.at("neutral", number):
        # "позиция Узбекистана остаётся нейтральной"
        stands = [hit.first for hit in reading.of("stance") if hit.first < number]
        yield _parties(reading, doers.of_noun(reading, stands[-1])) or None if stands else None
    decided = _decision(reading, number)
    if decided is not None:
        yield _parties(reading, doers.of_noun(reading, decided)) or None
    elif verbs.passive(reading, number):
        yield _of_passive(reading, number, discourse)


def _decision(reading: Reading, number: int) -> int | None:
    """Return the noun whose owner does what follows: "решение Турции остановить транзит"."""
    if not reading.lexicon.tense["infinitive"].fullmatch(reading.words[number].low):
        return None
    near = range(max(0, number - _CALLED // 2), number)
    beside = {p.first - 1 for p in reading.places}
    return next((k for k in near if k in beside and reading.at("decision", k)), None)


def _of_nobody(reading: Reading, number: int) -> bool:
    """Tell whether an English "-ing" has no subject: "firms helping …", "aimed at combating …"."""
    before = reading.words[number - 1].low if number else ""
    return not number or before == "at" or reading.at("firms", number - 1)


def _calling(reading: Reading, number: int) -> int | None:
    """Return the verb by which something is called wrong or untrue: "назвала … ошибочным"."""
    if not reading.at("criticise|nottrue", number):
        return None
    own = reading.owner[number]
    verbs_before = [
        hit.first
        for hit in reading.of("call")
        if hit.first < number <= hit.first + _CALLED and reading.owner[hit.first] == own
    ]
    return verbs_before[-1] if verbs_before else None


def _left_open(reading: Reading, number: int, discourse: Discourse) -> Iterator[list[Actor] | None]:
    """Give who is meant where the clause names nobody."""
    if _pronoun_between(reading, -1, number):
        yield _speaker(reading, number, discourse) or None
    if verbs.acts(reading, number):
        yield _parties(reading, doers.where(reading, number, discourse.sanctioned)) or None
    if discourse.quoted_alone and discourse.default is not None:
        yield [discourse.default]
    bare = _could_be_bare(reading, number) and not discourse.fragment
    if bare and discourse.subject is not None:
        yield [discourse.subject]


def _parties(reading: Reading, places: Iterable[Place]) -> list[Actor]:
    return [party(place, reading) for place in places]


def _of_passive(reading: Reading, number: int, discourse: Discourse) -> list[Actor]:
    """Return who does what a passive tells: named as such, else where it is done, else who says so.

    The subject of a passive is what is acted on, so that no other way is tried.
    """
    named = doers.agent(reading, number) or doers.where(reading, number, discourse.sanctioned)
    if named:
        return _parties(reading, named)
    done_to = doers.acted_on(reading, number)
    said = _speaker(reading, number, discourse)
    return [one for one in said if one.country not in done_to]


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


def inherited(reading: Reading, number: int, discourse: Discourse) -> list[Actor]:
    """Take the subject of the clause above, or of the one before in the same sentence."""
    if not (_could_be_bare(reading, number) or _goes_on(reading, number)):
        return []
    if _is_relative(reading, number):
        return _resolve(reading, _antecedent(reading, number), number, discourse)
    for above in reading.ancestors(number):
        tokens = [k for k in reading.clauses[above].tokens if k < number]
        if not tokens:
            continue
        verb = next((k for k in reversed(tokens) if reading.at("say", k)), tokens[-1])
        before = [
            p for p in in_clause(reading, verb) if p.last < number and not oblique(reading, p)
        ]
        if reading.clause(number).kind == "purpose":
            # "X visited Y and Z to urge …": what comes first is the subject.
            places = before[:1]
        else:
            places = local_subject(reading, verb) or before[:1]
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


def _antecedent(reading: Reading, number: int) -> list[Place]:
    """Return whom a relative clause tells of: the name before it, or those who are "among" many."""
    first = reading.clause(number).tokens[0]
    beside = [p for p in reading.places if first - 3 <= p.last < first]
    above = reading.clause(number).parent
    if beside or above is None:
        return beside
    # "X and Y were among 35 countries that abstained."
    tokens = reading.clauses[above].tokens
    among = next((k for k in tokens if k < first and reading.at("among", k)), None)
    return local_subject(reading, among) if among is not None else []


def _goes_on(reading: Reading, number: int) -> bool:
    """Tell whether a clause goes on with the subject before it: "…, but again declined"."""
    clause = reading.clause(number)
    tokens = [k for k in clause.tokens if k < number]
    joined = number > 0 and reading.words[number - 1].low in _JOINING and clause.kind == "that"
    opened = clause.kind == "rel" or any(reading.at("coord", k) for k in tokens[:2]) or joined
    own = "office_nom|opinion_holder|firms|media|pron3|pron1|own_country"
    return opened and not any(reading.at(own, k) for k in tokens)


def _is_relative(reading: Reading, number: int) -> bool:
    """Tell whether a clause tells of a noun before it: "the resolution that condemns …"."""
    clause = reading.clause(number)
    if any(reading.at("pron3|pron1", k) for k in clause.tokens if k < number):
        return False
    # "that" and "що" also join a clause to a noun.
    if clause.kind != "that" or clause.parent is None or reading.lexicon.lang not in {"en", "uk"}:
        return clause.kind == "rel"
    above = reading.clauses[clause.parent].tokens
    speaks = "say|believe|deny|nosign|nottrue|assure|promise|accuse|urge|allegation|ensure"
    return not any(reading.at(speaks, k) for k in above)


def _could_be_bare(reading: Reading, number: int) -> bool:
    """Tell whether the clause leaves its subject out: nothing before the verb could be it."""
    tokens = reading.clause(number).tokens
    position = reading.position(number)
    content = 0
    passing = (
        "light|neg|aux_future|aux_past|aux_present|intend|can|modal|pron3|pron1|that|coord|sub|rel|"
        "keep|purpose|sanctions"
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
        places = [p for p in places if not is_location(reading, p)]
    fitting = [p for p in places if p.mention.country and p.mention.country not in exclude]
    after = [p for p in fitting if p.last > number]
    # "Putina wspiera Białoruś": an object before its verb has no preposition but another case.
    before = [
        p
        for p in fitting
        if p.last < number and not behind_preposition(reading, p) and oblique(reading, p)
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
    joined = group(reading, fitting, nearest)
    return [party(p, reading) for p in joined]


def patient(reading: Reading, number: int, exclude: Collection[str]) -> list[Actor]:
    """Return who is acted upon by a verb in the passive: the state before it."""
    places = [p for p in in_clause(reading, number) if p.last < number]
    fitting = [p for p in places if p.mention.country and p.mention.country not in exclude]
    return [party(fitting[-1], reading)] if fitting else []


def owner(reading: Reading, first: int, last: int) -> list[Actor]:
    """Return the states beside a noun that it belongs to: "prośbę Kremla", "Moscow's request"."""
    part = doers.on_whose_part(reading, last)
    if part:
        return _parties(reading, group(reading, reading.places, part[0]))
    for p in reading.places:
        led = reading.words[p.first - 1].low in _FROM or reading.words[p.first - 2].low in _FROM
        of_whom = not behind_preposition(reading, p) or led
        joins = any(reading.at("that", k) for k in range(last, p.first))
        if last < p.first <= last + (3 if led else 2) and of_whom and not joins:
            return _parties(reading, group(reading, reading.places, p))
    for p in reversed(reading.places):
        does = any(reading.at(_DOES, k) for k in range(p.last + 1, first))
        if first - 2 <= p.last < first and not behind_preposition(reading, p) and not does:
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
        and not behind_preposition(reading, after[0])
        and behind_preposition(reading, after[1])
    ):
        return [party(after[0], reading)], [party(after[1], reading)]
    if before and after and before[-1].mention.country != after[0].mention.country:
        direct = after[0].case and "nom" not in after[0].case
        if reading.lexicon.case and not (direct or behind_preposition(reading, after[0])):
            return [], []
        return [party(before[-1], reading)], [party(after[0], reading)]
    return [], []
