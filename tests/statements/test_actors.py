"""States and those who speak for them are found in text; figures on sentences kept aside."""

# ruff: noqa: RUF001 - sentences of Cyrillic languages

from __future__ import annotations

import importlib.util
import json
import sys
import time
from collections import Counter
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from throughflow.reference import actor_tables, countries
from throughflow.statements import actors
from throughflow.statements.actors.lexicon import WORDS, of_language

BENCHMARK = Path(__file__).resolve().parents[2] / "benchmarks" / "actors.py"
SENTENCES = Path(__file__).parent / "data" / "actor_sentences.jsonl"
# Floors for the sentences that no rule was written on: what is wanted of the finder, below what
# is measured (docs/methods/actors.md), so that a word more or less does not break the build.
PRECISION, RECALL = 0.95, 0.95
LANGUAGES = ("pl", "en", "ru", "uk")


def only(text, lang, **keywords):
    found = actors.find(text, lang, **keywords)
    assert len(found) == 1, found
    return found[0]


def shown(text, lang, **keywords):
    return [(m.country, m.span.text) for m in actors.find(text, lang, **keywords)]


def sentences():
    return [json.loads(line) for line in SENTENCES.read_text(encoding="utf-8").splitlines()]


def totals(rows):
    found = expected = right = 0
    for row in rows:
        got = Counter(m.country for m in actors.find(row["text"], row["lang"]))
        wanted = Counter(m["country"] for m in row["mentions"])
        found += got.total()
        expected += wanted.total()
        right += (got & wanted).total()
    return right / found, right / expected


@pytest.mark.parametrize("lang", LANGUAGES)
def test_sentences_kept_aside(lang):
    aside = [row for row in sentences() if row["half"] == "aside" and row["lang"] == lang]
    assert len(aside) >= 30
    precision, recall = totals(aside)
    assert precision >= PRECISION
    assert recall >= RECALL


@pytest.mark.parametrize("lang", LANGUAGES)
def test_persons_in_sentences_kept_aside(lang):
    wanted = found = right = 0
    for row in sentences():
        if row["half"] == "aside" and row["lang"] == lang:
            names = [m["person"] for m in row["mentions"] if m["person"]]
            got = [m.person for m in actors.find(row["text"], lang) if m.person]
            wanted, found = wanted + len(names), found + len(got)
            right += sum(any(actors.same_person(one, name) for one in got) for name in names)
    assert right / found >= 0.95
    assert right / wanted >= 0.90


def test_there_are_sixty_sentences_and_more_in_each_language():
    rows = sentences()
    assert all(sum(row["lang"] == lang for row in rows) >= 60 for lang in LANGUAGES)
    assert len({row["text"] for row in rows}) == len(rows)


@pytest.mark.parametrize(
    ("lang", "text", "country", "person", "role"),
    [
        ("pl", "szef ukraińskiego MSZ Dmytro Kułeba", "UA", "Dmytro Kuleba", "foreign minister"),
        (
            "en",
            "minister of foreign affairs of Kazakhstan Mukhtar Tleuberdi",
            "KZ",
            "Mukhtar Tleuberdi",
            "foreign minister",
        ),
        ("ru", "МИД Узбекистана", "UZ", None, None),
        ("ru", "Министерство торговли Казахстана", "KZ", None, None),
        ("pl", "rząd w Nur-Sułtanie", "KZ", None, None),
        ("pl", "rzecznik Departamentu Stanu Ned Price", "US", "Ned Price", "spokesperson"),
        ("pl", "turecki szef dyplomacji", "TR", None, "foreign minister"),
        ("en", "Ankara", "TR", None, None),
        ("ru", "Вашингтон", "US", None, None),
        ("pl", "z Mukhtarem Tileuberdim", "KZ", "Mukhtar Tleuberdi", "foreign minister"),
        ("ru", "с Кулебой", "UA", "Dmytro Kuleba", "foreign minister"),
        ("uk", "допомагати путіну", "RU", "Vladimir Putin", "president"),
        ("en", "Kyrgyzstan's deputy economy minister", "KG", None, "deputy economy minister"),
        (
            "ru",
            "Первый заместитель министра торговли Узбекистана",
            "UZ",
            None,
            "deputy trade minister",
        ),
    ],
)
def test_an_office_its_state_and_its_holder_are_one_mention(lang, text, country, person, role):
    mention = only(text, lang)
    assert (mention.country, mention.person) == (country, person)
    if role:
        assert mention.role == role


@pytest.mark.parametrize(
    ("lang", "text", "how", "sector"),
    [
        ("en", "Kazakhstan", "state", "GOV"),
        ("en", "Kazakh politicians", "adjective", "ELI"),
        ("pl", "kazachstańscy politycy", "adjective", "ELI"),
        ("en", "Turkish banks", "adjective", "BUS"),
        ("ru", "российские войска", "adjective", "MIL"),
        ("en", "the Russians", "demonym", "CVL"),
        ("en", "the Kremlin", "seat", "GOV"),
        ("en", "the White House", "seat", "GOV"),
        ("pl", "Komisja Europejska", "institution", "GOV"),
        ("uk", "Верховна Рада", "seat", "LEG"),
        ("pl", "rosyjska Duma Państwowa", "seat", "LEG"),
        ("ru", "Госдума РФ", "seat", "LEG"),
        ("en", "President Biden", "leader", "GOV"),
        ("en", "Foreign Minister Lavrov", "official", "GOV"),
        ("pl", "tamtejszy rząd", "anaphor", "GOV"),
        ("en", "that country's government", "anaphor", "GOV"),
        ("ru", "местное правительство", "anaphor", "GOV"),
        ("en", "his country", "anaphor", "GOV"),
    ],
)
def test_how_a_state_is_named(lang, text, how, sector):
    mention = only(text, lang)
    assert (mention.how, mention.sector) == (how, sector)
    assert bool(mention.country) == (how != "anaphor")


@pytest.mark.parametrize(
    ("lang", "text"),
    [
        ("en", "They ate turkey from blue china."),
        ("en", "Michael Jordan and Chad Smith won."),
        ("en", "Polish the silver."),
        ("en", "In Georgia, Atlanta voted."),
        ("en", "She speaks Russian and Chinese."),
        ("en", "A Turkish-language paper."),
        ("ru", "Он учит русский язык."),
        ("pl", "język ukraiński i rosyjski"),
        ("uk", "говорити українською"),
        ("ru", "Того дня было тихо."),
        ("en", "Tell us more."),
        ("ru", "после обеда"),
        ("ru", "Рассказ написал Чехов, а Поляков его прочёл."),
        ("pl", "Mali przedsiębiorcy zamknęli sklepy. Czad zabił rodzinę. Włosy rosną."),
        ("en", "Bank of America stayed open near the Indian Ocean."),
    ],
)
def test_words_that_are_not_a_state(lang, text):
    assert actors.find(text, lang) == ()


@pytest.mark.parametrize(
    ("lang", "text", "country"),
    [
        ("en", "Ankara assured Brussels.", "EU"),
        ("en", "The hotel is in Brussels.", "BE"),
        ("pl", "Rozmawiano z Brukselą.", "EU"),
        ("pl", "Spotkali się w Brukseli.", "BE"),
        ("ru", "Брюссель против.", "EU"),
        ("ru", "недалеко от Брюсселя", "BE"),
    ],
)
def test_brussels_is_the_union_unless_it_is_a_place(lang, text, country):
    assert actors.find(text, lang)[-1].country == country


def test_the_day_decides_who_held_the_office():
    text = "Liz Truss and Kaja Kallas"
    roles = [
        [(m.country, m.role) for m in actors.find(text, "en", on=day)]
        for day in (date(2022, 4, 29), date(2022, 9, 30), date(2025, 1, 31))
    ]
    assert roles[0] == [("GB", "foreign minister"), ("EE", "prime minister")]
    assert roles[1] == [("GB", "prime minister"), ("EE", "prime minister")]
    assert roles[2] == [("GB", "former prime minister"), ("EU", "foreign policy chief")]


def test_an_office_of_which_no_end_is_known_is_not_prolonged():
    text = "President Alar Karis of Estonia and Emmerson Mnangagwa"
    assert actors.find(text, "en", on=date(2022, 5, 1))[1].role == "president"
    assert actors.find(text, "en", on=date(2030, 5, 1))[1].role is None


def test_a_person_out_of_any_term_is_still_a_person():
    before = only("Rishi Sunak", "en", on=date(2021, 1, 1))
    assert (before.country, before.person, before.role) == ("GB", "Rishi Sunak", None)


def test_an_unknown_holder_is_written_as_in_the_text_in_latin_letters():
    mention = only("Министр торговли Казахстана Ерлан Сагынтаев", "ru")
    assert mention.person == "Erlan Sagyntaev"


def test_a_name_behind_an_office_must_be_of_its_state():
    found = actors.find("министр Казахстана Лавров", "ru")
    assert [(m.country, m.person) for m in found] == [("KZ", None), ("RU", "Sergey Lavrov")]


def test_one_who_speaks_for_another_is_not_the_other():
    found = actors.find("przedstawiciel Wołodymyra Zełenskiego", "pl")
    assert [(m.person, m.role) for m in found] == [("Volodymyr Zelenskyy", "president")]


def test_an_ambassador_and_the_state_he_is_sent_to_are_two():
    found = actors.find("Посол Украины в Узбекистане Иван Петренко прибыл", "ru")
    assert [(m.country, m.person) for m in found] == [("UA", "Ivan Petrenko"), ("UZ", None)]


@pytest.mark.parametrize("spelled", ["Kułeba", "Kuleba", "Кулеба"])
def test_spellings_of_one_person_in_three_scripts(spelled):
    langs = ("ru", "uk") if spelled[0] == "К" else ("pl", "en")
    assert {only(spelled, lang).person for lang in langs} == {"Dmytro Kuleba"}


def test_a_surname_is_known_once_the_whole_name_stands_in_the_text():
    text = "Price said so. Ned Price, the spokesman, was asked. The price rose, Price added."
    assert [m.person for m in actors.find(text, "en")] == ["Ned Price"] * 3
    assert actors.find("Price said so. The price rose.", "en") == ()


def test_same_person():
    assert actors.same_person("Mukhtar Tileuberdi", "Мухтар Тлеуберди")
    assert actors.same_person("Wołodymyr Zełenski", "Volodymyr Zelenskyy")
    assert not actors.same_person("Sadyr Japarov", "Akylbek Japarov")


@pytest.mark.parametrize(
    ("lang", "text", "case"),
    [
        ("pl", "Kazachstan", "nominative"),
        ("pl", "Rosją", "instrumental"),
        ("pl", "w Rosji", "locative"),
        ("pl", "dla Rosji", "genitive"),
        ("pl", "Putinowi", "dative"),
        ("ru", "Казахстаном", "instrumental"),
        ("uk", "Туреччину", "accusative"),
        ("pl", "kazachstańscy politycy", "nominative"),
        ("ru", "президенту России", "dative"),
        ("en", "Russia", ""),
    ],
)
def test_case(lang, text, case):
    assert only(text, lang).case == case


@pytest.mark.parametrize(
    ("lang", "text", "expected"),
    [
        ("de", "Kasachstan hilft Russlands Regierung nicht", ["KZ", "RU"]),
        ("lt", "iš Kirgizijos į Rusiją per Lietuvą", ["KG", "RU", "LT"]),
        ("lv", "Kazahstāna nepalīdz Krievijai", ["KZ", "RU"]),
        ("et", "Kasahstan ja Venemaale", ["KZ", "RU"]),
        ("tr", "Türkiye Rusya'ya yardım etmez, dedi Erdoğan", ["TR", "RU", "TR"]),
        ("kk", "Қазақстан Ресейге көмектеспейді", ["KZ", "RU"]),
        ("hr", "Srbija neće uvesti sankcije Rusiji, kaže Vučić", ["RS", "RU", "RS"]),
        ("cs", "Kazachstán nepomůže Rusku", ["KZ", "RU"]),
    ],
)
def test_languages_read_by_table(lang, text, expected):
    assert [m.country for m in actors.find(text, lang)] == expected


def test_offset_is_added():
    assert only("in Kazakhstan", "en", offset=100).span.start == 103


def test_an_unknown_language_gives_persons_only():
    assert shown("Kazakhstan: Vladimir Putin", "xx") == [("RU", "Vladimir Putin")]


def test_every_name_is_of_a_known_code():
    known = set(countries.all_codes())
    for lang in (*LANGUAGES, "de", "lt", "tr", "kk", "hr", "lv", "et", "cs"):
        rows = actor_tables.names(lang)
        assert len(rows) > 60
        assert {row.code for row in rows if row.code} <= known
    assert {term.code for term in actor_tables.people()} <= known


def test_terms_are_dates_in_order():
    for term in actor_tables.people():
        assert not term.end or term.start <= term.end, term
        for day in (term.start, term.end):
            date.fromisoformat((day or "2000") + "-01-01"[len(day or "2000") - 4 :])


@pytest.mark.parametrize("lang", LANGUAGES)
def test_word_tables_are_read_whole(lang):
    lines = (WORDS / f"{lang}.tsv").read_text(encoding="utf-8").splitlines()
    assert all(line.count("\t") == 3 for line in lines)
    assert of_language(lang).entries


WORDS_OF_TEXTS = st.sampled_from(
    sorted({word for row in sentences() for word in row["text"].split()})
)


@given(
    text=st.one_of(st.text(), st.lists(WORDS_OF_TEXTS, max_size=25).map(" ".join)),
    lang=st.sampled_from([*LANGUAGES, "tr", "kk", "cs", "zz"]),
    on=st.none() | st.dates(),
    offset=st.integers(0, 10**6),
)
@settings(max_examples=300, deadline=None)
def test_spans_are_of_the_text_and_do_not_overlap(text, lang, on, offset):
    last = offset
    for mention in actors.find(text, lang, on=on, offset=offset):
        span = mention.span
        assert span.start >= last
        assert span.end > span.start
        assert text[span.start - offset : span.end - offset] == span.text
        assert bool(mention.country) == (mention.how != "anaphor")
        last = span.end


@given(st.lists(st.sampled_from([row["text"] for row in sentences()]), min_size=1, max_size=4))
@settings(max_examples=60, deadline=None)
def test_what_is_found_in_a_line_is_found_in_a_text_of_lines(lines):
    # A text may show more: a surname whose whole name stands in another line.
    whole = Counter(m.span.text for m in actors.find("\n".join(lines), "en"))
    alone = Counter(m.span.text for line in lines for m in actors.find(line, "en"))
    assert alone <= whole


def test_a_long_article_is_read_in_a_fraction_of_a_second():
    # Measured: 6 ms for 3,000 characters, 32 ms on a busy machine; rules that search anew take ten
    # times as long.
    text = " ".join(row["text"] for row in sentences() if row["lang"] == "pl")[:3000]
    actors.find(text, "pl")
    spent = []
    for _ in range(5):
        began = time.process_time()
        actors.find(text, "pl")
        spent.append(time.process_time() - began)
    assert min(spent) < 0.1


@pytest.mark.data
def test_states_coded_by_others_are_found(staged):
    """PLOVER's English records: 0.93 of the coded states at the first try, 0.95 since."""
    spec = importlib.util.spec_from_file_location("bench_actors", BENCHMARK)
    bench = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = bench
    spec.loader.exec_module(bench)
    recall, precision, coded = bench.plover(staged / "statements" / "plover")
    assert coded > 400
    assert recall >= 0.90
    assert precision >= 0.75  # states that are only the place of an event are not coded


@pytest.mark.data
def test_actors_of_the_news_text(staged):
    folder = staged / "statements"
    text = (folder / "natemat_2022-04-29_kazakhstan.txt").read_text(encoding="utf-8")
    gold = json.loads((folder / "natemat_2022-04-29_kazakhstan.gold.json").read_text("utf-8"))
    iso3 = {countries.get(code).iso3: code for code in countries.all_codes()}
    mentions = actors.find(text, "pl", on=date(2022, 4, 29))
    named = {iso3[one["country"]] for event in gold["events"] for one in event["actors"]}
    assert named <= {mention.country for mention in mentions}
    for event in gold["events"]:
        for actor in event["actors"]:
            if actor.get("person"):
                seen = [m for m in mentions if m.person]
                assert any(actors.same_person(m.person, actor["person"]) for m in seen)
                assert any(m.role == actor["role"] for m in seen)
    assert [m.span.text for m in mentions if m.how == "anaphor"][:2] == [
        "szef tamtejszej dyplomacji",
        "Tamtejszy rząd",
    ]
