"""Families of CN8 codes and HS correspondences."""

from __future__ import annotations

import time

import pytest

from throughflow.errors import InputError
from throughflow.reference.nomenclature import (
    cn_counterparts,
    cn_links,
    cn_years,
    families,
    hs_correspondence,
    hs_edition,
)


def test_links_of_a_span() -> None:
    assert cn_years() == (2009, 2025)
    links = cn_links(2020, 2022)
    assert {year for year, _, _ in links} == {2020, 2021}
    assert (2021, "85415000", "85415100") in links
    assert all(len(old) == len(new) == 8 for _, old, new in cn_links(2009, 2025))
    for span in ((2022, 2020), (2005, 2010), (2024, 2026)):
        with pytest.raises(InputError):
            cn_links(*span)


def test_a_split_code_is_one_family() -> None:
    found = families(["85415000", "85415100", "85415900"], first_year=2020, last_year=2022).by_code[
        "85415000"
    ]
    assert found.members == ("85415000", "85415100", "85415900")
    assert (found.id, found.missing, found.recoded) == ("85415100+", (), True)


def test_a_family_with_a_missing_member_is_not_whole() -> None:
    found = families(["85171300"], first_year=2021, last_year=2022).by_code["85171300"]
    assert found.missing == ("85171200", "85171400")
    assert not found.is_whole
    # The same code is alone where the span does not cross the re-coding.
    alone = families(["85171300"], first_year=2022, last_year=2023).by_code["85171300"]
    assert (alone.id, alone.members, alone.recoded) == ("85171300", ("85171300",), False)


def test_families_are_the_components_of_the_links() -> None:
    """Brute force: spread along links until nothing is added."""
    links = [(old, new) for _, old, new in cn_links(2019, 2023)]
    held = {code for link in links[::7] for code in link}
    found = families(held, first_year=2019, last_year=2023)
    for code in sorted(held)[::25]:
        reached = {code}
        while True:
            more = {c for link in links if not reached.isdisjoint(link) for c in link}
            if more <= reached:
                break
            reached |= more
        assert found.by_code[code].members == tuple(sorted(reached))
        assert found.by_code[code].missing == tuple(sorted(reached - held))


def test_a_kept_number_with_a_changed_scope_is_recoded() -> None:
    links = cn_links(2021, 2022)
    kept = next(old for _, old, new in links if old == new)
    family = families([kept], first_year=2021, last_year=2022).by_code[kept]
    assert family.recoded
    assert kept in family.members


def test_the_id_is_a_code_of_the_newest_edition() -> None:
    links = cn_links(2021, 2022)
    olds, news = {old for _, old, _ in links}, {new for _, _, new in links}
    found = families(olds | news, first_year=2021, last_year=2022)
    assert all(f.id.rstrip("+") in news for f in found.by_code.values())
    assert found.to_arrow().column_names == ["product", "family", "members", "missing", "recoded"]


def test_only_cn8_codes_make_families() -> None:
    with pytest.raises(InputError, match="CN8"):
        families(["TOTAL", "85171300"], first_year=2021, last_year=2022)


def test_families_are_fast() -> None:
    codes = [new for _, _, new in cn_links(2009, 2025)][:2_300]
    families(codes, first_year=2020, last_year=2022)
    start = time.process_time()
    families(codes, first_year=2019, last_year=2023)
    assert time.process_time() - start < 0.3


def test_counterparts_go_both_ways() -> None:
    forward = cn_counterparts(["85415000", "01012100"], from_year=2020, to_year=2023)
    assert forward == {"85415000": ("85415100", "85415900"), "01012100": ("01012100",)}
    back = cn_counterparts(["88073000"], from_year=2022, to_year=2021)
    assert back == {"88073000": ("88033000",)}
    assert cn_counterparts(["85415100"], from_year=2022, to_year=2022)["85415100"] == ("85415100",)


def test_hs_correspondence() -> None:
    back = hs_correspondence(2022, 2017)
    assert back["880730"] == ("880330",)
    assert back["010121"] == ("010121",)
    assert "880730" in hs_correspondence(2017, 2022)["880330"]
    assert len(back) == 5_612
    assert hs_correspondence(2017, 2017)["880330"] == ("880330",)
    assert "851770" in hs_correspondence(2022, 2012)["851771"]
    assert set(hs_correspondence(2012, 2022)) == set(hs_correspondence(2012, 2012))
    with pytest.raises(InputError, match="HS edition"):
        hs_correspondence(2007, 2017)


def test_edition_of_a_year() -> None:
    assert [hs_edition(y) for y in (2012, 2016, 2017, 2021, 2022, 2025)] == [
        *[2012] * 2,
        *[2017] * 2,
        *[2022] * 2,
    ]
    with pytest.raises(InputError):
        hs_edition(2011)
