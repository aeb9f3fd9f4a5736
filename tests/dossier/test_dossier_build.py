"""The dossier of the embedded sample: what it says, and that its parts agree with each other."""

from __future__ import annotations

from datetime import date

import pytest

import throughflow as tf
from throughflow.errors import DataError, InputError
from throughflow.evidence import canonical

ROUNDING = 1e-6  # amounts are sums of whole euros times factors; nothing else may differ


@pytest.fixture(scope="module")
def dossier():
    with tf.open() as warehouse:
        return tf.Dossier.build(warehouse, hub="KZ")


def test_the_headline_is_the_total_row(dossier):
    assert dossier.total.partner == "KZ"
    assert dossier.total.rung == "B"
    assert dossier.total.verdict == "weak"
    assert dossier.total.excess == pytest.approx(dossier.total.actual - dossier.total.expected)
    assert "€2.83 billion" in dossier.paragraph
    assert "cannot be told" in dossier.paragraph


def test_exporters_add_up_to_the_total(dossier):
    for field in ("actual", "expected", "base_actual"):
        parts = sum(getattr(e.row, field) for e in dossier.by_exporter)
        assert parts == pytest.approx(getattr(dossier.total, field), rel=ROUNDING)


def test_the_monthly_series_adds_up_to_the_window(dossier):
    months = [f"{m:%Y-%m}" for m in dossier.monthly.months]
    inside = slice(months.index("2022-03"), months.index("2022-11") + 1)
    expected = sum(dossier.monthly.expected[inside])
    actual = sum(dossier.monthly.actual[inside])
    assert actual - expected == pytest.approx(dossier.total.excess, rel=ROUNDING)
    assert all(value is None for value in dossier.monthly.expected[: inside.start])


def test_tested_and_untested_goods_add_up_to_everything_recorded(dossier):
    names = (
        "code re-classified",
        "restricted before",
        "restricted only after",
        "months before",
        "the year before is incomplete",
        "not asked for",
    )
    untested = sum(
        gap.value for gap in dossier.cannot_tell if gap.value and gap.what.startswith(names)
    )
    assert dossier.total.actual + untested == pytest.approx(dossier.recorded, rel=ROUNDING)
    assert dossier.recorded == 3_365_181_548
    assert dossier.recorded_base == 1_380_978_214


def test_it_says_what_it_does_not_know(dossier):
    text = " ".join(dossier.limits)
    for needed in ("27 member states", "China", "Türkiye", "United Arab Emirates", "confidential",
                   "declares an export", "Prices", "jurisdiction"):  # fmt: skip
        assert needed in text
    words = {mark.witness: mark.word for mark in dossier.marks}
    assert words["parties"] == words["shipments"] == "not asked"
    # One leg is told: whatever was promised cannot be found inconsistent.
    assert words["statements"] == "inconclusive"
    assert words["routes"] == "cannot tell"
    states = {alternative.state for alternative in dossier.alternatives}
    assert states == {"checked and found", "checked and not found", "could not be checked"}
    found = {a.name: a.finding for a in dossier.alternatives}
    assert "Netherlands November 2022" in found["Months that are only partly reported"]


def test_the_hubs_own_records(dossier):
    own = {u.base: u for u in dossier.unrecorded}
    assert own[2021,].raw.share == pytest.approx(0.372, abs=0.005)
    assert own[2021,].raw.share_low < own[2021,].raw.share < own[2021,].raw.share_high
    pooled = {u.base: u for u in dossier.unrecorded_pooled}[2021,]
    assert pooled.raw.share == pytest.approx(0.442, abs=0.005)
    assert pooled.years == {"AM": (2022,), "KG": (2022, 2023), "KZ": (2022, 2023)}
    assert any("Armenia 2023" in line for line in dossier.unrecorded_refused)
    assert any(u.hubs == ("UZ",) for u in dossier.unrecorded_comparison)


def test_where_goods_went_is_not_told_without_the_hubs_records(dossier):
    assert dossier.decomposition is None
    assert dossier.decomposition_reason.startswith(
        "not recorded by product in the data: cannot tell which goods"
    )
    assert "imports of the hub, as the hub records them" in dossier.decomposition_reason
    assert dossier.network is None
    assert dossier.network_reason
    assert all(row.onward_actual is None for row in dossier.families)


def test_prices_neighbours_and_donors_cannot_be_told_and_each_says_why(dossier):
    assert dossier.prices.legs == ()
    assert dossier.prices.reason == "weights and quantities are not recorded"
    assert dossier.prices.sent is None
    assert dossier.neighbours.rows == ()
    assert dossier.neighbours.reason.startswith("the data hold listed codes only")
    assert dossier.donors is None
    assert dossier.donors_reason == "the expectation rests on rung B, which has no donors"
    states = {a.name: a.state for a in dossier.alternatives}
    assert states["Dearer goods rather than more goods"] == "could not be checked"
    assert "One destination that the comparison hangs on" not in states
    assert any(gap.what == "price or quantity" for gap in dossier.cannot_tell)
    assert "neighbours" not in {query.name for query in dossier.queries}


def test_growth_with_and_without_new_flows(dossier):
    lines = {line.code: line for line in dossier.hubs}
    assert lines["KZ"].growth == pytest.approx(1.4368, abs=1e-4)
    assert lines["KZ"].growth_without_new < lines["KZ"].growth
    assert lines["UZ"].is_comparison
    assert lines["KZ"].is_subject
    assert lines["BY"].role == "co-sanctioned"


def test_two_builds_are_the_same_bytes():
    built = []
    for name in ("Kazakhstan", "KAZ"):
        with tf.open() as warehouse:
            built.append(tf.Dossier.build(warehouse, hub=name, control_list="chpl-2024-02"))
    assert canonical.dumps(built[0]) == canonical.dumps(built[1])


def test_another_question_is_answered():
    with tf.open() as warehouse:
        found = tf.Dossier.build(warehouse, hub="KG", control_list="chpl-2024-02")
    assert found.list_name == "chpl-2024-02"
    assert found.total.actual < 442e6
    assert "--list chpl-2024-02" in found.command


def test_a_hub_that_is_not_in_the_data_names_those_that_are():
    with tf.open() as warehouse, pytest.raises(DataError) as caught:
        tf.Dossier.build(warehouse, hub="TR")
    assert "AM, BY, GE, KG, KZ, UZ" in str(caught.value)


def test_an_unknown_country_is_named():
    with tf.open() as warehouse, pytest.raises(InputError) as caught:
        tf.Dossier.build(warehouse, hub="Kazachstan")
    assert "Kazakhstan" in str(caught.value)


def test_findings_and_their_table_are_the_same_rows(dossier):
    table = dossier.trade.excess.to_arrow()
    assert dossier.findings[0] is dossier.total
    assert table.num_rows == len(dossier.findings) - 1 == len(dossier.trade.excess)
    told = [row for row in dossier.trade.excess if row.excess is not None]
    assert sum(row.actual for row in told) == pytest.approx(dossier.total.actual, rel=ROUNDING)
    assert table.column("excess").null_count == len(dossier.untold)
    assert {row.verdict for row in dossier.untold} == {"cannot tell"}


def test_some_exporters_are_not_set_against_the_hubs_whole_records():
    with tf.open() as warehouse:
        found = tf.Dossier.build(
            warehouse, hub="KZ", reporters=("DE",), window="2022-09:2022-11", statements=()
        )
    assert found.exporters_words == "Germany"
    assert found.unrecorded == ()
    assert "not recorded by" not in found.paragraph


def test_a_state_under_restrictions_is_not_called_a_hub():
    with tf.open() as warehouse:
        found = tf.Dossier.build(warehouse, hub="BY", statements=())
    assert "itself under restrictions" in found.paragraph


@pytest.mark.parametrize("hub", ["RU", "Russia"])
def test_the_target_has_no_dossier(hub):
    with tf.open() as warehouse, pytest.raises(InputError) as caught:
        tf.Dossier.build(warehouse, hub=hub)
    assert "is the target" in str(caught.value)


def test_a_window_before_any_restriction_is_refused():
    with tf.open() as warehouse, pytest.raises(DataError) as caught:
        tf.Dossier.build(warehouse, hub="KZ", window="2021-03:2021-11")
    assert "was restricted in" in str(caught.value)


def test_it_tells_the_story_in_order(dossier):
    lines = dossier.said.lines
    assert [line.start for line in lines] == sorted(line.start for line in lines)
    (pledge,) = (one for one in lines if one.start == date(2022, 4, 29))
    assert (pledge.kind, pledge.relayed_by) == (
        "pledge_no_circumvention",
        "Ukraine (Dmytro Kuleba, foreign minister)",
    )
    (vote,) = (one for one in lines if one.id == "A/RES/ES-11/3")
    assert vote.words.startswith("no on")
    # A vote is told once, by the table of votes, which names its basis.
    assert sum("ES-11/3" in one.words for one in lines) == 1


def test_stance_stands_beside_it_in_components(dossier):
    found = dossier.stance
    assert (found.country, found.target) == ("KZ", "RU")
    assert dossier.stance_reason == ""
    assert found.months[0].month == date(2022, 2, 1)
    april = next(one for one in found.months if one.month == date(2022, 4, 1))
    assert april.acts.by_kind["pledge_no_circumvention"] == 2
    # Each act that is drawn stands on the timeline too, under the same id.
    own = {line.id for line in dossier.said.own}
    assert {act.id for act in found.acts} <= own


def test_the_pledge_is_held_against_trade_on_the_leg_that_is_told(dossier):
    (one,) = (s for s in dossier.saydo.statements if s.start == date(2022, 4, 29))
    now, later = one.tests
    assert (now.says, now.window, now.verdict) == ("does not", "2022-03:2022-03", "consistent")
    assert (later.says, later.window) == ("will not", "2022-05:2022-11")
    assert later.verdict == "inconclusive"
    assert [leg.leg for leg in later.missing] == ["hub to target"]


def test_the_road_around_the_target_is_longer_and_crosses_water_or_iran(dossier):
    roads = dossier.roads
    assert roads.origin == "DE"
    assert {"RU", "BY"} <= {code[:2] for code in roads.finding.best.territories}
    assert roads.finding.asked.sea_km > 0
    assert roads.detour > 1
    assert "IR" in roads.by_land.territories
