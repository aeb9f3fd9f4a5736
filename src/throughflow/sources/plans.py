"""From a selection to the requests that get it, publisher by publisher. Nothing is sent here."""

from __future__ import annotations

import calendar
import hashlib
import re
import urllib.parse
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, Final

from throughflow.errors import DataError, InputError, UsageError
from throughflow.model.periods import Window
from throughflow.reference import countries
from throughflow.sources import content
from throughflow.sources.content import Expected
from throughflow.sources.fetch import Request
from throughflow.sources.transport import Secret, check_address, may_follow

if TYPE_CHECKING:
    from collections.abc import Iterable

    from throughflow.sources.catalogue import Dataset, Source

FLOWS: Final = ("export", "import")
MOST_REQUESTS: Final = 2_000
# Where UN Comtrade's number is not the M49 one. Source: its own list of reporters, as used by
# several public programs, read 2026-11-24.
COMTRADE_NUMBERS: Final = {
    "CH": "757",
    "FR": "251",
    "IN": "699",
    "NO": "579",
    "TW": "490",
    "US": "842",
    "WORLD": "0",
}
_YEAR: Final = re.compile(r"\d{4}$")
_PRODUCT: Final = re.compile(r"(?:\d{2,10}|TOTAL|AG[246])$")
_EDITION: Final = re.compile(r"HS\d{2}$")
_RELEASE: Final = re.compile(r"20\d{4}[a-z]?$")
_RELEASE_NAMED: Final = re.compile(r"BACI_HS\d\d_V(20\d{4}[a-z]?)\b")
_RELEASE_ALONE: Final = re.compile(r"<em>\s*(20\d{4}[a-z]?)\s*</em>")


@dataclass(frozen=True, slots=True)
class Selection:
    """What a user asked for, as written.

    Attributes:
        periods: Years, months or windows of months (``2022-01:2022-06``).
        reporters: Who reports: alpha-2, alpha-3, names, or the publisher's own numbers.
        partners: With whom; empty for all.
        products: HS or CN codes; empty for all.
        flows: ``export``, ``import``, UN Comtrade also ``re-export``; empty for all.
        freq: ``A``, ``M``, or empty to have it told by the periods.
        edition: HS edition of BACI.
        release: Release of BACI, empty for the newest.
    """

    periods: tuple[str, ...] = ()
    reporters: tuple[str, ...] = ()
    partners: tuple[str, ...] = ()
    products: tuple[str, ...] = ()
    flows: tuple[str, ...] = ()
    freq: str = ""
    edition: str = ""
    release: str = ""

    def given(self) -> set[str]:
        """Names of the options that were used."""
        values = {
            "period": self.periods,
            "reporter": self.reporters,
            "partner": self.partners,
            "product": self.products,
            "flow": self.flows,
            "freq": self.freq,
            "edition": self.edition,
            "release": self.release,
        }
        return {name for name, value in values.items() if value}


@dataclass(frozen=True, slots=True)
class Span:
    """A year or a month."""

    year: int
    month: int | None = None

    @property
    def compact(self) -> str:
        """``2022`` or ``202203``."""
        return f"{self.year}" if self.month is None else f"{self.year}{self.month:02}"

    @property
    def iso(self) -> str:
        """``2022`` or ``2022-03``."""
        return f"{self.year}" if self.month is None else f"{self.year}-{self.month:02}"

    @property
    def end(self) -> date:
        """Last day."""
        month = self.month or 12
        return date(self.year, month, calendar.monthrange(self.year, month)[1])


def requests(
    source: Source,
    dataset: Dataset,
    selection: Selection,
    *,
    key: str = "",
    address: str = "",
    largest: int | None = None,
) -> tuple[Request, ...]:
    """List the requests that get a selection.

    Args:
        source: The publisher.
        dataset: What of it.
        selection: What the user asked for.
        key: The publisher's key, empty if there is none.
        address: Base address to use instead of the publisher's.
        largest: Bytes above which an answer is refused, None for the dataset's own limit.

    Returns:
        Requests in a stable order.

    Raises:
        UsageError: An option is missing or not known to this dataset, the key is missing, or the
            selection needs too many requests.
        InputError: A code, country or period cannot be read.
    """
    given = selection.given()
    missing = [name for name in dataset.needs if name not in given]
    if missing:
        raise UsageError(
            f"{source.name} {dataset.name} needs {' and '.join('--' + name for name in missing)}",
            remedy="`throughflow get --list` says what each takes",
        )
    if unknown := sorted(given - {*dataset.needs, *dataset.takes}):
        raise UsageError(
            f"{source.name} {dataset.name} does not take "
            f"{' or '.join('--' + name for name in unknown)}"
        )
    if dataset.needs_key and not key:
        place = source.key
        raise UsageError(
            f"{source.name} {dataset.name} needs a key",
            remedy=f"{place.where}, then set {place.variable} or give --key" if place else "",
        )
    # What a header cannot carry would end up in the message of a library.
    if not (key.isascii() and key.isprintable()) or " " in key:
        raise UsageError("the key holds signs that no key has", remedy="Copy it again")
    secret = None
    if key and source.key and dataset.needs_key:
        secret = Secret(key, header=source.key.header, query=source.key.query)
    base = check_address(address or source.address).rstrip("/")
    plan = _PLANS[source.name]
    made = tuple(plan(_Order(dataset, selection, base, secret, largest or dataset.largest)))
    if len(made) > MOST_REQUESTS:
        raise UsageError(
            f"the selection needs {len(made):,} requests; at most {MOST_REQUESTS:,} are made",
            remedy="Ask for fewer reporters or periods in one call",
        )
    return made


@dataclass(frozen=True, slots=True)
class _Order:
    dataset: Dataset
    selection: Selection
    base: str
    secret: Secret | None
    largest: int

    def request(
        self,
        path: str,
        query: dict[str, str],
        stem: str,
        kind: Expected,
        what: str,
        *,
        shape: str = "file",
        last: Span | None = None,
    ) -> Request:
        """Make a request; a stem without an ending gets a hash of the question."""
        asked = _encoded(query)
        question = f"{path}?{asked}" if asked else path
        name = stem
        if "." not in stem:
            digest = hashlib.sha256(question.encode()).hexdigest()[:8]
            name = f"{stem}-{digest}.{kind.kind}"
        return Request(
            url=self.base + question,
            name=name,
            what=what,
            expected=kind,
            shape=shape,
            secret=self.secret,
            largest=self.largest,
            due=last.end + timedelta(days=self.dataset.lag_days) if last else None,
        )


def _comtrade(order: _Order) -> Iterable[Request]:
    selection, dataset = order.selection, order.dataset
    spans = _spans(selection.periods)
    freq = _freq(selection.freq, spans)
    path = dataset.path.format(freq=freq)
    kind = Expected("json", rows_at="data", row_limit=dataset.row_limit)
    for reporter in (_comtrade_number(one) for one in selection.reporters):
        for span in spans:
            query = {"reporterCode": reporter, "period": span.compact}
            what = f"UN Comtrade, reporter {reporter}, {span.iso}"
            stem = f"comtrade-{dataset.name}-{freq}-{reporter}-{span.compact}"
            if dataset.name == "bulk":
                yield order.request(path, query, stem, kind, what, shape="listing", last=span)
                continue
            partners = [_comtrade_number(one) for one in selection.partners]
            flows = {"export": "X", "import": "M", "re-export": "RX"}
            query |= {"partnerCode": ",".join(partners)} if partners else {}
            products = _products(selection.products)
            query |= {"cmdCode": ",".join(products)} if products else {}
            wanted = _flows(selection.flows, tuple(flows))
            query["flowCode"] = ",".join(flows[flow] for flow in wanted)
            # The three details below would give a row per combination beside their total.
            query |= {"partner2Code": "0", "customsCode": "C00", "motCode": "0"}
            whole = order.request(path, query, stem, kind, what, last=span)
            yield replace(whole, lists=("cmdCode", "flowCode", "partnerCode"))


def _comext(order: _Order) -> Iterable[Request]:
    selection, dataset = order.selection, order.dataset
    spans = _spans(selection.periods)
    if dataset.name == "bulk":
        for span in spans:
            # The publisher files whole years under a 52nd month.
            name = f"full_v2_{span.year}{52 if span.month is None else f'{span.month:02}'}.7z"
            query = {"file": f"comext/COMEXT_DATA/PRODUCTS/{name}"}
            what = f"Comext, all products, {span.iso}"
            yield order.request(dataset.path, query, name, Expected("7z"), what, last=span)
        return
    flows = {"import": "1", "export": "2"}
    freq = _freq(selection.freq, spans)
    key = ".".join(
        (
            freq,
            "+".join(_eurostat_code(one) for one in selection.reporters),
            "+".join(_eurostat_code(one) for one in selection.partners),
            "+".join(_products(selection.products)),
            "+".join(sorted(flows[flow] for flow in _flows(selection.flows))),
            "VALUE_IN_EUROS+QUANTITY_IN_100KG",
        )
    )
    query = {
        "startPeriod": min(spans, key=lambda span: span.end).iso,
        "endPeriod": max(spans, key=lambda span: span.end).iso,
        "format": "SDMX-CSV",
    }
    stem = f"comext-{freq}-{query['startPeriod']}-{query['endPeriod']}"
    yield order.request(dataset.path + key, query, stem, Expected("csv"), "Comext, a selection")


def _baci(order: _Order) -> Iterable[Request]:
    edition = order.selection.edition or "HS17"
    if not _EDITION.match(edition):
        raise InputError(
            f"{edition!r} is not an HS edition", where="--edition", remedy="Write HS92 to HS22"
        )
    release = order.selection.release
    if not release:
        path = "/CEPII/en/bdd_modele/bdd_modele_item.asp"
        what = f"BACI, newest release, {edition}"
        page = Expected("page")
        yield order.request(
            path, {"id": "37"}, f"BACI_{edition}.listing", page, what, shape="listing"
        )
        return
    if not _RELEASE.match(release):
        raise InputError(
            f"{release!r} is not a release", where="--release", remedy="Write it like 202601"
        )
    yield _baci_release(order, edition, release)


def _baci_release(order: _Order, edition: str, release: str) -> Request:
    name = f"BACI_{edition}_V{release}.zip"
    what = f"BACI {edition}, release {release}"
    return order.request(order.dataset.path + name, {}, name, Expected("zip"), what)


def _census(order: _Order) -> Iterable[Request]:
    selection = order.selection
    products = _products(selection.products)
    fields = {
        "export": ("exports/hs", "E_COMMODITY", "ALL_VAL_MO,QTY_1_MO,UNIT_QY1"),
        "import": ("imports/hs", "I_COMMODITY", "GEN_VAL_MO,GEN_QY1_MO,UNIT_QY1"),
    }
    for partner in selection.partners:
        if not re.fullmatch(r"\d{4}", partner):
            raise InputError(
                f"{partner!r} is not a country number of the Census Bureau",
                where="--partner",
                remedy="Write its four digits, such as 4634 (Schedule C)",
            )
    for flow in _flows(selection.flows):
        path, commodity, measures = fields[flow]
        for span in _months(selection.periods):
            for product in products:
                query = {
                    "get": f"CTY_CODE,CTY_NAME,{commodity}_SDESC,{measures}",
                    "time": span.iso,
                    "COMM_LVL": f"HS{len(product)}",
                    commodity: product,
                }
                pairs = "&".join(f"CTY_CODE={one}" for one in selection.partners)
                made = order.request(
                    order.dataset.path + path,
                    query,
                    f"census-{flow}-{product}-{span.compact}"
                    + (f"-{'_'.join(selection.partners)}" if pairs else "")
                    + ".json",
                    Expected("json", header_rows=1),
                    f"US {flow}s of {product}, {span.iso}",
                    last=span,
                )
                yield replace(made, url=f"{made.url}&{pairs}") if pairs else made


def _hmrc(order: _Order) -> Iterable[Request]:
    selection = order.selection
    flows = {"import": (1, 3), "export": (2, 4)}
    wanted = [number for flow in _flows(selection.flows) for number in flows[flow]]
    for partner in selection.partners:
        if not partner.isdecimal():
            raise InputError(
                f"{partner!r} is not a country number of HM Revenue & Customs",
                where="--partner",
                remedy="Write its CountryId, as listed at /Country of the same service",
            )
    goods = []
    for product in _products(selection.products):
        low, high = product.ljust(8, "0"), product.ljust(8, "9")
        goods.append(f"(CommodityId ge {int(low)} and CommodityId le {int(high)})")
    for span in _months(selection.periods):
        conditions = [
            f"MonthId eq {span.compact}",
            f"({' or '.join(goods)})",
            f"({' or '.join(f'FlowTypeId eq {number}' for number in sorted(wanted))})",
        ]
        if selection.partners:
            either = " or ".join(f"CountryId eq {one}" for one in selection.partners)
            conditions.append(f"({either})")
        query = {"$filter": " and ".join(conditions), "$count": "true"}
        yield order.request(
            order.dataset.path,
            query,
            f"hmrc-ots-{span.compact}",
            Expected("json", rows_at="value"),
            f"UK trade, {span.iso}",
            shape="pages",
            last=span,
        )


_PLANS: Final = {
    "comtrade": _comtrade,
    "comext": _comext,
    "baci": _baci,
    "census": _census,
    "hmrc": _hmrc,
}


def listed(
    source: Source, dataset: Dataset, selection: Selection, listing: Request, body: bytes
) -> tuple[Request, ...]:
    """Read a publisher's listing into the requests for its files.

    Args:
        source: The publisher.
        dataset: What of it.
        selection: What the user asked for.
        listing: The request that got the listing.
        body: The listing.

    Raises:
        DataError: It names no file, or one that is not the publisher's.
    """
    if source.name == "baci":
        return (_newest_baci(dataset, selection, listing, body),)
    answer: Any = content.document(body, listing.url)
    made: list[Request] = []
    for row in content.rows_of(answer, listing.expected, listing.url):
        url = str(row.get("fileUrl", "")) if isinstance(row, dict) else ""
        if not url or not may_follow(listing.url, url):
            raise DataError(
                f"the listing names a file that is not the publisher's ({url[:120]!r})",
                where=listing.url,
            )
        published = str(row.get("publicationDate") or row.get("timestamp") or "")[:10]
        stem = re.sub(r"[^0-9A-Za-z-]", "", f"{listing.name.removesuffix('.json')}-{published}")
        number = f"-{len(made) + 1}" if made else ""
        made.append(
            Request(
                url=url,
                name=f"{stem}{number}.gz",
                what=f"{listing.what}, published {published or 'on an unknown day'}",
                expected=Expected("gz"),
                secret=listing.secret,
                largest=listing.largest,
            )
        )
    return tuple(made)


def halves(request: Request) -> tuple[Request, ...]:
    """Divide a request whose answer was cut at the publisher's limit.

    Args:
        request: The request.

    Returns:
        Two requests that together ask for the same, the longest list of codes divided; none if
        there is no list left to divide.
    """
    parts = urllib.parse.urlsplit(request.url)
    query = dict(urllib.parse.parse_qsl(parts.query))
    values = {name: query.get(name, "").split(",") for name in request.lists}
    longest = max(values, key=lambda name: len(values[name]), default="")
    if not longest or len(values[longest]) < 2:
        return ()
    middle = len(values[longest]) // 2
    made = []
    for some in (values[longest][:middle], values[longest][middle:]):
        asked = _encoded(query | {longest: ",".join(some)})
        stem, _, kind = request.name.rpartition(".")
        digest = hashlib.sha256(f"{parts.path}?{asked}".encode()).hexdigest()[:8]
        made.append(
            replace(
                request,
                url=parts._replace(query=asked).geturl(),
                name=f"{stem.rpartition('-')[0]}-{digest}.{kind}",
                what=f"{request.what}, {longest} {some[0]} to {some[-1]}",
                is_half=True,
            )
        )
    return tuple(made)


def _encoded(query: dict[str, str]) -> str:
    return urllib.parse.urlencode(query, safe=",:+", quote_via=urllib.parse.quote)


def _newest_baci(dataset: Dataset, selection: Selection, listing: Request, body: bytes) -> Request:
    text = body.decode("utf-8", "replace")
    releases = sorted({*_RELEASE_NAMED.findall(text), *_RELEASE_ALONE.findall(text)})
    if not releases:
        raise DataError(
            "the publisher's page names no release",
            where=listing.url,
            remedy="Name one: --release 202601",
        )
    parts = urllib.parse.urlsplit(listing.url)
    prefix = parts.path.partition("/CEPII/")[0]
    base = f"{parts.scheme}://{parts.netloc}{prefix}"
    order = _Order(dataset, selection, base, listing.secret, listing.largest)
    return _baci_release(order, selection.edition or "HS17", releases[-1])


def _spans(periods: Iterable[str]) -> tuple[Span, ...]:
    """Read years, months and windows of months.

    Raises:
        InputError: A period cannot be read, or years and months are mixed.
    """
    spans: dict[Span, None] = {}
    for period in periods:
        first, _, last = period.partition(":")
        if _YEAR.match(first) and (not last or _YEAR.match(last)):
            years = range(int(first), int(last or first) + 1)
            if not years:
                raise InputError(f"{period!r} ends before it begins", where="--period")
            spans |= {Span(year): None for year in years}
        else:
            months = Window.parse(period, where="--period").months()
            spans |= {Span(month.year, month.month): None for month in months}
    if len({span.month is None for span in spans}) > 1:
        raise InputError("years and months cannot be asked for together", where="--period")
    return tuple(spans)


def _months(periods: Iterable[str]) -> tuple[Span, ...]:
    """Read periods as months; a year is its twelve months."""
    return tuple(
        month
        for span in _spans(periods)
        for month in (
            [span] if span.month is not None else [Span(span.year, m) for m in range(1, 13)]
        )
    )


def _freq(asked: str, spans: tuple[Span, ...]) -> str:
    told = "A" if spans[0].month is None else "M"
    if asked and asked != told:
        raise UsageError(
            f"--freq {asked} does not go with the periods",
            remedy="Write years for A (2022) and months for M (2022-03)",
        )
    return told


def _flows(flows: tuple[str, ...], known: tuple[str, ...] = FLOWS) -> tuple[str, ...]:
    for flow in flows:
        if flow not in known:
            raise InputError.unknown("flow", flow, known, where="--flow")
    return flows or known


def _products(products: Iterable[str]) -> list[str]:
    for product in products:
        if not _PRODUCT.match(product):
            raise InputError(
                f"{product!r} is not a product code",
                where="--product",
                remedy="Write digits only, such as 854231 or 85423190, or TOTAL",
            )
    return list(products)


def _comtrade_number(text: str) -> str:
    if text.isascii() and text.isdigit():
        return text
    if text.upper() in COMTRADE_NUMBERS:
        return COMTRADE_NUMBERS[text.upper()]
    code = countries.parse(text, where="--reporter or --partner")
    number = COMTRADE_NUMBERS.get(code) or countries.get(code).m49.lstrip("0")
    if not number:
        raise InputError(
            f"UN Comtrade has no number for {countries.name(code)}",
            remedy="Give its own number, such as 842",
        )
    return number


def _eurostat_code(text: str) -> str:
    code = countries.parse(text, where="--reporter or --partner")
    return {"EU27": "EU27_2020"}.get(code, code)
