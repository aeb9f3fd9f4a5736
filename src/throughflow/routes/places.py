"""Which place or territory a user means."""

from __future__ import annotations

import difflib
import unicodedata
from functools import lru_cache
from typing import TYPE_CHECKING

from throughflow.errors import InputError
from throughflow.reference import countries, route_network
from throughflow.routes.result import Place

if TYPE_CHECKING:
    from throughflow.reference.route_network import Node


def key(text: str) -> str:
    """Return a name without case, accents and punctuation, to compare by."""
    plain = unicodedata.normalize("NFKD", text.casefold().translate(_PLAIN))
    kept = "".join(c if c.isalnum() else " " for c in plain if not unicodedata.combining(c))
    return " ".join(kept.split())


# Letters that do not fall apart into a letter and an accent.
_PLAIN = str.maketrans({"ł": "l", "\u0131": "i", "ø": "o", "ə": "a", "ß": "ss"})


@lru_cache(maxsize=1)
def _named() -> dict[str, str]:
    """Map each known spelling of a place, in its `key` form, to its id."""
    found: dict[str, str] = {}
    for node in route_network.nodes().values():
        # A place's own name goes before another place's other spelling.
        found[key(node.name)] = node.id
        found[key(node.id)] = node.id
    for node in route_network.nodes().values():
        for name in node.also:
            found.setdefault(key(name), node.id)
    return found


def place(node: Node, stands_for: str | None = None) -> Place:
    """Return a place of the table as findings write it."""
    return Place(
        node.id,
        node.name,
        node.territory,
        node.kind,
        stands_for,
        node.latitude,
        node.longitude,
    )


def territory(text: str, *, where: str = "") -> str:
    """Read a territory: a country as `countries.parse` reads it, or one apart by code or name.

    Raises:
        InputError: Nothing known is written so, or it is a group of states.
    """
    upper = text.strip().upper()
    for code, name in route_network.APART.items():
        if upper == code or key(text) == key(name):
            return code
    code = countries.parse(text, where=where)
    if countries.is_bloc(code):
        raise InputError(
            f"{text!r} is a group of states, not one", where=where, remedy="Name one state"
        )
    return code


def find(text: str, *, where: str = "") -> Place:
    """Read where a road begins or ends: a place, or a country that its main place stands for.

    Args:
        text: Such as ``KZ``, ``Kazakhstan``, ``Almaty``, ``LT:Medininkai`` or ``Kaliningrad``.
        where: Argument the text came from, for the error.

    Returns:
        The place; `stands_for` names the territory where only that was given.

    Raises:
        InputError: Nothing known is written so; the remedy names near ones.
    """
    named = _place_named(text, where)
    if named is not None:
        return place(named)
    code = _territory_or_error(text, where)
    main = route_network.main_places().get(code)
    if main is None:
        raise InputError(
            f"the table of roads has no place in {route_network.name(code)}",
            where=where,
            remedy=f"It has places in {', '.join(route_network.territories())}",
        )
    return place(main, stands_for=route_network.name(code))


def stop(text: str, *, where: str = "") -> str:
    """Read one stop of a declared road: a territory's code, or the id of a place.

    Raises:
        InputError: Nothing known is written so.
    """
    upper = text.strip().upper()
    if len(upper) == 2 and upper.isalpha():
        return territory(text, where=where)
    named = _place_named(text, where)
    return named.id if named is not None else _territory_or_error(text, where)


def _place_named(text: str, where: str) -> Node | None:
    """Return the place of a name; None for what may be a country."""
    nodes = route_network.nodes()
    before, colon, after = text.partition(":")
    if colon:
        code = territory(before, where=where)
        inside = [node for node in nodes.values() if code in {node.territory, node.country}]
        known = {
            key(spelling): node for node in inside for spelling in (*node.also, node.id, node.name)
        }
        if key(after) in known:
            return known[key(after)]
        names = [node.name for node in inside]
        raise InputError.unknown(
            f"place in {route_network.name(code)}", after.strip(), names, where=where
        )
    if len(text.strip()) == 2 or text.strip().upper() in countries.all_codes():
        return None
    found = _named().get(key(text))
    return nodes[found] if found else None


def _territory_or_error(text: str, where: str) -> str:
    try:
        return territory(text, where=where)
    except InputError as error:
        nodes = route_network.nodes()
        near = difflib.get_close_matches(key(text), _named(), n=3, cutoff=0.7)
        names = list(dict.fromkeys(nodes[_named()[spelling]].name for spelling in near))
        if not names or "unknown country" not in error.what:
            raise
        _, _, states = error.remedy.partition("Did you mean ")
        known = states.rstrip("?").split(" or ") if states else []
        raise InputError(
            f"unknown place or country {text!r}",
            where=where,
            remedy=f"Did you mean {' or '.join(dict.fromkeys(known + names))}?",
        ) from None
