"""Join what a state said to what trade did: the say-do test of one hub."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from throughflow.dossier import provenance, series
from throughflow.dossier import words as dossier_words
from throughflow.dossier.model import Restriction
from throughflow.dossier.saydo import change, claims, legs, rule, words
from throughflow.dossier.saydo.model import (
    UNTESTABLE,
    ClaimTest,
    LegLevel,
    MissingLeg,
    SayDo,
    StatementTest,
)
from throughflow.errors import DataError, InputError
from throughflow.model.periods import Window, month_number, month_start
from throughflow.model.statements import KINDS
from throughflow.reference import control_lists, countries, saydo_rules
from throughflow.trade import series as trade_series
from throughflow.trade import spread
from throughflow.trade import study as studies

if TYPE_CHECKING:
    from collections.abc import Sequence

    from throughflow.dossier.saydo.claims import Asked, Span
    from throughflow.dossier.saydo.legs import Levels, Margin
    from throughflow.model.statements import Event
    from throughflow.reference.saydo_rules import SayDoRules
    from throughflow.trade.request import Request
    from throughflow.trade.study import Study
    from throughflow.warehouse import Warehouse

LIMITS = (
    "An excess is trade that its past and its like do not account for; where it went is not shown.",
    "Only what the exporters covered record is counted: goods from elsewhere are not seen.",
    "A statement may be kept by a government and not by its traders: statistics name no firms.",
    "Goods that are declared under another code, or never recorded on arrival, are on neither leg.",
    "The change at a date is a description: nothing identifies what a statement did.",
)


@dataclass(frozen=True, slots=True)
class _Asking:
    """Everything that the tests of one hub share."""

    warehouse: Warehouse
    request: Request
    hub: str
    margin: Margin
    span: Span
    rules: SayDoRules
    known: dict[Window, Levels | str]

    def levels(self, window: Window) -> Levels | str:
        """Return both legs in a window, read once; the reason where they cannot be told."""
        if window not in self.known:
            self.study(window)
        return self.known[window]

    def study(self, window: Window) -> Study | None:
        """Read a window, keep its levels and hand out its study; None where it cannot be told."""
        asked = replace(self.request, window=window, base=None)
        try:
            study, found = legs.read(self.warehouse, asked, (self.hub,), self.margin)
        except DataError as error:
            self.known[window] = error.what
            return None
        self.known[window] = found
        return study


def of(
    warehouse: Warehouse,
    request: Request,
    hub: str,
    statements: Sequence[Event],
    *,
    margin: float | None = None,
    rules: SayDoRules | None = None,
    study: Study | None = None,
) -> SayDo:
    """Test each pledge, denial and restriction of a state against trade.

    Args:
        warehouse: Where the data are.
        request: Which goods, exporters and target; its window is not used: each claim has its own.
        hub: The state: alpha-2, alpha-3 or name.
        statements: What was said, by anybody; those of the state are chosen.
        margin: Smallest excess that matters, as a share of what was expected; None for the
            pre-declared one.
        rules: Edition of the rules; None for the one in force.
        study: What has been read for the same question in one window, to be used again; None
            reads everything.

    Raises:
        InputError: The margin is not positive, or the country is not known.
        DataError: The data are yearly, or hold no exports to the state.
    """
    rules = rules or saydo_rules.current()
    if margin is not None and not 0 < margin < float("inf"):
        raise InputError(
            f"margin {margin} is not a positive share",
            where="--margin",
            remedy="Write it as a share of what was expected, such as 0.25",
        )
    hub = countries.parse(hub, where="HUB")
    request = replace(
        request, target=countries.parse(request.target, where="--target"), window=None, base=None,
        by=(), partners=(),
    )  # fmt: skip
    said = claims.of_hub(statements, hub)
    tested = [event for event in said if event.kind in rules.tested_kinds]
    held = legs.Margin.declared(rules, margin)
    span = _span(warehouse, request)
    asking = _Asking(warehouse, request, hub, held, span, rules, {})
    if study is not None and _is_no_donor(study, hub):
        asking.known[study.window] = legs.of_study(warehouse, study, (hub,), held)
    asked = [(event, claims.read(event, said, span, rules)) for event in tested]
    story = _story(asking, [one for _, several in asked for one in several], study)
    done = tuple(_statement(asking, story, event, several) for event, several in asked)
    return _result(asking, story, done, untested=len(said) - len(tested), declared=margin is None)


def _is_no_donor(study: Study, hub: str) -> bool:
    partners = study.panel.partners
    return hub in partners and not bool(study.panel.is_donor[partners.index(hub)])


def _span(warehouse: Warehouse, request: Request) -> Span:
    """Read which months the data hold whole."""
    control_list = control_lists.load(request.control_list)
    named = replace(
        request,
        reporters=tuple(countries.parse(r, where="--reporter") for r in request.reporters),
    )
    chosen, _ = trade_series.choose(warehouse, control_list, named)
    if chosen.calendar.per_year == 1:
        raise DataError(
            f"dataset {chosen.dataset} is yearly, and a statement divides a year into months",
            where="--dataset",
            remedy="Load monthly data",
        )
    months = trade_series.months_of(warehouse, chosen, request.target)
    if months.last < request.treat_from:
        raise DataError(
            f"the data end in {months.last:%Y-%m}, before treat-from {request.treat_from:%Y-%m}",
            remedy="Load later data, or give --treat-from",
        )
    return claims.Span(request.treat_from, months.first, months.last)


def _story(asking: _Asking, asked: Sequence[Asked], read: Study | None) -> Study:
    """Study one window that holds all that are asked about, for the chart and the changes."""
    first = max(month_number(asking.span.treat_from), month_number(asking.span.first))
    ends = [month_number(one.window.last) for one in asked if one.window is not None]
    last = max([first, *ends]) if ends else month_number(asking.span.last)
    window = Window(month_start(first), month_start(last))
    if read is not None and window == read.window and window in asking.known:
        return read
    found = asking.study(window)
    if found is not None:
        return found
    # Whatever keeps the test from the whole story keeps it from saying anything.
    request = replace(asking.request, window=window, partners=(asking.hub,))
    return studies.build(asking.warehouse, request)


def _statement(
    asking: _Asking, story: Study, event: Event, asked: Sequence[Asked]
) -> StatementTest:
    tests = tuple(_test(asking, one) for one in asked)
    windows = _around(asking, event)
    moved = change.of(story, asking.hub, *windows)
    target, currency = asking.request.target, asking.request.currency
    return StatementTest(
        kind=event.kind,
        kind_words=KINDS[event.kind][2],
        start=event.date.start,
        end=event.date.end,
        speaker=words.speaker(event, asking.hub),
        relayed_by=words.person(event.relayed_by),
        certainty=event.certainty,
        quote=event.spans[0].text if event.spans else "",
        tests=tests,
        change=moved,
        paragraph=words.paragraph(event, asking.hub, target, tests, moved, currency),
    )


def _around(asking: _Asking, event: Event) -> tuple[Window | None, Window | None]:
    """Return the months before and after a statement that the data hold."""
    if event.date.start is None or event.date.end is None:
        return None, None
    return (
        claims.months_before(event.date.start, asking.span, asking.rules),
        claims.months_after(event.date.end, asking.span, asking.rules),
    )


def _test(asking: _Asking, asked: Asked) -> ClaimTest:
    used: tuple[LegLevel, ...] = ()
    missing: tuple[MissingLeg, ...] = ()
    word, reason = UNTESTABLE, asked.reason
    if asked.window is not None:
        found = asking.levels(asked.window)
        if isinstance(found, str):
            reason = found
        else:
            both = found.first[asking.hub], found.second[asking.hub]
            ruled = rule.decide(asked.rule, *both)
            word, reason = ruled.word, ruled.reason
            used = tuple(leg for leg in both if isinstance(leg, LegLevel))
            missing = tuple(leg for leg in both if isinstance(leg, MissingLeg))
    return ClaimTest(
        tense=asked.claim.tense,
        says=words.says(asked),
        predicate=asked.claim.predicate,
        rule=asked.rule,
        window=None if asked.window is None else str(asked.window),
        window_words="" if asked.window is None else asked.window.words(),
        months=0 if asked.window is None else len(asked.window),
        window_note=asked.note,
        legs=used,
        missing=missing,
        verdict=word,
        reason=reason,
    )


def _result(
    asking: _Asking,
    story: Study,
    done: tuple[StatementTest, ...],
    *,
    untested: int,
    declared: bool,
) -> SayDo:
    hub, request = asking.hub, story.request
    if hub not in story.panel.partners:
        others = [p for p in story.panel.partners if p != request.target]
        raise DataError(
            f"no exports to {countries.name(hub)} are in the data",
            where=asking.warehouse.name,
            remedy=f"States in the data: {', '.join(others)}",
        )
    rung = story.rungs[0]
    monthly = series.monthly(
        story,
        list(range(len(story.panel.reporters))),
        story.panel.partners.index(hub),
        rung,
        spread.measure(story, rung),
    )
    command = provenance.command(f"saydo {hub}", asking.request)
    if not declared:
        command += f" --margin {asking.margin.share:g}"
    return SayDo(
        hub=hub,
        hub_name=countries.name(hub),
        target=request.target,
        target_name=countries.name(request.target),
        title=f"{countries.name(hub)}: what was said, and what trade did",
        currency=request.currency,
        list_name=story.goods.control_list.name,
        list_title=story.goods.control_list.title,
        rules=asking.rules.edition,
        margin_share=asking.margin.share,
        margin_floor_month=asking.margin.floor_month(story.window.last, request.currency),
        is_margin_declared=declared,
        confidence=asking.margin.confidence,
        exporters=story.panel.reporters,
        exporters_words=dossier_words.exporters(story.panel.reporters, story.window.last),
        data_first=asking.span.first,
        data_last=asking.span.last,
        monthly=monthly,
        restrictions=tuple(Restriction(month, n) for month, n in studies.treated_dates(story)),
        statements=done,
        untested=untested,
        limits=LIMITS,
        sources=provenance.sources(asking.warehouse, story),
        command=command,
    )
