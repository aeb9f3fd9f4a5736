"""Months and years that are only partly there are found, and quiet ones are not accused."""

from __future__ import annotations

from datetime import date

import numpy as np
import pyarrow as pa
import pytest

from throughflow.model.periods import month_start
from throughflow.trade import completeness

FIRST = 2020 * 12


def counts_of(**cells):
    """Make the table of recorded cells by exporter; a month of zero has no row."""
    rows = [
        (reporter, month_start(FIRST + index), count)
        for reporter, row in cells.items()
        for index, count in enumerate(row)
        if count
    ]
    columns = list(zip(*rows, strict=True))
    return pa.table({"reporter": columns[0], "period": columns[1], "cells": columns[2]})


def partial(**cells):
    found = completeness.monthly(counts_of(**cells), date(2022, 12, 1)).partial
    return {r: [(m.year - 2020) * 12 + m.month - 1 for m in months] for r, months in found.items()}


def test_the_ends_of_the_data_are_those_of_all_exporters_together():
    found = completeness.monthly(
        counts_of(DE=[0, 100, 100], FR=[100, 100, 0, 100]), date(2022, 12, 1)
    )
    assert (found.first, found.last) == (date(2020, 1, 1), date(2020, 4, 1))
    assert found.asked_until == date(2022, 12, 1)


def test_a_month_cut_short_is_partial_and_a_smaller_one_is_not():
    assert partial(DE=[1000] * 13 + [499, 1000, 501]) == {"DE": [13]}


def test_a_month_with_nothing_is_partial():
    assert partial(DE=[1000] * 14, NL=[1000] * 13 + [0]) == {"NL": [13]}


def test_a_long_silence_never_becomes_usual():
    """After seven silent months a median over all twelve would call silence usual."""
    silent = list(range(20, 35))
    assert partial(DE=[1000] * 35, FR=[800] * 20 + [0] * 15) == {"FR": silent}


def test_a_slow_decline_is_no_gap():
    decline = [int(1000 * 0.95**i) for i in range(35)]
    assert partial(DE=decline) == {}


def test_small_exporters_are_not_judged_by_small_numbers():
    rng = np.random.default_rng(0)
    assert partial(MT=rng.integers(0, 60, 35).tolist(), DE=[1000] * 35) == {}


def test_the_months_before_an_exporter_begins_are_not_partial():
    assert partial(DE=[1000] * 20, HR=[0] * 8 + [500] * 12) == {}


def years(values):
    """Give 30 partners values around one level per year."""
    rng = np.random.default_rng(1)
    return {
        year: {f"P{i}": level * float(rng.lognormal(0, 0.3)) for i in range(30)}
        for year, level in values.items()
    }


def test_a_year_of_one_month_is_partial():
    found = completeness.partial_years(years({2021: 100, 2022: 140, 2023: 12}))
    assert list(found) == [2023]
    ratio, partners = found[2023]
    assert ratio == pytest.approx(12 / 140, rel=0.3)
    assert partners == 30


def test_a_first_year_is_compared_with_the_next():
    assert list(completeness.partial_years(years({2020: 10, 2021: 100}))) == [2020]


def test_a_bad_year_is_a_year():
    assert completeness.partial_years(years({2019: 100, 2020: 60, 2021: 110})) == {}


def test_few_partners_say_nothing():
    few = {2021: {"A": 100.0, "B": 10.0}, 2022: {"A": 1.0, "B": 1.0}}
    assert completeness.partial_years(few) == {}


def test_a_lone_year_has_nothing_to_be_compared_with():
    assert completeness.partial_years(years({2021: 100})) == {}
