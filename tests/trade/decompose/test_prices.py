"""Unit values, the two bases of imports, and unrestricted neighbours, as pure numbers."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from throughflow.trade import conformal
from throughflow.trade.decompose import basis_gap, family_prices, misdeclared, unit_values
from throughflow.trade.decompose.basis_gap import BasisYear
from throughflow.trade.decompose.leg_records import Cells

WINDOW = np.arange(12, 24)
BASE = np.arange(12)[None, :]


def cells(price, *, kg=None, unit="", quantity=None):
    """Return one origin's trade of 100 kg a month at a price per month, shape (24,)."""
    months = np.arange(24)
    weight = np.full(24, 100.0) if kg is None else kg
    counted = np.full(24, np.nan) if quantity is None else quantity
    value = price * (np.full(24, 100.0) if kg is None or np.isnan(weight).all() else weight)
    return Cells(
        origin=np.zeros(24, dtype=np.int64), family=np.zeros(24, dtype=np.int64), month=months,
        value=value, net_kg=weight, quantity=counted,
        unit=np.array([unit] * 24 if isinstance(unit, str) else unit),
    )  # fmt: skip


def prices(made):
    return unit_values.measure(
        made, origins=("DE",), families=("847130",), window=WINDOW, base=BASE,
        told=np.ones(1, dtype=bool),
    )  # fmt: skip


def noisy(after, seed=0):
    rng = np.random.default_rng(seed)
    return np.repeat([10.0, after], 12) * np.exp(rng.normal(0, 0.05, 24))


def test_a_pure_price_rise_is_all_price():
    found = prices(cells(np.repeat([10.0, 15.0], 12)))
    assert found.price == pytest.approx(found.excess)
    assert found.volume == pytest.approx(0, abs=1e-6)
    (change,) = found.changes
    assert change.log_change == pytest.approx(np.log(1.5))
    assert (change.unit, change.before, change.after) == ("kg", 10, 15)


def test_more_goods_at_the_old_price_are_all_volume():
    found = prices(cells(np.full(24, 10.0), kg=np.repeat([100.0, 300.0], 12)))
    assert found.price == pytest.approx(0, abs=1e-6)
    assert found.volume == pytest.approx(found.excess)
    assert found.told_share == 1


def test_a_planted_price_change_is_recovered_and_one_bad_month_does_not_move_it():
    rise = noisy(14.0)
    rise[20] *= 100
    (change,) = prices(cells(rise)).changes
    assert change.log_change == pytest.approx(np.log(1.4), abs=0.05)
    assert change.is_jump
    (still,) = prices(cells(noisy(10.3))).changes
    assert not still.is_jump


def test_price_and_volume_add_up_to_the_excess():
    found = prices(cells(noisy(13.0), kg=np.linspace(50, 200, 24)))
    assert found.price + found.volume == pytest.approx(found.excess)


@settings(max_examples=20, deadline=None)
@given(st.floats(1e-3, 1e3), st.floats(1e-3, 1e3))
def test_neither_currency_nor_the_unit_of_weight_moves_the_change(money, weight):
    one = prices(cells(noisy(13.0))).changes[0]
    made = cells(noisy(13.0))
    other = prices(
        Cells(made.origin, made.family, made.month, made.value * money, made.net_kg * weight,
              made.quantity, made.unit)
    ).changes[0]  # fmt: skip
    assert other.log_change == pytest.approx(one.log_change)
    assert other.is_jump == one.is_jump


@pytest.mark.parametrize(
    ("unit", "reason"),
    [
        ("", unit_values.NO_WEIGHTS),
        (["u"] * 12 + ["kg"] * 12, unit_values.CHANGED_UNIT),
        (["u", "pairs"] * 12, unit_values.MIXED_UNITS),
    ],
)
def test_units_that_change_are_refused(unit, reason):
    made = cells(np.full(24, 10.0), kg=np.full(24, np.nan), unit=unit, quantity=np.full(24, 5.0))
    found = prices(made)
    assert found.changes[0].reason == reason
    assert found.volume is None
    assert found.reason == reason


def test_pieces_serve_where_weights_are_missing():
    made = cells(np.repeat([10.0, 20.0], 12), kg=np.full(24, np.nan), unit="u",
                 quantity=np.full(24, 5.0))  # fmt: skip
    (change,) = prices(made).changes
    assert (change.unit, change.log_change) == ("u", pytest.approx(np.log(2)))


def test_two_months_have_no_price():
    made = cells(np.full(24, 10.0))
    kept = np.isin(made.month, [0, 1, 12, 13, 14])
    few = Cells(*(getattr(made, name)[kept] for name in Cells.__slots__))
    assert prices(few).changes[0].reason == unit_values.FEW_MONTHS


# Origins together, family by family.


def two_origins(price, kg, *, units=("kg", "kg")):
    """Return two origins' trade in one good; `price` and `kg` of shape (2, 24)."""
    one, two = (cells(price[o], kg=kg[o]) for o in (0, 1))
    joined = {
        name: np.concatenate([getattr(one, name), getattr(two, name)]) for name in Cells.__slots__
    }
    joined["origin"] = np.repeat([0, 1], 24)
    for origin, unit in enumerate(units):
        if unit != "kg":
            mine = joined["origin"] == origin
            joined["quantity"] = np.where(mine, joined["net_kg"], joined["quantity"])
            joined["unit"] = np.where(mine, unit, joined["unit"])
            joined["net_kg"] = np.where(mine, np.nan, joined["net_kg"])
    found = unit_values.measure(
        Cells(**joined), origins=("DE", "FR"), families=("847130",), window=WINDOW, base=BASE,
        told=np.ones(1, dtype=bool),
    )  # fmt: skip
    return found, family_prices.by_family(found)["847130"]


def test_a_change_of_origins_is_not_a_change_of_price():
    """The dear origin sells nine times as much as before at its old price."""
    price = np.array([np.full(24, 10.0), np.full(24, 50.0)])
    kg = np.array([np.full(24, 100.0), np.repeat([20.0, 180.0], 12)])
    found, family = two_origins(price, kg)
    assert family.log_change == pytest.approx(0, abs=1e-9)
    assert family.price == pytest.approx(0, abs=1e-6)
    # Both sides at the window's mix, 100 kg of ten to 180 kg of fifty.
    assert family.before == pytest.approx((100 * 10 + 180 * 50) / 280)
    assert family.after == pytest.approx(family.before)
    assert (family.word, family.unit, family.told_share) == ("no jump", "kg", 1)
    assert family_prices.log_change(found) == pytest.approx(0, abs=1e-9)


@pytest.mark.parametrize(("after", "word"), [(15.0, "dearer"), (6.0, "cheaper")])
def test_origins_that_jump_give_the_family_its_word_by_what_they_hold(after, word):
    price = np.array([np.repeat([10.0, after], 12), np.full(24, 10.0)])
    much, little = (np.array([np.full(24, kg), np.full(24, 100.0)]) for kg in (400.0, 20.0))
    found, family = two_origins(price, much)
    assert family.word == word
    assert family.excess == pytest.approx(12 * 400 * (after - 10))
    assert family.volume + family.price == pytest.approx(family.excess)
    assert family.after / family.before == pytest.approx(np.exp(family.log_change))
    assert family.price == pytest.approx(found.price)
    assert two_origins(price, little)[1].word == "no jump"


def test_kilograms_and_pieces_are_not_averaged():
    price = np.array([np.repeat([10.0, 15.0], 12), np.full(24, 3.0)])
    _, family = two_origins(price, np.full((2, 24), 100.0), units=("kg", "u"))
    assert (family.unit, family.before, family.after) == ("", None, None)
    assert np.exp(family.log_change) == pytest.approx(18 / 13)
    _, untold = two_origins(price, np.full((2, 24), np.nan))
    assert (untold.word, untold.reason) == ("cannot tell", unit_values.NO_WEIGHTS)
    assert (untold.log_change, untold.price) == (None, None)


# Origin against consignment.


def years(gaps, first=2015):
    return [BasisYear(first + i, 0.3 + gap, 0.3, gap) for i, gap in enumerate(gaps)]


def test_a_gap_that_opens_at_the_date_is_seen():
    found = basis_gap.change(years([0.01, 0.02, 0.015, 0.012, 0.018, 0.01, 0.016, 0.1]), 2022)
    assert found.change == pytest.approx(0.1 - np.mean([g.gap for g in found.years[:-1]]))
    assert found.low > 0
    assert found.p == pytest.approx(1 / 22)
    quiet = basis_gap.change(years([0.01, 0.02, 0.015, 0.012, 0.018, 0.01, 0.016, 0.013]), 2022)
    assert quiet.low < 0 < quiet.high
    assert quiet.p > 0.3


def test_few_years_have_no_p_and_none_no_change():
    assert basis_gap.change(years([0.01, 0.02, 0.1]), 2017).p is None
    assert "are needed" in basis_gap.change(years([0.01, 0.02, 0.1]), 2017).reason
    assert basis_gap.change(years([0.01, 0.1]), 2016).low is None
    assert basis_gap.change(years([0.01, 0.1]), 2022).change is None


# Unrestricted neighbours.

CODES = 80
FOLD = np.arange(CODES) % conformal.FOLDS


def neighbours(seed, *, planted=0, factor=6.0):
    rng = np.random.default_rng(seed)
    level = np.exp(rng.normal(12, 1, CODES))[:, None]
    common = np.exp(np.linspace(0, 0.5, 48))
    hub = level * common * np.exp(rng.normal(0, 0.4, (CODES, 48)))
    elsewhere = 50 * level * common * np.exp(rng.normal(0, 0.1, (CODES, 48)))
    hub[:planted, 36:] *= factor
    return hub, elsewhere


def judged(hub, elsewhere):
    return misdeclared.judge(
        hub, elsewhere, window=np.arange(36, 48), base=np.arange(24, 36)[None, :],
        first_treated=36, fold=FOLD,
    )  # fmt: skip


def test_a_planted_neighbour_is_found_first_and_in_size():
    hub, elsewhere = neighbours(1, planted=3)
    found = judged(hub, elsewhere)
    q = conformal.benjamini_hochberg(found.p)
    assert set(np.argsort(found.p, kind="stable")[:3]) == {0, 1, 2}
    assert (found.actual - found.high)[:3].min() > 0
    assert (q[:3] <= 0.3).all()
    truth = hub[:3, 36:].sum(axis=1) * (1 - 1 / 6)
    np.testing.assert_allclose((found.actual - found.expected)[:3], truth, rtol=0.2)


def test_neighbours_that_grow_as_everywhere_are_not_flagged():
    flagged, inside = [], []
    for seed in range(40):
        found = judged(*neighbours(100 + seed))
        flagged.append(np.mean(found.p <= 0.05))
        inside.append(np.mean((found.low <= found.actual) & (found.actual <= found.high)))
    # 3,200 codes in 40 worlds that share nothing: one point of error each way, and placebo windows
    # of one world overlap.
    assert np.mean(flagged) == pytest.approx(0.05, abs=0.025)
    assert np.mean(inside) == pytest.approx(0.9, abs=0.04)


def test_growth_everywhere_is_no_excess_only_beside_growth_elsewhere():
    hub, elsewhere = neighbours(2)
    hub[:, 36:] *= 3
    elsewhere[:, 36:] *= 3
    beside, alone = judged(hub, elsewhere), judged(hub, None)
    assert np.median(beside.actual / beside.expected) == pytest.approx(1, abs=0.1)
    assert np.median(alone.actual / alone.expected) > 2.5


def test_codes_without_a_base_and_without_placebos_are_not_judged():
    hub, elsewhere = neighbours(3)
    hub[0, :36] = 0
    found = judged(hub, elsewhere)
    assert np.isnan(found.expected[0])
    few = misdeclared.judge(
        hub[:2], elsewhere[:2], window=np.arange(36, 48), base=np.arange(24, 36)[None, :],
        first_treated=36, fold=FOLD[:2],
    )  # fmt: skip
    assert np.isnan(few.p).all()


def test_neighbours_share_a_heading_or_stand_beside():
    codes = ["847120", "847130", "847141", "847290", "847310", "850000"]
    found = misdeclared.unlisted_neighbours(codes, {"847130", "847310"}, 6)
    assert found == ("847120", "847141", "847290", "850000")
    assert misdeclared.unlisted_neighbours(["847130"], {"847130"}, 6) == ()


def test_a_neighbour_of_another_heading_names_the_listed_codes_beside_it():
    codes = ["847290", "847300", "850000", "847141", "900000"]
    assert misdeclared.next_to(codes, {"847130", "847310"}) == {
        "847141": ["847130"], "847300": ["847310"], "850000": ["847310"],
    }  # fmt: skip


def test_codes_that_were_reclassified_are_known():
    assert "851713" in misdeclared.recoded(6, 2021, 2022)
    assert "847130" not in misdeclared.recoded(6, 2021, 2022)
    assert misdeclared.recoded(6, 2022, 2022) == set()
