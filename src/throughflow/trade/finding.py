"""One row of an excess table, and the table: what every trade finding says."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

import pyarrow as pa

if TYPE_CHECKING:
    from collections.abc import Iterator

ESTABLISHED = "established"
NEW_FLOW = "new flow"
NOT_TESTABLE = "not testable"
ALL = "*"


@dataclass(frozen=True, slots=True)
class Row:
    """One row of an excess table. Amounts are in `currency` over the window.

    Attributes:
        reporter: Exporter, or ``*`` for all of them together.
        partner: Destination.
        family: Product family, or ``*`` for all of them together.
        products: Codes of the family that the data hold.
        label: The publisher's words for the family's first code.
        tier: Category or tier on the control list.
        base_actual: Recorded in the base window, same calendar months as `actual`.
        actual: Recorded in the window, from the month the goods are restricted.
        expected: Counterfactual on `rung`; None where it cannot be told.
        low: Lower end of the 90 % interval of `expected`.
        high: Upper end of the 90 % interval of `expected`.
        excess: Actual minus expected.
        excess_low: Actual minus `high`.
        excess_high: Actual minus `low`.
        expected_c: Counterfactual on rung C, from the pair's own past.
        excess_c: Actual minus `expected_c`.
        currency: ISO 4217.
        ratio: Actual over expected; None for new flows.
        p: Share of placebos that deviate upwards at least as much.
        q: False-discovery rate at which the row is a discovery among the rows of all hubs,
            established and new flows apart, larger expectations weighing more; of
            `p_joint` and `p` where the second leg is recorded (see `onward`), else of `p`.
        onward_actual: What the hub itself recorded as exported to the target, of the same goods;
            None where the dataset does not hold it.
        onward_expected: Counterfactual of it, from the hub's own past and growth.
        onward_p: Share of placebos whose second leg deviates upwards at least as much.
        p_joint: P-value of all legs together; see `onward`.
        onward_through: Second hub, ISO alpha-2, through which the records say more of the goods
            going on than straight to the target; empty where they do not.
        rung: Rung of `expected`.
        kind: ``established``, ``new flow`` or ``not testable``.
        verdict: Word of the rule table.
        reason: Why the verdict is no stronger, or why nothing can be told.
        minimum_detectable: Smallest excess whose lower end would be above zero.
        cells: Exporter × family cells behind the row.
    """

    reporter: str
    partner: str
    family: str
    products: tuple[str, ...]
    label: str
    tier: str
    base_actual: float
    actual: float
    expected: float | None
    low: float | None
    high: float | None
    excess: float | None
    excess_low: float | None
    excess_high: float | None
    expected_c: float | None
    excess_c: float | None
    currency: str
    ratio: float | None
    p: float | None
    q: float | None
    onward_actual: float | None
    onward_expected: float | None
    onward_p: float | None
    p_joint: float | None
    onward_through: str
    rung: str
    kind: str
    verdict: str
    reason: str
    minimum_detectable: float | None
    cells: int


@dataclass(frozen=True, slots=True)
class ExcessTable:
    """Rows of one breakdown, in order."""

    rows: tuple[Row, ...]

    def __len__(self) -> int:
        return len(self.rows)

    def __iter__(self) -> Iterator[Row]:
        return iter(self.rows)

    def to_arrow(self) -> pa.Table:
        """Return the rows as an Arrow table, a column per field of `Row`."""
        kinds = {"products": pa.list_(pa.string()), "cells": pa.int64()}
        texts = {
            "reporter", "partner", "family", "label", "tier", "currency", "rung", "kind",
            "verdict", "reason", "onward_through",
        }  # fmt: skip
        columns = {
            field.name: pa.array(
                [getattr(row, field.name) for row in self.rows],
                pa.string() if field.name in texts else kinds.get(field.name, pa.float64()),
            )
            for field in fields(Row)
        }
        return pa.table(columns)
