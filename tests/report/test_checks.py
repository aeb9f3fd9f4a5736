"""Prices, neighbouring codes and donors on the page, in Markdown and in the CSV."""

from __future__ import annotations

import csv
import io
import re
from dataclasses import replace

import pytest

from throughflow import report
from throughflow.dossier import neighbour_check, price_check
from throughflow.report import donors, neighbours, prices
from throughflow.report.words import THIN


def rows(text: str, label: str) -> list[list[str]]:
    """Return the cells of the table in a region of the page, tags taken out."""
    region = text.partition(f'aria-label="{label}"')[2].partition("</table>")[0]
    body = region.partition("<tbody>")[2]
    return [
        [re.sub(r"<[^>]+>", " ", cell).strip() for cell in re.split(r"</t[hd]>", row)[:-1]]
        for row in body.split("</tr>")[:-1]
    ]


@pytest.fixture
def untold(dossier):
    return replace(
        dossier,
        prices=price_check.nothing("weights and quantities are not recorded"),
        neighbours=neighbour_check.nothing("the data hold listed codes only"),
        donors=None,
        donors_reason="the expectation rests on rung B, which has no donors",
    )


def test_unit_values_stand_leg_by_leg_with_their_change(dossier):
    total, cars, computers = rows(report.html_text(dossier), "Unit values by family")
    assert total[0] == "All goods whose price is told"
    assert f"+13{THIN}%" in total[1]
    assert f"80{THIN}% of value told" in total[1]
    assert "12.5 → 15.0" in cars[1]
    assert f"€ per kg, +20{THIN}%" in cars[1]
    # A change that rounds to nothing has no sign.
    assert f", 0{THIN}%" in cars[2]
    assert cars[3:] == ["15.00", "5.00", "dearer"]
    assert (computers[1], computers[2], computers[-1]) == ("cannot tell", "–", "cannot tell")


def test_a_leg_without_weights_is_named_and_has_no_column(dossier):
    assert prices.heads(dossier) == [prices.TITLES["sent"], prices.TITLES["arrived"]]
    assert "Cannot be told of leg forwarded: weights and quantities" in prices.deck(dossier)
    keys = [column.key for column in prices.table(dossier).columns]
    assert "arrived_before" in keys
    assert not any(key.startswith("forwarded") for key in keys)


@pytest.mark.parametrize(
    ("excess", "price", "says"),
    [
        (200e6, 24e6, f"12{THIN}% of the growth whose price can be told is dearer goods"),
        (200e6, 230e6, "At base prices, no more was sent"),
        (200e6, 2e6, "unit values hardly moved"),
        (200e6, -40e6, "by unit values they became cheaper"),
        (-5e6, 1e6, "no more was sent than in the base months"),
    ],
)
def test_the_headline_of_prices_follows_their_part_of_the_growth(dossier, excess, price, says):
    sent, *others = dossier.prices.legs
    legs = (replace(sent, excess=excess, price=price, volume=excess - price), *others)
    found = replace(dossier, prices=replace(dossier.prices, legs=legs))
    assert says in prices.headline(found)
    assert says in report.summary(found).replace("\n", " ")


def test_prices_of_arrivals_alone_claim_nothing_of_what_was_sent(dossier):
    sent, *others = dossier.prices.legs
    bare = replace(sent, excess=None, price=None, volume=None, reason="no weights")
    found = replace(dossier, prices=replace(dossier.prices, legs=(bare, *others), families_more=3))
    assert "were sent cannot be told; on other legs it can" in prices.headline(found)
    assert prices.heads(found) == [prices.TITLES["arrived"]]
    text = report.html_text(found)
    assert rows(text, "Unit values by family")[0][-3:] == ["–", "–", ""]
    assert "3 more families are not held here" in text
    assert "Prices:" not in report.summary(found)


def test_all_donors_left_out_are_any_destination(dossier):
    whole = replace(dossier.donors, donors=dossier.donors.donors[:2])
    found = replace(dossier, donors=whole)
    assert donors.headline(found, whole).startswith("Without any one destination it is compared")
    assert "Not left out" not in report.html_text(found)
    assert "since each costs a fit" not in donors.deck(found, whole)


def test_only_neighbours_above_their_interval_are_on_the_page(dossier):
    (row,) = rows(report.html_text(dossier), "Unlisted codes above their interval")
    assert row[0].startswith("84716060")
    assert "€2.00 million" in row[3]
    assert row[-1] == "0.040"
    assert neighbours.headline(dossier) == (
        "1 of 2 unlisted codes next to listed ones stands above its interval"
    )
    deck = neighbours.deck(dossier)
    assert "1 has a false-discovery rate q at or below 0.05" in deck
    assert "Not told: 1 (nothing was sent in the base" in deck
    assert "An honest shift of demand leaves the same trace" in deck
    assert len(neighbours.table(dossier).rows) == 3


def test_where_no_neighbour_stands_out_there_is_no_table(dossier):
    quiet = neighbour_check.NeighbourCheck(
        dossier.neighbours.rows[1:], 7, 1, 0, 0, "the code's own past", 900, ""
    )
    found = replace(dossier, neighbours=quiet)
    text = report.html_text(found)
    assert "None of 1 unlisted codes next to listed ones stands above its interval" in text
    assert "the same codes are not recorded elsewhere" in neighbours.deck(found)
    assert 'aria-label="Unlisted codes above their interval"' not in text
    assert "neighbours.csv" in text
    assert "7 more unlisted codes" in text


def test_each_donor_left_out_has_what_it_moves(dossier):
    text = report.html_text(dossier)
    found = rows(text, "The excess without single destinations")
    assert found == [
        ["Chile", f"50.0{THIN}%", "830.00", "404.50", "−30.00"],
        ["Egypt", f"40.0{THIN}%", "780.00", "454.50", "+20.00"],
    ]
    assert (
        "Without any one of the 2 weightiest destinations it is compared with, the excess is "
        "between €404 million and €454 million"
    ) in text
    assert f"Not left out, by weight: Morocco 10.0{THIN}%." in text
    assert "<code>throughflow donors KZ</code>" in text
    assert "Up to €1.00 million of the expectation hang on one destination alone" in text
    assert "headline’s interval is €234 million to €634 million" in text


def test_an_excess_that_hangs_on_one_donor_says_whose_it_is(dossier):
    chile, *others = dossier.donors.donors
    hanging = replace(
        dossier.donors, excess_least=-10e6, donors=(replace(chile, excess=-10e6), *others)
    )
    found = replace(dossier, donors=hanging)
    assert donors.headline(found, hanging) == (
        "Without Chile no excess is left: the finding hangs on one destination"
    )
    assert "Without Chile no excess is left" in report.summary(found)


def test_all_three_are_in_markdown_with_the_same_numbers(dossier):
    text = report.markdown(dossier)
    for words in (
        "12.5 → 15.0 (€ per kg, +20",
        "| 15.00 | 5.00 | dearer |",
        "1 of 2 unlisted codes next to listed ones",
        "| 84713000, 84714100 | €2.00 million | €9.00 million |",
        "| 830.00 | 404.50 | −30.00 |",
        "`throughflow donors KZ`",
    ):
        assert words in text
    assert not re.search(r"(?<!\\)<script", text)


def test_the_csv_holds_them_all(dossier):
    found = {
        name: list(csv.DictReader(io.StringIO(table.csv())))
        for name, table in (
            ("prices", prices.table(dossier)),
            ("neighbours", neighbours.table(dossier)),
            ("donors", donors.table(dossier, dossier.donors)),
        )
    }
    assert found["prices"][0]["sent_after"] == "15"
    assert found["prices"][1]["sent_reason"] == "several units"
    assert found["neighbours"][2]["reason"].startswith("nothing was sent")
    assert [row["excess"] for row in found["donors"]] == ["404500000.00", "454500000.00", ""]
    text = report.html_text(dossier)
    assert all(f'download="{name}.csv"' in text for name in found)


def test_what_cannot_be_told_takes_a_sentence_each(untold):
    sentences = (
        "Prices: cannot tell, weights and quantities are not recorded.",
        "Unlisted codes next to the listed ones: cannot tell, the data hold listed codes only.",
        "cannot tell, the expectation rests on rung B, which has no donors.",
    )
    page, marked = report.html_text(untold), report.markdown(untold)
    for sentence in sentences:
        assert page.count(sentence) == 1
        assert marked.count(sentence) == 1
    for label in ("Unit values by family", "The excess without single destinations"):
        assert label not in page
    assert not re.search(r'download="(?:prices|neighbours|donors)\.csv"', page)
    assert "Prices:" not in report.summary(untold)
