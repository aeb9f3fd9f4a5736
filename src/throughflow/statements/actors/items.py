"""The words of a text as items: each a known phrase, a person, another name, or another word."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from throughflow.statements.actors import context, people, tags

if TYPE_CHECKING:
    from throughflow.statements.actors.lexicon import Entry, Lexicon
    from throughflow.statements.actors.people import Sighting
    from throughflow.statements.actors.tokens import Token

# Before an adjective: against or for what it names.
_AGAINST = ("anty", "anti", "анти", "про", "pro", "проти")
# Names that some write in small letters on purpose.
_SMALL_LETTER_NAMES = ("путин", "путін", "владимир", "володимир", "лукашенк")


# Languages whose endings are held with enough care to guess a case from them.
_TELLING_CASES = frozenset({"pl", "ru", "uk"})


@dataclass(frozen=True, slots=True)
class Item:
    """One recognised word or phrase.

    Attributes:
        tag: What it is, one of the tags of `lexicon`.
        first: Number of its first word.
        last: Number of its last word.
        entry: How it was read; None for names and other words.
        sighting: The person seen, None for none.
        cases: Grammatical cases its first word can be, the likelier first.
    """

    tag: str
    first: int
    last: int
    entry: Entry | None = None
    sighting: Sighting | None = None
    cases: tuple[str, ...] = ()

    @property
    def code(self) -> str:
        """State it names, empty for none."""
        return self.entry.code if self.entry else ""

    @property
    def value(self) -> str:
        """Role or kind of institution, empty for none."""
        return self.entry.value if self.entry else ""

    @property
    def sector(self) -> str:
        """PLOVER sector, empty for none."""
        return self.entry.sector if self.entry else ""


def _item(words: list[Token], at: int, lexicon: Lexicon) -> Item:
    word = words[at]
    entry = lexicon.read(words, at)
    sighting = None
    if word.capital or word.key.startswith(_SMALL_LETTER_NAMES):
        sighting = people.see(words, at, lexicon.lang)
    if sighting and (entry is None or (sighting.sure and sighting.last - at > len(entry.rest))):
        tag = tags.PERSON if sighting.sure else tags.NAME
        return Item(tag, at, sighting.last, None, sighting)
    if entry is None:
        entry = _prefixed(word, lexicon)
    if entry is not None:
        last = at + len(entry.rest)
        if not context.is_other_word(words, at, last + 1, entry, lexicon):
            return Item(entry.tag, at, last, entry, cases=entry.cases(words, at))
    is_name = word.capital and word.key not in lexicon.set("not_a_name")
    return Item(tags.NAME if is_name else tags.OTHER, at, at)


def _prefixed(word: Token, lexicon: Lexicon) -> Entry | None:
    """Read ``antyrosyjski`` and its like as the adjective that it holds."""
    for prefix in _AGAINST:
        if word.key.startswith(prefix):
            for entry in lexicon.readings(word.key[len(prefix) :]):
                if entry.tag == tags.ADJECTIVE and not entry.rest:
                    return entry
    return None


class Items:
    """The items of one text, asked by their place; a place outside has no tag.

    Args:
        words: Words of the text.
        lexicon: Of its language.
    """

    def __init__(self, words: list[Token], lexicon: Lexicon) -> None:
        self.words = words
        self.lexicon = lexicon
        self.all: list[Item] = []
        at = 0
        while at < len(words):
            self.all.append(_item(words, at, lexicon))
            at = self.all[-1].last + 1
        self._know_again()

    def _know_again(self) -> None:
        """Take a surname for a person's whose whole name stands elsewhere in the text."""
        seen = {item.sighting.person for item in self.all if item.sighting and item.sighting.sure}
        if not seen:
            return
        for place, item in enumerate(self.all):
            if item.tag != tags.NAME or item.sighting is None:
                continue
            rivals = people.rivals(item.sighting, self.words, self.lexicon.lang)
            meant = [person for person in rivals if person in seen]
            if len(meant) == 1:
                sighting = replace(item.sighting, person=meant[0], sure=True)
                self.all[place] = replace(item, tag=tags.PERSON, sighting=sighting)

    def __len__(self) -> int:
        return len(self.all)

    def __getitem__(self, place: int) -> Item:
        return self.all[place]

    def tag(self, place: int) -> str:
        """Return the tag at a place, empty outside the text."""
        return self.all[place].tag if 0 <= place < len(self.all) else ""

    def key(self, place: int) -> str:
        """Return the first word at a place."""
        return self.words[self.all[place].first].key

    def tight(self, place: int) -> bool:
        """Tell whether an item follows the one before it with nothing but a space between."""
        return 0 < place < len(self.all) and self.words[self.all[place].first].tight

    def follows(self, place: int, wanted: str) -> bool:
        """Tell whether a tight item has one of some tags."""
        return self.tight(place) and self.tag(place) in wanted

    def comma(self, place: int) -> bool:
        """Tell whether a comma alone stands before an item."""
        if not 0 < place < len(self.all):
            return False
        return self.words[self.all[place].first].before.strip() == ","

    def owns(self, place: int) -> bool:
        """Tell whether an item ends in a possessive ('s)."""
        return self.words[self.all[place].last].possessive

    def written(self, first: int, last: int) -> str:
        """Return the words from one item to another, in Latin letters."""
        words = self.words[self.all[first].first : self.all[last].last + 1]
        return people.in_latin(" ".join(word.text for word in words), self.lexicon.lang)

    def case(self, place: int, first: int | None = None, holder: str = "") -> str:
        """Guess the case of an item from its ending.

        Of several cases the one is taken that a name behind it shows, else that an adjective
        before it shares, else that the preposition before governs, else the likeliest.

        Args:
            place: Of the item.
            first: Where its phrase begins; the item itself by default.
            holder: Case of the name of who holds the office, empty for none.
        """
        if self.lexicon.lang not in _TELLING_CASES:
            return ""
        item = self.all[place]
        if item.sighting:
            return item.sighting.case
        begins = self.all[place if first is None else first]
        shared = [case for case in item.cases if case in begins.cases]
        cases = shared or list(begins.cases or item.cases)
        if holder in cases:
            return holder
        before = self.words[begins.first - 1].key if begins.first else ""
        governed = (case for case in cases if before in self.lexicon.set(f"before_{case}"))
        return next(governed, cases[0] if cases else "")
