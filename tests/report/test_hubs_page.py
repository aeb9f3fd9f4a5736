from __future__ import annotations

import re
from dataclasses import replace

from throughflow import report
from throughflow.report import headlines, page

from .test_page import Structure


def test_nothing_is_loaded_and_nothing_runs(ranking, run):
    text = report.hubs_text(ranking, run)
    found = Structure(text)
    assert found.open == []
    assert [i for i, n in found.ids.items() if n > 1] == []
    assert found.all("script") == []
    assert [key for _, attrs in found.seen for key in attrs if key.startswith("on")] == []
    assert [attrs for _, attrs in found.seen if "style" in attrs] == []
    assert all(link.startswith(("#", "data:")) for link in found.links)
    assert page.policy().replace("'", "&#39;") in text
    assert "<script" not in text
    named = {a[1:] for a in found.links if a.startswith("#")}
    named |= set(re.findall(r"url\(#([^)]+)\)", text))
    assert named <= set(found.ids)


def test_figures_have_words_and_data(ranking):
    text = report.hubs_text(ranking)
    found = Structure(text)
    drawings = [a for a in found.all("svg") if a.get("aria-hidden") != "true"]
    assert len(drawings) == 4
    assert all(a["role"] == "img" for a in drawings)
    assert len(found.all("caption")) == len(found.all("table"))
    assert all(a.get("scope") in {"col", "row", "rowgroup"} for a in found.all("th"))
    for part in text.split("<section")[1:]:
        if "<figure" in part:
            assert '<details class="data">' in part


def test_the_table_has_q_or_its_reason(ranking, run):
    text = report.hubs_text(ranking, run)
    assert "4 hubs are too few placebos" in text
    assert ">0.020<" in text
    assert "United Arab Emirates and Türkiye" in text
    assert "Of 40 destinations that are no hubs 3 exceed" in text
    assert run.id in text


def test_same_ranking_same_bytes_and_small(ranking, run):
    assert report.hubs_text(ranking, run) == report.hubs_text(ranking, run)
    assert len(report.hubs_text(ranking, run).encode()) < 500_000


def test_a_ranking_of_nobody_is_a_page_too(ranking):
    bare = replace(ranking, rows=(), sources=(), not_in_data=(), never_hubs=None, as_of=None)
    text = report.hubs_text(bare)
    assert Structure(text).open == []
    assert "No excess can be told for any hub" in text


def test_headlines_count_hubs_and_only_hubs(ranking):
    assert headlines.ranking(ranking.rows) == (
        "2 of 3 hubs stand above their interval, Kazakhstan the most"
    )
    one = [line for line in ranking.rows if line.code in {"KZ", "UZ"}]
    assert headlines.ranking(one) == "1 of 2 hubs stands above its interval, Kazakhstan alone"
    assert headlines.ranking(one[:1]) == "Kazakhstan stands above its interval"
    assert headlines.ranking(one[1:] * 2) == "None of 2 hubs stands above its interval"
    assert headlines.ranking_lead((), "2022") == ""


def test_the_page_is_written_whole(ranking, tmp_path):
    target = tmp_path / "new" / "hubs.html"
    assert report.hubs_html(ranking, target) == target
    assert [p.name for p in target.parent.iterdir()] == ["hubs.html"]
