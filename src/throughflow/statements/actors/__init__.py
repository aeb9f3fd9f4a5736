"""States, their governments, officials and institutions in running text, in any inflected form.

Polish, English, Russian and Ukrainian are read with offices, institutions and persons; German,
Czech, Croatian, Lithuanian, Latvian, Estonian, Turkish and Kazakh by table: states, capitals,
some adjectives, and persons. See docs/methods/actors.md.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from throughflow.model.statements import Span
from throughflow.statements.actors.assemble import Assembler
from throughflow.statements.actors.lexicon import of_language
from throughflow.statements.actors.mention import Mention
from throughflow.statements.actors.people import same_person
from throughflow.statements.actors.tokens import tokens

if TYPE_CHECKING:
    from datetime import date

__all__ = ["Mention", "find", "same_person"]


def find(text: str, lang: str, *, on: date | None = None, offset: int = 0) -> tuple[Mention, ...]:
    """Find every mention of a state or of those who speak for it.

    Args:
        text: Running text; a newline ends a sentence.
        lang: ISO 639-1. An unknown language has no names and gives persons only.
        on: Day of the text, to pick the office a person held; None takes the last one known.
        offset: Added to every span, for a text that is part of a longer one.

    Returns:
        Mentions by where they start; they do not overlap.
    """
    words = tokens(text, lang)
    drafts = Assembler(words, of_language(lang), on).drafts()
    found = []
    for draft in drafts:
        start, end = words[draft.first].start, words[draft.last].end
        found.append(
            Mention(
                Span(start + offset, end + offset, text[start:end]),
                draft.country,
                draft.how,
                draft.person,
                draft.role,
                draft.sector,
                draft.case,
            )
        )
    return tuple(found)
