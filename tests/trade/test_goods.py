"""Control lists meet the codes of the data: dates, families, and what cannot be followed."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from throughflow.errors import DataError
from throughflow.model.periods import month_number
from throughflow.reference import control_lists
from throughflow.reference.control_lists import ControlList, ListEntry
from throughflow.trade import goods

MARCH = month_number(date(2022, 3, 1))
NOVEMBER = month_number(date(2022, 11, 1))
CHIP, PUMP = "85423111", "84133080"


def entry(code, since=None, until=None, *, part=False):
    return ListEntry(code, "", "", since, until, part, None)


def listed(*entries, edition=2022, nomenclature="CN"):
    return ControlList("test", "", nomenclature, edition, "", "", "", entries)


def assembled(control_list, codes=(CHIP, PUMP), **options):
    usual = {
        "digits": 8,
        "first": date(2020, 1, 1),
        "last": date(2022, 11, 1),
        "window": (MARCH, NOVEMBER),
        "treat_from": date(2022, 3, 1),
        "whole_codes_only": False,
    }
    return goods.assemble(control_list, codes, **(usual | options))


def only(found):
    (family,) = found.families
    return family


@pytest.mark.parametrize(
    ("since", "treated"),
    [
        ("2022-02-26", "2022-03"),  # three days of February
        ("2022-03-15", "2022-03"),  # seventeen of thirty-one days
        ("2022-03-17", "2022-04"),  # fifteen
        ("2022-04-01", "2022-04"),
        ("2022-10-06", "2022-10"),
    ],
)
def test_a_code_is_treated_from_the_first_month_restricted_for_half_its_days(since, treated):
    family = only(assembled(listed(entry(CHIP, date.fromisoformat(since)))))
    assert family.first_treated == month_number(date.fromisoformat(f"{treated}-01"))
    assert family.mask_from == family.first_treated
    assert family.reason == goods.TESTED


def test_a_code_without_a_date_is_treated_from_the_date_given():
    family = only(assembled(listed(entry(CHIP)), treat_from=date(2022, 5, 20)))
    assert family.first_treated == family.mask_from == month_number(date(2022, 5, 1))


@pytest.mark.parametrize(
    ("since", "until", "mask", "treated"),
    [
        ("2022-02-26", "2022-05-27", "2022-02", "2022-06"),
        # March is restricted for more than half and wound down in part: neither past nor window.
        ("2022-03-15", "2022-03-15", "2022-03", "2022-04"),
        ("2022-03-15", None, "2022-03", "2022-03"),
        # A wind-down that ended before the code was listed changes nothing.
        ("2022-10-06", "2022-05-01", "2022-10", "2022-10"),
        (None, "2022-05-01", "2022-03", "2022-03"),
    ],
)
def test_wind_down_is_neither_past_nor_window_when_whole_codes_are_asked_for(
    since, until, mask, treated
):
    since, until = (date.fromisoformat(day) if day else None for day in (since, until))
    control_list = listed(entry(CHIP, since, until))
    family = only(assembled(control_list, whole_codes_only=True))
    assert family.mask_from == month_number(date.fromisoformat(f"{mask}-01"))
    assert family.first_treated == month_number(date.fromisoformat(f"{treated}-01"))
    plain = only(assembled(control_list))
    assert plain.mask_from == plain.first_treated <= family.first_treated


def test_codes_restricted_after_the_window_or_before_any_past_are_not_tested():
    reasons = {
        "2022-12-01": goods.NOT_YET_RESTRICTED,
        "2022-11-10": goods.TESTED,
        "2021-01-01": goods.TESTED,  # exactly twelve months of past
        "2020-12-01": goods.RESTRICTED_BEFORE_DATA,
        "2016-12-22": goods.RESTRICTED_BEFORE_DATA,
    }
    for since, reason in reasons.items():
        family = only(assembled(listed(entry(CHIP, date.fromisoformat(since)))))
        assert family.reason == reason, since


def test_goods_restricted_in_part_stay_in_the_table_and_out_of_the_test_of_whole_codes():
    control_list = listed(entry(CHIP, part=True), entry(PUMP))
    plain = {f.id: f.reason for f in assembled(control_list).families}
    assert plain == {CHIP: goods.TESTED, PUMP: goods.TESTED}
    whole = {f.id: f.reason for f in assembled(control_list, whole_codes_only=True).families}
    assert whole == {CHIP: goods.PART_OF_CODE, PUMP: goods.TESTED}


CAMERAS = ("85258011", "85258019", "85258030", "85258091", "85258099", "85258100", "85258200",
           "85258300", "85258900", "88062110", "88062210")  # fmt: skip


def test_a_re_classified_code_is_one_product_only_with_all_it_exchanged_goods_with():
    control_list = listed(entry("85258100", date(2022, 2, 26)))
    family = only(assembled(control_list, CAMERAS))
    assert family.members == CAMERAS
    assert (family.id, family.reason) == ("85258100+", goods.TESTED)
    family = only(assembled(control_list, CAMERAS[:-1]))
    assert family.missing == ("88062210",)
    assert family.reason == goods.MISSING_MEMBERS
    assert "88062210" not in family.members


def test_a_family_takes_its_earliest_date_and_is_in_part_if_any_member_is():
    control_list = listed(
        entry("85258100"),
        entry("85258200", date(2022, 4, 8)),
        entry("85258300", date(2022, 2, 26), part=True),
        entry("85258900", date(2022, 2, 26)),
    )
    family = only(assembled(control_list, CAMERAS))
    assert family.first_treated == MARCH
    assert family.entry.restricted_from == date(2022, 2, 26)
    assert family.entry.is_part_of_code
    assert only(assembled(control_list, CAMERAS, whole_codes_only=True)).reason == (
        goods.PART_OF_CODE
    )


def test_a_list_of_another_edition_goes_through_the_concordance():
    """HS 2017 8525.80 covers what HS 2022 calls 8525.89; by digits it would find nothing."""
    old = listed(entry("852580", date(2022, 2, 26)), edition=2017, nomenclature="HS")
    found = assembled(old, ("85258900",))
    assert found.in_data == 1
    assert found.unobservable == ()
    new = listed(entry("852589", date(2022, 2, 26)), edition=2022, nomenclature="HS")
    assert assembled(new, ("85258900",)).in_data == 1


def test_list_codes_nothing_in_the_data_represents_are_counted():
    found = assembled(listed(entry(CHIP), entry("85424990")), (CHIP, PUMP))
    assert found.unobservable == ("85424990",)
    assert found.in_data == 1


def test_no_code_of_the_list_in_the_data_is_an_error():
    with pytest.raises(DataError, match="no code of control list test is in the data") as error:
        assembled(listed(entry("85424990")), (PUMP,))
    assert "--list" in error.value.remedy


def test_codes_of_other_levels_are_not_joined():
    found = assembled(listed(entry(CHIP)), (CHIP, CHIP[:6], CHIP[:4], "85"))
    assert only(found).members == (CHIP,)


def test_six_digit_data_are_joined_by_six_digits():
    control_list = listed(entry(CHIP, date(2022, 4, 8)), entry("85423119", date(2022, 2, 26)))
    found = assembled(control_list, ("854231", "841330"), digits=6)
    family = only(found)
    assert (family.id, family.members, family.heading) == ("854231", ("854231",), "8542")
    assert family.entry.restricted_from == date(2022, 2, 26)
    assert family.entry.is_part_of_code  # by CN8 codes that are not all of it
    assert found.unobservable == ()
    hs = listed(entry("854231"), entry("847150"), edition=2022, nomenclature="HS")
    found = assembled(hs, ("854231", "841330"), digits=6)
    assert not only(found).entry.is_part_of_code
    assert found.unobservable == ("847150",)


def test_six_digit_codes_born_inside_the_data_are_followed_to_their_predecessors():
    """HS 2022 put 8541.41 and others in the place of 8541.40; alone it would look new."""
    hs = listed(entry("854141", date(2022, 2, 26)), edition=2022, nomenclature="HS")
    split = ("854140", "854141", "854142", "854143", "854149")
    family = only(assembled(hs, split, digits=6))
    assert (family.id, family.members, family.reason) == ("854141+", split, goods.TESTED)
    alone = only(assembled(hs, ("854141",), digits=6))
    assert alone.reason == goods.MISSING_MEMBERS
    assert alone.missing == ("854140", "854142", "854143", "854149")
    later = only(assembled(hs, ("854141",), digits=6, first=date(2022, 1, 1)))
    assert later.missing == ()


@pytest.mark.parametrize("name", control_lists.names())
def test_every_shipped_list_can_be_assembled_from_its_own_codes(name):
    control_list = control_lists.load(name)
    codes = [e.code for e in control_list.entries]
    found = assembled(control_list, codes, digits=len(codes[0]))
    members = [m for f in found.families for m in f.members]
    assert len(members) == len(set(members)), "a code is in two families"
    joined = {code for code in members if code in control_list.by_code()}
    assert len(joined) == found.in_data or len(codes[0]) == 8
    assert [f.id for f in found.families] == sorted(f.id for f in found.families)
    assert all(f.first_treated >= f.mask_from for f in found.families)


def test_dates_do_not_depend_on_the_order_of_the_list():
    entries = (entry(CHIP, date(2022, 4, 8)), entry("85423119", date(2022, 2, 26)), entry(PUMP))
    one = assembled(listed(*entries), ("854231", "841330"), digits=6)
    other = assembled(listed(*reversed(entries)), ("841330", "854231"), digits=6)
    assert one.families == replace(other, control_list=one.control_list).families
