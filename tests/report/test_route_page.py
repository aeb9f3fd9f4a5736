"""The page of a road: its map in two forms, its words, and nothing that is fetched."""

from __future__ import annotations

import re
from datetime import date
from itertools import combinations
from typing import TYPE_CHECKING

import pytest

from throughflow import report
from throughflow.report import route_figure, route_page
from throughflow.report.charts import map_labels, route_map
from throughflow.routes import check

from .test_page_in_browser import CHROMIUM, chromium

if TYPE_CHECKING:
    from pathlib import Path

    from throughflow.report.charts.map_labels import Label, Rect


@pytest.fixture(scope="module")
def banned():
    return check("LT", "KG", via=["BY", "RU"], on=date(2024, 7, 5), product="854231")


@pytest.fixture(scope="module")
def illogical():
    return check("CZ", "TR", via=["LT", "BY", "RU"], on=date(2023, 5, 2))


@pytest.fixture(scope="module")
def asked():
    return check("DE", "KZ", avoid=["RU", "BY"], on=date(2023, 7, 1))


def test_the_map_draws_every_road_once_and_shades_what_is_banned(banned, illogical):
    drawing = route_figure.on_map(banned).wide
    kinds = re.findall(r'<path[^>]*class="road road-(\w+)', str(drawing))
    # The declared road is the shortest here: one line of one course.
    assert set(kinds) == {"permitted", "declared"}
    assert 'class="map-banned"' in drawing
    assert "transit banned" in drawing
    other = route_figure.on_map(illogical).wide
    assert "cannot tell" in other
    assert 'class="map-banned"' not in other


def test_kaliningrad_does_not_shade_the_rest_of_russia():
    found = check("Moscow", "Kaliningrad", on=date(2024, 7, 5))
    states = route_figure._states(found)
    assert states["RU"] == "not banned"
    assert states["BY"] == "cannot tell"
    assert "RU-KGD" not in states


def test_sea_legs_are_dashed_and_said_to_be_straight(banned):
    drawing = route_figure.on_map(banned).wide
    assert "road-sea" in drawing
    assert route_map.NOTE in drawing
    dry = check("DE", "PL", on=date(2024, 7, 1))
    assert route_map.NOTE not in route_figure.on_map(dry).wide


@pytest.mark.parametrize("frame", [route_map.WIDE, route_map.NARROW])
@pytest.mark.parametrize("name", ["banned", "illogical", "asked"])
def test_the_view_holds_every_road(request, frame, name):
    found = request.getfixturevalue(name)
    drawn = route_map.Drawn(route_figure._lines(found), frozenset(), frozenset())
    view = route_map.seen(drawn, frame)
    for line in drawn.lines:
        for leg in line.road.legs:
            assert view.holds(*route_map.at(leg.start))
            assert view.holds(*route_map.at(leg.end))
    shape = (view.bottom - view.top) / (view.right - view.left)
    assert frame.flattest - 1e-9 <= shape <= frame.tallest + 1e-9


@pytest.mark.parametrize("frame", [route_map.WIDE, route_map.NARROW])
@pytest.mark.parametrize("name", ["banned", "illogical", "asked"])
def test_labels_do_not_cover_each_other(request, frame, name, monkeypatch):
    found = request.getfixturevalue(name)
    spots: list[tuple[Label, Rect]] = []
    place = map_labels.place

    def spy(*arguments):
        spots.extend(place(*arguments))
        return spots

    monkeypatch.setattr(map_labels, "place", spy)
    drawn = route_map.Drawn(route_figure._lines(found), frozenset(), frozenset())
    route_map.draw(drawn, frame, "x", "A title", "A description")
    assert len(spots) > 4
    for (_, one), (_, other) in combinations(spots, 2):
        assert not one.overlaps(other)
    ends = {found.origin.name, found.destination.name}
    assert ends <= {label.lines[0] for label, _ in spots}


def test_the_page_has_words_for_the_map(banned):
    page = report.route_text(banned)
    assert 'role="img"' in page
    assert re.search(r"<desc [^>]*>[^<]*shortest and declared, 4798 km: Lithuania", page)
    assert not re.findall(r'(?:src|href)="(?:https?:)?//', page)
    assert banned.words in page
    for act in banned.acts:
        assert act.goods.replace("'", "&#39;") in page
    assert page == report.route_text(banned)


def test_the_command_on_the_page_asks_the_same_again(banned):
    command = route_page.command(banned)
    assert command == (
        "throughflow route vilnius bishkek --via BY,RU --on 2024-07-05 --product 854231"
    )
    again = check("vilnius", "bishkek", via=["BY", "RU"], on=date(2024, 7, 5), product="854231")
    assert again.declared == banned.declared


def test_a_road_that_does_not_exist_makes_a_page_without_a_map():
    found = check("MT", "DE", modes=["rail"], on=date(2024, 7, 1))
    page = report.route_text(found)
    assert "No road joins" in page
    assert "<svg" not in page


def test_headlines_say_what_was_found(banned, illogical, asked):
    assert "transit banned through Belarus and Russia" in route_figure.headline(banned)
    assert route_figure.headline(banned).startswith("A plausible road")
    assert route_figure.headline(illogical).startswith("A road that makes no sense: 2.17 times")
    assert route_figure.headline(asked).endswith("km from Berlin to Almaty")


@pytest.mark.browser
@pytest.mark.skipif(not CHROMIUM.exists(), reason="chromium is not installed")
@pytest.mark.parametrize("width", [1200, 500])
def test_the_page_is_drawn_with_its_style(banned, tmp_path: Path, width):
    page = report.route_html(banned, tmp_path / "road.html")
    picture = tmp_path / "road.png"
    done = chromium(
        tmp_path,
        page,
        f"--screenshot={picture}",
        f"--window-size={width},1500",
        "--enable-logging=stderr",
    )
    assert picture.stat().st_size > 60_000
    assert "Content Security Policy" not in done.stderr
