from __future__ import annotations

import csv
from datetime import date
from decimal import ROUND_HALF_EVEN, Decimal

import pytest

from throughflow.errors import InputError
from throughflow.sources import reasons
from throughflow.sources.base import RawFile

HEADER = "\ufeffCode,Klassifikator,Klassifikator_ru,Klassifikator_en,2021,2022"
FRANCE = "250,Fransiya,Франция,France,1.25,5e-05"


def table(germany, afghanistan, italy, tajikistan, *rows):
    return "\n".join(
        [
            HEADER,
            f"276,Germaniya,Германия,Germany,{germany},{germany}",
            f"004,Afg'oniston,Афганистан,Afghanistan,{afghanistan},{afghanistan}",
            f"380,Italiya,Италия,Italy,{italy},{italy}",
            f"762,Tojikiston,Таджикистан,Tajikistan,{tajikistan},{tajikistan}",
            *rows,
            "",
        ]
    )


@pytest.mark.parametrize(
    ("figures", "flow"),
    [((900, 5, 300, 90), "import"), ((60, 700, 40, 500), "export"), ((60, 700, 9, 9), "export")],
)
def test_the_direction_is_told_from_the_figures(text_file, checked, figures, flow):
    reading = checked(text_file(table(*figures)))
    assert set(reading.flows["flow"].to_pylist()) == {flow}
    assert "direction" in reading.origin.note


@pytest.mark.parametrize("figures", [(9, 9, 9, 9), (900, 5, 40, 500), ("x", "", 0, 0)])
def test_an_ambiguous_table_is_refused(text_file, checked, figures):
    with pytest.raises(InputError, match="exports or imports"):
        checked(text_file(table(*figures)))


def test_values_labels_and_refusals(text_file, checked, value_of, refusals):
    rows = [
        FRANCE,
        "0,Boshqa,Другие страны,Other countries,4,0.0",
        "703,Slovakiya,Словакия,Словакия,1,1",
        "999,Atlantida,Атлантида,Atlantis,1,1",
        "276,Fransiya,Франция,France,1,1",
        "056,Belgiya,Бельгия,Belgium,x,",
    ]
    reading = checked(text_file(table(900, 5, 300, 90, *rows)))
    assert value_of(reading, partner="FR", period=date(2021, 1, 1)) == Decimal("1250.00")
    assert value_of(reading, partner="FR", period=date(2022, 1, 1)) == Decimal("0.05")
    assert value_of(reading, partner="NES", period=date(2022, 1, 1)) == Decimal("0.00")
    assert value_of(reading, partner="SK", period=date(2022, 1, 1)) == Decimal("1000.00")
    # A code and names that contradict each other are no country.
    assert refusals(reading) == {reasons.UNKNOWN_COUNTRY: 4, reasons.NOT_A_NUMBER: 1}
    assert reading.not_recorded == 1


@pytest.mark.data
@pytest.mark.parametrize(
    ("number", "expected"), [(1105, ("export", 3192)), (1176, ("import", 3276))]
)
def test_staged_tables_again_with_the_standard_library(staged, checked, value_of, number, expected):
    flow, rows = expected
    path = staged / "trade" / "national" / "uzbekistan_data" / f"sdmx_data_{number}.csv"
    reading = checked(RawFile(path))
    assert (len(reading.flows), len(reading.refused)) == (rows, 0)
    assert set(reading.flows["flow"].to_pylist()) == {flow}
    with path.open(encoding="utf-8-sig", newline="") as stream:
        published = {row["Klassifikator_en"]: row for row in csv.DictReader(stream)}
    for label, code in (("Germany", "DE"), ("Georgia", "GE"), ("Other countries", "NES")):
        for year in (2010, 2022, 2023):
            amount = Decimal(published[label][str(year)]) * 1000
            assert value_of(reading, partner=code, period=date(year, 1, 1)) == amount.quantize(
                Decimal("0.01"), rounding=ROUND_HALF_EVEN
            )
