"""Events of a document: what its frames found, with every slot filled or named as open."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from throughflow.model.statements import Actor, Candidate, Span
from throughflow.statements import actors as actor_finder
from throughflow.statements import quotes as quote_finder
from throughflow.statements import reading as reader
from throughflow.statements.discourse import Discourse, main_state, party
from throughflow.statements.events import Found, fill
from throughflow.statements.frames import engine
from throughflow.statements.frames.lexicon import lexicon
from throughflow.statements.merge import merge
from throughflow.statements.slots import speakers, verbs, when
from throughflow.statements.slots.places import oblique

if TYPE_CHECKING:
    from collections.abc import Sequence

    from throughflow.model.statements import DateInterval, Event
    from throughflow.statements.actors import Mention
    from throughflow.statements.document import Document
    from throughflow.statements.frames.engine import Match
    from throughflow.statements.reading import Reading

# A piece of this many words without a full stop is a fragment of a sentence: its subject may lie
# outside of it.
_FRAGMENT_WORDS = 45
# What is known to be somebody's words may be two or three short sentences.
_FRAGMENT_SENTENCES = 3
# What runs on for longer without an end is a table or a list, not a sentence.
_LONGEST_SENTENCE = 2000
# What is denied of now but pledged of later.
_TENSED = {"evasion", "now_is_denial"}
# A denial is one of trade, an abstention one at the UN, only where these are spoken of.
_THINGS = "goods|ban|sanctions|export"
_TOPICS = {"trade": ("sanctions", "evade", "export", "export_verb"), "un": ("un",)}


@dataclass(frozen=True, slots=True)
class Quote:
    """What somebody said.

    Attributes:
        start: First code point.
        end: One past the last.
        text: The words, without quotation marks.
        speaker: Name in Latin script; None if the text names nobody known.
        speaker_country: State the speaker acts for, alpha-2; empty for none.
        verb: Word of saying; empty for none.
        direct: Whether it is word for word.
    """

    start: int
    end: int
    text: str
    speaker: str | None
    speaker_country: str
    verb: str
    direct: bool


@dataclass(frozen=True, slots=True)
class Extraction:
    """What was read from a document.

    Attributes:
        events: Asserted, each once, in the order of their first wording.
        candidates: Seen by a rule but not complete, for a person to decide.
        quotes: Direct and reported speech, in order.
    """

    events: tuple[Event, ...]
    candidates: tuple[Candidate, ...]
    quotes: tuple[Quote, ...]


def extract(
    document: Document, *, speaker: str | None = None, sanctioned: str = "RU"
) -> Extraction:
    """Read what states said and did from a document.

    Args:
        document: The document.
        speaker: Who speaks, or is spoken of, where the text names nobody: a name that the table
            of officials knows, or a country.
        sanctioned: Alpha-2 code of the sanctioned state.

    Returns:
        Events, candidates and quotes. An event has all slots its rule needs; whatever lacks one,
        or is only possible, asked, wished for or somebody's opinion, is a candidate.
    """
    words = lexicon(document.lang)
    found_states = actor_finder.find(document.text, document.lang, on=document.published)
    mentions = _Mentions(found_states, [one.span.start for one in found_states])
    sentences = [s for s in document.sentences if s.end - s.start <= _LONGEST_SENTENCE]
    readings = [
        reader.read(number, span, words, mentions.within(span), sanctioned)
        for number, span in enumerate(sentences)
    ]
    discourse = Discourse(
        sanctioned,
        default=_default(speaker, document),
        fragment=_is_fragment(readings, most=_FRAGMENT_SENTENCES if speaker else 1),
        main=main_state(readings, {sanctioned}),
    )

    if discourse.fragment:
        discourse.default = _of_own_state(discourse.default, readings, sanctioned)

    def piece(start: int, end: int) -> Reading | None:
        span = Span(start, end, document.text[start:end])
        if not span.text.strip():
            return None
        return reader.read(0, span, words, mentions.within(span), sanctioned)

    discourse.speeches = quote_finder.speeches(
        document.text, piece, discourse.default, discourse.main
    )
    topics = _topics(readings, everything=discourse.fragment)
    if discourse.fragment and discourse.default is not None:
        topics.add("quote")
    found: list[Found] = []
    reported: list[Quote] = []
    for one in readings:
        before = discourse.read[-1] if discourse.read else None
        matches = _pledges_joined(one, engine.match(one, topics=topics))
        for match in matches:
            made = fill(one, match, discourse, document.published, before)
            if made is not None:
                found.append(made)
        reported += _reported(one, discourse, document.text)
        _learn(one, found, discourse)
    found = _next_targets(found, readings, sanctioned)
    voted = next(
        (day for one in readings if (day := when.voting_day(one, document.published))), None
    )
    events = _speech_day([one for one in found if not one.unresolved], voted)
    candidates = tuple(Candidate(one.event, one.unresolved) for one in found if one.unresolved)
    quotes = [_direct(speech, document.text) for speech in discourse.speeches] + reported
    return Extraction(
        merge(events), candidates, tuple(sorted(quotes, key=lambda q: (q.start, q.end)))
    )


@dataclass(frozen=True, slots=True)
class _Mentions:
    """The states of a document, by where they start."""

    found: tuple[Mention, ...]
    starts: list[int]

    def within(self, span: Span) -> tuple[Mention, ...]:
        """Return those that lie in a piece of the text."""
        first, last = bisect_left(self.starts, span.start), bisect_left(self.starts, span.end)
        return tuple(one for one in self.found[first:last] if one.span.end <= span.end)


def _default(speaker: str | None, document: Document) -> Actor | None:
    if not speaker:
        return None
    for lang in dict.fromkeys(("en", document.lang)):
        for mention in actor_finder.find(speaker, lang, on=document.published):
            if mention.country:
                return Actor(mention.country, mention.sector or "GOV", mention.person, mention.role)
    return Actor("", "GOV", speaker)


def _of_own_state(
    speaker: Actor | None, readings: Sequence[Reading], sanctioned: str
) -> Actor | None:
    """Take an unknown speaker of a quote to speak for the one state that acts in it."""
    if speaker is None or speaker.country:
        return speaker
    named = {p.mention.country for one in readings for p in one.places if not oblique(one, p)} - {
        "",
        sanctioned,
    }
    return Actor(named.pop(), "GOV", speaker.person) if len(named) == 1 else speaker


def _topics(readings: Sequence[Reading], *, everything: bool) -> set[str]:
    return {
        topic
        for topic, names in _TOPICS.items()
        if everything or any(one.hits.get(name) for one in readings for name in names)
    }


def _is_fragment(readings: Sequence[Reading], most: int) -> bool:
    return len(readings) <= most and sum(len(one.words) for one in readings) <= _FRAGMENT_WORDS


def _pledges_joined(reading: Reading, matches: list[Match]) -> list[Match]:
    """Let "does not and will not" be one pledge: a clause that speaks of the future is one."""
    future = {
        _tensed(reading, m) for m in matches if m.frame.sense in _TENSED and m.tense == "future"
    }
    return [
        replace(m, tense="both") if m.tense != "future" and _tensed(reading, m) in future else m
        for m in matches
    ]


def _tensed(reading: Reading, match: Match) -> tuple[int, str]:
    """Give what one wording shares with the other tense of it: its clause, where that tells."""
    # "has not sent weapons before and will not send any": "before" opens a clause of its own.
    alike = match.frame.sense == "now_is_denial"
    return (0 if alike else reading.owner[match.head]), match.frame.sense


def _learn(reading: Reading, found: list[Found], discourse: Discourse) -> None:
    """Remember who acted and who spoke, for the sentences to come."""
    discourse.read.append(reading)
    here = [one for one in found if one.reading is reading]
    for one in here:
        if one.event.kind == "consultation" and not one.unresolved:
            discourse.talks = one.event.actors
    subject = [p for p in reading.places if p.mention.country and not oblique(reading, p)]
    subject = [p for p in subject if p.mention.country != discourse.sanctioned]
    if subject:
        discourse.subject = party(subject[0], reading)
    spoken = [s for s in discourse.speeches if s.start < reading.span.end and s.actor is not None]
    if spoken:
        discourse.speaker = spoken[-1].actor
    elif next(reading.of("say"), None) is not None and subject:
        discourse.speaker = party(subject[0], reading)


def _reported(reading: Reading, discourse: Discourse, text: str) -> list[Quote]:
    """Find reported speech with a known speaker: "he said that …"."""
    found = []
    for clause in reading.clauses:
        if clause.kind != "that" or clause.parent is None or len(clause.tokens) < 3:
            continue
        first, last = clause.tokens[0], clause.tokens[-1]
        above = reading.clauses[clause.parent].tokens
        said = [h.first for h in reading.of("say") if h.first in above and h.first < first]
        if not said:
            continue
        voice = speakers.voice(reading, clause.tokens[1], discourse)
        if voice.kind != "state" or voice.actor is None or verbs.negated(reading, said[-1]):
            continue
        if any(reading.at(_THINGS, k) for k in range(said[-1] + 1, first)):
            # "announced a ban on drones that could …": the clause tells of a thing.
            continue
        start = reading.words[clause.tokens[1] if reading.at("that", first) else first].start
        while last > first and not reading.words[last].is_word:
            last -= 1
        end = reading.words[last].end
        speech = discourse.quote_at(start)
        if speech is not None:
            end = min(end, speech.end)
        if end > start:
            found.append(
                Quote(
                    start,
                    end,
                    text[start:end],
                    voice.actor.person,
                    voice.actor.country,
                    reading.words[said[-1]].text,
                    direct=False,
                )
            )
    return found


def _direct(speech: quote_finder.Speech, text: str) -> Quote:
    country = speech.actor.country if speech.actor is not None else ""
    person = speech.actor.person if speech.actor is not None else None
    return Quote(
        speech.start,
        speech.end,
        text[speech.start : speech.end],
        person or speech.name or None,
        country,
        speech.verb,
        direct=True,
    )


def _next_targets(found: list[Found], readings: Sequence[Reading], sanctioned: str) -> list[Found]:
    """Take the other party of a project from the next sentence, if it is the sanctioned state."""
    result = []
    for one in found:
        if one.match.frame.target == "next" and one.unresolved == ("target",):
            after = readings[one.reading.number + 1 : one.reading.number + 2]
            if any(p.mention.country == sanctioned for r in after for p in r.places):
                event = replace(one.event, targets=(Actor(sanctioned),), polarity=-1)
                result.append(Found(event, (), one.match, one.reading))
                continue
        result.append(one)
    return result


def _speech_day(found: list[Found], voted: DateInterval | None) -> list[Event]:
    """Give what was said at dated talks the day of the talks, and votes the day of the vote."""
    talks = [
        one.event
        for one in found
        if one.event.kind == "consultation" and one.event.date.expr is not None
    ]
    return [
        _at_vote(one.event, voted) if one.event.kind == "vote" else _at_talks(one.event, talks)
        for one in found
    ]


def _at_vote(event: Event, voted: DateInterval | None) -> Event:
    if voted is None or event.date.expr is not None or event.date.basis != "text":
        return event
    symbol = when.resolution_of(voted)
    details = event.details | ({"un_resolution": symbol} if symbol else {})
    return replace(event, date=voted, details=details)


def _at_talks(event: Event, talks: list[Event]) -> Event:
    if event.date.expr is not None:
        return event
    relayer = [event.relayed_by] if event.relayed_by is not None else []
    parties = {one.country for one in (*event.actors, *event.targets, *relayer)}
    for talk in talks:
        at = {one.country for one in talk.actors}
        if event.kind in when.SAID and parties & at:
            return replace(event, date=talk.date)
        if event.kind == "cooperation" and parties == at:
            return replace(event, date=replace(talk.date, expr=None, basis="inferred"))
    return event
