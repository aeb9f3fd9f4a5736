"""The panel on stance: what is drawn stands where its value is, and all of it is told in words."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date

import pytest

from throughflow import report
from throughflow.dossier import stances
from throughflow.dossier.sayings import Saying
from throughflow.model.periods import Window
from throughflow.report import stance_panel
from throughflow.report.charts import stance as chart
from throughflow.statements import standing, vote_table

from .conftest import HOSTILE, act, stood

FRAMES = pytest.mark.parametrize("frame", [chart.WIDE, chart.NARROW])


def of(country: str, window: str, target: str = "RU") -> standing.Standing:
    return standing.of(vote_table.hold(), country, Window.parse(window), target=target, events=())


def draw(found: standing.Standing, frame: chart.Frame) -> str:
    return str(chart.draw(found, frame, "s", "Title", stance_panel.description(found)))


def circles(drawing: str, class_: str) -> list[tuple[float, float]]:
    found = re.findall(
        rf'<circle cx="([\d.]+)" cy="([\d.]+)" r="[\d.]+" class="{class_}">', drawing
    )
    return [(float(x), float(y)) for x, y in found]


@FRAMES
def test_a_vote_stands_at_its_relation_in_its_month(frame):
    found = stood()
    width = (frame.width - frame.right - frame.left) / 10
    top, bottom = chart.TITLE, chart.TITLE + frame.panel
    half = (top + bottom) / 2
    # Abstained in March, October and November beside a no; no beside a no in April.
    assert circles(draw(found, frame), "dot") == [
        (pytest.approx(frame.left + (at + 0.5) * width, abs=0.06), pytest.approx(y, abs=0.06))
        for at, y in ((1, half), (2, top), (8, half), (9, half))
    ]


@FRAMES
def test_the_line_and_its_band_are_the_agreement_to_date(frame):
    found = stood()
    drawing = draw(found, frame)
    told = found.months[-1].votes.agreement
    bottom = chart.TITLE + frame.panel
    line = re.search(r'd="M([^"]+)" class="line-expected thin"', drawing)[1]
    ends = [float(point.split(",")[1]) for point in line.split("L")]
    assert len(ends) == 2 * len(found.months)
    assert ends[-1] == pytest.approx(bottom - frame.panel * told.score, abs=0.06)
    band = re.search(r'd="M([^"]+)Z" class="band-90"', drawing)[1].split("L")
    heights = [float(point.split(",")[1]) for point in band]
    count = len(heights) // 2
    assert heights[count - 1] == pytest.approx(bottom - frame.panel * told.high, abs=0.06)
    assert heights[count] == pytest.approx(bottom - frame.panel * told.low, abs=0.06)
    assert f"{told.score:.2f} ({told.low:.2f} to {told.high:.2f})" in drawing


@FRAMES
def test_acts_lie_on_the_side_they_take_and_say_what_they_are(frame):
    drawing = draw(stood(), frame)
    (against,), (favour,) = circles(drawing, "act against"), circles(drawing, "act in-favour")
    assert favour[1] < against[1]
    assert favour[0] > against[0]
    assert circles(drawing, "act neutral") == []
    assert "<title>April 2022: pledged not to help circumvent sanctions (29 April 2022)" in drawing
    assert "<script>" not in drawing
    assert "&lt;script&gt;" in drawing


def test_several_acts_of_a_month_are_one_mark_with_their_number():
    found = stood()
    acts = found.months[2].acts
    twice = replace(acts, in_month=(*acts.in_month, *acts.in_month))
    months = (*found.months[:2], replace(found.months[2], acts=twice), *found.months[3:])
    drawing = draw(replace(found, months=months), chart.WIDE)
    assert len(circles(drawing, "act against")) == 1
    assert re.search(r'class="act against-n"[^>]*>2</text>', drawing)


def test_memberships_end_where_they_end_and_are_hollow_without_the_target():
    drawing = draw(of("UZ", "2010-01:2014-12"), chart.WIDE)
    bars = [
        float(w)
        for w in re.findall(r'<rect [^>]*width="([\d.]+)" height="9" class="tie">', drawing)
    ]
    whole = chart.WIDE.width - chart.WIDE.right - chart.WIDE.left
    # CSTO to December 2012, on whose last day it was no member: 35 of 60 months. CIS all of them.
    assert bars == [pytest.approx(whole * 35 / 60, abs=0.1), pytest.approx(whole, abs=0.1)]
    assert "CSTO since 16 August 2006 to 18 December 2012" in drawing
    assert 'class="tie apart"' in draw(of("PL", "2022-03:2022-11"), chart.WIDE)


def test_what_is_not_held_is_said_and_unverified_votes_are_hollow():
    drawing = draw(of("HK", "2022-03:2022-11"), chart.WIDE)
    assert "cannot tell" in drawing
    assert circles(drawing, "dot") == []
    nigeria = draw(of("NG", "2022-03:2022-11"), chart.WIDE)
    assert len(circles(nigeria, "dot-hollow")) == 1
    assert "unverified" in nigeria


def test_only_the_latest_months_fit_a_narrow_screen():
    found = of("KZ", "2012-01:2022-11")
    drawing = draw(found, chart.NARROW)
    assert ">2018<" not in drawing
    assert ">2021<" in drawing
    assert ">2014<" in draw(found, chart.WIDE)
    assert len(stance_panel.table(found).rows) == len(found.months)


def test_the_headline_counts_each_component_and_sums_nothing():
    assert stance_panel.headline(stood()) == (
        "Kazakhstan, February–November 2022: 4 votes (1 as Russia, 3 half); 2 acts (1 against "
        "Russia, 1 in favour); in 4 groups with Russia"
    )
    poland = stance_panel.headline(of("PL", "2022-03:2022-11"))
    assert poland.endswith("no act in the ledger; in no group with Russia")
    # The ledger does not say that an act against one target is one against another.
    iran = replace(stood(), target="IR", target_name="Iran")
    assert "1 against, 1 in favour" in stance_panel.headline(iran)
    assert "towards" not in draw(iran, chart.WIDE)


def test_an_act_of_no_single_month_is_mentioned_and_not_counted():
    day = act("denial", 0, date(2022, 4, 20))
    span = replace(day, date=replace(day.date, end=date(2022, 5, 3)))
    found = standing.of(
        vote_table.hold(), "KZ", Window.parse("2022-04:2022-05"), events=(day, span)
    )
    assert "; 1 act (1 neutral);" in stance_panel.headline(found)
    assert stance_panel.deck(found).endswith(
        "1 more act is dated to no single month: listed, not counted."
    )
    assert stance_panel.more(stood()) == ""


def test_the_page_and_the_notes_say_the_same(dossier, run):
    html = report.html_text(dossier, run)
    told = html[html.index('id="said"') : html.index('id="time"')]
    assert stance_panel.headline(dossier.stance) in told
    assert "never added up" in told
    assert 'aria-labelledby="stance-w-t stance-w-d"' in told
    notes = report.markdown(dossier, run)
    assert stance_panel.headline(dossier.stance) in notes
    row = next(line for line in notes.splitlines() if line.startswith("| April 2022 | ES-11/3"))
    assert row.endswith(
        "| 0.67 (0.12 to 0.97), 3 roll calls | pledged not to help circumvent sanctions "
        "| 1 | 0 | 0 |"
    )
    assert "Member of the customs union, since 1 July 2010; Russia a member too" in notes
    assert HOSTILE not in notes
    # Months with neither vote nor act stand in the data, not in the notes.
    assert "| May 2022 |" not in notes.split("## Month by month")[0]


def test_a_panel_without_content_is_no_panel(dossier, run):
    empty = replace(dossier, stance=None, stance_reason="nothing is held")
    assert 'id="stance-h"' not in report.html_text(empty, run)
    assert "never added up" not in report.markdown(empty, run)
    found, reason = stances.of((), "HK", "RU", date(2022, 11, 1))
    assert found is None
    assert reason == "no vote, statement, act or membership of Hong Kong is held"


def test_the_months_of_a_dossier_reach_to_its_window_and_its_last_act():
    found, _ = stances.of((), "KG", "RU", date(2023, 4, 1))
    assert found.window == "2022-02:2023-04"
    said = (Saying("a", act("denial", 0, date(2024, 1, 5)), ()),)
    later, _ = stances.of(said, "KZ", "RU", date(2022, 11, 1))
    assert later.window == "2022-02:2024-01"
