"""Words that look like a state and are not: languages, birds, people, an American state.

Each rule looks at a few neighbouring words only. What stays ambiguous is listed in
docs/methods/actors.md.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from throughflow.statements.actors import tags

if TYPE_CHECKING:
    from throughflow.statements.actors.lexicon import Entry, Lexicon
    from throughflow.statements.actors.tokens import Token

_UK_BY_LANGUAGE = ("ською", "цькою", "зькою")
_FAR = 8  # words between a verb of speech and the language it governs, a town and its state
_INSTRUMENTAL = ("ą", "ем", "ом")


def is_other_word(words: list[Token], at: int, end: int, entry: Entry, lexicon: Lexicon) -> bool:
    """Tell whether words that read as a state mean something else here.

    Args:
        words: Words of the text.
        at: Number of the first word.
        end: One past the number of the last.
        entry: How they were read.
        lexicon: Of the language.
    """
    if entry.tag == tags.ADJECTIVE:
        return _is_language(words, at, end, lexicon) or _is_verb_polish(words, at, lexicon)
    if entry.tag not in {tags.STATE, tags.CAPITAL}:
        return False
    word = words[at]
    if word.first and word.key in lexicon.set("other_at_start"):
        return True
    alone = not entry.rest
    if alone and word.key in lexicon.set("people_names") and _is_person(words, at, end, lexicon):
        return True
    if lexicon.lang == "en":
        return _is_english_other(words, at, end, lexicon)
    return False


def _neighbour(words: list[Token], at: int) -> Token | None:
    return words[at] if 0 <= at < len(words) else None


def _near(words: list[Token], at: int, end: int) -> list[Token]:
    """Return the words shortly before and after some, of the same line."""
    first, last = at, end
    while first > max(0, at - _FAR) and "\n" not in words[first].before:
        first -= 1
    while last < min(len(words), end + _FAR) and "\n" not in words[last].before:
        last += 1
    return words[first:at] + (words[end:last] if end > at else [])


def _is_person(words: list[Token], at: int, end: int, lexicon: Lexicon) -> bool:
    before, after = _neighbour(words, at - 1), _neighbour(words, end)
    if before and (words[at].tight or before.key in lexicon.set("title")):
        if before.key in lexicon.set("title"):
            return True
        known = lexicon.readings(before.key)
        plain = before.capital and not before.upper and not known and not before.possessive
        if plain and (not before.first or before.key in lexicon.set("first_names")):
            return True
    if not after or not after.tight or not after.capital or words[end - 1].possessive:
        return False
    return not after.upper and not lexicon.readings(after.key) and not _is_day(after, lexicon)


def _is_day(word: Token, lexicon: Lexicon) -> bool:
    return word.key in lexicon.set("not_a_name")


def _is_english_other(words: list[Token], at: int, end: int, lexicon: Lexicon) -> bool:
    key = words[at].key
    after = _neighbour(words, end)
    if key == "turkey" and after and after.tight and after.key in lexicon.set("at_table"):
        return True
    behind_comma = after.key if after is not None and after.before.strip() == "," else ""
    if behind_comma in lexicon.set("american_states") and key != "georgia":
        return True
    if key != "georgia":
        return False
    near = {word.key for word in _near(words, at, end)}
    if near & {"tbilisi", "georgian", "batumi"}:
        return False
    return behind_comma in {"united", "usa"} or bool(near & lexicon.set("american_georgia"))


def _is_verb_polish(words: list[Token], at: int, lexicon: Lexicon) -> bool:
    after = _neighbour(words, at + 1)
    return (
        lexicon.lang == "en"
        and words[at].key == "polish"
        and words[at].first
        and after is not None
        and after.key in lexicon.set("after_verb")
    )


def _is_language(words: list[Token], at: int, end: int, lexicon: Lexicon) -> bool:
    language = lexicon.set("language")
    after = _neighbour(words, end)
    if lexicon.lang == "en":
        if after and after.tight and after.key in lexicon.set("speaking_after"):
            return True
        bare = after is None or not after.tight or after.key in lexicon.set("not_noun")
        if not bare:
            return False
        if any(word.key in language for word in _near(words, at, at)):
            return True
        before = _neighbour(words, at - 1)
        return before is not None and words[at].tight and before.key == "in"
    if lexicon.lang == "uk" and words[at].key.endswith(_UK_BY_LANGUAGE):
        return after is None or not after.tight or after.key in lexicon.set("not_noun")
    return _beside(words, at, -1, lexicon) or _beside(words, end - 1, 1, lexicon)


def _beside(words: list[Token], at: int, step: int, lexicon: Lexicon) -> bool:
    """Look past coordinated adjectives for the word "language"."""
    language = lexicon.set("language")
    for _ in range(4):
        place = at + step
        word, joint = _neighbour(words, place), _neighbour(words, max(at, place))
        if word is None or joint is None or (not joint.tight and joint.before.strip() != ","):
            return False
        if word.key in language:
            return True
        entries = lexicon.readings(word.key)
        if not any(entry.tag in {tags.ADJECTIVE, tags.AND} for entry in entries):
            return False
        at = place
    return False


def is_town(words: list[Token], at: int, lexicon: Lexicon) -> bool:
    """Tell whether Brussels is a town of Belgium here rather than the Union that sits there.

    It is after a preposition of place (in, near, from), but not where it is spoken with: Polish
    and Ukrainian ``z`` before an instrumental.
    """
    before = _neighbour(words, at - 1)
    if before is None or not words[at].tight:
        return False
    two = _neighbour(words, at - 2)
    if two and two.key in lexicon.set("place_phrase"):
        return True
    place = lexicon.set("place")
    spoken_with = before.key in lexicon.set("with") and words[at].key.endswith(_INSTRUMENTAL)
    return before.key in place and not spoken_with
