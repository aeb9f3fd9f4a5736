"""Phrases with a head: an office, an institution or a group, with its state and its holder.

Read from left to right: what stands before the head (modifiers, an adjective, a possessive), the
head, what it belongs to (an institution, a state), and for an office the name of who holds it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from throughflow.statements.actors import people, tags

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date

    from throughflow.statements.actors.items import Items
    from throughflow.statements.actors.people import Person

_LONGEST_PREFIX = 6  # items
LONGEST_NAME = 4  # items
_HEADS = tags.ROLE + tags.INSTITUTION + tags.GROUP
_PLACES = tags.STATE + tags.CAPITAL
_WITH_A_SEAT = frozenset({"government", "parliament", "mfa", "ministry", "presidency"})
# Offices of one who speaks for another person: the name that follows may be the other's.
_SPEAKS_FOR_ANOTHER = frozenset({"spokesperson", "representative", "adviser", "envoy", "official"})
_SENT_ABROAD = frozenset({"ambassador", "envoy", "representative"})
# Languages whose states take a case behind the head ("minister of" is an ending there).
_BY_CASE = frozenset({"pl", "ru", "uk", "cs", "hr"})


@dataclass(slots=True)
class Phrase:
    """A phrase as far as it is read.

    Attributes:
        first: Place of its first item.
        head: Place of its head.
        after: Place after its last item.
        code: State, empty while none is read.
        unnamed: Whether it points back to a state named elsewhere.
        former: Whether the office is of the past.
        deputy: Whether it is a deputy's.
        role: Office, empty for none.
        institution: Kind of institution, empty for none.
        sector: PLOVER sector, empty where the head tells none.
        person: Name of the holder, None for none.
        known: The holder, if in the table.
        case: Grammatical case of the holder's name, empty where it does not show.
        apart: Places of a holder's name that stands apart from the phrase.
    """

    first: int
    head: int = 0
    after: int = 0
    code: str = ""
    unnamed: bool = False
    former: bool = False
    deputy: bool = False
    role: str = ""
    institution: str = ""
    sector: str = ""
    person: str | None = None
    known: Person | None = None
    case: str = ""
    apart: range = range(0)

    @property
    def has_state(self) -> bool:
        """Whether a state is named or pointed back to."""
        return bool(self.code) or self.unnamed


class PhraseReader:
    """Reads the phrases of one text.

    Args:
        items: Of the text.
        on: Day of the text, for terms of office.
    """

    def __init__(self, items: Items, on: date | None) -> None:
        self.items = items
        self.on = on
        self.by_case = items.lexicon.lang in _BY_CASE
        # What can belong to a head; each takes the phrase and a place, and tells how many items
        # it took.
        self.readers: dict[str, Callable[[Phrase, int], int]] = {
            tags.INSTITUTION: self._institution,
            tags.ROLE: self._second_role,
            tags.ADJECTIVE: self._adjective,
            tags.THAT: self._adjective,
            tags.STATE: self._state,
            tags.CAPITAL: self._state,
            tags.SEAT: self._seat,
            tags.COUNTRY: self._its_country,
            tags.ITS_COUNTRY: self._its_country,
            tags.MODIFIER: self._modifier,
            tags.DEPUTY: self._modifier,
            tags.FORMER: self._modifier,
            tags.AND: self._and,
            tags.OF: self._of,
            tags.IN: self._sits_in,
        }

    def read(self, at: int) -> Phrase | None:
        """Read the phrase that begins at a place, None where none does."""
        if self.items.tag(at) in {tags.ARTICLE, tags.OTHER, tags.NAME, tags.OF, tags.IN, tags.AND}:
            return None
        phrase = Phrase(first=at)
        place = self._head(phrase, at)
        if place < 0:
            return None
        head = self.items[place]
        phrase.head = place
        phrase.sector = head.sector
        if head.tag == tags.ROLE:
            phrase.role = head.value
            phrase.code = phrase.code or head.code
        else:
            phrase.institution = head.value
        phrase.after = self._belongings(phrase, place + 1)
        if phrase.role:
            self._holder(phrase)
        elif not phrase.has_state and head.tag == tags.INSTITUTION:
            self._of_whom(phrase)
        return phrase if phrase.has_state else None

    # -- before the head ----------------------------------------------------------------------

    def _head(self, phrase: Phrase, at: int) -> int:
        """Pass over what stands before the head; return the place of the head, -1 for none."""
        for place in range(at, min(at + _LONGEST_PREFIX + 1, len(self.items))):
            if place > at and not self.items.tight(place):
                return -1
            if self.items.tag(place) in _HEADS:
                return place
            if not (self._modifies(phrase, place) or self._names_state(phrase, place)):
                return -1
        return -1

    def _modifies(self, phrase: Phrase, place: int) -> bool:
        tag = self.items.tag(place)
        phrase.former |= tag == tags.FORMER
        phrase.deputy |= tag == tags.DEPUTY
        if tag == tags.NAME:  # "Georgian Dream government"
            return not self.by_case and bool(phrase.code)
        return tag in {tags.FORMER, tags.DEPUTY, tags.MODIFIER, tags.ARTICLE}

    def _names_state(self, phrase: Phrase, place: int) -> bool:
        """Take the state from an item before the head, if it names one there."""
        item = self.items[place]
        if phrase.has_state:
            return False
        if item.tag in {tags.THAT, tags.POSSESSIVE}:
            phrase.unnamed = True
        elif item.tag in {tags.COUNTRY, tags.ITS_COUNTRY}:
            phrase.unnamed = self.items.owns(place)
        elif item.tag == tags.ADJECTIVE:
            phrase.code = item.code
        elif not self.by_case:
            phrase.code = self._before_english_head(phrase, place)
        return phrase.has_state

    def _before_english_head(self, phrase: Phrase, place: int) -> str:
        """Return the state of ``Ankara's``, ``White House``, ``Biden`` before a head."""
        item = self.items[place]
        if item.tag == tags.CAPITAL and item.code == "BE":
            return "EU"
        if item.tag == tags.SEAT:
            phrase.institution = item.value
        if item.tag in {tags.STATE, tags.CAPITAL, tags.SEAT}:
            return item.code
        of_person = self.items.owns(place) or self.items.tag(place + 1) == tags.INSTITUTION
        if item.sighting and item.tag == tags.PERSON and of_person:  # "Biden administration"
            return people.office(item.sighting.person, self.on)[0]
        return ""

    # -- behind the head ----------------------------------------------------------------------

    def _belongings(self, phrase: Phrase, place: int) -> int:
        """Read what belongs to the head; return the place after."""
        # "head of Kazakhstan's customs": what is owned goes on, what is told of it does not.
        while self.items.tight(place) and (
            not self.items.owns(place - 1) or self.items.tag(place) == tags.INSTITUTION
        ):
            step = self._belonging(phrase, place)
            if not step:
                break
            place += step
        return place

    def _belonging(self, phrase: Phrase, place: int) -> int:
        """Read one thing that a head can have; return how many items it takes, 0 for none."""
        reader = self.readers.get(self.items.tag(place))
        return int(reader(phrase, place)) if reader else 0

    def _goes_on(self, place: int) -> bool:
        """Tell whether a noun that a head can have is still to come."""
        wanted = _HEADS + tags.ADJECTIVE + tags.MODIFIER + tags.DEPUTY + tags.FORMER
        return self.items.follows(place, wanted)

    def _modifier(self, _: Phrase, place: int) -> bool:
        return self._goes_on(place + 1)

    def _and(self, _: Phrase, place: int) -> int:
        """``minister of trade and industry``."""
        return 2 if self.items.follows(place + 1, tags.DEPARTMENT) else 0

    def _institution(self, phrase: Phrase, place: int) -> bool:
        if phrase.role and not phrase.institution:
            phrase.institution = self.items[place].value
        return True

    def _second_role(self, phrase: Phrase, place: int) -> bool:
        """``adviser of the head of the office``, or ``foreign ministry spokesman``."""
        if phrase.role or self.by_case:
            return bool(phrase.role) and self.by_case
        phrase.role = self.items[place].value
        return True

    def _adjective(self, phrase: Phrase, place: int) -> bool:
        # "spokesman for the Russian ...", but "official Syrian agency" is no official's.
        wanted = self.by_case or self.items.tag(place - 1) in {tags.OF, tags.ARTICLE}
        # In "szef ukraińskiej placówki" the adjective is of a word that is unknown here.
        if phrase.has_state or not wanted or (phrase.role and not self._goes_on(place + 1)):
            return False
        item = self.items[place]
        phrase.code, phrase.unnamed = item.code, item.tag == tags.THAT
        return True

    def _state(self, phrase: Phrase, place: int) -> bool:
        """A state in the genitive, or one that does not decline."""
        item = self.items[place]
        if not self.by_case or (item.cases and "genitive" not in item.cases):
            return False
        if phrase.has_state and phrase.code != item.code:
            return False
        phrase.code = item.code
        return True

    def _seat(self, phrase: Phrase, place: int) -> bool:
        item = self.items[place]
        if phrase.has_state and phrase.code != item.code:
            return False
        phrase.code = item.code
        phrase.institution = phrase.institution or item.value
        return True

    def _its_country(self, phrase: Phrase, _: int) -> bool:
        if phrase.has_state:
            return False
        phrase.unnamed = True
        return True

    def _of(self, phrase: Phrase, place: int) -> int:
        """Read ``of the`` and a state, or the words alone before what the loop can read."""
        step = 2 if self.items.follows(place + 1, tags.ARTICLE) else 1
        after = place + step
        if not self.items.tight(after):
            return 0
        tag = self.items.tag(after)
        if tag in _PLACES and not phrase.has_state:
            phrase.code = self.items[after].code
            return step + 1
        if tag == tags.ADJECTIVE and self.items.follows(
            after + 1, tags.INSTITUTION + tags.MODIFIER
        ):
            return step
        return step if tag in {tags.INSTITUTION, tags.SEAT, tags.COUNTRY} else 0

    def _sits_in(self, phrase: Phrase, place: int) -> int:
        """Read ``government in CAPITAL``."""
        if phrase.role or phrase.institution not in _WITH_A_SEAT:
            return 0
        if not self.items.follows(place + 1, _PLACES):
            return 0
        code = self.items[place + 1].code
        if phrase.has_state and phrase.code != code:
            return 0
        phrase.code = code
        return 2

    def _of_whom(self, phrase: Phrase) -> None:
        """Read ``government of PERSON``."""
        if self.items.follows(phrase.after, tags.PERSON):
            sighting = self.items[phrase.after].sighting
            if sighting:
                phrase.code = people.office(sighting.person, self.on)[0]
                phrase.after += 1

    # -- who holds the office -----------------------------------------------------------------

    def _holder(self, phrase: Phrase) -> None:
        """Read the name behind an office."""
        start = self._past_posting(phrase)
        apart = start > phrase.after
        comma = self.items.comma(start)
        if not comma and (not self.items.tight(start) or (not apart and self._owned(start))):
            return
        after = self.name_end(start)
        if after == start:
            return
        if not self._is_held_by(phrase, start, after):
            # A name behind a comma is the holder's only if it is whole and ends there.
            told = phrase.has_state and self.items.tag(after - 1) == tags.NAME
            if not told or (comma and (after - start < 2 or self.items.tight(after))):
                return
            phrase.person = self.items.written(start, after - 1)
        if apart:
            phrase.apart = range(start, after)
        else:
            phrase.after = after + self._of_same_state(phrase, after)

    def _of_same_state(self, phrase: Phrase, place: int) -> int:
        """Pass over ``of STATE`` behind a name; return how many items that is."""
        if not self.items.follows(place, tags.OF) or not self.items.follows(place + 1, _PLACES):
            return 0
        return 2 if self.items[place + 1].code == phrase.code else 0

    def _owned(self, start: int) -> bool:
        return self.items.owns(start - 1)

    def _past_posting(self, phrase: Phrase) -> int:
        """Return where the name begins: behind ``in STATE`` for one who is sent there."""
        place = phrase.after
        if phrase.role not in _SENT_ABROAD or not phrase.has_state or not self.items.tight(place):
            return place
        if self.items.tag(place) != tags.IN and self.items.key(place) != "to":
            return place
        after = place + 2 if self.items.follows(place + 1, tags.ARTICLE) else place + 1
        return after + 1 if self.items.follows(after, _PLACES) else place

    def name_end(self, start: int) -> int:
        """Return the place after the name that begins at a place, the place itself for none."""
        after = start
        while after - start < LONGEST_NAME and (after == start or self.items.tight(after)):
            tag = self.items.tag(after)
            if tag == tags.PERSON:
                return after + 1
            if tag != tags.NAME and not self._is_particle(after):
                break
            after += 1
        return after

    def _is_particle(self, place: int) -> bool:
        """Tell whether a small word stands inside a name, such as "von"."""
        if not self.items.follows(place, tags.OTHER):
            return False
        return self.items.key(place) in people.particles() and self.items.follows(
            place + 1, tags.NAME
        )

    def _is_held_by(self, phrase: Phrase, start: int, after: int) -> bool:
        """Take a known person as the holder, if the office agrees."""
        last = self.items[after - 1]
        if last.sighting is None:
            return False
        persons = [last.sighting.person]
        if last.tag != tags.PERSON:
            persons = people.rivals(last.sighting, self.items.words, self.items.lexicon.lang)
        for person in persons:
            if self._agrees(phrase, person, sure=last.tag == tags.PERSON) and (
                after - start == 1 or self._first_name_fits(person, start)
            ):
                phrase.known, phrase.person = person, person.name
                phrase.case = last.sighting.case
                phrase.code = phrase.code or people.office(person, self.on)[0]
                return True
        return False

    def _agrees(self, phrase: Phrase, person: Person, *, sure: bool) -> bool:
        if phrase.code:
            return phrase.code in person.codes
        if any(term.role == phrase.role for term in person.terms):
            return True
        return sure and (phrase.unnamed or phrase.role not in _SPEAKS_FOR_ANOTHER)

    def _first_name_fits(self, person: Person, place: int) -> bool:
        word = self.items.words[self.items[place].first]
        return people.first_name_fits(person, word, self.items.lexicon.lang)
