"""What a decomposition says: where an excess went, and what cannot be told of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from throughflow.trade.decompose.basis_gap import BasisGap
    from throughflow.trade.decompose.misdeclared import Misdeclared
    from throughflow.trade.decompose.pass_through import PassThrough
    from throughflow.trade.decompose.substitution import Substitution
    from throughflow.trade.decompose.unit_values import Prices

    FloatArray = NDArray[np.float64]

MEANING = "not recorded by the hub as coming from the coalition"
NO_EXCESS = "exports to the hub did not grow: there is no excess to divide"
NO_RECORDS = "the hub's own records by product and month are not in the data"
ALL = "*"


@dataclass(frozen=True, slots=True)
class Estimate:
    """A value with its 90 % interval, and both as shares of the excess sent.

    Attributes:
        value: The value; None where a leg is not told.
        low: Lower end; None where placebos are too few.
        high: Upper end.
        share: Value over the excess sent; None where there is no excess.
        share_low: Lower end of the share.
        share_high: Upper end.
    """

    value: float | None
    low: float | None
    high: float | None
    share: float | None
    share_low: float | None
    share_high: float | None


@dataclass(frozen=True, slots=True)
class Split:
    """Where an excess went, in one form; the first, third and fifth part add up to the excess.

    Attributes:
        unrecorded: Not recorded by the hub as coming from the coalition.
        arrived: Recorded as arrived, beyond the base.
        reexported_most: The most the recorded, same-code data allow to have gone on.
        reexported_proportional: Scenario: exports to the target drawn from all origins alike.
        absorbed_least: Arrived and not gone on, if all that could did.
        absorbed_most: The same, if nothing did.
    """

    unrecorded: Estimate
    arrived: Estimate
    reexported_most: Estimate
    reexported_proportional: Estimate
    absorbed_least: Estimate
    absorbed_most: Estimate


@dataclass(frozen=True, slots=True)
class FamilySplit:
    """One product family, or ``*`` for all that are told on every leg.

    Attributes:
        family: Product family.
        products: Its codes.
        label: The publisher's words.
        sent: Exports to the hub in the window.
        excess_sent: Beyond what was expected.
        arrived: The hub's imports from the coalition in the window, as it records them.
        forwarded: The hub's exports to the target in the window, as it records them.
        excess_forwarded: Beyond the base.
        forwarded_mirror: The same flow as the target records it; None where not told.
        raw: Parts by plain differences.
        adjusted: Parts with the hub's records scaled by their usual ratio.
        base_ratio: That ratio.
        ratio_level: What it was taken over: ``family``, ``heading`` or ``hub``.
        pass_through: How much of what more arrived went on.
        families: Families behind the row.
        reason: Why something cannot be told; empty where all can.
    """

    family: str
    products: tuple[str, ...]
    label: str
    sent: float | None
    excess_sent: Estimate
    arrived: float | None
    forwarded: float | None
    excess_forwarded: float | None
    forwarded_mirror: float | None
    raw: Split
    adjusted: Split
    base_ratio: float | None
    ratio_level: str
    pass_through: PassThrough
    families: int
    reason: str


@dataclass(frozen=True, slots=True)
class LagShare:
    """The total's unrecorded share with the hub's records some months after the exports.

    Attributes:
        lag: Months from leaving to arriving.
        raw: Share by plain differences; None where months are not told.
        adjusted: Share scaled by the usual ratio.
    """

    lag: int
    raw: float | None
    adjusted: float | None


@dataclass(frozen=True, slots=True)
class LegTold:
    """Which record tells a leg.

    Attributes:
        leg: Name.
        meaning: What it is, in words.
        dataset: Dataset; empty where it is not told.
        basis: What makes the partner in it.
        digits: Digits of its codes; None where it is not told.
        refused: Months not recorded in full, with the reason.
        untold: Families not told on this leg in the window.
    """

    leg: str
    meaning: str
    dataset: str
    basis: str
    digits: int | None
    refused: tuple[str, ...]
    untold: int


@dataclass(frozen=True, slots=True)
class BasisResult:
    """The decomposition with the hub's imports by one basis; bases are never added.

    Attributes:
        basis: ``consignment`` or ``origin``; empty where the hub's imports are not told.
        total: All families that are told on every leg that is told at all.
        rows: Each family, largest excess first.
        lags: The total's unrecorded share at each lag.
        left_out: Amount sent in the window in families that cannot be told.
        noise: What the intervals rest on, in words.
    """

    basis: str
    total: FamilySplit
    rows: tuple[FamilySplit, ...]
    lags: tuple[LagShare, ...]
    left_out: float | None
    noise: str


@dataclass(frozen=True, slots=True)
class YearTotal:
    """The unrecorded part over all goods, from yearly totals; see docs/methods/unrecorded.md.

    Attributes:
        years: Years taken together.
        base: Base years.
        additional_exports: Exports above the base.
        raw_share: Unrecorded share by plain differences.
        raw_low: Lower end of its 90 % interval.
        raw_high: Upper end.
        adjusted_share: Unrecorded share, ratio-adjusted.
        adjusted_low: Lower end of its 90 % interval.
        adjusted_high: Upper end.
    """

    years: tuple[int, ...]
    base: tuple[int, ...]
    additional_exports: float
    raw_share: float
    raw_low: float
    raw_high: float
    adjusted_share: float
    adjusted_low: float
    adjusted_high: float


@dataclass(frozen=True, slots=True)
class Decomposition:
    """Where the excess of one hub went.

    Attributes:
        hub: The hub.
        target: The target.
        origins: Where the goods come from.
        not_in_data: Origins asked for that the exporters' records do not hold.
        window: Months asked about, FIRST:LAST.
        base: Same calendar months before.
        months_left_out: Months of the window left out with their twins, with the reason.
        currency: ISO 4217.
        expected_by: What the expectation is: ``base`` or ``counterfactual``.
        level: Digits at which the legs meet; None where no leg is told by product.
        meaning: What *unrecorded* means.
        legs: Which record tells each leg.
        missing: Legs that are not told, in words.
        results: One per basis of the hub's imports, the nearest to the exports' first.
        substitution: Excess to hubs over the fall in direct exports, the total first.
        prices_sent: Price and volume of what was sent.
        prices_arrived: Price and volume of what arrived.
        prices_forwarded: Price and volume of what the hub sent on to the target.
        basis_gap: Origin against consignment, all goods, by year.
        misdeclared: Unrestricted neighbours that grew at the date.
        totals: All goods by year, from both sides' totals; None where they are not loaded.
        totals_reason: Why there are no totals; empty where there are.
        notes: What was done to make the legs meet, and what the figures are not.
    """

    hub: str
    target: str
    origins: tuple[str, ...]
    not_in_data: tuple[str, ...]
    window: str
    base: str
    months_left_out: tuple[str, ...]
    currency: str
    expected_by: str
    level: int | None
    meaning: str
    legs: tuple[LegTold, ...]
    missing: tuple[str, ...]
    results: tuple[BasisResult, ...]
    substitution: tuple[Substitution, ...]
    prices_sent: Prices
    prices_arrived: Prices
    prices_forwarded: Prices
    basis_gap: BasisGap
    misdeclared: Misdeclared
    totals: YearTotal | None
    totals_reason: str
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Expectation:
    """A counterfactual of exports to the hub, to be used in place of the base years.

    Attributes:
        families: Product families, as ids.
        expected: Expected exports over the window, shape (n_families,).
        low: Lower end of its 90 % interval, shape (n_families,); NaN where there is none.
        high: Upper end, shape (n_families,); NaN where there is none.
    """

    families: tuple[str, ...]
    expected: FloatArray
    low: FloatArray
    high: FloatArray
