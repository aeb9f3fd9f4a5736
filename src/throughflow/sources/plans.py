"""From a selection to the requests that get it, publisher by publisher. Nothing is sent here."""

from __future__ import annotations

import hashlib
import re
import urllib.parse
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

from throughflow.errors import DataError, InputError, UsageError
from throughflow.reference import countries
from throughflow.sources import content
from throughflow.sources import selection as selections
from throughflow.sources.content import Expected
from throughflow.sources.fetch import Request
from throughflow.sources.transport import Secret, check_address, may_follow

if TYPE_CHECKING:
    from collections.abc import Iterable

    from throughflow.sources.catalogue import Dataset, Source
    from throughflow.sources.selection import Selection, Span

MOST_REQUESTS: Final = 2_000
_EDITION: Final = re.compile(r"HS[0-9]{2}")
_RELEASE: Final = re.compile(r"20[0-9]{4}[a-z]?")
_RELEASE_NAMED: Final = re.compile(r"BACI_HS[0-9]{2}_V(20[0-9]{4}[a-z]?)\b")
_RELEASE_ALONE: Final = re.compile(r"<em>\s*(20[0-9]{4}[a-z]?)\s*</em>")


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
    spans = selections.spans(selection.periods)
    freq = selections.frequency(selection.freq, spans)
    path = dataset.path.format(freq=freq)
    kind = Expected("json", rows_at="data", row_limit=dataset.row_limit)
    for reporter in (selections.comtrade_number(one) for one in selection.reporters):
        for span in spans:
            query = {"reporterCode": reporter, "period": span.compact}
            what = f"UN Comtrade, reporter {reporter}, {span.iso}"
            stem = f"comtrade-{dataset.name}-{freq}-{reporter}-{span.compact}"
            if dataset.name == "bulk":
                yield order.request(path, query, stem, kind, what, shape="listing", last=span)
                continue
            partners = [selections.comtrade_number(one) for one in selection.partners]
            flows = {"export": "X", "import": "M", "re-export": "RX"}
            query |= {"partnerCode": ",".join(partners)} if partners else {}
            products = selections.products(selection.products)
            query |= {"cmdCode": ",".join(products)} if products else {}
            wanted = selections.flows(selection.flows, tuple(flows))
            query["flowCode"] = ",".join(flows[flow] for flow in wanted)
            # The three details below would give a row per combination beside their total.
            query |= {"partner2Code": "0", "customsCode": "C00", "motCode": "0"}
            whole = order.request(path, query, stem, kind, what, last=span)
            yield replace(whole, lists=("cmdCode", "flowCode", "partnerCode"))


def _comext(order: _Order) -> Iterable[Request]:
    selection, dataset = order.selection, order.dataset
    spans = selections.spans(selection.periods)
    if dataset.name == "bulk":
        for span in spans:
            # The publisher files whole years under a 52nd month.
            name = f"full_v2_{span.year}{52 if span.month is None else f'{span.month:02}'}.7z"
            query = {"file": f"comext/COMEXT_DATA/PRODUCTS/{name}"}
            what = f"Comext, all products, {span.iso}"
            yield order.request(dataset.path, query, name, Expected("7z"), what, last=span)
        return
    flows = {"import": "1", "export": "2"}
    freq = selections.frequency(selection.freq, spans)
    key = ".".join(
        (
            freq,
            "+".join(selections.eurostat_code(one) for one in selection.reporters),
            "+".join(selections.eurostat_code(one) for one in selection.partners),
            "+".join(selections.products(selection.products)),
            "+".join(sorted(flows[flow] for flow in selections.flows(selection.flows))),
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
    if not _EDITION.fullmatch(edition):
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
    if not _RELEASE.fullmatch(release):
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
    products = selections.products(selection.products)
    for product in products:
        if len(product) not in {2, 4, 6, 10} or not product.isdigit():
            raise InputError(
                f"{product!r} is no level of the Census Bureau",
                where="--product",
                remedy="Write two, four, six or ten digits, such as 854231",
            )
    partners = [one for name in selection.partners for one in selections.schedule_c_numbers(name)]
    imports = {"DISTRICT": "-", "CTY_SUBCODE": "-", "RP": "-"}
    # The commodity's variable, values, and conditions. A dash asks for the total of a dimension.
    flows = {
        "export": ("exports", "E", "ALL_VAL_MO,QTY_1_MO", {"DISTRICT": "-", "DF": "-"}),
        "import": ("imports", "I", "GEN_VAL_MO,GEN_QY1_MO", imports),
        "re-export": ("exports", "E", "ALL_VAL_MO,QTY_1_MO", {"DISTRICT": "-", "DF": "2"}),
    }
    # A condition comes back as a column; asked for as well, it would come back twice.
    country = "" if partners else "CTY_CODE,"
    for flow in selections.flows(selection.flows or selections.FLOWS, tuple(flows)):
        path, letter, measures, conditions = flows[flow]
        for span in selections.months(selection.periods):
            for product in products:
                query = {
                    "get": f"{country}CTY_NAME,SUMMARY_LVL,{letter}_COMMODITY_SDESC,{measures},"
                    "UNIT_QY1",
                    "time": span.iso,
                    "COMM_LVL": f"HS{len(product)}",
                    f"{letter}_COMMODITY": product,
                } | conditions
                pairs = "&".join(f"CTY_CODE={one}" for one in partners)
                made = order.request(
                    f"{order.dataset.path}{path}/hs",
                    query,
                    f"census-{flow}-{product}-{span.compact}"
                    + (f"-{'_'.join(partners)}" if pairs else "")
                    + ".json",
                    Expected("json", header_rows=1),
                    f"US {flow}s of {product}, {span.iso}",
                    last=span,
                )
                yield replace(made, url=f"{made.url}&{pairs}") if pairs else made


def _hmrc(order: _Order) -> Iterable[Request]:
    selection = order.selection
    flows = {"import": (1, 3), "export": (2, 4)}
    wanted = [number for flow in selections.flows(selection.flows) for number in flows[flow]]
    partners = [_hmrc_country(one) for one in selection.partners]
    goods = []
    for product in selections.products(selection.products):
        if len(product) not in {2, 4, 6, 8} or not product.isdigit():
            raise InputError(
                f"{product!r} is no level of the Combined Nomenclature",
                where="--product",
                remedy="Write two, four, six or eight digits, such as 85423190",
            )
        low, high = product.ljust(8, "0"), product.ljust(8, "9")
        goods.append(f"(CommodityId ge {int(low)} and CommodityId le {int(high)})")
    for span in selections.months(selection.periods):
        conditions = [
            f"MonthId eq {span.compact}",
            f"({' or '.join(goods)})",
            f"({' or '.join(f'FlowTypeId eq {number}' for number in sorted(wanted))})",
        ]
        if partners:
            conditions.append(f"({' or '.join(partners)})")
        query = {
            "$filter": " and ".join(conditions),
            # The numbers of countries mean nothing without the publisher's list.
            "$expand": "Country($select=CountryCodeAlpha)",
            "$count": "true",
        }
        yield order.request(
            order.dataset.path,
            query,
            f"hmrc-ots-{span.compact}",
            Expected("json", rows_at="value"),
            f"UK trade, {span.iso}",
            shape="pages",
            last=span,
        )


def _hmrc_country(text: str) -> str:
    """Write the condition for a partner: the publisher's number, or a country as users write it."""
    if re.fullmatch(r"[0-9]{1,4}", text):
        return f"CountryId eq {text}"
    try:
        code = countries.parse(text)
    except InputError as error:
        raise InputError(
            f"{text!r} is not a country number of HM Revenue & Customs, nor a country",
            where="--partner",
            remedy=error.remedy,
        ) from error
    if len(code) != 2:
        raise InputError(f"{text!r} is a group of countries", where="--partner")
    # The publisher writes XS for Serbia, as Eurostat does.
    return f"Country/CountryCodeAlpha eq '{'XS' if code == 'RS' else code}'"


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
