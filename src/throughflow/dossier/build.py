"""Build the dossier of one hub: ask the witnesses, put their answers beside each other."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from throughflow.dossier import (
    alternatives,
    gaps,
    provenance,
    said,
    sayings,
    series,
    stances,
    through_hubs,
    whereto,
    witnesses,
    words,
)
from throughflow.dossier import roads as roads_to
from throughflow.dossier.model import (
    Dossier,
    Exporter,
    HubLine,
    Restriction,
    Substitution,
)
from throughflow.dossier.saydo import build as saydo_of
from throughflow.errors import DataError, InputError, ModelError, UsageError
from throughflow.evidence import verdict
from throughflow.model.periods import Window
from throughflow.reference import countries, memberships, verdicts
from throughflow.trade import (
    coverage_check,
    event_study,
    excess,
    finding,
    mirror,
    spread,
    without_donors,
)
from throughflow.trade import study as studies
from throughflow.trade.request import Request

if TYPE_CHECKING:
    from collections.abc import Sequence

    from throughflow.dossier.model import Monthly
    from throughflow.dossier.saydo.model import SayDo
    from throughflow.dossier.sayings import Saying
    from throughflow.dossier.whereto import Told
    from throughflow.trade.event_study import EventStudy
    from throughflow.trade.finding import Row
    from throughflow.trade.mirror import Mirror, Unrecorded
    from throughflow.trade.onward import Onward
    from throughflow.trade.study import Study
    from throughflow.trade.without_donors import Donors
    from throughflow.warehouse import Warehouse

# Years and base years of the comparison with the hub's own records.
MIRROR_YEARS = (2022, 2023)
MIRROR_BASES = ((2021,), (2019,), (2020,), (2019, 2020, 2021))
POOLED_HUBS = ("AM", "KG", "KZ")
QUERIES = ("panel", "covered", "totals", "recorded_codes", "mirror_exports", "mirror_imports")
LEG_QUERIES = ("leg_values", "leg_coverage")
# Each costs a fit of everything; `throughflow donors` leaves out all of them.
MOST_DONORS_LEFT_OUT = 8


def build(
    warehouse: Warehouse,
    hub: str,
    target: str = "RU",
    statements: Sequence[Saying] | None = None,
    **question: Any,
) -> Dossier:
    """Build the dossier of one hub.

    Args:
        warehouse: Where the data are.
        hub: The hub: alpha-2, alpha-3 or name.
        target: The sanctioned state.
        statements: What was said, from `sayings.read`; None asks the ledger in use.
        **question: Any other field of `throughflow.trade.request.Request`.

    Raises:
        InputError: An unknown country or list.
        DataError: The hub is not in the data, or no dataset can answer.
    """
    hub = countries.parse(hub, where="HUB")
    for name in ("window", "base"):
        if isinstance(question.get(name), str):
            question[name] = Window.parse(question[name], where=name)
    request = Request(target=target, **question)
    study = studies.build(warehouse, request)
    if study.calendar.per_year == 1:
        raise DataError(
            f"dataset {study.series.dataset} is yearly, and a dossier is drawn from months",
            where="--dataset",
            remedy="Load monthly data, or see throughflow hubs and throughflow excess",
        )
    if hub == study.request.target:
        raise InputError(
            f"{countries.name(hub)} is the target, not a hub",
            where="HUB",
            remedy="Name the country the goods may pass through",
        )
    if hub not in study.panel.partners:
        others = [p for p in study.panel.partners if p != study.request.target]
        raise DataError(
            f"no exports to {countries.name(hub)} are in the data",
            where=warehouse.name,
            remedy=f"Hubs in the data: {', '.join(others)}",
        )
    position = study.panel.partners.index(hub)
    totals = _level(study, ())
    told = [r for r in totals if r.partner == hub and r.kind != finding.NOT_TESTABLE]
    if not told:
        raise DataError(
            f"nothing exported to {countries.name(hub)} in {study.window} can be tested",
            where=warehouse.name,
            remedy=f"See why with: throughflow excess --partner {hub} --by product",
        )
    dated = _dates(study, hub)
    total = _after_pre_trend(told[0], dated)
    strict = _whole_codes(study, hub)
    subject = replace(study, request=replace(study.request, partners=(hub,)))
    leg = whereto.second_leg(warehouse, study)
    families = _level(subject, ("product",), leg)
    cells = _level(subject, ("reporter", "product"), leg)
    exporters = _level(subject, ("reporter",))
    # The hub's own records are set against all of the Union's exports, not against some of them.
    both_sides = None if request.reporters else _mirror(warehouse, hub, request.currency)
    own_gap, pooled, comparison, refused = _unrecorded(both_sides, hub)
    straying = spread.measure(study, study.rungs[0])
    everyone = list(range(len(study.panel.reporters)))
    monthly = series.monthly(study, everyone, position, study.rungs[0], straying)
    broke = dated.breaks_own.main if dated else None
    told_of_goods = whereto.of(warehouse, study, hub, provenance.all_of_it(hub, study))
    went, prices = told_of_goods.went, told_of_goods.prices
    donors, no_donors = _donors(study, hub)
    heard = sayings.of_state(hub) if statements is None else statements
    kept, not_kept = _saydo(warehouse, study, hub, heard)
    stood, not_stood = stances.of(heard, hub, study.request.target, study.window.last)
    senders = [row.reporter for row in exporters if row.kind != finding.NOT_TESTABLE]
    roads, no_roads = roads_to.of(senders, hub, study.request.target, study.window.last)
    flows, no_flows = through_hubs.of(warehouse, study, leg, families)
    has_second = any(r.onward_actual is not None for r in families)
    untold = sum(r.actual for r in families if r.kind == finding.NOT_TESTABLE)
    established = [r for r in families if r.kind == finding.ESTABLISHED]
    new = [r for r in families if r.kind == finding.NEW_FLOW]
    asked = study.request
    return Dossier(
        hub=hub,
        hub_name=countries.name(hub),
        target=asked.target,
        target_name=countries.name(asked.target),
        title=f"{countries.name(hub)} → {countries.name(asked.target)}: restricted goods, "
        f"{study.window.words()}",
        window=str(study.window),
        window_words=study.window.words(),
        base=str(study.base),
        currency=asked.currency,
        list_name=study.goods.control_list.name,
        list_title=study.goods.control_list.title,
        list_reference=study.goods.control_list.legal_reference,
        as_of=provenance.as_of(warehouse, study),
        exporters=study.panel.reporters,
        exporters_words=words.exporters(study.panel.reporters, study.window.last),
        marks=witnesses.marks(total, kept, not_kept, roads, no_roads),
        paragraph=words.paragraph(
            study, total, own_gap[0] if own_gap else None, untold, went, has_second=has_second
        ),
        paragraph_whole_codes=_whole_words(strict),
        said=said.of(heard, hub, asked.target),
        stance=stood,
        stance_reason=not_stood,
        saydo=kept,
        saydo_reason=not_kept,
        roads=roads,
        roads_reason=no_roads,
        total=total,
        total_whole_codes=strict,
        monthly=monthly,
        monthly_target=_target_series(study, everyone),
        restrictions=tuple(Restriction(month, n) for month, n in studies.treated_dates(study)),
        break_month=broke,
        dates=dated,
        substitution=_substitution(study, totals, total),
        unrecorded=own_gap,
        unrecorded_pooled=pooled,
        unrecorded_comparison=comparison,
        unrecorded_refused=refused,
        decomposition=went,
        decomposition_reason=told_of_goods.reason,
        network=flows,
        network_reason=no_flows,
        prices=prices,
        neighbours=told_of_goods.neighbours,
        donors=donors,
        donors_reason=no_donors,
        families=tuple(established),
        new_flows=tuple(new),
        untold=tuple(r for r in families if r.kind == finding.NOT_TESTABLE),
        families_by_verdict=dict(sorted(Counter(r.verdict for r in families).items())),
        by_exporter=_exporters(study, exporters, position),
        hubs=tuple(
            replace(line, row=total) if line.is_subject else line for line in hub_lines(study, hub)
        ),
        cannot_tell=gaps.cannot_tell(
            study, position, cells, went, has_second=has_second, prices=prices.sent
        ),
        alternatives=alternatives.check(
            study,
            total,
            families,
            broke,
            dated,
            _lags(both_sides, hub, own_gap),
            prices=prices.sent,
            donors=donors,
        ),
        limits=gaps.limits(study, hub, has_second=has_second, prices=prices.sent),
        coverage=tuple(
            row
            for by in coverage_check.LEVEL_NAMES
            for row in coverage_check.measure(study, by, study.rungs[0])
        )
        if study.placebos
        else (),
        spread_sigma={
            rung: found.sigma
            for rung in study.rungs
            if (found := spread.measure(study, rung)) is not None
        },
        fake_windows=tuple(str(window) for window in studies.placebo_windows(study)),
        recorded=gaps.recorded_total(study, position),
        recorded_base=gaps.recorded_total(study, position, base=True),
        sources=provenance.sources(
            warehouse,
            study,
            (*(both_sides.datasets if both_sides else ()), *told_of_goods.datasets),
        ),
        queries=provenance.queries((*QUERIES, *_leg_queries(told_of_goods))),
        rules=dict(verdicts.current().rules),
        command=provenance.command(f"dossier {hub}", request),
    )


def _saydo(
    warehouse: Warehouse, study: Study, hub: str, heard: Sequence[Saying]
) -> tuple[SayDo | None, str]:
    """Hold what the state said against trade; none and the reason where that cannot be."""
    try:
        found = saydo_of.of(warehouse, study.request, hub, sayings.events(heard), study=study)
    except (DataError, InputError) as error:
        return None, error.what
    if not found.statements:
        return None, f"no pledge, denial or restriction of {countries.name(hub)} is in the ledger"
    return found, ""


def _donors(study: Study, hub: str) -> tuple[Donors | None, str]:
    """Leave the weightiest donors out in turn; none and the reason where there are no donors."""
    try:
        return without_donors.of(study, hub, most=MOST_DONORS_LEFT_OUT), ""
    except DataError as error:
        return None, error.what


def _leg_queries(told: Told) -> tuple[str, ...]:
    if told.went is None and told.prices.sent is None and told.neighbours.reason:
        return ()
    return (*LEG_QUERIES, *(() if told.neighbours.reason else ("neighbours",)))


def _level(study: Study, by: tuple[str, ...], leg: Onward | None = None) -> list[Row]:
    return excess.rows(replace(study, request=study.request.at(by)), leg=leg)


def _whole_codes(study: Study, hub: str) -> Row | None:
    """Ask again of wholly restricted codes after wind-down, the second form of the headline."""
    strict = studies.whole_codes(study)
    found = [r for r in _level(strict, ()) if r.partner == hub and r.kind != finding.NOT_TESTABLE]
    return found[0] if found and found[0].cells else None


def _whole_words(row: Row | None) -> str:
    if row is None or row.expected is None or row.low is None or row.high is None:
        return "No code of the list is restricted as a whole and past its wind-down."
    return (
        "Counting only goods whose whole code is restricted, from the end of their wind-down: "
        f"{words.amount(row.actual, row.currency)} against "
        f"{words.amount(row.expected, row.currency)} expected "
        f"({words.amount(row.low, row.currency)} to {words.amount(row.high, row.currency)})."
    )


def _dates(study: Study, hub: str) -> EventStudy | None:
    try:
        return event_study.of(study, hub)
    except (ModelError, UsageError):
        return None


def _after_pre_trend(total: Row, dated: EventStudy | None) -> Row:
    """Take a step off the verdict where trade moved before the goods' own dates."""
    if dated is None or total.verdict in {verdict.NONE, verdict.CANNOT_TELL}:
        return total
    ruled = verdict.Ruled(total.verdict, total.reason)
    after = verdict.after_pre_trend(ruled, dated.pre_trend.evidence())
    return replace(total, verdict=after.word, reason=after.reason)


def _mirror(warehouse: Warehouse, hub: str, currency: str) -> Mirror | None:
    comparison = memberships.comparison_hubs()
    hubs = sorted({hub, *POOLED_HUBS, *comparison})
    try:
        return mirror.read(warehouse, hubs, currency)
    except DataError:
        return None


def _lags(both_sides: Mirror | None, hub: str, own_gap: Sequence[Unrecorded]) -> dict[int, float]:
    """Return the raw unrecorded share by lag in months, on the first base year shown."""
    if both_sides is None or not own_gap:
        return {}
    return mirror.lagged(both_sides, (hub,), MIRROR_YEARS, own_gap[0].base[0])


def mirror_datasets(warehouse: Warehouse, hub: str) -> tuple[str, ...]:
    """Return the datasets that both sides' totals come from, none where they are not loaded."""
    hubs = sorted({hub, *POOLED_HUBS, *memberships.comparison_hubs()})
    try:
        return mirror.read(warehouse, hubs, "EUR").datasets
    except DataError:
        return ()


def _unrecorded(
    both_sides: Mirror | None, hub: str
) -> tuple[tuple[Unrecorded, ...], tuple[Unrecorded, ...], tuple[Unrecorded, ...], tuple[str, ...]]:
    if both_sides is None:
        return (), (), (), ()

    def over_bases(hubs: Sequence[str]) -> tuple[Unrecorded, ...]:
        found = (mirror.unrecorded(both_sides, hubs, MIRROR_YEARS, base) for base in MIRROR_BASES)
        return tuple(u for u in found if u is not None)

    others = [h for h in memberships.comparison_hubs() if h != hub]
    refused = tuple(
        f"{countries.name(code)} {year}: {reason}"
        for code, found in sorted(both_sides.hubs.items())
        for year, reason in sorted(found.refused.items())
        if year in MIRROR_YEARS
    )
    pooled = over_bases(POOLED_HUBS) if hub in POOLED_HUBS else ()
    return over_bases((hub,)), pooled, tuple(u for h in others for u in over_bases((h,))), refused


def _target_series(study: Study, everyone: list[int]) -> Monthly | None:
    if study.request.target not in study.panel.partners:
        return None
    position = study.panel.partners.index(study.request.target)
    return series.monthly(study, everyone, position, "C", None)


def _substitution(study: Study, totals: Sequence[Row], total: Row) -> Substitution | None:
    if study.request.target not in study.panel.partners or total.excess is None:
        return None
    position = study.panel.partners.index(study.request.target)
    expected = float(study.real.expected_c[:, position].sum())
    actual = float(study.real.actual[:, position].sum())
    if actual >= expected:
        return None
    hubs = [
        row.excess
        for row in totals
        if row.excess is not None
        and memberships.role(row.partner, target=study.request.target) == memberships.HUB
    ]
    fall = expected - actual
    return Substitution(fall, expected, actual, total.excess / fall, sum(hubs) / fall)


def _exporters(study: Study, rows: Sequence[Row], hub: int) -> tuple[Exporter, ...]:
    found = []
    for row in rows:
        if row.kind == finding.NOT_TESTABLE:
            continue
        position = study.panel.reporters.index(row.reporter)
        monthly = series.monthly(study, [position], hub, study.rungs[0], None)
        found.append(Exporter(row.reporter, countries.name(row.reporter), row, monthly))
    return tuple(found)


def hub_lines(study: Study, subject: str | None = None) -> tuple[HubLine, ...]:
    """Rank the hubs of a study by excess, with their recorded growth beside it.

    Args:
        study: What was read.
        subject: The hub a dossier is about, marked in the result.
    """
    comparison = memberships.comparison_hubs(target=study.request.target)
    lines = []
    for row in _level(study, ()):
        if row.kind == finding.NOT_TESTABLE:
            continue
        position = study.panel.partners.index(row.partner)
        growth, without_new = growth_of(study, position)
        lines.append(
            HubLine(
                code=row.partner,
                name=countries.name(row.partner),
                row=row,
                excess_c=row.excess_c,
                role=memberships.role(row.partner, target=study.request.target),
                is_comparison=row.partner in comparison,
                is_subject=row.partner == subject,
                growth=growth,
                growth_without_new=without_new,
            )
        )
    return tuple(lines)


def growth_of(study: Study, hub: int) -> tuple[float | None, float | None]:
    """Return recorded growth of all listed goods to a hub, with and without new flows."""
    base = gaps.recorded_total(study, hub, base=True)
    now = gaps.recorded_total(study, hub)
    if base <= 0:
        return None, None
    panel = study.panel
    first, last = study.span
    inside = (panel.month >= first) & (panel.month <= last)
    hub_of = panel.cell // len(panel.families) % len(panel.partners)
    is_new = study.real.is_new.reshape(-1)[panel.cell]
    new = float(panel.value[(hub_of == hub) & is_new & inside].sum())
    return now / base - 1, (now - new) / base - 1
