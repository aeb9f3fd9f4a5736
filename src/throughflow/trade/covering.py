"""Which cells the data could have shown over a whole span: asked for one by one, or as a block."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow.compute as pc

from throughflow.trade import grid

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pyarrow as pa
    from numpy.typing import NDArray

    from throughflow.model.periods import Calendar
    from throughflow.trade.goods import Goods
    from throughflow.warehouse import Warehouse

PACKAGE = "throughflow.trade"


@dataclass(frozen=True, slots=True)
class Covering:
    """What a dataset was asked for.

    Attributes:
        reporters: Exporters asked for, blocs among them.
        partners: Destinations asked for, blocs among them.
        cells: Cells asked for one by one: columns ``reporter``, ``partner``, ``family``, and in
            ``members`` how many codes of the family are covered over the whole span.
        pairs: Pairs that a world table covers over the whole span: ``reporter``, ``partner``.
        whole_goods: Which families it covers with all their codes, shape (n_families,).
        families: Ids of the families.
        sizes: Codes of each family, shape (n_families,).
    """

    reporters: frozenset[str]
    partners: frozenset[str]
    cells: pa.Table
    pairs: pa.Table
    whole_goods: NDArray[np.bool_]
    families: tuple[str, ...]
    sizes: NDArray[np.int64]

    def on(self, reporters: Sequence[str], partners: Sequence[str]) -> NDArray[np.bool_]:
        """Tell which cells of a grid are covered, shape (n_exporters * n_hubs * n_families,)."""
        shape = (len(reporters), len(partners), len(self.families))
        found = np.zeros(shape, dtype=bool)
        pairs = grid.between(self.pairs, reporters, partners)
        pair = grid.cells(pairs, reporters, partners, None)
        found.reshape(-1, shape[2])[pair] = self.whole_goods
        flat = found.reshape(-1)
        cells = grid.between(self.cells, reporters, partners)
        cell = grid.cells(cells, reporters, partners, self.families)
        counted = cells.column("members").to_numpy()
        flat[cell] |= counted == self.sizes[cell % max(shape[2], 1)]
        return flat


def read(
    warehouse: Warehouse, where: Mapping[str, Any], chosen: Goods, calendar: Calendar
) -> Covering:
    """Read what a dataset was asked for over a span.

    Args:
        warehouse: Where the data are.
        where: Dataset, nomenclature, basis and frequency, and the first day of the ``first`` and
            ``last`` period of the span.
        chosen: The goods.
        calendar: What a period is.
    """
    goods = {"family_member": chosen.members}
    cells = warehouse.query(
        PACKAGE,
        "covered",
        parameters={**where, "months": 12 // calendar.per_year},
        tables=goods,
    )
    pairs = warehouse.query(PACKAGE, "covered_pairs", parameters=where)
    products = warehouse.query(PACKAGE, "covered_goods", parameters=where, tables=goods)
    length = calendar.number(where["last"]) - calendar.number(where["first"]) + 1
    families = tuple(family.id for family in chosen.families)
    sizes = np.array([len(family.members) for family in chosen.families], dtype=np.int64)
    named = {
        side: frozenset(cells.column(side).unique().to_pylist())
        | frozenset(pairs.column(side).unique().to_pylist())
        for side in ("reporter", "partner")
    }
    throughout = products.filter(pc.equal(products.column("periods"), length))
    family = grid.positions(throughout.column("family"), families)
    counted = np.bincount(family, minlength=len(families))
    return Covering(
        reporters=named["reporter"],
        partners=named["partner"],
        cells=cells,
        pairs=pairs.filter(pc.equal(pairs.column("periods"), length)),
        whole_goods=(counted == sizes) & (sizes > 0),
        families=families,
        sizes=sizes,
    )
