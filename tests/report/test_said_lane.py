"""Statements below the axis of Figure 1: each where its day is, none in the way of another."""

from __future__ import annotations

import random
import re
from dataclasses import replace
from datetime import date
from itertools import pairwise

import pytest

from throughflow import report
from throughflow.report import said
from throughflow.report.charts import monthly, said_lane
from throughflow.report.charts.said_lane import ACT, CLAIM, VOTE, Said
from throughflow.report.scale import Linear

from .conftest import HOSTILE, MONTHS

FRAMES = pytest.mark.parametrize("frame", [monthly.WIDE, monthly.NARROW])
SAID = (
    Said(date(2022, 4, 16), CLAIM, "pledge", f"16 April 2022: pledged {HOSTILE}"),
    Said(date(2022, 4, 20), CLAIM, "pledge", "20 April 2022: pledged"),
    Said(date(2021, 2, 1), CLAIM, "denial", "1 February 2021: denied"),
    Said(date(2022, 6, 1), ACT, "corridor", "1 June 2022: signed"),
    Said(date(2022, 10, 12), VOTE, "vote", "12 October 2022: no"),
    Said(date(2023, 5, 1), CLAIM, "pledge", "1 May 2023: pledged"),
)


def draw(dossier, frame, told=SAID) -> str:
    story = monthly.Story(
        "Kazakhstan", "Russia", dossier.monthly, dossier.monthly_target, dossier.restrictions,
        "", "EUR", told,
    )  # fmt: skip
    return str(monthly.draw(story, frame, "x", "Title", "Words"))


@FRAMES
def test_each_mark_stands_on_its_day_below_the_axis(dossier, frame):
    drawing = draw(dossier, frame)
    step = (frame.width - frame.right - frame.left) / (len(MONTHS) - 1)
    y = monthly.DATES + frame.upper + said_lane.LANE_AT
    (act,) = re.findall(r'<circle cx="([\d.]+)" cy="([\d.]+)" r="3.2" class="said-act">', drawing)
    # June 2022 is the eighteenth month; its first day lies half a step before its point.
    assert float(act[0]) == pytest.approx(frame.left + 16.5 * step, abs=0.06)
    assert float(act[1]) == pytest.approx(y, abs=0.06)
    claims = re.findall(r'd="M([\d.]+),[^"]*" class="said-claim"', drawing)
    assert [float(x) for x in claims] == [
        pytest.approx(frame.left + (month - 0.5 + day / days) * step, abs=0.06)
        for month, day, days in ((1, 0, 28), (15, 15, 30), (15, 19, 30))
    ]
    assert drawing.count('class="said-vote"') == 1


def test_neighbours_are_told_by_one_label_and_the_rest_is_counted(dossier):
    drawing = draw(dossier, monthly.WIDE)
    assert ">2 pledges</text>" in drawing
    assert ">denial</text>" in drawing
    assert ">5 shown</text>" in drawing
    assert ">1 in other months</text>" in drawing


def test_every_mark_has_its_words_and_hostile_ones_stay_words(dossier):
    drawing = draw(dossier, monthly.WIDE)
    assert drawing.count("<g><title>") == 5
    assert "<title>12 October 2022: no</title>" in drawing
    assert "<script>" not in drawing


@FRAMES
def test_without_a_statement_in_its_months_the_figure_is_as_it_was(dossier, frame):
    late = (Said(date(2031, 1, 1), CLAIM, "pledge", "later"),)
    assert draw(dossier, frame, late) == draw(dossier, frame, ())
    assert "Said and done" not in draw(dossier, frame, late)


@FRAMES
def test_the_lane_lies_between_the_axis_and_the_second_panel(dossier, frame):
    height = [
        float(re.search(r'viewBox="0 0 \d+ ([\d.]+)"', draw(dossier, frame, told))[1])
        for told in ((), SAID)
    ]
    assert height[1] - height[0] == pytest.approx(
        said_lane.height(SAID, dossier.monthly.months) - 26
    )


@pytest.mark.parametrize("seed", range(40))
def test_labels_never_touch_and_name_every_claim(seed):
    chance = random.Random(seed)  # noqa: S311 - no secret
    claims = sorted(
        (chance.uniform(40, 810), chance.choice(["pledge", "denial", "restriction"]))
        for _ in range(chance.randint(1, 14))
    )
    found = said_lane.labels(claims, 810.0)
    for one, other in pairwise(found):
        assert one.x + one.half <= other.x - other.half
    assert found[-1].x + found[-1].half <= 810.0 + 1e-9
    told = " ".join(label.text for label in found)
    counted = sum(int(n) for n in re.findall(r"\d+", told))
    single = sum(not re.search(r"\d", label.text) for label in found)
    assert counted + single == len(claims)


def test_the_place_of_a_day_is_the_middle_of_its_month_at_half_time():
    places = Linear(0, 10, 0, 10)
    assert said_lane.of_day(MONTHS[3], MONTHS, places) == 2.5
    assert said_lane.of_day(date(2021, 4, 16), MONTHS, places) == 3.0


def test_the_page_says_in_words_what_the_lane_shows(dossier, run):
    text = report.html_text(dossier, run)
    told = text[text.index('id="time"') : text.index('id="kept"')]
    # The vote has no first day and the charge is another state's: neither is drawn.
    assert "Marks below the axis: 29 April 2022: pledged not to help circumvent sanctions" in told
    assert told.count('class="said-claim"') == 2
    assert "a diamond is a pledge, denial or restriction" in told
    quiet = replace(dossier, said=replace(dossier.said, lines=()))
    assert said.marks(quiet) == []
    assert "a diamond is" not in report.html_text(quiet, run)
