"""Dated membership and roles."""

from __future__ import annotations

from datetime import date

import pytest

from throughflow.errors import InputError
from throughflow.reference import countries
from throughflow.reference.memberships import (
    candidate_hubs,
    comparison_hubs,
    groups,
    members,
    memberships,
    role,
    roles,
)


def test_membership_changes_with_the_day() -> None:
    assert len(members("EU27", date(2019, 1, 1))) == 27
    assert "GB" in members("EU", date(2020, 1, 31))
    assert "GB" not in members("EU", date(2020, 2, 1))
    assert members("EU", date(2022, 1, 1)) == members("EU27", date(2022, 1, 1))
    assert members("EAEU", date(2015, 8, 11)) == {"AM", "BY", "KZ", "RU"}
    assert "KG" in members("EAEU", date(2015, 8, 12))
    assert members("customs-union", date(2012, 1, 1)) == {"BY", "KZ", "RU"}
    assert len(members("EA20", date(2024, 1, 1))) == 20


def test_uzbekistan_came_back_to_the_security_treaty_and_left_again() -> None:
    assert members("CSTO", date(2022, 4, 1)) == {"AM", "BY", "KG", "KZ", "RU", "TJ"}
    assert "UZ" in members("CSTO", date(2010, 1, 1))
    assert "UZ" not in members("CSTO", date(2012, 12, 19))
    assert not members("CSTO", date(2003, 9, 17))


def test_the_coalition_grows() -> None:
    first = members("coalition", date(2022, 2, 24))
    later = members("coalition", date(2022, 4, 8))
    assert later - first == {"KR", "CH", "IS", "LI", "NO"}
    assert members("EU27", date(2022, 3, 1)) < first
    assert not members("coalition", date(2022, 2, 23))


def test_unknown_group_is_refused() -> None:
    with pytest.raises(InputError, match="EAEU"):
        members("EAUE", date(2022, 1, 1))


def test_roles_for_russia() -> None:
    found = {code: role(code) for code in ("RU", "BY", "UA", "KZ", "DE", "KR", "EG")}
    assert found == {
        "RU": "target",
        "BY": "co-sanctioned",
        "UA": "attacked",
        "KZ": "hub",
        "DE": "coalition",
        "KR": "coalition",
        "EG": "other",
    }
    assert role("KZ", on=date(2021, 1, 1)) == "other"
    with pytest.raises(InputError, match="target"):
        role("KZ", target="IR")


def test_hubs() -> None:
    hubs = set(candidate_hubs())
    assert {"AM", "GE", "KG", "KZ", "UZ", "TR", "AE", "RS", "CN", "HK", "AZ", "TJ", "TM"} <= hubs
    assert comparison_hubs() == ("GE", "UZ")
    assert not set(comparison_hubs()) & members("customs-union", date(2022, 1, 1))


def test_every_code_is_known_and_every_row_sourced() -> None:
    known = set(countries.all_codes())
    assert {row.code for row in (*memberships(), *roles())} <= known
    assert all(row.source for row in (*memberships(), *roles()))
    assert set(groups()) == {
        "CIS",
        "CSTO",
        "EA",
        "EA20",
        "EAEU",
        "EU",
        "EU27",
        "coalition",
        "customs-union",
    }
