"""Answers of a warehouse that are asked for again: what it holds is frozen, so they stay true.

A dossier asks the same records of several windows. The newest answers are kept up to a size.
"""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from typing import TYPE_CHECKING, Any

import pyarrow as pa

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

# All answers together; one of more than half is not kept. The sample's panel has 60 MB.
MOST_BYTES = 192 << 20


class Answers:
    """The newest answers, oldest first."""

    def __init__(self, most_bytes: int = MOST_BYTES) -> None:
        """Keep answers up to so many bytes."""
        self._most = most_bytes
        self._held: OrderedDict[str, pa.Table] = OrderedDict()
        self._bytes = 0

    def get(
        self,
        sql: str,
        parameters: Mapping[str, Any],
        tables: Mapping[str, pa.Table],
        ask: Callable[[], pa.Table],
    ) -> pa.Table:
        """Return the answer held of a question, or ask and hold it.

        Args:
            sql: Text of the query.
            parameters: Its values.
            tables: Small tables it joins.
            ask: Asks the engine.
        """
        key = _key(sql, parameters, tables)
        if key in self._held:
            self._held.move_to_end(key)
            return self._held[key]
        answer = ask()
        if 2 * answer.nbytes <= self._most:
            self._held[key] = answer
            self._bytes += answer.nbytes
            while self._bytes > self._most:
                self._bytes -= self._held.popitem(last=False)[1].nbytes
        return answer

    def clear(self) -> None:
        """Forget everything."""
        self._held.clear()
        self._bytes = 0


def _key(sql: str, parameters: Mapping[str, Any], tables: Mapping[str, pa.Table]) -> str:
    digest = hashlib.sha256(sql.encode())
    digest.update(repr(sorted(parameters.items())).encode())
    for name in sorted(tables):
        digest.update(name.encode())
        table = tables[name].combine_chunks()
        sink = pa.BufferOutputStream()
        with pa.ipc.new_stream(sink, table.schema) as stream:
            stream.write_table(table)
        digest.update(sink.getvalue())
    return digest.hexdigest()
