"""``throughflow statements extract``: what it prints and what it refuses."""

from __future__ import annotations

import json
from datetime import date

import pytest
from click.testing import CliRunner

from throughflow.cli.main import cli
from throughflow.errors import ThroughflowError
from throughflow.statements import document, plain
from throughflow.statements import extract as extraction
from throughflow.statements.ledger import intake

TEXT = (
    "Georgia will not help Russia evade sanctions\n\n"
    "“Georgia will not help Russia evade sanctions,” Georgian Prime Minister Irakli Garibashvili "
    "said on 3 May. Analysts believe that Georgia helps Russia evade sanctions.\n"
)


@pytest.fixture
def news(tmp_path):
    path = tmp_path / "news.txt"
    path.write_text(TEXT, encoding="utf-8")
    return path


def run(*arguments, **options):
    return CliRunner().invoke(cli, ["statements", "extract", *map(str, arguments)], **options)


def test_json_is_what_the_function_returns(news):
    answer = run(news, "--published", "2022-05-04", "--lang", "en", "--json")
    assert answer.exit_code == 0, answer.output
    read = document.read(news, published=date(2022, 5, 4), lang="en")
    assert json.loads(answer.stdout) == plain.plain(read, extraction.extract(read))


def test_the_shape_of_the_json(news):
    data = json.loads(run(news, "--published", "2022-05-04", "--lang", "en", "--json").stdout)
    assert set(data) == {"source", "document", "events", "candidates", "quotes"}
    (event,) = data["events"]
    assert set(event) == {
        "id", "kind", "type", "mode", "actors", "targets", "date", "polarity", "is_pledge",
        "claims", "certainty", "relayed_by", "topic", "details", "spans", "rule",
    }  # fmt: skip
    assert event["actors"] == [
        {
            "country": "GE",
            "sector": "GOV",
            "person": "Irakli Garibashvili",
            "role": event["actors"][0]["role"],
        }
    ]
    assert event["date"]["start"] == "2022-05-03"
    assert event["claims"][0]["tense"] == "future"
    (candidate,) = data["candidates"]
    assert candidate["unresolved"] == ["attribution", "actor"]
    (quote,) = data["quotes"]
    assert (quote["speaker"], quote["direct"]) == ("Irakli Garibashvili", True)


def test_the_table_names_events_candidates_and_quotes(news):
    answer = run(news, "--published", "2022-05-04", "--lang", "en")
    assert answer.exit_code == 0
    for words in ("1 events", "pledged not to help", "Candidates, not asserted", "attribution"):
        assert words in answer.output


def test_the_speaker_fills_what_the_text_leaves_open(tmp_path):
    path = tmp_path / "quote.txt"
    path.write_text("We will not join the sanctions.", encoding="utf-8")
    without = json.loads(run(path, "--lang", "en", "--json").stdout)
    assert without["events"] == []
    given = json.loads(run(path, "--lang", "en", "--speaker", "Serbia", "--json").stdout)
    assert [who["country"] for who in given["events"][0]["actors"]] == ["RS"]


def test_a_day_that_is_none(news):
    answer = run(news, "--published", "yesterday")
    assert isinstance(answer.exception, ThroughflowError)
    assert answer.exception.exit_code == 2
    assert "2022-04-29" in str(answer.exception)


def test_a_file_that_is_not_there(tmp_path):
    answer = run(tmp_path / "absent.txt")
    assert isinstance(answer.exception, ThroughflowError)
    assert answer.exception.exit_code == 3


def test_what_is_extracted_goes_into_a_ledger_with_its_source(news, tmp_path):
    answer = run(
        news, "--published", "2022-05-04", "--lang", "en", "--json",
        "--url", "https://example.org/news", "--publisher", "A paper",
    )  # fmt: skip
    told = tmp_path / "told.json"
    told.write_text(answer.stdout, encoding="utf-8")
    entries, refused = intake.read(told)
    assert not refused
    assert entries
    sources = {one.telling.source for one in entries}
    assert sources == {
        document.read(
            news, published=date(2022, 5, 4), lang="en", url="https://example.org/news",
            publisher="A paper",
        ).source()
    }  # fmt: skip
    assert all(one.telling.source.digest for one in entries)
