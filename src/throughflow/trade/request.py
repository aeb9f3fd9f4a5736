"""What an analyst asks of the trade witness."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, Any

from throughflow.errors import UsageError
from throughflow.model.periods import Window

if TYPE_CHECKING:
    from collections.abc import Iterable

LEVELS = ("reporter", "product")
RUNGS = ("C", "C+", "B", "A")
DEFAULT_LIST = "eu-2023-01"
DEFAULT_TREAT_FROM = date(2022, 3, 1)


@dataclass(frozen=True, slots=True)
class Request:
    """A question about exports of restricted goods to hubs of one target.

    Attributes:
        target: The sanctioned state, ISO alpha-2.
        partners: Destinations to report on; empty for every destination in the data.
        reporters: Exporters to include; empty for every country in the data.
        window: Months asked about; None for the latest run of complete months since treat_from.
        base: Months shown for comparison only; None for the window one year before treat_from.
        control_list: Name of a control list, a file, or ``all``.
        by: Levels to break down by, beside the partner: any of ``reporter`` and ``product``.
        treat_from: First treated month of codes whose list gives no date.
        currency: Currency of every amount.
        whole_codes_only: Keep only goods whose whole code is restricted, from the end of any
            wind-down; the second form of the headline.
        dataset: Dataset to use; None for the one that records most of the listed goods.
    """

    target: str = "RU"
    partners: tuple[str, ...] = ()
    reporters: tuple[str, ...] = ()
    window: Window | None = None
    base: Window | None = None
    control_list: str = DEFAULT_LIST
    by: tuple[str, ...] = LEVELS
    treat_from: date = DEFAULT_TREAT_FROM
    currency: str = "EUR"
    whole_codes_only: bool = False
    dataset: str | None = None

    def __post_init__(self) -> None:
        strange = [level for level in self.by if level not in LEVELS]
        if strange:
            raise UsageError(
                f"cannot break down by {strange[0]!r}",
                where="--by",
                remedy=f"Use any of: {', '.join(LEVELS)} (the partner is always shown)",
            )

    def at(self, by: Iterable[str]) -> Request:
        """Return the same question at another level."""
        return replace(self, by=tuple(level for level in LEVELS if level in set(by)))

    def parameters(self) -> dict[str, Any]:
        """Return the question as plain data, for findings and replay."""
        return {
            "target": self.target,
            "partners": list(self.partners),
            "reporters": list(self.reporters),
            "window": str(self.window) if self.window else None,
            "base": str(self.base) if self.base else None,
            "control_list": self.control_list,
            "by": list(self.by),
            "treat_from": self.treat_from.isoformat(),
            "currency": self.currency,
            "whole_codes_only": self.whole_codes_only,
            "dataset": self.dataset,
        }

    @classmethod
    def from_parameters(cls, raw: dict[str, Any]) -> Request:
        """Rebuild a question from what `parameters` returned."""
        return cls(
            target=raw["target"],
            partners=tuple(raw["partners"]),
            reporters=tuple(raw["reporters"]),
            window=Window.parse(raw["window"]) if raw["window"] else None,
            base=Window.parse(raw["base"]) if raw["base"] else None,
            control_list=raw["control_list"],
            by=tuple(raw["by"]),
            treat_from=date.fromisoformat(raw["treat_from"]),
            currency=raw["currency"],
            whole_codes_only=raw["whole_codes_only"],
            dataset=raw["dataset"],
        )
