"""JSON in one way only, so that equal results are equal bytes."""

from __future__ import annotations

import dataclasses
import json
import math
from datetime import date
from decimal import Decimal
from typing import Any

# Enough to tell any two published values apart; less than what two orders of summation change.
DIGITS = 12


class _Absent:
    def __repr__(self) -> str:
        return "nothing"


_ABSENT = _Absent()


def plain(value: Any) -> Any:
    """Turn a result into plain JSON data: dataclasses to objects, floats to 12 digits.

    Raises:
        ValueError: A float is not finite; a result must say None where there is no number.
        TypeError: The value has no JSON form.
    """
    if value is None or isinstance(value, str | bool | int):
        return value
    if isinstance(value, float | Decimal):
        number = float(value)
        if not math.isfinite(number):
            raise ValueError(f"{value} is not a number a result may hold")
        return float(f"{number:.{DIGITS}g}") + 0.0  # turns -0.0 into 0.0
    if isinstance(value, date):
        return value.isoformat()
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {f.name: plain(getattr(value, f.name)) for f in dataclasses.fields(value)}
    if isinstance(value, dict):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        items = sorted(value) if isinstance(value, set | frozenset) else value
        return [plain(item) for item in items]
    raise TypeError(f"{type(value).__name__} has no JSON form")


def dumps(value: Any) -> str:
    """Return canonical JSON: sorted keys, no spaces, 12 significant digits."""
    return json.dumps(
        plain(value), ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False
    )


def differences(before: Any, after: Any, path: str = "", *, most: int = 20) -> list[str]:
    """List where two plain results differ, as paths with both values, at most `most` of them."""
    found: list[str] = []
    _compare(before, after, path or "result", found, most)
    return found


def _compare(before: Any, after: Any, path: str, found: list[str], most: int) -> None:
    if len(found) >= most:
        return
    if isinstance(before, dict) and isinstance(after, dict):
        for key in sorted(before.keys() | after.keys()):
            _compare(
                before.get(key, _ABSENT), after.get(key, _ABSENT), f"{path}.{key}", found, most
            )
    elif isinstance(before, list) and isinstance(after, list):
        if len(before) != len(after):
            found.append(f"{path}: {len(before)} entries before, {len(after)} now")
        for index, (old, new) in enumerate(zip(before, after, strict=False)):
            _compare(old, new, f"{path}[{index}]", found, most)
    # 1, 1.0 and True are equal in Python and different in JSON.
    elif before != after or type(before) is not type(after):
        found.append(f"{path}: {before!r} before, {after!r} now")
