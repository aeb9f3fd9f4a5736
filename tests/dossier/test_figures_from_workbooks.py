"""Ten figures of the dossier, added up straight from the cells of the publisher's workbooks.

Nothing of the package's own readers, warehouse or queries takes part in the sums. What calamine
reads is held against openpyxl, seventeen times slower, in `tests/sources`.
"""

from __future__ import annotations

import re
from collections import defaultdict
from concurrent.futures import ProcessPoolExecutor

import pytest
from python_calamine import CalamineWorkbook

import throughflow as tf

HUBS = {"Kazakhstan": "KZ", "Kyrgyzstan": "KG", "Armenia": "AM", "Uzbekistan": "UZ"}
WINDOWS = {
    "base": {f"2021-{month:02}" for month in range(3, 12)},
    "window": {f"2022-{month:02}" for month in range(3, 12)},
}


def _sums(path):
    """Add up one workbook's CN8 sheets by hub, product and window, cell by cell."""
    found = defaultdict(int)
    book = CalamineWorkbook.from_path(path)
    for name in book.sheet_names[2:]:
        rows = book.get_sheet_by_name(name).to_python(skip_empty_area=False)
        heading = {row[0]: row for row in rows[:10]}
        code = re.search(r"\[(\w+)\]$", heading["PRODUCT [PRODUCT]"][2])[1]
        if len(code) == 8:
            _add(found, code, heading["TIME"], rows)
    return dict(found)


def _add(found, code, months, rows):
    columns = {
        index: window
        for index, month in enumerate(months)
        for window, chosen in WINDOWS.items()
        if month in chosen
    }
    november = months.index("2021-11")
    for row in rows:
        if row[1] not in HUBS:
            continue
        hub = HUBS[row[1]]
        for index, window in columns.items():
            if isinstance(row[index], float):
                found[hub, code, window] += row[index]
        # The Netherlands recorded nothing in November 2022, so its November 2021 is left out of a
        # base that is set beside the window.
        if row[0] == "Netherlands" and isinstance(row[november], float):
            found[hub, code, "left out"] += row[november]


@pytest.fixture(scope="module")
def sums(staged):
    books = sorted((staged / "trade" / "eurostat_databrowser").glob("[0-9]*.xlsx"))
    total = defaultdict(int)
    with ProcessPoolExecutor(2) as pool:
        for part in pool.map(_sums, books):
            for key, value in part.items():
                total[key] += value
    return total


@pytest.fixture(scope="module")
def dossier():
    with tf.open() as warehouse:
        return tf.Dossier.build(warehouse, hub="KZ", statements=())


@pytest.mark.data
@pytest.mark.long
def test_ten_figures_of_the_dossier(sums, dossier):
    def whole(hub, window):
        return sum(value for (h, _, w), value in sums.items() if (h, w) == (hub, window))

    assert dossier.recorded == whole("KZ", "window")
    assert dossier.recorded_base == whole("KZ", "base")
    growth = {line.code: line.growth for line in dossier.hubs}
    for hub in ("KG", "AM", "UZ"):
        assert growth[hub] == pytest.approx(whole(hub, "window") / whole(hub, "base") - 1)
    rows = {row.family: row for row in dossier.findings}
    for family in ("84713000", "84111280"):
        assert rows[family].actual == sums["KZ", family, "window"]
        base = sums["KZ", family, "base"] - sums.get(("KZ", family, "left out"), 0)
        assert rows[family].base_actual == base
    smartphones = next(row for row in dossier.untold if "85171300" in row.products)
    members = sum(sums["KZ", code, "window"] for code in smartphones.products)
    assert smartphones.actual == members
