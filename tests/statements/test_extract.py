"""What an extraction holds: slots, spans, one event for what is told twice, dates."""

# ruff: noqa: RUF001 - Russian and Ukrainian sentences

from __future__ import annotations

import time
from datetime import date
from pathlib import Path

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from throughflow.errors import InputError
from throughflow.model.statements import KINDS
from throughflow.statements import document, plain
from throughflow.statements.extract import extract
from throughflow.statements.frames import engine, lexicon
from throughflow.statements.frames.lexicon import LANGUAGES

DAY = date(2023, 5, 10)


def read(text, lang, speaker=None, day=DAY):
    return extract(document.read(text.encode(), published=day, lang=lang), speaker=speaker)


WORDS = [
    "Kazachstan", "Rosji", "nie", "pomoże", "obchodzić", "sankcji", "powiedział", "że", ",", ".",
    '"', "„", "”", "«", "»", "–", "if", "that", "said", "will", "not", "help", "evade",
    "sanctions", "Казахстан", "не", "поможет", "санкции", "заявил", "что", "?", ":", "(", ")",
    "\n", "\n\n", "29 kwietnia", "He", "tamtejszy rząd", "його країна", "’", "voted against",
]  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(
    st.one_of(st.text(max_size=300), st.lists(st.sampled_from(WORDS), max_size=60).map(" ".join)),
    st.sampled_from([*LANGUAGES, "xx"]),
    st.sampled_from([None, "Aleksandar Vučić", "Nobody Known"]),
    st.sampled_from([None, DAY]),
)
def test_any_text_is_read_and_every_span_is_where_it_says(text, lang, speaker, day):
    try:
        source = document.read(text.encode("utf-8", "replace"), published=day, lang=lang)
    except InputError:
        assume(False)  # noqa: FBT003 - empty or binary: refused before anything is extracted
    found = extract(source, speaker=speaker)
    events = [*found.events, *(one.event for one in found.candidates)]
    for one in events:
        assert one.kind in KINDS
        assert one.spans
        for span in one.spans:
            assert source.text[span.start : span.end] == span.text
            assert span.text.strip()
    for one in found.events:
        assert one.actors
        assert all(who.country for who in (*one.actors, *one.targets))
    for quote in found.quotes:
        assert source.text[quote.start : quote.end] == quote.text
    plain.plain(source, found)


def test_told_three_times_it_is_one_event_the_fullest_wording_first():
    text = (
        "Georgia will not help Russia evade sanctions\n\n"
        "Georgian Prime Minister Irakli Garibashvili assured Ukraine that Georgia will not help "
        "Russia evade sanctions.\n\n"
        "Georgia will not help Russia evade sanctions, he said."
    )
    (only,) = read(text, "en", day=date(2022, 5, 10)).events
    assert len(only.spans) == 3
    assert only.spans[0].text.startswith("Georgian Prime Minister")
    assert [who.person for who in only.actors] == ["Irakli Garibashvili"]
    assert [who.country for who in only.targets] == ["UA"]


def test_different_targets_are_different_events():
    text = (
        "Ukraine accused Georgia of evading sanctions. Ukraine accused Serbia of evading sanctions."
    )
    assert len(read(text, "en").events) == 2


def test_two_tenses_are_two_claims_of_one_pledge():
    text = (
        "Kazachstan nie obchodzi i nie będzie obchodzić sankcji, powiedział prezydent Kazachstanu."
    )
    (only,) = read(text, "pl").events
    assert only.kind == "pledge_no_circumvention"
    assert {one.tense for one in only.claims} == {"present", "future"}


def test_a_pledge_told_by_another_state_is_relayed():
    text = "Ukraine's foreign minister said that Georgia will not help Russia evade sanctions."
    (only,) = read(text, "en").events
    assert only.certainty == "relayed"
    assert only.relayed_by.country == "UA"
    assert [who.country for who in only.actors] == ["GE"]


@pytest.mark.parametrize(
    ("lang", "text"),
    [
        ("pl", "Gruzja milczy. Tamtejszy rząd nie przyłączy się do sankcji."),
        ("ru", ("Грузия молчит. Премьер-министр Грузии заявил, что его страна не присоединится к "
               "санкциям.")),
        ("uk", "Прем'єр-міністр Грузії заявив, що його країна не приєднається до санкцій."),
        ("en", "The Georgian prime minister said his country will not join the sanctions."),
    ],
)  # fmt: skip
def test_a_state_that_is_only_pointed_at_is_found(lang, text):
    (only,) = read(text, lang).events
    assert (only.kind, [who.country for who in only.actors]) == ("refuse_to_join", ["GE"])


@pytest.mark.parametrize(
    ("lang", "text"),
    [
        ("pl", "nie przyłączymy się do sankcji"),
        ("en", "we will not join the sanctions"),
        ("ru", "мы не присоединимся к санкциям"),
        ("uk", "ми не приєднаємося до санкцій"),
    ],
)
def test_the_first_person_is_the_speakers_state_or_nobody(lang, text):
    assert [who.country for who in read(text, lang, "Serbia").events[0].actors] == ["RS"]
    alone = read(text, lang)
    assert alone.events == ()
    assert alone.candidates[0].unresolved == ("actor",)


def test_a_speaker_whom_no_table_knows_leaves_the_actor_open():
    found = read("we will not join the sanctions", "en", "Nobody Known")
    assert found.events == ()
    assert found.candidates[0].unresolved == ("actor",)


def test_a_day_of_the_text_beats_the_day_of_publication():
    text = "On 3 May Kazakhstan banned exports of drones to Russia."
    (only,) = read(text, "en").events
    assert (only.date.start, only.date.end, only.date.basis) == (date(2023, 5, 3),) * 2 + ("text",)


def test_what_is_said_without_a_day_is_of_the_day_it_is_published():
    (only,) = read("Serbia will not join the sanctions.", "en").events
    assert (only.date.start, only.date.end, only.date.basis) == (DAY, DAY, "published")


def test_after_the_start_of_the_war_runs_to_the_publication():
    text = "Po rozpoczęciu wojny Serbia otwarcie wspiera Rosję."
    (only,) = read(text, "pl").events
    assert (only.date.start, only.date.end) == (date(2022, 2, 24), DAY)
    assert only.date.precision == "range"


def test_without_a_day_of_publication_nothing_is_made_up():
    (only,) = read("Serbia will not join the sanctions.", "en", day=None).events
    assert (only.date.start, only.date.end) == (None, None)


def test_every_frame_uses_concepts_that_its_languages_know():
    full = {lang: set(lexicon.table(lang)["concepts"]) for lang in ("pl", "en", "ru", "uk")}
    assert len({frozenset(one) for one in full.values()}) == 1
    known = {*full["pl"], "sanctioned_state", "attacked_state", "sanctioner"}
    for frame in engine.frames():
        used = {
            name
            for names in (frame.head, *(need.names for need in frame.needs), *frame.absent)
            for name in names.removeprefix("~~").split("|")
        }
        assert used <= known, frame.name
        assert frame.kind in KINDS


def test_every_kind_that_frames_can_assert_has_a_category():
    reachable = {frame.kind for frame in engine.frames()}
    assert reachable == set(KINDS)


def test_every_frame_is_in_the_documentation():
    page = Path(__file__).parents[2] / "docs" / "methods" / "statements.md"
    text = page.read_text(encoding="utf-8")
    missing = [frame.name for frame in engine.frames() if f"`{frame.name}`" not in text]
    assert missing == []


@pytest.mark.parametrize(
    "text",
    [
        "Kazakhstan will not help Russia evade sanctions and " * 2000,
        "“a " * 5000,
        '"' * 5000 + " said Kazakhstan",
        "Kazakhstan banned exports of drones to Russia. " * 500,
    ],
    ids=["no-end", "open-marks", "marks", "repeated"],
)
def test_hostile_text_is_read_in_a_time_that_grows_with_its_length(text):
    begun = time.process_time()
    read(text, "en")
    # Quadratic work would take minutes; a slow machine takes a few seconds.
    assert time.process_time() - begun < 20
