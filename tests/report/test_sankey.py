from __future__ import annotations

import re
from dataclasses import replace
from itertools import pairwise

import pyarrow as pa
import pytest

from throughflow import report
from throughflow.dossier.model import Sender, WhereItWent
from throughflow.report import flows, through
from throughflow.report.charts import sankey, sankey_layout
from throughflow.report.charts.sankey_layout import Diagram, Node, Ribbon
from throughflow.trade import network
from throughflow.trade.decompose import pass_through
from throughflow.trade.decompose.decomposition import Estimate, FamilySplit, Split
from throughflow.trade.network import sankey as chart
from throughflow.trade.network import tables as network_tables

CLOSE = 1e-9


def node(key: str, column: int) -> Node:
    return Node(key, column, (key,), "hub")


DIAGRAM = Diagram(
    (node("a", 0), node("b", 0), node("h", 1), node("k", 1), node("z", 2)),
    (
        Ribbon("a", "h", 6.0, 6.0, "sent"),
        Ribbon("b", "k", 3.0, 1.0, "sent"),
        Ribbon("b", "z", 1.0, 0.0, "sent"),
        Ribbon("h", "z", 6.0, 2.0, "sent"),
        Ribbon("k", "z", 3.0, 3.0, "kept"),
    ),
)


@pytest.mark.parametrize("begin", [None, 40.0])
def test_heights_are_in_proportion_and_ribbons_fill_their_nodes(begin):
    layout = sankey_layout.place(DIAGRAM, {}, 100.0, begin=begin)
    assert layout.boxes["a"].height == pytest.approx(60, abs=CLOSE)
    assert layout.boxes["z"].height == pytest.approx(100, abs=CLOSE)
    assert [c.thickness for c in layout.courses] == pytest.approx([60, 30, 10, 60, 30])
    entering = [c for c in layout.courses if c.columns[-1] == 2]
    assert min(c.tops[-1] for c in entering) == pytest.approx(layout.boxes["z"].top)
    ends = sorted((c.tops[-1], c.tops[-1] + c.thickness) for c in entering)
    for (_, end), (start, _) in pairwise(ends):
        assert start == pytest.approx(end)


def test_a_ribbon_that_skips_a_column_runs_between_its_nodes():
    layout = sankey_layout.place(DIAGRAM, {}, 100.0)
    long = layout.courses[2]
    assert long.columns == (0, 1, 2)
    for key in ("h", "k"):
        box = layout.boxes[key]
        above = long.tops[1] + long.thickness <= box.top
        below = long.tops[1] >= box.top + box.height
        assert above or below


@pytest.mark.parametrize("frame", [sankey.WIDE, sankey.NARROW, sankey.NARROW_NETWORK])
def test_what_is_not_sure_is_hatched(frame):
    drawing = sankey.draw(DIAGRAM, frame, "x", "Title", "Words")
    assert drawing.count('class="flow sent"') == 3
    assert drawing.count('class="flow kept"') == 1
    assert drawing.count('fill="url(#x-f)"') == 3
    assert all(f">{n.key}<" in drawing for n in DIAGRAM.nodes)
    assert 'aria-labelledby="x-t x-d"' in drawing
    assert "NaN" not in drawing


def test_an_empty_diagram_of_nothing_is_none():
    assert flows.of_network(chart.Sankey("x", "EUR", "mid", (), (), ()), str, "RU") is None


@pytest.fixture
def found():
    rows = [
        ("8542", "*", "KG", 20e6, 30e6, 40e6),
        ("8542", "*", "KZ", 10e6, 25e6, 60e6),
        ("8542", "KG", "KZ", 5e6, 18e6, 25e6),
        ("8542", "KZ", "RU", 12e6, 40e6, 55e6),
        ("8542", "KG", "RU", 2e6, 6e6, 9e6),
        ("8542", "*", "AM", 0.0, 10e3, 12e3),
        ("8542", "AM", "RU", 0.0, 10e3, 12e3),
    ]
    names = network_tables.ARC_COLUMNS
    table = pa.table({name: [row[i] for row in rows] for i, name in enumerate(names)})
    made = network_tables.from_arrow(table, exporters=["*"], target="RU", currency="EUR")
    return network.solve(made)[0]


def test_a_network_of_hubs_is_drawn_from_its_nodes_and_links(found):
    diagram = flows.of_network(chart.sankey(found), through.name_of, "RU")
    columns = {n.key: n.column for n in diagram.nodes}
    assert columns == {"*": 0, "KG": 1, "KZ": 2, "RU": 3}
    drawing = sankey.draw(diagram, sankey.WIDE_NETWORK, "x", "Title", "Words")
    for name in ("Exporters", "Kyrgyzstan", "Kazakhstan", "Russia"):
        assert f">{name}<" in drawing
    # Armenia's trickle is in the table only.
    assert "Armenia" not in drawing


def test_a_page_with_a_network_says_what_it_is_not(dossier, found):
    text = report.html_text(replace(dossier, network=found, network_reason=""))
    assert "at most €46.0 million of 8542 can have reached Russia" in text
    assert "one example of many flows with the same total" in text
    assert "not known to be more than nothing" in text
    assert "Armenia" in re.search(r'aria-label="Legs of 8542.*?</table>', text, re.DOTALL)[0]


def estimate(value: float) -> Estimate:
    return Estimate(value, value - 1e6, value + 1e6, None, None, None)


def split(missing: float, most: float, kept: float) -> Split:
    return Split(
        estimate(missing), estimate(most + kept), estimate(most), estimate(most / 2),
        estimate(kept), estimate(kept + most),
    )  # fmt: skip


def went(missing: float, most: float, kept: float, senders: dict[str, float]) -> WhereItWent:
    excess = missing + most + kept
    parts = split(missing, most, kept)
    row = FamilySplit(
        family="*", products=(), label="", sent=2 * excess, excess_sent=estimate(excess),
        arrived=1e6, forwarded=1e6, excess_forwarded=most, forwarded_mirror=None, raw=parts,
        adjusted=parts, base_ratio=None, ratio_level="", pass_through=pass_through.nothing("x"),
        families=3, reason="",
    )  # fmt: skip
    return WhereItWent(
        basis="origin", other_bases=(), total=row, rows=(replace(row, family="854231"),),
        families_more=0, senders=tuple(Sender(c, c, v) for c, v in senders.items()),
        sent_elsewise=excess - sum(senders.values()), left_out=2e6, window="2022-03:2022-11",
        base="2021-03:2021-11", months_left_out=("2022-05: no records (arrived)",),
        expected_by="base", meaning="not recorded by the hub as coming from the coalition",
        noise="no interval", notes=(), datasets=("ds-1",), command="throughflow decompose KZ",
    )  # fmt: skip


SENDERS = {"DE": 9e6, "FR": 5e6, "IT": 4e6, "PL": 3e6, "NL": 2e6, "BE": 1e6, "LT": -2e6}


@pytest.mark.parametrize(
    ("missing", "most", "kept"),
    [(10e6, 8e6, 4e6), (-6e6, 8e6, 20e6), (10e6, 16e6, -4e6), (22e6, 0.0, 0.0), (-5e6, 9e6, -2e6)],
)
def test_what_comes_in_goes_out_whatever_the_signs(dossier, missing, most, kept):
    senders = SENDERS if missing + most + kept == 22e6 else {"DE": 9e6, "LT": -7e6}
    page = replace(dossier, decomposition=went(missing, most, kept, senders))
    diagram = flows.of_hub(page)
    into = sum(r.value for r in diagram.ribbons if r.head == "hub")
    out = {r.head: r.value for r in diagram.ribbons if r.tail == "hub"}
    assert sum(out.values()) == pytest.approx(into)
    assert all(r.value > 0 for r in diagram.ribbons)
    assert out.get("target", 0.0) == most
    assert {n.key for n in diagram.nodes} >= {"hub", "target", "kept", "missing"}
    text = report.html_text(page)
    assert "months of the base year" in text
    assert "2022-05: no records (arrived)" in text
    assert ("comes in from the left" in text) == (missing < 0 or kept < 0)


def test_with_yearly_totals_too_the_bar_of_all_goods_stays(dossier):
    text = report.html_text(replace(dossier, decomposition=went(1e7, 8e6, 4e6, SENDERS)))
    assert text.count("Figure 2") == 1
    assert 'id="destination-w-t"' in text
    assert "these are all goods, not only those above" in text
    assert "exports by product are not loaded" not in text
    assert "The hub’s records do not tell" not in text


def test_without_records_by_product_the_page_says_why(dossier):
    text = report.html_text(dossier)
    assert "Which goods went where: not recorded by product in the data" in text
    assert "Which goods went where" in report.markdown(dossier)
    assert 'id="went-h"' not in text
