"""What a dossier holds: plain data, every amount in `currency`, ready to be drawn or printed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from throughflow.trade.finding import ExcessTable

if TYPE_CHECKING:
    from datetime import date

    from throughflow.dossier.neighbour_check import NeighbourCheck
    from throughflow.dossier.price_check import PriceCheck
    from throughflow.dossier.roads import Roads
    from throughflow.dossier.said import StateSaid
    from throughflow.dossier.saydo.model import SayDo
    from throughflow.statements.standing import Standing
    from throughflow.trade.breaks import Break
    from throughflow.trade.coverage_check import ClassCoverage
    from throughflow.trade.decompose.decomposition import FamilySplit
    from throughflow.trade.event_study import EventStudy
    from throughflow.trade.excess import NeverHubs
    from throughflow.trade.finding import Row
    from throughflow.trade.mirror import Unrecorded
    from throughflow.trade.network.result import Flows
    from throughflow.trade.without_donors import Donors
    from throughflow.warehouse import Warehouse


@dataclass(frozen=True, slots=True)
class Mark:
    """The verdict of one witness; word ``not asked`` where it has not been asked."""

    witness: str
    word: str
    note: str


@dataclass(frozen=True, slots=True)
class Restriction:
    """A month from which goods of the list are restricted, and how many families they are."""

    month: date
    families: int


@dataclass(frozen=True, slots=True)
class Monthly:
    """One monthly series over all months of the data.

    Attributes:
        months: First days of the months, shape (n,).
        actual: Recorded value, shape (n,); None in a month that none of the exporters has
            recorded in full.
        expected: Counterfactual, None before the window, shape (n,).
        low_50: Lower end of the 50 % band, None before the window, shape (n,).
        high_50: Upper end of the 50 % band.
        low_90: Lower end of the 90 % band.
        high_90: Upper end of the 90 % band.
    """

    months: tuple[date, ...]
    actual: tuple[float | None, ...]
    expected: tuple[float | None, ...]
    low_50: tuple[float | None, ...]
    high_50: tuple[float | None, ...]
    low_90: tuple[float | None, ...]
    high_90: tuple[float | None, ...]


@dataclass(frozen=True, slots=True)
class Exporter:
    """One exporter's row and its monthly series (bands are left empty)."""

    code: str
    name: str
    row: Row
    monthly: Monthly


@dataclass(frozen=True, slots=True)
class HubLine:
    """One hub's total beside the others.

    Attributes:
        code: The hub.
        name: Its name.
        row: Its total on the highest rung.
        excess_c: Excess on rung C, the other end of the range.
        role: ``hub``, ``co-sanctioned`` …
        is_comparison: Whether it lies outside the target's customs union.
        is_subject: Whether the dossier is about it.
        growth: Recorded growth of all listed goods, base to window, as a share.
        growth_without_new: The same without flows that have no past.
    """

    code: str
    name: str
    row: Row
    excess_c: float | None
    role: str
    is_comparison: bool
    is_subject: bool
    growth: float | None
    growth_without_new: float | None


@dataclass(frozen=True, slots=True)
class Ranking:
    """The hubs of one target beside each other, with what a reader needs to judge them.

    Attributes:
        target: The sanctioned state.
        target_name: Its name.
        title: ``Hubs for Russia: restricted goods, March–November 2022``.
        window: Months asked about, ``2022-03:2022-11``.
        window_words: The same in words.
        base: Months shown for comparison.
        currency: Currency of every amount.
        list_title: Title of the control list in use.
        list_reference: Its legal reference.
        as_of: Day of the newest extraction used.
        exporters: Exporters covered, ISO alpha-2.
        exporters_words: The same in words.
        not_in_data: Candidate hubs that the data do not hold.
        never_hubs: How the same test judges destinations that are no hubs; None where too few.
        rows: The hubs, largest excess first.
        sources: Datasets used.
        command: The command that asks again.
    """

    target: str
    target_name: str
    title: str
    window: str
    window_words: str
    base: str
    currency: str
    list_title: str
    list_reference: str
    as_of: date | None
    exporters: tuple[str, ...]
    exporters_words: str
    not_in_data: tuple[str, ...]
    never_hubs: NeverHubs | None
    rows: tuple[HubLine, ...]
    sources: tuple[Source, ...]
    command: str

    @property
    def hubs(self) -> tuple[HubLine, ...]:
        """The hubs, under the name they have in a dossier."""
        return self.rows


@dataclass(frozen=True, slots=True)
class CannotTell:
    """Something the data cannot tell, what it is worth, and what would tell it.

    Attributes:
        what: Name of the gap.
        why: What is missing.
        value: Recorded value in the window that it affects; None where it has no price.
        share: Of all listed goods recorded in the window.
        cells: Exporter × family cells affected; None where it does not apply.
        remedy: What data would close it.
    """

    what: str
    why: str
    value: float | None
    share: float | None
    cells: int | None
    remedy: str


@dataclass(frozen=True, slots=True)
class Alternative:
    """Another explanation of the numbers and what was done about it.

    Attributes:
        name: The explanation.
        state: ``checked and found``, ``checked and not found`` or ``could not be checked``.
        finding: What the check showed, with its figure, or what it would need.
    """

    name: str
    state: str
    finding: str


@dataclass(frozen=True, slots=True)
class Source:
    """One dataset used: publisher, title, newest extraction, number of files and one digest."""

    publisher: str
    dataset: str
    title: str
    as_of: date | None
    files: int
    rows: int
    digest: str
    note: str


@dataclass(frozen=True, slots=True)
class Query:
    """A query behind the numbers: its name and its text."""

    name: str
    sql: str


@dataclass(frozen=True, slots=True)
class Substitution:
    """Excess to the hub over the fall in direct exports to the target, on the same goods."""

    fall: float
    fall_expected: float
    fall_actual: float
    ratio_hub: float
    ratio_all_hubs: float


@dataclass(frozen=True, slots=True)
class Sender:
    """One exporter's part of what more was sent, over the families of a `WhereItWent`."""

    code: str
    name: str
    excess: float


@dataclass(frozen=True, slots=True)
class WhereItWent:
    """Where the excess went, product by product: what the page shows of a decomposition.

    Attributes:
        basis: What makes the partner in the hub's imports: ``consignment`` or ``origin``.
        other_bases: Other bases the hub's imports are told by; never added to this one.
        total: All families that are told on every leg.
        rows: The families with the largest excess.
        families_more: Families that are not in `rows`; ``throughflow decompose`` prints them.
        senders: Exporters' parts of the total's excess, largest first; empty where the
            expectation is not told by exporter.
        sent_elsewise: What of the total's excess is in none of `senders`.
        left_out: Amount sent in families that cannot be told.
        window: Months that count.
        base: Same calendar months before, for the hub's own records.
        months_left_out: Months that are not whole on every leg, with the reason.
        expected_by: What exports to the hub are compared with: ``base`` or ``counterfactual``.
        meaning: What *unrecorded* means.
        noise: What the intervals rest on, in words.
        notes: What was done to make the legs meet, and what the figures are not.
        datasets: Datasets that tell the legs.
        command: The command that prints every family and leg.
    """

    basis: str
    other_bases: tuple[str, ...]
    total: FamilySplit
    rows: tuple[FamilySplit, ...]
    families_more: int
    senders: tuple[Sender, ...]
    sent_elsewise: float
    left_out: float | None
    window: str
    base: str
    months_left_out: tuple[str, ...]
    expected_by: str
    meaning: str
    noise: str
    notes: tuple[str, ...]
    datasets: tuple[str, ...]
    command: str


@dataclass(frozen=True, slots=True)
class TradeWitness:
    """The answers of the trade witness as tables.

    Attributes:
        excess: One row per family of goods.
    """

    excess: ExcessTable


@dataclass(frozen=True, slots=True)
class Dossier:
    """Everything the dossier of one hub says.

    Attributes:
        hub: The hub, ISO alpha-2.
        hub_name: Its name.
        target: The sanctioned state.
        target_name: Its name.
        title: ``Kazakhstan → Russia: restricted goods, March–November 2022``.
        window: Months asked about, ``2022-03:2022-11``.
        window_words: The same in words.
        base: Months shown for comparison.
        currency: Currency of every amount.
        list_name: Control list in use.
        list_title: Its title.
        list_reference: Its legal reference.
        as_of: Day of the newest extraction used.
        exporters: Exporters covered, ISO alpha-2.
        exporters_words: The same in words.
        marks: One verdict per witness.
        paragraph: The whole finding in one paragraph of plain words.
        paragraph_whole_codes: The second headline: wholly restricted codes after wind-down.
        said: What the state said and did, and what others said to it.
        stance: Its votes, acts and memberships month by month; None where none of them is held.
        stance_reason: Why there is none; empty where there is one.
        saydo: What it pledged, denied or restricted, held against trade; None where it cannot be.
        saydo_reason: Why there is none; empty where there is one.
        roads: Roads from the largest exporter; None where the table does not reach the hub.
        roads_reason: Why there are none; empty where there are.
        total: The hub's total row on the highest rung.
        total_whole_codes: The same for wholly restricted codes after wind-down; None if none.
        monthly: Exports of restricted goods to the hub.
        monthly_target: The same goods' direct exports to the target; None if not in the data.
        restrictions: Months from which goods are restricted.
        break_month: Month in which the hub's series changed level against its own season; None
            where there is none.
        dates: Leads and lags around the goods' own dates, with the test that nothing moved before;
            None where the past is too short to tell.
        substitution: Excess against the fall in direct exports; None if the target is not loaded.
        unrecorded: Unrecorded on arrival by base year, totals of all goods, this hub.
        unrecorded_pooled: The same for the customs-union hubs together.
        unrecorded_comparison: The same for comparison hubs outside the customs union.
        unrecorded_refused: Years left out of it, with the reason.
        decomposition: Where the excess went, product by product; None where a leg is not recorded
            by product and month.
        decomposition_reason: Why there is none; empty where there is one.
        network: Bounds, through all hubs that record it, on the product of which most can have
            gone on through this one; None where a leg is not told.
        network_reason: Why there are none; empty where there are.
        prices: Unit values of the window beside the base, on each leg that records weights.
        neighbours: Unlisted codes next to the listed ones, and whether they grew.
        donors: Destinations the expectation is compared with, and the headline without those of
            the largest weight; None below rung A.
        donors_reason: Why there are none; empty where there are.
        families: Families with a past, largest excess first, the untestable left out.
        new_flows: Families without a past.
        untold: Families that cannot be tested, with the reason of each.
        families_by_verdict: Number of families by verdict word.
        by_exporter: Exporters, largest excess first.
        hubs: All hubs in the data, largest excess first.
        cannot_tell: What the data cannot tell.
        alternatives: Other explanations and what was done about them.
        limits: What every reader must know.
        coverage: Measured coverage of the intervals.
        spread_sigma: Root mean square log error of hub totals at fake dates, by rung.
        fake_windows: Windows of the fake dates.
        recorded: All listed goods recorded in the window, tested or not.
        recorded_base: The same in the base window.
        sources: Datasets used.
        queries: Queries behind the numbers.
        rules: What each verdict word requires.
        command: The command that rebuilds the page.
    """

    hub: str
    hub_name: str
    target: str
    target_name: str
    title: str
    window: str
    window_words: str
    base: str
    currency: str
    list_name: str
    list_title: str
    list_reference: str
    as_of: date | None
    exporters: tuple[str, ...]
    exporters_words: str
    marks: tuple[Mark, ...]
    paragraph: str
    paragraph_whole_codes: str
    said: StateSaid
    stance: Standing | None
    stance_reason: str
    saydo: SayDo | None
    saydo_reason: str
    roads: Roads | None
    roads_reason: str
    total: Row
    total_whole_codes: Row | None
    monthly: Monthly
    monthly_target: Monthly | None
    restrictions: tuple[Restriction, ...]
    break_month: Break | None
    dates: EventStudy | None
    substitution: Substitution | None
    unrecorded: tuple[Unrecorded, ...]
    unrecorded_pooled: tuple[Unrecorded, ...]
    unrecorded_comparison: tuple[Unrecorded, ...]
    unrecorded_refused: tuple[str, ...]
    decomposition: WhereItWent | None
    decomposition_reason: str
    network: Flows | None
    network_reason: str
    prices: PriceCheck
    neighbours: NeighbourCheck
    donors: Donors | None
    donors_reason: str
    families: tuple[Row, ...]
    new_flows: tuple[Row, ...]
    untold: tuple[Row, ...]
    families_by_verdict: dict[str, int]
    by_exporter: tuple[Exporter, ...]
    hubs: tuple[HubLine, ...]
    cannot_tell: tuple[CannotTell, ...]
    alternatives: tuple[Alternative, ...]
    limits: tuple[str, ...]
    coverage: tuple[ClassCoverage, ...]
    spread_sigma: dict[str, float]
    fake_windows: tuple[str, ...]
    recorded: float
    recorded_base: float
    sources: tuple[Source, ...]
    queries: tuple[Query, ...]
    rules: dict[str, str]
    command: str

    @property
    def findings(self) -> tuple[Row, ...]:
        """Every row that claims something: the hub's total, then its families, told or not."""
        return (self.total, *self.families, *self.new_flows, *self.untold)

    @property
    def trade(self) -> TradeWitness:
        """What the trade witness said, as tables."""
        return TradeWitness(ExcessTable((*self.families, *self.new_flows, *self.untold)))

    @classmethod
    def build(cls, warehouse: Warehouse, hub: str, target: str = "RU", **question: Any) -> Dossier:
        """Build the dossier of one hub; see `throughflow.dossier.build`."""
        from throughflow.dossier.build import build  # noqa: PLC0415 - build imports this

        return build(warehouse, hub=hub, target=target, **question)
