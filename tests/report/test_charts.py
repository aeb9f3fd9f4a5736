from __future__ import annotations

import re
from itertools import pairwise

import pytest

from throughflow.report import svg
from throughflow.report.charts import destination, intervals, marks, monthly
from throughflow.report.scale import Linear, Log, decades, nice_ticks, spread_apart
from throughflow.trade.mirror import Share


def places(drawing: str, class_: str) -> list[list[tuple[float, float]]]:
    """Return the points of all paths of a class."""
    found = []
    for path in re.findall(r"<path [^>]*>", drawing):
        if f'class="{class_}"' in path:
            runs = re.search(r' d="M([^"]*)"', path)[1].rstrip("Z").split("M")
            found += [
                [tuple(map(float, point.split(","))) for point in run.split("L")] for run in runs
            ]
    return found


def draw(dossier, frame=monthly.WIDE) -> str:
    story = monthly.Story(
        "Kazakhstan", "Russia", dossier.monthly, None, dossier.restrictions, "+€434 million", "EUR"
    )
    return monthly.draw(story, frame, "x", "Title", "Words")


def test_ticks_start_at_the_axis_and_hold_the_data():
    assert nice_ticks(0, 496e6) == [0, 1e8, 2e8, 3e8, 4e8, 5e8]
    assert nice_ticks(-38, 1620, 7)[0] <= -38
    assert nice_ticks(0, 0) == [0, 0.2, 0.4, 0.6, 0.8, 1.0]
    assert decades(2e4, 3e7) == [1e4, 1e5, 1e6, 1e7, 1e8]


def test_scales():
    assert Linear(0, 10, 100, 0)(2.5) == 75
    scale = Log(1, 100, 0, 10)
    assert scale(10) == pytest.approx(5)
    assert scale(0) == 0
    assert not scale.holds(0)


def test_labels_are_moved_apart_in_order():
    moved = spread_apart([10, 12, 11, 300], 17, 0, 310)
    assert moved[0] < moved[2] < moved[1] < moved[3]
    ordered = sorted(moved)
    assert all(b - a >= 17 - 1e-9 for a, b in pairwise(ordered))
    assert spread_apart([305, 306], 10, 0, 310)[1] <= 310


@pytest.mark.parametrize("frame", [monthly.WIDE, monthly.NARROW])
def test_the_line_stands_on_its_axis(dossier, frame):
    line = places(draw(dossier, frame), "line-actual")[0]
    bottom = monthly.DATES + frame.upper
    # The axis ends at 200 million, the first round value above the largest of the series.
    expected = [bottom - v / 200e6 * frame.upper for v in dossier.monthly.actual if v is not None]
    assert [y for _, y in line] == pytest.approx(expected, abs=0.051)
    assert line[0][0] == frame.left


def test_shades_meet_where_recorded_crosses_expected(dossier):
    drawing = draw(dossier)
    more, less = places(drawing, "gap-more")[0], places(drawing, "gap-less")[0]
    # 75 against 88 in April, 90 against 85 in May: the lines cross after 13/18 of the month.
    april, may = (monthly.WIDE.left + (960 - 150 - 44) / 22 * i for i in (15, 16))
    crossing = april + (may - april) * 13 / 18
    assert any(abs(x - crossing) < 0.06 for x, _ in more)
    assert any(abs(x - crossing) < 0.06 for x, _ in less)


def test_a_month_without_all_exporters_is_hatched_and_not_drawn(dossier):
    drawing = draw(dossier)
    assert drawing.count('fill="url(#x-h)"') == 1
    assert len(places(drawing, "line-actual")[0]) == len(dossier.monthly.months) - 1


def test_the_largest_restrictions_are_labelled(dossier):
    drawing = draw(dossier)
    for label in ("Mar 2022: 1\u202f400 listed goods", "Apr 2022: 600", "Oct 2022: 15"):
        assert label in drawing
    assert "Jul 2022" not in drawing
    assert drawing.count('class="date-minor"') == 1


def test_words_in_drawings_are_escaped():
    assert svg.text(1.25, 2, "<b>&", "a") == '<text x="1.2" y="2" class="a">&lt;b&gt;&amp;</text>'
    assert 'data-x="&#34;"' in svg.element("g", data_x='"')


def test_the_open_part_of_the_bar_is_what_the_interval_leaves_open():
    share = Share(37, -32, 84, 0.37, -0.32, 0.84)
    drawing = destination.draw(share, "Kazakhstan", destination.WIDE, "x", "T", "D")
    hatched = re.search(r'<rect x="([\d.]+)"[^>]*width="([\d.]+)"[^>]*fill="url\(#x-o\)"', drawing)
    start, width = map(float, hatched.groups())
    assert start == pytest.approx(1 + 0.16 * 958, abs=0.1)
    assert start + width == pytest.approx(959, abs=0.1)
    assert "at least 16\u202f% recorded" in drawing
    assert "possibly all recorded" in drawing
    assert "cannot tell" in drawing


def test_a_family_beyond_the_scale_is_marked(dossier):
    scale = intervals.family_scale(dossier.families)
    inside, beyond = (intervals.family(r, scale) for r in dossier.families[:2])
    assert "beyond" not in inside
    assert 'class="beyond"' in beyond
    assert 'class="dot-actual"' in inside


def test_every_verdict_word_has_a_mark_of_its_own():
    drawn = {w: marks.mark(w) for w in ("none", "weak", "moderate", "strong", "cannot tell", "x")}
    assert len(set(drawn.values())) == 6
    assert "mark-warn" in drawn["cannot tell"]
    assert "mark-absent" in drawn["x"]
