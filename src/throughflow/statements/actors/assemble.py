"""From the items of a text to mentions: an office, its state and its holder are one.

Where no phrase with a head (`phrases`) begins, a state, a capital, a seat, an adjective, a
demonym or a person stands for itself.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from throughflow.statements.actors import context, people, tags
from throughflow.statements.actors.items import Items
from throughflow.statements.actors.mention import Draft
from throughflow.statements.actors.people import LEADERS
from throughflow.statements.actors.phrases import LONGEST_NAME, PhraseReader

if TYPE_CHECKING:
    from datetime import date

    from throughflow.statements.actors.lexicon import Lexicon
    from throughflow.statements.actors.people import Person
    from throughflow.statements.actors.phrases import Phrase
    from throughflow.statements.actors.tokens import Token

# What stands for itself: how it names a state, and the sector it tells.
_ALONE = {
    tags.STATE: ("state", "GOV"),
    tags.CAPITAL: ("capital", "GOV"),
    tags.ADJECTIVE: ("adjective", ""),
    tags.DEMONYM: ("demonym", "CVL"),
    tags.COUNTRY: ("anaphor", "GOV"),
}
# Kinds of institution that are called by their seat.
_SEATS = frozenset({"presidency", "parliament", "government"})
# Who is at the head of an institution.
_AT_THE_HEAD = {
    "mfa": "foreign minister",
    "government": "prime minister",
    "commission": "president",
    "council": "president",
    "parliament": "speaker",
    "central bank": "central bank governor",
    "presidency": "head of the president's office",
}
# Offices so general that the one on record says more.
_GENERAL = frozenset({"head", "minister", "representative", "official", "secretary", "counterpart"})


class Assembler:
    """Finds the mentions of one text.

    Args:
        words: Words of the text.
        lexicon: Of its language.
        on: Day of the text, for terms of office.
    """

    def __init__(self, words: list[Token], lexicon: Lexicon, on: date | None) -> None:
        self.items = Items(words, lexicon)
        self.phrases = PhraseReader(self.items, on)
        self.on = on

    def drafts(self) -> list[Draft]:
        """Return what is found, in the order of the text."""
        found: list[Draft] = []
        taken: set[int] = set()
        at = 0
        while at < len(self.items):
            phrase = None if at in taken else self._apposition(at) or self.phrases.read(at)
            if phrase:
                taken.update(phrase.apart)
                found.append(self._of_phrase(phrase))
                at = phrase.after
                continue
            draft, after = (None, at + 1) if at in taken else self._single(at)
            if draft:
                found.append(draft)
            at = after
        return found

    def _apposition(self, at: int) -> Phrase | None:
        """Read ``NAME, the foreign minister of STATE``."""
        if self.items.tag(at) not in {tags.PERSON, tags.NAME}:
            return None
        if self.items.tag(at - 1) == tags.NAME and self.items.tight(at):
            return None
        after = at + 1
        while after - at < LONGEST_NAME and self.items.follows(after, tags.NAME + tags.PERSON):
            after += 1
        if not self.items.comma(after):
            return None
        start = after + 1 if self.items.tag(after) == tags.ARTICLE else after
        phrase = self.phrases.read(start)
        if phrase and phrase.role and phrase.code and not phrase.person:
            phrase.known, phrase.person = self._named(at, after, phrase.code)
            if phrase.person:
                phrase.first = at
                return phrase
        return None

    def _named(self, at: int, after: int, code: str) -> tuple[Person | None, str | None]:
        """Tell whose name the items from one place to another are, beside an office of a state."""
        names = [self.items[place] for place in range(at, after)]
        sightings = [item.sighting for item in names if item.sighting]
        if sightings and code in sightings[-1].person.codes:
            return sightings[-1].person, sightings[-1].person.name
        if len(names) > 1 and all(item.tag == tags.NAME for item in names):
            return None, self.items.written(at, after - 1)
        return None, None

    # -- what stands for itself ---------------------------------------------------------------

    def _single(self, at: int) -> tuple[Draft | None, int]:
        """Read one item, or a first name and a surname; return the place after, too."""
        item = self.items[at]
        if item.tag == tags.NAME and self.items.follows(at + 1, tags.PERSON):
            return self._with_first_name(at)
        if item.sighting and item.tag == tags.PERSON:
            return self._of_person(item.sighting.person, at, at), at + 1
        if item.tag == tags.SEAT or self._is_of_seat(at):
            return self._seat(at)
        if item.tag not in _ALONE or self._is_named_again(at):
            return None, at + 1
        code = item.code
        if item.tag == tags.CAPITAL and code == "BE":
            town = context.is_town(self.items.words, item.first, self.items.lexicon)
            code = "BE" if town else "EU"
        return self._draft(at, at + 1, code, *_ALONE[item.tag]), at + 1

    def _is_of_seat(self, at: int) -> bool:
        """Tell whether an adjective belongs to a seat of its own state ("Rosyjska Duma")."""
        if self.items.tag(at) != tags.ADJECTIVE or not self.items.follows(at + 1, tags.SEAT):
            return False
        return self.items[at].code == self.items[at + 1].code

    def _seat(self, at: int) -> tuple[Draft, int]:
        """Read a seat with the state that may stand before or behind it."""
        place = at if self.items.tag(at) == tags.SEAT else at + 1
        seat, after = self.items[place], place + 1
        if self.items.follows(after, tags.STATE) and self.items[after].code == seat.code:
            after += 1
        how = "seat" if seat.value in _SEATS else "institution"
        return self._draft(at, after, seat.code, how, seat.sector or "GOV"), after

    def _is_named_again(self, at: int) -> bool:
        """Tell whether ``Hungary's Viktor Orbán`` or ``U.S. State Department`` is being read."""
        if self.phrases.by_case or self.items.tag(at) != tags.STATE:
            return False
        if not self.items.tight(at + 1):
            return False
        code, after = self.items[at].code, self.items[at + 1]
        if after.tag == tags.PERSON and after.sighting and self.items.owns(at):
            return code in after.sighting.person.codes
        return after.tag == tags.SEAT and after.code == code

    def _with_first_name(self, at: int) -> tuple[Draft | None, int]:
        """A surname known alone with an unknown word before it: its first name, or another's."""
        sighting = self.items[at + 1].sighting
        if sighting is None:
            return None, at + 1
        word = self.items.words[self.items[at].last]
        if people.first_name_fits(sighting.person, word, self.items.lexicon.lang):
            return self._of_person(sighting.person, at, at + 1), at + 2
        whole = sighting.first < sighting.last
        return None, at + 1 if word.first or whole else at + 2

    def _of_person(self, person: Person, first: int, last: int) -> Draft:
        code, role = people.office(person, self.on)
        how = "leader" if role in LEADERS else "official"
        sector = "LEG" if role == "senator" else "GOV"
        return Draft(
            *(self.items[first].first, self.items[last].last, code, how),
            *(person.name, role, sector, self.items.case(last)),
        )

    def _draft(self, first: int, after: int, code: str, how: str, sector: str) -> Draft:
        return Draft(
            *(self.items[first].first, self.items[after - 1].last, code, how),
            *(None, None, sector, self.items.case(first)),
        )

    # -- phrases ------------------------------------------------------------------------------

    def _of_phrase(self, phrase: Phrase) -> Draft:
        held = None
        if phrase.known:
            held = people.office(phrase.known, self.on, phrase.code)[1]
        role = self._role(phrase, held) if phrase.role else None
        return Draft(
            *(self.items[phrase.first].first, self.items[phrase.after - 1].last, phrase.code),
            *(self._how(phrase, role), phrase.person, role),
            *(phrase.sector or "GOV", self.items.case(phrase.head, phrase.first, phrase.case)),
        )

    def _role(self, phrase: Phrase, held: str | None) -> str:
        """Name the office: as written, by the institution it heads, or as on record."""
        role, kind = phrase.role, phrase.institution
        deputy = phrase.deputy or role == "deputy head"
        role = "head" if role == "deputy head" else role
        if role == "head" and kind.startswith("ministry:"):
            role = f"{kind.removeprefix('ministry:')} minister"
        elif role == "head":
            of_state = self.phrases.by_case and not kind  # "глава Казахстана"
            role = "president" if of_state else _AT_THE_HEAD.get(kind, "head")
        if role == "foreign minister" and phrase.code == "EU":
            role = "foreign policy chief"
        if role in _GENERAL and held:
            role = held
        if deputy and not role.startswith("deputy"):
            role = f"deputy {role}"
        if phrase.former and not role.startswith("former"):
            role = f"former {role}"
        return role

    def _how(self, phrase: Phrase, role: str | None) -> str:
        if not phrase.code:
            return "anaphor"
        if role:
            return "leader" if role in LEADERS else "official"
        if self.items.tag(phrase.head) == tags.GROUP:
            return "adjective" if self.items.tag(phrase.first) == tags.ADJECTIVE else "state"
        return "institution"
