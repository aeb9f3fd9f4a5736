"""Direct and reported speech: where it stands and who speaks."""

# ruff: noqa: RUF001 - Russian and Ukrainian sentences

from __future__ import annotations

from datetime import date

import pytest

from throughflow.statements import document, quotes
from throughflow.statements.extract import extract


def read(text, lang, speaker=None):
    read_in = document.read(text.encode(), published=date(2023, 5, 10), lang=lang)
    return extract(read_in, speaker=speaker)


def direct(text, lang):
    return [
        (one.text, one.speaker, one.speaker_country)
        for one in read(text, lang).quotes
        if one.direct
    ]


@pytest.mark.parametrize(
    "text",
    [
        '"We will wait"',
        "“We will wait”",
        "„We will wait”",
        "„We will wait“",
        "«We will wait»",
        "»We will wait«",
        "‘We will wait’",
    ],
)
def test_every_kind_of_mark(text):
    (only,) = quotes.marked(text)
    assert text[only.start : only.end] == "We will wait"


def test_a_quote_within_a_quote_is_one_deeper():
    text = "He said: “The sign read ‘No trade here today’ and we left.”"
    assert [(text[one.start : one.end][:8], one.depth) for one in quotes.marked(text)] == [
        ("The sign", 0),
        ("No trade", 1),
    ]


@pytest.mark.parametrize("text", ["it isn't Putin's", 'an "open mark', "rock ’n’ roll", '5" wide'])
def test_what_opens_nothing(text):
    assert quotes.marked(text) == []


@pytest.mark.parametrize(
    ("lang", "text", "country"),
    [
        ("pl", "„Nie mamy na to wpływu i nie będziemy mieli” – powiedział prezydent Serbii.", "RS"),
        ("pl", "Prezydent Serbii powiedział: „Nie mamy na to wpływu i nie będziemy mieli”.", "RS"),
        ("en", "“We have no say in this matter,” Serbia's foreign minister said.", "RS"),
        ("en", "Serbia's foreign minister said: “We have no say in this matter.”", "RS"),
        ("ru", "«Мы на это никак не влияем», — сказал президент Сербии.", "RS"),
        ("ru", "Президент Сербии заявил: «Мы на это никак не влияем».", "RS"),
        ("uk", "«Ми на це жодним чином не впливаємо», — сказав президент Сербії.", "RS"),
        ("uk", "Президент Сербії заявив: «Ми на це жодним чином не впливаємо».", "RS"),
    ],
)
def test_the_speaker_after_or_before_the_quote(lang, text, country):
    assert [one[2] for one in direct(text, lang)] == [country]


@pytest.mark.parametrize(
    ("lang", "text"),
    [
        ("pl", ("„Pierwsze zdanie jest tutaj” – powiedział prezydent Serbii. „Drugie zdanie” "
               "– dodał.")),
        ("en", ("“The first sentence is here,” said Serbia's president. “The second sentence is "
               "here,” he added.")),
        ("ru", ("«Первое предложение стоит здесь», — сказал президент Сербии. «Второе предложение "
               "стоит здесь», — добавил он.")),
        ("uk", ("«Перше речення стоїть тут», — сказав президент Сербії. «Друге речення тут», "
               "— додав він.")),
    ],
)  # fmt: skip
def test_who_adds_is_who_spoke_before(lang, text):
    assert [one[2] for one in direct(text, lang)] == ["RS", "RS"]


@pytest.mark.parametrize(
    ("lang", "text"),
    [
        ("pl", 'Serbia uruchomiła projekt "Czysta rzeka dla dzieci" w Belgradzie.'),
        ("en", "Serbia launched the project “Clean river for children” in Belgrade."),
        ("en", "Serbia's “friend” did not answer."),
        ("ru", "Сербия запустила проект «Чистая река для детей» в Белграде."),
        ("uk", "Сербія запустила проєкт «Чиста річка для дітей» у Белграді."),
    ],
)
def test_titles_and_irony_are_not_speech(lang, text):
    assert direct(text, lang) == []


def test_one_quote_may_hold_several_sentences():
    text = "“We have no say in this. Nobody asked us. We wait,” Serbia's president said."
    ((words, _, country),) = direct(text, "en")
    assert words.count(".") == 2
    assert country == "RS"


@pytest.mark.parametrize(
    ("lang", "text", "words"),
    [
        ("pl", "Prezydent Serbii zapewnił Ukrainę, że droga pozostanie otwarta.",
         "droga pozostanie otwarta"),
        ("en", "Serbia's president said that the road would remain open.",
         "the road would remain open"),
        ("ru", "Президент Сербии заявил, что дорога останется открытой.",
         "дорога останется открытой"),
        ("uk", "Президент Сербії заявив, що дорога залишиться відкритою.",
         "дорога залишиться відкритою"),
        ("uk", "Президент Сербії виступив у Києві, заявивши, що дорога залишиться відкритою.",
         "дорога залишиться відкритою"),
    ],
)  # fmt: skip
def test_reported_speech(lang, text, words):
    reported = [one for one in read(text, lang).quotes if not one.direct]
    assert [(one.text, one.speaker_country) for one in reported] == [(words, "RS")]


def test_an_expert_speaks_for_no_state():
    text = "“Georgia helps Russia evade sanctions,” said Anna Nowak, an analyst in Tbilisi."
    found = read(text, "en")
    assert [one.speaker_country for one in found.quotes if one.direct] == [""]
    assert found.events == ()
