"""Throughflow measures, proves and watches sanctions circumvention through third countries.

    import throughflow as tf

    warehouse = tf.open()                              # the embedded sample
    dossier = tf.Dossier.build(warehouse, hub="KZ", target="RU")
    tf.report.html(dossier, "kz.html")

Everything is imported when it is first used.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from throughflow.version import __version__

if TYPE_CHECKING:
    from throughflow import report, routes, statements, trade
    from throughflow.dossier import Dossier
    from throughflow.errors import ThroughflowError
    from throughflow.warehouse import Warehouse
    from throughflow.warehouse import open_warehouse as open  # noqa: A004 - the public name

__all__ = [
    "Dossier", "ThroughflowError", "Warehouse", "__version__", "open", "report", "routes",
    "statements", "trade",
]  # fmt: skip

_PLACES = {
    "Dossier": ("throughflow.dossier", "Dossier"),
    "ThroughflowError": ("throughflow.errors", "ThroughflowError"),
    "Warehouse": ("throughflow.warehouse", "Warehouse"),
    "open": ("throughflow.warehouse", "open_warehouse"),
    "report": ("throughflow.report", None),
    "routes": ("throughflow.routes", None),
    "statements": ("throughflow.statements", None),
    "trade": ("throughflow.trade", None),
}


def __getattr__(name: str) -> Any:
    if name not in _PLACES:
        raise AttributeError(f"module 'throughflow' has no attribute {name!r}")
    module, attribute = _PLACES[name]
    found = import_module(module)
    return getattr(found, attribute) if attribute else found


def __dir__() -> list[str]:
    return list(__all__)
