"""Sentence boundaries and the language of a text."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path

import pytest

from throughflow.statements import document, language, sentences

HERE = Path(__file__).parent
CASES = tomllib.loads((HERE / "sentence_cases.toml").read_text("utf-8"))["case"]
LANGUAGES = tomllib.loads((HERE / "language_cases.toml").read_text("utf-8"))


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case['lang']} {case['text'][:30]}")
def test_sentences(case):
    assert [span.text for span in sentences.split(case["text"], case["lang"])] == case["sentences"]


def test_windows_line_ends():
    spans = sentences.split("One thing\r\n\r\nAnother.\r\nThird", "en")
    assert [span.text for span in spans] == ["One thing", "Another.", "Third"]


@pytest.mark.parametrize("lang", LANGUAGES)
def test_language_of_a_few_sentences(lang):
    assert language.detect(LANGUAGES[lang]) == lang


@pytest.mark.parametrize("text", ["", "12 34", "Xyz Qwf", "Toyota BMW Ford", "…"])
def test_language_that_cannot_be_told_is_left_open(text):
    assert language.detect(text) == ""


@pytest.mark.data
def test_no_short_quotation_is_taken_for_another_language(staged):
    path = staged / "statements" / "news_events_dev.json"
    quotes = [(e["quote"], e["lang"]) for e in json.loads(path.read_text("utf-8"))["events"]]
    told = [(language.detect(quote), lang) for quote, lang in quotes]
    assert [pair for pair in told if pair[0] not in {"", pair[1]}] == []
    assert sum(bool(found) for found, _ in told) > len(told) / 2


@pytest.mark.data
def test_sentences_of_the_staged_article_keep_each_coded_passage_whole(staged):
    folder = staged / "statements"
    read = document.read(folder / "natemat_2022-04-29_kazakhstan.txt")
    gold = json.loads((folder / "natemat_2022-04-29_kazakhstan.gold.json").read_text("utf-8"))
    spans = [span for event in gold["events"] for span in event["spans"]]
    bounds = [(each.start, each.end) for each in read.sentences]
    assert spans
    for span in spans:
        assert any(start <= span["start"] and span["end"] <= end for start, end in bounds), span
        assert read.text[span["start"] : span["end"]] == span["text"]
    # A passage that ends with a point is a sentence.
    whole = [span for span in spans if span["text"].endswith(".")]
    assert all((span["start"], span["end"]) in bounds for span in whole)
    assert read.lang == "pl"
