"""Witness: whether a declared road makes sense, and what the law says of it.

from datetime import date
from throughflow.routes import check

found = check("LT", "KG", via=["BY", "RU"], on=date(2023, 6, 24), product="854231")
found.detour_best, [leg.answer.verdict for leg in found.legs]
"""

from throughflow.routes.check import check
from throughflow.routes.result import Road, RouteFinding
from throughflow.routes.search import alternatives, find

__all__ = ["Road", "RouteFinding", "alternatives", "check", "find"]
