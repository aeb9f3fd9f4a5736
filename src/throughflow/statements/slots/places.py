"""Where a mention of a state stands: behind a preposition, in a list, beside its office."""

# ruff: noqa: RUF001 - words of several alphabets

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from throughflow.statements.reading import Place, Reading

# Between an office and its state: "szef ukraińskiego MSZ", "minister of foreign affairs of …".
_OFFICE_REACH = 5
_DETERMINERS = {"the", "neighbouring", "sąsiedni"}
_WHERE = {"w", "we", "в", "во", "у", "in", "at"}
_INSIDE = {"в", "во", "у", "w", "we"}
_AIM = 5
_PLURAL = (
    "ли",
    "ены",
    "ані",
    "ені",
    "ani",
    "eni",
    "ют",
    "ят",
    "ють",
    "ять",
    "ili",
    "yli",
    "ają",
    "ują",
    "dzą",
    "eją",
)
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
        if reading.at("office", here) or _is_initials(reading, here):
            return here
        if reading.at("say|urge|help|evade|neg|deny|accuse", here):
            return None
    return None


def oblique(reading: Reading, place: Place) -> bool:
    """Tell whether a mention cannot be the subject: behind a preposition, or by its case."""
    office = office_before(reading, place)
    if office is not None:
        return _oblique_office(reading, office) and not _speaks_from(reading, place, office)
    if any(reading.at("media", k) for k in range(place.last + 1, place.last + 3)):
        return True
    if _in_an_office(reading, place):
        return False
    if _has_suffix(reading, place) or _led(reading, place):
        return True
    other_case = reading.lexicon.case and place.case and "nom" not in place.case
    # An adjective whose ending is read as another case, beside an office that is the subject.
    after = place.last + 1
    return bool(other_case) and not (after < len(reading.words) and reading.at("office_nom", after))


def _led(reading: Reading, place: Place) -> bool:
    """Tell whether a preposition leads to a mention, or to the one it is joined to."""
    before = place.first - 1
    if before >= 0 and reading.words[before].low in _DETERMINERS:
        before -= 1
    if before >= 0 and reading.at("prep", before):
        return True
    if before <= 0 or reading.words[before].low not in _AND or reading.lexicon.case:
        return False
    # "the leaders of the US and EU"
    partner = next((p for p in reading.places if p.last == before - 1), None)
    return partner is not None and oblique(reading, partner)


def _has_suffix(reading: Reading, place: Place) -> bool:
    """Tell whether a Turkish or Kazakh name bears the ending of another case than the first."""
    endings = reading.lexicon.tense.get("oblique")
    last = reading.words[place.last].low
    return endings is not None and endings.fullmatch(last) is not None


def _oblique_office(reading: Reading, office: int) -> bool:
    while office > 0 and reading.at("office", office - 1):
        office -= 1
    before = office - 1
    if before > 0 and reading.words[before].low in _DETERMINERS:
        before -= 1
    if before >= 0 and reading.at("prep", before):
        return True
    named = reading.at("office_nom", office) or _is_initials(reading, office)
    return reading.lexicon.case and not named


def _is_initials(reading: Reading, number: int) -> bool:
    """Tell whether a word is the initials of an office that no table knows: "ГКНБ Кыргызстана"."""
    text = reading.words[number].text
    return reading.lexicon.case and text.isupper() and text.isalpha() and 3 <= len(text) <= 6


def _speaks_from(reading: Reading, place: Place, office: int) -> bool:
    """Read "в Минторговли и Минпроме Казахстана заявили": those inside of an office act."""
    if not reading.lexicon.case:
        return False
    inside = any(word.low in _INSIDE for word in reading.words[max(0, office - 3) : office])
    after = reading.words[place.last + 1 : place.last + 3]
    return inside and any(word.low.endswith(_PLURAL) for word in after)


def _in_an_office(reading: Reading, place: Place) -> bool:
    """Read "в МИД Грузии заявили", "w Białym Domu": the office itself acts."""
    inside = place.first > 0 and reading.words[place.first - 1].low in _INSIDE
    if not inside or not reading.lexicon.case:
        return False
    after = reading.words[place.last + 1 : place.last + 3]
    plural = any(word.low.endswith(_PLURAL) for word in after)
    speaks = reading.at("say|deny", place.last + 1)
    return place.mention.how in {"institution", "seat"} or (
        plural and (place.mention.how == "capital" or speaks)
    )


def behind_preposition(reading: Reading, place: Place) -> bool:
    """Tell whether a preposition stands right before a mention."""
    before = place.first - 1
    return before >= 0 and reading.at("prep", before)


def in_clause(reading: Reading, number: int) -> list[Place]:
    """List the mentions in the clause of a token."""
    own = reading.owner[number]
    return [p for p in reading.places if reading.owner[p.first] == own]


def group(reading: Reading, places: list[Place], member: Place) -> list[Place]:
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


def behind_against(reading: Reading, place: Place) -> bool:
    """Tell whether sanctions are aimed at a mention: "on three firms from X", "против X"."""
    lead = range(max(0, place.first - _AIM), place.first)
    return any(reading.at("against_prep", k) for k in lead)


def is_location(reading: Reading, place: Place) -> bool:
    """Tell whether a mention says where: "in Kyiv", "в Казахстане"."""
    return place.first > 0 and reading.words[place.first - 1].low in _WHERE
