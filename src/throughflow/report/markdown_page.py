"""The dossier as Markdown, for notes, tickets and mail."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from throughflow.report import headlines, tables, through, went, words

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from throughflow.dossier.model import Dossier
    from throughflow.evidence.runs import Run
    from throughflow.trade.finding import Row

_SPECIAL = re.compile(r"([\\`*_{}\[\]<>|#~])")
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
        f"# {_text(d.title)}",
        f"Data as of {words.day(d.as_of)}. Exporters covered: {_text(d.exporters_words)}.",
        _bullets(f"**{m.witness}**: {m.word} ({_text(m.note)})" for m in d.marks),
        "## In one paragraph",
        _text(d.paragraph),
        _text(d.paragraph_whole_codes),
        "## Month by month",
        f"**{_text(headlines.story(d))}.** {_text(headlines.story_deck(d))}",
        _text(headlines.direct(d)),
        _months(d),
        "## Where it went",
        *_went(d),
        f"**{_text(headlines.destination(d))}.** {_text(headlines.destination_deck(d))}"
        if d.unrecorded or d.decomposition is None
        else "",
        _gaps(d),
        _text(headlines.caution(d)),
        _bullets(f"Left out: {_text(reason)}" for reason in d.unrecorded_refused),
        "## Which goods",
        f"**{_text(headlines.families(d))}.** {_text(headlines.families_deck(d))}",
        _families(d.families[:SHOWN_FAMILIES], d.currency),
        _second_legs(d.families[:SHOWN_FAMILIES], d.target_name),
        f"**New flows: {_text(headlines.new_flows(d))}.**",
        _families(d.new_flows, d.currency),
        "## Who sends",
        f"**{_text(headlines.exporters(d))}.**",
        _judged("Exporter", [(e.name, e.row) for e in d.by_exporter[:SHOWN_EXPORTERS]], d.currency),
        "## Compared with",
        f"**{_text(headlines.hubs(d))}.** {_text(headlines.hubs_deck(d))}",
        _judged("Destination", [(line.name, line.row) for line in d.hubs], d.currency),
        "## What we cannot tell",
        _bullets(_cannot_tell(d)),
        _bullets(_text(limit) for limit in d.limits),
        "## Other explanations",
        _bullets(f"**{_text(a.name)}** — {a.state}: {_text(a.finding)}" for a in d.alternatives),
        "## How we know",
        _how(d, run),
    ]
    return "\n\n".join(block for block in blocks if block) + "\n"


def _text(text: str) -> str:
    """Write untrusted words so that Markdown takes none of them for markup."""
    return _SPECIAL.sub(r"\\\1", words.clean(text))


def _bullets(items: Iterable[str]) -> str:
    return "\n".join(f"- {item}" for item in items)


def _table(head: Sequence[str], rows: Iterable[Sequence[str]], text_columns: int = 1) -> str:
    lines = ["| " + " | ".join(head) + " |"]
    align = ["---"] * text_columns + ["---:"] * (len(head) - text_columns)
    lines.append("| " + " | ".join(align) + " |")
    lines += ["| " + " | ".join(row) + " |" for row in rows]
    return "\n".join(lines) if len(lines) > 2 else ""


def _months(d: Dossier) -> str:
    m = d.monthly
    unit = words.unit(d.currency)
    return _table(
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
            yield f"Which goods went where: {_text(d.decomposition_reason)}."
        return
    yield f"**{_text(went.headline(d))}.** {_text(went.deck(d))}"
    unit = words.unit(d.currency)
    yield _table(
        ["Goods", f"More sent, {unit}", "Not recorded on arrival",
         f"Re-exported to {_text(d.target_name)}, at most", "Absorbed, least to most",
         "Pass-through"],
        [
            (
                _text(f"{line.code} {line.label}".strip()),
                *(
                    f"{part.value} ({part.ends})" if part.ends else part.value
                    for part in (line.sent, line.missing, line.most, line.kept, line.passed)
                ),
            )
            for line in went.lines(d.decomposition)
        ],
    )  # fmt: skip
    yield f"Every family and leg: `{d.decomposition.command}`. {_text(d.decomposition.noise)}."
    if d.network is None:
        yield f"Through several hubs: cannot tell, {_text(d.network_reason)}."
        return
    yield f"**{_text(through.headline(d, d.network))}.** {_text(through.deck(d, d.network))}"
    unit = words.unit(d.currency)
    yield _table(
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
    return _table(
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
    return _table(
        ["Goods", "List", f"Expected, {words.unit(currency)}", "Recorded", "Ratio", "q", "Verdict"],
        [
            (
                f"{_text(row.family)} {_text(words.short_label(row.label))}",
                _text(words.tier(row.tier)),
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
    return _bullets(
        f"{_text(row.family)}: {_text(words.lower_first(told))}"
        for row in rows
        if (told := went.second_leg(row, target))
    )


def _judged(title: str, rows: Sequence[tuple[str, Row]], currency: str) -> str:
    return _table(
        [title, f"Expected, {words.unit(currency)}", "Recorded", "Excess", "90 % interval",
         "Excess, rung C", "Verdict"],
        [
            (
                _text(name),
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
        why = f": {_text(gap.why)}" if gap.why != gap.what else ""
        remedy = f". Would tell: {_text(words.lower_first(gap.remedy))}" if gap.remedy else ""
        yield f"**{_text(words.capitalize_first(gap.what))}**{worth}{why}{remedy}."


def _how(d: Dossier, run: Run | None) -> str:
    lines = [
        f"{_text(s.publisher)}, {_text(s.title)} ({words.day(s.as_of)}; {words.exact(s.files)} "
        f"files, {words.exact(s.rows)} rows; sha256 `{s.digest}`)"
        for s in d.sources
    ]
    lines.append(f"Control list: {_text(d.list_title)}")
    lines.append(f"Made by `{d.command}`")
    if run is not None:
        lines.append(f"Replay id `{run.id}`, code `{run.code}`: `throughflow replay {run.id}`")
    return _bullets(lines)
