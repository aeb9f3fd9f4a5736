"""Networks read from tables of arcs and from rows of excess."""

from __future__ import annotations

from dataclasses import replace

import pyarrow as pa
import pytest

from throughflow.errors import InputError
from throughflow.trade import network
from throughflow.trade.finding import Row
from throughflow.trade.network import of_study
from throughflow.trade.network import tables as network_tables
from throughflow.trade.network.result import Levels


def solve_one(made):
    return network.solve([made])[0]


def arrow(rows):
    names = network_tables.ARC_COLUMNS
    return pa.table({name: [row[i] for row in rows] for i, name in enumerate(names)})


ROWS = [
    ("8542", "DE", "KZ", 10, 20, 30),
    ("8471", "FR", "AM", 1, 2, 3),
    ("8542", "KZ", "RU", 5, 15, 50),
    ("8471", "AM", "RU", 9, 9, 9),
]
ENDS = {"exporters": ("DE", "FR", "IT"), "target": "RU", "currency": "EUR"}


def test_networks_from_a_table_of_arcs():
    supply = pa.table(
        {
            "product": ["8542", "8471"],
            "node": ["KZ", "AM"],
            "value": [4.0, None],
            "source": ["x", ""],
        }
    )
    made = network_tables.from_arrow(arrow(ROWS), **ENDS, own_supply=supply)
    assert [n.product for n in made] == ["8471", "8542"]
    assert made[1].nodes == ("DE", "KZ", "RU")
    first, second = network.solve(made)
    assert (first.most, first.is_least_known) == (Levels(1.0, 2.0, 3.0), False)
    assert (second.most, second.exporters) == (Levels(5.0, 15.0, 30.0), ("DE",))
    assert (second.least.mid, second.hubs[0].supply_source) == (11.0, "x")


def test_a_product_that_no_exporter_sends_is_nought_not_an_error():
    rows = [*ROWS, ("9999", "CN", "RU", 5, 6, 7)]
    supply = pa.table({"product": ["9999"], "node": ["CN"], "value": [2.0], "source": ["x"]})
    found = solve_one(network_tables.from_arrow(arrow(rows), **ENDS, own_supply=supply)[-1])
    assert (found.product, found.most.mid, found.unexplained.mid) == ("9999", 0.0, 4.0)


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"target": "RUS"}, "unknown target 'RUS'"),
        ({"exporters": ("XX",)}, "unknown exporter 'XX'"),
    ],
)
def test_ends_that_the_table_does_not_know(changed, message):
    with pytest.raises(InputError, match=message):
        network_tables.from_arrow(arrow(ROWS), **(ENDS | changed))


def test_columns_that_cannot_be_used():
    table = arrow(ROWS)
    with pytest.raises(InputError, match="unknown column 'high'"):
        network_tables.from_arrow(table.drop_columns(["high"]), **ENDS)
    text = table.set_column(3, "low", pa.array(["a", "b", "c", "d"]))
    with pytest.raises(InputError, match="column low: string cannot be read as double"):
        network_tables.from_arrow(text, **ENDS)
    gap = table.set_column(4, "mid", pa.array([1.0, 2.0, None, 3.0]))
    with pytest.raises(InputError, match="column mid, row 2: 1 empty cells"):
        network_tables.from_arrow(gap, **ENDS)


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ([("8542", "DE", 1.0, "x")], "own supply: DE is no hub of 8542"),
        ([("1111", "KZ", 1.0, "x")], "own supply: KZ is no hub of 1111"),
        ([("8542", "KZ", 1.0, "x")] * 2, "own supply, 8542: KZ occurs twice"),
        ([("8542", "KZ", 1.0, None)], "8542, KZ: own supply of 1 has no source"),
        ([("8542", "KZ", -1.0, "x")], "8542, KZ: own supply is -1.0"),
    ],
)
def test_own_supplies_that_cannot_be_used(rows, message):
    table = pa.table(
        {name: [row[i] for row in rows] for i, name in enumerate(network_tables.SUPPLY_COLUMNS)}
    )
    with pytest.raises(InputError, match=message):
        network_tables.from_arrow(arrow(ROWS), **ENDS, own_supply=table)


def test_own_supply_without_its_column():
    table = pa.table({"product": ["8542"], "node": ["KZ"], "value": [1.0]})
    with pytest.raises(InputError, match="own supply: unknown column 'source'"):
        network_tables.from_arrow(arrow(ROWS), **ENDS, own_supply=table)


def excess_row(tail, head, actual, excess, low=None, high=None, currency="EUR"):
    values = dict.fromkeys(Row.__dataclass_fields__)
    return Row(
        **values
        | {"reporter": tail, "partner": head, "family": "8542", "actual": actual}
        | {"excess": excess, "excess_low": low, "excess_high": high, "currency": currency}
    )


def test_networks_from_rows_of_excess():
    """Without an interval what is recorded bounds a leg; what cannot be told is listed."""
    rows = [
        excess_row("*", "KZ", 50.0, 30.0, 20.0, 40.0),
        excess_row("*", "KG", 90.0, 60.0),
        excess_row("*", "AM", 12.0, None),
        excess_row("KZ", "RU", 99.0, 80.0, 85.0, 95.0),
        excess_row("KG", "RU", 99.0, 99.0, 99.0, 99.0),
        excess_row("AM", "RU", 99.0, 99.0, 99.0, 99.0),
    ]
    (made,) = network_tables.from_rows(rows, exporters=("*",), target="RU")
    assert made.cannot_tell == (("*", "AM"),)
    assert made.no_interval == (("*", "KG"),)
    found = solve_one(made)
    assert found.most == Levels(20.0, 90.0, 40.0 + 90.0 + 12.0)
    assert (found.cannot_tell, found.no_interval) == (made.cannot_tell, made.no_interval)
    assert network.OPEN_ENDS.format(1, 1) in found.notes
    assert found.sent_to_target.low == 80.0 + 99.0 + 99.0


def test_rows_that_make_no_network():
    with pytest.raises(InputError, match="no rows to build a network of"):
        network_tables.from_rows([], exporters=("*",), target="RU")
    mixed = [excess_row("*", "KZ", 1.0, 1.0), excess_row("KZ", "RU", 1.0, 1.0, currency="USD")]
    with pytest.raises(InputError, match="rows are in EUR and USD"):
        network_tables.from_rows(mixed, exporters=("*",), target="RU")


def both_legs(family, excess, onwards, through=""):
    row = excess_row("*", "KZ", 90.0, excess)
    return replace(
        row, family=family, onward_actual=onwards, onward_expected=0.0, onward_through=through
    )


def test_the_top_product_is_the_one_of_which_most_can_have_gone_on():
    straight = [both_legs("8541", 50.0, 40.0), both_legs("8542", 90.0, 10.0)]
    assert of_study.top_family(straight) == "8541"
    # What a second hub sent on is not in the first one's own exports.
    handed = both_legs("8471", 60.0, 0.0, through="KG")
    assert of_study.top_family([*straight, handed]) == "8471"
    assert of_study.top_family([both_legs("8542", 90.0, -1.0)]) is None
