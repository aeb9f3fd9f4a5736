"""The dossier as Markdown, for notes, tickets and mail."""

from __future__ import annotations

from typing import TYPE_CHECKING

from throughflow.report import (
    headlines,
    markdown_checks,
    markdown_said,
    tables,
    through,
    went,
    words,
)
from throughflow.report.marking import bullets, escaped, table

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from throughflow.dossier.model import Dossier
    from throughflow.evidence.runs import Run
    from throughflow.trade.finding import Row

SHOWN_FAMILIES = 15
SHOWN_EXPORTERS = 12


def markdown(dossier: Dossier, run: Run | None = None) -> str:
    """Return the dossier as GitHub-flavoured Markdown, with the same numbers as the page.

    Args:
        dossier: What it says.
        run: The recorded run it came from, for the replay id and the inputs.
    """
    d = dossier
    blocks: list[str] = [
        f"# {escaped(d.title)}",
        f"Data as of {words.day(d.as_of)}. Exporters covered: {escaped(d.exporters_words)}.",
        bullets(f"**{m.witness}**: {m.word} ({escaped(m.note)})" for m in d.marks),
        "## In one paragraph",
        escaped(d.paragraph),
        escaped(d.paragraph_whole_codes),
        "## What was promised",
        *markdown_said.promised(d),
        *markdown_said.stance(d),
        "## Month by month",
        f"**{escaped(headlines.story(d))}.** {escaped(headlines.story_deck(d))}",
        escaped(headlines.direct(d)),
        _months(d),
        "## Was the word kept?",
        *markdown_said.kept(d),
        "## Where it went",
        *_went(d),
        f"**{escaped(headlines.destination(d))}.** {escaped(headlines.destination_deck(d))}"
        if d.unrecorded or d.decomposition is None
        else "",
        _gaps(d),
        escaped(headlines.caution(d)),
        bullets(f"Left out: {escaped(reason)}" for reason in d.unrecorded_refused),
        "## By which road",
        *markdown_said.roads(d),
        "## Which goods",
        f"**{escaped(headlines.families(d))}.** {escaped(headlines.families_deck(d))}",
        _families(d.families[:SHOWN_FAMILIES], d.currency),
        _second_legs(d.families[:SHOWN_FAMILIES], d.target_name),
        f"**New flows: {escaped(headlines.new_flows(d))}.**",
        _families(d.new_flows, d.currency),
        *markdown_checks.goods(d),
        "## Who sends",
        f"**{escaped(headlines.exporters(d))}.**",
        _judged("Exporter", [(e.name, e.row) for e in d.by_exporter[:SHOWN_EXPORTERS]], d.currency),
        "## Compared with",
        f"**{escaped(headlines.hubs(d))}.** {escaped(headlines.hubs_deck(d))}",
        _judged("Destination", [(line.name, line.row) for line in d.hubs], d.currency),
        *markdown_checks.donors(d),
        "## What we cannot tell",
        bullets(_cannot_tell(d)),
        bullets(escaped(limit) for limit in d.limits),
        "## Other explanations",
        bullets(f"**{escaped(a.name)}** — {a.state}: {escaped(a.finding)}" for a in d.alternatives),
        "## How we know",
        _how(d, run),
    ]
    return "\n\n".join(block for block in blocks if block) + "\n"


def _months(d: Dossier) -> str:
    m = d.monthly
    unit = words.unit(d.currency)
    return table(
        ["Month", f"Recorded, {unit}", "Expected", "90 % interval"],
        [
            (
                words.month(when),
                words.millions(actual),
                words.millions(expected),
                words.millions_range(low, high),
            )
            for when, actual, expected, low, high in zip(
                m.months, m.actual, m.expected, m.low_90, m.high_90, strict=True
            )
            if expected is not None
        ],
    )


def _went(d: Dossier) -> Iterable[str]:
    """Write where the excess went, product by product, or why that is not told."""
    if d.decomposition is None:
        if d.decomposition_reason:
            yield f"Which goods went where: {escaped(d.decomposition_reason)}."
        return
    yield f"**{escaped(went.headline(d))}.** {escaped(went.deck(d))}"
    unit = words.unit(d.currency)
    yield table(
        ["Goods", f"More sent, {unit}", "Not recorded on arrival",
         f"Re-exported to {escaped(d.target_name)}, at most", "Absorbed, least to most",
         "Pass-through"],
        [
            (
                escaped(f"{line.code} {line.label}".strip()),
                *(
                    f"{part.value} ({part.ends})" if part.ends else part.value
                    for part in (line.sent, line.missing, line.most, line.kept, line.passed)
                ),
            )
            for line in went.lines(d.decomposition)
        ],
    )  # fmt: skip
    yield f"Every family and leg: `{d.decomposition.command}`. {escaped(d.decomposition.noise)}."
    if d.network is None:
        yield f"Through several hubs: cannot tell, {escaped(d.network_reason)}."
        return
    yield f"**{escaped(through.headline(d, d.network))}.** {escaped(through.deck(d, d.network))}"
    unit = words.unit(d.currency)
    yield table(
        ["From", "To", f"Can have carried, {unit}", "Flow, one example"],
        [
            (
                through.name_of(leg.tail),
                through.name_of(leg.head),
                *(
                    f"{words.millions(p.mid, 2)} ({words.millions_range(p.low, p.high, 2)})"
                    for p in (leg.capacity, leg.flow)
                ),
            )
            for leg in d.network.legs
        ],
        text_columns=2,
    )


def _gaps(d: Dossier) -> str:
    every = (*d.unrecorded, *d.unrecorded_pooled, *d.unrecorded_comparison)
    return table(
        ["Hubs", "Years", "Base", "Raw", "Ratio-adjusted"],
        [
            (
                tables.who(u),
                tables.years(u),
                tables.base_years(u),
                *(
                    f"{words.share(s.share)} ({words.share_range(s.share_low, s.share_high)})"
                    for s in (u.raw, u.adjusted)
                ),
            )
            for u in every
        ],
        text_columns=3,
    )


def _families(rows: Sequence[Row], currency: str) -> str:
    return table(
        ["Goods", "List", f"Expected, {words.unit(currency)}", "Recorded", "Ratio", "q", "Verdict"],
        [
            (
                f"{escaped(row.family)} {escaped(words.short_label(row.label))}",
                escaped(words.tier(row.tier)),
                f"{words.millions(row.expected, 2)} ({words.millions_range(row.low, row.high, 2)})",
                words.millions(row.actual, 2),
                words.multiple(row.ratio),
                words.rate(row.q),
                row.verdict,
            )
            for row in rows
        ],
        text_columns=2,
    )


def _second_legs(rows: Sequence[Row], target: str) -> str:
    return bullets(
        f"{escaped(row.family)}: {escaped(words.lower_first(told))}"
        for row in rows
        if (told := went.second_leg(row, target))
    )


def _judged(title: str, rows: Sequence[tuple[str, Row]], currency: str) -> str:
    return table(
        [title, f"Expected, {words.unit(currency)}", "Recorded", "Excess", "90 % interval",
         "Excess, rung C", "Verdict"],
        [
            (
                escaped(name),
                words.millions(row.expected),
                words.millions(row.actual),
                words.millions(row.excess),
                words.millions_range(row.excess_low, row.excess_high),
                words.millions(row.excess_c),
                row.verdict,
            )
            for name, row in rows
        ],
    )  # fmt: skip


def _cannot_tell(d: Dossier) -> Iterable[str]:
    for gap in d.cannot_tell:
        worth = ""
        if gap.value is not None:
            worth = f" ({words.amount(gap.value, d.currency)}"
            worth += (
                f", {words.percent(gap.share)} of listed goods recorded)"
                if (gap.share is not None)
                else ")"
            )
        why = f": {escaped(gap.why)}" if gap.why != gap.what else ""
        remedy = f". Would tell: {escaped(words.lower_first(gap.remedy))}" if gap.remedy else ""
        yield f"**{escaped(words.capitalize_first(gap.what))}**{worth}{why}{remedy}."


def _how(d: Dossier, run: Run | None) -> str:
    lines = [
        f"{escaped(s.publisher)}, {escaped(s.title)} ({words.day(s.as_of)}; {words.exact(s.files)} "
        f"files, {words.exact(s.rows)} rows; sha256 `{s.digest}`)"
        for s in d.sources
    ]
    lines.append(f"Control list: {escaped(d.list_title)}")
    lines.append(f"Made by `{d.command}`")
    if run is not None:
        lines.append(f"Replay id `{run.id}`, code `{run.code}`: `throughflow replay {run.id}`")
    return bullets(lines)
