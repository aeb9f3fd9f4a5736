"""The data behind the figures: as tables to read, and as CSV to take away."""

from __future__ import annotations

import base64
import csv
import io
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from throughflow.reference import countries
from throughflow.report import words

if TYPE_CHECKING:
    from collections.abc import Sequence

    from throughflow.dossier.model import Dossier, Exporter, HubLine
    from throughflow.report.compared import Compared
    from throughflow.trade.finding import Row
    from throughflow.trade.mirror import Unrecorded

    Cell = str | float | None

Kind = Literal["text", "money", "share", "ratio", "rate", "count"]
# More rows than this nobody reads on a page; a page of them all would be several megabytes.
SHOWN_ROWS = 60
# A spreadsheet takes a cell that begins like this for a formula; labels come from untrusted files.
FORMULA = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its name in the CSV, its heading on the page, and what it holds."""

    key: str
    title: str
    kind: Kind = "text"

    @property
    def is_number(self) -> bool:
        """Whether cells are set to the right."""
        return self.kind != "text"

    def shown(self, cell: Cell) -> str:
        """Write a cell for the page."""
        if cell is None:
            return words.DASH
        if isinstance(cell, str):
            return cell
        match self.kind:
            case "money" | "count":
                return words.exact(cell)
            case "share":
                return words.share(cell)
            case "ratio":
                return words.number(cell, 3)
            case _:
                return words.rate(cell)

    def raw(self, cell: Cell) -> str:
        """Write a cell for the CSV: plain digits, nothing for no number."""
        if cell is None:
            return ""
        if isinstance(cell, str):
            return f"'{cell}" if cell.startswith(FORMULA) else cell
        return f"{cell:.2f}" if self.kind == "money" else f"{cell:.6g}"


@dataclass(frozen=True, slots=True)
class Table:
    """A table with its caption; cells are in the order of the columns."""

    name: str
    caption: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]

    @property
    def shown(self) -> tuple[tuple[Cell, ...], ...]:
        """The rows that the page shows; the CSV holds all."""
        return self.rows[:SHOWN_ROWS]

    def csv(self) -> str:
        """Write the table as CSV with plain numbers."""
        out = io.StringIO()
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow([column.key for column in self.columns])
        for row in self.rows:
            writer.writerow(
                [column.raw(cell) for column, cell in zip(self.columns, row, strict=True)]
            )
        return out.getvalue()

    def data_uri(self) -> str:
        """Return the CSV as a link target, so that the page can hold it."""
        encoded = base64.b64encode(b"\xef\xbb\xbf" + self.csv().encode()).decode()
        return f"data:text/csv;charset=utf-8;base64,{encoded}"


def monthly(d: Dossier) -> Table:
    """Return the series of Figure 1."""
    columns = [
        Column("month", "Month"),
        Column("recorded", "Recorded", "money"),
        Column("expected", "Expected", "money"),
        Column("low_50", "50 % low", "money"),
        Column("high_50", "50 % high", "money"),
        Column("low_90", "90 % low", "money"),
        Column("high_90", "90 % high", "money"),
    ]
    m = d.monthly
    series: list[Sequence[float | None]] = [
        m.actual, m.expected, m.low_50, m.high_50, m.low_90, m.high_90,
    ]  # fmt: skip
    direct = d.monthly_target
    if direct is not None and direct.months == m.months:
        columns += [
            Column("direct_recorded", f"Direct to {d.target_name}, recorded", "money"),
            Column("direct_expected", f"Direct to {d.target_name}, expected", "money"),
        ]
        series += [direct.actual, direct.expected]
    rows = tuple(
        (f"{when:%Y-%m}", *values) for when, *values in zip(m.months, *series, strict=True)
    )
    return Table(
        "months",
        f"Exports of restricted goods to {d.hub_name} by month, {d.currency}",
        tuple(columns),
        rows,
    )


_JUDGED = (
    Column("base_recorded", "Recorded in base months", "money"),
    Column("recorded", "Recorded", "money"),
    Column("expected", "Expected", "money"),
    Column("low", "90 % low", "money"),
    Column("high", "90 % high", "money"),
    Column("excess", "Excess", "money"),
    Column("excess_low", "Excess, low", "money"),
    Column("excess_high", "Excess, high", "money"),
    Column("excess_rung_c", "Excess, rung C", "money"),
    Column("ratio", "Recorded over expected", "ratio"),
    Column("p", "p", "rate"),
    Column("q", "q", "rate"),
    Column("minimum_detectable", "Smallest excess that could be told", "money"),
    Column("rung", "Rung"),
    Column("kind", "Class"),
    Column("verdict", "Verdict"),
    Column("reason", "Why no stronger"),
)


# Only where the hub's own exports to the target are told for some of the rows.
_ONWARD = (
    Column("onward_recorded", "Hub’s exports to the target", "money"),
    Column("onward_expected", "Hub’s exports to the target, expected", "money"),
    Column("onward_p", "p of these exports", "rate"),
    Column("p_joint", "p of all legs", "rate"),
    Column("onward_through", "Rather through"),
)


def _onward(row: Row) -> tuple[Cell, ...]:
    return (
        row.onward_actual, row.onward_expected, row.onward_p, row.p_joint, row.onward_through,
    )  # fmt: skip


def _judged(row: Row) -> tuple[Cell, ...]:
    return (
        row.base_actual, row.actual, row.expected, row.low, row.high, row.excess, row.excess_low,
        row.excess_high, row.excess_c, row.ratio, row.p, row.q, row.minimum_detectable, row.rung,
        row.kind, row.verdict, words.clean(row.reason),
    )  # fmt: skip


def families(d: Dossier) -> Table:
    """Return all families the dossier holds, those without a past after those with one."""
    rows = (*d.families, *d.new_flows)
    has_second = any(row.onward_actual is not None for row in rows)
    return Table(
        "families",
        f"Families of goods, {d.hub_name}, {d.window_words}, {d.currency}",
        (
            Column("family", "Family"),
            Column("codes", "Codes"),
            Column("label", "Official label, shortened"),
            Column("tier", "List"),
            *_JUDGED,
            *(_ONWARD if has_second else ()),
        ),
        tuple(
            (
                words.clean(row.family),
                " ".join(map(words.clean, row.products)),
                words.short_label(row.label, 90),
                words.tier(row.tier),
                *_judged(row),
                *(_onward(row) if has_second else ()),
            )
            for row in rows
        ),
    )


def exporters(d: Dossier) -> Table:
    """Return the exporters' rows."""
    return Table(
        "exporters",
        f"Exporters, {d.hub_name}, {d.window_words}, {d.currency}",
        (Column("exporter", "Code"), Column("name", "Exporter"), *_JUDGED),
        tuple((e.code, e.name, *_judged(e.row)) for e in d.by_exporter),
    )


def exporters_monthly(d: Dossier, shown: Sequence[Exporter]) -> Table:
    """Return the series of the small multiples, a column per exporter."""
    months = d.monthly.months
    series = [dict(zip(e.monthly.months, e.monthly.actual, strict=True)) for e in shown]
    return Table(
        "exporters-by-month",
        f"Recorded by month and exporter, {d.currency}",
        (Column("month", "Month"), *(Column(e.code, e.name, "money") for e in shown)),
        tuple((f"{m:%Y-%m}", *(values.get(m) for values in series)) for m in months),
    )


def hubs(d: Compared) -> Table:
    """Return the hubs' totals with their growth."""

    def cells(line: HubLine) -> tuple[Cell, ...]:
        kind = "comparison" if line.is_comparison else line.role
        return (
            line.code, line.name, kind, line.growth, line.growth_without_new, *_judged(line.row)
        )  # fmt: skip

    return Table(
        "hubs",
        f"Destinations compared, {d.window_words}, {d.currency}",
        (
            Column("hub", "Code"),
            Column("name", "Destination"),
            Column("role", "Role"),
            Column("growth", "Growth", "share"),
            Column("growth_without_new", "Growth without new flows", "share"),
            *_JUDGED,
        ),
        tuple(cells(line) for line in d.hubs),
    )


def years(u: Unrecorded) -> str:
    """Write the years of an estimate: ``2022–2023``, by hub where hubs differ."""
    spans = {hub: _span(found) for hub, found in u.years.items()}
    if len(set(spans.values())) == 1:
        return next(iter(spans.values()))
    common = max(set(spans.values()), key=list(spans.values()).count)
    others = [f"{countries.name(h)} {span}" for h, span in spans.items() if span != common]
    return f"{common} ({', '.join(others)})"


def _span(found: Sequence[int]) -> str:
    whole = len(found) > 1 and found[-1] - found[0] == len(found) - 1
    return f"{found[0]}–{found[-1]}" if whole else ", ".join(map(str, found))


def base_years(u: Unrecorded) -> str:
    """Write the base years of an estimate."""
    return _span(u.base)


def who(u: Unrecorded) -> str:
    """Write the hubs of an estimate."""
    return words.listed([countries.name(h) for h in u.hubs])


def unrecorded(d: Dossier) -> Table:
    """Return every estimate of what was not recorded on arrival."""
    rows: list[tuple[Cell, ...]] = []
    for u in (*d.unrecorded, *d.unrecorded_pooled, *d.unrecorded_comparison):
        for form, s in (("raw", u.raw), ("ratio-adjusted", u.adjusted)):
            rows.append(
                (
                    who(u),
                    years(u),
                    base_years(u),
                    form,
                    u.additional_exports,
                    u.additional_imports,
                    s.value,
                    s.low,
                    s.high,
                    s.share,
                    s.share_low,
                    s.share_high,
                    u.base_ratio,
                )
            )
    return Table(
        "unrecorded",
        f"Additional exports not recorded on arrival, all goods, {d.currency}",
        (
            Column("hubs", "Hubs"),
            Column("years", "Years"),
            Column("base", "Base years"),
            Column("form", "Form"),
            Column("additional_exports", "Additional exports", "money"),
            Column("additional_imports", "Additional imports recorded by the hub", "money"),
            Column("unrecorded", "Not recorded", "money"),
            Column("low", "90 % low", "money"),
            Column("high", "90 % high", "money"),
            Column("share", "Share", "share"),
            Column("share_low", "Share, low", "share"),
            Column("share_high", "Share, high", "share"),
            Column("base_ratio", "Imports over exports in base years", "ratio"),
        ),
        tuple(rows),
    )
