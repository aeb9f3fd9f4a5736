"""Build the control lists and their index `control_lists.csv`.

Official sources: European Commission, List of Common High Priority Items, February 2024;
openICPSR project 229004, EU export restrictions on Russia by HS 2017 subheading (CC BY 4.0);
Council Regulation (EU) No 833/2014 as amended, CN8 codes as of January 2023.
"""

from __future__ import annotations

import csv
from datetime import date, timedelta
from math import isnan
from typing import TYPE_CHECKING, Any

import pyreadstat

from reference_files import write_csv, write_csv_gz
from reference_nomenclature import cn_links, hs_links

if TYPE_CHECKING:
    from pathlib import Path

STATA_DAY_ZERO = date(1960, 1, 1)
KINDS = (
    "dual_use",
    "military_tech",
    "firearms",
    "aviation",
    "oil_exploration",
    "oil_refining",
    "industrial_cap",
    "luxury",
)
ENTRY_COLUMNS = (
    "code",
    "category",
    "tier",
    "restricted_from",
    "wind_down_until",
    "part_of_code",
    "price_limit_eur",
    "kinds",
)
INDEX_COLUMNS = (
    "name",
    "title",
    "nomenclature",
    "edition",
    "as_of",
    "considered",
    "legal_reference",
    "source",
    "licence",
)
REGULATION = (
    "Council Regulation (EU) No 833/2014 as amended: Article 2 (dual-use goods of Annex I to "
    "Regulation (EU) 2021/821), Article 2a and Annex VII (military and technological), "
    "Article 2aa (firearms), Article 3 and Annex II (oil exploration), Article 3b and Annex X "
    "(oil refining), Article 3c and Annex XI (aviation), Article 3h and Annex XVIII (luxury), "
    "Article 3k and Annex XXIII (industrial capacity)"
)
INDEX = (
    (
        "chpl-2024-02",
        "Common High Priority items, 23 February 2024",
        "HS",
        2022,
        "2024-02-23",
        "",
        "List of Common High Priority Items; Council Regulation (EU) No 833/2014, Annex XL",
        (
            "European Commission with the authorities of the United States, the United Kingdom "
            "and Japan; dates through the HS concordance from eu-hs6"
        ),
        "Facts of public acts; dates CC BY 4.0 (openICPSR 229004)",
    ),
    (
        "eu-hs6",
        "EU export restrictions on Russia by HS6, to February 2023",
        "HS",
        2017,
        "2023-02-25",
        "{considered}",
        REGULATION,
        "openICPSR project 229004, EU_sanctions_HS6",
        "CC BY 4.0",
    ),
    (
        "eu-2023-01",
        "EU restrictions on Russia by CN8, January 2023",
        "CN",
        2022,
        "2023-01-01",
        "",
        REGULATION,
        (
            "CN8 codes of the Regulation's annexes as of January 2023 (open replication material "
            "of the study “ruimpeks”); dates through the concordance from eu-hs6"
        ),
        "Facts of public acts; dates CC BY 4.0 (openICPSR 229004)",
    ),
)

Entry = dict[str, Any]


def build(trade: Path, out: Path) -> None:
    """Write the lists and their index."""
    folder, nomenclature = trade / "control_lists", trade / "nomenclature"
    considered, dated = _eu_hs6(folder / "EU_sanctions_HS6.dta")
    before = _predecessors(nomenclature)
    chpl = []
    for row in _rows(folder / "chpl_50_hs6_2024-02-23.csv"):
        entry = _dated(row["hs6"], dated, before)
        chpl.append(
            entry
            | {"tier": row["tier"], "category": "common-high-priority", "kinds": ""}
            | {"part_of_code": 0, "price_limit_eur": ""}
        )
    cn8 = [
        _dated(row["code"], dated, before)
        for row in _rows(folder / "eu_sanctioned_cn8_with_descriptions_2023-01_ruimpeks.csv")
    ]
    lists = {"chpl-2024-02": chpl, "eu-hs6": list(dated.values()), "eu-2023-01": cn8}
    for name, entries in lists.items():
        rows = [[entry[c] for c in ENTRY_COLUMNS] for entry in sorted(entries, key=_code)]
        write_csv_gz(out / f"list_{name}.csv.gz", ENTRY_COLUMNS, rows)
    index = [[str(cell).format(considered=considered) for cell in row] for row in INDEX]
    write_csv(out / "control_lists.csv", INDEX_COLUMNS, index)


def _code(entry: Entry) -> str:
    return str(entry["code"])


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def _eu_hs6(path: Path) -> tuple[int, dict[str, Entry]]:
    """Read the dated list: how many codes were considered, and the listed ones by code."""
    frame, _ = pyreadstat.read_dta(str(path), disable_datetime_conversion=True)
    rows = frame.to_dict("records")
    listed: dict[str, Entry] = {}
    for row in rows:
        if row["EU_sanction"] != 1:
            continue
        kinds = [kind for kind in KINDS if row[kind] == 1]
        listed[row["Code"]] = {
            "code": row["Code"],
            "category": _category(kinds),
            "tier": "",
            "restricted_from": _day(row["Date"]),
            "wind_down_until": _day(row["Winddowndate"]),
            "part_of_code": int(row["partially_exempt"]),
            "price_limit_eur": "" if isnan(row["Maxprice"]) else f"{row['Maxprice']:g}",
            "kinds": "|".join(kinds),
        }
    return len(rows), listed


def _category(kinds: list[str]) -> str:
    """Sort a code that several annexes name into the first of three groups.

    This order reproduces the published split 1067 dual, 667 industrial, 570 luxury.
    """
    if {"dual_use", "military_tech", "firearms"} & set(kinds):
        return "dual"
    return "luxury" if kinds == ["luxury"] else "industrial"


def _day(number: float) -> str:
    if isnan(number):
        return ""
    return (STATA_DAY_ZERO + timedelta(days=int(number))).isoformat()


def _predecessors(folder: Path) -> dict[str, set[str]]:
    """Map HS 2022 subheadings and CN 2022 codes to the HS 2017 subheadings they came from.

    The CN8 links of 2021 to 2022 decide. Only where they lead to no listed code and the number is
    new in HS 2022, the caller falls back on the correlation of the United Nations inside the same
    heading, else the same chapter: entries under ``"wide:" + code``.
    """
    before: dict[str, set[str]] = {}
    for year, old, new in cn_links(folder):
        if year == 2021:
            before.setdefault(new, set()).add(old[:6])
            before.setdefault(new[:6], set()).add(old[:6])
    wide: dict[str, set[str]] = {}
    for edition, newer, older in hs_links(folder):
        if edition == 2022:
            wide.setdefault(newer, set()).add(older)
    for newer, olders in wide.items():
        if newer in olders:
            continue
        near = {o for o in olders if o[:4] == newer[:4]} or {
            o for o in olders if o[:2] == newer[:2]
        }
        before[f"wide:{newer}"] = near or olders
    return before


def _dated(code: str, dated: dict[str, Entry], before: dict[str, set[str]]) -> Entry:
    """Give a code of HS 2022, or of the CN, the earliest date among its HS 2017 predecessors."""
    hs6 = code[:6]
    sources = before.get(code) or {hs6}
    found = [dated[s] for s in sources if s in dated]
    if not found:
        found = [dated[s] for s in before.get(f"wide:{hs6}", ()) if s in dated]
    if not found:
        # Nothing says that the whole code is restricted, so it is not counted as whole.
        blank: Entry = dict.fromkeys(ENTRY_COLUMNS, "")
        return blank | {"code": code, "category": "undated", "part_of_code": 1}
    first = min(found, key=lambda e: (e["restricted_from"], e["code"]))
    kinds = {kind for entry in found for kind in entry["kinds"].split("|")}
    ordered = [kind for kind in KINDS if kind in kinds]
    return first | {
        "code": code,
        "category": _category(ordered),
        "kinds": "|".join(ordered),
        "part_of_code": int(len(found) < len(sources) or any(e["part_of_code"] for e in found)),
    }
