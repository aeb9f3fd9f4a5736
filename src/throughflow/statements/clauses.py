"""Clauses of a sentence, by its marks and conjunctions.

No grammar is parsed. A clause begins at a subordinating word, a dash, a colon or a semicolon; a
comma closes a subordinate clause and takes up the one it interrupted. That is enough to keep what
a rule joins within one clause, and to know under which verb of saying it stands.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from throughflow.statements.frames.lexicon import Hit
    from throughflow.statements.tokens import Token

# Kinds of clause that a comma closes.
_INTERRUPTING = {"rel", "sub", "cond", "purpose"}
_OPENERS = ("that", "purpose", "cond", "rel", "sub", "coord")
_STRONG = {";": "main", ":": "colon", "–": "dash", "—": "dash", "(": "aside", ")": "main"}
# In these languages a subordinate clause opens without a comma.
_NO_COMMA = {"en", "tr", "kk"}
_VERBAL = ("aux_future", "aux_past", "aux_present", "neg", "say")
# One word may stand between the comma and its conjunction: "w którym", "z której".
_BEFORE_CONJUNCTION = 1


@dataclass(slots=True)
class Clause:
    """A clause.

    Attributes:
        kind: ``main``, ``that``, ``rel``, ``purpose``, ``cond``, ``sub``, ``coord``, ``colon``,
            ``dash`` or ``aside``.
        parent: Number of the clause it hangs on; None for the first.
        tokens: Numbers of its tokens; they need not be neighbours.
    """

    kind: str
    parent: int | None
    tokens: list[int] = field(default_factory=list)


def split(
    sentence: Sequence[Token],
    hits: Mapping[str, Sequence[Hit]],
    lang: str,
    listing: Collection[int] = (),
) -> tuple[list[Clause], list[int]]:
    """Split a sentence.

    Args:
        sentence: Its tokens.
        hits: Its concepts.
        lang: ISO 639-1 code.
        listing: Commas that part the members of a list.

    Returns:
        The clauses, and for each token the number of its clause.
    """
    opens: dict[int, str] = {}
    for kind in reversed(_OPENERS):
        for hit in hits.get(kind, ()):
            opens[hit.first] = kind
    free = lang in _NO_COMMA
    turns = _turns(hits) if free else set()
    walk = _Walk([Clause("main", None)], opens, free=free, turns=turns)
    owner: list[int] = []
    for number in range(len(sentence)):
        if number not in listing:
            walk.step(sentence, number)
        walk.clauses[walk.here].tokens.append(number)
        owner.append(walk.here)
    return walk.clauses, owner


def _turns(hits: Mapping[str, Sequence[Hit]]) -> set[int]:
    """Find "but" right before a verb: it opens a clause of its own, with or without a comma."""
    verbs = {hit.first for name in _VERBAL for hit in hits.get(name, ())}
    return {hit.first for hit in hits.get("coord", ()) if hit.last + 1 in verbs}


@dataclass(slots=True)
class _Walk:
    """The clauses so far and the one that is open."""

    clauses: list[Clause]
    opens: Mapping[int, str]
    free: bool
    turns: Collection[int] = ()
    here: int = 0

    def step(self, sentence: Sequence[Token], number: int) -> None:
        """Begin, close or take up a clause at a token, if the token does so."""
        strong = _strong(sentence, number)
        opened = self.opens.get(number)
        if strong is not None:
            self._add(strong, None if strong == "main" else self.here)
        elif sentence[number].low == ",":
            self._comma(number, len(sentence))
        elif opened is not None:
            after_comma = _comma_before(sentence, number)
            if (
                after_comma
                or number in self.turns
                or (opened != "coord" and (self.free or opened == "cond"))
            ):
                self._open(opened, number)

    def _add(self, kind: str, parent: int | None) -> None:
        self.clauses.append(Clause(kind, parent))
        self.here = len(self.clauses) - 1

    def _comma(self, number: int, length: int) -> None:
        """Close a subordinate clause, unless the next one begins right here."""
        open_now = self.clauses[self.here]
        if open_now.kind not in _INTERRUPTING or open_now.parent is None:
            return
        soon = range(number + 1, min(number + 2 + _BEFORE_CONJUNCTION, length))
        if not any(k in self.opens for k in soon):
            self.here = open_now.parent

    def _open(self, kind: str, number: int) -> None:
        open_now = self.clauses[self.here]
        if number == 0:
            self._first(kind)
        elif kind != "coord":
            self._add(kind, self.here)
        elif open_now.kind in _INTERRUPTING:
            above = open_now.parent
            self._add("main", None if above is None else self.clauses[above].parent)
        else:
            # "…, but …" goes on under the same verb of saying.
            self._add(open_now.kind, open_now.parent)

    def _first(self, kind: str) -> None:
        """Read a sentence that begins with a subordinate clause."""
        if kind in {"cond", "sub", "purpose"}:
            # The main clause comes after it, at its comma.
            self.clauses[0].kind = kind
            self.clauses.append(Clause("main", None))
            self.clauses[0].parent = 1


def _strong(sentence: Sequence[Token], number: int) -> str | None:
    """Return the kind of clause that a mark begins: semicolon, colon, spaced dash, bracket."""
    token = sentence[number]
    kind = _STRONG.get(token.text)
    if kind is None and token.text == "-" and 0 < number < len(sentence) - 1:
        spaced = sentence[number - 1].end < token.start and token.end < sentence[number + 1].start
        kind = "dash" if spaced else None
    return kind


def _comma_before(sentence: Sequence[Token], number: int) -> bool:
    first = max(0, number - 1 - _BEFORE_CONJUNCTION)
    return number == 0 or any(sentence[k].low in {",", "–", "—"} for k in range(first, number))
