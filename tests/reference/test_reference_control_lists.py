"""Control lists, and their join with codes of other editions."""

from __future__ import annotations

from collections import Counter
from datetime import date
from typing import TYPE_CHECKING

import pytest

from throughflow.errors import InputError
from throughflow.reference import nomenclature
from throughflow.reference.control_lists import (
    category_counts,
    load,
    names,
    to_cn8,
    treated_month,
    unobservable,
)

if TYPE_CHECKING:
    from pathlib import Path

LOST_BY_NUMBER = {"852589", "854149", "854151", "854159", "854800", "880730"}


def test_the_lists_that_ship() -> None:
    assert names() == ("chpl-2024-02", "eu-2023-01", "eu-hs6")
    chpl, cn8, hs6 = (load(name) for name in names())
    assert [len(x.entries) for x in (chpl, cn8, hs6)] == [50, 2223, 2304]
    assert [(x.nomenclature, x.edition) for x in (chpl, cn8, hs6)] == [
        ("HS", 2022),
        ("CN", 2022),
        ("HS", 2017),
    ]
    assert hs6.considered == 5369
    assert all(x.source and x.licence and x.legal_reference and x.as_of for x in (chpl, cn8, hs6))
    tiers = Counter(entry.tier for entry in chpl.entries)
    assert tiers == {"1": 4, "2": 5, "3.A": 16, "3.B": 9, "4.A": 11, "4.B": 5}
    assert "CC BY 4.0" in hs6.licence


def test_one_entry_in_full() -> None:
    horse = load("eu-hs6").by_code()["010129"]
    assert (horse.category, horse.kinds) == ("luxury", ("luxury",))
    assert (horse.restricted_from, horse.wind_down_until) == (date(2022, 3, 15), date(2022, 3, 15))
    assert horse.is_part_of_code
    assert horse.price_limit_eur == 300


def test_published_split_by_category() -> None:
    assert category_counts() == {"dual": 1067, "industrial": 667, "luxury": 570}


def test_join_by_number_loses_six_codes_and_the_concordance_finds_them() -> None:
    chpl = {entry.code for entry in load("chpl-2024-02").entries}
    dated = set(load("eu-hs6").by_code())
    assert chpl - dated == LOST_BY_NUMBER
    wide = nomenclature.hs_correspondence(2022, 2017)
    assert all(dated & set(wide[code]) for code in LOST_BY_NUMBER)
    narrow = {
        code
        for code in LOST_BY_NUMBER
        for year, old, new in nomenclature.cn_links(2021, 2022)
        if new[:6] == code and old[:6] in dated
    }
    assert narrow == LOST_BY_NUMBER - {"854151", "854159"}
    # Through it, every Common High Priority code has a date.
    assert all(entry.restricted_from for entry in load("chpl-2024-02").entries)


def test_a_list_meets_data_of_an_earlier_year() -> None:
    observed = ["88033000", "85415000", "85258099", "01012100"]
    found = to_cn8(load("chpl-2024-02"), observed, year=2021)
    assert {code: entry.code for code, entry in found.items()} == {
        "88033000": "880730",
        "85415000": "854151",
        "85258099": "852589",
    }
    assert to_cn8(load("chpl-2024-02"), ["88073000"], year=2022)["88073000"].tier == "3.B"


def test_a_list_meets_data_of_a_later_year() -> None:
    dated = load("eu-hs6")
    found = to_cn8(dated, ["88073000", "85171300", "02011000"], year=2022)
    assert found["88073000"].code == "880330"
    assert found["85171300"].code == "851712"
    assert "02011000" not in found


def test_a_code_made_of_listed_and_unlisted_ones_is_part_of_code() -> None:
    dated = load("eu-hs6")
    listed = set(dated.by_code())
    mixed = [
        new
        for new in {new for _, _, new in nomenclature.cn_links(2021, 2022)}
        if len({o[:6] in listed for _, o, n in nomenclature.cn_links(2021, 2022) if n == new}) == 2
    ]
    assert mixed
    assert all(entry.is_part_of_code for entry in to_cn8(dated, mixed, year=2022).values())


def test_the_cn8_list_finds_itself_and_its_retired_codes() -> None:
    listed = load("eu-2023-01")
    codes = {entry.code for entry in listed.entries}
    for year in (2021, 2022):
        assert set(to_cn8(listed, codes, year=year)) == codes
        assert unobservable(listed, codes, year=year) == ()
    assert set(to_cn8(listed, ["88033000"], year=2021)) == {"88033000"}
    undated = [entry for entry in listed.entries if entry.restricted_from is None]
    assert len(undated) == 91
    assert all(entry.category == "undated" and entry.is_part_of_code for entry in undated)


def test_what_cannot_be_observed_is_named() -> None:
    chpl = load("chpl-2024-02")
    missing = unobservable(chpl, ["85423111", "85423119"], year=2022)
    assert len(missing) == 49
    assert "854231" not in missing
    with pytest.raises(InputError, match="CN8"):
        to_cn8(chpl, ["8542"], year=2022)


def test_earliest_date_wins(tmp_path: Path) -> None:
    path = tmp_path / "mine.csv"
    path.write_text(
        "code,restricted_from,edition\n854151,2023-01-01,2022\n854159,2022-05-01,2022\n", "utf-8"
    )
    mine = load(path)
    entry = to_cn8(mine, ["85415000"], year=2020)["85415000"]
    assert (entry.code, entry.restricted_from) == ("854159", date(2022, 5, 1))
    assert unobservable(mine, ["85415000"], year=2020) == ()


def test_a_users_list_without_edition_is_compared_by_number(tmp_path: Path) -> None:
    path = tmp_path / "mine.csv"
    path.write_text("code,tier,part_of_code\n88073000,A,1\n", "utf-8")
    mine = load(str(path))
    assert (mine.nomenclature, mine.edition) == ("CN", None)
    assert to_cn8(mine, ["88033000", "88073000"], year=2021)["88073000"].is_part_of_code
    assert "88033000" not in to_cn8(mine, ["88033000"], year=2021)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("goods\n854231\n", "no column 'code'"),
        ("code,teir\n854231,1\n", "tier"),
        ("code\n85423\n", "row 2.*leading zero"),
        ("code\n854231\n854231\n", "row 3.*listed twice"),
        ("code\n854231\n85423111\n", "all be HS"),
        ("code,restricted_from\n854231,26.02.2022\n", "row 2.*not a date"),
        ("code,part_of_code\n854231,maybe\n", "not 1 or 0"),
        ("code,price_limit_eur\n854231,cheap\n", "not a number"),
        ("code,edition\n854231,2017\n854232,2022\n", "several values"),
        ("code\n", "empty"),
    ],
)
def test_a_users_list_that_cannot_be_used(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "bad.csv"
    path.write_text(text, "utf-8")
    with pytest.raises(InputError, match=message):
        load(path)


def test_unknown_lists_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="eu-hs6"):
        load("eu-hs")
    with pytest.raises(InputError, match="cannot be read"):
        load(tmp_path / "absent.csv")


@pytest.mark.parametrize(
    ("day", "month"),
    [
        ("2022-02-26", "2022-03-01"),
        ("2022-03-15", "2022-03-01"),
        ("2022-04-08", "2022-04-01"),
        ("2022-06-03", "2022-06-01"),
        ("2022-07-21", "2022-08-01"),
        ("2022-12-16", "2022-12-01"),
        ("2022-12-17", "2023-01-01"),
        ("2023-02-25", "2023-03-01"),
        ("2022-05-01", "2022-05-01"),
    ],
)
def test_first_treated_month(day: str, month: str) -> None:
    assert treated_month(date.fromisoformat(day)) == date.fromisoformat(month)
