"""Sentences that look like an event and are none, or another one."""

# ruff: noqa: RUF001 - Russian and Ukrainian sentences

from __future__ import annotations

from datetime import date

import pytest

from throughflow.statements import document
from throughflow.statements.extract import extract

DAY = date(2023, 5, 10)


def read(text, lang, speaker=None):
    return extract(document.read(text.encode(), published=DAY, lang=lang), speaker=speaker)


def kinds(found):
    return sorted(
        (one.kind, "+".join(sorted(who.country for who in one.actors))) for one in found.events
    )


OPINIONS = [
    ("pl", "Eksperci są przekonani, że Gruzja pomaga Moskwie obchodzić sankcje."),
    ("pl", "Zdaniem analityków Kazachstan nie będzie pomagał Moskwie w omijaniu sankcji."),
    ("en", "Analysts believe that Georgia helps Moscow circumvent the sanctions."),
    ("en", "According to experts, Kazakhstan will not help Russia evade sanctions."),
    ("ru", "Эксперты считают, что Грузия помогает Москве обходить санкции."),
    ("ru", "По мнению аналитиков, Казахстан не поможет России обойти санкции."),
    ("uk", "Експерти вважають, що Грузія допомагає Москві обходити санкції."),
    ("uk", "На думку аналітиків, Казахстан не допоможе Росії обійти санкції."),
]
POSSIBLE = [
    ("pl", "Gruzja może pomóc Rosji w omijaniu sankcji."),
    ("pl", "Kazachstan powinien zakazać eksportu chipów do Rosji."),
    ("en", "Georgia might help Russia bypass sanctions."),
    ("en", "Kazakhstan should ban exports of chips to Russia."),
    ("en", "Uzbekistan would have to stop exports of chips to Russia."),
    ("ru", "Грузия могла бы помочь России обойти санкции."),
    ("ru", "Казахстан должен запретить экспорт чипов в Россию."),
    ("uk", "Грузія могла б допомогти Росії обійти санкції."),
    ("uk", "Казахстан повинен заборонити експорт чипів до Росії."),
]
CONDITIONS = [
    ("pl", "Jeśli Turcja wstrzyma tranzyt towarów do Rosji, ceny wzrosną."),
    ("en", "If Turkey halts the transit of goods to Russia, prices will rise."),
    ("ru", "Если Турция остановит транзит товаров в Россию, цены вырастут."),
    ("uk", "Якщо Туреччина зупинить транзит товарів до Росії, ціни зростуть."),
    ("pl", "Czy Turcja wstrzymała tranzyt towarów do Rosji?"),
    ("en", "Has Turkey halted the transit of goods to Russia?"),
    ("ru", "Остановила ли Турция транзит товаров в Россию?"),
    ("uk", "Чи зупинила Туреччина транзит товарів до Росії?"),
]
HEADINGS = [
    ("pl", "Armenia coraz mocniej odwraca się od Rosji"),
    ("en", "Armenia drifts ever further from Moscow"),
    ("ru", "Армения всё дальше отходит от Москвы"),
    ("uk", "Вірменія дедалі більше віддаляється від Москви"),
]


FIRMS = [
    ("pl", "Tureckie banki wstrzymały tranzyt towarów do Rosji."),
    ("en", "Turkish companies halted the transit of goods to Russia."),
    ("ru", "Турецкие компании остановили транзит товаров в Россию."),
    ("uk", "Турецькі компанії зупинили транзит товарів до Росії."),
]
ACCUSED = [
    ("pl", "Firmy z Uzbekistanu oskarżone o dostawy części dronów do Rosji ogłosiły upadłość."),
    ("en", "Firms from Uzbekistan accused of supplying drone parts to Russia have closed."),
    ("ru", "Компании из Узбекистана, обвинённые в поставках дронов в Россию, закрылись."),
    ("uk", "Компанії з Узбекистану, звинувачені в постачанні дронів до Росії, закрилися."),
]


@pytest.mark.parametrize(
    ("lang", "text"), OPINIONS + POSSIBLE + CONDITIONS + HEADINGS + FIRMS + ACCUSED
)
def test_not_asserted(lang, text):
    assert kinds(read(text, lang)) == []


@pytest.mark.parametrize(("lang", "text"), OPINIONS)
def test_an_opinion_is_a_candidate_that_says_so(lang, text):
    found = read(text, lang)
    assert any("attribution" in one.unresolved for one in found.candidates)


@pytest.mark.parametrize(("lang", "text"), POSSIBLE)
def test_what_is_only_possible_is_a_candidate_that_says_so(lang, text):
    found = read(text, lang)
    assert any("modality" in one.unresolved for one in found.candidates)


@pytest.mark.parametrize(
    ("lang", "text"),
    [
        ("pl", "Rząd Gruzji nie zaprzeczył, że firmy omijają sankcje."),
        ("en", "The Georgian government did not deny that firms evade sanctions."),
        ("ru", "Правительство Грузии не отрицало, что компании обходят санкции."),
        ("uk", "Уряд Грузії не заперечив, що компанії обходять санкції."),
    ],
)
def test_a_denial_that_is_denied_is_no_denial(lang, text):
    found = read(text, lang)
    assert kinds(found) == []
    assert any(
        one.event.kind == "denial" and "negation" in one.unresolved for one in found.candidates
    )


@pytest.mark.parametrize(
    ("lang", "refuses", "pledges", "both"),
    [
        (
            "pl",
            "Gruzja nie przystąpi do sankcji wobec Rosji.",
            "Gruzja nie będzie pomagać Rosji w obchodzeniu sankcji.",
            (
                "Gruzja nie przystąpi do sankcji, ale nie będzie też pomagać w ich obchodzeniu, "
                "omijając sankcje."
            ),
        ),
        (
            "en",
            "Georgia will not join the sanctions on Russia.",
            "Georgia will not help Russia circumvent sanctions.",
            (
                "Georgia will not join the sanctions, but it will not help Russia evade "
                "them or other sanctions either."
            ),
        ),
        (
            "ru",
            "Грузия не присоединится к санкциям против России.",
            "Грузия не будет помогать России обходить санкции.",
            "Грузия не присоединится к санкциям, но и не будет помогать обходить санкции.",
        ),
        (
            "uk",
            "Грузія не приєднається до санкцій проти Росії.",
            "Грузія не допомагатиме Росії обходити санкції.",
            "Грузія не приєднається до санкцій, але й не допомагатиме обходити санкції.",
        ),
    ],
)
def test_not_joining_is_not_the_same_as_not_helping(lang, refuses, pledges, both):
    assert kinds(read(refuses, lang)) == [("refuse_to_join", "GE")]
    assert kinds(read(pledges, lang)) == [("pledge_no_circumvention", "GE")]
    assert kinds(read(both, lang)) == [
        ("pledge_no_circumvention", "GE"),
        ("refuse_to_join", "GE"),
    ]


@pytest.mark.parametrize(
    ("lang", "text"),
    [
        ("pl", "Stany Zjednoczone wezwały Kazachstan, aby nie pomagał Rosji w omijaniu sankcji."),
        ("en", "The United States urged Kazakhstan not to help Russia evade sanctions."),
        ("ru", "США призвали Казахстан не помогать России в обходе санкций."),
        ("uk", "США закликали Казахстан не допомагати Росії обходити санкції."),
    ],
)
def test_a_call_on_others_is_pressure_by_the_caller(lang, text):
    found = read(text, lang)
    assert kinds(found) == [("pressure", "US")]
    assert [who.country for who in found.events[0].targets] == ["KZ"]


@pytest.mark.parametrize(
    ("lang", "text"),
    [
        (
            "pl",
            (
                "Kazachstan zakazał eksportu chipów do Rosji. Wieczorem ministerstwo handlu "
                "Kazachstanu oświadczyło, że nie wprowadziło zakazu eksportu do Rosji."
            ),
        ),
        (
            "en",
            (
                "Kazakhstan banned exports of chips to Russia. In the evening the Kazakh trade "
                "ministry said that no ban on exports to Russia had been imposed."
            ),
        ),
        (
            "ru",
            (
                "Казахстан запретил экспорт чипов в Россию. Вечером министерство торговли "
                "Казахстана заявило, что запрет на экспорт в Россию не вводился."
            ),
        ),
        (
            "uk",
            (
                "Казахстан заборонив експорт чипів до Росії. Увечері міністерство торгівлі "
                "Казахстану заявило, що жодної заборони на експорт до Росії немає."
            ),
        ),
    ],
)
def test_a_ban_and_its_retraction_are_both_told_in_order(lang, text):
    found = read(text, lang)
    assert [one.kind for one in found.events] == ["restriction", "retraction"]
    assert [one.polarity for one in found.events] == [-1, 1]


@pytest.mark.parametrize(
    ("lang", "text", "speaker"),
    [
        ("pl", "Nie mogę obiecać, że nie wprowadzimy sankcji.", "Aleksandar Vučić"),
        ("en", "We cannot promise that sanctions will never be imposed.", "Aleksandar Vučić"),
        ("ru", "Я не могу обещать, что санкций не будет.", "Aleksandar Vučić"),
        ("uk", "Я не можу обіцяти, що санкцій не буде.", "Aleksandar Vučić"),
    ],
)
def test_who_cannot_promise_pledges_nothing(lang, text, speaker):
    assert kinds(read(text, lang, speaker)) == [("noncommittal", "RS")]


@pytest.mark.parametrize(
    ("lang", "text"),
    [
        ("pl", "Biały Dom nie widzi oznak, że Chiny pomagają Rosji omijać sankcje."),
        ("en", "The White House sees no signs that China helps Russia evade sanctions."),
        ("ru", "Белый дом не видит признаков того, что Китай помогает России обходить санкции."),
        ("uk", "Білий дім не бачить ознак того, що Китай допомагає Росії обходити санкції."),
    ],
)
def test_no_signs_that_is_an_exoneration(lang, text):
    found = read(text, lang)
    assert kinds(found) == [("exoneration", "US")]
    assert [who.country for who in found.events[0].targets] == ["CN"]


def test_the_same_words_of_another_state_are_an_accusation_of_oneself_a_denial():
    text = "Georgia does not help Russia evade sanctions, {} said."
    assert kinds(read(text.format("the Georgian foreign minister"), "en")) == [("denial", "GE")]
    assert kinds(read(text.format("the US State Department"), "en")) == [("exoneration", "US")]
    accused = "Georgia helps Russia evade sanctions, the Ukrainian foreign minister said."
    assert kinds(read(accused, "en")) == [("accusation", "UA")]


@pytest.mark.parametrize(
    ("lang", "passive"),
    [
        ("pl", "Eksport dronów do Rosji został zakazany przez rząd Kazachstanu."),
        ("en", "Exports of drones to Russia were banned by the Kazakh government."),
        ("ru", "Экспорт дронов в Россию был запрещён правительством Казахстана."),
        ("uk", "Експорт дронів до Росії було заборонено урядом Казахстану."),
    ],
)
def test_a_passive_is_by_its_doer_and_by_nobody_without_one(lang, passive):
    found = read(passive, lang)
    assert kinds(found) == [("restriction", "KZ")]
    assert [who.country for who in found.events[0].targets] == ["RU"]
    words = passive.split()
    cut = 3 if lang in {"pl", "en"} else 2
    assert kinds(read(" ".join(words[:-cut]) + ".", lang)) == []


@pytest.mark.parametrize(
    ("lang", "text"),
    [
        ("pl", "Dwie firmy z Kirgistanu trafiły na listę sankcyjną USA."),
        ("en", "Two companies from Kyrgyzstan were added to the US sanctions list."),
        ("ru", "Две компании из Киргизии попали под санкции США."),
        ("uk", "Дві компанії з Киргизстану потрапили під санкції США."),
    ],
)
def test_who_is_listed_is_not_who_lists(lang, text):
    found = read(text, lang)
    assert kinds(found) == [("sanction_on_third_country", "US")]
    assert [who.country for who in found.events[0].targets] == ["KG"]


@pytest.mark.parametrize(
    ("lang", "text"),
    [
        ("pl", "Kirgistan wezwał UE do zniesienia sankcji wobec swoich banków."),
        ("en", "Kyrgyzstan urged the EU to lift the sanctions on its banks."),
        ("ru", "Киргизия призвала ЕС отменить санкции против её банков."),
        ("uk", "Киргизстан закликав ЄС скасувати санкції проти його банків."),
    ],
)
def test_pressing_those_who_impose_sanctions_is_a_protest(lang, text):
    found = read(text, lang)
    assert kinds(found) == [("criticism", "KG")]
    assert [who.country for who in found.events[0].targets] == ["EU"]


@pytest.mark.parametrize(
    ("lang", "text"),
    [
        ("pl", "nasz kraj nie dostarcza broni do Rosji"),
        ("en", "our country does not supply weapons to Russia"),
        ("ru", "наша страна не поставляет оружие в Россию"),
        ("uk", "наша країна не постачає зброю до Росії"),
    ],
)
def test_of_an_unknown_speaker_only_the_text_can_tell_the_state(lang, text):
    assert kinds(read(text, lang, "Nobody Known")) == []
    named = {"pl": "Gruzja", "en": "Georgia", "ru": "Грузия", "uk": "Грузія"}[lang]
    text = " ".join([named, *text.split()[2:]])
    assert kinds(read(text, lang, "Nobody Known")) == [("denial", "GE")]


def test_without_a_known_speaker_an_accusation_is_nobodys():
    found = read("Georgia helps Russia evade sanctions.", "en")
    assert kinds(found) == []
    assert found.candidates[0].unresolved == ("attribution", "actor")


def test_the_date_of_an_address_is_not_the_date_of_the_event():
    text = (
        "Kazakhstan banned exports of chips to Russia on 3 May. "
        "Source: https://news.example/2024/11/22/kazakhstan-bans-exports-of-chips-to-russia"
    )
    found = read(text, "en")
    assert [one.date.start for one in found.events] == [date(2023, 5, 3)]


@pytest.mark.parametrize(
    ("lang", "text"),
    [
        ("pl", "Moskwa zbudowała magazyn, aby omijać sankcje przez Kazachstan."),
        ("en", "Moscow set up firms in order to evade sanctions through Kazakhstan."),
        ("ru", "Москва создала фирмы, чтобы обходить санкции через Казахстан."),
        ("uk", "Москва створила фірми, щоб обходити санкції через Казахстан."),
    ],
)
def test_a_purpose_is_not_an_event(lang, text):
    assert kinds(read(text, lang)) == []
