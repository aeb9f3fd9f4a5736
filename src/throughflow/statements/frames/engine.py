"""One engine for all frames: where a rule's concepts stand together in a sentence."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from throughflow.statements.frames.lexicon import table
from throughflow.statements.slots import verbs

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from throughflow.statements.frames.lexicon import Hit
    from throughflow.statements.reading import Reading

# An act for which a state is thanked has been done.
_BOTH_TOLD = {("exoneration", "restriction")}
_NEED = re.compile(r"(?P<names>[a-z_|0-9]+)(?P<side>~~|>>|~|>|<)(?P<gap>\d+)")


@dataclass(frozen=True, slots=True)
class Need:
    """A concept that must stand near the head.

    Attributes:
        names: Concepts, joined by ``|``.
        side: ``~`` either side, ``>`` after, ``<`` before, in the clause; ``~~`` and ``>>`` in
            the sentence.
        gap: Greatest distance in words.
    """

    names: str
    side: str
    gap: int


@dataclass(frozen=True, slots=True)
class Frame:
    """A rule; its fields are those of ``tables/frames.toml``."""

    name: str
    kind: str
    head: str
    needs: tuple[Need, ...] = ()
    absent: tuple[str, ...] = ()
    negated: str = "no"
    when: tuple[str, ...] = ()
    actor: str = "subject"
    target: str = "none"
    target_needed: bool = False
    speaker_needed: bool = False
    mutual: bool = False
    governs: bool = False
    third_country: bool = False
    topical: str = ""
    in_purpose: bool = False
    is_pledge: bool = False
    sense: str = ""
    polarity: int | str | None = 0
    claim: str = ""
    topic: str = ""
    vote: str = ""


@dataclass(frozen=True, slots=True)
class Match:
    """A frame that fits a sentence.

    Attributes:
        frame: The rule.
        head: Number of the head's first token.
        last: Number of the head's last token.
        tokens: Numbers of the first tokens of all that it joined.
        negated: Whether the head is denied.
        modal: Whether it is only possible.
        tense: ``past``, ``present``, ``future`` or ``bare``.
        governed_by: An earlier match whose scope it stands in; None for none.
    """

    frame: Frame
    head: int
    last: int
    tokens: tuple[int, ...]
    negated: bool
    modal: bool
    tense: str
    governed_by: Match | None = None


@lru_cache(maxsize=1)
def frames() -> tuple[Frame, ...]:
    """Return the frames in the order in which they are tried."""
    return tuple(_frame(row) for row in table("frames")["frame"])


def _frame(row: dict[str, Any]) -> Frame:
    needs = []
    for text in row.get("needs", ()):
        found = _NEED.fullmatch(text)
        if found is None:  # a mistake in a table of this package
            raise AssertionError(f"frame {row['name']}: cannot read {text!r}")
        needs.append(Need(found["names"], found["side"], int(found["gap"])))
    fields = {**row, "needs": tuple(needs)}
    for name in ("absent", "when"):
        fields[name] = tuple(fields.get(name, ()))
    return Frame(**fields)


def match(reading: Reading, *, topics: Collection[str] = ("trade", "un")) -> list[Match]:
    """Find the frames of a sentence, those that an earlier one governs marked as such.

    Args:
        reading: The sentence.
        topics: What its document speaks of: ``trade``, ``un``.
    """
    found: list[Match] = []
    taken: set[int] = set()
    for frame in frames():
        if frame.topical and frame.topical not in topics:
            continue
        for hit in _heads(reading, frame):
            one = _fits(reading, frame, hit)
            if one is None or (one.head in taken and not _may_share(frame)):
                continue
            ruler = next((m for m in found if _governs(reading, m, one)), None)
            if ruler is not None:
                one = Match(
                    frame, one.head, one.last, one.tokens, one.negated, one.modal, one.tense, ruler
                )
            else:
                taken.add(one.head)
                # One pledge in a clause, however many of its words could bear it.
                if frame.sense == "evasion":
                    taken.update(one.tokens)
            found.append(one)
    denied = {reading.owner[m.head] for m in found if m.frame.kind == "retraction"}
    # "No ban was imposed" imposes none.
    return [
        m for m in found if m.frame.kind != "restriction" or reading.owner[m.head] not in denied
    ]


def _may_share(frame: Frame) -> bool:
    # A request stands inside its own refusal.
    return frame.kind == "attack" or frame.actor == "owner"


def _heads(reading: Reading, frame: Frame) -> Iterator[Hit]:
    seen = set()
    for hit in sorted(reading.of(frame.head), key=lambda one: (one.first, -one.last)):
        if hit.first not in seen:
            seen.add(hit.first)
            yield hit


def _fits(reading: Reading, frame: Frame, hit: Hit) -> Match | None:
    tokens = [hit.first]
    for need in frame.needs:
        near = _nearest(reading, need, hit)
        if near is None:
            return None
        tokens.append(near)
    if any(_stands(reading, names, hit) for names in frame.absent):
        return None
    is_negated = verbs.negated(reading, hit.first)
    wrong = frame.negated != "any" and is_negated != (frame.negated == "yes")
    # A denial that is itself denied is kept, to be shown as a candidate.
    if wrong and not (frame.governs and is_negated):
        return None
    tense = "future" if _in_future(reading, hit) else verbs.tense(reading, hit.first)
    # "must obtain a licence" is the rule itself, "would be suicidal" the refusal.
    # "бы не хотели" is a wish, and thus what is pressed for.
    own = frame.head == "urge" and reading.at("modal", hit.first)
    ruled = own or frame.head in {"require", "off_agenda", "do_more"}
    possible = not ruled and verbs.modal(reading, hit.first)
    # What may be is kept, to be shown as a candidate, whatever its tense.
    if frame.when and tense not in frame.when and not possible:
        return None
    return Match(
        frame,
        hit.first,
        hit.last,
        tuple(tokens),
        is_negated,
        possible,
        tense,
    )


def _stands(reading: Reading, names: str, head: Hit) -> bool:
    """Tell whether a concept stands in the clause of the head, or behind ``~~`` anywhere."""
    anywhere = names.startswith("~~")
    return any(
        anywhere or reading.owner[one.first] == reading.owner[head.first]
        for one in reading.of(names.removeprefix("~~"))
    )


def _in_future(reading: Reading, hit: Hit) -> bool:
    """Tell whether a phrase bears its own future: "there will be no", "не будет"."""
    return any(
        reading.at("aux_future", k) and reading.words[k].low != "to"
        for k in range(hit.first, hit.last + 1)
    )


def _nearest(reading: Reading, need: Need, head: Hit) -> int | None:
    best: tuple[int, int] | None = None
    for hit in reading.of(need.names):
        gap = _distance(reading, need, head, hit)
        # Where the verb comes last, what belongs to it stands further away.
        widest = 2 * need.gap if reading.lexicon.free_order else need.gap
        if gap is not None and gap <= widest and (best is None or gap < best[0]):
            best = gap, hit.first
    return None if best is None else best[1]


def _distance(reading: Reading, need: Need, head: Hit, hit: Hit) -> int | None:
    if len(need.side) == 1:
        if reading.owner[hit.first] != reading.owner[head.first]:
            return None
        away = reading.position(hit.first) - reading.position(head.first)
    else:
        away = hit.first - head.first
    side = "~" if reading.lexicon.free_order else need.side[0]
    if (side == ">" and away < 0) or (side == "<" and away > 0):
        return None
    if side in "><" and away == 0 and hit.last <= head.last:
        return None
    return abs(away)


def _governs(reading: Reading, ruler: Match, one: Match) -> bool:
    """Tell whether a match stands in the scope of an earlier one.

    The scope runs from the ruling word to the end of its clause, and over the clauses that hang
    on that one and come after it.
    """
    apart = reading.owner[ruler.head] != reading.owner[one.head]
    both = (apart or verbs.blamed(reading, one.head)) and (
        ruler.frame.kind,
        one.frame.kind,
    ) in _BOTH_TOLD
    if one.frame.actor == "owner" or both:
        # "Denied Kyiv's accusations", "thanked X for stopping transit": both are told.
        return False
    rules = ruler.frame.governs and ruler.governed_by is None
    if not rules or (ruler.frame is one.frame and ruler.head == one.head):
        return False
    if set(one.tokens) & set(range(ruler.head, ruler.last + 1)):
        return True
    return one.head >= ruler.head and _in_scope(reading, ruler, one)


def _in_scope(reading: Reading, ruler: Match, one: Match) -> bool:
    own = reading.owner[ruler.head]
    parted = any(reading.words[k].low == "," for k in range(ruler.last, one.head))
    if ruler.frame.head == "refuse" and parted:
        # "…, having refused to join, stopped …"
        return False
    if any(
        ruler.last < hit.first < one.head and reading.owner[hit.first] == own
        for hit in reading.of("say|call")
    ):
        # "Having rejected …, he stressed that …": another verb of saying takes over.
        return False
    return reading.owner[one.head] == own or own in set(reading.ancestors(one.head))
