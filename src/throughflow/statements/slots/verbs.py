"""Negation, modality and tense of the word a frame hangs on."""

# ruff: noqa: RUF001 - quotation marks

from __future__ import annotations

import itertools
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from throughflow.statements.reading import Reading

# How far to the left of a word its negation or its auxiliary may stand, in words of its clause.
_REACH = 6
# Languages whose negation stands right before its verb or the verb's auxiliary.
_TIGHT = {"pl", "ru", "uk", "hr", "lt"}
# Languages that put the negation behind the verb or into it.
_BEHIND = {"de": 8, "tr": 3, "kk": 3, "hr": 0, "lt": 0}
# Concepts whose words are nouns; their verb stands before them.
_NOUNS = "tool|territory|engage|ban|can|stop|prevent"
_BE = {
    "be", "been", "being", "was", "were", "is", "are", "wasn't", "weren't", "isn't", "aren't",
    "jest", "są", "będzie", "będą", "był", "była", "było", "były", "został", "została", "zostało",
    "zostały", "zostanie", "zostaną", "być", "zostać",
}  # fmt: skip
_LED_BY = {"by", "przez"}
# Concepts whose verbs act on something, so that their passive has its doer elsewhere.
_TRANSITIVE = (
    "ban_verb|halt|introduce|list_firms|sanction_verb|lift|deny|summon|urge|accuse|criticise|send|"
    "sign|refuse|prevent|comply|join|allow|stop|export_verb|thank|support"
)
# Marks that part nothing: 'will not "blindly follow" sanctions'.
_MARKS = frozenset("\"“”„«»'‘’")
_NOUN_ENDING = re.compile(r"(ния|ние|нь|ння|нню|nia|nie|а|у|ы|и|ів|ов)$")
_THERE_IS_NO = {"нет", "немає", "нема"}
_IS = {"будет", "буде", "будуть", "было", "було", "będzie", "było", "ma"}
# Concepts whose words are verbs that govern another.
_FINITE = "intend|can|aux_future|modal|say|help|allow|join|engage|oppose|refuse|begin|talk|discuss"
_PASSES = "light|aux_future|aux_past|aux_present|intend|pron1|pron3|own_country|can|modal"


def _left(reading: Reading, number: int, names: str) -> int | None:
    """Find a concept to the left whose grip reaches a word; return its token."""
    tokens = reading.clause(number).tokens
    position = reading.position(number)
    spare = 1 if reading.lexicon.lang in _TIGHT else 2
    for here in reversed(tokens[max(0, position - _REACH) : position]):
        if reading.at(names, here):
            return None if reading.at("not_only", here) else here
        if reading.words[here].text in _MARKS or reading.at(_PASSES, here):
            continue
        spare -= 1
        if spare < 0 or _parts(reading, here):
            return None
    return None


def _parts(reading: Reading, here: int) -> bool:
    """Tell whether a word keeps what stands before it from what comes after."""
    return not reading.words[here].is_word or reading.at("and|deny|urge|accuse|say", here)


def negated(reading: Reading, number: int) -> bool:
    """Tell whether the word is negated.

    Args:
        reading: The sentence.
        number: Number of the word.
    """
    if reading.at("neg", number) and not reading.at("not_only", number):
        return True
    if _left(reading, number, "neg") is not None or _neither(reading, number):
        return True
    if _intent_behind(reading, number) or _is_not(reading, number) or unwanted(reading, number):
        return True
    behind = _BEHIND.get(reading.lexicon.lang, 0)
    if behind:
        tokens = reading.clause(number).tokens
        position = reading.position(number)
        ahead = tokens[position : position + behind + 1]
        return any(reading.at("neg", here) for here in ahead)
    return False


def _intent_behind(reading: Reading, number: int) -> bool:
    """Tell whether "does not intend" follows an infinitive: "допомагати … не збирається"."""
    if not reading.lexicon.tense["infinitive"].fullmatch(reading.words[number].low):
        return False
    tokens = reading.clause(number).tokens
    after = tokens[reading.position(number) + 1 :]
    return any(
        reading.at("neg", here) and reading.at("intend", then)
        for here, then in itertools.pairwise(after)
    )


def unwanted(reading: Reading, number: int) -> bool:
    """Tell whether a word stands under "does not want that …": "не хочет, чтобы …"."""
    own = reading.clause(number)
    if own.kind != "purpose" or own.parent is None:
        return False
    above = [k for k in reading.clauses[own.parent].tokens if k < own.tokens[0]]
    return any(
        reading.at("neg", here) and reading.at("intend", then)
        for here, then in itertools.pairwise(above)
    )


def _is_not(reading: Reading, number: int) -> bool:
    """Tell whether a Slavic noun is said not to be: "введения санкций не будет"."""
    if not reading.lexicon.case or not _NOUN_ENDING.search(reading.words[number].low):
        return False
    tokens = reading.clause(number).tokens
    after = [k for k in tokens[reading.position(number) + 1 :] if reading.words[k].is_word]
    if after and reading.words[after[-1]].low in _THERE_IS_NO:
        return True
    pair = [reading.words[k].low for k in after[-2:]]
    return len(pair) == 2 and pair[0] in {"не", "nie"} and pair[1] in _IS


def _neither(reading: Reading, number: int) -> bool:
    """Tell whether "neither … nor …" opens the clause of the word."""
    tokens = reading.clause(number).tokens
    before = tokens[: reading.position(number)]
    return reading.lexicon.lang == "en" and any(reading.at("neither", here) for here in before)


def modal(reading: Reading, number: int) -> bool:
    """Tell whether the word is only possible, due or wished for ("may help", "should join")."""
    here = number if reading.at("modal", number) else _left(reading, number, "modal")
    if here is None or reading.at("neg", here):
        # A modal that is itself denied ("cannot help") says no; it is not a possibility.
        return False
    if _future_in_past(reading, here):
        return False
    if reading.words[here].low == "could" and reading.at("neg", here + 1):
        return False
    return not any(reading.at("neg", k) for k in range(max(0, here - 1), here))


def planned(reading: Reading, number: int) -> bool:
    """Tell whether the word is only planned, proposed or wished for: "plans to impose"."""
    own = reading.owner[number]
    proposed = any(
        hit.first < number and reading.owner[hit.first] == own for hit in reading.of("propose")
    )
    return proposed or _left(reading, number, "intend") is not None


def _future_in_past(reading: Reading, number: int) -> bool:
    """Tell whether "would" stands for the "will" of reported speech: "said it would not help"."""
    if reading.words[number].low not in {"would", "wouldn't"} or reading.hits.get("cond"):
        return False
    words = reading.words[number : number + 2]
    if words[0].low == "wouldn't" or [one.low for one in words] == ["would", "not"]:
        return True
    above = {reading.owner[number], *reading.ancestors(number)}
    return any(
        (hit.first < number and reading.owner[hit.first] in above) or hit.last >= number + 4
        for hit in reading.of("say")
    )


def passive(reading: Reading, number: int) -> bool:
    """Tell whether a verb is in the passive, so that its grammatical subject did not do it.

    Polish "wprowadzono" and Ukrainian "запроваджено" name no subject at all and count as passives
    too: who did it is told in other ways, if it is.
    """
    if not reading.at(_TRANSITIVE, number):
        return False
    forms, word = reading.lexicon.tense, reading.words[number].low
    after = [one.low for one in reading.words[number + 1 : number + 3]]
    if word == "accused" and after[:1] == ["of"]:
        # "firms accused of …" are the accused.
        return True
    if "passive" in forms and forms["passive"].fullmatch(word):
        return True
    # "sanctions imposed by the EU", "санкции, введённые США": only where the doer follows.
    led = reading.lexicon.lang in {"ru", "uk"} or any(one in _LED_BY for one in after)
    led = led or (number > 0 and reading.at("sanctions", number - 1))
    led = led or (reading.lexicon.case and reading.at("accuse", number))
    if led and "attributive" in forms and forms["attributive"].fullmatch(word):
        return True
    if "participle" not in forms or not forms["participle"].fullmatch(word):
        return False
    return any(one.low in _BE for one in reading.words[max(0, number - 3) : number])


def acts(reading: Reading, number: int) -> bool:
    """Tell whether a word tells of a measure, which is taken in the state that takes it."""
    return reading.at("ban|ban_verb|halt|introduce|require|control", number)


def gerund(reading: Reading, number: int) -> bool:
    """Tell whether a word tells what the subject of another verb does beside it.

    "Having rejected …", "отвергнув", "odrzucając", and after a preposition "for refusing".
    """
    form = reading.lexicon.tense.get("gerund")
    if form is None:
        return False
    if form.fullmatch(reading.words[number].low):
        return reading.lexicon.lang != "en" or not _progressive(reading, number)
    before = reading.words[max(0, number - 2) : number]
    return reading.lexicon.lang == "en" and any(one.low == "having" for one in before)


def blamed(reading: Reading, number: int) -> bool:
    """Tell whether an English "-ing" is what somebody is thanked or blamed for: "for stopping"."""
    before = [one.low for one in reading.words[max(0, number - 2) : number]]
    if reading.lexicon.case:
        return before[-1:] in (["за"], ["za"])
    return gerund(reading, number) and "for" in before


def _progressive(reading: Reading, number: int) -> bool:
    """Tell whether an English "-ing" is part of a finite verb: "is helping"."""
    return any(one.low in _BE for one in reading.words[max(0, number - 3) : number])


def tense(reading: Reading, number: int) -> str:
    """Tell the tense of a word: ``past``, ``present``, ``future`` or ``bare`` (an infinitive)."""
    signs = _english if reading.lexicon.lang == "en" else _by_endings
    return next(signs(reading, number))


def _by_endings(reading: Reading, number: int) -> Iterator[str]:
    """Give the tense by auxiliaries and endings, the surest sign first."""
    forms = reading.lexicon.tense
    word = reading.words[number].low
    tokens = reading.clause(number).tokens
    after = tokens[reading.position(number) + 1 :][:3] if reading.lexicon.free_order else []
    if _left(reading, number, "aux_future") is not None or any(
        reading.at("aux_future", here) for here in after
    ):
        yield "future"
    if forms["infinitive"].fullmatch(word):
        wanted = _left(reading, number, "intend") is not None or _intent_behind(reading, number)
        if wanted or _assured(reading, number):
            # "обещал не помогать" tells of what is to come.
            yield "future"
        yield _of_verb_before(reading, number) or "bare"
    plural = word.endswith("ів") and reading.at(_NOUNS, number)  # "заходів" is no verb
    if forms["past"].fullmatch(word) and not plural:
        yield "past"
    if forms["future"].fullmatch(word):
        yield "future"
    if reading.at(_NOUNS, number) and _intended(reading, number):
        yield "future"
    if reading.at(_NOUNS, number) or reading.lexicon.free_order:
        yield _of_verb_before(reading, number) or "present"
    yield "present"


def _intended(reading: Reading, number: int) -> bool:
    """Tell whether a noun is what somebody is ready for: "готов … для предотвращения"."""
    own = reading.owner[number]
    return any(
        hit.first < number and reading.owner[hit.first] == own for hit in reading.of("intend")
    )


def _assured(reading: Reading, number: int) -> bool:
    """Tell whether an infinitive is what somebody promises: "пообещали США проверить"."""
    for here in range(number - 1, max(-1, number - 1 - _REACH), -1):
        if not reading.words[here].is_word:
            return False
        if reading.at("assure", here):
            return True
    return False


def _of_verb_before(reading: Reading, number: int) -> str:
    """Take the tense of a noun or an infinitive from the verb before it; empty for none."""
    forms = reading.lexicon.tense
    tokens = reading.clause(number).tokens
    position = reading.position(number)
    near = tokens[max(0, position - 4) : position][::-1]
    if reading.lexicon.free_order:
        # The verb may come last, as in Turkish.
        near = tokens[position + 1 : position + 4] + near
    for here in near:
        before = reading.words[here].low
        if forms["past"].fullmatch(before):
            return "past"
        if forms["future"].fullmatch(before):
            return "future"
    return ""


def _english(reading: Reading, number: int) -> Iterator[str]:
    will = _left(reading, number, "aux_future")
    if reading.words[number].low == "will":
        yield "future"
    if will is not None and (reading.words[will].low != "to" or _headline(reading, will)):
        yield "future"
    would = _left(reading, number, "modal")
    if would is not None and _future_in_past(reading, would):
        yield "future"
    if _left(reading, number, "intend") is not None or _promised(reading, number, will):
        yield "future"
    if _left(reading, number, "aux_past") is not None:
        yield "past"
    if will is not None:
        yield "bare"
    if _left(reading, number, "aux_present") is not None:
        yield "present"
    if reading.lexicon.tense["past"].fullmatch(reading.words[number].low):
        yield "past"
    yield "present"


def _headline(reading: Reading, to: int) -> bool:
    """Tell whether an English headline tells of the future: "Kazakhstan to track goods"."""
    return any(p.last == to - 1 and p.first == reading.clause(to).tokens[0] for p in reading.places)


def _promised(reading: Reading, number: int, to: int | None) -> bool:
    """Tell whether an English infinitive is what is promised: "pledged not to help"."""
    if to is None or reading.words[to].low != "to":
        return False
    own = reading.owner[number]
    near = range(max(0, to - 3), to)
    return any(reading.at("assure|go_on", k) and reading.owner[k] == own for k in near)


def first_person_form(reading: Reading, number: int) -> bool:
    """Tell whether the word itself is a verb in the first person."""
    form = reading.lexicon.tense["first_person"]
    return not reading.at(_NOUNS, number) and form.fullmatch(reading.words[number].low) is not None


def first_person(reading: Reading, number: int) -> bool:
    """Tell whether the speaker speaks of himself or of his side at this word."""
    clause = reading.clause(number)
    if first_person_form(reading, number):
        return True
    position = reading.position(number)
    before = clause.tokens[max(0, position - 8) : position]
    forms = reading.lexicon.tense["first_person"]
    return any(
        reading.at("pron1", here)
        or (forms.fullmatch(reading.words[here].low) and reading.at(_FINITE, here))
        for here in before
    )
