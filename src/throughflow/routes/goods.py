"""What the lists of restricted goods say of one product code.

The list of February 2023 names the kinds of goods behind each six-digit code, and so the annex;
`reference.transit` says until which day that is known to be complete.
"""

from __future__ import annotations

from functools import lru_cache

from throughflow.errors import InputError
from throughflow.reference import control_lists, nomenclature
from throughflow.routes.result import GoodsFound

LIST = "eu-hs6"
HIGH_PRIORITY = "chpl-2024-02"
# The edition codes are read in, and the one before, for declarations that still use it.
EDITION, BEFORE = 2022, 2017
KINDS = {
    "dual_use": "dual-use goods",
    "military_tech": "advanced technology",
    "firearms": "firearms",
    "aviation": "aviation and space goods or jet fuel",
    "industrial_cap": "goods for industrial capacities",
    "luxury": "luxury goods",
    "oil_exploration": "goods for oil exploration",
    "oil_refining": "goods for oil refining",
}


@lru_cache(maxsize=4096)
def find(product: str, *, where: str = "") -> GoodsFound:
    """Tell under which kinds of restricted goods a code is listed.

    Args:
        product: HS code of six digits or CN code of eight; dots and spaces are left out.
        where: Option the code came from, for the error.

    Returns:
        What the lists say; no kinds where the code is not listed.

    Raises:
        InputError: It is no such code.
    """
    digits = product.replace(".", "").replace(" ", "")
    if not digits.isdigit() or len(digits) not in {6, 8, 10}:
        raise InputError(
            f"{product!r} is not an HS6 or CN8 code",
            where=where,
            remedy="Write six or eight digits, such as 854231",
        )
    hs6 = digits[:6]
    edition = next((year for year in (EDITION, BEFORE) if hs6 in _codes(year)), None)
    if edition is None:
        near = [code for code in sorted(_codes(EDITION)) if code[:4] == hs6[:4]]
        raise InputError(
            f"there is no HS code {hs6} in the editions of {EDITION} and {BEFORE}",
            where=where,
            remedy=f"Heading {hs6[:4]} has {', '.join(near[:8])}" if near else "",
        )
    listed = control_lists.load(LIST)
    entry = control_lists.to_hs6(listed, [hs6], edition=edition).get(hs6)
    kinds = tuple(kind for kind in KINDS if entry is not None and kind in entry.kinds)
    high = control_lists.to_hs6(control_lists.load(HIGH_PRIORITY), [hs6], edition=edition)
    tier = high[hs6].tier if hs6 in high else ""
    if kinds:
        names = [KINDS[kind] for kind in kinds]
        words = f"HS {hs6} is listed as {', '.join(names)}"
    else:
        words = f"HS {hs6} is not on the EU list of {listed.as_of}"
    if tier:
        words += f"; common high priority, tier {tier}"
    is_part = entry is not None and entry.is_part_of_code
    return GoodsFound(digits, hs6, kinds, is_part, tier, words, listed.title)


@lru_cache(maxsize=2)
def _codes(edition: int) -> frozenset[str]:
    other = BEFORE if edition == EDITION else EDITION
    return frozenset(nomenclature.hs_correspondence(edition, other))
