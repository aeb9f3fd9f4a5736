from __future__ import annotations

import re
from dataclasses import replace
from itertools import combinations

import pytest

from throughflow.reference import countries, memberships
from throughflow.report import compared, headlines
from throughflow.report.charts import map_labels, world_map
from throughflow.report.charts.map_labels import Label, Rect

from .conftest import hub, row


def line(code, ratio=2.0, excess=100e6, **changes):
    told = row(partner=code, actual=ratio * 100e6, expected=100e6, excess=excess, ratio=ratio)
    return hub(code, countries.name(code), row=replace(told, **changes))


def untold(code):
    nothing = dict.fromkeys(("expected", "excess", "excess_low", "excess_high", "ratio"))
    return hub(code, countries.name(code), row=row(partner=code, **nothing))


def drawn(*lines, exporters=("DE", "FR")):
    return world_map.Drawn(lines, exporters, "RU", "Russia")


def draw(what, frame=world_map.WIDE):
    return world_map.draw(what, frame, "x", "A title", "A description")


def marks(drawing):
    return dict(re.findall(r'<g data-hub="(\w\w)">(.*?)</g>', drawing))


@pytest.mark.parametrize("frame", [world_map.WIDE, world_map.NARROW])
def test_every_hub_has_a_mark_and_the_figure_has_words(dossier, frame):
    drawing = draw(drawn(*dossier.hubs), frame)
    assert set(marks(drawing)) == {"KZ", "UZ", "BY"}
    assert all("<path" in mark or "<circle" in mark for mark in marks(drawing).values())
    assert '<title id="x-t">A title</title>' in drawing
    assert '<desc id="x-d">A description</desc>' in drawing


def test_every_candidate_hub_can_be_drawn():
    codes = memberships.candidate_hubs()
    drawing = draw(drawn(*map(line, codes)))
    found = marks(drawing)
    assert set(found) == set(codes)
    assert all("<path" in mark or "<circle" in mark for mark in found.values())
    assert "<circle" in found["SG"]


@pytest.mark.parametrize(
    ("ratio", "expected"), [(0.9, 0), (1.0, 1), (1.49, 1), (1.5, 2), (2.9, 3), (40.0, 4)]
)
def test_shades_begin_at_their_edges(ratio, expected):
    assert world_map.shade(line("KZ", ratio)) == expected
    assert f"heat-{expected}" in marks(draw(drawn(line("KZ", ratio))))["KZ"]


def test_what_cannot_be_told_is_hatched_and_has_no_circle():
    drawing = draw(drawn(untold("KZ")))
    assert 'fill="url(#x-w)"' in marks(drawing)["KZ"]
    assert "heat-" not in marks(drawing)["KZ"]
    assert 'class="bubble' not in drawing
    assert drawing.count("cannot tell") == 2


def test_circles_have_areas_in_proportion_and_are_broken_where_none_is_possible():
    drawing = draw(drawn(line("KZ", excess=400e6, excess_low=1e6),
                         line("UZ", excess=100e6, excess_low=-1e6),
                         line("AM", excess=-50e6, excess_low=-90e6)))  # fmt: skip
    after = drawing.rpartition("</g>")[2]
    found = re.findall(r'r="([\d.]+)" class="(bubble[ \w]*)"', after)
    assert [c for _, c in found] == ["bubble", "bubble open"]
    assert float(found[0][0]) / float(found[1][0]) == pytest.approx(2, abs=0.02)


def test_the_target_is_outlined_and_exporters_are_neutral():
    drawing = draw(drawn(line("KZ")))
    assert drawing.count('class="map-target"') == 1
    assert 'class="map-exporter"' in drawing
    assert "Russia, the target" in drawing
    assert "red" not in re.findall(r'class="([^"]*)"', drawing)
    assert " style=" not in drawing


def test_the_map_shows_the_part_of_the_world_that_is_needed():
    near, far = drawn(line("KZ"), line("AM")), drawn(line("KZ"), line("SG"))
    world = drawn(line("KZ"), line("MX"))
    assert [world_map.seen(d, world_map.WIDE) for d in (near, far, world)] == list(
        world_map.WIDE.views
    )
    narrow = draw(world, world_map.NARROW)
    assert "Not on this part of the map: Mexico." in narrow
    assert "Not on this part" not in draw(world)


def test_a_hub_the_map_does_not_hold_is_named():
    unknown = replace(line("KZ"), code="NES", name="Areas not specified")
    assert "Not on this part of the map: Areas not specified." in draw(drawn(unknown))


@pytest.mark.parametrize("frame", [world_map.WIDE, world_map.NARROW])
def test_labels_cover_neither_each_other_nor_circles_nor_the_edge(frame):
    box = Rect(0, 0, frame.width, 400)
    labels = [
        Label((f"Name {i}", f"{i}.0×, +€{i}00 million"), ("a", "b"), 200 + 13 * i, 200 + 7 * i, 9)
        for i in range(6)
    ]
    circles = [Rect(c.x - 9, c.y - 9, c.x + 9, c.y + 9) for c in labels]
    placed = map_labels.place(labels, circles, box)
    assert len(placed) >= 4
    for (_, a), (_, b) in combinations(placed, 2):
        assert not a.overlaps(b)
    assert all(at.inside(box) for _, at in placed)
    assert not any(at.overlaps(c) for _, at in placed for c in circles)


def test_a_label_without_room_for_both_lines_keeps_its_name():
    tall = Label(("Name", "1.0×"), ("a", "b"), 10, 10, 2)
    assert map_labels.place([tall], [], Rect(0, 0, 80, 20))[0][0].lines == ("Name",)
    assert map_labels.place([tall], [], Rect(0, 0, 8, 8)) == []


def test_the_largest_are_labelled_with_multiple_and_money(dossier):
    figure = compared.on_map(dossier, 5, "Source: X.")
    for words in ("Kazakhstan", "1.5×, +€434 million", "Belarus (co-sanctioned)"):
        assert words in figure.wide
        assert words in figure.narrow
    assert "Natural Earth" in figure.source
    assert "Kazakhstan 1.5×, +€434 million" in figure.wide.partition("<desc")[2].partition("<")[0]


def test_without_hubs_there_is_no_map(dossier):
    figure = compared.on_map(replace(dossier, hubs=()), 5, "")
    assert figure.wide is None
    assert figure.headline == "No destination’s trade can be set beside an expectation"


def test_the_headline_names_money_and_multiple_apart():
    big = line("KZ", 1.4, 800e6, excess_low=1e6)
    steep = line("KG", 2.6, 200e6, excess_low=1e6)
    unsure = line("UZ", 9.0, 900e6, excess_low=-1e6)
    assert headlines.on_map([big, steep, unsure]) == (
        "Kazakhstan stands farthest above what was expected in money (+€800 million), "
        "Kyrgyzstan as a multiple (2.6×)"
    )
    assert headlines.on_map([big, unsure]).endswith("above what was expected (+€800 million, 1.4×)")
    assert headlines.on_map([unsure]) == "No destination stands above its interval"
    belarus = replace(big, role="co-sanctioned", name="Belarus")
    assert headlines.on_map([belarus, steep]).startswith("Kyrgyzstan")
