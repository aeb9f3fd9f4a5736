"""The exceptions of the package: one small tree, each saying what is wrong, where, and what to do.

ThroughflowError
├── InputError         a file, column, code or option the user gave is not usable   exit 3, HTTP 422
├── DataError          data in the warehouse cannot answer the question             exit 3, HTTP 409
├── SourceError        a publisher cannot be reached                                exit 4, HTTP 503
├── ModelError         not identified, not converged, too few placebos              exit 5, HTTP 500
├── EngineError        a query failed; keeps the SQL                                exit 5, HTTP 500
└── MissingExtraError  an optional dependency is not installed; names the extra     exit 2, HTTP 501
"""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING, ClassVar

if TYPE_CHECKING:
    from collections.abc import Iterable


class ThroughflowError(Exception):
    """Anything this package refuses to do, with the place and the remedy.

    Attributes:
        what: What is wrong, in one sentence without a full stop.
        where: File, sheet, row, option or table; empty when there is no place to point at.
        remedy: What the user can do about it; empty when nothing sensible can be said.
    """

    exit_code: ClassVar[int] = 5
    http_status: ClassVar[int] = 500

    def __init__(self, what: str, *, where: str = "", remedy: str = "") -> None:
        super().__init__(what)
        self.what = what
        self.where = where
        self.remedy = remedy

    def __str__(self) -> str:
        parts = [self.what]
        if self.where:
            parts.insert(0, f"{self.where}:")
        if self.remedy:
            parts[-1] += "."
            parts.append(
                self.remedy if self.remedy.endswith("?") else self.remedy.rstrip(".") + "."
            )
        return " ".join(parts)


class InputError(ThroughflowError):
    """A file, column, code or option cannot be used as given."""

    exit_code = 3
    http_status = 422

    @classmethod
    def unknown(cls, kind: str, value: str, known: Iterable[str], *, where: str = "") -> InputError:
        """Build the error for a value outside a closed set, with the nearest valid ones.

        Args:
            kind: What the value should have been, such as ``"control list"``.
            value: What was given.
            known: The valid values.
            where: Place of the value.

        Returns:
            An error whose remedy names up to three near values, or the first few known ones.
        """
        choices = sorted(set(known))
        near = difflib.get_close_matches(value, choices, n=3, cutoff=0.6)
        if near:
            remedy = f"Did you mean {' or '.join(near)}?"
            return cls(f"unknown {kind} {value!r}", where=where, remedy=remedy)
        shown = ", ".join(choices[:8]) + (" …" if len(choices) > 8 else "")
        return cls(f"unknown {kind} {value!r}", where=where, remedy=f"Known: {shown}")


class UnrecognisedError(InputError):
    """No reader knows the layout of a file; inside a folder such files are left alone."""


class UsageError(ThroughflowError):
    """Options that contradict each other or cannot be read."""

    exit_code = 2
    http_status = 422


class DataError(ThroughflowError):
    """The warehouse holds no data that can answer the question, or holds damaged data."""

    exit_code = 3
    http_status = 409


class SourceError(ThroughflowError):
    """A publisher cannot be reached or answers with something else than data."""

    exit_code = 4
    http_status = 503


class ModelError(ThroughflowError):
    """A model is not identified, did not converge, or has too few placebos."""


class EngineError(ThroughflowError):
    """A query failed.

    Attributes:
        sql: The text that failed.
    """

    def __init__(self, what: str, *, sql: str, where: str = "", remedy: str = "") -> None:
        super().__init__(what, where=where, remedy=remedy)
        self.sql = sql


class MissingExtraError(ThroughflowError):
    """A feature needs an optional dependency that is not installed."""

    exit_code = 2
    http_status = 501

    def __init__(self, feature: str, extra: str) -> None:
        super().__init__(
            f"{feature} needs an optional dependency",
            remedy=f"Install it with: pip install 'throughflow[{extra}]'",
        )
        self.extra = extra
