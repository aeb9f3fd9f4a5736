"""The page of the say-do test and its chart."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date

import pytest

import throughflow
from throughflow import report
from throughflow.dossier import sayings
from throughflow.dossier.saydo import build
from throughflow.model.statements import Span
from throughflow.report import page, saydo_figure
from throughflow.report.charts import monthly
from throughflow.report.charts import saydo as chart
from throughflow.statements import event_json
from throughflow.trade.request import Request

from .test_page import Structure

# How wide a letter of a label is at most, in the chart's own coordinates.
LETTER = 7.6

# Such words are refused on the way in; the page must stand them all the same.
PLEDGED = date(2022, 4, 29)
HOSTILE = Span(0, 27, "<b>We</b> do \u202eno such thing")


def said(kind: str, day: str, **more: object) -> dict[str, object]:
    return {
        "kind": kind,
        "actors": [{"country": "KZ"}],
        "date": {"start": day, "end": day},
        "topic": "sanctions_circumvention",
        **more,
    }


@pytest.fixture(scope="module")
def found():
    several = [
        said("denial", "2022-06-10"),
        said("restriction", "2022-08-27"),
        said("pledge_no_circumvention", "2022-09-05"),
    ]
    events = [
        *(one.event for one in sayings.of_state("KZ") if one.event.date.start == PLEDGED),
        *(event_json.parse(one) for one in several),
    ]
    events[1] = replace(events[1], spans=(HOSTILE,))
    with throughflow.open() as warehouse:
        return build.of(warehouse, Request(control_list="chpl-2024-02"), "KZ", events)


def test_nothing_is_loaded_and_nothing_runs(found):
    text = report.saydo_text(found)
    structure = Structure(text)
    assert structure.open == []
    assert [i for i, n in structure.ids.items() if n > 1] == []
    assert structure.all("script") == []
    assert [attrs for _, attrs in structure.seen if "style" in attrs] == []
    assert all(link.startswith(("#", "data:")) for link in structure.links)
    assert page.policy().replace("'", "&#39;") in text
    assert "<b>We</b>" not in text
    assert "\u202e" not in text
    named = {a[1:] for a in structure.links if a.startswith("#")}
    named |= set(re.findall(r"url\(#([^)]+)\)", text))
    assert named <= set(structure.ids)


def test_every_claim_has_its_verdict_and_every_missing_leg_its_reason(found):
    text = report.saydo_text(found)
    for one in found.statements:
        for test in one.tests:
            assert test.verdict in text
    assert text.count("itself records as exported to Russia") >= 3
    assert "The words describe data, not intent." in text


def test_the_drawing_has_words_for_those_who_do_not_see_it(found):
    drawn = saydo_figure.figure(found)
    for form in (drawn.wide, drawn.narrow):
        description = re.search(r"<desc[^>]*>(.*?)</desc>", form)[1]
        assert "29 April 2022: pledged not to help circumvent sanctions" in description
        assert "“will not” (May–November 2022)" in description


@pytest.mark.parametrize("form", ["wide", "narrow"])
def test_labels_stay_on_the_page_and_apart(found, form):
    drawing = getattr(saydo_figure.figure(found), form)
    frame = chart.WIDE if form == "wide" else chart.NARROW
    boxes = []
    for x, y, class_, anchor, words in labels(drawing):
        if class_ not in {"date-label", "claim-word"}:
            continue
        width = LETTER * len(words)
        left = x - width if anchor == "end" else x
        boxes.append((left, left + width, y))
        assert left >= -40
        assert left + width <= frame.width + 40
    assert len(boxes) == 5 + 5
    for n, (left, right, y) in enumerate(boxes):
        for other_left, other_right, other_y in boxes[n + 1 :]:
            assert abs(y - other_y) >= 14 or right <= other_left or other_right <= left


def labels(drawing: str) -> list[tuple[float, float, str, str, str]]:
    """Return place, class, anchor and words of every text."""
    found = []
    for attributes, words in re.findall(r"<text ([^>]*)>([^<]*)</text>", drawing):
        of = dict(re.findall(r'([a-z-]+)="([^"]*)"', attributes))
        found.append(
            (float(of["x"]), float(of["y"]), of.get("class", ""), of.get("text-anchor", "start"),
             words)
        )  # fmt: skip
    return found


def test_a_mark_stands_where_its_day_is(found):
    series = replace(found.monthly)
    places = monthly.Linear(0, 10, 0, 10)
    first = series.months[0]
    assert chart._place(first, series, places) == -0.5
    middle = chart._place(date(first.year, first.month, 16), series, places)
    assert middle == pytest.approx(0, abs=0.05)


def test_a_state_that_said_nothing_has_a_page(found):
    text = report.saydo_text(replace(found, statements=()))
    assert "No pledge, denial or restriction of Kazakhstan" in text
    assert Structure(text).open == []
