from __future__ import annotations

from dataclasses import replace

import pytest

from throughflow import report
from throughflow.report import headlines, words

THIN = words.THIN


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (1_234_567.0, f"1{THIN}234{THIN}567"),
        (-1234.0, f"−1{THIN}234"),
        (-0.4, "0"),
        (None, "–"),
    ],
)
def test_exact_numbers(value, shown):
    assert words.exact(value) == shown


def test_numbers_in_words():
    assert words.millions(-38.13e6) == "−38.1"
    assert words.millions_range(2e6, 1_234.5e6) == f"2.0 to 1{THIN}234.5"
    assert words.multiple(1.381) == "1.4×"
    assert words.multiple(110.2) == "110×"
    assert words.rate(0.0004) == "<0.001"
    assert words.rate(0.0674) == "0.067"
    assert words.rate(0.3) == "0.30"
    assert words.percent(0.8997) == f"90.0{THIN}%"
    assert words.amount_range(-38e6, 1.2167e9, "EUR") == "−€38.0 million to €1.22 billion"
    assert words.listed(["a"]) == "a"
    assert words.listed(["a", "b", "c"]) == "a, b and c"


def test_labels_keep_what_tells_them_apart():
    older = "Cars of > 3.000 cm³, new (excl. sledges (of 8703.10))(2017-2500);Cars(1988-2016)"
    assert words.full_label(older) == "Cars of > 3.000 cm³, new (excl. sledges (of 8703.10))"
    assert words.short_label(older) == "Cars of > 3.000 cm³, new"
    long = "Motor cars " + "and other vehicles " * 12 + "of a capacity > 3.000 cm³, used"
    short = words.short_label(long, 70)
    assert len(short) <= 70
    assert short.startswith("Motor cars")
    assert short.endswith("3.000 cm³, used")


def test_control_characters_never_reach_the_reader():
    assert words.clean("a\x1b[31mb\u202ec\nd") == "a [31mb c d"
    assert words.clean(f"1{THIN}234") == f"1{THIN}234"


@pytest.mark.parametrize(
    ("low", "high", "excess", "says"),
    [
        (100e6, 300e6, 200e6, "was sent €200 million more restricted goods than expected"),
        (-50e6, 300e6, 120e6, "€120 million above what was expected, which chance alone"),
        (-300e6, 20e6, -90e6, "€90.0 million below what was expected, which chance alone"),
        (-300e6, -20e6, -90e6, "was sent €90.0 million less restricted goods than expected"),
        (None, None, 90e6, "how unusual that is cannot be told"),
    ],
)
def test_the_headline_claims_no_more_than_the_interval(dossier, low, high, excess, says):
    total = replace(dossier.total, excess=excess, excess_low=low, excess_high=high)
    assert says in headlines.story(replace(dossier, total=total))


def test_the_gap_headline_says_when_none_is_possible(dossier):
    assert headlines.destination(dossier).startswith(f"28{THIN}% to 42{THIN}% of the additional")
    assert "reach down to none" in headlines.destination(dossier)
    sure = replace(dossier.unrecorded[0].raw, share_low=0.1)
    found = tuple(replace(u, raw=sure, adjusted=sure) for u in dossier.unrecorded)
    assert "reach down" not in headlines.destination(replace(dossier, unrecorded=found))
    fell = tuple(replace(u, additional_exports=-1.0) for u in dossier.unrecorded)
    assert "did not grow" in headlines.destination(replace(dossier, unrecorded=fell))


def test_the_comparison_hub_is_a_caution(dossier):
    text = headlines.caution(dossier)
    assert "Uzbekistan" in text
    assert "higher than Kazakhstan on the ratio-adjusted form" in text


def test_the_headline_hedges_when_the_other_rung_disagrees(dossier):
    total = replace(dossier.total, excess_c=-1e6)
    assert headlines.story(replace(dossier, total=total)).endswith(
        "no more than expected on the other"
    )


def test_other_headlines(dossier):
    assert headlines.exporters(dossier) == "Germany stands above its interval"
    assert headlines.hubs(dossier) == (
        "Kazakhstan has the largest excess of 2 hubs; 1 of them stands above its interval"
    )
    assert "Uzbekistan, outside Russia’s customs union, does not stand" in (
        headlines.hubs_deck(dossier)
    )
    assert "Belarus, itself co-sanctioned, is shown but not ranked" in headlines.hubs_deck(dossier)
    assert headlines.new_flows(dossier).startswith("1 family was not recorded")


def test_summary_fits_a_terminal(dossier, run):
    text = report.summary(dossier, run)
    lines = text.splitlines()
    assert max(map(len, lines)) <= 100
    assert len(lines) <= 32
    assert not set(text) & set(map(chr, (*range(9), *range(11, 32))))
    for part in (
        dossier.title,
        "trade weak",
        "routes cannot tell",
        "87032410 Goods 87032410",
        "Germany",
        f"37{THIN}% (−13{THIN}% to 77{THIN}%) raw",
        "Cannot tell: interval too wide (€1.02 billion); firms.",
        "0123456789abcdef",
    ):
        assert part in text.replace("\n", " ")


def test_markdown_has_the_numbers_of_the_page(dossier, run):
    page, text = report.html_text(dossier, run), report.markdown(dossier, run)
    for number in (
        f"1{THIN}234.5",
        "€434 million",
        "€234 million to €634 million",
        f"37{THIN}%",
        f"−13{THIN}% to 77{THIN}%",
        "2.00 to 9.00",
        "0123456789abcdef",
        "€1.02 billion",
    ):
        assert number in text
        assert number in page or number == f"1{THIN}234.5"
    assert "1234500000.00" not in text


def test_markdown_takes_no_markup_from_labels(dossier):
    text = report.markdown(dossier)
    assert "<script" not in text.replace("\\<", "")
    assert "\\<script\\>" in text
    for line in text.splitlines():
        if line.startswith("|"):
            assert line.endswith("|")
