"""A growth rule accuses Trinidad and Tobago; the hubs of 2022 stand out without it.

Eurostat's yearly exports of the Union to some 240 partners, 2010 to 2023. By growth alone Trinidad
and Tobago (+122.6 %) ranks third in 2022 among partners that trade more than 100 million.
"""

from __future__ import annotations

import pytest

from throughflow.model.periods import Window
from throughflow.reference import memberships
from throughflow.trade import excess, study
from throughflow.trade.request import Request
from throughflow.warehouse import Warehouse, load
from throughflow.warehouse.store import sample_folder

# Share of destinations that are no hubs whose trade may exceed the upper end of a 90 % interval:
# the interval leaves out a twentieth on each side.
ACCUSED = 0.05
LARGE = 100e6


@pytest.fixture(scope="module", params=["sample", pytest.param("files", marks=pytest.mark.data)])
def year_2022(request, tmp_path_factory):
    folder = sample_folder()
    if request.param == "files":
        staged = request.getfixturevalue("staged")
        folder = tmp_path_factory.mktemp("yearly")
        report = load([staged / "trade" / "eurostat_easycomext" / "eu_year_export"], folder)
        assert report.rows
    question = Request(
        control_list="all-goods", window=Window.parse("2022"), by=(), dataset="easy-comext-annual"
    )
    with Warehouse(folder) as warehouse:
        return study.build(warehouse, question)


def test_by_growth_trinidad_and_tobago_ranks_third(year_2022):
    now = year_2022.real.actual.sum(axis=(0, 2))
    before = year_2022.real.past.sum(axis=(0, 2))
    growth = {
        partner: now[h] / before[h] - 1
        for h, partner in enumerate(year_2022.panel.partners)
        if now[h] > LARGE and before[h] > 0
    }
    ranked = sorted(growth, key=growth.get, reverse=True)
    assert ranked[2] == "TT"
    assert growth["TT"] == pytest.approx(1.226, abs=0.002)
    assert growth["KG"] == pytest.approx(3.448, abs=0.002)


def test_the_hubs_are_found_and_few_others_accused(year_2022):
    rows = {row.partner: row for row in excess.rows(year_2022)}
    found = {partner for partner, row in rows.items() if row.q is not None and row.q <= 0.05}
    assert found == {"AM", "KG", "KZ"}
    others = excess.never_hubs(year_2022)
    assert others.judged > 200
    assert others.accused <= ACCUSED * others.judged


def test_destinations_that_are_no_hubs_are_no_hubs(year_2022):
    others = excess.never_hubs(year_2022)
    day = year_2022.window.last
    assert not {memberships.role(c, on=day) for c in others.exceed} & {"hub", "target"}
