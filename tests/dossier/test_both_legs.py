"""The dossier of an invented world in which hubs record what arrives and what they send on."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from pyarrow import parquet

import throughflow as tf
from throughflow import report
from throughflow.dossier import whereto
from throughflow.evidence import canonical, runs
from throughflow.model.periods import Window
from throughflow.report import flows, tables, went
from throughflow.trade import study
from throughflow.trade.request import Request
from throughflow.trade.simulate import planting, world
from throughflow.trade.simulate import tables as world_tables
from throughflow.warehouse import Warehouse, load

# Every test here takes the world and its dossiers: half a minute.
pytestmark = pytest.mark.long

SEED, HUB = 7, "TR"
# Sums of parts differ by the order in which doubles are added.
ADDS_UP = 1e-9
# Exporters' cells and the hub's leg differ by what is confidential or cannot be tested.
SENDERS = 1e-3
QUESTION = {"currency": world.CURRENCY, "control_list": world.CONTROL_LIST}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    place = tmp_path_factory.mktemp("both-legs")
    planted = planting.plant(world.generate(SEED, size=world.SMALL), 0.2, SEED)
    parquet.write_table(world_tables.trade(planted, SEED), place / "trade.parquet")
    load([place / "trade.parquet"], place / "warehouse")
    return place / "warehouse"


@pytest.fixture(scope="module")
def dossier(folder):
    with Warehouse(folder) as warehouse:
        return tf.Dossier.build(warehouse, hub=HUB, statements=(), **QUESTION)


def test_the_parts_of_every_family_add_up(dossier):
    found = dossier.decomposition
    assert dossier.decomposition_reason == ""
    told = [row for row in (found.total, *found.rows) if whereto.is_told(row)]
    assert len(told) > 20
    for row in told:
        for split in (row.adjusted, row.raw):
            whole = (
                split.unrecorded.value + split.reexported_most.value + split.absorbed_least.value
            )
            assert whole == pytest.approx(row.excess_sent.value, rel=1e-6, abs=1.0)
            assert split.absorbed_most.value == pytest.approx(
                split.absorbed_least.value + split.reexported_most.value, rel=1e-6, abs=1.0
            )


def test_exporters_add_up_to_what_more_was_sent(dossier):
    found = dossier.decomposition
    excess = found.total.excess_sent.value
    assert sum(s.excess for s in found.senders) == pytest.approx(excess, rel=SENDERS)
    assert sum(s.excess for s in found.senders) + found.sent_elsewise == pytest.approx(
        excess, rel=ADDS_UP
    )
    assert list(found.senders) == sorted(found.senders, key=lambda s: -s.excess)


def test_families_are_judged_by_both_legs(dossier):
    told = [row for row in dossier.families if row.onward_actual is not None]
    assert told
    assert all(row.p_joint is not None for row in told)
    text = report.html_text(dossier)
    assert "On to Russia, as the hub records it" in text
    columns = [column.key for column in tables.families(dossier).columns]
    assert columns[-5:] == [
        "onward_recorded", "onward_expected", "onward_p", "p_joint", "onward_through",
    ]  # fmt: skip


def test_the_figure_has_words_and_every_node_its_label(dossier):
    text = report.html_text(dossier)
    figure = text.partition('<figure aria-labelledby="went-h">')[2].partition("</figure>")[0]
    drawings = re.findall(r"<svg.*?</svg>", figure, re.DOTALL)
    assert len(drawings) == 2
    for drawing in drawings:
        assert re.search(r"<title[^>]*>Where the excess of Türkiye went</title>", drawing)
        words = re.search(r"<desc[^>]*>([^<]*)</desc>", drawing)[1]
        for part in ("Re-exported to Russia: at most", "Absorbed: from", "Not recorded on arrival"):
            assert part in words
        assert "url(#went-" in drawing
        # On a narrow page a long name goes over two lines.
        shown = " ".join(re.findall(r'class="flow-name"[^>]*>([^<]*)<', drawing))
        for node in flows.of_hub(dossier).nodes:
            assert node.lines[0] in shown
    assert 'class="sum"' in text
    assert "not recorded by the hub as coming from the coalition" in text
    assert "Figure 2" in figure


def test_what_is_said_agrees_with_what_is_told(dossier):
    most = dossier.decomposition.total.adjusted.reexported_most
    assert "allow at most" in dossier.paragraph
    assert "own exports by product" not in dossier.paragraph
    assert "guilt" not in went.headline(dossier)
    gap = next(g for g in dossier.cannot_tell if g.what == "whether the same goods went on")
    assert gap.value == most.value
    assert not any(g.what == "the road onwards" for g in dossier.cannot_tell)
    assert not any("that leg is not in the data" in limit for limit in dossier.limits)
    marked = report.markdown(dossier)
    assert "Re-exported to Russia, at most" in marked
    assert "All goods together" not in marked


def test_the_network_of_the_top_product(dossier):
    found = dossier.network
    row = next(row for row in dossier.families if row.family == found.product)
    assert row.excess > 0
    assert row.onward_through or row.onward_actual > row.onward_expected
    assert found.most.low <= found.most.mid <= found.most.high
    assert not found.is_least_known
    assert {leg.head for leg in found.legs} >= {HUB, "RU"}
    text = report.html_text(dossier)
    assert "Through several hubs" in text
    assert "one example of many flows" in text


def test_without_an_excess_there_is_a_table_and_no_figure(dossier):
    found = dossier.decomposition
    nothing = replace(found.total.excess_sent, value=-1e6)
    bare = replace(
        dossier, decomposition=replace(found, total=replace(found.total, excess_sent=nothing))
    )
    assert flows.of_hub(bare) is None
    text = report.html_text(bare)
    assert "no more than expected by best estimate" in text
    assert 'id="went-w-t"' not in text
    assert "Where the excess went by product" in text


def test_the_command_named_gives_the_same_figures(folder, dossier):
    from throughflow.dossier import replays

    found = dossier.decomposition
    assert found.command == (
        "throughflow decompose TR --window 2022-03:2022-12 --base 2021-03:2021-12 --currency USD "
        "--dataset own-data --expected counterfactual"
    )
    asked = Request(
        by=(), window=Window.parse(found.window), base=Window.parse(found.base),
        dataset="own-data", **QUESTION,
    )  # fmt: skip
    own = {"hub": HUB, "lag": 0, "basis": None, "expected": "counterfactual"}
    with Warehouse(folder) as warehouse:
        again = replays.decomposition(warehouse, asked.parameters() | own)
    assert again.results[0].total == found.total
    assert len(again.results[0].rows) == len(found.rows) + found.families_more


def test_legs_that_meet_at_another_level_are_compared_with_the_base(folder):
    """A counterfactual of eight-digit codes says nothing of families of six digits."""
    with Warehouse(folder) as warehouse:
        finer = study.build(warehouse, Request(by=(), **QUESTION))
        finer = replace(finer, series=replace(finer.series, digits=8))
        told = whereto.of(warehouse, finer, HUB, "throughflow decompose TR")
    found = told.went
    assert not told.reason
    assert found.expected_by == "base"
    assert found.command.endswith("--expected base")
    assert found.senders == ()
    assert found.sent_elsewise == found.total.excess_sent.value


def test_a_replay_gives_the_same_bytes(folder):
    from throughflow.dossier import replays

    with Warehouse(folder) as warehouse:
        request = Request(by=(), **QUESTION)
        built, done = replays.dossier_run(warehouse, request.parameters() | {"hub": HUB})
        runs.record(warehouse, done)
        again = runs.replay(warehouse, done.id)
        assert again.same
        assert canonical.plain(built.decomposition) == done.result["decomposition"]
        assert {entry.dataset for entry in done.inputs} >= set(built.decomposition.datasets)
