"""What a reader of a document knows at a point of it: who was last spoken of, and who spoke."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from throughflow.model.statements import Actor
from throughflow.statements.slots.places import behind_preposition

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from throughflow.statements.quotes import Speech
    from throughflow.statements.reading import Place, Reading

# How many sentences back "the government there" may reach.
_BACK = 3


@dataclass(slots=True)
class Discourse:
    """State of the reading.

    Attributes:
        sanctioned: The sanctioned state.
        default: Who speaks where the text does not say; None if nobody was named.
        fragment: Whether the document is a piece of a sentence rather than a text.
        speaker: Who spoke last.
        subject: State that acted last.
        talks: Parties of the last talks.
        main: State the document is about; empty for none.
        read: The sentences read so far.
        speeches: What is quoted word for word.
    """

    sanctioned: str
    default: Actor | None = None
    fragment: bool = False
    speaker: Actor | None = None
    subject: Actor | None = None
    talks: tuple[Actor, ...] = ()
    main: str = ""
    read: list[Reading] = field(default_factory=list)
    speeches: list[Speech] = field(default_factory=list)

    @property
    def quoted_alone(self) -> bool:
        """Whether the document is a quote cut out of its context, with its speaker given."""
        return self.fragment and self.default is not None

    def quote_at(self, offset: int) -> Speech | None:
        """Return the innermost direct speech that holds a code point; None outside of speech."""
        held = [one for one in self.speeches if one.start <= offset < one.end]
        return min(held, key=lambda one: one.end - one.start) if held else None

    def anaphor(self, reading: Reading, number: int, exclude: Collection[str]) -> Actor | None:
        """Tell which state "the government there", "his country" or "it" means.

        Args:
            reading: The sentence.
            number: Token of the anaphor.
            exclude: States it cannot mean, such as one that stands beside it.
        """
        here = [p for p in reading.places if p.last < number]
        earlier = [here] + [one.places for one in reversed(self.read[-_BACK:])]
        readings = [reading, *reversed(self.read[-_BACK:])]
        for one, places in zip(readings, earlier, strict=True):
            fitting = [p for p in places if p.mention.country and p.mention.country not in exclude]
            fitting = [p for p in fitting if p.mention.country != self.sanctioned]
            if fitting:
                nominative = [p for p in fitting if "nom" in p.case]
                mains = [p for p in fitting if p.mention.country == self.main]
                subject = [
                    p
                    for p in fitting
                    if self.subject is not None and p.mention.country == self.subject.country
                ]
                # "The stance of X on Y …, the ministry there said": X is spoken of, Y only touched.
                led = [p for p in fitting if not behind_preposition(one, p)]
                chosen = (nominative or subject or mains or led or fitting)[-1]
                return party(chosen, one)
        if self.main and self.main not in exclude:
            return Actor(self.main)
        return None


def party(place: Place, reading: Reading | None = None) -> Actor:
    """Return the actor a mention names, with its sector."""
    mention = place.mention
    sector = mention.sector or "GOV"
    if reading is not None:
        near = range(max(0, place.first - 2), min(len(reading.words), place.last + 3))
        if any(reading.at("politicians", k) for k in near) and mention.person is None:
            sector = "ELI"
        # "Kazakh wheat exporters" are firms, if "Kazakh exporters" are.
        beside = range(place.last + 1, min(len(reading.words), place.last + 3))
        owns = reading.words[place.last].low.endswith("'s") and mention.how == "state"
        if owns or (mention.how == "adjective" and not mention.sector):
            sector = "BUS" if any(reading.at("firms", k) for k in beside) else sector
    return Actor(mention.country, sector, mention.person, mention.role)


def main_state(readings: Sequence[Reading], exclude: Collection[str]) -> str:
    """Return the state most spoken of, the title counted thrice; empty if none stands out."""
    counts: Counter[str] = Counter()
    for number, one in enumerate(readings):
        for place in one.places:
            if place.mention.country and place.mention.country not in exclude:
                counts[place.mention.country] += 3 if number == 0 else 1
    ranked = counts.most_common(2)
    if not ranked or (len(ranked) > 1 and ranked[0][1] == ranked[1][1]):
        return ""
    return ranked[0][0]
