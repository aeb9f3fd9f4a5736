"""What about a road asks for a question, in words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from throughflow.reference import memberships, route_network
from throughflow.reference.route_network import KALININGRAD
from throughflow.routes.result import BANNED, CANNOT_TELL, Flag

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from throughflow.routes.result import Place, Road, Step, TerritoryAnswer

# Declared over best from which a road is called long, and from which it makes no sense. Set before
# any road was looked at: carriers go half as far again for a cheaper port, not for less.
LONG, ILLOGICAL = 1.25, 1.5
# Below this a ratio says little: it is the way round one closed crossing.
FEW_KM = 300
TARGET = "RU"


@dataclass(frozen=True, slots=True)
class Roads:
    """The roads of one finding.

    Attributes:
        best: The shortest; None where there is none.
        asked: The shortest without what is to be avoided.
        permitted: The shortest through territories whose answer is ``not banned``.
        declared: The shortest through the declared territories in order.
    """

    best: Road | None
    asked: Road | None
    permitted: Road | None
    declared: Road | None

    @property
    def detour_best(self) -> float | None:
        """Length of the declared road over the best; None without both."""
        return _ratio(self.declared, self.best)

    @property
    def detour_permitted(self) -> float | None:
        """Length of the declared road over the permitted one; None without both."""
        return _ratio(self.declared, self.permitted)

    @property
    def is_illogical(self) -> bool:
        """Whether the declared road makes no sense as a road."""
        return (self._excess or 0) >= ILLOGICAL

    @property
    def is_long(self) -> bool:
        """Whether the declared road is long, or worse."""
        return (self._excess or 0) >= LONG

    @property
    def _excess(self) -> float | None:
        if not self.declared or not self.best or self.declared.km - self.best.km < FEW_KM:
            return None
        return self.detour_best


def _ratio(one: Road | None, other: Road | None) -> float | None:
    return one.km / other.km if one and other and other.km else None


def of_length(roads: Roads, *, is_declared: bool) -> list[Flag]:
    """Say where no road is left, and where the declared one is too long."""
    flags = []
    if roads.best is None:
        flags.append(Flag("no road", "no road joins the two places by these modes on this day"))
    elif roads.asked is None:
        flags.append(Flag("no road", "no road is left without what is to be avoided"))
    elif roads.permitted is None:
        flags.append(Flag("no road", "no road is left through territories that are not banned"))
    if is_declared and roads.declared is None:
        flags.append(Flag("no road", "no road takes the declared territories in this order"))
    if roads.is_long and roads.declared and roads.best:
        words = (
            f"the declared road is {km_words(roads.declared.km)} km, {roads.detour_best:.2f} times "
            f"the shortest ({km_words(roads.best.km)} km)"
        )
        if roads.is_illogical:
            flags.append(Flag("illogical", f"{words}; from {ILLOGICAL} on it makes no sense"))
        else:
            flags.append(Flag("long", words))
    return flags


def of_neighbours(steps: Sequence[Step], undeclared: Sequence[str]) -> list[Flag]:
    """Say which declared neighbours are none, and what was crossed without being declared."""
    flags = [
        Flag(
            "gap",
            f"{_name(step.start)} and {_name(step.end)} are not neighbours"
            + (f"; between them: {_listed(step.between)}" if step.between else ""),
        )
        for step in steps
        if step.joined == "no"
    ]
    if undeclared:
        flags.append(Flag("gap", f"crossed and not declared: {_listed(undeclared)}"))
    return flags


def of_closures(declared: Road | None, on: date, *, is_closed: bool) -> list[Flag]:
    """Name the crossings that the declared road needs and that are closed on the day."""
    if declared is None or not is_closed:
        return []
    shut = [f"{leg.start.name} – {leg.end.name}" for leg in declared.legs if not leg.is_open]
    return [Flag("closed", f"closed to goods on {on}: {', '.join(dict.fromkeys(shut))}")]


def of_law(answers: Sequence[TerritoryAnswer], start: Place, end: Place, on: date) -> list[Flag]:
    """Name sanctioned states on the way, bans, the customs union and Kaliningrad."""
    sanctioned = set(memberships.restricted(TARGET))
    crossed = [one for one in answers if one.role == "transit"]
    flags = [
        Flag("sanctioned", f"the road passes through {one.name}")
        for one in crossed
        if one.territory[:2] in sanctioned
    ]
    banned = [one.name for one in crossed if one.answer.verdict == BANNED]
    if banned:
        flags.append(Flag("banned", f"transit of these goods is banned through {_and(banned)}"))
    union = memberships.members("EAEU", on)
    inside = [one.name for one in answers if one.territory[:2] in union]
    if inside and start.territory[:2] not in union:
        leaves = "" if end.territory[:2] in union else "; the road leaves it again"
        words = (
            f"goods cleared in {inside[0]}, or anywhere in the Eurasian Economic Union, move to "
            f"its other members, Russia among them, without customs{leaves}"
        )
        flags.append(Flag("customs union", words))
    if any(one.territory == KALININGRAD for one in answers):
        words = (
            "Kaliningrad lies apart: transit between it and the rest of Russia has rules of its own"
        )
        flags.append(Flag("Kaliningrad", words))
    return flags


def paragraph(roads: Roads, answers: Sequence[TerritoryAnswer], *, is_declared: bool) -> str:
    """Put the finding in a paragraph."""
    if roads.best is None:
        return "No road joins the two places by these modes on this day."
    parts = [
        f"The shortest road is {km_words(roads.best.km)} km through {_way(roads.best)}.",
        *_without(roads),
    ]
    if is_declared and roads.declared is None:
        parts.append("No road takes the declared territories in this order.")
    elif roads.declared and roads.detour_best is not None:
        judged = "illogical" if roads.is_illogical else "long" if roads.is_long else "plausible"
        parts.append(
            f"The declared one is {km_words(roads.declared.km)} km, {roads.detour_best:.2f} times "
            f"the shortest: {judged} as a road."
        )
    for verdict, words in ((BANNED, "Banned"), (CANNOT_TELL, "Cannot tell")):
        names = [one.name for one in answers if one.answer.verdict == verdict]
        if names:
            parts.append(f"{words}: {_and(names)}.")
    if is_declared:
        parts.append("An odd road is a reason to ask, and proof of nothing.")
    return " ".join(parts)


def _without(roads: Roads) -> list[str]:
    """Tell the roads that leave something out, as far as they are others."""
    if roads.asked is None:
        return ["None is left without what is to be avoided."]
    told = {roads.best and roads.best.territories}
    parts = []
    if roads.asked.territories not in told:
        parts.append(f"As asked it is {km_words(roads.asked.km)} km through {_way(roads.asked)}.")
        told.add(roads.asked.territories)
    if roads.permitted is None:
        parts.append("None is left through territories that are not banned.")
    elif roads.permitted.territories not in told:
        parts.append(
            f"The shortest one that is permitted is {km_words(roads.permitted.km)} km through "
            f"{_way(roads.permitted)}."
        )
    return parts


def km_words(value: int) -> str:
    """Write kilometres, in groups from five digits on."""
    return f"{value:,}".replace(",", "\u202f") if value >= 10_000 else str(value)


def _way(road: Road) -> str:
    return _listed(tuple(dict.fromkeys(road.territories)))


def _name(territory: str) -> str:
    return route_network.name(territory)


def _listed(territories: Sequence[str]) -> str:
    return _and([_name(territory) for territory in territories])


def _and(names: Sequence[str]) -> str:
    return f"{', '.join(names[:-1])} and {names[-1]}" if len(names) > 1 else "".join(names)
