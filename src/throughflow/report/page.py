"""The dossier as one HTML file that needs nothing else: no script, no font, no address."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from throughflow.model.periods import Window
from throughflow.report import (
    checks,
    compared,
    flows,
    headlines,
    route_figure,
    said,
    saydo_figure,
    stance_panel,
    tables,
    through,
    went,
    words,
)
from throughflow.report.charts import destination, exporters, intervals, marks, monthly, sankey
from throughflow.report.figure import Figure, both, source_line
from throughflow.trade.network import sankey as network_chart

if TYPE_CHECKING:
    from collections.abc import Sequence

    from throughflow.dossier.model import Alternative, Dossier, Exporter
    from throughflow.evidence.runs import Run
    from throughflow.report.scale import Log
    from throughflow.trade.finding import Row
    from throughflow.trade.mirror import Share, Unrecorded

# More rows or panels than these are in the CSV, not on the page.
SHOWN_FAMILIES = 15
SHOWN_NEW_FLOWS = 8
SHOWN_EXPORTERS = 12
STATES = (
    ("checked and found", "found"),
    ("checked and not found", "absent"),
    ("could not be checked", "unknown"),
)


@dataclass(frozen=True, slots=True)
class FamilyLine:
    """One line of the table of goods, ready to be set."""

    row: Row
    code: str
    label: str
    title: str
    tier: str
    bar: Markup
    q: str
    reason: str
    onward: str


@dataclass(frozen=True, slots=True)
class GapLine:
    """One line of the table of what was not recorded on arrival."""

    estimate: Unrecorded
    who: str
    years: str
    base: str
    raw_bar: Markup
    adjusted_bar: Markup


@cache
def environment() -> Environment:
    """Return the templates with the filters that all pages use."""
    made = Environment(
        loader=PackageLoader("throughflow.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    made.filters.update(
        millions=words.millions,
        amount=words.amount,
        multiple=words.multiple,
        rate=words.rate,
        share=words.share,
        growth=words.growth,
        number=words.number,
        exact=words.exact,
        day=words.day,
        month=words.month,
        clean=words.clean,
        short_label=words.short_label,
        percent=words.percent,
        capitalize_first=words.capitalize_first,
        lower_first=words.lower_first,
    )
    return made


@cache
def style() -> str:
    """Return the style sheet, with line ends as they are hashed."""
    text = (resources.files("throughflow.report") / "style.css").read_text(encoding="utf-8")
    return "\n" + text.replace("\r\n", "\n")


def policy() -> str:
    """Return the content security policy: nothing is loaded, one style sheet is known by its hash.

    Data links are downloads that the reader asks for; no directive concerns them.
    """
    digest = base64.b64encode(hashlib.sha256(style().encode()).digest()).decode()
    return (
        f"default-src 'none'; style-src 'sha256-{digest}'; img-src data:; "
        "base-uri 'none'; form-action 'none'"
    )


def html_text(dossier: Dossier, run: Run | None = None) -> str:
    """Return the dossier as one self-contained HTML page.

    Args:
        dossier: What it says.
        run: The recorded run it came from, for the replay id and the inputs.

    Returns:
        The page; the same dossier and run give the same bytes.
    """
    return environment().get_template("dossier.html.j2").render(_context(dossier, run))


def _context(d: Dossier, run: Run | None) -> dict[str, Any]:
    scale = intervals.family_scale([*d.families[:SHOWN_FAMILIES], *d.new_flows[:SHOWN_NEW_FLOWS]])
    shown = _exporters_shown(d)
    first, _, rest = d.title.partition(": ")
    return {
        "d": d,
        "title_first": first,
        "title_rest": rest,
        "base_words": Window.parse(d.base).words(),
        "fake_windows": [Window.parse(w).words() for w in sorted(d.fake_windows)],
        "run": run,
        "style": Markup(style()),  # noqa: S704 - the package's own file
        "policy": policy(),
        "unit": words.unit(d.currency),
        "marks": [(m, marks.mark(m.word)) for m in d.marks],
        "said": said,
        "timeline": said.rows(d),
        "said_table": said.table(d),
        "stance": stance_panel.figure(d.stance),
        **saydo_figure.context(d.saydo),
        "roads_map": route_figure.on_map(d.roads.finding) if d.roads else None,
        "story": _story(d),
        "direct": headlines.direct(d),
        "went": _went(d),
        "went_lines": went.lines(d.decomposition) if d.decomposition else [],
        "through": _through(d),
        "destination": _destination(d),
        "gaps": _gap_lines(d),
        "gap_axis": intervals.share_axis(_gap_scale(d)),
        "caution": headlines.caution(d),
        "families": _family_lines(d.families[:SHOWN_FAMILIES], scale, d.target_name),
        "families_more": max(len(d.families) - SHOWN_FAMILIES, 0),
        "families_headline": headlines.families(d),
        "families_deck": headlines.families_deck(d),
        "families_table": tables.families(d),
        "family_axis": intervals.family_axis(scale),
        "new_flows": _family_lines(d.new_flows[:SHOWN_NEW_FLOWS], scale, d.target_name),
        "new_flows_more": max(len(d.new_flows) - SHOWN_NEW_FLOWS, 0),
        "new_flows_headline": headlines.new_flows(d),
        "all_families": all_families(d),
        **checks.context(d),
        "exporters": _exporters(d, shown),
        "exporters_table": tables.exporters(d),
        "exporters_more": len(d.by_exporter) - len(shown),
        "hubs": compared.hubs(
            d, 4, headlines.hubs(d), headlines.hubs_deck(d), source_line(d.sources)
        ),
        "map": compared.on_map(d, 5, source_line(d.sources)),
        "alternatives": _alternatives(d.alternatives),
        "rung_words": rung_words(d.total.rung),
        "amount_range": words.amount_range,
        "millions_range": words.millions_range,
    }


def all_families(d: Dossier) -> str:
    """Return the command that prints every family."""
    options = d.command.partition(f" dossier {d.hub}")[2]
    return f"throughflow excess --partner {d.hub} --by product{options}"


def why_no_q(reason: str) -> str:
    """Return the part of a row's reason that says why it has no q."""
    return words.clean(reason).rsplit("; ", 1)[-1]


def rung_words(rung: str) -> str:
    """Say what a rung of the counterfactual rests on."""
    return {
        "A": "other destinations and unrestricted goods",
        "B": "the growth of the same exporters’ unrestricted trade with the hub",
        "C": "the same exporters’ own past sales to the hub",
    }.get(rung, "no expectation")


def _publishers(d: Dossier, datasets: Sequence[str]) -> str:
    named = sorted({words.clean(s.publisher) for s in d.sources if s.dataset in datasets})
    return f"Sources: {'; '.join(named)}; throughflow."


def _story(d: Dossier) -> Figure:
    m = d.monthly
    told = [
        f"{words.month_short(when)} {words.millions(actual)} against "
        f"{words.millions(expected)} expected"
        for when, actual, expected in zip(m.months, m.actual, m.expected, strict=True)
        if expected is not None
    ]
    description = (
        f"Line of recorded exports of restricted goods to {d.hub_name} by month, "
        f"{words.month_short(m.months[0])} to {words.month_short(m.months[-1])}, with the expected "
        f"value and its 50 % and 90 % bands in the window. In {words.unit(d.currency)}: "
        f"{'; '.join(told) or 'no expectation can be told'}. "
    )
    if d.monthly_target is not None:
        description += f"A second panel shows direct exports to {d.target_name}. "
    description += said.marks_description(d, m.months)
    total = d.total
    gap = ""
    if total.excess is not None and total.excess_low is not None and total.excess_low > 0:
        gap = words.signed_amount(total.excess, total.currency)
    story = monthly.Story(
        d.hub_name, d.target_name, m, d.monthly_target, d.restrictions, gap, d.currency,
        said.marks(d),
    )  # fmt: skip
    wide, narrow = both(
        lambda frame, name: monthly.draw(
            story, frame, name, f"Restricted goods to {d.hub_name} by month", description.rstrip()
        ),
        monthly.WIDE,
        monthly.NARROW,
        "story",
    )
    return Figure(
        "story", 1, headlines.story(d),
        f"{headlines.story_deck(d)} {said.marks_words(d, m.months)}".strip(),
        wide, narrow, tables.monthly(d), source_line(d.sources),
    )  # fmt: skip


def _went(d: Dossier) -> Figure | None:
    """Return where the excess went, product by product; None where that is not told."""
    if d.decomposition is None:
        return None
    wide = narrow = None
    diagram = flows.of_hub(d)
    if diagram is not None:
        wide, narrow = both(
            lambda frame, name: sankey.draw(
                diagram, frame, name, f"Where the excess of {d.hub_name} went", went.description(d)
            ),
            sankey.WIDE,
            sankey.NARROW,
            "went",
        )
    return Figure(
        "went", 2, went.headline(d), went.deck(d), wide, narrow, went.table(d),
        _publishers(d, d.decomposition.datasets),
    )  # fmt: skip


def _through(d: Dossier) -> Figure | None:
    """Return what can have come through several hubs; None where their legs are not told."""
    found = d.network
    diagram = None
    if found is not None:
        chart = network_chart.sankey(found)
        diagram = flows.of_network(chart, through.name_of, found.target)
    if found is None or diagram is None:
        return None
    wide, narrow = both(
        lambda frame, name: sankey.draw(
            diagram, frame, name, "Through several hubs", through.description(d, found)
        ),
        sankey.WIDE_NETWORK,
        sankey.NARROW_NETWORK,
        "through",
    )
    return Figure(
        "through", 0, through.headline(d, found), through.deck(d, found), wide, narrow,
        through.table(d, found), source_line(d.sources),
    )  # fmt: skip


def _destination(d: Dossier) -> Figure:
    wide = narrow = None
    if headlines.has_gap(d):
        found = d.unrecorded[0]
        chosen = found.raw
        title = f"Additional exports to {d.hub_name}, {tables.years(found)}: recorded on arrival?"
        description = (
            f"One bar of all additional exports. Not recorded on arrival: "
            f"{words.share(chosen.share)}, between "
            f"{words.share_range(chosen.share_low, chosen.share_high)}; "
            "what was sent on or kept cannot be told."
        )
        wide, narrow = both(
            lambda frame, name: destination.draw(
                chosen, d.hub_name, frame, name, title, description,
                is_told_above=d.decomposition is not None,
            ),
            destination.WIDE,
            destination.NARROW,
            "destination",
        )  # fmt: skip
    publishers = sorted({words.clean(s.publisher) for s in d.sources})
    return Figure(
        "destination", 0 if d.decomposition else 2, headlines.destination(d),
        headlines.destination_deck(d),
        wide, narrow, tables.unrecorded(d),
        f"Sources: {'; '.join(publishers)}; throughflow.",
    )  # fmt: skip


def _gap_shares(d: Dossier) -> list[Share]:
    every = (*d.unrecorded, *d.unrecorded_pooled, *d.unrecorded_comparison)
    return [s for u in every for s in (u.raw, u.adjusted)]


def _gap_scale(d: Dossier) -> Any:
    return intervals.share_scale(_gap_shares(d))


def _gap_lines(d: Dossier) -> list[tuple[str, list[GapLine]]]:
    scale = _gap_scale(d)
    groups: list[tuple[str, Sequence[Unrecorded]]] = [
        (d.hub_name, d.unrecorded),
        ("", d.unrecorded_pooled),
        ("comparison, outside the customs union", d.unrecorded_comparison),
    ]
    out = []
    for note, estimates in groups:
        by_hubs: dict[tuple[str, ...], list[Unrecorded]] = {}
        for u in estimates:
            by_hubs.setdefault(u.hubs, []).append(u)
        for same in by_hubs.values():
            name = tables.who(same[0])
            title = name if note in {"", name} else f"{name} ({note})"
            lines = [
                GapLine(
                    u,
                    name,
                    _unbroken(tables.years(u)),
                    tables.base_years(u),
                    intervals.share(u.raw, scale),
                    intervals.share(u.adjusted, scale),
                )
                for u in same
            ]
            out.append((title, lines))
    return out


def _unbroken(years: str) -> str:
    """Let a line break only before a bracket: ``2022–2023`` / ``(Armenia 2022)``."""
    span, bracket, rest = years.partition(" (")
    return span + bracket + rest.replace(" ", "\N{NO-BREAK SPACE}")


def _family_lines(rows: Sequence[Row], scale: Log, target: str) -> list[FamilyLine]:
    return [
        FamilyLine(
            row=row,
            code=", ".join(words.clean(c) for c in (row.products or (row.family,))[:3])
            + (f" +{len(row.products) - 3}" if len(row.products) > 3 else ""),
            label=words.short_label(row.label),
            title=words.full_label(row.label),
            tier=words.tier(row.tier),
            bar=intervals.family(row, scale),
            q=words.rate(row.q),
            reason=why_no_q(row.reason) if row.q is None else "",
            onward=went.second_leg(row, target),
        )
        for row in rows
    ]


def _exporters_shown(d: Dossier) -> Sequence[Exporter]:
    return d.by_exporter[:SHOWN_EXPORTERS]


def _exporters(d: Dossier, shown: Sequence[Exporter]) -> Figure:
    wide = narrow = None
    if shown:
        description = "Recorded exports by month, one panel per exporter on one scale. Excess: "
        description += "; ".join(
            f"{e.name} "
            + (
                words.signed_amount(e.row.excess, e.row.currency)
                if e.row.excess is not None
                else "cannot tell"
            )
            for e in shown
        )
        wide, narrow = both(
            lambda frame, name: exporters.draw(
                shown, frame, name, f"Restricted goods to {d.hub_name} by exporter", description
            ),
            exporters.WIDE,
            exporters.NARROW,
            "exporters",
        )
    return Figure(
        "exporters", 3, headlines.exporters(d),
        f"Recorded (line) and expected (grey) by month, {words.unit(d.currency)}, one scale for "
        "all; "
        f"below each name the excess in the window with its 90{words.THIN}% interval.",
        wide, narrow, tables.exporters_monthly(d, shown), source_line(d.sources),
    )  # fmt: skip


def _alternatives(
    found: Sequence[Alternative],
) -> list[tuple[str, str, list[Alternative]]]:
    """Group explanations by what became of them; a state of another name keeps it."""
    known = dict(STATES)
    states = [s for s, _ in STATES] + sorted({a.state for a in found} - known.keys())
    return [
        (state, known.get(state, "unknown"), same)
        for state in states
        if (same := [a for a in found if a.state == state])
    ]
