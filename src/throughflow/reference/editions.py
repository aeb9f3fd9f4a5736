"""Dated editions of rules: find one by its date. A released edition never changes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, TypeVar

from throughflow.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Sequence


class Dated(Protocol):
    """Anything that comes in editions."""

    @property
    def edition(self) -> str:
        """Date of the edition."""


Rules = TypeVar("Rules", bound=Dated)


def find(editions: Sequence[Rules], name: str, what: str) -> Rules:
    """Return an edition by its date.

    Args:
        editions: All of them.
        name: The date.
        what: What they are editions of, such as ``verdict rules``.

    Raises:
        InputError: There is no such edition.
    """
    for rules in editions:
        if rules.edition == name:
            return rules
    raise InputError(
        f"no {what} of {name}",
        remedy=f"Editions: {', '.join(rules.edition for rules in editions)}",
    )
