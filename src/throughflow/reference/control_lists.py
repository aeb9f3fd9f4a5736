"""Lists of restricted goods as dated data, and how they meet the codes of trade statistics.

Each list carries the nomenclature and the edition it is written in. Two lists, or a list and a
year of data, of different editions are never joined by the bare number: 8525.89 of the HS 2022
list is 8525.80 in HS 2017 and would silently find nothing.
"""

from __future__ import annotations

import calendar
import csv
import gzip
import io
from collections import Counter
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from throughflow.errors import InputError
from throughflow.reference import nomenclature
from throughflow.reference.countries import DATA

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

HS = "HS"
CN = "CN"
_DIGITS = {6: HS, 8: CN}
_YES, _NO = {"1", "yes", "true", "y"}, {"0", "no", "false", "n", ""}
_USER_COLUMNS = (
    "category",
    "tier",
    "restricted_from",
    "wind_down_until",
    "part_of_code",
    "price_limit_eur",
    "nomenclature",
    "edition",
)


ALL = "all"
# Not a list: every good taken as one, to ask how trade as a whole grew.
ALL_GOODS = "all-goods"
TOTAL = "TOTAL"


@dataclass(frozen=True, slots=True)
class ListEntry:
    """One restricted code.

    Attributes:
        code: Six (HS) or eight (CN) digits, in the edition of its list.
        category: Group of goods: ``dual``, ``industrial``, ``luxury``, ``common-high-priority``,
            ``undated`` (on the list, no date found for it), or the user's own word.
        tier: Tier of the list, empty where it has none.
        restricted_from: First day of the restriction; None where the list does not say.
        wind_down_until: Last day on which older contracts could still be executed, as the source
            gives it; it may lie before `restricted_from` where parts of a code were listed twice.
        is_part_of_code: Whether only part of the goods under this code is known to be restricted.
        price_limit_eur: Restricted only above this price per item; None without a limit.
        kinds: Annexes' subjects, such as ``dual_use`` and ``luxury``; several may name one code.
    """

    code: str
    category: str
    tier: str
    restricted_from: date | None
    wind_down_until: date | None
    is_part_of_code: bool
    price_limit_eur: float | None
    kinds: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ControlList:
    """A list of restricted goods.

    Attributes:
        name: What `load` takes.
        title: What it is, with its date.
        nomenclature: ``"HS"`` or ``"CN"``.
        edition: Year of the edition its codes are written in; None if a user's list does not say
            (its codes are then compared by number only).
        legal_reference: The act behind it.
        source: Who published the data.
        licence: Terms of the data.
        entries: The restricted codes, sorted.
        as_of: Day the list describes; None if unknown.
        considered: How many codes the source examined, listed or not; None if unknown.
        parts: The lists it is made of, each in an edition of its own; empty for a single list.
    """

    name: str
    title: str
    nomenclature: str
    edition: int | None
    legal_reference: str
    source: str
    licence: str
    entries: tuple[ListEntry, ...]
    as_of: date | None = None
    considered: int | None = None
    parts: tuple[ControlList, ...] = ()

    @property
    def is_all_goods(self) -> bool:
        """Whether this stands for all goods as one."""
        return self.name == ALL_GOODS

    def by_code(self) -> dict[str, ListEntry]:
        """Map each restricted code to its entry."""
        return {entry.code: entry for entry in self.entries}


@lru_cache(maxsize=1)
def _index() -> dict[str, dict[str, str]]:
    with (DATA / "control_lists.csv").open(encoding="utf-8", newline="") as lines:
        return {row["name"]: row for row in csv.DictReader(lines)}


def names() -> tuple[str, ...]:
    """List the control lists that ship with the package."""
    return tuple(sorted(_index()))


def load(name: str | Path) -> ControlList:
    """Return a list that ships, or read a user's own.

    Args:
        name: One of `names`, ``all`` for all of them together, ``all-goods`` for every good taken
            as one, or a CSV file with a column
            ``code`` and, each optional, ``category, tier, restricted_from, wind_down_until,
            part_of_code, price_limit_eur, nomenclature, edition``. Dates are ISO 8601,
            ``part_of_code`` is 1 or 0.

    Raises:
        InputError: No such list or file, or the file has an unusable row, named by its number.
    """
    if isinstance(name, str) and name in _index():
        return _shipped(name)
    if name == ALL_GOODS:
        return _all_goods()
    if name == ALL:
        return _all_lists()
    path = Path(name)
    if path.is_dir():
        raise InputError(
            "this is a directory, a control list is expected",
            where=str(path),
            remedy=f"Name a CSV file, or one of: {', '.join((*names(), ALL, ALL_GOODS))}",
        )
    if isinstance(name, Path) or path.suffix.lower() == ".csv":
        return _users(path)
    raise InputError.unknown("control list", name, (*names(), ALL, ALL_GOODS))


def _all_lists() -> ControlList:
    """Join the lists that ship; each keeps its edition, and a good takes its earliest date."""
    parts = tuple(_shipped(name) for name in names())
    return ControlList(
        name=ALL,
        title="all lists that ship: " + "; ".join(part.title for part in parts),
        nomenclature=CN,
        edition=None,
        legal_reference="; ".join(dict.fromkeys(part.legal_reference for part in parts)),
        source="; ".join(dict.fromkeys(part.source for part in parts)),
        licence="; ".join(dict.fromkeys(part.licence for part in parts)),
        entries=tuple(entry for part in parts for entry in part.entries),
        parts=parts,
    )


def _all_goods() -> ControlList:
    """Return the stand-in for all goods, restricted from whatever date the question gives."""
    return ControlList(
        name=ALL_GOODS,
        title="All goods together, restricted or not",
        nomenclature=TOTAL,
        edition=None,
        legal_reference="none: this is no control list",
        source="Throughflow",
        licence="Apache-2.0",
        entries=(
            ListEntry(
                code=TOTAL,
                category="",
                tier="",
                restricted_from=None,
                wind_down_until=None,
                is_part_of_code=False,
                price_limit_eur=None,
            ),
        ),
    )


@lru_cache(maxsize=8)
def _shipped(name: str) -> ControlList:
    about = _index()[name]
    where = f"list_{name}.csv.gz"
    with gzip.open(DATA / where, "rt", encoding="utf-8", newline="") as lines:
        entries = _entries(csv.DictReader(lines), where)
    return ControlList(
        name=name,
        title=about["title"],
        nomenclature=about["nomenclature"],
        edition=int(about["edition"]),
        legal_reference=about["legal_reference"],
        source=about["source"],
        licence=about["licence"],
        entries=entries,
        as_of=date.fromisoformat(about["as_of"]),
        considered=int(about["considered"]) if about["considered"] else None,
    )


def _users(path: Path) -> ControlList:
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as problem:
        raise InputError(
            f"the control list cannot be read: {problem}",
            where=str(path),
            remedy="Give a UTF-8 CSV file with a column code, or one of: " + ", ".join(names()),
        ) from problem
    rows = csv.DictReader(io.StringIO(text))
    columns = [column.strip().lower() for column in rows.fieldnames or ()]
    # Publishers head the column by the level of its codes.
    columns = ["code" if column in {"hs6", "cn8"} else column for column in columns]
    if "code" not in columns:
        raise InputError(
            "the control list has no column 'code'",
            where=str(path),
            remedy=f"Its columns are: {', '.join(columns) or 'none'}",
        )
    for column in columns:
        if column != "code" and column not in _USER_COLUMNS:
            raise InputError.unknown(
                "column of a control list", column, _USER_COLUMNS, where=str(path)
            )
    rows.fieldnames = columns
    kept = list(rows)
    entries = _entries(kept, str(path))
    if not entries:
        raise InputError("the control list is empty", where=str(path))
    kind = _one(kept, "nomenclature", str(path)).upper() or _DIGITS[len(entries[0].code)]
    if kind not in {HS, CN} or any(_DIGITS[len(entry.code)] != kind for entry in entries):
        raise InputError(
            "the codes of a control list must all be HS (6 digits) or all CN (8 digits)",
            where=str(path),
            remedy="Split the file, or correct its column nomenclature",
        )
    edition = _one(kept, "edition", str(path))
    if edition and not (edition.isdigit() and len(edition) == 4):
        raise InputError(
            f"{edition!r} is not an edition", where=str(path), remedy="Write a year, such as 2017"
        )
    return ControlList(
        name=path.stem,
        title=f"the user's list {path.name}",
        nomenclature=kind,
        edition=int(edition) if edition else None,
        legal_reference="",
        source=path.name,
        licence="",
        entries=entries,
    )


def _one(rows: list[dict[str, str]], column: str, where: str) -> str:
    values = {(row.get(column) or "").strip() for row in rows} - {""}
    if len(values) > 1:
        raise InputError(
            f"column {column} holds several values: {', '.join(sorted(values))}",
            where=where,
            remedy="A control list has one nomenclature and one edition; split the file",
        )
    return values.pop() if values else ""


def _entries(rows: Iterable[dict[str, str]], where: str) -> tuple[ListEntry, ...]:
    entries: dict[str, ListEntry] = {}
    for number, row in enumerate(rows, start=2):
        entry = _entry(row, f"{where}, row {number}")
        if entry.code in entries:
            raise InputError(f"code {entry.code} is listed twice", where=f"{where}, row {number}")
        entries[entry.code] = entry
    return tuple(entries[code] for code in sorted(entries))


def _entry(row: dict[str, str], where: str) -> ListEntry:
    def cell(column: str) -> str:
        return (row.get(column) or "").strip()

    code = cell("code").replace(" ", "").replace(".", "")
    if not code.isdigit() or len(code) not in _DIGITS:
        lost = code.isdigit() and len(code) + 1 in _DIGITS
        raise InputError(
            f"{code!r} is not an HS6 or CN8 code",
            where=where,
            remedy="A spreadsheet may have dropped its leading zero; store codes as text"
            if lost
            else "Write six digits for HS or eight for CN",
        )
    part = cell("part_of_code").lower()
    if part not in _YES | _NO:
        raise InputError(f"part_of_code {part!r} is not 1 or 0", where=where)
    limit = cell("price_limit_eur")
    try:
        price = float(limit) if limit else None
    except ValueError as problem:
        raise InputError(f"price_limit_eur {limit!r} is not a number", where=where) from problem
    return ListEntry(
        code=code,
        category=cell("category"),
        tier=cell("tier"),
        restricted_from=_date(cell("restricted_from"), "restricted_from", where),
        wind_down_until=_date(cell("wind_down_until"), "wind_down_until", where),
        is_part_of_code=part in _YES,
        price_limit_eur=price,
        kinds=tuple(kind for kind in cell("kinds").split("|") if kind),
    )


def _date(text: str, column: str, where: str) -> date | None:
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError as problem:
        raise InputError(
            f"{column} {text!r} is not a date", where=where, remedy="Write it as 2022-02-26"
        ) from problem


def to_cn8(
    control_list: ControlList, cn8_codes: Iterable[str], *, year: int
) -> dict[str, ListEntry]:
    """Find which CN8 codes observed in a year's data a list restricts.

    The observed code is followed through Eurostat's CN links to the list's edition and compared
    there: a CN8 code begins with its HS6 code. The far wider HS correlation tables are not used:
    by them, pumps would be parts of displays.

    Args:
        control_list: A list of any edition.
        cn8_codes: Codes of the CN edition of `year`.
        year: Year of the data.

    Returns:
        The entry of each restricted code; unrestricted codes are absent. Where several entries
        match, the one restricted earliest; an entry without a date comes last. The entry is
        marked part-of-code also where some of the code's counterparts are not on the list.

    Raises:
        InputError: A code is not of eight characters, or the editions between are not held.
    """
    found = _matches(control_list, cn8_codes, year)
    result: dict[str, ListEntry] = {}
    for code, (entries, has_unlisted) in found.items():
        first = min(entries, key=by_date)
        is_part = has_unlisted or any(entry.is_part_of_code for entry in entries)
        result[code] = replace(first, is_part_of_code=is_part)
    return result


def to_hs6(
    control_list: ControlList, hs6_codes: Iterable[str], *, edition: int | None
) -> dict[str, ListEntry]:
    """Find which HS6 codes of a dataset a list restricts.

    Editions are crossed by the CN's links cut to six digits, for the reason given at `to_cn8`.

    Args:
        control_list: A list of any edition; CN8 entries are cut to six digits and marked as part
            of the code, as far as an HS6 code can tell.
        hs6_codes: Codes of the dataset.
        edition: HS edition the codes are written in; None where it is not one or not known, and
            codes are then compared as they stand.

    Returns:
        The entry of each restricted code; of several, the one restricted earliest.
    """
    listed: dict[str, ListEntry] = {}
    for entry in sorted(control_list.entries, key=by_date, reverse=True):
        is_part = entry.is_part_of_code or len(entry.code) > 6
        listed[entry.code[:6]] = replace(entry, is_part_of_code=is_part)
    result: dict[str, ListEntry] = {}
    for code, counterparts in _hs6_counterparts(control_list, hs6_codes, edition).items():
        hits = [listed[found] for found in counterparts if found in listed]
        if hits:
            first = min(hits, key=by_date)
            is_part = len(hits) < len(counterparts) or any(hit.is_part_of_code for hit in hits)
            result[code] = replace(first, is_part_of_code=is_part)
    return result


def by_date(entry: ListEntry) -> tuple[bool, date, str]:
    """Order entries by date; one without a date comes last."""
    return (entry.restricted_from is None, entry.restricted_from or date.max, entry.code)


def _hs6_counterparts(
    control_list: ControlList, codes: Iterable[str], edition: int | None
) -> dict[str, tuple[str, ...]]:
    """Follow HS6 codes of one edition to the edition a list is written in."""
    reached = {code: {code} for code in codes}
    if edition is not None and control_list.edition is not None:
        wanted = nomenclature.hs_edition(control_list.edition)
        low, high = sorted((edition, wanted))
        boundaries = [year for year in nomenclature.HS_EDITIONS if low < year <= high]
        for year in sorted(boundaries, reverse=wanted < edition):
            step: dict[str, set[str]] = {}
            for _, old, new in nomenclature.cn_links(year - 1, year):
                here, there = (old, new) if wanted > edition else (new, old)
                step.setdefault(here[:6], set()).add(there[:6])
            reached = {
                code: set().union(*(step.get(middle, {middle}) for middle in found))
                for code, found in reached.items()
            }
    return {code: tuple(sorted(found)) for code, found in reached.items()}


def unobservable(
    control_list: ControlList, cn8_codes: Iterable[str], *, year: int
) -> tuple[str, ...]:
    """List the codes of a control list that no observed CN8 code represents.

    Raises:
        InputError: See `to_cn8`.
    """
    matches = _matches(control_list, cn8_codes, year)
    seen = {entry.code for entries, _ in matches.values() for entry in entries}
    return tuple(entry.code for entry in control_list.entries if entry.code not in seen)


def _matches(
    control_list: ControlList, cn8_codes: Iterable[str], year: int
) -> dict[str, tuple[list[ListEntry], bool]]:
    """Map each restricted observed code to its entries, and whether counterparts are unlisted."""
    codes = sorted(set(cn8_codes))
    if bad := [code for code in codes if len(code) != 8]:
        raise InputError(
            f"{bad[0]!r} is not a CN8 code", remedy="Leave totals and headings out of the join"
        )
    listed = control_list.by_code()
    length = 6 if control_list.nomenclature == HS else 8
    found: dict[str, tuple[list[ListEntry], bool]] = {}
    for code, counterparts in _counterparts(control_list, codes, year).items():
        cut = {counterpart[:length] for counterpart in counterparts}
        hits = cut & listed.keys()
        is_part = bool(hits) and len(hits) < len(cut)
        if control_list.nomenclature == CN and code in listed:
            hits |= {code}  # lists in force in a new year still print codes retired with the old
        if hits:
            found[code] = ([listed[hit] for hit in sorted(hits)], is_part)
    return found


def _counterparts(
    control_list: ControlList, codes: list[str], year: int
) -> Mapping[str, tuple[str, ...]]:
    edition = control_list.edition
    if edition is None:
        return {code: (code,) for code in codes}
    if control_list.nomenclature == CN:
        target = edition
    else:
        in_force = nomenclature.hs_edition(year)
        if edition not in nomenclature.HS_EDITIONS:
            known = map(str, nomenclature.HS_EDITIONS)
            raise InputError.unknown("HS edition", str(edition), known, where=control_list.name)
        if edition == in_force:
            return {code: (code,) for code in codes}
        later = nomenclature.HS_EDITIONS[nomenclature.HS_EDITIONS.index(edition) + 1 :]
        # The nearest CN year written in the list's edition: its first from before, its last after.
        target = edition if edition > year else later[0] - 1
    return nomenclature.cn_counterparts(codes, from_year=year, to_year=target)


def category_counts(name: str | Path = "eu-hs6") -> dict[str, int]:
    """Count a list's codes by category, each code once.

    For ``eu-hs6`` a code named by several annexes counts in the first group that has it: dual
    (dual-use, military and technological, firearms), then industrial (industrial capacity,
    aviation, oil exploration and refining), then luxury alone.

    Raises:
        InputError: See `load`.
    """
    return dict(Counter(entry.category for entry in load(name).entries))


def treated_month(restricted_from: date) -> date:
    """Return the first month restricted for at least half of its days.

    A restriction of 16 December (16 of 31 days) treats December; one of 17 December, January.
    """
    year, month = restricted_from.year, restricted_from.month
    days = calendar.monthrange(year, month)[1]
    if 2 * (days - restricted_from.day + 1) >= days:
        return date(year, month, 1)
    return date(year + month // 12, month % 12 + 1, 1)
