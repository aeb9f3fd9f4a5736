"""Why a cell was refused: the words a load report and the quarantine use, and no others."""

from __future__ import annotations

from typing import Final

UNKNOWN_COUNTRY: Final = "unknown country"
UNKNOWN_PRODUCT: Final = "unknown product code"
UNKNOWN_FLOW: Final = "unknown flow"
UNKNOWN_NOMENCLATURE: Final = "unknown nomenclature"
UNKNOWN_CURRENCY: Final = "unknown currency"
UNKNOWN_WORD: Final = "not one of the allowed words"
UNKNOWN_PROCEDURE: Final = "statistical procedure other than the total"
NOT_A_NUMBER: Final = "not a number"
NEGATIVE: Final = "negative value"
TOO_LARGE: Final = "number too large"
NOT_A_PERIOD: Final = "not a period"
FUTURE_PERIOD: Final = "future period"
DUPLICATE: Final = "duplicate row"
CONFLICT: Final = "conflicting duplicate"
AGGREGATE: Final = "aggregate beside its parts"
INCOMPLETE: Final = "part of a sum cannot be read"
CONTRADICTION: Final = "contradicts another column"
PART: Final = "part beside its total"
PART_MISSING: Final = "part of a sum that lacks another"
WRONG_COLUMNS: Final = "wrong number of columns"
WRONG_SHEET: Final = "unreadable sheet"
