"""Prices, in words and as rows: how much of the growth is dearer goods rather than more of them."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from throughflow.report import words
from throughflow.report.figure import Figure
from throughflow.report.tables import Column, Table
from throughflow.trade.decompose.family_prices import CANNOT_TELL
from throughflow.trade.decompose.unit_values import JUMP, SMALLEST_JUMP

if TYPE_CHECKING:
    from throughflow.dossier.model import Dossier
    from throughflow.dossier.price_check import FamilyOnLegs, LegPrice
    from throughflow.report.tables import Cell
    from throughflow.trade.decompose.family_prices import FamilyPrice

SHOWN = 8
# A smaller part of the growth than this is not told apart from the noise of unit values.
LITTLE = 0.05
HALF_A_PERCENT = 0.005
TITLES = {
    "sent": "Sent, as exporters record it",
    "arrived": "Arrived, as the hub records it",
    "forwarded": "On to the target, as the hub records it",
}


@dataclass(frozen=True, slots=True)
class UnitValue:
    """One family's unit values on one leg, as they are set in a table."""

    value: str
    note: str


@dataclass(frozen=True, slots=True)
class Line:
    """One family, ready to be set."""

    code: str
    label: str
    title: str
    legs: tuple[UnitValue, ...]
    volume: str
    price: str
    word: str


def figure(d: Dossier) -> Figure | None:
    """Return the table of prices with its finding; None where no leg has any."""
    if not told(d):
        return None
    return Figure("prices", 0, headline(d), deck(d), None, None, table(d), "")


def told(d: Dossier) -> list[LegPrice]:
    """Return the legs whose prices can be told."""
    return [leg for leg in d.prices.legs if not leg.reason]


def untold(d: Dossier) -> str:
    """Say why no price can be told; empty where some can."""
    if told(d):
        return ""
    reasons = dict.fromkeys(leg.reason for leg in d.prices.legs) or {d.prices.reason: None}
    return f"Prices: cannot tell, {'; '.join(map(words.clean, reasons))}."


def headline(d: Dossier) -> str:
    """Return what part of the growth is price, no more than unit values hold."""
    leg = d.prices.sent
    if leg is None or leg.excess is None or leg.price is None:
        return "Whether more goods or dearer goods were sent cannot be told; on other legs it can"
    if leg.excess <= 0:
        return "Of the goods whose price can be told, no more was sent than in the base months"
    part = leg.price / leg.excess
    if part >= 1:
        return "At base prices, no more was sent of the goods whose price can be told"
    if part <= -LITTLE:
        return "The growth is more goods: by unit values they became cheaper"
    if part < LITTLE:
        return "The growth is more goods: unit values hardly moved"
    return (
        f"{words.share(part)} of the growth whose price can be told is dearer goods, the rest "
        "more goods"
    )


def deck(d: Dossier) -> str:
    """Return what is compared, on which legs, and what a unit value is not."""
    compared = (
        "Value over weight, or over pieces where no weights are recorded, in the window against "
        "the same months of the base year, within each origin and product: a change of origins is "
        "not read as one of price, and a product whose unit changes is left out."
    )
    parts = [compared]
    leg = d.prices.sent
    if leg is not None and leg.excess is not None:
        parts.append(
            f"It can be told of {words.share(leg.told_share or 0.0)} of the value sent: "
            f"{words.signed_amount(leg.excess, d.currency)} on the base months, of which "
            f"{words.signed_amount(leg.price or 0.0, d.currency)} is a change of price."
        )
    parts += [
        f"Cannot be told of {leg.meaning}: {words.clean(leg.reason)}."
        for leg in d.prices.legs
        if leg.reason
    ]
    pairs, jumps = (sum(getattr(leg, key) for leg in d.prices.legs) for key in ("pairs", "jumps"))
    parts.append(
        f"Of {words.exact(pairs)} pairs of origin and product {words.exact(jumps)} jumped: by more "
        f"than {JUMP} deviations of their own months in the base, and by more than "
        f"{words.share(SMALLEST_JUMP)}. No interval can be given, and a unit value also moves when "
        "the mix of goods under a code does."
    )
    return " ".join(parts)


def lines(d: Dossier) -> list[Line]:
    """Return all goods together and the families that a page shows, ready to be set."""
    legs = [leg.leg for leg in told(d)]
    return [_total(d), *(_line(row, legs, d.currency) for row in d.prices.families[:SHOWN])]


def heads(d: Dossier) -> list[str]:
    """Return the headings of the legs that can be told."""
    return [TITLES[leg.leg] for leg in told(d)]


def _total(d: Dossier) -> Line:
    sent = d.prices.sent
    return Line(
        code="",
        label="All goods whose price is told",
        title="",
        legs=tuple(
            UnitValue(
                _change(leg.log_change), f"{words.share(leg.told_share or 0.0)} of value told"
            )
            for leg in told(d)
        ),
        volume=words.millions(sent.volume if sent else None, 2),
        price=words.millions(sent.price if sent else None, 2),
        word="",
    )


def _line(row: FamilyOnLegs, legs: list[str], currency: str) -> Line:
    sent = row.sent
    return Line(
        code=", ".join(words.clean(c) for c in (row.products or (row.family,))[:3]),
        label=words.short_label(row.label),
        title=words.full_label(row.label),
        legs=tuple(_unit_value(getattr(row, leg), currency) for leg in legs),
        volume=words.millions(sent.volume if sent else None, 2),
        price=words.millions(sent.price if sent else None, 2),
        word=sent.word if sent else CANNOT_TELL,
    )


def _unit_value(found: FamilyPrice | None, currency: str) -> UnitValue:
    if found is None:
        return UnitValue(words.DASH, "")
    if found.log_change is None:
        return UnitValue(CANNOT_TELL, "")
    change = _change(found.log_change)
    if found.before is None or found.after is None:
        return UnitValue(change, "several units")
    return UnitValue(
        f"{_digits(found.before)} → {_digits(found.after)}",
        f"{words.sign(currency)} per {words.clean(found.unit)}, {change}",
    )


def _change(log_change: float | None) -> str:
    """Write a change of price: ``+25 %``; one that rounds to nothing has no sign."""
    if log_change is None:
        return CANNOT_TELL
    change = math.exp(log_change) - 1
    return words.share(0.0) if abs(change) < HALF_A_PERCENT else words.growth(change)


def _digits(value: float) -> str:
    """Write a unit value: gas costs cents per kilogram, chips thousands."""
    return words.number(value, 2 if value < 10 else 1 if value < 1000 else 0)


_PER_LEG = (
    ("unit", "unit", "text"),
    ("before", "unit value in base", "ratio"),
    ("after", "unit value in window", "ratio"),
    ("told_share", "share told", "share"),
    ("excess", "growth told", "money"),
    ("volume", "growth at base prices", "money"),
    ("price", "change of price", "money"),
    ("word", "reads", "text"),
    ("reason", "why not told", "text"),
)


def table(d: Dossier) -> Table:
    """Return every family the dossier holds, with the legs that can be told."""
    legs = [leg.leg for leg in told(d)]
    columns = [Column("family", "Family"), Column("codes", "Codes"), Column("label", "Label")]
    for leg in legs:
        columns += [
            Column(f"{leg}_{key}", f"{words.capitalize_first(leg)}: {title}", kind)  # type: ignore[arg-type]
            for key, title, kind in _PER_LEG
        ]
    rows = tuple(
        (
            words.clean(row.family),
            " ".join(map(words.clean, row.products)),
            words.short_label(row.label, 90),
            *(cell for leg in legs for cell in _cells(getattr(row, leg))),
        )
        for row in d.prices.families
    )
    return Table(
        "prices",
        f"Unit values by family, {d.hub_name}, {d.window_words} against the base, {d.currency}",
        tuple(columns),
        rows,
    )


def _cells(found: FamilyPrice | None) -> tuple[Cell, ...]:
    if found is None:
        return (None,) * len(_PER_LEG)
    return tuple(getattr(found, key) for key, _, _ in _PER_LEG)
