"""Prices, neighbouring codes and donors in the dossier of an invented world with weights.

From March 2022 on every listed good of two headings costs half as much again on each leg of the
hub, and one unlisted neighbour is sent to it eightfold.
"""

from __future__ import annotations

import jsonschema
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest
from pyarrow import parquet

import throughflow as tf
from throughflow import report
from throughflow.cli import printing, schemas
from throughflow.dossier import alternatives, replays
from throughflow.dossier.build import MOST_DONORS_LEFT_OUT
from throughflow.evidence import runs
from throughflow.trade import study, without_donors
from throughflow.trade.decompose.leg_sources import ARRIVED, FORWARDED, SENT
from throughflow.trade.request import Request
from throughflow.trade.simulate import planting, world
from throughflow.trade.simulate import tables as world_tables
from throughflow.warehouse import Warehouse, load

# Every test here takes the world and its dossiers: half a minute.
pytestmark = pytest.mark.long

SEED, HUB = 7, "TR"
DEARER, RISE, NEIGHBOUR = ("8007",), 1.5, "391231"
# Unit values stray by a hundredth a month around a fixed price; some families have three months.
NOISE, CLOSE = 0.01, 0.1
QUESTION = {"currency": world.CURRENCY, "control_list": world.CONTROL_LIST}


def trade() -> pa.Table:
    """Return the world's records with a weight each."""
    planted = planting.plant(world.generate(SEED, size=world.SMALL), 0.2, SEED)
    table = world_tables.trade(planted, SEED)
    names = ("product", "period", "reporter", "partner", "flow")
    product, period, reporter, partner, flow = (
        np.array(table.column(name).to_pylist()) for name in names
    )
    after = (period >= "2022-03") & ((reporter == HUB) | (partner == HUB))
    value = table.column("value").to_numpy()
    sent = (product == NEIGHBOUR) & after & (partner == HUB) & (flow == "export")
    value = np.where(sent, np.round(8 * value, 2), value)
    rng = np.random.default_rng(SEED)
    # A good that changed its code kept its price.
    now = dict(zip(planted.world.former, planted.world.codes, strict=True))
    codes, place = np.unique([now.get(code, code) for code in product], return_inverse=True)
    price = np.exp(rng.normal(3, 1, len(codes)))[place] * np.exp(rng.normal(0, NOISE, len(value)))
    is_dearer = np.isin([code[:4] for code in codes], DEARER)[place]
    price = np.where(is_dearer & after, RISE * price, price)
    weight = np.where(product == "TOTAL", np.nan, value / price)
    table = table.set_column(table.column_names.index("value"), "value", pa.array(value))
    return table.append_column("net_kg", pa.array(weight, from_pandas=True))


@pytest.fixture(scope="module")
def records():
    return trade()


def loaded(table, place):
    parquet.write_table(table, place / "trade.parquet")
    assert not load([place / "trade.parquet"], place / "warehouse").failed
    return place / "warehouse"


@pytest.fixture(scope="module")
def folder(records, tmp_path_factory):
    return loaded(records, tmp_path_factory.mktemp("weighed"))


@pytest.fixture(scope="module")
def dossier(folder):
    with Warehouse(folder) as warehouse:
        return tf.Dossier.build(warehouse, hub=HUB, statements=(), **QUESTION)


def test_goods_that_became_dearer_are_told_from_those_of_which_there_are_more(dossier):
    found = dossier.prices
    assert [leg.leg for leg in found.legs] == [SENT, ARRIVED, FORWARDED]
    assert not any(leg.reason for leg in found.legs)
    words: dict[bool, set[str]] = {True: set(), False: set()}
    for row in found.families:
        for price in (row.sent, row.arrived):
            # Where most has no weight, a few kilos in whole numbers make the price.
            if price is None or price.reason or price.told_share < 0.5:
                continue
            planted = np.log(RISE) if row.family[:4] in DEARER else 0.0
            assert price.log_change == pytest.approx(planted, abs=CLOSE)
            assert price.after / price.before == pytest.approx(np.exp(price.log_change))
            assert price.volume + price.price == pytest.approx(price.excess)
            words[planted > 0].add(price.word)
    assert words == {True: {"dearer"}, False: {"no jump"}}
    sent = found.sent
    assert sent.volume + sent.price == pytest.approx(sent.excess)
    told = [row.sent for row in found.families if row.sent and not row.sent.reason]
    assert sum(price.price for price in told) == pytest.approx(sent.price, rel=0.02)


def test_what_prices_tell_is_no_longer_among_what_cannot_be_told(dossier):
    gap = next(gap for gap in dossier.cannot_tell if gap.what == "price or quantity")
    assert gap.why.startswith("prices can be told of")
    found = next(a for a in dossier.alternatives if a.name.startswith("Dearer goods"))
    assert found.state != "could not be checked"
    assert "is a change of unit values" in found.finding
    assert not any("Prices could not be checked" in limit for limit in dossier.limits)
    assert any("Prices are unit values" in limit for limit in dossier.limits)


def test_the_neighbour_that_grew_is_told(dossier):
    found = dossier.neighbours
    grown = next(row for row in found.rows if row.product == NEIGHBOUR)
    assert grown.low > 0
    assert grown.listed
    assert 0 < found.above <= found.judged < len(found.rows) + 1
    assert "neighbours" in {query.name for query in dossier.queries}
    assert f'<span class="code">{NEIGHBOUR}</span>' in report.html_text(dossier)


def test_the_headline_without_each_donor_is_that_of_the_verb(dossier, folder):
    found = dossier.donors
    with Warehouse(folder) as warehouse:
        whole = without_donors.of(
            study.build(warehouse, Request(by=(), partners=(HUB,), **QUESTION)), HUB
        )
    assert found.left_out == MOST_DONORS_LEFT_OUT < len(found.donors) == whole.left_out
    assert found.excess == pytest.approx(dossier.total.excess)
    alone = {one.donor: one.excess for one in whole.donors}
    told = {one.donor: one.excess for one in found.donors if one.excess is not None}
    assert told == pytest.approx({donor: alone[donor] for donor in told})
    assert (found.excess_least, found.excess_most) == (min(told.values()), max(told.values()))
    states = {a.name: a.state for a in dossier.alternatives}
    ends = np.array([found.excess_least, found.excess_most])
    hangs = np.abs(ends - found.excess).max() >= alternatives.NOTABLE * abs(found.excess)
    hangs |= bool(ends.min() * ends.max() < 0)
    wanted = "checked and found" if hangs else "checked and not found"
    assert states["One destination that the comparison hangs on"] == wanted
    assert "Without any one of the 8 weightiest destinations" in report.markdown(dossier)


def test_the_json_keeps_its_schema_and_a_replay_gives_the_same_bytes(folder):
    with Warehouse(folder) as warehouse:
        asked = Request(by=(), **QUESTION).parameters() | {"hub": HUB}
        _, done = replays.dossier_run(warehouse, asked)
        runs.record(warehouse, done)
        assert runs.replay(warehouse, done.id).same
    printed = printing.envelope(done)
    schema = schemas.of("dossier")
    jsonschema.validate(printed, schema)
    assert printed["prices"]["families"][0]["sent"]["unit"] == "kg"
    del printed["neighbours"]["rows"][0]["listed"]
    with pytest.raises(jsonschema.ValidationError, match="listed"):
        jsonschema.validate(printed, schema)


def test_without_the_hubs_books_prices_and_neighbours_of_what_was_sent_remain(
    dossier, records, tmp_path
):
    exporters = pc.is_in(records.column("reporter"), pa.array(dossier.exporters, pa.string()))
    with Warehouse(loaded(records.filter(exporters), tmp_path)) as warehouse:
        found = tf.Dossier.build(warehouse, hub=HUB, statements=(), **QUESTION)
    assert found.decomposition is None
    assert "imports of the hub, as the hub records them" in found.decomposition_reason
    assert [bool(leg.reason) for leg in found.prices.legs] == [False, True, True]
    assert found.prices.sent.excess == pytest.approx(dossier.prices.sent.excess, rel=0.05)
    assert found.neighbours.rows[0] == dossier.neighbours.rows[0]
    text = report.html_text(found)
    assert 'aria-label="Unit values by family"' in text
    assert "Which goods went where: not recorded by product" in text
