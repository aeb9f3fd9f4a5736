"""How product codes of one year or edition correspond to those of another.

Combined Nomenclature (CN8): Eurostat's concordances between successive years; a code that no link
of a year names did not change in that year. Harmonized System (HS6): the United Nations' full
correlation tables, which name *every* code a good may have come from and are therefore far wider
than CN8's links (HS 2022 8541.51 has 157 predecessors there, one among the CN8 links).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.parquet as pq

from throughflow.errors import InputError
from throughflow.reference.countries import DATA

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

HS_EDITIONS = (2012, 2017, 2022)
_NEXT_HS_EDITION = 2028

Link = tuple[int, str, str]


@lru_cache(maxsize=1)
def _all_cn_links() -> tuple[Link, ...]:
    columns = pq.read_table(DATA / "cn_links.parquet").to_pydict()
    return tuple(zip(columns["year_from"], columns["old"], columns["new"], strict=True))


@lru_cache(maxsize=1)
def cn_years() -> tuple[int, int]:
    """Return the first and the last edition of the CN that the links held connect."""
    years = {year for year, _, _ in _all_cn_links()}
    return min(years), max(years) + 1


def cn_links(first_year: int, last_year: int) -> list[Link]:
    """Return the links between the CN editions of a span of years.

    Args:
        first_year: Edition the span begins with.
        last_year: Edition it ends with.

    Returns:
        Tuples (year_from, old, new): `old` in the edition of `year_from` became `new` in the next.
        Old and new may be the same code: its number was kept and its scope changed.

    Raises:
        InputError: The span is reversed or reaches beyond the editions held.
    """
    low, high = cn_years()
    if first_year > last_year:
        raise InputError(f"CN editions {first_year} to {last_year} are reversed")
    if first_year < low or last_year > high:
        raise InputError(
            f"CN editions {first_year} to {last_year} are not all held",
            remedy=f"Links are held from {low} to {high}",
        )
    return [link for link in _all_cn_links() if first_year <= link[0] < last_year]


@dataclass(frozen=True, slots=True)
class Family:
    """Codes that exchanged goods with each other, so that only their sum is comparable over time.

    Attributes:
        id: Smallest code of the newest edition, with ``+`` when there are several members.
        members: Every code of the family in any edition of the span, sorted.
        missing: Members that are not held: what the family is worth cannot be told.
        recoded: Whether the number or the scope of any member changed inside the span.
    """

    id: str
    members: tuple[str, ...]
    missing: tuple[str, ...]
    recoded: bool

    @property
    def is_whole(self) -> bool:
        """Whether every member is held."""
        return not self.missing


@dataclass(frozen=True, slots=True)
class Families:
    """The families of the codes held.

    Attributes:
        first_year: First CN edition of the span.
        last_year: Last CN edition of the span.
        by_code: The family of each held code.
    """

    first_year: int
    last_year: int
    by_code: Mapping[str, Family]

    def to_arrow(self) -> pa.Table:
        """Return one row per held code, sorted: product, family, members, missing, recoded.

        `members` and `missing` are lists of codes.
        """
        codes = sorted(self.by_code)
        found = [self.by_code[code] for code in codes]
        return pa.table(
            {
                "product": pa.array(codes, pa.string()),
                "family": pa.array([family.id for family in found], pa.string()),
                "members": pa.array([list(f.members) for f in found], pa.list_(pa.string())),
                "missing": pa.array([list(f.missing) for f in found], pa.list_(pa.string())),
                "recoded": pa.array([family.recoded for family in found], pa.bool_()),
            }
        )


def families(codes_held: Iterable[str], *, first_year: int, last_year: int) -> Families:
    """Group CN8 codes into families over the editions a window spans.

    A family is a connected component of the links between the editions `first_year` to
    `last_year`; a code without a link is a family of its own.

    Args:
        codes_held: CN8 codes present in the data's coverage, in any of the editions.
        first_year: Edition of the window's (and its base's) first month.
        last_year: Edition of its last month.

    Returns:
        The family of every held code.

    Raises:
        InputError: A code is not of eight characters, or the span is not held.
    """
    held = set(codes_held)
    if bad := sorted(code for code in held if len(code) != 8):
        raise InputError(
            f"{bad[0]!r} is not a CN8 code",
            remedy="Families are made of eight-character codes; leave totals and headings out",
        )
    links = cn_links(first_year, last_year)
    alive = _alive_at_the_end(links)
    by_code: dict[str, Family] = {}
    for component in _components(links):
        if held.isdisjoint(component):
            continue
        members = tuple(sorted(component))
        newest = [code for code in members if alive[code]]
        family = Family(
            id=(newest or list(members))[0] + ("+" if len(members) > 1 else ""),
            members=members,
            missing=tuple(code for code in members if code not in held),
            recoded=True,
        )
        by_code.update((code, family) for code in members if code in held)
    for code in held - by_code.keys():
        by_code[code] = Family(id=code, members=(code,), missing=(), recoded=False)
    return Families(first_year, last_year, by_code)


def _alive_at_the_end(links: list[Link]) -> dict[str, bool]:
    """Tell for every linked code whether the last link that names it leaves it in use."""
    last: dict[str, tuple[int, bool]] = {}
    for year, old, new in links:
        for code, lives in ((old, False), (new, True)):
            # Within one transition a new use outweighs the old: the number was kept.
            last[code] = max(last.get(code, (0, False)), (year, lives))
    return {code: lives for code, (_, lives) in last.items()}


def _components(links: list[Link]) -> list[set[str]]:
    root: dict[str, str] = {}

    def find(code: str) -> str:
        top = root.setdefault(code, code)
        while top != root[top]:
            top = root[top]
        root[code] = top
        return top

    for _, old, new in links:
        left, right = find(old), find(new)
        if left != right:
            root[max(left, right)] = min(left, right)
    found: dict[str, set[str]] = {}
    for code in root:
        found.setdefault(find(code), set()).add(code)
    return list(found.values())


def cn_counterparts(
    codes: Iterable[str], *, from_year: int, to_year: int
) -> dict[str, tuple[str, ...]]:
    """Follow CN8 codes of one edition to those of another, forwards or backwards.

    Args:
        codes: Codes of the edition `from_year`.
        from_year: Edition the codes are written in.
        to_year: Edition wanted.

    Returns:
        For each code its counterparts, sorted; the code itself where nothing changed.

    Raises:
        InputError: The span is not held.
    """
    forwards = from_year <= to_year
    links = cn_links(min(from_year, to_year), max(from_year, to_year))
    steps: dict[int, dict[str, set[str]]] = {}
    for year, old, new in links:
        here, there = (old, new) if forwards else (new, old)
        steps.setdefault(year, {}).setdefault(here, set()).add(there)
    result: dict[str, tuple[str, ...]] = {}
    for code in codes:
        reached = {code}
        for year in sorted(steps, reverse=not forwards):
            reached = set().union(*(steps[year].get(c, {c}) for c in reached))
        result[code] = tuple(sorted(reached))
    return result


def hs_edition(year: int) -> int:
    """Return the HS edition in force in a year.

    Raises:
        InputError: The edition of that year is not held.
    """
    if not HS_EDITIONS[0] <= year < _NEXT_HS_EDITION:
        raise InputError(
            f"the HS edition in force in {year} is not held",
            remedy=f"Editions held: {', '.join(map(str, HS_EDITIONS))}",
        )
    return max(edition for edition in HS_EDITIONS if edition <= year)


@lru_cache(maxsize=8)
def hs_correspondence(from_edition: int, to_edition: int) -> dict[str, tuple[str, ...]]:
    """Return every HS6 code of one edition with all codes of another that share goods with it.

    Args:
        from_edition: 2012, 2017 or 2022.
        to_edition: 2012, 2017 or 2022; two editions apart is chained through the one between.

    Returns:
        Sorted codes of `to_edition` for each code of `from_edition`; none for a code that the
        table to the next edition leaves out (HS 2017 3002.19 is in one of its two tables only).

    Raises:
        InputError: An edition is not held.
    """
    for edition in (from_edition, to_edition):
        if edition not in HS_EDITIONS:
            raise InputError.unknown("HS edition", str(edition), map(str, HS_EDITIONS))
    here, there = HS_EDITIONS.index(from_edition), HS_EDITIONS.index(to_edition)
    stride = 1 if here < there else -1
    reached: dict[str, set[str]] | None = None
    for at in range(here, there, stride):
        step = _hs_step(HS_EDITIONS[at], HS_EDITIONS[at + stride])
        if reached is None:
            reached = {code: set(found) for code, found in step.items()}
        else:
            reached = {
                code: set().union(*(step.get(middle, set()) for middle in found))
                for code, found in reached.items()
            }
    if reached is None:
        neighbour = HS_EDITIONS[here - 1] if here else HS_EDITIONS[1]
        reached = {code: {code} for code in _hs_step(from_edition, neighbour)}
    return {code: tuple(sorted(found)) for code, found in sorted(reached.items())}


@lru_cache(maxsize=8)
def _hs_step(from_edition: int, to_edition: int) -> dict[str, set[str]]:
    columns = pq.read_table(DATA / "hs_links.parquet").to_pydict()
    step: dict[str, set[str]] = {}
    newest = max(from_edition, to_edition)
    for edition, newer, older in zip(
        columns["edition"], columns["newer"], columns["older"], strict=True
    ):
        if edition == newest:
            here, there = (newer, older) if from_edition > to_edition else (older, newer)
            step.setdefault(here, set()).add(there)
    return step
