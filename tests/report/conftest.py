"""A dossier made by hand: every number is invented, every shape is one the page must carry."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import date

import pytest

from throughflow.dossier import neighbour_check, roads
from throughflow.dossier.model import (
    Alternative,
    CannotTell,
    Dossier,
    Exporter,
    HubLine,
    Mark,
    Monthly,
    Query,
    Ranking,
    Restriction,
    Source,
    Substitution,
)
from throughflow.dossier.price_check import FamilyOnLegs, LegPrice, PriceCheck
from throughflow.dossier.said import SaidLine, StateSaid
from throughflow.evidence.runs import Input, Run
from throughflow.model.periods import Window
from throughflow.model.statements import Actor, DateInterval, Event, Span
from throughflow.statements import standing, vote_table
from throughflow.trade.breaks import Break
from throughflow.trade.coverage_check import ClassCoverage
from throughflow.trade.decompose.family_prices import FamilyPrice
from throughflow.trade.decompose.misdeclared import ELSEWHERE, Misdeclared, Neighbour
from throughflow.trade.excess import NeverHubs
from throughflow.trade.finding import Row
from throughflow.trade.mirror import Share, Unrecorded
from throughflow.trade.without_donors import Donors, WithoutDonor

MONTHS = tuple(date(2021 + i // 12, i % 12 + 1, 1) for i in range(23))
WINDOW = 14  # March 2022
HOSTILE = '<script>alert("x")</script> & <img src=https://evil.example/a.png>'


def row(**changes: object) -> Row:
    base = Row(
        reporter="*", partner="KZ", family="*", products=(), label="", tier="",
        base_actual=400e6, actual=1_234.5e6, expected=800e6, low=600e6, high=1_000e6,
        excess=434.5e6, excess_low=234.5e6, excess_high=634.5e6, expected_c=700e6,
        excess_c=534.5e6, currency="EUR", ratio=1.543125, p=None, q=None,
        onward_actual=None, onward_expected=None, onward_p=None, p_joint=None, onward_through="",
        rung="B",
        kind="established", verdict="weak", reason="rung B; 4 hubs are too few placebos",
        minimum_detectable=200e6, cells=300,
    )  # fmt: skip
    return replace(base, **changes)


def family(code: str, **changes: object) -> Row:
    values: dict[str, object] = {
        "family": code, "products": (code,), "label": f"Goods {code} (excl. others)(2017-2500)",
        "tier": "dual", "actual": 25e6, "expected": 5e6, "low": 2e6, "high": 9e6, "excess": 20e6,
        "excess_low": 16e6, "excess_high": 23e6, "ratio": 5.0, "p": 0.01, "q": 0.08, "cells": 27,
    }  # fmt: skip
    return row(**(values | changes))


def monthly(scale: float = 1e6, *, with_bands: bool = True) -> Monthly:
    def inside(values: list[float]) -> tuple[float | None, ...]:
        return (*(None,) * WINDOW, *values)

    expected = [90, 88, 85, 86, 90, 92, 88, 91, 90]
    actual = [70, 75, 90, 120, 150, 180, 190, 175]
    tell = [v * scale for v in expected]
    none = (None,) * len(MONTHS)
    return Monthly(
        months=MONTHS,
        actual=(*(60e0 * scale + i * scale for i in range(WINDOW)), *(v * scale for v in actual),
                None),
        expected=inside(tell),
        low_50=inside([v * 0.9 for v in tell]) if with_bands else none,
        high_50=inside([v * 1.1 for v in tell]) if with_bands else none,
        low_90=inside([v * 0.7 for v in tell]) if with_bands else none,
        high_90=inside([v * 1.4 for v in tell]) if with_bands else none,
    )  # fmt: skip


def unrecorded(hub: str, base: tuple[int, ...], raw: float, adjusted: float) -> Unrecorded:
    def share(value: float) -> Share:
        low, high = value - 0.5, value + 0.4
        return Share(value * 1e10, low * 1e10, high * 1e10, value, low, high)

    return Unrecorded(
        hubs=(hub,), years={hub: (2022, 2023)}, base=base, additional_exports=1e10,
        additional_imports=6e9, raw=share(raw), adjusted=share(adjusted), base_ratio=0.9,
        currency="EUR",
    )  # fmt: skip


def hub(code: str, name: str, **changes: object) -> HubLine:
    values: dict[str, object] = {
        "code": code, "name": name, "row": row(partner=code), "excess_c": 534.5e6, "role": "hub",
        "is_comparison": False, "is_subject": False, "growth": 1.4, "growth_without_new": 1.2,
    }  # fmt: skip
    return HubLine(**(values | changes))


def prices() -> PriceCheck:
    """Return prices told of what was sent and of what arrived, not of what went on."""

    def leg(name: str, excess: float | None, price: float, reason: str = "") -> LegPrice:
        if excess is None:
            return LegPrice(name, f"leg {name}", "", None, None, None, None, None, 0, 0, reason)
        return LegPrice(
            name, f"leg {name}", "ds-1", 0.8, excess, excess - price, price, 0.12, 40, 6, ""
        )

    def price(before: float, after: float, word: str) -> FamilyPrice:
        return FamilyPrice(
            "87032410", "kg", before, after, math.log(after / before), 0.9, 20e6, 15e6, 5e6, word,
            "",
        )  # fmt: skip

    untold = FamilyPrice(
        "84713000", "", None, None, None, 0.0, None, None, None, "cannot tell", "several units"
    )
    return PriceCheck(
        legs=(leg("sent", 200e6, 24e6), leg("arrived", 90e6, 9e6),
              leg("forwarded", None, 0, "weights and quantities are not recorded")),
        families=(
            FamilyOnLegs("87032410", ("87032410",), "Cars", price(12.5, 15.0, "dearer"),
                         price(13.0, 13.0, "no jump"), None),
            FamilyOnLegs("84713000", ("84713000",), HOSTILE, untold, None, None),
        ),
        families_more=0, reason="",
    )  # fmt: skip


def neighbour(code: str, **changes: object) -> Neighbour:
    values: dict[str, object] = {
        "product": code, "label": f"Goods {code}", "listed": ("84713000", "84714100"),
        "base": 1e6, "actual": 9e6, "expected": 2e6, "excess": 7e6, "low": 3e6, "high": 8e6,
        "p": 0.002, "q": 0.04, "reason": "",
    }  # fmt: skip
    return Neighbour(**(values | changes))


def neighbours() -> neighbour_check.NeighbourCheck:
    """Return one neighbour above its interval, one inside, one that cannot be told."""
    rows = (
        neighbour("84716060", label=HOSTILE),
        neighbour("84717020", excess=1e6, low=-2e6, high=3e6, p=0.4, q=0.6),
        neighbour("84719000", expected=None, excess=None, low=None, high=None, p=None, q=None,
                  reason="nothing was sent in the base: no growth to judge"),
    )  # fmt: skip
    return neighbour_check.of(Misdeclared(rows, ELSEWHERE, 900, ""))


def donors() -> Donors:
    """Return three donors, of which the weightiest two were left out."""
    return Donors(
        hub="KZ", hub_name="Kazakhstan", target="RU", window="2022-03:2022-11", dataset="ds-1",
        currency="EUR", actual=1_234.5e6, expected=800e6, excess=434.5e6, excess_least=404.5e6,
        excess_most=454.5e6, left_out=2,
        donors=(
            WithoutDonor("CL", "Chile", 0.2, 0.5, 830e6, 404.5e6, 1e6),
            WithoutDonor("EG", "Egypt", 0.5, 0.4, 780e6, 454.5e6, 0.0),
            WithoutDonor("MA", "Morocco", 0.3, 0.1, None, None, None),
        ),
    )  # fmt: skip


ROADS = roads.of(("DE",), "KZ", "RU", date(2022, 11, 30))


def said() -> StateSaid:
    """Return an invented timeline: a pledge, a vote, and a charge by another state."""
    pledge = SaidLine(
        id="st-1", start=date(2022, 4, 29), end=date(2022, 4, 29), date_basis="text",
        kind="pledge_no_circumvention", words="pledged not to help circumvent sanctions",
        who="Kazakhstan (A Minister)", to_whom="Ukraine", is_own=True, certainty="relayed",
        relayed_by="Ukraine", polarity=-1, quote=HOSTILE, publishers=("A paper", "Another"),
        urls=("javascript:alert(1)", "https://example.org/"), check="read",
    )  # fmt: skip
    vote = replace(
        pledge, id="A/RES/1", start=None, end=date(2022, 5, 1), kind="vote", words="no on A/RES/1",
        certainty="recorded", relayed_by="", polarity=1, quote="", check="unverified: recalled",
    )  # fmt: skip
    charge = replace(
        pledge, id="st-2", start=date(2023, 1, 1), end=date(2023, 1, 31), kind="accusation",
        words="accused", who="Ukraine", to_whom="Kazakhstan", is_own=False, polarity=None,
        publishers=("A page",), urls=("https://example.org/charge",),
    )  # fmt: skip
    return StateSaid((pledge, vote, charge), (), ())


def act(kind: str, polarity: int, day: date) -> Event:
    """Return an invented act of Kazakhstan."""
    return Event(
        kind=kind, type="STATEMENT", mode=None, actors=(Actor("KZ"),), targets=(),
        date=DateInterval(day, day, "day", None, "text"), polarity=polarity, is_pledge=False,
        certainty="quoted", spans=(Span(0, len(HOSTILE), HOSTILE),), rule="hand",
    )  # fmt: skip


def stood() -> standing.Standing:
    """Return the votes that ship, two invented acts, and the memberships of Kazakhstan."""
    events = (
        act("pledge_no_circumvention", -1, date(2022, 4, 29)),
        act(HOSTILE, 1, date(2022, 6, 1)),
    )
    return standing.of(
        vote_table.hold(), "KZ", Window.parse("2022-02:2022-11"), events=events, ids=("a", HOSTILE)
    )


@pytest.fixture
def dossier() -> Dossier:
    return Dossier(
        hub="KZ", hub_name="Kazakhstan", target="RU", target_name="Russia",
        title="Kazakhstan → Russia: restricted goods, March–November 2022",
        window="2022-03:2022-11", window_words="March–November 2022", base="2021-03:2021-11",
        currency="EUR", list_name="invented", list_title="An invented list",
        list_reference="No act", as_of=date(2023, 1, 22), exporters=("DE", "PL"),
        exporters_words="Germany and Poland",
        marks=(
            Mark("trade", "weak", "rung B"),
            *(Mark(w, "not asked", "") for w in ("parties", "shipments", "statements")),
            Mark("routes", "cannot tell", "no legs"),
        ),
        paragraph="Exports of restricted goods came to €1.23 billion where €800 million were "
        "expected.",
        paragraph_whole_codes="Whole codes only: €1.00 billion.",
        said=said(), stance=stood(), stance_reason="", saydo=None,
        saydo_reason="no pledge is in the ledger",
        roads=ROADS[0], roads_reason=ROADS[1],
        total=row(), total_whole_codes=row(), monthly=monthly(), monthly_target=monthly(1e7),
        restrictions=(Restriction(date(2022, 3, 1), 1400), Restriction(date(2022, 4, 1), 600),
                      Restriction(date(2022, 10, 1), 15), Restriction(date(2022, 7, 1), 2)),
        dates=None,
        break_month=Break(date(2022, 6, 1), date(2022, 5, 1), date(2022, 7, 1), 2.1),
        substitution=Substitution(9e9, 12e9, 3e9, 0.048, 0.12),
        unrecorded=(unrecorded("KZ", (2021,), 0.37, 0.28),
                    unrecorded("KZ", (2019, 2020, 2021), 0.42, 0.37)),
        unrecorded_pooled=(),
        unrecorded_comparison=(unrecorded("UZ", (2021,), 0.35, 0.47),),
        unrecorded_refused=("Armenia 2023: looks like part of a year",),
        decomposition=None,
        decomposition_reason="not recorded by product in the data: cannot tell which goods",
        network=None,
        network_reason="exports of hubs are not recorded by product",
        prices=prices(), neighbours=neighbours(), donors=donors(), donors_reason="",
        families=(
            family("87032410"),
            family("84713000", low=0.0, verdict="cannot tell", q=None, p=None,
                   reason="rung B; only 34 placebo values in its class"),
            family("85429000", label=HOSTILE, tier="1"),
        ),
        new_flows=(family("87035000", kind="new flow", ratio=None, base_actual=0.0, low=0.0),),
        untold=(),
        families_by_verdict={"cannot tell": 700, "none": 400, "weak": 100},
        by_exporter=(
            Exporter("DE", "Germany", row(reporter="DE"), monthly(with_bands=False)),
            Exporter("PL", "Poland", row(reporter="PL", excess_low=-1e6), monthly(2e5)),
        ),
        hubs=(
            hub("KZ", "Kazakhstan", is_subject=True),
            hub("UZ", "Uzbekistan", is_comparison=True,
                row=row(partner="UZ", excess=50e6, excess_low=-10e6, excess_high=90e6)),
            hub("BY", "Belarus", role="co-sanctioned", row=row(partner="BY", excess=None,
                excess_low=None, excess_high=None, expected=None), excess_c=None),
        ),
        cannot_tell=(
            CannotTell("interval too wide", "cells swing", 1.02e9, 0.303, 4107, "Longer history"),
            CannotTell("firms", "statistics do not name them", None, None, None, ""),
        ),
        alternatives=(
            Alternative("Seasons", "checked and not found", "same months are compared"),
            Alternative("Growth of all trade", "checked and found", "explains half"),
            Alternative("Dearer goods", "could not be checked", "needs weights"),
        ),
        limits=("Exporters covered: Germany and Poland.",),
        coverage=(
            ClassCoverage("cells", "B", 1e6, "established", 3098, 0, 0.899, 0.886, 0.884, 2.1, 0.9),
        ),
        spread_sigma={"B": 0.119, "C": 0.2},
        fake_windows=("2021-06:2022-02", "2021-05:2022-01"),
        recorded=1.4e9, recorded_base=0.6e9,
        sources=(Source("Eurostat", "ds-1", "EU trade", date(2023, 1, 22), 23, 1_159_638,
                        "ab" * 32, ""),),
        queries=(Query("panel", "select 1 < 2"),),
        rules={"weak": "lower end above zero otherwise"},
        command="throughflow dossier KZ",
    )  # fmt: skip


@pytest.fixture
def ranking(dossier: Dossier) -> Ranking:
    return Ranking(
        target="RU", target_name="Russia",
        title="Hubs for Russia: restricted goods, March–November 2022",
        window=dossier.window, window_words=dossier.window_words, base=dossier.base,
        currency="EUR", list_title=HOSTILE, list_reference="No act", as_of=dossier.as_of,
        exporters=("EU27", "US"), exporters_words="28 exporting states",
        not_in_data=("AE", "TR"), never_hubs=NeverHubs(3, 40, ("BR",)),
        rows=(
            *(replace(line, is_subject=False) for line in dossier.hubs),
            hub("SG", "Singapore", row=row(partner="SG", q=0.02)),
        ),
        sources=dossier.sources, command="throughflow hubs",
    )  # fmt: skip


@pytest.fixture
def run() -> Run:
    return Run(
        id="0123456789abcdef", verb="dossier", parameters={},
        inputs=(Input("e1", "trade<1>.xlsx", "ds-1", "cd" * 32, "eurostat/1"),),
        code="0.1.0+abcdef", warehouse="embedded sample", result=None, result_digest="ef" * 32,
    )  # fmt: skip
