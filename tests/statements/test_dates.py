"""Dates in news phrases, what only looks like one, and the labelled expressions."""

from __future__ import annotations

import importlib.util
import sys
import tomllib
from datetime import date, timedelta
from pathlib import Path

import pytest

from throughflow.statements.dates import find, tables

PUBLISHED = date(2022, 4, 29)
PHRASES = tomllib.loads((Path(__file__).parent / "news_dates.toml").read_text("utf-8"))["phrase"]


def days(text, lang="en", reference=PUBLISHED, **options):
    return [(m.start, m.end) for m in find(text, lang, reference, **options)]


def benchmark():
    path = Path(__file__).resolve().parents[2] / "benchmarks" / "dates.py"
    spec = importlib.util.spec_from_file_location("_benchmark_dates", path)
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("phrase", PHRASES, ids=lambda each: each["text"][:50])
def test_phrases_of_news(phrase):
    found = find(phrase["text"], phrase["lang"], PUBLISHED)
    named = [
        (m.span.text.lower(), m.start.isoformat(), m.end.isoformat(), m.relation) for m in found
    ]
    expected = [
        (words.lower(), *rest, *["in"] * (3 - len(rest))) for words, *rest in phrase["dates"]
    ]
    assert named == expected


@pytest.mark.parametrize(
    ("text", "past", "future"),
    [
        ("3 March", date(2022, 3, 3), date(2023, 3, 3)),
        ("3 May", date(2022, 5, 3), date(2022, 5, 3)),  # four days ahead, a year ago all but four
        ("3 October", date(2021, 10, 3), date(2022, 10, 3)),
        ("Monday", date(2022, 4, 25), date(2022, 5, 2)),
        ("Friday", PUBLISHED, date(2022, 5, 6)),
        ("Sunday, 3 April", date(2022, 4, 3), date(2022, 4, 3)),  # the weekday decides
    ],
)
def test_what_is_left_out_comes_from_the_side_that_is_preferred(text, past, future):
    assert days(text) == [(past, past)]
    assert days(text, prefer="future") == [(future, future)]


def test_later_is_counted_from_the_day_of_publication_only_in_appointments():
    assert days("two weeks later") == days("in two weeks") == []
    there = PUBLISHED + timedelta(weeks=2)
    assert days("two weeks later", prefer="future") == [(there, there)]


def test_a_leap_day_without_its_year():
    assert days("29 February") == [(date(2020, 2, 29),) * 2]
    assert days("29 February", prefer="future") == [(date(2024, 2, 29),) * 2]


@pytest.mark.parametrize(
    ("text", "start", "end", "precision"),
    [
        ("since March", date(2022, 3, 1), None, "range"),
        ("until 15 April", None, date(2022, 4, 15), "range"),
        ("before 15 April", None, date(2022, 4, 14), "range"),
        ("after 15 April", date(2022, 4, 16), None, "range"),
        ("on 15 April", date(2022, 4, 15), date(2022, 4, 15), "day"),
        ("in April", date(2022, 4, 1), date(2022, 4, 30), "range"),
    ],
)
def test_interval_leaves_open_what_the_text_leaves_open(text, start, end, precision):
    (mention,) = find(text, "en", PUBLISHED)
    interval = mention.interval()
    assert (interval.start, interval.end, interval.precision) == (start, end, precision)
    assert (interval.expr, interval.basis) == (mention.span.text, "text")


def test_basis_tells_how_the_day_was_found():
    bases = {
        "24 February 2022": "written",
        "24 February": "nearest",
        "three days ago": "counted",
        "a few days ago": "vague",
    }
    assert {text: find(text, "en", PUBLISHED)[0].basis for text in bases} == bases


def test_offset_is_added():
    (mention,) = find("on 3 May", "en", PUBLISHED, offset=100)
    assert (mention.span.start, mention.span.end, mention.span.text) == (103, 108, "3 May")


@pytest.mark.parametrize("lang", tables.known())
def test_every_table_reads_and_names_all_months_and_days(lang):
    words = tables.table(lang).words
    months = {value for letter, value in words.values() if letter in tables.MONTHS}
    weekdays = {value for letter, value in words.values() if letter in "Ww"}
    assert (months, weekdays) == (set(range(12)), set(range(7)))


def test_words_typed_without_accents_are_known():
    assert days("w piatek, 1 wrzesnia 2023", "pl") == days("w piątek, 1 września 2023", "pl")
    assert days("pietnastego pazdziernika 2021", "pl") == [(date(2021, 10, 15),) * 2]


def test_capital_i_of_turkish():
    assert days("1 KASIM 2021", "tr") == [(date(2021, 11, 1),) * 2]


@pytest.mark.data
def test_labelled_expressions(staged, capsys):
    scoring = benchmark()
    every = scoring.cases(staged / "statements" / "date_expressions.json")
    chosen = [case for case in every if case.lang in scoring.FULL and case.names_day]
    seen = scoring.share([case for case in chosen if case.was_seen])
    aside = scoring.share([case for case in chosen if not case.was_seen])
    with capsys.disabled():
        sys.stdout.write(f"\nnames a day: in-sample {seen}, out-of-sample {aside}\n")
    assert seen[1] > 200
    assert aside[1] > 200
    assert seen[0] / seen[1] >= 0.90
    assert aside[0] / aside[1] >= 0.80


@pytest.mark.data
def test_dates_of_the_staged_article_are_those_its_coder_noted(staged):
    text = (staged / "statements" / "natemat_2022-04-29_kazakhstan.txt").read_text("utf-8")
    found = {m.span.text: (m.start, m.end) for m in find(text, "pl", PUBLISHED)}
    assert found == {
        "29 kwietnia": (PUBLISHED, PUBLISHED),
        "Na początku kwietnia": (date(2022, 4, 1), date(2022, 4, 10)),
    }
