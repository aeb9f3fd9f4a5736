"""What the hub itself recorded: the part of the additional exports that never arrived on record.

Two forms are shown side by side. *Raw* is the additional exports minus the additional imports the
hub records from the coalition. *Ratio-adjusted* first scales the hub's records by the pair's own
ratio before the restriction, because two customs services never agree even in quiet years. The
base year matters as much as either form, so every base year is shown.

"Unrecorded on arrival" means *not recorded by the hub as coming from the coalition*, and no more.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
from scipy.special import stdtrit

from throughflow.errors import DataError
from throughflow.model.periods import month_number
from throughflow.reference import fx, memberships
from throughflow.trade import completeness

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from throughflow.warehouse import Warehouse

PACKAGE = "throughflow.trade"
SENDER = "EU27"
CONFIDENCE = 0.9
# Ratios of years from the restriction on describe the restriction, not the noise; ratios of long
# ago describe customs services that have changed since.
FIRST_QUIET_YEAR, LAST_QUIET_YEAR = 2017, 2021
LAGS = (0, 1, 2, 3)
# Hubs record partners by origin or by consignment; the coalition records where goods were sent, so
# consignment is the nearer match where a hub publishes both.
CONVERTED = "national-converted"
BASIS_ORDER = ("consignment", "origin", "destination")


@dataclass(frozen=True, slots=True)
class HubYears:
    """Both sides' yearly totals of one hub.

    Attributes:
        hub: The hub.
        dataset: Dataset of the hub's own records.
        basis: Partner basis of the hub's own records.
        exports: What the coalition recorded as sent, by year.
        imports: What the hub recorded as received from the coalition, by year.
        refused: Years left out, with the reason.
    """

    hub: str
    dataset: str
    basis: str
    exports: Mapping[int, float]
    imports: Mapping[int, float]
    refused: Mapping[int, str]

    def ratio(self, years: Sequence[int]) -> float:
        """Return imports over exports of some years taken together."""
        return sum(self.imports[y] for y in years) / sum(self.exports[y] for y in years)


@dataclass(frozen=True, slots=True)
class Share:
    """A value with its 90 % interval, and as a share of additional exports."""

    value: float
    low: float
    high: float
    share: float
    share_low: float
    share_high: float


@dataclass(frozen=True, slots=True)
class Unrecorded:
    """The unrecorded part of additional exports of one hub or of several together.

    Attributes:
        hubs: The hubs taken together.
        years: Years taken together, by hub.
        base: Base years.
        additional_exports: Exports above the base years' mean.
        additional_imports: Imports above the base years' mean, as the hubs record them.
        raw: Additional exports minus additional imports.
        adjusted: Exports minus what the hubs' records amount to at their own former ratio.
        base_ratio: Imports over exports in the base years.
        currency: ISO 4217.
    """

    hubs: tuple[str, ...]
    years: dict[str, tuple[int, ...]]
    base: tuple[int, ...]
    additional_exports: float
    additional_imports: float
    raw: Share
    adjusted: Share
    base_ratio: float
    currency: str


@dataclass(frozen=True, slots=True)
class Mirror:
    """Everything both sides' totals can say.

    Attributes:
        hubs: Totals by hub.
        noise: Root mean square of log changes of the mirror ratio in quiet years, by number of
            years between them.
        pairs: Number of pairs of years behind `noise`, by number of years between them.
        currency: ISO 4217.
        yearly_exports: What the coalition recorded as sent, by any partner and year.
        monthly_exports: What the coalition recorded as sent, by hub and month number.
        datasets: Datasets used.
    """

    hubs: dict[str, HubYears]
    noise: dict[int, float]
    pairs: dict[int, int]
    currency: str
    yearly_exports: dict[str, dict[int, float]]
    monthly_exports: dict[str, dict[int, float]]
    datasets: tuple[str, ...]

    def years(self, hub: str, wanted: Sequence[int]) -> tuple[int, ...]:
        """Return which of the wanted years both sides record in full."""
        found = self.hubs[hub]
        return tuple(y for y in wanted if y in found.imports and y in found.exports)


def read(
    warehouse: Warehouse, hubs: Sequence[str], currency: str, *, converted: bool = False
) -> Mirror:
    """Read both sides' totals for some hubs.

    Args:
        warehouse: Where the totals are.
        hubs: Hubs, ISO alpha-2; those that publish no totals in the data are left out.
        currency: Currency of every amount.
        converted: Take a third party's conversion of the hubs' records instead of their own, to
            set a published figure that was computed from it beside ours.

    Raises:
        DataError: The coalition's yearly totals are not loaded.
    """
    known = warehouse.query(PACKAGE, "mirror_datasets").to_pylist()
    senders = [r for r in known if r["reporter"] == SENDER and r["flow"] == "export"]
    yearly = max((r for r in senders if r["freq"] == "A"), key=_breadth, default=None)
    monthly = max((r for r in senders if r["freq"] == "M"), key=_breadth, default=None)
    if yearly is None:
        raise DataError(
            f"no yearly totals of {SENDER} exports are loaded",
            where=warehouse.name,
            remedy="Load Eurostat's yearly totals by partner (Easy Comext)",
        )
    sent = _sent(warehouse, yearly, currency)
    received = warehouse.query(
        PACKAGE,
        "mirror_imports",
        parameters={"currency": currency},
        tables={
            "annual_rate": fx.annual_rates(),
            "mirror_hub": pa.table({"hub": pa.array(sorted(hubs), pa.string())}),
        },
    ).to_pylist()
    exports: dict[str, dict[int, float]] = {}
    for hub, period, value in sent:
        exports.setdefault(hub, {})[period.year] = value
    found = {}
    for hub in sorted(hubs):
        rows = [
            r
            for r in received
            if r["hub"] == hub and r["dataset"].startswith(CONVERTED) == converted
        ]
        years = _hub_years(hub, rows, exports.get(hub, {}))
        if years is not None:
            found[hub] = years
    noise, pairs = _noise(found)
    sent_monthly: dict[str, dict[int, float]] = {}
    if monthly is not None:
        for hub, period, value in _sent(warehouse, monthly, currency):
            sent_monthly.setdefault(hub, {})[month_number(period)] = value
    datasets = {yearly["dataset"], *(hub.dataset for hub in found.values())}
    if monthly is not None:
        datasets.add(monthly["dataset"])
    return Mirror(found, noise, pairs, currency, exports, sent_monthly, tuple(sorted(datasets)))


def _sent(
    warehouse: Warehouse, series: Mapping[str, str], currency: str
) -> list[tuple[str, date, float]]:
    """Return what the coalition recorded as sent, by hub and period.

    A period without an exchange rate is missing, so that nothing is computed from a part of it.
    """
    rows = warehouse.query(
        PACKAGE,
        "mirror_exports",
        parameters={
            "dataset": series["dataset"],
            "freq": series["freq"],
            "sender": SENDER,
            "currency": currency,
        },
        tables={"period_rate": fx.period_rates(series["freq"])},
    ).to_pylist()
    return [(r["hub"], r["period"], float(r["value"])) for r in rows if r["value"] is not None]


def _breadth(row: dict[str, int]) -> tuple[int, int]:
    return row["periods"], row["partners"]


def _hub_years(
    hub: str, received: list[dict[str, object]], exports: dict[int, float]
) -> HubYears | None:
    """Choose the hub's best dataset and add up its records of the coalition's members."""
    by_source: dict[tuple[str, str], dict[int, dict[str, float]]] = {}
    unpriced: dict[tuple[str, str], dict[int, str]] = {}
    for row in received:
        period, value = row["period"], row["value"]
        assert isinstance(period, date)  # noqa: S101 - the query's own type
        source = (str(row["dataset"]), str(row["partner_basis"]))
        if value is None:
            unpriced.setdefault(source, {})[period.year] = "no exchange rate for this year"
            continue
        year = by_source.setdefault(source, {}).setdefault(period.year, {})
        year[str(row["partner"])] = float(str(value))
    if not by_source:
        return None
    dataset, basis = min(by_source, key=lambda s: (BASIS_ORDER.index(s[1]), -len(by_source[s]), s))
    values = by_source[dataset, basis]
    refused = unpriced.get((dataset, basis), {}) | {
        year: f"looks like part of a year: the median partner stands at {ratio:.0%} of the year "
        f"before ({partners} partners)"
        for year, (ratio, partners) in completeness.partial_years(values).items()
    }
    members = memberships.members(SENDER, date(LAST_QUIET_YEAR, 1, 1))
    imports: dict[int, float] = {}
    for whole in sorted(values.keys() - refused.keys()):
        known = [value for partner, value in values[whole].items() if partner in members]
        if known:
            imports[whole] = sum(known)
        else:
            # Nothing received and nothing published by member are different things.
            refused[whole] = f"no partner of the {SENDER} is named"
    return HubYears(hub, dataset, basis, exports, imports, refused)


def _noise(hubs: Mapping[str, HubYears]) -> tuple[dict[int, float], dict[int, int]]:
    """Measure how far mirror ratios wander in quiet years, by number of years between them."""
    changes: dict[int, list[float]] = {}
    for hub in hubs.values():
        years = sorted(
            y for y in hub.imports if y in hub.exports and FIRST_QUIET_YEAR <= y <= LAST_QUIET_YEAR
        )
        for early in years:
            for late in years:
                if late > early:
                    change = np.log(hub.ratio([late]) / hub.ratio([early]))
                    changes.setdefault(late - early, []).append(float(change))
    noise = {gap: float(np.sqrt(np.mean(np.square(c)))) for gap, c in sorted(changes.items())}
    return noise, {gap: len(c) for gap, c in sorted(changes.items())}


def unrecorded(
    mirror: Mirror, hubs: Sequence[str], years: Sequence[int], base: Sequence[int]
) -> Unrecorded | None:
    """Compute the unrecorded part of additional exports, of one hub or of several together.

    Args:
        mirror: Both sides' totals.
        hubs: Hubs taken together.
        years: Years wanted; a hub takes part with those that both sides record in full.
        base: Base years; all must be recorded in full.

    Returns:
        The estimate, or None where no hub has both a whole year and whole base years, where
        exports did not grow, or where no quiet years show how far the records wander.
    """
    if not mirror.noise:
        return None
    parts = []
    used: dict[str, tuple[int, ...]] = {}
    for hub in hubs:
        if hub not in mirror.hubs or len(mirror.years(hub, base)) < len(base):
            continue
        chosen = mirror.years(hub, years)
        if chosen:
            used[hub] = chosen
            parts.append(_one_hub(mirror, mirror.hubs[hub], chosen, tuple(base)))
    additional = sum(p.additional for p in parts)
    if not parts or additional <= 0:
        return None
    received = sum(p.imports for p in parts)
    raw = sum(p.raw for p in parts)
    adjusted = sum(p.adjusted for p in parts)
    exports = sum(sum(mirror.hubs[h].exports[y] for y in base) for h in used)
    imports = sum(sum(mirror.hubs[h].imports[y] for y in base) for h in used)
    return Unrecorded(
        hubs=tuple(used),
        years=used,
        base=tuple(base),
        additional_exports=additional,
        additional_imports=received,
        raw=_share(raw, [p.raw_error for p in parts], additional),
        adjusted=_share(adjusted, [p.adjusted_error for p in parts], additional),
        base_ratio=imports / exports,
        currency=mirror.currency,
    )


@dataclass(frozen=True, slots=True)
class _Part:
    additional: float
    imports: float
    raw: float
    adjusted: float
    raw_error: tuple[float, float]
    adjusted_error: tuple[float, float]


def _one_hub(mirror: Mirror, hub: HubYears, years: tuple[int, ...], base: tuple[int, ...]) -> _Part:
    base_exports = sum(hub.exports[y] for y in base) / len(base)
    base_imports = sum(hub.imports[y] for y in base) / len(base)
    ratio = hub.ratio(base)
    sent = sum(hub.exports[y] for y in years)
    received = sum(hub.imports[y] for y in years)
    additional = sent - base_exports * len(years)
    more_received = received - base_imports * len(years)
    # A hub's years err together, so their errors add; hubs err apart and combine in quadrature.
    up = down = 0.0
    for year in years:
        factor = _factor(mirror, year - max(base))
        up += hub.imports[year] * (1 - 1 / factor)
        down += hub.imports[year] * (factor - 1)
    return _Part(
        additional=additional,
        imports=more_received,
        raw=additional - more_received,
        adjusted=sent - received / ratio,
        raw_error=(down, up),
        adjusted_error=(down / ratio, up / ratio),
    )


def _factor(mirror: Mirror, gap: int) -> float:
    """Return how far a mirror ratio may wander by chance over some years, as a factor."""
    # A ratio cannot wander less over more years, though few pairs far apart may happen to.
    wandered = max(mirror.noise[g] for g in [g for g in mirror.noise if g <= gap] or mirror.noise)
    freedom = max(len(mirror.hubs) - 1, 1)
    return float(np.exp(stdtrit(freedom, (1 + CONFIDENCE) / 2) * wandered))


def _share(value: float, errors: list[tuple[float, float]], whole: float) -> Share:
    low = value - float(np.sqrt(sum(down**2 for down, _ in errors)))
    high = value + float(np.sqrt(sum(up**2 for _, up in errors)))
    return Share(value, low, high, value / whole, low / whole, high / whole)


def lagged(
    mirror: Mirror, hubs: Sequence[str], years: Sequence[int], base: int
) -> dict[int, float]:
    """Return the raw unrecorded share with exports counted 0 to 3 months before imports.

    Returns:
        Share by lag in months; lags for which monthly exports are missing are left out.
    """
    shares = {}
    for lag in LAGS:
        gap = additional = 0.0
        complete = True
        for hub in hubs:
            if hub not in mirror.hubs:
                continue
            found = mirror.hubs[hub]
            chosen = mirror.years(hub, years)
            for year in chosen:
                after = _shifted_year(mirror.monthly_exports.get(hub, {}), year, lag)
                before = _shifted_year(mirror.monthly_exports.get(hub, {}), base, lag)
                if after is None or before is None or base not in found.imports:
                    complete = False
                    continue
                additional += after - before
                gap += after - before - (found.imports[year] - found.imports[base])
        if complete and additional > 0:
            shares[lag] = gap / additional
    return shares


def _shifted_year(months: Mapping[int, float], year: int, lag: int) -> float | None:
    first = month_number(date(year, 1, 1)) - lag
    values = [months.get(first + offset) for offset in range(12)]
    return sum(v for v in values if v is not None) if None not in values else None
