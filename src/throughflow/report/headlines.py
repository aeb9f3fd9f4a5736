"""What each figure finds, in words computed from its numbers.

A headline claims no more than the interval does: where it holds no excess at all, the headline
says so.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from throughflow.model.periods import Window
from throughflow.report import words
from throughflow.report.tables import who

if TYPE_CHECKING:
    from collections.abc import Sequence

    from throughflow.dossier.model import Dossier, HubLine
    from throughflow.trade.excess import NeverHubs
    from throughflow.trade.finding import Row
    from throughflow.trade.mirror import Share, Unrecorded

ABOVE = {"weak", "moderate", "strong"}


def story(d: Dossier) -> str:
    """Return the headline of Figure 1."""
    row = d.total
    if row.excess is None or row.expected is None:
        return f"What {d.hub_name} was to be expected to receive cannot be told"
    if row.excess_low is None or row.excess_high is None:
        return (
            f"{d.hub_name} was sent restricted goods worth "
            f"{words.amount(row.actual, row.currency)}; how unusual that is cannot be told"
        )
    size = words.amount(abs(row.excess), row.currency)
    if row.excess_low > 0:
        agrees = row.excess_c is None or row.excess_c > 0
        hedge = "" if agrees else " on one measure, and no more than expected on the other"
        return f"{d.hub_name} was sent {size} more restricted goods than expected{hedge}"
    if row.excess_high < 0:
        return f"{d.hub_name} was sent {size} less restricted goods than expected"
    side = "above" if row.excess >= 0 else "below"
    return (
        f"Exports of restricted goods to {d.hub_name} ran {size} {side} what was expected, "
        "which chance alone could produce"
    )


def story_deck(d: Dossier) -> str:
    """Return the line below it: interval, the other rung, the month of the change."""
    row = d.total
    parts = []
    if row.excess_low is not None and row.excess_high is not None:
        span = words.amount_range(row.excess_low, row.excess_high, row.currency)
        parts.append(f"90{words.THIN}% interval {span} on rung {row.rung}.")
    if row.excess_c is not None and row.rung != "C":
        parts.append(
            f"On the pair’s own past alone (rung C) the excess is "
            f"{words.amount(row.excess_c, row.currency)}."
        )
    if d.break_month is not None:
        b = d.break_month
        sure = (
            "no other month fits as well"
            if b.earliest == b.latest
            else f"{Window(b.earliest, b.latest).words()} fit as well"
        )
        parts.append(
            f"Against its own season the level changed in {words.month(b.month)} ({sure}), "
            f"to {words.multiple(b.factor)} what it was."
        )
    return " ".join(parts)


def direct(d: Dossier) -> str:
    """Return what the lower panel shows, empty where direct exports are not loaded."""
    s = d.substitution
    if s is None:
        return ""
    currency = d.currency
    return (
        f"Direct exports of the same goods to {d.target_name} were "
        f"{words.amount(s.fall, currency)} below their own past. The excess to {d.hub_name} "
        f"equals {_percent(s.ratio_hub)} of that fall, the excess to all hubs in the data together "
        f"{_percent(s.ratio_all_hubs)}. A ratio is not a route: it does not show that any of it "
        "went on."
    )


def _percent(value: float) -> str:
    if abs(value) < 0.1:
        return f"{value * 100:.1f}{words.THIN}%".replace("-", "−")
    return words.share(value)


def destination(d: Dossier) -> str:
    """Return the headline of Figure 2."""
    if not d.unrecorded:
        return f"How much arrived on {d.hub_name}’s records cannot be told"
    if not has_gap(d):
        return f"Exports to {d.hub_name} did not grow, so there is no addition to account for"
    shares = [s for u in d.unrecorded for s in (u.raw, u.adjusted)]
    low, high = (words.share(f(s.share for s in shares)) for f in (min, max))
    span = low if low == high else f"{low} to {high}"
    if all(s.share_low > 0 for s in shares):
        return f"{span} of the additional exports are not in {d.hub_name}’s import records"
    return (
        f"{span} of the additional exports are not in {d.hub_name}’s import records by best "
        "estimate, but the intervals reach down to none"
    )


def has_gap(d: Dossier) -> bool:
    """Return whether there are additional exports, on every base, that a share can be taken of."""
    return bool(d.unrecorded) and all(u.additional_exports > 0 for u in d.unrecorded)


def destination_deck(d: Dossier) -> str:
    """Return what the bar measures."""
    if not has_gap(d):
        return ""
    u = d.unrecorded[0]
    teller = "The hub’s records" if d.decomposition is None else "These totals"
    return (
        f"All goods, restricted or not: {words.amount(u.additional_exports, u.currency)} of "
        f"exports above the base year. {teller} do not tell restricted goods apart. "
        f"Not recorded means not recorded by {d.hub_name} as coming from the exporters covered, "
        "and no more."
    )


def caution(d: Dossier) -> str:
    """Return how a hub outside the customs union reads by the same arithmetic; empty if unknown."""
    for own in d.unrecorded if has_gap(d) else ():
        for other in d.unrecorded_comparison:
            if other.base == own.base:
                return _caution(own, other, d.target_name)
    return ""


def _caution(own: Unrecorded, other: Unrecorded, target: str) -> str:
    def reads(s: Share) -> str:
        return f"{words.share(s.share)} ({words.share_range(s.share_low, s.share_high)})"

    higher = [
        form
        for form, a, b in (
            ("raw", own.raw, other.raw),
            ("ratio-adjusted", own.adjusted, other.adjusted),
        )
        if b.share >= a.share
    ]
    verdict = (
        f"higher than {who(own)} on the {' and the '.join(higher)} form"
        if higher
        else f"lower than {who(own)} on both forms"
    )
    lesson = (
        "A gap of this size alone is therefore no sign of diversion."
        if higher
        else "Part of such a gap can therefore arise without any diversion."
    )
    return (
        f"By the same arithmetic {who(other)}, which shares no customs union with {target}, "
        f"reads {reads(other.raw)} raw and {reads(other.adjusted)} ratio-adjusted: {verdict}. "
        f"{lesson}"
    )


def families(d: Dossier) -> str:
    """Return the headline of the table of goods."""
    above = sum(n for word, n in d.families_by_verdict.items() if word in ABOVE)
    total = sum(d.families_by_verdict.values())
    if not total:
        return "No family of restricted goods was recorded"
    return (
        f"{words.exact(above)} of {words.exact(total)} families of goods stand above their interval"
    )


def families_deck(d: Dossier) -> str:
    """Return how the others stand, and what chance alone would give."""
    counts = [
        f"{words.exact(n)} read {word}"
        for word, n in d.families_by_verdict.items()
        if word not in ABOVE
    ]
    rest = f" Of the others {words.listed(counts)}." if counts else ""
    known = [r.q for r in (*d.families, *d.new_flows) if r.q is not None]
    found = sum(q <= 0.05 for q in known)
    discoveries = (
        f" Of the {len(known)} shown with a false-discovery rate q, {found or 'none'} "
        f"{'has' if found <= 1 else 'have'} q at or below 0.05."
        if known
        else ""
    )
    return f"By chance alone five to ten in a hundred tested families would.{rest}{discoveries}"


def new_flows(d: Dossier) -> str:
    """Return the headline of the block of flows without a past."""
    count = len(d.new_flows)
    if not count:
        return "No restricted goods appear that were not sent before"
    return (
        f"{words.exact(count)} {'family was' if count == 1 else 'families were'} not recorded from "
        "anyone in the year before"
    )


def exporters(d: Dossier) -> str:
    """Return the headline of the small multiples."""
    sure = [e for e in d.by_exporter if (e.row.excess_low or 0) > 0]
    if not sure:
        return "No single exporter stands above its interval"
    top = [e.name for e in sure[:3]]
    if len(sure) > len(top):
        return (
            f"{len(sure)} of {len(d.by_exporter)} exporters stand above their interval, "
            f"{words.listed(top)} the most"
        )
    verb = "stands" if len(top) == 1 else "stand"
    return f"{words.listed(top)} {verb} above {'its' if len(top) == 1 else 'their'} interval"


def hubs(d: Dossier) -> str:
    """Return the headline of the comparison."""
    told = [line for line in d.hubs if line.row.excess is not None]
    ranked = [line for line in told if line.role == "hub" or line.is_subject]
    own = [i for i, line in enumerate(ranked, start=1) if line.is_subject]
    if len(ranked) < 2 or not own:
        return "No other destination is in the data to compare with"
    noun = "hubs" if all(line.role == "hub" for line in ranked) else "destinations"
    place = "largest" if own[0] == 1 else f"{_ordinal(own[0])} largest"
    sure = [line for line in ranked if _is_above(line.row)]
    return (
        f"{d.hub_name} has the {place} excess of {len(ranked)} {noun}; "
        f"{len(sure) or 'none'} of them {'stands' if len(sure) <= 1 else 'stand'} above "
        f"{'its' if len(sure) <= 1 else 'their'} interval"
    )


def hubs_deck(d: Dossier) -> str:
    """Return how the comparison hubs read, and growth with and without new flows."""
    parts = [beside(d.hubs, d.target_name)]
    parts.extend(
        f"All listed goods recorded to {line.name}, tested or not, grew by "
        f"{words.share(line.growth)} on the base months, without new flows by "
        f"{words.share(line.growth_without_new)}."
        for line in d.hubs
        if line.is_subject and line.growth is not None and line.growth_without_new is not None
    )
    return " ".join(filter(None, parts))


def beside(lines: Sequence[HubLine], target: str) -> str:
    """Return who is shown without being ranked, and how the comparison hubs read."""
    parts = _unranked(lines)
    compared = [line for line in lines if line.is_comparison and line.row.excess is not None]
    for line in compared:
        reads = "stands" if _is_above(line.row) else "does not stand"
        parts.append(f"{line.name}, outside {target}’s customs union, {reads} above its interval.")
    return " ".join(parts)


def on_map_deck(lines: Sequence[HubLine]) -> str:
    """Return how the map is read, and who is on it without being ranked."""
    if not lines:
        return ""
    how = (
        "The shade is what was recorded over what was expected, the area of the circle the excess "
        "in money. A small expectation makes a large multiple and a large economy a large sum, so "
        "neither is to be read alone."
    )
    return " ".join([how, *_unranked(lines)])


def on_map(lines: Sequence[HubLine]) -> str:
    """Return the headline of the map; destinations with a role of their own are not ranked."""
    ranked = [
        line
        for line in lines
        if line.row.excess is not None and (line.role == "hub" or line.is_subject)
    ]
    if not ranked:
        return "No destination’s trade can be set beside an expectation"
    sure = [line for line in ranked if _is_above(line.row)]
    if not sure:
        return "No destination stands above its interval"
    money = max(sure, key=lambda line: line.row.excess or 0.0)
    multiple = max(sure, key=lambda line: line.row.ratio or 0.0)
    most = words.signed_amount(money.row.excess or 0.0, money.row.currency)
    if multiple is money or multiple.row.ratio is None:
        known = f", {words.multiple(money.row.ratio)}" if money.row.ratio else ""
        return f"{money.name} stands farthest above what was expected ({most}{known})"
    return (
        f"{money.name} stands farthest above what was expected in money ({most}), "
        f"{multiple.name} as a multiple ({words.multiple(multiple.row.ratio)})"
    )


def _unranked(lines: Sequence[HubLine]) -> list[str]:
    return [
        f"{line.name}, itself {line.role}, is shown but not ranked."
        for line in lines
        if line.role != "hub" and not line.is_subject
    ]


def ranking(lines: Sequence[HubLine]) -> str:
    """Return the headline of a page of hubs."""
    ranked = [line for line in lines if line.row.excess is not None and line.role == "hub"]
    if not ranked:
        return "No excess can be told for any hub"
    sure = [line for line in ranked if _is_above(line.row)]
    if len(ranked) == 1:
        return f"{ranked[0].name} {'stands' if sure else 'does not stand'} above its interval"
    if not sure:
        return f"None of {len(ranked)} hubs stands above its interval"
    verb, whose = ("stands", "its") if len(sure) == 1 else ("stand", "their")
    return f"{len(sure)} of {len(ranked)} hubs {verb} above {whose} interval, {sure[0].name} " + (
        "alone" if len(sure) == 1 else "the most"
    )


def ranking_lead(lines: Sequence[HubLine], window: str) -> str:
    """Return the largest excess in words, empty where none is told."""
    told = [line for line in lines if line.row.excess is not None and line.role == "hub"]
    if not told:
        return ""
    row = told[0].row
    return (
        f"In {window} exports worth {words.amount(row.actual, row.currency)} to {told[0].name} "
        f"were recorded where {words.amount(row.expected or 0.0, row.currency)} were expected: "
        f"{words.signed_amount(row.excess or 0.0, row.currency)} "
        f"({words.amount_range(row.excess_low, row.excess_high, row.currency)})."
    )


def control(found: NeverHubs | None) -> str:
    """Return how the same test judges destinations that are no hubs; empty where too few."""
    if found is None:
        return ""
    return (
        f"Of {found.judged} destinations that are no hubs {found.accused} exceed their interval as "
        "well; one in twenty is expected to."
    )


def _is_above(row: Row) -> bool:
    return row.excess_low is not None and row.excess_low > 0


def _ordinal(place: int) -> str:
    return {2: "second", 3: "third", 4: "fourth", 5: "fifth", 6: "sixth"}.get(place, f"{place}th")
