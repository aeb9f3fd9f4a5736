"""The requests a selection becomes: addresses, names, limits, and what is refused beforehand."""

from __future__ import annotations

import json
from datetime import date
from urllib.parse import parse_qs, unquote, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from throughflow.errors import DataError, InputError, UsageError
from throughflow.sources import catalogue, plans
from throughflow.sources.selection import Selection

KEY = "k3y"


def made(name, dataset=None, *, key="", address="", **selected):
    source = catalogue.find(name)
    found = source.dataset(dataset)
    return plans.requests(source, found, Selection(**selected), key=key, address=address)


def query(request):
    return {k: v[0] for k, v in parse_qs(urlsplit(request.url).query).items()}


def test_comtrade_with_a_key():
    first, second = made(
        "comtrade",
        "data",
        key=KEY,
        reporters=("AM", "USA"),
        partners=("Russia", "WORLD"),
        products=("851713", "8471"),
        periods=("2022",),
    )
    assert first.url.startswith("https://comtradeapi.un.org/data/v1/get/C/A/HS?")
    assert query(first) == {
        "reporterCode": "51",
        "period": "2022",
        "partnerCode": "643,0",
        "cmdCode": "851713,8471",
        "flowCode": "X,M,RX",
        "partner2Code": "0",
        "customsCode": "C00",
        "motCode": "0",
    }
    assert query(second)["reporterCode"] == "842"  # its own number, not M49's 840
    assert first.secret.header == "Ocp-Apim-Subscription-Key"
    assert KEY not in first.url + first.name + repr(first)
    assert first.expected.row_limit == 100_000
    assert first.due == date(2023, 4, 30)


def test_halves_ask_together_for_the_same_and_end():
    (whole,) = made(
        "comtrade",
        reporters=("AM",),
        partners=("RU", "KZ", "KG"),
        products=("851713", "8471", "8542", "8544"),
        periods=("2022",),
    )
    waiting, asked, names = [whole], set(), set()
    while waiting:
        request = waiting.pop()
        smaller = plans.halves(request)
        waiting += smaller
        names.add(request.name)
        assert query(request)["reporterCode"] == "51"
        if not smaller:
            values = query(request)
            cell = (values["cmdCode"], values["flowCode"], values["partnerCode"])
            assert cell not in asked
            asked.add(cell)
    assert len(asked) == 4 * 3 * 3
    assert len(names) == 2 * len(asked) - 1
    assert plans.halves(made("comext", "bulk", periods=("2024-03",))[0]) == ()


@pytest.mark.parametrize(
    ("code", "number"),
    [("CH", "757"), ("France", "251"), ("NOR", "579"), ("IN", "699"), ("KZ", "398"), ("97", "97")],
)
def test_comtrade_numbers_countries_its_own_way(code, number):
    (request,) = made("comtrade", reporters=(code,), periods=("2022-03",))
    assert query(request)["reporterCode"] == number
    assert "/public/v1/preview/C/M/HS?" in request.url
    assert query(request)["period"] == "202203"
    assert request.secret is None
    assert request.expected.row_limit == 500


def test_comtrade_bulk_lists_and_then_names_files():
    source = catalogue.find("comtrade")
    selection = Selection(reporters=("AM",), periods=("2022",))
    (listing,) = plans.requests(source, source.dataset("bulk"), selection, key=KEY)
    assert listing.shape == "listing"
    assert listing.url == (
        "https://comtradeapi.un.org/bulk/v1/get/C/A/HS?reporterCode=51&period=2022"
    )
    rows = [
        {
            "fileUrl": f"https://comtradeapi.un.org/files/{n}.gz",
            "publicationDate": "2023-06-01T00:00:00",
        }
        for n in (1, 2)
    ]
    body = json.dumps({"count": 2, "data": rows}).encode()
    files = plans.listed(source, source.dataset("bulk"), selection, listing, body)
    assert [file.url for file in files] == [row["fileUrl"] for row in rows]
    assert len({file.name for file in files}) == 2
    assert all(file.name.endswith(".gz") and "2023-06-01" in file.name for file in files)
    assert {file.secret for file in files} == {listing.secret}


@pytest.mark.parametrize(
    "url", ["https://elsewhere.example/x.gz", "http://comtradeapi.un.org/x", "", "../x", None]
)
def test_a_listing_cannot_send_us_elsewhere(url):
    source = catalogue.find("comtrade")
    selection = Selection(reporters=("AM",), periods=("2022",))
    (listing,) = plans.requests(source, source.dataset("bulk"), selection, key=KEY)
    body = json.dumps({"data": [{"fileUrl": url}]}).encode()
    with pytest.raises(DataError, match="not the publisher's"):
        plans.listed(source, source.dataset("bulk"), selection, listing, body)


def test_comext_selection():
    (request,) = made(
        "comext",
        reporters=("DE", "EU27"),
        partners=("KZ", "Kyrgyzstan"),
        products=("84715000",),
        flows=("export",),
        periods=("2022-03:2022-05", "2022-01"),
    )
    parts = urlsplit(request.url)
    assert parts.path == (
        "/eurostat/api/comext/dissemination/sdmx/2.1/data/DS-045409/"
        "M.DE+EU27_2020.KZ+KG.84715000.2.VALUE_IN_EUROS+QUANTITY_IN_100KG"
    )
    assert query(request) == {
        "startPeriod": "2022-01",
        "endPeriod": "2022-05",
        "format": "SDMX-CSV",
    }
    assert request.name.startswith("comext-M-2022-01-2022-05-")


def test_comext_bulk_months_and_years():
    month, year = (made("comext", "bulk", periods=(period,))[0] for period in ("2024-03", "2023"))
    assert month.name == "full_v2_202403.7z"
    assert query(month) == {"file": "comext/COMEXT_DATA/PRODUCTS/full_v2_202403.7z"}
    assert month.due == date(2024, 5, 30)
    assert year.name == "full_v2_202352.7z"
    assert month.expected.kind == "7z"


def test_baci_releases():
    (named,) = made("baci", edition="HS92", release="202601")
    assert named.url == "https://www.cepii.fr/DATA_DOWNLOAD/baci/data/BACI_HS92_V202601.zip"
    assert named.name == "BACI_HS92_V202601.zip"
    source, selection = catalogue.find("baci"), Selection(edition="HS92")
    (listing,) = plans.requests(source, source.datasets[0], selection)
    assert listing.shape == "listing"
    page = b"<html>BACI_HS92_V202401b.zip <em>202501</em> BACI_HS92_V202601.zip V209912</html>"
    (newest,) = plans.listed(source, source.datasets[0], selection, listing, page)
    assert newest == named
    with pytest.raises(DataError, match="names no release"):
        plans.listed(source, source.datasets[0], selection, listing, b"<html></html>")


def test_census():
    requests = made(
        "census", key=KEY, products=("854231",), partners=("4634", "4635"), periods=("2024-01",)
    )
    exports, imports = requests
    assert exports.url.startswith("https://api.census.gov/data/timeseries/intltrade/exports/hs?")
    assert parse_qs(urlsplit(exports.url).query)["CTY_CODE"] == ["4634", "4635"]
    assert query(exports)["E_COMMODITY"] == "854231"
    assert query(exports)["COMM_LVL"] == "HS6"
    assert "GEN_VAL_MO" in query(imports)["get"]
    assert "CTY_CODE" not in query(exports)["get"]
    assert (query(exports)["DF"], query(exports)["DISTRICT"]) == ("-", "-")
    assert (query(imports)["RP"], query(imports)["CTY_SUBCODE"]) == ("-", "-")
    assert exports.secret.query == "key"
    assert KEY not in exports.url


def test_census_takes_countries_by_name_and_re_exports():
    (request,) = made(
        "census",
        key=KEY,
        products=("85",),
        partners=("KZ", "Palestine", "4621"),
        periods=("2024-01",),
        flows=("re-export",),
    )
    asked = parse_qs(urlsplit(request.url).query)
    assert asked["CTY_CODE"] == ["4634", "5082", "5083", "4621"]
    assert (asked["DF"], asked["COMM_LVL"]) == (["2"], ["HS2"])
    (everyone, _) = made("census", key=KEY, products=("85",), periods=("2024-01",))
    assert query(everyone)["get"].startswith("CTY_CODE,")


def test_hmrc_asks_for_the_letters_of_countries():
    (request,) = made(
        "hmrc", products=("85423190",), periods=("2024-01",), partners=("KZ", "Serbia", "75")
    )
    asked = query(request)
    assert asked["$expand"] == "Country($select=CountryCodeAlpha)"
    assert (
        "(Country/CountryCodeAlpha eq 'KZ' or Country/CountryCodeAlpha eq 'XS' or "
        "CountryId eq 75)" in asked["$filter"]
    )


def test_a_year_of_a_monthly_publisher_is_twelve_requests():
    requests = made("hmrc", products=("8542",), periods=("2024",), flows=("export",))
    assert len(requests) == 12
    assert len({request.name for request in requests}) == 12
    condition = query(requests[2])["$filter"]
    assert "MonthId eq 202403" in condition
    assert "CommodityId ge 85420000 and CommodityId le 85429999" in condition
    assert "FlowTypeId eq 2 or FlowTypeId eq 4" in condition
    assert requests[0].shape == "pages"


def test_another_address_takes_the_publishers_place():
    (request,) = made("comext", "bulk", periods=("2024-03",), address="http://127.0.0.1:9/mirror/")
    assert request.url.startswith("http://127.0.0.1:9/mirror/dissemination/files?file=")
    with pytest.raises(UsageError, match="not an https address"):
        made("comext", "bulk", periods=("2024-03",), address="http://mirror.example")


@pytest.mark.parametrize(
    ("call", "error", "words"),
    [
        (("comtrade", "data", {"reporters": ("AM",), "periods": ("2022",)}), UsageError,
         "needs a key. Register at https://comtradedeveloper.un.org"),
        (("census", None, {"products": ("85",), "periods": ("2022-01",)}), UsageError,
         "CENSUS_API_KEY"),
        (("comtrade", None, {"periods": ("2022",)}), UsageError, "needs --reporter"),
        (("comext", None, {"periods": ("2022-01",)}), UsageError,
         "needs --reporter and --partner and --product"),
        (("baci", None, {"periods": ("2022",)}), UsageError, "does not take --period"),
        (("baci", None, {"edition": "H5"}), InputError, "not an HS edition"),
        (("baci", None, {"release": "../../x"}), InputError, "not a release"),
        (("comext", "bulk", {"periods": ("2022-13",)}), InputError, "not a month"),
        (("comext", "bulk", {"periods": ("2022", "2022-01")}), InputError, "together"),
        (("comext", "bulk", {"periods": ("2023:2022",)}), InputError, "ends before"),
        (("comtrade", None, {"reporters": ("Atlantis",), "periods": ("2022",)}), InputError,
         "Atlantis"),
        (("comtrade", None, {"reporters": ("EAEU",), "periods": ("2022",)}), InputError,
         "no number for"),
        (("comtrade", None,
          {"reporters": ("AM",), "periods": ("2022",), "products": ("85x",)}), InputError,
         "not a product code"),
        (("comtrade", None,
          {"reporters": ("AM",), "periods": ("2022",), "flows": ("exprt",)}), InputError,
         "Did you mean export"),
        (("comtrade", None,
          {"reporters": ("AM",), "periods": ("2022",), "freq": "M"}), UsageError,
         "does not go with"),
        (("comext", None,
          {"reporters": ("DE",), "partners": ("KZ",), "products": ("8542\n",),
           "periods": ("2022",)}), InputError, "not a product code"),
        (("comext", "bulk", {"periods": ("\uff12\uff10\uff12\uff12",)}), InputError, "not a month"),
        (("hmrc", None,
          {"products": ("85",), "periods": ("2022",), "flows": ("re-export",)}), InputError,
         "unknown flow"),
        (("hmrc", None,
          {"products": ("85",), "periods": ("2022",), "partners": ("1 or 1 eq 1",)}), InputError,
         "not a country number"),
        (("hmrc", None,
          {"products": ("85",), "periods": ("2022",), "partners": ("EU27",)}), InputError,
         "a group of countries"),
        (("hmrc", None, {"products": ("TOTAL",), "periods": ("2022",)}), InputError,
         "no level of the Combined Nomenclature"),
        (("hmrc", None, {"products": ("8542319000",), "periods": ("2022",)}), InputError,
         "no level of the Combined Nomenclature"),
        (("comtrade", None,
          {"reporters": ("AM",) , "periods": ("1900-01:2099-12",)}), UsageError,
         "at most 2,000"),
    ],
)  # fmt: skip
def test_what_is_refused_before_anything_is_sent(call, error, words):
    name, dataset, selected = call
    with pytest.raises(error) as caught:
        made(name, dataset, **selected)
    assert words in str(caught.value)


@pytest.mark.parametrize("key", ["two words", "line\nbreak", "ключ", "a\x00"])
def test_a_key_that_cannot_be_one_is_refused_without_showing_it(key):
    with pytest.raises(UsageError) as caught:
        made("comtrade", "data", key=key, reporters=("AM",), periods=("2022",))
    assert key not in str(caught.value)


def test_the_catalogue_is_whole():
    assert len(set(catalogue.NAMES)) == len(catalogue.SOURCES)
    for source in catalogue.SOURCES:
        assert source.terms
        assert source.basis
        assert source.address.startswith("https://")
        assert source.per_second > 0
        assert all(source.key for dataset in source.datasets if dataset.needs_key)
        if source.key:
            assert bool(source.key.header) != bool(source.key.query)


@given(
    products=st.lists(st.text(max_size=12), min_size=1, max_size=3),
    partners=st.lists(st.text(max_size=12), max_size=2),
    period=st.text(max_size=12),
    name=st.sampled_from(catalogue.NAMES),
)
def test_no_text_leaves_the_publishers_address_or_the_folder(products, partners, period, name):
    source = catalogue.find(name)
    for dataset in source.datasets:
        selection = Selection(
            periods=(period,), reporters=("DE",), partners=tuple(partners), products=tuple(products)
        )
        try:
            requests = plans.requests(source, dataset, selection, key=KEY)
        except (UsageError, InputError):
            continue
        for request in requests:
            assert request.url.startswith(source.address + "/")
            assert request.url.isascii()
            assert not {" ", "\n", "\r"} & set(request.url)
            assert "/" not in request.name
            assert unquote(request.url).count("..") == 0


@pytest.mark.parametrize(
    ("selected", "words"),
    [
        ({"products": ("85423190",)}, "no level of the Census Bureau"),
        ({"products": ("TOTAL",)}, "no level of the Census Bureau"),
        ({"products": ("85",), "partners": ("EU27",)}, "has no number for 'EU27'"),
        ({"products": ("85",), "partners": ("Atlantis",)}, "Atlantis"),
    ],
)
def test_what_the_census_bureau_would_not_answer_is_not_asked(selected, words):
    with pytest.raises(InputError, match=words):
        made("census", key=KEY, periods=("2024-01",), **selected)
