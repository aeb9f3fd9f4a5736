from __future__ import annotations

import base64
import csv
import hashlib
import io
import re
from collections import Counter
from dataclasses import replace
from html.parser import HTMLParser
from itertools import pairwise

import pytest

from throughflow import report
from throughflow.errors import InputError
from throughflow.report import page, tables

VOID = {"meta", "link", "br", "img", "hr", "input"}
LIMIT = 1_500_000


class Structure(HTMLParser):
    """Checks nesting and collects what the tests ask about."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.ids: Counter[str] = Counter()
        self.seen: list[tuple[str, dict[str, str | None]]] = []
        self.links: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attrs):
        found = dict(attrs)
        self.seen.append((tag, found))
        if "id" in found:
            self.ids[found["id"]] += 1
        self.links += [found[k] for k in ("href", "src", "xlink:href", "action") if k in found]
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open, f"</{tag}> closes nothing"
        assert self.open.pop() == tag, f"</{tag}> at {self.getpos()}"

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attrs for name, attrs in self.seen if name == tag]


@pytest.fixture
def text(dossier, run) -> str:
    return report.html_text(dossier, run)


def test_tags_are_balanced_and_ids_are_unique(text):
    found = Structure(text)
    assert found.open == []
    assert [i for i, n in found.ids.items() if n > 1] == []
    assert len(found.all("main")) == len(found.all("header")) == len(found.all("h1")) == 1
    assert found.all("html")[0]["lang"] == "en"


def test_every_id_that_is_named_exists(text):
    found = Structure(text)
    named = {
        word
        for _, attrs in found.seen
        for key in ("aria-labelledby", "aria-describedby")
        for word in (attrs.get(key) or "").split()
    }
    named |= {link[1:] for link in found.links if link.startswith("#")}
    named |= set(re.findall(r"url\(#([^)]+)\)", text))
    assert named
    assert named <= set(found.ids)


def test_headings_descend_one_level_at_a_time(text):
    levels = [int(tag[1]) for tag, _ in Structure(text).seen if re.fullmatch(r"h[1-6]", tag)]
    assert levels[0] == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))


def test_nothing_is_loaded_and_nothing_runs(text):
    found = Structure(text)
    assert found.all("script") == []
    assert [key for _, attrs in found.seen for key in attrs if key.startswith("on")] == []
    assert [attrs for _, attrs in found.seen if "style" in attrs] == []
    # A source may be linked to; nothing is fetched from it, and no other scheme becomes a link.
    assert all(link.startswith(("#", "data:", "https://")) for link in found.links)
    assert "javascript:" not in "".join(found.links)
    style = re.search(r"<style>(.*?)</style>", text, re.DOTALL)[1]
    assert "url(" not in style
    assert "@import" not in style


def test_policy_names_the_style_sheet_by_its_hash(text):
    policy = next(
        m["content"]
        for m in Structure(text).all("meta")
        if m.get("http-equiv") == "Content-Security-Policy"
    )
    style = re.search(r"<style>(.*?)</style>", text, re.DOTALL)[1]
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    assert policy.startswith("default-src 'none'; ")
    assert f"style-src 'sha256-{digest}'" in policy
    assert "unsafe" not in policy


def test_every_figure_has_words_and_data(text):
    drawings = [a for a in Structure(text).all("svg") if a.get("aria-hidden") != "true"]
    assert len(drawings) == 2 * 7
    assert all(a["role"] == "img" for a in drawings)
    for attrs in drawings:
        title, description = attrs["aria-labelledby"].split()
        for name in (title, description):
            words = re.search(rf'id="{name}">([^<]*)<', text)[1]
            assert len(words.split()) > 2
    for part in text.split("<section")[1:]:
        if "<figure" in part:
            assert '<details class="data">' in part
            assert "<caption>" in part


def test_tables_say_what_their_cells_belong_to(text):
    found = Structure(text)
    assert len(found.all("caption")) == len(found.all("table"))
    assert all(a.get("scope") in {"col", "row", "rowgroup"} for a in found.all("th"))


def test_hostile_labels_stay_words(text):
    assert "alert(&#34;x&#34;)&lt;/script&gt;" in text
    assert "<script" not in text
    assert "trade&lt;1&gt;.xlsx" in text
    assert "<img" not in text


def test_headline_numbers_and_their_ranges_are_there(text):
    for words in (
        "Kazakhstan was sent €434 million more restricted goods than expected",
        "€234 million to €634 million",
        "€534 million",
        "May–July 2022 fit as well",
        "100 of 1\u202f200 families of goods stand above their interval",
        "0123456789abcdef",
        "Left out:",
        "€1.02 billion",
        "only 34 placebo values in its class",
    ):
        assert words in text


def test_dark_mode_and_print_are_designed(text):
    assert "@media (prefers-color-scheme: dark)" in text
    assert "@media print" in text
    assert "size: A4" in text


def test_same_dossier_same_bytes_and_small(dossier, run, text):
    assert report.html_text(dossier, run) == text
    assert len(text.encode()) < LIMIT


def test_without_a_run_there_is_no_replay_id(dossier):
    assert "has no replay id" in report.html_text(dossier)


def test_what_is_not_known_is_said(dossier):
    bare = replace(
        dossier,
        total=replace(dossier.total, expected=None, low=None, high=None, excess=None,
                      excess_low=None, excess_high=None, excess_c=None, verdict="cannot tell"),
        monthly_target=None, substitution=None, break_month=None, unrecorded=(),
        unrecorded_comparison=(), families=(), new_flows=(),
        families_by_verdict={}, by_exporter=(), hubs=(), coverage=(), fake_windows=(),
        sources=(), queries=(), restrictions=(), as_of=None,
    )  # fmt: skip
    text = report.html_text(bare)
    assert Structure(text).open == []
    assert "cannot be told" in text
    assert "No records of Kazakhstan" in text
    assert "day not stated" in text


def test_the_embedded_csv_is_exact_and_safe_for_spreadsheets(dossier):
    table = tables.families(
        replace(dossier, families=(replace(dossier.families[0], label="=cmd()|x"),))
    )
    found = list(csv.DictReader(io.StringIO(table.csv())))
    assert found[0]["family"] == "87032410"
    assert found[0]["recorded"] == "25000000.00"
    assert found[0]["label"] == "'=cmd()|x"
    assert found[1]["ratio"] == ""
    encoded = table.data_uri().partition("base64,")[2]
    assert base64.b64decode(encoded).decode("utf-8-sig") == table.csv()


def test_rows_beyond_the_shown_ones_are_counted_and_embedded(dossier):
    many = tuple(replace(dossier.families[0], family=f"{i:08}", products=(f"{i:08}",))
                 for i in range(40))  # fmt: skip
    wide = replace(dossier, families=many)
    text = report.html_text(wide)
    assert "25 more families" in text
    assert len(tables.families(wide).rows) == 41
    assert text.count('<td class="tier">') == page.SHOWN_FAMILIES + 1


def test_file_appears_whole_and_is_replaced(dossier, tmp_path):
    target = tmp_path / "new" / "kz.html"
    assert report.html(dossier, target) == target
    before = target.read_bytes()
    report.html(replace(dossier, title="Another: title"), target)
    assert target.read_bytes() != before
    assert [p.name for p in target.parent.iterdir()] == ["kz.html"]


@pytest.mark.parametrize("place", ["folder", "file/inside.html"])
def test_a_path_that_cannot_be_written_is_named(dossier, tmp_path, place):
    (tmp_path / "folder").mkdir()
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(InputError, match=re.escape(place)):
        report.html(dossier, tmp_path / place)


def test_what_was_said_stands_with_who_when_and_how_it_is_known(text):
    start, end = text.index('id="said"'), text.index('id="time"')
    told = text[start:end]
    assert "29 April 2022" in told
    assert "until 1 May 2022" in told
    assert "relayed by Ukraine" in told
    assert "recorded, unverified" in told
    # What another state said is marked as such, and hostile words stay words.
    assert told.count('class="others"') == 1
    assert "<script>" not in told
    assert 'href="https://example.org/charge"' in told


def test_a_word_that_cannot_be_held_against_trade_says_why(text):
    assert "cannot be held against trade: no pledge is in the ledger." in text


def test_the_road_around_is_beside_the_shortest(text):
    told = text[text.index('id="roads-there"') :]
    assert "the road that avoids Russia and Belarus is" in told
    assert "By land alone it is" in told
    assert "No consignment’s own road is in the data." in told
