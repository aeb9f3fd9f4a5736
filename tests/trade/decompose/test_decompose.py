"""Where the excess went, by the whole path: an invented hub that keeps books, and files."""

from __future__ import annotations

import csv
import dataclasses
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pytest
from pyarrow import csv as arrow_csv

from throughflow.errors import DataError, InputError, UsageError
from throughflow.model.periods import Window
from throughflow.trade import decompose, study
from throughflow.trade.decompose import legs
from throughflow.trade.request import Request
from throughflow.warehouse import Warehouse, load, open_warehouse

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

# A share recovered by the whole path may be off by a tenth of it.
BIAS = 0.1
UNRECORDED, REEXPORTED, LAG = 0.4, 0.3, 2
ORIGINS = ("DE", "FR", "PL")
# Codes that no edition from 2018 to 2022 re-classified, four headings.
LISTED = tuple(
    f"{heading}{end}"
    for heading in ("8408", "8413", "8481", "8482")
    for end in ("10", "20", "30", "40")
)
NEIGHBOURS = ("840890", "841350", "841360", "841370", "841381", "848180", "848250", "848280")
FIRST_YEAR, N_MONTHS, CUT = 2018, 60, 50
WINDOW = Window.parse("2022-03:2022-10")
MONTHS = [f"{FIRST_YEAR + t // 12}-{t % 12 + 1:02d}" for t in range(N_MONTHS)]


@dataclass(frozen=True)
class Hub:
    """Both sides' books of one hub: arrays of shape (origins, codes, months) or (codes, months)."""

    sent: np.ndarray
    arrived: np.ndarray
    from_elsewhere: np.ndarray
    forwarded: np.ndarray
    direct: np.ndarray
    price: np.ndarray
    codes: tuple[str, ...] = LISTED + NEIGHBOURS

    def rows(self) -> dict[str, list[dict[str, Any]]]:
        """Return rows of each dataset in the product's own layout."""
        out: dict[str, list[dict[str, Any]]] = {"coalition": [], "hub": [], "target": []}
        for k, code in enumerate(self.codes):
            for t, month in enumerate(MONTHS):
                for o, origin in enumerate(ORIGINS):
                    sent = self.sent[o, k, t]
                    kg = sent / self.price[k, t]
                    out["coalition"].append(
                        row(month, origin, "KZ", "export", code, sent, kg, "destination")
                    )
                    out["coalition"].append(
                        row(
                            month,
                            origin,
                            "RU",
                            "export",
                            code,
                            self.direct[o, k, t],
                            "",
                            "destination",
                        )
                    )
                    for basis, scale in (("origin", 1.1), ("consignment", 1.0)):
                        out["hub"].append(
                            row(month, "KZ", origin, "import", code,
                                scale * self.arrived[o, k, t], "", basis)
                        )  # fmt: skip
                for basis in ("origin", "consignment"):
                    out["hub"].append(
                        row(month, "KZ", "CN", "import", code, self.from_elsewhere[k, t], "", basis)
                    )
                out["hub"].append(
                    row(
                        month,
                        "KZ",
                        "RU",
                        "export",
                        code,
                        self.forwarded[k, t],
                        self.forwarded[k, t] / self.price[k, t],
                        "destination",
                    )
                )
                out["target"].append(
                    row(
                        month, "RU", "KZ", "import", code, self.forwarded[k, t] * 1.05, "", "origin"
                    )
                )
        return out

    def files(
        self, folder: Path, only: Sequence[str] = ("coalition", "hub", "target")
    ) -> list[Path]:
        folder.mkdir(parents=True, exist_ok=True)
        made = []
        for name, rows in self.rows().items():
            if name in only:
                table = pa.Table.from_pylist([r | {"dataset": name} for r in rows])
                arrow_csv.write_csv(table, folder / f"{name}.csv")
                made.append(folder / f"{name}.csv")
        return made

    def warehouse(self, folder: Path, **options: Any) -> Warehouse:
        report = load(self.files(folder, **options), folder / "wh")
        assert not report.failed, report.failed
        assert not report.refused, report.refused
        return Warehouse(folder / "wh")


def row(month, reporter, partner, flow, code, value, kg, basis):
    return {
        "period": month, "freq": "M", "reporter": reporter, "partner": partner, "flow": flow,
        "product": code, "nomenclature": "HS2017", "value": f"{value:.2f}", "currency": "EUR",
        "net_kg": f"{kg:.3f}" if kg != "" else "", "partner_basis": basis,
    }  # fmt: skip


def invent(seed: int = 1) -> Hub:
    """Draw a hub in which known shares of a known excess are lost, sent on late, and kept.

    From the cut each listed code's exports to the hub triple: four tenths of the extra never
    appear in its books, three tenths leave for the target two months after they came. Prices rise
    by a quarter in the first heading. The first neighbour grows sixfold.
    """
    rng = np.random.default_rng(seed)
    n_codes = len(LISTED) + len(NEIGHBOURS)
    shape = (len(ORIGINS), n_codes, N_MONTHS)
    level = np.exp(rng.normal(11, 0.6, shape[:2]))[..., None]
    usual = level * np.exp(rng.normal(0, 0.15, shape))
    extra = np.zeros(shape)
    extra[:, : len(LISTED), CUT:] = (2 * level * np.exp(rng.normal(0, 0.2, shape)))[
        :, : len(LISTED), CUT:
    ]
    first = len(LISTED)
    usual[:, first, CUT:] *= 6
    ratio = 0.9 * np.exp(rng.normal(0, 0.05, shape))
    arrived = ratio * (usual + (1 - UNRECORDED) * extra)
    came = (ratio * REEXPORTED * extra).sum(axis=0)
    late = np.concatenate([np.zeros((n_codes, LAG)), came[:, :-LAG]], axis=1)
    # Nothing is to tell the lag but the goods that go on.
    before = 0.2 * level.sum(axis=0) * np.exp(rng.normal(0, 0.05, shape[1:]))
    price = 20 * np.exp(rng.normal(0, 0.03, (n_codes, N_MONTHS)))
    price[:4, CUT:] *= 1.25
    direct = 5 * level * np.exp(rng.normal(0, 0.1, shape))
    direct[:, :, CUT:] *= 0.2
    return Hub(
        sent=usual + extra, arrived=arrived, from_elsewhere=level.sum(axis=0) * np.ones(N_MONTHS),
        forwarded=before + late, direct=direct, price=price,
    )  # fmt: skip


def the_list(path: Path, codes: Sequence[str] = LISTED) -> str:
    path.write_text(
        "\n".join(["code,restricted_from,nomenclature,edition",
                   *(f"{code},2022-02-26,HS,2017" for code in codes), ""])
    )  # fmt: skip
    return str(path)


@pytest.fixture(scope="module")
def hub() -> Hub:
    return invent()


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("hub")


@pytest.fixture(scope="module")
def warehouse(hub, folder):
    with hub.warehouse(folder) as opened:
        yield opened


@pytest.fixture(scope="module")
def question(folder) -> Request:
    return Request(window=WINDOW, control_list=the_list(folder / "list.csv"))


@pytest.fixture(scope="module")
def told(warehouse, question):
    return decompose.of(warehouse, question, "kazakhstan")


def test_the_planted_shares_come_back(told):
    total = told.results[0].total
    assert told.results[0].basis == "consignment"
    assert total.families == len(LISTED)
    assert total.adjusted.unrecorded.share == pytest.approx(UNRECORDED, rel=BIAS)
    assert total.adjusted.absorbed_most.share == pytest.approx(1 - UNRECORDED, rel=BIAS)
    # Goods that leave two months after they came leave partly after the window.
    assert 0.5 * REEXPORTED < total.adjusted.reexported_most.share < REEXPORTED * (1 + BIAS)
    assert total.adjusted.unrecorded.share_low < UNRECORDED < total.adjusted.unrecorded.share_high
    assert total.raw.unrecorded.share > total.adjusted.unrecorded.share
    assert {r.ratio_level for r in told.results[0].rows} == {"family"}
    assert total.reason == ""
    assert [found.lag for found in told.results[0].lags] == [0, 1, 2, 3]
    assert told.results[0].lags[0].raw == pytest.approx(total.raw.unrecorded.share)
    assert told.results[0].lags[0].adjusted == pytest.approx(total.adjusted.unrecorded.share)


def test_parts_add_up_in_every_row_and_over_rows(told):
    result = told.results[0]
    for form in ("raw", "adjusted"):
        for row_of in (result.total, *result.rows):
            split = getattr(row_of, form)
            added = (
                split.unrecorded.value + split.reexported_most.value + split.absorbed_least.value
            )
            assert added == pytest.approx(row_of.excess_sent.value, rel=1e-9)
        for part in ("unrecorded", "reexported_most", "absorbed_least"):
            whole = getattr(getattr(result.total, form), part).value
            pieces = sum(getattr(getattr(r, form), part).value for r in result.rows)
            assert pieces == pytest.approx(whole, rel=1e-9)


def test_the_lag_from_arriving_to_going_on_is_found(told):
    passed = told.results[0].total.pass_through
    assert passed.lag == LAG
    assert passed.against == "base"
    # Of what is recorded as arriving beyond the base (six tenths), three tenths go on.
    assert passed.ratio == pytest.approx(REEXPORTED / (1 - UNRECORDED), rel=BIAS)


def test_both_bases_are_told_apart_and_never_added(told, warehouse, question):
    assert [r.basis for r in told.results] == ["consignment", "origin"]
    consignment, origin = (r.total.arrived for r in told.results)
    assert origin == pytest.approx(1.1 * consignment, rel=1e-6)
    alone = decompose.of(warehouse, question, "KZ", basis="origin")
    assert [r.basis for r in alone.results] == ["origin"]
    assert alone.results[0].total == told.results[1].total
    with pytest.raises(InputError, match="partner basis"):
        decompose.of(warehouse, question, "KZ", basis="destination")


def test_price_and_volume(told):
    jumped = {c.family for c in told.prices_sent.changes if c.is_jump}
    assert jumped == set(LISTED[:4])
    by_family = [c for c in told.prices_sent.changes if c.family in LISTED[:4]]
    assert np.mean([c.log_change for c in by_family]) == pytest.approx(np.log(1.25), rel=BIAS)
    assert 0 < told.prices_sent.price < told.prices_sent.volume
    assert told.prices_arrived.reason
    # What the hub sends on has one sender, the hub.
    assert {c.origin for c in told.prices_forwarded.changes} == {"KZ"}
    assert {c.family for c in told.prices_forwarded.changes if c.is_jump} == set(LISTED[:4])
    assert told.prices_forwarded.told_share == 1


def test_the_target_records_the_mirror_of_the_hubs_exports(told):
    total = told.results[0].total
    assert total.forwarded_mirror == pytest.approx(1.05 * total.forwarded, rel=1e-6)


def test_the_substitution_ratio(told, hub):
    total = told.substitution[0]
    now, before = slice(CUT, CUT + 8), slice(CUT - 12, CUT - 4)
    listed = slice(0, len(LISTED))
    fall = (hub.direct[:, listed, before] - hub.direct[:, listed, now]).sum()
    excess = (hub.sent[:, listed, now] - hub.sent[:, listed, before]).sum()
    assert total.hubs == ("KZ",)
    assert total.ratio == pytest.approx(excess / fall, rel=1e-6)
    assert total.low < total.ratio < total.high


def test_the_neighbour_that_grew_is_first(told):
    assert told.misdeclared.compared_with == "the code's own past"
    first, *others = told.misdeclared.rows
    assert first.product == NEIGHBOURS[0]
    assert first.low > 0
    # The smallest p a fold of seven codes can give; the others lie where chance puts them.
    assert first.p <= 0.02
    assert np.median([o.p for o in others]) > 0.1
    assert first.listed
    assert set(first.listed) <= set(LISTED)
    assert {r.product for r in told.misdeclared.rows} == set(NEIGHBOURS)


def test_origins_are_the_callers(warehouse, question):
    found = decompose.of(
        warehouse, dataclasses.replace(question, reporters=("DE", "Viet Nam")), "KZ"
    )
    assert found.origins == ("DE",)
    assert found.not_in_data == ("VN",)
    whole = decompose.of(warehouse, question, "KZ").results[0].total
    assert 0 < found.results[0].total.sent < whole.sent
    assert 0 < found.results[0].total.arrived < whole.arrived


def test_another_currency_changes_amounts_and_no_share(told, warehouse, question):
    found = decompose.of(warehouse, dataclasses.replace(question, currency="USD"), "KZ")
    one, other = told.results[0].total, found.results[0].total
    assert other.sent != pytest.approx(one.sent, rel=0.01)
    # Rates move from month to month, so shares move a little.
    assert other.adjusted.unrecorded.share == pytest.approx(one.adjusted.unrecorded.share, abs=0.05)


def test_a_counterfactual_can_take_the_place_of_the_base(warehouse, question, told):
    families = tuple(r.family for r in told.results[0].rows)
    expected = np.array([r.sent - r.excess_sent.value for r in told.results[0].rows]) * 1.2
    found = decompose.of(
        warehouse, question, "KZ",
        expectation=decompose.Expectation(families, expected, expected * 0.9, expected * 1.1),
    )  # fmt: skip
    total = found.results[0].total
    assert found.expected_by == "counterfactual"
    assert total.excess_sent.value == pytest.approx(total.sent - expected.sum())
    assert total.excess_sent.low > total.sent - expected.sum() * 1.1
    assert total.adjusted.unrecorded.share > told.results[0].total.adjusted.unrecorded.share


def test_what_was_expected_of_a_month_left_out_leaves_the_counterfactual(
    hub, tmp_path, question, told
):
    files = hub.files(tmp_path)
    cut = next(f for f in files if f.stem == "hub")
    lines = cut.read_text().splitlines()
    cut.write_text("\n".join(x for x in [*lines, ""] if not ("2022-05" in x and '"import"' in x)))
    load(files, tmp_path / "wh")
    base = {r.family: r.sent - r.excess_sent.value for r in told.results[0].rows}
    expected = np.array(list(base.values()))
    with Warehouse(tmp_path / "wh") as opened:
        by_base = decompose.of(opened, question, "KZ").results[0].total
        found = decompose.of(
            opened, question, "KZ",
            expectation=decompose.Expectation(tuple(base), expected, expected, expected),
        )  # fmt: skip
    # The base itself as the counterfactual says what the base says, with a month left out as well.
    assert len(found.months_left_out) == 1
    assert found.results[0].total.excess_sent.value == pytest.approx(by_base.excess_sent.value)


def test_a_month_the_hub_did_not_record_leaves_with_its_twin(hub, tmp_path, question):
    files = hub.files(tmp_path)
    cut = next(f for f in files if f.stem == "hub")
    lines = cut.read_text().splitlines()
    kept = [line for line in lines if not ("2022-05" in line and '"import"' in line)]
    assert len(kept) < len(lines)
    cut.write_text("\n".join([*kept, ""]))
    load(files, tmp_path / "wh")
    with Warehouse(tmp_path / "wh") as opened:
        found = decompose.of(opened, question, "KZ")
    assert len(found.months_left_out) == 1
    assert "2022-05" in found.months_left_out[0]
    assert "arrived" in found.months_left_out[0]
    total = found.results[0].total
    listed = slice(0, len(LISTED))
    without = [m for m in range(CUT, CUT + 8) if MONTHS[m] != "2022-05"]
    assert total.sent == pytest.approx(hub.sent[:, listed][:, :, without].sum(), rel=1e-6)
    assert total.adjusted.unrecorded.share == pytest.approx(UNRECORDED, rel=BIAS)
    # Prices and neighbours are those of the months that count.
    now, before = ([m + back for m in without] for back in (0, -12))
    assert found.prices_sent.excess == pytest.approx(
        hub.sent[:, listed][:, :, now].sum() - hub.sent[:, listed][:, :, before].sum(), rel=1e-6
    )
    assert found.prices_sent.told_share == 1
    first = found.misdeclared.rows[0]
    assert first.product == NEIGHBOURS[0]
    assert first.actual == pytest.approx(hub.sent[:, len(LISTED)][:, now].sum(), rel=1e-6)


def test_a_family_the_hub_never_recorded_cannot_be_told(hub, tmp_path, question):
    files = hub.files(tmp_path)
    cut = next(f for f in files if f.stem == "hub")
    lines = [line for line in cut.read_text().splitlines() if LISTED[0] not in line]
    cut.write_text("\n".join([*lines, ""]))
    load(files, tmp_path / "wh")
    with Warehouse(tmp_path / "wh") as opened:
        found = decompose.of(opened, question, "KZ").results[0]
    untold = next(r for r in found.rows if r.family == LISTED[0])
    assert untold.reason.startswith("cannot tell: arrived: not asked for")
    assert untold.adjusted.unrecorded.value is None
    assert found.total.families == len(LISTED) - 1
    assert found.left_out == pytest.approx(untold.sent)


def test_a_family_the_hub_recorded_elsewhere_is_told_by_no_ratio(hub, tmp_path, question):
    """A fiftieth in the books before the date, all of it after: nothing to multiply out."""
    arrived = hub.arrived.copy()
    arrived[:, 0, :CUT] /= 50
    with dataclasses.replace(hub, arrived=arrived).warehouse(tmp_path) as opened:
        found = decompose.of(opened, question, "KZ").results[0]
    untold = next(r for r in found.rows if r.family == LISTED[0])
    assert "before the restriction the hub recorded less than 1/5" in untold.reason
    assert untold.adjusted.unrecorded.value is None
    assert untold.raw.unrecorded.value is not None
    assert found.total.families == len(LISTED) - 1
    assert found.left_out == pytest.approx(untold.sent)
    share = found.total.adjusted.unrecorded.share
    assert share == pytest.approx(UNRECORDED, rel=BIAS)


def test_without_the_hubs_books_the_missing_legs_are_named(hub, tmp_path, question):
    with hub.warehouse(tmp_path, only=("coalition",)) as opened:
        found = decompose.of(opened, question, "KZ")
    assert len(found.missing) == 3
    total = found.results[0].total
    assert total.excess_sent.value > 0
    assert total.excess_sent.low < total.excess_sent.value < total.excess_sent.high
    assert total.adjusted.unrecorded.value is None
    assert total.reason == "the hub's own records by product and month are not in the data"
    assert found.totals is None


def test_goods_restricted_before_the_base_and_parts_of_codes_are_not_told(
    warehouse, question, told, tmp_path
):
    path = tmp_path / "list.csv"
    rows = [f"{code},2022-02-26,HS,2017,0" for code in LISTED[2:]]
    rows += [f"{LISTED[0]},2020-01-01,HS,2017,0", f"{LISTED[1]},2022-02-26,HS,2017,1"]
    header = "code,restricted_from,nomenclature,edition,part_of_code"
    path.write_text("\n".join([header, *rows, ""]))
    asked = dataclasses.replace(question, control_list=str(path), whole_codes_only=True)
    found = decompose.of(warehouse, asked, "KZ").results[0]
    reasons = {r.family: r.reason for r in found.rows}
    assert "restricted before the base ends" in reasons[LISTED[0]]
    assert reasons.get(LISTED[1], "only part of the code is restricted").startswith("only part")
    assert found.total.families == len(LISTED) - 2
    assert found.total.sent < told.results[0].total.sent


def test_months_without_an_exchange_rate_are_refused_by_name(hub, tmp_path, question):
    files = hub.files(tmp_path)
    books = next(f for f in files if f.stem == "target")
    books.write_text(books.read_text().replace('"EUR"', '"RUB"'))
    load(files, tmp_path / "wh")
    with Warehouse(tmp_path / "wh") as opened:
        found = decompose.of(opened, question, "KZ")
        with pytest.raises(InputError, match="currency"):
            decompose.of(opened, dataclasses.replace(question, currency="XYZ"), "KZ")
    mirrored = next(leg for leg in found.legs if leg.leg == "mirrored")
    # The European Central Bank publishes no rate for the rouble after 1 March 2022.
    assert "2022-05: amounts without an exchange rate" in mirrored.refused
    total = found.results[0].total
    assert total.forwarded_mirror is None
    assert total.adjusted.unrecorded.share == pytest.approx(UNRECORDED, rel=BIAS)


def test_without_any_leg_there_is_an_error(warehouse, question):
    with pytest.raises(DataError, match="no leg of the trade of Uzbekistan"):
        decompose.of(warehouse, question, "UZ")


def test_bases_and_lags_that_make_no_sense_are_refused(warehouse, question):
    with pytest.raises(UsageError, match="same calendar months"):
        decompose.of(
            warehouse, dataclasses.replace(question, base=Window.parse("2021-04:2021-11")), "KZ"
        )
    with pytest.raises(UsageError, match="lag of 4"):
        decompose.of(warehouse, question, "KZ", lag=4)


def test_eight_digit_exports_meet_six_digit_imports_only_where_whole(hub, tmp_path, question):
    """840810 held as its 00 code is whole; 841310 of which two of more codes are held is not."""
    files = hub.files(tmp_path)
    exports = next(f for f in files if f.stem == "coalition")
    text = exports.read_text().replace("HS2017", "CN2022")
    text = text.replace('"840810"', '"84081000"').replace('"841310"', '"84131019"')
    lines = [
        line for line in text.splitlines()
        if '"84081000"' in line or '"84131019"' in line or line.startswith('"period"')
    ]  # fmt: skip
    exports.write_text("\n".join([*lines, ""]))
    load(files, tmp_path / "wh")
    with Warehouse(tmp_path / "wh") as opened:
        found = decompose.of(opened, question, "KZ")
    rows = {r.family: r for r in found.results[0].rows}
    assert found.level == 6
    assert "eight-digit codes" in found.notes[0]
    assert rows["840810"].adjusted.unrecorded.share == pytest.approx(UNRECORDED, rel=0.25)
    assert "only some of the eight-digit codes" in rows["841310"].reason


def test_a_studys_expectation_fits_the_families(simulated, tmp_path):
    world = simulated(3)
    opened = world.warehouse(tmp_path)
    request = Request(window=WINDOW, control_list=str(world.list_file(tmp_path / "list.csv")))
    found = study.build(opened, request)
    expectation = decompose.expectation(found, "KZ")
    told = decompose.of(opened, request, "KZ", expectation=expectation).results[0]
    assert told.total.families > 100
    at = found.panel.partners.index("KZ")
    expected = found.real.expected(found.rungs[0])[:, at].sum()
    assert told.total.sent - told.total.excess_sent.value == pytest.approx(expected, rel=0.05)
    with pytest.raises(DataError, match="no exports to XX"):
        decompose.expectation(found, "XX")


@pytest.mark.long
def test_the_sample_names_the_missing_legs_and_gives_totals():
    # November 2022 is partial: it leaves, and is not the reason why there are no prices.
    with open_warehouse() as sample:
        if not sample.is_sample:
            pytest.skip("a warehouse of the user's own is set")
        found = decompose.of(sample, Request(window=Window.parse("2022-03:2022-11")), "AM")
    assert len(found.missing) == 3
    assert found.totals.raw_share == pytest.approx(0.28, abs=0.01)
    assert found.basis_gap.dataset == "am-national"
    assert found.misdeclared.reason == "the data hold listed codes only: no neighbour can be seen"
    assert found.prices_sent.reason == "weights and quantities are not recorded"
    total = found.results[0].total
    assert total.excess_sent.low <= total.excess_sent.value <= total.excess_sent.high
    assert "not recorded by the hub as coming from the coalition" in found.meaning


# Armenian telephones: both legs of one real code.


@pytest.fixture(scope="module")
def telephones(staged, tmp_path_factory):
    """Write the publisher's table in the product's own layout, leaf partners, all transport."""
    folder = tmp_path_factory.mktemp("telephones")
    source = staged / "trade" / "comtrade" / "mobile_phone_reexports.csv"
    with source.open(encoding="latin-1", newline="") as lines:
        rows = [
            r for r in csv.DictReader(lines)
            if r["mot_code"] == "0" and r["is_leaf_code"] == "TRUE"
            and r["partner_iso"] not in {"W00", "_X"}
        ]  # fmt: skip
    table = pa.Table.from_pylist(
        [
            {
                "period": r["period"][:7], "freq": "M", "reporter": "AM",
                "partner": r["partner_iso"], "flow": r["trade_flow"].lower(),
                "product": r["commodity_code"], "nomenclature": "HS2022",
                "value": r["trade_value_us"], "currency": "USD", "net_kg": r["netweight_kg"],
            }
            for r in rows
        ]
    )  # fmt: skip
    arrow_csv.write_csv(table, folder / "am.csv")
    report = load([folder / "am.csv"], folder / "wh")
    assert not report.refused
    with Warehouse(folder / "wh") as opened:
        yield opened, the_list(folder / "list.csv", ["851713"])


@pytest.mark.data
def test_armenian_telephones_pass_through_almost_whole(telephones):
    opened, named = telephones
    question = Request(
        window=Window.parse("2023-01:2023-12"), control_list=named, reporters=("VN",),
        currency="USD",
    )  # fmt: skip
    found = decompose.of(opened, question, "AM")
    total = found.results[0].total
    # Published by Armenia through UN Comtrade: 463.6 and 462.2 million dollars in 2023.
    assert total.arrived == pytest.approx(463.6e6, rel=1e-3)
    assert total.forwarded == pytest.approx(462.2e6, rel=1e-3)
    passed = total.pass_through
    assert passed.against == "nothing"
    assert passed.lag == 0
    assert passed.ratio == pytest.approx(0.997, abs=0.001)
    assert passed.low < 1 < passed.high
    assert passed.low > 0.7
    assert passed.high < 1.3
    assert len(passed.lags) == 4
    assert total.reason.startswith("exports of the coalition to the hub")


def test_a_leg_without_books_is_all_nan(warehouse, question, told):
    read = legs.read(
        warehouse, dataclasses.replace(question, base=Window.parse(told.base)), "KZ",
        (WINDOW.first, WINDOW.last),
    )  # fmt: skip
    assert np.isnan(read.value("nothing of the kind")).all()
    assert read.value("sent").shape == (len(LISTED), len(WINDOW))
