"""The transit checker: lengths, neighbours, dates of the acts, and what it cannot tell."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from throughflow.errors import InputError, UsageError
from throughflow.reference import transit
from throughflow.routes import check, goods, places, rules
from throughflow.routes.flags import ILLOGICAL

CHIP = "854231"  # dual-use and advanced technology, common high priority tier 1
CAPACITOR = "853221"  # advanced technology alone
ENGINE = "880730"  # aircraft parts
RIFLE = "930330"  # firearms
BANANA = "080390"
TRACTOR = "870121"
DAY = timedelta(days=1)


def kinds(found) -> set[str]:
    return {flag.kind for flag in found.flags}


def verdict(found, territory: str) -> str:
    return next(one.answer.verdict for one in found.territories if one.territory == territory)


def test_prague_to_istanbul_by_russia_makes_no_sense():
    found = check("CZ", "TR", via=["LT", "BY", "RU"], on=date(2023, 5, 2))
    assert found.detour_best > 2 > ILLOGICAL
    assert {"illogical", "gap", "sanctioned"} <= kinds(found)
    assert found.undeclared == ("PL",)
    assert [(s.start, s.end, s.joined, s.between) for s in found.steps] == [
        ("CZ", "LT", "no", ("PL",)),
        ("LT", "BY", "land", ()),
        ("BY", "RU", "land", ()),
        ("RU", "TR", "sea", ()),
    ]
    assert not {"RU", "BY"} & set(found.best.territories)
    assert "illogical" in found.words


def test_berlin_to_london_by_medininkai_makes_no_sense():
    found = check("DE", "GB", via=["LT:Medininkai"], on=date(2023, 5, 2))
    assert found.detour_best > ILLOGICAL
    assert "illogical" in kinds(found)
    assert any(leg.end.id == "medininkai" for leg in found.declared.legs)


@pytest.mark.parametrize("offset", range(-3, 4))
@pytest.mark.parametrize(
    ("since", "product", "territory"),
    [
        (date(2023, 2, 26), CHIP, "RU"),
        (date(2023, 2, 26), RIFLE, "RU"),
        (date(2023, 6, 24), CAPACITOR, "RU"),
        (date(2023, 6, 24), TRACTOR, "RU"),
        (date(2024, 7, 1), CHIP, "BY"),
    ],
)
def test_bans_begin_on_the_day_they_enter_into_force(since, product, territory, offset):
    """Day by day around the dates of entry into force, which are not those of adoption."""
    on = since + offset * DAY
    found = check("LT", "KG", via=["BY", "RU"], on=on, product=product)
    assert found.detour_best == 1.0
    assert not {"illogical", "long"} & kinds(found)
    expected = "banned" if on >= since else "not banned"
    assert verdict(found, territory) == expected
    assert ("banned" in kinds(found)) == any(
        one.answer.verdict == "banned" for one in found.territories
    )
    inside = [leg for leg in found.legs if leg.territories == (territory,)]
    assert inside
    assert {leg.answer.verdict for leg in inside} == {expected}


def test_each_leg_has_an_answer_and_a_crossing_takes_the_worse():
    found = check("LT", "KG", via=["BY", "RU"], on=date(2023, 7, 1), product=CHIP)
    assert len(found.legs) == len(found.declared.legs)
    assert [leg.number for leg in found.legs] == list(range(1, len(found.legs) + 1))
    crossing = next(leg for leg in found.legs if set(leg.territories) == {"BY", "RU"})
    assert verdict(found, "BY") == "not banned"
    assert crossing.answer.verdict == "banned"
    assert crossing.answer.bans


def test_the_permitted_road_leaves_out_what_is_banned_or_unsure():
    on = date(2024, 7, 5)
    found = check("LT", "KG", via=["BY", "RU"], on=on, product=CHIP)
    assert {"RU", "BY", "IR"} <= set(found.left_out)
    assert not set(found.left_out) & set(found.permitted.territories)
    assert found.detour_permitted < 1 < found.permitted.km / found.best.km
    before = check("LT", "KG", via=["BY", "RU"], on=date(2023, 2, 25), product=CHIP)
    assert before.permitted.territories == before.best.territories


def test_belarus_and_a_list_that_is_not_held():
    """Annex Va of the Belarus regulation is not held, so its goods cannot be told by code."""
    found = check("LT", "KG", via=["BY", "RU"], on=date(2024, 7, 5), product=CAPACITOR)
    assert verdict(found, "BY") == "cannot tell"
    reason = next(one.answer.reason for one in found.territories if one.territory == "BY")
    assert "Annex Va" in reason
    assert "not held" in reason
    before = check("LT", "KG", via=["BY", "RU"], on=date(2024, 6, 30), product=CAPACITOR)
    assert verdict(before, "BY") == "not banned"


def test_unlisted_goods_are_told_as_long_as_the_lists_are_known():
    early = check("LT", "KG", via=["BY", "RU"], on=date(2023, 6, 23), product=BANANA)
    assert verdict(early, "RU") == "not banned"
    late = check("LT", "KG", via=["BY", "RU"], on=date(2023, 6, 24), product=BANANA)
    assert verdict(late, "RU") == "cannot tell"


def test_without_goods_a_ban_in_force_cannot_be_told():
    found = check("LT", "KG", via=["BY", "RU"], on=date(2023, 7, 1))
    assert found.goods is None
    assert verdict(found, "RU") == "cannot tell"
    assert verdict(found, "KZ") == "not banned"


@pytest.mark.parametrize("product", [CHIP, BANANA, None])
def test_an_act_that_is_not_held_gives_cannot_tell(product):
    found = check("DE", "TM", via=["TR", "IR"], on=date(2024, 7, 1), product=product)
    assert verdict(found, "IR") == "cannot tell"


def test_the_acts_do_not_bind_exports_from_elsewhere():
    found = check("AE", "KZ", via=["IR", "AZ", "RU"], on=date(2024, 7, 1), product=CHIP)
    assert verdict(found, "RU") == "cannot tell"
    reason = next(one.answer.reason for one in found.territories if one.territory == "RU")
    assert "exports from the Union" in reason


def test_goods_that_end_in_russia_are_not_in_transit():
    found = check("DE", "RU", on=date(2024, 7, 1), product=CHIP)
    assert verdict(found, "RU") == "cannot tell"
    assert "delivered" in found.territories[-1].answer.reason


def test_dual_use_is_never_banned_without_its_limits():
    found = check("LT", "KG", via=["BY", "RU"], on=date(2023, 3, 1), product=CHIP)
    answer = next(one.answer for one in found.territories if one.territory == "RU")
    assert (answer.verdict, answer.bans) == ("banned", ("ru-dual-use",))
    assert "2021/821" in answer.scope


def test_customs_union_and_kaliningrad_are_flagged():
    union = check("DE", "KG", on=date(2024, 7, 1))
    assert "customs union" in kinds(union)
    assert "customs union" not in kinds(check("DE", "TR", on=date(2024, 7, 1)))
    before = check("LT", "KG", via=["BY", "RU"], on=date(2014, 6, 1))
    assert "customs union" not in kinds(before)
    apart = check("LT", "PL", via=["Kaliningrad"], on=date(2024, 7, 1), product=CHIP)
    assert "Kaliningrad" in kinds(apart)
    assert apart.declared.territories == ("LT", "RU-KGD", "PL")
    assert verdict(apart, "RU-KGD") == "banned"
    # Kaliningrad is Russia, and no road through mainland Russia.
    assert "RU" not in apart.declared.territories


def test_transit_between_russia_and_kaliningrad_has_its_own_note():
    found = check("Moscow", "Kaliningrad", on=date(2024, 7, 1))
    assert any("Kaliningrad" in note.words for note in found.notes)
    other = check("DE", "KZ", on=date(2024, 7, 1))
    assert not any("Kaliningrad" in note.words for note in other.notes)


def test_national_measures_are_dated():
    def authorities(day: date) -> list[str]:
        found = check("LT", "KG", via=["BY", "RU"], on=day, product=CHIP)
        return [note.authority for note in found.notes]

    assert "Government of Lithuania" not in authorities(date(2023, 7, 2))
    assert "Government of Lithuania" in authorities(date(2023, 7, 3))
    assert "Government of Lithuania" not in [
        note.authority for note in check("DE", "FR", on=date(2024, 1, 1)).notes
    ]


def test_a_closed_crossing_is_named_and_the_road_found_none_the_less():
    found = check("PL", "BY", via=["PL:Kuznica", "BY:Grodno"], on=date(2025, 9, 15), modes=["rail"])
    assert found.declared is not None
    assert "closed" in kinds(found)
    assert "Kuźnica" in next(flag.words for flag in found.flags if flag.kind == "closed")
    shut = [leg for leg in found.declared.legs if not leg.is_open]
    assert [leg.crossing for leg in shut] == ["Kuźnica Białostocka – Hrodna"]


def test_no_road_is_said():
    found = check("DE", "KZ", avoid=["RU", "BY", "IR"], modes=["rail", "road"], on=date(2024, 7, 1))
    assert found.best is not None
    assert found.asked is None
    assert "no road" in kinds(found)
    assert found.legs == ()
    island = check("MT", "DE", modes=["rail"], on=date(2024, 7, 1))
    assert island.best is None
    assert island.words.startswith("No road")


def test_what_is_asked_to_be_left_out_is_left_out():
    found = check("DE", "KZ", avoid=["RU", "BY"], on=date(2024, 7, 1))
    assert not {"RU", "BY", "RU-KGD"} & set(found.asked.territories)
    assert found.checked == "asked"
    assert found.best.km < found.asked.km <= found.permitted.km


@pytest.mark.parametrize(
    ("arguments", "error", "words"),
    [
        ({"origin": "Almty"}, InputError, "Almaty"),
        ({"origin": "Kazakstan"}, InputError, "Kazakhstan"),
        ({"destination": "LT:Medinikai"}, InputError, "Medininkai"),
        ({"origin": "BR"}, InputError, "no place in Brazil"),
        ({"origin": "EU"}, InputError, "group of states"),
        ({"avoid": ["Russja"]}, InputError, "Russia"),
        ({"modes": ["air"]}, InputError, "ferry, rail, road, sea"),
        ({"modes": []}, UsageError, "no mode"),
        ({"product": "8542"}, InputError, "six or eight digits"),
        ({"product": "854299"}, InputError, "854231"),
        ({"destination": "RU", "avoid": ["RU"]}, UsageError, "to be avoided"),
        ({"via": ["Atlantis"]}, InputError, "unknown"),
    ],
)
def test_bad_input_says_what_to_do(arguments, error, words):
    asked = {"origin": "DE", "destination": "KZ", "on": date(2024, 7, 1)} | arguments
    with pytest.raises(error) as caught:
        check(asked.pop("origin"), asked.pop("destination"), **asked)
    assert words in str(caught.value)


@pytest.mark.parametrize(
    ("text", "node"),
    [
        ("KZ", "almaty"), ("kazakhstan", "almaty"), ("KAZ", "almaty"), ("Almaty", "almaty"),
        ("Małaszewicze", "malaszewicze"), ("malaszewicze", "malaszewicze"), ("Wien", "vienna"),
        ("LT:Medininkai", "medininkai"), ("Kaliningrad", "kaliningrad"), ("Astara", "astara-az"),
        ("IR:Astara", "astara-ir"), ("Kap\u0131kule", "kapikule"), ("xi'an", "xian"),
    ],
)  # fmt: skip
def test_places_are_found_by_any_of_their_names(text, node):
    assert places.find(text).id == node


def test_rows_of_the_acts_are_whole_or_say_so():
    for ban in transit.bans():
        if ban.is_held:
            assert ban.since >= date(2023, 2, 26)
            assert ban.goods
        else:
            assert ban.codes == transit.NOT_HELD
            assert not ban.verified
        for part in ban.verified:
            assert part in {"article", "annex", "date", "goods", "derogation"}
        if "article" in ban.verified:
            assert "not verified" not in ban.cited
        elif ban.article:
            assert "article not verified" in ban.cited


def test_answers_follow_the_order_banned_cannot_tell_not_banned():
    goods_found = goods.find(CHIP)
    on = date(2023, 7, 1)
    answers = [rules.in_transit(code, "LT", on, goods_found) for code in ("KZ", "IR", "RU")]
    assert [answer.verdict for answer in answers] == ["not banned", "cannot tell", "banned"]
    assert rules.worst(answers).verdict == "banned"
    assert rules.worst(answers[:2]).verdict == "cannot tell"


def test_codes_of_older_editions_are_followed():
    assert goods.find("870120").kinds == ("industrial_cap",)  # HS 2017
    assert goods.find("8542.31").hs6 == "854231"
    assert goods.find("85423190").hs6 == "854231"
    assert goods.find(CHIP).tier == "1"
    assert goods.find(BANANA).kinds == ()
