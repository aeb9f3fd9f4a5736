"""Quotes: what stands between marks and was said by somebody."""

# ruff: noqa: RUF001 - quotation marks and letters of four alphabets

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from throughflow.model.statements import Actor
from throughflow.statements.discourse import party

if TYPE_CHECKING:
    from collections.abc import Callable

    from throughflow.statements.reading import Place, Reading

    PlacesIn = Callable[[int, int], Reading | None]

# Opening mark and the marks that close it. A straight mark opens and closes.
_PAIRS = {
    "„": '”“"',
    "“": '”"',
    "”": "”",
    "«": "»",
    "»": "«",
    "‹": "›",
    "‘": "’",
    '"': '"”',
}
# A mark that is never closed must not swallow the rest of a document.
_LONGEST = 3000
_BREAK = re.compile(r"\n\s*\n")


@dataclass(frozen=True, slots=True)
class Marked:
    """Text between quotation marks.

    Attributes:
        start: First code point inside the marks.
        end: One past the last code point inside.
        depth: 0 for the outermost.
    """

    start: int
    end: int
    depth: int


def marked(text: str) -> list[Marked]:
    """Find the text between quotation marks, outermost and nested, in order.

    An opening mark without its closing one is left alone, and so is an apostrophe.
    """
    found: list[Marked] = []
    position = 0
    while position < len(text):
        char = text[position]
        closers = _PAIRS.get(char)
        if closers is None or not _opens(text, position):
            position += 1
            continue
        end = _closing(text, position, closers)
        if end is None:
            position += 1
            continue
        found.append(Marked(position + 1, end, 0))
        found.extend(
            Marked(position + 1 + inner.start, position + 1 + inner.end, inner.depth + 1)
            for inner in marked(text[position + 1 : end])
        )
        position = end + 1
    return found


def _opens(text: str, position: int) -> bool:
    char = text[position]
    before = text[position - 1] if position else " "
    after = text[position + 1] if position + 1 < len(text) else " "
    if char in "‘’":
        return not before.isalnum() and after.isalnum()
    if after.isspace():
        return False
    if char in "”»":
        return not before.isalnum() and before not in ".,!?…"
    return char != '"' or not before.isalnum()


def _closing(text: str, position: int, closers: str) -> int | None:
    opener = text[position]
    depth = 0
    limit = min(len(text), position + _LONGEST)
    for here in range(position + 1, limit):
        char = text[here]
        if char == "\n" and _BREAK.match(text, here) and opener == '"':
            return None
        if char == opener and opener not in closers:
            depth += 1
        elif char in closers:
            after = text[here + 1] if here + 1 < len(text) else " "
            if char in "’‘" and after.isalnum():
                continue
            if depth:
                depth -= 1
                continue
            return here
    return None


@dataclass(frozen=True, slots=True)
class Speech:
    """Direct speech and who speaks.

    Attributes:
        start: First code point inside the marks.
        end: One past the last.
        actor: Who speaks, where it is a state or its official; None otherwise.
        name: Name as the text gives it; empty for none.
        verb: Word of saying; empty where the text gives none.
        opinion: Whether the speaker is an expert, a source or anybody else who does not act for
            a state.
    """

    start: int
    end: int
    actor: Actor | None
    name: str
    verb: str
    opinion: bool


# One or two words in marks are a name or an irony, three may be a title.
_FEWEST_WORDS = 4
_NAME = re.compile(r"\b[^\W\d_a-zа-яіїєґ][\w’'-]+(?: [^\W\d_a-zа-яіїєґ][\w’'-]+){1,2}")
_LEAD_CHARACTERS = 160
_FAR_BACK = 500


def speeches(text: str, places_in: PlacesIn, default: Actor | None, main: str) -> list[Speech]:
    """Find direct speech with its speakers.

    A piece between marks is speech if a verb of saying leads to it or follows it. A speaker whom
    the text does not repeat ("he added") is the one who spoke before.

    Args:
        text: The document.
        places_in: Reads a piece of the text, from one offset to another.
        default: Who speaks if the text does not say.
        main: State the document is about: the state of an office that is named without one.
    """
    found: list[Speech] = []
    last: Speech | None = None
    pieces = marked(text)
    for piece in pieces:
        words = text[piece.start : piece.end].split()
        after = _after(text, piece.end + 1)
        before = _before(text, piece.start - 1)
        said = _attribution_after(places_in, *after) or _attribution_before(
            text, places_in, before, enough=len(words) >= _FEWEST_WORDS
        )
        if said is None:
            whole = (
                len(words) > _FEWEST_WORDS
                and last is not None
                and piece.depth == 0
                and text[piece.start].isupper()
                and text[piece.end - 1] in ".!?…"
            )
            if not whole or last is None:
                continue
            said = _Said(last.actor, last.name, "", last.opinion, bare=False)
        if len(words) < 2:
            continue
        actor, name, opinion = said.actor, said.name, said.opinion
        if said.bare and actor is None and not opinion:
            if last is not None and not said.office:
                actor, name, opinion = last.actor, last.name, last.opinion
            else:
                actor = default or _spoken_of(places_in, piece.start)
            if actor is None and main and said.office:
                actor = Actor(main, "GOV", name or None)
        speech = Speech(piece.start, piece.end, actor, name, said.verb, opinion)
        found.append(speech)
        if piece.depth == 0:
            last = speech
    return found


def _spoken_of(places_in: PlacesIn, end: int) -> Actor | None:
    """Return the person named last before a quote whose speaker is only "he" or "she"."""
    reading = places_in(max(0, end - _FAR_BACK), end)
    persons = [p for p in reading.places if p.mention.person] if reading is not None else []
    return party(persons[-1], reading) if persons and persons[-1].mention.country else None


@dataclass(frozen=True, slots=True)
class _Said:
    actor: Actor | None
    name: str
    verb: str
    opinion: bool
    bare: bool
    office: bool = False


def _after(text: str, start: int) -> tuple[int, int]:
    """Give the rest of the sentence after a closing mark."""
    end = min(len(text), start + _LEAD_CHARACTERS)
    stop = re.compile(r"[.!?;]\s|[.!?;]$|\n|[\"„“«]").search(text, start, end)
    # The full stop may stand before the attribution: »…« . – dodał.
    if stop is not None and stop.start() == start and text[start] == ".":
        stop = re.compile(r"[!?;]\s|\.\s+[^\W\d_]|\n|[\"„“«]").search(text, start + 1, end)
    return start, stop.start() if stop is not None else end


def _before(text: str, end: int) -> tuple[int, int]:
    """Give the beginning of the sentence before an opening mark."""
    start = max(0, end - _LEAD_CHARACTERS)
    cut = max(text.rfind(mark, start, end) for mark in ("\n", ". ", "! ", "? ", "”", "»"))
    return max(start, cut + 1), max(end, 0)


def _attribution_after(places_in: PlacesIn, start: int, end: int) -> _Said | None:
    reading = places_in(start, end)
    if reading is None:
        return None
    words = reading.words
    verb = next((hit.first for hit in reading.of("say") if hit.first <= 9), None)
    if verb is None:
        return None
    marks = [k for k in range(min(3, len(words))) if not words[k].is_word]
    lead = [words[k] for k in range(verb) if words[k].is_word]
    if not marks and len(lead) > 5:
        return None
    if any(
        not words[k].is_word and words[k].low not in {",", "–", "—", "-", "."} for k in range(verb)
    ):
        return None
    return _speaker(reading, verb)


def _attribution_before(
    text: str, places_in: PlacesIn, before: tuple[int, int], *, enough: bool
) -> _Said | None:
    start, end = before
    reading = places_in(start, end)
    if reading is None:
        return None
    verbs = [hit for hit in reading.of("say|accord") if hit.last < len(reading.words)]
    if not verbs:
        return None
    verb = verbs[-1]
    tail = text[start:end].rstrip()
    leads = tail.endswith((":", ",")) or verb.last == len(reading.words) - 1
    joined = any(reading.at("that", k) for k in range(verb.last, len(reading.words)))
    if not leads and not (enough and (joined or len(reading.words) - verb.last <= 12)):
        return None
    return _speaker(reading, verb.first)


def _speaker(reading: Reading, verb: int) -> _Said:
    word = reading.words[verb].low
    last = min(len(reading.words), verb + 14)
    opinion = any(reading.at("opinion_holder", k) for k in range(max(0, verb - 5), last))
    named = [p for p in reading.places if p.mention.country]
    persons = [p for p in named if p.mention.person]
    nearest = persons or [p for p in named if not _is_target(reading, p, verb)]
    if nearest:
        chosen = min(nearest, key=lambda p: abs(p.first - verb))
        actor = party(chosen, reading)
        return _Said(actor, actor.person or "", word, opinion and not persons, bare=False)
    offices = [k for k in range(max(0, verb - 8), last) if reading.at("office", k)]
    first = offices[-1] + 1 if offices else 0
    piece = "".join(
        ("" if not k or reading.words[k - 1].end == reading.words[k].start else " ")
        + reading.words[k].text
        for k in range(first, len(reading.words))
    )
    name = _NAME.search(piece)
    if offices and not opinion:
        return _Said(None, name[0] if name else "", word, opinion=False, bare=True, office=True)
    if name is not None:
        return _Said(None, name[0], word, opinion=True, bare=False)
    bare = not any(
        reading.words[k].is_word
        and k != verb
        and not reading.at("light|pron3|neg|earlier|that|office|say", k)
        for k in range(max(0, verb - 3), min(len(reading.words), verb + 2))
    )
    return _Said(None, "", word, opinion, bare=bare)


def _is_target(reading: Reading, place: Place, verb: int) -> bool:
    return place.first > verb and reading.at("prep", place.first - 1)
