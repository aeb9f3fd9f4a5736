"""The goods under study: a control list joined to the codes in the data, as product families."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING

import pyarrow as pa

from throughflow.errors import DataError
from throughflow.model.periods import MONTHLY
from throughflow.reference import control_lists, nomenclature

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from throughflow.model.periods import Calendar
    from throughflow.reference.control_lists import ControlList, ListEntry

MISSING_MEMBERS = "code re-classified and not all its predecessors or successors are held"
RESTRICTED_BEFORE_DATA = "restricted before the data begin: no untreated past"
NOT_YET_RESTRICTED = "restricted only after the window"
PART_OF_CODE = "only part of the code is restricted"
TESTED = ""
CN8 = 8


@dataclass(frozen=True, slots=True)
class Family:
    """A product family and what the list says of it.

    Attributes:
        id: Canonical code of the family.
        members: Codes held, in order.
        missing: Codes of the family that are not held; the family cannot be told if any.
        heading: HS4 heading of the canonical code.
        entry: The list entry that applies, the earliest where several members have one.
        first_treated: Number of the first treated period.
        mask_from: Number of the first period kept out of every fit, treated or half-treated.
        reason: Why the family cannot be tested; empty when it can.
    """

    id: str
    members: tuple[str, ...]
    missing: tuple[str, ...]
    heading: str
    entry: ListEntry
    first_treated: int
    mask_from: int
    reason: str


@dataclass(frozen=True, slots=True)
class Goods:
    """The goods of one question.

    Attributes:
        control_list: The list they come from.
        families: All families with a member on the list, in order of id.
        unobservable: List codes that no code in the data represents.
        in_data: Number of list codes, in the data's own codes, that were joined.
        unlisted: Codes of the data's level that belong to no family of the list, fuels left out.
    """

    control_list: ControlList
    families: tuple[Family, ...]
    unobservable: tuple[str, ...]
    in_data: int
    unlisted: tuple[str, ...] = ()

    @property
    def members(self) -> pa.Table:
        """Columns ``product`` and ``family``: which family each held code belongs to."""
        pairs = [(member, family.id) for family in self.families for member in family.members]
        products, families = zip(*pairs, strict=True) if pairs else ((), ())
        return pa.table(
            {"product": pa.array(products, pa.string()), "family": pa.array(families, pa.string())}
        )


def assemble(
    control_list: ControlList,
    codes: Iterable[str],
    *,
    digits: int,
    first: date,
    last: date,
    window: tuple[int, int],
    treat_from: date,
    whole_codes_only: bool,
    calendar: Calendar = MONTHLY,
    edition: int | None = None,
) -> Goods:
    """Join a control list to the codes of a dataset and sort them into families.

    Args:
        control_list: The list, of any edition.
        codes: Product codes the dataset asked for.
        digits: Level of those codes; 8 joins through CN concordances, 6 through HS ones.
        first: First day of the first period of data in use.
        last: First day of the last period of data in use.
        window: Numbers of the first and last period of the window asked about.
        treat_from: First treated month of codes whose list entry has no date.
        whole_codes_only: Do not test goods of which only part of the code is restricted, and
            leave wind-down periods out.
        calendar: What a period of the data is.
        edition: The one HS edition the data are written in, None where there is none.

    Raises:
        DataError: No code of the list is in the data.
    """
    level = sorted({code for code in codes if len(code) == digits})
    joined = join(control_list, level, digits=digits, year=last.year, edition=edition)
    if not joined:
        raise DataError(
            f"no code of control list {control_list.name} is in the data",
            remedy="Load trade at product level, or choose another list with --list",
        )
    families = []
    span = None if edition is not None else (first, last)
    for grouped in _groups(level, joined, digits=digits, span=span):
        entry = _entry(grouped, joined)
        treated, mask = _treatment(entry, treat_from, calendar, wind_down=whole_codes_only)
        held = tuple(sorted(set(grouped.members) - set(grouped.missing)))
        families.append(
            Family(
                id=grouped.id,
                members=held,
                missing=grouped.missing,
                heading=held[0][:4],
                entry=entry,
                first_treated=treated,
                mask_from=mask,
                reason=PART_OF_CODE
                if whole_codes_only and entry.is_part_of_code
                else _reason(
                    grouped.missing,
                    treated,
                    window,
                    has_past=mask - calendar.number(first) >= calendar.per_year,
                ),
            )
        )
    return Goods(
        control_list,
        tuple(families),
        _unobservable(control_list, level, joined, digits=digits, year=last.year),
        len(joined),
        _unlisted(level, families),
    )


def _unlisted(codes: list[str], families: list[Family]) -> tuple[str, ...]:
    taken = {member for family in families for member in family.members}
    return tuple(code for code in codes if code not in taken and not code.startswith("27"))


def join(
    control_list: ControlList,
    codes: list[str],
    *,
    digits: int,
    year: int,
    edition: int | None = None,
) -> dict[str, ListEntry]:
    """Find which codes of a dataset a list restricts.

    Args:
        control_list: A list of any edition.
        codes: Codes of one level.
        digits: That level; CN8 codes go through the concordance, HS6 codes as well where the
            data say which edition they are written in, else they are compared as they stand.
        year: Year of the data.
        edition: The one HS edition the data are written in, None where there is none.
    """
    if control_list.parts:
        merged: dict[str, ListEntry] = {}
        for part in control_list.parts:
            found = join(part, codes, digits=digits, year=year, edition=edition)
            for code, entry in found.items():
                merged[code] = min(merged.get(code, entry), entry, key=control_lists.by_date)
        return merged
    if digits == CN8:
        return control_lists.to_cn8(control_list, codes, year=year)
    return control_lists.to_hs6(control_list, codes, edition=edition)


def _unobservable(
    control_list: ControlList,
    codes: list[str],
    joined: Mapping[str, ListEntry],
    *,
    digits: int,
    year: int,
) -> tuple[str, ...]:
    if control_list.parts:
        return tuple(
            code
            for part in control_list.parts
            for code in _unobservable(part, codes, joined, digits=digits, year=year)
        )
    if digits == CN8:
        return control_lists.unobservable(control_list, codes, year=year)
    found = {entry.code for entry in joined.values()} | joined.keys()
    return tuple(
        e.code for e in control_list.entries if e.code not in found and e.code[:digits] not in found
    )


def _groups(
    codes: list[str],
    joined: Mapping[str, ListEntry],
    *,
    digits: int,
    span: tuple[date, date] | None,
) -> list[nomenclature.Family]:
    """Return the families that hold a listed code, in order of id.

    Without a `span` the data are written in one edition throughout, and each code stands alone.
    """
    if span is None or control_lists.TOTAL in joined:
        return [
            nomenclature.Family(id=code, members=(code,), missing=(), recoded=False)
            for code in sorted(joined)
        ]
    first, last = span
    if digits == CN8:
        by_code = nomenclature.families(codes, first_year=first.year, last_year=last.year).by_code
    else:
        by_code = _hs6_families(codes, joined, first_year=first.year, last_year=last.year)
    found = {by_code[code].id: by_code[code] for code in joined}
    return [found[key] for key in sorted(found)]


def _hs6_families(
    codes: list[str], joined: Mapping[str, ListEntry], *, first_year: int, last_year: int
) -> dict[str, nomenclature.Family]:
    """Group HS6 codes that exchanged goods, by the CN's links cut to six digits.

    The HS correlation tables name every code a good may have come from and would tie most of a
    chapter together; the CN, which begins with the HS, names the code it did come from.
    """
    held = set(codes)
    family = {code: {code} for code in codes}
    for _, old, new in nomenclature.cn_links(first_year, last_year):
        here, there = (family.setdefault(code[:6], {code[:6]}) for code in (old, new))
        if here is not there:
            here |= there
            family.update(dict.fromkeys(there, here))
    return {
        code: nomenclature.Family(
            id=min(family[code] & joined.keys()) + ("+" if len(family[code]) > 1 else ""),
            members=tuple(sorted(family[code])),
            missing=tuple(sorted(family[code] - held)),
            recoded=len(family[code]) > 1,
        )
        for code in joined
    }


def _entry(family: nomenclature.Family, joined: Mapping[str, ListEntry]) -> ListEntry:
    """Return what the list says of a family: its earliest entry, in part if any member's is."""
    entries = [joined[code] for code in family.members if code in joined]
    is_part = any(entry.is_part_of_code for entry in entries)
    return replace(min(entries, key=control_lists.by_date), is_part_of_code=is_part)


def _treatment(
    entry: ListEntry, treat_from: date, calendar: Calendar, *, wind_down: bool
) -> tuple[int, int]:
    """Return the first treated period and the first period kept out of the fit."""
    legal = entry.restricted_from
    # A few days at a month's end (26 February 2022) stay in the past: treated_month leaves a month
    # to the past only if it is mostly free.
    begins = treat_from if legal is None else control_lists.treated_month(legal)
    treated = first_treated(begins, calendar)
    half_treated = calendar.number(begins)
    if not wind_down or legal is None or entry.wind_down_until is None:
        return treated, half_treated
    until = entry.wind_down_until
    after = first_treated(date(until.year + until.month // 12, until.month % 12 + 1, 1), calendar)
    # Months of winding down are neither past nor treated.
    return (after, calendar.number(legal)) if after > treated else (treated, half_treated)


def first_treated(begins: date, calendar: Calendar) -> int:
    """Return the first period of which at least half lies after a month's beginning."""
    number = calendar.number(begins)
    return number + (begins.month > 7) if calendar.per_year == 1 else number


def _reason(
    missing: tuple[str, ...], treated: int, window: tuple[int, int], *, has_past: bool
) -> str:
    if missing:
        return MISSING_MEMBERS
    if treated > window[1]:
        return NOT_YET_RESTRICTED
    if not has_past:  # the fit needs a whole year of past
        return RESTRICTED_BEFORE_DATA
    return TESTED
