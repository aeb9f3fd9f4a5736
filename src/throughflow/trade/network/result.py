"""What bounds on one product's flow through hubs say, ready for JSON by `dataclasses.asdict`."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Levels:
    """An amount at the low, mid and high ends of the legs' excess, in the network's currency."""

    low: float
    mid: float
    high: float


@dataclass(frozen=True, slots=True)
class LegFlow:
    """What one leg carries in the maximum flow that was found; one example of many.

    Attributes:
        tail: Where the leg starts.
        head: Where it ends.
        flow: Amount carried at each level.
        capacity: Excess of the leg, at least 0.
    """

    tail: str
    head: str
    flow: Levels
    capacity: Levels


@dataclass(frozen=True, slots=True)
class Binding:
    """A leg that is in every minimum cut: more excess on it alone would raise the most.

    Attributes:
        tail: Where the leg starts.
        head: Where it ends.
        capacity: Excess of the leg, at least 0.
        levels: Levels at which this holds; the leg has some excess at each.
    """

    tail: str
    head: str
    capacity: Levels
    levels: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class BelowExpected:
    """A leg whose estimated excess is negative; it counts as 0 where it is.

    Attributes:
        tail: Where the leg starts.
        head: Where it ends.
        excess: Excess as given.
    """

    tail: str
    head: str
    excess: Levels


@dataclass(frozen=True, slots=True)
class Path:
    """One way from an exporter to the target in the example flow at mid.

    Attributes:
        nodes: Names passed, exporter first, target last.
        amount: Amount, in the network's currency.
        share: Of the most at mid.
    """

    nodes: tuple[str, ...]
    amount: float
    share: float


@dataclass(frozen=True, slots=True)
class Hub:
    """What one hub sent to the target, and how much of the flow can have passed it.

    Attributes:
        name: The hub.
        sent_to_target: Excess of its leg to the target, at least 0.
        own_supply: What it can have sent on without the coalition; None where unknown.
        supply_source: Where that figure is from.
        is_supply_known: Whether there is a figure.
        least_through: Least of the most at mid that passes the hub over all maximum flows; None
            where not asked for.
        most_through: Most of it; None where not asked for.
        least_share: `least_through` over the most at mid; None where that is 0 or not asked for.
        most_share: `most_through` over the most at mid; None likewise.
    """

    name: str
    sent_to_target: Levels
    own_supply: float | None
    supply_source: str
    is_supply_known: bool
    least_through: float | None
    most_through: float | None
    least_share: float | None
    most_share: float | None


@dataclass(frozen=True, slots=True)
class Flows:
    """Bounds on what reached the target through hubs. Amounts are in `currency` over the window.

    Attributes:
        product: Code or family.
        currency: ISO 4217.
        exporters: Exporters of the coalition.
        target: The target.
        least: What must have come from the coalition. `low` and `high` bound it for every choice
            of excess between the legs' ends; `mid` is the program at the estimates.
        most: The maximum flow at each level; it never falls when a leg's excess grows.
        is_least_known: False where some hub that can reach the target has no figure of own supply;
            `least` then stands for the lowest that is possible.
        unknown_supply: Those hubs.
        sent_to_target: Excess of all legs into the target, at least 0.
        unexplained: Part of `sent_to_target` beyond what the coalition's excess and own supply can
            have sent, at each level; nothing is said of where it came from. No interval: it need
            not grow with the level.
        legs: Legs with flow at any level.
        paths: The example flow at mid as paths, largest first.
        hubs: Every hub, by name.
        binding: Legs that are in every minimum cut at some level.
        below_expected: Legs whose excess is negative at mid.
        cannot_tell: Legs (start, end) whose excess cannot be told.
        no_interval: Legs (start, end) whose excess has no interval.
        notes: What must be said beside the numbers.
    """

    product: str
    currency: str
    exporters: tuple[str, ...]
    target: str
    least: Levels
    most: Levels
    is_least_known: bool
    unknown_supply: tuple[str, ...]
    sent_to_target: Levels
    unexplained: Levels
    legs: tuple[LegFlow, ...]
    paths: tuple[Path, ...]
    hubs: tuple[Hub, ...]
    binding: tuple[Binding, ...]
    below_expected: tuple[BelowExpected, ...]
    cannot_tell: tuple[tuple[str, str], ...]
    no_interval: tuple[tuple[str, str], ...]
    notes: tuple[str, ...]
