"""What a question reads from a warehouse: months, coverage, dates, and what is refused."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest

from throughflow.errors import DataError, InputError, UsageError
from throughflow.model.periods import Window, month_start
from throughflow.trade import coverage_check, excess, goods, levels, months, spread, study
from throughflow.trade import panel as panels
from throughflow.trade import series as trade_series
from throughflow.trade.request import Request
from throughflow.warehouse import Warehouse, load

JULY_2022 = 30
SEPTEMBER_2021 = 20
APRIL_2022 = 27
NOVEMBER_2022 = 34


def rows_of(found, by=("reporter", "product")):
    return excess.rows(replace(found, request=found.request.at(by)))


def asked(world, folder, *files, **question):
    """Load files already written and put a question to them."""
    report = load(list(files), folder / "wh")
    assert not report.failed, report.failed
    question.setdefault("window", Window.parse("2022-03:2022-11"))
    question.setdefault("control_list", str(world.list_file(folder / "list.csv")))
    return study.build(Warehouse(folder / "wh"), Request(**question))


def with_rows(world, folder, name="world.csv", **columns):
    """Write the world with more rows, given by columns; those not given are the usual ones."""
    usual = {
        "period": "2022-06", "freq": "M", "reporter": "DE", "partner": "KZ", "flow": "export",
        "product": "TOTAL", "nomenclature": "TOTAL", "value": 1.0, "currency": "EUR",
    }  # fmt: skip
    more = pa.table({key: columns.get(key, [value]) for key, value in usual.items()})
    table = world.table()
    return world.write(folder / name, pa.concat_tables([table, more.cast(table.schema)]))


def without_month(world, exporter, month, keep=3):
    """Cut an exporter's month short."""
    value = world.value.copy()
    value[exporter, :, keep:, month] = 0
    return world.changed(value=value)


def test_the_study_says_what_it_read(small, small_world):
    assert small.panel.reporters == small_world.reporters
    assert small.panel.partners == small_world.partners
    assert set(small.panel.families) == set(small_world.codes)
    assert small.rungs == ("B", "C")
    assert small.shifts == (9, 10, 11, 12, 13, 14)
    assert str(small.base) == "2021-03:2021-11"
    assert str(study.placebo_windows(small)[0]) == "2021-06:2022-02"
    assert study.treated_dates(small) == ((date(2022, 3, 1), len(small_world.codes)),)


def test_nothing_recorded_is_lost_on_the_way(small, small_world):
    order = [small_world.codes.index(code) for code in small.panel.families]
    inside = small_world.value[..., 26:35].sum(axis=3)[:, :, order]
    told = sum(r.actual for r in rows_of(small))
    assert told == pytest.approx(inside[:, :2].sum())
    assert months.monthly_recorded(small).sum() == pytest.approx(small_world.value.sum())
    np.testing.assert_allclose(small.panel.unrestricted, small_world.rest, atol=0.2)


def test_a_partial_month_is_left_out_on_both_sides(small, small_world, tmp_path):
    found = without_month(small_world, 0, JULY_2022).study(tmp_path)
    assert found.months.partial == {"DE": (date(2022, 7, 1),)}
    assert panels.closed_months(found.months, "DE", found.window) == (date(2022, 7, 1),)
    july = small.real.profile[:, 6]
    share = 1 - july / small.real.profile[:, 2:11].sum(axis=1)
    order = [small_world.codes.index(code) for code in small.panel.families]
    months = [m for m in range(26, 35) if m != JULY_2022]
    np.testing.assert_allclose(
        found.real.actual[0], small_world.value[0][:, order][:, :, months].sum(axis=2)
    )
    ratio = found.real.expected_c[0].sum(axis=1) / small.real.expected_c[0].sum(axis=1)
    np.testing.assert_allclose(ratio, share, rtol=0.02)
    others = found.real.expected_c[1:].sum() / small.real.expected_c[1:].sum()
    assert others == pytest.approx(1, abs=0.02)
    base = levels.base_values(found)[0]
    twins = [m for m in range(14, 23) if m != JULY_2022 - 12]
    np.testing.assert_allclose(base, small_world.value[0][:, order][:, :, twins].sum(axis=2))


@pytest.mark.parametrize("window", ["2022-03:2022-11", "2022-06:2022-11"])
def test_an_exporter_without_a_whole_past_is_named_not_guessed(small_world, tmp_path, window):
    found = without_month(small_world, 0, SEPTEMBER_2021).study(
        tmp_path, window=Window.parse(window)
    )
    german = [r for r in rows_of(found) if r.reporter == "DE"]
    assert german
    assert {(r.verdict, r.reason) for r in german} == {("cannot tell", study.INCOMPLETE_REPORTER)}
    first = 26 + (window != "2022-03:2022-11") * 3
    told = sum(r.actual for r in german)
    assert told == pytest.approx(small_world.value[0, :2, :, first:35].sum())
    assert any(r.reporter == "FR" and r.expected for r in rows_of(found))


def test_a_partial_month_between_the_restriction_and_a_later_window_does_not_matter(
    small_world, tmp_path
):
    found = without_month(small_world, 0, APRIL_2022).study(
        tmp_path, window=Window.parse("2022-06:2022-11")
    )
    assert found.design.whole.all()
    assert found.real.usable[0].any()


def test_an_exporter_that_stops_reporting_is_shown_as_cannot_tell(small_world, tmp_path):
    """It is not covered to the end of the window, but its trade may not vanish from the table."""
    value, rest, fuels = (
        a.copy() for a in (small_world.value, small_world.rest, small_world.fuels)
    )
    value[0, ..., NOVEMBER_2022:] = rest[0, ..., NOVEMBER_2022:] = 0
    fuels[0, ..., NOVEMBER_2022:] = 0
    world = small_world.changed(value=value, rest=rest, fuels=fuels)
    german = [r for r in rows_of(world.study(tmp_path)) if r.reporter == "DE"]
    assert {r.reason for r in german} == {study.NOT_COVERED}
    assert sum(r.actual for r in german) == pytest.approx(value[0, :2, :, 26:].sum())


def test_files_of_one_dataset_by_year_make_one_span(small, small_world, tmp_path):
    table = small_world.table()
    files = []
    for year in ("2020", "2021", "2022"):
        part = table.filter(pc.starts_with(table.column("period"), year))
        part = part.append_column("dataset", pa.repeat("mine", len(part)))
        files.append(small_world.write(tmp_path / f"{year}.csv", part))
    found = asked(small_world, tmp_path, *files)
    # A code that an exporter never traded in one of the years was not asked for there.
    both = found.panel.covered & small.panel.covered
    assert both.mean() > 0.3
    same = both.reshape(found.panel.shape)
    np.testing.assert_allclose(found.real.past[same], small.real.past[same])


def test_months_nobody_reported_are_refused_by_name(small_world, tmp_path):
    more = with_rows(small_world, tmp_path, period=["2022-12"], value=[float("nan")])
    text = more.read_text().replace("nan", ":")
    more.write_text(text)
    with pytest.raises(DataError, match=r"2022-11 \(the data were asked for until 2022-12") as no:
        asked(small_world, tmp_path, more, window=Window.parse("2022-03:2022-12"))
    assert "--window 2022-03:2022-11" in no.value.remedy
    with pytest.raises(DataError, match="2020-01 to 2022-11"):
        asked(small_world, tmp_path, more, window=Window.parse("2019-12:2022-11"))


def test_without_a_window_it_is_from_the_date_to_the_last_recorded_month(small_world, tmp_path):
    found = small_world.study(tmp_path, window=None, treat_from=date(2022, 3, 17))
    assert str(found.window) == "2022-03:2022-11"
    assert found.window.first == date(2022, 3, 1)


def test_data_that_end_before_the_date_are_refused(small_world, tmp_path):
    with pytest.raises(DataError, match="the data end in 2022-11, before treat-from 2023-02"):
        small_world.study(tmp_path, window=None, treat_from=date(2023, 2, 1))


def test_a_window_before_every_restriction_has_nothing_to_test(small_world, tmp_path):
    with pytest.raises(DataError) as caught:
        small_world.study(tmp_path, window=Window.parse("2021-03:2021-11"))
    assert "was restricted in 2021-03:2021-11" in str(caught.value)
    assert "2022-03" in caught.value.remedy


@pytest.mark.parametrize("base", ["2021-03:2021-05", "2021-04:2021-12", "2022-03:2022-11"])
def test_a_base_of_other_months_is_refused(small_world, tmp_path, base):
    window = Window.parse("2022-03:2022-11")
    with pytest.raises(UsageError) as caught:
        small_world.study(tmp_path, window=window, base=Window.parse(base))
    assert "2021-03:2021-11" in caught.value.remedy


def test_one_trade_told_on_two_bases_counts_once(small, small_world, tmp_path):
    """Exports by consignment beside exports by destination are the same goods, not more of them."""
    rows = small_world.table()
    told = [
        rows.append_column("partner_basis", pa.array([basis] * len(rows)))
        for basis in ("destination", "consignment")
    ]
    path = small_world.write(tmp_path / "twice.csv", pa.concat_tables(told))
    load([path], tmp_path / "both")
    found = study.build(Warehouse(tmp_path / "both"), small.request)
    assert found.series.basis in {"destination", "consignment"}
    np.testing.assert_allclose(found.real.actual, small.real.actual)
    np.testing.assert_allclose(found.real.expected("B"), small.real.expected("B"))


@pytest.fixture(scope="module")
def long_world(simulated, small_world):
    """Four years, to the end of 2023."""
    return simulated(
        6, reporters=small_world.reporters, partners=small_world.partners,
        codes=small_world.codes, n_months=48,
    )  # fmt: skip


def test_a_window_too_long_for_a_fake_date_gives_estimates_and_no_intervals(long_world, tmp_path):
    found = long_world.study(tmp_path, window=Window.parse("2022-03:2023-12"))
    assert found.shifts == ()
    assert str(found.base) == "2020-03:2021-12"
    for by in ((), ("reporter",), ("product",), ("reporter", "product")):
        told = rows_of(found, by)
        assert told
        assert {r.verdict for r in told} == {"cannot tell"}
        assert all(r.low is r.high is r.p is r.q is None for r in told)
    assert spread.measure(found, "B") is None
    assert coverage_check.measure(found, ("product",), "B") == []
    months = long_world.value[:, :2, :, 26:48].sum()
    hubs = rows_of(found, ())
    assert sum(r.actual for r in hubs) == pytest.approx(months, rel=0.001)
    # Two years are expected at about twice the one before them.
    assert sum(r.expected_c for r in hubs) == pytest.approx(
        long_world.value[:, :2, :, 14:26].sum() * 22 / 12, rel=0.1
    )


def test_the_base_of_a_later_window_is_still_an_untreated_one(long_world, tmp_path):
    found = long_world.study(tmp_path, window=Window.parse("2023-03:2023-11"))
    assert str(found.base) == "2021-03:2021-11"
    order = [long_world.codes.index(code) for code in found.panel.families]
    np.testing.assert_allclose(
        levels.base_values(found), long_world.value[..., 14:23].sum(axis=3)[:, :, order]
    )
    np.testing.assert_allclose(
        found.real.past[found.real.usable],
        long_world.value[..., 14:26].sum(axis=3)[:, :, order][found.real.usable],
    )


def test_a_base_outside_the_data_is_refused(small_world, tmp_path):
    with pytest.raises(DataError, match="base 2019-03:2019-11 reaches beyond"):
        small_world.study(tmp_path, base=Window.parse("2019-03:2019-11"))


def test_a_window_that_begins_before_the_restriction_counts_from_it(small, small_world, tmp_path):
    found = small_world.study(tmp_path, window=Window.parse("2021-02:2022-11"))
    np.testing.assert_allclose(found.real.actual, small.real.actual)
    np.testing.assert_allclose(found.real.expected("B"), small.real.expected("B"))
    assert found.shifts == small.shifts
    monthly = months.monthly_expected(found, found.real, "B")
    np.testing.assert_allclose(monthly.sum(axis=2), found.real.expected("B").sum(axis=2))
    assert spread.measure(found, "B").sigma == pytest.approx(spread.measure(small, "B").sigma)


def test_each_code_is_treated_from_its_own_month(small_world, tmp_path):
    late = small_world.codes[:40]
    world = small_world.changed(dates=dict.fromkeys(late, "2022-07-22"))
    found = world.study(tmp_path)
    assert study.treated_dates(found) == ((date(2022, 3, 1), 60), (date(2022, 8, 1), 40))
    for position, code in enumerate(found.panel.families):
        first = 31 if code in late else 26
        k = small_world.codes.index(code)
        usable = found.real.usable[:, :, position]
        wanted = small_world.value[:, :, k, first:35].sum(axis=2)
        np.testing.assert_allclose(found.real.actual[:, :, position], np.where(usable, wanted, 0))
        past = small_world.value[:, :, k, first - 12 : first].sum(axis=2)
        np.testing.assert_allclose(found.real.past[:, :, position], np.where(usable, past, 0))
    # No fake window reaches into a treated month.
    assert max(w.last for w in study.placebo_windows(found)) < date(2022, 3, 1)


def test_a_partial_month_of_the_window_ends_the_past_of_codes_restricted_later(
    small_world, tmp_path
):
    late = small_world.codes[:40]
    world = small_world.changed(dates=dict.fromkeys(late, "2022-09-01"))
    found = without_month(world, 0, JULY_2022).study(tmp_path)
    is_late = np.isin(found.panel.families, late)
    assert not found.design.whole[0, is_late].any()
    assert found.design.whole[0, ~is_late].all()
    assert found.design.whole[1:].all()
    untold = excess.untestable(found)[study.INCOMPLETE_REPORTER]
    assert untold[0, :, is_late].any()
    assert not untold[:, :, ~is_late].any()


def test_only_the_exporters_asked_for(small, small_world, tmp_path):
    found = small_world.study(tmp_path, reporters=("France",))
    assert found.panel.reporters == ("FR",)
    np.testing.assert_allclose(found.real.past[0], small.real.past[1])
    with pytest.raises(DataError, match="reporter PL is not in the data"):
        study.build(
            Warehouse(tmp_path / "wh"),
            replace(found.request, reporters=("PL",)),
        )


def test_an_unknown_destination_is_refused(small):
    wrong = replace(small, request=replace(small.request, partners=("UZ",)))
    with pytest.raises(DataError, match="no exports to UZ"):
        excess.rows(wrong)


def test_one_hub_alone_still_has_its_numbers(small_world, tmp_path):
    world = small_world.changed(
        partners=("KZ",),
        value=small_world.value[:, 1:2],
        rest=small_world.rest[:, 1:2],
        fuels=small_world.fuels[:, 1:2],
    )
    (row,) = rows_of(world.study(tmp_path), ())
    assert row.partner == "KZ"
    assert row.low < row.expected < row.high
    assert "1 hubs" in row.reason


def test_nothing_but_the_target_is_refused(small_world, tmp_path):
    world = small_world.changed(
        partners=("RU",),
        value=small_world.value[:, 2:],
        rest=small_world.rest[:, 2:],
        fuels=small_world.fuels[:, 2:],
    )
    with pytest.raises(DataError, match="no exports but to RU"):
        world.study(tmp_path)


def test_a_month_in_which_only_the_target_is_recorded_is_no_month(small, small_world, tmp_path):
    more = with_rows(
        small_world, tmp_path, period=["2022-12"], partner=["RU"],
        product=[small_world.codes[0]], nomenclature=["CN"], value=[10.0],
    )  # fmt: skip
    found = asked(small_world, tmp_path, more)
    assert found.months.last == date(2022, 11, 1)
    np.testing.assert_allclose(found.real.actual[:, :2], small.real.actual[:, :2])


def test_blocs_are_neither_exporters_nor_hubs(small, small_world, tmp_path):
    n = len(small_world.codes)
    more = with_rows(
        small_world, tmp_path, period=["2022-06"] * n, freq=["M"] * n, reporter=["EU27"] * n,
        partner=["EA20"] * n, flow=["export"] * n, product=list(small_world.codes),
        nomenclature=["CN"] * n, value=[5.0] * n, currency=["EUR"] * n,
    )  # fmt: skip
    found = asked(small_world, tmp_path, more)
    assert found.panel.reporters == small.panel.reporters
    assert found.panel.partners == small.panel.partners
    np.testing.assert_allclose(found.real.expected("B"), small.real.expected("B"))


def test_headings_beside_codes_are_not_added_to_them(small, small_world, tmp_path):
    headings = sorted({code[:width] for code in small_world.codes for width in (4, 6)})
    n = len(headings)
    more = with_rows(
        small_world, tmp_path, period=["2022-06"] * n, freq=["M"] * n, reporter=["DE"] * n,
        partner=["KZ"] * n, flow=["export"] * n, product=headings, nomenclature=["CN"] * n,
        value=[1e6] * n, currency=["EUR"] * n,
    )  # fmt: skip
    found = asked(small_world, tmp_path, more)
    assert found.series.digits == 8
    np.testing.assert_allclose(found.real.actual, small.real.actual)
    np.testing.assert_allclose(found.panel.unrestricted, small.panel.unrestricted, atol=0.2)


def test_imports_and_yearly_rows_are_another_matter(small_world, tmp_path):
    table = small_world.table()
    yearly = table.set_column(1, "freq", pa.repeat("A", len(table)))
    years = pc.utf8_slice_codeunits(table.column("period"), 0, 4)
    yearly = yearly.set_column(0, "period", years)
    keys = ["period", "freq", "reporter", "partner", "flow", "product", "nomenclature", "currency"]
    yearly = yearly.group_by(keys).aggregate([("value", "sum")])
    yearly = yearly.rename_columns([*keys, "value"])
    file = small_world.write(tmp_path / "yearly.csv", yearly)
    with pytest.raises(InputError, match="not made of whole years, and the data are yearly"):
        asked(small_world, tmp_path, file)
    found = study.build(
        Warehouse(tmp_path / "wh"), Request(window=Window.parse("2022"), base=Window.parse("2021"))
    )
    assert (found.calendar.freq, found.span) == ("A", (2022, 2022))
    # Half of the codes at most are restricted late in the year, and their year 2022 is half past.
    of_2022 = small_world.value[:, :, :, 24:].sum(axis=3)
    codes = [small_world.codes.index(family) for family in found.panel.families]
    wanted = np.where(found.real.usable, of_2022[:, :, codes], 0)
    np.testing.assert_allclose(found.real.actual, wanted, atol=1)
    past = small_world.value[:, :, :, 12:24].sum(axis=3)[:, :, codes]
    np.testing.assert_allclose(found.real.past, np.where(found.real.usable, past, 0), atol=1)


def test_a_hub_without_any_past_is_cannot_tell_and_not_certain(small_world, tmp_path):
    value = small_world.value.copy()
    value[:, 0, :, :26] = 0
    found = small_world.changed(value=value).study(tmp_path)
    hub = next(r for r in rows_of(found, ()) if r.partner == "KG")
    assert (hub.verdict, hub.kind, hub.low, hub.ratio) == ("cannot tell", "new flow", None, None)
    assert hub.actual > 0
    cells = [r for r in rows_of(found) if r.partner == "KG"]
    assert {r.verdict for r in cells} == {"cannot tell"}
    assert all(r.p is None and r.low is None for r in cells)


def test_totals_that_do_not_hold_the_goods_are_refused(small_world, tmp_path):
    table = small_world.table()
    late = pc.and_(
        pc.equal(table.column("product"), "TOTAL"), pc.greater(table.column("period"), "2022-06")
    )
    cut = small_world.write(tmp_path / "cut.csv", table.filter(pc.invert(late)))
    with pytest.raises(DataError, match="exceed the totals loaded for the pair"):
        asked(small_world, tmp_path, cut)


def test_a_currency_without_rates_is_refused(small_world, tmp_path):
    with pytest.raises(InputError, match="no exchange rate to XTS"):
        small_world.study(tmp_path, currency="XTS")


def test_dollars_are_converted_month_by_month(small, small_world, tmp_path):
    table = small_world.table()
    table = table.set_column(8, "currency", pa.repeat("USD", len(table)))
    found = asked(small_world, tmp_path, small_world.write(tmp_path / "usd.csv", table))
    ratio = months.monthly_recorded(small).sum(axis=(0, 1)) / months.monthly_recorded(found).sum(
        axis=(0, 1)
    )
    assert ratio[month_index(found, "2021-01")] == pytest.approx(1.2171, abs=0.01)
    assert ratio[month_index(found, "2022-09")] == pytest.approx(0.9904, abs=0.01)


def month_index(found, month):
    months = [f"{month_start(found.panel.first_month + i):%Y-%m}" for i in range(35)]
    return months.index(month)


def test_whole_codes_are_asked_for_without_reading_again(small_world, tmp_path):
    listed = tmp_path / "list.csv"
    part = set(small_world.codes[:30])
    lines = ["code,restricted_from,wind_down_until,part_of_code,nomenclature,edition"]
    for i, code in enumerate(small_world.codes):
        wind = "2022-05-27" if i % 2 else ""
        lines.append(f"{code},2022-02-26,{wind},{int(code in part)},CN,2022")
    listed.write_text("\n".join(lines))
    found = small_world.study(tmp_path, control_list=str(listed))
    again = study.build(Warehouse(tmp_path / "wh"), replace(found.request, whole_codes_only=True))
    quick = study.whole_codes(found)
    np.testing.assert_allclose(quick.real.expected("B"), again.real.expected("B"))
    np.testing.assert_allclose(quick.real.actual, again.real.actual)
    assert quick.request == again.request
    assert {f.id for f in again.goods.families if f.reason == goods.PART_OF_CODE} == part
    assert study.treated_dates(again) == ((date(2022, 3, 1), 35), (date(2022, 6, 1), 35))


def test_the_dataset_that_records_most_listed_goods_answers(small_world, tmp_path):
    table = small_world.table()
    other = table.append_column("dataset", pa.repeat("second", len(table)))
    other = other.filter(pc.equal(other.column("reporter"), "DE"))
    files = (
        small_world.write(tmp_path / "one.csv"),
        small_world.write(tmp_path / "two.csv", other),
    )
    found = asked(small_world, tmp_path, *files)
    assert found.series.dataset == "own-data"
    assert {*trade_series.datasets(Warehouse(tmp_path / "wh"))} == {
        "own-data", "own-second",
    }  # fmt: skip
    named = study.build(Warehouse(tmp_path / "wh"), replace(found.request, dataset="own-second"))
    assert named.panel.reporters == ("DE",)


def test_goods_by_six_digits(small_world, tmp_path):
    """HS6 data are joined by HS6, and a CN8 list restricts only parts of them."""
    codes = tuple(sorted({code[:6] for code in small_world.codes}))
    value = np.zeros((*small_world.value.shape[:2], len(codes), small_world.value.shape[3]))
    for k, code in enumerate(small_world.codes):
        value[:, :, codes.index(code[:6])] += small_world.value[:, :, k]
    table = small_world.changed(codes=codes, value=value).table()
    level = pc.if_else(
        pc.equal(pc.utf8_length(table.column("product")), 6), "HS", table.column("nomenclature")
    )
    table = table.set_column(6, "nomenclature", level)
    found = asked(small_world, tmp_path, small_world.write(tmp_path / "hs.csv", table))
    assert (found.series.nomenclature, found.series.digits) == ("HS", 6)
    assert all(f.entry.is_part_of_code for f in found.goods.families)
    assert sum(r.actual for r in rows_of(found)) > 0
    assert {f.reason for f in study.whole_codes(found).goods.families} == {goods.PART_OF_CODE}
