"""What exports would have been: rungs C and B of the ladder, as pure functions of arrays.

Rung C is Poisson pseudo-likelihood with a level for every exporter, hub and family and a calendar
month effect for every hub, fitted on the twelve months before the restriction; with one year of
past its fit is in closed form, ``level x share of the window's calendar months``. Part of every
hub's expectation belongs to cells without a past, because in any year some trade appears where
none was; that part is moved, not added, so a hub's total is its own past.

Rung B multiplies by the growth of the same pair's unrestricted goods. Rung A is fitted period by
period on all untreated trade (see `triple`); only cells it cannot tell, and those without a past,
take the two-period form, rung B times the growth of the same product at donors (see `donors`).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from throughflow.trade import donors, triple
from throughflow.trade.steadiness import Steadiness

if TYPE_CHECKING:
    from numpy.typing import NDArray

    FloatArray = NDArray[np.float64]
    IntArray = NDArray[np.int64]
    BoolArray = NDArray[np.bool_]

# A pair whose unrestricted trade is small against its hub's borrows the hub's growth: this share
# of the hub's unrestricted trade is added to both ends of the pair's growth, at the hub's rate.
GROWTH_SHRINKAGE = 0.01
# A hub and heading without any past takes its chapter's mean, at this discount.
CHAPTER_DISCOUNT = 0.3


@dataclass(frozen=True, slots=True)
class Panel:
    """Recorded trade in restricted families, as sparse rows over a dense grid of cells.

    Cells are numbered ``(exporter * n_hubs + hub) * n_families + family``.

    Attributes:
        reporters: Exporters, shape (n_exporters,).
        partners: Hubs and the target, shape (n_hubs,).
        families: Family ids, shape (n_families,).
        headings: Index of each family's HS4 heading, shape (n_families,).
        chapters: Index of each heading's HS2 chapter, shape (n_headings,).
        cell: Cell of each recorded value, shape (n_rows,).
        month: Month number of each recorded value, shape (n_rows,).
        value: Recorded value in the question's currency, shape (n_rows,).
        covered: Whether the data could have shown the cell, shape (n_cells,).
        unrestricted: Total minus fuels minus listed goods by exporter, hub and month, shape
            (n_exporters, n_hubs, n_months), or None where no totals are loaded.
        first_month: Number of the first period of `unrestricted` and of the data.
        last_month: Number of the last complete period.
        is_donor: Which destinations serve as donors, shape (n_hubs,).
        closed: Periods of the window that an exporter has not recorded in full, shape
            (n_exporters, n_months); they are left out on both sides. `value` holds none of them.
        per_year: Periods in a year: 12, or 1 where the data are yearly and a "month" is a year.
    """

    reporters: tuple[str, ...]
    partners: tuple[str, ...]
    families: tuple[str, ...]
    headings: IntArray
    chapters: IntArray
    cell: IntArray
    month: IntArray
    value: FloatArray
    covered: BoolArray
    unrestricted: FloatArray | None
    first_month: int
    last_month: int
    is_donor: BoolArray
    closed: BoolArray
    per_year: int = 12

    @property
    def shape(self) -> tuple[int, int, int]:
        """Number of exporters, hubs and families."""
        return len(self.reporters), len(self.partners), len(self.families)

    def rows_between(self, first: int, last: int) -> tuple[IntArray, IntArray, FloatArray]:
        """Return cell, month and value of the rows of some months, in the order they have.

        Rows in order of time, as `trade.panel` reads them, are cut out; others are searched.
        """
        month = self.month
        rows: slice | BoolArray
        if (month[1:] >= month[:-1]).all():
            rows = slice(*np.searchsorted(month, [first, last + 1]))
        else:
            rows = (month >= first) & (month <= last)
        return self.cell[rows], month[rows], self.value[rows]


@dataclass(frozen=True, slots=True)
class Design:
    """When each family is treated and which months are asked about.

    Attributes:
        start: First month asked about per family, shape (n_families,).
        mask: First month kept out of the fit per family, shape (n_families,).
        last: Last month asked about.
        tested: Which families take part, shape (n_families,).
        whole: Whether an exporter recorded every month of the year before `mask` in full, shape
            (n_exporters, n_families); without a whole past there is no counterfactual.
    """

    start: IntArray
    mask: IntArray
    last: int
    tested: BoolArray
    whole: BoolArray

    def shifted(self, months: int) -> Design:
        """Return the same design at another date (negative: earlier)."""
        return replace(
            self, start=self.start + months, mask=self.mask + months, last=self.last + months
        )


@dataclass(frozen=True, slots=True)
class Prediction:
    """Expected and actual trade of every cell over the window.

    Attributes:
        actual: Recorded value, shape (n_exporters, n_hubs, n_families).
        expected_c: Expected value on rung C, same shape.
        growth: Growth of unrestricted goods by exporter, hub and family, same shape; ones where
            no totals are loaded.
        product: Growth of each product at donors, relative to unrestricted goods where there are
            any, shape (n_exporters, n_hubs, n_families); a donor's leaves its own trade out; ones
            where there are no donors.
        past: Value recorded in the twelve months before, same shape.
        steady: How steadily cells and their sums traded before; see `steadiness`.
        is_new: Cells without a past, same shape.
        usable: Cells that are covered, whose family is tested and whose past is whole, same shape.
        profile: Calendar-month shares of each hub, shape (n_hubs, per_year), rows sum to one.
        expected_a: Expected value on rung A, same shape as `actual`; that of rung B where the
            data do not support rung A.
    """

    actual: FloatArray
    expected_c: FloatArray
    growth: FloatArray
    product: FloatArray
    past: FloatArray
    steady: Steadiness
    is_new: BoolArray
    usable: BoolArray
    profile: FloatArray
    expected_a: FloatArray

    @property
    def steady_cells(self) -> FloatArray:
        """How steadily each cell traded before, same shape."""
        return self.steady.summed_over(())

    @property
    def steady_families(self) -> FloatArray:
        """The same of each hub and family, shape (1, n_hubs, n_families)."""
        return self.steady.summed_over((0,))

    @property
    def steady_hubs(self) -> FloatArray:
        """The same of each hub's goods together, shape (1, n_hubs, 1)."""
        return self.steady.summed_over((0, 2))

    def expected(self, rung: str) -> FloatArray:
        """Return the expected value on rung ``"A"``, ``"B"``, ``"C+"`` or ``"C"``."""
        if rung == "C":
            return self.expected_c
        if rung == "C+":
            return self.expected_c * self.product
        return self.expected_a if rung == "A" else self.expected_c * self.growth


def cell_sums(panel: Panel, low: IntArray, high: IntArray) -> tuple[FloatArray, FloatArray]:
    """Sum values, and count positive ones, in a range of months that depends on the family.

    Args:
        panel: The data.
        low: First month per family, shape (n_families,).
        high: Last month per family, shape (n_families,).

    Returns:
        Sums and counts, both of the panel's shape.
    """
    cell, month, value = panel.rows_between(int(low.min()), int(high.max()))
    family = cell % len(panel.families)
    inside = (month >= low[family]) & (month <= high[family])
    size = int(np.prod(panel.shape))
    cells = cell[inside]
    values = value[inside]
    counts = np.bincount(cells[values > 0], minlength=size).astype(np.float64)
    return summed(cells, values, size).reshape(panel.shape), counts.reshape(panel.shape)


def summed(group: IntArray, values: FloatArray, n_groups: int) -> FloatArray:
    """Sum values by group, giving floats of shape (n_groups,) even where there is nothing."""
    # Without any value numpy counts in integers, weights or no weights.
    sums: FloatArray = np.bincount(group, weights=values, minlength=n_groups).astype(np.float64)
    return sums


def calendar_profile(panel: Panel, design: Design) -> FloatArray:
    """Return each hub's calendar-month shares in the year before the first treated month.

    The year is the same for all families: a later one would hold treated months of goods that
    were restricted earlier.

    Returns:
        Shares of shape (n_hubs, per_year); a hub without trade has equal shares.
    """
    until = int(design.mask[design.tested].min()) if design.tested.any() else design.last
    cell, month, value = panel.rows_between(until - panel.per_year, until - 1)
    inside = design.tested[cell % len(panel.families)]
    hub = cell // len(panel.families) % len(panel.partners)
    key = hub[inside] * panel.per_year + month[inside] % panel.per_year
    sums = summed(key, value[inside], len(panel.partners) * panel.per_year)
    sums = sums.reshape(len(panel.partners), panel.per_year)
    totals = sums.sum(axis=1, keepdims=True)
    shares: FloatArray = np.divide(
        sums, totals, out=np.full_like(sums, 1 / panel.per_year), where=totals > 0
    )
    return shares


def predict(
    panel: Panel,
    design: Design,
    appearance: FloatArray | None = None,
    *,
    with_donors: bool = False,
) -> Prediction:
    """Predict every cell's trade over the window from its own past.

    Args:
        panel: The data.
        design: Dates.
        appearance: Trade that appears in a cell without a past, as a share of the mean level of
            its hub and heading, shape (n_hubs, n_families); None leaves new cells at zero, which
            `appearance_rates` uses to estimate it; rung A is then not fitted either.
        with_donors: Predict donors on rung A too, without their own trade.

    Returns:
        Expectations on both rungs beside what was recorded.
    """
    bare = _from_past(panel, design)
    if appearance is None:
        return bare
    return with_appearance(panel, design, bare, appearance, with_donors=with_donors)


def _from_past(panel: Panel, design: Design) -> Prediction:
    """Predict from each cell's own past alone; cells without one are expected to stay empty."""
    actual, _ = cell_sums(panel, design.start, np.full_like(design.start, design.last))
    past, _ = cell_sums(panel, design.mask - panel.per_year, design.mask - 1)
    profile = calendar_profile(panel, design)
    share = _window_shares(panel, profile, design)
    usable = panel.covered.reshape(panel.shape) & (design.tested & design.whole)[:, None, :]
    expected = np.where(usable, past * share, 0.0)
    growth = _growth(panel, design)
    product = _product(panel, design, actual, expected)
    return Prediction(
        expected_a=expected * growth * product,
        actual=np.where(usable, actual, 0.0),
        expected_c=expected,
        growth=growth,
        product=product,
        past=np.where(usable, past, 0.0),
        steady=Steadiness(panel, design.mask),
        is_new=usable & (past == 0),
        usable=usable,
        profile=profile,
    )


def with_appearance(
    panel: Panel,
    design: Design,
    bare: Prediction,
    appearance: FloatArray,
    *,
    with_donors: bool = False,
) -> Prediction:
    """Give cells without a past their share, and fit rung A where the data support it.

    Args:
        panel: The data.
        design: Dates.
        bare: What `predict` says of the same dates without `appearance`.
        appearance: See `predict`.
        with_donors: See `predict`.
    """
    expected, usable, is_new = bare.expected_c, bare.usable, bare.is_new
    level = heading_level(panel, expected, usable)
    fresh = np.where(is_new, (level * appearance)[None, :, :], 0.0)
    before = expected.sum(axis=(0, 2))
    moved = fresh.sum(axis=(0, 2))
    # Never move more than a hub has: with almost no past, new cells keep the whole of it.
    ratio = np.divide(moved, before, out=np.zeros_like(before), where=before > 0)
    fresh /= np.maximum(ratio, 1.0)[None, :, None]
    kept = 1 - np.minimum(ratio, 1.0)
    expected = expected * kept[None, :, None] + fresh
    expected_a = two_period = expected * bare.growth * bare.product
    # A year has no course within it: yearly data take the two-period form throughout.
    supports_a = panel.unrestricted is not None and panel.is_donor.any() and panel.per_year > 1
    if supports_a and design.tested.any():
        # What the kernel cannot tell, and what appears in cells without a past, keep the two-period
        # form; the rest makes room for the latter as on the other rungs.
        fitted = triple.expected(panel, design, with_donors=with_donors) * kept[None, :, None]
        expected_a = np.where(usable & ~is_new & ~np.isnan(fitted), fitted, two_period)
    return replace(bare, expected_a=expected_a, expected_c=expected)


def open_months(panel: Panel, first: int, last: int) -> FloatArray:
    """Return 1 for an exporter's months in a range that are whole, else 0, (exporters, months)."""
    whole: FloatArray = np.ones((len(panel.reporters), last - first + 1))
    # A window may begin before the data where no family is asked about that early.
    begin = max(first, panel.first_month)
    inside = panel.closed[:, begin - panel.first_month : last - panel.first_month + 1]
    whole[:, begin - first :] -= inside
    return whole


def _window_shares(panel: Panel, profile: FloatArray, design: Design) -> FloatArray:
    """Return the share of a year's trade that falls into each cell's window, panel's shape."""
    shares = np.zeros(panel.shape)
    for start in np.unique(design.start[design.tested]):
        months = np.arange(start, design.last + 1)
        whole = open_months(panel, int(start), design.last)
        share = whole @ profile[:, months % panel.per_year].T
        shares[:, :, design.start == start] = share[:, :, None]
    return shares


def heading_level(panel: Panel, expected: FloatArray, usable: BoolArray) -> FloatArray:
    """Return the mean expected trade of a cell in each hub and heading, shape (hubs, families).

    A hub and heading without trade takes the chapter's mean at a discount.
    """
    n_headings = len(panel.chapters)
    n_chapters = int(panel.chapters.max()) + 1 if n_headings else 0
    sums = expected.sum(axis=0)
    cells = usable.sum(axis=0).astype(np.float64)
    by_heading = _grouped(sums, panel.headings, n_headings)
    in_heading = _grouped(cells, panel.headings, n_headings)
    by_chapter = _grouped(by_heading, panel.chapters, n_chapters)
    in_chapter = _grouped(in_heading, panel.chapters, n_chapters)
    heading = np.divide(by_heading, in_heading, out=np.zeros_like(by_heading), where=in_heading > 0)
    chapter = np.divide(by_chapter, in_chapter, out=np.zeros_like(by_chapter), where=in_chapter > 0)
    filled = np.where(heading > 0, heading, CHAPTER_DISCOUNT * chapter[:, panel.chapters])
    level: FloatArray = filled[:, panel.headings]
    return level


def _grouped(values: FloatArray, groups: IntArray, n_groups: int) -> FloatArray:
    """Sum columns of a (rows, columns) array by group, giving (rows, n_groups)."""
    out = np.zeros((len(values), n_groups))
    for row in range(len(values)):
        out[row] = summed(groups, values[row], n_groups)
    return out


def appearance_rates(panel: Panel, placebos: list[Prediction], fold: IntArray) -> FloatArray:
    """Estimate how much trade appears in cells without a past when nothing was restricted.

    Args:
        panel: The data.
        placebos: Predictions at fake dates, made without `appearance`.
        fold: Calibration fold of each family, shape (n_families,).

    Returns:
        Trade in new cells over the mean level of their hub and heading, shape
        (n_hubs, n_families); a family's rate is estimated on the other folds only.
    """
    n_folds = int(fold.max()) + 1 if len(fold) else 1
    seen = np.zeros((len(panel.partners), n_folds))
    level = np.zeros((len(panel.partners), n_folds))
    for placebo in placebos:
        base = heading_level(panel, placebo.expected_c, placebo.usable)
        appeared = np.where(placebo.is_new, placebo.actual, 0.0).sum(axis=0)
        possible = placebo.is_new.sum(axis=0) * base
        seen += _grouped(appeared, fold, n_folds)
        level += _grouped(possible, fold, n_folds)
    others_seen = seen.sum(axis=1, keepdims=True) - seen
    others_level = level.sum(axis=1, keepdims=True) - level
    rates = np.divide(
        others_seen, others_level, out=np.zeros_like(others_seen), where=others_level > 0
    )
    spread: FloatArray = rates[:, fold]
    return spread


def _growth(panel: Panel, design: Design) -> FloatArray:
    """Return growth of unrestricted goods from the past year to the window, by cell."""
    growth = np.ones(panel.shape)
    if panel.unrestricted is None:
        return growth
    dates = np.stack([design.start, design.mask])
    for start, mask in np.unique(dates[:, design.tested], axis=1).T:
        rates = pair_growth(panel, int(start), int(mask), design.last)
        chosen = (design.start == start) & (design.mask == mask)
        growth[:, :, chosen] = rates[:, :, None]
    return growth


def _product(panel: Panel, design: Design, actual: FloatArray, expected: FloatArray) -> FloatArray:
    """Return each product's growth at donors, date by date, panel's shape."""
    product = np.ones(panel.shape)
    if not panel.is_donor.any():
        return product
    at = panel.is_donor
    dates = np.stack([design.start, design.mask])
    for start, mask in np.unique(dates[:, design.tested], axis=1).T:
        before, after = pair_trade(panel, int(start), int(mask), design.last)
        chosen = design.tested & (design.start == start) & (design.mask == mask)
        found = donors.product_growth(
            actual[:, at][:, :, chosen],
            expected[:, at][:, :, chosen],
            after[:, at],
            before[:, at],
        )
        here = np.broadcast_to(found.overall[:, None, :], (*panel.shape[:2], chosen.sum())).copy()
        here[:, at] = found.without_one
        product[:, :, chosen] = here
    return product


def pair_growth(panel: Panel, start: int, mask: int, last: int) -> FloatArray:
    """Return each pair's growth of unrestricted goods, shrunk to its hub's, (exporters, hubs).

    The months of the window are set against the same calendar months of the year before `mask`.
    """
    if panel.unrestricted is None:
        return np.ones(panel.shape[:2])
    before, after = pair_trade(panel, start, mask, last)
    hub_before, hub_after = before.sum(axis=0), after.sum(axis=0)
    hub = np.divide(hub_after, hub_before, out=np.ones_like(hub_after), where=hub_before > 0)
    weight = GROWTH_SHRINKAGE * hub_before
    below = before + weight[None, :]
    rates: FloatArray = np.divide(
        after + weight[None, :] * hub[None, :],
        below,
        out=np.broadcast_to(hub[None, :], after.shape).copy(),
        where=below > 0,
    )
    return rates


def pair_trade(panel: Panel, start: int, mask: int, last: int) -> tuple[FloatArray, FloatArray]:
    """Return each pair's unrestricted trade in the twin months of the past and in the window.

    Returns:
        Past and window, both of shape (exporters, hubs).
    """
    trade = panel.unrestricted
    if trade is None:
        return np.zeros(panel.shape[:2]), np.zeros(panel.shape[:2])
    months = np.arange(start, last + 1)
    past = mask - panel.per_year + (months - mask) % panel.per_year
    whole = open_months(panel, start, last)[:, None, :]
    after = (trade[:, :, months - panel.first_month] * whole).sum(axis=2)
    before = (trade[:, :, past - panel.first_month] * whole).sum(axis=2)
    return before, after
