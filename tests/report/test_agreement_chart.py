"""The figure of agreement by year."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

import pytest

from throughflow.report.charts import agreement as chart
from throughflow.statements import vote_table, votes
from throughflow.statements.agreement import Agreement
from throughflow.statements.votes import OtherHubs

if TYPE_CHECKING:
    from throughflow.statements.votes import StateVotes

SINCE = date(2022, 2, 24)


def year(number: int, score: float, calls: int = 80) -> Agreement:
    return Agreement(
        str(number), date(number, 12, 1), date(number, 12, 2), calls, 2, calls, 0, 0, score,
        score - 0.1, min(score + 0.1, 1.0), 0, 0,
    )  # fmt: skip


@pytest.fixture(scope="module")
def shipped() -> StateVotes:
    return votes.of_state(vote_table.hold(), "KZ")


@pytest.fixture
def found(shipped: StateVotes) -> StateVotes:
    years = (year(2019, 0.8), year(2020, 0.5), year(2022, 0.25, calls=12))
    others = tuple(OtherHubs(str(n), 19, m, 0.1, 0.9) for n, m in ((2019, 0.6), (2020, 0.7)))
    return replace(shipped, years=years, other_hubs=others)


def heights(drawing: str, class_: str) -> list[float]:
    pattern = rf'<circle cx="[\d.]+" cy="([\d.]+)" r="4.5" class="{class_}">'
    return [float(y) for y in re.findall(pattern, drawing)]


@pytest.mark.parametrize("frame", [chart.WIDE, chart.NARROW])
def test_dots_and_whiskers_stand_at_their_values(found: StateVotes, frame: chart.Frame) -> None:
    drawing = str(chart.draw(found, frame, "a", "Title", since=SINCE))
    bottom = chart.TOP + frame.panel
    assert heights(drawing, "dot") == pytest.approx(
        [bottom - frame.panel * s for s in (0.8, 0.5)], abs=0.06
    )
    # Few roll calls are drawn hollow.
    assert heights(drawing, "dot-hollow") == pytest.approx([bottom - frame.panel * 0.25], abs=0.06)
    ends = re.findall(r'y1="([\d.]+)" x2="[\d.]+" y2="([\d.]+)" class="whisker"', drawing)
    assert [float(y) for y in ends[0]] == pytest.approx(
        [bottom - frame.panel * s for s in (0.7, 0.9)], abs=0.06
    )
    assert "restrictions" in drawing


def test_series_are_labelled_where_they_end(shipped: StateVotes) -> None:
    drawing = str(chart.draw(shipped, chart.WIDE, "a", "Title"))
    assert "Kazakhstan 0.62" in drawing
    assert "2022, 4 roll calls" in drawing
    assert "median of other hubs 0.38" in drawing
    assert "restrictions" not in drawing


def test_the_text_alternative_tells_every_year(found: StateVotes) -> None:
    drawing = str(chart.draw(found, chart.WIDE, "a", "Title"))
    assert 'role="img" aria-labelledby="a-t a-d"' in drawing
    told = re.search(r"<desc[^>]*>(.*?)</desc>", drawing)[1]
    assert "Kazakhstan with Russia" in told
    assert "2019 0.80 (0.70 to 0.90), 80; 2020 0.50" in told
    assert "12." in told


def test_only_the_latest_years_are_drawn(found: StateVotes) -> None:
    many = replace(found, years=tuple(year(n, 0.5) for n in range(1980, 2024)), other_hubs=())
    assert len(heights(str(chart.draw(many, chart.NARROW, "a", "T")), "dot")) == 15
    assert len(heights(str(chart.draw(many, chart.WIDE, "a", "T")), "dot")) == 35


def test_without_a_roll_call_it_cannot_tell(found: StateVotes) -> None:
    drawing = str(chart.draw(replace(found, years=(), other_hubs=()), chart.WIDE, "a", "T"))
    assert "cannot tell" in drawing
    assert not heights(drawing, "dot")
