"""A sentence as the rules see it: its words, concepts, clauses, states and quotes."""

# ruff: noqa: RUF001 - words of several alphabets

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass
from typing import TYPE_CHECKING

from throughflow.model.statements import Span
from throughflow.statements import clauses as clause_module
from throughflow.statements.actors import Mention
from throughflow.statements.frames.lexicon import Hit
from throughflow.statements.tokens import tokens

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from throughflow.statements.clauses import Clause
    from throughflow.statements.frames.lexicon import Lexicon
    from throughflow.statements.tokens import Token


# Concepts whose words must be verbs to tell of an act, and the endings of their nouns.
_ACTS = {"halt", "lift", "introduce", "list_firms"}
_NOUNS = {
    "pl": ("anie", "ania", "aniu", "aniem", "enie", "enia", "eniu", "eniem"),
    "ru": ("ние", "ния", "нию", "нием", "нии"),
    "uk": ("ння", "нню", "нням", "нні", "нь"),
}
_BEFORE_NOUN = {
    "the", "of", "that", "other", "for", "some", "in", "exporting", "supplying", "with", "which",
    "what", "if", "when", "into", "to", "as", "any", "all", "more", "and", "or", "over", "no",
}  # fmt: skip
# The state that the sanctioned one makes war on, and those that impose sanctions.
_ATTACKED = "UA"
_SANCTIONERS = frozenset({"US", "EU", "GB", "CA", "JP", "CH"})
_IN = frozenset({"in", "w", "we", "в", "у", "на"})
_RESENTED = ("sanctions", "criticise")
_TRADE = ("export", "goods", "evade", "allegation", "charge_noun", "report_noun")
# What is done with sanctions, and how near to it a "them" means them.
_ON_SANCTIONS = ("evade", "comply", "join")
_NEAR_THEM = 3
# An office stands this near to "there".
_NEAR_THERE = 2


@dataclass(frozen=True, slots=True)
class Place:
    """A mention of a state, at its tokens.

    Attributes:
        mention: What was found.
        first: Number of its first token.
        last: Number of its last token.
        case: Its case: that of the office it names, else as guessed from its ending.
    """

    mention: Mention
    first: int
    last: int
    case: str


@dataclass(slots=True)
class Reading:
    """A sentence, read.

    Attributes:
        number: Its number in the document.
        span: Where it stands.
        words: Its tokens.
        lexicon: The words of its language.
        hits: Concepts by name.
        clauses: Its clauses.
        owner: For each token, the number of its clause.
        places: States in it, in order.
    """

    number: int
    span: Span
    words: list[Token]
    lexicon: Lexicon
    hits: dict[str, list[Hit]]
    clauses: list[Clause]
    owner: list[int]
    places: list[Place]

    def of(self, names: str) -> Iterator[Hit]:
        """List the hits of one or several concepts, joined by ``|``."""
        for name in names.split("|"):
            yield from self.hits.get(name, ())

    def has(self, names: str, first: int, last: int) -> bool:
        """Tell whether a concept lies within two tokens, both included."""
        return any(first <= hit.first and hit.last <= last for hit in self.of(names))

    def at(self, names: str, number: int) -> bool:
        """Tell whether a token is part of a concept."""
        return any(hit.first <= number <= hit.last for hit in self.of(names))

    def clause(self, number: int) -> Clause:
        """Return the clause of a token."""
        return self.clauses[self.owner[number]]

    def position(self, number: int) -> int:
        """Return where a token stands in its own clause."""
        return bisect_left(self.clause(number).tokens, number)

    def ancestors(self, number: int) -> Iterator[int]:
        """List the numbers of the clauses a token's clause hangs on, the nearest first."""
        seen = set()
        above = self.clause(number).parent
        while above is not None and above not in seen:
            seen.add(above)
            yield above
            above = self.clauses[above].parent


def read(
    number: int, span: Span, lexicon: Lexicon, mentions: Sequence[Mention], sanctioned: str
) -> Reading:
    """Read a sentence.

    Args:
        number: Its number in the document.
        span: Where it stands, with its text.
        lexicon: The words of its language.
        mentions: The states found in it.
        sanctioned: The sanctioned state, whose mentions count as the concept `sanctioned_state`.
    """
    words = tokens(span.text, offset=span.start)
    hits: dict[str, list[Hit]] = {}
    for hit in lexicon.find(words):
        if not (_misleading(words, hit, lexicon.lang) or _goes_to_a_verb(words, hit, lexicon)):
            hits.setdefault(hit.concept, []).append(hit)
    starts = [word.start for word in words]
    places = []
    for mention in mentions:
        first = bisect_left(starts, mention.span.start)
        last = bisect_left(starts, mention.span.end) - 1
        if first < len(words) and last >= first:
            places.append(Place(mention, first, last, _case(hits, mention, first, last)))
    places += _there(span, words, hits, places)
    places += _union(span, words, hits, places)
    places.sort(key=lambda place: (place.first, place.last))
    for place in places:
        concept = _concept_of(words, place)
        if place.mention.country == sanctioned:
            concept = "sanctioned_state"
        if concept:
            hits.setdefault(concept, []).append(Hit(concept, place.first, place.last))
    if "against_sanctions" in hits:
        # "sanctions against Russia" in another word order is no stand against sanctions, and
        # neither is "measures against the re-export of sanctioned goods".
        traded = {hit.first for name in _TRADE for hit in hits.get(name, ())}
        hits["against_sanctions"] = [
            hit
            for hit in hits["against_sanctions"]
            if not _against_state(words, hit, places, sanctioned)
            and not traded & set(range(hit.first, hit.last))
        ]
    _point_back(hits)
    if "nottrue" in hits:
        # "unfounded sanctions", "groundless interference" are resented, not denied.
        resented = {hit.first for name in _RESENTED for hit in hits.get(name, ())}
        hits["nottrue"] = [hit for hit in hits["nottrue"] if hit.last + 1 not in resented]
    starts_at = {place.first for place in places}
    commas = {k for k, word in enumerate(words) if word.low == ","}
    listing = commas & {p.last + 1 for p in places if p.last + 2 in starts_at}
    parts, owner = clause_module.split(words, hits, lexicon.lang, listing)
    return Reading(number, span, words, lexicon, hits, parts, owner, places)


def _concept_of(words: Sequence[Token], place: Place) -> str:
    """Return the concept that a state counts as; empty for none, and for a mere place."""
    if place.mention.country in _SANCTIONERS:
        return "sanctioner"
    there = place.first > 0 and words[place.first - 1].low in _IN and place.case != "accusative"
    return "attacked_state" if place.mention.country == _ATTACKED and not there else ""


def _point_back(hits: dict[str, list[Hit]]) -> None:
    """Let "them" be the sanctions told of before: "did not join them, but will observe them"."""
    named = min((hit.first for hit in hits.get("sanctions", ())), default=None)
    if named is None:
        return
    acts = [hit.first for name in _ON_SANCTIONS for hit in hits.get(name, ())]
    hits["sanctions"] += [
        Hit("sanctions", hit.first, hit.last)
        for hit in hits.get("them", ())
        if hit.first > named and any(abs(hit.first - act) <= _NEAR_THEM for act in acts)
    ]


def _misleading(words: Sequence[Token], hit: Hit, lang: str) -> bool:
    """Tell words apart that are written alike: the month of May, a noun from its verb."""
    if lang != "en":
        return hit.concept in _ACTS and words[hit.first].low.endswith(_NOUNS.get(lang, ()))
    if hit.concept == "pron1":
        return words[hit.first].text == "US"
    if hit.concept == "modal":
        return words[hit.first].text == "May"
    word = words[hit.first].low
    before = words[hit.first - 1].low if hit.first else ""
    after = words[hit.first + 1].low if hit.first + 1 < len(words) else ""
    if hit.concept == "ban_verb" and word in {"bans", "bars"}:
        return after == "on" or before in _BEFORE_NOUN
    return hit.concept == "ban_verb" and word == "banned" and before in _BEFORE_NOUN


def _goes_to_a_verb(words: Sequence[Token], hit: Hit, lexicon: Lexicon) -> bool:
    """Tell whether "не будет" is the auxiliary of a verb rather than "there will be no"."""
    if hit.concept != "no_such_thing" or hit.last == hit.first or hit.last + 1 >= len(words):
        return False
    after = words[hit.last + 1].low
    forms = (lexicon.tense.get(name) for name in ("infinitive", "passive", "participle"))
    return lexicon.case and any(form is not None and form.fullmatch(after) for form in forms)


def _case(hits: dict[str, list[Hit]], mention: Mention, first: int, last: int) -> str:
    offices = [hit for hit in hits.get("office_nom", ()) if first <= hit.first <= last]
    others = [hit.first for hit in hits.get("office", ()) if first <= hit.first <= last]
    if offices and offices[0].first == min(others, default=offices[0].first):
        return "nominative"
    return mention.case


def _there(
    span: Span, words: Sequence[Token], hits: dict[str, list[Hit]], places: Sequence[Place]
) -> list[Place]:
    """Find offices "there": "szef tamtejszej dyplomacji", a state that only the context names."""
    found = []
    for hit in hits.get("there", ()):
        if any(p.first <= hit.first <= p.last for p in places):
            continue
        near = [o for o in hits.get("office", ()) if abs(o.first - hit.first) <= _NEAR_THERE]
        if not near:
            continue
        first = min(hit.first, *(o.first for o in near))
        last = max(hit.last, *(o.last for o in near))
        nominative = any(o.first == first for o in hits.get("office_nom", ()))
        start, end = words[first].start, words[last].end
        text = span.text[start - span.start : end - span.start]
        case = "nominative" if nominative else "genitive"
        mention = Mention(Span(start, end, text), "", "anaphor", None, None, "GOV", case)
        found.append(Place(mention, first, last, case))
    return found


def _union(
    span: Span, words: Sequence[Token], hits: dict[str, list[Hit]], places: Sequence[Place]
) -> list[Place]:
    """Find the Union under its other names: "the bloc", "the European side"."""
    found = []
    for hit in hits.get("union", ()):
        if any(p.first <= hit.last and hit.first <= p.last for p in places):
            continue
        start, end = words[hit.first].start, words[hit.last].end
        text = span.text[start - span.start : end - span.start]
        mention = Mention(Span(start, end, text), "EU", "institution", None, None, "GOV", "")
        found.append(Place(mention, hit.first, hit.last, ""))
    return found


def _against_state(
    words: Sequence[Token], hit: Hit, places: Sequence[Place], sanctioned: str
) -> bool:
    return any(
        hit.first < place.first <= hit.last
        and place.mention.country == sanctioned
        and not words[place.first].low.startswith(("anti", "anty", "анти"))
        for place in places
    )
