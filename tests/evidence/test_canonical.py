"""Canonical JSON: one result, one text."""

from __future__ import annotations

import json
import math
import os
import subprocess
import sys
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from throughflow.evidence import canonical

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)  # fmt: skip


@dataclass(frozen=True)
class Finding:
    hub: str
    excess: Decimal
    since: date


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ({"b": 1, "a": [True, None, "ž"]}, '{"a":[true,null,"ž"],"b":1}'),
        (0.1 + 0.2, "0.3"),
        (1 / 3, "0.333333333333"),
        (123456789.123456789, "123456789.123"),
        (-0.0, "0.0"),
        (-1e-300, "-1e-300"),
        (Decimal("10.50"), "10.5"),
        (np.float64(2.5), "2.5"),
        (date(2022, 3, 1), '"2022-03-01"'),
        ({"z", "a"}, '["a","z"]'),
        ((1, 2), "[1,2]"),
        ({2022: "x"}, '{"2022":"x"}'),
        (
            Finding("KZ", Decimal(5), date(2022, 3, 1)),
            '{"excess":5.0,"hub":"KZ","since":"2022-03-01"}',
        ),
    ],
)
def test_each_value_has_one_text(value, text):
    assert canonical.dumps(value) == text


def test_sums_in_another_order_have_the_same_text():
    values = [0.1] * 1000
    assert sum(values) != math.fsum(values)
    assert canonical.dumps(sum(values)) == canonical.dumps(math.fsum(values))


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf, Decimal("NaN"), [math.nan]])
def test_a_number_that_is_none_is_refused(value):
    with pytest.raises(ValueError, match="not a number a result may hold"):
        canonical.dumps(value)


@pytest.mark.parametrize("value", [object(), b"bytes", Finding, np.int64(1), 1j])
def test_a_value_without_a_json_form_is_refused(value):
    with pytest.raises(TypeError, match="has no JSON form"):
        canonical.dumps(value)


@given(JSON)
def test_reading_and_writing_again_changes_nothing(value):
    text = canonical.dumps(value)
    assert canonical.dumps(json.loads(text)) == text


@given(st.dictionaries(st.text(), JSON, max_size=5))
def test_the_order_of_keys_does_not_matter(value):
    assert canonical.dumps(dict(reversed(value.items()))) == canonical.dumps(value)


@given(JSON, JSON)
def test_results_differ_exactly_when_a_difference_is_named(one, other):
    one, other = canonical.plain(one), canonical.plain(other)
    same = canonical.dumps(one) == canonical.dumps(other)
    assert same == (canonical.differences(one, other) == [])


def test_differences_name_the_path_and_both_values():
    before = {"rows": [{"hub": "KZ", "excess": 1.0}, {"hub": "KG"}], "note": None}
    after = {"rows": [{"hub": "KZ", "excess": 2.0}], "extra": 1}
    assert canonical.differences(before, after) == [
        "result.extra: nothing before, 1 now",
        "result.note: None before, nothing now",
        "result.rows: 2 entries before, 1 now",
        "result.rows[0].excess: 1.0 before, 2.0 now",
    ]
    assert canonical.differences(1, 1.0) == ["result: 1 before, 1.0 now"]
    assert canonical.differences([True], [1], "x") == ["x[0]: True before, 1 now"]


def test_no_more_differences_than_asked_for():
    assert len(canonical.differences(list(range(100)), [0] * 100)) == 20
    assert len(canonical.differences(list(range(100)), [0] * 100, most=3)) == 3


def test_hash_randomisation_does_not_show():
    code = (
        "from throughflow.evidence import canonical; "
        "print(canonical.dumps({'a': {'z', 'y', 'x', 'w'}, 'b': frozenset({3, 1, 2})}))"
    )
    told = {
        subprocess.run(
            [sys.executable, "-c", code],
            capture_output=True,
            text=True,
            check=True,
            env=os.environ | {"PYTHONHASHSEED": seed},
        ).stdout
        for seed in ("0", "1", "4711")
    }
    assert told == {'{"a":["w","x","y","z"],"b":[1,2,3]}\n'}
