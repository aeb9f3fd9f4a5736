"""Both sides' totals: hand arithmetic, refused years, lags, and what pooling does to errors."""

from __future__ import annotations

import math

import pytest

from throughflow.errors import DataError
from throughflow.trade import mirror
from throughflow.trade.mirror import HubYears, Mirror
from throughflow.warehouse import Warehouse, load

HEADER = "period,freq,reporter,partner,flow,product,nomenclature,value,currency,dataset"
MEMBERS = ("DE", "FR", "IT", "PL")


def hub(code, exports, imports, refused=None):
    return HubYears(code, "own", "consignment", exports, imports, refused or {})


def both(*hubs, noise=None, monthly=None):
    return Mirror(
        hubs={h.hub: h for h in hubs},
        noise={1: 0.1, 2: 0.2} if noise is None else noise,
        pairs={1: 4, 2: 2},
        currency="EUR",
        yearly_exports={},
        monthly_exports=monthly or {},
        datasets=("own",),
    )


KZ = hub(
    "KZ", {2020: 80, 2021: 100, 2022: 180, 2023: 220}, {2020: 60, 2021: 90, 2022: 120, 2023: 140}
)
KG = hub("KG", {2021: 20, 2022: 80}, {2021: 30, 2022: 40})


def test_raw_and_adjusted_by_hand():
    found = mirror.unrecorded(both(KZ), ["KZ"], [2022, 2023], [2021])
    assert found.additional_exports == 400 - 2 * 100
    assert found.additional_imports == 260 - 2 * 90
    assert found.raw.value == 200 - 80
    assert found.raw.share == pytest.approx(0.6)
    assert found.base_ratio == pytest.approx(0.9)
    assert found.adjusted.value == pytest.approx(400 - 260 / 0.9)
    assert found.adjusted.share == pytest.approx((400 - 260 / 0.9) / 200)


def test_several_base_years_count_by_their_mean():
    found = mirror.unrecorded(both(KZ), ["KZ"], [2022], [2020, 2021])
    assert found.additional_exports == 180 - 90
    assert found.additional_imports == 120 - 75
    assert found.adjusted.value == pytest.approx(180 - 120 / (150 / 180))


def test_hubs_pool_each_with_its_own_ratio():
    pooled = mirror.unrecorded(both(KZ, KG), ["KZ", "KG", "AM"], [2022], [2021])
    assert pooled.hubs == ("KZ", "KG")
    assert pooled.years == {"KZ": (2022,), "KG": (2022,)}
    assert pooled.raw.value == (80 - 30) + (60 - 10)
    assert pooled.adjusted.value == pytest.approx((180 - 120 / 0.9) + (80 - 40 / 1.5))
    assert pooled.base_ratio == pytest.approx(120 / 120)


def test_a_hub_takes_part_with_the_years_both_sides_record():
    late = hub("AM", {2021: 10, 2022: 30, 2023: 50}, {2021: 10, 2022: 20}, {2023: "part"})
    found = mirror.unrecorded(both(KZ, late), ["KZ", "AM"], [2022, 2023], [2021])
    assert found.years == {"KZ": (2022, 2023), "AM": (2022,)}
    assert found.additional_exports == 200 + 20
    without_base = hub("UZ", {2021: 10, 2022: 30}, {2022: 20})
    found = mirror.unrecorded(both(KZ, without_base), ["KZ", "UZ"], [2022], [2021])
    assert found.hubs == ("KZ",)


def test_errors_of_one_hubs_years_add_and_of_hubs_combine_in_quadrature():
    table = both(KZ, KG, noise={1: 0.1})
    factor = mirror._factor(table, 1)
    # Student's t at 95 % with one degree of freedom.
    assert factor == pytest.approx(math.exp(6.313752 * 0.1), rel=1e-6)
    one = mirror.unrecorded(table, ["KZ"], [2022, 2023], [2021])
    assert one.raw.low == pytest.approx(120 - 260 * (factor - 1))
    assert one.raw.high == pytest.approx(120 + 260 * (1 - 1 / factor))
    assert one.adjusted.low == pytest.approx(one.adjusted.value - 260 * (factor - 1) / 0.9)
    pooled = mirror.unrecorded(table, ["KZ", "KG"], [2022], [2021])
    down = math.hypot(120 * (factor - 1), 40 * (factor - 1))
    assert pooled.raw.low == pytest.approx(100 - down)
    assert pooled.raw.share_low == pytest.approx((100 - down) / 140)


def test_a_ratio_wanders_farther_over_more_years():
    table = both(KZ, KG)
    assert mirror._factor(table, 2) > mirror._factor(table, 1)
    assert mirror._factor(table, 9) == mirror._factor(table, 2)
    few = both(KZ, KG, noise={1: 0.1, 2: 0.2, 4: 0.05})
    assert mirror._factor(few, 4) == mirror._factor(few, 2)
    assert mirror._factor(table, 0) == mirror._factor(table, 2)  # nothing so near: the most known


def test_noise_is_of_quiet_years_only_by_distance():
    noise, pairs = mirror._noise({"KZ": KZ, "KG": KG})
    assert pairs == {1: 1}
    assert noise[1] == pytest.approx(abs(math.log((90 / 100) / (60 / 80))))


@pytest.mark.parametrize(
    ("hubs", "why"),
    [
        ([hub("KZ", {2021: 100, 2022: 90}, {2021: 90, 2022: 80})], "exports fell"),
        ([hub("KZ", {2021: 100}, {2021: 90})], "no year"),
        ([], "no hub"),
    ],
)
def test_no_share_of_nothing(hubs, why):
    assert mirror.unrecorded(both(*hubs), ["KZ"], [2022], [2021]) is None, why


def test_without_quiet_years_there_is_no_estimate_rather_than_a_certain_one():
    assert mirror.unrecorded(both(KZ, noise={}), ["KZ"], [2022], [2021]) is None


def months_of(per_year):
    return {y * 12 + m: v for y, values in per_year.items() for m, v in enumerate(values)}


def test_lags_count_exports_before_imports():
    growing = {2020: [5.0] * 12, 2021: [10.0] * 12, 2022: [10.0] * 9 + [50.0] * 3}
    found = mirror.lagged(
        both(
            hub("KZ", {2021: 120, 2022: 240}, {2021: 100, 2022: 160}),
            monthly={"KZ": months_of(growing)},
        ),
        ["KZ"], [2022], 2021,
    )  # fmt: skip
    assert found[0] == pytest.approx((240 - 120 - 60) / (240 - 120))
    # A year that ends in November: two of the big months, and a December of 2020 in the base.
    assert found[1] == pytest.approx((200 - 115 - 60) / (200 - 115))
    assert found[3] == pytest.approx((120 - 105 - 60) / (120 - 105))


def test_lags_without_all_months_are_left_out():
    table = both(KZ, monthly={"KZ": months_of({2021: [10.0] * 12, 2022: [20.0] * 12})})
    assert set(mirror.lagged(table, ["KZ"], [2022], 2021)) == {0}
    assert mirror.lagged(both(KZ), ["KZ"], [2022], 2021) == {}
    assert mirror.lagged(table, ["AM"], [2022], 2021) == {}


# The whole path, from files.


@pytest.fixture
def read(tmp_path):
    def write(*rows, hubs=("AM", "KG", "KZ"), currency="EUR", header=HEADER):
        by_dataset = {}
        for row in rows:
            by_dataset.setdefault(row.rsplit(",", 1)[1], []).append(row)
        files = []
        for name, lines in by_dataset.items():
            path = tmp_path / f"{name}.csv"
            path.write_text("\n".join([header, *lines, ""]))
            files.append(path)
        report = load(files, tmp_path / "wh")
        assert not report.failed, report.failed
        assert not report.refused, report.refused
        with Warehouse(tmp_path / "wh") as warehouse:
            return mirror.read(warehouse, hubs, currency)

    return write


def sent(year, value, partner="KZ", currency="EUR"):
    return f"{year},A,EU27,{partner},export,TOTAL,TOTAL,{value},{currency},eu"


def received(year, partner, value, *, currency="EUR", dataset="national", reporter="KZ"):
    return f"{year},A,{reporter},{partner},import,TOTAL,TOTAL,{value},{currency},{dataset}"


QUIET = (
    sent(2020, 100), sent(2021, 120), sent(2022, 300),
    *(received(y, p, v) for y, v in ((2020, 20), (2021, 25), (2022, 30)) for p in MEMBERS),
    received(2022, "CN", 999),
)  # fmt: skip


def test_only_members_of_the_coalition_are_counted_on_the_hubs_side(read):
    found = read(*QUIET)
    assert found.hubs["KZ"].exports == {2020: 100, 2021: 120, 2022: 300}
    assert found.hubs["KZ"].imports == {2020: 80, 2021: 100, 2022: 120}
    assert set(found.hubs) == {"KZ"}
    assert found.datasets == ("own-eu", "own-national")
    assert mirror.unrecorded(found, ["KZ"], [2022], [2021]).raw.value == 180 - 20


def test_the_monthly_dataset_is_an_input_too(read):
    monthly = [f"2021-{m:02d},M,EU27,KZ,export,TOTAL,TOTAL,10,EUR,monthly" for m in range(1, 13)]
    found = read(*QUIET, *monthly)
    assert found.datasets == ("own-eu", "own-monthly", "own-national")
    assert found.monthly_exports["KZ"] == {2021 * 12 + m: 10 for m in range(12)}


def test_without_the_coalitions_totals_there_is_nothing_to_compare(read):
    with pytest.raises(DataError, match="no yearly totals of EU27 exports"):
        read(*(row for row in QUIET if ",EU27," not in row))


def test_imports_in_another_currency_take_the_rate_of_their_year(read):
    found = read(sent(2021, 1000), received(2021, "DE", 1183, currency="USD"))
    assert found.hubs["KZ"].imports[2021] == pytest.approx(1000, rel=0.005)


def test_a_year_without_a_rate_is_refused_and_leaves_other_sources_alone(read):
    rows = [
        sent(2021, 1000),
        sent(2022, 1500),
        received(2021, "DE", 100, dataset="a"),
        received(2022, "DE", 130, dataset="a"),
        received(2020, "DE", 90, dataset="a"),
        received(2022, "DE", 7, currency="XTS", dataset="b"),
    ]
    found = read(*rows).hubs["KZ"]
    assert found.dataset == "own-a"
    assert found.refused == {}
    assert found.imports == {2020: 90, 2021: 100, 2022: 130}
    alone = read(received(2021, "DE", 5, currency="XTS", dataset="c", reporter="KG"),
                 received(2020, "DE", 5, dataset="c", reporter="KG"))  # fmt: skip
    assert alone.hubs["KG"].refused == {2021: "no exchange rate for this year"}


def test_coalition_totals_without_a_rate_are_missing_not_a_crash(read):
    found = read(sent(2021, 10), sent(2022, 10, currency="XTS"), received(2021, "DE", 5))
    assert found.hubs["KZ"].exports == {2021: 10}


def test_a_partner_bloc_is_not_an_import_of_nothing(read):
    found = read(sent(2021, 10), sent(2022, 20), received(2021, "DE", 9), received(2022, "EU27", 9))
    assert found.hubs["KZ"].imports == {2021: 9}
    assert found.hubs["KZ"].refused == {2022: "no partner of the EU27 is named"}


def test_a_part_of_a_year_is_refused(read):
    partners = ("DE", "FR", "IT", "PL", "AT", "BE", "BG", "CN", "CZ", "DK", "EE", "ES", "FI", "GB",
                "GR", "HR", "HU", "JP", "LT", "LV", "NL", "US")  # fmt: skip
    rows = [received(y, p, v) for y, v in ((2021, 100), (2022, 120), (2023, 9)) for p in partners]
    found = read(sent(2021, 5000), sent(2022, 9000), sent(2023, 9000), *rows).hubs["KZ"]
    assert list(found.refused) == [2023]
    assert "part of a year" in found.refused[2023]
    assert sorted(found.imports) == [2021, 2022]


def test_consignment_before_origin(read):
    rows = (
        sent(2021, 10) + ",destination",
        received(2021, "DE", 7) + ",origin",
        received(2021, "DE", 9) + ",consignment",
    )
    found = read(*(moved(row) for row in rows), header=moved(HEADER + ",partner_basis"))
    assert (found.hubs["KZ"].basis, found.hubs["KZ"].imports) == ("consignment", {2021: 9})


def moved(row):
    """Put the last column before the dataset."""
    head, dataset, basis = row.rsplit(",", 2)
    return f"{head},{basis},{dataset}"
